# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the alerts that the options choose."""

from __future__ import annotations

from typing import Any

from ..._core.device import DeviceRef, listing, parse_ref
from ..._core.errors import OptionError
from ..._core.selection import Selection
from ..._module.run import Run
from .calls import Alerts
from .model import Alert, AlertFilter, missing_ids, parse_filter


def find_alerts(run: Run[Alerts]) -> tuple[tuple[Alert, ...], tuple[DeviceRef, ...]]:
    """Find the alerts that the options choose.

    Returns:
        The alerts, and the ids that no alert has.

    Raises:
        OptionError: An option makes no sense, which is found before any request; or devices or
            alerts are unknown, and ``on_missing`` is not ``skip``.
    """
    params = run.params
    raws = params["devices"] or ()
    refs = [parse_ref(raw, f"devices[{number}]") for number, raw in enumerate(raws)]
    parse_filter(params)
    uuids = _uuids(refs, run)
    wanted = parse_filter(params, uuids)
    if refs and not uuids:
        return (), ()
    found = run.calls.alerts(wanted)
    several = max(len(wanted.users), len(wanted.phones))
    if params["on_missing"] != "skip" and (several > 1 or (several and not found)):
        _require_people(wanted, run)
    missing = _absent(wanted, found, run)
    if missing and params["on_missing"] != "skip":
        raise OptionError(
            f"Unknown alerts, nothing was done: {listing(missing)}. Remove them, or set "
            "on_missing=skip to go on without them."
        )
    return found, missing


def _uuids(refs: list[DeviceRef], run: Run[Any]) -> list[str]:
    """Return the uuids of the devices whose alerts are chosen.

    An alert may outlive its device. So with ``on_missing=skip`` a uuid is used even if no device
    has it.
    """
    if not refs:
        return []
    names = tuple(dict.fromkeys(refs))
    found = run.client.find(Selection(names=names), keep_rows=False)
    if found.missing and run.params["on_missing"] != "skip":
        raise OptionError(
            f"devices: unknown devices, nothing was done: {listing(found.missing)}. Correct or "
            "remove them, or set on_missing=skip, which accepts a uuid that no device has any more."
        )
    return [
        *(device.guid for device in found.devices),
        *(ref.value for ref in found.missing if ref.kind == "guid"),
    ]


def _require_people(wanted: AlertFilter, run: Run[Any]) -> None:
    """Check that those whose alerts are chosen are known.

    The server has no alerts for a name that is misspelt, and does not say so. Alerts belong to
    devices, so who has none is nobody.

    Raises:
        OptionError: One has no device.
    """
    names = [
        *(DeviceRef("user", user) for user in wanted.users),
        *(DeviceRef("phone_number", phone) for phone in wanted.phones),
    ]
    missing = run.client.find(Selection(names=tuple(names)), keep_rows=False).missing
    if missing:
        option = "users" if missing[0].kind == "user" else "phone_numbers"
        raise OptionError(
            f"{option}: nobody has a device by {listing(missing)}; nothing was done. "
            "Correct or remove them, or set on_missing=skip to go on without them."
        )


def _absent(
    wanted: AlertFilter, found: tuple[Alert, ...], run: Run[Alerts]
) -> tuple[DeviceRef, ...]:
    """Return the ids that no alert has.

    An alert that another option leaves out is not unknown.
    """
    missing = missing_ids(wanted, found)
    if not missing or wanted == AlertFilter(ids=wanted.ids):
        return missing
    return missing_ids(wanted, run.calls.alerts(AlertFilter(ids=wanted.ids)))
