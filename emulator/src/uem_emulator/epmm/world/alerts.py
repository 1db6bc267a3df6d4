# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alerts which devices have raised.

Source: "MobileIron Core V1 Web Service", section "Alerts": fields, types, severities, transports,
states. `isActive` true means unread; `isAlertRead` is not used and always true. Comments have no
field in an alert: they are kept and can be read over the control calls only.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from uem_emulator.epmm.world.model import Device, User
from uem_emulator.epmm.world.world import World

DEFINITIONS = (
    "INTERNATIONAL_ROAMING_ALERT",
    "THRESHOLD_REACHED_ALERT",
    "SIM_CHANGED_ALERT",
    "MEMORY_SIZE_EXCEEDED_ALERT",
    "SYSTEM_ALERT",
    "POLICY_VIOLATIONS_ALERT",
)
SEVERITIES = ("INFORMATION", "WARNING", "CRITICAL")
TRANSPORTS = ("EMAIL", "SMS", "APNS")
STATES = (
    "CREATED",
    "PROCESSED",
    "DISPATCH_PENDING",
    "DISPATCHING",
    "DISPATCHED",
    "DISPATCH_FAILED",
)
MINUTE = 60_000
DAY = 24 * 60 * MINUTE
#: How many alerts a new world has for each device.
SHARE = 0.3

_TEXTS = {
    "INTERNATIONAL_ROAMING_ALERT": "{0}::International roaming: Phone #: {1} ({2}) is in {3}",
    "THRESHOLD_REACHED_ALERT": "{0}::Data usage of Phone #: {1} ({2}) is above {4} MB",
    "SIM_CHANGED_ALERT": "{0}::SIM changed for Phone #: {1} ({2}), device {5}",
    "MEMORY_SIZE_EXCEEDED_ALERT": "{0}::Memory size exceeded 1% for Phone #: {1} ({2}), Total Memory Size: {4}.86MB, "
    "Free Memory Size: 133.59MB",
    "SYSTEM_ALERT": '{0}::System event: the client on {5} was <not> reachable & is asked "again"\nPhone #: {1}',
    "POLICY_VIOLATIONS_ALERT": "{0}::Policy violation: {5} ({2}) breaks 'Baseline'; {{{{ see the portal }}}}",
}
_COUNTRIES = ("Österreich", "Côte d'Ivoire", "United States", "日本")
_SUBSCRIPTIONS = ("m1", "Field service, 24/7", "Roaming <EU>", "compliance watch")


@dataclass
class Alert:
    """Times are epoch milliseconds. `phone` is that of the device when the alert was raised. The
    user is who gets the alert: often the user of the device, or an administrator."""

    id: int
    device_uuid: str
    user_uuid: str
    user_name: str
    phone: str
    label_id: int
    subscription: str
    date: int
    text: str
    unread: bool
    retries: int
    updated_by: str
    updated: int
    definition: str
    severity: str
    transport: str
    status: str
    comment: str | None = None


@dataclass(frozen=True)
class Source:
    """What an alert repeats of the device which raised it."""

    device_uuid: str
    name: str
    phone: str
    user_uuid: str
    user_name: str
    ios: bool
    label_id: int


def source_of(world: World, device: Device) -> Source:
    """Return what alerts say of a device; the label is the one of its platform, or the first of
    all."""
    labels = world.labels.values()
    label_id = next(
        (label.id for label in labels if label.name == device.platform),
        next((label.id for label in labels), 0),
    )
    return Source(
        device.uuid,
        device.name,
        device.phone,
        device.user.uuid,
        device.user.principal,
        device.platform == "iOS",
        label_id,
    )


class Alerts:
    """The alerts of a world by id; ids of vanished ones are not given again."""

    def __init__(
        self, sources: Iterable[Source], seed: int, now: int, administrator: User | None = None
    ) -> None:
        self._now = now
        self._administrator = administrator
        self._rng = random.Random(f"alerts {seed}")
        self.by_id: dict[int, Alert] = {}
        self._last_id = 2
        self._count = 0
        for source in sources:
            if self._rng.random() < SHARE:
                self._raise(source)

    def _raise(self, source: Source) -> None:
        rng = self._rng
        definition = DEFINITIONS[self._count % len(DEFINITIONS)]
        severity = rng.choice(SEVERITIES)
        date = self._now - rng.randrange(10 * MINUTE, 60 * DAY)
        text = _TEXTS[definition].format(
            severity,
            source.phone,
            source.user_name,
            rng.choice(_COUNTRIES),
            rng.randrange(100, 2000),
            source.name,
        )
        unread = self._count % 2 == 0
        user_uuid, user_name = source.user_uuid, source.user_name
        if self._count % 5 == 4 and self._administrator is not None:
            user_uuid, user_name = self._administrator.uuid, self._administrator.principal
        self._count += 1
        updated = date + 2 * MINUTE if unread else rng.randrange(date, self._now)
        self.add(
            Alert(
                0,
                source.device_uuid,
                user_uuid,
                user_name,
                source.phone,
                source.label_id,
                rng.choice(_SUBSCRIPTIONS),
                date,
                text,
                unread,
                rng.randrange(4),
                "alertprocessor" if unread else "miadmin",
                updated,
                definition,
                severity,
                "APNS" if source.ios and rng.random() < 0.4 else rng.choice(TRANSPORTS[:2]),
                rng.choices(STATES, (1, 1, 1, 1, 8, 1))[0],
            )
        )

    def add(self, alert: Alert) -> Alert:
        """Give it an id of its own."""
        self._last_id += self._rng.randrange(1, 4)
        alert.id = self._last_id
        self.by_id[alert.id] = alert
        return alert

    def create(self, source: Source, given: Mapping[str, Any]) -> Alert:
        """Add an alert of a device with some fields as they are given, and return it. Raises
        ValueError."""
        known = {item.name for item in fields(Alert)} - {"id"}
        if set(given) - known:
            raise ValueError(
                f"an alert has no {', '.join(sorted(set(given) - known))}; it has "
                f"{', '.join(sorted(known))}"
            )
        # fmt: off
        plain: dict[str, Any] = {
            "device_uuid": source.device_uuid, "user_uuid": source.user_uuid, "user_name": source.user_name,
            "phone": source.phone, "label_id": source.label_id, "subscription": "m1", "date": self._now - 5 * MINUTE,
            "text": "WARNING::made by hand", "unread": True, "retries": 0, "updated_by": "alertprocessor",
            "updated": self._now - 3 * MINUTE, "definition": "SYSTEM_ALERT", "severity": "WARNING",
            "transport": "EMAIL", "status": "DISPATCHED"}
        # fmt: on
        for name, choices in (
            ("definition", DEFINITIONS),
            ("severity", SEVERITIES),
            ("transport", TRANSPORTS),
            ("status", STATES),
        ):
            if given.get(name, choices[0]) not in choices:
                raise ValueError(f"{name} is one of {', '.join(choices)}")
        return self.add(Alert(0, **{**plain, **given}))

    def update(self, alert: Alert, *, read: bool, comment: str, by: str) -> None:
        """Change an alert as an administrator does.

        Args:
            alert: The alert.
            read: Whether it has been read.
            comment: The comment.
            by: The name of the administrator.
        """
        alert.unread = not read
        alert.comment = comment
        alert.updated_by = by
        alert.updated = self._now

    def truth(self) -> list[dict[str, Any]]:
        """Everything about each alert: for the control calls."""
        return [asdict(alert) for alert in self.by_id.values()]
