# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of a capability, for tests that talk to a product without a module in between."""

from __future__ import annotations

from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._http.settings import parse_settings
from ansible_collections.ivanti.uem.plugins.module_utils._products.capability import (
    Calls,
    Capability,
    UemClient,
)

DEFAULTS = {
    "username": "tester",
    "password": "a long password",
    "validate_certs": True,
    "connect_timeout": 5,
    "read_timeout": 5,
    "concurrency": 2,
    "retries": 0,
}


def opened(
    capability: Capability[Calls],
    product: str,
    url: str = "https://uem.example.com",
    *,
    read_only: bool = False,
    **options: Any,
) -> tuple[UemClient, Calls]:
    """A client of a product and the calls of a capability. ``options``: of the connection."""
    settings = parse_settings({**DEFAULTS, "url": url, **options})
    return capability.open(product, settings, read_only=read_only)
