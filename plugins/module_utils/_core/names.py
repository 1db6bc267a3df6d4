# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find what an author names among what the server has, and say what comes nearest where there is
nothing. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from .errors import OptionError


class Named(Protocol):
    """Something with an id and a name that people give."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


Thing = TypeVar("Thing", bound=Named)


def closest(name: str, known: Iterable[str]) -> list[str]:
    """Up to three names that resemble this one, without case; the closest first."""
    by_fold: dict[str, str] = {}
    for other in known:
        by_fold.setdefault(other.casefold(), other)
    return [
        by_fold[fold]
        for fold in difflib.get_close_matches(name.casefold(), by_fold, n=3, cutoff=0.6)
    ]


def nearest(name: str, known: Iterable[str]) -> str:
    """`` (nearest: …)`` with up to three names that resemble this one, or ""."""
    close = closest(name, known)
    return f" (nearest: {', '.join(map(repr, close))})" if close else ""


def fits(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name fits one of the shell patterns and none of those that begin with ``!``. Case
    counts.

    Where all of them begin with ``!``, whatever they do not leave out fits. No patterns fit
    nothing.
    """
    patterns = tuple(patterns)
    without = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    if any(fnmatchcase(name, pattern) for pattern in without):
        return False
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    return any(fnmatchcase(name, pattern) for pattern in wanted) or bool(without and not wanted)


def parse_name(raw: object, where: str, kind: str) -> str:
    """An id or a name as text. Raises OptionError for what can be neither."""
    text = str(raw) if isinstance(raw, (int, str)) and not isinstance(raw, bool) else ""
    if not text.strip():
        thing = f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}"
        raise OptionError(
            f"{where}: {raw!r} is neither the id nor the name of {thing}; an id is a whole number "
            "such as -2."
        )
    return text


def parse_names(raw: Sequence[object] | None, where: str, kind: str) -> list[str] | None:
    """A list of ids or names, or None when none is given. Raises OptionError for an empty one, and
    for what can be neither."""
    if raw is None:
        return None
    if not raw:
        raise OptionError(f"{where}: is empty; name at least one {kind}, or leave it out.")
    return [parse_name(one, f"{where}[{number}]", kind) for number, one in enumerate(raw)]


def pick(wanted: str, known: Sequence[Thing], where: str, kind: str) -> Thing:
    """The one that has this name, else the one that has it as its id.

    Names count as they are written, with case. Raises OptionError when there is none, or several
    have the name.
    """
    found = [one for one in known if one.name == wanted] or [
        one for one in known if one.id == wanted.strip()
    ]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one.id for one in found)
        raise OptionError(
            f"{where}: {len(found)} have the name {wanted!r}; name the {kind} by its id, one of "
            f"{ids}."
        )
    raise OptionError(
        f"{where}: there is no {kind} {wanted!r}{nearest(wanted, (one.name for one in known))}; "
        "nothing was done. Correct the name, which counts with case, or give the id."
    )


def pick_all(
    wanted: Iterable[str], known: Sequence[Thing], where: str, kind: str
) -> tuple[Thing, ...]:
    """Each that is named, once. Raises OptionError with a sentence for every name that fits
    none."""
    found: dict[str, Thing] = {}
    problems = []
    for name in wanted:
        try:
            one = pick(name, known, where, kind)
        except OptionError as error:
            problems.append(str(error))
        else:
            found[one.id] = one
    if problems:
        raise OptionError(" ".join(problems))
    return tuple(found.values())
