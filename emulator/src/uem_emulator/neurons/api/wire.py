# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How things look on the wire: envelopes, errors, rows, details, groups, spaces, definitions.

The envelope and the error are documented verbatim on the vendor's page "Ivanti Neurons for MDM API
Basics": `{"errors": null, "result": ...}`, and for a 400 `errors` is an object with `globalErrors`
and `fieldErrors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from uem_emulator.answers import HTML_TYPE, Answer, Request, html
from uem_emulator.neurons.world import fq, viability
from uem_emulator.neurons.world.keys import NULL_IN_DETAIL
from uem_emulator.neurons.world.model import Attributes, Definition, Device, DeviceGroup, Partition
from uem_emulator.neurons.world.policies import policy_id
from uem_emulator.part import without_last
from uem_emulator.switches import Switches

_PRIVACY = {
    "policyId": 42501,
    "policyName": "Privacy",
    "locateStatus": "ENABLED",
    "wipeDisabled": False,
    "appInventoryCollectAllEnabled": True,
}
_TITLES = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Payload Too Large",
    414: "URI Too Long",
    501: "Not Implemented",
}


#: Status -> the switch which says what its body is like.
_BODY_SWITCHES = {
    401: "unauthorized_body",
    403: "forbidden_body",
    405: "unknown_path_body",
    501: "unknown_path_body",
}


class BadRequest(Exception):
    """A 400: (code, message, field) for each fault; a field of None makes a global error."""

    def __init__(self, *faults: tuple[str, str, str | None]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for _code, message, field in faults))
        self.faults = faults


def ok(result: Any, *, wrote: bool = False) -> Answer:
    """Return a 200 with a result. `wrote` says whether the request has written something."""
    return Answer(200, orjson.dumps({"errors": None, "result": result}), wrote=wrote)


def error(status: int, faults: Sequence[tuple[str, str, str | None]]) -> Answer:
    """Return the documented envelope with (code, message, field) for each fault. What a global
    error looks like inside is inferred from a field error."""
    on_fields = [
        {"code": code, "message": text, "field": name}
        for code, text, name in faults
        if name is not None
    ]
    overall = [{"code": code, "message": text} for code, text, name in faults if name is None]
    errors = {"globalErrors": overall or None, "fieldErrors": on_fields or None}
    return Answer(status, orjson.dumps({"errors": errors, "result": None}))


def plain(status: int, form: str, message: str | None = None) -> Answer:
    """Return a status whose body nobody has recorded.

    Args:
        status: The HTTP status.
        form: The form which a switch says: it may end in html or empty.
        message: The text, where it is not the title of the status.
    """
    title = _TITLES.get(status, "Error")
    if form.endswith("html"):
        return html(status, title)
    if form.endswith("empty"):
        return Answer(status, b"", HTML_TYPE)
    return error(status, [(title.replace(" ", ""), message or title, None)])


def status(code: int, switches: Switches, message: str | None = None) -> Answer:
    """Return the answer of an error which is not about one call.

    Args:
        code: The HTTP status.
        switches: The switches, some of which say what the body of a status is like.
        message: The text, where it is not the usual one of the status.
    """
    form = str(switches[_BODY_SWITCHES[code]]) if code in _BODY_SWITCHES else "json"
    return plain(code, form, message)


def uncut_list(request: Request, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a list which is never cut: `limit` is its length, as in the document's examples of
    configurations and policies."""
    return {
        "totalCount": len(rows),
        "queryTime": 0,
        "searchResults": without_last(request, rows),
        "offset": 0,
        "limit": len(rows),
    }


#: (platform, keys of its own) -> the JSON of all other keys. Devices of a platform differ in a few sets of keys only.
_SHARED: dict[tuple[str, tuple[str, ...]], bytes] = {}

# --- devices ----------------------------------------------------------------------------------------------------------


def attribute_names(attrs: Attributes, switches: Switches) -> Attributes:
    """Return attributes as they are read: numeric names with or without their `_#`."""
    if switches["numeric_names"] == "suffixed":
        return attrs
    return {name.removesuffix("_#"): values for name, values in attrs.items()}


def row_bytes(device: Device, switches: Switches) -> bytes:
    """Return a row of the list as JSON, made once for each change of the device: what is its own,
    then what it shares."""
    if device.row_bytes is None:
        own = _own_keys(device, switches)
        device.row_bytes = b"".join(
            (
                orjson.dumps(own)[:-1],
                _shared_keys(device.base, tuple(own)),
                b',"customAttributes":',
                orjson.dumps(_row_attributes(device, switches)),
                b"}",
            )
        )
    return device.row_bytes


def _own_keys(device: Device, switches: Switches) -> dict[str, Any]:
    own = device.fields
    if switches["violated_policies"] == "objects" and "violatedPolicies" in own:
        own = {**own, "violatedPolicies": [_policy(name) for name in own["violatedPolicies"]]}
    return _without_null_codes(own, switches)


def _without_null_codes(keys: dict[str, Any], switches: Switches) -> dict[str, Any]:
    """The keys of a device; the list of codes is empty unless a switch has it hold a null."""
    if keys.get("actionExceptionCodes") != [None] or switches.is_on("exception_codes_null"):
        return keys
    return {**keys, "actionExceptionCodes": []}


def _row_attributes(device: Device, switches: Switches) -> dict[str, Attributes] | None:
    if not device.attrs and switches["no_attributes_in_list"] == "null":
        return None
    return {"attrs": attribute_names(device.attrs, switches)}


def not_viable(
    found: Sequence[tuple[Device, Sequence[str]]], switches: Switches, *, timed: bool
) -> dict[str, Any]:
    """Return the answer to a check of viability: whole rows of the devices which can't take the
    action, as they are now, each with its reasons. `limit` is their number: so in the document's
    examples.

    Args:
        found: The devices with their reasons.
        switches: The switches.
        timed: Whether there is a queryTime, as in some of the examples.
    """
    named = switches["viability_codes"] == "guessed"
    rows = [
        {
            **device.base,
            **_own_keys(device, switches),
            "customAttributes": _row_attributes(device, switches),
            "actionExceptionCodes": list(codes)
            if named or codes == [viability.PLATFORM]
            else [None],
        }
        for device, codes in found
    ]
    size = {"totalCount": len(rows), **({"queryTime": 0} if timed else {})}
    return {**size, "searchResults": rows, "offset": 0, "limit": len(rows)}


def _policy(name: str) -> dict[str, Any]:
    return {"id": policy_id(name), "name": name}


def _shared_keys(base: dict[str, Any], own: tuple[str, ...]) -> bytes:
    """The members of a platform's row which a device has not overridden, as the middle of a JSON
    object."""
    key = (base["platformType"], own)
    if key not in _SHARED:
        if len(_SHARED) > 4096:
            _SHARED.clear()
        rest = {
            name: value
            for name, value in base.items()
            if name not in own and name != "customAttributes"
        }
        _SHARED[key] = b"," + orjson.dumps(rest)[1:-1]
    return _SHARED[key]


def detail(
    device: Device,
    groups: Sequence[DeviceGroup],
    spaces: dict[int, Partition],
    switches: Switches,
) -> dict[str, Any]:
    """Return everything about one device, nulls and all.

    Args:
        device: The device.
        groups: Its device groups.
        spaces: All device spaces by id.
        switches: The switches.
    """
    own = {**device.base, **device.fields, **device.base_detail, **device.detail}
    found = _without_null_codes(own, switches)
    for name in NULL_IN_DETAIL:
        found[name] = None
    found.update(
        groups=[group(item, spaces) for item in groups],
        privacyPolicy=_PRIVACY,
        timeZone="Europe/Berlin",
        mdmDeviceIdentifier=device.value("udid"),
        tosAcceptedTime=device.value("lastRegistrationTime"),
        tosId=50955,
        tos={"title": "Terms of use", "body": "Company property."},
    )
    imei = device.value("imei")
    found["serviceSubscriptions"] = [_subscription(device, imei)] if imei else []
    return found


def _subscription(device: Device, imei: str) -> dict[str, Any]:
    # fmt: off
    return {"carrierSettingsVersion": None, "currentCarrierNetwork": device.value("currentCarrierNetwork"),
            "currentMCC": None, "currentMNC": None, "esimIdentifier": None, "iccid": None, "imei": imei,
            "isDataPreferred": False, "isVoicePreferred": False, "label": None, "labelID": None,
            "phoneNumber": device.value("phoneNumber"), "slot": "CTSubscriptionSlotOne"}
    # fmt: on


def group(item: DeviceGroup, spaces: dict[int, Partition]) -> dict[str, Any]:
    """Return a device group as the detail shows it. `spaces` are all device spaces by id."""
    # fmt: off
    return {
        "id": item.id, "createdAt": item.created, "createdBy": 1, "modifiedAt": item.created, "modifiedBy": None,
        "visible": True, "dmPartitionId": item.partition, "name": item.name, "description": item.description,
        "type": "DEVICE", "definition": item.definition, "mutable": item.system_name is None, "memberCount": 0,
        "systemName": item.system_name, "membershipStatic": item.static, "dmPartitionName": spaces[item.partition].name,
        "treeView": fq.tree_view(fq.parse(item.definition)) if item.definition else None, "actionExceptionCodes": None,
        "assignedConfigs": None, "assignedPolicies": None, "applicationCount": 0, "staticMembers": None,
    }
    # fmt: on


def page(
    rows: Sequence[bytes],
    *,
    total: int,
    offset: int,
    limit: int,
    facets: bytes,
    after: bytes | None,
) -> bytes:
    """Return the answer of the list, joined from rows which are JSON already.

    Args:
        rows: The rows.
        total: The number of all rows.
        offset: The number of rows before these.
        limit: The number of rows asked for.
        facets: The facets as JSON.
        after: searchAfterValues as JSON; None leaves them out.
    """
    # fmt: off
    return b"".join((
        b'{"errors":null,"result":{"totalCount":%d,"searchResults":[' % total, b",".join(rows),
        b'],"offset":%d,"limit":%d,"queryTime":%d' % (offset, limit, 5 + len(rows) // 10),
        b',"searchAfterValues":' + after if after is not None else b"",
        b',"facetedResults":', facets, b',"totalUnfilteredResultCount":0}}'))
    # fmt: on


# --- configurations and policies --------------------------------------------------------------------------------------


def policy(
    number: int,
    name: str,
    text: str | None,
    kind: str,
    rule: str,
    uuid: str,
    priority: int,
    *,
    enabled: bool = True,
) -> dict[str, Any]:
    """Return what a device's configurations and policies have in common. The counts are 0 in all of
    the document's examples.

    Args:
        number: The id.
        name: The name.
        text: The description.
        kind: policyType.
        rule: policyRuleType.
        uuid: The uuid.
        priority: The priority.
        enabled: Whether it is enabled.
    """
    # fmt: off
    return {"id": number, "name": name, "systemName": None, "description": text, "policyType": kind, "policyRuleType": rule,
            "uuid": uuid, "enabled": enabled, "priority": priority, "totalDeviceCount": 0, "installedDeviceCount": 0,
            "violationDeviceCount": 0, "modifiedAt": None, "modifiedBy": None, "actions": None}
    # fmt: on


def policy_row(item: dict[str, Any]) -> dict[str, Any]:
    """Return a policy of a device without what it says of the device."""
    return policy(
        item["id"],
        item["name"],
        item["description"],
        "POLICY",
        item["policyRuleType"],
        item["uuid"],
        item["priority"],
    )


# --- spaces and definitions -------------------------------------------------------------------------------------------


def partition(space: Partition, devices: int, groups: int) -> dict[str, Any]:
    """Return a device space with the numbers of its devices and of its device groups."""
    rule = None if space.default else f"ACCOUNTGROUP EQ '{space.name}'"
    # fmt: off
    return {
        "id": space.id, "createdAt": space.created, "createdBy": 1, "modifiedAt": space.created, "modifiedBy": 1,
        "name": space.name, "description": None, "domainRule": rule, "defaultPartition": space.default,
        "priority": space.priority, "guid": None, "appCount": 0, "contentCount": 0, "memberCount": 0,
        "countLastUpdatedAt": space.created, "treeView": fq.tree_view(fq.parse(rule)) if rule else None,
        "deviceCount": devices, "configurationCount": 0, "policyCount": 0, "deviceGroupCount": groups,
    }
    # fmt: on


def definition(item: Definition, switches: Switches) -> dict[str, Any]:
    """Return an attribute definition; the switches say whether a numeric name has its `_#`."""
    name = (
        item.name if switches["numeric_definitions"] == "suffixed" else item.name.removesuffix("_#")
    )
    return {
        "id": item.id,
        "createdAt": item.created,
        "createdBy": 10586408,
        "modifiedAt": item.created,
        "modifiedBy": 10586408,
        "type": item.type,
        "name": name,
    }
