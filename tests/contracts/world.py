# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a value of a vendor document stands for, found on the server under test.

The documents' devices, labels and alerts exist on no other server, so an example names their kind,
and the value of such a thing takes the place of the document's. It is found over the product's own
documented calls: an example can be replayed against any server of the product.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import quote

from .world_neurons import NEURONS, Read, Row, WorldError
from .xmltree import values_at

__all__ = ["KINDS", "WorldError", "alert_id", "in_text", "in_tree", "pairs", "stand_ins"]

# Names that no server takes for two, or for a folder; what is done with the others is not known.
_ONE_NAME = re.compile(r"[^/\\,]+")
_PHONE = re.compile(r"[0-9]{7,}")
_PLAIN = re.compile(r"[A-Za-z0-9._-]{3,}")
# Only so many are looked into for one that has what is wanted.
_LOOKED_INTO = 40
_LOCAL, _DIRECTORY = 76, 68
# "Search LDAP Users": so many characters at least, and so many users where the server is not told
# otherwise.
_SHORTEST_SEARCH, _SEARCH_LIMIT = 2, 100
_MAC = re.compile(r"[0-9A-Fa-f]{12}")
_LIST_OF_V2 = "/api/v2/devices?adminDeviceSpaceId=1&query=&limit=100&fields="


def _devices(read: Read) -> list[Row]:
    return values_at(read("/api/v1/dm/devices"), "devices/device")


def _alerts(read: Read, unread: bool | None = None) -> list[Row]:
    rows = values_at(read("/api/v1/alerts"), "alerts/alert")
    return [row for row in rows if unread is None or row["isActive"] == unread]


def alert_id(row: Row) -> str:
    """An alert's id is an attribute in one of the document's answers and an element in the
    others."""
    return str(row["@id"] if "@id" in row else row["id"])


def _phone(row: Row) -> str:
    """A device's number is called phoneNumber in the list and currentPhoneNumber in the details."""
    number = str(row.get("currentPhoneNumber") or row.get("phoneNumber") or "")
    return number if _PHONE.fullmatch(number) else ""


def _national(row: Row) -> str:
    """The number as the guide wants it: without the device's country code, should the server show
    it with that."""
    number, code = _phone(row), str(row.get("countryCode") or "")
    return number[len(code) :] if code and number.startswith(code) and len(number) > 10 else number


def _alerted(read: Read, unread: bool | None = None) -> list[Row]:
    """Active devices that raised an alert and have a telephone number."""
    raised = {row["deviceUuid"] for row in _alerts(read, unread)}
    return [row for row in _devices(read) if row["uuid"] in raised and _phone(row)]


def _of_platform(read: Read, *names: str) -> list[Row]:
    """Active devices whose platform begins so: "iOS 9.3" is iOS."""
    return [row for row in _devices(read) if row["platform"].startswith(names)]


def _neither_android_nor_ios(read: Read) -> list[str]:
    known = {row["uuid"] for row in _of_platform(read, "Android", "iOS", "iPadOS")}
    return [row["uuid"] for row in _devices(read) if row["uuid"] not in known]


def _roaming(read: Read) -> list[str]:
    """iOS devices whose details tell both roaming settings."""
    keys = ("Voice Roaming Enabled", "DataRoamingEnabled")
    return [
        row["uuid"]
        for row in _of_platform(read, "iOS")
        if all(values_at(row, f"details/entry[key={key}]") for key in keys)
    ]


def _in_status(read: Read, status: str) -> list[str]:
    return [
        row["uuid"]
        for row in values_at(read(f"/api/v1/dm/devices?status={status}"), "devices/device")
    ]


def _labels(read: Read, *, static: bool, key: str = "name") -> list[str]:
    """Names of labels of the global space: what happens to one of another space is not known.
    ``key``: what is read instead of the names."""
    rows = values_at(read("/api/v2/labels/label_summary?adminDeviceSpaceId=1&limit=200"), "results")
    return [
        str(row[key])
        for row in rows
        if row["deviceSpaceId"] == 1
        and row["isStatic"] is static
        and _ONE_NAME.fullmatch(row["name"])
    ]


def _labelled(read: Read) -> list[tuple[str, list[str]]]:
    """Active devices that have at least two hand-assigned labels and lack two, with those that they
    have."""
    own: dict[str, list[str]] = {}
    names = _labels(read, static=True)
    for name in names:
        for uuid in values_at(
            read(f"/api/v1/dm/labels/{quote(name, safe='')}"), "devices/device/uuid"
        ):
            own.setdefault(uuid, []).append(name)
    return [
        (row["uuid"], own[row["uuid"]])
        for row in _devices(read)
        if 2 <= len(own.get(row["uuid"], ())) <= len(names) - 2
    ]


def _first_labelled(read: Read) -> tuple[str, list[str]]:
    found = _labelled(read)
    if not found:
        raise WorldError(
            "the server under test has no device that has two hand-assigned labels and lacks two"
        )
    return found[0]


def _labels_of_labelled(read: Read) -> list[str]:
    return _first_labelled(read)[1]


def _lacked_by_labelled(read: Read) -> list[str]:
    own = _labels_of_labelled(read)
    return [name for name in _labels(read, static=True) if name not in own]


def _unreached(read: Read) -> list[str]:
    """Active policies made by an administrator that the labelled device does not have."""
    own = values_at(
        read(f"/api/v1/policies/devices/{_first_labelled(read)[0]}"), "policies/policy/@id"
    )
    rows = values_at(read("/api/v1/policies"), "policies/policy")
    return [
        row["@id"]
        for row in rows
        if row["policyType"] == "ENTERPRISE" and row["active"] and row["@id"] not in own
    ]


def _with_mac(read: Read) -> list[tuple[str, str]]:
    """Devices with a Wi-Fi MAC address: (uuid, the address without separators)."""
    rows = values_at(read(_LIST_OF_V2 + "common.uuid,common.wifi_mac_address"), "results")
    pairs = [
        (row["common.uuid"], row.get("common.wifi_mac_address", "").replace(":", ""))
        for row in rows
    ]
    return [(uuid, mac) for uuid, mac in pairs if _MAC.fullmatch(mac)]


def _active_with_mac(read: Read) -> list[tuple[str, str]]:
    """The same for active devices whose address no other has."""
    pairs = _with_mac(read)
    active = {row["uuid"] for row in _devices(read)}
    addresses = [mac for _uuid, mac in pairs]
    return [(uuid, mac) for uuid, mac in pairs if uuid in active and addresses.count(mac) == 1]


def _android_with_mac(read: Read) -> list[tuple[str, str]]:
    android = {row["uuid"] for row in _of_platform(read, "Android")}
    return [(uuid, mac) for uuid, mac in _active_with_mac(read) if uuid in android]


def _with_profiles(read: Read) -> Row:
    """The first active device that has both configurations and policies, with its profiles: {uuid,
    APP: ids, POLICY: ids}."""
    for row in _devices(read)[:_LOOKED_INTO]:
        rows = values_at(read(f"/api/v1/dm/devices/profiles/{row['uuid']}"), "profiles/profile")
        ids = {
            kind: [one["@id"] for one in rows if one["profileType"] == kind]
            for kind in ("APP", "POLICY")
        }
        if all(ids.values()):
            return {"uuid": row["uuid"], **ids}
    raise WorldError("the server under test has no active device with configurations and policies")


def _with_app_settings(read: Read) -> list[str]:
    uuids = (row["uuid"] for row in _devices(read)[:_LOOKED_INTO])
    return list(islice((uuid for uuid in uuids if read(f"/api/v1/appsettings/devices/{uuid}")), 1))


def _activesync(read: Read, *groups: str) -> list[str]:
    answer = read("/api/v1/eas/devices")
    return [
        uuid for group in groups for uuid in values_at(answer, f"{group}Devices/{group}Device/uuid")
    ]


def _users(read: Read, source: int) -> list[Row]:
    """Users of devices who are of that source, with a name that stands in an address as it is,
    three at most."""
    names = dict.fromkeys(
        row["principal"] for row in _devices(read) if _PLAIN.fullmatch(row["principal"])
    )
    found = (
        values_at(read(f"/api/v1/sm/users/{name}"), "user") for name in islice(names, _LOOKED_INTO)
    )
    return list(
        islice((user for users in found for user in users if user["userSource"] == source), 3)
    )


def _cut(read: Read, key: str) -> list[str]:
    """That of a local user without its last character, where this is not somebody else's."""
    known = {
        str(row[name]).lower()
        for row in _devices(read)
        for name in ("principal", "emailAddress")
        if row.get(name)
    }
    cut = [str(user[key])[:-1] for user in _users(read, _LOCAL) if user.get(key)]
    return [one for one in cut if one.lower() not in known]


def _crowded(read: Read) -> list[str]:
    """What more users of the directory begin with than a server lists, be it that it says so or
    that it lists them all the same: the testusers of the document's example, or the first letters
    of one who has a device."""
    letters = (user["principal"][:_SHORTEST_SEARCH] for user in _users(read, _DIRECTORY))
    return list(islice((one for one in ("testuser", *letters) if _too_many(read, one)), 1))


def _too_many(read: Read, beginning: str) -> bool:
    try:
        found = read(f"/api/v1/sm/users/search/ldap/{quote(beginning, safe='')}")
    except ValueError:
        return True
    return len(values_at(found, "users/user")) > _SEARCH_LIMIT


_FINDERS: dict[str, Callable[[Read], list[Any]]] = {
    "a device": lambda read: [row["uuid"] for row in _devices(read)],
    "a phone number": lambda read: [phone for row in _devices(read) if (phone := _phone(row))],
    "a phone number without its country code": lambda read: [
        _national(row) for row in _devices(read) if _phone(row)
    ],
    "the device with the phone number": lambda read: [
        row["uuid"] for row in _devices(read) if _phone(row)
    ],
    "a user": lambda read: [row["principal"] for row in _devices(read)],
    "a Wi-Fi MAC address": lambda read: [mac for _uuid, mac in _with_mac(read)],
    "the device with the Wi-Fi MAC address": lambda read: [uuid for uuid, _mac in _with_mac(read)],
    "an active device's Wi-Fi MAC address": lambda read: [
        mac for _uuid, mac in _active_with_mac(read)
    ],
    "the active device with the Wi-Fi MAC address": lambda read: [
        uuid for uuid, _mac in _active_with_mac(read)
    ],
    "an Android device's Wi-Fi MAC address": lambda read: [
        mac for _uuid, mac in _android_with_mac(read)
    ],
    "the Android device with the Wi-Fi MAC address": lambda read: [
        uuid for uuid, _mac in _android_with_mac(read)
    ],
    "an Android device": lambda read: [row["uuid"] for row in _of_platform(read, "Android")],
    "a managed iOS device": lambda read: [
        row["uuid"] for row in _of_platform(read, "iOS") if row["mdmManaged"]
    ],
    "a device that is neither Android nor iOS": _neither_android_nor_ios,
    "an iOS device that tells its roaming": _roaming,
    "a wiped device": lambda read: _in_status(read, "WIPED"),
    "a retired device": lambda read: _in_status(read, "RETIRED"),
    "a hand-assigned label": lambda read: _labels(read, static=True),
    "the id of a hand-assigned label": lambda read: _labels(read, static=True, key="id"),
    "a filtered label": lambda read: _labels(read, static=False),
    "a labelled device": lambda read: [uuid for uuid, _names in _labelled(read)],
    "a label of the labelled device": _labels_of_labelled,
    "a label that the labelled device lacks": _lacked_by_labelled,
    "a policy that the labelled device lacks": _unreached,
    "an alert": lambda read: [alert_id(row) for row in _alerts(read)],
    "a read alert": lambda read: [alert_id(row) for row in _alerts(read, unread=False)],
    "an unread alert": lambda read: [alert_id(row) for row in _alerts(read, unread=True)],
    "a user with alerts": lambda read: [row["principal"] for row in _alerted(read)],
    "a user with unread alerts": lambda read: [
        row["principal"] for row in _alerted(read, unread=True)
    ],
    "a phone number with alerts": lambda read: [_phone(row) for row in _alerted(read)],
    "a phone number with alerts, without its country code": lambda read: [
        _national(row) for row in _alerted(read)
    ],
    "a phone number with read alerts": lambda read: [
        _phone(row) for row in _alerted(read, unread=False)
    ],
    "the device with alerts": lambda read: [row["uuid"] for row in _alerted(read)],
    "a device with profiles": lambda read: [_with_profiles(read)["uuid"]],
    "a configuration of the device with profiles": lambda read: _with_profiles(read)["APP"],
    "a policy of the device with profiles": lambda read: _with_profiles(read)["POLICY"],
    "a device with application settings": _with_app_settings,
    "an ActiveSync device": lambda read: _activesync(
        read, "registeredAllowed", "registeredBlocked", "unregisteredAllowed"
    ),
    "an allowed ActiveSync device": lambda read: _activesync(read, "registeredAllowed"),
    "a blocked ActiveSync device": lambda read: _activesync(read, "registeredBlocked"),
    "a local user": lambda read: [user["principal"] for user in _users(read, _LOCAL)],
    "the e-mail address of the local user": lambda read: [
        user["email"] for user in _users(read, _LOCAL)
    ],
    "the local user's name without its last character": lambda read: _cut(read, "principal"),
    "the local user's e-mail address without its last character": lambda read: _cut(read, "email"),
    "what too many users of the directory begin with": _crowded,
    "a user of the directory": lambda read: [
        user["principal"] for user in _users(read, _DIRECTORY)
    ],
}
_FINDERS |= NEURONS
_ANOTHER = {
    f"another {kind.split(' ', 1)[1]}": kind for kind in _FINDERS if kind.startswith(("a ", "an "))
}
KINDS = frozenset({*_FINDERS, *_ANOTHER})


def stand_ins(stands_for: Mapping[str, str], read: Read) -> dict[str, str]:
    """For each value of a document the server's own. ``read`` answers the JSON of a GET, None for a
    404.

    The first of its kind stands for "a ...", the second, which is not the same, for "another ...".
    Raises WorldError.
    """
    once = functools.cache(read)
    return {value: _find(kind, once) for value, kind in stands_for.items()}


def _find(kind: str, read: Read) -> str:
    place, finder = (1, _ANOTHER[kind]) if kind in _ANOTHER else (0, kind)
    found = list(dict.fromkeys(_FINDERS[finder](read)))
    if len(found) <= place:
        raise WorldError(f"the server under test has not enough for {kind!r}: {found}")
    return str(found[place])


def in_text(text: str, found: Mapping[str, str], *, encode: bool = False) -> str:
    """``text`` with the server's values in place of the document's; ``encode`` for a part of an
    address."""
    if not found:
        return text
    longest_first = sorted(found, key=len, reverse=True)
    pattern = "|".join(re.escape(value) for value in longest_first)
    return re.sub(
        pattern, lambda hit: quote(found[hit[0]], safe="") if encode else found[hit[0]], text
    )


def in_tree(value: Any, found: Mapping[str, str]) -> Any:
    """The same for every text and key of a JSON value, and for its numbers where one is a whole
    value of the document's."""
    if isinstance(value, str):
        return in_text(value, found)
    if isinstance(value, int) and str(value) in found:
        return int(found[str(value)])
    if isinstance(value, list):
        return [in_tree(one, found) for one in value]
    if isinstance(value, dict):
        return {in_text(key, found): in_tree(one, found) for key, one in value.items()}
    return value


def pairs(
    query: tuple[tuple[str, str], ...], found: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """A query's pairs with the server's values."""
    for name, value in query:
        yield name, in_text(value, found)
