# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands between a plan and the server when a change is destructive."""

from __future__ import annotations

import getpass
import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ..._core.confirmation import Deed, Guarded, Identity, confirmation
from ..._core.device import server_name
from ..._core.errors import CredentialsError, RefusedError, UemError
from ..._core.plan import Limits, Outcome, Plan
from ..._core.wording import counted
from ..._products.values import utc_text
from ..limits import house_limits
from ..run import Run
from .journal import Journal
from .rules import (
    AFTER,
    BEFORE,
    TAKEN,
    UNSURE,
    Mine,
    Sent,
    above_house,
    allowed,
    changed_since,
    crossed,
    free_again,
    pending,
    recent,
    taken,
    too_many,
)

# Reads subjects once more, in any order, and perhaps others with them.
ReadAgain = Callable[[Sequence[Any]], Sequence[Guarded]]

_NEW = (
    "The journal {} is new, so what other runs sent does not count here. Where runs have no home "
    "folder in common, as in containers, name a file that they share in IVANTI_UEM_JOURNAL_PATH "
    "(journal_path)."
)


class Guard:
    """What stands between a plan and the server when a deed is destructive.

    ``read_again`` reads the subjects directly before something is sent. ``fleet``: how many of them
    the server has. ``warning`` is what the author should know about the journal, or "".
    """

    def __init__(self, deed: Deed, run: Run[Any], fleet: int, *, read_again: ReadAgain) -> None:
        transport = run.client.transport
        self._deed = deed
        self._run = run
        self._read_again = read_again
        self._redact = transport.redact
        self._fleet = fleet
        self._most = allowed(Limits.of(run.params), fleet)
        self._house = house_limits()
        self._window = run.params["guard_window"]
        self._journal = Journal(run.params["journal_path"])
        self._who = f"{transport.settings.account} by {_user()}"
        self._mine = Mine(server_name(transport.settings.url), deed.action, str(uuid.uuid4()))
        self._began = time.time()
        self._code = ""
        self.warning = _NEW.format(self._journal.path) if self._journal.is_new() else ""

    def taken(self) -> dict[str, str]:
        """By id what took the action within the window, or may have taken it, with the reason why
        it takes none now: for what does not show at once that it was done, so that a run that is
        repeated would do it once more."""
        since = time.time() - self._window
        again = f"it is not sent again within {self._window} s (guard_window)"
        return {
            key: f"the server took it at {sent.when}, as the journal says, and does not show it "
            f"yet; {again}"
            if sent.taken
            else f"it was sent at {sent.when}, as the journal says, and whether the server took it "
            f"is unknown; {again}"
            for key, sent in taken(self._journal.lines(), self._mine, since=since).items()
        }

    def pending(self, planned: Sequence[Guarded]) -> dict[str, Sent]:
        """By id the subjects that took the action at any time, as the journal says, or may have
        taken it. A journal that cannot be read is refused later."""
        try:
            lines = self._journal.lines()
        except RefusedError:
            return {}
        return pending(lines, self._mine, planned)

    def recheck(self, subject: Guarded, read: Callable[[], Guarded | None]) -> None:
        """Raise RefusedError where a subject is no longer what the plan says, or cannot be read:
        directly before something is sent to it."""
        try:
            now = read()
        except CredentialsError:
            raise
        except UemError as error:
            raise RefusedError(
                f"it could not be read directly before {self._title}, and nothing was sent to it: "
                f"{error}"
            ) from None
        refusal = changed_since([subject], [now] if now is not None else [], self._deed.noun)
        if refusal:
            raise RefusedError(refusal)

    def check(self, plan: Plan) -> None:
        """Raise RefusedError for what would be refused when a plan is carried out, but for a
        missing ``confirm``."""
        refusal = self._too_many(plan, self._journal.lines())
        if refusal:
            raise RefusedError(refusal)

    def reserve(self, plan: Plan) -> None:
        """Raise RefusedError, or reserve a plan in the journal and return: then it may be sent."""
        self._code = confirmation(self._deed, self._run.client.transport.settings.url, plan.changes)
        self._require_confirmation(plan)
        refusal = changed_since(plan.subjects, self._read_again(plan.subjects), self._deed.noun)
        if refusal:
            raise RefusedError(refusal)
        lines = [self._line(BEFORE, subject) for subject in plan.subjects]
        self._journal.reserve(lambda others: self._refusal(plan, others), lines)

    def record(self, outcomes: Sequence[Outcome]) -> None:
        """Write down what the server answered. Raises UemError, with the answer, where that cannot
        be."""
        answers = list(map(self._answer, outcomes))
        try:
            self._journal.add(
                [
                    {**self._line(AFTER, outcome.change.subject), "answer": answer}
                    for outcome, answer in zip(outcomes, answers, strict=True)
                ]
            )
        except UemError as error:
            raise UemError(
                f"{self._title} was sent, and the answer was: {'; '.join(answers).rstrip('.')}. "
                f"{error}"
            ) from None

    def _answer(self, outcome: Outcome) -> str:
        """What a line says of an outcome."""
        if outcome.error is None or outcome.taken:
            return TAKEN
        reason = self._redact(outcome.error)
        return reason if outcome.known else f"{UNSURE}: {reason}"

    @property
    def _title(self) -> str:
        return self._deed.title or self._deed.action

    def _require_confirmation(self, plan: Plan) -> None:
        confirm = (self._run.params["confirm"] or "").strip()
        subjects = counted(len(plan.changes), self._deed.noun)
        look = "Run it with --check, look at the plan, and give its confirm."
        if not confirm:
            raise RefusedError(
                f"Refused: {self._title} of {subjects} needs confirm; nothing was sent. {look}"
            )
        if confirm != self._code:
            raise RefusedError(
                f"Refused: confirm is {confirm!r}, but the plan, of {subjects}, is not the one "
                f"that it permits; nothing was sent. {look}"
            )

    def _refusal(self, plan: Plan, lines: Sequence[Mapping[str, Any]]) -> str:
        """Why a plan may not be sent, with what the journal says now, or ""."""
        return self._too_many(plan, lines) or crossed(
            lines,
            plan.subjects,
            self._mine,
            since=self._began,
            noun=self._deed.noun,
            title=self._title,
        )

    def _too_many(self, plan: Plan, lines: Sequence[Mapping[str, Any]]) -> str:
        since = time.time() - self._window
        # A device that is planned again, such as one to delete after it was retired, counts once.
        ids = {subject.id for subject in plan.subjects}
        sent = recent(lines, server=self._mine.server, since=since)
        others = [at for key, at in sent.items() if key not in ids]
        planned, before, noun = len(ids), len(others), self._deed.noun
        free = free_again(planned, others, self._most, self._window)
        exceeded = self._house.exceeded(planned + before, self._fleet) if planned else ()
        found = (
            too_many(planned, before, self._most, self._window, noun, free),
            above_house(planned, before, exceeded, self._window, noun),
        )
        return " ".join(filter(None, found))

    def _line(self, phase: str, subject: Guarded) -> dict[str, Any]:
        now = time.time()
        return {
            "phase": phase,
            "at": now,
            "when": utc_text(datetime.fromtimestamp(now, timezone.utc)),
            "run": self._mine.run,
            "who": self._who,
            "server": self._mine.server,
            "action": self._mine.action,
            "digest": self._code,
            "device": dict(vars(Identity.of(subject))),
        }


def _user() -> str:
    """Who runs this, also where the system has no name for the account."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
