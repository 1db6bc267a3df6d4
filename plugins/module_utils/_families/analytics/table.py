# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One table of the sessions of all devices, made of the tables in an archive."""

from __future__ import annotations

import csv
import os
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..._core.errors import AnswerError
from ..._module.files.lines import lines_of
from ..._module.files.place import place_file
from ..exports.model import line_of
from .archive import open_member
from .model import SESSION, Member, is_heading, session

# The result names at most this number of rows that are not sessions, and counts the rest.
MOST_PROBLEMS = 50

# The most bytes of version.txt.
LONGEST_VERSION = 4096

_REFUSED = "Nothing was written; try again, then ask the server's administrator."


def place_table(
    module: AnsibleModule,
    dest: str,
    archive: zipfile.ZipFile,
    members: Sequence[Member],
    folder: str,
) -> dict[str, Any]:
    """Write the sessions of all devices to one file, if its content differs, and return the result.

    Args:
        module: The module, with the options.
        dest: The path of the file.
        archive: The archive.
        members: The files of the archive to read.
        folder: Where the table is made before it is moved to ``dest``.

    Raises:
        AnswerError: A file of the archive is damaged or cannot be a table.
        OptionError: The account cannot give the file to the owner or the group.
    """
    table = SessionTable(archive, module.params["formula_safe"])
    source = os.path.join(folder, "merged")
    with open(source, "w", encoding="utf-8", newline="") as target:
        target.write(line_of(SESSION, formula_safe=False))
        target.writelines(table.lines(members))
    placed = place_file(module, source, dest)
    return {
        "changed": placed.changed,
        "checksum": placed.checksum,
        "bytes": placed.size,
        "sessions": table.sessions,
        "problems": table.problems,
        "diff": placed.diff,
        "warnings": table.warnings,
    }


@dataclass
class SessionTable:
    """Reads the sessions from the tables of an archive.

    Attributes:
        archive: The archive.
        formula_safe: Whether cells that begin a formula get an apostrophe.
        sessions: The number of sessions that were read.
        skipped: The number of rows that are not sessions.
        problems: Where these rows are, at most MOST_PROBLEMS of them.
    """

    archive: zipfile.ZipFile
    formula_safe: bool
    sessions: int = 0
    skipped: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)

    @property
    def warnings(self) -> list[str]:
        """The warning about rows that are not sessions, if there are any."""
        if not self.skipped:
            return []
        rows = (
            "row of analytics is not a session and was"
            if self.skipped == 1
            else "rows of analytics are not sessions and were"
        )
        return [f"{self.skipped} {rows} left out, see problems in the result."]

    def lines(self, members: Sequence[Member]) -> Iterator[str]:
        """Yield the lines of the table.

        For each device, in the order of ``members``, they are its sessions in the order of its
        table.
        """
        versions = {member.device: self._version(member) for member in members if member.is_version}
        for member in members:
            if not member.is_version:
                yield from self._lines_of(member, versions.get(member.device, ""))

    def _version(self, member: Member) -> str:
        with open_member(self.archive, member) as source:
            raw = source.read(LONGEST_VERSION + 1)
        if len(raw) > LONGEST_VERSION:
            raise AnswerError(
                f"{member.path!r} in the archive is too long for a version. {_REFUSED}"
            )
        return raw.decode("utf-8", "replace").strip("\ufeff\0 \t\r\n")

    def _lines_of(self, member: Member, version: str) -> Iterator[str]:
        start = line_of(
            [member.app, member.device, version], formula_safe=self.formula_safe
        ).rstrip("\n")
        with open_member(self.archive, member) as source:
            for number, line in enumerate(lines_of(source, repr(member.path)), 1):
                cells = _cells(line)
                row = session(cells)
                if row:
                    self.sessions += 1
                    # Numbers need neither quotes nor an apostrophe.
                    yield f"{start},{','.join(row)}\n"
                elif cells and not (number == 1 and is_heading(cells)):
                    self._skip(member, number, len(cells))

    def _skip(self, member: Member, number: int, cells: int) -> None:
        self.skipped += 1
        if self.skipped <= MOST_PROBLEMS:
            self.problems.append({"path": member.path, "line": number, "cells": cells})


def _cells(line: str) -> list[str]:
    """Return the cells of a line of CSV; an empty line has no cells.

    Cells of sessions are numbers, so that no cell continues in the next line.
    """
    text = line.strip("\r\n")
    if not text.strip():
        return []
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader([text]), [])
    except csv.Error:
        return [text]
