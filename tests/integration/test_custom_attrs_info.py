# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""device_custom_attrs_info reads attributes where no list of devices may be read."""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import AnswerError
from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.neurons import (
    held_answer,
)

from ..conftest import ModuleFailed, writes
from ..contracts.contract import load_all

NOBODY = "12849438-0d74-4c30-8b7d-121a3da8645d"


@pytest.fixture
def device(emulator):
    emulator.define_attributes("cityid")
    [one] = emulator.devices("id", "guid")[:1]
    emulator.set_attributes({one["id"]: {"cityid": ["SF"]}})
    emulator.clear_requests()
    return one


def test_an_account_that_may_read_no_list_reads_attributes(call, emulator, device):
    """The guide asks for Device Management or Device Read Only here, and for Tenant Admin for the
    list."""
    emulator.add_fault("403", path="/api/v1/device", times=None)
    emulator.add_fault("403", path_regex=r"/partition/|/metadata/|/customattributes\?", times=None)
    result = call(
        "device_custom_attrs_info", emulator, devices=[device["id"], device["guid"].upper()]
    )
    row = {"id": str(device["id"]), "guid": device["guid"], "server": emulator.url}
    row |= {"attrs": {"cityid": ["SF"]}}
    assert (result["devices"], result["count"], result["requests"]) == ([row], 1, 2)
    assert {one["path"] for one in emulator.requests()} == {
        f"/api/v1/device/{device['id']}/customattributes",
        f"/api/v1/device/{device['guid']}/customattributes",
    }


def test_devices_that_do_not_exist(call, emulator, device):
    names = [device["id"], NOBODY, 1]
    with pytest.raises(
        ModuleFailed, match=f"Unknown devices: guid {NOBODY}, id 1. .* on_missing=skip"
    ):
        call("device_custom_attrs_info", emulator, devices=names)
    result = call("device_custom_attrs_info", emulator, devices=names, on_missing="skip")
    assert (result["count"], result["missing"]) == (1, [NOBODY, "1"])


def test_an_account_without_the_role(call, emulator, device):
    emulator.add_fault("403", times=None)
    with pytest.raises(
        ModuleFailed, match="give it the role Device Management or Device Read Only"
    ):
        call("device_custom_attrs_info", emulator, devices=[device["id"]])


@pytest.mark.parametrize("devices", [[], ["x y"], [{"id": 1}]])
def test_names_that_cannot_be_names(call, emulator, device, devices):
    with pytest.raises(ModuleFailed, match="^devices"):
        call("device_custom_attrs_info", emulator, devices=devices)
    assert emulator.requests() == []


@pytest.mark.parametrize("example", load_all()["N02"].examples[:2], ids=lambda one: one.name)
def test_both_answers_of_the_document_are_read(example):
    held = held_answer(example.answer, DeviceRef("id", "22000"))
    assert held.as_dict()["attrs"] in (
        {"cityId": ["SF"], "carrier": ["att"]},
        {"a": ["valuea"], "b": ["valueb"]},
    )
    assert held.id == "22000"


def test_the_attributes_of_another_device_are_refused():
    answer = {"errors": None, "result": {"deviceId": 2, "guid": NOBODY, "attrs": {}}}
    with pytest.raises(AnswerError, match="device|id 1: the server sent those of 2"):
        held_answer(answer, DeviceRef("id", "1"))


@pytest.mark.parametrize("name", ["flat", "Flat_#"])
def test_an_attribute_with_two_definitions_is_refused_in_all_places(call, emulator, device, name):
    emulator.define_attributes("flat", "flat_#")
    emulator.set_attributes({device["id"]: {"flat": ["1"], "flat_#": ["2"]}})
    emulator.clear_requests()
    said = "the server defines both 'flat.*' and 'flat.*'"
    here = {"devices": [device["id"]], "check_mode": False}
    for module, options in (
        ("device_custom_attrs", {"attrs": {name: 4}, **here}),
        ("device_custom_attrs", {"attrs": {name: 4}, "append": True, **here}),
        ("device_custom_attrs", {"attrs": [name], "state": "absent", **here}),
        ("device_info", {"select": {"custom_attributes": {name: 4}}}),
        ("desired_state", {"devices": [{"device": device["id"], "attributes": {name: 4}}]}),
        ("device_action", {"action": "lock", "protected": {"custom_attributes": {name: 4}}, **here}),
    ):  # fmt: skip
        with pytest.raises(ModuleFailed, match=said):
            call(module, emulator, **options)
    assert writes(emulator) == []
