# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running emulator of Ivanti EPMM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from uem_emulator.testing.emulator import Emulator


class EpmmEmulator(Emulator):
    """The control calls which EPMM alone has."""

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
