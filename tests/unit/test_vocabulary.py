# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One vocabulary: the same device in the words of each API gives the same row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core import vocabulary
from ansible_collections.ivanti.uem.plugins.module_utils._core.compared import (
    Compared,
    why_not_device,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import (
    SELECT_FIELDS,
    Selection,
    parse_select,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm import query
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.devices import (
    device_v1,
    device_v2,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.forms import FORMS
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons import fq
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons.devices import device_of

ROOT = Path(__file__).resolve().parents[2]
GUID = "57d9903c-aadf-4b40-aef3-e1f24302f180"

# One and the same device as each API sends it.
# fmt: off
NEURONS = {
    "id": 22000, "guid": GUID.upper(), "serialNumber": "DLX", "deviceName": "Ada's iPad", "uid": "ada", "emailAddress": "ada@example.com",
    "displayName": "Ada", "platformType": "IOS", "platformVersion": "18.6.2", "manufacturer": "Apple", "prettyModel": "iPad 9",
    "imei": "35 876105 566321 0", "wifiMacAddress": "90:B9:31:73:5b:f6", "phoneNumber": "4155551212", "ownershipType": "COMPANY",
    "registrationState": "RETIRE_PENDING", "supervised": True, "complianceState": False, "quarantined": True, "blocked": False,
    "jailbroken": True, "lastCheckin": 1604907502123, "lastRegistrationTime": 1604000000000, "dmPartitionName": "Retail",
    "lostModeEnabled": True, "clientLastCheckin": 1604907502000, "customAttributes": {"attrs": {"cityid": ["SF"]}},
    "violatedPolicies": [{"name": "Compromised Devices"}, "OS version"],
}
V2 = {
    "common.id": 22000, "common.uuid": GUID, "common.SerialNumber": "DLX", "ios.DeviceName": "Ada's iPad", "user.user_id": "ada",
    "user.email_address": "ada@example.com", "user.display_name": "Ada", "common.platform": "iOS", "common.os_version": "18.6.2",
    "common.manufacturer": "Apple", "common.model": "iPad 9", "common.imei": "358761055663210", "common.wifi_mac_address": "90b931735bf6",
    "common.current_phone_number": "4155551212", "common.owner": "COMPANY", "common.status": "RETIRE_PENDING",
    "common.compliant": True, "common.quarantined": True, "common.blocked": False, "common.security_state": "Compromised",
    "common.last_connected_at": "2020-11-09T07:38:22.123Z", "common.registration_date": "2020-10-29T19:33:20.000Z",
    "common.device_space_name": "Retail", "common.noncompliance_reasons": ["OS_VERSION"],
}
V1 = {
    "@id": "22000", "uuid": GUID, "principal": "ada", "emailAddress": "ada@example.com", "userDisplayName": "Ada",
    "platform": "iOS 18.6", "manufacturer": "Apple", "model": "iPad 9", "currentPhoneNumber": "4155551212", "employeeOwned": False,
    "status": "RETIRE_PENDING", "compliance": 2, "quarantinedStatus": 2, "blockReason": 0,
    "lastConnectedAt": "2020-11-09T08:38:22+01:00", "registeredAt": "2020-10-29T19:33:20+00:00",
    "details": [{"entry": [{"key": key, "value": value} for key, value in {
        "SerialNumber": "DLX", "DeviceName": "Ada's iPad", "os_version": "iPhone OS 18.6.2 (22G100)", "imei": "358761055663210",
        "iPhone MAC_ADDRESS_EN0": "90:b9:31:73:5b:f6", "security_state": "0",
    }.items()]}],
}
ROW = {
    "id": "22000", "guid": GUID, "serial_number": "DLX", "device_name": "Ada's iPad", "user": "ada", "email": "ada@example.com",
    "display_name": "Ada", "platform": "ios", "os_version": "18.6.2", "manufacturer": "Apple", "model": "iPad 9",
    "imei": "358761055663210", "wifi_mac_address": "90b931735bf6", "phone_number": "4155551212", "ownership": "company",
    "status": "retire_pending", "status_raw": "RETIRE_PENDING", "supervised": None, "compliant": False,
    "compliance_reasons": ["compromised", "os_version"], "compliance_reasons_raw": ["OS_VERSION"], "quarantined": True, "blocked": False, "jailbroken": True,
    "last_seen_at": "2020-11-09T07:38:22Z", "registered_at": "2020-10-29T19:33:20Z", "space": "Retail", "labels": None,
}
# fmt: on


@pytest.mark.parametrize(
    ("row", "differs"),
    [
        (
            device_of(NEURONS, keep_row=True).row,
            {"supervised": True, "compliance_reasons_raw": ["Compromised Devices", "OS version"]},
        ),
        (device_v2(V2, keep_row=True).row, {}),
        (device_v1(V1, keep_row=True).row, {"space": None}),
    ],
    ids=["neurons", "v2", "v1"],
)
def test_a_device_is_the_same_in_the_words_of_each_api(row, differs):
    assert {name: row[name] for name in ROW} == {**ROW, **differs}


@pytest.mark.parametrize(
    "row",
    [
        device_of({"id": 1}, keep_row=True).row,
        device_v2({"common.id": 1, "common.uuid": GUID}, keep_row=True).row,
        device_v1({"id": "1", "uuid": GUID}, keep_row=True).row,
    ],
    ids=["neurons", "v2", "v1"],
)
def test_what_a_server_does_not_say_is_null_and_not_absent(row):
    said = {name: row[name] for name in ROW if row[name] is not None}
    assert said.keys() <= {"id", "guid"}
    assert row.keys() >= {field.name for field in vocabulary.COMMON}


def test_what_only_neurons_knows_keeps_its_name():
    row = device_of(NEURONS, keep_row=True).row
    assert (row["lost_mode_enabled"], row["client_last_checkin"]) == (True, "2020-11-09T07:38:22Z")
    assert row["custom_attributes"] == {"cityid": ["SF"]}
    assert not {name for name in row if name != vocabulary.snake_case(name)}
    assert not row.keys() & {"platform_type", "registration_state", "uid", "email_address"}


@pytest.mark.parametrize(
    ("word", "platform"),
    [
        ("IOS", "ios"),
        ("iOS", "ios"),
        ("iPadOS 17.1", "ios"),
        ("OSX", "macos"),
        ("Mac OS X 10.15", "macos"),
        ("macOS", "macos"),
        ("ANDROID", "android"),
        ("Android 14.0", "android"),
        ("WINDOWS_PHONE", "windows"),
        ("WINDOWS", "windows"),
        ("Windows Phone 8.1", "windows"),
        ("TVOS", "tvos"),
        ("Chrome OS", "chrome_os"),
        ("", None),
    ],
)
def test_platforms(word, platform):
    assert vocabulary.platform_of(word) == platform


# The states of "Get Device Details Based on Attribute" (facetedResults), of "Status and statusCode
# values", and of the vendor's Reporting Database Essentials.
# fmt: off
STATES = {
    "ACTIVE": "active", "VERIFICATION_PENDING": "pending", "VERIFIED": "pending", "IENROLL_VERIFIED": "pending",
    "IENROLL_INPROGRESS": "pending", "IENROLL_COMPLETE": "pending", "LOST": "lost", "INFECTED": "infected", "BLOCKED": "blocked",
    "EXPIRED": "expired", "RETIRE_PENDING": "retire_pending", "RETIRE_SENT": "retire_pending", "RETIRE_CANCELED": "retire_canceled",
    "RETIRED": "retired", "WIPE_PENDING": "wipe_pending", "WIPE_SENT": "wipe_pending", "WIPE_CANCELED": "wipe_canceled",
    "WIPED": "wiped", "UNKNOWN": "unknown", "NEW_IN_THIS_RELEASE": "unknown", "active": "active", "": None,
}
# fmt: on


@pytest.mark.parametrize("word", STATES)
def test_statuses(word):
    assert vocabulary.status_of(word) == STATES[word]


def test_every_status_has_a_word_of_a_server():
    assert set(vocabulary.values_of(vocabulary.STATUS)) == {*STATES.values()} - {None}


@pytest.mark.parametrize(
    ("word", "ownership"),
    [("COMPANY", "company"), ("Employee", "employee"), ("UNKNOWN", None), ("", None)],
)
def test_ownerships(word, ownership):
    assert vocabulary.ownership_of(word) == ownership


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("platformType", "platform_type"), ("availableOSUpdate", "available_os_update"), ("imei2", "imei2"),
        ("userPreferenceCSVHeader", "user_preference_csv_header"), ("dmPartitionId", "dm_partition_id"), ("uid", "uid"),
        ("common.os_version", "common_os_version"), ("already_snake", "already_snake"),
    ],
)  # fmt: skip
def test_snake_case(name, snake):
    assert vocabulary.snake_case(name) == snake


@pytest.mark.parametrize(
    "name", ["lostModeEnabled", "availableOSUpdate", "userPreferenceCSVHeader", "imei2"]
)
def test_the_way_back_differs_only_in_case(name):
    assert vocabulary.camel_case(vocabulary.snake_case(name)).lower() == name.lower()


# What each server is asked for the same selection. None: nothing, so the rows decide.
@pytest.mark.parametrize(
    ("select", "neurons", "epmm"),
    [
        ({"platform": "ios"}, "platformType=IOS", ""),
        ({"platform": "macos"}, "platformType=OSX", ""),
        ({"platform": "windows"}, "platformType=WINDOWS_PHONE", ""),
        ({"status": "active"}, "registrationState=ACTIVE", '"common.status" = "ACTIVE"'),
        ({"status": "wipe_pending"}, "(registrationState=WIPE_PENDING or registrationState=WIPE_SENT)",
         '"common.status" = "WIPE_PENDING"'),
        ({"ownership": "company"}, "ownershipType=COMPANY", '"common.owner" = "COMPANY"'),
        ({"compliant": False}, "complianceState=false", ""),
        ({"quarantined": True}, "quarantined=true", '"common.quarantined" = true'),
        ({"blocked": True}, "blocked=true", '"common.blocked" = true'),
        ({"jailbroken": True}, "jailbroken=true", ""),
        ({"supervised": True}, "supervised=true", None),
        ({"attributes": {"model": "iPad 9"}}, "prettyModel='iPad 9'", '"common.model" = "iPad 9"'),
        ({"attributes": {"user": "ada"}}, "uid=ada", '"user.user_id" = "ada"'),
        ({"attributes": {"wifi_mac_address": "90B931735BF6"}}, "wifiMacAddress='90:b9:31:73:5b:f6'", ""),
        ({"attributes": {"imei": "35 876105 566321 0"}}, "(imei=358761055663210 or imei='35 876105 566321 0')", ""),
        ({"attributes": {"lost_mode_enabled": True}}, "lostModeEnabled=true", None),
        ({"attributes": {"platform_name": "Android 14.0"}}, None, '"common.platform_name" = "Android 14.0"'),
    ],
    ids=str,
)  # fmt: skip
def test_what_each_server_is_asked(select, neurons, epmm):
    selection = parse_select(select)
    if neurons is not None:
        assert fq.narrowing(selection) == neurons
    if epmm is None:
        with pytest.raises(OptionError):
            query.require_fields(selection, in_v2=True)
    else:
        query.require_fields(selection, in_v2=True)
        assert query.narrowing(selection) == epmm


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ({"attributes": {"platform": "iPhone"}}, "select.attributes.platform: 'iPhone' is not a platform"),
        ({"attributes": {"platform": "OSX"}}, "(nearest: 'macos')"),
        ({"attributes": {"status": "RETIRE_SENT"}}, "(nearest: 'retire_pending')"),
        ({"attributes": {"ownership": "mine"}}, "is not an ownership; use one of company, employee"),
        ({"attributes": {"compliant": "yes"}}, "select.attributes.compliant: 'yes' is neither true nor false"),
        ({"attributes": {"last_seen_at": "2020"}}, "use select.last_seen_within, select.last_seen_before or query"),
        ({"attributes": {"labels": "Sales"}}, "use select.labels"),
        ({"platform": "ios", "attributes": {"platform": "ios"}}, "select.platform: is in select.attributes"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_a_value_is_refused_before_any_request(select, said):
    with pytest.raises(OptionError) as caught:
        parse_select(select)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("registrationState", "it is called status here"),
        ("registration_state", "it is called status here"),
        ("platformType", "it is called platform here"),
        ("lastCheckin", "it is called last_seen_at here"),
        ("lostModeEnabled", "is not a device field"),
    ],
)
def test_the_words_of_a_server_are_no_second_names(name, said):
    selection = parse_select({"attributes": {name: "x"}})
    with pytest.raises(OptionError, match=re.escape(said)):
        fq.narrowing(selection)
    with pytest.raises(OptionError, match="is not a device field"):
        query.require_fields(selection, in_v2=True)


@pytest.mark.parametrize(("select", "status"), [({"status": "lost"}, "lost")])
def test_a_status_of_the_other_product_is_refused(select, status):
    with pytest.raises(OptionError, match=f"neurons has no status {status}; it has active"):
        fq.narrowing(parse_select(select))
    with pytest.raises(OptionError, match="epmm has no status wipe_canceled"):
        query.narrowing(parse_select({"status": "wipe_canceled"}))


def test_a_status_of_the_other_product_is_refused_beside_others():
    """The option ``statuses`` of the inventories: nothing is left out in silence."""
    with pytest.raises(OptionError, match=r"^statuses: neurons has no status lost; it has active"):
        fq.narrowing(Selection(statuses=("active", "lost"), where=""))
    with pytest.raises(OptionError, match=r"^statuses: epmm has no status wipe_canceled; it has"):
        query.status_words(Selection(statuses=("active", "wipe_canceled"), where=""))


def test_the_keys_of_select_are_fields():
    assert set(SELECT_FIELDS) < {field.name for field in vocabulary.COMMON}


def test_the_document_has_every_field_and_every_value():
    text = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    fields = [field.name for field in vocabulary.COMMON]
    assert re.findall(r"^\| `(\w+)` \| (?:text|boolean|list)", text, re.MULTILINE) == [
        *fields,
        "labels",
        "server",
    ]
    statuses = re.findall(r"^\| `(\w+)` \| ([A-Z_`, ]*) \| ([A-Z_`, ]*) \|", text, re.MULTILINE)
    assert [
        (name, *(tuple(re.findall(r"\w+", words)) for words in both)) for name, *both in statuses
    ] == [(word.name, word.neurons, word.epmm) for word in vocabulary.WORDS[vocabulary.STATUS]]


PLUGINS = sorted((ROOT / "plugins").glob("[!m_]*/*.py")) + sorted(
    (ROOT / "plugins" / "modules").glob("*.py")
)


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: path.stem)
def test_options_and_results_have_no_other_words(path):
    """A device space is a space, a device is named by its guid, and values of ``by`` are fields."""
    source = path.read_text(encoding="utf-8")
    text = "".join(re.findall(r'= r"""\n(.*?)^ *"""', source, re.MULTILINE | re.DOTALL))
    assert not re.findall(
        r"^ *(?:partitions?|\w*device_uuid|violated_policies):", text, re.MULTILINE
    )
    for choices in re.findall(r"^  by:\n(?:    .*\n)*?    choices: \[(.+)\]", text, re.MULTILINE):
        assert set(choices.split(", ")) <= vocabulary.COMMON_NAMES | {"auto"}


# The server's own names of what has a name here, where they cannot be mistaken for other words.
OWN_NAMES = {
    name
    for field in vocabulary.COMMON + vocabulary.EPMM
    for name in (field.neurons, *field.v1)
    if name != name.lower() and "." not in name
}


@pytest.mark.parametrize(
    "path",
    [*PLUGINS, *sorted((ROOT / "playbooks").glob("*.yml"))],
    ids=lambda path: path.stem,
)
def test_examples_and_results_have_the_names_of_the_vocabulary(path):
    """But for expressions in the language of a server."""
    text = path.read_text(encoding="utf-8")
    blocks = [text]
    if path.suffix == ".py":
        blocks = re.findall(
            r'^(?:EXAMPLES|RETURN) = r"""\n(.*?)^"""', text, re.MULTILINE | re.DOTALL
        )
    lines = [line for block in blocks for line in block.splitlines() if "filters" not in line]
    assert not OWN_NAMES & set(re.findall(r"\w+", "\n".join(lines)))


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.stem)
def test_tasks_of_documents_have_the_names_of_the_vocabulary(path):
    blocks = re.findall(r"```yaml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if "filters" not in line]
    assert not OWN_NAMES & set(re.findall(r"\w+", "\n".join(lines)))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("platform", "ios", ""),
        ("platform", "IOS", "'IOS' is not a platform (nearest: 'ios')"),
        ("platform", "iphone", "'iphone' is not a platform"),
        ("status", "pending", ""),
        ("status", "RETIRE_SENT", "'RETIRE_SENT' is not a status (nearest: 'retire_pending')"),
        ("ownership", "Company", "'Company' is not an ownership (nearest: 'company')"),
        ("status_raw", "RETIRE_SENT", ""),
        ("last_seen_at", "2026", ""),
        ("last_seen_at", "2026-11-29", ""),
        ("registered_at", "2026-11-29T07:38:22Z", ""),
        ("last_seen_at", "1700000000000", "is not a time as rows have it"),
        ("last_seen_at", "29.11.2026", "is not a time as rows have it"),
        ("last_seen_at", "2026-11-29T07:38:22+01:00", "is not a time as rows have it"),
        ("wifi_mac_address", "90b931735bf6", ""),
        ("wifi_mac_address", "90:B9:31:73:5b:f6", "is not a MAC address as rows have it"),
        ("guid", GUID, ""),
        ("guid", GUID.upper(), "write it in lower case"),
        ("model", "iPad 9", ""),
        ("kiosk_state", "ACTIVE", ""),
    ],
)
def test_a_text_that_a_field_never_has(name, text, said):
    why = why_not_device(Compared(name, text))
    assert said in why and bool(said) == bool(why)


MACS = [
    "AA:BB:CC:00:11:22",
    "aa-bb-cc-00-11-22",
    "AABB.CC00.1122",
    " aabb cc00 1122 ",
    "aabbcc001122",
]
IMEIS = ["35 209900 176148 1", "35-209900-176148-1", "352099001761481", "35/209900/176148/1"]


@pytest.mark.parametrize(
    ("name", "texts", "value"),
    [
        ("wifi_mac_address", MACS, "aabbcc001122"), ("imei", IMEIS, "352099001761481"),
        ("imei", ["A0-000000-1A2B3C"], "a00000001a2b3c"),
    ],
)  # fmt: skip
def test_one_form_of_each_number_in_rows_and_selections(name, texts, value):
    kind = vocabulary.BY_NAME[name].kind
    for text in texts:
        assert FORMS[kind](text) == value
        assert vocabulary.select_value(name, text, "x") == value
        if name == "wifi_mac_address":
            ref = parse_select({"wifi_mac_addresses": [text]}).names[0]
            assert ref.value == value
    for nothing in ("N/A", "n/a", "Not Present", "unknown", "0" * len(value), "", " "):
        assert FORMS[kind](nothing) is None
        with pytest.raises(OptionError, match="x: .* is not an? (MAC address|IMEI), which has"):
            vocabulary.select_value(name, nothing, "x")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"wifi_mac_addresses": ["N/A"]}, "wifi_mac_addresses: 'N/A' is not a MAC address"),
        ({"wifi_mac_addresses": ["00:00:00:00:00:00"]}, "not all alike"),
        ({"attributes": {"imei": "35209"}}, "imei: '35209' is not an IMEI"),
        ({"emails": ["mailto:ada@example.com"]}, "emails: 'mailto:ada@example.com' is not an e-mail address"),
        ({"emails": ["Ada <ada@example.com>"]}, "is not an e-mail address; give it like"),
        ({"users": ["<ada@example.com>"]}, "users: .* give 'ada@example.com' itself"),
        ({"users": ["MAILTO:ada@example.com"]}, "users: .* give 'ada@example.com' itself"),
        ({"attributes": {"email": "Ada <ada@example.com>"}}, "email: .* give 'ada@example.com' itself"),
        ({"attributes": {"user": "mailto:ada@example.com"}}, "user: .* give 'ada@example.com' itself"),
        ({"platform": []}, "select.platform: is empty"), ({"platform": "[]"}, "'\\[\\]' is not a platform"),
    ],
)  # fmt: skip
def test_forms_that_no_row_has_are_refused(options, words):
    with pytest.raises(OptionError, match=words):
        parse_select(options)


@pytest.mark.parametrize(
    "raw", [66, "66", [66], ["0x42"], ["OS_VERSION", 64], "OS_VERSION,APP_CONTROL"]
)
def test_reasons_as_words_or_as_a_bitmap(raw):
    assert FORMS[vocabulary.REASONS](raw) == ["os_version", "app_control"]


@pytest.mark.parametrize("raw", [0, "0", []])
def test_a_bitmap_without_a_bit_has_no_reason(raw):
    assert FORMS[vocabulary.REASONS](raw) == []
