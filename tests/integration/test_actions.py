# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""device_action, every row of the table: in check mode, applied, and applied again; and what it
says when things go wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.model import ACTIONS
from ansible_collections.ivanti.uem.plugins.module_utils._http.transport import Transport
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator

from ..conftest import Command, ModuleFailed
from ..contracts.contract import load_all
from ..contracts.recorder import Recorder, recording
from .action_fleet import (
    ALL,
    DESTRUCTIVE,
    KIOSK,
    OWNED,
    REASON,
    ROWS,
    SUPERVISED,
    acting,
    add,
    deeds,
    done,
    outcomes,
    refused,
    run,
)

FLEET = 6


@pytest.fixture(autouse=True)
def journal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "journal.jsonl"
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(path))
    return path


@pytest.fixture
def servers(shared_emulator: NeuronsEmulator, shared_epmm: EpmmEmulator) -> dict[str, Emulator]:
    """Both products, with a small fleet."""
    for server in (shared_emulator, shared_epmm):
        server.reset(seed=7, devices=FLEET)
    return {"neurons": shared_emulator, "epmm": shared_epmm}


def begin(server: Emulator, action: str) -> int:
    """A device that can take an action, and nothing in the log."""
    device = add(server, action)
    if action == "cancel_relinquish":
        # What can be taken back has been ordered, and not been carried out.
        server.set_switch("action_settle", "manual")
        server.set_switch("relinquish_state", "unchanged")
    server.clear_requests()
    return device


def test_every_row_of_the_table_is_tested():
    assert {(product, name) for name, row in ACTIONS.items() for product in row.takes} == set(ALL)
    assert {name for name, row in ACTIONS.items() if row.destructive} == {
        action for _product, action in DESTRUCTIVE
    }


@pytest.mark.parametrize(("product", "action"), ALL)
def test_every_action_in_check_mode_applied_and_applied_again(servers, call, product, action):
    server, row = servers[product], ROWS[product][action]
    device = begin(server, action)
    before = []
    if action == "cancel_relinquish":
        assert run(call, server, "relinquish", devices=[device])["changed"]
        before = deeds(server)
        server.clear_requests()

    plan = call(
        "device_action", server, check_mode=True, action=action, devices=[device], **row.options
    )
    assert acting(server) == [] and deeds(server) == before and plan["summary"]["writes"] == 0

    server.clear_requests()
    result = call(
        "device_action",
        server,
        action=action,
        devices=[device],
        confirm=plan["confirm"],
        **row.options,
    )
    apart = {"summary": None, "warnings": None}
    if ACTIONS[action].hidden:
        # Nothing shows beforehand whether there is something to do.
        assert [one["outcome"] for one in plan["devices"]] == ["unknown"] and plan["changed"]
        apart |= {"devices": None, "diff": None}
    assert {**result, **apart} == {**plan, **apart}
    [entry] = result["devices"]
    assert (entry["id"], entry["outcome"]) == (str(device), "changed") and result["changed"]
    assert (entry["before"]["state"], entry["after"]["state"]) == row.changes
    assert f'state: "{row.changes[1]}"' in result["diff"][0]["after"]
    assert len(acting(server)) == result["summary"]["writes"] == 1
    assert done(server)[len(before) :] == [(device, action, row.noted)]

    server.clear_requests()
    result = run(call, server, action, devices=[device], **row.options)
    assert list(outcomes(result).values()) == [row.again]
    assert result["changed"] is (row.again == "changed")
    assert len(acting(server)) == (row.again in ("changed", "failed"))
    assert len(done(server)) == len(before) + (2 if row.again == "changed" else 1)


SETTLING = [(product, action) for product, action in ALL if ACTIONS[action].done]


@pytest.mark.parametrize(("product", "action"), SETTLING)
def test_what_is_on_its_way_is_not_ordered_again(servers, call, product, action):
    server = servers[product]
    device = begin(server, action)
    server.set_switch("action_settle", "manual")
    states = ["PENDING", "SENT", "D"] if product == "neurons" else ["PENDING"]
    assert run(call, server, action, devices=[device])["changed"]
    for _state in states:
        result = run(call, server, action, devices=[device])
        assert outcomes(result) == {str(device): "unchanged"} and not result["changed"]
        server.step() if product == "neurons" else server.settle()
    assert len(deeds(server)) == 1


# Parameters, refused before any request

VERSION = "version: {!r} is not a version such as 17.4.1."
QUOTES = (
    "version: {0!r} is a number, in which 18.10 and 18.1 are the same; write it in quotes, as in "
    'version: "{0!r}".'
)
PIN = "pin: the value given is not 6 to 8 letters and digits, or empty."
# fmt: off
WRONG: list[tuple[str, str, dict[str, Any], str]] = [
    ("neurons", "os_update", {}, "version: is missing; os_update needs it."),
    *(("neurons", "os_update", {"version": text}, VERSION.format(text)) for text in ("latest", "17.", "17.4.1.2.3", "17 ", "", "١٧")),
    *(("neurons", "os_update", {"version": number}, QUOTES.format(number)) for number in (18.1, 17.0, 1e3)),
    *(("neurons", "os_update", {"version": value}, VERSION.format(value)) for value in (True, ["17.4"], {"a": 1}, -17)),
    ("neurons", "restart", {"version": "17"}, "version: is not a parameter of restart with neurons, whose parameters are: none; remove it."),
    *(("neurons", "unlock", {"pin": text}, PIN) for text in ("12345", "123456789", "12 456", "12345ü", " ")),
    ("neurons", "lock", {"reason": "lost"}, "reason: is not a parameter of lock with neurons"),
    ("neurons", "wipe", {"footnote": "x"}, "parameters are: text, preserve_data_plan, disallow_proximity_setup; remove it."),
    ("neurons", "wipe", {"text": " "}, "text: is empty; remove it or fill it."),
    ("neurons", "wipe", {"text": "\x1b[31m"}, "text: has the control character U+001B, which no text needs; remove it."),
    ("epmm", "retire", {"reason": "a\x07"}, "reason: has the control character U+0007"),
    ("neurons", "enable_lost_mode", {"phone_number": "1"}, "text: is missing; enable_lost_mode needs it."),
    ("neurons", "enable_lost_mode", {"text": "m", "footnote": "x" * 16}, "footnote: 'xxxxxxxxxxxxxxxx' is not 1 to 15 characters."),
    ("neurons", "enable_lost_mode", {"text": "m", "phone_number": ""}, "phone_number: is empty"),
    ("neurons", "locate", {}, "action: locate is not supported by neurons, which supports os_update, restart"),
    ("epmm", "restart", {}, "action: restart is not supported by epmm, which supports force_checkin, wipe, lock, unlock, retire, locate."),
    ("epmm", "unlock", {"pin": "123456"}, "pin: is not a parameter of unlock with epmm, whose parameters are: reason; remove it."),
    ("epmm", "locate", {"reason": "lost"}, "reason: is not a parameter of locate with epmm"),
    ("epmm", "wipe", {"text": "bye"}, "text: is not a parameter of wipe with epmm"),
    ("epmm", "retire", {"reason": "x" * 513}, "is not 1 to 512 characters."),
    ("epmm", "retire", {"reason": " "}, "reason: is empty"),
    # What the API cannot do without is not sent without: the call for one device by its MAC address
    # needs a reason.
    ("epmm", "lock", {"by": "wifi_mac_address"}, "reason: is missing; lock by MAC address needs it."),
    ("epmm", "unlock", {"by": "wifi_mac_address"}, "reason: is missing; unlock by MAC address needs it."),
    ("neurons", "lock", {"by": "wifi_mac_address"}, "by: neurons names devices only by their ids; remove it."),
    ("neurons", "lock", {"wait": True}, "wait: whether lock is done cannot be seen on a device; remove it."),
    ("neurons", "relinquish", {"wait": True}, "wait: whether relinquish is done cannot be seen"),
    ("neurons", "retire", {"wait": True, "wait_interval": -1}, "wait_interval: -1 is not a time in seconds; give 0 or more."),
    ("neurons", "retire", {"wait": True, "wait_timeout": -5}, "wait_timeout: -5 is not a time in seconds; give 0 or more."),
    ("neurons", "retire", {"guard_window": 0}, "guard_window: 0 is not a time in seconds; give 1 or more."),
    ("neurons", "retire", {"max_devices": -1}, "max_devices: -1 is not a limit"),
    ("neurons", "retire", {"devices": []}, "devices: is empty"),
    ("neurons", "retire", {"devices": ["../wipe"]}, "devices[0]: '../wipe' is neither a device id"),
    ("neurons", "explode", {}, "value of action must be one of: os_update, restart"),
]
# fmt: on


@pytest.mark.parametrize("check_mode", [False, True], ids=["apply", "check"])
@pytest.mark.parametrize(("product", "action", "options", "words"), WRONG)
def test_what_is_wrong_by_itself_is_refused_before_any_request(
    servers, call, product, action, options, words, check_mode
):
    message = refused(
        call, servers[product], action, check_mode=check_mode, **{"devices": [22000], **options}
    )
    assert words in message
    assert servers[product].requests() == []


def test_a_malformed_pin_is_not_repeated(servers, call):
    assert "12 Zq7xW" not in refused(
        call, servers["neurons"], "unlock", devices=[22000], pin="12 Zq7xW"
    )


# Devices that cannot take it

ALONE = "{} is only for {}, not for {}"
# fmt: off
INELIGIBLE: list[tuple[str, dict[str, Any], str]] = [
    ("os_update", {"platformType": "ANDROID"}, ALONE.format("os_update", "ios", "android")),
    ("restart", {"platformType": "OSX"}, ALONE.format("restart", "ios", "macos")),
    ("enter_kiosk", SUPERVISED, ALONE.format("enter_kiosk", "android", "ios")),
    ("enable_lost_mode", {"platformType": "ANDROID"}, ALONE.format("enable_lost_mode", "ios", "android")),
    ("relinquish", SUPERVISED, ALONE.format("relinquish", "android", "ios")),
    ("cancel_relinquish", {"platformType": "WINDOWS_PHONE"}, ALONE.format("cancel_relinquish", "android", "windows")),
    ("delete", {"registrationState": "ACTIVE"}, "a device in the state ACTIVE cannot carry out delete"),
    ("delete", {"registrationState": "WIPE_PENDING"}, "a device in the state WIPE_PENDING cannot carry out delete"),
    ("delete", {"registrationState": "RETIRE_CANCELED"}, "a device in the state RETIRE_CANCELED cannot carry out delete"),
    # What the server's own check says.
    ("os_update", {"platformType": "IOS", "supervised": False}, "DEVICE_NOT_SUPERVISED"),
    ("os_update", {"platformType": "IOS", "supervised": False, "registrationState": "RETIRED"}, "DEVICE_NOT_ACTIVE, DEVICE_NOT_SUPERVISED"),
    ("force_checkin", {"platformType": "IOS", "registrationState": "WIPED"}, "DEVICE_NOT_ACTIVE"),
    ("wipe", {"platformType": "IOS", "userEnrolled": True}, "USER_ENROLLED"),
    ("wipe", {"platformType": "IOS", "registrationState": "RETIRED"}, "DEVICE_NOT_ACTIVE"),
    ("lock", {"platformType": "WINDOWS_PHONE"}, "PLATFORM_NOT_SUPPORTED"),
    ("retire", {"platformType": "IOS", "registrationState": "WIPE_PENDING"}, "DEVICE_NOT_ACTIVE"),
    ("logout_user", {**SUPERVISED, "multiUser": False}, "DEVICE_NOT_SHARED"),
    ("logout_user", {"platformType": "ANDROID"}, "PLATFORM_NOT_SUPPORTED"),
    ("enter_kiosk", {**KIOSK, "androidDeviceOwnerModeEnabled": False}, "DEVICE_OWNER_MODE_REQUIRED"),
    ("enter_kiosk", {**KIOSK, "kioskState": "NOT_CONFIGURED"}, "KIOSK_NOT_CONFIGURED"),
    ("disable_lost_mode", {**SUPERVISED, "lostModeEnabled": True, "registrationState": "RETIRED"}, "DEVICE_NOT_ACTIVE"),
    ("relinquish", {**OWNED, "ownershipType": "EMPLOYEE"}, "the server says that it cannot, but not why"),
]
# fmt: on


@pytest.mark.parametrize("check_mode", [False, True], ids=["apply", "check"])
@pytest.mark.parametrize(("action", "fields", "reason"), INELIGIBLE)
def test_a_device_that_cannot_take_it(servers, call, action, fields, reason, check_mode):
    server = servers["neurons"]
    able, unable = add(server, action), server.add_device(serialNumber="UNABLE", **fields)
    options = {"devices": [able, unable], **ROWS["neurons"][action].options}
    server.clear_requests()
    with pytest.raises(ModuleFailed) as failed:
        call("device_action", server, check_mode=check_mode, action=action, **options)
    result = failed.value.result
    assert (
        f"Refused: 1 device cannot carry out {action}; nothing was sent. device {unable} (serial number "
        f"UNABLE): {reason}. "
    ) in result["msg"]
    assert "set on_ineligible=skip" in result["msg"]
    summary = result["summary"]
    assert (
        result["changed"],
        summary["matched"],
        summary["ineligible"],
        summary["planned"],
        summary["changed"],
    ) == (False, 2, 1, 1, 0)
    assert (
        outcomes(result) == {str(able): "planned", str(unable): "ineligible"}
        and result["devices"][0]["after"]
    )
    assert [
        (entry["id"], entry["reason"])
        for entry in result["devices"]
        if entry["outcome"] == "ineligible"
    ] == [(str(unable), reason)]
    assert acting(server) == deeds(server) == []

    result = run(call, server, action, on_ineligible="skip", **options)
    skipped = {str(able): "changed", str(unable): "ineligible"}
    if action == "cancel_relinquish":
        skipped[str(able)] = "failed"
    assert outcomes(result) == skipped
    assert {device for device, _action in deeds(server)} <= {able}
    summary = result["summary"]
    assert (summary["matched"], summary["ineligible"]) == (2, 1)


def test_codes_that_are_null_are_told_as_no_reason(servers, call):
    server = servers["neurons"]
    server.set_switch("viability_codes", "null")
    device = server.add_device(platformType="IOS", supervised=False)
    assert "the server says that it cannot, but not why" in refused(
        call, server, "os_update", devices=[device], version="99"
    )


def test_all_of_a_plan_that_cannot_take_it_is_nothing_to_do(servers, call):
    server = servers["neurons"]
    device = server.add_device(platformType="WINDOWS_PHONE")
    result = call("device_action", server, action="lock", devices=[device], on_ineligible="skip")
    assert (
        not result["changed"]
        and outcomes(result) == {str(device): "ineligible"}
        and acting(server) == []
    )


def test_a_hundred_devices_that_cannot_take_it_are_not_all_told_in_the_message(servers, call):
    server = servers["neurons"]
    devices = [server.add_device(platformType="WINDOWS_PHONE") for _number in range(23)]
    with pytest.raises(ModuleFailed, match="; and 3 more. Leave them out") as failed:
        call("device_action", server, action="lock", devices=devices)
    assert failed.value.result["summary"]["ineligible"] == 23


def test_who_cannot_be_relinquished_is_found_out_by_counting(servers, call):
    """The check answers how many devices can be, so that only where it is short the devices are
    asked about one by one."""
    server = servers["neurons"]
    able = [add(server, "relinquish") for _number in range(3)]
    server.clear_requests()
    assert (
        run(call, server, "relinquish", devices=able[:2], max_devices=9)["summary"]["changed"] == 2
    )
    assert (
        len([entry for entry in server.requests() if "checkViability" in entry["query"]]) == 2
    )  # one a run
    unable = add(server, "relinquish", ownershipType="EMPLOYEE")
    server.clear_requests()
    with pytest.raises(ModuleFailed):
        call(
            "device_action",
            server,
            check_mode=True,
            action="relinquish",
            devices=[able[2], unable],
            max_devices=9,
        )
    assert len([entry for entry in server.requests() if "checkViability" in entry["query"]]) == 3
    assert len(deeds(server)) == 2


# Calls for many


def test_neurons_acts_on_many_in_one_call_and_on_each_alone_where_it_does_harm(servers, call):
    server = servers["neurons"]
    devices = [add(server, "lock") for _number in range(5)]
    assert run(call, server, "lock", devices=devices)["summary"]["changed"] == 5
    assert acting(server) == [("PUT", "/api/v1/device/lock")]
    server.clear_requests()
    assert run(call, server, "retire", devices=devices, max_devices=5)["summary"]["changed"] == 5
    assert acting(server) == [("PUT", "/api/v1/device/retire")] * 5


def test_two_hundred_devices_in_a_call_of_neurons(servers, call):
    server = servers["neurons"]
    server.reset(devices=201)
    for entry in server.devices("id"):
        server.patch_device(entry["id"], platformType="IOS", registrationState="ACTIVE")
    server.set_switch("action_max_devices", 200)
    result = call("device_action", server, action="lock", select={"platform": "ios"})
    assert (
        result["summary"]["changed"] == 201
        and len(acting(server)) == 2
        and len(deeds(server)) == 201
    )


ONE_BY_UUID, ONE_BY_MAC, MANY = (
    "/api/v1/dm/devices/{}/",
    "/api/v1/dm/devices/{}/mac/",
    "/api/v1/dm/bulk/devices/",
)


@pytest.mark.parametrize("action", ["lock", "unlock", "force_checkin", "locate"])
@pytest.mark.parametrize("way", ["uuid", "uuid with a reason", "mac"])
def test_the_calls_of_api_v1(servers, call, action, way):
    server = servers["epmm"]
    devices = [
        add(server, action, mac=f"a1b2c3d4e5f{number}", platform="Android") for number in range(3)
    ]
    takes_reason = action in ("lock", "unlock")
    options = {"reason": REASON} if takes_reason and way != "uuid" else {}
    by = {"by": "wifi_mac_address"} if way == "mac" else {"api": "v1"}
    result = run(call, server, action, devices=devices, **by, **options)
    assert result["summary"]["changed"] == 3, result
    assert sorted(deeds(server)) == [(device, action) for device in devices]
    part = {"force_checkin": "wakeup"}.get(action, action)
    paths = [path for _method, path in acting(server)]
    if way == "mac":
        assert all(path.startswith(ONE_BY_MAC.format(part)) for path in paths) and len(paths) == 3
    elif action == "locate" or options:
        assert all(path.startswith(ONE_BY_UUID.format(part)) for path in paths) and len(paths) == 3
    else:
        assert paths == [
            MANY + {"lock": "LOCK", "unlock": "UNLOCK", "force_checkin": "WAKEUP_DEVICE"}[action]
        ]


@pytest.mark.parametrize("action", ["lock", "unlock"])
def test_one_device_without_a_reason_that_its_own_call_needs(servers, call, action):
    server = servers["epmm"]
    device = add(server, action)
    assert run(call, server, action, devices=[device], api="v1")["changed"]
    assert acting(server) == [("POST", MANY + action.upper())] and deeds(server) == [
        (device, action)
    ]


def test_addresses_stay_short_enough_for_servers(servers, call):
    server = servers["epmm"]
    server.reset(devices=0)
    devices = [server.add_device(platform="iOS") for _number in range(151)]
    server.set_switch("max_url_bytes", 8000)
    result = run(call, server, "force_checkin", devices=devices, api="v1")
    assert result["summary"]["changed"] == 151
    assert len(acting(server)) == 2 and len(deeds(server)) == 151


@pytest.mark.parametrize("action", ["retire", "wipe"])
@pytest.mark.parametrize("by", ["guid", "wifi_mac_address"])
def test_what_does_harm_goes_device_by_device(servers, call, action, by):
    server = servers["epmm"]
    devices = [add(server, action, mac=f"a1b2c3d4e5f{number}") for number in range(3)]
    result = run(call, server, action, devices=devices, max_devices=3, by=by, api="v1")
    assert result["summary"]["changed"] == 3
    assert len(acting(server)) == 3 and {
        path.rpartition("/")[0] for _method, path in acting(server)
    } == {(ONE_BY_MAC if by == "wifi_mac_address" else ONE_BY_UUID).format(action).rstrip("/")}
    assert sorted(deeds(server)) == [(device, action) for device in devices]


def test_a_device_without_a_mac_address_is_told(servers, call):
    server = servers["epmm"]
    device = server.add_device(platform="Android", mac=None, serial="NOMAC")
    message = refused(call, server, "lock", devices=[device], by="wifi_mac_address", reason="x")
    assert (
        f"by: device {device} (serial number NOMAC) has no Wi-Fi MAC address" in message
        and acting(server) == []
    )


@pytest.mark.parametrize("action", ["lock", "retire"])
def test_a_mac_address_that_two_registrations_share_does_not_say_which_is_meant(
    servers, call, action
):
    """The server takes one of the two, and it need not be the one that was planned."""
    server = servers["epmm"]
    old = server.add_device(platform="Android", mac="a1b2c3d4e5f6", created=1, status="ACTIVE")
    new = server.add_device(platform="Android", mac="a1b2c3d4e5f6", status="ACTIVE")
    message = refused(
        call, server, action, check_mode=True, devices=[old], by="wifi_mac_address", reason="x"
    )
    assert "by: " in message and f"device {new}" in message and deeds(server) == []
    assert run(call, server, action, devices=[old], reason="x")["changed"] and deeds(server) == [
        (old, action)
    ]


# Answers that are no success, and answers that are lost

# fmt: off
PATHS = {
    ("neurons", "delete"): r"^/api/v1/device$", ("neurons", "relinquish"): "relinquishOwnership$",
    ("neurons", "wipe"): "wipe$", ("neurons", "retire"): "retire$", ("neurons", "lock"): "lock$",
    ("epmm", "wipe"): "/wipe(/|$)", ("epmm", "retire"): "/retire(/|$)", ("epmm", "lock"): "/lock/",
}
# fmt: on


def arm(
    server: Emulator, product: str, action: str, kind: str, times: int | None = None, **params: Any
) -> None:
    """Spoil the requests that act, and not those that check."""
    method = {"delete": "DELETE"}.get(action, "PUT")
    query: dict[str, Any] = (
        {"query_regex": "^(?!.*checkViability)"} if action == "relinquish" else {}
    )
    server.add_fault(
        kind, times=times, method=method, path_regex=PATHS[product, action], **query, **params
    )


def when_sent(monkeypatch: pytest.MonkeyPatch, then: Callable[[], Any]) -> None:
    """Do something right after the first request that acts, before anything else is sent."""
    send = Transport.call

    def call(self: Transport, endpoint: Any, **options: Any) -> Any:
        try:
            return send(self, endpoint, **options)
        finally:
            if not endpoint.safe:
                then()

    monkeypatch.setattr(Transport, "call", call)


def before_sending(monkeypatch: pytest.MonkeyPatch, then: Callable[[], Any]) -> None:
    """Do something right before each request that acts."""
    send = Transport.call

    def call(self: Transport, endpoint: Any, **options: Any) -> Any:
        if not endpoint.safe:
            then()
        return send(self, endpoint, **options)

    monkeypatch.setattr(Transport, "call", call)


# A fault, whether the server did it all the same, and what is said of it.
# fmt: off
LOST = [
    ("lost_answer", {}, True, "broke before"), ("half_body", {}, True, "broke"), ("truncated_json", {}, True, "not JSON"),
    ("html", {"handled": True}, True, "web page"), ("500", {"handled": True}, True, "HTTP 500"), ("502", {"handled": True}, True, "HTTP 502"),
    ("503", {"handled": True}, True, "HTTP 503"), ("504", {"handled": True}, True, "HTTP 504"),
    ("reset", {}, False, "broke before"), ("500", {}, False, "HTTP 500"), ("503", {"retry_after": 0}, False, "HTTP 503"),
    ("html", {}, False, "web page"), ("result_zero", {}, False, "HTTP 200"), ("errors_200", {"message": "not today"}, False, "not today"),
    ("401", {}, False, "HTTP 401"), ("403", {}, False, "HTTP 403"),
]
# fmt: on
# The answers that say that it was not done.
DECLINED = ("result_zero", "errors_200", "401", "403")


@pytest.mark.parametrize(
    ("kind", "params", "took", "said"),
    LOST,
    ids=[f"{row[0]}{'-handled' if row[2] else ''}" for row in LOST],
)
@pytest.mark.parametrize(
    ("product", "action", "api"),
    [
        *((product, action, "auto") for product, action in DESTRUCTIVE),
        *(("epmm", action, "v1") for action in ("wipe", "retire")),
    ],
)
def test_what_does_harm_is_never_sent_twice(
    servers, call, product, action, api, kind, params, took, said
):
    server, row = servers[product], ROWS[product][action]
    device = begin(server, action)
    arm(server, product, action, kind, **params)
    result = run(call, server, action, devices=[device], retries=3, api=api, **row.options)
    assert len(acting(server)) == 1
    assert deeds(server) == ([(device, action)] if took else [])
    # What a relinquished device shows is not documented, so that nobody can tell from it whether it
    # was; and a device of EPMM shows a wipe once it has carried it out.
    seen = took and action != "relinquish"
    sure = kind in DECLINED or (product == "neurons" and action != "relinquish")
    word = "changed" if seen else "failed" if sure else "unknown"
    assert outcomes(result) == {str(device): word}
    assert result["changed"] is (word != "failed")
    if seen:
        assert "msg" not in result
    else:
        assert said in result["msg"]
        unsent = f"The device is {row.changes[0]} now, and nothing was sent to it again."
        assert action == "relinquish" or kind in ("401", "403") or unsent in result["msg"]


@pytest.mark.parametrize(("product", "action"), DESTRUCTIVE)
def test_a_device_whose_fate_cannot_be_read_either_is_unknown(
    servers, call, monkeypatch, product, action
):
    server = servers[product]
    device = begin(server, action)
    arm(server, product, action, "lost_answer")
    when_sent(monkeypatch, lambda: server.add_fault("500", method="GET", times=None))
    result = run(call, server, action, devices=[device], retries=0)
    assert (
        "broke before" in result["msg"]
        and "What became of the device could not be read: GET " in result["msg"]
    )
    assert outcomes(result) == {str(device): "unknown"} and result["changed"]
    server.clear_faults()
    assert len(acting(server)) == 1 and deeds(server) == [(device, action)]


@pytest.mark.parametrize(("product", "action"), [("neurons", "wipe"), ("epmm", "retire")])
def test_an_answer_that_takes_too_long_is_a_lost_one(servers, call, product, action):
    server = servers[product]
    device = begin(server, action)
    arm(server, product, action, "slow", seconds=0.8)
    result = run(call, server, action, devices=[device], read_timeout=0.4, retries=3)
    assert len(acting(server)) <= 1
    assert (
        "was not answered within 0.4 s" in result["msg"]
        and "nothing was sent to it again" in result["msg"]
    )


def test_a_server_that_limits_the_rate_has_not_done_it(servers, call):
    server = servers["neurons"]
    device = begin(server, "retire")
    arm(server, "neurons", "retire", "429", times=2, retry_after=0)
    assert run(call, server, "retire", devices=[device])["changed"]
    assert len(acting(server)) == 3 and deeds(server) == [(device, "retire")]


def test_after_rejected_credentials_nothing_more_is_sent(servers, call, journal):
    server = servers["neurons"]
    devices = [add(server, "retire") for _number in range(3)]
    arm(server, "neurons", "retire", "401")
    result = run(call, server, "retire", devices=devices, max_devices=3)
    assert set(outcomes(result).values()) == {"failed"} and len(acting(server)) == 1
    assert "not sent: The server rejected the credentials" in result["msg"]


def test_what_the_server_took_is_not_done_again_as_the_message_says(servers, call, journal):
    """EPMM shows a wiped device only once it has checked in."""
    server = servers["epmm"]
    server.set_switch("action_settle", "manual")
    devices = [add(server, "wipe") for _number in range(3)]
    arm(server, "epmm", "wipe", "403", after=2, times=None)
    result = run(call, server, "wipe", devices=devices, max_devices=3)
    assert sorted(outcomes(result).values()) == ["changed", "changed", "failed"]
    assert "plan again, and apply that plan: it goes on where this run ended" in result["msg"]
    assert "once more" not in result["msg"]
    server.clear_faults()
    taken = deeds(server)
    result = run(call, server, "wipe", devices=devices, max_devices=3)
    assert outcomes(result).pop(str(devices[2])) == "changed" and len(deeds(server)) == 3
    assert deeds(server)[: len(taken)] == taken


@pytest.mark.parametrize("position", ["message", "400"])
@pytest.mark.parametrize("action", ["lock", "unlock", "force_checkin", "locate"])
def test_an_answer_of_epmm_that_says_no_is_believed(servers, call, monkeypatch, action, position):
    """The device is retired by somebody else after the plan was made."""
    server = servers["epmm"]
    server.set_switch("v1_impossible_action", position)
    device = server.add_device(platform="Android", mac="a1b2c3d4e5f6")
    before_sending(monkeypatch, lambda: server.patch_device(device, status="RETIRED"))
    result = run(
        call,
        server,
        action,
        devices=[device],
        by="wifi_mac_address",
        **({} if action in ("force_checkin", "locate") else {"reason": "x"}),
    )
    assert outcomes(result) == {str(device): "failed"} and deeds(server) == []
    assert "Invalid action" in result["msg"]


@pytest.mark.parametrize("status", ["beside", "inside"])
def test_devices_that_a_call_for_many_does_not_take_are_named(servers, call, monkeypatch, status):
    server = servers["epmm"]
    server.set_switch("bulk_invalid_devices", status)
    server.set_switch("bulk_impossible_device", "invalid")
    devices = [server.add_device(platform="iOS") for _number in range(3)]
    before_sending(monkeypatch, lambda: server.patch_device(devices[1], status="RETIRED"))
    result = run(call, server, "force_checkin", devices=devices, api="v1")
    assert list(outcomes(result).values()) == ["changed", "failed", "changed"]
    assert "the server says that the device is invalid" in result["msg"]


@pytest.mark.parametrize("reason", [None, "forgotten"])
def test_a_device_that_cannot_be_unlocked_is_a_failure(servers, call, monkeypatch, reason):
    """An iOS device that is not managed any more: NA instead of a letter, or among those that
    failed, in an answer of success."""
    server = servers["epmm"]
    devices = [server.add_device(platform="iOS", mdm_managed=True) for _number in range(2)]
    before_sending(monkeypatch, lambda: server.patch_device(devices[1], mdm_managed=False))
    given = {"reason": reason} if reason else {}
    result = run(call, server, "unlock", devices=devices, api="v1", **given)
    assert outcomes(result) == {str(devices[0]): "changed", str(devices[1]): "failed"}
    assert deeds(server) == [(devices[0], "unlock")]


@pytest.mark.parametrize("reason", [None, "forgotten"])
def test_a_device_without_a_passcode_is_said(servers, call, reason):
    server = servers["epmm"]
    devices = [server.add_device(platform="Android") for _number in range(2)]
    options = {"devices": devices, "api": "v1", **({"reason": reason} if reason else {})}
    first = call("device_action", server, action="unlock", **options)
    again = call("device_action", server, action="unlock", **options)
    assert first["warnings"] == [] and outcomes(again) == outcomes(first)
    said = " ".join(again["warnings"])
    assert all(f"device {device}" in said for device in devices) and "no passcode to clear" in said


@pytest.mark.parametrize(
    ("row", "named", "outcome"),
    [
        ("Q", True, "changed"),
        ("F", True, "changed"),
        ("NA", True, "failed"),
        (None, True, "changed"),
        ("Q", False, "unknown"),
    ],
)
def test_each_answer_to_an_unlock_of_many_is_read(call, row, named, outcome):
    """Where the server says something of each device, nobody knows what became of one that it
    leaves out."""
    with recording() as server:
        uuid = passcodes(server)
        name = uuid if named else "00000000-0000-4000-8000-000000000000"
        rows = {"passcode": {"uuid": name, "name": "n", "value": row}} if row else None
        server.answer(
            "POST", "/api/v1/dm/bulk/devices/UNLOCK", {"messages": None, "passcodes": rows}
        )
        options = {"product": "epmm", "url": server.url, "api": "v1", "username": "u"}
        options |= {"action": "unlock", "devices": [uuid], "password": "a long password"}
        try:
            result = call("device_action", **options)
        except ModuleFailed as failed:
            result = failed.result
    assert list(outcomes(result).values()) == [outcome]
    assert ("msg" in result) is (outcome != "changed")


def test_a_lock_of_many_loses_no_passcode(servers, call):
    """Only the call for one device returns it, for other platforms than Android and iOS."""
    server = servers["epmm"]
    platforms = ("Android", "iOS", "macOS", "Windows")
    devices = [server.add_device(platform=platform) for platform in platforms]
    result = run(call, server, "lock", devices=devices, return_secrets=True)
    assert [len(row.get("passcode", "")) for row in result["devices"]] == [0, 0, 6, 6]
    assert len(acting(server)) == 3 and sorted(deeds(server)) == [(one, "lock") for one in devices]
    hidden = run(call, server, "lock", devices=devices)
    assert not any("passcode" in row for row in hidden["devices"])
    assert sum("return_secrets=true" in said for said in hidden["warnings"]) == 2


def test_what_neurons_takes_in_part_is_told_by_what_the_devices_are(servers, call):
    """The answer is a number; where it is short, the devices are read."""
    server = servers["neurons"]
    devices = [add(server, "enable_lost_mode") for _number in range(3)]
    server.add_fault("vanish", method="PUT", path_regex="enableLostMode")
    result = run(call, server, "enable_lost_mode", devices=devices, text="lost")
    assert outcomes(result) == {
        str(devices[0]): "failed",
        str(devices[1]): "changed",
        str(devices[2]): "changed",
    }
    assert (
        "the server took 2 of 3 devices and does not say which" in result["msg"]
        and "The device is gone now" in result["msg"]
    )
    assert result["msg"].count("nothing was sent to it again") == 1 and len(acting(server)) == 1


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("lost_answer", {}),
        ("truncated_json", {}),
        ("html", {"handled": True}),
        ("500", {"handled": True}),
    ],
)
def test_an_action_that_can_be_seen_is_looked_for_when_its_answer_is_lost(
    servers, call, kind, params, many
):
    server = servers["neurons"]
    devices = [add(server, "enable_lost_mode") for _number in range(many)]
    server.add_fault(kind, method="PUT", path_regex="enableLostMode", times=None, **params)
    result = run(call, server, "enable_lost_mode", devices=devices, text="lost")
    assert set(outcomes(result).values()) == {"changed"} and len(acting(server)) == 1


def test_what_cannot_be_seen_is_unknown_of_all_that_were_sent_together(servers, call):
    server = servers["neurons"]
    devices = [add(server, "lock") for _number in range(3)]
    server.set_switch("action_impossible_device", "passed_over")
    server.add_fault("vanish", method="PUT", path_regex="lock$")
    result = run(call, server, "lock", devices=devices)
    assert (
        set(outcomes(result).values()) == {"failed", "unknown"}
        and "took 2 of 3 devices and does not say which" in result["msg"]
    )
    # The one that is gone certainly did not get it.
    assert outcomes(result)[str(devices[0])] == "failed" and result["changed"]
    assert "run it again" not in result["msg"].lower()


@pytest.mark.parametrize("action", ["restart", "unlock"])
def test_what_nobody_checks_and_nothing_shows_is_sent_device_by_device(
    servers, call, monkeypatch, action
):
    server = servers["neurons"]
    devices = [add(server, action) for _number in range(4)]
    gone = {"registrationState": "RETIRED"}
    before_sending(monkeypatch, lambda: server.patch_device(devices[2], **gone))
    result = run(call, server, action, devices=devices)
    assert list(outcomes(result).values()) == ["changed", "changed", "failed", "changed"]
    assert result["changed"] and sorted(deeds(server)) == [
        (one, action) for one in devices if one != devices[2]
    ]


@pytest.mark.parametrize("position", ["one", "count"])
def test_an_os_update_answers_one_for_many(servers, call, position):
    server = servers["neurons"]
    server.set_switch("os_update_result", position)
    devices = [add(server, "os_update") for _number in range(3)]
    assert (
        run(call, server, "os_update", devices=devices, version="99.5")["summary"]["changed"] == 3
    )


def test_a_claim_without_effect_is_found_by_the_next_run(servers, call):
    server = servers["neurons"]
    device = begin(server, "retire")
    arm(server, "neurons", "retire", "no_effect", times=1)
    assert (
        run(call, server, "retire", devices=[device], max_devices=2)["changed"]
        and deeds(server) == []
    )
    assert run(call, server, "retire", devices=[device], max_devices=2)["changed"] and deeds(
        server
    ) == [(device, "retire")]


# Waiting

WAITED = [(product, action) for product, action in ALL if ACTIONS[action].visible]


@pytest.mark.parametrize("mode", ["none", "reads", "time"])
@pytest.mark.parametrize(("product", "action"), WAITED)
def test_waiting_ends_when_the_devices_are_there(servers, call, product, action, mode):
    server = servers[product]
    device = begin(server, action)
    options = {"devices": [device], "action": action, **ROWS[product][action].options}
    plan = call("device_action", server, check_mode=True, wait=True, **options)
    assert acting(server) == []
    server.set_switch("action_settle", mode)
    server.set_switch("action_settle_ms", 50)
    result = call(
        "device_action",
        server,
        confirm=plan["confirm"],
        wait=True,
        wait_interval=0,
        wait_timeout=30,
        **options,
    )
    assert outcomes(result) == {str(device): "changed"} and len(acting(server)) == 1
    assert server.state()["pending_actions"] == 0


@pytest.mark.parametrize(
    ("product", "action"), [(product, action) for product, action in WAITED if action != "delete"]
)
def test_who_does_not_get_there_in_time_is_told(servers, call, product, action):
    server = servers[product]
    device = begin(server, action)
    server.set_switch("action_settle", "manual")
    result = run(
        call,
        server,
        action,
        devices=[device],
        wait=True,
        wait_interval=0,
        wait_timeout=0,
        **ROWS[product][action].options,
    )
    state = server.device(device)
    here = state["registrationState"] if product == "neurons" else state["status"]
    assert (
        f"{action} was accepted, and it did not finish within 0 s: the device is {here}"
        in result["msg"]
    )
    assert outcomes(result) == {str(device): "failed"} and deeds(server) == [(device, action)]


def test_some_get_there_and_others_do_not(servers, call):
    server = servers["neurons"]
    devices = [add(server, "retire") for _number in range(3)]
    plan = call(
        "device_action", server, check_mode=True, action="retire", devices=devices, max_devices=3
    )
    server.add_fault("no_effect", method="PUT", path_regex="retire$", times=1)
    with pytest.raises(ModuleFailed) as failed:
        call(
            "device_action",
            server,
            action="retire",
            devices=devices,
            max_devices=3,
            confirm=plan["confirm"],
            wait=True,
            wait_interval=0,
            wait_timeout=0,
        )
    assert list(outcomes(failed.value.result).values()) == ["failed", "changed", "changed"]


@pytest.mark.parametrize("product", ["neurons", "epmm"])
def test_waiting_reads_pages_and_not_devices(servers, call, product):
    server = servers[product]
    devices = [add(server, "retire") for _number in range(30)]
    options = {
        "action": "retire",
        "devices": devices,
        "max_devices": 30,
        "wait_interval": 0,
        "wait_timeout": 60,
    }
    plan = call("device_action", server, check_mode=True, **options)
    quick = call("device_action", server, check_mode=True, **options)["summary"]["requests"]
    server.set_switch("action_settle", "reads")
    server.set_switch("action_settle_reads", 12)
    result = call("device_action", server, confirm=plan["confirm"], wait=True, **options)
    assert result["summary"]["changed"] == 30
    # Thirty that act, the reads before, and for about 24 reads a few looks; a look a device would
    # be hundreds.
    assert result["summary"]["requests"] < 30 + 2 * quick + 60


def test_a_wait_that_cannot_read_says_what_was_taken(servers, call, monkeypatch):
    server = servers["neurons"]
    device = begin(server, "retire")
    server.set_switch("action_settle", "manual")
    when_sent(monkeypatch, lambda: server.add_fault("500", method="GET", times=None))
    result = run(call, server, "retire", devices=[device], wait=True, wait_interval=0, retries=0)
    assert outcomes(result) == {str(device): "failed"}
    assert (
        "retire was accepted, and what became of the device could not be read: GET /api/v1"
        in result["msg"]
    )


def test_a_device_in_lost_mode_gets_new_words(emulator, call):
    device = add(emulator, "enable_lost_mode", lostModeEnabled=True)
    options = {"devices": [device], "text": "Call 555", "phone_number": "555", "resend": True}
    for _run in range(2):
        result = run(call, emulator, "enable_lost_mode", **options)
        assert result["changed"] and outcomes(result) == {str(device): "changed"}
    assert [noted for _device, _action, noted in done(emulator)] == [
        {"message": "Call 555", "phoneNumber": "555", "footnote": None}
    ] * 2
    again = run(call, emulator, "enable_lost_mode", **{**options, "resend": False})
    assert not again["changed"] and len(done(emulator)) == 2


@pytest.mark.parametrize("wait", [False, True])
def test_lost_mode_from_before_proves_no_new_words(emulator, call, wait):
    device = add(emulator, "enable_lost_mode", lostModeEnabled=True)
    emulator.add_fault("reset", method="PUT", path_regex="enableLostMode$")
    options = {"devices": [device], "text": "Call 555", "resend": True, "wait": wait}
    result = run(call, emulator, "enable_lost_mode", **options, wait_interval=0)
    assert "msg" in result and result["changed"]
    assert outcomes(result) == {str(device): "unknown"}


def test_an_empty_pin_is_sent(emulator, call):
    """The document's pattern has it: (^$)|([a-zA-Z0-9]{6,8})."""
    device = add(emulator, "unlock")
    assert run(call, emulator, "unlock", devices=[device], pin="")["changed"]
    assert [noted for _device, _action, noted in done(emulator)] == [{"pin_given": False}]


# Secrets

SECRET_PIN, PASSCODE = "Zq7xW9kM", "739184"


def play(ansible: Command, tasks: list[dict[str, Any]], *arguments: str, **environment: str) -> str:
    """Everything that a playbook says when it is asked for all of it."""
    ansible.write("play.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    done = ansible("ansible-playbook", "play.yml", "-vvvv", "--diff", *arguments, **environment)
    return done.stdout + done.stderr


def test_a_pin_appears_nowhere(emulator, ansible, journal):
    devices = [add(emulator, "unlock")]
    task = {
        "ivanti.uem.device_action": {"action": "unlock", "devices": devices, "pin": SECRET_PIN},
        "ignore_errors": True,
    }
    # Of these the first is taken, and the server repeats the PIN in its refusal of the second.
    emulator.add_fault(
        "errors_200",
        method="PUT",
        path_regex="unlock$",
        after=1,
        message=f"{SECRET_PIN} is too simple",
    )
    said = play(ansible, [{**task, "check_mode": True}, task, task])
    assert (
        said.count("FAILED! =>") == 1
        and "is too simple" in said
        and f'"id": "{devices[0]}"' in said
    )
    assert [noted for _device, _action, noted in done(emulator)] == [{"pin_given": True}]
    for place in (said, str(emulator.requests()), str(emulator.actions())):
        assert SECRET_PIN not in place and SECRET_PIN.lower() not in place
    assert not journal.exists()


def passcodes(server: Recorder) -> str:
    """A server that answers passcodes, as the documents show; answers the uuid of its device."""
    answers = [
        example.answer
        for example in load_all()["E02"].examples
        if isinstance(example.answer, dict) and example.status == 200
    ]
    uuid = str(answers[0]["device"]["uuid"])
    row = {"uuid": uuid, "name": "jdoe:Android:6505551212", "value": PASSCODE}
    server.answer("GET", "/api/v1/dm/devices/[^/]+", answers[0])
    server.answer(
        "GET",
        "/api/v1/dm/devices/unlock/.+",
        {"messages": {"message": "1 passcode(s) sent."}, "passcodes": {"passcode": row}},
    )
    server.answer(
        "POST", "/api/v1/dm/bulk/devices/UNLOCK", {"messages": None, "passcodes": {"passcode": row}}
    )
    server.answer(
        "PUT",
        "/api/v1/dm/devices/lock/.+",
        {
            "messages": {"message": "Device is locked successfully."},
            "deviceUuid": uuid,
            "unlockpasscode": PASSCODE,
        },
    )
    return uuid


@pytest.mark.parametrize("wanted", [False, True], ids=["kept", "wanted"])
def test_passcodes_are_told_to_those_alone_who_want_them(ansible, call, wanted):
    with recording() as server:
        uuid = passcodes(server)
        options = {
            "devices": [uuid],
            "product": "epmm",
            "url": server.url,
            "api": "v1",
            "username": "u",
            "password": "a long password",
        }
        ways = [
            {"action": "unlock", "reason": "x"},
            {"action": "unlock"},
            {"action": "lock", "reason": "x"},
        ]
        results = [call("device_action", return_secrets=wanted, **options, **way) for way in ways]
        tasks = [{"ivanti.uem.device_action": {**options, **way}} for way in ways]
        said = "changed=3" if wanted else play(ansible, tasks, IVANTI_UEM_CA_PATH="")
        assert server.unmatched == []
    assert [result["devices"][0].get("passcode") for result in results] == [
        PASSCODE if wanted else None
    ] * 3
    assert "changed=3" in said and PASSCODE not in said
    assert wanted or PASSCODE not in str(results)


@pytest.mark.parametrize("fields", [{"platform": "Android"}, {"platform": "iOS"}])
def test_a_letter_is_no_passcode(servers, call, fields):
    """Q and F say whether a device had one."""
    server = servers["epmm"]
    device = server.add_device(**fields)
    for options in ({}, {"reason": "x"}):
        [entry] = call(
            "device_action",
            server,
            action="unlock",
            devices=[device],
            return_secrets=True,
            **options,
        )["devices"]
        assert entry["outcome"] == "changed" and "passcode" not in entry
