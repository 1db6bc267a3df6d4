# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The present state as files that declare it: what can be declared, and in which files. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._core.attributes import Values, canonical, clean_map, is_numeric, same_values
from ..._core.device import SEPARATOR, Device, Label
from ..._core.endpoint import is_segment
from ..._core.errors import OptionError
from ..._core.hosts import PASSING
from ..._core.masking import masked
from ..._core.names import fits, group_part, parse_name, plain
from ..._core.privacy import is_hidden_field
from ..configs.model import (
    ABSENT,
    CONFIGURATION,
    EXCLUDED,
    INSTALLED,
    LEAVING,
    PENDING,
    PRESENT,
    STUCK,
    Config,
)
from ..label_definitions.model import parse_wanted
from ..policies.model import DEFAULT, Policy
from .text import Noted, document

_FILE_NAME = re.compile(r"\w[\w.-]*")
_MASK = re.compile(r"[*\u2022\u25cf\u2217\u2588\u2593]")

GROUP_VARS, HOST_VARS, STATE = "group_vars", "host_vars", "state"
VARIABLE = "ivanti_desired"

# What can be exported.
ATTRIBUTES, LABELS = "attributes", "labels"
CONFIGURATIONS, POLICIES = "configurations", "policies"

# The sections that take few requests.
CHEAP = (ATTRIBUTES, LABELS)

# What a declaration says of a configuration, by its condition on a device.
_WORDS = {INSTALLED: PRESENT, PENDING: PRESENT, STUCK: PRESENT, EXCLUDED: ABSENT, LEAVING: ABSENT}

# By the name of a host its attributes.
OfHosts = Mapping[str, Mapping[str, Values]]


@dataclass(frozen=True)
class Group:
    """A group of the inventory.

    Attributes:
        name: Its name.
        members: The names of all its hosts, also of those of the groups within it.
    """

    name: str
    members: tuple[str, ...]


@dataclass
class LeftOut:
    """What cannot be declared, and why.

    Attributes:
        found: How often something is left out, by what it is and the reason.
    """

    found: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, what: str, why: str, count: int = 1) -> None:
        """Add something that is left out."""
        self.found[what, why] += count

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each, in one order."""
        return [
            {"what": what, "reason": why, "count": count}
            for (what, why), count in sorted(self.found.items())
        ]


def parse_groups(raw: Iterable[Mapping[str, Any]] | None) -> tuple[Group, ...]:
    """Read the option ``inventory_groups``.

    Raises:
        OptionError: An entry lacks something.
    """
    entries = _entries("inventory_groups", raw, ("name", "hosts"))
    return tuple(Group(str(one["name"]), tuple(map(str, one["hosts"]))) for one in entries)


def parse_hosts(raw: Iterable[Mapping[str, Any]] | None) -> list[dict[str, str]]:
    """Read the option ``hosts``.

    Raises:
        OptionError: An entry lacks something.
    """
    entries = _entries("hosts", raw, ("name", "device", "server"))
    return [
        {**{key: str(value) for key, value in one.items()}, "host": one["name"]} for one in entries
    ]


def _entries(
    option: str, raw: Iterable[Mapping[str, Any]] | None, keys: Sequence[str]
) -> list[Mapping[str, Any]]:
    found = list(raw or ())
    for number, one in enumerate(found):
        lacking = [key for key in keys if not one.get(key)]
        if lacking:
            raise OptionError(f"{option}[{number}]: lacks {lacking[0]}; give {', '.join(keys)}.")
    return found


def usable(groups: Iterable[Group], patterns: Sequence[str] | None) -> list[Group]:
    """Return the groups that may get values.

    Args:
        groups: The groups, the weakest first.
        patterns: The option ``groups``.
    """
    return [
        group
        for group in groups
        if is_file_name(group.name)
        and len(group.members) > 1
        and (fits(group.name, patterns) if patterns else not fits(group.name, PASSING))
    ]


def is_file_name(name: str) -> bool:
    """Return whether Ansible finds the variables of a group or host in a file of this name."""
    is_data = name.lower().endswith((".yml", ".yaml", ".json"))
    return bool(_FILE_NAME.fullmatch(name)) and not is_data and ".." not in name


class Visible:
    """Finds what of the attributes of devices can be declared.

    Args:
        hidden: Whether the account has a GDPR profile.
        left: Gets what cannot.
    """

    def __init__(self, *, hidden: bool, left: LeftOut) -> None:
        self._hidden = hidden
        self._left = left
        self._reasons: dict[tuple[str, Values], str] = {}

    def of(self, device: Device) -> dict[str, Values]:
        """Return the attributes of a device that can be declared, in the order of their names."""
        found = {}
        for name, values in sorted(device.attrs.items()):
            key = (name, values)
            if key not in self._reasons:
                self._reasons[key] = self._why_not(name, values)
            if self._reasons[key]:
                self._left.add(f"attribute {name}", self._reasons[key])
            else:
                found[name] = values
        return found

    def _why_not(self, name: str, values: Values) -> str:
        """Return why an attribute cannot be declared, or ""."""
        if not any(map(str.strip, values)):
            return "has no value"
        if any(value and not _MASK.sub("", value).strip() for value in values):
            return "is masked"
        if self._hidden and (is_hidden_field(name) or any(map(_MASK.search, values))):
            return "is hidden by the GDPR profile of the account"
        if masked({name: list(values)}) != {name: list(values)}:
            return "may be a secret"
        try:
            [cleaned] = clean_map({name: list(values)}, name).values()
        except OptionError:
            return "has a value that no declaration can have"
        same = same_values(cleaned, values, numeric=is_numeric(name))
        return "" if same else "has blanks at its ends, which no declaration can have"


def is_made_of(group: str, name: str) -> bool:
    """Return whether an inventory makes a group of the values of an attribute. A device with another
    value is in another group, and there nothing would declare the one that it had."""
    return group.startswith(f"attr_{group_part(canonical(name))}_")


def blinding(group: str, own: Iterable[str]) -> list[str]:
    """Return a sentence for each attribute that a group gets a value of and is made of.

    Args:
        group: The name of the group.
        own: The names of what it gets.
    """
    return [
        f"groups: {group} is made of {name} and gets a value of it. A device whose {name} changes "
        "leaves the group, so no drift of it is found. Leave such groups out."
        for name in own
        if is_made_of(group, name)
    ]


def smallest(
    values: OfHosts, groups: Sequence[Group], *, own_values: bool = False
) -> tuple[dict[str, dict[str, Values]], dict[str, dict[str, Values]]]:
    """Find few variables of groups and hosts that say what each host has, and nothing else.

    A group gets a value only where each of its hosts has the attribute, whatever the value: that a
    host has none cannot be declared. And it is the value of most of its hosts, because a device that
    joins the group gets it, too.

    Args:
        values: What each host has.
        groups: The groups, the weakest first; a stronger one replaces the value of a weaker one.
        own_values: Whether a group that is made of an attribute may get a value of it.

    Returns:
        By name what each group and each host gets.
    """
    of_groups: dict[str, dict[str, Values]] = {}
    of_hosts: dict[str, dict[str, Values]] = {}
    for name in sorted({name for own in values.values() for name in own}):
        have = {host: own[name] for host, own in values.items() if name in own}
        able = {
            rank: group
            for rank, group in enumerate(groups)
            if (own_values or not is_made_of(group.name, name))
            and all(host in have for host in group.members)
        }
        chosen = _chosen(have, able)
        for rank, value in chosen.items():
            of_groups.setdefault(able[rank].name, {})[name] = value
        inherited = _inherited(able, chosen)
        for host, value in have.items():
            if inherited.get(host) != value:
                of_hosts.setdefault(host, {})[name] = value
    return dict(sorted(of_groups.items())), dict(sorted(of_hosts.items()))


def _chosen(have: Mapping[str, Values], able: Mapping[int, Group]) -> dict[int, Values]:
    """Choose the groups that get a value of one attribute: the one that saves most, again and again,
    and none that saves nothing in the end.

    Args:
        have: The value of each host.
        able: The groups that may get one, by their rank.

    Returns:
        The value of each group that is chosen, by its rank.
    """
    chosen: dict[int, Values] = {}
    by: dict[str, tuple[int, Values]] = {}
    while True:
        gains = [
            (gain, len(group.members), -rank, value)
            for rank, group in able.items()
            if rank not in chosen
            for gain, value in [_gain(rank, group, have, by)]
        ]
        if not gains or max(gains)[0] <= 0:
            return _needed(have, able, chosen)
        _gained, _size, lowest, value = max(gains)
        chosen[-lowest] = value
        for host in able[-lowest].members:
            if by.get(host, (-1,))[0] < -lowest:
                by[host] = (-lowest, value)


def _gain(
    rank: int, group: Group, have: Mapping[str, Values], by: Mapping[str, tuple[int, Values]]
) -> tuple[int, Values]:
    """Return how many entries a value for a group saves, and the best one. A value saves nothing
    unless more than half of the hosts have it that no stronger group says something about."""
    counts: Counter[Values] = Counter()
    right = 0
    for host in group.members:
        inherited = by.get(host)
        if inherited is None or inherited[0] < rank:
            counts[have[host]] += 1
            right += inherited is not None and inherited[1] == have[host]
    if not counts:
        return 0, ()
    value, most = counts.most_common(1)[0]
    return (most - right - 1, value) if most * 2 > counts.total() else (0, ())


def _needed(
    have: Mapping[str, Values], able: Mapping[int, Group], chosen: Mapping[int, Values]
) -> dict[int, Values]:
    """Return the groups without those that a later choice made needless."""
    kept = dict(chosen)
    for rank in chosen:
        fewer = {other: value for other, value in kept.items() if other != rank}
        if _length(have, able, fewer) <= _length(have, able, kept):
            kept = fewer
    return kept


def _length(
    have: Mapping[str, Values], able: Mapping[int, Group], chosen: Mapping[int, Values]
) -> int:
    inherited = _inherited(able, chosen)
    return len(chosen) + sum(inherited.get(host) != value for host, value in have.items())


def _inherited(able: Mapping[int, Group], chosen: Mapping[int, Values]) -> dict[str, Values]:
    """Return the value that groups give to each host; the strongest one counts."""
    inherited: dict[str, Values] = {}
    for rank in sorted(chosen):
        inherited.update(dict.fromkeys(able[rank].members, chosen[rank]))
    return inherited


def variables(said: Mapping[tuple[str, str], Mapping[str, object]]) -> dict[str, str]:
    """Return the files of variables, by their paths.

    Args:
        said: By the folder and the name of a group or host its sections.
    """
    return {
        f"{folder}/{name}.yml": document({VARIABLE: dict(sorted(own.items()))}, templates=True)
        for (folder, name), own in said.items()
    }


def attributes_of(own: Mapping[str, Values]) -> dict[str, object]:
    """Return attributes as a declaration has them: a single value is a text."""
    return {
        name: values[0] if len(values) == 1 else list(values)
        for name, values in sorted(own.items())
    }


def configurations_of(own: Mapping[str, Values]) -> object:
    """Return configurations as a declaration has them: names, where all of them are installed."""
    if all(word == PRESENT for (word,) in own.values()):
        return sorted(own)
    return {name: word for name, (word,) in sorted(own.items())}


def configuration_names(configs: Iterable[Config], left: LeftOut) -> dict[tuple[str, str], str]:
    """Return by what a declaration names each configuration: by its name, or by its id where others
    have the name.

    Args:
        configs: Those of all devices.
        left: Gets what cannot be named.
    """
    known = {config.key: config for config in configs if config.kind == CONFIGURATION}
    times = Counter(plain(config.name) for config in known.values())
    found = {}
    for key, config in known.items():
        if times[plain(config.name)] == 1 and _can_be_named(config.name):
            found[key] = config.name
        elif config.id not in times:
            found[key] = Noted.of(config.id, config.name)
        else:
            left.add(f"configuration {config.title}", "has a name and an id that others have")
    return found


def _can_be_named(name: str) -> bool:
    try:
        return parse_name(name, "name", CONFIGURATION).isprintable()
    except OptionError:
        return False


def configurations_on(
    configs: Iterable[Config],
    names: Mapping[tuple[str, str], str],
    states: Collection[str],
    left: LeftOut,
) -> dict[str, Values]:
    """Return what a declaration says of the configurations of a device.

    Args:
        configs: What it lists.
        names: By what a declaration names each.
        states: The states that the product can be asked for.
        left: Gets what cannot be declared.
    """
    found: dict[str, Values] = {}
    for config in configs:
        word = _WORDS.get(config.condition)
        if config.key not in names or word is None:
            continue
        if word in states:
            found[names[config.key]] = (word,)
        else:
            left.add(f"configuration {config.title}", f"is {word}, which cannot be declared here")
    return found


def nameable_labels(labels: Sequence[Label], left: LeftOut) -> list[Label]:
    """Return the labels that a policy can be put on by their names, in the order of these.

    Args:
        labels: The labels.
        left: Gets the others.
    """
    times = Counter(plain(label.name) for label in labels)
    found = []
    for label in sorted(labels, key=lambda one: one.name):
        if label.out_of_reach or times[plain(label.name)] > 1:
            left.add("policy on a label", "has a label that cannot be named or is out of reach")
        else:
            found.append(label)
    return found


def policy_words(policies: Sequence[Policy]) -> dict[str, str]:
    """Return by what a declaration names each policy, by its id. Default ones are on no label."""
    times = Counter(plain(one.name) for one in policies)
    return {
        one.id: one.name if times[plain(one.name)] == 1 and _can_be_named(one.name) else one.id
        for one in policies
        if one.policy_type != DEFAULT
    }


def of_devices(rows: Iterable[tuple[Device, str, Mapping[str, object]]]) -> list[dict[str, Any]]:
    """Return entries of a state file.

    Args:
        rows: Devices, what readers know each by, and its sections.
    """
    listed = sorted(rows, key=lambda row: row[0].guid)
    return [{"device": Noted.of(one.guid, note), **sections} for one, note, sections in listed]


def definitions(
    labels: Sequence[Label], spaces: Mapping[str, str], left: LeftOut
) -> tuple[list[dict[str, str]], list[Label]]:
    """Return the definitions of labels, and the labels that devices are put on by hand.

    Args:
        labels: The labels.
        spaces: The names of the account's device spaces, by their ids.
        left: Gets what cannot be declared.
    """
    times = Counter(plain(label.name) for label in labels)
    found, by_hand = [], []
    for label in sorted(labels, key=lambda one: one.name):
        if label.system or label.id.startswith("-"):
            continue
        reason = _why_no_label(label, times)
        if reason:
            left.add(f"label {label.name}", reason)
            continue
        one = {"name": label.name}
        one |= {"filter": label.criteria.strip()} if not label.static else {}
        one |= {"description": label.description.strip()} if label.description.strip() else {}
        if len(spaces) > 1 and label.space_id in spaces:
            one["space"] = spaces[label.space_id]
        found.append(one)
        if label.by_hand:
            by_hand.append(label)
    return found, by_hand


def _why_no_label(label: Label, times: Mapping[str, int]) -> str:
    """Return why a label cannot be declared, or ""."""
    if times[plain(label.name)] > 1:
        return "has the name of another label"
    if label.out_of_reach:
        return "is a global label, which an account of a device space cannot change"
    if not is_segment(label.name) or (label.static and SEPARATOR in label.name):
        return "has a name with which the API can put no device on it"
    if label.name != plain(label.name):
        return "has a name that no declaration can have"
    if not label.static and not label.criteria.strip():
        return "has a filter that cannot be seen"
    try:
        parse_name(label.name, "name", "label")
        parse_wanted(
            {
                "name": label.name,
                "filter": None if label.static else label.criteria,
                "description": label.description,
            }
        )
    except OptionError:
        return "has a name or filter that no declaration can have"
    return ""
