# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a gate of the coverage holds, and what is said when it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools import coverage_gate

ROOT = Path(__file__).resolve().parents[2]


def file(lines: int, branches: int, missing: Any = (), paths: Any = ()) -> dict[str, Any]:
    summary = {
        "num_statements": lines,
        "covered_lines": lines - len(missing),
        "num_branches": branches,
        "covered_branches": branches - len(paths),
    }
    return {"summary": summary, "missing_lines": list(missing), "missing_branches": list(paths)}


@pytest.mark.parametrize(("files", "percent", "words"), [
    ({"a/x.py": file(8, 2)}, 100, []),
    ({"a/x.py": file(8, 2, missing=[7])}, 90, []),
    ({"a/x.py": file(8, 2, missing=[7])}, 91, ["90.0 % is covered, 91 % must be", "a/x.py:7"]),
    ({"a/x.py": file(8, 2, paths=[[3, 5], [4, -1]])}, 100, ["80.0 %", "a/x.py:3 to 5, a/x.py:4 to the end"]),
    ({"a/x.py": file(8, 2), "a/y.py": file(0, 0), "b/z.py": file(9, 9, missing=[1])}, 100, []),
    ({"b/z.py": file(8, 2)}, 100, ["no file fits a/*.py"]),
    ({}, 0, ["no file fits a/*.py"]),
])  # fmt: skip
def test_a_gate(files, percent, words):
    gate = coverage_gate.Gate("a", "a/*.py", percent)
    told = coverage_gate.verdict(gate, coverage_gate.measure(files, gate.pattern))
    assert bool(told) == bool(words) and all(word in told for word in words)


def test_a_gate_that_does_not_hold_fails_the_command(tmp_path, capsys):
    report = tmp_path / "coverage.json"
    files = {gate.pattern.replace("*", "x"): file(10, 0) for gate in coverage_gate.GATES}
    report.write_text(json.dumps({"files": files}), encoding="utf-8")
    assert coverage_gate.main([str(report)]) == 0
    assert "100.00 %" in capsys.readouterr().out
    assert coverage_gate.main(["--quiet", str(report)]) == 0
    assert capsys.readouterr().out == ""
    files["plugins/module_utils/_http/retry.py"] = file(10, 0, missing=[3])
    report.write_text(json.dumps({"files": files}), encoding="utf-8")
    assert coverage_gate.main(["--quiet", str(report)]) == 1
    assert "plugins/module_utils/_http/retry.py:3" in capsys.readouterr().out


def test_every_gate_is_for_files_that_there_are():
    assert all(list(ROOT.glob(gate.pattern)) for gate in coverage_gate.GATES)
