# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which roles a call of EPMM needs. A call of which no source names a role needs none.

Sources: "MobileIron WebService", Authentication ("access to the web service is granted using
roles", the role is API); the vendor's pages of API v2 "Label Management" and "Custom Attributes",
"Required role".
"""

from __future__ import annotations

import re

from uem_emulator.routing import Route
from uem_emulator.switches import Switches

API = "API"
VIEW_LABEL = "View label"
VIEW_LOGS = "View logs and events"
#: All roles that the sources name; the pages put a category before those of API v2.
ROLES = (API, VIEW_LABEL, VIEW_LOGS)

_VIEW = frozenset((VIEW_LABEL,))
_API = frozenset((API,))
_OF_V2 = {
    "/api/v2/labels/label_summary": _VIEW,
    "/api/v2/attributes/definitions": frozenset((VIEW_LOGS,)),
}
#: Calls about labels and those of devices: no page that could be read names their role, and the page
#: of the label summary names one of the category Label Management.
_OF_LABELS = re.compile(r"/api/v2/(devices/(labels/.+|\{[^/]+\}/labels)|labels)")


def needed(route: Route, switches: Switches) -> tuple[frozenset[str], ...]:
    """Return groups of roles. A call needs one of each group."""
    if route.path.startswith("/api/v1/"):
        return (_API,)
    if route.path in _OF_V2:
        return (_OF_V2[route.path],)
    if switches["v2_api_role"] != "needed":
        return ()
    return (_API, _VIEW) if _OF_LABELS.fullmatch(route.path) else (_API,)
