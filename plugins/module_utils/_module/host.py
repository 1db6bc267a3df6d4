# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host that a module runs for, which only Ansible's own process knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .._core.hosts import TaskHost

_HOSTS: list[TaskHost | None] = [None]


def task_host() -> TaskHost | None:
    """Return the host of the module that runs in this process, or None if it is not known."""
    return _HOSTS[-1]


@contextmanager
def running_for(host: TaskHost | None) -> Iterator[None]:
    """Have a module run for a host, until the end of the block."""
    _HOSTS.append(host)
    try:
        yield
    finally:
        _HOSTS.pop()
