# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM API v2: actions on devices, as clients in the field send them."""

from __future__ import annotations

from typing import Any

import pytest
from uem_emulator.testing.epmm import EpmmEmulator

from .client import Api, Reply
from .v2 import DEVICES, fault

DONE = "com.mobileiron.vsp.messages.device.action.successful"
NOBODY = "12849438-0d74-4c30-8b7d-121a3da8645d"


@pytest.fixture
def phone(epmm: EpmmEmulator) -> str:
    """The uuid of an active iPhone."""
    return str(epmm.device(epmm.add_device(platform="iOS", status="ACTIVE"))["uuid"])


def act(
    api: Api, kind: str, *uuids: str, method: str = "POST", part: str = "action", **body: Any
) -> Reply:
    path = f"{DEVICES}/{part}?adminDeviceSpaceId=1&actionType={kind}"
    return api.call(method, path, {"deviceUuids": list(uuids), "note": "lost", **body})


def noted(epmm: EpmmEmulator, uuid: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = epmm.device(uuid)["actions"]
    return found


def test_the_recorded_answer(epmm: EpmmEmulator, epmm_api: Api, phone: str) -> None:
    reply = act(epmm_api, "WAKE_UP", phone, method="PUT", part="wakeup")
    assert reply.json == {
        "actionType": "WAKE_UP",
        "deviceResults": {phone: DONE},
        "successful": True,
    }
    [note] = noted(epmm, phone)
    assert (note["action"], note["reason"]) == ("WAKEUP_DEVICE", "lost")


@pytest.mark.parametrize(
    ("method", "part", "kind", "action", "status"),
    [
        ("POST", "action", "WIPE_DEVICE", "WIPE", "WIPED"), ("PUT", "wipe", "WIPE_DEVICE", "WIPE", "WIPED"),
        ("POST", "action", "RETIRE", "RETIRE", "RETIRED"), ("PUT", "retire", "RETIRE", "RETIRE", "RETIRED"),
        ("POST", "action", "UNLOCK_DEVICE_ONLY", "UNLOCK", "ACTIVE"), ("POST", "action", "UPDATE_OS", "UPDATE_OS", "ACTIVE"),
    ],
)  # fmt: skip
def test_devices_act_as_over_api_v1(
    epmm: EpmmEmulator, epmm_api: Api, phone: str, method: str, part: str, kind: str, action: str, status: str
) -> None:  # fmt: skip
    assert act(epmm_api, kind, phone, method=method, part=part).json["successful"] is True
    epmm.settle()
    assert epmm.device(phone)["status"] == status
    assert [note["action"] for note in noted(epmm, phone)] == [action]
    assert [one["acts"] for one in epmm.requests()][-1] is True


def test_what_waits_for_a_device_is_carried_out_later(
    epmm: EpmmEmulator, epmm_api: Api, phone: str
) -> None:
    epmm.set_switch("action_settle", "manual")
    assert act(epmm_api, "WIPE_DEVICE", phone).json["successful"] is True
    assert epmm.device(phone)["status"] == "ACTIVE"
    epmm.settle()
    assert epmm.device(phone)["status"] == "WIPED"


@pytest.mark.parametrize("partial", ["rest", "none"])
def test_devices_that_cannot_take_it(
    epmm: EpmmEmulator, epmm_api: Api, phone: str, partial: str
) -> None:
    epmm.set_switch("v2_action_partial", partial)
    wiped = str(epmm.device(epmm.add_device(platform="iOS", status="WIPED"))["uuid"])
    reply = act(epmm_api, "WAKE_UP", phone, wiped, NOBODY)
    assert reply.status == 200 and reply.json["successful"] is False
    results = reply.json["deviceResults"]
    assert (results[phone] == DONE) is (partial == "rest") is bool(noted(epmm, phone))
    assert results[wiped] != DONE != results[NOBODY] and noted(epmm, wiped) == []
    assert act(epmm_api, "WAKE_UP", NOBODY).json["successful"] is False
    epmm.set_switch("v2_action_results", "absent")
    assert set(act(epmm_api, "WAKE_UP", NOBODY).json) == {"actionType", "successful"}


def test_messages(epmm: EpmmEmulator, epmm_api: Api, phone: str) -> None:
    more = {"message": "Please call", "mode": "email", "subject": "Lost?"}
    assert act(epmm_api, "SEND_MESSAGE", phone, additionalParameters=more).json["successful"]
    path = f"{DEVICES}/action?adminDeviceSpaceId=1&actionType=SEND_MESSAGE&deviceUuids={phone}"
    in_query = epmm_api.call("POST", f"{path}&message=Hello&mode=pns&note=x", None)
    assert in_query.json["successful"] is True
    first, second = noted(epmm, phone)
    assert {name: first[name] for name in more} == more
    assert (second["message"], second["mode"], second["reason"]) == ("Hello", "pns", "x")
    assert "message is required" in fault(act(epmm_api, "SEND_MESSAGE", phone))


def test_roaming_leaves_the_other_setting(epmm: EpmmEmulator, epmm_api: Api) -> None:
    found = set()
    for row in epmm.devices("uuid", "platform", "status"):
        uuid = row["uuid"]
        if (row["platform"], row["status"]) != ("iOS", "ACTIVE"):
            continue
        assert act(epmm_api, "ENABLE_VOICE_ROAMING", uuid).json["successful"]
        assert act(epmm_api, "ENABLE_DATA_ROAMING", uuid).json["successful"]
        second = noted(epmm, uuid)[-1]
        found.add((second["voice"], second["data"]))
    # A device without a modem has neither setting.
    assert (True, True) in found and found <= {(True, True), (False, True)}


@pytest.mark.parametrize(
    ("kind", "part", "method", "uuids", "words"),
    [
        ("LOCK_ALL", "action", "POST", [NOBODY], "Format 'LOCK_ALL' of actionType is invalid"),
        ("RETIRE", "wipe", "PUT", [NOBODY], "actionType of this call is WIPE_DEVICE"),
        ("WAKE_UP", "action", "POST", [], "at least one uuid"),
    ],
)
def test_what_is_refused(epmm: EpmmEmulator, epmm_api: Api, kind: str, part: str, method: str, uuids: list[str], words: str) -> None:  # fmt: skip
    reply = act(epmm_api, kind, *uuids, method=method, part=part)
    assert reply.status == 400 and words in fault(reply)


def test_faults(epmm: EpmmEmulator, epmm_api: Api, phone: str) -> None:
    epmm.add_fault("no_effect", path=f"{DEVICES}/action")
    assert act(epmm_api, "WIPE_DEVICE", phone).json["successful"] and noted(epmm, phone) == []
    epmm.add_fault("vanish", path=f"{DEVICES}/action")
    assert act(epmm_api, "WIPE_DEVICE", phone).json["successful"] is False


@pytest.mark.parametrize("position", ["404", "405", "501"])
def test_a_server_without_the_calls(
    epmm: EpmmEmulator, epmm_api: Api, phone: str, position: str
) -> None:
    epmm.set_switch("v2_actions_absent", position)
    for method, part in (("POST", "action"), ("PUT", "wipe")):
        reply = act(epmm_api, "WIPE_DEVICE", phone, method=method, part=part)
        assert reply.status == int(position) and noted(epmm, phone) == []
