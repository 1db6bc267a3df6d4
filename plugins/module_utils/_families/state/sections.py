# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plans of the sections of a declared state. Each is made by the planner of its family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from ..._core.attributes import Values, canonical
from ..._core.device import Device, Label
from ..._core.errors import OptionError
from ..._core.names import idle_patterns, parse_name, pick, plain
from ..._core.plan import IMPOSSIBLE, UNDER_WAY, Change, LeftAlone, Plan, Writer
from ..._module.run import Run
from ..._module.runner import filled
from ..attributes.calls import Attributes
from ..attributes.model import AttrsGoal, Verb, plan_custom_attrs
from ..configs.calls import Configs
from ..configs.info import configs_of_each
from ..configs.model import CONFIGURATION as KIND
from ..configs.model import (
    Config,
    ConfigGoal,
    Wanted,
    find_configs,
    find_stuck,
    plan_configs,
    stuck_sentence,
)
from ..label_definitions.calls import LabelDefinitions
from ..label_definitions.model import Creation, parse_wanted
from ..label_definitions.task import plan_label, space_name
from ..labels.calls import Labels
from ..labels.model import LabelGoal, as_listed, relevant_labels
from ..labels.task import plan_goals
from ..policies.calls import Policies
from ..policies.task import plan_assignment, plan_on_new_label, require_sample
from .calls import CAPABILITIES, StateCalls
from .declaration import (
    ABSENT,
    ATTRIBUTES,
    CONFIGURATIONS,
    EXCLUDED,
    INSTALLED,
    LABEL_DEFINITIONS,
    LABELS,
    OWNABLE,
    POLICIES,
    PRESENT,
    Declaration,
    Owned,
    Wishes,
)

# A device with what is wanted of one section.
Target = tuple[Device, Wishes]


@dataclass(frozen=True)
class Part:
    """A plan of one section, and what carries it out.

    Attributes:
        section: The section.
        plan: The plan.
        writer: The writer of its changes.
        state: What distinguishes it from other plans of the section for the same subjects, or "".
    """

    section: str
    plan: Plan
    writer: Writer
    state: str = ""


def read_definitions(declaration: Declaration) -> list[tuple[Mapping[str, Any], Any]]:
    """Read what labels are to be, before any request.

    Raises:
        OptionError: A label cannot be like that.
    """
    found = []
    for number, entry in enumerate(declaration.labels):
        with_place = f"{LABEL_DEFINITIONS}[{number}]"
        try:
            found.append((entry, (parse_wanted(entry), space_name(entry))))
        except OptionError as error:
            raise OptionError(f"{with_place}.{error}") from None
    return found


def plan_definitions(
    run: Run[LabelDefinitions], declaration: Declaration, labels: Sequence[Label]
) -> Part:
    """Plan the labels themselves. What names nothing refuses the plan, so that all else is shown.

    Args:
        run: The run, with the calls of label definitions.
        declaration: What is declared.
        labels: The labels of the server.
    """
    plans = []
    for number, (entry, (wanted, space)) in enumerate(read_definitions(declaration)):
        try:
            plans.append(plan_label(replace(run, params=entry), wanted, space, labels))
        except OptionError as error:
            plans.append(Plan().forbidding([f"Refused: {LABEL_DEFINITIONS}[{number}].{error}"]))
    return Part(LABEL_DEFINITIONS, Plan.joined(plans), run.calls)


def made(plan: Plan) -> list[Label]:
    """Return the labels that a plan makes, as they will be. They have no id yet."""
    return [
        Label(
            f"new {change.write.wanted.name}",
            change.write.wanted.name,
            static=change.write.wanted.filter is None,
            criteria=change.write.wanted.filter or "",
            space=str(change.after["space"]),
            space_id=change.write.space,
        )
        for change in plan.changes
        if isinstance(change.write, Creation)
    ]


def vanished(declaration: Declaration, labels: Sequence[Label]) -> list[Label]:
    """Return the labels that are to be absent and are, as labels that nothing has: a device or a policy
    that is to be taken off one is as wanted."""
    known = {plain(label.name) for label in labels}
    return [Label(f"gone {name}", name, static=True) for name in sorted(declaration.gone - known)]


def plan_memberships(
    run: Run[Labels],
    targets: Sequence[Target],
    owned: Owned,
    labels: Sequence[Label],
    new: Sequence[Label],
) -> Part:
    """Plan which labels devices have.

    Args:
        run: The run.
        targets: What is wanted.
        owned: What is owned.
        labels: The labels that there are.
        new: Those that have no device: this run makes them, or they are to be absent and are.
    """
    verb = "exact" if LABELS in owned.purge else "add"
    goals = [
        (device, LabelGoal(verb, _named(wishes, PRESENT), _unnamed(wishes, PRESENT)))
        for device, wishes in targets
    ]
    goals = as_listed(goals, [*labels, *new])
    _require_apart(goals, owned)
    devices = [device for device, _goal in goals]
    have = run.calls.labels_of(devices, relevant_labels(goals, labels))
    if verb == "exact":
        goals = _keeping(goals, owned, labels, have)
    plan = plan_goals(run.calls, goals, known=[*labels, *new], have=have)
    return Part(LABELS, plan, run.calls)


def _require_apart(goals: Sequence[tuple[Device, LabelGoal]], owned: Owned) -> None:
    """Check that no device is to be on, or off, a label that is never touched, named by its id.

    Raises:
        OptionError: One is.
    """
    names = frozenset().union(*(goal.labels | goal.leave for _device, goal in goals))
    for name in sorted(one for one in names if owned.ignores(LABELS, one)):
        device = next(one for one, goal in goals if name in goal.labels | goal.leave)
        raise OptionError(
            f"{LABELS}: the label {name!r} is declared for {device.title}, and ignore.{LABELS} says that "
            "it is never touched; nothing was done. Remove one of the two."
        )


def _named(wishes: Wishes, word: str) -> frozenset[str]:
    return frozenset(name for name, wish in wishes.values() if wish == word)


def _unnamed(wishes: Wishes, word: str) -> frozenset[str]:
    return frozenset(name for name, wish in wishes.values() if wish != word)


def _keeping(
    goals: Sequence[tuple[Device, LabelGoal]],
    owned: Owned,
    labels: Sequence[Label],
    have: Mapping[str, Iterable[str]],
) -> list[tuple[Device, LabelGoal]]:
    """Return goals with the labels that devices have and nobody may take off them."""
    kept = {
        label.id: label.name
        for label in labels
        if label.by_hand and owned.ignores(LABELS, label.name)
    }
    return [
        (
            device,
            replace(
                goal,
                labels=goal.labels | {kept[one] for one in have.get(device.id, ()) if one in kept},
            ),
        )
        for device, goal in goals
    ]


def plan_policies(
    run: Run[Policies], declaration: Declaration, labels: Sequence[Label], new: Sequence[Label]
) -> list[Part]:
    """Plan which policies are applied to which labels.

    Args:
        run: The run, with the calls of policies.
        declaration: What is declared.
        labels: The labels of the server.
        new: The labels that this run makes.
    """
    policies = run.calls.policies()
    by_name = {label.name: label for label in new}
    parts: list[Part] = []
    places: dict[tuple[str, str], str] = {}
    for number, entry in enumerate(declaration.policies):
        own = replace(run, params=entry)
        where = f"{POLICIES}[{number}]"
        try:
            policy = pick(_policy_name(entry), policies, f"{where}.policy", "policy")
            name = _label_name(entry)
            label = by_name.get(name) or pick(name, labels, f"{where}.label", "label")
            first = places.setdefault((policy.id, label.id), where)
            if first != where:
                raise OptionError(
                    f"{where}: {policy.title} on the label {label.name!r} is declared by {first} as "
                    "well; keep one."
                )
            if name in by_name:
                plan, writer = plan_on_new_label(own, policy, label, policies)
            else:
                plan, writer = plan_assignment(own, policy, label, policies, labels)
            parts.append(Part(POLICIES, plan, writer))
        except OptionError as error:
            parts.append(Part(POLICIES, Plan().forbidding([f"Refused: {error}"]), _NoWriter()))
    return parts


def read_policies(declaration: Declaration) -> None:
    """Check what policies are named, before any request.

    Raises:
        OptionError: A name cannot be one.
    """
    for number, entry in enumerate(declaration.policies):
        try:
            _policy_name(entry)
            _label_name(entry)
            require_sample(entry)
        except OptionError as error:
            raise OptionError(f"{POLICIES}[{number}].{error}") from None


def _policy_name(entry: Mapping[str, Any]) -> str:
    return parse_name(entry["policy"], "policy", "policy")


def _label_name(entry: Mapping[str, Any]) -> str:
    return plain(parse_name(entry["label"], "label", "label"))


def plan_attributes(
    run: Run[Attributes], targets: Sequence[Target], owned: Owned, declaration: Declaration
) -> list[Part]:
    """Plan the custom attributes of devices: those that have a value, and those that are removed."""
    defined = run.client.attribute_names()
    verb: Verb = "replace" if ATTRIBUTES in owned.purge else "merge"
    said = declaration.wanted(ATTRIBUTES)
    goals = []
    for device, wishes in targets:
        attrs = _valued(wishes)
        if verb == "replace":
            attrs |= {
                name: values
                for name, values in device.attrs.items()
                if owned.ignores(ATTRIBUTES, name)
            }
        if attrs or verb == "replace" or not wishes:
            goals.append((device, AttrsGoal(verb, attrs)))
    wanted = [AttrsGoal(verb, _valued(one)) for one in said]
    plan = plan_custom_attrs(goals, defined=defined, wanted=wanted)
    parts = [Part(ATTRIBUTES, plan, run.calls)]
    if any(_unvalued(one) for one in said):
        # Where the section is owned whole, what has no value is removed above.
        gone = [
            (device, AttrsGoal("remove", _unvalued(wishes)))
            for device, wishes in targets
            if verb == "merge" and _unvalued(wishes)
        ]
        wanted = [AttrsGoal("remove", _unvalued(one)) for one in said]
        plan = plan_custom_attrs(gone, defined=defined, wanted=wanted)
        parts.append(Part(ATTRIBUTES, plan, run.calls, ABSENT))
    return parts


def _valued(wishes: Wishes) -> dict[str, Values]:
    """Return the attributes that are to have values."""
    return {name: values for name, values in wishes.values() if values}


def _unvalued(wishes: Wishes) -> dict[str, Values]:
    """Return the attributes that are to be removed."""
    return {name: () for name, values in wishes.values() if not values}


def plan_configurations(
    run: Run[Configs], targets: Sequence[Target], moved: frozenset[str]
) -> tuple[list[Part], list[str]]:
    """Plan the configurations of devices.

    Args:
        run: The run.
        targets: What is wanted.
        moved: The ids of the devices that this run puts on labels.

    Returns:
        A part for each state, and warnings.
    """
    wishes = {device.id: own for device, own in targets}
    have, absent = configs_of_each([device for device, _wishes in targets], run)
    devices = [device for device, _own in have]
    seen = [config for _device, own in have for config in own]
    listed = cache(partial(run.calls.known, devices))
    parts, warnings = [], []
    states: dict[tuple[str, str, str], str] = {}
    for state in (INSTALLED, EXCLUDED):
        groups: dict[frozenset[str], list[Any]] = defaultdict(list)
        for device, own in have:
            names = _named(wishes[device.id], state)
            if names:
                groups[names].append((device, own))
        plans = []
        for names, same in groups.items():
            wanted = Wanted(sorted(names), KIND, state, not run.calls.cannot_push, CONFIGURATIONS)
            configs, notes = find_configs(wanted, seen, listed)
            goal = ConfigGoal(configs, state)
            plans.append(Plan().refusing(_contradictions(same, configs, state, states)))
            plans.append(plan_configs(goal, same, cannot_push=run.calls.cannot_push))
            warnings += [*notes, stuck_sentence(find_stuck(goal, same))]
        parts.append(Part(CONFIGURATIONS, _patient(Plan.joined(plans), moved), run.calls, state))
    gone = [
        LeftAlone(device, IMPOSSIBLE, error, Change(device, {}, {}, ())) for device, error in absent
    ]
    parts.append(Part(CONFIGURATIONS, Plan(left_alone=tuple(gone)), run.calls))
    return parts, list(dict.fromkeys(warnings))


def _contradictions(
    have: Iterable[tuple[Device, Any]],
    configs: Iterable[Config],
    state: str,
    states: dict[tuple[str, str, str], str],
) -> Iterator[str]:
    """Yield a sentence for each configuration that a device should have in two states, as by its name
    and by its id. ``states`` remembers them."""
    for device, _own in have:
        for config in configs:
            other = states.setdefault((device.id, *config.key), state)
            if other != state:
                yield (
                    f"Refused: {CONFIGURATIONS}: {config.title!r} should be {other} and {state} on "
                    f"{device.title}, once by its name and once by its id; nothing was written. Keep "
                    "one of the two."
                )


def _patient(plan: Plan, moved: frozenset[str]) -> Plan:
    """Return a plan in which what may come with the labels of this run is under way, not impossible."""
    return replace(
        plan,
        left_alone=tuple(
            LeftAlone(
                left.subject,
                UNDER_WAY,
                "it may come with the labels that this run puts the device on; run it again to see",
            )
            if left.kind == IMPOSSIBLE and left.subject.id in moved
            else left
            for left in plan.left_alone
        ),
    )


class _NoWriter:
    """The writer of a plan without changes."""

    def batches(self, changes: Sequence[Change[Any]]) -> list[Any]:
        """See Writer."""
        return []

    def write(self, batch: Any) -> list[Any]:
        """See Writer."""
        return []


def parse_ignored(params: Mapping[str, Any]) -> dict[str, Any]:
    """Read the option ``ignore``.

    Raises:
        OptionError: It is given and ignores nothing, or a name is empty.
    """
    ignored = filled(params, "ignore")
    for section, names in ignored.items():
        if not all(map(plain, names)):
            raise OptionError(f"ignore.{section}: has an empty name; correct or remove it.")
    return ignored


def unused(owned: Owned, run: Run[StateCalls]) -> Iterator[str]:
    """Yield a sentence for each section that is owned, or in which names are ignored, and that the
    product lacks."""
    product = run.client.product
    places = [*((name, "purge") for name in OWNABLE if name in owned.purge)]
    places += [(name, f"ignore.{name}") for name in owned.ignore]
    for section, where in places:
        if getattr(run.calls, section) is None:
            yield f"{where}: {product} does not support {CAPABILITIES[section].name}; it does nothing."


def idle(owned: Owned, section: str, names: Iterable[str]) -> list[str]:
    """Return a sentence for each pattern of ``ignore`` that no name fits."""
    alike = canonical if section == ATTRIBUTES else None
    return idle_patterns(owned.ignore.get(section, ()), names, f"ignore.{section}", alike=alike)
