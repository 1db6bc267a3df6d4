# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an API account with a GDPR profile does not see: personal data is masked in every answer.

Source: the vendor's pages about GDPR profiles of both products. They name what is obfuscated: user
id, name, e-mail address, phone number, IMEI, MEID, IMSI, ICCID, serial number and addresses. What
the mask looks like they do not say. What is empty stays empty, as in recorded rows.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import replace
from typing import Any

import orjson

from uem_emulator.answers import JSON_TYPE, Answer
from uem_emulator.switches import Switches

Mask = Callable[[str], str]
#: Position of the switch `gdpr_mask` -> what becomes of a text.
_MASKS: dict[str, Mask] = {
    "asterisks": lambda text: "*****",
    "partial": lambda text: text[:1] + "*" * (len(text) - 1),
    "word": lambda text: "hidden",
}


def mask_of(switches: Switches) -> Mask | None:
    """Return what the account sees of a text that is hidden from it, None where nothing is."""
    return _MASKS[str(switches["gdpr_mask"])] if switches.is_on("gdpr") else None


def masked(node: Any, names: Set[str], mask: Mask) -> Any:
    """Return plain data with the texts under some names masked.

    Args:
        node: Maps, lists and values.
        names: The names. Of a dotted name the part behind the first dot counts.
        mask: Makes of a text what is shown.
    """
    if isinstance(node, list):
        return [masked(item, names, mask) for item in node]
    if not isinstance(node, dict):
        return node
    return masked_map(node, names, mask, lambda child: masked(child, names, mask))


def masked_map(
    node: dict[str, Any], names: Set[str], mask: Mask, inside: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return a map with the texts under some names masked.

    Args:
        node: The map.
        names: The names.
        mask: Makes of a text what is shown.
        inside: Masks what a value holds that is not a text to be masked.
    """
    # A pair which a device reports of itself: {"key", "value"} in API v1, {"name", "value"} in v2.
    pair = node.get("key", node.get("name")) if "value" in node else None
    return {
        name: mask(value)
        if isinstance(value, str) and value and _is_hidden(name, pair, names)
        else inside(value)
        for name, value in node.items()
    }


def _is_hidden(name: str, pair: Any, names: Set[str]) -> bool:
    if pair is not None:
        return name == "value" and pair in names
    return (name.partition(".")[2] or name) in names


def hide(answer: Answer, names: Set[str], switches: Switches) -> Answer:
    """Return an answer as the account sees it.

    Args:
        answer: The answer; only JSON with status 200 has anything to hide.
        names: The names of what is hidden.
        switches: The switches, one of which says whether the account has a GDPR profile.
    """
    mask = mask_of(switches)
    if mask is None or answer.status != 200 or answer.content_type != JSON_TYPE or not answer.body:
        return answer
    return replace(answer, body=orjson.dumps(masked(orjson.loads(answer.body), names, mask)))
