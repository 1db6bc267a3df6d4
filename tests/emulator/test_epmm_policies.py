# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM's policies over a socket."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from uem_emulator.testing.emulator import ControlError
from uem_emulator.testing.epmm import EpmmEmulator

from .client import Api, Reply

POLICIES = "/api/v1/policies"
KIOSK, NO_CAMERA, SAVER = 1220, 1221, 1230


def rows(reply: Reply) -> list[dict[str, Any]]:
    found = reply.json["policies"]["policy"] if reply.status == 200 else []
    return found if isinstance(found, list) else [found]


def put(api: Api, policy_id: Any, **parameters: str) -> Reply:
    return api.call("PUT", f"{POLICIES}/{policy_id}?{urlencode(parameters)}")


def apply(api: Api, policy_id: Any, label: str) -> Reply:
    return put(api, policy_id, action="apply_label", label=label)


def remove(api: Api, policy_id: Any, label: str) -> Reply:
    return put(api, policy_id, action="remove_label", label=label)


def row(api: Api, policy_id: int) -> dict[str, Any]:
    return next(found for found in rows(api.get(POLICIES)) if found["@id"] == str(policy_id))


def on(api: Api, uuid: str) -> set[int]:
    """The ids of a device's policies."""
    return {int(found["@id"]) for found in rows(api.get(f"{POLICIES}/devices/{uuid}"))}


@pytest.fixture
def pair(epmm: EpmmEmulator) -> tuple[str, str]:
    """Two active devices and no others: the first has the labels Pilot and "two words", the second
    "two words". No policy but the defaults is applied anywhere."""
    epmm.reset(devices=0)
    for policy in epmm.policies().values():
        epmm.change_policy(policy["id"], labels=[])
    first, second = (
        epmm.device(epmm.add_device(labels=labels))["uuid"]
        for labels in (["Pilot", "two words"], ["two words"])
    )
    return first, second


# --- reading --------------------------------------------------------------------------------------------------------------


def test_all_policies(epmm: EpmmEmulator, epmm_api: Api) -> None:
    reply, truth = epmm_api.get(POLICIES), epmm.policies()
    assert list(reply.json) == ["messages", "policies"]
    assert reply.json["messages"] == {"message": f"{len(truth)} policies returned."}
    found = {policy["policyName"]: policy for policy in rows(reply)}
    assert set(found) == set(truth)
    for name, policy in found.items():
        known = truth[name]
        assert (policy["@id"], policy["profileType"]) == (str(known["id"]), known["profile_type"])
        assert (
            policy["policyType"] == ("DEFAULT" if known["id"] < 0 else "ENTERPRISE")
            and policy["defaultPolicy"] is False
        )
        assert (policy["active"], policy["status"]) == (
            known["active"],
            "Active" if known["active"] else "Inactive",
        )
        assert (policy["deviceCount"], policy["pendingCount"]) == (len(known["devices"]), 0)
        assert {rule["type"]: rule.get("value") for rule in policy["rules"]["rule"]} == known[
            "rules"
        ]
    assert any(not policy["active"] for policy in found.values())
    assert "labels" not in found["Kiosk"], "the API does not say where a policy is applied"


def test_a_policy_as_the_document_shows_it(epmm_api: Api) -> None:
    policy = row(epmm_api, -2)
    assert list(policy) == [
        "@id",
        "policyName",
        "policyType",
        "profileType",
        "status",
        "active",
        "defaultPolicy",
        "description",
        "deviceCount",
        "pendingCount",
        "priority",
        "rules",
    ]
    assert (policy["policyName"], policy["description"]) == (
        "Default Privacy Policy",
        "Default Privacy Policy",
    )
    rules = {rule["type"]: rule for rule in policy["rules"]["rule"]}
    assert rules["PRIVACY_SYNC_CALLLOGS"] == {
        "type": "PRIVACY_SYNC_CALLLOGS",
        "value": "off",
        "clientValue": "off",
    }
    assert rules["PRIVACY_SYNC_OTHER_MEDIA"] == {"type": "PRIVACY_SYNC_OTHER_MEDIA"}, (
        "no value: files of all types"
    )
    assert rules["PRIVACY_EXCLUDE_DIR"] == {
        "type": "PRIVACY_EXCLUDE_DIR",
        "resourceDTOs": [
            {"name": "/Windows", "resourceType": "DIR", "value": "on"},
            {"name": "/Temp & Caches", "resourceType": "DIR", "value": "on"},
        ],
    }


def test_policies_in_xml(epmm: EpmmEmulator, epmm_api: Api) -> None:
    root = ElementTree.fromstring(epmm_api.call("GET", POLICIES, Accept="application/xml").raw)
    assert root.tag == "policyWebServiceResponse"
    found = root.findall("policies/policy")
    assert [policy.get("id") for policy in found] == [
        policy["@id"] for policy in rows(epmm_api.get(POLICIES))
    ]
    sync = next(policy for policy in found if policy.get("id") == "-4")
    rules = {
        rule.findtext("type"): (rule.findtext("value"), rule.findtext("clientValue"))
        for rule in sync.findall("rules/rule")
    }
    assert rules["SYNC_HEARTBEAT_INTERVAL"] == ("14", "840")
    security = next(policy for policy in found if policy.get("id") == "-3")
    encrypted = next(
        rule
        for rule in security.findall("rules/rule")
        if rule.findtext("type") == "SECURITY_ENCRYPT_DATA_TYPE"
    )
    assert [item.findtext("name") for item in encrypted.findall("resourceDTOs")] == [
        "Email",
        "PIM",
        "MY_DOCUMENTS",
    ]


@pytest.mark.parametrize(
    ("position", "values"),
    [
        ("text", ("14", "12.0", "true", "1,2,3,7,16", "15 minutes")),
        ("typed", (14, 12.0, True, "1,2,3,7,16", "15 minutes")),
    ],
)
def test_rules_with_numbers(
    epmm: EpmmEmulator, epmm_api: Api, position: str, values: tuple[Any, ...]
) -> None:
    epmm.set_switch("v1_rule_values", position)
    wanted = (
        (-4, "SYNC_HEARTBEAT_INTERVAL"),
        (-3, "EAS_BLOCK_ANDROID_OS"),
        (-3, "EAS_BLOCK_ANDROID_ROOTED"),
        (1201, "EAS_BLOCK_IPHONE_HW"),
        (-3, "SECURITY_INACTIVITY_TIMEOUT"),
    )
    found = tuple(
        next(rule["value"] for rule in row(epmm_api, key)["rules"]["rule"] if rule["type"] == kind)
        for key, kind in wanted
    )
    assert found == values and [type(value) for value in found] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("order", "expected"),
    [("1_highest", ["1220", "1221", "-1"]), ("1_lowest", ["-1", "1221", "1220"])],
)
def test_priorities(epmm: EpmmEmulator, epmm_api: Api, order: str, expected: list[str]) -> None:
    epmm.set_switch("priority_order", order)
    lockdown = [
        policy for policy in rows(epmm_api.get(POLICIES)) if policy["profileType"] == "LOCKDOWN"
    ]
    assert [
        policy["@id"] for policy in sorted(lockdown, key=lambda policy: policy["priority"])
    ] == expected
    assert sorted(policy["priority"] for policy in lockdown) == [1, 2, 3]


@pytest.mark.parametrize("mode", ["effective", "all"])
def test_the_policies_of_devices_add_up(epmm: EpmmEmulator, epmm_api: Api, mode: str) -> None:
    epmm.set_switch("device_policies", mode)
    counted: dict[str, int] = {}
    for device in epmm.devices("uuid", "status"):
        reply = epmm_api.get(f"{POLICIES}/devices/{device['uuid']}")
        assert (reply.status == 200) is (device["status"] == "ACTIVE"), (
            "policies reach active devices"
        )
        found = rows(reply)
        assert all(policy["deviceCount"] == policy["pendingCount"] == 0 for policy in found)
        types = [policy["profileType"] for policy in found]
        assert (
            not found or (mode == "all" or len(set(types)) == len(types)) and len(set(types)) == 4
        )
        for policy in found:
            counted[policy["@id"]] = counted.get(policy["@id"], 0) + 1
    assert {
        policy["@id"]: policy["deviceCount"]
        for policy in rows(epmm_api.get(POLICIES))
        if policy["deviceCount"]
    } == counted


@pytest.mark.parametrize("uuid", ["00000000-0000-4000-8000-000000000000", "x", "-1"])
def test_the_policies_of_no_device(epmm_api: Api, uuid: str) -> None:
    assert epmm_api.get(f"{POLICIES}/devices/{uuid}").status == 404


# --- labels ---------------------------------------------------------------------------------------------------------------


def test_applying_and_removing(pair: tuple[str, str], epmm: EpmmEmulator, epmm_api: Api) -> None:
    first, second = pair
    reply = apply(epmm_api, KIOSK, "Pilot")
    assert (reply.status, reply.json) == (
        200,
        {"messages": {"message": "Policy applied to label Pilot successfully."}},
    )
    assert (on(epmm_api, first), on(epmm_api, second)) == ({-3, -2, KIOSK, -4}, {-3, -2, -1, -4})
    assert epmm.policies()["Kiosk"]["labels"] == ["Pilot"] and epmm.policies()["Kiosk"][
        "devices"
    ] == [first]
    assert (row(epmm_api, KIOSK)["deviceCount"], row(epmm_api, -1)["deviceCount"]) == (1, 1)
    apply(epmm_api, NO_CAMERA, "two words")
    assert (on(epmm_api, first), on(epmm_api, second)) == (
        {-3, -2, KIOSK, -4},
        {-3, -2, NO_CAMERA, -4},
    )
    reply = remove(epmm_api, KIOSK, "Pilot")
    assert reply.json == {"messages": {"message": "Policy removed from label Pilot successfully."}}
    assert (
        on(epmm_api, first) == {-3, -2, NO_CAMERA, -4} and epmm.policies()["Kiosk"]["labels"] == []
    )
    assert epmm.state()["writes"] == 3


def test_all_that_reach_a_device(pair: tuple[str, str], epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.set_switch("device_policies", "all")
    apply(epmm_api, KIOSK, "Pilot")
    apply(epmm_api, NO_CAMERA, "two words")
    assert on(epmm_api, pair[0]) == {-1, -2, -3, -4, KIOSK, NO_CAMERA}


@pytest.mark.parametrize(
    "name",
    [
        "Sales/EMEA",
        "R&D, Lab #3",
        "Außendienst",
        "two words",
        "{{ pool }}",
        "100% A+B",
        "No members",
        "Android",
        "iOS",
    ],
)
def test_labels_of_any_name(
    pair: tuple[str, str], epmm: EpmmEmulator, epmm_api: Api, name: str
) -> None:
    assert (
        apply(epmm_api, -2, name).json["messages"]["message"]
        == f"Policy applied to label {name} successfully."
    )
    assert epmm.policies()["Default Privacy Policy"]["labels"] == [name]


def test_a_change_in_xml(pair: tuple[str, str], epmm_api: Api) -> None:
    reply = epmm_api.call(
        "PUT", f"{POLICIES}/-2?action=apply_label&label=Android", Accept="application/xml"
    )
    root = ElementTree.fromstring(reply.raw)
    assert (root.tag, root.findtext("messages/message")) == (
        "policyWebServiceResponse",
        "Policy applied to label Android successfully.",
    )


def test_members_who_come_and_go(pair: tuple[str, str], epmm: EpmmEmulator, epmm_api: Api) -> None:
    first, second = pair
    apply(epmm_api, SAVER, "Pilot")
    epmm_api.call(
        "PUT", "/api/v2/devices/labels/Pilot/add?adminDeviceSpaceId=1", {"deviceUuids": [second]}
    )
    assert SAVER in on(epmm_api, second) and row(epmm_api, SAVER)["deviceCount"] == 2
    epmm.patch_device(first, status="RETIRED")
    assert on(epmm_api, first) == set() and row(epmm_api, SAVER)["deviceCount"] == 1


def test_a_filtered_label(pair: tuple[str, str], epmm: EpmmEmulator, epmm_api: Api) -> None:
    apply(epmm_api, SAVER, "Not compliant")
    assert row(epmm_api, SAVER)["deviceCount"] == 0
    epmm.patch_device(pair[1], compliance=2)
    assert SAVER in on(epmm_api, pair[1]) and SAVER not in on(epmm_api, pair[0])


def test_an_inactive_policy_reaches_nothing(
    pair: tuple[str, str], epmm: EpmmEmulator, epmm_api: Api
) -> None:
    apply(epmm_api, SAVER, "two words")
    epmm.change_policy(SAVER, active=False)
    found = row(epmm_api, SAVER)
    assert (found["active"], found["status"], found["deviceCount"]) == (
        False,
        "Inactive",
        0,
    ) and -4 in on(epmm_api, pair[0])


@pytest.mark.parametrize(("position", "status", "texts"), [
    ("success", 200, ("Policy applied to label Pilot successfully.", "Policy removed from label Pilot successfully.")),
    ("message", 200, ("Policy is already applied to label Pilot.", "Policy is not applied to label Pilot.")),
    ("400", 400, ("Policy is already applied to label Pilot.", "Policy is not applied to label Pilot."))])  # fmt: skip
def test_what_is_so_already(
    pair: tuple[str, str],
    epmm: EpmmEmulator,
    epmm_api: Api,
    position: str,
    status: int,
    texts: tuple[str, str],
) -> None:
    epmm.set_switch("policy_label_repeated", position)
    assert apply(epmm_api, KIOSK, "Pilot").status == 200
    again = apply(epmm_api, KIOSK, "Pilot")
    assert remove(epmm_api, KIOSK, "Pilot").status == 200
    gone = remove(epmm_api, KIOSK, "Pilot")
    assert [(reply.status, reply.json["messages"]["message"]) for reply in (again, gone)] == [
        (status, text) for text in texts
    ]


@pytest.mark.parametrize("change", [apply, remove])
@pytest.mark.parametrize(
    ("policy_id", "label"),
    [
        (KIOSK, "never made"),
        (1, "Pilot"),
        ("x", "Pilot"),
        ("99999999999999999999", "Pilot"),
        ("%C2%B2", "Pilot"),
        ("-9", "Pilot"),
    ],
)
@pytest.mark.parametrize(("position", "status"), [("404", 404), ("message", 200)])
def test_a_policy_or_label_which_does_not_exist(
    pair: tuple[str, str],
    epmm: EpmmEmulator,
    epmm_api: Api,
    change: Any,
    policy_id: Any,
    label: str,
    position: str,
    status: int,
) -> None:
    epmm.set_switch("policy_label_unknown", position)
    before = epmm.policies()
    reply = change(epmm_api, policy_id, label)
    assert reply.status == status
    text = reply.json["messages"]["message"]
    assert text == "No Data Found" if status == 404 else "does not exist" in text
    assert epmm.policies() == before and epmm.state()["writes"] == 0


@pytest.mark.parametrize(("position", "status"), [("message", 200), ("400", 400)])
@pytest.mark.parametrize(
    "parameters",
    [
        {"label": "Pilot"},
        {"action": "apply", "label": "Pilot"},
        {"action": "APPLY_LABEL", "label": "Pilot"},
        {"action": "", "label": "Pilot"},
    ],
)
def test_an_action_which_is_none(
    pair: tuple[str, str],
    epmm: EpmmEmulator,
    epmm_api: Api,
    position: str,
    status: int,
    parameters: dict[str, str],
) -> None:
    epmm.set_switch("v1_invalid_action", position)
    reply = put(epmm_api, KIOSK, **parameters)
    assert (reply.status, reply.json["messages"]["message"]) == (status, "Invalid action")
    assert epmm.policies()["Kiosk"]["labels"] == []


@pytest.mark.parametrize(
    "parameters", [{"action": "apply_label"}, {"action": "remove_label", "label": ""}]
)
def test_a_label_is_required(epmm_api: Api, parameters: dict[str, str]) -> None:
    assert put(epmm_api, KIOSK, **parameters).status == 400


@pytest.mark.parametrize(("position", "status"), [("ignored", 200), ("respected", 404)])
def test_the_case_of_the_label(
    pair: tuple[str, str], epmm: EpmmEmulator, epmm_api: Api, position: str, status: int
) -> None:
    epmm.set_switch("v1_label_case", position)
    assert apply(epmm_api, KIOSK, "pilot").status == status
    assert epmm.policies()["Kiosk"]["labels"] == (["Pilot"] if status == 200 else [])


def test_a_write_may_do_nothing_or_meet_nothing(
    pair: tuple[str, str], epmm: EpmmEmulator, epmm_api: Api
) -> None:
    epmm.add_fault("no_effect")
    assert (
        apply(epmm_api, KIOSK, "Pilot").json["messages"]["message"]
        == "Policy applied to label Pilot successfully."
    )
    assert epmm.policies()["Kiosk"]["labels"] == []
    epmm.add_fault("vanish")
    assert apply(epmm_api, KIOSK, "Pilot").status == 404 and "Kiosk" not in epmm.policies()
    assert on(epmm_api, pair[0]) == {-1, -2, -3, -4}


# --- delivery -------------------------------------------------------------------------------------------------------------


def test_delivery_at_check_in(pair: tuple[str, str], epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.set_switch("policy_delivery", "manual")
    apply(epmm_api, KIOSK, "two words")
    for _time in range(3):
        found = row(epmm_api, KIOSK)
        assert (found["deviceCount"], found["pendingCount"]) == (0, 2)
        assert on(epmm_api, pair[0]) == {-1, -2, -3, -4}
    assert (
        epmm.policies()["Kiosk"]["labels"] == ["two words"]
        and epmm.state()["pending_policies"] == 2
    )
    epmm.settle()
    found = row(epmm_api, KIOSK)
    assert (found["deviceCount"], found["pendingCount"]) == (2, 0) and on(epmm_api, pair[0]) == {
        -3,
        -2,
        KIOSK,
        -4,
    }
    remove(epmm_api, KIOSK, "two words")
    assert (row(epmm_api, KIOSK)["deviceCount"], row(epmm_api, -1)["pendingCount"]) == (2, 2)


def test_delivery_after_reads(pair: tuple[str, str], epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.control("POST", "switches", {"policy_delivery": "reads", "policy_delivery_reads": 2})
    apply(epmm_api, KIOSK, "Pilot")
    assert [KIOSK in on(epmm_api, pair[0]) for _time in range(4)] == [False, False, True, True]


@pytest.mark.parametrize(("milliseconds", "there"), [(0, True), (3_600_000, False)])
def test_delivery_after_a_time(
    pair: tuple[str, str], epmm: EpmmEmulator, epmm_api: Api, milliseconds: int, there: bool
) -> None:
    epmm.control(
        "POST", "switches", {"policy_delivery": "time", "policy_delivery_ms": milliseconds}
    )
    apply(epmm_api, KIOSK, "Pilot")
    assert (KIOSK in on(epmm_api, pair[0])) is there


def test_a_label_put_on_later_is_late_too(
    pair: tuple[str, str], epmm: EpmmEmulator, epmm_api: Api
) -> None:
    apply(epmm_api, KIOSK, "Pilot")
    epmm.set_switch("policy_delivery", "manual")
    epmm_api.call(
        "PUT", "/api/v2/devices/labels/Pilot/add?adminDeviceSpaceId=1", {"deviceUuids": [pair[1]]}
    )
    assert KIOSK in on(epmm_api, pair[0]) and KIOSK not in on(epmm_api, pair[1])
    assert epmm.policies()["Kiosk"]["pending"] == [pair[1]]
    epmm.set_switch("policy_delivery", "none")
    assert KIOSK in on(epmm_api, pair[1])


def test_a_slow_server_starts_settled(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.set_switch("policy_delivery", "manual")
    assert epmm.state()["pending_policies"] == 0
    assert all(policy["pendingCount"] == 0 for policy in rows(epmm_api.get(POLICIES)))


# --- control calls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"labels": ["never made"]}, "never made"),
        ({"active": "yes"}, "active"),
        ({"rules": {}}, "rules"),
        ({"labels": "Pilot"}, "labels"),
    ],
)
def test_changes_which_cannot_be_made(
    epmm: EpmmEmulator, fields: dict[str, Any], text: str
) -> None:
    before = epmm.policies()
    with pytest.raises(ControlError, match=text):
        epmm.change_policy(KIOSK, **fields)
    with pytest.raises(ControlError, match="404"):
        epmm.change_policy(1, active=True)
    assert epmm.policies() == before


def test_a_policy_of_another_name(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.change_policy(KIOSK, name="a/b, {{ c }} #1", description="\n<d>")
    found = row(epmm_api, KIOSK)
    assert (found["policyName"], found["description"]) == ("a/b, {{ c }} #1", "\n<d>")
