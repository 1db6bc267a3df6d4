# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The workflow runs what `make test` and `make matrix` run, and may do no more than read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tools.matrix import NAMED_ONLY, ROWS, chosen

from ..quick_yaml import load_yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = load_yaml((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
JOBS: dict[str, Any] = WORKFLOW["jobs"]


def rows_of(job: str) -> list[tuple[str, str]]:
    return [(row["core"], row["python"]) for row in JOBS[job]["strategy"]["matrix"]["include"]]


def test_every_stage_is_a_job():
    checks = re.search(r"^CHECKS := ((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)
    assert checks
    stages = checks[1].replace("\\\n", " ").split()
    # `make test` measures coverage while it runs pytest; the jobs of the matrix do not.
    assert sorted(JOBS["stage"]["strategy"]["matrix"]["stage"]) == sorted([*stages, "coverage"])


def test_the_tests_run_on_every_row_of_the_matrix():
    assert rows_of("pytest") == [*ROWS, *NAMED_ONLY]


def test_sanity_runs_on_every_ansible_core_but_the_one_of_the_stages():
    assert {core for core, _python in rows_of("sanity")} == {
        core for core, _python in (*ROWS, *NAMED_ONLY)
    } - {ROWS[-1][0]}
    assert set(rows_of("sanity")) <= {*ROWS, *NAMED_ONLY}


def test_it_may_read_and_nothing_else():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in JOBS.values())


@pytest.mark.parametrize("job", sorted(JOBS))
def test_what_is_used_is_pinned_and_what_is_run_is_a_target(job):
    for step in JOBS[job]["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])
        else:
            target = step["run"].split()[1]
            assert target == "${{" or re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize(("words", "rows"), [
    ([], list(ROWS)), (["2.16"], [row for row in ROWS if row[0] == "2.16"]), (["2.19-py3.13"], [("2.19", "3.13")]),
    (["devel"], list(NAMED_ONLY)), (["devel-py3.12", "2.16-py3.10"], [("2.16", "3.10"), ("devel", "3.12")]), (["3.9"], []),
])  # fmt: skip
def test_which_rows_a_word_chooses(words, rows):
    assert chosen(words) == rows
