# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convert values of EPMM's JSON: booleans, numbers and times, which it also sends as text. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from ..values import text_of


def flag(raw: Any) -> bool | None:
    """Return a boolean, also given as text; None for anything else."""
    return {"true": True, "false": False}.get(text_of(raw).strip().lower())


def number_of(raw: Any) -> int | None:
    """Return a whole number, also given as text; None for anything else."""
    text = text_of(raw).strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


# Where a user comes from: the ASCII codes of L and D ("Get Devices by Status": local, LDAP).
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
        raw: ISO 8601 with an offset (v1) or with milliseconds (v2), or milliseconds since 1970.
    """
    try:
        if isinstance(raw, int) and not isinstance(raw, bool):
            moment = datetime.fromtimestamp(raw / 1000, timezone.utc)
        else:
            moment = datetime.fromisoformat(text_of(raw).strip().replace("Z", "+00:00"))
    except (ValueError, OverflowError, OSError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def seconds(stamp: str | None) -> float | None:
    """Return a time of a row as seconds since 1970; None stays None."""
    if stamp is None:
        return None
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()
