# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ivanti Neurons for MDM: what the layers above ask for, as calls of its API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from ..._core.attributes import canonical, is_numeric, missing_values
from ..._core.device import Attrs, Device, Partition
from ..._core.endpoint import Endpoint
from ..._core.errors import (
    AnswerError,
    AnswerLostError,
    ApiError,
    ForbiddenError,
    NotFoundError,
    OptionError,
)
from ..._core.names import fits
from ..._core.plan import Change, Outcome
from ..._core.selection import Found, Selection
from ..._families.actions import neurons as actions
from ..._families.actions.model import MOST
from ..._families.attributes.model import AttrsWrite
from ..._families.certificates.neurons import CertificateCalls
from ..._families.compliance.neurons import ComplianceCalls
from ..._families.configs.neurons import ConfigCalls
from ..._families.dep.neurons import DepCalls
from ..._families.inventory.neurons import labels_of
from ..._families.owners.neurons import OwnerCalls
from ..._http.paging import Page, Spot, read_all
from ..._http.transport import Transport
from .. import protocol
from ..batches import grouped, one_each
from ..protocol import Batch
from . import endpoints, fq, wire

# "API Basics": rows must be between 1 and 500; lists read from the database give 50 whatever is
# asked for.
PAGE_ROWS = 500
DATABASE_ROWS = 50

# A search engine's usual window: rows past it are reached with searchAfterValues only ("Get Device
# Details Based on Attribute": "useful in environments with ten-thousand or more devices").
WINDOW = 10_000

# Up to so many look-ups are sent without first asking how many pages a full read would take.
FEW_LOOKUPS = 2

# Devices in one bulk removal; the guide names no limit.
BULK_DEVICES = 500

_SORT = (("sortFields[0].name", "id"), ("sortFields[0].order", "ASC"))
_SINGLE_WRITES: Mapping[str, Endpoint] = {
    "merge": endpoints.ATTRS_MERGE,
    "append": endpoints.ATTRS_APPEND,
    "replace": endpoints.ATTRS_REPLACE,
    "remove": endpoints.ATTRS_REMOVE,
}


class NeuronsClient(ConfigCalls, ComplianceCalls, CertificateCalls, DepCalls, OwnerCalls):
    """One tenant. Safe to use from several threads."""

    product = "neurons"
    # fmt: off
    capabilities = frozenset({
        protocol.DEVICES, protocol.CUSTOM_ATTRS, protocol.ACTIONS, protocol.MESSAGES, protocol.CONFIGS, protocol.COMPLIANCE,
        protocol.COMPLIANCE_SYNC, protocol.CERTIFICATES, protocol.DEP, protocol.OWNERS,
    })
    # fmt: on
    selects = frozenset(
        {"ids", "guids", "serial_numbers", "emails", "uids", "custom_attributes", "ldap_attributes"}
    )
    explain = staticmethod(wire.explain)

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    # Reading

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """See UemClient. ``default`` names the tenant's default device space, without listing all
        of them."""
        if tuple(wanted) == ("default",):
            tenant = wire.result_of(self.transport.call(endpoints.TENANT), "The tenant's metadata")
            if not isinstance(tenant, Mapping) or tenant.get("defaultDmPartitionId") is None:
                raise AnswerError(
                    "The tenant's metadata name no default device space; name partitions yourself."
                )
            return (Partition(str(tenant["defaultDmPartitionId"]), "default", default=True),)
        known = self._database_list(
            endpoints.PARTITIONS, wire.partition, lambda part: part.id, "device spaces"
        )
        if not known:
            raise AnswerError(
                "The server lists no device space at all, so no device can be read; check the "
                "account's roles."
            )
        return _chosen(known, wanted)

    def find(
        self,
        selection: Selection,
        *,
        keep_rows: bool,
        count_fleet: bool = False,
        fields: Sequence[str] = (),
    ) -> Found:
        """See UemClient. Devices named one by one are looked up where that takes fewer requests
        than reading all."""
        partitions = self.partitions(selection.partitions)
        narrow = fq.narrowing(selection)
        lookups = fq.lookups(selection.names, narrow) if selection.names else None
        fleet = None
        if count_fleet or (lookups is not None and len(lookups) > FEW_LOOKUPS):
            totals = [
                self._page(partition, narrow="", rows=1, keep_rows=False)(Spot()).total
                for partition in partitions
            ]
            fleet = sum(totals)
            pages = sum(-(-total // PAGE_ROWS) for total in totals)
            if lookups is not None and len(lookups) * len(partitions) > pages:
                lookups = None
        filters = lookups if lookups is not None else [narrow]
        devices: dict[str, Device] = {}
        for partition in partitions:
            for part in filters:
                devices.update(
                    (found.id, found)
                    for found in self._devices(partition, part, keep_rows=keep_rows)
                )
        if fleet is None and not selection.narrows and lookups is None:
            fleet = len(devices)
        return Found.of(
            sorted(devices.values(), key=lambda device: int(device.id)), selection.names, fleet
        )

    def details(self, device: Device) -> Mapping[str, Any]:
        """See UemClient. What the single answer leaves null is taken from the list's row, where the
        device has one."""
        what = f"The details of {device.title}"
        row = wire.result_of(
            self.transport.call(endpoints.DETAILS, path={"device": device.id}), what
        )
        if not isinstance(row, Mapping) or str(row.get("id")) != device.id:
            raise AnswerError(f"{what}: the server sent another device's.")
        fill = {
            key: device.row[key]
            for key in wire.ONLY_IN_LIST
            if row.get(key) is None and key in device.row
        }
        return {**row, **fill}

    def label_names(
        self, devices: Sequence[Device], patterns: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """See UemClient. Labels are the device groups of Neurons, which only the details of a
        device tell."""
        with ThreadPoolExecutor(self.transport.settings.concurrency) as pool:
            names = [labels_of(details) for details in pool.map(self.details, devices)]
        return {
            device.id: tuple(name for name in own if fits(name, patterns))
            for device, own in zip(devices, names, strict=True)
        }

    def defined_attributes(self) -> tuple[str, ...] | None:
        """See UemClient."""
        query = (("type", "device"),)
        try:
            known = self._database_list(
                endpoints.DEFINITIONS,
                dict,
                lambda row: str(row.get("id")),
                "attribute definitions",
                query,
            )
        except (ForbiddenError, NotFoundError):
            return None
        return wire.defined_names(known)

    def attributes(self, device: Device) -> Attrs:
        """The custom attributes that one device has now, from the database and not from the index
        behind the list."""
        answer = self.transport.call(endpoints.ATTRS_GET, path={"device": device.id})
        return wire.attributes_answer(answer, f"The attributes of {device.title}")

    # Actions

    def ineligible(self, changes: Sequence[Change]) -> Mapping[str, str]:
        """See Actions."""
        return actions.ineligible(self.transport, changes)

    def action_batches(self, changes: Sequence[Change], *, by_mac: bool) -> list[Batch]:
        """See Actions."""
        if by_mac:
            raise OptionError("by: Neurons names devices by their ids alone; remove it.")
        return actions.batches(changes)

    def send_action(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """See Actions. The answer is a number, so that of a part nobody knows which it was."""
        taken = actions.send(self.transport, batch)
        if taken >= len(batch.changes):
            return [Outcome(change) for change in batch.changes]
        told = f"the server took {taken} of {len(batch.changes)} devices and does not say which"
        return [Outcome(change, told) for change in batch.changes]

    # Messages

    def message_batches(self, changes: Sequence[Change], *, by_mac: bool) -> list[Batch]:
        """See Messages. A call is for devices of one partition."""
        if by_mac:
            raise OptionError("by: Neurons names devices by their ids alone; remove it.")
        return grouped(changes, MOST, apart=lambda change: change.subject.space)

    def send_message(self, batch: Batch, *, by_mac: bool) -> list[Outcome]:
        """See Messages."""
        ids = [change.subject.id for change in batch.changes]
        form = wire.message_form(batch.write, batch.changes[0].subject.space, ids)
        wire.accepted(
            self.transport.call(endpoints.MESSAGE, form=form), f"The message to {len(ids)} devices"
        )
        return [Outcome(change) for change in batch.changes]

    # Writing custom attributes

    def attribute_batches(self, changes: Sequence[Change]) -> list[Batch]:
        """See UemClient. Removals of the same names go together; every other write is a call of its
        own."""
        single = one_each([change for change in changes if change.write.verb != "remove"])
        return single + grouped(
            [change for change in changes if change.write.verb == "remove"], BULK_DEVICES
        )

    def write_attributes(self, batch: Batch) -> list[Outcome]:
        """See UemClient."""
        if len(batch.changes) > 1:
            return self._remove_many(batch)
        change = batch.changes[0]
        self._write_one(change.subject, batch.write)
        return [Outcome(change)]

    def _write_one(self, device: Device, write: AttrsWrite) -> None:
        endpoint = _SINGLE_WRITES[write.verb]
        what = f"{write.verb} attributes of {device.title}"
        body = wire.write_body(write, device.attrs)
        send = partial(self.transport.call, endpoint, path={"device": device.id}, json_body=body)
        try:
            answer = send()
        except (AnswerLostError, ApiError) as error:
            if endpoint.idempotent or not _in_doubt(error):
                raise
            # Sent twice it would append twice, so that the device is looked at before it is sent
            # again.
            if self._has(device, write):
                return
            answer = send()
        wire.accepted(answer, what)

    def _has(self, device: Device, write: AttrsWrite) -> bool:
        """Whether the values of a write whose answer was lost are there: then it took effect."""
        now = {canonical(name): (name, values) for name, values in self.attributes(device).items()}
        for name, values in write.attrs:
            have_name, have = now.get(canonical(name), (name, ()))
            if missing_values(values, have, numeric=is_numeric(name, have_name)):
                return False
        return True

    def _remove_many(self, batch: Batch) -> list[Outcome]:
        """One bulk removal. Its result is a count in some releases and a plain 1 in others, so that
        anything short of all devices is settled by reading each device."""
        ids = [change.subject.id for change in batch.changes]
        body = wire.removal_body(ids, batch.write.names)
        done = wire.accepted(
            self.transport.call(endpoints.ATTRS_REMOVE_MANY, json_body=body),
            f"Remove attributes of {len(ids)} devices",
        )
        if done >= len(ids):
            return [Outcome(change) for change in batch.changes]
        names = {canonical(name) for name in batch.write.names}
        left = {}
        with ThreadPoolExecutor(self.transport.settings.concurrency) as pool:
            for change, now in zip(batch.changes, pool.map(self._now, batch.changes), strict=True):
                left[change.subject.id] = now if isinstance(now, str) else _still_there(names, now)
        return [Outcome(change, left[change.subject.id]) for change in batch.changes]

    def _now(self, change: Change) -> Attrs | str:
        try:
            return self.attributes(change.subject)
        except (ApiError, AnswerError, AnswerLostError) as error:
            return str(error)

    # Lists

    def _devices(self, partition: Partition, narrow: str, *, keep_rows: bool) -> list[Device]:
        return read_all(
            self._page(partition, narrow=narrow, rows=PAGE_ROWS, keep_rows=keep_rows),
            key=lambda device: device.id,
            what="devices",
            window=WINDOW,
            concurrency=self.transport.settings.concurrency,
        )

    def _page(
        self, partition: Partition, *, narrow: str, rows: int, keep_rows: bool
    ) -> Callable[[Spot], Page[Device]]:
        """How to fetch a page of a partition's devices, sorted by id so that pages do not shift."""
        base = [("dmPartitionId", partition.id), ("rows", str(rows)), *_SORT]
        if narrow:
            base.append(("fq", narrow))

        def fetch(spot: Spot) -> Page[Device]:
            place = (
                [("start", str(spot.start))]
                if spot.after is None
                else [("searchAfterValues", spot.after)]
            )
            answer = self.transport.call(endpoints.DEVICES, query=base + place)
            found, total, after = wire.rows_of(answer, "The device list")
            return Page(
                [wire.device(row, keep_row=keep_rows, space=partition.id) for row in found],
                total,
                after,
            )

        return fetch

    def _database_list(
        self,
        endpoint: Endpoint,
        read: Callable[[Mapping[str, Any]], Any],
        key: Callable[[Any], str],
        what: str,
        query: Iterable[tuple[str, str]] = (),
    ) -> list[Any]:
        """All of a list that the server keeps in its database: short, and read one page after the
        other."""

        def fetch(spot: Spot) -> Page[Any]:
            paging = [("start", str(spot.start)), ("rows", str(DATABASE_ROWS))]
            rows, total, after = wire.rows_of(
                self.transport.call(endpoint, query=[*query, *paging]), f"The list of {what}"
            )
            return Page([read(row) for row in rows], total, after)

        return read_all(fetch, key=key, what=what)


def _chosen(known: Sequence[Partition], wanted: Sequence[str]) -> tuple[Partition, ...]:
    if not wanted:
        return tuple(known)
    chosen: dict[str, Partition] = {}
    for want in wanted:
        fitting = [
            part
            for part in known
            if want in (part.id, part.name) or (want == "default" and part.default)
        ]
        if not fitting:
            names = ", ".join(f"{part.name} ({part.id})" for part in known)
            raise OptionError(f"partitions: there is no device space {want!r}; there are: {names}.")
        chosen.update((part.id, part) for part in fitting)
    return tuple(chosen.values())


def _in_doubt(error: Exception) -> bool:
    return isinstance(error, AnswerLostError) or getattr(error, "status", 0) >= 500


def _still_there(names: set[str], now: Attrs) -> str | None:
    left = sorted(names & {canonical(name) for name in now})
    return f"the server kept {', '.join(left)} although it answered success" if left else None
