# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the layers above may ask of a product. Whatever a product lacks is absent from its capabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .._core.alerts import Alert, AlertFilter
from .._core.device import Device, Partition
from .._core.labels import Label
from .._core.messages import Roaming
from .._core.plan import Change, Outcome
from .._core.policies import Assignment, Policy
from .._core.selection import Found, Selection
from .._http.transport import Transport

# The capabilities there are, and the words for them in "… is not supported by <product>".
CUSTOM_ATTRS = "custom attributes"
DEVICES = "reading devices"
LABELS = "labels"
BITMAPS = "compliance bitmaps"
POLICIES = "policies"
ALERTS = "alerts"
ACTIONS = "actions on devices"
MESSAGES = "messages to devices"
ROAMING = "roaming"
LOCATION = "the location of devices"


@dataclass(frozen=True)
class Batch:
    """Changes that one call carries out together."""

    changes: tuple[Change, ...]
    write: Any


class UemClient(Protocol):
    """One server of one product, over one transport. ``selects``: the keys of ``select`` that name or narrow devices there."""

    product: str
    capabilities: frozenset[str]
    selects: frozenset[str]
    transport: Transport

    # DEVICES

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """The partitions of these ids or names; all that the account has when none is wanted."""

    def find(
        self, selection: Selection, *, keep_rows: bool, count_fleet: bool = False, fields: Sequence[str] = ()
    ) -> Found:
        """The devices that a selection means, each read in full pages. ``keep_rows``: with their rows.

        ``count_fleet``: the answer must say how many devices there are. ``fields``: what an author wants to see of the
        rows, which a product that sends only what is asked for has to know.
        """

    def details(self, device: Device) -> Mapping[str, Any]:
        """Everything that the server knows of one device; keys are those of its row, and more."""

    def label_names(self, devices: Sequence[Device], patterns: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """By device id the sorted names of the labels, or device groups, that fit the shell patterns; see ``names.fits``."""


class Actions(UemClient, Protocol):
    """A client with the capability ACTIONS: those of the table of actions that name its product."""

    def ineligible(self, changes: Sequence[Change]) -> Mapping[str, str]:
        """By device id why it cannot take its action, as far as the server tells. Changes nothing."""

    def action_batches(self, changes: Sequence[Change], *, by_mac: bool) -> list[Batch]:
        """Changes of one action put together into as few calls as the product allows; what is destructive is never put
        together. ``by_mac``: devices are named by their Wi-Fi MAC addresses."""

    def send_action(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """Send one call: an outcome for each of its changes. Raises UemError when all of it failed, and AnswerLostError when
        nobody knows."""


class Messages(UemClient, Protocol):
    """A client with the capability MESSAGES."""

    def message_batches(self, changes: Sequence[Change], *, by_mac: bool) -> list[Batch]:
        """Messages put together into as few calls as the product allows."""

    def send_message(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """Send one call: an outcome for each of its changes. Raises UemError when all of it failed."""


class Roamers(UemClient, Protocol):
    """A client with the capability ROAMING."""

    def roaming(self, device: Device) -> Roaming:
        """Whether a device may use voice and data abroad."""

    def roaming_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """A batch for each change."""

    def set_roaming(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out."""


class Locators(UemClient, Protocol):
    """A client with the capability LOCATION."""

    def location(self, device: Device, *, by_mac: bool, ask: bool) -> Mapping[str, Any] | None:
        """Where a device was last: latitude, longitude, radius in metres, source, captured_at; None where nobody knows.

        ``ask``: tell the device to find out first, which acts and takes it up to a minute.
        """

    def require_macs(self, devices: Sequence[Device]) -> None:
        """Raises OptionError when devices cannot be named by their Wi-Fi MAC address: they have none that the server knows,
        or another device has the same."""


class CustomAttributes(UemClient, Protocol):
    """A client with the capability CUSTOM_ATTRS."""

    def defined_attributes(self) -> tuple[str, ...] | None:
        """The names of the custom attributes that devices can have, or None where the account may not read them."""

    def attribute_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """Changes put together into as few calls as the product allows."""

    def write_attributes(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes. Raises UemError when all of it failed."""


class Labels(UemClient, Protocol):
    """A client with the capability LABELS."""

    def labels(self) -> tuple[Label, ...]:
        """Every label that the account may see."""

    def members(self, label: Label) -> Sequence[Device]:
        """The devices of a label, in the order of their ids."""

    def labels_of(self, devices: Sequence[Device], among: Sequence[Label]) -> Mapping[str, frozenset[str]]:
        """By device id the ids of those of the given labels that the device has."""

    def label_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """Changes put together into as few calls as the product allows. Raises OptionError where none can be sent."""

    def write_labels(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes. Raises UemError when all of it failed."""


class Bitmaps(UemClient, Protocol):
    """A client with the capability BITMAPS."""

    def bitmaps(self, devices: Sequence[Device]) -> list[Device]:
        """Devices, read with their rows, with what tells why each is not compliant, in quarantine or blocked. One that
        the server does not know there stays as it is.

        Raises AbsentError where the server does not have it, other UemErrors where it cannot be read, and AnswerError
        where it does not list what it lists elsewhere.
        """


class Policies(Labels, Protocol):
    """A client with the capability POLICIES."""

    def policies(self) -> tuple[Policy, ...]:
        """Every policy, with its rules."""

    def policies_of(self, device: Device) -> tuple[Policy, ...]:
        """The policies that a device has."""

    def set_policy(self, assignment: Assignment, *, applied: bool) -> str:
        """Apply a policy to a label, or remove it; answers what the server said. Raises UemError unless it said success."""


class Alerts(UemClient, Protocol):
    """A client with the capability ALERTS."""

    def alerts(self, wanted: AlertFilter) -> tuple[Alert, ...]:
        """The alerts that are meant, in the order of their ids."""

    def alert_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """Changes put together into as few calls as the product allows."""

    def write_alerts(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes. Raises UemError when all of it failed."""
