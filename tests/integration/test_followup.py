# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was asked of devices and has not happened: the meaning as a table, and requests that
device_action really sent to both products."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import status_of
from ansible_collections.ivanti.uem.plugins.module_utils._families.followup.model import (
    MEANINGS,
    Asked,
    follow_up,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.followup.task import asked_of

from ..conftest import ModuleFailed, writes
from .action_fleet import add, run

# fmt: off
MEANT = [
    ("wipe", "WIPED", "done"), ("wipe", "WIPE_SENT", "under_way"), ("wipe", "WIPE_CANCELED", "canceled"),
    ("wipe", "ACTIVE", "not_shown"), ("retire", "RETIRED", "done"), ("retire", "RETIRE_PENDING", "under_way"),
    ("retire", "WIPED", "not_shown"), ("retire", "", "not_shown"), ("delete", "RETIRED", "not_shown"),
    ("delete", None, "not_visible"), ("wipe", None, "not_visible"), ("relinquish", "ACTIVE", "never_shown"),
    ("activesync_wipe", None, "other_list"),
]
# fmt: on


@pytest.mark.parametrize(("action", "state", "outcome"), MEANT)
def test_what_became_of_a_request(action, state, outcome):
    asked = Asked(action, "https://a", "1", "g")
    for row in ({"status_raw": state}, {"status": status_of(state or "")}):
        [found] = follow_up([asked], {} if state is None else {asked.key: row})
        assert found.outcome == outcome and MEANINGS[outcome]


def line(phase: str, at: float, answer: str = "", **more: Any) -> dict[str, Any]:
    device = {"id": "1", "guid": "G", "serial": "S", "owner": "o"}
    said = {"answer": answer} if phase == "after" else {}
    when = f"2026-11-{int(at):02d}T00:00:00Z"
    base = {
        "phase": phase,
        "at": at,
        "when": when,
        "run": "r",
        "server": "https://a/",
        "action": "wipe",
    }
    return {**base, "device": device, **said, **more}


# fmt: off
LINES = [
    ([line("before", 1), line("after", 2, "taken")], [("wipe", True, "2026-11-02T00:00:00Z")]),
    ([line("before", 1)], [("wipe", False, "2026-11-01T00:00:00Z")]),
    ([line("before", 1), line("after", 2, "unknown: no answer")], [("wipe", False, "2026-11-02T00:00:00Z")]),
    ([line("before", 1), line("after", 2, "HTTP 400")], []),
    ([line("before", 1), line("after", 2, "not sent: it stopped")], []),
    # One run retires and then deletes the same device.
    ([line("before", 1, action="retire"), line("after", 2, "taken", action="retire"), line("before", 3, action="delete")],
     [("retire", True, "2026-11-02T00:00:00Z"), ("delete", False, "2026-11-03T00:00:00Z")]),
    ([{"phase": "before", "server": None, "at": None}], []),
]
# fmt: on


@pytest.mark.parametrize(("lines", "expected"), LINES)
def test_requests_of_a_journal_that_may_stand(lines, expected):
    asked, unreadable = asked_of(lines)
    assert [(one.action, one.taken, one.when) for one in asked] == expected
    assert all(one.key == ("https://a", "g") for one in asked)
    assert unreadable == sum("device" not in one for one in lines)


@pytest.mark.parametrize("product", ["neurons", "epmm"])
def test_what_device_action_asked_is_followed_until_it_is_done(
    request, call, monkeypatch, tmp_path, product
):
    server = request.getfixturevalue("emulator" if product == "neurons" else "epmm")
    journal = tmp_path / "journal.jsonl"
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(journal))
    nothing = call("action_followup_info", server)
    assert nothing["followups"] == [] and nothing["requests"] == 0
    assert "does not exist" in nothing["warnings"][0]

    server.set_switch("action_settle", "manual")
    device = add(server, "retire")
    assert run(call, server, "retire", devices=[device])["changed"]
    server.clear_requests()
    [row] = call("action_followup_info", server)["followups"]
    assert (row["action"], row["outcome"], row["taken"]) == ("retire", "under_way", True)
    assert row["id"] == str(device) and row["status"] == "retire_pending" and row["asked_at"]
    assert writes(server) == []

    server.settle()
    after = call("action_followup_info", server)
    assert after["followups"] == [] and after["summary"]["done"] == 1
    [row] = call("action_followup_info", server, include_settled=True)["followups"]
    assert row["outcome"] == "done" and row["status"] == "retired"


def test_requests_to_another_server_are_left_out_and_a_bad_journal_is_one_sentence(
    call, shared_emulator, tmp_path: Path
):
    journal = tmp_path / "journal.jsonl"
    journal.write_text('{"phase": "before", "at": 1, "server": "https://other", "action": "wipe",'
                       ' "device": {"id": "1", "guid": "x"}}\nnot a line\n')  # fmt: skip
    found = call("action_followup_info", shared_emulator, journal_path=str(journal))
    assert found["followups"] == [] and found["requests"] == 0
    assert "1 line of the journal" in found["warnings"][0]
    os.symlink(journal, tmp_path / "link")
    with pytest.raises(ModuleFailed, match=r"journal_path: the journal .* cannot be read") as error:
        call("action_followup_info", shared_emulator, journal_path=str(tmp_path / "link"))
    assert "nothing was sent" not in error.value.result["msg"]
