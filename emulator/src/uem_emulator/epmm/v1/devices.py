# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: devices, labels (read only).

Source: "Device Management" (Get Devices by Status, Get Device details for a specific device, Get
Device Details for a Phone Number/User/Label/Wi-Fi MAC Address, Get all Labels).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from uem_emulator.answers import Answer, Request
from uem_emulator.epmm.v1 import wire
from uem_emulator.epmm.v1.answer import NO_DATA, Fault, messages, respond, route
from uem_emulator.epmm.v1.part import V1Part
from uem_emulator.epmm.v1.tree import Cached, Many, Tree
from uem_emulator.epmm.world.model import STATUS_CODES, Device, same_number
from uem_emulator.routing import Route

#: The document has codes for these two, but not the statuses.
_STATUSES = frozenset(STATUS_CODES) - {"BLOCKED", "RETIRE_PENDING"}
_UNREGISTERED = "VERIFICATION_PENDING"
#: Of a 404 about devices: a client in the field reads it.
_NOTHING: Tree = {"totalCount": 0}
_PHONE_FIELDS = {"both": ("currentPhoneNumber", "phoneNumber"), "current": ("currentPhoneNumber",)}


class DeviceCalls(V1Part):
    """The handlers for devices and labels."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        return (
            route("GET", "/dm/devices", self.by_status, "status", "limit", "offset"),
            route("GET", "/dm/devices/{uuid}", self.one),
            route("GET", "/dm/devices/mac/{mac}", self.by_mac),
            route("GET", "/dm/phones/{numbers}", self.by_phones),
            route("GET", "/dm/users/{name}", self.by_user),
            route("GET", "/dm/labels", self.labels),
            route("GET", "/dm/labels/{name}", self.by_label),
        )

    # --- devices ----------------------------------------------------------------------------------------------------

    def _tree(self, device: Device, *, listed: bool) -> Cached:
        position = str(self.switches["v1_phone_field"])
        phone = _PHONE_FIELDS.get(position, ("phoneNumber",) if listed else ("currentPhoneNumber",))
        every = self.switches.is_on("undocumented_details")
        return Cached(
            device.cache,
            ("v1", phone, every),
            lambda: wire.device(device, phone=phone, undocumented=every),
        )

    def _devices(
        self,
        request: Request,
        devices: list[Device],
        *,
        total: int | None = None,
        before: Tree | None = None,
        silent: bool = False,
    ) -> Answer:
        """The answer with several devices. `before` comes first; `silent`: the messages are
        empty."""
        before = before or {}
        if not devices:
            return self._none(request, before)
        said = messages() if silent else messages(f"{len(devices)} Device(s) returned")
        missing = (
            int(request.effects["short_page"].get("missing", 1))
            if "short_page" in request.effects
            else 0
        )
        rows = devices[: len(devices) - missing] if missing else devices
        return respond(
            request,
            {
                **before,
                **said,
                "totalCount": len(devices) if total is None else total,
                "devices": {"device": Many([self._tree(device, listed=True) for device in rows])},
            },
            self.switches,
        )

    def _none(self, request: Request, before: Tree) -> Answer:
        """The answer without devices. `before` comes first."""
        position = self.switches["v1_no_devices"]
        if position == "404":
            raise Fault(404, NO_DATA, {**before, **_NOTHING})
        found: Tree = {**before, **messages(), **_NOTHING, "devices": {"device": Many([])}}
        return respond(request, found, self.switches, status=int(str(position)[:3]))

    def _listed(self, key: object, predicate: Callable[[Device], bool]) -> list[Device]:
        """Devices as lists see them, by number."""
        world = self.world
        world.lag.before_read()
        found = [world.index.docs[number] for number in world.index.ids(key, predicate)]
        return [device for device in found if self.sees(device)]

    def _registered(self, devices: Iterable[Device]) -> list[Device]:
        """What lookups show."""
        everyone = self.switches["v1_lookups"] == "all"
        return [
            device
            for device in devices
            if self.sees(device) and (everyone or device.status != _UNREGISTERED)
        ]

    def by_status(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """ACTIVE where no status is named."""
        status = request.parameter("status") or "ACTIVE"
        if self.switches["v1_status_case"] == "ignored":
            status = status.upper()
        if status not in _STATUSES:
            raise Fault(int(self.switches["v1_unknown_status"]), NO_DATA, {**_NOTHING})
        found = self._listed(("v1 status", status), lambda device: device.status == status)
        total = len(found)
        if self.switches["v1_list_limit"] == "honoured":
            start = _whole(request, "offset", 0)
            found = found[start : start + _whole(request, "limit", max(total, 1))]
        return self._devices(request, found, total=total)

    def one(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the device of a uuid."""
        missing = f"No device was found with the uuid {taken[0]}"
        return self._single(request, self.device(taken[0], missing, _NOTHING))

    def _single(self, request: Request, device: Device) -> Answer:
        return respond(
            request,
            {**messages(), "totalCount": 1, "device": self._tree(device, listed=False)},
            self.switches,
        )

    def by_mac(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """12 hexadecimal digits in any case, without separators."""
        wanted = taken[0].lower()
        found = self._registered(
            device
            for device in self.world.devices.values()
            if device.mac is not None and device.mac.lower() == wanted
        )
        if found and self.switches["v1_mac_answer"] == "device":
            return self._single(request, found[0])
        return self._devices(request, found)

    def by_phones(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Several numbers are joined by commas. The numbers are repeated in the answer where one
        was asked for, or where there is nothing else; messages are empty where one was asked for
        and found."""
        wanted = [number.strip() for number in taken[0].split(",") if number.strip()]
        found = self._registered(
            device
            for device in self.world.devices.values()
            if any(same_number(device.phone, number) for number in wanted)
        )
        one = len(wanted) == 1
        before = {"phoneNumber": ",".join(wanted)} if one or not found else {}
        return self._devices(request, found, before=before, silent=one)

    def by_user(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the devices of a user."""
        name = taken[0].lower()
        found = self._listed(
            ("v1 user", name), lambda device: device.user.principal.lower() == name
        )
        return self._devices(request, self._registered(found))

    # --- labels -----------------------------------------------------------------------------------------------------

    def by_label(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """404 for a label without devices and for none alike."""
        label = self.label(taken[0])
        if label is None:
            raise Fault(404, NO_DATA, {**_NOTHING})
        world = self.world
        world.lag.before_read()
        return self._devices(
            request, self._registered(world.index.docs[number] for number in world.listed(label))
        )

    def labels(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return all labels with the number of their devices."""
        world = self.world
        world.lag.before_read()
        rows = [wire.label(label, len(world.listed(label))) for label in world.labels.values()]
        if not rows:
            raise Fault(404, NO_DATA)
        return respond(
            request,
            {**messages(f"{len(rows)} Label (s) returned"), "labels": {"label": Many(rows)}},
            self.switches,
        )


def _whole(request: Request, name: str, default: int) -> int:
    text = request.parameter(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()):
        raise Fault(400, f"{name} must be a whole number")
    return int(text)
