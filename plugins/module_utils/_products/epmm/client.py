# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ivanti EPMM: what the layers above ask for, as calls of its two APIs.

Devices and labels are read through API v2 where the server has it, else through API v1. Policies
and alerts are there in API v1 alone, and labels are put on devices through API v2 alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product as pairs
from typing import Any
from urllib.parse import urlencode

from ..._core.device import Device, DeviceRef, Partition
from ..._core.errors import AnswerError, AnswerLostError, ApiError, OptionError, UemError
from ..._core.names import fits
from ..._core.plan import Change, Outcome
from ..._core.selection import Found, Selection
from ..._families.actions import epmm as actions
from ..._families.actions.model import MOST_UUIDS
from ..._families.activesync.epmm import EasCalls
from ..._families.alerts.model import Alert, AlertFilter, AlertsWrite
from ..._families.app_settings.epmm import AppSettingCalls
from ..._families.compliance.epmm import ComplianceCalls
from ..._families.configs.epmm import ConfigCalls
from ..._families.exports.epmm import ExportCalls
from ..._families.labels.model import Label, LabelsWrite
from ..._families.messages.model import Message
from ..._families.policies.model import Assignment, Policy
from ..._families.registration.epmm import RegistrationCalls
from ..._families.roaming.model import Roaming
from ..._families.users.epmm import UserCalls
from ..._http.transport import Transport
from .. import protocol
from ..batches import grouped, one_each
from ..partly import one_by_one, open_end
from ..protocol import Batch
from ..values import text_of
from . import answers, endpoints, wire
from .devices import details_v1, device_v1, with_bitmaps
from .v1 import V1
from .v2 import USE_V1, V2

# Devices in one call that moves labels, and alerts in one that marks them; no limit is documented.
# The ids of alerts go into the address, which servers cut off at about 8,000 bytes.
BULK_DEVICES = 200
BULK_ALERTS = 200

_NO_REASON = "the server did not take it and does not say why"

# What a server without one of the two APIs may answer to a call of it.
_NOT_THERE = (404, 405, 410, 501)

# What it may answer to an account that may use one of them alone.
_NOT_FOR_US = (400, 403)


# What EPMM calls the ways of a message.
_MODES = {"push": "pns", "email": "email", "sms": "sms"}

# Bytes of an address that every server takes, and what a device of a message takes of them.
_ADDRESS, _NAMED = 8000, len("deviceUuid=&") + 36


class EpmmClient(
    ConfigCalls,
    ComplianceCalls,
    AppSettingCalls,
    EasCalls,
    UserCalls,
    RegistrationCalls,
    ExportCalls,
):
    """One server. Safe to use from several threads."""

    product = "epmm"
    # fmt: off
    capabilities = frozenset({
        protocol.DEVICES, protocol.LABELS, protocol.BITMAPS, protocol.POLICIES, protocol.ALERTS, protocol.ACTIONS,
        protocol.MESSAGES, protocol.ROAMING, protocol.LOCATION, protocol.CONFIGS, protocol.COMPLIANCE, protocol.REGISTRATION,
        protocol.REFERENCE, protocol.ACTIVESYNC, protocol.USERS, protocol.APP_SETTINGS, protocol.EXPORT, protocol.ANALYTICS,
    })
    selects = frozenset({
        "ids", "guids", "serial_numbers", "emails", "uids", "phone_numbers", "mac_addresses", "labels",
    })
    # fmt: on
    explain = staticmethod(answers.explain)

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._v1 = V1(transport)
        self._v2 = V2(transport)
        self._lock = threading.Lock()
        self._chosen: V1 | V2 | None = None

    @property
    def _api(self) -> V1 | V2:
        """The API that devices and labels are read through."""
        with self._lock:
            if self._chosen is None:
                wanted = self.transport.settings.api
                self._chosen = (
                    self._v2
                    if wanted == "v2" or (wanted == "auto" and self._answers_ping())
                    else self._v1
                )
            return self._chosen

    def _answers_ping(self) -> bool:
        try:
            answers.results(self.transport.call(endpoints.PING), "The ping")
        except AnswerError as error:
            # A maintenance or sign-in page is no proof that API v2 is not there.
            raise AnswerError(f"{error} {USE_V1}") from None
        except ApiError as error:
            if error.status in _NOT_THERE:
                return False
            if error.status not in _NOT_FOR_US:
                raise
            raise type(error)(
                f"{error} {USE_V1}", status=error.status, method=error.method, path=error.path
            ) from None
        return True

    def _require_v2(self, what: str) -> V2:
        api = self._api
        if isinstance(api, V2):
            return api
        raise OptionError(
            f"api: {what} needs API v2 of EPMM, which this server does not have or api=v1 rules "
            "out."
        )

    # Devices

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """See UemClient. Partitions are the device spaces of EPMM; the account's own when none is
        wanted."""
        return self._api.partitions(wanted)

    def find(
        self,
        selection: Selection,
        *,
        keep_rows: bool,
        count_fleet: bool = False,
        fields: Sequence[str] = (),
    ) -> Found:
        """See UemClient."""
        return self._api.find(
            selection, keep_rows=keep_rows, count_fleet=count_fleet, fields=fields
        )

    def bitmaps(self, devices: Sequence[Device]) -> list[Device]:
        """See Bitmaps. API v1 alone has them."""
        return list(devices) if self._api is self._v1 else self._v1.bitmaps(devices, self._v2.count)

    def details(self, device: Device) -> Mapping[str, Any]:
        """See UemClient: the row, ``details`` by their names, and with API v2 the names of the
        device's ``labels``."""
        api = self._api
        if isinstance(api, V1):
            raw = api.details(device)
            return {**device_v1(raw, keep_row=True).row, "details": details_v1(raw)}
        labels = sorted(api.labels_on(device).values())
        try:
            if self.transport.settings.api == "v2":
                return {**device.row, "details": api.details(device), "labels": labels}
            raw = self._v1.details(device)
        except ApiError as error:
            # API v1 is to go; what it knows goes with it.
            if error.status not in _NOT_THERE:
                raise
            return {**device.row, "details": api.details(device), "labels": labels}
        row = with_bitmaps(device, device_v1(raw, keep_row=True)).row
        return {**row, "details": details_v1(raw), "labels": labels}

    # Labels

    def labels(self) -> tuple[Label, ...]:
        """See UemClient."""
        return self._api.labels()

    def members(self, label: Label) -> Sequence[Device]:
        """See UemClient."""
        return self._api.members(label)

    def labels_of(
        self, devices: Sequence[Device], among: Sequence[Label]
    ) -> Mapping[str, frozenset[str]]:
        """See UemClient."""
        return self._api.labels_of(devices, among)

    def label_names(
        self, devices: Sequence[Device], patterns: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """See UemClient."""
        among = [label for label in self.labels() if fits(label.name, patterns)]
        names = {label.id: label.name for label in among}
        have = self.labels_of(devices, among)
        return {
            device.id: tuple(sorted({names[label] for label in have[device.id]}))
            for device in devices
        }

    def label_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """See UemClient: devices of one space that get and lose the same labels go together."""
        if changes:
            self._require_v2("putting labels on devices")
        return grouped(changes, BULK_DEVICES, lambda change: change.subject.space)

    def write_labels(self, batch: Batch) -> list[Outcome]:
        """See UemClient. Where a call for many devices is not taken as a whole, its devices are
        sent one by one, for one unknown device may keep the others from getting their labels. What
        the answers leave open is settled by reading once."""
        done: frozenset[str] = frozenset()
        refused, again = _NO_REASON, True
        try:
            done = self._moved(batch.changes, batch.write)
        except (ApiError, AnswerError, AnswerLostError) as error:
            refused, again = open_end(error)
        left = [change for change in batch.changes if change.subject.guid not in done]
        reasons = {change.subject.id: refused for change in left}
        if again and len(batch.changes) > 1:
            reasons = one_by_one(left, self._move_one)
        settled = self._settle_labels(
            [change for change in left if change.subject.id in reasons], reasons
        )
        return [settled.get(change.subject.id) or Outcome(change) for change in batch.changes]

    def _move_one(self, change: Change) -> None:
        """Send one device. Raises AnswerError when the server did not take it for certain."""
        if not self._moved([change], change.write):
            raise AnswerError(_NO_REASON)

    def _moved(self, changes: Sequence[Change], write: LabelsWrite) -> frozenset[str]:
        """Send, and answer the uuids of the devices that the server took for certain. Raises
        AnswerError when it says that it failed."""
        uuids = [change.subject.guid for change in changes]
        done = frozenset(uuids)
        for endpoint, labels in (
            (endpoints.LABELS_ADD, write.add),
            (endpoints.LABELS_REMOVE, write.remove),
        ):
            if labels:
                done &= wire.moved(
                    self._v2.move(endpoint, labels, [change.subject for change in changes]), uuids
                )
        return done

    def _settle_labels(
        self, changes: Sequence[Change], reasons: Mapping[str, str]
    ) -> dict[str, Outcome]:
        """Outcomes by the labels that the devices have now; ``reasons`` say by device why it
        failed, if it did."""
        wanted = {name for change in changes for name in (*change.write.add, *change.write.remove)}
        try:
            have = self._names_on([change.subject for change in changes], wanted) if changes else {}
        except UemError:
            return {
                change.subject.id: Outcome(change, reasons[change.subject.id]) for change in changes
            }
        return {
            change.subject.id: _put(change, have[change.subject.id], reasons[change.subject.id])
            for change in changes
        }

    def _names_on(
        self, devices: Sequence[Device], wanted: Collection[str]
    ) -> Mapping[str, frozenset[str]]:
        """By device id the names, of those wanted, of the labels that a device has now."""
        if len(devices) == 1:
            return {devices[0].id: frozenset(self._v2.labels_on(devices[0]).values())}
        among = [label for label in self._v2.labels() if label.name in wanted]
        names = {label.id: label.name for label in among}
        have = self._v2.labels_of(devices, among)
        return {
            device: frozenset(names[label] for label in labels) for device, labels in have.items()
        }

    # Actions

    def ineligible(self, changes: Sequence[Change]) -> Mapping[str, str]:
        """See Actions. EPMM has no call that tells."""
        return {}

    def action_batches(self, changes: Sequence[Change], *, by_mac: bool) -> list[Batch]:
        """See Actions."""
        if by_mac:
            self.require_macs([change.subject for change in changes])
        return actions.batches(changes, by_mac=by_mac)

    def send_action(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """See Actions."""
        return actions.send(self.transport, batch, by_mac=by_mac)

    # Messages, roaming, location

    def message_batches(self, changes: Sequence[Change], *, by_mac: bool) -> list[Batch]:
        """See Messages."""
        if by_mac:
            self.require_macs([change.subject for change in changes])
        return grouped(changes, _most_told(changes[0].write) if changes else MOST_UUIDS)

    def send_message(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """See Messages."""
        names = [
            ("deviceWiFiMacAddress", one.subject.mac)
            if by_mac
            else ("deviceUuid", one.subject.guid)
            for one in batch.changes
        ]
        endpoint = endpoints.MESSAGE_BY_MAC if by_mac else endpoints.MESSAGE
        answer = self.transport.call(endpoint, query=[*names, *_told(batch.write)])
        invalid = answers.invalid_devices(answer)
        said = answers.message_says(answer)
        if not invalid and not answers.says(said, r"\bsuccess"):
            raise AnswerError(
                f"the server answered HTTP 200 and no success: {said or 'it does not say why'}"
            )
        unknown = invalid - {
            name for one in batch.changes for name in (one.subject.guid, one.subject.mac)
        }
        if unknown:
            raise AnswerError(
                f"the server says that {', '.join(sorted(unknown))} is invalid, which no device "
                "was named by"
            )
        refused = "the server says that the device is invalid"
        return [
            Outcome(
                change, refused if {change.subject.guid, change.subject.mac} & invalid else None
            )
            for change in batch.changes
        ]

    def roaming(self, device: Device) -> Roaming:
        """See Roamers."""
        return wire.roaming(details_v1(self._v1.details(device)))

    def roaming_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """See Roamers."""
        return one_each(changes)

    def set_roaming(self, batch: Batch) -> list[Outcome]:
        """See Roamers."""
        query = [("voice", text_of(batch.write.voice)), ("data", text_of(batch.write.data))]
        answer = self.transport.call(
            endpoints.ROAMING, path={"device": batch.changes[0].subject.guid}, query=query
        )
        if answers.accepted(answer) is None:
            raise AnswerError(
                "the server answered HTTP 200 and no success: "
                f"{answers.explain(answer) or 'it does not say why'}"
            )
        return [Outcome(batch.changes[0])]

    def location(self, device: Device, *, by_mac: bool, ask: bool) -> Mapping[str, Any] | None:
        """See Locators."""
        calls = {
            (False, False): endpoints.LOCATION,
            (False, True): endpoints.LOCATE,
            (True, False): endpoints.LOCATION_BY_MAC,
            (True, True): endpoints.LOCATE_BY_MAC,
        }
        path = {"mac": device.mac} if by_mac else {"device": device.guid}
        answer = self.transport.call(
            calls[by_mac, ask], path=path, query=[("locatenow", "true")] if ask else ()
        )
        return wire.location(answer)

    def require_macs(self, devices: Sequence[Device]) -> None:
        """See Locators."""
        nameless = [device.title for device in devices if not device.mac]
        if nameless:
            raise OptionError(
                f"by: {', '.join(nameless[:20])} has no Wi-Fi MAC address that the server knows; "
                "leave it out."
            )
        # Of two registrations with one address the server takes one, and not necessarily the one
        # that is meant.
        macs = {device.mac: device for device in devices}
        names = tuple(DeviceRef("mac_address", mac) for mac in macs)
        found = self.find(Selection(names=names), keep_rows=False).devices if names else ()
        others = [
            f"{one.title} and {macs[one.mac].title}" for one in found if macs[one.mac].id != one.id
        ]
        if others:
            raise OptionError(
                "by: each of these has the Wi-Fi MAC address of the other: "
                f"{'; '.join(others[:20])}; leave it out."
            )

    # Policies

    def policies(self) -> tuple[Policy, ...]:
        """See UemClient."""
        answer = self._v1.lists(endpoints.POLICIES)
        return tuple(wire.v1_policies(answer)) if answer is not None else ()

    def policies_of(self, device: Device) -> tuple[Policy, ...]:
        """See UemClient."""
        answer = self._v1.lists(endpoints.POLICIES_OF_DEVICE, {"device": device.guid})
        return tuple(wire.v1_policies(answer)) if answer is not None else ()

    def set_policy(self, assignment: Assignment, *, applied: bool) -> str:
        """See UemClient."""
        answer = self.transport.call(
            endpoints.POLICY_ON_LABEL,
            path={"policy": assignment.policy_id},
            query=[
                ("action", "apply_label" if applied else "remove_label"),
                ("label", assignment.label),
            ],
        )
        message = answers.accepted(answer, assignment.label, assignment.policy)
        if message is None:
            said = answers.explain(answer).rstrip(".") or "it does not say why"
            raise AnswerError(
                f"{assignment.title}: the server answered HTTP 200 and no success: {said}."
            )
        return message

    # Alerts

    def alerts(self, wanted: AlertFilter) -> tuple[Alert, ...]:
        """See UemClient."""
        query = [] if wanted.read is None else [("isRead", "true" if wanted.read else "false")]
        if wanted.users and wanted.phones:
            both = pairs(wanted.users, wanted.phones)
            calls = [
                (endpoints.ALERTS_OF_BOTH, {"user": user, "phone": phone}) for user, phone in both
            ]
        elif wanted.phones:
            calls = [(endpoints.ALERTS_OF_PHONE, {"phone": phone}) for phone in wanted.phones]
        elif wanted.users:
            calls = [(endpoints.ALERTS_OF_USER, {"user": user}) for user in wanted.users]
        else:
            calls = [(endpoints.ALERTS, {})]
        with ThreadPoolExecutor(self.transport.settings.concurrency) as pool:
            answers = list(pool.map(lambda call: self._v1.lists(call[0], call[1], query), calls))
        found = {
            alert.id: alert
            for answer in answers
            if answer is not None
            for alert in wire.v1_alerts(answer)
        }
        now = time.time()
        fitting = (alert for alert in found.values() if wanted.fits(alert, now))
        return tuple(sorted(fitting, key=lambda alert: int(alert.id)))

    def alert_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """See UemClient."""
        return grouped(changes, BULK_ALERTS)

    def write_alerts(self, batch: Batch) -> list[Outcome]:
        """See UemClient. What the answer leaves open, such as a count that is short, is settled by
        reading, and the alerts that a call for many left as they were are sent one by one."""
        try:
            self._mark(batch.changes, batch.write)
        except (ApiError, AnswerError, AnswerLostError) as error:
            refused, again = open_end(error)
        else:
            return [Outcome(change) for change in batch.changes]
        now = self._alerts_now(batch)
        if now is None:
            return [Outcome(change, refused) for change in batch.changes]
        reasons = {change.subject.id: refused for change in batch.changes}
        if again and len(batch.changes) > 1:
            left = [
                change
                for change in batch.changes
                if now.get(change.subject.id) == (not batch.write.read)
            ]
            failed = one_by_one(left, lambda change: self._mark([change], change.write))
            reasons.update(failed)
            now.update(
                (change.subject.id, batch.write.read)
                for change in left
                if change.subject.id not in failed
            )
            later = self._alerts_now(batch) if failed else None
            now = now if later is None else later
        return [_marked(change, now, reasons[change.subject.id]) for change in batch.changes]

    def _mark(self, changes: Sequence[Change], write: AlertsWrite) -> None:
        """Send. Raises AnswerError when the server does not say that it marked all of them."""
        ids = [change.subject.id for change in changes]
        query = [("isRead", "true" if write.read else "false"), ("comments", write.comment)]
        if len(ids) == 1:
            answer = self.transport.call(
                endpoints.ALERT_UPDATE, path={"alert": ids[0]}, query=query
            )
        else:
            answer = self.transport.call(
                endpoints.ALERTS_UPDATE, query=[*(("id", one) for one in ids), *query]
            )
        message = answers.accepted(answer)
        if message is None or (len(ids) > 1 and wire.updated_alerts(message) != len(ids)):
            raise AnswerError(f"the server answered: {answers.explain(answer) or 'nothing'}")

    def _alerts_now(self, batch: Batch) -> dict[str, bool | None] | None:
        """By id whether the alerts of a batch are read now, or None where they cannot be looked
        at."""
        try:
            found = self.alerts(
                AlertFilter(ids=tuple(change.subject.id for change in batch.changes))
            )
        except UemError:
            return None
        return {alert.id: alert.read for alert in found}


def _put(change: Change, have: frozenset[str], reason: str) -> Outcome:
    """The outcome for a device that has these labels now."""
    reached = have.issuperset(change.write.add) and have.isdisjoint(change.write.remove)
    return Outcome(change, None if reached else reason)


def _marked(change: Change, now: Mapping[str, bool | None], reason: str) -> Outcome:
    """The outcome for an alert, by which alerts are read now."""
    if change.subject.id not in now:
        return Outcome(change, "the alert vanished between reading and updating")
    return Outcome(change, None if now[change.subject.id] == change.write.read else reason)


def _told(message: Message) -> list[tuple[str, str]]:
    """What "Send message to devices" is told beside the devices."""
    subject = [("subject", message.subject)] if message.subject else []
    return [("message", message.text), ("mode", _MODES[message.mode]), *subject]


def _most_told(message: Message) -> int:
    """Devices in one call, whose address holds the text as well."""
    room = _ADDRESS - len(endpoints.MESSAGE_BY_MAC.path) - len(urlencode(_told(message)))
    return max(1, min(MOST_UUIDS, room // _NAMED))
