# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the ActiveSync devices of a task: options go in, devices come out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._core.device import DeviceRef, listing, parse_ref
from ..._core.errors import OptionError
from ..._core.privacy import are_masked, hidden_error
from ..._core.selection import Selection, parse_moment, require_past
from ..._module.query import Search, certain, compile_query, found_ids
from ..._module.run import Run
from .calls import ActiveSync
from .model import (
    WHY_NOT,
    EasDevice,
    EasFilter,
    in_order,
    parse_filter,
    parse_names,
    unknown_names,
)


@dataclass(frozen=True)
class EasChoice:
    """The ActiveSync devices that the options choose, before the server is asked.

    Attributes:
        wanted: Which devices are selected.
        refs: The registered devices that ``select`` names, or None.
        search: The option ``query``, which may leave out some of them.
        on_missing: The option of this name.
        text: The option ``select`` for messages.
        reads: Whether the task only reads. What is doubtful about the query is a warning then, and
            an error in a task that writes.
    """

    wanted: EasFilter
    refs: tuple[DeviceRef, ...] | None = None
    search: Search | None = None
    on_missing: str = "fail"
    text: str = ""
    reads: bool = False


@dataclass(frozen=True)
class EasFound:
    """The ActiveSync devices that were found.

    Attributes:
        devices: The chosen ones, in order.
        missing: The names that no device has.
        every: All that the server has.
    """

    devices: tuple[EasDevice, ...]
    missing: tuple[DeviceRef, ...]
    every: tuple[EasDevice, ...]


def parse_eas_choice(params: Mapping[str, Any], *, reads: bool = False) -> EasChoice:
    """Read the options before any request.

    Args:
        params: The options.
        reads: Whether the task only reads. Then every device is chosen if both options are missing.
            If not, that is an error: Ansible takes an option as given when its template returned
            null.

    Raises:
        OptionError: The options make no sense, or choose every device without ``reads``.
    """
    uuids, select = params["activesync_devices"], params["select"]
    if uuids is None and select is None:
        if not reads:
            raise OptionError(
                "activesync_devices and select: both are null, which would choose all of them; "
                "name some, or select them."
            )
        return EasChoice(EasFilter({}), on_missing=params["on_missing"])
    if select is None:
        if not uuids:
            raise OptionError("activesync_devices: is empty; name at least one, or use select.")
        return EasChoice(
            EasFilter({"uuid": parse_names(uuids, "activesync_devices")}),
            on_missing=params["on_missing"],
        )
    chosen = _selected(select, params["on_missing"])
    if not reads:
        require_past(chosen.wanted.synced_before, time.time(), "select.last_sync_before")
    return replace(chosen, reads=reads)


def _selected(select: Mapping[str, Any], on_missing: str) -> EasChoice:
    """Return the choice of the option ``select``."""
    options = {name: value for name, value in select.items() if value is not None}
    if not options:
        raise OptionError("select: is empty; give at least one of its keys.")
    expression = options.get("query")
    before = options.get("last_sync_before")
    moment = None if before is None else parse_moment(before, "select.last_sync_before")
    wanted = parse_filter(options, moment)
    refs = [
        parse_ref(raw, f"select.devices[{number}]")
        for number, raw in enumerate(options.get("devices") or ())
    ]
    return EasChoice(
        wanted=wanted,
        refs=tuple(dict.fromkeys(refs)) if refs else None,
        search=None if expression is None else compile_query(expression, "select.query"),
        on_missing=on_missing,
        text=", ".join(f"{name}={value}" for name, value in options.items()),
    )


def find_eas(choice: EasChoice, run: Run[ActiveSync]) -> EasFound:
    """Find the ActiveSync devices of a choice.

    Raises:
        OptionError: Some names are unknown, or the selection is empty, unless ``on_missing`` is
            ``skip``.
    """
    skip = choice.on_missing == "skip"
    wanted = choice.wanted
    unknown: tuple[DeviceRef, ...] = ()
    if choice.refs is not None:
        uuids, unknown = _registered(choice.refs, run, skip=skip)
        wanted = replace(wanted, names={**wanted.names, "device": uuids})
    every = run.calls.devices()
    hidden = [name for name in ("user", "mailbox") if wanted.names.get(name)]
    if hidden and are_masked(("", device.user, device.mailbox) for device in every):
        raise hidden_error("ActiveSync devices cannot be found", hidden, "Name them by their uuids")
    devices = in_order(wanted.pick(every, time.time()))
    if choice.search is not None:
        rows = [device.row for device in devices]
        devices = _apply_query(choice.search, devices, rows)
        doubts = [*choice.search.notes, *choice.search.impossible(rows, WHY_NOT)]
        run.client.notes += doubts if choice.reads else certain(doubts)
        run.client.notes += choice.search.lacking(rows, WHY_NOT)
    missing = (*unknown, *unknown_names(wanted.refs, every))
    if not skip:
        _require(choice, devices, missing, " ".join(("", *run.client.notes)))
    run.client.selected = len(devices)
    return EasFound(devices, missing, every)


def _require(
    choice: EasChoice, devices: Sequence[EasDevice], missing: Sequence[DeviceRef], notes: str
) -> None:
    if missing:
        raise OptionError(
            f"There is no ActiveSync device for these, nothing was done: {listing(missing)}. "
            "Correct or remove them, or set on_missing=skip to go on without them."
        )
    if choice.text and not devices:
        raise OptionError(
            f"select: no ActiveSync device matches {choice.text}; nothing was done. Widen it, or "
            f"set on_missing=skip where an empty selection is fine.{notes}"
        )


def _registered(
    refs: Sequence[DeviceRef], run: Run[ActiveSync], *, skip: bool
) -> tuple[tuple[str, ...], tuple[DeviceRef, ...]]:
    """Find registered devices by their names.

    An ActiveSync device may outlive its registration. So with ``skip`` a uuid is used even if no
    device has it.

    Returns:
        The uuids, and the names that no device has.
    """
    found = run.client.find(Selection(names=tuple(refs)), keep_rows=False)
    if found.missing and not skip:
        raise OptionError(
            f"select.devices: unknown devices, nothing was done: {listing(found.missing)}. "
            "Correct or remove them, or set on_missing=skip, which accepts a uuid that no device "
            "has any more."
        )
    former = tuple(ref.value for ref in found.missing if ref.kind == "guid")
    unknown = tuple(ref for ref in found.missing if ref.kind != "guid")
    return (*(device.guid for device in found.devices), *former), unknown


def _apply_query(
    search: Search, devices: Sequence[EasDevice], rows: list[dict[str, Any]]
) -> tuple[EasDevice, ...]:
    """Return the devices whose rows a query returns.

    Args:
        search: The query.
        devices: The devices.
        rows: Their rows.

    Raises:
        OptionError: The query does not return rows.
    """
    ids = {one.lower() for one in found_ids(search, rows, "uuid", "[?registered]")}
    return tuple(device for device in devices if device.id in ids)
