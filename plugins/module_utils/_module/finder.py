# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who asks a client for the devices of a selection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .._core.selection import Found, Selection
from .._products.capability import UemClient


class Finder:
    """Asks a client. In Ansible's own process another one may ask for many hosts at once."""

    def find(self, client: UemClient, selection: Selection, **wanted: Any) -> Found:
        """Find the devices of a selection.

        Args:
            client: The client.
            selection: Which devices are selected.
            wanted: The other arguments of ``UemClient.find``.
        """
        return client.find(selection, **wanted)


_FINDERS = [Finder()]


def finder() -> Finder:
    """Return the finder of this process, which runs one module at a time."""
    return _FINDERS[-1]


@contextmanager
def finding_with(other: Finder) -> Iterator[None]:
    """Have another finder ask, until the end of the block."""
    _FINDERS.append(other)
    try:
        yield
    finally:
        _FINDERS.pop()
