# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two laws for device_config, over generated fleets, statuses and positions of the emulators'
switches.

Convergence: apply, let the devices do it, and a second run has nothing to change and writes
nothing. Honest prediction: what check mode predicted is what apply did, and what the emulator then
has.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from uem_emulator.testing.emulator import Emulator

from ..conftest import ModuleFailed, writes

LAW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
FLEET = 4

# Neurons: configurations by id, and statuses that a device may have them in. None: it does not list
# the configuration, for it is not distributed to it, or ("hidden") because it is excluded.
CONFIGS = {
    61001: "Passcode Config",
    61008: "Zürich / 東京 VPN",
    61009: "{{ user.name }} home page",
    61003: 61003,
}
THERE = ("INSTALLED", "ACTIVE", "PENDING_INSTALL")
GONE = ("UNINSTALLED", "INACTIVE", "PENDING_UNINSTALL", "hidden")
STUCK = ("ERROR", "Never heard of")
statuses = st.sampled_from((*THERE, *GONE, *STUCK, None))
fleets = st.lists(
    st.fixed_dictionaries(dict.fromkeys(CONFIGS, statuses)), min_size=FLEET, max_size=FLEET
)
wishes = st.lists(st.sampled_from(sorted(CONFIGS)), min_size=1, max_size=4, unique=True)


def _possible(positions: dict[str, Any]) -> dict[str, Any]:
    """Without what nobody can see: that a server takes the first of several alone, and shows
    nothing of it."""
    shown = positions["config_pending"] == "guessed" or positions["action_settle"] == "none"
    return positions if shown else {**positions, "config_several": "all"}


def seen(
    fleet: list[dict[int, str | None]], positions: dict[str, Any]
) -> list[dict[int, str | None]]:
    """A fleet without what nobody can see: that something which is not listed is on its way, where
    it is not listed yet."""
    if positions["config_pending"] != "before" or positions["action_settle"] == "none":
        return fleet
    return [
        {number: "UNINSTALLED" if status == "hidden" else status for number, status in has.items()}
        for has in fleet
    ]


# fmt: off
positions = st.fixed_dictionaries({
    "action_settle": st.sampled_from(("none", "reads", "time", "manual")),
    "config_pending": st.sampled_from(("guessed", "pending", "null", "before")),
    "config_excluded": st.sampled_from(("uninstalled", "inactive", "unlisted")),
    "config_unknown": st.sampled_from(("ignored", "false", "400", "404")),
    "config_several": st.sampled_from(("all", "first")),
    "config_list": st.sampled_from(("on", "absent", "forbidden")),
    "config_reinstall_excluded": st.sampled_from(("ignored", "installs", "400")),
}).map(_possible)
# fmt: on


def build(
    server: Emulator, fleet: list[dict[int, str | None]], switches: dict[str, Any]
) -> list[int]:
    server.reset(seed=7, devices=FLEET)
    for name, value in switches.items():
        server.set_switch(name, value)
    server.set_switch("action_settle_ms", 60_000)
    devices = [one["id"] for one in server.devices("id")]
    for device, has in zip(devices, fleet, strict=True):
        listed = {
            str(number): status for number, status in has.items() if status not in (None, "hidden")
        }
        server.patch_device(device, registrationState="ACTIVE", configs=listed)
        server.patch_device(
            device, excludedConfigs=[number for number, status in has.items() if status in GONE]
        )
    return devices


def truth(server: Emulator) -> dict[str, dict[int, str | None]]:
    return {
        str(one["id"]): {
            int(number): status
            for number, status in one["configs"].items()
            if int(number) in CONFIGS
        }
        for one in server.devices("id", "configs")
    }


def outcomes(result: dict[str, Any]) -> dict[str, tuple]:
    return {
        entry["id"]: (entry["outcome"], entry.get("before"), entry.get("after"))
        for entry in result["devices"]
    }


def run(call: Any, server: Emulator, **options: Any) -> dict[str, Any]:
    server.clear_requests()
    try:
        return call("device_config", server, **options)
    except ModuleFailed as failed:
        return failed.result


def hopeless(has: dict[int, str | None], wanted: list[int]) -> bool:
    """Whether a device lacks something that is not distributed to it."""
    return any(has[number] is None for number in wanted)


def as_wanted(state: str, was: str | None, now: str | None) -> bool:
    """Whether a configuration is where a run for this state leaves it, once the devices are
    done."""
    if state == "excluded":
        return now in (None, "UNINSTALLED", "INACTIVE", "PENDING_UNINSTALL")
    return now in THERE or (was in STUCK and now == was)


@LAW
@given(
    fleet=fleets,
    wanted=wishes,
    state=st.sampled_from(("installed", "excluded")),
    switches=positions,
    by_id=st.booleans(),
)
def test_the_two_laws_of_neurons(shared_emulator, call, fleet, wanted, state, switches, by_id):
    server = shared_emulator
    fleet = seen(fleet, switches)
    devices = build(server, fleet, switches)
    # Where all of them cannot be listed, a name that no device has means nothing.
    named = (
        wanted
        if by_id or switches["config_list"] != "on"
        else [CONFIGS[number] for number in wanted]
    )
    options = {"devices": devices, "configs": named, "state": state, "retries": 0}
    before = truth(server)
    lost = {
        str(device)
        for device, has in zip(devices, fleet, strict=True)
        if state == "installed" and hopeless(has, wanted)
    }

    predicted = run(call, server, check_mode=True, **options)
    assert writes(server) == [] and truth(server) == before and "msg" not in predicted
    applied = run(call, server, **options)
    sent = writes(server)
    told, foreseen = outcomes(applied), outcomes(predicted)
    assert (
        told.keys() == foreseen.keys() == before.keys() and applied["stuck"] == predicted["stuck"]
    )
    for device, outcome in told.items():
        assert outcome == (
            foreseen[device] if device not in lost else ("failed", *foreseen[device][1:])
        ), applied
    assert len(sent) == applied["summary"]["writes"] and bool(lost) == ("msg" in applied)
    if switches["config_several"] == "all":
        # Where a status does not show what was taken, that is sent once more.
        changing = sum(outcome != "unchanged" for outcome, *_rest in told.values())
        assert len(sent) <= 2 * changing + len(lost)

    server.settle()
    after = truth(server)
    for device, has in zip(devices, fleet, strict=True):
        for number in before[str(device)].keys() | after[str(device)].keys():
            was, now = before[str(device)].get(number), after[str(device)].get(number)
            if number not in wanted:
                assert now == was
            elif str(device) not in lost:
                assert as_wanted(state, was, now), (device, number, was, now)
        stuck = {entry["status"] for entry in applied["stuck"] if entry["id"] == str(device)}
        assert stuck == (
            {has[number] for number in wanted} & set(STUCK) if state == "installed" else set()
        )
    again = run(call, server, **options)
    assert {
        device for device, outcome in outcomes(again).items() if outcome[0] != "unchanged"
    } == lost
    assert again["diff"] == [] and (lost or writes(server) == []) and not again["changed"]


@settings(LAW, max_examples=15)
@given(fleet=fleets, wanted=wishes, switches=positions)
def test_the_two_laws_of_pushing_again_to_neurons(shared_emulator, call, fleet, wanted, switches):
    """It is a change in every run, and afterwards nothing is stuck, and nothing is to be
    installed."""
    server = shared_emulator
    fleet = seen(
        [{number: status or "INSTALLED" for number, status in has.items()} for has in fleet],
        switches,
    )
    devices = build(server, fleet, switches)
    options = {"devices": devices, "configs": wanted, "retries": 0}
    predicted = run(call, server, check_mode=True, reinstall=True, **options)
    assert writes(server) == []
    applied = run(call, server, reinstall=True, **options)
    assert (
        outcomes(applied) == outcomes(predicted)
        and applied["summary"]["changed"] == FLEET
        and applied["stuck"] == []
    )
    server.settle()
    assert {has.get(number) for has in truth(server).values() for number in wanted} == {"INSTALLED"}
    again = run(call, server, **options)
    assert again["summary"]["unchanged"] == FLEET and writes(server) == [] and again["stuck"] == []
    assert (
        run(call, server, check_mode=True, reinstall=True, **options)["summary"]["changed"] == FLEET
    )


# EPMM

SETTLED = ("Applied", "Pending", "Sent", "Error")
profiles = st.lists(
    st.tuples(st.sampled_from(SETTLED), st.booleans()), min_size=FLEET, max_size=FLEET
)
# fmt: off
epmm_positions = st.fixed_dictionaries({
    "action_settle": st.sampled_from(("none", "reads", "time", "manual")),
    "repush_answer": st.sampled_from(("messages", "text", "profiles")),
    "repush_unknown": st.sampled_from(("404", "message")),
    "profile_updated": st.sampled_from(("number", "text", "blank")),
    "profile_status_names": st.sampled_from(("titled", "capitals")),
    "one_element": st.sampled_from(("collapse", "list")),
})
# fmt: on


def profiles_of(server: Emulator, device: str) -> dict[tuple[str, int], dict[str, Any]]:
    return {
        (one["kind"], one["id"]): one for one in server.control("GET", f"devices/{device}/profiles")
    }


@LAW
@given(
    fleet=profiles,
    kind=st.sampled_from(("APP", "POLICY")),
    which=st.integers(0, 30),
    reinstall=st.booleans(),
    by_id=st.booleans(),
    switches=epmm_positions,
)
def test_the_two_laws_of_epmm(shared_epmm, call, fleet, kind, which, reinstall, by_id, switches):
    server = shared_epmm
    server.reset(seed=7, devices=FLEET * 4)
    for name, value in switches.items():
        server.set_switch(name, value)
    devices = [
        one["uuid"] for one in server.devices("uuid", "status") if one["status"] == "ACTIVE"
    ][:FLEET]
    names = {
        key: one["name"]
        for uuid in devices
        for key, one in profiles_of(server, uuid).items()
        if key[0] == kind
    }
    wanted = sorted(names)[which % len(names)]
    name = names[wanted]
    # Two have one name, which then is refused.
    by_id = by_id or list(names.values()).count(name) > 1
    have = {uuid for uuid in devices if wanted in profiles_of(server, uuid)}
    for uuid, (status, sticks) in zip(devices, fleet, strict=False):
        if uuid in have:
            body = {
                "kind": kind,
                "id": wanted[1],
                "status": status,
                "sticks": status if sticks else None,
            }
            server.control("PATCH", f"devices/{uuid}/profiles", body)
    before = {uuid: profiles_of(server, uuid).get(wanted) for uuid in devices}
    options = {
        "devices": devices,
        "configs": [wanted[1] if by_id else name],
        "reinstall": reinstall,
        "retries": 0,
        "kind": {"APP": "configuration", "POLICY": "policy"}[kind],
    }

    predicted = run(call, server, check_mode=True, **options)
    assert (
        writes(server) == []
        and {uuid: profiles_of(server, uuid).get(wanted) for uuid in devices} == before
    )
    applied = run(call, server, **options)
    assert outcomes(applied) == outcomes(predicted) and applied["stuck"] == predicted["stuck"]
    assert bool(set(devices) - have) == ("msg" in applied) == ("msg" in predicted)
    assert len(writes(server)) == applied["summary"]["writes"] == (len(have) if reinstall else 0)
    by_uuid = {entry["guid"]: entry["outcome"] for entry in applied["devices"]}
    assert by_uuid == {
        uuid: ("changed" if reinstall else "unchanged") if uuid in have else "failed"
        for uuid in devices
    }
    stuck = {uuid for uuid in have if before[uuid]["status"] == "Error" and not reinstall}
    assert {entry["guid"] for entry in applied["stuck"]} == stuck

    server.settle()
    for uuid in have:
        now = profiles_of(server, uuid)[wanted]
        assert (now["updated"] != before[uuid]["updated"]) == reinstall
    assert (
        not run(call, server, **{**options, "reinstall": False})["changed"] and writes(server) == []
    )
