# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests: an emulator in a process of its own, and its control calls. Standard library only.

with running_emulator(devices=100, strict=True) as emulator:
    client = Client(emulator.url, emulator.username, emulator.password, ca_path=emulator.ca_path)
    ...
    assert not [entry for entry in emulator.requests() if entry["method"] != "GET"]
"""

from __future__ import annotations

import http.client
import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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

    def attributes(self) -> dict[str, dict[str, list[str]]]:
        """The custom attributes of all devices, by id as text."""
        found: dict[str, dict[str, list[str]]] = self.control("GET", "attributes")
        return found

    def set_attributes(self, attributes: Mapping[str | int, Mapping[str, Any]]) -> None:
        """Replace the map of each device named. Definitions are made as needed."""
        self.control(
            "POST", "attributes", {str(key): dict(value) for key, value in attributes.items()}
        )

    def define_attributes(self, *names: str, type: str = "DEVICE") -> None:
        """Define attributes; a name ending in `_#` is numeric."""
        self.control("POST", "definitions", [{"name": name, "type": type} for name in names])

    def actions(self) -> list[dict[str, Any]]:
        """Neurons: every action on any device, oldest first, those on devices which were deleted
        since too: device (id), guid, action, at, params."""
        found: list[dict[str, Any]] = self.control("GET", "actions")
        return found

    def step(self) -> None:
        """Neurons: each device for which an action waits goes on by one step, as from
        RETIRE_PENDING to RETIRE_SENT; the list follows by its own lag."""
        self.control("POST", "step")

    # --- epmm -----------------------------------------------------------------------------------------------------------

    def labels(self) -> dict[str, dict[str, Any]]:
        """Every label by name: id, name, description, query (None: static), static, system,
        space_id, members (uuids)."""
        return {label["name"]: label for label in self.control("GET", "labels")}

    def add_label(
        self, name: str, query: str | None = None, *, description: str = "", space_id: int = 1
    ) -> int:
        """A new label, static without a query; answers its id."""
        given = {"name": name, "query": query, "description": description, "space_id": space_id}
        return int(self.control("POST", "labels", given)["id"])

    def delete_label(self, label_id: int) -> None:
        self.control("DELETE", f"labels/{label_id}")

    def set_label_members(self, label_id: int, uuids: Sequence[str]) -> None:
        """Make the members of a static label exactly these."""
        self.control("PUT", f"labels/{label_id}/members", {"devices": list(uuids)})

    def spaces(self) -> list[dict[str, Any]]:
        """The device spaces: id, name, path, parent, criteria. The first is the global one."""
        found: list[dict[str, Any]] = self.control("GET", "spaces")
        return found

    def users(self) -> list[dict[str, Any]]:
        """The users: id, uuid, principal, first, last, email, local, enabled, roles."""
        found: list[dict[str, Any]] = self.control("GET", "users")
        return found

    def add_user(self, principal: str, **fields: Any) -> str:
        """A new user, a local one unless `local` is False; his password is his name. Answers the
        uuid."""
        return str(self.control("POST", "users", {"principal": principal, **fields})["uuid"])

    def set_password(self, user: str, password: str) -> None:
        """By name, uuid or e-mail address. Whoever was locked out is no longer."""
        self.control("PUT", "passwords", {user: password})

    def password_fits(self, user: str, password: str) -> bool:
        """Whether a password is the user's; not counted as a proof."""
        return bool(self.control("POST", "passwords", {user: password})[user])

    def proofs(self) -> dict[str, dict[str, Any]]:
        """Users by name, of whom a proof of the password was asked: proofs, failed (in a row),
        locked. `state` has the number of all, those for nobody too."""
        found: dict[str, dict[str, Any]] = self.control("GET", "proofs")
        return found

    def eas(self) -> dict[str, dict[str, Any]]:
        """Every ActiveSync device by uuid: group (registeredAllowed, registeredBlocked,
        unregisteredAllowed, unregisteredBlocked, wiped), user, mailbox, model, domain, device_id,
        device_uuid, phone, platform, platform_code, state (Allowed, Blocked, Wiped), source, first
        and last (epoch ms), wipe_supported, recovery_password, actions."""
        return {row["uuid"]: row for row in self.control("GET", "eas")}

    def add_eas(self, device: int | str | None = None, **fields: Any) -> str:
        """An ActiveSync device, of a device or a stranger's, with fields as in `eas`; answers its
        uuid."""
        given = {} if device is None else {"device": str(device)}
        return str(self.control("POST", "eas", {**given, **fields})["uuid"])

    def change_eas(self, uuid: str, **fields: Any) -> dict[str, Any]:
        """Set fields; answers the truth of the ActiveSync device."""
        found: dict[str, Any] = self.control("PATCH", f"eas/{uuid}", fields)
        return found

    def delete_eas(self, uuid: str) -> None:
        self.control("DELETE", f"eas/{uuid}")

    def profiles(self, device: int | str) -> list[dict[str, Any]]:
        """The profiles of a device: kind (APP, POLICY), id, name, type, uuid, status (Applied,
        Pending, Sent, Error), updated (epoch ms)."""
        found: list[dict[str, Any]] = self.control("GET", f"devices/{device}/profiles")
        return found

    def change_profile(self, device: int | str, kind: str, number: int, **fields: Any) -> None:
        """Set status, updated, sticks (the status which the profile ends in however often it is
        pushed, or None)."""
        self.control("PATCH", f"devices/{device}/profiles", {"kind": kind, "id": number, **fields})

    def settings(self) -> dict[int, dict[str, Any]]:
        """Every application setting by id: name, type, description, labels (names), properties,
        system, devices (uuids which it reaches), applied, pending, quarantined (counts)."""
        return {setting["id"]: setting for setting in self.control("GET", "settings")}

    def delete_setting(self, number: int) -> None:
        self.control("DELETE", f"settings/{number}")

    def registrations(self) -> list[dict[str, Any]]:
        """What was registered over the API, oldest first: uuid, user, phone, platform (A, I, E, M,
        L), passcode, url, notify, notify_sms."""
        found: list[dict[str, Any]] = self.control("GET", "registrations")
        return found

    def policies(self) -> dict[str, dict[str, Any]]:
        """Every policy by name: id, profile_type, description, active, default, rank (1 is the best
        of its type), labels (names), devices and pending (uuids), rules (type: value)."""
        return {policy["name"]: policy for policy in self.control("GET", "policies")}

    def change_policy(self, policy_id: int, **fields: Any) -> dict[str, Any]:
        """Set labels (all names), active, name, description; answers the truth of the policy."""
        found: dict[str, Any] = self.control("PATCH", f"policies/{policy_id}", fields)
        return found

    def alerts(self) -> dict[int, dict[str, Any]]:
        """Every alert by id: device_uuid, user_uuid, user_name, phone, label_id, subscription, date
        and updated (epoch ms), text, unread, retries, updated_by, definition, severity, transport,
        status, comment (no API shows it)."""
        return {alert["id"]: alert for alert in self.control("GET", "alerts")}

    def add_alert(self, device: int | str, **fields: Any) -> int:
        """An alert of a device with fields as in `alerts`; answers its id."""
        return int(self.control("POST", "alerts", {"device": str(device), **fields})["id"])

    def delete_alert(self, alert_id: int) -> None:
        self.control("DELETE", f"alerts/{alert_id}")


def _arguments(options: Mapping[str, Any]) -> Iterator[str]:
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            yield option
        elif value is not None and value is not False:
            yield f"{option}={value}"


@contextmanager
def running_emulator(
    *,
    python: str = sys.executable,
    switches: Mapping[str, str | int] | None = None,
    arguments: Sequence[str] = (),
    stderr: int | None = None,
    **options: Any,
) -> Iterator[Emulator]:
    """Start an emulator, wait until it accepts connections, stop it at the end.

    `options` are the command's: product, devices, seed, partitions, now, username, password, token,
    no_tls, strict, base_path. Raises RuntimeError when it does not start.
    """
    command = [
        python,
        "-m",
        "uem_emulator",
        "--stop-with-stdin",
        *_arguments(options),
        *(f"--set={name}={value}" for name, value in (switches or {}).items()),
        *arguments,
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else b""
            if not line:
                raise RuntimeError(f"the emulator did not start (exit status {process.wait(10)})")
            emulator = Emulator(process=process, **json.loads(line))
            yield emulator
            emulator.close()
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
