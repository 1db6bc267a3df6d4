# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sentences that the guides quote are those that an author gets to see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..conftest import ModuleFailed
from ..quick_yaml import load_yaml

DOCS = Path(__file__).parents[2] / "docs"
TABLET = {"platformType": "WINDOWS_PHONE", "registrationState": "ACTIVE", "serialNumber": None}
KNOWN_AS = "22032"  # in the guides

# The guide, the module and its options.
# fmt: off
QUOTED = [
    ("gitops.md", "device_custom_attrs", {"attrs": {"owner": "x"}, "confirm": "1-0000"}),
    ("gitops.md", "device_custom_attrs", {"attrs": {"ownr": "x"}}),
    ("actions.md", "device_action", {"action": "wipe"}),
    ("actions.md", "device_action", {"action": "lock"}),
]
# fmt: on


@pytest.mark.parametrize(("guide", "module", "options"), QUOTED)
def test_a_guide_quotes_what_is_said(
    call: Any, emulator: Any, guide: str, module: str, options: dict[str, Any]
) -> None:
    device = str(emulator.add_device(**TABLET))
    with pytest.raises(ModuleFailed) as failed:
        call(module, emulator, devices=[device], **options)
    sentence = str(failed.value.result["msg"]).partition(" The plan: ")[0]
    text = " ".join((DOCS / guide).read_text(encoding="utf-8").split())
    assert sentence.replace(device, KNOWN_AS) in text


def recipes() -> list[tuple[str, dict[str, Any]]]:
    """Return the options of what guides and examples do to devices of certain serial numbers."""
    root = DOCS.parent
    guides = [root / "README.md", *sorted(DOCS.glob("*.md"))]
    found: list[tuple[str, dict[str, Any]]] = []
    for path in guides:
        for block in re.findall(r"```yaml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
            found += [(path.name, options) for options in deeds(load_yaml(block))]
    for path in sorted((root / "plugins" / "modules").glob("*.py")):
        block = re.search(
            r'^EXAMPLES = r"""\n(.*?)"""', path.read_text(encoding="utf-8"), re.M | re.S
        )
        if block:
            found += [(path.name, options) for options in deeds(load_yaml(block[1]))]
    return found


def deeds(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the options of the destructive tasks by serial number, also within plays and blocks."""
    if isinstance(data, list):
        for one in data:
            yield from deeds(one)
    elif isinstance(data, dict):
        options = data.get("ivanti.uem.device_action") or {}
        named = "serial_numbers" in (options.get("select") or {})
        if named and options.get("action") in ("wipe", "retire", "delete", "relinquish"):
            yield options
        for value in data.values():
            yield from deeds(value)


RECIPES = recipes()


@pytest.mark.parametrize(
    ("source", "options"), RECIPES, ids=[source for source, _options in RECIPES]
)
def test_a_recipe_for_a_stolen_device_fails_where_its_serial_number_is_wrong(
    call: Any, emulator: Any, source: str, options: dict[str, Any]
) -> None:
    asked = {name: value for name, value in options.items() if name != "confirm"}
    asked["select"] = {**options["select"], "serial_numbers": ["MISTYPED"]}
    with pytest.raises(ModuleFailed, match="Unknown devices, nothing was done: serial number"):
        call("device_action", emulator, check_mode=True, **asked)


def test_each_recipe_for_a_stolen_device_is_tried() -> None:
    assert {"README.md", "actions.md", "device_action.py"} <= {
        source for source, _options in RECIPES
    }
