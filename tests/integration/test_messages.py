# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""device_message, of both products: to whom it goes, what is refused, and what it says when the
server misbehaves."""

from __future__ import annotations

from typing import Any

import pytest
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator

from ..conftest import ModuleFailed, writes
from .action_fleet import outcomes

FLEET = 6
TEXT = 'Bitte "bringen" & melden + 100 % = {{ 7 * 7 }} #1; a,b\n<b>ü</b>'
SUBJECT = "Ihr Gerät & mehr + 5 %"
MODES = [
    ("neurons", "push", "auto"),
    ("neurons", "email", "auto"),
    *(("epmm", mode, api) for mode in ("push", "email", "sms") for api in ("auto", "v1", "v2")),
]
V1, V2 = ("POST", "/api/v1/dm/bulk/sendmessage"), ("POST", "/api/v2/devices/action")
SEND = {
    ("neurons", "auto"): ("PUT", "/api/v1/device/message"),
    ("epmm", "auto"): V2,
    ("epmm", "v2"): V2,
    ("epmm", "v1"): V1,
}
ACTIVE = {
    "neurons": {"platformType": "IOS", "registrationState": "ACTIVE"},
    "epmm": {"platform": "iOS", "phone": "14155550100"},
}


@pytest.fixture
def servers(shared_emulator: NeuronsEmulator, shared_epmm: EpmmEmulator) -> dict[str, Emulator]:
    """Both products, with a small fleet."""
    for server in (shared_emulator, shared_epmm):
        server.reset(seed=7, devices=FLEET)
    return {"neurons": shared_emulator, "epmm": shared_epmm}


def add(servers, product, count=2, **fields):
    """Devices that can be told something, and nothing in the log. Answers their ids."""
    ids = [servers[product].add_device(**{**ACTIVE[product], **fields}) for _number in range(count)]
    servers[product].clear_requests()
    return ids


def told(server, product):
    """Who was told what, as the emulator has it: device, mode, text, subject."""
    if product == "epmm":
        modes = {"pns": "push", "email": "email", "sms": "sms"}
        found = [
            (row["id"], one)
            for row in server.devices("id", "actions")
            for one in row["actions"]
            if one["action"] == "MESSAGE"
        ]
        return sorted(
            (device, modes[one["mode"]], one["message"], one.get("subject") or "")
            for device, one in found
        )
    found = []
    for one in server.actions():
        assert one["action"] == "message"
        if one["params"]["push"] is not None:
            found.append((one["device"], "push", one["params"]["push"], ""))
        if one["params"]["email"] is not None:
            found.append(
                (
                    one["device"],
                    "email",
                    one["params"]["email"]["body"],
                    one["params"]["email"]["subject"] or "",
                )
            )
    return sorted(found)


def failed(call, server, **options) -> dict[str, Any]:
    with pytest.raises(ModuleFailed) as end:
        call("device_message", server, **options)
    assert "\n" not in end.value.result["msg"] and "Traceback" not in end.value.result["msg"]
    return end.value.result


@pytest.mark.parametrize("subject", [None, SUBJECT])
@pytest.mark.parametrize(("product", "mode", "api"), MODES)
def test_a_message_is_predicted_and_sent_every_time(servers, call, product, mode, api, subject):
    if subject and mode != "email":
        result = failed(call, servers[product], devices=[1], text=TEXT, mode=mode, subject=subject)
        assert "subject: is used only in an e-mail" in result["msg"]
        assert servers[product].requests() == [] or writes(servers[product]) == []
        return
    server, devices = servers[product], add(servers, product)
    options = {
        "devices": devices,
        "text": TEXT,
        "mode": mode,
        "api": api,
        **({"subject": subject} if subject else {}),
    }
    plan = call("device_message", server, check_mode=True, **options)
    assert (
        plan["changed"]
        and plan["summary"]["writes"] == 0
        and writes(server) == []
        and told(server, product) == []
    )
    for times in (1, 2):
        server.clear_requests()
        result = call("device_message", server, **options)
        assert {**result, "summary": None} == {**plan, "summary": None}
        assert {**result["summary"], "requests": 0, "writes": 0} == {
            **plan["summary"],
            "requests": 0,
            "writes": 0,
        }
        assert writes(server) == [SEND[product, api]] and result["summary"]["writes"] == 1
        assert told(server, product) == sorted(
            (device, mode, TEXT, subject or "") for device in devices for _time in range(times)
        )
    assert result["devices"][0]["before"] == {} and result["devices"][0]["after"] == {
        "text": TEXT,
        "mode": mode,
    }


@pytest.mark.parametrize("product", ["neurons", "epmm"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"text": "  "}, "text: is empty"),
        # Older versions of ansible-core refuse null themselves.
        ({"text": None}, "text"),
        ({"mode": "pigeon"}, "value of mode must be one of"),
        ({"max_devices": 1}, "max_devices is 1; nothing was written"),
        ({"max_percent": 5}, "max_percent is 5; nothing was written"),
        ({"max_devices": -1}, "max_devices: -1 is not a limit"),
        ({"extra": 999999001}, "Unknown devices, nothing was done: id 999999001"),
    ],
)
def test_what_is_refused_sends_nothing(servers, call, product, options, words):
    server, devices = servers[product], add(servers, product)
    options = {"text": TEXT, **options}
    named = [*devices, *([options.pop("extra")] if "extra" in options else [])]
    for check_mode in (True, False):
        assert words in failed(call, server, devices=named, check_mode=check_mode, **options)["msg"]
    assert writes(server) == [] and told(server, product) == []


@pytest.mark.parametrize("options", [{"mode": "sms"}, {"by": "wifi_mac_address"}])
def test_what_neurons_lacks(servers, call, options):
    devices = add(servers, "neurons")
    for check_mode in (True, False):
        message = failed(
            call, servers["neurons"], devices=devices, text=TEXT, check_mode=check_mode, **options
        )["msg"]
        assert message.startswith(
            (
                "mode: sms is not supported by neurons",
                "by: Neurons names devices only by their ids",
            )
        )
    assert writes(servers["neurons"]) == []


@pytest.mark.parametrize("product", ["neurons", "epmm"])
def test_limits_that_are_kept_and_devices_that_may_be_missing(servers, call, product):
    server, devices = servers[product], add(servers, product)
    result = call(
        "device_message",
        server,
        devices=[*devices, 999999001],
        text="Hi",
        max_devices=2,
        max_percent=25,
        on_missing="skip",
    )
    assert outcomes(result) == {
        str(devices[0]): "changed",
        str(devices[1]): "changed",
        "999999001": "skipped",
    }
    assert {
        name: result["summary"][name]
        for name in ("matched", "changed", "skipped", "failed", "unchanged")
    } == {"matched": 2, "changed": 2, "skipped": 1, "failed": 0, "unchanged": 0}
    assert len(told(server, product)) == 2
    result = call("device_message", server, devices=[999999001], text="Hi", on_missing="skip")
    assert not result["changed"] and len(told(server, product)) == 2


def partitions_of(server, call):
    server.reset(seed=7, devices=30, partitions=3)
    found = {
        row["dm_partition_id"]
        for row in call("device_info", server, fields=["dm_partition_id"])["devices"]
    }
    assert len(found) == 3
    return sorted(found)


def test_each_partition_of_neurons_has_a_call_of_its_own(servers, call):
    """A device of another partition than the one that a call names does not get the message."""
    server = servers["neurons"]
    partitions = partitions_of(server, call)
    devices = [
        device for space in partitions for device in add(servers, "neurons", dmPartitionId=space)
    ]
    result = call("device_message", server, devices=devices, text=TEXT)
    assert result["summary"]["writes"] == len(partitions)
    assert told(server, "neurons") == sorted((device, "push", TEXT, "") for device in devices)
    assert [entry["id"] for entry in result["devices"]] == [
        str(device) for device in sorted(devices)
    ]


def test_one_partition_that_fails_does_not_stop_the_others(servers, call):
    server = servers["neurons"]
    partitions = partitions_of(server, call)
    devices = [add(servers, "neurons", 1, dmPartitionId=space)[0] for space in partitions]
    server.add_fault("result_zero", method="PUT", times=1)
    result = failed(call, server, devices=devices, text=TEXT)
    assert (
        f"1 of {len(devices)} devices could not be" in result["msg"]
        and len(told(server, "neurons")) == len(devices) - 1
    )
    assert {int(entry["id"]) for entry in result["devices"] if entry["outcome"] == "changed"} == {
        one[0] for one in told(server, "neurons")
    }


def test_by_mac(servers, call):
    server = servers["epmm"]
    devices = [add(servers, "epmm", 1, mac=mac)[0] for mac in ("38aa3c62bfad", "00237696635f")]
    for mode, subject in (("sms", None), ("email", SUBJECT)):
        options = {
            "devices": devices,
            "text": TEXT,
            "mode": mode,
            "by": "wifi_mac_address",
            **({"subject": subject} if subject else {}),
        }
        server.clear_requests()
        assert call("device_message", server, **options)["summary"]["changed"] == 2
        assert writes(server) == [("POST", "/api/v1/dm/bulk/mac/sendmessage")]
        assert [one for one in told(server, "epmm") if one[1] == mode] == sorted(
            (one, mode, TEXT, subject or "") for one in devices
        )


@pytest.mark.parametrize("check_mode", [True, False])
def test_by_mac_needs_addresses_of_their_own(servers, call, check_mode):
    server = servers["epmm"]
    [nameless], [first, second] = (
        add(servers, "epmm", 1, mac=None),
        add(servers, "epmm", 2, mac="38aa3c62bfad"),
    )
    options = {"text": TEXT, "by": "wifi_mac_address", "check_mode": check_mode}
    assert f"device {nameless}" in failed(call, server, devices=[nameless, first], **options)["msg"]
    for devices in ([first], [second], [first, second]):
        assert (
            "these devices have the same Wi-Fi MAC address"
            in failed(call, server, devices=devices, **options)["msg"]
        )
    assert writes(server) == []


@pytest.mark.parametrize("where", ["beside", "inside"])
@pytest.mark.parametrize("by", ["guid", "wifi_mac_address"])
def test_a_device_that_vanishes_is_named_and_the_others_were_told(servers, call, where, by):
    server = servers["epmm"]
    devices = [
        add(servers, "epmm", 1, mac=mac)[0]
        for mac in ("38aa3c62bfad", "00237696635f", "00237696635e")
    ]
    server.set_switch("bulk_invalid_devices", where)
    server.set_switch("message_sent", where)
    server.add_fault("vanish", method="POST")
    result = failed(call, server, devices=devices, text=TEXT, by=by, api="v1")
    assert sorted(outcomes(result).values()) == ["changed", "changed", "failed"]
    assert (
        "1 of 3 devices could not be" in result["msg"] and "the device is invalid" in result["msg"]
    )
    assert [str(one[0]) for one in told(server, "epmm")] == sorted(
        key for key, outcome in outcomes(result).items() if outcome == "changed"
    )


@pytest.mark.parametrize("where", ["beside", "inside"])
def test_success_is_understood_in_both_places(servers, call, where):
    servers["epmm"].set_switch("message_sent", where)
    assert (
        call("device_message", servers["epmm"], devices=add(servers, "epmm"), text=TEXT)["summary"][
            "changed"
        ]
        == 2
    )


FAULTS = [
    # What happens to the request, what the failure says, and whether the message arrived.
    ("result_zero", {}, "HTTP 200", False),
    ("errors_200", {"message": "Nobody is there"}, "HTTP 200", False),
    ("html", {}, "", False),
    ("403", {}, "HTTP 403", False),
    ("500", {}, "HTTP 500", False),
    ("502", {"handled": True}, "HTTP 502", True),
    ("reset", {}, "", False),
    ("lost_answer", {}, "", True),
    ("half_body", {}, "", True),
    ("truncated_json", {}, "", True),
]


@pytest.mark.parametrize(
    ("product", "api"), [("neurons", "auto"), ("epmm", "v1"), ("epmm", "auto")]
)
@pytest.mark.parametrize(
    ("kind", "params", "words", "arrived"),
    FAULTS,
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_message_whose_answer_is_no_success_is_not_sent_again(
    servers, call, product, api, kind, params, words, arrived
):
    server, devices = servers[product], add(servers, product)
    method, path = SEND[product, api]
    server.add_fault(kind, method=method, path=path, times=None, **params)
    result = failed(call, server, devices=devices, text=TEXT, retries=3, api=api)
    # API v2 may have taken some devices where it was not successful with all of them.
    all_refused = "result_zero" if SEND[product, api] != V2 else ""
    declined = kind in (all_refused, "errors_200", "403")
    said = "2 of 2 devices could not be" if declined else "Whether 2 of 2 devices changed is not"
    assert said in result["msg"] and words in result["msg"]
    assert set(outcomes(result).values()) == {"failed" if declined else "unknown"}
    assert result["changed"] is not declined and "run it again" not in result["msg"].lower()
    # The rule counts what arrives; the log gets a request whose connection breaks only after it
    # broke.
    [rule] = server.faults()
    assert rule["seen"] == rule["fired"] == result["summary"]["writes"] == 1
    assert len(told(server, product)) == (2 if arrived else 0)


def test_a_server_that_was_too_busy_is_asked_again(servers, call):
    """429 says that the request was not handled."""
    for product, server in servers.items():
        devices = add(servers, product)
        server.add_fault("429", method=SEND[product, "auto"][0], retry_after=0)
        assert call("device_message", server, devices=devices, text=TEXT)["summary"]["changed"] == 2
        assert len(told(server, product)) == 2


def test_neurons_says_false_where_nobody_got_it(servers, call):
    server = servers["neurons"]
    devices = add(servers, "neurons", registrationState="RETIRE_PENDING")
    server.set_switch("message_none_valid", "false")
    assert (
        "result false" in failed(call, server, devices=devices, text=TEXT)["msg"]
        and told(server, "neurons") == []
    )
    server.set_switch("message_none_valid", "error")
    assert "HTTP 400" in failed(call, server, devices=devices, text=TEXT)["msg"]


STATE = {"neurons": "registrationState", "epmm": "status"}
NOBODY = [
    *(("neurons", "auto", "push", state) for state in ("RETIRED", "WIPED")),
    *(
        ("epmm", api, "push", state)
        for api in ("v1", "v2")
        for state in ("RETIRED", "WIPED", "VERIFICATION_PENDING")
    ),
    *(("epmm", "v2", mode, "WIPED") for mode in ("email", "sms")),
]


@pytest.mark.parametrize(("product", "api", "mode", "state"), NOBODY)
def test_devices_that_get_no_message_are_left_out_and_said(
    servers, call, product, api, mode, state
):
    """Check mode says the same as the run, and a server may answer success for them as well."""
    server, [able] = servers[product], add(servers, product, 1)
    [unable] = add(servers, product, 1, **{STATE[product]: state})
    options = {"text": TEXT, "api": api, "mode": mode}
    reason = f"a device in the state {state} gets no message by {mode}"
    for check_mode in (True, False):
        result = call(
            "device_message", server, check_mode=check_mode, devices=[able, unable], **options
        )
        assert outcomes(result) == {str(able): "changed", str(unable): "ineligible"}
        assert result["summary"]["ineligible"] == 1 and result["changed"]
        [entry] = [one for one in result["devices"] if one["outcome"] == "ineligible"]
        assert entry["reason"] == reason and any(reason in one for one in result["warnings"])
    assert [one[0] for one in told(server, product)] == [able]
    server.clear_requests()
    for check_mode in (True, False):
        message = failed(call, server, check_mode=check_mode, devices=[unable], **options)["msg"]
        assert "Refused: 1 device cannot get the message; nothing was sent. " in message
        assert reason in message
    assert writes(server) == []


@pytest.mark.parametrize(
    ("product", "mode"), [("neurons", "email"), ("epmm", "email"), ("epmm", "sms")]
)
def test_what_no_document_excludes_is_sent_with_a_warning(servers, call, product, mode):
    """A mail goes to the user, also of a device that was retired. API v2 of the emulator refuses it."""
    server = servers[product]
    devices = add(servers, product, 1, **{STATE[product]: "RETIRED"})
    options = {"devices": devices, "text": TEXT, "mode": mode}
    plan = call("device_message", server, check_mode=True, **options)
    assert plan["changed"] and any("No document says" in one for one in plan["warnings"])
    if product == "epmm":
        message = failed(call, server, **options)["msg"]
        assert "action.failed (without a reason; the device is in the state RETIRED" in message
        assert call("device_message", server, api="v1", **options)["changed"]
    else:
        assert call("device_message", server, **options)["changed"]


def test_a_computer_gets_no_text_message(servers, call):
    server = servers["epmm"]
    [computer] = add(servers, "epmm", 1, platform="macOS", phone="PDA")
    [phone] = add(servers, "epmm", 1)
    for api in ("auto", "v1"):
        for check_mode in (True, False):
            result = call(
                "device_message", server, check_mode=check_mode, api=api,
                devices=[computer, phone], text=TEXT, mode="sms",
            )  # fmt: skip
            assert outcomes(result) == {str(computer): "ineligible", str(phone): "changed"}
            assert any("it has no phone number (PDA)" in one for one in result["warnings"])
    assert {one[0] for one in told(server, "epmm")} == {phone}


def test_many_devices_and_a_long_text(servers, call):
    """The uuids and the text stand in the address, which servers cut off."""
    server = servers["epmm"]
    server.reset(seed=7, devices=400)
    server.set_switch("max_url_bytes", 8192)
    server.clear_requests()
    active = {"attributes": {"status": "ACTIVE"}}
    result = call(
        "device_message", server, select=active, text="ü" * 600, mode="email", subject=SUBJECT
    )
    assert result["summary"]["changed"] > 200 and result["summary"]["failed"] == 0
    assert len(told(server, "epmm")) == result["summary"]["changed"]
    assert result["summary"]["writes"] <= result["summary"]["changed"] / 50
