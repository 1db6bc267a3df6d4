# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convert values of the JSON of Neurons for MDM. Pure."""

from __future__ import annotations

from typing import Any

from .. import values


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
    text = values.text_of(raw).strip()
    if isinstance(raw, bool) or not text.removeprefix("-").isdecimal() or len(text) > 18:
        return None
    return int(text) / 1000 if time_of(int(text)) else None


def time_of(raw: Any) -> str | None:
    """Return milliseconds since 1970 as ``2020-11-09T07:38:22Z``; None for anything else."""
    is_number = isinstance(raw, int) and not isinstance(raw, bool)
    return values.time_of(raw) if is_number else None
