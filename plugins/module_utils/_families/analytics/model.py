# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AppConnect analytics: what their archive may contain, and the sessions in its tables. Pure.

"API Reference Document for MobileIron WebService" (Core 10.8), "Get Analytics for AppConnect Apps":
a folder for the app, which has a folder for each device, which has version.txt and a CSV file
without a header, with a row for each session.
"""

from __future__ import annotations

import re
import stat
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..._core.errors import AnswerError, OptionError

VERSION_FILE = "version.txt"

# The columns of the table that has the sessions of all devices.
SESSION = ("app_id", "device", "app_version", "start", "duration", "timezone_minutes", "bytes")

# A file may be RATIO times as large as its part of the archive; a file of at most FREE bytes may be
# of any density. Tables of sessions reach a ratio of about 10, and the format allows 1,032.
RATIO, FREE = 200, 1 << 20

# The ways of packing that archives use, as the format numbers them: stored and deflated.
_METHODS = (0, 8)

# The longest name that file systems allow, in bytes.
_LONGEST = 255

_DRIVE = re.compile(r"[A-Za-z]:")
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")

_REFUSED = "Nothing was written; ask the server's administrator what is wrong with it."


@dataclass(frozen=True)
class Limits:
    """The limits of an archive.

    Attributes:
        files: The most files that it may have.
        size: The most bytes that the files may have together.
    """

    files: int
    size: int

    @property
    def archive(self) -> int:
        """The most bytes of the archive itself.

        They are the files, if packing does not make them smaller, and a header and an entry of the
        directory for each of them.
        """
        return self.size + 2 * self.directory

    @property
    def directory(self) -> int:
        """The most bytes of the archive's directory. An entry has about 50 bytes and the path."""
        return (1 << 16) + self.files * 512


@dataclass(frozen=True)
class Entry:
    """What the directory of an archive says about one entry. It need not be true.

    Attributes:
        number: Its place in the directory.
        name: Its path.
        size: Its bytes after unpacking.
        packed: Its bytes in the archive.
        method: How it is packed, as the format numbers it.
        encrypted: Whether a password is needed.
        mode: Its Unix mode with its kind, or 0.
    """

    number: int
    name: str
    size: int
    packed: int
    method: int
    encrypted: bool
    mode: int


@dataclass(frozen=True)
class Member:
    """A file that may be unpacked.

    Attributes:
        number: Its place in the directory.
        app: The id of the app, which is the outer folder.
        device: The id of the device, which is the inner folder.
        file: Its name.
        size: Its bytes after unpacking, as the directory says.
        packed: Its bytes in the archive, as the directory says.
    """

    number: int
    app: str
    device: str
    file: str
    size: int
    packed: int

    @property
    def path(self) -> str:
        """Its path in the archive, in results and below ``dest``."""
        return f"{self.app}/{self.device}/{self.file}"

    @property
    def is_version(self) -> bool:
        """Whether it holds the version of the app. Every other file is a table."""
        return self.file.casefold() == VERSION_FILE


def parse_app(raw: str) -> str:
    """Read the id of an app.

    Raises:
        OptionError: It cannot be an id, or cannot name a folder.
    """
    text = raw.strip()
    if _part_problem(text):
        raise OptionError(
            f"app_id: {raw!r} is not the id of an app; give the bundle id (iOS) or the package "
            "name (Android), such as com.example.app."
        )
    return text


def parse_limits(files: int, size: int) -> Limits:
    """Read the limits of an archive.

    Raises:
        OptionError: No archive can meet a limit.
    """
    for name, number in (("max_files", files), ("max_bytes", size)):
        if number < 1:
            raise OptionError(
                f"{name}: {number} lets nothing through; give a number of at least 1."
            )
    return Limits(files, size)


def plan_archive(
    entries: Sequence[Entry], app: str, limits: Limits, length: int
) -> tuple[Member, ...]:
    """Check all entries of an archive, and choose the files to unpack.

    One entry that the document does not describe makes the whole archive untrustworthy.

    Args:
        entries: The entries of the directory.
        app: The id of the app.
        limits: The limits.
        length: The bytes of the archive.

    Returns:
        The files, in the order of their paths.

    Raises:
        AnswerError: The archive exceeds the limits, or has a wrong entry, which is named.
    """
    if len(entries) > limits.files:
        raise AnswerError(too_many(limits, str(len(entries))))
    declared = sum(entry.size for entry in entries)
    if declared > limits.size:
        raise AnswerError(
            f"The files of the archive have {declared} bytes, and max_bytes is {limits.size}: "
            "raise it if the app really has that much data. Nothing was written."
        )
    if sum(entry.packed for entry in entries) > length:
        raise AnswerError(
            f"The files of the archive overlap, so a few bytes become very many. {_REFUSED}"
        )
    for entry in entries:
        problem = _entry_problem(entry, app)
        if problem:
            raise AnswerError(f"The archive has an entry {entry.name!r} {problem}. {_REFUSED}")
    members = [_member(entry) for entry in entries if not entry.name.endswith("/")]
    _refuse_twins({f"{member.app}/{member.device}" for member in members})
    _refuse_twins(member.path for member in members)
    return tuple(sorted(members, key=lambda member: (member.device, member.file)))


def too_many(limits: Limits, count: str) -> str:
    """Return the error for an archive with more files than the limits allow."""
    return (
        f"The archive has {count} files, and max_files is {limits.files}: raise it if the app "
        "really has that many. Nothing was written."
    )


def too_dense(size: int, packed: int) -> bool:
    """Return whether a file is packed far more densely than sessions can be."""
    return size > FREE and size > RATIO * packed


def session(cells: Sequence[str]) -> tuple[str, ...] | None:
    """Read a row as a session.

    The document calls the bytes "under construction", so they may be missing.

    Returns:
        Start, duration, time zone and bytes as they were sent, or None if it is not a session.
    """
    if not 3 <= len(cells) <= 4:
        return None
    trimmed = [cell.strip() for cell in cells]
    traffic = trimmed[3] if len(trimmed) == 4 else ""
    if not all(_NUMBER.fullmatch(cell) for cell in trimmed[:3]) or not (
        traffic == "" or _NUMBER.fullmatch(traffic)
    ):
        return None
    return (*trimmed[:3], traffic)


def is_heading(cells: Sequence[str]) -> bool:
    """Return whether a first row names the columns: then none of its cells is a number."""
    return 3 <= len(cells) <= 4 and not any(_NUMBER.fullmatch(cell.strip()) for cell in cells)


def _entry_problem(entry: Entry, app: str) -> str:
    """Return what is wrong with an entry, in words that follow its name; "" if nothing is."""
    parts = entry.name.removesuffix("/").split("/")
    folder = entry.name.endswith("/")
    kind = stat.S_IFMT(entry.mode)
    # fmt: off
    problems = (
        (entry.encrypted, "that is encrypted"),
        (entry.method not in _METHODS, f"that is packed in an unknown way ({entry.method})"),
        (entry.name.startswith("/"), "with an absolute path"),
        *((bool(problem), problem) for problem in map(_part_problem, parts)),
        (parts[0] != app, f"outside of the folder of the app {app!r}"),
        (kind not in (0, stat.S_IFDIR if folder else stat.S_IFREG), "that is a link or another special file"),
        (len(parts) not in ((1, 2) if folder else (3,)), "where the document has only <app id>/<device id>/<file>"),
    )
    # fmt: on
    return next((words for wrong, words in problems if wrong), "")


def _part_problem(part: str) -> str:
    """Return what is wrong with one name of a path; "" if nothing is."""
    if part in ("", ".", ".."):
        return "that leads elsewhere"
    if "\\" in part or "/" in part or _DRIVE.match(part):
        return "with a backslash, a slash or a drive letter"
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in part):
        return "with a control character"
    if len(part.encode("utf-8", "replace")) > _LONGEST:
        return "with a name that is too long"
    return ""


def _member(entry: Entry) -> Member:
    app, device, file = entry.name.split("/")
    return Member(entry.number, app, device, file, entry.size, entry.packed)


def _refuse_twins(paths: Iterable[str]) -> None:
    """Raise AnswerError for paths that are the same on some file systems."""
    seen: dict[str, str] = {}
    for path in sorted(paths):
        fold = unicodedata.normalize("NFC", path).casefold()
        if fold in seen:
            raise AnswerError(
                f"The archive has the entries {seen[fold]!r} and {path!r}, which can be one file. "
                f"{_REFUSED}"
            )
        seen[fold] = path
