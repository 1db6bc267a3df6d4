# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The export of devices (E03)."""

from __future__ import annotations

from ..._http.download import Sink
from ..._products.epmm.downloads import fetch, head_of, something_else
from ..._products.epmm.endpoints import API_ROLE, DEVICE_GUIDE, read
from ..._products.epmm.server import Epmm

EXPORT = read(
    "E03",
    "/api/v1/dm/devices.csv",
    DEVICE_GUIDE + "Exporting Device Information to a CSV",
    API_ROLE,
)

# The document names no media type of the export. A server that obeys this one sends errors as JSON.
_CSV = "text/csv, application/json;q=0.9, */*;q=0.5"


class EpmmExports:
    """See Exports."""

    def __init__(self, client: Epmm) -> None:
        self._client = client

    def export(self, sink: Sink) -> bool:
        """See Exports."""
        if not fetch(self._client, EXPORT, sink, accept=_CSV):
            return False
        head = head_of(sink.file)
        # The first name of the header is a word.
        if head.lstrip()[:1] in ("", "<", "{", "["):
            raise something_else(EXPORT, head, "a table of devices", self._client.transport)
        return True
