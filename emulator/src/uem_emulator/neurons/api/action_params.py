# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of actions: where they are read from, and what they may be.

Source: "Device API Calls": parameters of a request body or of the query; the PIN's pattern, the
footnote's 15 characters.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from typing import Any, NoReturn
from urllib.parse import parse_qsl

import orjson

from uem_emulator.answers import Request
from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.switches import Switches

LONGEST_FOOTNOTE = 15
#: The document's own, brackets and all.
_PIN = re.compile(r"(^$)|([a-zA-Z0-9]{6,8})")
_FORM, _MULTIPART, _JSON = (
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json",
)
Pairs = list[tuple[str, str]]


def _form(body: bytes, kind: str) -> Pairs:
    return parse_qsl(body.decode(errors="replace"), keep_blank_values=True)


def _multipart(body: bytes, kind: str) -> Pairs:
    """What `curl --form` sends; files are parameters as well."""
    whole = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    found = []
    for part in whole.walk():
        name, value = (
            part.get_param("name", None, "content-disposition"),
            part.get_payload(decode=True),
        )
        if isinstance(name, str) and isinstance(value, bytes):
            found.append((name, value.decode(errors="replace")))
    return found


def _json(body: bytes, kind: str) -> Pairs:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(("NotReadable", "the request body is not JSON", None)) from error
    if not isinstance(found, dict):
        raise BadRequest(("NotReadable", "the request body is not a JSON object", None))
    return [
        (name, item if isinstance(item, str) else orjson.dumps(item).decode())
        for name, value in found.items()
        for item in (value if isinstance(value, list) else [value])
    ]


_BODIES = {_FORM: _form, _MULTIPART: _multipart, _JSON: _json}


class Parameters:
    """The parameters of one request, of query and body alike, and the faults found in them. In
    strict mode a name which is not in `known` is one."""

    def __init__(self, request: Request, switches: Switches, known: frozenset[str]) -> None:
        self.switches = switches
        self.faults: list[tuple[str, str, str | None]] = []
        self._values = {name: list(values) for name, values in request.parameters.items()}
        for name, value in self._body(request):
            self._values.setdefault(name, []).append(value)
        if switches.is_on("strict"):
            for name in self._values.keys() - known:
                self.fault("UnknownParameter", "is not known for this call", name)

    def _body(self, request: Request) -> Pairs:
        whole = request.headers.get("content-type", "")
        kind = whole.split(";")[0].strip().lower()
        if (
            not request.body
            or kind not in _BODIES
            or (kind == _JSON and self.switches["action_json_body"] == "ignored")
        ):
            return []
        return _BODIES[kind](request.body, whole)

    def fault(self, code: str, message: str, name: str) -> None:
        """Remember a fault of a parameter.

        Args:
            code: The code of the fault.
            message: What is wrong.
            name: The parameter.
        """
        self.faults.append((code, message, name))

    def refuse(self, code: str, message: str, name: str) -> NoReturn:
        """Raise BadRequest for one fault of a parameter. See `fault`."""
        raise BadRequest((code, message, name))

    def check(self) -> None:
        """Raises BadRequest for all faults found."""
        if self.faults:
            raise BadRequest(*self.faults)

    def has(self, name: str) -> bool:
        """Whether it is there, if only empty."""
        return name in self._values

    def text(self, name: str) -> str:
        """The first value; an empty text where there is none."""
        return self._values.get(name, [""])[0]

    def required(self, name: str) -> str:
        """Return a parameter which must be there; an empty text where it is not."""
        if not self.text(name).strip():
            self.fault("NotEmpty", "must not be empty", name)
        return self.text(name)

    def texts(self, name: str) -> list[str]:
        """All values: repeated, joined by commas, or both; without blanks around them, each
        once."""
        parts = (part.strip() for value in self._values.get(name, ()) for part in value.split(","))
        return list(dict.fromkeys(part for part in parts if part))

    def numbers(self, name: str) -> list[str]:
        """Return the whole numbers of a parameter as texts; anything else is a fault."""
        found = self.texts(name)
        wrong = [text for text in found if not re.fullmatch(r"[0-9]{1,18}", text)]
        if wrong:
            self.fault("typeMismatch", f"must be whole numbers, not {', '.join(wrong)}", name)
        return [str(int(text)) for text in found if text not in wrong]

    def number(self, name: str) -> int | None:
        """A whole number which must be there; None where it is not."""
        text = self.required(name).strip()
        if text and not re.fullmatch(r"[0-9]{1,18}", text):
            self.fault("typeMismatch", "must be a whole number", name)
            return None
        return int(text) if text else None

    def flag(self, name: str) -> bool:
        """true or false in any case; false where it is left out."""
        text = self.text(name).strip().lower()
        if text not in ("", "true", "false"):
            self.fault("typeMismatch", "must be true or false", name)
        return text == "true"


# --- the parameters of each action, as they are noted -------------------------------------------------------------------


def os_update(given: Parameters) -> dict[str, Any]:
    """Read the parameters of an update of the operating system."""
    return {"version": given.required("version").strip()}


def wipe(given: Parameters) -> dict[str, Any]:
    """Read the parameters of a wipe."""
    return {
        "iosDisallowProximitySetup": given.flag("iosDisallowProximitySetup"),
        "iosPreserveDataPlan": given.flag("iosPreserveDataPlan"),
        "message": given.text("message") or None,
    }


def unlock(given: Parameters) -> dict[str, Any]:
    """The PIN is a secret: that there was one is noted, and its value kept nowhere."""
    pin = given.text("deviceUnlockPin")
    if not _PIN.fullmatch(pin):
        given.fault("Pattern", 'must match "(^$)|([a-zA-Z0-9]{6,8})"', "deviceUnlockPin")
    return {"pin_given": bool(pin)}


def lost_mode(given: Parameters) -> dict[str, Any]:
    """The footnote counts only together with changeFootnote."""
    footnote = given.text("footnote") if given.flag("changeFootnote") else ""
    if len(footnote) > LONGEST_FOOTNOTE and given.switches["footnote_long"] == "error":
        given.fault("Size", f"must have {LONGEST_FOOTNOTE} characters at most", "footnote")
    return {
        "message": given.required("message"),
        "phoneNumber": given.text("phoneNumber") or None,
        "footnote": footnote[:LONGEST_FOOTNOTE] or None,
    }


def message(given: Parameters) -> dict[str, Any]:
    """The document has all names in the request, those of the mail empty."""
    push, email = given.flag("sendPushNotification"), given.flag("sendEmail")
    if given.switches["message_email_keys"] == "required":
        for name in ("sendEmail", "emailSubject", "emailBody"):
            if not given.has(name):
                given.fault("NotNull", "must not be null", name)
    if not push and not email and given.switches["message_nothing_to_send"] == "error":
        given.fault("Invalid", "there is nothing to send", "sendPushNotification")
    return {
        "push": given.required("pushNotificationMessage") if push else None,
        "email": {"subject": given.text("emailSubject"), "body": given.required("emailBody")}
        if email
        else None,
    }
