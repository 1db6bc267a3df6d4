# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that read devices of Ivanti Neurons for MDM, and what the rows of all families share.

The sources name sections of the vendor's "MDM Customer Integration API Guide". Calls without a
number of their own, such as ``partitions`` and ``tenant``, are described elsewhere in that guide.
"""

from __future__ import annotations

from ..._core.endpoint import Endpoint

# The most devices in one call, if the guide names no limit.
MOST_DEVICES = 200

GUIDE = "MDM Customer Integration API Guide, "

# Roles.
READER = "Device Management or Device Read Only"
MANAGER = "Device Management"
TENANT_ADMIN = "Tenant Admin"

DETAILS = Endpoint(
    "N07",
    "GET",
    "/api/v1/device/{device}",
    GUIDE + "Get Device Details",
    TENANT_ADMIN,
    safe=True,
    idempotent=True,
)
# One address for N08 (by attribute), N41 (registered within), N42 (checked in within) and N43 (by
# UID or e-mail).
DEVICES = Endpoint(
    "N08",
    "GET",
    "/api/v1/device",
    GUIDE + "Get Device Details Based on Attribute",
    TENANT_ADMIN,
    safe=True,
    idempotent=True,
)
PARTITIONS = Endpoint(
    "partitions",
    "GET",
    "/api/v1/tenant/partition/device",
    GUIDE + "API Basics",
    safe=True,
    idempotent=True,
)
TENANT = Endpoint(
    "tenant",
    "GET",
    "/api/v1/metadata/tenant",
    GUIDE + "Tenant Administration",
    safe=True,
    idempotent=True,
)
DEFINITIONS = Endpoint(
    "definitions",
    "GET",
    "/api/v1/customattributes",
    GUIDE + "Custom Attributes",
    safe=True,
    idempotent=True,
)
# All configurations and policies of a device space, or those of a tag.
CONFIGURATIONS = Endpoint(
    "configurations",
    "GET",
    "/api/v1/policy",
    GUIDE + "Configuration API Calls",
    safe=True,
    idempotent=True,
)
