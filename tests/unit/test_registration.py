# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registering a device: options, when a device is the one that is meant, and how answers of the server are read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.registration import (
    Registered,
    Registration,
    completed,
    matching,
    parse_registration,
    plan_registration,
    platforms_of,
    same_phone,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import Found
from ansible_collections.ivanti.uem.plugins.module_utils._core.users import User
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.registration import RegistrationCalls, registered

OPTIONS = {
    "user": "jdoe", "platform": "android", "phone_number": "4155551212", "country_code": 1, "operator": None, "employee_owned": False,
    "import_from_ldap": None, "first_name": None, "last_name": None, "email": None, "notify_user": False, "notify_by_sms": False,
}
WANTED = Registration("jdoe", "android", "4155551212", "1")
UUID = "caba40e7-f56b-44aa-ac70-79e32e91adf8"
JDOE = User("9004", "u", "jdoe", email="jdoe@example.com", first_name="Joe", last_name="Doe", source="local")


def device(number="1", *, user="jdoe", phone="14155551212", state="ACTIVE", **row):
    return Device(number, UUID, uid=user, state=state, row={"platform_name": "Android 14", "phone_number": phone, **row})


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {}),
        ({"country_code": "+1"}, {}), ({"country_code": " 1 "}, {}), ({"country_code": "49"}, {"country": "49"}),
        ({"phone_number": "+1 (415) 555-1212"}, {}), ({"phone_number": "415-555-1212"}, {}), ({"phone_number": "001 415 555-1212"}, {}),
        # Only a plus sign, or two zeros, say that the country code is there.
        ({"phone_number": "14155551212"}, {"phone": "14155551212"}),
        ({"phone_number": None}, {"phone": ""}),
        ({"user": " jdoe "}, {}), ({"user": "日本/{{ x }}"}, {"user": "日本/{{ x }}"}),
        ({"operator": " Verizon "}, {"operator": "Verizon"}), ({"email": ""}, {}),
        ({"import_from_ldap": True, "notify_by_sms": True}, {"from_ldap": True, "notify_by_sms": True}),
    ],
)
def test_options_are_read(options, expected):
    assert parse_registration({**OPTIONS, **options}) == replace(WANTED, **expected)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"country_code": None}, "country_code: None is no country code; give its digits"),
        ({"country_code": ""}, "country_code: '' is no country code"), ({"country_code": "US"}, "'US' is no country code"),
        ({"country_code": 0}, "0 is no country code"), ({"country_code": True}, "True is no country code"),
        ({"country_code": "123456"}, "is no country code"), ({"country_code": "１"}, "is no country code"),
        ({"country_code": 1.5}, "1.5 is no country code"), ({"country_code": "1\n"}, None),
        ({"phone_number": "PDA"}, "phone_number: 'PDA' is not a phone number"), ({"phone_number": ""}, "is not a phone number"),
        ({"phone_number": "0049 151 2345678"}, "is of another country than country_code 1"),
        ({"phone_number": "+49 151 2345678"}, "is of another country than country_code 1; change one of the two"),
        ({"phone_number": "+1 4155"}, "too short"), ({"phone_number": "000000"}, "too short for a phone number; leave it out"),
        ({"user": ""}, "user: '' is neither the name nor the e-mail address"), ({"user": None}, "user: None is neither"),
        ({"user": "a\nb"}, "is neither the name nor"), ({"user": ".."}, "user: '..' is neither"),
        ({"platform": None}, "platform: None is none; give one of android, ios"),
        ({"email": "a\tb"}, "email: 'a\\tb' has control characters"), ({"operator": "x\x00"}, "operator: "),
    ],
)
def test_options_that_make_no_sense(options, words):
    if words is None:
        assert parse_registration({**OPTIONS, **options}) == WANTED
        return
    with pytest.raises(OptionError) as error:
        parse_registration({**OPTIONS, **options})
    assert words in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("given", "user", "expected"),
    [
        # What the server has stands in for what is left out; the names of a user of LDAP are the directory's affair.
        ({}, JDOE, {"from_ldap": False, "first_name": "Joe", "last_name": "Doe", "email": "jdoe@example.com"}),
        ({"first_name": "Jo"}, JDOE, {"from_ldap": False, "first_name": "Jo", "last_name": "Doe", "email": "jdoe@example.com"}),
        ({}, replace(JDOE, source="ldap"), {"from_ldap": True}),
        ({"from_ldap": False}, replace(JDOE, source="ldap", last_name=""), {"from_ldap": False, "first_name": "Joe", "email": "jdoe@example.com"}),
        ({"from_ldap": True}, JDOE, {"from_ldap": True}),
        # The server's spelling, also of one who was named by the e-mail address.
        ({"user": "JDOE"}, JDOE, {"user": "jdoe", "from_ldap": False, "first_name": "Joe", "last_name": "Doe", "email": "jdoe@example.com"}),
        ({"from_ldap": True}, None, {"from_ldap": True}),
        ({"first_name": "J", "last_name": "D", "email": "e"}, None, {"from_ldap": False, "first_name": "J", "last_name": "D", "email": "e"}),
    ],
)
def test_what_is_left_out_comes_from_the_server(given, user, expected):
    assert completed(replace(WANTED, **given), user) == replace(WANTED, **{**given, **expected})


@pytest.mark.parametrize("lacking", [("first_name",), ("email",), ("first_name", "last_name", "email")])
@pytest.mark.parametrize("from_ldap", [None, False])
def test_a_new_local_user_needs_a_name_and_an_address(lacking, from_ldap):
    wanted = replace(WANTED, from_ldap=from_ldap, **{name: "" if name in lacking else "x" for name in ("first_name", "last_name", "email")})
    with pytest.raises(OptionError, match=f"^{', '.join(lacking)}: missing; the server has no user 'jdoe'.*nothing was done"):
        completed(wanted, None)


@pytest.mark.parametrize(
    ("one", "other", "country", "same"),
    [
        ("4155551212", "4155551212", "1", True), ("4155551212", "14155551212", "1", True), ("14155551212", "4155551212", "1", True),
        ("14155551212", "+1 415-555-1212", "1", True), ("01512345678", "491512345678", "49", True),
        ("01512345678", "00491512345678", "49", True), ("1512345678", "01512345678", "49", True),
        # A server that puts the code before whatever it was given.
        ("01512345678", "4901512345678", "49", True), ("00491512345678", "4900491512345678", "49", True), ("491512345678", "49491512345678", "49", True),
        ("0", "49", "49", False), ("49", "", "49", False),
        ("4155551212", "4155551213", "1", False), ("4155551212", "5551212", "1", False), ("4155551212", "494155551212", "1", False),
        ("4155551212", "", "1", False), ("4155551212", "PDA", "1", False), ("4155551212", "PDA 2", "1", False),
    ],
)
def test_phone_numbers_are_compared_with_and_without_the_country_code(one, other, country, same):
    assert [same_phone(*pair, country) for pair in ((one, other), (other, one))] == [same, same]


@pytest.mark.parametrize(
    ("word", "platforms"),
    [
        ("Android", {"android"}), ("Android 14", {"android"}), ("A", {"android"}), ("iOS 18.6.2", {"ios"}), ("iPadOS", {"ios"}),
        ("iPhone OS 3.1", {"ios"}), ("I", {"ios"}), ("macOS 15", {"macos"}), ("OS X 10.9", {"macos"}), ("Mac OS X", {"macos"}),
        ("L", {"macos"}), ("Windows Phone 8.1", {"windows_phone"}), ("WP8", {"windows_phone"}), ("M", {"windows_phone"}),
        ("Windows 8.1", {"windows", "windows_phone"}), ("Windows", {"windows", "windows_phone"}), ("Windows 10.0", {"windows"}),
        ("Windows 11", {"windows"}), ("Windows Mobile 6.1", {"windows"}), ("E", {"windows"}),
        ("tvOS 17", set()), ("", set()), ("BlackBerry", set()), ("Linux", set()),
    ],
)
def test_platforms_of_the_server_s_words(word, platforms):
    assert platforms_of(word) == platforms


@pytest.mark.parametrize(
    ("wanted", "have", "fits"),
    [
        ({}, {}, True), ({}, {"user": "JDoe"}, True), ({}, {"user": "jdoe2"}, False), ({}, {"platform_name": "iOS 17"}, False),
        ({}, {"phone": "4155551212"}, True), ({}, {"phone": "PDA"}, False), ({}, {"phone": None}, False),
        *(({}, {"state": state}, True) for state in (
            "active", "VERIFICATION_PENDING", "VERIFIED", "IENROLL_VERIFIED", "IENROLL_INPROGRESS", "IENROLL_COMPLETE")),
        *(({}, {"state": state}, False) for state in ("RETIRED", "RETIRE_PENDING", "WIPED", "LOST", "INFECTED", "EXPIRED", "BLOCKED", "")),
        # What has no phone number is what was registered without one.
        ({"phone": ""}, {"phone": "PDA"}, True), ({"phone": ""}, {"phone": "PDA 2"}, True), ({"phone": ""}, {"phone": None}, True),
        ({"phone": ""}, {"phone": "14155551212"}, False), ({"phone": ""}, {"phone": "PDA x"}, False),
        # Where there is no name of the platform, its word counts.
        ({}, {"platform_name": None}, False), ({}, {"platform_name": None, "platform": "Android"}, True),
        ({"platform": "windows_phone"}, {"platform_name": "Windows 8.1"}, True), ({"platform": "windows_phone"}, {"platform_name": "Windows 11"}, False),
    ],
)
def test_which_device_is_the_one_that_is_meant(wanted, have, fits):
    one, want = device(**have), replace(WANTED, **wanted)
    assert (matching(want, [one]) == one) is fits
    plan = plan_registration(want, [one])
    assert (plan.unchanged == (want,)) is fits and (plan.changes == ()) is fits


def test_an_active_device_is_told_before_others_and_then_the_newest():
    pending, active, newer = device("9", state="VERIFIED"), device("2"), device("3")
    assert matching(WANTED, [pending, active, newer]) == newer
    assert matching(WANTED, [pending, device("10", state="VERIFIED")]).id == "10"


def test_the_plan_for_a_new_device():
    [change] = plan_registration(WANTED, []).changes
    assert (change.before, change.after, change.write) == ({"registered": False}, {"registered": True}, WANTED)
    assert change.subject.identity == {"user": "jdoe", "platform": "android", "phone_number": "4155551212"}
    assert change.subject.title == "android device of 'jdoe' with the phone number 4155551212"
    assert replace(WANTED, phone="").title == "android device of 'jdoe' without a phone number"


SECRETS = {"passcode": "63460", "passcodeTTL": 120, "registrationUrl": "http://e/v/75b13"}
MADE = Registered(UUID, passcode="63460", ttl=120, url="http://e/v/75b13")


@pytest.mark.parametrize(
    ("answer", "made", "said", "certain"),
    [
        # As the two documents have it.
        ({"phoneNumber": "1", "registration": {"messages": None, "deviceUid": UUID, "status": "SUCCESS", **SECRETS}}, MADE, "", True),
        ({"registration": {"messages": {}, "deviceUuid": UUID.upper(), "status": "SUCCESS", **SECRETS}}, MADE, "", True),
        # Both elements with messages, as JSON may have them.
        ({"registration": {"messages": [{}, {"message": "Success"}], "deviceUid": UUID, **SECRETS}}, MADE, "Success", True),
        ({"registration": [{"messages": [None, None], "deviceUid": UUID, "status": "VERIFICATION_PENDING", **SECRETS}]}, MADE, "", True),
        # The root may be gone.
        ({"messages": "", "deviceUid": UUID, "status": "SUCCESS", **SECRETS}, MADE, "", True),
        ({"registration": {"deviceUid": UUID, "passcode": "", "passcodeTTL": "120"}}, Registered(UUID, ttl=120), "", True),
        # HTTP 200, and no success.
        ({"registration": {"messages": {"message": "User not found"}}}, Registered(), "User not found", False),
        ({"messages": {"message": "countryCode is required"}}, Registered(), "countryCode is required", False),
        ({"registration": {"messages": {"message": ["a", "b"]}, "deviceUid": UUID}}, Registered(UUID), "a; b", False),
        ({"registration": {"deviceUid": UUID, "status": "FAILED"}}, Registered(UUID), "", False),
        ({"registration": {"deviceUid": UUID, "status": "SUCCESS", "messages": {"message": "Success not possible"}}},
         Registered(UUID), "Success not possible", False),
        ({"registration": {"deviceUid": "no uuid", "status": "SUCCESS"}}, Registered("no uuid"), "", False),
        ({"registration": {"status": "SUCCESS"}}, Registered(), "", False),
        ({"result": 0}, Registered(), "", False), ({}, Registered(), "", False), ([], Registered(), "", False), (None, Registered(), "", False),
        ({"registration": "Success"}, Registered(), "", False), ({"registration": {"messages": [7, {"message": 8}]}}, Registered(), "7; 8", False),
    ],
)
def test_the_answer_of_a_registration(answer, made, said, certain):
    assert registered(answer) == (made, said, certain)


def test_nothing_that_may_be_printed_shows_what_is_secret():
    assert "63460" not in repr(MADE) and "75b13" not in repr(MADE)


class Lists:
    """Answers every read with the same devices, and keeps what it was asked for."""

    def __init__(self, *devices):
        self.devices = devices
        self.asked = []

    def find(self, selection, *, keep_rows):
        self.asked.append(selection)
        return Found(self.devices if keep_rows else ())


@pytest.mark.parametrize(
    ("index", "pending", "found", "looked"),
    [
        # What the index does not show yet is in the lists of what is pending, which are read only then.
        ((), (device(state="VERIFICATION_PENDING"),), True, True), ((device(),), (), True, False),
        ((device(state="RETIRED"), device(user="x")), (), False, True), ((), (device(user="x"),), False, True),
    ],
)
def test_an_index_that_is_late_hides_no_registration(index, pending, found, looked):
    calls, lists = RegistrationCalls(), Lists(*pending)
    calls.find, calls._v1 = Lists(*index).find, lists
    assert (matching(WANTED, calls.registrations(WANTED)) is not None) is found
    assert [set(selection.statuses) for selection in lists.asked] == [
        {"VERIFICATION_PENDING", "VERIFIED", "IENROLL_VERIFIED", "IENROLL_INPROGRESS", "IENROLL_COMPLETE"}] * looked


def test_of_a_name_with_a_slash_the_active_devices_are_looked_through_too():
    """HTTP 404 to a path with an encoded slash is an empty list in API v1, and a device that is active would be registered again."""
    for name, listed in (("sales/emea", True), ("sales\\emea", True), ("sales.emea", False)):
        calls, lists = RegistrationCalls(), Lists(device(user=name))
        calls.find, calls._v1 = Lists().find, lists
        wanted = replace(WANTED, user=name)
        calls.registrations(wanted)
        assert ["ACTIVE" in selection.statuses for selection in lists.asked] == [listed]
