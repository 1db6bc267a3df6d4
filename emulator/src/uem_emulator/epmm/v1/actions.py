# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: actions on devices, some of them by GET.

Source: "Device Management" (Retire, Lock, Unlock, Wipe, Locate a Device, Wakeup Client, Enable
Roaming, Send Action to bulk devices, Send message to devices); the older "MobileIron WebService"
has deviceUids for deviceUuids. Clients in the field write Reason and reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from uem_emulator.answers import Answer, Request
from uem_emulator.epmm.v1 import wire
from uem_emulator.epmm.v1.answer import NO_DATA, Fault, messages, respond, route
from uem_emulator.epmm.v1.part import V1Part
from uem_emulator.epmm.v1.tree import Many, Tree
from uem_emulator.epmm.world.actions import PASSCODES, has_passcode, possible
from uem_emulator.epmm.world.location import last_known
from uem_emulator.epmm.world.model import Device
from uem_emulator.routing import Route

LONGEST_REASON = 512
BULK_ACTIONS = ("LOCK", "UNLOCK", "WAKEUP_DEVICE", "RETIRE", "WIPE")
MODES = ("sms", "email", "pns")
SENT = "Message sent successfully for all devices."
_INVALID = "Invalid action"
#: The text for a Wi-Fi MAC address of a message calls it macAddress, the table and the example deviceWiFiMacAddress.
_MAC_NAMES = ("deviceWiFiMacAddress", "macAddress")
_UUID_NAMES = ("deviceUuids", "deviceUids")
_REASON_NAMES = ("Reason", "reason")
_MESSAGE_NAMES = ("message", "subject", "mode")
_VOICE = (
    "Device voice roaming settings updated successfully. The voice roaming setting is available "
    "only on certain carriers. "
    "Disabling voice roaming also disables data roaming."
)
_DATA = "Device data roaming settings updated successfully."
Find = Callable[[Request, str], Device]
Lookup = Callable[[str], Device | None]


@dataclass(frozen=True)
class _Call:
    """An action on one device. `said` is the message, with the device's uuid in place of braces.
    `reason`: whether it takes one; `required`: whether it must have one."""

    method: str
    part: str
    action: str
    said: str
    reason: bool = True
    required: bool = False


# fmt: off
_CALLS = (
    _Call("PUT", "retire", "RETIRE", "Device is retired successfully."),
    _Call("PUT", "lock", "LOCK", "Device is locked successfully.", required=True),
    _Call("PUT", "wipe", "WIPE", "Device is wiped successfully."),
    _Call("GET", "wakeup", "WAKEUP_DEVICE", "Wake up request sent to device with uuid:{}", reason=False),
)
# fmt: on
_UNLOCK = _Call("GET", "unlock", "UNLOCK", "1 passcode(s) sent.", required=True)


class ActionCalls(V1Part):
    """The handlers for actions. With the fault kind `vanish`, the (first) device is gone when it is
    to be acted on; with `no_effect`, nothing is done."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        roaming = self._with_device(self._by_uuid, self._roaming)
        by_uuid = self._message_handler(("deviceUuid",), self._uuid_finder)
        by_mac = self._message_handler(_MAC_NAMES, self._mac_finder)
        # fmt: off
        return (
            *(found for call in _CALLS for found in self._routes_of(call, self._action_handler(call))),
            *self._routes_of(_UNLOCK, self._unlock),
            *(route("GET", f"/dm/devices/locate/{rest}", self._with_device(find, self._locate), "locatenow", acts=_asks_device)
              for rest, find in self._ways_to_find()),
            route("PUT", "/dm/devices/enableroaming/{uuid}", roaming, "voice", "data"),
            route("POST", "/dm/bulk/devices/{action}", self.bulk, *_UUID_NAMES),
            route("POST", "/dm/bulk/sendmessage", by_uuid, "deviceUuid", *_MESSAGE_NAMES),
            route("POST", "/dm/bulk/mac/sendmessage", by_mac, *_MAC_NAMES, *_MESSAGE_NAMES),
        )
        # fmt: on

    def _ways_to_find(self) -> tuple[tuple[str, Find], ...]:
        return ("{uuid}", self._by_uuid), ("mac/{mac}", self._by_mac)

    def _routes_of(
        self, call: _Call, act: Callable[[Request, Device], Answer]
    ) -> tuple[Route, ...]:
        """The two addresses of an action, by uuid and by MAC address."""
        names = _REASON_NAMES if call.reason else ()
        return tuple(
            route(
                call.method,
                f"/dm/devices/{call.part}/{rest}",
                self._with_device(find, act),
                *names,
                acts=lambda request: True,
            )
            for rest, find in self._ways_to_find()
        )

    # --- which device -------------------------------------------------------------------------------------------------

    def _find_uuid(self, text: str) -> Device | None:
        device = self.world.by_uuid.get(text.lower())
        return device if device is not None and self.sees(device) else None

    def _mac_finder(self) -> Lookup:
        """Finds by Wi-Fi MAC address in any case: of several registrations of one device the
        newest, or the first."""
        newest = self.switches["v1_mac_twice"] == "newest"
        known: dict[str, Device] = {}
        for device in self.world.devices.values():
            if device.mac is not None and self.sees(device):
                before = known.setdefault(device.mac.lower(), device)
                if newest and device.created > before.created:
                    known[device.mac.lower()] = device
        return lambda text: known.get(text.lower())

    def _uuid_finder(self) -> Lookup:
        return self._find_uuid

    def _by_uuid(self, request: Request, text: str) -> Device:
        return self._existing(request, self._find_uuid(text))

    def _by_mac(self, request: Request, text: str) -> Device:
        return self._existing(request, self._mac_finder()(text))

    def _existing(self, request: Request, device: Device | None) -> Device:
        if device is not None and "vanish" in request.effects:
            self.world.remove(device.id)
            device = None
        if device is None:
            raise Fault(404, NO_DATA)
        return device

    def _with_device(
        self, find: Find, act: Callable[[Request, Device], Answer]
    ) -> Callable[[Request, tuple[str, ...]], Answer]:
        return lambda request, taken: act(request, find(request, taken[0]))

    # --- one device ---------------------------------------------------------------------------------------------------

    def _action_handler(self, call: _Call) -> Callable[[Request, Device], Answer]:
        """Returns a message and the uuid; a lock of what is neither Android nor iOS a passcode,
        too."""

        def act(request: Request, device: Device) -> Answer:
            reason = self._reason(request, call) if call.reason else None
            refusal = self._refusal(request, device, call.action)
            if refusal is not None:
                return refusal
            wrote = self._order(request, device, call.action, reason)
            said = (
                ""
                if call.part == "wipe" and self.switches["wipe_message"] == "empty"
                else call.said.format(device.uuid)
            )
            code = (
                {"unlockpasscode": self._passcode()}
                if call.action == "LOCK" and device.platform not in PASSCODES
                else {}
            )
            return respond(
                request,
                {**messages(said), "deviceUuid": device.uuid, **code},
                self.switches,
                wrote=wrote,
            )

        return act

    def _order(
        self,
        request: Request,
        device: Device,
        action: str,
        reason: str | None = None,
        **given: object,
    ) -> bool:
        """Whether it counts as a write: not where the device cannot take it, although the answer
        may say otherwise."""
        if not possible(device, action):
            return False
        if "no_effect" not in request.effects:
            self.tenant.actions.order(device, action, reason, **given)
        return True

    def _refusal(self, request: Request, device: Device, action: str) -> Answer | None:
        """The answer for a device which cannot take the action; None to go on."""
        position = self.switches["v1_impossible_action"]
        if possible(device, action) or position == "accepted":
            return None
        if position == "400":
            raise Fault(400, _INVALID)
        return respond(request, {**messages(_INVALID), "deviceUuid": device.uuid}, self.switches)

    def _reason(self, request: Request, call: _Call) -> str | None:
        """The reason, whatever the case of its name."""
        found = [
            value
            for name, values in request.parameters.items()
            if name.lower() == "reason"
            for value in values
            if value
        ]
        if not found and call.required and self.switches["v1_reason_missing"] == "400":
            raise Fault(400, "Reason is required")
        if found and len(found[0]) > LONGEST_REASON and self.switches["v1_reason_long"] == "400":
            raise Fault(400, f"Reason may have {LONGEST_REASON} characters at most")
        return found[0][:LONGEST_REASON] if found else None

    def _passcode(self) -> str:
        """Another one with each call. It is kept nowhere."""
        return f"{self.world.rng.randrange(10**6):06d}"

    def _unlock_value(self, device: Device) -> str:
        """Android and iOS: Q (has a passcode), F (has none), NA (no MDM: impossible); a passcode
        for anything else."""
        if device.platform not in PASSCODES:
            return self._passcode()
        if device.platform == "iOS" and not device.mdm_managed:
            return "NA"
        if self.switches["unlock_value"] == "passcode":
            return self._passcode()
        return "Q" if has_passcode(device) else "F"

    def _passcode_row(self, device: Device, value: str) -> Tree:
        return {
            "uuid": device.uuid,
            "name": f"{device.user.principal}:{device.platform}:{device.phone}",
            "value": value,
        }

    def _unlock(self, request: Request, device: Device) -> Answer:
        reason = self._reason(request, _UNLOCK)
        refusal = self._refusal(request, device, "UNLOCK")
        if refusal is not None:
            return refusal
        value = self._unlock_value(device)
        wrote = value != "NA" and self._order(request, device, "UNLOCK", reason)
        passcodes = {"passcode": Many([self._passcode_row(device, value)])}
        return respond(
            request, {**messages(_UNLOCK.said), "passcodes": passcodes}, self.switches, wrote=wrote
        )

    def _locate(self, request: Request, device: Device) -> Answer:
        """The last known location. With locatenow the device is asked, and a later call shows what
        it said; that does not apply to iOS."""
        asked = _flag(request, "locatenow", required=False) and device.platform != "iOS"
        if asked:
            refusal = self._refusal(request, device, "LOCATE")
            if refusal is not None:
                return refusal
        tree = {
            "deviceUuid": device.uuid,
            **messages(""),
            "locations": {"location": Many([wire.location(device.uuid, last_known(device))])},
            "locateNow": asked,
        }
        wrote = asked and self._order(request, device, "LOCATE")
        return respond(request, tree, self.switches, wrote=wrote)

    def _roaming(self, request: Request, device: Device) -> Answer:
        """Success "regardless of whether the device supports the setting"."""
        voice, data = _flag(request, "voice", required=True), _flag(request, "data", required=True)
        refusal = self._refusal(request, device, "ROAMING")
        if refusal is not None:
            return refusal
        if device.platform != "iOS":
            if self.switches["roaming_not_ios"] == "message":
                return respond(
                    request, {"deviceUuid": device.uuid, **messages(_INVALID)}, self.switches
                )
            wrote = False
        else:
            wrote = self._order(request, device, "ROAMING", voice=voice, data=data)
        return respond(
            request,
            {"deviceUuid": device.uuid, **messages(_VOICE, _DATA)},
            self.switches,
            wrote=wrote,
        )

    # --- many devices -------------------------------------------------------------------------------------------------

    def _named(
        self, request: Request, names: tuple[str, ...], find: Lookup
    ) -> tuple[list[Device], list[str]]:
        """The devices of the query, each once, and what is not a device."""
        wanted = self._wanted(request, names)
        looked_up = {text: find(text) for text in wanted}
        devices = {device.id: device for device in looked_up.values() if device is not None}
        if devices and "vanish" in request.effects:
            gone = next(iter(devices.values()))
            self.world.remove(gone.id)
            del devices[gone.id]
        invalid = [
            text for text, device in looked_up.items() if device is None or device.id not in devices
        ]
        if not devices and self.switches["bulk_none_valid"] == "404":
            raise Fault(404, NO_DATA, self._invalid_devices(invalid))
        return list(devices.values()), invalid

    def _wanted(self, request: Request, names: tuple[str, ...]) -> list[str]:
        """What the parameters of these names hold. Raises Fault."""
        wanted = [text for name in names for text in request.parameters.get(name, ()) if text]
        if not wanted:
            raise Fault(400, f"{names[0]} is required, once for each device")
        if len(wanted) > self.switches.number("bulk_max_devices"):
            raise Fault(
                400, f"{names[0]} may be there {self.switches['bulk_max_devices']} times at most"
            )
        return wanted

    @staticmethod
    def _invalid_devices(names: list[str]) -> Tree:
        return {"invalidDevices": {"uuid": Many(names)}} if names else {}

    def bulk(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return empty messages where all is well. Of UNLOCK also the passcodes, and the devices
        for which it failed."""
        action = taken[0]
        if action not in BULK_ACTIONS:
            if self.switches["v1_invalid_action"] == "400":
                raise Fault(400, _INVALID)
            return respond(request, messages(_INVALID), self.switches)
        devices, invalid = self._named(request, _UUID_NAMES, self._find_uuid)
        unable = [device.uuid for device in devices if not possible(device, action)]
        if action == "UNLOCK":
            wrote, more = self._unlock_all(request, devices)
        else:
            wrote, more = [self._order(request, device, action) for device in devices], {}
            if self.switches["bulk_impossible_device"] == "invalid":
                invalid = invalid + unable
        listed = self._invalid_devices(invalid)
        said: Tree = messages()
        if listed and self.switches["bulk_invalid_devices"] == "inside":
            said, listed = {"messages": listed}, {}
        return respond(request, {**said, **listed, **more}, self.switches, wrote=any(wrote))

    def _unlock_all(self, request: Request, devices: list[Device]) -> tuple[list[bool], Tree]:
        wrote, rows, failed = [], [], []
        for device in devices:
            value = self._unlock_value(device) if possible(device, "UNLOCK") else "NA"
            if value == "NA":
                failed.append(f"Unlock failed for device with uuid:{device.uuid}")
            else:
                rows.append(self._passcode_row(device, value))
                wrote.append(self._order(request, device, "UNLOCK"))
        more: Tree = {"passcodes": {"passcode": Many(rows)}} if rows else {}
        return wrote, {**more, **({"failedDevices": {"message": Many(failed)}} if failed else {})}

    def _message_handler(
        self, names: tuple[str, ...], finder: Callable[[], Lookup]
    ) -> Callable[[Request, tuple[str, ...]], Answer]:
        """A message by mail, SMS or push. The text of success is there where no device is
        invalid."""

        def send(request: Request, taken: tuple[str, ...]) -> Answer:
            message = self._message(request)
            devices, invalid = self._named(request, names, finder())
            wrote = [self._order(request, device, "MESSAGE", **message) for device in devices]
            said: Tree = (
                messages(SENT)
                if self.switches["message_sent"] == "inside"
                else {**messages(), "message": SENT}
            )
            marked = invalid and self.switches["message_sent_failed"] == "empty"
            failed: Tree = {"messageSentFailed": ""} if marked else {}
            return respond(
                request,
                {**(messages() if invalid else said), **self._invalid_devices(invalid), **failed},
                self.switches,
                wrote=any(wrote),
            )

        return send

    def _message(self, request: Request) -> dict[str, str | None]:
        """The text, the way and the subject of a message. Raises Fault."""
        text, mode, subject = (request.parameter(name) for name in ("message", "mode", "subject"))
        if text is None or mode not in MODES:
            raise Fault(
                400,
                "message is required"
                if text is None
                else f"mode is required, one of {', '.join(MODES)}",
            )
        if subject is not None and mode != "email" and self.switches["message_subject"] == "400":
            raise Fault(400, "subject is valid only when the mode is email")
        return {"message": text, "mode": mode, "subject": subject if mode == "email" else None}


def _flag(request: Request, name: str, *, required: bool) -> bool:
    """true or false in any case; false where it is left out and may be."""
    text = request.parameter(name)
    if text is None and not required:
        return False
    if text is None or text.lower() not in ("true", "false"):
        raise Fault(400, f"{name} is {'required and ' if required else ''}true or false")
    return text.lower() == "true"


def _asks_device(request: Request) -> bool:
    """Of the calls that read a location: whether this one makes the device look for it."""
    return (request.parameter("locatenow") or "").lower() == "true"
