# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which role a call of Neurons needs: the paragraph "Authentication" of its section in the vendor's
"Device API Calls". Any one of them will do; a call that is not here needs none.

A Tenant Admin may do everything: the vendor's page "API Basics" has all calls made by one.
"""

from __future__ import annotations

from uem_emulator.routing import Route
from uem_emulator.switches import Switches

ADMIN = "Tenant Admin"
MANAGEMENT = "Device Management"
ACTIONS = "Device Actions"
READ_ONLY = "Device Read Only"
#: All roles that the document names.
ROLES = (ADMIN, MANAGEMENT, ACTIONS, READ_ONLY)

_ADMIN = frozenset((ADMIN,))
_MANAGE = frozenset((ADMIN, MANAGEMENT))
_ACT = frozenset((ADMIN, MANAGEMENT, ACTIONS))
_READ = frozenset((ADMIN, MANAGEMENT, READ_ONLY))
_DEVICE = "/api/v1/device"

# fmt: off
_NEEDED: dict[tuple[str, str], frozenset[str]] = {
    ("GET", _DEVICE): _ADMIN, ("GET", f"{_DEVICE}/{{id}}"): _ADMIN,
    ("PUT", f"{_DEVICE}/updateAccount"): _ADMIN,
    ("GET", f"{_DEVICE}/{{id}}/customattributes"): _READ,
    **{(method, f"{_DEVICE}/{{id}}/customattributes"): _MANAGE for method in ("POST", "PUT", "PATCH", "DELETE")},
    ("DELETE", f"{_DEVICE}/customattributes"): _MANAGE,
    ("GET", f"{_DEVICE}/{{id}}/configs"): _ADMIN,
    ("PUT", f"{_DEVICE}/{{id}}/uninstallconfigs"): _ADMIN, ("DELETE", f"{_DEVICE}/{{id}}/uninstallconfigs"): _ADMIN,
    ("PUT", f"{_DEVICE}/{{id}}/reinstallconfigs"): _ADMIN,
    ("GET", f"{_DEVICE}/{{id}}/policies"): _ADMIN, ("POST", f"{_DEVICE}/compliance/sync"): _ADMIN,
    ("GET", f"{_DEVICE}/{{id}}/certs/search"): _READ,
    ("GET", f"{_DEVICE}/scheduleOSUpdate"): _ADMIN, ("PUT", f"{_DEVICE}/scheduleOSUpdate"): _ACT,
    ("PUT", f"{_DEVICE}/restart"): _ADMIN,
    ("GET", f"{_DEVICE}/forceCheckin"): _ADMIN, ("PUT", f"{_DEVICE}/forceCheckin"): _ACT,
    ("GET", f"{_DEVICE}/wipe"): _ADMIN, ("PUT", f"{_DEVICE}/wipe"): _ADMIN,
    ("GET", f"{_DEVICE}/lock"): _ADMIN, ("PUT", f"{_DEVICE}/lock"): _ACT,
    ("PUT", f"{_DEVICE}/unlock"): _ADMIN,
    ("GET", f"{_DEVICE}/retire"): _ADMIN, ("PUT", f"{_DEVICE}/retire"): _ADMIN,
    ("GET", f"{_DEVICE}/logoutUser"): _ADMIN, ("PUT", f"{_DEVICE}/logoutUser"): _ADMIN,
    ("DELETE", _DEVICE): _ADMIN, ("PUT", f"{_DEVICE}/message"): _ADMIN,
    ("GET", f"{_DEVICE}/enterKioskMode"): _ADMIN, ("PUT", f"{_DEVICE}/enterKioskMode"): _ADMIN,
    ("PUT", f"{_DEVICE}/exitKioskMode"): _ADMIN,
    ("PUT", f"{_DEVICE}/enableLostMode"): _MANAGE,
    ("GET", f"{_DEVICE}/disableLostMode"): _MANAGE, ("PUT", f"{_DEVICE}/disableLostMode"): _MANAGE,
    ("PUT", f"{_DEVICE}/relinquishOwnership"): _MANAGE, ("PUT", f"{_DEVICE}/relinquishOwnershipCancel"): _MANAGE,
    # The list of servers is named in the section of their profiles.
    ("GET", "/api/v1/depServer"): _ADMIN, ("GET", "/api/v1/depServer/{id}/profiles"): _ADMIN,
}
# fmt: on
#: What accounts with fewer rights read in the field: the switch `device_readers`.
_LISTS = frozenset((("GET", _DEVICE), ("GET", f"{_DEVICE}/{{id}}")))


def needed(route: Route, switches: Switches) -> tuple[frozenset[str], ...]:
    """Return groups of roles. A call needs one of each group."""
    call = (route.method, route.path)
    if call in _LISTS and switches["device_readers"] == "device_roles":
        return (frozenset(ROLES),)
    return (_NEEDED[call],) if call in _NEEDED else ()
