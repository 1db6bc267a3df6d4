# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Targets of the Makefile, two at a time."""

from __future__ import annotations

import pytest

from tools.stages import run

# A stand-in for make: a target is a line for the shell.
SHELL = ("sh", "-c")


@pytest.mark.parametrize(("targets", "failed"), [
    ([], []), (["true"], []), (["true", "true", "true"], []), (["false"], ["false"]),
])  # fmt: skip
def test_what_failed_is_returned(targets, failed):
    assert run(targets, SHELL) == failed


def test_nothing_begins_after_a_failure(capfdbinary):
    targets = ["exit 3", "exit 4", "echo never"]
    # The second one begins only if the first one has not ended by then.
    assert run(targets, SHELL)[0] in targets[:2]
    assert capfdbinary.readouterr().out == b""


def test_the_output_of_two_is_not_mixed(capfdbinary):
    run(["echo a; sleep 0.1; echo a", "echo b >&2; sleep 0.1; echo b"], SHELL)
    assert capfdbinary.readouterr().out in (b"a\na\nb\nb\n", b"b\nb\na\na\n")
