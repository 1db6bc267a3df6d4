# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON of EPMM to models and back, of the families that have no file of their own yet. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.errors import AnswerError
from ..._families.alerts.model import Alert
from ..._families.policies.model import Policy
from ..._families.roaming.model import Roaming
from ..values import text_of
from .answers import explain, listed, v1_whole
from .values import decimal_of, flag, number_of, seconds, time_of


def moved(answer: Any, uuids: Sequence[str]) -> frozenset[str]:
    """Which of the devices a write of labels took. Raises AnswerError for ``successful: false``,
    which HTTP 200 goes with."""
    if not isinstance(answer, Mapping) or answer.get("successful") is not True:
        said = explain(answer) or "it does not say why"
        raise AnswerError(f"the server answered HTTP 200 and no success: {said}")
    by_device = answer.get("deviceResults")
    if not isinstance(by_device, Mapping) or not by_device:
        return frozenset(uuids)
    done = {
        text_of(uuid).lower()
        for uuid, key in by_device.items()
        if "success" in text_of(key).lower()
    }
    return frozenset(uuid for uuid in uuids if uuid in done)


def v1_policies(answer: Any) -> list[Policy]:
    """The policies of "Get Policies" and "Get Policies by DeviceUUID"."""
    return [_policy(raw) for raw in v1_whole(answer, "policies", "policy")]


def v1_alerts(answer: Any) -> list[Alert]:
    """The alerts of "Get All Alerts" and its kin."""
    return [_alert(raw) for raw in v1_whole(answer, "alerts", "alert")]


def passcodes(answer: Any) -> dict[str, str]:
    """By uuid the passcodes of an answer ("Unlock a Device"), which are secrets."""
    holder = answer.get("passcodes") if isinstance(answer, Mapping) else None
    found = listed(holder.get("passcode") if isinstance(holder, Mapping) else holder)
    return {
        text_of(one.get("uuid")).lower(): text_of(one.get("value"))
        for one in found
        if isinstance(one, Mapping)
    }


def lock_passcode(answer: Any) -> str:
    """The passcode of an answer ("Lock a Device": not for Android and iOS), which is secret, or
    ""."""
    return text_of(answer.get("unlockpasscode")).strip() if isinstance(answer, Mapping) else ""


def failed_devices(answer: Any) -> str:
    """In lower case what a bulk call says of devices that it could not unlock, or ""."""
    holder = answer.get("failedDevices") if isinstance(answer, Mapping) else None
    return "; ".join(
        text_of(one)
        for one in listed(holder.get("message") if isinstance(holder, Mapping) else holder)
    ).lower()


def roaming(details: Mapping[str, Any]) -> Roaming:
    """What roaming the details of an iOS device show ("iOS Details Key-Value Descriptions")."""
    return Roaming(
        flag(details.get("Voice Roaming Enabled")), flag(details.get("DataRoamingEnabled"))
    )


def location(answer: Any) -> dict[str, Any] | None:
    """The place of a device ("Locate a Device"), or None where it is not known: ``LookupFailure``
    is no place."""
    holder = answer.get("locations") if isinstance(answer, Mapping) else None
    found = [
        one
        for one in listed(holder.get("location") if isinstance(holder, Mapping) else holder)
        if isinstance(one, Mapping)
    ]
    if (
        not found
        or text_of(found[0].get("lookupResult")) == "LookupFailure"
        or found[0].get("latitude") in (None, "")
    ):
        return None
    place = found[0]
    # fmt: off
    return {
        "latitude": decimal_of(place.get("latitude")), "longitude": decimal_of(place.get("longitude")),
        "radius": number_of(place.get("radius")), "source": text_of(place.get("lookupResult")),
        "captured_at": time_of(number_of(place.get("capturedAt"))),
    }


def updated_alerts(message: str) -> int | None:
    """The count in "Updated 10 alert(s) successfully", or None."""
    match = re.search(r"(\d+) alert\(s\)", message)
    return int(match.group(1)) if match else None


def _policy(raw: Mapping[str, Any]) -> Policy:
    number = raw.get("@id", raw.get("id"))
    if number is None or not raw.get("policyName"):
        raise AnswerError(
            f"The server sent a policy without an id or a name ({number!r}, "
            f"{raw.get('policyName')!r})."
        )
    holder = raw.get("rules")
    rules = [
        rule
        for rule in listed(holder.get("rule") if isinstance(holder, Mapping) else holder)
        if isinstance(rule, Mapping)
    ]
    active = flag(raw.get("active"))
    return Policy(
        id=text_of(number),
        name=str(raw["policyName"]),
        policy_type=text_of(raw.get("policyType")).upper(),
        profile_type=text_of(raw.get("profileType")).upper(),
        active=active if active is not None else text_of(raw.get("status")).lower() != "inactive",
        priority=number_of(raw.get("priority")),
        description=text_of(raw.get("description")),
        device_count=number_of(raw.get("deviceCount")) or 0,
        pending_count=number_of(raw.get("pendingCount")) or 0,
        # "Policy Rules": three types have a list of resources instead of a value.
        rules=tuple(
            (text_of(rule.get("type")), rule.get("value", rule.get("resourceDTOs")))
            for rule in rules
        ),
    )


def _alert(raw: Mapping[str, Any]) -> Alert:
    number, unread = number_of(raw.get("@id", raw.get("id"))), flag(raw.get("isActive"))
    if number is None:
        raise AnswerError(
            f"The server sent an alert whose id is no number ({raw.get('@id', raw.get('id'))!r})."
        )
    read = None if unread is None else not unread
    raised = time_of(raw.get("alertDate"))
    # fmt: off
    details: dict[str, Any] = {
        "id": text_of(number), "read": read, "type": text_of(raw.get("alertDefnname")), "severity": text_of(raw.get("severity")),
        "status": text_of(raw.get("status")), "text": text_of(raw.get("alertText")), "raised_at": raised,
        "updated_at": time_of(raw.get("updatedAt")), "updated_by": text_of(raw.get("updateBy")),
        "user": text_of(raw.get("userName")),
        # The document shows both names for the same thing.
        "user_uuid": text_of(raw.get("userUuid") or raw.get("userId")),
        "device_uuid": text_of(raw.get("deviceUuid")).lower(),
        "dispatch_device_uuid": text_of(raw.get("dispatchDeviceUuid")).lower(), "label_id": text_of(raw.get("labelId")),
        "subscription": text_of(raw.get("eventSubscriptionName")), "transport": text_of(raw.get("transport")),
        "retries": number_of(raw.get("retries")),
    }
    # fmt: on
    return Alert(
        id=details["id"],
        read=read,
        type=details["type"],
        severity=details["severity"],
        status=details["status"],
        user=details["user"],
        device=details["device_uuid"],
        raised=seconds(raised),
        details=details,
    )
