# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of playbooks: those that are probably meant as others, are set in the wrong place, or are
neither true nor false, or no numbers. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable, Mapping, Sequence

from .names import nearest

# A name with at least this many letters that is nearly a known one is hardly another variable.
LONG_NAME = 12

# A shorter name may well be another variable where only a short one resembles it, such as ``text``
# and ``texts``.
LONG_KNOWN = 9

# Variables that Ansible and its controllers set.
FOREIGN_VARIABLES = ("ansible_", "awx_", "tower_")

_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)


def misspelt_variables(
    given: Iterable[str],
    known: Iterable[str],
    *,
    prefixes: Sequence[str] = (),
    addressed: bool = False,
    short: bool = False,
) -> dict[str, str]:
    """Find the variables that are probably meant as others.

    Args:
        given: The names of variables that are set.
        known: The names of those that there are.
        prefixes: How names begin that have no other use.
        addressed: Whether they are set for these plays only, as extra variables are. Then short
            names count as well, and it is enough if they resemble a known one.
        short: Whether short names count that are nearly a known one that is long enough not to be
            met by chance.

    Returns:
        For each of them a sentence, without the full stop, that has the nearest name.
    """
    known = list(known)
    found = {}
    for name in sorted(set(given).difference(known)):
        own = name.startswith(tuple(prefixes))
        near = _meant(name, known, addressed=addressed, short=short)
        if own or near:
            hint = f" (nearest: {', '.join(map(repr, near))})" if near else nearest(name, known)
            found[name] = f"{name}: there is no such variable{hint}"
    return found


def misplaced_variables(
    given: Mapping[str, object], extra: Container[str], names: Iterable[str]
) -> dict[str, str]:
    """Find the variables that only extra variables may set, and that something else sets.

    Args:
        given: The variables that are set, and their values. A blank one is as good as not set.
        extra: The names of the extra variables.
        names: The names of variables that choose whom or what a play is about.

    Returns:
        For each of them a sentence, without the full stop.
    """
    return {
        name: f"{name}: chooses whom or what this is done to, and is not an extra variable but set "
        f"elsewhere, such as in the inventory; give it with -e {name}=... or in a survey"
        for name in names
        if given.get(name) not in (None, "", []) and name not in extra
    }


# What Ansible takes for true or false; everything else it takes for false, without a warning.
_TRUE_OR_FALSE = frozenset("y yes on 1 true t n no off 0 false f 1.0 0.0".split())


def unclear_booleans(given: Mapping[str, object], names: Iterable[str]) -> dict[str, str]:
    """Find the variables that should be true or false and are neither.

    Args:
        given: The variables that are set, and their values. A blank one is as good as not set.
        names: The names of those that should be true or false.

    Returns:
        For each of them a sentence, without the full stop.
    """
    return {
        name: f"{name}: {given[name]!r} is neither true nor false"
        for name in names
        if given.get(name) not in (None, "", [])
        and str(given[name]).strip().casefold() not in _TRUE_OR_FALSE
    }


def unclear_numbers(given: Mapping[str, object], names: Iterable[str]) -> dict[str, str]:
    """Find the variables that should be numbers of 0 or more and are not.

    Args:
        given: The variables that are set, and their values. A blank one is as good as not set.
        names: The names of those that should be numbers.

    Returns:
        For each of them a sentence, without the full stop.
    """
    return {
        name: f"{name}: {given[name]!r} is not a number of 0 or more"
        for name in names
        if given.get(name) not in (None, "", []) and not _NUMBER.fullmatch(str(given[name]).strip())
    }


def _meant(name: str, known: Sequence[str], *, addressed: bool, short: bool) -> list[str]:
    """Return the known variables of which a name may be a spelling, or a part such as ``serial``."""
    if name.startswith(FOREIGN_VARIABLES):
        return []
    if len(name) < LONG_NAME and not addressed:
        known = [other for other in known if short and len(other) >= LONG_KNOWN]
    plainly = {other.replace("_", ""): other for other in known}
    wanted = name.casefold().replace("_", "")
    close = difflib.get_close_matches(wanted, plainly, n=1, cutoff=0.78 if addressed else 0.85)
    parts = [other for other in known if addressed and f"_{name.casefold()}_" in f"_{other}_"]
    return list(dict.fromkeys([*(plainly[key] for key in close), *parts]))[:3]


def doubtful_variables(given: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Find variables that may be meant as others with short names.

    Args:
        given: The names of variables that are set.
        known: The names of those that there are.

    Returns:
        For each of them a sentence that has the nearest name.
    """
    known = list(known)
    short = {other.replace("_", ""): other for other in known if len(other) < LONG_KNOWN}
    found = {}
    for name in sorted(set(given).difference(known)):
        if name.startswith(FOREIGN_VARIABLES):
            continue
        wanted = name.casefold().replace("_", "")
        for near in difflib.get_close_matches(wanted, short, n=1, cutoff=0.78):
            found[name] = (
                f"{name}: this play has no such variable, and ignores it; if {short[near]} is meant, "
                "correct the name."
            )
    return found
