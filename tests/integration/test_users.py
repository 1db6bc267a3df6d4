# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""user_info and user_password, of EPMM."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from ..conftest import ModuleFailed, connection, writes

# Passwords with characters that forms, JSON and addresses each write differently.
OLD, NEW = 'öld+p&ss=1 "/', 'n%w "pä<s&w=1+'
PROOF, CHANGE = (
    ("POST", "/api/v1/sm/authentication"),
    ("PUT", "/api/v1/sm/authentication/users/jdoe"),
)
NASTY = ["{{ 7*7 }}", "jürgen.öz", "日本.太郎", "o'brien", "100%", "a b+c&d=e", "j*"]


@pytest.fixture
def server(epmm):
    """EPMM with a user whose name and password are known."""
    epmm.add_user("jdoe", first="Joe", last="Doe", email="Joe.Doe@example.com")
    epmm.set_password("jdoe", OLD)
    epmm.clear_requests()
    return epmm


def failed(call, module, server, **options) -> dict[str, Any]:
    with pytest.raises(ModuleFailed) as end:
        call(module, server, **options)
    message = end.value.result["msg"]
    assert "\n" not in message and "Traceback" not in message and len(message) < 1000, message
    return end.value.result


def sent(server) -> list[tuple[str, str]]:
    return [(entry["method"], entry["path"]) for entry in server.requests()]


def change(call, server, check_mode=False, **options) -> dict[str, Any]:
    given = {"user": "jdoe", "new_password": NEW, "current_password": OLD, **options}
    return call("user_password", server, check_mode=check_mode, **given)


# user_info


def test_users_are_read_by_name_and_address(call, server):
    options = {
        "users": ["jdoe", "JOE.doe@example.com", "testuser0001"],
        "on_missing": "skip",
    }
    [row] = call("user_info", server, **options)["users"]
    server.clear_requests()
    result = call("user_info", server, **options, query="[].name")
    assert (row["name"], row["first_name"], row["last_name"], row["email"]) == (
        "jdoe",
        "Joe",
        "Doe",
        "Joe.Doe@example.com",
    )
    assert (row["source"], row["enabled"], row["force_password_change"]) == (
        "local",
        True,
        False,
    ) and "ROLE_MPW_LOCK" in row["roles"]
    assert (result["count"], result["missing"], result["query_result"], result["changed"]) == (
        1,
        ["testuser0001"],
        ["jdoe"],
        False,
    )
    # One each, and one that makes sure that a 404 is no wrong address.
    assert result["requests"] == len(server.requests()) <= 4 and writes(server) == []


def test_every_unknown_user_is_named(call, server):
    message = failed(call, "user_info", server, users=["nobody", "jdoe", "no body"])["msg"]
    assert message.startswith(
        "Unknown users: 'nobody', 'no body'. Correct or remove them, set on_missing=skip"
    )


@pytest.mark.parametrize("name", NASTY)
def test_users_of_any_name(call, server, name):
    server.add_user(name, first="{{ 1 }}", last="<b>", email=None)
    [row] = call("user_info", server, users=[name])["users"]
    assert (row["name"], row["first_name"], row["last_name"], row["email"]) == (
        name,
        "{{ 1 }}",
        "<b>",
        "",
    )
    assert server.requests()[0]["path"].endswith(quote(name, safe="")) or server.requests()[0][
        "path"
    ].endswith(name)


@pytest.mark.parametrize("slash", ["reject", "accept"])
def test_a_slash_in_a_name_works_or_is_told(call, server, slash):
    server.set_switch("encoded_slash", slash)
    server.add_user("sales/emea", email="emea@example.com")
    if slash == "accept":
        assert call("user_info", server, users=["sales/emea"])["users"][0]["name"] == "sales/emea"
        # The server says that nobody is called so, which is no proof.
        message = failed(call, "user_info", server, users=["sales/apac"])["msg"]
        assert message.startswith("users: ") and message.endswith(
            "encoded slash; name the user by the e-mail address."
        )
    else:
        for name in ("sales/emea", "sales\\emea"):
            message = failed(call, "user_info", server, users=["jdoe", name], on_missing="skip")[
                "msg"
            ]
            assert message.startswith(f"users: {name!r}: ") and "rename" not in message
            assert message.endswith(
                "encoded slash, and here a name has one; name the user by the e-mail address."
            )
        message = failed(
            call, "user_password", server, user="sales/emea", new_password="Another-1-and-long"
        )["msg"]
        assert message.startswith("user: 'sales/emea': ") and message.endswith(
            "name the user by the e-mail address."
        )
    assert call("user_info", server, users=["emea@example.com"])["users"][0]["name"] == "sales/emea"


@pytest.mark.parametrize("place", [1, 3, 5, 10])
@pytest.mark.parametrize("form", ["collapse", "list"])
def test_as_many_roles_as_the_server_has(call, server, place, form):
    """A single role is a text in JSON, and none is nothing."""
    server.set_switch("one_element", form)
    user = server.users()[place]
    [row] = call("user_info", server, users=[user["principal"]])["users"]
    assert sorted(row["roles"]) == sorted(user["roles"]) and (row["last_login_at"] is None) == (
        not user["roles"]
    )


def test_the_directory_is_searched(call, server):
    names = call("user_info", server, ldap_search="testuser000", query="[?email].name")
    result = call("user_info", server, ldap_search="testuser000")
    assert [row["name"] for row in result["users"]] == [
        f"testuser000{number}" for number in range(1, 10)
    ] and result["requests"] == 1
    assert {(row["id"], row["uuid"], row["source"], row["enabled"]) for row in result["users"]} == {
        (None, None, "ldap", False)
    }
    assert (
        names["query_result"] == [row["name"] for row in result["users"]]
        and result["missing"] == []
    )
    for name in ("日本", "{{ 7", "100%", "a b+c&"):
        assert call("user_info", server, ldap_search=name)["count"] == 1
    nobody = call("user_info", server, ldap_search="no such name")
    assert (nobody["users"], nobody["count"]) == ([], 0)


def test_a_search_that_finds_too_many_says_what_to_do(call, server):
    message = failed(call, "user_info", server, ldap_search="testuser")["msg"]
    assert (
        message.startswith("ldap_search: 'testuser' finds more users than the server returns (100")
        and "give more of the name" in message
    )
    server.set_switch("ldap_search_limit", 200)
    assert call("user_info", server, ldap_search="testuser")["count"] == 130


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        ("user_info", {}, "one of the following is required: users, ldap_search"),
        ("user_info", {"users": ["a"], "ldap_search": "ab"}, "mutually exclusive"),
        ("user_info", {"users": None}, "users and ldap_search: both are null"),
        ("user_info", {"users": []}, "users: is empty"), ("user_info", {"users": ["a\nb"]}, "users[0]: 'a\\nb' is neither the name nor"),
        ("user_info", {"ldap_search": "j"}, "ldap_search: 'j' is too short"), ("user_info", {"users": ["a"], "query": "[?"}, "query: '[?' is not a JMESPath"),
        ("user_password", {"new_password": "1234567"}, "new_password: has 7 characters, and the server takes 8 to 20"),
        ("user_password", {"new_password": 21913025}, "new_password: YAML reads the value as a number, which may not be what was written; write it in quotes"),
        ("user_password", {"new_password": NEW, "current_password": 44022132}, "current_password: YAML reads the value as a number"),
        ("user_password", {"new_password": NEW, "password": 342391}, "password: YAML reads the value as a number"),
        ("user_password", {"new_password": "x" * 21}, "has 21 characters"),
        # ansible-core 2.16 refuses it itself.
        ("user_password", {"new_password": None}, "new_password"),
        ("user_password", {"new_password": "from-a-file\n"}, "new_password: has a line break or another character that nobody can type"),
        ("user_password", {"new_password": NEW, "current_password": ""}, "leave it out"),
        ("user_password", {"new_password": NEW, "user": ""}, "user: '' is neither the name nor the e-mail address"),
        ("user_password", {"new_password": NEW, "update_password": "never"}, "value of update_password must be one of: always, on_change"),
    ],
)  # fmt: skip
def test_what_is_wrong_by_itself_is_told_before_any_request(call, server, module, options, words):
    given = {**({"user": "jdoe"} if module == "user_password" else {}), **options}
    assert words in failed(call, module, server, **given)["msg"] and server.requests() == []


@pytest.mark.parametrize("module", ["user_info", "user_password"])
def test_the_other_product_has_no_users(call, emulator, module):
    options = {"users": ["a"]} if module == "user_info" else {"user": "a", "new_password": NEW}
    assert (
        failed(call, module, emulator, **options)["msg"]
        == "product: neurons does not support users and their passwords; supported by: epmm."
    )
    assert emulator.requests() == []


@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        ("401", {}, "rejected the credentials"), ("403", {}, "HTTP 403"), ("html", {}, "web page"), ("500", {}, "HTTP 500"),
        ("errors_200", {"message": "Not today"}, "Not today"), ("result_zero", {}, "HTTP 200"), ("half_body", {}, "broke"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("options", [{"users": ["jdoe", "x"]}, {"ldap_search": "testuser000"}])
def test_reads_that_fail_find_nobody_unknown(call, server, kind, params, words, options):
    server.add_fault(kind, times=None, **params)
    assert (
        words in failed(call, "user_info", server, retries=0, on_missing="skip", **options)["msg"]
    )


def test_many_users_take_a_request_each(call, server):
    names = [user["principal"] for user in server.users()]
    result = call("user_info", server, users=[*names, *names])
    assert [row["name"] for row in result["users"]] == names and result["requests"] == len(names)


# user_password


def test_a_password_is_set_once(call, server):
    plan = change(call, server, check_mode=True)
    assert writes(server) == [] and server.password_fits("jdoe", OLD)
    result = change(call, server)
    assert (
        {**result, "requests": 0, "writes": 0} == {**plan, "requests": 0, "writes": 0}
        and result["changed"]
        and result["writes"] == 1
    )
    assert (
        result["user"]["name"] == "jdoe"
        and result["user"]["outcome"] == "changed"
        and server.password_fits("jdoe", NEW)
    )
    assert result["diff"] == [
        {
            "before_header": "user 'jdoe'",
            "after_header": "user 'jdoe'",
            "before": 'password: "(the present one)"\n',
            "after": 'password: "(the new one)"\n',
        }
    ]
    server.clear_requests()
    again = change(call, server)
    assert (
        not again["changed"]
        and again["user"]["outcome"] == "unchanged"
        and again["diff"] == []
        and again["writes"] == 0
    )
    assert sent(server) == [("GET", "/api/v1/sm/users/jdoe"), PROOF]
    # A failed proof for each run that found something to change.
    assert server.proofs()["jdoe"]["failed"] == 0


def test_a_user_is_named_by_address_as_well(call, server):
    assert change(call, server, user="joe.doe@EXAMPLE.com")["user"]["name"] == "jdoe" and writes(
        server
    ) == [CHANGE]


@pytest.mark.parametrize("name", NASTY)
def test_passwords_of_users_of_any_name(call, server, name):
    server.add_user(name)
    result = change(call, server, user=name, current_password=name)
    assert (
        result["changed"]
        and server.password_fits(name, NEW)
        and not change(call, server, user=name)["changed"]
    )


def test_always_sets_it_without_a_proof(call, server):
    for current in (OLD, NEW):
        plan = change(
            call, server, check_mode=True, update_password="always", current_password=current
        )
        result = change(call, server, update_password="always", current_password=current)
        assert plan["changed"] and result["changed"] and result["writes"] == 1
    assert PROOF not in sent(server) and server.password_fits("jdoe", NEW)


def test_an_unknown_user_is_told_and_no_password_leaves(call, server):
    for check_mode in (True, False):
        message = failed(
            call, "user_password", server, user="nobody", new_password=NEW, check_mode=check_mode
        )["msg"]
        assert message == "user: the server has no user 'nobody'; correct it. Nothing was done."
    assert {method for method, _path in sent(server)} == {"GET"}


@pytest.mark.parametrize(
    ("saved", "current", "changed"),
    [("yes", OLD, True), ("yes", None, False), ("yes", "wrong-one", False), ("no", None, True)],
)
@pytest.mark.parametrize("failure", ["message", "400"])
def test_the_present_password_where_the_server_wants_it(
    call, server, saved, current, changed, failure
):
    server.set_switch("password_saved", saved)
    server.set_switch("password_failure", failure)
    options = {} if current is None else {"current_password": current}
    if changed:
        assert call("user_password", server, user="jdoe", new_password=NEW, **options)["changed"]
    else:
        result = failed(call, "user_password", server, user="jdoe", new_password=NEW, **options)
        assert (
            "Password not changed for user: jdoe. The old password is missing or not correct"
            in result["msg"]
        )
        assert ("give current_password" if current is None else "Check current_password") in result[
            "msg"
        ]
        assert (result["changed"], result["user"]["outcome"], result["diff"]) == (
            False,
            "failed",
            [],
        )
    assert server.password_fits("jdoe", NEW if changed else OLD)


@pytest.mark.parametrize(("position", "changed"), [("refused", False), ("changed", True)])
def test_the_password_of_a_user_of_ldap_is_the_server_s_affair(call, server, position, changed):
    server.set_switch("password_ldap_user", position)
    server.add_user("ldapuser", local=False)
    if changed:
        assert change(call, server, user="ldapuser", current_password="ldapuser")["changed"]
    else:
        message = failed(
            call,
            "user_password",
            server,
            user="ldapuser",
            new_password=NEW,
            current_password="ldapuser",
        )["msg"]
        assert "Passwords of LDAP users are changed in the directory" in message


@pytest.mark.parametrize("update", ["on_change", "always"])
@pytest.mark.parametrize(
    ("kind", "params", "changed", "words"),
    [
        # The server did it, and its answer does not say so.
        ("lost_answer", {}, True, ""), ("half_body", {}, True, ""), ("truncated_json", {}, True, ""), ("html", {"handled": True}, True, ""),
        ("500", {"handled": True}, True, ""), ("503", {"handled": True}, True, ""),
        # It did nothing.
        ("reset", {}, False, "broke"), ("500", {}, False, "HTTP 500"), ("html", {}, False, "web page"), ("403", {}, False, "HTTP 403"),
        ("401", {}, False, "HTTP 401"), ("429", {}, False, "HTTP 429"), ("vanish", {}, False, "HTTP 404"),
        ("errors_200", {"message": "Not today"}, False, "Not today"), ("result_zero", {}, False, "HTTP 200, but reported no success"),
    ],
)  # fmt: skip
def test_what_an_answer_leaves_open_is_settled_by_a_proof(
    call, server, update, kind, params, changed, words
):
    server.add_fault(kind, method="PUT", times=1, **params)
    options = {
        "user": "jdoe",
        "new_password": NEW,
        "current_password": OLD,
        "update_password": update,
        "retries": 0,
    }
    if changed:
        assert call("user_password", server, **options)["changed"]
    else:
        result = failed(call, "user_password", server, **options)
        assert (
            words in result["msg"]
            and result["user"]["outcome"] == "failed"
            and not result["changed"]
        )
    assert len(writes(server)) == 1, "a change is sent once"
    if kind != "vanish":
        assert server.password_fits("jdoe", NEW if changed else OLD)


def test_what_cannot_be_found_out_is_said(call, server):
    server.add_fault("lost_answer", method="PUT", times=1)
    server.add_fault("500", method="POST", times=1, after=1)
    message = failed(
        call,
        "user_password",
        server,
        user="jdoe",
        new_password=NEW,
        current_password=OLD,
        retries=0,
    )["msg"]
    assert (
        "Whether the password was changed could not be found out: POST /api/v1/sm/authentication "
        "failed: HTTP 500"
    ) in message


def test_the_account_itself(call, server):
    """Once its password is another one, a 401 says nothing of the user any more, for the account's
    own credentials are refused."""
    server.add_fault("lost_answer", method="PUT", times=1)
    server.add_fault("401", after=2, times=None)
    message = failed(
        call,
        "user_password",
        server,
        user="jdoe",
        new_password=NEW,
        current_password=OLD,
        retries=0,
    )["msg"]
    assert (
        "could not be found out: The server rejected the credentials of the user tester" in message
    )


def test_a_write_that_the_server_only_claims_is_found_by_the_next_run(call, server):
    server.add_fault("no_effect", method="PUT", times=1)
    assert (
        change(call, server)["changed"]
        and change(call, server)["changed"]
        and not change(call, server)["changed"]
    )


@pytest.mark.parametrize("position", ["refused", "accepted"])
def test_a_disabled_user_is_warned_about_where_a_proof_says_nothing(call, server, position):
    server.set_switch("proof_disabled_user", position)
    server.add_user("gone", enabled=False)
    first = (
        change(call, server, user="gone", current_password="gone")
        if position == "accepted"
        else None
    )
    if position == "accepted":
        assert first["changed"] and not change(call, server, user="gone")["changed"]
        return
    server.set_switch("password_saved", "no")
    result = call("user_password", server, user="gone", new_password=NEW)
    assert (
        result["changed"]
        and "user 'gone' is disabled, and a server may refuse any password" in result["warnings"][0]
    )
    server.add_fault("lost_answer", method="PUT", times=1)
    message = failed(call, "user_password", server, user="gone", new_password=NEW, retries=0)["msg"]
    assert "could not be found out: the user is disabled" in message


def test_a_locked_user_gets_the_password(call, server):
    server.set_switch("proof_lock_after", 2)
    server.set_switch("password_saved", "no")
    for _run in range(3):
        change(call, server, check_mode=True)
    assert server.proofs()["jdoe"]["locked"]
    assert change(call, server)["changed"] and not change(call, server)["changed"]


def test_a_proof_that_is_answered_with_something_else_is_none(call, server):
    echo = ("errors_200", {"message": f"bad {NEW}"}, "did not show that user: bad ********")
    for kind, params, words in (echo, ("html", {}, "web page"), ("403", {}, "HTTP 403")):
        server.add_fault(kind, method="POST", times=1, **params)
        message = failed(
            call, "user_password", server, user="jdoe", new_password=NEW, current_password=OLD
        )["msg"]
        assert words in message and NEW not in message and writes(server) == []


# Secrets


def forms(secret: str) -> set[str]:
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        repr(secret)[1:-1],
    }


@pytest.mark.parametrize("kind", ["errors_200", "long", "lost_answer", "400", "good"])
def test_no_password_leaves_but_in_the_body(call, server, kind):
    """Also when a server repeats it, and in the emulator's log."""
    if kind == "errors_200":
        server.add_fault(
            "errors_200",
            method="PUT",
            times=1,
            message=f"Not from {OLD} to {NEW} ({quote(NEW, safe='')})",
        )
    elif kind == "long":
        # A message that is cut within the password.
        server.add_fault("errors_200", method="PUT", times=1, message=f"{'x' * 292}{NEW}")
        assert (
            NEW[:6]
            not in failed(call, "user_password", server, user="jdoe", new_password=NEW)["msg"]
        )
    elif kind == "lost_answer":
        server.add_fault("lost_answer", method="PUT", times=1)
    elif kind == "400":
        server.set_switch("password_failure", "400")
        server.set_password("jdoe", "another one")
    try:
        result = change(call, server)
    except ModuleFailed as end:
        result = end.result
    text = (
        json.dumps(result, ensure_ascii=False)
        + json.dumps(result)
        + json.dumps(server.requests(), ensure_ascii=False)
    )
    assert not [form for secret in (OLD, NEW) for form in forms(secret) if form in text]


def test_verbose_output_shows_no_password(ansible, server):
    """With real Ansible, whose own masking counts as well: failure, change, and a second run."""
    server.add_fault("errors_200", method="PUT", times=1, message=f"Not from {OLD} to {NEW}")
    task = {
        "ivanti.uem.user_password": {
            "user": "jdoe",
            "new_password": "{{ wanted }}",
            "current_password": "{{ present }}",
        }
    }
    tasks = [{**task, "ignore_errors": True}, task, task]
    secrets = ansible.write("secrets.yml", {"wanted": NEW, "present": OLD})
    play = ansible.write(
        "play.yml",
        [{"hosts": "localhost", "gather_facts": False, "vars_files": [secrets], "tasks": tasks}],
    )
    environment = {
        f"IVANTI_UEM_{name.upper()}": str(value) for name, value in connection(server).items()
    }
    done = ansible("ansible-playbook", play, "-vvvv", "--diff", **environment)
    output = done.stdout + done.stderr
    assert done.returncode == 0 and "changed=1" in output and "ignored=1" in output, output
    assert server.password_fits("jdoe", NEW)
    assert not [form for secret in (OLD, NEW) for form in forms(secret) if form in output], output
