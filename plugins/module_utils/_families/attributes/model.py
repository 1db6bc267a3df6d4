# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planner for custom attributes: from the current ones and a goal it decides what to write.
Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..._core.attributes import (
    NUMERIC_SUFFIX,
    Values,
    alike,
    canonical,
    distinct_values,
    is_numeric,
    missing_values,
    no_numbers,
    same_values,
    unclear,
)
from ..._core.device import Attrs, Device
from ..._core.harm import harm_of
from ..._core.masking import shown_as
from ..._core.names import nearest
from ..._core.plan import Change, Plan

Verb = Literal["merge", "append", "replace", "remove"]


@dataclass(frozen=True)
class AttrsGoal:
    """What an author wants for a device's attributes.

    Attributes:
        verb: ``merge``: these attributes have these values, others stay. ``append``: each attribute
            has these values among others. ``replace``: the device has exactly these attributes.
            ``remove``: the device has none of these attributes, whatever the values.
        attrs: The attributes.
    """

    verb: Verb
    attrs: Attrs


@dataclass(frozen=True)
class AttrsWrite:
    """What is to be sent for one device. Changes with equal writes may share a bulk call.

    Attributes:
        verb: See AttrsGoal.
        attrs: The attributes with names as the server needs them. For ``remove`` values are empty.
    """

    verb: Verb
    attrs: tuple[tuple[str, Values], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the attributes."""
        return tuple(name for name, _values in self.attrs)


@dataclass(frozen=True)
class HeldAttrs:
    """The attributes that a device has, read by its id or guid; the other name may be unknown."""

    id: str | None
    guid: str | None
    attrs: Attrs

    @property
    def key(self) -> tuple[str | None, str | None]:
        """Both names: a device that is named twice is one row."""
        return self.id, self.guid

    def as_dict(self) -> dict[str, Any]:
        """Return the row of ``device_custom_attrs_info``."""
        attrs = {name: list(values) for name, values in self.attrs.items()}
        return {"id": self.id, "guid": self.guid, "attrs": attrs}


def plan_custom_attrs(
    goals: Iterable[tuple[Device, AttrsGoal]],
    *,
    defined: Iterable[str] | None = None,
    wanted: Iterable[AttrsGoal] = (),
) -> Plan:
    """Plan the goals of many devices.

    Args:
        goals: Each device with its goal.
        defined: The names of the attributes that the server has, or None if it does not say. A
            goal with any other attribute is refused.
        wanted: All goals of the author, whether or not there is a device for them now: a name that
            is not defined is refused today, and not once a device appears.
    """
    known = {canonical(name): name for name in defined or ()}
    numeric = frozenset(key for key, name in known.items() if is_numeric(name))
    changes: list[Change[Device]] = []
    unchanged: list[Device] = []
    goals = list(goals)
    # Many devices have the same attributes, and then they share them.
    reached: set[tuple[int, int]] = set()
    for device, goal in goals:
        pair = id(device.attrs), id(goal)
        change = None if pair in reached else plan_device(device, goal, numeric)
        if change is None:
            reached.add(pair)
            unchanged.append(device)
        else:
            changes.append(change)
    refusals = () if defined is None else _undefined(goals, known, wanted)
    refusals += _unclear(goals, defined, wanted)
    refusals += _not_numeric(changes)
    return Plan(tuple(changes), tuple(unchanged), refusals=refusals)


def plan_device(
    device: Device, goal: AttrsGoal, numeric: frozenset[str] = frozenset()
) -> Change[Device] | None:
    """Plan the goal of one device.

    Args:
        device: The device with its current attributes.
        goal: The goal.
        numeric: The canonical names of the attributes that the server defines as numeric.

    Returns:
        The change, or None if the device has reached its goal.
    """
    spelled = [canonical(name) for name in (*device.attrs, *goal.attrs) if is_numeric(name)]
    numeric = numeric.union(spelled) if spelled else numeric
    current, wanted = _index(device.attrs, numeric), _index(goal.attrs, numeric, distinct=True)
    if goal.verb == "remove":
        return _removal(device, current, [key for key in wanted if key in current], wanted)
    changed = _differing(current, wanted, append=goal.verb == "append")
    if goal.verb == "replace":
        extra = [key for key in current if key not in wanted]
        if not changed:
            return _removal(device, current, extra, wanted)
        return _replacement(device, current, wanted, changed, extra)
    return _update(device, goal.verb, current, wanted, changed) if changed else None


# The spelling of an attribute in a write, and its values, by its canonical name.
_Index = Mapping[str, tuple[str, Values]]


def _index(attrs: Attrs, numeric: frozenset[str], *, distinct: bool = False) -> _Index:
    """Return attributes by canonical name, each spelled as a write needs it.

    A numeric attribute needs the suffix (Neurons device API guide, "Add/Replace Custom Attributes
    Per Device"). It is numeric if any spelling says so: that of the author, the device or the
    definition.

    Args:
        attrs: The attributes.
        numeric: The canonical names of the numeric ones.
        distinct: Whether a number counts once that is written in several ways.
    """
    found = {}
    for name, values in attrs.items():
        key = canonical(name)
        lacks_suffix = key in numeric and not is_numeric(name)
        if distinct:
            values = distinct_values(values, numeric=key in numeric)
        found[key] = (name + NUMERIC_SUFFIX if lacks_suffix else name, values)
    return found


def _differing(current: _Index, wanted: _Index, *, append: bool) -> dict[str, Values]:
    """Return the values to write for each wanted attribute that differs."""
    found: dict[str, Values] = {}
    for key, (name, values) in wanted.items():
        have = current[key][1] if key in current else ()
        numeric = is_numeric(name)
        if append:
            values = missing_values(values, have, numeric=numeric)
            if values:
                found[key] = values
        elif not same_values(values, have, numeric=numeric):
            found[key] = values
    return found


def _update(
    device: Device, verb: Verb, current: _Index, wanted: _Index, changed: Mapping[str, Values]
) -> Change[Device]:
    before = {key: list(current[key][1]) if key in current else None for key in changed}
    after = {}
    for key, values in changed.items():
        former = before[key] if verb == "append" else None
        after[key] = [*(former or ()), *values]
    written = tuple((_spelled(key, current, wanted), values) for key, values in changed.items())
    return _change(device, before, after, AttrsWrite(verb, written))


def _removal(
    device: Device, current: _Index, keys: list[str], wanted: _Index
) -> Change[Device] | None:
    if not keys:
        return None
    before = {key: list(current[key][1]) for key in keys}
    write = AttrsWrite(
        "remove", tuple((_spelled(key, current, wanted), ()) for key in sorted(keys))
    )
    return _change(device, before, {}, write)


def _replacement(
    device: Device, current: _Index, wanted: _Index, changed: Mapping[str, Values], extra: list[str]
) -> Change[Device]:
    before = {key: list(current[key][1]) if key in current else None for key in (*changed, *extra)}
    after = {key: list(values) for key, values in changed.items()}
    write = AttrsWrite(
        "replace", tuple((_spelled(key, current, wanted), wanted[key][1]) for key in wanted)
    )
    return _change(device, before, after, write)


def _change(
    device: Device,
    before: Mapping[str, Iterable[str] | None],
    after: Mapping[str, Iterable[str]],
    write: AttrsWrite,
) -> Change[Device]:
    """Return a change with its class: whether an attribute that has a value has none afterwards."""
    removes = any(
        any(map(str.strip, values or ())) and not any(map(str.strip, after.get(key, ())))
        for key, values in before.items()
    )
    harm = harm_of("device_custom_attrs", "removes" if removes else "sets")
    return Change(device, shown(before), shown(after), write, harm=harm)


def shown(attrs: Mapping[str, Iterable[str] | None]) -> dict[str, list[str] | None]:
    """Return attributes as results, diffs and plans show them: what may be a secret is masked.

    People keep codes and passwords in attributes, and plans go into logs and pull requests. So of a
    secret only the presence counts, for ``confirm`` as well.
    """
    return {
        name: None if values is None else [shown_as(name, value) for value in values]
        for name, values in attrs.items()
    }


def _spelled(key: str, current: _Index, wanted: _Index) -> str:
    """Return the spelling of an attribute in a write: the author's, or else the device's."""
    return (wanted if key in wanted else current)[key][0]


def _unclear(
    goals: Sequence[tuple[Device, AttrsGoal]],
    defined: Iterable[str] | None,
    wanted: Iterable[AttrsGoal],
) -> tuple[str, ...]:
    """Return a refusal for each attribute of a goal that has several definitions, which count as one
    name. A goal that owns the whole map is about what its device has, too.

    Args:
        goals: Each device with its goal.
        defined: The names that are defined; None if the server does not say, and then devices do.
        wanted: All goals of the author.
    """
    if defined is None:
        distinct = {id(device.attrs): device.attrs for device, _goal in goals}
        defined = dict.fromkeys(name for attrs in distinct.values() for name in attrs)
    several = alike(defined)
    if not several:
        return ()
    every = [*{id(goal): goal for _device, goal in goals}.values(), *wanted]
    named = {canonical(name): name for goal in every for name in goal.attrs}
    for device, goal in goals:
        if goal.verb == "replace":
            named = {canonical(name): name for name in device.attrs} | named
    return tuple(
        f"Refused: {unclear(named[key], names)} Nothing was written."
        for key, names in several.items()
        if key in named
    )


def _not_numeric(changes: Iterable[Change[Device]]) -> tuple[str, ...]:
    """Return a sentence for each numeric attribute that would get a value that is not a number."""
    wrong = {
        name: no_numbers(values)[0]
        for change in changes
        for name, values in change.write.attrs
        if is_numeric(name) and no_numbers(values)
    }
    return tuple(
        (
            f"Refused: the attribute {name!r} is numeric, and {shown_as(name, value)!r} is not a number; nothing "
            "was written."
        )
        for name, value in wrong.items()
    )


def _undefined(
    goals: Sequence[tuple[Device, AttrsGoal]],
    known: Mapping[str, str],
    wanted: Iterable[AttrsGoal],
) -> tuple[str, ...]:
    """Return a sentence for each attribute of a goal that the server does not define.

    One that the device has exists all the same.

    Args:
        goals: Each device with its goal.
        known: The defined names by their canonical ones.
        wanted: All goals of the author; those names count that no device's goal has.
    """
    # Devices share goals, and most goals have defined attributes only.
    every = {id(goal): goal for _device, goal in goals} | {id(goal): goal for goal in wanted}
    named = {canonical(name): name for goal in every.values() for name in goal.attrs}
    unknown = named.keys() - known.keys()
    if not unknown:
        return ()
    seen: set[str] = set()
    lacking: set[str] = set()
    for device, goal in goals:
        names = unknown.intersection(map(canonical, goal.attrs))
        seen |= names
        lacking |= names.difference(map(canonical, device.attrs))
    refused = lacking | unknown - seen
    return tuple(
        f"Refused: the attribute {name!r} is not defined on the "
        f"server{nearest(key, known.values())}; nothing was written. Correct the name, or define "
        "the attribute in the admin portal first."
        for key, name in named.items()
        if key in refused
    )
