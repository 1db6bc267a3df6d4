# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One call of a vendor document as a row of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union
from urllib.parse import quote

from .errors import OptionError

# What stands in one place of a path: a value, or several where a call takes them separated by
# commas. (ansible-test's pylint takes | between types for an operation on values.)
Segment = Union[str, tuple[str, ...]]  # noqa: UP007


@dataclass(frozen=True)
class Endpoint:
    """A call: what it is named, where it goes, and what may be done with it when the answer is
    lost.

    ``id``: the call's name in docs/coverage.md. ``path``: a template with ``{name}`` in place of
    path segments. ``safe``: it changes nothing on the server, so check mode may send it (EPMM has
    GETs that act, hence a column of its own). ``idempotent``: sending it twice has the effect of
    sending it once, so a lost answer may be retried. ``role``: the role that the vendor document
    asks for. ``source``: document and section. ``not_found``: what its HTTP 404 means. ``slash``:
    what to do where a web server refuses a slash in a segment.
    """

    id: str
    method: str
    path: str
    source: str
    role: str = ""
    safe: bool = False
    idempotent: bool = False
    not_found: str = "there is no such object, or url lacks a base path"
    slash: str = "name it otherwise where the option takes that, or have it renamed"

    def fill(self, **segments: Segment) -> str:
        """The path with its segments filled in, each percent-encoded as a whole; of several values
        each by itself, with commas between them.

        Raises OptionError for a segment that could move the call to another endpoint (empty, dots,
        control characters): encoding does not help against ``..``, which proxies resolve after
        decoding.
        """
        return self.path.format(**{name: _segment(name, value) for name, value in segments.items()})


def _segment(name: str, value: Segment) -> str:
    if not isinstance(value, str):
        return ",".join(_segment(name, one) for one in value)
    if value in ("", ".", "..") or any(ord(char) < 32 or ord(char) == 127 for char in value):
        raise OptionError(
            f"{name}: {value!r} cannot be part of an address; give the {name} as the server shows "
            "it."
        )
    return quote(value, safe="")
