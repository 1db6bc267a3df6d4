# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._core.names import parse_names, pick_all
from ..._module.choice import Choice, named_or_selected
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from ..._module.subjects import read_each, with_server
from .calls import Policies
from .model import policy_row


def read_policies(run: Run[Policies]) -> Result:
    """Run policy_info."""
    search = parse_query(run.params)
    wanted = parse_names(run.params["policies"], "policies", "policy")
    choice = named_or_selected(run.params)
    if choice is not None:
        return _read_of_devices(run, choice, wanted, search)
    found = run.calls.policies()
    if wanted is not None:
        found = pick_all(wanted, found, "policies", "policy")
    return read_result("policies", [policy_row(policy) for policy in found], run, search)


def _read_of_devices(
    run: Run[Policies], choice: Choice, wanted: Sequence[str] | None, search: Any
) -> Result:
    """Return the policies that devices have, each once, and the devices with the ids of their
    policies."""
    devices = choice.find(run.client).devices
    on_devices = list(zip(devices, read_each(run.calls.policies_of, devices, run), strict=True))
    every = {policy.id: policy for _device, own in on_devices for policy in own}
    if wanted is not None:
        picked = pick_all(wanted, run.calls.policies(), "policies", "policy")
        chosen = {policy.id for policy in picked}
        every = {key: policy for key, policy in every.items() if key in chosen}
    rows = [policy_row(policy, counted=False) for policy in every.values()]
    with_policies = (
        {**device.identity, "policies": [policy.id for policy in own if policy.id in every]}
        for device, own in on_devices
    )
    return read_result("policies", rows, run, search, devices=with_server(with_policies, run))
