# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: ActiveSync devices.

Source: "MobileIron WebService", section "Exchange ActiveSync (EAS)". The elements of a device are
in its order, and so are the keys of the details.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import orjson

from uem_emulator.answers import Answer, Request
from uem_emulator.controlcall import ControlCall, NotFound
from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.v1.answer import NO_DATA, Fault, messages, respond, route, wants_xml
from uem_emulator.epmm.v1.part import V1Part
from uem_emulator.epmm.v1.tree import Boxed, Many, Tree
from uem_emulator.epmm.world.eas import SOURCES, TARGETS, Mailbox, agent
from uem_emulator.routing import Route

_INVALID = "Invalid action"
#: The document says that the message may say so, and not in which words.
_NONE = "No devices were found"
MASK = "*****"
#: Who made the state -> why Exchange says it is so. The document shows Individual.
_REASONS = {"POLICY": "Policy", "AUTOBLOCK": "DeviceRule", "UNKNOWN": "Global"}


class EasCalls(V1Part):
    """The handlers for ActiveSync devices. With the fault kind `vanish`, the first device named is
    gone; with `no_effect` nothing is done; `short_page` leaves out the last rows of the largest
    group."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        return (
            route("GET", "/eas/devices", self.every),
            route("GET", "/eas/devices/{uuid}", self.one),
            route("PUT", "/eas/devices", self.act, "uuids", "action"),
        )

    # --- reading --------------------------------------------------------------------------------------------------------

    def every(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return all ActiveSync devices, in their groups."""
        groups = self.tenant.eas.groups()
        total = sum(len(rows) for rows in groups.values())
        if not total and self.switches["eas_nothing"] == "404":
            raise Fault(404, NO_DATA)
        if "short_page" in request.effects:
            largest = max(groups, key=lambda name: len(groups[name]))
            groups[largest] = groups[largest][
                : -int(request.effects["short_page"].get("missing", 1))
            ]
        tree = {**messages(f"{total} Device(s) returned" if total else _NONE)}
        for name, rows in groups.items():
            tree.update(
                self._group(request, f"{name}Device", [self._row(mailbox) for mailbox in rows])
            )
        root = "easWebServiceReponse" if self.switches["eas_root"] == "reponse" else None
        return respond(request, tree, self.switches, root=root)

    def _group(self, request: Request, name: str, rows: list[Tree]) -> Tree:
        """A list with its devices. One without any is, in XML, an element without content, or not
        there."""
        position = str(self.switches["eas_empty_groups"])
        if rows:
            return {f"{name}s": {name: Many(rows)}}
        if position == "absent":
            return {}
        if position == "null" or wants_xml(request):
            return {f"{name}s": None}
        return {f"{name}s": orjson.Fragment(orjson.dumps({name: []} if position == "list" else {}))}

    def _row(self, mailbox: Mailbox) -> Tree:
        device = self.tenant.eas.device(mailbox)
        # fmt: off
        row: Tree = {
            "uuid": mailbox.uuid, "domain": mailbox.domain, "deviceId": mailbox.device_id, "mailboxId": mailbox.mailbox,
            "userName": mailbox.user, "phoneNumber": mailbox.phone, "model": mailbox.model, "platform": mailbox.platform,
            "platformCode": mailbox.platform_code, "status": "Unregistered" if device is None else "Registered",
            "activeSyncStatus": mailbox.state, "firstSyncTime": mailbox.first,
            **({} if mailbox.last is None else {"lastSyncTime": mailbox.last})}
        # fmt: on
        position = self.switches["eas_unregistered_uuid"]
        if device is not None or position != "absent":
            row["miDeviceUuid"] = (
                device.uuid if device is not None else "" if position == "empty" else None
            )
        return {**row, "actionSource": mailbox.source}

    def one(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """The document shows an element without the root of the other answers around it."""
        mailbox = self.tenant.eas.find(taken[0])
        if mailbox is None:
            raise Fault(404, NO_DATA)
        pairs = details(mailbox, shown=self.switches["eas_recovery_password"] == "shown")
        tree: Tree = {
            "uuid": mailbox.uuid,
            "details": Boxed(
                {"entry": Many([{"key": key, "value": value} for key, value in pairs.items()])}
            ),
        }
        if self.switches["eas_details"] == "wrapped":
            return respond(request, {**messages(), "easDevice": tree}, self.switches)
        return respond(request, tree, self.switches, root="easDevice")

    # --- acting ---------------------------------------------------------------------------------------------------------

    def act(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """The message counts devices; which of those named these are, nothing says."""
        action = request.parameter("action") or ""
        if action not in TARGETS:
            if self.switches["v1_invalid_action"] == "400":
                raise Fault(400, _INVALID)
            return respond(request, messages(_INVALID), self.switches)
        wanted = list(
            dict.fromkeys(text.lower() for text in request.parameters.get("uuids", ()) if text)
        )
        if not wanted:
            raise Fault(400, "uuids is required, once for each device")
        found = self._named(request, wanted)
        effect = "no_effect" not in request.effects
        count = sum(self.tenant.eas.order(mailbox, action, effect=effect) for mailbox in found)
        return respond(
            request,
            messages(f"{count} device(s) modified to {action}"),
            self.switches,
            wrote=count > 0,
        )

    def _named(self, request: Request, wanted: list[str]) -> list[Mailbox]:
        looked_up = [self.tenant.eas.find(text) for text in wanted]
        if "vanish" in request.effects and looked_up[0] is not None:
            self.tenant.eas.remove(looked_up[0])
            looked_up[0] = None
        found = [mailbox for mailbox in looked_up if mailbox is not None]
        position = str(self.switches["eas_unknown_device"])
        if len(found) < len(looked_up) and position != "counted_out":
            raise Fault(
                int(position),
                NO_DATA if position == "404" else "A device of the request does not exist",
            )
        return found


def _time(epoch_ms: int) -> str:
    """7/6/2010 11:29:33 AM."""
    time = datetime.fromtimestamp(epoch_ms // 1000, timezone.utc)
    return f"{time.month}/{time.day}/{time.year} {time.hour % 12 or 12}:{time:%M:%S} {'AM' if time.hour < 12 else 'PM'}"


def details(mailbox: Mailbox, *, shown: bool) -> dict[str, str]:
    """Return what ActiveSync says of a device.

    Args:
        mailbox: The ActiveSync device.
        shown: Whether the password for recovery is there as it is, not as asterisks.
    """
    kind, user_agent = agent(mailbox)
    last = (
        {}
        if mailbox.last is None
        else {"LastSyncAttemptTime": _time(mailbox.last), "LastSuccessSync": _time(mailbox.last)}
    )
    # fmt: off
    found = {
        "ActionSource": SOURCES[mailbox.source], "LastPingHeartbeat": "600", "DeviceID": mailbox.device_id,
        "FirstSyncTime": _time(mailbox.first), "DevicePolicyApplicationStatus": "AppliedInFull",
        "LastSyncAttemptTime": "", "NumberOfFoldersSynced": str(mailbox.number % 9 + 1), "DeviceType": kind,
        "DeviceModel": mailbox.model, "DeviceUserAgent": user_agent,
        "Status": "DeviceWipeSucceeded" if mailbox.state == "Wiped" else "DeviceOk",
        "Guid": f"{mailbox.uuid[-12:-4]}{mailbox.uuid[8:]}",
        "DeviceAccessState": "Allowed" if mailbox.state == "Allowed" else "Blocked", "DeviceEnableOutboundSMS": "False",
        "Identity": f"{mailbox.domain}/Users/{mailbox.user}/ExchangeActiveSyncDevices/{kind}${mailbox.device_id}",
        "DeviceAccessStateReason": _REASONS.get(mailbox.source, "Individual"), "DevicePolicyApplied": "Default",
        "LastPolicyUpdateTime": _time(mailbox.first + 1000), "IsRemoteWipeSupported": str(mailbox.wipe_supported),
        "LastSuccessSync": "", "RecoveryPassword": mailbox.recovery_password if shown else MASK,
        "DeviceActiveSyncVersion": "16.1", **last}
    # fmt: on
    return {key: value for key, value in found.items() if value}


# --- control calls ------------------------------------------------------------------------------------------------------------


def _known(tenant: EpmmTenant, key: str) -> Mailbox:
    found = tenant.eas.find(key)
    if found is None:
        raise NotFound("no such ActiveSync device")
    return found


def _truths(tenant: EpmmTenant, taken: Mapping[str, str], body: Any) -> Any:
    eas = tenant.eas
    return [eas.truth(mailbox) for rows in eas.groups().values() for mailbox in rows]


def _add(tenant: EpmmTenant, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    """`device` (uuid or number; left out if there is no registration) and fields."""
    key = body.pop("device", None)
    device = tenant.world.find(str(key)) if key is not None else None
    if key is not None and device is None:
        raise ValueError("device is the uuid of the device whose mailbox it is")
    return {"uuid": tenant.eas.create(body, device).uuid}


def _change(tenant: EpmmTenant, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    mailbox = _known(tenant, taken["key"])
    tenant.eas.change(mailbox, body)
    return tenant.eas.truth(mailbox)


def _remove(tenant: EpmmTenant, taken: Mapping[str, str], body: Any) -> Any:
    tenant.eas.remove(_known(tenant, taken["key"]))


# fmt: off
CONTROL_CALLS: tuple[ControlCall, ...] = (
    ControlCall("GET", "/eas", _truths), ControlCall("POST", "/eas", _add, 201),
    ControlCall("PATCH", "/eas/{key}", _change), ControlCall("DELETE", "/eas/{key}", _remove),
)
# fmt: on
