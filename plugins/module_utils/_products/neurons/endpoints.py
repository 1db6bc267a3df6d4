# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of Ivanti Neurons for MDM that the client uses.

The sources name sections of the vendor's "MDM Customer Integration API Guide". Calls without a
number of their own (``partitions``, ``tenant``, ``definitions``) are described elsewhere in that
guide.
"""

from __future__ import annotations

from ..._core.endpoint import Endpoint

# The most devices in one call, if the guide names no limit.
MOST_DEVICES = 200

_GUIDE = "MDM Customer Integration API Guide, "
_READ = "Device Management or Device Read Only"
_WRITE = "Device Management"
_ATTRIBUTES = "/api/v1/device/{device}/customattributes"

ATTRS_GET = Endpoint(
    "N02",
    "GET",
    _ATTRIBUTES,
    _GUIDE + "Get Custom Attributes Per Device",
    _READ,
    safe=True,
    idempotent=True,
)
ATTRS_REPLACE = Endpoint(
    "N03",
    "POST",
    _ATTRIBUTES,
    _GUIDE + "Add/Replace Custom Attributes Per Device",
    _WRITE,
    idempotent=True,
)
ATTRS_MERGE = Endpoint(
    "N04",
    "PATCH",
    _ATTRIBUTES,
    _GUIDE + "Patch custom attributes per device",
    _WRITE,
    idempotent=True,
)
# The same call with forceOverwrite=false: sent twice it appends twice.
ATTRS_APPEND = Endpoint(
    "N04", "PATCH", _ATTRIBUTES, _GUIDE + "Patch custom attributes per device", _WRITE
)
ATTRS_REMOVE_MANY = Endpoint(
    "N05",
    "DELETE",
    "/api/v1/device/customattributes",
    _GUIDE + "Remove custom attributes per device - method 1",
    _WRITE,
    idempotent=True,
)
ATTRS_REMOVE = Endpoint(
    "N06",
    "DELETE",
    _ATTRIBUTES,
    _GUIDE + "Remove custom attributes per device - method 2",
    _WRITE,
    idempotent=True,
)
DETAILS = Endpoint(
    "N07",
    "GET",
    "/api/v1/device/{device}",
    _GUIDE + "Get Device Details",
    "Tenant Admin",
    safe=True,
    idempotent=True,
)
# One address for N08 (by attribute), N41 (registered within), N42 (checked in within) and N43 (by
# UID or e-mail).
DEVICES = Endpoint(
    "N08",
    "GET",
    "/api/v1/device",
    _GUIDE + "Get Device Details Based on Attribute",
    "Tenant Admin",
    safe=True,
    idempotent=True,
)
MESSAGE = Endpoint(
    "N31",
    "PUT",
    "/api/v1/device/message",
    _GUIDE + "Send a device or devices a message",
    "Tenant Admin",
)
PARTITIONS = Endpoint(
    "partitions",
    "GET",
    "/api/v1/tenant/partition/device",
    _GUIDE + "API Basics",
    safe=True,
    idempotent=True,
)
TENANT = Endpoint(
    "tenant",
    "GET",
    "/api/v1/metadata/tenant",
    _GUIDE + "Tenant Administration",
    safe=True,
    idempotent=True,
)
DEFINITIONS = Endpoint(
    "definitions",
    "GET",
    "/api/v1/customattributes",
    _GUIDE + "Custom Attributes",
    safe=True,
    idempotent=True,
)

# It is not sent again after a lost answer: a server may reject a device whose reassignment has
# begun. The device is read instead.
OWNER = Endpoint(
    "N01",
    "PUT",
    "/api/v1/device/updateAccount",
    _GUIDE + "Assign a Device to a User",
    "Tenant Admin",
)
ACCOUNTS = Endpoint(
    "accounts", "GET", "/api/v1/account", _GUIDE + "User API Calls", safe=True, idempotent=True
)

CONFIGS = Endpoint(
    "N09",
    "GET",
    "/api/v1/device/{device}/configs",
    _GUIDE + "Get Device Configuration",
    "Tenant Admin",
    safe=True,
    idempotent=True,
)
CONFIG_EXCLUDE = Endpoint(
    "N10",
    "PUT",
    "/api/v1/device/{device}/uninstallconfigs",
    _GUIDE + "Exclude a Configuration from a Device",
    "Tenant Admin",
    idempotent=True,
)
CONFIG_PUSH = Endpoint(
    "N11",
    "DELETE",
    "/api/v1/device/{device}/uninstallconfigs",
    _GUIDE + "Push an excluded configuration to a device",
    "Tenant Admin",
    idempotent=True,
)
CONFIG_REINSTALL = Endpoint(
    "N12",
    "PUT",
    "/api/v1/device/{device}/reinstallconfigs",
    _GUIDE + "Re-install a Configuration to a Device",
    "Tenant Admin",
    idempotent=True,
)
CONFIGURATIONS = Endpoint(
    "configurations",
    "GET",
    "/api/v1/policy",
    _GUIDE + "Configuration API Calls",
    safe=True,
    idempotent=True,
)
POLICIES_OF_DEVICE = Endpoint(
    "N13",
    "GET",
    "/api/v1/device/{device}/policies",
    _GUIDE + "Get Compliance Status of a Particular Device",
    "Tenant Admin",
    safe=True,
    idempotent=True,
)
COMPLIANCE_SYNC = Endpoint(
    "N14",
    "POST",
    "/api/v1/device/compliance/sync",
    _GUIDE + "Sync Compliance Status of a Device",
    "Tenant Admin",
    idempotent=True,
)
CERTIFICATES = Endpoint(
    "N15",
    "GET",
    "/api/v1/device/{device}/certs/search",
    _GUIDE + "Get certificates assigned to a device",
    _READ,
    safe=True,
    idempotent=True,
)
# The guide's address lacks the slash before the id; its example has it.
DEP_PROFILES = Endpoint(
    "N44",
    "GET",
    "/api/v1/depServer/{server}/profiles",
    _GUIDE + "Get Device Enrollment Program (DEP) details by DEP profile ID",
    "Tenant Admin",
    safe=True,
    idempotent=True,
)
DEP_SERVERS = Endpoint(
    "N45",
    "GET",
    "/api/v1/depServer",
    DEP_PROFILES.source,
    "Tenant Admin",
    safe=True,
    idempotent=True,
)
