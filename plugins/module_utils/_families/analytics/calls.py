# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers for AppConnect analytics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..._products.capability import Capability, Parts

if TYPE_CHECKING:
    from ..._http.download import Sink


class Analytics(Protocol):
    """AppConnect analytics."""

    def archive(self, app: str, sink: Sink) -> bool:
        """Write the archive with the analytics of an app to a file.

        Args:
            app: The id of the app.
            sink: The file.

        Returns:
            Whether the server has any.

        Raises:
            AnswerError: The answer is not an archive.
        """


def _epmm() -> Parts[Analytics]:
    from ..._products.epmm.server import Epmm
    from .epmm import EpmmAnalytics

    return Epmm, EpmmAnalytics


ANALYTICS = Capability("AppConnect analytics", {"epmm": _epmm})
