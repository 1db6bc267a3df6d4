# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The waiter, with a clock of the test."""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._module import wait
from ansible_collections.ivanti.uem.plugins.module_utils._module.wait import Patience, Sight, late

ONE, TWO = Device("1", "a"), Device("2", "b")


class Clock:
    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(wait, "time", clock)
    return clock


def looks(sights):
    """A look that shows of each device the next of its sights, and then always the last."""
    left = {device: list(own) for device, own in sights.items()}

    def look(waiting):
        return [
            left[one.id].pop(0) if len(left[one.id]) > 1 else left[one.id][0] for one in waiting
        ]

    return look


BUSY, THERE, LOST = Sight(False, "it is busy"), Sight(True), Sight(True, "it is lost")


@pytest.mark.parametrize(("sights", "timeout", "reasons", "waited"), [
    ({"1": [THERE], "2": [THERE]}, 60, {}, 0),
    ({"1": [BUSY, BUSY, THERE], "2": [THERE]}, 60, {}, 20),
    ({"1": [LOST], "2": [BUSY, THERE]}, 60, {"1": "it is lost"}, 10),
    ({"1": [BUSY], "2": [THERE]}, 25, {"1": "it did not finish within 25 s: it is busy."}, 20),
    ({"1": [BUSY], "2": [LOST]}, 0, {"1": "it did not finish within 0 s: it is busy.", "2": "it is lost"}, 0),
])  # fmt: skip
def test_what_is_late(clock, sights, timeout, reasons, waited):
    assert late([ONE, TWO], looks(sights), Patience(timeout, 10)) == reasons
    assert clock.now == waited


def test_nothing_is_looked_at_where_nothing_waits(clock):
    assert late([], lambda waiting: 1 / 0, Patience(60, 10)) == {}


@pytest.mark.parametrize("name", ["wait_timeout", "wait_interval"])
def test_times_below_zero(name):
    with pytest.raises(OptionError, match=f"^{name}: -1 is not a time in seconds; give 0 or more"):
        Patience.of({"wait_timeout": 0, "wait_interval": 0, name: -1})
