# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of a check: shapes of answers and how the server behaves, without any value. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .model import Findings, Seen
from .shapes import shape_of
from .words import HEADERS

# What the file is. Another version has another content.
FORMAT = "ivanti.uem shapes"
VERSION = 1

# How many numbers of a version are written. All four could be an address.
MOST_OF_VERSION = 2


def record_of(found: Findings) -> dict[str, Any]:
    """Return the record of a check.

    It has the paths without their values, the names of parameters, statuses, the names of known
    headers, and shapes. ``digest`` shows whether somebody changed it.
    """
    content = {
        "format": FORMAT,
        "version": VERSION,
        "product": found.product,
        "server_version": ".".join(found.version.split(".")[:MOST_OF_VERSION]),
        "checks": {check.name: check.status for check in found.checks},
        "behaviours": dict(found.settled),
        "requests": [_request(seen, found.asked_for) for seen in found.seen],
    }
    return {**content, "digest": digest_of(content)}


def digest_of(content: dict[str, Any]) -> str:
    """Return the SHA-256 of a record without its digest, however it is laid out."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _request(seen: Seen, asked_for: frozenset[str]) -> dict[str, Any]:
    headers = sorted(name for name in seen.headers if name in HEADERS)
    return {
        "name": seen.name,
        "method": seen.method,
        "path": seen.path,
        "query": list(seen.query),
        "status": seen.status,
        "body": seen.body,
        "bytes": seen.size,
        "headers": headers,
        "other_headers": len(seen.headers) - len(headers),
        "shape": shape_of(seen.data, asked_for) if seen.body == "json" else None,
    }
