# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AppConnect analytics: which apps ran on which devices, and the ZIP about it, also a harmful
one.

Source: "MobileIron WebService", Get Analytics for AppConnect Apps: `<app ID>/<device ID>/` with a
CSV file and version.txt, a row for each session: start, duration, time zone, bytes. The document
says that the start is in seconds and shows milliseconds. Neither the name of the CSV file nor what
a device ID is stands there.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from uem_emulator.epmm.world.model import Device

CSV_NAME, VERSION_NAME = "analytics.csv", "version.txt"
HEADER = "startTime,duration,timezone,bytes"
_DAY = 86_400_000
_MIB = 1 << 20
#: The first time which a ZIP can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Minutes from Greenwich Mean Time.
_ZONES = (-420, -300, 0, 60, 120, 330, 540)
_SYMLINK = 0o120777 << 16
_PLAIN_FILE = 0o100644 << 16
#: Distances within the headers of a file, in its place and in the directory: flags, size. See the format's APPNOTE, 4.3.
_LOCAL, _CENTRAL = (b"PK\x03\x04", 6, 22, 30), (b"PK\x01\x02", 8, 24, 46)


@dataclass(frozen=True)
class App:
    """One device in `every` of the platforms has run it; 0: none has."""

    id: str
    version: str
    platforms: frozenset[str]
    every: int


# fmt: off
APPS: dict[str, App] = {app.id: app for app in (
    App("com.mycompany.myapp", "2.4.1", frozenset(("iOS",)), 3),
    App("com.example.field", "10.0.0-rc1 (Büro)", frozenset(("Android",)), 2),
    App("com.example.notes", "1.0", frozenset(("iOS", "Android")), 5),
    App("com.example.unused", "0.1", frozenset(("iOS",)), 0),
)}
# fmt: on


@dataclass(frozen=True)
class Form:
    """How a file of sessions is written: with a line of names, times in seconds instead of
    milliseconds, without the bytes, which are "under construction"."""

    header: bool = False
    seconds: bool = False
    without_bytes: bool = False


@dataclass(frozen=True)
class Entry:
    """A file of an archive. `attributes`: what the system that wrote it keeps of it."""

    name: str
    data: bytes
    attributes: int = _PLAIN_FILE


def users_of(app: App, devices: Iterable[Device]) -> list[Device]:
    """Return the devices which have run an app, by number."""
    return [
        device
        for device in devices
        if app.every
        and device.status == "ACTIVE"
        and device.platform in app.platforms
        and device.id % app.every == 0
    ]


def sessions(app: App, device: Device, now: int) -> list[tuple[int, int, int, int]]:
    """Return when a device has run an app, oldest first. They are the same with each call.

    Args:
        app: The app.
        device: The device.
        now: The clock of the server, in epoch milliseconds.

    Returns:
        For each session the start in epoch milliseconds, seconds, minutes from Greenwich, bytes.
    """
    rng = random.Random(f"{app.id} {device.uuid}")
    starts = sorted(now - int(rng.random() * 30 * _DAY) for _turn in range(rng.randrange(1, 20)))
    zone = _ZONES[device.id % len(_ZONES)]
    return [
        (start, rng.randrange(1, 3600), zone, rng.choice((0, rng.randrange(10**7))))
        for start in starts
    ]


def csv_text(rows: Iterable[tuple[int, int, int, int]], form: Form) -> str:
    """Write sessions as the lines of a CSV file.

    Args:
        rows: The sessions, as `sessions` returns them.
        form: How the file is written.
    """
    lines = [HEADER] if form.header else []
    for start, *others in rows:
        numbers = [start // 1000 if form.seconds else start, *others]
        lines.append(
            ",".join(str(number) for number in (numbers[:3] if form.without_bytes else numbers))
        )
    return "".join(f"{line}\n" for line in lines)


def entries(
    app: App, devices: Iterable[tuple[Device, str]], now: int, form: Form
) -> Iterator[Entry]:
    """Return the files of an app.

    Args:
        app: The app.
        devices: The devices which have run it, each with the name of its folder.
        now: The clock of the server, in epoch milliseconds.
        form: How the files are written.
    """
    for device, folder in devices:
        yield Entry(
            f"{app.id}/{folder}/{CSV_NAME}", csv_text(sessions(app, device, now), form).encode()
        )
        yield Entry(f"{app.id}/{folder}/{VERSION_NAME}", f"{app.version}\n".encode())


def pack(files: Iterable[Entry], *, folders: bool = False, download: int = 0) -> bytes:
    """Return a ZIP archive.

    Args:
        files: What is in it.
        folders: Whether folders have entries of their own.
        download: A number which shows as the time of the files, in steps of two seconds, which a
            ZIP can tell apart.
    """
    minutes, step = divmod(download % 1800, 30)
    stamp = (*_EPOCH[:4], minutes, step * 2)
    buffer, made = io.BytesIO(), set[str]()
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry in files:
            for folder in _parents(entry.name) if folders else ():
                if folder not in made:
                    made.add(folder)
                    archive.writestr(_info(Entry(folder, b"", 0o40755 << 16 | 0x10), stamp), b"")
            # A name that is there twice is meant to be; `writestr` would warn of it.
            archive.NameToInfo.pop(entry.name, None)
            archive.writestr(_info(entry, stamp), entry.data)
    return buffer.getvalue()


def _parents(name: str) -> Iterator[str]:
    for place, letter in enumerate(name):
        if letter == "/":
            yield name[: place + 1]


def _info(entry: Entry, stamp: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(entry.name, stamp)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = entry.attributes
    return info


# --- harmful archives -------------------------------------------------------------------------------------------------

Spoil = Callable[[list[Entry], int], bytes]


def _with(*harmful: Entry) -> Spoil:
    """The good files, and more: `{app}` and `{folder}` stand for the first ones."""

    def spoil(good: list[Entry], mib: int) -> bytes:
        app, folder, _name = good[0].name.split("/")
        return pack(
            [
                *good,
                *(
                    Entry(entry.name.format(app=app, folder=folder), entry.data, entry.attributes)
                    for entry in harmful
                ),
            ]
        )

    return spoil


def _bomb(good: list[Entry], mib: int) -> bytes:
    """The first CSV file is all zeros."""
    return pack([Entry(good[0].name, bytes(mib * _MIB)), *good[1:]])


def _wrong_size(good: list[Entry], mib: int) -> bytes:
    """The first CSV file says that it has ten bytes, and has two MiB."""
    raw = bytearray(pack([Entry(good[0].name, b"0,0,0,0\n" * (_MIB // 4)), *good[1:]]))
    for magic, _flags, size, _length in (_LOCAL, _CENTRAL):
        struct.pack_into("<L", raw, raw.index(magic) + size, 10)
    return bytes(raw)


def _encrypted(good: list[Entry], mib: int) -> bytes:
    """The first file says that it is encrypted."""
    raw = bytearray(pack(good))
    for magic, flags, _size, _length in (_LOCAL, _CENTRAL):
        raw[raw.index(magic) + flags] |= 1
    return bytes(raw)


def _truncated(good: list[Entry], mib: int) -> bytes:
    raw = pack(good)
    return raw[: len(raw) // 2]


def _corrupt(good: list[Entry], mib: int) -> bytes:
    """A byte within the data of the first file is another."""
    raw = bytearray(pack(good))
    raw[_LOCAL[3] + len(good[0].name.encode()) + 2] ^= 0xFF
    return bytes(raw)


_HARMFUL = b"1381268056367,35,-420,0\n"
#: Position of the switch `analytics_archive` -> what spoils the archive.
# fmt: off
SPOILERS: dict[str, Spoil] = {
    "traversal": _with(Entry("{app}/../../../uem-evil.csv", _HARMFUL)),
    "absolute": _with(Entry("/tmp/uem-evil.csv", _HARMFUL)),
    "backslash": _with(Entry("{app}\\..\\..\\uem-evil.csv", _HARMFUL)),
    "symlink": _with(Entry("{app}/{folder}/link.csv", b"/etc/passwd", _SYMLINK)),
    "duplicates": _with(Entry("{app}/{folder}/" + CSV_NAME, _HARMFUL)),
    "stranger": _with(Entry("com.example.other/{folder}/" + CSV_NAME, _HARMFUL), Entry("readme.html", b"<p>")),
    "bomb": _bomb, "wrong_size": _wrong_size, "encrypted": _encrypted, "truncated": _truncated, "corrupt": _corrupt,
    "empty": lambda good, mib: pack(()), "nothing": lambda good, mib: b"",
}
# fmt: on
