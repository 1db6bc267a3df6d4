# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names: how spellings of one name are compared, how what an author names is found, the nearest
name, and parts of group names. Pure."""

from __future__ import annotations

import difflib
import functools
import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from glob import escape
from typing import Protocol, TypeVar

from .errors import OptionError


class Named(Protocol):
    """An object with an id and a name that people give."""

    @property
    def id(self) -> str:
        """The text that distinguishes it from the others."""

    @property
    def name(self) -> str:
        """The name that people use."""


Thing = TypeVar("Thing", bound=Named)


def plain(text: str) -> str:
    """Return a text without blanks at its ends, with composed letters (NFC).

    ``ü`` can be one character, or ``u`` and a mark. Nobody sees the difference, and editors, file
    systems and servers write either.
    """
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


# Names and values of a fleet repeat, and each is compared several times a device. A smaller cache
# than the fleet would forget each name before it comes again.
@functools.lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Return a name as it is compared where case does not count."""
    return plain(plain(text).casefold())


# What makers of devices and servers write where there is no serial number, without blanks and signs.
# "To be filled by O.E.M.", "Default string" and "System Serial Number" are in the firmware of PCs,
# "Not Present" and "null" in recorded rows of Neurons.
_PLACEHOLDERS = frozenset(
    "0123456789 0123456789abcdef 1234567890 123456789 12345678 1234567 123456 chassisserialnumber default "
    "defaultstring empty invalid na nil none noserial noserialnumber notapplicable notavailable notpresent notset "
    "notspecified null oem serialnumber serial systemserialnumber tbd tobefilledbyoem undefined unknown".split()
)
_NOTHING = re.compile(r"(.)\1*")
_SIGNS = re.compile(r"[\W_]+")


# The serial number of a device is looked at several times in a row.
@functools.lru_cache(maxsize=1024)
def is_placeholder(text: str) -> bool:
    """Return whether a text, such as a serial number, stands for one that is missing. Many devices
    have it, so it names none of them."""
    name = _SIGNS.sub("", fold(text))
    if not name:
        return bool(fold(text))
    same = _NOTHING.fullmatch(name)
    return name in _PLACEHOLDERS or (same is not None and (name[0] == "0" or len(name) >= 4))


_MAILED = re.compile(r"(?:mailto:|[^<>]*<)\s*(?:mailto:)?([^@<>\s]+@[^@<>\s]+)\s*>?", re.IGNORECASE)


def mailed(text: str) -> str:
    """Return the e-mail address in a text as mail programs write it, such as ``Ada
    <ada@example.com>`` or ``mailto:ada@example.com``; "" for any other text, also for an address
    itself. No server has such a text as an address or as the name of a user."""
    match = _MAILED.fullmatch(text.strip())
    return match.group(1) if match else ""


def mailed_sentence(raw: object) -> str:
    """Return why a text that ``mailed`` finds an address in names nobody."""
    return f"{raw!r} is how mail programs write an address; give {mailed(str(raw))!r} itself."


def spellings(text: str) -> tuple[str, ...]:
    """Return the spellings of a plain text that a server may have: composed, and decomposed."""
    return tuple(dict.fromkeys((text, unicodedata.normalize("NFD", text))))


def closest(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three known names that resemble a name, compared without case; the closest
    first."""
    by_fold: dict[str, str] = {}
    for other in known:
        by_fold.setdefault(fold(other), other)
    close = difflib.get_close_matches(fold(name), by_fold, n=3, cutoff=0.6)
    return [by_fold[key] for key in close]


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `` (nearest: …)`` with up to three known names that resemble a name, or ""."""
    close = closest(name, known)
    return f" (nearest: {', '.join(map(repr, close))})" if close else ""


def require_keys(
    given: Iterable[object], known: Collection[str], where: str, noun: str = "key"
) -> None:
    """Check that a mapping has no key that nothing would read.

    Args:
        given: Its keys.
        known: The keys that there are.
        where: Its place, for messages.
        noun: What its keys are.

    Raises:
        OptionError: It has one; the message has the nearest.
    """
    for key in given:
        if key not in known:
            raise OptionError(
                f"{where}: there is no {noun} {key!r}{nearest(str(key), known)}; the {noun}s are "
                f"{', '.join(known)}."
            )


def fits(name: str, patterns: Iterable[str]) -> bool:
    """Return whether a name fits one of the shell patterns and none that begins with ``!``.

    Case counts. If all patterns begin with ``!``, every name fits that they do not exclude. Without
    patterns no name fits.
    """
    name, patterns = plain(name), tuple(map(plain, patterns))
    excluded = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    if any(fnmatchcase(name, pattern) for pattern in excluded):
        return False
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    return any(fnmatchcase(name, pattern) for pattern in wanted) or bool(excluded and not wanted)


def idle_patterns(
    patterns: Iterable[str],
    names: Iterable[str],
    where: str,
    *,
    alike: Callable[[str], str] | None = None,
) -> list[str]:
    """Return a sentence for each shell pattern that no name fits; see ``fits``.

    Args:
        patterns: The patterns. Of one that begins with ``!`` the rest is looked at.
        names: The names that there are.
        where: The option of the patterns, for messages.
        alike: Returns what is the same for names that count as one. When left out, case counts.
    """
    same, cased = (plain, ", which is case-sensitive") if alike is None else (alike, "")
    known = [same(name) for name in names]
    return [
        f"{where}: nothing is called {pattern!r}{nearest(pattern.removeprefix('!'), known)}; check "
        f"the name{cased}."
        for pattern in patterns
        if not any(fnmatchcase(name, same(pattern).removeprefix("!")) for name in known)
    ]


# No product takes longer names, and a request has to hold them in its address. Tokens and pasted
# files are longer.
LONGEST_NAME = 500


def require_short(text: str, where: str, kind: str) -> None:
    """Check that a text is not longer than any name.

    Args:
        text: The text.
        where: The name of the option, for messages.
        kind: The kind of object that it names, for messages.

    Raises:
        OptionError: It is.
    """
    if len(text) > LONGEST_NAME:
        raise OptionError(
            f"{where}: a {kind} is named by at most {LONGEST_NAME} characters, and {text[:20]!r}… has "
            f"{len(text)}; nothing was done. Correct the name."
        )


# What no text has, besides tabs and ends of lines. Databases refuse U+0000, and terminals obey others.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BREAK = re.compile("[\n\r\u2028\u2029]")


def require_clean(text: str, where: str, *, one_line: bool = False) -> None:
    """Check that a text has no control characters besides tabs and line breaks.

    Args:
        text: The text.
        where: The name of the option, for messages.
        one_line: Whether it must not have line breaks either.

    Raises:
        OptionError: It has one.
    """
    control = _CONTROL.search(text)
    if control:
        code = f"U+{ord(control.group()):04X}"
        raise OptionError(
            f"{where}: has the control character {code}, which no text needs; remove it."
        )
    if one_line and _BREAK.search(text):
        raise OptionError(f"{where}: has a line break, and must be one line; remove it.")


def require_exact(raw: object, where: str) -> None:
    """Check that a text of which every character counts, such as a password, is not a number. YAML
    makes 83 of ``0123``, 45240 of ``12:34:00`` and 1 of ``+1``, which nobody can see afterwards.

    Args:
        raw: What the author wrote. The message does not show it: it may be a secret.
        where: The name of the option, for messages.

    Raises:
        OptionError: It is.
    """
    if isinstance(raw, (int, float)):
        raise OptionError(
            f"{where}: YAML reads the value as {'true or false' if isinstance(raw, bool) else 'a number'}, "
            "which may not be what was written; write it in quotes. Nothing was done."
        )


def parse_name(raw: object, where: str, kind: str) -> str:
    """Read an id or a name as text.

    Args:
        raw: What the author wrote.
        where: The name of the option, for messages.
        kind: The kind of object that it names, for messages.

    Raises:
        OptionError: It can be neither.
    """
    written = getattr(raw, "written", "")
    if written:
        raise OptionError(f"{where}: YAML makes {raw} of {written}; write it as it is, in quotes.")
    text = plain(str(raw)) if isinstance(raw, (int, str)) and not isinstance(raw, bool) else ""
    if not text:
        thing = f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}"
        raise OptionError(
            f"{where}: {raw!r} is neither the id nor the name of {thing}; an id is a whole number "
            "such as -2."
        )
    require_short(text, where, kind)
    return text


def parse_names(raw: Sequence[object] | None, where: str, kind: str) -> list[str] | None:
    """Read a list of ids or names.

    Args:
        raw: What the author wrote, or None.
        where: The name of the option, for messages.
        kind: The kind of object that they name, for messages.

    Returns:
        The names, or None if none are given.

    Raises:
        OptionError: The list is empty, or an entry can be neither an id nor a name.
    """
    if raw is None:
        return None
    if not raw:
        raise OptionError(f"{where}: is empty; name at least one {kind}, or leave it out.")
    return [parse_name(entry, f"{where}[{number}]", kind) for number, entry in enumerate(raw)]


_ID = re.compile(r"-?[0-9]+")


def is_number(name: str) -> bool:
    """Return whether a name consists of digits as an id does. Other scripts have digits, too, and no id
    has them."""
    return _ID.fullmatch(name) is not None


def spellings_of(known: Iterable[Named]) -> dict[str, str]:
    """Return the names of objects as the server spells them, by what an author may write for each; as
    for ``pick`` that is the name, or an id that nothing has as its name."""
    things = list(known)
    # What a run is about to make has no id yet.
    found = {thing.id: thing.name for thing in things if is_number(thing.id)}
    found.update((plain(thing.name), thing.name) for thing in things)
    return found | {thing.name: thing.name for thing in things}


def with_names(patterns: Iterable[str], known: Iterable[Named]) -> list[str]:
    """Return shell patterns in which the name stands for an id, if nothing is called like the id."""
    things = list(known)
    names = {plain(thing.name) for thing in things}
    ids = {thing.id: escape(thing.name) for thing in things if thing.id not in names}
    found = []
    for pattern in patterns:
        sign = "!" if pattern.startswith("!") else ""
        name = plain(pattern.removeprefix("!"))
        found.append(f"{sign}{ids[name]}" if name in ids else pattern)
    return found


def pick(wanted: str, known: Sequence[Thing], where: str, kind: str) -> Thing:
    """Find the object that has a name, or else the one that has it as its id.

    Args:
        wanted: The name, which counts with case; see ``plain`` for what does not count.
        known: What the server has.
        where: The option that names it, for messages.
        kind: The kind of object, for messages.

    Raises:
        OptionError: There is no such object, or several have the name.
    """
    wanted = plain(wanted)
    found = [thing for thing in known if plain(thing.name) == wanted]
    if not found:
        found = [thing for thing in known if thing.id == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(thing.id for thing in found)
        raise OptionError(
            f"{where}: {len(found)} have the name {wanted!r}; name the {kind} by its id, one of "
            f"{ids}."
        )
    raise OptionError(
        f"{where}: there is no {kind} "
        f"{wanted!r}{nearest(wanted, (thing.name for thing in known))}; nothing was done. Correct "
        "the name, which is case-sensitive, or give the id."
    )


def pick_all(
    wanted: Iterable[str], known: Sequence[Thing], where: str, kind: str
) -> tuple[Thing, ...]:
    """Find every object that is named, each once; see ``pick``.

    Args:
        wanted: The ids or names.
        known: The objects.
        where: The name of the option, for messages.
        kind: What the objects are, for messages.

    Raises:
        OptionError: Some names fit no object, or several; the message has a sentence for each.
    """
    found: dict[str, Thing] = {}
    problems = []
    for name in wanted:
        try:
            thing = pick(name, known, where, kind)
        except OptionError as error:
            problems.append(str(error))
        else:
            found[thing.id] = thing
    if problems:
        raise OptionError(" ".join(problems))
    return tuple(found.values())


# Longer names are cut; a digest keeps them different.
MAX_LENGTH = 100

# Letters that Unicode does not split into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


@functools.lru_cache(maxsize=50_000)
def group_part(text: str) -> str:
    """Return a text as a part of a group name, which has only ``a``-``z``, ``0``-``9`` and ``_``.

    Case is folded, marks are dropped (``Zürich`` becomes ``zurich``), and every other character
    becomes ``_``. If a letter or digit is lost, or none remains, or the text is long, a digest of the
    text is added. It keeps different texts apart: a group with the devices of two labels could
    have an action done to the wrong ones.
    """
    folded = _folded(text)
    letters = "".join(char for char in folded if not unicodedata.combining(char))
    loses_letters = any(char.isalnum() and not char.isascii() for char in letters)
    name = "".join(char if char.isascii() and char.isalnum() else "_" for char in letters)
    readable = name.strip("_") != ""
    if readable and not loses_letters and len(name) <= MAX_LENGTH:
        return name
    return f"{name[:MAX_LENGTH].strip('_')}_{digest(folded)}" if readable else digest(folded)


def _folded(text: str) -> str:
    """Return a text without case, its letters split from their marks."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    # Case is folded again, for letters such as the mathematical A have a case only once they are
    # split.
    folded = unicodedata.normalize("NFKD", folded).casefold().translate(_LETTERS)
    return unicodedata.normalize("NFKD", folded)


def digest(text: str) -> str:
    """Return eight hexadecimal digits that distinguish a text from others."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
