# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What label_policy refuses before it looks at any device. The rest talks to the emulator
(test_laws_policies.py)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Label
from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.model import Policy
from ansible_collections.ivanti.uem.plugins.module_utils._families.policies.task import (
    assign_policy,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.run import Run, TaskFailedError


class Policies:
    """Two device spaces may each have a label of this name. Everything else would be a request too
    many."""

    def labels(self):
        return (
            Label("11", "Pilot", static=True, space="Global"),
            Label("50", "Pilot", static=True, space="EMEA"),
        )

    def policies(self):
        return (Policy("31", "Strict", policy_type="ENTERPRISE", profile_type="SECURITY"),)


def test_a_name_that_two_labels_have_is_refused_although_the_id_tells_them_apart():
    """The call takes the name, and the policy would land on either."""
    params = {
        "policy": "Strict",
        "label": "50",
        "state": "present",
        "on_unknown": "send",
        "sample": 5,
    }
    client = SimpleNamespace(
        fleet=lambda partitions: 60,
        transport=SimpleNamespace(
            requests=0, writes=0, settings=SimpleNamespace(url="https://uem.example")
        ),
    )
    with pytest.raises(TaskFailedError, match=r"several labels are called 'Pilot' \(ids 11, 50\)"):
        assign_policy(Run(params, client, Policies(), check_mode=False))
