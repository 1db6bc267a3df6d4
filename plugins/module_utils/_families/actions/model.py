# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions on devices, of both products, as one table.

A row drives the choices and parameters of ``device_action``, the planner, both clients, the table
in docs/actions.md, and the tests. Sources: MDM Customer Integration API Guide (Neurons), Device API
Calls; "Device Management" (EPMM, API v1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._core.endpoint import Endpoint
from ..._core.errors import OptionError

_GUIDE = "MDM Customer Integration API Guide, "
_V1 = "Device Management (EPMM API v1), "

# Where a call takes its ids and parameters.
FORM, QUERY = "form", "query"

# Devices in one call of Neurons, whose guide names no limit.
MOST = 200
# "Send Action to bulk devices": 20,000 by default. The uuids go into the address, which servers cut
# off at 8,000 bytes or more, so that this is what a call gets.
MOST_UUIDS = 150


@dataclass(frozen=True)
class Parameter:
    """A parameter of actions: an option of device_action. ``pattern``: what its value must look
    like, and ``looks`` that in words. ``secret``: it appears nowhere."""

    name: str
    meaning: str
    type: str = "str"
    pattern: str = ""
    looks: str = ""
    secret: bool = False


# fmt: off
PARAMETERS = {
    one.name: one
    for one in (
        Parameter(
            "version", "The version of the operating system to update to.", pattern=r"[0-9]+(\.[0-9]+){0,3}",
            looks="a version such as 17.4.1",
        ),
        Parameter(
            "pin", "The PIN that unlocks the device. Clients older than version 92 are unlocked with 0000 whatever is given.",
            pattern=r"[A-Za-z0-9]{6,8}", looks="6 to 8 letters and digits", secret=True,
        ),
        Parameter("text", "The message that the device shows."),
        Parameter("phone_number", "The phone number that the device shows in lost mode."),
        Parameter("footnote", "The footnote of a device in lost mode.", pattern=r".{1,15}", looks="1 to 15 characters"),
        Parameter("preserve_data_plan", "Whether the data plan of an iOS device outlives the wipe.", type="bool"),
        Parameter("disallow_proximity_setup", "Whether an iOS device may not be set up by one nearby after the wipe.", type="bool"),
        Parameter("reason", "Why it is done, as the server's log shows it.", pattern=r"(?s).{1,512}", looks="1 to 512 characters"),
    )
}
# fmt: on


@dataclass(frozen=True)
class Call:
    """An action of one product.

    Neurons: ``endpoint`` takes ids in ``place``. EPMM: ``endpoint`` is for one device by its uuid,
    ``by_mac`` for one by its Wi-Fi MAC address, and ``bulk`` for many as an action of this type.
    ``words``: what the call calls each parameter. ``fixed``: what it is always sent. ``required``:
    parameters without which nothing is sent. ``alone``: parameters without which EPMM takes no call
    for one device; then ``bulk`` is taken instead. ``platforms``: those that it is for, every one
    when empty. ``never_in``: states of a device in which the document rules it out. ``viability``:
    the call that tells which devices cannot take it; ``viable_count``: it only tells how many can.
    ``says``: what the message of EPMM must match, for an error comes with HTTP 200 as well.
    ``answers_one``: Neurons answers 1 for success and not a number of devices. ``verified``:
    ``doc``, until a run on a real server makes it ``live``.
    """

    endpoint: Endpoint
    words: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    place: str = FORM
    ids: str = "ids"
    viability: Endpoint | None = None
    viable_count: bool = False
    by_mac: Endpoint | None = None
    bulk: str = ""
    says: str = r"\bsuccess"
    answers_one: bool = False
    platforms: frozenset[str] = frozenset()
    never_in: frozenset[str] = frozenset()
    verified: str = "doc"


@dataclass(frozen=True)
class Action:
    """An action. ``done``: states of a device in which it is done or on its way, ``settles``: in
    which it is done; both empty where nothing of it can be seen, so that it always changes
    something. ``mode``: what a device then is in, or with ``leaves`` is no longer in, instead.
    ``gone``: done is a device that does not exist. ``by_version``: done is a device that has the
    ``version``.
    """

    name: str
    summary: str
    calls: Mapping[str, Call]
    destructive: bool = False
    done: frozenset[str] = frozenset()
    settles: frozenset[str] = frozenset()
    mode: str = ""
    leaves: bool = False
    gone: bool = False
    by_version: bool = False

    @property
    def visible(self) -> bool:
        """Whether it can be seen on a device that it is done."""
        return bool(self.done or self.mode or self.gone or self.by_version)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that it takes of any product, in the order of the table."""
        return tuple(
            name for name in PARAMETERS if any(name in call.words for call in self.calls.values())
        )


IOS, ANDROID = frozenset({"ios"}), frozenset({"android"})

# Extra words of lost mode: the footnote counts only along with this.
CHANGE_FOOTNOTE = "changeFootnote"


def _neurons(
    number: str,
    method: str,
    path: str,
    section: str,
    viability: tuple[str, str] | None = None,
    **more: Any,
) -> Call:
    """A call of Neurons. ``viability``: number and section of the call that checks it, at the same
    address."""
    check = None
    if viability:
        verb = method if more.get("viable_count") else "GET"
        check = Endpoint(
            viability[0],
            verb,
            f"/api/v1/device/{path}",
            _GUIDE + viability[1],
            safe=True,
            idempotent=True,
        )
    address = f"/api/v1/device/{path}".rstrip("/")
    return Call(
        Endpoint(number, method, address, _GUIDE + section, "Device Management or Device Actions"),
        viability=check,
        **more,
    )


def _epmm(number: str, method: str, path: str, section: str, by_mac: str, **more: Any) -> Call:
    """A call of EPMM for one device. ``by_mac``: the number of the one that takes a MAC address."""
    source = _V1 + section
    return Call(
        Endpoint(number, method, f"/api/v1/dm/devices/{path}/{{device}}", source, "API"),
        place=QUERY,
        ids="",
        by_mac=Endpoint(by_mac, method, f"/api/v1/dm/devices/{path}/mac/{{mac}}", source, "API"),
        **more,
    )


ACTIONS = {
    one.name: one
    for one in (
        Action(
            "os_update",
            "Updates the operating system.",
            {
                "neurons": _neurons(
                    "N17",
                    "PUT",
                    "scheduleOSUpdate",
                    "Update Operating System (OS) Version (iOS only)",
                    ("N16", "Check Update Operating System (OS) Version Viability (iOS Only)"),
                    words={"version": "version"},
                    required=("version",),
                    platforms=IOS,
                    answers_one=True,
                )
            },
            by_version=True,
        ),
        Action(
            "restart",
            "Restarts supervised iOS devices.",
            {
                "neurons": _neurons(
                    "N18", "PUT", "restart", "Restart Supervised iOS Devices", platforms=IOS
                )
            },
        ),
        Action(
            "force_checkin",
            "Makes the client check in with the server (EPMM calls it wake up).",
            {
                "neurons": _neurons(
                    "N20",
                    "PUT",
                    "forceCheckin",
                    "Force check in a device or devices",
                    ("N19", "Check Force Check-in Viability"),
                ),
                "epmm": _epmm(
                    "E17",
                    "GET",
                    "wakeup",
                    "Wakeup Client",
                    "E18",
                    bulk="WAKEUP_DEVICE",
                    says="request sent",
                ),
            },
        ),
        Action(
            "wipe",
            "Returns the device to its factory settings; everything on it is lost.",
            {
                "neurons": _neurons(
                    "N22",
                    "PUT",
                    "wipe",
                    "Wipe device",
                    ("N21", "Check Wipe Viability"),
                    words={
                        "text": "message",
                        "preserve_data_plan": "iosPreserveDataPlan",
                        "disallow_proximity_setup": "iosDisallowProximitySetup",
                    },
                ),
                "epmm": _epmm(
                    "E15",
                    "PUT",
                    "wipe",
                    "Wipe a Device",
                    "E16",
                    words={"reason": "Reason"},
                    bulk="WIPE",
                    says=r"^$|\bsuccess",
                ),
            },
            destructive=True,
            done=frozenset({"WIPE_PENDING", "WIPE_SENT", "WIPED"}),
            settles=frozenset({"WIPED"}),
        ),
        Action(
            "lock",
            "Locks the device.",
            {
                "neurons": _neurons(
                    "N24",
                    "PUT",
                    "lock",
                    "Lock a device or devices",
                    ("N23", "Check Lock viability"),
                ),
                "epmm": _epmm(
                    "E11",
                    "PUT",
                    "lock",
                    "Lock a Device",
                    "E12",
                    words={"reason": "Reason"},
                    alone=("reason",),
                    bulk="LOCK",
                ),
            },
        ),
        Action(
            "unlock",
            "Unlocks the device: clears its passcode, or sets the PIN that unlocks it.",
            {
                "neurons": _neurons(
                    "N25",
                    "PUT",
                    "unlock",
                    "Unlock a device or devices",
                    words={"pin": "deviceUnlockPin"},
                ),
                "epmm": _epmm(
                    "E13",
                    "GET",
                    "unlock",
                    "Unlock a Device",
                    "E14",
                    words={"reason": "Reason"},
                    alone=("reason",),
                    bulk="UNLOCK",
                    says=r"[1-9]\d* passcode\(s\) sent",
                ),
            },
        ),
        Action(
            "retire",
            "Ends the management of the device and removes what the server put on it.",
            {
                "neurons": _neurons(
                    "N27", "PUT", "retire", "Retire device", ("N26", "Check Retire Viability")
                ),
                "epmm": _epmm(
                    "E09",
                    "PUT",
                    "retire",
                    "Retire a Device",
                    "E10",
                    words={"reason": "Reason"},
                    bulk="RETIRE",
                ),
            },
            destructive=True,
            done=frozenset({"RETIRE_PENDING", "RETIRE_SENT", "RETIRED"}),
            settles=frozenset({"RETIRED"}),
        ),
        Action(
            "logout_user",
            "Logs the current user out.",
            {
                "neurons": _neurons(
                    "N29",
                    "PUT",
                    "logoutUser",
                    "Force logout current users from devices",
                    ("N28", "Check force logout viability"),
                )
            },
        ),
        Action(
            "delete",
            "Deletes a device that was retired from the server.",
            {
                "neurons": _neurons(
                    "N30",
                    "DELETE",
                    "",
                    "Delete Device",
                    place=QUERY,
                    ids="deviceIds",
                    never_in=frozenset(
                        {"ACTIVE", "WIPE_PENDING", "RETIRE_CANCELED", "WIPE_CANCELED"}
                    ),
                )
            },
            destructive=True,
            gone=True,
        ),
        Action(
            "enter_kiosk",
            "Puts an Android device into kiosk mode.",
            {
                "neurons": _neurons(
                    "N33",
                    "PUT",
                    "enterKioskMode",
                    "Enter a Device into Kiosk Mode",
                    ("N32", "Check Enter Kiosk Mode Viability"),
                    platforms=ANDROID,
                )
            },
            mode="kiosk_mode",
        ),
        Action(
            "exit_kiosk",
            "Takes an Android device out of kiosk mode.",
            {
                "neurons": _neurons(
                    "N34",
                    "PUT",
                    "exitKioskMode",
                    "Remove Device from Kiosk Mode",
                    platforms=ANDROID,
                )
            },
            mode="kiosk_mode",
            leaves=True,
        ),
        Action(
            "enable_lost_mode",
            "Locks an iOS device and shows a message on it.",
            {
                "neurons": _neurons(
                    "N35",
                    "PUT",
                    "enableLostMode",
                    "Enable Lost Mode (iOS only)",
                    words={
                        "text": "message",
                        "phone_number": "phoneNumber",
                        "footnote": "footnote",
                    },
                    required=("text",),
                    platforms=IOS,
                )
            },
            mode="lost_mode",
        ),
        Action(
            "disable_lost_mode",
            "Ends the lost mode of an iOS device.",
            {
                "neurons": _neurons(
                    "N37",
                    "PUT",
                    "disableLostMode",
                    "Disable Lost Mode (iOS only)",
                    ("N36", "Check Disable Lost Mode Viability (iOS only)"),
                    platforms=IOS,
                )
            },
            mode="lost_mode",
            leaves=True,
        ),
        Action(
            "relinquish",
            "Removes the work profile and all policies from a company-owned Android device.",
            {
                "neurons": _neurons(
                    "N39",
                    "PUT",
                    "relinquishOwnership",
                    "Relinquish device (Android only)",
                    ("N38", "Check Relinquish Viability (Android only)"),
                    place=QUERY,
                    viable_count=True,
                    platforms=ANDROID,
                )
            },
            destructive=True,
        ),
        Action(
            "cancel_relinquish",
            "Takes back that an Android device is relinquished.",
            {
                "neurons": _neurons(
                    "N40",
                    "PUT",
                    "relinquishOwnershipCancel",
                    "Cancel Relinquish device (Android only)",
                    place=QUERY,
                    platforms=ANDROID,
                )
            },
        ),
        Action(
            "locate",
            "Asks the device where it is; M(ivanti.uem.device_location_info) reads it.",
            {
                "epmm": _epmm(
                    "E19",
                    "GET",
                    "locate",
                    "Locate a Device",
                    "E20",
                    fixed=(("locatenow", "true"),),
                    says=r"^$|\bsuccess",
                )
            },
        ),
    )
}

# "Send Action to bulk devices".
BULK = Endpoint(
    "E25", "POST", "/api/v1/dm/bulk/devices/{action}", _V1 + "Send Action to bulk devices", "API"
)


def parse_parameters(action: Action, product: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an action that are given, checked. Raises OptionError: the product lacks
    the action or cannot do it ``by`` MAC address, or one of the parameters is missing, not known to
    it, or malformed."""
    call = action.calls.get(product)
    if call is None:
        able = ", ".join(name for name, row in ACTIONS.items() if product in row.calls)
        raise OptionError(
            f"action: {action.name} is not supported by {product}, which knows {able}."
        )
    found = {name: given[name] for name in PARAMETERS if given.get(name) is not None}
    for name in found:
        if name not in call.words:
            known = ", ".join(call.words) or "none"
            raise OptionError(
                f"{name}: is no parameter of {action.name} with {product}, whose parameters are: "
                f"{known}; remove it."
            )
    by_mac = given.get("by") == "mac"
    if by_mac and call.by_mac is None:
        raise OptionError(f"by: {product} names devices by their ids alone; remove it.")
    for name in (*call.required, *(call.alone if by_mac else ())):
        if name not in found:
            raise OptionError(
                f"{name}: is missing; "
                f"{action.name}{' by MAC address' if name in call.alone else ''} needs it."
            )
    for name, value in found.items():
        parameter = PARAMETERS[name]
        if parameter.pattern and not re.fullmatch(parameter.pattern, str(value)):
            shown = "the value given" if parameter.secret else repr(value)
            raise OptionError(f"{name}: {shown} is not {parameter.looks}.")
        if isinstance(value, str) and not value.strip():
            raise OptionError(f"{name}: is empty; remove it or fill it.")
    return found
