# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The law of device_action, for every row of the table, over generated fleets of mixed platforms,
supervision and states.

Honest prediction: what check mode said of each device is what a run says of it, and what the
emulator's own record has of it. What a run calls changed is in the record once, and nothing else
is.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.epmm import V2_ACTIONS
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.model import ACTIONS
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator

from ..conftest import SEED
from .action_fleet import ALL, ROWS, deeds, outcomes, run

# Devices that no task is about, so that no selection is the whole fleet.
OTHERS = 3
MOST = 5

flags = st.booleans()

# fmt: off
NEURONS = st.fixed_dictionaries({
    "platformType": st.sampled_from(("IOS", "IOS", "ANDROID", "ANDROID", "OSX", "WINDOWS_PHONE")),
    "supervised": flags,
    "registrationState": st.sampled_from((
        "ACTIVE", "ACTIVE", "ACTIVE", "RETIRE_PENDING", "RETIRE_SENT", "RETIRED", "RETIRE_CANCELED", "WIPE_PENDING", "WIPE_SENT",
        "WIPED", "WIPE_CANCELED",
    )),
    "platformVersion": st.sampled_from(("15.0", "99.5")),
    "lostModeEnabled": flags, "multiUser": flags, "userEnrolled": flags, "androidDeviceOwnerModeEnabled": flags,
    "androidWorkDeviceOwnerWithWorkProfileEnabled": flags,
    "kioskState": st.sampled_from(("NOT_CONFIGURED", "INACTIVE", "ACTIVE")),
    "ownershipType": st.sampled_from(("COMPANY", "EMPLOYEE")),
})
EPMM = st.fixed_dictionaries({
    "platform": st.sampled_from(("iOS", "iOS", "Android", "macOS", "Windows")),
    "mdm_managed": flags,
    "status": st.sampled_from((
        "ACTIVE", "ACTIVE", "ACTIVE", "IENROLL_VERIFIED", "LOST", "RETIRED", "RETIRE_PENDING", "VERIFIED", "VERIFICATION_PENDING",
        "EXPIRED", "WIPED",
    )),
})
# fmt: on
FLEETS = {"neurons": NEURONS, "epmm": EPMM}

LAW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def servers(shared_emulator: NeuronsEmulator, shared_epmm: EpmmEmulator) -> dict[str, Emulator]:
    return {"neurons": shared_emulator, "epmm": shared_epmm}


def only_its_own(fields: dict[str, Any]) -> dict[str, Any]:
    """Only iOS devices are supervised, or not."""
    return {**fields, **({} if fields.get("platformType") == "IOS" else {"supervised": None})}


def built(server: Emulator, product: str, fleet: list[dict[str, Any]]) -> list[int]:
    server.reset(seed=SEED, devices=OTHERS)
    made = [only_its_own(one) if product == "neurons" else one for one in fleet]
    return [server.add_device(**one) for one in made]


@pytest.mark.parametrize(("product", "action"), ALL)
def test_what_check_mode_says_is_what_the_record_shows(
    servers, call, tmp_path: Path, product, action
):
    server = servers[product]

    apis = ("auto", "v1", "v2") if action in V2_ACTIONS else ("auto", "v1")

    @LAW
    @given(fleet=st.lists(FLEETS[product], min_size=1, max_size=MOST), api=st.sampled_from(apis))
    def law(fleet, api):
        devices = built(server, product, fleet)
        before = deeds(server)
        # API v1 lists no device that is about to retire, and finds it by its uuid.
        uuids = [server.device(one)["uuid"] for one in devices] if product == "epmm" else devices
        options = {
            "devices": uuids,
            "max_devices": MOST,
            "on_ineligible": "skip",
            "journal_path": str(tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl"),
            **ROWS[product][action].options,
            "api": api,
        }
        plan = call("device_action", server, check_mode=True, action=action, **options)
        said = outcomes(plan)
        assert deeds(server) == before and set(said) == {str(device) for device in devices}
        found = outcomes(run(call, server, action, **options))
        done = Counter(str(device) for device, name in deeds(server)[len(before) :])
        assert set(done.values()) <= {1}
        assert {device for device, word in found.items() if word == "changed"} == set(done)
        if ACTIONS[action].hidden:
            # Nothing shows whether there is something to cancel, and that is what check mode says.
            assert "changed" not in said.values() and plan["changed"] is (
                "unknown" in said.values()
            )
            assert all(found[one] == word for one, word in said.items() if word != "unknown")
            return
        assert found == said

    law()
