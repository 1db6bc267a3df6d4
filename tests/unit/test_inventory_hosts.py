# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.model import (
    Registration,
    group_names,
    named_groups,
    plan_hosts,
    registration_of,
    similar_groups,
    variable_names,
    variables,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons.devices import (
    device_of,
    groups_of,
)

# fmt: off
ROW = {
    "id": 22004, "guid": "50459445-0F9E-456A-B485-534842ACDF9F", "platformType": "OSX", "registrationState": "ACTIVE",
    "complianceState": False, "quarantined": True, "lastRegistrationTime": 1546491255252,
    "violatedPolicies": ["Out of Contact", {"name": "Passcode", "id": 1}, None, {"id": 2}],
    "customAttributes": {"attrs": {"cityid": ["SF", "São Paulo"], "floor_#": ["-1"]}}, "serialNumber": None,
}
# fmt: on


def of(row, **options):
    return registration_of(device_of(row, keep_row=True), **{"name": "x", "fields": (), **options})


@pytest.mark.parametrize("prefix", ["", "1x", "a b", "a-", "{{ x }}"])
def test_a_prefix_that_makes_no_variables_is_refused(prefix):
    with pytest.raises(OptionError, match="hostvars_prefix"):
        variable_names(["uid"], prefix)


def test_variables():
    fields = ["platform", "serial_number", "id", "entity_name", "custom_attributes"]
    found = variables(
        of(ROW, fields=fields, labels=("Pilot",)), variable_names(fields, "n_"), "n_", "https://x"
    )
    # fmt: off
    assert found == {
        "n_platform": "macos", "n_serial_number": None, "n_entity_name": None,
        "n_id": "22004", "n_guid": "50459445-0f9e-456a-b485-534842acdf9f", "n_labels": ["Pilot"],
        "n_server": "https://x",
        "n_custom_attributes": {"cityid": ["SF", "São Paulo"], "floor_#": ["-1"]},
    }
    # fmt: on


def test_labels_are_a_variable_only_when_they_were_read():
    assert variables(of(ROW), {}, "ivanti_", "")["ivanti_labels"] is None
    assert variables(of(ROW, labels=()), {}, "ivanti_", "")["ivanti_labels"] == []


def test_groups_of_a_row():
    # fmt: off
    assert group_names(of(ROW, labels=("Loaners {{ pool }}",)), ("cityid", "floor", "absent")) == (
        "platform_macos", "noncompliant", "compliance_out_of_contact", "compliance_passcode", "quarantined", "status_active",
        "attr_cityid_sf", "attr_cityid_sao_paulo", "attr_floor__1", "label_loaners____pool___",
    )
    # fmt: on


@pytest.mark.parametrize(
    ("change", "groups"),
    [
        ({"complianceState": True}, ("compliant",)),
        ({"complianceState": None}, ()),
        ({"quarantined": None}, ()),
        ({"violatedPolicies": None}, ()),
        ({"platformType": None}, ()),
        ({"platformType": ""}, ()),
        ({"violatedPolicies": ["A", "a"]}, ("compliance_a",)),
        ({"violatedPolicies": ["Compromised Devices"]}, ("compliance_compromised",)),
        ({"violatedPolicies": []}, ()),
    ],
)
def test_groups_of_what_a_server_leaves_out(change, groups):
    assert group_names(of({"id": 1, **change})) == groups


def test_rows_of_other_ages_of_the_product():
    bare = of({"id": "7"})
    assert (bare.id, bare.guid, bare.active, bare.registered) == ("7", "", False, "")
    assert (bare.platform, bare.compliant, bare.reasons, bare.attrs, bare.labels) == (
        "",
        None,
        (),
        {},
        None,
    )


def test_device_groups_of_details():
    assert groups_of({"groups": [{"name": "b"}, {"name": "a"}, {"name": None}]}) == ("a", "b")
    assert groups_of({"groups": None}) == ()


@pytest.mark.parametrize(
    "values",
    [
        ["a/b", "a b", "a_b"], ["Zürich", "Zurich", "ZURICH"], ["東京X", "東京x"], ["x" * 150, "X" * 150],
        ["1.0", "1", "1_0"], ["Straße", "STRASSE"], ["-1", "_1"], ["a b", "a/b", "a_b_c8687a08"],
    ],
)  # fmt: skip
def test_different_names_never_share_a_group(values):
    """Of labels and values of attributes alike; what nothing resembles keeps its name."""
    values = list(dict.fromkeys(values))
    fleet = [
        Registration(str(number), "", f"host{number}", labels=(value,), attrs={"City": (value,), "n": ("x",)})
        for number, value in enumerate(values)
    ]  # fmt: skip
    groups = [set(host.groups) for host in plan_hosts(fleet, attribute_groups=["city", "N"])]
    assert all(len(own) == 3 and "attr_n_x" in own for own in groups)
    assert len(set.union(*groups)) == 2 * len(values) + 1
    assert all(re.fullmatch("[a-z0-9_]+", group) for own in groups for group in own)
    assert len(similar_groups(named_groups(fleet, ["city"]))) >= 2 * (len(values) - 1)


def test_two_attributes_never_share_a_group():
    one = Registration("1", "", "one", attrs={"city": ("x y",)})
    other = Registration("2", "", "two", attrs={"city x": ("y",)})
    named = named_groups([one, other], ["city", "CITY_#", "city x"])
    assert len(set(named.values())) == 2
    assert sorted(map(len, (host.groups for host in plan_hosts([one, other], attribute_groups=["city", "city x"])))) == [1, 1]  # fmt: skip
    warnings = similar_groups(named)
    assert re.match("The value 'x y' of 'city' is spelt like another one; its group is called attr_city_x_y_[0-9a-f]{8}[.]$", warnings[0])  # fmt: skip


def test_spellings_of_one_value_share_a_group():
    """Compared as everywhere: blanks at the ends, composed letters, numbers of numeric attributes."""
    fleet = [
        Registration("1", "", "one", attrs={"floor_#": ("3.0",), "city": ("Zürich ",)}),
        Registration("2", "", "two", attrs={"floor_#": ("3",), "city": ("Zu\u0308rich",)}),
    ]
    hosts = plan_hosts(fleet, attribute_groups=["floor", "city"])
    assert [host.groups for host in hosts] == [("attr_floor_3", "attr_city_zurich")] * 2


def test_no_host_has_the_name_of_any_group():
    # fmt: off
    fleet = [
        Registration("1", "", "compliance_x", active=True), Registration("2", "", "other", reasons=("x",)),
        Registration("3", "", "site"), Registration("4", "", "attr_a_b", attrs={"A_#": ("b",)}),
    ]
    # fmt: on
    hosts = plan_hosts(fleet, attribute_groups=["a"], reserved={"site"})
    assert [host.name for host in hosts] == ["compliance_x-1", "other", "site-3", "attr_a_b-4"]
    assert [host.groups for host in hosts] == [(), ("compliance_x",), (), ("attr_a_b",)]
