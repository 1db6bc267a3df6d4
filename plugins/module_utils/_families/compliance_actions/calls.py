# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for compliance actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from .model import ComplianceAction


class ComplianceActions(Protocol):
    """Compliance actions."""

    def actions(self) -> tuple[ComplianceAction, ...]:
        """Return every compliance action of the account's device spaces.

        Raises:
            OptionError: The server has no API that lists them.
        """


def _epmm() -> Parts[ComplianceActions]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmComplianceActions

    return EpmmClient, EpmmComplianceActions


COMPLIANCE_ACTIONS = Capability("compliance actions", {"epmm": _epmm})
