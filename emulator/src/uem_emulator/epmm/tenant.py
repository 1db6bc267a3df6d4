# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server of Ivanti EPMM, as its parts know it."""

from __future__ import annotations

from uem_emulator.blueprint import Blueprint
from uem_emulator.epmm.world.accounts import Accounts
from uem_emulator.epmm.world.actions import Actions
from uem_emulator.epmm.world.alerts import Alerts, source_of
from uem_emulator.epmm.world.directory import ADMIN_ROLES
from uem_emulator.epmm.world.eas import Eas
from uem_emulator.epmm.world.fleet import WorldFleet
from uem_emulator.epmm.world.policies import Policies
from uem_emulator.epmm.world.profiles import Profiles
from uem_emulator.epmm.world.registration import Registrations
from uem_emulator.epmm.world.world import World
from uem_emulator.tenant import Tenant, Waiting


class EpmmTenant(Tenant[World]):
    """The world of one server, and what else lives as long.

    Attributes:
        actions: The actions on devices which these have yet to carry out.
        alerts: What devices have raised.
        eas: The ActiveSync devices.
        accounts: The users as those who log in.
        policies: The policies, and which devices have them.
        profiles: The configurations and policies of devices, and the application settings.
        registrations: What was registered over the API.
    """

    def make_world(self, blueprint: Blueprint) -> World:
        """Build the world of a blueprint."""
        return World(blueprint, self.switches)

    def start(self) -> None:
        """Make what lives as long as a world."""
        world, switches, fleet = self.world, self.switches, WorldFleet(self.world)
        labels = {label.name: label.id for label in world.labels.values()}
        self.policies = Policies(fleet, switches, labels)
        # Devices which have been in contact.
        sources = (
            source_of(world, device)
            for device in world.devices.values()
            if device.connected is not None
        )
        administrator = next(
            (user for user in world.users.values() if user.roles == ADMIN_ROLES), None
        )
        self.alerts = Alerts(sources, world.blueprint.seed, world.now, administrator)
        self.actions = Actions(world, switches)
        self.eas = Eas(world, switches)
        self.accounts = Accounts(world, switches)
        self.profiles = Profiles(world, fleet, self.policies, switches)
        self.registrations = Registrations(world, self.accounts, switches)

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The actions on devices and mailboxes, and the profiles which were pushed."""
        return self.actions, self.eas, self.profiles

    def settle(self) -> None:
        """Carry out all that waits now. Devices come first: what they do is written, and has to
        reach policies and the list, too."""
        for waiting in self.waiting:
            waiting.settle()
        self.policies.settle()
        self.world.lag.settle()

    def switches_changed(self) -> None:
        """Follow the switches, some of which have another position. Policies take note of what
        devices have before anything becomes slow."""
        self.world.switches_changed()
        self.policies.refresh()
        super().switches_changed()
