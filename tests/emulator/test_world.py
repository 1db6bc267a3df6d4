# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleets: big enough, believable, and awkward where real ones are."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from uem_emulator.blueprint import DAY, Blueprint
from uem_emulator.neurons.world.builder import Built, build
from uem_emulator.neurons.world.search import Index, Query

from .client import NOW


@pytest.fixture(scope="module")
def tenant() -> Built:
    return build(Blueprint(seed=7, devices=3000, partitions=3, now=NOW))


def column(tenant: Built, name: str) -> list[Any]:
    return [device.value(name) for device in tenant.devices]


@pytest.mark.parametrize("size", [0, 1, 2, 99, 1000])
def test_the_size_is_exact(size: int) -> None:
    devices = build(Blueprint(1, size, 3, NOW)).devices
    assert (
        len(devices)
        == size
        == len({device.id for device in devices})
        == len({device.value("guid") for device in devices})
    )
    assert all(device.id == device.fields["id"] for device in devices)


def test_platforms_and_states(tenant: Built) -> None:
    platforms = Counter(column(tenant, "platformType"))
    assert (
        set(platforms) == {"IOS", "ANDROID", "OSX", "WINDOWS_PHONE"}
        and min(platforms.values()) > 200
    )
    states = Counter(column(tenant, "registrationState"))
    assert 0.85 < states["ACTIVE"] / 3000 < 0.97 and {
        "RETIRED",
        "RETIRE_PENDING",
        "WIPED",
        "WIPE_PENDING",
    } <= set(states)
    assert (
        len(set(column(tenant, "deviceModel"))) > 20
        and len(set(column(tenant, "platformVersion"))) > 12
    )


def test_a_device_agrees_with_itself(tenant: Built) -> None:
    for device in tenant.devices:
        violated = device.value("violatedPolicies")
        assert device.value("complianceState") is not bool(violated)
        assert device.value("policyViolationCount") == len(violated) == len(set(violated))
        assert device.value("uid")
        assert (
            device.value("displayName") == f"{device.value('firstName')} {device.value('lastName')}"
        )
        assert device.value("availableCapacity") <= device.value("totalCapacity")
        assert re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", device.value("wifiMacAddress"))
        assert re.fullmatch(
            r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            device.value("guid"),
        )
        times = [device.value(name) for name in ("lastRegistrationTime", "lastCheckin")]
        assert all(time is None or NOW - 2000 * DAY < time <= NOW for time in times)
        assert not device.value("jailbroken") or "Compromised Devices" in violated
    assert any(column(tenant, "quarantined")) and any(column(tenant, "jailbroken"))


def test_one_machine_may_be_registered_twice(tenant: Built) -> None:
    by_mac: dict[str, list[Any]] = {}
    for device in tenant.devices:
        by_mac.setdefault(device.value("wifiMacAddress"), []).append(device)
    twice = [pair for pair in by_mac.values() if len(pair) == 2]
    assert 0.02 < len(twice) / 3000 < 0.05
    for old, new in twice:
        assert old.value("serialNumber") == new.value("serialNumber")
        assert old.value("entityName") == new.value("entityName")
        assert old.value("registrationState") == "RETIRED" and old.id < new.id and old.attrs == {}
        assert (old.value("lastRegistrationTime") or 0) < (new.value("lastRegistrationTime") or NOW)


def test_people(tenant: Built) -> None:
    owners = Counter(column(tenant, "uid"))
    assert max(owners.values()) >= 3 and len(owners) < 2600
    names = " ".join(set(column(tenant, "displayName")))
    assert all(name in names for name in ("Zoë", "Łukasz", "日本", "O'Brien", "Ольга"))
    addresses = set(column(tenant, "emailAddress"))
    assert None in addresses and any(address and "+" in address for address in addresses)
    assert all(address is None or address.isascii() for address in addresses)
    assert any(name and "\u2019s iPad" in name for name in column(tenant, "deviceName"))


def test_hostile_names_are_there(tenant: Built) -> None:
    names = column(tenant, "deviceName")
    for name in ("{{ 7*7 }}", "../wipe", "first\nsecond", "-rf", "a/b\\c", "null"):
        assert names.count(name) == 1
    assert not {"{{ 7*7 }}", "-rf"} & {
        device.value("deviceName") for device in build(Blueprint(7, 50, 3, NOW)).devices
    }


def test_attributes_on_part_of_the_fleet(tenant: Built) -> None:
    with_some = [device for device in tenant.devices if device.attrs]
    assert 0.5 < len(with_some) / 3000 < 0.65
    names = Counter(name for device in with_some for name in device.attrs)
    assert {"cityid", "costcenter", "assettag", "floor_#"} <= set(names) and all(
        name == name.lower() for name in names
    )
    assert set(names) <= {item.name for item in tenant.definitions if item.type == "DEVICE"}
    assert any(len(values) > 1 for device in with_some for values in device.attrs.values())
    assert any(device.ldap for device in tenant.devices) and not all(
        device.ldap for device in tenant.devices
    )


def test_spaces_share_the_fleet(tenant: Built) -> None:
    sizes = Counter(column(tenant, "dmPartitionId"))
    default = next(space for space in tenant.partitions if space.default)
    assert set(sizes) == {space.id for space in tenant.partitions} and sizes[default.id] == max(
        sizes.values()
    )


def test_looking_up_is_the_same_as_reading_all(tenant: Built) -> None:
    """A chain of equalities takes the index's short cut; with a comparison in it that has none,
    every row is read."""
    index = Index(tenant.devices, NOW)
    space = tenant.partitions[0].id
    for field in ("serialNumber", "guid", "uid", "wifiMacAddress", "id"):
        chosen = [device for device in tenant.devices[::13] if device.value(field)]
        chain = " or ".join(f"{field}='{str(device.value(field)).upper()}'" for device in chosen)
        short = index.match(Query(space, chain), ignore_case=True).ids
        assert (
            short == index.match(Query(space, f"{chain} or deviceModel=none"), ignore_case=True).ids
        )
        assert set(short) >= {device.id for device in chosen if device.partition == space} and short
    assert index.match(Query(space, "id=1 and uid=x"), ignore_case=True).ids == []
