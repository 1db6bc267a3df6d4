# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What names nothing is refused, or warned of with the nearest name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..conftest import ModuleFailed, connection
from .inventories import failure, hostvars, listing, members

ATTRS = {"attrs": {"project": "apollo"}}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("[?quarantine]", "no row has a field 'quarantine' (nearest: 'quarantined')"),
        ("[?quarantined == false]", "write `false` in backticks"),
    ],
)
def test_a_query_that_names_no_field_is_warned_of(emulator, call, query, said):
    select = {"query": query}
    result = call("device_info", emulator, select=select, on_missing="skip")
    assert result["count"] == 0 and said in " ".join(result["warnings"])
    result = call("device_info", emulator, query=query)
    assert result["query_result"] == [] and said in " ".join(result["warnings"])
    with pytest.raises(ModuleFailed) as refused:
        call("device_custom_attrs", emulator, select=select, **ATTRS)
    assert said in str(refused.value)


def test_a_query_of_activesync_devices_that_names_no_field_is_warned_of(epmm, call):
    options = {"select": {"query": "[?registred]"}, "on_missing": "skip"}
    result = call("activesync_device_info", epmm, **options)
    assert result["count"] == 0 and "(nearest: 'registered')" in " ".join(result["warnings"])


def test_a_query_of_reference_data_that_names_no_field_is_warned_of(epmm, call):
    result = call("registration_reference_info", epmm, query="countries[?nam == 'Peru']")
    assert result["query_result"] == [] and "(nearest: 'name'" in " ".join(result["warnings"])


# Custom attributes


def test_an_attribute_that_is_not_defined_is_refused_although_nothing_is_selected(emulator, call):
    nothing = {"select": {"serial_numbers": ["NOSUCH"]}, "on_missing": "skip"}
    with pytest.raises(ModuleFailed, match="'ownr' is not defined on the server .*'owner'"):
        call("device_custom_attrs", emulator, attrs={"ownr": "x"}, **nothing)
    result = call("device_custom_attrs", emulator, attrs={"owner": "x"}, **nothing)
    assert not result["changed"] and "0 of 60 devices" not in result["plan"]


def test_values_that_yaml_changed_are_warned_of_once(emulator, call):
    ids = sorted(emulator.attributes(), key=int)[:2]
    devices = [{"device": one, "attrs": {"costcenter": 1.1}} for one in ids]
    result = call(
        "device_custom_attrs", emulator, devices=devices, attrs={"owner": True, "floor": 1.5}
    )
    about = [warning.partition(":")[0] for warning in result["warnings"]]
    assert sorted(about) == ["attrs.owner", "devices[0].attrs.costcenter"]
    selected = {"select": {"custom_attributes": {"costcenter": 1.1}}}
    [warning] = call("device_info", emulator, **selected)["warnings"]
    assert warning.startswith("select.custom_attributes.costcenter: YAML reads")


# The server


@pytest.mark.parametrize("product", ["neurons", "epmm"])
@pytest.mark.parametrize("module", ["device_info", "device_message"])
def test_the_wrong_product_is_asked_about(emulator, epmm, call, product, module):
    wrong = emulator if product == "epmm" else epmm
    options = {"select": {"ids": [22006]}, "text": "x"} if module == "device_message" else {}
    with pytest.raises(ModuleFailed) as refused:
        call(module, wrong, product=product, **options)
    assert "check product, and the base path of url" in str(refused.value)


def test_http_on_a_port_of_tls_says_so(emulator, call):
    with pytest.raises(ModuleFailed, match="if that port speaks TLS, write https:// in url"):
        call("device_info", emulator, url=emulator.url.replace("https://", "http://"), retries=0)


@pytest.mark.parametrize("option", ["url", "product"])
def test_what_is_missing_is_said_with_its_variable(emulator, ansible, option):
    variable = f"IVANTI_UEM_{option.upper()}"
    del ansible.environment[variable]
    task = {"ivanti.uem.device_info": {}}
    ansible.write("play.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": [task]}])
    done = ansible("ansible-playbook", "play.yml")
    said = " ".join(done.stdout.split())
    assert f"{option}: is missing; give" in said and variable in said, said


@pytest.mark.parametrize("fields", [[""], ["id", " "]])
def test_a_field_without_a_name_is_refused_before_any_request(emulator, call, fields):
    emulator.clear_requests()
    with pytest.raises(ModuleFailed, match="^fields: has an empty name; .* Nothing was read"):
        call("device_info", emulator, fields=fields)
    assert emulator.requests() == []


LOOKUP = "{{ lookup('ivanti.uem.device', 22006) }}"
TASKS = {
    "a module": {"ivanti.uem.device_info": {"fields": ["id"], "select": {"ids": [22006]}}},
    "a lookup": {"ansible.builtin.debug": {"msg": LOOKUP}},
}


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_a_misspelt_variable_is_refused_before_any_request(emulator, ansible, task):
    emulator.clear_requests()
    ansible.write("play.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": [task]}])
    done = ansible("ansible-playbook", "play.yml", IVANTI_UEM_MAX_DEVICE="1")
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 2 and emulator.requests() == []
    assert (
        "IVANTI_UEM_MAX_DEVICE: nothing reads an environment variable of this name (nearest:"
        in said
    )
    done = ansible("ansible-playbook", "play.yml", IVANTI_UEM_OWNER="1")
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 0 and "IVANTI_UEM_OWNER: nothing reads" in said, said


def test_an_inventory_refuses_a_misspelt_variable(emulator, ansible):
    emulator.clear_requests()
    ansible.write("fleet.neurons.yml", {"plugin": "ivanti.uem.neurons"})
    command = ("ansible-inventory", "-i", "fleet.neurons.yml", "--list")
    done = ansible(*command, IVANTI_UEM_VALIDATE_CERT="false")
    assert "(nearest: IVANTI_UEM_VALIDATE_CERTS)" in " ".join(done.stderr.split())
    assert emulator.requests() == []
    done = ansible(*command, IVANTI_UEM_OWNER="1")
    assert "IVANTI_UEM_OWNER: nothing reads" in " ".join(done.stderr.split())
    assert done.returncode == 0 and emulator.requests() != []


def of_any_core(shown: str) -> str:
    """Return what Ansible shows in one line, and as newer versions write types."""
    return " ".join(shown.split()).replace("<class 'str'>", "str")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("IVANTI_UEM_RETRIES", "x", "argument 'retries' is of type str"),
        ("IVANTI_UEM_PRODUCT", "core", "value of product must be one of"),
    ],
)
def test_a_wrong_value_of_a_variable_is_said_with_the_variable(ansible, variable, value, said):
    """Ansible names the option, which the author has not given."""
    task = {"ivanti.uem.device_info": {"fields": ["id"]}}
    ansible.write("play.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": [task]}])
    for switch in ("on", "off"):
        given = {variable: value, "IVANTI_UEM_IN_PROCESS": switch}
        shown = of_any_core(ansible("ansible-playbook", "play.yml", **given).stdout)
        assert said in shown and f"value of the environment variable {variable};" in shown
    option = variable.removeprefix("IVANTI_UEM_").lower()
    task["ivanti.uem.device_info"][option] = value
    ansible.write("play.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": [task]}])
    shown = of_any_core(ansible("ansible-playbook", "play.yml").stdout)
    assert said in shown and "environment variable" not in shown


def test_an_inventory_without_an_address_names_the_variable(emulator, ansible):
    del ansible.environment["IVANTI_UEM_URL"]
    ansible.write("fleet.neurons.yml", {"plugin": "ivanti.uem.neurons"})
    done = ansible("ansible-inventory", "-i", "fleet.neurons.yml", "--list")
    assert "(or IVANTI_UEM_URL" in " ".join(done.stderr.split())


@pytest.mark.parametrize("product", ["neurons", "epmm"])
def test_a_filter_that_the_server_refuses_is_named(emulator, epmm, call, product):
    server = epmm if product == "epmm" else emulator
    with pytest.raises(ModuleFailed, match="^select.filters: the server refused 'nope = 1'. GET"):
        call("device_info", server, select={"filters": "nope = 1"})


def test_a_filter_that_the_server_refuses_is_named_beside_other_keys(emulator, call):
    said = r"^select.filters: the server refused 'nope = 1', sent together with status. GET"
    with pytest.raises(ModuleFailed, match=said):
        call("device_info", emulator, select={"filters": "nope = 1", "status": "active"})


# fmt: off
@pytest.mark.parametrize(("product", "module", "options"), [
    ("neurons", "device_action", {"action": "lock", "select": {"last_seen_before": "9999-12-31"}}),
    ("epmm", "device_action", {"action": "lock", "select": {"platform": "ios", "last_seen_before": "2206-01-31"}}),
    ("epmm", "activesync_device", {"state": "blocked", "select": {"last_sync_before": "2206-01-31T12:00:00Z"}}),
])
# fmt: on
def test_a_time_that_is_still_to_come_is_not_before_everything(
    emulator, epmm, call, product, module, options
):
    server = epmm if product == "epmm" else emulator
    said = r"^select\.last_s\w+_before: is in the future, so that everything would be before it"
    with pytest.raises(ModuleFailed, match=said):
        call(module, server, **options)
    assert server.requests() == []


@pytest.mark.parametrize("product", ["neurons", "epmm"])
def test_a_list_of_no_device_spaces_is_not_all_of_them(emulator, epmm, call, product):
    server = epmm if product == "epmm" else emulator
    options = {"action": "lock", "select": {"platform": "ios"}, "spaces": []}
    with pytest.raises(ModuleFailed, match=r"^spaces: is empty, which would be all device spaces"):
        call("device_action", server, **options)
    assert server.requests() == []


# Inventories


def connect(ansible, server) -> None:
    """Let the commands use a server."""
    given = connection(server)
    where = {name: given[name] for name in ("url", "ca_path", "product")}
    ansible.environment.update(
        {f"IVANTI_UEM_{name.upper()}": value for name, value in where.items()}
    )


NARROW = [
    ("neurons", {"query": "[?superviced]"}, "(nearest: 'supervised'"),
    ("neurons", {"filters": "registrationState=ACTIV"}, "No device meets filters="),
    ("neurons", {"attribute_groups": ["citty"]}, "'citty' is not defined on the server (nearest: 'cityid'"),
    ("epmm", {"statuses": ["wiped"], "query": "[?status == 'lost']"}, "No device meets query=[?status == 'lost'], statuses="),
]  # fmt: skip


@pytest.mark.parametrize(("product", "options", "said"), NARROW)
def test_an_inventory_that_nothing_meets_is_an_error(
    emulator, epmm, ansible, product, options, said
):
    connect(ansible, epmm if product == "epmm" else emulator)
    assert said in failure(ansible, product=product, **options)


def test_an_inventory_without_devices_may_be_wanted(emulator, ansible):
    options = {"filters": "registrationState=ACTIV", "allow_empty": True}
    said = "filters: registrationState is not known to be 'ACTIV' (nearest: 'ACTIVE'"
    assert hostvars(listing(ansible, product="neurons", warning=said, **options)) == {}


def test_a_label_that_does_not_exist_is_warned_of(epmm, ansible):
    connect(ansible, epmm)
    said = "labels: nothing is called 'Company-Ownd' (nearest: 'Company-Owned'"
    labels = ["Company-Ownd", "Company-Owned"]
    assert hostvars(listing(ansible, product="epmm", labels=labels, warning=said))


def test_an_expression_with_a_variable_that_no_host_has_is_warned_of(epmm, ansible):
    connect(ansible, epmm)
    said = "groups.x: no host has ivanti_quarantine (nearest: 'ivanti_quarantined'"
    conditions = {"x": "ivanti_quarantine", "y": "ivanti_quarantined and other is not defined"}
    listed = listing(ansible, product="epmm", groups=conditions, warning=said)
    assert "x" not in listed and listed["y"]["hosts"]


# fmt: off
EXPRESSIONS = {
    "groups.a: no host has a custom attribute 'ownr' (nearest: 'owner'": {"groups": {"a": "ivanti_custom_attributes.get('ownr', []) != ['x']"}},
    "keyed_groups[0].key: no host has a custom attribute 'Owner' (nearest: 'owner'": {"keyed_groups": [{"key": "ivanti_custom_attributes.Owner"}]},
    "groups.a: no host has the label 'Pilto'": {"groups": {"a": "'Pilto' in ivanti_labels"}, "device_groups": True},
    "groups.a: 'IOS' is not a platform (nearest: 'ios')": {"groups": {"a": "ivanti_platform != 'IOS'"}},
    "compose.a: no host has nonsense; check the spelling": {"compose": {"a": "nonsense"}},
    "compose.a: ivanti_model is a text, which has no 'foo'": {"compose": {"a": "ivanti_model.foo"}},
    "groups.a: fails for each of 20 hosts that were tried (": {"groups": {"a": "ivanti_platform is definedd"}},
    "groups.b: fails for each of 20 hosts that were tried (": {"groups": {"b": "ivanti_os_version > 15"}},
    "compose.a: fails for each of 20 hosts that were tried (": {"compose": {"a": "ivanti_platform | lowr"}},
    "compose.ansible_connection: fails for each of 20 hosts that were tried (": {"compose": {"ansible_connection": "1 / 0"}},
    "keyed_groups[0].key: fails for each of 20 hosts that were tried (": {"keyed_groups": [{"key": "ivanti_platform == 'ios"}]},
}
# fmt: on


@pytest.mark.parametrize(("said", "options"), EXPRESSIONS.items())
def test_an_expression_that_names_nothing_is_warned_of(emulator, ansible, said, options):
    connect(ansible, emulator)
    assert hostvars(listing(ansible, product="neurons", warning=said, **options))


def test_an_expression_that_fails_for_some_hosts_is_not_warned_of(emulator, ansible):
    """Ansible's way to leave out what does not fit, as where a field is null or undefined."""
    connect(ansible, emulator)
    conditions = {
        "a": "ivanti_device_name | length > 1",
        "b": "ivanti_custom_attributes.site == 'x'",
    }
    listing(ansible, product="neurons", groups=conditions)


def test_a_word_that_no_host_can_have_is_an_error_where_the_author_is_strict(emulator, ansible):
    connect(ansible, emulator)
    options = {"strict": True, "groups": {"a": "ivanti_platform != 'IOS'"}}
    failed = failure(ansible, product="neurons", **options)
    assert "groups.a: 'IOS' is not a platform (nearest: 'ios')" in failed


def test_definitions_are_read_only_for_an_attribute_that_no_device_has(emulator, ansible):
    connect(ansible, emulator)
    attributes = emulator.attributes().values()
    [used, *_others] = sorted({name for own in attributes for name in own})
    emulator.clear_requests()
    listing(ansible, product="neurons", groups={"a": f"'{used}' in ivanti_custom_attributes"})
    assert not [one for one in emulator.requests() if "attribute" in one["path"]]


# fmt: off
MEANT = "a play on it would reach hosts of another meaning"
TAKEN: list[tuple[dict[str, Any], str]] = [
    ({"groups": {"noncompliant": "ivanti_platform == 'ios'"}}, "groups: the plugin makes groups such as 'noncompliant' itself"),
    ({"groups": {"platform-ios": "true"}}, "groups: the plugin makes groups such as 'platform_ios' itself"),
    ({"groups": {"all": "ivanti_platform == 'ios'"}}, "groups: Ansible makes groups such as 'all' itself"),
    (
        {"keyed_groups": [{"key": "'active' if ivanti_platform == 'ios' else 'retired'", "prefix": "status"}]},
        "more into 'status_active', a group that the plugin makes itself",
    ),
    (
        {"keyed_groups": [{"key": "ivanti_model", "prefix": "os"}, {"key": "ivanti_model", "parent_group": "platform_ios"}]},
        "keyed_groups[1]: puts",
    ),
]
# fmt: on


@pytest.mark.parametrize(("options", "said"), TAKEN)
def test_a_group_of_the_plugin_keeps_its_meaning(emulator, ansible, options, said):
    connect(ansible, emulator)
    failed = failure(ansible, product="neurons", **options)
    assert said in failed and MEANT in failed


def test_hosts_that_keyed_groups_put_where_they_are_stay(emulator, ansible):
    connect(ansible, emulator)
    keyed = [{"key": "ivanti_platform", "prefix": "platform"}]
    listed = listing(ansible, product="neurons", keyed_groups=keyed)
    assert members(listed, "platform_ios")


def test_hosts_in_wrong_groups_are_not_left(emulator, ansible):
    connect(ansible, emulator)
    keyed = [{"key": "'ios'", "prefix": "platform"}]
    file = ansible.write(
        "fleet.neurons.yml", {"plugin": "ivanti.uem.neurons", "keyed_groups": keyed}
    )
    run = ansible("ansible-inventory", "-i", file, "--list")
    assert run.returncode == 0 and hostvars(json.loads(run.stdout)) == {}


# Options


@pytest.mark.parametrize(
    ("module", "options", "near"),
    [
        ("device_info", {"select": {"lables": ["x"]}}, "labels"),
        ("device_action", {"action": "lock", "select": {"serial_number": ["x"]}}, "serial_numbers"),
        (
            "device_action",
            {"action": "wipe", "devices": [1], "protected": {"label": ["x"]}},
            "labels",
        ),
        ("activesync_device_info", {"select": {"mailbox": ["x"]}}, "mailboxes"),
    ],
)
def test_a_misspelt_key_has_the_nearest_one(epmm, call, module, options, near):
    with pytest.raises(ModuleFailed, match=f"is not an option .nearest: '{near}'"):
        call(module, epmm, **options)
