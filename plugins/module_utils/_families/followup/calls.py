# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the devices that something was asked of: the client of every product does it."""

from __future__ import annotations

from ..._products.capability import Capability, Parts, UemClient


def _itself(client: UemClient) -> UemClient:
    return client


def _neurons() -> Parts[UemClient]:
    from ..._products.neurons.client import NeuronsClient

    return NeuronsClient, _itself


def _epmm() -> Parts[UemClient]:
    from ..._products.epmm.client import EpmmClient

    return EpmmClient, _itself


FOLLOW_UP = Capability("following actions up", {"neurons": _neurons, "epmm": _epmm})
