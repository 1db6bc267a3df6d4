# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and passwords: options, the plan, and how answers of the server are read."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.users import epmm as users
from ansible_collections.ivanti.uem.plugins.module_utils._families.users.model import (
    PasswordWrite,
    User,
    UserFilter,
    parse_filter,
    parse_password,
    parse_user,
    plan_password,
)

JDOE = User("9004", "f89d8cbf-59d7-47e6-97c2-4681ed8f954a", "jdoe", email="Joe@example.com")


@pytest.mark.parametrize(
    ("named", "text", "wanted"),
    [
        (["jdoe", " jdoe ", "a@b"], None, UserFilter(("jdoe", "a@b"))),
        (["日本.太郎", "{{ 7*7 }}", "a/b"], None, UserFilter(("日本.太郎", "{{ 7*7 }}", "a/b"))),
        (None, "jo", UserFilter(text="jo")), (None, " jo ", UserFilter(text="jo")), ([], "jo", UserFilter(text="jo")),
    ],
)  # fmt: skip
def test_options_that_choose_users(named, text, wanted):
    assert parse_filter(named, text) == wanted


@pytest.mark.parametrize(
    ("named", "text", "words"),
    [
        (None, None, "users and ldap_search: both are null"), ([], None, "users: is empty; name at least one user"),
        (["jdoe", ""], None, "users[1]: '' is neither the name nor the e-mail address of a user"),
        (["a\nb"], None, "users[0]: 'a\\nb' is neither"), (["."], None, "users[0]: '.' is neither"), ([None], None, "users[0]: None is neither"),
        (["\udc80"], None, "users[0]: "),
        (None, "", "ldap_search: '' is too short; the server searches for 2 characters or more"), (None, " j ", "is too short"),
        (None, "..", "ldap_search: '..' cannot be a part of a user's name"), (None, "a\x00b", "cannot be a part"),
    ],
)  # fmt: skip
def test_options_that_choose_nobody(named, text, words):
    with pytest.raises(OptionError) as error:
        parse_filter(named, text)
    assert words in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("raw", ["mailto:ada@example.com", "Ada Li <ada@example.com>"])
def test_what_mail_programs_write_is_no_user(raw):
    with pytest.raises(OptionError, match="give 'ada@example.com' itself"):
        parse_user(raw, "user")


@pytest.mark.parametrize("raw", ["", "  ", "a\nb", "a\x00", ".", "..", None])
def test_what_is_no_user(raw):
    with pytest.raises(
        OptionError,
        match=r"^user: .* is neither the name nor the e-mail address of a user; give one of them\.$",
    ):
        parse_user(raw, "user")
    assert parse_user(" {{ 7*7 }} 日本 ", "user") == "{{ 7*7 }} 日本"


@pytest.mark.parametrize(
    ("name", "called"),
    [("jdoe", True), ("JDoe", True), ("joe@EXAMPLE.com", True), ("jdoe2", False), ("joe", False)],
)
def test_a_user_is_called_by_name_or_address(name, called):
    assert JDOE.is_called(name) is called
    assert parse_user(f" {name}\t", "user") == name


@pytest.mark.parametrize(
    "password", ["12345678", "x" * 20, "p\"w/&<ü>'x1", "with blank inside", "{{ 7*7 }}", " 1234567"]
)
def test_passwords_that_can_be(password):
    assert parse_password(password, "new_password", new=True) == password


@pytest.mark.parametrize(
    ("password", "new", "words"),
    [
        (None, True, "p: is empty; give the password."), ("", True, "p: is empty"), ("", False, "p: is empty; give the password, or leave it out."),
        ("x234567", True, "p: has 7 characters, and the server takes 8 to 20"), ("x" * 21, True, "p: has 21 characters"),
        ("secret123\n", True, "p: has a line break or another character that nobody can type"), ("secret\x00123", False, "nobody can type"),
        ("secret\udc80123", True, "nobody can type"),
    ],
)  # fmt: skip
def test_passwords_that_cannot_be_are_not_shown(password, new, words):
    with pytest.raises(OptionError) as error:
        parse_password(password, "p", new=new)
    assert words in str(error.value)
    assert not password or (password not in str(error.value) and "secret" not in str(error.value))


def test_a_present_password_has_any_length_and_may_be_left_out():
    assert (
        parse_password("jdoe", "p", new=False) == "jdoe"
        and parse_password(None, "p", new=False) is None
    )


@pytest.mark.parametrize(("fits", "changes"), [(True, 0), (False, 1), (None, 1)])
def test_the_plan_for_a_password(fits, changes):
    plan = plan_password(JDOE, fits=fits, new="new-secret", current="old-secret")
    assert (len(plan.changes), len(plan.unchanged)) == (changes, 1 - changes)
    for change in plan.changes:
        assert (change.before, change.after) == (
            {"password": "(the present one)"},
            {"password": "(the new one)"},
        )
        assert change.write == PasswordWrite("new-secret", "old-secret", certain=fits is False)
    assert "secret" not in repr(plan)


@pytest.mark.parametrize(
    ("said", "names", "verdict"),
    [
        ("Password changed successfully for user: jdoe", ("jdoe", "n3w-one", None), True),
        ("Password not changed for user: jdoe. The old password is missing.", ("jdoe", "x", None), False),
        ("Invalid action", ("jdoe", "x", None), False), ("Thank you", ("jdoe", "x", None), False),
        ("", ("jdoe", "x", None), None),
        # What depends on the name, or on a password that the server repeats, is open.
        ("Password changed successfully for user: no", ("no", "x", None), None),
        ("Password changed successfully for user: no-reply", ("no-reply", "x", None), None),
        ("Changed for user: success", ("success", "x", None), None),
        ("Password changed successfully for user: s", ("s", "x", None), True),
        ("Password changed successfully for user: JDOE", ("jdoe", "x", None), True),
        ("Password changed successfully from cannot1! to x", ("jdoe", "x", "cannot1!"), True),
        ("Password changed successfully from oh no! to x", ("jdoe", "x", "oh no!"), None),
    ],
)  # fmt: skip
def test_what_a_message_says_of_a_password(said, names, verdict):
    assert users._verdict(said, *names) is verdict


# Find a User, as the document has it, in JSON.
# fmt: off
RAW = {
    "@id": "9001", "uuid": "F89D8CBF-59d7-47e6-97c2-4681ed8f954a", "principal": "miadmin", "createdAt": 1374085200000,
    "displayName": "miadmin", "email": "miadmin@mobileiron.com", "enabled": True, "firstName": "miadmin", "forcePasswordChange": False,
    "lastAdminPortalLoginTime": 1374178220915, "lastName": "", "opaque": True, "roles": ["ROLE_MPW_LOCK", "ROLE_API"], "userSource": 76,
}
ROW = {
    "id": "9001", "uuid": "f89d8cbf-59d7-47e6-97c2-4681ed8f954a", "name": "miadmin", "display_name": "miadmin", "first_name": "miadmin",
    "last_name": "", "email": "miadmin@mobileiron.com", "enabled": True, "source": "local", "roles": ["ROLE_MPW_LOCK", "ROLE_API"],
    "force_password_change": False, "created_at": "2013-07-17T18:20:00Z", "last_login_at": "2013-07-18T20:10:20Z",
    "opaque": True, "google_apps_encryption_version": None,
}
# fmt: on


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({}, {}), ({"@id": None, "id": 9001}, {}), ({"roles": "ROLE_API"}, {"roles": ["ROLE_API"]}),
        ({"roles": None}, {"roles": []}), ({"roles": ""}, {"roles": []}),
        ({"userSource": 68}, {"source": "ldap"}), ({"userSource": "68"}, {"source": "ldap"}), ({"userSource": 77}, {"source": "77"}),
        ({"userSource": None}, {"source": ""}), ({"enabled": "false"}, {"enabled": False}), ({"enabled": "perhaps"}, {"enabled": None}),
        ({"createdAt": "1374085200000"}, {}), ({"createdAt": 0}, {"created_at": None}), ({"createdAt": ""}, {"created_at": None}),
        ({"createdAt": "2013-07-17T20:20:00+02:00"}, {}), ({"createdAt": "yesterday"}, {"created_at": None}),
        ({"createdAt": [1]}, {"created_at": None}), ({"lastAdminPortalLoginTime": None}, {"last_login_at": None}),
        ({"@id": None, "uuid": None}, {"id": None, "uuid": None}), ({"email": None}, {"email": ""}),
        ({"principal": "{{ 7*7 }}\n"}, {"name": "{{ 7*7 }}\n"}),
    ],
)  # fmt: skip
def test_a_user_is_read(raw, expected):
    user = users._user({**RAW, **raw})
    assert user.row == {**ROW, **expected}
    assert (user.name, user.email, user.enabled, user.source) == tuple(
        user.row[name] for name in ("name", "email", "enabled", "source")
    )
    assert user.identity == {name: user.row[name] for name in ("id", "uuid", "name")}


def test_somebody_of_the_directory_lacks_what_the_server_gives():
    raw = {
        name: RAW[name]
        for name in (
            "principal",
            "displayName",
            "email",
            "firstName",
            "forcePasswordChange",
            "lastName",
            "opaque",
        )
    }
    row = users._user({**raw, "enabled": False, "userSource": 68}).row
    nothing = {"id": None, "uuid": None, "roles": [], "created_at": None, "last_login_at": None}
    assert row == {**ROW, **nothing, "enabled": False, "source": "ldap"}


@pytest.mark.parametrize(
    "raw",
    [
        {"principal": ""},
        {"principal": None},
        {"roles": [{"role": "ROLE_API"}]},
        {"roles": {"role": "x"}},
    ],
)
def test_a_user_that_cannot_be_one(raw):
    with pytest.raises(
        AnswerError, match="sent a user without a name, or with roles that are not texts"
    ):
        users._user({**RAW, **raw})


class Server(users.EpmmUsers):
    """Answers every read with the same."""

    def __init__(self, answer):
        super().__init__(SimpleNamespace(v1=self))
        self._answer = answer

    def lists(self, endpoint, path=None, query=()):
        return self._answer


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"userName": "miadmin", "messages": None, "user": RAW}, "miadmin"), ({"user": [RAW]}, "miadmin"), ({"users": {"user": RAW}}, "miadmin"),
        (None, None), ({"messages": {"message": "No data found"}}, None),
        ({"user": {**RAW, "principal": "MIADMIN"}}, "MIADMIN"), ({"user": {**RAW, "principal": "x", "email": "MiAdmin"}}, "x"),
    ],
)  # fmt: skip
def test_the_answer_for_one_user(answer, found):
    user = Server(answer).user("miadmin")
    assert (user and user.name) == found


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"user": {**RAW, "principal": "other", "email": "o@x"}}, "was asked for the user 'miadmin' and sent 'other'"),
        ({"messages": {"message": "Invalid action"}}, "HTTP 200 without users: Invalid action"), ([], "not an object"), ({"user": "miadmin"}, "not objects"),
    ],
)  # fmt: skip
def test_an_answer_that_is_not_about_the_user_is_not_believed(answer, words):
    with pytest.raises(AnswerError, match=words):
        Server(answer).user("miadmin")


def test_several_users_of_one_address_are_told_and_none_is_taken():
    others = {
        "user": [
            {**RAW, "principal": "b", "email": "pool@x"},
            {**RAW, "principal": "a", "email": "Pool@x"},
        ]
    }
    with pytest.raises(
        OptionError,
        match="several users called 'pool@x': 'a', 'b'; name the one that is meant by the user id",
    ):
        Server(others).user("pool@x")
    # The same user twice is one.
    assert Server({"user": [RAW, RAW]}).user("miadmin").name == "miadmin"


@pytest.mark.parametrize(("name", "slash"), [("a/b", True), ("a\\b", True), ("a.b", False)])
def test_nobody_with_a_slash_is_no_proof(name, slash):
    for read in (Server(None).user, Server(None).ldap_users):
        if slash:
            with pytest.raises(AnswerError, match="encoded slash"):
                read(name)
        else:
            assert not read(name)


def test_a_search_that_sends_less_than_it_counts():
    with pytest.raises(AnswerError, match="counts 3 users and sent 1"):
        Server({"totalCount": 3, "users": {"user": RAW}}).ldap_users("mi")
