# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of the devices, settings, operators and countries that reports read: options in,
rows out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .._core.device import Device
from .._core.errors import OptionError
from .._core.selection import Found
from .._families.app_settings.model import AppSetting, chosen, pick_ids
from .._families.reference.model import (
    COUNTRIES,
    OPERATORS,
    Country,
    Operator,
    in_country,
    parse_country,
)
from .._products.protocol import AppSettings, Reference
from .reading import read_each

Rows = list[dict[str, Any]]


def left_out(found: Found, skipped: Iterable[tuple[Device, str]]) -> dict[str, Any]:
    """The devices that were named and are none (``missing``), and those of which nothing could be
    read (``unreadable``)."""
    rows = [{**device.identity, "reason": reason} for device, reason in skipped]
    return {"missing": [ref.value for ref in found.missing], "unreadable": rows}


def read_settings(client: AppSettings, kind: str | None, wanted: Sequence[str] | None) -> Rows:
    """Every app setting that is meant. Raises OptionError for a name or id that there is not."""
    known = chosen(client.app_settings(kind), kind, None)
    return [one.as_dict() for one in chosen(known, kind, pick_ids(wanted, known, kind))]


def read_settings_of(
    client: AppSettings, devices: Sequence[Device], kind: str | None, wanted: Sequence[str] | None
) -> tuple[Rows, Rows]:
    """The app settings of devices, a row for each on each device, and the devices with the ids of
    theirs.

    A setting that is named need not be on any of the devices. Raises OptionError for a name or id
    that there is not.
    """
    own = read_each(client.app_settings_of, devices, client)
    everywhere: tuple[AppSetting, ...] = () if wanted is None else client.app_settings(None)
    known = chosen([*everywhere, *(one for settings in own for one in settings)], kind, None)
    ids = pick_ids(wanted, known, kind)
    pairs = [
        (device, chosen(settings, kind, ids)) for device, settings in zip(devices, own, strict=True)
    ]
    rows = [one.as_dict(device) for device, settings in pairs for one in settings]
    return rows, [
        {**device.identity, "settings": [one.id for one in settings]} for device, settings in pairs
    ]


def read_reference(params: dict[str, Any], client: Reference) -> dict[str, Rows]:
    """The operators and countries that are meant, of those of ``subset``; a country is found by the
    list of countries."""
    country = parse_country(params["country"])
    subset = params["subset"]
    if not subset:
        raise OptionError(
            f"subset: is empty; give {OPERATORS}, {COUNTRIES} or both, or leave it out."
        )
    operators = list(client.operators()) if OPERATORS in subset else []
    countries = list(client.countries()) if COUNTRIES in subset or country else []
    if country:
        operators, countries = in_country(country, operators, countries)
    found: dict[str, Sequence[Operator | Country]] = {OPERATORS: operators, COUNTRIES: countries}
    enabled = params["enabled_only"]
    return {
        name: [one.as_dict() for one in found[name] if one.enabled or not enabled]
        for name in found
        if name in subset
    }
