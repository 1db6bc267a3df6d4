# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a fleet: what is counted, that nothing of the data becomes a part of the page or a
formula, and the files that it writes."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import random
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._families.followup.model import (
    Asked,
    FollowUp,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.report import history, task
from ansible_collections.ivanti.uem.plugins.module_utils._families.report.content import (
    Answer,
    Given,
    Week,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.report.document import (
    FIELDS,
    as_csv,
    as_markdown,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.report.fleet import (
    Clock,
    read_fleet,
    share,
    version_order,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.report.page import as_page
from ansible_collections.ivanti.uem.plugins.module_utils._families.report.summary import make_report

NOW = "2026-11-30T09:00:00Z"
# fmt: off
CLOCK = Clock(NOW, {
    1: "2026-11-29T09:00:00Z", 7: "2026-11-23T09:00:00Z", 30: "2026-10-31T09:00:00Z", 90: "2026-09-01T09:00:00Z",
})
# fmt: on
SERVER = "https://na1.example"


def row(number: int, **more: Any) -> dict[str, Any]:
    base = {
        "server": SERVER if number % 2 else "https://epmm.example/",
        "guid": f"G-{number}",
        "id": str(number),
        "serial_number": f"S{number}",
        "platform": "ios",
        "os_version": "18.6",
        "status": "active",
        "compliant": True,
        "compliance_reasons": [],
        "compliance_reasons_raw": [],
        "last_seen_at": NOW,
    }
    return {**base, **more}


OUT = {
    "compliant": False,
    "compliance_reasons": ["os_version"],
    "compliance_reasons_raw": ["Old"],
}


def made(rows: Any, **more: Any) -> Any:
    return make_report(Given("T", CLOCK, read_fleet(rows, CLOCK), **more))


# What is counted


@pytest.mark.parametrize(
    ("when", "seen"),
    [
        (NOW, "day"),
        ("2026-12-24T00:00:00Z", "day"),
        ("2026-11-29T09:00:00Z", "day"),
        ("2026-11-29T08:59:59Z", "week"),
        ("2026-11-23T08:59:59Z", "month"),
        ("2026-10-31T09:00:00Z", "month"),
        ("2026-10-31T08:59:59Z", "quarter"),
        ("2026-09-01T08:59:59Z", "older"),
        ("1970-01-01T00:00:00Z", "never"),
        ("", "never"),
        (None, "never"),
        (0, "never"),
        ("yesterday", "never"),
    ],
)
def test_when_a_device_was_seen(when, seen):
    [entry] = read_fleet([row(1, last_seen_at=when)], CLOCK).entries
    assert entry.seen == seen


def test_a_registration_counts_once_and_those_that_end_count_apart():
    rows = [
        row(1),
        row(1, guid="g-1", compliant=False),
        row(2, **OUT),
        row(3, status="retired", compliant=False),
        row(4, status="wipe_pending"),
        row(5, compliant=None),
        row(6, guid=None),
    ]
    fleet = read_fleet(rows, CLOCK)
    assert (len(fleet.entries), len(fleet.ending), fleet.doubled) == (4, 2, 1)
    assert fleet.servers == ["https://epmm.example", SERVER]
    assert [fleet.count(name) for name in ("compliant", "out", "unknown")] == [2, 1, 1]
    assert fleet.entries[-1].key == ("https://epmm.example", "6")


@pytest.mark.parametrize("odd", [[], ["retired", "wiped"], {"wiped": 1}, 5, True])
def test_a_status_that_is_no_word_ends_nothing(odd):
    fleet = read_fleet([row(1, status=odd), row(2, status="wiped")], CLOCK)
    assert (len(fleet.entries), len(fleet.ending)) == (1, 1)
    assert "".join(as_csv(make_report(Given("T", CLOCK, fleet)))).count(",true,") >= 1


@pytest.mark.parametrize("bad", [None, "x", {}, {"guid": ""}, ["id"]])
def test_what_is_no_row_is_refused_by_its_number(bad):
    with pytest.raises(OptionError, match=r"^devices\[1\]: is not a row of a device"):
        read_fleet([row(1), bad], CLOCK)


# fmt: off
SHARES = [
    (0, 0, ""), (0, 5, "0.0 %"), (5, 5, "100.0 %"), (1, 3, "33.3 %"), (1, 100_000, "<0.1 %"), (99_999, 100_000, ">99.9 %"),
]
# fmt: on


@pytest.mark.parametrize(("part", "whole", "text"), SHARES)
def test_a_share_never_hides_what_is_there(part, whole, text):
    assert share(part, whole) == text


def test_versions_are_ordered_by_their_numbers():
    versions = ["9.3.6", "18.6.2", "18.10", "", "x", "9" * 10_000]
    assert sorted(versions, key=version_order)[:4] == ["", "x", "9.3.6", "18.6.2"]


# fmt: off
SIZES = [
    ([], "0 of 0 devices are out of compliance.", "There are no devices in the data of this report."),
    ([row(1)], "0 of 1 device (0.0 %) are out of compliance.", ""),
    ([row(1, **OUT)], "1 of 1 device (100.0 %) is out of compliance.", ""),
    ([row(n, **(OUT if n < 5 else {}), ) for n in range(20)], "5 of 20 devices (25.0 %) are out of compliance.", ""),
    ([row(1, compliant=None)], "The data does not say whether devices are compliant.", "No row says whether devices are compliant"),
    ([row(1, last_seen_at=None)], "The data does not say when devices checked in.", "No row says when devices checked in"),
]
# fmt: on


@pytest.mark.parametrize(("rows", "lead", "note"), SIZES)
def test_small_fleets_and_what_the_data_does_not_say(rows, lead, note):
    report = made(rows)
    assert lead in [section.lead for section in report.sections]
    assert any(note in one for one in report.notes)
    page = Page(as_page(report))
    assert page.troubles == [] and page.pictures >= (2 if rows else 1) - (
        lead.startswith("The data")
    )


def test_every_section_says_what_was_given_and_no_other_is_there():
    names = [section.name for section in made([row(1, **OUT)]).sections]
    assert names == ["compliance", "reasons", "seen", "versions", "policies", "status"]
    full = made([row(1, **OUT)], **everything())
    assert [section.name for section in full.sections] == [
        "compliance", "reasons", "trend", "seen", "versions", "policies", "configurations", "certificates", "asked",
        "drift", "runs", "status",
    ]  # fmt: skip
    leads = {section.name: section.lead for section in full.sections}
    assert "2 more than in the last report of the week before" in leads["trend"]
    assert leads["certificates"].startswith(
        "Of 3 certificates, 1 expired, and 1 will within 30 days."
    )
    assert "1 destructive request waits for a device" in leads["asked"]
    tables = {table.title: table.rows for section in full.sections for table in section.tables}
    assert tables["Not on all their devices"] == [("Wifi", 9, 4, 5, "Default")]
    assert tables["Policies on their way"] == [("Strict", "security", 7, 2)]
    assert tables["Violated, as the server counts"] == [("Old", 3, 9, "Default")]
    assert tables["Plans and results of runs"] == [
        ("plan.json", "2 of 9 devices", 2, "", "Refused: no"),
        ("result.json", "1 device", 1, "3", ""),
    ]
    assert tables["Out of compliance the longest"][0][3] == "2026-10-01"
    tiles = {tile.label: tile.number for tile in full.tiles}
    assert tiles["Asked, not done"] == "1" and tiles["Drift"] == "1"


def everything(text: str = "") -> dict[str, Any]:
    """All that a report can be given, with a text in every place that has one."""
    known = row(1)
    asked = Asked(
        "wipe", SERVER, "1", "g-1", f"S1{text}", f"o{text}", "2026-11-01T00:00:00Z", f"w{text}"
    )
    counts = {"devices": 10, "compliant": 5, "out": 3, "unknown": 2, "silent": 1}
    return {
        "since": {(SERVER, "g-1"): "2026-10-01T00:00:00Z"},
        "weeks": [Week("2026-11-16", counts), Week("2026-11-23", {**counts, "out": 5})],
        "configs": [
            {"name": f"Wifi{text}", "type": "WIFI", "device_count": 9, "installed_count": 4, "space": f"Default{text}"},
            {"name": f"Old{text}", "type": "POLICY", "device_count": 9, "violation_count": 3, "space": f"Default{text}"},
            {"name": None, "device_count": None, "installed_count": "9"},
        ],
        "policies": [{"name": f"Strict{text}", "profile_type": "SECURITY", "device_count": 7, "pending_count": 2}],
        "stuck": [{"config": f"Mail{text}", "status": f"ERROR{text}"}],
        "certificates": [
            {"device_serial_number": f"S{text}", "owner": f"o{text}", "subject": f"CN{text}", "not_after": NOW, "days_to_expiry": -1},
            {"days_to_expiry": 5, "subject": f"CN{text}"}, {"days_to_expiry": None},
        ],
        "followups": [FollowUp(asked, "not_shown", known), FollowUp(Asked("delete", SERVER, "8", f"x{text}"), "not_visible")],
        "answers": [Answer(NOW, f"w{text}", SERVER, "wipe", f"S{text}", f"HTTP 400{text}", failed=True)],
        "plans": [
            ("plan.json", {"headline": f"2 of 9 devices{text}", "changes": [1, 2], "refusals": [f"Refused: no{text}"]}),
            ("result.json", {"summary": {"changed": 1, "failed": 3}, "plan": [f"1 device{text}"]}),
        ],
        "drift": {"status": "drift", "message": text, "changes": [
            {"section": f"attributes{text}", "id": f"7{text}", "before": {f"a{text}": None}, "after": {"a": [f"b{text}"]}},
        ]},
    }  # fmt: skip


# Nothing of the data becomes more than text

CANARIES = [
    "<script>alert('CANARY')</script>",
    '"><img src=x onerror=alert(1)>CANARY',
    "</style><svg/onload=CANARY>",
    "CANARY\u202eمرحبا\u2066\x00\x1b[31m\ud800",
    "=cmd|'/c calc'!A1 CANARY",
    "CANARY\n| a | b |\n[x](javascript:alert(1)) <b> `c` https://evil.example @all",
    "&lt;CANARY&quot;{{ 7*7 }}{% x %}",
    "CANARY" + "é<&" * 4_000,
]
# Elements and attributes that the page has; nothing else may appear.
# fmt: off
TAGS = set(
    "html head meta title style body header main nav section div ul li a h1 h2 h3 p b i span bdi table caption thead tbody tr th "
    "td figure figcaption svg desc rect line text".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name class href id aria-label aria-labelledby scope tabindex role width height xmlns x y x1 "
    "x2 y1 y2 rx text-anchor".split()
)
# fmt: on


class Page(HTMLParser):
    """What a browser finds in a page: ``troubles``, and what is counted."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.troubles: list[str] = []
        self.ids: list[str] = []
        self.used: list[str] = []
        self.pictures = 0
        self.style = self.policy = ""
        self._in: list[str] = []
        self.feed(text)
        self.troubles += [f"twice: {one}" for one in set(self.ids) if self.ids.count(one) > 1]
        self.troubles += [f"leads nowhere: {one}" for one in self.used if one not in self.ids]

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        if tag not in TAGS or not given.keys() <= ATTRIBUTES:
            self.troubles.append(f"{tag} {given}")
        if tag not in ("meta", "br"):
            self._in.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        if "href" in given:
            self.used.append(given["href"].removeprefix("#"))
        self.used += given.get("aria-labelledby", "").split()
        if given.get("http-equiv"):
            self.policy = given["content"]
        if tag == "svg":
            self.pictures += given["role"] == "img" and len(given["aria-labelledby"].split()) == 2

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        if tag not in TAGS or not dict(attrs).keys() <= ATTRIBUTES:
            self.troubles.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._in or self._in.pop() != tag:
            self.troubles.append(f"ends: {tag}")

    def handle_data(self, data: str) -> None:
        if self._in[-1:] == ["style"]:
            self.style += data
        if re.search("[\\x00-\\x08\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]", data):
            self.troubles.append(f"steers: {data!r}")


def poisoned(text: str) -> Any:
    rows = []
    for number in range(1, 30):
        evil = dict.fromkeys(FIELDS, text) | {
            "compliance_reasons": [text, "b"],
            "compliance_reasons_raw": [text],
        }
        kept = {"guid": f"g-{number}", "compliant": False}
        rows.append({**row(number), **evil, **kept, "server": SERVER if number % 2 else text})
    fleet = read_fleet(rows, CLOCK)
    return make_report(Given(text, CLOCK, fleet, notes=[text], **everything(text)))


@pytest.mark.parametrize("text", CANARIES, ids=range(len(CANARIES)))
def test_nothing_of_the_data_is_a_part_of_the_page(text):
    page = as_page(poisoned(text))
    found = Page(page)
    assert found.troubles == [] and found.pictures == 7
    assert "CANARY" in page and len(page.encode()) < 3_000_000
    digest = base64.b64encode(hashlib.sha256(found.style.encode()).digest()).decode()
    assert found.policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert not re.search("url|import|expression", found.style)


@pytest.mark.parametrize("text", CANARIES, ids=range(len(CANARIES)))
def test_nothing_of_the_data_is_markdown(text):
    lines = as_markdown(poisoned(text)).splitlines()
    for line in lines:
        assert not re.search(r"<(?!!-- -->)", line), line
        assert not re.search(r"(?<!\\)[`\[]", line), line
        assert "javascript:" not in line or "\\[" in line
    widths = [len(re.findall(r"(?<!\\)\|", line)) for line in lines]
    for before, line, width in zip([0, *widths], lines, widths, strict=False):
        assert not (line.startswith("|") and before) or width == before, line


@pytest.mark.parametrize("text", CANARIES, ids=range(len(CANARIES)))
def test_no_cell_is_a_formula_and_the_table_has_everything(text):
    table = "".join(as_csv(poisoned(text)))
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"))))
    assert len(rows) == 1 + 29 + 1 and {len(one) for one in rows} == {len(rows[0])}
    for cell in (cell for one in rows for cell in one):
        assert not re.match(r"\s*[=+\-@]", cell) and "\x1b" not in cell and "\u202e" not in cell
    assert max(map(len, (cell for one in rows for cell in one))) >= min(len(text), 32_000) - 10


def test_the_same_data_at_the_same_time_makes_the_same_files_in_any_order():
    rows = [row(n, **(OUT if n % 3 else {}), os_version=str(n % 4)) for n in range(60)]
    shuffled = random.Random(1).sample(rows, len(rows))
    one, other = made(rows), made(shuffled)
    assert as_page(one) == as_page(other) and as_markdown(one) == as_markdown(other)
    assert list(as_csv(one)) == list(as_csv(other))


def test_a_count_leads_to_its_devices_and_says_where_the_others_are():
    page = as_page(made([row(n, **OUT) for n in range(40)]))
    assert 'href="#l-compliance-reasons-0">40</a>' in page
    assert (
        "And 15 more: in report.csv the rows where compliance_reasons has &quot;os_version&quot;."
        in page
    )


# The files


def options(folder: Path, **more: Any) -> dict[str, Any]:
    # fmt: off
    base: dict[str, Any] = {
        "dest": str(folder / "report"), "title": "T", "config_rows": None, "policy_rows": None, "stuck_rows": None,
        "certificate_rows": None, "drift": None, "plans": [], "journal_path": str(folder / "journal"),
        "history_path": None, "history_days": 400, "now": NOW,
    }
    # fmt: on
    return {**base, **more}


def write(
    where: Path, rows: Any = (), *, check_mode: bool = False, whole: bool = True, **more: Any
) -> dict[str, Any]:
    given = {**options(where), **more}
    return task.write_report(given, rows, whole=whole, check_mode=check_mode)


def test_the_files_are_for_their_owner_and_check_mode_writes_none(tmp_path):
    kept = str(tmp_path / "history")
    found = write(tmp_path, [row(1)], check_mode=True, history_path=kept)
    assert found["changed"] and os.listdir(tmp_path) == []
    found = write(tmp_path, [row(1)], history_path=kept)
    assert sorted(os.listdir(tmp_path / "report")) == ["report.csv", "report.html", "report.md"]
    for path in (*found["files"].values(), kept):
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert found["changed"] and not write(tmp_path, [row(1)], history_path=kept)["changed"]
    assert write(tmp_path, [row(1, **OUT)], check_mode=True)["changed"]
    assert found["summary"]["devices"] == 1


# fmt: off
WRONG = [
    ({"now": "today"}, "now: 'today' is not a time such as"),
    ({"history_days": 1}, "history_days: must be at least 7"),
    ({"history_days": 10**9}, "history_days: 1000000000 is more than there are"),
    ({"drift": "missing"}, "drift: 'missing' cannot be read (No such file or directory)"),
    ({"drift": "list.json"}, "drift: 'list.json' is not a result of ivanti.uem.drift"),
    ({"drift": "number.json"}, "drift: 'number.json' is not a result of ivanti.uem.drift"),
    ({"plans": ["list.json"]}, "plans: 'list.json' is not plan.json of ivanti.uem.plan, or the saved result of a task"),
    ({"plans": ["text"]}, "plans: 'text' is not plan.json"),
    ({"dest": "text"}, "dest: 'text' is "),
    ({"journal_path": "folder"}, "journal_path: the journal "),
    ({"history_path": "folder"}, "history_path: "),
    ({"history_path": "no/such"}, "history_path: the folder of "),
    ({"history_path": "link"}, "give the path of a file, not of a link or a folder"),
    ({"history_path": "text"}, "cannot be used (file is not a database); give the path of a history"),
    ({"history_path": "other"}, "is a database of another program; give a file of its own"),
    ({"history_path": "newer"}, "is a history of version 7, and this release writes version 1"),
    ({"history_path": "locked"}, "cannot be used (database is locked); another report writes to it"),
]
# fmt: on


@pytest.mark.parametrize(("wrong", "sentence"), WRONG, ids=lambda value: str(value)[:40])
def test_what_is_wrong_is_one_sentence_and_what_is_there_stays(
    tmp_path, monkeypatch, wrong, sentence
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(history, "LONGEST_LOCK", 0.05)
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("not a database, and not JSON\n" * 40)
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "number.json").write_text('{"status": "drift", "changes": 3}')
    (tmp_path / "link").symlink_to("text")
    for name, script in (
        ("other", "CREATE TABLE t (a)"),
        ("newer", f"PRAGMA application_id = {history.APPLICATION}; PRAGMA user_version = 7; CREATE TABLE t (a)"),
        ("locked", "CREATE TABLE t (a)"),
    ):  # fmt: skip
        with sqlite3.connect(tmp_path / name) as database:
            database.executescript(script)
        database.close()
    holder = sqlite3.connect(tmp_path / "locked", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    with pytest.raises(OptionError) as error:
        write(tmp_path, [row(1)], **wrong)
    holder.close()
    assert sentence in str(error.value) and "\n" not in str(error.value)
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    assert not (tmp_path / "report").exists() or os.listdir(tmp_path / "report") == []


FULL = """
import json, resource, signal, sys
from ansible_collections.ivanti.uem.plugins.module_utils._families.report import task
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
given, rows, size = json.load(sys.stdin)
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    task.write_report(given, rows, whole=True, check_mode=False)
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize(("size", "sentence"), [(8_192, "history_path: "), (20_000, "dest: ")])
def test_a_full_disk_leaves_the_former_report_and_history(tmp_path, size, sentence):
    kept = str(tmp_path / "history")
    write(tmp_path, [row(1)], history_path=kept)
    files = [Path(kept), *(tmp_path / "report").iterdir()]
    before = {path: path.read_bytes() for path in files}
    rows = [row(number, **OUT) for number in range(300)]
    given = options(tmp_path, history_path=kept, title="B")
    if sentence.startswith("dest"):
        given["history_path"] = None
    done = subprocess.run(
        [sys.executable, "-c", FULL],
        input=json.dumps([given, rows, size]),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(f"OptionError {sentence}"), done.stdout + done.stderr
    assert {path: path.read_bytes() for path in files} == before
    assert sorted(os.listdir(tmp_path / "report")) == ["report.csv", "report.html", "report.md"]


# The history


def recorded(path: Path, at: str, rows: Any, **more: Any) -> Any:
    clock = Clock(at, CLOCK.ago)
    oldest = more.pop("oldest", "2020-01-01T00:00:00Z")
    fleet = read_fleet(rows, clock)
    with history.recorded(
        str(path), fleet, clock, oldest=oldest, keep=more.pop("keep", True)
    ) as known:
        return known


def test_the_history_knows_since_when_and_the_last_report_of_each_week(tmp_path):
    path = tmp_path / "history"
    both = [row(1, **OUT), row(3, **OUT)]
    recorded(path, "2026-11-02T06:00:00Z", both)
    recorded(path, "2026-11-04T06:00:00Z", [row(1), row(3, **OUT)])
    # A check is not kept.
    recorded(path, "2026-11-08T06:00:00Z", [row(1)], keep=False)
    # A device that is not read, or of which the server does not say it, stays out of compliance.
    recorded(path, "2026-11-09T06:00:00Z", [row(1, **OUT), row(3, compliant=None)])
    known = recorded(path, "2026-11-16T06:00:00Z", both)
    assert known.since == {
        (SERVER, "g-1"): "2026-11-09T06:00:00Z",
        (SERVER, "g-3"): "2026-11-02T06:00:00Z",
    }
    assert [(week.monday, week.counts["out"]) for week in known.weeks] == [
        ("2026-11-02", 1), ("2026-11-09", 1), ("2026-11-16", 2),
    ]  # fmt: skip
    # Other servers are another trend, and the former one is still there.
    assert len(recorded(path, "2026-11-17T06:00:00Z", [*both, row(2)]).weeks) == 1
    ended = recorded(path, "2026-11-18T06:00:00Z", [row(1, status="retired", **OUT), row(3, **OUT)])
    assert set(ended.since) == {(SERVER, "g-3")}
    # An earlier report is not the trend's end.
    assert [week.monday for week in recorded(path, "2026-11-10T06:00:00Z", both).weeks][
        -1
    ] == "2026-11-09"
    late = recorded(path, "2027-11-30T06:00:00Z", [row(1)], oldest="2026-11-30T06:00:00Z")
    assert [week.monday for week in late.weeks] == ["2027-11-29"] and late.since == {}


def test_a_report_that_fails_is_not_in_the_history(tmp_path):
    path = tmp_path / "history"
    recorded(path, "2026-11-02T06:00:00Z", [row(1)])
    before = path.read_bytes()
    fleet = read_fleet([row(1)], CLOCK)
    with (
        pytest.raises(OptionError, match="a fault"),
        history.recorded(str(path), fleet, CLOCK, oldest="", keep=True),
    ):
        raise OptionError("a fault")
    assert path.read_bytes() == before


def test_the_journal_is_compared_with_the_devices(tmp_path):
    lines = []
    for number, state in ((1, "RETIRE_SENT"), (3, "RETIRED"), (5, "ACTIVE"), (99, None)):
        device = {"id": str(number), "guid": f"g-{number}", "serial": f"S{number}"}
        base = {
            "run": "r",
            "server": SERVER,
            "action": "retire",
            "device": device,
            "when": "2026-11-20T00:00:00Z",
        }
        answer = "HTTP 400: no" if number == 5 else "taken"
        lines += [
            {**base, "phase": "before", "at": 1},
            {**base, "phase": "after", "at": 2, "answer": answer},
        ]
        lines[-1]["state"] = state
    lines.append({**base, "phase": "before", "at": 3, "server": "https://elsewhere"})
    (tmp_path / "journal").write_text(
        "".join(f"{json.dumps(line)}\n" for line in lines) + "no line\n"
    )
    rows = [
        row(1, status_raw="RETIRE_SENT", status="retire_pending"),
        row(3, status_raw="RETIRED", status="retired"),
        row(5),
    ]
    found = write(tmp_path, rows)
    assert found["summary"]["waiting"] == 1
    assert "The journal has 1 request for devices that this report is not about." in found["notes"]
    assert "Lines of the journal that cannot be read: 1." in found["notes"]
    text = (tmp_path / "report" / "report.md").read_text()
    assert "| retire | S1 |  | 2026-11-20 | The device shows that it is under way" in text
    assert "| retire | S99 |" in text and "| retire | S3 |" not in text
    assert "HTTP 400: no" in text
    rows_csv = list(
        csv.DictReader(io.StringIO((tmp_path / "report" / "report.csv").read_text("utf-8-sig")))
    )
    asked: Mapping[str, str] = {one["guid"]: one["asked_shows"] for one in rows_csv if one["asked"]}
    assert asked == {"G-1": "under_way", "g-99": "not_visible"}
    # A report of some devices does not say what was asked of others.
    part = write(tmp_path, rows[:1], whole=False)
    assert part["summary"]["waiting"] == 1
    text = (tmp_path / "report" / "report.md").read_text()
    assert "| retire | S1 |" in text and "S99" not in text and "HTTP 400" not in text
