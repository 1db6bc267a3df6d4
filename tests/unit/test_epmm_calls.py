# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every family that EPMM has: it is made with a client, sends nothing by that, and has what the
family asks of a product."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.devices.calls import READ_DEVICES
from ansible_collections.ivanti.uem.plugins.module_utils._products.capability import (
    Capability,
    UemClient,
)

from ..calls import opened

UTILS = "ansible_collections.ivanti.uem.plugins.module_utils."
FAMILIES = Path(__file__).resolve().parents[2] / "plugins" / "module_utils" / "_families"


def of_epmm() -> list[tuple[str, Capability[Any], type]]:
    """Families with their capabilities and the protocols of their calls."""
    found = []
    for path in sorted(FAMILIES.glob("*/calls.py")):
        calls = importlib.import_module(f"{UTILS}_families.{path.parent.name}.calls")
        own = vars(calls).values()
        [capability] = [one for one in own if isinstance(one, Capability)]
        [protocol] = [
            one for one in own if isinstance(one, type) and one.__module__ == calls.__name__
        ]
        if "epmm" in capability.products:
            found.append((path.parent.name, capability, protocol))
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
    ("capability", "protocol"),
    [pytest.param(capability, protocol, id=name) for name, capability, protocol in of_epmm()],
)
def test_a_family_has_what_is_asked_of_it(capability, protocol):
    client, calls = opened(capability, "epmm")
    assert client.product == "epmm" and client.transport.requests == 0
    require_all(calls, protocol)


def test_the_client_reads_devices():
    client, itself = opened(READ_DEVICES, "epmm")
    assert itself is client and client.transport.requests == 0
    require_all(client, UemClient)


def test_all_families_are_looked_at():
    assert {name for name, _capability, _protocol in of_epmm()} == {
        path.parent.name for path in FAMILIES.glob("*/epmm.py") if path.parent.name != "inventory"
    }
