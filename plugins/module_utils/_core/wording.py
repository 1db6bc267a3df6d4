# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How messages put a number or a kind of value into words: one device, several devices."""

from __future__ import annotations

import re
from collections.abc import Sequence

# What may follow a noun, such as "on the label Sales".
_REST = re.compile(r" (?:among|at|for|from|in|of|on|that|to|with|without) ")

# Nouns whose plural ends with "es": "status", "box", "batch".
_ES = ("s", "x", "ch", "sh")


def singular_of(noun: str, number: int = 1) -> str:
    """What a number of subjects is called: the noun, which is a plural, or its singular. What follows
    the noun, such as "on the label Sales", stays."""
    if number != 1:
        return noun
    match = _REST.search(noun)
    many = noun[: match.start()] if match else noun
    rest = noun[len(many) :]
    if many.endswith("ies"):
        return f"{many[:-3]}y{rest}"
    if many.endswith(("sses", "uses", "xes", "ches", "shes")):
        return f"{many[:-2]}{rest}"
    return f"{many.removesuffix('s')}{rest}"


def plural_of(noun: str) -> str:
    """What several of a noun are called: ``policies`` for ``policy``."""
    if noun.endswith("y") and not noun.endswith(("ay", "ey", "oy", "uy")):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(_ES) else f"{noun}s"


def counted(number: int, noun: str) -> str:
    """``1 device``, ``2,000 devices``."""
    return f"{number:,} {singular_of(noun, number)}"


def numbered(number: int, noun: str) -> str:
    """``1 device``, ``2000 devices``: a count beside others that come from the server."""
    return f"{number} {singular_of(noun, number)}"


def first_of(texts: Sequence[str], most: int, between: str = ", ") -> str:
    """``a, b and 3 more``: the first texts, and how many more there are.

    Args:
        texts: The texts.
        most: At most this many are named.
        between: What separates them: a semicolon where they are sentences.
    """
    shown = between.join(texts[:most])
    left = len(texts) - most
    before = " " if between == ", " else between
    return f"{shown}{before}and {left:,} more" if left > 0 else shown


def kind_of(value: object) -> str:
    """What a value is, such as ``list``. Ansible makes kinds of its own of what an author wrote, whose
    names say nothing to a reader."""
    plain = (
        kind for kind in type(value).__mro__[:-1] if kind.__module__ in ("builtins", "datetime")
    )
    return next(plain, type(value)).__name__
