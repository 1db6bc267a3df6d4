# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One table of the sessions of all devices."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._core.errors import AnswerError
from ..._module.files.lines import lines_of
from ..exports.model import line_of
from .archive import reading
from .model import Member, is_heading, session

# So many rows that are no sessions are told one by one.
TOLD = 50

# Bytes of version.txt.
LONGEST_VERSION = 4096

_REFUSED = "Nothing was written; try again, then ask the server's administrator."


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
        with reading(self.archive, member) as source:
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
        with reading(self.archive, member) as source:
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
