# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read files of text from a server, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ..._core.errors import AnswerError

# The most bytes of a line. The line of a device has about 500.
LONGEST_LINE = 1 << 20

_REFUSED = "Nothing was written; try again, then ask the server's administrator."


def lines_of(file: BinaryIO, what: str) -> Iterator[str]:
    """Yield the lines of a file of UTF-8, with or without a byte order mark.

    Args:
        file: The file.
        what: The words for the file in messages.

    Raises:
        AnswerError: A line is not text, or longer than LONGEST_LINE.
    """
    number = 0
    while raw := file.readline(LONGEST_LINE + 1):
        number += 1
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise AnswerError(
                f"Line {number} of {what} is not UTF-8 ({error.reason}). {_REFUSED}"
            ) from None
        if len(raw) > LONGEST_LINE or "\0" in line:
            raise AnswerError(f"Line {number} of {what} is not text, or is too long. {_REFUSED}")
        yield line
