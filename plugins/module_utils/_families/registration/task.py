# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Register a device: options in, the task's result out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from ..._core.errors import CredentialsError, UemError
from ..._module.single import reconcile_one
from ..._products.protocol import Registrations
from ..reference.model import operator_of, require_country
from ..users.model import SHORTEST_SEARCH, User
from .model import (
    Registered,
    Registration,
    completed,
    matching,
    parse_registration,
    plan_registration,
    require_person,
)

Row = TypeVar("Row")


def register_device(
    params: dict[str, Any], client: Registrations, check_mode: bool
) -> dict[str, Any]:
    """The task of device_registration."""
    wanted = parse_registration(params)
    user = client.user(wanted.user)
    wanted = completed(wanted, user)
    devices = client.registrations(wanted)
    plan = plan_registration(wanted, devices)
    if plan.changes:
        plan = plan_registration(_looked_up(wanted, user, client), devices)
    result, returned = reconcile_one(
        plan,
        client,
        "device",
        batches=client.registration_batches,
        write=client.register,
        check_mode=check_mode,
    )
    present = matching(wanted, devices)
    known = (
        Registered()
        if present is None
        else Registered(
            present.guid, present.id, present.state, present.row.get("phone_number") or None
        )
    )
    made = returned.get("registered", known)
    result["device"] |= {
        "id": made.id,
        "guid": made.guid,
        "status": made.status,
        "registered_phone_number": made.phone,
    }
    result["passcode_ttl"] = made.ttl
    if params["return_secrets"]:
        result |= {"passcode": made.passcode or None, "registration_url": made.url or None}
    return {**result, "warnings": [made.warning] if made.warning else []}


def _looked_up(wanted: Registration, user: User | None, client: Registrations) -> Registration:
    """A registration as the server spells what it refers to. Raises OptionError for what the server
    does not know, as it would refuse that only after the request, or, an operator, take it as it
    is."""
    if user is None and wanted.from_ldap and len(wanted.user) >= SHORTEST_SEARCH:
        found = _read(lambda: client.ldap_users(wanted.user))
        if found is not None:
            require_person(wanted, found)
    countries = _read(client.countries) or ()
    operators = (_read(client.operators) or ()) if wanted.operator else ()
    require_country(wanted.country, countries, operators)
    return replace(wanted, operator=operator_of(wanted.operator, wanted.country, operators))


def _read(call: Callable[[], Sequence[Row]]) -> Sequence[Row] | None:
    """What is read, or None where it cannot be, as by an account that may not: then nothing is
    decided by it."""
    try:
        return call()
    except CredentialsError:
        raise
    except UemError:
        return None
