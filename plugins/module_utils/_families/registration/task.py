# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Register a device: options go in, the result of the task comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from ..._core.errors import CredentialsError, UemError
from ..._module.pipeline import apply_one, shows_plan
from ..._module.run import Result, Run
from ..reference.model import operator_of, require_country
from ..users.model import SHORTEST_SEARCH, User
from .calls import Registrations
from .model import (
    Registered,
    Registration,
    completed,
    matching,
    parse_registration,
    plan_registration,
    registered_device,
    require_person,
)

Row = TypeVar("Row")


@shows_plan
def register_device(run: Run[Registrations]) -> Result:
    """Run device_registration."""
    wanted = parse_registration(run.params)
    user = run.calls.users.user(wanted.user)
    wanted = completed(wanted, user)
    devices = run.calls.registrations(wanted)
    plan = plan_registration(wanted, devices)
    if plan.changes:
        plan = plan_registration(_looked_up(wanted, user, run.calls), devices)
    result, outcome = apply_one(plan, run.calls, run, "device")
    known = registered_device(matching(wanted, devices))
    device: Registered = outcome.returned.get("registered", known) if outcome else known
    result["device"] |= {
        "id": device.id,
        "guid": device.guid,
        "status": device.status,
        "registered_phone_number": device.phone,
    }
    result["passcode_ttl"] = device.ttl
    if run.params["return_secrets"]:
        result |= {"passcode": device.passcode or None, "registration_url": device.url or None}
    return result


def _looked_up(wanted: Registration, user: User | None, calls: Registrations) -> Registration:
    """Return a registration with names as the server spells them.

    Raises:
        OptionError: The server does not know a name. It would refuse it only after the request, or
            accept an unknown operator.
    """
    if user is None and wanted.from_ldap and len(wanted.user) >= SHORTEST_SEARCH:
        found = _read(lambda: calls.users.ldap_users(wanted.user))
        if found is not None:
            require_person(wanted, found)
    countries = _read(calls.reference.countries) or ()
    operators = (_read(calls.reference.operators) or ()) if wanted.operator else ()
    require_country(wanted.country, countries, operators)
    return replace(wanted, operator=operator_of(wanted.operator, wanted.country, operators))


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
