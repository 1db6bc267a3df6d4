# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running emulator of either product, and the control calls which both have."""

from __future__ import annotations

import http.client
import json
import ssl
import subprocess
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


class ControlError(Exception):
    """A control call was refused; the text is the emulator's."""


@dataclass
class Emulator:
    """A running emulator. `ca_path` is None without TLS; `process` is None for one which was not
    started here."""

    url: str
    username: str
    password: str = field(repr=False)
    ca_path: str | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: http.client.HTTPConnection | None = None

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Any control call: `control("GET", "state")`. Answers its JSON, None without a body.
        Raises ControlError."""
        data = None if body is None else json.dumps(body).encode()
        with self._lock:
            status, raw = self._exchange(
                method, f"{urlsplit(self.url).path}/_emulator/{path}", data
            )
        if status >= 400:
            raise ControlError(f"{method} {path}: {status} {raw.decode(errors='replace')}")
        return json.loads(raw) if raw else None

    def _exchange(self, method: str, path: str, data: bytes | None) -> tuple[int, bytes]:
        """One connection is kept, so that a test may call hundreds of times; one that has gone
        stale is made anew."""
        while True:
            fresh = self._kept is None
            connection = self._kept = self._kept or self._connect()
            try:
                connection.request(method, path, data, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (http.client.HTTPException, OSError):
                self.close()
                if fresh:
                    raise

    def _connect(self) -> http.client.HTTPConnection:
        address = urlsplit(self.url)
        host, port = address.hostname or "", address.port
        if self.ca_path is None:
            return http.client.HTTPConnection(host, port, timeout=60)
        context = ssl.create_default_context(cafile=self.ca_path)
        return http.client.HTTPSConnection(host, port, timeout=60, context=context)

    def close(self) -> None:
        """Close the connection of the control calls; the next one opens another."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def requests(self) -> list[dict[str, Any]]:
        """The request log, oldest first: method, path, query, status (None: no answer was sent), at
        (epoch seconds), acts (whether such a call may change anything: all but GET, with the GETs
        which do and without the PUT which only checks)."""
        found: list[dict[str, Any]] = self.control("GET", "requests")
        return found

    def clear_requests(self) -> None:
        self.control("DELETE", "requests")

    def add_fault(
        self,
        kind: str,
        *,
        method: str | None = None,
        path: str | None = None,
        path_regex: str | None = None,
        query_regex: str | None = None,
        after: int = 0,
        times: int | None = 1,
        **params: Any,
    ) -> dict[str, Any]:
        """Arm a rule: `after` matching requests pass, then `times` fail (None: all). `path` is a
        glob."""
        match = {
            "method": method,
            "path": path,
            "path_regex": path_regex,
            "query_regex": query_regex,
        }
        rule = {
            "kind": kind,
            "match": {name: value for name, value in match.items() if value is not None},
            "after": after,
            "times": times,
            "params": params,
        }
        found: list[dict[str, Any]] = self.control("POST", "faults", rule)
        return found[0]

    def faults(self) -> list[dict[str, Any]]:
        """The rules with how often each was seen and fired."""
        found: list[dict[str, Any]] = self.control("GET", "faults")
        return found

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def set_switch(self, name: str, value: str | int) -> None:
        self.control("POST", "switches", {name: value})

    def switches(self) -> dict[str, str | int]:
        found: dict[str, str | int] = self.control("GET", "switches")
        return found

    def reset(
        self, *, seed: int | None = None, devices: int | None = None, partitions: int | None = None
    ) -> dict[str, Any]:
        """A fresh world; no faults, the command line's switches, an empty log. None: as it was.
        Answers the state."""
        given = {"seed": seed, "devices": devices, "partitions": partitions}
        found: dict[str, Any] = self.control(
            "POST", "reset", {k: v for k, v in given.items() if v is not None}
        )
        return found

    def settle(self) -> None:
        self.control("POST", "settle")

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.control("GET", "state")
        return found

    def devices(self, *fields: str) -> list[dict[str, Any]]:
        """The truth of every device, chosen fields only. None: id, guid, customAttributes
        (neurons), or id, uuid, status, labels (epmm)."""
        query = f"?fields={','.join(fields)}" if fields else ""
        found: list[dict[str, Any]] = self.control("GET", f"devices{query}")
        return found

    def device(self, key: int | str) -> dict[str, Any]:
        """The truth of one device, by id, guid or uuid; `groups` (neurons) holds the names of its
        device groups, `labels` (epmm) those of its labels, `actions` what was done to it: action,
        at, and params (neurons), or reason and what else was sent (epmm). No secret is among
        them."""
        found: dict[str, Any] = self.control("GET", f"devices/{key}")
        return found

    def patch_device(self, key: int | str, **fields: Any) -> dict[str, Any]:
        """Set fields; also customAttributes (the whole map), ldapAttributes, userGroups,
        staticGroups (neurons), or user (a principal), labels (the names of all its static labels),
        details (epmm)."""
        found: dict[str, Any] = self.control("PATCH", f"devices/{key}", fields)
        return found

    def add_device(self, **fields: Any) -> int:
        """A new device with these fields, named as in `device`; answers its id."""
        return int(self.control("POST", "devices", fields)["id"])

    def delete_device(self, key: int | str) -> None:
        self.control("DELETE", f"devices/{key}")
