# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a confirm stands for, how many devices are allowed, and what of a journal counts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.confirmation import (
    Deed,
    Identity,
    confirmation,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import (
    Device,
    server_name,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import Change, Limits
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.rules import (
    Mine,
    above_house,
    allowed,
    changed_since,
    crossed,
    free_again,
    recent,
    taken,
    too_many,
)
from hypothesis import given
from hypothesis import strategies as st

ONE = Device("1", "guid-1", serial="A", email="a@example.com", uid="a", state="ACTIVE")
TWO = Device("2", "guid-2", serial="B", uid="b", state="ACTIVE")
SERVER = "https://uem.example.com"


def confirm(
    *devices: Device,
    action: str = "wipe",
    server: str = SERVER,
    parameters: Any = None,
    secret: Any = (),
) -> str:
    deed = Deed(action, parameters=parameters or {}, secret=tuple(secret))
    return confirmation(deed, server, [Change(device, {}, {}, None) for device in devices])


def test_a_confirm_is_the_number_and_the_digest():
    number, digest = confirm(ONE, TWO).split("-")
    assert number == "2" and len(digest) == 16 and int(digest, 16)
    assert (
        confirm(ONE, TWO)
        == confirm(TWO, ONE)
        == confirm(replace(ONE, row={"a": 1}, attrs={"b": ("c",)}, os_version="9"), TWO)
    )


# fmt: off
OTHERS = {
    "one less": confirm(ONE), "one twice": confirm(ONE, ONE), "id": confirm(replace(ONE, id="3"), TWO), "guid": confirm(replace(ONE, guid="x"), TWO),
    "serial": confirm(replace(ONE, serial="x"), TWO), "owner": confirm(replace(ONE, email="x"), TWO), "state": confirm(replace(ONE, state="x"), TWO),
    "owner without e-mail": confirm(ONE, replace(TWO, uid="x")), "action": confirm(ONE, TWO, action="retire"),
    "server": confirm(ONE, TWO, server="https://other.example.com"), "parameter": confirm(ONE, TWO, parameters={"text": "x"}),
    "another parameter": confirm(ONE, TWO, parameters={"text": "y"}), "nothing": confirm(),
}
# fmt: on


def test_everything_that_counts_makes_another_confirm():
    assert len({*OTHERS.values(), confirm(ONE, TWO)}) == len(OTHERS) + 1


def test_of_a_secret_only_that_it_is_there_counts():
    first, second = (
        confirm(ONE, parameters={"pin": pin}, secret=["pin"]) for pin in ("123456", "654321")
    )
    assert first == second != confirm(ONE, secret=["pin"])


@given(
    st.lists(
        st.tuples(
            st.integers(0, 9),
            st.sampled_from("AB"),
            st.sampled_from(("x", "y")),
            st.sampled_from(("ACTIVE", "WIPED")),
        )
    )
)
def test_two_lists_have_one_confirm_when_they_are_the_same_list(rows):
    devices = [
        Device(str(number), f"g{number}", serial=serial, email=owner, state=state)
        for number, serial, owner, state in rows
    ]
    assert confirm(*devices) == confirm(*reversed(devices))
    for place in range(len(devices)):
        assert confirm(*devices[:place], *devices[place + 1 :]) != confirm(*devices)


@pytest.mark.parametrize(
    ("limits", "fleet", "most"),
    [
        (Limits(), 0, 1), (Limits(), 1, 1), (Limits(), 20, 1), (Limits(), 199, 1), (Limits(), 200, 2), (Limits(), 999, 9), (Limits(), 1000, 10),
        (Limits(), 100_000, 10), (Limits(max_devices=0), 1000, 0), (Limits(max_devices=3), 10, 3), (Limits(max_devices=500), 1000, 500),
        (Limits(max_percent=0), 1000, 0), (Limits(max_percent=0.5), 1000, 5), (Limits(max_percent=0.05), 1000, 0), (Limits(max_percent=1), 99, 0),
        (Limits(4, 1), 1000, 4), (Limits(400, 1), 1000, 10), (Limits(400, 100), 300, 300),
    ],
)  # fmt: skip
def test_how_many_are_allowed(limits, fleet, most):
    assert allowed(limits, fleet) == most


@given(st.integers(0, 500) | st.none(), st.floats(0, 100) | st.none(), st.integers(0, 5000))
def test_no_more_is_allowed_than_any_limit_says(devices, percent, fleet):
    most = allowed(Limits(devices, percent), fleet)
    assert devices is None or most <= devices
    assert percent is None or most * 100 <= Decimal(repr(percent)) * fleet
    assert devices is not None or percent is not None or most <= max(1, min(10, fleet // 100))


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ({"phase": "before", "server": SERVER, "at": 100.0}, True), ({"phase": "before", "server": SERVER, "at": 100}, True),
        ({"phase": "before", "server": SERVER, "at": 99.9}, False), ({"phase": "after", "server": SERVER, "at": 200}, False),
        ({"phase": "before", "server": "https://other.example.com", "at": 200}, False), ({"phase": "before", "server": None, "at": None}, True),
        # What is not known is taken for the worse.
        ({"phase": "before", "server": SERVER}, True), ({"phase": "before", "server": SERVER, "at": "1"}, True),
        ({"phase": "before", "server": SERVER, "at": True}, True), ({"phase": "before", "at": 1e12}, True), ({}, False), ({"note": "mine"}, False),
    ],
)  # fmt: skip
def test_what_counts_of_a_journal(line, counts):
    assert len(recent([line], server=SERVER, since=100.0)) == counts
    assert len(recent([line, line], server=SERVER, since=100.0)) == 2 * counts


# fmt: off
SENT, NOT_SENT = "The server failed: HTTP 503.", "not sent: The server does not serve."


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        # Run, device, phase, answer.
        ([("a", "1", "before", None), ("a", "1", "after", NOT_SENT)], 0),
        ([("a", "1", "before", None), ("a", "1", "after", SENT)], 1),
        ([("a", "1", "before", None), ("a", "2", "before", None), ("a", "1", "after", NOT_SENT)], 1),
        # The line of another run or device, one too many, or one without its begin, frees nothing.
        ([("a", "1", "before", None), ("b", "1", "after", NOT_SENT)], 1),
        ([("a", "1", "before", None), ("a", "2", "after", NOT_SENT)], 1),
        ([("a", "1", "before", None), ("a", "2", "before", None), *[("a", "1", "after", NOT_SENT)] * 3], 1),
        ([("a", "1", "after", NOT_SENT), ("a", "1", "before", None)], 1),
    ],
)  # fmt: skip
def test_what_was_not_sent_does_not_count(lines, counts):
    journal = [
        {"server": SERVER, "at": 200.0, "run": run, "device": {"id": device}, "phase": phase, "answer": answer}
        for run, device, phase, answer in lines
    ]
    assert len(recent(journal, server=SERVER, since=100.0)) == counts
# fmt: on


def test_a_device_counts_once_whatever_was_sent_to_it():
    journal = [
        {"server": SERVER, "at": at, "run": run, "device": {"id": device}, "phase": "before"}
        for run, device, at in [("a", "1", 200), ("b", "1", 300), ("b", "2", 250), ("c", "1", 280)]
    ]
    assert recent(journal, server=SERVER, since=100.0) == {"1": 300.0, "2": 250.0}


# 15:31:20 and 15:40:00 of a day.
EARLY, LATE = 1795188680.0, 1795189200.0


@pytest.mark.parametrize(
    ("planned", "before", "most", "free"),
    [
        (1, [LATE, EARLY], 2, "15:52 UTC"), (2, [LATE, EARLY], 2, "16:01 UTC"), (3, [EARLY], 2, ""), (1, [EARLY], 2, ""),
        (1, [float("inf"), EARLY], 2, "15:52 UTC"), (2, [float("inf"), EARLY], 2, ""),
    ],
)  # fmt: skip
def test_when_a_plan_would_be_permitted(planned, before, most, free):
    assert free_again(planned, before, most, 1200) == free
    sentence = too_many(planned, len(before), most, 1200, free=free)
    assert (f"wait until {free}, when enough of them are free again" in sentence) == bool(free)


@pytest.mark.parametrize(
    ("planned", "before", "most", "words"),
    [
        (0, 99, 0, ""), (1, 0, 1, ""), (3, 2, 5, ""), (2, 0, 1, "to 2 devices; at most 1 is allowed"),
        (3, 4, 5, "raise max_devices (to 7) or max_percent"), (1, 0, 0, "to 1 device; at most 0 are allowed"),
        (1, 5, 5,
         "to 1 device, and the journal has 5 more from the last 60 s, including those of other runs and lines that cannot be read; at most 5 are allowed;"),
    ],
)  # fmt: skip
def test_too_many(planned, before, most, words):
    told = too_many(planned, before, most, 60)
    assert words in told and bool(words) == bool(told)


@pytest.mark.parametrize(
    ("before", "exceeded", "words"),
    [
        (0, [], ""), (0, ["A is 1 and would have to be 2"], "to 2 devices; A is 1 and would have to be 2; nothing was sent."),
        (3, ["A is 1", "B is 2"], "the journal has 3 more from the last 60 s, including those of other runs and lines that cannot be read; A is 1 and B is 2;"),
    ],
)  # fmt: skip
def test_above_a_limit_of_the_house(before, exceeded, words):
    told = above_house(2, before, exceeded, 60)
    assert words in told and bool(words) == bool(told)
    assert not told or "no option and no confirm lifts a limit of the environment" in told


@pytest.mark.parametrize(
    ("now", "names"),
    [
        ((TWO, ONE), []), ((ONE,), ["device 2"]), ((), ["device 1", "device 2"]), ((ONE, replace(TWO, state="RETIRED")), ["device 2"]),
        ((replace(ONE, email="b@example.com"), TWO), ["device 1"]), ((replace(ONE, os_version="9", row={"a": 1}), TWO), []),
        ((replace(ONE, guid="other"), TWO), ["device 1"]), ((ONE, TWO, Device("3", "g")), []),
    ],
)  # fmt: skip
def test_devices_that_are_no_longer_what_the_plan_says(now, names):
    told = changed_since((ONE, TWO), now)
    assert (
        bool(told) == bool(names)
        and all(name in told for name in names)
        and ("device 1" in names) == ("device 1 " in told)
    )


def test_an_identity_has_the_e_mail_address_or_else_the_user():
    assert (Identity.of(ONE).owner, Identity.of(TWO).owner) == ("a@example.com", "b")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://uem.example.com", SERVER), ("HTTPS://UEM.Example.COM", SERVER), ("https://uem.example.com:443", SERVER),
        ("https://uem.example.com.", SERVER), ("https://uem.example.com:8443", f"{SERVER}:8443"), ("http://uem.example.com:80", "http://uem.example.com"),
        ("http://uem.example.com:443", "http://uem.example.com:443"), ("https://uem.example.com/Acme", f"{SERVER}/Acme"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"), ("https://127.0.0.1:443/a/b", "https://127.0.0.1/a/b"),
        ("https://u:pw@uem.example.com", SERVER), ("u:pw@uem.example.com", "uem.example.com"), ("https://u:p/w@uem.example.com", SERVER),
        ("https://u:pw@h:99999", "https://h:99999"), ("https://u:p@w@[::1", "https://[::1"),
    ],
)  # fmt: skip
def test_one_server_has_one_name(url, name):
    assert server_name(url) == name


def line(**fields: Any) -> dict[str, Any]:
    # fmt: off
    return {
        "phase": "after", "at": 100.0, "when": "then", "run": "r", "server": SERVER, "action": "wipe", "answer": "taken", "device": {"id": "1"}, **fields,
    }
    # fmt: on


@pytest.mark.parametrize(("fields", "counts"), [
    ({}, True), ({"at": 50.0}, True), ({"at": None}, True), ({"at": 49.9}, False), ({"phase": "before", "answer": None}, False),
    ({"answer": "unknown: HTTP 502"}, False), ({"answer": "HTTP 500"}, None), ({"answer": "not sent: x"}, None), ({"server": "https://other"}, None),
    ({"server": None}, None), ({"action": "retire"}, None), ({"device": None}, None), ({"device": "1"}, None),
])  # fmt: skip
def test_what_took_an_action_lately(fields, counts):
    """True: the server took it; False: nobody knows; None: it did not, or it is another request."""
    found = taken([line(**fields)], Mine(SERVER, "wipe", "mine"), since=50.0)
    if fields.get("at") == 49.9:
        counts = None
    assert {key: sent.taken for key, sent in found.items()} == (
        {} if counts is None else {"1": counts}
    )


def test_an_answer_settles_its_own_request_alone():
    mine = Mine(SERVER, "wipe", "mine")
    before = line(phase="before", answer=None, at=99.0)
    failed = line(answer="HTTP 403")
    assert taken([before, failed], mine, since=0.0) == {}
    assert not taken([before, failed, before], mine, since=0.0)["1"].taken
    assert taken([before, line()], mine, since=0.0)["1"].taken
    # What failed in one run says nothing of what another run sent.
    other = [{**one, "run": "s", "at": 150.0} for one in (before, failed)]
    assert taken([before, line(), *other], mine, since=0.0)["1"].taken
    assert not taken([before, *other], mine, since=0.0)["1"].taken


@pytest.mark.parametrize(("fields", "refused"), [
    ({}, True), ({"phase": "before"}, True), ({"answer": "HTTP 500"}, True), ({"at": 49.0}, False), ({"run": "mine"}, False), ({"action": "retire"}, False),
    ({"server": "https://other"}, False), ({"device": {"id": "3"}}, False), ({"device": {}}, False),
])  # fmt: skip
def test_what_another_run_sent_meanwhile_refuses_a_plan(fields, refused):
    told = crossed(
        [line(**fields)],
        [ONE, TWO],
        Mine(SERVER, "wipe", "mine"),
        since=50.0,
        noun="devices",
        title="wipe",
    )
    assert bool(told) == refused and (
        not told or f"another run sent wipe to these devices: {ONE.title}; nothing was sent" in told
    )
