# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Custom attributes: how names and values of authors become those of the server, and how two are
compared. Pure.

Writes, selections, protection, groups and look-ups all use this file, so that a name means the same
in each of them.

Sources: Neurons device API guide, "Add/Replace Custom Attributes Per Device" and "Patch custom
attributes per device" (values are lists of strings; the API name of a numeric attribute ends in
``_#``; a name written ``cityId`` is read back as ``cityid``); admin guide, "Assigning Custom
Attributes to Devices" (empty values are not allowed).
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .errors import OptionError
from .masking import says_secret, shown_as
from .names import fold, nearest, plain, require_clean, spellings
from .wording import kind_of

NUMERIC_SUFFIX = "_#"

Values = tuple[str, ...]

# The most characters of a value that is refused that are shown.
MOST_SHOWN = 40

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")

# Characters that nobody sees and that copying leaves: blanks without width, what turns the direction
# of a text, and the mark at the beginning of a file. Joiners are left out, because scripts and
# pictures need them. Marks of direction belong to texts that are written from right to left.
_INVISIBLE = re.compile("[\u00ad\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_MARK = re.compile("[\u200e\u200f]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@functools.lru_cache(maxsize=10_000)
def canonical(name: str) -> str:
    """Return an attribute name in lower case, without the numeric suffix.

    Two spellings of one attribute have the same canonical name.
    """
    return plain(plain(name).lower()).removesuffix(NUMERIC_SUFFIX)


def clean_name(raw: object, where: str) -> str:
    """Read a name that an author wrote. Blanks at its ends are left out.

    Args:
        raw: The name.
        where: The name of the option, for messages.

    Raises:
        OptionError: No server could keep the name.
    """
    name = plain(str(raw)) if isinstance(raw, (str, int)) and not isinstance(raw, bool) else ""
    if not canonical(name) or not name.isprintable():
        raise OptionError(
            f"{where}: {raw!r} is not an attribute name; it must be text without line breaks."
        )
    return name


def clean_values(raw: object, where: str) -> Values:
    """Turn a value into the list of strings that the API keeps.

    Repeated values count once, and blanks at the ends are left out. Numbers that are written in several
    ways are still several; see ``distinct_values``.

    Args:
        raw: A string, a number, a boolean, a date, or a list of these.
        where: The name of the option, for messages.

    Raises:
        OptionError: The API does not keep such a value: nothing, "", a mapping, or anything else.
    """
    parts = raw if isinstance(raw, (list, tuple)) else [raw]
    values = tuple(dict.fromkeys(_text(part, where) for part in parts))
    if not values:
        raise _empty(where)
    return values


def clean_map(raw: object, where: str) -> dict[str, Values]:
    """Check a desired map of attribute names to values.

    Args:
        raw: The map.
        where: The name of the option, for messages.

    Returns:
        The map with its values as lists of strings.

    Raises:
        OptionError: It is not a mapping, two of its names are spellings of one attribute, or a
            numeric attribute has a value that is not a number.
    """
    if not isinstance(raw, Mapping):
        raise OptionError(
            f"{where}: expected a mapping of attribute names to values, got {kind_of(raw)}."
        )
    names = clean_names(raw, where)
    cleaned = {
        name: clean_values(value, f"{where}.{name}")
        for name, value in zip(names, raw.values(), strict=True)
    }
    for name, values in cleaned.items():
        require_numbers(name, values, f"{where}.{name}")
        cleaned[name] = distinct_values(values, numeric=is_numeric(name))
    return cleaned


def clean_names(raw: Iterable[object], where: str) -> tuple[str, ...]:
    """Check a list of attribute names.

    Args:
        raw: The names.
        where: The name of the option, for messages.

    Raises:
        OptionError: A name cannot be kept, or two names are spellings of one attribute.
    """
    seen: dict[str, str] = {}
    for part in raw:
        name = clean_name(part, where)
        other = seen.setdefault(canonical(name), name)
        if other is not name:
            raise OptionError(
                f"{where}: {other!r} and {name!r} are the same attribute (names are compared "
                "without case); keep one."
            )
    return tuple(seen.values())


@dataclass(frozen=True)
class Wanted:
    """A custom attribute that devices must have, as it is searched for.

    Attributes:
        names: The names that it may have on the server. There are several only if the definitions
            cannot be read.
        values: The values of which a device must have each, among others.
    """

    names: tuple[str, ...]
    values: Values

    @property
    def numeric(self) -> bool:
        """Whether it is numeric."""
        return is_numeric(*self.names)

    def fits(self, attrs: Mapping[str, Values]) -> bool:
        """Return whether a device with these attributes has the values, compared as writes do."""
        have = self._present(attrs)
        return have is not None and not missing_values(self.values, have[1], numeric=have[0])

    def resembles(self, attrs: Mapping[str, Values]) -> bool:
        """Return whether it fits if neither case nor blanks at the ends counted."""
        have = self._present(attrs)
        if have is None:
            return False
        wanted, present = (tuple(map(fold, values)) for values in (self.values, have[1]))
        return not missing_values(wanted, present, numeric=have[0])

    def asked(self, value: str) -> tuple[str, ...]:
        """Return the spellings of a value that a search has to ask for.

        A number may be kept as ``3``, ``3.0`` or ``3.00``.
        """
        if not self.numeric or not _NUMBER.fullmatch(value):
            return spellings(value)
        number = number_text(value)
        more = ("0", "00") if "." in number else (".0", ".00")
        return tuple(dict.fromkeys((value, number, *(number + end for end in more))))

    def _present(self, attrs: Mapping[str, Values]) -> tuple[bool, Values] | None:
        """Return whether the attribute is numeric, and its values; None if it is not there."""
        for name, values in attrs.items():
            if canonical(name) == canonical(self.names[0]):
                return is_numeric(name, *self.names), values
        return None


def resolve(
    wanted: Mapping[str, Values], defined: Iterable[str] | None, where: str
) -> tuple[Wanted, ...]:
    """Find out how the server names the attributes of a search.

    Args:
        wanted: The attributes as an author wrote them.
        defined: The names that the server defines, or None if it does not say.
        where: The option that they stand in, for messages.

    Raises:
        OptionError: A name is not defined, or a numeric attribute is searched for what is not a
            number.
    """
    known = None if defined is None else list(defined)
    found = []
    for name, values in wanted.items():
        names = _possible(name, values, known, f"{where}.{name}")
        require_numbers(names[0], values, f"{where}.{name}")
        found.append(Wanted(names, values))
    return tuple(found)


def defined_name(name: str, defined: Iterable[str], where: str) -> str:
    """Return the name of an attribute as the server defines it.

    Args:
        name: The name that an author gives.
        defined: The names that the server defines.
        where: The name of the option, for messages.

    Raises:
        OptionError: No definition has the name, and the message has the nearest one; or several
            have it.
    """
    defined = list(defined)
    known = {canonical(other): other for other in defined}
    both = alike(defined).get(canonical(name))
    if both:
        raise OptionError(f"{where}: {unclear(name, both)} Nothing was done.")
    if canonical(name) not in known:
        raise OptionError(
            f"{where}: the attribute {name!r} is not defined on the "
            f"server{nearest(canonical(name), known.values())}; nothing was done. Correct the name."
        )
    return known[canonical(name)]


def alike(defined: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the names that a server defines and that are one name here, such as ``floor`` and
    ``floor_#``, by their canonical name.

    Which of the two is meant cannot be seen, and what devices have is looked up by that name.
    """
    found: dict[str, dict[str, str]] = {}
    for name in defined:
        found.setdefault(canonical(name), {}).setdefault(fold(name), name)
    return {key: tuple(names.values()) for key, names in found.items() if len(names) > 1}


def unclear(name: str, names: Iterable[str]) -> str:
    """Return why an attribute of several definitions is refused; see ``alike``."""
    return (
        f"the server defines both {' and '.join(map(repr, names))}, which are one attribute here, so that "
        f"{name!r} may be either; remove one of them in the admin portal."
    )


def require_defined(names: Iterable[str], defined: Iterable[str] | None, where: str) -> None:
    """Check that attributes are defined, if the server says which are.

    Args:
        names: The names that an author gives.
        defined: The names that the server defines; None if it does not say.
        where: The name of the option, for messages.

    Raises:
        OptionError: One is not.
    """
    if defined is not None:
        known = list(defined)
        for name in names:
            defined_name(name, known, where)


def require_spelled(name: str, defined: Iterable[str], where: str) -> None:
    """Check the name of an attribute in an expression that is sent as it is.

    Args:
        name: The name in the expression.
        defined: The names that the server defines.
        where: The name of the option, for messages.

    Raises:
        OptionError: It is not defined, or lacks the numeric suffix that the server wants.
    """
    defined = list(defined)
    if fold(name) in map(fold, defined):
        return
    known = defined_name(name, defined, where)
    if is_numeric(known) and not is_numeric(name):
        raise OptionError(
            f"{where}: the attribute {name!r} is numeric, and searches need its suffix; write "
            f"{known}."
        )


def require_numbers(name: str, values: Iterable[str], where: str) -> None:
    """Check the values of an attribute that is numeric.

    Args:
        name: The name of the attribute.
        values: The values that an author gives.
        where: The name of the option, for messages.

    Raises:
        OptionError: It is numeric, and a value is not a number.
    """
    wrong = no_numbers(values) if is_numeric(name) else ()
    if wrong:
        raise OptionError(
            f"{where}: {shown_as(name, wrong[0])!r} is not a number; an attribute with the suffix "
            f"{NUMERIC_SUFFIX} takes numbers only."
        )


def _possible(name: str, values: Values, defined: list[str] | None, where: str) -> tuple[str, ...]:
    """Return the names that an attribute may have in a search.

    Whether definitions have the numeric suffix is not documented. If none has it, a number is
    searched for under both names.
    """
    known = name if defined is None else defined_name(name, defined, where)
    # Servers find a name in any case, and the author's spelling is the one that messages should have.
    if is_numeric(name, known):
        return (name.removesuffix(NUMERIC_SUFFIX) + NUMERIC_SUFFIX,)
    lists_suffixes = any(map(is_numeric, defined or ()))
    return (name,) if lists_suffixes or no_numbers(values) else (name, name + NUMERIC_SUFFIX)


def same_text(value: str, *, numeric: bool) -> str:
    """Return one text for all texts of a value, such as ``3`` for ``3.0`` of a numeric attribute."""
    return number_text(value) if numeric and _NUMBER.fullmatch(value) else plain(value)


def number_text(value: str) -> str:
    """Return the shortest text of a number: ``3`` for ``3.0``."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def same_values(one: Iterable[str], other: Iterable[str], *, numeric: bool) -> bool:
    """Return whether two lists of values are the same. Their order does not count.

    A rule fits a device when any value of the attribute fits, so that the order means nothing.

    Args:
        one: A list of values.
        other: Another one.
        numeric: Compare as numbers, so that ``3`` and ``3.0`` are the same.
    """
    return one == other or (
        _comparable(one, numeric=numeric) == _comparable(other, numeric=numeric)
    )


def missing_values(wanted: Iterable[str], present: Iterable[str], *, numeric: bool) -> Values:
    """Return the wanted values that are not present, each once, in the order wanted."""
    have = _comparable(present, numeric=numeric)
    found: dict[str | Decimal, str] = {}
    for value in wanted:
        key = _key(value, numeric=numeric)
        if key not in have:
            found.setdefault(key, value)
    return tuple(found.values())


def distinct_values(values: Values, *, numeric: bool) -> Values:
    """Return values without those that are the same as an earlier one, such as ``5.0`` after ``5`` of
    a numeric attribute."""
    return missing_values(values, (), numeric=numeric) if len(values) > 1 else values


def no_numbers(values: Iterable[str]) -> Values:
    """Return the values that are not written as a plain number, such as ``-3`` or ``2.5``."""
    return tuple(value for value in values if not _NUMBER.fullmatch(value))


def is_numeric(*names: str) -> bool:
    """Return whether any of the spellings marks the attribute as numeric."""
    # A loop: it is asked several times a device, and a generator takes three times as long.
    for name in names:
        if name.endswith(NUMERIC_SUFFIX):
            return True
    return False


def _comparable(values: Iterable[str], *, numeric: bool) -> set[str | Decimal]:
    return {_key(value, numeric=numeric) for value in values}


def _key(value: str, *, numeric: bool) -> str | Decimal:
    if numeric and _NUMBER.fullmatch(value):
        return Decimal(value)
    # Blanks that a server keeps count: no author can write such a value, and it is replaced.
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _text(raw: object, where: str) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float) and math.isfinite(raw):
        return f"{Decimal(repr(raw)):f}"
    if isinstance(raw, int):
        return str(raw)
    day = _date(raw)
    if day:
        return day
    if raw is None or raw == "":
        raise _empty(where)
    if isinstance(raw, str):
        if not plain(raw):
            raise _empty(where)
        require_clean(raw, where)
        return plain(raw)
    raise _impossible(raw, where)


def dated(raw: object, where: str) -> object:
    """Return a value with its dates as ISO text, as YAML made them of texts such as 2026-01-01.

    Args:
        raw: A value, or a list of values.
        where: The name of the option, for messages.

    Raises:
        OptionError: No server keeps such a value.
    """
    if isinstance(raw, (list, tuple)):
        return [dated(part, where) for part in raw]
    day = _date(raw)
    if day:
        return day
    endless = isinstance(raw, float) and not math.isfinite(raw)
    if endless or isinstance(raw, (bytes, set, frozenset, Mapping)):
        raise _impossible(raw, where)
    return raw


def _date(raw: object) -> str:
    """Return the ISO text of a date or a point in time, or "" if it is neither."""
    # The module of dates has a clock, which this layer must not have.
    form = getattr(raw, "isoformat", None)
    return str(form()) if callable(form) else ""


def _impossible(raw: object, where: str) -> OptionError:
    kind = "a number without a value" if isinstance(raw, float) else kind_of(raw)
    value = shown_as(where.rpartition(".")[2], str(raw))[:MOST_SHOWN]
    return OptionError(
        f"{where}: a value must be a string, a number, a boolean, a date or a list of these, not "
        f"{kind} ({value}); write a text in quotes."
    )


def yaml_notes(given: Iterable[tuple[str, object]], numeric: Iterable[str] = ()) -> list[str]:
    """Return a sentence for each attribute with a value that YAML may have made of another text, or
    that has characters which nobody sees.

    ``1.10`` becomes 1.1, and ``yes`` becomes true. What YAML makes of ``010`` is a whole number like
    any other, which is seen only where the text is known: see ``Rewritten``.

    Args:
        given: Mappings of attribute names to values as an author wrote them, each with the name of
            its option for messages.
        numeric: The names of the attributes that the server keeps as numbers.
    """
    numbers = {canonical(name) for name in numeric if is_numeric(name)}
    found: dict[tuple[str, str], str] = {}
    for where, raw in given:
        for name, value in raw.items() if isinstance(raw, Mapping) else ():
            key = canonical(str(name))
            is_number = key in numbers or is_numeric(str(name))
            for part in value if isinstance(value, (list, tuple)) else [value]:
                unseen = _invisible(part) if isinstance(part, str) else None
                if unseen:
                    found.setdefault((key, ""), f"{where}.{name}: {_unseen(unseen)}")
                doubtful = isinstance(part, (bool, Rewritten))
                if doubtful or (isinstance(part, float) and not is_number):
                    text = getattr(part, "written", "")
                    found.setdefault((key, text), f"{where}.{name}: {_read_by_yaml(key, part)}")
    return list(found.values())


def written_notes(given: Sequence[tuple[str, object]], numeric: Iterable[str] = ()) -> list[str]:
    """Return the sentences of ``yaml_notes``, and one for each attribute that gets the text
    ``absent``. Labels and policies of a declared state are taken away with that word."""
    gone = {
        canonical(
            str(name)
        ): f"{where}.{name}: 'absent' is a value like any other, and devices get "
        "this text; to remove the attribute use state=absent of ivanti.uem.device_custom_attrs, or "
        "leave it out where purge has attributes."
        for where, raw in given
        for name, value in (raw.items() if isinstance(raw, Mapping) else ())
        if value in ("absent", ["absent"])
    }
    return [*yaml_notes(given, numeric), *gone.values()]


class Rewritten(int):
    """A whole number that YAML made of another text.

    Attributes:
        written: The text, such as ``010`` or ``12:30``.
    """

    written: str

    @classmethod
    def of(cls, value: int, written: str) -> int:
        """Return a whole number, as one of these where its text is another one."""
        if str(value) == written.removeprefix("+"):
            return value
        number = cls(value)
        number.written = written
        return number

    def __repr__(self) -> str:
        """As it is written, so that two of these are alike only where their texts are."""
        return self.written

    __str__ = int.__repr__


def rewritten(raw: object) -> dict[str, list[Rewritten]]:
    """Return the attributes whose values YAML made of other texts, and these values."""
    found = {}
    for name, value in raw.items() if isinstance(raw, Mapping) else ():
        parts = value if isinstance(value, (list, tuple)) else [value]
        found[str(name)] = [part for part in parts if isinstance(part, Rewritten)]
    return found


def _read_by_yaml(name: str, value: bool | float | Rewritten) -> str:
    """Return what YAML made of a value of an attribute, and how to write another one."""
    if isinstance(value, Rewritten):
        text, other, kind = str(value), value.written, "a number"
    elif isinstance(value, bool):
        text, other, kind = _text(value, ""), "yes" if value else "no", "true or false"
    else:
        text = _text(value, "")
        other, kind = f"{text}0", "a number with a fraction"
    if says_secret(name) and not isinstance(value, bool):
        return f"YAML reads the value as {kind}, which may change it; write it in quotes if it is a text."
    return (
        f"YAML reads the value as {kind}, and devices get {text!r}; write it in quotes if it is a "
        f'text, such as "{other}".'
    )


def _code(found: re.Match[str]) -> str:
    return f"U+{ord(found.group()):04X}"


def _invisible(text: str) -> re.Match[str] | None:
    """Find an invisible character that a text is not likely to need."""
    mark = None if _RIGHT_TO_LEFT.search(text) else _MARK.search(text)
    return _INVISIBLE.search(text) or mark


def _unseen(found: re.Match[str]) -> str:
    """Return what an invisible character of a value does."""
    return (
        f"the value has the invisible character {_code(found)}, as copying from a document or a "
        "spreadsheet leaves it, and is another one than what it looks like; remove it if it is not "
        "meant."
    )


def _empty(where: str) -> OptionError:
    return OptionError(
        f"{where}: is empty, and the server keeps no empty values; give a value or leave it out. To "
        "remove an attribute of all devices that are meant use state=absent of "
        "ivanti.uem.device_custom_attrs."
    )
