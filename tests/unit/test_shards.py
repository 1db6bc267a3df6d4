# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which devices come first: the same ones everywhere, and about as many as the percentage says."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.ivanti.uem.plugins.filter.shard import shard
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.shards import (
    is_below,
    require_rings,
    ring_of,
)

GUIDS = [str(UUID(int=number)) for number in range(2000)]
RINGS = [1, 5, 25, 100]


def test_places_stay_the_same_whatever_python_and_whatever_spelling():
    """By ``printf 'spring\\000%s' <guid> | sha256sum``: eaae9e0a15a96057 of 2**64 are 91.67 %."""
    guid = "57d9903c-aadf-4b40-aef3-e1f24302f180"
    places = {"": 10, "spring": 92}
    found = {
        seed: next(percent for percent in range(101) if is_below(guid, percent, seed))
        for seed in places
    }
    assert found == places
    assert is_below(guid.upper(), 92, "spring") and ring_of(guid.upper(), RINGS, "spring") == 4


def test_shares_are_what_they_say_and_a_larger_one_has_the_smaller():
    for percent in (0, 1, 5, 25, 50, 99.5, 100):
        share = [guid for guid in GUIDS if is_below(guid, percent, "x")]
        assert abs(len(share) * 100 / len(GUIDS) - percent) < 2.5
        assert all(is_below(guid, min(100, percent + 0.5), "x") for guid in share)
    other = {guid for guid in GUIDS if is_below(guid, 5, "y")}
    assert other != {guid for guid in GUIDS if is_below(guid, 5, "x")}


def test_every_device_is_in_one_ring_and_rings_are_shares():
    for guid in GUIDS[:200]:
        ring = ring_of(guid, RINGS, "x")
        assert is_below(guid, RINGS[ring - 1], "x")
        assert ring == 1 or not is_below(guid, RINGS[ring - 2], "x")


@pytest.mark.parametrize(
    "rings", [[], [1, 5], [5, 1, 100], [0, 100], [1, 1, 100], [50, 101], [-1, 100]]
)
def test_rings_that_are_none(rings):
    with pytest.raises(OptionError, match="rings: "):
        require_rings(rings, "rings")


class Fleet(dict):  # type: ignore[type-arg]
    """As much of ``hostvars`` as a filter looks at."""

    def __init__(self, count: int) -> None:
        self.hosts = {
            f"h{number}": SimpleNamespace(
                name=f"h{number}",
                groups=[],
                vars={"ivanti_guid": GUIDS[number], "ivanti_server": "https://a.example"},
            )
            for number in range(count)
        }
        super().__init__(self.hosts)
        self._inventory = SimpleNamespace(hosts=self.hosts, get_host=self.hosts.get)

    def raw_get(self, name: str) -> None:
        """What tells ``hostvars`` from other mappings."""


def test_the_filter_returns_the_hosts_of_a_share_in_their_order():
    fleet = Fleet(300)
    names = list(fleet.hosts)[::-1]
    first = shard(names, fleet, percent="10", seed="x")
    assert first == [name for name in names if is_below(GUIDS[int(name[1:])], 10, "x")]
    then = shard(names, fleet, percent=25, above=10, seed="x")
    assert 0 < len(first) < 60 and not set(first) & set(then)
    assert set(first) | set(then) == set(shard(names, fleet, percent=25, seed="x"))
    assert shard(names, fleet, percent=100) == names and shard(names, fleet, percent=0) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"percent": 101}, "percent: 101.0 is not a percentage"),
        ({"percent": "some"}, "percent: 'some' is not a number"),
        ({"percent": True}, "percent: True is not a number"),
        ({}, "percent: None is not a number"),
        ({"percent": 5, "above": 10}, "above: 10 is more than percent"),
        ({"percent": 5, "seed": ["x"]}, "is not a text"),
        ({"percent": 5, "hostvars": {}}, "hostvars are missing; write .* ivanti.uem.shard"),
        ({"percent": 5, "hosts": ["hx"]}, "there is no host 'hx'"),
    ],
)
def test_the_filter_says_what_is_wrong(arguments, words):
    fleet = Fleet(3)
    with pytest.raises(AnsibleFilterError, match=words):
        shard(**{"hosts": ["h1"], "hostvars": fleet, **arguments})
