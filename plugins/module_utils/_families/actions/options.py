# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of an action: which one, and its parameters."""

from __future__ import annotations

from ..._module.options import Option
from . import model as actions


def _takers(parameter: str) -> str:
    """Return a sentence that lists the actions that take a parameter."""
    takers = []
    for action in actions.ACTIONS.values():
        products = action.products_taking(parameter)
        if products:
            some = "" if len(products) == len(action.takes) else f" of {products[0]}"
            takers.append(f"V({action.name}){some}")
    return f"For {', '.join(takers)}."


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
                f"{_takers(parameter.name)} When left out, none is sent. An action that needs one is refused.",
            ),
            no_log=parameter.secret,
        )
        for parameter in actions.PARAMETERS.values()
    ),
)
