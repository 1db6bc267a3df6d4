# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Register a device: options in, the task's result out."""

from __future__ import annotations

from typing import Any

from .._core.registration import Registered, completed, matching, parse_registration, plan_registration
from .._products.protocol import Registrations
from .single import reconcile_one


def register_device(params: dict[str, Any], client: Registrations, check_mode: bool) -> dict[str, Any]:
    """The task of device_registration."""
    wanted = parse_registration(params)
    wanted = completed(wanted, client.user(wanted.user))
    devices = client.registrations(wanted)
    result, returned = reconcile_one(
        plan_registration(wanted, devices), client, "device",
        batches=client.registration_batches, write=client.register, check_mode=check_mode,
    )
    present = matching(wanted, devices)
    known = Registered() if present is None else Registered(present.guid, present.id, present.state)
    made = returned.get("registered", known)
    result["device"] |= {"id": made.id, "guid": made.guid, "status": made.status}
    result["passcode_ttl"] = made.ttl
    if params["return_secrets"]:
        result |= {"passcode": made.passcode or None, "registration_url": made.url or None}
    return {**result, "warnings": [made.warning] if made.warning else []}
