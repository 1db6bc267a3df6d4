# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the present state as files that declare it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._core.device import ENDED, Device
from ..._core.errors import OptionError
from ..._core.hosts import require_own
from ..._core.names import idle_patterns
from ..._core.privacy import hides
from ..._core.wording import first_of
from ..._module.choice import parse_choice
from ..._module.files.unwritten import files_of
from ..._module.paths import require_folder
from ..._module.run import Result, Run
from ..._module.subjects import read_each
from .calls import ExportCalls
from .files import NAMED, REMOVED, UNCHANGED, compared, place, shown, strangers
from .model import (
    STATE,
    LeftOut,
    Visible,
    attributes_of,
    definitions,
    is_file_name,
    of_devices,
    parse_groups,
    parse_hosts,
    smallest,
    usable,
    variables,
)
from .text import document


@dataclass
class _Export:
    """What is exported.

    Attributes:
        devices: The devices, by their guids.
        hosts: The names of their hosts, by the guids of the devices.
        left: What is left out.
        texts: The files.
        counts: How much there is.
    """

    devices: Mapping[str, Device]
    hosts: Mapping[str, str]
    left: LeftOut = field(default_factory=LeftOut)
    texts: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)


def export_state(run: Run[ExportCalls]) -> Result:
    """Run state_export."""
    params = run.params
    folder = require_folder(params["dest"])
    hosts = parse_hosts(params["hosts"])
    require_own(hosts, run.client.transport.settings.server)
    everything = {"devices": None, "select": None, "on_missing": "skip", "spaces": params["spaces"]}
    found = parse_choice(everything, everything=True, reads=True).find(run.client).devices
    # Nothing was selected: the hosts say what is exported.
    run.client.selected = None
    export = _Export(*_matched(found, hosts))
    _say_unmatched(export, found, hosts)
    if run.calls.attributes:
        _add_attributes(export, run)
    if run.calls.labels is not None:
        _add_labels(export, run)
    return _written(export, folder, run)


def _matched(
    found: Sequence[Device], hosts: Sequence[Mapping[str, str]]
) -> tuple[dict[str, Device], dict[str, str]]:
    """Return the devices that are exported by their guids, and the names of their hosts."""
    if not hosts:
        return {one.guid: one for one in found if one.state not in ENDED}, {}
    names = {one["device"].lower(): one["name"] for one in hosts}
    return {one.guid: one for one in found if one.guid in names}, names


def _say_unmatched(
    export: _Export, found: Sequence[Device], hosts: Sequence[Mapping[str, str]]
) -> None:
    """Note the devices and hosts that are not exported."""
    others = len(found) - len(export.devices)
    if others:
        export.left.add("device", "is not a host of this play" if hosts else "has ended", others)
    gone = sum(guid not in export.devices for guid in export.hosts)
    if gone:
        export.left.add("host", "has no device that the account sees", gone)


def _add_attributes(export: _Export, run: Run[ExportCalls]) -> None:
    """Add the custom attributes of devices: of hosts as variables, of others as entries."""
    devices = export.devices
    visible = Visible(hidden=hides(devices.values()), left=export.left)
    values = {guid: visible.of(one) for guid, one in devices.items()}
    of_hosts = {
        host: values[guid]
        for guid, host in export.hosts.items()
        if guid in values and is_file_name(host)
    }
    groups, patterns = parse_groups(run.params["inventory_groups"]), run.params["groups"] or ()
    run.client.notes += idle_patterns(patterns, [group.name for group in groups], "groups")
    in_groups, in_hosts = smallest(of_hosts, usable(groups, patterns))
    export.texts |= variables(in_groups, in_hosts)
    rows = [
        (devices[guid], "", {"attributes": attributes_of(own)})
        for guid, own in values.items()
        if own and export.hosts.get(guid) not in of_hosts
    ]
    _add_file(export, "attributes", "devices", of_devices(rows))
    export.counts["attributes"] = sum(map(len, values.values()))
    export.counts["group_values"] = sum(map(len, in_groups.values()))
    export.counts["host_values"] = sum(map(len, in_hosts.values()))


def _add_labels(export: _Export, run: Run[ExportCalls]) -> None:
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
        _add_file(export, "labels", "label_definitions", defined)
    members = read_each(calls.labels.members, by_hand, run)
    names: dict[str, list[str]] = {}
    for label, on in zip(by_hand, members, strict=True):
        export.left.found["membership", "is of a device that is not exported"] += sum(
            one.guid not in export.devices for one in on
        )
        for device in on:
            if device.guid in export.devices:
                names.setdefault(device.guid, []).append(label.name)
    rows = [
        (export.devices[guid], export.hosts.get(guid, ""), {"labels": sorted(own)})
        for guid, own in names.items()
    ]
    _add_file(export, "memberships", "devices", of_devices(rows))
    export.counts["labels"] = len(defined) if spaces else 0
    export.counts["memberships"] = sum(map(len, names.values()))


def _add_file(export: _Export, name: str, key: str, entries: Sequence[Any]) -> None:
    if entries:
        # The module reads state files as they are: nothing in them is a template.
        export.texts[f"{STATE}/{name}.yml"] = document({key: list(entries)}, templates=False)


def _written(export: _Export, folder: str, run: Run[ExportCalls]) -> Result:
    """Write the files, unless in check mode, and return the result."""
    changes = compared(folder, export.texts, force=run.params["force"])
    others = strangers(folder, export.texts)
    with files_of(check_mode=run.check_mode) as files:
        place(files, folder, changes)
    client = run.client
    if others:
        client.notes.append(
            f"dest: {folder!r} has files that are not of the export, and may declare more: "
            f"{first_of(others, NAMED)}."
        )
    export.left.found = +export.left.found
    rows = [{"path": one.path, "what": one.what} for one in changes]
    counts = ("attributes", "group_values", "host_values", "labels", "memberships")
    return {
        "changed": any(one.what != UNCHANGED for one in changes),
        "files": rows,
        "left_out": export.left.rows(),
        "diff": shown(folder, changes),
        "summary": {
            "devices": len(export.devices),
            "files": sum(one.what != REMOVED for one in changes),
            **{name: export.counts[name] for name in counts},
            "requests": client.transport.requests,
        },
    }
