# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is checked of a server, and how an answer is judged. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

# A note is a fact of the server or the account, with what follows from it, and not a fault.
OK, WRONG, NOTE, UNKNOWN = "ok", "wrong", "note", "unknown"

# The most requests of a run, so that a check does not burden a server.
MOST_REQUESTS = 25

# Seconds by which the clocks may differ. Times that a playbook compares are off by as much.
MOST_DRIFT = 120

# Days before its end that a certificate is reported.
DAYS_BEFORE_END = 30

TITLES = {"neurons": "Ivanti Neurons for MDM", "epmm": "Ivanti EPMM"}

_DAY = 86_400

# The reason where nothing else says why something is not known.
UNSAID = "the answer does not show it"


@dataclass(frozen=True)
class Check:
    """What one check found.

    Attributes:
        name: Its name.
        status: OK, WRONG, NOTE or UNKNOWN.
        message: What was found, or why it could not be determined.
        remedy: What to do, or what follows, or "".
    """

    name: str
    status: str
    message: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the check for results."""
        return {
            "name": self.name,
            "status": self.status,
            "message": self.message,
            "remedy": self.remedy,
        }

    @property
    def line(self) -> str:
        """The check in one line."""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{self.status:<7} {self.name}: {self.message}{remedy}"


@dataclass(frozen=True)
class Seen:
    """A request that was sent to learn something, and its answer.

    Attributes:
        name: What it was sent for.
        method: The method.
        path: The template of the path, without the values in it.
        query: The names of the parameters.
        status: The HTTP status; 0 if there is no answer.
        body: ``json``, ``html``, ``other`` or ``empty``.
        data: The JSON of the body, or None.
        size: The bytes of the body.
        headers: The headers of the answer, by their names in lower case.
        problem: Why it cannot be used, if so, in words that follow "because".
        refused: Whether its data is an error, whatever the HTTP status says.
    """

    name: str
    method: str = "GET"
    path: str = ""
    query: tuple[str, ...] = ()
    status: int = 0
    body: str = "empty"
    data: Any = field(default=None, repr=False)
    size: int = 0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    problem: str = ""
    refused: bool = False

    @property
    def answered(self) -> bool:
        """Whether it was answered with JSON and a status of success, which may hold an error."""
        return 200 <= self.status < 300 and self.body == "json"

    @property
    def ok(self) -> bool:
        """Whether it was answered with data."""
        return self.answered and not self.refused


@dataclass(frozen=True)
class Behaviour:
    """Something that the vendor's documents leave open, and that an answer shows.

    Attributes:
        name: Its name, that of the emulator's switch for it.
        about: The words for it in messages.
    """

    name: str
    about: str


@dataclass
class Findings:
    """All that was found.

    Attributes:
        product: The product that answers, as far as that is known.
        version: Its version, or "".
        devices: The number of its devices, or None.
        checks: The checks.
        behaviours: What the documents leave open about the product.
        settled: The behaviours that an answer showed, and how the server behaves.
        reasons: The others, and why they are not known.
        seen: The requests, with their answers.
        asked_for: Keys of answers that were asked for by their names.
    """

    product: str
    version: str = ""
    devices: int | None = None
    checks: list[Check] = field(default_factory=list)
    behaviours: tuple[Behaviour, ...] = ()
    settled: dict[str, str | int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    asked_for: frozenset[str] = frozenset()

    def add(self, name: str, status: str, message: str, remedy: str = "") -> None:
        """Add a check.

        Args:
            name: The name of the check.
            status: How it ended.
            message: What was found.
            remedy: What to do about it, or "".
        """
        self.checks.append(Check(name, status, message, remedy))

    def add_unknown(self, name: str, reason: str, remedy: str = "") -> None:
        """Add a check that could not be made, with the reason."""
        self.add(name, UNKNOWN, f"Could not be determined, because {reason or UNSAID}.", remedy)

    def settle(self, name: str, position: str | int | None, reason: str) -> None:
        """Note how the server behaves, or why that is not known."""
        if position is None:
            self.reasons.setdefault(name, reason or UNSAID)
        else:
            self.settled[name] = position

    def open_behaviours(self) -> list[dict[str, Any]]:
        """Return each of the behaviours, with how the server behaves or why that is not known."""
        shown = []
        for one in self.behaviours:
            position, reason = self.settled.get(one.name), ""
            if position is None:
                reason = self.reasons.get(one.name, "what it depends on was not found")
            known = position if position is not None else f"unknown, because {reason}"
            shown.append(
                {
                    "name": one.name,
                    "about": one.about,
                    "position": position,
                    "reason": reason,
                    "line": f"{one.name}: {one.about}: {known}.",
                }
            )
        return shown


def counts(checks: Sequence[Check]) -> dict[str, int]:
    """Return how many checks have each status."""
    return {
        status: sum(check.status == status for check in checks)
        for status in (OK, WRONG, NOTE, UNKNOWN)
    }


def tls_check(url: str, *, verified: bool, end: float | None, now: float) -> Check:
    """Judge the encryption.

    Args:
        url: The address.
        verified: Whether certificates are verified.
        end: When the certificate ends, if that is known.
        now: The time.
    """
    if url.lower().startswith("http://"):
        return Check(
            "tls",
            WRONG,
            "url begins with http://, so the credentials travel unencrypted.",
            "Set url to the address with https://.",
        )
    if not verified:
        return Check(
            "tls",
            WRONG,
            "The certificate is not verified, so the credentials go to whoever answers.",
            "Set ca_path to the CA that signed it, and validate_certs to true.",
        )
    if end is None:
        return Check("tls", UNKNOWN, "The certificate is verified, but its end could not be read.")
    days = int((end - now) // _DAY)
    if days < DAYS_BEFORE_END:
        return Check(
            "tls",
            WRONG,
            f"The certificate is verified, but it ends in {days} days.",
            "Have the administrator of the server renew it.",
        )
    return Check("tls", OK, f"The certificate is verified, and ends in {days} days.")


def clock_check(date: str, now: float) -> Check:
    """Judge the clocks, by the header ``Date`` of an answer that came at ``now``."""
    try:
        server = parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError, IndexError):
        return Check("clock", UNKNOWN, "The server's answers carry no time.")
    drift = round(server - now)
    if abs(drift) <= MOST_DRIFT:
        return Check("clock", OK, "The clocks of the server and of this machine agree.")
    side = "ahead of" if drift > 0 else "behind"
    return Check(
        "clock",
        WRONG,
        f"The server's clock is {abs(drift)} s {side} this machine's.",
        "Set both by NTP: ages of check-ins, certificates and locations are computed from them.",
    )


def rate_check(seen: Sequence[Seen]) -> Check:
    """Judge whether the server limits the rate of requests."""
    limited = [one for one in seen if one.status == 429]
    headers = sorted({name for one in seen for name in one.headers if "ratelimit" in _flat(name)})
    if limited:
        return Check(
            "rate_limits",
            WRONG,
            f"The server limited the rate of requests (HTTP 429) after {len(seen)} requests.",
            "Tasks slow down to it; run fewer jobs at a time, or ask for a higher limit.",
        )
    sent = f"No limit was met in {len(seen)} requests"
    if headers:
        return Check("rate_limits", OK, f"{sent}; the answers have limits ({', '.join(headers)}).")
    return Check("rate_limits", OK, f"{sent}.")


def _flat(name: str) -> str:
    return name.replace("-", "")
