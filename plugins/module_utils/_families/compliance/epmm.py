# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why devices are not compliant (E01, E02)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._core.device import Device
from ..._core.errors import AnswerError, ApiError, OptionError
from ..._products.epmm.client import EpmmClient
from ..compliance_actions.epmm import EpmmComplianceActions
from ..compliance_actions.model import ComplianceAction
from .bitmaps import read_bitmaps, with_reasons
from .model import Report, Verdict, with_server_action


class EpmmCompliance:
    """See Compliance."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client

    def compliance(self, devices: Sequence[Device]) -> Report:
        """See Compliance. API v2 says it in the rows of devices. The bitmaps of API v1 are read of
        devices whose rows do not say it."""
        detailed, warning = self.with_reasons(devices)
        verdicts = tuple(
            _verdict(listed, device) for listed, device in zip(devices, detailed, strict=True)
        )
        return Report(self._with_server_actions(verdicts), warning=warning)

    def with_reasons(
        self, devices: Sequence[Device], *, everything: bool = False
    ) -> tuple[list[Device], str]:
        """See Reasons. Rows that were read through API v1 have all that it knows."""
        client = self._client

        def read(asked: Sequence[Device]) -> list[Device]:
            if client.api is client.v1:
                return list(asked)
            return read_bitmaps(client.v1, asked, client.v2.count)

        return with_reasons(read, devices, everything=everything)

    def _with_server_actions(self, verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
        """Return verdicts with what the server itself will do. Where that cannot be read,
        the reason says so, and nothing fails."""
        actions: tuple[ComplianceAction, ...] = ()
        unread = ""
        if any(verdict.compliant is False for verdict in verdicts):
            try:
                actions = EpmmComplianceActions(self._client).actions()
            except (ApiError, AnswerError, OptionError) as error:
                unread = str(error)
        return tuple(with_server_action(verdict, actions, unread) for verdict in verdicts)


def _verdict(listed: Device, detailed: Device) -> Verdict:
    """Return the verdict about a device.

    Args:
        listed: The device as the list has it.
        detailed: The device with the reasons.
    """
    row = detailed.row
    listed_verdict = listed.row.get("compliant")
    return Verdict(
        device=detailed,
        compliant=row.get("compliant"),
        listed=listed_verdict,
        reasons=_names(row.get("compliance_reasons")),
        own_words=_names(row.get("compliance_reasons_raw")),
        quarantined=row.get("quarantined"),
        quarantine_reasons=_names(row.get("quarantine_reasons")),
        blocked=row.get("blocked"),
        block_reasons=_names(row.get("block_reasons")),
        bitmaps={
            name: row.get(name) for name in ("compliance", "quarantined_status", "block_reason")
        },
        contradictory=None not in (listed_verdict, row.get("compliant"))
        and listed_verdict != row.get("compliant"),
    )


def _names(raw: Any) -> tuple[str, ...] | None:
    return None if raw is None else tuple(raw)
