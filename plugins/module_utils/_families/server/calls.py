# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for the check of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from .model import Findings


class ServerCalls(Protocol):
    """The check of a server."""

    def examine(self) -> Findings:
        """Send requests that change nothing, and return what they show.

        Raises:
            UemError: Nothing can be read at all.
        """


def _neurons() -> Parts[ServerCalls]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsServer

    return NeuronsClient, NeuronsServer


def _epmm() -> Parts[ServerCalls]:
    from ..._products.epmm.server import Epmm
    from .epmm import EpmmServer

    return Epmm, EpmmServer


SERVER = Capability("the check of a server", {"neurons": _neurons, "epmm": _epmm})
