# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON of EPMM to models and back, for both of its APIs. Wire names stand here and in fields.py,
and nowhere else. Pure.

API v1 was made for XML. In JSON the root is gone, an attribute ``id`` is the key ``@id`` with a
string, and a list of one element is that element (docs/epmm.md of the collection says who saw
that).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from ..._core import compliance
from ..._core.device import Device, Partition
from ..._core.errors import AnswerError
from ..._families.alerts.model import Alert
from ..._families.labels.model import Label
from ..._families.messages.model import Roaming
from ..._families.policies.model import Policy
from ..._http.redact import MOST_EXPLAINED
from .fields import (
    BITS,
    FIELDS,
    FLAG,
    IDENTITY,
    MAC,
    NAMES,
    OWNER,
    PLATFORM,
    STATE,
    TEXT,
    TIME,
    VERSION,
    Field,
    is_v2_name,
    reason_of,
)

_VERSION_AT_END = re.compile(r"\s+\d.*$")
_VERSION = re.compile(r"\d+(\.\d+)*")
_DETAILS = "details."
_DEVICE_ID = re.compile(r"[0-9]{1,18}")

# All that the message of a list without elements may say, such as ``0 Operator (s) returned``, ``No
# devices were found`` or ``No Data Found``: an error may begin with "No" as well, and it comes with
# HTTP 200. ``{one}`` is what an element is called.
_NOTHING = (
    r"\W*(?:"
    r"(?:there is )?no data(?: (?:was )?(?:available|returned|found))?"
    r"|(?:0|no) (?:(?:matching|active|registered|activesync|ldap) )?{one}(?: (?:was|were|have "
    r"been))? (?:returned|found)"
    r"|{one} (?:(?:was|were|could) )?not (?:be )?found"
    r")(?: (?:for|in|matching|on|under|with)\b[^;:]*|\W*)"
)
# Messages call most elements as their lists do; "application settting(s)" is how the document
# spells it.
_SAID = {
    "appsetting": r"(?:app|application) ?set+ing",
    "country": r"countr(?:y|ie)",
    "policy": r"polic(?:y|ie)",
}
_REFUSED = re.compile(r"\b(not|no|fail\w*|error|could|cannot|unable|invalid)\b", re.IGNORECASE)


# Both APIs


def explain(body: Any) -> str:
    """The texts of an answer's ``messages``: ``{"message": text or texts}`` of v1, a list of
    objects of v2."""
    raw = body.get("messages") if isinstance(body, Mapping) else None
    if isinstance(raw, Mapping):
        raw = raw.get("message")
    texts = [
        text_of(part.get("localizedMessage") or part.get("messageKey"))
        if isinstance(part, Mapping)
        else text_of(part)
        for part in listed(raw)
    ]
    return "; ".join(text for text in texts if text)[:MOST_EXPLAINED]


def listed(raw: Any) -> list[Any]:
    """A list, whatever JSON made of it: nothing is empty, and a single element is a list of one."""
    if raw is None or raw == "":
        return []
    return raw if isinstance(raw, list) else [raw]


def seconds(stamp: str | None) -> float | None:
    """Seconds since 1970 of a time as rows have it, or None."""
    return (
        None if stamp is None else datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()
    )


# Devices


def v2_names(*, all_fields: bool) -> tuple[str, ...]:
    """The fields of API v2 that make a device, or what identifies it."""
    return tuple(
        field.v2 for field in FIELDS if field.v2 and (all_fields or field.name in IDENTITY)
    )


def without_row(device: Device) -> Device:
    """A device that keeps no more than what is needed to write it."""
    return replace(device, row={})


def device_v2(row: Any, *, keep_row: bool, extra: Iterable[str] = (), space: str = "") -> Device:
    """A device of a row of "Search for devices", whose keys are the names asked for; what a device
    lacks is absent.

    ``extra``: an author's own names, which are kept as they are. ``space``: the device space that
    it was asked for in.
    """
    if not isinstance(row, Mapping):
        raise AnswerError("The server sent a device that is no object.")
    made = {
        field.name: _FORMS[field.kind](row.get(field.v2)) if field.v2 else None for field in FIELDS
    }
    made["compliant"] = compliance.is_compliant(made["compliant"], made["security_state"])
    if compliance.is_compromised(made["security_state"]) and "compromised" not in (
        made["compliance_reasons"] or ()
    ):
        made["compliance_reasons"] = ["compromised", *(made["compliance_reasons"] or ())]
    own = {name: row[name] for name in extra if is_v2_name(name) and name in row}
    return _device({**made, **own}, keep_row=keep_row, space=space)


def device_v1(raw: Any, *, keep_row: bool) -> Device:
    """A device of "Get Devices by Status" and its kin."""
    if not isinstance(raw, Mapping):
        raise AnswerError("The server sent a device that is no object.")
    details = details_v1(raw)
    made = {field.name: _source(raw, details, field) for field in FIELDS}
    if made["platform"] != "iOS":
        # "Applies only to iOS devices. For other devices, the value is always false."
        made["mdm_managed"] = None
    return _device({**made, **_judged(made)}, keep_row=keep_row)


def details_v1(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a device: ``[{"entry": [{"key": …, "value": …}]}]``, with one entry a single
    object."""
    found = {}
    for part in listed(raw.get("details")):
        for entry in listed(part.get("entry") if isinstance(part, Mapping) else None):
            if isinstance(entry, Mapping) and entry.get("key") is not None:
                found[str(entry["key"])] = entry.get("value")
    return found


def details_v2(answer: Any, what: str) -> dict[str, Any]:
    """The details of a device in API v2, a list of names and values."""
    rows = results(answer, what)
    if not isinstance(rows, list):
        raise AnswerError(f"{what}: the server's answer is no list of details.")
    return {
        str(row["name"]): row.get("value")
        for row in rows
        if isinstance(row, Mapping) and row.get("name") is not None
    }


def with_bitmaps(device: Device, other: Device) -> Device:
    """A device of API v2 with what API v1 alone knows: the bitmaps, and so what blocks it.

    It is compromised when either says so, for the index behind API v2 may be late, and API v1 does
    not say it of every platform.
    """
    row = {**device.row, **{name: other.row[name] for name in _BITMAP_FIELDS}}
    if row["security_state"] is None or compliance.is_compromised(other.row["security_state"]):
        row["security_state"] = other.row["security_state"]
    judged = {name: value for name, value in _judged(row).items() if value is not None}
    return replace(device, row={**row, **judged})


def _judged(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the three bitmaps of a device say ("Compliance, quarantinedStatus, and blockReason
    values")."""
    bits, quarantine, block = (row[name] for name in _BITMAP_FIELDS)
    return {
        "compliant": compliance.is_compliant(bits, row["security_state"]),
        "compliance_reasons": _reasons(bits, row["security_state"]),
        "quarantined": None if quarantine is None else quarantine != 0,
        "quarantine_reasons": None if quarantine is None else compliance.reasons(quarantine),
        "blocked": None if block is None else block != 0,
        "block_reasons": None if block is None else compliance.reasons(block),
    }


def _reasons(bits: int | None, security_state: Any) -> list[str] | None:
    """The reasons of a bitmap, with the one that a jailbroken Android device is not given there."""
    found = None if bits is None else compliance.reasons(bits)
    if compliance.is_compromised(security_state) and "compromised" not in (found or ()):
        return ["compromised", *(found or ())]
    return found


# Without the first two a row is no device, and without the others nobody can say what state it is
# in.
# fmt: off
NEEDED_V2 = frozenset({
    "common.id", "common.uuid", "common.status", "common.security_state", "common.compliant", "common.quarantined",
})
# fmt: on

_BITMAP_FIELDS = ("compliance", "quarantined_status", "block_reason")


def _device(row: dict[str, Any], *, keep_row: bool, space: str = "") -> Device:
    if not _DEVICE_ID.fullmatch(text_of(row["id"])) or not row["uuid"]:
        raise AnswerError(
            f"The server sent a device without a usable id and uuid ({row['id']!r}, "
            f"{row['uuid']!r})."
        )
    row["uuid"] = row["uuid"].lower()
    return Device(
        id=row["id"],
        guid=row["uuid"],
        serial=text_of(row["serial_number"]),
        email=text_of(row["email_address"]),
        uid=text_of(row["user_id"]),
        phone=re.sub(r"\D", "", text_of(row["phone_number"])),
        mac=text_of(row["wifi_mac_address"]),
        row=row if keep_row else {},
        state=text_of(row["status"]),
        platform=text_of(row["platform"]).lower().partition(" ")[0],
        os_version=text_of(row["os_version"]),
        space=space,
    )


def _source(raw: Mapping[str, Any], details: Mapping[str, Any], field: Field) -> Any:
    """The value of a field, of the first of its sources that makes sense."""
    for key in field.v1:
        value = (
            details.get(key.removeprefix(_DETAILS)) if key.startswith(_DETAILS) else raw.get(key)
        )
        made = None if value in (None, "") else _FORMS[field.kind](value)
        if made is not None:
            return made
    return None


# API v2: lists


def results(answer: Any, what: str) -> Any:
    """The ``results`` of an envelope. Raises AnswerError for an answer without, whatever its HTTP
    status was."""
    if not isinstance(answer, Mapping) or "results" not in answer:
        reason = explain(answer)
        said = f" ({reason})" if reason else ""
        raise AnswerError(
            f"{what}: the server's answer has no results{said}; url may lead to another API."
        )
    return answer["results"]


def page(answer: Any, what: str) -> tuple[list[Mapping[str, Any]], int]:
    """The rows of a list page, and how many there are on all pages. An empty page need not have
    rows."""
    found = total(answer)
    if found == 0 and answer.get("results") is None and not explain(answer):
        return [], 0
    rows = results(answer, what)
    if (
        not isinstance(rows, list)
        or found is None
        or not all(isinstance(row, Mapping) for row in rows)
    ):
        raise AnswerError(
            f"{what}: the server's answer is no list page (a list of results and a totalCount)."
        )
    return rows, found


def count(answer: Any, what: str) -> int:
    """The number of devices of a count."""
    found = total(answer)
    if found is None:
        raise AnswerError(f"{what}: the server's answer has no totalCount.")
    return found


def spaces(answer: Any, what: str) -> tuple[Partition, ...]:
    """The device spaces of a list, which need not say how many there are ("Device spaces")."""
    rows = results(answer, what)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise AnswerError(f"{what}: the server's answer is no list of device spaces.")
    return tuple(space(row) for row in rows)


def space(row: Mapping[str, Any]) -> Partition:
    """A device space."""
    if row.get("id") is None:
        raise AnswerError("The server sent a device space without an id.")
    return Partition(str(row["id"]), text_of(row.get("name")))


def field_names(answer: Any, what: str) -> frozenset[str]:
    """The names that a search knows."""
    return frozenset(
        text_of(row.get("name"))
        for row in listed(results(answer, what))
        if isinstance(row, Mapping)
    )


# Labels


def label_v2(row: Mapping[str, Any]) -> Label:
    """A label of "Get label summary"."""
    return _label(
        row,
        row.get("id"),
        static=row.get("isStatic"),
        criteria=row.get("criteria"),
        space=text_of(row.get("deviceSpaceName")),
        system=text_of(row.get("rowType")).upper() == "SYSTEM",
    )


def label_v1(row: Any) -> Label:
    """A label of "Get all Labels"; those of the server itself have negative ids."""
    if not isinstance(row, Mapping):
        raise AnswerError("The server sent a label that is no object.")
    number = row.get("@id", row.get("id"))
    system = text_of(number).startswith("-")
    return _label(
        row,
        number,
        static=row.get("staticLabel"),
        criteria=row.get("query"),
        space="",
        system=system,
    )


def labels_on(answer: Any, what: str) -> dict[str, str]:
    """Names by ids of the labels that one device has; here ids are strings, in the summary they are
    numbers."""
    rows = [
        row
        for row in listed(results(answer, what))
        if isinstance(row, Mapping) and row.get("id") is not None
    ]
    return {str(row["id"]): text_of(row.get("name")) for row in rows}


def _label(
    row: Mapping[str, Any], number: Any, *, static: Any, criteria: Any, space: str, system: bool
) -> Label:
    if number is None or not row.get("name"):
        raise AnswerError(
            f"The server sent a label without an id or a name ({number!r}, {row.get('name')!r})."
        )
    return Label(
        id=text_of(number),
        name=str(row["name"]),
        static=flag(static) is True,
        system=system,
        device_count=number_of(row.get("deviceCount")) or 0,
        description=text_of(row.get("description")),
        criteria=" ".join(text_of(criteria).split()),
        space=space,
    )


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


# API v1: lists


def v1_devices(answer: Any, *, keep_row: bool) -> list[Device]:
    """The devices of an answer of API v1: ``devices.device`` as a list or one object, or ``device``
    alone."""
    return [device_v1(raw, keep_row=keep_row) for raw in v1_list(answer, "devices", "device")]


def total(answer: Any) -> int | None:
    """How many elements a list has, as the server counts them, or None where it does not say."""
    return number_of(answer.get("totalCount")) if isinstance(answer, Mapping) else None


def v1_device(answer: Any, what: str) -> Mapping[str, Any]:
    """The device of an answer for one device."""
    raw = answer.get("device") if isinstance(answer, Mapping) else None
    if not isinstance(raw, Mapping):
        raise AnswerError(
            f"{what}: the server's answer has no device "
            f"({explain(answer) or 'it does not say why'})."
        )
    return raw


def v1_labels(answer: Any) -> list[Label]:
    """The labels of "Get all Labels"."""
    return [label_v1(raw) for raw in v1_whole(answer, "labels", "label")]


def v1_policies(answer: Any) -> list[Policy]:
    """The policies of "Get Policies" and "Get Policies by DeviceUUID"."""
    return [_policy(raw) for raw in v1_whole(answer, "policies", "policy")]


def v1_alerts(answer: Any) -> list[Alert]:
    """The alerts of "Get All Alerts" and its kin."""
    return [_alert(raw) for raw in v1_whole(answer, "alerts", "alert")]


def word(value: Any) -> str:
    """A parameter as a query has it."""
    return text_of(value)


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


def says(text: str, wanted: str) -> bool:
    """Whether a message says what success does, and nothing that refuses: an error comes with HTTP
    200 as well."""
    return bool(re.search(wanted, text, re.IGNORECASE)) and not _REFUSED.search(text)


def invalid_devices(answer: Any) -> frozenset[str]:
    """The uuids that a bulk call says are no devices that can take it; the document shows them
    within ``messages`` and beside."""
    found: list[Any] = []
    for place in (answer, answer.get("messages") if isinstance(answer, Mapping) else None):
        holder = place.get("invalidDevices") if isinstance(place, Mapping) else None
        found += listed(holder.get("uuid") if isinstance(holder, Mapping) else holder)
    return frozenset(text_of(uuid).strip().lower() for uuid in found)


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
    # fmt: on


def message_says(answer: Any) -> str:
    """The text of an answer to a message, which stands beside ``messages``."""
    beside = text_of(answer.get("message")) if isinstance(answer, Mapping) else ""
    return explain(answer) or beside


def accepted(answer: Any, *names: str) -> str | None:
    """The message of a write of API v1 that says "success", or None: an error comes with HTTP 200
    as well.

    ``names``: what the message may repeat, and what may hold any word itself.
    """
    text = explain(answer)
    for name in names:
        text = text.replace(name, "")
    return (
        text if re.search(r"\bsuccess", text, re.IGNORECASE) and not _REFUSED.search(text) else None
    )


def updated_alerts(message: str) -> int | None:
    """The count in "Updated 10 alert(s) successfully", or None."""
    match = re.search(r"(\d+) alert\(s\)", message)
    return int(match.group(1)) if match else None


def v1_list(answer: Any, many: str, one: str) -> list[Mapping[str, Any]]:
    if not isinstance(answer, Mapping):
        raise AnswerError("The server's answer is no object; url may lead to another API.")
    holder = answer.get(many)
    if not holder and one not in answer:
        said = explain(answer)
        if (
            total(answer) == 0
            or (not said and ("messages" in answer or many in answer))
            or _says_none(said, one)
        ):
            return []
        # An error comes with HTTP 200 as well, and must not pass for an empty list.
        raise AnswerError(
            f"The server answered HTTP 200 without {many}: "
            f"{said.rstrip('. ') or 'url may lead to another API'}."
        )
    found = (
        listed(holder.get(one) if isinstance(holder, Mapping) else holder)
        if many in answer
        else listed(answer[one])
    )
    if not all(isinstance(raw, Mapping) for raw in found):
        raise AnswerError(f"The server's answer has {many} that are no objects.")
    return found


def _says_none(text: str, one: str) -> bool:
    """Whether a message says that a list has no element and nothing else; ``one``: what an element
    is called in the answer."""
    called = rf"(?:records?|results?|{_SAID.get(one, one)}s?)(?: ?\(s\))?"
    return bool(re.fullmatch(_NOTHING.format(one=called), " ".join(text.split()), re.IGNORECASE))


def v1_whole(answer: Any, many: str, one: str) -> list[Mapping[str, Any]]:
    """A list that has no pages in the document, so that one with fewer elements than the server
    counts cannot be believed."""
    found = v1_list(answer, many, one)
    counted = total(answer)
    if counted is not None and counted > len(found):
        raise AnswerError(
            f"The server counts {counted} {many} and sent {len(found)} of them; nothing was done "
            "with a part. API v1 has no pages for this list, so raise the server's own limit."
        )
    return found


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


# Values


def flag(raw: Any) -> bool | None:
    """A boolean, also as text; None for anything else."""
    return (
        raw
        if isinstance(raw, bool)
        else {"true": True, "false": False}.get(text_of(raw).strip().lower())
    )


def number_of(raw: Any) -> int | None:
    """A whole number, also as text; None for anything else."""
    text = text_of(raw).strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


def text_of(raw: Any) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return "" if raw is None else str(raw)


def text_or_none(raw: Any) -> str | None:
    return None if raw is None else text_of(raw)


def time_of(raw: Any) -> str | None:
    """A time as ``2020-11-09T07:38:22Z``, of ISO 8601 with an offset (v1), with thousandths (v2),
    or of thousandths since 1970."""
    try:
        if isinstance(raw, int) and not isinstance(raw, bool):
            moment = datetime.fromtimestamp(raw / 1000, timezone.utc)
        else:
            moment = datetime.fromisoformat(text_of(raw).strip().replace("Z", "+00:00"))
    except (ValueError, OverflowError, OSError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def decimal_of(raw: Any) -> float | None:
    try:
        return None if raw is None else float(text_of(raw))
    except ValueError:
        return None


def _mac(raw: Any) -> str | None:
    return None if raw is None else re.sub(r"[:.\-\s]", "", text_of(raw)).lower()


def _owner(raw: Any) -> str | None:
    """``COMPANY`` or ``EMPLOYEE`` as API v2 says it; API v1 has a boolean, employeeOwned."""
    employee = flag(raw)
    if employee is not None:
        return "EMPLOYEE" if employee else "COMPANY"
    return None if raw is None else text_of(raw).upper()


def _platform(raw: Any) -> str | None:
    """``Android`` of ``Android 10.0``: API v1 has the version with it."""
    return None if raw is None else _VERSION_AT_END.sub("", text_of(raw))


def _version(raw: Any) -> str | None:
    """``18.6.2`` of ``iPhone OS 18.6.2 (22G100)``."""
    match = _VERSION.search(text_of(raw))
    return match.group() if match else None


def _bits(raw: Any) -> int | None:
    bits = number_of(raw)
    return bits if bits is not None and bits >= 0 else None


def _names(raw: Any) -> list[str]:
    """The reasons of a list, or of a text with commas."""
    parts = (
        [part for part in raw.split(",") if part.strip()] if isinstance(raw, str) else listed(raw)
    )
    return [reason_of(text_of(part)) for part in parts]


def _state(raw: Any) -> str | None:
    """``Ok`` or ``Compromised``; the details of an iOS device in API v1 have 1 and 0 for them."""
    text = text_of(raw)
    return None if raw is None else {"1": "Ok", "0": "Compromised"}.get(text, text)


# fmt: off
_FORMS: Mapping[str, Callable[[Any], Any]] = {
    TEXT: text_or_none, FLAG: flag, TIME: time_of, MAC: _mac, STATE: _state, VERSION: _version, OWNER: _owner, PLATFORM: _platform,
    NAMES: _names, BITS: _bits,
}
# fmt: on
