# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of EPMM's policies as typed values with their meaning. Pure.

Source: MobileIron Core 10.8 V1 API guide, "Policy Rules" and the tables below it: security,
lockdown, sync and privacy policy rules. The guide's ``clientValue`` is deprecated, and is not
looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..._core.wording import counted

# The kinds of values that rules have.
BOOLEAN = "boolean"  # true or false
INTEGER = "integer"  # a whole number; the unit is in the meaning of the value
VERSION = "version"  # text such as "2.3"
CODES = "list of codes"  # a list of whole numbers
NAMES = "list of names"  # a list of text
CHOICE = "choice"  # one of the texts that the guide lists
ACTION = "action"  # the number of a compliance action
OPTIONS = "options"  # a mapping of names to booleans, or to a list of text
TEXT = "text"

# A typed value and its meaning.
_Reading = tuple[Any, str]

_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Rule:
    """A rule of a policy.

    Attributes:
        type: Its type.
        kind: The kind of its value.
        value: The value, typed as the kind says. If it does not fit, it is ``raw``.
        raw: The value as the server sent it.
        meaning: The meaning of the rule.
        value_meaning: The meaning of the value, or that it does not fit.
        known: Whether the guide has the rule.
        fits: Whether the guide has the value for the rule.
    """

    type: str
    kind: str
    value: Any
    raw: Any
    meaning: str
    value_meaning: str
    known: bool
    fits: bool


@dataclass(frozen=True)
class _Row:
    """What the guide says about a rule.

    Attributes:
        kind: The kind of its value.
        read: Reads a value; returns None if the guide does not have it.
        meaning: The meaning of the rule.
    """

    kind: str
    read: Callable[[Any], _Reading | None]
    meaning: str


def rule(type_: str, raw: Any) -> Rule:
    """Return the rule with a type and a value.

    Args:
        type_: The type.
        raw: The ``value``, as text or as JSON made of it, or None. Some rules have ``resourceDTOs``
            instead: a list, or an object, which is a list of one in JSON.
    """
    row = RULES.get(type_)
    if row is None:
        return Rule(
            type_,
            TEXT,
            raw,
            raw,
            "The vendor's guide does not have this rule.",
            "",
            known=False,
            fits=False,
        )
    reading = row.read(raw)
    if reading is None:
        problem = f"This is not a value that the vendor's guide has for this rule ({row.kind})."
        return Rule(type_, row.kind, raw, raw, row.meaning, problem, known=True, fits=False)
    return Rule(type_, row.kind, reading[0], raw, row.meaning, reading[1], known=True, fits=True)


def _text(raw: Any) -> str | None:
    """Return a scalar as the text that it was in XML; "" for None, and None for a list or an
    object."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return str(raw).strip() if isinstance(raw, (str, int, float)) else None


def _choice(meaning: str, values: Mapping[str, tuple[Any, str]], *, kind: str) -> _Row:
    """Return the row of a rule with one of a few texts. Their case does not count: the guide has
    ``ON`` and ``on``."""
    by_text = {text.casefold(): reading for text, reading in values.items()}

    def read(raw: Any) -> _Reading | None:
        text = _text(raw)
        return None if text is None else by_text.get(text.casefold())

    return _Row(kind, read, meaning)


def _one_of(meaning: str, **values: str) -> _Row:
    return _choice(meaning, {text: (text, sense) for text, sense in values.items()}, kind=CHOICE)


def _on_off(meaning: str, on: str, off: str) -> _Row:
    return _choice(meaning, {"on": (True, on), "off": (False, off)}, kind=BOOLEAN)


def _true_false(
    meaning: str, true: str = "An action is taken.", false: str = "No action is taken."
) -> _Row:
    return _choice(meaning, {"true": (True, true), "false": (False, false)}, kind=BOOLEAN)


def _number(meaning: str, unit: str, *, zero: str = "") -> _Row:
    """Return the row of a rule with a whole number. ``zero``: the meaning of 0, if it is a special
    one."""

    def read(raw: Any) -> _Reading | None:
        number = _whole(raw)
        if number is None:
            return None
        return number, zero if zero and number == 0 else counted(number, unit)

    return _Row(INTEGER, read, meaning)


def _action(meaning: str, *, empty_is_none: bool = False) -> _Row:
    """Return the row of a rule with the number of a compliance action.

    ``empty_is_none``: whether the server sends no value for no action.
    """

    def read(raw: Any) -> _Reading | None:
        number = 0 if empty_is_none and _text(raw) == "" else _whole(raw)
        return None if number is None else (number, compliance_action(number))

    return _Row(ACTION, read, f"The compliance action to take when {meaning}.")


def compliance_action(number: int) -> str:
    """Return what a compliance action does; ``number`` is not negative."""
    listed = ("No action.", "Send an alert.", "Block ActiveSync and send an alert.")
    if number < len(listed):
        return listed[number]
    return f"Compliance action {number}, which an administrator made."


def _version(meaning: str) -> _Row:
    def read(raw: Any) -> _Reading | None:
        text = _text(raw)
        if not text or not _VERSION.fullmatch(text):
            return None
        return text, f"An action is taken below version {text}."

    return _Row(VERSION, read, meaning)


def _codes(meaning: str, *, none: str, empty: str, named: Mapping[int, str] | None = None) -> _Row:
    """Return the row of a rule with whole numbers separated by commas.

    ``none``: the text for no number; ``empty``: its meaning.
    """

    def read(raw: Any) -> _Reading | None:
        text = _text(raw)
        if text == none:
            return [], empty
        parts = [_whole(part) for part in (text or "").split(",")]
        numbers = [part for part in parts if part is not None]
        if len(numbers) < len(parts):
            return None
        if named is None:
            return numbers, f"App control rules: {', '.join(map(str, numbers))}."
        return numbers, f"{', '.join(named.get(number, f'model {number}') for number in numbers)}."

    return _Row(CODES, read, meaning)


def _names(meaning: str, *, empty: str) -> _Row:
    """Return the row of a rule with texts separated by commas, or no value."""

    def read(raw: Any) -> _Reading | None:
        text = _text(raw)
        if text is None:
            return None
        names = [part.strip() for part in text.split(",") if part.strip()]
        return names, f"{', '.join(names)}." if names else empty

    return _Row(NAMES, read, meaning)


def _resources(raw: Any) -> list[Mapping[str, Any]] | None:
    """Return the ``resourceDTOs`` of a rule, which are nothing, one object, or a list; None for
    anything else."""
    if raw is None or raw == "":
        return []
    parts = raw if isinstance(raw, list) else [raw]
    if all(isinstance(part, Mapping) and _text(part.get("name")) for part in parts):
        return parts
    return None


def _encrypted(meaning: str, others: str = "") -> _Row:
    """Return the row of a rule with a resource for each kind of data, which is ``on`` or ``off``.

    The resource with the name ``others`` has the names of further kinds.
    """

    def read(raw: Any) -> _Reading | None:
        parts = _resources(raw)
        if parts is None:
            return None
        found: dict[str, Any] = {}
        for part in parts:
            name, text = _text(part["name"]) or "", _text(part.get("value"))
            if name == others and text is not None:
                found[name] = text.split()
            elif text in ("on", "off"):
                found[name] = text == "on"
            else:
                return None
        wanted = [name for name, value in found.items() if value]
        return (
            found,
            f"Encryption is required for {', '.join(wanted)}."
            if wanted
            else "No encryption is required.",
        )

    return _Row(OPTIONS, read, meaning)


def _folders(meaning: str) -> _Row:
    """Return the row of a rule with a resource for each folder, whose value is always ``on``."""

    def read(raw: Any) -> _Reading | None:
        parts = _resources(raw)
        if parts is None:
            return None
        names = [_text(part["name"]) or "" for part in parts]
        return (
            names,
            f"Not synchronized: {', '.join(names)}." if names else "Every folder is synchronized.",
        )

    return _Row(NAMES, read, meaning)


def _free(meaning: str) -> _Row:
    return _Row(TEXT, lambda raw: None if _text(raw) is None else (_text(raw), ""), meaning)


def _deprecated() -> _Row:
    return _Row(
        TEXT,
        lambda raw: (raw, "Deprecated by the vendor, without a meaning."),
        "Deprecated by the vendor.",
    )


def _whole(raw: Any) -> int | None:
    text = _text(raw)
    return int(text) if text and _WHOLE_NUMBER.fullmatch(text) else None


# The models that a security policy can disallow.
# fmt: off
MODELS = {
    1: "iPhone, original version", 2: "iPhone 3G", 3: "iPhone 3GS", 4: "iPod touch, 1st generation",
    5: "iPod touch, 2nd generation", 6: "iPod touch, 3rd generation", 7: "iPad", 16: "iPhone 4",
    18: "iPod touch, 4th generation", 22: "iPad 2", 28: "iPhone 4s",
}

# Every time span that the guide lists, in minutes.
_TIMEOUTS = {
    "0 minute": 0, "1 minute": 1, "2 minutes": 2, "3 minutes": 3, "4 minutes": 4, "5 minutes": 5, "15 minutes": 15,
    "30 minutes": 30, "1 hour": 60, "1.5 hours": 90, "2 hours": 120, "12 hours": 720, "24 hours": 1440,
}
# fmt: on

_IF_MANDATORY = "Applies only where a password is mandatory."
_REQUIRED = ("It is required.", "It is not required.")
_KEPT_ON = ("It stays enabled.", "It is disabled.")
_SYNCED = {"store": "They are synchronized.", "off": "They are not synchronized."}

# fmt: off
_SECURITY = {
    "EAS_BLOCK_ANDROID_DATA_ENC": _true_false("Whether to act when data encryption is off on an Android device."),
    "EAS_BLOCK_ANDROID_DEVICE_ADMIN_DEACTIVE": _true_false("Whether to act when the app lost the device administrator privilege."),
    "EAS_BLOCK_ANDROID_OS": _version("The version of Android below which to act."),
    "EAS_BLOCK_ANDROID_ROOTED": _true_false("Whether to act when an Android device is rooted."),
    "EAS_BLOCK_IOS_DEVICE_MDM_DEACTIVE": _true_false("Whether to act when the MDM profile was removed from an iOS device."),
    "EAS_BLOCK_IPHONE_DATA_ENC": _true_false("Whether to act when data encryption is off on an iOS device."),
    "EAS_BLOCK_IPHONE_HW": _codes(
        "The models of iOS devices that are disallowed.", none="false", empty="No model is disallowed.", named=MODELS),
    "EAS_BLOCK_IPHONE_JAILBROKEN": _true_false(
        "Whether an iOS device is compromised (jailbroken).", "The device is compromised.", "The device is not compromised."),
    "EAS_BLOCK_IPHONE_OS": _version("The version of iOS below which to act."),
    "EAS_BLOCK_OOC_DAYS": _number("How long a device may be out of contact before an action is taken.", "days"),
    "EAS_BLOCK_POLICY_DAYS": _number("How long a device may fail the policy before an action is taken.", "days"),
    "SEC_NCA_ANDROID_DATA_ENC": _action("data encryption is off on an Android device"),
    "SEC_NCA_ANDROID_DEVICE_ADMIN_DEACTIVE": _action("the device administrator is removed from an Android device"),
    "SEC_NCA_ANDROID_ROOTED": _action("an Android device is rooted"),
    "SEC_NCA_ANDROID_SW": _action("the version of Android is below the one required"),
    "SEC_NCA_APP_CONTROL": _action("a device violates the app control rules", empty_is_none=True),
    "SEC_NCA_IOS_DATA_ENC": _action("data encryption is off on an iOS device"),
    "SEC_NCA_IOS_HW": _action("an iOS device is of a model that EAS_BLOCK_IPHONE_HW disallows"),
    "SEC_NCA_IOS_JAILBROKEN": _action("an iOS device is compromised (jailbroken)"),
    "SEC_NCA_IOS_MDM_DEACTIVE": _action("the MDM profile was removed from an iOS device"),
    "SEC_NCA_IOS_SW": _action("the version of iOS is below the one required"),
    "SEC_NCA_OOC_DAYS": _action("a device is out of contact for too many days"),
    "SEC_NCA_POLICY_DAYS": _action("a device fails the policy for too many days"),
    # The guide has this one value.
    "SECURITY_AV_BLOCK_DEVICES": _choice(
        "Whether files are scanned for viruses (only on Blackberry).", {"off": (False, "They are not scanned.")}, kind=BOOLEAN),
    "SECURITY_BLACK_WHITE_BMW_ACLS": _codes(
        "The app control rules that apply; SECURITY_BLACK_WHITE_BMW_OPTION says which type.", none="", empty="No rule."),
    "SECURITY_BLACK_WHITE_BMW_OPTION": _one_of(
        "The type of the app control rules in SECURITY_BLACK_WHITE_BMW_ACLS.",
        WHITE="The rules name allowed apps.", BLACK="The rules name disallowed apps."),
    "SECURITY_ENCRYPT_DATA_TYPE": _encrypted("Which of e-mail, PIM and documents have to be encrypted."),
    "SECURITY_ENCRYPT_DEVICE": _on_off("Whether the device has to be encrypted.", *_REQUIRED),
    "SECURITY_ENCRYPT_FILE_TYPE": _encrypted("Which types of files have to be encrypted.", others="OTHER_FILE_TYPES"),
    "SECURITY_ENCRYPT_SDCARD": _on_off("Whether the SD card has to be encrypted.", *_REQUIRED),
    "SECURITY_GRACE_PERIOD": _number(
        "How long after the lock the user can still enter the password. Applies only to iOS, where "
        "a password is mandatory and "
        "the inactivity timeout is 0.", "minutes"),
    "SECURITY_INACTIVITY_TIMEOUT": _choice(
        "The longest inactivity timeout, in minutes.",
        {text: (minutes, counted(minutes, "minutes")) for text, minutes in _TIMEOUTS.items()}, kind=INTEGER),
    "SECURITY_MANDATORY_BMW_ACLS": _codes("The app control rules for required apps.", none="", empty="No rule."),
    "SECURITY_PWD_HISTORY": _number(f"How many former passwords a new one must differ from. {_IF_MANDATORY}", "passwords"),
    "SECURITY_PWD_LENGTH": _number(f"The least length of the password. {_IF_MANDATORY}", "characters"),
    "SECURITY_PWD_MAX_AGE": _number("When the password expires.", "days", zero="It never expires."),
    "SECURITY_PWD_MAX_FAILED_ATTEMPTS": _number(
        f"How often a wrong password can be entered before the device is wiped. {_IF_MANDATORY}", "attempts"),
    "SECURITY_PWD_MIN_COMPLEX_CHAR": _number("How many special characters a password must have.", "special characters"),
    "SECURITY_PWD_TYPE": _one_of(f"What a password may be made of. {_IF_MANDATORY}", **{
        "alphanumeric": "Letters and digits.", "simple": "Digits.", "simple,alphanumeric": "Digits, or letters and digits.",
        "nc": "Anything."}),
    "SECURITY_QUARANTINE_DEVICES": _deprecated(),
    "SECURITY_REQUIRE_PWD": _on_off("Whether the device needs a password.", "A password is mandatory.", "A password is optional."),
    "SECURITY_REQUIRE_VPN": _deprecated(),
    "SECURITY_VPN_PROFILE": _deprecated(),
    "SECURITY_WIPE": _number("After how long without contact all data is removed from the device.", "days"),
}

_LOCKDOWN = {
    "LOCKDOWN_BLUETOOTH": _one_of(
        "What becomes of Bluetooth when access to the device is restricted.",
        on="Audio and data stay enabled.", audio="Audio stays enabled, data is disabled.", off="Audio and data are disabled."),
    "LOCKDOWN_CAMERA": _on_off("Whether the camera stays enabled when access to the device is restricted.", *_KEPT_ON),
    "LOCKDOWN_IRDA": _on_off("Whether infrared stays enabled when access to the device is restricted.", *_KEPT_ON),
    "LOCKDOWN_SDCARD": _on_off("Whether the SD card stays enabled when access to the device is restricted.", *_KEPT_ON),
    "LOCKDOWN_WIFI": _on_off("Whether Wi-Fi stays enabled when access to the device is restricted.", *_KEPT_ON),
}

_SYNC = {
    "SYNC_ALWAYS_CONNECTED": _on_off(
        "Whether the app stays connected to the server during the sync interval.", "It stays connected.", "It does not."),
    "SYNC_APN_HOME_NETWORK": _on_off("Whether a Blackberry uses an APN connection at home.", "It does.", "It does not."),
    "SYNC_APN_ROAMING_NETWORK": _on_off("Whether a Blackberry uses an APN connection abroad.", "It does.", "It does not."),
    "SYNC_BIS_HOME_NETWORK": _on_off("Whether a Blackberry uses a BIS connection at home.", "It does.", "It does not."),
    "SYNC_BIS_ROAMING_NETWORK": _on_off("Whether a Blackberry uses a BIS connection abroad.", "It does.", "It does not."),
    "SYNC_BLOCK_WHEN_ROAMING": _one_of(
        "What is synchronized when the device is roaming.",
        on="All activity and content.", mai="Only voice, SMS and data traffic.",
        roamingStatus="Nothing but the notification of a new country.", off="Nothing."),
    "SYNC_FULL_BG_MODE": _deprecated(),
    "SYNC_HEARTBEAT_INTERVAL": _number("How long the app waits at most before it looks whether the server is there.", "minutes"),
    "SYNC_INTERVAL": _number("How often device and server synchronize.", "minutes"),
    "SYNC_MIN_BATTERY_POWER": _number("The battery level from which files are synchronized.", "percent"),
    "SYNC_MIN_FILE_UPLOAD_BATTERY_POWER": _number("The battery level from which the device sends data to the server.", "percent"),
    "SYNC_MULTITASK_INTERVAL": _number("The least time between two reports of an iOS device.", "minutes"),
    "SYNC_REQUIRE_TLS": _on_off("Whether the app has to use TLS with the server.", *_REQUIRED),
    "SYNC_SDCARD": _on_off("Whether files of removable storage are synchronized.", "They are.", "They are not."),
    "SYNC_SERVERIP": _free("The address or host name of the server that the app talks to."),
}

_PRIVACY = {
    "PRIVACY_APP_MULTITASK": _on_off("Whether the iOS app wakes up at times without its user.", "It does.", "It does not."),
    "PRIVACY_EXCLUDE_DIR": _folders("The folders that are not synchronized."),
    "PRIVACY_LOG_APP_ACTIVITY": _deprecated(),
    "PRIVACY_LOG_FILE_ACTIVITY": _deprecated(),
    "PRIVACY_LOG_WEBSITE_ACTIVITY": _deprecated(),
    "PRIVACY_SYNC_APPS": _one_of(
        "Whether information on installed apps is synchronized.", track="It is synchronized.", off="It is not synchronized."),
    "PRIVACY_SYNC_BOOKMARKS": _deprecated(),
    "PRIVACY_SYNC_CALLLOGS": _one_of(
        "Whether statistics on voice calls are collected.", store="They are collected.", off="They are not collected."),
    "PRIVACY_SYNC_CONTACTS": _one_of("Whether contacts are synchronized.", **_SYNCED),
    "PRIVACY_SYNC_DATA_LOG": _one_of(
        "Whether statistics on data traffic are synchronized.", track="They are synchronized.", off="They are not synchronized."),
    "PRIVACY_SYNC_DOCUMENTS": _one_of("Whether documents are synchronized.", **_SYNCED),
    "PRIVACY_SYNC_LOCATION": _one_of(
        "Which location is synchronized.",
        celltower="That of the cell tower.", gps="That of GPS.", off="None."),
    "PRIVACY_SYNC_MUSIC": _one_of("Whether music files are synchronized.", **_SYNCED),
    "PRIVACY_SYNC_OTHER_MEDIA": _names(
        "The file extensions of other files that are not synchronized.", empty="Files of all other types are synchronized."),
    "PRIVACY_SYNC_PICTURES": _one_of("Whether pictures are synchronized.", **_SYNCED),
    "PRIVACY_SYNC_SMSLOGS": _one_of(
        "Whether statistics on SMS are collected, and SMS themselves are stored on the server.",
        track="Statistics are collected.", store="Statistics are collected and SMS are stored.", off="Neither."),
    "PRIVACY_SYNC_VIDEO": _one_of("Whether video files are synchronized.", **_SYNCED),
}
# fmt: on

# The rules of the guide's four tables, by type.
RULES: Mapping[str, _Row] = {**_SECURITY, **_LOCKDOWN, **_SYNC, **_PRIVACY}
