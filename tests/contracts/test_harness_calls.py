# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the contract harness has for files, for counts and for examples that come after; and that a
client or a server that deviates from the calls for configurations, owners, certificates, users and
the like is caught."""

from __future__ import annotations

import io
import stat
import zipfile
from typing import Any
from urllib.parse import urlencode

import pytest

from .check import check_request
from .contract import FORM, XML, load_all
from .files import CSV, ZIP, payload_of, tree_of
from .recorder import Answer, Recorded, recording
from .replay import Server, follow_up, replay, targets
from .test_harness import GUID, request
from .test_harness_epmm import epmm
from .world import WorldError, stand_ins

CONTRACTS = load_all()
DEVICE = "/api/v1/device"
DM = "/api/v1/dm"
SM = "/api/v1/sm"
REGISTER = f"{DM}/register?userId=jdoe&platform=A&countryCode=1"


def of(name: str, index: int = 0) -> Any:
    return CONTRACTS[name].examples[index].answer


# ---- files ----


def archive(*entries: tuple[str, str], link: bool = False) -> bytes:
    """A ZIP file; a list, as names may be there twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, text in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK if link else stat.S_IFREG) << 16
            file.writestr(entry, text)
    return buffer.getvalue()


# fmt: off
TABLES: list[tuple[Any, list[dict[str, str]]]] = [
    (b"A,B\n1,2\n", [{"A": "1", "B": "2"}]),
    (b"\xef\xbb\xbfA,B\r\n1,2\r\n", [{"A": "1", "B": "2"}]),
    ("A,B\n\"x, \"\"y\"\"\nz\",ü\n".encode(), [{"A": 'x, "y"\nz', "B": "ü"}]),
    ("A,B\n", []),
]
# fmt: on


@pytest.mark.parametrize(("body", "rows"), TABLES)
def test_a_table_is_read(body: Any, rows: list[dict[str, str]]) -> None:
    assert tree_of(CSV, body) == {"header": ["A", "B"], "rows": rows}


@pytest.mark.parametrize(("kind", "body", "words"), [
    (CSV, b"", "no header"),
    (CSV, {"A": 1}, "a CSV file is a text"),
    (CSV, b"A,A\n1,2\n", "columns of one name: \\['A'\\]"),
    (CSV, b"A,B\n1\n1,2\n1,2,3\n", "rows \\[2, 4\\] have not the 2 cells"),
    (CSV, b"A,B\n\xff,2\n", "utf-8"),
    (ZIP, b"", "not a ZIP file"),
    (ZIP, b"<html></html>", "not a ZIP file"),
    (ZIP, archive(("a/b/c.csv", "1" * 99))[:60], "not a ZIP file"),
    (ZIP, archive(("a/b/c.csv", "/etc/passwd"), link=True), "a link"),
    (ZIP, "a text", "a map of path to text"),
])  # fmt: skip
def test_what_is_no_such_file_is_refused(kind: str, body: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        tree_of(kind, body)


def test_an_entry_that_is_there_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = archive(("a/b/c.csv", "1"), ("a/b/c.csv", "2"))
    with pytest.raises(ValueError, match="there twice"):
        tree_of(ZIP, twice)


def test_an_archive_is_read_by_its_folders() -> None:
    files = {
        "app/d1/x.csv": "1,2\n3,4\n",
        "app/d1/version.txt": "1.0",
        "app/d2/y.csv": "",
        "notes.txt": "a",
        "../d/x.csv": "b",
        "a/b/c/d.csv": "",
        "/a/b.csv": "",
    }
    tree = tree_of(ZIP, files)
    assert tree == tree_of(ZIP, payload_of(ZIP, files))
    assert tree["strays"] == ["notes.txt", "../d/x.csv", "a/b/c/d.csv", "/a/b.csv"]
    assert tree["folders"] == [
        {
            "app": "app",
            "device": "d1",
            "tables": [[["1", "2"], ["3", "4"]]],
            "files": {"version.txt": "1.0"},
        },
        {"app": "app", "device": "d2", "tables": [[]], "files": {}},
    ]


DEVICES = of("E03")
ANALYTICS = of("E48")
APP = "com.mycompany.myapp"


def devices(*changes: tuple[str, str]) -> Answer:
    text = DEVICES
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return Answer(text.encode(), content_type="text/csv")


def analytics(**changes: str | None) -> Answer:
    """The example's archive; a folder's or file's words replaced, a path added, or with None taken
    out."""
    files = {path: text for path, text in {**ANALYTICS, **changes}.items() if text is not None}
    return Answer(payload_of(ZIP, files), content_type="application/octet-stream")


FIRST, VERSION = list(ANALYTICS)[:2]
# fmt: off
FILES: list[tuple[str, Answer, str | None]] = [
    ("E03", devices(), None),
    ("E03", devices(("Registered On", "Registered")), "$.header[27]: expected =Registered On"),
    ("E03", devices(("Operator,Country", "Country,Operator")), "$.header[0]"),
    ("E03", devices(("8d711cdc-", "8D711CDC-")), "rows[0].Device UUID: expected guid"),
    ("E03", devices(("8d711cdc-", "9d711cdc-")), "rows/Device UUID: ['9d711cdc"),
    ("E03", devices(("jdoe@example.com", "a,b")), "csv: rows [2] have not the 28 cells"),
    ("E03", Answer("<html></html>", content_type="text/html"), "$.header: expected 28 elements"),
    ("E03", Answer({"messages": None}), "$.header: expected 28 elements"),
    ("E48", analytics(), None),
    ("E48", Answer("<html></html>", content_type="text/html"), "zip: not a ZIP file"),
    ("E48", analytics(**{FIRST: "1381268056367,35,-420\n"}), "tables[0][0]: expected 4 elements, got 3"),
    ("E48", analytics(**{FIRST: "start,duration,timezone,bytes\n1,2,3,4\n"}), "tables[0][0][0]: expected digits, got 'start'"),
    ("E48", analytics(**{FIRST: "1381268056367,-35,-420,0\n"}), "tables[0][0][1]: expected digits"),
    ("E48", analytics(**{VERSION: None}), "files.version.txt: missing"),
    ("E48", analytics(**{FIRST.replace("usage", "more"): "1,2,3,4\n"}), "tables: expected 1 elements, got 2"),
    ("E48", analytics(**{VERSION.replace("version", "other"): "a"}), "files.other.txt: not a documented key"),
    ("E48", analytics(**{"version.txt": "1.0"}), "$.strays: expected 0 elements, got 1"),
    ("E48", analytics(**dict.fromkeys(ANALYTICS)), "$.folders: the list is empty"),
    ("E48", analytics(**{FIRST.replace(APP, "com.other"): "1,2,3,4\n", VERSION.replace(APP, "com.other"): "1"}), "folders/app: "),
]
# fmt: on


@pytest.mark.parametrize(("name", "answer", "words"), FILES)
def test_a_file_that_deviates_is_caught(name: str, answer: Answer, words: str | None) -> None:
    faults, [sent] = replayed(name, 0, answer)
    assert check_request(sent, CONTRACTS[name]) == []
    assert faults == [] if words is None else any(words in fault for fault in faults), faults


def replayed(name: str, index: int, *answers: Any) -> tuple[list[str], list[Recorded]]:
    """The faults of an example against a server that gives these answers, with what comes after it;
    what that server was sent."""
    contract = CONTRACTS[name]
    example = contract.examples[index]
    with recording() as running:
        running.queue(*answers)
        server = Server(running.url, "u", "p")
        faults = replay(server, contract, example, targets(example)[0]) or follow_up(
            server, CONTRACTS, example
        )
        assert running.unmatched == []
        return faults, running.requests


# ---- requests ----


def form(method: str, target: str, *pairs: tuple[str, str], accept: str | None = None) -> Recorded:
    return request(
        method, target, urlencode(pairs).encode() or None, content_type=FORM, accept=accept
    )


# fmt: off
RIGHT: list[tuple[str, Recorded]] = [
    ("N01", form("PUT", f"{DEVICE}/updateAccount", ("accountId", "7"), ("deviceIds", "1"), ("deviceIds", "2"))),
    ("N10", form("PUT", f"{DEVICE}/1/uninstallconfigs", ("policyIds", "1,2,3"))),
    ("N11", request("DELETE", f"{DEVICE}/1/uninstallconfigs?policyIds=1%2C2")),
    ("N14", form("POST", f"{DEVICE}/compliance/sync?vendor=Intune", ("ids", "1"), ("ids", "2"))),
    ("N15", request("GET", f"{DEVICE}/1/certs/search?accountId=2&rows=500&start=500")),
    ("N45", request("GET", "/api/v1/depServer?rows=50&start=50")),
    ("E08", epmm("PUT", REGISTER)),
    ("E08", epmm("PUT", f"{DM}/register/?phoneNumber=PDA&deviceType=PDA&userId=a%2Fb&platform=L&countrycode=33")),
    ("E29", epmm("PUT", f"{DM}/devices/repushprofile/{GUID}?id=-2&type=POLICY")),
    ("E32", epmm("PUT", "/api/v1/eas/devices?uuids=fe816c9-4c68&uuids=b&action=WIPE")),
    ("E33", form("PUT", f"{SM}/authentication/users/a%2Fb", ("newpassword", "wxy!13579"), accept="application/json")),
    ("E35", epmm("GET", f"{SM}/users/search/ldap/jd")),
    ("E35", epmm("GET", f"{SM}/users/search/ldap/?userid=a%20b")),
    ("E36", form("POST", f"{SM}/authentication", ("username", "a"), ("password", "a"), accept=XML)),
    ("E46", epmm("GET", "/api/v1/appsettings?type=OTHER")),
    ("E48", epmm("GET", f"/api/v1/apps/appconnect/analytics?appid={APP}", accept="*/*")),
    ("E48", epmm("GET", f"/api/v1/apps/appconnect/analytics?appid={APP}", accept="application/zip, application/json;q=0.5")),
]
WRONG: list[tuple[str, Recorded, str]] = [
    ("N01", form("PUT", f"{DEVICE}/updateAccount?accountId=7", ("deviceIds", "1")), "accountId belongs in the form"),
    ("N01", form("PUT", f"{DEVICE}/updateAccount", ("accountId", "7")), "deviceIds is missing"),
    ("N01", form("PUT", f"{DEVICE}/updateAccount", ("accountId", "7"), ("deviceIds", "1,2")), "deviceIds='1,2'"),
    ("N09", request("GET", f"{DEVICE}/{GUID}/configs"), "device='57d9903c"),
    ("N09", request("GET", f"{DEVICE}/1/configs?rows=500"), "'rows' is not a documented parameter of N09"),
    ("N10", form("PUT", f"{DEVICE}/1/uninstallconfigs", ("policyIds", "1"), ("policyIds", "2")), "policyIds is given more than once"),
    ("N10", form("PUT", f"{DEVICE}/1/uninstallconfigs?policyIds=1"), "policyIds belongs in the form"),
    ("N11", form("DELETE", f"{DEVICE}/1/uninstallconfigs", ("policyIds", "1")), "documented is none"),
    ("N11", request("DELETE", f"{DEVICE}/1/uninstallconfigs"), "policyIds is missing"),
    ("N12", form("POST", f"{DEVICE}/1/reinstallconfigs", ("policyIds", "1")), "method: POST"),
    ("N14", form("POST", f"{DEVICE}/compliance/sync?vendor=intune", ("ids", "1")), "vendor='intune'"),
    ("N14", form("POST", f"{DEVICE}/compliance/sync?vendor=Intune", ("ids", "1,2")), "ids='1,2'"),
    ("N15", request("GET", f"{DEVICE}/1/certs/search"), "accountId is missing"),
    ("N15", request("GET", f"{DEVICE}/1/certs/search?accountId=None"), "accountId='None'"),
    ("N44", request("GET", "/api/v1/depServer198/profiles"), "documented is /api/v1/depServer/{server}/profiles"),
    ("E08", epmm("PUT", f"{DM}/register?userId=jdoe&platform=A"), "none of countryCode and countrycode is given"),
    ("E08", epmm("PUT", f"{REGISTER}&phoneNumber=%2B1415"), "phoneNumber='+1415'"),
    ("E08", epmm("PUT", REGISTER.replace("=A&", "=Android&")), "platform='Android'"),
    ("E08", epmm("PUT", f"{REGISTER}&userFirstName="), "userFirstName=''"),
    ("E08", epmm("PUT", f"{REGISTER}&notifyUser=yes"), "notifyUser='yes'"),
    ("E08", form("PUT", f"{DM}/register", ("userId", "jdoe"), accept="application/json"), "documented is none"),
    ("E08", epmm("PUT", REGISTER, accept=None), "Accept: none first"),
    ("E29", epmm("PUT", f"{DM}/devices/repushprofile/{GUID}?id=3&type=CONFIGURATION"), "type='CONFIGURATION'"),
    ("E32", epmm("PUT", "/api/v1/eas/devices?uuids=a,b&action=WIPE"), "uuids='a,b'"),
    ("E32", epmm("PUT", "/api/v1/eas/devices?action=WIPE"), "uuids is missing"),
    ("E32", epmm("PUT", "/api/v1/eas/devices?uuids=a&action=BLOCK"), "action='BLOCK'"),
    ("E33", epmm("PUT", f"{SM}/authentication/users/jdoe?newpassword=wxy!13579"), "newpassword belongs in the form"),
    ("E33", form("PUT", f"{SM}/authentication/users/jdoe", ("newpassword", "short"), accept=XML), "does not fit .{8,20}"),
    ("E33", form("PUT", f"{SM}/authentication/users/jdoe", ("newpassword", "x" * 21), accept=XML), "does not fit .{8,20}"),
    ("E33", form("PUT", f"{SM}/authentication/users/jdoe", ("oldpassword", "abcd1234"), accept=XML), "newpassword is missing"),
    ("E35", epmm("GET", f"{SM}/users/search/ldap/"), "none of userid is given"),
    ("E35", epmm("GET", f"{SM}/users/search/ldap?userid=jd"), "documented is /api/v1/sm/users/search/ldap/"),
    ("E36", epmm("POST", f"{SM}/authentication?username=a&password=b"), "password belongs in the form"),
    ("E36", form("POST", f"{SM}/authentication", ("username", "a"), accept=XML), "password is missing"),
    ("E46", epmm("GET", "/api/v1/appsettings?type=wifi"), "type='wifi'"),
    ("E48", epmm("GET", "/api/v1/apps/appconnect/analytics"), "appid is missing"),
    ("E48", epmm("GET", f"/api/v1/apps/appconnect/analytics?appid={APP}", accept="text/csv"), "Accept: text/csv first"),
]
# fmt: on


@pytest.mark.parametrize(("name", "sent"), RIGHT)
def test_a_right_request_has_no_difference(name: str, sent: Recorded) -> None:
    assert check_request(sent, CONTRACTS[name]) == []


@pytest.mark.parametrize(("name", "sent", "words"), WRONG)
def test_a_wrong_request_has_its_difference_named(name: str, sent: Recorded, words: str) -> None:
    assert any(words in fault for fault in check_request(sent, CONTRACTS[name]))


# ---- answers ----

NONE_REJECTED = of("N01")
MOVED = {"result": {"ownerId": 10542407}}
BEFORE = {"result": {"ownerId": 1}}


def reassigned(
    status: str | None, owner: int = 10542407, key: str = "lastReassignmentStatus"
) -> dict[str, Any]:
    return {"result": {"ownerId": owner, key: status}}


CONFIGS = of("N09")
EXCLUDED = {
    "errors": None,
    "result": {
        "searchResults": [{"id": 47269, "status": "UNINSTALLED"}, {"id": 1, "status": "INSTALLED"}]
    },
}
DONE = {"errors": None, "result": True}
BLOCKED = {
    "registeredBlockedDevices": {
        "registeredBlockedDevice": {"uuid": "ee8198d9-5d79-4961-94c4-e21bf04b2467"}
    }
}
CHANGED = of("E33", 2)
JDOE = {**of("E36", 1), "user": {**of("E36", 1)["user"], "principal": "jdoe"}}
PENDING_DEVICE = {
    "principal": "jdoe",
    "platform": "Android 14",
    "employeeOwned": False,
    "countryCode": 1,
    "operator": "Verizon",
}
PENDING = {"devices": {"device": PENDING_DEVICE}}
REGISTERED = of("E08", 1)
FAILED = {"messages": {"message": "First name, last name and e-mail address are required."}}


def result(name: str, **changes: Any) -> dict[str, Any]:
    """The first answer of a contract with other keys in its result."""
    return {**of(name), "result": {**of(name)["result"], **changes}}


def user(**changes: Any) -> dict[str, Any]:
    return {**of("E34", 1), "user": {**of("E34", 1)["user"], "principal": "jdoe", **changes}}


def setting(**changes: Any) -> dict[str, Any]:
    row = {**of("E47", 1)["appsettings"]["appsetting"], **changes}
    return {**of("E47", 1), "appsettings": {"appsetting": row}}


def country(**code: str) -> dict[str, Any]:
    """The countries of the document, the second with another code."""
    first, second = of("E24", 1)["countries"]["country"]
    rows = [
        first,
        {**{name: value for name, value in second.items() if not name.startswith("iso")}, **code},
    ]
    return {**of("E24", 1), "countries": {"country": rows}}


def detailed(**changes: str | None) -> dict[str, Any]:
    """The details of the document's ActiveSync device with other values, None for a key that is not
    there."""
    [details] = of("E31", 1)["details"]
    pairs = {**{pair["key"]: pair["value"] for pair in details["entry"]}, **changes}
    return {
        **of("E31", 1),
        "details": [
            {
                "entry": [
                    {"key": key, "value": value}
                    for key, value in pairs.items()
                    if value is not None
                ]
            }
        ],
    }


def mailboxes(said: int) -> dict[str, Any]:
    """The document's five ActiveSync devices, and how many the message counts."""
    return {**of("E30", 1), "messages": {"message": f"{said} Device(s) returned"}}


# fmt: off
REPLIES: list[tuple[str, int, list[Any], str | None]] = [
    # a contract, an example, the server's answers, and the words of the fault; none where all is
    # right
    ("N01", 0, [NONE_REJECTED, BEFORE, MOVED], None),
    ("N01", 0, [{"errors": None, "result": 1}, BEFORE, MOVED], None),
    ("N01", 0, [NONE_REJECTED, reassigned("INITIATED", 1), reassigned("SUCCESS")], None),
    ("N01", 0, [NONE_REJECTED, reassigned("SUCCESS"), reassigned("SUCCESS", key="reassignmentStatus")], None),
    ("N01", 0, [NONE_REJECTED, reassigned("STARTED", 1), reassigned("SUCCESS")], "['STARTED'], documented is one of ['INITIATED'"),
    ("N01", 0, [NONE_REJECTED, reassigned(None, 1), reassigned("SUCCESS")], "[None], documented is one of ['INITIATED'"),
    ("N01", 0, [NONE_REJECTED, reassigned("INITIATED", 1), reassigned("INITIATED")], "['INITIATED'], documented is one of ['SUCCESS']"),
    ("N01", 0, [{"errors": None, "result": "1"}], "$.result"),
    ("N01", 0, [NONE_REJECTED, BEFORE, BEFORE], "result/ownerId: [1]"),
    ("N01", 0, [of("N01", 1), BEFORE, MOVED], "found: [73543]"),
    ("N01", 1, [result("N01", searchResults=[{"id": 73543}]), BEFORE, MOVED, BEFORE], "result/totalCount: [0], and there are 1"),
    ("N01", 1, [of("N01", 1), BEFORE, MOVED, reassigned("INITIATED", 1)], "INITIATED is not among them"),
    ("N09", 0, [CONFIGS], None),
    ("N09", 0, [result("N09", totalCount=7)], "result/totalCount: [7], and there are 6"),
    ("N09", 0, [result("N09", searchResults=[])], "the list is empty"),
    ("N10", 0, [DONE, EXCLUDED], None),
    ("N10", 0, [DONE, {"errors": None, "result": {"searchResults": []}}], None),
    ("N10", 0, [DONE, {"result": {"searchResults": [{"id": 47269, "status": "INSTALLED"}]}}], "documented is that INSTALLED is not"),
    ("N10", 0, [{"errors": None, "result": False}, EXCLUDED], "result: [False]"),
    ("N10", 0, [{"errors": None, "result": 1}], "$.result: expected boolean"),
    ("N13", 0, [of("N13")], None),
    ("N14", 0, [{"errors": None, "result": 2}], None),
    ("N14", 0, [{"errors": None, "result": 0}], "result: [0]"),
    ("N15", 0, [of("N15")], None),
    ("N15", 0, [result("N15", totalCount=3)], "result/totalCount: [3], and there are 2"),
    ("N15", 0, [result("N15", searchResults=[{**of("N15")["result"]["searchResults"][0], "deviceId": 1}])], "result/searchResults/deviceId"),
    ("N15", 0, [result("N15", searchResults=[{**of("N15")["result"]["searchResults"][0], "certState": "ACTIVE"}])], "certState"),
    ("N44", 0, [of("N44")], None),
    ("N44", 0, [{"errors": None, "result": {"searchResults": of("N44")["result"]}}], "$.result: expected a list"),
    ("N44", 0, [{"errors": None, "result": of("N44")["result"][0]}], "$.result: expected a list"),
    ("N44", 0, [{"errors": None, "result": [{**of("N44")["result"][0], "skipSetupItems": ["Touch"]}]}], "skipSetupItems"),
    ("N45", 0, [{"errors": None, "result": {"searchResults": [], "limit": 10}}], "result/limit: [10]"),
    ("E08", 1, [REGISTERED, PENDING], None),
    ("E08", 1, [{**REGISTERED, "registration": {**REGISTERED["registration"], "messages": [None, {"message": "Success"}]}}, PENDING], None),
    ("E08", 1, [{**REGISTERED, "registration": {**REGISTERED["registration"], "passcode": 63460}}, PENDING], None),
    *(("E08", 1, [{**REGISTERED, "registration": {**REGISTERED["registration"], "passcode": passcode}}], "passcode")
      for passcode in ("6346O", "123", "634601", 6346.0, False)),
    *(("E08", 1, [REGISTERED, {"devices": {"device": [{"principal": "other"}, {**PENDING_DEVICE, **wrong}]}}], f"/{next(iter(wrong))}: ")
      for wrong in ({"platform": "iOS 18"}, {"platform": "Windows 11"}, {"employeeOwned": True}, {"countryCode": 33}, {"countryCode": "1"})),
    ("E08", 1, [REGISTERED, {"devices": {"device": [{**PENDING_DEVICE, "platform": "iOS 18"}, PENDING_DEVICE]}}], None),
    *(("E08", 4, [REGISTERED, {"devices": {"device": {**PENDING_DEVICE, "principal": "mac-user", "employeeOwned": True, **changes}}}], words)
      for changes, words in (
          ({"platform": "macOS"}, None), ({"platform": "Mac OS X 10.9"}, None), ({"platform": "OS X 10.9"}, None), ({}, "/platform: ['Android 14']"),
          ({"platform": "macOS", "operator": None}, "/operator: [None]"), ({"platform": "macOS", "employeeOwned": False}, "/employeeOwned: [False]"))),
    *(("E08", number, [REGISTERED, {"devices": {"device": {**PENDING_DEVICE, "principal": user, "platform": word, "employeeOwned": owned}}}], words)
      for number, user, owned, word, words in (
          (5, "windows-user", False, "Windows 11", None), (5, "windows-user", False, "macOS 15", "/platform: "),
          (6, "wp-user", True, "Windows Phone 8.1", None), (6, "wp-user", True, "Windows 8.1", None), (6, "wp-user", True, "Windows 11", "/platform: "))),
    *(("E08", 7, [REGISTERED, {"devices": {"device": {**PENDING_DEVICE, "principal": "testuser0001"}}}, user(userSource=source)], words)
      for source, words in ((68, None), (76, "user/userSource: [76]"))),
    ("E08", 1, [FAILED], "$.phoneNumber: missing"),
    ("E08", 1, [REGISTERED, {"devices": {"device": {"principal": "other"}}}], "devices/device/principal: ['other']"),
    ("E08", 3, [FAILED, Answer({}, status=404)], None),
    ("E08", 3, [{"registration": FAILED}, Answer({}, status=404)], None),
    ("E08", 3, [{"messages": None}], "$"),
    ("E08", 3, [Answer("", status=400), Answer({}, status=404)], None),
    ("E08", 3, [Answer("", status=404), Answer({}, status=404)], None),
    ("E08", 3, [REGISTERED, Answer({}, status=404)], "documented is that SUCCESS is not among them"),
    ("E08", 3, [FAILED, user(principal="newcomer")], "GET /api/v1/sm/users/newcomer: 200"),
    ("E23", 1, [of("E23", 1)], None),
    ("E23", 1, [{**of("E23", 1), "messages": {"message": "2 Operator (s) returned"}}], "and there are 1 at operators/operator"),
    ("E24", 1, [of("E24", 1)], None),
    ("E24", 1, [country(isoAplha2Code="FR")], "isoAlpha2Code|isoAplha2Code: ['US', 'FR']"),
    ("E24", 1, [country(isoAlpha2Code="IN")], None),
    ("E24", 1, [country(isoAlphaCode="IN")], "none of 2 shapes fits"),
    ("E28", 1, [of("E28", 1)], None),
    ("E28", 1, [{**of("E28", 1), "profiles": {"profile": of("E28", 1)["profiles"]["profile"][0]}}], "profiles/profile/profileType: ['POLICY']"),
    ("E29", 2, [Answer("", content_type="application/json")], None),
    ("E29", 2, [{"messages": None}], None),
    ("E29", 2, [of("E28", 1)], None),
    ("E29", 2, [{"profiles": {}}], "$"),
    ("E30", 3, [mailboxes(5)], None),
    ("E30", 3, [mailboxes(4)], "and there are 5 at registeredAllowedDevices/"),
    ("E30", 3, [{**mailboxes(4), "wipedDevices": None}], None),
    ("E31", 1, [{"easDevice": {"uuid": "f5def24e-4380-4565-bd2f-8cf002fd64cd", "details": of("E31", 1)["details"]}}], None),
    ("E31", 1, [{"uuid": "f5def24e-4380-4565-bd2f-8cf002fd64cd", "details": of("E31", 1)["details"][0]}], None),
    ("E31", 1, [detailed(ActionSource="Manual", IsRemoteWipeSupported="False")], None),
    ("E31", 1, [detailed(ActionSource="Martian")], "//entry[key=ActionSource]/value: ['Martian']"),
    ("E31", 1, [detailed(ActionSource=None)], "//entry[key=ActionSource]/value: []"),
    ("E31", 1, [detailed(IsRemoteWipeSupported="maybe")], "//entry[key=IsRemoteWipeSupported]/value: ['maybe']"),
    ("E31", 1, [{"uuid": "other", "details": of("E31", 1)["details"]}], "//uuid: ['other']"),
    ("E32", 1, [of("E32", 1), BLOCKED], None),
    ("E32", 1, [{"messages": {"message": " 1 device(s) modified to BLOCK_DEVICE "}}, BLOCKED], None),
    ("E32", 1, [{"messages": {"message": "2 device(s) modified to BLOCK_DEVICE"}}, BLOCKED], "messages: "),
    ("E32", 1, [of("E32", 1), {}], "registeredBlockedDevices/registeredBlockedDevice/uuid: []"),
    ("E33", 2, [CHANGED, JDOE], None),
    ("E33", 2, [CHANGED, Answer({}, status=401)], "status: 401 for 200"),
    ("E33", 2, [CHANGED, user(principal="miadmin")], "user/principal: ['miadmin']"),
    ("E33", 2, [{**CHANGED, "messages": {"message": "The old password is wrong"}}], "messages: "),
    ("E33", 3, [Answer({}, status=400), Answer({}, status=401)], None),
    ("E33", 3, [Answer({}, status=400), JDOE], "status: 200 for 401"),
    ("E33", 4, [{**CHANGED, "messages": {"message": "Password changed successfully for user: nobody-of-this-name"}}], "is not among them"),
    ("E33", 5, [{**CHANGED, "messages": {"message": "A password has 8 to 20 characters."}}, Answer({}, status=401)], None),
    ("E33", 5, [Answer({}, status=400), Answer({}, status=401)], None),
    ("E33", 6, [CHANGED, Answer({}, status=401)], "is not among them"),
    ("E33", 6, [{**CHANGED, "messages": {"message": "Done"}}, JDOE], "status: 200 for 401"),
    ("E34", 1, [user()], None),
    ("E34", 4, [user()], "status: 200 for 404"),
    ("E34", 5, [user()], "status: 200 for 404"),
    ("E34", 1, [user(roles="ROLE_API")], None),
    ("E34", 1, [user(roles=[])], "$.user.roles"),
    ("E34", 1, [user(userSource=77)], "$.user.userSource: expected one of [76, 68]"),
    ("E34", 1, [user(userSource="76")], "$.user.userSource"),
    ("E34", 1, [user(**{"@id": 9001})], "$.user.@id"),
    ("E46", 1, [{**of("E46", 1), "messages": {"message": "2 application setting(s) returned."}}], "and there are 1 at"),
    ("E46", 2, [{**of("E46", 1)}], "appsettings/appsetting/appType: ['CERTIFICATE']"),
    ("E47", 1, [setting()], None),
    ("E47", 1, [setting(properties=[{"entry": {"key": "A", "value": 1}}])], None),
    ("E47", 1, [setting(properties=None)], None),
    ("E47", 1, [setting(state=66)], "state"),
    ("E47", 1, [setting(deviceCount=2)], "deviceCount"),
    ("E47", 1, [setting(properties={"entry": {"name": "A"}})], "properties"),
]
# fmt: on


@pytest.mark.parametrize(("name", "index", "answers", "words"), REPLIES)
def test_an_answer_or_a_state_that_deviates_is_caught(
    name: str, index: int, answers: list[Any], words: str | None
) -> None:
    faults, _requests = replayed(name, index, *answers)
    assert faults == [] if words is None else any(words in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("root", "right"),
    [("easWebServiceReponse", True), ("easWebServiceResponse", True), ("easDevices", False)],
)
def test_a_root_can_have_the_two_names_that_the_document_gives_it(root: str, right: bool) -> None:
    body = of("E30").replace("easWebServiceReponse", root)
    faults, _requests = replayed("E30", 0, Answer(body, content_type=XML))
    assert (faults == []) is right, faults


# ---- what stands for something ----

SPACES = {
    "result": {
        "searchResults": [
            {"id": 1, "defaultPartition": False},
            {"id": 23, "defaultPartition": True},
        ]
    }
}
IN_SPACE = {
    "result": {
        "searchResults": [
            {"id": 1, "ownerId": None},
            {"id": 2, "ownerId": 20},
            {"id": 3, "ownerId": 30},
        ]
    }
}
# fmt: off
OF_THREE = [{"id": 7, "name": "a", "status": "INSTALLED"}, {"id": 8, "name": "b", "status": "INSTALLED"},
            {"id": 9, "name": "c", "status": "ERROR"}, {"id": 5, "name": "d", "status": "INSTALLED"},
            {"id": 6, "name": "d", "status": "INSTALLED"}]
ACCOUNTS = [{"id": 70, "uid": "off@example.com", "enabled": False}, {"id": 71, "uid": "A@example.com", "enabled": True},
            {"id": 72, "uid": "a@example.com", "enabled": True}, {"id": 73, "uid": "b@example.com", "enabled": True},
            {"id": 74, "uid": "plain", "enabled": True}]
# fmt: on
TENANT: dict[str, Any] = {
    "/api/v1/tenant/partition/device": SPACES,
    "/api/v1/device?dmPartitionId=23&fq=registrationState%3DACTIVE&rows=100": IN_SPACE,
    "/api/v1/device/2/configs": {"result": {"searchResults": OF_THREE[:1]}},
    "/api/v1/device/3/configs": {"result": {"searchResults": OF_THREE}},
    "/api/v1/device/2/policies": {"result": {"searchResults": [{"id": 1}]}},
    "/api/v1/device/2/certs/search?accountId=20": {"result": {"searchResults": []}},
    "/api/v1/device/3/certs/search?accountId=30": {"result": {"searchResults": [{"caId": 1}]}},
    "/api/v1/depServer": {"result": {"searchResults": [{"id": 197}, {"id": 198}]}},
    "/api/v1/depServer/197/profiles": {"result": []},
    "/api/v1/depServer/198/profiles": {"result": [{"id": 1}]},
    "/api/v1/account?rows=50": {"result": {"searchResults": ACCOUNTS}},
}


@pytest.mark.parametrize(("kind", "found"), [
    ("a device space", "23"),
    ("a device with configurations", "3"),
    ("a configuration of the device with configurations", "7"),
    ("another configuration of the device with configurations", "8"),
    ("a device with policies", "2"),
    ("a device with certificates", "3"),
    ("the owner of the device with certificates", "30"),
    ("the DEP server with profiles", "198"),
    ("an account", "73"),
    ("an account's uid", "b@example.com"),
    ("another account", None),
])  # fmt: skip
def test_things_of_a_tenant_are_found(kind: str, found: str | None) -> None:
    if found is None:
        with pytest.raises(WorldError, match=kind):
            stand_ins({"x": kind}, TENANT.__getitem__)
    else:
        assert stand_ins({"x": kind}, TENANT.__getitem__) == {"x": found}


@pytest.mark.parametrize("kind", ["a device with configurations", "a device with certificates"])
def test_a_tenant_without_such_a_thing_is_told(kind: str) -> None:
    empty = {
        **{path: {"result": {"searchResults": []}} for path in TENANT},
        "/api/v1/tenant/partition/device": SPACES,
    }
    with pytest.raises(WorldError, match="the server under test has no active device"):
        stand_ins({"x": kind}, empty.__getitem__)


PROFILES = [
    {"@id": "-2", "profileType": "POLICY"},
    {"@id": "-2", "profileType": "APP"},
    {"@id": "3", "profileType": "APP"},
]
# fmt: off
SERVER: dict[str, Any] = {
    f"{DM}/devices": {"devices": {"device": [{"uuid": "u1", "principal": "a b"}, {"uuid": "u2", "principal": "dir.user"},
                                             {"uuid": "u3", "principal": "jdoe"}, {"uuid": "u4", "principal": "gone"}]}},
    f"{DM}/devices/profiles/u1": {"profiles": {"profile": PROFILES[0]}},
    f"{DM}/devices/profiles/u2": {"profiles": {"profile": PROFILES}},
    "/api/v1/appsettings/devices/u1": None,
    "/api/v1/appsettings/devices/u2": {"appsettings": {}},
    "/api/v1/eas/devices": {
        "registeredAllowedDevices": {"registeredAllowedDevice": [{"uuid": "e1"}, {"uuid": "e2"}]},
        "registeredBlockedDevices": {"registeredBlockedDevice": {"uuid": "e3"}},
    },
    f"{SM}/users/dir.user": {"user": {"principal": "dir.user", "userSource": 68, "email": "d@example.com"}},
    f"{SM}/users/jdoe": {"user": {"principal": "jdoe", "userSource": 76, "email": "jdoe@example.com"}},
    f"{SM}/users/gone": None,
    f"{SM}/users/search/ldap/testuser": {"users": {"user": [{"principal": f"testuser{number}"} for number in range(100)]}},
    f"{SM}/users/search/ldap/di": {"users": {"user": [{"principal": f"di{number}"} for number in range(101)]}},
}
# fmt: on


@pytest.mark.parametrize(("kind", "found"), [
    ("a device with profiles", "u2"),
    ("a configuration of the device with profiles", "-2"),
    ("another configuration of the device with profiles", "3"),
    ("a policy of the device with profiles", "-2"),
    ("a device with application settings", "u2"),
    ("an ActiveSync device", "e1"),
    ("another allowed ActiveSync device", "e2"),
    ("a blocked ActiveSync device", "e3"),
    ("another blocked ActiveSync device", None),
    ("a local user", "jdoe"),
    ("the e-mail address of the local user", "jdoe@example.com"),
    ("a user of the directory", "dir.user"),
    ("the local user's name without its last character", "jdo"),
    ("the local user's e-mail address without its last character", "jdoe@example.co"),
    ("what too many users of the directory begin with", "di"),
])  # fmt: skip
def test_things_of_a_server_are_found(kind: str, found: str | None) -> None:
    if found is None:
        with pytest.raises(WorldError, match=kind):
            stand_ins({"x": kind}, SERVER.__getitem__)
    else:
        assert stand_ins({"x": kind}, SERVER.__getitem__) == {"x": found}


def test_a_number_of_the_document_gives_way_to_the_servers_own() -> None:
    example = CONTRACTS["N01"].examples[0]
    with recording() as running:
        running.queue(NONE_REJECTED, BEFORE, {"result": {"ownerId": 5}})
        faults = replay(
            Server(running.url, "u", "p"),
            CONTRACTS["N01"],
            example,
            targets(example)[0],
            {"10542407": "5"},
        )
    assert faults == []
    assert running.requests[0].body == b"accountId=5&deviceIds=73542"


def test_a_beginning_that_a_server_refuses_to_search_for_has_too_many_users() -> None:
    def read(target: str) -> Any:
        if target == f"{SM}/users/search/ldap/testuser":
            raise ValueError("400")
        return SERVER[target]

    assert stand_ins({"x": "what too many users of the directory begin with"}, read) == {
        "x": "testuser"
    }


def test_what_holds_when_the_devices_have_acted_is_read_then() -> None:
    settled: list[int] = []
    with recording() as running:
        running.queue(NONE_REJECTED, BEFORE, MOVED)
        server = Server(running.url, "u", "p", settle=lambda: settled.append(len(running.requests)))
        example = CONTRACTS["N01"].examples[0]
        assert replay(server, CONTRACTS["N01"], example, targets(example)[0]) == []
    # After the write and the first read.
    assert settled == [2] and len(running.requests) == 3
