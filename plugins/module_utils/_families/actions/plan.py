# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planner for actions: devices and an action in, who takes it, who has it already and who cannot
take it out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic

from ..._core.device import Device
from ..._core.plan import Change, Of_co
from .model import Action


@dataclass(frozen=True)
class ActionWrite:
    """What is to be sent: an action with its parameters, hashable, so that equal ones share
    calls."""

    action: str
    parameters: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class ActionPlan(Generic[Of_co]):
    """Who takes an action. ``ineligible`` and ``protected``: subjects that do not, each with the
    reason."""

    changes: tuple[Change[Of_co], ...] = ()
    unchanged: tuple[Of_co, ...] = ()
    ineligible: tuple[tuple[Of_co, str], ...] = ()
    protected: tuple[tuple[Of_co, str], ...] = field(default=())

    @property
    def devices(self) -> tuple[Of_co, ...]:
        """The subjects that it would be sent to."""
        return tuple(change.subject for change in self.changes)


def plan_action(
    action: Action,
    product: str,
    devices: Iterable[Device],
    parameters: Mapping[str, Any],
    protected: Mapping[str, str],
) -> ActionPlan[Device]:
    """Plan an action. ``protected``: by device id the reason why no run may touch it."""
    call = action.calls[product]
    write = ActionWrite(action.name, tuple(sorted(parameters.items())))
    changes, unchanged, ineligible, kept = [], [], [], []
    for device in devices:
        if is_done(action, device, parameters):
            unchanged.append(device)
        elif device.id in protected:
            kept.append((device, protected[device.id]))
        elif call.platforms and device.platform not in call.platforms:
            here = device.platform or "a device of an unknown platform"
            ineligible.append(
                (
                    device,
                    (
                        f"{action.name} is for {' and '.join(sorted(call.platforms))} alone, not "
                        f"for {here}"
                    ),
                )
            )
        elif device.state in call.never_in:
            ineligible.append(
                (device, f"a device in the state {device.state} cannot take {action.name}")
            )
        else:
            changes.append(
                Change(
                    device, {"state": shown_state(device)}, {"state": after(action, device)}, write
                )
            )
    return ActionPlan(tuple(changes), tuple(unchanged), tuple(ineligible), tuple(kept))


def without(plan: ActionPlan[Of_co], reasons: Mapping[str, str]) -> ActionPlan[Of_co]:
    """A plan without the subjects that the server says cannot take the action; by id its reason for
    each."""
    changes = tuple(change for change in plan.changes if change.subject.id not in reasons)
    more = tuple(
        (change.subject, reasons[change.subject.id])
        for change in plan.changes
        if change.subject.id in reasons
    )
    return ActionPlan(changes, plan.unchanged, plan.ineligible + more, plan.protected)


def is_done(action: Action, device: Device, parameters: Mapping[str, Any]) -> bool:
    """Whether an action is done on a device, or on its way, as far as that can be seen."""
    if action.mode:
        return (action.mode in device.modes) != action.leaves
    if action.by_version:
        return bool(device.os_version) and _version(device.os_version) >= _version(
            parameters.get("version")
        )
    return device.state in action.done


def _version(text: Any) -> tuple[int, ...]:
    """A version as numbers, so that 17.10 is newer than 17.9, and 17.4 is 17.4.0."""
    numbers = [int(part) for part in re.findall(r"[0-9]+", str(text))]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def is_settled(action: Action, device: Device | None, parameters: Mapping[str, Any]) -> bool:
    """Whether an action has come to its end on a device; None: the device is no longer there."""
    if device is None:
        return action.gone
    if action.settles:
        return device.state in action.settles
    return not action.gone and is_done(action, device, parameters)


def shown_state(device: Device) -> str:
    """The state of a device with its modes, for results and diffs."""
    return ", ".join((device.state or "unknown", *sorted(device.modes)))


def after(action: Action, device: Device) -> str:
    """What a device is, once an action is done, for results and diffs."""
    if action.gone:
        return "deleted"
    if action.settles:
        return ", ".join(sorted(action.settles))
    if action.mode:
        modes = device.modes - {action.mode} if action.leaves else device.modes | {action.mode}
        return ", ".join((device.state or "unknown", *sorted(modes)))
    return f"{shown_state(device)} ({action.name} sent)"
