# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changelog of a first release describes the collection, for nobody has noticed a change."""

from __future__ import annotations

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


def test_every_module_and_plugin_is_in_the_changelog():
    """``make changelog`` writes them."""
    listed = {
        (kind, plugin["name"])
        for release in RELEASES.values()
        for kind, plugins in {
            "modules": release.get("modules", []),
            **release.get("plugins", {}),
        }.items()
        for plugin in plugins
    }
    kinds = ("modules", "inventory", "lookup", "filter", "test")
    here = {(kind, path.stem) for kind in kinds for path in (ROOT / "plugins" / kind).glob("*.py")}
    assert listed == here
