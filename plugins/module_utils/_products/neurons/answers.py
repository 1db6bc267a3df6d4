# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON of Neurons for MDM to models and back. Wire names stand here and nowhere else. Pure.

Sources: MDM Customer Integration API Guide, sections as named at each function; where it leaves
gaps, answers recorded by other vendors' clients (docs/neurons.md of the collection lists them).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..._core.attributes import Values, canonical
from ..._core.device import Attrs, Device, Partition
from ..._core.errors import AnswerError
from ..._families.attributes.model import AttrsWrite
from ..._families.messages.model import Message
from ..._http.redact import MOST_EXPLAINED

# Characters of a result that messages show.
MOST_SHOWN = 100

_PLATFORMS = {"OSX": "macos", "WINDOWS_PHONE": "windows"}

# Modes, the field that shows each, and the values by which it does ("Get List of Devices Registered
# Within x Amount of Time": kioskState is NOT_CONFIGURED, INACTIVE or ACTIVE).
_MODES = (
    ("lost_mode", "lostModeEnabled", frozenset({"TRUE"})),
    ("kiosk_mode", "kioskState", frozenset({"ACTIVE"})),
)

# In the answer for one device these are null although the list fills them ("Get Device Details",
# example).
ONLY_IN_LIST = (
    "customAttributes",
    "violatedPolicies",
    "dmPartitionName",
    "blocked",
    "appEasIdentifiers",
)


def result_of(answer: Any, what: str) -> Any:
    """The ``result`` of an envelope. Raises AnswerError for an answer without one, or with
    ``errors`` despite HTTP 200."""
    if not isinstance(answer, Mapping) or "result" not in answer:
        raise AnswerError(
            f"{what}: the server's answer has no result; url may lead to another API."
        )
    if answer.get("errors"):
        raise AnswerError(
            f"{what}: the server answered HTTP 200 with errors "
            f"({explain(answer) or 'not said which'})."
        )
    return answer["result"]


def accepted(answer: Any, what: str) -> int:
    """How many devices a write took. Raises AnswerError for 0 or false, which HTTP 200 does not
    rule out."""
    result = result_of(answer, what)
    if isinstance(result, (bool, int)) and result >= 1:
        return int(result)
    raise AnswerError(
        f"{what}: the server answered HTTP 200 with result {_told(result)}: nothing was done."
    )


def count_of(answer: Any, what: str) -> int:
    """A result that is a number, which may be 0."""
    result = result_of(answer, what)
    if isinstance(result, bool) or not isinstance(result, int):
        raise AnswerError(f"{what}: the server answered {_told(result)}, which is no number.")
    return result


def _told(result: Any) -> str:
    """What messages show of a result that is not as it should be. It is not cut: of a secret nobody
    would see that it is a part."""
    text = json.dumps(result)
    return text if len(text) <= MOST_SHOWN else f"{text[:1]}…{text[-1:]} of {len(text)} characters"


def exception_codes(row: Mapping[str, Any]) -> str:
    """Why a device cannot take an action ("Check force logout viability"): codes, or a list that
    holds nothing."""
    raw = row.get("actionExceptionCodes")
    codes = [text_of(code) for code in (raw if isinstance(raw, list) else [raw]) if code]
    return ", ".join(codes) or "the server says that it cannot, and not why"


def message_form(message: Message, space: str, ids: Sequence[str]) -> list[tuple[str, str]]:
    """The form of "Send a device or devices a message", which wants every key, those that mean
    nothing left empty."""
    push = message.mode == "push"
    # fmt: off
    return [
        ("sendPushNotification", word(push)), ("pushNotificationMessage", message.text if push else ""),
        ("sendEmail", word(not push)), ("emailSubject", message.subject), ("emailBody", "" if push else message.text),
        ("dmPartitionId", space), ("deviceIds", ",".join(ids)),
    ]
    # fmt: on


def word(value: Any) -> str:
    """A parameter of an action as a form has it."""
    return text_of(value)


def rows_of(answer: Any, what: str) -> tuple[list[Mapping[str, Any]], int, str | None]:
    """The rows of a list page, the total, and what it carries to continue with (see
    "searchAfterValues")."""
    result = result_of(answer, what)
    rows = result.get("searchResults") if isinstance(result, Mapping) else None
    total = result.get("totalCount") if isinstance(result, Mapping) else None
    if (
        not isinstance(rows, list)
        or not isinstance(total, int)
        or not all(isinstance(row, Mapping) for row in rows)
    ):
        raise AnswerError(
            f"{what}: the server's answer is no list page (searchResults and totalCount are "
            "missing)."
        )
    return rows, total, _after(result.get("searchAfterValues"))


def device(row: Mapping[str, Any], *, keep_row: bool, space: str = "") -> Device:
    """A device of a row of the list ("Get Device Details Based on Attribute"). ``space``: the
    partition that it was read in."""
    if not isinstance(row.get("id"), (int, str)) or not str(row["id"]).isdigit():
        raise AnswerError(f"The server sent a device without a usable id ({row.get('id')!r}).")
    return Device(
        id=str(row["id"]),
        guid=text_of(row.get("guid")).lower(),
        serial=text_of(row.get("serialNumber")),
        email=text_of(row.get("emailAddress")),
        uid=text_of(row.get("uid")),
        attrs=attributes(row.get("customAttributes")),
        row=row if keep_row else {},
        state=text_of(row.get("registrationState")).upper(),
        platform=_PLATFORMS.get(
            text_of(row.get("platformType")).upper(), text_of(row.get("platformType")).lower()
        ),
        os_version=text_of(row.get("platformVersion")),
        space=space,
        modes=frozenset(
            mode for mode, field, values in _MODES if text_of(row.get(field)).upper() in values
        ),
    )


def attributes(raw: Any) -> Attrs:
    """Custom attributes in each of the shapes that the guide shows: ``{"attrs": {…}}``, a bare map,
    or null; values as lists or as bare strings ("Get Custom Attributes Per Device", "Patch custom
    attributes per device")."""
    if isinstance(raw, Mapping) and "attrs" in raw:
        raw = raw["attrs"]
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise AnswerError(
            f"The server sent custom attributes as {type(raw).__name__}, not as a map."
        )
    return {str(name): _values(value) for name, value in raw.items()}


def attributes_answer(answer: Any, what: str) -> Attrs:
    """The answer of the call for one device's attributes, which the guide shows with and without an
    envelope."""
    if isinstance(answer, Mapping) and "attrs" in answer and "result" not in answer:
        return attributes(answer)
    return attributes(result_of(answer, what))


def write_body(write: AttrsWrite, current: Attrs) -> dict[str, Any]:
    """The JSON body of a write for one device, whose attributes are ``current``.

    A removal sends each attribute with the values that it has, as the guide's example does ("Remove
    custom attributes per device - method 2"): whether a server looks at them is not said.
    """
    if write.verb == "remove":
        have = {canonical(name): list(values) for name, values in current.items()}
        return {"attrs": {name: have.get(canonical(name), []) for name in write.names}}
    body: dict[str, Any] = {"attrs": {name: list(values) for name, values in write.attrs}}
    if write.verb in ("merge", "append"):
        body["forceOverwrite"] = write.verb == "merge"
    return body


def removal_body(ids: list[str], names: tuple[str, ...]) -> dict[str, Any]:
    """The JSON body of a removal for many devices ("Remove custom attributes per device - method
    1")."""
    return {"ids": ids, "attrKeys": list(names)}


def partition(row: Mapping[str, Any]) -> Partition:
    """A device space of the partition list."""
    if row.get("id") is None:
        raise AnswerError("The server sent a device space without an id.")
    return Partition(str(row["id"]), text_of(row.get("name")), bool(row.get("defaultPartition")))


def defined_names(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The names of the attributes that devices can have ("Custom Attributes": types are account,
    device, AAD, LDAP).

    A server that does not heed the type asked for sends the others, too.
    """
    return tuple(
        text_of(row.get("name"))
        for row in rows
        if text_of(row.get("type")).upper() in ("", "DEVICE")
    )


def explain(body: Any) -> str:
    """The text of an error envelope ("API Basics", validation errors): field and message of each
    error in it."""
    errors = body.get("errors") if isinstance(body, Mapping) else None
    if not isinstance(errors, Mapping):
        return text_of(errors)[:MOST_EXPLAINED]
    parts = [errors.get("fieldErrors"), errors.get("globalErrors")]
    entries = [
        entry
        for part in parts
        if part is not None
        for entry in (part if isinstance(part, list) else [part])
    ]
    texts = [
        f"{text_of(entry.get('field'))} {text_of(entry.get('message') or entry.get('code'))}".strip()
        if isinstance(entry, Mapping)
        else text_of(entry)
        for entry in entries
    ]
    return "; ".join(text for text in texts if text)[:MOST_EXPLAINED]


def _after(raw: Any) -> str | None:
    """What a page carries to continue: its syntax is not documented, so a string goes back as it
    came and a list as its values joined by commas."""
    if raw is None or raw == []:
        return None
    if isinstance(raw, list):
        return ",".join(str(part) for part in raw)
    return str(raw)


def _values(raw: Any) -> Values:
    parts = raw if isinstance(raw, list) else [raw]
    return tuple(text_of(part) for part in parts if part is not None)


def text_of(raw: Any) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return "" if raw is None else str(raw)
