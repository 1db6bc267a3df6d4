# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The export of a state, without a server: which files say it, and how data is written as YAML."""

from __future__ import annotations

import random
from typing import Any

import pytest
import yaml
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, Label
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._families.state_export.files import (
    compared,
    place,
    strangers,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.state_export.model import (
    Group,
    LeftOut,
    Visible,
    definitions,
    is_file_name,
    is_made_of,
    smallest,
    usable,
    variables,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.state_export.text import (
    HEADER,
    Noted,
    document,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.files.unwritten import files_of

from ..quick_yaml import load_yaml

# fmt: off
TEXTS = (
    "yes", "No", "y", "010", "12:30", "1e5", "0x1F", "null", "~", "2026-01-01", "", " ends ", "two\nlines", "tab\there", "cr\r",
    "{{ x }}", "{% x %}", "{# x #}", 'a "b"', "it's", "back\\slash", "\\n", "東京 🗼", "a/b", "a: b", "a #b", "- x", "[x]", "{x}",
    "!tag", "&x", "*x", "%x", "@x", "`x", "1_000", "=", ".inf", ".NaN", "<<", "no\u00a0break", "\u202eright", "\x07", "\x85",
    "\u2028", "e", "Ne", "nan", "plain", "a.b-c_d",
)
# fmt: on


class Unsafe(yaml.SafeLoader):
    """It reads data as Ansible does: what is marked as unsafe is the text."""


Unsafe.add_constructor("!unsafe", lambda loader, node: str(node.value))


@pytest.mark.parametrize("templates", [False, True])
def test_every_text_is_read_as_it_was(templates):
    data = {text or "empty": text for text in TEXTS}
    data |= {"list": list(TEXTS), "none": [], "deep": [{"a": {"b": ["c", {"d": "yes"}]}, "e": {}}]}
    written = document(data, templates=templates)
    assert yaml.load(written, Unsafe) == data
    assert written.startswith(HEADER) and written.isascii() is False
    assert ("!unsafe" in written.replace('"!unsafe', "")) == templates
    assert written.count("\n") == written.strip().count("\n") + 1


def test_a_comment_is_no_part_of_the_data():
    data = {"devices": [{"device": Noted.of("yes", "A1"), "labels": ["x"]}, Noted.of("no", "\n")]}
    written = document(data, templates=False)
    assert '- device: "yes"  # A1\n' in written and load_yaml(written) == data


def merged(groups: Any, of_groups: Any, of_hosts: Any, host: str) -> dict[str, Any]:
    """What a host has by variables: an oracle of its own."""
    found: dict[str, Any] = {}
    for group in groups:
        if host in group.members:
            found |= of_groups.get(group.name, {})
    return found | of_hosts.get(host, {})


@pytest.mark.parametrize("seed", range(60))
def test_variables_say_exactly_what_each_host_has(seed):
    dice = random.Random(seed)
    hosts = [f"h{number}" for number in range(dice.randint(1, 30))]
    strange = [*hosts, *(["other"] if seed % 3 == 0 else [])]
    groups = [Group("all", tuple(strange))] + [
        Group(f"g{number}", tuple(dice.sample(strange, dice.randint(1, len(strange)))))
        for number in range(dice.randint(0, 6))
    ]
    values = {
        host: {
            name: (dice.choice("ab"),)
            for name in ("x", "y", "z")
            if dice.random() < dice.choice((0.5, 0.95, 1))
        }
        for host in hosts
    }
    of_groups, of_hosts = smallest(values, groups)
    for host in hosts:
        assert merged(groups, of_groups, of_hosts, host) == values[host], host
    # A host that is not exported gets nothing, and nothing is longer than without groups.
    assert merged(groups, of_groups, of_hosts, "other") == {}
    entries = sum(map(len, (*of_groups.values(), *of_hosts.values())))
    assert entries <= sum(map(len, values.values()))
    shuffled = dict(dice.sample(sorted(values.items()), len(values)))
    assert smallest(shuffled, groups) == (of_groups, of_hosts)


def test_few_groups_say_much_and_none_by_chance():
    hosts = [f"h{number:02}" for number in range(20)]
    groups = [Group("all", tuple(hosts)), Group("ios", tuple(hosts[:8]))]
    values = {
        host: {"env": ("prod",), "kind": ("ios" if host in hosts[:8] else "pc",)} for host in hosts
    }
    values["h03"] |= {"env": ("test",), "own": ("me",)}
    for number, host in enumerate(hosts):
        values[host]["ticket"] = (str(number // 3),)
    of_groups, of_hosts = smallest(values, groups)
    assert of_groups == {
        "all": {"env": ("prod",), "kind": ("pc",)},
        "ios": {"kind": ("ios",)},
    }
    # A value of three hosts of twenty is not that of all of them.
    assert sorted(of_hosts) == hosts and of_hosts["h19"] == {"ticket": ("6",)}
    assert of_hosts["h03"] == {"env": ("test",), "own": ("me",), "ticket": ("1",)}
    said = {("group_vars", name): {"attributes": own} for name, own in of_groups.items()}
    assert set(variables(said)) == {"group_vars/all.yml", "group_vars/ios.yml"}


# A group, an attribute, and whether an inventory makes the group of the attribute.
# fmt: off
MADE = [
    ("attr_cityid_berlin", "cityid", True), ("attr_cityid_berlin", "CityID", True), ("attr_floor_3", "floor_#", True),
    ("attr_cityid_berlin", "city", False), ("attr_cost_center_1", "cost center", True), ("cityid_berlin", "cityid", False),
    ("attr_cityid", "cityid", False), ("platform_ios", "ios", False), ("all", "all", False),
]
# fmt: on


@pytest.mark.parametrize(("group", "name", "made"), MADE)
def test_a_group_that_is_made_of_an_attribute(group, name, made):
    assert is_made_of(group, name) is made


def test_no_group_explains_the_attribute_that_it_is_made_of():
    hosts = ("a", "b", "c", "d")
    groups = [
        Group("all", hosts),
        Group("attr_city_rome", hosts[:2]),
        Group("attr_city_oslo", hosts[2:]),
    ]
    values = {
        host: {"city": (city,), "desk": (city,)}
        for host, city in zip(hosts, ("rome", "rome", "oslo", "oslo"), strict=True)
    }
    of_groups, of_hosts = smallest(values, groups)
    assert not any("city" in own for name, own in of_groups.items() if name.startswith("attr_"))
    assert any("desk" in own for own in of_groups.values())
    for host in hosts:
        assert merged(groups, of_groups, of_hosts, host) == values[host]
    chosen, _of_hosts = smallest(values, groups, own_values=True)
    assert any("city" in own for name, own in chosen.items() if name.startswith("attr_"))


def test_which_groups_may_get_values():
    names = [
        "all",
        "compliant",
        "status_active",
        "platform_ios",
        "a/b",
        "x.yml",
        "compliance_rooted",
    ]
    groups = [Group(name, ("a", "b")) for name in names] + [Group("single", ("a",))]
    assert [one.name for one in usable(groups, None)] == ["all", "platform_ios"]
    assert [one.name for one in usable(groups, ["comp*", "x*"])] == [
        "compliant",
        "compliance_rooted",
    ]
    assert not any(map(is_file_name, ("a/b", "..", ".x", "-x", "x.json", "x.YML", "", "a b")))


@pytest.mark.parametrize(
    ("attrs", "gdpr", "kept", "reason"),
    [
        ({"city": ("Rome",), "n_#": ("3.0",)}, False, ["city", "n_#"], ""),
        ({"wifi_password": ("abc",)}, False, [], "may be a secret"),
        ({"note": ("password=hunter2",)}, False, [], "may be a secret"),
        ({"city": ("*****",)}, False, [], "is masked"),
        ({"stars": ("5*",)}, False, ["stars"], ""),
        ({"stars": ("5*",), "city": ("Rome",)}, True, ["city"], "GDPR"),
        ({"email": ("a@example.com",)}, True, [], "GDPR"),
        ({"email": ("a@example.com",)}, False, ["email"], ""),
        ({"city": ("",)}, False, [], "has no value"),
        ({"city": (" Rome",)}, False, [], "blanks"),
        ({"n_#": ("many",)}, False, [], "no declaration"),
    ],
)
def test_what_is_not_visible_is_left_out_and_said(attrs, gdpr, kept, reason):
    left = LeftOut()
    found = Visible(hidden=gdpr, left=left).of(Device("1", "g", attrs=attrs))
    assert list(found) == kept
    assert len(left.rows()) == len(attrs) - len(kept)
    assert all(reason in row["reason"] for row in left.rows())


def test_labels_that_can_be_declared():
    labels = [
        Label("1", "Pilot", True, description=" For tests "),
        Label("2", "yes", True, space_id="1"),
        Label("3", "Filtered", False, criteria='"a" = 1', space_id="5"),
        Label("4", "Unseen", False),
        Label("5", "Twice", True),
        Label("6", "Twice", False, criteria="x"),
        Label("7", "Far", True, out_of_reach=True),
        Label("8", "R&D, Lab", True),
        Label("-1", "All-Smartphones", False, system=True),
    ]
    left = LeftOut()
    found, by_hand = definitions(labels, {"1": "Global", "5": "Paris"}, left)
    assert found == [
        {"name": "Filtered", "filter": '"a" = 1', "space": "Paris"},
        {"name": "Pilot", "description": "For tests"},
        {"name": "yes", "space": "Global"},
    ]
    assert [label.name for label in by_hand] == ["Pilot", "yes"]
    assert {row["what"] for row in left.rows()} == {
        "label Unseen",
        "label Twice",
        "label Far",
        "label R&D, Lab",
    }


@pytest.mark.parametrize("path", ["host_vars/a.yml/", "host_vars", "dangling"])
def test_what_is_in_the_way_of_a_file_or_folder_is_refused_before_anything_is_written(
    tmp_path, path
):
    if path.endswith("/"):
        (tmp_path / path).mkdir(parents=True)
    elif path == "dangling":
        (tmp_path / "host_vars").symlink_to("no/such")
    else:
        (tmp_path / path).write_text("x")
    with pytest.raises(
        OptionError, match=r"is in the way, because it is not a f(ile|older); nothing was written"
    ):
        compared(str(tmp_path), {"host_vars/a.yml": "x"}, force=True)


def put(folder, changes, *, check_mode=False):
    with files_of(check_mode=check_mode) as files:
        place(files, folder, changes)


def test_files_are_replaced_only_by_force_and_written_whole(tmp_path, monkeypatch):
    folder, own = str(tmp_path), {"state/a.yml": f"{HEADER}a: b\n", "group_vars/all.yml": HEADER}
    put(folder, compared(folder, own, force=False))
    assert {one.what for one in compared(folder, own, force=False)} == {"unchanged"}
    assert (tmp_path / "state/a.yml").stat().st_mode & 0o777 == 0o600
    (tmp_path / "group_vars/mine.yml").write_text("x: y\n")
    other = {"state/a.yml": f"{HEADER}a: c\n", "host_vars/h.yml": HEADER}
    with pytest.raises(
        OptionError, match=r"group_vars/all\.yml, state/a\.yml; nothing was written"
    ):
        compared(folder, other, force=False)
    changes = compared(folder, other, force=True)
    assert {one.path: one.what for one in changes} == {
        "group_vars/all.yml": "removed", "host_vars/h.yml": "new", "state/a.yml": "replaced",
    }  # fmt: skip
    # A disk that is full leaves everything as it was, and nothing beside it.
    with monkeypatch.context() as full:

        def fail():
            raise OSError(28, "No space left")

        full.setattr("os.sync", fail)
        with pytest.raises(OptionError, match="No space left"):
            put(folder, changes)
    assert (tmp_path / "state/a.yml").read_text().endswith("a: b\n")
    assert not list(tmp_path.rglob(".ivanti-uem-*"))
    put(folder, changes, check_mode=True)
    assert (tmp_path / "state/a.yml").read_text().endswith("a: b\n")
    assert (tmp_path / "group_vars/all.yml").exists() and not (
        tmp_path / "host_vars/h.yml"
    ).exists()
    put(folder, changes)
    assert sorted(path.name for path in tmp_path.rglob("*.yml")) == ["a.yml", "h.yml", "mine.yml"]
    assert strangers(folder, other) == ["group_vars/mine.yml"]
    (tmp_path / "host_vars/h").mkdir()
    with pytest.raises(OptionError, match="host_vars/h, and Ansible would read only"):
        compared(folder, other, force=True)
