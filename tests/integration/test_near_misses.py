# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A near miss of each option that names something: it is refused, or warned of. An option without a
row fails the test; the options come from the documentation of the plugins."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ..conftest import Exit
from ..unit.test_selections_doc import KEYS

N, E = "neurons", "epmm"
LOCK = {"action": "lock", "check_mode": True}
WIPE = {"action": "wipe", "check_mode": True}
GUID = "00000000-0000-4000-8000-000000000000"
CHOICES = "must be one (or more )?of"
NO_DEVICE = "Unknown devices, nothing was done|no device matches"

# By option: the product, the module, a near miss, and what is said.
# fmt: off
ROWS: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "activesync_devices": (E, "activesync_device_info", {"activesync_devices": [GUID]}, "There is no ActiveSync device for these"),
    "attrs": (N, "device_custom_attrs", {"select": {"platform": "ios"}, "attrs": {"ownr": "x"}}, "nearest: 'owner'"),
    "configs": (N, "device_config", {"configs": ["Wifi-corp"], "state": "installed", "select": {"platform": "ios"}}, "Wifi-corp"),
    "count_by": (N, "device_count_info", {"count_by": ["platfrom"]}, "nearest: 'platform'|must be one"),
    "country": (E, "registration_reference_info", {"country": "Germny"}, "nearest: 'Germany'"),
    "devices": (N, "device_info", {"devices": [99999999]}, NO_DEVICE),
    "filters": (N, "device_info", {"select": {"filters": "CFDEVICE[ctyid]=x"}}, "nearest: 'cityid'"),
    "ignore.attributes": (
        N, "desired_state", {"devices": [{"select": {"platform": "ios"}, "attributes": {"owner": "x"}}], "ignore": {"attributes": ["citty"]}},
        "ignore.attributes: nothing is called 'citty' .nearest: 'cityid'",
    ),
    "ignore.labels": (
        E, "desired_state", {"policies": [{"policy": "Kiosk", "label": "Pilot"}], "ignore": {"labels": ["Pilto"]}},
        "ignore.labels: nothing is called 'Pilto' .nearest: 'Pilot'",
    ),
    "policies.label": (E, "desired_state", {"policies": [{"policy": "Kiosk", "label": "Pilto"}]}, "nearest: 'Pilot'"),
    "policies.policy": (E, "desired_state", {"policies": [{"policy": "Kisk", "label": "Pilot"}]}, "nearest: 'Kiosk'"),
    "kind": (N, "device_config_info", {"kind": "wiffi", "select": {"platform": "ios"}}, "kind"),
    "label": (E, "label_policy", {"label": "iOSS", "policy": "x", "state": "present"}, "nearest: 'iOS'|there is no policy"),
    "labels": (E, "device_label", {"labels": ["Company-Ownd"], "select": {"platform": "ios"}}, "nearest: 'Company-Owned'"),
    "spaces": (N, "device_info", {"spaces": ["defalt"]}, "there is no device space 'defalt'"),
    "policies": (E, "policy_info", {"policies": ["Defalt Security Policy"]}, "nearest: "),
    "policy": (E, "label_policy", {"label": "iOS", "policy": "Defalt Security Policy", "state": "present"}, "nearest: "),
    "protected.attributes": (
        N, "device_action", {**WIPE, "select": {"platform": "ios"}, "protected": {"attributes": {"manufactrer": "x"}}},
        "nearest: 'manufacturer'",
    ),
    "protected.custom_attributes": (
        N, "device_action", {**WIPE, "select": {"platform": "ios"}, "protected": {"custom_attributes": {"ownr": "x"}}},
        "nearest: 'owner'",
    ),
    "protected.devices": (N, "device_action", {**WIPE, "select": {"platform": "ios"}, "protected": {"devices": [99999999]}}, "there is no device"),
    "protected.labels": (E, "device_action", {**WIPE, "select": {"platform": "ios"}, "protected": {"labels": ["Company-Ownd"]}}, "nearest: 'Company-Owned'"),
    "protected.serial_numbers": (
        N, "device_action", {**WIPE, "select": {"platform": "ios"}, "protected": {"serial_numbers": ["NOSUCH"]}},
        "there is no device",
    ),
    "query": (N, "device_info", {"query": "[?platfrom == 'ios']"}, "nearest: 'platform'"),
    "select.attributes": (N, "device_info", {"select": {"attributes": {"manufactrer": "Apple"}}}, "nearest: 'manufacturer'"),
    "select.custom_attributes": (N, "device_info", {"select": {"custom_attributes": {"ownr": "x"}}}, "nearest: 'owner'"),
    "select.device_ids": (
        E, "activesync_device_info", {"select": {"device_ids": ["nosuch"]}},
        "There is no ActiveSync device for these|no ActiveSync device matches",
    ),
    "select.devices": (E, "activesync_device_info", {"select": {"devices": [99999999]}}, "unknown devices"),
    "select.emails": (N, "device_info", {"select": {"emails": ["nobody@example.com"]}}, NO_DEVICE),
    "select.filters": (N, "device_info", {"select": {"filters": "CFDEVICE[ctyid]=x"}}, "nearest: 'cityid'"),
    "select.guids": (N, "device_info", {"select": {"guids": [GUID]}}, NO_DEVICE),
    "select.ids": (N, "device_info", {"select": {"ids": [99999999]}}, NO_DEVICE),
    "select.labels": (E, "device_info", {"select": {"labels": ["Company-Ownd"]}}, "nearest: 'Company-Owned'"),
    "select.ldap_attributes": (N, "device_info", {"select": {"ldap_attributes": {"departmnt": "x"}}}, "nearest: 'department'"),
    "select.mailboxes": (E, "activesync_device_info", {"select": {"mailboxes": ["nosuch"]}}, "There is no ActiveSync device for these"),
    "select.phone_numbers": (E, "device_info", {"select": {"phone_numbers": ["5550000000"]}}, NO_DEVICE),
    "select.query": (N, "device_info", {"select": {"query": "[?superviced]"}}, "nearest: 'supervised'"),
    "select.serial_numbers": (N, "device_info", {"select": {"serial_numbers": ["NOSUCH"]}}, NO_DEVICE),
    "select.users": (N, "device_info", {"select": {"users": ["nosuch"]}}, NO_DEVICE),
    "select.wifi_mac_addresses": (E, "device_info", {"select": {"wifi_mac_addresses": ["02:00:00:00:00:01"]}}, NO_DEVICE),
    "servers": (N, "dep_profile_info", {"servers": ["nosuch"]}, "there is no "),
    "user": (E, "user_password", {"user": "nosuch", "new_password": "Long-enough-1"}, "nosuch"),
    "users": (E, "user_info", {"users": ["nosuch"]}, "nosuch"),
}
ROWS |= {
    f"select.{key}": (N, "device_info", {"select": {key: value}}, said)
    for key, value, said in (
        ("blocked", "maybe", "blocked"), ("compliant", "maybe", "compliant"), ("jailbroken", "maybe", "jailbroken"),
        ("quarantined", "maybe", "quarantined"), ("supervised", "maybe", "supervised"), ("ownership", "compny", CHOICES),
        ("platform", "iso", CHOICES), ("status", "activ", CHOICES), ("last_seen_within", "7dd", "is not a time span"),
        ("registered_within", "7dd", "is not a time span"), ("last_seen_before", "60dd", "is not a time span"),
    )
}
ROWS |= {
    f"select.{key}": (E, "activesync_device_info", {"select": {key: value}}, said)
    for key, value, said in (
        ("statuses", ["alowed"], CHOICES), ("registered", "maybe", "registered"), ("not_synced_within", "7dd", "is not a time span"),
        ("last_sync_before", "soon", "last_sync_before"),
    )
}
ROWS |= {
    key: (E, "alert_info", {key: value}, said)
    for key, value, said in (
        ("ids", ["99999999"], "99999999"), ("severities", ["CRITICL"], CHOICES), ("statuses", ["SEND"], CHOICES),
        ("older_than", "7dd", "is not a time span"), ("newer_than", "7dd", "is not a time span"), ("read", "maybe", "read"),
        ("phone_numbers", ["5550000000"], "nobody has a device by"),
    )
}
ROWS |= {
    f"protected.{key}": (E, "activesync_device", {"state": "blocked", "select": {"statuses": ["allowed"]}, "protected": {key: value}}, said)
    for key, value, said in (
        ("mailboxes", ["nosuch"], "nosuch"), ("users", ["nosuch"], "nosuch"), ("uuids", [GUID], GUID),
    )
}

# Options that name nothing that the server lists, or whose near misses other tests have.
ELSEWHERE = {
    "_terms": "lookups: test_lookup_device.py, test_playbooks.py, test_names.py",
    "account_id": "nothing lists accounts; the device is read back",
    "actions": "test_compliance_actions.py",
    "app_id": "nothing lists apps; the server refuses the archive",
    "attribute_groups": "inventories: test_silence.py", "query_groups": "inventories: test_inventory.py",
    "by": "choices of a lookup", "device_groups": "a boolean of an inventory",
    "delimiter": "a character", "key": "test_lookup_table.py", "registrations": "test_registration.py", "under": "test_lookup_table.py",
    "hosts": "test_state_export.py", "ring_health.query": "test_state_rings.py", "enabled_only": "a boolean", "exact": "a boolean",
    "expires_within": "a time span, read as select.registered_within",
    "label_definitions.name": "names what is made", "label_definitions.space": "test_desired_state.py",
    "ldap_search": "a search of a directory", "name": "names what is made", "space": "test_labels_made.py",
    "phone_number": "a number of a registration", "platform": "a platform of a registration",
    "settings": "test_reads.py", "subset": "choices", "type": "sent as it is", "types": "sent as they are",
}
# fmt: on


def test_every_option_that_names_something_has_a_row():
    assert set(ROWS) | set(ELSEWHERE) == {key for keys in KEYS.values() for key in keys}
    assert not set(ROWS) & set(ELSEWHERE)


# The same options of other modules, which read them in code of their own.
# fmt: off
MORE = (
    (E, "alert_info", {"users": ["nosuch"]}, "users: nobody has a device by user nosuch"),
    (E, "alert", {"users": ["nosuch"], "state": "read", "comment": "x", "check_mode": True}, "nobody has a device by user nosuch"),
    (E, "alert_info", {"phone_numbers": ["x"]}, "is not a phone number"),
    (E, "activesync_device_info", {"select": {"users": ["nosuch"]}}, "There is no ActiveSync device for these"),
    (E, "device_message", {"select": {"users": ["nosuch"]}, "text": "x", "check_mode": True}, NO_DEVICE),
    (E, "app_setting_info", {"select": {"labels": ["Pilto"]}}, "nearest: 'Pilot'"),
    (E, "label_info", {"labels": ["Pilto"]}, "nearest: 'Pilot'"),
    (N, "config_info", {"spaces": ["defalt"]}, "nearest: 'Default Space'"),
    (N, "device_count_info", {"count_by": ["platform"], "select": {"custom_attributes": {"ownr": "x"}}}, "nearest: 'owner'"),
    (N, "device_config_info", {"configs": ["nosuch"], "select": {"platform": "ios"}}, "there is no 'nosuch'"),
)
# fmt: on


@pytest.mark.parametrize(
    ("product", "module", "options", "said"), [*(ROWS[key] for key in sorted(ROWS)), *MORE]
)
def test_a_near_miss_is_refused_or_warned_of(emulator, epmm, call, product, module, options, said):
    try:
        result = call(module, epmm if product == E else emulator, **options)
    except Exit as ended:
        result = ended.result
    words = " ".join((str(result.get("msg", "")), *map(str, result.get("warnings", ()))))
    assert re.search(said, words), (words, result)
