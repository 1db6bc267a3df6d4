# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules on EPMM: wrong input is one sentence and no write, and both of its APIs tell the same."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import ONLY_V1

from ..conftest import ModuleFailed, writes

FIRST = "5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11"
NOBODY = "12849438-0d74-4c30-8b7d-121a3da8645d"

# Names that an address, a list of names or a template could take for something else.
NASTY = ["Sales/EMEA", "R&D, Lab #3", "Außendienst", "two words", "{{ pool }}", "100% A+B"]


# What can be neither an id nor a name.
NO_NAMES: tuple[Any, ...] = ([], ["Kiosk"], {"id": 1}, 1.5, True, False, "", "  ")

# What one of the two APIs does not tell: API v2 has no bitmaps, API v1 no device spaces.
V1_ALONE = {
    "compliance",
    "quarantined_status",
    "block_reason",
    *(field.name for field in ONLY_V1),
}
V2_ALONE = {"space"}

# Devices that API v1 does not list: these statuses cannot be asked for, and those of a label, user
# or number must be registered ("Status and statusCode values"; "this API applies only to registered
# devices").
UNLISTED = {"BLOCKED", "RETIRE_PENDING"}
UNREGISTERED = {"VERIFICATION_PENDING"}

# What both tell, each in a way of its own. API v1 knows mobile device management on iOS alone, API v2
# the names of devices on iOS alone; and what API v1 keeps among a device's details is not there
# before the device is registered, nor is the security state of platforms that report none.
TOLD_OTHERWISE = {"mdm_managed", "device_name"}
OF_DETAILS = {
    "serial_number",
    "imei",
    "imsi",
    "wifi_mac_address",
    "security_state",
    "jailbroken",
}


@pytest.fixture
def server(epmm):
    """EPMM with one active device whose uuid is known, and which has no label but those that the
    server gives."""
    epmm.add_device(uuid=FIRST, platform="Android", serial="R5CT1", phone="4155551212")
    epmm.clear_requests()
    return epmm


def refused(call, server, module, **options) -> str:
    """The sentence with which a module fails."""
    with pytest.raises(ModuleFailed) as failed:
        call(module, server, **options)
    message = failed.value.result["msg"]
    assert "\n" not in message and "Traceback" not in message and len(message) < 1000, message
    assert server.password not in message
    return message


# For each module what it needs at least, and what makes it do something.
LEAST = {
    "alert": {"older_than": "1s", "comment": "seen"},
    "alert_info": {},
    "device_label": {"devices": [FIRST], "labels": ["Pilot"]},
    "label": {"name": "Loan pool"},
    "label_info": {},
    "label_policy": {"policy": "Kiosk", "label": "Pilot"},
    "policy_info": {},
}


NOT_GIVEN = object()


def of(module, **options):
    """What a module needs at least, with options of its own, or without some."""
    given = {**LEAST.get(module, {}), **options}
    return module, {name: value for name, value in given.items() if value is not NOT_GIVEN}


# What is wrong by itself, and seen before any request.
# fmt: off
WRONG = [
    (*of("device_label", labels=[]), "devices[0]: no labels are given for device 5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11"),
    (*of("device_label", labels=NOT_GIVEN), "give labels to the task, or to this entry"),
    (*of("device_label", devices=[]), "devices: is empty"),
    (*of("device_label", devices=["../wipe"]), "devices[0]: '../wipe' is neither a device id"),
    (*of("device_label", devices=NOT_GIVEN), "one of the following is required: devices, select"),
    # What a template gives when its variable is empty.
    (*of("device_label", devices=None), "devices and select: both are null, which would choose every device"),
    (*of("device_label", devices=NOT_GIVEN, select=None), "devices and select: both are null"),
    ("device_custom_attrs", {"product": "neurons", "devices": None, "attrs": {"a": "b"}}, "devices and select: both are null"),
    (*of("alert", older_than=None), "must have a value; all are null, which would choose every alert"),
    (*of("alert", older_than=None, ids=None, users=None), "must have a value; all are null, which would choose every alert"),
    (*of("device_label", select={"labels": ["Pilot"]}), "mutually exclusive"),
    (*of("device_label", labels=["  "]), "labels: '  ' is not the name of a label"),
    (*of("device_label", labels=["a\nb"]), "labels: 'a\\nb' is not the name of a label"),
    (*of("device_label", state="absent", purge=True), "purge: needs state=present"),
    (*of("device_label", state="absent", exact=True), "exact: needs state=present"),
    (*of("label", name=" "), "name: ' ' is not the name of a label"),
    (*of("label", name="a\nb"), "name: 'a\\nb' is not the name of a label"),
    (*of("label", name=NOT_GIVEN), "missing required arguments: name"),
    (*of("label", filter=""), "filter: is empty, and would put every device on the label"),
    (*of("label", space=1.5), "space: 1.5 is neither the id nor the name of a device space"),
    (*of("device_label", devices=[{"device": FIRST, "label": "Pilot"}]), "devices[0]: unknown key 'label'"),
    (*of("device_label", devices=[{"device": FIRST, "labels": "Pilot"}]), "expected a list of label names, got str"),
    (*of("device_label", devices=[{"device": FIRST, "labels": [7.5]}]), "7.5 is not the name of a label"),
    (*of("device_label", devices=[FIRST, {"device": FIRST, "labels": ["iOS"]}]), "is listed twice with labels that differ"),
    (*of("device_label", max_devices=-1), "max_devices: -1 is not a limit"),
    *((*of("label_policy", policy=wrong), f"policy: {wrong!r} is neither the id nor the name of a policy")
      for wrong in NO_NAMES),
    *((*of("label_policy", label=wrong), f"label: {wrong!r} is neither the id nor the name of a label")
      for wrong in NO_NAMES),
    (*of("label_policy", policy=NOT_GIVEN), "missing required arguments: policy"),
    (*of("label_policy", sample=0), "sample: 0 is not a number of devices"),
    (*of("label_policy", on_unknown="guess"), "value of on_unknown must be one of: send, skip, fail"),
    (*of("label_info", labels=[]), "labels: is empty"),
    (*of("label_info", labels=[True]), "labels[0]: True is neither the id nor the name of a label"),
    (*of("label_info", query="[?"), "query: '[?' is not a JMESPath expression"),
    (*of("policy_info", policies=[]), "policies: is empty"),
    (*of("policy_info", policies=[2.0]), "policies[0]: 2.0 is neither the id nor the name of a policy"),
    (*of("policy_info", devices=[]), "devices: is empty"),
    (*of("policy_info", select={}), "select: is empty"),
    (*of("alert", comment=""), "comment: is empty"),
    (*of("alert", comment=" \t"), "comment: is empty"),
    (*of("alert", comment="ä" * 256), "comment: has 256 characters, and the API takes at most 255"),
    (*of("alert", comment=NOT_GIVEN), "missing required arguments: comment"),
    (*of("alert", older_than=NOT_GIVEN), "one of the following is required: ids, users"),
    *((*of("alert", **{name: []}), f"{name}: is empty, which would choose no alert")
      for name in ("ids", "users", "phone_numbers", "devices", "types", "severities", "statuses")),
    *((*of("alert", ids=[wrong]), f"ids[0]: {wrong!r} is not the id of an alert") for wrong in ("x", -3, 1.5, True, "", "³")),
    (*of("alert", older_than="yesterday"), "older_than: 'yesterday' is not a time span"),
    (*of("alert", older_than="1d", newer_than="1h"), "older_than and newer_than: exclude each other"),
    (*of("alert", newer_than="0"), "newer_than: '0' is not a time span"),
    (*of("alert", phone_numbers=["PDA 2"]), "phone_numbers: 'PDA 2' is not a phone number"),
    (*of("alert", types=["FIRE"]), "value of types must be one or more of: INTERNATIONAL_ROAMING_ALERT"),
    (*of("alert", users=[""]), "users: '' is not the name of a user"),
    (*of("alert", devices=["x"]), "devices[0]: 'x' is neither a device id"),
    (*of("alert_info", ids=[]), "ids: is empty"),
    (*of("alert_info", read="perhaps"), "we were unable to convert to bool"),
    ("device_info", {"select": {"wifi_mac_addresses": ["12:34"]}}, "select.wifi_mac_addresses: '12:34' is not a MAC address"),
    ("device_info", {"select": {"phone_numbers": ["123"]}}, "select.phone_numbers: '123' is not a phone number"),
    ("device_info", {"select": {"labels": []}}, "select.labels: is empty"),
    ("device_info", {"select": {"labels": [True]}}, "select.labels: True is neither the id nor the name of a label"),
    ("device_info", {"select": {"custom_attributes": {"a": "b"}}}, "select.custom_attributes: is not supported by epmm, which supports "
        "emails, guids, ids, labels, phone_numbers, serial_numbers, users, wifi_mac_addresses, platform, status, ownership, compliant, "
        "quarantined, blocked, jailbroken, attributes, "),
    ("device_info", {"select": {"ldap_attributes": {"a": "b"}}}, "select.ldap_attributes: is not supported by epmm"),
    ("device_info", {"api": "v3"}, "value of api must be one of: auto, v1, v2"),
    ("device_custom_attrs", {"devices": [1], "attrs": {"a": "b"}},
     "product: epmm does not support custom attributes; supported by: neurons"),
]
# fmt: on


@pytest.mark.parametrize(("module", "options", "words"), WRONG)
def test_what_is_wrong_by_itself_is_told_before_any_request(call, server, module, options, words):
    assert words in refused(call, server, module, **options)
    assert server.requests() == []


@pytest.mark.parametrize("module", LEAST)
def test_a_product_that_cannot_do_it_is_told_before_any_request(call, emulator, module):
    needs = {"alert": "alerts", "label": "labels", "device": "labels", "policy": "policies"}
    whole = {"label_policy": "policies", "label": "making labels"}
    what = whole.get(module) or needs[module.partition("_")[0]]
    message = refused(call, emulator, module, **LEAST[module])
    assert message == f"product: neurons does not support {what}; supported by: epmm."
    assert emulator.requests() == []


@pytest.mark.parametrize(
    "select",
    [
        {"labels": ["Pilot"]},
        {"phone_numbers": ["4155551212"]},
        {"wifi_mac_addresses": ["a483e76cad4a"]},
    ],
)
def test_keys_of_select_that_the_other_product_lacks(call, emulator, select):
    words = f"select.{next(iter(select))}: is not supported by neurons, which supports custom_attributes"
    said = refused(call, emulator, "device_info", select=select)
    # All that can be used instead, also what every product has.
    assert words in said and "users, platform, status, " in said and ", query; nothing" in said, (
        said
    )
    assert "labels" not in said.partition("supports")[2] and ", supervised, " in said
    assert emulator.requests() == []


# What only the server can know to be wrong.
# fmt: off
UNKNOWN = [
    (*of("device_label", labels=["Pilt"]), "Refused: there is no label 'Pilt' (nearest: 'Pilot'); names are case-sensitive; nothing "
        "was written."),
    (*of("device_label", labels=["pilot", "two word"]), "there is no label 'two word' (nearest: 'two words')"),
    (*of("device_label", labels=["pilot"]), "there is no label 'pilot' (nearest: 'Pilot')"),
    (*of("device_label", labels=["No such thing 12345"]), "there is no label 'No such thing 12345'; names are case-sensitive"),
    (*of("device_label", labels=["iOS"]), "Refused: the label 'iOS' is filtered: the server puts devices on it that meet its "
        "criteria (\"common.platform\" = \"iOS\" AND \"common.retired\" = false); change the "
        "devices, or use a static label"),
    (*of("device_label", labels=["Everything"]), "the label 'Everything' is filtered"),
    (*of("device_label", labels=["R&D, Lab #3"]), "the label 'R&D, Lab #3' has a comma in its name, and the API separates names by commas"),
    (*of("device_label", labels=["R&D, Lab #3"], state="absent"), "has a comma in its name"),
    (*of("device_label", devices=[FIRST, 999999001, NOBODY]), f"Unknown devices, nothing was done: id 999999001, guid {NOBODY}."),
    (*of("device_label", max_devices=0), "the plan changes 1 device and max_devices is 0; nothing was written"),
    (*of("device_label", max_percent=1), "(1.64 %) and max_percent is 1; nothing was written"),
    (*of("device_label", api="v1"), "api: putting labels on devices needs API v2 of EPMM"),
    (*of("device_label", devices=NOT_GIVEN, select={"labels": ["Pilto"]}), "select.labels: there is no label 'Pilto' (nearest: 'Pilot'"),
    (*of("device_label", devices=NOT_GIVEN, select={"attributes": {"status": "LOSTT"}}), "select.attributes.status: 'LOSTT' is not a status (nearest: 'lost')"),
    (*of("device_label", devices=NOT_GIVEN, select={"attributes": {"colour": "red"}}),
     "select.attributes.colour: 'colour' is not a device field. Use one that device_info returns"),
    (*of("label_policy", policy="Kiosc"), "policy: there is no policy 'Kiosc' (nearest: 'Kiosk'); nothing was done."),
    (*of("label_policy", policy=999), "policy: there is no policy '999'; nothing was done."),
    (*of("label_policy", policy="kiosk"), "there is no policy 'kiosk' (nearest: 'Kiosk')"),
    (*of("label_policy", label="Sales/EMAE"), "label: there is no label 'Sales/EMAE' (nearest: 'Sales/EMEA'"),
    (*of("label_policy", label=-99), "label: there is no label '-99'"),
    (*of("label_policy", label="No members", on_unknown="fail"), "cannot be seen (the label has no active device); nothing was written."),
    (*of("label_info", labels=["Pilto", "Android", -99]), "labels: there is no label '-99'"),
    (*of("policy_info", policies=["Saver", "Savr"]), "policies: there is no policy 'Savr' (nearest: 'Saver')"),
    (*of("policy_info", devices=[NOBODY]), f"Unknown devices, nothing was done: guid {NOBODY}."),
    (*of("alert", ids=[999999999, 999999998]), "Unknown alerts, nothing was done: id 999999999, id 999999998."),
    (*of("alert", devices=[999999999]), "devices: unknown devices, nothing was done: id 999999999."),
    ("device_info", {"devices": [NOBODY]}, f"Unknown devices, nothing was done: guid {NOBODY}."),
    ("device_info", {"devices": [NOBODY], "api": "v1"}, f"Unknown devices, nothing was done: guid {NOBODY}."),
    ("device_info", {"select": {"labels": ["No members"]}}, "select: no device matches labels=['No members']"),
    ("device_info", {"select": {"filters": "x" * 256}}, "filters: has 256 characters, and a query may have at most 255"),
    ("device_info", {"select": {"filters": '"common.status" = '}}, "HTTP 400"),
    ("device_info", {"select": {"filters": '"a" = 1', "labels": ["Pilot"]}}, "filters: cannot be combined with select.labels"),
    ("device_info", {"api": "v1", "select": {"filters": '"a" = 1'}}, "filters: API v1 of EPMM has no query language"),
    ("device_info", {"api": "v1", "spaces": ["EMEA"]}, "spaces: API v1 of EPMM has no device spaces"),
    ("device_info", {"spaces": ["EMAE"]}, "spaces: there is no device space 'EMAE' (nearest: 'EMEA')"),
    ("device_info", {"select": {"attributes": {"platfrom": "iOS"}}}, "select.attributes.platfrom: 'platfrom' is not a device field"),
]
# fmt: on


@pytest.mark.parametrize("check_mode", [False, True], ids=["apply", "check"])
@pytest.mark.parametrize(("module", "options", "words"), UNKNOWN)
def test_what_the_server_does_not_have_is_named_and_nothing_is_written(
    call, server, module, options, words, check_mode
):
    assert words in refused(call, server, module, check_mode=check_mode, **options)
    assert writes(server) == []


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_product_with_one_api_does_not_heed_which_one(call, emulator, api):
    assert call("device_info", emulator, api=api)["count"] == len(emulator.attributes())


def test_every_unknown_name_is_told_at_once(call, server):
    message = refused(call, server, "label_info", labels=["Pilto", "Androit", "Pilot"])
    assert "'Pilto'" in message and "'Androit'" in message and "label 'Pilot';" not in message
    message = refused(
        call,
        server,
        "device_label",
        devices=[FIRST],
        labels=["Pilto", "iOS", "R&D, Lab #3", "Pilot"],
    )
    assert message.count("Refused: ") == 3
    assert server.requests() and writes(server) == []


# Names that mean what they say, and values that a server takes to pieces.


@pytest.mark.parametrize("name", [name for name in NASTY if "," not in name and "/" not in name])
def test_labels_of_any_name_are_put_on_and_taken_off(call, server, name):
    before = {label: set(entry["members"]) for label, entry in server.labels().items()}
    done = call("device_label", server, devices=[FIRST], labels=[name])
    assert done["devices"][0]["after"] == {"labels": [name]}
    after = {label: set(entry["members"]) for label, entry in server.labels().items()}
    assert {label for label in after if after[label] != before[label]} == {name} and FIRST in after[
        name
    ]
    assert not call("device_label", server, devices=[FIRST], labels=[name])["changed"]
    assert call("device_label", server, devices=[FIRST], labels=[name], state="absent")["changed"]
    assert {label: set(entry["members"]) for label, entry in server.labels().items()} == before


@pytest.mark.parametrize("slash", ["reject", "accept"])
def test_a_slash_in_a_label_works_or_is_told(call, server, slash):
    """Servers of this kind commonly refuse an encoded slash in an address."""
    server.set_switch("encoded_slash", slash)
    if slash == "accept":
        assert call("device_label", server, devices=[FIRST], labels=["Sales/EMEA"])["changed"]
        assert FIRST in server.labels()["Sales/EMEA"]["members"]
        return
    message = refused(call, server, "device_label", devices=[FIRST], labels=["Sales/EMEA"])
    assert message.startswith("1 of 1 device could not be changed") and "Sales%2FEMEA" in message
    assert FIRST not in server.labels()["Sales/EMEA"]["members"]


@pytest.mark.parametrize("api", ["v1", "v2"])
@pytest.mark.parametrize("name", [name for name in NASTY if "/" not in name])
def test_labels_of_any_name_are_read(call, server, name, api):
    hidden = UNREGISTERED if api == "v1" else set()
    shown = {
        device["uuid"]
        for device in server.devices("uuid", "status")
        if device["status"] not in hidden
    }
    truth = set(server.labels()[name]["members"]) & shown
    [row] = call("label_info", server, labels=[name], members=True, api=api)["labels"]
    assert row["name"] == name and {member["guid"] for member in row["members"]} == truth
    found = call(
        "device_info",
        server,
        select={"labels": [name]},
        fields=["guid"],
        api=api,
        on_missing="skip",
    )
    assert {device["guid"] for device in found["devices"]} == truth


@pytest.mark.parametrize("name", NASTY)
def test_policies_are_put_on_labels_of_any_name(call, server, name):
    """The name goes into the query here, where a comma or slash harms nothing."""
    server.set_switch("encoded_slash", "accept")
    call("label_policy", server, policy="Saver", label=name)
    assert server.policies()["Saver"]["labels"] == [name]
    call("label_policy", server, policy="Saver", label=name, state="absent", max_devices=20)
    assert server.policies()["Saver"]["labels"] == []


@pytest.mark.parametrize(
    "name", ["Mobile Baseline, 2026 (R&D / Field #3)", "Pilot {{ 7 * 7 }}", "Vie privée (BYOD)"]
)
def test_policies_of_any_name_are_read(call, server, name):
    [row] = call("policy_info", server, policies=[name])["policies"]
    assert row["name"] == name and int(row["id"]) == server.policies()[name]["id"]
    assert call("policy_info", server, policies=[row["id"]])["policies"] == [row]
    assert call("policy_info", server, policies=[int(row["id"]), name])["policies"] == [row]


@pytest.mark.parametrize("length", [1, 255])
def test_comments_up_to_the_limit_are_taken(call, server, length):
    comment = "ü&#/%{"[:length].ljust(length, "ä")
    [number] = [server.add_alert(FIRST)]
    assert call("alert", server, ids=[number], comment=comment)["changed"]
    assert (
        server.alerts()[number]["comment"] == comment and server.alerts()[number]["unread"] is False
    )


# Servers that do not do what they are asked for.


def two_alerts(server):
    return [server.add_alert(FIRST), server.add_alert(FIRST)]


def test_success_is_believed_only_when_the_body_says_it(call, server):
    server.add_fault("result_zero", method="PUT", path="/api/v2/devices/labels/*", times=None)
    others = [
        device["uuid"]
        for device in server.devices("uuid", "labels")
        if "Pilot" not in device["labels"]
    ][:3]
    message = refused(call, server, "device_label", devices=others, labels=["Pilot"])
    assert (
        message.startswith("3 of 3 devices could not be changed")
        and "answered HTTP 200, but reported no success" in message
    )
    # All together, and then each by itself.
    assert len(writes(server)) == 4


def test_one_impossible_device_keeps_no_other_from_its_labels(call, server):
    """A label of a device space cannot be put on a device outside it; the server then does nothing
    for any device."""
    space = {label["space_id"]: name for name, label in server.labels().items()}
    [name] = [label for number, label in space.items() if number != 1]
    inside = next(
        device["uuid"]
        for device in server.devices("uuid", "space_id", "labels")
        if device["space_id"] == server.labels()[name]["space_id"] and name not in device["labels"]
    )
    with pytest.raises(ModuleFailed) as failed:
        call("device_label", server, devices=[FIRST, inside], labels=[name])
    outcomes = {entry["guid"]: entry["outcome"] for entry in failed.value.result["devices"]}
    assert outcomes == {FIRST: "failed", inside: "changed"}
    members = server.labels()[name]["members"]
    assert inside in members and FIRST not in members
    assert failed.value.result["summary"]["changed"] == 1 and failed.value.result["changed"] is True


@pytest.mark.parametrize("partial", ["none", "rest"])
@pytest.mark.parametrize("position", ["unsuccessful", "bad_request"])
def test_a_device_that_goes_between_reading_and_writing(call, server, position, partial):
    server.set_switch("unknown_device_write", position)
    server.set_switch("partial_label_write", partial)
    server.add_fault("vanish", method="PUT", path="/api/v2/devices/labels/*")
    two = [
        device["uuid"]
        for device in server.devices("uuid", "labels")
        if "Pilot" not in device["labels"]
    ][:2]
    with pytest.raises(ModuleFailed) as failed:
        call("device_label", server, devices=two, labels=["Pilot"])
    left = {device["uuid"] for device in server.devices("uuid")}
    outcomes = {entry["guid"]: entry["outcome"] for entry in failed.value.result["devices"]}
    assert outcomes == {uuid: "changed" if uuid in left else "failed" for uuid in two} and set(
        outcomes.values()
    ) == {"changed", "failed"}
    assert set(two) & set(server.labels()["Pilot"]["members"]) == set(two) & left


@pytest.mark.parametrize("position", ["404", "count"])
@pytest.mark.parametrize("count", [1, 2])
def test_an_alert_that_vanishes_between_reading_and_updating(call, server, position, count):
    server.set_switch("alert_vanished", position)
    numbers = two_alerts(server)[:count]
    server.add_fault("vanish", method="PUT", path="/api/v1/alerts*")
    with pytest.raises(ModuleFailed) as failed:
        call("alert", server, ids=numbers, comment="seen")
    result = failed.value.result
    outcomes = {entry["id"]: (entry["outcome"], entry.get("error")) for entry in result["alerts"]}
    left = server.alerts()
    assert numbers[0] not in left and outcomes[str(numbers[0])] == (
        "failed",
        "the alert vanished between reading and updating",
    )
    for number in numbers[1:]:
        assert (
            outcomes[str(number)] == ("changed", None)
            and left[number]["comment"] == "seen"
            and not left[number]["unread"]
        )
    alerts = "1 of 1 alert" if count == 1 else f"1 of {count} alerts"
    assert "\n" not in result["msg"]
    assert result["msg"].startswith(f"{alerts} could not be changed")


def test_alerts_that_the_server_does_not_update_are_told(call, server):
    numbers = two_alerts(server)
    server.add_fault("result_zero", method="PUT", path="/api/v1/alerts*", times=None)
    message = refused(call, server, "alert", ids=numbers, comment="seen")
    assert message.startswith("2 of 2 alerts could not be changed")
    assert all(server.alerts()[number]["unread"] for number in numbers)


def test_a_policy_that_the_server_refuses_is_told(call, server):
    server.add_fault("result_zero", method="PUT", path="/api/v1/policies/*", times=None)
    message = refused(call, server, "label_policy", policy="Kiosk", label="Pilot")
    assert (
        "policy 'Kiosk' on label 'Pilot': the server answered HTTP 200, but reported no success"
        in message
    )
    assert server.policies()["Kiosk"]["labels"] == ["R&D, Lab #3"]


@pytest.mark.parametrize("position", ["404", "message"])
def test_a_policy_that_goes_between_reading_and_applying(call, server, position):
    server.set_switch("policy_label_unknown", position)
    server.add_fault("vanish", method="PUT", path="/api/v1/policies/*")
    refused(call, server, "label_policy", policy="Saver", label="Pilot")
    assert "Saver" not in server.policies()


def test_a_policy_write_without_effect_is_no_change(call, server):
    server.add_fault("no_effect", method="PUT", path="/api/v1/policies/*", times=None)
    result = call("label_policy", server, policy="Kiosk", label="Android")
    assert result["sent"] and not result["changed"] and result["known"] == "not_applied"
    assert len(result["warnings"]) == 1 and "no change is reported" in result["warnings"][0]


# fmt: off
READS = {
    "device_label": "/api/v2/labels/label_summary", "label_info": "/api/v2/labels/label_summary",
    "device_info": "/api/v2/devices", "label_policy": "/api/v1/policies", "policy_info": "/api/v1/policies",
    "alert": "/api/v1/alerts", "alert_info": "/api/v1/alerts",
}
# fmt: on


@pytest.mark.parametrize("module", READS)
def test_a_web_page_instead_of_an_answer(call, server, module):
    server.add_fault("html", path=READS[module], times=None)
    message = refused(call, server, module, **LEAST.get(module, {}))
    assert (
        "was answered by a web page" in message and "set url to the address before /api/" in message
    )
    assert writes(server) == []


def test_an_empty_list_says_that_it_is_empty(call, server):
    server.reset(devices=0)
    assert call("alert_info", server)["alerts"] == []
    assert call("device_info", server, api="v1")["devices"] == []
    assert (
        call("label_info", server, api="v1", labels=["Pilot"], members=True)["labels"][0]["members"]
        == []
    )


@pytest.mark.parametrize("position", ["404_count", "200_count"])
def test_a_count_of_0_without_words_is_an_empty_list(call, server, position):
    server.add_label("Nobody")
    said = call("device_info", server, api="v1")["devices"]
    server.set_switch("v1_no_devices", position)
    # Some statuses have no device here, and neither has the label.
    assert call("device_info", server, api="v1")["devices"] == said
    label = call("label_info", server, api="v1", labels=["Nobody"], members=True)["labels"][0]
    assert label["members"] == []
    missing = refused(call, server, "device_info", api="v1", select={"users": ["nobody"]})
    assert "Unknown devices, nothing was done: user nobody" in missing
    server.reset(devices=0)
    server.set_switch("v1_no_devices", position)
    assert call("device_info", server, api="v1")["devices"] == []


@pytest.mark.parametrize("body", ["html", "empty"])
@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("alert_info", {}),
        ("device_info", {"api": "v1"}),
        ("label_info", {"api": "v1", "labels": ["Pilot"], "members": True}),
    ],
)
def test_http_404_that_does_not_say_so_is_no_empty_list(call, server, body, module, options):
    server.reset(devices=0)
    server.set_switch("v1_error_body", body)
    assert "The answer does not say that there is no data" in refused(
        call, server, module, **options
    )


@pytest.mark.parametrize("answer", ["404", "501"])
def test_a_server_without_api_v1_serves_what_api_v2_has(call, server, answer):
    server.set_switch("v1_absent", answer)
    assert call("device_info", server, fields=["guid"])["count"] == len(server.devices("id"))
    detailed = call("device_info", server, devices=[FIRST], details=True)["devices"][0]
    assert detailed["details"] and "Android" in detailed["labels"]
    assert call("label_info", server, labels=["Pilot"], members=True)["count"] == 1
    assert call("device_label", server, devices=[FIRST], labels=["Pilot"])["changed"]


@pytest.mark.parametrize("answer", ["404", "501"])
@pytest.mark.parametrize(
    "module", ["alert", "alert_info", "label_policy", "policy_info", "device_info", "label_info"]
)
def test_a_server_without_api_v1_is_told(call, server, module, answer):
    server.set_switch("v1_absent", answer)
    options = {
        **LEAST.get(module, {}),
        **({"api": "v1"} if module in ("device_info", "label_info") else {}),
    }
    message = refused(call, server, module, **options)
    assert (
        ("API v1 is not there" in message)
        if answer == "404"
        else ("HTTP 501" in message and "/api/v1/" in message and "no such call of epmm" in message)
    )
    assert writes(server) == []


@pytest.mark.parametrize("kind", ["html", "truncated_json", "redirect", "403"])
@pytest.mark.parametrize("module", ["device_info", "device_label", "label_info"])
def test_a_ping_that_proves_nothing_is_told(call, server, module, kind):
    """A maintenance page, a sign-in page or an account without the role: API v1 would show other
    devices."""
    server.add_fault(
        kind,
        path="/api/v2/*",
        times=None,
        **({"location": "https://sso.example.com/"} if kind == "redirect" else {}),
    )
    message = refused(call, server, module, retries=0, **LEAST.get(module, {}))
    assert "/api/v2/ping" in message and message.endswith(
        "Where API v2 of this server cannot be used, set api=v1."
    )
    assert writes(server) == []
    if module != "device_label":
        assert call(module, server, api="v1")["count"]


@pytest.mark.parametrize("where", ["fields", "select.attributes"])
def test_a_field_that_the_server_does_not_know_is_named(call, server, where):
    server.set_switch("v2_unknown_field", "error")
    options = (
        {"fields": ["id", "ios.NoSuch"]}
        if where == "fields"
        else {"select": {"attributes": {"ios.NoSuch": "x"}}}
    )
    message = refused(call, server, "device_info", **options)
    option = where if where == "fields" else f"{where}.ios.NoSuch"
    assert message.startswith(
        f"{option}: the server refused a request with 'ios.NoSuch', and does not list such a field. "
        "GET "
    )
    assert "HTTP 400" in message


def test_a_field_that_no_server_of_the_product_says_is_told(call, server):
    result = call("device_info", server, fields=["id", "supervised"])
    [warning] = result["warnings"]
    assert warning.startswith("fields: epmm does not say supervised")
    assert result["devices"] and all(row["supervised"] is None for row in result["devices"])
    assert not call("device_info", server, fields=["id", "quarantined"])["warnings"]


def test_devices_of_spaces_within_one_another_count_once(call, server):
    fleet = call("device_info", server, select={"query": "[*]"})["count"]
    with pytest.raises(ModuleFailed, match=f"1 of {fleet} devices"):
        call(
            "device_label",
            server,
            devices=[FIRST],
            labels=["Pilot"],
            spaces=["Global", "EMEA", "Retail & Kiosk"],
            max_percent=0.1,
        )


def test_a_device_is_written_in_the_space_that_it_was_found_in(call, server):
    space = next(one["id"] for one in server.spaces() if one["name"] == "EMEA")
    device = call(
        "device_info", server, spaces=["EMEA"], select={"attributes": {"status": "ACTIVE"}}
    )["devices"][0]
    server.add_label("Berlin staff", space_id=space)
    server.clear_requests()
    options = {"spaces": ["EMEA"], "devices": [device["guid"]], "labels": ["Berlin staff"]}
    assert (
        call("device_label", server, **options)["changed"]
        and not call("device_label", server, **options)["changed"]
    )
    asked = [
        entry
        for entry in server.requests()
        if "/labels" in entry["path"] and "label_summary" not in entry["path"]
    ]
    assert writes(server) and all(
        f"adminDeviceSpaceId={space}" in entry["query"] for entry in asked
    )


# Both APIs of the server


def rows_of(call, server, api, **options):
    rows = call("device_info", server, api=api, **options)["devices"]
    return {
        row["guid"]: {name: value for name, value in row.items() if name not in V1_ALONE | V2_ALONE}
        for row in rows
    }


def differing(one, other):
    """Field by field the values that are not the same, of a device of API v1 and the same of API
    v2."""
    return {
        name: (row[name], other[uuid][name])
        for uuid, row in one.items()
        for name in row.keys() - TOLD_OTHERWISE
        if row[name] != other[uuid][name] and (name not in OF_DETAILS or row[name] is not None)
    }


@pytest.fixture
def whole(epmm):
    """A fleet with every status and every oddity."""
    epmm.reset(devices=300)
    yield epmm
    epmm.reset(devices=60)


def test_both_apis_tell_the_same_of_every_device(call, whole):
    old, new = rows_of(call, whole, "v1"), rows_of(call, whole, "v2")
    truth = {device["uuid"]: device["status"] for device in whole.devices("uuid", "status")}
    assert new.keys() == truth.keys() and UNLISTED | UNREGISTERED < set(truth.values())
    assert old.keys() == {uuid for uuid, status in truth.items() if status not in UNLISTED}
    # API v1 has bits, and the vendor publishes no word for one of them.
    assert differing(old, new).keys() <= {"compliance_reasons_raw"}
    fields = {frozenset(row) for rows in (old, new) for row in rows.values()}
    assert len(fields) == 1
    # Reasons where the other has some, and none without being not compliant.
    for uuid, row in old.items():
        for name in ("compliance_reasons", "quarantine_reasons"):
            assert bool(row[name]) is bool(new[uuid][name]), row
        assert bool(row["compliance_reasons"]) is not row["compliant"]
    # What one of them alone knows is null in the other, never wrong.
    for api, lacking in (("v1", V2_ALONE), ("v2", V1_ALONE)):
        devices = call("device_info", whole, api=api)["devices"]
        assert {device[name] for device in devices for name in lacking} == {None}, api
        present = {
            name
            for device in devices
            for name in (V1_ALONE | V2_ALONE) - lacking
            if device[name] is not None
        }
        # No emulated device is a BlackBerry, or has an operator with a domain for e-mail.
        assert present == (V1_ALONE | V2_ALONE) - lacking - {"pin", "email_domain"}


@pytest.mark.parametrize("api", ["auto", "v1"])
def test_the_details_of_a_device_have_what_only_api_v1_knows(call, epmm, api):
    one = next(one for one in epmm.devices("uuid", "status") if one["status"] == "ACTIVE")
    [row] = call("device_info", epmm, api=api, devices=[one["uuid"]], details=True)["devices"]
    assert row["operator"] and row["status_code"] == 97 and row["user_uuid"] and row["name"]
    [row] = call(
        "device_info", epmm, api="v1", devices=[one["uuid"]], fields=["operator", "country_name"]
    )["devices"]
    assert row["operator"] and row["country_name"]


def test_a_selection_by_what_only_api_v1_knows_is_refused(call, epmm):
    with pytest.raises(ModuleFailed, match=r"only API v1 of EPMM has operator, .* set api=v1"):
        call("device_info", epmm, select={"attributes": {"operator": "Verizon"}})
    assert call(
        "device_info", epmm, api="v1", select={"attributes": {"operator": "PDA"}}, on_missing="skip"
    )


ONLY_V2 = [
    {"space": "Global"},
    {"common.status": "ACTIVE"},
    {"common.uuid": "x"},
    {"ios.NoSuch": "x"},
]


@pytest.mark.parametrize("attributes", ONLY_V2, ids=str)
def test_what_only_api_v2_knows_protects_nothing_in_silence(
    call, epmm, monkeypatch, tmp_path, attributes
):
    """API v1 does not show it, so a plan that leaves such devices alone is refused, and shown."""
    monkeypatch.setenv("HOME", str(tmp_path))
    device = next(
        one["uuid"] for one in epmm.devices("uuid", "status") if one["status"] == "ACTIVE"
    )
    options = {"action": "wipe", "devices": [device], "max_devices": 9, "api": "v1"}
    protected = {"attributes": attributes}
    with pytest.raises(
        ModuleFailed, match=r"protected.attributes\..*: only API v2 of EPMM"
    ) as caught:
        call("device_action", epmm, check_mode=True, protected=protected, **options)
    assert caught.value.result["summary"]["planned"] == 1
    with pytest.raises(ModuleFailed, match=r"select.attributes\..*: only API v2 of EPMM"):
        call("device_info", epmm, api="v1", select={"attributes": attributes})
    assert writes(epmm) == []


@pytest.fixture
def named(epmm):
    """A registered device with a phone number and a MAC address that no other device has."""
    rows = epmm.devices("uuid", "status", "phone", "mac")
    return next(
        row
        for row in rows
        if row["status"] == "ACTIVE"
        and row["phone"].isdigit()
        and row["mac"]
        and sum(other["phone"] == row["phone"] for other in rows) == 1
    )


def looked_up(call, epmm, select, **options):
    epmm.clear_requests()
    result = call("device_info", epmm, select=select, **options)
    paths = [one["path"] for one in epmm.requests() if not one["path"].endswith("/ping")]
    return [row["guid"] for row in result["devices"]], paths


@pytest.mark.parametrize(("key", "field", "address"), [
    ("phone_numbers", "phone", "/api/v1/dm/phones/"), ("wifi_mac_addresses", "mac", "/api/v1/dm/devices/mac/"),
])  # fmt: skip
def test_a_phone_number_or_mac_address_is_looked_up_with_one_request(
    call, epmm, named, key, field, address
):
    found, paths = looked_up(call, epmm, {key: [named[field]]})
    assert found == [named["uuid"]] and len(paths) == 1 and paths[0].startswith(address)
    found, paths = looked_up(call, epmm, {key: [named[field]]}, api="v2")
    assert found == [named["uuid"]] and not any(path.startswith("/api/v1/") for path in paths)


@pytest.mark.parametrize("api", ["auto", "v2"])
def test_a_phone_number_is_not_the_end_of_another(call, epmm, named, api):
    """Of a number only the country code may be missing, and it must be that of one person."""
    for number in ("12125550123", "14155550123", "452125550123"):
        epmm.add_device(phone=number)
    options = {"on_missing": "skip", "api": api}
    assert looked_up(call, epmm, {"phone_numbers": ["5550123"]}, **options)[0] == []
    [one], _paths = looked_up(call, epmm, {"phone_numbers": ["4155550123"]}, **options)
    assert {row["uuid"]: row["phone"] for row in epmm.devices("uuid", "phone")}[
        one
    ] == "14155550123"
    with pytest.raises(ModuleFailed, match="'2125550123' is the number of several: "):
        looked_up(call, epmm, {"phone_numbers": ["2125550123"]}, **options)


def test_the_fleet_is_read_where_the_direct_call_may_not_be_sent(call, epmm, named):
    epmm.add_fault("403", path_regex="^/api/v1/", times=None)
    found, paths = looked_up(call, epmm, {"wifi_mac_addresses": [named["mac"]]})
    assert found == [named["uuid"]] and "/api/v2/devices" in paths


def test_a_device_that_the_direct_call_does_not_know_is_found_in_the_fleet(call, epmm):
    """It knows only registered devices."""
    row = next(
        row
        for row in epmm.devices("uuid", "status", "mac")
        if row["status"] in UNREGISTERED and row["mac"]
    )
    found, _paths = looked_up(call, epmm, {"wifi_mac_addresses": [row["mac"]]})
    assert row["uuid"] in found


# fmt: off
SELECTIONS = [
    {"labels": ["Pilot", "Not compliant"]}, {"labels": ["Pilot"], "platform": "ios"},
    {"status": "retired"}, {"attributes": {"status": "retired", "platform": "Android"}}, {"status": "pending"},
    {"compliant": False}, {"attributes": {"quarantined": "true"}}, {"ownership": "company"}, {"blocked": True}, {"jailbroken": True},
    {"registered_within": "30d"}, {"last_seen_within": "2d", "status": "active"},
    {"query": "[?compliance_reasons && contains(compliance_reasons, 'out_of_contact')]"},
]
# fmt: on


@pytest.mark.parametrize("select", SELECTIONS, ids=str)
def test_both_apis_select_the_same_devices(call, whole, select):
    old = rows_of(call, whole, "v1", select=select, on_missing="skip")
    new = rows_of(call, whole, "v2", select=select, on_missing="skip")
    hidden = UNREGISTERED if "labels" in select else UNLISTED
    assert old.keys() == {uuid for uuid, row in new.items() if row["status_raw"] not in hidden}
    assert 0 < len(old) < 250


def test_both_apis_find_devices_by_every_kind_of_name(call, whole):
    rows = [
        row for row in call("device_info", whole, api="v2")["devices"] if row["status"] == "active"
    ]
    row = next(
        row
        for row in rows
        if row["phone_number"]
        and row["wifi_mac_address"]
        and row["phone_number"].isdigit()
        and row["email"]
    )
    # fmt: off
    names = {
        "ids": row["id"], "guids": row["guid"].upper(), "serial_numbers": row["serial_number"].lower(), "emails": row["email"].upper(),
        "users": row["user"].upper(), "phone_numbers": row["phone_number"], "wifi_mac_addresses": ":".join(
            row["wifi_mac_address"][start:start + 2] for start in range(0, 12, 2)),
    }
    # fmt: on
    for kind, name in names.items():
        old, new = (rows_of(call, whole, api, select={kind: [name]}) for api in ("v1", "v2"))
        assert row["guid"] in new and differing(old, new) == {} and old.keys() == new.keys(), kind
    missing = call(
        "device_info", whole, api="v1", select={"ids": [row["id"], 999999001]}, on_missing="skip"
    )["missing"]
    assert (
        missing
        == call(
            "device_info",
            whole,
            api="v2",
            select={"ids": [row["id"], 999999001]},
            on_missing="skip",
        )["missing"]
        == ["999999001"]
    )


def test_both_apis_tell_the_same_of_labels(call, whole):
    whole.set_switch("encoded_slash", "accept")
    old, new = (call("label_info", whole, api=api, members=True)["labels"] for api in ("v1", "v2"))
    truth = {name: set(label["members"]) for name, label in whole.labels().items()}
    unregistered = {
        device["uuid"]
        for device in whole.devices("uuid", "status")
        if device["status"] in UNREGISTERED
    }
    for rows, hidden in ((old, unregistered), (new, set())):
        members = {row["name"]: {member["guid"] for member in row["members"]} for row in rows}
        assert members == {name: uuids - hidden for name, uuids in truth.items()}
    without = [
        {
            row["name"]: {name: row[name] for name in row.keys() - {"space", "members"}}
            for row in rows
        }
        for rows in (old, new)
    ]
    assert without[0] == without[1]
    assert {row["space"] for row in old} == {""} and "" not in {row["space"] for row in new}


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_an_empty_fleet_is_no_error(call, server, api):
    """API v1 answers 404 for every status and for every label then."""
    server.reset(devices=0)
    assert call("device_info", server, api=api)["devices"] == []
    assert (
        call("device_info", server, api=api, select={"labels": ["Pilot"]}, on_missing="skip")[
            "count"
        ]
        == 0
    )
    assert call("device_info", server, api=api, select={"ids": [1]}, on_missing="skip")[
        "missing"
    ] == ["1"]
    assert {row["device_count"] for row in call("label_info", server, api=api)["labels"]} == {0}
    assert "select: no device matches" in refused(
        call, server, "device_info", api=api, select={"labels": ["Pilot"]}
    )
    assert call("alert_info", server, api=api)["count"] == 0
    assert call("policy_info", server, api=api)["count"] == len(server.policies())
    unseen = call("label_policy", server, api=api, policy="Kiosk", label="Pilot")
    assert unseen["known"] == "unknown" and unseen["sent"] and not unseen["changed"]
    assert "Pilot" in server.policies()["Kiosk"]["labels"]
    server.reset(devices=60)


@pytest.mark.parametrize("alike", ["collapse", "list"])
def test_lists_of_one_are_lists(call, server, alike):
    """JSON made of XML has one object where there is one element."""
    server.set_switch("one_element", alike)
    server.reset(devices=1)
    server.set_switch("one_element", alike)
    [device] = server.devices("uuid")
    server.patch_device(device["uuid"], status="ACTIVE")
    for number in server.alerts():
        server.delete_alert(number)
    number = server.add_alert(device["uuid"])
    [row] = call("device_info", server, api="v1")["devices"]
    assert row["guid"] == device["uuid"]
    [alert] = call("alert_info", server)["alerts"]
    assert alert["id"] == str(number)
    detailed = call("device_info", server, api="v1", details=True)["devices"]
    assert [one["guid"] for one in detailed] == [device["uuid"]] and detailed[0]["details"]
    policies = call("policy_info", server, devices=[device["uuid"]])["policies"]
    assert policies == [{**policy} for policy in policies] and all(
        policy["rules"] for policy in policies
    )
    for only in list(server.labels().values())[1:]:
        server.delete_label(only["id"])
    [label] = call("label_info", server, api="v1", members=True)["labels"]
    assert [member["guid"] for member in label["members"]] == [device["uuid"]]
    server.reset(devices=60)


@pytest.mark.parametrize("missing", [1, 7, 40])
def test_a_part_of_a_list_of_api_v1_is_completed(call, server, missing):
    """A server that cuts a list off says so by its totalCount, and is asked for the rest."""
    expected = rows_of(call, server, "v1")
    active = sum(device["status"] == "ACTIVE" for device in server.devices("status"))
    assert active > missing
    server.add_fault(
        "short_page", path="/api/v1/dm/devices", query_regex="^status=ACTIVE$", missing=missing
    )
    assert rows_of(call, server, "v1") == expected
    assert any("offset=" in entry["query"] for entry in server.requests())


def test_a_list_of_api_v1_that_stays_short_is_told(call, server):
    """Better no answer than one that lacks devices: here the server cuts off and does not heed
    limit and offset."""
    server.set_switch("v1_list_limit", "ignored")
    server.add_fault("short_page", path="/api/v1/dm/devices", times=None, missing=3)
    message = refused(call, server, "device_info", api="v1")
    assert "devices" in message


@pytest.mark.parametrize("module", ["device_label", "label_policy", "alert"])
@pytest.mark.parametrize("body", ["json", "html", "empty"])
def test_a_write_that_the_server_cannot_carry_out(call, server, module, body):
    server.add_alert(FIRST)
    server.add_fault("500", method="PUT", times=None, body=body)
    message = refused(call, server, module, retries=0, **LEAST[module])
    assert "HTTP 500" in message and "<" not in message
    assert 1 <= len(writes(server)) <= 2


@pytest.mark.parametrize("module", ["device_label", "label_policy", "alert"])
def test_an_account_without_the_role_is_told_which_one(call, server, module):
    server.add_alert(FIRST)
    server.add_fault("403", method="PUT", times=None)
    message = refused(call, server, module, **LEAST[module])
    assert "may not send PUT /api/v" in message
    assert ("give it the role API." in message) == ("/api/v1/" in message)
    assert ("the role API, and a role of Label Management." in message) == ("/labels/" in message)
    assert len(writes(server)) == 1


@pytest.mark.parametrize(("api", "reason"), [
    ("v1", "exists, is LOST, and does not meet status=active"),
    ("v2", "no device that meets status=active has this guid"),
])  # fmt: skip
def test_a_device_that_is_skipped_says_why(call, epmm, api, reason):
    device = epmm.add_device(status="LOST")
    guid = next(one["uuid"] for one in epmm.devices("id", "uuid") if one["id"] == device)
    select = {"guids": [guid], "status": "active"}
    options = {"action": "force_checkin", "on_missing": "skip", "api": api, "check_mode": True}
    result = call("device_action", epmm, select=select, **options)
    assert [(one["outcome"], one["reason"]) for one in result["devices"]] == [("skipped", reason)]
    gone = {"guids": ["8bcc4cee-dca9-476d-8710-9bb1e738ade9"]}
    result = call("device_action", epmm, select=gone, **options)
    assert result["devices"][0]["reason"] == "unknown device"
