# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every family of every product: it is made with a client, sends nothing by that, and has what is
asked of it."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.devices.calls import READ_DEVICES
from ansible_collections.ivanti.uem.plugins.module_utils._products.capability import (
    PRODUCTS,
    Capability,
    UemClient,
)

from ..calls import opened

UTILS = "ansible_collections.ivanti.uem.plugins.module_utils."
FAMILIES = Path(__file__).resolve().parents[2] / "plugins" / "module_utils" / "_families"


def families() -> list[tuple[str, str, Capability[Any], type]]:
    """Every family with calls of its own for each of its products: with the capability, and the
    protocol of the calls, which is the first class of the file."""
    found = []
    for path in sorted(FAMILIES.glob("*/calls.py")):
        calls = importlib.import_module(f"{UTILS}_families.{path.parent.name}.calls")
        own = vars(calls).values()
        # Those that it borrows are imported before its own.
        *_borrowed, capability = [one for one in own if isinstance(one, Capability)]
        protocols = [
            one for one in own if isinstance(one, type) and one.__module__ == calls.__name__
        ]
        if protocols:
            found += [
                (path.parent.name, product, capability, protocols[0])
                for product in capability.products
            ]
    return found


def shape(function: Any) -> list[tuple[str, Any, Any]]:
    """The parameters of a function but ``self``: name, kind and default."""
    parameters = inspect.signature(function).parameters.values()
    return [(one.name, one.kind, one.default) for one in parameters if one.name != "self"]


def require_all(one: Any, protocol: type) -> None:
    """Fail where something lacks what a protocol has, or takes other parameters."""
    for name in protocol.__annotations__:
        assert hasattr(one, name), name
    for name, function in vars(protocol).items():
        if inspect.isfunction(function) and not name.startswith("_"):
            assert shape(getattr(one, name)) == shape(function), name


@pytest.mark.parametrize(
    ("product", "capability", "protocol"),
    [pytest.param(*rest, id=f"{name}-{rest[0]}") for name, *rest in families()],
)
def test_a_family_has_what_is_asked_of_it(product, capability, protocol):
    client, calls = opened(capability, product)
    assert client.product == product and client.transport.requests == 0
    require_all(calls, protocol)


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_client_reads_devices(product):
    client, itself = opened(READ_DEVICES, product)
    assert itself is client and client.transport.requests == 0
    require_all(client, UemClient)


def test_all_families_are_looked_at():
    """A family without calls of its own reads devices alone, serves the inventories, or asks no
    server."""
    looked_at = {name for name, *_rest in families()}
    there = {path.name for path in FAMILIES.iterdir() if (path / "__init__.py").exists()}
    assert there - looked_at == {"devices", "inventory", "followup", "report"}
