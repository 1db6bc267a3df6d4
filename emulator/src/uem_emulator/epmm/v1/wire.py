# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What API v1 shows of a device, a label, a user, an alert and a policy, as trees (see `tree`).

Sources: "Device Management" (devices, labels; fields in its order), "MobileIron WebService" (users,
alerts, policies). Fields which only newer servers have, from nonGMS on, and the types of all are
those which a client in production declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from uem_emulator.epmm.v1.tree import Boxed, Many, Tree
from uem_emulator.epmm.world.alerts import Alert
from uem_emulator.epmm.world.details import details
from uem_emulator.epmm.world.directory import Person
from uem_emulator.epmm.world.eas import eas_uuid
from uem_emulator.epmm.world.model import COUNTRIES, STATUS_CODES, Device, Label, Location, User
from uem_emulator.epmm.world.policies import Policy
from uem_emulator.epmm.world.policy_catalog import Rule

_LOCAL, _DIRECTORY = 76, 68
_WITHOUT_PROFILE = frozenset(("VERIFICATION_PENDING", "RETIRED", "WIPED"))


def time_text(epoch_ms: int | None) -> str | None:
    """2012-01-10T20:36:57+00:00, as the vendor documents write times."""
    if epoch_ms is None:
        return None
    return datetime.fromtimestamp(epoch_ms // 1000, timezone.utc).isoformat()


def _known(tree: Tree) -> Tree:
    """Without what is not known of the thing: absent, not empty."""
    return {name: value for name, value in tree.items() if value is not None}


def device(shown: Device, *, phone: tuple[str, ...], undocumented: bool) -> Tree:
    """Return a device as API v1 shows it.

    Args:
        shown: The device.
        phone: The names under which the phone number is shown.
        undocumented: Whether the pairs which it reports hold keys that no document has.
    """
    pairs = details(shown, undocumented=undocumented)
    return _known(
        {**_registration(shown, phone, pairs), **_state(shown), **_owner(shown), **_newer(shown)}
    )


def _registration(shown: Device, phone: tuple[str, ...], pairs: Mapping[str, str]) -> Tree:
    code, country_id = COUNTRIES.get(shown.country, (1, 183))
    mailbox = eas_uuid(shown)
    # "Applies only to iOS devices; for others always false"; a device which has left, or never
    # came, has no profile.
    managed = shown.mdm_managed and shown.platform == "iOS" and shown.status not in _WITHOUT_PROFILE
    # fmt: off
    return {
        "@id": shown.id, "uuid": shown.uuid, "principal": shown.user.principal, "blockReason": shown.blocked,
        "clientId": 1073741824 + shown.id, "comment": shown.comment, "compliance": shown.compliance,
        "countryCode": code, "countryId": country_id, "countryName": shown.country,
        "createdAt": time_text(shown.created),
        "currentPhoneNumber": shown.phone if "currentPhoneNumber" in phone else None,
        "details": Boxed({"entry": Many([{"key": key, "value": value} for key, value in pairs.items()])}),
        "deviceCount": 0,
        "easLastSyncAttempt": time_text(shown.connected) if mailbox else None,
        "easUuid": mailbox,
        "emailAddress": shown.user.email, "emailDomain": "", "employeeOwned": shown.owner == "EMPLOYEE",
        "homeOperator": shown.operator, "languageCountryId": 0, "languageId": 1,
        "lastConnectedAt": time_text(shown.connected), "manufacturer": shown.manufacturer,
        "mdmManaged": managed, "mdmProfileUrlId": 4 if managed else 0,
        "model": shown.model,
        "name": f"{shown.user.principal}:{shown.platform_name}:{shown.phone}", "notifyUser": shown.id % 2 == 0,
        "operator": shown.operator, "operatorId": 269 if shown.operator == "PDA" else 4195,
        "phoneNumber": shown.phone if "phoneNumber" in phone else None,
        "platform": shown.platform_name, "platformType": shown.platform.upper(),
    }
    # fmt: on


def _state(shown: Device) -> Tree:
    # fmt: off
    return {"quarantinedStatus": shown.quarantined, "regCount": 0, "regType": "DEFAULT",
            "registeredAt": time_text(shown.registered), "status": shown.status,
            "statusCode": STATUS_CODES[shown.status]}
    # fmt: on


def _owner(shown: Device) -> Tree:
    user = shown.user
    # fmt: off
    return {"userDisplayName": user.display, "userFirstName": user.first, "userLastName": user.last,
            "userId": user.id, "userSource": _LOCAL if user.local else _DIRECTORY, "userUUID": user.uuid,
            "iPhoneVersion": shown.build if shown.platform == "iOS" and shown.connected is not None else None}
    # fmt: on


def _newer(shown: Device) -> Tree:
    return {
        "wipeReason": 0,
        "nonGMS": False,
        "authOnly": False,
        "multiUser": shown.multi_user,
        "temporarySessionOnly": False,
        "TLVVersion": 0,
        "migrationStatus": "NOT_MIGRATED",
    }


def label(shown: Label, count: int) -> Tree:
    """Return a label. `isESSearch` is the number of a letter, `t` or `f`: the document shows 116."""
    return _known(
        {
            "@id": shown.id,
            "name": shown.name,
            "description": shown.description,
            "staticLabel": shown.static,
            "query": shown.query,
            "deviceCount": count,
            "isESSearch": 102 if shown.static else 116,
        }
    )


def user(shown: User, created: int) -> Tree:
    """Return a user. Times of users are epoch milliseconds in the document. Who has no role cannot
    have been in the Admin Portal."""
    # fmt: off
    return _known({
        "@id": shown.id, "uuid": shown.uuid, "principal": shown.principal, "createdAt": created,
        "displayName": shown.display, "email": shown.email, "enabled": shown.enabled, "firstName": shown.first,
        "forcePasswordChange": False, "googleAppsEncryptionAlgVersion": 0,
        "lastAdminPortalLoginTime": created if shown.roles else None, "lastName": shown.last, "opaque": True,
        "roles": Many(shown.roles), "userSource": _LOCAL if shown.local else _DIRECTORY})
    # fmt: on


def directory_user(shown: User | Person) -> Tree:
    """Somebody of the directory; who is not a user of the server is not enabled, as in the
    document."""
    # fmt: off
    return _known({
        "principal": shown.principal, "displayName": f"{shown.first} {shown.last}", "email": shown.email,
        "enabled": isinstance(shown, User) and shown.enabled, "firstName": shown.first, "forcePasswordChange": False,
        "lastName": shown.last, "opaque": True, "userSource": _DIRECTORY})
    # fmt: on


def location(uuid: str, shown: Location) -> Tree:
    """Return where a device is. `capturedAt` is epoch milliseconds."""
    return _known(
        {
            "uuid": uuid,
            "lookupResult": shown.source,
            "latitude": shown.latitude,
            "longitude": shown.longitude,
            "radius": shown.radius,
            "capturedAt": shown.captured,
        }
    )


def alert(shown: Alert, *, id_key: str, user_key: str) -> Tree:
    """Return an alert. `id_key` is `@id` or `id`, `user_key` userId or userUuid: the document has
    all of them."""
    # fmt: off
    return {
        id_key: shown.id, "deviceUuid": shown.device_uuid, "dispatchDeviceUuid": shown.device_uuid,
        user_key: shown.user_uuid, "labelId": shown.label_id, "eventSubscriptionName": shown.subscription,
        "alertDate": time_text(shown.date), "alertText": shown.text, "isActive": shown.unread,
        "retries": shown.retries, "updateBy": shown.updated_by, "updatedAt": time_text(shown.updated),
        "userName": shown.user_name, "alertDefnname": shown.definition, "severity": shown.severity,
        "transport": shown.transport, "status": shown.status, "isAlertRead": True}
    # fmt: on


def policy(shown: Policy, *, priority: int, devices: int, pending: int, typed: bool) -> Tree:
    """Return a policy. `defaultPolicy` is deprecated and false even for the defaults.

    Args:
        shown: The policy.
        priority: Its number among those of its type.
        devices: How many devices have it; 0 for the policies of one device.
        pending: How many are yet to get it; 0 for the policies of one device.
        typed: Whether values of rules which are numbers or booleans are so in JSON, too.
    """
    # fmt: off
    return {
        "@id": shown.id, "policyName": shown.name, "policyType": "DEFAULT" if shown.default else "ENTERPRISE",
        "profileType": shown.profile_type, "status": "Active" if shown.active else "Inactive",
        "active": shown.active, "defaultPolicy": False, "description": shown.description, "deviceCount": devices,
        "pendingCount": pending, "priority": priority,
        "rules": {"rule": Many([_rule(rule, typed=typed) for rule in shown.rules])}}
    # fmt: on


def _rule(shown: Rule, *, typed: bool) -> Tree:
    resources = [
        {"name": name, "resourceType": kind, "value": value}
        for name, kind, value in shown.resources
    ]
    return {
        "type": shown.type,
        **_known(
            {"value": _value(shown.value, typed), "clientValue": _value(shown.client_value, typed)}
        ),
        "resourceDTOs": Many(resources),
    }


def _value(text: str | None, typed: bool) -> Any:
    """XML writes true, 14 and 12.0 as they were."""
    if not typed or text is None:
        return text
    if text in ("true", "false"):
        return text == "true"
    whole, point, rest = text.partition(".")
    if not whole.isdigit() or (point and not rest.isdigit()):
        return text
    return float(text) if point else int(text)
