# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running emulator of Ivanti Neurons for MDM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uem_emulator.testing.emulator import Emulator


class NeuronsEmulator(Emulator):
    """The control calls which only Neurons has."""

    def attributes(self) -> dict[str, dict[str, list[str]]]:
        """Return the custom attributes of all devices, by id as text."""
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
        """Return every action on any device, oldest first, those on devices which were deleted
        since too: device (id), guid, action, at, params."""
        found: list[dict[str, Any]] = self.control("GET", "actions")
        return found

    def step(self) -> None:
        """Let each device for which an action waits go on by one step, as from RETIRE_PENDING to
        RETIRE_SENT; the list follows by its own lag."""
        self.control("POST", "step")
