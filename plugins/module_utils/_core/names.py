# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names: find what an author names among what the server has, say what comes nearest where there is
nothing, and make parts of group names of what a server says. Pure."""

from __future__ import annotations

import difflib
import functools
import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from .errors import OptionError


class Named(Protocol):
    """Something with an id and a name that people give."""

    @property
    def id(self) -> str:
        """What tells it from the others."""

    @property
    def name(self) -> str:
        """What people call it."""


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


# Longer names are cut, and told apart by a digest.
MAX_LENGTH = 100

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


@functools.lru_cache(maxsize=50_000)
def group_part(text: str) -> str:
    """The text as a part of a group name: ``a``-``z``, ``0``-``9`` and ``_`` alone.

    Case is folded, marks are dropped (``Zürich`` is ``zurich``), every other character becomes
    ``_``. Where that loses a letter or digit, or leaves none, or the text is long, a digest of the
    text keeps different texts apart: a group that held the devices of two labels could have an
    action done to the wrong ones.
    """
    folded = text.casefold()
    kept, lost = folded, False
    if not folded.isascii():
        # Case is folded once more, for letters such as the mathematical A have a case only when
        # taken apart.
        folded = unicodedata.normalize("NFKD", folded).casefold().translate(_LETTERS)
        folded = unicodedata.normalize("NFKD", folded)
        kept = "".join(char for char in folded if not unicodedata.combining(char))
        lost = any(char.isalnum() and not char.isascii() for char in kept)
    name = "".join(char if char.isascii() and char.isalnum() else "_" for char in kept)
    readable = any(char != "_" for char in name)
    if readable and not lost and len(name) <= MAX_LENGTH:
        return name
    return f"{name[:MAX_LENGTH].strip('_')}_{digest(folded)}" if readable else digest(folded)


def digest(text: str) -> str:
    """Eight digits that tell texts apart."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
