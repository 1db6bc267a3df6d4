# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The archive of AppConnect analytics: read its directory, and unpack its files.

The names in an archive are used as paths only after all of them were checked. The sizes in it are
not trusted either: Python's zipfile reads at most the declared size of a file, ``plan_archive``
adds these sizes up, and a file that is smaller or has another checksum is refused. At most one part
of a file is in memory.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from ..._core.errors import AnswerError
from ..._http.download import PART
from ..._module.files.place import parts_of
from .model import Entry, Limits, Member, too_dense, too_many

# The first bytes of an entry in the directory of an archive.
_MARK = b"PK\x01\x02"

_REFUSED = "Nothing was written; try again, then ask the server's administrator."


@dataclass(frozen=True)
class Unpacked:
    """A file that was unpacked.

    Attributes:
        member: The file in the archive.
        source: The path that it was unpacked to.
        size: Its bytes.
        checksum: Its SHA-256.
    """

    member: Member
    source: str
    size: int
    checksum: str


class _Bounded(io.BufferedReader):
    """An archive whose directory is read only if it is within the limits.

    Python's zipfile reads the whole directory.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        super().__init__(io.FileIO(file.fileno(), closefd=False))
        self._limits = limits

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = size or 0
        if wanted > self._limits.directory:
            raise AnswerError(too_many(self._limits, "far more"))
        data = super().read(size)
        # Only the directory is read in a piece of this size.
        entries = data.count(_MARK) if wanted > 2 * PART else 0
        if entries > self._limits.files:
            raise AnswerError(too_many(self._limits, str(entries)))
        return data

    def seek(self, target: int, whence: int = 0, /) -> int:
        if whence == 0 and target < 0:
            raise zipfile.BadZipFile("a place before its beginning")
        return super().seek(target, whence)


class _Checked(io.RawIOBase):
    """A file of an archive while it is unpacked.

    Reading raises AnswerError if the file is damaged, has another size than the directory says, or
    is packed too densely.
    """

    def __init__(self, source: Any, member: Member) -> None:
        self._source, self._member, self._size = source, member, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        with _refuse_damage(self._member.path):
            data = self._source.read(len(buffer))
            if not data and self._size != self._member.size:
                raise zipfile.BadZipFile(
                    f"it has {self._size} bytes instead of {self._member.size}"
                )
        self._size += len(data)
        if too_dense(self._size, self._member.packed):
            raise AnswerError(
                f"{self._member.path!r} in the archive grows from a few bytes to very many. "
                f"{_REFUSED}"
            )
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def _refuse_damage(what: str) -> Iterator[None]:
    """Turn what zipfile raises for a damaged or hostile archive into AnswerError."""
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


def open_archive(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    """Open an archive and read its directory.

    Raises:
        AnswerError: The archive is damaged, or its directory is larger than the limits allow.
    """
    with _refuse_damage("its directory"):
        return zipfile.ZipFile(_Bounded(file, limits))


def entries_of(archive: zipfile.ZipFile) -> list[Entry]:
    """Return what the directory says about each entry.

    The names are those in the archive: Python's zipfile cuts its own copy at the first NUL.
    """
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
def open_member(archive: zipfile.ZipFile, member: Member) -> Iterator[BinaryIO]:
    """Open a file of the archive for reading. Reading raises AnswerError if the file is damaged."""
    with _refuse_damage(member.path):
        source = archive.open(archive.infolist()[member.number])
    with source:
        yield io.BufferedReader(_Checked(source, member), PART)


def unpack(archive: zipfile.ZipFile, members: Sequence[Member], folder: str) -> list[Unpacked]:
    """Unpack files to a temporary folder. Their new names do not come from the archive.

    Args:
        archive: The archive.
        members: Its files that are wanted.
        folder: The temporary folder.

    Raises:
        AnswerError: A file is damaged or packed too densely.
    """
    unpacked = []
    for member in members:
        path = os.path.join(folder, f"file-{member.number}")
        digest, size = hashlib.sha256(), 0
        with open_member(archive, member) as source, open(path, "wb") as target:
            for part in parts_of(source):
                digest.update(part)
                size += target.write(part)
        unpacked.append(Unpacked(member, path, size, digest.hexdigest()))
    return unpacked
