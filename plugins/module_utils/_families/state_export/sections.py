# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections of an export: what is read of each, and in which files it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..._core.attributes import Values
from ..._core.device import Device, Label
from ..._core.errors import ApiError, OptionError
from ..._core.privacy import hides
from ..._module.run import Run
from ..._module.subjects import read_each
from ..configs.calls import Configs
from ..configs.info import configs_of_each
from ..policies.calls import Policies
from ..policies.options import SAMPLE
from ..policies.sample import Sample, SeenPolicies
from .calls import ExportCalls
from .model import (
    ATTRIBUTES,
    CONFIGURATIONS,
    GROUP_VARS,
    HOST_VARS,
    LABELS,
    POLICIES,
    STATE,
    LeftOut,
    OfHosts,
    Visible,
    attributes_of,
    blinding,
    configuration_names,
    configurations_of,
    configurations_on,
    definitions,
    is_file_name,
    nameable_labels,
    of_devices,
    parse_groups,
    policy_words,
    smallest,
    usable,
)
from .text import document

# The statuses of a server that refuses the name of a label in an address, such as one with a slash.
_UNREADABLE = (400, 404)


@dataclass
class Export:
    """What is exported.

    Attributes:
        devices: The devices, by their guids.
        hosts: The names of their hosts, by the guids of the devices.
        left: What is left out.
        said: By the folder and the name of a group or host its sections.
        texts: The files of the folder state.
        counts: How much there is.
    """

    devices: Mapping[str, Device]
    hosts: Mapping[str, str]
    left: LeftOut = field(default_factory=LeftOut)
    said: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)


def add_attributes(export: Export, run: Run[ExportCalls]) -> None:
    """Add the custom attributes of devices."""
    devices = export.devices
    visible = Visible(hidden=hides(devices.values()), left=export.left)
    values = {guid: visible.of(one) for guid, one in devices.items()}
    _add_values(export, run, ATTRIBUTES, values, attributes_of)
    export.counts["attributes"] = sum(map(len, values.values()))


def add_labels(export: Export, run: Run[ExportCalls]) -> None:
    """Add the definitions of labels, and which devices are on labels by hand."""
    calls = run.calls
    if calls.labels is None or calls.definitions is None:
        return
    labels = calls.labels.labels()
    try:
        spaces = {one.id: one.name for one in calls.definitions.spaces(None)}
    except OptionError:
        spaces = {}
        export.left.add("label definition", "needs API v2", len(labels))
    defined, by_hand = definitions(labels, spaces, export.left)
    if spaces:
        _add_file(export, LABELS, "label_definitions", defined)
    members = read_each(calls.labels.members, by_hand, run)
    names: dict[str, list[str]] = {}
    for label, on in zip(by_hand, members, strict=True):
        export.left.found["membership", "is of a device that is not exported"] += sum(
            one.guid not in export.devices for one in on
        )
        for device in on:
            if device.guid in export.devices:
                names.setdefault(device.guid, []).append(label.name)
    of_each = {guid: sorted(own) for guid, own in names.items()}
    _add_devices(export, LABELS, of_each, file="memberships")
    export.counts["labels"] = len(defined) if spaces else 0
    export.counts["memberships"] = sum(map(len, names.values()))


def add_configurations(export: Export, run: Run[ExportCalls]) -> None:
    """Add the configurations of devices, with a request for each."""
    calls: Configs = run.calls.configurations
    have, vanished = configs_of_each(list(export.devices.values()), run.using(calls))
    for _device, _error in vanished:
        export.left.add("configurations", "are of a device that is not found any more")
    names = configuration_names((one for _device, own in have for one in own), export.left)
    values = {
        device.guid: configurations_on(own, names, calls.states, export.left)
        for device, own in have
    }
    _add_values(export, run, CONFIGURATIONS, values, configurations_of)
    export.counts["configurations"] = sum(map(len, values.values()))


def add_policies(export: Export, run: Run[ExportCalls]) -> None:
    """Add the policies on labels, where the devices of the labels prove that they are."""
    if run.calls.policies is None:
        return
    seen: Policies = SeenPolicies(run.calls.policies)
    own = replace(run.using(seen), params={**run.params, "sample": SAMPLE})
    policies, labels = seen.policies(), seen.labels()
    words, nameable = policy_words(policies), nameable_labels(labels, export.left)
    found = []
    for policy in policies:
        if policy.id not in words:
            continue
        sample = Sample(own, policy, policies, labels)
        shared = 0
        for label in nameable:
            verdict = _verdict(sample, label)
            if verdict == "applied":
                found.append({"policy": words[policy.id], "label": label.name})
            shared += verdict == "shared"
            if verdict == "unknown":
                export.left.add("policy on a label", "is not shown by any device of the label")
        if shared:
            why = "is on devices of labels, and may come from others of their labels"
            export.left.add(policy.title, why, shared)
    _add_file(export, POLICIES, "policies", sorted(found, key=lambda one: (*one.values(),)))
    export.counts["policies"] = len(found)


def _verdict(sample: Sample, label: Label) -> str:
    try:
        return sample.look(label).verdict
    except ApiError as error:
        if error.status not in _UNREADABLE:
            raise
        return "unknown"


def _add_values(
    export: Export,
    run: Run[ExportCalls],
    section: str,
    values: OfHosts,
    written: Callable[[Mapping[str, Values]], object],
) -> None:
    """Add what devices have of a section: of hosts as variables, of others as entries.

    Variables belong beside the inventory, and the folder state, which EPMM has, must not be there. So
    on EPMM all are entries.

    Args:
        export: What is exported.
        run: The run.
        section: The section.
        values: What each device has, by its guid.
        written: Returns that as a declaration has it.
    """
    of_hosts = _of_hosts(export, values) if run.calls.attributes else {}
    groups, patterns = parse_groups(run.params["inventory_groups"]), run.params["groups"]
    for folder, kind, found in zip(
        (GROUP_VARS, HOST_VARS),
        ("group_values", "host_values"),
        smallest(of_hosts, usable(groups, patterns), own_values=bool(patterns)),
        strict=True,
    ):
        for name, own in found.items():
            export.said.setdefault((folder, name), {})[section] = written(own)
            export.counts[kind] += len(own)
            if folder == GROUP_VARS:
                run.client.notes += blinding(name, own)
    rest = {
        guid: written(own)
        for guid, own in values.items()
        if own and export.hosts.get(guid) not in of_hosts
    }
    _add_devices(export, section, rest)


def _of_hosts(export: Export, values: OfHosts) -> OfHosts:
    """Return what hosts have, of those whose variables Ansible finds in a file."""
    return {
        host: values[guid]
        for guid, host in export.hosts.items()
        if guid in values and is_file_name(host)
    }


def _add_devices(
    export: Export, section: str, of_each: Mapping[str, object], file: str = ""
) -> None:
    """Add entries of devices, by their guids."""
    rows = [
        (export.devices[guid], export.hosts.get(guid, ""), {section: own})
        for guid, own in of_each.items()
    ]
    _add_file(export, file or section, "devices", of_devices(rows))


def _add_file(export: Export, name: str, key: str, entries: Sequence[Any]) -> None:
    if entries:
        # The module reads state files as they are: nothing in them is a template.
        export.texts[f"{STATE}/{name}.yml"] = document({key: list(entries)}, templates=False)
