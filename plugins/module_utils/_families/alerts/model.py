# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Alerts, the choice of them, and the planner that marks them as read or unread. Pure.

Words are those of the API: "API Reference Document for MobileIron WebService" (Core 10.8), section
"Alerts".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._core.device import DeviceRef
from ..._core.errors import OptionError
from ..._core.harm import harm_of
from ..._core.names import mailed, mailed_sentence, plain, require_clean
from ..._core.plan import Change, Plan
from ..._core.selection import parse_phone, parse_seconds, require_overlap

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

# The fields of a row that have one of these words.
WORDS = {"type": TYPES, "severity": SEVERITIES, "status": STATUSES}

# At most this many are named in a sentence.
MOST_NAMED = 10

# "Update Alert": the most characters of the free text.
COMMENT_LENGTH = 255


@dataclass(frozen=True)
class Alert:
    """An alert.

    Attributes:
        id: Its id.
        read: Whether it is read, or None if the server does not say it.
        type: One of TYPES.
        severity: One of SEVERITIES.
        status: One of STATUSES.
        user: The name of the user who receives it.
        device: The uuid of its device, in lower case.
        raised: When it was raised, in seconds since 1970, or None.
        details: What ``alert_info`` shows.
    """

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
        """The words for it in messages and diffs."""
        return f"alert {self.id} ({self.type})" if self.type else f"alert {self.id}"

    @property
    def identity(self) -> Mapping[str, str]:
        """The fields that identify it in a result."""
        return {"id": self.id}


@dataclass(frozen=True)
class AlertFilter:
    """Which alerts are selected. An alert must meet every part that is given.

    Of a part with several values an alert must have one. ``devices`` are uuids in lower case, ages
    are seconds, and ``read`` is None for both.
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
        """Whether it leaves out any alert."""
        return self != AlertFilter()

    def fits(self, alert: Alert, now: float) -> bool:
        """Return whether an alert is selected.

        Users and phone numbers are not checked. The server selects the alerts on the devices of a
        user, whoever receives them ("Get all Alerts for User": jdoe is named, and the example shows
        an alert for miadmin). Alerts do not show numbers. If the server does not say whether an
        alert is read, it fits any ``read``.

        Args:
            alert: The alert.
            now: Seconds since 1970.
        """
        # fmt: off
        checks = (
            (self.ids, alert.id), (self.devices, alert.device), (self.types, alert.type),
            (self.severities, alert.severity), (self.statuses, alert.status),
        )
        # fmt: on
        if any(wanted and value not in wanted for wanted, value in checks):
            return False
        if self.read is not None and alert.read == (not self.read):
            return False
        return self._fits_age(alert.raised, now)

    def _fits_age(self, raised: float | None, now: float) -> bool:
        if self.older_than is None and self.newer_than is None:
            return True
        if raised is None:
            return False
        age = now - raised
        return (self.older_than is None or age > self.older_than) and (
            self.newer_than is None or age <= self.newer_than
        )


@dataclass(frozen=True)
class AlertsWrite:
    """What is to be sent for an alert. Changes with equal writes share a call."""

    read: bool
    comment: str


def parse_filter(options: Mapping[str, Any], devices: Iterable[str] = ()) -> AlertFilter:
    """Read the options that choose alerts.

    Args:
        options: The options.
        devices: The uuids of the devices that were named.

    Raises:
        OptionError: A list is empty, or an id, a phone number or a time span is not one.
    """
    for name in ("ids", "users", "phone_numbers", "devices", "types", "severities", "statuses"):
        if options.get(name) is not None and not options[name]:
            raise OptionError(
                f"{name}: is empty, which would choose no alert; remove it or fill it."
            )
    older_than, newer_than = _span(options, "older_than"), _span(options, "newer_than")
    require_overlap(("older_than", older_than), ("newer_than", newer_than))
    ids = (_id(raw, f"ids[{number}]") for number, raw in enumerate(_values(options, "ids")))
    return AlertFilter(
        ids=tuple(dict.fromkeys(ids)),
        users=tuple(map(_user, _values(options, "users"))),
        phones=tuple(
            parse_phone(raw, "phone_numbers") for raw in _values(options, "phone_numbers")
        ),
        devices=tuple(uuid.lower() for uuid in devices),
        types=_values(options, "types"),
        severities=_values(options, "severities"),
        statuses=_values(options, "statuses"),
        older_than=older_than,
        newer_than=newer_than,
        read=options.get("read"),
    )


def parse_comment(raw: object) -> str:
    """Read the comment of an update, which the API requires.

    Raises:
        OptionError: It is empty or too long.
    """
    text = "" if raw is None else str(raw).strip()
    if not text:
        raise OptionError(
            "comment: is empty, and the API needs one with each update; give the reason why the "
            "alerts are marked."
        )
    require_clean(text, "comment")
    if len(text) > COMMENT_LENGTH:
        raise OptionError(
            f"comment: has {len(text)} characters, and the API takes at most {COMMENT_LENGTH}; "
            "shorten it."
        )
    return text


def plan_alerts(alerts: Iterable[Alert], *, read: bool, comment: str, resend: bool = False) -> Plan:
    """Plan to mark alerts as read or unread.

    An alert in the wanted state is left alone, and gets no comment, unless it is sent all the same.
    The plan is refused if the
    server does not say whether an alert is read: nobody could know whether it needs a change.

    Args:
        alerts: The alerts.
        read: Mark them as read, or else as unread.
        comment: The comment of the update.
        resend: Whether the comment is sent to alerts in the wanted state as well.
    """
    states = {True: {"state": "read"}, False: {"state": "unread"}}
    changes = []
    unchanged = []
    unclear = []
    for alert in alerts:
        if alert.read is None:
            unclear.append(alert.title)
        elif alert.read == read and not resend:
            unchanged.append(alert)
        else:
            now = states[read]
            if alert.read == read:
                now = {"state": f"{now['state']} (comment sent)"}
            write, harm = AlertsWrite(read, comment), harm_of("alert", "marks")
            changes.append(Change(alert, states[alert.read], now, write, harm=harm))
    listed = ", ".join(unclear[:MOST_NAMED]) + (", …" if len(unclear) > MOST_NAMED else "")
    refusal = (
        f"Refused: the server does not say whether these alerts are read: {listed}; nothing was "
        "written. Choose others."
    )
    return Plan(tuple(changes), tuple(unchanged), refusals=(refusal,) if unclear else ())


def missing_ids(wanted: AlertFilter, found: Sequence[Alert]) -> tuple[DeviceRef, ...]:
    """Return the wanted ids that no alert has."""
    known = {alert.id for alert in found}
    return tuple(DeviceRef("id", number) for number in wanted.ids if number not in known)


def _values(options: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    return tuple(options.get(name) or ())


def _id(raw: object, where: str) -> str:
    text = str(raw).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise OptionError(f"{where}: {raw!r} is not the id of an alert, which is a whole number.")
    return str(int(text))


def _user(raw: object) -> str:
    text = plain(str(raw))
    if not text or not text.isprintable():
        raise OptionError(f"users: {raw!r} is not the name of a user.")
    if mailed(text):
        raise OptionError(f"users: {mailed_sentence(raw)}")
    return text


def _span(options: Mapping[str, Any], name: str) -> int | None:
    return None if options.get(name) is None else parse_seconds(options[name], name)
