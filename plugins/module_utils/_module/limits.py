# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limits of a task: the author's, the house limits, and what may be taken away by default."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .._core.errors import OptionError
from .._core.harm import DEFAULT_DEVICES, taken_refusal
from .._core.plan import HOUSE_NAMES, LIMIT, Limits, Plan
from .._core.view import View

# Counts the devices of which limits are a percentage.
Fleet = Callable[[], int]

# Values of the variables, and in words what they are.
_FORMS = (
    (re.compile(r"[0-9]{1,9}"), "a whole number"),
    (re.compile(r"[0-9]{1,3}(\.[0-9]{1,9})?"), "a number"),
)


def house_limits() -> Limits:
    """The limits that the environment sets for every task. An empty variable is not set.

    Raises:
        OptionError: A variable is not a limit.
    """
    found = []
    for name, (form, words) in zip(HOUSE_NAMES, _FORMS, strict=True):
        text = os.environ.get(name, "").strip()
        if text and not form.fullmatch(text):
            raise OptionError(
                f"{name}: {text!r} is not {words}; set the environment variable to 0 or more, or "
                "leave it empty."
            )
        found.append(text)
    devices, percent = found
    return Limits(
        int(devices) if devices else None, float(percent) if percent else None, house=True
    )


def require_limits(params: Mapping[str, Any]) -> None:
    """Raise OptionError where an option or a variable is not a limit."""
    Limits.of(params)
    house_limits()


def fitting(limits: Limits, *, of_fleet: bool) -> Limits:
    """Limits without the percentage where the subjects are not devices of the fleet. But 0 % of
    anything is nothing."""
    if of_fleet or not limits.max_percent:
        return limits
    return replace(limits, max_percent=None)


def permits(confirm: str | None, view: View) -> bool:
    """Whether what an author gives permits exactly this plan."""
    return bool(view.confirm) and confirm is not None and confirm.strip() == view.confirm


def limited(view: View, fleet: Fleet | None, confirm: str | None) -> Plan:
    """The plan, refused where it exceeds a limit. The fleet is only counted where that matters.

    Args:
        view: the plan, with the limits.
        fleet: counts the fleet, where the subjects are a part of it.
        confirm: what the author gives to permit a plan, this one or another.
    """
    plan, limits, noun = view.plan, (view.limits, view.house), view.noun
    if plan.reaches_devices or not plan.changes:
        noun = view.counts or noun
    # Whoever sets a limit, or looks at the plan and confirms it, has decided about it.
    decided = permits(confirm, view) or view.limits.given or plan.taken <= DEFAULT_DEVICES
    needed = (not decided and not plan.refusals) or any(one.need_fleet for one in limits)
    if needed and plan.fleet is None and plan.changes and fleet is not None:
        plan = plan.of_fleet(fleet())
    for one in limits:
        plan = plan.refusing(one.refusals(changes=plan.devices, fleet=plan.fleet, noun=noun), LIMIT)
    if decided or plan.refusals:
        return plan
    refusal = taken_refusal(plan.taken, plan.fleet or 0, view.confirm, noun)
    other = (
        f" The confirm that is given, {confirm!r}, permits another plan."
        if (confirm or "").strip()
        else ""
    )
    return plan.refusing([refusal + other] if refusal else [], LIMIT)
