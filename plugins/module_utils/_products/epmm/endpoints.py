# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of Ivanti EPMM that the client uses.

The sources name sections of "Device Management" (EPMM, API v1), of the "API Reference Document for
MobileIron WebService" (Core 10.8, API v1), and of the "V2 API Guide". Calls without a number are
only described in the V2 API Guide.
"""

from __future__ import annotations

from dataclasses import replace

from ..._core.endpoint import Endpoint

_V1 = "Device Management (EPMM API v1), "
_CORE = "API Reference Document for MobileIron WebService (Core 10.8), "
_V2 = "V2 API Guide, "
_V2_LABELS = _CORE + "Important Note on v1 API Deprecation; " + _V2


# "Access to the web service is granted using roles" (Core 10.8, API v1).
_API = "API"


def _read(number: str, path: str, source: str, role: str = "") -> Endpoint:
    return Endpoint(number, "GET", path, source, role, safe=True, idempotent=True)


def _read_v1(number: str, path: str, source: str) -> Endpoint:
    return _read(number, path, source, _API)


# API v1

DEVICES_V1 = _read_v1("E01", "/api/v1/dm/devices", _V1 + "Get Devices by Status")
DEVICE = _read_v1(
    "E02", "/api/v1/dm/devices/{device}", _V1 + "Get Device details for a specific device"
)
_LOOKUP = _V1 + "Get Device Details for a Phone Number/User/Label/Wi-Fi MAC Address"
BY_PHONE = _read_v1("E04", "/api/v1/dm/phones/{numbers}", _LOOKUP)
BY_USER = _read_v1("E05", "/api/v1/dm/users/{user}", _LOOKUP)
BY_LABEL = _read_v1("E06", "/api/v1/dm/labels/{label}", _LOOKUP)
BY_MAC = _read_v1("E07", "/api/v1/dm/devices/mac/{mac}", _LOOKUP)
LABELS_V1 = _read_v1("E22", "/api/v1/dm/labels", _V1 + "Get all Labels")

ALERTS = _read_v1("E37", "/api/v1/alerts", _CORE + "Get All Alerts")
ALERTS_OF_PHONE = _read_v1(
    "E38", "/api/v1/alerts/phones/{phone}", _CORE + "Get All Alerts for Phone Number"
)
ALERTS_OF_USER = _read_v1("E39", "/api/v1/alerts/users/{user}", _CORE + "Get all Alerts for User")
ALERTS_OF_BOTH = _read_v1(
    "E40",
    "/api/v1/alerts/users/{user}/phones/{phone}",
    _CORE + "Get All Alerts for a Phone Number of a User",
)
# Marking an alert twice has the same result as once, but writes its comment twice.
ALERT_UPDATE = Endpoint(
    "E41", "PUT", "/api/v1/alerts/{alert}", _CORE + "Update Alert", _API, idempotent=True
)
ALERTS_UPDATE = Endpoint(
    "E42", "PUT", "/api/v1/alerts", _CORE + "Update List of Alerts", _API, idempotent=True
)

POLICIES = _read_v1("E43", "/api/v1/policies", _CORE + "Get Policies")
POLICIES_OF_DEVICE = _read_v1(
    "E44", "/api/v1/policies/devices/{device}", _CORE + "Get Policies by DeviceUUID"
)
POLICY_ON_LABEL = Endpoint(
    "E45",
    "PUT",
    "/api/v1/policies/{policy}",
    _CORE + "Apply/Remove policy for a label.",
    _API,
    idempotent=True,
)

LOCATION = _read("E19", "/api/v1/dm/devices/locate/{device}", _V1 + "Locate a Device")
LOCATION_BY_MAC = _read("E20", "/api/v1/dm/devices/locate/mac/{mac}", _V1 + "Locate a Device")
# The same calls with locatenow=true: the device is asked.
LOCATE = Endpoint("E19", "GET", LOCATION.path, LOCATION.source, LOCATION.role, idempotent=True)
LOCATE_BY_MAC = Endpoint(
    "E20", "GET", LOCATION_BY_MAC.path, LOCATION.source, LOCATION.role, idempotent=True
)
ROAMING = Endpoint(
    "E21",
    "PUT",
    "/api/v1/dm/devices/enableroaming/{device}",
    _V1 + "Enable Roaming",
    LOCATION.role,
    idempotent=True,
)
# Wakes up, locks, unlocks, wipes or retires many devices. The calls for one device are in the
# family of actions.
ACTION_ON_MANY = Endpoint(
    "E25", "POST", "/api/v1/dm/bulk/devices/{action}", _V1 + "Send Action to bulk devices", _API
)
MESSAGE = Endpoint(
    "E26", "POST", "/api/v1/dm/bulk/sendmessage", _V1 + "Send message to devices", LOCATION.role
)
MESSAGE_BY_MAC = Endpoint(
    "E27", "POST", "/api/v1/dm/bulk/mac/sendmessage", MESSAGE.source, MESSAGE.role
)

EXPORT = _read("E03", "/api/v1/dm/devices.csv", _V1 + "Exporting Device Information to a CSV", _API)
# If it is sent twice, it registers two devices.
REGISTER = Endpoint(
    "E08",
    "PUT",
    "/api/v1/dm/register",
    _V1 + "Register a Device",
    _API,
    not_found="the server did not find what the request names",
)
OPERATORS = _read_v1("E23", "/api/v1/dm/operators", _V1 + "List of Operators")
COUNTRIES = _read_v1("E24", "/api/v1/dm/countries", _V1 + "List of Countries")
PROFILES = _read_v1(
    "E28", "/api/v1/dm/devices/profiles/{device}", _V1 + "Get Profiles for a Device"
)
PROFILE_PUSH = Endpoint(
    "E29",
    "PUT",
    "/api/v1/dm/devices/repushprofile/{device}",
    _V1 + "Re-push Profiles for a Device",
    _API,
    idempotent=True,
)

EAS_DEVICES = _read_v1("E30", "/api/v1/eas/devices", _CORE + "List All ActiveSync Devices")
EAS_DEVICE = _read_v1(
    "E31", "/api/v1/eas/devices/{device}", _CORE + "Device Details for ActiveSync"
)
# Blocking or allowing twice has the same result as once.
EAS_ACT = Endpoint(
    "E32",
    "PUT",
    "/api/v1/eas/devices",
    _CORE + "Request Action on ActiveSync Device",
    _API,
    idempotent=True,
)
# The same call with action=WIPE.
EAS_WIPE = Endpoint("E32", "PUT", EAS_ACT.path, EAS_ACT.source, _API)

PASSWORD = Endpoint(
    "E33",
    "PUT",
    "/api/v1/sm/authentication/users/{user}",
    _CORE + "Update Password for a User",
    _API,
)
USER = replace(
    _read_v1("E34", "/api/v1/sm/users/{user}", _CORE + "Find a User"),
    slash="name the user by the e-mail address",
)
LDAP_USERS = replace(
    _read_v1("E35", "/api/v1/sm/users/search/ldap/{text}", _CORE + "Search LDAP Users"),
    slash="search for what stands before it",
)
# It changes nothing, but a server may lock an account after some wrong passwords, so it is not
# repeated.
AUTHENTICATE = Endpoint(
    "E36", "POST", "/api/v1/sm/authentication", _CORE + "Authenticate a User", _API, safe=True
)

APP_SETTINGS = _read_v1("E46", "/api/v1/appsettings", _CORE + "Get all Application Settings")
APP_SETTINGS_OF_DEVICE = _read_v1(
    "E47", "/api/v1/appsettings/devices/{device}", _CORE + "Get Application Settings by Device UUID"
)
ANALYTICS = _read_v1(
    "E48", "/api/v1/apps/appconnect/analytics", _CORE + "Get Analytics for AppConnect Apps"
)

# API v2

PING = _read("ping", "/api/v2/ping", _V2 + "Ping")
DEVICES_V2 = _read("devices", "/api/v2/devices", _V2 + "Search for devices")
COUNT = _read("count", "/api/v2/devices/count", _V2 + "Count devices")
SEARCH_FIELDS = _read("search_fields", "/api/v2/devices/search_fields", _V2 + "Get search fields")
DETAILS_V2 = _read("details", "/api/v2/devices/{device}/details", _V2 + "Get device details")
SPACES = _read("spaces", "/api/v2/device_spaces", _V2 + "Device spaces")
MY_SPACES = _read("my_spaces", "/api/v2/device_spaces/mine", _V2 + "Device spaces")
LABEL_SUMMARY = _read(
    "label_summary",
    "/api/v2/labels/label_summary",
    _V2 + "Get label summary",
    "Label Management / View label",
)
LABELS_OF_DEVICE = _read(
    "E49",
    "/api/v2/devices/{device}/labels",
    _V2_LABELS + "Get list of labels for a specific device",
)
LABELS_ADD = Endpoint(
    "E50",
    "PUT",
    "/api/v2/devices/labels/{labels}/add",
    _V2_LABELS + "Apply labels to devices",
    idempotent=True,
)
LABELS_REMOVE = Endpoint(
    "E51",
    "PUT",
    "/api/v2/devices/labels/{labels}/remove",
    _V2_LABELS + "Remove labels from devices",
    idempotent=True,
)
