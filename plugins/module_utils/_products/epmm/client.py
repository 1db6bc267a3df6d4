# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ivanti EPMM: its devices, read through either of its two APIs.

Devices and labels are read through API v2 if the server has it, else through API v1.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ..._core.device import GLOBAL_SPACE, Device, Partition
from ..._core.errors import ABSENT, REFUSED, AbsentError, AnswerError, ApiError, OptionError
from ..._core.names import fits, idle_patterns, with_names
from ..._core.selection import Found, Selection
from ..._core.vocabulary import is_only_in_v2
from ..._http.transport import Transport
from ..visible import with_blind_spot
from . import answers, endpoints
from .devices import details_v1, device_v1, with_bitmaps
from .search import USE_V1
from .server import Epmm
from .v1 import FEW_LOOKUPS, V1
from .v2 import V2

# The kinds of names that only API v1 can look up.
_ONLY_V1_FINDS = frozenset({"phone_number", "wifi_mac_address"})


class EpmmClient(Epmm):
    """Reads the devices of one server. Safe to use from several threads.

    Attributes:
        v1: The calls of API v1.
        v2: The calls of API v2, which a server need not have; see ``require_v2``.
    """

    # fmt: off
    selects = frozenset({
        "ids", "guids", "serial_numbers", "emails", "users", "phone_numbers", "wifi_mac_addresses", "labels",
    })
    # fmt: on
    v1: V1

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self.v1 = V1(transport)
        self.v2 = V2(transport)
        self._lock = threading.Lock()
        self._chosen: V1 | V2 | None = None

    @property
    def api(self) -> V1 | V2:
        """The API that devices and labels are read through.

        The option ``api`` decides. If it is ``auto``, the server is asked once.
        """
        with self._lock:
            if self._chosen is None:
                wanted = self.transport.settings.api
                use_v2 = wanted == "v2" or (wanted == "auto" and self._has_v2())
                self._chosen = self.v2 if use_v2 else self.v1
            return self._chosen

    def _has_v2(self) -> bool:
        try:
            answers.results(self.transport.call(endpoints.PING), "The ping")
        except AnswerError as error:
            # A maintenance or sign-in page does not prove that API v2 is missing.
            raise AnswerError(f"{error} {USE_V1}") from None
        except ApiError as error:
            if answers.lacks_call(error):
                return False
            # An account that may use only the other API.
            if error.status not in REFUSED:
                raise
            raise type(error)(
                f"{error} {USE_V1}", status=error.status, method=error.method, path=error.path
            ) from None
        return True

    def require_v2(self, what: str) -> V2:
        """Return the calls of API v2.

        Args:
            what: What needs them, for the message.

        Raises:
            OptionError: The server does not have API v2, or the option ``api`` rules it out.
        """
        api = self.api
        if isinstance(api, V2):
            return api
        raise OptionError(
            f"api: {what} needs API v2 of EPMM, which this server does not have or api=v1 rules "
            "out."
        )

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """See UemClient.

        Partitions are the device spaces of EPMM. Without names, they are the account's own.
        """
        return self.api.partitions(wanted)

    def find(
        self,
        selection: Selection,
        *,
        keep_rows: bool,
        count_fleet: bool = False,
        fields: Sequence[str] = (),
        only: frozenset[str] | None = None,
    ) -> Found:
        """See UemClient.

        API v2 cannot look up phone numbers and MAC addresses. So where API v1 may be used as well,
        its direct calls do that, instead of reading all devices.
        """
        if not count_fleet and self._is_direct(selection, fields):
            direct = self._looked_up(selection, keep_rows=keep_rows)
            if direct is not None:
                self.notes += direct.notes
                return direct
        api = self.api
        found = api.find(selection, keep_rows=keep_rows, count_fleet=count_fleet, fields=fields)
        if isinstance(api, V2) and not selection.partitions:
            # The fallback of an account without device spaces of its own is the outermost one.
            spaces = api.partitions(())
            whole = any(space.id == GLOBAL_SPACE for space in spaces)
            found = with_blind_spot(found, () if whole else spaces)
        self.notes += found.notes
        return found

    def fleet(self, partitions: Sequence[str]) -> int:
        """See UemClient."""
        return self.api.fleet(partitions)

    @property
    def unsaid(self) -> frozenset[str]:
        """See UemClient."""
        return self.api.unsaid

    def attribute_names(self, kind: str = "device") -> tuple[str, ...] | None:
        """See UemClient. The collection does not use custom attributes of EPMM."""
        return None

    def _is_direct(self, selection: Selection, fields: Sequence[str]) -> bool:
        """Return whether API v1 has direct calls for a selection that is made through API v2."""
        v2_only = selection.filter or selection.labels or selection.partitions
        return (
            0 < len(selection.names) <= FEW_LOOKUPS
            and all(ref.kind in _ONLY_V1_FINDS for ref in selection.names)
            and not v2_only
            and not any(is_only_in_v2(name) for name in (*fields, *selection.decides))
            and self.transport.settings.api == "auto"
            and self.api is self.v2
        )

    def _looked_up(self, selection: Selection, *, keep_rows: bool) -> Found | None:
        """Return what the direct calls of API v1 find, or None if they do not find all names.

        They know only registered devices ("Get Device Details for a Phone Number/User/Label/Wi-Fi
        MAC Address"), and the server or the account may lack API v1.
        """
        try:
            found = self.v1.find(selection, keep_rows=keep_rows, direct=True)
        except AbsentError:
            return None
        except ApiError as error:
            if error.status >= 500:
                raise
            return None
        return None if found.missing else found

    def read(self, device: Device) -> Device | None:
        """See UemClient."""
        return self.api.read(device)

    def details(self, device: Device) -> Mapping[str, Any]:
        """See UemClient.

        The result is the row, ``details`` by their names, and with API v2 the names of the device's
        ``labels``.
        """
        api = self.api
        if isinstance(api, V1):
            raw = api.details(device)
            return {**device_v1(raw, keep_row=True).row, "details": details_v1(raw)}
        labels = sorted(api.labels_on(device).values())
        try:
            if self.transport.settings.api == "v2":
                return {**device.row, "details": api.details(device), "labels": labels}
            raw = self.v1.details(device)
        except ApiError as error:
            # API v1 will be removed from the product, and what only it knows with it.
            if error.status not in ABSENT:
                raise
            return {**device.row, "details": api.details(device), "labels": labels}
        row = with_bitmaps(device, device_v1(raw, keep_row=True)).row
        return {**row, "details": details_v1(raw), "labels": labels}

    def label_names(
        self, devices: Sequence[Device], patterns: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """See UemClient."""
        api = self.api
        known = api.labels()
        patterns = with_names(patterns, known)
        self.notes += idle_patterns(patterns, (label.name for label in known), "labels")
        fitting = [label for label in known if fits(label.name, patterns)]
        names = {label.id: label.name for label in fitting}
        labels = api.labels_of(devices, fitting)

        @cache
        def in_words(own: frozenset[str]) -> tuple[str, ...]:
            return tuple(sorted({names[label] for label in own}))

        return {device.id: in_words(labels[device.id]) for device in devices}
