# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One play for both products: the same names, types and values, whichever server they come from."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import COMMON

from ..conftest import ModuleFailed, connection
from .inventories import FATAL, hostvars, members

# The types that a variable may have besides null.
TYPES: dict[str, type] = {
    "supervised": bool,
    "compliant": bool,
    "quarantined": bool,
    "blocked": bool,
    "jailbroken": bool,
    "compliance_reasons": list,
    "compliance_reasons_raw": list,
    "labels": list,
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
PLATFORMS = {"ios": ("IOS", "iOS"), "android": ("ANDROID", "Android")}


@pytest.fixture
def inventory(ansible: Any, emulator: Any, epmm: Any) -> str:
    """The folder of an inventory of both products."""
    plain = {name: str(value) for name, value in connection(epmm).items() if name != "product"}
    ansible.write("inv/fleet.neurons.yml", {"plugin": "ivanti.uem.neurons"})
    ansible.write("inv/fleet.epmm.yml", {"plugin": "ivanti.uem.epmm", "labels": [], **plain})
    return "inv"


def listed(ansible: Any, inventory: str) -> dict[str, Any]:
    run = ansible("ansible-inventory", "-i", inventory, "--list", "--export", **FATAL)
    assert run.returncode == 0 and "[WARNING]" not in run.stderr, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_hosts_of_both_products_have_the_same_variables(ansible, inventory, emulator, epmm):
    found = listed(ansible, inventory)
    of = {product: members(found, f"ivanti_{product}") for product in ("neurons", "epmm")}
    values = hostvars(found)
    assert all(len(hosts) > 20 for hosts in of.values())
    for product, hosts in of.items():
        for host in hosts:
            own = {name for name in values[host] if name.startswith("ivanti_")}
            own -= {"ivanti_custom_attributes"} if product == "neurons" else set()
            assert own == {f"ivanti_{field.name}" for field in COMMON} | {
                "ivanti_server",
                "ivanti_labels",
            }
            for name in own:
                value = values[host][name]
                kind = TYPES.get(name.removeprefix("ivanti_"), str)
                assert value is None or isinstance(value, (kind, dict)), (name, value)
                if name.endswith("_at") and value is not None:
                    assert TIME.fullmatch(value)
            server = emulator if product == "neurons" else epmm
            assert values[host]["ivanti_server"] == server.url
    # Every field but those that only one of them says is said by both.
    said = {
        product: {
            name for host in hosts for name, value in values[host].items() if value is not None
        }
        for product, hosts in of.items()
    }
    assert said["neurons"] ^ said["epmm"] == {
        "ivanti_supervised",
        "ivanti_custom_attributes",
    }


def test_a_reason_is_the_same_group_on_both_products(ansible, inventory, emulator, epmm):
    """And no product has a kind of groups of its own, but for custom attributes."""
    # The vendor's own policies, as "Get Compliance Status of a Particular Device" names them.
    policies = ("Compromised Devices", "Out of Contact ", "MDM / Device Administration Disabled")
    broken = [{"name": name, "compliant": False} for name in policies]
    emulator.add_device(serialNumber="ONE", policies=broken)
    epmm.add_device(serial="TWO", compliance=0x1 | 0x20 | 0x800)
    found = listed(ansible, inventory)
    for reason in ("compromised", "out_of_contact", "mdm_disabled"):
        assert {"ONE", "TWO"} <= set(members(found, f"compliance_{reason}"))
    values = hostvars(found)
    assert values["ONE"]["ivanti_compliance_reasons_raw"] == list(policies)
    assert values["TWO"]["ivanti_compliance_reasons_raw"] == [
        "COMPROMISED",
        "DEVICE_OUT_OF_CONTACT",
        "DEVICE_ADMIN_DEACTIVE",
    ]
    kinds = {
        product: {
            group.partition("_")[0]
            for group in found
            if set(members(found, group)) & set(members(found, f"ivanti_{product}"))
        }
        for product in ("neurons", "epmm")
    }
    # Which of them a fleet has is chance.
    flags = {"blocked", "quarantined", "jailbroken", "compliant", "noncompliant"}
    assert kinds["neurons"] ^ kinds["epmm"] <= flags


def test_one_play_without_a_condition_on_the_product(ansible, inventory, emulator, epmm):
    ansible.write(
        "play.yml",
        [
            {
                "hosts": "platform_ios:&status_active:&ownership_company",
                "gather_facts": False,
                "tasks": [
                    {
                        "ansible.builtin.assert": {
                            "that": [
                                "ivanti_platform == 'ios'",
                                "ivanti_status == 'active'",
                                "ivanti_ownership == 'company'",
                                "ivanti_registered_at > '2000-01-01T00:00:00Z'",
                                "(hostvars[inventory_hostname] is ivanti.uem.compliant)"
                                " == (inventory_hostname in groups.compliant)",
                            ],
                            "quiet": True,
                        }
                    },
                    {
                        "ansible.builtin.copy": {
                            "dest": "shown.json",
                            "content": "{{ ansible_play_hosts | map('extract', hostvars, 'ivanti_guid') | list | to_json }}",
                        },
                        "run_once": True,
                    },
                ],
            }
        ],
    )
    run = ansible("ansible-playbook", "-i", inventory, "play.yml")
    assert run.returncode == 0, run.stdout + run.stderr
    shown = set(json.loads((ansible.folder / "shown.json").read_text(encoding="utf-8")))
    one = {
        row["guid"]
        for row in emulator.devices("guid", "platformType", "registrationState", "ownershipType")
        if (row["platformType"], row["registrationState"], row["ownershipType"])
        == ("IOS", "ACTIVE", "COMPANY")
    }
    other = {
        row["uuid"]
        for row in epmm.devices("uuid", "platform", "status", "owner")
        if (row["platform"], row["status"], row["owner"]) == ("iOS", "ACTIVE", "COMPANY")
    }
    assert one and other and shown == one | other


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("server", ["emulator", "epmm"])
def test_one_selection_for_both(request, call, server, platform):
    running = request.getfixturevalue(server)
    select = {"platform": platform, "status": "active", "ownership": "company", "compliant": True}
    rows = call("device_info", running, select=select)["devices"]
    everything = call("device_info", running)["devices"]
    assert rows and rows == [
        row for row in everything if all(row[name] == value for name, value in select.items())
    ]
    shown = "platformType" if server == "emulator" else "platform"
    guid = "guid" if server == "emulator" else "uuid"
    truth = {row[guid]: row[shown] for row in running.devices(guid, shown)}
    assert {truth[row["guid"]] for row in rows} <= set(PLATFORMS[platform])


@pytest.mark.parametrize(
    ("server", "select", "said"),
    [
        ("emulator", {"status": "lost"}, "neurons has no status lost"),
        ("epmm", {"status": "wipe_canceled"}, "epmm has no status wipe_canceled"),
        ("epmm", {"supervised": True}, "EPMM does not say supervised of a device"),
        ("emulator", {"attributes": {"registrationState": "ACTIVE"}}, "it is called status here"),
        ("epmm", {"attributes": {"email_address": "a@b"}}, "it is called email here"),
        ("emulator", {"attributes": {"platform": "iPhone"}}, "is not a platform"),
    ],
    ids=str,
)
def test_what_a_server_cannot_say_is_refused_before_any_request(
    request, call, server, select, said
):
    running = request.getfixturevalue(server)
    with pytest.raises(ModuleFailed) as refused:
        call("device_info", running, select=select)
    assert said in str(refused.value)
    assert not [
        one
        for one in running.requests()
        if "/devices" in one["path"] or one["path"].endswith("/device")
    ]


def test_a_field_by_the_name_of_a_server_is_shown_with_the_name_here(call, emulator, epmm):
    for server, name, other in (
        (emulator, "serialNumber", "serial_number"),
        (epmm, "email_address", "email"),
    ):
        server.clear_requests()
        with pytest.raises(ModuleFailed, match=f"fields: '{name}' is called {other} here"):
            call("device_info", server, fields=["id", name])
        assert server.requests() == []


def test_a_field_that_no_device_has_is_warned_of(call, epmm):
    [warning] = call("device_info", epmm, fields=["id", "os_verison"])["warnings"]
    assert warning == "fields: no device has os_verison; did you mean os_version?"
