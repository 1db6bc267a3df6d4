# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the desired custom attributes that an author wrote into goals, before any request. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..._core.attributes import (
    Values,
    canonical,
    clean_map,
    clean_names,
    dated,
    written_notes,
)
from ..._core.device import Attrs, DeviceRef
from ..._core.errors import OptionError
from ..._core.goals import Desired, read_named
from ..._core.wording import kind_of
from .model import AttrsGoal, Verb

_VERBS: Mapping[tuple[str, bool, bool], Verb] = {
    # (state, purge, append)
    ("present", False, False): "merge",
    ("present", True, False): "replace",
    ("present", False, True): "append",
    ("absent", False, False): "remove",
}


def parse_desired(
    *, state: str, purge: bool, append: bool, attrs: object, devices: Iterable[object] | None
) -> Desired[AttrsGoal]:
    """Read the options of device_custom_attrs.

    Args:
        state: The option of this name.
        purge: The option of this name.
        append: The option of this name.
        attrs: A mapping; for ``absent`` also a list of names.
        devices: The option of this name. A device's own ``attrs`` replace those of the task.

    Raises:
        OptionError: An option is wrong; the message names it, and the device.
    """
    verb = _VERBS.get((state, purge, append))
    if verb is None:
        raise OptionError(
            "purge and append: each needs state=present, and they cannot be combined; keep one "
            "of them."
        )
    shared = _attrs(attrs, verb, "attrs")
    whole = AttrsGoal(verb, shared)
    if devices is None:
        if attrs is None or (not shared and verb != "replace"):
            raise OptionError("attrs: is needed with select, and must name at least one attribute.")
        return Desired(whole, (), "attrs")

    def own_goal(ref: DeviceRef, raw: object, where: str) -> AttrsGoal:
        own = None if raw is None else _attrs(raw, verb, f"{where}.attrs (device {ref.value})")
        goal = whole if own is None else AttrsGoal(verb, _overridden(shared, own))
        given = attrs is not None or raw is not None
        if not given or (not goal.attrs and verb != "replace"):
            raise OptionError(
                f"{where}: device {ref.value} has no attributes; give it attrs, or give attrs to "
                "the task."
            )
        return goal

    return Desired(whole, read_named(devices, "attrs", own_goal), "attrs")


def notes_on_values(options: Mapping[str, Any], defined: Iterable[str]) -> list[str]:
    """Return a sentence for each attribute with a value that YAML may have changed, or that counts for
    nothing because the attribute is removed whatever its values are.

    Args:
        options: The options of device_custom_attrs.
        defined: The names that the server defines.
    """
    given = [("attrs", options["attrs"])]
    for number, entry in enumerate(options["devices"] or ()):
        if isinstance(entry, Mapping):
            given.append((f"devices[{number}].attrs", entry.get("attrs")))
    if options["state"] == "absent":
        return _idle_values(given)
    return written_notes(given, defined)


def _idle_values(given: Iterable[tuple[str, object]]) -> list[str]:
    """Return a sentence about the first value that is given for an attribute that is removed."""
    for where, raw in given:
        for name, value in raw.items() if isinstance(raw, Mapping) else ():
            if value not in (None, "", [], {}):
                return [
                    f"{where}.{name}: a value does not count with state=absent: devices lose the whole "
                    "attribute, also with other values. Give a list of names."
                ]
    return []


def merge_layers(layers: Iterable[object], where: str) -> dict[str, object]:
    """Merge desired attributes of several groups and a host into one map.

    The last layer with an attribute counts, with its spelling. Names are compared without case.

    Args:
        layers: The maps, the weakest first.
        where: The name of the option, for messages.

    Raises:
        OptionError: A layer is not a map, or a value is one that no server keeps.
    """
    merged: dict[str, tuple[str, object]] = {}
    for layer in layers:
        if not isinstance(layer, Mapping):
            raise OptionError(
                f"{where}: expected a mapping of attribute names to values, got {kind_of(layer)}."
            )
        names = clean_names(layer, where)
        merged.update(
            (canonical(name), (name, value))
            for name, value in zip(names, layer.values(), strict=True)
        )
    return {name: dated(value, f"{where}, {name}") for name, value in merged.values()}


def _overridden(shared: Attrs, own: Attrs) -> dict[str, Values]:
    """Return the attributes of a task, with those of a device in place of the same ones."""
    covered = {canonical(name) for name in own}
    return {name: shared[name] for name in shared if canonical(name) not in covered} | dict(own)


def _attrs(raw: object, verb: Verb, where: str) -> dict[str, Values]:
    if raw is None:
        return {}
    if verb != "remove":
        return clean_map(raw, where)
    if not isinstance(raw, (Mapping, list, tuple)):
        raise OptionError(
            f"{where}: expected a list of attribute names or a mapping, got {kind_of(raw)}."
        )
    return {name: () for name in clean_names(raw, where)}
