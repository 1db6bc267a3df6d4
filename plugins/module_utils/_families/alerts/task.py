# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the alerts that a task is about: options in, alerts out."""

from __future__ import annotations

from typing import Any

from ..._core.device import DeviceRef, parse_ref
from ..._core.errors import OptionError
from ..._core.selection import Selection
from ..._module.choice import listing
from ..._products.protocol import Alerts
from .model import Alert, AlertFilter, missing_ids, parse_filter


def find_alerts(
    params: dict[str, Any], client: Alerts
) -> tuple[tuple[Alert, ...], tuple[DeviceRef, ...]]:
    """The alerts that the options choose, and the ids that are no alert's.

    Raises OptionError for an option that makes no sense, before any request; and for unknown
    devices, and for ids of no alert, unless ``on_missing`` is ``skip``.
    """
    refs = [
        parse_ref(raw, f"devices[{number}]") for number, raw in enumerate(params["devices"] or ())
    ]
    parse_filter(params)
    skip = params["on_missing"] == "skip"
    uuids = _uuids(refs, client, skip=skip)
    wanted = parse_filter(params, uuids)
    if refs and not uuids:
        return (), ()
    found = client.alerts(wanted)
    missing = _absent(wanted, found, client)
    if missing and not skip:
        raise OptionError(
            f"Unknown alerts, nothing was done: {listing(missing)}. Remove them, or set "
            "on_missing=skip to go on without them."
        )
    return found, missing


def _uuids(refs: list[DeviceRef], client: Alerts, *, skip: bool) -> list[str]:
    """The uuids of the devices named, by which alone alerts name devices.

    An alert may outlive its device, so that with ``skip`` a uuid counts although no device has it.
    """
    if not refs:
        return []
    found = client.find(Selection(names=tuple(dict.fromkeys(refs))), keep_rows=False)
    if found.missing and not skip:
        raise OptionError(
            f"devices: unknown devices, nothing was done: {listing(found.missing)}. Correct or "
            "remove them, or set on_missing=skip, with which a uuid counts although no device has "
            "it any more."
        )
    return [
        *(device.guid for device in found.devices),
        *(ref.value for ref in found.missing if ref.kind == "guid"),
    ]


def _absent(wanted: AlertFilter, found: tuple[Alert, ...], client: Alerts) -> tuple[DeviceRef, ...]:
    """Ids that are no alert's; one that another option leaves out is no unknown one."""
    missing = missing_ids(wanted, found)
    if not missing or wanted == AlertFilter(ids=wanted.ids):
        return missing
    return missing_ids(wanted, client.alerts(AlertFilter(ids=wanted.ids)))
