# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ActiveSync devices: which are meant, what is planned for them, and what the server's lists and
details say of them."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.confirmation import (
    Deed,
    Identity,
    confirmation,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import (
    INELIGIBLE,
    PROTECTED,
    Change,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.activesync.epmm import (
    EpmmActiveSync,
    eas_details,
    eas_devices,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.activesync.model import (
    STATES,
    EasDevice,
    EasFilter,
    counted,
    in_order,
    is_whole,
    parse_filter,
    plan_activesync,
    protected_by,
    unknown_names,
)

NOW = 1_700_000_000.0
REGISTERED = "6f72cabb-1d8b-4965-aa8e-a355deab8222"
ONE = EasDevice(
    "hdgd-e93c-49b1-88D6",
    "allowed",
    True,
    user="JDoe113",
    mailbox="jdoe",
    device_id="Appl87025CNUA4S",
    device_guid=REGISTERED,
    synced=NOW - 3600,
)
TWO = EasDevice(
    "8herw5345d711cdc", "blocked", False, user="asmith", mailbox="shared", device_id="X2"
)
GONE = EasDevice("ersdfsc-e93c", "wiped", None, user="asmith", mailbox="asmith")
ODD = EasDevice("odd", "", True, user="odd", unclear="the server lists it twice")


# Which are meant


@pytest.mark.parametrize(
    ("wanted", "picked"),
    [
        ({}, [ONE, TWO, GONE]),
        ({"names": {"uuid": ("HDGD-e93c-49b1-88d6",)}}, [ONE]), ({"names": {"uuid": ("hdgd",)}}, []),
        ({"names": {"user": ("jdoe113", "nobody")}}, [ONE]), ({"names": {"user": ("ASMITH",)}}, [TWO, GONE]),
        ({"names": {"mailbox": ("shared",)}}, [TWO]), ({"names": {"device_id": ("appl87025cnua4s",)}}, [ONE]),
        ({"names": {"device": (REGISTERED.upper(),)}}, [ONE]),
        # Nothing was found for what was named: that is none, and not all.
        ({"names": {"device": ()}}, []),
        ({"names": {"user": ("asmith",), "mailbox": ("jdoe",)}}, []), ({"names": {"user": ("asmith",), "mailbox": ("shared",)}}, [TWO]),
        ({"states": ("blocked", "wiped")}, [TWO, GONE]), ({"states": ("allowed",), "registered": False}, []),
        ({"registered": True}, [ONE]), ({"registered": False}, [TWO]),
        # Exactly as long ago as the limit is within it.
        ({"not_synced_within": 3599}, [ONE]), ({"not_synced_within": 3600}, []), ({"synced_before": NOW - 3600}, []), ({"synced_before": NOW - 3599}, [ONE]),
        ({"synced_before": NOW, "not_synced_within": 7200}, []), ({"synced_before": NOW - 7200, "not_synced_within": 1}, []),
    ],
)  # fmt: skip
def test_which_are_meant(wanted, picked):
    chosen = EasFilter(**{"names": {}, **wanted})
    assert list(chosen.pick([ONE, TWO, GONE], NOW)) == picked
    assert chosen.narrows == bool(wanted)


def test_one_whose_last_synchronisation_is_unknown_is_never_chosen_by_it():
    assert not EasFilter({}, not_synced_within=1).pick([TWO], NOW) and not EasFilter(
        {}, synced_before=NOW * 2
    ).pick([TWO], NOW)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"users": [" jdoe ", "jdoe", 113]}, {"names": {"user": ("jdoe", "113")}}),
        ({"uuids": ["A"], "mailboxes": ["m"], "device_ids": ["d"]}, {"names": {"uuid": ("A",), "mailbox": ("m",), "device_id": ("d",)}}),
        ({"statuses": ["wiped"], "registered": False, "users": None}, {"states": ("wiped",), "registered": False}),
        ({"not_synced_within": "90d"}, {"not_synced_within": 90 * 86400}), ({"not_synced_within": "1d12h"}, {"not_synced_within": 36 * 3600}),
    ],
)  # fmt: skip
def test_options_are_read(options, wanted):
    assert parse_filter(options, None) == EasFilter(**{"names": {}, **wanted})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"users": []}, "select.users: is empty"), ({"statuses": []}, "select.statuses: is empty"),
        ({"not_synced_within": ""}, "select.not_synced_within: is empty"),
        ({"users": ["a", " "]}, r"select.users\[1\]: ' ' is not a name"), ({"mailboxes": [None]}, r"select.mailboxes\[0\]: None is not a name"),
        ({"device_ids": [True]}, r"select.device_ids\[0\]: True is not a name"),
        ({"not_synced_within": "soon"}, "select.not_synced_within: 'soon' is not a time span"),
        ({"not_synced_within": "0d"}, "is not a time span"),
    ],
)  # fmt: skip
def test_options_that_make_no_sense(options, words):
    with pytest.raises(OptionError, match=words):
        parse_filter(options, None)


def test_names_of_none_are_found_whatever_their_case():
    refs = [
        DeviceRef("user", "JDOE113"),
        DeviceRef("user", "shared"),
        DeviceRef("uuid", "HDGD-E93C-49B1-88D6"),
        DeviceRef("device", "x"),
    ]
    assert unknown_names(refs, [ONE, TWO, GONE]) == (refs[1], refs[3])


# The plan


@pytest.mark.parametrize(
    ("state", "options", "outcomes"),
    [
        ("allowed", {}, {"unchanged": [ONE], "changes": [TWO], "ineligible": [GONE, ODD]}),
        ("allowed", {"include_wiped": True}, {"unchanged": [ONE], "changes": [TWO, GONE], "ineligible": [ODD]}),
        ("blocked", {}, {"changes": [ONE], "unchanged": [TWO], "ineligible": [GONE, ODD]}),
        ("wiped", {}, {"changes": [ONE, TWO], "unchanged": [GONE], "ineligible": [ODD]}),
        # What is in the state already is so, protected or not; what is protected is not sent
        # anything, whatever else it is.
        ("wiped", {"protected": [ONE, GONE, ODD]}, {"changes": [TWO], "unchanged": [GONE], "protected": [ONE, ODD]}),
        ("blocked", {"protected": [GONE]}, {"changes": [ONE], "unchanged": [TWO], "protected": [GONE], "ineligible": [ODD]}),
    ],
)  # fmt: skip
def test_the_plan(state, options, outcomes):
    protected = {device.id: "why" for device in options.get("protected", ())}
    plan = plan_activesync(
        [ONE, TWO, GONE, ODD], state, protected, include_wiped=options.get("include_wiped", False)
    )
    found = {
        "changes": list(plan.subjects),
        "unchanged": list(plan.unchanged),
        "ineligible": [left.subject for left in plan.of_kind(INELIGIBLE)],
        "protected": [left.subject for left in plan.of_kind(PROTECTED)],
    }
    assert {name: devices for name, devices in found.items() if devices} == outcomes
    for change in plan.changes:
        assert (change.before, change.after, change.write) == (
            {"state": change.subject.state},
            {"state": state},
            state,
        )
    assert all(left.reason for left in plan.left_alone)


def test_which_are_protected():
    options = {"uuids": ["HDGD-e93c-49b1-88d6"], "users": ["asmith"], "mailboxes": None}
    assert set(protected_by(options, [ONE, TWO, GONE, ODD])) == {ONE.id, TWO.id, GONE.id}
    assert protected_by({}, [ONE]) == protected_by({"users": None}, [ONE]) == {}
    with pytest.raises(
        OptionError, match=r"protected.users: no ActiveSync device has asmiht; nothing was sent"
    ):
        protected_by({"users": ["asmith", "asmiht"]}, [ONE, TWO])


@pytest.mark.parametrize(
    ("chosen", "every", "whole"),
    [
        ([ONE, TWO], [ONE, TWO], True), ([ONE, TWO, GONE], [ONE, TWO, GONE], True), ([ONE, TWO], [ONE, TWO, GONE], True), ([ONE], [ONE, GONE], False),
        ([ONE], [ONE, TWO], False), ([GONE], [GONE], False), ([], [ONE, TWO], False), ([ONE, GONE], [ONE, TWO, GONE], False),
    ],
)  # fmt: skip
def test_what_is_a_whole_list(chosen, every, whole):
    assert is_whole(chosen, every) is whole


def test_order_counts_and_rows():
    assert in_order([ONE, GONE, TWO]) == (TWO, GONE, ONE)
    assert counted([ONE, TWO, GONE, ODD, ODD]) == {
        "allowed": 1,
        "blocked": 1,
        "wiped": 1,
        "unclear": 2,
    } and counted([]).keys() == {*STATES, "unclear"}
    assert (ONE.row["state"], ONE.row["unclear"], ODD.row["state"], ODD.row["unclear"]) == (
        "allowed",
        None,
        None,
        "the server lists it twice",
    )
    assert "synced" not in ONE.row and json.dumps(ONE.row)


@pytest.mark.parametrize(
    ("device", "title"),
    [
        (ONE, "ActiveSync device hdgd-e93c-49b1-88D6 (JDoe113)"), (replace(ONE, user=""), "ActiveSync device hdgd-e93c-49b1-88D6 (jdoe)"),
        (replace(ONE, user="", mailbox=""), "ActiveSync device hdgd-e93c-49b1-88D6"),
        (replace(ONE, user="a\nb\x00{{ c }}"), "ActiveSync device hdgd-e93c-49b1-88D6 (a b {{ c }})"),
    ],
)  # fmt: skip
def test_a_title_is_one_line(device, title):
    assert device.title == title


# The guard knows devices and ActiveSync devices alike


def test_a_guard_tells_them_apart_by_all_that_counts():
    server = "https://uem.example.com"
    # fmt: off
    others = [
        replace(ONE, uuid="x"), replace(ONE, state="blocked"), replace(ONE, user="x"), replace(ONE, device_guid=""), replace(ONE, device_id="x"),
        replace(ONE, user="", mailbox="y"),
    ]
    # fmt: on
    confirms = {
        confirmation(Deed("activesync_wipe"), server, [Change(device, {}, {}, None)])
        for device in (ONE, *others)
    }
    assert len(confirms) == len(others) + 1
    same = (
        replace(ONE, last_sync="2026-01-01T00:00:00Z", synced=1.0, action_source="MANUAL"),
        replace(ONE, uuid=ONE.uuid.upper()),
    )
    assert all(
        confirmation(Deed("activesync_wipe"), server, [Change(device, {}, {}, None)]) in confirms
        for device in same
    )
    twin = Device(ONE.id, ONE.guid, serial=ONE.serial, email=ONE.owner, state=ONE.state)
    assert Identity.of(twin) == Identity.of(ONE)
    assert confirmation(Deed("wipe"), server, [Change(twin, {}, {}, None)]) not in confirms


# Lists

# fmt: off
ROW = {
    "uuid": "hdgd-e93c-49b1-88d6-222f54132445", "domain": "exchdomain.com", "deviceId": "Appl87025CNUA4S", "mailboxId": "jdoe113", "userName": "jdoe113",
    "phoneNumber": 6505551212, "model": "iPhone", "platform": "iOS", "platformCode": 11, "status": "Registered", "activeSyncStatus": "Allowed",
    "firstSyncTime": 1326179585000, "lastSyncTime": "1326180768000", "miDeviceUuid": "6F72CABB-1d8b-4965-aa8e-a355deab8222", "actionSource": "EXCHANGE",
}
# fmt: on


def group(name: str, *rows: Any) -> dict[str, Any]:
    """A group as JSON has it: a list of one is the one."""
    return {f"{name}s": {name: rows[0] if len(rows) == 1 else list(rows)}}


def test_a_row_of_the_document():
    [device] = eas_devices(
        {"messages": {"message": "1 Device(s) returned"}, **group("registeredAllowedDevice", ROW)}
    )
    assert device == EasDevice(
        "hdgd-e93c-49b1-88d6-222f54132445",
        "allowed",
        True,
        "jdoe113",
        "jdoe113",
        "exchdomain.com",
        "Appl87025CNUA4S",
        "6505551212",
        "iPhone",
        "ios",
        "11",
        "Registered",
        "Allowed",
        "2012-01-10T07:13:05Z",
        "2012-01-10T07:32:48Z",
        REGISTERED,
        "EXCHANGE",
        "",
        1326180768.0,
    )


@pytest.mark.parametrize(
    ("word", "platform"),
    [("Android 10.0", "android"), ("iPadOS", "ios"), ("Windows Phone 8.1", "windows"), ("Tizen", "tizen"), ("", ""), (None, "")],
)  # fmt: skip
def test_the_platform_of_a_row_in_the_words_of_the_vocabulary(word, platform):
    [device] = eas_devices(group("registeredAllowedDevice", {**ROW, "platform": word}))
    assert device.platform == device.row["platform"] == platform


@pytest.mark.parametrize(
    ("name", "status", "state", "registered"),
    [
        ("registeredAllowedDevice", "", "allowed", True), ("registeredBlockedDevice", "", "blocked", True),
        ("unregisteredAllowedDevice", "", "allowed", False), ("unregisteredBlockedDevice", "", "blocked", False),
        ("wipedDevice", "Registered", "wiped", True), ("wipedDevice", "Unregistered", "wiped", False), ("wipedDevice", "", "wiped", None),
        # The group says it, not the status.
        ("unregisteredAllowedDevice", "Registered", "allowed", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["object", "list", "bare list"])
def test_the_group_says_what_a_device_is(name, status, state, registered, form):
    row = {"uuid": "u", "status": status}
    holder = {"object": {name: row}, "list": {name: [row]}, "bare list": [row]}[form]
    [device] = eas_devices({f"{name}s": holder, "messages": {}})
    assert (device.uuid, device.state, device.registered, device.unclear) == (
        "u",
        state,
        registered,
        "",
    )
    assert (device.device_guid, device.first_sync, device.last_sync, device.synced) == (
        "",
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (group("registeredAllowedDevice", {"uuid": "u", "activeSyncStatus": "Blocked"}), "in registeredAllowedDevices, with the status Blocked"),
        (group("wipedDevice", {"uuid": "u", "activeSyncStatus": "allowed"}), "in wipedDevices, with the status allowed"),
        (group("registeredAllowedDevice", {"uuid": "u"}) | group("registeredBlockedDevice", {"uuid": "U"}), "both in registeredAllowedDevices and in"),
        (group("unregisteredBlockedDevice", {"uuid": "u"}) | group("wipedDevice", {"uuid": "u"}), "both in unregisteredBlockedDevices and in wipedDevices"),
        (group("registeredAllowedDevice", {"uuid": "u"}, {"uuid": "u", "userName": "x"}), "twice in registeredAllowedDevices"),
        (group("registeredQuarantinedDevice", {"uuid": "u", "activeSyncStatus": "Allowed"}), "which is not a group that is known"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_not_guessed(answer, words):
    [device] = eas_devices(answer)
    assert device.state == "" and words in device.unclear
    for state in STATES:
        assert plan_activesync([device], state, {}, include_wiped=True).changes == ()


def test_a_device_three_times_is_unclear_for_good():
    answer = (
        group("registeredAllowedDevice", {"uuid": "u"})
        | group("registeredBlockedDevice", {"uuid": "u"})
        | group("wipedDevice", {"uuid": "u"})
    )
    [device] = eas_devices(answer)
    assert (
        device.state == ""
        and "both in registeredAllowedDevices and in registeredBlockedDevices" in device.unclear
    )


def test_a_word_that_is_not_known_and_a_row_that_is_sent_twice_are_no_contradiction():
    [device] = eas_devices(
        group("registeredAllowedDevice", {"uuid": "u", "activeSyncStatus": "Quarantined"})
    )
    assert (device.state, device.unclear, device.activesync_status) == (
        "allowed",
        "",
        "Quarantined",
    )
    assert len(eas_devices(group("registeredAllowedDevice", ROW, ROW))) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"messages": {"message": "0 Device(s) returned"}}, {"messages": {"message": "No Data Found"}},
        {"messages": {"message": "Device(s) not found"}}, {"messages": {"message": "No devices were found"}, "wipedDevices": {}},
    ],
)  # fmt: skip
def test_lists_without_devices(answer):
    assert eas_devices(answer) == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "not an object"), ([], "not an object"), ("<html>", "not an object"), ({}, "without"), ({"results": []}, "without"),
        # "… or that no devices were found": an empty list says that it is empty.
        ({"messages": {}}, "does not say"), ({"wipedDevices": None}, "does not say"), ({"wipedDevices": ""}, "does not say"),
        ({"registeredAllowedDevices": {}, "wipedDevices": {"wipedDevice": []}}, "does not say"),
        ({"registeredAllowedDevices": {"registeredAllowedDevice": None}}, "does not say"),
        ({"messages": {"message": "System error"}}, "System error"), ({"wipedDevices": {}, "messages": {"message": "not today"}}, "not today"),
        ({"messages": {"message": "No access: user lacks API role"}}, "lacks API role"),
        ({"messages": {"message": "No permission for this call"}, "wipedDevices": None}, "No permission"),
        ({"messages": {"message": "3 Device(s) returned"}}, "counts 3 ActiveSync devices and sent 0"),
        ({"messages": {"message": "212 Device(s) returned"}, **group("wipedDevice", {"uuid": "u"})}, "counts 212 ActiveSync devices and sent 1 of them"),
        (group("wipedDevice", "u"), "not objects"), (group("wipedDevice", {"uuid": "u"}, None), "not objects"),
        (group("wipedDevice", {}), "without a usable uuid"), (group("wipedDevice", {"uuid": "  "}), "without a usable uuid"),
        (group("wipedDevice", {"uuid": "a\nb"}), "without a usable uuid"),
        ({"wipedDevices": {"device": [{"uuid": "u"}]}, **group("registeredAllowedDevice", ROW)}, r"wipedDevices of an unknown shape \(device\)"),
    ],
)  # fmt: skip
def test_answers_that_cannot_be_believed(answer, words):
    with pytest.raises(AnswerError, match=words):
        eas_devices(answer)


@pytest.mark.parametrize("raw", [None, "", 0, "0", "yesterday", True, 10**30, -(10**17), {"a": 1}])
def test_times_that_are_none(raw):
    [device] = eas_devices(
        group("wipedDevice", {"uuid": "u", "lastSyncTime": raw, "firstSyncTime": raw})
    )
    assert (device.first_sync, device.last_sync, device.synced) == (None, None, None)


# Details


@pytest.mark.parametrize(
    "wrap",
    [lambda tree: tree, lambda tree: {"messages": {}, "easDevice": tree}],
    ids=["root", "wrapped"],
)
@pytest.mark.parametrize("entries", [[], [0], [0, 1]], ids=len)
def test_details(wrap, entries):
    pairs = [
        {"key": "RecoveryPassword", "value": "A1B2-C3"},
        {"key": "DeviceType", "value": "iPod"},
    ]
    chosen = [pairs[at] for at in entries]
    found = eas_details(
        wrap({"uuid": "U", "details": {"entry": chosen[0] if len(chosen) == 1 else chosen}}), "u"
    )
    assert found == {
        pair["key"]: "********" if pair["key"] == "RecoveryPassword" else pair["value"]
        for pair in chosen
    }


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "no details"), ([], "no details"), ({"uuid": "u"}, "no details"), ({"messages": {"message": "System error"}}, "System error"),
        ({"easDevice": []}, "no details"), ({"uuid": "x", "details": {}}, "sent the details of x"),
    ],
)  # fmt: skip
def test_details_that_cannot_be_believed(answer, words):
    with pytest.raises(AnswerError, match=words):
        eas_details(answer, "u")


# Calls


def change(number: int, write: str = "blocked", **fields: Any) -> Change:
    device = EasDevice(
        **{"uuid": f"00000000-0000-0000-0000-{number:012}", "state": "allowed", **fields}
    )
    return Change(device, {"state": device.state}, {"state": write}, write)


@pytest.mark.parametrize(
    ("changes", "sizes"),
    [
        ([], []), ([change(1)], [1]), ([change(number) for number in range(200)], [173, 27]),
        # An address has no room for two hundred names that are longer.
        ([change(number, uuid=f"{'ü' * 200}{number}") for number in range(13)], [6, 6, 1]), ([change(1, uuid="x" * 9000), change(2)], [1, 1]),
        # What wipes, and what was wiped, goes alone.
        ([change(number, "wiped") for number in range(3)], [1, 1, 1]), ([change(1), change(2), change(3, state="wiped")], [2, 1]),
    ],
)  # fmt: skip
def test_what_goes_into_one_call(changes, sizes):
    batches = EpmmActiveSync(SimpleNamespace()).batches(changes)
    assert [len(batch.changes) for batch in batches] == sizes
    assert sorted(one.subject.uuid for batch in batches for one in batch.changes) == sorted(
        one.subject.uuid for one in changes
    )
    assert all(batch.write == one.write for batch in batches for one in batch.changes)
