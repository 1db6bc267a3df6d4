# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulator of each product for the folder, made new for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator
from uem_emulator.testing.running import running_emulator

from .client import NOW, PASSWORD, TOKEN, Api


@pytest.fixture(scope="session")
def _process() -> Iterator[NeuronsEmulator]:
    with running_emulator(
        devices=300, seed=11, now=NOW, username="admin@example.com", password=PASSWORD, token=TOKEN
    ) as emulator:
        yield emulator


@pytest.fixture
def emulator(_process: NeuronsEmulator) -> NeuronsEmulator:
    """A fresh tenant of 300 devices in three spaces, no faults, every switch at its default."""
    _process.reset(seed=11, devices=300, partitions=3)
    return _process


@pytest.fixture
def api(emulator: Emulator) -> Iterator[Api]:
    client = Api(emulator)
    yield client
    client.close()


@pytest.fixture
def fleet(emulator: Emulator) -> Callable[..., list[int]]:
    """An otherwise empty tenant: `fleet({"deviceName": ...}, {...})` answers the ids of the devices
    it made."""
    emulator.reset(devices=0)

    def make(*devices: dict[str, Any]) -> list[int]:
        return [emulator.add_device(**fields) for fields in devices]

    return make


@pytest.fixture(scope="session")
def _epmm_process() -> Iterator[EpmmEmulator]:
    with running_emulator(
        product="epmm",
        devices=300,
        seed=11,
        now=NOW,
        username="admin@example.com",
        password=PASSWORD,
    ) as emulator:
        yield emulator


@pytest.fixture
def epmm(_epmm_process: EpmmEmulator) -> EpmmEmulator:
    """A fresh EPMM server of 300 devices in three spaces, no faults, every switch at its
    default."""
    _epmm_process.reset(seed=11, devices=300, partitions=3)
    return _epmm_process


@pytest.fixture
def epmm_api(epmm: EpmmEmulator) -> Iterator[Api]:
    client = Api(epmm)
    yield client
    client.close()
