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


class Paths(Protocol):
    """Knows the paths of a product, as `routing.Router` does."""

    def find(self, segments: tuple[str, ...]) -> Found | None: ...


class Product(Protocol):
    """What the pipeline and the control calls ask of a product. `shown` are the fields of a device
    which the control calls show unasked. `status` makes the body of an error, in the form that the
    path of the request calls for."""

    shown: tuple[str, ...]

    @property
    def router(self) -> Paths: ...

    def status(self, status: int, request: Request, message: str | None = None) -> Answer: ...

    def handle(self, route: Route, request: Request, taken: tuple[str, ...]) -> Answer: ...

    def unknown_names(self, names: list[str], request: Request) -> Answer: ...

    def pretended(self, kind: str, params: Mapping[str, Any], request: Request) -> Answer: ...

    def faults_changed(self, kinds: set[str]) -> None: ...

    def reset(
        self, *, seed: int | None = None, devices: int | None = None, partitions: int | None = None
    ) -> None: ...

    def settle(self) -> None: ...

    def switches_changed(self) -> None: ...

    def state(self) -> dict[str, Any]: ...

    def truth(self, key: str) -> dict[str, Any] | None: ...

    def truths(self, fields: list[str]) -> list[dict[str, Any]]: ...

    def change(self, key: str, fields: dict[str, Any]) -> dict[str, Any] | None: ...

    def create(self, fields: dict[str, Any]) -> int: ...

    def delete(self, key: str) -> bool: ...


@dataclass(frozen=True)
class ProductRow:
    """How a product is made from a blueprint and its switches, and the control calls which it has
    besides everybody's."""

    title: str
    make: Callable[[Blueprint, Switches], Product]
    calls: tuple[ControlCall, ...]


PRODUCTS: dict[str, ProductRow] = {
    "epmm": ProductRow("Ivanti EPMM", epmm.Epmm, epmm.CONTROL_CALLS),
    "neurons": ProductRow("Ivanti Neurons for MDM", neurons.Neurons, neurons.CONTROL_CALLS),
}
