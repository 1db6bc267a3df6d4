# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""App settings (E46, E47)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from ..._core.device import Device
from ..._core.errors import AnswerError
from ..._core.masking import masked
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.endpoints import APP_SETTINGS, WEB_SERVICE, read_v1
from ..._products.epmm.lists import read_list
from ..._products.values import number_of, text_of
from .model import AppSetting

APP_SETTINGS_OF_DEVICE = read_v1(
    "E47",
    "/api/v1/appsettings/devices/{device}",
    WEB_SERVICE + "Get Application Settings by Device UUID",
)

# The names of the list and its elements in an answer.
_NAMES = ("appsettings", "appsetting")

# "Get Application Settings by Device UUID": the ASCII codes of C and D.
_STATES = {"67": "current", "68": "deleted", "C": "current", "D": "deleted"}


class EpmmAppSettings:
    """See AppSettings."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client

    def settings(self, kind: str | None) -> tuple[AppSetting, ...]:
        """See AppSettings."""
        query = [] if kind is None else [("type", kind)]
        return tuple(
            app_setting(row)
            for row in read_list(self._client.v1, APP_SETTINGS, *_NAMES, query=query)
        )

    def settings_of(self, device: Device) -> tuple[AppSetting, ...]:
        """See AppSettings."""
        rows = read_list(self._client.v1, APP_SETTINGS_OF_DEVICE, *_NAMES, {"device": device.guid})
        return tuple(app_setting(row) for row in rows)


def app_setting(raw: Mapping[str, Any]) -> AppSetting:
    """Make a setting of a row of "Get all Application Settings" or a similar call.

    Raises:
        AnswerError: The row has no id.
    """
    number = answers.id_of(raw)
    if number is None:
        raise AnswerError(f"The server sent an app setting without an id ({raw.get('name')!r}).")
    state = text_of(raw.get("state")).upper()
    properties = _properties(raw)
    shown = masked(properties)
    return AppSetting(
        id=text_of(number),
        name=text_of(raw.get("name")).strip(),
        type=text_of(raw.get("appType")).upper(),
        origin=text_of(raw.get("type")).upper(),
        description=text_of(raw.get("description")),
        device_count=number_of(raw.get("deviceCount")),
        pending_count=number_of(raw.get("pendingCount")),
        quarantined_count=number_of(raw.get("quarantinedCount")),
        labels=_labels(raw),
        state=_STATES.get(state) or state.lower() or None,
        properties=shown,
        secrets={name: value for name, value in properties.items() if shown[name] != value},
    )


def _labels(raw: Mapping[str, Any]) -> tuple[tuple[str | None, str | None], ...]:
    """Return the ids and names of labels, which come as two lists.

    If the lists differ in length, nobody knows which id and name belong together.
    """
    ids = [text_of(number) for number in answers.listed(raw.get("labels"))]
    names = [text_of(name) for name in answers.listed(raw.get("labelNames"))]
    if len(ids) == len(names):
        return tuple(zip(ids, names, strict=True))
    return tuple(chain(((number, None) for number in ids), ((None, name) for name in names)))


def _properties(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Read ``{"entry": [{"key": …, "value": …}]}``; a single entry is an object."""
    found = {}
    for part in answers.listed(raw.get("properties")):
        for entry in answers.listed(part.get("entry") if isinstance(part, Mapping) else None):
            if isinstance(entry, Mapping) and entry.get("key") is not None:
                found[text_of(entry["key"])] = entry.get("value")
    return found
