# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates of devices of Neurons for MDM (N15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..._core.device import Device
from ..._core.endpoint import Endpoint
from ..._core.errors import AbsentError, AnswerError
from ..._core.vocabulary import COMMON, snake_case
from ..._products.neurons.client import NeuronsClient
from ..._products.neurons.devices import value_in
from ..._products.neurons.endpoints import GUIDE, READER
from ..._products.neurons.lists import read_present, read_whole
from ..._products.neurons.values import flag, seconds, time_of
from ..._products.values import text_or_none
from .model import Certificate, Holdings

CERTIFICATES = Endpoint(
    "N15",
    "GET",
    "/api/v1/device/{device}/certs/search",
    GUIDE + "Get certificates assigned to a device",
    READER,
    safe=True,
    idempotent=True,
)


class NeuronsCertificates:
    """Certificates of the devices of a tenant."""

    def __init__(self, client: NeuronsClient) -> None:
        self._client = client

    def certificates(self, devices: Sequence[Device]) -> Holdings:
        """See Certificates."""
        present, skipped = read_present(self._client.transport, self._certificates, devices)
        held = tuple((device, found) for device, own in present for found in own)
        return Holdings(held, tuple(skipped))

    def _certificates(self, device: Device) -> list[Certificate]:
        """Return the certificates of a device.

        The call needs the owner of the device ("Get certificates assigned to a device"), and may
        return nothing for any other account. The owner in the list may be out of date. So if it has
        no certificates, the owner in the details is tried.
        """
        listed = device.row.get("owner_id")
        found = self._certificates_by(device, listed) if listed else []
        if found:
            return found
        owner = self._client.raw_details(device).get("ownerId")
        if not owner and not listed:
            raise AbsentError(
                f"the server knows no owner of {device.title}, and the request for certificates "
                "needs one"
            )
        if not owner or str(owner) == str(listed):
            return found
        return self._certificates_by(device, owner)

    def _certificates_by(self, device: Device, owner: Any) -> list[Certificate]:
        transport = self._client.transport
        return read_whole(
            partial(transport.call, CERTIFICATES, path={"device": device.id}),
            lambda row: certificate(row, device),
            _key,
            f"certificates of {device.title}",
            [("accountId", str(owner))],
        )


# The fields of a row that are about the device and its user ("Get certificates assigned to a
# device"), besides those of the vocabulary.
# fmt: off
DEVICE_FIELDS = (
    "ownerId", "deviceModel", "locale", "roaming", "udid", "iccid", "meid", "osVersion", "model", "imsi", "mdmState", "compliant",
    "dmPartitionId", "firstName", "lastName",
)
# fmt: on


def certificate(row: Mapping[str, Any], device: Device) -> Certificate:
    """Make a certificate of a row.

    Raises:
        AnswerError: It belongs to another device.
    """
    if row.get("deviceId") is not None and str(row["deviceId"]) != device.id:
        raise AnswerError(
            f"The certificates of {device.title}: the server sent one of device {row['deviceId']}."
        )
    expires = seconds(row.get("notAfter"))
    begins = seconds(row.get("notBefore"))
    # JSON parsers may shorten the number, so the text is used.
    serial = row.get("certSerialNumberString")
    return Certificate(
        store_id=text_or_none(row.get("caCertificateStoreId")),
        subject=text_or_none(row.get("subject")),
        issuer=text_or_none(row.get("issuer")),
        serial_number=text_or_none(row.get("certSerialNumber") if serial in (None, "") else serial),
        not_before=None if begins is None else time_of(int(begins * 1000)),
        not_after=None if expires is None else time_of(int(expires * 1000)),
        expires=expires,
        state=text_or_none(row.get("certState")),
        usage=text_or_none(row.get("certUsageType")),
        ca_id=text_or_none(row.get("caId")),
        ca_name=text_or_none(row.get("caName")),
        ca_type=text_or_none(row.get("caType")),
        configuration_id=text_or_none(row.get("configurationId")),
        private_key=flag(row.get("privateKey")),
        account_id=text_or_none(row.get("certAccountId")),
        tenant_id=text_or_none(row.get("tenantId")),
        ca_tenant_id=text_or_none(row.get("caTenantId")),
        device=_device_in(row, device),
    )


def _device_in(row: Mapping[str, Any], device: Device) -> dict[str, Any]:
    """Return what a row says about its device, named as in the rows of devices.

    A few fields have two names in the row; the one that the rows of devices have comes first.
    """
    found = {snake_case(name): row.get(name) for name in DEVICE_FIELDS}
    known = {field.name: value_in(row, field) for field in COMMON if field.neurons in row}
    return {
        **found,
        **{name: value for name, value in known.items() if value is not None or name not in found},
        **device.identity,
    }


def _key(certificate: Certificate) -> str:
    """Return what distinguishes certificates of a device, also if they have no id."""
    return certificate.store_id or repr(certificate)
