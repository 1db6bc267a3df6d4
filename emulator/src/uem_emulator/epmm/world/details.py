# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key-value pairs which a device reports of itself, made from what the world knows of it.

Keys and forms of values: vendor document "Device Management", "Android Details Key-Value
Descriptions" and "iOS Details Key-Value Descriptions". What the document does not list (macOS,
Windows, `security_patch` and its like) is made up in their manner. What has no source in the world
varies with the device's number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from uem_emulator.epmm.world.model import Device

Maker = Callable[[Device], str | None]

_SDK = {"15.0": "35", "14.0": "34", "13.0": "33", "12.0": "31", "11.0": "30"}
_GIB = 1 << 30


def _yes(value: bool) -> str:
    return "true" if value else "false"


def _fixed(text: str) -> Maker:
    return lambda device: text


def _colons(device: Device) -> str | None:
    return device.mac and ":".join(device.mac[i : i + 2] for i in range(0, 12, 2))


def _capacity(device: Device) -> int:
    return (64, 128, 256)[device.id % 3]


def _free(device: Device) -> int:
    return _capacity(device) * (device.id * 7919 % 100) // 100


def _cellular(text: str) -> Maker:
    return lambda device: text if device.imei else None


# fmt: off
_SHARED: dict[str, Maker] = {
    "client_name": _fixed("com.mobileiron"), "device_manufacturer": lambda d: d.manufacturer,
    "imei": lambda d: d.imei, "imsi": lambda d: d.imsi, "ip_address": lambda d: d.ip_address, "locale": lambda d: d.locale,
}
# fmt: on

ANDROID: dict[str, Maker] = {
    **_SHARED,
    "admin_activated": lambda d: _yes(not d.compliance & 0x800),
    "afw_capable": _fixed("true"),
    "attestation": lambda d: "FAILED" if d.compliance & 0x10000 else "PASSED",
    "battery_life": lambda d: str(d.id * 37 % 100 + 1),
    "brand": lambda d: d.manufacturer.lower(),
    "client_version": _fixed("12.3.0.4"),
    "codename": _fixed("REL"),
    "country_code": _cellular("310"),
    "current_mobile_number": lambda d: d.phone if d.phone.isdigit() else None,
    "current_operator_name": lambda d: d.operator if d.imei else None,
    "device": lambda d: d.product.lower(),
    "device_id": lambda d: d.uuid.replace("-", "")[:16],
    "device_model": lambda d: d.model,
    "device_roaming_flag": _cellular("off"),
    "device_type": _cellular("GSM"),
    "display_size": _fixed("2400X1080"),
    "free_ram_size_bytes": lambda d: str(d.id * 104729 % (2 * _GIB)),
    "free_storage_size_bytes": lambda d: str(_free(d) * _GIB),
    "home_operator": lambda d: f"{d.operator}::310004" if d.imei else None,
    "incremental": lambda d: d.build,
    "mdm_enabled": lambda d: _yes(d.status == "ACTIVE"),
    "multi_mdm": _fixed("false"),
    "os_version": lambda d: _SDK.get(d.os_version, "29"),
    "platform_name": lambda d: d.os_version,
    "processor_architecture": _fixed("arm64-v8a"),
    "prv_camera": _fixed("ON"),
    "prv_device_encryption": lambda d: "off" if d.compliance & 0x8 else "on",
    "prv_password": lambda d: "OFF" if d.compliance & 0x8 else "ON",
    "regUuid": lambda d: d.uuid.replace("-", "")[:16],
    "security_patch": lambda d: f"2025-{d.id % 9 + 1:02d}-01",
    "security_state": lambda d: "Compromised" if d.compromised else "Ok",
    "SerialNumber": lambda d: d.serial,
    "total_ram_size_bytes": _fixed(str(4 * _GIB)),
    "total_storage_size_bytes": lambda d: str(_capacity(d) * _GIB),
    "usb_debugging": lambda d: "ON" if d.id % 50 == 0 else "OFF",
    "wifi_mac_addr": lambda d: d.mac,
}

_APPLE: dict[str, Maker] = {
    **_SHARED,
    "AvailableDeviceCapacity": lambda d: f"{_free(d) * 0.931322574615478:.12f}",
    "Battery Level": lambda d: f"{(d.id * 37 % 100 + 1) / 100:.2f}",
    "BluetoothMAC": lambda d: d.mac and d.mac.upper()[:-1] + "7",
    "BuildVersion": lambda d: d.build,
    "DeviceCapacity": lambda d: f"{_capacity(d) * 0.931322574615478:.12f}",
    "DeviceCompromised": lambda d: _yes(d.compromised),
    "DeviceName": lambda d: d.name,
    "HardwareEncryptionCaps": _fixed("3"),
    "Model": lambda d: f"M{d.id % 100000:05d}LL/A",
    "ModelName": lambda d: d.model.split()[0],
    "OSVersion": lambda d: d.os_version,
    "PasscodePresent": _fixed("true"),
    "PasscodeIsCompliant": lambda d: _yes(not d.compliance & 0x8),
    "ProductName": lambda d: d.product,
    "SerialNumber": lambda d: d.serial,
    "WiFiMAC": lambda d: d.mac and d.mac.upper(),
    "security_state": lambda d: "0" if d.compromised else "1",
}

IOS: dict[str, Maker] = {
    **_APPLE,
    "battery_life": lambda d: str(d.id * 37 % 100 + 1),
    "CellularTechnology": _cellular("GSM"),
    "Client_version": _fixed("12.11.101"),
    "Current MCC": _cellular("310"),
    "Current MNC": _cellular("00"),
    "DataRoamingEnabled": _cellular("false"),
    "device_model": lambda d: d.model,
    "iPhone ICCID": lambda d: d.imei and f"8949 2260 {d.id:012d}",
    "iPhone MAC_ADDRESS_EN0": _colons,
    "iPhone PRODUCT": lambda d: d.model,
    "iPhone UDID": lambda d: d.udid,
    "iPhone VERSION": lambda d: d.build,
    "mobile_number": lambda d: d.phone if d.phone.isdigit() else "(null)",
    "ModemFirmwareVersion": _cellular("05.16.05"),
    "os_version": lambda d: f"iPhone OS {d.os_version} ({d.build})",
    "platform_name": _fixed("iPhone"),
    "platform_type": lambda d: "iPad" if "iPad" in d.model else "iPhone",
    "processor_architecture": _fixed("ARM"),
    "Subscriber Carrier Network": lambda d: d.operator if d.imei else None,
    "Voice Roaming Enabled": _cellular("true"),
}

MACOS: dict[str, Maker] = {
    **_APPLE,
    "FDE_Enabled": lambda d: _yes(not d.compliance & 0x8),
    "IsActivationLockManageable": _fixed("true"),
    "UDID": lambda d: d.udid,
    "os_version": lambda d: d.os_version,
    "platform_name": _fixed("macOS"),
}

WINDOWS: dict[str, Maker] = {
    **_SHARED,
    "device_model": lambda d: d.model,
    "DeviceName": lambda d: d.name,
    "device_id": lambda d: d.uuid.replace("-", ""),
    "encryption_compliance": lambda d: "0" if d.compliance & 0x8 else "1",
    "os_edition": _fixed("Enterprise"),
    "os_version": lambda d: d.build,
    "platform_name": lambda d: f"Windows {d.os_version}",
    "SerialNumber": lambda d: d.serial,
    "total_storage_size_bytes": lambda d: str(_capacity(d) * _GIB),
    "wifi_mac_addr": lambda d: d.mac,
}

#: Platform -> the makers of its pairs.
DETAILS: Mapping[str, Mapping[str, Maker]] = {
    "Android": ANDROID,
    "iOS": IOS,
    "macOS": MACOS,
    "Windows": WINDOWS,
}


def detail(device: Device, key: str) -> str | None:
    """Return the value of one pair; None where the device does not report it."""
    if device.status == "VERIFICATION_PENDING":
        return None
    if key in device.details:
        return device.details[key]
    maker = DETAILS[device.platform].get(key)
    return maker(device) if maker else None


#: Keys which no document has.
_UNDOCUMENTED = (
    "afw_capable",
    "attestation",
    "security_patch",
    "FDE_Enabled",
    "IsActivationLockManageable",
    "encryption_compliance",
    "os_edition",
)


def details(device: Device, *, undocumented: bool = True) -> dict[str, str]:
    """Return all pairs in the order of the keys; none while the registration is pending ("the
    details section is empty").

    Args:
        device: The device.
        undocumented: Whether keys which no document has are there unless they were set.
    """
    if device.status == "VERIFICATION_PENDING":
        return {}
    found: dict[str, str | None] = {
        key: maker(device) for key, maker in DETAILS[device.platform].items()
    }
    if not undocumented:
        for key in _UNDOCUMENTED:
            found.pop(key, None)
    found.update(device.details)
    return {key: found[key] or "" for key in sorted(found, key=str.lower) if found[key] is not None}
