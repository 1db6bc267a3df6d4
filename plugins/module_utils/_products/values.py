# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convert values of JSON to those of models; the same for every product. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

# No product has longer ids.
_ID = re.compile(r"[0-9]{1,19}")

_EPOCH = datetime(1970, 1, 1)
_WHOLE = re.compile(r"-?[0-9]{1,18}")


def text_of(raw: Any) -> str:
    """Return a value as text, as JSON writes it; None becomes ""."""
    # Most values are texts, and there are several in each row of a fleet.
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return "" if raw is None else str(raw)


def text_or_none(raw: Any) -> str | None:
    """Return a value as text; None stays None."""
    return None if raw is None else text_of(raw)


def flag(raw: Any) -> bool | None:
    """Return a boolean, also given as text; None for anything else."""
    if isinstance(raw, bool):
        return raw
    return {"true": True, "false": False}.get(text_of(raw).strip().lower())


def number_of(raw: Any) -> int | None:
    """Return a whole number, also given as text; None for anything else."""
    text = text_of(raw).strip()
    return int(text) if _WHOLE.fullmatch(text) else None


# Where a user of EPMM comes from: the ASCII codes of L and D ("Get Devices by Status": local, LDAP).
_SOURCES = {"76": "local", "68": "ldap"}


def source_of(raw: Any) -> str:
    """Return where a user comes from: ``local``, ``ldap``, or the server's number."""
    text = text_of(raw)
    return _SOURCES.get(text, text)


def decimal_of(raw: Any) -> float | None:
    """Return a number, also given as text; None for anything else."""
    try:
        return None if raw is None else float(text_of(raw))
    except ValueError:
        return None


def time_of(raw: Any) -> str | None:
    """Return a time as ``2020-11-09T07:38:22Z``; None for anything else.

    Args:
        raw: Milliseconds since 1970, also as text (Neurons), or ISO 8601 with an offset (API v1 of
            EPMM) or with milliseconds (API v2).
    """
    try:
        # Most are numbers, and each device has several.
        if isinstance(raw, int) and not isinstance(raw, bool):
            return utc_text(_EPOCH + timedelta(milliseconds=raw))
        text = text_of(raw).strip()
        if _WHOLE.fullmatch(text):
            moment = _EPOCH + timedelta(milliseconds=int(text))
        else:
            moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=timezone.utc)
            # The first and the last day there are cannot be moved to another time zone.
            moment = moment.astimezone(timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
    return utc_text(moment)


def utc_text(moment: datetime) -> str:
    """Return a point in time, which is in UTC, in the form of the times of rows."""
    # Without the fraction of a second and the offset.
    return f"{moment.isoformat()[:19]}Z"


def seconds(stamp: str | None) -> float | None:
    """Return a time of a row as seconds since 1970; None stays None."""
    if stamp is None:
        return None
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()


def is_id(raw: Any) -> bool:
    """Return whether a value can be an id: a whole number, also as text.

    Text may have other digits, such as a superscript two, and those are not numbers everywhere.
    """
    return isinstance(raw, (int, str)) and bool(_ID.fullmatch(text_of(raw)))
