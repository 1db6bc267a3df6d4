# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gc

import pytest
from ansible_collections.ivanti.uem.plugins.plugin_utils._inventory import without_collector


@pytest.mark.parametrize("was_on", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_the_search_for_cycles_is_as_it_was_after_an_inventory(was_on, fails):
    before = gc.isenabled()
    try:
        (gc.enable if was_on else gc.disable)()
        try:
            with without_collector():
                assert not gc.isenabled()
                if fails:
                    raise ValueError
        except ValueError:
            pass
        assert gc.isenabled() is was_on
    finally:
        (gc.enable if before else gc.disable)()
