# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the last known locations of devices."""

from __future__ import annotations

import time
from functools import partial

from ..._module.choice import parse_choice
from ..._module.run import Result, Run
from ..._module.subjects import read_each, with_server
from .calls import Locators
from .model import location_row


def read_locations(run: Run[Locators]) -> Result:
    """Run device_location_info."""
    params = run.params
    devices = parse_choice(params, reads=not params["refresh"]).find(run.client).devices
    by_mac = params["by"] == "wifi_mac_address"
    if by_mac:
        run.calls.require_macs(devices)
    # Asking has no effect on iOS, so that nobody waits for its answer either.
    able = [device for device in devices if device.platform != "ios"]
    if able and params["refresh"] and not run.check_mode:
        read_each(partial(run.calls.location, by_mac=by_mac, ask=True), able, run)
        time.sleep(max(0, params["refresh_wait"]))
    places = read_each(partial(run.calls.location, by_mac=by_mac, ask=False), devices, run)
    pairs = zip(devices, places, strict=True)
    rows = with_server((location_row(device, place) for device, place in pairs), run)
    return {
        "changed": False,
        "devices": rows,
        "count": sum(row["found"] for row in rows),
        "requests": run.client.transport.requests,
    }
