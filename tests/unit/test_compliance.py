# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of the vendor's guide "Device Management", section "Compliance, quarantinedStatus, and
blockReason values"."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.compliance import (
    REASONS,
    explain,
    is_compliant,
    is_compromised,
    meaning,
    own_words,
    parse_bitmap,
    reason_of,
    reasons,
    reasons_of_epmm,
    verdict,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError

# Rows in the order of the guide: hexadecimal column, decimal column, our name, a word of the
# guide's description.
GUIDE = [
    ("0x000001", 1, "compromised", "compromised"),
    ("0x000002", 2, "os_version", "version"),
    ("0x000004", 4, "hw_version", "hardware"),
    ("0x000008", 8, "data_protection", "protection"),
    ("0x000020", 32, "out_of_contact", "out of contact"),
    ("0x000040", 64, "app_control", "app control"),
    ("0x000080", 128, "per_mailbox_limit", "mailbox"),
    ("0x000100", 256, "auto_block", "not registered"),
    ("0x000200", 512, "manual", "blocked"),
    ("0x000400", 1024, "exchange", "exchange"),
    ("0x000800", 2048, "mdm_disabled", "administrator"),
    ("0x001000", 4096, "disallowed_app_control", "disallowed"),
    ("0x002000", 8256, "required_app_control", "required"),
    ("0x000010", 8272, "policy_out_of_date", "out of date"),
    ("0x004000", 16384, "allowed_app_control", "allowed"),
    ("0x008000", 32768, "logged_out", "logged out"),
    ("0x10000", 65536, "attestation_failed", "attestation"),
    ("0x400000", 4194304, "unknown", "reason"),
]
WRONG_IN_DECIMAL = {"required_app_control", "policy_out_of_date"}


@pytest.mark.parametrize(
    ("column", "decimal", "name", "word"), GUIDE, ids=[row[2] for row in GUIDE]
)
def test_each_row_of_the_guide(column, decimal, name, word):
    bit = int(column, 16)
    assert reasons(bit) == [name]
    assert word in meaning(name).lower()
    assert (decimal == bit) == (name not in WRONG_IN_DECIMAL)


def test_no_row_is_missing_or_made_up():
    assert {(reason.bit, reason.name) for reason in REASONS if reason.bit} == {
        (int(row[0], 16), row[2]) for row in GUIDE
    }


@pytest.mark.parametrize(
    ("bits", "names"),
    [
        (0, []),
        ("0", []),
        (3, ["compromised", "os_version"]),  # the guide's own example
        (" 3 ", ["compromised", "os_version"]),
        # What the wrong rows of the decimal column would be as sums of bits.
        (8256, ["app_control", "required_app_control"]),
        (8272, ["policy_out_of_date", "app_control", "required_app_control"]),
        (0x200000, ["bit_0x200000"]),
        (0x600001, ["compromised", "bit_0x200000", "unknown"]),
        (0x20000, ["bit_0x20000"]),
        (2**62, ["bit_0x4000000000000000"]),
        (sum({int(row[0], 16) for row in GUIDE}), [row[2] for row in sorted(GUIDE, key=lambda row: int(row[0], 16))]),
    ],
)  # fmt: skip
def test_bits_are_named_in_their_order(bits, names):
    assert reasons(bits) == names
    assert [reason.name for reason in explain(bits)] == names
    assert sum(reason.bit for reason in explain(bits)) == int(bits)
    assert all(
        meaning(name) == reason.meaning for name, reason in zip(names, explain(bits), strict=True)
    )


@pytest.mark.parametrize(
    "raw",
    [
        -1,
        "-1",
        True,
        False,
        None,
        "",
        " ",
        "x",
        "3.0",
        3.0,
        "0x3",
        "1e3",
        "٣",
        [3],
        {"a": 1},
        2**63,
        "9" * 19,
        10**5000,
        "1" * 5000,
    ],
    ids=lambda raw: (
        f"{type(raw).__name__}-{str(raw)[:20] if not isinstance(raw, int) or raw < 2**64 else 'huge'}"
    ),
)
def test_what_is_no_bitmap_is_refused(raw):
    for kind in (ValueError, OptionError):
        with pytest.raises(
            kind, match="is not a compliance bitmap; it must be a whole number of 0 or more"
        ) as caught:
            parse_bitmap(raw)
        assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("v2_name", "name"),
    [
        ("DEVICE_ADMIN_DEACTIVE", "mdm_disabled"),
        ("device_admin_deactive", "mdm_disabled"),
        ("DEVICE_OUT_OF_CONTACT", "out_of_contact"),
        ("COMPROMISED", "compromised"),
        ("OS_VERSION", "os_version"),
        ("Some new-reason", "some_new_reason"),
        (" PADDED ", "padded"),
        ("0x200000", "bit_0x200000"),
        ("0x2", "os_version"),
        ("512", "manual"),
        ("", "unknown"),
        ("  ", "unknown"),
    ],
)
def test_names_of_api_v2(v2_name, name):
    assert reasons_of_epmm(v2_name) == [name]


def test_a_bitmap_in_place_of_words_has_all_of_its_reasons():
    assert reasons_of_epmm("66") == ["os_version", "app_control"]
    assert reasons_of_epmm("0x200002") == ["os_version", "bit_0x200000"]
    assert reasons_of_epmm("0") == ["unknown"]


# The words of "Get Compliance Status of a Particular Device": type of the rule, name of the policy.
@pytest.mark.parametrize(
    ("rule", "policy", "name"),
    [
        ("COMPROMISED", "Compromised Devices", "compromised"),
        ("MDM_DISABLED", "MDM / Device Administration Disabled", "mdm_disabled"),
        ("OUT_OF_CONTACT", "Out of Contact ", "out_of_contact"),
        ("ROAMING", "International Roaming Devices", "roaming"),
        ("NEW_RULE", "New rule", "new_rule"),
        # The name of a policy is no bit, whatever a person writes.
        ("", "2", "2"),
        ("", "", "unknown"),
    ],
)
def test_words_of_neurons(rule, policy, name):
    assert {reason_of(word) for word in (rule or policy, policy)} == {name}


def test_a_reason_has_one_name_for_both_products():
    """No two rows have the same word, and what both products know is one row."""
    words = [
        word for reason in REASONS for word in (reason.name, reason.epmm, *reason.neurons) if word
    ]
    assert len({word.casefold() for word in words}) == len(
        {(word.casefold(), reason_of(word)) for word in words}
    )
    both = [reason.name for reason in REASONS if reason.epmm and reason.neurons]
    assert both == ["compromised", "out_of_contact", "mdm_disabled"]


def test_own_words_of_a_bitmap():
    assert own_words(0x20 | 0x800 | 0x10000 | 0x200000) == [
        "DEVICE_OUT_OF_CONTACT",
        "DEVICE_ADMIN_DEACTIVE",
        "0x10000",
        "0x200000",
    ]


def test_two_reasons_that_cannot_be_spelled_stay_two():
    made = {reason_of(name) for name in ("理由", "別の", "---")}
    assert len(made) == 3 and all(re.fullmatch("[a-z0-9_]+", name) for name in made)


def test_a_name_without_a_meaning_has_none():
    assert meaning("some_new_reason") == ""


@pytest.mark.parametrize(
    ("state", "compromised"),
    [
        # Android, and API v2
        ("Ok", False), ("Compromised", True), ("compromised", True), (" COMPROMISED ", True),
        # the details of an iOS device: "0 - The device has been compromised. 1 - The device has not
        # been compromised."
        ("0", True), (0, True), ("1", False), (1, False),
        (None, False), ("", False), (False, False), (True, False), ("not compromised", False),
    ],
)  # fmt: skip
def test_security_state(state, compromised):
    assert is_compromised(state) is compromised


@pytest.mark.parametrize(
    ("compliance", "jailbroken", "verdict_"),
    [
        (0, None, True), ("0", False, True), (2, False, False), ("2", None, False), (0x200000, None, False),
        (0, True, False),  # the guide's note on jailbroken Android devices
        (True, True, False), (None, True, False), (1, True, False),
        (True, False, True), (False, False, False), (None, False, None), (None, None, None),
    ],
)  # fmt: skip
def test_is_compliant(compliance, jailbroken, verdict_):
    assert is_compliant(compliance, jailbroken) is verdict_


@pytest.mark.parametrize("raw", ["true", -1, 0.0, [], "0x0"])
def test_a_compliance_that_makes_no_sense_is_refused(raw):
    with pytest.raises(OptionError):
        is_compliant(raw)


ROW = {"id": "22004", "device_name": "iPad", "compliant": True}
HOST = {"ivanti_id": "7", "ivanti_guid": "g", "compliant": "mine", "inventory_hostname": "x"}


@pytest.mark.parametrize(
    ("device", "known"),
    [
        (ROW, True),
        (ROW | {"compliant": False}, False),
        (ROW | {"compliant": None}, None),
        ({"compliant": True, "compliance": 0, "compliance_reasons": []}, True),
        ({"compliant": False, "compliance": None, "compliance_reasons": ["os_version"]}, False),
        # What is not null counts, and the verdict before the bitmap.
        ({"compliant": None, "compliance": 2}, False),
        ({"compliant": False, "compliance": 0}, False),
        ({"compliant": None, "compliance": None}, None),
        ({"compliance": 0}, True),
        ({"compliance": "8194"}, False),
        ({"compliance": 0, "jailbroken": True}, False),
        ({"compliant": None, "jailbroken": True}, False),
        # Whether a jailbroken device is compliant is for the policies of Neurons to say.
        ({"compliant": True, "jailbroken": True}, True),
        # Hosts: their own variables of the same name do not count.
        (HOST | {"ivanti_compliant": True}, True),
        (HOST | {"ivanti_compliant": None}, None),
        (HOST | {"ivanti_compliant": False}, False),
        (HOST | {"ivanti_compliance": 0, "ivanti_jailbroken": True}, False),
        (HOST | {"ivanti_compliance": 0, "jailbroken": True}, True),
        (HOST | {"ivanti_compliance": 1}, False),
    ],
)
def test_maps_of_both_products(device, known):
    assert verdict(device, prefix="ivanti_") is known


def test_another_prefix():
    host = {"mdm_id": "7", "mdm_compliant": False, "compliant": True}
    assert verdict(host, prefix="mdm_") is False
    assert verdict({"compliant": True}, prefix="mdm_") is True
    assert verdict({"compliant": True, "id": 3}, prefix="") is True


@pytest.mark.parametrize(
    ("device", "told"),
    [
        ({}, "the map has neither compliant nor compliance"),
        ({"id": 3, "complianceState": True}, "the map has neither compliant"),
        ({"mdm_id": "3", "mdm_compliant": True}, "hostvars_prefix"),
        (HOST, "the host has neither ivanti_compliant nor ivanti_compliance"),
        ({"compliant": "yes"}, "compliant: 'yes' is neither true, false nor null"),
        ({"compliant": 1}, "compliant: 1 is neither true, false nor null"),
        ({"compliant": []}, "compliant: A list is neither"),
        ({"compliance": -1}, "compliance: -1 is not a compliance bitmap"),
        ({"compliance": "no"}, "compliance: 'no' is not a compliance bitmap"),
        (HOST | {"ivanti_compliance": "no"}, "ivanti_compliance: 'no' is not a compliance bitmap"),
    ],
)
def test_maps_that_say_nothing_are_refused(device, told):
    with pytest.raises(OptionError) as caught:
        verdict(device, prefix="ivanti_")
    assert told in str(caught.value)


def test_the_document_has_the_same_table():
    text = (Path(__file__).resolve().parents[2] / "docs" / "compliance.md").read_text(
        encoding="utf-8"
    )
    table = text.partition("## The reasons")[2]
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in table.splitlines()
        if line.startswith("| `")
    ]
    assert rows == [
        [
            f"`{reason.name}`",
            ", ".join(f"`{word}`" for word in reason.neurons),
            f"`{reason.epmm}`" if reason.epmm else "",
            f"`0x{reason.bit:06x}`" if reason.bit else "",
            str(reason.bit) if reason.bit else "",
            reason.meaning,
        ]
        for reason in REASONS
    ]
