# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import group_part
from hypothesis import example, given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("MI Client Out of Date", "mi_client_out_of_date"),
        ("São Paulo", "sao_paulo"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("København", "kobenhavn"),
        ("{{ pool }}", "___pool___"),
        ("-1", "_1"),
        ("1", "1"),
        ("a/b\nc", "a_b_c"),
        ("🔥 hot", "__hot"),
    ],
)
def test_a_part_is_readable(text, part):
    assert group_part(text) == part


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("東京", "大阪"), ("Tokyo 東京", "Tokyo 大阪"), ("🔥", "🌊"), ("x" * 200, "x" * 201), ("Москва", "Moscow"),
        ("!", "?"),
    ],
)  # fmt: skip
def test_texts_that_cannot_be_transliterated_stay_apart(one, other):
    assert group_part(one) != group_part(other)


def test_a_digest_is_the_same_in_every_run():
    assert (group_part("東京"), group_part("Tokyo 東京")) == ("130016b2", "tokyo_ed689db5")


@given(st.text(st.characters(), min_size=1, max_size=300))
@example("\U0001d5a0")
@example("\ud800")
def test_every_part_is_safe(text):
    assert re.fullmatch(r"[a-z0-9_]{1,110}", group_part(text))
    assert re.search(r"[a-z0-9]", group_part(text))
