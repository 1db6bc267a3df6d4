# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters of API v1 whose names are taken in any case.

The documents write notifyuserbysms beside notifyUser, and countryCode in a table but countrycode in
an example; clients in the field write phonenumber and importuserfromldap.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from uem_emulator.answers import Request
from uem_emulator.epmm.v1.answer import Handler, route
from uem_emulator.routing import Route


class _AnyCase(frozenset[str]):
    """Names in lower case which hold a name however it is written."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())


def loose_route(
    method: str,
    path: str,
    handler: Handler,
    *query: str,
    acts: Callable[[Request], bool] | None = None,
) -> Route:
    """Return a call of API v1 whose parameters strict mode takes in any case. See `answer.route`."""
    return dataclasses.replace(
        route(method, path, handler, acts=acts), query=_AnyCase(name.lower() for name in query)
    )


def parameter(request: Request, name: str) -> str | None:
    """Return the first value of a parameter, whatever the case of its name; None where it is absent
    or blank."""
    return next(
        (
            values[0]
            for given, values in request.parameters.items()
            if given.lower() == name.lower() and values[0] != ""
        ),
        None,
    )
