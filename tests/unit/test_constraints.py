# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The exact versions that CI installs."""

from __future__ import annotations

import re
from pathlib import Path

from tools import constraints

ROOT = Path(__file__).resolve().parents[2]


def names(text: str) -> set[str]:
    """The packages that requirement lines name, as the index spells them."""
    lines = (re.match(r"[A-Za-z][\w.-]*", line) for line in text.splitlines())
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in lines if match}


def test_only_exact_versions_are_kept():
    frozen = (
        "# Editable install with no remote (uem-emulator==0.1.0)\n-e /somewhere/emulator\n"
        "requests==2.34.2\nodd @ file:///somewhere/odd.whl\ntypes-PyYAML==6.0.12.2\n"
    )
    assert constraints.pins(frozen) == ["requests==2.34.2", "types-PyYAML==6.0.12.2"]


def test_the_file_says_which_python_it_is_for():
    assert constraints.python_of(constraints.HEAD.format(python="3.12")) == "3.12"
    assert constraints.python_of("requests==2.34.2\n") == ""
    assert constraints.python_of(constraints.FILE.read_text(encoding="utf-8"))


def test_everything_that_is_required_has_a_version():
    files = ("requirements.txt", "requirements-test.txt", "requirements-dev.txt")
    required = names("".join((ROOT / file).read_text(encoding="utf-8") for file in files))
    assert required <= names(constraints.FILE.read_text(encoding="utf-8"))


def test_the_emulator_of_this_repository_has_none():
    assert "uem-emulator" not in names(constraints.FILE.read_text(encoding="utf-8"))
