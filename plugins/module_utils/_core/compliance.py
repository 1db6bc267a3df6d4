# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compliance: why a device of EPMM is not compliant, quarantined or blocked; whether a device of
either product is compliant. Pure.

Source: EPMM API guide "Device Management", section "Compliance, quarantinedStatus, and blockReason
values": the three fields are sums of one bit for each reason. The hexadecimal column counts. The
decimal one is wrong in two rows: it says 8256 for 0x002000 (which is 8192) and 8272 for 0x000010
(which is 16), and neither is a single bit.

A reason has one name for both products. Most are the words that the vendor publishes for the
reporting database of EPMM ("Array_Value_Enumerations"), in lower case; API v2 has the same in upper
case. It lists none for 0x010000. Neurons for MDM has the types of the rules of its policies, and its
list of devices has the names of policies; the words of both are those of "Get Compliance Status of a
Particular Device" (MDM Customer Integration API Guide). A word of no row is a name in lower case.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import OptionError
from .names import fold, group_part

# The fields are JSON numbers of at most 64 bits. A longer number is not a bitmap.
MAX_BITMAP = 2**63 - 1

# The names under which a device's map says whether it is compliant: as a boolean, or, if that is
# null or missing, as a bitmap.
_VERDICT = "compliant"
_BITMAP = "compliance"
_JAILBROKEN = "jailbroken"

# The name of a reason if the server gives none.
UNKNOWN = "unknown"

_WHOLE_NUMBER = re.compile(r"[0-9]{1,19}")
_BIT = re.compile(r"0[xX][0-9a-fA-F]{1,15}|0|[1-9][0-9]{0,17}")
_UNLISTED = re.compile(r"bit_0x[0-9a-f]+")
_UNLISTED_MEANING = "A reason that the vendor's table does not list."


class BitmapError(OptionError, ValueError):
    """A value is not a bitmap.

    It is a ValueError as well, for code that reads the wire and knows no options.
    """


@dataclass(frozen=True)
class Reason:
    """A reason why a device is not compliant.

    Attributes:
        name: The word for it in results, whichever product it comes from.
        meaning: What it means, as a sentence.
        bit: Its bit in the bitmap of EPMM, a power of two; 0 if it has none.
        epmm: The word of EPMM for it, or "".
        neurons: The words of Neurons for it: the type of a rule, and the name of the vendor's own
            policy of that type.
    """

    name: str
    meaning: str
    bit: int = 0
    epmm: str = ""
    neurons: tuple[str, ...] = ()


# In the order of their bits.
# fmt: off
REASONS = (
    Reason("compromised", "The device is compromised (jailbroken or rooted).", 0x000001, "COMPROMISED",
           ("COMPROMISED", "Compromised Devices")),
    Reason("os_version", "The version of the operating system is below the supported one.", 0x000002, "OS_VERSION"),
    Reason("hw_version", "The hardware version is not allowed.", 0x000004, "HW_VERSION"),
    Reason("data_protection", "Data protection is not enabled.", 0x000008, "DATA_PROTECTION"),
    Reason("policy_out_of_date", "The policy on the device is out of date.", 0x000010, "POLICY_OUT_OF_DATE"),
    Reason("out_of_contact", "The device is out of contact.", 0x000020, "DEVICE_OUT_OF_CONTACT",
           ("OUT_OF_CONTACT", "Out of Contact")),
    Reason("app_control", "The app control policy is violated.", 0x000040, "APP_CONTROL"),
    Reason("per_mailbox_limit", "There are more devices than one mailbox may have.", 0x000080, "PER_MAILBOX_LIMIT"),
    Reason("auto_block", "The device is not registered.", 0x000100, "AUTO_BLOCK"),
    Reason("manual", "An administrator blocked the device's access to ActiveSync.", 0x000200, "MANUAL"),
    Reason("exchange", "Exchange reported the device.", 0x000400, "EXCHANGE"),
    Reason("mdm_disabled", "The device administrator (Android) or the MDM profile (iOS) is gone.", 0x000800,
           "DEVICE_ADMIN_DEACTIVE", ("MDM_DISABLED", "MDM / Device Administration Disabled")),
    Reason("disallowed_app_control", "The app control policy for disallowed apps is violated.", 0x001000, "DISALLOWED_APP_CONTROL"),
    Reason("required_app_control", "The app control policy for required apps is violated.", 0x002000, "REQUIRED_APP_CONTROL"),
    Reason("allowed_app_control", "The app control policy for allowed apps is violated.", 0x004000, "ALLOWED_APP_CONTROL"),
    Reason("logged_out", "The user logged out.", 0x008000, "LOGGED_OUT"),
    Reason("attestation_failed", "The attestation failed.", 0x010000, ""),
    Reason("roaming", "The device is roaming.", neurons=("ROAMING", "International Roaming Devices")),
    Reason("unknown", "The server gives no reason.", 0x400000, "UNKNOWN"),
)
# fmt: on
_BY_BIT = {reason.bit: reason for reason in REASONS if reason.bit}
_BY_NAME = {reason.name: reason for reason in REASONS}
_BY_WORD = {
    fold(word): reason.name
    for reason in REASONS
    for word in (reason.name, reason.epmm, *reason.neurons)
    if word
}


def parse_bitmap(raw: object) -> int:
    """Read a bitmap as the server sends it: a whole number of 0 or more, also as decimal digits.

    Raises:
        BitmapError: It is anything else, such as a boolean.
    """
    if isinstance(raw, str) and _WHOLE_NUMBER.fullmatch(raw.strip()):
        raw = int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= MAX_BITMAP:
        return int(raw)
    raise BitmapError(
        f"{_shown(raw)} is not a compliance bitmap; it must be a whole number of 0 or more, such "
        "as 8194."
    )


def explain(bits: object) -> list[Reason]:
    """Return the reasons of a bitmap, in the order of their bits. The bitmap 0 has no reasons.

    A bit that the table does not list gets a reason named after the bit, such as ``bit_0x200000``.

    Raises:
        BitmapError: It is not a bitmap.
    """
    remaining, found = parse_bitmap(bits), []
    while remaining:
        bit = remaining & -remaining
        unlisted = Reason(f"bit_{bit:#x}", _UNLISTED_MEANING, bit, f"{bit:#x}")
        found.append(_BY_BIT.get(bit, unlisted))
        remaining ^= bit
    return found


def reasons(bits: object) -> list[str]:
    """Return the names of the reasons of a bitmap, in the order of their bits.

    Raises:
        BitmapError: It is not a bitmap.
    """
    return [reason.name for reason in explain(bits)]


def own_words(bits: object) -> list[str]:
    """Return the words of EPMM for the reasons of a bitmap; where it has none, the bit.

    Raises:
        BitmapError: It is not a bitmap.
    """
    return [reason.epmm or f"{reason.bit:#x}" for reason in explain(bits)]


@functools.lru_cache(maxsize=4096)
def reason_of(word: str) -> str:
    """Return the name of a reason in the words of a server, such as ``out_of_contact`` for
    ``DEVICE_OUT_OF_CONTACT`` of EPMM and ``OUT_OF_CONTACT`` of Neurons. An empty word is
    ``unknown``."""
    word = word.strip()
    return _BY_WORD.get(fold(word)) or (group_part(word) if word else UNKNOWN)


def reasons_of_epmm(word: str) -> list[str]:
    """Return the names of the reasons in a word of EPMM, as ``reason_of`` does. Where it sends a
    bitmap in place of a word, each of its bits has a name."""
    if _BIT.fullmatch(word.strip()):
        return reasons(int(word, 0)) or [UNKNOWN]
    return [reason_of(word)]


def meaning(name: str) -> str:
    """Return what a reason means, as a sentence.

    Args:
        name: A name from the table, or one that ``reasons`` returns.

    Returns:
        The sentence, or "" for any other name.
    """
    if name in _BY_NAME:
        return _BY_NAME[name].meaning
    return _UNLISTED_MEANING if _UNLISTED.fullmatch(name) else ""


def is_compromised(security_state: object) -> bool:
    """Return whether a device's ``security_state`` says that it is compromised.

    Android sends the words ``Ok`` and ``Compromised``, and so does ``common.security_state`` of API
    v2. The details of an iOS device send 0 for a compromised one and 1 for others ("Device
    Management", the tables of details).
    """
    return not isinstance(security_state, bool) and str(security_state).strip().casefold() in (
        "compromised",
        "0",
    )


def is_compliant(compliance: object, jailbroken: bool | None = None) -> bool | None:
    """Return whether a device is compliant, or None if the server does not know.

    A jailbroken Android device has the bitmap 0; only its security state shows that it is
    compromised (the note in the table of the source).

    Args:
        compliance: The bitmap, or the boolean that API v2 sends instead, or None.
        jailbroken: Whether the device is jailbroken or rooted, or None.

    Raises:
        BitmapError: ``compliance`` is anything else.
    """
    if compliance is None or isinstance(compliance, bool):
        compliant = compliance
    else:
        compliant = parse_bitmap(compliance) == 0
    return False if jailbroken else compliant


def verdict(device: Mapping[str, Any], *, prefix: str) -> bool | None:
    """Return whether a device is compliant, as its map says, or None if the server does not know.

    Args:
        device: A row of ``device_info``, or the variables of a host of an inventory.
        prefix: What the names of the inventory's variables begin with.

    Raises:
        OptionError: The map says nothing about compliance, or something that makes no sense.
    """
    # A host may have another variable named compliant. Only those of the inventory count.
    start = prefix if prefix and f"{prefix}id" in device else ""
    if start + _VERDICT not in device and start + _BITMAP not in device:
        raise OptionError(_says_nothing(start))
    value = device.get(start + _VERDICT)
    if not isinstance(value, (bool, type(None))):
        raise OptionError(f"{start}{_VERDICT}: {_shown(value)} is neither true, false nor null.")
    if value is not None:
        return value
    try:
        return is_compliant(device.get(start + _BITMAP), device.get(start + _JAILBROKEN) is True)
    except BitmapError as error:
        raise OptionError(f"{start}{_BITMAP}: {error}") from None


def _says_nothing(start: str) -> str:
    if start:
        return f"the host has neither {start}{_VERDICT} nor {start}{_BITMAP}; name the field in the option fields of its inventory."
    return (
        f"the map has neither {_VERDICT} nor {_BITMAP}; name one of them in the option fields. For the variables "
        "of a host whose inventory sets hostvars_prefix, give the same prefix here."
    )


def _shown(raw: object) -> str:
    """Return a value for a message, as an author of YAML writes it, cut if it is long."""
    words = {None: "null", True: "true", False: "false"}
    if raw is None or isinstance(raw, bool):
        return words[raw]
    if isinstance(raw, (int, float)):
        return str(raw) if abs(raw) <= MAX_BITMAP else f"A {type(raw).__name__} beyond 64 bits"
    if isinstance(raw, str):
        return repr(str(raw)[:60])
    # Ansible has its own list and mapping types, whose names would mean nothing to an author.
    kinds = ((Mapping, "A mapping"), ((list, tuple), "A list"))
    return next(
        (name for kind, name in kinds if isinstance(raw, kind)),
        f"A value of type {type(raw).__name__}",
    )
