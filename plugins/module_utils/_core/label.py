# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labels, as every layer above the wire sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# The calls that put labels on devices take their names in one path segment, separated by this.
SEPARATOR = ","


@dataclass(frozen=True)
class Label:
    """A label. ``static``: devices are put on it by hand; otherwise it has the devices that meet
    ``criteria``.

    ``system``: the server made it. ``device_count`` is the server's own count.
    """

    id: str
    name: str
    static: bool
    system: bool = False
    device_count: int = 0
    description: str = ""
    criteria: str = ""
    space: str = ""

    def as_dict(self) -> dict[str, Any]:
        """What ``label_info`` answers of it."""
        # fmt: off
        return {
            "id": self.id, "name": self.name, "static": self.static, "system": self.system,
            "device_count": self.device_count, "description": self.description, "criteria": self.criteria,
            "space": self.space,
        }
        # fmt: on

    @property
    def by_hand(self) -> bool:
        """Whether people put devices on it, so that they may be taken off when nobody names it.
        Servers differ in what they say of the labels that they made themselves."""
        return self.static and not self.system

    @property
    def refusal(self) -> str:
        """Why devices cannot be put on it or taken off, or ""."""
        if self.system and self.static:
            return f"the label {self.name!r} is the server's own, which decides what devices it has; use a label that people made"
        if not self.static:
            return (
                f"the label {self.name!r} is filtered: the server puts devices on it that meet its "
                f"criteria{f' ({self.criteria})' if self.criteria else ''}; change what the "
                "devices are, or use a static label"
            )
        if SEPARATOR in self.name:
            return (
                f"the label {self.name!r} has a comma in its name, and the API separates names by "
                "commas, so that it could mean other labels; rename it"
            )
        return ""
