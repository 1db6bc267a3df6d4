# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the layers above may ask of a product. Whatever a product lacks is absent from its capabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .._core.custom_attrs import AttrsWrite
from .._core.device import Device, Partition
from .._core.plan import Change, Outcome
from .._core.selection import Found, Selection
from .._http.transport import Transport

# The capabilities there are, and the words for them in "… is not supported by <product>".
CUSTOM_ATTRS = "custom attributes"
DEVICES = "reading devices"


@dataclass(frozen=True)
class Batch:
    """Changes that one call carries out together."""

    changes: tuple[Change, ...]
    write: AttrsWrite


class UemClient(Protocol):
    """One server of one product, over one transport."""

    product: str
    capabilities: frozenset[str]
    transport: Transport

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """The partitions of these ids or names; all of them when none is wanted."""

    def find(self, selection: Selection, *, keep_rows: bool, count_fleet: bool = False) -> Found:
        """The devices that a selection means, each read in full pages. ``keep_rows``: with the server's rows.

        ``count_fleet``: the answer must say how many devices there are.
        """

    def details(self, device: Device) -> Mapping[str, Any]:
        """Everything that the server knows of one device; keys are the server's own."""

    def defined_attributes(self) -> tuple[str, ...] | None:
        """The names of the custom attributes that devices can have, or None where the account may not read them."""

    def attribute_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """Changes put together into as few calls as the product allows."""

    def write_attributes(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes. Raises UemError when all of it failed."""
