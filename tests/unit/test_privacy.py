# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a GDPR profile is noticed, and what it hides."""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.privacy import (
    hidden_fields,
    hidden_keys,
    hides,
    is_hidden_field,
    is_masked,
    unshown,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import Selection


@pytest.mark.parametrize(
    ("texts", "masked"),
    [
        (("*****", "*****", "*****"), True), (("D*********", "", "j***"), True), (("hidden", "hidden", "hidden"), True),
        (("", "*****", ""), True), (("\u2022\u2022\u2022\u2022", "ada@example.com", "ada"), True), (("hidden", "hidden", ""), True),
        (("C02XL0", "ada@example.com", "ada"), False), (("C02XL0", "ada@example.com", "ada@example.com"), False),
        (("", "", ""), False), (("C02XL0", "", ""), False), (("", "ada@example.com", "ada@example.com"), False),
    ],
)  # fmt: skip
def test_masks(texts, masked):
    assert is_masked(*texts) is masked
    serial, email, uid = texts
    device = Device(id="1", guid="g", serial=serial, email=email, uid=uid)
    assert hides([device, device]) is masked


def test_one_odd_device_is_no_profile():
    """People name what they enrol, and nobody else loses a selection because of it."""
    odd = Device(id="1", guid="g", serial="C02", email="a@example.com", uid="*****")
    plain = Device(id="2", guid="h", serial="C03", email="b@example.com", uid="b")
    # Devices that are used without a person have users who are called after them.
    kiosks = [Device(id=one, guid=one, serial=one, uid=one) for one in ("C1", "C2", "C3")]
    assert not hides(kiosks) and not hides(kiosks[:1])
    assert not hides([odd, plain]) and not hides([]) and not hides([Device(id="3", guid="i")])


@pytest.mark.parametrize("name", [
    "serialNumber", "emailAddress", "uid", "imei", "imei2", "meid", "imsi", "iccid", "phoneNumber", "currentPhoneNumber", "displayName",
    "serial_number", "email_address", "user_id", "phone_number", "user_display_name", "common.SerialNumber", "user.email_address",
    "user.sam_account_name", "common.ip_address", "ios.iPhone ICCID", "common.current_phone_number", "user.first_name", "principal",
])  # fmt: skip
def test_fields_that_are_hidden(name):
    assert is_hidden_field(name)


@pytest.mark.parametrize("name", [
    "id", "guid", "uuid", "common.uuid", "deviceName", "platformType", "status", "model", "wifi_mac_address", "common.owner", "user.uuid",
    "customAttributes", "device_space",
])  # fmt: skip
def test_fields_that_are_not(name):
    assert not is_hidden_field(name)


def test_what_a_selection_and_a_query_depend_on():
    names = (
        DeviceRef("email", "a@example.com"),
        DeviceRef("id", "7"),
        DeviceRef("wifi_mac_address", "a"),
    )
    selection = Selection(names=names, attributes={"serialNumber": "C", "platformType": "IOS"})
    assert hidden_keys(selection) == ["emails", "serialNumber"]
    assert hidden_fields("[?emailAddress=='x' && platformType=='IOS'].[uid, id]") == [
        "emailAddress",
        "uid",
    ]
    assert hidden_fields("[?contains(deviceName, 'x')]") == []


def phones(
    *, serial="C{}", email="{}@example.com", uid="u{}", model="M{}", mac="", state="ACTIVE", count=5
):
    return [
        Device(
            id=str(one), guid=f"g{one}", serial=serial.format(one), email=email.format(one), uid=uid.format(one),
            model=model.format(one), mac=mac.format(one), platform="ios", state=state,
        )
        for one in range(count)
    ]  # fmt: skip


ADA = {"email": "ada@example.com", "uid": "ada"}
# A mask of one value for each column.
COLUMN = {"email": "mail@example.com", "uid": "user"}


@pytest.mark.parametrize(
    ("devices", "masked"),
    [
        (phones(), False),
        # One person has all of the devices, or nobody has an address.
        (phones(**ADA), False), (phones(serial="", email="", uid="ada"), False),
        (phones(serial="hid", email="hid", uid="hid", count=2), True), (phones(email=""), False), (phones(serial=""), False),
        # Each column has a word of its own.
        (phones(serial="SN-HIDDEN", **COLUMN), True), (phones(serial="XXXX1", **COLUMN), True),
        (phones(serial="X1", model="M", mac="aa{}", **COLUMN), True), (phones(serial="", email="", uid=""), True),
        (phones(serial="N/A", email="", uid=""), True), (phones(serial="X1", email="", uid=""), True),
        # Shared devices without users.
        (phones(email="", uid=""), False), (phones(email="", uid="", count=3), False),
        (phones(email="", uid="anonymous"), False), (phones(serial="private", email="private", uid="private"), True),
        (phones(serial="[REDACTED]"), True), (phones(email="hidden"), True), (phones(uid="anonymized"), True),
        # Who shows different people has no profile, whatever makers write into their devices.
        (phones(serial="XXXX1"), False), (phones(serial="N/A"), False), (phones(serial="X1", email=""), False),
        (phones(serial="0123456789ABCDEF", **ADA), False), (phones(serial="To be filled by O.E.M.", **ADA), False),
        # One user id of different people.
        (phones(uid="user"), True), (phones(uid="user", count=2), False), (phones(uid="ada", email=""), False),
        # One phone that was enrolled several times, with an address of its own each time.
        (phones(serial="X1", model="M", **ADA), False), (phones(serial="X1", model="M", mac="aa", **ADA), False),
        (phones(serial="X1", model="M", mac="aa{}", state="RETIRED", **ADA), False),
        (phones(serial="X1", count=2, **ADA), False), (phones(uid="", email="", count=2), False),
    ],
)  # fmt: skip
def test_only_what_is_unique_by_nature_shows_a_mask_by_being_alike(devices, masked):
    assert hides(devices) is masked


@pytest.mark.parametrize(
    ("devices", "kinds", "said"),
    [
        (phones(email=""), ["email"], "shows an e-mail address"), (phones(email="", uid=""), ["user", "email"], "a user id or an e-mail address"),
        (phones(serial=""), ["serial_number"], "None of 5 devices"), (phones(serial="X1"), ["serial_number"], "All 5 devices"),
        (phones(serial="X1", model="M", mac="aa"), ["serial_number"], ""), (phones(serial="N/A"), ["serial_number"], ""), (phones(serial="X1"), ["email"], ""),
        (phones(), ["email", "user"], ""), (phones(email=""), ["user", "id"], ""),
        (phones(email="", count=2), ["email"], ""), ([], ["email"], ""), ([*phones(email=""), *phones(count=1)], ["email"], ""),
    ],
)  # fmt: skip
def test_a_kind_of_names_that_no_device_shows_is_said(devices, kinds, said):
    sentence = unshown(devices, kinds)
    assert said in sentence and bool(said) is bool(sentence)
