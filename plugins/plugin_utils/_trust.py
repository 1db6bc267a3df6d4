# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make values of a server data, never templates, on every ansible-core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.utils.unsafe_proxy import wrap_var

try:
    from ansible.template import is_trusted_as_template, trust_as_template

    TAGS_DATA = True
except ImportError:
    # Before ansible-core 2.19 every string is a template unless it is wrapped.
    TAGS_DATA = False

# What has no text in it.
_PLAIN = frozenset((type(None), bool, int, float))

_MARKS = ("{{", "{%", "{#")


def template(text: str) -> str:
    """Return a text of our own as a template."""
    return trust_as_template(text) if TAGS_DATA else text


def _tagger() -> Callable[[str], str]:
    """Return what does the same as ``trust_as_template`` for a plain text, if Ansible keeps its tags
    where it does now. It makes a map of tags for each text, which takes 3 us and 220 bytes. Here all
    texts share one, as no map is ever changed."""
    sample: Any = trust_as_template("text")
    kind, tags = type(sample), getattr(sample, "_ansible_tags_mapping", None)

    def tagged(text: str) -> str:
        made: Any = kind(text)
        made._ansible_tags_mapping = tags
        return made  # type: ignore[no-any-return]

    try:
        made = tagged("text")
        works = tags is not None and made == sample and is_trusted_as_template(made)
    except (AttributeError, TypeError):
        works = False
    return tagged if works else trust_as_template


_trusted = _tagger() if TAGS_DATA else str


class SafeValues:
    """Makes values of a server safe as variables, and holds equal strings once.

    Strings that could be a template, or become one when something is joined to them, stay untrusted
    (2.19 and newer) or are wrapped as unsafe (before). All others are trusted as plain text:
    ``ansible-inventory --export`` writes untrusted and unsafe strings as ``{"__ansible_unsafe":
    …}``, but AWX and others expect a string.
    """

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def __call__(self, value: Any) -> Any:
        """Return a value with its strings made safe, and U+0000 in them replaced."""
        # Most values are strings, numbers, booleans and null, so these are tested first.
        if isinstance(value, str):
            return self._seen.get(value) or self._remember(value)
        if value is None or isinstance(value, (int, float)):
            return value
        if isinstance(value, (list, tuple)):
            return [self(part) for part in value]
        # A dict is one at once.
        if isinstance(value, (dict, Mapping)):
            # Keys are not templates, but a loop makes values of them.
            return {self(key): self(part) for key, part in value.items()}
        return value

    def variables(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the variables of a host, made safe. Of a fleet there are millions."""
        seen = self._seen
        made = {}
        for name, value in values.items():
            kind = type(value)
            if kind is str:
                made[name] = seen.get(value) or self._remember(value)
            elif kind in _PLAIN:
                made[name] = value
            else:
                made[name] = self(value)
        return made

    def _remember(self, text: str) -> str:
        # The database of AWX takes no text with U+0000, and refuses the whole inventory for it.
        clean = text.replace("\0", "\ufffd")
        risky = could_be_template(clean)
        if TAGS_DATA:
            safe = clean if risky else _trusted(clean)
        else:
            safe = wrap_var(clean) if risky else clean
        self._seen[text] = safe
        return safe


def could_be_template(text: str) -> bool:
    """Return whether a string has the beginning of a template, or ends with its first half."""
    return "{" in text and (text.endswith("{") or any(mark in text for mark in _MARKS))
