# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A test that does not count for coverage, as this one, is not traced."""

from __future__ import annotations

import sys


def test_what_does_not_count_is_not_traced():
    coverage = sys.modules.get("coverage")
    assert coverage is None or coverage.Coverage.current() is None
