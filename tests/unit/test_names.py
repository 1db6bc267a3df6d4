# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Label
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import (
    fits,
    fold,
    idle_patterns,
    nearest,
    parse_name,
    parse_names,
    pick,
    pick_all,
    spellings,
    with_names,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.play_variables import (
    LONG_NAME,
    doubtful_variables,
    misplaced_variables,
    misspelt_variables,
    unclear_booleans,
    unclear_numbers,
)


def label(number, name):
    return Label(id=str(number), name=name, static=True)


# fmt: off
KNOWN = [
    label(-2, "Company-Owned"), label(11, "Pilot"), label(12, "pilot"), label(13, "Sales/EMEA"), label(14, "R&D, Lab #3"),
    label(15, "Außendienst"), label(16, "{{ pool }}"), label(17, "11"), label(18, "Twin"), label(19, "Twin"),
]
# fmt: on


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Pilot", "11"), ("pilot", "12"), ("Sales/EMEA", "13"), ("R&D, Lab #3", "14"), ("Außendienst", "15"), ("{{ pool }}", "16"),
        ("12", "12"), (" 12 ", "12"), ("-2", "-2"), ("19", "19"),
        # A name that looks like the id of another is a name first, so that a label can always be
        # named as it is shown.
        ("11", "17"),
    ],
)  # fmt: skip
def test_a_name_else_an_id(wanted, found):
    assert pick(wanted, KNOWN, "label", "label").id == found


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("PILOT", "nearest: 'Pilot'"),
        ("Aussendienst", "nearest: 'Außendienst'"),
        ("Sales EMEA", "nearest: 'Sales/EMEA'"),
        ("Company-Ownd", "nearest: 'Company-Owned'"),
        ("Twin", "2 have the name 'Twin'; name the label by its id, one of 18, 19"),
        ("99", "there is no label '99'; nothing was done"),
        ("東京", "there is no label '東京'; nothing was done"),
    ],
)
def test_what_fits_none_or_several(wanted, said):
    with pytest.raises(OptionError) as refused:
        pick(wanted, KNOWN, "select.labels", "label")
    assert str(refused.value).startswith("select.labels: ") and said in str(refused.value)


def test_names_that_differ_in_case_alone_are_told_once_and_three_at_most():
    assert nearest("sale", ["Sale", "SALE", "Sales", "sals", "ale"]).count("'") == 6
    assert nearest("sale", ["Kiosk"]) == nearest("sale", []) == ""


@pytest.mark.parametrize("wanted", [" Pilot ", "Pilot\n", "\u00a0Pilot"])
def test_blanks_at_the_ends_do_not_count(wanted):
    assert pick(wanted, KNOWN, "x", "label").name == "Pilot"


def test_both_spellings_of_unicode_are_one_name():
    known = [Label("1", "Zu\u0308rich ", static=True)]
    assert pick("Z\u00fcrich", known, "x", "label").id == "1"
    assert pick("Zu\u0308rich", known, "x", "label").id == "1"
    assert fold("Z\u00dcRICH") == fold("zu\u0308rich ") and spellings("a") == ("a",)
    assert fits("Zu\u0308rich", ["Z\u00fc*"]) and not fits("Zu\u0308rich", ["!Z\u00fc*"])


def test_all_of_several_are_found_once_and_all_that_are_not_are_told():
    assert [one.id for one in pick_all(["Pilot", "11", "Pilot", "12"], KNOWN, "x", "label")] == [
        "11",
        "17",
        "12",
    ]
    assert pick_all([], KNOWN, "x", "label") == ()
    with pytest.raises(OptionError) as refused:
        pick_all(["nobody", "Pilot", "nothing"], KNOWN, "x", "label")
    assert (
        "'nobody'" in str(refused.value)
        and "'nothing'" in str(refused.value)
        and "'Pilot'" not in str(refused.value)
    )


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Sales", "Sales"),
        (-2, "-2"),
        (0, "0"),
        (" a ", "a"),
        ("Zu\u0308rich", "Z\u00fcrich"),
        ("7", "7"),
    ],
)
def test_an_id_or_a_name_as_text(raw, text):
    assert parse_name(raw, "policy", "policy") == text


@pytest.mark.parametrize(
    "raw", ["", "  ", "\n", None, True, False, 1.5, ["Sales"], {"name": "Sales"}, b"Sales"]
)
def test_what_can_be_neither(raw):
    with pytest.raises(
        OptionError, match=r"^policy: .* is neither the id nor the name of a policy"
    ):
        parse_name(raw, "policy", "policy")


def test_lists_of_names():
    assert parse_names(None, "labels", "label") is None
    assert parse_names(["a", 3], "labels", "label") == ["a", "3"]
    with pytest.raises(OptionError, match="labels: is empty; name at least one label"):
        parse_names([], "labels", "label")
    with pytest.raises(OptionError, match=r"labels\[1\]: None is neither"):
        parse_names(["a", None], "labels", "label")


VARIABLES = ["days", "grace", "max_devices", "protected", "serial_number", "ivanti_desired"]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("day", "days"),
        ("grase", "grace"),
        ("protectd", "protected"),
        ("MAX_DEVICES", "max_devices"),
        ("maxdevices", "max_devices"),
        ("max-devices", "max_devices"),
        ("serial", "serial_number"),
        ("ivanti_desird", "ivanti_desired"),
    ],
)
def test_an_extra_variable_that_resembles_a_known_one_is_meant_as_it(name, near):
    said = f"{name}: there is no such variable (nearest: '{near}')"
    assert misspelt_variables([name], VARIABLES, addressed=True) == {name: said}
    long = len(name) >= LONG_NAME
    assert misspelt_variables([name], VARIABLES) == ({name: said} if long else {})


@pytest.mark.parametrize(
    ("name", "refused", "doubtful"),
    [
        ("protectd", "protected", ""),
        ("max_devces", "max_devices", ""),
        ("MAX_DEVICES", "max_devices", ""),
        ("grase", "", "grace"),
        ("day", "", "days"),
        ("serial", "", ""),
        ("max", "", ""),
        ("ansible_dayss", "", ""),
        ("days", "", ""),
    ],
)
def test_a_short_variable_of_a_group_is_refused_or_warned_of(name, refused, doubtful):
    found = misspelt_variables([name], VARIABLES, short=True)
    assert [*found.values()] == (
        [f"{name}: there is no such variable (nearest: '{refused}')"] if refused else []
    )
    warned = doubtful_variables([name], VARIABLES)
    assert [sentence.partition("if ")[2] for sentence in warned.values()] == (
        [f"{doubtful} is meant, correct the name."] if doubtful else []
    )


@pytest.mark.parametrize(
    "name", [*VARIABLES, "region", "awx_day", "ansible_days", "max_messages_per_day"]
)
def test_another_variable_is_left_alone(name):
    assert misspelt_variables([name], VARIABLES, addressed=True) == {}


@pytest.mark.parametrize("blank", [None, "", []])
def test_what_chooses_is_an_extra_variable(blank):
    given = {"email": "a@example.com", "device": 5, "days": blank, "reason": "x", "serial": 0}
    found = misplaced_variables(given, {"device"}, ["email", "device", "days", "missing", "serial"])
    assert list(found) == ["email", "serial"]
    assert found["email"].endswith("give it with -e email=... or in a survey")


CLEAR: list[object] = [None, "", [], True, False, 1, 0, "Yes", "off", " true ", "T"]
UNCLEAR: list[object] = ["maybe", "ture", 2, "None", ["yes"], "{{ x }}"]


@pytest.mark.parametrize(
    ("value", "clear"),
    [*((value, True) for value in CLEAR), *((value, False) for value in UNCLEAR)],
)
def test_a_value_that_is_neither_true_nor_false_is_found(value, clear):
    found = unclear_booleans({"counts": value}, ["counts", "missing"])
    assert found == ({} if clear else {"counts": f"counts: {value!r} is neither true nor false"})


NUMBERS: tuple[object, ...] = (None, "", [], 0, "0", 10, " 10 ", "2.5", 2.5)
NO_NUMBERS: tuple[object, ...] = ("ten", "-1", -1, "1e3", "10%", True, [1], "\u0661")


@pytest.mark.parametrize(
    ("value", "clear"),
    [*((value, True) for value in NUMBERS), *((value, False) for value in NO_NUMBERS)],
)
def test_a_value_that_is_no_number_is_found(value, clear):
    found = unclear_numbers({"limit": value}, ["limit", "missing"])
    assert found == ({} if clear else {"limit": f"limit: {value!r} is not a number of 0 or more"})


def test_a_prefix_has_no_other_use():
    found = misspelt_variables(
        ["ivanti_desired_x", "other"], VARIABLES, prefixes=["ivanti_desired_"]
    )
    assert list(found) == ["ivanti_desired_x"]


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        (["*"], []),
        (["Pilot", "!Sales/*"], []),
        (["Pilto"], ["labels: nothing is called 'Pilto' (nearest: 'Pilot'); check"]),
        (["!Pilto"], ["labels: nothing is called '!Pilto' (nearest: 'Pilot'); check"]),
        (["pilot"], ["labels: nothing is called 'pilot' (nearest: 'Pilot'); check"]),
        (["x*", "Pilot"], ["labels: nothing is called 'x*'; check"]),
    ],
)
def test_patterns_that_nothing_fits_are_named(patterns, said):
    found = idle_patterns(patterns, ["Pilot", "Sales/EMEA"], "labels")
    assert [one.partition(" the name")[0] for one in found] == said


def test_an_id_stands_for_a_name_in_patterns():
    known = [label(one, name) for one, name in (("11", "[Pilot]"), ("12", "11"), ("-1", "All"))]
    given = ["11", "12", "!12", "-1", "!-1", "1*", "99", "Pilot"]
    assert with_names(given, known) == ["11", "11", "!11", "All", "!All", "1*", "99", "Pilot"]
    [pattern] = with_names(["11"], known[:1])
    assert fits("[Pilot]", [pattern]) and not fits("P", [pattern])
