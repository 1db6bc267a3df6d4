# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._module.query import compile_query


def test_a_row_that_cannot_be_sorted_is_not_shown_as_a_whole():
    rows = [{"priority": None, "description": "d" * 900}, {"priority": 1}]
    with pytest.raises(
        OptionError, match=r"query: 'sort_by.* cannot be evaluated .*received: \"null\""
    ) as refused:
        compile_query("sort_by(@, &priority)", "query")(rows)
    assert len(str(refused.value)) < 300
