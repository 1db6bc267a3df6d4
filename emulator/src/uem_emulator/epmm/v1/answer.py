# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How API v1 answers: JSON, or XML where it is asked for; messages; errors.

Sources: "Device Management" and "MobileIron WebService" (roots, messages, 404 for "No Data Found").
What an error's body is like is a switch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import orjson

from uem_emulator.answers import HTML_TYPE, Answer, Request, html
from uem_emulator.epmm.personal import hide_in_tree
from uem_emulator.epmm.v1.tree import Many, Tree, write_json, write_xml
from uem_emulator.routing import Route
from uem_emulator.switches import Switches

XML_TYPE = "application/xml;charset=UTF-8"
NO_DATA = "No Data Found"
#: First part of a path below /api/v1 -> the root of its XML.
# fmt: off
_ROOTS = {"dm": "deviceManagementWebServiceResponse", "alerts": "alertWebServiceResponse",
          "policies": "policyWebServiceResponse", "sm": "securityManagementWebServiceResponse",
          "eas": "easWebServiceResponse", "appsettings": "appSettingsWebServiceResponse"}
# fmt: on
_FORMS = {
    "application/xml": ("xml", 1.0),
    "text/xml": ("xml", 1.0),
    "application/json": ("json", 1.0),
    "application/*": ("json", 0.999),
    "*/*": ("json", 0.998),
}
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    414: "URI Too Long",
    501: "Not Implemented",
}
#: Status -> the switch which says what its body is like.
BODY_SWITCHES = {
    401: "unauthorized_body",
    403: "forbidden_body",
    405: "unknown_path_body",
    501: "unknown_path_body",
}
_EMPTY = orjson.Fragment(b"{}")
Handler = Callable[[Request, tuple[str, ...]], Answer]


class Fault(Exception):
    """Anything but a 200: the status, the message, and what else the answer holds."""

    def __init__(self, status: int, text: str, tree: Tree | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.tree = tree or {}


def route(
    method: str,
    path: str,
    handler: Handler,
    *query: str,
    acts: Callable[[Request], bool] | None = None,
) -> Route:
    """Return a call of API v1.

    Args:
        method: The HTTP method.
        path: What follows /api/v1.
        handler: What answers it.
        query: The names of the parameters which the sources know.
        acts: Whether a request changes something; None: as its method says.
    """
    return Route(method, f"/api/v1{path}", handler, frozenset(query), acts=acts)


def messages(*texts: str) -> Tree:
    """The element with the status messages; without any it is empty."""
    return {"messages": {"message": Many(texts)} if texts else None}


def wants_xml(request: Request) -> bool:
    """JSON unless Accept prefers XML."""
    weights = {"xml": 0.0, "json": 0.0}
    for part in request.headers.get("accept", "").split(","):
        kind, *parameters = part.lower().replace(" ", "").split(";")
        if kind in _FORMS:
            form, weight = _FORMS[kind]
            weights[form] = max(weights[form], weight * _quality(parameters))
    return weights["xml"] > weights["json"]


def _quality(parameters: list[str]) -> float:
    values = [
        value for name, _sign, value in (item.partition("=") for item in parameters) if name == "q"
    ]
    try:
        return float(values[0]) if values else 1.0
    except ValueError:
        return 0.0


def respond(
    request: Request,
    tree: Tree,
    switches: Switches,
    *,
    status: int = 200,
    wrote: bool = False,
    root: str | None = None,
) -> Answer:
    """Return a tree in the form that the request asks for.

    Args:
        request: What is answered.
        tree: The content.
        switches: The switches.
        status: The HTTP status.
        wrote: Whether the request has written something.
        root: The root of the XML, where it is not as the path says.
    """
    tree = hide_in_tree(tree, switches)
    if wants_xml(request):
        part = request.segments[3] if len(request.segments) > 3 else ""
        return Answer(
            status,
            write_xml(root or _ROOTS.get(part, "webServiceResponse"), tree),
            XML_TYPE,
            wrote=wrote,
        )
    if (
        "messages" in tree
        and tree["messages"] is None
        and switches["v1_empty_messages"] == "object"
    ):
        tree = {**tree, "messages": _EMPTY}
    return Answer(
        status, write_json(tree, collapse=switches["one_element"] == "collapse"), wrote=wrote
    )


def failure(
    request: Request,
    status: int,
    text: str | None,
    form: str,
    switches: Switches,
    tree: Mapping[str, object] | None = None,
) -> Answer:
    """Return an error.

    Args:
        request: What is answered.
        status: The HTTP status.
        text: The message; None takes the title of the status.
        form: html, empty, or anything else for messages in the form that the request asks for.
        switches: The switches.
        tree: What else the answer holds.
    """
    title = _TITLES.get(status, "Error")
    if form == "html":
        return html(status, title)
    if form == "empty":
        return Answer(status, b"", HTML_TYPE)
    return respond(request, {**(tree or {}), **messages(text or title)}, switches, status=status)


def absent(switches: Switches) -> Answer:
    """Return the answer of a server without API v1, by the switch `v1_absent`."""
    status = int(switches["v1_absent"])
    return html(status, {404: "Not Found", 501: "Not Implemented"}[status])


def error(status: int, request: Request, switches: Switches, message: str | None = None) -> Answer:
    """Return the answer of an error which is not about one call. A status without a switch of its
    own has messages.

    Args:
        status: The HTTP status.
        request: What is answered.
        switches: The switches.
        message: The text, where it is not the usual one of the status.
    """
    if switches["v1_absent"] != "off" and status not in (401, 403):
        return absent(switches)
    form = str(switches[BODY_SWITCHES[status]]) if status in BODY_SWITCHES else "messages"
    return failure(request, status, message, form, switches)
