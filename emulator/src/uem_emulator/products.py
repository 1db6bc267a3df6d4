# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The products which can be emulated: one row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from uem_emulator.answers import Answer, Request
from uem_emulator.blueprint import Blueprint
from uem_emulator.controlcall import ControlCall
from uem_emulator.epmm import product as epmm
from uem_emulator.neurons import product as neurons
from uem_emulator.routing import Found, Route
from uem_emulator.switches import Switches
from uem_emulator.tenant import Tenant
from uem_emulator.truth import Truth


class Paths(Protocol):
    """Knows the paths of a product, as `routing.Router` does."""

    def find(self, segments: tuple[str, ...]) -> Found | None:
        """Return the methods of a path with what its braces took, None for an unknown path."""


class Product(Protocol):
    """What the pipeline and the control calls ask of a product."""

    @property
    def tenant(self) -> Tenant[Any]:
        """What is emulated."""

    @property
    def truth(self) -> Truth:
        """What the control calls read and change of it."""

    @property
    def router(self) -> Paths:
        """The calls of the product."""

    def status(self, status: int, request: Request, message: str | None = None) -> Answer:
        """Make the answer of an error.

        Args:
            status: The HTTP status.
            request: What is answered; the form of the body follows from its path.
            message: The text, where it is not the usual one of the status.
        """

    def needed_roles(self, route: Route) -> tuple[frozenset[str], ...]:
        """Return groups of roles. The account of a request needs one of each group."""

    def handle(self, route: Route, request: Request, taken: tuple[str, ...]) -> Answer:
        """Answer a request.

        Args:
            route: The call which the request is for.
            request: The request.
            taken: What the braces of the route's path took.
        """

    def unknown_names(self, names: list[str], request: Request) -> Answer:
        """Return the answer of strict mode to names which the sources do not know."""

    def nothing_done(self, kind: str, params: Mapping[str, Any], request: Request) -> Answer:
        """Return a 200 which says that nothing was done.

        Args:
            kind: The kind of fault: `result_zero` or `errors_200`.
            params: The parameters of the fault rule.
            request: What is answered.
        """


@dataclass(frozen=True)
class ProductRow:
    """How a product is made from a blueprint and its switches, and the control calls which it has
    besides everybody's, and the roles that its documents name."""

    title: str
    make: Callable[[Blueprint, Switches], Product]
    calls: tuple[ControlCall, ...]
    roles: tuple[str, ...]


PRODUCTS: dict[str, ProductRow] = {
    "epmm": ProductRow("Ivanti EPMM", epmm.Epmm, epmm.CONTROL_CALLS, epmm.roles.ROLES),
    "neurons": ProductRow(
        "Ivanti Neurons for MDM", neurons.Neurons, neurons.CONTROL_CALLS, neurons.roles.ROLES
    ),
}
