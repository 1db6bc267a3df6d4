# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read users."""

from __future__ import annotations

from functools import partial

from ..._core.errors import OptionError
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from ..._module.subjects import read_each
from .calls import Users
from .model import parse_filter


def read_users(run: Run[Users]) -> Result:
    """Run user_info."""
    search = parse_query(run.params)
    wanted = parse_filter(run.params["users"], run.params["ldap_search"])
    if wanted.text:
        rows = [user.row for user in run.calls.ldap_users(wanted.text)]
        return read_result("users", rows, run, search, missing=[])
    read = read_each(partial(run.calls.user, where="users"), wanted.names, run)
    missing = [name for name, user in zip(wanted.names, read, strict=True) if user is None]
    if missing and run.params["on_missing"] == "fail":
        raise OptionError(
            f"Unknown users: {', '.join(map(repr, missing))}. Correct or remove them, set "
            "on_missing=skip to go on without them, or look for people who are not users yet with "
            "ldap_search."
        )
    # A user may be named twice, by name and by e-mail address.
    by_name = {user.name: user.row for user in read if user is not None}
    return read_result("users", list(by_name.values()), run, search, missing=missing)
