# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planner for custom attributes: current attributes and a goal in, what to write out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from ..._core.attributes import (
    NUMERIC_SUFFIX,
    Values,
    canonical,
    is_numeric,
    missing_values,
    no_numbers,
    same_values,
)
from ..._core.device import Attrs, Device
from ..._core.names import nearest
from ..._core.plan import Change, Limits, Plan

NO_LIMITS = Limits()

Verb = Literal["merge", "append", "replace", "remove"]


@dataclass(frozen=True)
class AttrsGoal:
    """What an author wants of a device's attributes.

    ``merge``: these attributes have these values, others stay. ``append``: these values are among
    the attribute's. ``replace``: the map is exactly this. ``remove``: these names are gone (their
    values do not count).
    """

    verb: Verb
    attrs: Attrs


@dataclass(frozen=True)
class AttrsWrite:
    """What is to be sent for one device; writes that are equal may share a bulk call.

    ``attrs`` holds names as the server wants them written, and for ``remove`` the names alone with
    empty values.
    """

    verb: Verb
    attrs: tuple[tuple[str, Values], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names alone."""
        return tuple(name for name, _values in self.attrs)


def plan_custom_attrs(
    goals: Iterable[tuple[Device, AttrsGoal]],
    *,
    limits: Limits = NO_LIMITS,
    fleet: int | None = None,
    defined: Iterable[str] | None = None,
) -> Plan:
    """Plan the goals of many devices.

    ``fleet``: devices on the server, for ``limits``. ``defined``: names of the attributes that
    exist on the server, None where it would not say; a change that sets an attribute outside of
    them is refused.
    """
    known = {canonical(name): name for name in defined or ()}
    numeric = frozenset(key for key, name in known.items() if is_numeric(name))
    changes: list[Change[Device]] = []
    unchanged: list[Device] = []
    for device, goal in goals:
        change = plan_device(device, goal, numeric)
        if change is None:
            unchanged.append(device)
        else:
            changes.append(change)
    refusals = limits.refusals(changes=len(changes), fleet=fleet)
    used = {
        canonical(name): name
        for change in changes
        if change.write.verb != "remove"
        for name in change.write.names
    }
    if defined is not None:
        refusals += _undefined(used, known)
    refusals += _not_numeric(changes)
    return Plan(tuple(changes), tuple(unchanged), refusals=refusals)


def plan_device(
    device: Device, goal: AttrsGoal, numeric: frozenset[str] = frozenset()
) -> Change[Device] | None:
    """The change that brings one device to its goal, or None when it is there already.

    ``numeric``: canonical names of the attributes that are numeric by the server's definitions.
    """
    numeric |= {canonical(name) for name in (*device.attrs, *goal.attrs) if is_numeric(name)}
    current, wanted = _index(device.attrs, numeric), _index(goal.attrs, numeric)
    if goal.verb == "remove":
        return _removal(device, current, [key for key in wanted if key in current], wanted)
    changed = _differing(current, wanted, append=goal.verb == "append")
    if goal.verb == "replace":
        extra = [key for key in current if key not in wanted]
        if not changed:
            return _removal(device, current, extra, wanted)
        return _replacement(device, current, wanted, changed, extra)
    if not changed:
        return None
    before = {key: list(current[key][1]) if key in current else None for key in changed}
    kept = {key: before[key] or [] if goal.verb == "append" else [] for key in changed}
    after = {key: kept[key] + list(values) for key, values in changed.items()}
    write = AttrsWrite(
        goal.verb,
        tuple((_spelled(key, current, wanted), values) for key, values in changed.items()),
    )
    return Change(device, before, after, write)


# By canonical name: how a write spells the attribute, and its values.
_Index = Mapping[str, tuple[str, Values]]


def _index(attrs: Attrs, numeric: frozenset[str]) -> _Index:
    """Attributes by canonical name, each spelled as a write needs it.

    Where any spelling, be it the author's, the device's or the definition's, says that an attribute
    is numeric, the suffix is needed (Neurons device API guide, "Add/Replace Custom Attributes Per
    Device"), whichever of them left it out.
    """
    found = {}
    for name, values in attrs.items():
        key = canonical(name)
        found[key] = (
            name + NUMERIC_SUFFIX if key in numeric and not is_numeric(name) else name,
            values,
        )
    return found


def _differing(current: _Index, wanted: _Index, *, append: bool) -> dict[str, Values]:
    """The values to write of each wanted attribute that is not yet as wanted."""
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


def _removal(
    device: Device, current: _Index, keys: list[str], wanted: _Index
) -> Change[Device] | None:
    if not keys:
        return None
    before = {key: list(current[key][1]) for key in keys}
    write = AttrsWrite(
        "remove", tuple((_spelled(key, current, wanted), ()) for key in sorted(keys))
    )
    return Change(device, before, {}, write)


def _replacement(
    device: Device, current: _Index, wanted: _Index, changed: Mapping[str, Values], extra: list[str]
) -> Change[Device]:
    before = {key: list(current[key][1]) if key in current else None for key in (*changed, *extra)}
    after = {key: list(values) for key, values in changed.items()}
    write = AttrsWrite(
        "replace", tuple((_spelled(key, current, wanted), wanted[key][1]) for key in wanted)
    )
    return Change(device, before, after, write)


def _spelled(key: str, current: _Index, wanted: _Index) -> str:
    """How to spell an attribute in a write: as the author does, else as the device does."""
    return (wanted if key in wanted else current)[key][0]


def _not_numeric(changes: Iterable[Change[Device]]) -> tuple[str, ...]:
    """A sentence for each numeric attribute that some change gives a value that is no number."""
    wrong = {
        name: no_numbers(values)[0]
        for change in changes
        for name, values in change.write.attrs
        if is_numeric(name) and no_numbers(values)
    }
    return tuple(
        (
            f"Refused: the attribute {name!r} is numeric, and {value!r} is not a number; nothing "
            "was written."
        )
        for name, value in wrong.items()
    )


def _undefined(used: Mapping[str, str], known: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each attribute that some change sets and the server does not know."""
    return tuple(
        f"Refused: the attribute {name!r} is not defined on the "
        f"server{nearest(key, known.values())}; nothing was written. Correct the name, or define "
        "the attribute in the admin portal first."
        for key, name in used.items()
        if key not in known
    )
