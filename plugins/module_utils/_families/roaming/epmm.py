# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roaming of iOS devices (E02, E21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.device import Device
from ..._core.endpoint import Endpoint
from ..._core.plan import Batch, Change, Outcome
from ..._products.batches import one_each
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.devices import details_v1
from ..._products.epmm.endpoints import API_ROLE, DEVICE_GUIDE, SILENT
from ..._products.values import flag, text_of
from .model import Roaming

ROAMING = Endpoint(
    "E21",
    "PUT",
    "/api/v1/dm/devices/enableroaming/{device}",
    DEVICE_GUIDE + "Enable Roaming",
    API_ROLE,
    idempotent=True,
)


class EpmmRoamers:
    """See Roamers."""

    never_in = SILENT

    def __init__(self, client: EpmmClient) -> None:
        self._client = client

    def roaming(self, device: Device) -> Roaming:
        """See Roamers."""
        return roaming_in(details_v1(self._client.v1.details(device)))

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Roamers."""
        return one_each(changes)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Roamers."""
        [change] = batch.changes
        answer = self._client.transport.call(
            ROAMING,
            path={"device": change.subject.guid},
            query=[("voice", text_of(batch.write.voice)), ("data", text_of(batch.write.data))],
        )
        if answers.accepted(answer) is None:
            raise answers.no_success(answers.explain(answer))
        return [Outcome(change)]


def roaming_in(details: Mapping[str, Any]) -> Roaming:
    """Return the roaming in the details of an iOS device ("iOS Details Key-Value Descriptions")."""
    return Roaming(
        flag(details.get("Voice Roaming Enabled")), flag(details.get("DataRoamingEnabled"))
    )
