# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for the export of devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._http.download import Sink


class Exports(Protocol):
    """The export of devices."""

    def export(self, sink: Sink) -> bool:
        """Write the devices to a file, as CSV with a header.

        Returns:
            Whether the server has any devices.

        Raises:
            AnswerError: The answer is not a table.
        """


def _epmm() -> Parts[Exports]:
    from ..._products.epmm.server import Epmm
    from .epmm import EpmmExports

    return Epmm, EpmmExports


EXPORT = Capability("the export of devices", {"epmm": _epmm})
