# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter language, over the parser and the evaluator alone."""

from __future__ import annotations

from typing import Any

import pytest
from uem_emulator.neurons.world import fq

NOW = 1_000_000_000_000
MINUTE = 60_000
# fmt: off
FIELDS = {name.lower(): name for name in ("id", "uid", "emailAddress", "platformType", "quarantined", "jailbroken",
                                          "complianceState",
                                          "wifiMacAddress", "deviceName", "lastCheckin", "policyViolationCount",
                                          "violatedPolicies")}
# fmt: on
FIELDS["deviceid"] = "id"


class Device:
    def __init__(
        self,
        attrs: dict[str, list[str]] | None = None,
        ldap: dict[str, list[str]] | None = None,
        **fields: Any,
    ) -> None:
        self.attrs, self.ldap, self.fields = attrs or {}, ldap or {}, fields

    def value(self, name: str) -> Any:
        return self.fields.get(name)

    def attribute(self, name: str) -> list[str] | None:
        return self.attrs.get(name)

    def ldap_attribute(self, name: str) -> list[str] | None:
        return self.ldap.get(name)


ANNE = Device(
    {"cityid": ["SF"], "floor_#": ["7"], "project": ["apollo", "zoë's"]},
    {"rollnumber": ["1001"]},
    id=22001,
    uid="anne",
    emailAddress="Anne+mdm@Example.com",
    platformType="IOS",
    quarantined=False,
    jailbroken=False,
    complianceState=True,
    wifiMacAddress="60:8c:4a:ac:b6:24",
    deviceName="Anne\u2019s iPad (old)",
    lastCheckin=NOW - 30_000,
    policyViolationCount=0,
    violatedPolicies=[],
)
BOB = Device(
    {"cityid": ["San Francisco"], "floor_#": ["11"]},
    {},
    id=22002,
    uid="o'brien",
    emailAddress=None,
    platformType="ANDROID",
    quarantined=True,
    jailbroken=False,
    complianceState=False,
    wifiMacAddress=None,
    deviceName="AND",
    lastCheckin=NOW - 5 * MINUTE,
    policyViolationCount=2,
    violatedPolicies=["Passcode Required", "Out of Contact"],
)
IDLE = Device({}, {}, id=220, uid="idle", platformType="IOS", quarantined=False, lastCheckin=None)
EVERYONE = {"anne": ANNE, "bob": BOB, "idle": IDLE}


def found(text: str, *, ignore_case: bool = True) -> set[str]:
    dialect = fq.Dialect(FIELDS, frozenset(("lastCheckin",)), NOW, ignore_case)
    test = fq.compile_filter(fq.parse(text), dialect)
    return {name for name, device in EVERYONE.items() if test(device)}


@pytest.mark.parametrize(("text", "expected"), [
    # The vendor's own, and those of recorded clients.
    ("CFDEVICE[cityId]=SF", {"anne"}),
    ("CFLDAP[rollNumber]=1001", {"anne"}),
    ("EMAILADDRESS EQ  anne+mdm@example.com", {"anne"}),
    ("UID EQ anne", {"anne"}),
    ("lastCheckin<'00:01:00'", {"anne"}),
    ("lastCheckin<'0:0:06:00'", {"anne", "bob"}),
    ("deviceId=22002", {"bob"}),
    ("platformType=IOS and (quarantined=true or jailbroken=true or complianceState=false)", set()),
    ("platformType=ANDROID and (quarantined=true or jailbroken=true or complianceState=false)", {"bob"}),
    ("PLATFORMTYPE EQ 'IOS'", {"anne", "idle"}),
    ("policyViolationCount!='0'", {"bob", "idle"}),
    # Equality.
    ("platformtype='ios'", {"anne", "idle"}),
    ("uid = anne", {"anne"}),
    ("uid eq 'anne'", {"anne"}),
    ("uid!=anne", {"bob", "idle"}),
    ("uid=ann", set()),
    ("wifiMacAddress=60:8C:4A:AC:B6:24", {"anne"}),
    ("emailAddress!=x", {"anne", "bob", "idle"}),
    ("deviceName='Anne\u2019s iPad (old)'", {"anne"}),
    ("deviceName=AND", {"bob"}),
    ("uid=''", set()),
    ("uid='o''brien'", {"bob"}),
    (r"uid='o\'brien'", {"bob"}),
    ("violatedPolicies='Out of Contact'", {"bob"}),
    ("CFDEVICE[cityid]='San Francisco'", {"bob"}),
    ("CFDEVICE[project]='zoë''s'", {"anne"}),
    ("CFDEVICE[floor_#]=7", {"anne"}),
    ("CFDEVICE[floor]=7", set()),
    ("CFDEVICE[cityid]!=SF", {"bob", "idle"}),
    # Order: ages for times, numbers for the rest.
    ("lastCheckin>'00:01:00'", {"bob"}),
    ("lastCheckin<'1:00:00:00'", {"anne", "bob"}),
    (f"lastCheckin<{NOW - MINUTE}", {"bob"}),
    ("policyViolationCount>1", {"bob"}),
    ("CFDEVICE[floor_#]>'8'", {"bob"}),
    ("CFDEVICE[floor_#]<8", {"anne"}),
    # Joining. AND binds closer than OR.
    ("uid=anne OR uid=bob or uid=idle", {"anne", "idle"}),
    ("uid=anne or uid=idle and platformType=ANDROID", {"anne"}),
    ("(uid=anne or uid=idle) and platformType=ANDROID", set()),
    ("(uid=anne)and(platformType=IOS)", {"anne"}),
    ("((uid=anne or id=22002))", {"anne", "bob"}),
    ("uid=anne or deviceId=22002 or uid=idle", {"anne", "bob", "idle"}),
    ("uid!=anne and uid!=idle", {"bob"}),
    ("  uid=anne  ", {"anne"}),
])  # fmt: skip
def test_a_filter_finds(text: str, expected: set[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("text", [
    "", "   ", "uid", "uid=", "uid= and id=1", "=anne", "uid=anne and", "uid=anne AND ", "and uid=anne",
    "uid=anne id=1", "uid=anne,id=1 x",
    "(uid=anne", "uid=anne)", "()", "uid=San Francisco", "uid='anne", "uid=an'ne", "uid='an'ne'", "uid==anne", "uid<=1",
    "uid>=1", "uid<>1",
    "uid LIKE 'a'", "uid IN (a)", "uid : anne", "not uid=anne", "uid=(anne)", "CFDEVICE=SF", "CFDEVICE[]=SF",
    "CFDEVICE[cityid=SF",
    "uid[x]=1", "lastCheckin<'1:00'", "lastCheckin<yesterday", "policyViolationCount<many", "uid<'00:01:00'",
    "(" * 60 + "uid=anne" + ")" * 60,
])  # fmt: skip
def test_a_malformed_filter_is_an_error(text: str) -> None:
    with pytest.raises(fq.FqError):
        found(text)


def test_a_field_which_no_device_has_is_named() -> None:
    with pytest.raises(fq.UnknownFieldError, match="colour"):
        found("uid=anne or colour=red")


def test_case_is_respected_when_asked_to() -> None:
    assert found("UID=anne and platformType=ios", ignore_case=False) == set()
    assert found("UID=anne and platformType=IOS", ignore_case=False) == {"anne"}


def test_long_chains_become_one_look_up() -> None:
    chain = fq.parse(" or ".join(f"deviceId={number}" for number in range(5000)))
    assert isinstance(chain, fq.AnyOf) and len(chain.values) == 5000


@pytest.mark.parametrize(("text", "milliseconds"), [
    ("00:01:00", MINUTE), ("0:0:03:06", 186_000), ("02:00:00:00", 2 * 86_400_000), ("36:00:00", 36 * 3_600_000),
    ("1:00", None),
    ("a:b:c", None), ("1:2:3:4:5", None), ("", None),
])  # fmt: skip
def test_durations(text: str, milliseconds: int | None) -> None:
    assert fq.duration_ms(text) == milliseconds


def test_a_rule_is_shown_as_the_product_shows_it() -> None:
    """The tree of the vendor's example detail."""
    assert fq.tree_view(fq.parse("PLATFORMTYPE EQ 'IOS'")) == {
        "operator": "LEAF",
        "children": None,
        "rule": {
            "field": "PLATFORMTYPE",
            "cfAttributeName": None,
            "operator": "EQ",
            "values": ["IOS"],
        },
    }
    both = fq.tree_view(fq.parse("CFDEVICE[cityid] EQ 'SF' AND JAILBROKEN EQ 'true'"))
    assert both["operator"] == "AND" and both["rule"] is None
    assert [child["rule"]["cfAttributeName"] for child in both["children"]] == ["cityid", None]
