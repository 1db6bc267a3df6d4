# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expressions of an inventory that name what no host has."""

from __future__ import annotations

import pytest
from ansible.inventory.host import Host
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.plugin_utils._constructed import require_entries
from ansible_collections.ivanti.uem.plugins.plugin_utils._named import (
    Doubts,
    Known,
    doubts,
    named,
)

# fmt: off
ROWS = (
    {
        "ivanti_id": "1", "ivanti_platform": "ios", "ivanti_model": "iPad", "ivanti_labels": ["Pilot", "iOS"], "ivanti_user": None,
        "ivanti_custom_attributes": {"floor_#": ["3"]}, "ivanti_compliance_reasons": ["roaming"], "owner": "x",
    },
    {"ivanti_id": "2", "ivanti_platform": "meego", "ivanti_model": None, "ivanti_labels": None, "ivanti_custom_attributes": {"city": ["Oslo"]}},
)
DEFINED = {"floor_#", "city", "empty"}

UNKNOWN = {
    "ivanti_platfrom == 'ios'": "no host has ivanti_platfrom (nearest: 'ivanti_platform'",
    "ivanti_imsi": "no host has ivanti_imsi; add imsi to fields.",
    "ivanti_platfrom | default('')": "no host has ivanti_platfrom (nearest",
    "platform == 'ios'": "no host has platform; it is ivanti_platform here.",
    "nonsense": "no host has nonsense; check the spelling.",
    "ivanti_id == '1' or ownr == 'x'": "no host has ownr (nearest: 'owner'); check the spelling.",
    "ivanti_model.foo": "ivanti_model is a text, which has no 'foo'.",
    "ivanti_labels.Pilot is defined": "ivanti_labels is a list, which has no 'Pilot'.",
    "ivanti_custom_attributes.floor[0] == '3'": "no host has a custom attribute 'floor' (nearest: 'floor_#'); check the spelling.",
    "ivanti_custom_attributes.get('floor', []) != ['3']": "no host has a custom attribute 'floor' (nearest",
    "ivanti_custom_attributes['City']": "no host has a custom attribute 'City' (nearest: 'city')",
    "'floor' in ivanti_custom_attributes": "no host has a custom attribute 'floor' (nearest",
    "ivanti_supervised": "ivanti_supervised is null on every host, because the server does not say it.",
    "'Pilto' in ivanti_labels": "no host has the label 'Pilto' (nearest: 'Pilot'); check the spelling.",
    "'ios' not in ivanti_labels": "no host has the label 'ios' (nearest: 'iOS'); check the spelling.",
    "ivanti_labels[0] == 'Pilto'": "no host has the label 'Pilto'",
}
IMPOSSIBLE = {
    "ivanti_platform == 'IOS'": "'IOS' is not a platform (nearest: 'ios')",
    "'IOS' != ivanti_platform": "'IOS' is not a platform (nearest: 'ios')",
    "ivanti_status in ['active', 'Retired']": "'Retired' is not a status (nearest: 'retired')",
    "ivanti_platform.startswith('IOS')": "no platform starts with 'IOS'; case counts",
    "'Out of contact' in ivanti_compliance_reasons": "'Out of contact' is not a reason as rows have it",
    "ivanti_last_seen_at < '3 days' or ivanti_last_seen_at == 'yesterday'": "'yesterday' is not a time as rows have it",
}
RIGHT = (
    "ivanti_platform in ('ios', 'tvos') and ivanti_status == 'retired' and ivanti_ownership != 'employee'", "ivanti_platform == 'meego'",
    "ivanti_platform | lower == 'IOS'", "ivanti_model.startswith('iP')", "ivanti_model.lower() == 'IPAD'", "ivanti_user.foo", "other is not defined",
    "other is defined and other == 'x'", "other | default('') == 'x'", "ivanti_imsi | default(none)",
    "ivanti_supervised | default(false, true)", "ansible_host == 'x'", "made == 'IOS'",
    "ivanti_custom_attributes.city[0]", "ivanti_custom_attributes.empty", "ivanti_custom_attributes.get('empty')",
    "'Pilot' in ivanti_labels", "'Empty' in ivanti_labels",
    "ivanti_custom_attributes.items() | list", "now() > lookup('env', 'X')", "range(3) | list", "group_names", "inventory_hostname == 'a'",
    "ivanti_compliance_reasons[0] == 'roaming'", "'a_policy' in ivanti_compliance_reasons", "owner == 'x'", "x ==", "'a' in 'abc'", "", None, 5,
)
# fmt: on


def doubted(text, defined=frozenset(DEFINED)):
    hosts, server = [], Known(defined, {"Empty"}, {"supervised"})
    for number, row in enumerate(ROWS):
        hosts.append(Host(f"host{number}"))
        common = {
            "ivanti_status": "active",
            "ivanti_ownership": None,
            "ivanti_last_seen_at": None,
            "ivanti_supervised": None,
        }
        hosts[-1].vars = {**common, "ivanti_compliance_reasons": [], **row}
    expressions = [("groups.x", named(text))]
    return doubts(expressions, hosts, prefix="ivanti_", made={"made": "a"}, server=server)


@pytest.mark.parametrize(("text", "said"), UNKNOWN.items())
def test_a_name_that_no_host_has(text, said):
    found = doubted(text)
    assert found.impossible == [] and f"groups.x: {said}" in " ".join(found.unknown)


@pytest.mark.parametrize(("text", "said"), IMPOSSIBLE.items())
def test_a_word_that_no_host_can_have(text, said):
    found = doubted(text)
    assert found.unknown == [] and f"groups.x: {said}" in " ".join(found.impossible)


@pytest.mark.parametrize("text", RIGHT)
def test_what_may_be_right_is_not_doubted(text):
    assert doubted(text) == Doubts()


def test_attributes_are_not_doubted_where_nobody_knows_which_there_are():
    assert doubted("ivanti_custom_attributes.floor", defined=None) == Doubts()
    assert doubted("ivanti_custom_attributes.Floor", defined=None).unknown


def test_labels_that_nobody_read_are_told():
    host = Host("a")
    host.vars = {"ivanti_labels": None}
    expressions = [("groups.x", named("'Pilot' in ivanti_labels"))]
    found = doubts(expressions, [host], prefix="ivanti_", made=(), server=Known())
    [sentence] = found.unknown
    assert "ivanti_labels is null on every host, because no labels were read" in sentence


# fmt: off
ENTRIES = (
    ({"kye": "ivanti_model"}, "keyed_groups[1]: there is no key 'kye' (nearest: 'key')"),
    ({"key": "a", "sepator": "-"}, "keyed_groups[1]: there is no key 'sepator' (nearest: 'separator')"),
    ({"prefix": "a"}, "keyed_groups[1]: has no key"),
    ({"key": "a", "trailing_separator": "treu"}, "keyed_groups[1].trailing_separator: is neither true nor false"),
)
# fmt: on


@pytest.mark.parametrize(("entry", "said"), ENTRIES)
def test_an_entry_of_keyed_groups_has_only_what_ansible_reads(entry, said):
    with pytest.raises(OptionError) as refused:
        require_entries([{"key": "a", "parent_group": "b", "trailing_separator": False}, entry])
    assert said in str(refused.value)
