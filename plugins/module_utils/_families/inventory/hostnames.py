# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names for hosts, made of what a server says of its devices. Pure.

A host's name becomes a file name (``host_vars/<name>.yml``), a word of a host pattern and a key
beside the names of groups, and people choose what their devices are called; so a name is made safe
first and unique afterwards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

# Names that mean something else to Ansible, in any case.
RESERVED = frozenset({"all", "ungrouped", "localhost", "127.0.0.1"})

# A file name may have 255 bytes; what is left is for an id and an extension.
MAX_BYTES = 180

_UNSAFE = re.compile(r"[^\w.-]")
_DOTS = re.compile(r"\.{2,}")
# A host called ``A.yml`` would be given the variables in host_vars/A.yml, which are those of the
# host ``A``.
_EXTENSION = re.compile(r"\.(?=(ya?ml|json)$)", re.IGNORECASE)


@dataclass(frozen=True)
class Claim:
    """A registration that wants a host name: ``name`` is a safe one, ``registered`` the time of its
    registration."""

    id: str
    name: str
    active: bool
    registered: int

    @property
    def rank(self) -> tuple[bool, int, int]:
        """The highest rank among claims of one name is the present registration."""
        return self.active, self.registered, int(self.id)


def safe_host_name(raw: object) -> str:
    """The text as a host name of letters, digits and ``_ . -`` alone, or "" when no letter or digit
    is left.

    Equivalent spellings of Unicode give one name (NFKC); a whole number counts as its digits.
    """
    if isinstance(raw, bool) or not isinstance(raw, (str, int)):
        return ""
    text = str(raw)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = _DOTS.sub(".", _UNSAFE.sub("_", text.strip()))
    text = text.encode()[:MAX_BYTES].decode(errors="ignore").lstrip("-.")
    text = _EXTENSION.sub("_", text)
    return text if any(char.isalnum() for char in text) else ""


def unique_host_names(claims: Iterable[Claim], reserved: Collection[str]) -> dict[str, str]:
    """A name for each id: all of them different, none of them in ``taken`` or reserved.

    Among claims of one name the present registration gets it, and each other one gets the name with
    its own id behind it. What a claim gets does not depend on the order of the claims.
    """
    claims = list(claims)
    present: dict[str, Claim] = {}
    for claim in claims:
        rival = present.get(claim.name)
        if rival is None or claim.rank > rival.rank:
            present[claim.name] = claim
    return {claim.id: _name(claim, present, reserved) for claim in claims}


def _name(claim: Claim, present: dict[str, Claim], reserved: Collection[str]) -> str:
    name = claim.name
    if present[name] is claim and not _blocked(name, reserved):
        return name
    # Two claims never meet here: what they end up with ends in their ids, and ids have no hyphen.
    while name in present or _blocked(name, reserved):
        name = f"{name}-{claim.id}"
    return name


def _blocked(name: str, reserved: Collection[str]) -> bool:
    return name in reserved or name.lower() in RESERVED
