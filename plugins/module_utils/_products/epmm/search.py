# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Searches for devices through API v2, and the error for a search that the server refuses. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device, Partition
from ..._core.errors import ApiError, OptionError, UemError
from ..._core.vocabulary import BY_NAME
from ..._http.request import Query
from .devices import IDS_V2, bare_device_v2, device_v2, v2_names

# The remedy if a server refuses a request of API v2 that no author wrote.
USE_V1 = "Where API v2 of this server cannot be used, set api=v1."


@dataclass(frozen=True)
class Search:
    """A search for devices.

    Attributes:
        space: The device space to search.
        place: Where in the space the devices are.
        keep_row: Whether the devices keep their rows.
        own: An author's own names of fields, with the names of their options.
        needed: Those of our fields that decide what is selected, with the names of the options. Where
            a server refuses one, nobody knows what is selected.
        only_ids: Whether the devices need nothing but their ids.
    """

    space: Partition
    place: Query
    keep_row: bool
    own: Mapping[str, str]
    needed: Mapping[str, str]
    only_ids: bool = False

    @property
    def ours(self) -> tuple[str, ...]:
        """The names of our own fields."""
        if self.only_ids:
            return IDS_V2
        return v2_names(all_fields=self.keep_row)

    def query(self, without: frozenset[str]) -> Query:
        """Return the parameters of the search.

        Args:
            without: Our fields that are not requested.
        """
        ours = (name for name in self.ours if name not in without)
        fields = dict.fromkeys([*ours, *self.needed, *self.own])
        space = ("adminDeviceSpaceId", self.space.id)
        return [space, *self.place, ("fields", ",".join(fields))]

    def device(self, row: Mapping[str, Any]) -> Device:
        """Make a device of a row of the answer."""
        if self.only_ids:
            return bare_device_v2(row, space=self.space.id)
        return device_v2(row, keep_row=self.keep_row, extra=self.own, space=self.space.id)


def v2_of(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the names in API v2 of those of our fields that it has, with the same values."""
    known = ((BY_NAME[name].v2, option) for name, option in fields.items() if name in BY_NAME)
    return {name: option for name, option in known if name}


def search_error(error: ApiError, unknown: Mapping[str, str], place: Query) -> UemError:
    """Return the error to raise for an HTTP 400.

    Args:
        error: What the server answered.
        unknown: An author's names of fields that the server does not list, with the options that
            they stand in.
        place: The query. If nothing in it is the author's, another API may help.
    """
    if unknown:
        names = ", ".join(repr(name) for name in unknown)
        where = " and ".join(dict.fromkeys(unknown.values()))
        return OptionError(
            f"{where}: the server refused a request with {names}, and does not list such a field. "
            f"{error}"
        )
    if any(name == "query" and value for name, value in place):
        return error
    return type(error)(
        f"{error} {USE_V1}", status=error.status, method=error.method, path=error.path
    )
