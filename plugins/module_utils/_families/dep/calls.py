# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for DEP servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from .model import DepProfile, DepServer


class DepServers(Protocol):
    """DEP servers and their profiles."""

    def servers(self) -> tuple[DepServer, ...]:
        """Return every DEP server."""

    def profiles(self, server: DepServer) -> tuple[DepProfile, ...]:
        """Return the profiles of a DEP server, with secrets masked."""


def _neurons() -> Parts[DepServers]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsDepServers

    return NeuronsClient, NeuronsDepServers


DEP = Capability("DEP servers", {"neurons": _neurons})
