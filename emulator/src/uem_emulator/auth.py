# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask: Basic with one name and password, Bearer with one token."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Credentials:
    """The one account. A token of None switches Bearer off. Secrets stay out of repr."""

    username: str
    password: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    def accepts(self, header: str | None, *, basic: bool) -> bool:
        """Return whether an Authorization header is good.

        Args:
            header: The header, None where there is none.
            basic: Whether name and password are taken at all.
        """
        scheme, blank, value = (header or "").partition(" ")
        value = value.strip()
        if not blank or not value:
            return False
        if scheme.lower() == "bearer":
            return self.token is not None and _same(value, self.token)
        return scheme.lower() == "basic" and basic and self._is_account(value)

    def _is_account(self, encoded: str) -> bool:
        try:
            pair = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(pair, f"{self.username}:{self.password}".encode())


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
