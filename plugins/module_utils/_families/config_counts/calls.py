# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts of devices by configuration and policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..._products.capability import Capability, Parts


class ConfigCounts(Protocol):
    """Reads all configurations and policies with their counts of devices."""

    def all(self, partitions: Sequence[str]) -> list[Mapping[str, Any]]:
        """Return the configurations and policies of partitions, as ``config_info`` shows them.

        Args:
            partitions: Ids or names of partitions; all of them if empty.
        """


def _neurons() -> Parts[ConfigCounts]:
    from ..._products.neurons.client import NeuronsClient
    from .neurons import NeuronsConfigCounts

    return NeuronsClient, NeuronsConfigCounts


CONFIG_COUNTS = Capability[ConfigCounts]("counts of configurations", {"neurons": _neurons})
