# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin of EPMM through ``ansible-inventory`` and ``ansible-playbook``, against the
emulator."""

from __future__ import annotations

import functools
import importlib
import json
from urllib.parse import parse_qs

import pytest
from uem_emulator.testing.running import running_emulator

from ..quick_yaml import load_yaml
from . import inventories
from .inventories import CACHE, FATAL, by_id, hostvars, members

DEVICES = 120
SEED = 7

listing = functools.partial(inventories.listing, product="epmm")
failure = functools.partial(inventories.failure, product="epmm")

# Bits of the document "Device Management", section "Compliance, quarantinedStatus, and blockReason
# values".
# fmt: off
BITS = {
    0x1: "compromised", 0x2: "os_version", 0x4: "hw_version", 0x8: "data_protection", 0x10: "policy_out_of_date",
    0x20: "out_of_contact", 0x40: "app_control", 0x80: "per_mailbox_limit", 0x100: "auto_block", 0x200: "manual",
    0x400: "exchange", 0x800: "mdm_disabled", 0x1000: "disallowed_app_control", 0x2000: "required_app_control",
    0x4000: "allowed_app_control", 0x8000: "logged_out", 0x10000: "attestation_failed", 0x400000: "unknown",
}
# fmt: on

# API v1 has codes for these, and does not list them as statuses that can be asked for.
NOT_IN_V1 = ("RETIRE_PENDING", "BLOCKED")

# The states of a registration that has not ended ("Status and statusCode values").
PENDING = (
    "VERIFICATION_PENDING",
    "VERIFIED",
    "IENROLL_VERIFIED",
    "IENROLL_INPROGRESS",
    "IENROLL_COMPLETE",
)

APIS = pytest.mark.parametrize("api", ["v1", "v2"])


@pytest.fixture(scope="module")
def server():
    """One strict emulator for the module: a parameter that the vendor does not document is an
    error."""
    options = {
        "devices": DEVICES,
        "seed": SEED,
        "strict": True,
        "username": "tester",
        "password": "p\"w/&<ü>'x1",
    }
    with running_emulator(product="epmm", **options) as running:
        yield running


@pytest.fixture
def emulator(server):
    """The emulator with a fresh world, no faults, every switch at its default, and an empty request
    log."""
    server.reset(seed=SEED, devices=DEVICES)
    return server


@pytest.fixture
def lone(emulator):
    """A server without any devices."""
    emulator.reset(devices=0)
    return emulator


def reasons(row):
    """Why a device of the emulator is not compliant."""
    found = {
        BITS.get(1 << bit, f"bit_{1 << bit:#x}")
        for bit in range(40)
        if row["compliance"] & 1 << bit
    }
    return found | ({"compromised"} if row["compromised"] else set())


def requests_to(emulator, part):
    return [entry for entry in emulator.requests() if part in entry["path"]]


@APIS
def test_every_device_is_a_host_in_the_groups_that_fit(emulator, ansible, api):
    emulator.reset(devices=300)
    truth = emulator.devices(
        "id", "platform", "status", "compliance", "compromised", "quarantined", "blocked"
    )
    listed = listing(ansible, api=api, labels=[])
    names = by_id(listed)
    truth = [row for row in truth if api == "v2" or row["status"] not in NOT_IN_V1]
    assert set(names) == {str(row["id"]) for row in truth}
    assert members(listed, "ivanti_epmm") == set(names.values())
    expected = {}
    for row in truth:
        why = reasons(row)
        own = [
            f"platform_{row['platform'].lower()}",
            f"status_{'pending' if row['status'] in PENDING else row['status'].lower()}",
            *(f"compliance_{name}" for name in why),
        ]
        own += ["noncompliant" if why else "compliant"]
        own += [name for name in ("quarantined", "blocked") if row[name]]
        for group in own:
            expected.setdefault(group, set()).add(names[str(row["id"])])
    shown = {name for name in listed if name.startswith(("platform_", "status_", "compliance_"))}
    shown |= {"compliant", "noncompliant", "quarantined", "blocked"}
    assert {group: members(listed, group) for group in shown} == expected
    assert len([name for name in shown if name.startswith("compliance_")]) > 8


@APIS
def test_the_members_of_a_label_are_those_that_the_server_lists(emulator, ansible, api):
    # API v1 lists devices that wait for their registration only where this switch says so.
    emulator.set_switch("v1_lookups", "all")
    emulator.set_switch("encoded_slash", "accept")
    listed = listing(ansible, api=api, fields=[], hostnames=["guid"])
    hosts = set(hostvars(listed))
    labels = {name: hosts & set(label["members"]) for name, label in emulator.labels().items()}
    labels = {name: found for name, found in labels.items() if found}
    groups = {name for name in listed if name.startswith("label_")}
    assert len(groups) == len(labels) > 8
    assert {frozenset(members(listed, group)) for group in groups} == set(
        map(frozenset, labels.values())
    )
    assert members(listed, "label_sales_emea") == labels["Sales/EMEA"]
    assert members(listed, "label_r_d__lab__3") == labels["R&D, Lab #3"]
    assert members(listed, "label_aussendienst") == labels["Außendienst"]
    for host, values in hostvars(listed).items():
        own = [
            one["__ansible_unsafe"] if isinstance(one, dict) else one
            for one in values["ivanti_labels"]
        ]
        assert own == sorted(name for name, found in labels.items() if host in found)


def test_both_apis_show_the_same(emulator, ansible):
    emulator.set_switch("v1_lookups", "all")
    emulator.set_switch("encoded_slash", "accept")
    for row in emulator.devices("uuid", "status"):
        # What API v1 cannot list, and what has no details there yet.
        if row["status"] in (*NOT_IN_V1, "VERIFICATION_PENDING"):
            emulator.delete_device(row["uuid"])
    # API v1 tells the security state in the details of some platforms only; what a device space is
    # it does not know.
    # fmt: off
    fields = ["status", "platform", "os_version", "serial_number", "wifi_mac_address", "ownership", "registered_at",
              "last_seen_at", "compliant", "compliance", "compliance_reasons", "quarantined", "quarantine_reasons",
              "blocked", "block_reasons", "user", "email", "model", "manufacturer"]
    # fmt: on
    first, second = (listing(ansible, api=api, fields=fields) for api in ("v1", "v2"))
    assert len(hostvars(first)) > 50
    assert {
        name: set(group.get("hosts", ())) for name, group in first.items() if name != "_meta"
    } == {name: set(group.get("hosts", ())) for name, group in second.items() if name != "_meta"}
    assert hostvars(first) == hostvars(second)


def test_variables_are_the_fields_asked_for(lone, ansible):
    device = lone.add_device(
        platform="iOS",
        name="Alice's phone",
        serial="S1",
        status="ACTIVE",
        compliance=0x2002,
        blocked=0x200,
    )
    row = lone.device(device)
    listed = listing(
        ansible,
        fields=[
            "os_version",
            "compliance",
            "compliance_reasons",
            "block_reasons",
            "ios.DeviceName",
            "imsi",
        ],
        labels=[],
    )
    # fmt: off
    assert hostvars(listed)["S1"] == {
        "ivanti_id": str(device), "ivanti_guid": row["uuid"], "ivanti_os_version": row["os_version"], "ivanti_compliance": 0x2002,
        "ivanti_compliance_reasons": ["os_version", "required_app_control"], "ivanti_block_reasons": ["manual"],
        "ivanti_ios_device_name": "Alice's phone", "ivanti_imsi": row["imsi"],
        "ivanti_server": lone.url, "ivanti_labels": None,
    }
    # fmt: on


def test_a_field_that_nobody_has_is_told(ansible):
    listing(ansible, fields=["os_verison"], warning="no device has os_verison")
    said = "fields: epmm does not say supervised"
    listing(ansible, fields=["model", "supervised"], labels=[], warning=said)
    listing(
        ansible,
        fields=["ios.DeviceName"],
        api="v1",
        labels=[],
        warning="no device has ios.DeviceName",
    )


HOSTILE = {
    "{{ 7*7 }}": "___7_7___",
    "{{ lookup('pipe', 'touch owned') }}": "___lookup__pipe____touch_owned_____",
    "../../wipe": "_._wipe",
    "a\nb: c": "a_b__c",
    "localhost": "localhost-{id}",
    "platform_ios": "platform_ios-{id}",
    "ivanti_epmm": "ivanti_epmm-{id}",
    "half {": "half__",
}


def test_hostile_names_are_safe_and_no_templates(lone, ansible):
    ids = {lone.add_device(name=name, platform="iOS", comment=name): name for name in HOSTILE}
    lone.add_label("Loaners {{ pool }}")
    lone.set_label_members(
        lone.labels()["Loaners {{ pool }}"]["id"], [row["uuid"] for row in lone.devices()]
    )
    listed = listing(
        ansible,
        hostnames=["device_name"],
        fields=["device_name", "comment"],
        compose={"copied": "ivanti_comment"},
        keyed_groups=[{"key": "ivanti_comment", "prefix": "named"}],
    )
    assert by_id(listed) == {
        str(device): HOSTILE[name].format(id=device) for device, name in ids.items()
    }
    assert members(listed, "label_loaners____pool___") == set(hostvars(listed))
    ansible.write(
        "show.yml",
        [
            {
                "hosts": "ivanti_epmm",
                "gather_facts": False,
                "tasks": [
                    {
                        "ansible.builtin.copy": {
                            "dest": "shown.json",
                            "content": "{{ dict(groups.ivanti_epmm | zip(groups.ivanti_epmm | map('extract', hostvars)"
                            " | map('dict2items') | map('items2dict'))) | to_json }}",
                        },
                        "run_once": True,
                    }
                ],
            }
        ],
    )
    run = ansible("ansible-playbook", "-i", "fleet.epmm.yml", "show.yml")
    assert run.returncode == 0, run.stdout + run.stderr
    shown = json.loads((ansible.folder / "shown.json").read_text(encoding="utf-8"))
    for device, name in ids.items():
        own = shown[by_id(listed)[str(device)]]
        assert (own["ivanti_device_name"], own["ivanti_comment"], own["copied"]) == (
            name,
            name,
            name,
        )
        assert "Loaners {{ pool }}" in own["ivanti_labels"]
    assert not (ansible.folder / "owned").exists()


# Compliance


@pytest.mark.parametrize(
    "options", [{"api": "v1"}, {"api": "v2"}, {"compliance_source": "v2"}], ids=str
)
def test_a_jailbroken_android_device_is_not_compliant(lone, ansible, options):
    """Its bitmap is 0; only its security state tells."""
    lone.add_device(platform="Android", serial="ROOTED", compliance=0, compromised=True)
    lone.add_device(platform="Android", serial="GOOD", compliance=0)
    listed = listing(ansible, labels=[], **options)
    assert (
        members(listed, "noncompliant") == members(listed, "compliance_compromised") == {"ROOTED"}
    )
    assert members(listed, "compliant") == {"GOOD"}
    assert hostvars(listed)["ROOTED"]["ivanti_compliant"] is False


def test_what_api_v2_alone_says(emulator, ansible):
    truth = emulator.devices("serial", "compliance", "compromised", "quarantined", "blocked")
    emulator.clear_requests()
    listed = listing(ansible, compliance_source="v2", labels=[], hostnames=["serial_number"])
    assert not requests_to(emulator, "/api/v1/")
    blocked = {row["serial"] for row in truth if row["serial"] and row["blocked"]}
    assert blocked and members(listed, "blocked") >= blocked
    emulator.set_switch("v2_blocked_field", "off")
    older = listing(ansible, compliance_source="v2", labels=[])
    assert "blocked" not in older and {
        own["ivanti_blocked"] for own in hostvars(older).values()
    } == {None}
    with_serial = [row for row in truth if row["serial"]]
    assert members(listed, "noncompliant") >= {row["serial"] for row in with_serial if reasons(row)}
    assert members(listed, "quarantined") >= {
        row["serial"] for row in with_serial if row["quarantined"]
    }
    assert any(name.startswith("compliance_") for name in listed)


@pytest.mark.parametrize("gone", ["404", "501", "403"])
def test_a_server_without_api_v1_is_read_with_a_warning(emulator, ansible, gone):
    if gone == "403":
        emulator.add_fault("403", path="/api/v1/*", times=None)
    else:
        emulator.set_switch("v1_absent", gone)
    listed = listing(
        ansible,
        labels=[],
        compliance_source="v1",
        warning=f"API v1 does not say why {DEVICES} of {DEVICES} devices",
    )
    assert len(hostvars(listed)) == DEVICES
    assert members(listed, "blocked") and members(listed, "noncompliant")


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("500", "HTTP 500"),
        ("html", "was answered by a web page"),
        ("errors_200", "Could not open JDBC connection"),
    ],
)
def test_a_passing_fault_of_api_v1_changes_no_groups(emulator, ansible, kind, sentence):
    """Groups that are there on one day and not on the next would have plays do other things."""
    told = {"message": sentence} if kind == "errors_200" else {}
    emulator.add_fault(kind, path="/api/v1/*", times=None, **told)
    said = failure(ansible, labels=[], retries=0, compliance_source="v1")
    assert sentence in said and ("Set compliance_source=v2" in said) == (kind != "500")


def test_devices_that_api_v1_does_not_list_are_read_one_by_one(emulator, ansible):
    waiting, other = [
        row["uuid"] for row in emulator.devices("uuid", "status") if row["status"] == "ACTIVE"
    ][:2]
    for uuid in (waiting, other):
        emulator.patch_device(uuid, status="RETIRE_PENDING", blocked=0x200)
    # The list of API v2 comes from an index, which still has what is gone. It says nothing of blocking.
    emulator.set_switch("v2_blocked_field", "off")
    emulator.set_switch("list_lag", "manual")
    emulator.delete_device(other)
    emulator.clear_requests()
    listed = listing(
        ansible,
        labels=[],
        hostnames=["guid"],
        warning=f"API v1 does not say why 1 of {DEVICES} devices",
    )
    assert waiting in members(listed, "blocked") and other not in members(listed, "blocked")
    assert hostvars(listed)[other]["ivanti_blocked"] is None
    statuses = {row["status"] for row in emulator.devices("status")}
    assert len(requests_to(emulator, "/api/v1/")) <= 2 * len(statuses) + 5


def test_few_devices_are_not_looked_for_in_the_lists_of_all(emulator, ansible):
    serial = next(
        row["serial"]
        for row in emulator.devices("serial", "status")
        if row["serial"] and row["status"] == "ACTIVE"
    )
    emulator.clear_requests()
    listed = listing(
        ansible,
        labels=[],
        filters=f'"common.SerialNumber" = "{serial}"',
        compliance_source="v1",
    )
    assert (
        set(hostvars(listed)) == {serial} and hostvars(listed)[serial]["ivanti_blocked"] is not None
    )
    assert [entry["query"] for entry in requests_to(emulator, "/api/v1/")] == [""]


def test_some_devices_of_many_are_not_looked_for_in_a_list_of_all(emulator, ansible):
    """A list of API v1 holds every device of a status, with all its details."""
    emulator.reset(devices=1500)
    truth = emulator.devices("uuid", "status")
    active, lost = (
        [row["uuid"] for row in truth if row["status"] == status] for status in ("ACTIVE", "LOST")
    )
    assert len(active) > 51 * 20 and 3 < len(lost) <= 3 * 20
    wanted = {*active[:51], *lost[:3]}
    for uuid in wanted:
        emulator.patch_device(uuid, comment="mine", blocked=0x200)
    emulator.clear_requests()
    listed = listing(
        ansible,
        labels=[],
        filters='"common.comment" = "mine"',
        hostnames=["guid"],
        compliance_source="v1",
    )
    assert set(hostvars(listed)) == members(listed, "blocked") == wanted
    assert sorted(entry["query"] for entry in requests_to(emulator, "/api/v1/")) == [""] * 51 + [
        "status=LOST"
    ]


def test_the_test_compliant_agrees_with_the_groups(emulator, ansible):
    listed = listing(ansible, labels=[])
    told = "{{ groups.ivanti_epmm | map('extract', hostvars) | %s('ivanti.uem.compliant') | map(attribute='inventory_hostname') }}"
    ansible.write(
        "check.yml",
        [
            {
                "hosts": "localhost",
                "gather_facts": False,
                "tasks": [
                    {
                        "ansible.builtin.assert": {
                            "that": [
                                "yes | sort == groups.compliant | sort",
                                "no | sort == groups.noncompliant | sort",
                            ]
                        },
                        "vars": {"yes": told % "select", "no": told % "reject"},
                    }
                ],
            }
        ],
    )
    assert members(listed, "compliant") and members(listed, "noncompliant")
    run = ansible("ansible-playbook", "-i", "fleet.epmm.yml", "check.yml")
    assert run.returncode == 0, run.stdout + run.stderr


# Labels


def test_patterns_of_labels(emulator, ansible):
    listed = listing(
        ansible,
        labels=["*S*", "!All-*", "!*Systems"],
        fields=[],
        warning="labels: nothing is called '!*Systems'",
    )
    known = {name for name, label in emulator.labels().items() if label["members"]}
    wanted = {
        name
        for name in known
        if "S" in name and not name.startswith("All-") and not name.endswith("Systems")
    }
    shown = {
        str(label) for values in hostvars(listed).values() for label in values["ivanti_labels"]
    }
    assert (
        shown == wanted and {"Sales/EMEA", "iOS"} <= wanted and "All-Smartphones" in known - wanted
    )


def test_of_the_devices_of_a_label_only_the_ids_are_read(emulator, ansible):
    emulator.clear_requests()
    listing(ansible)
    queries = [parse_qs(entry["query"]) for entry in requests_to(emulator, "/api/v2/devices")]
    fields = {tuple(query["fields"]) for query in queries if "labelId" in query}
    assert fields == {("common.id,common.uuid",)}


def test_a_label_is_named_by_its_id_as_well(emulator, ansible):
    number = str(emulator.labels()["two words"]["id"])
    listed = listing(ansible, labels=[number], fields=[])
    shown = {label for values in hostvars(listed).values() for label in values["ivanti_labels"]}
    assert shown == {"two words"}


def test_no_labels_cost_nothing(emulator, ansible):
    emulator.clear_requests()
    listed = listing(ansible, labels=[])
    assert not requests_to(emulator, "labels") and not [
        name for name in listed if name.startswith("label_")
    ]
    assert all(values["ivanti_labels"] is None for values in hostvars(listed).values())
    listed = listing(ansible, labels=["nothing like it"], warning="nothing is called 'nothing like")
    assert listed["ivanti_epmm"]["hosts"]


def test_a_label_that_cannot_be_asked_for_can_be_left_out(emulator, ansible):
    said = failure(ansible, api="v1")
    assert (
        "labels: GET" in said and "Or leave the label out, by a pattern such as '!Sales/*'" in said
    )
    listed = listing(ansible, api="v1", labels=["!*/*"])
    assert "label_sales_emea" not in listed and members(listed, "label_r_d__lab__3")


def test_labels_that_are_spelt_alike_have_a_group_each(lone, ansible):
    one, other = (
        lone.device(lone.add_device(platform="iOS", serial=name))["uuid"]
        for name in ("ONE", "OTHER")
    )
    lone.set_label_members(lone.add_label("Store/7"), [one])
    lone.set_label_members(lone.add_label("Store 7"), [other])
    listed = listing(
        ansible,
        labels=["Store*"],
        warning="The label 'Store/7' is spelt like another one; its group is called label_store_7_",
    )
    groups = sorted(name for name in listed if name.startswith("label_"))
    assert "label_store_7" not in groups and sorted(
        map(sorted, (members(listed, name) for name in groups))
    ) == [["ONE"], ["OTHER"]]


# Choosing devices


@APIS
def test_statuses(emulator, ansible, api):
    emulator.reset(devices=300)
    wanted = ["retired", "wiped"]
    truth = {
        str(row["id"])
        for row in emulator.devices("id", "status")
        if row["status"].lower() in wanted
    }
    emulator.clear_requests()
    assert set(by_id(listing(ansible, api=api, statuses=wanted, labels=[]))) == truth
    if api == "v1":
        assert len(requests_to(emulator, "/api/v1/dm/devices")) == 2
    else:
        assert '"common.status"' in next(
            entry["query"]
            for entry in requests_to(emulator, "/api/v2/devices")
            if "query=" in entry["query"]
        ).replace("%22", '"')


def test_words_of_a_query_that_no_row_has_are_warned_of(ansible):
    source = {
        "plugin": "ivanti.uem.epmm", "query": "[?starts_with(platform, 'IOS')]", "allow_empty": True,
        "query_groups": {"here": "[?space == 'emea']"},
    }  # fmt: skip
    ansible.write("fleet.epmm.yml", source)
    run = ansible("ansible-inventory", "-i", "fleet.epmm.yml", "--list")
    assert run.returncode == 0, run.stderr
    said = " ".join(run.stderr.split())
    assert "query: no platform starts with 'IOS'; case counts" in said
    ansible.write("fleet.epmm.yml", {**source, "query": "[?id]"})
    said = " ".join(ansible("ansible-inventory", "-i", "fleet.epmm.yml", "--list").stderr.split())
    assert "query_groups.here: no row has a space that is 'emea' (nearest: 'EMEA')" in said


def test_filters_query_and_partitions(emulator, ansible):
    truth = emulator.devices("id", "platform", "owner", "quarantined", "space_id")
    listed = listing(
        ansible, filters='"common.platform" = "iOS"', query="[?ownership == 'employee']", labels=[]
    )
    assert set(by_id(listed)) == {
        str(row["id"]) for row in truth if row["platform"] == "iOS" and row["owner"] == "EMPLOYEE"
    }
    # A field of the server that only the group needs.
    groups = {"modern": '[?"ios.ModelName"]', "stopped": "[?blocked]"}
    listed = listing(ansible, query="[?blocked]", labels=[], query_groups=groups)
    assert members(listed, "stopped") == set(hostvars(listed))
    assert (
        set(by_id(listed))
        == {str(row["id"]) for row in emulator.devices("id", "blocked") if row["blocked"]}
        != set()
    )
    space = next(
        space
        for space in emulator.spaces()
        if space["parent"]
        and any(row["space_id"] == space["id"] for row in truth)
        and not any(other["parent"] == space["id"] for other in emulator.spaces())
    )
    listed = listing(ansible, spaces=[space["name"]], labels=[])
    assert set(by_id(listed)) == {str(row["id"]) for row in truth if row["space_id"] == space["id"]}


def test_host_names(lone, ansible):
    tagged = lone.add_device(platform="iOS", name="Desk 1", serial="A1")
    plain = lone.add_device(platform="iOS", name="", serial="A2")
    bare = lone.add_device(platform="Android", serial=None)
    names = by_id(
        listing(
            ansible,
            hostnames=[
                "device_name",
                "serial_number && join('-', [platform, serial_number])",
                "guid",
            ],
        )
    )
    assert names == {
        str(tagged): "Desk_1",
        str(plain): "ios-A2",
        str(bare): lone.device(bare)["uuid"],
    }


@APIS
def test_the_present_registration_has_the_plain_name(lone, ansible, api):
    day = 86_400_000
    old = lone.add_device(platform="iOS", serial="TWICE", status="RETIRED", registered=900 * day)
    new = lone.add_device(platform="iOS", serial="TWICE", status="ACTIVE", registered=200 * day)
    first = lone.add_device(platform="iOS", serial="TWICE", status="ACTIVE", registered=100 * day)
    assert by_id(listing(ansible, api=api, labels=[])) == {
        str(new): "TWICE",
        str(old): f"TWICE-{old}",
        str(first): f"TWICE-{first}",
    }


@APIS
@pytest.mark.parametrize("devices", [0, 1, 2])
def test_small_fleets(lone, ansible, api, devices):
    """One element of a list is no list in API v1, and no element is HTTP 404."""
    lone.set_switch("encoded_slash", "accept")
    ids = {
        str(lone.add_device(platform="iOS", serial=f"S{number}", status="ACTIVE"))
        for number in range(devices)
    }
    warning = None if devices else "The server lists no device for this inventory"
    listed = listing(ansible, api=api, warning=warning)
    assert set(by_id(listed)) == ids
    assert members(listed, "status_active") == members(listed, "label_ios") == set(hostvars(listed))


# What goes wrong


# fmt: off
OPTIONS = {
    "an unknown option": ({"filter": "x"}, "filter: is not an option of this inventory; did you mean filters?"),
    "an option of the other product": ({"device_groups": True}, "device_groups: is not an option of this inventory"),
    "no address": ({"url": "core.example.com"}, "url: 'core.example.com' is not an address"),
    "no JMESPath": ({"query": "[?"}, "query: '[?' is not a JMESPath expression"),
    "a query for no rows": ({"query": "[].id"}, "query: must return a list of device rows"),
    "no partition": ({"spaces": ["nowhere"]}, "spaces: there is no device space 'nowhere'"),
    "no prefix": ({"hostvars_prefix": "my-"}, "hostvars_prefix: 'my-' cannot begin the name of a variable"),
    "no status": ({"statuses": ["ACTVE"]}, "ACTVE"),
    "a long filter": ({"filters": "x" * 256}, "filters: has 256 characters, and a query may have at most 255"),
    "a filter of API v1": ({"filters": "x", "api": "v1"}, "filters: API v1 of EPMM has no query language"),
    "a partition of API v1": ({"spaces": ["EMEA"], "api": "v1"}, "spaces: API v1 of EPMM has no device spaces"),
}
# fmt: on


@pytest.mark.parametrize(("options", "sentence"), OPTIONS.values(), ids=OPTIONS)
def test_wrong_options(ansible, options, sentence):
    assert sentence in failure(ansible, **options)


FAULTS = {
    "v1 401": ("v1", "401", "rejected the credentials of the user tester"),
    "v2 401": ("v2", "401", "rejected the credentials of the user tester"),
    "v1 403": ("v1", "403", "HTTP 403"),
    "v2 403": ("v2", "403", "HTTP 403"),
    "v1 a web page": ("v1", "html", "was answered by a web page"),
    "v2 a web page": ("v2", "html", "was answered by a web page"),
    "v2 fewer rows than the total": ("v2", "short_page", "its pages held"),
}


@pytest.mark.parametrize(("api", "kind", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_read_that_fails_is_no_smaller_fleet(emulator, ansible, api, kind, sentence):
    path = {"v1": "/api/v1/dm/devices", "v2": "/api/v2/devices"}[api]
    emulator.add_fault(kind, path=path, times=None)
    said = failure(ansible, api=api)
    assert sentence in said
    assert emulator.password not in said


def test_without_api_v1_its_empty_lists_are_no_empty_fleet(emulator, ansible):
    emulator.set_switch("v1_absent", "404")
    assert "API v1 is not there" in failure(ansible, api="v1")


# Cache


def test_a_cache_saves_every_request(emulator, ansible):
    first = listing(ansible, **CACHE)
    emulator.clear_requests()
    assert listing(ansible, **CACHE) == first
    assert emulator.requests() == []
    assert any(name.startswith("compliance_") for name in first) and "blocked" in first
    for options in (
        {"labels": []},
        {"statuses": ["active"]},
        {"compliance_source": "v2"},
        {"api": "v1", "labels": ["iOS"]},
    ):
        emulator.clear_requests()
        listing(ansible, **CACHE, **options)
        assert emulator.requests(), options
    kept = "".join(path.read_text(encoding="utf-8") for path in (ansible.folder / "kept").iterdir())
    assert emulator.password not in kept and json.dumps(emulator.password) not in kept


# Others


@pytest.mark.parametrize("source", ["auto", "v1"])
def test_how_many_requests_a_fleet_takes(emulator, ansible, source):
    emulator.reset(devices=1000)
    truth = emulator.devices("status")
    emulator.clear_requests()
    assert len(hostvars(listing(ansible, labels=[], compliance_source=source))) == 1000
    # The ping, the account's spaces, the names of fields, a count, and the pages, each of which may
    # overlap with the one before.
    assert len(requests_to(emulator, "/api/v2/")) <= 4 + 1000 // 200 + 2
    # A list for each status, a look at the labels after the first empty one, and a read of each
    # device that no list has.
    one_by_one = sum(row["status"] in NOT_IN_V1 for row in truth)
    lists = len({row["status"] for row in truth}) + 1
    assert len(requests_to(emulator, "/api/v1/")) <= (0 if source == "auto" else lists + one_by_one)


def test_api_v1_is_asked_where_api_v2_does_not_say_it(emulator, ansible):
    """A field that only API v1 has needs it for all devices; else those that lack a verdict do."""
    plain = listing(ansible, labels=[])
    assert not requests_to(emulator, "/api/v1/")
    with_bits = listing(ansible, labels=[], fields=["compliance"])
    bits = {name: own["ivanti_compliance"] for name, own in hostvars(with_bits).items()}
    assert len(bits) == DEVICES and None not in bits.values() and any(bits.values())
    emulator.set_switch("v2_blocked_field", "off")
    emulator.clear_requests()
    asked = listing(ansible, labels=[])
    assert requests_to(emulator, "/api/v1/")
    assert members(asked, "blocked") == members(plain, "blocked") != set()
    assert members(asked, "noncompliant") == members(plain, "noncompliant") != set()


def test_two_products_in_one_inventory(emulator, shared_emulator, ansible):
    """Groups hold the hosts of both, and no host is a device of both."""
    shared_emulator.reset(devices=30)
    serial = next(
        row["serialNumber"]
        for row in shared_emulator.devices("serialNumber")
        if row["serialNumber"]
    )
    moved = emulator.add_device(platform="iOS", serial=serial)
    for product, server in {"epmm": emulator, "neurons": shared_emulator}.items():
        ansible.write(
            f"inv/fleet.{product}.yml",
            {
                "plugin": f"ivanti.uem.{product}",
                "url": server.url,
                "username": server.username,
                "password": server.password,
                "ca_path": server.ca_path,
            },
        )
    run = ansible("ansible-inventory", "-i", "inv", "--list", **FATAL)
    assert run.returncode == 0, run.stderr
    listed = json.loads(run.stdout)
    ours, theirs = (members(listed, f"ivanti_{product}") for product in ("epmm", "neurons"))
    assert (len(ours), len(theirs), ours & theirs) == (
        DEVICES + 1,
        len(shared_emulator.devices()),
        set(),
    )
    for group in ("platform_ios", "platform_android", "compliant", "noncompliant"):
        assert members(listed, group) & ours and members(listed, group) & theirs, group
    twice = [name for name in hostvars(listed) if name.startswith(serial)]
    assert len(twice) == 2 and serial not in twice
    assert str(moved) in {hostvars(listed)[name]["ivanti_id"] for name in twice}


def test_a_task_runs_on_the_controller_with_its_own_python(ansible):
    ansible.write("fleet.epmm.yml", {"plugin": "ivanti.uem.epmm", "labels": []})
    task = {"product": "epmm", "devices": ["{{ ivanti_id }}"]}
    ansible.write(
        "read.yml",
        [
            {
                "hosts": "ivanti_epmm",
                "gather_facts": False,
                "tasks": [
                    {"ivanti.uem.device_info": task, "register": "read", "run_once": True},
                    {"ansible.builtin.assert": {"that": ["read.count == 1"]}, "run_once": True},
                ],
            }
        ],
    )
    run = ansible("ansible-playbook", "-i", "fleet.epmm.yml", "read.yml")
    assert run.returncode == 0, run.stdout + run.stderr


def test_files_are_known_by_their_names(ansible):
    names = {"epmm.yml": True, "x.epmm.yaml": True, "myepmm.yml": False, "x.neurons.yml": False}
    for name, hosts in names.items():
        ansible.write(name, {"plugin": "ivanti.uem.epmm", "labels": [], "statuses": ["retired"]})
        run = ansible(
            "ansible-inventory", "-i", name, "--list", ANSIBLE_INVENTORY_ENABLED="ivanti.uem.epmm"
        )
        assert bool(json.loads(run.stdout)["_meta"]["hostvars"]) == hosts, name


def documents():
    plugin = importlib.import_module("ansible_collections.ivanti.uem.plugins.inventory.epmm")
    texts = plugin.EXAMPLES.split("\n---\n")
    return {text.strip().splitlines()[0].lstrip("# ").partition(":")[0]: text for text in texts}


@pytest.mark.parametrize("name", documents())
def test_the_examples_of_the_documentation_run(emulator, ansible, name):
    text = documents()[name]
    assert load_yaml(text)["plugin"] == "ivanti.uem.epmm"
    ansible.write(name, text)
    run = ansible("ansible-inventory", "-i", name, "--list", **FATAL)
    assert run.returncode == 0, run.stderr
    assert hostvars(json.loads(run.stdout))
    assert "WARNING" not in run.stderr


def test_every_page_is_read_while_the_server_has_more(ansible, emulator):
    emulator.set_switch("v2_limit_max", 50)
    emulator.set_switch("v2_page_total", "page")
    assert len(hostvars(listing(ansible, api="v2"))) == DEVICES
