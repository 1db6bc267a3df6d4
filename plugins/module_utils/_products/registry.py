# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The products there are. Their names stand in import statements, for a module is packed with what
these name; but only the product that is asked for is imported, for a module is compiled anew in
every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .._core.errors import OptionError
from .._http.settings import Settings
from .._http.transport import Transport
from .protocol import UemClient

if TYPE_CHECKING:
    from .epmm.client import EpmmClient
    from .neurons.client import NeuronsClient


def _neurons() -> type[NeuronsClient]:
    from .neurons.client import NeuronsClient

    return NeuronsClient


def _epmm() -> type[EpmmClient]:
    from .epmm.client import EpmmClient

    return EpmmClient


_CLIENTS: dict[str, Callable[[], type[NeuronsClient] | type[EpmmClient]]] = {
    "neurons": _neurons,
    "epmm": _epmm,
}

# The products that options can name.
PRODUCTS = tuple(_CLIENTS)


def open_client(product: str, settings: Settings, *, needs: str, read_only: bool) -> UemClient:
    """A client of a product. No request is sent yet.

    ``needs``: the capability that the caller is going to use. Raises OptionError when the product
    lacks it.
    """
    kind = _CLIENTS[product]()
    if needs not in kind.capabilities:
        able = ", ".join(
            name for name, client in _CLIENTS.items() if needs in client().capabilities
        )
        raise OptionError(f"product: {product} does not support {needs}; supported by: {able}.")
    return kind(Transport(settings, read_only=read_only, explain=kind.explain))
