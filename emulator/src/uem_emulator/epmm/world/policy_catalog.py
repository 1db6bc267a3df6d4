# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies a new world has, with their rules.

Types and possible values of the rules: "MobileIron Core V1 Web Service", section "Policy Rules"
(security, lockdown, sync and privacy tables). There, `clientValue` is deprecated but present. The
ids of the defaults are negative; of them only -2, the Default Privacy Policy, is documented there;
"Get Profiles for a Device" has -3, the Default Security Policy.
"""

from __future__ import annotations

from dataclasses import dataclass

TYPES = ("SECURITY", "PRIVACY", "LOCKDOWN", "SYNC")


@dataclass(frozen=True)
class Rule:
    """`value` None: the element is left out. `resources` are (name, resourceType, value), and stand
    instead of a value."""

    type: str
    value: str | None = None
    resources: tuple[tuple[str, str, str], ...] = ()

    @property
    def client_value(self) -> str | None:
        """Deprecated. The document shows 840 for a heartbeat of 14 minutes."""
        if self.type == "SYNC_HEARTBEAT_INTERVAL" and self.value is not None:
            return str(int(self.value) * 60)
        return self.value


@dataclass(frozen=True)
class Draft:
    """A policy before it is in a world. `overrides` change the rules of its type's default;
    `labels` are names of labels which it is applied to where the world has them."""

    id: int
    name: str
    profile_type: str
    description: str
    overrides: tuple[tuple[str, str | None], ...] = ()
    labels: tuple[str, ...] = ()
    active: bool = True

    @property
    def default(self) -> bool:
        """Whether it reaches all active devices, whatever their labels."""
        return self.id < 0

    def rules(self) -> tuple[Rule, ...]:
        """The rules of the type's default policy, with the overrides in their places."""
        changed = dict(self.overrides)
        return tuple(
            Rule(rule.type, changed.get(rule.type, rule.value), rule.resources)
            for rule in _RULES[self.profile_type]
        )


def _table(text: str, *others: Rule) -> tuple[Rule, ...]:
    """Lines of `TYPE value`; the value may hold blanks, be missing, or be empty (`""`). Sorted by
    type, as the document lists them."""
    rows = [line.strip().partition(" ") for line in text.strip().splitlines()]
    plain = (Rule(name, value.strip('"') if blank else None) for name, blank, value in rows)
    return tuple(sorted((*plain, *others), key=lambda rule: rule.type))


# fmt: off
_RULES: dict[str, tuple[Rule, ...]] = {
    "SECURITY": _table(
        """
        EAS_BLOCK_ANDROID_DATA_ENC false
        EAS_BLOCK_ANDROID_DEVICE_ADMIN_DEACTIVE true
        EAS_BLOCK_ANDROID_OS 12.0
        EAS_BLOCK_ANDROID_ROOTED true
        EAS_BLOCK_IOS_DEVICE_MDM_DEACTIVE true
        EAS_BLOCK_IPHONE_DATA_ENC false
        EAS_BLOCK_IPHONE_HW false
        EAS_BLOCK_IPHONE_JAILBROKEN true
        EAS_BLOCK_IPHONE_OS 16.0
        EAS_BLOCK_OOC_DAYS 30
        EAS_BLOCK_POLICY_DAYS 7
        SEC_NCA_ANDROID_DATA_ENC 0
        SEC_NCA_ANDROID_DEVICE_ADMIN_DEACTIVE 1
        SEC_NCA_ANDROID_ROOTED 1
        SEC_NCA_ANDROID_SW 1
        SEC_NCA_APP_CONTROL
        SEC_NCA_IOS_DATA_ENC 0
        SEC_NCA_IOS_HW 0
        SEC_NCA_IOS_JAILBROKEN 1
        SEC_NCA_IOS_MDM_DEACTIVE 1
        SEC_NCA_IOS_SW 1
        SEC_NCA_OOC_DAYS 1
        SEC_NCA_POLICY_DAYS 0
        SECURITY_AV_BLOCK_DEVICES off
        SECURITY_BLACK_WHITE_BMW_ACLS ""
        SECURITY_BLACK_WHITE_BMW_OPTION BLACK
        SECURITY_ENCRYPT_DEVICE on
        SECURITY_ENCRYPT_SDCARD off
        SECURITY_GRACE_PERIOD 0
        SECURITY_INACTIVITY_TIMEOUT 15 minutes
        SECURITY_MANDATORY_BMW_ACLS ""
        SECURITY_PWD_HISTORY 4
        SECURITY_PWD_LENGTH 6
        SECURITY_PWD_MAX_AGE 0
        SECURITY_PWD_MAX_FAILED_ATTEMPTS 10
        SECURITY_PWD_MIN_COMPLEX_CHAR 0
        SECURITY_PWD_TYPE simple,alphanumeric
        SECURITY_QUARANTINE_DEVICES off
        SECURITY_REQUIRE_PWD on
        SECURITY_REQUIRE_VPN off
        SECURITY_VPN_PROFILE
        SECURITY_WIPE 0
        """,
        Rule("SECURITY_ENCRYPT_DATA_TYPE", resources=(
            ("Email", "Email", "on"), ("PIM", "PIM", "on"), ("MY_DOCUMENTS", "MY_DOCUMENTS", "off"))),
        Rule("SECURITY_ENCRYPT_FILE_TYPE", resources=(
            ("doc", "doc", "on"), ("xls", "xls", "on"), ("pdf", "pdf", "on"), ("txt", "txt", "off"),
            ("MEDIA_FILES", "MEDIA_FILES", "off"), ("OTHER_FILE_TYPES", "OTHER_FILE_TYPES", "odt ods")))),
    "LOCKDOWN": _table(
        """
        LOCKDOWN_BLUETOOTH on
        LOCKDOWN_CAMERA on
        LOCKDOWN_IRDA on
        LOCKDOWN_SDCARD on
        LOCKDOWN_WIFI on
        """),
    "SYNC": _table(
        """
        SYNC_ALWAYS_CONNECTED on
        SYNC_APN_HOME_NETWORK on
        SYNC_APN_ROAMING_NETWORK off
        SYNC_BIS_HOME_NETWORK on
        SYNC_BIS_ROAMING_NETWORK off
        SYNC_BLOCK_WHEN_ROAMING mai
        SYNC_FULL_BG_MODE off
        SYNC_HEARTBEAT_INTERVAL 14
        SYNC_INTERVAL 240
        SYNC_MIN_BATTERY_POWER 20
        SYNC_MIN_FILE_UPLOAD_BATTERY_POWER 60
        SYNC_MULTITASK_INTERVAL 15
        SYNC_REQUIRE_TLS on
        SYNC_SDCARD off
        SYNC_SERVERIP epmm.example.com
        """),
    "PRIVACY": _table(
        """
        PRIVACY_APP_MULTITASK on
        PRIVACY_LOG_APP_ACTIVITY off
        PRIVACY_LOG_FILE_ACTIVITY off
        PRIVACY_LOG_WEBSITE_ACTIVITY off
        PRIVACY_SYNC_APPS track
        PRIVACY_SYNC_BOOKMARKS off
        PRIVACY_SYNC_CALLLOGS off
        PRIVACY_SYNC_CONTACTS off
        PRIVACY_SYNC_DATA_LOG track
        PRIVACY_SYNC_DOCUMENTS off
        PRIVACY_SYNC_LOCATION off
        PRIVACY_SYNC_MUSIC off
        PRIVACY_SYNC_OTHER_MEDIA
        PRIVACY_SYNC_PICTURES off
        PRIVACY_SYNC_SMSLOGS off
        PRIVACY_SYNC_VIDEO off
        """,
        Rule("PRIVACY_EXCLUDE_DIR", resources=(("/Windows", "DIR", "on"), ("/Temp & Caches", "DIR", "on")))),
}

#: Within a type the order is the priority, best first; the default of a type comes last.
DRAFTS: tuple[Draft, ...] = (
    Draft(1201, "Executives", "SECURITY", "Board and heads of department",
          (("SECURITY_PWD_LENGTH", "10"), ("SECURITY_PWD_TYPE", "alphanumeric"), ("SEC_NCA_IOS_JAILBROKEN", "2"),
           ("SECURITY_INACTIVITY_TIMEOUT", "1 minute"), ("SEC_NCA_ANDROID_ROOTED", "7"),
           ("EAS_BLOCK_IPHONE_HW", "1,2,3,7,16")), ("Pilot",)),
    Draft(1202, "Mobile Baseline, 2026 (R&D / Field #3)", "SECURITY", 'Applies to "everything mobile" <see wiki>',
          (("EAS_BLOCK_IPHONE_OS", "17.0"), ("SECURITY_BLACK_WHITE_BMW_ACLS", "3,6"), ("SEC_NCA_APP_CONTROL", "1"),
           ("SECURITY_MANDATORY_BMW_ACLS", "4")), ("iOS",)),
    Draft(1205, "Pilot {{ 7 * 7 }}", "SECURITY", "Not in use yet\nAsk the workplace team",
          (("SECURITY_PWD_LENGTH", "12"),), ("Android",), active=False),
    Draft(-3, "Default Security Policy", "SECURITY", "Default Security Policy"),
    Draft(1210, "Vie privée (BYOD)", "PRIVACY", "No locations of private devices",
          (("PRIVACY_SYNC_APPS", "off"), ("PRIVACY_SYNC_DATA_LOG", "off")), ("Employee-Owned",)),
    Draft(1211, "Fleet Tracking", "PRIVACY", "Field force: positions are collected",
          (("PRIVACY_SYNC_LOCATION", "gps"), ("PRIVACY_SYNC_CALLLOGS", "store"), ("PRIVACY_SYNC_SMSLOGS", "track"),
           ("PRIVACY_SYNC_OTHER_MEDIA", "ram,wav")), ("Android", "Außendienst")),
    Draft(-2, "Default Privacy Policy", "PRIVACY", "Default Privacy Policy"),
    Draft(1220, "Kiosk", "LOCKDOWN", "Shop floor terminals",
          (("LOCKDOWN_CAMERA", "off"), ("LOCKDOWN_BLUETOOTH", "off"), ("LOCKDOWN_SDCARD", "off")), ("R&D, Lab #3",)),
    Draft(1221, "No Camera", "LOCKDOWN", "",
          (("LOCKDOWN_CAMERA", "off"), ("LOCKDOWN_BLUETOOTH", "audio")), ("Sales/EMEA", "Samsung")),
    Draft(-1, "Default Lockdown Policy", "LOCKDOWN", "Default Lockdown Policy"),
    Draft(1230, "Saver", "SYNC", "Less traffic abroad", (("SYNC_INTERVAL", "480"), ("SYNC_BLOCK_WHEN_ROAMING", "off"))),
    Draft(-4, "Default Sync Policy", "SYNC", "Default Sync Policy"),
)
# fmt: on
