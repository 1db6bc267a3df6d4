# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AppConnect analytics (E48)."""

from __future__ import annotations

from ..._http.download import Sink
from ..._products.epmm.downloads import fetch, head_of, something_else
from ..._products.epmm.endpoints import WEB_SERVICE, read_v1
from ..._products.epmm.server import Epmm

ANALYTICS = read_v1(
    "E48", "/api/v1/apps/appconnect/analytics", WEB_SERVICE + "Get Analytics for AppConnect Apps"
)

# The media types that the document names for the archive. A server that obeys them sends errors as
# JSON.
_ZIP = "application/zip, application/json;q=0.9, */*;q=0.5"

# The first bytes of an archive with entries, and of one without.
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")


class EpmmAnalytics:
    """See Analytics."""

    def __init__(self, client: Epmm) -> None:
        self._client = client

    def archive(self, app: str, sink: Sink) -> bool:
        """See Analytics."""
        query = [("appid", app)]
        if not fetch(self._client, ANALYTICS, sink, accept=_ZIP, query=query):
            return False
        sink.file.seek(0)
        start = sink.file.read(len(_ARCHIVES[0]))
        sink.file.seek(0)
        if start not in _ARCHIVES:
            raise something_else(
                ANALYTICS, head_of(sink.file), "a ZIP archive", self._client.transport
            )
        return start == _ARCHIVES[0]
