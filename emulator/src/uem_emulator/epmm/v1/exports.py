# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: what comes as a file, whatever `Accept` asks for.

Sources: "Device Management" (Exporting Device Information to a CSV), "MobileIron WebService" (Get
Analytics for AppConnect Apps).
"""

from __future__ import annotations

import random

from uem_emulator.answers import Answer, Request, html
from uem_emulator.epmm.personal import mask_of_v1
from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.v1 import device_csv
from uem_emulator.epmm.v1.analytics import APPS, SPOILERS, App, Form, entries, pack, users_of
from uem_emulator.epmm.v1.answer import NO_DATA, Fault
from uem_emulator.epmm.v1.parameters import loose_route, parameter
from uem_emulator.epmm.v1.part import V1Part
from uem_emulator.epmm.world.model import Device
from uem_emulator.routing import Route

CSV_TYPE, ZIP_TYPE = "text/csv;charset=UTF-8", "application/zip"


class ExportCalls(V1Part):
    """The handlers for files. `downloads` counts what could come out otherwise each time: an order,
    the times in an archive."""

    def __init__(self, tenant: EpmmTenant) -> None:
        super().__init__(tenant)
        self.downloads = 0

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        return (
            loose_route("GET", "/dm/devices.csv", self.devices),
            loose_route("GET", "/apps/appconnect/analytics", self.analytics, "appid"),
        )

    def _listed(self) -> list[Device]:
        """The devices as lists see them, by number."""
        world = self.world
        world.lag.before_read()
        return [world.index.docs[number] for number in world.index.ids("all", lambda device: True)]

    def devices(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the devices as CSV."""
        found = self._listed()
        if self.switches["csv_devices"] == "active":
            found = [device for device in found if device.status == "ACTIVE"]
        if not found and self.switches["csv_empty"] == "404":
            raise Fault(404, NO_DATA)
        self.downloads += 1
        if self.switches["csv_order"] == "unstable":
            random.Random(self.downloads).shuffle(found)
        body = device_csv.write(
            found,
            str(self.switches["csv_format"]),
            composed=self.switches["csv_name"] == "composed",
            mask=mask_of_v1(self.switches),
        )
        return Answer(200, body, CSV_TYPE)

    def analytics(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the archive with the analytics of an app."""
        wanted = parameter(request, "appid")
        if wanted is None:
            raise Fault(400, "appid is required")
        app = APPS.get(wanted)
        users = [] if app is None else users_of(app, self._listed())
        if app is None or not users:
            raise Fault(404, NO_DATA)
        self.downloads += 1
        if self.switches["analytics_archive"] == "html":
            return html(200, "Sign in")
        return Answer(200, self._archive(app, users), ZIP_TYPE)

    def _archive(self, app: App, users: list[Device]) -> bytes:
        switches = self.switches
        by_number = switches["analytics_device"] == "number"
        form = Form(
            switches.is_on("analytics_header"),
            switches["analytics_time"] == "s",
            switches["analytics_bytes"] == "absent",
        )
        named = [(device, str(device.id) if by_number else device.uuid) for device in users]
        files = list(entries(app, named, self.world.now, form))
        spoil = SPOILERS.get(str(switches["analytics_archive"]))
        if spoil is not None:
            return spoil(files, switches.number("analytics_bomb_mib"))
        return pack(
            files,
            folders=switches.is_on("analytics_folders"),
            download=self.downloads if switches["analytics_zip_times"] == "moving" else 0,
        )
