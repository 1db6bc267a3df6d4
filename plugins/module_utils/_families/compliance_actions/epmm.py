# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compliance actions (E54), which only API v2 lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..._core.errors import AnswerError
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.endpoints import API_ROLE, V2_GUIDE, read
from ..._products.values import flag, number_of, text_of, time_of
from .model import DEEDS, ComplianceAction, Step

COMPLIANCE_ACTION = read(
    "E54", "/api/v2/compliance_action", V2_GUIDE + "Compliance Actions", API_ROLE
)

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class EpmmComplianceActions:
    """See ComplianceActions."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client

    def actions(self) -> tuple[ComplianceAction, ...]:
        """See ComplianceActions."""
        v2 = self._client.require_v2("reading compliance actions")
        found: dict[str, ComplianceAction] = {}
        for space in v2.partitions(()):
            query = [("adminDeviceSpaceId", space.id)]
            answer = self._client.transport.call(COMPLIANCE_ACTION, query=query)
            rows = answers.whole(answer, "The list of compliance actions")
            found.update((one.id, one) for one in map(compliance_action, answers.listed(rows)))
        return tuple(found.values())


def compliance_action(row: Any) -> ComplianceAction:
    """Make a compliance action of a row.

    Raises:
        AnswerError: The row has no id.
    """
    if not isinstance(row, Mapping) or row.get("id") is None:
        raise AnswerError("The server sent a compliance action without an id.")
    steps = [_step(tier) for tier in answers.listed(row.get("tiers")) if isinstance(tier, Mapping)]
    return ComplianceAction(
        id=text_of(row["id"]),
        name=text_of(row.get("name")),
        local=flag(row.get("localCompliance")),
        created_at=time_of(row.get("createdAt")),
        updated_at=time_of(row.get("modifiedAt")),
        steps=tuple(sorted(steps, key=lambda step: step.delay or 0)),
    )


def _step(tier: Mapping[str, Any]) -> Step:
    settings = tier.get("complianceSettings")
    settings = settings if isinstance(settings, Mapping) else {}
    quarantine = tier.get("quarantineSettings")
    quarantine = quarantine if isinstance(quarantine, Mapping) else {}
    return Step(
        delay=number_of(tier.get("delay")),
        deeds={deed: flag(settings.get(deed)) for deed in DEEDS},
        quarantine={_HUMP.sub("_", str(name)).lower(): one for name, one in quarantine.items()},
    )
