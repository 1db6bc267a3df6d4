# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the layers above may ask of a product: its devices of every client, the rest of a capability
that is bound on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from .._core.errors import OptionError
from .._http.transport import Transport

# For annotations alone: a module is compiled anew in every run, with all that it imports.
if TYPE_CHECKING:
    from .._core.device import Device, Partition
    from .._core.selection import Found, Selection
    from .._http.settings import Settings

# The products that options can name.
PRODUCTS = ("neurons", "epmm")


class UemClient(Protocol):
    """One server of one product, over one transport: what reads its devices.

    ``selects``: the keys of ``select`` that name or narrow devices there.
    """

    product: str
    selects: frozenset[str]
    transport: Transport

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """The partitions of these ids or names; all that the account has when none is wanted."""

    def find(
        self,
        selection: Selection,
        *,
        keep_rows: bool,
        count_fleet: bool = False,
        fields: Sequence[str] = (),
    ) -> Found:
        """The devices that a selection means, each read in full pages.

        Args:
            selection: what is meant.
            keep_rows: whether the devices keep their rows.
            count_fleet: whether the answer must say how many devices the server has.
            fields: what an author wants to see of the rows, which a product that sends only what is
                asked for has to know.
        """

    def details(self, device: Device) -> Mapping[str, Any]:
        """Everything that the server knows of one device; keys are those of its row, and more."""

    def label_names(
        self, devices: Sequence[Device], patterns: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """By device id the sorted names of the labels, or device groups, that fit the shell
        patterns; see ``names.fits``."""


Calls = TypeVar("Calls")

# The class of a product's client, and what makes the calls of a family of one.
Parts = tuple[type[Any], Callable[[Any], Calls]]


@dataclass(frozen=True)
class Capability(Generic[Calls]):
    """Something that some products can do.

    ``name``: the words for it in "<product> does not support …". ``products``: by product a
    function that imports what does it. AnsiballZ packs what such a function imports, so a module
    packs the products that can do what it needs, and no other.
    """

    name: str
    products: Mapping[str, Callable[[], Parts[Calls]]]

    def open(self, product: str, settings: Settings, *, read_only: bool) -> tuple[UemClient, Calls]:
        """A client of a product, and the calls of this capability. No request is sent yet.

        Args:
            product: one of PRODUCTS.
            settings: where the server is, and how it is talked to.
            read_only: whether the transport refuses what writes.

        Raises:
            OptionError: the product cannot do it.
        """
        if product not in self.products:
            able = ", ".join(self.products)
            raise OptionError(
                f"product: {product} does not support {self.name}; supported by: {able}."
            )
        kind, calls = self.products[product]()
        client = kind(Transport(settings, read_only=read_only, explain=kind.explain))
        return client, calls(client)
