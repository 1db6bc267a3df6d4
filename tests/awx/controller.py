# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small stand-in for the API of AWX: objects are made, changed, looked up and related.

What it does that a plain store of JSON would not is what a real AWX 24.6 did: secrets are not shown,
the inputs of a credential type are fixed once a credential uses it, a job template needs a project,
an approval belongs to a node. It runs no job.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Object = dict[str, Any]
UNIFIED = ("job_templates", "projects", "inventory_sources", "workflow_job_templates")
ASSOCIATED = ("credentials", "galaxy_credentials", "success_nodes", "failure_nodes", "always_nodes")
# What AWX fills in where a request leaves it out.
DEFAULTS: dict[str, Object] = {
    "inventories": {"kind": "", "variables": ""},
    "projects": {"scm_refspec": "", "scm_revision": "ce17828e", "status": "successful"},
    "inventory_sources": {"source_vars": "", "verbosity": 1},
    "workflow_job_template_nodes": {"unified_job_template": None, "extra_data": {}},
}


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, said: Object) -> None:
        super().__init__(status)
        self.status, self.said = status, said


class Store:
    """The objects by kind, and what they are related to."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, Object]] = {}
        self.related: dict[str, list[int]] = {}
        self.surveys: dict[str, Object] = {}
        self.forbidden: set[tuple[str, str]] = set()
        self.requests: list[tuple[str, str]] = []
        self._last = 0
        self.create("credentials", {"name": "Ansible Galaxy", "credential_type": 0})

    def create(self, kind: str, fields: Object) -> Object:
        self._last += 1
        url = f"/api/v2/{kind}/{self._last}/"
        made = {"description": "", **DEFAULTS.get(kind, {}), **fields}
        made |= {"id": self._last, "url": url, "type": kind.removesuffix("s")}
        made |= {"related": {"survey_spec": f"{url}survey_spec/"}, "summary_fields": {}}
        self.objects.setdefault(kind, {})[self._last] = made
        return made

    def find(self, kind: str, query: Object) -> list[Object]:
        """The objects that a list with these parameters has."""
        kinds = UNIFIED if kind == "unified_job_templates" else (kind,)
        rows = [row for one in kinds for row in self.objects.get(one, {}).values()]
        return [row for row in rows if all(str(row.get(k, "")) == v for k, v in query.items())]

    def one(self, kind: str, number: str) -> Object:
        try:
            return self.objects[kind][int(number)]
        except (KeyError, ValueError):
            raise Refused(404, {"detail": "Not found."}) from None

    def change(self, kind: str, number: str, fields: Object) -> Object:
        row = self.one(kind, number)
        used = {one["credential_type"] for one in self.objects["credentials"].values()}
        fixed = any(row.get(key) != fields.get(key) for key in ("inputs", "injectors"))
        if kind == "credential_types" and row["id"] in used and fixed:
            raise Refused(403, {"detail": "Modifications to inputs are not allowed"})
        row.update(fields)
        return row

    def associate(self, place: str, body: Object) -> None:
        listed = self.related.setdefault(place, [])
        if body.get("disassociate"):
            listed.remove(body["id"])
        else:
            listed.append(body["id"])

    def shown(self, row: Object) -> Object:
        """The object as AWX shows it."""
        kind = self.objects.get("credential_types", {}).get(row.get("credential_type", 0))
        if kind is None:
            return row
        secret = {one["id"] for one in kind["inputs"]["fields"] if one.get("secret")}
        inputs = {k: "$encrypted$" if k in secret else v for k, v in row["inputs"].items()}
        return {**row, "inputs": inputs}


def checked(store: Store, kind: str, fields: Object) -> None:
    """Refuse what AWX refuses."""
    for key in ("product", "url") if kind == "credentials" else ():
        if key not in fields.get("inputs", {}):
            raise Refused(400, {"inputs": {key: [f"required for {fields['name']}"]}})
    if kind == "job_templates" and not fields.get("project"):
        raise Refused(400, {"project": ["This field is required."]})
    for question in fields.get("spec", ()) if kind == "survey" else ():
        missing = {"type", "question_name", "variable", "required"} - set(question)
        if missing or question["variable"] == "action":
            raise Refused(400, {"error": f"{sorted(missing)} missing in {question}"})
        if (
            not isinstance(question.get("default", ""), str)
            or "choices" in question
            and (question["default"] not in question["choices"])
        ):
            raise Refused(400, {"error": f"the default of {question['variable']} is wrong"})


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    store: Store

    def _handle(self) -> None:
        address = urlsplit(self.path)
        parts = address.path.strip("/").split("/")[2:]
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        self.store.requests.append((self.command, address.path))
        try:
            if (self.command, parts[0]) in self.store.forbidden:
                raise Refused(403, {"detail": "You do not have permission to perform this action."})
            status, said = self._routed(parts, dict(parse_qsl(address.query)), body)
        except Refused as error:
            status, said = error.status, error.said
        text = b"" if status == 204 else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("X-API-Product-Name", "AWX")
        self.send_header("X-API-Product-Version", "24.6.1")
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = _handle

    def _routed(self, parts: list[str], query: Object, body: Object) -> tuple[int, Any]:
        store, kind = self.store, parts[0]
        if len(parts) == 1:
            if self.command == "POST":
                checked(store, kind, body)
                return 201, store.shown(store.create(kind, body))
            rows = [store.shown(row) for row in store.find(kind, query)]
            return 200, {"count": len(rows), "next": None, "previous": None, "results": rows}
        row = store.one(kind, parts[1])
        if len(parts) == 2:
            if self.command == "PATCH":
                return 200, store.shown(store.change(kind, parts[1], body))
            return 200, store.shown(row)
        return self._part(row, parts[2], "/".join(parts), body)

    def _part(self, row: Object, part: str, place: str, body: Object) -> tuple[int, Any]:
        store = self.store
        if part == "survey_spec":
            if self.command == "POST":
                checked(store, "survey", body)
                store.surveys[place] = body
            return 200, store.surveys.get(place, {})
        if part == "create_approval_template":
            made = store.create("workflow_approval_templates", body)
            row["unified_job_template"] = made["id"]
            row["related"]["unified_job_template"] = made["url"]
            return 201, made
        if part not in ASSOCIATED and not part.startswith("notification_templates_"):
            raise Refused(404, {"detail": "Not found."})
        if self.command == "POST":
            store.associate(place, body)
            return 204, None
        rows = [{"id": number} for number in store.related.get(place, [])]
        return 200, {"count": len(rows), "next": None, "previous": None, "results": rows}

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def serve() -> tuple[ThreadingHTTPServer, Store]:
    """Start a controller of its own on a free port."""
    store = Store()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"store": store}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, store
