# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compliance actions (E54), which only API v2 lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._core.errors import AnswerError
from ..._core.vocabulary import snake_case
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.endpoints import API_ROLE, V2_GUIDE, read
from ..._products.values import flag, number_of, text_of, time_of
from .model import DEEDS, ComplianceAction, Step

COMPLIANCE_ACTION = read(
    "E54", "/api/v2/compliance_action", V2_GUIDE + "Compliance Actions", API_ROLE
)


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
            for one in map(compliance_action, answers.listed(rows)):
                _require_same(found.setdefault(one.id, one), one)
        return tuple(found.values())


def _require_same(known: ComplianceAction, one: ComplianceAction) -> None:
    """Check that what came with one id is one compliance action, which two spaces may list.

    Raises:
        AnswerError: It is not. Either of them may be the one that wipes.
    """
    if known != one:
        raise AnswerError(
            f"The server sent two different compliance actions with the id {one.id} ({known.name!r} and "
            f"{one.name!r}), so that what each does is not known. Try again later."
        )


def compliance_action(row: Any) -> ComplianceAction:
    """Make a compliance action of a row.

    Raises:
        AnswerError: The row has no id.
    """
    if not isinstance(row, Mapping) or row.get("id") is None:
        raise AnswerError("The server sent a compliance action without an id.")
    tiers = row.get("tiers")
    steps = sorted(map(_step, answers.listed(tiers)), key=lambda step: step.delay or 0)
    return ComplianceAction(
        id=text_of(row["id"]),
        name=text_of(row.get("name")),
        local=flag(row.get("localCompliance")),
        created_at=time_of(row.get("createdAt")),
        updated_at=time_of(row.get("modifiedAt")),
        steps=None if tiers in (None, "") else tuple(steps),
    )


def _step(raw: Any) -> Step:
    """Make a step of a tier. What cannot be read is not known, and never "does not wipe"."""
    tier = _object(raw) or {}
    settings = _object(tier.get("complianceSettings")) or {}
    quarantine = _object(tier.get("quarantineSettings"))
    return Step(
        delay=number_of(tier.get("delay")),
        deeds={deed: flag(settings.get(deed)) for deed in DEEDS},
        quarantine=None
        if quarantine is None
        else {snake_case(str(name)): one for name, one in quarantine.items()},
    )


def _object(raw: Any) -> Mapping[str, Any] | None:
    return raw if isinstance(raw, Mapping) else None
