# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mark alerts as read or unread."""

from __future__ import annotations

from ..._core.confirmation import Deed
from ..._core.errors import OptionError
from ..._module.pipeline import apply, shows_plan
from ..._module.results import Shape
from ..._module.run import Result, Run
from .calls import Alerts
from .choice import find_alerts
from .model import parse_comment, parse_filter, plan_alerts
from .options import ALERT_FILTERS

_SHAPE = Shape("alerts", deed=Deed("alert"))


@shows_plan
def mark_alerts(run: Run[Alerts]) -> Result:
    """Run alert."""
    params = run.params
    comment = parse_comment(params["comment"])
    # Ansible takes an option as given when its template returned null, and it would choose every
    # alert.
    if not parse_filter(params).narrows and params["devices"] is None:
        names = ", ".join(option.name for option in ALERT_FILTERS)
        raise OptionError(
            f"One of {names} must have a value; all are null, which would choose every alert."
        )
    found, missing = find_alerts(run)
    read, resend = params["state"] == "read", params["resend"]
    plan = plan_alerts(found, read=read, comment=comment, resend=resend)
    return apply(plan.skipping(missing, "alerts"), run.calls, run, shape=_SHAPE)
