# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A control call which one product has and others may not: products list theirs, `control` serves
them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


class NotFound(LookupError):
    """What a control call names is not there: 404, with the text."""


@dataclass(frozen=True)
class ControlCall:
    """`path` is `/labels/{key}`, below `/_emulator`. `handler(tenant, taken, body)` gets the parts
    in braces and the JSON of the body (of the type `body`), and returns what is sent as JSON, with
    `status`; None is a 204. It raises ValueError for a mistake (400) and NotFound for a 404."""

    method: str
    path: str
    handler: Callable[[Any, Mapping[str, str], Any], Any]
    status: int = 200
    body: type = dict
