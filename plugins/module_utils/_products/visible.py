# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tell what is not visible to an account from what is absent; the same for every product."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from .._core.device import Device, Partition
from .._core.errors import ContradictionError
from .._core.privacy import FEW, hidden_error, hidden_keys, hides, is_hidden_field
from .._core.selection import Found, Selection

# The devices that are looked at to learn whether the account has a GDPR profile.
SAMPLE = 20


def enough(
    devices: Sequence[Device], read: Callable[[], Sequence[Device]], *, everything: bool = False
) -> Sequence[Device]:
    """Return devices if they are enough to show a mask, or are all that there are, or else what
    ``read`` returns."""
    return devices if everything or len(devices) >= FEW else read()


def require_visible(
    found: Found, selection: Selection, sample: Callable[[], Iterable[Device]]
) -> Found:
    """Return what was found, if the account sees what the selection is about.

    Args:
        found: What was found.
        selection: The selection.
        sample: Reads some devices. It is called only where too few were found.

    Raises:
        OptionError: A GDPR profile hides it.
    """
    keys = hidden_keys(selection)
    if found.devices and not any(map(is_hidden_field, selection.attributes)):
        # Devices that show the names that were looked for are visible.
        return found
    if keys and hides(found.devices if len(found.devices) >= FEW else sample()):
        raise hidden_error("devices cannot be found", keys, "Name devices by their ids or guids")
    return found


@contextmanager
def explained(selection: Selection, sample: Callable[[], Iterable[Device]]) -> Iterator[None]:
    """Explain a row that contradicts a selection, if a GDPR profile hides what it is about.

    Args:
        selection: The selection.
        sample: Reads some devices.

    Raises:
        OptionError: A GDPR profile hides it.
    """
    try:
        yield
    except ContradictionError:
        require_visible(Found(()), selection, sample)
        raise


def with_blind_spot(found: Found, spaces: Sequence[Partition]) -> Found:
    """Return what was found with a sentence about what the account does not see.

    Args:
        found: What was found.
        spaces: The device spaces of an account that does not see all of them.
    """
    if not spaces:
        return found
    names = ", ".join(space.name or space.id for space in spaces)
    return replace(
        found,
        unseen=f"The account sees only these device spaces: {names}. What was not found may be in "
        "another one.",
    )
