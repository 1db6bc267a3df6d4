# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a device as one table: the name here, and the name in each API of both products.
Pure.

Rows of devices, variables of hosts, selections and docs/fields.md are made from it.

Sources: MDM Customer Integration API Guide, "Get Device Details Based on Attribute" (Neurons). EPMM
API guide "Device Management", "Get Devices by Status", "Status and statusCode values" and the
tables of Android and iOS details (API v1). The names of API v2 are those that clients of other
vendors request and get, and those of "Query Operators and Search Fields" (docs/epmm.md of the
collection).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .errors import OptionError
from .names import fold, group_part, is_placeholder, mailed, mailed_sentence, nearest

# The kinds of values, each of which has one form here.
TEXT, ID, GUID, FLAG, TIME = "text", "id", "guid", "flag", "time"
MAC, IMEI, VERSION = "mac", "imei", "version"
PLATFORM, STATUS, OWNERSHIP = "platform", "status", "ownership"
JAILBROKEN, STATE, BITS = "jailbroken", "state", "bits"
REASONS, OWN_WORDS = "reasons", "own words"
NUMBER, SOURCE = "number", "source"


@dataclass(frozen=True)
class Field:
    """A field of a device.

    Attributes:
        name: Its name here.
        kind: The kind of its value.
        neurons: Its name in the rows of Neurons, or "".
        v2: Its name in API v2 of EPMM, or "".
        v1: Keys of the device object in API v1 of EPMM, and ``details.<key>`` for its details. The
            first that has a value counts.
    """

    name: str
    kind: str
    neurons: str = ""
    v2: str = ""
    v1: tuple[str, ...] = ()


# What both products know of a device, and what one of them knows that a play for both asks for. A
# field is null where a server does not say it.
# fmt: off
COMMON = (
    Field("id", ID, "id", "common.id", ("@id", "id")),
    Field("guid", GUID, "guid", "common.uuid", ("uuid",)),
    Field("serial_number", TEXT, "serialNumber", "common.SerialNumber", ("details.SerialNumber", "details.serial_number")),
    Field("device_name", TEXT, "deviceName", "ios.DeviceName", ("details.DeviceName",)),
    Field("user", TEXT, "uid", "user.user_id", ("principal",)),
    Field("email", TEXT, "emailAddress", "user.email_address", ("emailAddress",)),
    Field("display_name", TEXT, "displayName", "user.display_name", ("userDisplayName",)),
    Field("platform", PLATFORM, "platformType", "common.platform", ("platform",)),
    # The details of an Android device have its API level as os_version.
    Field(
        "os_version", VERSION, "platformVersion", "common.os_version",
        ("details.platform_name", "details.os_version", "platform"),
    ),
    Field("manufacturer", TEXT, "manufacturer", "common.manufacturer", ("manufacturer",)),
    Field("model", TEXT, "prettyModel", "common.model", ("model",)),
    Field("imei", IMEI, "imei", "common.imei", ("details.imei", "details.iPhone IMEI")),
    Field(
        "wifi_mac_address", MAC, "wifiMacAddress", "common.wifi_mac_address",
        ("details.wifi_mac_addr", "details.WiFiMAC", "details.iPhone MAC_ADDRESS_EN0"),
    ),
    Field("phone_number", TEXT, "phoneNumber", "common.current_phone_number", ("currentPhoneNumber", "phoneNumber")),
    Field("ownership", OWNERSHIP, "ownershipType", "common.owner", ("employeeOwned",)),
    Field("status", STATUS, "registrationState", "common.status", ("status",)),
    Field("status_raw", TEXT, "registrationState", "common.status", ("status",)),
    Field("supervised", FLAG, "supervised"),
    Field("compliant", FLAG, "complianceState", "common.compliant"),
    Field("compliance_reasons", REASONS, "violatedPolicies", "common.noncompliance_reasons"),
    Field("compliance_reasons_raw", OWN_WORDS, "violatedPolicies", "common.noncompliance_reasons"),
    Field("quarantined", FLAG, "quarantined", "common.quarantined"),
    Field("blocked", FLAG, "blocked", "common.blocked"),
    Field("jailbroken", JAILBROKEN, "jailbroken", "common.security_state", ("details.security_state",)),
    Field("last_seen_at", TIME, "lastCheckin", "common.last_connected_at", ("lastConnectedAt",)),
    Field("registered_at", TIME, "lastRegistrationTime", "common.registration_date", ("registeredAt",)),
    Field("space", TEXT, "dmPartitionName", "common.device_space_name"),
)

# What only EPMM has. Its other fields of API v2 arrive under the server's own names, which have a
# dot.
EPMM = (
    Field("platform_name", TEXT, "", "common.platform_name", ("platform",)),
    Field("imsi", TEXT, "", "common.imsi", ("details.imsi",)),
    Field("mdm_managed", FLAG, "", "common.mdm_managed", ("mdmManaged",)),
    Field("comment", TEXT, "", "common.comment", ("comment",)),
    Field("security_state", STATE, "", "common.security_state", ("details.security_state",)),
    Field("compliance", BITS, "", "", ("compliance",)),
    Field("quarantined_status", BITS, "", "", ("quarantinedStatus",)),
    Field("quarantine_reasons", REASONS, "", "common.quarantined_reasons"),
    Field("block_reason", BITS, "", "", ("blockReason",)),
    Field("block_reasons", REASONS, "", "common.blocked_reasons"),
)

# What only API v1 of EPMM has. The ones after user_uuid are in no document; a client of another
# vendor reads them.
ONLY_V1 = (
    Field("name", TEXT, "", "", ("name",)),
    Field("status_code", NUMBER, "", "", ("statusCode",)),
    Field("operator", TEXT, "", "", ("operator",)),
    Field("operator_id", NUMBER, "", "", ("operatorId",)),
    Field("home_operator", TEXT, "", "", ("homeOperator",)),
    Field("email_domain", TEXT, "", "", ("emailDomain",)),
    Field("country_code", NUMBER, "", "", ("countryCode",)),
    Field("country_id", NUMBER, "", "", ("countryId",)),
    Field("country_name", TEXT, "", "", ("countryName",)),
    Field("language_id", NUMBER, "", "", ("languageId",)),
    Field("language_country_id", NUMBER, "", "", ("languageCountryId",)),
    Field("eas_uuid", TEXT, "", "", ("easUuid",)),
    Field("eas_last_sync_attempt_at", TIME, "", "", ("easLastSyncAttempt",)),
    Field("client_id", NUMBER, "", "", ("clientId",)),
    Field("iphone_version", TEXT, "", "", ("iPhoneVersion",)),
    Field("mdm_profile_url_id", NUMBER, "", "", ("mdmProfileUrlId",)),
    Field("notify_user", FLAG, "", "", ("notifyUser",)),
    Field("pin", TEXT, "", "", ("pin",)),
    Field("registration_count", NUMBER, "", "", ("regCount",)),
    Field("registration_type", TEXT, "", "", ("regType",)),
    Field("user_first_name", TEXT, "", "", ("userFirstName",)),
    Field("user_last_name", TEXT, "", "", ("userLastName",)),
    Field("user_source", SOURCE, "", "", ("userSource",)),
    Field("user_uuid", TEXT, "", "", ("userUUID",)),
    Field("user_number", NUMBER, "", "", ("userId",)),
    Field("created_at", TIME, "", "", ("createdAt",)),
    Field("wipe_reason", NUMBER, "", "", ("wipeReason",)),
    Field("platform_type", TEXT, "", "", ("platformType",)),
    Field("migration_status", TEXT, "", "", ("migrationStatus",)),
    Field("tlv_version", NUMBER, "", "", ("TLVVersion",)),
    Field("non_gms", FLAG, "", "", ("nonGMS",)),
    Field("auth_only", FLAG, "", "", ("authOnly",)),
    Field("multi_user", FLAG, "", "", ("multiUser",)),
    Field("temporary_session_only", FLAG, "", "", ("temporarySessionOnly",)),
)

# Times that only Neurons has. Its other fields keep their names, in snake_case, and their values.
NEURONS_TIMES = (
    Field("client_last_checkin", TIME, "clientLastCheckin"),
    Field("location_last_captured_at", TIME, "locationLastCapturedAt"),
    Field("bridge_device_data_last_captured_at", TIME, "bridgeDeviceDataLastCapturedAt"),
    Field("azure_intune_status_updated_at", TIME, "azureIntuneStatusUpdatedAt"),
    Field("tos_accepted_time", TIME, "tosAcceptedTime"),
    Field("last_cloud_backup_date", TIME, "lastCloudBackupDate"),
)
# fmt: on

# What no row of a list has: the labels need requests of their own, and the server is known.
LABELS, SERVER = "labels", "server"
CUSTOM_ATTRIBUTES = "custom_attributes"

EPMM_FIELDS = (*COMMON, *EPMM, *ONLY_V1)
# The fields of EPMM that its API v2 does not have.
ONLY_IN_V1 = frozenset(field.name for field in EPMM_FIELDS if field.v1 and not field.v2)
# The fields that API v1 does not have. It has the three verdicts as bitmaps.
ONLY_IN_V2 = frozenset(field.name for field in EPMM_FIELDS if field.v2 and not field.v1) - {
    "compliant",
    "quarantined",
    "blocked",
}
BY_NAME = {field.name: field for field in (*EPMM_FIELDS, *NEURONS_TIMES)}
COMMON_NAMES = frozenset((*(field.name for field in COMMON), LABELS, SERVER, CUSTOM_ATTRIBUTES))

# The fields of EPMM that are needed to find, name and write a device.
# fmt: off
IDENTITY = (
    "id", "guid", "status_raw", "platform", "os_version", "model", "serial_number", "email", "user", "phone_number",
    "wifi_mac_address", "mdm_managed", "space",
)
# fmt: on


@dataclass(frozen=True)
class Word:
    """A value of a field that has a closed list of them.

    Attributes:
        name: The value here.
        neurons: The words of Neurons for it.
        epmm: The words of EPMM for it.
    """

    name: str
    neurons: tuple[str, ...] = ()
    epmm: tuple[str, ...] = ()


# Sources: "Get Device Details Based on Attribute" (facetedResults) for Neurons; for EPMM "Status and
# statusCode values", and the published values of its reporting database (WIPE_PENDING, UNKNOWN).
# fmt: off
WORDS: Mapping[str, tuple[Word, ...]] = {
    PLATFORM: (
        Word("ios", ("IOS",), ("iOS", "iPadOS")),
        Word("macos", ("OSX",), ("macOS", "OS X", "Mac OS", "Mac OS X")),
        Word("android", ("ANDROID",), ("Android",)),
        # Neurons says WINDOWS_PHONE for every Windows computer.
        Word("windows", ("WINDOWS_PHONE",), ("Windows", "Windows Phone")),
        Word("tvos", ("TVOS",), ("tvOS",)),
    ),
    STATUS: (
        Word("active", ("ACTIVE",), ("ACTIVE",)),
        Word("pending", (), ("VERIFICATION_PENDING", "VERIFIED", "IENROLL_VERIFIED", "IENROLL_INPROGRESS", "IENROLL_COMPLETE")),
        Word("lost", (), ("LOST",)),
        Word("infected", (), ("INFECTED",)),
        Word("blocked", (), ("BLOCKED",)),
        Word("expired", (), ("EXPIRED",)),
        Word("retire_pending", ("RETIRE_PENDING", "RETIRE_SENT"), ("RETIRE_PENDING",)),
        Word("retire_canceled", ("RETIRE_CANCELED",)),
        Word("retired", ("RETIRED",), ("RETIRED",)),
        Word("wipe_pending", ("WIPE_PENDING", "WIPE_SENT"), ("WIPE_PENDING",)),
        Word("wipe_canceled", ("WIPE_CANCELED",)),
        Word("wiped", ("WIPED",), ("WIPED",)),
        Word("unknown", (), ("UNKNOWN",)),
    ),
    OWNERSHIP: (
        Word("company", ("COMPANY",), ("COMPANY",)),
        Word("employee", ("EMPLOYEE",), ("EMPLOYEE",)),
    ),
}
# fmt: on

_BY_WORD = {
    kind: {fold(spelling): word.name for word in words for spelling in (*word.neurons, *word.epmm)}
    for kind, words in WORDS.items()
}

_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,15}|0|[1-9][0-9]{0,17}")
_TIME = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?Z?)?)?)?")
_MAC = re.compile(r"[0-9a-f]{12}")
_MAC_SIGNS = re.compile(r"[:.\-\s]")
# With the check digit, without it, and with the version of the software. The last one is a MEID.
_IMEI = re.compile(r"[0-9]{14,16}|[0-9a-f]{14}")
_IMEI_SIGNS = re.compile(r"[/.\-\s]")
_VERSION_AT_END = re.compile(r"\s+\d.*$")
_WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"[^A-Za-z0-9_]+")


def values_of(kind: str) -> tuple[str, ...]:
    """Return the values of a kind of fields, ``platform``, ``status`` or ``ownership``."""
    return tuple(word.name for word in WORDS[kind])


def words(product: str, kind: str, values: Sequence[str], where: str) -> tuple[str, ...]:
    """Return the words of a product for values.

    Args:
        product: ``neurons`` or ``epmm``.
        kind: A kind of WORDS.
        values: Some of its values.
        where: The option, for messages.

    Raises:
        OptionError: The product does not have one of the values.
    """
    by_value: dict[str, tuple[str, ...]] = {
        word.name: getattr(word, product) for word in WORDS[kind]
    }
    lacks = [value for value in values if not by_value[value]]
    if lacks:
        known = ", ".join(name for name, texts in by_value.items() if texts)
        raise OptionError(
            f"{where}: {product} has no {kind} {', '.join(lacks)}; it has {known}. Nothing was done."
        )
    return tuple(text for value in values for text in by_value[value])


@functools.lru_cache(maxsize=4096)
def platform_of(word: str) -> str | None:
    """Return a platform.

    API v1 of EPMM adds the version (``Android 10.0``). An unknown word becomes lower case, safe as
    a part of a group's name.

    Returns:
        One of the values of PLATFORM, a new one, or None for an empty word.
    """
    name = _VERSION_AT_END.sub("", word.strip())
    if not name:
        return None
    if fold(name).startswith("windows"):
        return "windows"
    return _BY_WORD[PLATFORM].get(fold(name)) or group_part(name)


@functools.lru_cache(maxsize=4096)
def status_of(word: str) -> str | None:
    """Return a status; ``unknown`` for a word that is not in the table, None for an empty one."""
    return _BY_WORD[STATUS].get(fold(word), "unknown") if word.strip() else None


def ownership_of(word: str) -> str | None:
    """Return an ownership. Neurons says UNKNOWN where it does not know; that is None."""
    return _BY_WORD[OWNERSHIP].get(fold(word))


def mac_of(text: str) -> str:
    """Return a MAC address as rows have it: its digits in lower case, without what separates them;
    "" for a text that stands for a missing one, such as ``N/A``."""
    return _digits(text, _MAC_SIGNS, _MAC)


def is_time(text: str) -> bool:
    """Return whether a text is a time as rows have it, or the beginning of one."""
    return bool(_TIME.fullmatch(text))


def is_mac(digits: str) -> bool:
    """Return whether a text is a MAC address as rows have it."""
    return bool(_MAC.fullmatch(digits))


def imei_of(text: str) -> str:
    """Return an IMEI as rows have it: only its digits; "" for a text that stands for a missing
    one."""
    return _digits(text, _IMEI_SIGNS, _IMEI)


def _digits(text: str, signs: re.Pattern[str], form: re.Pattern[str]) -> str:
    digits = signs.sub("", text).lower()
    # Of a fleet almost all are of the form and not all alike, which is seen faster than the rest.
    if form.fullmatch(digits) and digits.strip(digits[0]):
        return digits
    return "" if is_placeholder(text) else digits


@functools.lru_cache(maxsize=4096)
def snake_case(name: str) -> str:
    """Return ``platform_type`` for ``platformType``, ``available_os_update`` for
    ``availableOSUpdate``."""
    return _NOT_WORD.sub("_", _WORD_ENDS.sub("_", name)).lower()


def camel_case(name: str) -> str:
    """Return ``lostModeEnabled`` for ``lost_mode_enabled``. Neurons compares names of fields
    without case."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


_FIELD_OF = {
    field.neurons.casefold(): field.name
    for field in (*reversed(COMMON), *NEURONS_TIMES)
    if field.neurons
}


def other_name(name: str) -> str:
    """Return the name here of a field that an author gave by the name of Neurons, or ""."""
    found = _FIELD_OF.get(name.replace("_", "").casefold(), "")
    return "" if found == name else found


def is_said(name: str, product: str) -> bool:
    """Return whether a product has a field, ``neurons`` or ``epmm``; True for what is not a field of
    the table."""
    field = BY_NAME.get(name)
    if field is None:
        return True
    return bool({"neurons": field.neurons, "epmm": field.v2 or field.v1}[product])


def is_v2_name(name: str) -> bool:
    """Return whether an author's field is one of API v2 of EPMM, such as ``ios.DeviceName``.

    Only those have a dot.
    """
    return "." in name


def is_only_in_v2(name: str) -> bool:
    """Return whether no row of API v1 of EPMM has a field of an author."""
    return is_v2_name(name) or name in ONLY_IN_V2


def name_in_v1(name: str) -> str:
    """Return the name here of a field that an author gave by its name in API v2 of EPMM, or "" if
    API v1 does not have it."""
    names = (field.name for field in EPMM_FIELDS if field.v2 == name)
    return next((name for name in names if name not in ONLY_IN_V2), "")


def select_value(name: str, value: str, where: str) -> str:
    """Return the value of a field of a selection in the one form that rows have.

    Args:
        name: The name of the field.
        value: What the author wrote.
        where: The option, for messages.

    Raises:
        OptionError: The field cannot have the value, or devices cannot be selected by the field.
    """
    kind = BY_NAME[name].kind if name in BY_NAME else ""
    if name in (LABELS, SERVER, CUSTOM_ATTRIBUTES) or kind in (TIME, REASONS, OWN_WORDS):
        raise OptionError(
            f"{where}: devices cannot be selected by {name} here; use {_INSTEAD.get(name, 'query')}."
        )
    if kind in WORDS:
        return _known(kind, value, where)
    if kind in (FLAG, JAILBROKEN) and fold(value) not in ("true", "false"):
        raise OptionError(f"{where}: {value!r} is neither true nor false.")
    if name in _ADDRESSED and mailed(value):
        raise OptionError(f"{where}: {mailed_sentence(value)}")
    if kind == MAC:
        return parse_mac(value, where)
    if kind == IMEI:
        return parse_imei(value, where)
    return fold(value) if kind in (FLAG, JAILBROKEN) else value


# The fields that have e-mail addresses.
_ADDRESSED = ("email", "user")


def parse_mac(raw: object, where: str) -> str:
    """Return a MAC address as rows have it.

    Raises:
        OptionError: It is not a MAC address.
    """
    digits = mac_of(str(raw))
    if not is_mac(digits):
        raise OptionError(
            f"{where}: {raw!r} is not a MAC address, which has 12 hexadecimal digits, not all alike."
        )
    return digits


def parse_imei(raw: object, where: str) -> str:
    """Return an IMEI as rows have it.

    Raises:
        OptionError: It is not an IMEI.
    """
    digits = imei_of(str(raw))
    if not _IMEI.fullmatch(digits):
        raise OptionError(
            f"{where}: {raw!r} is not an IMEI, which has 14 to 16 digits, not all alike."
        )
    return digits


_INSTEAD = {
    LABELS: "select.labels",
    CUSTOM_ATTRIBUTES: "select.custom_attributes",
    "last_seen_at": "select.last_seen_within, select.last_seen_before or query",
    "registered_at": "select.registered_within or query",
}


def _known(kind: str, value: str, where: str) -> str:
    found = next((one for one in values_of(kind) if one == fold(value)), None)
    if found is None:
        raise OptionError(
            f"{where}: {not_known(kind, value)} The server's own words can be used in filters."
        )
    return found


def not_known(kind: str, value: str) -> str:
    """Return why a text is not one of the values of a kind, ``platform``, ``status`` or
    ``ownership``."""
    known = values_of(kind)
    hint = _BY_WORD[kind].get(fold(value))
    near = f" (nearest: {hint!r})" if hint else nearest(value, known)
    thing = f"{'an' if kind == OWNERSHIP else 'a'} {kind}"
    return f"{value!r} is not {thing}{near}; use one of {', '.join(known)}."
