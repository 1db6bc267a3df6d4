# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running emulator of Ivanti EPMM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from uem_emulator.testing.emulator import Emulator


class EpmmEmulator(Emulator):
    """The control calls which only EPMM has."""

    def labels(self) -> dict[str, dict[str, Any]]:
        """Return every label by name: id, name, description, query (None: static), static, system,
        space_id, members (uuids)."""
        return {label["name"]: label for label in self.control("GET", "labels")}

    def add_label(
        self, name: str, query: str | None = None, *, description: str = "", space_id: int = 1
    ) -> int:
        """Add a label.

        Args:
            name: The name.
            query: The query of a filtered label; None makes it static.
            description: The description.
            space_id: The device space that it belongs to.

        Returns:
            The id of the label.
        """
        given = {"name": name, "query": query, "description": description, "space_id": space_id}
        return int(self.control("POST", "labels", given)["id"])

    def delete_label(self, label_id: int) -> None:
        """Remove a label; its devices lose it."""
        self.control("DELETE", f"labels/{label_id}")

    def set_label_members(self, label_id: int, uuids: Sequence[str]) -> None:
        """Make the members of a static label exactly these."""
        self.control("PUT", f"labels/{label_id}/members", {"devices": list(uuids)})

    def spaces(self) -> list[dict[str, Any]]:
        """Return the device spaces: id, name, path, parent, criteria. The first is the global one."""
        found: list[dict[str, Any]] = self.control("GET", "spaces")
        return found

    def users(self) -> list[dict[str, Any]]:
        """Return the users: id, uuid, principal, first, last, email, local, enabled, roles."""
        found: list[dict[str, Any]] = self.control("GET", "users")
        return found

    def add_user(self, principal: str, **fields: Any) -> str:
        """Add a user, a local one unless `local` is False, and return the uuid. His password is his
        name."""
        return str(self.control("POST", "users", {"principal": principal, **fields})["uuid"])

    def set_password(self, user: str, password: str) -> None:
        """Set the password of a user, by name, uuid or e-mail address. Whoever was locked out is no
        longer."""
        self.control("PUT", "passwords", {user: password})

    def password_fits(self, user: str, password: str) -> bool:
        """Return whether a password is the user's. It is not counted as a proof."""
        return bool(self.control("POST", "passwords", {user: password})[user])

    def proofs(self) -> dict[str, dict[str, Any]]:
        """Return the users by name of whom a proof of the password was asked: proofs, failed (in a
        row), locked. `state` has the number of all, those for nobody too."""
        found: dict[str, dict[str, Any]] = self.control("GET", "proofs")
        return found

    def eas(self) -> dict[str, dict[str, Any]]:
        """Return every ActiveSync device by uuid.

        Returns:
            For each: group (registeredAllowed, registeredBlocked, unregisteredAllowed,
            unregisteredBlocked, wiped), user, mailbox, model, domain, device_id, device_uuid,
            phone, platform, platform_code, state (Allowed, Blocked, Wiped), source, first and last
            (epoch ms), wipe_supported, recovery_password, actions.
        """
        return {row["uuid"]: row for row in self.control("GET", "eas")}

    def add_eas(self, device: int | str | None = None, **fields: Any) -> str:
        """Add an ActiveSync device.

        Args:
            device: The id or uuid of the registration which it belongs to; None for none.
            fields: Some of its fields, as in `eas`.

        Returns:
            The uuid of the ActiveSync device.
        """
        given = {} if device is None else {"device": str(device)}
        return str(self.control("POST", "eas", {**given, **fields})["uuid"])

    def change_eas(self, uuid: str, **fields: Any) -> dict[str, Any]:
        """Set fields of an ActiveSync device and return everything about it."""
        found: dict[str, Any] = self.control("PATCH", f"eas/{uuid}", fields)
        return found

    def delete_eas(self, uuid: str) -> None:
        """Remove an ActiveSync device."""
        self.control("DELETE", f"eas/{uuid}")

    def profiles(self, device: int | str) -> list[dict[str, Any]]:
        """Return the profiles of a device: kind (APP, POLICY), id, name, type, uuid, status
        (Applied, Pending, Sent, Error), updated (epoch ms)."""
        found: list[dict[str, Any]] = self.control("GET", f"devices/{device}/profiles")
        return found

    def change_profile(self, device: int | str, kind: str, number: int, **fields: Any) -> None:
        """Change a profile of a device.

        Args:
            device: The id or uuid of the device.
            kind: APP or POLICY.
            number: The id of the profile.
            fields: Some of status, updated and sticks (the status which the profile ends in however
                often it is pushed, or None).
        """
        self.control("PATCH", f"devices/{device}/profiles", {"kind": kind, "id": number, **fields})

    def settings(self) -> dict[int, dict[str, Any]]:
        """Return every application setting by id: name, type, description, labels (names),
        properties, system, devices (uuids which it reaches), applied, pending, quarantined
        (counts)."""
        return {setting["id"]: setting for setting in self.control("GET", "settings")}

    def delete_setting(self, number: int) -> None:
        """Remove an application setting, from the devices too."""
        self.control("DELETE", f"settings/{number}")

    def registrations(self) -> list[dict[str, Any]]:
        """Return what was registered over the API, oldest first: uuid, user, phone, platform (A, I,
        E, M, L), passcode, url, notify, notify_sms."""
        found: list[dict[str, Any]] = self.control("GET", "registrations")
        return found

    def policies(self) -> dict[str, dict[str, Any]]:
        """Return every policy by name: id, profile_type, description, active, default, rank (1 is
        the best of its type), labels (names), devices and pending (uuids), rules (type: value)."""
        return {policy["name"]: policy for policy in self.control("GET", "policies")}

    def change_policy(self, policy_id: int, **fields: Any) -> dict[str, Any]:
        """Set labels (all names), active, name or description of a policy, and return everything
        about it."""
        found: dict[str, Any] = self.control("PATCH", f"policies/{policy_id}", fields)
        return found

    def alerts(self) -> dict[int, dict[str, Any]]:
        """Return every alert by id.

        Returns:
            For each: device_uuid, user_uuid, user_name, phone, label_id, subscription, date and
            updated (epoch ms), text, unread, retries, updated_by, definition, severity, transport,
            status, comment (no API shows it).
        """
        return {alert["id"]: alert for alert in self.control("GET", "alerts")}

    def add_alert(self, device: int | str, **fields: Any) -> int:
        """Add an alert of a device with fields as in `alerts`, and return its id."""
        return int(self.control("POST", "alerts", {"device": str(device), **fields})["id"])

    def delete_alert(self, alert_id: int) -> None:
        """Remove an alert."""
        self.control("DELETE", f"alerts/{alert_id}")
