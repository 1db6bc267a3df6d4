# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Criteria of labels as they compare."""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._families.label_definitions.model import (
    tokens,
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('"a"="b"', '"a" = "b"', True),
        ('("a"="b")AND("c">=1)', '( "a" = "b" ) AND ( "c" >= 1 )', True),
        ('"a"\n = "b"', '"a" = "b"', True),
        ("common.os = 'x y'", "common.os='x y'", True),
        ('"a" = "b"', '"a" = "B"', False),
        ('"a" = "b c"', '"a" = "bc"', False),
        ('"a" = "=b"', '"a" = "= b"', False),
        ('"a" > = 1', '"a" >= 1', False),
        ("a b", "ab", False),
        ('"a', '"a"', False),
    ],
)
def test_blanks_between_tokens_do_not_count(one, other, same):
    assert (tokens(one) == tokens(other)) is same
