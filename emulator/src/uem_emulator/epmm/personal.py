# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a GDPR profile hides, by the names of the answers. Source: see `gdpr`."""

from __future__ import annotations

from typing import Any

from uem_emulator import gdpr
from uem_emulator.epmm.v1.tree import Boxed, Cached, Many, Tree
from uem_emulator.switches import Switches

#: Names of API v2 without what is before their first dot, and of what devices report of themselves.
_FIELDS = (
    "user_id",
    "sam_account_name",
    "display_name",
    "first_name",
    "last_name",
    "email_address",
    "current_phone_number",
    "imei",
    "imsi",
    "ip_address",
    "SerialNumber",
    "iPhone ICCID",
    "mobile_number",
    "current_mobile_number",
)
#: Names of users in both APIs, and of devices, alerts and ActiveSync devices in API v1.
_ELEMENTS = (
    "principal",
    "displayName",
    "firstName",
    "lastName",
    "email",
    "emailAddress",
    "userDisplayName",
    "userFirstName",
    "userLastName",
    "userName",
    "currentPhoneNumber",
    "phoneNumber",
    "alertText",
    "mailboxId",
    "Identity",
)
PERSONAL = frozenset(_FIELDS + _ELEMENTS)


def mask_of_v1(switches: Switches) -> gdpr.Mask | None:
    """Return what API v1 shows instead of a text that is hidden, None where nothing is."""
    return gdpr.mask_of(switches) if switches["gdpr_v1"] == "masked" else None


def hide_in_tree(tree: Tree, switches: Switches) -> Tree:
    """Return the tree of an answer of API v1 as the account sees it. What the answer repeats of the
    request, at its top, stays."""
    mask = mask_of_v1(switches)
    if mask is None:
        return tree
    return {
        name: node if isinstance(node, str) else _masked(node, mask) for name, node in tree.items()
    }


def _masked(node: Any, mask: gdpr.Mask) -> Any:
    if isinstance(node, Many):
        return Many([_masked(child, mask) for child in node.nodes])
    if isinstance(node, Boxed):
        return Boxed(_masked(node.tree, mask))
    if isinstance(node, Cached):
        return _masked(node.make(), mask)
    if not isinstance(node, dict):
        return node
    # A device is called after its user and its phone number; a label or a policy is not.
    names = PERSONAL | {"name"} if "principal" in node else PERSONAL
    return gdpr.masked_map(node, names, mask, lambda child: _masked(child, mask))
