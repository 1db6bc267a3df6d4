# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who gets a message, and whose device is retired."""

from __future__ import annotations

import json

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.stale import (
    Times,
    plan_stale,
    with_messages,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.table import table_of

# days=60 and grace=14 on the last day of November.
TIMES = Times("2026-11-30T02:00:00Z", "2026-10-01T02:00:00Z", "2026-11-16T02:00:00Z")
SERVER = "https://uem.example.com"


def device(**more):
    return {
        "id": "1",
        "guid": "g1",
        "server": SERVER,
        "last_seen_at": "2026-08-01T00:00:00Z",
        **more,
    }


def record(at, guid="g1", server=SERVER):
    return {"version": 1, "messages": {f"{server} {guid}": at}}


UNKNOWN = "is left alone: neither its last check-in nor its registration is known"
OLD, YOUNG = "2026-11-16T02:00:00Z", "2026-11-16T02:00:01Z"


@pytest.mark.parametrize(
    ("row", "known", "never", "will"),
    [
        (device(), {}, False, "gets a message"),
        (device(), "", False, "gets a message"),
        (device(), json.dumps(record(OLD)), False, "is retired"),
        (device(), record(OLD), False, "is retired"),
        (device(), record(YOUNG), False, "gets a message"),
        (device(), record(OLD, server="https://other.example.com"), False, "gets a message"),
        (device(), record(OLD, guid="g2"), False, "gets a message"),
        # A check-in after the message begins a new silence.
        (device(last_seen_at="2026-08-01T00:00:00Z"), record("2026-07-01T00:00:00Z"), False, "gets a message"),
        (device(last_seen_at="2026-10-01T01:59:59Z"), {}, False, "gets a message"),
        (device(last_seen_at="2026-10-01T02:00:00Z"), record(OLD), False, None),
        (device(last_seen_at="2030-01-01T00:00:00Z"), record(OLD), False, None),
        # Never.
        (device(last_seen_at=None), record(OLD), False, "is left alone: it has never checked in"),
        (device(last_seen_at=""), record(OLD), False, "is left alone: it has never checked in"),
        (device(last_seen_at="1970-01-01T00:00:00Z"), record(OLD), False, "is left alone: it has never checked in"),
        (device(last_seen_at="1970-12-31T23:59:59Z"), record(OLD), False, "is left alone: it has never checked in"),
        (device(last_seen_at=None, registered_at="2026-05-01T00:00:00Z"), record(OLD), True, "is retired"),
        (device(last_seen_at=None, registered_at="2026-05-01T00:00:00Z"), {}, True, "gets a message"),
        # Nothing is known.
        (device(last_seen_at=None), record(OLD), True, UNKNOWN),
        (device(last_seen_at=None, registered_at=None), record(OLD), True, UNKNOWN),
        (device(last_seen_at=None, registered_at=""), {}, True, UNKNOWN),
        (device(last_seen_at="1970-01-01T00:00:00Z", registered_at="1970-01-01T00:00:00Z"), record(OLD), True, UNKNOWN),
        (device(last_seen_at=None, registered_at="2026-11-01T00:00:00Z"), record(OLD), True, None),
        (device(last_seen_at="1970-01-01T00:00:00Z", registered_at="2026-05-01T00:00:00Z"), record(OLD), True, "is retired"),
        (device(guid="kept"), record(OLD, guid="kept"), False, "is left alone: it is protected"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_device(row, known, never, will):
    plan = plan_stale([row], known, TIMES, never=never, kept={"kept": "it is protected"})
    assert [one["will"] for one in plan["rows"]] == ([will] if will else [])
    assert plan["tell"] == ([row["guid"]] if will == "gets a message" else [])
    assert plan["retire"] == ([row["guid"]] if will == "is retired" else [])


def test_the_first_message_of_a_silence_counts():
    rows = [device(), device(guid="g2"), device(guid="g3"), device(guid="g4")]
    before = {"version": 1, "messages": {
        f"{SERVER} g1": YOUNG, f"{SERVER} g2": "2026-07-01T00:00:00Z", "https://other.example.com g1": OLD,
    }}  # fmt: skip
    plan = plan_stale(rows, before, TIMES, never=False, kept={})
    after = with_messages(before, plan["rows"], ["g1", "g2", "g3"], TIMES.now)
    assert after["messages"] == {
        f"{SERVER} g1": YOUNG, f"{SERVER} g2": TIMES.now, f"{SERVER} g3": TIMES.now, "https://other.example.com g1": OLD,
    }  # fmt: skip
    assert with_messages(after, plan["rows"], [], TIMES.now) == after


@pytest.mark.parametrize(
    "known",
    [
        "text",
        "{",
        "[1]",
        [1],
        [],
        {"version": 2},
        {"version": 1},
        {"version": 1, "messages": {"a": 1}},
        7,
    ],
)
def test_a_file_of_something_else_is_refused(known):
    with pytest.raises(OptionError, match="is not one that this playbook wrote"):
        plan_stale([], known, TIMES, never=False, kept={})


def test_those_to_be_retired_are_shown_first():
    rows = [device(guid="a", last_seen_at=None), device(guid="b"), device()]
    plan = plan_stale(rows, record(OLD), TIMES, never=False, kept={})
    assert [one["guid"] for one in plan["rows"]] == ["g1", "b", "a"]
    assert plan["headline"] == (
        "3 devices without a check-in: 1 to get a message, 1 to be retired, 1 left alone"
    )


def test_a_table_has_columns_that_a_reader_needs():
    rows = [
        device(model="iPad", email="a@example.com", serial_number="A1", will="is retired"),
        device(id="22000", user="b", last_seen_at="1970-01-01T00:00:00Z", will="gets a message"),
        device(model="x" * 90, email=None, last_seen_at=None, will="is left\x1b[2J alone"),
    ]
    lines = table_of(rows)
    assert [line.split() for line in lines[:2]] == [
        ["Device", "Model", "Owner", "Last", "seen", "What", "will", "happen"],
        ["1", "(A1)", "iPad", "a@example.com", "2026-08-01", "is", "retired"],
    ]
    assert lines[2].split() == ["22000", "?", "b", "never", "gets", "a", "message"]
    assert "x" * 39 + "…" in lines[3] and "\x1b" not in lines[3]
    assert {lines[0].index("Owner"), lines[1].index("a@"), lines[2].index("b ")} == {
        lines[0].index("Owner")
    }


def test_a_table_does_not_say_never_of_a_time_that_was_not_read():
    row = {"id": "1", "will": "is retired"}
    assert table_of([row])[1].split() == ["1", "?", "?", "?", "is", "retired"]


@pytest.mark.parametrize(("count", "lines"), [(0, 0), (1, 2), (50, 51), (60, 53), (5000, 53)])
def test_a_long_table_counts_the_rest(count, lines):
    table = table_of([device(will="is retired")] * count)
    assert len(table) == lines
    assert count <= 50 or table[-2:] == [
        f"and {count - 50:,} more:",
        f"  {count - 50:,}: is retired",
    ]
