# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages to devices of Neurons for MDM (N31)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.endpoint import Endpoint
from ..._core.plan import Batch, Change, Outcome
from ..._core.wording import numbered
from ..._products.batches import grouped
from ..._products.neurons.answers import accepted
from ..._products.neurons.client import NeuronsClient
from ..._products.neurons.devices import refuse_macs
from ..._products.neurons.endpoints import GUIDE, MOST_DEVICES, TENANT_ADMIN
from ..._products.values import text_of
from .model import Message

MESSAGE = Endpoint(
    "N31",
    "PUT",
    "/api/v1/device/message",
    GUIDE + "Send a device or devices a message",
    TENANT_ADMIN,
)


class NeuronsMessages:
    """Messages to the devices of a tenant."""

    # A push goes to the client, which such a device no longer has. The answer is true all the same.
    modes: Mapping[str, frozenset[str]] = {
        "push": frozenset({"RETIRED", "WIPED"}),
        "email": frozenset(),
    }

    def __init__(self, client: NeuronsClient) -> None:
        self._transport = client.transport

    def require_way(self, *, by_mac: bool) -> None:
        """See Messages."""
        refuse_macs(by_mac=by_mac)

    def batches(self, changes: Sequence[Change[Any]], *, by_mac: bool) -> list[Batch]:
        """See Messages. A call is for devices of one partition."""
        return grouped(changes, MOST_DEVICES, apart=lambda change: str(change.subject.space))

    def send(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """See Messages."""
        ids = [change.subject.id for change in batch.changes]
        form = message_form(batch.write, batch.changes[0].subject.space, ids)
        answer = self._transport.call(MESSAGE, form=form)
        accepted(answer, f"The message to {numbered(len(ids), 'devices')}")
        return [Outcome(change) for change in batch.changes]


def message_form(message: Message, space: str, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return the form of "Send a device or devices a message".

    Every key must be there; those without a meaning are empty.

    Args:
        message: The message.
        space: The partition of the devices.
        ids: The devices.
    """
    push = message.mode == "push"
    return [
        ("sendPushNotification", text_of(push)),
        ("pushNotificationMessage", message.text if push else ""),
        ("sendEmail", text_of(not push)),
        ("emailSubject", message.subject),
        ("emailBody", "" if push else message.text),
        ("dmPartitionId", space),
        ("deviceIds", ",".join(ids)),
    ]
