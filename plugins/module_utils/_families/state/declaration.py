# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A declaration: what an author wants devices, labels and policies to be, before any request. Pure.

Its sections are one table. The options of the module, the checks of files, the schema for editors
and the order of writes come from that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..._core.attributes import Rewritten, canonical, clean_map
from ..._core.device import DeviceRef, Label, parse_ref
from ..._core.errors import OptionError
from ..._core.names import fits, nearest, parse_name, plain, require_keys, with_names
from ..._core.wording import kind_of
from ..attributes.desired import merge_layers as merge_attributes

# What can be wanted for a name in a section.
PRESENT, ABSENT = "present", "absent"
INSTALLED, EXCLUDED = "installed", "excluded"

# What a device is to have of one section: by what a name is compared by, its spelling and what is
# wanted.
Wishes = Mapping[str, tuple[str, Any]]


@dataclass(frozen=True)
class Section:
    """A part of a declaration.

    Attributes:
        name: Its name.
        about: What it says, as a sentence for documentation.
        read: Reads what an entry of a device has for it; None where it is not about devices.
        words: What can be wanted for a name, where it is one of a few words.
    """

    name: str
    about: str
    read: Callable[[object, str], Wishes] | None = None
    words: tuple[str, ...] = ()


def _read_attributes(raw: object, where: str) -> Wishes:
    cleaned = clean_map(raw, where)
    return {canonical(name): (name, values) for name, values in cleaned.items()}


def _read_words(raw: object, where: str, kind: str, words: tuple[str, ...]) -> Wishes:
    """Read a list of names, or a mapping of names to words; a name of a list has the first word."""
    if isinstance(raw, Mapping):
        given = list(raw.items())
    elif isinstance(raw, (list, tuple)):
        given = [(name, words[0]) for name in raw]
    else:
        raise OptionError(
            f"{where}: expected a list of names, or a mapping of names to {' or '.join(words)}, got "
            f"{kind_of(raw)}."
        )
    found: dict[str, tuple[str, str]] = {}
    for name, word in given:
        text = parse_name(name, where, kind)
        if not text.isprintable():
            raise OptionError(
                f"{where}: {name!r} is not the name of a {kind}; give printable text."
            )
        if word not in words:
            raise OptionError(
                f"{where}.{text}: {word!r} is not one of {', '.join(words)}"
                f"{nearest(str(word), words)}."
            )
        if found.setdefault(text, (text, word)) != (text, word):
            raise OptionError(f"{where}: {text!r} is named twice; keep one.")
    return found


def _read_labels(raw: object, where: str) -> Wishes:
    return _read_words(raw, where, "label", (PRESENT, ABSENT))


def _read_configurations(raw: object, where: str) -> Wishes:
    return _read_words(raw, where, "configuration", (INSTALLED, EXCLUDED))


LABEL_DEFINITIONS, LABELS, POLICIES = "label_definitions", "labels", "policies"
CONFIGURATIONS, ATTRIBUTES = "configurations", "attributes"

# In the order in which they are written. What takes something away is written after all else, in
# the opposite order.
# fmt: off
SECTIONS: tuple[Section, ...] = (
    Section(LABEL_DEFINITIONS, "Labels that exist, or do not."),
    Section(
        LABELS,
        "The static labels of the device: a list of names, or a mapping of names to V(present) or V(absent).",
        _read_labels, (PRESENT, ABSENT),
    ),
    Section(POLICIES, "Policies that are applied to labels, or are not."),
    Section(
        CONFIGURATIONS,
        "The configurations of the device: a list of names or ids, or a mapping of these to V(installed) or V(excluded).",
        _read_configurations, (INSTALLED, EXCLUDED),
    ),
    Section(ATTRIBUTES, "The custom attributes of the device: a mapping of names to values.", _read_attributes),
)
# fmt: on

OF_DEVICES: Mapping[str, Section] = {one.name: one for one in SECTIONS if one.read is not None}

# The sections that can be owned whole, and in which names can be ignored.
OWNABLE = (ATTRIBUTES, LABELS)

# The keys of an entry of ``devices`` besides its sections. The runner refuses hosts of another server.
ENTRY_KEYS = ("device", "select", "table", "allow_empty", "host", "server")


@dataclass(frozen=True)
class Entry:
    """What some devices should be.

    Attributes:
        where: Its place, for messages.
        ref: The device, where it is named.
        select: What selects the devices, where none is named.
        sections: What is wanted, by section.
        allow_empty: Whether it may select nothing.
    """

    where: str
    ref: DeviceRef | None
    select: Mapping[str, Any] | None
    sections: Mapping[str, Wishes]
    allow_empty: bool = False


@dataclass(frozen=True)
class Declaration:
    """All that is declared.

    Attributes:
        entries: What devices should be. Of two entries about a device the later one wins.
        labels: Labels that exist or not, as M(ivanti.uem.label) takes each.
        policies: Policies on labels, as M(ivanti.uem.label_policy) takes each.
        written: The attributes of each entry as they were written, with their place.
        notes: What the author should know.
    """

    entries: tuple[Entry, ...] = ()
    labels: tuple[Mapping[str, Any], ...] = ()
    policies: tuple[Mapping[str, Any], ...] = ()
    written: tuple[tuple[str, object], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sections(self) -> dict[str, str]:
        """The sections that are used, each with the place where it is used first."""
        found: dict[str, str] = {}
        for entry in self.entries:
            for name in entry.sections:
                found.setdefault(name, f"{entry.where}.{name}")
        found |= {LABEL_DEFINITIONS: LABEL_DEFINITIONS} if self.labels else {}
        found |= {POLICIES: POLICIES} if self.policies else {}
        return found

    @property
    def gone(self) -> frozenset[str]:
        """The names of the labels that are to be absent."""
        return frozenset(plain(one["name"]) for one in self.labels if one["state"] == ABSENT)

    def wanted(self, section: str) -> list[Wishes]:
        """Return what every entry says in a section, whether or not there is a device for it. What
        several were read to say together is there once."""
        said = (entry.sections[section] for entry in self.entries if section in entry.sections)
        return list({id(one): one for one in said}.values())


@dataclass(frozen=True)
class Owned:
    """What the declaration owns, and what it leaves alone.

    Attributes:
        purge: The sections that are owned whole.
        ignore: By section the shell patterns of names that are never touched.
    """

    purge: frozenset[str] = frozenset()
    ignore: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def ignores(self, section: str, name: str) -> bool:
        """Return whether a name of a section is never touched. Names of attributes are compared
        without case."""
        patterns = self.ignore.get(section, ())
        if section == ATTRIBUTES:
            return fits(canonical(name), map(canonical, patterns))
        return fits(name, patterns)

    def by_names(self, labels: Sequence[Label]) -> Owned:
        """Return it with the names of labels in place of their ids."""
        if LABELS not in self.ignore:
            return self
        return replace(
            self, ignore={**self.ignore, LABELS: with_names(self.ignore[LABELS], labels)}
        )

    def require_apart(self, declaration: Declaration) -> None:
        """Check that nothing is declared that is never touched.

        Raises:
            OptionError: Something is.
        """
        for entry in declaration.entries if self.ignore else ():
            for section, wishes in entry.sections.items():
                for name, _wish in wishes.values():
                    if self.ignores(section, name):
                        raise OptionError(
                            f"{entry.where}.{section}: {name!r} is declared, and ignore.{section} "
                            "says that it is never touched; remove one of the two."
                        )
        for name in sorted(declaration.gone):
            if self.ignores(LABELS, name):
                raise OptionError(
                    f"{LABEL_DEFINITIONS}: the label {name!r} is absent, and ignore.{LABELS} says that it "
                    "is never touched; remove one of the two."
                )


def parse_entries(
    raw: object,
    where: str = "devices",
    rows: Callable[[Mapping[Any, Any], str], Sequence[Entry]] | None = None,
) -> tuple[Entry, ...]:
    """Read what devices should be.

    Args:
        raw: A list of entries.
        where: Its place, for messages.
        rows: Returns the entries of the rows of a table, for an entry that names one.

    Raises:
        OptionError: An entry is wrong; the message says which.
    """
    if raw is None:
        return ()
    if not isinstance(raw, (list, tuple)):
        raise OptionError(f"{where}: expected a list of entries, got {kind_of(raw)}.")
    read = _Reader()
    found: list[Entry] = []
    for number, entry in enumerate(raw):
        place = f"{where}[{number}]"
        if rows is not None and isinstance(entry, Mapping) and "table" in entry:
            found += rows(entry, place)
        else:
            found.append(_parse_entry(entry, place, read))
    return tuple(found)


class _Reader:
    """Reads what an entry has for a section. Most hosts of a group have the same."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Wishes] = {}

    def __call__(self, section: Section, raw: object, where: str) -> Wishes:
        key = (section.name, repr(raw))
        if key not in self._found and section.read is not None:
            self._found[key] = section.read(raw, where)
        return self._found[key]


def _parse_entry(raw: object, where: str, read: _Reader) -> Entry:
    if not isinstance(raw, Mapping):
        raise OptionError(
            f"{where}: expected a mapping of device or select, and sections, got {kind_of(raw)}."
        )
    require_keys(raw, (*ENTRY_KEYS, *OF_DEVICES), where)
    empty = next((key for key, value in raw.items() if value is None), None)
    if empty is not None:
        raise OptionError(f"{where}.{empty}: is null; give it a value, or leave it out.")
    ref, select = _chosen(raw, where)
    host = raw.get("host")
    named = f"host {host}" if host else f"device {ref.value}" if ref else ""
    place = f"{where} ({named})" if named else where
    sections = {
        name: read(section, raw[name], f"{place}.{name}")
        for name, section in OF_DEVICES.items()
        if name in raw
    }
    if not sections:
        raise OptionError(f"{place}: says nothing; give it one of {', '.join(OF_DEVICES)}.")
    return Entry(place, ref, select, sections, _allowed(raw, place))


def _chosen(
    raw: Mapping[Any, Any], where: str
) -> tuple[DeviceRef | None, Mapping[str, Any] | None]:
    """Return what an entry has to choose its devices: the name of one, or a selection."""
    if ("device" in raw) == ("select" in raw):
        raise OptionError(f"{where}: needs either device, an id or a guid, or select.")
    if "device" in raw:
        device = raw["device"]
        if isinstance(device, Rewritten):
            raise OptionError(
                f"{where}.device: YAML makes {device} of {device.written}; write the id as it is, in "
                "quotes."
            )
        return parse_ref(device, f"{where}.device"), None
    select = raw["select"]
    if not isinstance(select, Mapping):
        raise OptionError(f"{where}.select: expected a mapping, got {kind_of(select)}.")
    return None, select


def _allowed(raw: Mapping[Any, Any], where: str) -> bool:
    allowed = raw.get("allow_empty", False)
    if not isinstance(allowed, bool):
        raise OptionError(f"{where}.allow_empty: {allowed!r} is neither true nor false.")
    if allowed and "select" not in raw:
        raise OptionError(f"{where}.allow_empty: is used only with select; remove it.")
    return allowed


def written_attributes(raw: object, where: str = "devices") -> tuple[tuple[str, object], ...]:
    """Return the attributes of each entry as they were written, with their place, to see what YAML may
    have changed."""
    listed = raw if isinstance(raw, (list, tuple)) else ()
    found = []
    for number, entry in enumerate(listed):
        if isinstance(entry, Mapping) and ATTRIBUTES in entry:
            host = f" (host {entry['host']})" if entry.get("host") else ""
            found.append((f"{where}[{number}]{host}.{ATTRIBUTES}", entry[ATTRIBUTES]))
    return tuple(found)


def merged(entries: Sequence[Entry]) -> Mapping[str, Wishes]:
    """Merge what several entries want of one device, by section and name; the later one wins."""
    if len(entries) == 1:
        return entries[0].sections
    found: dict[str, dict[str, tuple[str, Any]]] = {}
    for entry in entries:
        for section, wishes in entry.sections.items():
            found.setdefault(section, {}).update(wishes)
    return found


def merge_layers(layers: Iterable[object], where: str) -> dict[str, dict[str, Any]]:
    """Merge what several groups and a host say of one device, by section and name; the later one wins.

    Args:
        layers: The sections of each, the weakest first.
        where: The name of the variable, for messages.

    Returns:
        The sections as an entry has them.

    Raises:
        OptionError: A layer is wrong.
    """
    found: dict[str, list[object]] = {}
    for layer in layers:
        if not isinstance(layer, Mapping):
            raise OptionError(
                f"{where}: expected a mapping of {', '.join(OF_DEVICES)}, got {kind_of(layer)}."
            )
        require_keys(layer, OF_DEVICES, where, "section")
        for section, said in layer.items():
            if said is None:
                raise OptionError(f"{where}.{section}: is null; give it a value, or leave it out.")
            found.setdefault(section, []).append(said)
    return {name: _merge_section(name, said, f"{where}.{name}") for name, said in found.items()}


def _merge_section(name: str, layers: Sequence[object], where: str) -> dict[str, Any]:
    if name == ATTRIBUTES:
        return merge_attributes(layers, where)
    section = OF_DEVICES[name]
    wishes: dict[str, tuple[str, Any]] = {}
    for layer in layers:
        wishes.update(section.read(layer, where) if section.read else {})
    return dict(wishes.values())


def labels_needed(declaration: Declaration) -> Iterator[tuple[str, str]]:
    """Yield each label that has to exist for what is declared, with the place that needs it."""
    for entry in declaration.entries:
        for name, word in entry.sections.get(LABELS, {}).values():
            if word == PRESENT:
                yield name, f"{entry.where}.{LABELS}"
    for one in declaration.policies:
        if one["state"] == PRESENT:
            yield plain(str(one["label"])), POLICIES


def require_consistent(declaration: Declaration, needed: Iterable[tuple[str, str]]) -> None:
    """Check that no label is to be absent that something needs.

    Args:
        declaration: What is declared.
        needed: Labels, and the places that need them.

    Raises:
        OptionError: One is.
    """
    for name, where in needed:
        if name in declaration.gone:
            raise OptionError(
                f"{LABEL_DEFINITIONS}: the label {name!r} is absent, and {where} needs it; remove "
                "one of the two."
            )
