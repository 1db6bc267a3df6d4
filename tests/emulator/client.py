# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The smallest client which can talk to the emulator; it knows nothing of the collection."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from uem_emulator.testing.emulator import Emulator

#: The tenant's clock in all tests: 2026-01-15.
NOW = 1_768_435_200_000
PASSWORD = "s3cret pass/word"
TOKEN = "tok-0123456789"


@dataclass(frozen=True)
class Reply:
    """An answer; `json` raises for a body that is none."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def result(self) -> Any:
        return self.json["result"]

    @property
    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.result["searchResults"]
        return found

    @property
    def faulty_fields(self) -> list[str]:
        return [fault["field"] for fault in self.json["errors"]["fieldErrors"] or []]


class Api:
    """Keeps one connection; a call on a broken one raises what http.client raises."""

    def __init__(self, emulator: Emulator, authorization: str | None = "") -> None:
        self.emulator = emulator
        basic = base64.b64encode(f"{emulator.username}:{emulator.password}".encode()).decode()
        self.authorization = f"Basic {basic}" if authorization == "" else authorization
        self.address = urlsplit(emulator.url)
        self.connection: http.client.HTTPConnection | None = None

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self.address.hostname or "", self.address.port
        if self.emulator.ca_path is None:
            return http.client.HTTPConnection(host, port, timeout=10)
        context = ssl.create_default_context(cafile=self.emulator.ca_path)
        return http.client.HTTPSConnection(host, port, timeout=10, context=context)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """`body`: bytes as they are, anything else as JSON."""
        if self.connection is None:
            self.connection = self._connect()
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        sent = {
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if self.authorization is not None:
            sent["Authorization"] = self.authorization
        try:
            self.connection.request(method, self.address.path + path, data, sent)
            answer = self.connection.getresponse()
            raw = answer.read()
        except Exception:
            self.close()
            raise
        return Reply(
            answer.status, {name.lower(): value for name, value in answer.getheaders()}, raw
        )

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def get(self, path: str, **parameters: Any) -> Reply:
        return self.call(
            "GET", f"{path}?{urlencode(parameters, doseq=True)}" if parameters else path
        )

    def search(self, fq: str | None = None, **parameters: Any) -> Reply:
        """The device list; `sort="id"` or `sort="-lastCheckin"`."""
        if fq is not None:
            parameters["fq"] = fq
        sort = parameters.pop("sort", None)
        for place, name in enumerate(sort.split(",") if sort else ()):
            parameters[f"sortFields[{place}].name"] = name.lstrip("-")
            parameters[f"sortFields[{place}].order"] = "DESC" if name.startswith("-") else "ASC"
        return self.get("/api/v1/device", **parameters)

    def ids(self, fq: str | None = None, **parameters: Any) -> list[int]:
        reply = self.search(fq, **{"rows": 500, **parameters})
        assert reply.status == 200, reply.raw
        return [row["id"] for row in reply.rows]

    def attrs(self, key: Any) -> dict[str, list[str]]:
        found: dict[str, list[str]] = self.get(f"/api/v1/device/{key}/customattributes").result[
            "attrs"
        ]
        return found
