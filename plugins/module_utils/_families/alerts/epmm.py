# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Alerts (E37-E42)."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from itertools import product as pairs
from typing import Any

from ..._core.endpoint import Endpoint, Segment
from ..._core.errors import AnswerError, AnswerLostError, ApiError, UemError
from ..._core.plan import Batch, Change, Outcome
from ..._core.privacy import hidden_error, is_masked
from ..._http.parallel import each
from ..._products.batches import Fault, assess_failure, grouped, one_by_one
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.endpoints import API_ROLE, WEB_SERVICE, read_v1
from ..._products.values import flag, number_of, seconds, text_of, time_of
from .model import Alert, AlertFilter, AlertsWrite

ALERTS = read_v1("E37", "/api/v1/alerts", WEB_SERVICE + "Get All Alerts")
ALERTS_OF_PHONE = read_v1(
    "E38", "/api/v1/alerts/phones/{phone}", WEB_SERVICE + "Get All Alerts for Phone Number"
)
ALERTS_OF_USER = read_v1(
    "E39", "/api/v1/alerts/users/{user}", WEB_SERVICE + "Get all Alerts for User"
)
ALERTS_OF_BOTH = read_v1(
    "E40",
    "/api/v1/alerts/users/{user}/phones/{phone}",
    WEB_SERVICE + "Get All Alerts for a Phone Number of a User",
)
# Marking an alert twice has the same result as once, but writes its comment twice.
ALERT_UPDATE = Endpoint(
    "E41", "PUT", "/api/v1/alerts/{alert}", WEB_SERVICE + "Update Alert", API_ROLE, idempotent=True
)
ALERTS_UPDATE = Endpoint(
    "E42", "PUT", "/api/v1/alerts", WEB_SERVICE + "Update List of Alerts", API_ROLE, idempotent=True
)

# The most alerts in one call; no limit is documented. Their ids go into the address, which servers
# limit to about 8,000 bytes.
BULK_ALERTS = 200


class EpmmAlerts:
    """See Alerts."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client

    def alerts(self, wanted: AlertFilter) -> tuple[Alert, ...]:
        """See Alerts."""
        query = [] if wanted.read is None else [("isRead", text_of(wanted.read))]
        read = each(
            lambda call: self._client.v1.lists(call[0], call[1], query),
            _lists_of(wanted),
            self._client.transport.settings.concurrency,
        )
        found: dict[str, Alert] = {}
        for answer in read:
            if answer is not None:
                found.update((alert.id, alert) for alert in alerts_in(answer))
        now = time.time()
        if (wanted.users or wanted.phones) and any(is_masked(one.user) for one in found.values()):
            raise hidden_error("alerts cannot be chosen", ["users or phone numbers"], "Use devices")
        fitting = (alert for alert in found.values() if wanted.fits(alert, now))
        return tuple(sorted(fitting, key=lambda alert: int(alert.id)))

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Alerts."""
        return grouped(changes, BULK_ALERTS)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Alerts.

        If the answer does not say what was done, for example if its count is too low, the alerts
        are read. Those that a call for many left as they were are sent one by one.
        """
        try:
            self._mark(batch.changes, batch.write)
        except (ApiError, AnswerError, AnswerLostError) as error:
            fault, may_retry = assess_failure(error)
        else:
            return [Outcome(change) for change in batch.changes]
        now = self._read_now(batch)
        if now is None:
            return [fault.outcome(change) for change in batch.changes]
        faults = {change.subject.id: fault for change in batch.changes}
        if may_retry and len(batch.changes) > 1:
            now = self._send_left(batch, now, faults)
        return [_outcome(change, now, faults.get(change.subject.id)) for change in batch.changes]

    def _send_left(
        self, batch: Batch, now: dict[str, bool | None], faults: dict[str, Fault]
    ) -> dict[str, bool | None]:
        """Send the changes that a call for many left undone, each in a call of its own.

        Args:
            batch: The changes of the call.
            now: Whether each alert is read, by id.
            faults: Why each change was not done, by id; it gets the faults of the new calls, and
                loses what these did.

        Returns:
            Whether each alert is read afterwards, by id.
        """
        read = batch.write.read
        left = [change for change in batch.changes if not _shows(change, now, lacking=True)]
        failed = one_by_one(left, lambda change: self._mark([change], change.write))
        marked = {change.subject.id: read for change in left if change.subject.id not in failed}
        for change in left:
            # Nothing but the answer shows whether an alert got its comment.
            if change.subject.read == read:
                del faults[change.subject.id]
        faults.update(failed)
        later = self._read_now(batch) if failed else None
        return {**now, **marked} if later is None else later

    def _mark(self, changes: Sequence[Change[Any]], write: AlertsWrite) -> None:
        """Send a call.

        Raises:
            AnswerError: The server does not say that it marked all alerts.
        """
        ids = [change.subject.id for change in changes]
        query = [("isRead", text_of(write.read)), ("comments", write.comment)]
        call = self._client.transport.call
        if len(ids) == 1:
            answer = call(ALERT_UPDATE, path={"alert": ids[0]}, query=query)
        else:
            answer = call(ALERTS_UPDATE, query=[*(("id", number) for number in ids), *query])
        message = answers.accepted(answer)
        if message is None or (len(ids) > 1 and updated_alerts(message) != len(ids)):
            raise AnswerError(f"the server answered: {answers.explain(answer) or 'nothing'}")

    def _read_now(self, batch: Batch) -> dict[str, bool | None] | None:
        """Return whether the alerts of a batch are read now, by id.

        Returns:
            The states, or None if they cannot be read.
        """
        ids = tuple(change.subject.id for change in batch.changes)
        try:
            found = self.alerts(AlertFilter(ids=ids))
        except UemError:
            return None
        return {alert.id: alert.read for alert in found}


def _lists_of(wanted: AlertFilter) -> list[tuple[Endpoint, Mapping[str, Segment]]]:
    """Return the calls whose answers include every alert that is selected."""
    if wanted.users and wanted.phones:
        return [
            (ALERTS_OF_BOTH, {"user": user, "phone": phone})
            for user, phone in pairs(wanted.users, wanted.phones)
        ]
    if wanted.phones:
        return [(ALERTS_OF_PHONE, {"phone": phone}) for phone in wanted.phones]
    if wanted.users:
        return [(ALERTS_OF_USER, {"user": user}) for user in wanted.users]
    return [(ALERTS, {})]


def _shows(change: Change[Any], now: Mapping[str, bool | None], *, lacking: bool) -> bool:
    """Return whether an alert shows that it was written. One that was marked so before shows
    nothing, because no call reads comments.

    Args:
        change: The change.
        now: Whether each alert is read now, by id.
        lacking: What counts for an alert that is not there.
    """
    wanted = change.write.read
    if change.subject.id not in now:
        return lacking
    return bool(now[change.subject.id] == wanted and change.subject.read != wanted)


def _outcome(change: Change[Any], now: Mapping[str, bool | None], fault: Fault | None) -> Outcome:
    """Return the outcome for an alert.

    Args:
        change: The change.
        now: Whether each alert is read now, by id.
        fault: Why the change was not done, as far as the call showed, or None if it was.
    """
    if fault is None or _shows(change, now, lacking=False):
        return Outcome(change)
    if change.subject.id not in now:
        return Outcome(change, "the alert vanished between reading and updating")
    return fault.outcome(change, known=change.subject.read != change.write.read)


def updated_alerts(message: str) -> int | None:
    """Return the number in "Updated 10 alert(s) successfully", or None."""
    match = re.search(r"([0-9]{1,9}) alert\(s\)", message)
    return int(match.group(1)) if match else None


def alerts_in(answer: Any) -> list[Alert]:
    """Return the alerts of "Get All Alerts" or a similar call."""
    return [_alert(raw) for raw in answers.v1_whole(answer, "alerts", "alert")]


def _alert(raw: Mapping[str, Any]) -> Alert:
    number, unread = number_of(answers.id_of(raw)), flag(raw.get("isActive"))
    if number is None:
        raise AnswerError(
            f"The server sent an alert whose id is not a number ({answers.id_of(raw)!r})."
        )
    read = None if unread is None else not unread
    raised = time_of(raw.get("alertDate"))
    # fmt: off
    details: dict[str, Any] = {
        "id": text_of(number), "read": read, "type": text_of(raw.get("alertDefnname")), "severity": text_of(raw.get("severity")),
        "status": text_of(raw.get("status")), "text": text_of(raw.get("alertText")), "raised_at": raised,
        "updated_at": time_of(raw.get("updatedAt")), "updated_by": text_of(raw.get("updateBy")),
        "user": text_of(raw.get("userName")),
        # The document has both names for the same field.
        "user_uuid": text_of(raw.get("userUuid") or raw.get("userId")),
        "device_guid": text_of(raw.get("deviceUuid")).lower(),
        "dispatch_device_guid": text_of(raw.get("dispatchDeviceUuid")).lower(), "label_id": text_of(raw.get("labelId")),
        "subscription": text_of(raw.get("eventSubscriptionName")), "transport": text_of(raw.get("transport")),
        "retries": number_of(raw.get("retries")),
    }
    # fmt: on
    return Alert(
        id=details["id"],
        read=read,
        type=details["type"],
        severity=details["severity"],
        status=details["status"],
        user=details["user"],
        device=details["device_guid"],
        raised=seconds(raised),
        details=details,
    )
