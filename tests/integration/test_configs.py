# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""device_config and device_config_info against both products: right and wrong use, faults, and how
many requests they take."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import ApiError, NotFoundError
from ansible_collections.ivanti.uem.plugins.module_utils._http.transport import Transport
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.running import running_emulator

from ..conftest import DEVICES, SEED, ModuleFailed, connection, writes
from ..quick_yaml import load_yaml

PASSCODE, WIFI, WIFI_2, ZURICH, TEMPLATE, KIOSK, EMEA = (
    61001,
    61003,
    61004,
    61008,
    61009,
    61012,
    61013,
)
NAMES = {
    PASSCODE: "Passcode Config",
    ZURICH: "Zürich / 東京 VPN",
    TEMPLATE: "{{ user.name }} home page",
}
EXCLUDE = {"method": "PUT", "path": "/api/v1/device/*/uninstallconfigs"}
PUSH = {"method": "DELETE", "path": "/api/v1/device/*/uninstallconfigs"}
REINSTALL = {"method": "PUT", "path": "/api/v1/device/*/reinstallconfigs"}
REPUSH = {"method": "PUT", "path": "/api/v1/dm/devices/repushprofile/*"}


def failed(
    call: Any, server: Emulator, module: str = "device_config", **options: Any
) -> dict[str, Any]:
    with pytest.raises(ModuleFailed) as end:
        call(module, server, **options)
    assert "\n" not in end.value.result["msg"] and "Traceback" not in end.value.result["msg"]
    return end.value.result


def outcomes(result: dict[str, Any]) -> dict[str, str]:
    return {entry["id"]: entry["outcome"] for entry in result["devices"]}


# Neurons


def phones(server: Emulator, number: int = 2) -> list[int]:
    """iOS devices of the emulator which have every configuration for iOS installed."""
    found = [
        one["id"]
        for one in server.devices("id", "platformType", "registrationState", "configs")
        if (one["platformType"], one["registrationState"]) == ("IOS", "ACTIVE")
        and set(one["configs"].values()) <= {"INSTALLED", "ACTIVE"}
    ]
    return found[:number]


def has(server: Emulator, device: int) -> dict[int, str]:
    return {int(number): status for number, status in server.device(device)["configs"].items()}


def put(server: Emulator, device: int, statuses: dict[int, str | None], *excluded: int) -> None:
    server.control(
        "PATCH",
        f"devices/{device}/configs",
        {str(number): status for number, status in statuses.items()},
    )
    server.patch_device(device, excludedConfigs=list(excluded))


def sent(server: Emulator) -> list[tuple[str, str]]:
    """Method and last part of the path of each write."""
    return [(method, path.rpartition("/")[2]) for method, path in writes(server)]


def test_configurations_are_excluded_and_pushed_back(call, emulator):
    devices = phones(emulator, 3)
    wanted = [NAMES[PASSCODE], NAMES[ZURICH], str(WIFI)]
    excluded = call("device_config", emulator, devices=devices, configs=wanted, state="excluded")
    # fmt: off
    assert excluded["changed"] and excluded["summary"] | {"requests": 0} == {
        "matched": 3, "changed": 3, "unchanged": 0, "failed": 0, "skipped": 0, "requests": 0, "writes": 3,
    }
    assert excluded["devices"][0] == {
        "id": str(devices[0]), "guid": emulator.device(devices[0])["guid"], "outcome": "changed",
        "before": {"Passcode Config": "INSTALLED", "Zürich / 東京 VPN": "INSTALLED", "Corp Wifi": "INSTALLED"},
        "after": {"Passcode Config": "excluded", "Zürich / 東京 VPN": "excluded", "Corp Wifi": "excluded"},
    }
    # fmt: on
    for device in devices:
        now = has(emulator, device)
        assert {now.pop(number) for number in (PASSCODE, ZURICH, WIFI)} == {"UNINSTALLED"} and set(
            now.values()
        ) == {"INSTALLED", "ACTIVE"}
    assert sent(emulator) == [("PUT", "uninstallconfigs")] * 3

    emulator.clear_requests()
    again = call("device_config", emulator, devices=devices, configs=wanted, state="excluded")
    assert not again["changed"] and again["diff"] == [] and writes(emulator) == []

    back = call("device_config", emulator, devices=devices, configs=[PASSCODE])
    assert back["devices"][0]["before"] == {"Passcode Config": "UNINSTALLED"}
    assert (
        back["devices"][0]["after"] == {"Passcode Config": "installed"}
        and sent(emulator) == [("DELETE", "uninstallconfigs")] * 3
    )
    assert all(
        has(emulator, device)[PASSCODE] == "INSTALLED"
        and has(emulator, device)[ZURICH] == "UNINSTALLED"
        for device in devices
    )


def test_ids_are_a_list_with_commas_in_a_form_and_in_a_query(call, emulator):
    [device] = phones(emulator, 1)
    call("device_config", emulator, devices=[device], configs=[PASSCODE, ZURICH], state="excluded")
    assert emulator.device(device)["actions"][-1]["params"] == {"configs": [PASSCODE, ZURICH]}
    emulator.clear_requests()
    call("device_config", emulator, devices=[device], configs=[PASSCODE, ZURICH])
    [entry] = [entry for entry in emulator.requests() if entry["acts"]]
    assert parse_qsl(entry["query"]) == [("policyIds", f"{PASSCODE},{ZURICH}")]


def test_check_mode_writes_nothing_and_shows_the_same(call, emulator):
    devices = phones(emulator)
    put(emulator, devices[0], {PASSCODE: "UNINSTALLED"}, PASSCODE)
    options = {"devices": devices, "configs": [NAMES[PASSCODE], NAMES[TEMPLATE]], "reinstall": True}
    emulator.clear_requests()
    predicted = call("device_config", emulator, check_mode=True, **options)
    assert writes(emulator) == [] and has(emulator, devices[0])[PASSCODE] == "UNINSTALLED"
    applied = call("device_config", emulator, **options)
    assert [applied[key] for key in ("devices", "diff", "stuck", "changed")] == [
        predicted[key] for key in ("devices", "diff", "stuck", "changed")
    ]
    assert (
        applied["diff"][0]["before"]
        == 'Passcode Config: "UNINSTALLED"\n{{ user.name }} home page: "INSTALLED"\n'
    )
    assert (
        applied["diff"][0]["after"]
        == 'Passcode Config: "installed"\n{{ user.name }} home page: "pushed again"\n'
    )
    assert sorted(sent(emulator)) == [
        ("DELETE", "uninstallconfigs"),
        *[("PUT", "reinstallconfigs")] * 3,
    ]


def refuse(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    status: int,
    when: Callable[[dict[str, Any]], bool] = lambda options: True,
) -> None:
    """Answer calls of an endpoint with an error that the emulator has no fault for."""
    send = Transport.call
    kind = NotFoundError if status == 404 else ApiError

    def call(self: Transport, endpoint: Any, **options: Any) -> Any:
        if endpoint.id == name and when(options):
            raise kind(
                f"{endpoint.path} failed: HTTP {status}.",
                status=status,
                method=endpoint.method,
                path=endpoint.path,
            )
        return send(self, endpoint, **options)

    monkeypatch.setattr(Transport, "call", call)


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_device_that_vanishes_while_they_are_read_stops_no_other(
    call, emulator, monkeypatch, check_mode
):
    devices = phones(emulator, 3)
    refuse(
        monkeypatch, "N09", 404, lambda options: str(options["path"]["device"]) == str(devices[1])
    )
    result = failed(
        call,
        emulator,
        devices=devices,
        configs=[NAMES[PASSCODE]],
        state="excluded",
        check_mode=check_mode,
    )
    assert outcomes(result) == {
        str(devices[0]): "changed",
        str(devices[1]): "failed",
        str(devices[2]): "changed",
    }
    assert (
        "HTTP 404" in result["msg"]
        and str(devices[1]) in result["msg"]
        and len(sent(emulator)) == (0 if check_mode else 2)
    )
    read = call("device_config_info", emulator, devices=devices)
    assert [row["id"] for row in read["devices"]] == [str(devices[0]), str(devices[2])] and read[
        "missing"
    ] == []
    assert [(row["id"], "HTTP 404" in row["reason"]) for row in read["unreadable"]] == [
        (str(devices[1]), True)
    ]


def test_where_all_have_vanished_that_is_an_error(call, emulator, monkeypatch):
    devices = phones(emulator)
    refuse(monkeypatch, "N09", 404)
    for module, options in (("device_config", {"configs": [PASSCODE]}), ("device_config_info", {})):
        assert "HTTP 404" in failed(call, emulator, module, devices=devices, **options)["msg"]


def test_devices_that_are_named_and_do_not_exist_are_told(call, emulator):
    [device] = phones(emulator, 1)
    read = call("device_config_info", emulator, devices=[device, 99999], on_missing="skip")
    assert (read["count"], read["missing"], read["unreadable"]) == (1, ["99999"], [])


@pytest.mark.parametrize("status", [400, 403, 404, 405, 501])
def test_a_server_without_a_list_of_all_configurations(call, emulator, monkeypatch, status):
    [device] = phones(emulator, 1)
    refuse(monkeypatch, "configurations", status)
    result = call(
        "device_config", emulator, devices=[device], configs=["FileVault"], state="excluded"
    )
    assert (
        not result["changed"]
        and "a list of all others cannot be read. It counts as excluded" in result["warnings"][0]
    )
    assert (
        "a list of all others cannot be read"
        in failed(call, emulator, devices=[device], configs=["FileVault"])["msg"]
    )


def test_warnings_are_told_of_a_run_that_fails_as_well(call, emulator):
    one, two = phones(emulator)
    put(emulator, one, {PASSCODE: "INSTALL_FAILED"})
    put(emulator, two, {PASSCODE: "UNINSTALLED"}, PASSCODE)
    emulator.add_fault("403", **PUSH)
    result = failed(call, emulator, devices=[one, two], configs=[PASSCODE])
    assert (
        "Stuck, and left as it is: 'Passcode Config' is INSTALL_FAILED" in result["warnings"][0]
        and "HTTP 403" in result["msg"]
    )


def test_one_that_the_server_refuses_to_push_again_keeps_no_other_from_it(
    call, emulator, monkeypatch
):
    [device] = phones(emulator, 1)
    refuse(
        monkeypatch, "N12", 400, lambda options: dict(options["form"])["policyIds"] == str(ZURICH)
    )
    result = failed(
        call, emulator, devices=[device], configs=[PASSCODE, ZURICH, WIFI], reinstall=True
    )
    assert (
        "'Zürich / 東京 VPN': " in result["msg"]
        and "Passcode" not in result["msg"]
        and "Corp" not in result["msg"]
    )
    assert [action["params"]["configs"] for action in emulator.device(device)["actions"]] == [
        [PASSCODE],
        [WIFI],
    ]


def test_what_is_stuck_is_left_alone_and_named(call, emulator):
    one, two = phones(emulator)
    put(emulator, one, {PASSCODE: "INSTALL_FAILED", ZURICH: "ERROR"})
    put(emulator, two, {PASSCODE: "PENDING_INSTALL", ZURICH: "UNINSTALLED"}, ZURICH)
    result = call("device_config", emulator, devices=[one, two], configs=list(NAMES.values()))
    assert outcomes(result) == {str(one): "unchanged", str(two): "changed"}
    guid = emulator.device(one)["guid"]
    assert result["stuck"] == [
        {
            "id": str(one),
            "guid": guid,
            "config": name,
            "config_id": str(number),
            "kind": "configuration",
            "status": status,
        }
        for name, number, status in (
            ("Passcode Config", PASSCODE, "INSTALL_FAILED"),
            ("Zürich / 東京 VPN", ZURICH, "ERROR"),
        )
    ]
    [warning] = result["warnings"]
    assert (
        "'Passcode Config' is INSTALL_FAILED on device" in warning
        and "Set reinstall=true" in warning
    )

    healed = call("device_config", emulator, devices=[one], configs=list(NAMES), reinstall=True)
    assert healed["stuck"] == [] and healed["warnings"] == []
    assert {has(emulator, one)[number] for number in NAMES} == {"INSTALLED"}


def test_a_configuration_that_goes_off_is_pushed_back(call, emulator):
    """And one that is on its way is not pushed again."""
    emulator.set_switch("action_settle", "manual")
    [device] = phones(emulator, 1)
    options = {"devices": [device], "configs": [PASSCODE]}
    assert call("device_config", emulator, state="excluded", **options)["changed"]
    assert has(emulator, device)[PASSCODE] == "PENDING_UNINSTALL"
    assert not call("device_config", emulator, state="excluded", **options)["changed"]
    assert (
        call("device_config", emulator, **options)["changed"]
        and has(emulator, device)[PASSCODE] == "PENDING_INSTALL"
    )
    assert not call("device_config", emulator, **options)["changed"]
    emulator.settle()
    assert (
        has(emulator, device)[PASSCODE] == "INSTALLED"
        and not call("device_config", emulator, **options)["changed"]
    )


@pytest.mark.parametrize("unknown", ["ignored", "false", "400", "404"])
def test_what_is_not_distributed_fails_after_it_was_tried(call, emulator, unknown):
    """The configuration is of another device space; the rest of the fleet gets its."""
    emulator.set_switch("config_unknown", unknown)
    one, two = phones(emulator)
    put(emulator, one, {PASSCODE: None})
    put(emulator, two, {PASSCODE: "INACTIVE"}, PASSCODE)
    options = {"devices": [one, two], "configs": [NAMES[PASSCODE]], "retries": 0}
    assert call("device_config", emulator, check_mode=True, **options)["summary"]["changed"] == 2
    result = failed(call, emulator, **options)
    assert (
        outcomes(result) == {str(one): "failed", str(two): "changed"}
        and has(emulator, two)[PASSCODE] == "INSTALLED"
    )
    said = {"400": "HTTP 400 (policyIds no such configuration", "404": "HTTP 404"}.get(
        unknown, "'Passcode Config' is not on the device afterwards"
    )
    assert said in result["msg"] and result["stuck"] == []


def test_what_is_excluded_and_no_longer_listed_comes_back(call, emulator):
    emulator.set_switch("config_excluded", "unlisted")
    devices = phones(emulator)
    options = {"devices": devices, "configs": [NAMES[PASSCODE]]}
    assert call("device_config", emulator, state="excluded", **options)[
        "changed"
    ] and PASSCODE not in has(emulator, devices[0])
    assert not call("device_config", emulator, state="excluded", **options)["changed"]
    result = call("device_config", emulator, **options)
    assert (
        result["devices"][0]["before"] == {"Passcode Config": None}
        and has(emulator, devices[0])[PASSCODE] == "INSTALLED"
    )


@pytest.mark.parametrize("position", ["absent", "forbidden"])
def test_without_the_list_of_all_configurations(call, emulator, position):
    """What no device lists is as excluded as can be, is installed by its id alone, and nothing is
    made of a wrong name."""
    emulator.set_switch("config_list", position)
    emulator.set_switch("config_excluded", "unlisted")
    devices = phones(emulator)
    call("device_config", emulator, devices=devices, configs=[PASSCODE], state="excluded")
    for wanted in (NAMES[PASSCODE], PASSCODE):
        result = call(
            "device_config", emulator, devices=devices, configs=[wanted], state="excluded"
        )
        assert (
            not result["changed"]
            and f"none of these devices has a configuration {str(wanted)!r}"
            in result["warnings"][0]
        )
    emulator.clear_requests()
    result = failed(call, emulator, devices=devices, configs=["passcode", NAMES[ZURICH]])
    assert (
        "none of these devices has a configuration 'passcode'" in result["msg"]
        and writes(emulator) == []
    )
    result = call("device_config", emulator, devices=devices, configs=[PASSCODE])
    assert (
        result["devices"][0]["after"] == {str(PASSCODE): "installed"}
        and has(emulator, devices[0])[PASSCODE] == "INSTALLED"
    )
    assert (
        "'4711' is not on the device afterwards"
        in failed(call, emulator, devices=devices, configs=[4711])["msg"]
    )


@pytest.mark.parametrize("spaces", ["shared_and_own", "own"])
def test_configurations_are_looked_up_in_the_spaces_of_the_devices(call, emulator, spaces):
    """And in the default one, which may alone list what all share. One of a space without these
    devices does not exist."""
    emulator.set_switch("config_list_spaces", spaces)
    places: dict[int, int] = {}
    for one in emulator.devices("id", "dmPartitionId", "registrationState"):
        if one["registrationState"] == "ACTIVE":
            places.setdefault(one["dmPartitionId"], one["id"])
    first, other = sorted(places)[:2]
    for place in (first, other):
        put(emulator, places[place], {PASSCODE: None}, PASSCODE)
    assert call(
        "device_config", emulator, devices=list(places.values()), configs=[NAMES[PASSCODE]]
    )["changed"]
    result = call(
        "device_config", emulator, devices=[places[other]], configs=["EMEA proxy"], check_mode=True
    )
    assert result["summary"]["matched"] == 1
    message = failed(call, emulator, devices=[places[first]], configs=["EMEA proxy"])["msg"]
    assert "there is no configuration 'EMEA proxy'" in message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"configs": []}, "configs: is empty; name at least one configuration."),
        ({"configs": [""]}, "configs[0]: '' is neither the id nor the name of a configuration"),
        ({"configs": [True]}, "configs[0]: True is neither"),
        ({"configs": [{"id": 1}]}, "configs[0]: {'id': 1} is neither"),
        ({"configs": ["x"], "kind": "policy"}, "kind: policy is not supported by neurons, which supports configuration; nothing was done."),
        ({"configs": ["x"], "state": "excluded", "reinstall": True}, "reinstall: needs state=installed; remove one of the two."),
        ({"configs": ["x"], "devices": []}, "devices: is empty"),
        ({"configs": ["x"], "devices": ["C0FFEE"]}, "devices[0]: 'C0FFEE' is neither a device id"),
        ({"configs": ["x"], "devices": None}, "devices and select: both are null"),
        ({"configs": ["x"], "max_devices": -1}, "max_devices: -1 is not a limit"),
        ({"configs": ["x"], "max_percent": 200}, "max_percent: 200 limits nothing; give 100 or less, or leave it out."),
        ({}, "missing required arguments: configs"),
        ({"configs": ["x"], "state": "gone"}, "value of state must be one of: installed, excluded"),
        ({"configs": ["x"], "select": {"ids": ["1"]}}, "parameters are mutually exclusive: devices|select"),
    ],
)  # fmt: skip
def test_wrong_options_are_told_before_any_request(call, emulator, options, words):
    options = {"devices": [1], **options}
    assert words in failed(call, emulator, **options)["msg"] and emulator.requests() == []


@pytest.mark.parametrize(
    ("configs", "words"),
    [
        (["passcode config"], "there is no configuration 'passcode config' (nearest: 'Passcode Config'); nothing was done."),
        (["Corp Wifi"], f"2 have the name 'Corp Wifi'; name the configuration by its id, one of {WIFI}, {WIFI_2}."),
        ([999, "x"], "there is no configuration '999'; nothing was done. Correct the name, which is "
            "case-sensitive, or give the id. configs: there"),
    ],
)  # fmt: skip
def test_names_that_mean_nothing_are_told_before_any_write(call, emulator, configs, words):
    emulator.clear_requests()
    assert (
        words
        in failed(
            call, emulator, devices=phones(emulator), configs=[PASSCODE, *configs], reinstall=True
        )["msg"]
    )
    assert writes(emulator) == []


def test_devices_that_do_not_exist(call, emulator):
    [device] = phones(emulator, 1)
    options = {"devices": [device, 999999], "configs": [PASSCODE], "state": "excluded"}
    assert "Unknown devices" in failed(call, emulator, **options)["msg"] and writes(emulator) == []
    assert outcomes(call("device_config", emulator, on_missing="skip", **options)) == {
        str(device): "changed",
        "999999": "skipped",
    }
    nothing = call(
        "device_config", emulator, devices=[999999], configs=["no such name"], on_missing="skip"
    )
    assert not nothing["changed"] and nothing["summary"]["skipped"] == 1


def test_limits_are_kept(call, emulator):
    devices = phones(emulator, 3)
    for check_mode in (True, False):
        options = {
            "devices": devices,
            "configs": [PASSCODE],
            "reinstall": True,
            "check_mode": check_mode,
        }
        assert (
            "changes 3 devices and max_devices is 2"
            in failed(call, emulator, max_devices=2, **options)["msg"]
        )
        assert (
            f"changes 3 of {DEVICES} devices"
            in failed(call, emulator, max_percent=4, **options)["msg"]
        )
    assert writes(emulator) == []


# What the emulator then has: (the server did it, whatever it answered), and the outcome that has to
# be told.
FAULTS: list[tuple[str, dict[str, Any], bool, str]] = [
    ("lost_answer", {}, True, ""),
    ("half_body", {}, True, ""),
    ("truncated_json", {}, True, ""),
    ("html", {"handled": True}, True, ""),
    ("500", {"handled": True}, True, ""),
    ("503", {"handled": True}, True, ""),
    ("reset", {}, False, "broke"),
    ("html", {}, False, "instead of JSON"),
    ("500", {}, False, "HTTP 500"),
    ("503", {}, False, "HTTP 503"),
    ("429", {}, False, "HTTP 429"),
    ("403", {}, False, "HTTP 403"),
    ("401", {}, False, "HTTP 401"),
    ("result_zero", {}, False, "with result false: nothing was done."),
    ("errors_200", {"message": "no"}, False, "HTTP 200 with errors"),
    ("vanish", {}, False, "HTTP 404"),
]


@pytest.mark.parametrize(("kind", "params", "done", "said"), FAULTS)
@pytest.mark.parametrize("state", ["excluded", "installed"])
def test_outcomes_of_a_write_that_goes_wrong_are_true(
    call, emulator, kind, params, done, said, state
):
    devices = phones(emulator)
    if state == "installed":
        for device in devices:
            put(emulator, device, {PASSCODE: "INACTIVE", ZURICH: "UNINSTALLED"}, PASSCODE, ZURICH)
    emulator.add_fault(kind, **(EXCLUDE if state == "excluded" else PUSH), times=None, **params)
    options = {
        "devices": devices,
        "configs": [PASSCODE, NAMES[ZURICH]],
        "state": state,
        "retries": 0,
        "concurrency": 1,
    }
    result = (
        call("device_config", emulator, **options) if done else failed(call, emulator, **options)
    )
    assert set(outcomes(result).values()) == {"changed" if done else "failed"}
    assert said in result.get("msg", "")
    if kind == "vanish":
        return
    for device in devices:
        expected = {"excluded": "UNINSTALLED", "installed": "INSTALLED"}[state] if done else None
        assert expected is None or {
            has(emulator, device)[number] for number in (PASSCODE, ZURICH)
        } == {expected}
        assert done or (has(emulator, device)[PASSCODE] == "INSTALLED") == (state == "excluded")
    if kind == "401":
        assert len(writes(emulator)) == 1 and "not sent" in result["msg"]
    emulator.clear_faults()
    assert call("device_config", emulator, **options)["changed"] != done


@pytest.mark.parametrize(
    ("kind", "params", "done", "said"),
    [fault for fault in FAULTS if fault[0] not in ("vanish", "401")],
)
def test_what_is_pushed_again_counts_only_where_it_shows(call, emulator, kind, params, done, said):
    """A configuration that was stuck shows it; of one that is installed before and after nobody can
    tell."""
    one, two = phones(emulator)
    put(emulator, one, {PASSCODE: "ERROR"})
    emulator.add_fault(kind, **REINSTALL, times=None, **params)
    result = failed(
        call, emulator, devices=[one, two], configs=[PASSCODE], reinstall=True, retries=0
    )
    assert outcomes(result) == {str(one): "changed" if done else "failed", str(two): "failed"}
    assert (has(emulator, one)[PASSCODE] == "INSTALLED") == done and said in result["msg"]
    if kind not in ("429", "403"):
        assert (
            "'Passcode Config' is INSTALLED afterwards, which does not show that it was pushed "
            "again"
        ) in result["msg"]


def test_a_lost_answer_of_which_nothing_can_be_read_is_a_failure(call, emulator):
    [device] = phones(emulator, 1)
    emulator.add_fault("lost_answer", **EXCLUDE)
    emulator.add_fault(
        "500", method="GET", path=f"/api/v1/device/{device}/configs", after=1, times=None
    )
    message = failed(
        call, emulator, devices=[device], configs=[PASSCODE], state="excluded", retries=0
    )["msg"]
    assert "What became of it could not be read: " in message and "HTTP 500" in message


@pytest.mark.parametrize("pending", ["guessed", "pending", "null", "before"])
@pytest.mark.parametrize("state", ["excluded", "installed"])
def test_what_a_lost_answer_began_is_seen_where_it_shows(call, emulator, pending, state):
    """A device that took it and has not carried it out yet; where it shows nothing, nothing is
    claimed."""
    [device] = phones(emulator, 1)
    put(
        emulator,
        device,
        {PASSCODE: "INSTALLED"} if state == "excluded" else {PASSCODE: "UNINSTALLED"},
        *([] if state == "excluded" else [PASSCODE]),
    )
    emulator.set_switch("action_settle", "manual")
    emulator.set_switch("config_pending", pending)
    emulator.add_fault("lost_answer", **(EXCLUDE if state == "excluded" else PUSH))
    options = {"devices": [device], "configs": [PASSCODE], "state": state, "retries": 0}
    if pending in ("guessed", "pending"):
        assert call("device_config", emulator, **options)["changed"]
    else:
        shown = (
            "without a status"
            if pending == "null"
            else "INSTALLED"
            if state == "excluded"
            else "UNINSTALLED"
        )
        assert (
            f"'Passcode Config' is {shown} afterwards" in failed(call, emulator, **options)["msg"]
        )
    emulator.settle()
    assert not call("device_config", emulator, **options)["changed"]


def test_a_server_that_takes_the_first_of_several_alone_gets_the_others_one_by_one(call, emulator):
    emulator.set_switch("config_several", "first")
    [device] = phones(emulator, 1)
    for state, status in (("excluded", "UNINSTALLED"), ("installed", "INSTALLED")):
        emulator.clear_requests()
        result = call(
            "device_config",
            emulator,
            devices=[device],
            configs=[PASSCODE, WIFI, ZURICH],
            state=state,
        )
        assert result["changed"] and {
            has(emulator, device)[number] for number in (PASSCODE, WIFI, ZURICH)
        } == {status}
        assert len(writes(emulator)) == 3 == result["summary"]["writes"]


@pytest.mark.parametrize("module", ["device_config", "device_config_info"])
@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        ("403", {}, "HTTP 403"), ("html", {}, "instead of JSON"), ("errors_200", {"message": "no"}, "HTTP 200 with errors"),
        ("result_zero", {}, "not a page of a list"), ("short_page", {}, "HTTP 400"), ("half_body", {}, "broke"),
    ],
)  # fmt: skip
def test_a_read_that_goes_wrong_is_no_empty_list(call, emulator, module, kind, params, words):
    devices = phones(emulator)
    emulator.add_fault(
        kind, method="GET", path=f"/api/v1/device/{devices[1]}/configs", times=None, **params
    )
    emulator.clear_requests()
    assert (
        words
        in failed(call, emulator, module, devices=devices, configs=[PASSCODE], retries=0)["msg"]
        and writes(emulator) == []
    )


# Reading from Neurons


def test_reading_configurations(call, emulator):
    one, two = phones(emulator)
    put(
        emulator,
        two,
        {
            PASSCODE: "UNINSTALLED",
            ZURICH: "PENDING_UNINSTALL",
            TEMPLATE: "PENDING_INSTALL",
            WIFI: "ERROR",
        },
    )
    emulator.clear_requests()
    result = call("device_config_info", emulator, devices=[one, two])
    assert writes(emulator) == [] and not result["changed"] and result["count"] == 2
    assert {config["id"]: config["status"] for config in result["devices"][0]["configs"]} == {
        str(number): status for number, status in has(emulator, one).items()
    }
    conditions = {
        int(config["id"]): config["condition"] for config in result["devices"][1]["configs"]
    }
    assert {
        number: conditions[number] for number in (PASSCODE, ZURICH, TEMPLATE, WIFI, WIFI_2)
    } == {
        PASSCODE: "excluded",
        ZURICH: "leaving",
        TEMPLATE: "pending",
        WIFI: "stuck",
        WIFI_2: "installed",
    }
    # fmt: off
    assert result["stuck"] == [{
        "id": str(two), "guid": emulator.device(two)["guid"], "config": "Corp Wifi", "config_id": str(WIFI), "kind": "configuration",
        "status": "ERROR",
    }]
    # fmt: on
    query = "[].configs[?condition == 'stuck'].name | [][]"
    searched = call("device_config_info", emulator, devices=[one, two], query=query)
    assert searched["query_result"] == ["Corp Wifi"] and "devices" not in searched
    assert result["devices"][0]["configs"][0]["description"] == "Corporate device passcode config"


def test_reading_some_configurations(call, emulator):
    devices = phones(emulator)
    result = call(
        "device_config_info", emulator, devices=devices, configs=["Corp Wifi", str(ZURICH)]
    )
    assert [[config["id"] for config in device["configs"]] for device in result["devices"]] == [
        [str(WIFI), str(WIFI_2), str(ZURICH)]
    ] * 2
    # There is such a configuration, and these devices do not have it.
    result = call("device_config_info", emulator, devices=devices, configs=["FileVault"])
    assert [device["configs"] for device in result["devices"]] == [[], []] and result[
        "warnings"
    ] == []
    message = failed(
        call, emulator, "device_config_info", devices=devices, configs=["Filevault", 1]
    )["msg"]
    assert (
        message
        == "configs: there is no 'Filevault' (nearest: 'FileVault'), '1'. Correct the name, "
        "which is case-sensitive, or give the id."
    )
    emulator.set_switch("config_list", "forbidden")
    [warning] = call("device_config_info", emulator, devices=devices, configs=["Filevault"])[
        "warnings"
    ]
    assert "none of these devices has a configuration 'Filevault'" in warning


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"configs": []}, "configs: is empty"),
        ({"query": "["}, "query: '[' is not a JMESPath expression"),
        ({"kind": "policy"}, "kind: policy is not supported by neurons, which supports configuration; nothing was done."),
        ({"kind": "both"}, "value of kind must be one of: configuration, policy"),
        ({"devices": None}, "devices and select: both are null"),
        ({"devices": ["x"]}, "is neither a device id"),
    ],
)  # fmt: skip
def test_wrong_options_of_reading_are_told_before_any_request(call, emulator, options, words):
    assert (
        words in failed(call, emulator, "device_config_info", **{"devices": [1], **options})["msg"]
        and emulator.requests() == []
    )


def test_devices_that_have_left_have_no_configurations(call, emulator):
    [device] = phones(emulator, 1)
    emulator.patch_device(device, registrationState="RETIRED")
    assert call("device_config_info", emulator, devices=[device])["devices"][0]["configs"] == []
    assert (
        "is not on the device afterwards"
        in failed(call, emulator, devices=[device], configs=[PASSCODE])["msg"]
    )
    assert not call(
        "device_config", emulator, devices=[device], configs=[PASSCODE], state="excluded"
    )["changed"]


# EPMM


def profiles(server: Emulator, device: str) -> dict[tuple[str, int], dict[str, Any]]:
    return {
        (one["kind"], one["id"]): one for one in server.control("GET", f"devices/{device}/profiles")
    }


def pads(server: Emulator, number: int = 2) -> list[str]:
    """iOS devices which have configurations and policies, none of them stuck."""
    found = []
    for one in server.devices("uuid", "platform", "status"):
        if (one["platform"], one["status"]) == ("iOS", "ACTIVE"):
            own = profiles(server, one["uuid"])
            if {("APP", -2), ("POLICY", -2)} <= own.keys() and {
                profile["status"] for profile in own.values()
            } == {"Applied"}:
                found.append(one["uuid"])
    assert len(found) >= number
    return found[:number]


def stick(server: Emulator, device: str, key: tuple[str, int], status: str = "Error") -> None:
    server.control(
        "PATCH", f"devices/{device}/profiles", {"kind": key[0], "id": key[1], "status": status}
    )


def guids(result: dict[str, Any]) -> dict[str, str]:
    return {entry["guid"]: entry["outcome"] for entry in result["devices"]}


# What docs/configurations.md says to do about what is stuck

# A task for each of these, of which the emulator has a share stuck already.
FEW = 12


def documented(heading: str) -> list[Any]:
    """The YAML of a section of the page."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "configurations.md").read_text(
        encoding="utf-8"
    )
    section = page.partition(f"# {heading}\n")[2].partition("\n## ")[0]
    return [load_yaml(block) for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)]


def ran(ansible: Any, server: Emulator, play: Any) -> str:
    """What a play says that does not fail."""
    ansible.write("play.yml", play)
    done = ansible(
        "ansible-playbook",
        "play.yml",
        **{f"IVANTI_UEM_{name.upper()}": str(value) for name, value in connection(server).items()},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


def test_what_is_stuck_is_pushed_again_as_documented(call, ansible, emulator):
    """Two configurations of one name on one device. Whose devices these are is found, although
    their ids are not of one type."""
    emulator.reset(seed=SEED, devices=FEW)
    one, two = phones(emulator)
    put(emulator, one, {WIFI: "ERROR", WIFI_2: "INSTALL_FAILED"})
    put(emulator, two, {PASSCODE: "ERROR"})
    [play], _for_one, [read, show] = documented("Stuck configurations")
    find = play["tasks"][0]
    stuck = call("device_config_info", emulator, **find["ivanti.uem.device_config_info"])["stuck"]
    assert len(stuck) <= 20 and {(row["id"], row["config_id"]) for row in stuck} >= {
        (str(one), str(WIFI)),
        (str(one), str(WIFI_2)),
        (str(two), str(PASSCODE)),
    }
    emulator.clear_requests()
    told = ran(ansible, emulator, [{**play, "tasks": [*play["tasks"], read, show]}])
    assert all(emulator.device(device)["emailAddress"] in told for device in (one, two))
    assert sent(emulator) == [("PUT", "reinstallconfigs")] * len(stuck)
    assert (
        call("device_config_info", emulator, **find["ivanti.uem.device_config_info"])["stuck"] == []
    )


def test_what_is_stuck_on_epmm_is_pushed_again_as_documented(call, ansible, epmm):
    """A configuration and a policy of the same id."""
    epmm.reset(seed=SEED, devices=FEW)
    [play], *_others = documented("Stuck configurations")
    found = call("device_info", epmm, **play["tasks"][0]["ivanti.uem.device_config_info"])[
        "devices"
    ]
    one, two = [device for device in pads(epmm, 3) if device in {row["guid"] for row in found}][:2]
    for device, kind in ((one, "APP"), (one, "POLICY"), (two, "POLICY")):
        stick(epmm, device, (kind, -2))
    before = call("device_config_info", epmm, devices=[one, two])["stuck"]
    assert {(row["guid"], row["config_id"], row["kind"]) for row in before} == {
        (one, "-2", "configuration"),
        (one, "-2", "policy"),
        (two, "-2", "policy"),
    } and len(before) == 3
    ran(ansible, epmm, [play])
    assert call("device_config_info", epmm, devices=[one, two])["stuck"] == []


@pytest.mark.parametrize("kind", ["configuration", "policy"])
def test_reading_what_is_of_one_kind(call, epmm, kind):
    [device] = pads(epmm, 1)
    for word in ("APP", "POLICY"):
        stick(epmm, device, (word, -2))
    result = call("device_config_info", epmm, devices=[device], kind=kind)
    assert {config["kind"] for config in result["devices"][0]["configs"]} == {kind}
    assert [(row["config_id"], row["kind"]) for row in result["stuck"]] == [("-2", kind)]
    [config] = call("device_config_info", epmm, devices=[device], kind=kind, configs=[-2])[
        "devices"
    ][0]["configs"]
    assert (config["id"], config["kind"]) == ("-2", kind)


@pytest.mark.parametrize("answer", ["messages", "text", "profiles"])
@pytest.mark.parametrize(("kind", "word"), [("configuration", "APP"), ("policy", "POLICY")])
def test_profiles_are_pushed_again(call, epmm, answer, kind, word):
    """The id -2 is that of a configuration and of a policy."""
    epmm.set_switch("repush_answer", answer)
    epmm.set_switch("action_settle", "manual")
    devices = pads(epmm)
    result = call("device_config", epmm, devices=devices, configs=[-2], kind=kind, reinstall=True)
    assert set(guids(result).values()) == {"changed"} and result["summary"]["writes"] == 2
    queries = [parse_qsl(entry["query"]) for entry in epmm.requests() if entry["acts"]]
    assert queries == [[("id", "-2"), ("type", word)]] * 2
    for device in devices:
        assert {
            key for key, one in profiles(epmm, device).items() if one["status"] == "Pending"
        } == {(word, -2)}
    epmm.clear_requests()
    assert (
        not call("device_config", epmm, devices=devices, configs=[-2], kind=kind)["changed"]
        and writes(epmm) == []
    )


def test_several_profiles_have_a_call_each(call, epmm):
    [device] = pads(epmm, 1)
    own = [number for word, number in profiles(epmm, device) if word == "APP"][:3]
    assert (
        call("device_config", epmm, devices=[device], configs=own, reinstall=True)["summary"][
            "writes"
        ]
        == 3
        == len(own)
    )


def test_what_is_not_on_a_device_of_epmm_fails_in_check_mode_as_well(call, epmm):
    """The others are pushed; nothing is done to a device that lacks one of several."""
    one, two = pads(epmm)
    key = next(key for key in profiles(epmm, one) if key[0] == "APP")
    name = profiles(epmm, one)[key]["name"]
    lacking = next(
        other["uuid"]
        for other in epmm.devices("uuid", "status")
        if other["status"] == "ACTIVE" and key not in profiles(epmm, other["uuid"])
    )
    options = {"devices": [one, two, lacking], "configs": [name], "reinstall": True}
    epmm.clear_requests()
    predicted = failed(call, epmm, check_mode=True, **options)
    assert writes(epmm) == [] and guids(predicted) == {
        one: "changed",
        two: "changed",
        lacking: "failed",
    }
    assert (
        predicted["msg"].startswith("1 of 3 devices cannot be changed. device ")
        and "ivanti.uem.device_label" in predicted["msg"]
    )
    applied = failed(call, epmm, **options)
    assert applied["devices"] == predicted["devices"] and len(writes(epmm)) == 2
    assert (
        f"{name.strip()!r} is not on the device; EPMM pushes configurations and policies to "
        "devices by their labels"
    ) in applied["msg"]
    assert guids(failed(call, epmm, devices=[one, lacking], configs=[name])) == {
        one: "unchanged",
        lacking: "failed",
    }


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"configs": ["x"], "state": "excluded"},
            "state: excluded is not supported by epmm, which supports installed; nothing was done.",
        ),
        ({"configs": []}, "configs: is empty"),
    ],
)
def test_what_epmm_cannot_do_is_told_before_any_request(call, epmm, options, words):
    assert words in failed(call, epmm, devices=[1], **options)["msg"] and epmm.requests() == []


def test_names_that_mean_nothing_to_epmm(call, epmm):
    devices = pads(epmm)
    policy = profiles(epmm, devices[0])["POLICY", -2]["name"]
    epmm.clear_requests()
    message = failed(call, epmm, devices=devices, configs=[policy], reinstall=True)["msg"]
    assert (
        f"there is no configuration {policy!r}; there is a policy of that name, so set kind=policy"
        in message
    )
    for names, kind, words in (
        ([4711], "configuration", "no configuration '4711'"),
        (
            ["Corporat Exchange"],
            "configuration",
            "'Corporat Exchange' (nearest: 'Corporate Exchange'",
        ),
        (["Default Privcy Policy"], "policy", "(nearest: 'Default Privacy Policy'"),
    ):
        assert words in failed(call, epmm, devices=devices, configs=names, kind=kind)["msg"]
    # An account that may not read the lists of all is told that, as before.
    epmm.add_fault("403", path="/api/v1/appsettings", times=None)
    assert (
        "none of these devices has a configuration '4711', and a list of all others cannot be read"
        in failed(call, epmm, devices=devices, configs=[4711])["msg"]
    )
    assert writes(epmm) == []


def test_what_is_stuck_on_epmm_is_named(call, epmm):
    one, two = pads(epmm)
    stick(epmm, one, ("POLICY", -2))
    stick(epmm, two, ("POLICY", -2), "Pending")
    for position in ("titled", "capitals"):
        epmm.set_switch("profile_status_names", position)
        result = call("device_config", epmm, devices=[one, two], configs=[-2], kind="policy")
        assert not result["changed"] and [
            (entry["guid"], entry["status"].title()) for entry in result["stuck"]
        ] == [(one, "Error")]
    info = call(
        "device_config_info",
        epmm,
        devices=[one, two],
        configs=[-2],
        query="[].configs[].[kind, condition]",
    )
    assert sorted(info["query_result"]) == [
        ["configuration", "installed"],
        ["configuration", "installed"],
        ["policy", "pending"],
        ["policy", "stuck"],
    ]
    assert [entry["guid"] for entry in info["stuck"]] == [one]


@pytest.mark.parametrize(
    ("kind", "params", "done", "said"),
    [
        ("lost_answer", {}, True, ""), ("half_body", {}, True, ""), ("html", {"handled": True}, True, ""), ("500", {"handled": True}, True, ""),
        ("reset", {}, False, "broke"), ("500", {}, False, "HTTP 500"), ("html", {}, False, "instead of JSON"),
        ("403", {}, False, "HTTP 403"), ("401", {}, False, "HTTP 401"), ("vanish", {}, False, "HTTP 404"),
        ("result_zero", {}, False, "HTTP 200, but reported no success"), ("errors_200", {"message": "Failed to push."}, False, "no success: Failed to push."),
    ],
)  # fmt: skip
def test_outcomes_of_a_push_that_goes_wrong_are_true(call, epmm, kind, params, done, said):
    """What was pushed shows in its status, or in the time at which that was written."""
    devices = pads(epmm)
    epmm.add_fault(kind, **REPUSH, times=None, **params)
    options = {
        "devices": devices,
        "configs": [-2],
        "reinstall": True,
        "retries": 0,
        "concurrency": 1,
    }
    result = call("device_config", epmm, **options) if done else failed(call, epmm, **options)
    assert set(guids(result).values()) == {"changed" if done else "failed"} and said in result.get(
        "msg", ""
    )
    if kind == "401":
        assert len(writes(epmm)) == 1 and "not sent" in result["msg"]


def test_the_other_profiles_of_a_device_are_pushed_past_one_that_fails(call, epmm):
    [device] = pads(epmm, 1)
    own = [number for word, number in profiles(epmm, device) if word == "APP"][:3]
    before = profiles(epmm, device)
    epmm.add_fault("500", **REPUSH, query_regex=f"id={own[0]}(&|$)", times=None)
    message = failed(call, epmm, devices=[device], configs=own, reinstall=True, retries=0)["msg"]
    assert (
        repr(before["APP", own[0]]["name"].strip()) in message
        and repr(before["APP", own[1]]["name"].strip()) not in message
    )
    moved = {
        number
        for number in own
        if profiles(epmm, device)["APP", number]["updated"] != before["APP", number]["updated"]
    }
    assert moved == set(own[1:])


@pytest.mark.parametrize("module", ["device_config", "device_config_info"])
@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        ("403", {}, "HTTP 403"), ("html", {}, "instead of JSON"), ("half_body", {}, "broke"),
        ("errors_200", {"message": "Internal failure"}, "HTTP 200 without profiles: Internal failure."),
    ],
)  # fmt: skip
def test_profiles_that_cannot_be_read_are_no_empty_list(call, epmm, module, kind, params, words):
    devices = pads(epmm)
    epmm.add_fault(
        kind, method="GET", path=f"/api/v1/dm/devices/profiles/{devices[1]}", times=None, **params
    )
    epmm.clear_requests()
    assert (
        words in failed(call, epmm, module, devices=devices, configs=[-2], retries=0)["msg"]
        and writes(epmm) == []
    )


@pytest.mark.parametrize("position", ["collapse", "list"])
@pytest.mark.parametrize("form", ["number", "text", "blank"])
def test_reading_profiles(call, epmm, position, form):
    epmm.set_switch("one_element", position)
    epmm.set_switch("profile_updated", form)
    devices = [one["uuid"] for one in epmm.devices("uuid")]
    stick(epmm, pads(epmm)[0], ("APP", -2), "Sent")
    result = call("device_config_info", epmm, devices=devices)
    words = {"APP": "configuration", "POLICY": "policy"}
    assert len(result["devices"]) == DEVICES
    for entry in result["devices"]:
        truth = profiles(epmm, entry["guid"])
        assert {
            (config["kind"], config["id"]): (
                config["name"],
                config["type"],
                config["status"],
                config["uuid"],
            )
            for config in entry["configs"]
        } == {
            (words[word], str(number)): (
                one["name"].strip(),
                one["type"],
                one["status"],
                one["uuid"],
            )
            for (word, number), one in truth.items()
        }
        assert all(config["updated_at"].startswith("20") for config in entry["configs"])
    # Devices that are not active have none, and the server says 404.
    assert any(entry["configs"] == [] for entry in result["devices"])


# Many devices

FLEET, SOME = 10_000, 400


def test_some_of_ten_thousand_devices(call):
    """A request for each device to read it, one to write it, and as many as there are pages to find
    it."""
    with running_emulator(
        devices=FLEET, seed=7, strict=True, username="tester", password="long enough"
    ) as large:
        rows = large.devices("id", "registrationState", "configs")
        devices = [one["id"] for one in rows if one["configs"].get(str(PASSCODE)) == "INSTALLED"][
            :SOME
        ]
        options = {"devices": devices, "configs": [NAMES[PASSCODE]], "state": "excluded"}
        pages = FLEET // 500 + 10
        large.clear_requests()
        predicted = call("device_config", large, check_mode=True, **options)
        assert writes(large) == [] and SOME <= len(large.requests()) <= SOME + pages
        large.clear_requests()
        result = call("device_config", large, **options)
        assert result["devices"] == predicted["devices"] and len(result["diff"]) == 1
        assert (
            len(writes(large)) == SOME == result["summary"]["writes"]
            and len(large.requests()) <= 2 * SOME + pages
        )
        large.clear_requests()
        assert (
            not call("device_config", large, **options)["changed"]
            and len(large.requests()) <= SOME + pages
        )
