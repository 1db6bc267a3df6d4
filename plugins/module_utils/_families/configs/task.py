# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bring configurations of devices to a desired state, and read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._core.device import Device, parse_refs
from ..._core.errors import NotFoundError, OptionError
from ..._core.names import parse_names
from ..._core.plan import Change, Limits, Outcome
from ..._core.selection import Found
from ..._module.choice import Choice, parse_choice
from ..._module.executor import execute
from ..._module.reading import answered, parse_query, read_each
from ..._module.reconcile import PartlyFailedError
from ..._module.reports import left_out
from ..._module.results import failure_message, reconciled
from ..._products.protocol import Configs
from .model import (
    ABSENT,
    STUCK,
    TOLD,
    Config,
    ConfigGoal,
    ConfigPlan,
    Stuck,
    chosen,
    find_configs,
    plan_configs,
    told_stuck,
    unknown,
)


@dataclass(frozen=True)
class Order:
    """What the options want: configurations, by name or id, in a state, on the devices of a
    choice."""

    names: Sequence[str]
    kind: str
    state: str
    reinstall: bool
    choice: Choice
    limits: Limits


def read_order(params: dict[str, Any], client: Configs) -> Order:
    """Read the options. Raises OptionError, before any request, for what makes no sense or the
    product cannot do."""
    names = _names(params["configs"] or None)
    if names is None:
        raise OptionError("configs: is empty; name at least one configuration.")
    _require_known(params, client, {"state": client.config_states, "kind": client.config_kinds})
    if params["reinstall"] and params["state"] == ABSENT:
        raise OptionError("reinstall: needs state=installed; remove one of the two.")
    choice = parse_choice(params, parse_refs(params["devices"]))
    limits = Limits(params["max_devices"], params["max_percent"])
    return Order(names, params["kind"], params["state"], bool(params["reinstall"]), choice, limits)


def bring_configs(params: dict[str, Any], client: Configs, check_mode: bool) -> dict[str, Any]:
    """The task of device_config."""
    order = read_order(params, client)
    found = order.choice.find(client, count_fleet=order.limits.max_percent is not None)
    planned, warnings = _planned(order, found, client)
    planned.plan.require_permission()
    batches = client.config_batches(planned.plan.changes)
    if check_mode:
        outcomes = [Outcome(change) for change in planned.plan.changes]
    else:
        outcomes = execute(
            batches, client.write_configs, concurrency=client.transport.settings.concurrency
        )
    # Those that the plan knows cannot be done come last, in a run and in its check mode alike.
    outcomes += planned.impossible
    transport = client.transport
    result = reconciled(
        outcomes,
        planned.plan.unchanged,
        found.missing,
        requests=transport.requests,
        writes=transport.writes,
    ) | {"stuck": [one.as_dict() for one in planned.stuck]}
    told = told_stuck(planned.stuck)
    result["warnings"] = [*warnings, told] if told else warnings
    message = (
        _foreseen(planned.impossible, len(outcomes)) if check_mode else failure_message(outcomes)
    )
    if message:
        raise PartlyFailedError(message, result)
    return result


def read_configs(params: dict[str, Any], client: Configs, check_mode: bool) -> dict[str, Any]:
    """The task of device_config_info."""
    search = parse_query(params)
    names, kind = _names(params["configs"]), params["kind"]
    if kind is not None:
        _require_known(params, client, {"kind": client.config_kinds})
    found = parse_choice(params, parse_refs(params["devices"])).find(client)
    have, gone = _read(found.devices, client)
    seen = [config for _device, own in have for config in own]
    warnings = (
        unknown(names, seen, lambda: client.known_configs(found.devices), kind)
        if names and have
        else ()
    )
    kept = [(device, chosen(names, own, kind)) for device, own in have]
    rows = [
        {**device.identity, "configs": [config.as_dict() for config in own]} for device, own in kept
    ]
    stuck = [
        Stuck(device, config.title, config).as_dict()
        for device, own in kept
        for config in own
        if config.condition == STUCK
    ]
    return answered(
        "devices",
        rows,
        client,
        search,
        stuck=stuck,
        warnings=list(warnings),
        **left_out(found, gone),
    )


def _require_known(
    params: dict[str, Any], client: Configs, by_option: Mapping[str, Collection[str]]
) -> None:
    """Raise OptionError for an option whose value the product does not know. ``by_option``: what it
    knows."""
    for option, known in by_option.items():
        if params[option] not in known:
            raise OptionError(
                f"{option}: {params[option]} is not supported by {client.product}, which knows "
                f"{', '.join(sorted(known))}; nothing was done."
            )


def _names(raw: Sequence[Any] | None) -> list[str] | None:
    """The option ``configs``. Servers have names with blanks around them, which nobody sees, and
    which do not count."""
    names = parse_names(raw, "configs", "configuration")
    return None if names is None else [name.strip() for name in names]


def _read(
    devices: Sequence[Device], client: Configs
) -> tuple[list[tuple[Device, tuple[Config, ...]]], list[tuple[Device, str]]]:
    """What each device lists, and the devices that vanished since they were found, with what the
    server says of each.

    Entries that are equal are one object: a fleet has many devices and few configurations. Raises
    NotFoundError where all have vanished, for that many do not.
    """
    known: dict[Config, Config] = {}

    def read(device: Device) -> tuple[Config, ...] | NotFoundError:
        try:
            return tuple(known.setdefault(config, config) for config in client.configs_of(device))
        except NotFoundError as error:
            return error

    each = list(zip(devices, read_each(read, devices, client), strict=True))
    have = [(device, own) for device, own in each if not isinstance(own, NotFoundError)]
    gone = [(device, error) for device, error in each if isinstance(error, NotFoundError)]
    if gone and not have:
        raise gone[0][1]
    return have, [(device, str(error)) for device, error in gone]


def _planned(order: Order, found: Found, client: Configs) -> tuple[ConfigPlan, list[str]]:
    """The plan for the devices that were found, and what is to be warned of."""
    have, gone = _read(found.devices, client)
    goal = ConfigGoal((), order.state, order.reinstall)
    warnings: list[str] = []
    if have:
        seen = [config for _device, own in have for config in own]
        configs, told = find_configs(
            order.names,
            seen,
            lambda: client.known_configs(found.devices),
            order.kind,
            state=order.state,
            by_id=not client.cannot_push_configs,
        )
        goal, warnings = ConfigGoal(configs, order.state, order.reinstall), list(told)
    plan = plan_configs(
        goal, have, cannot_push=client.cannot_push_configs, limits=order.limits, fleet=found.fleet
    )
    vanished = tuple(Outcome(Change(device, {}, {}, ()), error) for device, error in gone)
    return replace(plan, impossible=plan.impossible + vanished), warnings


def _foreseen(impossible: Sequence[Outcome], planned: int) -> str:
    """The sentence of a check that knows some devices to fail, or ""."""
    by_error: dict[str, list[str]] = {}
    for outcome in impossible[:TOLD]:
        by_error.setdefault(str(outcome.error), []).append(outcome.change.subject.title)
    told = [f"{', '.join(titles)}: {error}" for error, titles in by_error.items()]
    if len(impossible) > TOLD:
        told.append(f"… and {len(impossible) - TOLD} more, see devices in the result")
    return (
        f"{len(impossible)} of {planned} devices cannot be changed. {' | '.join(told)}."
        if impossible
        else ""
    )
