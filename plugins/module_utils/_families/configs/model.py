# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations of devices, which of them an author means, and the planner for them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.names import nearest, pick
from ..._core.plan import Change, Limits, Outcome, Plan

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

# So many are named in a sentence.
TOLD = 20


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

    @property
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
class ConfigPlan:
    """``plan``: what can be done; ``impossible``: outcomes of devices that cannot get there;
    ``stuck``: what is left as it is."""

    plan: Plan
    impossible: tuple[Outcome, ...] = ()
    stuck: tuple[Stuck, ...] = ()


def find_configs(
    wanted: Sequence[str],
    seen: Iterable[Config],
    listed: Callable[[], Sequence[Config] | None],
    kind: str,
    *,
    state: str,
    by_id: bool,
) -> tuple[tuple[Config, ...], tuple[str, ...]]:
    """The configurations that an author names, and warnings.

    ``seen``: those of the devices. ``listed``: reads what else there is, or None where nobody
    knows; asked only when a name is not among those of the devices. Where nobody knows, a name that
    no device has is as excluded as can be, which is a warning, for it may be mistyped; and with
    ``by_id`` a whole number is believed to be an id. Raises OptionError, with a sentence for each
    name that fits nothing or several.
    """
    seen = tuple(seen)
    known = _distinct(config for config in seen if config.kind == kind)
    left = [name for name in wanted if not _meant(name, known)]
    others = listed() if left else ()
    warnings: list[str] = []
    unread: dict[str, str] = {}
    if others is None:
        unread = {name: _unread(name, seen, kind) for name in left}
        if state == ABSENT:
            warnings = [
                f"{told} It counts as excluded; if it does not, correct the name."
                for told in unread.values()
            ]
        elif by_id:
            known += tuple(Config(name.strip(), "", kind) for name in left if _is_id(name))
            unread = {name: told for name, told in unread.items() if not _is_id(name)}
    known = _distinct([*known, *(others or ())])
    problems = (
        []
        if state == ABSENT
        else [
            f"{told} Nothing was done; correct the name, which counts with case, or give the id."
            for told in unread.values()
        ]
    )
    found: dict[tuple[str, str], Config] = {}
    for name in wanted:
        try:
            config = pick(name, known, "configs", kind) if name not in unread else None
        except OptionError as error:
            problems.append(str(error))
        else:
            found.update({} if config is None else {config.key: config})
    if problems:
        raise OptionError(" ".join(problems))
    return tuple(found.values()), tuple(warnings)


def plan_configs(
    goal: ConfigGoal,
    have: Iterable[tuple[Device, Sequence[Config]]],
    *,
    cannot_push: str = "",
    limits: Limits,
    fleet: int | None = None,
) -> ConfigPlan:
    """Plan the goal for many devices. ``have``: what each lists. ``cannot_push``: the sentence why
    a configuration that is not on a device cannot be brought there, or ""."""
    changes, unchanged, impossible, stuck = [], [], [], []
    called = goal.called
    for device, configs in have:
        own = {config.key: config for config in configs}
        steps = _steps(goal, own)
        if not goal.reinstall and goal.state == PRESENT:
            stuck += [
                Stuck(device, called[key], own[key])
                for key in called
                if key in own and own[key].condition == STUCK
            ]
        if not steps:
            unchanged.append(device)
            continue
        before = {
            called[key]: own[key].status if key in own else None
            for key in (step.config.key for step in steps)
        }
        change = Change(
            device, before, {called[step.config.key]: AFTER[step.verb] for step in steps}, steps
        )
        missing = (
            [called[step.config.key] for step in steps if step.verb == PUSH] if cannot_push else []
        )
        if missing:
            impossible.append(
                Outcome(
                    change, f"{', '.join(map(repr, missing))} is not on the device; {cannot_push}"
                )
            )
        else:
            changes.append(change)
    refusals = limits.refusals(changes=len(changes), fleet=fleet)
    return ConfigPlan(
        Plan(tuple(changes), tuple(unchanged), refusals), tuple(impossible), tuple(stuck)
    )


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


def told_stuck(stuck: Sequence[Stuck]) -> str:
    """The sentence that names what is stuck, or ""."""
    if not stuck:
        return ""
    named = ", ".join(
        f"{one.called!r} is {one.config.status or 'without a status'} on {one.device.title}"
        for one in stuck[:TOLD]
    )
    more = f", and {len(stuck) - TOLD} more, see stuck in the result" if len(stuck) > TOLD else ""
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
