# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is protected, in a plan."""

from __future__ import annotations

from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import Plan
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.protected import Protected


def test_what_cannot_be_known_refuses_the_plan():
    def find() -> Protected:
        raise OptionError("protected.labels: there is no label 'Pilto'")

    found = Protected.found(find)
    assert found.reasons == {}
    plan = found.guarding(Plan((), ()))
    assert plan.refusals == ("protected.labels: there is no label 'Pilto'",)


def test_what_is_known_warns():
    known = Protected({"1": "it is named"}, warnings=("protects nothing",))
    assert Protected.found(lambda: known) is known
    plan = known.guarding(Plan((), ()))
    assert plan.warnings == ("protects nothing",) and not plan.refusals
