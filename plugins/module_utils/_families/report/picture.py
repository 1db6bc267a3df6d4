# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pictures of counts, as SVG that needs no script and nothing from outside. Pure.

A library was tried: pygal 3.1.3 writes 19 kB for six bars, with a script and a style sheet in each
picture, which the policy of the page would have to permit. These are 2 kB, and need no dependency.
Lengths are a share of the width, so that letters keep their size on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .markup import Html, element, shown

# The most characters of a label, so that label and number fit on a phone.
LONGEST_LABEL = 34

_ROW, _TOP, _THICK = 40, 16, 12
_HIGH, _FOOT = 120, 22


@dataclass(frozen=True)
class Piece:
    """A part of a bar.

    Attributes:
        value: How long it is.
        tone: Its class: ``good``, ``bad``, ``warn``, ``idle`` or ``plain``.
    """

    value: float
    tone: str = "plain"


@dataclass(frozen=True)
class Bar:
    """A bar with a label.

    Attributes:
        label: What it counts.
        pieces: Its parts, from left to right.
        number: What stands at its end.
    """

    label: str
    pieces: tuple[Piece, ...]
    number: str


@dataclass(frozen=True)
class Picture:
    """A picture.

    Attributes:
        title: What it shows.
        description: The same in a sentence with its most important numbers.
        bars: Its bars.
        upright: Whether these are columns, the first at the left, such as of weeks.
        legend: What tones mean, each with its words.
    """

    title: str
    description: str
    bars: tuple[Bar, ...]
    upright: bool = False
    legend: tuple[tuple[str, str], ...] = ()


def drawn(picture: Picture, name: str) -> Html:
    """Return a picture.

    Args:
        picture: The picture.
        name: What its ids begin with.
    """
    marks = _columns(picture.bars) if picture.upright else _lines(picture.bars)
    height = _TOP + _HIGH + _FOOT if picture.upright else _ROW * len(picture.bars) + 4
    return element(
        "svg",
        element("title", picture.title, id=f"{name}-t"),
        element("desc", picture.description, id=f"{name}-d"),
        *marks,
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
        width="100%",
        height=height,
        xmlns="http://www.w3.org/2000/svg",
    )


def _lines(bars: Sequence[Bar]) -> list[Html]:
    """Return bars that lie, each below its label and its number."""
    longest = max((_length(one) for one in bars), default=0) or 1
    marks: list[Html] = []
    for row, one in enumerate(bars):
        top = row * _ROW
        marks.append(element("text", shown(one.label, LONGEST_LABEL), x="0", y=top + _TOP))
        marks.append(element("text", one.number, x="100%", y=top + _TOP, text_anchor="end"))
        marks.append(_rect("rail", 0, 100, top + _TOP + 6))
        start = 0.0
        for piece in one.pieces:
            width = 100 * piece.value / longest
            # What is there can be seen, however small it is.
            if piece.value:
                marks.append(_rect(piece.tone, start, max(width, 0.5), top + _TOP + 6))
            start += width
    return marks


def _columns(bars: Sequence[Bar]) -> list[Html]:
    """Return bars that stand, with the labels of the first and the last one."""
    highest = max((_length(one) for one in bars), default=0) or 1
    step = 100 / max(len(bars), 1)
    foot = _TOP + _HIGH
    marks: list[Html] = []
    for place, one in enumerate(bars):
        high = _HIGH * _length(one) / highest
        tone = one.pieces[0].tone if one.pieces else "plain"
        marks.append(
            element(
                "rect", class_=tone, x=f"{place * step + step * 0.1:.2f}%", y=f"{foot - high:.1f}",
                width=f"{step * 0.8:.2f}%", height=f"{high:.1f}",
            )
        )  # fmt: skip
    marks.append(element("line", class_="rail", x1="0", x2="100%", y1=foot, y2=foot))
    for one, x, anchor in _ends(bars):
        marks.append(element("text", shown(one.label, 12), x=x, y=foot + 17, text_anchor=anchor))
    marks.append(element("text", f"highest: {highest:g} %", x="0", y="11"))
    return marks


def _ends(bars: Sequence[Bar]) -> list[tuple[Bar, str, str]]:
    ends = [(bars[0], "0", "start")] if bars else []
    return [*ends, (bars[-1], "100%", "end")] if len(bars) > 1 else ends


def _rect(tone: str, x: float, width: float, y: int) -> Html:
    return element(
        "rect", class_=tone, x=f"{x:.2f}%", y=y, width=f"{width:.2f}%", height=_THICK, rx="2"
    )


def _length(one: Bar) -> float:
    return sum(piece.value for piece in one.pieces)
