# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set the passwords of users."""

from __future__ import annotations

from ..._core.errors import OptionError
from ..._core.plan import Plan
from ..._module.pipeline import apply_one, shows_plan
from ..._module.run import Result, Run
from .calls import Users
from .model import User, parse_password, parse_user, plan_password


@shows_plan
def set_password(run: Run[Users]) -> Result:
    """Run user_password.

    The user is read before the password is tried, so that a 401 is certainly about the user.
    """
    params = run.params
    name = parse_user(params["user"], "user")
    new = parse_password(params["new_password"], "new_password", new=True) or ""
    current = parse_password(params["current_password"], "current_password", new=False)
    run.client.transport.add_secrets(new, current or "")
    user = run.calls.user(name)
    if user is None:
        raise OptionError(f"user: the server has no user {name!r}; correct it. Nothing was done.")
    plan = _planned(run, user, new, current)
    result, _outcome = apply_one(plan, run.calls, run, "user")
    return result


def _planned(run: Run[Users], user: User, new: str, current: str | None) -> Plan:
    tries = run.params["update_password"] == "on_change"
    fits = run.calls.password_fits(user, new) if tries else None
    plan = plan_password(user, fits=fits, new=new, current=current)
    if fits is not False or user.enabled is not False:
        return plan
    return plan.warning(
        f"{user.title} is disabled, and a server may refuse any password of such a user, so the "
        "password may be set in every run; enable the user, or use update_password=always if "
        "that is intended."
    )
