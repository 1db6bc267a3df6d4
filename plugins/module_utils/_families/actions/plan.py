# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planner for actions. Pure.

It decides which devices take an action, have it already, and cannot take it.
"""

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
    """What is to be sent: an action with its parameters.

    It can be hashed, so that changes with equal writes share a call.
    """

    action: str
    parameters: tuple[tuple[str, Any], ...] = ()


def plan_action(
    action: Action,
    call: Call,
    devices: Iterable[Device],
    parameters: Mapping[str, Any],
    protected: Mapping[str, str],
    *,
    resend: bool = False,
) -> Plan:
    """Plan an action.

    Args:
        action: The action.
        call: How the product does it.
        devices: The devices that are selected.
        parameters: The parameters of the action, checked.
        protected: For the id of each device that no run may touch, the reason.
        resend: Whether parameters that no device shows are sent to those that show the action.
    """
    write = ActionWrite(action.name, tuple(sorted(parameters.items())))
    changes, unchanged, left = [], [], []
    for device in devices:
        done = is_done(action, device, parameters)
        if done and not (resend and action.renewable):
            unchanged.append(device)
        elif device.id in protected:
            left.append(LeftAlone(device, PROTECTED, protected[device.id]))
        elif reason := _ineligible_reason(action, call, device):
            left.append(LeftAlone(device, INELIGIBLE, reason))
        else:
            now = _sent(action, device) if done else after(action, device)
            changes.append(_change(action, device, write, now))
    plan = Plan(tuple(changes), tuple(unchanged), tuple(left))
    return plan.warning(_unseen(action) if action.hidden and changes else "")


def _change(action: Action, device: Device, write: ActionWrite, now: str) -> Change[Device]:
    return Change(
        device,
        {"state": shown_state(device)},
        {"state": now},
        write,
        certain=not action.hidden,
        harm=action.harm,
        answered=action.hidden,
    )


def _unseen(action: Action) -> str:
    return (
        f"Nothing shows beforehand whether there is something that {action.name} ends: the server says "
        "it when it is sent, and the outcome is failed where there is nothing."
    )


def _ineligible_reason(action: Action, call: Call, device: Device) -> str:
    """Return why the call is not for a device, if that can be seen, or ""."""
    if call.platforms and device.platform not in call.platforms:
        platforms = " and ".join(sorted(call.platforms))
        here = device.platform or "a device of an unknown platform"
        return f"{action.name} is only for {platforms}, not for {here}"
    if device.platform in call.not_on:
        return f"{action.name} does nothing on {device.platform}"
    lacking = sorted(call.needs & device.lacks)
    if lacking:
        return f"{action.name} needs a device that is {lacking[0]}, which this one is not"
    if device.state in call.never_in:
        return f"a device in the state {device.state} cannot carry out {action.name}"
    return ""


def is_done(action: Action, device: Device, parameters: Mapping[str, Any]) -> bool:
    """Return whether a device shows that an action is done or in progress."""
    if action.mode:
        return (action.mode in device.modes) != action.leaves
    if action.by_version:
        return bool(device.os_version) and _version(device.os_version) >= _version(
            parameters.get("version")
        )
    return device.state in action.done


def _version(text: Any) -> tuple[int, ...]:
    """Return a version as numbers, so that 17.10 is newer than 17.9, and 17.4 equals 17.4.0."""
    numbers = [int(part) for part in re.findall(r"[0-9]{1,18}", str(text))]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def is_settled(action: Action, device: Device | None, parameters: Mapping[str, Any]) -> bool:
    """Return whether an action has ended on a device.

    Args:
        action: The action.
        device: The device as it is now, or None if it no longer exists.
        parameters: The parameters of the action.
    """
    if device is None:
        return action.deletes
    if action.settles:
        return device.state in action.settles
    return not action.deletes and is_done(action, device, parameters)


def shown_state(device: Device) -> str:
    """Return the state of a device with its modes, for results and diffs."""
    return ", ".join((device.state or "unknown", *sorted(device.modes)))


def after(action: Action, device: Device) -> str:
    """Return the state of a device after an action, for results and diffs."""
    if action.deletes:
        return "deleted"
    if action.settles:
        return ", ".join(sorted(action.settles))
    if action.mode:
        modes = device.modes - {action.mode} if action.leaves else device.modes | {action.mode}
        return ", ".join((device.state or "unknown", *sorted(modes)))
    return _sent(action, device)


def _sent(action: Action, device: Device) -> str:
    return f"{shown_state(device)} ({action.name} sent)"
