# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter and the test as playbooks use them, on what the modules and the inventory return."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from ansible_collections.ivanti.uem.plugins.filter import compliance_reasons as filter_plugin
from ansible_collections.ivanti.uem.plugins.test import compliant as test_plugin

from ..quick_yaml import load_yaml

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "compliance.md").read_text(
    encoding="utf-8"
)


def play(*tasks, hosts="localhost", **extra):
    return [{"hosts": hosts, "gather_facts": False, "tasks": list(tasks), **extra}]


def shown(ansible, expressions, **variables):
    """What each expression gives, as JSON, by a playbook."""
    values = {name: "{{ " + expression + " }}" for name, expression in expressions.items()}
    ansible.write(
        "play.yml",
        play(
            {
                "ansible.builtin.copy": {
                    "content": "{{ found | to_json }}",
                    "dest": "found.json",
                    "mode": "0600",
                },
                "vars": {"found": values},
            },
            vars=variables,
        ),
    )
    done = ansible("ansible-playbook", "play.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[WARNING]" not in done.stderr and "DEPRECAT" not in done.stderr, done.stderr
    return json.loads((ansible.folder / "found.json").read_text(encoding="utf-8"))


def complaints(ansible, expressions, **variables):
    """What a playbook says of each expression, none of which can be evaluated; in one playbook, for
    each costs a second."""
    tasks = [
        {
            "block": [
                {"ansible.builtin.set_fact": {"found": "{{ " + expression + " }}"}},
                {"ansible.builtin.meta": "end_play"},
            ],
            "rescue": [
                {"ansible.builtin.set_fact": {"said": "{{ said + [ansible_failed_result.msg] }}"}},
            ],
        }
        for expression in expressions
    ]
    save = {
        "ansible.builtin.copy": {
            "content": "{{ said | to_json }}",
            "dest": "said.json",
            "mode": "0600",
        }
    }
    ansible.write(
        "play.yml", play({"ansible.builtin.set_fact": {"said": []}}, *tasks, save, vars=variables)
    )
    done = ansible("ansible-playbook", "play.yml")
    assert done.returncode == 0 and "Traceback" not in done.stdout + done.stderr, (
        done.stdout + done.stderr
    )
    return json.loads((ansible.folder / "said.json").read_text(encoding="utf-8"))


# fmt: off
REASONS = {
    "0 | ivanti.uem.compliance_reasons": [],
    "3 | ivanti.uem.compliance_reasons": ["compromised", "os_version"],
    "'8194' | ivanti.uem.compliance_reasons": ["os_version", "required_app_control"],
    "(bits | int) | ivanti.uem.compliance_reasons": ["policy_out_of_date", "bit_0x200000"],
    "bits | ivanti.uem.compliance_reasons": ["policy_out_of_date", "bit_0x200000"],
    "number | ivanti.uem.compliance_reasons": ["disallowed_app_control"],
    "rows | map(attribute='blockReason') | map('ivanti.uem.compliance_reasons') | list": [[], ["manual"]],
    "512 | ivanti.uem.compliance_reasons(meaning=false)": ["manual"],
    "512 | ivanti.uem.compliance_reasons(true)": [
        {"name": "manual", "bit": 512, "meaning": "An administrator blocked the device's access to ActiveSync."}],
    "(512 | ivanti.uem.compliance_reasons(meaning=true))[0].bit + 1": 513,
    "(3 | ivanti.uem.compliance_reasons) + (8 | ivanti.uem.compliance_reasons)": ["compromised", "os_version", "data_protection"],
}
# fmt: on

COMPLIANT = {
    "0 is ivanti.uem.compliant": True,
    "8194 is ivanti.uem.compliant": False,
    "8194 is not ivanti.uem.compliant": True,
    "bits is ivanti.uem.compliant": False,
    "device is ivanti.uem.compliant": True,
    "silent is ivanti.uem.compliant": False,
    "silent is ivanti.uem.compliant(unknown=true)": True,
    "silent is ivanti.uem.compliant(true)": True,
    "host is ivanti.uem.compliant": False,
    "other is ivanti.uem.compliant(prefix='mdm_')": True,
    "fleet | reject('ivanti.uem.compliant', unknown=true) | map(attribute='id') | list": [2, 5, 6],
    "fleet | select('ivanti.uem.compliant') | map(attribute='id') | list": [1, 4],
}
# fmt: off
DEVICES = {
    "bits": str(0x200010),
    "number": 0x1000,
    "rows": [{"blockReason": 0}, {"blockReason": 512}],
    "device": {"id": 1, "compliant": True},
    "silent": {"id": 2, "compliant": None},
    "host": {"ivanti_id": "3", "ivanti_compliance": 2, "compliant": True},
    "other": {"mdm_id": "4", "mdm_compliant": True},
    "fleet": [
        {"id": 1, "compliant": True}, {"id": 2, "compliant": False}, {"id": 3, "compliant": None},
        {"id": 4, "compliant": True, "compliance": 0, "compliance_reasons": [], "jailbroken": False},
        {"id": 5, "compliant": None, "compliance": 0, "jailbroken": True},
        {"id": 6, "compliant": False, "compliance": None, "compliance_reasons": ["mdm_disabled"]},
    ],
}
# fmt: on


@pytest.mark.parametrize("table", [REASONS, COMPLIANT], ids=["filter", "test"])
def test_expressions(ansible, table):
    """All of a table in one playbook, by number, for a name cannot hold an expression."""
    numbered = {f"n{number}": expression for number, expression in enumerate(table)}
    found = shown(ansible, numbered, **DEVICES)
    # Before ansible-core 2.19 a template that gives true or a number gives it as text in a nested
    # variable.
    assert {
        expression: load_yaml(str(found[name])) for name, expression in numbered.items()
    } == table


# fmt: off
WRONG = [
    ("nothing | ivanti.uem.compliance_reasons", "undefined"),
    ("device.compliance | ivanti.uem.compliance_reasons", "undefined|has no attribute"),
    ("-1 | ivanti.uem.compliance_reasons", "ivanti.uem.compliance_reasons: -1 is not a compliance bitmap; it must be a whole number of 0 or more"),
    ("true | ivanti.uem.compliance_reasons", "ivanti.uem.compliance_reasons: true is not a compliance bitmap"),
    ("none | ivanti.uem.compliance_reasons", "ivanti.uem.compliance_reasons: null is not a compliance bitmap"),
    ("'os' | ivanti.uem.compliance_reasons", "ivanti.uem.compliance_reasons: 'os' is not a compliance bitmap"),
    ("fleet | ivanti.uem.compliance_reasons", "ivanti.uem.compliance_reasons: A list is not a compliance bitmap"),
    ("3 | ivanti.uem.compliance_reasons(meaning='yes')", "ivanti.uem.compliance_reasons: meaning must be true or false"),
    ("nothing is ivanti.uem.compliant", "undefined"),
    ("true is ivanti.uem.compliant", "ivanti.uem.compliant: true is not a compliance bitmap"),
    ("none is ivanti.uem.compliant", "ivanti.uem.compliant: null is not a compliance bitmap"),
    ("fleet is ivanti.uem.compliant", "ivanti.uem.compliant: A list is not a compliance bitmap"),
    ("{'id': 1} is ivanti.uem.compliant",
     "ivanti.uem.compliant: the map has neither compliant nor compliance; name one of them in the option fields"),
    ("other is ivanti.uem.compliant", "hostvars_prefix"),
    ("{'ivanti_id': '1'} is ivanti.uem.compliant", "ivanti.uem.compliant: the host has neither ivanti_compliant nor ivanti_compliance"),
    ("{'compliant': 'yes'} is ivanti.uem.compliant", "ivanti.uem.compliant: compliant: 'yes' is neither true, false nor null"),
    ("{'compliance': -1} is ivanti.uem.compliant", "ivanti.uem.compliant: compliance: -1 is not a compliance bitmap"),
    ("0 is ivanti.uem.compliant(unknown='yes')", "ivanti.uem.compliant: unknown must be true or false"),
]
# fmt: on


def test_wrong_input_is_told_in_one_sentence(ansible):
    said = complaints(ansible, [expression for expression, _told in WRONG], **DEVICES)
    for (expression, told), text in zip(WRONG, said, strict=True):
        assert re.search(told, text), f"{expression}: {text}"
        assert "\n" not in text.strip() and len(text) < 400, f"{expression}: {text}"


def test_devices_of_the_module_and_hosts_of_the_inventory_agree_with_the_groups(ansible, emulator):
    """The groups compliant and noncompliant are made without the test, of the same server's
    answers."""
    ansible.write("fleet.neurons.yml", {"plugin": "ivanti.uem.neurons"})
    ansible.write(
        "other.neurons.yml",
        {"plugin": "ivanti.uem.neurons", "hostvars_prefix": "mdm_", "fields": ["compliant"]},
    )
    graph = json.loads(ansible("ansible-inventory", "-i", "fleet.neurons.yml", "--list").stdout)
    groups = {name: set(graph[name]["hosts"]) for name in ("compliant", "noncompliant")}
    everyone = set(graph["_meta"]["hostvars"])
    assert all(groups.values()) and len(everyone) == 60
    ids = {host: graph["_meta"]["hostvars"][host]["ivanti_id"] for host in everyone}

    ansible.write(
        "play.yml",
        [
            *play(
                {
                    "ansible.builtin.group_by": {
                        "key": "is_{{ me is ivanti.uem.compliant(prefix=prefix) }}_{{ me is ivanti.uem.compliant(unknown=true, prefix=prefix) }}",
                    },
                    "vars": {"me": "{{ hostvars[inventory_hostname] }}"},
                },
                hosts="ivanti_neurons",
            ),
            *play(
                {
                    "ivanti.uem.device_info": {"fields": ["id", "compliant"]},
                    "register": "read",
                },
                {
                    "ansible.builtin.copy": {
                        "dest": "found.json",
                        "mode": "0600",
                        "content": "{{ found | to_json }}",
                    },
                    "vars": {
                        "found": {
                            "yes": "{{ groups['is_True_True'] }}",
                            "no": "{{ groups['is_False_False'] }}",
                            "unknown": "{{ groups['is_False_True'] | default([]) }}",
                            "ids": "{{ read.devices | select('ivanti.uem.compliant') | map(attribute='id') | list }}",
                            "not_ids": "{{ read.devices | reject('ivanti.uem.compliant', unknown=true) | map(attribute='id') | list }}",
                        }
                    },
                },
            ),
        ],
    )
    for source, prefix in (("fleet.neurons.yml", "ivanti_"), ("other.neurons.yml", "mdm_")):
        done = ansible("ansible-playbook", "-i", source, "-e", f"prefix={prefix}", "play.yml")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        found = json.loads((ansible.folder / "found.json").read_text(encoding="utf-8"))
        assert (set(found["yes"]), set(found["no"])) == (
            groups["compliant"],
            groups["noncompliant"],
        )
        assert set(found["unknown"]) == everyone - groups["compliant"] - groups["noncompliant"]
        assert {str(entry) for entry in found["ids"]} == {ids[host] for host in groups["compliant"]}
        assert {str(entry) for entry in found["not_ids"]} == {
            ids[host] for host in groups["noncompliant"]
        }


@pytest.mark.parametrize("plugin", [filter_plugin, test_plugin], ids=["filter", "test"])
def test_the_examples_run(ansible, emulator, plugin):
    tasks = [task for task in load_yaml(plugin.EXAMPLES) if "ansible.builtin.assert" not in task]
    ansible.write("play.yml", play(*tasks))
    done = ansible("ansible-playbook", "play.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    wanted = {
        "filter": ["'os_version', 'required_app_control'", "(8192)", "manual"],
        "test": ["is too low"],
    }
    kind = "filter" if plugin is filter_plugin else "test"
    text = re.sub(r"\s+", " ", done.stdout.replace('"', "'"))
    assert all(part in text for part in wanted[kind]), done.stdout
    assert "failed=0" in done.stdout and "skipped=0" in done.stdout


def test_the_example_for_hosts_runs(ansible, emulator):
    ansible.write("fleet.neurons.yml", {"plugin": "ivanti.uem.neurons"})
    example = next(
        task for task in load_yaml(test_plugin.EXAMPLES) if "ansible.builtin.assert" in task
    )
    ansible.write("play.yml", play(example, hosts="compliant"))
    assert ansible("ansible-playbook", "-i", "fleet.neurons.yml", "play.yml").returncode == 0
    ansible.write("play.yml", play(example, hosts="noncompliant[0]"))
    done = ansible("ansible-playbook", "-i", "fleet.neurons.yml", "play.yml")
    assert done.returncode != 0 and "Assertion failed" in done.stdout + done.stderr


def test_the_playbook_of_the_document_runs(ansible, emulator):
    blocks = re.findall(r"^```yaml\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    [playbook] = [block for block in blocks if "is ivanti.uem.compliant" in block]
    ansible.write("fleet.neurons.yml", {"plugin": "ivanti.uem.neurons"})
    ansible.write("play.yml", playbook)
    done = ansible(
        "ansible-playbook", "-i", "fleet.neurons.yml", "play.yml", "--limit", "localhost,compliant"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok: [localhost] =>" in done.stdout


def test_the_expressions_of_the_document_give_what_it_says(ansible):
    rows = re.findall(
        r"^\| `(.+? ivanti\.uem\.compliance_reasons)` \| `(\[.*?\])`", DOCUMENT, re.MULTILINE
    )
    assert len(rows) == 3
    numbered = {
        f"n{number}": expression.replace("\\|", "|")
        for number, (expression, _result) in enumerate(rows)
    }
    assert list(shown(ansible, numbered).values()) == [
        ast.literal_eval(result) for _expression, result in rows
    ]


@pytest.mark.parametrize(
    ("kind", "name"), [("filter", "compliance_reasons"), ("test", "compliant")]
)
def test_ansible_doc_knows_them(ansible, kind, name):
    done = ansible("ansible-doc", "-t", kind, "--json", f"ivanti.uem.{name}")
    assert done.returncode == 0, done.stderr
    doc = json.loads(done.stdout)[f"ivanti.uem.{name}"]
    assert "_input" in doc["doc"]["options"] and doc["examples"] and "_value" in doc["return"]
