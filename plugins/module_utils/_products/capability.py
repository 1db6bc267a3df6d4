# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a product offers to the layers above.

Every client reads devices. Everything else is a capability, which a module binds on demand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from .._core.errors import OptionError
from .._http.transport import Transport

# For annotations only: a module is compiled again in every run, with all that it imports.
if TYPE_CHECKING:
    from .._core.device import Device, Partition
    from .._core.selection import Found, Selection
    from .._http.settings import Settings

# The products that options can name.
PRODUCTS = ("neurons", "epmm")


class UemClient(Protocol):
    """One server of one product, over one transport. It reads devices.

    Attributes:
        product: The name of the product, one of PRODUCTS.
        selects: The keys of ``select`` that name or narrow devices on this product.
        transport: What sends the requests.
        notes: Sentences about what was found, which the author should know.
        selected: How many devices the options chose, or None before they were looked for.
        unsaid: The fields of rows that this server never says, so that they are null.
    """

    product: str
    selects: frozenset[str]
    transport: Transport
    notes: list[str]
    selected: int | None

    @property
    def unsaid(self) -> frozenset[str]:
        """See the attributes."""

    def partitions(self, wanted: Sequence[str]) -> tuple[Partition, ...]:
        """Return the partitions with these ids or names. Without names, all that the account has.

        Raises:
            OptionError: There is no such partition.
        """

    def find(
        self,
        selection: Selection,
        *,
        keep_rows: bool,
        count_fleet: bool = False,
        fields: Sequence[str] = (),
        only: frozenset[str] | None = None,
    ) -> Found:
        """Find the devices of a selection, in full pages.

        Args:
            selection: Which devices are selected.
            keep_rows: Whether the devices keep their rows.
            count_fleet: Whether the result must say how many devices the server has.
            fields: The fields that an author wants to see. A product that sends only what is
                requested needs them.
            only: Which fields rows keep besides those that both products have, or None for all. A
                product that always sends everything leaves the others out.
        """

    def fleet(self, partitions: Sequence[str]) -> int:
        """Return how many devices there are in partitions, which are named as for ``partitions``."""

    def read(self, device: Device) -> Device | None:
        """Read one device by itself, as the server has it now.

        Returns:
            The device with the fields that identify it, or None if the server has no such device.
        """

    def attribute_names(self, kind: str = "device") -> tuple[str, ...] | None:
        """Return the names of the custom attributes that the server defines.

        Args:
            kind: What they belong to: ``device`` or ``LDAP``.

        Returns:
            The names, or None if the product has none, or the account may not read them.
        """

    def details(self, device: Device) -> Mapping[str, Any]:
        """Return all that the server knows about a device: the keys of its row, and more."""

    def label_names(
        self, devices: Sequence[Device], patterns: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the labels, or device groups, of each device, sorted.

        Args:
            devices: The devices.
            patterns: Shell patterns that the names must fit; see ``names.fits``.

        Returns:
            The names, by the id of the device.
        """


Calls = TypeVar("Calls")

# The class of a product's client, and a function that makes the calls of a family from a client.
Parts = tuple[type[Any], Callable[[Any], Calls]]


@dataclass(frozen=True)
class Capability(Generic[Calls]):
    """Something that some products can do.

    AnsiballZ packs what a function of ``products`` imports. So a module packs the products that can
    do what it needs, and no other.

    Attributes:
        name: The words for it in "<product> does not support …".
        products: For each product that can do it, a function that imports the code for it.
    """

    name: str
    products: Mapping[str, Callable[[], Parts[Calls]]]

    def load(self) -> None:
        """Import the code for every product."""
        for parts in self.products.values():
            parts()

    def open(
        self, product: str | None, settings: Settings, *, read_only: bool
    ) -> tuple[UemClient, Calls]:
        """Return a client of a product, and the calls of this capability. No request is sent yet.

        Args:
            product: One of PRODUCTS, or None.
            settings: How the server is reached.
            read_only: Whether the transport refuses requests that write.

        Raises:
            OptionError: The product is not given, or cannot do it.
        """
        if not product:
            raise OptionError(
                "product: is missing; give neurons or epmm (or IVANTI_UEM_PRODUCT, or a profile)."
            )
        if product not in self.products:
            able = ", ".join(self.products)
            raise OptionError(
                f"product: {product} does not support {self.name}; supported by: {able}."
            )
        kind, calls = self.products[product]()
        client = kind(
            Transport(settings, read_only=read_only, explain=kind.explain, product=product)
        )
        return client, calls(client)

    def of(self, client: UemClient) -> Calls:
        """Return the calls of this capability for a client of a product that can do it."""
        _kind, calls = self.products[client.product]()
        return calls(client)
