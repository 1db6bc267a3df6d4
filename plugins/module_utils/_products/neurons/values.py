# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convert values of the JSON of Neurons for MDM. Pure."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ..values import text_of


def flag(raw: Any) -> bool | None:
    """Return a boolean; None for anything else."""
    return raw if isinstance(raw, bool) else None


def whole(raw: Any) -> int | None:
    """Return a whole number; None for anything else."""
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def seconds(raw: Any) -> float | None:
    """Return a time as seconds since 1970.

    Args:
        raw: Milliseconds since 1970, also as text.

    Returns:
        The seconds, or None for anything else and for years that datetime does not know.
    """
    text = text_of(raw).strip()
    if isinstance(raw, bool) or not text.removeprefix("-").isdecimal() or len(text) > 18:
        return None
    return int(text) / 1000 if time_of(int(text)) else None


def time_of(raw: Any) -> str | None:
    """Return milliseconds since 1970 as ``2020-11-09T07:38:22Z``; None for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, int):
        return None
    try:
        moment = datetime.fromtimestamp(raw / 1000, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")
