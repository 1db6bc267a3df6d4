# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Alerts, which of them an author means, and the planner that marks them as read or unread. Pure.

Words are those of the API: "API Reference Document for MobileIron WebService" (Core 10.8), section
"Alerts".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._core.device import DeviceRef
from ..._core.errors import OptionError
from ..._core.plan import Change, Plan
from ..._core.selection import parse_phone, parse_seconds

# fmt: off
TYPES = (
    "INTERNATIONAL_ROAMING_ALERT", "THRESHOLD_REACHED_ALERT", "SIM_CHANGED_ALERT", "MEMORY_SIZE_EXCEEDED_ALERT",
    "SYSTEM_ALERT", "POLICY_VIOLATIONS_ALERT",
)
# fmt: on
SEVERITIES = ("INFORMATION", "WARNING", "CRITICAL")
STATUSES = (
    "CREATED",
    "PROCESSED",
    "DISPATCH_PENDING",
    "DISPATCHING",
    "DISPATCHED",
    "DISPATCH_FAILED",
)

# So many are named in a sentence.
TOLD = 10

# "Update Alert": free text of at most so many characters.
COMMENT_LENGTH = 255


@dataclass(frozen=True)
class Alert:
    """An alert. ``read`` is None where the server does not say it, ``raised`` is seconds since
    1970, or None; ``details`` is what ``alert_info`` shows."""

    id: str
    read: bool | None
    type: str = ""
    severity: str = ""
    status: str = ""
    user: str = ""
    device: str = ""
    raised: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What messages and diffs call it."""
        return f"alert {self.id} ({self.type})" if self.type else f"alert {self.id}"

    @property
    def identity(self) -> Mapping[str, str]:
        """How a result names it."""
        return {"id": self.id}


@dataclass(frozen=True)
class AlertFilter:
    """Which alerts are meant: each part narrows, and of the values of a part one is enough. Empty
    parts say nothing.

    ``devices`` are uuids in lower case, ages are seconds, and ``read`` is None for both.
    """

    ids: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    older_than: int | None = None
    newer_than: int | None = None
    read: bool | None = None

    @property
    def narrows(self) -> bool:
        """Whether it leaves any alert out."""
        return self != AlertFilter()

    def fits(self, alert: Alert, now: float) -> bool:
        """Whether an alert is meant; phone numbers, which alerts do not show, are the reader's
        affair. One of which the server does not say whether it is read may be meant, whatever
        ``read`` is."""
        # fmt: off
        checks = (
            (self.ids, alert.id), (self.devices, alert.device), (self.types, alert.type),
            (self.severities, alert.severity), (self.statuses, alert.status),
            (tuple(user.casefold() for user in self.users), alert.user.casefold()),
        )
        # fmt: on
        if any(wanted and value not in wanted for wanted, value in checks):
            return False
        if self.read is not None and alert.read == (not self.read):
            return False
        if self.older_than is None and self.newer_than is None:
            return True
        if alert.raised is None:
            return False
        age = now - alert.raised
        return (self.older_than is None or age > self.older_than) and (
            self.newer_than is None or age <= self.newer_than
        )


@dataclass(frozen=True)
class AlertsWrite:
    """What is to be sent for an alert; writes that are equal share a call."""

    read: bool
    comment: str


def parse_filter(options: Mapping[str, Any], devices: Iterable[str] = ()) -> AlertFilter:
    """Read the options that choose alerts. ``devices``: uuids of the devices that were named.

    Raises OptionError for an empty list, an id that is no number, a phone number that is none, or a
    wrong time span.
    """
    for name in ("ids", "users", "phone_numbers", "devices", "types", "severities", "statuses"):
        if options.get(name) is not None and not options[name]:
            raise OptionError(
                f"{name}: is empty, which would choose no alert; remove it or fill it."
            )
    return AlertFilter(
        ids=tuple(
            dict.fromkeys(
                _id(raw, f"ids[{number}]") for number, raw in enumerate(options.get("ids") or ())
            )
        ),
        users=tuple(_user(raw) for raw in options.get("users") or ()),
        phones=tuple(
            parse_phone(raw, "phone_numbers") for raw in options.get("phone_numbers") or ()
        ),
        devices=tuple(uuid.lower() for uuid in devices),
        types=tuple(options.get("types") or ()),
        severities=tuple(options.get("severities") or ()),
        statuses=tuple(options.get("statuses") or ()),
        older_than=_span(options, "older_than"),
        newer_than=_span(options, "newer_than"),
        read=options.get("read"),
    )


def parse_comment(raw: object) -> str:
    """The comment of an update, which the API requires. Raises OptionError when it is empty or too
    long."""
    text = "" if raw is None else str(raw).strip()
    if not text:
        raise OptionError(
            "comment: is empty, and the API takes no update without one; say why the alerts are "
            "marked."
        )
    if len(text) > COMMENT_LENGTH:
        raise OptionError(
            f"comment: has {len(text)} characters, and the API takes {COMMENT_LENGTH} at most; "
            "shorten it."
        )
    return text


def plan_alerts(alerts: Iterable[Alert], *, read: bool, comment: str) -> Plan:
    """Mark alerts as read or unread. An alert that is so already is left alone, and gets no
    comment.

    Refuses an alert of which the server does not say whether it is read: no run could tell whether
    there is something to do.
    """
    changes = []
    unchanged = []
    unclear = []
    for alert in alerts:
        if alert.read is None:
            unclear.append(alert.title)
        elif alert.read == read:
            unchanged.append(alert)
        else:
            states = {True: {"state": "read"}, False: {"state": "unread"}}
            changes.append(
                Change(alert, states[alert.read], states[read], AlertsWrite(read, comment))
            )
    listed = ", ".join(unclear[:TOLD]) + (", …" if len(unclear) > TOLD else "")
    said = (
        "Refused: the server does not say whether these alerts are read, choose others: "
        f"{listed}; nothing was written."
    )
    return Plan(tuple(changes), tuple(unchanged), refusals=(said,) if unclear else ())


def missing_ids(wanted: AlertFilter, found: Sequence[Alert]) -> tuple[DeviceRef, ...]:
    """The ids that were named and are no alert's."""
    known = {alert.id for alert in found}
    return tuple(DeviceRef("id", one) for one in wanted.ids if one not in known)


def _id(raw: object, where: str) -> str:
    text = str(raw).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise OptionError(f"{where}: {raw!r} is not the id of an alert, which is a whole number.")
    return str(int(text))


def _user(raw: object) -> str:
    text = str(raw).strip()
    if not text or not text.isprintable():
        raise OptionError(f"users: {raw!r} is not the name of a user.")
    return text


def _span(options: Mapping[str, Any], name: str) -> int | None:
    return None if options.get(name) is None else parse_seconds(options[name], name)
