# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Take secrets out of text that leaves the collection.

They are found in every form that a request or an error may show them in.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

# How much of a server's explanation is read, in characters. It is cut further only after secrets
# are replaced: a cut before that could leave a part of one.
MOST_EXPLAINED = 5000

MASK = "********"

_ESCAPE = re.compile("%[0-9A-F]{2}")

# Base64 for addresses has other signs (RFC 4648, section 5).
_FOR_ADDRESSES = str.maketrans("+/", "-_")


class Redactor:
    """Replaces secrets by a mask: as they are, and as JSON, percent-encoding, HTML, repr, base64 and
    hexadecimal numbers write them.

    HTML has many ways to write a character (``&#39;``, ``&#x27;``, ``&apos;``). A text that hides a
    secret in this way is returned without them.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._forms: list[str] = []
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Replace these secrets as well from now on."""
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        # The longest first, so that no part of a longer form is left standing.
        self._forms = sorted(forms.union(self._forms), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        masked = self._masked(text)
        plain = html.unescape(masked)
        masked_plain = self._masked(plain)
        return masked if masked_plain == plain else masked_plain

    def _masked(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, MASK)
        return text


def _forms(secret: str) -> Iterable[str]:
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    for quoted in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield quoted
        yield _ESCAPE.sub(lambda found: found.group().lower(), quoted)
    yield html.escape(secret)
    yield repr(secret)[1:-1]
    # As a part of a text with both kinds of quotes.
    yield repr(f"'\"{secret}")[4:-1]
    # Within a longer base64 text a secret starts at one of three offsets; its first and last
    # characters mix with the neighbours and are left out. Short secrets are skipped: their few
    # characters would match by chance.
    if len(secret) >= 6:
        raw = secret.encode()
        for offset in range(3):
            body = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
            inner = body[(0, 2, 3)[offset] : len(body) - 1]
            yield inner
            yield inner.translate(_FOR_ADDRESSES)
        yield raw.hex()
        yield raw.hex().upper()
