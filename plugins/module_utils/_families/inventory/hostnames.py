# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of hosts, made from what servers say about their devices. Pure.

A host's name becomes a file name (``host_vars/<name>.yml``), a word of a host pattern and a key
beside the names of groups, and people choose the names of their devices. So a name is made safe
first and unique afterwards.

A host is one registration on one server. Its name depends on what is read, and never on the order:
controllers such as AWX read each source by itself and join hosts by their names.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..._core.names import digest

# Names that have another meaning for Ansible, in any case.
RESERVED = frozenset({"all", "ungrouped", "localhost", "127.0.0.1"})

# The most bytes of a name. A file name may have 255; the rest is for an id and an extension.
MAX_BYTES = 180

# What most serial numbers are, and every guid.
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_UNSAFE = re.compile(r"[^\w.-]")
_DOTS = re.compile(r"\.{2,}")
# The most characters of a server in a name.
SERVER_LENGTH = 40

# A host named ``A.yml`` would get the variables in host_vars/A.yml, which are those of the host
# ``A``.
_EXTENSION = re.compile(r"\.(?=(ya?ml|json)$)", re.IGNORECASE)


# A fleet has many of these, and with slots they take less memory.
@dataclass(frozen=True, slots=True)
class Claim:
    """A registration that wants a host name.

    Attributes:
        id: Its id.
        name: The name, which is safe.
        active: Whether it is active.
        registered: The time of its registration, as text that sorts by time.
        guid: Its guid.
        server: The address of its server, in one spelling.
        ended: Whether it ends or has ended. Then it never has the plain name: a source that has
            only such registrations would give the name of the present one to them.
        by_server: Whether its name must have the server in it.
    """

    id: str
    name: str
    active: bool
    registered: str
    guid: str = ""
    server: str = ""
    ended: bool = False
    by_server: bool = False

    @property
    def key(self) -> str:
        """What distinguishes it from the others of its server."""
        return self.guid or self.id

    @property
    def plain(self) -> bool:
        """Whether it may have the name without its id."""
        return not self.ended or self.name in (self.guid, self.id)

    @property
    def rank(self) -> tuple[bool, str, int, str]:
        """The rank of the claim. The one with the highest rank is the present registration."""
        return self.active, self.registered, int(self.id), self.key


def safe_host_name(raw: object) -> str:
    """Return a text as a host name of letters, digits and ``_ . -`` only.

    Equivalent spellings of Unicode give one name (NFKC). A whole number counts as its digits.

    Returns:
        The name, or "" if no letter or digit is left.
    """
    if isinstance(raw, bool) or not isinstance(raw, (str, int)):
        return ""
    text = str(raw)
    if _SAFE.fullmatch(text):
        return text
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = _DOTS.sub(".", _UNSAFE.sub("_", text.strip()))
    text = text.encode()[:MAX_BYTES].decode(errors="ignore").lstrip("-.")
    text = _EXTENSION.sub("_", text)
    return text if any(char.isalnum() for char in text) else ""


def server_part(server: str) -> str:
    """Return the address of a server as a part of names, such as ``na1.mobileiron.com``."""
    part = safe_host_name(server.removeprefix("https://").replace("://", "_"))
    return part if len(part) <= SERVER_LENGTH else f"{part[: SERVER_LENGTH - 9]}-{digest(server)}"


class Fleet:
    """The registrations of all sources of an inventory, and the names of their hosts.

    Attributes:
        names: The name of each registration, by its server and what distinguishes it there.
        renamed: The new name of each host that got another one by the last source, by its old name.
    """

    def __init__(self) -> None:
        self._claims: dict[tuple[str, str], Claim] = {}
        self.names: dict[tuple[str, str], str] = {}
        self.renamed: dict[str, str] = {}

    def add(self, claims: Iterable[Claim], reserved: Collection[str]) -> None:
        """Name the registrations of one more source.

        A registration that another source has, too, wants the name that sorts first.

        Args:
            claims: The claims of the source.
            reserved: Names that nobody may get, besides RESERVED.
        """
        for claim in claims:
            other = self._claims.get((claim.server, claim.key))
            if other is None or _wish(claim) <= _wish(other):
                self._claims[claim.server, claim.key] = claim
        before, self.names = self.names, host_names(self._claims.values(), reserved)
        self.renamed = {
            old: self.names[key] for key, old in before.items() if old != self.names[key]
        }


def _wish(claim: Claim) -> tuple[str, bool]:
    return claim.name, not claim.by_server


def host_names(claims: Iterable[Claim], reserved: Collection[str]) -> dict[tuple[str, str], str]:
    """Return a name for each registration, by its server and key; all of them are different.

    A name that registrations of several servers have is followed by the server for each of them.
    The order of the claims does not matter.
    """
    by_server: dict[str, list[Claim]] = {}
    for claim in claims:
        by_server.setdefault(claim.server, []).append(claim)
    names = {}
    with_server = set()
    for server, own in by_server.items():
        for key, name in unique_host_names(own, reserved).items():
            names[server, key] = name
        with_server |= {(server, claim.key) for claim in own if claim.by_server}
    bearers = Counter(names.values())
    for registration, name in names.items():
        if bearers[name] > 1 or registration in with_server:
            names[registration] = f"{name}-{server_part(registration[0])}"
    bearers = Counter(names.values())
    return {
        registration: name if bearers[name] == 1 else f"{name}-{digest(' '.join(registration))}"
        for registration, name in names.items()
    }


def unique_host_names(claims: Iterable[Claim], reserved: Collection[str]) -> dict[str, str]:
    """Return a name for each registration of a server, by its key; all of them are different.

    Of several claims for one name the present registration gets it. Every other one gets the name
    followed by its own id, and so does each that ends. The order of the claims does not matter.

    Args:
        claims: The claims.
        reserved: Names that nobody may get, besides RESERVED.
    """
    claims = list(claims)
    present: dict[str, Claim] = {}
    for claim in claims:
        if not claim.plain:
            continue
        rival = present.get(claim.name)
        if rival is None or claim.rank > rival.rank:
            present[claim.name] = claim
    ids = Counter(claim.id for claim in claims)
    return {
        claim.key: _name(claim, claim.id if ids[claim.id] == 1 else claim.key, present, reserved)
        for claim in claims
    }


def _name(claim: Claim, suffix: str, present: dict[str, Claim], reserved: Collection[str]) -> str:
    name = claim.name
    if present.get(name) is claim and not _blocked(name, reserved):
        return name
    name = f"{name}-{suffix}"
    # Two claims never get the same name here: it ends in their ids, and ids have no hyphen.
    while name in present or _blocked(name, reserved):
        name = f"{name}-{suffix}"
    return name


def _blocked(name: str, reserved: Collection[str]) -> bool:
    return name in reserved or name.lower() in RESERVED
