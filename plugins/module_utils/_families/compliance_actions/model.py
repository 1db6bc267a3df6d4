# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compliance actions: what the server itself does to devices that are out of compliance. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What a step does, in the order of its weight.
DEEDS = ("alert", "block", "quarantine", "wipe")


@dataclass(frozen=True)
class Step:
    """A tier of a compliance action.

    Attributes:
        delay: How long after the violation it is taken; the document does not name the unit.
        deeds: For each of ``DEEDS`` whether the server does it; None if it does not say.
        quarantine: What a quarantine takes away, in the server's words as snake_case; None if it
            does not say.
    """

    delay: int | None
    deeds: Mapping[str, bool | None]
    quarantine: Mapping[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the step for results."""
        settings = None if self.quarantine is None else dict(self.quarantine)
        return {"delay": self.delay, **self.deeds, "quarantine_settings": settings}


@dataclass(frozen=True)
class ComplianceAction:
    """A compliance action.

    Attributes:
        local: Whether the device takes it by itself, without the server.
        steps: What is done, the shortest delay first; None if the server does not say.
    """

    id: str
    name: str
    local: bool | None = None
    created_at: str | None = None
    updated_at: str | None = None
    steps: tuple[Step, ...] | None = None

    @property
    def wipes(self) -> bool | None:
        """Whether it may wipe a device; None if the server does not say.

        A step that says nothing about it may be the one that wipes.
        """
        if self.steps is None:
            return None
        said = [step.deeds.get("wipe") for step in self.steps]
        return True if True in said else None if None in said else False

    def as_dict(self) -> dict[str, Any]:
        """Return the compliance action for results."""
        steps = None if self.steps is None else [step.as_dict() for step in self.steps]
        # fmt: off
        return {
            "id": self.id, "name": self.name, "local": self.local, "wipes": self.wipes, "created_at": self.created_at,
            "updated_at": self.updated_at, "steps": steps,
        }
        # fmt: on
