# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of the fields of a device, brought into one form for both APIs. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..values import text_of, text_or_none
from .answers import listed
from .fields import (
    BITS,
    FLAG,
    MAC,
    NAMES,
    OWNER,
    PLATFORM,
    STATE,
    TEXT,
    TIME,
    VERSION,
    reason_of,
)
from .values import flag, number_of, time_of

_VERSION_AT_END = re.compile(r"\s+\d.*$")
_VERSION = re.compile(r"\d+(\.\d+)*")


def _mac(raw: Any) -> str | None:
    return None if raw is None else re.sub(r"[:.\-\s]", "", text_of(raw)).lower()


def _owner(raw: Any) -> str | None:
    """``COMPANY`` or ``EMPLOYEE`` as API v2 says it; API v1 has a boolean, employeeOwned."""
    employee = flag(raw)
    if employee is not None:
        return "EMPLOYEE" if employee else "COMPANY"
    return None if raw is None else text_of(raw).upper()


def _platform(raw: Any) -> str | None:
    """``Android`` of ``Android 10.0``: API v1 has the version with it."""
    return None if raw is None else _VERSION_AT_END.sub("", text_of(raw))


def _version(raw: Any) -> str | None:
    """``18.6.2`` of ``iPhone OS 18.6.2 (22G100)``."""
    match = _VERSION.search(text_of(raw))
    return match.group() if match else None


def _bits(raw: Any) -> int | None:
    bits = number_of(raw)
    return bits if bits is not None and bits >= 0 else None


def _names(raw: Any) -> list[str]:
    """The reasons of a list, or of a text with commas."""
    parts = (
        [part for part in raw.split(",") if part.strip()] if isinstance(raw, str) else listed(raw)
    )
    return [reason_of(text_of(part)) for part in parts]


def _state(raw: Any) -> str | None:
    """``Ok`` or ``Compromised``; the details of an iOS device in API v1 have 1 and 0 for them."""
    text = text_of(raw)
    return None if raw is None else {"1": "Ok", "0": "Compromised"}.get(text, text)


# fmt: off
FORMS: Mapping[str, Callable[[Any], Any]] = {
    TEXT: text_or_none, FLAG: flag, TIME: time_of, MAC: _mac, STATE: _state, VERSION: _version, OWNER: _owner, PLATFORM: _platform,
    NAMES: _names, BITS: _bits,
}
# fmt: on
