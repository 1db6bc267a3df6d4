# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expressions of an inventory that fail for every host, such as those that Jinja cannot read.

To Ansible one that fails is a host that does not fit. What is undefined is left out here: it is
ordinary where devices differ, and ``_named`` reports misspelt names.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ansible.errors import AnsibleParserError
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import printable

# Enough to tell an expression that always fails from a device that is odd.
_TRIED = 20
_MOST_SHOWN = 200


def failing(
    expressions: Iterable[tuple[str, Any]],
    hosts: Sequence[Any],
    evaluate: Callable[[str, str, Any], object],
) -> Iterator[str]:
    """Yield a sentence for each expression that fails for all hosts that are tried.

    Args:
        expressions: The expressions, each with its place.
        hosts: The hosts.
        evaluate: Evaluates one for a host, given its place and its text.
    """
    tried = hosts[:: max(1, len(hosts) // _TRIED)][:_TRIED]
    whom = (
        "each host" if len(tried) == len(hosts) else f"each of {len(tried)} hosts that were tried"
    )
    for place, text in expressions:
        why = _why(tried, functools.partial(evaluate, place, text))
        if why:
            yield f"{place}: fails for {whom} ({why}), and makes nothing where it fails; correct it."


def _why(hosts: Sequence[Any], evaluate: Callable[[Any], object]) -> str:
    """Return why an expression fails for all hosts, or nothing."""
    found = ""
    for host in hosts:
        try:
            evaluate(host)
        except Exception as error:  # noqa: BLE001 (filters and tests raise what they like)
            if _is_undefined(error):
                return ""
            found = found or _said(error)
        else:
            return ""
    return found


def _is_undefined(error: BaseException | None) -> bool:
    """Return whether something is undefined, as one of the errors behind an error says."""
    while error is not None:
        if "Undefined" in type(error).__name__:
            return True
        error = error.__cause__ or error.__context__
    return False


def _said(error: BaseException) -> str:
    """Return what an error says, without what the option that it stands in adds."""
    while isinstance(error, AnsibleParserError) and error.__context__ is not None:
        error = error.__context__
    lines = str(error).splitlines() or [type(error).__name__]
    return printable(lines[0])[:_MOST_SHOWN].rstrip(". ")
