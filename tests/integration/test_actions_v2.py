# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""device_action and device_message over API v2 of EPMM: which API is used when, and how the results
of devices are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions import epmm as calls_epmm
from uem_emulator.testing.epmm import EpmmEmulator

from ..conftest import ModuleFailed
from .action_fleet import REASON, ROWS, acting, add, deeds, done, outcomes, run
from .test_actions import before_sending

V2, V1 = "/api/v2/devices", "/api/v1/dm"
ACTION = ("POST", f"{V2}/action")
# By action the request over API v2.
# fmt: off
SENT = {
    "force_checkin": ("PUT", f"{V2}/wakeup", "WAKE_UP"), "wipe": ("PUT", f"{V2}/wipe", "WIPE_DEVICE"),
    "retire": ("PUT", f"{V2}/retire", "RETIRE"), "unlock": (*ACTION, "UNLOCK_DEVICE_ONLY"),
}
# fmt: on
DESTRUCTIVE = ("wipe", "retire")


@pytest.fixture(autouse=True)
def journal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(tmp_path / "journal.jsonl"))


@pytest.fixture
def server(shared_epmm: EpmmEmulator) -> EpmmEmulator:
    shared_epmm.reset(seed=7, devices=6)
    return shared_epmm


def sent(server: EpmmEmulator) -> list[tuple[str, str]]:
    """Method and path of every request that may have acted, a path of API v1 up to its device."""
    return [
        (method, path if path.startswith(V2) else path.rpartition("/")[0])
        for method, path in acting(server)
    ]


def types(server: EpmmEmulator) -> list[str]:
    """The types of the actions that were sent over API v2."""
    queries = [row["query"] for row in server.requests() if row["acts"]]
    return [part[11:] for query in queries for part in query.split("&") if "actionType=" in part]


def test_every_action_of_api_v2_is_tested():
    assert calls_epmm.V2_ACTIONS.keys() == SENT.keys()


@pytest.mark.parametrize("api", ["auto", "v2"])
@pytest.mark.parametrize("action", SENT)
def test_an_action_goes_over_api_v2(server, call, action, api):
    device = add(server, action)
    options = ROWS["epmm"][action].options
    result = run(call, server, action, devices=[device], api=api, **options)
    assert outcomes(result) == {str(device): "changed"}
    method, path, kind = SENT[action]
    assert acting(server) == [(method, path)] and types(server) == [kind]
    assert done(server) == [(device, action, ROWS["epmm"][action].noted)]


@pytest.mark.parametrize("action", SENT)
def test_api_v1_stays_api_v1(server, call, action):
    device = add(server, action)
    assert run(call, server, action, devices=[device], api="v1", reason="x" if action == "unlock" else None)["changed"]  # fmt: skip
    assert all(path.startswith(V1) for _method, path in acting(server)) and len(acting(server)) == 1


@pytest.mark.parametrize("action", ["lock", "locate"])
def test_what_api_v2_lacks_goes_over_api_v1(server, call, action):
    device = add(server, action)
    assert run(call, server, action, devices=[device])["changed"]
    assert deeds(server) == [(device, action)] and acting(server)[0][1].startswith(V1)


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        ("device_action", {"action": "lock"}, "api: API v2 does not have lock; set api=auto"),
        ("device_action", {"action": "locate"}, "api: API v2 does not have locate; set api=auto"),
        ("device_action", {"action": "wipe", "by": "wifi_mac_address"}, "by: API v2 names devices only by their guids; remove by"),
        ("device_message", {"text": "Hi", "by": "wifi_mac_address"}, "by: API v2 names devices only by their guids; remove by"),
    ],
)  # fmt: skip
def test_what_api_v2_cannot_do_is_refused_before_any_request(
    server, call, module, options, words, check_mode
):
    with pytest.raises(ModuleFailed) as failed:
        call(module, server, api="v2", devices=[1], check_mode=check_mode, **options)
    assert words in failed.value.result["msg"] and server.requests() == []


# A server without the calls


@pytest.mark.parametrize("status", ["404", "405", "501"])
@pytest.mark.parametrize("action", SENT)
def test_a_server_without_the_call_gets_each_action_once_over_api_v1(server, call, action, status):
    server.set_switch("v2_actions_absent", status)
    devices = [add(server, action) for _number in range(3)]
    options = {"devices": devices, "max_devices": 3, "concurrency": 1}
    result = run(call, server, action, **options)
    assert set(outcomes(result).values()) == {"changed"}
    assert sorted(deeds(server)) == [(device, action) for device in devices]
    # API v2 is tried once.
    assert [path for _method, path in acting(server) if path.startswith(V2)] == [SENT[action][1]]


@pytest.mark.parametrize("action", SENT)
def test_api_v2_on_its_own_fails_without_the_call(server, call, action):
    server.set_switch("v2_actions_absent", "404")
    device = add(server, action)
    result = run(call, server, action, devices=[device], api="v2")
    assert outcomes(result) == {str(device): "failed"} and "HTTP 404" in result["msg"]
    assert deeds(server) == [] and len(acting(server)) == 1


@pytest.mark.parametrize("kind", ["500", "502", "lost_answer", "html", "403", "result_zero"])
@pytest.mark.parametrize("action", SENT)
def test_no_other_answer_leads_to_api_v1(server, call, action, kind):
    device = add(server, action)
    params = {"handled": True} if kind in ("500", "502", "html") else {}
    server.add_fault(kind, path=SENT[action][1], times=None, **params)
    result = run(call, server, action, devices=[device], retries=3)
    assert len(acting(server)) == 1 and acting(server)[0][1] == SENT[action][1]
    took = bool(deeds(server))
    assert took is (kind not in ("403", "result_zero"))
    seen = took and action in DESTRUCTIVE
    assert outcomes(result) == {str(device): "changed" if seen else "unknown" if took else "failed"}
    if kind == "403":
        assert "set api=v1" in result["msg"]


# The results of devices


@pytest.mark.parametrize("partial", ["rest", "none"])
@pytest.mark.parametrize("results", ["present", "absent"])
def test_devices_of_one_call_are_told_apart(server, call, monkeypatch, partial, results):
    """One of them is retired by somebody else after the plan was made."""
    server.set_switch("v2_action_partial", partial)
    server.set_switch("v2_action_results", results)
    devices = [add(server, "force_checkin") for _number in range(3)]
    before_sending(monkeypatch, lambda: server.patch_device(devices[1], status="RETIRED"))
    result = run(call, server, "force_checkin", devices=devices)
    took = [device for device, _action in deeds(server)]
    assert took == ([devices[0], devices[2]] if partial == "rest" else [])
    if results == "absent":
        assert set(outcomes(result).values()) == {"unknown"}
    else:
        words = ["changed" if device in took else "failed" for device in devices]
        assert list(outcomes(result).values()) == words
        assert "com.mobileiron.vsp.messages.device.action.failed" in result["msg"]
    assert len(acting(server)) == 1


@pytest.mark.parametrize(
    ("action", "count", "word"),
    [("wipe", 1, "changed"), ("force_checkin", 1, "changed"), ("force_checkin", 2, "unknown")],
)
def test_an_answer_without_results_is_about_one_device(server, call, action, count, word):
    server.set_switch("v2_action_results", "absent")
    devices = [add(server, action) for _number in range(count)]
    result = run(call, server, action, devices=devices)
    assert outcomes(result) == {str(device): word for device in devices}
    assert len(acting(server)) == 1


@pytest.mark.parametrize("action", DESTRUCTIVE)
def test_what_does_harm_goes_device_by_device(server, call, action):
    devices = [add(server, action) for _number in range(3)]
    result = run(call, server, action, devices=devices, max_devices=3, reason=REASON)
    assert result["summary"]["changed"] == 3
    assert acting(server) == [SENT[action][:2]] * 3
    assert sorted(deeds(server)) == [(device, action) for device in devices]


def test_a_device_that_vanishes_is_a_failure(server, call):
    device = add(server, "wipe")
    server.add_fault("vanish", path=SENT["wipe"][1])
    result = run(call, server, "wipe", devices=[device])
    assert outcomes(result) == {str(device): "failed"} and "device.not.found" in result["msg"]


# Passcodes, which only API v1 returns


def test_an_unlock_loses_no_passcode(server, call):
    platforms = ("Android", "iOS", "macOS", "Windows")
    devices = [server.add_device(platform=one, mdm_managed=True) for one in platforms]
    result = run(call, server, "unlock", devices=devices, reason="x", return_secrets=True)
    assert [bool(row.get("passcode")) for row in result["devices"]] == [False, False, True, True]
    assert sorted(sent(server)) == [("GET", f"{V1}/devices/unlock")] * 2 + [ACTION] * 2
    assert sorted(deeds(server)) == [(device, "unlock") for device in devices]


def test_a_device_that_api_v1_found_gets_it_over_api_v1(server, call):
    """Its device space is not known."""
    device = add(server, "force_checkin", mac="a1b2c3d4e5f6")
    select: dict[str, Any] = {"wifi_mac_addresses": ["a1b2c3d4e5f6"]}
    result = run(call, server, "force_checkin", select=select)
    assert result.get("changed"), result
    assert deeds(server) == [(device, "force_checkin")]
    assert all(path.startswith(V1) for _method, path in acting(server))


# Messages


@pytest.mark.parametrize("status", ["404", "405", "501"])
def test_messages_fall_back_too(server, call, status):
    server.set_switch("v2_actions_absent", status)
    devices = [add(server, "force_checkin") for _number in range(2)]
    assert call("device_message", server, devices=devices, text="Hi")["summary"]["changed"] == 2
    assert acting(server) == [ACTION, ("POST", f"{V1}/bulk/sendmessage")]
    assert [action for _device, action in deeds(server)] == ["MESSAGE"] * 2
    assert "HTTP" in refused_message(call, server, devices=devices, api="v2")
    assert len(deeds(server)) == 2


def refused_message(call: Any, server: EpmmEmulator, **options: Any) -> str:
    """The sentence with which a message fails."""
    with pytest.raises(ModuleFailed) as failed:
        call("device_message", server, text="Hi", **options)
    return str(failed.value.result["msg"])


@pytest.mark.parametrize(("partial", "word"), [("rest", "changed"), ("none", "failed")])
def test_who_got_a_message_is_told_apart(server, call, partial, word):
    server.set_switch("v2_action_partial", partial)
    devices = [add(server, "force_checkin") for _number in range(3)]
    server.add_fault("vanish", path=ACTION[1])
    with pytest.raises(ModuleFailed) as failed:
        call("device_message", server, devices=devices, text="Hi")
    assert sorted(outcomes(failed.value.result).values()) == sorted(["failed", word, word])
    assert len(acting(server)) == 1
