# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``confirm`` must be for exactly one plan. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .device import server_name
from .errors import OptionError
from .plan import Change, Subject
from .wording import counted

# What permits a plan without changes, and no other. ivanti.uem.apply gives it for such a plan.
NO_CHANGE = "no change"

_FORM = re.compile(r"([1-9][0-9]*)-[0-9a-f]+")


class Guarded(Subject, Protocol):
    """A subject that shows what tells it from others, and its owner."""

    @property
    def guid(self) -> str:
        """Its unique identifier."""

    @property
    def serial(self) -> str:
        """Its serial number, or ""."""

    @property
    def owner(self) -> str:
        """Its user, or ""."""

    @property
    def state(self) -> str:
        """The state that it is in, as the server calls it."""


@dataclass(frozen=True)
class Identity:
    """What a subject, such as a device, must still be when something is sent to it."""

    id: str
    guid: str
    serial: str
    owner: str
    state: str

    @classmethod
    def of(cls, subject: Subject) -> Identity:
        """The identity of a subject as it was read; "" for what it does not show."""
        shown = (getattr(subject, name, "") for name in ("guid", "serial", "owner", "state"))
        return cls(subject.id, *map(str, shown))


@dataclass(frozen=True)
class Deed:
    """What is done to subjects.

    Attributes:
        action: its name, in the journal and in what ``confirm`` is made of.
        title: what sentences call it, where that is another name.
        noun: what the subjects are.
        parameters: what else makes it this deed and no other.
        secret: those of them of which only the presence counts.
        whole: whether the subjects themselves are made or deleted.
    """

    action: str
    title: str = ""
    noun: str = "devices"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    secret: tuple[str, ...] = ()
    whole: bool = False


def confirmation(deed: Deed, server: str, changes: Iterable[Change[Any]]) -> str:
    """What ``confirm`` must be for exactly these changes: their number, and a digest.

    The digest is of the deed, the server, and of each change what its subject is and what differs.

    Args:
        deed: What is done.
        server: The address of the server.
        changes: The changes of the plan.
    """
    shown = {
        name: "given" if name in deed.secret else value for name, value in deed.parameters.items()
    }
    # One encoder for all: there may be 100,000.
    encode = json.JSONEncoder(sort_keys=True, default=str).encode
    listed = sorted(
        encode([_identity(one.subject), dict(one.before), dict(one.after)]) for one in changes
    )
    whole = json.dumps([deed.action, server_name(server), shown, listed], sort_keys=True)
    return f"{len(listed)}-{hashlib.sha256(whole.encode()).hexdigest()[:16]}"


def _identity(subject: Subject) -> dict[str, Any]:
    """What tells a subject from others. What is yet to be made has no id, but a name."""
    identity = dict(vars(Identity.of(subject)))
    return identity if subject.id else {**identity, "title": subject.title}


def leftover(confirm: str | None, noun: str) -> str:
    """Return the sentence about a ``confirm`` where a plan has no changes, or "".

    Args:
        confirm: What the author gives.
        noun: What the plan changes.

    Raises:
        OptionError: No plan has such a ``confirm``.
    """
    given = (confirm or "").strip()
    if given in ("", NO_CHANGE):
        return ""
    fit = _FORM.fullmatch(given)
    if fit is None:
        raise OptionError(
            f"confirm: {given!r} is not the confirm of any plan; nothing was sent. Nothing is left "
            "to do, so leave it out, or copy the last line of a plan."
        )
    return f"confirm names {counted(int(fit[1]), noun)}, and nothing is left to do."
