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
        """Send a control call.

        Args:
            method: The HTTP method.
            path: What follows /_emulator/, as in `control("GET", "state")`.
            body: What is sent as JSON.

        Returns:
            The JSON of the answer, None where it has no body.

        Raises:
            ControlError: The emulator refuses the call.
        """
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
        stale is replaced."""
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
        """Return the request log, oldest first.

        Returns:
            For each request: method, path, query, status (None: no answer was sent), at (epoch
            seconds), acts (whether such a call may change anything: all but GET, with the GETs
            which do and without the PUT which only checks).
        """
        found: list[dict[str, Any]] = self.control("GET", "requests")
        return found

    def clear_requests(self) -> None:
        """Empty the request log."""
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
        """Arm a fault rule.

        Args:
            kind: The kind of fault, see the emulator's README.
            method: The method of the requests which match.
            path: A glob for their path.
            path_regex: A pattern which is found in their path.
            query_regex: A pattern which is found in their query.
            after: The number of matching requests which pass first.
            times: The number which fail then; None for all.
            params: The parameters of the kind.

        Returns:
            The rule as it is armed.
        """
        patterns = {"path_regex": path_regex, "query_regex": query_regex}
        match = {"method": method, "path": path, **patterns}
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
        """Return the fault rules with how often each was seen and fired."""
        found: list[dict[str, Any]] = self.control("GET", "faults")
        return found

    def clear_faults(self) -> None:
        """Remove all fault rules."""
        self.control("DELETE", "faults")

    def set_switch(self, name: str, value: str | int) -> None:
        """Set the position of a switch."""
        self.control("POST", "switches", {name: value})

    def switches(self) -> dict[str, str | int]:
        """Return the positions of all switches."""
        found: dict[str, str | int] = self.control("GET", "switches")
        return found

    def roles(self) -> dict[str, list[str] | None]:
        """Return the roles of each account; None stands for every role."""
        found: dict[str, list[str] | None] = self.control("GET", "roles")
        return found

    def set_roles(self, username: str, *roles: str, every: bool = False) -> None:
        """Give an account other roles, until the next reset.

        Args:
            username: The name of the account.
            roles: The roles, as the vendor's documents name them; without any it has none.
            every: Whether it has every role instead.
        """
        self.control("PUT", "roles", {username: None if every else list(roles)})

    def reset(
        self, *, seed: int | None = None, devices: int | None = None, partitions: int | None = None
    ) -> dict[str, Any]:
        """Start again with a fresh world, no faults, the command line's switches and an empty log.
        What is None stays as it was.

        Args:
            seed: The seed of the world.
            devices: The number of its devices.
            partitions: The number of its device spaces.

        Returns:
            The state.
        """
        given = {"seed": seed, "devices": devices, "partitions": partitions}
        found: dict[str, Any] = self.control(
            "POST", "reset", {k: v for k, v in given.items() if v is not None}
        )
        return found

    def save(self) -> dict[str, Any]:
        """Return the whole state: what decides how requests are answered, without passwords."""
        found: dict[str, Any] = self.control("GET", "save")
        return found

    def load(self, state: dict[str, Any]) -> None:
        """Take over a state that `save` returned, of an emulator of the same product."""
        self.control("POST", "load", state)

    def settle(self) -> None:
        """Let all writes reach the list, and devices carry out what waits for them."""
        self.control("POST", "settle")

    def state(self) -> dict[str, Any]:
        """Return counts, device spaces, seed and clock."""
        found: dict[str, Any] = self.control("GET", "state")
        return found

    def devices(self, *fields: str) -> list[dict[str, Any]]:
        """Return chosen fields of every device. Without any: id, guid, customAttributes (neurons),
        or id, uuid, status, labels (epmm)."""
        query = f"?fields={','.join(fields)}" if fields else ""
        found: list[dict[str, Any]] = self.control("GET", f"devices{query}")
        return found

    def device(self, key: int | str) -> dict[str, Any]:
        """Return everything about one device.

        Args:
            key: The id, guid or uuid.

        Returns:
            Its fields by name. `groups` (neurons) holds the names of its device groups, `labels`
            (epmm) those of its labels, `actions` what was done to it: action, at, and params
            (neurons), or reason and what else was sent (epmm). No secret is among them.
        """
        found: dict[str, Any] = self.control("GET", f"devices/{key}")
        return found

    def patch_device(self, key: int | str, **fields: Any) -> dict[str, Any]:
        """Set fields of a device.

        Args:
            key: The id, guid or uuid.
            fields: Values by name; also customAttributes (the whole map), ldapAttributes,
                userGroups, staticGroups (neurons), or user (a principal), labels (the names of all
                its static labels), details (epmm).

        Returns:
            Everything about the device, as `device` does.
        """
        found: dict[str, Any] = self.control("PATCH", f"devices/{key}", fields)
        return found

    def add_device(self, **fields: Any) -> int:
        """Add a device with these fields, named as in `device`, and return its id."""
        return int(self.control("POST", "devices", fields)["id"])

    def delete_device(self, key: int | str) -> None:
        """Remove a device, by id, guid or uuid."""
        self.control("DELETE", f"devices/{key}")
