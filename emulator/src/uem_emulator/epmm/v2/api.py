# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v2 as a whole: its calls."""

from __future__ import annotations

from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.v2.actions import ActionCalls
from uem_emulator.epmm.v2.compliance import ComplianceCalls
from uem_emulator.epmm.v2.labels import LabelCalls
from uem_emulator.epmm.v2.listing import DeviceList
from uem_emulator.epmm.v2.part import V2Part
from uem_emulator.epmm.v2.server import ServerCalls
from uem_emulator.routing import Route

_PARTS: tuple[type[V2Part], ...] = (
    ServerCalls,
    DeviceList,
    LabelCalls,
    ComplianceCalls,
    ActionCalls,
)


class V2:
    """The calls of API v2."""

    def __init__(self, tenant: EpmmTenant) -> None:
        self.routes: tuple[Route, ...] = tuple(
            route for part in _PARTS for route in part(tenant).routes
        )
