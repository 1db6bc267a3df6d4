# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: users, LDAP users, passwords and proofs of them.

Source: "MobileIron WebService", section "Security Management". Its table gives Authenticate a User
the path of Find a User, its example another, which is served here; Search LDAP Users has the text
in the path in one place, in the query in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from uem_emulator.answers import Answer, Request
from uem_emulator.controlcall import ControlCall, NotFound
from uem_emulator.epmm.status import status_answer
from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.v1 import wire
from uem_emulator.epmm.v1.answer import NO_DATA, Fault, messages, respond, route
from uem_emulator.epmm.v1.part import V1Part
from uem_emulator.epmm.v1.tree import Many
from uem_emulator.epmm.world.accounts import LONGEST, SHORTEST
from uem_emulator.epmm.world.model import User
from uem_emulator.routing import Route

CHANGED = "Password changed successfully for user: {}"
#: What a failure says; no text of it is documented.
UNKNOWN = "User not found: {}"
OLD_WRONG = "Password not changed for user: {}. The old password is missing or not correct."
NEW_WRONG = (
    f"Password not changed for user: {{}}. A password has {SHORTEST} to {LONGEST} characters."
)
NEW_OLD = "Password not changed for user: {}. The new password is the old one."
OF_LDAP = "Password not changed for user: {}. Passwords of LDAP users are changed in the directory."
SHORTEST_SEARCH = 2
#: As with every other 401.
_FORM = "application/x-www-form-urlencoded"
_PLAIN_USER_AGE = 86_400_000 * 400


class UserCalls(V1Part):
    """The handlers for users and passwords. With the fault kind `vanish`, the user whose password is
    to be changed is gone; with `no_effect`, it is not changed."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        return (
            route("GET", "/sm/users/{name}", self.one),
            route("GET", "/sm/users/search/ldap/{userid}", self.search),
            route("GET", "/sm/users/search/ldap", self.search, "userid"),
            route("POST", "/sm/authentication", self.prove, acts=lambda request: False),
            route("PUT", "/sm/authentication/users/{name}", self.change),
        )

    # --- reading --------------------------------------------------------------------------------------------------------

    def one(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """By user id or e-mail address, whole."""
        user = self.tenant.accounts.find(taken[0])
        if user is None:
            raise Fault(404, NO_DATA, {"userName": taken[0]})
        return self._user(request, taken[0], user)

    def _user(self, request: Request, asked: str, user: User) -> Answer:
        shown = wire.user(user, self.world.now - _PLAIN_USER_AGE)
        return respond(request, {"userName": asked, **messages(), "user": shown}, self.switches)

    def search(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the users of LDAP whom a text finds."""
        text = taken[0] if taken else request.parameter("userid") or ""
        named = {"userName": text}
        if len(text) < SHORTEST_SEARCH:
            raise Fault(
                400, f"The search string must have {SHORTEST_SEARCH} characters at least", named
            )
        found, limit = self.tenant.accounts.search(text), self.switches.number("ldap_search_limit")
        if len(found) > limit:
            raise Fault(400, f"The search found more than {limit} users", named)
        if not found:
            raise Fault(404, NO_DATA, named)
        rows = [wire.directory_user(one) for one in found]
        return respond(
            request, {**named, **messages(), "users": {"user": Many(rows)}}, self.switches
        )

    # --- passwords ------------------------------------------------------------------------------------------------------

    def prove(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """401 as for the account that asks; which of the two it is about, nothing says."""
        given = self._given(request, "username", "password")
        name, password = _required(given, "username"), _required(given, "password")
        user = self.tenant.accounts.named(name)
        if (
            self.tenant.accounts.proves(user, password)
            and user is not None
            and self.tenant.accounts.may_log_in(user)
        ):
            return self._user(request, name, user)
        return status_answer(401, request, self.switches)

    def change(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """A success and, where a switch says so, a failure are a message of a 200."""
        given, name = self._given(request, "oldpassword", "newpassword"), taken[0]
        new, user = _required(given, "newpassword"), self.tenant.accounts.named(name)
        if user is not None and "vanish" in request.effects:
            del self.world.users[user.uuid]
            user = None
        if user is None:
            if self.switches["password_unknown_user"] == "404":
                raise Fault(404, NO_DATA, {"userName": name})
            return self._failed(request, name, UNKNOWN)
        refusal = self._refusal(user, given.get("oldpassword"), new)
        if refusal is not None:
            return self._failed(request, name, refusal)
        if "no_effect" not in request.effects:
            self.tenant.accounts.set(user, new)
        return respond(
            request,
            {"userName": name, **messages(CHANGED.format(name))},
            self.switches,
            wrote=True,
        )

    def _refusal(self, user: User, old: str | None, new: str) -> str | None:
        """Why the password cannot be changed; None when it can."""
        if not user.local and self.switches["password_ldap_user"] == "refused":
            return OF_LDAP
        if self.switches["password_saved"] == "yes" and (
            old is None or not self.tenant.accounts.proves(user, old)
        ):
            return OLD_WRONG
        if not SHORTEST <= len(new) <= LONGEST:
            return NEW_WRONG
        if self.switches["password_same"] == "refused" and self.tenant.accounts.fits(user, new):
            return NEW_OLD
        return None

    def _failed(self, request: Request, name: str, text: str) -> Answer:
        if self.switches["password_failure"] == "400":
            raise Fault(400, text.format(name), {"userName": name})
        return respond(request, {"userName": name, **messages(text.format(name))}, self.switches)

    def _given(self, request: Request, *known: str) -> dict[str, str]:
        """The parameters of form and query by name in lower case: a table of the document writes
        Password, its example password. In strict mode no others may be there; which ones are is not
        said, because it might be a password."""
        found = {name.lower(): values[0] for name, values in request.parameters.items()}
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM:
            form = parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True)
            found.update((name.lower(), value) for name, value in reversed(form))
        if found.keys() - set(known) and self.switches.is_on("strict"):
            raise Fault(400, f"this call takes {' and '.join(known)}, in a form, and nothing else")
        return found


def _required(given: Mapping[str, str], name: str) -> str:
    if name not in given:
        raise Fault(400, f"{name} is required, in a form")
    return given[name]


# --- control calls ------------------------------------------------------------------------------------------------------------


def _known(tenant: EpmmTenant, key: str) -> User:
    """By user id, uuid or e-mail address. Raises NotFound."""
    user = tenant.world.user(key)
    if user is None:
        raise NotFound("no such user")
    return user


def _add_user(tenant: EpmmTenant, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    user = tenant.world.add_user(**body)
    return {"id": user.id, "uuid": user.uuid}


def _passwords(body: dict[str, Any]) -> dict[str, str]:
    if not all(isinstance(value, str) for value in body.values()):
        raise ValueError("a password is a text")
    return body


def _set_passwords(tenant: EpmmTenant, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    """`{user: password}`; all or none."""
    found = [(_known(tenant, key), value) for key, value in _passwords(body).items()]
    for user, value in found:
        tenant.accounts.set(user, value)


def _fitting_passwords(tenant: EpmmTenant, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    """`{user: password}`; returns for each whether it fits."""
    return {
        key: tenant.accounts.fits(_known(tenant, key), value)
        for key, value in _passwords(body).items()
    }


CONTROL_CALLS: tuple[ControlCall, ...] = (
    ControlCall("POST", "/users", _add_user, 201),
    ControlCall("PUT", "/passwords", _set_passwords),
    ControlCall("POST", "/passwords", _fitting_passwords),
    ControlCall("GET", "/proofs", lambda tenant, taken, body: tenant.accounts.truth()),
)
