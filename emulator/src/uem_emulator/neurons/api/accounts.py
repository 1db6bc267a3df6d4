# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users of the tenant. Source: recorded answers of `GET /api/v1/account`, and what public
clients send to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.blueprint import DAY
from uem_emulator.controlcall import ControlCall
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.listing import DEFAULT_ROWS, MOST_ROWS, read_int, read_sort
from uem_emulator.neurons.api.part import NeuronsPart
from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.neurons.tenant import NeuronsTenant
from uem_emulator.neurons.world import fq
from uem_emulator.neurons.world.model import PERSON, Account
from uem_emulator.neurons.world.search import sort_value
from uem_emulator.neurons.world.world import World
from uem_emulator.part import without_last
from uem_emulator.routing import Route

_PARAMETERS = frozenset(("q", "fq", "rows", "start", "sortFields[].name", "sortFields[].order"))
_SEARCHED = ("uid", "emailAddress", "displayName")


class _Document:
    """A row as filters see it."""

    def __init__(self, row: dict[str, Any]) -> None:
        self._row = row

    def value(self, name: str) -> Any:
        return self._row[name]

    def attribute(self, name: str) -> None:
        return None

    ldap_attribute = attribute


class AccountCalls(NeuronsPart):
    """The handler for the users of the tenant."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the call with its handler."""
        return (Route("GET", "/api/v1/account", self.search, _PARAMETERS),)

    def search(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return a page of the users."""
        closed = self.closed(request, "account_list")
        if closed is not None:
            return closed
        limit = read_int(request, "rows", DEFAULT_ROWS, 1, MOST_ROWS)
        start = read_int(request, "start", 0, 0, None)
        rows = self._found(request, account_rows(self.world))
        for name, descending in reversed(read_sort(request, _NAMES, self.switches)):
            rows = _ordered(rows, name, descending=descending)
        return wire.ok(
            {
                "totalCount": len(rows),
                "searchResults": without_last(request, rows[start : start + limit]),
                "offset": start,
                "limit": limit,
                "queryTime": 62,
                "facetedResults": {},
                "totalUnfilteredResultCount": 0,
            }
        )

    def _found(self, request: Request, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        text, words = request.parameter("fq"), (request.parameter("q") or "").lower()
        if text is not None:
            rows = self._filtered(text, rows)
        if not words:
            return rows
        return [
            row for row in rows if any(words in (row[name] or "").lower() for name in _SEARCHED)
        ]

    def _filtered(self, text: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        dialect = fq.Dialect(
            _NAMES,
            frozenset(("createdAt",)),
            self.world.now,
            self.switches["fq_case"] == "ignored",
        )
        try:
            test = fq.compile_filter(fq.parse(text), dialect)
        except fq.UnknownFieldError as error:
            if self.switches["unknown_field"] == "error":
                raise BadRequest(("Invalid", str(error), "fq")) from error
            return []
        except fq.FqError as error:
            raise BadRequest(("Invalid", str(error), "fq")) from error
        return [row for row in rows if test(_Document(row))]


def account_rows(world: World) -> list[dict[str, Any]]:
    """Return every user as the API shows it, by id."""
    devices = Counter(device.value("ownerId") for device in world.devices.values())
    return [
        _row(account, devices[account.id])
        for account in sorted(world.accounts.values(), key=lambda one: one.id)
    ]


def _ordered(rows: list[dict[str, Any]], name: str, *, descending: bool) -> list[dict[str, Any]]:
    """What lacks the field comes last."""
    known = [row for row in rows if row[name] is not None]
    known.sort(key=lambda row: sort_value(row[name]), reverse=descending)
    return known + [row for row in rows if row[name] is None]


def _row(account: Account, devices: int) -> dict[str, Any]:
    """Texts which look like null or a map are recorded."""
    pin = (
        None
        if account.pin is None
        else {
            "createdAt": account.created,
            "expiresAt": account.created + 900 * DAY,
            "pin": account.pin,
            "used": False,
            "ppkgPinStatus": None,
        }
    )
    # fmt: off
    return {
        "id": account.id, "createdAt": account.created, "displayName": account.display, "firstName": account.first,
        "lastName": account.last, "uid": account.uid, "emailAddress": account.email, "accountSource": account.source,
        "inviteState": account.invite, "inviteResendCount": 0, "accountType": "USER", "enabled": account.enabled,
        "locked": account.locked, "superUser": False, "termsAccepted": True, "bypassSaml": False, "passwordExpiresAt": None,
        "accountSettings": "null", "mutable": True, "loginFailureCount": 0, "passwordHistory": "{}", "androidWorkEmail": None,
        "androidWorkUserStatus": None, "androidWorkRetryCount": 0, "androidWorkDeviceAccountEnabled": False,
        "idpUserDeleted": False, "passwordNeverExpire": False, "registrationPin": pin,
        "groups": list(account.groups), "assignedConfigs": [], "deviceCount": devices,
    }
    # fmt: on


#: A filter's name of a field -> the field.
_NAMES = {
    name.lower(): name
    for name in _row(Account(0, None, None, None, None, None, 0), 0)
    if name not in ("registrationPin", "groups", "assignedConfigs")
}


# --- for the control calls --------------------------------------------------------------------------------------------


def _make(world: World, given: Mapping[str, Any]) -> int:
    """A user with the names of its row, or of `Account`; one whose id is taken is changed.
    Returns the id. Raises ValueError."""
    own = {
        **PERSON,
        "accountSource": "source",
        **{field.name: field.name for field in fields(Account)},
    }
    unknown = [name for name in given if name not in own]
    number = given.get("id", max(world.accounts, default=10500000) + 1)
    if unknown or not isinstance(number, int):
        raise ValueError(f"not what an account has: {', '.join(unknown) or 'such an id'}")
    values = {own[name]: value for name, value in given.items() if name != "id"}
    values["groups"] = tuple(values.get("groups", ("All Users",)))
    known = world.accounts.get(number)
    plain = {
        "uid": None,
        "email": None,
        "display": None,
        "first": None,
        "last": None,
        "created": world.now,
    }
    world.accounts[number] = (
        replace(known, **values) if known else Account(number, **{**plain, **values})
    )
    return number


def _made(tenant: NeuronsTenant, taken: Mapping[str, str], body: Any) -> dict[str, int]:
    return {"id": _make(tenant.world, body)}


CONTROL_CALLS = (
    ControlCall("GET", "/accounts", lambda tenant, taken, body: account_rows(tenant.world)),
    ControlCall("POST", "/accounts", _made, 201),
)
