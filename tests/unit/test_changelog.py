# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changelog of a first release describes the collection, for nobody has noticed a change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ..quick_yaml import load_yaml

ROOT = Path(__file__).resolve().parents[2]
CHANGES = load_yaml((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
RELEASES = CHANGES["releases"]


@pytest.mark.skipif(set(RELEASES) != {"0.1.0"}, reason="the first release is out")
def test_a_first_release_has_a_summary_and_no_changes():
    assert set(RELEASES["0.1.0"]["changes"]) == {"release_summary"}
    fragments = sorted(path.name for path in (ROOT / "changelogs" / "fragments").glob("*"))
    assert fragments == RELEASES["0.1.0"]["fragments"] == ["0.1.0.yml"]


def listed() -> dict[tuple[str, str], str]:
    """Return what ``changelog.yaml`` says of each plugin. A dash can be escaped there."""
    return {
        (kind, plugin["name"]): plugin["description"].replace("\\", "")
        for release in RELEASES.values()
        for kind, plugins in {
            "modules": release.get("modules", []),
            **release.get("plugins", {}),
        }.items()
        for plugin in plugins
    }


def short_description(path: Path) -> str:
    """Return the short description in the documentation of a plugin."""
    [text] = re.findall(r"^short_description: (.+)$", path.read_text(encoding="utf-8"), re.M)
    return str(load_yaml(text))


def test_every_module_and_plugin_is_in_the_changelog_as_its_documentation_has_it():
    """``make changelog`` writes them."""
    kinds = ("modules", "inventory", "lookup", "filter", "test")
    assert listed() == {
        (kind, path.stem): f"{short_description(path)}."
        for kind in kinds
        for path in (ROOT / "plugins" / kind).glob("*.py")
    }


def test_the_document_has_what_the_data_says():
    """``CHANGELOG.md`` is written from ``changelog.yaml``, by the same command."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").replace("\\", "")
    lines = [f"* ivanti.uem.{name} - {said}" for (_kind, name), said in listed().items()]
    assert sorted(re.findall(r"^\* .*$", text, re.M)) == sorted(lines)
