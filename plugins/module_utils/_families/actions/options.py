# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of an action: which one, and its parameters."""

from __future__ import annotations

from ..._module.options import Option
from . import model as actions
from .epmm import CALLS as EPMM
from .neurons import CALLS as NEURONS


def _takers(parameter: str) -> str:
    """Return a sentence that lists the actions that take a parameter."""
    takers = []
    for action in actions.ACTIONS.values():
        products = action.products_taking(parameter)
        if products:
            some = "" if len(products) == len(action.takes) else f" of {products[0]}"
            takers.append(f"V({action.name}){some}")
    return f"For {', '.join(takers)}."


def _left_out(parameter: str) -> str:
    """Return what becomes of actions without a parameter."""
    calls = [(name, call) for table in (NEURONS, EPMM) for name, call in table.items()]
    refused = [f"V({name})" for name, call in calls if parameter in call.required]
    by_mac = [f"V({name})" for name, call in calls if parameter in call.alone]
    said = f", and {', '.join(refused)} is refused" if refused else ""
    said += f"; with O(by=wifi_mac_address) {' and '.join(by_mac)} need it" if by_mac else ""
    return f"When left out, none is sent{said}."


ACTION = (
    Option(
        "action",
        "str",
        (
            "What is done. docs/actions.md has a table of what each does, for which product and "
            "platform, and when it counts as done already.",
        ),
        choices=tuple(actions.ACTIONS),
        required=True,
    ),
    *(
        Option(
            parameter.name,
            parameter.type,
            (
                parameter.meaning,
                f"Must be {parameter.looks}." if parameter.looks else "",
                f"{_takers(parameter.name)} {_left_out(parameter.name)}",
            ),
            no_log=parameter.secret,
        )
        for parameter in actions.PARAMETERS.values()
    ),
)
