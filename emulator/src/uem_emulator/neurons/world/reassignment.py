# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of assigning a device to another user.

Source: see `api.owner`.
"""

from __future__ import annotations

from typing import Any

from uem_emulator.neurons.world.extra import Extra

STATUSES = ("INITIATED", "SUCCESS", "FAILED")


class Reassignments(Extra):
    """`extra` of a device: `lastReassignmentStatus`, null before there was any."""

    fields = ("lastReassignmentStatus",)

    def read(self, name: str, value: Any) -> Any:
        """Return a status, or None. Raises ValueError."""
        if value is not None and value not in STATUSES:
            raise ValueError(f"{name} is one of {', '.join(STATUSES)}, or null")
        return value
