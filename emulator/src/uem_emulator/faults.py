# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fault rules: which requests go wrong, how, and how often."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from fnmatch import fnmatchcase
from typing import Any

from uem_emulator.answers import HTML_TYPE, Answer, Request, html


@dataclass(frozen=True)
class Kind:
    """`phase`: `answer` replaces the answer (the request is not handled unless params.handled),
    `wire` spoils the connection, `body` spoils a good answer, `product` is acted out by the
    product, `before` happens and goes on."""

    name: str
    phase: str
    meaning: str
    params: tuple[str, ...] = ()


# fmt: off
KINDS: dict[str, Kind] = {kind.name: kind for kind in (
    Kind("429", "answer", "Too many requests.", ("retry_after", "body", "handled", "rate", "burst")),
    Kind("500", "answer", "Internal server error.", ("body", "handled")),
    Kind("502", "answer", "Bad gateway.", ("body", "handled")),
    Kind("503", "answer", "Unavailable.", ("retry_after", "body", "handled")),
    Kind("504", "answer", "Gateway timeout.", ("body", "handled")),
    Kind("401", "answer", "As with a wrong password."),
    Kind("403", "answer", "As without the role."),
    Kind("redirect", "answer", "302 (or params.status) to params.location.", ("location", "status")),
    Kind("html", "answer", "200 with a page instead of JSON.", ("handled",)),
    Kind("result_zero", "answer", "200 which says that nothing was done: result 0, successful false, or a message."),
    Kind("errors_200", "answer", "200 with an error in its body: nothing was done.", ("message",)),
    Kind("reset", "wire", "The connection is closed without a byte; the request is NOT handled."),
    Kind("lost_answer", "wire", "The request IS handled, then the connection is closed without a byte."),
    Kind("half_body", "wire", "The headers and half of the body, then the connection is closed; handled."),
    Kind("truncated_json", "body", "A whole answer whose JSON stops in the middle; handled."),
    Kind("slow", "before", "Waits params.seconds (1), then goes on.", ("seconds",)),
    Kind("duplicate_page", "product", "The list answers the page before once more."),
    Kind("shifting_pages", "product", "Before the list answers, the first device of its order vanishes "
                                      "(params.mode vanish) or a new one takes the first place (appear).", ("mode",)),
    Kind("short_page", "product", "The list leaves out params.missing (1) rows while totalCount, or the message, counts them.",
         ("missing",)),
    Kind("no_effect", "product", "A write answers as if it had worked, but nothing is done."),
    Kind("vanish", "product", "What a write names is deleted just before it is handled."),
    Kind("stale_list", "product", "While such a rule is armed, writes do not reach the list."),
)}
# fmt: on
_BODIES = ("json", "html", "empty")
_MATCH_KEYS = frozenset(("method", "path", "path_regex", "query_regex"))
_LONGEST = 86_400
_RULE_KEYS = frozenset(("kind", "match", "after", "times", "params"))


class Bucket:
    """Lets `rate` requests a second pass, and `burst` at once after a rest."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._at: float | None = None

    def take(self, now: float) -> bool:
        """Whether a request passes now."""
        rest = 0.0 if self._at is None else now - self._at
        self._at = now
        self._tokens = min(self._burst, self._tokens + rest * self._rate)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


@dataclass
class Rule:
    """`after` matching requests pass first; then `times` fail (None: all of them). With a `rate`
    only those fail that exceed it."""

    id: int
    kind: Kind
    match: dict[str, str] = field(default_factory=dict)
    after: int = 0
    times: int | None = 1
    params: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    fired: int = 0
    bucket: Bucket | None = None

    def __post_init__(self) -> None:
        rate = self.params.get("rate")
        if rate is not None:
            self.bucket = Bucket(rate, self.params.get("burst", math.ceil(rate)))

    def due(self) -> bool:
        """Whether the rule acts on a request that it covers."""
        self.seen += 1
        if self.seen <= self.after:
            return False
        return self.bucket is None or not self.bucket.take(time.monotonic())

    @property
    def spent(self) -> bool:
        """Whether the rule has fired as often as it is to."""
        return self.times is not None and self.fired >= self.times

    def covers(self, request: Request) -> bool:
        """Return whether the rule is about a request."""
        match = self.match
        if "method" in match and request.method != match["method"].upper():
            return False
        if "path" in match and not fnmatchcase(request.path, match["path"]):
            return False
        if "path_regex" in match and not re.search(match["path_regex"], request.path):
            return False
        return (
            "query_regex" not in match or re.search(match["query_regex"], request.query) is not None
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the rule as the control calls show it."""
        return {
            "id": self.id,
            "kind": self.kind.name,
            "match": self.match,
            "after": self.after,
            "times": self.times,
            "params": self.params,
            "seen": self.seen,
            "fired": self.fired,
        }


def read_rule(rule_id: int, given: Any) -> Rule:
    """Return the rule of a JSON object. Raises ValueError, which says what is wrong with it."""
    if not isinstance(given, dict) or not isinstance(given.get("kind"), str):
        raise ValueError("a fault rule is an object with a kind")
    unknown = set(given) - _RULE_KEYS
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    kind = KINDS.get(given["kind"])
    if kind is None:
        raise ValueError(f"unknown kind {given['kind']}; known: {', '.join(KINDS)}")
    match, params = given.get("match") or {}, given.get("params") or {}
    if not isinstance(match, dict) or not isinstance(params, dict):
        raise ValueError("match and params are objects")
    _check_match(match)
    _check_params(kind, params)
    after, times = given.get("after", 0), given.get("times", 1)
    _check_counts(after, times)
    return Rule(rule_id, kind, dict(match), after, times or None, dict(params))


def _check_counts(after: Any, times: Any) -> None:
    if not _is_count(after) or not (times is None or _is_count(times)):
        raise ValueError("after and times are whole numbers, 0 or more; times may be null")


def _check_params(kind: Kind, params: dict[str, Any]) -> None:
    if set(params) - set(kind.params):
        raise ValueError(f"params of {kind.name}: {sorted(kind.params) or 'none'}")
    if kind.name == "redirect" and "location" not in params:
        raise ValueError("a redirect needs params.location")
    for name, value in params.items():
        if not _PARAMS[name][0](value):
            raise ValueError(f"params.{name} is {_PARAMS[name][1]}, not {value!r}")


def _check_match(match: dict[str, Any]) -> None:
    if set(match) - _MATCH_KEYS:
        raise ValueError(f"match takes {sorted(_MATCH_KEYS)}")
    for name, value in match.items():
        if not isinstance(value, str):
            raise ValueError(f"match.{name} is a text, not {value!r}")
        if name.endswith("_regex"):
            try:
                re.compile(value)
            except re.error as error:
                raise ValueError(f"match.{name} is not a regular expression: {error}") from error


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_seconds(value: Any) -> bool:
    return (
        isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _LONGEST
    )


def _is_retry_after(value: Any) -> bool:
    if isinstance(value, dict):
        dated = value.get("date_in")
        return set(value) == {"date_in"} and (
            _is_seconds(dated) or (isinstance(dated, (int, float)) and _is_seconds(-dated))
        )
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # A header is one line.
    return value is None or number or (isinstance(value, str) and _is_header(value))


def _is_header(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


#: Parameter of a rule -> whether a value is one, and what it is.
_PARAMS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "body": (lambda value: value in _BODIES, f"one of {', '.join(_BODIES)}"),
    "burst": (lambda value: _is_count(value) and value > 0, "a whole number, 1 or more"),
    "handled": (lambda value: isinstance(value, bool), "true or false"),
    "location": (_is_header, "an address in ASCII"),
    "message": (lambda value: isinstance(value, str), "a text"),
    "missing": (_is_count, "a whole number, 0 or more"),
    "mode": (lambda value: value in ("vanish", "appear"), "vanish or appear"),
    "rate": (
        lambda value: _is_seconds(value) and value > 0,
        f"requests a second, above 0 and at most {_LONGEST}",
    ),
    "retry_after": (_is_retry_after, "seconds, a text sent as it is, or {date_in: seconds}"),
    "seconds": (_is_seconds, f"a number of seconds, at most {_LONGEST}"),
    "status": (
        lambda value: _is_count(value) and 300 <= value <= 399,
        "a status from 300 to 399",
    ),
}


class Faults:
    """The rules of one emulator. The first that covers a request and is due takes it; `slow` lets
    others act too."""

    def __init__(self, changed: Callable[[set[str]], None]) -> None:
        self._rules: list[Rule] = []
        self._changed = changed
        self._next_id = 1

    def add(self, given: Any) -> list[Rule]:
        """Add one rule or a list of them; all or none."""
        rules = [
            read_rule(self._next_id + place, item)
            for place, item in enumerate(given if isinstance(given, list) else [given])
        ]
        self._next_id += len(rules)
        self._rules += rules
        self._tell()
        return rules

    def clear(self) -> None:
        """Remove all rules."""
        self._rules.clear()
        self._tell()

    def as_list(self) -> list[dict[str, Any]]:
        """Return the rules as the control calls show them."""
        return [rule.as_dict() for rule in self._rules]

    def read_list(self, given: Any) -> list[Rule]:
        """Return the rules of `as_list`. Raises ValueError."""
        found = []
        for item in given:
            own = {name: item[name] for name in _RULE_KEYS}
            rule = read_rule(int(item["id"]), own)
            rule.seen, rule.fired = int(item["seen"]), int(item["fired"])
            found.append(rule)
        return found

    def take_over(self, rules: list[Rule]) -> None:
        """Have these rules instead."""
        self._rules = rules
        self._next_id = max((rule.id for rule in rules), default=0) + 1
        self._tell()

    def _tell(self) -> None:
        self._changed({rule.kind.name for rule in self._rules if not rule.spent})

    def take(self, request: Request) -> list[Rule]:
        """The rules which act on this request: any `slow` ones, and at most one other."""
        taken: list[Rule] = []
        for rule in self._rules:
            if rule.spent or not rule.covers(request):
                continue
            if not rule.due():
                continue
            rule.fired += 1
            taken.append(rule)
            if rule.kind.phase != "before":
                break
        return taken

    def done(self, taken: list[Rule]) -> None:
        """To be called after the answer was made: a spent rule no longer counts as armed."""
        if any(rule.spent for rule in taken):
            self._tell()


_TITLES = {
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def status_answer(rule: Rule, envelope: Callable[[int, str], Answer]) -> Answer:
    """Return 429 or 5xx. Gateways answer pages, so 502 to 504 do unless the rule says otherwise.

    Args:
        rule: The fault rule.
        envelope: Makes the answer of the product from a status and a message.
    """
    status = int(rule.kind.name)
    form = rule.params.get("body", "html" if status in (502, 503, 504) else "json")
    title = _TITLES[status]
    plain = {
        "html": lambda: html(status, title),
        "json": lambda: envelope(status, title),
        "empty": lambda: Answer(status, b"", HTML_TYPE),
    }[form]()
    value = _retry_after(rule.params.get("retry_after"))
    return Answer(
        status, plain.body, plain.content_type, (("retry-after", value),) if value else ()
    )


def _retry_after(value: float | str | Mapping[str, float] | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, Mapping):
        return formatdate(time.time() + float(value["date_in"]), usegmt=True)
    return str(value)
