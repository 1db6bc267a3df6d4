# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPMM's API v1 over a socket: what comes as a file."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable

import pytest
from uem_emulator.epmm.v1.analytics import SPOILERS
from uem_emulator.epmm.world.catalog import FORMULA_NAMES
from uem_emulator.people import HOSTILE_NAMES
from uem_emulator.switches import SWITCHES
from uem_emulator.testing.epmm import EpmmEmulator

from .client import NOW, Api, Reply

CSV, ANALYTICS = "/api/v1/dm/devices.csv", "/api/v1/apps/appconnect/analytics"
APP = "com.mycompany.myapp"
#: The vendor's list, by hand.
FIELDS = """Operator, Country, Device UUID, Phone Number, Principal, Name, Platform, Manufacturer, Model, Email Address, Status Code,
    Employee Owned, Compliance, Quarantine Status, IMSI, IMEI, UDID, Client Version, MDM Enabled, Serial Number, Last Connected At,
    Active Sync UUID, Active Sync Last Sync Attempt, Wi-Fi MAC Address, Device Encryption, Last MDM Check-In,
    Last Security State Changed On, Registered On"""


def table(reply: Reply) -> list[dict[str, str]]:
    assert reply.status == 200, reply.raw
    return list(csv.DictReader(io.StringIO(reply.raw.decode(), newline="")))


def archive(reply: Reply) -> zipfile.ZipFile:
    assert reply.status == 200, reply.raw
    return zipfile.ZipFile(io.BytesIO(reply.raw))


def contents(reply: Reply) -> dict[str, bytes]:
    with archive(reply) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


# --- devices as CSV -------------------------------------------------------------------------------------------------------


def test_the_devices_as_csv(epmm: EpmmEmulator, epmm_api: Api) -> None:
    reply = epmm_api.call("GET", CSV, Accept="application/json")
    rows = table(reply)
    assert reply.headers["content-type"] == "text/csv;charset=UTF-8"
    assert list(rows[0]) == [" ".join(name.split()) for name in FIELDS.split(",")]
    truth = {
        row["uuid"]: row
        for row in epmm.devices("id", "uuid", "name", "phone", "compliance", "user", "serial")
    }
    assert [truth[row["Device UUID"]]["id"] for row in rows] == sorted(
        row["id"] for row in truth.values()
    )
    for row in rows:
        device = truth[row["Device UUID"]]
        assert [
            row[name]
            for name in ("Name", "Phone Number", "Compliance", "Principal", "Serial Number")
        ] == [
            device["name"],
            device["phone"],
            str(device["compliance"]),
            device["user"],
            device["serial"] or "",
        ]
    names = {row["Name"] for row in rows}
    assert names >= set(FORMULA_NAMES) | set(HOSTILE_NAMES) and {
        name[0] for name in FORMULA_NAMES
    } >= set("=+@\t")


def test_what_it_shares_with_the_device_list(epmm_api: Api) -> None:
    rows = {row["Device UUID"]: row for row in table(epmm_api.get(CSV))}
    devices = epmm_api.get("/api/v1/dm/devices").json["devices"]["device"]
    for device in devices:
        row = rows[device["uuid"]]
        assert (row["Active Sync UUID"], row["Last Connected At"], row["Status Code"]) == (
            device.get("easUuid", ""),
            device["lastConnectedAt"],
            "97",
        )
        assert (
            row["Employee Owned"] == str(device["employeeOwned"]).lower()
            and row["Platform"] == device["platform"]
        )
    assert any(device.get("easUuid") for device in devices)


def test_a_change_shows(epmm: EpmmEmulator, epmm_api: Api) -> None:
    before = epmm_api.get(CSV).raw
    assert epmm_api.get(CSV).raw == before
    epmm.patch_device(table(epmm_api.get(CSV))[0]["Device UUID"], name='=1+1, "x"\nÖ')
    assert table(epmm_api.get(CSV))[0]["Name"] == '=1+1, "x"\nÖ'


def test_which_devices_and_in_which_order(epmm: EpmmEmulator, epmm_api: Api) -> None:
    everyone = [row["Device UUID"] for row in table(epmm_api.get(CSV))]
    epmm.set_switch("csv_devices", "active")
    active = table(epmm_api.get(CSV))
    assert {row["Status Code"] for row in active} == {"97"} and 0 < len(active) < len(everyone)
    epmm.control("POST", "switches", {"csv_devices": "all", "csv_order": "unstable"})
    orders = [[row["Device UUID"] for row in table(epmm_api.get(CSV))] for _turn in range(2)]
    assert orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1]) == sorted(everyone)


@pytest.mark.parametrize(
    ("position", "start", "end"),
    [
        ("plain", b"Operator", b"On\n"),
        ("crlf", b"Operator", b"On\r\n"),
        ("bom", b"\xef\xbb\xbfOperator", b"On\r\n"),
    ],
)
def test_the_formats_and_no_devices(
    epmm: EpmmEmulator, epmm_api: Api, position: str, start: bytes, end: bytes
) -> None:
    epmm.reset(devices=0)
    epmm.set_switch("csv_format", position)
    raw = epmm_api.get(CSV).raw
    assert raw.startswith(start) and raw.endswith(end) and raw.count(b"\n") == 1
    epmm.set_switch("csv_empty", "404")
    assert epmm_api.get(CSV).status == 404


def test_the_other_name_and_strict_mode(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.control("POST", "switches", {"csv_name": "composed", "strict": "on"})
    row = table(epmm_api.get(CSV))[0]
    assert row["Name"] == f"{row['Principal']}:{row['Platform']}:{row['Phone Number']}"
    assert (
        epmm_api.get(CSV, status="ACTIVE").status == 400 and epmm_api.call("PUT", CSV).status == 405
    )


# --- analytics ------------------------------------------------------------------------------------------------------------


def test_the_archive_as_documented(epmm: EpmmEmulator, epmm_api: Api) -> None:
    reply = epmm_api.call("GET", f"{ANALYTICS}?appid={APP}", Accept="application/json")
    assert reply.headers["content-type"] == "application/zip" and archive(reply).testzip() is None
    files = contents(reply)
    folders = Counter(name.rsplit("/", 1)[0] for name in files)
    devices = {row["uuid"]: row for row in epmm.devices("uuid", "platform", "status")}
    assert set(folders.values()) == {2} and len(folders) > 10
    for folder in folders:
        app, uuid = folder.split("/")
        assert app == APP and (devices[uuid]["platform"], devices[uuid]["status"]) == (
            "iOS",
            "ACTIVE",
        )
        assert files[f"{folder}/version.txt"] == b"2.4.1\n"
        sessions = [
            [int(cell) for cell in line.split(",")]
            for line in files[f"{folder}/analytics.csv"].decode().splitlines()
        ]
        assert sessions == sorted(sessions)
        for start, duration, zone, size in sessions:
            assert (
                NOW - 30 * 86_400_000 <= start <= NOW
                and 0 < duration < 3600
                and -840 <= zone <= 840
                and size >= 0
            )


def test_it_changes_with_the_fleet_alone(epmm: EpmmEmulator, epmm_api: Api) -> None:
    first = epmm_api.get(ANALYTICS, appid=APP)
    assert epmm_api.get(ANALYTICS, APPID=APP).raw == first.raw
    gone = next(iter(contents(first))).split("/")[1]
    epmm.delete_device(gone)
    assert set(contents(first)) - set(contents(epmm_api.get(ANALYTICS, appid=APP))) == {
        f"{APP}/{gone}/analytics.csv",
        f"{APP}/{gone}/version.txt",
    }


def test_the_same_contents_in_other_bytes(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.set_switch("analytics_zip_times", "moving")
    replies = [epmm_api.get(ANALYTICS, appid=APP) for _turn in range(3)]
    assert (
        len({reply.raw for reply in replies}) == 3
        and len({repr(contents(reply)) for reply in replies}) == 1
    )


@pytest.mark.parametrize("app", ["com.example.field", "com.example.notes"])
def test_the_other_apps(epmm_api: Api, app: str) -> None:
    assert {name.split("/")[0] for name in contents(epmm_api.get(ANALYTICS, appid=app))} == {app}


def test_no_such_app_nobody_has_it_and_none_named(epmm: EpmmEmulator, epmm_api: Api) -> None:
    for query, status in (
        ({"appid": "com.example.none"}, 404),
        ({"appid": "com.example.unused"}, 404),
        ({"appid": APP.upper()}, 404),
        ({}, 400),
        ({"appid": ""}, 400),
    ):
        assert epmm_api.get(ANALYTICS, **query).status == status
    epmm.reset(devices=0)
    assert epmm_api.get(ANALYTICS, appid=APP).json["messages"]["message"] == "No Data Found"


@pytest.mark.parametrize(("switch", "position", "line"), [
    ("analytics_header", "on", r"startTime,duration,timezone,bytes"), ("analytics_time", "s", r"\d{10},\d+,-?\d+,\d+"),
    ("analytics_time", "ms", r"\d{13},\d+,-?\d+,\d+"), ("analytics_bytes", "absent", r"\d{13},\d+,-?\d+")])  # fmt: skip
def test_how_a_session_is_written(
    epmm: EpmmEmulator, epmm_api: Api, switch: str, position: str, line: str
) -> None:
    epmm.set_switch(switch, position)
    for name, data in contents(epmm_api.get(ANALYTICS, appid=APP)).items():
        assert name.endswith(".txt") or re.fullmatch(line, data.decode().splitlines()[0])


def test_folders(epmm: EpmmEmulator, epmm_api: Api) -> None:
    epmm.control("POST", "switches", {"analytics_folders": "on", "analytics_device": "number"})
    names = archive(epmm_api.get(ANALYTICS, appid=APP)).namelist()
    assert (
        names[0] == f"{APP}/"
        and all(name.split("/")[1].isdigit() for name in names[1:])
        and len(set(names)) == len(names)
    )


# --- evil archives --------------------------------------------------------------------------------------------------------


def _reads(opened: zipfile.ZipFile, place: int = 0) -> bytes:
    return opened.read(opened.infolist()[place])


def _refuses(*errors: type[Exception]) -> Callable[[zipfile.ZipFile], None]:
    def check(opened: zipfile.ZipFile) -> None:
        with pytest.raises(errors):
            _reads(opened)
        assert _reads(opened, 1)

    return check


def _holds(name: str) -> Callable[[zipfile.ZipFile], None]:
    def check(opened: zipfile.ZipFile) -> None:
        assert opened.namelist()[-1] == name and opened.testzip() is None

    return check


def _has_link(opened: zipfile.ZipFile) -> None:
    last = opened.infolist()[-1]
    assert (last.external_attr >> 28, opened.read(last)) == (0o12, b"/etc/passwd")


def _has_twins(opened: zipfile.ZipFile) -> None:
    assert Counter(opened.namelist())[opened.namelist()[-1]] == 2 and _reads(opened) != _reads(
        opened, -1
    )


def _is_a_bomb(opened: zipfile.ZipFile) -> None:
    first = opened.infolist()[0]
    assert (
        first.file_size == 3 << 20
        and first.compress_size * 500 < first.file_size
        and not any(_reads(opened))
    )


def _lies(opened: zipfile.ZipFile) -> None:
    first = opened.infolist()[0]
    assert first.file_size == 10 and opened.fp is not None
    opened.fp.seek(first.header_offset + 30 + len(first.filename))
    assert len(zlib.decompress(opened.fp.read(first.compress_size), -15)) == 2 << 20


def _nothing(opened: zipfile.ZipFile) -> None:
    assert opened.namelist() == []


# fmt: off
EVIL: dict[str, Callable[[zipfile.ZipFile], None]] = {
    "traversal": _holds(f"{APP}/../../../uem-evil.csv"), "absolute": _holds("/tmp/uem-evil.csv"),
    "backslash": _holds(f"{APP}\\..\\..\\uem-evil.csv"), "stranger": _holds("readme.html"), "symlink": _has_link, "duplicates": _has_twins,
    "bomb": _is_a_bomb, "wrong_size": _lies, "encrypted": _refuses(RuntimeError),
    "corrupt": _refuses(zipfile.BadZipFile, zlib.error), "empty": _nothing,
}
# fmt: on


@pytest.mark.parametrize("position", EVIL)
def test_evil_archives_are_what_they_are_called(
    epmm: EpmmEmulator, epmm_api: Api, position: str
) -> None:
    epmm.control("POST", "switches", {"analytics_archive": position, "analytics_bomb_mib": 3})
    EVIL[position](archive(epmm_api.get(ANALYTICS, appid=APP)))


@pytest.mark.parametrize("position", ["truncated", "nothing", "html"])
def test_what_is_no_archive(epmm: EpmmEmulator, epmm_api: Api, position: str) -> None:
    epmm.set_switch("analytics_archive", position)
    reply = epmm_api.get(ANALYTICS, appid=APP)
    assert reply.status == 200 and reply.headers["content-type"].startswith(
        "text/html" if position == "html" else "application/zip"
    )
    with pytest.raises(zipfile.BadZipFile):
        archive(reply)


def test_the_switch_has_them_all() -> None:
    choices = next(switch.choices for switch in SWITCHES if switch.name == "analytics_archive")
    assert (
        set(choices)
        == set(SPOILERS) | {"good", "html"}
        == set(EVIL) | {"good", "truncated", "nothing", "html"}
    )
