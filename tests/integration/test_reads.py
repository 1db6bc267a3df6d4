# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that read compliance, certificates, DEP profiles, app settings, operators and
countries.

They have no laws, for they write nothing. What they must not do is to answer wrong data: what a
server leaves out, repeats, contradicts or garbles ends in a sentence or in a null, and secrets end
in asterisks.
"""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.app_settings.model import digest
from uem_emulator.epmm.world.setting_catalog import SECRETS
from uem_emulator.testing.running import running_emulator

from ..conftest import ModuleFailed, product_of, writes

DAY = 86_400
HASH = "c2VjcmV0LWhhc2gtb2YtbGFkbWlu"
EVERY = {"query": "[]"}

COMPLIANCE, CERTIFICATES, DEP = (
    "device_compliance_info",
    "device_certificate_info",
    "dep_profile_info",
)
SETTINGS, REFERENCE = "app_setting_info", "registration_reference_info"


def failed(call, module, server, **options) -> str:
    """The one sentence of a task that fails."""
    with pytest.raises(ModuleFailed) as end:
        call(module, server, **options)
    message = end.value.result["msg"]
    assert "\n" not in message and "Traceback" not in message and len(message) > 25
    return message


def paths(server, part) -> list[str]:
    return [entry["path"] for entry in server.requests() if part in entry["path"]]


# All of them


def every_call(emulator, epmm):
    """Each module as a task would call it, with what the answer's rows are called."""
    ids = sorted(row["id"] for row in emulator.devices("id"))[:5]
    uuids = [row["uuid"] for row in epmm.devices("uuid")][:5]
    # fmt: off
    return [
        (emulator, COMPLIANCE, {"devices": ids}, "devices"), (epmm, COMPLIANCE, {"devices": uuids}, "devices"),
        (emulator, CERTIFICATES, {"devices": ids}, "certificates"), (emulator, DEP, {}, "profiles"), (epmm, SETTINGS, {}, "settings"),
        (epmm, SETTINGS, {"devices": uuids}, "settings"), (epmm, REFERENCE, {}, "operators"), (epmm, REFERENCE, {}, "countries"),
    ]
    # fmt: on


def test_check_mode_does_the_same_and_nothing_writes(call, emulator, epmm):
    for server, module, options, rows in every_call(emulator, epmm):
        plain = call(module, server, **options)
        assert call(module, server, check_mode=True, **options) == plain
        assert (
            plain["changed"] is False
            and plain[rows]
            and plain["requests"] > 0
            and "query_result" not in plain
        )
        assert writes(server) == []


def test_a_query_searches_the_rows(call, emulator, epmm):
    for server, module, options, rows in every_call(emulator, epmm):
        query = f"length({rows})" if module == REFERENCE else "length(@)"
        result = call(module, server, query=query, **options)
        assert result["query_result"] == len(call(module, server, **options)[rows])
        assert rows not in result and result["count"] > 0


# fmt: off
WRONG = [
    (COMPLIANCE, {"devices": []}, "devices: is empty"), (COMPLIANCE, {"devices": ["x"]}, r"devices\[0\]: 'x' is neither a device id"),
    (COMPLIANCE, {"devices": None, "select": None}, "mutually exclusive"), (COMPLIANCE, {}, "one of the following is required: devices, select"),
    (COMPLIANCE, {"devices": [1], "select": EVERY}, "mutually exclusive"), (COMPLIANCE, {"devices": [1], "query": "[?"}, r"query: '\[\?' is not a JMESPath"),
    (COMPLIANCE, {"select": {}}, "select: is empty"), (CERTIFICATES, {"devices": [1], "expires_within": "soon"}, "expires_within: 'soon' is not a time span"),
    (CERTIFICATES, {"devices": [1], "expires_within": "-1d"}, "expires_within: '-1d' is not a time span"),
    (CERTIFICATES, {}, "one of the following is required"),
    (DEP, {"servers": []}, "servers: is empty; name at least one DEP server"), (DEP, {"servers": [True]}, r"servers\[0\]: True is neither the id nor the name"),
    (DEP, {"query": "nope(@)"}, "query: 'nope"), (SETTINGS, {"settings": []}, "settings: is empty"),
    (SETTINGS, {"settings": [[]]}, r"settings\[0\]: \[\] is neither"),
    (SETTINGS, {"type": "wifi"}, "value of type must be one of"), (SETTINGS, {"devices": []}, "devices: is empty"),
    (SETTINGS, {"devices": ["1"], "select": EVERY}, "mutually exclusive"), (REFERENCE, {"subset": []}, "subset: is empty"),
    (REFERENCE, {"subset": ["currencies"]}, "value of subset must be one or more of"), (REFERENCE, {"country": " "}, "country: is empty"),
]
# fmt: on


@pytest.mark.parametrize(("module", "options", "words"), WRONG)
def test_wrong_options_are_told_before_any_request(call, emulator, epmm, module, options, words):
    server = epmm if module in (SETTINGS, REFERENCE) else emulator
    server.clear_requests()
    with pytest.raises(ModuleFailed, match=words):
        call(module, server, **options)
    assert server.requests() == []


@pytest.mark.parametrize(
    ("module", "options"),
    [(CERTIFICATES, {"devices": [1]}), (DEP, {}), (SETTINGS, {}), (REFERENCE, {})],
)
def test_what_a_product_lacks_is_told_before_any_request(call, emulator, epmm, module, options):
    server = emulator if module in (SETTINGS, REFERENCE) else epmm
    assert (
        f"product: {product_of(server)} does not support" in failed(call, module, server, **options)
        and server.requests() == []
    )


# fmt: off
OWN_PATHS = [
    (COMPLIANCE, "neurons", "/api/v1/device/*/policies"), (CERTIFICATES, "neurons", "/api/v1/device/*/certs/search"), (DEP, "neurons", "/api/v1/depServer"),
    (DEP, "neurons", "/api/v1/depServer/*/profiles"), (COMPLIANCE, "epmm", "/api/v1/dm/devices/*"), (SETTINGS, "epmm", "/api/v1/appsettings"),
    (SETTINGS, "epmm", "/api/v1/appsettings/devices/*"), (REFERENCE, "epmm", "/api/v1/dm/operators"), (REFERENCE, "epmm", "/api/v1/dm/countries"),
]
# fmt: on
LASTING = [
    "429",
    "500",
    "html",
    "half_body",
    "truncated_json",
    "errors_200",
    "result_zero",
    "401",
    "reset",
]


def of(server, path):
    """Options with which a module sends requests of this path."""
    if "device" not in path:
        return {}
    if path == "/api/v1/dm/devices/*":
        # API v1 is asked for what API v2 does not say.
        server.set_switch("v2_blocked_field", "off")
    if product_of(server) == "epmm":
        # Devices that have some app setting, for a list without any is HTTP 404.
        return {"devices": sorted(server.settings()[3]["devices"])[:2]}
    return {"devices": sorted(row["id"] for row in server.devices("id"))[:2]}


@pytest.mark.parametrize(("module", "product", "path"), OWN_PATHS)
@pytest.mark.parametrize("kind", LASTING)
def test_a_lasting_fault_is_one_sentence_and_no_data(
    call, emulator, epmm, kind, module, product, path
):
    server = {"neurons": emulator, "epmm": epmm}[product]
    options = of(server, path)
    server.add_fault(kind, path=path, times=None, **({"retry_after": 0} if kind == "429" else {}))
    failed(call, module, server, retries=1, **options)
    assert server.faults()[0]["fired"] > 0


@pytest.mark.parametrize(("module", "product", "path"), OWN_PATHS)
@pytest.mark.parametrize("kind", ["429", "503", "reset", "lost_answer", "half_body"])
def test_a_passing_fault_is_survived(call, emulator, epmm, kind, module, product, path):
    server = {"neurons": emulator, "epmm": epmm}[product]
    options = of(server, path)
    expected = call(module, server, **options)
    server.add_fault(
        kind, path=path, times=1, **({"retry_after": 0} if kind in ("429", "503") else {})
    )
    found = call(module, server, **options)
    assert (
        found == {**expected, "requests": expected["requests"] + 1}
        and server.faults()[0]["fired"] == 1
    )


@pytest.mark.parametrize(
    ("module", "path"),
    [
        (module, path)
        for module, product, path in OWN_PATHS
        if product == "neurons" and "profiles" not in path
    ],
)
def test_a_list_that_is_short_is_no_list(call, emulator, module, path):
    emulator.add_fault("short_page", path=path, times=None)
    ids = [row["id"] for row in emulator.devices("id")]
    options = {} if module == DEP else {"devices": ids[:8]}
    message = failed(call, module, emulator, **options)
    assert "server counts" in message and "device" in message or "DEP servers" in message


@pytest.mark.parametrize(
    ("module", "path"),
    [(module, path) for module, product, path in OWN_PATHS if module in (SETTINGS, REFERENCE)],
)
@pytest.mark.parametrize(
    ("missing", "words"),
    [(1, r"says that it returned [0-9]+ \w+ and sent [0-9]+"), (900, "HTTP 200 without")],
)
def test_fewer_rows_than_the_message_counts_are_no_list(call, epmm, module, path, missing, words):
    options = of(epmm, path)
    epmm.add_fault("short_page", path=path, times=None, missing=missing)
    message = failed(call, module, epmm, **options)
    assert re.search(words, message) and epmm.faults()[0]["fired"], message


# Compliance


def test_compliance_of_neurons_is_what_the_policies_and_the_list_say(call, emulator):
    truth = {
        str(row["id"]): row
        for row in emulator.devices(
            "id", "complianceState", "violatedPolicies", "quarantined", "policies"
        )
    }
    emulator.clear_requests()
    result = call(COMPLIANCE, emulator, select=EVERY, concurrency=8)
    rows = {row["id"]: row for row in result["devices"]}
    assert (
        rows.keys() == truth.keys() and result["count"] == len(truth) and not result["unreadable"]
    )
    assert len(paths(emulator, "/policies")) == len(truth) and result["requests"] == len(
        emulator.requests()
    )
    said = {True: 0, False: 0, None: 0}
    for number, row in rows.items():
        state = truth[number]["complianceState"]
        broken = {
            policy["name"].strip()
            for policy in truth[number]["policies"]
            if not policy["compliant"]
        }
        assert row["compliant"] is (False if broken else state) and row["listed_compliant"] is state
        assert (
            set(row["compliance_reasons_raw"]) == broken
            and bool(row["compliance_reasons"]) == bool(broken)
            and row["bitmaps"] is None
        )
        assert row["quarantined"] == truth[number]["quarantined"]
        told = {one["id"]: one for one in row["policies"]}
        for known in truth[number]["policies"]:
            shown = told[str(known["id"])]
            assert (shown["type"], shown["rule_type"]) == ("POLICY", known["policyRuleType"])
            assert {name: shown[name] for name in ("uuid", "description", "priority")} == {
                name: known[name] for name in ("uuid", "description", "priority")
            }
        said[row["compliant"]] += 1
    assert result["summary"] == {
        "compliant": said[True],
        "noncompliant": said[False],
        "unknown": said[None],
    }
    assert said[True] and said[False]


def policy(compliant, rule="ROAMING", **fields):
    return {
        "name": f"{{{{ x }}}} / {rule}",
        "policyRuleType": rule,
        "compliant": compliant,
        **fields,
    }


def test_what_the_list_denies_and_the_policies_grant_is_shown_as_both(call, emulator):
    emulator.add_device(policies=[policy(True)])
    device = emulator.add_device(policies=[policy(True), policy(True, "COMPROMISED")])
    emulator.patch_device(device, complianceState=None)
    [row] = call(COMPLIANCE, emulator, devices=[device])["devices"]
    assert row["compliant"] is None and row["listed_compliant"] is None and not row["contradictory"]
    broken = emulator.add_device(policies=[policy(False, "OUT_OF_CONTACT"), policy(True)])
    [row] = call(COMPLIANCE, emulator, devices=[broken])["devices"]
    assert (
        row["compliant"] is False
        and row["compliance_reasons"] == ["out_of_contact"]
        and row["compliance_reasons_raw"] == ["{{ x }} / OUT_OF_CONTACT"]
    )
    emulator.patch_device(broken, complianceState=True)
    [row] = call(COMPLIANCE, emulator, devices=[broken])["devices"]
    assert (
        row["listed_compliant"] is True
        and row["compliant"] is False
        and row["contradictory"]
        and row["compliance_reasons_raw"]
    )


@pytest.mark.parametrize(
    ("module", "path"), [(COMPLIANCE, "policies"), (CERTIFICATES, "certs/search")]
)
def test_a_device_that_vanishes_while_it_is_read_is_skipped(call, emulator, module, path):
    ids = [emulator.add_device(certificates=[{"days": 1}]) for _device in range(3)]
    with vanishing(emulator, f"/api/v1/device/{ids[0]}/{path}", ids[1:2]):
        result = call(module, emulator, devices=ids, concurrency=1)
    rows = [
        row.get("id") or row.get("device_id")
        for row in result.get("devices") or result["certificates"]
    ]
    assert rows == [str(ids[0]), str(ids[2])] and result["count"] == 2
    assert [row["id"] for row in result["unreadable"]] == [str(ids[1])] and "404" in result[
        "unreadable"
    ][0]["reason"]
    emulator.clear_faults()
    # All of them do not vanish at once.
    with vanishing(emulator, f"/api/v1/device/{ids[0]}/{path}", [ids[0], ids[2]]):
        assert "404" in failed(call, module, emulator, devices=[ids[0], ids[2]], concurrency=1)


@contextmanager
def vanishing(server, path, ids):
    """These devices are deleted while the request of the path is on its way."""
    server.add_fault("slow", path=path, times=1, seconds=1)

    def delete():
        while not server.faults()[0]["fired"]:
            time.sleep(0.02)
        for number in ids:
            server.delete_device(number)

    with ThreadPoolExecutor(1) as pool:
        deleted = pool.submit(delete)
        yield
        deleted.result()


@pytest.mark.parametrize("api", ["auto", "v1"])
def test_compliance_of_epmm_is_what_the_bitmaps_say(call, epmm, api):
    epmm.set_switch("v2_blocked_field", "off")
    epmm.add_device(status="ACTIVE", compliance=0x2002, quarantined=0x20, blocked=0x200)
    devices = epmm.devices("id", "compliance", "quarantined", "blocked", "status")
    truth = {
        str(row["id"]): row for row in devices if row["status"] not in ("BLOCKED", "RETIRE_PENDING")
    }
    epmm.clear_requests()
    result = call(
        COMPLIANCE,
        epmm,
        select={"query": "[?status != 'blocked' && status != 'retire_pending']"},
        api=api,
    )
    rows = {row["id"]: row for row in result["devices"]}
    assert rows.keys() == truth.keys() and result["warnings"] == []
    for number, row in rows.items():
        bits = truth[number]
        assert row["bitmaps"] == {
            "compliance": bits["compliance"],
            "quarantined_status": bits["quarantined"],
            "block_reason": bits["blocked"],
        }
        assert row["quarantined"] is bool(bits["quarantined"]) and row["blocked"] is bool(
            bits["blocked"]
        )
        assert (
            len(set(row["quarantine_reasons"])) == bin(bits["quarantined"]).count("1")
            and row["policies"] is None
        )
        assert len(row["compliance_reasons_raw"]) == bin(bits["compliance"]).count("1")
        assert row["compliant"] is not bool(row["compliance_reasons"]) and (
            row["compliant"] is False or bits["compliance"] == 0
        )
    worst = rows[max(rows, key=int)]
    assert worst["compliance_reasons"] == ["os_version", "required_app_control"] and worst[
        "quarantine_reasons"
    ] == ["out_of_contact"]
    assert (
        worst["block_reasons"] == ["manual"]
        and worst["compliant"] is False
        and result["summary"]["noncompliant"] >= 1
    )


def test_compliance_of_epmm_is_in_the_rows_of_api_v2(call, epmm):
    device = epmm.add_device(status="ACTIVE", compliance=0x2002, quarantined=0x20, blocked=0x200)
    epmm.clear_requests()
    result = call(COMPLIANCE, epmm, select=EVERY)
    assert result["warnings"] == []
    assert [one for one in epmm.requests() if "/api/v1/" in one["path"]] == []
    rows = {row["id"]: row for row in result["devices"]}
    for truth in epmm.devices("id", "compliance", "quarantined", "blocked"):
        row = rows.pop(str(truth["id"]))
        assert row["quarantined"] is bool(truth["quarantined"])
        assert row["blocked"] is bool(truth["blocked"])
        assert row["compliant"] is False or truth["compliance"] == 0
        assert set(row["bitmaps"].values()) == {None} and row["contradictory"] is False
    assert rows == {}
    [worst] = [row for row in result["devices"] if row["id"] == str(device)]
    assert worst["compliant"] is False and worst["block_reasons"] == ["manual"]
    assert worst["compliance_reasons"] == ["os_version", "required_app_control"]
    assert worst["quarantine_reasons"] == ["out_of_contact"]


@pytest.mark.parametrize("gone", ["404", "501"])
def test_without_bitmaps_there_is_what_api_v2_says_with_a_warning(call, epmm, gone):
    device = epmm.add_device(status="ACTIVE", compliance=2, quarantined=2)
    epmm.set_switch("v2_blocked_field", "off")
    epmm.set_switch("v1_absent", gone)
    result = call(COMPLIANCE, epmm, devices=[epmm.device(device)["uuid"]])
    [row] = result["devices"]
    assert (
        row["compliant"] is False
        and row["compliance_reasons"] == ["os_version"]
        and row["quarantined"] is True
    )
    assert (
        row["blocked"] is None
        and row["block_reasons"] is None
        and row["bitmaps"]
        == {
            "compliance": None,
            "quarantined_status": None,
            "block_reason": None,
        }
    )
    [warning] = result["warnings"]
    assert warning.startswith("API v1 does not say why 1 of 1 device is") and "\n" not in warning


def test_ten_thousand_devices_of_epmm_take_few_requests(call):
    with running_emulator(
        product="epmm",
        devices=10_000,
        seed=7,
        strict=True,
        username="tester",
        password="long enough",
    ) as giant:
        result = call(COMPLIANCE, giant, select=EVERY)
        summary = result["summary"]
        assert result["count"] == sum(summary.values()) == 10_000 and summary["noncompliant"] > 0
        # Pages of 200 rows that say all of it.
        assert result["requests"] <= 50 + 10
        giant.set_switch("v2_blocked_field", "off")
        older = call(COMPLIANCE, giant, select=EVERY)
        assert older["summary"] == summary
        # A list and a count for each of 13 statuses, and the devices of statuses that no list has.
        unlisted = sum(
            row["status"] in ("BLOCKED", "RETIRE_PENDING") for row in giant.devices("status")
        )
        assert older["requests"] <= 50 + 2 * 13 + unlisted + 10


# Certificates


def test_certificates_come_with_the_worst_first(call, emulator):
    first = emulator.add_device(
        certificates=[{"days": 400}, {"days": -40, "certState": "Expired"}, {"notAfter": 10**18}]
    )
    serial = 2**61 + 1
    given = {
        "days": 5,
        "caName": "Corp {{ SCEP }}",
        "certSerialNumber": serial,
        "certSerialNumberString": str(serial),
    }
    second = emulator.add_device(certificates=[given])
    nothing = emulator.add_device(certificates=[])
    result = call(CERTIFICATES, emulator, devices=[first, second, nothing])
    rows = result["certificates"]
    assert [row["device_id"] for row in rows] == [str(first), str(first), str(second), str(first)]
    assert [row["days_to_expiry"] for row in rows] == [None, -40, 5, 400] or [
        row["days_to_expiry"] for row in rows
    ] == [None, -41, 4, 399]
    assert (
        result["summary"] == {"valid": 2, "expired": 1, "unknown": 1}
        and result["count"] == 4
        and result["unreadable"] == []
    )
    assert (
        rows[0]["not_after"] is None
        and rows[2]["serial_number"] == str(serial)
        and rows[2]["ca_name"] == "Corp {{ SCEP }}"
    )
    assert rows[2]["device_guid"] == emulator.device(second)["guid"]
    assert [row["expired"] for row in rows] == [None, True, False, False]
    assert [row["owner"] for row in rows] == [
        emulator.device(int(row["device_id"]))["emailAddress"] for row in rows
    ]
    ends = [
        time.mktime(time.strptime(row["not_after"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
        for row in rows[1:]
    ]
    assert ends == sorted(ends)
    due = call(CERTIFICATES, emulator, devices=[first, second, nothing], expires_within="30d")
    assert [row["store_id"] for row in due["certificates"]] == [row["store_id"] for row in rows[:3]]
    assert (
        call(CERTIFICATES, emulator, devices=[nothing], expires_within="1h")["certificates"] == []
    )
    for over in ("0", "0d"):
        gone = call(CERTIFICATES, emulator, devices=[first, second, nothing], expires_within=over)
        assert [row["store_id"] for row in gone["certificates"]] == [
            row["store_id"] for row in rows[:2]
        ]


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5])
def test_certificates_of_several_pages_are_all_there(call, emulator, rows):
    device = emulator.add_device(
        certificates=[{"days": day, "caCertificateStoreId": day} for day in range(1, 6)]
    )
    emulator.set_switch("certificates_rows", rows)
    emulator.clear_requests()
    result = call(CERTIFICATES, emulator, devices=[device])
    assert [row["store_id"] for row in result["certificates"]] == list("12345")
    sent = [entry["query"] for entry in emulator.requests() if "/certs/" in entry["path"]]
    # The document names no pages, so that the first request asks for none.
    assert (
        "start" not in sent[0]
        and "rows" not in sent[0]
        and all(f"rows={rows}" in query for query in sent[1:])
    )
    assert (len(sent) == 1) is (rows == 5)


def test_the_owner_of_a_device_is_asked_for_where_the_list_does_not_say_it(call, emulator):
    truth = {str(row["id"]): row["ownerId"] for row in emulator.devices("id", "ownerId")}
    call(CERTIFICATES, emulator, select=EVERY)
    asked = {
        entry["path"].split("/")[4]: entry["query"]
        for entry in emulator.requests()
        if "/certs/" in entry["path"]
    }
    assert asked == {device: f"accountId={owner}" for device, owner in truth.items() if owner}


def test_a_device_without_an_owner_is_skipped_with_the_reason(call, emulator):
    device = emulator.add_device(certificates=[{"days": -1}])
    owned = emulator.add_device(certificates=[{"days": 1}])
    emulator.patch_device(device, ownerId=None)
    emulator.clear_requests()
    result = call(CERTIFICATES, emulator, devices=[device, owned])
    assert [row["device_id"] for row in result["certificates"]] == [str(owned)]
    [skipped] = result["unreadable"]
    assert skipped["id"] == str(device) and skipped["reason"].startswith(
        f"the server knows no owner of device {device}"
    )
    # Its details could have told.
    assert f"/api/v1/device/{device}" in [entry["path"] for entry in emulator.requests()]
    assert not paths(emulator, f"{device}/certs")


def test_a_list_that_is_late_with_an_owner_hides_no_certificate(call, emulator):
    device = emulator.add_device(certificates=[{"days": 1}])
    emulator.set_switch("list_lag", "manual")
    emulator.patch_device(device, ownerId=10500001)
    assert call(CERTIFICATES, emulator, devices=[device])["count"] == 1
    assert [entry["query"] for entry in emulator.requests() if "/certs/" in entry["path"]][1:] == [
        "accountId=10500001"
    ]


@pytest.mark.parametrize("position", ["400", "404"])
def test_an_owner_who_is_none_any_more_is_no_empty_list(call, emulator, position):
    device = emulator.add_device(certificates=[{"days": 1}])
    emulator.set_switch("certificates_wrong_account", position)
    emulator.set_switch("list_lag", "manual")
    emulator.patch_device(device, ownerId=10500001)
    assert f"HTTP {position}" in failed(call, CERTIFICATES, emulator, devices=[device])


# DEP


def test_every_server_and_profile_is_read(call, emulator):
    truth = emulator.control("GET", "dep")
    result = call(DEP, emulator)
    assert [server["id"] for server in result["servers"]] == [str(server["id"]) for server in truth]
    assert {server["uuid"] for server in result["servers"]} == {
        server["serverUuid"] for server in truth
    }
    assert [server["profiles"] for server in result["servers"]] == [
        [str(one["id"]) for one in server["profiles"]] for server in truth
    ]
    assert result["servers"][1]["profiles"] == [] and result["count"] == sum(
        len(server["profiles"]) for server in truth
    )
    assert [row["name"] for row in result["profiles"]] == [
        one["profileName"] for server in truth for one in server["profiles"]
    ]
    assert (
        any("{{ site }}" in row["name"] for row in result["profiles"])
        and "token" not in json.dumps(result).lower()
    )


def test_a_hundred_and_twenty_servers_are_read_in_pages(call, emulator):
    emulator.control("PUT", "dep", {"servers": 120})
    emulator.clear_requests()
    result = call(DEP, emulator)
    assert (
        len(result["servers"]) == 120 and len({server["id"] for server in result["servers"]}) == 120
    )
    assert len(paths(emulator, "/profiles")) == 120 and result["requests"] <= 120 + 4


@pytest.mark.parametrize("wanted", ["id", "serverUuid", "serverName"])
def test_servers_are_named(call, emulator, wanted):
    server = emulator.control("GET", "dep")[2]
    emulator.clear_requests()
    result = call(DEP, emulator, servers=[server[wanted]])
    assert [one["id"] for one in result["servers"]] == [str(server["id"])] and len(
        paths(emulator, "/profiles")
    ) == 1
    assert "(nearest: 'Apple Business Manager " in failed(
        call, DEP, emulator, servers=["Apple Business Manger 3"]
    )


@pytest.mark.parametrize(
    ("switch", "position"),
    [("dep_profiles_answer", "page"), ("dep_skip_items", "map"), ("dep_server_unknown", "empty")],
)
def test_profiles_are_the_same_in_every_form(call, emulator, switch, position):
    usual = call(DEP, emulator)
    emulator.set_switch(switch, position)
    other = call(DEP, emulator)
    for row, same in zip(usual["profiles"], other["profiles"], strict=True):
        assert row == {**same, "skip_setup_items": row["skip_setup_items"]} and set(
            row["skip_setup_items"]
        ) == set(same["skip_setup_items"])


@pytest.mark.parametrize("position", ["serverName", "name", "absent"])
def test_a_server_is_named_as_well_as_the_answer_allows(call, emulator, position):
    emulator.set_switch("dep_server_name", position)
    for server in emulator.control("GET", "dep"):
        name = None if position == "absent" else server["serverName"]
        for wanted in (server["id"], server["serverUuid"].upper(), name):
            if wanted is not None:
                [found] = call(DEP, emulator, servers=[wanted])["servers"]
                assert (found["id"], found["uuid"], found["name"]) == (
                    str(server["id"]),
                    server["serverUuid"],
                    name,
                )
    if position == "absent":
        emulator.clear_requests()
        assert "there is no DEP server 'Apple Business Manager 1'" in failed(
            call, DEP, emulator, servers=["Apple Business Manager 1"]
        )
        assert paths(emulator, "/profiles") == []


def test_without_servers_there_is_nothing(call, emulator):
    emulator.control("PUT", "dep", {"servers": 0})
    result = call(DEP, emulator)
    assert result["servers"] == result["profiles"] == [] and result["count"] == 0
    assert "there is no DEP server '198'" in failed(call, DEP, emulator, servers=[198])


def test_the_hash_of_a_password_is_not_returned(call, emulator):
    emulator.set_switch("dep_admin_accounts", "hashed")
    searched = call(DEP, emulator, query="[].account_configuration")
    result = call(DEP, emulator)
    assert HASH not in json.dumps([result, searched])
    [account] = result["profiles"][0]["account_configuration"]["autoSetupAdminAccounts"]
    assert account == {
        "shortName": "ladmin",
        "fullName": "Local Admin",
        "hidden": True,
        "passwordHash": "********",
    }


# App settings


def test_every_setting_is_read_and_none_of_its_secrets(call, epmm):
    truth = epmm.settings()
    epmm.clear_requests()
    result = call(SETTINGS, epmm)
    rows = {int(row["id"]): row for row in result["settings"]}
    assert rows.keys() == truth.keys() and result["requests"] == len(epmm.requests()) == 1
    for number, row in rows.items():
        have = truth[number]
        assert (row["name"], row["type"]) == (have["name"].strip(), have["type"]) and row[
            "properties"
        ].keys() == dict(have["properties"]).keys()
        assert (row["device_count"], row["pending_count"], row["quarantined_count"]) == (
            have["applied"],
            have["pending"],
            have["quarantined"],
        )
        assert sorted(label["name"] for label in row["labels"]) == sorted(have["labels"]) and all(
            label["id"] for label in row["labels"]
        )
        assert (
            row["origin"] == ("SYSTEM" if have["system"] else "ADMIN")
            and row["state"] is row["device_id"] is None
        )
    shown = json.dumps(result, ensure_ascii=False)
    assert [
        secret for secret in SECRETS if secret in json.dumps(truth, ensure_ascii=False)
    ] and not [secret for secret in SECRETS if secret in shown]
    assert (
        rows[7]["properties"]["ALLOW_SCREENSHOT"] == "{% raw %}"
        and rows[12]["properties"]["PASSWORD"] == ""
    )


def test_secrets_of_settings_are_compared_by_keyed_digests(call, epmm):
    """Each property that is masked has a digest, which depends on the key and shows no secret."""
    key, other = "k" * 16, "another key of mine"
    first = call(SETTINGS, epmm, digest_key=key)["settings"]
    again = call(SETTINGS, epmm, digest_key=key)["settings"]
    differs = call(SETTINGS, epmm, digest_key=other)["settings"]
    without = call(SETTINGS, epmm)["settings"]
    assert first == again
    assert {row["secret_digests"] is None for row in without} == {True}
    digests = [digest for row in first for digest in row["secret_digests"].values()]
    others = {digest for row in differs for digest in row["secret_digests"].values()}
    assert digests and not others & set(digests)
    for row in first:
        masks = {name for name, value in row["properties"].items() if "********" in str(value)}
        assert row["secret_digests"].keys() == masks
    shown = json.dumps(first, ensure_ascii=False)
    assert not [secret for secret in SECRETS if secret in shown]
    message = failed(call, SETTINGS, epmm, digest_key="short and bad")
    assert message.startswith("digest_key: has fewer than 16") and "short and bad" not in message


def test_a_changed_secret_has_another_digest():
    assert digest("k" * 16, "PASSWORD", "a") == digest("k" * 16, "PASSWORD", "a")
    assert digest("k" * 16, "PASSWORD", "a") != digest("k" * 16, "PASSWORD", "b")
    assert digest("k" * 16, "PASSWORD", "a") != digest("k" * 16, "TOKEN", "a")
    assert digest("k" * 16, "PIN", 1234) == digest("k" * 16, "PIN", "1234")


def test_settings_of_devices_are_those_that_reach_them(call, epmm):
    truth = epmm.settings()
    uuids = sorted(row["uuid"] for row in epmm.devices("uuid"))[:12]
    epmm.clear_requests()
    result = call(SETTINGS, epmm, devices=uuids)
    assert [device["guid"] for device in result["devices"]] and {
        device["guid"] for device in result["devices"]
    } == set(uuids)
    for device in result["devices"]:
        current = {
            row["id"]
            for row in result["settings"]
            if row["device_guid"] == device["guid"] and row["state"] == "current"
        }
        assert {
            row["id"] for row in result["settings"] if row["device_guid"] == device["guid"]
        } == set(device["settings"])
        assert current <= {
            str(number) for number, have in truth.items() if device["guid"] in have["devices"]
        }
    assert {row["state"] for row in result["settings"]} <= {"current", "deleted"} and result[
        "count"
    ] == len(result["settings"]) > 12
    assert all(row["device_count"] is row["labels"] is None for row in result["settings"])
    assert len(paths(epmm, "/appsettings/devices/")) == 12 and not [
        secret for secret in SECRETS if secret in json.dumps(result, ensure_ascii=False)
    ]


@pytest.mark.parametrize("options", [{}, {"devices": 20}])
def test_a_type_and_names_narrow_the_settings(call, epmm, options):
    if options:
        options = {"devices": [row["uuid"] for row in epmm.devices("uuid")][:20]}
    kinds = call(SETTINGS, epmm, type="WIFI", **options)["settings"]
    assert {row["type"] for row in kinds} == {"WIFI"} and {row["id"] for row in kinds} == {"4", "5"}
    named = call(SETTINGS, epmm, settings=["VPN: Büro & Lager <Zürich>", 4], **options)["settings"]
    assert {row["id"] for row in named} <= {"6", "4"} and "4" in {row["id"] for row in named}
    twice = failed(call, SETTINGS, epmm, settings=["Corporate Wi-Fi"], **options)
    assert "2 have the name 'Corporate Wi-Fi'; name the app setting by its id, one of 4, 5" in twice
    assert "there is no app setting 'Intranett' (nearest: 'Intranet')" in failed(
        call, SETTINGS, epmm, settings=["Intranett"], **options
    )
    other = failed(call, SETTINGS, epmm, settings=[4], type="VPN", **options)
    assert "there is no app setting of the type VPN '4'; nothing was done" in other
    assert {
        row["id"]
        for row in call(SETTINGS, epmm, settings=[" System - iOS MDM"], **options)["settings"]
    } == {"-2"}


def test_device_spaces_without_devices_are_refused(call, epmm):
    told = "spaces: is used only with devices or select; give one of them, or remove it."
    assert (
        failed(call, SETTINGS, epmm, spaces=["Global"])
        == told
        == failed(call, "policy_info", epmm, spaces=["Global"])
    )
    assert epmm.requests() == [] and call("device_info", epmm, spaces=["Global"])["count"] > 0


def test_one_setting_is_a_list_of_one_in_both_forms(call, epmm):
    for form in ("collapse", "list"):
        epmm.set_switch("one_element", form)
        [row] = call(SETTINGS, epmm, type="SUBCAL")["settings"]
        assert (
            row["id"] == "13"
            and row["labels"][0]["name"] == "Employee-Owned"
            and row["properties"]["URL"].startswith("webcal://")
        )


def test_no_settings_are_an_empty_list_and_no_server_is_not(call, epmm):
    for number in epmm.settings():
        epmm.delete_setting(number)
    assert call(SETTINGS, epmm)["settings"] == []
    epmm.set_switch("v1_absent", "404")
    assert "API v1 is not there" in failed(call, SETTINGS, epmm)


# Operators and countries


def test_operators_and_countries_are_read(call, epmm):
    result = call(REFERENCE, epmm)
    assert (
        len(result["countries"]) > 150
        and len(result["operators"]) > 250
        and result["requests"] == 2
    )
    assert result["count"] == len(result["countries"]) + len(result["operators"])
    [usa] = [row for row in result["countries"] if row["iso_code"] == "US"]
    assert usa == {"name": "United States", "country_code": "1", "iso_code": "US", "enabled": False}
    [att] = [row for row in result["operators"] if row["id"] == "269"]
    assert att == {
        "id": "269",
        "name": "AT&T",
        "type": "Mobile",
        "country_code": "1",
        "country_id": "183",
        "country_name": "United States",
        "enabled": True,
    }
    enabled = call(REFERENCE, epmm, enabled_only=True)
    assert all(
        row["enabled"] is True for name in ("operators", "countries") for row in enabled[name]
    )
    assert (
        [row for row in result["countries"] if row["enabled"]]
        == enabled["countries"]
        != result["countries"]
    )


@pytest.mark.parametrize(("country", "isos", "operator"), [
    ("US", {"US"}, "Verizon"), ("united states", {"US"}, "Verizon"), ("de", {"DE"}, "Telekom.de"), ("49", {"DE"}, "1&1"), ("+49", {"DE"}, "1&1"),
    (1, {"US", "CA"}, "Bell"),
])  # fmt: skip
def test_a_country_narrows_both(call, epmm, country, isos, operator):
    result = call(REFERENCE, epmm, country=country)
    assert {row["iso_code"] for row in result["countries"]} == isos and operator in {
        row["name"] for row in result["operators"]
    }
    assert {row["country_name"] for row in result["operators"]} <= {
        row["name"] for row in result["countries"]
    }
    only = call(REFERENCE, epmm, country=country, subset=["operators"])
    assert "countries" not in only and only["operators"] == result["operators"]
    assert "operators" not in call(REFERENCE, epmm, country=country, subset=["countries"])


@pytest.mark.parametrize("position", ["isoAplha2Code", "both"])
def test_the_code_of_a_country_is_read_by_both_of_its_names(call, epmm, position):
    expected = call(REFERENCE, epmm)["countries"]
    epmm.set_switch("country_iso_key", position)
    assert call(REFERENCE, epmm)["countries"] == expected and all(
        row["iso_code"] for row in expected
    )
    assert {row["iso_code"] for row in call(REFERENCE, epmm, country="DE")["countries"]} == {"DE"}


def test_an_unknown_country_is_told_with_the_nearest(call, epmm):
    assert "knows no country 'Germny' (nearest: 'Germany'" in failed(
        call, REFERENCE, epmm, country="Germny"
    )


@pytest.mark.parametrize(("position", "count"), [("one", 1), ("empty", 0)])
def test_short_lists_of_reference(call, epmm, position, count):
    epmm.set_switch("reference_lists", position)
    result = call(REFERENCE, epmm)
    assert len(result["operators"]) == len(result["countries"]) == count
    epmm.set_switch("v1_absent", "404")
    assert "API v1 is not there" in failed(call, REFERENCE, epmm)
