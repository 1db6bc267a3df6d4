# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v2: actions on devices, which act on the same world as those of API v1.

Sources: requests of clients in the field (a body of JSON; one of them sends everything in the
query); a recorded answer. A client says that a device which does not exist is answered with 200 and
successful false. What else a device that cannot take an action is answered with is a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from uem_emulator.answers import Answer, Request
from uem_emulator.epmm.v2 import wire
from uem_emulator.epmm.v2.part import SPACE, V2Part
from uem_emulator.epmm.v2.wire import BadRequest
from uem_emulator.epmm.world.actions import possible
from uem_emulator.epmm.world.details import detail
from uem_emulator.epmm.world.model import Device
from uem_emulator.routing import Route

MODES = ("pns", "sms", "email")
_BODY = frozenset(("deviceUuids", "note", "additionalParameters"))
_QUERY = SPACE | {"actionType", "deviceUuids", "note", "message", "mode", "subject"}
_DONE = "com.mobileiron.vsp.messages.device.action.successful"
_FAILED = "com.mobileiron.vsp.messages.device.action.failed"
_UNKNOWN = "com.mobileiron.vsp.messages.device.not.found"
_VOICE, _DATA = "Voice Roaming Enabled", "DataRoamingEnabled"


@dataclass(frozen=True)
class _Type:
    """A type of action: what it is in the world, and what it carries."""

    action: str
    given: Mapping[str, Any] = field(default_factory=dict)


#: The types which clients in the field send.
TYPES: dict[str, _Type] = {
    "WAKE_UP": _Type("WAKEUP_DEVICE"),
    "RETIRE": _Type("RETIRE"),
    "WIPE_DEVICE": _Type("WIPE"),
    "SEND_MESSAGE": _Type("MESSAGE"),
    "UNLOCK_DEVICE_ONLY": _Type("UNLOCK"),
    "UNLOCK_APP_CONNECT_CONTAINER": _Type("UNLOCK_CONTAINER"),
    "ENABLE_VOICE_ROAMING": _Type("ROAMING", {"voice": True}),
    "DISABLE_VOICE_ROAMING": _Type("ROAMING", {"voice": False}),
    "ENABLE_DATA_ROAMING": _Type("ROAMING", {"data": True}),
    "DISABLE_DATA_ROAMING": _Type("ROAMING", {"data": False}),
    "ENABLE_PERSONAL_HOTSPOT": _Type("HOTSPOT", {"enabled": True}),
    "DISABLE_PERSONAL_HOTSPOT": _Type("HOTSPOT", {"enabled": False}),
    "UPDATE_OS": _Type("UPDATE_OS"),
}
#: The actions which have a call of their own, too.
_OWN = {"wipe": "WIPE_DEVICE", "retire": "RETIRE", "wakeup": "WAKE_UP"}


class ActionCalls(V2Part):
    """The handlers for actions. With the fault kind `vanish`, the first device is gone when it is
    to be acted on; with `no_effect`, nothing is done."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        own = (Route("PUT", f"/api/v2/devices/{part}", self.own, _QUERY, _BODY) for part in _OWN)
        return (Route("POST", "/api/v2/devices/action", self.act, _QUERY, _BODY), *own)

    def act(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Carry an action out on devices, of the type that the query names."""
        name = request.parameter("actionType")
        if name not in TYPES:
            raise BadRequest("validation.format", f"Format '{name}' of actionType is invalid.")
        return self._act(request, name)

    def own(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Carry out the action that the path names. Clients send its type as well."""
        name = _OWN[request.path.rstrip("/").rsplit("/", 1)[-1]]
        if request.parameter("actionType") not in (None, name):
            raise BadRequest("validation.format", f"actionType of this call is {name}.")
        return self._act(request, name)

    def _act(self, request: Request, name: str) -> Answer:
        if self.switches["v2_actions_absent"] != "off":
            return wire.plain(int(self.switches["v2_actions_absent"]), "html")
        space_id, body = self.space(request), _body(request)
        uuids = _uuids(request, body)
        given = _message(request, body) if name == "SEND_MESSAGE" else {}
        first = self.world.by_uuid.get(uuids[0].lower())
        if "vanish" in request.effects and first is not None:
            self.world.remove(first.id)
        action = TYPES[name]
        results: dict[str, str] = {}
        able: list[Device] = []
        for uuid in dict.fromkeys(uuids):
            device = self.visible_device(uuid, space_id)
            if device is None:
                results[uuid] = _UNKNOWN
            elif possible(device, action.action):
                results[uuid] = _DONE
                able.append(device)
            else:
                results[uuid] = _FAILED
        whole = len(able) == len(results)
        if not whole and self.switches["v2_action_partial"] == "none":
            able = []
            results = {uuid: _FAILED if one == _DONE else one for uuid, one in results.items()}
        note = body.get("note") or request.parameter("note")
        for device in able if "no_effect" not in request.effects else ():
            more = {**given, **_roaming(device, action)}
            self.tenant.actions.order(device, action.action, note, **more)
        answer = {"actionType": name, "deviceResults": results, "successful": whole}
        if self.switches["v2_action_results"] == "absent":
            del answer["deviceResults"]
        return Answer(200, orjson.dumps(answer), wrote=bool(able))


def _body(request: Request) -> dict[str, Any]:
    """The object of the body; a client in the field sends none, and everything in the query."""
    return wire.json_body(request) if request.body.strip() else {}


def _uuids(request: Request, body: Mapping[str, Any]) -> list[str]:
    in_query = [
        uuid
        for value in request.parameters.get("deviceUuids", ())
        for uuid in value.split(",")
        if uuid
    ]
    uuids = body.get("deviceUuids", in_query)
    if not isinstance(uuids, list) or not uuids or not all(isinstance(one, str) for one in uuids):
        raise BadRequest("validation.size", "deviceUuids must be a list of at least one uuid.")
    return uuids


def _message(request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """The text, the way and the subject of a message."""
    more = body.get("additionalParameters")
    more = more if isinstance(more, dict) else {}
    names = ("message", "mode", "subject")
    text, mode, subject = (more.get(name) or request.parameter(name) for name in names)
    if not text or mode not in MODES:
        raise BadRequest(
            "validation.required", f"message is required, and mode, one of {', '.join(MODES)}."
        )
    return {"message": text, "mode": mode, "subject": subject if mode == "email" else None}


def _roaming(device: Device, action: _Type) -> dict[str, Any]:
    """What an action carries; of roaming also the setting that it leaves as it is."""
    if action.action != "ROAMING":
        return dict(action.given)
    now = {"voice": detail(device, _VOICE) == "true", "data": detail(device, _DATA) == "true"}
    return {**now, **action.given}
