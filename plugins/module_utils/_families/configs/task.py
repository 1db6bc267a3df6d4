# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reconcile configurations of devices, and read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.confirmation import Deed
from ..._core.device import Device
from ..._core.errors import NotFoundError, OptionError
from ..._core.names import parse_names
from ..._core.plan import IMPOSSIBLE, Change, LeftAlone, Limits, Plan
from ..._core.selection import Found
from ..._module.choice import Choice, parse_choice
from ..._module.pipeline import apply, shows_plan
from ..._module.reading import left_out, parse_query, read_each, read_result
from ..._module.results import Shape
from ..._module.run import Result, Run
from .calls import Configs
from .model import (
    ABSENT,
    STUCK,
    Config,
    ConfigGoal,
    Stuck,
    Wanted,
    chosen,
    find_configs,
    find_stuck,
    name_warnings,
    plan_configs,
    stuck_sentence,
)

# A device with the configurations that it lists.
Reading = tuple[Device, tuple[Config, ...]]


@dataclass(frozen=True)
class Order:
    """What the options want: configurations in a state, on the devices of a choice."""

    wanted: Wanted
    reinstall: bool
    choice: Choice
    limits: Limits


def read_order(run: Run[Configs]) -> Order:
    """Read the options before any request.

    Raises:
        OptionError: An option makes no sense, or the product cannot do it.
    """
    params, calls = run.params, run.calls
    names = _names(params["configs"] or None)
    if names is None:
        raise OptionError("configs: is empty; name at least one configuration.")
    _require_known(run, {"state": calls.states, "kind": calls.kinds})
    if params["reinstall"] and params["state"] == ABSENT:
        raise OptionError("reinstall: needs state=installed; remove one of the two.")
    wanted = Wanted(names, params["kind"], params["state"], by_id=not calls.cannot_push)
    return Order(wanted, bool(params["reinstall"]), parse_choice(params), Limits.of(params))


@shows_plan
def reconcile_configs(run: Run[Configs]) -> Result:
    """Run device_config."""
    order = read_order(run)
    found = order.choice.find(run.client, count_fleet=order.limits.need_fleet)
    plan, stuck = _planned(order, found, run)
    stuck_rows = [one.as_dict() for one in stuck]
    shape = Shape(deed=Deed("device_config"), extra={"stuck": stuck_rows})
    plan = plan.of_fleet(found.fleet).skipping(found.missing)
    return apply(plan, run.calls, run, shape=shape)


def read_configs(run: Run[Configs]) -> Result:
    """Run device_config_info."""
    params = run.params
    search = parse_query(params)
    names, kind = _names(params["configs"]), params["kind"]
    if kind is not None:
        _require_known(run, {"kind": run.calls.kinds})
    found = parse_choice(params).find(run.client)
    have, vanished = _read(found.devices, run)
    seen = [config for _device, own in have for config in own]
    warnings = (
        name_warnings(names, seen, lambda: run.calls.known(found.devices), kind)
        if names and have
        else ()
    )
    selected = [(device, chosen(names, own, kind)) for device, own in have]
    rows = [
        {**device.identity, "configs": [config.as_dict() for config in own]}
        for device, own in selected
    ]
    stuck = [
        Stuck(device, config.title, config).as_dict()
        for device, own in selected
        for config in own
        if config.condition == STUCK
    ]
    more = left_out(found, vanished)
    return read_result("devices", rows, run, search, stuck=stuck, warnings=list(warnings), **more)


def _require_known(run: Run[Configs], by_option: Mapping[str, Collection[str]]) -> None:
    """Check that the product knows the values of options.

    Args:
        run: The run of the module.
        by_option: For each option the values that it knows.

    Raises:
        OptionError: It does not know a value.
    """
    for option, known in by_option.items():
        if run.params[option] not in known:
            raise OptionError(
                f"{option}: {run.params[option]} is not supported by {run.client.product}, which "
                f"supports {', '.join(sorted(known))}; nothing was done."
            )


def _names(raw: Sequence[Any] | None) -> list[str] | None:
    """Read the option ``configs``.

    Spaces around a name do not count: servers have names with them, and nobody sees them.
    """
    names = parse_names(raw, "configs", "configuration")
    return None if names is None else [name.strip() for name in names]


def _read(
    devices: Sequence[Device], run: Run[Configs]
) -> tuple[list[Reading], list[tuple[Device, str]]]:
    """Read the configurations of devices.

    Equal configurations are one object: a fleet has many devices and few configurations.

    Returns:
        The devices with what they list, and those that vanished since they were found, with the
        server's message.

    Raises:
        NotFoundError: All devices have vanished, which is not believable.
    """
    known: dict[Config, Config] = {}

    def read(device: Device) -> tuple[Config, ...] | NotFoundError:
        try:
            configs = run.calls.configs_of(device)
        except NotFoundError as error:
            return error
        return tuple(known.setdefault(config, config) for config in configs)

    have: list[Reading] = []
    vanished: list[tuple[Device, NotFoundError]] = []
    for device, own in zip(devices, read_each(read, devices, run), strict=True):
        if isinstance(own, NotFoundError):
            vanished.append((device, own))
        else:
            have.append((device, own))
    if vanished and not have:
        raise vanished[0][1]
    return have, [(device, str(error)) for device, error in vanished]


def _planned(order: Order, found: Found, run: Run[Configs]) -> tuple[Plan, Sequence[Stuck]]:
    """Return the plan for the devices that were found, and what is stuck on them."""
    have, absent = _read(found.devices, run)
    wanted, cannot_push = order.wanted, run.calls.cannot_push
    goal = ConfigGoal((), wanted.state, order.reinstall)
    warnings: Sequence[str] = ()
    if have:
        seen = [config for _device, own in have for config in own]
        configs, warnings = find_configs(wanted, seen, lambda: run.calls.known(found.devices))
        goal = ConfigGoal(configs, wanted.state, order.reinstall)
    stuck = find_stuck(goal, have)
    plan = plan_configs(
        goal, have, cannot_push=cannot_push, limits=order.limits, fleet=found.fleet
    ).warning(*warnings, stuck_sentence(stuck))
    vanished = (
        LeftAlone(device, IMPOSSIBLE, error, Change(device, {}, {}, ())) for device, error in absent
    )
    return plan.leaving_alone(vanished), stuck
