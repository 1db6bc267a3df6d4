# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tell what is not visible to an account from what is absent; the same for every product."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from .._core.device import Device, Partition
from .._core.errors import ContradictionError
from .._core.privacy import (
    FEW,
    HIDDEN_KINDS,
    hidden_error,
    hidden_keys,
    hides,
    is_hidden_field,
    unshown,
)
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
    kinds = _unfound(found, selection)
    if not kinds and not any(map(is_hidden_field, selection.attributes)):
        # Devices that show the names that were looked for are visible.
        return found
    devices = list(found.devices if len(found.devices) >= FEW else sample())
    if hides(devices):
        raise hidden_error(
            "devices cannot be found", hidden_keys(selection), "Name devices by their ids or guids"
        )
    return found.noting(unshown(devices, kinds))


def _unfound(found: Found, selection: Selection) -> list[str]:
    """Return the kinds of names that a profile hides and that no device was found by."""
    if not found.devices:
        kinds = {*(ref.kind for ref in selection.names), *selection.attributes}
        return sorted(kinds & HIDDEN_KINDS)
    missing = set(found.missing)
    shown = {ref.kind for ref in selection.names if ref not in missing}
    return sorted({ref.kind for ref in missing} & HIDDEN_KINDS - shown)


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
    return found.noting(
        f"The account sees only these device spaces: {names}. What was not found may be in another "
        "one."
    )
