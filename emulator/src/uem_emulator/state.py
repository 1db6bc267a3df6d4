# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole state of an emulator as one JSON object, and back.

It holds the world, the positions of the switches, the fault rules and the roles of the accounts:
what decides how requests are answered. It holds no password of an account, and not the request log.
"""

from __future__ import annotations

import json
import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from uem_emulator import graph
from uem_emulator.blueprint import building
from uem_emulator.pipeline import Pipeline
from uem_emulator.products import PRODUCTS

_KIND = "state of uem-emulator"
#: To be raised when what is saved means something else.
_FORM = 1


class StateError(ValueError):
    """A state cannot be taken over; the text is a sentence about it, without its subject."""


def _version() -> str:
    return f"{version('uem-emulator')}/{_FORM}"


def save(pipeline: Pipeline, product: str) -> dict[str, Any]:
    """Return the state of an emulator. `product` is the name of its product."""
    tenant = pipeline.product.tenant
    return {
        "kind": _KIND,
        "version": _version(),
        "product": product,
        "switches": pipeline.switches.as_dict(),
        "roles": pipeline.accounts.roles(),
        "faults": pipeline.faults.as_list(),
        "unknown_paths": pipeline.unknown_paths,
        "objects": graph.pack(tenant.objects(), tenant.outside),
    }


def load(pipeline: Pipeline, product: str, state: Any) -> None:
    """Take over a state, all or nothing.

    Args:
        pipeline: The emulator.
        product: The name of its product.
        state: What `save` returned.

    Raises:
        StateError: It is not a state of this version and product.
    """
    if not isinstance(state, dict) or state.get("kind") != _KIND:
        raise StateError("is not a saved state of uem-emulator")
    if state.get("version") != _version():
        raise StateError(
            f"was saved by version {state.get('version')} of the emulator, and this is "
            f"{_version()}: save it again with this one"
        )
    if state.get("product") != product:
        raise StateError(
            f"is a state of {state.get('product')}, and this emulator is {product}: "
            f"give --product {state.get('product')}"
        )
    try:
        _take_over(pipeline, product, state)
    except (*graph.DAMAGES, ArithmeticError) as error:
        raise StateError(f"is damaged ({error}): save it again") from error


def _take_over(pipeline: Pipeline, product: str, state: dict[str, Any]) -> None:
    """Change nothing before all of it is made."""
    tenant, switches = pipeline.product.tenant, pipeline.switches
    rules, unknown = pipeline.faults.read_list(state["faults"]), state["unknown_paths"]
    if isinstance(unknown, bool) or not isinstance(unknown, int) or unknown < 0:
        raise ValueError(f"unknown_paths is not a number of requests: {unknown!r}")
    accounts = pipeline.accounts.read(state["roles"], PRODUCTS[product].roles)
    before = switches.as_dict()
    with building():
        objects, made = graph.unpack(state["objects"], tenant.outside)
        known = {name: type(thing) for name, thing in tenant.objects().items()}
        if {name: type(thing) for name, thing in objects.items()} != known:
            raise KeyError("other objects than this emulator has")
        switches.set_many(state["switches"])
        try:
            for thing in made:
                thing.restored()
        except BaseException:
            switches.set_many(before)
            raise
    tenant.take_over(objects)
    pipeline.accounts.take_over(accounts)
    pipeline.faults.take_over(rules)
    pipeline.fresh_world()
    pipeline.unknown_paths = unknown


def read_file(path: str) -> Any:
    """Return the JSON of a file. Raises StateError where it cannot be read, or is cut off."""
    try:
        return read_json(Path(path).read_bytes(), "saved state")
    except OSError as error:
        raise StateError(f"cannot be read: {error.strerror}") from error


def read_json(text: bytes, what: str) -> Any:
    """Return the JSON of a text; `what` it should be is for the message.

    Raises:
        StateError: It is cut off, or is not JSON. NaN and Infinity are not, though Python reads
            them, and nothing saved is nested a thousand levels deep.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise StateError(f"is not a whole {what}: it is cut off, or not JSON") from error


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def check_writable(path: str) -> None:
    """Raises StateError where no file could be written."""
    directory = Path(path).absolute().parent
    if Path(path).is_dir() or not os.access(directory, os.W_OK):
        raise StateError(
            f"cannot be written: {directory} is not a directory to write into, or it is one"
        )


def write_file(path: str, state: dict[str, Any]) -> None:
    """Write a state, for nobody else to read: whole, or the file of before stays."""
    target = Path(path).absolute()
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(number, "w", encoding="ascii") as file:
            json.dump(state, file, separators=(",", ":"))
            file.write("\n")
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
