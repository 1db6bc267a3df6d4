# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The products there are. Imported statically, for a module is packed with what its imports name."""

from __future__ import annotations

from .._core.errors import OptionError
from .._http.settings import Settings
from .._http.transport import Transport
from .epmm.client import EpmmClient
from .neurons.client import NeuronsClient
from .protocol import UemClient

_CLIENTS: dict[str, type[NeuronsClient] | type[EpmmClient]] = {
    NeuronsClient.product: NeuronsClient, EpmmClient.product: EpmmClient,
}

# The products that options can name.
PRODUCTS = tuple(_CLIENTS)


def open_client(product: str, settings: Settings, *, needs: str, read_only: bool) -> UemClient:
    """A client of a product. No request is sent yet.

    ``needs``: the capability that the caller is going to use. Raises OptionError when the product lacks it.
    """
    kind = _CLIENTS[product]
    if needs not in kind.capabilities:
        able = ", ".join(name for name, client in _CLIENTS.items() if needs in client.capabilities)
        raise OptionError(f"product: {product} does not support {needs}; supported by: {able}.")
    return kind(Transport(settings, read_only=read_only, explain=kind.explain))
