"""A place in a text that is read from left to right; both search languages are read with it."""

from __future__ import annotations

import re

_SPACE = re.compile(r"\s*")


class Cursor:
    """A text, and how far it is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read what matches here; None, and nothing is read, where nothing does."""
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def take_sign(self, sign: str) -> bool:
        """Read a sign, and the space before it, if it comes next."""
        start = self._after_space()
        if not self.text.startswith(sign, start):
            return False
        self.at = start + 1
        return True

    def at_end(self) -> bool:
        """Return whether nothing but space is left."""
        return self._after_space() == len(self.text)

    def _after_space(self) -> int:
        found = _SPACE.match(self.text, self.at)
        return found.end() if found else self.at
