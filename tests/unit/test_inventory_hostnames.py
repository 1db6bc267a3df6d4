# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import random
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.hostnames import (
    MAX_BYTES,
    RESERVED,
    SERVER_LENGTH,
    Claim,
    Fleet,
    host_names,
    safe_host_name,
    server_part,
    unique_host_names,
)
from hypothesis import example, given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("DLXMF0URFLMK", "DLXMF0URFLMK"),
        (23156, "23156"),
        (" iPad\n", "iPad"),
        ("Ольга\u2019s iPad", "Ольга_s_iPad"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("ＡＢＣ", "ABC"),
        ("../../etc/passwd", "_._etc_passwd"),
        ("..", ""),
        ("--limit", "limit"),
        ("~root", "_root"),
        ("{{ 7*7 }}", "___7_7___"),
        ("a:b,c[0]&!d", "a_b_c_0___d"),
        ("host\u0000\r\nansible_connection=ssh", "host___ansible_connection_ssh"),
        ("\u202egnp.exe", "_gnp.exe"),
        ("\ud800x", "_x"),
        ("A.yml", "A_yml"),
        ("A.tar.JSON", "A.tar_JSON"),
        ("A.ymlx", "A.ymlx"),
        ("///", ""),
        ("🔥", ""),
        ("", ""),
        (None, ""),
        (True, ""),
        (["x"], ""),
    ],
)
def test_a_name_is_made_safe(raw, name):
    assert safe_host_name(raw) == name


@given(st.text(st.characters(), max_size=300))
@example("-." * 100)
@example("\u0f43.yaml")
@example("é" * 400)
def test_every_name_is_safe(raw):
    name = safe_host_name(raw)
    assert all(char.isalnum() or char in "_.-" for char in name)
    assert not name.startswith(("-", ".", "~")) and ".." not in name
    assert not name.lower().endswith((".yml", ".yaml", ".json"))
    assert len(name.encode()) <= MAX_BYTES
    assert name == "" or any(char.isalnum() for char in name)
    assert safe_host_name(name) == name


def claims(*rows):
    return [Claim(*row) for row in rows]


TABLE = {
    "alone": (claims(("1", "A", False, 0)), {"1": "A"}),
    "the active one before the newer one": (
        claims(("1", "A", True, 5), ("2", "A", False, 9)),
        {"1": "A", "2": "A-2"},
    ),
    "the newer one of two active ones": (
        claims(("1", "A", True, 9), ("2", "A", True, 5)),
        {"1": "A", "2": "A-2"},
    ),
    "the higher id of two that are equal, as a number": (
        claims(("9", "A", True, 5), ("10", "A", True, 5)),
        {"10": "A", "9": "A-9"},
    ),
    "a name that another one would be given stays with its owner": (
        claims(("5", "A", False, 1), ("6", "A", True, 1), ("7", "A-5", False, 0)),
        {"6": "A", "7": "A-5", "5": "A-5-5"},
    ),
    "a reserved name": (claims(("1", "LocalHost", True, 5)), {"1": "LocalHost-1"}),
    "a group's name": (
        claims(("1", "platform_ios", True, 5), ("2", "compliant", True, 1)),
        {"1": "platform_ios-1", "2": "compliant"},
    ),
}


@pytest.mark.parametrize(("given_claims", "names"), TABLE.values(), ids=TABLE)
def test_who_gets_a_name(given_claims, names):
    assert unique_host_names(given_claims, {"platform_ios"}) == names


NAMES = st.sampled_from(["A", "A-1", "A-1-1", "A-2", "all", "Localhost", "ios", "ios-1"])
FLEETS = st.lists(
    st.builds(Claim, st.integers(1, 30).map(str), NAMES, st.booleans(), st.integers(0, 2)),
    unique_by=lambda claim: claim.id,
    max_size=12,
)


@given(FLEETS, st.randoms(use_true_random=False))
def test_names_are_unique_and_do_not_depend_on_the_order(fleet, draw):
    names = unique_host_names(fleet, {"ios", "A-2"})
    assert sorted(names) == sorted(claim.id for claim in fleet)
    assert len(set(names.values())) == len(fleet)
    assert not {"ios", "A-2"} & set(names.values())
    assert not any(name.lower() in RESERVED for name in names.values())
    for claim in fleet:
        rivals = [other for other in fleet if other.name == claim.name]
        best = max(rivals, key=lambda other: (other.active, other.registered, int(other.id)))
        allowed = claim.name not in ("ios", "A-2", "all", "Localhost")
        assert (names[claim.id] == claim.name) == (claim is best and allowed)
    shuffled = list(fleet)
    random.Random(draw.random()).shuffle(shuffled)
    assert unique_host_names(shuffled, {"ios", "A-2"}) == names


def claim(address: str, key: str, name: str = "A", **more: Any) -> Claim:
    """A claim of an active registration whose id ends its guid."""
    given = {"active": True, "registered": "", "server": f"https://{address}", **more}
    return Claim(**{"id": key, "name": name, "guid": f"g{key}", **given})


ACROSS = {
    "one server": ([claim("a", "1")], ["A"]),
    "two servers, the same id and guid": ([claim("a", "1"), claim("b:8443/x", "1")], ["A-a", "A-b_8443_x"]),
    "the same address without TLS": (
        [claim("a", "1"), claim("a", "1", server="http://a")],
        ["A-a", "A-http_a"],
    ),
    "only where names meet": ([claim("a", "1"), claim("b", "1", "B")], ["A", "B"]),
    "a registration that ended": ([claim("a", "1"), claim("a", "2", ended=True)], ["A", "A-2"]),
    "it alone": ([claim("a", "2", ended=True)], ["A-2"]),
    "it by its guid": ([claim("a", "2", "g2", ended=True)], ["g2"]),
    "it on two servers": (
        [claim("a", "1", ended=True), claim("b", "1", ended=True)],
        ["A-1-a", "A-1-b"],
    ),
    "a server in each name": ([claim("a", "1", by_server=True)], ["A-a"]),
    "the same id twice": (
        [claim("a", "1"), claim("a", "1", guid="h")],
        ["A-g1", "A"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fleet", "names"), ACROSS.values(), ids=ACROSS)
def test_names_over_servers(fleet, names):
    found = host_names(fleet, set())
    assert [found[one.server, one.key] for one in fleet] == names


def test_a_long_address_is_cut_in_names():
    names = {server_part(f"https://{'a' * 60}.example.com/{end}") for end in "xy"}
    assert len(names) == 2 and all(len(name) <= SERVER_LENGTH for name in names)


SERVERS = st.sampled_from(["https://a", "https://b", "http://a", "https://a:8443"])
MIXED = st.lists(
    st.builds(
        Claim,
        id=st.integers(1, 4).map(str),
        name=st.sampled_from(["A", "A-1", "A-a", "A-1-a", "g1"]),
        active=st.booleans(),
        registered=st.sampled_from(["1", "2"]),
        guid=st.sampled_from(["g1", "g2", "g3", "g4"]),
        server=SERVERS,
        ended=st.booleans(),
        by_server=st.booleans(),
    ),
    unique_by=lambda one: (one.server, one.key),
    max_size=10,
)


@given(MIXED, st.integers(0, 10), st.randoms(use_true_random=False))
def test_names_over_sources_depend_on_no_order(claims, cut, draw):
    sources = [claims[:cut], claims[cut:], claims[::2]]
    whole = host_names(claims, set())
    assert len(set(whole.values())) == len(claims)
    draw.shuffle(sources)
    fleet, hosts = Fleet(), {}
    for own in sources:
        fleet.add(own, set())
        hosts = {fleet.renamed.get(name, name): one for name, one in hosts.items()}
        hosts |= {fleet.names[one.server, one.key]: (one.server, one.key) for one in own}
    assert hosts == {name: registration for registration, name in whole.items()}
