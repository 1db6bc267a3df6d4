# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Register devices: options go in, the result of the task comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TypeVar

from ..._core.confirmation import Deed
from ..._core.device import Device
from ..._core.errors import CredentialsError, OptionError, UemError
from ..._core.plan import UNKNOWN, Plan
from ..._module.pipeline import apply, apply_one, shows_plan
from ..._module.results import Shape
from ..._module.run import Result, Run
from ..._module.subjects import read_each
from ..reference.model import Country, Operator, operator_of, require_country
from ..users.model import SHORTEST_SEARCH, User
from .calls import Registrations
from .model import (
    Registered,
    Registration,
    completed,
    matching,
    parse_registration,
    parse_registrations,
    plan_registration,
    registered_device,
    require_distinct,
    require_person,
    unheeded,
)

Row = TypeVar("Row")
Made = TypeVar("Made")

# What a result has beside the device.
_BESIDE = ("passcode_ttl", "passcode", "registration_url")


_MANY = Shape(
    title="registrations", kinds=(UNKNOWN,), returned=True, deed=Deed("device_registration")
)


@shows_plan
def register_devices(run: Run[Registrations]) -> Result:
    """Run device_registration."""
    if run.params["registrations"] is None:
        return _register_one(run)
    wanted = parse_registrations(run.params)
    users = _users(wanted, run)
    completions = [partial(completed, one, users[one.user]) for one in wanted]
    ready = [_in_entry(number, one) for number, one in enumerate(completions)]
    # An address and a name may be those of one user.
    require_distinct(ready)
    devices = run.calls.registrations(*ready)
    lists = _Lists(run.calls)
    plans = []
    for number, (one, given) in enumerate(zip(ready, wanted, strict=True)):
        planned = partial(_planned, one, given, users[given.user], devices, lists)
        plans.append(_in_entry(number, planned))
    plan = Plan.joined(plans)
    # Several devices are those of one user.
    plan = replace(plan, warnings=tuple(dict.fromkeys(plan.warnings)))
    return apply(plan, run.calls, run, shape=_MANY)


def _register_one(run: Run[Registrations]) -> Result:
    given = parse_registration(run.params)
    user = run.calls.users.user(given.user)
    wanted = completed(given, user)
    devices = run.calls.registrations(wanted)
    plan = _planned(wanted, given, user, devices, _Lists(run.calls))
    result, outcome = apply_one(plan, run.calls, run, "device", deed="device is registered")
    found = matching(wanted, devices)
    known = Registered() if found is None else registered_device(found)
    shown = known.returned(secrets=run.params["return_secrets"])
    shown.update(outcome.returned if outcome else {})
    secret = {name: shown.pop(name) for name in _BESIDE if name in shown}
    result["device"] |= shown
    return {**result, **secret}


def _users(wanted: Sequence[Registration], run: Run[Registrations]) -> dict[str, User | None]:
    """Return the user of each name, each looked up once."""
    first: dict[str, int] = {}
    for number, one in enumerate(wanted):
        first.setdefault(one.user, number)
    places = [(name, f"registrations[{number}].user") for name, number in first.items()]
    found = read_each(lambda place: run.calls.users.user(*place), places, run)
    return dict(zip(first, found, strict=True))


def _in_entry(number: int, make: Callable[[], Made]) -> Made:
    """Return what is made of an entry.

    Raises:
        OptionError: The entry makes no sense; the message names it.
    """
    try:
        return make()
    except OptionError as error:
        raise OptionError(f"registrations[{number}].{error}") from None


def _planned(
    wanted: Registration,
    given: Registration,
    user: User | None,
    devices: Sequence[Device],
    lists: _Lists,
) -> Plan:
    """Return the plan of a registration.

    Args:
        wanted: The registration, completed.
        given: The same as the author gave it.
        user: The user, or None for a new one.
        devices: The devices of the user.
        lists: The server's lists of names.

    Raises:
        OptionError: The server does not know a name, whether or not the device is there already. It
            would refuse it only after the request, or accept an unknown operator.
    """
    is_new = bool(plan_registration(wanted, devices).changes)
    if is_new and user is None and wanted.from_ldap and len(wanted.user) >= SHORTEST_SEARCH:
        found = _read(lambda: lists.calls.users.ldap_users(wanted.user))
        if found is not None:
            require_person(wanted, found)
    operators = lists.operators if wanted.operator else ()
    require_country(wanted.country, lists.countries, operators)
    operator = operator_of(wanted.operator, wanted.country, operators)
    plan = plan_registration(replace(wanted, operator=operator), devices)
    return plan.warning(*unheeded(given, user, matching(wanted, devices)))


class _Lists:
    """The server's lists of names, each read at most once. One that cannot be read is empty."""

    def __init__(self, calls: Registrations) -> None:
        self.calls = calls

    @cached_property
    def countries(self) -> Sequence[Country]:
        """The countries."""
        return _read(self.calls.reference.countries) or ()

    @cached_property
    def operators(self) -> Sequence[Operator]:
        """The operators."""
        return _read(self.calls.reference.operators) or ()


def _read(call: Callable[[], Sequence[Row]]) -> Sequence[Row] | None:
    """Return what is read, or None if it cannot be, for example because the account may not.

    Then nothing is decided by it.
    """
    try:
        return call()
    except CredentialsError:
        raise
    except UemError:
        return None
