# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired custom attributes as an author writes them, read into goals. Pure, and done before any request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .attributes import Values, canonical, clean_map, clean_names
from .custom_attrs import AttrsGoal, Verb
from .device import Attrs, Device, DeviceRef, parse_ref
from .errors import OptionError
from .selection import NAME_KINDS

_VERBS: Mapping[tuple[str, bool, bool], Verb] = {
    # (state, purge, append)
    ("present", False, False): "merge",
    ("present", True, False): "replace",
    ("present", False, True): "append",
    ("absent", False, False): "remove",
}


@dataclass(frozen=True)
class DesiredAttrs:
    """``named``: a goal for each device named; ``shared``: the goal of every device that is selected instead."""

    shared: AttrsGoal
    named: tuple[tuple[DeviceRef, AttrsGoal], ...] = ()


def parse_desired(
    *, state: str, purge: bool, append: bool, attrs: object, devices: Iterable[object] | None
) -> DesiredAttrs:
    """Read the options of device_custom_attrs.

    ``attrs`` is a mapping (for ``absent`` also a list of names); a device's own ``attrs`` are laid over it. Raises
    OptionError naming the option, and the device, that is wrong.
    """
    verb = _VERBS.get((state, purge, append))
    if verb is None:
        raise OptionError("purge and append: each needs state=present, and they exclude one another; keep one of them.")
    shared = _attrs(attrs, verb, "attrs")
    if devices is None:
        if attrs is None or (not shared and verb != "replace"):
            raise OptionError("attrs: is needed with select, and must name at least one attribute.")
        return DesiredAttrs(AttrsGoal(verb, shared))
    named = tuple(
        _named(entry, shared, verb, f"devices[{number}]", shared_given=attrs is not None)
        for number, entry in enumerate(devices)
    )
    if not named:
        raise OptionError("devices: is empty; name at least one device, or use select.")
    _require_one_goal(named)
    return DesiredAttrs(AttrsGoal(verb, shared), named)


def goals_for(desired: DesiredAttrs, devices: Iterable[Device]) -> list[tuple[Device, AttrsGoal]]:
    """The goal of each device found.

    Raises OptionError for a device that was named twice, by id and by guid, with goals that differ.
    """
    if not desired.named:
        return [(device, desired.shared) for device in devices]
    goals = {(ref.kind, ref.value): goal for ref, goal in desired.named}
    pairs = []
    for device in devices:
        mine = [goals[key] for kind in ("id", "guid") if (key := (kind, NAME_KINDS[kind](device).lower())) in goals]
        if any(goal != mine[0] for goal in mine):
            raise OptionError(
                f"devices: {device.title} is named twice, as {device.id} and as {device.guid}, with attributes that "
                "differ; keep one of the two."
            )
        pairs.append((device, mine[0]))
    return pairs


def merge_layers(layers: Iterable[object], where: str) -> dict[str, object]:
    """Desired attributes of several groups and a host as one map: of each attribute the last layer counts.

    Names are compared without case, and the last spelling counts, too. Raises OptionError for a layer that is no map.
    """
    merged: dict[str, tuple[str, object]] = {}
    for layer in layers:
        if not isinstance(layer, Mapping):
            raise OptionError(f"{where}: expected a mapping of attribute names to values, got {type(layer).__name__}.")
        names = clean_names(layer, where)
        merged.update((canonical(name), (name, value)) for name, value in zip(names, layer.values(), strict=True))
    return dict(merged.values())


def _named(
    entry: object, shared: Attrs, verb: Verb, where: str, *, shared_given: bool
) -> tuple[DeviceRef, AttrsGoal]:
    if not isinstance(entry, Mapping):
        entry = {"device": entry}
    unknown = sorted(str(key) for key in entry if key not in ("device", "attrs"))
    if unknown or entry.get("device") is None:
        problem = f"unknown key {unknown[0]!r}" if unknown else "no device"
        raise OptionError(f"{where}: {problem}; write an id, a guid, or {{device: …, attrs: {{…}}}}.")
    ref = parse_ref(entry["device"], where)
    own = _attrs(entry.get("attrs"), verb, f"{where}.attrs (device {ref.value})")
    covered = {canonical(name) for name in own}
    goal = {name: values for name, values in shared.items() if canonical(name) not in covered} | own
    given = shared_given or entry.get("attrs") is not None
    if not given or (not goal and verb != "replace"):
        raise OptionError(f"{where}: device {ref.value} has no attributes; give it attrs, or give attrs to the task.")
    return ref, AttrsGoal(verb, goal)


def _attrs(raw: object, verb: Verb, where: str) -> dict[str, Values]:
    if raw is None:
        return {}
    if verb != "remove":
        return clean_map(raw, where)
    if not isinstance(raw, (Mapping, list, tuple)):
        raise OptionError(f"{where}: expected a list of attribute names or a mapping, got {type(raw).__name__}.")
    return {name: () for name in clean_names(raw, where)}


def _require_one_goal(named: Iterable[tuple[DeviceRef, AttrsGoal]]) -> None:
    seen: dict[DeviceRef, AttrsGoal] = {}
    for ref, goal in named:
        if seen.setdefault(ref, goal) != goal:
            raise OptionError(f"devices: {ref.value} is listed twice with attributes that differ; keep one of the two.")
