# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every field that a document names in the answer of a read arrives in a playbook; docs/fields.md
says under which name."""

from __future__ import annotations

import pytest

from tools import coverage_doc, fields_doc

from ..quick_yaml import load_yaml

RECORDS = {record["title"]: record for record in fields_doc.records()}
ROOT = fields_doc.ROOT

# Fields that a playbook needs, by record: the name on the server, and where it arrives.
# fmt: off
ARRIVES = {
    "Devices": {
        "operator": "operator", "statusCode": "status_code", "userUUID": "user_uuid", "easUuid": "eas_uuid",
        "easLastSyncAttempt": "eas_last_sync_attempt_at", "homeOperator": "home_operator", "countryName": "country_name",
        "userFirstName": "user_first_name", "emailDomain": "email_domain", "principal": "user", "name": "name",
        "compliance": "compliance", "regCount": "registration_count", "pin": "pin",
    },
    "Policies of a device": {
        "systemName": "system_name", "installedDeviceCount": "installed_count", "violationDeviceCount": "violation_count",
        "totalDeviceCount": "device_count", "pendingCompliant": "pending_compliant",
    },
    "Certificates of a device": {
        "certSerialNumberString": "serial_number", "serialNumber": "device.serial_number", "emailAddress": "device.email",
        "certAccountId": "account_id", "caTenantId": "ca_tenant_id",
    },
    "Locations": {"radius": "radius"},
    "Policies": {"status": "status", "policyName": "name"},
    "Users": {"opaque": "opaque"},
}
# fmt: on


def test_every_documented_field_arrives_or_has_a_reason():
    assert fields_doc.lacking() == []
    arriving, named = fields_doc.counts()
    # docs/coverage.md has the exact counts.
    assert named - arriving == 10 and named >= 579


@pytest.mark.parametrize(
    ("title", "name", "place"),
    [(title, name, place) for title, names in ARRIVES.items() for name, place in names.items()],
)
def test_a_field_arrives_under_its_name(title, name, place):
    found = {field.name: field.names for field in fields_doc.fields(RECORDS[title])}
    assert place in found[name]


def test_the_document_is_what_the_code_says():
    assert fields_doc.DOCUMENT.read_text(encoding="utf-8") == fields_doc.render()


def test_the_fields_of_every_read_are_tried():
    """A call that reads has a record, or answers a file, pairs of key and value, or a check."""
    tried = {number for record in RECORDS.values() for number in record["calls"]}
    without = {
        "E03",
        "E31",
        "E48",
        *(f"N{number}" for number in (16, 19, 21, 23, 26, 28, 32, 36)),
    }
    reads = {row.id for row in coverage_doc.coverage() if row.way[0] == "GET"}
    acting = {"E13", "E14", "E17", "E18"}
    assert reads - acting - without == tried - {"S_devices", "E36"}


@pytest.mark.parametrize("title", RECORDS)
def test_a_module_documents_the_fields_that_it_returns(title):
    """But for the rows of devices, whose fields are too many for the documentation of a module."""
    record = RECORDS[title]
    if record["module"] == "device_info":
        return
    text = (ROOT / "plugins" / "modules" / f"{record['module']}.py").read_text(encoding="utf-8")
    returned = load_yaml(text.split('RETURN = r"""')[1].split('"""')[0])
    path = record["returns"].replace("[]", "").split(".")
    inner = returned[path[0]]
    for part in path[1:]:
        inner = inner["contains"][part]
    documented = inner.get("contains")
    assert documented is not None
    shown = {
        name.partition(".")[0].removesuffix("[]").partition("[")[0]
        for field in fields_doc.fields(record)
        for name in field.names
    }
    assert shown <= documented.keys()
