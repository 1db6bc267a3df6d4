# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reset: nothing of before reaches the new world, and nothing of before is kept."""

from __future__ import annotations

import csv
import gc
import threading
import time
from typing import Any

import pytest
from uem_emulator.blueprint import Blueprint
from uem_emulator.products import PRODUCTS
from uem_emulator.switches import Switches
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import Api


def _send_late(emulator: Emulator, method: str, path: str, body: object) -> threading.Thread:
    """A request that is on its way for half a second."""
    emulator.add_fault("slow", method=method, seconds=0.5)
    broken: list[OSError] = []

    def send() -> None:
        try:
            Api(emulator).call(method, path, body)
        except OSError as error:
            broken.append(error)

    thread = threading.Thread(target=send)
    thread.start()
    until = time.monotonic() + 5
    while not emulator.requests() and time.monotonic() < until:
        time.sleep(0.01)
    return thread


def test_a_slow_request_does_not_reach_the_world_after_a_reset(
    emulator: NeuronsEmulator, api: Api
) -> None:
    device = api.ids()[0]
    before = emulator.device(device)["customAttributes"]
    emulator.clear_requests()
    path = f"/api/v1/device/{device}/customattributes"
    thread = _send_late(emulator, "POST", path, {"attrs": {"cityid": ["late"]}})
    emulator.reset()
    emulator.set_attributes({device: before})
    thread.join(10)
    assert emulator.device(device)["customAttributes"] == before
    assert emulator.state()["writes"] == 0 and emulator.requests() == []


def test_a_slow_request_is_handled_where_there_is_no_reset(emulator: Emulator, api: Api) -> None:
    device = api.ids()[0]
    emulator.clear_requests()
    path = f"/api/v1/device/{device}/customattributes"
    _send_late(emulator, "POST", path, {"attrs": {"cityid": ["late"]}}).join(10)
    assert emulator.device(device)["customAttributes"] == {"cityid": ["late"]}


def test_an_order_that_changes_with_each_download_begins_anew(
    epmm: EpmmEmulator, epmm_api: Api
) -> None:
    def order() -> list[str]:
        lines = epmm_api.get("/api/v1/dm/devices.csv").raw.decode().splitlines()
        return [row["Device UUID"] for row in csv.DictReader(lines)]

    epmm.set_switch("csv_order", "unstable")
    first, second = order(), order()
    epmm.reset()
    epmm.set_switch("csv_order", "unstable")
    assert first != second and order() == first


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_a_world_is_not_kept_after_a_reset(product: str) -> None:
    tenant: Any = PRODUCTS[product].make(Blueprint(1, 50, 3, 1_768_435_200_000), Switches()).tenant
    counts = []
    for _reset in range(6):
        tenant.reset()
        counts.append(gc.get_freeze_count())
    # What one world has: thousands of objects.
    assert counts[-1] - counts[1] < 200, counts
