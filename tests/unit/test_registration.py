# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registering a device: options, when a device is the one that is meant, and how answers of the
server are read."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import Found
from ansible_collections.ivanti.uem.plugins.module_utils._families.reference.model import (
    Country,
    Operator,
    operator_of,
    require_country,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.registration.epmm import (
    EpmmRegistrations,
    registered,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.registration.model import (
    Registered,
    Registration,
    completed,
    matching,
    parse_registration,
    parse_registrations,
    plan_registration,
    platforms_of,
    require_person,
    same_phone,
    without_secrets,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.users.model import User

from ..growth import grows_with_its_text

# fmt: off
OPTIONS = {
    "user": "jdoe", "platform": "android", "phone_number": "4155551212", "country_code": 1, "operator": None, "employee_owned": False,
    "import_from_ldap": None, "first_name": None, "last_name": None, "email": None, "notify_user": False, "notify_by_sms": False,
    "return_secrets": False, "device_type": None,
}
# fmt: on
WANTED = Registration("jdoe", "android", "4155551212", "1")
UUID = "caba40e7-f56b-44aa-ac70-79e32e91adf8"
# What a registration is once it has been completed.
NAMED = replace(
    WANTED, from_ldap=False, first_name="Joe", last_name="Doe", email="jdoe@example.com"
)
JDOE = User(
    "9004", "u", "jdoe", email="jdoe@example.com", first_name="Joe", last_name="Doe", source="local"
)


def device(number="1", *, user="jdoe", phone="14155551212", state="ACTIVE", **row):
    return Device(
        number,
        UUID,
        uid=user,
        state=state,
        row={"platform_name": "Android 14", "phone_number": phone, **row},
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {}),
        ({"country_code": "+1"}, {}), ({"country_code": " 1 "}, {}), ({"country_code": "49"}, {"country": "49"}),
        ({"phone_number": "+1 (415) 555-1212"}, {}), ({"phone_number": "415-555-1212"}, {}), ({"phone_number": "001 415 555-1212"}, {}),
        # Only a plus sign, or two zeros, say that the country code is there.
        ({"phone_number": "14155551212"}, {"phone": "14155551212"}),
        ({"phone_number": None}, {"phone": "", "kind": "pda"}),
        ({"device_type": "phone"}, {}), ({"device_type": "pda"}, {"kind": "pda"}),
        ({"device_type": "pda", "phone_number": None}, {"phone": "", "kind": "pda"}),
        ({"user": " jdoe "}, {}), ({"user": "日本/{{ x }}"}, {"user": "日本/{{ x }}"}),
        ({"operator": " Verizon "}, {"operator": "Verizon"}), ({"email": ""}, {}),
        ({"import_from_ldap": True, "notify_by_sms": True}, {"from_ldap": True, "notify_by_sms": True}),
    ],
)  # fmt: skip
def test_options_are_read(options, expected):
    assert parse_registration({**OPTIONS, **options}) == replace(WANTED, **expected)


def listed(*entries):
    return parse_registrations({**OPTIONS, "registrations": list(entries)})


def test_entries_have_what_the_task_gives_and_values_of_their_own():
    one, two = listed(
        {"user": "a", "phone_number": "4155550001", "employee_owned": "yes", "notify_user": 0},
        {"platform": "ios", "phone_number": "", "country_code": "49", "email": None},
    )
    assert one == replace(WANTED, user="a", phone="4155550001", employee_owned=True)
    assert two == replace(WANTED, platform="ios", country="49")


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([], "registrations: is empty"), (["jdoe"], r"registrations\[0\].user: must be a key of a mapping, got 'jdoe'"),
        ([{}, {"phone_nmber": 1}], r"registrations\[1\].phone_nmber: is not an option of a registration .nearest: 'phone_number'"),
        ([{}, {"platform": "amiga"}], r"registrations\[1\].platform: 'amiga' is not a platform"),
        ([{"country_code": "US"}, {"user": " "}, {"user": ".."}], r"^registrations\[0\].country_code: 'US' .* 2 other entries are wrong as well"),
        ([{"employee_owned": "perhaps"}], r"registrations\[0\].employee_owned: 'perhaps' is neither true nor false"),
        ([{"device_type": "tablet"}], r"registrations\[0\].device_type: 'tablet' is not one of phone, pda"),
        ([{}, {"user": "b"}, {"user": "JDOE", "phone_number": "0415 555-1212"}], r"registrations\[2\]: is the same .* as registrations\[0\]"),
        ([{"phone_number": "4.155551212E9"}], r"registrations\[0\].phone_number: "),
    ],
)  # fmt: skip
def test_entries_that_make_no_sense_are_named_by_their_place(entries, words):
    with pytest.raises(OptionError, match=words) as caught:
        listed(*entries)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"country_code": None}, "country_code: is missing"),
        ({"country_code": ""}, "country_code: '' is not a country code"), ({"country_code": "US"}, "'US' is not a country code"),
        ({"country_code": 0}, "0 is not a country code"), ({"country_code": True}, "True is not a country code"),
        ({"country_code": "123456"}, "is not a country code"), ({"country_code": "１"}, "is not a country code"),
        ({"country_code": 1.5}, "1.5 is not a country code"), ({"country_code": "1\n"}, None),
        ({"phone_number": 4155551212}, "phone_number: YAML reads the value as a number, which may not be what was written; write it in quotes"),
        ({"phone_number": "PDA"}, "phone_number: 'PDA' is not a phone number"), ({"phone_number": ""}, "is not a phone number"),
        ({"phone_number": "0049 151 2345678"}, "is a number of another country than country_code 1"),
        ({"phone_number": "+49 151 2345678"}, "is a number of another country than country_code 1; change one of the two"),
        ({"phone_number": "+1 4155"}, "too short"), ({"phone_number": "000000"}, "too short for a phone number; leave it out"),
        ({"user": ""}, "user: '' is neither the name nor the e-mail address"), ({"user": None}, "user: is missing"),
        ({"user": "a\nb"}, "is neither the name nor"), ({"user": ".."}, "user: '..' is neither"),
        ({"platform": None}, "platform: is missing"),
        ({"device_type": "phone", "phone_number": None}, "phone_number: is missing, and a device of the type phone needs one"),
        ({"email": "Anna <anna@example.com>"}, "email: 'Anna <anna@example.com>' is how mail programs write an address; give 'anna@example.com'"),
        ({"email": "mailto:anna@example.com"}, "email: 'mailto:anna@example.com' is how mail programs write an address"),
        ({"email": "not an address"}, "email: 'not an address' is not an e-mail address; give it like"),
        ({"email": "anna"}, "email: 'anna' is not an e-mail address"), ({"email": "a@b@c"}, "email: 'a@b@c' is not an e-mail address"),
        ({"email": "a\tb"}, "email: 'a\\tb' has control characters"), ({"operator": "x\x00"}, "operator: "),
    ],
)  # fmt: skip
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
        # What the server has stands in for what is left out; the names of a user of LDAP are the
        # directory's affair.
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
)  # fmt: skip
def test_what_is_left_out_comes_from_the_server(given, user, expected):
    assert completed(replace(WANTED, **given), user) == replace(WANTED, **{**given, **expected})


@pytest.mark.parametrize(
    "lacking", [("first_name",), ("email",), ("first_name", "last_name", "email")]
)
@pytest.mark.parametrize("from_ldap", [None, False])
def test_a_new_local_user_needs_a_name_and_an_address(lacking, from_ldap):
    wanted = replace(
        WANTED,
        from_ldap=from_ldap,
        **{name: "" if name in lacking else "x" for name in ("first_name", "last_name", "email")},
    )
    with pytest.raises(
        OptionError,
        match=f"^{', '.join(lacking)}: missing; the server has no user 'jdoe'.*nothing was done",
    ):
        completed(wanted, None)


@pytest.mark.parametrize("user", [JDOE, replace(JDOE, source="ldap"), replace(JDOE, source="77")])
@pytest.mark.parametrize(
    "lacking", [("last_name",), ("last_name", "email"), ("first_name", "last_name", "email")]
)
def test_a_local_user_whom_the_server_has_without_a_name_needs_one_too(user, lacking):
    user = replace(user, **dict.fromkeys(lacking, ""))
    wanted = completed(replace(WANTED, from_ldap=False), user)
    with pytest.raises(
        OptionError,
        match=f"^{', '.join(lacking)}: missing; the server does not have all of these for 'jdoe' either.* Give them; nothing was done",
    ):
        plan_registration(wanted, [])
    # Not where nothing is to be registered, nor where the directory knows the name, nor where the
    # task does.
    assert plan_registration(wanted, [device()]).unchanged == (wanted,)
    assert plan_registration(completed(replace(WANTED, from_ldap=True), user), []).changes
    given = replace(WANTED, from_ldap=False, **dict.fromkeys(lacking, "x"))
    assert plan_registration(completed(given, user), []).changes


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
)  # fmt: skip
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
)  # fmt: skip
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
        ({}, {"platform_name": None}, False), ({}, {"platform_name": None, "platform": "android"}, True),
        ({"platform": "windows_phone"}, {"platform_name": "Windows 8.1"}, True), ({"platform": "windows_phone"}, {"platform_name": "Windows 11"}, False),
    ],
)  # fmt: skip
def test_which_device_is_the_one_that_is_meant(wanted, have, fits):
    one, want = device(**have), replace(NAMED, **wanted)
    assert (matching(want, [one]) == one) is fits
    plan = plan_registration(want, [one])
    assert (plan.unchanged == (want,)) is fits and (plan.changes == ()) is fits


def test_an_active_device_is_told_before_others_and_then_the_newest():
    pending, active, newer = device("9", state="VERIFIED"), device("2"), device("3")
    assert matching(WANTED, [pending, active, newer]) == newer
    assert matching(WANTED, [pending, device("10", state="VERIFIED")]).id == "10"


def test_the_plan_for_a_new_device():
    [change] = plan_registration(NAMED, []).changes
    assert (change.before, change.after, change.write) == (
        {"registered": False},
        {"registered": True},
        NAMED,
    )
    assert change.subject.identity == {
        "user": "jdoe",
        "platform": "android",
        "phone_number": "4155551212",
    }
    assert change.subject.title == "android device of 'jdoe' with the phone number 4155551212"
    assert replace(WANTED, phone="").title == "android device of 'jdoe' without a phone number"


SECRETS = {"passcode": "63460", "passcodeTTL": 120, "registrationUrl": "http://e/v/75b13"}
MADE = Registered(UUID, passcode="63460", ttl=120, url="http://e/v/75b13")


@pytest.mark.parametrize(
    ("answer", "made", "said", "certain"),
    [
        # As the two documents have it.
        ({"phoneNumber": "14085551212", "registration": {"messages": None, "deviceUid": UUID, "status": "SUCCESS", **SECRETS}},
         replace(MADE, phone="14085551212"), "", True),
        ({"phoneNumber": "PDA 2", "registration": {"deviceUid": UUID, **SECRETS}}, replace(MADE, phone="PDA 2"), "", True),
        ({"phoneNumber": 14085551212, "registration": {"deviceUid": UUID, **SECRETS}}, replace(MADE, phone="14085551212"), "", True),
        ({"phoneNumber": "", "registration": {"deviceUid": UUID, **SECRETS}}, MADE, "", True),
        # "5-digit numeric passcode": a number has no zeros in front, and a text has those that it
        # shall have.
        *(({"registration": {"deviceUid": UUID, **SECRETS, "passcode": raw}}, replace(MADE, passcode=passcode), "", True)
          for raw, passcode in ((63460, "63460"), (3460, "03460"), (7, "00007"), (0, "00000"), ("03460", "03460"), ("3460", "3460"),
                                ("", ""), (None, ""))),
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
)  # fmt: skip
def test_the_answer_of_a_registration(answer, made, said, certain):
    assert registered(answer) == (made, said, certain)


def test_nothing_that_may_be_printed_shows_what_is_secret():
    assert "63460" not in repr(MADE) and "75b13" not in repr(MADE)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        # What a server may say of a registration that it made, in words of which no document says
        # anything.
        ("Registered. Your passcode: PC-9876", "Registered. Your passcode: ********"), ("Passcode 63460", "Passcode ********"),
        ("odd: passcode PC-98 url https://x/go/PC-98", "odd: passcode ******** url ********"), ("PIN is 634", "PIN is ********"),
        ("Use 63460 within 120 hours", "Use ******** within 120 hours"), ("code 63 460, please", "code ******** please"),
        ("6-3-4-6-0", "********"), ("6_3_4_6_0", "********"), ("Code=6 3 4 6 0!", "********"), ("PC-9876", "********"),
        ("passcode=hunter&x=1", "********"), ("The passcode is hunter now", "The passcode is ******** now"),
        ('{"passcode":"hunter","ttl":120}', None), ("<passcode>hunter</passcode>", None), ("pass code: hunter", "pass code: ********"),
        ("registrationUrl: e/enrol", "registrationUrl: ********"), ("pins are hunter", "pins are ********"),
        ("Passcode for the device of jdoe 7a", "Passcode for the device of jdoe ********"), ("passcode\thunter2", "passcode\t********"),
        ("Enrol at http://e.example.com:8080/v/75b13.", "Enrol at ********"), ("see e.example.com/v/enrol", "see ********"),
        ("(www.example.com)", "********"), ("at /v/75b13", "at ********"), ("http:\\/\\/e\\/v", "********"), ("http%3A%2F%2Fe%2Fv%2F7", "********"),
        ("４５６７８", "********"), ("٤٥٦٧٨", "********"), ("caba40e7-f56b-44aa-ac70-79e32e91adf8", "********"),
        ("passcode\n63 460; url v/7", "passcode\n******** url ********"),
        # And what tells why it did not.
        ("No country has the code 999", "No country has the code 999"), ("The license count is exceeded", "The license count is exceeded"),
        ("User jdoe and/or device not found", "User jdoe and/or device not found"), ("shipping, curled, opinion 7", "shipping, curled, opinion 7"),
        ("No passcode could be made. Call 911.", "No passcode could be made. Call 911."), ("", ""), ("messages", "messages"),
    ],
)  # fmt: skip
def test_what_a_server_says_of_a_registration_shows_no_passcode_and_no_address(said, shown):
    told = without_secrets(said)
    assert told == (told if shown is None else shown)
    assert not any(
        secret in told
        for secret in (
            "hunter",
            "634",
            "460",
            "9876",
            "PC-98",
            "75b13",
            "example",
            "enrol/",
            "/v",
            "%2Fv",
            "456",
        )
    )


@pytest.mark.parametrize(
    "part",
    [
        "passcode ",
        "passcode:",
        "1",
        "1 ",
        "1.",
        "/",
        "./",
        ":",
        ": ",
        "is ",
        "url;",
        "pin=",
        "a",
        "\n",
        "%2f",
        '="',
        "9a ",
    ],
)
def test_a_long_text_is_read_in_no_time(part):
    assert grows_with_its_text(without_secrets, part)


COUNTRIES = [
    Country("United States", "1"),
    Country("Canada", "+1"),
    Country("Germany", "0049"),
    Country("Uzbekistan", "998"),
    Country("Nowhere", ""),
]
# fmt: off
CARRIERS = [
    Operator("1", "Verizon", country_code="1", country_name="United States"), Operator("2", "Rogers ", country_code="1", country_name="Canada"),
    Operator("3", "Telekom.de", country_code="49", country_name="Germany"), Operator("4", "Anywhere"),
    Operator("5", "O2", country_code="44", country_name="United Kingdom"), Operator("6", "o2", country_code="49", country_name="Germany"),
]
# fmt: on


@pytest.mark.parametrize(
    ("code", "countries", "operators", "words"),
    [
        ("1", COUNTRIES, (), None), ("49", COUNTRIES, (), None), ("44", COUNTRIES, CARRIERS, None),
        ("499", COUNTRIES, (), "the server knows no country with the code 499 (nearest: 49 (Germany)"),
        ("12", COUNTRIES, (), "with the code 12 (nearest: 1 (United States, Canada)); nothing"), ("7", COUNTRIES, (), "with the code 7; nothing"),
        # What has no list, or no codes in it, says nothing; operators alone do not either.
        ("7", (), (), None), ("7", (), CARRIERS, None), ("7", [Country("Nowhere", "")], CARRIERS, None),
    ],
)  # fmt: skip
def test_whether_a_country_is_known(code, countries, operators, words):
    if words is None:
        require_country(code, countries, operators)
        return
    with pytest.raises(OptionError, match="^country_code: ") as error:
        require_country(code, countries, operators)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("name", "code", "operators", "found"),
    [
        ("Verizon", "1", CARRIERS, "Verizon"), ("VERIZON", "1", CARRIERS, "Verizon"), ("Rogers", "1", CARRIERS, "Rogers "), ("o2", "44", CARRIERS, "O2"),
        ("O2", "49", CARRIERS, "o2"), ("Anywhere", "49", CARRIERS, "Anywhere"), ("", "1", (), ""), ("x", "1", (), "x"), ("PDA", "1", CARRIERS, "PDA"),
        ("pda", "49", CARRIERS, "pda"),
    ],
)  # fmt: skip
def test_how_an_operator_is_spelt(name, code, operators, found):
    assert operator_of(name, code, operators) == found


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("Verizn", "1", "operator: the server knows no operator 'Verizn' (nearest: 'Verizon'); nothing was done. Correct operator or country_code; "),
        ("Verizn", "49", "operator: the server knows no operator 'Verizn'; nothing was done"),
        ("verizon", "49", "operator: 'verizon' is an operator of United States (country_code 1), and of no country with the country_code 49; nothing was"),
        ("Telekom.de", "44", "is an operator of Germany (country_code 49), and of no country with the country_code 44; "),
    ],
)  # fmt: skip
def test_an_operator_that_there_is_not(name, code, words):
    with pytest.raises(OptionError) as error:
        operator_of(name, code, CARRIERS)
    assert words in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "email", "known"),
    [
        ("jdoe", "", True), ("JDoe", "", True), ("jdoe@corp.example.com", "", True), ("CORP\\jdoe", "", True), ("x", "jdoe@example.com", True),
        ("jdoe2", "", False), ("x", "x@jdoe", False), (None, "", False),
    ],
)  # fmt: skip
def test_who_is_in_the_directory(name, email, known):
    people = [] if name is None else [User("", "", "other"), User("", "", name, email=email)]
    if known:
        require_person(WANTED, people)
        return
    with pytest.raises(
        OptionError,
        match="^user: the server has no user 'jdoe', and finds nobody called so in its directory",
    ) as error:
        require_person(WANTED, people)
    assert ("(nearest: 'jdoe2')" in str(error.value)) is (name == "jdoe2")


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
        # What the index does not show yet is in the lists of what is pending, which are read only
        # then.
        ((), (device(state="VERIFICATION_PENDING"),), True, True), ((device(),), (), True, False),
        ((device(state="RETIRED"), device(user="x")), (), False, True), ((), (device(user="x"),), False, True),
    ],
)  # fmt: skip
def test_an_index_that_is_late_hides_no_registration(index, pending, found, looked):
    lists = Lists(*pending)
    calls = EpmmRegistrations(SimpleNamespace(find=Lists(*index).find, api=None, v1=lists))
    assert (matching(WANTED, calls.registrations(WANTED)) is not None) is found
    assert [set(selection.statuses) for selection in lists.asked] == [{"pending"}] * looked


def test_of_a_name_with_a_slash_the_active_devices_are_looked_through_too():
    """HTTP 404 to a path with an encoded slash is an empty list in API v1, and a device that is
    active would be registered again."""
    for name, listed in (("sales/emea", True), ("sales\\emea", True), ("sales.emea", False)):
        lists = Lists(device(user=name))
        calls = EpmmRegistrations(SimpleNamespace(find=Lists().find, api=None, v1=lists))
        wanted = replace(WANTED, user=name)
        calls.registrations(wanted)
        assert ["active" in selection.statuses for selection in lists.asked] == [listed]
