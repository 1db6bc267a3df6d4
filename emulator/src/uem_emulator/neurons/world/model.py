# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The things of the emulated tenant. Plain data; who changes what is `world`'s business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Attributes = dict[str, list[str]]
#: What attributes may belong to.
DEFINITION_TYPES = ("DEVICE", "ACCOUNT", "AAD", "LDAP")
_NOTHING: dict[str, Any] = {}


class Device:
    """One registration. Most of its ~200 keys are shared with its platform (`base`, `base_detail`);
    only what differs is its own, so that a fleet of 100,000 fits in memory.

    `attrs` maps lower-case names (numeric ones with their `_#`) to lists of texts and is replaced,
    never changed in place: a copy of the device may share it. So are `actions`, what was done to it
    (action, at, params), and `extra`, what only calls of their own show: each `Extra` knows its
    names there. `row_bytes`, `facets` and `search_text` are caches, None when stale.
    """

    __slots__ = (
        "id",
        "base",
        "base_detail",
        "fields",
        "detail",
        "attrs",
        "ldap",
        "user_groups",
        "static_groups",
        "actions",
        "extra",
        "row_bytes",
        "facets",
        "search_text",
    )

    def __init__(
        self,
        device_id: int,
        base: dict[str, Any],
        base_detail: dict[str, Any],
        fields: dict[str, Any],
    ) -> None:
        self.id = device_id
        self.base = base
        self.base_detail = base_detail
        self.fields = fields
        self.detail: dict[str, Any] = {}
        self.attrs: Attributes = {}
        self.ldap: Attributes = {}
        self.user_groups: tuple[str, ...] = ("All Users",)
        self.static_groups: tuple[str, ...] = ()
        self.actions: tuple[dict[str, Any], ...] = ()
        self.extra: dict[str, Any] = _NOTHING
        self.forget_caches()

    NOT_SAVED = ("row_bytes", "facets", "search_text")

    def restored(self) -> None:
        """Nothing is rendered of the device yet."""
        self.forget_caches()

    def forget_caches(self) -> None:
        """Forget what was rendered of the device: it has changed."""
        self.row_bytes: bytes | None = None
        self.facets: int | None = None
        self.search_text: str | None = None

    def copy(self) -> Device:
        """The device as it is now, for an index which lags."""
        other = Device(self.id, self.base, self.base_detail, dict(self.fields))
        for name in (
            "detail",
            "attrs",
            "ldap",
            "user_groups",
            "static_groups",
            "actions",
            "extra",
            "row_bytes",
            "facets",
            "search_text",
        ):
            setattr(other, name, getattr(self, name))
        return other

    def value(self, name: str) -> Any:
        """A field of the row, or of the detail, or one of the two which only the index knows."""
        for source in (self.fields, self.base, self.detail, self.base_detail):
            if name in source:
                return source[name]
        if name == "accountGroup":
            return self.user_groups
        return True if name == "accountEnabled" else None

    def attribute(self, name: str) -> list[str] | None:
        """Return the values of a custom attribute, None where there are none."""
        return self.attrs.get(name)

    def ldap_attribute(self, name: str) -> list[str] | None:
        """Return the values of an LDAP attribute, None where there are none."""
        return self.ldap.get(name)

    @property
    def partition(self) -> int:
        """The id of the device space."""
        value: int = self.fields["dmPartitionId"]
        return value


@dataclass(frozen=True)
class Partition:
    """A device space."""

    id: int
    guid: str
    name: str
    created: int
    default: bool
    priority: int


@dataclass(frozen=True)
class Definition:
    """An attribute definition. A numeric one has `_#` at the end of its name, as it is written in
    calls."""

    id: int
    type: str
    name: str
    created: int

    @property
    def numeric(self) -> bool:
        """Whether the values must be numbers."""
        return self.name.endswith("_#")


@dataclass(frozen=True)
class DeviceGroup:
    """A device group of one space. `definition` is a stored rule; with neither it nor a system
    name: static."""

    id: int
    partition: int
    name: str
    description: str | None
    system_name: str | None
    definition: str | None
    created: int

    @property
    def static(self) -> bool:
        """Whether the members are chosen by hand."""
        return self.definition is None and self.system_name is None


@dataclass(frozen=True)
class Configuration:
    """A configuration. `platforms`: whose devices get it, none: all. `space`: the device space that
    it belongs to, None: it is shared with all. `settled`: its status on a device which has it."""

    id: int
    uuid: str
    name: str
    description: str | None
    type: str
    platforms: tuple[str, ...] = ()
    priority: int = 1
    space: int | None = None
    settled: str = "INSTALLED"
    enabled: bool = True


#: What of a device is about the person it belongs to -> the same of an account.
PERSON = {
    "uid": "uid",
    "emailAddress": "email",
    "displayName": "display",
    "firstName": "first",
    "lastName": "last",
}


@dataclass(frozen=True)
class Account:
    """A user. `groups` and `ldap` are those which devices take over; `pin` is for the registration
    of a device."""

    id: int
    uid: str | None
    email: str | None
    display: str | None
    first: str | None
    last: str | None
    created: int
    groups: tuple[str, ...] = ("All Users",)
    ldap: Attributes | None = None
    source: str = "LOCAL"
    invite: str = "Completed"
    enabled: bool = True
    locked: bool = False
    pin: str | None = None

    @property
    def person(self) -> dict[str, Any]:
        """The fields of a device of this user."""
        return {name: getattr(self, own) for name, own in PERSON.items()}
