# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policies of a device, and telling others of its compliance (N13, N14)."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.device import Device
from ..._core.errors import AnswerError, ApiError, CredentialsError, UemError
from ..._core.plan import Change, Outcome
from ..._http.transport import Transport
from ..._products.batches import grouped
from ..._products.neurons import endpoints, wire
from ..._products.neurons.lists import flag, read_present, read_whole, text_or_none, whole
from ..._products.partly import one_by_one
from ..._products.protocol import Batch
from ..actions.model import MOST
from ..compliance_sync.model import GOOGLE_BC, INTUNE
from .model import PolicyVerdict, Report, by_policies

# What a server may answer to a call of which it does not know one device.
NOT_ONE = (400, 404)

_VENDORS = {GOOGLE_BC: "GoogleBC", INTUNE: "Intune"}

# So many devices are synced each by itself: that takes hardly more requests, and each answer is for
# one.
FEW_SYNCED = 3


class ComplianceCalls:
    """A part of the client: the policies of a device, and telling others of its compliance."""

    transport: Transport

    # Whether the server answers 1 for success and not a number of devices; None until somebody has
    # to know.
    _one_is_success: bool | None = None
    _finding_out = threading.Lock()

    def compliance(self, devices: Sequence[Device]) -> Report:
        """See Compliance."""
        there, skipped = read_present(self.transport, self._policies, devices)
        verdicts = (
            by_policies(
                device,
                flag(device.row.get("complianceState")),
                policies,
                quarantined=flag(device.row.get("quarantined")),
                blocked=flag(device.row.get("blocked")),
            )
            for device, policies in there
        )
        return Report(tuple(verdicts), tuple(skipped))

    def _policies(self, device: Device) -> list[PolicyVerdict]:
        """The policies of a device ("Get Compliance Status of a Particular Device")."""
        return read_whole(
            self.transport,
            endpoints.POLICIES_OF_DEVICE,
            policy_verdict,
            lambda policy: policy.id,
            f"policies of {device.title}",
            path={"device": device.id},
        )

    def sync_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """See ComplianceSync. The guide names no limit."""
        return grouped(changes, MOST if len(changes) > FEW_SYNCED else 1)

    def sync_compliance(self, batch: Batch) -> list[Outcome]:
        """See ComplianceSync ("Sync Compliance Status of a Device").

        Nothing of it can be read, and syncing again does no harm: where the answer is short,
        devices are synced one by one. The guide's example answers 1 for two devices; a server that
        does so is believed.
        """
        try:
            taken = self._sync(batch.changes)
        except ApiError as error:
            if error.status not in NOT_ONE or len(batch.changes) == 1:
                raise
            refused = one_by_one(batch.changes, self._sync_one)
            return [Outcome(change, refused.get(change.subject.id)) for change in batch.changes]
        if taken >= len(batch.changes) or (taken == 1 and self._counts_none(batch.changes)):
            return [Outcome(change) for change in batch.changes]
        return [Outcome(change, self._alone(change)) for change in batch.changes]

    def _sync(self, changes: Sequence[Change]) -> int:
        answer = self.transport.call(
            endpoints.COMPLIANCE_SYNC,
            query=[("vendor", _VENDORS[changes[0].write])],
            form=[("ids", change.subject.id) for change in changes],
        )
        return wire.accepted(answer, f"Syncing the compliance of {len(changes)} devices")

    def _sync_one(self, change: Change) -> None:
        self._sync([change])

    def _alone(self, change: Change) -> str | None:
        """Sync one device; answers why that failed."""
        try:
            self._sync_one(change)
        except CredentialsError:
            raise
        except UemError as error:
            return str(error)
        return None

    def _counts_none(self, changes: Sequence[Change]) -> bool:
        """Whether the 1 that was answered for several devices stands for success: two devices, of
        which the server takes each alone, are 1 together as well. That is found out once."""
        with self._finding_out:
            pair = changes[:2]
            if self._one_is_success is None and not any(map(self._alone, pair)):
                self._one_is_success = self._sync(pair) == 1
            return bool(self._one_is_success)


def policy_verdict(row: Mapping[str, Any]) -> PolicyVerdict:
    """A policy of a device."""
    if row.get("id") is None:
        raise AnswerError(f"The server sent a policy without an id ({row.get('name')!r}).")
    return PolicyVerdict(
        id=wire.text_of(row["id"]),
        name=wire.text_of(row.get("name")).strip(),
        rule_type=wire.text_of(row.get("policyRuleType")),
        enabled=flag(row.get("enabled")),
        compliant=flag(row.get("compliant")),
        pending_compliant=flag(row.get("pendingCompliant")),
        type=wire.text_of(row.get("policyType")),
        uuid=text_or_none(row.get("uuid")),
        description=text_or_none(row.get("description")),
        priority=whole(row.get("priority")),
    )
