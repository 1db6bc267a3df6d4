# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The things of the emulated server. Plain data; who changes what is `world`'s business."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import Any, ClassVar

from uem_emulator.epmm.world import reference

#: The space which holds all others; every device is seen from it.
GLOBAL_SPACE = 1

#: Status -> statusCode. BLOCKED and RETIRE_PENDING have a code but are not among the statuses which can be asked for
#: (vendor document "Device Management", Status and statusCode values).
# fmt: off
STATUS_CODES: dict[str, int] = {
    "ACTIVE": 97, "BLOCKED": 98, "IENROLL_VERIFIED": 100, "IENROLL_INPROGRESS": 101, "IENROLL_COMPLETE": 102,
    "INFECTED": 105, "LOST": 108, "RETIRED": 114, "RETIRE_PENDING": 117, "VERIFIED": 118, "VERIFICATION_PENDING": 112,
    "EXPIRED": 120, "WIPED": 119,
}

#: Bit of the three bitmaps -> its name in API v2's lists of reasons. The bits are those of the hexadecimal column of the
#: vendor document "Device Management" (Compliance, quarantinedStatus, and blockReason values). The names are those of the
#: vendor's Reporting Database Essentials (Array_Value_Enumerations), of which DEVICE_ADMIN_DEACTIVE is recorded from API v2.
#: It has none for 0x10000; that one is a guess.
REASONS: dict[int, str] = {
    0x1: "COMPROMISED", 0x2: "OS_VERSION", 0x4: "HW_VERSION", 0x8: "DATA_PROTECTION", 0x10: "POLICY_OUT_OF_DATE",
    0x20: "DEVICE_OUT_OF_CONTACT", 0x40: "APP_CONTROL", 0x80: "PER_MAILBOX_LIMIT", 0x100: "AUTO_BLOCK", 0x200: "MANUAL",
    0x400: "EXCHANGE", 0x800: "DEVICE_ADMIN_DEACTIVE", 0x1000: "DISALLOWED_APP_CONTROL",
    0x2000: "REQUIRED_APP_CONTROL", 0x4000: "ALLOWED_APP_CONTROL", 0x8000: "LOGGED_OUT",
    0x10000: "ATTESTATION_FAILED", 0x400000: "UNKNOWN",
}
# fmt: on


#: Country -> its dialling code and its id, as API v1 shows them.
COUNTRIES = {row.name: (row.code, row.id) for row in reference.COUNTRIES}


def same_number(kept: str, asked: str) -> bool:
    """Return whether a phone number is the one asked for, which is so "without a country code"
    (Core 10.8 document, "Phone Number Formats"); its examples have it in places, too."""
    return asked == kept or (
        asked != "" and kept.endswith(asked) and kept[: -len(asked)] in reference.CODES
    )


#: The roles of a user about whom nothing is remarkable.
ORDINARY_ROLES = ("ROLE_MPW_LOCK", "ROLE_MPW_LOCATE", "ROLE_MPW_REG", "ROLE_USER_PORTAL_RW")


@dataclass(frozen=True)
class User:
    """Somebody who owns devices. `local`: of the server's own directory, not of LDAP. The password
    is not here, see `accounts`."""

    id: int
    uuid: str
    principal: str
    first: str
    last: str
    email: str | None
    local: bool = False
    enabled: bool = True
    roles: tuple[str, ...] = ORDINARY_ROLES

    @property
    def display(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"


@dataclass(frozen=True)
class Space:
    """A device space. `criteria` is the query by which devices get into it; the global one has
    none."""

    id: int
    name: str
    path: str
    parent: int | None = None
    criteria: str = ""


@dataclass(frozen=True)
class Label:
    """`query` is None for a static label, whose members are chosen by hand; a filtered one has the
    devices which its query finds. `system` labels come with the server and have negative ids."""

    id: int
    name: str
    description: str
    query: str | None
    space_id: int = GLOBAL_SPACE
    system: bool = False

    @property
    def static(self) -> bool:
        """Whether the members are chosen by hand."""
        return self.query is None


@dataclass(frozen=True)
class Location:
    """`source` is GPS, Cell or LookupFailure, the last without anything else. Degrees, metres,
    epoch milliseconds."""

    source: str
    latitude: float | None = None
    longitude: float | None = None
    radius: int | None = None
    captured: int | None = None


@dataclass(eq=False)
class Device:
    """One registration. Times are epoch milliseconds; the bitmaps are those of the vendor document.
    `labels` holds the ids of static labels and is replaced, never changed in place. `details` holds
    key-value pairs which differ from what `details.details` makes of the device; None leaves a key
    out. `location` is where it was found, None for what `location.last_known` makes of it.
    `actions` is what was done to it, oldest first: action, at, reason and what else was sent;
    replaced, never changed in place. `cache` is for what is rendered of the device; it is emptied
    when the device changes."""

    id: int
    uuid: str
    user: User
    platform: str
    os_version: str
    build: str
    model: str
    product: str
    manufacturer: str
    name: str
    space_id: int = GLOBAL_SPACE
    serial: str | None = None
    imei: str | None = None
    imsi: str | None = None
    mac: str | None = None
    udid: str | None = None
    phone: str = "PDA"
    operator: str = "PDA"
    country: str = "United States"
    locale: str = "en-US"
    owner: str = "COMPANY"
    status: str = "ACTIVE"
    created: int = 0
    registered: int | None = None
    connected: int | None = None
    client_connected: int | None = None
    compliance: int = 0
    quarantined: int = 0
    blocked: int = 0
    compromised: bool = False
    comment: str = ""
    ip_address: str | None = None
    mdm_managed: bool = False
    multi_user: bool = False
    labels: frozenset[int] = frozenset()
    details: dict[str, str | None] = field(default_factory=dict)
    location: Location | None = None
    actions: tuple[dict[str, Any], ...] = ()
    cache: dict[Any, Any] = field(default_factory=dict)

    NOT_SAVED: ClassVar = ("cache",)

    def restored(self) -> None:
        """Nothing is rendered of the device yet."""
        self.cache = {}

    def copy(self) -> Device:
        """The device as it is now, for an index which lags."""
        other = copy(self)
        other.cache = dict(self.cache)
        return other

    @property
    def platform_name(self) -> str:
        """The platform with its version."""
        return f"{self.platform} {self.os_version}"
