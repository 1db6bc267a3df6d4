# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""device_export and appconnect_analytics against the emulator, and against archives that mean
harm."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import random
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from uem_emulator.epmm.world.catalog import FORMULA_NAMES

from ..conftest import ModuleFailed, writes
from .byte_server import Server, answer, running_server

APP = "com.mycompany.myapp"
ANDROID = "com.example.field"


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def ran_on(epmm: Any, platform: str, every: int) -> set[str]:
    """The devices that ran an app of the emulator, by what it says of its own."""
    devices = epmm.devices("id", "uuid", "platform", "status")
    return {
        one["uuid"]
        for one in devices
        if one["platform"] == platform and one["status"] == "ACTIVE" and one["id"] % every == 0
    }


# device_export


def test_every_device_is_in_the_file(call, epmm, tmp_path):
    epmm.reset(devices=200)
    dest = tmp_path / "devices.csv"
    result = call("device_export", epmm, dest=str(dest))
    truth = {one["uuid"]: one for one in epmm.devices("uuid", "name", "serial", "phone")}
    rows = rows_of(dest)
    assert result["changed"] and result["requests"] == 1 and writes(epmm) == []
    assert [row["Device UUID"] for row in rows] == sorted(truth) and result["rows"] == len(truth)
    assert result["columns"] == list(rows[0]) and result["bytes"] == dest.stat().st_size
    for row in rows:
        assert row["Serial Number"] == (truth[row["Device UUID"]]["serial"] or "")
        assert row["Name"].replace("'", "") == truth[row["Device UUID"]]["name"].replace("'", "")
        assert not any(
            cell.lstrip("\"' \u00a0")[:1] in ("=", "@") and cell[:1] != "'" for cell in row.values()
        )
    names = {row["Name"] for row in rows}
    assert len([name for name in FORMULA_NAMES if f"'{name}" in names]) >= 3


def test_a_program_gets_names_as_they_are(call, epmm, tmp_path):
    epmm.reset(devices=200)
    dest = tmp_path / "devices.csv"
    call("device_export", epmm, dest=str(dest), formula_safe=False, columns=["Device UUID", "Name"])
    assert {row["Device UUID"]: row["Name"] for row in rows_of(dest)} == {
        one["uuid"]: one["name"] for one in epmm.devices("uuid", "name")
    }


FORMS = [("csv_order", "unstable"), ("csv_format", "crlf"), ("csv_format", "bom")]


@pytest.mark.parametrize(("switch", "position"), FORMS)
def test_however_the_server_writes_it_the_file_is_the_same(call, epmm, tmp_path, switch, position):
    dest = str(tmp_path / "devices.csv")
    assert call("device_export", epmm, dest=dest)["changed"]
    epmm.set_switch(switch, position)
    for _run in range(2):
        again = call("device_export", epmm, dest=dest)
        assert not again["changed"] and again["diff"] == []


def test_the_file_changes_with_its_devices_and_columns(call, epmm, tmp_path):
    dest = tmp_path / "devices.csv"
    columns = ["name", "Serial Number", "Device UUID"]
    assert call("device_export", epmm, dest=str(dest), columns=columns)["columns"] == [
        "Name",
        "Serial Number",
        "Device UUID",
    ]
    written = dest.stat()
    assert not call("device_export", epmm, dest=str(dest), columns=columns)["changed"]
    assert (dest.stat().st_mtime_ns, dest.stat().st_ino) == (written.st_mtime_ns, written.st_ino)
    [device] = epmm.devices("id", "uuid")[:1]
    epmm.patch_device(device["id"], name="=cmd|'/C calc'!A0")
    predicted = call("device_export", epmm, dest=str(dest), columns=columns, check_mode=True)
    assert dest.stat().st_mtime_ns == written.st_mtime_ns
    applied = call("device_export", epmm, dest=str(dest), columns=columns, backup=True)
    [shown] = applied["diff"]
    assert (
        predicted["diff"] == [shown]
        and predicted["checksum"] == applied["checksum"]
        and predicted["changed"]
    )
    lines = set(shown["after"].splitlines()) - set(shown["before"].splitlines())
    assert len(lines) == 1 and device["uuid"] in str(lines) and "'=cmd|" in str(lines)
    assert Path(applied["backup_file"]).read_text(encoding="utf-8") == shown["before"] and applied[
        "backup_file"
    ].startswith(f"{dest}.")
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(
        [dest.name, Path(applied["backup_file"]).name]
    )


def test_check_mode_writes_nothing_where_there_is_nothing(call, epmm, tmp_path):
    result = call(
        "device_export", epmm, dest=str(tmp_path / "devices.csv"), check_mode=True, backup=True
    )
    assert result["changed"] and result["rows"] == 60 and "backup_file" not in result
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("module", "options"), [
    ("device_export", {}), ("appconnect_analytics", {"app_id": APP}), ("appconnect_analytics", {"app_id": APP, "merged": True}),
])  # fmt: skip
def test_a_place_may_be_relative_to_where_the_module_runs(
    call, epmm, tmp_path, monkeypatch, module, options
):
    monkeypatch.chdir(tmp_path)
    first = call(module, epmm, dest="new", **options)
    again = call(module, epmm, dest="new", **options)
    assert (first["changed"], again["changed"]) == (True, False) and (tmp_path / "new").exists()
    assert first["dest"] == again["dest"] == str(tmp_path / "new")


def test_a_large_file_is_not_shown(call, epmm, tmp_path):
    dest = tmp_path / "devices.csv"
    dest.write_text("x" * 200_000)
    [shown] = call("device_export", epmm, dest=str(dest), check_mode=True)["diff"]
    assert shown == {"before_header": str(dest), "after_header": str(dest), "dst_larger": 104448}


def test_attributes_of_the_file_are_set_and_kept(call, epmm, tmp_path):
    dest = tmp_path / "devices.csv"
    call("device_export", epmm, dest=str(dest), mode="0600")
    assert stat.S_IMODE(dest.stat().st_mode) == 0o600
    epmm.patch_device(epmm.devices("id")[0]["id"], name="another")
    assert call("device_export", epmm, dest=str(dest))["changed"]
    assert stat.S_IMODE(dest.stat().st_mode) == 0o600
    predicted = call("device_export", epmm, dest=str(dest), mode="0640", check_mode=True)
    assert predicted["changed"] and stat.S_IMODE(dest.stat().st_mode) == 0o600
    applied = call("device_export", epmm, dest=str(dest), mode="0640")
    assert applied["diff"] == predicted["diff"] and applied["diff"][0]["after"]["mode"] == "0640"
    assert not call("device_export", epmm, dest=str(dest), mode="0640")["changed"]


@pytest.fixture
def watched(monkeypatch, tmp_path):
    """The modes that files below the test's folder have whenever something was done about them; by
    path, with their inode."""
    seen: dict[str, list[tuple[int, int]]] = {}

    def watch(module, name):
        real = getattr(module, name)

        def done(*arguments, **options):
            answer = real(*arguments, **options)
            for path in tmp_path.rglob("*"):
                modes = seen.setdefault(str(path.relative_to(tmp_path)), [])
                modes.append((path.lstat().st_ino, stat.S_IMODE(path.lstat().st_mode)))
            return answer

        monkeypatch.setattr(module, name, done)

    for name in ("rename", "chmod", "chown", "lchown", "mkdir", "makedirs"):
        watch(os, name)
    return seen


@pytest.mark.parametrize(("former", "mode", "final"), [
    (None, "0640", 0o640), (None, "u=rw,g=,o=", 0o600), (None, "g-r,o=", 0o600), (None, "o+w", 0o646), (None, 0o600, 0o600), (None, None, 0o600),
    (0o644, "0600", 0o600), (0o666, "g-w,o=", 0o640), (0o600, "0640", 0o640), (0o600, None, 0o600),
])  # fmt: skip
@pytest.mark.parametrize("module", ["device_export", "appconnect_analytics"])
def test_new_content_is_never_open_to_others(
    call, epmm, tmp_path, watched, module, former, mode, final
):
    dest = tmp_path / "file"
    if former is not None:
        dest.write_text("former")
        dest.chmod(former)
    old = dest.stat().st_ino if dest.exists() else None
    options = {"app_id": APP, "merged": True} if module == "appconnect_analytics" else {}
    umask = os.umask(0o022)
    try:
        call(module, epmm, dest=str(dest), mode=mode, **options)
    finally:
        os.umask(umask)
    modes = [found for inode, found in watched["file"] if inode != old]
    assert (
        modes
        and all(found & ~final == 0 for found in modes)
        and stat.S_IMODE(dest.stat().st_mode) == final
    )
    assert not call(module, epmm, dest=str(dest), mode=mode, **options)["changed"]


def test_a_new_file_without_a_mode_is_for_its_owner_and_another_keeps_its_mode(
    call, epmm, tmp_path
):
    (tmp_path / "former").touch()
    (tmp_path / "former").chmod(0o640)
    for name, mode in (("new", 0o600), ("former", 0o640)):
        dest = str(tmp_path / name)
        predicted = call("device_export", epmm, dest=dest, check_mode=True)
        applied = call("device_export", epmm, dest=dest)
        assert predicted["changed"] and predicted["diff"] == applied["diff"]
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == mode
        assert not call("device_export", epmm, dest=dest)["changed"]


# fmt: off
WRONG_ATTRIBUTES = [
    ({"mode": "foo"}, "mode: 'foo' is not a mode; give an octal number"), ({"mode": "preserve"}, "mode: 'preserve' is not a mode"),
    ({"mode": ""}, "mode: '' is not a mode"), ({"mode": "77777"}, "mode: '77777'"), ({"mode": "u"}, "mode: 'u'"), ({"mode": True}, "mode: True"),
    ({"owner": "nosuchuserx"}, "owner: 'nosuchuserx' is not known"), ({"owner": "-1"}, "owner: '-1'"),
    ({"owner": "٣"}, "owner: '٣' is not known"), ({"group": "nosuchgroupx"}, "group: 'nosuchgroupx'"),
    ({"group": "4294967295", "mode": "0600"}, "group: '4294967295'"),
]
# fmt: on


@pytest.mark.parametrize(("wrong", "words"), WRONG_ATTRIBUTES)
@pytest.mark.parametrize(("module", "options"), [
    ("device_export", {}), ("appconnect_analytics", {"app_id": APP}), ("appconnect_analytics", {"app_id": APP, "merged": True}),
])  # fmt: skip
def test_wrong_attributes_are_told_before_any_request(
    call, epmm, tmp_path, module, options, wrong, words
):
    for check_mode in (True, False):
        with pytest.raises(ModuleFailed, match=words):
            call(
                module, epmm, dest=str(tmp_path / "dest"), check_mode=check_mode, **options, **wrong
            )
    assert epmm.requests() == [] and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("module", "options"), [
    ("device_export", {"backup": True}), ("appconnect_analytics", {"app_id": APP}), ("appconnect_analytics", {"app_id": APP, "merged": True}),
])  # fmt: skip
def test_an_owner_that_cannot_be_given_is_told_before_anything_is_written(
    call, epmm, tmp_path, monkeypatch, module, options
):
    """The system says so to all but root."""
    dest = tmp_path / "dest"
    mine, real = str(os.geteuid()), os.chown

    def refuse(path, uid, gid, **others):
        if uid not in (-1, int(mine)):
            raise PermissionError(1, "Operation not permitted", path)
        real(path, uid, gid, **others)

    monkeypatch.setattr(os, "chown", refuse)
    for check_mode in (True, False):
        with pytest.raises(
            ModuleFailed,
            match=r"owner: '12345': this account may not set it on a file \(Operation not permitted\)",
        ):
            call(module, epmm, dest=str(dest), owner="12345", check_mode=check_mode, **options)
    assert list(tmp_path.iterdir()) == []
    call(module, epmm, dest=str(dest), owner=mine, **options)
    before = {str(path): written(path) for path in tmp_path.rglob("*")}
    epmm.reset(devices=30)
    with pytest.raises(ModuleFailed, match="Nothing was written"):
        call(module, epmm, dest=str(dest), owner="12345", **options)
    assert {str(path): written(path) for path in tmp_path.rglob("*")} == before


def written(path):
    """What shows a write. The time of the last read does not."""
    state = path.lstat()
    return (
        state.st_ino,
        state.st_mode,
        state.st_uid,
        state.st_size,
        state.st_mtime_ns,
        state.st_ctime_ns,
    )


def test_an_owner_that_a_file_has_need_not_be_given(call, epmm, tmp_path, monkeypatch):
    dest = str(tmp_path / "devices.csv")
    call("device_export", epmm, dest=dest)

    def refuse(path, uid, gid, **others):
        raise PermissionError(1, "Operation not permitted", path)

    monkeypatch.setattr(os, "chown", refuse)
    assert not call(
        "device_export", epmm, dest=dest, owner=str(os.geteuid()), group=str(os.stat(dest).st_gid)
    )["changed"]


@pytest.mark.parametrize(("module", "options", "name"), [
    ("device_export", {}, "dest"), ("appconnect_analytics", {"app_id": APP, "merged": True}, "dest"), ("appconnect_analytics", {"app_id": APP}, "version.txt"),
])  # fmt: skip
def test_a_file_that_cannot_be_replaced_is_written_when_the_author_allows_it(
    call, epmm, tmp_path, monkeypatch, module, options, name
):
    """As a file is that is mounted into a container."""
    dest = tmp_path / "dest"
    call(module, epmm, dest=str(dest), **options)
    [path, *_others] = sorted([dest] if dest.is_file() else dest.rglob(name))
    good, inode, real = path.read_bytes(), path.stat().st_ino, os.rename
    path.write_text("former")

    def busy(source, target, **others):
        if os.fsdecode(target) == str(path):
            raise OSError(errno.EBUSY, "Device or resource busy", source, None, target)
        real(source, target, **others)

    monkeypatch.setattr(os, "rename", busy)
    with pytest.raises(Exception, match="(?i)unable to make|could not replace|failed final rename"):
        call(module, epmm, dest=str(dest), **options)
    assert path.read_text() == "former"
    result = call(module, epmm, dest=str(dest), unsafe_writes=True, mode="0600", **options)
    assert (
        result["changed"]
        and path.read_bytes() == good
        and path.stat().st_ino == inode
        and stat.S_IMODE(path.stat().st_mode) == 0o600
    )


@pytest.mark.parametrize("position", ["header", "404"])
def test_a_server_without_devices_makes_a_header_and_a_warning(call, epmm, tmp_path, position):
    epmm.reset(devices=0)
    epmm.set_switch("csv_empty", position)
    dest = tmp_path / "devices.csv"
    result = call("device_export", epmm, dest=str(dest), columns=["Name"])
    assert result["rows"] == 0 and dest.read_text() == "Name\n"
    assert any("exported no devices" in warning for warning in result["warnings"])


def test_wrong_places_are_told_before_any_request(call, epmm, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    # fmt: off
    cases = {
        str(tmp_path): "is a folder", f"{tmp_path}/new/": "is a folder", str(tmp_path / "link"): "is a link",
        str(tmp_path / "pipe"): "is in use by something that is not a file",
        str(tmp_path / "no" / "devices.csv"): "there is no folder", str(tmp_path / "file" / "devices.csv"): "there is no folder", "": "dest: is empty",
    }
    # fmt: on
    for module, options in (
        ("device_export", {}),
        ("appconnect_analytics", {"app_id": APP, "merged": True}),
    ):
        for dest, words in cases.items():
            with pytest.raises(ModuleFailed, match=words):
                call(module, epmm, dest=dest, check_mode=True, **options)
    assert epmm.requests() == []


def test_a_folder_that_is_not_writable_is_told_before_any_request(
    call, epmm, tmp_path, monkeypatch
):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    for module, options in (
        ("device_export", {"dest": "f"}),
        ("appconnect_analytics", {"app_id": APP, "dest": "."}),
    ):
        with pytest.raises(ModuleFailed, match="is not writable; use an account"):
            call(module, epmm, **{**options, "dest": str(tmp_path / options["dest"])})
    assert epmm.requests() == []


@pytest.mark.parametrize(("options", "words", "sent"), [
    ({"columns": []}, "columns: is empty", 0), ({"columns": ["Name", "NAME"]}, "is named twice", 0), ({"columns": [""]}, "not the name of a column", 0),
    ({"columns": ["Serial"]}, r"no column 'Serial' \(nearest: 'Serial Number'", 1),
])  # fmt: skip
def test_wrong_columns(call, epmm, tmp_path, options, words, sent):
    with pytest.raises(ModuleFailed, match=words):
        call("device_export", epmm, dest=str(tmp_path / "devices.csv"), **options)
    assert len(epmm.requests()) == sent and list(tmp_path.iterdir()) == []


def test_neurons_has_neither(call, emulator, tmp_path):
    with pytest.raises(ModuleFailed, match="does not support the export of devices"):
        call("device_export", emulator, dest=str(tmp_path / "f"))
    with pytest.raises(ModuleFailed, match="does not support AppConnect analytics"):
        call("appconnect_analytics", emulator, dest=str(tmp_path / "f"), app_id=APP)
    assert emulator.requests() == []


HEADER = b"Name,Device UUID,Phone Number\n"


@pytest.mark.parametrize(("body", "words"), [
    (b"", "answered with nothing instead of a table"),
    (b" \n", "answered with nothing"),
    (b"<html><title>Sign in</title>", "web page titled 'Sign in' instead of a table of devices"),
    (b"\n <!doctype html>", "by a web page instead"),
    (b'\xef\xbb\xbf{"messages": {"message": "Invalid action"}}', "an error instead of a table of devices"),
    (b'{"messages": {"message": "Invalid action"}}', r"an error instead of a table of devices \(Invalid action\)"),
    (b"<?xml version='1.0'?><x><messages><message>Invalid action</message></messages></x>", r"an error instead .*\(Invalid action\)"),
    (b"Name,Phone Number\n", "no column 'Device UUID'"),
    (HEADER + b"a,b\n", "has 2 cells and the header has 3"),
    (HEADER + b"a,b,c\nd", "has 1 cells"),
    (HEADER + b'"a,b,c\n', "is not CSV"),
    (HEADER + b"\xff\xfe,b,c\n", "Line 2 of the export of devices is not UTF-8"),
    (HEADER + b"a\0,b,c\n", "Line 2 of the export of devices is not text"),
    (HEADER.decode().encode("utf-16"), "is not UTF-8"),
    (HEADER + b"x" * (1 << 21), "Line 2 of the export of devices is not text, or is too long"),
])  # fmt: skip
def test_what_is_no_export_leaves_the_file_as_it_is(call, server, tmp_path, body, words):
    dest = tmp_path / "devices.csv"
    dest.write_text("as it was")
    with pytest.raises(ModuleFailed, match=words):
        fetch(call, server, body, module="device_export", dest=str(dest))
    assert [one.name for one in tmp_path.iterdir()] == [
        "devices.csv"
    ] and dest.read_text() == "as it was"


# appconnect_analytics: a folder


def test_the_folder_is_that_of_the_server(call, epmm, tmp_path):
    dest = tmp_path / "analytics"
    predicted = call("appconnect_analytics", epmm, app_id=APP, dest=str(dest), check_mode=True)
    assert not dest.exists()
    result = call("appconnect_analytics", epmm, app_id=APP, dest=str(dest))
    assert {**predicted, "warnings": []} == {**result, "warnings": []}
    found = tree(dest)
    devices = ran_on(epmm, "iOS", 3)
    assert found.keys() == {
        f"{APP}/{device}/{name}" for device in devices for name in ("analytics.csv", "version.txt")
    }
    assert result["device_count"] == len(devices) and [
        one["path"] for one in result["files"]
    ] == sorted(found)
    assert {one["path"]: one["size"] for one in result["files"]} == {
        path: len(data) for path, data in found.items()
    }
    assert (
        result["bytes"] == sum(map(len, found.values()))
        and result["requests"] == 1
        and writes(epmm) == []
    )
    before = {path: path.stat().st_mtime_ns for path in dest.rglob("*")}
    epmm.set_switch("analytics_zip_times", "moving")
    epmm.set_switch("analytics_folders", "on")
    again = call("appconnect_analytics", epmm, app_id=APP, dest=str(dest))
    assert (
        not again["changed"]
        and again["diff"] == []
        and {path: path.stat().st_mtime_ns for path in dest.rglob("*")} == before
    )


def test_only_what_differs_is_written(call, epmm, tmp_path):
    call("appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path))
    good = tree(tmp_path)
    first, second, third, *_others = sorted(good)
    (tmp_path / first).write_text("another")
    (tmp_path / second).unlink()
    kept = (tmp_path / third).stat().st_ino
    predicted = call("appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path), check_mode=True)
    result = call("appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path))
    assert [one["path"] for one in result["files"] if one["changed"]] == [first, second]
    assert predicted["files"] == result["files"] and predicted["diff"] == result["diff"]
    [shown] = result["diff"]
    assert (shown["before"].count("\n"), shown["after"].count("\n")) == (1, 2)
    assert tree(tmp_path) == good and (tmp_path / third).stat().st_ino == kept


def test_what_the_server_does_not_have_is_named_and_removed_only_when_that_is_wanted(
    call, epmm, tmp_path
):
    call("appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path))
    good = tree(tmp_path)
    outside, secret = tmp_path / "keep.txt", tmp_path / "elsewhere"
    secret.mkdir()
    (secret / "secret").write_text("s")
    outside.write_text("mine")
    old = tmp_path / APP / "gone" / "deep"
    old.mkdir(parents=True)
    (old / "old.csv").write_text("1")
    (tmp_path / APP / "link").symlink_to(secret)
    (tmp_path / APP / "gone" / "file-link").symlink_to(secret / "secret")
    told = call("appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path))
    assert (
        not told["changed"]
        and told["stale"] == [f"{APP}/gone/deep/old.csv"]
        and (old / "old.csv").exists()
    )
    predicted = call(
        "appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path), purge=True, check_mode=True
    )
    assert (old / "old.csv").exists()
    removed = call("appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path), purge=True)
    assert (
        removed["changed"]
        and removed["diff"] == predicted["diff"]
        and removed["stale"] == predicted["stale"]
    )
    assert (
        not old.exists()
        and (tmp_path / APP / "gone" / "file-link").is_symlink()
        and (secret / "secret").exists()
    )
    assert {
        path: data for path, data in tree(tmp_path).items() if path in good
    } == good and outside.read_text() == "mine"
    assert not call("appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path), purge=True)[
        "changed"
    ]


@pytest.mark.parametrize("purge", [False, True])
def test_a_stale_file_whose_name_is_no_text_is_shown_and_removed(call, epmm, tmp_path, purge):
    """Ansible refuses the whole result for such a name."""
    folder = tmp_path / APP / "gone"
    folder.mkdir(parents=True)
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff")).write_text("1")
    result = call("appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path), purge=purge)
    json.dumps(result, ensure_ascii=False).encode()
    assert (
        result["stale"] == [f"{APP}/gone/\N{REPLACEMENT CHARACTER}"]
        and folder.exists() is not purge
    )


@pytest.mark.parametrize("place", ["app", "device", "file"])
def test_no_link_is_followed_out_of_the_folder(call, epmm, tmp_path, place):
    dest, outside = tmp_path / "dest", tmp_path / "outside"
    outside.mkdir()
    dest.mkdir()
    device = sorted(ran_on(epmm, "iOS", 3))[1]
    path = {
        "app": dest / APP,
        "device": dest / APP / device,
        "file": dest / APP / device / "version.txt",
    }[place]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(outside / ("target" if place == "file" else ""))
    with pytest.raises(ModuleFailed, match="is a link or a"):
        call("appconnect_analytics", epmm, app_id=APP, dest=str(dest))
    assert list(outside.iterdir()) == [] and tree(dest) == {}
    assert len(epmm.requests()) == (0 if place == "app" else 1)


def test_a_folder_that_is_reached_by_a_link_of_the_author_is_one(call, epmm, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "dest").symlink_to(tmp_path / "real")
    assert call("appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path / "dest"))["changed"]
    assert len(tree(tmp_path / "real")) > 2


@pytest.mark.parametrize(
    "app", ["com.example.unused", "com.example.nothing", "{{ 7*7 }}", "a b&c=d"]
)
@pytest.mark.parametrize("merged", [False, True])
def test_an_app_without_data(call, epmm, tmp_path, app, merged):
    dest = str(tmp_path / "dest")
    with pytest.raises(ModuleFailed, match="the server has no analytics of"):
        call("appconnect_analytics", epmm, app_id=app, dest=dest, merged=merged)
    result = call(
        "appconnect_analytics", epmm, app_id=app, dest=dest, merged=merged, on_missing="skip"
    )
    assert (
        not result["changed"]
        and result["missing"] == [app]
        and result["device_count"] == 0
        and list(tmp_path.iterdir()) == []
    )


def test_an_archive_without_files_is_an_app_without_data(call, epmm, tmp_path):
    call("appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path))
    good = tree(tmp_path)
    epmm.set_switch("analytics_archive", "empty")
    result = call(
        "appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path), on_missing="skip", purge=True
    )
    assert result["missing"] == [APP] and not result["changed"] and tree(tmp_path) == good


@pytest.mark.parametrize(("options", "words"), [
    ({"app_id": "../x"}, "app_id: '../x' is not the id of an app"), ({"app_id": " "}, "app_id"), ({"max_bytes": 0}, "max_bytes: 0 lets nothing through"),
    ({"max_files": -1}, "max_files: -1"), ({"merged": True, "purge": True}, "purge: cannot be combined with merged, because one table has no files"),
    ({"dest": ""}, "dest: is empty"),
    ({"dest": "/dev/null"}, "is not a folder"), ({"dest": "/nonexistent/folder/x"}, "there is no folder '/nonexistent/folder'"),
])  # fmt: skip
def test_wrong_options_are_told_before_any_request(call, epmm, tmp_path, options, words):
    with pytest.raises(ModuleFailed, match=words):
        call(
            "appconnect_analytics",
            epmm,
            **{"app_id": APP, "dest": str(tmp_path / "dest"), **options},
        )
    assert epmm.requests() == []


# Its attributes


def modes(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode)
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize(("mode", "of_files", "of_folders"), [
    ("0600", 0o600, 0o700), ("0640", 0o640, 0o750), ("u=rwX,g=rX,o=", 0o640, 0o750), ("u=rw,g=,o=", 0o600, 0o700), ("go-rx", 0o600, 0o700),
    (0o604, 0o604, 0o705), (None, 0o600, 0o700),
])  # fmt: skip
def test_a_folder_lets_in_whom_the_mode_lets_read(
    call, epmm, tmp_path, watched, mode, of_files, of_folders
):
    dest = tmp_path / "analytics"
    umask = os.umask(0o022)
    try:
        result = call("appconnect_analytics", epmm, app_id=APP, dest=str(dest), mode=mode)
    finally:
        os.umask(umask)
    found = modes(tmp_path)
    assert {path: mode for path, mode in found.items() if (tmp_path / path).is_file()}.keys() == {
        f"analytics/{one['path']}" for one in result["files"]
    }
    assert all(
        mode == (of_files if (tmp_path / path).is_file() else of_folders)
        for path, mode in found.items()
    )
    for path, seen in watched.items():
        assert (tmp_path / path).exists() is not (".ansible_tmp" in path)
        assert all(mode & ~found.get(path, of_files) == 0 for _inode, mode in seen), path
    before = {path: path.lstat().st_ctime_ns for path in tmp_path.rglob("*")}
    again = call("appconnect_analytics", epmm, app_id=APP, dest=str(dest), mode=mode)
    assert (
        not again["changed"]
        and again["diff"] == []
        and not any(one["changed"] for one in again["files"])
    )
    assert {path: path.lstat().st_ctime_ns for path in tmp_path.rglob("*")} == before


def test_other_attributes_alone_are_a_change_and_are_shown(call, epmm, tmp_path):
    dest = tmp_path / "analytics"
    options = {"app_id": APP, "dest": str(dest)}
    first = call("appconnect_analytics", epmm, mode="0644", **options)
    dest.chmod(0o711)
    stale = dest / APP / "gone" / "old.csv"
    stale.parent.mkdir()
    stale.write_text("1")
    stale.chmod(0o604)
    before, content = modes(tmp_path), tree(tmp_path)
    predicted = call("appconnect_analytics", epmm, mode="0600", check_mode=True, **options)
    assert modes(tmp_path) == before
    applied = call("appconnect_analytics", epmm, mode="0600", **options)
    assert (
        applied["changed"]
        and all(one["changed"] for one in applied["files"])
        and {**applied, "warnings": []} == {**predicted, "warnings": []}
    )
    after = modes(tmp_path)
    kept = {"analytics", f"analytics/{APP}/gone", f"analytics/{APP}/gone/old.csv"}
    assert tree(tmp_path) == content and {path: after[path] for path in kept} == {
        path: before[path] for path in kept
    }
    assert {after[path] for path in after.keys() - kept} == {0o600, 0o700}
    [shown] = applied["diff"]
    path = first["files"][0]["path"]
    assert (
        f"{path!r}: mode 0644\n" in shown["before"] and f"{path!r}: mode 0600\n" in shown["after"]
    )
    assert (
        f"{APP!r}: mode 0755\n" in shown["before"]
        and f"{APP!r}: mode 0700\n" in shown["after"]
        and "gone" not in shown["before"]
    )
    (dest / path).write_text("another")
    (dest / path).chmod(0o666)
    predicted = call("appconnect_analytics", epmm, mode="0600", check_mode=True, **options)
    applied = call("appconnect_analytics", epmm, mode="0600", **options)
    assert [one["path"] for one in applied["files"] if one["changed"]] == [path] and applied[
        "diff"
    ] == predicted["diff"]
    [shown] = applied["diff"]
    assert shown["before"].endswith(", mode 0666\n") and shown["after"].endswith(
        f"{first['files'][0]['checksum']}, mode 0600\n"
    )
    (dest / APP).chmod(0o755)
    applied = call("appconnect_analytics", epmm, mode="0600", **options)
    assert (
        applied["changed"]
        and not any(one["changed"] for one in applied["files"])
        and len(applied["diff"]) == 1
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="files are given to others by root alone")
def test_files_and_folders_are_given_to_their_owner(call, epmm, tmp_path):
    for options in (
        {"dest": str(tmp_path / "folder")},
        {"dest": str(tmp_path / "table"), "merged": True},
    ):
        options |= {"app_id": APP, "owner": "12345", "group": "23456", "mode": "0640"}
        assert (
            call("appconnect_analytics", epmm, **options)["changed"]
            and not call("appconnect_analytics", epmm, **options)["changed"]
        )
    assert {(path.lstat().st_uid, path.lstat().st_gid) for path in tmp_path.rglob("*")} == {
        (12345, 23456)
    }


def test_a_name_in_the_archive_is_no_variable(call, server, tmp_path, monkeypatch):
    """Ansible replaces "$NAME" in a path whose attributes it sets, unless it is told not to."""
    victim = tmp_path / "victim"
    (victim / "d").mkdir(parents=True)
    (victim / "d" / "x.csv").touch(0o604)
    monkeypatch.setenv("VICTIM", str(victim / "d"))
    for _run in range(2):
        fetch(
            call,
            server,
            pack({f"{APP}/$VICTIM/x.csv": b"1,2,3,4\n"}),
            dest=str(tmp_path / "dest"),
            mode="0600",
        )
    assert modes(victim) == {"d": stat.S_IMODE(victim.stat().st_mode), "d/x.csv": 0o604}
    assert modes(tmp_path / "dest") == {
        APP: 0o700,
        f"{APP}/$VICTIM": 0o700,
        f"{APP}/$VICTIM/x.csv": 0o600,
    }


# One table


def test_one_table_has_every_session(call, epmm, tmp_path):
    dest = tmp_path / "sessions.csv"
    result = call("appconnect_analytics", epmm, app_id=ANDROID, dest=str(dest), merged=True)
    call("appconnect_analytics", epmm, app_id=ANDROID, dest=str(tmp_path))
    rows = rows_of(dest)
    assert (
        result["sessions"] == len(rows)
        and result["problems"] == []
        and result["bytes"] == dest.stat().st_size
    )
    assert [row["device"] for row in rows] == sorted(row["device"] for row in rows)
    assert {row["device"] for row in rows} == ran_on(epmm, "Android", 2)
    assert {(row["app_id"], row["app_version"]) for row in rows} == {(ANDROID, "10.0.0-rc1 (Büro)")}
    for device in {row["device"] for row in rows}:
        sent = (tmp_path / ANDROID / device / "analytics.csv").read_text().splitlines()
        assert [
            ",".join((row["start"], row["duration"], row["timezone_minutes"], row["bytes"]))
            for row in rows
            if row["device"] == device
        ] == sent
    assert not call("appconnect_analytics", epmm, app_id=ANDROID, dest=str(dest), merged=True)[
        "changed"
    ]


@pytest.mark.parametrize(
    ("switch", "position"),
    [("analytics_header", "on"), ("analytics_folders", "on"), ("analytics_zip_times", "moving")],
)
def test_however_the_server_packs_it_the_table_is_the_same(call, epmm, tmp_path, switch, position):
    dest = str(tmp_path / "sessions.csv")
    first = call("appconnect_analytics", epmm, app_id=APP, dest=dest, merged=True)
    epmm.set_switch(switch, position)
    again = call("appconnect_analytics", epmm, app_id=APP, dest=dest, merged=True, check_mode=True)
    assert not again["changed"] and (again["sessions"], again["problems"]) == (
        first["sessions"],
        [],
    )


def test_numbers_stay_as_they_are_sent(call, epmm, tmp_path):
    epmm.set_switch("analytics_time", "s")
    epmm.set_switch("analytics_bytes", "absent")
    epmm.set_switch("analytics_device", "number")
    dest = tmp_path / "sessions.csv"
    result = call("appconnect_analytics", epmm, app_id=APP, dest=str(dest), merged=True)
    rows = rows_of(dest)
    assert (
        result["problems"] == []
        and {row["bytes"] for row in rows} == {""}
        and {len(row["start"]) for row in rows} == {10}
    )
    assert all(row["device"].isdigit() for row in rows)


# Archives that mean harm: the emulator's, and by hand


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize(("archive", "words"), [
    ("traversal", "leads elsewhere"), ("absolute", "absolute path"), ("backslash", "backslash"), ("symlink", "a link or another special file"),
    ("duplicates", "can be one"), ("stranger", "outside of the folder of the app"), ("bomb", "grows from a few bytes|is not text, or is too long"),
    ("wrong_size", "damaged or cut off"),
    ("encrypted", "is encrypted"), ("truncated", "damaged or cut off"), ("corrupt", "damaged or cut off"), ("nothing", "answered with nothing"),
    ("html", "a web page titled"),
])  # fmt: skip
def test_an_evil_archive_of_the_emulator_is_refused_whole(
    call, epmm, tmp_path, archive, words, merged
):
    dest = tmp_path / "dest"
    call("appconnect_analytics", epmm, app_id=APP, dest=str(dest), merged=merged)
    good = dest.read_bytes() if merged else tree(dest)
    epmm.set_switch("analytics_archive", archive)
    epmm.set_switch("analytics_bomb_mib", 8)
    with pytest.raises(ModuleFailed, match=words):
        call(
            "appconnect_analytics",
            epmm,
            app_id=APP,
            dest=str(dest),
            merged=merged,
            purge=not merged,
        )
    assert (dest.read_bytes() if merged else tree(dest)) == good and [
        one.name for one in tmp_path.iterdir()
    ] == ["dest"]
    assert not Path("/tmp/uem-evil.csv").exists()


@pytest.fixture
def server() -> Iterator[Server]:
    with ExitStack() as stack:
        yield stack.enter_context(running_server())


def fetch(
    call: Callable[..., dict[str, Any]], server: Server, body: bytes, **options: Any
) -> dict[str, Any]:
    """Run a task against a server that answers with this body."""
    server.answers = [answer(body)]
    arguments = {"module": "appconnect_analytics", **options}
    if arguments["module"] == "appconnect_analytics":
        arguments.setdefault("app_id", APP)
    return call(
        arguments.pop("module"),
        product="epmm",
        url=server.url,
        username="u",
        password="secret-1",
        retries=0,
        **arguments,
    )


def pack(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def patched(raw: bytes, local: int, central: int, form: str, value: int) -> bytes:
    """The archive with a field of its first entry changed, in both of its headers."""
    changed = bytearray(raw)
    struct.pack_into(form, changed, raw.index(b"PK\x03\x04") + local, value)
    struct.pack_into(form, changed, raw.index(b"PK\x01\x02") + central, value)
    return bytes(changed)


GOOD = {f"{APP}/d1/usage.csv": b"1,2,3,4\n" * 50, f"{APP}/d1/version.txt": b"1.0"}


def overlapping() -> bytes:
    """Two entries of the directory that lead to the same data."""
    raw = pack({f"{APP}/d1/a": random.Random(1).randbytes(5000)})
    start = raw.index(b"PK\x01\x02")
    directory = raw[start : raw.index(b"PK\x05\x06")]
    both = directory + directory.replace(b"/a", b"/b")
    return (
        raw[:start] + both + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(both), start, 0)
    )


# fmt: off
EVIL = {
    "a name with NUL": (pack({**GOOD, f"{APP}/d1/xyz": b""}).replace(b"/xyz", b"/x\0z"), "control character"),
    "names of the two headers differ": (pack(GOOD).replace(b"d1/usage", b"d2/usage", 1), "damaged or cut off"),
    "a name that is not UTF-8": (patched(pack({f"{APP}/d1/xx": b""}), 6, 8, "<H", 0x800).replace(b"/xx", b"/\xff\xfe"), "damaged or cut off"),
    "bzip2": (pack(GOOD, zipfile.ZIP_BZIP2), r"unknown way \(12\)"),
    "lzma": (pack(GOOD, zipfile.ZIP_LZMA), r"unknown way \(14\)"),
    "an unknown method": (patched(pack(GOOD), 8, 10, "<H", 97), r"unknown way \(97\)"),
    "a wrong checksum": (patched(pack(GOOD), 14, 16, "<L", 1), "damaged or cut off"),
    "larger than it is": (patched(pack(GOOD), 22, 24, "<L", 1 << 20), "damaged or cut off"),
    "smaller than it is": (patched(pack(GOOD), 22, 24, "<L", 8), "damaged or cut off"),
    "far larger than it is": (patched(pack(GOOD), 22, 24, "<L", 0xFFFFFFFE), "max_bytes is 1073741824"),
    "overlapping": (overlapping(), "overlap"),
    "no end": (pack(GOOD)[:-10], "damaged or cut off"),
    "a directory elsewhere": (pack(GOOD)[:-6] + struct.pack("<LH", 0x7FFFFFFF, 0), "damaged or cut off"),
    "a directory of 4 GB": (pack(GOOD)[:-10] + struct.pack("<LLH", 0xFFFFFFF0, 0, 0), "damaged or cut off|far more"),
    "noise": (b"PK\x03\x04" + random.Random(2).randbytes(5000), "damaged or cut off"),
    "another kind of file": (b"Rar!\x1a\x07\x00" + b"x" * 100, "was not answered with a ZIP archive"),
}
# fmt: on


@pytest.mark.parametrize(("raw", "words"), EVIL.values(), ids=EVIL)
@pytest.mark.parametrize("merged", [False, True])
def test_an_evil_archive_by_hand_is_refused_whole(call, server, tmp_path, raw, words, merged):
    with pytest.raises(ModuleFailed, match=words) as failed:
        fetch(call, server, raw, dest=str(tmp_path / "dest"), merged=merged)
    assert "Traceback" not in failed.value.result["msg"] and list(tmp_path.iterdir()) == []


def test_every_cut_and_every_wrong_byte_is_an_archive_or_a_sentence(call, server, tmp_path):
    raw = pack(GOOD)
    rng = random.Random(3)
    for number in range(150):
        spoiled = bytearray(raw if number % 3 else raw[: rng.randrange(4, len(raw))])
        for _byte in range(rng.randrange(1, 4)):
            spoiled[rng.randrange(4, len(spoiled))] = rng.randrange(256)
        try:
            fetch(
                call,
                server,
                bytes(spoiled),
                dest=str(tmp_path / "dest"),
                check_mode=True,
                merged=bool(number % 2),
                on_missing="skip",
            )
        except ModuleFailed as failed:
            assert len(failed.result["msg"]) > 40
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_files": 1}, "has 2 files, and max_files is 1"),
        ({"max_bytes": 402}, "have 403 bytes, and max_bytes is 402"),
    ],
)
def test_limits_are_those_of_the_author(call, server, tmp_path, options, words):
    with pytest.raises(ModuleFailed, match=words):
        fetch(call, server, pack(GOOD), dest=str(tmp_path / "dest"), **options)
    assert fetch(call, server, pack(GOOD), dest=str(tmp_path / "dest"), max_files=2, max_bytes=403)[
        "changed"
    ]


def test_a_download_that_is_longer_than_what_may_be_unpacked_stops(call, server, tmp_path):
    with pytest.raises(ModuleFailed, match=r"answered with more than \d+ bytes; raise max_bytes"):
        fetch(
            call,
            server,
            pack({f"{APP}/d/x.csv": random.Random(4).randbytes(300_000)}),
            dest=str(tmp_path / "dest"),
            max_bytes=1000,
            max_files=2,
        )


def test_an_archive_of_very_many_entries_is_refused_before_they_are_read(call, server, tmp_path):
    entry = (
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
        + b"x"
    )
    directory = entry * 60_000
    raw = b"PK\x03\x04" + b"\0" * 100 + directory
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, len(directory), 104, 0)
    tracemalloc.start()
    with pytest.raises(ModuleFailed, match="The archive has 60000 files, and max_files is 20000"):
        fetch(call, server, raw + end, dest=str(tmp_path / "dest"), max_files=20_000)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 20 << 20


def test_rows_that_are_no_sessions_are_told_and_left_out(call, server, tmp_path):
    dest = tmp_path / "sessions.csv"
    heading = b"start,duration,timezone,bytes\r\n"
    table = (
        b"\xef\xbb\xbf"
        + heading
        + b'1,2,-3,4\r\n\r\n5,6\r\n7,8,+9,=10\r\n"11","12","13"\r\n'
        + heading
    )
    files = {
        f"{APP}/=d;=1/usage.csv": table,
        f"{APP}/=d;=1/VERSION.TXT": "\ufeff=1.0 (ü)\r\n".encode(),
        f"{APP}/other/no-ending": b"1,2,3,4\n" + b"x\n" * 60,
    }
    result = fetch(call, server, pack(files), dest=str(dest), merged=True)
    assert dest.read_text(encoding="utf-8") == (
        "app_id,device,app_version,start,duration,timezone_minutes,bytes\n"
        f"{APP},'=d;'=1,'=1.0 (ü),1,2,-3,4\n{APP},'=d;'=1,'=1.0 "
        f"(ü),11,12,13,\n{APP},other,,1,2,3,4\n"
    )
    assert (
        result["sessions"] == 3
        and len(result["problems"]) == 50
        and any(warning.startswith("63 rows") for warning in result["warnings"])
    )
    assert result["problems"][:3] == [
        {"path": f"{APP}/=d;=1/usage.csv", "line": line, "cells": cells}
        for line, cells in ((4, 2), (5, 4), (7, 4))
    ]
    fetch(call, server, pack(files), dest=str(dest), merged=True, formula_safe=False)
    assert f"{APP},=d;=1,=1.0 (ü),1,2,-3,4\n" in dest.read_text(encoding="utf-8")


@pytest.mark.parametrize(("files", "words"), [
    ({f"{APP}/d/usage.csv": b"1,2,3,4\n\xff\n"}, f"Line 2 of '{APP}/d/usage.csv' is not UTF-8"),
    ({f"{APP}/d/usage.csv": b"1,2,3,4\n\0\n"}, "Line 2 of .* is not text"),
    ({f"{APP}/d/usage.csv": random.Random(5).randbytes(1 << 20).hex().encode()}, "Line 1 of .* is not text, or is too long"),
    ({f"{APP}/d/version.txt": b"1" * 5000}, "version.txt' in the archive is too long for a version"),
])  # fmt: skip
def test_what_is_no_table_is_not_merged(call, server, tmp_path, files, words):
    with pytest.raises(ModuleFailed, match=words):
        fetch(call, server, pack(files), dest=str(tmp_path / "dest"), merged=True)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_is_told(call, epmm, tmp_path, monkeypatch):
    real = os.makedirs

    def full(path, *arguments, **options):
        if APP in str(path):
            raise OSError(28, "No space left on device", str(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "makedirs", full)
    with pytest.raises(
        ModuleFailed, match=r"dest: reading or writing of .* failed \(No space left on device\)"
    ):
        call("appconnect_analytics", epmm, app_id=APP, dest=str(tmp_path))


# Sizes


def large_archive(mib: int, device_files: int) -> bytes:
    """Sessions of so many MiB that pack well, yet not as a bomb does."""
    rng = random.Random(6)
    rows = "".join(
        f"{rng.randrange(10**12, 10**13)},{rng.randrange(4000)},-420,{rng.randrange(10**7)}\n"
        for _row in range(600)
    )
    table = rows.encode() * ((mib << 20) // device_files // len(rows))
    return pack({f"{APP}/d{number}/usage.csv": table for number in range(device_files)})


@pytest.mark.parametrize(
    ("merged", "mib", "files", "limit"), [(False, 200, 4, 4 << 20), (True, 3, 1, 2 << 20)]
)
def test_memory_does_not_grow_with_the_archive(call, server, tmp_path, merged, mib, files, limit):
    raw = large_archive(mib, files)
    assert (mib << 20) / len(raw) > 20
    # What the first call of a process imports is not the memory of this call.
    fetch(call, server, large_archive(1, 1), dest=str(tmp_path / "first"), merged=merged)
    tracemalloc.start()
    result = fetch(call, server, raw, dest=str(tmp_path / "dest"), merged=merged)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result["bytes"] > (mib - 1) << 20 and most < limit, most


def test_ten_thousand_devices_are_one_request(call, epmm, tmp_path):
    epmm.reset(devices=10_000)
    dest = tmp_path / "devices.csv"
    assert call("device_export", epmm, dest=str(dest))["rows"] == 10_000
    assert len(epmm.requests()) == 1
    result = call(
        "appconnect_analytics",
        epmm,
        app_id=ANDROID,
        dest=str(tmp_path / "sessions.csv"),
        merged=True,
    )
    assert (
        result["device_count"] == len(ran_on(epmm, "Android", 2)) > 1000
        and len(epmm.requests()) == 2
    )
