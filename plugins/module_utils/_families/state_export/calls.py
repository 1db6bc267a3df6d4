# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for the export of its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..._products.capability import Capability, Parts
from ..attributes.calls import CUSTOM_ATTRS
from ..configs.calls import CONFIGS
from ..label_definitions.calls import LABEL_DEFINITIONS
from ..labels.calls import LABELS
from ..policies.calls import POLICIES

if TYPE_CHECKING:
    from ..configs.calls import Configs
    from ..label_definitions.calls import LabelDefinitions
    from ..labels.calls import Labels
    from ..policies.calls import Policies


@dataclass(frozen=True)
class ExportCalls:
    """The calls of each section, by its name; None or False where the product lacks it."""

    configurations: Configs
    attributes: bool = False
    labels: Labels | None = None
    definitions: LabelDefinitions | None = None
    policies: Policies | None = None


# What a section needs of a product, for messages.
CAPABILITIES: dict[str, Capability[Any]] = {
    "attributes": CUSTOM_ATTRS,
    "labels": LABELS,
    "configurations": CONFIGS,
    "policies": POLICIES,
}


def _neurons() -> Parts[ExportCalls]:
    client, configurations = CONFIGS.products["neurons"]()
    return client, lambda one: ExportCalls(configurations(one), attributes=True)


def _epmm() -> Parts[ExportCalls]:
    client, configurations = CONFIGS.products["epmm"]()
    _client, definitions = LABEL_DEFINITIONS.products["epmm"]()
    _client, labels = LABELS.products["epmm"]()
    _client, policies = POLICIES.products["epmm"]()

    def calls(one: Any) -> ExportCalls:
        return ExportCalls(
            configurations(one),
            labels=labels(one),
            definitions=definitions(one),
            policies=policies(one),
        )

    return client, calls


STATE_FILES = Capability("the export of a state", {"neurons": _neurons, "epmm": _epmm})
