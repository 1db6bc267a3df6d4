# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/selections.md, held against the options of every plugin and against what the code asks."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.attributes import resolve
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import (
    SELECT_FIELDS,
    SELECT_LISTS,
    parse_select,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm import query
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.client import EpmmClient
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons import fq
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons.client import (
    NeuronsClient,
)

from ..conftest import asks_a_server
from ..quick_yaml import load_yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "selections.md").read_text(encoding="utf-8")
ACTIVESYNC = ("activesync_device", "activesync_device_info")
FRAGMENTS = ROOT / "plugins" / "doc_fragments"

# What chooses nothing: it says what is done, how, or what is returned.
# fmt: off
NOT_CHOOSING = frozenset({
    "state", "action", "on_missing", "on_ineligible", "on_unknown", "include_wiped", "details", "fields", "comment", "dest", "merged",
    "formula_safe", "purge", "append", "max_bytes", "max_files", "vendor", "by", "wait", "wait_timeout", "wait_interval",
    "return_secrets", "reinstall", "columns", "backup", "members", "refresh", "refresh_wait", "text", "mode", "subject", "restart", "sample",
    "country_code", "device_type", "operator", "employee_owned", "import_from_ldap", "first_name", "last_name", "email", "notify_user",
    "notify_by_sms", "voice", "data", "new_password", "current_password", "update_password", "plugin", "hostnames", "hostvars_prefix",
    "compliance_source", "description", "filter", "force", "variable", "device_variable", "field", "default", "resend", "record", "digest_key",
    "include_settled", "journal_path", "known", "prefixes", "extra", "only_extra", "allow_empty", "server_in_names", "state_files",
    "groups", "inventory_groups", "rings", "ring_seed", "ring_wait", "ring_go_on", "max_failed_percent", "max_noncompliant_percent",
    "paths", "files", "existing", "written", "booleans", "numbers", "sections",
})
# The fragments of options that choose nothing, for a connection, a limit, or a plan.
OTHER_FRAGMENTS = ("_connection", "_limits", "_unused", "_plan", "_attributes", "_action")
# fmt: on


def assigned(path: Path, name: str) -> dict[str, Any]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return load_yaml(ast.literal_eval(node.value))["options"] or {}
    raise AssertionError(f"{path} lacks {name}")


def options_of(path: Path) -> dict[str, Any]:
    """The options of a plugin that may choose something: its own, and those of its fragments."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    documentation = next(
        load_yaml(ast.literal_eval(node.value))
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION"
    )
    found = dict(documentation.get("options") or {})
    for fragment in documentation.get("extends_documentation_fragment", ()):
        name, _dot, part = fragment.removeprefix("ivanti.uem.").partition(".")
        guard = part.upper() == "GUARD"
        if fragment.startswith("ivanti.uem.") and (guard or name not in OTHER_FRAGMENTS):
            more = assigned(FRAGMENTS / f"{name}.py", part.upper() or "DOCUMENTATION")
            found |= {key: value for key, value in more.items() if not guard or key == "protected"}
    return found


def keys_of(path: Path) -> set[str]:
    """The options of a plugin that choose, those of ``select`` and ``protected`` one by one."""
    found = set()
    for name, option in options_of(path).items():
        if "suboptions" in option:
            keys = set(option["suboptions"])
            chosen = keys if name in ("select", "protected") else keys - NOT_CHOOSING
            found |= {f"{name}.{key}" for key in chosen}
        elif name not in NOT_CHOOSING or (path.stem, name) == ("device", "by"):
            found.add(name)
    return found


PLUGINS = {
    path.stem: path
    for kind in ("modules", "inventory", "lookup")
    for path in sorted((ROOT / "plugins" / kind).glob("*.py"))
    # What asks no server selects nothing there.
    if kind != "modules" or asks_a_server(path)
}
KEYS = {name: keys_of(path) for name, path in PLUGINS.items()}
SELECTING = {name for name, keys in KEYS.items() if "select.ids" in keys}
READING = {name for name, keys in KEYS.items() if "query" in keys}
EVERY = {
    "every module with `select`": SELECTING,
    "every module that reads": READING - {"neurons", "epmm"},
}


def rows() -> list[list[str]]:
    lines = [line for line in TEXT.splitlines() if re.match(r"\| `[a-z_.]+` \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def documented() -> set[tuple[str, str]]:
    """A plugin and an option for each that has a row."""
    found = set()
    for cells in rows():
        of = set(SELECTING) if len(cells) == 6 else set(re.findall(r"`(\w+)`", cells[1]))
        for text, plugins in EVERY.items():
            if len(cells) != 6 and text in cells[1]:
                of = (of - {"select"}) | plugins
        found |= {(plugin, cells[0].strip("`")) for plugin in of}
    return found


def test_every_option_that_chooses_has_a_row_and_every_row_is_an_option():
    wanted = {(name, key) for name, keys in KEYS.items() for key in keys}
    assert documented() - wanted == set(), "rows without an option"
    assert wanted - documented() == set(), "options without a row"


def test_no_row_is_empty_and_differences_have_one_of_few_meanings():
    meanings = ("an error", "left out", "not visible", "read back", "no difference", "a host that")
    for cells in rows():
        assert all(cells) and cells[-1].startswith(meanings), cells


EXAMPLES: dict[str, Any] = {
    "ids": [22000], "serial_numbers": ["C0FFEE"], "emails": ["ada@example.com"], "users": ["ada"],
    "registered_within": "7d", "last_seen_within": "12h", "custom_attributes": {"cityId": "SF"}, "ldap_attributes": {"rollnumber": 7},
}  # fmt: skip


@pytest.mark.parametrize("key", sorted(EXAMPLES))
def test_what_is_asked_is_what_the_table_shows(key):
    [cells] = [cells for cells in rows() if cells[0] == f"`select.{key}`" and len(cells) == 6]
    selection = parse_select({key: EXAMPLES[key]})
    if selection.names:
        [asked] = fq.lookups(selection.names, "") or []
        [by_query] = query.lookups(selection.names, "") or []
        assert cells[2] == f"`{by_query}`"
    else:
        attributes = resolve(selection.custom_attributes, ["cityid"], "x")
        asked = fq.narrowing(selection, attributes)
        assert query.narrowing(selection) == "" and not cells[2].startswith("`")
    assert cells[1] == f"`{asked}`"


def test_attributes_are_asked_for_as_the_table_shows():
    [cells] = [one for one in rows() if one[0] == "`select.attributes`" and len(one) == 6]
    attributes = parse_select({"attributes": {"model": "X"}})
    assert cells[1] == f"`{fq.narrowing(attributes)}`"
    assert cells[2] == f"`{query.narrowing(attributes)}`"


# What the table shows for each field that has a key of its own.
FIELDS: dict[str, Any] = {
    "platform": "ios", "status": "active", "ownership": "company", "compliant": False, "quarantined": True, "blocked": True,
    "jailbroken": True, "supervised": True,
}  # fmt: skip


@pytest.mark.parametrize("key", SELECT_FIELDS)
def test_fields_are_asked_for_as_the_table_shows(key):
    [cells] = [cells for cells in rows() if cells[0] == f"`select.{key}`" and len(cells) == 6]
    selection = parse_select({key: FIELDS[key]})
    assert cells[1] == f"`{fq.narrowing(selection)}`"
    try:
        query.require_fields(selection, in_v2=True)
        asked = query.narrowing(selection)
    except OptionError:
        assert cells[2] == cells[3] == "not supported"
    else:
        assert cells[2] == (f"`{asked}`" if asked else "all devices")


def test_what_a_product_does_not_support_is_what_its_client_lacks():
    for cells in rows():
        key = cells[0].strip("`").removeprefix("select.")
        if len(cells) == 6 and key in (
            *SELECT_LISTS,
            "custom_attributes",
            "ldap_attributes",
            "labels",
        ):
            assert (cells[1] == "not supported") == (key not in NeuronsClient.selects), key
            assert (cells[2] == "not supported") == (key not in EpmmClient.selects), key
            assert (cells[3] == "not supported") == (key not in EpmmClient.selects), key
