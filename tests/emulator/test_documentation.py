# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""README.md says what the tables say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from uem_emulator import control
from uem_emulator.blueprint import Blueprint
from uem_emulator.cli import parser
from uem_emulator.epmm.product import Epmm
from uem_emulator.faults import KINDS
from uem_emulator.like import NOT_RECORDED
from uem_emulator.products import PRODUCTS
from uem_emulator.switches import SWITCHES, Switch, Switches

README = (Path(__file__).parents[2] / "emulator" / "README.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, list[str]]:
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in section.splitlines()
        if line.startswith("| `")
    ]
    return {row[0].strip("`"): row[1:] for row in cells}


def test_every_switch_is_documented() -> None:
    reasons = {name: reason for reason, names in NOT_RECORDED.items() for name in names}
    assert set(reasons) <= {switch.name for switch in SWITCHES}
    expected = {
        switch.name: [
            ", ".join(f"`{choice}`" for choice in switch.choices)
            or ("a whole number" + (f" from {switch.least}" if switch.least else "")),
            f"`{switch.default}`",
            switch.meaning,
            switch.source,
            f"no: {reasons[switch.name]}" if switch.name in reasons else "yes",
        ]
        for switch in SWITCHES
    }
    assert rows("Switches") == expected


def test_every_kind_of_fault_is_documented() -> None:
    expected = {
        kind.name: [kind.meaning, ", ".join(f"`{name}`" for name in kind.params)]
        for kind in KINDS.values()
    }
    assert rows("Fault rules") == expected


def test_every_option_is_documented() -> None:
    options = {
        string
        for action in parser()._actions
        for string in action.option_strings
        if string.startswith("--")
    } - {"--help"}
    assert set(re.findall(r"`(--[a-z-]+)", README)) >= options


def test_every_control_call_is_documented() -> None:
    source = Path(control.__file__).read_text(encoding="utf-8")
    calls = set(re.findall(r'\("([A-Z]+)", "(/[^"]+)", self', source))
    assert len(calls) > 12
    calls |= {(call.method, call.path) for product in PRODUCTS.values() for call in product.calls}
    assert set(rows("Control calls")) == {f"{method} /_emulator{path}" for method, path in calls}


def test_every_call_of_epmm_is_documented() -> None:
    product = Epmm(Blueprint(seed=1, devices=0, partitions=1, now=0), Switches())
    calls = [
        f"{route.method} {route.path}"
        for route in (*product.v2.routes, *product.v1.routes)
        if not route.path.endswith("/")
    ]
    assert len(calls) > 25
    assert [call for call in calls if f"`{call}`" not in README] == []


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.name)
def test_a_switch_takes_its_positions_and_no_other(switch: Switch) -> None:
    switches = Switches()
    for choice in switch.choices or (str(switch.least), "12", 3):
        switches.set_many({switch.name: choice})
        assert switches[switch.name] == (choice if switch.choices else int(choice))
    for wrong in ("", "nonsense", "-1", "²", "1.0", str(switch.least - 1), "1" * 10):
        with pytest.raises(ValueError, match=switch.name):
            switches.set_many({switch.name: wrong})
    switches.reset()
    assert switches[switch.name] == switch.default
