# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labels, and the planner for the labels of devices. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from ..._core.device import Device, DeviceRef, Label
from ..._core.errors import OptionError
from ..._core.goals import Desired, read_named
from ..._core.harm import harm_of
from ..._core.names import nearest, parse_name, spellings_of
from ..._core.plan import IMPOSSIBLE, Change, LeftAlone, Plan
from ..._core.wording import kind_of


@dataclass(frozen=True)
class LabelGoal:
    """What an author wants for a device's labels.

    Attributes:
        verb: ``add``: the device has these labels among others. ``remove``: it has none of them.
            ``exact``: of all labels that people assign, it has exactly these.
        labels: The names of the labels.
        leave: The names of labels that the device loses besides.
    """

    verb: str
    labels: frozenset[str]
    leave: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LabelsWrite:
    """What is to be sent for one device. Changes with equal writes share a call.

    Attributes:
        add: The names of the labels that it gets, in order.
        remove: The names of the labels that it loses, in order.
    """

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all of them."""
        return (*self.add, *self.remove)

    @property
    def apart(self) -> tuple[LabelsWrite, ...]:
        """The same in writes of one label; first those that devices get."""
        gets = tuple(LabelsWrite(add=(name,)) for name in self.add)
        return (*gets, *(LabelsWrite(remove=(name,)) for name in self.remove))

    def lacking(self, have: frozenset[str]) -> tuple[str, ...]:
        """Return the labels of the write that a device with some labels is not on, or still is on."""
        unadded = tuple(name for name in self.add if name not in have)
        return (*unadded, *(name for name in self.remove if name in have))


_VERBS: Mapping[tuple[str, bool], str] = {
    # (state, purge)
    ("present", False): "add",
    ("present", True): "exact",
    ("absent", False): "remove",
}


def parse_label_goals(
    *, state: str, purge: bool, labels: object, devices: Iterable[object] | None
) -> Desired[LabelGoal]:
    """Read the options of device_label.

    Args:
        state: The option of this name.
        purge: The option of this name.
        labels: The option of this name.
        devices: The option of this name. The labels of an entry are added to those of the task.

    Raises:
        OptionError: An option is wrong; the message names it, and the device.
    """
    verb = _VERBS.get((state, purge))
    if verb is None:
        raise OptionError("purge: needs state=present; remove one of the two.")
    shared = _names(labels, "labels")
    if devices is None:
        if labels is None or (not shared and verb != "exact"):
            raise OptionError("labels: is needed with select, and must name at least one label.")
        return Desired(LabelGoal(verb, shared), (), "labels")

    def own_goal(ref: DeviceRef, raw: object, where: str) -> LabelGoal:
        goal = shared | _names(raw, f"{where}.labels (device {ref.value})")
        given = labels is not None or raw is not None
        if not given or (not goal and verb != "exact"):
            raise OptionError(
                f"{where}: no labels are given for device {ref.value}; give labels to the task, or "
                "to this entry."
            )
        return LabelGoal(verb, goal)

    return Desired(LabelGoal(verb, shared), read_named(devices, "labels", own_goal), "labels")


def as_listed(
    goals: Iterable[tuple[Device, LabelGoal]], known: Sequence[Label]
) -> list[tuple[Device, LabelGoal]]:
    """Return goals with the labels named as the server names them; see ``names.spellings_of``.

    Args:
        goals: Each device with its goal.
        known: The labels of the server, and those that this run makes.

    Raises:
        OptionError: A device is to be on a label by its name, and not by its id, or the other way.
    """
    spelled = spellings_of(known)
    found = []
    for device, goal in goals:
        labels, leave = (
            frozenset(spelled.get(name, name) for name in names)
            for names in (goal.labels, goal.leave)
        )
        for name in sorted(labels & leave):
            raise OptionError(
                f"labels: {device.title} should be on the label {name!r} and not be on it, once by its "
                "name and once by its id; nothing was done. Keep one of the two."
            )
        found.append((device, replace(goal, labels=labels, leave=leave)))
    return found


def exactly(
    goals: Sequence[tuple[Device, LabelGoal]], members: Mapping[str, Sequence[Device]]
) -> list[tuple[Device, LabelGoal]]:
    """Return goals with which labels have exactly the devices that goals put on them.

    Args:
        goals: Each device with its goal.
        members: The devices of each label that any goal names, by its name.
    """
    extra: dict[str, set[str]] = {}
    wanted = {device.id: goal.labels for device, goal in goals}
    others: dict[str, Device] = {}
    for name, devices in members.items():
        for device in devices:
            if name not in wanted.get(device.id, ()):
                extra.setdefault(device.id, set()).add(name)
                others.setdefault(device.id, device)
    named = [
        (device, replace(goal, leave=frozenset(extra.get(device.id, ())))) for device, goal in goals
    ]
    return named + [
        (device, LabelGoal("add", frozenset(), frozenset(extra[number])))
        for number, device in others.items()
        if number not in wanted
    ]


def relevant_labels(
    goals: Iterable[tuple[Device, LabelGoal]], known: Sequence[Label]
) -> tuple[Label, ...]:
    """Return the labels whose members must be known to plan these goals."""
    listed = list(goals)
    wanted = set().union(*(goal.labels for _device, goal in listed))
    wanted |= set().union(*(goal.leave for _device, goal in listed))
    purged = any(goal.verb == "exact" for _device, goal in listed)
    return tuple(label for label in known if label.name in wanted or (purged and label.by_hand))


def additions(
    goals: Iterable[tuple[Device, LabelGoal]],
    known: Sequence[Label],
    have: Mapping[str, Collection[str]],
) -> list[tuple[Label, list[Device]]]:
    """Return the labels that devices are to get, each with the devices that do not have it."""
    wanting: dict[str, list[Device]] = {}
    for device, goal in goals:
        if goal.verb != "remove":
            for name in goal.labels:
                wanting.setdefault(name, []).append(device)
    found = []
    for label in known:
        devices = [
            one for one in wanting.get(label.name, ()) if label.id not in have.get(one.id, ())
        ]
        if devices and not label.refusal:
            found.append((label, devices))
    return found


def plan_labels(
    goals: Sequence[tuple[Device, LabelGoal]],
    *,
    known: Sequence[Label],
    have: Mapping[str, Collection[str]],
    outside: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Plan:
    """Plan the goals of many devices.

    The plan is refused, with a sentence for each label that does not exist or cannot be assigned, or
    that cannot be taken off and would have to be. It has what would be done otherwise, too.

    Args:
        goals: Each device with its goal.
        known: The labels of the server.
        have: For the id of each device the ids of the relevant labels that it has.
        outside: For the name of a label the ids of the devices outside its device space. They get
            their other labels, and lose none.
    """
    by_id = {label.id: label for label in known}
    by_name = _by_name(known)
    stuck: set[str] = set()
    changes, unchanged, impossible = list[Change[Device]](), list[Device](), list[LeftAlone]()
    for device, goal in goals:
        labels = [by_id[label] for label in have.get(device.id, ()) if label in by_id]
        present = frozenset(label.name for label in labels if label.by_hand)
        far = _far(device, goal, outside) - present
        if far:
            impossible.append(_impossible(device, [by_name[name][0] for name in sorted(far)]))
            goal = LabelGoal("add", goal.labels - far)
        change = _plan_device(device, goal, present)
        if change is None and not far:
            unchanged.append(device)
        elif change is not None:
            purged = frozenset(change.write.remove) - goal.labels
            stuck |= {name for name in purged if _obstacle(name, by_name)}
            changes.append(change)
    plan = Plan(tuple(changes), tuple(unchanged), tuple(impossible))
    return plan.forbidding([*_refusals(goals, by_name), *_purge_refusals(stuck, by_name)])


def _far(device: Device, goal: LabelGoal, outside: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Return the labels that a device is to get and cannot."""
    if goal.verb == "remove":
        return frozenset()
    return frozenset(name for name in goal.labels if device.id in outside.get(name, ()))


def _impossible(device: Device, far: Sequence[Label]) -> LeftAlone:
    """Return why a device cannot be put on labels of device spaces that it is not in."""
    names = tuple(label.name for label in far)
    labels = ", ".join(map(repr, names))
    spaces = ", ".join(dict.fromkeys(repr(label.space or label.space_id) for label in far))
    reason = (
        f"cannot be put on {labels}, of the device space {spaces}, because it is in the device space "
        f"{device.home!r}; use a global label, or one of its own device space"
    )
    change = Change(device, {"labels": []}, {"labels": sorted(names)}, LabelsWrite(add=names))
    return LeftAlone(device, IMPOSSIBLE, reason, change)


def _purge_refusals(
    names: Iterable[str], by_name: Mapping[str, Sequence[Label]]
) -> tuple[str, ...]:
    """Return a sentence for each label that devices cannot be taken off."""
    return tuple(
        (
            f"Refused: purge cannot take a device off its label: {_obstacle(name, by_name)}; "
            "nothing was written."
        )
        for name in sorted(names)
    )


def _plan_device(device: Device, goal: LabelGoal, present: frozenset[str]) -> Change[Device] | None:
    add = goal.labels - present if goal.verb != "remove" else frozenset()
    leave: dict[str, frozenset[str]] = {
        "add": frozenset(),
        "remove": goal.labels & present,
        "exact": present - goal.labels,
    }
    remove = leave[goal.verb] | (goal.leave & present)
    if not add and not remove:
        return None
    touched = present if goal.verb == "exact" else present & (goal.labels | goal.leave)
    before = {"labels": sorted(touched)}
    after = {"labels": sorted((touched | add) - remove)}
    write = LabelsWrite(tuple(sorted(add)), tuple(sorted(remove)))
    harm = harm_of("device_label", "removes" if remove else "adds")
    return Change(device, before, after, write, harm=harm)


def _refusals(
    goals: Iterable[tuple[Device, LabelGoal]], by_name: Mapping[str, Sequence[Label]]
) -> tuple[str, ...]:
    names = sorted(set().union(*(goal.labels | goal.leave for _device, goal in goals)))
    return tuple(
        f"Refused: {reason}; nothing was written."
        for name in names
        if (reason := _obstacle(name, by_name))
    )


def _by_name(known: Iterable[Label]) -> dict[str, list[Label]]:
    found: dict[str, list[Label]] = {}
    for label in known:
        found.setdefault(label.name, []).append(label)
    return found


def _obstacle(name: str, by_name: Mapping[str, Sequence[Label]]) -> str:
    """Return why no label of this name can be put on devices or taken off, or ""."""
    same = by_name.get(name, ())
    if not same:
        near = nearest(name, by_name)
        made = "" if near else ". To make it, use ivanti.uem.label, or label_definitions of a state"
        return f"there is no label {name!r}{near}; names are case-sensitive{made}"
    if len(same) > 1:
        ids = ", ".join(label.id for label in same)
        return f"{len(same)} labels are called {name!r} (ids {ids}), and the API takes names; rename all but one"
    return same[0].refusal


def _names(raw: object, where: str) -> frozenset[str]:
    if raw is None:
        return frozenset()
    if not isinstance(raw, (list, tuple)):
        raise OptionError(f"{where}: expected a list of label names, got {kind_of(raw)}.")
    for name in raw:
        is_text = isinstance(name, (str, int)) and not isinstance(name, bool)
        if not is_text or not str(name).strip() or not str(name).isprintable():
            raise OptionError(
                f"{where}: {name!r} is not the name of a label; labels are named by printable "
                "text, quoted in YAML, or by their id."
            )
    return frozenset(parse_name(name, where, "label") for name in raw)
