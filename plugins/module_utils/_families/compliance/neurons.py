# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The compliance of devices of Neurons for MDM: what its policies say of each (N13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..._core.device import Device
from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError
from ..._products.neurons.client import NeuronsClient
from ..._products.neurons.endpoints import GUIDE, TENANT_ADMIN
from ..._products.neurons.lists import read_present, read_whole
from ..._products.neurons.values import flag, time_of, whole
from ..._products.values import text_of, text_or_none
from .model import PolicyVerdict, Report, by_policies

POLICIES_OF_DEVICE = Endpoint(
    "N13",
    "GET",
    "/api/v1/device/{device}/policies",
    GUIDE + "Get Compliance Status of a Particular Device",
    TENANT_ADMIN,
    safe=True,
    idempotent=True,
)

# The most devices that a warning names.
SHOWN = 5


class NeuronsCompliance:
    """The compliance of the devices of a tenant."""

    def __init__(self, client: NeuronsClient) -> None:
        self._transport = client.transport

    def compliance(self, devices: Sequence[Device]) -> Report:
        """See Compliance."""
        present, skipped = read_present(self._transport, self._policies, devices)
        verdicts = (
            by_policies(
                device,
                device.row.get("compliant"),
                policies,
                quarantined=device.row.get("quarantined"),
                blocked=device.row.get("blocked"),
            )
            for device, policies in present
        )
        return Report(tuple(verdicts), tuple(skipped), _short_warning(present))

    def _policies(self, device: Device) -> list[PolicyVerdict]:
        """Return what its policies say about a device ("Get Compliance Status of a Particular
        Device")."""
        return read_whole(
            partial(self._transport.call, POLICIES_OF_DEVICE, path={"device": device.id}),
            policy_verdict,
            lambda policy: policy.id,
            f"policies of {device.title}",
        )


def _short_warning(read: Sequence[tuple[Device, Sequence[PolicyVerdict]]]) -> str:
    """Return a sentence about devices whose policies show fewer violations than their rows count, or
    ""."""
    short = [
        device.title
        for device, policies in read
        if sum(policy.compliant is False for policy in policies)
        < (whole(device.row.get("policy_violation_count")) or 0)
    ]
    if not short:
        return ""
    more = f" and {len(short) - SHOWN} more" if len(short) > SHOWN else ""
    return (
        f"The list of devices counts more violated policies than the policies of {', '.join(short[:SHOWN])}"
        f"{more} show: some policies may be missing, or the list of devices is late. Run it again, "
        "then ask the server's administrator."
    )


def policy_verdict(row: Mapping[str, Any]) -> PolicyVerdict:
    """Make a verdict of a row.

    Raises:
        AnswerError: The row has no id.
    """
    if row.get("id") is None:
        raise AnswerError(f"The server sent a policy without an id ({row.get('name')!r}).")
    return PolicyVerdict(
        id=text_of(row["id"]),
        name=text_of(row.get("name")).strip(),
        rule_type=text_of(row.get("policyRuleType")),
        enabled=flag(row.get("enabled")),
        compliant=flag(row.get("compliant")),
        pending_compliant=flag(row.get("pendingCompliant")),
        type=text_of(row.get("policyType")),
        uuid=text_or_none(row.get("uuid")),
        description=text_or_none(row.get("description")),
        priority=whole(row.get("priority")),
        system_name=text_or_none(row.get("systemName")),
        device_count=whole(row.get("totalDeviceCount")),
        installed_count=whole(row.get("installedDeviceCount")),
        violation_count=whole(row.get("violationDeviceCount")),
        updated_at=time_of(row.get("modifiedAt")),
        updated_by=text_or_none(row.get("modifiedBy")),
        actions=row.get("actions"),
    )
