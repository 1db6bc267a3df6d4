# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTML that is safe by construction: whatever is not made here is a text, and is escaped. Pure."""

from __future__ import annotations

import html
import re

# Characters that steer a terminal, that HTML does not allow, or that turn the text around them:
# U+202A to U+202E and U+2066 to U+2069 reach beyond the name that has them.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff]+"
)

# Elements without an end.
_VOID = frozenset({"meta", "br", "rect", "line", "path"})


class Html(str):
    """A piece of a page. Only ``element`` and ``joined`` make it."""

    __slots__ = ()


def shown(value: object, longest: int) -> str:
    """Return a value as a text of one line, cut, without characters that steer.

    Args:
        value: A name or another text of a server, or a number.
        longest: The most characters of it.
    """
    text = str(value)
    # A name of many kilobytes is cut before it is searched.
    text = _STEERING.sub(" ", text[: longest + 1])
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def escaped(value: object) -> str:
    """Return what stands for a value in a page; a piece of a page stands for itself."""
    return value if isinstance(value, Html) else html.escape(_STEERING.sub(" ", str(value)))


def element(tag: str, /, *children: object, **attributes: object) -> Html:
    """Return an element.

    Args:
        tag: Its name, which is written in the code.
        children: What is in it: pieces of a page, and texts, which are escaped.
        attributes: Its attributes. An underscore stands for a hyphen, one at the end is dropped; None
            leaves an attribute out.
    """
    parts = [
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(_STEERING.sub(" ", str(value)))}"'
        for key, value in attributes.items()
        if value is not None
    ]
    start = f"<{tag}{''.join(parts)}>"
    if tag in _VOID and not children:
        return Html(start if tag in ("meta", "br") else f"{start[:-1]}/>")
    return Html(f"{start}{''.join(map(escaped, children))}</{tag}>")


def joined(*children: object) -> Html:
    """Return pieces and texts one after the other."""
    return Html("".join(map(escaped, children)))
