# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of destructive requests: what the journal says was asked, and what the device shows
now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._core.vocabulary import status_of
from ..actions.model import ACTIONS

# What can be said of a request.
# fmt: off
DONE, UNDER_WAY, NOT_SHOWN = "done", "under_way", "not_shown"
CANCELED, NOT_VISIBLE, OTHER, NEVER_SHOWN = "canceled", "not_visible", "other_list", "never_shown"
MEANINGS: Mapping[str, str] = {
    DONE: "The device shows that it is done.",
    UNDER_WAY: "The device shows that it is under way: it has to check in for it.",
    NOT_SHOWN: "The device does not show it. It has not happened yet, or the server did not take it.",
    CANCELED: "Somebody took it back in the portal.",
    NOT_VISIBLE: "The device is not among those that were read. It may be gone, or not visible.",
    NEVER_SHOWN: "No device shows whether this was done.",
    OTHER: "It is about something that is not in the list of devices, such as a mail client.",
}
# fmt: on

# What is still to happen, or may be.
WAITING = frozenset({UNDER_WAY, NOT_SHOWN})
# What has happened, or will not happen any more.
SETTLED = frozenset({DONE, CANCELED})


@dataclass(frozen=True)
class Asked:
    """A request that the server took, or may have taken.

    Attributes:
        action: What was asked.
        server: The address of the server.
        id: The id of the device.
        guid: Its guid.
        serial: Its serial number, or "".
        owner: Its user, or "".
        when: When it was about to be sent, in UTC.
        who: Who sent it.
        taken: Whether the server said that it took it. Otherwise nobody knows.
    """

    action: str
    server: str
    id: str
    guid: str
    serial: str = ""
    owner: str = ""
    when: str = ""
    who: str = ""
    taken: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """What names its device: the server and the guid."""
        return self.server, self.guid.casefold()


@dataclass(frozen=True)
class FollowUp:
    """A request, and what can be said of it now.

    Attributes:
        asked: The request.
        outcome: A key of MEANINGS.
        row: The row of the device; empty if it was not read.
    """

    asked: Asked
    outcome: str
    row: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return it as ``action_followup_info`` shows it."""
        asked, row = self.asked, self.row
        return {
            "action": asked.action,
            "id": asked.id,
            "guid": asked.guid,
            "serial_number": asked.serial or None,
            "owner": asked.owner or None,
            "server": asked.server,
            "asked_at": asked.when or None,
            "asked_by": asked.who or None,
            "taken": asked.taken,
            "outcome": self.outcome,
            "meaning": MEANINGS[self.outcome],
            "status": row.get("status"),
            "status_raw": row.get("status_raw"),
            "last_seen_at": row.get("last_seen_at"),
        }


def is_of_device(asked: Asked) -> bool:
    """Return whether a request is about something that is in the list of devices."""
    return asked.action in ACTIONS


def newest(asked: Iterable[Asked]) -> list[Asked]:
    """Return the last request of each action to each device, the first in time first.

    Args:
        asked: Requests in the order of time.
    """
    found: dict[tuple[str, ...], Asked] = {}
    for one in asked:
        key = (*one.key, one.action)
        found.pop(key, None)
        found[key] = one
    return list(found.values())


def follow_up(
    asked: Iterable[Asked], rows: Mapping[tuple[str, str], Mapping[str, Any]]
) -> list[FollowUp]:
    """Return what became of requests, the first in time first.

    Args:
        asked: Requests in the order of time.
        rows: Rows of devices by ``Asked.key``.
    """
    found = ((one, rows.get(one.key)) for one in newest(asked))
    return [FollowUp(one, _outcome(one, row), row or {}) for one, row in found]


def _outcome(asked: Asked, row: Mapping[str, Any] | None) -> str:
    action = ACTIONS.get(asked.action)
    if action is None:
        return OTHER
    if row is None:
        return NOT_VISIBLE
    if not action.visible:
        return NEVER_SHOWN
    # Hosts of an inventory need not have the server's own word.
    status = str(row.get("status") or status_of(str(row.get("status_raw") or "")))
    if status in map(status_of, action.settles):
        return DONE
    if status in map(status_of, action.done):
        return UNDER_WAY
    return CANCELED if status == f"{asked.action}_canceled" else NOT_SHOWN
