# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts of devices by field. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..._core.errors import AnswerError, OptionError
from ..._core.names import nearest
from ..._core.vocabulary import (
    BY_NAME,
    OWNERSHIP,
    PLATFORM,
    STATUS,
    other_name,
    ownership_of,
    platform_of,
    status_of,
)

# The fields that the server counts have names in capitals, most without a sign between words ("Get
# Device Details Based on Attribute", facetedResults). These are their words.
# fmt: off
_FACETS = (
    "account_enabled", "account_group", "android_device_owner_mode_enabled", "android_managed_by_google",
    "android_safety_net_attestation_type", "android_security_patch_level",
    "android_work_device_owner_with_work_profile_enabled", "android_work_enabled", "android_work_profile_enabled",
    "android_work_profile_on_company_owned_device_enabled", "anti_phishing_general_status", "anti_phishing_status",
    "auth_only", "cert_store_state", "device_group", "device_source", "kiosk_state", "last_hotfix_id",
    "lost_mode_enabled", "mam_only",
    "mobile_threat_defense_general_status", "multi_user", "os_build_version", "secure_apps_status",
    "subscriber_carrier_network",
)
# fmt: on

# By value how many devices have it; None if the server does not say.
Counted = Mapping[str, "int | None"]


def parse_fields(raw: Sequence[str]) -> tuple[str, ...]:
    """Read the option ``count_by``.

    Raises:
        OptionError: It has no field, or one of them twice.
    """
    fields = tuple(text.strip() for text in raw)
    if not fields or not all(map(_plain, fields)):
        raise OptionError("count_by: is empty, or a name in it is; name at least one field.")
    for name in fields:
        if other_name(name):
            raise OptionError(f"count_by: {name!r} is called {other_name(name)} here.")
    twice = [name for name in fields if sum(_plain(name) == _plain(one) for one in fields) > 1]
    if twice:
        raise OptionError(f"count_by: {twice[0]!r} is there twice; remove one.")
    return fields


def counted_by(
    fields: Sequence[str], parts: Sequence[Mapping[str, Counted]]
) -> dict[str, dict[str, int | None]]:
    """Return the counts of some fields in all parts of a fleet.

    Args:
        fields: The fields, as rows of devices have them. Case and underscores do not count.
        parts: For each part that has devices, what is counted, by field.

    Raises:
        OptionError: A field is not counted.
        AnswerError: It is counted only in some of the parts.
    """
    return {
        field: _merged(field, [_counts_of(field, part, parts) for part in parts])
        for field in fields
    }


def _counts_of(
    field: str, part: Mapping[str, Counted], parts: Sequence[Mapping[str, Counted]]
) -> Counted:
    wanted = _on_server(field)
    found = [counts for name, counts in part.items() if _plain(name) == wanted]
    if found:
        return found[0]
    if any(_plain(name) == wanted for other in parts for name in other):
        raise AnswerError(
            f"The server counts by {field!r} in some device spaces and not in others; count those "
            "apart with spaces."
        )
    names = sorted(_NAMES.get(_plain(name)) or other_name(name) or name.lower() for name in part)
    raise OptionError(
        f"count_by: the server does not count by {field!r}{nearest(field, names)}; it counts by "
        f"{', '.join(names) or 'nothing'}."
    )


def _on_server(field: str) -> str:
    known = BY_NAME.get(field)
    return _plain(known.neurons if known and known.neurons else field)


def _value(field: str, value: str) -> str:
    """Return a value in the words of rows; several words of the server may be one there."""
    kind = BY_NAME[field].kind if field in BY_NAME else ""
    forms: dict[str, Callable[[str], str | None]] = {
        PLATFORM: platform_of,
        STATUS: status_of,
        OWNERSHIP: ownership_of,
    }
    return (forms[kind](value) or "unknown") if kind in forms else value


def _merged(field: str, parts: Sequence[Counted]) -> dict[str, int | None]:
    """Return the sum of counts by value; a number that is missing in a part makes it unknown."""
    found: dict[str, int | None] = {}
    for counts in parts:
        for word, number in counts.items():
            value = _value(field, word)
            sofar = found.get(value, 0)
            found[value] = None if sofar is None or number is None else sofar + number
    return dict(sorted(found.items()))


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


_NAMES = {_plain(name): name for name in _FACETS}
