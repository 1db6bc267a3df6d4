# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that a report says, in its order, with the numbers at its top. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..._core.wording import counted
from ..followup.model import WAITING
from .chapters import compliance, policies, reasons, seen, status, trend, versions
from .content import Given, Making, Report, Section, Tile
from .fleet import OUT, UNKNOWN, share, text_of
from .operations import asked, certificates, configurations, drift, runs

_SECTIONS: Sequence[Callable[[Making], Section | None]] = (
    compliance,
    reasons,
    trend,
    seen,
    versions,
    policies,
    configurations,
    certificates,
    asked,
    drift,
    runs,
    status,
)

# Fields without which a section has nothing to say.
_NEEDED = (
    ("compliant", "whether devices are compliant"),
    ("last_seen_at", "when devices checked in"),
    ("os_version", "which version of the system devices have"),
)


def make_report(given: Given) -> Report:
    """Return what a report says."""
    making = Making(given)
    sections = [section for make in _SECTIONS if (section := make(making)) is not None]
    tiles = [*_of_devices(given), *_of_work(given)]
    return Report(given, tiles, sections, making.listings, list(_notes(given)))


def _of_devices(given: Given) -> Iterator[Tile]:
    fleet = given.fleet
    whole, out, unknown = len(fleet.entries), fleet.count(OUT), fleet.count(UNKNOWN)
    more = f"{len(fleet.ending):,} more end or have ended" if fleet.ending else "in use"
    yield Tile("Devices", f"{whole:,}", more, "plain", "status")
    says = "compliant" in fleet.says
    text = ", ".join(filter(None, (share(out, whole), f"{unknown:,} not known" * bool(unknown))))
    tone = "bad" if out else "good" if says and not unknown else "idle"
    yield Tile("Out of compliance", f"{out:,}" if says else "?", text, tone, "compliance")
    silent = fleet.silent
    says = "last_seen_at" in fleet.says
    tone = ("warn" if silent else "good") if says else "idle"
    number = f"{silent:,}" if says else "?"
    yield Tile("Not seen for 30 days", number, share(silent, whole) if says else "", tone, "seen")


def _of_work(given: Given) -> Iterator[Tile]:
    if given.followups is not None:
        waiting = [one for one in given.followups if one.outcome in WAITING]
        more = f"since {waiting[0].asked.when[:10]}" if waiting else "nothing is waiting"
        tone = "warn" if waiting else "good"
        yield Tile("Asked, not done", f"{len(waiting):,}", more, tone, "asked")
    if given.drift is not None:
        state = text_of(given.drift.get("status"))
        tone = "good" if state == "clean" else "warn"
        number = len(given.drift.get("changes") or ())
        yield Tile("Drift", "?" if state == "error" else f"{number:,}", state, tone, "drift")


def _notes(given: Given) -> Iterator[str]:
    """Yield what a reader should know about the data."""
    fleet = given.fleet
    if not fleet.every:
        yield "There are no devices in the data of this report."
    else:
        for name, words in _NEEDED:
            if name not in fleet.says:
                yield f"No row says {words}: the field {name} is missing or null in all of them."
    if fleet.doubled:
        yield f"{counted(fleet.doubled, 'rows')} of the data repeated a device and did not count."
    if given.weeks is None:
        yield "No history was given, so there is no trend, and no time since when."
    yield from given.notes
