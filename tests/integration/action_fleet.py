# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices for each action, and what the emulators say was done to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.neurons import NeuronsEmulator

from ..conftest import ModuleFailed, product_of

SUPERVISED = {
    "platformType": "IOS",
    "supervised": True,
    "platformVersion": "15.0",
    "lostModeEnabled": False,
}
KIOSK = {"platformType": "ANDROID", "androidDeviceOwnerModeEnabled": True, "kioskState": "INACTIVE"}
OWNED = {
    "platformType": "ANDROID",
    "ownershipType": "COMPANY",
    "androidWorkDeviceOwnerWithWorkProfileEnabled": True,
}
REASON = "lost & found + 100 %"


@dataclass(frozen=True)
class Row:
    """A device that can take an action (its fields as the emulator has them), the action's options,
    and what the emulator notes of these. ``again``: what a second run makes of the same device.
    ``changes``: before and after as results tell them."""

    able: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)
    noted: dict[str, Any] = field(default_factory=dict)
    again: str = "changed"
    changes: tuple[str, str] = ("ACTIVE", "")


def _sent(action: str) -> tuple[str, str]:
    return ("ACTIVE", f"ACTIVE ({action} sent)")


LOST = {
    "message": 'Please call + say "hällo"; 100 % = {{ 7 * 7 }} & more',
    "phoneNumber": "+49 30 555",
    "footnote": "Lost Phone",
}
WIPING = {
    "message": "Decommissioning",
    "iosPreserveDataPlan": True,
    "iosDisallowProximitySetup": False,
}

# fmt: off
ROWS: dict[str, dict[str, Row]] = {
    "neurons": {
        "os_update": Row(SUPERVISED, {"version": "99.5"}, {"version": "99.5"}, "unchanged", _sent("os_update")),
        "restart": Row(SUPERVISED, changes=_sent("restart")),
        "force_checkin": Row({"platformType": "OSX"}, changes=_sent("force_checkin")),
        "wipe": Row({"platformType": "IOS"}, {"text": "Decommissioning", "preserve_data_plan": True, "disallow_proximity_setup": False},
                    WIPING, "unchanged", ("ACTIVE", "WIPED")),
        "lock": Row({"platformType": "ANDROID"}, changes=_sent("lock")),
        "unlock": Row({"platformType": "ANDROID"}, {"pin": "Zq7xW9kM"}, {"pin_given": True}, changes=_sent("unlock")),
        "retire": Row({"platformType": "WINDOWS_PHONE"}, {}, {}, "unchanged", ("ACTIVE", "RETIRED")),
        "logout_user": Row({**SUPERVISED, "multiUser": True}, changes=_sent("logout_user")),
        "delete": Row({"registrationState": "RETIRED"}, {}, {}, "skipped", ("RETIRED", "deleted")),
        "enter_kiosk": Row(KIOSK, {}, {}, "unchanged", ("ACTIVE", "ACTIVE, kiosk_mode")),
        "exit_kiosk": Row({**KIOSK, "kioskState": "ACTIVE"}, {}, {}, "unchanged", ("ACTIVE, kiosk_mode", "ACTIVE")),
        "enable_lost_mode": Row(
            SUPERVISED, {"text": LOST["message"], "phone_number": LOST["phoneNumber"], "footnote": LOST["footnote"]}, LOST, "unchanged",
            ("ACTIVE", "ACTIVE, lost_mode"),
        ),
        "disable_lost_mode": Row({**SUPERVISED, "lostModeEnabled": True}, {}, {}, "unchanged", ("ACTIVE, lost_mode", "ACTIVE")),
        # What a relinquished device shows is not documented; that it cannot be relinquished again,
        # the server says.
        "relinquish": Row(OWNED, {}, {}, "ineligible", _sent("relinquish")),
        # Of a device whose relinquishing has not begun: see the tests.
        "cancel_relinquish": Row(OWNED, {}, {}, "failed", _sent("cancel_relinquish")),
    },
    "epmm": {
        # Every action of API v2 has a note.
        "force_checkin": Row({"platform": "iOS"}, noted={"reason": "No reason given"}, changes=_sent("force_checkin")),
        "wipe": Row({"platform": "Android"}, {"reason": REASON}, {"reason": REASON}, "unchanged", ("ACTIVE", "WIPED")),
        "lock": Row({"platform": "Android"}, {"reason": REASON}, {"reason": REASON}, changes=_sent("lock")),
        "unlock": Row({"platform": "Android"}, {"reason": REASON}, {"reason": REASON}, changes=_sent("unlock")),
        "retire": Row({"platform": "macOS"}, {"reason": REASON}, {"reason": REASON}, "unchanged", ("ACTIVE", "RETIRED")),
        "locate": Row({"platform": "Android"}, changes=_sent("locate")),
    },
}
# fmt: on
ALL = [(product, action) for product, rows in ROWS.items() for action in rows]
DESTRUCTIVE = [
    (product, action)
    for product, action in ALL
    if action in ("wipe", "retire", "delete", "relinquish")
]

_EPMM_WORDS = {
    "RETIRE": "retire",
    "LOCK": "lock",
    "UNLOCK": "unlock",
    "WIPE": "wipe",
    "WAKEUP_DEVICE": "force_checkin",
    "LOCATE": "locate",
}


def add(emulator: Emulator, action: str, **fields: Any) -> int:
    """A device that can take an action; answers its id."""
    return emulator.add_device(**{**ROWS[product_of(emulator)][action].able, **fields})


def done(emulator: Emulator) -> list[tuple[int, str, dict[str, Any]]]:
    """What was done to devices, those included that are gone, as the emulator has it: device,
    action, and what was noted."""
    if isinstance(emulator, NeuronsEmulator):
        return [(one["device"], one["action"], one["params"]) for one in emulator.actions()]
    found = []
    for device in emulator.devices("id", "actions"):
        for one in device["actions"]:
            noted = {
                name: value
                for name, value in one.items()
                if name not in ("action", "at") and value is not None
            }
            found.append((device["id"], _EPMM_WORDS.get(one["action"], one["action"]), noted))
    return found


def deeds(emulator: Emulator) -> list[tuple[int, str]]:
    """Which device took which action."""
    return [(device, action) for device, action, _noted in done(emulator)]


def acting(emulator: Emulator) -> list[tuple[str, str]]:
    """Method and path of every request that may have acted. That relinquishing is possible is asked
    by a PUT."""
    return [
        (entry["method"], entry["path"])
        for entry in emulator.requests()
        if entry["acts"] and "checkViability=true" not in entry["query"]
    ]


def run(call: Any, emulator: Emulator, action: str, **options: Any) -> dict[str, Any]:
    """Do an action, with the ``confirm`` of a check of the same task. A failure is a result with
    ``msg``."""
    try:
        plan = call("device_action", emulator, check_mode=True, action=action, **options)
        return call("device_action", emulator, action=action, confirm=plan["confirm"], **options)
    except ModuleFailed as failed:
        return failed.result


def refused(call: Any, emulator: Emulator, action: str, **options: Any) -> str:
    """The sentence with which the task fails."""
    try:
        call("device_action", emulator, action=action, **options)
    except ModuleFailed as failed:
        message = str(failed.result["msg"])
        assert "\n" not in message and "Traceback" not in message, message
        return message
    raise AssertionError("it was not refused")


def outcomes(result: dict[str, Any]) -> dict[str, str]:
    """The outcome of each device of a result."""
    return {entry["id"]: entry["outcome"] for entry in result["devices"]}
