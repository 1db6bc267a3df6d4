# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two laws for device_owner, over generated fleets, owners and positions of the emulator's
switches.

Convergence: apply, and a second run sends nothing, be it while the devices carry it out or after
that. Honest prediction: what check mode predicted is what apply did, and what the emulator then
has. Of one kind of device only the server knows that it cannot be given away; that is a failure in
every run.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from uem_emulator.testing.emulator import Emulator

from ..conftest import ModuleFailed, writes

LAW = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
FLEET = 4
WANTED, USER = 10500001, "warehouse@example.com"

# Kinds of devices: their fields, and what becomes of one that is somebody else's.
# fmt: off
KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "supervised": ({"platformType": "IOS", "supervised": True}, "changed"),
    "enterprise": ({"platformType": "ANDROID", "androidDeviceOwnerModeEnabled": True}, "changed"),
    "legacy": ({"platformType": "ANDROID", "androidDeviceOwnerModeEnabled": False}, "failed"),
    "unsupervised": ({"platformType": "IOS", "supervised": False}, "ineligible"),
    "macos": ({"platformType": "OSX"}, "ineligible"),
    "retired": ({"platformType": "IOS", "supervised": True, "registrationState": "RETIRED"}, "ineligible"),
}
# fmt: on
ENTERPRISE = (
    "androidDeviceOwnerModeEnabled",
    "androidWorkDeviceOwnerWithWorkProfileEnabled",
    "androidWorkProfileEnabled",
    "androidWorkEnabled",
    "androidDeviceOwnerEnabled",
)
# fmt: off
OWNERS: dict[str, dict[str, Any]] = {
    "wanted": {"ownerId": WANTED},
    "other": {"ownerId": 777, "uid": "old@example.com", "emailAddress": "old@example.com"},
    "wanted, told by the name": {"ownerId": None, "uid": USER.upper(), "emailAddress": None},
    "other, told by the name": {"ownerId": None, "uid": "old@example.com", "emailAddress": "old@example.com"},
    "nobody": {"ownerId": None, "uid": None, "emailAddress": None},
}
# fmt: on
fleets = st.lists(
    st.tuples(st.sampled_from(sorted(KINDS)), st.sampled_from(sorted(OWNERS))),
    min_size=FLEET,
    max_size=FLEET,
)
# fmt: off
positions = st.fixed_dictionaries({
    "action_settle": st.sampled_from(("none", "reads", "time", "manual")),
    "owner_answer": st.sampled_from(("rejected", "number")),
    "owner_rejected_rows": st.sampled_from(("rows", "ids")),
    "owner_status_field": st.sampled_from(("lastReassignmentStatus", "lastReassignStatus", "reassignmentStatus")),
    "list_lag": st.sampled_from(("none", "manual")),
})
# fmt: on


def build(server: Emulator, fleet: list[tuple[str, str]], switches: dict[str, Any]) -> list[str]:
    """A fleet, and the positions of the switches; everything that was changed for it has
    settled."""
    server.reset(seed=7, devices=0)
    devices = []
    for kind, owner in fleet:
        plain = dict.fromkeys(ENTERPRISE, False) | {"registrationState": "ACTIVE"}
        device = server.add_device(**{**plain, **KINDS[kind][0]})
        server.patch_device(device, **OWNERS[owner])
        devices.append(str(device))
    for name, value in switches.items():
        server.set_switch(name, value)
    server.set_switch("action_settle_ms", 60_000)
    server.settle()
    server.clear_requests()
    return devices


def oracle(kind: str, owner: str, *, by_id: bool) -> str:
    """What apply makes of a device."""
    if owner == "wanted" or (owner == "wanted, told by the name" and not by_id):
        return "unchanged"
    if KINDS[kind][1] != "ineligible" and "told" in owner and by_id:
        return "ineligible"
    return KINDS[kind][1]


def run(call: Any, server: Emulator, devices: list[str], **options: Any) -> dict[str, Any]:
    try:
        return call("device_owner", server, devices=devices, on_ineligible="skip", **options)
    except ModuleFailed as failed:
        return failed.result


def outcomes(result: dict[str, Any]) -> dict[str, str]:
    return {entry["id"]: entry["outcome"] for entry in result["devices"]}


def truth(server: Emulator, devices: list[str]) -> dict[str, tuple[Any, Any]]:
    rows = {device: server.device(device) for device in devices}
    return {device: (row["ownerId"], row["uid"]) for device, row in rows.items()}


@LAW
@given(fleet=fleets, by_id=st.booleans(), switches=positions)
def test_the_two_laws(shared_emulator, call, fleet, by_id, switches):
    server = shared_emulator
    devices = build(server, fleet, switches)
    named = {"account_id": str(WANTED)} if by_id else {"user": USER}
    before = truth(server, devices)
    expected = {
        device: oracle(*one, by_id=by_id) for device, one in zip(devices, fleet, strict=True)
    }

    predicted = run(call, server, devices, check_mode=True, **named)
    assert writes(server) == [], "check mode wrote"
    assert truth(server, devices) == before
    assert outcomes(predicted) == {
        device: "changed" if one == "failed" else one for device, one in expected.items()
    }

    applied = run(call, server, devices, **named)
    assert outcomes(applied) == expected
    failing = [device for device, one in expected.items() if one == "failed"]
    told = {entry["id"]: entry for entry in predicted["devices"]}
    for entry in applied["devices"]:
        assert entry["id"] in failing or entry == told[entry["id"]]
    assert applied["changed"] == ("changed" in expected.values()) and bool(failing) == (
        "msg" in applied
    )

    # While devices carry it out, and the list does not tell it yet, nothing is sent a second time.
    sent = {one["device"] for one in server.actions()}
    again = run(call, server, devices, **named)
    allowed = {
        device: ("under_way", "unchanged") if one == "changed" else (one,)
        for device, one in expected.items()
    }
    assert (
        all(outcome in allowed[device] for device, outcome in outcomes(again).items())
        and not again["changed"]
    )
    assert len(server.actions()) == len(sent) and {str(one) for one in sent} == {
        key for key, one in expected.items() if one == "changed"
    }

    server.settle()
    after = truth(server, devices)
    for device, one in expected.items():
        assert after[device] == ((WANTED, USER) if one == "changed" else before[device])
    server.clear_requests()
    last = run(call, server, devices, **named)
    assert outcomes(last) == {
        device: "unchanged" if one == "changed" else one for device, one in expected.items()
    }
    assert not last["changed"] and last["diff"] == [] and bool(writes(server)) == bool(failing)
