# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Report the compliance of devices of Neurons for MDM to Google or Intune (N14)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from ..._core.endpoint import Endpoint
from ..._core.errors import ApiError, CredentialsError, UemError
from ..._core.plan import Batch, Change, Outcome
from ..._core.wording import numbered
from ..._products.batches import ONE_REFUSED, grouped, one_by_one
from ..._products.neurons import endpoints
from ..._products.neurons.answers import accepted
from ..._products.neurons.client import NeuronsClient
from ..._products.neurons.endpoints import GUIDE, TENANT_ADMIN
from .model import GOOGLE_BC, INTUNE

COMPLIANCE_SYNC = Endpoint(
    "N14",
    "POST",
    "/api/v1/device/compliance/sync",
    GUIDE + "Sync Compliance Status of a Device",
    TENANT_ADMIN,
    idempotent=True,
)

_VENDORS = {GOOGLE_BC: "GoogleBC", INTUNE: "Intune"}

# At most this many devices are synced one by one: that takes few requests, and each answer is about
# one device.
FEW_SYNCED = 3


class NeuronsComplianceSync:
    """Reports the compliance of a tenant's devices ("Sync Compliance Status of a Device")."""

    def __init__(self, client: NeuronsClient) -> None:
        self._transport = client.transport
        # Whether the server answers 1 for success instead of a number of devices; None until it is
        # needed.
        self._one_is_success: bool | None = None
        self._probe_lock = threading.Lock()

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See ComplianceSync. The guide names no limit."""
        return grouped(changes, endpoints.MOST_DEVICES if len(changes) > FEW_SYNCED else 1)

    def write(self, batch: Batch) -> list[Outcome]:
        """See ComplianceSync.

        The result cannot be read, and syncing again does no harm. So if the number in the answer is
        too low, the devices are synced one by one. The guide's example answers 1 for two devices; a
        server that does so is believed.
        """
        try:
            synced = self._sync(batch.changes)
        except ApiError as error:
            if error.status not in ONE_REFUSED or len(batch.changes) == 1:
                raise
            refused = one_by_one(batch.changes, self._sync_one)
            return [
                refused[one.subject.id].outcome(one) if one.subject.id in refused else Outcome(one)
                for one in batch.changes
            ]
        if synced >= len(batch.changes) or (synced == 1 and self._one_means_success(batch.changes)):
            return [Outcome(change) for change in batch.changes]
        return [self._sync_alone(change) for change in batch.changes]

    def _sync(self, changes: Sequence[Change[Any]]) -> int:
        """Sync devices. Return how many the server took, as it says."""
        answer = self._transport.call(
            COMPLIANCE_SYNC,
            query=[("vendor", _VENDORS[changes[0].write])],
            form=[("ids", change.subject.id) for change in changes],
        )
        return accepted(answer, f"Syncing the compliance of {numbered(len(changes), 'devices')}")

    def _sync_one(self, change: Change[Any]) -> None:
        self._sync([change])

    def _sync_alone(self, change: Change[Any]) -> Outcome:
        """Sync one device. Return its outcome."""
        try:
            self._sync_one(change)
        except CredentialsError:
            raise
        except UemError as error:
            return Outcome.of(change, error)
        return Outcome(change)

    def _one_means_success(self, changes: Sequence[Change[Any]]) -> bool:
        """Return whether the answer 1 for several devices means success.

        It does if two devices that the server takes one by one are 1 together as well. That is
        tried once.
        """
        with self._probe_lock:
            pair = changes[:2]
            if self._one_is_success is None and not any(
                self._sync_alone(change).error for change in pair
            ):
                self._one_is_success = self._sync(pair) == 1
            return bool(self._one_is_success)
