# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib
import sys

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    MissingLibraryError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module import query
from ansible_collections.ivanti.uem.plugins.module_utils._module.query import compile_query


def test_a_row_that_cannot_be_sorted_is_not_shown_as_a_whole():
    rows = [{"priority": None, "description": "d" * 900}, {"priority": 1}]
    with pytest.raises(
        OptionError, match=r"query: 'sort_by.* cannot be evaluated .*received: \"null\""
    ) as refused:
        compile_query("sort_by(@, &priority)", "query")(rows)
    assert len(str(refused.value)) < 300


def test_the_library_is_imported_only_for_a_query(monkeypatch):
    """Most runs have none, and it takes longer than most files of the collection."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "jmespath"]:
        monkeypatch.delitem(sys.modules, name)
    importlib.reload(query)
    assert "jmespath" not in sys.modules
    query.compile_query("[?id]", "query")
    assert "jmespath" in sys.modules


def test_a_library_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "jmespath", None)
    with pytest.raises(MissingLibraryError) as missing:
        compile_query("[?id]", "query")
    assert missing.value.library == "jmespath"
