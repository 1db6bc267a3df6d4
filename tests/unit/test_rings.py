# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan shows of the rings before: which one begins, and which devices are judged."""

from __future__ import annotations

from itertools import count, islice
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import (
    IMPOSSIBLE,
    Change,
    LeftAlone,
    Plan,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.shards import ring_of
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.rings import (
    Progress,
    Rings,
    in_words,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.writer import InSection

RINGS = Rings((50, 100))


def in_ring(ring: int, many: int) -> list[Device]:
    guids = (f"guid-{number}" for number in count())
    chosen = islice((guid for guid in guids if ring_of(guid, (50, 100), "") == ring), many)
    return [Device(f"{ring}{letter}", guid) for letter, guid in zip("abc", chosen, strict=True)]


DEVICES = {one.id: one for one in (*in_ring(1, 3), *in_ring(2, 3))}


def a_change(text: str) -> Change[Any]:
    """``1a labels x`` is a change of a label of the device 1a, ``1a attributes.p v`` of an attribute."""
    number, where, value = text.split()
    section = where.partition(".")[0]
    before: dict[str, Any] = {where: None}
    after: dict[str, Any] = {where: value}
    if section == "labels":
        before, after = {"labels": ["old"]}, {"labels": ["old", value]}
    return Change(InSection(section, DEVICES[number]), before, after, None, device=number)


def seen(wants: dict[str, str], changes: list[str], away: tuple[str, ...] = ()) -> Any:
    """The ring that begins with what, and then which devices of the first ring are judged, and which
    have nothing of it yet."""
    wanted: dict[str, list[Any]] = {}
    for number, device in DEVICES.items():
        for section, names in (one.split(".") for one in wants.get(number, wants["all"]).split()):
            wishes = {name: (name, "present") for name in names.split(",") if name}
            wanted.setdefault(section, []).append((device, wishes))
    left = [LeftAlone(InSection("labels", DEVICES[one]), IMPOSSIBLE, "") for one in away]
    plan = Plan(tuple(map(a_change, changes)), left_alone=tuple(left))
    progress = Progress.of(plan, wanted, RINGS)
    begins = progress.begins()
    done, others = progress.of_ring(1, 2, begins.get(2, set()))
    return begins, " ".join(one.id for one in done), " ".join(one.id for one in others)


P2 = ["2a attributes.p v", "2b attributes.p v", "2c attributes.p v"]
L2 = ["2a labels l", "2b labels l", "2c labels l"]
GONE2 = ["2a attributes.o -", "2b attributes.o -", "2c attributes.o -"]


# fmt: off
@pytest.mark.parametrize(("wants", "changes", "expected"), [
    ({"all": "attributes.p"}, [], ({}, "", "")),
    ({"all": "attributes.p"}, P2, ({2: {"attributes.p"}}, "1a 1b 1c", "2a 2b 2c")),
    # However it is spelled.
    ({"all": "attributes.P"}, P2, ({2: {"attributes.p"}}, "1a 1b 1c", "2a 2b 2c")),
    # One that did not get it is still to change, and most decide whether a ring was begun.
    ({"all": "attributes.p"}, ["1a attributes.p v", *P2], ({2: {"attributes.p"}}, "1b 1c", "1a 2a 2b 2c")),
    ({"all": "attributes.p"}, ["1a attributes.p v", "1b attributes.p v", *P2], ({1: {"attributes.p"}}, "", "")),
    ({"all": "attributes.p"}, P2[:1], ({}, "", "")),
    # Something else changes on some of those that have it, also where it begins in the second ring, too.
    ({"all": "attributes.p", "1a": "attributes.p,q"}, ["1a attributes.q v", *P2],
     ({1: {"attributes.q"}, 2: {"attributes.p"}}, "1a 1b 1c", "2a 2b 2c")),
    ({"all": "attributes.p,q"}, ["1a attributes.q v", *P2, "2a attributes.q v", "2b attributes.q v"],
     ({2: {"attributes.p", "attributes.q"}}, "1a 1b 1c", "2a 2b 2c")),
    # Another section, and another label of the same one.
    ({"all": "labels.l", "1a": "labels.l attributes.q"}, ["1a attributes.q v", *L2],
     ({1: {"attributes.q"}, 2: {"labels.l"}}, "1a 1b 1c", "2a 2b 2c")),
    ({"all": "labels.l", "1a": "labels.l,ill"}, ["1a labels ill", *L2], ({1: {"labels.ill"}, 2: {"labels.l"}}, "1a 1b 1c", "2a 2b 2c")),
    # What is removed because nothing declares it.
    ({"all": "attributes.p"}, GONE2, ({2: {"attributes"}}, "1a 1b 1c", "2a 2b 2c")),
    ({"all": "attributes."}, GONE2, ({2: {"attributes"}}, "1a 1b 1c", "2a 2b 2c")),
    ({"all": "attributes.p", "1a": "labels.l"}, GONE2, ({2: {"attributes"}}, "1b 1c", "2a 2b 2c")),
    ({"all": "attributes.p"}, ["1a attributes.o -", *GONE2], ({2: {"attributes"}}, "1b 1c", "1a 2a 2b 2c")),
    ({"all": "attributes.p"}, ["1a attributes.o -", *GONE2, *P2], ({2: {"attributes", "attributes.p"}}, "1a 1b 1c", "2a 2b 2c")),
])
# fmt: on
def test_which_ring_begins_and_which_devices_are_judged(wants, changes, expected):
    assert seen(wants, changes) == expected


def test_what_is_left_alone_does_not_count_but_the_rest_of_the_device_does():
    both = {"all": "attributes.p labels.l"}
    assert seen(both, L2, ("1a",)) == ({2: {"labels.l"}}, "1b 1c", "2a 2b 2c")
    assert seen(both, P2, ("1a",)) == ({2: {"attributes.p"}}, "1a 1b 1c", "2a 2b 2c")


@pytest.mark.parametrize(("changes", "words"), [
    (["1a labels l"], "50 % (1 device), 100 %; this plan begins with ring 1"),
    (["1a labels l", *L2], "50 % (1 device), 100 % (3); this plan begins with ring 1"),
    (L2, "50 %, 100 % (3 devices); this plan begins with ring 2"),
])  # fmt: skip
def test_the_rings_of_a_plan_in_words(changes, words):
    plan = RINGS.placing(Plan(tuple(map(a_change, changes))))
    assert in_words(RINGS.rows(plan), plan) == words
