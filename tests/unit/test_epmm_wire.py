# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Partition
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import AnswerError, ApiError
from ansible_collections.ivanti.uem.plugins.module_utils._families.alerts.epmm import (
    alerts_in,
    updated_alerts,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.labels.epmm import moved
from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.epmm import policies_in
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm import answers
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.devices import (
    NEEDED_V2,
    bare_device_v2,
    details_v1,
    details_v2,
    device_space,
    device_spaces,
    device_v1,
    device_v2,
    field_names,
    v1_device,
    v1_devices,
    v2_names,
    with_bitmaps,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.labels import (
    label_v2,
    labels_on,
    v1_labels,
)

UUID = "8d711cdc-e93c-49b1-88d6-222f54132445"
OTHER = "57d9903c-aadf-4b40-aef3-e1f24302f180"


def raw_v1(details=(), **fields):
    entries = [{"key": key, "value": value} for key, value in dict(details).items()]
    # fmt: off
    return {
        "@id": "2", "uuid": UUID.upper(), "principal": "jdoe", "status": "ACTIVE", "platform": "Android 10.0", "compliance": 0,
        "quarantinedStatus": 0, "blockReason": 0, "employeeOwned": False, "currentPhoneNumber": "+1 555-0100",
        "emailAddress": "jdoe@example.com", "details": [{"entry": entries}], **fields,
    }
    # fmt: on


def row_v1(details=(), **fields):
    return device_v1(raw_v1(details, **fields), keep_row=True).row


def row_v2(**fields):
    named = {name.replace("__", "."): value for name, value in fields.items()}
    return device_v2({"common.id": 2, "common.uuid": UUID, **named}, keep_row=True).row


# API v1: what JSON made of XML


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        ({"devices": {"device": [raw_v1(), raw_v1(**{"@id": "3"})]}}, ["2", "3"]),
        # One element is no list.
        ({"devices": {"device": raw_v1()}}, ["2"]),
        ({"devices": [raw_v1()]}, ["2"]),
        ({"device": raw_v1(), "messages": None}, ["2"]),
        # An id may be an element.
        ({"devices": {"device": raw_v1(**{"@id": None, "id": 4}) | {"@id": "4"}}}, ["4"]),
        ({"messages": {"message": "0 Device(s) returned"}, "totalCount": 0}, []), ({"messages": {"message": "No Data Found"}}, []),
        # A client in the field takes a count of 0 as no devices.
        ({"messages": {}, "totalCount": 0}, []), ({"messages": {"message": "Success"}, "totalCount": "0"}, []),
        ({"devices": {"device": []}, "totalCount": 0}, []), ({"devices": None, "messages": "", "totalCount": 0}, []),
    ],
)  # fmt: skip
def test_lists_of_devices(answer, ids):
    assert [device.id for device in v1_devices(answer, keep_row=False)] == ids


@pytest.mark.parametrize(
    "answer",
    [
        None, [], "", "<html>", 7, {}, {"result": []}, {"devices": "text"}, {"devices": {"device": ["text"]}}, {"devices": {"device": [None, {}]}},
        # An error with HTTP 200 must not pass for an empty list.
        {"messages": {"message": "Could not open JDBC connection"}}, {"devices": None, "messages": {"message": "Internal error"}},
        # The document has HTTP 404 and words for an empty list. Without words it may be one that could not be read.
        {"devices": {"device": []}}, {"devices": {}}, {"devices": ""}, {"devices": None}, {"messages": None}, {"messages": {}, "totalCount": None},
        {"messages": {"message": "Success"}, "totalCount": "none"}, {"devices": {"device": []}, "totalCount": 3},
        # Words of an error stand, whatever is counted.
        {"messages": {"message": "Could not open JDBC connection"}, "totalCount": 0}, {"messages": {"message": "Success: failed"}, "totalCount": 0},
    ],
)  # fmt: skip
def test_what_is_no_list_of_devices(answer):
    with pytest.raises(
        AnswerError, match=r"^The server('s answer| sent| answered HTTP 200 without)"
    ):
        v1_devices(answer, keep_row=False)


@pytest.mark.parametrize("said", [
    "Not Found\nNo Data Found", "No Data Found\n", "Not Found\n\n404 - No Data Found\n\n", "\nHTTP Status 404 \u2013 No Data Found\n",
    "\nNo device was found with the uuid x", "\n0 Device(s) returned", "\nThere is no data.", "\n404 \u2013 no data available",
])  # fmt: skip
def test_http_404_that_says_that_there_is_no_data(said):
    assert answers.reports_no_data(said)


@pytest.mark.parametrize("said", [
    "", "Not Found\n", "Not Found\n\n404 Not Found\n\n", "\nHTTP Status 404 \u2013 Not Found\nThe requested resource is not available",
    "\n212 Device(s) returned", "\nNo such method", "\nInternal error: no data found", "\nno data source found", "\nPage was not found",
    "\nNo Data Found; Internal error",
])  # fmt: skip
def test_http_404_that_does_not_say_so(said):
    assert not answers.reports_no_data(said)


# Every list of API v1: what its elements are called, and its message as the documents show it, with
# 0.
# fmt: off
LISTS = [
    ("devices", "device", "0 Device(s) returned"), ("labels", "label", "0 Label (s) returned"), ("alerts", "alert", " 0 alert(s) returned"),
    ("policies", "policy", " 0 policy returned."), ("operators", "operator", "0 Operator (s) returned"), ("countries", "country", "0 Countries returned"),
    ("appsettings", "appsetting", " 0 application settting(s) returned."), ("users", "user", "0 users returned"),
    ("profiles", "profile", "0 profiles returned"), ("wipedDevices", "device", "No devices were found"),
]
# fmt: on


@pytest.mark.parametrize(("many", "one", "shown"), LISTS)
@pytest.mark.parametrize(
    "text",
    [
        None,
        "No Data Found",
        "There is no data.",
        "No data found for jdoe",
        "0 results returned",
        "No records found.",
    ],
)
def test_every_list_without_elements_may_say_so(many, one, shown, text):
    said = text or shown
    forms = [{}, {many: None}, {many: ""}, {many: {}}, {many: []}]
    for form in forms:
        for messages in ({"message": said}, {"message": [said]}):
            assert answers.v1_list({"messages": messages, **form}, many, one) == []
    for form in [*forms[1:], {many: {one: []}}, {many: {one: None}}]:
        for silent in (form, {"messages": None, **form}, {"totalCount": None, **form}):
            with pytest.raises(AnswerError, match="does not say that there are none"):
                answers.v1_list(silent, many, one)
        assert answers.v1_list({"totalCount": 0, **form}, many, one) == []


@pytest.mark.parametrize("text", [
    "0 devices found", "No devices were found", "No Devices were found.", "No device found", "no device(s) returned", "No devices were returned",
    "Device(s) not found", "Device (s) were not found.", "Devices not found", "Device could not be found", "No ActiveSync devices found",
    "No matching devices were found", "No devices found for label Sales", "no data available", "  0  Device(s)\n returned ",
    "No devices found in the system", "No devices found matching the criteria.", "No device was found with the uuid x", "No data found in space 1",
])  # fmt: skip
def test_messages_of_no_devices(text):
    assert answers.v1_list({"messages": {"message": text}}, "devices", "device") == []


@pytest.mark.parametrize("text", [
    "No permission for this call", "No access: user lacks API role", "No", "0", "No API role", "0 of 3 nodes answered", "No such method", "No session",
    "No route to host", "No database connection could be opened", "No data source found", "No data was found: access denied", "Not found",
    "Resource not found", "No resource found", "No role found for devices", "No permission for devices found", "No policy found that permits this call",
    "No valid license found", "No Data Found; Internal error", "0 Device(s) returned; access denied", "Internal error: no data found",
    "No devices found, for the index is being rebuilt", "10 Device(s) returned", "No more than 100 devices can be returned", "0x80004005 returned",
    "Devices not found: database error", "Administrator not found", "No devices", "Failed: 0 devices found", "System error", "Invalid action",
])  # fmt: skip
@pytest.mark.parametrize(("many", "one"), [(many, one) for many, one, _shown in LISTS])
def test_an_error_that_begins_like_nothing_is_no_empty_list(many, one, text):
    for form in ({}, {many: None}, {many: {}}):
        with pytest.raises(AnswerError, match=f"^The server answered HTTP 200 without {many}: "):
            answers.v1_list({"messages": {"message": text}, **form}, many, one)


@pytest.mark.parametrize(
    ("many", "one"), [(many, one) for many, one, _shown in LISTS if one != "user"]
)
def test_no_elements_of_another_kind_are_not_an_empty_list(many, one):
    for text in (
        "No user found",
        "User not found",
        "No valid user was found",
        "0 users found with the role API",
    ):
        with pytest.raises(AnswerError, match=text):
            answers.v1_list({"messages": {"message": text}}, many, one)


@pytest.mark.parametrize(
    "fields",
    [
        {"@id": None},
        {"@id": "x"},
        {"@id": "-2"},
        {"@id": ""},
        {"@id": "²"},
        {"@id": "١٢"},
        {"@id": "9" * 5000},
        {"uuid": None},
        {"uuid": ""},
    ],
)
def test_a_device_needs_an_id_and_a_uuid(fields):
    with pytest.raises(AnswerError, match="a device without a usable id and uuid"):
        device_v1(raw_v1(**fields), keep_row=False)


@pytest.mark.parametrize(
    ("details", "found"),
    [
        ([{"entry": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]}], {"a": "1", "b": "2"}),
        ([{"entry": {"key": "a", "value": "1"}}], {"a": "1"}),
        ({"entry": {"key": "a", "value": "1"}}, {"a": "1"}),
        ({"entry": [{"key": "a"}, {"value": "2"}, "text", None]}, {"a": None}),
        ([{}], {}), ([], {}), ("", {}), (None, {}), ("text", {}), ([None], {}),
    ],
)  # fmt: skip
def test_details_in_every_shape(details, found):
    assert details_v1({"details": details}) == found


def test_a_device_of_v1():
    device = device_v1(
        raw_v1({"SerialNumber": "C0FFEE", "wifi_mac_addr": "AA:BB:CC:00:11:22"}), keep_row=True
    )
    assert (device.id, device.guid, device.serial, device.email, device.uid) == (
        "2",
        UUID,
        "C0FFEE",
        "jdoe@example.com",
        "jdoe",
    )
    assert (device.phone, device.mac) == ("15550100", "aabbcc001122")
    assert (
        device.row["platform"] == "android"
        and device.row["platform_name"] == "Android 10.0"
        and device.row["os_version"] == "10.0"
    )
    assert (
        device.row["guid"] == UUID
        and device.row["ownership"] == "company"
        and device.row["space"] is None
    )
    assert device_v1(raw_v1(), keep_row=False).row == {}


@pytest.mark.parametrize(
    ("fields", "details", "name", "value"),
    [
        ({"phoneNumber": "1"}, {}, "phone_number", "+1 555-0100"),
        ({"currentPhoneNumber": "", "phoneNumber": "PDA 2"}, {}, "phone_number", "PDA 2"),
        # An Android device has its API level as os_version, and its version as platform_name.
        ({}, {"platform_name": "14.0", "os_version": "34"}, "os_version", "14.0"),
        ({"platform": "iOS 17.4"}, {"os_version": "iPhone OS 18.6.2 (22G100)"}, "os_version", "18.6.2"),
        ({"platform": "iOS"}, {}, "os_version", None),
        ({"platform": "macOS 14.4 (Sonoma)"}, {}, "platform", "macos"),
        ({"employeeOwned": True}, {}, "ownership", "employee"), ({"employeeOwned": "true"}, {}, "ownership", "employee"),
        ({"employeeOwned": " False "}, {}, "ownership", "company"),
        ({"platform": "iOS 18.1", "mdmManaged": "true"}, {}, "mdm_managed", True), ({"platform": "iOS 18.1", "mdmManaged": "perhaps"}, {}, "mdm_managed", None),
        # "Applies only to iOS devices. For other devices, the value is always false."
        ({"platform": "macOS 15.1", "mdmManaged": False}, {}, "mdm_managed", None),
        ({"registeredAt": "2012-01-10T22:36:57+02:00"}, {}, "registered_at", "2012-01-10T20:36:57Z"),
        ({"registeredAt": "2012-01-10T20:36:57"}, {}, "registered_at", "2012-01-10T20:36:57Z"),
        ({"registeredAt": "yesterday"}, {}, "registered_at", None), ({"registeredAt": {}}, {}, "registered_at", None),
        ({}, {"serial_number": "S2"}, "serial_number", "S2"), ({}, {"SerialNumber": "", "serial_number": "S2"}, "serial_number", "S2"),
        ({}, {"iPhone MAC_ADDRESS_EN0": "aa-bb-cc-00-11-22"}, "wifi_mac_address", "aabbcc001122"),
        ({}, {"security_state": 1}, "security_state", "Ok"), ({}, {"security_state": "0"}, "security_state", "Compromised"),
        ({}, {"security_state": "Compromised"}, "security_state", "Compromised"),
        ({"comment": "{{ 7 * 7 }}\nline"}, {}, "comment", "{{ 7 * 7 }}\nline"),
    ],
)  # fmt: skip
def test_fields_of_v1(fields, details, name, value):
    assert row_v1(details, **fields)[name] == value


@pytest.mark.parametrize(
    ("bits", "state", "compliant", "reasons"),
    [
        (0, None, True, []),
        (2, None, False, ["os_version"]),
        ("8194", None, False, ["os_version", "required_app_control"]),
        (0x200000, None, False, ["bit_0x200000"]),
        # A jailbroken Android device has the bitmap 0.
        (0, "Compromised", False, ["compromised"]),
        (1, "Compromised", False, ["compromised"]),
        (2, "0", False, ["compromised", "os_version"]),
        (2, "Ok", False, ["os_version"]),
        # What is no bitmap says nothing.
        (-1, None, None, None), ("many", None, None, None), (None, None, None, None), (True, None, None, None), (1.5, None, None, None),
        (None, "Compromised", False, ["compromised"]),
    ],
)  # fmt: skip
def test_compliance_of_v1(bits, state, compliant, reasons):
    row = row_v1({"security_state": state} if state else {}, compliance=bits)
    assert (row["compliant"], row["compliance_reasons"]) == (compliant, reasons)


@pytest.mark.parametrize(
    ("bits", "verdict", "reasons"),
    [(0, False, []), (512, True, ["manual"]), (None, None, None)],
)
def test_quarantined_and_blocked(bits, verdict, reasons):
    row = row_v1(quarantinedStatus=bits, blockReason=bits)
    assert row["quarantined"] is row["blocked"] is verdict
    assert row["quarantine_reasons"] == row["block_reasons"] == reasons


def test_bitmaps_are_added_to_a_device_of_v2():
    two = device_v2(
        {"common.id": 2, "common.uuid": UUID, "common.comment": "kept", "common.compliant": True},
        keep_row=True,
    )
    one = device_v1(
        raw_v1({"security_state": "Compromised"}, compliance=2, blockReason=512, comment="lost"),
        keep_row=True,
    )
    row = with_bitmaps(two, one).row
    assert (row["comment"], row["compliance"], row["compliant"], row["blocked"]) == (
        "kept",
        2,
        False,
        True,
    )
    assert row["compliance_reasons"] == ["compromised", "os_version"] and row["block_reasons"] == [
        "manual"
    ]


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        ({"totalCount": 3}, 3),
        ({"totalCount": "3"}, 3),
        ({"totalCount": None}, None),
        ({}, None),
        (None, None),
        ([], None),
        ({"totalCount": "x"}, None),
    ],
)
def test_the_count_of_a_list(answer, count):
    assert answers.total(answer) == count


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"device": None},
        {"device": []},
        {"devices": {"device": {}}},
        {"messages": {"message": "No Data Found"}},
    ],
)
def test_an_answer_without_its_device(answer):
    with pytest.raises(AnswerError, match="^The details: the server's answer has no device"):
        v1_device(answer, "The details")


# API v1: labels, policies, alerts


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"@id": "-3", "name": "iOS", "staticLabel": False, "deviceCount": 4, "query": " a\n =  b "}, ("-3", False, True, 4, "a = b")),
        ({"id": 11, "name": "Pilot", "staticLabel": "true", "deviceCount": "4"}, ("11", True, False, 4, "")),
        ({"@id": "11", "name": "R&D, Lab #3", "staticLabel": None}, ("11", False, False, 0, "")),
    ],
)  # fmt: skip
def test_labels_of_v1(raw, expected):
    (label,) = v1_labels({"labels": {"label": raw}})
    assert (label.id, label.static, label.system, label.device_count, label.criteria) == expected
    assert label.name == raw["name"] and label.space == ""


@pytest.mark.parametrize("raw", [{}, {"@id": "1"}, {"name": "x"}, {"@id": "1", "name": ""}])
def test_what_is_no_label(raw):
    with pytest.raises(AnswerError, match="a label without an id or a name"):
        v1_labels({"labels": {"label": [raw]}})


def policy_of(**fields):
    (policy,) = policies_in(
        {"policies": {"policy": {"@id": "31", "policyName": "Strict", **fields}}}
    )
    return policy


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ({"rule": [{"type": "a", "value": "1"}, {"type": "b", "value": 2}]}, (("a", "1"), ("b", 2))),
        ({"rule": {"type": "a", "value": "1"}}, (("a", "1"),)),
        ([{"type": "a", "value": "1"}], (("a", "1"),)),
        # Three types have a list of resources instead of a value.
        ({"rule": {"type": "a", "resourceDTOs": {"resourceDTO": []}}}, (("a", {"resourceDTO": []}),)),
        ({"rule": ["text"]}, ()), ({"rule": ""}, ()), ("", ()), (None, ()), ({}, ()),
    ],
)  # fmt: skip
def test_rules_of_a_policy(rules, found):
    assert policy_of(rules=rules).rules == found


@pytest.mark.parametrize(
    ("fields", "active"),
    [
        ({}, True), ({"active": False}, False), ({"active": "false"}, False), ({"active": True, "status": "Inactive"}, True),
        ({"status": "Inactive"}, False), ({"status": "INACTIVE"}, False), ({"status": "Active"}, True),
    ],
)  # fmt: skip
def test_whether_a_policy_is_active(fields, active):
    assert policy_of(**fields).active is active


def test_a_policy():
    policy = policy_of(
        policyType="default",
        profileType="Security",
        priority="2",
        deviceCount="3",
        pendingCount=1,
        description=None,
    )
    assert (
        policy.policy_type,
        policy.profile_type,
        policy.priority,
        policy.device_count,
        policy.pending_count,
        policy.description,
    ) == ("DEFAULT", "SECURITY", 2, 3, 1, "")
    assert policy_of(deviceCount="", pendingCount=None, priority="first").priority is None
    assert (policy_of().device_count, policy_of().pending_count) == (0, 0)


@pytest.mark.parametrize("raw", [{}, {"@id": "1"}, {"policyName": "x"}])
def test_what_is_no_policy(raw):
    with pytest.raises(AnswerError, match="a policy without an id or a name"):
        policies_in({"policies": {"policy": raw}})


def alert_of(**fields):
    (alert,) = alerts_in({"alerts": {"alert": {"@id": "3936", "isActive": True, **fields}}})
    return alert


@pytest.mark.parametrize(("raw", "read"), [
    (True, False), (False, True), ("true", False), (" False ", True), (None, None), ("perhaps", None), (1, None),
])  # fmt: skip
def test_an_active_alert_is_unread(raw, read):
    assert alert_of(isActive=raw, isAlertRead=not read).read is read
    assert alert_of(isActive=raw).details["read"] is read


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"@id": None, "id": 7} | {"@id": "7"}, "id", "7"),
        ({"userUuid": OTHER}, "user_uuid", OTHER), ({"userId": OTHER}, "user_uuid", OTHER),
        ({"deviceUuid": UUID.upper()}, "device_guid", UUID), ({"retries": "2"}, "retries", 2), ({"retries": None}, "retries", None),
        ({"alertDate": 1326227817000}, "raised_at", "2012-01-10T20:36:57Z"),
        ({"alertDate": "2012-01-10T20:36:57.123+00:00"}, "raised_at", "2012-01-10T20:36:57Z"),
        ({"alertDate": "soon"}, "raised_at", None), ({"alertDate": 10**30}, "raised_at", None), ({"alertDate": -(10**30)}, "raised_at", None),
        ({"alertDate": True}, "raised_at", None),
        ({"alertText": "{{ 7 * 7 }}"}, "text", "{{ 7 * 7 }}"),
    ],
)  # fmt: skip
def test_fields_of_an_alert(fields, name, value):
    assert alert_of(**fields).details[name] == value


def test_an_alert_of_an_element_id():
    (alert,) = alerts_in({"alerts": {"alert": {"id": "7", "isActive": False}}})
    assert (alert.id, alert.read, alert.raised) == ("7", True, None)
    assert alert_of(alertDate=1326227817000).raised == 1326227817.0


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"isActive": True},
        *({"@id": one, "isActive": True} for one in ("A-17", "²", "١٢", "", 1.5, True, "9" * 5000)),
    ],
)
def test_what_is_no_alert(raw):
    with pytest.raises(AnswerError, match="an alert whose id is not a number"):
        alerts_in({"alerts": {"alert": [raw]}})


@pytest.mark.parametrize(
    ("read", "many", "one", "row"),
    [
        (v1_labels, "labels", "label", {"@id": "11", "name": "Pilot"}),
        (policies_in, "policies", "policy", {"@id": "7", "policyName": "Kiosk"}),
        (alerts_in, "alerts", "alert", {"@id": "5", "isActive": True}),
    ],
)
def test_a_list_without_pages_holds_all_that_the_server_counts(read, many, one, row):
    for total in (None, "", 1, "1", 0):
        assert len(read({"totalCount": total, many: {one: row}})) == 1
    for total in (2, "5000"):
        with pytest.raises(
            AnswerError,
            match=f"^The server counts {total} {many} and sent 1 of them; nothing was done",
        ):
            read({"totalCount": total, many: {one: row}})
    # What is sent twice counts once.
    assert len(read({"totalCount": 1, many: {one: [row, row]}})) == 1
    with pytest.raises(AnswerError, match=f"counts 2 {many} and sent 1 of them"):
        read({"totalCount": 2, many: {one: [row, dict(reversed(row.items()))]}})


# Messages and writes


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"messages": {"message": "Invalid action"}}, "Invalid action"),
        ({"messages": {"message": ["a", "b"]}}, "a; b"),
        ({"messages": [{"type": "Error", "messageKey": "x.y", "localizedMessage": "Why"}, {"messageKey": "z"}]}, "Why; z"),
        ({"messages": {"type": "Error", "messageKey": "x"}}, ""),
        ({"messages": "text"}, "text"), ({"messages": [None, "", "a"]}, "a"),
        ({"messages": None}, ""), ({"messages": {}}, ""), ({}, ""), (None, ""), ([], ""), ("<html>", ""),
        ({"messages": {"message": "x" * 9999}}, "x" * 5000),
    ],
)  # fmt: skip
def test_what_a_server_says(body, text):
    assert answers.explain(body) == text


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Policy applied to label Sales successfully.", True), ("Updated 10 alert(s) successfully", True), ("SUCCESS", True),
        ("Invalid action", False), ("The update was unsuccessful", False), ("It was not successful", False), ("", False),
    ],
)  # fmt: skip
def test_http_200_is_no_success_by_itself(text, taken):
    answer = {"messages": {"message": text}}
    assert answers.accepted(answer) == (text if taken else None)


@pytest.mark.parametrize("answer", [None, [], {}, {"messages": None}, "success", {"success": True}])
def test_an_answer_without_a_message_is_no_success(answer):
    assert answers.accepted(answer) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Updated 10 alert(s) successfully", 10),
        ("Updated 0 alert(s) successfully", 0),
        ("Updated successfully", None),
        ("Updated " + "9" * 5000, None),
        ("Updated ² alert(s)", None),
        ("", None),
    ],
)
def test_how_many_alerts_were_marked(text, count):
    assert updated_alerts(text) == count


@pytest.mark.parametrize(
    ("answer", "done"),
    [
        ({"successful": True}, {UUID, OTHER}),
        ({"successful": True, "deviceResults": None}, {UUID, OTHER}),
        ({"successful": True, "deviceResults": {}}, {UUID, OTHER}),
        ({"successful": True, "deviceResults": {UUID.upper(): "com.x.label.success", OTHER: "com.x.label.SUCCESSFUL"}}, {UUID, OTHER}),
        ({"successful": True, "deviceResults": {UUID: "com.x.success", OTHER: "com.x.failed"}}, {UUID}),
        # A device that the answer leaves out was not done for certain.
        ({"successful": True, "deviceResults": {UUID: "com.x.success"}}, {UUID}),
        ({"successful": True, "deviceResults": {UUID: None}}, set()),
        # The other shape: a record for each label, with its devices.
        ({"results": {"records": [{"label": "A", "device": [{"uuid": UUID, "message": "ok", "failureCode": None},
                                                            {"uuid": OTHER, "message": "no", "failureCode": 5}]}]}}, {UUID}),
        ({"results": {"records": [{"label": "A", "device": [{"deviceUuid": OTHER.upper(), "failureCode": ""}]}]}}, {OTHER}),
        ({"results": {"records": {"label": "A", "device": {"uuid": UUID, "failureCode": 0}}}}, {UUID}),
        # What failed for one label is not done.
        ({"results": {"records": [{"label": "A", "device": [{"uuid": UUID, "failureCode": ""}]},
                                  {"label": "B", "device": [{"uuid": UUID, "failureCode": "X"}]}]}}, set()),
        # No device is named: the record is about all of them.
        ({"results": {"records": [{"label": "A", "device": [{"message": "ok", "failureCode": ""}]}]}}, {UUID, OTHER}),
        ({"results": {"records": [{"label": "A", "device": [{"message": "no", "failureCode": "LABEL_ERROR"}]}]}}, set()),
        ({"successful": True, "results": {"records": [{"label": "A", "device": [{"uuid": UUID, "failureCode": "X"}]}]}}, set()),
    ],
)  # fmt: skip
def test_which_devices_a_write_of_labels_took(answer, done):
    assert moved(answer, [UUID, OTHER]) == done


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"successful": False, "messages": [{"localizedMessage": "Invalid device"}]}, "no success: Invalid device"),
        ({"successful": False}, "it does not say why"), ({"successful": "true"}, "no success"), ({}, "no success"), (None, "no success"),
        ({"results": {"records": []}}, "it does not say why"), ({"results": {"records": [{"label": "A", "device": []}]}}, "no success"),
        ({"successful": False, "results": {"records": [{"label": "A", "device": [{"uuid": UUID, "failureCode": ""}]}]}}, "no success"),
        ([], "no success"),
    ],
)  # fmt: skip
def test_a_write_of_labels_that_failed_with_http_200(answer, said):
    with pytest.raises(AnswerError, match=f"HTTP 200, but .*{said}"):
        moved(answer, [UUID])


# API v2


def test_a_device_of_v2():
    # fmt: off
    device = device_v2(
        {
            "common.id": 2, "common.uuid": UUID.upper(), "common.SerialNumber": "C0FFEE", "user.email_address": "a@b", "user.user_id": "jdoe",
            "common.wifi_mac_address": "AABBCC001122", "common.registration_date": "2020-11-09T07:38:22.000Z", "ios.DeviceName": "Ada's",
            "common.owner": "company", "common.current_phone_number": "PDA 2", "other.name": 1,
        },
        keep_row=True, extra=("ios.DeviceName", "ios.absent", "status"),
    )
    # fmt: on
    assert (
        device.id,
        device.guid,
        device.serial,
        device.email,
        device.uid,
        device.phone,
        device.mac,
    ) == ("2", UUID, "C0FFEE", "a@b", "jdoe", "2", "aabbcc001122")
    assert (
        device.row["registered_at"] == "2020-11-09T07:38:22Z"
        and device.row["ownership"] == "company"
    )
    assert (
        device.row["ios.DeviceName"] == "Ada's"
        and "ios.absent" not in device.row
        and "other.name" not in device.row
    )
    assert device.row["blocked"] is device.row["compliance"] is device.row["status"] is None


@pytest.mark.parametrize(
    ("fields", "compliant", "reasons"),
    [
        # What a device lacks is absent from its row: no reasons where it is compliant.
        ({}, None, None), ({"common__compliant": True}, True, []), ({"common__compliant": False}, False, None),
        ({"common__compliant": True, "common__security_state": "Compromised"}, False, ["compromised"]),
        ({"common__compliant": False, "common__noncompliance_reasons": ["DEVICE_ADMIN_DEACTIVE"]}, False, ["mdm_disabled"]),
        ({"common__compliant": False, "common__noncompliance_reasons": "OS VERSION"}, False, ["os_version"]),
        ({"common__compliant": False, "common__noncompliance_reasons": "DEVICE_ADMIN_DEACTIVE, OS VERSION,"}, False,
         ["mdm_disabled", "os_version"]),
        ({"common__compliant": "perhaps"}, None, None),
    ],
)  # fmt: skip
def test_compliance_of_v2(fields, compliant, reasons):
    row = row_v2(**fields)
    assert (row["compliant"], row["compliance_reasons"]) == (compliant, reasons)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"common.id": 2},
        {"common.uuid": UUID},
        {"common.id": "x", "common.uuid": UUID},
    ],
)
def test_what_is_no_device_of_v2(row):
    with pytest.raises(AnswerError, match="^The server sent a device"):
        device_v2(row, keep_row=True)
    with pytest.raises(AnswerError, match="^The server sent a device"):
        bare_device_v2(row, space="1")


def test_a_device_of_which_only_the_ids_are_read():
    row = {"common.id": 2, "common.uuid": UUID.upper()}
    device = bare_device_v2(row, space="7")
    assert device == device_v2(row, keep_row=False, space="7")
    assert (device.id, device.guid, device.space) == ("2", UUID, "7")


def test_a_page():
    assert answers.page({"results": [{"a": 1}], "totalCount": 3}, "x") == ([{"a": 1}], 3)
    assert answers.page({"results": [{"a": 1}], "totalCount": "3"}, "x") == ([{"a": 1}], 3)


@pytest.mark.parametrize(
    "answer",
    [
        {"results": [], "totalCount": 0},
        {"results": None, "totalCount": "0"},
        {"totalCount": 0, "messages": []},
    ],
)
def test_a_page_without_rows(answer):
    assert answers.page(answer, "x") == ([], 0)


def test_an_error_is_no_page_without_rows():
    with pytest.raises(AnswerError, match="has no results .Index is closed."):
        answers.page(
            {"totalCount": 0, "messages": [{"localizedMessage": "Index is closed"}]}, "The list"
        )


@pytest.mark.parametrize(
    "answer",
    [
        {"results": {}, "totalCount": 1}, {"results": []}, {"results": [], "totalCount": "many"},
        {"results": [1], "totalCount": 1}, {"results": [], "totalCount": True},
    ],
)  # fmt: skip
def test_what_is_no_page(answer):
    with pytest.raises(AnswerError, match=r"^The list: .* not a page of a list"):
        answers.page(answer, "The list")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, ""),
        ([], ""),
        ({}, ""),
        ({"results": None}, ""),
        ({"results": None, "totalCount": 1}, ""),
        (
            {"results": None, "messages": [{"localizedMessage": "Access denied"}]},
            r" \(Access denied\)",
        ),
        (
            {"messages": [{"localizedMessage": "Format 'x' is invalid"}]},
            r" \(Format 'x' is invalid\)",
        ),
    ],
)
def test_an_answer_without_results(answer, said):
    with pytest.raises(
        AnswerError,
        match=f"^The ping: the server's answer has no results{said}; url may lead to another API",
    ):
        answers.results(answer, "The ping")


@pytest.mark.parametrize("read", [device_spaces, details_v2, field_names, labels_on])
@pytest.mark.parametrize("more", [{}, {"totalCount": 1}, {"totalCount": 0, "messages": "Denied"}])
def test_null_is_no_list(read, more):
    """What the server does not send is not an empty list, unless it counts nothing."""
    assert not read({"results": None, "totalCount": 0}, "The list")
    with pytest.raises(AnswerError, match="^The list: the server's answer has no results"):
        read({"results": None, **more}, "The list")


@pytest.mark.parametrize(
    "answer",
    [None, {}, {"totalCount": "many"}, {"totalCount": None}, {"totalCount": True}, {"results": 3}],
)
def test_a_count_without_a_number(answer):
    with pytest.raises(AnswerError, match="has no totalCount"):
        answers.count(answer, "The count")
    assert answers.count({"totalCount": 3}, "x") == answers.count({"totalCount": "3"}, "x") == 3


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {
                "id": 11,
                "name": "Pilot",
                "isStatic": True,
                "rowType": "USER",
                "deviceCount": 3,
                "deviceSpaceName": "Global",
            },
            ("11", True, False, 3, "Global"),
        ),
        (
            {
                "id": -1,
                "name": "All-Smartphones",
                "isStatic": False,
                "rowType": "SYSTEM",
                "deviceCount": None,
            },
            ("-1", False, True, 0, ""),
        ),
    ],
)
def test_labels_of_v2(row, expected):
    label = label_v2(row)
    assert (label.id, label.static, label.system, label.device_count, label.space) == expected


def test_labels_of_a_device_have_ids_as_text():
    assert labels_on(
        {
            "results": [
                {"id": "11", "name": "Pilot"},
                {"id": -1, "name": "All"},
                {"name": "x"},
                None,
            ]
        },
        "x",
    ) == {"11": "Pilot", "-1": "All"}


def test_details_of_v2_and_spaces():
    assert details_v2({"results": [{"name": "a", "value": 1}, {"value": 2}, "text"]}, "x") == {
        "a": 1
    }
    with pytest.raises(AnswerError, match="is not a list of details"):
        details_v2({"results": {}}, "The details")
    assert device_space({"id": 1, "name": "Global"}) == Partition("1", "Global")
    with pytest.raises(AnswerError, match="device space without an id"):
        device_space({"name": "Global"})


def test_names_of_v2_that_are_asked_for():
    every, few = v2_names(all_fields=True), v2_names(all_fields=False)
    assert set(few) < set(every) and len(set(every)) == len(every) and "" not in every
    assert {"common.id", "common.uuid", "common.status"} == NEEDED_V2 & set(few) and set(
        every
    ) > NEEDED_V2
    assert NEEDED_V2 - set(few) == {
        "common.security_state",
        "common.compliant",
        "common.quarantined",
    }


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ({"hasMore": True}, True),
        ({"hasMore": "false"}, False),
        ({}, None),
        ({"hasMore": None}, None),
        ([], None),
    ],
)
def test_whether_a_list_goes_on(said, more):
    assert answers.more(said) is more


@pytest.mark.parametrize("said", [{"hasMore": True}, {"totalCount": 3}])
@pytest.mark.parametrize("read", [device_spaces, details_v2, field_names, labels_on])
def test_a_list_of_one_request_that_goes_on(read, said):
    rows = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    assert read({"results": rows, "totalCount": 2, "hasMore": False}, "The list")
    with pytest.raises(AnswerError, match="^The list: the server sent 2 rows and says that there"):
        read({"results": rows, **said}, "The list")
    with pytest.raises(AnswerError, match="^The list: the server sent 1 row and says that there"):
        read({"results": rows[:1] * 2, "totalCount": 2}, "The list")


@pytest.mark.parametrize(
    ("status", "messages", "lacks"),
    [
        (404, None, True), (405, None, True), (410, None, True), (501, None, True), (400, None, False), (403, None, False),
        (404, [], True), (404, "HTTP 404", True), (404, {"message": "No Data Found"}, True), (404, [{"localizedMessage": "x"}], True),
        (404, [{"messageKey": "com.mobileiron.vsp.messages.device.not.found"}], False),
        (404, [{"messageKey": "com.mobileiron.vsp.messages.error", "localizedMessage": "Gerät nicht gefunden"}], False),
        (404, {"messageKey": "x.device.not.found"}, False), (501, [{"messageKey": "x.device.not.found"}], True),
        (404, [{"messageKey": "x.http.404", "localizedMessage": "No handler found for POST /api/v2/devices/action"}], True),
        (404, [{"messageKey": "x.resource.not.found"}], True),
    ],
)  # fmt: skip
def test_what_shows_that_a_server_lacks_a_call(status, messages, lacks):
    error = ApiError("x", status=status, method="POST", path="/api/v2/devices/action")
    error.answer = None if messages is None else {"messages": messages}
    assert answers.lacks_call(error) is lacks
