# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: alerts. Source: "MobileIron WebService", section "Alerts"."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.controlcall import ControlCall, NotFound
from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.v1 import wire
from uem_emulator.epmm.v1.answer import NO_DATA, Fault, messages, respond, route
from uem_emulator.epmm.v1.part import V1Part
from uem_emulator.epmm.v1.tree import Many
from uem_emulator.epmm.world.alerts import Alert, source_of
from uem_emulator.epmm.world.model import same_number
from uem_emulator.routing import Route

MAX_COMMENT = 255
#: The tables of the document write Comments, its examples comments.
_COMMENTS = ("comments", "Comments")


class AlertCalls(V1Part):
    """The handlers for alerts."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        return (
            route("GET", "/alerts", self.every, "isRead"),
            route("GET", "/alerts/", self.every, "isRead"),
            route("GET", "/alerts/phones/{number}", self.of_phone, "isRead"),
            route("GET", "/alerts/users/{name}", self.of_user, "isRead"),
            route("GET", "/alerts/users/{name}/phones/{number}", self.of_user_and_phone, "isRead"),
            route("PUT", "/alerts/{id}", self.update_one, "isRead", *_COMMENTS),
            route("PUT", "/alerts", self.update_several, "id", "isRead", *_COMMENTS),
            # The document gives this address with a slash at its end, and its examples without.
            route("PUT", "/alerts/", self.update_several, "id", "isRead", *_COMMENTS),
        )

    # --- reading ----------------------------------------------------------------------------------------------------

    def _list(self, request: Request, wanted: Callable[[Alert], bool], *, plain: bool) -> Answer:
        """`plain`: the list of all alerts, which the document shows unlike the others."""
        read = _is_read(request, required=False)
        rows = [
            alert
            for alert in self.tenant.alerts.by_id.values()
            if wanted(alert) and (read is None or alert.unread is not read)
        ]
        if not rows:
            raise Fault(404, NO_DATA)
        id_key = {"attribute": "@id", "element": "id"}.get(
            str(self.switches["alert_id"]), "@id" if plain else "id"
        )
        position = str(self.switches["alert_user_field"])
        user_key = ("userId" if plain else "userUuid") if position == "document" else position
        return respond(
            request,
            {
                **messages(f"{len(rows)} alert(s) returned"),
                "alerts": {
                    "alert": Many(
                        [wire.alert(alert, id_key=id_key, user_key=user_key) for alert in rows]
                    )
                },
            },
            self.switches,
        )

    def every(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return all alerts."""
        return self._list(request, lambda alert: True, plain=True)

    def of_phone(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the alerts of a phone number."""
        return self._list(request, lambda alert: same_number(alert.phone, taken[0]), plain=False)

    def of_user(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the alerts on all devices of a user, whoever gets them: the document's example
        asks for jdoe, and the alert is for miadmin."""
        name = taken[0].lower()
        return self._list(request, lambda alert: self._owner(alert) == name, plain=False)

    def of_user_and_phone(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the alerts of a phone number on the devices of a user."""
        name, number = taken[0].lower(), taken[1]
        return self._list(
            request,
            lambda alert: self._owner(alert) == name and same_number(alert.phone, number),
            plain=False,
        )

    def _owner(self, alert: Alert) -> str | None:
        """The user of the device which raised an alert, in lower case; None where it is gone."""
        device = self.world.by_uuid.get(alert.device_uuid)
        return None if device is None else device.user.principal.lower()

    # --- writing ----------------------------------------------------------------------------------------------------

    def update_one(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Mark an alert as read or unread, with a comment."""
        read, comment = _is_read(request, required=True), _comment(request)
        found = self._named(request, [taken[0]])
        if not found:
            raise Fault(404, NO_DATA)
        self._update(request, found, read, comment)
        return respond(
            request, messages(f"Updated alert {taken[0]} successfully"), self.switches, wrote=True
        )

    def update_several(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Ids in the query, each as a parameter of its own."""
        read, comment = _is_read(request, required=True), _comment(request)
        ids = list(dict.fromkeys(request.parameters.get("id", [])))
        if not ids or not all(_is_number(text) for text in ids):
            raise Fault(400, "id is required, once for each alert, and a number")
        found = self._named(request, ids)
        if len(found) < len(ids) and self.switches["alert_vanished"] == "404":
            raise Fault(404, NO_DATA)
        self._update(request, found, read, comment)
        return respond(
            request,
            messages(f"Updated {len(found)} alert(s) successfully"),
            self.switches,
            wrote=True,
        )

    def _named(self, request: Request, ids: list[str]) -> list[Alert]:
        """The alerts with the ids. With the fault kind `vanish`, the first of them is gone."""
        if "vanish" in request.effects and _is_number(ids[0]):
            self.tenant.alerts.by_id.pop(int(ids[0]), None)
        numbers = [int(text) for text in ids if _is_number(text)]
        return [
            self.tenant.alerts.by_id[number]
            for number in numbers
            if number in self.tenant.alerts.by_id
        ]

    def _update(
        self, request: Request, found: list[Alert], read: bool | None, comment: str
    ) -> None:
        if "no_effect" in request.effects:
            return
        for alert in found:
            self.tenant.alerts.update(alert, read=read is True, comment=comment, by=_who(request))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_read(request: Request, *, required: bool) -> bool | None:
    """In any case: the document's text writes True and False, its examples true and false."""
    text = request.parameter("isRead")
    if text is None and not required:
        return None
    if text is None or text.lower() not in ("true", "false"):
        raise Fault(
            400, "isRead is required and true or false" if required else "isRead is true or false"
        )
    return text.lower() == "true"


def _comment(request: Request) -> str:
    texts = [text for name in _COMMENTS if (text := request.parameter(name)) is not None]
    if not texts:
        raise Fault(400, "comments is required")
    if len(texts[0]) > MAX_COMMENT:
        raise Fault(400, f"comments may have {MAX_COMMENT} characters at most")
    return texts[0]


def _who(request: Request) -> str:
    """The name under which the request was sent."""
    scheme, _blank, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "api"
    try:
        return base64.b64decode(value).decode(errors="replace").partition(":")[0]
    except binascii.Error:
        return "api"


# --- for the control calls --------------------------------------------------------------------------------------------


def _get_alerts(tenant: EpmmTenant, taken: Mapping[str, str], body: Any) -> Any:
    return tenant.alerts.truth()


def _add_alert(tenant: EpmmTenant, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    """`device` (uuid or number) and fields of an alert."""
    device = tenant.world.find(str(body.pop("device", "")))
    if device is None:
        raise ValueError("device is the uuid of the device which raises the alert")
    return {"id": tenant.alerts.create(source_of(tenant.world, device), body).id}


def _delete_alert(tenant: EpmmTenant, taken: Mapping[str, str], body: Any) -> Any:
    if not taken["key"].isdigit() or tenant.alerts.by_id.pop(int(taken["key"]), None) is None:
        raise NotFound("no such alert")


CONTROL_CALLS: tuple[ControlCall, ...] = (
    ControlCall("GET", "/alerts", _get_alerts),
    ControlCall("POST", "/alerts", _add_alert, 201),
    ControlCall("DELETE", "/alerts/{key}", _delete_alert),
)
