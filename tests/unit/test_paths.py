# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which paths a playbook of the collection refuses before it does anything."""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.plugin_utils._paths import (
    is_of_collection,
    relative_paths,
    unusable_files,
)

SAID = "is a relative path, which would begin in the collection"


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (None, ""), ("", ""), ([], ""), ("  ", ""), ("/srv/plan", ""), ("~/plan", ""), ("$HOME/plan", ""),
        (["/srv/state", "~/state"], ""), ("/a.json\n\n/b.json\n", ""),
        ("plan", "plan"), ("./plan", "./plan"), (["/srv/state", "state"], "state"),
        ("/a.json\nb.json", "b.json"), ("$NO_SUCH_VARIABLE/plan", "$NO_SUCH_VARIABLE/plan"),
    ],
)  # fmt: skip
def test_a_relative_path_is_found(monkeypatch, value, named):
    monkeypatch.setenv("HOME", "/home/somebody")
    found = relative_paths({"folder": value, "other": "x"}, ["folder", "missing"])
    assert list(found) == (["folder"] if named else [])
    assert not named or f"folder: {named!r} {SAID}" in found["folder"]


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/usr/share/ansible/collections/ansible_collections/ivanti/uem/playbooks", True),
        ("/srv/project/ansible_collections/ivanti/uem/playbooks", True),
        ("/srv/project/playbooks", False), ("/srv/project", False), ("playbooks", False),
        ("/srv/ansible_collections/ivanti/uem/tests", False),
    ],
)  # fmt: skip
def test_a_folder_of_playbooks_is_that_of_a_collection(folder, expected):
    assert is_of_collection(folder) is expected


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"status": "clean", "changes": []}', ""),
        (None, ""),
        (b"", "is not a whole JSON file with status and changes"),
        (b'{"status": "cl', "is not a whole JSON file"),
        (b"\xff\xfe", "is not a whole JSON file"),
        (b"[]", "is not a whole JSON file"),
        (b'{"confirm": "", "changes": []}', "is not a whole JSON file"),
    ],
)
def test_a_file_of_something_else_is_found(tmp_path, content, said):
    path = tmp_path / "drift.json"
    if content is not None:
        path.write_bytes(content)
    keys = {"file": ["status", "changes"]}
    found = unusable_files({"file": str(path)}, keys, written=["file"])
    assert found == ({} if not said else {"file": found["file"]})
    assert not said or (f"'{path}' {said}" in found["file"] and "remove the file" in found["file"])


def test_what_must_exist_and_does_not_is_found(tmp_path):
    given = {"plan": str(tmp_path / "no.json"), "folder": str(tmp_path), "file": f"{tmp_path}/no/x"}
    files = {"plan": ["confirm"], "file": ["status"], "since": ["status"]}
    found = unusable_files(given, files, existing=["plan", "folder"], written=["file"])
    assert list(found) == ["plan", "file"]
    assert "no.json' does not exist; make it, or correct the path" in found["plan"]
    assert found["file"] == f"file: the folder of '{tmp_path}/no/x' does not exist; make it"
    # A folder where a file is meant.
    found = unusable_files({"plan": str(tmp_path)}, files, existing=["plan"])
    assert "cannot be read (Is a directory)" in found["plan"]
