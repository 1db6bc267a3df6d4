# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only private attributes of ansible-core know, kept in one place."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError
from ansible.release import __version__


def private(owner: Any, names: str, plugin: str) -> Any:
    """Return a private attribute of an object of Ansible.

    Args:
        owner: The object.
        names: The attribute, and the attributes below it, with dots.
        plugin: The plugin that needs it, for the message.

    Raises:
        AnsibleError: This ansible-core does not have it.
    """
    found = owner
    for name in names.split("."):
        found = getattr(found, name, None)
        if found is None:
            raise AnsibleError(
                f"{plugin}: ansible-core {__version__} keeps its variables elsewhere ({names} is "
                "missing). Use another release of it, and report this."
            )
    return found


def extra_variables(hostvars: Any, plugin: str) -> Any:
    """Return the extra variables, which only the variable manager tells from others.

    Raises:
        AnsibleError: This ansible-core does not have them there.
    """
    return private(hostvars, "_variable_manager.extra_vars", plugin)
