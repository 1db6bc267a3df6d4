# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files: the export of devices, and AppConnect analytics (E03, E48)."""

from __future__ import annotations

import json
import re
from typing import BinaryIO

from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError, NotFoundError
from ..._http.transport import Query, Sink, Transport
from ..._products.epmm import answers, endpoints
from ..._products.epmm.v1 import V1

# The document names no media type of the export, and those of every call for the archive; errors
# come as JSON where it counts.
_CSV = "text/csv, application/json;q=0.9, */*;q=0.5"
_ZIP = "application/zip, application/json;q=0.9, */*;q=0.5"

# An archive with entries, and one without.
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")

# So much of an answer is looked at to say what it is.
_HEAD = 4096


class ExportCalls:
    """A part of the client: files: the export of devices, and AppConnect analytics."""

    transport: Transport
    _v1: V1

    def export_devices(self, sink: Sink) -> bool:
        """See Exports."""
        if not self._fetched(endpoints.EXPORT, sink, accept=_CSV):
            return False
        head = _head(sink.file)
        # The first name of the header is a word.
        if head.lstrip()[:1] in ("", "<", "{", "["):
            raise _instead(endpoints.EXPORT, head, "a table of devices", self.transport)
        return True

    def app_analytics(self, app: str, sink: Sink) -> bool:
        """See Analytics."""
        if not self._fetched(endpoints.ANALYTICS, sink, accept=_ZIP, query=[("appid", app)]):
            return False
        sink.file.seek(0)
        start = sink.file.read(len(_ARCHIVES[0]))
        if start not in _ARCHIVES:
            raise _instead(endpoints.ANALYTICS, _head(sink.file), "a ZIP archive", self.transport)
        sink.file.seek(0)
        return start == _ARCHIVES[0]

    def _fetched(self, endpoint: Endpoint, sink: Sink, *, accept: str, query: Query = ()) -> bool:
        """Download a file; False for HTTP 404, which says that there is no data.

        It may also say that url leads elsewhere, so that it is followed by a look at the labels.
        Raises AbsentError where these are missing, too.
        """
        try:
            self.transport.download(endpoint, sink, accept=accept, query=query)
        except NotFoundError:
            self._v1.lists(endpoints.LABELS_V1)
            return False
        return True


def _head(file: BinaryIO) -> str:
    """How a file begins, which is read from its start afterwards."""
    file.seek(0)
    head = file.read(_HEAD).decode("utf-8-sig", "replace")
    file.seek(0)
    return head


def _instead(endpoint: Endpoint, head: str, wanted: str, transport: Transport) -> AnswerError:
    """The error for an answer that is something else, told by how it begins."""
    where = f"{endpoint.method} {endpoint.path}"
    said = transport.told(_words(head))
    if not head.strip():
        return AnswerError(
            f"{where} was answered with nothing instead of {wanted}; try again, then ask its "
            "administrator."
        )
    if said or head.lstrip()[:1] in ("{", "["):
        return AnswerError(
            f"{where} was answered with an error instead of {wanted} ({said or 'it says no more'})."
        )
    if head.lstrip()[:1] == "<":
        title = transport.page_title(head.encode())
        named = f" titled {title!r}" if title else ""
        return AnswerError(
            f"{where} was answered by a web page{named} instead of {wanted}: url does not lead to "
            "the API, or a proxy or sign-in page stands in between; set url to the address before "
            "/api/."
        )
    return AnswerError(
        f"{where} was not answered with {wanted}; try again, then ask the server's administrator."
    )


def _words(head: str) -> str:
    """What an error in JSON says, or in XML."""
    try:
        return answers.explain(json.loads(head))
    except ValueError:
        return "; ".join(
            text.strip() for text in re.findall(r"<message>([^<]{1,300})</message>", head)
        )
