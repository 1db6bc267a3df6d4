# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of a server, over sockets: each check right and wrong, and each open behaviour in every
position that a read can tell apart."""

from __future__ import annotations

import json
import random
import re
import stat
import string
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.server import epmm as epmm_server
from ansible_collections.ivanti.uem.plugins.module_utils._families.server import (
    neurons as neurons_server,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.server.calls import SERVER
from ansible_collections.ivanti.uem.plugins.module_utils._families.server.model import (
    MOST_REQUESTS,
    Findings,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.connect import Connections
from uem_emulator.like import NOT_RECORDED, RECORDED, read_record
from uem_emulator.state import StateError
from uem_emulator.switches import SWITCHES
from uem_emulator.testing.running import running_emulator

from ..calls import opened
from ..conftest import ModuleFailed, connection, product_of, writes
from .byte_server import answer, running_server

PRODUCTS = ("neurons", "epmm")
BEHAVIOURS = {"neurons": neurons_server.BEHAVIOURS, "epmm": epmm_server.BEHAVIOURS}
POSITIONS = {
    switch.name: switch.choices
    or {"v2_limit_default": (10, 70), "v2_limit_max": (100, 250)}.get(switch.name, ())
    for switch in SWITCHES
}
# A few pages of devices in one space.
DEVICES = 420


@pytest.fixture(scope="module")
def servers():
    """A strict emulator of each product, larger than those of the session."""
    with (
        running_emulator(
            product="neurons", devices=DEVICES, partitions=2, strict=True, password="long enough"
        ) as neurons,
        running_emulator(
            product="epmm", devices=DEVICES, partitions=2, strict=True, password="long enough"
        ) as epmm,
    ):
        yield {"neurons": neurons, "epmm": epmm}


@pytest.fixture(params=PRODUCTS)
def server(request, servers):
    servers[request.param].reset()
    return servers[request.param]


def examined(server, **options: Any) -> Findings:
    given = {**connection(server), "read_timeout": 30, **options}
    _client, calls = opened(SERVER, given.pop("product"), given.pop("url"), read_only=True, **given)
    return calls.examine()


def checks_of(result: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {check["name"]: check for check in result["checks"]}


def wrong(result: dict[str, Any]) -> list[str]:
    return [check["name"] for check in result["checks"] if check["status"] == "wrong"]


def behaviour(result: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in result["behaviours"] if one["name"] == name)


# Open behaviours

# What has to be there so that a behaviour shows.
NEEDS: dict[str, dict[str, Any]] = {
    "gdpr_mask": {"gdpr": "on"},
    "gdpr_v1": {"gdpr": "on"},
    "v2_above_limit": {"v2_limit_max": 200},
}
# What cannot be told: without Basic authentication nobody gets in, and Neurons has no API v1.
NOT_HERE = {
    ("neurons", "basic_auth", "off"),
    ("epmm", "basic_auth", "off"),
    ("neurons", "challenge", "epmm_v1"),
}
DEFAULTS = {switch.name: switch.default for switch in SWITCHES}
# The positions in which something is not what a user needs, and the checks that say it.
FAULTS: dict[tuple[str, str, Any], set[str]] = {("neurons", "neurons_spaces", "none"): {"spaces"}}


def prepare(server: Any, name: str) -> bool:
    """Make what a behaviour needs to show. Return whether the world is another one then."""
    for switch, value in NEEDS.get(name, {}).items():
        server.set_switch(switch, value)
    if name == "forbidden_body":
        server.add_fault("403", path_regex="/devices?$", times=None)
    if name == "profile_status_names":
        for row in server.devices("uuid", "status"):
            for profile in server.profiles(row["uuid"])[:1] if row["status"] == "ACTIVE" else ():
                kind, number = profile["kind"], profile["id"]
                server.change_profile(row["uuid"], kind, number, status="Pending")
    if name == "pending_compliant":
        for row in server.devices("id"):
            server.patch_device(row["id"], complianceState=False)
    return name in ("forbidden_body", "profile_status_names", "pending_compliant")


@pytest.mark.parametrize(
    ("product", "name", "position"),
    [
        (product, one.name, position)
        for product in PRODUCTS
        for one in BEHAVIOURS[product]
        for position in POSITIONS[one.name]
        if (product, one.name, position) not in NOT_HERE
    ],
)
def test_a_behaviour_is_told_in_every_position(servers, product, name, position):
    server = servers[product]
    server.clear_requests()
    changed = prepare(server, name)
    server.set_switch(name, position)
    try:
        found = examined(server)
        assert found.settled.get(name, found.reasons.get(name)) == position
        if not changed:
            assert found.settled == actual(server, found)
            wrongs = {check.name for check in found.checks if check.status == "wrong"}
            assert wrongs == FAULTS.get((product, name, position), set())
        assert len(server.requests()) <= MOST_REQUESTS and writes(server) == []
    finally:
        for switch in (name, *NEEDS.get(name, ())):
            server.set_switch(switch, DEFAULTS[switch])
        if changed:
            server.reset()


# What a read may meet, although no check is about it. The others only show in writes, or are tests'
# own sizes and times.
BESIDES = {
    name
    for reason, names in NOT_RECORDED.items()
    for name in names
    if not reason.startswith("only a write")
} - {"delay_ms", "request_timeout_ms", "max_url_bytes", "max_body_bytes"}


@pytest.mark.parametrize(
    ("name", "position"),
    [
        (switch.name, position)
        for switch in SWITCHES
        for position in switch.choices
        if position != switch.default and switch.name in BESIDES
    ],
)
def test_no_other_switch_misleads(servers, name, position):
    """What is said to be so is so, whatever the server is like besides."""
    for product, server in servers.items():
        server.set_switch(name, position)
        try:
            found = examined(server)
            assert found.settled == actual(server, found)
            wrongs = {check.name for check in found.checks if check.status == "wrong"}
            assert wrongs == FAULTS.get((product, name, position), set()), product
            assert len(found.seen) <= MOST_REQUESTS
        finally:
            server.set_switch(name, DEFAULTS[name])


def actual(server: Any, found: Findings) -> dict[str, Any]:
    """The positions of the switches that were told."""
    truth = server.switches()
    if found.product == "neurons" and truth["challenge"] == "epmm_v1":
        truth["challenge"] = "off"
    return {name: truth[name] for name in found.settled}


# Checks


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_good_server_has_nothing_wrong(call, servers, product):
    server = servers[product]
    server.clear_requests()
    result = call("server_info", server)
    assert wrong(result) == [] and result["changed"] is False and result["record"] is None
    assert result["server"]["product"] == product and result["server"]["devices"] == DEVICES
    assert result["summary"] == {"ok": len(result["checks"]), "wrong": 0, "note": 0, "unknown": 0}
    # A screen shows them all, each in a line that a person reads.
    assert len(result["lines"]) == len(result["checks"]) <= 14
    unknown = [one["name"] for one in result["behaviours"] if one["position"] is None]
    assert len(result["behaviours"]) > 30 and len(unknown) < 8
    assert result["requests"] == len(server.requests()) <= MOST_REQUESTS
    assert writes(server) == []
    assert server.password not in str(result)


def test_the_version_is_said(call, epmm):
    assert call("server_info", epmm)["server"]["version"] == "12.3.0.1"


# What goes wrong: the product, how it is brought about, the check that says it, and its words.
ON = {"times": None}
WRONGS = {
    "no permission": (
        "neurons", lambda e: e.set_roles(e.username), "permissions", "may do nothing"),
    "devices forbidden": (
        "neurons", lambda e: e.set_roles(e.username, "Device Actions"), "devices", "Tenant Admin"),
    "no spaces": (
        "neurons", lambda e: e.add_fault("403", path="*/partition/device", **ON), "spaces", "HTTP 403"),
    "masked": ("neurons", lambda e: e.set_switch("gdpr", "on"), "privacy", "GDPR profile"),
    "paging": (
        "neurons", lambda e: e.add_fault("duplicate_page", path="/api/v1/device", after=1, **ON), "paging", "go on"),
    "limited": (
        "neurons", lambda e: e.add_fault("429", path="/api/v1/policy"), "rate_limits", "HTTP 429"),
    "no API v1": ("epmm", lambda e: e.set_switch("v1_absent", "404"), "api_v1", "lacks API v1"),
    "no API v2": (
        "epmm", lambda e: e.add_fault("403", path="/api/v2/*", **ON), "api_v2", "set api (IVANTI_UEM_API) to v1"),
    "a page for API v2": (
        "epmm", lambda e: e.add_fault("html", path="/api/v2/*", **ON), "api_v2", "set api (IVANTI_UEM_API) to v1"),
    "small pages": (
        "epmm", lambda e: [e.set_switch("v2_limit_max", 100), e.set_switch("v2_above_limit", "error")],
        "devices", "pages of 200"),
    "no role API": (
        "epmm", lambda e: e.set_roles(e.username, "View label"), "role_api", "the role API"),
    "no role for labels": (
        "epmm", lambda e: e.set_roles(e.username, "API"), "role_view_label", "View label"),
    "devices of v2 forbidden": (
        "epmm", lambda e: e.add_fault("403", path="/api/v2/devices", **ON), "devices", "HTTP 403"),
    "short list": (
        "epmm", lambda e: e.add_fault("short_page", path="/api/v2/devices", query_regex="limit=1&offset=[1-9]", **ON),
        "paging", "go on"),
    "masked by EPMM": ("epmm", lambda e: e.set_switch("gdpr", "on"), "privacy", "GDPR profile"),
    "limited by EPMM": (
        "epmm", lambda e: e.add_fault("429", path="/api/v2/labels/*"), "rate_limits", "HTTP 429"),
}  # fmt: skip
# What a server does not let anybody know is not wrong, and neither is a fact of the account.
STATUS = {
    "no spaces": "unknown", "masked": "note", "masked by EPMM": "note", "no API v1": "note",
}  # fmt: skip


@pytest.mark.parametrize("case", WRONGS)
def test_each_check_is_seen_to_fail(call, emulator, epmm, case):
    product, break_it, name, words = WRONGS[case]
    server = epmm if product == "epmm" else emulator
    break_it(server)
    result = call("server_info", server)
    check = checks_of(result)[name]
    assert check["status"] == STATUS.get(case, "wrong"), check
    assert words in f"{check['message']} {check['remedy']}"
    assert check["remedy"] or check["status"] == "unknown"
    assert writes(server) == [] and result["requests"] <= MOST_REQUESTS


def test_nothing_follows_a_limit(call, emulator):
    emulator.add_fault("429", path="/api/v1/customattributes", times=None)
    result = call("server_info", emulator)
    assert emulator.requests()[-1]["path"] == "/api/v1/customattributes"
    assert "limits the rate" in behaviour(result, "account_list")["reason"]


def test_a_server_that_leaves_requests_without_an_answer_is_not_asked_on(call, emulator):
    emulator.add_fault("reset", path="/api/v1/device", times=None)
    result = call("server_info", emulator)
    lost = [entry for entry in emulator.requests() if entry["status"] is None]
    assert len(lost) == 2 and emulator.requests()[-1] == lost[-1]
    assert "had no answer" in behaviour(result, "account_list")["reason"]


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_other_product_is_named_where_it_forbids_what_it_lacks(call, emulator, epmm, product):
    server = emulator if product == "epmm" else epmm
    server.add_fault(
        "403",
        path_regex="/metadata/tenant|/dm/labels" if product == "neurons" else "ping|labels",
        times=None,
    )
    result = call("server_info", server, product=product)
    assert wrong(result) == ["product"]


@pytest.mark.parametrize("kind", ["403", "html"])
def test_api_v2_that_cannot_be_used_is_wrong_only_where_it_is_used(call, epmm, kind):
    epmm.add_fault(kind, path="/api/v2/*", times=None)
    with pytest.raises(ModuleFailed, match="set api=v1"):
        call("device_info", epmm, fields=["id"])
    assert wrong(call("server_info", epmm)) == ["api_v2"]
    assert call("device_info", epmm, fields=["id"], api="v1")["count"] > 0
    assert wrong(call("server_info", epmm, api="v1")) == []


def test_a_server_without_api_v2_is_looked_at_through_v1(call):
    labels = b'{"messages": {"message": "1 Label (s) returned"}, "labels": {"label": {"@id": "1"}}}'
    absent = answer(b"", "404 Not Found")
    with running_server() as server:
        server.answers = [absent, answer(labels), *[absent] * MOST_REQUESTS]
        options = {"product": "epmm", "username": "u", "password": "secret-1"}
        checks = checks_of(call("server_info", url=server.url, **options))
    assert checks["api_v2"]["status"] == "note" and "HTTP 404" in checks["api_v2"]["message"]
    for name in ("product", "api_v1", "role_api"):
        assert checks[name]["status"] == "ok", name
    assert checks["devices"]["status"] == checks["paging"]["status"] == "unknown"


@pytest.mark.parametrize(("seconds", "status"), [(0, "ok"), (-600, "wrong"), (600, "wrong")])
def test_the_clocks_are_compared(call, emulator, monkeypatch, seconds, status):
    from ansible_collections.ivanti.uem.plugins.module_utils._families.server import probes

    moment = probes.time.time
    monkeypatch.setattr(probes.time, "time", lambda: moment() + seconds)
    check = checks_of(call("server_info", emulator))["clock"]
    assert check["status"] == status
    # The header has whole seconds.
    assert not seconds or (
        re.search(r" (59[0-9]|60[0-9]) s ", check["message"]) and check["remedy"]
    )


def test_encryption_is_judged(call, emulator):
    assert "ends in" in checks_of(call("server_info", emulator))["tls"]["message"]
    open_to_all = checks_of(call("server_info", emulator, validate_certs=False))["tls"]
    assert (open_to_all["status"], "ca_path" in open_to_all["remedy"]) == ("wrong", True)
    with running_emulator(devices=3, no_tls=True) as plain:
        check = checks_of(call("server_info", plain))["tls"]
    assert check["status"] == "wrong" and "https://" in check["remedy"]


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("devices", [0, 1, 2])
def test_a_small_fleet_is_no_fault(call, emulator, epmm, product, devices):
    server = epmm if product == "epmm" else emulator
    server.reset(devices=devices)
    result = call("server_info", server)
    assert wrong(result) == [] and result["server"]["devices"] == devices


# Where nothing can be read


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_other_product_is_named(call, emulator, epmm, product):
    server = emulator if product == "epmm" else epmm
    result = call("server_info", server, product=product)
    assert wrong(result) == ["product"]
    assert product_of(server) in checks_of(result)["product"]["remedy"]
    assert result["server"]["product"] == product_of(server) and result["requests"] <= 4


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize(("options", "words"), [
    ({"password": "not the password"}, "rejected the credentials"),
    ({"url": "https://127.0.0.1:1"}, "cannot be reached"),
    ({"url": "https://no-such-host.invalid"}, "cannot be reached"),
    ({"ca_path": None}, "certificate"),
])  # fmt: skip
def test_one_sentence_where_nothing_can_be_read(
    call, emulator, epmm, tmp_path, product, options, words
):
    server = epmm if product == "epmm" else emulator
    with pytest.raises(ModuleFailed) as failure:
        call("server_info", server, record=str(tmp_path / "r.json"), **options)
    message = failure.value.result["msg"]
    assert words in message and "\n" not in message and list(tmp_path.iterdir()) == []
    assert "not the password" not in message


PAGES = {
    "a login page": (answer(b"<html><title>Sign in</title></html>"), "neither product.*web page"),
    "another server": (answer(b"nothing here", "404 Not Found"), "neither product.*HTTP 404"),
    "another API": (answer(b'{"hello": [1]}'), "neither product"),
    "a list": (answer(b"[1, 2]"), "neither product"),
    "a redirect": (answer(b"", "302 Found", Location="https://x.example/"), "redirected"),
    "in trouble": (answer(b"", "503 Service Unavailable"), "HTTP 503"),
}


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("case", PAGES)
def test_what_is_neither_product_is_said(call, tmp_path, product, case):
    reply, words = PAGES[case]
    options = {"product": product, "username": "u", "password": "secret-1", "retries": 0}
    with running_server() as server:
        server.answers = [reply] * 4
        with pytest.raises(ModuleFailed, match=words):
            path = str(tmp_path / "r.json")
            call("server_info", url=server.url, record=path, **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_server_that_refuses_everything_is_no_product(call, product):
    options = {"product": product, "username": "u", "password": "secret-1"}
    with running_server() as server:
        server.answers = [answer(b"", "403 Forbidden")] * MOST_REQUESTS
        result = call("server_info", url=server.url, **options)
    checks = checks_of(result)
    assert checks["product"]["status"] == "unknown" and "role" in checks["product"]["remedy"]
    assert checks["credentials"]["status"] == "unknown"
    assert result["summary"]["wrong"] >= 1
    assert "no time" in checks["clock"]["message"]


# The record

CANARY = "CANARY"
NUMBER = 7_654_321_098_765


def spoiled(value: Any, *, keys: bool) -> Any:
    """Data with a canary in every value and one more key in each map; or in place of each key."""
    if isinstance(value, dict):
        parts = {
            f"{CANARY}{name}" if keys else name: spoiled(part, keys=keys)
            for name, part in value.items()
        }
        return {**parts, f"{CANARY}-key": {f"{CANARY}.inner": CANARY}}
    if isinstance(value, list):
        return [spoiled(part, keys=keys) for part in value]
    if isinstance(value, str):
        return f"{CANARY} {value}"
    if isinstance(value, bool) or value is None:
        return value
    return NUMBER + int(value)


@pytest.fixture
def canaries(monkeypatch):
    """Put canaries into every answer from now on."""

    def put(*, keys: bool) -> None:
        send = Connections.send

        def spoil(self: Any, request: Any, headers: Any) -> Any:
            reply = send(self, request, headers)
            try:
                body = json.dumps(spoiled(json.loads(reply.body), keys=keys)).encode()
            except ValueError:
                body = reply.body + CANARY.encode()
            more = {f"x-{CANARY}-corp": CANARY, "server": CANARY, "etag": CANARY}
            return replace(reply, body=body, headers={**reply.headers, **more}, reason=CANARY)

        monkeypatch.setattr(Connections, "send", spoil)

    return put


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("keys", [False, True])
def test_no_value_of_a_tenant_arrives_in_the_record(servers, canaries, product, keys, tmp_path):
    from ansible_collections.ivanti.uem.plugins.module_utils._families.server.record import (
        record_of,
    )

    found = examined(servers[product])
    # Answers that the check understands, and then those that it gets.
    shapes = [replace(one, data=spoiled(one.data, keys=keys)) for one in found.seen]
    canaries(keys=keys)
    if not keys:
        found = examined(servers[product])
        assert sum(one.status == 200 for one in found.seen) > 3
    found = replace(found, seen=[*shapes, *found.seen])
    text = json.dumps(record_of(found))
    assert CANARY.lower() not in text.lower() and str(NUMBER)[:6] not in text
    assert len(found.seen) > 30


@pytest.mark.parametrize("product", PRODUCTS)
def test_nothing_of_a_world_arrives_in_the_record(call, servers, product, tmp_path):
    """The values of every device, user and label that the control calls know."""
    server, path = servers[product], tmp_path / "record.json"
    call("server_info", server, record=str(path))
    text = path.read_text(encoding="utf-8")
    values = set()
    for device in server.devices()[:50]:
        everything = server.device(device["id"])
        values |= {str(one) for one in everything.values() if isinstance(one, (str, int))}
    values = {one for one in values if len(one) > 5 and not one.isalpha() and "_" not in one}
    assert len(values) > 200
    assert [one for one in values if one in text] == []
    assert server.url not in text and server.username not in text


def test_no_credential_arrives_in_the_record(call, emulator, tmp_path):
    path = tmp_path / "record.json"
    call("server_info", emulator, record=str(path))
    text = path.read_text(encoding="utf-8")
    assert emulator.username not in text and emulator.password not in text


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_record_is_private_and_written_once(call, servers, product, tmp_path):
    path = tmp_path / "record.json"
    checked = call("server_info", servers[product], record=str(path), check_mode=True)
    assert not checked["changed"] and not path.exists()
    said = f"record: check mode writes no file; a run writes {str(path)!r}."
    assert said in checked["warnings"]
    path.write_text("old")
    path.chmod(0o644)
    result = call("server_info", servers[product], record=str(path))
    assert not result["changed"] and result["record"] == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["record.json"]
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["product"] == product and len(record["requests"]) == result["requests"]
    names = [one["name"] for one in record["requests"]]
    assert len(set(names)) == len(names) or names.count("devices of a status") == 2


@pytest.mark.parametrize(("path", "words"), [
    ("no/such/record.json", "no folder"), (".", "is a folder"), ("link", "is a link"), ("", "is empty"),
])  # fmt: skip
def test_a_place_that_cannot_be_written_is_refused_before_any_request(
    call, emulator, tmp_path, path, words
):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ModuleFailed, match=f"^record: .*{words}"):
        call("server_info", emulator, record=str(tmp_path / path) if path else "")
    assert emulator.requests() == [] and sorted(tmp_path.iterdir()) == before


# An emulator that is like a recorded server


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("seed", range(4))
def test_an_emulator_becomes_like_a_server(servers, tmp_path, product, seed, call):
    """A server of chosen positions is recorded; an emulator like it shows the same behaviours."""
    server, draw = servers[product], random.Random(seed)
    names = [one.name for one in BEHAVIOURS[product] if one.name not in ("basic_auth", "v1_absent")]
    wanted = {name: draw.choice(POSITIONS[name]) for name in names}
    if wanted["gdpr"] == "off":
        wanted["gdpr_mask"] = DEFAULTS["gdpr_mask"]
    for name, position in wanted.items():
        server.set_switch(name, position)
    try:
        path = tmp_path / "record.json"
        call("server_info", server, record=str(path))
        told = read_record(str(path), product)
        first = examined(server)
    finally:
        server.reset()
    assert told == first.settled and len(told) > len(names) // 2
    arguments = [f"--like={path}"]
    with running_emulator(
        product=product, devices=DEVICES, partitions=2, strict=True, arguments=arguments
    ) as like:
        assert {name: like.switches()[name] for name in told} == told
        settled = examined(like).settled
    assert {name: settled.get(name) for name in told} == told


def told_of(tmp_path: Any, **changes: Any) -> str:
    """A record that says what is given."""
    from ansible_collections.ivanti.uem.plugins.module_utils._families.server.record import (
        digest_of,
        record_of,
    )

    record = {**record_of(Findings("neurons", settled={"gdpr": "on"})), "requests": [{}], **changes}
    digest = digest_of({name: value for name, value in record.items() if name != "digest"})
    (tmp_path / "r.json").write_text(json.dumps({**record, "digest": digest}))
    return str(tmp_path / "r.json")


NO_REQUESTS: list[object] = [None, [], {}, "x", 1]


@pytest.mark.parametrize(("changes", "words"), [
    ({"version": 2}, "of version 2"), ({"format": "x"}, "is not a record"), ({"product": "epmm"}, "give --product"),
    ({"behaviours": {"no_such": "on"}}, "has no switch"), ({"behaviours": {"gdpr": "maybe"}}, "wrong position"),
    ({"behaviours": {"gdpr": ["on"]}}, "wrong position"), ({"behaviours": [1]}, "no behaviours"),
    ({"behaviours": {"strict": "on"}}, "has no switch"), ({"version": True}, "of version True"), ({"version": 1.0}, "of version 1.0"),
    *(({"requests": requests}, "has no requests that showed") for requests in NO_REQUESTS),
    ({"behaviours": {"v2_limit_max": 0}}, "v2_limit_max is a whole number of at least 1"),
    ({"behaviours": {"v2_limit_max": 10**400}}, "at most nine digits"), ({"behaviours": {"v2_limit_max": "٣"}}, "a whole number"),
])  # fmt: skip
def test_a_record_of_another_kind_starts_nothing(tmp_path, changes, words):
    with pytest.raises(StateError, match=words):
        read_record(told_of(tmp_path, **changes), "neurons")


def test_a_record_that_was_cut_off_or_edited_starts_nothing(tmp_path):
    path = told_of(tmp_path)
    whole = (tmp_path / "r.json").read_text()
    assert read_record(path, "neurons") == {"gdpr": "on"}
    for place in range(0, len(whole), 7):
        (tmp_path / "r.json").write_text(whole[:place])
        with pytest.raises(StateError):
            read_record(path, "neurons")
    for place in range(0, len(whole), 3):
        other = draw_other(whole[place], place)
        (tmp_path / "r.json").write_text(whole[:place] + other + whole[place + 1 :])
        with pytest.raises(StateError):
            read_record(path, "neurons")
    for missing in (str(tmp_path), str(tmp_path / "none.json")):
        with pytest.raises(StateError, match="cannot be read"):
            read_record(missing, "neurons")


def draw_other(char: str, seed: int) -> str:
    return random.Random(seed).choice([one for one in string.ascii_letters if one != char])


def test_each_behaviour_is_a_switch_and_each_switch_is_told_or_has_a_reason():
    told = {one.name for behaviours in BEHAVIOURS.values() for one in behaviours}
    assert told == RECORDED


# Answers that are not to be trusted

JUNK: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    "null",
    [],
    [None],
    [[]],
    {},
    {"id": None},
    {"x": {}},
    [1, "a", {}],
)


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("seed", range(40))
def test_junk_in_answers_breaks_nothing(servers, monkeypatch, product, seed):
    """A third of all values is replaced by something else."""
    draw, send = random.Random(seed), Connections.send

    def junk(value: Any, depth: int = 0) -> Any:
        if depth > 1 and draw.random() < 0.3:
            return draw.choice(JUNK)
        if isinstance(value, dict):
            return {name: junk(part, depth + 1) for name, part in value.items()}
        return [junk(part, depth + 1) for part in value] if isinstance(value, list) else value

    def spoil(self: Any, request: Any, headers: Any) -> Any:
        reply = send(self, request, headers)
        try:
            return replace(reply, body=json.dumps(junk(json.loads(reply.body))).encode())
        except ValueError:
            return reply

    monkeypatch.setattr(Connections, "send", spoil)
    found = examined(servers[product])
    assert len(found.checks) > 6 and len(found.open_behaviours()) > 30
    assert len(found.seen) <= MOST_REQUESTS


# A large fleet


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_large_fleet_takes_no_more_requests(call, product):
    with running_emulator(product=product, devices=10_050, partitions=1, strict=True) as large:
        result = call("server_info", large)
        requests = large.requests()
    assert len(requests) == result["requests"] <= MOST_REQUESTS and wrong(result) == []
    assert result["server"]["devices"] == 10_050
    where = "past 10000 devices" if product == "neurons" else "10050 devices"
    assert where in checks_of(result)["paging"]["message"]
    # A whole fleet is never read.
    assert sum("limit=1000" in one["query"] for one in requests) <= 1


def test_a_list_that_ends_at_the_window_is_wrong(call):
    with running_emulator(devices=10_050, partitions=1, strict=True) as large:
        large.add_fault(
            "duplicate_page", path="/api/v1/device", query_regex="searchAfterValues", times=None
        )
        check = checks_of(call("server_info", large))["paging"]
    assert check["status"] == "wrong" and "narrow selections" in check["remedy"]
