# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations of devices, which of them an author means, and the planner for them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.names import nearest, pick
from ..._core.plan import IMPOSSIBLE, Change, LeftAlone, Limits, Plan

# What a configuration can be. Neurons has configurations alone; EPMM shows the policies of a device
# beside them.
CONFIGURATION, POLICY = "configuration", "policy"
KINDS = (CONFIGURATION, POLICY)

# What can be wanted of it.
PRESENT, ABSENT = "installed", "excluded"
STATES = (PRESENT, ABSENT)

# What the status of a configuration means: it is on the device, it was taken off, it is on its way
# to the device or off it, or nothing goes on by itself.
INSTALLED, EXCLUDED, PENDING, LEAVING, STUCK = (
    "installed",
    "excluded",
    "pending",
    "leaving",
    "stuck",
)
CONDITIONS = (INSTALLED, EXCLUDED, PENDING, LEAVING, STUCK)

# The condition of a configuration that the device does not list.
UNLISTED = ""

# What a plan does to a configuration, and what stands in ``after`` for it.
EXCLUDE, PUSH, REINSTALL = "exclude", "push", "reinstall"
AFTER = {EXCLUDE: "excluded", PUSH: "installed", REINSTALL: "pushed again"}

# fmt: off
_STEPS: Mapping[str, Mapping[str, str]] = {
    PRESENT: {EXCLUDED: PUSH, LEAVING: PUSH, UNLISTED: PUSH},
    ABSENT: {INSTALLED: EXCLUDE, PENDING: EXCLUDE, STUCK: EXCLUDE},
    REINSTALL: {
        EXCLUDED: PUSH, LEAVING: PUSH, UNLISTED: PUSH, INSTALLED: REINSTALL, PENDING: REINSTALL, STUCK: REINSTALL,
    },
}

# What servers say of a configuration besides; null where one does not.
DETAILS = (
    "uuid", "description", "system_name", "rule_type", "enabled", "priority", "device_count", "installed_count",
    "violation_count", "updated_at", "updated_by",
)
# fmt: on

# At most this many are named in a sentence.
NAMED = 20


@dataclass(frozen=True)
class Config:
    """A configuration, on a device or as it is known by name. Ids tell apart what is of one kind.

    ``status``: as the server calls it; ``condition``: what that means, one of CONDITIONS.
    ``details``: what else the server says, as ``device_config_info`` shows it, in a form that can
    be hashed, so that devices can share what is equal. ``stamp``: when it last changed on the
    device, as the server writes it.
    """

    id: str
    name: str
    kind: str = CONFIGURATION
    type: str = ""
    status: str = ""
    condition: str = UNLISTED
    details: tuple[tuple[str, Any], ...] = ()
    stamp: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other."""
        return self.kind, self.id

    @property
    def title(self) -> str:
        """What messages and results call it."""
        return self.name or self.id

    def as_dict(self) -> dict[str, Any]:
        """What ``device_config_info`` answers of it."""
        # fmt: off
        return {
            "id": self.id, "name": self.name, "type": self.type, "kind": self.kind, "status": self.status,
            "condition": self.condition, **dict.fromkeys(DETAILS), **dict(self.details),
        }
        # fmt: on


@dataclass(frozen=True)
class ConfigGoal:
    """What an author wants: these configurations, resolved, in this state; ``reinstall``: pushed
    again whatever they are."""

    configs: tuple[Config, ...]
    state: str
    reinstall: bool = False

    @cached_property
    def called(self) -> dict[tuple[str, str], str]:
        """What results call each: its name, with its id where two have the name."""
        names = Counter(config.title for config in self.configs)
        return {
            config.key: config.title
            if names[config.title] == 1
            else f"{config.title} ({config.id})"
            for config in self.configs
        }


@dataclass(frozen=True)
class Step:
    """What is to be done to one configuration of a device. ``config`` is as the device lists it,
    else as it is known."""

    verb: str
    config: Config


@dataclass(frozen=True)
class Stuck:
    """A configuration of a device with which nothing goes on by itself. ``called``: what results
    call it, which several may be; ``config``: as the device lists it."""

    device: Device
    called: str
    config: Config

    def as_dict(self) -> dict[str, Any]:
        """How a result shows it."""
        return {
            **self.device.identity,
            "config": self.called,
            "config_id": self.config.id,
            "kind": self.config.kind,
            "status": self.config.status,
        }


@dataclass(frozen=True)
class Wanted:
    """What an author names: configurations of a kind, by name or id, that shall be in a state.
    ``by_id``: where nobody knows what there is, a whole number is believed to be an id."""

    names: Sequence[str]
    kind: str
    state: str
    by_id: bool


def find_configs(
    wanted: Wanted, seen: Iterable[Config], listed: Callable[[], Sequence[Config] | None]
) -> tuple[tuple[Config, ...], tuple[str, ...]]:
    """The configurations that an author names, and warnings.

    Where nobody knows what else there is, a name that no device has is as excluded as can be, which
    is a warning, for it may be mistyped.

    Args:
        wanted: what the author names.
        seen: the configurations of the devices.
        listed: reads what else there is, or None where nobody knows; asked only when a name is not
            among those of the devices.

    Raises:
        OptionError: with a sentence for each name that fits nothing or several.
    """
    seen = tuple(seen)
    known = _distinct(config for config in seen if config.kind == wanted.kind)
    left = [name for name in wanted.names if not _meant(name, known)]
    others = listed() if left else ()
    if others is not None:
        known = _distinct([*known, *others])
        return _picked(wanted.names, known, wanted.kind, ()), ()
    unread = {name: _unread(name, seen, wanted.kind) for name in left}
    if wanted.state == ABSENT:
        warnings = tuple(
            f"{reason} It counts as excluded; if it does not, correct the name."
            for reason in unread.values()
        )
        names = [name for name in wanted.names if name not in unread]
        return _picked(names, known, wanted.kind, ()), warnings
    if wanted.by_id:
        known += tuple(Config(name.strip(), "", wanted.kind) for name in left if _is_id(name))
        unread = {name: reason for name, reason in unread.items() if not _is_id(name)}
    problems = [
        f"{reason} Nothing was done; correct the name, which counts with case, or give the id."
        for reason in unread.values()
    ]
    names = [name for name in wanted.names if name not in unread]
    return _picked(names, _distinct(known), wanted.kind, problems), ()


def _picked(
    names: Iterable[str], known: Sequence[Config], kind: str, problems: Iterable[str]
) -> tuple[Config, ...]:
    """The configuration of each name, each once. Raises OptionError with the problems so far, and
    those of the names."""
    problems = list(problems)
    found: dict[tuple[str, str], Config] = {}
    for name in names:
        try:
            config = pick(name, known, "configs", kind)
        except OptionError as error:
            problems.append(str(error))
        else:
            found[config.key] = config
    if problems:
        raise OptionError(" ".join(problems))
    return tuple(found.values())


def plan_configs(
    goal: ConfigGoal,
    have: Iterable[tuple[Device, Sequence[Config]]],
    *,
    cannot_push: str = "",
    limits: Limits,
    fleet: int | None = None,
) -> Plan:
    """Plan the goal for many devices.

    Args:
        goal: what is wanted.
        have: what each device lists.
        cannot_push: why a configuration that is not on a device cannot be brought there, or "".
        limits: what the plan may change.
        fleet: how many devices the server has, for the limits.
    """
    changes, unchanged, impossible = [], [], []
    for device, configs in have:
        own = {config.key: config for config in configs}
        steps = _steps(goal, own)
        if not steps:
            unchanged.append(device)
            continue
        change = _change(goal, device, own, steps)
        reason = _obstacle(goal, steps, cannot_push)
        if reason:
            impossible.append(LeftAlone(device, IMPOSSIBLE, reason, change))
        else:
            changes.append(change)
    refusals = limits.refusals(changes=len(changes), fleet=fleet)
    return Plan(tuple(changes), tuple(unchanged), tuple(impossible), refusals)


def find_stuck(
    goal: ConfigGoal, have: Iterable[tuple[Device, Sequence[Config]]]
) -> tuple[Stuck, ...]:
    """The wanted configurations that are stuck on a device, and left as they are."""
    if goal.reinstall or goal.state != PRESENT:
        return ()
    called = goal.called
    found = []
    for device, configs in have:
        own = {config.key: config for config in configs if config.condition == STUCK}
        found += [Stuck(device, called[key], own[key]) for key in called if key in own]
    return tuple(found)


def _change(
    goal: ConfigGoal, device: Device, own: Mapping[tuple[str, str], Config], steps: Sequence[Step]
) -> Change[Device]:
    """The change that takes these steps. ``own``: the configurations that the device lists."""
    called = goal.called
    keys = [step.config.key for step in steps]
    before = {called[key]: own[key].status if key in own else None for key in keys}
    after = {called[step.config.key]: AFTER[step.verb] for step in steps}
    return Change(device, before, after, steps)


def _obstacle(goal: ConfigGoal, steps: Iterable[Step], cannot_push: str) -> str:
    """Why the steps cannot be taken, or ""."""
    missing = [goal.called[step.config.key] for step in steps if step.verb == PUSH]
    if not cannot_push or not missing:
        return ""
    return f"{', '.join(map(repr, missing))} is not on the device; {cannot_push}"


def not_seen(steps: Iterable[Step], now: Iterable[Config]) -> list[tuple[Step, str]]:
    """Of steps that were sent, those that a device does not show to have been taken, each with a
    sentence. ``now``: what it lists."""
    listed = {config.key: config for config in now}
    found = []
    for step in steps:
        config = listed.get(step.config.key)
        if _is_seen(step, Config(step.config.id, "") if config is None else config):
            continue
        name = repr(step.config.title)
        if config is None:
            told = (
                f"{name} is not on the device afterwards: distribute it to the device, or look "
                "again later"
            )
        else:
            told = f"{name} is {config.status or 'without a status'} afterwards"
        found.append(
            (
                step,
                f"{told}, which does not show that it was pushed again"
                if step.verb == REINSTALL
                else told,
            )
        )
    return found


def _is_seen(step: Step, now: Config) -> bool:
    """Whether a configuration shows that a step was taken, which is no proof that it will come to
    its end."""
    before = step.config
    started = now.condition == PENDING and before.condition != PENDING
    if step.verb == EXCLUDE:
        return started or now.condition in (EXCLUDED, LEAVING, UNLISTED)
    if step.verb == PUSH:
        appeared = before.condition == UNLISTED and now.condition == STUCK
        return appeared or now.condition in (INSTALLED, PENDING)
    healed = now.condition == INSTALLED and before.condition == STUCK
    return started or healed or (bool(now.stamp) and now.stamp != before.stamp)


def stuck_sentence(stuck: Sequence[Stuck]) -> str:
    """The sentence that names what is stuck, or ""."""
    if not stuck:
        return ""
    named = ", ".join(
        f"{one.called!r} is {one.config.status or 'without a status'} on {one.device.title}"
        for one in stuck[:NAMED]
    )
    more = f", and {len(stuck) - NAMED} more, see stuck in the result" if len(stuck) > NAMED else ""
    return f"Stuck, and left as it is: {named}{more}. Set reinstall=true to push it again."


def chosen(
    wanted: Sequence[str] | None, configs: Iterable[Config], kind: str | None = None
) -> tuple[Config, ...]:
    """The configurations of a device that have one of the names or ids, or all of them when None is
    wanted; those of a kind."""
    return tuple(
        config
        for config in configs
        if kind in (None, config.kind)
        and (wanted is None or any(_fits(name, config) for name in wanted))
    )


def unknown(
    wanted: Sequence[str],
    seen: Iterable[Config],
    listed: Callable[[], Sequence[Config] | None],
    kind: str | None = None,
) -> tuple[str, ...]:
    """A warning for each name that no device has and of which nobody knows whether there is such a
    configuration, of a kind where one is given.

    Raises OptionError for one that there is not. ``listed``: see ``find_configs``.
    """
    seen = tuple(seen)
    left = [name for name in wanted if not _meant(name, chosen(None, seen, kind))]
    others = listed() if left else ()
    if others is None:
        sentences = (_unread(name, seen, kind or CONFIGURATION) for name in left)
        return tuple(
            f"{sentence} If that is not as expected, correct the name." for sentence in sentences
        )
    absent = [name for name in left if not _meant(name, others)]
    names = {config.name for config in (*seen, *others)}
    if absent:
        told = ", ".join(f"{name!r}{nearest(name, names)}" for name in absent)
        raise OptionError(
            f"configs: there is no {told}. Correct the name, which counts with case, or give the "
            "id."
        )
    return ()


def _steps(goal: ConfigGoal, own: Mapping[tuple[str, str], Config]) -> tuple[Step, ...]:
    by_condition = _STEPS[REINSTALL if goal.reinstall else goal.state]
    as_listed = (
        own.get(config.key, Config(config.id, config.name, config.kind)) for config in goal.configs
    )
    return tuple(
        Step(by_condition[config.condition], config)
        for config in as_listed
        if config.condition in by_condition
    )


def _distinct(configs: Iterable[Config]) -> tuple[Config, ...]:
    return tuple({config.key: config for config in configs}.values())


def _fits(wanted: str, config: Config) -> bool:
    return config.name == wanted or config.id == wanted.strip()


def _meant(wanted: str, known: Iterable[Config]) -> bool:
    return any(_fits(wanted, config) for config in known)


def _is_id(text: str) -> bool:
    return text.strip().isascii() and text.strip().isdigit()


def _unread(wanted: str, seen: Sequence[Config], kind: str) -> str:
    """A name that no device has, where nobody knows what else there is; one of another kind is
    told."""
    near = nearest(wanted, {config.name for config in seen if config.kind == kind})
    other = next(
        (config.kind for config in seen if config.kind != kind and _fits(wanted, config)), ""
    )
    hint = f"; there is a {other} of that name, for which set kind={other}" if other else ""
    return f"configs: none of these devices has a {kind} {wanted!r}{near}{hint}, and what else there is cannot be read."
