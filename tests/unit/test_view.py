# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as people read it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import (
    INELIGIBLE,
    Change,
    LeftAlone,
    Limits,
    Plan,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.view import (
    LONGEST_MARKDOWN,
    View,
    as_csv,
    as_json,
    as_markdown,
    field_text,
    value_text,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.wording import counted
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.writer import InSection
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.rules import allowed

HOSTILE = "a|b`c`<script>alert(1)</script>\x1b[31m\x9b\u202e\u2028\ud800\n=cmd()*_[x](y)~#\\"


def device(number: int, **fields) -> Device:
    return Device(str(number), f"guid-{number}", **fields)


def change(number: int, before, after, **fields) -> Change[Device]:
    return Change(device(number, **fields), before, after, None)


def owners(count: int, before) -> list[Change[Device]]:
    return [change(number, {"owner": before}, {"owner": ["desk"]}) for number in range(count)]


MIXED = (*owners(180, None), *owners(4, ["mobile-team"]))


@pytest.mark.parametrize(("plan", "deed", "headline"), [
    (Plan(MIXED, fleet=4804), "", "184 of 4,804 devices: owner becomes desk on 184 (nothing on 180, mobile-team on 4)"),
    (Plan(MIXED[:1]), "", "1 device: owner becomes desk on 1 (nothing on 1)"),
    (Plan((change(1, {"state": "ACTIVE"}, {"state": "WIPED"}),), fleet=60), "wipe",
     "1 of 60 devices: wipe, state becomes wiped (WIPED) on 1 (active (ACTIVE) on 1)"),
    (Plan((change(1, {"labels": ["x"]}, {"labels": []}),)), "", "1 device: labels are removed on 1 (x on 1)"),
    (Plan((change(1, {"labels": ["x"]}, {"labels": ["y"]}),)), "", "1 device: labels become y on 1 (x on 1)"),
    (Plan((change(1, {"a": "x", "b": 1}, {"b": 2}),)), "", "1 device: a is removed on 1 (x on 1), b becomes 2 on 1 (1 on 1)"),
    (Plan((change(1, {}, {}),)), "", "1 device: something is sent"),
    (Plan((), (device(1), device(2))), "", "Nothing to change: 2 devices as wanted."),
    (Plan(refusals=("Refused: no such label.",)), "", "Nothing was planned."),
    (Plan((), (), (LeftAlone(device(2), INELIGIBLE, "old"),), ("no",)), "", "Nothing was planned: 1 ineligible."),
    (Plan((), (device(1),), (), ("no",)), "", "Nothing to change: 1 device as wanted."),
    (Plan((), (device(1),), (LeftAlone(device(2), INELIGIBLE, "old"),)), "", "Nothing to change: 1 device as wanted, 1 ineligible."),
])  # fmt: skip
def test_the_headline(plan, deed, headline):
    assert View(plan, deed=deed).headline == headline


def test_the_headline_of_entries_says_on_how_many_devices():
    changes = [
        Change(device(number % 2), {}, {"a": "1"}, None, device=str(number % 2))
        for number in range(4)
    ]
    view = View(Plan(tuple(changes), fleet=60), noun="entries", counts="devices")
    assert view.headline == "4 entries on 2 of 60 devices: a becomes 1 on 4 (nothing on 4)"


def test_the_headline_of_entries_counts_labels_beside_the_devices():
    label = InSection("label_definitions", device(9), "present")
    made = [Change(label, {}, {"a": "1"}, None, devices=1)] * 2
    changes = [
        Change(device(number), {}, {"a": "1"}, None, device=str(number)) for number in range(3)
    ]
    view = View(Plan((*changes, *made), fleet=3), noun="entries", counts="devices")
    assert view.plan.devices == 5
    assert view.headline.startswith("5 entries on 3 of 3 devices, 2 label definitions: a becomes 1")


@pytest.mark.parametrize(("count", "words"), [
    (4, "a becomes 3 on 1 (nothing on 1)"), (5, "and 1 more kind of change"), (9, "and 5 more kinds of change"),
    (2004, "and 2,000 more kinds of change"),
])  # fmt: skip
def test_many_kinds_of_change_are_counted_in_the_headline(count, words):
    changes = tuple(change(number, {}, {"a": str(number)}) for number in range(count))
    assert View(Plan(changes)).headline.endswith(f", {words}")


@pytest.mark.parametrize(("count", "words"), [
    (101, "and 1 more kind of change on 1 device"), (102, "and 2 more kinds of change on 2 devices"),
    (2100, "and 2,000 more kinds of change on 2,000 devices"),
])  # fmt: skip
def test_many_kinds_of_change_are_counted_in_the_lines(count, words):
    changes = tuple(change(number, {}, {"a": str(number)}) for number in range(count))
    assert View(Plan(changes)).lines()[-1] == words


@pytest.mark.parametrize(("count", "words"), [(4, "and 1 other value"), (5, "and 2 other values")])
def test_many_values_are_counted(count, words):
    changes = tuple(change(number, {"a": str(number)}, {"a": "x"}) for number in range(count))
    assert View(Plan(changes)).headline.endswith(f", {words})")


@pytest.mark.parametrize(("noun", "number", "words"), [
    ("devices", 1, "1 device"), ("devices", 1000, "1,000 devices"), ("policies", 1, "1 policy"), ("policies", 0, "0 policies"),
])  # fmt: skip
def test_what_is_counted_in_words(noun, number, words):
    assert counted(number, noun) == words


@pytest.mark.parametrize("value", [{"x": 1}, [{"x": [1]}], [["y"]], 1, True, 1.5])
def test_equal_changes_are_one_whatever_their_values_are(value):
    changes = tuple(change(number, {"a": value}, {"a": "x"}) for number in range(3))
    assert len(View(Plan(changes)).folds) == 1
    assert len(View(Plan((*changes, change(3, {"a": "1"}, {"a": "x"})))).folds) == 2


def test_true_and_1_are_two_changes():
    changes = (change(1, {}, {"a": 1}), change(2, {}, {"a": True}))
    assert len(View(Plan(changes)).folds) == 2


def test_removals_come_first_and_equal_changes_are_one_line():
    changes = (
        *owners(60, None),
        change(70, {"floor": ["3"]}, {}, name="Sara's iPad", model="iPad Pro", email="sara@x"),
    )
    lines = View(Plan(changes)).lines()
    assert lines[1] == (
        "removes floor: 3 -> nothing on 1 device: device 70, Sara's iPad, iPad Pro, sara@x"
    )
    assert lines[2].startswith("changes owner: nothing -> desk on 60 devices: device 0; device 1;")
    assert lines[2].endswith("device 48; and 11 more") and len(lines) == 3


def test_one_of_each_kind_is_named_after_a_long_list():
    label = change(70, {}, {"static": True})
    lines = View(Plan((*owners(60, None), label, change(71, {}, {"x": 1})))).lines()
    assert [line.rpartition(": ")[2] for line in lines[2:]] == ["device 70", "device 71"]


def test_a_view_tells_limits_what_is_left_alone_refusals_and_the_confirm():
    plan = Plan(
        tuple(owners(3, None)),
        (device(50),),
        (
            LeftAlone(device(9), INELIGIBLE, "it is too old"),
            LeftAlone(device(8), INELIGIBLE, "it is too old"),
        ),
        ("Refused: too many.",),
        fleet=1000,
    )
    lines = View(plan, confirm="3-abc", limits=Limits(2, 0.1)).lines()
    assert lines[2:] == [
        "left alone: ineligible: device 9; device 8: it is too old",
        "unchanged: 1 device",
        "limit: max_devices is 2 and would have to be 3",
        "limit: max_percent is 0.1 and would have to be 0.3",
        "refused: too many.",
        "confirm: 3-abc",
    ]


@pytest.mark.parametrize(("value", "text"), [
    (None, "nothing"), ("", "nothing"), ([], "nothing"), (["a", "b"], "a, b"), (True, "true"), (0, "0"), (False, "false"),
    ("a\nb\x1b[0m", "a\\nb\\x1b[0m"), ("x" * 300, "x" * 199 + "…"), ("{{ x }}", "{{ x }}"), ({"a": 1}, "{'a': 1}"), ("Zürich", "Zürich"),
])  # fmt: skip
def test_values_in_words(value, text):
    assert value_text(value) == text


def hostile() -> View:
    changes = (
        change(1, {"a": HOSTILE}, {"a": [HOSTILE]}, name=HOSTILE, email=HOSTILE),
        change(2, {HOSTILE: "=1+1"}, {HOSTILE: "@x"}),
    )
    return View(
        Plan(changes, left_alone=(LeftAlone(device(3, name=HOSTILE), INELIGIBLE, HOSTILE),))
    )


def test_no_character_steers_a_terminal():
    texts = (as_csv(hostile()), as_markdown(hostile()), as_json(hostile()))
    for line in (*hostile().lines(), *"".join(texts).split("\n")):
        assert line.isprintable()
    assert all(len(line.splitlines()) == 1 for line in hostile().lines())


def test_markdown_leaves_names_as_they_are():
    text = as_markdown(hostile())
    assert "<script>" not in text and "&lt;script&gt;" in text
    for line in text.splitlines():
        if line.startswith("| "):
            assert line.replace("\\|", "").count("|") == 5
        assert not line.replace("\\`", "").count("`")


def test_a_table_is_whole_and_no_cell_is_a_formula():
    rows = list(csv.reader(io.StringIO(as_csv(hostile()))))
    assert {len(row) for row in rows} == {7} and len(rows) == 4
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]


def test_data_has_all_of_it():
    data = json.loads(as_json(View(Plan(MIXED, (device(1),), fleet=9), confirm="1-a")))
    assert (data["version"], data["confirm"], data["fleet"], data["unchanged"]) == (1, "1-a", 9, 1)
    assert len(data["changes"]) == 184 and data["changes"][0]["after"] == {"owner": ["desk"]}


@pytest.mark.parametrize("count", [0, 1, 5_000])
@pytest.mark.parametrize("distinct", [True, False])
def test_documents_are_bounded_whatever_the_size(count, distinct):
    changes = tuple(
        change(
            number, {"a": "x" * 150}, {"a": f"{number if distinct else 'y'}" * 40}, name="n" * 90
        )
        for number in range(count)
    )
    view = View(Plan(changes))
    assert len(as_markdown(view)) <= LONGEST_MARKDOWN
    assert as_json(view).count("\n") > count
    assert len(view.lines()) <= 102 and len("\n".join(view.lines())) < 60_000
    assert as_csv(view).count("\n") == count + 1


def crowd(count: int, text: str) -> tuple[str, ...]:
    return tuple(f"{number} {text}" for number in range(count))


@pytest.mark.parametrize("name", ["n", "n" * 90, "<" * 5_000, "|" * 100_000])
@pytest.mark.parametrize("changes", [0, 3, 4_000])
def test_markdown_is_bounded_whatever_crowds_it(name, changes):
    left = tuple(
        LeftAlone(device(number, name=name), INELIGIBLE, f"{number} {name}")
        for number in range(300)
    )
    plan = Plan(
        tuple(change(number, {}, {name: str(number)}, name=name) for number in range(changes)),
        left_alone=left,
        refusals=crowd(60, name),
        warnings=crowd(60, name),
    )
    text = as_markdown(View(plan, confirm="1-abc"))
    assert len(text) <= LONGEST_MARKDOWN
    assert ("- confirm: `1-abc`" in text) == (changes > 0)
    assert "> 0 " in text and "Left alone:" in text
    lines = View(replace(plan, refusals=())).lines()
    assert all(len(line) < 20_000 for line in lines)


@dataclass(frozen=True)
class Part:
    """A subject of a section."""

    id: str
    section: str
    owner: str = ""

    @property
    def title(self) -> str:
        return f"{self.section} {self.id}"

    @property
    def identity(self) -> dict[str, str]:
        return {"id": self.id}


def part(section: str, number: int, before: object, after: object, owner: str = "") -> Change[Part]:
    name = f"{section}.a"
    return Change(Part(str(number), section, owner), {name: before}, {name: after}, None)


def test_markdown_has_a_table_for_each_section_with_removals_first():
    changes = (
        *(part("labels", number, None, "on", f"owner{number % 12}@x") for number in range(30)),
        *(part("labels", number, "on", None) for number in range(30, 32)),
        part("attributes", 1, None, "x", "owner0@x"),
    )
    view = View(Plan(changes), noun="entries", confirm="33-a", limits=Limits(40, 10.5))
    text = as_markdown(view)
    lines = text.splitlines()
    assert "- limits: max\\_devices is 40, max\\_percent is 10.5" in lines
    assert "- takes something away from: 2 entries" in lines and "- confirm: `33-a`" in lines
    [owners] = [line for line in lines if line.startswith("- owners: ")]
    assert owners.startswith("- owners: owner0@x (4), owner1@x (3), ") and owners.endswith(
        ", and 2 more"
    )
    heads = [line for line in lines if line.startswith("###")]
    assert heads == ["### labels: 32 entries", "### attributes: 1 entry"]
    rows = [line.split(" | ")[0] for line in lines if line.startswith(("| **", "| changes"))]
    assert rows == ["| **removes**", "| changes", "| changes"]


def test_no_section_crowds_out_another():
    changes = [part(name, one, None, "x" * 50 + str(one)) for name in "abc" for one in range(3_000)]
    text = as_markdown(View(Plan(tuple(changes))))
    assert len(text) <= LONGEST_MARKDOWN
    rows = [text.count(f": nothing -&gt; {'x' * 50}", *_span(text, name)) for name in "abc"]
    assert min(rows) > 100 and text.count("write the plan as .json") == 3


def _span(text: str, section: str) -> tuple[int, int]:
    start = text.index(f"### {section}:")
    end = text.find("###", start + 3)
    return start, end if end > 0 else len(text)


@pytest.mark.parametrize(
    "plan", [Plan((), (device(1),)), Plan((), tuple(map(device, range(500)))), Plan()]
)
def test_a_plan_without_changes_is_one_line_of_markdown(plan):
    text = as_markdown(View(plan, limits=Limits(3)))
    assert text == f"**{View(plan).headline}**\n"


@pytest.mark.parametrize("fleet", [1, 3, 7, 999, 1625, 1626])
def test_a_limit_that_a_plan_needs_suffices(fleet):
    for count in range(1, fleet + 1):
        plan = Plan(tuple([change(1, {}, {})] * count), fleet=fleet)
        [text] = View(plan, limits=Limits(max_percent=0)).exceeded()
        limits = Limits(max_percent=float(text.rpartition(" ")[2]))
        assert limits.refusals(changes=count, fleet=fleet) == ()
        assert View(plan, limits=limits).exceeded() == []
        assert allowed(replace(limits, max_devices=count), fleet) == count


@pytest.mark.parametrize(("name", "value", "text"), [
    ("state", "ACTIVE", "active (ACTIVE)"), ("state", "RETIRE_SENT", "retire_pending (RETIRE_SENT)"),
    ("state", "VERIFIED", "pending (VERIFIED)"), ("state", "ACTIVE (lock sent)", "active (ACTIVE) (lock sent)"),
    ("state", "ACTIVE, lost_mode", "active (ACTIVE), lost_mode"), ("state", "deleted", "deleted"), ("state", "blocked", "blocked"),
    ("state", "STRANGE", "STRANGE"), ("state", None, "nothing"), ("cityid", ["ACTIVE"], "ACTIVE"), ("state", "ACTIVELY", "ACTIVELY"),
])  # fmt: skip
def test_a_state_has_the_common_status_beside_the_word_of_the_server(name, value, text):
    assert field_text(name, value) == text


def test_files_of_plans_have_the_common_status_too():
    view = View(Plan((change(1, {"state": "ACTIVE"}, {"state": "WIPED"}),)))
    assert "active (ACTIVE)" in as_csv(view) and "wiped (WIPED)" in as_markdown(view)
    # What machines read has the word of the server only.
    assert '"state": "ACTIVE"' in as_json(view)
