# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How messages put a number into words: one device, several devices."""

from __future__ import annotations


def singular_of(noun: str, number: int = 1) -> str:
    """What a number of subjects is called: the noun, which is a plural, or its singular. What follows
    the noun, such as "on the label Sales", stays."""
    if number != 1:
        return noun
    many, after, rest = noun.partition(" on ")
    one = f"{many[:-3]}y" if many.endswith("ies") else many.removesuffix("s")
    return f"{one}{after}{rest}"


def counted(number: int, noun: str) -> str:
    """``1 device``, ``2,000 devices``."""
    return f"{number:,} {singular_of(noun, number)}"


def numbered(number: int, noun: str) -> str:
    """``1 device``, ``2000 devices``: a count beside others that come from the server."""
    return f"{number} {singular_of(noun, number)}"
