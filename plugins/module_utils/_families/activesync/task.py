# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ActiveSync devices: find those that a task is about, and bring them to a state, behind a guard
where that is wiping."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from ..._core.device import DeviceRef, parse_ref
from ..._core.errors import OptionError, RefusedError
from ..._core.plan import Limits, Plan
from ..._core.selection import Selection
from ..._module.action_result import acted, carry_out, require_eligible
from ..._module.choice import listing
from ..._module.executor import execute
from ..._module.guard.guard import Guard, given_protected, require_times
from ..._module.guard.rules import confirmation, server_name
from ..._module.query import compile_query
from ..._module.reconcile import PartlyFailedError
from ..._module.results import failure_message
from ..._products.protocol import ActiveSync
from ..actions.plan import ActionPlan, without
from .model import (
    NOUN,
    WIPE,
    WIPED,
    EasDevice,
    EasFilter,
    in_order,
    is_whole,
    parse_filter,
    parse_names,
    plan_activesync,
    protected_by,
    unknown_names,
)


@dataclass(frozen=True)
class EasChoice:
    """The ActiveSync devices that the options choose, before the server is asked.

    ``refs``: registered devices that ``select`` names, or None. ``text`` tells an author of
    ``select``.
    """

    wanted: EasFilter
    refs: tuple[DeviceRef, ...] | None = None
    search: Callable[[Any], Any] | None = None
    on_missing: str = "fail"
    text: str = ""


@dataclass(frozen=True)
class EasFound:
    """What was chosen, in order, what was named and is none, and all that the server has."""

    devices: tuple[EasDevice, ...]
    missing: tuple[DeviceRef, ...]
    every: tuple[EasDevice, ...]


def parse_eas_choice(params: dict[str, Any], *, everything: bool = False) -> EasChoice:
    """Read the options. Raises OptionError, before any request, for what makes no sense.

    ``everything``: without them every ActiveSync device is meant. Otherwise that is an OptionError,
    for an option whose template gave null counts as given for Ansible.
    """
    uuids, select = params["activesync_devices"], params["select"]
    if uuids is None and select is None:
        if not everything:
            raise OptionError(
                "activesync_devices and select: both are null, which would choose all of them; "
                "name some, or select them."
            )
        return EasChoice(EasFilter({}), on_missing=params["on_missing"])
    if select is None:
        if not uuids:
            raise OptionError("activesync_devices: is empty; name at least one, or use select.")
        return EasChoice(
            EasFilter({"uuid": parse_names(uuids, "activesync_devices")}),
            on_missing=params["on_missing"],
        )
    options = {name: value for name, value in select.items() if value is not None}
    if not options:
        raise OptionError("select: is empty; give at least one of its keys.")
    expression = options.get("query")
    wanted = parse_filter(options, _moment(options.get("last_sync_before")))
    refs = [
        parse_ref(raw, f"select.devices[{number}]")
        for number, raw in enumerate(options.get("devices") or ())
    ]
    return EasChoice(
        wanted=wanted,
        refs=tuple(dict.fromkeys(refs)) if refs else None,
        search=None if expression is None else compile_query(expression, "select.query"),
        on_missing=params["on_missing"],
        text=", ".join(f"{name}={value}" for name, value in options.items()),
    )


def find_eas(choice: EasChoice, client: ActiveSync) -> EasFound:
    """The ActiveSync devices of a choice. Raises OptionError for names of none, all of them named,
    and for a selection that matches none, unless ``on_missing`` is ``skip``."""
    skip = choice.on_missing == "skip"
    wanted = choice.wanted
    strangers: tuple[DeviceRef, ...] = ()
    if choice.refs is not None:
        uuids, strangers = _registered(choice.refs, client, skip=skip)
        wanted = replace(wanted, names={**wanted.names, "device": uuids})
    every = client.activesync_devices()
    devices = in_order(wanted.pick(every, time.time()))
    if choice.search is not None:
        devices = _searched(choice.search, devices)
    missing = (*strangers, *unknown_names(wanted.refs, every))
    if missing and not skip:
        raise OptionError(
            f"No ActiveSync device is there for these, nothing was done: {listing(missing)}. "
            "Correct or remove them, or set on_missing=skip to go on without them."
        )
    if choice.text and not devices and not skip:
        raise OptionError(
            f"select: no ActiveSync device matches {choice.text}; nothing was done. Widen it, or "
            "set on_missing=skip where an empty selection is fine."
        )
    return EasFound(devices, missing, every)


def bring(params: dict[str, Any], client: ActiveSync, check_mode: bool) -> dict[str, Any]:
    """The task of activesync_device."""
    state, limits = params["state"], Limits(params["max_devices"], params["max_percent"])
    choice = parse_eas_choice(params)
    given_protected(params)
    require_times(params, {"guard_window": 1})
    if state == WIPED and choice.refs is None and not choice.wanted.narrows:
        raise OptionError(
            "select: a query alone reads all of them, which wiping does not; narrow it by another "
            "key as well."
        )
    found = find_eas(choice, client)
    guard = _guard(params, client, limits, len(found.every)) if state == WIPED else None
    plan = _planned(params, found, client, guard)
    code = (
        confirmation(WIPE, server_name(client.transport.settings.url), plan.devices, {}, ())
        if state == WIPED
        else ""
    )
    shown: dict[str, Any] = {"confirm": code} if code else {}
    cannot = f"cannot take state={state}"
    require_eligible(
        plan,
        params["on_ineligible"],
        lambda: acted([], plan, found.missing, client, **shown),
        cannot,
        NOUN,
    )
    if guard is None:
        refusals = limits.refusals(changes=len(plan.changes), fleet=len(found.every), noun=NOUN)
        Plan(refusals=refusals).require_permission()
    send = client.set_activesync if guard is None else guard.noting(client.set_activesync)
    concurrency = client.transport.settings.concurrency if guard is None else 1
    batches = client.activesync_batches(plan.changes)
    outcomes = carry_out(
        plan,
        lambda: execute(batches, send, concurrency=concurrency),
        guard,
        code,
        check_mode=check_mode,
    )
    by_subject = {outcome.change.subject.id: outcome for outcome in outcomes}
    outcomes = [by_subject[change.subject.id] for change in plan.changes]
    result = acted(outcomes, plan, found.missing, client, **shown)
    message = failure_message(outcomes, NOUN)
    if message:
        raise PartlyFailedError(message, result)
    return result


def _planned(
    params: dict[str, Any], found: EasFound, client: ActiveSync, guard: Guard | None
) -> ActionPlan[EasDevice]:
    """The plan. Raises RefusedError for wiping all that there are, or more than is allowed, whether
    each can be wiped or not: that costs a request for each."""
    if guard is not None and is_whole(found.devices, found.every):
        raise RefusedError(
            f"Refused: the selection is all {NOUN} of the server that are not wiped yet; nothing "
            "was sent. Select fewer."
        )
    protected = protected_by(given_protected(params), found.every)
    plan = plan_activesync(
        found.devices, params["state"], protected, include_wiped=params["include_wiped"]
    )
    if guard is not None:
        # A wipe is listed when the device has carried it out, which may take days.
        plan = without(plan, guard.taken())
        guard.foresee(plan.changes)
    return without(plan, client.activesync_unable(plan.changes))


def _guard(params: dict[str, Any], client: ActiveSync, limits: Limits, fleet: int) -> Guard:
    def again(_planned: Sequence[EasDevice]) -> Sequence[EasDevice]:
        return client.activesync_devices()

    return Guard(
        WIPE, params, client, limits, fleet, again=again, noun=NOUN, called=f"state={WIPED}"
    )


def _registered(
    refs: Sequence[DeviceRef], client: ActiveSync, *, skip: bool
) -> tuple[tuple[str, ...], tuple[DeviceRef, ...]]:
    """The uuids of registered devices, and the names of none. An ActiveSync device may outlive its
    registration, so that with ``skip`` a uuid counts although no device has it."""
    found = client.find(Selection(names=tuple(refs)), keep_rows=False)
    if found.missing and not skip:
        raise OptionError(
            f"select.devices: unknown devices, nothing was done: {listing(found.missing)}. Correct "
            "or remove them, or set on_missing=skip, with which a uuid counts although no device "
            "has it any more."
        )
    gone = tuple(ref.value for ref in found.missing if ref.kind == "guid")
    strangers = tuple(ref for ref in found.missing if ref.kind != "guid")
    return (*(device.guid for device in found.devices), *gone), strangers


def _searched(search: Callable[[Any], Any], devices: Sequence[EasDevice]) -> tuple[EasDevice, ...]:
    """Those whose rows a query keeps. Raises OptionError when it answers no rows."""
    kept = search([device.row for device in devices])
    if not isinstance(kept, list) or not all(
        isinstance(row, dict) and "uuid" in row for row in kept
    ):
        raise OptionError(
            "select.query: must answer a list of rows, such as [?registered]; it answered "
            "something else."
        )
    ids = {str(row["uuid"]).lower() for row in kept}
    return tuple(device for device in devices if device.id in ids)


def _moment(raw: str | None) -> float | None:
    """Seconds since 1970 of the option ``last_sync_before``. Raises OptionError for what is no
    point in time."""
    if raw is None:
        return None
    try:
        moment = datetime.fromisoformat(raw.strip().replace("Z", "+00:00"))
    except ValueError:
        raise OptionError(
            f"select.last_sync_before: {raw!r} is no point in time; write it like 2026-01-31 or "
            "2026-01-31T12:00:00Z."
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
