# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AppConnect analytics to files: download, unpack where nothing can be harmed, and move what
differs to its place.

The names that an archive declares are never used as paths before all of them were checked. Nor are
its sizes believed: Python's zipfile gives no more of a file than it is said to have, which
``plan_archive`` adds up, and a file that comes to less or has another checksum is refused. At no
time is more than a part of a file in memory.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from ansible.module_utils.basic import AnsibleModule

from ..._core.errors import AnswerError, OptionError
from ..._http.download import PART, Sink
from ..._module.files.attributes import require_attributes
from ..._module.files.place import (
    Placed,
    parts_of,
    place_file,
    require_file,
    require_folder,
    scratch,
)
from ..._module.run import Result, Run
from ..exports.model import line_of
from ..exports.task import lines_of
from .calls import Analytics
from .model import (
    SESSION,
    Entry,
    Limits,
    Member,
    is_heading,
    parse_app,
    parse_limits,
    plan_archive,
    session,
    too_dense,
    too_many,
)
from .tree import Unpacked, place_tree, require_no_links

# So many rows that are no sessions are told one by one.
TOLD = 50

# Bytes of version.txt.
LONGEST_VERSION = 4096

# What an entry of an archive's directory begins with.
_MARK = b"PK\x01\x02"

_REFUSED = "Nothing was written; try again, then ask the server's administrator."


def fetch_analytics(module: AnsibleModule, run: Run[Analytics]) -> Result:
    """The task of appconnect_analytics: the sessions of an app as files, or as one table."""
    params = run.params
    app = parse_app(params["app_id"])
    limits = parse_limits(params["max_files"], params["max_bytes"])
    if params["merged"] and params["purge"]:
        raise OptionError(
            "purge: one table has no files to remove; leave it out, or leave out merged."
        )
    require_attributes(params)
    if params["merged"]:
        dest = require_file(params["dest"])
    else:
        dest = require_folder(params["dest"])
        require_no_links(dest, app)
    with scratch(module) as folder, open(os.path.join(folder, "archive"), "w+b") as file:
        sink = Sink(file, limits.archive, "raise max_bytes if an app really has so much")
        archive = _opened(file, limits) if run.calls.archive(app, sink) else None
        members = (
            plan_archive(_entries(archive), app, limits, os.fstat(file.fileno()).st_size)
            if archive
            else ()
        )
        if not archive or not members:
            found = _nothing(app, params)
        elif params["merged"]:
            found = _merged(module, dest, archive, members, folder)
        else:
            files = unpack(archive, members, folder)
            found = place_tree(module, dest, app, files, purge=params["purge"])
    devices = len({member.device for member in members})
    missing = [] if members else [app]
    return {
        **found,
        "dest": dest,
        "device_count": devices,
        "missing": missing,
        "requests": run.client.transport.requests,
    }


def _nothing(app: str, params: Mapping[str, Any]) -> Result:
    """The result for an app without data, which nothing is done about. Raises OptionError unless
    that may be."""
    if params["on_missing"] == "fail":
        raise OptionError(
            f"app_id: the server has no analytics of {app!r}; correct the id, wait until the app "
            "ran on a device, or set on_missing=skip to go on without."
        )
    return {
        "changed": False,
        "bytes": 0,
        **({"sessions": 0, "problems": []} if params["merged"] else {"files": [], "stale": []}),
    }


# Unpacking


class _Bounded(io.BufferedReader):
    """An archive whose directory, which Python's zipfile holds whole, is read only when it is not
    larger than allowed."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        super().__init__(io.FileIO(file.fileno(), closefd=False))
        self._limits = limits

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = size or 0
        if wanted > self._limits.directory:
            raise AnswerError(too_many(self._limits, "far more"))
        data = super().read(size)
        # Nothing but the directory is read in so large a piece. Each of its entries begins with
        # this mark.
        entries = data.count(_MARK) if wanted > 2 * PART else 0
        if entries > self._limits.files:
            raise AnswerError(too_many(self._limits, str(entries)))
        return data

    def seek(self, target: int, whence: int = 0, /) -> int:
        if whence == 0 and target < 0:
            raise zipfile.BadZipFile("a place before its beginning")
        return super().seek(target, whence)


class _Checked(io.RawIOBase):
    """A member of an archive as it is unpacked. Raises AnswerError once it is not what it is said
    to be, or grows too much."""

    def __init__(self, source: Any, member: Member) -> None:
        self._source, self._member, self._size = source, member, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        with _damage(self._member.path):
            data = self._source.read(len(buffer))
            if not data and self._size != self._member.size:
                raise zipfile.BadZipFile(
                    f"it has {self._size} bytes instead of {self._member.size}"
                )
        self._size += len(data)
        if too_dense(self._size, self._member.packed):
            raise AnswerError(
                f"{self._member.path!r} in the archive grows from few bytes to very many. "
                f"{_REFUSED}"
            )
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def _damage(what: str) -> Iterator[None]:
    """What zipfile raises for an archive that is broken or made to break it, as AnswerError."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        struct.error,
        NotImplementedError,
        RuntimeError,
        ValueError,
        IndexError,
    ) as error:
        raise AnswerError(
            f"The archive is damaged or cut off ({what}: {error}). {_REFUSED}"
        ) from None


def _opened(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    with _damage("its directory"):
        return zipfile.ZipFile(_Bounded(file, limits))


def _entries(archive: zipfile.ZipFile) -> list[Entry]:
    """What the directory says; the name with all that Python's zipfile would leave out of it."""
    return [
        Entry(
            number,
            info.orig_filename,
            info.file_size,
            info.compress_size,
            info.compress_type,
            bool(info.flag_bits & 0x41),
            info.external_attr >> 16,
        )
        for number, info in enumerate(archive.infolist())
    ]


@contextmanager
def _reading(archive: zipfile.ZipFile, member: Member) -> Iterator[BinaryIO]:
    """A member, part by part."""
    with _damage(member.path):
        source = archive.open(archive.infolist()[member.number])
    with source:
        yield io.BufferedReader(_Checked(source, member), PART)


def unpack(archive: zipfile.ZipFile, members: Sequence[Member], folder: str) -> list[Unpacked]:
    """Unpack an archive to files with names of our own."""
    unpacked = []
    for member in members:
        path = os.path.join(folder, f"file-{member.number}")
        digest, size = hashlib.sha256(), 0
        with _reading(archive, member) as source, open(path, "wb") as target:
            for part in parts_of(source):
                digest.update(part)
                size += target.write(part)
        unpacked.append(Unpacked(member, path, size, digest.hexdigest()))
    return unpacked


# One table


def _merged(
    module: AnsibleModule,
    dest: str,
    archive: zipfile.ZipFile,
    members: Sequence[Member],
    folder: str,
) -> dict[str, Any]:
    """The result for one table of all devices."""
    merging = Merging(archive, module.params["formula_safe"])
    source = os.path.join(folder, "merged")
    with open(source, "w", encoding="utf-8", newline="") as target:
        target.write(line_of(SESSION, formula_safe=False))
        target.writelines(merging.lines(members))
    placed: Placed = place_file(module, source, dest)
    warnings = [
        (
            f"{merging.wrong} rows of analytics are no sessions and were left out, see problems in "
            "the result."
        )
    ]
    # fmt: off
    return {
        "changed": placed.changed, "checksum": placed.checksum, "bytes": placed.size, "sessions": merging.sessions,
        "problems": merging.problems, "diff": placed.diff, "warnings": warnings if merging.wrong else [],
    }
    # fmt: on


@dataclass
class Merging:
    """Makes one table of the tables of devices. ``problems``: rows that are no sessions, of which
    there are ``wrong``."""

    archive: zipfile.ZipFile
    formula_safe: bool
    sessions: int = 0
    wrong: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)

    def lines(self, members: Sequence[Member]) -> Iterator[str]:
        """The lines of the table, device by device in the order of their names, each in the order
        of its sessions."""
        versions = {member.device: self._version(member) for member in members if member.is_version}
        for member in members:
            if not member.is_version:
                yield from self._lines_of(member, versions.get(member.device, ""))

    def _version(self, member: Member) -> str:
        with _reading(self.archive, member) as source:
            raw = source.read(LONGEST_VERSION + 1)
        if len(raw) > LONGEST_VERSION:
            raise AnswerError(
                f"{member.path!r} in the archive is longer than a version. {_REFUSED}"
            )
        return raw.decode("utf-8", "replace").strip("\ufeff\0 \t\r\n")

    def _lines_of(self, member: Member, version: str) -> Iterator[str]:
        start = line_of(
            [member.app, member.device, version], formula_safe=self.formula_safe
        ).rstrip("\n")
        with _reading(self.archive, member) as source:
            for number, line in enumerate(lines_of(source, repr(member.path)), 1):
                cells = _cells(line)
                row = session(cells)
                if row:
                    self.sessions += 1
                    # Numbers need neither quotes nor an apostrophe.
                    yield f"{start},{','.join(row)}\n"
                elif cells and not (number == 1 and is_heading(cells)):
                    self._report(member, number, len(cells))

    def _report(self, member: Member, number: int, cells: int) -> None:
        self.wrong += 1
        if self.wrong <= TOLD:
            self.problems.append({"path": member.path, "line": number, "cells": cells})


def _cells(line: str) -> list[str]:
    """A line of CSV, where sessions are numbers alone, so that no cell goes over lines; none for an
    empty one."""
    text = line.strip("\r\n")
    if not text.strip():
        return []
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader([text]), [])
    except csv.Error:
        return [text]
