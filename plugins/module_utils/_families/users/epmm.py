# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and their passwords (E33-E36).

Names of the wire are those of "Security Management" in the API Reference Document for MobileIron
WebService (Core 10.8).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
from ..._products.batches import one_each
from ..._products.epmm import answers, endpoints
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.values import flag, number_of, time_of
from ..._products.values import text_of
from .model import PasswordWrite, User

# The numbers are letters: L and D. The document shows the first for a local user, the second for
# one of LDAP.
_SOURCES = {"76": "local", "68": "ldap"}

_NO_REASON = "it does not say why"


class EpmmUsers:
    """See Users."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client

    def user(self, name: str, where: str = "user") -> User | None:
        """See Users."""
        try:
            answer = self._client.v1.lists(endpoints.USER, {"user": name})
        except ApiError as error:
            if error.status != 400 or is_plain(name):
                raise
            raise OptionError(f"{where}: {name!r}: {error}") from None
        if answer is None:
            _require_plain(name, where, endpoints.USER)
            return None
        found = [_user(raw) for raw in answers.v1_list(answer, "users", "user")]
        called = {user.name: user for user in found if user.is_called(name)}
        if found and not called:
            raise AnswerError(
                f"The server was asked for the user {name!r} and sent {found[0].name!r}; nothing "
                "was done with that."
            )
        if len(called) > 1:
            listed = ", ".join(map(repr, sorted(called)))
            raise OptionError(
                f"The server has several users called {name!r}: {listed}; name the one that is "
                "meant by the user id."
            )
        return next(iter(called.values()), None)

    def ldap_users(self, text: str) -> tuple[User, ...]:
        """See Users."""
        try:
            answer = self._client.v1.lists(endpoints.LDAP_USERS, {"text": text})
        except ApiError as error:
            if error.status != 400:
                raise
            raise OptionError(
                f"ldap_search: {text!r} finds more users than the server answers (100, unless it "
                "is set up otherwise), or has characters that it does not take; give more of the "
                f"name. {error}"
            ) from None
        if answer is None:
            _require_plain(text, "ldap_search", endpoints.LDAP_USERS)
            return ()
        return tuple(_user(raw) for raw in answers.v1_whole(answer, "users", "user"))

    def password_fits(self, user: User, password: str) -> bool:
        """See Users. A 401 is about the user, for the account's own credentials have just been
        taken."""
        try:
            answer = self._client.transport.call(
                endpoints.AUTHENTICATE, form=[("username", user.name), ("password", password)]
            )
        except CredentialsError:
            return False
        raw = answer.get("user") if isinstance(answer, Mapping) else None
        if not isinstance(raw, Mapping) or not _user(raw).is_called(user.name):
            said = self._shown(said_by(answer))
            raise AnswerError(
                f"The server answered HTTP 200 to the password of {user.title} and does not show "
                f"that user: {said}."
            )
        return True

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Users."""
        return one_each(changes)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Users. What the answer leaves open is settled by proving the new password, and
        nothing is sent twice."""
        [change] = batch.changes
        user, write = change.subject, batch.write
        try:
            said = self._send_password(user, write)
            verdict = _verdict(said, user.name, write.new, write.current)
            told = self._shown(said)
            reason = f"the server answered HTTP 200 and no success: {told}. {_hint(write)}"
        except (CredentialsError, ForbiddenError):
            raise
        except (ApiError, AnswerError, AnswerLostError) as error:
            verdict = False if error.effect == "none" else None
            reason = (
                f"{error} {_hint(write)}"
                if isinstance(error, ApiError) and error.status == 400
                else str(error)
            )
        if verdict is None:
            verdict = self._settle_password(user, write, reason)
        return [Outcome(change, None if verdict else reason)]

    def _send_password(self, user: User, write: PasswordWrite) -> str:
        """Send a new password, and return what the server says."""
        old = [] if write.current is None else [("oldpassword", write.current)]
        answer = self._client.transport.call(
            endpoints.PASSWORD, path={"user": user.name}, form=[*old, ("newpassword", write.new)]
        )
        return said_by(answer)

    def _shown(self, said: str) -> str:
        """A message, which may repeat passwords, as errors show it."""
        return self._client.transport.shown(said).rstrip(". ") or _NO_REASON

    def _settle_password(self, user: User, write: PasswordWrite, reason: str) -> bool:
        """Whether the new password is in force. Raises AnswerLostError where that cannot be found
        out."""
        try:
            if self.password_fits(user, write.new):
                return True
            # Whose credentials were just changed may be the account itself, and then a 401 says
            # nothing of the new ones.
            self.user(user.name)
            told = (
                ""
                if user.enabled is not False
                else "the user is disabled, and can prove no password"
            )
        except UemError as error:
            told = str(error)
        if told:
            raise AnswerLostError(
                f"{reason.rstrip('.')}. Whether the password was changed could not be found out: "
                f"{told}"
            )
        return False


def said_by(*parts: Any) -> str:
    """All that the ``messages`` of an answer or of parts of it say, of which there may be several,
    each with several texts."""
    holders = [
        one
        for part in parts
        if isinstance(part, Mapping)
        for one in answers.listed(part.get("messages"))
    ]
    texts = [
        text
        for one in holders
        for text in answers.listed(one.get("message") if isinstance(one, Mapping) else one)
    ]
    return "; ".join(text for text in map(text_of, texts) if text)


def _verdict(said: str, *names: str | None) -> bool | None:
    """Whether a message says success ("Password changed successfully for user: jdoe"), or None
    where that is open: it says nothing, or it depends on what it may repeat, such as a user called
    ``no``."""
    if not said:
        return None
    without = said
    for name in filter(None, names):
        without = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", without, flags=re.IGNORECASE)
    verdicts = {answers.says(text, r"\bsuccess") for text in (said, without)}
    return verdicts.pop() if len(verdicts) == 1 else None


def _hint(write: PasswordWrite) -> str:
    """What may help where a server refuses a password."""
    if write.current is not None:
        return "Check current_password, without which no password is changed where the server saves them."
    return "Where the server saves passwords it changes none without the present one; give current_password."


def is_plain(name: str) -> bool:
    """Whether a name has no slash. With one, HTTP 404 does not prove that there is no such
    thing."""
    return "/" not in name and "\\" not in name


def _require_plain(name: str, where: str, endpoint: Endpoint) -> None:
    """Raise AnswerError for a name with a slash, of which HTTP 404 does not prove that nobody has
    it. ``where``: the option that has it; ``endpoint``: what was called."""
    if not is_plain(name):
        raise AnswerError(
            f"{where}: the server finds nobody called {name!r}, and a web server often answers so "
            f"to a path with an encoded slash; {endpoint.slash}."
        )


def _user(raw: Mapping[str, Any]) -> User:
    """A user ("Find a User", "Search LDAP Users"); one of the directory alone has neither id nor
    uuid."""
    name = text_of(raw.get("principal"))
    roles = answers.listed(raw.get("roles"))
    if not name or not all(isinstance(role, str) for role in roles):
        raise AnswerError(
            f"The server sent a user without a name, or with roles that are no texts ({name!r})."
        )
    source = text_of(raw.get("userSource"))
    # fmt: off
    row: dict[str, Any] = {
        "id": text_of(raw.get("@id") or raw.get("id")) or None, "uuid": text_of(raw.get("uuid")).lower() or None,
        "name": name,
        "display_name": text_of(raw.get("displayName")), "first_name": text_of(raw.get("firstName")),
        "last_name": text_of(raw.get("lastName")), "email": text_of(raw.get("email")),
        "enabled": flag(raw.get("enabled")), "source": _SOURCES.get(source, source), "roles": roles,
        "force_password_change": flag(raw.get("forcePasswordChange")), "created_at": _moment(raw.get("createdAt")),
        "last_login_at": _moment(raw.get("lastAdminPortalLoginTime")),
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
    """A time of a user, thousandths of a second since 1970; 0 and what is absent are none."""
    number = number_of(raw)
    return (
        time_of(raw if number is None else number)
        if raw not in (None, "") and number != 0
        else None
    )
