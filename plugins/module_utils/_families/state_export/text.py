# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Data as YAML that every reader takes for the same data. Pure.

YAML makes other values of texts such as ``yes``, ``010``, ``12:30`` and ``1e5``, and Ansible takes
``{{`` for the beginning of a template. So a text is quoted unless it is a plain word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

# The first lines of a file, by which a later export knows it.
HEADER = "---\n# Written by ivanti.uem.export.\n"

# Words that YAML 1.1 or 1.2 takes for something else than a text.
# fmt: off
_NOT_TEXTS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null", "none", "nan", "inf"})
# fmt: on
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[.-][A-Za-z0-9_]+)*", re.ASCII)

_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_TEMPLATES = ("{{", "{%", "{#")


class Noted(str):
    """A text with a comment for readers.

    Attributes:
        note: The comment: printable, without line breaks.
    """

    note: str = ""

    @classmethod
    def of(cls, text: str, note: str) -> Noted:
        """Return a text with a comment, or with none where ``note`` is empty."""
        noted = cls(text)
        noted.note = note if note.isprintable() else ""
        return noted


def document(data: Mapping[str, object], *, templates: bool) -> str:
    """Return a document.

    Args:
        data: Mappings, lists and texts. The order of keys is kept.
        templates: Whether its reader evaluates templates, so that texts that look like one are
            marked as data.
    """
    return HEADER + "".join(f"{line}\n" for line in _block(data, 0, templates))


def scalar(text: str, *, templates: bool) -> str:
    """Return a text as a scalar."""
    if _WORD.fullmatch(text) and text.lower() not in _NOT_TEXTS:
        return text
    quoted = f'"{"".join(map(_escaped, text))}"'
    is_template = templates and any(mark in text for mark in _TEMPLATES)
    return f"!unsafe {quoted}" if is_template else quoted


def _escaped(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    # What does not show, such as a no-break space or a mark of direction, is written by its number.
    if char.isprintable() or char == " ":
        return char
    number = ord(char)
    return f"\\U{number:08x}" if number > 0xFFFF else f"\\u{number:04x}"


def _block(data: object, depth: int, templates: bool) -> Iterator[str]:
    """Yield the lines of a mapping or a list."""
    blank = "  " * depth
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _entry(
                f"{blank}{scalar(str(key), templates=False)}:", value, depth, templates
            )
        return
    for value in data if isinstance(data, Sequence) else ():
        if isinstance(value, Mapping):
            first, *rest = _block(value, depth + 1, templates)
            yield f"{blank}- {first[len(blank) + 2 :]}"
            yield from rest
        else:
            yield from _entry(f"{blank}-", value, depth, templates)


def _entry(begin: str, value: object, depth: int, templates: bool) -> Iterator[str]:
    if isinstance(value, str):
        note = f"  # {value.note}" if isinstance(value, Noted) and value.note else ""
        yield f"{begin} {scalar(value, templates=templates)}{note}"
    elif not value:
        yield f"{begin} {'{}' if isinstance(value, Mapping) else '[]'}"
    else:
        yield begin
        yield from _block(value, depth + 1, templates)
