# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as one page of HTML that needs nothing else: no script, no font, no picture. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from heapq import nsmallest

from ..._core.wording import counted
from .content import Cell, Count, Listing, Report, Section, Table, Tile, origin
from .fleet import Entry, text_of
from .markup import Html, element, joined, shown
from .picture import Picture, drawn

# The most characters of a name and of a sentence, and devices that are listed behind one count.
LONGEST_CELL, LONGEST_TEXT, MOST_LISTED = 120, 200, 25

# The most characters of a share in percent, and of a text that stays on one line.
LONGEST_SHARE, LONGEST_LINE = 8, 16

# The most characters of a row of a table beside a picture, and how much of a cell counts.
NARROW, WIDE_CELL = 66, 25

# The most characters of all lists of devices, so that the page stays below 3 MB whatever names are.
MOST_LISTS = 1_200_000

# The file in which all devices are.
CSV = "report.csv"

_STYLE = """
:root{color-scheme:light dark;--bg:#fff;--card:#f5f6f8;--text:#1b1e23;--soft:#555c66;--edge:#d5d9de;--link:#0b57a4;
--good:#2e7d32;--bad:#c62828;--warn:#a85f00;--idle:#7a818b;--plain:#1565c0}
@media (prefers-color-scheme:dark){:root{--bg:#15171b;--card:#1f2228;--text:#e8eaed;--soft:#aab1bb;--edge:#3a3f47;
--link:#8ab9f5;--good:#66bb6a;--bad:#f0716e;--warn:#f0a94a;--idle:#8b929c;--plain:#6aa9f0}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
body{margin:0 auto;max-width:70rem;padding:1.5rem 1rem 4rem;background:var(--bg);color:var(--text);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:1.7rem;line-height:1.2;margin:0;overflow-wrap:anywhere}
h2{font-size:1.25rem;margin:2.5rem 0 .5rem}
h3{font-size:1rem;margin:1.5rem 0 .25rem;overflow-wrap:anywhere}
p{margin:.25rem 0 .75rem;max-width:48rem;overflow-wrap:anywhere}
a{color:var(--link)}
.soft,figcaption,caption{color:var(--soft)}
nav ul,.tiles{list-style:none;margin:1rem 0;padding:0;display:flex;flex-wrap:wrap;gap:.4rem 1rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.75rem}
.tiles a{display:block;height:100%;padding:.75rem 1rem;background:var(--card);border:1px solid var(--edge);
border-left:.3rem solid var(--tone);border-radius:.4rem;color:inherit;text-decoration:none}
.tiles a:hover,.tiles a:focus-visible{border-color:var(--link)}
.tiles b{display:block;font-size:1.7rem;line-height:1.3}
.tiles span{display:block;font-size:.9rem}
.good{--tone:var(--good);fill:var(--good)}.bad{--tone:var(--bad);fill:var(--bad)}.warn{--tone:var(--warn);fill:var(--warn)}
.idle{--tone:var(--idle);fill:var(--idle)}.plain{--tone:var(--plain);fill:var(--plain)}
.rail{fill:var(--edge);stroke:none;opacity:.5}line.rail{stroke:var(--edge);opacity:1}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:0 2.5rem;align-items:start}
figure{margin:.75rem 0 1rem;max-width:40rem}
svg{display:block;overflow:visible}
svg text{fill:var(--text);font-size:.85rem;unicode-bidi:isolate}
figcaption{font-size:.9rem}
figcaption span{display:inline-block;margin-right:1rem}
figcaption i{display:inline-block;width:.75rem;height:.75rem;margin-right:.4rem;border-radius:2px;background:var(--tone)}
.scroll{overflow-x:auto;margin:.5rem 0 1rem}
table{border-collapse:collapse;font-size:.9rem;min-width:min(100%,24rem)}
caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--edge);text-align:left;vertical-align:top;
max-width:22rem;overflow-wrap:break-word}
thead th{white-space:nowrap}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.s{white-space:nowrap}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}
@page{margin:1.5cm}
@media print{:root{--bg:#fff;--card:#fff;--text:#000;--soft:#333;--edge:#bbb;--link:#000;--good:#2e7d32;--bad:#c62828;
--warn:#a85f00;--idle:#7a818b;--plain:#1565c0}body{max-width:none;padding:0;font-size:.8rem}nav,.skip,#s-devices{display:none}
a{text-decoration:none}figure,tr,.tiles li{break-inside:avoid}h2,h3{break-after:avoid}.scroll{overflow:visible}
rect,i{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""

# Only the style sheet above may act, whatever a name might have put in here.
_POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'"
)


def as_page(report: Report) -> str:
    """Return a report as a page of HTML."""
    title = shown(report.given.title, LONGEST_CELL)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="robots", content="noindex"),
        element("title", f"{title}, {report.given.clock.now[:10]}"),
        element("style", Html(_STYLE)),
    )
    body = element(
        "body",
        element("a", "Skip to the numbers", class_="skip", href="#main"),
        _header(report, title),
        element(
            "main",
            element("ul", *map(_tile, report.tiles), class_="tiles"),
            _notes(report.notes),
            *map(_section, report.sections),
            _listings(report),
            id="main",
        ),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _header(report: Report, title: str) -> Html:
    made = origin(report.given, lambda name: shown(name, LONGEST_CELL))
    links = [(section.name, section.title) for section in report.sections]
    entries = (element("li", element("a", text, href=f"#s-{name}")) for name, text in links)
    return element(
        "header",
        element("h1", element("bdi", title)),
        element("p", made, class_="soft"),
        element("nav", element("ul", *entries), aria_label="Sections"),
    )


def _tile(tile: Tile) -> Html:
    link = element(
        "a",
        element("span", tile.label),
        element("b", tile.number),
        element("span", tile.more, class_="soft"),
        href=f"#s-{tile.target}",
        class_=tile.tone,
    )
    return element("li", link)


def _notes(notes: Sequence[str]) -> Html:
    return joined(*(element("p", note, class_="soft") for note in notes))


def _section(section: Section) -> Html:
    tables = [
        _table(table, f"t-{section.name}-{number}") for number, table in enumerate(section.tables)
    ]
    if section.picture and not any(map(_is_narrow, section.tables[:1])):
        tables = [_figure(section.picture, section.name), *tables]
    elif section.picture:
        # On a wide screen the picture stands beside the table that has its numbers.
        beside = element("div", _figure(section.picture, section.name), *tables[:1], class_="pair")
        tables = [beside, *tables[1:]]
    return element(
        "section",
        element("h2", section.title, id=f"h-{section.name}"),
        element("p", shown(section.lead, 1_000)),
        *tables,
        id=f"s-{section.name}",
        aria_labelledby=f"h-{section.name}",
    )


def _is_narrow(table: Table) -> bool:
    """Return whether a table fits beside a picture."""
    columns = zip(table.columns, *table.rows, strict=False)
    longest = (max(len(cell) for cell in cells if isinstance(cell, str)) for cells in columns)
    return sum(min(one, WIDE_CELL) for one in longest) <= NARROW


def _figure(picture: Picture, name: str) -> Html:
    legend = (element("span", element("i", class_=tone), words) for tone, words in picture.legend)
    caption = element("figcaption", *legend) if picture.legend else ""
    return element("figure", drawn(picture, f"p-{name}"), caption)


def _table(table: Table, name: str) -> Html:
    if not table.rows:
        return Html("")
    numeric = [_is_number(cell) for cell in table.rows[0]]
    head = (
        element("th", text, scope="col", class_="n" if is_number else None)
        for text, is_number in zip(table.columns, numeric, strict=True)
    )
    more = element("p", f"And {table.left:,} more.", class_="soft") if table.left else ""
    return element(
        "div",
        _framed(
            element("caption", table.title, id=name),
            element("thead", element("tr", *head)),
            element("tbody", *(_row(cells) for cells in table.rows)),
            name=name,
        ),
        more,
    )


def _framed(*parts: Html, name: str) -> Html:
    """Return a table that can be scrolled on a phone, also with the keyboard."""
    return element(
        "div",
        element("table", *parts),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_labelledby=name,
    )


def _row(cells: Sequence[Cell], longest: int = LONGEST_TEXT) -> Html:
    first, *rest = cells
    head = element("th", _text(first, longest), scope="row", class_=_short(first))
    return element("tr", head, *(_cell(cell, longest) for cell in rest))


def _cell(cell: Cell, longest: int) -> Html:
    if isinstance(cell, Count):
        number = f"{cell.number:,}"
        link = element("a", number, href=f"#l-{cell.listing}") if cell.listing else number
        return element("td", link, class_="n")
    if isinstance(cell, int):
        return element("td", f"{cell:,}", class_="n")
    return element("td", _text(cell, longest), class_="n" if _is_number(cell) else _short(cell))


def _short(cell: Cell) -> str | None:
    """Return the class of a text that stays on one line, such as a date."""
    return "s" if isinstance(cell, str) and 0 < len(cell) <= LONGEST_LINE else None


def _is_number(cell: Cell) -> bool:
    """Return whether a cell is a number or a share, and stands at the right."""
    return not isinstance(cell, str) or (len(cell) <= LONGEST_SHARE and cell.endswith(" %"))


def _text(cell: Cell, longest: int) -> Html:
    """Return a text whose direction does not reach beyond it."""
    text = shown(cell, longest)
    return element("bdi", text) if text else Html("")


# The devices behind the counts


def _listings(report: Report) -> Html:
    if not report.listings:
        return Html("")
    room = MOST_LISTS // len(report.listings)
    return element(
        "section",
        element("h2", "The devices behind the numbers", id="h-devices"),
        element(
            "p",
            f"At most {MOST_LISTED} of each, those that were silent for longest first. All devices are in {CSV}.",
        ),
        *(_listing(listing, room) for listing in report.listings),
        id="s-devices",
        aria_labelledby="h-devices",
    )


_COLUMNS = ("Device", "Name", "Model", "System", "Owner", "Last seen (UTC)", "Status", "Server")


def _listing(listing: Listing, room: int) -> Html:
    rows = _fitting(listing.entries, room)
    left = len(listing.entries) - len(rows)
    column, value = listing.column
    where = f'{column} has "{shown(value, 60)}"' if value else f"{column} is empty"
    more = element("p", f"And {left:,} more: in {CSV} the rows where {where}.", class_="soft")
    name = f"l-{listing.name}"
    head = element("tr", *(element("th", text, scope="col") for text in _COLUMNS))
    title = f"{shown(listing.title, LONGEST_CELL)} ({counted(len(listing.entries), 'devices')})"
    return joined(
        element("h3", element("bdi", title), id=name),
        _framed(element("thead", head), element("tbody", *rows), name=name),
        more if left else "",
    )


def _fitting(entries: Iterable[Entry], room: int) -> list[Html]:
    """Return the rows of the first devices, at most MOST_LISTED and at most as many as there is room
    for."""
    rows: list[Html] = []
    for entry in nsmallest(MOST_LISTED, entries, key=lambda one: one.order):
        row = _row(_cells(entry), LONGEST_CELL)
        room -= len(row.encode())
        if rows and room < 0:
            break
        rows.append(row)
    return rows


def _cells(entry: Entry) -> tuple[str, ...]:
    row = entry.row
    system = " ".join(filter(None, (text_of(row.get("platform")), text_of(row.get("os_version")))))
    seen = text_of(row.get("last_seen_at")) if entry.seen != "never" else ""
    return (
        entry.title,
        text_of(row.get("device_name")),
        text_of(row.get("model")),
        system,
        entry.owner,
        seen[:16].replace("T", " "),
        text_of(row.get("status")).replace("_", " "),
        entry.key[0],
    )
