# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the devices that a task is about: options in, devices out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._core.device import Device, DeviceRef
from .._core.errors import OptionError
from .._core.selection import SELECT_LISTS, Found, Selection, parse_select
from .._products.protocol import UemClient
from .query import compile_query

Search = Callable[[Any], Any]


@dataclass(frozen=True)
class Choice:
    """The devices that the options choose, before the server is asked: a selection, and what ``query`` keeps of it.

    ``text`` and ``narrowed`` tell an author of ``select``: all of it, and what restricts the devices that are named.
    """

    selection: Selection
    search: Search | None = None
    on_missing: str = "fail"
    text: str = ""
    narrowed: str = ""

    def find(self, client: UemClient, *, keep_rows: bool = False, count_fleet: bool = False) -> Found:
        """The devices. Raises OptionError for unknown ones, all of them named, unless ``on_missing`` is ``skip``."""
        found = client.find(self.selection, keep_rows=keep_rows or self.search is not None, count_fleet=count_fleet)
        if self.search is not None:
            found = replace(found, devices=searched(self.search, found.devices, "select.query"))
        if self.on_missing == "fail":
            self._require(found)
        return found

    def _require(self, found: Found) -> None:
        if found.missing:
            where = f" among the devices that meet {self.narrowed}" if self.narrowed else ""
            raise OptionError(
                f"Unknown devices{where}, nothing was done: {listing(found.missing)}. Correct or remove them, or set "
                "on_missing=skip to go on without them."
            )
        if not found.devices and self.text:
            raise OptionError(
                f"select: no device matches {self.text}; nothing was done. Widen it, or set on_missing=skip where an "
                "empty selection is fine."
            )


def parse_choice(params: dict[str, Any], named: Sequence[DeviceRef]) -> Choice:
    """Read the options ``select``, ``partitions`` and ``on_missing``; ``named``: the devices of ``devices``."""
    partitions = tuple(params.get("partitions") or ())
    options = dict(params.get("select") or {})
    expression = options.pop("query", None)
    if params.get("select") is None:
        selection = Selection(names=tuple(dict.fromkeys(named)), partitions=partitions)
    elif expression is not None and not any(value is not None for value in options.values()):
        selection = Selection(partitions=partitions)
    else:
        selection = parse_select(options, partitions=partitions)
    search = None if expression is None else compile_query(expression, "select.query")
    shown = {name: value for name, value in (params.get("select") or {}).items() if value is not None}
    narrowed = {name: value for name, value in shown.items() if name not in (*SELECT_LISTS, "query")}
    if partitions:
        narrowed["partitions"] = ", ".join(partitions)
    return Choice(selection, search, params["on_missing"], _told(shown), _told(narrowed))


def _told(options: dict[str, Any]) -> str:
    """Options as ``name=value, …`` for a message."""
    return ", ".join(f"{name}={value}" for name, value in options.items())


def listing(refs: Sequence[DeviceRef]) -> str:
    """Names of devices for a message."""
    return ", ".join(f"{ref.kind.replace('_', ' ')} {ref.value}" for ref in refs)


def searched(search: Search, devices: Sequence[Device], where: str) -> tuple[Device, ...]:
    """The devices whose rows a query keeps. Raises OptionError, naming ``where`` it stands, when it answers no rows."""
    kept = search([dict(device.row) for device in devices])
    if not isinstance(kept, list) or not all(isinstance(row, dict) and "id" in row for row in kept):
        raise OptionError(f"{where}: must answer a list of device rows, such as [?quarantined]; it answered something else.")
    ids = {str(row["id"]) for row in kept}
    return tuple(device for device in devices if device.id in ids)
