# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which titles of commits pass."""

from __future__ import annotations

import pytest

from tools import commit_title


@pytest.mark.parametrize("title", [
    "Read device pages concurrently", "Add a lookup", "Bring attributes to their state", "Pass the label's id", "Need requests 2.32.4",
    "Focus on one family", "Seed the emulator", "Address a server by its name", "Let EPMM say what it lacks.json", "Bench: say the ratio",
    "x".upper() * 72, "Merge the families", "Merge branch 'main' into files", 'Revert "Added a thing."', "fixup! added a thing.",
    "Re-read the device", "Don't repeat what adds",
])  # fmt: skip
def test_titles_that_pass(title):
    assert commit_title.faults(title) == []


@pytest.mark.parametrize(("title", "words"), [
    ("", ["empty"]), ("Added a lookup", ["'added'"]), ("Adding a lookup", ["'adding'"]), ("Adds a lookup", ["'adds'"]),
    ("Fixes: a lookup", ["'fixes'"]), ("Add a lookup.", ["period"]), ("add a lookup", ["small letter"]), ("X" * 73, ["73 characters; 72"]),
    ("123 lookups", ["''"]), ("added a lookup.", ["period", "small letter", "'added'"]), (" Add a lookup", ["''"]), ("Merges the families", ["'merges'"]),
])  # fmt: skip
def test_titles_that_do_not(title, words):
    found = commit_title.faults(title)
    assert len(found) == len(words)
    assert all(word in fault for word, fault in zip(words, found, strict=True))


@pytest.mark.parametrize(("text", "title"), [
    ("", ""), ("\n# a comment\n\n", ""), ("Add a lookup\n\nBody.\n", "Add a lookup"), ("# one\n\nAdd a lookup  \n", "Add a lookup"),
])  # fmt: skip
def test_the_title_of_a_message(text, title):
    assert commit_title.title_of(text) == title


@pytest.mark.parametrize(("text", "status"), [("Add a lookup\n", 0), ("Added a lookup\n", 1)])
def test_the_hook(tmp_path, capsys, text, status):
    message = tmp_path / "COMMIT_EDITMSG"
    message.write_text(text, encoding="utf-8")
    assert commit_title.main([str(message)]) == status
    assert bool(capsys.readouterr().out) == bool(status)


def test_without_a_file_the_usage_is_told(capsys):
    assert commit_title.main([]) == 2 and "usage" in capsys.readouterr().err
