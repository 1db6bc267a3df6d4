# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that read devices of Ivanti EPMM, and what the rows of all families share.

The sources name sections of "Device Management" (EPMM, API v1), of the "API Reference Document for
MobileIron WebService" (Core 10.8, API v1), and of the "V2 API Guide". Calls without a number are
only described in the V2 API Guide.
"""

from __future__ import annotations

from ..._core.endpoint import Endpoint

DEVICE_GUIDE = "Device Management (EPMM API v1), "
WEB_SERVICE = "API Reference Document for MobileIron WebService (Core 10.8), "
V2_GUIDE = "V2 API Guide, "
V2_LABELS = WEB_SERVICE + "Important Note on v1 API Deprecation; " + V2_GUIDE

# Some calls of API v1 take their devices in the address of the request. Bytes of an address that
# every server takes.
MOST_BYTES = 8000

# The most devices in one call. "Send Action to bulk devices" allows 20,000 by default, but the
# uuids go into the address.
MOST_UUIDS = 150

# "Wipe a Device": once wiped, "the only valid action to apply is Retire". A device that was retired
# has left the server, and one whose registration is not verified has not come yet.
SILENT = frozenset({"RETIRE_PENDING", "RETIRED", "VERIFICATION_PENDING", "WIPED"})

# "Access to the web service is granted using roles" (Core 10.8, chapter Authentication). That guide
# has no roles by call.
API_ROLE = "API"
# The V2 API Guide puts its calls for labels into the category of roles of this name. What it asks
# for each of these calls is not known.
LABELS_ROLE = f"{API_ROLE}, and a role of Label Management"

# "Status and statusCode values": a list call returns the devices of one status, or the ACTIVE ones
# if no status is given.
# fmt: off
STATUSES = (
    "ACTIVE", "IENROLL_VERIFIED", "IENROLL_INPROGRESS", "IENROLL_COMPLETE", "INFECTED", "LOST", "RETIRED", "VERIFIED",
    "VERIFICATION_PENDING", "EXPIRED", "WIPED",
)
# fmt: on
# The same section has codes for the first two, and does not list them as statuses to request. The
# third is among the published values of the reporting database. A server may answer 400.
UNLISTED_STATUSES = ("RETIRE_PENDING", "BLOCKED", "WIPE_PENDING")


def read(number: str, path: str, source: str, role: str = "") -> Endpoint:
    """Return a call that only reads.

    Args:
        number: The number of the call.
        path: Its path.
        source: The document, and the section.
        role: The role that it needs, or "".
    """
    return Endpoint(number, "GET", path, source, role, safe=True, idempotent=True)


def read_v1(number: str, path: str, source: str) -> Endpoint:
    """Return a call of API v1 that only reads."""
    return read(number, path, source, API_ROLE)


# API v1

DEVICES_V1 = read_v1("E01", "/api/v1/dm/devices", DEVICE_GUIDE + "Get Devices by Status")
DEVICE = read_v1(
    "E02", "/api/v1/dm/devices/{device}", DEVICE_GUIDE + "Get Device details for a specific device"
)
_LOOKUP = DEVICE_GUIDE + "Get Device Details for a Phone Number/User/Label/Wi-Fi MAC Address"
BY_PHONE = read_v1("E04", "/api/v1/dm/phones/{numbers}", _LOOKUP)
BY_USER = read_v1("E05", "/api/v1/dm/users/{user}", _LOOKUP)
BY_LABEL = read_v1("E06", "/api/v1/dm/labels/{label}", _LOOKUP)
BY_MAC = read_v1("E07", "/api/v1/dm/devices/mac/{mac}", _LOOKUP)
LABELS_V1 = read_v1("E22", "/api/v1/dm/labels", DEVICE_GUIDE + "Get all Labels")
POLICIES = read_v1("E43", "/api/v1/policies", WEB_SERVICE + "Get Policies")
APP_SETTINGS = read_v1("E46", "/api/v1/appsettings", WEB_SERVICE + "Get all Application Settings")

# API v2

PING = read("ping", "/api/v2/ping", V2_GUIDE + "Ping")
DEVICES_V2 = read("devices", "/api/v2/devices", V2_GUIDE + "Search for devices")
COUNT = read("count", "/api/v2/devices/count", V2_GUIDE + "Count devices")
SEARCH_FIELDS = read(
    "search_fields", "/api/v2/devices/search_fields", V2_GUIDE + "Get search fields"
)
DETAILS_V2 = read("details", "/api/v2/devices/{device}/details", V2_GUIDE + "Get device details")
SPACES = read("spaces", "/api/v2/device_spaces", V2_GUIDE + "Device spaces")
MY_SPACES = read("my_spaces", "/api/v2/device_spaces/mine", V2_GUIDE + "Device spaces")
LABEL_SUMMARY = read(
    "label_summary",
    "/api/v2/labels/label_summary",
    V2_GUIDE + "Get label summary",
    "Label Management / View label",
)
LABELS_OF_DEVICE = read(
    "E49",
    "/api/v2/devices/{device}/labels",
    V2_LABELS + "Get list of labels for a specific device",
    LABELS_ROLE,
)
