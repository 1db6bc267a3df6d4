# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands between a plan and the server when an action is destructive, and which devices no run
may touch."""

from __future__ import annotations

import getpass
import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..._core.device import Device, parse_ref
from ..._core.errors import CredentialsError, OptionError, RefusedError, UemError
from ..._core.plan import Change, Limits, Outcome, counted
from ..._core.selection import Selection, parse_select
from ..._products.protocol import Actions, Batch, UemClient
from ..choice import Choice, listing
from .journal import Journal
from .rules import (
    AFTER,
    BEFORE,
    TAKEN,
    Guarded,
    Identity,
    allowed,
    changed_since,
    crossed,
    recent,
    server_name,
    taken,
    too_many,
)

# Keys of ``protected``, and how a device that has it is said to be protected.
_PROTECTED = {
    "devices": "it is named there",
    "serial_numbers": "its serial number is named there",
    "labels": "it has one of the labels",
    "attributes": "it has one of the attributes",
    "custom_attributes": "it has one of the custom attributes",
}


# Reads subjects once more, in any order, and perhaps others with them.
Again = Callable[[Sequence[Any]], Sequence[Guarded]]


class Guard:
    """What stands between a plan and the server when an action is destructive.

    ``action``: its name in the journal, and in sentences where these have no other that it is
    ``called``. ``noun``: what its subjects are. ``again`` reads them directly before something is
    sent, ``fleet`` is how many of them the server has.
    """

    def __init__(
        self,
        action: str,
        params: Mapping[str, Any],
        client: UemClient,
        limits: Limits,
        fleet: int,
        *,
        again: Again,
        noun: str = "devices",
        called: str = "",
    ) -> None:
        settings = client.transport.settings
        self._action = action
        self._called = called or action
        self._noun = noun
        self._again = again
        self._redact = client.transport.redact
        self._server = server_name(settings.url)
        self._most = allowed(limits, fleet)
        self._window = params["guard_window"]
        self._confirm = params["confirm"]
        self._journal = Journal(params["journal_path"])
        self._who = f"{settings.account} by {_user()}"
        self._run = str(uuid.uuid4())
        self._began = time.time()
        self._code = ""

    def taken(self) -> dict[str, str]:
        """By id what took the action within the window, with the reason why it takes none now: for
        what does not show at once that it was done, so that a run that is repeated would do it once
        more."""
        since = time.time() - self._window
        found = taken(self._journal.lines(), server=self._server, action=self._action, since=since)
        return {
            key: f"the server took it at {when}, as the journal says, and does not show it yet; it "
            f"is not sent again within {self._window} s (guard_window)"
            for key, when in found.items()
        }

    def foresee(self, changes: Sequence[Change]) -> None:
        """Raise RefusedError for what would be refused when a plan is carried out, but for a
        missing ``confirm``."""
        refusal = self._allow(changes, self._journal.lines())
        if refusal:
            raise RefusedError(refusal)

    def permit(self, changes: Sequence[Change], code: str) -> None:
        """Raise RefusedError, or reserve a plan in the journal and return: then it may be sent."""
        if not self._confirm:
            raise RefusedError(
                f"Refused: {self._called} of {counted(len(changes), self._noun)} needs confirm; "
                "nothing was sent. Run it with --check, look at the plan, and give its confirm."
            )
        if self._confirm != code:
            raise RefusedError(
                f"Refused: confirm is {self._confirm!r}, and the plan, of "
                f"{counted(len(changes), self._noun)}, is another one now; "
                "nothing was sent. Run it with --check, look at the plan, and give its confirm."
            )
        planned = [change.subject for change in changes]
        refusal = changed_since(planned, self._again(planned), self._noun)
        if refusal:
            raise RefusedError(refusal)
        self._code = code

        def refused(lines: Sequence[Mapping[str, Any]]) -> str:
            return self._allow(changes, lines) or crossed(
                lines,
                planned,
                server=self._server,
                action=self._action,
                run=self._run,
                since=self._began,
                noun=self._noun,
                called=self._called,
            )

        self._journal.reserve(refused, [self._line(BEFORE, change.subject) for change in changes])

    def noting(self, send: Callable[[Batch], list[Outcome]]) -> Callable[[Batch], list[Outcome]]:
        """``send``, and what came of it is written down, also when it raises."""

        def noted(batch: Batch) -> list[Outcome]:
            rejected = None
            try:
                outcomes = send(batch)
            except UemError as error:
                outcomes = [Outcome(change, str(error)) for change in batch.changes]
                rejected = error if isinstance(error, CredentialsError) else None
            self.note(outcomes)
            if rejected is not None:
                raise rejected
            return outcomes

        return noted

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Write down what the server answered. Raises UemError, with the answer, where that cannot
        be."""
        answers = [self._redact(outcome.error or TAKEN) for outcome in outcomes]
        try:
            self._journal.add(
                [
                    {**self._line(AFTER, outcome.change.subject), "answer": answer}
                    for outcome, answer in zip(outcomes, answers, strict=True)
                ]
            )
        except UemError as error:
            raise UemError(
                f"{self._called} was sent, and the answer was: {'; '.join(answers).rstrip('.')}. "
                f"{error}"
            ) from None

    def _allow(self, changes: Sequence[Change], lines: Sequence[Mapping[str, Any]]) -> str:
        before = recent(lines, server=self._server, since=time.time() - self._window)
        return too_many(len(changes), before, self._most, self._window, self._noun)

    def _line(self, phase: str, subject: Guarded) -> dict[str, Any]:
        now = time.time()
        # fmt: off
        return {
            "phase": phase, "at": now, "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)), "run": self._run,
            "who": self._who, "server": self._server, "action": self._action, "digest": self._code,
            "device": dict(vars(Identity.of(subject))),
        }
        # fmt: on


def require_times(params: Mapping[str, Any], least: Mapping[str, int]) -> None:
    """Raise OptionError for an option that is less than it may be, in seconds."""
    for name, seconds in least.items():
        if params[name] < seconds:
            raise OptionError(
                f"{name}: {params[name]} is no time in seconds; give {seconds} or more."
            )


def given_protected(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The option ``protected``. Raises OptionError where it is given and each of its keys is null,
    as where the template of a key gave nothing: an author who wants something left alone would not
    see that nothing is."""
    options = params["protected"]
    if options is not None and all(value is None for value in options.values()):
        raise OptionError(
            "protected: none of its keys has a value, so that it protects nothing; give one a "
            "value, or leave it out."
        )
    return options or {}


def protected_devices(
    options: Mapping[str, Any], client: Actions, devices: Sequence[Device]
) -> dict[str, str]:
    """By id the devices that no run may touch, and why. Raises OptionError for a key that the
    product lacks, and for names of no device, which may be misspelt ones."""
    found: dict[str, str] = {}
    for key, told in _PROTECTED.items():
        value = options.get(key)
        if value in (None, [], {}):
            continue
        for selection in _selections(key, value):
            read = Choice(selection, on_missing="skip").find(client)
            if read.missing:
                raise OptionError(
                    f"protected.{key}: no device is {listing(read.missing)}; nothing was sent. "
                    "Correct or remove it."
                )
            found.update((device.id, f"protected: {told}") for device in read.devices)
    own = {device.id for device in devices}
    return {key: reason for key, reason in found.items() if key in own}


def _selections(key: str, value: Any) -> list[Selection]:
    if key == "devices":
        return [
            Selection(
                names=tuple(
                    parse_ref(raw, f"protected.devices[{number}]")
                    for number, raw in enumerate(value)
                )
            )
        ]
    if key in ("attributes", "custom_attributes"):
        # One of them is enough, whereas a selection must meet all.
        return [parse_select({key: {name: one}}) for name, one in value.items()]
    return [parse_select({key: value})]


def _user() -> str:
    """Who runs this, also where the system has no name for the account."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
