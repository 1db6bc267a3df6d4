# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's own example requests ("Device API Calls"), sent by curl with only host, ids and
credentials changed."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import TOKEN

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@pytest.fixture
def curl(emulator: Emulator) -> Callable[..., Any]:
    def run(*arguments: str) -> Any:
        account = ["-u", f"{emulator.username}:{emulator.password}"]
        if any("Authorization" in argument for argument in arguments):
            account = []
        command = [
            "curl",
            "--silent",
            "--show-error",
            "--globoff",
            "--noproxy",
            "*",
            "--cacert",
            str(emulator.ca_path),
        ]
        filled = [argument.replace("https://HOST", emulator.url) for argument in arguments]
        done = subprocess.run(
            [*command, *account, *filled], capture_output=True, timeout=20, check=True
        )
        return json.loads(done.stdout)

    return run


def test_custom_attributes(
    fleet: Callable[..., list[int]], emulator: NeuronsEmulator, curl: Callable[..., Any]
) -> None:
    (device,) = fleet({"customAttributes": {"tlark": ["0"], "old": ["x"]}})
    guid = emulator.device(device)["guid"]
    emulator.define_attributes("a", "c", "ForDocs001", "forDocs002", "attribute1")
    one, bearer = (
        f"https://HOST/api/v1/device/{device}/customattributes",
        f"Authorization: Bearer {TOKEN}",
    )
    by_guid = f"https://HOST/api/v1/device/{guid}/customattributes"

    def truth() -> dict[str, list[str]]:
        return emulator.attributes()[str(device)]

    posted = curl(
        "-X",
        "POST",
        "-H",
        "Content-Type: application/json",
        "-d",
        '{ "attrs" : { "tlark" : [ "1" ] } } ',
        one,
    )
    assert posted == {"errors": None, "result": 1} and truth() == {"tlark": ["1"]}
    assert curl(by_guid)["result"] == {"deviceId": device, "guid": guid, "attrs": {"tlark": ["1"]}}
    patched = curl(
        "--location",
        "--request",
        "PATCH",
        by_guid,
        "--header",
        "Content-Type: application/json",
        "--header",
        bearer,
        "--header",
        "Content-Type: text/plain",
        "--data-raw",
        '{"attrs":{"a":["value_a_patched"], "c":["value_c_added"]}, "forceOverwrite":true}',
    )
    assert patched == {"errors": None, "result": 1}
    assert truth() == {"tlark": ["1"], "a": ["value_a_patched"], "c": ["value_c_added"]}
    emulator.set_attributes(
        {device: {"fordocs001": ["1"], "fordocs002": ["2"], "attribute1": ["1"], "stays": ["1"]}}
    )
    many = curl(
        "--location",
        "--request",
        "DELETE",
        "https://HOST/api/v1/device/customattributes",
        "--header",
        "Accept: application/json, text/plain, */*",
        "--header",
        "Content-Type: application/json",
        "--header",
        bearer,
        "--data-raw",
        json.dumps({"ids": [str(device)], "attrKeys": ["ForDocs001", "forDocs002"]}),
    )
    assert many == {"errors": None, "result": 1} and truth() == {
        "attribute1": ["1"],
        "stays": ["1"],
    }
    single = curl(
        "--location",
        "--request",
        "DELETE",
        by_guid,
        "--header",
        "Content-Type: application/json",
        "--header",
        bearer,
        "--data-raw",
        '{ "attrs" : { "attribute1" : [ "1" ] } } ',
    )
    assert single == {"errors": None, "result": 1} and truth() == {"stays": ["1"]}


def test_searches(
    fleet: Callable[..., list[int]], emulator: Emulator, curl: Callable[..., Any]
) -> None:
    now = emulator.state()["now"]
    first, second = fleet(
        {
            "customAttributes": {"cityid": ["SF"]},
            "emailAddress": "a@example.com",
            "uid": "a@example.com",
        },
        {"lastCheckin": now - 3_600_000, "lastRegistrationTime": now - 5_000},
    )
    space = emulator.device(first)["dmPartitionId"]

    def ids(query: str) -> list[int]:
        return [
            row["id"]
            for row in curl(f"https://HOST/api/v1/device?{query}")["result"]["searchResults"]
        ]

    assert ids(f"fq=CFDEVICE%5BcityId%5D=SF&dmPartitionId={space}") == [first]
    assert ids(f"fq=CFDEVICE[cityId]=SF&dmPartitionId={space}") == [first]
    assert ids(f"dmPartitionId={space}&fq=lastRegistrationTime<'0:0:03:06'&rows=5&start=0") == [
        second
    ]
    assert ids(f"dmPartitionId={space}&fq=lastCheckin<'00:01:00'&rows=5&start=0") == [first]
    assert ids(f"q=&dmPartitionId={space}&fq=EMAILADDRESS+EQ+a@example.com") == [first]
    assert ids(f"q=&dmPartitionId={space}&fq=UID+EQ+a@example.com") == [first]
    assert curl(f"https://HOST/api/v1/device/{second}")["result"]["id"] == second
