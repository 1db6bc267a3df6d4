# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.location.epmm import location_in
from ansible_collections.ivanti.uem.plugins.module_utils._families.location.model import (
    location_row,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.messages.epmm import EpmmMessages
from ansible_collections.ivanti.uem.plugins.module_utils._families.messages.model import (
    Message,
    parse_message,
    plan_message,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.messages.neurons import (
    NeuronsMessages,
    message_form,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.roaming.epmm import roaming_in
from ansible_collections.ivanti.uem.plugins.module_utils._families.roaming.model import (
    Roaming,
    parse_roaming,
    plan_roaming,
)

MODES = {"neurons": NeuronsMessages.modes, "epmm": EpmmMessages.modes}
PHONE = Device("7", "guid-7", platform="ios")


@pytest.mark.parametrize(
    ("product", "mode", "text", "subject", "message"),
    [
        ("neurons", "push", "Hello", None, Message("push", "Hello")),
        ("neurons", "email", "Hello", None, Message("email", "Hello")),
        ("neurons", "email", "Hello", "About", Message("email", "Hello", "About")),
        ("epmm", "sms", " a\nb ", None, Message("sms", " a\nb ")),
        (
            "epmm",
            "email",
            "a\r\n\tb \u200d",
            "Ünïcode \u200d",
            Message("email", "a\r\n\tb \u200d", "Ünïcode \u200d"),
        ),
    ],
)
def test_messages_are_read(product, mode, text, subject, message):
    assert (
        parse_message({"mode": mode, "text": text, "subject": subject}, MODES[product], product)
        == message
    )


@pytest.mark.parametrize(
    ("product", "mode", "text", "subject", "words"),
    [
        ("neurons", "sms", "Hello", None, "mode: sms is not supported by neurons, which supports push, email."),
        ("epmm", "push", "", None, "text: is empty"),
        ("epmm", "push", " \n\t", None, "text: is empty"),
        ("epmm", "push", None, None, "text: is empty"),
        ("epmm", "push", "Hello", "About", "subject: is used only in an e-mail, and mode is push"),
        ("epmm", "email", "Hello", "a\nBcc: x@example.com", "subject: has a line break, and must be one line; remove it"),
        ("neurons", "email", "Hello", "a\rb", "subject: has a line break"),
        ("neurons", "email", "Hello", "a\u2028b", "subject: has a line break"),
        ("epmm", "email", "Hello", "a\x85b", r"subject: has the control character U\+0085, which no text needs"),
        ("epmm", "push", "a\0b", None, r"text: has the control character U\+0000, which no text needs; remove it"),
        ("neurons", "push", "\x1b[31mred", None, r"text: has the control character U\+001B"),
        ("epmm", "sms", "Hello", "", "subject: is used only in an e-mail, and mode is sms"),
    ],
)  # fmt: skip
def test_messages_that_cannot_be(product, mode, text, subject, words):
    with pytest.raises(OptionError, match=words):
        parse_message({"mode": mode, "text": text, "subject": subject}, MODES[product], product)


def test_a_message_is_always_a_change():
    message = Message("push", "Hello")
    plan = plan_message(message, [PHONE])
    assert [(change.before, change.after, change.write) for change in plan.changes] == [
        ({}, {"text": "Hello", "mode": "push"}, message)
    ]
    assert plan.unchanged == () and plan.refusals == ()


STATES = {"neurons": NeuronsMessages.modes, "epmm": EpmmMessages.modes}
# Only these get nothing: the documents do not exclude any other state.
NOBODY = {
    ("neurons", "push"): {"RETIRED", "WIPED"}, ("neurons", "email"): set(),
    ("epmm", "push"): {"RETIRED", "WIPED", "VERIFICATION_PENDING"},
    ("epmm", "email"): {"WIPED"}, ("epmm", "sms"): {"WIPED"},
}  # fmt: skip
LEAVING = {"RETIRE_PENDING", "RETIRE_SENT", "RETIRED", "WIPE_PENDING", "WIPE_SENT", "WIPED"}


@pytest.mark.parametrize(
    "state",
    ["", "ACTIVE", "LOST", "VERIFIED", "RETIRE_CANCELED", "VERIFICATION_PENDING", *sorted(LEAVING)],
)
@pytest.mark.parametrize(("product", "mode"), NOBODY)
def test_who_gets_a_message(product, mode, state):
    """One that may get nothing is sent it, and the plan says so."""
    devices = [Device("8", "guid-8", state=state), PHONE]
    plan = plan_message(Message(mode, "Hello"), devices, STATES[product][mode])
    left = [(one.subject.id, one.kind, one.reason) for one in plan.left_alone]
    is_sent = state not in NOBODY[product, mode]
    reason = f"a device in the state {state} gets no message by {mode}"
    assert left == ([] if is_sent else [("8", "ineligible", reason)])
    assert [change.subject.id for change in plan.changes] == (["8", "7"] if is_sent else ["7"])
    assert plan.refusals == ()
    if not is_sent:
        assert plan.warnings == (
            f"1 device cannot get the message, and the others do not wait for them. device 8: {reason}.",
        )
    elif state in LEAVING | {"VERIFICATION_PENDING"}:
        [warning] = plan.warnings
        assert warning.startswith(f"No document says whether a message by {mode} reaches")
        assert warning.endswith(f"the server may refuse it or drop it: device 8: {state}.")
    else:
        assert plan.warnings == ()


def test_a_message_that_nobody_can_get_is_refused():
    devices = [Device(str(number), "", state="RETIRED") for number in range(22)]
    plan = plan_message(Message("push", "Hello"), devices, {"RETIRED"})
    [refusal] = plan.refusals
    assert refusal.startswith(
        "Refused: 22 devices cannot get the message; nothing was sent. device 0"
    )
    assert refusal.endswith("and 2 more.") and plan.refused_by == ["ineligible"]
    assert plan.warnings == () and not plan.changes


@pytest.mark.parametrize("number", ["PDA", "pda 3", "PDA12"])
def test_a_device_without_a_number_gets_no_text_message(number):
    device = Device("8", "", row={"phone_number": number})
    plan = plan_message(Message("sms", "Hello"), [device, PHONE], ())
    assert [one.reason for one in plan.left_alone] == [f"it has no phone number ({number})"]
    assert len(plan_message(Message("push", "Hello"), [device, PHONE], ()).changes) == 2


@pytest.mark.parametrize("number", ["", None, "14155551212", "********", "PDA-phone"])
def test_a_number_that_is_not_seen_may_be_there(number):
    """A server may hide it from the account."""
    device = Device("8", "", row={"phone_number": number})
    assert len(plan_message(Message("sms", "Hello"), [device], ()).changes) == 1


@pytest.mark.parametrize(
    ("message", "values"),
    [
        (Message("push", "Hi"), ["true", "Hi", "false", "", ""]),
        (Message("email", "Hi", "About"), ["false", "", "true", "About", "Hi"]),
        (Message("email", "Hi"), ["false", "", "true", "", "Hi"]),
    ],
)
def test_the_form_has_every_key(message, values):
    form = message_form(message, "23003", ["1", "2"])
    names = [
        "sendPushNotification",
        "pushNotificationMessage",
        "sendEmail",
        "emailSubject",
        "emailBody",
    ]
    assert form == [
        *zip(names, values, strict=True),
        ("dmPartitionId", "23003"),
        ("deviceIds", "1,2"),
    ]


ROAMING = {
    "on": Roaming(True, True),
    "voice": Roaming(True, False),
    "off": Roaming(False, False),
    "odd": Roaming(False, True),
}


@pytest.mark.parametrize(
    ("voice", "data", "have", "after"),
    [
        (True, True, "off", "on"),
        (True, None, "off", "voice"),
        (None, False, "on", "voice"),
        (None, True, "voice", "on"),
        # Voice off turns data off, also where the server shows it as on.
        (False, None, "on", "off"),
        (False, False, "on", "off"),
        (False, None, "odd", "off"),
        (None, False, "odd", "off"),
        (True, True, "on", None),
        (None, False, "off", None),
        (None, True, "on", None),
        (True, None, "voice", None),
        (False, None, "off", None),
    ],
)
def test_roaming_is_set_where_it_differs(voice, data, have, after):
    plan = plan_roaming(parse_roaming(voice, data), [(PHONE, ROAMING[have])])
    assert plan.refusals == ()
    assert [change.write for change in plan.changes] == ([ROAMING[after]] if after else [])
    assert [(change.before, change.after) for change in plan.changes] == (
        [(ROAMING[have].shown(), ROAMING[after].shown())] if after else []
    )
    assert len(plan.unchanged) == (after is None)


@pytest.mark.parametrize(
    ("wanted", "device", "have", "words"),
    [
        ((True, None), Device("7", "g", platform="android"), Roaming(None, None), "only on iOS devices, and device 7"),
        ((None, True), PHONE, Roaming(False, False), "data roaming needs voice roaming, which is off on device 7"),
        ((True, None), PHONE, Roaming(True, None), "the roaming settings of device 7.* are not known; give both"),
        ((None, True), PHONE, Roaming(None, False), "the roaming settings of device 7.* are not known"),
        ((None, False), PHONE, Roaming(None, None), "are not known"),
    ],
)  # fmt: skip
def test_roaming_that_cannot_be(wanted, device, have, words):
    plan = plan_roaming(parse_roaming(*wanted), [(device, have), (PHONE, Roaming(True, True))])
    assert re.search(words, " ".join(plan.refusals))


def test_devices_whose_roaming_cannot_be_set_are_named_together():
    phones = [Device(str(number), "", platform="android") for number in range(30)]
    now = [(phone, Roaming(True, True)) for phone in phones]
    plan = plan_roaming(Roaming(False, None), now)
    [sentence] = plan.refusals
    assert "device 0, device 1, " in sentence and ", device 19 and 10 more are not; " in sentence
    assert [left.subject.id for left in plan.left_alone] == [phone.id for phone in phones]


@pytest.mark.parametrize(
    ("wanted", "after"),
    [
        ((True, True), Roaming(True, True)),
        ((True, False), Roaming(True, False)),
        ((False, None), Roaming(False, False)),
    ],
)
def test_what_is_not_known_is_set_when_both_are_given(wanted, after):
    plan = plan_roaming(parse_roaming(*wanted), [(PHONE, Roaming(None, None))])
    assert plan.refusals == () and [change.write for change in plan.changes] == [after]


@pytest.mark.parametrize(
    ("voice", "data", "words"),
    [(None, None, "at least one"), (False, True, "cannot be on where voice is off")],
)
def test_roaming_that_contradicts_itself(voice, data, words):
    with pytest.raises(OptionError, match=words):
        parse_roaming(voice, data)


@pytest.mark.parametrize(
    ("details", "roaming"),
    [
        ({"Voice Roaming Enabled": "true", "DataRoamingEnabled": "false"}, Roaming(True, False)),
        ({"Voice Roaming Enabled": True, "DataRoamingEnabled": False}, Roaming(True, False)),
        ({"Voice Roaming Enabled": "perhaps"}, Roaming(None, None)),
        ({}, Roaming(None, None)),
    ],
)
def test_roaming_of_details(details, roaming):
    assert roaming_in(details) == roaming


PLACE = {
    "uuid": "u",
    "lookupResult": "Cell",
    "latitude": 37.386433,
    "longitude": -122.053902,
    "radius": 1500,
    "capturedAt": 1285802663000,
}
FOUND = {
    "latitude": 37.386433,
    "longitude": -122.053902,
    "radius": 1500,
    "source": "Cell",
    "captured_at": "2010-09-29T23:24:23Z",
}


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ({"locations": {"location": PLACE}}, FOUND),
        ({"locations": {"location": [PLACE]}}, FOUND),
        ({"locations": {"location": {**PLACE, "latitude": "37.386433", "radius": "1500", "capturedAt": "1285802663000"}}}, FOUND),
        ({"locations": {"location": {**PLACE, "latitude": 0, "longitude": 0.0}}}, {**FOUND, "latitude": 0, "longitude": 0}),
        ({"locations": {"location": {**PLACE, "capturedAt": None}}}, {**FOUND, "captured_at": None}),
        ({"locations": {"location": {"uuid": "u", "lookupResult": "LookupFailure"}}}, None),
        ({"locations": {"location": {**PLACE, "lookupResult": "LookupFailure"}}}, None),
        ({"locations": {"location": {"uuid": "u", "lookupResult": "GPS"}}}, None),
        ({"locations": {"location": []}}, None),
        ({"locations": None}, None),
        ({}, None),
        (None, None),
    ],
)  # fmt: skip
def test_places(answer, place):
    assert location_in(answer) == place


def test_a_row_has_every_key():
    known = location_row(PHONE, FOUND)
    assert known == {"id": "7", "guid": "guid-7", "found": True, **FOUND}
    assert location_row(PHONE, None) == {
        **dict.fromkeys(known),
        "id": "7",
        "guid": "guid-7",
        "found": False,
    }


def uuid(number):
    return f"00000000-0000-4000-8000-{number:012d}"


class Server:
    """Gives every call the same answer and keeps what it was told; the address is measured."""

    settings = SimpleNamespace(url="https://epmm.example.com")

    def __init__(self, answer):
        self.answer = answer
        self.queries = []

    def call(self, endpoint, *, query):
        self.queries.append(query)
        return self.answer


def messages_of(answer):
    """The calls of a server with one answer, and the server."""
    server = Server(answer)
    return EpmmMessages(SimpleNamespace(transport=server, api=None)), server


def changes(message, count=2):
    devices = [Device(str(n), uuid(n), mac=f"{n:012x}") for n in range(count)]
    return plan_message(message, devices).changes


@pytest.mark.parametrize(
    ("answer", "by_mac", "failed"),
    [
        ({"messages": None, "message": " Message sent successfully for all devices."}, False, []),
        ({"messages": {"message": "Message sent successfully for all devices."}}, False, []),
        ({"messages": None, "invalidDevices": {"uuid": uuid(1)}}, False, ["1"]),
        ({"messages": {"invalidDevices": {"uuid": [uuid(0), uuid(1).upper()]}}}, False, ["0", "1"]),
        ({"messages": None, "invalidDevices": {"uuid": "00000000000" + "1"}}, True, ["1"]),
    ],
)
def test_answers_to_messages(answer, by_mac, failed):
    messages, server = messages_of(answer)
    [batch] = messages.batches(changes(Message("push", "Hi")), by_mac=False)
    outcomes = messages.send(batch, by_mac=by_mac)
    assert [outcome.change.subject.id for outcome in outcomes if outcome.error] == failed
    assert server.queries[0][-2:] == [("message", "Hi"), ("mode", "pns")]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"messages": None}, "no success: it does not say why"),
        ({"messages": None, "messageSentFailed": "x"}, "no success.*not sent .messageSentFailed. to at least one"),
        ({"messages": None, "messageSentFailed": ""}, "to at least one device, and it does not say which"),
        ({"messages": {"messageSentFailed": None}}, "to at least one device"),
        ({"messages": None, "message": "Message sent successfully.", "messageSentFailed": True}, "to at least one device"),
        ({"messages": {"message": "Invalid action"}}, "no success: Invalid action"),
        ({"messages": None, "message": "Message was not sent successfully."}, "no success: Message was not"),
        ({"messages": None, "message": "Message sent unsuccessfully."}, "no success"),
        # Somebody did not get it, and nobody knows who.
        ({"messages": None, "invalidDevices": {"uuid": "12:34"}}, "says that 12:34 is invalid, which is not one of the devices that were named"),
    ],
)  # fmt: skip
def test_answers_that_are_no_success(answer, words):
    messages, _server = messages_of(answer)
    [batch] = messages.batches(changes(Message("push", "Hi")), by_mac=False)
    with pytest.raises(AnswerError, match=words):
        messages.send(batch, by_mac=False)


@pytest.mark.parametrize(
    ("answer", "one", "two"),
    [
        # Only one device was named, so that one did not get it.
        ({"messages": None, "messageSentFailed": ""}, "none", "unknown"),
        ({"messages": {"message": "Invalid action"}}, "none", "none"),
        ({"messages": None}, "unknown", "unknown"),
    ],
)
def test_what_an_answer_without_success_says_of_the_devices(answer, one, two):
    for count, effect in ((1, one), (2, two)):
        messages, _server = messages_of(answer)
        [batch] = messages.batches(changes(Message("push", "Hi"), count), by_mac=False)
        with pytest.raises(AnswerError) as failed:
            messages.send(batch, by_mac=False)
        assert failed.value.effect == effect


@pytest.mark.parametrize("mark", [None, "", "false", False])
def test_a_mark_without_content_beside_success_says_nothing(mark):
    answer = {"messages": None, "message": "Message sent successfully.", "messageSentFailed": mark}
    messages, _server = messages_of(answer)
    [batch] = messages.batches(changes(Message("push", "Hi")), by_mac=False)
    assert not any(outcome.error for outcome in messages.send(batch, by_mac=False))


@pytest.mark.parametrize(
    ("text", "most"), [("Hi", 150), ("ü" * 500, 110), ("x" * 7000, 20), ("x" * 9000, 1)]
)
def test_a_text_and_the_devices_fit_into_an_address(text, most):
    messages, server = messages_of({"message": "success"})
    batches = messages.batches(changes(Message("email", text, "About"), 301), by_mac=False)
    told = [
        outcome.change.subject.id
        for batch in batches
        for outcome in messages.send(batch, by_mac=False)
    ]
    assert told == [str(number) for number in range(301)]
    longest = max(
        len("/api/v1/dm/bulk/sendmessage?" + urlencode(query)) for query in server.queries
    )
    sizes = [len(batch.changes) for batch in batches]
    assert (longest <= 8000 or set(sizes) == {1}) and most * 0.9 <= max(sizes) <= most


def test_nobody_is_told_nothing():
    messages, _server = messages_of({})
    assert messages.batches([], by_mac=False) == []
