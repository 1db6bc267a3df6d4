# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which action a device can take, and the reasons why not.

Source: "Device API Calls". Known from it: what is for iOS or Android only, what is for supervised
devices, that a device is deleted when it is neither ACTIVE nor WIPE_PENDING, that relinquishing is
for company-owned devices with a work profile, that lost mode ends where it is on, and the code
PLATFORM_NOT_SUPPORTED. The rest is the emulator's: believable, and guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from uem_emulator.neurons.world.model import Device
from uem_emulator.switches import Switches

PLATFORM = "PLATFORM_NOT_SUPPORTED"
#: kioskState: the document's three values.
UNCONFIGURED, OUT_OF_KIOSK, IN_KIOSK = "NOT_CONFIGURED", "INACTIVE", "ACTIVE"
#: A canceled retirement or wipe leaves a device as it was.
ALIVE = frozenset(("ACTIVE", "RETIRE_CANCELED", "WIPE_CANCELED"))
#: The position of the switch delete_states -> whether a device of that state can be deleted.
_DELETABLE: dict[str, Callable[[str], bool]] = {
    "document": lambda state: state not in ("ACTIVE", "WIPE_PENDING"),
    "admin_guide": lambda state: state in ("RETIRED", "RETIRE_PENDING", "WIPED", "WIPE_PENDING"),
}
Test = Callable[[Device, Switches], bool]


@dataclass(frozen=True)
class Need:
    """What a device must be. `code` is the reason when it is not."""

    code: str
    met: Test


def state(device: Device) -> str:
    """Return the registration state of a device."""
    return str(device.value("registrationState"))


def _platform(*names: str) -> Need:
    return Need(PLATFORM, lambda device, switches: device.value("platformType") in names)


def _field(code: str, name: str, wanted: object = True) -> Need:
    """A field which holds a value; null is no."""
    return Need(code, lambda device, switches: device.value(name) == wanted)


def _kiosk_configured(device: Device, switches: Switches) -> bool:
    return (
        switches["kiosk_unconfigured"] == "eligible" or device.value("kioskState") != UNCONFIGURED
    )


_IOS, _ANDROID = _platform("IOS"), _platform("ANDROID")
_ALIVE = Need("DEVICE_NOT_ACTIVE", lambda device, switches: state(device) in ALIVE)
_SUPERVISED = _field("DEVICE_NOT_SUPERVISED", "supervised")

# fmt: off
NEEDS: dict[str, tuple[Need, ...]] = {
    "os_update": (_IOS, _ALIVE, _SUPERVISED),
    "restart": (_IOS, _ALIVE, _SUPERVISED),
    "force_checkin": (_ALIVE,),
    "wipe": (_ALIVE, Need("USER_ENROLLED", lambda device, switches: not device.value("userEnrolled")),
             Need("MAM_ONLY", lambda device, switches: not device.value("mamOnly"))),
    "lock": (_platform("IOS", "ANDROID", "OSX"), _ALIVE),
    "unlock": (_platform("IOS", "ANDROID"), _ALIVE),
    "retire": (Need("DEVICE_NOT_ACTIVE", lambda device, switches: state(device) in ALIVE | {"WIPED"}),),
    "logout_user": (_IOS, _ALIVE, _field("DEVICE_NOT_SHARED", "multiUser")),
    "delete": (Need("DEVICE_NOT_RETIRED", lambda device, switches: _DELETABLE[str(switches["delete_states"])](state(device))),),
    "message": (_ALIVE,),
    "enter_kiosk": (_ANDROID, _ALIVE, _field("DEVICE_OWNER_MODE_REQUIRED", "androidDeviceOwnerModeEnabled"),
                    Need("KIOSK_NOT_CONFIGURED", _kiosk_configured)),
    "exit_kiosk": (_ANDROID, _ALIVE, _field("KIOSK_MODE_NOT_ENABLED", "kioskState", IN_KIOSK)),
    "enable_lost_mode": (_IOS, _ALIVE, _SUPERVISED),
    "disable_lost_mode": (_IOS, _ALIVE, _field("LOST_MODE_NOT_ENABLED", "lostModeEnabled")),
    "relinquish": (_ANDROID, _ALIVE, _field("DEVICE_NOT_COMPANY_OWNED", "ownershipType", "COMPANY"),
                   _field("WORK_PROFILE_MISSING", "androidWorkDeviceOwnerWithWorkProfileEnabled")),
    "cancel_relinquish": (_ANDROID,),
}
# fmt: on


def reasons(device: Device, action: str, switches: Switches) -> list[str]:
    """Return the codes of all needs which a device does not meet, none where it can take the
    action. A device of the wrong platform has only that reason."""
    found = [need.code for need in NEEDS[action] if not need.met(device, switches)]
    return [PLATFORM] if PLATFORM in found else found
