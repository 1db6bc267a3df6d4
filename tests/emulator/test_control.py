# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control calls, which tests set the truth with and read it from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from uem_emulator.testing.emulator import ControlError, Emulator
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import Api


def test_they_need_no_authentication_and_are_not_logged(emulator: Emulator) -> None:
    api = Api(emulator, None)
    assert api.get("/_emulator/state").json["devices"] == 300 and emulator.requests() == []
    assert (
        api.get("/_emulator/nothing").status == 404
        and api.call("PUT", "/_emulator/state").status == 405
    )
    assert emulator.state()["unknown_paths"] == 0


def test_attributes_in_bulk(emulator: NeuronsEmulator, api: Api) -> None:
    everything = emulator.attributes()
    assert len(everything) == 300 and any(everything.values())
    first, second, third = list(everything)[:3]
    emulator.set_attributes({first: {"CityId": "SF", "Rank_#": [1, 2]}, int(second): {}})
    now = emulator.attributes()
    assert now[first] == {"cityid": ["SF"], "rank_#": ["1", "2"]} and now[second] == {}
    assert {key: now[key] for key in now if key not in (first, second)} == {
        key: everything[key] for key in now if key not in (first, second)
    }
    assert api.attrs(first) == now[first] and now[third] == api.attrs(third)
    assert "rank_#" in [
        row["name"] for row in api.get("/api/v1/customattributes", type="device").rows
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"1": {"a": ["b"]}},
        {"FIRST": {"a": []}},
        {"FIRST": {"a": [""]}},
        {"FIRST": {"": ["x"]}},
        {"FIRST": ["a"]},
    ],
)
def test_wrong_attributes_change_nothing(emulator: NeuronsEmulator, given: dict[str, Any]) -> None:
    before = emulator.attributes()
    first, second = list(before)[:2]
    bad = {first if key == "FIRST" else key: value for key, value in given.items()}
    with pytest.raises(ControlError, match="400"):
        emulator.control("POST", "attributes", {second: {"cityid": ["x"]}, **bad})
    assert emulator.attributes() == before


def test_a_device_by_hand(emulator: Emulator, api: Api) -> None:
    space = api.get("/api/v1/metadata/tenant").result["defaultDmPartitionId"]
    device = emulator.add_device(
        platformType="WINDOWS_PHONE",
        deviceName="{{ x }}",
        complianceState=False,
        customAttributes={"cityid": ["SF"]},
    )
    truth = emulator.device(device)
    assert (truth["deviceName"], truth["dmPartitionId"], truth["serialNumber"]) == (
        "{{ x }}",
        space,
        None,
    )
    assert (
        truth["customAttributes"] == {"cityid": ["SF"]}
        and truth["windowsDeviceType"] == "WINDOWS_DESKTOP"
    )
    assert api.ids("deviceName='{{ x }}'") == [device] and api.ids(q="{{ x") == [device]
    other = next(int(key) for key in emulator.state()["partitions"] if int(key) != space)
    patched = emulator.patch_device(
        truth["guid"],
        deviceName="y",
        dmPartitionId=other,
        guid="ABC",
        customAttributes={},
        bypassCode="1",
    )
    assert (patched["deviceName"], patched["dmPartitionId"], patched["customAttributes"]) == (
        "y",
        other,
        {},
    )
    assert api.ids("deviceName='{{ x }}'") == [] and api.ids(
        "deviceName=y", dmPartitionId=other
    ) == [device]
    assert api.get("/api/v1/device/abc").result["guid"] == "ABC"
    assert api.get(f"/api/v1/device/{truth['guid']}").status == 404
    assert api.get(f"/api/v1/device/{device}").result["bypassCode"] == "1"
    assert "bypassCode" not in api.search(dmPartitionId=other).rows[0]
    emulator.delete_device(device)
    assert (
        api.get(f"/api/v1/device/{device}").status == 404
        and api.ids("deviceName=y", dmPartitionId=other) == []
    )


@pytest.mark.parametrize(("method", "path", "body", "text"), [
    ("POST", "devices", {"platformType": "SYMBIAN"}, "platformType is one of"),
    ("POST", "devices", {"colour": "red"}, "colour"),
    ("POST", "devices", {"dmPartitionId": 5}, "no space"), ("POST", "devices", {"id": "x"}, "id x"),
    ("PATCH", "devices/1", {"deviceName": "x"}, "404"), ("GET", "devices/1", None, "404"),
    ("DELETE", "devices/1", None, "404"),
    ("POST", "switches", {"colour": "red"}, "no switch"),
    ("POST", "switches", {"strict": "on", "delay_ms": "x"}, "delay_ms"),
    ("POST", "switches", ["strict"], "JSON object"), ("POST", "reset", {"size": 1}, "reset takes"),
    ("POST", "reset", {"devices": "x"}, "reset takes"),
    ("POST", "definitions", [{"name": ""}], "has a name"),
    ("POST", "definitions", [{"name": "x", "type": "PHONE"}], "has a name"),
])  # fmt: skip
def test_mistakes_are_told_and_change_nothing(
    emulator: Emulator, method: str, path: str, body: Any, text: str
) -> None:
    before = (emulator.state(), emulator.switches())
    with pytest.raises(ControlError, match=text):
        emulator.control(method, path, body)
    assert (emulator.state(), emulator.switches()) == before


def test_a_body_which_is_no_json(emulator: Emulator) -> None:
    assert Api(emulator).call("POST", "/_emulator/switches", b"{").status == 400


def test_reset_forgets_everything(emulator: NeuronsEmulator, api: Api) -> None:
    before = emulator.attributes()
    emulator.add_fault("500", times=None)
    emulator.set_switch("strict", "on")
    emulator.set_attributes({next(iter(before)): {"x": ["y"]}})
    api.search()
    state = emulator.reset()
    assert (state["devices"], state["faults"], state["writes"], state["unknown_paths"]) == (
        300,
        0,
        0,
        0,
    )
    assert (
        emulator.attributes() == before
        and emulator.switches()["strict"] == "off"
        and emulator.requests() == []
    )
    assert emulator.reset(devices=12, seed=3)["devices"] == 12 and len(emulator.attributes()) == 12
    assert emulator.reset()["seed"] == 3, "what is not said stays as it was said last"


def test_chosen_fields_of_all_devices(emulator: NeuronsEmulator) -> None:
    found = emulator.devices("id", "platformType", "customAttributes", "androidSecurityPatchLevel")
    assert len(found) == 300 and set(found[0]) == {
        "id",
        "platformType",
        "customAttributes",
        "androidSecurityPatchLevel",
    }
    assert {row["id"]: row["customAttributes"] for row in found} == {
        int(key): value for key, value in emulator.attributes().items()
    }


def test_the_truth_hides_nothing(fleet: Callable[..., list[int]], emulator: Emulator) -> None:
    (device,) = fleet(
        {
            "ldapAttributes": {"department": ["R&D"]},
            "userGroups": ["All Users", "Sales"],
            "violatedPolicies": ["Out of Contact"],
        }
    )
    truth = emulator.device(device)
    assert truth["ldapAttributes"] == {"department": ["R&D"]} and truth["userGroups"] == [
        "All Users",
        "Sales",
    ]
    assert (
        truth["violatedPolicies"] == ["Out of Contact"]
        and truth["dmPartitionName"] == "Default Space"
    )
    assert "Sales people" in truth["groups"]


def test_the_helper_survives_a_connection_which_went_stale(emulator: Emulator) -> None:
    emulator.state()
    assert emulator._kept is not None
    emulator._kept.sock.close()
    assert emulator.state()["devices"] == 300
