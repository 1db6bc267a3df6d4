# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose devices are: the planner, what a look at a device proves, and the answers of Neurons.
Pure."""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import INELIGIBLE, UNDER_WAY
from ansible_collections.ivanti.uem.plugins.module_utils._families.owners.model import (
    Account,
    Ownership,
    account_named,
    belongs,
    failure_reason,
    parse_account_id,
    plan_owner,
    was_begun,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.owners.neurons import (
    account_of,
    ownership_of,
    rejections,
    status_of,
)

WANTED = Account("7", "Wanted@example.com", "share@example.com")
BY_ID = Account("7")


def one(account="", uid="", email="", *, status="", supervised=None, **device) -> Ownership:
    fields = {"id": "1", "guid": "g", "platform": "ios", "state": "ACTIVE", **device}
    return Ownership(Device(uid=uid, email=email, **fields), account, supervised, status)


@pytest.mark.parametrize(("have", "account", "said"), [
    (one("7"), WANTED, True),
    (one("8", "wanted@example.com"), WANTED, False),
    (one("7"), BY_ID, True),
    (one("77"), BY_ID, False),
    # The server does not tell the account: the user decides, and the user id before an address that
    # several may share.
    (one("", "wanted@EXAMPLE.com", "other@example.com"), WANTED, True),
    (one("", "other", "share@example.com"), WANTED, False),
    (one("", "", "Share@example.com"), WANTED, True),
    (one("", "", "other@example.com"), WANTED, False),
    (one("", "someone"), Account("7", "", "share@example.com"), None),
    (one("", "someone"), BY_ID, None),
    # Nobody's.
    (one(), WANTED, False),
    (one(), BY_ID, False),
])  # fmt: skip
def test_whose_a_device_is(have, account, said):
    assert belongs(have, account) is said


IOS = "an iOS device can be assigned to another user only where it is supervised"
OTHER = "only supervised iOS and Android Enterprise devices can be assigned to another user, not "


@pytest.mark.parametrize(("have", "restart", "part", "reason"), [
    (one("8"), False, "changes", ""),
    (one("8", supervised=True), False, "changes", ""),
    (one("8", platform="android", supervised=False), False, "changes", ""),
    (one("8", platform=""), False, "changes", ""),
    (one("8", status="FAILED"), False, "changes", ""),
    (one("8", status="SUCCESS"), False, "changes", ""),
    (one("8", state="RETIRE_CANCELED"), False, "changes", ""),
    (one("7"), False, "unchanged", ""),
    (one("7", status="SUCCESS"), True, "unchanged", ""),
    (one("7", status="FAILED"), True, "unchanged", ""),
    # It may be leaving.
    (one("7", status="INITIATED"), False, "under_way", ""),
    (one("7", status="INITIATED"), True, "changes", ""),
    (one("7", status="INITIATED", state="RETIRED"), False, "ineligible", "a device in the state RETIRED cannot be assigned to another user"),
    (one("7", supervised=False, platform="macos", state="WIPED"), False, "unchanged", ""),
    (one("8", supervised=False), False, "ineligible", IOS),
    (one("8", platform="macos"), False, "ineligible", OTHER + "macos"),
    (one("8", platform="windows"), True, "ineligible", OTHER + "windows"),
    (one("8", platform="chromeos"), False, "ineligible", OTHER + "chromeos"),
    (one("8", state="RETIRED", supervised=False), False, "ineligible", "a device in the state RETIRED cannot be assigned to another user"),
    (one("8", state="RETIRED"), False, "ineligible", "a device in the state RETIRED cannot be assigned to another user"),
    (one("8", state="WIPE_PENDING", platform="android"), False, "ineligible",
     "a device in the state WIPE_PENDING cannot be assigned to another user"),
    (one("8", status="INITIATED"), False, "under_way", ""),
    (one("8", status="INITIATED"), True, "changes", ""),
    (one("8", status="INITIATED", supervised=False), False, "ineligible", IOS),
])  # fmt: skip
def test_the_plan(have, restart, part, reason):
    plan = plan_owner({have.id: WANTED}, [have], restart=restart)
    parts = {
        "changes": [change.subject for change in plan.changes],
        "unchanged": list(plan.unchanged),
        "ineligible": [left.subject for left in plan.of_kind(INELIGIBLE)],
        "under_way": [left.subject for left in plan.of_kind(UNDER_WAY)],
    }
    assert parts == {name: [have] if name == part else [] for name in parts}
    assert [left.reason for left in plan.of_kind(INELIGIBLE)] == ([reason] if reason else [])


def test_a_device_whose_account_is_not_told_is_no_guess():
    haves = [one("", "someone"), one("", "", "a@example.com"), one()]
    plan = plan_owner({have.id: BY_ID for have in haves}, haves, restart=True)
    assert [left.reason for left in plan.of_kind(INELIGIBLE)] == [
        (
            f"the server does not say which account it is assigned to, only that it is {name}'s; give user instead of account_id"
        )
        for name in ("someone", "a@example.com")
    ]
    assert [change.subject.device.uid for change in plan.changes] == [""]


@pytest.mark.parametrize(("have", "account", "before", "after"), [
    (one("8", "old", "old@example.com"), WANTED, {"account_id": "8", "user": "old"}, {"account_id": "7", "user": "Wanted@example.com"}),
    (one("", "", "old@example.com"), WANTED, {"account_id": None, "user": "old@example.com"}, {"account_id": "7", "user": "Wanted@example.com"}),
    (one(), Account("7", "", "w@example.com"), {"account_id": None, "user": None}, {"account_id": "7", "user": "w@example.com"}),
    (one("8", "old"), BY_ID, {"account_id": "8"}, {"account_id": "7"}),
])  # fmt: skip
def test_before_and_after(have, account, before, after):
    [change] = plan_owner({have.id: account}, [have], restart=False).changes
    assert (change.before, change.after, change.write) == (before, after, account)


@pytest.mark.parametrize(("before", "now", "proven"), [
    ("", one("7"), True),
    ("", one("8", status="INITIATED"), True),
    ("FAILED", one("8", status="INITIATED"), True),
    # It was under way before as well: that is no proof of ours.
    ("INITIATED", one("8", status="INITIATED"), False),
    ("INITIATED", one("7", status="INITIATED"), True),
    ("", one("8"), False),
    ("", one("8", status="SUCCESS"), False),
    ("", None, False),
])  # fmt: skip
def test_what_proves_that_it_began(before, now, proven):
    assert was_begun(one("8", status=before), now, WANTED) is proven


@pytest.mark.parametrize(("now", "proven"), [
    # It was the user's before as well, and was leaving.
    (one("7", status="INITIATED"), False), (one("7", status="SUCCESS"), True), (one("7", status="FAILED"), True), (one("9", status="SUCCESS"), False),
])  # fmt: skip
def test_what_proves_that_a_device_which_was_leaving_stays(now, proven):
    assert was_begun(one("7", status="INITIATED"), now, WANTED) is proven


@pytest.mark.parametrize(("now", "was_sent", "words"), [
    (None, True, "the device is gone."),
    (None, False, "the device is gone."),
    (one("8", "old", status="FAILED"), True, "the device refused it (FAILED); it is still account 8 (old)'s."),
    (one("8", status="INITIATED"), True, ""),
    (one("8", status="INITIATED"), False, ""),
    # The list of reasons is not over yet: the owner follows the status, or there is no status at
    # all.
    (one("8", status="SUCCESS"), True, ""),
    (one("8"), True, ""),
    # Another run's, of which nobody knows to whom.
    (one("9", status="SUCCESS"), False, "the reassignment that was under way has ended (SUCCESS), and the device is account 9's; run it again."),
    (one("", "", status="FAILED"), False, "the reassignment that was under way has ended (FAILED), and the device is nobody's; run it again."),
    (one("9"), False, "the reassignment that was under way has ended (no status), and the device is account 9's; run it again."),
])  # fmt: skip
def test_how_a_reassignment_fails(now, was_sent, words):
    assert failure_reason(now, was_sent=was_sent) == words


ACCOUNTS = [WANTED, Account("8", "share@example.com", ""), Account("9", "nine", "")]


@pytest.mark.parametrize(("name", "expected"), [
    ("WANTED@example.com", "7"),
    ("nine", "9"),
    ("share@example.com", "2 accounts are called 'share@example.com': account 7 (Wanted@example.com), account 8 (share@example.com); "),
    ("nobody", "no account has the user id or e-mail address 'nobody'; "),
    ("wanted", "no account has"),
])  # fmt: skip
def test_the_account_of_a_name(name, expected):
    if expected.isdecimal():
        assert account_named(name, ACCOUNTS).id == expected
        return
    with pytest.raises(OptionError) as raised:
        account_named(name, ACCOUNTS)
    assert str(raised.value).startswith(f"user: {expected}") and "nothing was done" in str(
        raised.value
    )


@pytest.mark.parametrize(
    ("raw", "number"), [("10542407", "10542407"), (" 7 ", "7"), (7, "7"), ("007", "7")]
)
def test_ids_of_accounts(raw, number):
    assert parse_account_id(raw) == Account(number)


@pytest.mark.parametrize("raw", ["", "jdoe", "-1", "1.5", "1 2", "٣", "1" * 20, None, True, "1\n2"])
def test_what_is_no_id_of_an_account(raw):
    with pytest.raises(
        OptionError,
        match=r"^account_id: .* is not the id of an account, which is a whole number; correct it, or give user\.$",
    ):
        parse_account_id(raw)


# The answers of Neurons


def page(*rows, **more):
    return {
        "errors": None,
        "result": {
            "searchResults": list(rows),
            "totalCount": len(rows),
            "offset": 0,
            "limit": 0,
            **more,
        },
    }


@pytest.mark.parametrize(("answer", "rejected", "open_end"), [
    (page(), {}, ""),
    (page({"id": 2, "actionExceptionCodes": ["A", "B"]}), {"2": "the server rejected it: A, B"}, ""),
    (page({"id": "2", "actionExceptionCodes": [None]}), {"2": "the server rejected it: the server says that it cannot, but not why"}, ""),
    (page(2, 3), dict.fromkeys("23", "the server rejected it, and does not say why"), ""),
    ({"result": []}, {}, ""),
    ({"result": [3]}, {"3": "the server rejected it, and does not say why"}, ""),
    ({"result": 3}, {}, ""),
    ({"result": 4}, {}, ""),
    ({"result": True}, {}, ""),
    ({"result": 1}, {}, "the server took 1 of 3 devices and does not say which"),
    ({"result": 0}, {}, "the server took 0 of 3 devices and does not say which"),
    ({"result": None}, {}, "the server's answer lists no devices"),
    ({"result": False}, {}, "the server's answer lists no devices"),
    ({"result": "ok"}, {}, "the server's answer lists no devices"),
    ({"result": {}}, {}, "the server's answer lists no devices"),
    ({"result": {"searchResults": []}}, {}, ""),
    # What the server counts and what it names do not agree, or it names others: nothing is known of
    # the rest.
    (page(totalCount=2), {}, "the server rejected 2 devices and names 0 of those that it was asked about"),
    (page({"id": 2}, totalCount=3), {"2": "the server rejected it: the server says that it cannot, but not why"},
     "the server rejected 3 devices and names 1 of those that it was asked about"),
    (page({"id": 9}), {}, "the server rejected 1 device and names 0 of those that it was asked about"),
    (page({"name": "x"}), {}, "the server rejected 1 device and names 0 of those that it was asked about"),
    (page(None), {}, "the server rejected 1 device and names 0 of those that it was asked about"),
])  # fmt: skip
def test_who_was_rejected(answer, rejected, open_end):
    assert rejections(answer, ["1", "2", "3"]) == (rejected, open_end)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "text",
        {"errors": None},
        {"errors": {"globalErrors": [{"message": "no"}]}, "result": None},
    ],
)
def test_what_is_no_answer(answer):
    with pytest.raises(AnswerError, match="^Assigning 1 device to another user: "):
        rejections(answer, ["1"])


@pytest.mark.parametrize(("row", "status"), [
    ({}, ""),
    ({"lastReassignmentStatus": "INITIATED"}, "INITIATED"),
    ({"lastReassignStatus": " initiated "}, "INITIATED"),
    ({"reassignmentStatus": None}, ""),
    ({"reassignmentStatus": "Never heard of"}, "NEVER HEARD OF"),
    ({"aReassignmentStatusUpdatedAt": 1597793723830, "reassignmentStatus": "FAILED"}, "FAILED"),
    ({"registrationStatus": "INITIATED", "reassigned": "FAILED"}, ""),
])  # fmt: skip
def test_the_status_of_the_last_reassignment(row, status):
    assert status_of(row) == status


@pytest.mark.parametrize(("row", "account", "supervised"), [
    ({"owner_id": 7, "supervised": True}, "7", True),
    ({"owner_id": "7", "supervised": "true"}, "7", None),
    ({"owner_id": None, "supervised": False}, "", False),
    ({"owner_id": -1}, "", None),
    ({"owner_id": {"id": 7}}, "", None),
    ({}, "", None),
])  # fmt: skip
def test_whose_a_row_is(row, account, supervised):
    found = ownership_of(row, Device("1", "g"))
    assert (found.account, found.supervised) == (account, supervised)


def test_of_an_account_nothing_is_kept_that_is_not_needed():
    row = {
        "id": 7,
        "uid": "u",
        "emailAddress": None,
        "enabled": True,
        "registrationPin": {"pin": "483920"},
    }
    assert account_of(row) == Account("7", "u", "", True) and "483920" not in repr(account_of(row))
    for number in (None, True, "x", [7], -1, "²", "٣", "9" * 5000):
        with pytest.raises(AnswerError, match="without a usable id") as raised:
            account_of({**row, "id": number})
        assert "483920" not in str(raised.value)
