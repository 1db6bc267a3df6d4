# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of a product about registering devices."""

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
    """Registering devices. ``users`` and ``reference``: what a registration refers to."""

    users: Users
    reference: Reference

    def registrations(self, wanted: Registration) -> tuple[Device, ...]:
        """Devices of its user, with their rows: among them every one that is registered, or about
        to be, as wanted."""

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """A batch for each change, for each has a passcode of its own."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Carry one batch out, never twice: an outcome that returns ``registered``, a Registered.
        Raises AnswerLostError when nobody knows what became of it."""


def _epmm() -> Parts[Registrations]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmRegistrations

    return EpmmClient, EpmmRegistrations


REGISTRATION = Capability("registering devices", {"epmm": _epmm})
