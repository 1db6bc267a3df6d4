# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions of EPMM: a row of the table and devices to requests, and answers to outcomes."""

from __future__ import annotations

from collections.abc import Sequence

from ..._core.errors import AnswerError
from ..._core.plan import Change, Outcome
from ..._http.transport import Transport
from ..._products.batches import grouped
from ..._products.epmm import answers, wire
from ..._products.protocol import Batch
from ..._products.values import text_of
from .model import ACTIONS, BULK, MOST_UUIDS
from .plan import ActionWrite

PRODUCT = "epmm"

# What stands in place of a passcode ("Unlock a Device"): the device has one, or none, which is not
# told; or it cannot be unlocked.
NO_PASSCODES, UNABLE = ("Q", "F"), "NA"

_UNLOCK_FAILED = (
    "the server says that unlocking failed, or is impossible without mobile device management"
)


def batches(changes: Sequence[Change], *, by_mac: bool) -> list[Batch]:
    """Changes of one action together where a bulk call can carry them: without a reason, and of
    more than one device. What is destructive goes device by device, so that each answer is for
    one."""
    if not changes:
        return []
    write: ActionWrite = changes[0].write
    action = ACTIONS[write.action]
    single = by_mac or write.parameters or action.destructive or not action.calls[PRODUCT].bulk
    most = 1 if single else MOST_UUIDS
    return grouped(changes, most)


def send(transport: Transport, batch: Batch, *, by_mac: bool) -> list[Outcome]:
    """Send one call; an outcome for each device, with its ``passcode`` where there is one. Raises
    AnswerError when the answer says that nothing was done."""
    write: ActionWrite = batch.write
    call = ACTIONS[write.action].calls[PRODUCT]
    if call.bulk and not write.parameters and not by_mac and (len(batch.changes) > 1 or call.alone):
        return _bulk(transport, batch, call.bulk)
    change = batch.changes[0]
    query = [
        *((call.words[name], text_of(value)) for name, value in write.parameters),
        *call.fixed,
    ]
    if by_mac and call.by_mac is not None:
        answer = transport.call(call.by_mac, path={"mac": change.subject.mac}, query=query)
    else:
        answer = transport.call(call.endpoint, path={"device": change.subject.guid}, query=query)
    said = answers.explain(answer)
    if not answers.says(said, call.says):
        raise AnswerError(
            f"the server answered HTTP 200 and no success: {said or 'it does not say why'}"
        )
    code = wire.lock_passcode(answer) or wire.passcodes(answer).get(change.subject.guid)
    if code == UNABLE:
        raise AnswerError(_UNLOCK_FAILED)
    return [Outcome(change, returned=_passcode(code))]


def _bulk(transport: Transport, batch: Batch, kind: str) -> list[Outcome]:
    """ "Send Action to bulk devices": the server checks action and devices, answers, and acts
    afterwards."""
    query = [("deviceUuids", change.subject.guid) for change in batch.changes]
    answer = transport.call(BULK, path={"action": kind}, query=query)
    said = answers.explain(answer)
    invalid, failed = answers.invalid_devices(answer), wire.failed_devices(answer)
    if said and not invalid and not failed and not answers.says(said, r"\bsuccess|\bsent\b"):
        raise AnswerError(f"the server answered HTTP 200 and no success: {said}")
    codes = wire.passcodes(answer)
    outcomes = []
    for change in batch.changes:
        uuid = change.subject.guid
        # Which devices are meant by those that failed is told in words; the others have a passcode,
        # or what stands for one.
        if uuid in invalid:
            outcomes.append(Outcome(change, "the server says that the device is invalid"))
        elif codes.get(uuid) == UNABLE or (failed and (uuid in failed or uuid not in codes)):
            outcomes.append(Outcome(change, _UNLOCK_FAILED))
        else:
            outcomes.append(Outcome(change, returned=_passcode(codes.get(uuid))))
    return outcomes


def _passcode(value: str | None) -> dict[str, str]:
    return {} if not value or value in NO_PASSCODES else {"passcode": value}
