# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for registering devices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device
    from ..._core.plan import Batch, Change, Outcome
    from ..reference.calls import Reference
    from ..users.calls import Users
    from .model import Registration


class Registrations(Protocol):
    """Registering devices.

    Attributes:
        users: The calls for users, whom a registration refers to.
        reference: The calls for operators and countries, which it refers to as well.
    """

    users: Users
    reference: Reference

    def registrations(self, *wanted: Registration) -> tuple[Device, ...]:
        """Return devices of the users of registrations, with their rows.

        Every device that is registered as one of them, or will be soon, is among them. Each list of
        the server is read once.
        """

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Return a batch for each change, for each device gets its own passcode."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Send one batch, never twice. Its outcome has what a Registered returns.

        Raises:
            AnswerLostError: It is not known whether the device was registered.
        """


def _epmm() -> Parts[Registrations]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmRegistrations

    return EpmmClient, EpmmRegistrations


REGISTRATION = Capability("registering devices", {"epmm": _epmm})
