# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All configurations and policies of Neurons for MDM.

Source: MDM Customer Integration API Guide, Configuration API Calls. The call is not one of those of
the device guide (docs/neurons.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..._core.device import Partition
from ..._core.errors import AnswerError
from ..._products.neurons.client import NeuronsClient
from ..._products.neurons.endpoints import CONFIGURATIONS
from ..._products.neurons.values import flag, time_of, whole
from ..._products.values import text_of, text_or_none

# The fields of config_info, and their names in the JSON.
_TEXTS = {
    "type": "policyType",
    "rule_type": "policyRuleType",
    "description": "description",
    "system_name": "systemName",
    "uuid": "uuid",
    "updated_by": "modifiedBy",
}
_NUMBERS = {
    "priority": "priority",
    "device_count": "totalDeviceCount",
    "installed_count": "installedDeviceCount",
    "violation_count": "violationDeviceCount",
}


class NeuronsConfigCounts:
    """See ConfigCounts."""

    def __init__(self, client: NeuronsClient) -> None:
        self._client = client

    def all(self, partitions: Sequence[str]) -> list[Mapping[str, Any]]:
        """See ConfigCounts. Without a tag the call is about configurations and policies."""
        found: list[Mapping[str, Any]] = []
        for space in self._client.partitions(partitions):
            found += self._client.database_list(
                CONFIGURATIONS,
                partial(_row, space),
                lambda row: f"{row['type']} {row['id']}",
                "configurations and policies",
                (("dmPartitionId", space.id),),
            )
        return found


def _row(space: Partition, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    number = text_of(raw.get("id"))
    if not number:
        raise AnswerError("The server sent a configuration or policy without an id.")
    return {
        "id": number,
        "name": text_of(raw.get("name")).strip(),
        "space": space.name,
        "enabled": flag(raw.get("enabled")),
        **{name: text_or_none(raw.get(key)) for name, key in _TEXTS.items()},
        **{name: whole(raw.get(key)) for name, key in _NUMBERS.items()},
        "updated_at": time_of(raw.get("modifiedAt")),
        "actions": raw.get("actions"),
    }
