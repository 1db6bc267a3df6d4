# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates of devices, and when they expire. Pure: the current time is an argument."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._core.device import Device

_DAY = 86400


@dataclass(frozen=True)
class Certificate:
    """A certificate. Any field is None if the server does not give it.

    Attributes:
        not_before: When it becomes valid, as text in UTC.
        not_after: When it expires, as text in UTC.
        expires: When it expires, in seconds since 1970.
        device: What its row has about the device and the user.
    """

    store_id: str | None
    subject: str | None = None
    issuer: str | None = None
    serial_number: str | None = None
    not_before: str | None = None
    not_after: str | None = None
    expires: float | None = None
    state: str | None = None
    usage: str | None = None
    ca_id: str | None = None
    ca_name: str | None = None
    ca_type: str | None = None
    configuration_id: str | None = None
    private_key: bool | None = None
    account_id: str | None = None
    tenant_id: str | None = None
    ca_tenant_id: str | None = None
    device: Mapping[str, Any] = field(default_factory=dict)

    def days_left(self, now: float) -> int | None:
        """Return the whole days until it expires, negative if it has; None if that is not known."""
        return None if self.expires is None else math.floor((self.expires - now) / _DAY)


@dataclass(frozen=True)
class Holdings:
    """Certificates with the devices that have them.

    Attributes:
        certificates: Each certificate with its device.
        skipped: Devices whose certificates cannot be read, with the reason.
    """

    certificates: tuple[tuple[Device, Certificate], ...]
    skipped: tuple[tuple[Device, str], ...] = ()


def certificate_rows(
    certificates: Iterable[tuple[Device, Certificate]], now: float, within: int | None = None
) -> list[dict[str, Any]]:
    """Return the rows of ``device_certificate_info``, the most urgent first.

    First come certificates whose end is not known, then the others by their end.

    Args:
        certificates: Certificates with their devices.
        now: Seconds since 1970.
        within: Leave out certificates that are valid for more than this number of seconds.
    """
    due = [
        (device, certificate)
        for device, certificate in certificates
        if within is None or certificate.expires is None or certificate.expires - now <= within
    ]
    due.sort(key=_urgency)
    return [_row(device, certificate, now) for device, certificate in due]


def _urgency(pair: tuple[Device, Certificate]) -> tuple[bool, float, int, str]:
    device, certificate = pair
    expires = certificate.expires
    return expires is not None, expires or 0, int(device.id), certificate.store_id or ""


def summary(rows: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Return how many certificates are valid, have expired, or may have expired."""
    days = [row["days_to_expiry"] for row in rows]
    expired = sum(left is not None and left < 0 for left in days)
    return {
        "valid": len(days) - expired - days.count(None),
        "expired": expired,
        "unknown": days.count(None),
    }


def _row(device: Device, certificate: Certificate, now: float) -> dict[str, Any]:
    expires, own = certificate.expires, certificate.device
    return {
        "device_id": device.id,
        "device_guid": device.guid,
        "device_serial_number": device.serial,
        "owner": own.get("emailAddress") or own.get("uid") or device.owner or None,
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial_number": certificate.serial_number,
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
        "days_to_expiry": certificate.days_left(now),
        "expired": None if expires is None else expires < now,
        "state": certificate.state,
        "usage": certificate.usage,
        "ca_id": certificate.ca_id,
        "ca_name": certificate.ca_name,
        "ca_type": certificate.ca_type,
        "store_id": certificate.store_id,
        "configuration_id": certificate.configuration_id,
        "private_key": certificate.private_key,
        "account_id": certificate.account_id,
        "tenant_id": certificate.tenant_id,
        "ca_tenant_id": certificate.ca_tenant_id,
        "device": dict(certificate.device),
    }
