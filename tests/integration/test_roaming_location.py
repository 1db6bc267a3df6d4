# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""device_roaming, with its two laws, and device_location_info, of EPMM.

Convergence: apply, and a second run has nothing to change and writes nothing.
Honest prediction: what check mode predicted is what apply did, and what the emulator then has.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ..conftest import ModuleFailed, writes
from .action_fleet import outcomes

FLEET = 6
VOICE, DATA = "Voice Roaming Enabled", "DataRoamingEnabled"
LAW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def server(shared_epmm):
    shared_epmm.reset(seed=7, devices=FLEET)
    return shared_epmm


def word(value):
    return "true" if value else "false"


def phone(server, voice=True, data=False, **fields):
    """An iOS device with a modem, and this roaming; None: the server does not know. Answers its
    id."""
    details = {
        name: word(value) for name, value in ((VOICE, voice), (DATA, data)) if value is not None
    }
    # Without a modem a device tells nothing of it.
    modem = {} if voice is None or data is None else {"imei": "490154203237518"}
    return server.add_device(
        **{
            "platform": "iOS",
            "status": "ACTIVE",
            "imei": None,
            **modem,
            "details": details,
            **fields,
        }
    )


def truth(server, device):
    """Voice and data, as the emulator has them."""
    details = server.device(device)["details"]
    return tuple({"true": True, "false": False}.get(details.get(name)) for name in (VOICE, DATA))


def orders(server):
    """How often roaming was set on devices."""
    return sum(
        one["action"] == "ROAMING"
        for row in server.devices("id", "actions")
        for one in row["actions"]
    )


def failed(call, module, server, **options) -> dict[str, Any]:
    with pytest.raises(ModuleFailed) as end:
        call(module, server, **options)
    assert "\n" not in end.value.result["msg"] and "Traceback" not in end.value.result["msg"]
    return end.value.result


known = st.tuples(st.booleans(), st.booleans())
wishes = st.tuples(
    st.sampled_from((None, True, False)), st.sampled_from((None, True, False))
).filter(lambda wish: wish != (None, None) and wish != (False, True))


@LAW
@given(fleet=st.lists(known, min_size=1, max_size=4), wish=wishes)
def test_the_laws_of_roaming(shared_epmm, call, fleet, wish):
    server = shared_epmm
    server.reset(seed=7, devices=FLEET)
    devices = [phone(server, *have) for have in fleet]
    options = {
        "devices": devices,
        **{
            name: value
            for name, value in zip(("voice", "data"), wish, strict=True)
            if value is not None
        },
    }
    server.clear_requests()
    if wish == (None, True) and any(not voice for voice, _data in fleet):
        for check_mode in (True, False):
            assert (
                "data roaming needs voice roaming"
                in failed(call, "device_roaming", server, check_mode=check_mode, **options)["msg"]
            )
        assert writes(server) == [] and [truth(server, device) for device in devices] == fleet
        return
    plan = call("device_roaming", server, check_mode=True, **options)
    assert writes(server) == [] and [truth(server, device) for device in devices] == fleet
    result = call("device_roaming", server, **options)
    assert {**result, "summary": None} == {**plan, "summary": None}
    changed = [entry for entry in result["devices"] if entry["outcome"] == "changed"]
    assert (
        result["summary"]["changed"]
        == result["summary"]["writes"]
        == len(writes(server))
        == orders(server)
        == len(changed)
    )
    for device, (voice, data) in zip(devices, fleet, strict=True):
        expected_voice = voice if wish[0] is None else wish[0]
        expected = (expected_voice, expected_voice and (data if wish[1] is None else wish[1]))
        assert truth(server, device) == expected
        [entry] = [one for one in result["devices"] if one["id"] == str(device)]
        assert entry["outcome"] == ("unchanged" if expected == (voice, data) else "changed")
        if entry["outcome"] == "changed":
            assert entry["before"] == {"voice": voice, "data": data}
            assert entry["after"] == dict(zip(("voice", "data"), expected, strict=True))
    server.clear_requests()
    again = call("device_roaming", server, **options)
    assert (
        not again["changed"]
        and again["summary"]["unchanged"] == len(devices)
        and writes(server) == []
    )


@pytest.mark.parametrize(
    ("fields", "options", "words"),
    [
        ({"platform": "Android"}, {"voice": True, "data": True}, "roaming can be set only on iOS devices"),
        ({"voice": None, "data": None}, {"data": False}, "are not known; give both voice and data"),
        ({"voice": None, "data": None}, {"voice": True}, "are not known; give both voice and data"),
        ({"voice": False, "data": False}, {"data": True}, "data roaming needs voice roaming"),
        ({}, {"voice": False, "data": True}, "data: cannot be on where voice is off"),
        ({}, {"voice": None}, "at least one of them is needed"),
        ({}, {"data": True, "max_devices": 0}, "max_devices is 0; nothing was written"),
        ({}, {"data": True, "max_percent": 1}, "max_percent is 1; nothing was written"),
    ],
)  # fmt: skip
def test_roaming_that_is_refused_writes_nothing(server, call, fields, options, words):
    """Also of the device that could take it."""
    devices = [phone(server, **fields), phone(server)]
    server.clear_requests()
    for check_mode in (True, False):
        assert (
            words
            in failed(
                call, "device_roaming", server, devices=devices, check_mode=check_mode, **options
            )["msg"]
        )
    assert writes(server) == [] and orders(server) == 0


@pytest.mark.parametrize("state", ["RETIRED", "RETIRE_PENDING", "WIPED", "VERIFICATION_PENDING"])
@pytest.mark.parametrize("voice", [True, None], ids=["known", "not known"])
def test_a_device_that_is_not_there_takes_no_roaming(server, call, state, voice):
    """Check mode says it as the run does. What it has already is no change."""
    devices = [phone(server, voice, voice, status=state), phone(server)]
    server.clear_requests()
    for check_mode in (True, False):
        result = failed(
            call, "device_roaming", server, devices=devices, check_mode=check_mode, voice=False
        )
        reason = f"a device in the state {state} takes no roaming settings"
        assert result["msg"].startswith(f"Refused: device {devices[0]} ")
        assert f": {reason}; nothing was written. Leave them out" in result["msg"]
        assert outcomes(result) == {str(devices[0]): "ineligible", str(devices[1]): "planned"}
    assert writes(server) == [] and orders(server) == 0
    # The details of one that is not verified do not show it.
    if voice and state != "VERIFICATION_PENDING":
        same = call("device_roaming", server, devices=devices[:1], voice=True)
        assert outcomes(same) == {str(devices[0]): "unchanged"}


def test_what_is_not_known_is_set_in_every_run(server, call):
    """The server says success of a device without a modem, and its details never show it."""
    device = phone(server, None, None)
    for _run in range(2):
        result = call("device_roaming", server, devices=[device], voice=True, data=False)
        assert (
            result["devices"][0]["before"] == {"voice": None, "data": None}
            and result["summary"]["changed"] == 1
        )
    assert orders(server) == 2


def test_voice_off_turns_data_off_and_says_so(server, call):
    device = phone(server, True, True)
    [entry] = call("device_roaming", server, devices=[device], voice=False)["devices"]
    assert entry["after"] == {"voice": False, "data": False} and truth(server, device) == (
        False,
        False,
    )


def test_unknown_devices_of_roaming(server, call):
    device = phone(server)
    assert (
        "Unknown devices"
        in failed(call, "device_roaming", server, devices=[device, 999999001], data=True)["msg"]
        and orders(server) == 0
    )
    result = call(
        "device_roaming", server, devices=[device, 999999001], data=True, on_missing="skip"
    )
    assert outcomes(result) == {str(device): "changed", "999999001": "skipped"}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("result_zero", "HTTP 200"),
        ("errors_200", "HTTP 200"),
        ("403", "HTTP 403"),
        ("html", ""),
        ("vanish", "HTTP 404"),
    ],
)
def test_roaming_that_fails_on_one_device(server, call, kind, words):
    devices = [phone(server), phone(server)]
    server.add_fault(kind, method="PUT", times=1)
    result = failed(call, "device_roaming", server, devices=devices, data=True, concurrency=1)
    word = "unknown" if kind == "html" else "failed"
    assert sorted(outcomes(result).values()) == ["changed", word]
    said = "1 of 2 devices changed is not known" if kind == "html" else "1 of 2 devices could not"
    assert said in result["msg"] and words in result["msg"]
    assert orders(server) == 1


def test_a_lost_answer_of_roaming_is_sent_again(server, call):
    """Setting it twice is setting it once."""
    device = phone(server)
    server.add_fault("lost_answer", method="PUT")
    assert call("device_roaming", server, devices=[device], data=True)["summary"]["changed"] == 1
    assert truth(server, device) == (True, True)


# Location


HOME = {
    "source": "Cell",
    "latitude": 52.5,
    "longitude": -13.25,
    "radius": 900,
    "captured": 1_700_000_000_000,
}
SHOWN = {
    "found": True,
    "source": "Cell",
    "latitude": 52.5,
    "longitude": -13.25,
    "radius": 900,
    "captured_at": "2023-11-14T22:13:20Z",
}
NOWHERE = {name: False if name == "found" else None for name in SHOWN}


def placed(server, **fields):
    return server.add_device(
        **{"platform": "Android", "status": "ACTIVE", "location": HOME, **fields}
    )


def asked(server):
    return [entry["path"] for entry in server.requests() if entry["acts"]]


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("by", ["guid", "wifi_mac_address"])
def test_places_are_read(server, call, by, check_mode):
    devices = [
        placed(server, mac="38aa3c62bfad"),
        placed(server, mac="00237696635f", location={"source": "LookupFailure"}),
    ]
    server.clear_requests()
    result = call("device_location_info", server, devices=devices, by=by, check_mode=check_mode)
    rows = [
        {name: value for name, value in row.items() if name != "guid"} for row in result["devices"]
    ]
    own = [{"id": str(device), "server": server.url} for device in devices]
    assert rows == [{**own[0], **SHOWN}, {**own[1], **NOWHERE}]
    assert [row["guid"] for row in result["devices"]] == [
        server.device(device)["uuid"] for device in devices
    ]
    assert result["count"] == 1 and not result["changed"] and asked(server) == []
    assert result["requests"] == len(server.requests())
    paths = [entry["path"] for entry in server.requests() if "/locate/" in entry["path"]]
    assert len(paths) == 2 and all(
        ("/mac/" in path) == (by == "wifi_mac_address") for path in paths
    )


@pytest.mark.parametrize("by", ["guid", "wifi_mac_address"])
def test_devices_are_asked_before_their_places_are_read(server, call, by):
    devices = [
        placed(server, mac="38aa3c62bfad"),
        placed(server, platform="iOS", mac="00237696635f"),
    ]
    options = {"devices": devices, "by": by, "refresh": True, "refresh_wait": 0}
    before = call("device_location_info", server, devices=devices)["devices"]
    server.clear_requests()
    assert (
        call("device_location_info", server, check_mode=True, **options)["devices"] == before
        and asked(server) == []
    )
    result = call("device_location_info", server, **options)
    # iOS would not answer.
    assert (
        result["devices"][0]["source"] == "GPS"
        and result["devices"][0]["captured_at"] > before[0]["captured_at"]
    )
    assert result["devices"][1] == before[1] and not result["changed"]
    now = [entry for entry in server.requests() if "locatenow=true" in entry["query"]]
    assert len(now) == 1 and now[0]["path"].endswith(
        "/mac/38aa3c62bfad" if by == "wifi_mac_address" else f"/{before[0]['guid']}"
    )


@pytest.mark.parametrize(("wait", "slept"), [(7, 7), (0, 0), (-3, 0), (None, 60)])
def test_the_time_between_asking_and_reading(server, call, monkeypatch, wait, slept):
    naps = []
    device = placed(server)
    monkeypatch.setattr(time, "sleep", naps.append)
    given_wait = {} if wait is None else {"refresh_wait": wait}
    call("device_location_info", server, devices=[device], refresh=True, **given_wait)
    assert naps == [slept]
    call("device_location_info", server, devices=[device], **given_wait)
    call(
        "device_location_info",
        server,
        devices=[device],
        refresh=True,
        check_mode=True,
        **given_wait,
    )
    assert naps == [slept]


def test_nobody_waits_where_no_device_is_asked(server, call, monkeypatch):
    naps = []
    device = placed(server, platform="iOS")
    monkeypatch.setattr(time, "sleep", naps.append)
    [row] = call("device_location_info", server, devices=[device], refresh=True)["devices"]
    assert row["found"] and naps == [] and asked(server) == []


def test_a_device_that_needs_time_shows_its_last_place(server, call):
    device = placed(server)
    server.set_switch("action_settle", "manual")
    [row] = call("device_location_info", server, devices=[device], refresh=True, refresh_wait=0)[
        "devices"
    ]
    assert row["source"] == "Cell"
    server.settle()
    [row] = call("device_location_info", server, devices=[device])["devices"]
    assert row["source"] == "GPS"


@pytest.mark.parametrize("check_mode", [True, False])
def test_by_mac_needs_an_address_of_its_own(server, call, check_mode):
    """Else the place of another device would be shown as its own."""
    nameless = placed(server, mac=None)
    first, second = placed(server, mac="38aa3c62bfad"), placed(server, mac="38aa3c62bfad")
    options = {
        "by": "wifi_mac_address",
        "refresh": True,
        "refresh_wait": 0,
        "check_mode": check_mode,
    }
    assert (
        f"device {nameless}"
        in failed(call, "device_location_info", server, devices=[nameless, first], **options)["msg"]
    )
    for devices in ([first], [first, second]):
        assert (
            "these devices have the same Wi-Fi MAC address"
            in failed(call, "device_location_info", server, devices=devices, **options)["msg"]
        )
    assert not [entry for entry in server.requests() if "/locate/" in entry["path"]]


def test_devices_whose_place_nobody_may_ask(server, call):
    device = placed(server)
    assert (
        "Unknown devices"
        in failed(call, "device_location_info", server, devices=[device, 999999001])["msg"]
    )
    result = call("device_location_info", server, devices=[device, 999999001], on_missing="skip")
    assert [row["id"] for row in result["devices"]] == [str(device)]
    assert (
        call("device_location_info", server, devices=[999999001], on_missing="skip")["devices"]
        == []
    )
    server.add_fault("403", path="/api/v1/dm/devices/locate/*", times=None)
    assert "HTTP 403" in failed(call, "device_location_info", server, devices=[device])["msg"]


@pytest.mark.parametrize("module", ["device_roaming", "device_location_info"])
def test_neurons_has_neither(emulator, call, module):
    options = {"data": False} if module == "device_roaming" else {}
    message = failed(call, module, emulator, devices=[1], **options)["msg"]
    assert "neurons" in message and emulator.requests() == []
