# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and their passwords: options in, the task's result out."""

from __future__ import annotations

from typing import Any

from ..._core.errors import OptionError
from ..._module.reading import answered, parse_query, read_each
from ..._module.single import reconcile_one
from ..._products.protocol import Users
from .model import User, parse_filter, parse_password, parse_user, plan_password


def read_users(params: dict[str, Any], client: Users, check_mode: bool) -> dict[str, Any]:
    """The task of user_info."""
    search = parse_query(params)
    wanted = parse_filter(params["users"], params["ldap_search"])
    if wanted.text:
        return answered(
            "users",
            [user.row for user in client.ldap_users(wanted.text)],
            client,
            search,
            missing=[],
        )
    read = read_each(lambda name: client.user(name, "users"), wanted.names, client)
    missing = [name for name, user in zip(wanted.names, read, strict=True) if user is None]
    if missing and params["on_missing"] == "fail":
        raise OptionError(
            f"Unknown users: {', '.join(map(repr, missing))}. Correct or remove them, set "
            "on_missing=skip to go on without them, or look for people who are not users yet with "
            "ldap_search."
        )
    # One user may be named twice, by name and by e-mail address.
    rows = {user.name: user.row for user in read if user is not None}
    return answered("users", list(rows.values()), client, search, missing=missing)


def bring_password(params: dict[str, Any], client: Users, check_mode: bool) -> dict[str, Any]:
    """The task of user_password. The user is read before the password is tried, so that a 401 is
    certainly about the user."""
    name = parse_user(params["user"], "user")
    new = parse_password(params["new_password"], "new_password", new=True) or ""
    current = parse_password(params["current_password"], "current_password", new=False)
    client.transport.add_secrets(new, current or "")
    user = client.user(name)
    if user is None:
        raise OptionError(f"user: the server has no user {name!r}; correct it. Nothing was done.")
    fits = client.password_fits(user, new) if params["update_password"] == "on_change" else None
    result, _returned = reconcile_one(
        plan_password(user, fits=fits, new=new, current=current),
        client,
        "user",
        batches=client.password_batches,
        write=client.set_password,
        check_mode=check_mode,
    )
    return {**result, "warnings": _doubts(user, fits)}


def _doubts(user: User, fits: bool | None) -> list[str]:
    """What keeps a proof from being one."""
    if fits is not False or user.enabled is not False:
        return []
    return [
        f"{user.title} is disabled, and a server may refuse any password of such a user, so that "
        "the password may be set in every run; enable the user, or use update_password=always "
        "where it shall be."
    ]
