# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions of Neurons for MDM: a row of the table and devices to requests, and answers to
outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.device import Device
from ..._core.errors import AnswerError
from ..._core.plan import Change
from ..._http.transport import Transport
from ..._products.batches import grouped
from ..._products.neurons import wire
from ..._products.protocol import Batch
from .model import ACTIONS, CHANGE_FOOTNOTE, FORM, MOST, Call
from .plan import ActionWrite

PRODUCT = "neurons"


def batches(changes: Sequence[Change]) -> list[Batch]:
    """Changes of one action together, so many in a call; what is destructive goes device by device,
    so that each answer is for one."""
    if not changes:
        return []
    write: ActionWrite = changes[0].write
    most = 1 if ACTIONS[write.action].destructive else MOST
    return grouped(changes, most)


def send(transport: Transport, batch: Batch) -> int:
    """Send one call; answers how many devices the server took, as far as it tells. Raises
    AnswerError for none of them."""
    write: ActionWrite = batch.write
    call = ACTIONS[write.action].calls[PRODUCT]
    pairs = [
        *((call.ids, change.subject.id) for change in batch.changes),
        *_words(call, dict(write.parameters)),
    ]
    place: dict[str, Any] = {"form": pairs} if call.place == FORM else {"query": pairs}
    taken = wire.accepted(
        transport.call(call.endpoint, **place), f"{write.action} on {len(batch.changes)} devices"
    )
    return len(batch.changes) if call.answers_one else taken


def ineligible(transport: Transport, changes: Sequence[Change]) -> dict[str, str]:
    """By device id the reason why it cannot take an action, as the server's viability call says."""
    if not changes:
        return {}
    call = ACTIONS[changes[0].write.action].calls[PRODUCT]
    devices = [change.subject for change in changes]
    found: dict[str, str] = {}
    if call.viability is not None:
        for start in range(0, len(devices), MOST):
            part = devices[start : start + MOST]
            found.update(
                _counted(transport, call, part)
                if call.viable_count
                else _listed(transport, call, part)
            )
    return found


def _listed(transport: Transport, call: Call, devices: Sequence[Device]) -> dict[str, str]:
    if call.viability is None:
        return {}
    answer = transport.call(
        call.viability,
        query=[("checkViability", "true"), *((call.ids, device.id) for device in devices)],
    )
    rows, total, _after = wire.rows_of(answer, "The check whether devices can take it")
    reasons = {str(row.get("id")): wire.exception_codes(row) for row in rows}
    if total > len(rows):
        raise AnswerError(
            f"The check whether devices can take it counts {total} devices that cannot, and names "
            f"{len(rows)}."
        )
    return {device.id: reasons[device.id] for device in devices if device.id in reasons}


def _counted(transport: Transport, call: Call, devices: Sequence[Device]) -> dict[str, str]:
    """The check of relinquishing answers a number; where it is short, devices are asked about one
    by one."""
    if call.viability is None:
        return {}
    answer = transport.call(
        call.viability,
        query=[("checkViability", "true"), *((call.ids, device.id) for device in devices)],
    )
    able = wire.count_of(answer, "The check whether devices can take it")
    if able >= len(devices):
        return {}
    if len(devices) == 1:
        return {devices[0].id: "the server says that it cannot, and not why"}
    return {
        key: reason
        for device in devices
        for key, reason in _counted(transport, call, [device]).items()
    }


def _words(call: Call, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = [(call.words[name], wire.word(value)) for name, value in parameters.items()]
    return [*pairs, (CHANGE_FOOTNOTE, "true")] if "footnote" in parameters else pairs
