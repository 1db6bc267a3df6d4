# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions of Neurons for MDM: the calls, and their answers as outcomes (N16-N30, N32-N40).

Source: MDM Customer Integration API Guide, Device API Calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.device import SUPERVISED, Device
from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError
from ..._core.plan import Batch, Change, Outcome
from ..._core.wording import numbered
from ..._products.batches import grouped
from ..._products.neurons.answers import accepted, count_of, exception_codes, rows_of
from ..._products.neurons.client import NeuronsClient
from ..._products.neurons.devices import refuse_macs
from ..._products.neurons.endpoints import GUIDE, MOST_DEVICES, TENANT_ADMIN
from ..._products.values import text_of
from .model import ACTIONS, FORM, QUERY, Call
from .plan import ActionWrite

# The roles that the sections ask for.
_MANAGEMENT = "Device Management"
_ACTIONS = "Device Actions or Device Management"

_CHECK = "The check whether devices can take it"

IOS, ANDROID = frozenset({"ios"}), frozenset({"android"})

# A device in one of these states leaves the server, or has left it. The server refuses it where it
# has a call that checks that; where it has none, nothing is sent.
_LEAVING = frozenset(
    {"RETIRE_PENDING", "RETIRE_SENT", "RETIRED", "WIPE_PENDING", "WIPE_SENT", "WIPED"}
)

# "Restart Supervised iOS Devices". Lost mode is for supervised devices, as Apple says ("Enable Lost
# Mode", Mobile Device Management Protocol); the guide does not mention it.
_SUPERVISED = frozenset({SUPERVISED})

# A parameter of lost mode: the footnote has an effect only together with it.
CHANGE_FOOTNOTE = "changeFootnote"


def _call(
    number: str,
    method: str,
    path: str,
    section: str,
    viability: tuple[str, str] | None = None,
    *,
    role: str = TENANT_ADMIN,
    **more: Any,
) -> Call:
    """Return a row of the table.

    Args:
        number: The number of the call in docs/coverage.md.
        method: The HTTP method.
        path: What follows the address of devices.
        section: The section of the guide.
        viability: The number and the section of the call that checks it, at the same address.
        role: The role that the section asks for. The check asks for Tenant Admin where this is
            _ACTIONS, and else for the same.
        more: More fields of Call. Without them the ids are in the form.
    """
    address = f"/api/v1/device/{path}".rstrip("/")
    check = None
    if viability:
        number_of_check, section_of_check = viability
        check = Endpoint(
            number_of_check,
            method if more.get("viable_count") else "GET",
            address,
            GUIDE + section_of_check,
            TENANT_ADMIN if role == _ACTIONS else role,
            safe=True,
            idempotent=True,
        )
    endpoint = Endpoint(number, method, address, GUIDE + section, role)
    return Call(endpoint, viability=check, **{"place": FORM, "ids": "ids", **more})


# fmt: off
CALLS: Mapping[str, Call] = {
    "os_update": _call(
        "N17", "PUT", "scheduleOSUpdate", "Update Operating System (OS) Version (iOS only)",
        ("N16", "Check Update Operating System (OS) Version Viability (iOS Only)"),
        words={"version": "version"}, required=("version",), platforms=IOS, answers_one=True, role=_ACTIONS,
    ),
    "restart": _call(
        "N18", "PUT", "restart", "Restart Supervised iOS Devices", platforms=IOS, needs=_SUPERVISED, never_in=_LEAVING,
    ),
    "force_checkin": _call(
        "N20", "PUT", "forceCheckin", "Force check in a device or devices", ("N19", "Check Force Check-in Viability"),
        role=_ACTIONS,
    ),
    "wipe": _call(
        "N22", "PUT", "wipe", "Wipe device", ("N21", "Check Wipe Viability"),
        words={
            "text": "message",
            "preserve_data_plan": "iosPreserveDataPlan",
            "disallow_proximity_setup": "iosDisallowProximitySetup",
        },
        at_once=True,
    ),
    "lock": _call("N24", "PUT", "lock", "Lock a device or devices", ("N23", "Check Lock viability"), role=_ACTIONS),
    "unlock": _call(
        "N25", "PUT", "unlock", "Unlock a device or devices", words={"pin": "deviceUnlockPin"}, never_in=_LEAVING,
        # "Unlocking a Device" of the administrator's guide: Android, iOS and ChromeOS.
        not_on=frozenset({"macos", "windows"}),
    ),
    "retire": _call("N27", "PUT", "retire", "Retire device", ("N26", "Check Retire Viability"), at_once=True),
    "logout_user": _call(
        "N29", "PUT", "logoutUser", "Force logout current users from devices", ("N28", "Check force logout viability"),
    ),
    "delete": _call(
        "N30", "DELETE", "", "Delete Device", place=QUERY, ids="deviceIds",
        never_in=frozenset({"ACTIVE", "WIPE_PENDING", "RETIRE_CANCELED", "WIPE_CANCELED"}), at_once=True,
    ),
    "enter_kiosk": _call(
        "N33", "PUT", "enterKioskMode", "Enter a Device into Kiosk Mode", ("N32", "Check Enter Kiosk Mode Viability"),
        platforms=ANDROID,
    ),
    "exit_kiosk": _call(
        "N34", "PUT", "exitKioskMode", "Remove Device from Kiosk Mode", platforms=ANDROID, never_in=_LEAVING,
    ),
    "enable_lost_mode": _call(
        "N35", "PUT", "enableLostMode", "Enable Lost Mode (iOS only)",
        words={"text": "message", "phone_number": "phoneNumber", "footnote": "footnote"}, required=("text",), platforms=IOS,
        needs=_SUPERVISED, never_in=_LEAVING, role=_MANAGEMENT,
    ),
    "disable_lost_mode": _call(
        "N37", "PUT", "disableLostMode", "Disable Lost Mode (iOS only)",
        ("N36", "Check Disable Lost Mode Viability (iOS only)"), platforms=IOS, role=_MANAGEMENT,
    ),
    "relinquish": _call(
        "N39", "PUT", "relinquishOwnership", "Relinquish device (Android only)",
        ("N38", "Check Relinquish Viability (Android only)"), place=QUERY, viable_count=True, platforms=ANDROID,
        role=_MANAGEMENT,
    ),
    "cancel_relinquish": _call(
        "N40", "PUT", "relinquishOwnershipCancel", "Cancel Relinquish device (Android only)", place=QUERY, platforms=ANDROID,
        role=_MANAGEMENT,
    ),
}
# fmt: on


class NeuronsActions:
    """Actions on the devices of a tenant."""

    def __init__(self, client: NeuronsClient) -> None:
        self._transport = client.transport

    def call(self, action: str, *, by_mac: bool) -> Call | None:
        """See Actions."""
        return CALLS.get(action)

    def ineligible(self, changes: Sequence[Change[Any]]) -> Mapping[str, str]:
        """See Actions. The call that checks viability is used."""
        if not changes:
            return {}
        call = CALLS[changes[0].write.action]
        if call.viability is None:
            return {}
        check = self._unable_counted if call.viable_count else self._unable_listed
        devices = [change.subject for change in changes]
        found: dict[str, str] = {}
        for start in range(0, len(devices), MOST_DEVICES):
            found.update(check(call.viability, call.ids, devices[start : start + MOST_DEVICES]))
        return found

    def batches(self, changes: Sequence[Change[Any]], *, by_mac: bool) -> list[Batch]:
        """See Actions. Each answer has to be about one device where the change is destructive, and
        where nothing else shows who took it: neither a check before nor the device afterwards."""
        refuse_macs(by_mac=by_mac)
        if not changes:
            return []
        action = ACTIONS[changes[0].write.action]
        shown = action.visible or CALLS[action.name].viability is not None
        return grouped(changes, 1 if action.destructive or not shown else MOST_DEVICES)

    def send(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """See Actions.

        The answer is a number. If it is smaller than the number of devices, nobody knows which
        devices were taken.
        """
        refuse_macs(by_mac=by_mac)
        write: ActionWrite = batch.write
        call = CALLS[write.action]
        pairs = [
            *((call.ids, change.subject.id) for change in batch.changes),
            *_words(call, dict(write.parameters)),
        ]
        place: dict[str, Any] = {"form": pairs} if call.place == FORM else {"query": pairs}
        answer = self._transport.call(call.endpoint, **place)
        count = len(batch.changes)
        accepted_count = accepted(answer, f"{write.action} on {numbered(count, 'devices')}")
        if call.answers_one or accepted_count == count:
            return [Outcome(change) for change in batch.changes]
        reason = f"the server took {accepted_count} of {numbered(count, 'devices')} and does not say which"
        if accepted_count > count:
            reason = f"the server says that it took {accepted_count}, and was sent {numbered(count, 'devices')}"
        return [Outcome(change, reason, known=False) for change in batch.changes]

    def _check(self, endpoint: Endpoint, ids: str, devices: Sequence[Device]) -> Any:
        query = [("checkViability", "true"), *((ids, device.id) for device in devices)]
        return self._transport.call(endpoint, query=query)

    def _unable_listed(
        self, endpoint: Endpoint, ids: str, devices: Sequence[Device]
    ) -> dict[str, str]:
        """Return the reasons by device id, from a check that lists the devices that cannot."""
        rows, total, _after = rows_of(self._check(endpoint, ids, devices), _CHECK)
        reasons = {str(row.get("id")): exception_codes(row) for row in rows}
        others = sorted(reasons.keys() - {device.id for device in devices})
        if others:
            raise AnswerError(
                f"{_CHECK} names the device {others[0]}, which it was not asked about; nothing was sent. "
                "What is between here and the server may have dropped the ids."
            )
        if total > len(reasons):
            raise AnswerError(
                f"{_CHECK} counts {numbered(total, 'devices')} that cannot, and names {len(reasons)}."
            )
        return {device.id: reasons[device.id] for device in devices if device.id in reasons}

    def _unable_counted(
        self, endpoint: Endpoint, ids: str, devices: Sequence[Device]
    ) -> dict[str, str]:
        """Return the reasons by device id, from a check that says how many devices can.

        If some cannot, the devices are checked one by one.
        """
        able = count_of(self._check(endpoint, ids, devices), _CHECK)
        if able >= len(devices):
            return {}
        if len(devices) == 1:
            return {devices[0].id: "the server says that it cannot, but not why"}
        found: dict[str, str] = {}
        for device in devices:
            found.update(self._unable_counted(endpoint, ids, [device]))
        return found


def _words(call: Call, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return parameters as text, by their names in the call."""
    pairs = [(call.words[name], text_of(value)) for name, value in parameters.items()]
    return [*pairs, (CHANGE_FOOTNOTE, "true")] if "footnote" in parameters else pairs
