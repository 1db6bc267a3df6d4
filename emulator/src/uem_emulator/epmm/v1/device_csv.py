# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices as CSV. Source: "Device Management", Exporting Device Information to a CSV: the
fields in their order.

How a field is written is not documented: values are those of the JSON, times those of API v1.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from uem_emulator.epmm.v1 import wire
from uem_emulator.epmm.world.details import detail
from uem_emulator.epmm.world.eas import eas_uuid
from uem_emulator.epmm.world.model import STATUS_CODES, Device
from uem_emulator.gdpr import Mask

Column = Callable[[Device], Any]
_BOM = "\ufeff"
#: Format -> what comes first, and how a line ends.
FORMATS = {"plain": ("", "\n"), "crlf": ("", "\r\n"), "bom": (_BOM, "\r\n")}
#: The keys under which platforms tell these.
_CLIENT, _ENCRYPTION = (
    ("client_version", "Client_version"),
    ("prv_device_encryption", "FDE_Enabled", "HardwareEncryptionCaps"),
)


def _yes(value: bool) -> str:
    return "true" if value else "false"


def _first_of(keys: tuple[str, ...]) -> Column:
    return lambda device: next(
        (value for key in keys if (value := detail(device, key)) is not None), None
    )


def _composed(device: Device) -> str:
    return f"{device.user.principal}:{device.platform_name}:{device.phone}"


def _time(pick: Callable[[Device], int | None]) -> Column:
    return lambda device: wire.time_text(pick(device))


COLUMNS: dict[str, Column] = {
    "Operator": lambda d: d.operator,
    "Country": lambda d: d.country,
    "Device UUID": lambda d: d.uuid,
    "Phone Number": lambda d: d.phone,
    "Principal": lambda d: d.user.principal,
    "Name": lambda d: d.name,
    "Platform": lambda d: d.platform_name,
    "Manufacturer": lambda d: d.manufacturer,
    "Model": lambda d: d.model,
    "Email Address": lambda d: d.user.email,
    "Status Code": lambda d: STATUS_CODES[d.status],
    "Employee Owned": lambda d: _yes(d.owner == "EMPLOYEE"),
    "Compliance": lambda d: d.compliance,
    "Quarantine Status": lambda d: d.quarantined,
    "IMSI": lambda d: d.imsi,
    "IMEI": lambda d: d.imei,
    "UDID": lambda d: d.udid,
    "Client Version": _first_of(_CLIENT),
    "MDM Enabled": lambda d: _yes(d.mdm_managed),
    "Serial Number": lambda d: d.serial,
    "Last Connected At": _time(lambda d: d.connected),
    "Active Sync UUID": eas_uuid,
    "Active Sync Last Sync Attempt": _time(lambda d: d.connected if eas_uuid(d) else None),
    "Wi-Fi MAC Address": lambda d: d.mac,
    "Device Encryption": _first_of(_ENCRYPTION),
    "Last MDM Check-In": _time(lambda d: d.connected if d.mdm_managed else None),
    "Last Security State Changed On": _time(lambda d: d.registered),
    "Registered On": _time(lambda d: d.registered),
}


#: What a GDPR profile hides; of Name only what is composed.
_PERSONAL = frozenset(
    ("Phone Number", "Principal", "Email Address", "IMSI", "IMEI", "Serial Number")
)


def write(
    devices: Iterable[Device], form: str, *, composed: bool, mask: Mask | None = None
) -> bytes:
    """Return the table with its header. A line is written once, until its device changes.

    Args:
        devices: The devices, a line each.
        form: One of FORMATS.
        composed: Whether Name is made of user, platform and phone, as in the JSON, instead of being
            what the owner calls the device.
        mask: What is shown instead of a text that a GDPR profile hides; None hides nothing.
    """
    before, ending = FORMATS[form]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=ending)
    writer.writerow(COLUMNS)
    columns = {**COLUMNS, "Name": _composed} if composed else COLUMNS
    for device in devices:
        key = ("csv", composed)
        if key not in device.cache:
            device.cache[key] = [
                "" if (value := column(device)) is None else value for column in columns.values()
            ]
        line = device.cache[key]
        if mask is not None:
            hidden = _PERSONAL | {"Name"} if composed else _PERSONAL
            line = [
                mask(text) if name in hidden and text else text
                for name, text in zip(columns, line, strict=True)
            ]
        writer.writerow(line)
    return (before + buffer.getvalue()).encode()
