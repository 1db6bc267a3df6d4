# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the calls of API v1 about one subject have in common."""

from __future__ import annotations

from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.v1.answer import NO_DATA, Fault
from uem_emulator.epmm.v1.tree import Tree
from uem_emulator.epmm.world.model import GLOBAL_SPACE, Device, Label
from uem_emulator.epmm.world.world import World
from uem_emulator.part import Part


class V1Part(Part[EpmmTenant]):
    """The handlers of some calls of API v1."""

    @property
    def world(self) -> World:
        """The devices and everything else that is emulated."""
        return self.tenant.world

    def sees(self, device: Device) -> bool:
        """Return whether the account sees a device."""
        own = self.switches.number("account_space")
        everything = own == GLOBAL_SPACE or self.switches["v1_spaces"] == "all"
        return everything or device.space_id in self.world.space_and_below(own)

    def device(self, text: str, missing: str = NO_DATA, more: Tree | None = None) -> Device:
        """Return the device of a uuid.

        Args:
            text: The uuid, in any case.
            missing: The message where there is no such device.
            more: What else the answer holds then.

        Raises:
            Fault: 404 where there is no such device.
        """
        device = self.world.by_uuid.get(text.lower())
        if device is None or not self.sees(device):
            raise Fault(404, missing, more)
        return device

    def label(self, name: str) -> Label | None:
        """Return the label which a request means, None where there is none."""
        found = self.world.label(name)
        if found is None and self.switches["v1_label_case"] == "ignored":
            found = next(
                (
                    label
                    for label in self.world.labels.values()
                    if label.name.lower() == name.lower()
                ),
                None,
            )
        return found
