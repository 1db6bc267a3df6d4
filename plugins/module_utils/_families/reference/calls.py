# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for operators and countries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from .model import Country, Operator


class Reference(Protocol):
    """Operators and countries."""

    def operators(self) -> tuple[Operator, ...]:
        """Return every operator."""

    def countries(self) -> tuple[Country, ...]:
        """Return every country."""


def _epmm() -> Parts[Reference]:
    from ..._products.epmm.server import Epmm
    from .epmm import EpmmReference

    return Epmm, EpmmReference


REFERENCE = Capability("operators and countries", {"epmm": _epmm})
