# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for labels themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._core.device import Label, Partition
    from ..._core.plan import Batch, Change, Outcome
    from .model import Uses


class LabelDefinitions(Protocol):
    """Labels, without regard to who is on them."""

    def labels(self) -> tuple[Label, ...]:
        """Return every label that the account sees.

        Raises:
            OptionError: The server has no API that makes labels.
        """

    def spaces(self, wanted: str | None) -> tuple[Partition, ...]:
        """Return the account's device spaces, or the one with this id or name.

        Raises:
            OptionError: There is no such space, or the server has no API that makes labels.
        """

    def uses(self, label: Label) -> Uses:
        """Return what a label has."""

    def check_filter(self, criteria: str, space: Partition) -> int | None:
        """Ask the server whether it takes criteria.

        Returns:
            How many devices fit them, or None if that is not known.

        Raises:
            OptionError: It does not.
        """

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """Return a batch for each change."""

    def write(self, batch: Batch) -> list[Outcome]:
        """Make or delete a label, and read the labels again. Return the outcome.

        Raises:
            UemError: The account may not do it.
        """


def _epmm() -> Parts[LabelDefinitions]:
    from ..._products.epmm.client import EpmmClient
    from .epmm import EpmmLabelDefinitions

    return EpmmClient, EpmmLabelDefinitions


LABEL_DEFINITIONS = Capability("making labels", {"epmm": _epmm})
