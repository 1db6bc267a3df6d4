# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for a declared state: the calls of each section that it has."""

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
    from ..attributes.calls import Attributes
    from ..configs.calls import Configs
    from ..label_definitions.calls import LabelDefinitions
    from ..labels.calls import Labels
    from ..policies.calls import Policies


@dataclass(frozen=True)
class StateCalls:
    """The calls of each section, by its name; None where the product lacks it."""

    configurations: Configs
    attributes: Attributes | None = None
    label_definitions: LabelDefinitions | None = None
    labels: Labels | None = None
    policies: Policies | None = None


# What a section needs of a product, for messages.
CAPABILITIES: dict[str, Capability[Any]] = {
    "label_definitions": LABEL_DEFINITIONS,
    "labels": LABELS,
    "policies": POLICIES,
    "configurations": CONFIGS,
    "attributes": CUSTOM_ATTRS,
}


def _neurons() -> Parts[StateCalls]:
    client, attributes = CUSTOM_ATTRS.products["neurons"]()
    _client, configurations = CONFIGS.products["neurons"]()

    def calls(one: Any) -> StateCalls:
        return StateCalls(configurations(one), attributes=attributes(one))

    return client, calls


def _epmm() -> Parts[StateCalls]:
    client, configurations = CONFIGS.products["epmm"]()
    _client, definitions = LABEL_DEFINITIONS.products["epmm"]()
    _client, labels = LABELS.products["epmm"]()
    _client, policies = POLICIES.products["epmm"]()

    def calls(one: Any) -> StateCalls:
        return StateCalls(
            configurations(one),
            label_definitions=definitions(one),
            labels=labels(one),
            policies=policies(one),
        )

    return client, calls


STATE = Capability("a declared state", {"neurons": _neurons, "epmm": _epmm})
