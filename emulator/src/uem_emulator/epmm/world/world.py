# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server while it runs: devices, users, spaces and labels as they are, and the index which
lists are served from."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from uem_emulator.blueprint import Blueprint, building, guid
from uem_emulator.epmm.world import query
from uem_emulator.epmm.world.builder import build, plain_device
from uem_emulator.epmm.world.fields import Field, with_extras
from uem_emulator.epmm.world.model import (
    GLOBAL_SPACE,
    ORDINARY_ROLES,
    STATUS_CODES,
    Device,
    Label,
    Location,
    Space,
    User,
)
from uem_emulator.lag import Lag
from uem_emulator.switches import Switches

Predicate = Callable[[Device], bool]

_UNSETTABLE = frozenset(("id", "user", "labels", "cache", "actions"))
_SETTABLE = {item.name for item in dataclasses.fields(Device)} - _UNSETTABLE
_NUMBERS = frozenset(
    (
        "space_id",
        "created",
        "registered",
        "connected",
        "client_connected",
        "compliance",
        "quarantined",
        "blocked",
    )
)
_MATCHES = 128
#: Of a label's query; a client which makes filtered labels cuts them there.
LONGEST_QUERY = 2000


def _any(device: Device) -> bool:
    return True


def _not_retired(device: Device) -> bool:
    return device.status != "RETIRED"


def _location(given: Any) -> Location:
    """Raises ValueError."""
    if isinstance(given, Location):
        return given
    try:
        return Location(**given)
    except TypeError:
        raise ValueError(
            "a location has a source, and may have latitude, longitude, radius and captured"
        ) from None


class Index:
    """What lists see: devices by id, and the ids which a question found, remembered until anything
    changes."""

    def __init__(self, devices: Iterable[Device]) -> None:
        self.docs: dict[int, Device] = {device.id: device for device in devices}
        self._matches: dict[Any, list[int]] = {}

    NOT_SAVED = ("_matches",)

    def restored(self) -> None:
        """Nothing was asked yet."""
        self._matches = {}

    def put(self, device: Device) -> None:
        """Take over a device as it is now."""
        self.docs[device.id] = device
        self.forget()

    def drop(self, device_id: int) -> None:
        """Remove a device."""
        self.docs.pop(device_id, None)
        self.forget()

    def forget(self) -> None:
        """Forget what was found: something has changed."""
        self._matches.clear()

    def ids(self, key: Any, predicate: Predicate) -> list[int]:
        """Return the ids, rising, of the devices which fulfil a predicate; `key` stands for it."""
        found = self._matches.get(key)
        if found is None:
            if len(self._matches) >= _MATCHES:
                self.forget()
            found = self._matches[key] = sorted(
                i for i, device in self.docs.items() if predicate(device)
            )
        return found

    def order(self, key: Any, make: Callable[[], list[int]]) -> list[int]:
        """Return an order of ids, made once; `key` stands for it."""
        found = self._matches.get(key)
        if found is None:
            found = self._matches[key] = make()
        return found


class World:
    """`lag` stands between a write and the index. `watchers` are called with a device's id after it
    has changed, has come or has gone."""

    def __init__(self, blueprint: Blueprint, switches: Switches) -> None:
        with building():
            self._build(blueprint, switches)

    def _build(self, blueprint: Blueprint, switches: Switches) -> None:
        built = build(blueprint)
        self.blueprint = blueprint
        self.now = blueprint.now
        self.switches = switches
        self.spaces: dict[int, Space] = {space.id: space for space in built.spaces}
        self.users: dict[str, User] = {user.uuid: user for user in built.users}
        self.labels: dict[int, Label] = {label.id: label for label in built.labels}
        self.devices: dict[int, Device] = {device.id: device for device in built.devices}
        self.by_uuid: dict[str, Device] = {device.uuid: device for device in built.devices}
        self.index = Index(built.devices)
        self.lag = Lag(switches, self._reach)
        self.watchers: list[Callable[[int], None]] = []
        self.rng = random.Random(blueprint.seed + 1)
        self._last_label = max(0, *self.labels)
        #: Another number after every change of devices, labels and members.
        self.revision = 0
        self._under: dict[int, frozenset[int]] = {}
        self.fields: dict[str, Field] = {}
        self._memberships: dict[int, Predicate] = {}
        self.switches_changed()

    NOT_SAVED = ("fields", "_memberships")

    def restored(self) -> None:
        """Make what follows from spaces, labels and switches."""
        self._memberships = {}
        self._make_fields()

    def switches_changed(self) -> None:
        """What depends on switches is made again."""
        self._make_fields()
        self._memberships.clear()
        self.index.forget()
        self.revision += 1

    def _make_fields(self) -> None:
        self.fields = with_extras(
            {space.id: space.name for space in self.spaces.values()},
            blocked=self.switches.is_on("v2_blocked_field"),
            numbers=self.switches["noncompliance_names"] == "numbers",
        )

    # --- looking up -----------------------------------------------------------------------------------------------------

    def find(self, key: str) -> Device | None:
        """A device by its uuid (in any case) or, for control calls, its number."""
        found = self.by_uuid.get(key.lower())
        if found is None and key.isascii() and key.isdigit():
            found = self.devices.get(int(key))
        return found

    def user(self, text: str) -> User | None:
        """A user by principal, uuid or e-mail address, without case."""
        if text in self.users:
            return self.users[text]
        wanted = text.lower()
        return next(
            (
                user
                for user in self.users.values()
                if wanted in (user.principal.lower(), (user.email or "").lower()) and wanted
            ),
            None,
        )

    def add_user(self, *, principal: Any = None, **given: Any) -> User:
        """Add a user with fields as in `User`, a local one unless they say otherwise, and return
        it. Raises ValueError."""
        unknown = set(given) - {"first", "last", "email", "local", "enabled", "roles"}
        if unknown:
            raise ValueError(f"a user has no {', '.join(sorted(unknown))}")
        if not isinstance(principal, str) or principal.lower() in (
            "",
            *(one.principal.lower() for one in self.users.values()),
        ):
            raise ValueError("principal is a text which no other user has")
        plain = {"first": principal, "last": "", "email": None, "local": True}
        user = User(
            max((one.id for one in self.users.values()), default=9000) + 3,
            guid(self.rng),
            principal,
            **{**plain, **given, "roles": tuple(given.get("roles", ORDINARY_ROLES))},
        )
        self.users[user.uuid] = user
        return user

    def label(self, name: str) -> Label | None:
        """A label by its exact name."""
        return next((label for label in self.labels.values() if label.name == name), None)

    def space_and_below(self, space_id: int) -> frozenset[int]:
        """The ids of a space and of those below it."""
        if space_id not in self._under:
            found, size = {space_id}, 0
            while size != len(found):
                size = len(found)
                found |= {space.id for space in self.spaces.values() if space.parent in found}
            self._under[space_id] = frozenset(found)
        return self._under[space_id]

    def visible_labels(self, space_id: int) -> list[Label]:
        """The labels of a space, of those below it, and of the global one."""
        seen = self.space_and_below(space_id) | {GLOBAL_SPACE}
        return [label for label in self.labels.values() if label.space_id in seen]

    # --- labels ---------------------------------------------------------------------------------------------------------

    def membership(self, label: Label) -> Predicate:
        """Says of a device whether it has the label. A filtered label of a space finds devices of
        that space only."""
        if label.id not in self._memberships:
            self._memberships[label.id] = self._membership(label)
        return self._memberships[label.id]

    def _membership(self, label: Label) -> Predicate:
        number, spaces = label.id, self.space_and_below(label.space_id)
        if label.query is None:
            return lambda device: number in device.labels
        with_retired = self.switches["retired_in_labels"] == "yes"
        test = self.filter(label.query) if label.query else _any if with_retired else _not_retired
        return (
            test
            if label.space_id == GLOBAL_SPACE
            else lambda device: device.space_id in spaces and test(device)
        )

    def reaches(self, label: Label, device: Device) -> bool:
        """Return whether a device is in the space of a label, or below it."""
        return label.space_id == GLOBAL_SPACE or device.space_id in self.space_and_below(
            label.space_id
        )

    def filter(self, text: str) -> Predicate:
        """A query as a predicate. Raises query.QueryError."""
        return query.compile_query(
            query.parse(text),
            query.Dialect(
                self.fields,
                self.switches["query_case"] == "ignored",
                self.switches["missing_is_not_equal"] == "yes",
            ),
        )

    def labels_of(self, device: Device) -> list[Label]:
        """The labels which a device has: the truth, however late the index is."""
        return [label for label in self.labels.values() if self.membership(label)(device)]

    def members(self, label: Label) -> list[Device]:
        """The devices of a label: the truth."""
        test = self.membership(label)
        return [device for device in self.devices.values() if test(device)]

    def listed(self, label: Label, space_id: int = GLOBAL_SPACE) -> list[int]:
        """Return the ids of a label's devices as lists show them, which may be late. Call
        `lag.before_read()` before it.

        Args:
            label: The label.
            space_id: The device space that is looked at; those below it count, too.
        """
        test, spaces = self.membership(label), self.space_and_below(space_id)
        if space_id == GLOBAL_SPACE:
            return self.index.ids(("label", label.id), test)
        return self.index.ids(
            ("label", label.id, space_id), lambda device: device.space_id in spaces and test(device)
        )

    def add_label(
        self,
        name: str,
        description: str = "",
        query_text: str | None = None,
        space_id: int = GLOBAL_SPACE,
    ) -> Label:
        """Add a label and return it.

        Args:
            name: The name, which no other label has.
            description: The description.
            query_text: The query of a filtered label; None makes it static.
            space_id: The device space that it belongs to.

        Raises:
            ValueError: Something of it is not possible.
        """
        if not name or self.label(name) is not None:
            raise ValueError(f"a label called {name!r} is there, or the name is empty")
        if space_id not in self.spaces:
            raise ValueError(f"no space has the id {space_id}")
        if query_text is not None and (
            not isinstance(query_text, str) or len(query_text) > LONGEST_QUERY
        ):
            raise ValueError(f"a query is a text of at most {LONGEST_QUERY} characters")
        if query_text:
            self.filter(query_text)
        self._last_label += 1
        label = Label(self._last_label, name, description, query_text, space_id)
        self.labels[label.id] = label
        self.revision += 1
        return label

    def remove_label(self, label: Label) -> None:
        """Its devices lose it."""
        del self.labels[label.id]
        self._memberships.pop(label.id, None)
        for device in list(self.devices.values()):
            if label.id in device.labels:
                self._set(device, labels=device.labels - {label.id})
        self.index.forget()
        self.revision += 1

    def assign(self, device: Device, label: Label) -> bool:
        """Put a static label on a device; False when it was there. Raises ValueError for a filtered
        one."""
        if not label.static:
            raise ValueError(f"{label.name} is filtered")
        if label.id in device.labels:
            return False
        self._set(device, labels=device.labels | {label.id})
        return True

    def unassign(self, device: Device, label: Label) -> bool:
        """Take a static label off a device; False when it was not there. Raises ValueError for a
        filtered one."""
        if not label.static:
            raise ValueError(f"{label.name} is filtered")
        if label.id not in device.labels:
            return False
        self._set(device, labels=device.labels - {label.id})
        return True

    # --- devices --------------------------------------------------------------------------------------------------------

    def set_fields(self, device: Device, fields: Mapping[str, Any]) -> None:
        """Set attributes of a device; all or none.

        Args:
            device: The device.
            fields: Values by name; also `user`, a principal, and `labels`, the names of all static
                labels which it is to have.

        Raises:
            ValueError: A field or value is unknown.
        """
        self._set(device, **self._checked(fields))

    def add(self, fields: Mapping[str, Any]) -> Device:
        """A new device; what is not given is as plain as can be. Raises ValueError.

        A serial number that is there already is that of the same phone, with the same MAC address.
        """
        given = self._checked({name: value for name, value in fields.items() if name != "id"})
        if serial := given.get("serial"):
            twin = next((one for one in self.devices.values() if one.serial == serial), None)
            given = given if twin is None else {"mac": twin.mac, **given}
        device_id = fields.get("id", max(self.devices, default=0) + 1)
        if not isinstance(device_id, int) or device_id in self.devices:
            raise ValueError(f"id {device_id} is taken, or no number")
        owner = given.pop("user", None) or next(iter(self.users.values()))
        device = plain_device(device_id, owner, given.pop("platform", "iOS"), self.now, self.rng)
        self.devices[device_id] = device
        self.by_uuid[device.uuid] = device
        self._set(device, **given)
        return device

    def remove(self, device_id: int) -> None:
        """Remove a device."""
        device = self.devices.pop(device_id)
        self.by_uuid.pop(device.uuid, None)
        self._notify(device_id)

    def _checked(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields as a device holds them. Raises ValueError."""
        self._check(fields)
        found = dict(fields)
        if "uuid" in found:
            found["uuid"] = str(found["uuid"]).lower()
        if found.get("location") is not None:
            found["location"] = _location(found["location"])
        if "user" in found:
            found["user"] = self._known_user(found["user"])
        if "labels" in found:
            found["labels"] = frozenset(self._static_label(name) for name in found["labels"])
        return found

    def _check(self, fields: Mapping[str, Any]) -> None:
        unknown = [
            name for name in fields if name not in _SETTABLE and name not in ("user", "labels")
        ]
        if unknown:
            raise ValueError(f"not fields of a device which can be set: {', '.join(unknown)}")
        for name in _NUMBERS & fields.keys():
            value = fields[name]
            if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
                raise ValueError(f"{name} is a whole number")
        if fields.get("status", "ACTIVE") not in STATUS_CODES:
            raise ValueError(f"status is one of {', '.join(STATUS_CODES)}")
        if fields.get("space_id", GLOBAL_SPACE) not in self.spaces:
            raise ValueError(f"no space has the id {fields['space_id']}")

    def _known_user(self, text: str) -> User:
        user = self.user(str(text))
        if user is None:
            raise ValueError(f"no user {text}")
        return user

    def _static_label(self, name: str) -> int:
        label = self.label(name)
        if label is None or not label.static:
            raise ValueError(f"no static label is called {name!r}")
        return label.id

    def _set(self, device: Device, **fields: Any) -> None:
        if not self.lag.at_once and self.index.docs.get(device.id) is device:
            self.index.docs[device.id] = device.copy()
            self.index.forget()
        self.by_uuid.pop(device.uuid, None)
        for name, value in fields.items():
            setattr(device, name, value)
        device.cache.clear()
        self.by_uuid[device.uuid] = device
        self._notify(device.id)

    def _notify(self, device_id: int) -> None:
        self.revision += 1
        self.lag.wrote(device_id)
        for watcher in self.watchers:
            watcher(device_id)

    def _reach(self, device_id: int) -> None:
        device = self.devices.get(device_id)
        if device is None:
            self.index.drop(device_id)
        else:
            self.index.put(device)
