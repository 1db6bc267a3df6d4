# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands that are forked do what commands with a start of their own do, so that they hide no
fault."""

from __future__ import annotations

import pytest

SHOW = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            {"debug": {"msg": "{{ shown }}"}},
            {"fail": {"msg": "the end"}, "when": "failing | default(false)"},
        ],
    }
]


def shown(ansible, expression: str, *more: str, **environment: str) -> str:
    """What a playbook shows of a template."""
    ansible.write("show.yml", SHOW)
    ansible.write("vars.yml", {"shown": expression})
    run = ansible("ansible-playbook", "show.yml", "-e", "@vars.yml", *more, **environment)
    line = next(text for text in run.stdout.splitlines() if '"msg":' in text)
    return f"{run.returncode}{line}"


@pytest.mark.parametrize(("expression", "environment"), [
    ("{{ '%H' | strftime(0) }}", {"TZ": "Pacific/Kiritimati"}), ("{{ '%H' | strftime(0) }}", {"TZ": "America/New_York"}),
    ("{{ lookup('env', 'IVANTI_UEM_X') }}", {"IVANTI_UEM_X": "1"}), ("{{ lookup('env', 'IVANTI_UEM_X') }}", {"IVANTI_UEM_X": "2"}),
    ("{{ lookup('pipe', 'pwd') }}", {}), ("{{ lookup('pipe', 'echo $TMPDIR') }}", {"TMPDIR": "/var/tmp"}),
    ("{{ lookup('config', 'DEFAULT_FORKS') }}", {"ANSIBLE_FORKS": "3"}), ("{{ lookup('config', 'DEFAULT_FORKS') }}", {}),
    ("{{ 1 / 0 }}", {}),
])  # fmt: skip
def test_a_forked_command_does_what_another_one_does(ansible, expression, environment):
    forked = shown(ansible, expression, **environment)
    ansible.started = False
    assert forked == shown(ansible, expression, **environment)


def test_a_file_of_settings_is_read(ansible):
    ansible.write("ansible.cfg", "[defaults]\nforks = 4\n")
    assert "4" in shown(ansible, "{{ lookup('config', 'DEFAULT_FORKS') }}")


def test_a_status_is_passed_on(ansible):
    assert shown(ansible, "x", "-e", "failing=true").startswith("2")


def test_a_forked_command_leaves_nothing(ansible):
    shown(ansible, "x")
    left = ansible.folder / "ansible-tmp"
    assert not left.exists() or list(left.iterdir()) == []
