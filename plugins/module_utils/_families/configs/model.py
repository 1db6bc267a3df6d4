# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations of devices, the choice of them, and the planner for them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.harm import harm_of
from ..._core.names import nearest, pick, plain
from ..._core.plan import IMPOSSIBLE, Change, LeftAlone, Plan

# The kinds of configurations. Neurons has only configurations; EPMM lists the policies of a device
# with them.
CONFIGURATION, POLICY = "configuration", "policy"
KINDS = (CONFIGURATION, POLICY)

# The states that can be wanted.
PRESENT, ABSENT = "installed", "excluded"
STATES = (PRESENT, ABSENT)

# The meaning of a status: the configuration is on the device, it was removed, it is being installed
# or being removed, or nothing will happen without help.
INSTALLED, EXCLUDED, PENDING, LEAVING, STUCK = (
    "installed",
    "excluded",
    "pending",
    "leaving",
    "stuck",
)

# The condition of a configuration that the device does not list.
UNLISTED = ""

# What a plan does to a configuration, and the word for it in ``after``.
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

# More fields that servers have; null if a server does not.
DETAILS = (
    "uuid", "description", "system_name", "rule_type", "enabled", "priority", "device_count", "installed_count",
    "violation_count", "updated_at", "updated_by",
)
# fmt: on

# At most this many are named in a sentence.
NAMED = 20


@dataclass(frozen=True)
class Config:
    """A configuration, on a device or in the list of all. An id is unique within a kind.

    Attributes:
        id: Its id.
        name: Its name.
        kind: One of KINDS.
        type: The server's word for its type.
        status: The server's word for its status on the device.
        condition: The meaning of the status, from INSTALLED to STUCK.
        details: More fields, as ``device_config_info`` shows them. They can be hashed, so that
            devices can share equal configurations.
        stamp: When it last changed on the device, as the server writes it.
        actions: What the server sends of its actions, whose shape the guide does not show.
    """

    id: str
    name: str
    kind: str = CONFIGURATION
    type: str = ""
    status: str = ""
    condition: str = UNLISTED
    details: tuple[tuple[str, Any], ...] = ()
    stamp: str = ""
    actions: Any = field(default=None, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """The kind and the id, which identify it."""
        return self.kind, self.id

    @property
    def title(self) -> str:
        """The words for it in messages and results."""
        return self.name or self.id

    def as_dict(self) -> dict[str, Any]:
        """Return the configuration as ``device_config_info`` shows it."""
        # fmt: off
        return {
            "id": self.id, "name": self.name, "type": self.type, "kind": self.kind, "status": self.status,
            "condition": self.condition, **dict.fromkeys(DETAILS), **dict(self.details), "actions": self.actions,
        }
        # fmt: on


@dataclass(frozen=True)
class ConfigGoal:
    """What an author wants.

    Attributes:
        configs: The configurations.
        state: The state of each.
        reinstall: Whether they are pushed again in any state.
    """

    configs: tuple[Config, ...]
    state: str
    reinstall: bool = False

    @cached_property
    def titles(self) -> dict[tuple[str, str], str]:
        """The words for each in results: its name, with its id if two have the same name."""
        names = Counter(config.title for config in self.configs)
        return {
            config.key: config.title
            if names[config.title] == 1
            else f"{config.title} ({config.id})"
            for config in self.configs
        }


@dataclass(frozen=True)
class Step:
    """One step for a configuration of a device.

    Attributes:
        verb: What is done: EXCLUDE, PUSH or REINSTALL.
        config: The configuration as the device lists it, or else as the list of all has it.
    """

    verb: str
    config: Config


@dataclass(frozen=True)
class Stuck:
    """A configuration that is stuck on a device.

    Attributes:
        device: The device.
        title: The words for the configuration in results.
        config: The configuration as the device lists it.
    """

    device: Device
    title: str
    config: Config

    def as_dict(self) -> dict[str, Any]:
        """Return it for results."""
        return {
            **self.device.identity,
            "config": self.title,
            "config_id": self.config.id,
            "kind": self.config.kind,
            "status": self.config.status,
        }


# The option of modules that names configurations.
OPTION = "configs"


@dataclass(frozen=True)
class Wanted:
    """What an author names.

    Attributes:
        names: Names or ids of configurations.
        kind: Their kind.
        state: The state that they are to have.
        by_id: Whether a whole number is taken for an id if there is no list of all.
        where: The option that names them, for messages.
    """

    names: Sequence[str]
    kind: str
    state: str
    by_id: bool
    where: str = OPTION


def find_configs(
    wanted: Wanted, seen: Iterable[Config], listed: Callable[[], Sequence[Config] | None]
) -> tuple[tuple[Config, ...], tuple[str, ...]]:
    """Find the configurations that an author names.

    If there is no list of all, a name that no device has counts as excluded. That gives a warning,
    because the name may be misspelt.

    Args:
        wanted: What the author names.
        seen: The configurations of the devices.
        listed: Reads the list of all, or returns None if there is none. It is called only when a
            name is not among those of the devices.

    Returns:
        The configurations, and warnings.

    Raises:
        OptionError: With a sentence for each name that fits no configuration, or several.
    """
    seen = tuple(seen)
    known = _distinct(config for config in seen if config.kind == wanted.kind)
    left = [name for name in wanted.names if not _is_known(name, known)]
    others = listed() if left else ()
    if others is not None:
        return _find_listed(wanted, [*seen, *others]), ()
    unlisted = {name: _not_listed(name, seen, wanted.kind, wanted.where) for name in left}
    if wanted.state == ABSENT:
        return _find_to_exclude(wanted, known, unlisted)
    return _find_to_install(wanted, known, unlisted), ()


def _find_listed(wanted: Wanted, listed: Sequence[Config]) -> tuple[Config, ...]:
    """Return the configurations that are named, of a list of all.

    Raises:
        OptionError: With a sentence for each name that fits none, or several.
    """
    known = _distinct(config for config in listed if config.kind == wanted.kind)
    names, problems = [], []
    for name in wanted.names:
        is_known = _is_known(name, known)
        hint = "" if is_known else _other_kind(name, listed, wanted.kind, wanted.where)
        if hint:
            problems.append(f"{wanted.where}: there is no {wanted.kind} {name!r}{hint}.")
        else:
            names.append(name)
    return _picked(names, known, wanted, problems)


def _find_to_exclude(
    wanted: Wanted, known: Sequence[Config], unlisted: Mapping[str, str]
) -> tuple[tuple[Config, ...], tuple[str, ...]]:
    """Return the known configurations, and a warning for each name that no device has."""
    warnings = tuple(
        f"{reason} It counts as excluded; if that is wrong, correct the name."
        for reason in unlisted.values()
    )
    names = [name for name in wanted.names if name not in unlisted]
    return _picked(names, known, wanted, ()), warnings


def _find_to_install(
    wanted: Wanted, known: Sequence[Config], unlisted: Mapping[str, str]
) -> tuple[Config, ...]:
    """Return the known configurations, and those that are named by an id.

    Raises:
        OptionError: With a sentence for each other name.
    """
    ids = [name for name in unlisted if wanted.by_id and _is_id(name)]
    by_id = [Config(name.strip(), "", wanted.kind) for name in ids]
    problems = [
        f"{reason} Nothing was done; correct the name, which is case-sensitive, or give the id."
        for name, reason in unlisted.items()
        if name not in ids
    ]
    names = [name for name in wanted.names if name not in unlisted or name in ids]
    return _picked(names, _distinct([*known, *by_id]), wanted, problems)


def _picked(
    names: Iterable[str], known: Sequence[Config], wanted: Wanted, problems: Iterable[str]
) -> tuple[Config, ...]:
    """Return the configuration of each name, each once.

    Raises:
        OptionError: With the problems so far, and those of the names.
    """
    problems = list(problems)
    found: dict[tuple[str, str], Config] = {}
    for name in names:
        try:
            config = pick(name, known, wanted.where, wanted.kind)
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
) -> Plan:
    """Plan the goal for many devices.

    Args:
        goal: What is wanted.
        have: What each device lists.
        cannot_push: Why a configuration that is not on a device cannot be put there, or "".
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
    return Plan(tuple(changes), tuple(unchanged), tuple(impossible))


def find_stuck(
    goal: ConfigGoal, have: Iterable[tuple[Device, Sequence[Config]]]
) -> tuple[Stuck, ...]:
    """Return the wanted configurations that are stuck on devices, and stay so."""
    if goal.reinstall or goal.state != PRESENT:
        return ()
    titles = goal.titles
    found = []
    for device, configs in have:
        own = {config.key: config for config in configs if config.condition == STUCK}
        found += [Stuck(device, titles[key], own[key]) for key in titles if key in own]
    return tuple(found)


def _change(
    goal: ConfigGoal, device: Device, own: Mapping[tuple[str, str], Config], steps: Sequence[Step]
) -> Change[Device]:
    """Return the change of a device.

    Args:
        goal: What is wanted.
        device: The device.
        own: The configurations that the device lists.
        steps: What is to be done.
    """
    titles = goal.titles
    keys = [step.config.key for step in steps]
    before = {titles[key]: own[key].status if key in own else None for key in keys}
    after = {titles[step.config.key]: AFTER[step.verb] for step in steps}
    excludes = any(step.verb == EXCLUDE for step in steps)
    harm = harm_of("device_config", "excludes" if excludes else "installs")
    return Change(device, before, after, steps, harm=harm)


def _obstacle(goal: ConfigGoal, steps: Iterable[Step], cannot_push: str) -> str:
    """Return why the steps cannot be taken, or ""."""
    missing = [goal.titles[step.config.key] for step in steps if step.verb == PUSH]
    if not cannot_push or not missing:
        return ""
    return f"{', '.join(map(repr, missing))} is not on the device; {cannot_push}"


def not_seen(steps: Iterable[Step], now: Iterable[Config]) -> list[tuple[Step, str]]:
    """Return the steps that a device does not show as taken, each with a sentence.

    Args:
        steps: The steps that were sent.
        now: What the device lists now.
    """
    listed = {config.key: config for config in now}
    found = []
    for step in steps:
        config = listed.get(step.config.key)
        if _is_seen(step, Config(step.config.id, "") if config is None else config):
            continue
        name = repr(step.config.title)
        if config is None:
            sentence = (
                f"{name} is not on the device afterwards: distribute it to the device, or look "
                "again later"
            )
        else:
            sentence = f"{name} is {config.status or 'without a status'} afterwards"
        if step.verb == REINSTALL:
            sentence = f"{sentence}, which does not show that it was pushed again"
        found.append((step, sentence))
    return found


def _is_seen(step: Step, now: Config) -> bool:
    """Return whether a configuration shows that a step was taken, which does not prove that it will
    succeed."""
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
    """Return the sentence that names what is stuck, or ""."""
    if not stuck:
        return ""
    named = ", ".join(
        f"{one.title!r} is {one.config.status or 'without a status'} on {one.device.title}"
        for one in stuck[:NAMED]
    )
    more = f", and {len(stuck) - NAMED} more, see stuck in the result" if len(stuck) > NAMED else ""
    remedy = "Set reinstall=true of ivanti.uem.device_config to push it again."
    return f"Stuck, and left as it is: {named}{more}. {remedy}"


def chosen(
    wanted: Sequence[str] | None, configs: Iterable[Config], kind: str | None = None
) -> tuple[Config, ...]:
    """Return the configurations of a device that are wanted.

    Args:
        wanted: Names or ids, or None for all.
        configs: The configurations of the device.
        kind: The wanted kind, or None for any.
    """
    return tuple(
        config
        for config in configs
        if kind in (None, config.kind)
        and (wanted is None or any(_fits(name, config) for name in wanted))
    )


def name_warnings(
    wanted: Sequence[str],
    seen: Iterable[Config],
    listed: Callable[[], Sequence[Config] | None],
    kind: str | None = None,
) -> tuple[str, ...]:
    """Return a warning for each name that no device has, if there is no list of all.

    Args:
        wanted: Names or ids.
        seen: The configurations of the devices.
        listed: See ``find_configs``.
        kind: The wanted kind, or None for any.

    Raises:
        OptionError: The list of all does not have a name.
    """
    seen = tuple(seen)
    left = [name for name in wanted if not _is_known(name, chosen(None, seen, kind))]
    others = listed() if left else ()
    if others is None:
        hint = "If that is not as expected, correct the name."
        known = kind or CONFIGURATION
        return tuple(f"{_not_listed(name, seen, known, OPTION)} {hint}" for name in left)
    others = chosen(None, others, kind)
    absent = [name for name in left if not _is_known(name, others)]
    names = {config.name for config in (*seen, *others)}
    if absent:
        names_absent = ", ".join(f"{name!r}{nearest(name, names)}" for name in absent)
        raise OptionError(
            f"{OPTION}: there is no {names_absent}. Correct the name, which is case-sensitive, or "
            "give the id."
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
    return plain(config.name) == plain(wanted) or config.id == wanted.strip()


def _is_known(wanted: str, known: Iterable[Config]) -> bool:
    return any(_fits(wanted, config) for config in known)


def _is_id(text: str) -> bool:
    return text.strip().isascii() and text.strip().isdigit()


def _not_listed(wanted: str, seen: Sequence[Config], kind: str, where: str) -> str:
    """Return the sentence about a name that no device has, if there is no list of all.

    It mentions a configuration of another kind with this name.
    """
    near = nearest(wanted, {config.name for config in seen if config.kind == kind})
    return (
        f"{where}: none of these devices has a {kind} {wanted!r}{near}"
        f"{_other_kind(wanted, seen, kind, where)}, and a list of all others cannot be read."
    )


def _other_kind(wanted: str, configs: Iterable[Config], kind: str, where: str) -> str:
    """Return a hint at a configuration of another kind that has a name, or ""."""
    other = next(
        (config.kind for config in configs if config.kind != kind and _fits(wanted, config)), ""
    )
    remedy = f"so set kind={other}" if where == OPTION else "which cannot be declared"
    return f"; there is a {other} of that name, {remedy}" if other else ""
