# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare the rows of an answer with what was asked for. Pure.

A forwarder can drop a filter, and then the whole fleet is selected. A row that contradicts the
filter shows it. docs/selections.md has what a row can prove for each key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..._core.attributes import Wanted
from ..._core.device import Device
from ..._core.errors import AnswerError, ApiError, OptionError, UemError
from ..._core.names import nearest
from ..._core.selection import Names, Selection
from ..._core.vocabulary import BY_NAME, snake_case
from ..._core.wording import numbered
from ..proof import contradicts, value_fits
from .devices import value_in
from .values import seconds

# The seconds by which rows of one answer may differ, because reading takes a while.
SLACK = 3600

# The field of a row that each time span is about.
_SPANS = ("lastRegistrationTime", "lastCheckin")

# What facets have and rows do not ("Get Device Details Based on Attribute", facetedResults).
_ONLY_IN_FACETS = frozenset({"accountenabled", "accountgroup", "devicegroup", "isapplesilicon"})


@dataclass(frozen=True)
class Asked:
    """What the server was asked for, and which of the rows that it sent are not meant.

    Attributes:
        selection: The selection.
        attributes: The custom attributes that the server was asked for.
        now: Seconds since 1970.
        compared: Those that it could not be asked for, so that only the rows are compared.
        alike: The ids of devices whose value differs from the wanted one only in case or blanks.
        others: The ids of devices that lack what only the rows show.
        stamps: The times of each field of ``_SPANS``, with the devices.
    """

    selection: Selection
    attributes: Sequence[Wanted]
    compared: Sequence[Wanted]
    now: float
    alike: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    stamps: dict[str, list[tuple[float, str]]] = field(
        default_factory=lambda: {name: [] for name in _SPANS}
    )

    def look(self, row: Mapping[str, Any], device: Device, names: Names | None) -> None:
        """Compare a row with what was asked for.

        Args:
            row: The row.
            device: The device of the row.
            names: The names that the filter had, of which a device must have one, or None.

        Raises:
            AnswerError: The row contradicts it.
        """
        if names is not None and not names.of(device):
            raise contradicts(device.title, "the devices that are named", "none of the names")
        for name, value in self.selection.attributes.items():
            self._field(row, device, name, value)
        if self.selection.statuses:
            shown = value_in(row, BY_NAME["status"])
            if shown not in self.selection.statuses:
                asked = f"status={', '.join(self.selection.statuses)}"
                raise contradicts(device.title, asked, repr(shown))
        for name, span in self._spans:
            stamp = seconds(row.get(name))
            if stamp is None:
                raise contradicts(device.title, f"{name} within {span} s", repr(row.get(name)))
            self.stamps[name].append((stamp, device.title))
        before = self.selection.last_seen_before
        if before is not None and not before.fits(seconds(row.get("lastCheckin")), self.now):
            self.others.add(device.id)
        if not (self.attributes or self.compared):
            return
        if "customAttributes" in row:
            self._attributes(device)
        elif self.compared:
            raise AnswerError(
                "The server shows no custom attributes, and fq cannot express the value that was "
                "selected; use select.query, or an account that sees them."
            )

    @cached_property
    def _spans(self) -> list[tuple[str, int]]:
        spans = (self.selection.registered_within, self.selection.last_seen_within)
        return [(name, span) for name, span in zip(_SPANS, spans, strict=True) if span is not None]

    def meant(self, devices: Iterable[Device]) -> list[Device]:
        """Return the devices that are selected.

        Raises:
            AnswerError: Two devices cannot both have been seen within a time span.
        """
        for name, span in self._spans:
            # What time it is on the server is not known, but it is not before any of these.
            nothing = [(0.0, "")]
            oldest, title = min(self.stamps[name] or nothing)
            newest, other = max(self.stamps[name] or nothing)
            if newest - oldest > span + SLACK:
                shown = f"{name} {int(newest - oldest)} s before that of {other}"
                raise contradicts(title, f"{name} within {span} s", shown)
        return [
            device
            for device in devices
            if device.id not in self.alike and device.id not in self.others
        ]

    def refusal(self, error: ApiError) -> UemError:
        """Return the error for a request that failed, with the author's part in it."""
        known = [name for name, one in BY_NAME.items() if one.neurons]
        attributes = ", ".join(
            name if name in known else f"{name}{nearest(name, known)}"
            for name in self.selection.attributes
        )
        is_known = set(self.selection.attributes) <= set(known)
        if error.status == 400 and self.selection.filter and is_known:
            where = self.selection.option("filters")
            beside = f", sent together with {attributes}" if attributes else ""
            return OptionError(
                f"{where}: the server refused {self.selection.filter!r}{beside}. {error}"
            )
        if error.status != 400 or not attributes:
            return error
        options = ", ".join(map(self.selection.option_of, self.selection.attributes))
        return OptionError(
            f"{options}: the server refused a filter with {attributes}. "
            f"{error} Fields are named as device_info returns them."
        )

    @property
    def note(self) -> str:
        """A sentence about the devices that are not meant, or ""."""
        if not self.alike:
            return ""
        [first, *rest] = self.alike.values()
        left_out = "they are" if rest else "it is"
        return (
            f"{self.selection.option('custom_attributes')}: the server also found "
            f"{numbered(len(self.alike), 'devices')} on which {first} differs from the value that "
            f"was given in case or in blanks at its ends; {left_out} left out."
        )

    def _field(self, row: Mapping[str, Any], device: Device, name: str, value: str) -> None:
        field = BY_NAME.get(name)
        if field is not None and field.neurons:
            shown = value_in(row, field)
            if field.neurons in row and not value_fits(shown, value):
                raise contradicts(device.title, f"{name}={value}", repr(shown))
            return
        key = _key(row, name)
        if key is None and name.replace("_", "").casefold() not in _ONLY_IN_FACETS:
            # "Use the GET /api/v1/device … call to develop a list of fields against which you can
            # query": a server may ignore any other.
            raise OptionError(
                f"{self.selection.option_of(name)}: no device has a field "
                f"{name!r}{nearest(name, map(snake_case, row))}; nothing was done. Correct the name, or use filters."
            )
        if key is not None and not value_fits(row[key], value):
            raise contradicts(device.title, f"{name}={value}", repr(row[key]))

    def _attributes(self, device: Device) -> None:
        for wanted in self.attributes:
            if wanted.fits(device.attrs):
                continue
            if not wanted.resembles(device.attrs):
                shown = repr(dict(device.attrs).get(wanted.names[0].lower(), ()))
                asked = f"{wanted.names[0]}={', '.join(wanted.values)}"
                raise contradicts(device.title, asked, shown)
            self.alike[device.id] = wanted.names[0]
        if not all(wanted.fits(device.attrs) for wanted in self.compared):
            self.others.add(device.id)


def _key(row: Mapping[str, Any], name: str) -> str | None:
    """Return the key of a row for a field that only Neurons has; None if it has none."""
    return next((key for key in row if snake_case(key) == name), None)
