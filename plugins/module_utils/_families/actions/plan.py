# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planner for actions: devices and an action in, who takes it, who has it already and who cannot
take it out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device
from ..._core.plan import INELIGIBLE, PROTECTED, Change, LeftAlone, Plan
from .model import Action, Call


@dataclass(frozen=True)
class ActionWrite:
    """What is to be sent: an action with its parameters, hashable, so that equal ones share
    calls."""

    action: str
    parameters: tuple[tuple[str, Any], ...] = ()


def plan_action(
    action: Action,
    call: Call,
    devices: Iterable[Device],
    parameters: Mapping[str, Any],
    protected: Mapping[str, str],
) -> Plan:
    """Plan an action.

    Args:
        action: what is to be done.
        call: how the product does it.
        devices: those that are selected.
        parameters: of the action, checked.
        protected: by device id the reason why no run may touch it.
    """
    write = ActionWrite(action.name, tuple(sorted(parameters.items())))
    changes, unchanged, left = [], [], []
    for device in devices:
        if is_done(action, device, parameters):
            unchanged.append(device)
        elif device.id in protected:
            left.append(LeftAlone(device, PROTECTED, protected[device.id]))
        elif reason := _unfit(action, call, device):
            left.append(LeftAlone(device, INELIGIBLE, reason))
        else:
            before, now = {"state": shown_state(device)}, {"state": after(action, device)}
            changes.append(Change(device, before, now, write))
    return Plan(tuple(changes), tuple(unchanged), tuple(left))


def _unfit(action: Action, call: Call, device: Device) -> str:
    """Why the call is not for a device, as far as that can be seen, or ""."""
    if call.platforms and device.platform not in call.platforms:
        platforms = " and ".join(sorted(call.platforms))
        here = device.platform or "a device of an unknown platform"
        return f"{action.name} is for {platforms} alone, not for {here}"
    if device.state in call.never_in:
        return f"a device in the state {device.state} cannot take {action.name}"
    return ""


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
