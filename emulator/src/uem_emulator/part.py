# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of a product about one subject."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from uem_emulator.answers import Request
from uem_emulator.routing import Route
from uem_emulator.tenant import Tenant

TenantT = TypeVar("TenantT", bound=Tenant[Any])


class Part(Generic[TenantT]):
    """The handlers of some calls. `routes` are for the router of the product."""

    def __init__(self, tenant: TenantT) -> None:
        self.tenant = tenant
        self.switches = tenant.switches
        self.routes: tuple[Route, ...] = self.make_routes()

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        raise NotImplementedError

    def listed_page(self, request: Request, ids: list[int]) -> list[int]:
        """Act out the fault kinds which change a page of the list of devices.

        Args:
            request: The request for the page, with the effects of fault rules.
            ids: The devices on the page.

        Returns:
            The devices which are sent: with `duplicate_page` those of the page before, with
            `short_page` all but the last.
        """
        previous, self.tenant.last_page = self.tenant.last_page, ids
        if "duplicate_page" in request.effects:
            self.tenant.last_page = previous or ids
            return previous or ids
        return without_last(request, ids)


Row = TypeVar("Row")


def without_last(request: Request, rows: list[Row]) -> list[Row]:
    """Return the rows; with the fault kind `short_page`, without the last of them."""
    if "short_page" not in request.effects:
        return rows
    missing = int(request.effects["short_page"].get("missing", 1))
    return rows[: max(0, len(rows) - missing)]
