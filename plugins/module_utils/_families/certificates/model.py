# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates of devices, and when they expire. Pure: the time now is given."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device

_DAY = 86400


@dataclass(frozen=True)
class Certificate:
    """A certificate. ``not_before`` and ``not_after`` are texts in UTC, ``expires`` is the latter
    in seconds since 1970; None where the server does not say them, as any other field."""

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

    def days_left(self, now: float) -> int | None:
        """Whole days until it expires, negative once it has; None where nobody knows."""
        return None if self.expires is None else math.floor((self.expires - now) / _DAY)


@dataclass(frozen=True)
class Holdings:
    """Certificates with the devices that have them. ``skipped``: devices whose certificates cannot
    be read, with the reason."""

    certificates: tuple[tuple[Device, Certificate], ...]
    skipped: tuple[tuple[Device, str], ...] = ()


def certificate_rows(
    certificates: Iterable[tuple[Device, Certificate]], now: float, within: int | None = None
) -> list[dict[str, Any]]:
    """What ``device_certificate_info`` answers: the worst first, which is one whose end nobody
    knows, then the one that expires, or expired, first.

    ``within``: only those that expire within so many seconds, have expired, or whose end nobody
    knows.
    """
    due = [
        (device, one)
        for device, one in certificates
        if within is None or one.expires is None or one.expires - now <= within
    ]
    due.sort(
        key=lambda pair: (
            pair[1].expires is not None,
            pair[1].expires or 0,
            int(pair[0].id),
            pair[1].store_id or "",
        )
    )
    return [_row(device, one, now) for device, one in due]


def summary(rows: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many certificates are still good, have expired, or may have."""
    days = [row["days_to_expiry"] for row in rows]
    expired = sum(left is not None and left < 0 for left in days)
    return {
        "valid": len(days) - expired - days.count(None),
        "expired": expired,
        "unknown": days.count(None),
    }


def _row(device: Device, one: Certificate, now: float) -> dict[str, Any]:
    return {
        "device_id": device.id,
        "device_guid": device.guid,
        "device_serial_number": device.serial,
        "subject": one.subject,
        "issuer": one.issuer,
        "serial_number": one.serial_number,
        "not_before": one.not_before,
        "not_after": one.not_after,
        "days_to_expiry": one.days_left(now),
        "state": one.state,
        "usage": one.usage,
        "ca_id": one.ca_id,
        "ca_name": one.ca_name,
        "ca_type": one.ca_type,
        "store_id": one.store_id,
        "configuration_id": one.configuration_id,
        "private_key": one.private_key,
    }
