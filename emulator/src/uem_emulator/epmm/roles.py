# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which role a call of EPMM needs. A call of which no source names a role needs none.

Sources: "MobileIron WebService", Authentication ("access to the web service is granted using
roles", the role is API); the vendor's pages of API v2 "Label Management" and "Custom Attributes",
"Required role".
"""

from __future__ import annotations

from uem_emulator.routing import Route
from uem_emulator.switches import Switches

API = "API"
VIEW_LABEL = "View label"
VIEW_LOGS = "View logs and events"
#: All roles that the sources name; the pages put a category before those of API v2.
ROLES = (API, VIEW_LABEL, VIEW_LOGS)

_OF_V2 = {
    "/api/v2/labels/label_summary": frozenset((VIEW_LABEL,)),
    "/api/v2/attributes/definitions": frozenset((VIEW_LOGS,)),
}


def needed(route: Route, switches: Switches) -> frozenset[str]:
    """Return the roles of which a call needs one; none are for every account."""
    if route.path.startswith("/api/v1/"):
        return frozenset((API,))
    other = API if switches["v2_api_role"] == "needed" else None
    return _OF_V2.get(route.path, frozenset((other,)) if other else frozenset())
