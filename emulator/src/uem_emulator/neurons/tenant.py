# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenant of Ivanti Neurons for MDM, as its parts know it."""

from __future__ import annotations

from typing import Any

from uem_emulator.blueprint import Blueprint
from uem_emulator.neurons.world.actions import Actions
from uem_emulator.neurons.world.certificates import Certificates
from uem_emulator.neurons.world.configs import Configs
from uem_emulator.neurons.world.dep import DepServers
from uem_emulator.neurons.world.extra import Extra
from uem_emulator.neurons.world.orders import Handler, Orders
from uem_emulator.neurons.world.policies import DevicePolicies
from uem_emulator.neurons.world.reassignment import Reassignments
from uem_emulator.neurons.world.world import World
from uem_emulator.switches import Switches
from uem_emulator.tenant import Tenant, Waiting


class NeuronsTenant(Tenant[World]):
    """The world of one tenant, and what else lives as long.

    Attributes:
        actions: The actions on devices, and the steps which they still have to go.
        orders: What else devices have yet to carry out.
        order_handlers: The kinds of such orders, and what carries them out.
        configs, policies, certificates, reassignments: What devices have besides their fields.
        dep: The servers of Apple's device enrolment.
    """

    def __init__(self, blueprint: Blueprint, switches: Switches) -> None:
        self.order_handlers: dict[str, Handler] = {}
        super().__init__(blueprint, switches)

    @property
    def outside(self) -> dict[str, Any]:
        """What outlives a world, by name."""
        return {**super().outside, "order_handlers": self.order_handlers}

    def make_world(self, blueprint: Blueprint) -> World:
        """Build the world of a blueprint."""
        return World(blueprint, self.switches)

    def start(self) -> None:
        """Make what lives as long as a world."""
        self.actions = Actions(self.world, self.switches)
        self.orders = Orders(self.world, self.switches, self.order_handlers)
        self.configs = Configs(self.world)
        self.policies = DevicePolicies(self.world)
        self.certificates = Certificates(self.world)
        self.reassignments = Reassignments(self.world)
        self.dep = DepServers(self.world)

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The steps of actions, then the other orders."""
        return self.actions, self.orders

    @property
    def extras(self) -> tuple[Extra, ...]:
        """What devices have besides their fields, in the order in which the control calls show
        it."""
        return self.configs, self.reassignments, self.policies, self.certificates

    def step(self) -> None:
        """Let every device for which something waits carry out one step of it."""
        self.actions.step()
        self.orders.settle()

    def switches_changed(self) -> None:
        """Follow the switches, some of which have another position."""
        super().switches_changed()
        self.world.index.forget_rows()
