# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for the export of its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..label_definitions.calls import LabelDefinitions
    from ..labels.calls import Labels


@dataclass(frozen=True)
class ExportCalls:
    """The calls about labels, or None where the product lacks them, and whether devices have custom
    attributes."""

    attributes: bool = False
    labels: Labels | None = None
    definitions: LabelDefinitions | None = None


def _neurons() -> Parts[ExportCalls]:
    from ..._products.neurons.client import NeuronsClient

    return NeuronsClient, _of_neurons


def _of_neurons(_client: Any) -> ExportCalls:
    return ExportCalls(attributes=True)


def _epmm() -> Parts[ExportCalls]:
    from ..._products.epmm.client import EpmmClient
    from ..label_definitions.epmm import EpmmLabelDefinitions
    from ..labels.epmm import EpmmLabels

    def calls(client: Any) -> ExportCalls:
        return ExportCalls(labels=EpmmLabels(client), definitions=EpmmLabelDefinitions(client))

    return EpmmClient, calls


STATE_FILES = Capability("the export of a state", {"neurons": _neurons, "epmm": _epmm})
