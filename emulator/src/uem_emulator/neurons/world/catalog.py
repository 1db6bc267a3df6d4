# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What fleets are made of: platforms, models, systems, people, spaces, groups, attributes. Data
only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Model:
    """`model` is what the device says of itself, `pretty` what the console shows, `name` what its
    owner sees."""

    model: str
    pretty: str
    name: str
    maker: str
    storage_gb: tuple[int, ...]
    cellular: bool = False


@dataclass(frozen=True)
class Platform:
    """One platform: its share of the fleet, models, systems (version, build), and the fields all
    its devices share.

    `systems` are newest first; the first ones are the commonest.
    """

    key: str
    weight: int
    models: tuple[Model, ...]
    systems: tuple[tuple[str, str], ...]
    fields: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)


_APPLE = "Apple Inc."
_UNKNOWN_CELLULAR = "device__p_cellular_technology"  # an untranslated key: recorded answers and the vendor's examples

# fmt: off
IOS = Platform(
    "IOS", 43,
    (
        Model("iPhone15,4", "iPhone 15", "iPhone", _APPLE, (128, 256), True),
        Model("iPhone16,1", "iPhone 15 Pro", "iPhone", _APPLE, (128, 256, 512), True),
        Model("iPhone14,7", "iPhone 14", "iPhone", _APPLE, (128, 256), True),
        Model("iPhone14,6", "iPhone SE 3rd gen", "iPhone", _APPLE, (64, 128), True),
        Model("iPhone12,1", "iPhone 11", "iPhone", _APPLE, (64, 128), True),
        Model("iPhone17,3", "iPhone 16", "iPhone", _APPLE, (128, 256), True),
        Model("iPad13,18", "iPad 10th gen", "iPad", _APPLE, (64, 256)),
        Model("iPad12,1", "iPad 9th gen", "iPad", _APPLE, (64, 256)),
        Model("iPad14,1", "iPad Mini 6th gen", "iPad", _APPLE, (64, 256), True),
        Model("iPad13,4", "iPad Pro 11in 3rd gen", "iPad", _APPLE, (128, 256, 512), True),
    ),
    (("18.6.2", "22G100"), ("18.5", "22F76"), ("17.7.10", "21H450"), ("18.4.1", "22E252"), ("16.7.11", "20H360"),
     ("15.8.4", "19H390")),
    {"supportLockMessage": True, "supervised": False, "passcodeCompliant": True, "passcodeCompliantWithProfiles": True,
     "cellularTechnology": _UNKNOWN_CELLULAR, "imsi": None},
    {"apnsCapable": True, "itunesAccountActive": True, "cloudBackupEnabled": True},
)
ANDROID = Platform(
    "ANDROID", 34,
    (
        Model("SM-A546B", "Galaxy A54 5G", "Galaxy A54", "samsung", (128, 256), True),
        Model("SM-S921B", "Galaxy S24", "Galaxy S24", "samsung", (128, 256), True),
        Model("SM-G736B", "Galaxy XCover6 Pro", "XCover6 Pro", "samsung", (128,), True),
        Model("SM-X306B", "Galaxy Tab Active5", "Tab Active5", "samsung", (128,), True),
        Model("Pixel 8", "Pixel 8", "Pixel 8", "Google", (128, 256), True),
        Model("Pixel 7a", "Pixel 7a", "Pixel 7a", "Google", (128,), True),
        Model("TC58", "TC58", "TC58", "Zebra Technologies", (64, 128), True),
        Model("moto g84 5G", "moto g84 5G", "moto g84", "motorola", (256,), True),
        Model("Nokia XR21", "Nokia XR21", "Nokia XR21", "HMD Global", (128,), True),
    ),
    (("15.0", "AP3A.240905.015"), ("14.0", "UP1A.231005.007"), ("13.0", "TP1A.220624.014"),
     ("12.0", "SP1A.210812.016")),
    {"supervised": None, "udid": None, "multiUser": None, "lostModeEnabled": None, "passcodeCompliant": None,
     "passcodeCompliantWithProfiles": True, "cellularTechnology": _UNKNOWN_CELLULAR, "meid": "",
     "secureAppsStatus": "FALSE",
     "secureAppsEncryptionStatus": "FALSE", "secureAppsEncryptionMode": "NONE", "clientVersion": "95.0.0.11",
     "fcmEnabled": True, "currentMcc": "0", "currentMnc": "0", "subscriberMcc": "0", "subscriberMnc": "0",
     "phoneNumber": "", "iccid": "", "imei": "", "imsi": "", "locale": "en_US"},
    {"androidWorkCapable": True},
)
MACOS = Platform(
    "OSX", 12,
    (
        Model("Mac14,2", "MacBook Air (M2, 2022)", "MacBook Air", _APPLE, (256, 512)),
        Model("Mac15,3", "MacBook Pro (14-inch, M3)", "MacBook Pro", _APPLE, (512, 1024)),
        Model("MacBookPro17,1", "MacBook Pro (13-inch, M1)", "MacBook Pro", _APPLE, (256, 512)),
        Model("Mac14,3", "Mac mini (M2)", "Mac mini", _APPLE, (256, 512)),
        Model("iMac21,1", "iMac (24-inch, M1)", "iMac", _APPLE, (256, 512)),
    ),
    (("15.6.1", "24G90"), ("14.7.8", "23H730"), ("15.5", "24F74"), ("13.7.8", "22H730")),
    {"supportLockMessage": True, "imsi": "Not Present", "cellularTechnology": "",
     "subscriberCarrierNetwork": "UNKNOWN"},
    {"apnsCapable": True, "osxFdeEnabled": True, "osxFdeHasPersonalRecoveryKey": True,
     "osxSystemIntegrityProtectionEnabled": True},
)
#: Windows desktops call themselves WINDOWS_PHONE and have no serial number in the list: recorded.
WINDOWS = Platform(
    "WINDOWS_PHONE", 11,
    (
        Model("Latitude 5440", "Latitude 5440", "LT", "Dell Inc.", (256, 512)),
        Model("21HMCTO1WW", "ThinkPad T14 Gen 4", "LT", "LENOVO", (512,)),
        Model("HP EliteBook 840 14 inch G10", "HP EliteBook 840 G10", "LT", "HP", (256, 512)),
        Model("Surface Pro 9", "Surface Pro 9", "SP", "Microsoft Corporation", (256,)),
    ),
    (("10.0.22631.4751", "22631.4751"), ("10.0.26100.3194", "26100.3194"), ("10.0.19045.5487", "19045.5487")),
    {"windowsDeviceType": "WINDOWS_DESKTOP", "udid": None, "supervised": None, "passcodeCompliant": None,
     "passcodeCompliantWithProfiles": None, "cellularTechnology": "", "imsi": "Not Present",
     "clientVersion": "10.0.1.7",
     "tpmSpecificationVersion": "2.0"},
    {"windowsEncrypted": True, "osPlatform": "Windows 11", "osEdition": "Enterprise",
     "deviceFamily": "Windows.Desktop"},
)
# fmt: on
PLATFORMS = (IOS, ANDROID, MACOS, WINDOWS)

CARRIERS = ("UNKNOWN", "Verizon", "AT&T", "T-Mobile", "Vodafone.de", "EE", "ドコモ", "Orange F")
MAC_PREFIXES = {
    "IOS": "60:8c:4a",
    "ANDROID": "40:4e:36",
    "OSX": "a4:83:e7",
    "WINDOWS_PHONE": "f8:e4:3b",
}

#: (name, share of the fleet). The first is the default space.
SPACES = (("Default Space", 70), ("EMEA", 20), ("Retail & Kiosk", 10))

# fmt: off
POLICIES = ("Passcode Required", "OS Version Out Of Date", "Out of Contact ", "Compromised Devices",
            "MI Client Out of Date",
            "Disallowed Apps")

#: Name -> (description, rule type). What violatedPolicies may name, then two which no device of a fleet breaks. Names and
#: types of the first two and of the last two are those of the vendor's example, with the blank at the end of one.
POLICY_RULES = {
    "Compromised Devices": ("Checks for devices which are compromised.", "COMPROMISED"),
    "Out of Contact ": ("Checks for devices which have been out of contact for the specified time.", "OUT_OF_CONTACT"),
    "Passcode Required": ("Checks for devices without a passcode.", "PASSCODE"),
    "OS Version Out Of Date": ("", "OS_VERSION"),
    "MI Client Out of Date": (None, "CLIENT_VERSION"),
    "Disallowed Apps": ("Apps which are on the list / not allowed.", "APP_CONTROL"),
    "MDM / Device Administration Disabled": (
        "Checks for devices which do not have MDM/Device Administration Enabled.", "MDM_DISABLED"),
    "International Roaming Devices": ("Checks for devices which are currently roaming.", "ROAMING"),
}
# fmt: on

#: The platforms of Apple, and others.
_APPLES = ("IOS", "OSX")
#: Id, name, description, type, platforms (none: all), priority, the space by its place (None: shared with all), status of a
#: device which has it. Types: the vendor's examples, the rest believable. Clients in the field know INSTALLED and ACTIVE.
# fmt: off
CONFIGURATIONS: tuple[tuple[int, str, str | None, str, tuple[str, ...], int, int | None, str], ...] = (
    (61001, "Passcode Config", "Corporate device passcode config", "PASSCODE", (), 1, None, "INSTALLED"),
    (61002, "Identity for the App Catalog", "The Identity used by this device to access the iOS App Catalog securely.",
     "IDENTITY_CERTIFICATE_DG", ("IOS",), 1, None, "INSTALLED"),
    (61003, "Corp Wifi", "WiFi for the offices", "WIFI", (), 1, None, "INSTALLED"),
    (61004, "Corp Wifi", "WiFi for the offices, the second of this name", "WIFI", ("IOS",), 2, None, "INSTALLED"),
    (61005, "Exchange", "", "EXCHANGE", ("IOS", "ANDROID"), 2, None, "INSTALLED"),
    (61006, "App Catalog", "Access the iOS App Catalog via this Web Clip.", "WEBCLIP", ("IOS",), 1, None, "INSTALLED"),
    (61007, "Corporate SSL", None, "VPN", ("IOS", "ANDROID", "OSX"), 1, None, "INSTALLED"),
    (61008, "Zürich / 東京 VPN", "A slash, and more than Latin", "VPN", _APPLES, 3, None, "INSTALLED"),
    (61009, "{{ user.name }} home page", None, "WEBCLIP", ("IOS", "ANDROID"), 2, None, "INSTALLED"),
    (42501, "Privacy", "What is collected", "PRIVACY", (), 1, None, "ACTIVE"),
    (61010, "FileVault", "Encrypts the disk", "FILEVAULT", ("OSX",), 1, None, "INSTALLED"),
    (61011, "Defender", None, "WINDOWS_DEFENDER", ("WINDOWS_PHONE",), 1, None, "INSTALLED"),
    (61012, "Lockdown & Kiosk", "Of the default space", "LOCKDOWN", ("ANDROID",), 1, 0, "ACTIVE"),
    (61013, "EMEA proxy", "Of a space of its own", "GLOBAL_HTTP_PROXY", (), 1, 1, "INSTALLED"),
)
# fmt: on
#: Statuses in which configurations get stuck. Names: guessed; clients in the field take for stuck what is neither INSTALLED nor
#: ACTIVE nor UNINSTALLED.
STUCK = ("PENDING_INSTALL", "ERROR", "PENDING_UNINSTALL", "INSTALL_FAILED")

#: Users without a device: id, uid, address, first and last name, and what else is not as usual. Two have one address.
# fmt: off
SPARE_ACCOUNTS: tuple[tuple[int, str, str | None, str, str, dict[str, Any]], ...] = (
    (10500001, "warehouse@example.com", "warehouse@example.com", "Ware", "House", {}),
    (10500002, "loaner.pool", None, "Loaner", "Pool", {}),
    (10500003, "front.desk@example.com", "shared@example.com", "Front", "Desk", {}),
    (10500004, "back.office@example.com", "shared@example.com", "Back", "Office", {"source": "LDAP"}),
    (10500005, "left@example.com", "left@example.com", "Left", "Behind", {"enabled": False}),
    (10500006, "o'hara@example.com", "o'hara@example.com", "Scarlett", "O'Hara", {"source": "AAD"}),
    (10500007, "tpl@example.com", "tpl@example.com", "{{ 7*7 }}", "日本", {"invite": "Pending", "pin": "483920"}),
)

STATES = (("ACTIVE", 940), ("RETIRED", 22), ("RETIRE_PENDING", 10), ("RETIRE_SENT", 6), ("WIPED", 10),
          ("WIPE_PENDING", 6),
          ("WIPE_SENT", 4), ("RETIRE_CANCELED", 2))

#: (type, name, numeric). A numeric attribute is written with `_#` after its name (vendor's document).
DEFINITIONS = (
    ("DEVICE", "cityid", False), ("DEVICE", "costcenter", False), ("DEVICE", "assettag", False),
    ("DEVICE", "carrier", False),
    ("DEVICE", "owner", False), ("DEVICE", "project", False), ("DEVICE", "site", False),
    ("DEVICE", "environment", False),
    ("DEVICE", "floor_#", True), ("DEVICE", "leasemonths_#", True),
    ("ACCOUNT", "employeetype", False), ("ACCOUNT", "badge_#", True),
    ("LDAP", "department", False), ("LDAP", "rollnumber", False), ("LDAP", "l", False),
    ("AAD", "jobtitle", False), ("AAD", "officelocation", False),
)

#: (name, description, system name, definition). Without the last: all when it has a system name, else static.
DEVICE_GROUPS = (
    ("All Devices", "Targets any type of device.", "ALL_DEVICES", None),
    ("iOS Devices", "Targets all iOS devices", "IOS_DEVICES", "PLATFORMTYPE EQ 'IOS'"),
    ("Android Devices", "Targets all Android devices", "ANDROID_DEVICES", "PLATFORMTYPE EQ 'ANDROID'"),
    ("macOS Devices", "Targets all macOS devices", "OSX_DEVICES", "PLATFORMTYPE EQ 'OSX'"),
    ("Windows Devices", "Targets all Windows devices", "WINDOWS_DEVICES", "PLATFORMTYPE EQ 'WINDOWS_PHONE'"),
    ("Not compliant", None, None, "COMPLIANCESTATE EQ 'false' OR JAILBROKEN EQ 'true'"),
    ("San Francisco office", "By city", None, "CFDEVICE[cityid] EQ 'SF'"),
    ("Sales people", None, None, "ACCOUNTGROUP EQ 'Sales'"),
    ("Pilot", "Chosen by hand", None, None),
    ("Loaners {{ pool }}", "Chosen by hand", None, None),
)
# fmt: on
