# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reconcile a declared state: one plan of all sections, shown, guarded and carried out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..._core.attributes import written_notes
from ..._core.confirmation import Deed
from ..._core.device import ENDED, Device, DeviceRef, Label
from ..._core.errors import OptionError
from ..._core.names import plain
from ..._core.plan import PROTECTED, SKIPPED, UNDER_WAY, UNKNOWN, LeftAlone, Plan
from ..._core.selection import Found, Names
from ..._core.sheet import SHOWN
from ..._core.wording import counted, first_of
from ..._module.choice import Choice, parse_choice
from ..._module.guard.protected import Protected, parse_protected, protected_devices
from ..._module.options import SELECT, spec_of
from ..._module.pipeline import apply, shows_plan
from ..._module.results import Shape
from ..._module.run import Result, Run
from ..._module.runner import require_texts, require_values
from ..policies.sample import SeenPolicies
from .calls import CAPABILITIES, StateCalls
from .declaration import (
    ATTRIBUTES,
    CONFIGURATIONS,
    LABEL_DEFINITIONS,
    LABELS,
    POLICIES,
    SECTIONS,
    Declaration,
    Entry,
    Owned,
    labels_needed,
    merged,
    require_consistent,
)
from .files import read_declaration
from .rings import Rings, RingWriter, in_words, parse_rings
from .rows import RowRef
from .sections import (
    Part,
    Target,
    idle,
    made,
    parse_ignored,
    plan_attributes,
    plan_configurations,
    plan_definitions,
    plan_memberships,
    plan_policies,
    read_definitions,
    read_policies,
    unused,
    vanished,
)
from .writer import StateWriter, one_plan

_SHAPE = Shape(
    "entries",
    kinds=(SKIPPED, PROTECTED, UNDER_WAY, UNKNOWN),
    deed=Deed("desired_state"),
    counts="devices",
    sections=tuple(section.name for section in SECTIONS),
    facts={"rings": ""},
)


@dataclass(frozen=True)
class Order:
    """All that the options say, read before any request.

    Attributes:
        declaration: What is declared.
        owned: What of it is owned whole.
        protected: The option of this name.
        named: The choice of the devices that are named, or None.
        selected: The choice of each entry that selects devices, by its place.
        rings: The rings, or None.
    """

    declaration: Declaration
    owned: Owned
    protected: Mapping[str, Any]
    named: Choice | None
    selected: Mapping[str, Choice]
    rings: Rings | None = None

    def labels_needed(self) -> Iterator[tuple[str, str]]:
        """Yield each label that has to exist, now and in the next run, with the place that needs it."""
        yield from labels_needed(self.declaration)
        for where, choice in self.selected.items():
            for name in choice.selection.labels:
                yield name, f"{where}: select.labels"
        for name in self.protected.get("labels", ()):
            yield plain(str(name)), "protected.labels"

    def find(self, choice: Choice, run: Run[Any]) -> Found:
        """Find the devices of a choice, with what rings have to know of them."""
        if self.rings is None or not self.rings.looks:
            return choice.find(run.client)
        return choice.find(run.client, keep_rows=True, fields=self.rings.fields)


@dataclass
class Targets:
    """The devices of a declaration.

    Attributes:
        devices: The devices, by id.
        entries: By the id of a device what is declared for it, in order.
        missing: The names that no device has.
        fleet: How many devices the server has, or None.
    """

    devices: dict[str, Device] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    missing: list[DeviceRef] = field(default_factory=list)
    fleet: int | None = None

    def add(self, devices: Iterable[Device], entry: Entry) -> None:
        """Add an entry to devices."""
        for device in devices:
            self.devices.setdefault(device.id, device)
            self.entries.setdefault(device.id, []).append(entry)

    def by_section(self, left: Mapping[str, str]) -> dict[str, list[Target]]:
        """Return by section each device and what it should be, without those that are left alone."""
        found: dict[str, list[Target]] = {}
        for number, device in self.devices.items():
            if number in left:
                continue
            for section, wishes in merged(self.entries[number]).items():
                found.setdefault(section, []).append((device, wishes))
        return found


@shows_plan
def reconcile_state(run: Run[StateCalls]) -> Result:
    """Run desired_state."""
    order = read_order(run)
    run.client.notes += order.declaration.notes
    targets = find_targets(order, run)
    protected = Protected.found(
        lambda: protected_devices(order.protected, run.client, list(targets.devices.values()))
    )
    wanted = targets.by_section(protected.reasons)
    parts = _fleet_parts(order, wanted, run)
    warnings: list[str] = []
    if wanted.get(CONFIGURATIONS):
        configurations, warnings = plan_configurations(
            run.using(run.calls.configurations), wanted[CONFIGURATIONS], _moved(parts)
        )
        parts += configurations
    if run.calls.attributes is not None and ATTRIBUTES in order.declaration.sections:
        # Definitions are read also where there is no device yet: a wrong name is refused today.
        own = run.using(run.calls.attributes)
        parts += plan_attributes(own, wanted.get(ATTRIBUTES, ()), order.owned, order.declaration)
        defined = run.client.attribute_names() or ()
        run.client.notes += written_notes(order.declaration.written, defined)
        run.client.notes += idle(order.owned, ATTRIBUTES, defined)
    plan = one_plan(parts).warning(*warnings).skipping(targets.missing)
    plan = plan.leaving_alone(
        LeftAlone(targets.devices[number], PROTECTED, reason)
        for number, reason in protected.reasons.items()
    )
    plan = protected.guarding(plan).of_fleet(targets.fleet)
    if not protected.refusals:
        plan = plan.refusing(_reaching(order, plan, run))
    # Of all entries together: each search said its own.
    run.client.selected = len(targets.devices) if order.declaration.entries else None
    return _carried_out(order, plan, wanted, run)


def _carried_out(
    order: Order, plan: Plan, wanted: Mapping[str, Sequence[Target]], run: Run[StateCalls]
) -> Result:
    """Carry a plan out, at once or ring by ring."""
    spaces = tuple(run.params["spaces"] or ())
    fleet, writer = partial(run.client.fleet, spaces), StateWriter(run.calls.labels)
    if order.rings is None:
        return apply(plan, writer, run, shape=_SHAPE, fleet=fleet)
    plan = order.rings.placing(plan)
    plan = plan.refusing(order.rings.holding(plan, wanted, run.client))
    deed = replace(_SHAPE.deed, parameters=order.rings.terms)
    rows = order.rings.rows(plan)
    facts = {"rings": in_words(rows, plan)}
    shape = replace(_SHAPE, deed=deed, extra={"rings": rows}, facts=facts)
    return apply(plan, RingWriter(order.rings, writer, run.client), run, shape=shape, fleet=fleet)


def read_order(run: Run[StateCalls]) -> Order:
    """Read the options.

    Raises:
        OptionError: One is wrong, or the product lacks a section.
    """
    params = run.params
    declaration = read_declaration(params)
    _require_able(declaration, run)
    read_definitions(declaration)
    read_policies(declaration)
    owned = Owned(frozenset(params["purge"] or ()), parse_ignored(params))
    run.client.notes += unused(owned, run)
    owned.require_apart(declaration)
    refs = list(dict.fromkeys(one.ref for one in declaration.entries if one.ref is not None))
    chosen = {**params, "devices": refs, "select": None}
    named = parse_choice(chosen, refs) if refs else None
    selected = {
        entry.where: _selected(entry, params)
        for entry in declaration.entries
        if entry.select is not None
    }
    order = Order(declaration, owned, parse_protected(params), named, selected, parse_rings(params))
    require_consistent(declaration, order.labels_needed())
    return order


def _require_able(declaration: Declaration, run: Run[StateCalls]) -> None:
    """Check that the product has every section that is used.

    Raises:
        OptionError: It lacks one.
    """
    for section, where in declaration.sections.items():
        if getattr(run.calls, section) is None:
            able = ", ".join(CAPABILITIES[section].products)
            raise OptionError(
                f"{where}: {run.client.product} does not support {CAPABILITIES[section].name}; "
                f"supported by: {able}. Nothing was done."
            )
    states = run.calls.configurations.states
    for entry in declaration.entries:
        for name, word in entry.sections.get(CONFIGURATIONS, {}).values():
            if word not in states:
                raise OptionError(
                    f"{entry.where}.{CONFIGURATIONS}.{name}: {word} is not supported by "
                    f"{run.client.product}, which supports {', '.join(sorted(states))}; nothing was "
                    "done."
                )


def _selected(entry: Entry, params: Mapping[str, Any]) -> Choice:
    """Return the choice of an entry that selects devices; its keys are checked as those of ``select``.

    Raises:
        OptionError: They make no sense.
    """
    try:
        given, spec = {"select": entry.select}, spec_of([SELECT])
        require_values(given)
        require_texts(spec, given)
        result = ArgumentSpecValidator(spec).validate(given)
        if result.error_messages:
            raise OptionError("; ".join(result.error_messages))
        skips = entry.allow_empty or params["on_missing"] == "skip"
        on_missing = "skip" if skips else "fail"
        chosen = {**result.validated_parameters, "devices": None, "on_missing": on_missing}
        return parse_choice({**chosen, "spaces": params["spaces"]})
    except OptionError as error:
        raise OptionError(f"{entry.where}: {error}") from None


def find_targets(order: Order, run: Run[StateCalls]) -> Targets:
    """Find the devices. Those that are named are read together, and equal selections once.

    Raises:
        OptionError: Some do not exist, an entry selects nothing, or the query of rings is wrong.
    """
    targets = Targets()
    by_name: dict[DeviceRef, list[Device]] = {}
    if order.named is not None:
        found = order.find(order.named, run)
        targets.missing += found.missing
        targets.fleet = found.fleet
        by_name = _by_name(order.named.selection.names, found.devices)
    seen: dict[str, tuple[Device, ...]] = {}
    for entry in order.declaration.entries:
        if entry.ref is not None:
            targets.add(by_name.get(entry.ref, ()), entry)
            continue
        choice = order.selected[entry.where]
        key = json.dumps([entry.select, choice.on_missing], sort_keys=True, default=str)
        if key not in seen:
            try:
                seen[key] = order.find(choice, run).devices
            except OptionError as error:
                raise OptionError(f"{entry.where}: {error}") from None
        targets.add(seen[key], entry)
    if order.rings is not None:
        order.rings.require_query(list(targets.devices.values()), run.client)
    return targets


def _by_name(
    names: Sequence[DeviceRef], devices: Iterable[Device]
) -> dict[DeviceRef, list[Device]]:
    """Return the devices that each name is of.

    A row of a table may name a device by what an ended registration has, too, or all devices of a
    user. Ended ones are left out then.

    Raises:
        OptionError: A row names one device, and several have the name.
    """
    known = Names(names)
    found: dict[DeviceRef, list[Device]] = {}
    for device in devices:
        for ref in known.of(device):
            found.setdefault(ref, []).append(device)
    several = []
    for ref, same in found.items():
        if len(same) > 1 and isinstance(ref, RowRef):
            found[ref] = same = [one for one in same if one.state not in ENDED] or same
            if len(same) > 1 and ref.kind != "email":
                ids = ", ".join(one.id for one in same)
                several.append(f"{ref.title} is that of the devices with the ids {ids}")
    if several:
        shown = first_of(several, SHOWN, "; ")
        raise OptionError(f"{shown}. Name each by its id or guid; nothing was done.")
    return found


def _fleet_parts(
    order: Order, wanted: Mapping[str, Sequence[Target]], run: Run[StateCalls]
) -> list[Part]:
    """Return the plans of labels and policies, for which the labels are read once."""
    calls, declaration = run.calls, order.declaration
    used = declaration.sections
    parts: list[Part] = []
    if calls.labels is None or not used.keys() & {LABEL_DEFINITIONS, LABELS, POLICIES}:
        return parts
    labels, new = calls.labels.labels(), list[Label]()
    owned = order.owned.by_names(labels)
    owned.require_apart(declaration)
    run.client.notes += idle(owned, LABELS, [label.name for label in labels])
    if calls.label_definitions is not None and declaration.labels:
        own = run.using(calls.label_definitions)
        parts.append(plan_definitions(own, declaration, labels))
        new = [*made(parts[0].plan), *vanished(declaration, labels)]
        parts[0] = replace(parts[0], plan=parts[0].plan.forbidding(_gone_by_id(order, labels, new)))
    if wanted.get(LABELS):
        members = run.using(calls.labels)
        parts.append(plan_memberships(members, wanted[LABELS], owned, labels, new))
    if calls.policies is not None and declaration.policies:
        seen = SeenPolicies(calls.policies)
        parts += plan_policies(run.using(seen), declaration, labels, new)
        seen.planned()
    return parts


def _gone_by_id(order: Order, labels: Sequence[Label], new: Sequence[Label]) -> list[str]:
    """Return a sentence for each place that names a label by its id which is to be absent: it needs the
    label, or the next run could not know which one is meant."""
    declaration = order.declaration
    names = {plain(label.name) for label in (*labels, *new)}
    ids = {label.id: label.name for label in labels if plain(label.name) in declaration.gone}
    policies = [(plain(str(one["label"])), POLICIES) for one in declaration.policies]
    return [
        f"Refused: {LABEL_DEFINITIONS}: the label {ids[name]!r} is absent, and {where} names it by its "
        f"id {name}; nothing was written. Remove one of the two; take something off that label by its "
        "name."
        for name, where in dict.fromkeys([*order.labels_needed(), *policies])
        if name in ids and name not in names
    ]


def _moved(parts: Iterable[Part]) -> frozenset[str]:
    """Return the ids of the devices that are put on labels."""
    return frozenset(
        change.subject.id
        for part in parts
        for change in part.plan.changes
        if part.section == LABELS and change.write.add
    )


def _reaching(order: Order, plan: Plan, run: Run[StateCalls]) -> list[str]:
    """Return a sentence for each change of a whole label that reaches devices that are protected."""
    calls = run.calls.labels
    names = {
        plain(str(change.subject.identity.get("label") or change.subject.identity["name"]))
        for change in plan.changes
        if change.subject.section in (LABEL_DEFINITIONS, POLICIES)
    }
    if calls is None or not order.protected or not names:
        return []
    reached = [
        (label.name, calls.members(label)) for label in calls.labels() if plain(label.name) in names
    ]
    devices = [device for _name, members in reached for device in members]
    reasons = protected_devices(order.protected, run.client, devices).reasons if devices else {}
    return [
        f"Refused: the label {name!r} has {counted(count, 'devices')} of protected, which a change "
        "of the label or of its policies reaches; nothing was written. Leave the label out, or take "
        "them off it first."
        for name, members in reached
        if (count := sum(device.id in reasons for device in members))
    ]
