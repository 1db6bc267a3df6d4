# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the options of device_action ask for, read before any request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..._core.confirmation import Deed
from ..._core.errors import OptionError
from ..._module.choice import Choice, parse_choice
from ..._module.guard.protected import parse_protected
from ..._module.run import Run
from ..._module.wait import Patience, require_times
from .calls import Actions
from .model import ACTIONS, PARAMETERS, Action, Call, parse_parameters, require_call

_SECRET = tuple(name for name, parameter in PARAMETERS.items() if parameter.secret)


@dataclass(frozen=True)
class Order:
    """What the options want: an action on the devices of a choice.

    Attributes:
        action: The action.
        call: How the product does it.
        parameters: The parameters of the action.
        choice: The devices that the options choose.
        patience: How long to wait for the end.
        resend: Whether what is pending, or was sent with other parameters, is sent once more.
    """

    action: Action
    call: Call
    parameters: Mapping[str, Any]
    choice: Choice
    patience: Patience
    resend: bool

    @property
    def deed(self) -> Deed:
        """The action for the guard."""
        name = self.action.name
        return Deed(name, name, parameters=self.parameters, secret=_SECRET)


def read_order(run: Run[Actions]) -> Order:
    """Read the options before any request.

    Raises:
        OptionError: An option makes no sense.
    """
    params = run.params
    action = ACTIONS[params["action"]]
    found = run.calls.call(action.name, by_mac=params["by"] == "wifi_mac_address")
    call = require_call(action, run.client.product, found)
    parameters = parse_parameters(action, run.client.product, call, params)
    choice = parse_choice(params)
    if action.destructive and not choice.selection.names and not choice.selection.narrows:
        raise OptionError(
            "select: a query on its own reads the whole fleet, which is not done for "
            f"{action.name}; narrow it by another key as well."
        )
    if params["wait"] and not action.visible:
        raise OptionError(
            f"wait: whether {action.name} is done cannot be seen on a device; remove it."
        )
    parse_protected(params)
    require_times(params, {"guard_window": 1})
    # A device that does not exist needs no deletion.
    choice = replace(choice, on_missing="skip") if action.deletes else choice
    patience = Patience.of(params)
    return Order(action, call, parameters, choice, patience, params["resend"])
