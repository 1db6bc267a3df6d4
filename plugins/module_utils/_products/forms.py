# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convert values of fields of devices to the one form that rows have, for every product. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .._core import vocabulary as words
from .._core.compliance import is_compromised, reasons_of_epmm
from .values import flag, number_of, source_of, text_of, time_of

_VERSION = re.compile(r"\d+(\.\d+)*")


def _text(raw: Any) -> str | None:
    """Return a text. Where a server has none, some rows leave it empty."""
    return text_of(raw) or None


def _mac(raw: Any) -> str | None:
    """Return the twelve digits of a MAC address in lower case."""
    return words.mac_of(text_of(raw)) or None


def _imei(raw: Any) -> str | None:
    """Return the digits of an IMEI. iOS devices report it with blanks."""
    return words.imei_of(text_of(raw)) or None


def _version(raw: Any) -> str | None:
    """Return ``18.6.2`` for ``iPhone OS 18.6.2 (22G100)``."""
    match = _VERSION.search(text_of(raw))
    return match.group() if match else None


def _ownership(raw: Any) -> str | None:
    """Return the ownership. API v1 of EPMM has a boolean, employeeOwned."""
    employee = flag(raw)
    if employee is not None:
        return "employee" if employee else "company"
    return words.ownership_of(text_of(raw))


def _jailbroken(raw: Any) -> bool | None:
    """Return whether a device is jailbroken or rooted. EPMM has a security state for it, in words,
    or 1 and 0."""
    known = None if raw in (0, 1) and not isinstance(raw, bool) else flag(raw)
    if known is not None:
        return known
    if is_compromised(raw):
        return True
    return False if text_of(raw).strip().casefold() in ("ok", "1") else None


def _state(raw: Any) -> str | None:
    """Return ``Ok`` or ``Compromised``. The details of an iOS device in API v1 of EPMM have 1 and 0
    for them."""
    text = text_of(raw)
    return {"1": "Ok", "0": "Compromised"}.get(text, text) or None


def _own_words(raw: Any) -> list[str]:
    """Return the words of a list of EPMM, or of a text with commas."""
    parts: list[Any] = raw if isinstance(raw, list) else [raw]
    if isinstance(raw, str):
        parts = [part for part in raw.split(",") if part.strip()]
    if not isinstance(raw, list) and number_of(raw) == 0:
        # A bitmap without a bit.
        return []
    return [text_of(part).strip() for part in parts]


def _reasons(raw: Any) -> list[str]:
    """Return the reasons of a list of EPMM."""
    names = (name for word in _own_words(raw) for name in reasons_of_epmm(word))
    return list(dict.fromkeys(names))


def _bits(raw: Any) -> int | None:
    bits = number_of(raw)
    return bits if bits is not None and bits >= 0 else None


FORMS: Mapping[str, Callable[[Any], Any]] = {
    words.TEXT: _text,
    words.ID: _text,
    words.GUID: lambda raw: text_of(raw).lower() or None,
    words.FLAG: flag,
    words.TIME: time_of,
    words.MAC: _mac,
    words.IMEI: _imei,
    words.VERSION: _version,
    words.PLATFORM: lambda raw: words.platform_of(text_of(raw)),
    words.STATUS: lambda raw: words.status_of(text_of(raw)),
    words.OWNERSHIP: _ownership,
    words.JAILBROKEN: _jailbroken,
    words.STATE: _state,
    words.REASONS: _reasons,
    words.OWN_WORDS: _own_words,
    words.BITS: _bits,
    words.NUMBER: number_of,
    words.SOURCE: source_of,
}
