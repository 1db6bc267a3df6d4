# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far earlier runs came with rings, and whether a further ring may begin."""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.rings import (
    Progress,
    Rings,
)

OWNER, CODE = "attributes.owner", "attributes.code"


def progress(*devices: tuple[int, str, str]) -> Progress:
    """Of devices as their ring, what is declared for them, and what of it is still to change."""
    numbered = {str(number): one for number, one in enumerate(devices, 1)}
    return Progress(
        {number: ring for number, (ring, _wants, _changes) in numbered.items()},
        {number: Device(number, f"guid-{number}") for number in numbered},
        {number: set(wants.split()) for number, (_ring, wants, _changes) in numbered.items()},
        {
            number: set(changes.split())
            for number, (_ring, _wants, changes) in numbered.items()
            if changes
        },
    )


# fmt: off
@pytest.mark.parametrize(("devices", "begins", "done"), [
    ([(1, OWNER, OWNER), (2, OWNER, OWNER)], 1, ""),
    ([(1, OWNER, ""), (2, OWNER, OWNER)], 2, "1"),
    # Nothing changes, and the end of a rollout.
    ([(1, OWNER, ""), (2, OWNER, "")], 0, ""),
    ([(1, OWNER, ""), (2, OWNER, ""), (2, OWNER, ""), (2, OWNER, OWNER)], 0, ""),
    # Most devices have it, and the one that does not is the only one of its ring.
    ([(1, OWNER, ""), (2, OWNER, ""), (3, OWNER, OWNER)], 0, ""),
    # A run that was interrupted early in the ring: most of its devices have nothing yet.
    ([(1, OWNER, ""), (2, OWNER, ""), (2, OWNER, OWNER), (2, OWNER, OWNER)], 2, "1"),
    # What changes is declared for few: the others say nothing about how far it came.
    ([(1, f"{OWNER} {CODE}", ""), (1, OWNER, ""), (2, OWNER, ""), (2, OWNER, ""), (2, f"{OWNER} {CODE}", CODE)], 2, "1"),
    # A device that failed in the first ring is still to change.
    ([(1, OWNER, OWNER), (1, OWNER, ""), (1, OWNER, ""), (2, OWNER, OWNER)], 2, "2 3"),
], ids=["first run", "stopped", "clean", "one more", "one more in a ring of its own", "interrupted", "few", "failed"])
# fmt: on
def test_how_far_a_rollout_came(devices, begins, done):
    found = progress(*devices)
    later = found.begins()
    assert max(later, default=0) == begins
    behind = found.of_ring(1, begins, later[begins])[0] if begins > 1 else []
    assert [one.id for one in behind] == done.split()


@pytest.mark.parametrize(("behind", "ahead", "reason"), [
    ([False, True], [True], "1 of 2 devices are out of compliance (50.00 %), and at most 10 % may: device 0"),
    ([False, True], [False, True], ""),
    ([None, True], [True], ""),
    ([False, False], [False, True], "2 of 2 devices are out of compliance (100.00 %), and at most 60 % may: device 0, device 1"),
])  # fmt: skip
def test_devices_that_are_still_to_change_say_what_is_usual(behind, ahead, reason):
    rings = Rings((10, 100), noncompliant=10)
    behind, ahead = (
        [Device(str(number), "", row={"compliant": value}) for number, value in enumerate(values)]
        for values in (behind, ahead)
    )
    assert rings._doubted(behind, ahead, None) == reason
