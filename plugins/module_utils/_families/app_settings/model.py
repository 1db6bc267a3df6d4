# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""App settings of EPMM, which its portal calls configurations. Pure.

Words are those of the API: "API Reference Document for MobileIron WebService" (Core 10.8), section
"Application Settings".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.names import pick_all

# A shorter key could be guessed, and then a short secret by its digest.
SHORTEST_KEY = 16

# The characters of a digest that are shown.
_SHOWN = 16

# fmt: off
TYPES = (
    "EXCHANGE", "WIFI", "BOOKMARK", "EMAIL", "VPN", "GENERAL", "CALDAV", "SUBCAL", "WEBCLIP", "SCEP", "APN", "RESTRICTION",
    "CERTIFICATE", "MDM", "PROVISIONING", "CARDDAV", "CONFIGURATION", "OTHER",
)
# fmt: on


@dataclass(frozen=True)
class AppSetting:
    """An app setting, of the server or of a device.

    Attributes:
        labels: Ids and names; either may be unknown.
        state: ``current`` or ``deleted`` on a device, else None.
        properties: Its properties, with secrets masked.
        secrets: Those properties that are masked, as they are.
    """

    id: str
    name: str
    type: str = ""
    origin: str = ""
    description: str = ""
    device_count: int | None = None
    pending_count: int | None = None
    quarantined_count: int | None = None
    labels: tuple[tuple[str | None, str | None], ...] = ()
    state: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Any] = field(repr=False, default_factory=dict)

    def as_dict(self, device: Device | None = None, key: str | None = None) -> dict[str, Any]:
        """Return the setting for results.

        Args:
            device: The device that has it. The server does not give the counts and labels then.
            key: The key of the digests of what is masked, or None.
        """
        digests = key and {name: digest(key, name, value) for name, value in self.secrets.items()}
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "type": self.type,
            "origin": self.origin,
            "device_id": device and device.id,
            "device_guid": device and device.guid,
            "state": self.state,
            "device_count": None if device else self.device_count,
            "pending_count": None if device else self.pending_count,
            "quarantined_count": None if device else self.quarantined_count,
            "labels": None
            if device
            else [{"id": number, "name": name} for number, name in self.labels],
            "properties": dict(self.properties),
            "secret_digests": digests or ({} if key else None),
        }


def parse_digest_key(raw: str | None) -> str | None:
    """Read the option ``digest_key``.

    Raises:
        OptionError: It is too short. The message does not show it.
    """
    if raw is not None and len(raw) < SHORTEST_KEY:
        raise OptionError(
            f"digest_key: has fewer than {SHORTEST_KEY} characters, so that secrets could be "
            "guessed by their digests; give a longer one."
        )
    return raw


def digest(key: str, name: str, value: Any) -> str:
    """Return a digest of a property. Equal secrets of two properties have different ones."""
    text = json.dumps([name, value if isinstance(value, (dict, list)) else str(value)])
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:_SHOWN]


def chosen(
    settings: Iterable[AppSetting], kind: str | None, ids: frozenset[str] | None
) -> tuple[AppSetting, ...]:
    """Return the settings with a type and ids; None means all.

    The type is checked here, because a server may ignore the one that is requested.
    """
    return tuple(
        setting
        for setting in settings
        if (kind is None or setting.type.upper() == kind) and (ids is None or setting.id in ids)
    )


def pick_ids(
    wanted: Sequence[str] | None, known: Iterable[AppSetting], kind: str | None = None
) -> frozenset[str] | None:
    """Return the ids of the settings that are named by name or id.

    Args:
        wanted: The names, or None for all.
        known: What the server has.
        kind: The type of the known settings, or None for any.

    Returns:
        The ids, or None for all.

    Raises:
        OptionError: A setting does not exist.
    """
    if wanted is None:
        return None
    distinct = list({setting.id: setting for setting in known}.values())
    names = [name.strip() for name in wanted]
    noun = "app setting" if kind is None else f"app setting of the type {kind}"
    return frozenset(setting.id for setting in pick_all(names, distinct, "settings", noun))
