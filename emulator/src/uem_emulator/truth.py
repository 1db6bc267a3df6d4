# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the control calls read and change of a tenant: the truth, without the rules of the API."""

from __future__ import annotations

from typing import Any, Protocol


class Truth(Protocol):
    """The devices of a tenant as they are. `shown` are the fields which a list has unasked."""

    shown: tuple[str, ...]

    def state(self) -> dict[str, Any]:
        """Return the counts, the device spaces, the seed and the clock."""

    def one(self, key: str) -> dict[str, Any] | None:
        """Return everything about a device, None where there is none."""

    def every(self, fields: list[str]) -> list[dict[str, Any]]:
        """Return the chosen fields of every device. Raises ValueError for an unknown one."""

    def change(self, key: str, fields: dict[str, Any]) -> dict[str, Any] | None:
        """Set fields of a device. Raises ValueError.

        Returns:
            Everything about the device afterwards, None where there is none.
        """

    def create(self, fields: dict[str, Any]) -> int:
        """Add a device and return its id. Raises ValueError."""
