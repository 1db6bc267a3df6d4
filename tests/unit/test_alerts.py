# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._families.alerts.model import (
    COMMENT_LENGTH,
    Alert,
    AlertFilter,
    AlertsWrite,
    missing_ids,
    parse_comment,
    parse_filter,
    plan_alerts,
)

NOW = 1_700_000_000.0
UUID = "57d9903c-aadf-4b40-aef3-e1f24302f180"
ALERT = Alert(
    "3936",
    read=False,
    type="SYSTEM_ALERT",
    severity="WARNING",
    status="CREATED",
    user="JDoe",
    device=UUID,
    raised=NOW - 3600,
)


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({}, True),
        ({"ids": ("1", "3936")}, True), ({"ids": ("393",)}, False),
        # The server selects the alerts on the devices of a user, whoever receives them.
        ({"users": ("jdoe",)}, True), ({"users": ("doe",)}, True),
        ({"devices": (UUID,)}, True), ({"devices": (UUID[:-1] + "1",)}, False),
        ({"types": ("SYSTEM_ALERT", "SIM_CHANGED_ALERT")}, True), ({"types": ("SIM_CHANGED_ALERT",)}, False),
        ({"severities": ("WARNING",)}, True), ({"severities": ("CRITICAL",)}, False),
        ({"statuses": ("CREATED",)}, True), ({"statuses": ("DISPATCHED",)}, False),
        ({"read": False}, True), ({"read": True}, False),
        # Exactly as old as the limit is not older than it, so that the two never overlap and leave
        # nothing out.
        ({"older_than": 3599}, True), ({"older_than": 3600}, False),
        ({"newer_than": 3600}, True), ({"newer_than": 3599}, False),
        ({"older_than": 60, "newer_than": 7200}, True), ({"older_than": 7200, "newer_than": 60}, False),
        # Every part must fit.
        ({"types": ("SYSTEM_ALERT",), "severities": ("CRITICAL",)}, False),
        ({"types": ("SYSTEM_ALERT",), "severities": ("WARNING",), "read": False, "users": ("jdoe",)}, True),
        # The reader asks for phone numbers; alerts do not show them.
        ({"phones": ("5551234",)}, True),
    ],
)  # fmt: skip
def test_which_alerts_are_meant(wanted, fits):
    assert AlertFilter(**wanted).fits(ALERT, NOW) is fits


def test_an_alert_of_unknown_age_is_neither_old_nor_new():
    undated = Alert("1", read=False)
    assert AlertFilter().fits(undated, NOW)
    assert not AlertFilter(older_than=1).fits(undated, NOW) and not AlertFilter(
        newer_than=10**9
    ).fits(undated, NOW)


def test_an_alert_of_the_future_is_new():
    early = Alert("1", read=False, raised=NOW + 60)
    assert AlertFilter(newer_than=1).fits(early, NOW) and not AlertFilter(older_than=1).fits(
        early, NOW
    )


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"ids": [3936, "0012", " 7 ", 7]}, AlertFilter(ids=("3936", "12", "7"))),
        ({"users": [" jdoe "]}, AlertFilter(users=("jdoe",))),
        ({"phone_numbers": ["+1 (555) 123-4567"]}, AlertFilter(phones=("15551234567",))),
        ({"types": ["SYSTEM_ALERT"], "severities": ["WARNING"], "statuses": ["CREATED"]},
         AlertFilter(types=("SYSTEM_ALERT",), severities=("WARNING",), statuses=("CREATED",))),
        ({"newer_than": "30d", "older_than": "1d12h"}, AlertFilter(newer_than=2_592_000, older_than=129_600)),
        ({"read": False}, AlertFilter(read=False)),
        ({"ids": None, "read": None}, AlertFilter()),
    ],
)  # fmt: skip
def test_options(options, wanted):
    assert parse_filter(options) == wanted
    assert wanted.narrows is (wanted != AlertFilter())


def test_devices_are_compared_in_lower_case():
    assert parse_filter({}, [UUID.upper()]).fits(ALERT, NOW)


@pytest.mark.parametrize(
    "name", ["ids", "users", "phone_numbers", "devices", "types", "severities", "statuses"]
)
def test_an_empty_list_is_a_mistake(name):
    with pytest.raises(OptionError, match=f"^{name}: is empty"):
        parse_filter({name: []})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ids": ["x"]}, "ids[0]: 'x' is not the id of an alert"),
        ({"ids": [1, -2]}, "ids[1]: -2 is not the id"),
        ({"ids": [1.5]}, "ids[0]: 1.5 is not the id"),
        ({"ids": [True]}, "ids[0]: True is not the id"),
        ({"ids": ["١٢"]}, "is not the id of an alert"),
        ({"ids": ["9" * 20]}, "is not the id of an alert"),
        ({"users": ["  "]}, "users: '  ' is not the name of a user"),
        ({"users": ["a\nb"]}, "is not the name of a user"),
        (
            {"users": ["mailto:a@example.com"]},
            "users: 'mailto:a@example.com' is how mail programs write",
        ),
        ({"phone_numbers": ["PDA 2"]}, "phone_numbers: 'PDA 2' is not a phone number"),
        ({"older_than": "soon"}, "older_than: 'soon' is not a time span"),
        ({"newer_than": "0"}, "newer_than: '0' is not a time span"),
        (
            {"older_than": "1d", "newer_than": "1h"},
            "older_than and newer_than: exclude each other, because nothing was both more than 86400 s ago "
            "and at most 3600 s ago; change one of the two. Nothing was done.",
        ),
        (
            {"older_than": "24h", "newer_than": "1d"},
            "older_than and newer_than: exclude each other",
        ),
    ],
)
def test_options_that_make_no_sense(options, said):
    with pytest.raises(OptionError) as refused:
        parse_filter(options)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "text", ["x", "x" * COMMENT_LENGTH, "ü" * 255, "{{ 7 * 7 }}", "a & b # c / d = e + f ?"]
)
def test_comments(text):
    assert parse_comment(text) == parse_comment(f"  {text}\n") == text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "is empty"),
        ("", "is empty"),
        (" \n", "is empty"),
        ("x" * 256, "has 256 characters, and the API takes at most 255"),
        ("ü" * 256, "256"),
        ("a\0b", r"has the control character U\+0000, which no text needs; remove it"),
    ],
)
def test_comments_that_the_api_does_not_take(raw, said):
    with pytest.raises(OptionError, match=f"^comment: .*{said}"):
        parse_comment(raw)


@pytest.mark.parametrize("read", [True, False])
def test_the_plan(read):
    words = {True: "read", False: "unread"}
    alerts = [Alert("1", read=True), Alert("2", read=False), Alert("3", read=not read)]
    plan = plan_alerts(alerts, read=read, comment="why")
    assert {alert.id for alert in plan.unchanged} == {
        alert.id for alert in alerts if alert.read == read
    }
    for change in plan.changes:
        assert (change.before, change.after) == ({"state": words[not read]}, {"state": words[read]})
        assert change.write == AlertsWrite(read, "why")
    assert len(plan.changes) + len(plan.unchanged) == 3 and plan.refusals == ()


@pytest.mark.parametrize("read", [True, False])
def test_the_plan_of_a_comment_for_all(read):
    word = "read" if read else "unread"
    alerts = [Alert("1", read=read), Alert("2", read=not read)]
    plan = plan_alerts(alerts, read=read, comment="why", resend=True)
    assert plan.unchanged == () and {one.write for one in plan.changes} == {
        AlertsWrite(read, "why")
    }
    assert [change.after["state"] for change in plan.changes] == [f"{word} (comment sent)", word]


@pytest.mark.parametrize("read", [True, False])
def test_an_alert_of_which_nobody_knows_whether_it_is_read_may_be_meant_and_is_refused(read):
    unclear = [Alert(str(number), read=None) for number in range(1, 13)]
    assert AlertFilter(read=read).fits(unclear[0], NOW) and not AlertFilter(
        ids=("99",), read=read
    ).fits(unclear[0], NOW)
    [one] = plan_alerts([Alert("99", read=True), unclear[0]], read=read, comment="why").refusals
    assert (
        one
        == "Refused: the server does not say whether these alerts are read: alert 1; nothing was written. Choose others."
    )
    [many] = plan_alerts(unclear, read=read, comment="why").refusals
    assert "alert 10, …; nothing" in many and "alert 11" not in many


def test_ids_that_are_no_alerts():
    assert missing_ids(AlertFilter(ids=("3936", "1", "2")), [ALERT]) == (
        DeviceRef("id", "1"),
        DeviceRef("id", "2"),
    )
    assert missing_ids(AlertFilter(users=("x",)), []) == ()


def test_titles():
    assert ALERT.title == "alert 3936 (SYSTEM_ALERT)" and Alert("1", read=True).title == "alert 1"
    assert ALERT.identity == {"id": "3936"}
