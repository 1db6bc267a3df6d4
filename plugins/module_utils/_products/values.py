# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convert values of JSON to those of models; the same for every product. Pure."""

from __future__ import annotations

from typing import Any


def text_of(raw: Any) -> str:
    """Return a value as text, as JSON writes it; None becomes ""."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return "" if raw is None else str(raw)


def text_or_none(raw: Any) -> str | None:
    """Return a value as text; None stays None."""
    return None if raw is None else text_of(raw)
