# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions of EPMM: a row of the table and devices to requests, and answers to outcomes.

Source: "Device Management" (EPMM, API v1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError
from ..._core.plan import Batch, Change, Outcome
from ..._http.transport import Transport
from ..._products.batches import grouped
from ..._products.epmm import endpoints, wire
from .model import ACTIONS, MOST_UUIDS, Call
from .plan import ActionWrite

_V1 = "Device Management (EPMM API v1), "

# What stands in place of a passcode ("Unlock a Device"): the device has one, or none, which is not
# told; or it cannot be unlocked.
NO_PASSCODES, UNABLE = ("Q", "F"), "NA"

_UNLOCK_FAILED = (
    "the server says that unlocking failed, or is impossible without mobile device management"
)


def _call(number: str, method: str, path: str, section: str, by_mac: str, **more: Any) -> Call:
    """A row of the table.

    Args:
        number: of the call for one device by its uuid, in docs/coverage.md.
        method: of HTTP.
        path: what tells the action in the address.
        section: where the document describes it.
        by_mac: the number of the call that takes a MAC address.
        more: what Call has besides.
    """
    source = _V1 + section
    return Call(
        Endpoint(number, method, f"/api/v1/dm/devices/{path}/{{device}}", source, "API"),
        by_mac=Endpoint(by_mac, method, f"/api/v1/dm/devices/{path}/mac/{{mac}}", source, "API"),
        **more,
    )


# fmt: off
CALLS: Mapping[str, Call] = {
    "force_checkin": _call("E17", "GET", "wakeup", "Wakeup Client", "E18", bulk="WAKEUP_DEVICE", says="request sent"),
    "wipe": _call(
        "E15", "PUT", "wipe", "Wipe a Device", "E16", words={"reason": "Reason"}, bulk="WIPE", says=r"^$|\bsuccess",
    ),
    "lock": _call("E11", "PUT", "lock", "Lock a Device", "E12", words={"reason": "Reason"}, alone=("reason",), bulk="LOCK"),
    "unlock": _call(
        "E13", "GET", "unlock", "Unlock a Device", "E14", words={"reason": "Reason"}, alone=("reason",), bulk="UNLOCK",
        says=r"[1-9]\d* passcode\(s\) sent",
    ),
    "retire": _call("E09", "PUT", "retire", "Retire a Device", "E10", words={"reason": "Reason"}, bulk="RETIRE"),
    "locate": _call(
        "E19", "GET", "locate", "Locate a Device", "E20", fixed=(("locatenow", "true"),), says=r"^$|\bsuccess",
    ),
}
# fmt: on


def batches(changes: Sequence[Change[Any]], *, by_mac: bool) -> list[Batch]:
    """Changes of one action together where a bulk call can carry them: without a reason, and of
    more than one device. What is destructive goes device by device, so that each answer is for
    one."""
    if not changes:
        return []
    write: ActionWrite = changes[0].write
    action = ACTIONS[write.action]
    single = by_mac or write.parameters or action.destructive or not CALLS[write.action].bulk
    most = 1 if single else MOST_UUIDS
    return grouped(changes, most)


def send(transport: Transport, batch: Batch, *, by_mac: bool) -> list[Outcome]:
    """Send one call; an outcome for each device, with its ``passcode`` where there is one. Raises
    AnswerError when the answer says that nothing was done."""
    write: ActionWrite = batch.write
    call = CALLS[write.action]
    if call.bulk and not write.parameters and not by_mac and (len(batch.changes) > 1 or call.alone):
        return _bulk(transport, batch, call.bulk)
    change = batch.changes[0]
    query = [
        *((call.words[name], wire.word(value)) for name, value in write.parameters),
        *call.fixed,
    ]
    if by_mac and call.by_mac is not None:
        answer = transport.call(call.by_mac, path={"mac": change.subject.mac}, query=query)
    else:
        answer = transport.call(call.endpoint, path={"device": change.subject.guid}, query=query)
    said = wire.explain(answer)
    if not wire.says(said, call.says):
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
    answer = transport.call(endpoints.ACTION_ON_MANY, path={"action": kind}, query=query)
    said = wire.explain(answer)
    invalid, failed = wire.invalid_devices(answer), wire.failed_devices(answer)
    if said and not invalid and not failed and not wire.says(said, r"\bsuccess|\bsent\b"):
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
