# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment variables: those that are read, and misspelt ones."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._module.variables import (
    NAMES,
    unread_variables,
)

ROOT = Path(__file__).resolve().parents[2]
# Not one of an author: it is in the examples of documents.
NOT_READ = {
    "IVANTI_UEM_",
    "IVANTI_UEM_MAX_DEVICE",
    "IVANTI_UEM_VALIDATE_CERT",
    "IVANTI_UEM_EPMM_PASSWORD",
}


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch):
    for name in [name for name in os.environ if name.startswith("IVANTI_UEM_")]:
        monkeypatch.delenv(name)


def test_every_variable_that_the_code_and_the_documents_name_is_known():
    paths = [*ROOT.glob("plugins/**/*.py"), *ROOT.glob("docs/*.md"), *ROOT.glob("roles/**/*.yml"), *ROOT.glob("playbooks/*.yml")]  # fmt: skip
    texts = [path.read_text(encoding="utf-8") for path in (*paths, ROOT / "README.md")]
    found = {name for text in texts for name in re.findall(r"\bIVANTI_UEM_[A-Z_]*", text)}
    assert found - NOT_READ == set(NAMES)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("IVANTI_UEM_MAX_DEVICE", "IVANTI_UEM_MAX_DEVICES"), ("IVANTI_UEM_VALIDATE_CERT", "IVANTI_UEM_VALIDATE_CERTS"),
        ("IVANTI_UEM_PASSWD", "IVANTI_UEM_PASSWORD"), ("IVANTI_UEM_ULR", "IVANTI_UEM_URL"), ("IVANTI_UEM_USER", "IVANTI_UEM_USERNAME"),
        ("IVANTI_UEM_max_devices", "IVANTI_UEM_MAX_DEVICES"), ("IVANTI_UEM_JOURNAL", "IVANTI_UEM_JOURNAL_PATH"),
    ],
)  # fmt: skip
def test_a_misspelt_variable_is_refused_with_the_nearest(monkeypatch, name, near):
    monkeypatch.setenv(name, "1")
    with pytest.raises(OptionError) as refused:
        unread_variables()
    assert str(refused.value).startswith(f"{name}: nothing reads an environment variable")
    assert f"(nearest: {near}" in str(refused.value) and "Nothing was done" in str(refused.value)
    # AWX makes an empty one of a field that nobody filled in.
    monkeypatch.setenv(name, " ")
    assert unread_variables() == []


@pytest.mark.parametrize(
    "name", ["IVANTI_UEM_EPMM_PASSWORD", "IVANTI_UEM_OWNER", "IVANTI_UEM_URL_2"]
)
def test_a_variable_that_may_be_of_somebody_else_is_a_warning(monkeypatch, name):
    monkeypatch.setenv(name, "1")
    [said] = unread_variables()
    assert said.startswith(f"{name}: nothing reads") and "if it is one of your own" in said


def test_the_variables_that_are_read_are_not_spoken_of(monkeypatch):
    for name in (*NAMES, "OTHER_IVANTI_UEM_URL", "_IVANTI_UEM_NO_ADVICE"):
        monkeypatch.setenv(name, "1")
    assert unread_variables() == []
