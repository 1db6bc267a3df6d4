# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of an expression that fails for hosts."""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.plugin_utils._failing import failing


class UndefinedError(Exception):
    """An error of the name that Jinja gives it."""


def raises(error: type[Exception], at_least: int = 0):
    def evaluate(_place: str, _text: str, host: int) -> None:
        if host >= at_least:
            raise error("no\nmore")

    return evaluate


# fmt: off
@pytest.mark.parametrize(("count", "evaluate", "said"), [
    (0, raises(ValueError), ""),
    (3, raises(ValueError), "groups.a: fails for each host (no), and makes nothing where it fails; correct it."),
    (3, raises(ValueError, 1), ""),
    (3, raises(UndefinedError), ""),
    (20, raises(ValueError), "groups.a: fails for each host ("),
    (21, raises(ValueError), "groups.a: fails for each of 20 hosts that were tried ("),
    (5_000, raises(ValueError), "groups.a: fails for each of 20 hosts that were tried ("),
    (5_000, raises(ValueError, 4_000), ""),
])
# fmt: on
def test_an_expression_that_always_fails_is_told_from_an_odd_host(count, evaluate, said):
    found = " ".join(failing([("groups.a", "text")], range(count), evaluate))
    assert found.startswith(said) and bool(found) == bool(said)
