# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices for each action of Neurons, and the calls themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from .client import Api, Reply

FORM = "application/x-www-form-urlencoded"
DEVICE = "/api/v1/device"
NOBODY = 999_999_999
SUPERVISED = {"platformType": "IOS", "supervised": True}
KIOSK = {"platformType": "ANDROID", "androidDeviceOwnerModeEnabled": True, "kioskState": "INACTIVE"}
OWNED = {
    "platformType": "ANDROID",
    "ownershipType": "COMPANY",
    "androidWorkDeviceOwnerWithWorkProfileEnabled": True,
}


@dataclass(frozen=True)
class Row:
    """An action as the vendor's document has it: its path and parameters, a device which can take
    it. `check`: whether GET checks viability, `timed`: whether the answer then has a queryTime.
    `noted`: the parameters in the device's list of actions."""

    action: str
    path: str
    able: dict[str, Any]
    given: dict[str, str] = field(default_factory=dict)
    check: bool = False
    timed: bool = True
    noted: dict[str, Any] = field(default_factory=dict)
    method: str = "PUT"
    ids: str = "ids"


# fmt: off
ROWS = (
    Row("os_update", f"{DEVICE}/scheduleOSUpdate", SUPERVISED, {"version": "99.5"}, check=True, noted={"version": "99.5"}),
    Row("restart", f"{DEVICE}/restart", SUPERVISED),
    Row("force_checkin", f"{DEVICE}/forceCheckin", {"platformType": "OSX"}, check=True),
    Row("wipe", f"{DEVICE}/wipe", {"platformType": "IOS"},
        {"iosDisallowProximitySetup": "true", "iosPreserveDataPlan": "true", "message": "Decommissioning"}, check=True,
        noted={"iosDisallowProximitySetup": True, "iosPreserveDataPlan": True, "message": "Decommissioning"}),
    Row("lock", f"{DEVICE}/lock", {"platformType": "ANDROID"}, check=True),
    Row("unlock", f"{DEVICE}/unlock", {"platformType": "ANDROID"}, {"deviceUnlockPin": "123ab400"}, noted={"pin_given": True}),
    Row("retire", f"{DEVICE}/retire", {"platformType": "WINDOWS_PHONE"}, check=True),
    Row("logout_user", f"{DEVICE}/logoutUser", {**SUPERVISED, "multiUser": True}, check=True, timed=False),
    Row("delete", DEVICE, {"registrationState": "RETIRED"}, method="DELETE", ids="deviceIds"),
    Row("enter_kiosk", f"{DEVICE}/enterKioskMode", KIOSK, check=True),
    Row("exit_kiosk", f"{DEVICE}/exitKioskMode", {**KIOSK, "kioskState": "ACTIVE"}),
    Row("enable_lost_mode", f"{DEVICE}/enableLostMode", SUPERVISED,
        {"message": "This device has been lost. Please call the number below.", "phoneNumber": "555-555-5555",
         "changeFootnote": "true", "footnote": "Lost Phone"},
        noted={"message": "This device has been lost. Please call the number below.", "phoneNumber": "555-555-5555",
               "footnote": "Lost Phone"}),
    Row("disable_lost_mode", f"{DEVICE}/disableLostMode", {**SUPERVISED, "lostModeEnabled": True}, check=True, timed=False),
    Row("relinquish", f"{DEVICE}/relinquishOwnership", OWNED),
)
# fmt: on
CANCEL = Row("cancel_relinquish", f"{DEVICE}/relinquishOwnershipCancel", OWNED)
BY_ACTION = {row.action: row for row in ROWS}
CHECKED = tuple(row for row in ROWS if row.check)


def name(row: Row) -> str:
    return row.action


def send(api: Api, row: Row, *keys: Any, **given: str) -> Reply:
    """As the document has it: the ids joined by commas and the parameters in a form, or in the
    query of a DELETE."""
    pairs = urlencode({row.ids: ",".join(map(str, keys)), **row.given, **given})
    if row.method == "DELETE":
        return api.call("DELETE", f"{row.path}?{pairs}")
    return api.call(row.method, row.path, pairs.encode(), Content_Type=FORM)


def check(api: Api, row: Row, *keys: Any, **given: str) -> Reply:
    return api.get(row.path, **{"checkViability": "true", "ids": ",".join(map(str, keys)), **given})


def put(api: Api, path: str, pairs: Any, **headers: str) -> Reply:
    """A form."""
    return api.call(
        "PUT",
        f"{DEVICE}/{path}",
        urlencode(pairs, doseq=True).encode(),
        **{"Content_Type": FORM, **headers},
    )
