# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the value of a row proves about the value that was asked for; for every product. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from .._core.errors import ContradictionError
from .._core.names import fold
from .values import text_of

# The most characters of a server's value in a sentence.
MOST_SHOWN = 80


def value_fits(shown: Any, wanted: str) -> bool:
    """Return whether a value of a row may be the one that a server was asked for.

    Servers may compare texts without case. The counts of Neurons have null as false ("Get Device
    Details Based on Attribute", facetedResults). An object proves nothing.
    """
    if isinstance(shown, Mapping):
        return True
    if isinstance(shown, list):
        return any(value_fits(part, wanted) for part in shown)
    if shown is None:
        return fold(wanted) == "false"
    if isinstance(shown, (int, float)) and not isinstance(shown, bool):
        try:
            return Decimal(str(shown)) == Decimal(wanted)
        except InvalidOperation:
            return False
    return fold(text_of(shown)) == fold(wanted)


def contradicts(title: str, asked: str, shown: str) -> ContradictionError:
    """Return the error for a row that is not what was asked for.

    Args:
        title: The words for the device of the row.
        asked: What was asked for.
        shown: What the row shows.
    """
    if len(shown) > MOST_SHOWN:
        shown = f"{shown[:MOST_SHOWN]}…"
    return ContradictionError(
        f"The server was asked for {asked}, and sent {title}, which shows {shown}; nothing was "
        "done. What is between here and the server may have dropped the filter, or the server "
        "compares otherwise: then use filters or query."
    )
