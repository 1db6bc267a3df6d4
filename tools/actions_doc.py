# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the tables of docs/actions.md from the table of actions in
plugins/module_utils/_families/actions.

With ``--check`` nothing is written, and the exit status is 1 when the document is not what the
table says.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import HARMLESS
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions import epmm, neurons
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.epmm import (
    ACTION_ON_MANY,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.model import (
    ACTIONS,
    Action,
    Call,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.endpoints import (
    STATUSES,
    UNLISTED_STATUSES,
)

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "actions.md"
BEGIN, END = (
    "<!-- written by tools/actions_doc.py: begin -->",
    "<!-- written by tools/actions_doc.py: end -->",
)
TITLES = {"neurons": "Neurons", "epmm": "EPMM"}
CALLS = {"neurons": neurons.CALLS, "epmm": epmm.CALLS}


# The states of EPMM ("Status and statusCode values"; WIPE_PENDING is in the guide of its reporting
# database). All others are those of Neurons.
STATES_OF_EPMM = frozenset({*STATUSES, *UNLISTED_STATUSES, "WIPE_PENDING"})


def done(action: Action, product: str) -> str:
    """What makes an action done already."""
    if action.deletes:
        return "the device does not exist"
    if action.by_version:
        return "the device has the version, or a newer one"
    if action.mode:
        mode = action.mode.replace("_", " ")
        return f"the device is {'not ' if action.leaves else ''}in {mode}"
    states = action.done & STATES_OF_EPMM if product == "epmm" else action.done
    return ", ".join(f"`{state}`" for state in sorted(states)) or (
        "nothing shows it; the answer says it" if action.hidden else "always changes"
    )


def platforms(call: Call) -> str:
    """Which platforms an action is for, and what their devices must be."""
    found = ", ".join(sorted(call.platforms)) or "all"
    if call.not_on:
        found += f" but {', '.join(sorted(call.not_on))}"
    return f"{found}; iOS: {', '.join(sorted(call.needs))}" if call.needs else found


def states(call: Call) -> str:
    """In which states a device does not get an action."""
    return ", ".join(f"`{state}`" for state in sorted(call.never_in))


def calls(action: Action, product: str, call: Call) -> str:
    """Numbers, methods and addresses of the calls that carry an action out; those of API v2
    first."""
    v2 = epmm.V2_ACTIONS.get(action.name) if product == "epmm" else None
    first = (
        f"API v2: `{v2.endpoint.method} {v2.endpoint.path}` with `{v2.type}`; else " if v2 else ""
    )
    found = [call.endpoint]
    if call.by_mac:
        found.append(call.by_mac)
    if call.bulk:
        found.append(ACTION_ON_MANY)
    return first + "; ".join(
        f"{one.id} `{one.method} {one.path.replace('{action}', call.bulk)}`" for one in found
    )


def row(action: Action, product: str, call: Call) -> str:
    """A line of the table."""
    parameters = ", ".join(
        f"`{name}`{' (needed)' if name in call.required else ''}" for name in call.words
    )
    check = (
        f"{call.viability.id} `{call.viability.method} {call.viability.path}`"
        if call.viability
        else ""
    )
    # fmt: off
    cells = (
        f"`{action.name}`", TITLES[product], action.summary.replace("M(ivanti.uem.device_location_info)", "`device_location_info`"),
        "" if action.harm == HARMLESS else f"**{action.harm}**", parameters, done(action, product), platforms(call), states(call),
        calls(action, product, call), check, call.endpoint.source, call.verified,
    )
    # fmt: on
    return f"| {' | '.join(cells)} |"


def table() -> str:
    """The table of all actions."""
    # fmt: off
    head = (
        "Action", "Product", "What it does", "[Harm](safety.md)", "Parameters", "Done already when", "Platforms",
        "Never in the states", "Calls",
        "Asked beforehand", "Source", "Verified",
    )
    # fmt: on
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [
        row(action, product, CALLS[product][action.name])
        for action in ACTIONS.values()
        for product in action.takes
    ]
    return "\n".join(lines)


def main() -> int:
    """Write or check the document; returns the exit status."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    wanted = f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"
    if text == wanted:
        return 0
    if "--check" in sys.argv[1:]:
        print("docs/actions.md: differs from the table of actions; run python tools/actions_doc.py")
        return 1
    DOCUMENT.write_text(wanted, encoding="utf-8")
    print("docs/actions.md: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
