# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.goals import Desired, read_named

ONE = "57d9903c-aadf-4b40-aef3-e1f24302f180"
OTHER = "2b1c9a1e-3f6b-4c52-9b1c-0d1f0c9b7a11"


def device(number, guid):
    return Device(id=str(number), guid=guid)


def read(devices):
    return read_named(devices, "colours", lambda ref, raw, where: (raw, where))


def plain(devices):
    return read_named(devices, "colours", lambda ref, raw, where: raw)


def test_an_entry_is_an_id_a_guid_or_a_mapping():
    assert read([7, " 08 ", ONE.upper(), {"device": 9, "colours": ["red"]}, {"device": OTHER}]) == (
        (DeviceRef("id", "7"), (None, "devices[0]")),
        (DeviceRef("id", "8"), (None, "devices[1]")),
        (DeviceRef("guid", ONE), (None, "devices[2]")),
        (DeviceRef("id", "9"), (["red"], "devices[3]")),
        (DeviceRef("guid", OTHER), (None, "devices[4]")),
    )


@pytest.mark.parametrize(
    ("devices", "said"),
    [
        ([], "devices: is empty; name at least one device"),
        ([{}], "devices[0]: the key device is missing; write an id, a guid, or a mapping of device and colours"),
        ([7, {"colours": ["red"]}], "devices[1]: the key device is missing"),
        ([{"device": 7, "color": []}], "devices[0]: unknown key 'color'"),
        ([{"device": 7, 5: []}], "devices[0]: unknown key '5'"),
        ([7, {"device": 8, "colours": None}], "devices[1].colours: is null, so that the device would be as the others; give it a value"),
        (["one"], "devices[0]: 'one' is neither a device id"),
        ([True], "devices[0]: True is neither"),
        ([None], "devices[0]: the key device is missing"),
        ([[7]], "devices[0]: [7] is neither"),
        ([{"device": 7, "colours": 1}, {"device": "7", "colours": 2}], "devices: 7 is listed twice with colours that differ"),
        ([ONE, {"device": ONE.upper(), "colours": 2}], f"devices: {ONE} is listed twice with colours that differ"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant(devices, said):
    with pytest.raises(OptionError) as refused:
        plain(devices)
    assert said in str(refused.value)


def test_the_same_goal_twice_is_no_contradiction():
    assert len(plain([{"device": 7, "colours": 1}, {"device": 7, "colours": 1}])) == 2


def test_a_goal_that_many_devices_share_is_there_once():
    own, shared = ["own"], ["shared"]
    named = [(DeviceRef("id", str(number)), shared) for number in range(3)]
    desired = Desired(shared, (*named, (DeviceRef("id", "7"), own)), "goals")
    assert desired.every == (["shared"], ["own"])


def test_each_device_gets_its_own_goal_or_the_shared_one():
    found = [device(7, ONE), device(9, OTHER)]
    named = plain([{"device": 7, "colours": "red"}, {"device": OTHER, "colours": "blue"}])
    assert Desired("none", named, "colours").for_each(found) == [
        (found[0], "red"),
        (found[1], "blue"),
    ]
    assert Desired("all", (), "colours").for_each(found) == [(found[0], "all"), (found[1], "all")]
    assert Desired("all", (), "colours").for_each([]) == []


def test_a_device_by_id_and_by_guid():
    found = [device(7, ONE)]
    same = plain([{"device": 7, "colours": "red"}, {"device": ONE, "colours": "red"}])
    assert Desired(None, same, "colours").for_each(found) == [(found[0], "red")]
    differing = plain([{"device": 7, "colours": "red"}, {"device": ONE, "colours": "blue"}])
    with pytest.raises(
        OptionError, match=f"device 7 is named twice, as 7 and as {ONE}, with colours that differ"
    ):
        Desired(None, differing, "colours").for_each(found)
