# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority which lives as long as the process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

NAMES = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Certificates:
    """`ca` is for clients; `server` holds the chain and the key, readable only by the owner."""

    ca: Path
    server: Path


@contextmanager
def private_ca(extra_name: str | None = None) -> Iterator[Certificates]:
    """Make a CA and a server certificate in a temporary directory, which is removed at the end."""
    names = list(
        dict.fromkeys(
            [*NAMES, *([extra_name] if extra_name and extra_name not in ("0.0.0.0", "::") else [])]
        )
    )
    with tempfile.TemporaryDirectory(prefix="uem-emulator-") as directory:
        authority = trustme.CA(organization_name="uem-emulator")
        issued = authority.issue_cert(*names)
        ca, server = Path(directory, "ca.pem"), Path(directory, "server.pem")
        authority.cert_pem.write_to_path(os.fspath(ca))
        issued.private_key_and_cert_chain_pem.write_to_path(os.fspath(server))
        server.chmod(0o600)
        yield Certificates(ca, server)
