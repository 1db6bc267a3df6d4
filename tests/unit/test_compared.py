# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a query compares fields with, and what no row can have."""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.compared import (
    CONTAINS,
    ENDS,
    IS,
    ORDER,
    STARTS,
    Compared,
    fits,
    impossible,
    lacking,
    why_not_among,
    why_not_device,
)

MAC = "wifi_mac_address"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (("platform", "i", STARTS), ""), (("platform", "I", STARTS), "no platform starts with 'I'; case counts"),
        (("platform", "OS", ENDS), "no platform ends with 'OS'"), (("platform", "os", ENDS), ""),
        (("status", "Retire", CONTAINS), "no status contains 'Retire'"), (("status", "retire", CONTAINS), ""),
        (("ownership", "COMP", CONTAINS), "no ownership contains 'COMP'"),
        (("kiosk_state", "configured", IS), "no kiosk_state is 'configured' (nearest: 'NOT_CONFIGURED')"),
        (("kiosk_state", "CONFIGURED", CONTAINS), ""), (("kiosk_state", "B", ORDER), ""),
        (("status_raw", "retired", IS), "no status_raw is 'retired' (nearest: 'RETIRED'"),
        (("status_raw", "retire", STARTS), "no status_raw starts with 'retire'"),
        # A server may have a word of its own.
        (("status_raw", "SOMETHING", IS), ""), (("status_raw", "some", STARTS), ""),
        (("compliance_reasons", "Out of contact", CONTAINS), "write it like 'out_of_contact'"),
        (("compliance_reasons", "DEVICE_OUT_OF_CONTACT", CONTAINS), "write it like 'out_of_contact'"),
        (("compliance_reasons", "Out of contact", IS, True), "is not a reason as rows have it, in compliance_reasons"),
        (("block_reasons", "Out", STARTS, True), "write it like 'out'"), (("block_reasons", "out", STARTS, True), ""),
        (("compliance_reasons", "a_policy_of_theirs", CONTAINS), ""), (("quarantine_reasons", "Z", ORDER), ""),
        (("compliance_reasons_raw", "Out of contact", CONTAINS), ""),
        (("last_seen_at", "2026", STARTS), ""), (("last_seen_at", "-11-", CONTAINS), ""), (("last_seen_at", "x", ORDER), "is not a time"),
        ((MAC, "0a1b", STARTS), ""), ((MAC, "0A:1B", STARTS), "is not a MAC address"), (("guid", "AB", STARTS), "in lower case"),
        (("model", "x", STARTS), ""), (("severity", "x", IS), ""),
    ],
)  # fmt: skip
def test_a_text_that_no_device_can_have(one, said):
    why = why_not_device(Compared(*one))
    assert said in why and bool(said) == bool(why)


@pytest.mark.parametrize(
    ("value", "one", "expected"),
    [
        ("ios", ("p", "ios", IS), True), ("ios", ("p", "io", IS), False), ("ios", ("p", "io", CONTAINS), True),
        ("ios", ("p", "s", ENDS), True), ("ios", ("p", "s", STARTS), False), (None, ("p", "s", STARTS), False), (5, ("p", "5", IS), False),
        (["ab", "c"], ("p", "a", CONTAINS), False), (["ab", "c"], ("p", "ab", CONTAINS), True),
        (["ab", "c"], ("p", "a", CONTAINS, True), True), (["ab", "c"], ("p", "c", IS, True), True), (["ab"], ("p", "a", STARTS, True), True),
    ],
)  # fmt: skip
def test_what_fits(value, one, expected):
    assert fits(value, Compared(*one)) is expected


def test_what_a_row_has_is_possible():
    compared = [Compared("platform", "chromeos"), Compared("platform", "chrome", STARTS)]
    assert len(impossible(compared, [{"platform": "ios"}, {}], why_not_device)) == 2
    assert impossible(compared, [{"platform": "chromeos"}], why_not_device) == []


@pytest.mark.parametrize(
    ("one", "values", "said"),
    [
        (("space", "emea"), ["EMEA", None], "that is 'emea' (nearest: 'EMEA'); case counts."), (("space", "EMEA"), ["EMEA"], ""),
        (("space", "em", STARTS), ["EMEA"], "that starts with 'em' (nearest: 'EMEA')"), (("space", "Emia"), ["EMEA"], "(nearest: 'EMEA')"),
        (("space", "x"), [None], "that is 'x'; case counts."), (("space", "x"), [], ""), (("space", "x", ORDER), ["X"], ""),
        (("model", "ipad 9"), ["iPad 9"], "(nearest: 'iPad 9')"), (("model", "iPad 8"), ["iPad 9"], ""),
        (("compliance_reasons", "roaming", CONTAINS), [["manual"]], ""),
        (("compliance_reasons", "out_of_contct", CONTAINS), [["manual"], None], "(nearest: 'out_of_contact')"),
        (("compliance_reasons_raw", "out of contact", CONTAINS), [["Out of Contact"]], "(nearest: 'Out of Contact')"),
        (("compliance_reasons_raw", "out of", CONTAINS), [["Out of Contact"]], ""),
        (("compliance_reasons_raw", "out of", STARTS, True), [["Out of Contact"]], "(nearest: 'Out of Contact')"),
        (("status_raw", "RETIRE_SNET"), ["ACTIVE"], "that is 'RETIRE_SNET' (nearest: 'RETIRE_SENT'"), (("status_raw", "RETIRE_SENT"), ["ACTIVE"], ""),
        # impossible() speaks of these.
        (("platform", "IOS"), ["ios"], ""), (("status_raw", "retired"), ["RETIRED"], ""),
    ],
)  # fmt: skip
def test_a_text_that_only_these_rows_lack(one, values, said):
    one = Compared(*one)
    found = lacking([one], [{one.name: value} for value in values], why_not_device)
    assert (said in " ".join(found)) and bool(found) == bool(said)


def test_words_of_other_rows():
    why = why_not_among({"severity": ("CRITICAL", "WARNING")})
    assert "(nearest: 'CRITICAL')" in why(Compared("severity", "critical"))
    assert why(Compared("severity", "CRIT", STARTS)) == why(Compared("status", "x")) == ""
