# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search index behind the device list: filter, order, count, page. It may lag behind the
devices themselves."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from uem_emulator.neurons.world import fq
from uem_emulator.neurons.world.keys import NEWER_ROW, ROW
from uem_emulator.neurons.world.model import Device, DeviceGroup

#: Elasticsearch's window: start + rows beyond it is an error, and searchAfterValues the way on ("ten-thousand or more
#: devices" in the vendor's document).
WINDOW = 10_000

#: Fields looked up by value instead of by reading every row.
_LOOKED_UP = ("guid", "serialNumber", "emailAddress", "uid", "wifiMacAddress", "imei", "udid")
_APPLE_SILICON = re.compile(r"Mac1[3-9],|iMac21,|Macmini9,|MacBookAir10,|MacBookPro1[78],")
_TIME_FIELDS = frozenset(
    ("lastCheckin", "lastRegistrationTime", "clientLastCheckin", "locationLastCapturedAt")
)


@dataclass(frozen=True)
class Facet:
    """One facet: its name in the answer, its field, whether its values are lower-cased, what stands
    for null."""

    name: str
    field: str
    lower: bool = False
    null: str | None = None


#: Names and order of the vendor's newer example. Lower-cased values, and null counted as false: recorded.
# fmt: off
FACETS = (
    Facet("LAST_HOTFIX_ID", "lastHotfixId", True), Facet("SUBSCRIBERCARRIERNETWORK", "subscriberCarrierNetwork"),
    Facet("AUTHONLY", "authOnly", null="false"),
    Facet("ANDROIDWORKPROFILEONCOMPANYOWNEDDEVICEENABLED", "androidWorkProfileOnCompanyOwnedDeviceEnabled",
          null="false"),
    Facet("ANDROIDDEVICEOWNERMODEENABLED", "androidDeviceOwnerModeEnabled", null="false"),
    Facet("PRETTYMODEL", "prettyModel"), Facet("REGISTRATIONSTATE", "registrationState"),
    Facet("DEVICESOURCE", "deviceSource", True), Facet("MULTIUSER", "multiUser", null="false"),
    Facet("ACCOUNTENABLED", "accountEnabled"),
    Facet("ANDROIDWORKPROFILEENABLED", "androidWorkProfileEnabled", null="false"),
    Facet("KIOSKSTATE", "kioskState", True), Facet("ANDROIDSECURITYPATCHLEVEL", "androidSecurityPatchLevel"),
    Facet("JAILBROKEN", "jailbroken"), Facet("PLATFORMTYPE", "platformType"), Facet("OWNERSHIPTYPE", "ownershipType"),
    Facet("ANDROIDSAFETYNETATTESTATIONTYPE", "androidSafetyNetAttestationType", null="UNKNOWN"),
    Facet("ANDROIDWORKDEVICEOWNERWITHWORKPROFILEENABLED", "androidWorkDeviceOwnerWithWorkProfileEnabled", null="false"),
    Facet("COMPLIANCESTATE", "complianceState"),
    Facet("MOBILE_THREAT_DEFENSE_GENERAL_STATUS", "mobileThreatDefenseGeneralStatus"),
    Facet("SUPERVISED", "supervised", null="false"), Facet("ANTIPHISHINGGENERALSTATUS", "antiPhishingGeneralStatus"),
    Facet("SECUREAPPSSTATUS", "secureAppsStatus"), Facet("MAMONLY", "mamOnly"),
    Facet("ANDROIDMANAGEDBYGOOGLE", "androidManagedByGoogle"), Facet("ACCOUNTGROUP", "accountGroup", True),
    Facet("ANDROIDWORKENABLED", "androidWorkEnabled"), Facet("OSBUILDVERSION", "osBuildVersion"),
    Facet("ROAMING", "roaming"), Facet("LOSTMODEENABLED", "lostModeEnabled", null="false"),
)
# fmt: on

_FACET_PLACES: dict[str, list[int]] = {}
for _place, _facet in enumerate(FACETS):
    _FACET_PLACES.setdefault(_facet.field, []).append(_place)
_ACCOUNT_GROUP = _FACET_PLACES["accountGroup"][0]

#: A filter's name of a field (lower case, no underscores) -> the field. `deviceId` is used by clients for `id`.
FIELDS: dict[str, str] = {
    **{name.lower(): name for name in (*ROW, *NEWER_ROW) if name != "customAttributes"},
    **{facet.name.replace("_", "").lower(): facet.field for facet in FACETS},
    "deviceid": "id",
    # Facets of newer servers by which clients filter.
    "devicegroup": "deviceGroup",
    "isapplesilicon": "isAppleSilicon",
    "antiphishinganalyticsstatus": "antiPhishingAnalyticsStatus",
}
SORTABLE = frozenset((*ROW, *NEWER_ROW)) - {"customAttributes"}


class SearchAfterError(ValueError):
    """searchAfterValues don't fit the sort fields."""


@dataclass(frozen=True)
class Query:
    """A list request without its page. `sort` holds (field, descending)."""

    partition: int
    fq: str | None = None
    q: str | None = None
    sort: tuple[tuple[str, bool], ...] = ()


@dataclass
class Match:
    """What a query found: ids in rising order, the facets as JSON, and the orders asked for so
    far."""

    ids: list[int]
    facets: bytes
    versions: tuple[int, int]
    orders: dict[tuple[Any, ...], list[int]] = field(default_factory=dict)


parse = lru_cache(maxsize=256)(fq.parse)


class Index:
    """The documents by id. `structure` counts changes of anything but attributes, `attributes`
    those of attributes."""

    def __init__(
        self,
        devices: Iterable[Device],
        now: int,
        groups_of: Callable[[Device], Iterable[DeviceGroup]] = lambda device: (),
    ) -> None:
        self.docs = {device.id: device for device in devices}
        self.now = now
        self._groups_of = groups_of
        self.restored()

    def to_save(self) -> dict[str, Any]:
        """What is saved: the rest follows from it."""
        return {"docs": self.docs, "now": self.now, "_groups_of": self._groups_of}

    def restored(self) -> None:
        """Make what follows from the documents."""
        groups_of = self._groups_of
        self._computed: dict[str, Callable[[Device], Any]] = {
            "deviceGroup": lambda device: [group.name for group in groups_of(device)],
            "isAppleSilicon": lambda device: bool(
                _APPLE_SILICON.match(str(device.value("deviceModel")))
            ),
            "antiPhishingAnalyticsStatus": lambda device: "NA",
        }
        self.structure = 0
        self.attributes = 0
        self._lookup: dict[str, dict[str, set[int]]] = {name: {} for name in _LOOKED_UP}
        self._partitions: dict[int, list[int]] | None = None
        self._matches: OrderedDict[tuple[Any, ...], Match] = OrderedDict()
        self._facet_ids: dict[tuple[Any, ...], int] = {}
        self._facet_rows: list[tuple[Any, ...]] = []
        self._base_facets: dict[str, tuple[tuple[str, ...], ...]] = {}
        for device in self.docs.values():
            self._look_up(device)

    def _keys(self, device: Device) -> Iterable[tuple[dict[str, set[int]], str]]:
        for name, table in self._lookup.items():
            value = device.value(name)
            if value is not None:
                yield table, value.lower()

    def _add(self, device: Device) -> None:
        self.docs[device.id] = device
        self._look_up(device)

    def _look_up(self, device: Device) -> None:
        for table, key in self._keys(device):
            table.setdefault(key, set()).add(device.id)

    def drop(self, device_id: int) -> None:
        """Remove a device."""
        device = self.docs.pop(device_id, None)
        if device is None:
            return
        for table, key in self._keys(device):
            table.get(key, set()).discard(device_id)
        self._structure_changed()

    def _structure_changed(self) -> None:
        self.structure += 1
        self._partitions = None

    def put(self, device: Device) -> None:
        """Take over a device as it is now. Cheap when nothing but its attributes changed."""
        old = self.docs.get(device.id)
        device.row_bytes = None
        if old is device or (old is not None and _same_but_attributes(old, device)):
            self.docs[device.id] = device
            self.attributes += 1
            return
        self.drop(device.id)
        device.forget_caches()
        self._add(device)
        self._structure_changed()

    def forget_rows(self) -> None:
        """After a switch changed how rows or comparisons look."""
        self._matches.clear()
        for device in self.docs.values():
            device.row_bytes = None

    def ids_of(self, partition: int) -> list[int]:
        """Return the ids of the devices of a device space, rising."""
        if self._partitions is None:
            self._partitions = {}
            for device_id in sorted(self.docs):
                self._partitions.setdefault(self.docs[device_id].partition, []).append(device_id)
        return self._partitions.get(partition, [])

    def match(self, query: Query, *, ignore_case: bool) -> Match:
        """Return every document of a query, without order or page. Raises FqError."""
        key = (query.partition, query.fq, query.q, ignore_case)
        asked = (query.fq or "").lower().replace("_", "")
        by_attributes = "cf" in asked or "devicegroup" in asked
        versions = (self.structure, self.attributes if by_attributes else 0)
        found = self._matches.get(key)
        if found is None or found.versions != versions:
            ids = self._select(query, ignore_case)
            found = Match(ids, self._facets(ids), versions)
            self._matches[key] = found
            if len(self._matches) > 64:
                self._matches.popitem(last=False)
        self._matches.move_to_end(key)
        return found

    def _select(self, query: Query, ignore_case: bool) -> list[int]:
        ids = self.ids_of(query.partition)
        if query.fq is not None:
            node = parse(query.fq)
            dialect = fq.Dialect(FIELDS, _TIME_FIELDS, self.now, ignore_case, self._computed)
            test = fq.compile_filter(node, dialect)
            candidates = self._candidates(node)
            if candidates is not None:
                ids = sorted(
                    i
                    for i in candidates
                    if i in self.docs and self.docs[i].partition == query.partition
                )
            ids = [i for i in ids if test(self.docs[i])]
        if query.q is not None:
            needle = query.q.strip().lower()
            ids = [i for i in ids if needle in self._search_text(self.docs[i])]
        return ids

    def _candidates(self, node: fq.Node) -> set[int] | None:
        """Ids among which all matches are; None when only reading every document would tell."""
        if isinstance(node, fq.Group):
            return self._candidates_of_group(node)
        values = _wanted(node)
        if values is None:
            return None
        name = FIELDS.get(node.field.replace("_", ""))
        if name == "id":
            return {int(value) for value in values if value.isascii() and value.isdigit()}
        table = self._lookup.get(name or "")
        if table is None:
            return None
        return set().union(*(table.get(value.lower(), ()) for value in values))

    def _candidates_of_group(self, node: fq.Group) -> set[int] | None:
        children = [self._candidates(child) for child in node.children]
        known = [child for child in children if child is not None]
        if node.operator == "AND":
            return min(known, key=len) if known else None
        return set().union(*known) if len(known) == len(children) else None

    @staticmethod
    def _search_text(device: Device) -> str:
        if device.search_text is None:
            parts = (
                device.value(name)
                for name in (
                    "serialNumber",
                    "deviceName",
                    "emailAddress",
                    "displayName",
                    "uid",
                    "wifiMacAddress",
                    "imei",
                )
            )
            device.search_text = "\n".join(str(part) for part in parts if part).lower()
        return device.search_text

    def _facets(self, ids: list[int]) -> bytes:
        """Counts of the whole result. Equal rows share a number, so that thousands are counted in a
        few steps."""
        groups = Counter(self._facet_id(self.docs[i]) for i in ids)
        counts: list[dict[str, int | None]] = [{} for _facet in FACETS]
        for facet_id, number in groups.items():
            for texts, table in zip(self._facet_rows[facet_id], counts, strict=True):
                for text in texts:
                    table[text] = (table.get(text) or 0) + number
        answer = dict(zip((facet.name for facet in FACETS), counts, strict=True))
        answer["DEVICEGROUP"] = {"Pilot": None}  # a count of null: recorded
        return orjson.dumps(answer)

    def _facet_id(self, device: Device) -> int:
        if device.facets is None:
            texts = list(self._base_texts(device))
            for name in _FACET_PLACES.keys() & (device.fields.keys() | device.detail.keys()):
                for place in _FACET_PLACES[name]:
                    texts[place] = _facet_texts(FACETS[place], device.value(name))
            texts[_ACCOUNT_GROUP] = _facet_texts(FACETS[_ACCOUNT_GROUP], device.user_groups)
            row = tuple(texts)
            device.facets = self._facet_ids.setdefault(row, len(self._facet_rows))
            if device.facets == len(self._facet_rows):
                self._facet_rows.append(row)
        return device.facets

    def _base_texts(self, device: Device) -> tuple[tuple[str, ...], ...]:
        """The facets of a device which has nothing of its own: the same for all of its platform."""
        platform = device.base["platformType"]
        if platform not in self._base_facets:
            bare = Device(0, device.base, device.base_detail, {})
            self._base_facets[platform] = tuple(
                _facet_texts(facet, bare.value(facet.field)) for facet in FACETS
            )
        return self._base_facets[platform]

    def ordered(
        self, found: Match, sort: tuple[tuple[str, bool], ...], *, scattered: bool
    ) -> list[int]:
        """Return ids in the order asked for; nulls last either way, equals by id.

        Args:
            found: What a query found.
            sort: The fields to sort by, each with whether it is descending.
            scattered: Whether the order is arbitrary where there are no such fields.
        """
        if not sort and not scattered:
            return found.ids
        key = sort or ("scattered",)
        if key not in found.orders:
            found.orders[key] = self._order(found.ids, sort)
        return found.orders[key]

    def _order(self, ids: list[int], sort: tuple[tuple[str, bool], ...]) -> list[int]:
        if not sort:
            return sorted(ids, key=lambda i: i * 2654435761 & 0xFFFFFFFF)
        if sort == (("id", False),):
            return ids
        result = list(ids)
        for name, descending in reversed(sort):
            values = {i: sort_value(self.docs[i].value(name)) for i in ids}
            filler: Any = 0 if any(isinstance(v, (int, float)) for v in values.values()) else ""
            result.sort(key=_filled(values, filler), reverse=descending)
            result.sort(key=_is_null(values))
        return result

    def position_after(
        self, order: Sequence[int], sort: tuple[tuple[str, bool], ...], after: Sequence[Any]
    ) -> int:
        """Return where the rows strictly after some sort values begin. As in Elasticsearch, rows
        which share ALL the given values with the last row are passed over.

        Args:
            order: The ids in their order.
            sort: The fields which they are sorted by, each with whether it is descending.
            after: A value for each of these fields.

        Raises:
            SearchAfterError: The values do not go with the fields.
        """
        if len(after) != len(sort):
            raise SearchAfterError(f"needs {len(sort)} values, one for each sort field")
        wanted = [
            self._coerce(order, name, value)
            for (name, _descending), value in zip(sort, after, strict=True)
        ]
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            if self._is_after(order[middle], sort, wanted):
                high = middle
            else:
                low = middle + 1
        return low

    def _is_after(
        self, device_id: int, sort: tuple[tuple[str, bool], ...], wanted: list[Any]
    ) -> bool:
        document = self.docs[device_id]
        for (name, descending), limit in zip(sort, wanted, strict=True):
            value = sort_value(document.value(name))
            if value == limit:
                continue
            if value is None or limit is None:
                return value is None
            return bool((value < limit) if descending else (value > limit))
        return False

    def _coerce(self, order: Sequence[int], name: str, value: Any) -> Any:
        if value is None:
            return None
        sample = next(
            (v for i in order if (v := sort_value(self.docs[i].value(name))) is not None), None
        )
        if isinstance(sample, (int, float)):
            if isinstance(value, str) and value.lower() in ("true", "false"):
                return int(value.lower() == "true")
            try:
                return float(value)
            except (TypeError, ValueError) as error:
                raise SearchAfterError(f"{value} is not a value of {name}") from error
        return str(value).lower()


def _same_but_attributes(old: Device, new: Device) -> bool:
    return (
        old.fields == new.fields and old.detail == new.detail and old.user_groups == new.user_groups
    )


def _filled(values: dict[int, Any], filler: Any) -> Callable[[int], Any]:
    return lambda i: filler if values[i] is None else values[i]


def _is_null(values: dict[int, Any]) -> Callable[[int], bool]:
    return lambda i: values[i] is None


def _wanted(node: fq.Compare | fq.AnyOf) -> tuple[str, ...] | None:
    """The values of which a field has one; None where the test is another."""
    if node.attr is not None:
        return None
    if isinstance(node, fq.AnyOf):
        return node.values
    return (node.value,) if node.operator == "=" else None


def _facet_texts(facet: Facet, value: Any) -> tuple[str, ...]:
    texts = fq.as_texts(value)
    if not texts:
        return (facet.null,) if facet.null else ()
    return tuple(text.lower() for text in texts) if facet.lower else tuple(texts)


def sort_value(value: Any) -> Any:
    """What a field is ordered by: numbers as such, everything else as text without case."""
    if value is None:
        return None
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, bool) else value
    return (
        value.lower() if isinstance(value, str) else "\n".join(fq.as_texts(value)).lower() or None
    )
