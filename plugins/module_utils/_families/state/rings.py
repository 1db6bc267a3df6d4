# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rings of a run: which changes come first, and whether the next ring follows."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..._core.attributes import canonical
from ..._core.device import Device, DeviceRef
from ..._core.errors import OptionError, UemError
from ..._core.names import plain
from ..._core.plan import HARMLESS, NOT_SENT, Batch, Change, Outcome, Plan, share_of
from ..._core.selection import Selection
from ..._core.shards import require_percent, require_rings, ring_of
from ..._core.wording import counted, first_of
from ..._module.choice import doubts_about, rows_of
from ..._module.query import Search, certain, compile_query
from ..._products.capability import UemClient
from .declaration import ATTRIBUTES, LABEL_DEFINITIONS, LABELS, Wishes
from .writer import InSection, StateWriter

# More than the phases of the sections.
_PHASES = 1000

COMPLIANT = "compliant"

# At most this many devices that are not well are named.
NAMED = 10

# The options that say nothing without rings.
_OF_RINGS = ("ring_seed", "ring_wait", "ring_health", "ring_go_on")

# By section each device and what it should be.
Wanted = Mapping[str, Sequence[tuple[Device, Wishes]]]


@dataclass(frozen=True)
class Rings:
    """What the options say about rings.

    Attributes:
        percents: How many percent of all devices each ring and those before it have.
        seed: What the places of devices depend on besides their guids.
        wait: How many seconds to wait before a ring is looked at.
        failed: The most devices of a ring that may fail, in percent.
        noncompliant: The most that may fall out of compliance, in percent; None does not look.
        query: Finds devices of a ring that are not well, or None.
        goes_on: Whether a ring begins although one that an earlier run changed is not well.
    """

    percents: tuple[float, ...]
    seed: str = ""
    wait: int = 0
    failed: float = 0
    noncompliant: float | None = None
    query: Search | None = None
    goes_on: bool = False

    @property
    def terms(self) -> Mapping[str, Any]:
        """All of this as data: who confirms a rollout in rings confirms these rings."""
        return {
            "rings": list(self.percents),
            "seed": self.seed,
            "wait": self.wait,
            "health": [self.failed, self.noncompliant, self.query and self.query.expression],
            "go_on": self.goes_on,
        }

    @property
    def looks(self) -> bool:
        """Whether the devices are read again."""
        return self.noncompliant is not None or self.query is not None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of devices that are looked at."""
        return (COMPLIANT, *(self.query.names if self.query is not None else ()))

    def require_query(self, devices: Sequence[Device], client: UemClient) -> None:
        """Try the query on devices as they are. What is wrong with it would else show only when the
        first ring is changed.

        Raises:
            OptionError: It looks at what no row has, or cannot be evaluated.
        """
        if self.query is not None and devices:
            self.query(rows_of(devices))
            certain(doubts_about(self.query, client, devices))

    def of(self, change: Change[Any]) -> int:
        """Return the ring of a change. Labels are made in the first one. What is about a whole label
        is done in the last."""
        if change.device:
            return ring_of(change.subject.guid, self.percents, self.seed)
        is_first = change.subject.section == LABEL_DEFINITIONS and change.harm == HARMLESS
        return 1 if is_first else len(self.percents)

    def placing(self, plan: Plan) -> Plan:
        """Return a plan whose changes say in which ring they are."""
        changes = (
            replace(one, subject=replace(one.subject, ring=self.of(one))) for one in plan.changes
        )
        return replace(plan, changes=tuple(changes))

    def rows(self, plan: Plan) -> list[dict[str, Any]]:
        """Return for each ring how many devices change in it."""
        devices: Counter[int] = Counter(
            ring
            for ring, _device in {
                (one.subject.ring, one.device) for one in plan.changes if one.device
            }
        )
        return [
            {"ring": number, "percent": percent, "devices": devices[number]}
            for number, percent in enumerate(self.percents, 1)
        ]

    def holding(self, plan: Plan, wanted: Wanted, client: UemClient) -> list[str]:
        """Return a sentence where no further ring may begin, because an earlier run stopped after one
        that is still not well.

        Args:
            plan: The plan, with the rings of its changes.
            wanted: What is declared for devices.
            client: Says what the query may look at.
        """
        if not self.looks or self.goes_on:
            return []
        progress = Progress.of(plan, wanted, self)
        for begins, fields in sorted(progress.begins().items()):
            for ring in range(1, begins):
                done, left = progress.of_ring(ring, begins, fields)
                reason = self._doubted(done, left, client) if done else ""
                if reason:
                    return [
                        f"Refused: ring {ring} of {len(self.percents)}, which an earlier run changed, is "
                        f"not well: {reason}; so ring {begins} does not begin, and nothing was written. "
                        "Look at its devices and run it again when they are well, or give "
                        "ring_go_on=true once."
                    ]
        return []

    def _doubted(self, done: Sequence[Device], left: Sequence[Device], client: UemClient) -> str:
        """Return why devices that an earlier run changed are not well, or "".

        Nobody knows which of them were out of compliance before. So the share of those that are still
        to change is taken for usual.
        """
        if self.noncompliant is not None:
            usual = 100 * len(_noncompliant(left)) / len(left)
            most = round(self.noncompliant + usual, 2)
            reason = _too_many(_noncompliant(done), len(done), most, "are out of compliance")
            if reason:
                return reason
        return "" if self.query is None else _found_by(self.query, done, client)


def in_words(rows: Sequence[Mapping[str, Any]], plan: Plan) -> str:
    """Return the rings of a plan in a line.

    Args:
        rows: The rings, each with the number of its devices.
        plan: The plan, with the rings of its changes.
    """
    parts: list[str] = []
    named = False
    for row in rows:
        count = row["devices"]
        devices = f"{count:,}" if named else counted(count, "devices")
        parts.append(f"{row['percent']:g} %{f' ({devices})' if count else ''}")
        named = named or count > 0
    begins = min((one.subject.ring for one in plan.changes), default=0)
    return f"{', '.join(parts)}; this plan begins with ring {begins}"


@dataclass(frozen=True)
class Progress:
    """How far earlier runs came.

    Attributes:
        rings: By the id of a device its ring.
        devices: The devices, by id.
        wants: By the id of a device what is declared for it: each section and its names.
        changes: By the id of a device what of it is still to change.
    """

    rings: Mapping[str, int]
    devices: Mapping[str, Device]
    wants: Mapping[str, set[str]]
    changes: Mapping[str, set[str]]

    @classmethod
    def of(cls, plan: Plan, wanted: Wanted, rings: Rings) -> Progress:
        """Return the progress that a plan shows. A section of a device that it leaves alone does not
        count."""
        away = {
            (one.subject.section, one.subject.subject.id)
            for one in plan.left_alone
            if isinstance(one.subject, InSection)
        }
        devices: dict[str, Device] = {}
        wants: dict[str, set[str]] = {}
        for section, targets in wanted.items():
            for device, wishes in targets:
                if (section, device.id) not in away:
                    devices[device.id] = device
                    own = wants.setdefault(device.id, set())
                    own |= {section, *(_field(section, name) for name in wishes)}
        changes: dict[str, set[str]] = {}
        for one in plan.changes:
            if one.device in wants:
                changed = _changed(one, wants[one.device])
                changes.setdefault(one.device, set()).update(changed)
        places = {
            number: ring_of(device.guid, rings.percents, rings.seed)
            for number, device in devices.items()
        }
        return cls(places, devices, wants, changes)

    def begins(self) -> dict[int, set[str]]:
        """Return by ring what no run has begun in it and in no later one. In a ring that was begun most
        of the devices that are to have something have it. What most devices of all rings have is left
        out: a few devices more are not a rollout that stopped."""
        concerned: Counter[tuple[str, int]] = Counter()
        lacking: Counter[tuple[str, int]] = Counter()
        for number, ring in self.rings.items():
            # The ring 0 stands for all of them.
            for place in (0, ring):
                concerned.update((name, place) for name in self.wants[number])
                lacking.update((name, place) for name in self.changes.get(number, ()))
        first: dict[str, int] = {}
        for (name, ring), lack in lacking.items():
            under_way = 2 * lacking[name, 0] >= concerned[name, 0]
            if ring and under_way and 2 * lack > concerned[name, ring]:
                first[name] = min(ring, first.get(name, ring))
        found: dict[int, set[str]] = {}
        for name, ring in first.items():
            found.setdefault(ring, set()).add(name)
        return found

    def of_ring(
        self, ring: int, begins: int, fields: set[str]
    ) -> tuple[list[Device], list[Device]]:
        """Return the devices of a ring that have something of what begins in a later one, whatever else
        is to change on them, and all devices that earlier runs gave nothing of it.

        Args:
            ring: The ring.
            begins: The later one.
            fields: What begins in it.
        """
        done, left = [], []
        for number, wants in self.wants.items():
            lacks = self.changes.get(number, set())
            if self.rings[number] < begins and (wants & fields) - lacks:
                if self.rings[number] == ring:
                    done.append(self.devices[number])
            elif not fields.isdisjoint(lacks):
                left.append(self.devices[number])
        return done, left


def _field(section: str, name: str) -> str:
    """Return what is said of a name in a section, however it is spelled."""
    return f"{section}.{canonical(name) if section == ATTRIBUTES else plain(name)}"


def _changed(change: Change[Any], wants: set[str]) -> set[str]:
    """Return what of the declaration a change is about. What it does not name, as where an attribute is
    removed because the section is owned whole, is about the section."""
    section = change.subject.section
    names = {name.removeprefix(f"{section}.") for name in (*change.before, *change.after)}
    if section == LABELS:
        names = set(change.before[LABELS]) ^ set(change.after[LABELS])
    fields = {_field(section, name) for name in names}
    return {name if name in wants else section for name in fields}


def _noncompliant(devices: Iterable[Device]) -> list[Device]:
    return [device for device in devices if device.row.get(COMPLIANT) is False]


def parse_rings(params: Mapping[str, Any]) -> Rings | None:
    """Read the options about rings, before any request.

    Raises:
        OptionError: They make no sense.
    """
    percents, health = params["rings"], params["ring_health"] or {}
    if percents is None:
        given = [name for name in _OF_RINGS if params[name]]
        if given:
            raise OptionError(f"{given[0]}: is used only with rings; give rings, or remove it.")
        return None
    require_rings(percents, "rings")
    failed, noncompliant = (
        health.get(f"max_{name}_percent") for name in ("failed", "noncompliant")
    )
    for name, value in (("failed", failed), ("noncompliant", noncompliant)):
        if value is not None:
            require_percent(value, f"ring_health.max_{name}_percent")
    if (params["ring_wait"] or 0) < 0:
        raise OptionError("ring_wait: is below 0; give a number of seconds.")
    query = health.get("query")
    return Rings(
        tuple(percents),
        params["ring_seed"] or "",
        params["ring_wait"] or 0,
        failed or 0,
        noncompliant,
        None if query is None else compile_query(query, "ring_health.query"),
        params["ring_go_on"],
    )


@dataclass
class _Seen:
    """What became of a ring.

    Attributes:
        devices: The devices that changed in it, by id.
        failed: The ids of those of which a change failed, or is not known.
        others: How many changes failed that are not about one device.
    """

    devices: dict[str, Device] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    others: int = 0

    def add(self, changes: Iterable[Change[Any]], bad: Iterable[Change[Any]]) -> None:
        """Add changes that were sent, and those of them that failed."""
        for one in changes:
            if one.device:
                self.devices[one.device] = one.subject.subject
        for one in bad:
            if one.device:
                self.failed.add(one.device)
            else:
                self.others += 1


class RingWriter:
    """Carries changes out ring by ring. It stops after a ring that is not well.

    Args:
        rings: The rings.
        writer: Carries the changes out.
        client: Reads devices.
    """

    def __init__(self, rings: Rings, writer: StateWriter, client: UemClient) -> None:
        self._rings = rings
        self._writer = writer
        self._client = client
        self._lock = threading.Lock()
        self._current = 0
        self._seen = _Seen()
        self._stop = ""

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Writer. The phases of a ring come after those of the ring before."""
        by_ring: dict[int, list[Change[Any]]] = {}
        for change in changes:
            by_ring.setdefault(change.subject.ring, []).append(change)
        return [
            replace(batch, phase=ring * _PHASES + batch.phase)
            for ring, same in sorted(by_ring.items())
            for batch in self._writer.batches(same)
        ]

    def write(self, batch: Batch) -> list[Outcome]:
        """See Writer."""
        with self._lock:
            # The pipeline begins a phase when the one before has ended.
            self._enter(batch.phase // _PHASES)
        if self._stop:
            return [Outcome(change, f"{NOT_SENT}: {self._stop}") for change in batch.changes]
        try:
            outcomes = self._writer.write(batch)
        except UemError:
            with self._lock:
                self._seen.add(batch.changes, batch.changes)
            raise
        bad = [one.change for one in outcomes if one.error is not None]
        with self._lock:
            self._seen.add(batch.changes, bad)
        return outcomes

    def _enter(self, ring: int) -> None:
        """Look at the ring that has ended, where a new one begins."""
        if ring == self._current:
            return
        if self._current and not self._stop:
            reason = self._why_not_well()
            if reason:
                number = self._current
                self._stop = f"ring {number} of {len(self._rings.percents)} is not well: {reason}"
        self._current, self._seen = ring, _Seen()

    def _why_not_well(self) -> str:
        """Return why the next ring must not follow, or ""."""
        seen, rings = self._seen, self._rings
        if seen.others:
            return f"{counted(seen.others, 'changes')} of labels or policies failed"
        reason = _excess(len(seen.failed), len(seen.devices), rings.failed, "failed")
        if reason or not rings.looks or not seen.devices:
            return reason
        if rings.wait:
            time.sleep(rings.wait)
        try:
            return self._looked_at(seen.devices)
        except UemError as error:
            return f"it cannot be seen whether it is ({str(error).rstrip('.')})"

    def _looked_at(self, before: Mapping[str, Device]) -> str:
        """Read the devices again, and return why they are not well, or ""."""
        names = tuple(DeviceRef("guid", one.guid) for one in before.values())
        now = self._client.find(
            Selection(names=names), keep_rows=True, fields=self._rings.fields
        ).devices
        rings, total = self._rings, len(before)
        if len(now) < total:
            gone = counted(total - len(now), "devices")
            return f"{gone} of {total} are not found any more"
        if rings.noncompliant is not None:
            fell = [
                one for one in _noncompliant(now) if before[one.id].row.get(COMPLIANT) is not False
            ]
            reason = _too_many(fell, total, rings.noncompliant, "fell out of compliance")
            if reason:
                return reason
        return "" if rings.query is None else _found_by(rings.query, now, self._client)


def _found_by(query: Search, devices: Sequence[Device], client: UemClient) -> str:
    """Return what a query finds in the rows of devices, in words, or "". A query that looks at what
    no row has would never find anything."""
    found = query(rows_of(devices))
    doubts = doubts_about(query, client, devices)
    if doubts:
        return doubts[0].rstrip(".")
    if found in (None, False, [], {}, ""):
        return ""
    if not isinstance(found, list):
        return f"{query.where} finds something"
    ids = {str(row.get("id")) for row in found if isinstance(row, Mapping)}
    ill = [device for device in devices if device.id in ids]
    return f"{query.where} finds {counted(len(found), 'devices')}{_titles(ill)}"


def _titles(devices: Sequence[Device]) -> str:
    """Return the first titles of devices as the end of a sentence."""
    return f": {first_of([one.title for one in devices], NAMED)}" if devices else ""


def _too_many(devices: Sequence[Device], total: int, percent: float, what: str) -> str:
    """Return a sentence that names devices where they are more than a percentage, or ""."""
    reason = _excess(len(devices), total, percent, what)
    return f"{reason}{_titles(devices)}" if reason else ""


def _excess(count: int, total: int, percent: float, what: str) -> str:
    """Return a sentence where more devices than a percentage are concerned, or ""."""
    if not count or count <= share_of(percent, total):
        return ""
    return f"{count} of {counted(total, 'devices')} {what} ({count * 100 / total:.2f} %), and at most {percent:g} % may"
