# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of a server as parts of names that Ansible takes, such as names of groups. Pure."""

from __future__ import annotations

import functools
import hashlib
import unicodedata

# Longer names are cut, and told apart by a digest.
MAX_LENGTH = 100

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


@functools.lru_cache(maxsize=50_000)
def group_part(text: str) -> str:
    """The text as a part of a group name: ``a``-``z``, ``0``-``9`` and ``_`` alone.

    Case is folded, marks are dropped (``Zürich`` is ``zurich``), every other character becomes
    ``_``. Where that loses a letter or digit, or leaves none, or the text is long, a digest of the
    text keeps different texts apart: a group that held the devices of two labels could have an
    action done to the wrong ones.
    """
    folded = text.casefold()
    kept, lost = folded, False
    if not folded.isascii():
        # Case is folded once more, for letters such as the mathematical A have a case only when
        # taken apart.
        folded = unicodedata.normalize("NFKD", folded).casefold().translate(_LETTERS)
        folded = unicodedata.normalize("NFKD", folded)
        kept = "".join(char for char in folded if not unicodedata.combining(char))
        lost = any(char.isalnum() and not char.isascii() for char in kept)
    name = "".join(char if char.isascii() and char.isalnum() else "_" for char in kept)
    readable = any(char != "_" for char in name)
    if readable and not lost and len(name) <= MAX_LENGTH:
        return name
    return f"{name[:MAX_LENGTH].strip('_')}_{digest(folded)}" if readable else digest(folded)


def digest(text: str) -> str:
    """Eight digits that tell texts apart."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
