# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the devices of a task: options go in, devices come out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from .._core.attributes import yaml_notes
from .._core.compared import why_not_device
from .._core.device import Device, DeviceRef, listing, parse_refs
from .._core.errors import OptionError
from .._core.privacy import hidden_error, hidden_fields, hides
from .._core.selection import (
    NARROWING,
    SELECT_LISTS,
    Found,
    Selection,
    parse_select,
    require_past,
)
from .._core.vocabulary import is_said
from .._products.capability import UemClient
from .finder import finder
from .options import SELECT
from .query import Search, certain, compile_query, found_ids


@dataclass(frozen=True)
class Choice:
    """The devices that the options choose, before the server is asked.

    Attributes:
        selection: Which devices are selected.
        search: The option ``query``, which may leave out some of them.
        on_missing: The option of this name.
        text: The option ``select`` for messages.
        narrowed: The part of it that restricts the devices that are named, for messages.
        query: The text of the query.
        reads: Whether the task only reads. What is doubtful about the query is a warning then, and
            an error in a task that writes: such a query often chooses everything.
        notes: What the author should know about the options.
    """

    selection: Selection
    search: Search | None = None
    on_missing: str = "fail"
    text: str = ""
    narrowed: str = ""
    query: str = ""
    reads: bool = False
    notes: tuple[str, ...] = ()

    def find(
        self,
        client: UemClient,
        *,
        keep_rows: bool = False,
        count_fleet: bool = False,
        fields: Sequence[str] = (),
    ) -> Found:
        """Find the devices; see ``UemClient.find`` for the arguments. The client notes how many.

        Raises:
            OptionError: Some devices are unknown, and ``on_missing`` is not ``skip``; or the
                product does not know a key of ``select``.
        """
        self._require_known(client)
        client.notes += self.notes
        found = finder().find(
            client,
            self.selection,
            keep_rows=keep_rows or self.search is not None,
            count_fleet=count_fleet,
            fields=fields,
        )
        if self.search is not None:
            self._require_seen(found)
            chosen = apply_query(self.search, found.devices)
            doubts = doubts_about(self.search, client, found.devices)
            client.notes += doubts if self.reads else certain(doubts)
            client.notes += hints_about(self.search, found.devices)
            left = replace(found, devices=chosen)
            client.notes += [] if found.notes else left.notes
            found = left
        if self.on_missing == "fail":
            self._require(found, " ".join(("", *client.notes)))
        client.selected = len(found.devices)
        return replace(found, narrowed=self.narrowed)

    def fleet(self, client: UemClient) -> Callable[[], int]:
        """Return what counts all devices that this could choose, for limits."""
        return partial(client.fleet, self.selection.partitions)

    def _require_seen(self, found: Found) -> None:
        names = hidden_fields(self.query)
        if names and hides(found.devices):
            raise hidden_error("select.query cannot choose", names, "Use other fields")

    def _require_known(self, client: UemClient) -> None:
        unknown = sorted(self.selection.uses - client.selects)
        if unknown:
            others = (option.name for option in SELECT.suboptions)
            more = (name for name in others if _is_common(name, client.product))
            known = [*sorted(client.selects), *more]
            raise OptionError(
                f"{self.selection.option(unknown[0])}: is not supported by {client.product}, which "
                f"supports {', '.join(known)}; nothing was done."
            )

    def _require(self, found: Found, notes: str) -> None:
        if found.missing:
            where = f" among the devices that meet {self.narrowed}" if self.narrowed else ""
            phone = any(ref.kind == "phone_number" for ref in found.missing)
            hint = " A phone number is given without its country code." if phone else ""
            raise OptionError(
                f"Unknown devices{where}, nothing was done: {listing(found.missing)}. Correct or "
                f"remove them, or set on_missing=skip to go on without them.{hint}{notes}"
            )
        if not found.devices and self.text:
            raise OptionError(
                f"select: no device matches {self.text}; nothing was done. Widen it, or set "
                f"on_missing=skip where an empty selection is fine.{notes}"
            )


def _is_common(name: str, product: str) -> bool:
    """Return whether a product takes a key of ``select`` that is not one of ``UemClient.selects``."""
    return name not in (*SELECT_LISTS, *NARROWING) and is_said(name, product)


def parse_choice(
    params: Mapping[str, Any],
    named: Sequence[DeviceRef] | None = None,
    *,
    everything: bool = False,
    reads: bool = False,
) -> Choice:
    """Read the options ``devices``, ``select``, ``spaces`` and ``on_missing``.

    Args:
        params: The options.
        named: The devices of ``devices``, if the caller has read that option already.
        everything: Whether every device is chosen if both options are missing. If not, that is an
            error: Ansible takes an option as given when its template returned null, and it would
            choose the whole fleet.
        reads: Whether the task only reads; see Choice.

    Raises:
        OptionError: The options make no sense, or choose every device without ``everything``.
    """
    if named is None:
        named = parse_refs(params.get("devices"))
    select = params.get("select")
    if params.get("devices") is None and select is None and not everything:
        raise OptionError(
            "devices and select: both are null, which would choose every device; name devices, or "
            "select them."
        )
    partitions = tuple(params.get("spaces") or ())
    if select is None:
        selection = Selection(names=tuple(dict.fromkeys(named)), partitions=partitions)
        narrowed = {"spaces": ", ".join(partitions)} if partitions else {}
        return Choice(selection, None, params["on_missing"], "", _shown(narrowed))
    chosen = _selected(select, partitions, params["on_missing"])
    before = chosen.selection.last_seen_before
    if before is not None and not reads:
        require_past(before.moment, time.time(), "select.last_seen_before")
    return replace(chosen, reads=reads)


def _selected(select: Mapping[str, Any], partitions: tuple[str, ...], on_missing: str) -> Choice:
    """Return the choice of the option ``select``."""
    given = {name: value for name, value in select.items() if value is not None}
    expression = given.get("query")
    search = None if expression is None else compile_query(expression, "select.query")
    if given.keys() == {"query"}:
        selection = Selection(partitions=partitions)
    else:
        options = {name: value for name, value in select.items() if name != "query"}
        selection = parse_select(options, partitions=partitions)
    narrowed = {
        name: value for name, value in given.items() if name not in (*SELECT_LISTS, "query")
    }
    if partitions:
        narrowed["spaces"] = ", ".join(partitions)
    attributes = given.get("custom_attributes")
    notes = yaml_notes([("select.custom_attributes", attributes)])
    if search is not None:
        selection = replace(selection, queried=search.names)
    return Choice(
        selection,
        search,
        on_missing,
        text=_shown(given),
        narrowed=_shown(narrowed),
        query=str(expression or ""),
        notes=tuple(notes),
    )


def named_or_selected(params: Mapping[str, Any], *, in_spaces: bool = False) -> Choice | None:
    """Return the choice of a task that only reads, or None if it has neither ``devices`` nor
    ``select``.

    Args:
        params: The options.
        in_spaces: Whether device spaces without one of the two make sense.

    Raises:
        OptionError: A list is empty, an entry of ``devices`` is neither an id nor a guid, or device
            spaces are given that would have no effect.
    """
    if params["devices"] is None and params["select"] is None:
        if params.get("spaces") and not in_spaces:
            raise OptionError(
                "spaces: is used only with devices or select; give one of them, or remove it."
            )
        return None
    if params["devices"] == []:
        raise OptionError("devices: is empty; name at least one device, or leave it out.")
    return parse_choice(params, reads=True)


def doubts_about(search: Search, client: UemClient, devices: Sequence[Device]) -> list[str]:
    """Return a sentence for each part of a query that hardly means what its author thinks.

    Args:
        search: The query, after it was evaluated over the rows.
        client: The client that read them.
        devices: The devices with their rows.
    """
    known = client.attribute_names() if search.unknown_attributes else ()
    # Rows have their names in lower case, and the list of definitions as they were made.
    doubts = search.faults({name.lower() for name in known or ()})
    if search.nulls:
        doubts += never_said(search.where, search.nulls & client.unsaid, client.product)
    doubts += search.impossible([device.row for device in devices], why_not_device)
    return list(dict.fromkeys(doubts))


def never_said(where: str, names: Iterable[str], product: str) -> list[str]:
    """Return a sentence for each field that a server does not say.

    Args:
        where: The option that names them.
        names: The fields.
        product: The product of the server.
    """
    return [
        f"{where}: {product} does not say {name} in the rows of devices, so it is null in all of them."
        for name in sorted(names)
    ]


def hints_about(search: Search, devices: Sequence[Device]) -> list[str]:
    """Return a sentence for each text of a query that only these devices lack, where it is likely
    misspelt."""
    return search.lacking([device.row for device in devices], why_not_device)


def _shown(options: Mapping[str, Any]) -> str:
    """Return options as ``name=value, …`` for a message."""
    return ", ".join(f"{name}={value}" for name, value in options.items())


def apply_query(search: Search, devices: Sequence[Device]) -> tuple[Device, ...]:
    """Return the devices whose rows a query returns.

    Args:
        search: The query.
        devices: Devices with their rows.

    Raises:
        OptionError: The query does not return rows.
    """
    ids = found_ids(search, rows_of(devices))
    return tuple(device for device in devices if device.id in ids)


def rows_of(devices: Sequence[Device]) -> list[dict[str, Any]]:
    """Return the rows of devices, as queries take them."""
    return [dict(device.row) for device in devices]
