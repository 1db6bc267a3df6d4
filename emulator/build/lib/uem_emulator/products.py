# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The products which can be emulated: one row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from uem_emulator.answers import Answer, Request
from uem_emulator.neurons.builder import Plan
from uem_emulator.neurons.product import Neurons
from uem_emulator.routing import Route, Router
from uem_emulator.switches import Switches


class Product(Protocol):
    """What the pipeline and the control calls ask of a product."""

    router: Router

    def status(self, status: int, message: str | None = None) -> Answer: ...

    def handle(self, route: Route, request: Request, taken: tuple[str, ...]) -> Answer: ...

    def unknown_names(self, names: list[str]) -> Answer: ...

    def pretended(self, kind: str, params: Mapping[str, Any]) -> Answer: ...

    def faults_changed(self, kinds: set[str]) -> None: ...

    def reset(self, *, seed: int | None = None, devices: int | None = None, partitions: int | None = None) -> None: ...

    def settle(self) -> None: ...

    def switches_changed(self) -> None: ...

    def state(self) -> dict[str, Any]: ...

    def truth(self, key: str) -> dict[str, Any] | None: ...

    def truths(self, fields: list[str]) -> list[dict[str, Any]]: ...

    def change(self, key: str, fields: dict[str, Any]) -> dict[str, Any] | None: ...

    def create(self, fields: dict[str, Any]) -> int: ...

    def delete(self, key: str) -> bool: ...

    def attributes(self) -> dict[str, dict[str, list[str]]]: ...

    def set_attributes(self, given: dict[str, Any]) -> int: ...

    def define(self, items: Any) -> int: ...


@dataclass(frozen=True)
class ProductRow:
    """How a product is made from a plan and its switches."""

    title: str
    make: Callable[[Plan, Switches], Product]


PRODUCTS: dict[str, ProductRow] = {
    "neurons": ProductRow("Ivanti Neurons for MDM", Neurons),
}
