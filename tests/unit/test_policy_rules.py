# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of the MobileIron Core 10.8 V1 API guide, "Policy Rules"."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.rules import (
    RULES,
    compliance_action,
    rule,
)

# The first column of the guide's four tables, without the spaces that its narrow columns break the
# names with.
SECURITY = """
EAS_BLOCK_ANDROID_DATA_ENC EAS_BLOCK_ANDROID_DEVICE_ADMIN_DEACTIVE EAS_BLOCK_ANDROID_OS EAS_BLOCK_ANDROID_ROOTED
EAS_BLOCK_IOS_DEVICE_MDM_DEACTIVE EAS_BLOCK_IPHONE_DATA_ENC EAS_BLOCK_IPHONE_HW EAS_BLOCK_IPHONE_JAILBROKEN EAS_BLOCK_IPHONE_OS
EAS_BLOCK_OOC_DAYS EAS_BLOCK_POLICY_DAYS SEC_NCA_ANDROID_DATA_ENC SEC_NCA_ANDROID_DEVICE_ADMIN_DEACTIVE SEC_NCA_ANDROID_ROOTED
SEC_NCA_ANDROID_SW SEC_NCA_APP_CONTROL SEC_NCA_IOS_DATA_ENC SEC_NCA_IOS_HW SEC_NCA_IOS_JAILBROKEN SEC_NCA_IOS_MDM_DEACTIVE
SEC_NCA_IOS_SW SEC_NCA_OOC_DAYS SEC_NCA_POLICY_DAYS SECURITY_AV_BLOCK_DEVICES SECURITY_BLACK_WHITE_BMW_ACLS
SECURITY_BLACK_WHITE_BMW_OPTION SECURITY_ENCRYPT_DATA_TYPE SECURITY_ENCRYPT_DEVICE SECURITY_ENCRYPT_FILE_TYPE
SECURITY_ENCRYPT_SDCARD SECURITY_GRACE_PERIOD SECURITY_INACTIVITY_TIMEOUT SECURITY_MANDATORY_BMW_ACLS SECURITY_PWD_HISTORY
SECURITY_PWD_LENGTH SECURITY_PWD_MAX_AGE SECURITY_PWD_MAX_FAILED_ATTEMPTS SECURITY_PWD_MIN_COMPLEX_CHAR SECURITY_PWD_TYPE
SECURITY_QUARANTINE_DEVICES SECURITY_REQUIRE_PWD SECURITY_REQUIRE_VPN SECURITY_VPN_PROFILE SECURITY_WIPE
""".split()
LOCKDOWN = "LOCKDOWN_BLUETOOTH LOCKDOWN_CAMERA LOCKDOWN_IRDA LOCKDOWN_SDCARD LOCKDOWN_WIFI".split()
SYNC = """
SYNC_ALWAYS_CONNECTED SYNC_APN_HOME_NETWORK SYNC_APN_ROAMING_NETWORK SYNC_BIS_HOME_NETWORK SYNC_BIS_ROAMING_NETWORK
SYNC_BLOCK_WHEN_ROAMING SYNC_FULL_BG_MODE SYNC_HEARTBEAT_INTERVAL SYNC_INTERVAL SYNC_MIN_BATTERY_POWER
SYNC_MIN_FILE_UPLOAD_BATTERY_POWER SYNC_MULTITASK_INTERVAL SYNC_REQUIRE_TLS SYNC_SDCARD SYNC_SERVERIP
""".split()
PRIVACY = """
PRIVACY_APP_MULTITASK PRIVACY_EXCLUDE_DIR PRIVACY_LOG_APP_ACTIVITY PRIVACY_LOG_FILE_ACTIVITY PRIVACY_LOG_WEBSITE_ACTIVITY
PRIVACY_SYNC_APPS PRIVACY_SYNC_BOOKMARKS PRIVACY_SYNC_CALLLOGS PRIVACY_SYNC_CONTACTS PRIVACY_SYNC_DATA_LOG PRIVACY_SYNC_DOCUMENTS
PRIVACY_SYNC_LOCATION PRIVACY_SYNC_MUSIC PRIVACY_SYNC_OTHER_MEDIA PRIVACY_SYNC_PICTURES PRIVACY_SYNC_SMSLOGS PRIVACY_SYNC_VIDEO
""".split()

# The guide's last column. Rules that share the same values are in one row.
TRUE_FALSE = {
    "true": True,
    "false": False,
    "TRUE": True,
    " true ": True,
    "on": None,
    "": None,
    "1": None,
}
ON_OFF = {"on": True, "off": False, "ON": True, "true": None, "": None}
ACTIONS = {"0": 0, "1": 1, "2": 2, "17": 17, "-1": None, "": None, "none": None, "1.5": None}
DAYS = {"0": 0, "30": 30, "-1": None, "30 days": None, "": None}
STORE = {"store": "store", "off": "off", "Store": "store", "track": None, "": None}
TRACK = {"track": "track", "off": "off", "store": None}
# fmt: off
VALUES: list[tuple[str, str, dict[str, Any]]] = [
    ("EAS_BLOCK_ANDROID_DATA_ENC EAS_BLOCK_ANDROID_DEVICE_ADMIN_DEACTIVE EAS_BLOCK_ANDROID_ROOTED EAS_BLOCK_IOS_DEVICE_MDM_DEACTIVE "
     "EAS_BLOCK_IPHONE_DATA_ENC EAS_BLOCK_IPHONE_JAILBROKEN", "boolean", TRUE_FALSE),
    ("EAS_BLOCK_ANDROID_OS EAS_BLOCK_IPHONE_OS", "version", {"2.3": "2.3", "3.0": "3.0", "10": "10", "4.4.2": "4.4.2", "": None, "3.": None, "false": None}),
    ("EAS_BLOCK_IPHONE_HW", "list of codes", {"false": [], "1": [1], "1,2,28": [1, 2, 28], "7, 99": [7, 99], "true": None, "iPad": None, "1,,2": None}),
    ("EAS_BLOCK_OOC_DAYS EAS_BLOCK_POLICY_DAYS SECURITY_GRACE_PERIOD SECURITY_PWD_HISTORY SECURITY_PWD_LENGTH SECURITY_PWD_MAX_AGE "
     "SECURITY_PWD_MAX_FAILED_ATTEMPTS SECURITY_PWD_MIN_COMPLEX_CHAR SECURITY_WIPE", "integer", DAYS),
    ("SEC_NCA_ANDROID_DATA_ENC SEC_NCA_ANDROID_DEVICE_ADMIN_DEACTIVE SEC_NCA_ANDROID_ROOTED SEC_NCA_ANDROID_SW SEC_NCA_IOS_DATA_ENC "
     "SEC_NCA_IOS_HW SEC_NCA_IOS_JAILBROKEN SEC_NCA_IOS_MDM_DEACTIVE SEC_NCA_IOS_SW SEC_NCA_OOC_DAYS SEC_NCA_POLICY_DAYS", "action", ACTIONS),
    ("SEC_NCA_APP_CONTROL", "action", ACTIONS | {"": 0}),
    ("SECURITY_AV_BLOCK_DEVICES", "boolean", {"off": False, "on": None}),
    ("SECURITY_BLACK_WHITE_BMW_ACLS SECURITY_MANDATORY_BMW_ACLS", "list of codes", {"3": [3], "3,6": [3, 6], "": [], "x": None, "false": None}),
    ("SECURITY_BLACK_WHITE_BMW_OPTION", "choice", {"WHITE": "WHITE", "BLACK": "BLACK", "GREY": None}),
    ("SECURITY_ENCRYPT_DEVICE SECURITY_ENCRYPT_SDCARD SECURITY_REQUIRE_PWD LOCKDOWN_CAMERA LOCKDOWN_IRDA LOCKDOWN_SDCARD LOCKDOWN_WIFI "
     "SYNC_ALWAYS_CONNECTED SYNC_APN_HOME_NETWORK SYNC_APN_ROAMING_NETWORK SYNC_BIS_HOME_NETWORK "
     "SYNC_BIS_ROAMING_NETWORK "
     "SYNC_REQUIRE_TLS SYNC_SDCARD PRIVACY_APP_MULTITASK", "boolean", ON_OFF),
    ("SECURITY_INACTIVITY_TIMEOUT", "integer", {
        "0 minute": 0, "1 minute": 1, "2 minutes": 2, "3 minutes": 3, "4 minutes": 4, "5 minutes": 5, "15 minutes": 15, "30 minutes": 30,
        "1 hour": 60, "1.5 hours": 90, "2 hours": 120, "12 hours": 720, "24 hours": 1440, "a while": None, "15": None}),
    ("SECURITY_PWD_TYPE", "choice", {
        "alphanumeric": "alphanumeric", "simple": "simple", "simple,alphanumeric": "simple,alphanumeric", "nc": "nc", "complex": None}),
    ("LOCKDOWN_BLUETOOTH", "choice", {"on": "on", "audio": "audio", "off": "off", "data": None}),
    ("SYNC_BLOCK_WHEN_ROAMING", "choice", {"on": "on", "mai": "mai", "roamingStatus": "roamingStatus", "off": "off", "some": None}),
    ("SYNC_HEARTBEAT_INTERVAL SYNC_INTERVAL SYNC_MIN_BATTERY_POWER SYNC_MIN_FILE_UPLOAD_BATTERY_POWER SYNC_MULTITASK_INTERVAL", "integer", {
        "14": 14, "240": 240, "20": 20, "60": 60, "15": 15, "x": None}),
    ("SYNC_SERVERIP", "text", {"someServerName.mydomain.com": "someServerName.mydomain.com", "": "", "{{ 7 * 7 }}": "{{ 7 * 7 }}"}),
    ("PRIVACY_SYNC_APPS PRIVACY_SYNC_DATA_LOG", "choice", TRACK),
    ("PRIVACY_SYNC_CALLLOGS PRIVACY_SYNC_CONTACTS PRIVACY_SYNC_DOCUMENTS PRIVACY_SYNC_MUSIC PRIVACY_SYNC_PICTURES PRIVACY_SYNC_VIDEO", "choice", STORE),
    ("PRIVACY_SYNC_LOCATION", "choice", {"celltower": "celltower", "gps": "gps", "off": "off", "on": None}),
    ("PRIVACY_SYNC_OTHER_MEDIA", "list of names", {"ram,wav": ["ram", "wav"], "": []}),
    ("PRIVACY_SYNC_SMSLOGS", "choice", {"track": "track", "store": "store", "off": "off", "on": None}),
    ("SECURITY_QUARANTINE_DEVICES SECURITY_REQUIRE_VPN SECURITY_VPN_PROFILE SYNC_FULL_BG_MODE PRIVACY_LOG_APP_ACTIVITY "
     "PRIVACY_LOG_FILE_ACTIVITY PRIVACY_LOG_WEBSITE_ACTIVITY PRIVACY_SYNC_BOOKMARKS", "text", {"on": "on", "": ""}),
]
# fmt: on
CASES = [
    (name, kind, raw, value)
    for names, kind, values in VALUES
    for name in names.split()
    for raw, value in values.items()
]
RESOURCES = {"SECURITY_ENCRYPT_DATA_TYPE", "SECURITY_ENCRYPT_FILE_TYPE", "PRIVACY_EXCLUDE_DIR"}


def resource(name, value, kind=None):
    return {"name": name, "resourceType": kind or name, "value": value}


def test_every_rule_of_the_guide_is_known_and_none_besides():
    guide = [*SECURITY, *LOCKDOWN, *SYNC, *PRIVACY]
    assert sorted(guide) == sorted(RULES) and len(guide) == len(set(guide)) == 81
    assert {name for name, _kind, _raw, _value in CASES} | RESOURCES == set(guide)


@pytest.mark.parametrize(
    ("name", "kind", "raw", "value"), CASES, ids=[f"{case[0]}={case[2]}" for case in CASES]
)
def test_values_of_the_guide(name, kind, raw, value):
    found = rule(name, raw)
    assert (found.type, found.kind, found.raw, found.known) == (name, kind, raw, True)
    assert found.meaning.endswith(".")
    if value is None:
        assert not found.fits and found.value == raw
        assert (
            found.value_meaning
            == f"This is not a value that the vendor's guide has for this rule ({kind})."
        )
    else:
        assert found.fits and found.value == value and type(found.value) is type(value)
        assert "not a value" not in found.value_meaning


@pytest.mark.parametrize(
    ("name", "raw", "value", "said"),
    [
        # JSON keeps numbers and booleans; an element without text is null there.
        ("SYNC_HEARTBEAT_INTERVAL", 14, 14, "14 minutes"),
        ("SEC_NCA_IOS_HW", 2, 2, "Block ActiveSync and send an alert."),
        ("SEC_NCA_APP_CONTROL", None, 0, "No action."),
        ("EAS_BLOCK_ANDROID_ROOTED", True, True, "An action is taken."),
        ("EAS_BLOCK_IPHONE_HW", False, [], "No model is disallowed."),
        ("EAS_BLOCK_IPHONE_HW", 22, [22], "iPad 2."),
        ("EAS_BLOCK_IPHONE_OS", 3.1, "3.1", "An action is taken below version 3.1."),
        ("SECURITY_BLACK_WHITE_BMW_ACLS", None, [], "No rule."),
        ("PRIVACY_SYNC_OTHER_MEDIA", None, [], "Files of all other types are synchronized."),
        ("SECURITY_VPN_PROFILE", None, None, "Deprecated by the vendor, without a meaning."),
        # meanings
        ("SECURITY_PWD_MAX_AGE", "0", 0, "It never expires."),
        ("SECURITY_PWD_MAX_AGE", "1", 1, "1 day"),
        ("SECURITY_WIPE", "0", 0, "0 days"),
        ("SECURITY_INACTIVITY_TIMEOUT", "1.5 hours", 90, "90 minutes"),
        ("SYNC_MIN_BATTERY_POWER", "1", 1, "1 percent"),
        ("EAS_BLOCK_IPHONE_HW", "1,28,99", [1, 28, 99], "iPhone, original version, iPhone 4s, model 99."),
        ("SECURITY_MANDATORY_BMW_ACLS", "3,6", [3, 6], "App control rules: 3, 6."),
        ("LOCKDOWN_CAMERA", "off", False, "It is disabled."),
        ("LOCKDOWN_BLUETOOTH", "audio", "audio", "Audio stays enabled, data is disabled."),
        ("SECURITY_REQUIRE_PWD", "off", False, "A password is optional."),
        ("SECURITY_BLACK_WHITE_BMW_OPTION", "BLACK", "BLACK", "The rules name disallowed apps."),
        ("PRIVACY_SYNC_CALLLOGS", "store", "store", "They are collected."),
        ("EAS_BLOCK_IPHONE_JAILBROKEN", "false", False, "The device is not compromised."),
    ],
)  # fmt: skip
def test_meanings_and_values_of_json(name, raw, value, said):
    found = rule(name, raw)
    assert (found.value, type(found.value), found.raw, found.value_meaning, found.fits) == (
        value,
        type(value),
        raw,
        said,
        True,
    )


@pytest.mark.parametrize(
    ("name", "raw", "value", "said"),
    [
        ("SECURITY_ENCRYPT_DATA_TYPE", [resource("Email", "on"), resource("PIM", "off"), resource("MY_DOCUMENTS", "on")],
         {"Email": True, "PIM": False, "MY_DOCUMENTS": True}, "Encryption is required for Email, MY_DOCUMENTS."),
        ("SECURITY_ENCRYPT_DATA_TYPE", resource("PIM", "off"), {"PIM": False}, "No encryption is required."),
        ("SECURITY_ENCRYPT_DATA_TYPE", None, {}, "No encryption is required."),
        ("SECURITY_ENCRYPT_FILE_TYPE", [resource("doc", "on"), resource("MEDIA_FILES", "off"), resource("OTHER_FILE_TYPES", "ppt  odt")],
         {"doc": True, "MEDIA_FILES": False, "OTHER_FILE_TYPES": ["ppt", "odt"]}, "Encryption is required for doc, OTHER_FILE_TYPES."),
        ("SECURITY_ENCRYPT_FILE_TYPE", resource("OTHER_FILE_TYPES", None), {"OTHER_FILE_TYPES": []}, "No encryption is required."),
        # The guide's own example has a space before the folder.
        ("PRIVACY_EXCLUDE_DIR", resource(" /Windows", "on", "DIR"), ["/Windows"], "Not synchronized: /Windows."),
        ("PRIVACY_EXCLUDE_DIR", [], [], "Every folder is synchronized."),
    ],
)  # fmt: skip
def test_rules_that_consist_of_resources(name, raw, value, said):
    found = rule(name, raw)
    assert (found.value, found.raw, found.value_meaning, found.fits) == (value, raw, said, True)
    assert json.loads(json.dumps(found.value)) == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("SECURITY_ENCRYPT_DATA_TYPE", "on"),
        ("SECURITY_ENCRYPT_DATA_TYPE", resource("PIM", "maybe")),
        ("SECURITY_ENCRYPT_DATA_TYPE", [{"value": "on"}]),
        ("SECURITY_ENCRYPT_DATA_TYPE", [resource("PIM", "on"), "x"]),
        ("PRIVACY_EXCLUDE_DIR", 3),
        ("SYNC_INTERVAL", True),
        ("SEC_NCA_IOS_HW", True),
        ("SYNC_INTERVAL", 1.5),
        ("SYNC_INTERVAL", [15]),
        ("SYNC_INTERVAL", "1" * 5000),
        ("SYNC_SERVERIP", {"name": "x"}),
        ("EAS_BLOCK_IPHONE_HW", ["1"]),
        ("PRIVACY_SYNC_OTHER_MEDIA", ["ram"]),
        ("PRIVACY_SYNC_MUSIC", ["off"]),
        ("EAS_BLOCK_IPHONE_OS", None),
    ],
)
def test_what_does_not_fit_stays_as_it_came(name, raw):
    found = rule(name, raw)
    assert found.value is found.raw is raw
    assert (
        found.known
        and not found.fits
        and "not a value that the vendor's guide has" in found.value_meaning
    )


@pytest.mark.parametrize("raw", ["on", 3, None, [resource("x", "y")], "{{ x }}"])
@pytest.mark.parametrize("name", ["SECURITY_NEW_IN_12", "", "security_wipe"])
def test_unknown_rules_pass_through(name, raw):
    found = rule(name, raw)
    assert found.type == name and found.value is found.raw is raw
    assert not found.known and not found.fits and found.value_meaning == ""
    assert found.meaning == "The vendor's guide does not have this rule."


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "No action."), (1, "Send an alert."), (2, "Block ActiveSync and send an alert."),
        (3, "Compliance action 3, which an administrator made."), (4711, "Compliance action 4711, which an administrator made."),
    ],
)  # fmt: skip
def test_compliance_actions(number, said):
    assert compliance_action(number) == said
    assert rule("SEC_NCA_OOC_DAYS", str(number)).value_meaning == said
