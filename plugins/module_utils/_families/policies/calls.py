# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Device, Label
    from .model import Assignment, Policy


class Policies(Protocol):
    """Policies, and the labels that they are applied to."""

    def policies(self) -> tuple[Policy, ...]:
        """Return every policy, with its rules."""

    def policies_of(self, device: Device) -> tuple[Policy, ...]:
        """Return the policies that a device has."""

    def labels(self) -> tuple[Label, ...]:
        """Return every label that the account sees."""

    def members(self, label: Label) -> Sequence[Device]:
        """Return the devices of a label."""

    def labels_of(
        self, devices: Sequence[Device], among: Sequence[Label]
    ) -> Mapping[str, frozenset[str]]:
        """Return for each device the ids of its labels, some of ``among``, by its id."""

    def set_policy(self, assignment: Assignment, *, applied: bool) -> str:
        """Apply a policy to a label, or remove it. Return the message of the server.

        Args:
            assignment: The policy and the label.
            applied: Whether it is applied.

        Raises:
            UemError: The server did not report success.
        """


def _epmm() -> Parts[Policies]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmPolicies

    return EpmmClient, EpmmPolicies


POLICIES = Capability("policies", {"epmm": _epmm})
