# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for ActiveSync devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.plan import Batch, Change, Outcome
    from .model import EasDevice


class ActiveSync(Protocol):
    """ActiveSync devices."""

    def devices(self) -> tuple[EasDevice, ...]:
        """Return every ActiveSync device.

        Raises:
            AnswerError: The server did not send all of them.
        """

    def details(self, device: EasDevice) -> Mapping[str, Any] | None:
        """Return the details of a device by their names, with secrets masked.

        Returns:
            The details, or None if the device no longer exists.
        """

    def ineligible(self, changes: Sequence[Change[Any]]) -> Mapping[str, str]:
        """Find the devices that cannot take their state, if the server says so. Nothing is changed.

        Returns:
            The reason for each such device, by its id.
        """

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Put changes together into as few calls as the product allows.

        Destructive changes are never put together.
        """

    def write(self, batch: Batch) -> list[Outcome]:
        """Send one batch. Return an outcome for each of its changes.

        If the answer does not say what was done, the list of the server decides.

        Raises:
            UemError: All of it certainly failed.
        """


def _epmm() -> Parts[ActiveSync]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmActiveSync

    return EpmmClient, EpmmActiveSync


ACTIVESYNC = Capability("ActiveSync devices", {"epmm": _epmm})
