# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of devices that are named, for plugins that store what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device, DeviceRef
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import fold
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import (
    NAME_KINDS,
    Selection,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import SERVER
from ansible_collections.ivanti.uem.plugins.module_utils._families.devices.calls import READ_DEVICES
from ansible_collections.ivanti.uem.plugins.module_utils._http.parallel import each
from ansible_collections.ivanti.uem.plugins.module_utils._http.settings import Settings
from ansible_collections.ivanti.uem.plugins.plugin_utils._once import Entry

Rows = list[tuple[Device, dict[str, Any]]]


def read_rows(
    product: str,
    settings: Settings,
    refs: Sequence[DeviceRef],
    *,
    partitions: Sequence[str],
    details: bool,
    field: str,
) -> dict[DeviceRef, Entry]:
    """Read the rows of devices by their names.

    Args:
        product: The product of the server.
        settings: How the server is reached.
        refs: The names.
        partitions: Ids or names of the partitions to look in.
        details: Whether the rows have the details of the devices.
        field: A field to request besides those that the server always sends, or "".

    Returns:
        For each name ``row``, which is None if no device has the name, and ``problem``, which says
        why the name does not identify one device, or "".
    """
    client, _calls = READ_DEVICES.open(product, settings, read_only=True)
    selection = Selection(names=tuple(dict.fromkeys(refs)), partitions=tuple(partitions))
    try:
        devices = client.find(selection, keep_rows=True, fields=[field] if field else ()).devices
        rows = (
            each(client.details, devices, settings.concurrency)
            if details
            else [device.row for device in devices]
        )
    finally:
        client.transport.close()
    named: dict[tuple[str, str], Rows] = {}
    for device, row in zip(devices, rows, strict=True):
        for kind in {ref.kind for ref in refs}:
            key = (kind, fold(NAME_KINDS[kind](device)))
            named.setdefault(key, []).append((device, {**row, SERVER: settings.server}))
    return {ref: _entry(ref, named.get((ref.kind, fold(ref.value)), [])) for ref in refs}


def _entry(ref: DeviceRef, found: Rows) -> Mapping[str, Any]:
    if len(found) > 1:
        listed = ", ".join(
            f"{device.id} ({device.state or 'unknown state'})" for device, _row in found
        )
        problem = (
            f"{len(found)} devices have the {ref.kind.replace('_', ' ')} {ref.value}: {listed}; "
            "name one by its id."
        )
        return {"row": None, "problem": problem}
    return {"row": found[0][1] if found else None, "problem": ""}
