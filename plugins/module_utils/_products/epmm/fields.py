# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a device as one table: their names here, in API v2 and in API v1. Pure.

Sources: "Device Management" (API v1), sections "Get Devices by Status" and the tables of Android
and iOS details. The names of API v2 are those that clients of other vendors request and get
(docs/epmm.md of the collection).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..._core.names import group_part
from ..values import text_of, text_or_none
from .answers import listed
from .values import flag, number_of, source_of, time_of

# The kinds of values, each of which is converted to one form.
TEXT, FLAG, TIME, MAC, STATE, VERSION = "text", "flag", "time", "mac", "state", "version"
OWNER, PLATFORM, NAMES, BITS = "owner", "platform", "names", "bits"
NUMBER, SOURCE = "number", "source"


@dataclass(frozen=True)
class Field:
    """A field of a device.

    Attributes:
        name: Its name here.
        kind: The kind of its value.
        v2: Its name in API v2, or "".
        v1: Keys of the device object in API v1, and ``details.<key>`` for its details. The first
            that has a value counts.
    """

    name: str
    kind: str
    v2: str = ""
    v1: tuple[str, ...] = ()


# fmt: off
FIELDS = (
    Field("id", TEXT, "common.id", ("@id", "id")),
    Field("uuid", TEXT, "common.uuid", ("uuid",)),
    Field("status", TEXT, "common.status", ("status",)),
    Field("platform", PLATFORM, "common.platform", ("platform",)),
    Field("platform_name", TEXT, "common.platform_name", ("platform",)),
    # The details of an Android device have its API level as os_version.
    Field("os_version", VERSION, "common.os_version", ("details.platform_name", "details.os_version", "platform")),
    Field("manufacturer", TEXT, "common.manufacturer", ("manufacturer",)),
    Field("model", TEXT, "common.model", ("model",)),
    Field("serial_number", TEXT, "common.SerialNumber", ("details.SerialNumber", "details.serial_number")),
    Field("imei", TEXT, "common.imei", ("details.imei", "details.iPhone IMEI")),
    Field("imsi", TEXT, "common.imsi", ("details.imsi",)),
    Field(
        "wifi_mac_address", MAC, "common.wifi_mac_address",
        ("details.wifi_mac_addr", "details.WiFiMAC", "details.iPhone MAC_ADDRESS_EN0"),
    ),
    Field("phone_number", TEXT, "common.current_phone_number", ("currentPhoneNumber", "phoneNumber")),
    Field("user_id", TEXT, "user.user_id", ("principal",)),
    Field("user_display_name", TEXT, "user.display_name", ("userDisplayName",)),
    Field("email_address", TEXT, "user.email_address", ("emailAddress",)),
    Field("owner", OWNER, "common.owner", ("employeeOwned",)),
    Field("mdm_managed", FLAG, "common.mdm_managed", ("mdmManaged",)),
    Field("comment", TEXT, "common.comment", ("comment",)),
    Field("device_space", TEXT, "common.device_space_name"),
    Field("registered_at", TIME, "common.registration_date", ("registeredAt",)),
    Field("last_connected_at", TIME, "common.last_connected_at", ("lastConnectedAt",)),
    Field("security_state", STATE, "common.security_state", ("details.security_state",)),
    Field("compliant", FLAG, "common.compliant"),
    Field("compliance", BITS, "", ("compliance",)),
    Field("compliance_reasons", NAMES, "common.noncompliance_reasons"),
    Field("quarantined", FLAG, "common.quarantined"),
    Field("quarantined_status", BITS, "", ("quarantinedStatus",)),
    Field("quarantine_reasons", NAMES, "common.quarantined_reasons"),
    Field("blocked", FLAG),
    Field("block_reason", BITS, "", ("blockReason",)),
    Field("block_reasons", NAMES),
    # Only API v1 has these. The ones after user_uuid are in no document; a client of another vendor
    # reads them.
    Field("name", TEXT, "", ("name",)),
    Field("status_code", NUMBER, "", ("statusCode",)),
    Field("operator", TEXT, "", ("operator",)),
    Field("operator_id", NUMBER, "", ("operatorId",)),
    Field("home_operator", TEXT, "", ("homeOperator",)),
    Field("email_domain", TEXT, "", ("emailDomain",)),
    Field("country_code", NUMBER, "", ("countryCode",)),
    Field("country_id", NUMBER, "", ("countryId",)),
    Field("country_name", TEXT, "", ("countryName",)),
    Field("language_id", NUMBER, "", ("languageId",)),
    Field("language_country_id", NUMBER, "", ("languageCountryId",)),
    Field("eas_uuid", TEXT, "", ("easUuid",)),
    Field("eas_last_sync_attempt_at", TIME, "", ("easLastSyncAttempt",)),
    Field("client_id", NUMBER, "", ("clientId",)),
    Field("iphone_version", TEXT, "", ("iPhoneVersion",)),
    Field("mdm_profile_url_id", NUMBER, "", ("mdmProfileUrlId",)),
    Field("notify_user", FLAG, "", ("notifyUser",)),
    Field("pin", TEXT, "", ("pin",)),
    Field("registration_count", NUMBER, "", ("regCount",)),
    Field("registration_type", TEXT, "", ("regType",)),
    Field("user_first_name", TEXT, "", ("userFirstName",)),
    Field("user_last_name", TEXT, "", ("userLastName",)),
    Field("user_source", SOURCE, "", ("userSource",)),
    Field("user_uuid", TEXT, "", ("userUUID",)),
    Field("user_number", NUMBER, "", ("userId",)),
    Field("created_at", TIME, "", ("createdAt",)),
    Field("wipe_reason", NUMBER, "", ("wipeReason",)),
    Field("platform_type", TEXT, "", ("platformType",)),
    Field("migration_status", TEXT, "", ("migrationStatus",)),
    Field("tlv_version", NUMBER, "", ("TLVVersion",)),
    Field("non_gms", FLAG, "", ("nonGMS",)),
    Field("auth_only", FLAG, "", ("authOnly",)),
    Field("multi_user", FLAG, "", ("multiUser",)),
    Field("temporary_session_only", FLAG, "", ("temporarySessionOnly",)),
)
# fmt: on
BY_NAME = {field.name: field for field in FIELDS}

# The fields after those of compliance, which can only be read through API v1.
ONLY_V1 = tuple(field.name for field in FIELDS[FIELDS.index(BY_NAME["name"]) :])

# The names of reasons in ``common.noncompliance_reasons`` of API v2 that are not our names in upper
# case. No list of them is published; this one was recorded by another vendor's client.
_REASONS_V2 = {"DEVICE_ADMIN_DEACTIVE": "device_admin_deactivated"}

# The fields that are needed to find, name and write a device.
# fmt: off
IDENTITY = (
    "id", "uuid", "status", "platform", "os_version", "model",
    "serial_number", "email_address", "user_id", "phone_number", "wifi_mac_address", "mdm_managed",
)
# fmt: on


def reason_of(v2_name: str) -> str:
    """Return our name for a reason in ``common.noncompliance_reasons`` of API v2.

    An unknown reason is returned in lower case, safe as a part of a group's name. An empty one is
    ``unknown``.
    """
    name = v2_name.strip()
    return _REASONS_V2.get(name.upper()) or (group_part(name) if name else "unknown")


def is_v2_name(name: str) -> bool:
    """Return whether an author's field is one of API v2, such as ``ios.DeviceName``.

    Only those have a dot.
    """
    return "." in name


_VERSION_AT_END = re.compile(r"\s+\d.*$")
_VERSION = re.compile(r"\d+(\.\d+)*")


def _mac(raw: Any) -> str | None:
    return None if raw is None else re.sub(r"[:.\-\s]", "", text_of(raw)).lower()


def _owner(raw: Any) -> str | None:
    """Return ``COMPANY`` or ``EMPLOYEE``, the words of API v2. API v1 has a boolean,
    employeeOwned."""
    employee = flag(raw)
    if employee is not None:
        return "EMPLOYEE" if employee else "COMPANY"
    return None if raw is None else text_of(raw).upper()


def _platform(raw: Any) -> str | None:
    """Return ``Android`` for ``Android 10.0``: API v1 adds the version."""
    return None if raw is None else _VERSION_AT_END.sub("", text_of(raw))


def _version(raw: Any) -> str | None:
    """Return ``18.6.2`` for ``iPhone OS 18.6.2 (22G100)``."""
    match = _VERSION.search(text_of(raw))
    return match.group() if match else None


def _bits(raw: Any) -> int | None:
    bits = number_of(raw)
    return bits if bits is not None and bits >= 0 else None


def _names(raw: Any) -> list[str]:
    """Return the reasons of a list, or of a text with commas."""
    parts = (
        [part for part in raw.split(",") if part.strip()] if isinstance(raw, str) else listed(raw)
    )
    return [reason_of(text_of(part)) for part in parts]


def _state(raw: Any) -> str | None:
    """Return ``Ok`` or ``Compromised``. The details of an iOS device in API v1 have 1 and 0 for
    them."""
    text = text_of(raw)
    return None if raw is None else {"1": "Ok", "0": "Compromised"}.get(text, text)


# fmt: off
FORMS: Mapping[str, Callable[[Any], Any]] = {
    TEXT: text_or_none, FLAG: flag, TIME: time_of, MAC: _mac, STATE: _state, VERSION: _version, OWNER: _owner, PLATFORM: _platform,
    NAMES: _names, BITS: _bits, NUMBER: number_of, SOURCE: source_of,
}
# fmt: on
