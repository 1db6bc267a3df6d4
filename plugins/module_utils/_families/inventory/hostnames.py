# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of hosts, made from what a server says about its devices. Pure.

A host's name becomes a file name (``host_vars/<name>.yml``), a word of a host pattern and a key
beside the names of groups, and people choose the names of their devices. So a name is made safe
first and unique afterwards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

# Names that have another meaning for Ansible, in any case.
RESERVED = frozenset({"all", "ungrouped", "localhost", "127.0.0.1"})

# The most bytes of a name. A file name may have 255; the rest is for an id and an extension.
MAX_BYTES = 180

_UNSAFE = re.compile(r"[^\w.-]")
_DOTS = re.compile(r"\.{2,}")
# A host named ``A.yml`` would get the variables in host_vars/A.yml, which are those of the host
# ``A``.
_EXTENSION = re.compile(r"\.(?=(ya?ml|json)$)", re.IGNORECASE)


@dataclass(frozen=True)
class Claim:
    """A registration that wants a host name.

    Attributes:
        id: Its id.
        name: The name, which is safe.
        active: Whether it is active.
        registered: The time of its registration, as text that sorts by time.
    """

    id: str
    name: str
    active: bool
    registered: str

    @property
    def rank(self) -> tuple[bool, str, int]:
        """The rank of the claim. The one with the highest rank is the present registration."""
        return self.active, self.registered, int(self.id)


def safe_host_name(raw: object) -> str:
    """Return a text as a host name of letters, digits and ``_ . -`` only.

    Equivalent spellings of Unicode give one name (NFKC). A whole number counts as its digits.

    Returns:
        The name, or "" if no letter or digit is left.
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
    """Return a name for each id; all of them are different.

    Of several claims for one name the present registration gets it. Every other one gets the name
    followed by its own id. The order of the claims does not matter.

    Args:
        claims: The claims.
        reserved: Names that nobody may get, besides RESERVED.
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
    # Two claims never get the same name here: it ends in their ids, and ids have no hyphen.
    while name in present or _blocked(name, reserved):
        name = f"{name}-{claim.id}"
    return name


def _blocked(name: str, reserved: Collection[str]) -> bool:
    return name in reserved or name.lower() in RESERVED
