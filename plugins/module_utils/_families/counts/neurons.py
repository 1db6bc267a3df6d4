# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts of the devices of Neurons for MDM (N08)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..._core.selection import Selection
from ..._products.neurons.client import NeuronsClient
from .model import Counted, counted_by


class NeuronsCounts:
    """See Counts."""

    def __init__(self, client: NeuronsClient) -> None:
        self._client = client

    def count(self, selection: Selection, by: Sequence[str]) -> tuple[int, Mapping[str, Counted]]:
        """See Counts."""
        spaces = self._client.facets(selection)
        # A space without a device may have no counts at all.
        facets = [found for number, found in spaces if number]
        return sum(number for number, _found in spaces), counted_by(by, facets)
