# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin through ``ansible-inventory`` and ``ansible-playbook``, against the
emulator."""

from __future__ import annotations

import functools
import importlib
import json
import stat
import time

import pytest

from ..quick_yaml import load_yaml
from . import inventories
from .inventories import CACHE, FATAL, by_id, hostvars, members

listing = functools.partial(inventories.listing, product="neurons")
failure = functools.partial(inventories.failure, product="neurons")


PLATFORMS = {"IOS": "ios", "ANDROID": "android", "OSX": "macos", "WINDOWS_PHONE": "windows"}


def iso(ms):
    """Milliseconds since 1970 as a variable has them."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms // 1000))


def test_every_device_is_a_host_in_the_groups_that_fit(emulator, ansible):
    known = (
        "id",
        "platformType",
        "complianceState",
        "quarantined",
        "violatedPolicies",
        "customAttributes",
    )
    truth = emulator.devices(*known)
    listed = listing(ansible, attribute_groups=["cityId"])
    names = by_id(listed)
    assert set(names) == {str(row["id"]) for row in truth}

    def expected(test):
        return {names[str(row["id"])] for row in truth if test(row)}

    assert members(listed, "ivanti_neurons") == set(names.values())
    for group, platforms in {
        "platform_ios": ["IOS"],
        "platform_android": ["ANDROID"],
        "platform_macos": ["OSX"],
        "platform_windows": ["WINDOWS_PHONE"],
    }.items():
        assert members(listed, group) == expected(
            lambda row, kinds=platforms: row["platformType"] in kinds
        )
        assert members(listed, group)
    assert members(listed, "compliant") == expected(lambda row: row["complianceState"] is True)
    assert members(listed, "noncompliant") == expected(lambda row: row["complianceState"] is False)
    assert members(listed, "quarantined") == expected(lambda row: row["quarantined"])
    for policy in {policy for row in truth for policy in row["violatedPolicies"]}:
        word = policy.strip().lower().replace(" ", "_")
        group = f"compliance_{word.replace('compromised_devices', 'compromised')}"
        assert members(listed, group) == expected(
            lambda row, policy=policy: policy in row["violatedPolicies"]
        )
    cities = {city for row in truth for city in row["customAttributes"].get("cityid", ())}
    assert len([group for group in listed if group.startswith("attr_cityid_")]) == len(cities) > 0
    assert members(listed, "attr_cityid_london") == expected(
        lambda row: "London" in row["customAttributes"].get("cityid", ())
    )


def test_variables_are_the_fields_asked_for(emulator, ansible):
    emulator.patch_device(emulator.devices()[0]["id"], customAttributes={"cityid": ["SF", "LA"]})
    row = emulator.device(emulator.devices()[0]["id"])
    listed = listing(
        ansible,
        fields=["platform", "last_seen_at", "supervised", "lost_mode_enabled"],
        hostnames=["id"],
    )
    # fmt: off
    assert hostvars(listed)[str(row["id"])] == {
        "ivanti_id": str(row["id"]), "ivanti_guid": row["guid"], "ivanti_platform": PLATFORMS[row["platformType"]],
        "ivanti_last_seen_at": iso(row["lastCheckin"]), "ivanti_supervised": row["supervised"],
        "ivanti_lost_mode_enabled": row["lostModeEnabled"], "ivanti_server": emulator.url, "ivanti_labels": None,
        "ivanti_custom_attributes": {"cityid": ["SF", "LA"]},
    }
    # fmt: on


def test_a_field_that_nobody_has_is_told(ansible):
    ansible.write("fleet.neurons.yml", {"plugin": "ivanti.uem.neurons", "fields": ["platfromType"]})
    run = ansible("ansible-inventory", "-i", "fleet.neurons.yml", "--list")
    assert "no device has platfromType" in " ".join(run.stderr.split())


HOSTILE = {
    "{{ 7*7 }}": "___7_7___",
    "{{ lookup('pipe', 'touch owned') }}": "___lookup__pipe____touch_owned_____",
    "{% raw %}x": "___raw___x",
    "../../wipe": "_._wipe",
    "a\nb: c": "a_b__c",
    "Zoë\u2019s iPad": "Zoë_s_iPad",
    "localhost": "localhost-{id}",
    "platform_ios": "platform_ios-{id}",
    "ivanti_neurons": "ivanti_neurons-{id}",
    "half {": "half__",
}


def test_hostile_names_are_safe_and_no_templates(emulator, ansible):
    ids = {emulator.add_device(deviceName=name, platformType="IOS"): name for name in HOSTILE}
    options = {
        "hostnames": ["device_name"],
        "filters": " or ".join(f"deviceId={device}" for device in ids),
    }
    listed = listing(
        ansible,
        **options,
        compose={"copied": "ivanti_device_name", "joined": "ivanti_device_name ~ '!'"},
        keyed_groups=[{"key": "ivanti_device_name", "prefix": "named"}],
    )
    assert by_id(listed) == {
        str(device): HOSTILE[name].format(id=device) for device, name in ids.items()
    }
    for device, name in ids.items():
        risky = any(mark in name for mark in ("{{", "{%", "{#")) or name.endswith("{")
        shown = hostvars(listed)[by_id(listed)[str(device)]]["ivanti_device_name"]
        assert shown == ({"__ansible_unsafe": name} if risky else name)
    ansible.write(
        "show.yml",
        [
            {
                "hosts": "ivanti_neurons",
                "gather_facts": False,
                "tasks": [
                    {
                        "ansible.builtin.copy": {
                            "dest": "shown.json",
                            "content": "{{ dict(groups.ivanti_neurons | zip(groups.ivanti_neurons | map('extract', hostvars)"
                            " | map('dict2items') | map('items2dict'))) | to_json }}",
                        },
                        "run_once": True,
                    }
                ],
            }
        ],
    )
    run = ansible("ansible-playbook", "-i", "fleet.neurons.yml", "show.yml")
    assert run.returncode == 0, run.stdout + run.stderr
    shown = json.loads((ansible.folder / "shown.json").read_text(encoding="utf-8"))
    for device, name in ids.items():
        own = shown[by_id(listed)[str(device)]]
        assert (own["ivanti_device_name"], own["copied"], own["joined"]) == (name, name, f"{name}!")
    assert not (ansible.folder / "owned").exists()
    graph = ansible("ansible-inventory", "-i", "fleet.neurons.yml", "--graph", "--vars")
    assert graph.returncode == 0 and "7*7" in graph.stdout
    host = ansible("ansible-inventory", "-i", "fleet.neurons.yml", "--host", "___7_7___")
    assert "{{ 7*7 }}" in host.stdout


def test_harmless_strings_stay_strings_in_an_export(emulator, ansible):
    """AWX reads the export and expects strings where strings belong."""
    listed = listing(
        ansible, filters="platformType=IOS and registrationState=ACTIVE", device_groups=True
    )
    assert hostvars(listed)

    def strings(value):
        if isinstance(value, dict):
            if set(value) == {"__ansible_unsafe"}:
                text = value["__ansible_unsafe"]
                assert "{" in text, text
                return
            value = list(value.values())
        for part in value if isinstance(value, list) else ():
            strings(part)

    strings(listed)
    assert listed["ivanti_neurons"]["vars"] == {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "ansible_group_priority": 0,
    }


def test_the_present_registration_has_the_plain_name(emulator, ansible):
    serial = {"serialNumber": "TWICE", "platformType": "IOS"}
    old = emulator.add_device(**serial, registrationState="RETIRED", lastRegistrationTime=9_000)
    new = emulator.add_device(**serial, registrationState="ACTIVE", lastRegistrationTime=2_000)
    first = emulator.add_device(**serial, registrationState="ACTIVE", lastRegistrationTime=1_000)
    names = by_id(listing(ansible, filters="serialNumber=TWICE"))
    assert names == {str(new): "TWICE", str(old): f"TWICE-{old}", str(first): f"TWICE-{first}"}


def test_hostnames_by_jmespath_and_what_follows(emulator, ansible):
    tagged, plain, bare = (emulator.devices()[number]["id"] for number in range(3))
    emulator.set_attributes({tagged: {"assettag": ["AT 1"]}, plain: {}, bare: {}})
    emulator.patch_device(plain, serialNumber="SN1")
    emulator.patch_device(bare, serialNumber=None)
    listed = listing(
        ansible,
        hostnames=["custom_attributes.assettag[0]", "serial_number"],
        filters=f"deviceId={tagged} or deviceId={plain} or deviceId={bare}",
    )
    assert by_id(listed) == {
        str(tagged): "AT_1",
        str(plain): "SN1",
        str(bare): emulator.device(bare)["guid"],
    }


def test_filters_query_and_partitions(emulator, ansible):
    truth = emulator.devices("id", "platformType", "supervised", "dmPartitionName")
    listed = listing(ansible, filters="platformType=IOS", query="[?supervised]", fields=[])
    assert set(by_id(listed)) == {
        str(row["id"]) for row in truth if row["platformType"] == "IOS" and row["supervised"]
    }
    spaces = sorted({row["dmPartitionName"] for row in truth})
    assert len(spaces) > 1
    groups = {"looked_after": "[?platform == 'ios' && supervised]", "nobody": "[?id == 'x']"}
    listed = listing(ansible, spaces=[spaces[1]], query_groups=groups, fields=[])
    names = by_id(listed)
    assert "nobody" not in listed
    assert members(listed, "looked_after") == {
        names[str(row["id"])]
        for row in truth
        if row["platformType"] == "IOS" and row["supervised"] and str(row["id"]) in names
    }
    assert set(by_id(listed)) == {
        str(row["id"]) for row in truth if row["dmPartitionName"] == spaces[1]
    }


def test_device_groups_cost_a_read_for_each_device_that_is_left(emulator, ansible):
    device = emulator.add_device(platformType="IOS", serialNumber="GROUPED")
    emulator.patch_device(device, staticGroups=["Loaners {{ pool }}", "Pilot"])
    emulator.clear_requests()
    listed = listing(ansible, filters="serialNumber=GROUPED", device_groups=True)
    details = [
        entry["path"]
        for entry in emulator.requests()
        if entry["path"].startswith("/api/v1/device/")
    ]
    assert details == [f"/api/v1/device/{device}"]
    assert (
        members(listed, "label_pilot") == members(listed, "label_loaners____pool___") == {"GROUPED"}
    )
    labels = hostvars(listed)["GROUPED"]["ivanti_labels"]
    assert "Pilot" in labels and {"__ansible_unsafe": "Loaners {{ pool }}"} in labels
    assert sum(group.startswith("label_") for group in listed) == len(labels)


def test_constructed_groups_and_variables(emulator, ansible):
    listed = listing(
        ansible,
        strict=True,
        compose={"kind": "ivanti_platform"},
        groups={"apples": "kind in ['ios', 'macos']"},
        keyed_groups=[{"key": "kind", "prefix": "kind"}],
    )
    assert members(listed, "apples") == members(listed, "platform_ios") | members(
        listed, "platform_macos"
    )
    assert members(listed, "kind_ios") == members(listed, "platform_ios")
    assert "Could not set kind" in failure(
        ansible, strict=True, compose={"kind": "nothing_like_it | lower"}
    )


def test_a_task_runs_on_the_controller_with_its_own_python(ansible):
    ansible.write("fleet.neurons.yml", {"plugin": "ivanti.uem.neurons"})
    task = {"product": "neurons", "devices": ["{{ ivanti_id }}"]}
    ansible.write(
        "read.yml",
        [
            {
                "hosts": "ivanti_neurons",
                "gather_facts": False,
                "tasks": [
                    {"ivanti.uem.device_info": task, "register": "read", "run_once": True},
                    {"ansible.builtin.assert": {"that": ["read.count == 1"]}, "run_once": True},
                ],
            }
        ],
    )
    run = ansible("ansible-playbook", "-i", "fleet.neurons.yml", "read.yml")
    assert run.returncode == 0, run.stdout + run.stderr


# fmt: off
AUTHORS = {
    "group_vars of all": {"inv/group_vars/all.yml": "ansible_connection: ssh"},
    "group_vars of a group": {"inv/group_vars/compliant.yml": "ansible_connection: ssh"},
    "host_vars": {"inv/host_vars/ONE.yml": "ansible_connection: ssh"},
    "a group of another source": {"inv/zz": "[compliant]\n[compliant:vars]\nansible_connection=ssh\n"},
    "the group itself, before": {"inv/aa": "[ivanti_neurons]\n[ivanti_neurons:vars]\nansible_connection=ssh\n"},
    "the group itself, after": {"inv/zz": "[ivanti_neurons]\n[ivanti_neurons:vars]\nansible_connection=ssh\n"},
}
# fmt: on


@pytest.mark.parametrize("files", AUTHORS.values(), ids=AUTHORS)
def test_whatever_an_author_says_of_the_connection_wins(emulator, ansible, files):
    emulator.add_device(serialNumber="ONE", platformType="IOS", complianceState=True)
    ansible.write(
        "inv/fleet.neurons.yml", {"plugin": "ivanti.uem.neurons", "filters": "serialNumber=ONE"}
    )
    for name, text in files.items():
        ansible.write(name, text)
    run = ansible("ansible-inventory", "-i", "inv", "--host", "ONE", **FATAL)
    values = json.loads(run.stdout)
    assert values["ansible_connection"] == "ssh"
    assert values["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"


def test_a_host_of_another_source_keeps_its_groups(emulator, ansible):
    emulator.add_device(serialNumber="ONE", platformType="IOS")
    emulator.add_device(serialNumber="vip", platformType="IOS")
    ansible.write("inv/aa", "[vip]\nONE tier=1\n")
    both = "serialNumber=ONE or serialNumber=vip"
    ansible.write("inv/fleet.neurons.yml", {"plugin": "ivanti.uem.neurons", "filters": both})
    listed = json.loads(ansible("ansible-inventory", "-i", "inv", "--list", **FATAL).stdout)
    assert members(listed, "vip") == {"ONE"} and hostvars(listed)["ONE"]["tier"] == 1
    other = (set(hostvars(listed)) - {"ONE"}).pop()
    assert other == f"vip-{hostvars(listed)[other]['ivanti_id']}"


def test_connection_options_may_be_templates_and_the_environment_may_not(emulator, ansible):
    password = ansible.environment.pop("IVANTI_UEM_PASSWORD")
    ca_path = ansible.environment.pop("IVANTI_UEM_CA_PATH")
    ansible.environment |= {"PASSWORD_ELSEWHERE": password, "CA_ELSEWHERE": ca_path}
    templates = {
        "password": "{{ lookup('env', 'PASSWORD_ELSEWHERE') }}",
        "ca_path": "{{ lookup('env', 'CA_ELSEWHERE') }}",
    }
    assert len(hostvars(listing(ansible, **templates))) == len(emulator.devices())
    ansible.environment["IVANTI_UEM_CA_PATH"] = ca_path
    said = failure(ansible, {"IVANTI_UEM_PASSWORD": "{{ lookup('env', 'PASSWORD_ELSEWHERE') }}"})
    assert "rejected the credentials of the user tester" in said
    assert "its template cannot be resolved" in failure(
        ansible, **{**templates, "password": "{{ nowhere }}"}
    )
    assert "password: missing" in failure(ansible, password="{{ lookup('env', 'NOWHERE') }}")


def test_a_password_may_be_kept_in_a_vault(emulator, ansible):
    password = ansible.environment.pop("IVANTI_UEM_PASSWORD")
    vault = ("--vault-password-file", ansible.write("vault-password", "opens it"))
    encrypted = ansible("ansible-vault", "encrypt_string", *vault, "--name", "password", password)
    ansible.write("fleet.neurons.yml", f"plugin: ivanti.uem.neurons\n{encrypted.stdout}")
    run = ansible("ansible-inventory", *vault, "-i", "fleet.neurons.yml", "--list", **FATAL)
    assert len(hostvars(json.loads(run.stdout))) == len(emulator.devices())


# fmt: off
OPTIONS = {
    "an unknown option": ({"filter": "uid=x"}, "filter: is not an option of this inventory; did you mean filters?"),
    "no address": ({"url": "na1.mobileiron.com"}, "url: 'na1.mobileiron.com' is not an address"),
    "an empty field": ({"fields": ""}, "fields: has an empty name; name the fields"),
    "no JMESPath": ({"query": "[?"}, "query: '[?' is not a JMESPath expression"),
    "a query for no rows": ({"query": "[].id"}, "query: must return a list of device rows"),
    "no JMESPath for a group": ({"query_groups": {"a": "[?"}}, "query_groups.a: '[?' is not a JMESPath expression"),
    "a group of no rows": ({"query_groups": {"a": "[].id"}}, "query_groups.a: must return a list of device rows"),
    "a group by a misspelt field": ({"query_groups": {"a": "[?platfrom == 'ios']"}}, "query_groups.a: no row has a field 'platfrom' (nearest: 'platform'"),
    "a group by a word of no row": (
        {"query_groups": {"a": "[?compliance_reasons[0] == 'Out of contact']"}}, "query_groups.a: 'Out of contact' is not a reason as rows have it",
    ),
    "no name of a group": ({"query_groups": {"a b": "[?supervised]"}}, "query_groups: 'a b' cannot be the name of a group"),
    "the group of all": ({"query_groups": {"all": "[?supervised]"}}, "query_groups: 'all' cannot be the name of a group"),
    "a group of the plugin": ({"query_groups": {"platform_ios": "[?supervised]"}}, "query_groups: the plugin makes groups such as 'platform_ios' itself"),
    "a group of the plugin, in capitals": ({"query_groups": {"Compliant": "[?supervised]"}}, "the plugin makes groups such as 'Compliant' itself"),
    "no JMESPath for a name": ({"hostnames": ["a["]}, "hostnames: 'a[' is not a JMESPath expression"),
    "no partition": ({"spaces": ["nowhere"]}, "spaces: there is no device space 'nowhere'"),
    "neither true nor false": ({"server_in_names": "treu"}, "server_in_names: 'treu' is neither true nor false"),
    "strict or not": ({"strict": "treu"}, "strict: 'treu' is neither true nor false"),
    "a cache or none": ({"cache": "maybe"}, "cache: 'maybe' is neither true nor false"),
    "device groups or none": ({"device_groups": "on please"}, "device_groups: 'on please' is neither true nor false"),
    "a template that nobody fills in": ({"allow_empty": "{{ true }}"}, "allow_empty: '{{ true }}' is neither true nor false"),
    "another guid": ({"compose": {"ivanti_guid": "'forged'"}}, "compose.ivanti_guid: says which device a host is"),
    "another server": ({"compose": {"my_server": "1"}, "hostvars_prefix": "my_"}, "compose.my_server: says which device a host is"),
    "no prefix": ({"hostvars_prefix": "my-"}, "hostvars_prefix: 'my-' cannot begin the name of a variable"),
}
# fmt: on


@pytest.mark.parametrize(("options", "sentence"), OPTIONS.values(), ids=OPTIONS)
def test_wrong_options(ansible, options, sentence):
    assert sentence in failure(ansible, **options)


def test_an_environment_variable_that_is_neither_true_nor_false(ansible):
    said = failure(ansible, {"ANSIBLE_INVENTORY_CACHE": "maybe"})
    assert "ANSIBLE_INVENTORY_CACHE: 'maybe' is neither true nor false" in said


def test_the_environment_of_another_product_is_refused_before_any_request(emulator, ansible):
    """AWX offers the credential of one product for the source of the other, too."""
    emulator.clear_requests()
    said = failure(ansible, {"IVANTI_UEM_PRODUCT": "epmm"})
    assert "IVANTI_UEM_PRODUCT: the environment connects to epmm, and this inventory reads" in said
    assert emulator.requests() == []
    # A file with its own address does not ask the environment.
    ansible.environment["IVANTI_UEM_PRODUCT"] = "epmm"
    assert by_id(listing(ansible, url=emulator.url, fields=["id"]))


FAULTS: dict[str, tuple] = {
    "401": ("401", {}, "rejected the credentials of the user tester"),
    "403": ("403", {}, "may not send GET /api/v1/device (HTTP 403"),
    "a web page": ("html", {}, "was answered by a web page"),
    "fewer rows than the total": ("short_page", {}, "its pages held"),
}


@pytest.mark.parametrize(("kind", "params", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_read_that_fails_is_no_smaller_fleet(emulator, ansible, kind, params, sentence):
    emulator.add_fault(kind, path="/api/v1/device", times=None, **params)
    said = failure(ansible)
    assert sentence in said
    assert emulator.password not in said


def test_without_the_setting_a_failing_source_is_a_warning(emulator, ansible):
    """Ansible's own rule, which the documentation of the plugin warns of."""
    emulator.add_fault("403", path="/api/v1/device", times=None)
    ansible.write("fleet.neurons.yml", {"plugin": "ivanti.uem.neurons"})
    run = ansible("ansible-inventory", "-i", "fleet.neurons.yml", "--list")
    assert "HTTP 403" in " ".join(run.stderr.split())
    assert run.returncode == 0 and json.loads(run.stdout)["_meta"]["hostvars"] == {}


def test_a_cache_saves_every_request(emulator, ansible):
    first = listing(ansible, **CACHE, device_groups=True, filters="platformType=IOS")
    [file] = (ansible.folder / "kept").iterdir()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)] == [0o600, 0o700]
    emulator.clear_requests()
    assert listing(ansible, **CACHE, device_groups=True, filters="platformType=IOS") == first
    assert emulator.requests() == []
    # What only shapes the result needs no new read, …
    listed = listing(
        ansible,
        **CACHE,
        device_groups=True,
        filters="platformType=IOS",
        attribute_groups=["cityid"],
    )
    assert emulator.requests() == [] and any(group.startswith("attr_cityid_") for group in listed)
    # … and what is read differently does.
    listing(ansible, **CACHE, filters="platformType=ANDROID")
    assert emulator.requests()
    kept = "".join(path.read_text(encoding="utf-8") for path in (ansible.folder / "kept").iterdir())
    assert "ivanti_neurons" not in kept and "platform_ios" not in kept
    assert emulator.password not in kept and json.dumps(emulator.password) not in kept


def test_a_cache_can_be_refreshed_and_survives_a_failing_read(emulator, ansible):
    ansible.write("nothing.yml", [{"hosts": "all", "gather_facts": False, "tasks": []}])
    refresh = (
        "ansible-playbook",
        "-i",
        "fleet.neurons.yml",
        "nothing.yml",
        "--list-hosts",
        "--flush-cache",
    )
    before = listing(ansible, **CACHE)
    emulator.add_fault("403", path="/api/v1/device", times=None)
    assert "HTTP 403" in " ".join(ansible(*refresh, **FATAL).stderr.split())
    assert listing(ansible, **CACHE) == before
    emulator.clear_faults()
    emulator.add_device(serialNumber="NEW", platformType="IOS")
    assert listing(ansible, **CACHE) == before
    assert "NEW" in ansible(*refresh, **FATAL).stdout.split()
    assert "NEW" in hostvars(listing(ansible, **CACHE))
    for path in (ansible.folder / "kept").iterdir():
        path.write_text("{broken", encoding="utf-8")
    assert "NEW" in hostvars(
        listing(
            ansible,
            warning="The inventory cache cannot be read, so the devices are read from the server",
            **CACHE,
        )
    )


def test_a_missing_library_is_named(emulator, ansible):
    """A library that fails to import stands for one that is not there."""
    for library in ("requests", "jmespath"):
        ansible.write(f"without_{library}/{library}.py", "raise ImportError('taken away')")
        said = failure(
            ansible,
            {"PYTHONPATH": str(ansible.folder / f"without_{library}")},
            query="[?quarantined]",
        )
        assert f"Failed to import the required Python library ({library}" in said


def test_files_are_known_by_their_names(ansible):
    names = {
        "neurons.yml": True,
        "x.neurons.yaml": True,
        "myneurons.yml": False,
        "fleet.yml": False,
    }
    for name, hosts in names.items():
        ansible.write(name, {"plugin": "ivanti.uem.neurons"})
        run = ansible(
            "ansible-inventory",
            "-i",
            name,
            "--list",
            ANSIBLE_INVENTORY_ENABLED="ivanti.uem.neurons",
        )
        assert bool(json.loads(run.stdout)["_meta"]["hostvars"]) == hosts, name


def documents():
    plugin = importlib.import_module("ansible_collections.ivanti.uem.plugins.inventory.neurons")
    texts = plugin.EXAMPLES.split("\n---\n")
    return {text.strip().splitlines()[0].lstrip("# ").partition(":")[0]: text for text in texts}


@pytest.mark.parametrize("name", documents())
def test_the_examples_of_the_documentation_run(emulator, ansible, name):
    emulator.add_device(
        platformType="IOS", supervised=True, serialNumber="EXAMPLE", registrationState="ACTIVE"
    )
    text = documents()[name]
    assert load_yaml(text)["plugin"] == "ivanti.uem.neurons"
    ansible.write(name, text)
    run = ansible("ansible-inventory", "-i", name, "--list", **FATAL)
    assert run.returncode == 0, run.stderr
    assert hostvars(json.loads(run.stdout))
    assert "WARNING" not in run.stderr
