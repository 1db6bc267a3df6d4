# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the inventory plugins share: ``ansible-inventory`` run, and its answer read."""

from __future__ import annotations

import json
from typing import Any

from ..conftest import Command

FATAL = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
CACHE = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "kept"}


def listing(
    ansible: Command, *arguments: str, product: str, warning: str | None = None, **options: Any
) -> dict[str, Any]:
    """What ``ansible-inventory --list --export`` writes for an inventory file of these options.

    ``warning``: what it must warn of; without, it must not warn.
    """
    file = ansible.write(f"fleet.{product}.yml", {"plugin": f"ivanti.uem.{product}", **options})
    run = ansible("ansible-inventory", "-i", file, "--list", "--export", *arguments, **FATAL)
    said = " ".join(run.stderr.split())
    assert run.returncode == 0, run.stderr
    assert warning in said if warning else "[WARNING]" not in said, run.stderr
    listed: dict[str, Any] = json.loads(run.stdout)
    return listed


def failure(
    ansible: Command, environment: dict[str, str] | None = None, *, product: str, **options: Any
) -> str:
    """What an inventory that must fail says."""
    file = ansible.write(f"fleet.{product}.yml", {"plugin": f"ivanti.uem.{product}", **options})
    run = ansible("ansible-inventory", "-i", file, "--list", **FATAL, **(environment or {}))
    assert run.returncode != 0, run.stdout
    assert "Traceback" not in run.stderr
    return " ".join(run.stderr.split())


def hostvars(listed: dict[str, Any]) -> dict[str, Any]:
    """The variables of each host."""
    found: dict[str, Any] = listed["_meta"]["hostvars"]
    return found


def members(listed: dict[str, Any], group: str) -> set[str]:
    """The hosts of a group; none when there is no such group."""
    return set(listed.get(group, {}).get("hosts", ()))


def by_id(listed: dict[str, Any]) -> dict[str, str]:
    """The host name of each device."""
    return {values["ivanti_id"]: name for name, values in hostvars(listed).items()}
