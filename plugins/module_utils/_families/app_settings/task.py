# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read app settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._core.device import Device
from ..._core.names import parse_names
from ..._module.choice import named_or_selected
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from ..._module.subjects import read_each, with_server
from .calls import AppSettings
from .model import AppSetting, chosen, parse_digest_key, pick_ids

Rows = list[dict[str, Any]]


def read_app_settings(run: Run[AppSettings]) -> Result:
    """Run app_setting_info."""
    kind = run.params["type"]
    search = parse_query(run.params)
    wanted = parse_names(run.params["settings"], "settings", "app setting")
    key = parse_digest_key(run.params["digest_key"])
    choice = named_or_selected(run.params)
    if choice is None:
        known = chosen(run.calls.settings(kind), kind, None)
        picked = chosen(known, kind, pick_ids(wanted, known, kind))
        rows = [setting.as_dict(key=key) for setting in picked]
        return read_result("settings", rows, run, search)
    found = choice.find(run.client)
    rows, devices = _settings_of(run, found.devices, wanted)
    missing = [ref.value for ref in found.missing]
    return read_result(
        "settings", rows, run, search, devices=with_server(devices, run), missing=missing
    )


def _settings_of(
    run: Run[AppSettings], devices: Sequence[Device], wanted: Sequence[str] | None
) -> tuple[Rows, Rows]:
    """Read the app settings of devices.

    A setting that is named need not be on any of the devices.

    Returns:
        A row for each setting of each device, and the devices with the ids of their settings.

    Raises:
        OptionError: A name or id does not exist.
    """
    kind = run.params["type"]
    own = read_each(run.calls.settings_of, devices, run)
    everywhere: tuple[AppSetting, ...] = () if wanted is None else run.calls.settings(None)
    known = chosen(
        [*everywhere, *(setting for settings in own for setting in settings)], kind, None
    )
    ids = pick_ids(wanted, known, kind)
    pairs = [
        (device, chosen(settings, kind, ids)) for device, settings in zip(devices, own, strict=True)
    ]
    key = run.params["digest_key"]
    rows = [setting.as_dict(device, key) for device, settings in pairs for setting in settings]
    return rows, [
        {**device.identity, "settings": [setting.id for setting in settings]}
        for device, settings in pairs
    ]
