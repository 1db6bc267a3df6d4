# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host is one registration on one server, whatever the order of the sources, and whether each is
read by itself, as AWX does, or with others."""

from __future__ import annotations

import itertools
import json
import re
from urllib.parse import parse_qs

import pytest
from uem_emulator.testing.running import running_emulator

from ..conftest import PASSWORD, SEED, ModuleFailed, connection, writes
from .inventories import FATAL, hostvars, members


@pytest.fixture(scope="module")
def other_tenant():
    """A second tenant whose devices have the ids and guids of the first."""
    with running_emulator(
        devices=60, seed=SEED, strict=True, username="tester", password=PASSWORD
    ) as running:
        yield running


def source(ansible, name, server, **options):
    """Write an inventory source of a server."""
    own = connection(server)
    product = own.pop("product")
    plugin = {"plugin": f"ivanti.uem.{product}", **own, **options}
    return ansible.write(f"{name}.{product}.yml", plugin)


def read(ansible, *files):
    """What the sources are together, in this order."""
    arguments = [part for file in files for part in ("-i", file)]
    run = ansible("ansible-inventory", *arguments, "--list", "--export", **FATAL)
    assert run.returncode == 0, run.stderr
    listed = json.loads(run.stdout)
    groups = {name: members(listed, name) for name in listed if name != "_meta"}
    return hostvars(listed), {name: hosts for name, hosts in groups.items() if hosts}


def registrations(hosts):
    """The server and guid of each host."""
    return {name: (own["ivanti_server"], own["ivanti_guid"]) for name, own in hosts.items()}


def joined_by_name(ansible, *files):
    """What a controller has that reads each source by itself and joins hosts by their names."""
    found = {}
    for file in files:
        for name, registration in registrations(read(ansible, file)[0]).items():
            found.setdefault(name, set()).add(registration)
    return found


def short(server):
    """A server in names of hosts."""
    return server.url.removeprefix("https://").replace(":", "_")


def test_active_and_retired_devices_in_two_sources(emulator, ansible):
    now = emulator.add_device(serialNumber="TWICE", platformType="IOS", registrationState="ACTIVE")
    old = emulator.add_device(serialNumber="TWICE", platformType="IOS", registrationState="RETIRED")
    files = [
        source(ansible, "active", emulator, statuses=["active"]),
        source(ansible, "rest", emulator, filters="registrationState!=ACTIVE"),
        source(ansible, "whole", emulator),
    ]
    together = [read(ansible, *order) for order in itertools.permutations(files)]
    assert all(one == together[0] for one in together)
    hosts, groups = together[0]
    assert len(hosts) == len(emulator.devices()) == len(set(registrations(hosts).values()))
    assert hosts["TWICE"]["ivanti_id"] == str(now)
    assert hosts[f"TWICE-{old}"]["ivanti_id"] == str(old)
    assert {"TWICE", f"TWICE-{old}"} & groups["status_active"] == {"TWICE"}
    assert joined_by_name(ansible, *files) == {
        name: {registration} for name, registration in registrations(hosts).items()
    }


def test_one_serial_number_on_both_products(emulator, epmm, ansible):
    serial = next(
        row["serialNumber"] for row in emulator.devices("serialNumber") if row["serialNumber"]
    )
    epmm.add_device(platform="iOS", serial=serial)
    files = [source(ansible, "a", emulator), source(ansible, "b", epmm)]
    hosts, groups = read(ansible, *files)
    assert (hosts, groups) == read(ansible, *reversed(files))
    assert len(set(registrations(hosts).values())) == len(hosts) == 121
    assert serial not in hosts
    for server, product in ((emulator, "neurons"), (epmm, "epmm")):
        name = f"{serial}-{short(server)}"
        assert hosts[name]["ivanti_server"] == server.url
        assert {group for group in ("ivanti_neurons", "ivanti_epmm") if name in groups[group]} == {
            f"ivanti_{product}"
        }


def test_two_tenants_with_the_same_ids_and_guids(emulator, other_tenant, ansible):
    files = [source(ansible, "a", emulator), source(ansible, "b", other_tenant)]
    hosts, groups = read(ansible, *files)
    assert (hosts, groups) == read(ansible, *reversed(files))
    assert len(set(registrations(hosts).values())) == len(hosts) == 120
    for server in (emulator, other_tenant):
        group = f"server_{short(server).replace('.', '_')}"
        assert groups[group] == {
            name for name, own in hosts.items() if own["ivanti_server"] == server.url
        }
        assert len(groups[group]) == 60


def test_names_with_the_server_are_the_same_when_each_source_is_read_by_itself(
    emulator, epmm, other_tenant, ansible
):
    serial = emulator.devices("serialNumber")[0]["serialNumber"] or "8Y3DQ4G1MQ"
    epmm.add_device(platform="iOS", serial=serial)
    files = [
        source(ansible, name, server, server_in_names=True)
        for name, server in {"a": emulator, "b": epmm, "c": other_tenant}.items()
    ]
    hosts, _groups = read(ansible, *files)
    assert len(hosts) == 60 + 61 + 60
    assert joined_by_name(ansible, *files) == {
        name: {registration} for name, registration in registrations(hosts).items()
    }
    assert hosts[f"{serial}-{short(epmm)}"]["ivanti_server"] == epmm.url


def test_spellings_of_one_address_are_one_server(emulator, ansible):
    port = emulator.url.rpartition(":")[2]
    files = [
        source(ansible, "a", emulator),
        source(ansible, "b", emulator, url=f"HTTPS://127.0.0.1:{port}/"),
    ]
    hosts, groups = read(ansible, *files)
    assert (hosts, groups) == read(ansible, files[0])
    assert {own["ivanti_server"] for own in hosts.values()} == {emulator.url}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_others_say_of_a_name_that_is_two_devices_stays_with_it(
    emulator, other_tenant, ansible, place
):
    emulator.add_device(serialNumber="VIP1", platformType="IOS")
    other_tenant.reset(devices=0)
    other_tenant.add_device(serialNumber="VIP1", platformType="IOS")
    files = [source(ansible, "a", emulator), source(ansible, "b", other_tenant)]
    files.insert(place, ansible.write("zz.ini", "[vips]\nVIP1 tier=gold\n"))
    hosts, groups = read(ansible, *files)
    assert groups["vips"] == {"VIP1"}
    assert hosts["VIP1"] == {"tier": "gold"}
    assert len([name for name in hosts if name.startswith("VIP1-")]) == 2
    assert not any("tier" in own for name, own in hosts.items() if name != "VIP1")
    assert "VIP1" not in groups["platform_ios"]
    other_tenant.reset(seed=SEED, devices=60)


PLACEHOLDERS = [
    "To be filled by O.E.M.",
    "0",
    "00000000",
    "null",
    "Not Present",
    "N/A",
    "Default string",
]


@pytest.mark.parametrize("serial", PLACEHOLDERS)
def test_what_stands_for_a_missing_serial_number_names_no_host(emulator, ansible, serial):
    device = emulator.add_device(serialNumber=serial, platformType="WINDOWS_PHONE")
    file = source(ansible, "a", emulator, filters=f"deviceId={device}")
    assert list(read(ansible, file)[0]) == [emulator.device(device)["guid"]]


@pytest.mark.parametrize("serial", PLACEHOLDERS)
def test_what_stands_for_a_missing_serial_number_selects_nothing(emulator, call, serial):
    with pytest.raises(ModuleFailed, match="stands for a missing serial number"):
        call("device_info", emulator, select={"serial_numbers": [serial]})
    assert not writes(emulator)


DECLARED = [
    {
        "hosts": "{{ target | default('ivanti_neurons') }}",
        "gather_facts": False,
        "tasks": [{"ivanti.uem.desired_state": {"product": "neurons"}}],
    }
]


DEFAULTS = {"group/ivanti.uem.all": {"product": "neurons"}}


def two_tenants(ansible, emulator, other_tenant):
    """Sources of two tenants with desired attributes for every host, and the groups of both."""
    other_tenant.reset(seed=SEED, devices=60)
    files = [source(ansible, "a", emulator), source(ansible, "b", other_tenant)]
    ansible.write("group_vars/all.yml", {"ivanti_desired": {"attributes": {"owner": "apollo"}}})
    groups = [f"server_{short(one).replace('.', '_')}" for one in (emulator, other_tenant)]
    return [part for file in files for part in ("-i", file)], groups


def test_a_declared_state_refuses_hosts_of_another_server_by_name(emulator, other_tenant, ansible):
    sources, (mine, theirs) = two_tenants(ansible, emulator, other_tenant)
    ansible.write("play.yml", DECLARED)
    play = ("ansible-playbook", *sources, "play.yml", "-e")
    for target in ("ivanti_neurons", theirs):
        run = ansible(*play, f"target={target}")
        said = " ".join(run.stdout.split())
        assert run.returncode != 0, said
        assert f"Hosts of another server than {emulator.url}: {other_tenant.url}: '" in said
        assert f"-{short(other_tenant)}'" in said and "Nothing was done" in said
    assert not writes(emulator) and not writes(other_tenant)
    run = ansible(*play, f"target={mine}")
    assert run.returncode == 0, run.stdout
    assert writes(emulator) and not writes(other_tenant)


def test_a_declared_state_refuses_hosts_that_do_not_say_their_server(emulator, ansible):
    own = {
        "ivanti_guid": emulator.devices("guid")[0]["guid"],
        "ivanti_desired": {"attributes": {"owner": "x"}},
    }
    ansible.write("hosts.yml", {"ivanti_neurons": {"hosts": {"pad": own}}})
    ansible.write("play.yml", DECLARED)
    run = ansible("ansible-playbook", "-i", "hosts.yml", "play.yml")
    said = " ".join((run.stdout + run.stderr).split())
    assert run.returncode != 0 and "Hosts without ivanti_server: 'pad'. Another server" in said
    assert not writes(emulator)


def test_a_declared_state_refuses_a_host_that_a_controller_joined_of_two(emulator, ansible):
    own = {"ivanti_guid": emulator.devices("guid")[0]["guid"], "ivanti_server": emulator.url}
    host = {"hosts": {"pad": {**own, "ivanti_desired": {"attributes": {"owner": "x"}}}}}
    ansible.write("hosts.yml", {"ivanti_neurons": host, "ivanti_epmm": {"hosts": {"pad": None}}})
    ansible.write("play.yml", DECLARED)
    run = ansible("ansible-playbook", "-i", "hosts.yml", "play.yml")
    said = " ".join((run.stdout + run.stderr).split())
    assert run.returncode != 0 and "'pad'. Each is two devices that were joined" in said
    assert not writes(emulator)


def test_hosts_become_devices_of_one_task(emulator, other_tenant, ansible):
    sources, (mine, _theirs) = two_tenants(ansible, emulator, other_tenant)
    read = {"ivanti.uem.device_info": {"product": "neurons"}}

    def play(expression):
        read["ivanti.uem.device_info"]["devices"] = "{{ " + expression + " }}"
        tasks = [{**read, "register": "found"}, {"ansible.builtin.debug": {"var": "found.message"}}]
        ansible.write("play.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
        run = ansible("ansible-playbook", *sources, "play.yml")
        return " ".join((run.stdout + run.stderr).split())

    said = play(f"groups['{mine}'] | ivanti.uem.devices(hostvars, server='{emulator.url}/')")
    assert "Selected 60 devices." in said
    said = play("groups['ivanti_neurons'] | ivanti.uem.devices(hostvars)")
    assert f"Hosts of 2 servers: {emulator.url}: '" in said
    said = play("groups['all'] | ivanti.uem.devices({})")
    assert "hostvars are missing" in said


def test_the_look_up_refuses_the_device_of_a_host_of_another_server(
    emulator, other_tenant, ansible
):
    sources, groups = two_tenants(ansible, emulator, other_tenant)
    asked = "{{ query('ivanti.uem.device', ivanti_id, ivanti_guid, field='id') }}"
    task = {"ansible.builtin.debug": {"msg": asked}}
    for group, words in zip(groups, ("ok:", "Hosts of another server than"), strict=True):
        play = {"hosts": f"{group}[0]", "gather_facts": False, "tasks": [task]}
        ansible.write("play.yml", [{**play, "vars": {"ivanti_uem_product": "neurons"}}])
        run = ansible("ansible-playbook", *sources, "play.yml")
        said = " ".join((run.stdout + run.stderr).split())
        assert words in said and (run.returncode == 0) == (words == "ok:"), said


def test_a_task_for_a_host_refuses_its_device_on_another_server(emulator, other_tenant, ansible):
    """Both tenants have a device of each id, and here of each guid as well."""
    sources, groups = two_tenants(ansible, emulator, other_tenant)
    one = {"devices": ["{{ ivanti_id }}"]}
    tasks = [
        {"ivanti.uem.device_action": {"action": "lock", **one}},
        {"ivanti.uem.device_custom_attrs": {
            "devices": [{"device": "{{ ivanti_guid | upper }}", "attrs": {"owner": "x"}}]
        }},
        {"ivanti.uem.device_info": {**one, "fields": ["id"]}},
        # Not the device of the host.
        {"ivanti.uem.device_info": {"devices": [22000], "on_missing": "skip", "fields": ["id"]}},
    ]  # fmt: skip
    ignored = [{**task, "ignore_errors": True} for task in tasks]
    for group, refused in zip(groups, (0, 3), strict=True):
        play = {"hosts": f"{group}[0]", "gather_facts": False, "tasks": ignored}
        ansible.write("play.yml", [{**play, "module_defaults": DEFAULTS}])
        emulator.clear_requests()
        run = ansible("ansible-playbook", *sources, "play.yml")
        said = " ".join(run.stdout.split())
        words = f'"Hosts of another server than {emulator.url}: {other_tenant.url}: '
        assert said.count(words) == refused and f"ignored={refused}" in said, said
        assert bool(writes(emulator)) == (refused == 0) and not writes(other_tenant)


@pytest.mark.parametrize("module", ["device_custom_attrs", "device_owner"])
def test_a_device_of_another_server_is_refused_before_any_request(emulator, call, module):
    goal = {"attrs": {"owner": "x"}} if module == "device_custom_attrs" else {"user": "a@b.c"}
    entry = {"device": 22000, "server": "https://other.example.com", "host": "pad", **goal}
    emulator.clear_requests()
    with pytest.raises(ModuleFailed, match="https://other.example.com: 'pad'"):
        call(module, emulator, devices=[entry])
    assert emulator.requests() == []


def test_every_task_says_how_many_devices_it_selected(emulator, call):
    chosen = {"select": {"platform": "ios"}}
    found = call("device_info", emulator, **chosen)
    assert found["selected"] == found["count"] > 1
    assert found["message"] == f"Selected {found['count']} devices."
    assert {row["server"] for row in found["devices"]} == {emulator.url}
    plan = call("device_custom_attrs", emulator, **chosen, attrs={"owner": "x"}, check_mode=True)
    assert plan["selected"] == found["selected"]
    with pytest.raises(ModuleFailed) as refused:
        call("device_custom_attrs", emulator, **chosen, attrs={"owner": "x"}, max_devices=1)
    assert refused.value.result["selected"] == found["selected"]
    nobody = {"select": {"serial_numbers": ["NOBODY1"]}, "on_missing": "skip"}
    assert call("device_info", emulator, **nobody)["message"] == "Selected 0 devices."


def test_a_source_that_fails_half_way_does_not_hinder_the_next(emulator, other_tenant, ansible):
    other_tenant.reset(seed=SEED, devices=60)
    files = [
        source(ansible, "a", emulator),
        source(ansible, "bad", other_tenant, strict=True, compose={"x": "nothing_like_it | lower"}),
        source(ansible, "c", other_tenant),
    ]
    arguments = [part for file in files for part in ("-i", file)]
    run = ansible("ansible-inventory", *arguments, "--list", "--export")
    assert run.returncode == 0 and "Traceback" not in run.stderr, run.stderr
    hosts, _groups = read(ansible, files[0], files[2])
    assert registrations(hostvars(json.loads(run.stdout))) == registrations(hosts)


@pytest.mark.parametrize("key", ["id", "guid"])
def test_a_device_that_was_found_is_not_looked_for_in_other_spaces(call, emulator, key):
    rows = call("device_info", emulator, fields=["id", "guid", "space"])["devices"]
    chosen = rows[::3]
    emulator.clear_requests()
    found = call("device_info", emulator, devices=[row[key] for row in chosen], fields=["id"])
    assert {row["id"] for row in found["devices"]} == {row["id"] for row in chosen}
    queries = [parse_qs(entry["query"]).get("fq", [""])[0] for entry in emulator.requests()]
    asked = [set(re.findall(r"='?([0-9a-f-]+)", query)) for query in queries if query]
    spaces = {row["space"]: set() for row in chosen}
    for row in chosen:
        spaces[row["space"]].add(row[key])
    assert asked[0] == {row[key] for row in chosen} and len(spaces) == 3
    # Each question leaves out what one space had.
    answered = [first - second for first, second in zip(asked, [*asked[1:], set()], strict=True)]
    assert sorted(map(sorted, answered)) == sorted(map(sorted, spaces.values()))


def test_a_serial_number_is_looked_for_in_every_space(call, emulator):
    serial = call("device_info", emulator, fields=["serial_number"])["devices"][0]["serial_number"]
    emulator.clear_requests()
    call("device_info", emulator, select={"serial_numbers": [serial]})
    assert sum(serial in entry["query"] for entry in emulator.requests()) >= 3
