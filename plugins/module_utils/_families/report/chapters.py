# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections of a report that are about devices as they are. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..._core.compliance import meaning
from ..._core.wording import counted
from .content import (
    MOST_ROWS,
    Cell,
    Count,
    Given,
    Making,
    Section,
    Table,
    number_of,
    table,
    words_for,
)
from .fleet import (
    COMPLIANT,
    OUT,
    SEEN,
    UNKNOWN,
    Entry,
    Key,
    by_word,
    grouped,
    share,
    text_of,
    version_order,
)
from .picture import Bar, Picture, Piece

# At most this many platforms, versions of each, and bars of a picture.
MOST_PLATFORMS, MOST_VERSIONS, MOST_BARS = 8, 8, 12

NOT_SAID = "not said"

_STANDING = {COMPLIANT: "compliant", OUT: "out of compliance", UNKNOWN: "compliance not known"}
# What the column compliant of the CSV has.
_CSV = {COMPLIANT: "true", OUT: "false", UNKNOWN: ""}
_TONES = {OUT: "bad", UNKNOWN: "idle", COMPLIANT: "good"}

# fmt: off
_SEEN_TONES = {"day": "good", "week": "good", "month": "plain", "quarter": "warn", "older": "bad", "never": "idle"}
# fmt: on

Groups = Sequence[tuple[str, list[Entry]]]


def status(making: Making) -> Section:
    """Return how many devices have which status."""
    fleet = making.given.fleet
    groups = grouped(fleet.every, "status")
    rows = _counted(making, groups[:MOST_ROWS], "status", "Status", len(fleet.every))
    are = "is" if len(fleet.entries) == 1 else "are"
    ends = len(fleet.ending)
    lead = f"{counted(len(fleet.entries), 'devices')} of {counted(len(fleet.servers), 'servers')} {are} in use"
    if ends:
        lead += f", and {counted(ends, 'registrations')} end{'s' * (ends == 1)} or ended"
    columns = ("Status", "Devices", "Share")
    found = table("Devices by status", columns, rows, more=len(groups) - len(rows))
    return Section("status", "Devices", f"{lead}. All else is about devices in use.", None, [found])


def _counted(
    making: Making, groups: Groups, field: str, title: str, whole: int
) -> list[tuple[Cell, ...]]:
    """Return a row for each group of devices, with its count and its share."""
    rows: list[tuple[Cell, ...]] = []
    for number, (value, entries) in enumerate(groups):
        words = words_for(value) or NOT_SAID
        name = f"{field.replace('_', '-')}-{number}"
        count = making.count(name, f"{title}: {words}", entries, (field, value))
        rows.append((words, count, share(len(entries), whole)))
    return rows


def _bars(groups: Groups) -> tuple[Bar, ...]:
    return tuple(
        Bar(value or NOT_SAID, (Piece(len(entries), "bad"),), f"{len(entries):,}")
        for value, entries in groups[:MOST_BARS]
    )


def compliance(making: Making) -> Section:
    """Return how many devices are compliant, by platform."""
    fleet = making.given.fleet
    if fleet.entries and "compliant" not in fleet.says:
        lead = "The data does not say whether devices are compliant."
        return Section("compliance", "Compliance", lead)
    whole, out, unknown = len(fleet.entries), fleet.count(OUT), fleet.count(UNKNOWN)
    part = f" ({share(out, whole)})" if whole else ""
    are = "is" if out == 1 else "are"
    lead = f"{out:,} of {counted(whole, 'devices')}{part} {are} out of compliance."
    if unknown:
        lead += f" Of {unknown:,} the server does not say it."
    bars: list[Bar] = []
    rows: list[tuple[Cell, ...]] = []
    for number, (platform, entries) in enumerate(grouped(fleet.entries, "platform")[:MOST_ROWS]):
        parts = {name: [one for one in entries if one.standing == name] for name in _TONES}
        pieces = tuple(Piece(len(parts[name]), tone) for name, tone in _TONES.items())
        words = platform or NOT_SAID
        bars.append(Bar(words, pieces, f"{len(parts[OUT]):,} of {len(entries):,}"))
        cells = _standings(making, number, words, parts)
        rows.append((words, len(entries), *cells, share(len(parts[OUT]), len(entries))))
    columns = ("Platform", "Devices", "Compliant", "Out", "Not known", "Share out")
    legend = (("bad", "out of compliance"), ("idle", "not known"), ("good", "compliant"))
    shows = "Devices out of compliance by platform"
    picture = Picture(shows, lead, tuple(bars), legend=legend) if bars else None
    found = [table("Compliance by platform", columns, rows)]
    return Section("compliance", "Compliance", lead, picture, found)


def _standings(
    making: Making, number: int, words: str, parts: Mapping[str, Sequence[Entry]]
) -> list[Count]:
    return [
        making.count(
            f"standing-{number}-{name}",
            f"{words}: {_STANDING[name]}",
            parts[name],
            ("compliant", _CSV[name]),
        )
        for name in (COMPLIANT, OUT, UNKNOWN)
    ]


def reasons(making: Making) -> Section | None:
    """Return why devices are out of compliance."""
    given = making.given
    out = [entry for entry in given.fleet.entries if entry.standing == OUT]
    if not out:
        return None
    field = "compliance_reasons"
    groups = by_word(out, field)
    silent = [entry for entry in out if not entry.row.get(field)]
    if silent:
        groups.append(("", silent))
    shown = groups[:MOST_ROWS]
    counts = _counted(making, shown, field, "Reason", len(out))
    rows: list[tuple[Cell, ...]] = [
        (*row, meaning(reason)) for row, (reason, _devices) in zip(counts, shown, strict=True)
    ]
    lead = f"Why {counted(len(out), 'devices')} are out of compliance. A device can have several reasons."
    if len(out) == 1:
        lead = "Why 1 device is out of compliance."
    title = "Reasons"
    columns = ("Reason", "Devices", "Share", "Meaning")
    tables = [
        table("Why devices are out of compliance", columns, rows, more=len(groups) - len(rows))
    ]
    bars = _bars([(words_for(reason), entries) for reason, entries in groups])
    if given.since is not None:
        tables.append(_longest(given.since, out))
    return Section("reasons", title, lead, Picture(title, lead, bars), tables)


def _longest(since: Mapping[Key, str], out: Sequence[Entry]) -> Table:
    """Return the devices that are out of compliance the longest, as the history knows."""
    ordered = sorted(out, key=lambda entry: (since.get(entry.key, "~"), entry.key))
    rows: list[tuple[Cell, ...]] = []
    for entry in ordered[:MOST_ROWS]:
        words = words_for(text_of(entry.row.get("compliance_reasons")))
        rows.append((*_known(entry), since.get(entry.key, "")[:10], words))
    columns = ("Device", "Name", "Owner", "Seen out since", "Reasons")
    more = len(ordered) - len(rows)
    return table("Out of compliance the longest", columns, rows, more=more)


def _known(entry: Entry) -> tuple[str, str, str]:
    """Return what a reader knows a device by."""
    row = entry.row
    return entry.title, text_of(row.get("device_name")) or text_of(row.get("model")), entry.owner


def trend(making: Making) -> Section | None:
    """Return the share of devices out of compliance by week."""
    weeks = making.given.weeks
    if weeks is None:
        return None
    title = "Trend by week"
    if len(weeks) < 2:
        lead = "The history has one week so far. The trend begins with the second."
        return Section("trend", title, lead)
    shares = [100 * week.counts[OUT] / (week.counts["devices"] or 1) for week in weeks]
    bars, rows = [], []
    for week, part in zip(weeks, shares, strict=True):
        counts, text = week.counts, f"{part:.1f} %"
        bars.append(Bar(week.monday, (Piece(round(part, 1), "bad"),), text))
        rows.append((week.monday, counts["devices"], counts[OUT], text, counts["silent"]))
    last, change = weeks[-1].counts[OUT], weeks[-1].counts[OUT] - weeks[-2].counts[OUT]
    than = f"{abs(change):,} {'more' if change > 0 else 'fewer'} than" if change else "as many as"
    lead = (
        f"{counted(last, 'devices')} ({shares[-1]:.1f} %) out of compliance, {than} in the last report of "
        "the week before."
    )
    columns = ("Week from", "Devices", "Out", "Share", "Silent for 30 days")
    picture = Picture(
        "Devices out of compliance in percent, by week", lead, tuple(bars), upright=True
    )
    found = table("The last report of each week", columns, reversed(rows), most=53)
    return Section("trend", title, lead, picture, [found])


def seen(making: Making) -> Section:
    """Return when devices were last seen."""
    fleet = making.given.fleet
    title = "Last seen"
    if fleet.entries and "last_seen_at" not in fleet.says:
        return Section("seen", title, "The data does not say when devices checked in.")
    bars, rows = [], []
    for name, _days, words in SEEN:
        entries = [entry for entry in fleet.entries if entry.seen == name]
        bars.append(Bar(words, (Piece(len(entries), _SEEN_TONES[name]),), f"{len(entries):,}"))
        count = making.count(f"seen-{name}", f"Last seen: {words}", entries, ("last_seen", words))
        rows.append((words, count, share(len(entries), len(fleet.entries))))
    whole = counted(len(fleet.entries), "devices")
    lead = f"{fleet.silent:,} of {whole} did not check in for 30 days, or never did."
    picture = Picture("When devices were last seen", lead, tuple(bars))
    found = table("Last check-in", ("When", "Devices", "Share"), rows)
    return Section("seen", title, lead, picture, [found])


def versions(making: Making) -> Section | None:
    """Return the versions of systems by platform."""
    fleet = making.given.fleet
    if not fleet.entries or "os_version" not in fleet.says:
        return None
    rows: list[tuple[Cell, ...]] = []
    bars: list[tuple[int, Bar]] = []
    for number, (platform, entries) in enumerate(
        grouped(fleet.entries, "platform")[:MOST_PLATFORMS]
    ):
        groups = grouped(entries, "os_version")
        shown = sorted(groups[:MOST_VERSIONS], key=lambda one: version_order(one[0]), reverse=True)
        for place, (version, devices) in enumerate(shown):
            words = (platform or NOT_SAID, version or NOT_SAID)
            title = f"System: {' '.join(words)}"
            count = making.count(
                f"version-{number}-{place}", title, devices, ("os_version", version)
            )
            rows.append((*words, count, share(len(devices), len(entries))))
            pictured = Bar(" ".join(words), (Piece(len(devices)),), f"{len(devices):,}")
            bars.append((len(devices), pictured))
        rest = sum(len(devices) for _version, devices in groups[MOST_VERSIONS:])
        if rest:
            others = counted(len(groups) - MOST_VERSIONS, "other versions")
            rows.append((platform or NOT_SAID, others, Count(rest), share(rest, len(entries))))
    bars.sort(key=lambda pair: -pair[0])
    lead = f"The most frequent versions on {counted(len(fleet.entries), 'devices')}, the newest of a platform first."
    columns = ("Platform", "Version", "Devices", "Share of platform")
    most = tuple(one for _number, one in bars[:MOST_BARS])
    picture = Picture("The most frequent systems", lead, most)
    found = table("Versions by platform", columns, rows, most=len(rows))
    return Section("versions", "Systems and their versions", lead, picture, [found])


def policies(making: Making) -> Section | None:
    """Return what most devices violate, in the words of the servers."""
    given = making.given
    groups = by_word(given.fleet.entries, "compliance_reasons_raw")
    tables = []
    if groups:
        whole = len(given.fleet.entries)
        shown = groups[:MOST_ROWS]
        counts = _counted(making, shown, "compliance_reasons_raw", "Violated", whole)
        # These are names that people gave, so they stay as they are.
        rows = [(word, *row[1:]) for (word, _devices), row in zip(shown, counts, strict=True)]
        columns = ("Policy or rule", "Devices", "Share")
        tables.append(table("Violated, by devices", columns, rows, more=len(groups) - len(rows)))
    tables += _server_counts(given)
    if not tables:
        return None
    lead = "What most devices violate, in the words of the servers."
    title = "Most violated policies"
    picture = Picture(title, lead, _bars(groups)) if groups else None
    return Section("policies", title, lead, picture, tables)


def _server_counts(given: Given) -> list[Table]:
    """Return how many devices violate which policy, as Neurons counts."""
    rows: list[tuple[str, int, int, str]] = [
        (
            text_of(row.get("name")),
            number_of(row.get("violation_count")),
            number_of(row.get("device_count")),
            text_of(row.get("space")),
        )
        for row in given.configs or ()
    ]
    found = sorted((row for row in rows if row[1]), key=lambda row: (-row[1], row[0]))
    columns = ("Policy", "Violating devices", "Devices", "Device space")
    return [table("Violated, as the server counts", columns, found)] if found else []
