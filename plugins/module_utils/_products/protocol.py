# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the layers above may ask of a product. Whatever a product lacks is absent from its
capabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

# For annotations alone: a module is compiled anew in every run, with all that it imports.
if TYPE_CHECKING:
    from .._core.device import Device, Partition
    from .._core.plan import Change, Outcome
    from .._core.selection import Found, Selection
    from .._families.activesync.model import EasDevice
    from .._families.alerts.model import Alert, AlertFilter
    from .._families.app_settings.model import AppSetting
    from .._families.certificates.model import Holdings
    from .._families.compliance.model import Report
    from .._families.configs.model import Config
    from .._families.dep.model import DepProfile, DepServer
    from .._families.labels.model import Label
    from .._families.owners.model import Account, Ownership
    from .._families.policies.model import Assignment, Policy
    from .._families.reference.model import Country, Operator
    from .._families.registration.model import Registration
    from .._families.roaming.model import Roaming
    from .._families.users.model import User
    from .._http.transport import Sink, Transport

# The capabilities there are, and the words for them in "<product> does not support …".
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
CONFIGS = "configurations of devices"
COMPLIANCE = "the compliance of devices"
COMPLIANCE_SYNC = "telling others the compliance of devices"
CERTIFICATES = "certificates of devices"
DEP = "DEP servers"
OWNERS = "owners of devices"
REGISTRATION = "registering devices"
REFERENCE = "operators and countries"
ACTIVESYNC = "ActiveSync devices"
USERS = "users and their passwords"
APP_SETTINGS = "app settings"
EXPORT = "the export of devices"
ANALYTICS = "AppConnect analytics"


@dataclass(frozen=True)
class Batch:
    """Changes that one call carries out together."""

    changes: tuple[Change, ...]
    write: Any


class UemClient(Protocol):
    """One server of one product, over one transport. ``selects``: the keys of ``select`` that name
    or narrow devices there."""

    product: str
    capabilities: frozenset[str]
    selects: frozenset[str]
    transport: Transport

    # DEVICES

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """The partitions of these ids or names; all that the account has when none is wanted."""

    def find(
        self,
        selection: Selection,
        *,
        keep_rows: bool,
        count_fleet: bool = False,
        fields: Sequence[str] = (),
    ) -> Found:
        """The devices that a selection means, each read in full pages. ``keep_rows``: with their
        rows.

        ``count_fleet``: the answer must say how many devices there are. ``fields``: what an author
        wants to see of the rows, which a product that sends only what is asked for has to know.
        """

    def details(self, device: Device) -> Mapping[str, Any]:
        """Everything that the server knows of one device; keys are those of its row, and more."""

    def label_names(
        self, devices: Sequence[Device], patterns: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """By device id the sorted names of the labels, or device groups, that fit the shell
        patterns; see ``names.fits``."""


class Actions(UemClient, Protocol):
    """A client with the capability ACTIONS: those of the table of actions that name its product."""

    def ineligible(self, changes: Sequence[Change]) -> Mapping[str, str]:
        """By device id why it cannot take its action, as far as the server tells. Changes
        nothing."""

    def action_batches(self, changes: Sequence[Change], *, by_mac: bool) -> list[Batch]:
        """Changes of one action put together into as few calls as the product allows; what is
        destructive is never put together. ``by_mac``: devices are named by their Wi-Fi MAC
        addresses."""

    def send_action(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """Send one call: an outcome for each of its changes. Raises UemError when all of it failed,
        and AnswerLostError when nobody knows."""


class Messages(UemClient, Protocol):
    """A client with the capability MESSAGES."""

    def message_batches(self, changes: Sequence[Change], *, by_mac: bool) -> list[Batch]:
        """Messages put together into as few calls as the product allows."""

    def send_message(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """Send one call: an outcome for each of its changes. Raises UemError when all of it
        failed."""


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
        """Where a device was last: latitude, longitude, radius in metres, source, captured_at; None
        where nobody knows.

        ``ask``: tell the device to find out first, which acts and takes it up to a minute.
        """

    def require_macs(self, devices: Sequence[Device]) -> None:
        """Raises OptionError when devices cannot be named by their Wi-Fi MAC address: they have
        none that the server knows, or another device has the same."""


class CustomAttributes(UemClient, Protocol):
    """A client with the capability CUSTOM_ATTRS."""

    def defined_attributes(self) -> tuple[str, ...] | None:
        """The names of the custom attributes that devices can have, or None where the account may
        not read them."""

    def attribute_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """Changes put together into as few calls as the product allows."""

    def write_attributes(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes. Raises UemError when all of it
        failed."""


class Labels(UemClient, Protocol):
    """A client with the capability LABELS."""

    def labels(self) -> tuple[Label, ...]:
        """Every label that the account may see."""

    def members(self, label: Label) -> Sequence[Device]:
        """The devices of a label, in the order of their ids."""

    def labels_of(
        self, devices: Sequence[Device], among: Sequence[Label]
    ) -> Mapping[str, frozenset[str]]:
        """By device id the ids of those of the given labels that the device has."""

    def label_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """Changes put together into as few calls as the product allows. Raises OptionError where
        none can be sent."""

    def write_labels(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes. Raises UemError when all of it
        failed."""


class Bitmaps(UemClient, Protocol):
    """A client with the capability BITMAPS."""

    def bitmaps(self, devices: Sequence[Device]) -> list[Device]:
        """Devices, read with their rows, with what tells why each is not compliant, in quarantine
        or blocked. One that the server does not know there stays as it is.

        Raises AbsentError where the server does not have it, other UemErrors where it cannot be
        read, and AnswerError where it does not list what it lists elsewhere.
        """


class Policies(Labels, Protocol):
    """A client with the capability POLICIES."""

    def policies(self) -> tuple[Policy, ...]:
        """Every policy, with its rules."""

    def policies_of(self, device: Device) -> tuple[Policy, ...]:
        """The policies that a device has."""

    def set_policy(self, assignment: Assignment, *, applied: bool) -> str:
        """Apply a policy to a label, or remove it; answers what the server said. Raises UemError
        unless it said success."""


class Alerts(UemClient, Protocol):
    """A client with the capability ALERTS."""

    def alerts(self, wanted: AlertFilter) -> tuple[Alert, ...]:
        """The alerts that are meant, in the order of their ids."""

    def alert_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """Changes put together into as few calls as the product allows."""

    def write_alerts(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes. Raises UemError when all of it
        failed."""


class Compliance(UemClient, Protocol):
    """A client with the capability COMPLIANCE."""

    def compliance(self, devices: Sequence[Device]) -> Report:
        """Whether devices, read with their rows, are compliant, and why not, in as few requests as
        the product allows.

        What nobody knows is unknown, and never compliant. A device that vanished since it was
        listed is skipped.
        """


class Certificates(UemClient, Protocol):
    """A client with the capability CERTIFICATES."""

    def certificates(self, devices: Sequence[Device]) -> Holdings:
        """The certificates of devices that were read with their rows, and the devices of which they
        cannot be read."""


class DepServers(UemClient, Protocol):
    """A client with the capability DEP."""

    def dep_servers(self) -> tuple[DepServer, ...]:
        """Every DEP server."""

    def dep_profiles(self, server: DepServer) -> tuple[DepProfile, ...]:
        """The profiles of a DEP server, secrets masked."""


class AppSettings(UemClient, Protocol):
    """A client with the capability APP_SETTINGS."""

    def app_settings(self, kind: str | None) -> tuple[AppSetting, ...]:
        """Every app setting, of this type where one is given and the server heeds it; secrets
        masked."""

    def app_settings_of(self, device: Device) -> tuple[AppSetting, ...]:
        """The app settings of a device, with their state there."""


class Reference(UemClient, Protocol):
    """A client with the capability REFERENCE."""

    def operators(self) -> tuple[Operator, ...]:
        """Every operator."""

    def countries(self) -> tuple[Country, ...]:
        """Every country."""


class Users(UemClient, Protocol):
    """A client with the capability USERS."""

    def user(self, name: str, where: str = "user") -> User | None:
        """The user with this name or e-mail address, or None. ``where``: the option that has it,
        for errors."""

    def ldap_users(self, text: str) -> tuple[User, ...]:
        """The users of the directory whose names the server finds by a text. Raises OptionError
        where there are too many."""

    def password_fits(self, user: User, password: str) -> bool:
        """Whether a password is a user's present one, which is tried. Needs credentials of the
        account that are known to be good: read the user first."""

    def password_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """A batch for each change."""

    def set_password(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out. Raises AnswerLostError when nobody knows whether the password was
        changed."""


class Registrations(Users, Reference, Protocol):
    """A client with the capability REGISTRATION."""

    def registrations(self, wanted: Registration) -> tuple[Device, ...]:
        """Devices of its user, with their rows: among them every one that is registered, or about
        to be, as wanted."""

    def registration_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """A batch for each change, for each has a passcode of its own."""

    def register(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out, never twice: an outcome that returns ``registered``, a Registered.
        Raises AnswerLostError when nobody knows what became of it."""


class Configs(UemClient, Protocol):
    """A client with the capability CONFIGS. ``config_states``, ``config_kinds``: what can be wanted
    of configurations, and what they can be. ``cannot_push_configs``: why one that is not on a
    device cannot be brought there, or ""."""

    config_states: frozenset[str]
    config_kinds: frozenset[str]
    cannot_push_configs: str

    def configs_of(self, device: Device) -> tuple[Config, ...]:
        """The configurations that a device lists, with their status there."""

    def known_configs(self, devices: Sequence[Device]) -> tuple[Config, ...] | None:
        """The configurations there are for devices, or None where the account may not read them or
        the product has no list."""

    def config_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """A batch for each change."""

    def write_configs(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes. Raises UemError when all of it
        failed."""


class ActiveSync(UemClient, Protocol):
    """A client with the capability ACTIVESYNC."""

    def activesync_devices(self) -> tuple[EasDevice, ...]:
        """Every ActiveSync device. Raises AnswerError when the server did not send all of them."""

    def activesync_details(self, device: EasDevice) -> Mapping[str, Any] | None:
        """What ActiveSync says of one, by its names, secrets masked; None for one that is gone."""

    def activesync_unable(self, changes: Sequence[Change]) -> Mapping[str, str]:
        """By id why one cannot take its state, as far as the server tells. Changes nothing."""

    def activesync_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """Changes put together into as few calls as the product allows; what is destructive is
        never put together."""

    def set_activesync(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes, by what the server lists where
        its answer leaves that open. Raises UemError when all of it failed for certain."""


class Exports(UemClient, Protocol):
    """A client with the capability EXPORT."""

    def export_devices(self, sink: Sink) -> bool:
        """Write the devices to a file, as CSV with a header; False where the server says that it
        has none. Raises AnswerError for something that is no table at all."""


class Analytics(UemClient, Protocol):
    """A client with the capability ANALYTICS."""

    def app_analytics(self, app: str, sink: Sink) -> bool:
        """Write the archive with the analytics of an app to a file; False where the server has
        none. Raises AnswerError for something that is no archive."""


class Owners(UemClient, Protocol):
    """A client with the capability OWNERS."""

    def accounts(self, name: str) -> tuple[Account, ...]:
        """The accounts whose user id or e-mail address is this, without case."""

    def ownership(self, device: Device) -> Ownership:
        """Whose a device is, as the row says that it was read with."""

    def ownership_now(self, device: Device) -> Ownership | None:
        """Whose a device is now, and how its last reassignment stands; None for one that is
        gone."""

    def owner_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """Changes put together into as few calls as the product allows."""

    def give(self, batch: Batch) -> list[Outcome]:
        """Begin to carry one batch out: an outcome for each of its changes, by what devices are
        where the answer leaves that open. Raises UemError when all of it failed for certain."""


class ComplianceSync(UemClient, Protocol):
    """A client with the capability COMPLIANCE_SYNC."""

    def sync_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """Changes put together into as few calls as the product allows."""

    def sync_compliance(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out: an outcome for each of its changes. Raises UemError when all of it
        failed."""
