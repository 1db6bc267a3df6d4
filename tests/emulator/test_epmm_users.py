# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM's API v1 over a socket: users, LDAP users, passwords and proofs of them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest
from uem_emulator.testing.emulator import ControlError
from uem_emulator.testing.epmm import EpmmEmulator

from .client import Api, Reply

USERS = "/api/v1/sm/users"
PROVE = "/api/v1/sm/authentication"
LDAP = f"{USERS}/search/ldap"
XML = "application/xml"
FORM = "application/x-www-form-urlencoded"
ODD_PASSWORDS = ["wxy!13579", "a b+c&d=e%", "Pä日本語ßøñ", "{{ 7*7 }}", '"quo\\ted"']


def find(api: Api, text: str, **headers: str) -> Reply:
    return api.call("GET", f"{USERS}/{quote(text, safe='')}", **headers)


def prove(api: Api, username: str, password: str, **headers: str) -> Reply:
    form = urlencode({"username": username, "password": password})
    return api.call("POST", PROVE, form.encode(), Content_Type=FORM, **headers)


def change(
    api: Api, username: str, new: str | None, old: str | None = None, **headers: str
) -> Reply:
    form = {
        name: value
        for name, value in (("oldpassword", old), ("newpassword", new))
        if value is not None
    }
    return api.call(
        "PUT",
        f"{PROVE}/users/{quote(username, safe='')}",
        urlencode(form).encode(),
        Content_Type=FORM,
        **headers,
    )


def said(reply: Reply) -> str:
    text: str = reply.json["messages"]["message"]
    return text


def principals(reply: Reply) -> list[str]:
    found = reply.json["users"]["user"]
    return [row["principal"] for row in (found if isinstance(found, list) else [found])]


# --- a user ---------------------------------------------------------------------------------------------------------------


def test_a_user_has_what_the_document_shows(epmm: EpmmEmulator, epmm_api: Api) -> None:
    uuid = epmm.add_user(
        "miadmin", first="miadmin", email="miadmin@example.com", roles=["ROLE_API", "ROLE_MAI_RW"]
    )
    for key in ("miadmin", "miadmin@example.com", "MiAdmin", "MIADMIN@example.com"):
        answer = find(epmm_api, key).json
        assert (
            list(answer) == ["userName", "messages", "user"]
            and answer["userName"] == key
            and answer["messages"] == ""
        )
        row = answer["user"]
        assert list(row) == [
            "@id",
            "uuid",
            "principal",
            "createdAt",
            "displayName",
            "email",
            "enabled",
            "firstName",
            "forcePasswordChange",
            "googleAppsEncryptionAlgVersion",
            "lastAdminPortalLoginTime",
            "lastName",
            "opaque",
            "roles",
            "userSource",
        ]
        assert (
            row["uuid"],
            row["principal"],
            row["userSource"],
            row["enabled"],
            row["lastName"],
        ) == (uuid, "miadmin", 76, True, "")
        assert (
            row["roles"] == ["ROLE_API", "ROLE_MAI_RW"]
            and isinstance(row["@id"], str)
            and isinstance(row["createdAt"], int)
        )
    root = ElementTree.fromstring(find(epmm_api, "miadmin", Accept=XML).raw)
    assert root.tag == "securityManagementWebServiceResponse" and [
        item.text for item in root.findall("user/roles")
    ] == ["ROLE_API", "ROLE_MAI_RW"]
    assert [
        find(epmm_api, key).status
        for key in ("miadmi", "miadmin ", "nobody", uuid, "*", "miadmin@")
    ] == [404] * 6


def test_roles_are_a_list_a_text_or_not_there(epmm: EpmmEmulator, epmm_api: Api) -> None:
    seen = set()
    for user in epmm.users():
        if len(user["roles"]) not in seen:
            seen.add(len(user["roles"]))
            shown = find(epmm_api, user["principal"]).json["user"].get("roles")
            assert shown == {0: None, 1: user["roles"][0] if user["roles"] else None}.get(
                len(user["roles"]), user["roles"]
            )
    assert {0, 1, 4, 20} == seen


@pytest.mark.parametrize(
    "name", ["{{ 7*7 }}", "日本.太郎", "o'brien", "first\nsecond", "100%", "a b+c&d=e", "J*"]
)
def test_names_which_break_careless_clients(epmm: EpmmEmulator, epmm_api: Api, name: str) -> None:
    uuid = epmm.add_user(name)
    row = find(epmm_api, name).json["user"]
    assert (row["uuid"], row["principal"]) == (uuid, name) and "email" not in row
    assert prove(epmm_api, name, name).status == 200
    assert (
        said(change(epmm_api, name, "12345678", name))
        == f"Password changed successfully for user: {name}"
    )
    assert epmm.password_fits(uuid, "12345678")


def test_a_name_with_a_slash(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.add_user("sales/emea")
    assert find(epmm_api, "sales/emea").status == 400
    epmm.set_switch("encoded_slash", "accept")
    assert find(epmm_api, "sales/emea").json["user"]["principal"] == "sales/emea"


def test_case_may_matter(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.add_user("jdoe", email="JDoe@example.com")
    epmm.set_switch("user_case", "respected")
    assert [
        find(epmm_api, key).status
        for key in ("jdoe", "JDOE", "JDoe@example.com", "jdoe@example.com")
    ] == [200, 404, 200, 404]
    assert (
        prove(epmm_api, "JDOE", "jdoe").status,
        change(epmm_api, "JDOE", "12345678", "jdoe").status,
    ) == (401, 404)


# --- LDAP users -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [f"{LDAP}/testuser000", f"{LDAP}/?userid=testuser000", f"{LDAP}?userid=testuser000"]
)
def test_a_search_for_ldap_users(epmm_api: Api, path: str) -> None:
    reply = epmm_api.get(path)
    assert (
        list(reply.json) == ["userName", "messages", "users"]
        and reply.json["userName"] == "testuser000"
    )
    assert principals(reply) == [f"testuser000{number}" for number in range(1, 10)]
    # fmt: off
    assert reply.json["users"]["user"][0] == {
        "principal": "testuser0001", "displayName": "Test User0001", "email": "testuser0001@auto1.example.com", "enabled": False,
        "firstName": "Test", "forcePasswordChange": False, "lastName": "User0001", "opaque": True, "userSource": 68}
    # fmt: on
    root = ElementTree.fromstring(epmm_api.call("GET", path, Accept=XML).raw)
    assert (
        root.tag == "securityManagementWebServiceResponse" and len(root.findall("users/user")) == 9
    )


def test_users_of_the_server_are_found_too_unless_they_are_local(
    epmm: EpmmEmulator, epmm_api: Api
) -> None:
    epmm.add_user("zz-imported", local=False, email="zz@example.com")
    epmm.add_user("zz-local")
    assert (
        principals(epmm_api.get(f"{LDAP}/ZZ-")) == ["zz-imported"]
        and epmm_api.get(f"{LDAP}/zz-").json["users"]["user"]["enabled"] is True
    )
    epmm.add_user("testuser0001", local=False)
    assert (
        principals(epmm_api.get(f"{LDAP}/testuser000"))[0] == "testuser0001"
        and len(principals(epmm_api.get(f"{LDAP}/testuser000"))) == 9
    )
    assert (
        find(epmm_api, "testuser0001").status == 200
        and find(epmm_api, "testuser0002").status == 404
    )


@pytest.mark.parametrize("text", ["", "j", "日", "%20"])
def test_a_search_for_too_little(epmm_api: Api, text: str) -> None:
    for path in ([f"{LDAP}/{quote(text)}"] if text else []) + [
        f"{LDAP}/?userid={quote(text)}",
        LDAP,
    ]:
        reply = epmm_api.get(path)
        assert reply.status == (400 if len(text) < 2 or path == LDAP else 404) and said(reply)


def test_a_search_which_finds_too_many(epmm: EpmmEmulator, epmm_api: Api) -> None:
    reply = epmm_api.get(f"{LDAP}/testuser")
    assert (reply.status, said(reply)) == (400, "The search found more than 100 users")
    epmm.set_switch("ldap_search_limit", 130)
    assert len(principals(epmm_api.get(f"{LDAP}/testuser"))) == 130
    epmm.set_switch("ldap_search_limit", 129)
    assert epmm_api.get(f"{LDAP}/testuser").status == 400


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{", "{{ 7*7 }}"),
        ("日本", "日本.太郎"),
        ("o'", "o'brien"),
        ("J*", "j*"),
        ("first\n", "first\nsecond"),
    ],
)
def test_a_search_takes_the_text_as_it_is(epmm_api: Api, text: str, found: str) -> None:
    assert principals(epmm_api.get(f"{LDAP}/", userid=text)) == [found]


def test_a_search_finds_beginnings_or_parts(epmm: EpmmEmulator, epmm_api: Api) -> None:
    assert (epmm_api.get(f"{LDAP}/user0042").status, said(epmm_api.get(f"{LDAP}/user0042"))) == (
        404,
        "No Data Found",
    )
    epmm.set_switch("ldap_search", "contains")
    assert principals(epmm_api.get(f"{LDAP}/user0042")) == ["testuser0042"]


# --- proofs ---------------------------------------------------------------------------------------------------------------


def test_a_password_is_proved(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.add_user("jdoe", email="jdoe@example.com")
    epmm.set_password("jdoe", "abcd1234")
    reply = prove(epmm_api, "jdoe", "abcd1234")
    assert reply.status == 200 and reply.json == find(epmm_api, "jdoe").json
    root = ElementTree.fromstring(prove(epmm_api, "jdoe", "abcd1234", Accept=XML).raw)
    assert (root.tag, root.findtext("user/principal")) == (
        "securityManagementWebServiceResponse",
        "jdoe",
    )
    assert [
        prove(epmm_api, *pair).status
        for pair in (
            ("jdoe", "abcd123"),
            ("jdoe", ""),
            ("jdoe", "jdoe"),
            ("jdoe@example.com", "abcd1234"),
            ("nobody", "abcd1234"),
            ("", ""),
        )
    ] == [401] * 6
    assert epmm.proofs() == {"jdoe": {"proofs": 5, "failed": 3, "locked": False}}
    state = epmm.state()
    assert (state["proofs"], state["writes"]) == (8, 0) and not [
        entry for entry in epmm.requests() if entry["acts"]
    ]


@pytest.mark.parametrize("password", ODD_PASSWORDS)
def test_any_password(epmm: EpmmEmulator, epmm_api: Api, password: str) -> None:
    epmm.add_user("jdoe")
    assert (
        said(change(epmm_api, "jdoe", password, "jdoe"))
        == "Password changed successfully for user: jdoe"
    )
    assert epmm.password_fits("jdoe", password) and prove(epmm_api, "jdoe", password).status == 200


@pytest.mark.parametrize("form", ["json", "html", "empty"])
def test_a_wrong_proof_is_answered_as_a_wrong_account(
    epmm: EpmmEmulator, epmm_api: Api, form: str
) -> None:
    epmm.set_switch("unauthorized_body", form)
    epmm.set_switch("challenge", "on")
    wrong, other = prove(epmm_api, "nobody", "x"), Api(epmm, "Basic eDp5").call("POST", PROVE)
    assert (
        wrong.status == other.status == 401
        and wrong.raw == other.raw
        and wrong.headers["content-type"] == other.headers["content-type"]
    )
    assert wrong.headers["www-authenticate"] == other.headers["www-authenticate"]
    epmm.set_switch("challenge", "off")
    assert "www-authenticate" not in prove(epmm_api, "nobody", "x").headers


@pytest.mark.parametrize(("body", "status"), [
    (b"username=jdoe&password=jdoe", 200), (b"UserName=jdoe&Password=jdoe", 200), (b"username=jdoe", 400), (b"password=jdoe", 400), (b"", 400),
    (b'{"username": "jdoe", "password": "jdoe"}', 400), (b"username=jdoe&password=wrong&password=jdoe", 401)])  # fmt: skip
def test_the_form_of_a_proof(epmm: EpmmEmulator, epmm_api: Api, body: bytes, status: int) -> None:
    epmm.add_user("jdoe")
    kind = "application/json" if body.startswith(b"{") else f"{FORM}; charset=UTF-8"
    assert epmm_api.call("POST", PROVE, body, Content_Type=kind).status == status


def test_other_methods(epmm_api: Api) -> None:
    for method, path, allow in (
        ("GET", PROVE, "POST"),
        ("PUT", PROVE, "POST"),
        ("POST", f"{PROVE}/users/x", "PUT"),
        ("POST", f"{USERS}/x", "GET"),
    ):
        reply = epmm_api.call(method, path)
        assert (reply.status, reply.headers["allow"]) == (405, allow)


@pytest.mark.parametrize(("position", "status"), [("refused", 401), ("accepted", 200)])
def test_a_user_who_is_not_enabled(
    epmm: EpmmEmulator, epmm_api: Api, position: str, status: int
) -> None:
    epmm.add_user("left", enabled=False)
    epmm.set_switch("proof_disabled_user", position)
    assert prove(epmm_api, "left", "left").status == status


def test_too_many_wrong_proofs(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.add_user("jdoe")
    assert {prove(epmm_api, "jdoe", "x").status for _turn in range(20)} == {401} and prove(
        epmm_api, "jdoe", "jdoe"
    ).status == 200
    epmm.set_switch("proof_lock_after", 3)
    assert [
        prove(epmm_api, "jdoe", text).status for text in ("x", "x", "jdoe", "x", "x", "x", "jdoe")
    ] == [401, 401, 200, 401, 401, 401, 401]
    assert epmm.proofs()["jdoe"]["locked"] and "not correct" in said(
        change(epmm_api, "jdoe", "12345678", "jdoe")
    )
    epmm.set_password("jdoe", "abcd1234")
    assert prove(epmm_api, "jdoe", "abcd1234").status == 200 and not epmm.proofs()["jdoe"]["locked"]


# --- changes --------------------------------------------------------------------------------------------------------------


def test_a_password_is_changed(epmm: EpmmEmulator, epmm_api: Api) -> None:
    """As in the document's example. Whoever came last begins with his user id."""
    epmm.add_user("jdoe", email="jdoe@example.com")
    assert epmm.password_fits("jdoe", "jdoe")
    reply = change(epmm_api, "jdoe", "wxy!13579", "jdoe")
    assert list(reply.json.items()) == [
        ("userName", "jdoe"),
        ("messages", {"message": "Password changed successfully for user: jdoe"}),
    ]
    assert (
        epmm.password_fits("jdoe", "wxy!13579")
        and not epmm.password_fits("jdoe", "jdoe")
        and epmm.state()["writes"] == 1
    )
    assert [entry["acts"] for entry in epmm.requests()] == [True] and change(
        epmm_api, "jdoe@example.com", "abcd1234", "wxy!13579"
    ).status == 404
    root = ElementTree.fromstring(change(epmm_api, "jdoe", "abcd1234", "wxy!13579", Accept=XML).raw)
    assert root.tag == "securityManagementWebServiceResponse" and [child.tag for child in root] == [
        "userName",
        "messages",
    ]


@pytest.mark.parametrize("position", ["message", "400"])
@pytest.mark.parametrize(("old", "new", "text"), [
    (None, "12345678", "old password"), ("wrong", "12345678", "old password"), ("", "12345678", "old password"), ("jdoe", "1234567", "8 to 20"),
    ("jdoe", "x" * 21, "8 to 20"), ("jdoe", "", "8 to 20")])  # fmt: skip
def test_a_change_which_fails(
    epmm: EpmmEmulator, epmm_api: Api, old: str | None, new: str, text: str, position: str
) -> None:
    epmm.add_user("jdoe")
    epmm.set_switch("password_failure", position)
    reply = change(epmm_api, "jdoe", new, old)
    assert (
        reply.status == (200 if position == "message" else 400) and reply.json["userName"] == "jdoe"
    )
    assert (
        text in said(reply)
        and "success" not in said(reply).lower()
        and (not new or new not in said(reply))
    )
    assert epmm.password_fits("jdoe", "jdoe") and epmm.state()["writes"] == 0


@pytest.mark.parametrize("new", ["12345678", "x" * 20, "日本語日本語日本"])
def test_lengths_are_characters(epmm: EpmmEmulator, epmm_api: Api, new: str) -> None:
    epmm.add_user("jdoe")
    assert "success" in said(change(epmm_api, "jdoe", new, "jdoe")) and epmm.password_fits(
        "jdoe", new
    )


def test_a_server_which_does_not_save_passwords(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.add_user("jdoe")
    epmm.set_switch("password_saved", "no")
    for old, new in ((None, "abcd1234"), ("wrong", "abcd5678")):
        assert "success" in said(change(epmm_api, "jdoe", new, old)) and epmm.password_fits(
            "jdoe", new
        )
    assert epmm.state()["proofs"] == 0 and change(epmm_api, "jdoe", None).status == 400


def test_who_does_not_exist(epmm: EpmmEmulator, epmm_api: Api) -> None:
    reply = change(epmm_api, "nobody", "12345678", "x")
    assert (reply.status, said(reply), reply.json["userName"]) == (404, "No Data Found", "nobody")
    epmm.set_switch("password_unknown_user", "message")
    reply = change(epmm_api, "nobody", "12345678", "x")
    assert (reply.status, said(reply)) == (200, "User not found: nobody")


def test_users_of_ldap(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.add_user("jdoe", local=False)
    assert prove(epmm_api, "jdoe", "jdoe").status == 200
    assert "LDAP" in said(change(epmm_api, "jdoe", "12345678", "jdoe")) and epmm.password_fits(
        "jdoe", "jdoe"
    )
    epmm.set_switch("password_ldap_user", "changed")
    assert "success" in said(change(epmm_api, "jdoe", "12345678", "jdoe")) and epmm.password_fits(
        "jdoe", "12345678"
    )


@pytest.mark.parametrize(
    ("position", "text"), [("accepted", "successfully"), ("refused", "is the old one")]
)
def test_the_same_password_again(
    epmm: EpmmEmulator, epmm_api: Api, position: str, text: str
) -> None:
    epmm.add_user("jdoe")
    epmm.set_password("jdoe", "abcd1234")
    epmm.set_switch("password_same", position)
    assert text in said(change(epmm_api, "jdoe", "abcd1234", "abcd1234"))


def test_changes_which_go_wrong(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.add_user("jdoe")
    epmm.add_fault("no_effect", method="PUT")
    assert "success" in said(change(epmm_api, "jdoe", "abcd1234", "jdoe")) and epmm.password_fits(
        "jdoe", "jdoe"
    )
    epmm.add_fault("lost_answer", method="PUT")
    with pytest.raises(OSError):
        change(epmm_api, "jdoe", "abcd1234", "jdoe")
    assert epmm.password_fits("jdoe", "abcd1234")
    epmm.add_fault("vanish", method="PUT")
    assert (
        change(epmm_api, "jdoe", "12345678", "abcd1234").status
        == find(epmm_api, "jdoe").status
        == 404
    )


# --- secrets --------------------------------------------------------------------------------------------------------------


def everything(epmm: EpmmEmulator) -> str:
    """All that the control calls tell."""
    return json.dumps(
        [epmm.control("GET", path) for path in ("requests", "users", "proofs", "state", "faults")]
    )


def test_passwords_are_nowhere(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.add_user("jdoe")
    secret, wrong = "Gehe1m&Gehe1m", "F4lsch+F4lsch"
    replies = [
        change(epmm_api, "jdoe", secret, "jdoe"),
        change(epmm_api, "jdoe", f"{wrong}{wrong}", secret),
        prove(epmm_api, "jdoe", secret),
        prove(epmm_api, "jdoe", wrong),
        change(epmm_api, "jdoe", "12345678", wrong),
    ]
    epmm.set_switch("strict", "on")
    replies.append(
        epmm_api.call(
            "POST",
            PROVE,
            urlencode({"username": "jdoe", "passwort": secret}).encode(),
            Content_Type=FORM,
        )
    )
    replies.append(epmm_api.call("POST", PROVE, secret.encode(), Content_Type=FORM))
    assert {reply.status for reply in replies[-2:]} == {400}
    for text in (everything(epmm), *(reply.raw.decode() for reply in replies)):
        assert "Gehe1m" not in text and "F4lsch" not in text


def test_passwords_in_a_query(epmm: EpmmEmulator, epmm_api: Api) -> None:
    """They are taken, as "for security reasons" implies; strict mode holds it against the caller.
    The log has none."""
    epmm.add_user("jdoe")
    path = f"{PROVE}/users/jdoe?oldpassword=jdoe&NewPassword=Gehe1m%26Gehe1m"
    assert (
        "success" in said(epmm_api.call("PUT", path))
        and epmm_api.call("POST", f"{PROVE}?username=jdoe&password=Gehe1m%26Gehe1m").status == 200
    )
    epmm.set_switch("strict", "on")
    assert (
        epmm_api.call("PUT", path).status
        == epmm_api.call("POST", f"{PROVE}?username=jdoe&password=Gehe1m%26Gehe1m").status
        == 400
    )
    assert (
        "Gehe1m" not in everything(epmm)
        and epmm.requests()[0]["query"] == "oldpassword=***&NewPassword=***"
    )


# --- the truth ------------------------------------------------------------------------------------------------------------


def test_users_can_be_added(epmm: EpmmEmulator, epmm_api: Api) -> None:
    before = epmm.users()
    uuid = epmm.add_user("jdoe", first="J", last="Doe", roles=[])
    user = next(row for row in epmm.users() if row["uuid"] == uuid)
    assert user["id"] not in {row["id"] for row in before} and (
        user["local"],
        user["enabled"],
        user["roles"],
        user["email"],
    ) == (True, True, [], None)
    device = epmm.add_device(user="jdoe", status="ACTIVE")
    assert (
        epmm_api.get("/api/v1/dm/users/jdoe").json["devices"]["device"]["uuid"]
        == epmm.device(device)["uuid"]
    )
    wrong: tuple[dict[str, Any], ...] = (
        {"principal": "JDOE"},
        {"principal": ""},
        {"principal": 5},
        {"principal": "x", "password": "Gehe1m"},
    )
    for fields in wrong:
        with pytest.raises(ControlError, match="400") as error:
            epmm.control("POST", "users", fields)
        assert "Gehe1m" not in str(error.value)


def test_passwords_of_nobody(epmm: EpmmEmulator) -> None:
    for call in (
        lambda: epmm.set_password("nobody", "x"),
        lambda: epmm.password_fits("nobody", "x"),
    ):
        with pytest.raises(ControlError, match="404"):
            call()
    with pytest.raises(ControlError, match="400"):
        epmm.control("PUT", "passwords", {epmm.users()[0]["principal"]: 5})
    epmm.add_user("jdoe")
    epmm.set_password("jdoe", "abcd1234")
    epmm.reset()
    assert find(Api(epmm), "jdoe").status == 404
