# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM's fleets: big enough, believable, and awkward where real ones are."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from uem_emulator.blueprint import DAY, Blueprint
from uem_emulator.epmm.world.builder import Built, build
from uem_emulator.epmm.world.details import details
from uem_emulator.epmm.world.model import REASONS, STATUS_CODES
from uem_emulator.epmm.world.world import World
from uem_emulator.switches import Switches

from .client import NOW


@pytest.fixture(scope="module")
def built() -> Built:
    return build(Blueprint(seed=7, devices=3000, partitions=3, now=NOW))


@pytest.mark.parametrize("size", [0, 1, 2, 99, 1000])
def test_the_size_is_exact(size: int) -> None:
    devices = build(Blueprint(1, size, 3, NOW)).devices
    assert (
        len(devices)
        == size
        == len({device.id for device in devices})
        == len({device.uuid for device in devices})
    )


def test_the_same_seed_is_the_same_server(built: Built) -> None:
    again = build(Blueprint(seed=7, devices=3000, partitions=3, now=NOW))
    assert [vars(device) for device in again.devices] == [vars(device) for device in built.devices]
    assert (
        again.labels == built.labels and again.users == built.users and again.spaces == built.spaces
    )
    assert [device.uuid for device in build(Blueprint(8, 3000, 3, NOW)).devices] != [
        device.uuid for device in built.devices
    ]


@pytest.mark.parametrize("size", [150, 3000])
def test_every_status_and_most_are_active(size: int) -> None:
    statuses = Counter(device.status for device in build(Blueprint(7, size, 3, NOW)).devices)
    assert set(statuses) == set(STATUS_CODES) and statuses["ACTIVE"] > 0.7 * size


def test_platforms_and_health(built: Built) -> None:
    platforms = Counter(device.platform for device in built.devices)
    assert (
        set(platforms) == {"iOS", "Android", "macOS", "Windows"} and min(platforms.values()) > 100
    )
    bad = [device for device in built.devices if device.compliance]
    assert 0.08 < len(bad) / 3000 < 0.16
    assert any(device.compliance.bit_count() > 1 for device in bad)
    assert {0x200002, 0x400000} <= {device.compliance for device in bad} and 0x200000 not in REASONS
    for device in built.devices:
        assert (
            device.quarantined & ~device.compliance == 0
            and device.blocked & ~device.compliance in (0, 0x200)
        )
        assert device.compromised or not device.compliance & 1
    assert any(device.quarantined for device in bad) and any(device.blocked for device in bad)
    assert any(device.blocked == 0x200 and not device.compliance for device in built.devices)
    assert any(
        device.compromised and device.compliance == 0 and device.platform == "Android"
        for device in built.devices
    )


def test_a_device_agrees_with_itself(built: Built) -> None:
    spaces = {space.id: space.name for space in built.spaces}
    for device in built.devices:
        assert re.fullmatch(
            r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", device.uuid
        )
        assert re.fullmatch(r"[0-9a-f]{12}", device.mac or "")
        assert (
            NOW - 2000 * DAY < device.created <= NOW
            and (device.registered or NOW) >= device.created
        )
        assert (device.connected or 0) <= NOW
        pending = device.status == "VERIFICATION_PENDING"
        assert (device.registered is None) is (device.connected is None) is pending
        pairs = details(device)
        assert bool(pairs) is not pending
        assert pending or pairs.get("SerialNumber") == device.serial and len(pairs) >= 8
        assert device.platform not in ("iOS", "Android") or pending or len(pairs) >= 20
        assert device.country != "Germany" or spaces[device.space_id] == "EMEA"
    owners = Counter(device.user.principal for device in built.devices)
    assert max(owners.values()) >= 3
    assert any(device.serial is None for device in built.devices) and any(
        device.user.email is None for device in built.devices
    )
    phones = Counter(
        (device.user.principal, device.phone)
        for device in built.devices
        if device.status != "RETIRED"
    )
    assert max(phones.values()) == 1 and any(phone == "PDA 2" for _user, phone in phones)


def test_one_machine_may_be_registered_twice(built: Built) -> None:
    serials: dict[str, list[str]] = {}
    for device in built.devices:
        if device.serial:
            serials.setdefault(device.serial, []).append(device.status)
    twice = [pair for pair in serials.values() if len(pair) > 1]
    assert 0.01 < len(twice) / 3000 < 0.05 and all(pair == ["RETIRED", "ACTIVE"] for pair in twice)


def test_hostile_texts_are_there(built: Built) -> None:
    texts = [device.comment for device in built.devices]
    for text in ("{{ 7*7 }}", "../wipe", "first\nsecond", "-rf", "null"):
        assert text in texts
    names = {label.name for label in built.labels}
    assert {
        "Sales/EMEA",
        "R&D, Lab #3",
        "Außendienst",
        "two words",
        "{{ pool }}",
        "No members",
    } <= names


def test_labels_and_spaces(built: Built) -> None:
    assert [label.id < 0 for label in built.labels] == [label.system for label in built.labels]
    assert not any(label.system and label.static for label in built.labels)
    known = {label.id: label for label in built.labels}
    for device in built.devices:
        assert all(
            known[number].static and known[number].space_id in (1, device.space_id)
            for number in device.labels
        )
        assert device.status != "RETIRED" or not device.labels
    assert {space.id: space.parent for space in built.spaces} == {1: None, 2: 1, 3: 1}


def test_the_criteria_of_every_space_find_its_devices() -> None:
    world = World(Blueprint(3, 600, 6, NOW), Switches())
    for space in list(world.spaces.values())[1:]:
        test = world.filter(space.criteria)
        inside = [device for device in world.devices.values() if device.space_id == space.id]
        assert inside and all(test(device) for device in inside)


def test_short_cuts_are_true() -> None:
    """Remembered matches are forgotten with each change."""
    world = World(Blueprint(3, 200, 3, NOW), Switches())
    pilot = world.label("Pilot")
    assert pilot is not None
    device = next(device for device in world.devices.values() if pilot.id not in device.labels)
    seen: list[int] = []
    world.watchers.append(seen.append)
    revision = world.revision
    assert (
        device.id not in world.listed(pilot)
        and world.assign(device, pilot)
        and not world.assign(device, pilot)
    )
    assert (
        device.id in world.listed(pilot) and device in world.members(pilot) and seen == [device.id]
    )
    assert world.revision > revision
    device.cache["x"] = "rendered"
    assert (
        world.unassign(device, pilot) and not world.unassign(device, pilot) and device.cache == {}
    )
    assert device.id not in world.listed(pilot)
    filtered = world.label("iOS")
    assert filtered is not None
    with pytest.raises(ValueError, match="filtered"):
        world.assign(device, filtered)
