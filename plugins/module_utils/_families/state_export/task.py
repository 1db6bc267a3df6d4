# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the present state as files that declare it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..._core.device import ENDED, Device
from ..._core.errors import OptionError
from ..._core.hosts import require_own
from ..._core.names import idle_patterns
from ..._core.wording import first_of
from ..._module.choice import parse_choice
from ..._module.files.unwritten import files_of
from ..._module.paths import require_folder
from ..._module.run import Result, Run
from .calls import CAPABILITIES, ExportCalls
from .files import NAMED, REMOVED, UNCHANGED, compared, place, shown, strangers
from .model import (
    ATTRIBUTES,
    CHEAP,
    CONFIGURATIONS,
    LABELS,
    POLICIES,
    parse_groups,
    parse_hosts,
    variables,
)
from .sections import Export, add_attributes, add_configurations, add_labels, add_policies

_ADD: Mapping[str, Callable[[Export, Run[ExportCalls]], None]] = {
    ATTRIBUTES: add_attributes,
    LABELS: add_labels,
    CONFIGURATIONS: add_configurations,
    POLICIES: add_policies,
}

_COUNTS = (
    "attributes", "group_values", "host_values", "labels", "memberships", "configurations", "policies",
)  # fmt: skip


def export_state(run: Run[ExportCalls]) -> Result:
    """Run state_export."""
    params = run.params
    folder = require_folder(params["dest"])
    sections = _sections(run)
    hosts = parse_hosts(params["hosts"])
    require_own(hosts, run.client.transport.settings.server)
    everything = {"devices": None, "select": None, "on_missing": "skip", "spaces": params["spaces"]}
    found = parse_choice(everything, everything=True, reads=True).find(run.client).devices
    # Nothing was selected: the hosts say what is exported.
    run.client.selected = None
    export = Export(*_matched(found, hosts))
    _say_unmatched(export, found, hosts)
    for section in sections:
        _ADD[section](export, run)
    for section in set(_able(run)).difference(sections, CHEAP):
        export.left.add(section, "are exported only where sections has them", len(export.devices))
    if run.calls.attributes:
        known = [group.name for group in parse_groups(params["inventory_groups"])]
        run.client.notes += idle_patterns(params["groups"] or (), known, "groups")
    export.texts |= variables(export.said)
    return _written(export, folder, run)


def _able(run: Run[ExportCalls]) -> list[str]:
    """Return the sections that the product has."""
    return [section for section in _ADD if getattr(run.calls, section)]


def _sections(run: Run[ExportCalls]) -> list[str]:
    """Return the sections to export, in one order.

    Raises:
        OptionError: The product lacks one.
    """
    able, wanted = _able(run), run.params["sections"]
    if wanted is None:
        return [section for section in able if section in CHEAP]
    for section in wanted:
        if section not in able:
            needed = CAPABILITIES[section]
            raise OptionError(
                f"sections: {run.client.product} does not support {needed.name}; supported by: "
                f"{', '.join(needed.products)}. Nothing was done."
            )
    return [section for section in able if section in wanted]


def _matched(
    found: Sequence[Device], hosts: Sequence[Mapping[str, str]]
) -> tuple[dict[str, Device], dict[str, str]]:
    """Return the devices that are exported by their guids, and the names of their hosts."""
    if not hosts:
        return {one.guid: one for one in found if one.state not in ENDED}, {}
    names = {one["device"].lower(): one["name"] for one in hosts}
    return {one.guid: one for one in found if one.guid in names}, names


def _say_unmatched(
    export: Export, found: Sequence[Device], hosts: Sequence[Mapping[str, str]]
) -> None:
    """Note the devices and hosts that are not exported."""
    others = len(found) - len(export.devices)
    if others:
        export.left.add("device", "is not a host of this play" if hosts else "has ended", others)
    gone = sum(guid not in export.devices for guid in export.hosts)
    if gone:
        export.left.add("host", "has no device that the account sees", gone)


def _written(export: Export, folder: str, run: Run[ExportCalls]) -> Result:
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
    return {
        "changed": any(one.what != UNCHANGED for one in changes),
        "files": rows,
        "left_out": export.left.rows(),
        "diff": shown(folder, changes),
        "summary": {
            "devices": len(export.devices),
            "files": sum(one.what != REMOVED for one in changes),
            **{name: export.counts[name] for name in _COUNTS},
            "requests": client.transport.requests,
        },
    }
