# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where devices are (E19, E20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.device import Device
from ..._core.endpoint import Endpoint
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.endpoints import API_ROLE, DEVICE_GUIDE, read_v1
from ..._products.epmm.macs import require_macs
from ..._products.values import decimal_of, number_of, text_of, time_of

LOCATION = read_v1("E19", "/api/v1/dm/devices/locate/{device}", DEVICE_GUIDE + "Locate a Device")
LOCATION_BY_MAC = read_v1(
    "E20", "/api/v1/dm/devices/locate/mac/{mac}", DEVICE_GUIDE + "Locate a Device"
)
# The same calls with locatenow=true: the device is asked.
LOCATE = Endpoint("E19", "GET", LOCATION.path, LOCATION.source, API_ROLE, idempotent=True)
LOCATE_BY_MAC = Endpoint(
    "E20", "GET", LOCATION_BY_MAC.path, LOCATION.source, API_ROLE, idempotent=True
)

# The calls, by whether devices are named by their MAC addresses, and whether they are asked.
_CALLS = {
    (False, False): LOCATION,
    (False, True): LOCATE,
    (True, False): LOCATION_BY_MAC,
    (True, True): LOCATE_BY_MAC,
}


class EpmmLocators:
    """See Locators."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client

    def location(self, device: Device, *, by_mac: bool, ask: bool) -> Mapping[str, Any] | None:
        """See Locators."""
        answer = self._client.transport.call(
            _CALLS[by_mac, ask],
            path={"mac": device.mac} if by_mac else {"device": device.guid},
            query=[("locatenow", "true")] if ask else (),
        )
        return location_in(answer)

    def require_macs(self, devices: Sequence[Device]) -> None:
        """See Locators."""
        require_macs(self._client, devices)


def location_in(answer: Any) -> dict[str, Any] | None:
    """Return the location in an answer of "Locate a Device", or None if it is not known.

    ``LookupFailure`` means that it is not known.
    """
    holder = answer.get("locations") if isinstance(answer, Mapping) else None
    listed = answers.listed(holder.get("location") if isinstance(holder, Mapping) else holder)
    place = next((entry for entry in listed if isinstance(entry, Mapping)), None)
    if place is None or text_of(place.get("lookupResult")) == "LookupFailure":
        return None
    if place.get("latitude") in (None, ""):
        return None
    # fmt: off
    return {
        "latitude": decimal_of(place.get("latitude")), "longitude": decimal_of(place.get("longitude")),
        "radius": decimal_of(place.get("radius")), "source": text_of(place.get("lookupResult")),
        "captured_at": time_of(number_of(place.get("capturedAt"))),
    }
    # fmt: on
