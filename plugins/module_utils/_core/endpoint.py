# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One call of a vendor document as a row of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union
from urllib.parse import quote

from .errors import OptionError

# What fills one place of a path: a value, or several if the call takes them separated by commas.
# (ansible-test's pylint mistakes | between types for an operation on values.)
Segment = Union[str, tuple[str, ...]]  # noqa: UP007


NOT_FOUND = "there is no such object, url lacks a base path, or product is wrong"


@dataclass(frozen=True)
class Endpoint:
    """A call: its name, its address, and what to do when its answer is lost.

    Attributes:
        id: The call's name in docs/coverage.md.
        method: The HTTP method.
        path: A template of the path, with ``{name}`` in place of segments.
        source: The vendor's document and section.
        role: The role that the vendor's document asks for.
        safe: It changes nothing on the server, so check mode may send it. EPMM has GETs that act,
            hence this field.
        idempotent: Sending it twice has the effect of sending it once, so it may be sent again
            after a lost answer.
        not_found: What its HTTP 404 means.
        slash: What to do when a web server refuses a slash in a segment.
    """

    id: str
    method: str
    path: str
    source: str
    role: str = ""
    safe: bool = False
    idempotent: bool = False
    not_found: str = NOT_FOUND
    slash: str = "name it in another way if the option allows that, or rename it"

    def fill(self, **segments: Segment) -> str:
        """Return the path with its segments filled in, each percent-encoded as a whole.

        Several values for one segment are encoded one by one and joined by commas.

        Raises:
            OptionError: A segment could move the call to another endpoint (empty, dots, control
                characters). Encoding does not help against ``..``, which proxies resolve after
                decoding.
        """
        return self.path.format(**{name: _segment(name, value) for name, value in segments.items()})


def is_segment(value: str) -> bool:
    """Return whether a value can be a segment of a path; see ``Endpoint.fill``."""
    return value not in ("", ".", "..") and not any(
        ord(char) < 32 or ord(char) == 127 for char in value
    )


def _segment(name: str, value: Segment) -> str:
    if not isinstance(value, str):
        return ",".join(_segment(name, part) for part in value)
    if not is_segment(value):
        raise OptionError(
            f"{name}: {value!r} cannot be part of an address; give the {name} as the server shows "
            "it."
        )
    return quote(value, safe="")
