# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a device in API v2, by their dotted names.

Names: requests of working clients (field lists of Siemplify, XSOAR, Axonius, the admin portal) and
recorded rows; types: recorded rows. A value of None means that the row leaves the field out; an
empty text stays, as in recorded rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

from uem_emulator.epmm.world.details import DETAILS, detail
from uem_emulator.epmm.world.location import last_known
from uem_emulator.epmm.world.model import REASONS, Device


@dataclass(frozen=True)
class Field:
    """`listed`: named by search_fields. `searched`: a simple search looks at it."""

    value: Callable[[Device], Any]
    listed: bool = True
    searched: bool = False


@lru_cache(maxsize=65536)
def iso(ms: int | None) -> str | None:
    """Epoch milliseconds as API v2 writes a time."""
    if ms is None:
        return None
    return datetime.fromtimestamp(ms / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@lru_cache(maxsize=4096)
def reasons(bits: int) -> tuple[str, ...]:
    """The names of a bitmap's reasons; a bit without a name is written in hexadecimal."""
    return tuple(
        REASONS.get(1 << place, f"0x{1 << place:X}")
        for place in range(bits.bit_length())
        if bits >> place & 1
    )


def _reason_list(bits: int) -> list[str] | None:
    return list(reasons(bits)) if bits else None


def _detail(key: str) -> Callable[[Device], Any]:
    return lambda device: detail(device, key)


def _of(platform: str, key: str) -> Callable[[Device], Any]:
    return lambda device: detail(device, key) if device.platform == platform else None


def _location(device: Device) -> str | None:
    found = last_known(device)
    return None if found.latitude is None else f"{found.latitude},{found.longitude}"


def _pending(device: Device) -> bool:
    return device.status == "VERIFICATION_PENDING"


# fmt: off
_COMMON: dict[str, Field] = {
    "id": Field(lambda d: d.id),
    "uuid": Field(lambda d: d.uuid, searched=True),
    "status": Field(lambda d: d.status),
    "retired": Field(lambda d: d.status == "RETIRED"),
    "platform": Field(lambda d: d.platform),
    "platform_name": Field(lambda d: d.platform_name),
    "os_version": Field(lambda d: d.os_version),
    "model": Field(lambda d: d.model, searched=True),
    "model_name": Field(lambda d: d.product),
    "manufacturer": Field(lambda d: d.manufacturer, searched=True),
    "SerialNumber": Field(lambda d: d.serial, searched=True),
    "imei": Field(lambda d: "" if d.imei is None and d.platform == "Android" else d.imei, searched=True),
    "imsi": Field(lambda d: d.imsi),
    "wifi_mac_address": Field(lambda d: d.mac, searched=True),
    "ethernet_mac": Field(lambda d: None),
    "ip_address": Field(lambda d: d.ip_address),
    "current_phone_number": Field(lambda d: d.phone, searched=True),
    "home_operator_name": Field(lambda d: d.operator),
    "current_operator_name": Field(lambda d: d.operator if d.imei else None),
    "home_country_name": Field(lambda d: d.country),
    "home_country_code": Field(lambda d: "US" if d.country == "United States" else "DE"),
    "current_country_name": Field(lambda d: d.country if d.imei else None),
    "current_country_code": Field(lambda d: ("US" if d.country == "United States" else "DE") if d.imei else None),
    "language": Field(lambda d: "English" if d.locale.startswith("en") else "German"),
    "locale": Field(lambda d: d.locale),
    "owner": Field(lambda d: d.owner),
    "comment": Field(lambda d: d.comment or None),
    "creation_date": Field(lambda d: iso(d.created)),
    "registration_date": Field(lambda d: iso(d.registered)),
    "last_connected_at": Field(lambda d: iso(d.connected)),
    "miclient_last_connected_at": Field(lambda d: iso(d.client_connected)),
    "compliant": Field(lambda d: d.compliance == 0),
    "noncompliance_reasons": Field(lambda d: _reason_list(d.compliance)),
    "quarantined": Field(lambda d: d.quarantined != 0),
    "quarantined_reasons": Field(lambda d: _reason_list(d.quarantined)),
    "device_is_compromised": Field(lambda d: d.compromised),
    "security_state": Field(lambda d: None if _pending(d) else "Compromised" if d.compromised else "Ok"),
    "data_protection_enabled": Field(lambda d: not d.compliance & 0x8),
    "device_admin_enabled": Field(lambda d: not d.compliance & 0x800 if d.platform == "Android" else None),
    "mdm_managed": Field(lambda d: d.mdm_managed),
    "clientId": Field(lambda d: 1073741824 + d.id),
    "client_name": Field(_detail("client_name")),
    "client_version": Field(lambda d: detail(d, "client_version") or detail(d, "Client_version")),
    "battery_level": Field(lambda d: None if (text := detail(d, "battery_life")) is None else int(text)),
    "storage_capacity": Field(lambda d: None if (text := detail(d, "total_storage_size_bytes")) is None else int(text)),
    "storage_free": Field(lambda d: None if (text := detail(d, "free_storage_size_bytes")) is None else int(text)),
    "memory_capacity": Field(lambda d: None if (text := detail(d, "total_ram_size_bytes")) is None else int(text)),
    "memory_free": Field(lambda d: None if (text := detail(d, "free_ram_size_bytes")) is None else int(text)),
    "background_status": Field(lambda d: None if _pending(d) or d.platform != "iOS" else 0),
    "device_space_id": Field(lambda d: d.space_id),
    # Valid in `fields`, but search_fields does not name them: seen by a client.
    "location": Field(_location, listed=False),
    "location_last_captured_at": Field(lambda d: iso(last_known(d).captured), listed=False),
}
# fmt: on
_USER: dict[str, Field] = {
    "user_id": Field(lambda d: d.user.principal, searched=True),
    "sam_account_name": Field(lambda d: None if d.user.local else d.user.principal),
    "display_name": Field(lambda d: d.user.display, searched=True),
    "first_name": Field(lambda d: d.user.first),
    "last_name": Field(lambda d: d.user.last),
    "email_address": Field(lambda d: d.user.email, searched=True),
    "uuid": Field(lambda d: d.user.uuid),
}
#: Fields of the platforms: v1's key-value pairs under the platform's prefix.
_PREFIXES = {"Android": "android", "iOS": "ios", "macOS": "mac", "Windows": "windows_phone"}

FIELDS: dict[str, Field] = {
    **{f"common.{name}": field for name, field in _COMMON.items()},
    **{f"user.{name}": field for name, field in _USER.items()},
    **{
        f"{_PREFIXES[platform]}.{key}": Field(_of(platform, key))
        for platform, keys in DETAILS.items()
        for key in keys
    },
}


def with_extras(spaces: Mapping[int, str], *, blocked: bool, numbers: bool) -> dict[str, Field]:
    """Return the fields of one server.

    Args:
        spaces: The names of its device spaces by id.
        blocked: Whether there are fields for blockReason.
        numbers: Whether reasons are decimal numbers instead of names.
    """
    found = {**FIELDS, "common.device_space_name": Field(lambda d: spaces.get(d.space_id))}
    if blocked:
        found["common.blocked"] = Field(lambda d: d.blocked != 0)
        found["common.blocked_reasons"] = Field(lambda d: _reason_list(d.blocked))
    if numbers:
        for name, bits in (
            ("noncompliance_reasons", lambda d: d.compliance),
            ("quarantined_reasons", lambda d: d.quarantined),
            ("blocked_reasons", lambda d: d.blocked),
        ):
            if f"common.{name}" in found:
                found[f"common.{name}"] = Field(_numbered(bits))
    return found


def _numbered(bits: Callable[[Device], int]) -> Callable[[Device], Any]:
    def value(device: Device) -> list[str] | None:
        number = bits(device)
        return [
            str(1 << place) for place in range(number.bit_length()) if number >> place & 1
        ] or None

    return value
