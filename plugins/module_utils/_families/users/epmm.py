# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and their passwords (E33-E36).

Names in the JSON are those of "Security Management" in the API Reference Document for MobileIron
WebService (Core 10.8).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..._core.endpoint import Endpoint
from ..._core.errors import (
    AnswerError,
    AnswerLostError,
    ApiError,
    CredentialsError,
    ForbiddenError,
    OptionError,
    UemError,
)
from ..._core.plan import Batch, Change, Outcome
from ..._core.privacy import hidden_error, is_masked
from ..._products.batches import one_each
from ..._products.epmm import answers
from ..._products.epmm.endpoints import API_ROLE, WEB_SERVICE, read_v1
from ..._products.epmm.server import Epmm
from ..._products.values import flag, number_of, source_of, text_of, time_of
from .model import PasswordWrite, User

PASSWORD = Endpoint(
    "E33",
    "PUT",
    "/api/v1/sm/authentication/users/{user}",
    WEB_SERVICE + "Update Password for a User",
    API_ROLE,
)
USER = replace(
    read_v1("E34", "/api/v1/sm/users/{user}", WEB_SERVICE + "Find a User"),
    slash="name the user by the e-mail address",
)
LDAP_USERS = replace(
    read_v1("E35", "/api/v1/sm/users/search/ldap/{text}", WEB_SERVICE + "Search LDAP Users"),
    slash="search for what stands before it",
)
# It changes nothing, but a server may lock an account after some wrong passwords, so it is not
# repeated.
AUTHENTICATE = Endpoint(
    "E36",
    "POST",
    "/api/v1/sm/authentication",
    WEB_SERVICE + "Authenticate a User",
    API_ROLE,
    safe=True,
)

_NO_REASON = "it does not say why"


class EpmmUsers:
    """See Users."""

    def __init__(self, client: Epmm) -> None:
        self._client = client

    def user(self, name: str, where: str = "user") -> User | None:
        """See Users."""
        try:
            answer = self._client.v1.lists(USER, {"user": name})
        except ApiError as error:
            if error.status != 400 or is_plain(name):
                raise
            raise OptionError(f"{where}: {name!r}: {error}") from None
        if answer is None:
            _require_plain(name, where, USER)
            return None
        return _called(name, [_user(raw) for raw in answers.v1_list(answer, "users", "user")])

    def ldap_users(self, text: str) -> tuple[User, ...]:
        """See Users."""
        try:
            answer = self._client.v1.lists(LDAP_USERS, {"text": text})
        except ApiError as error:
            if error.status != 400:
                raise
            raise OptionError(
                f"ldap_search: {text!r} finds more users than the server returns (100, unless it "
                "is set up otherwise), or has characters that it does not take; give more of the "
                f"name. {error}"
            ) from None
        if answer is None:
            _require_plain(text, "ldap_search", LDAP_USERS)
            return ()
        return tuple(_user(raw) for raw in answers.v1_whole(answer, "users", "user"))

    def password_fits(self, user: User, password: str) -> bool:
        """See Users. A 401 is about the user, because the server has just accepted the account's
        own credentials."""
        try:
            answer = self._client.transport.call(
                AUTHENTICATE, form=[("username", user.name), ("password", password)]
            )
        except CredentialsError:
            return False
        raw = answer.get("user") if isinstance(answer, Mapping) else None
        if not isinstance(raw, Mapping) or not _user(raw).is_called(user.name):
            message = self._shown(messages_of(answer))
            raise AnswerError(
                f"The server answered HTTP 200 to the password of {user.title}, but did not show "
                f"that user: {message}."
            )
        return True

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Users."""
        return one_each(changes)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Users. If the answer does not say what was done, the new password is tried. Nothing
        is sent twice."""
        [change] = batch.changes
        user, write = change.subject, batch.write
        try:
            message = self._send_password(user, write)
            verdict = _verdict(message, user.name, write.new, write.current)
            shown = self._shown(message)
            reason = (
                f"the server answered HTTP 200, but reported no success: {shown}. {_hint(write)}"
            )
        except (CredentialsError, ForbiddenError):
            raise
        except (ApiError, AnswerError, AnswerLostError) as error:
            verdict = False if error.effect == "none" else None
            reason = str(error)
            if isinstance(error, ApiError) and error.status == 400:
                reason = f"{error} {_hint(write)}"
        if verdict is None:
            verdict = self._settle_password(user, write, reason)
        return [Outcome(change, None if verdict else reason)]

    def _send_password(self, user: User, write: PasswordWrite) -> str:
        """Send a new password. Return the message of the server."""
        old = [] if write.current is None else [("oldpassword", write.current)]
        answer = self._client.transport.call(
            PASSWORD, path={"user": user.name}, form=[*old, ("newpassword", write.new)]
        )
        return messages_of(answer)

    def _shown(self, message: str) -> str:
        """Return a message, which may repeat passwords, for errors."""
        return self._client.transport.shown(message).rstrip(". ") or _NO_REASON

    def _settle_password(self, user: User, write: PasswordWrite, reason: str) -> bool:
        """Return whether the new password is in force.

        Raises:
            AnswerLostError: That cannot be found out.
        """
        try:
            if self.password_fits(user, write.new):
                return True
            # The user may be the account itself. Then a 401 says nothing about the new password.
            self.user(user.name)
            obstacle = ""
            if user.enabled is False:
                obstacle = "the user is disabled, so no password of theirs can be proved"
        except UemError as error:
            obstacle = str(error)
        if obstacle:
            raise AnswerLostError(
                f"{reason.rstrip('.')}. Whether the password was changed could not be found out: "
                f"{obstacle}"
            )
        return False


def _called(name: str, found: Sequence[User]) -> User | None:
    """Return the user with a name, among those that the server sent for it.

    Raises:
        AnswerError: It sent only others.
        OptionError: Several are called so, or what they are called is hidden.
    """
    named = {user.name: user for user in found if user.is_called(name)}
    if not named and any(is_masked(user.name, user.email) for user in found):
        raise hidden_error(
            f"the user {name!r} cannot be recognized", ["user id or e-mail"], "Leave it out"
        )
    if found and not named:
        raise AnswerError(
            f"The server was asked for the user {name!r} and sent {found[0].name!r}; nothing was "
            "done with that."
        )
    if len(named) > 1:
        listed = ", ".join(map(repr, sorted(named)))
        raise OptionError(
            f"The server has several users called {name!r}: {listed}; name the one that is meant "
            "by the user id."
        )
    return next(iter(named.values()), None)


def messages_of(*parts: Any) -> str:
    """Return all texts in the ``messages`` of parts of an answer.

    A part may have several ``messages``, each with several texts.
    """
    texts: list[str] = []
    for part in parts:
        for holder in answers.listed(part.get("messages") if isinstance(part, Mapping) else None):
            inner = holder.get("message") if isinstance(holder, Mapping) else holder
            texts += map(text_of, answers.listed(inner))
    return "; ".join(filter(None, texts))


def _verdict(message: str, *names: str | None) -> bool | None:
    """Return whether a message reports success ("Password changed successfully for user: jdoe").

    Args:
        message: The message.
        names: Texts that it may repeat, such as the name of a user who is called ``no``.

    Returns:
        None if the message is empty, or if it depends on the repeated texts.
    """
    if not message:
        return None
    anonymous = message
    for name in filter(None, names):
        anonymous = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", anonymous, flags=re.IGNORECASE)
    verdicts = {answers.says(text, r"\bsuccess") for text in (message, anonymous)}
    return verdicts.pop() if len(verdicts) == 1 else None


def _hint(write: PasswordWrite) -> str:
    """Return a remedy for a server that refuses a password."""
    if write.current is not None:
        return (
            "Check current_password: a server that saves passwords changes none without the "
            "present one."
        )
    return (
        "A server that saves passwords changes none without the present one; give current_password."
    )


def is_plain(name: str) -> bool:
    """Return whether a name has no slash. With one, HTTP 404 does not prove that the object does
    not exist."""
    return "/" not in name and "\\" not in name


def _require_plain(name: str, where: str, endpoint: Endpoint) -> None:
    """Check a name after HTTP 404, which proves nothing about a name with a slash.

    Args:
        name: The name.
        where: The name of the option.
        endpoint: The call that was sent.

    Raises:
        AnswerError: The name has a slash.
    """
    if not is_plain(name):
        raise AnswerError(
            f"{where}: the server finds nobody called {name!r}, and a web server often answers "
            f"that for a path with an encoded slash; {endpoint.slash}."
        )


def _user(raw: Mapping[str, Any]) -> User:
    """Make a user of an object of "Find a User" or "Search LDAP Users".

    A user who is only in the directory has neither id nor uuid.
    """
    name = text_of(raw.get("principal"))
    roles = answers.listed(raw.get("roles"))
    if not name or not all(isinstance(role, str) for role in roles):
        raise AnswerError(
            f"The server sent a user without a name, or with roles that are not texts ({name!r})."
        )
    # fmt: off
    row: dict[str, Any] = {
        "id": text_of(raw.get("@id") or raw.get("id")) or None, "uuid": text_of(raw.get("uuid")).lower() or None,
        "name": name,
        "display_name": text_of(raw.get("displayName")), "first_name": text_of(raw.get("firstName")),
        "last_name": text_of(raw.get("lastName")), "email": text_of(raw.get("email")),
        "enabled": flag(raw.get("enabled")), "source": source_of(raw.get("userSource")), "roles": roles,
        "force_password_change": flag(raw.get("forcePasswordChange")), "created_at": _moment(raw.get("createdAt")),
        "last_login_at": _moment(raw.get("lastAdminPortalLoginTime")), "opaque": flag(raw.get("opaque")),
        "google_apps_encryption_version": number_of(raw.get("googleAppsEncryptionAlgVersion")),
    }
    # fmt: on
    return User(
        id=row["id"] or "",
        uuid=row["uuid"] or "",
        name=name,
        email=row["email"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        enabled=row["enabled"],
        source=row["source"],
        row=row,
    )


def _moment(raw: Any) -> str | None:
    """Return a time given in milliseconds since 1970; None if it is 0 or missing."""
    number = number_of(raw)
    if raw in (None, "") or number == 0:
        return None
    return time_of(raw if number is None else number)
