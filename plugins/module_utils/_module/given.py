# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an author gave, before Ansible sets all that is missing to null.

A template that returns null in ``protected.labels`` or ``select.labels`` looks like a key that was
left out. Then less is protected, or more is selected, than the author wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils import basic
from ansible.module_utils.basic import AnsibleModule

from .._core.errors import OptionError

# The options whose keys choose devices, and what a key without a value does.
_CHOOSING = {
    "select": "which would select more than was meant",
    "protected": "so it protects nothing",
}


def given(module: AnsibleModule) -> Mapping[str, Any]:
    """Return the options of a module, those that choose devices as they were given."""
    # The module keeps only the completed ones; this reads again what it has read already. That
    # takes a while where thousands of devices are named, and then nothing else chooses them.
    load = getattr(basic, "_load_params", None)
    chooses = any(module.params.get(option) for option in _CHOOSING)
    options: Mapping[str, Any] = load() if load is not None and chooses else module.params
    return options


def require_values(options: Mapping[str, Any]) -> None:
    """Check that no key that chooses devices is null.

    Args:
        options: The options as they were given.

    Raises:
        OptionError: One is.
    """
    for option, effect in _CHOOSING.items():
        keys = options.get(option)
        if not isinstance(keys, Mapping):
            continue
        for key, value in keys.items():
            if value is None and any(other is not None for other in keys.values()):
                raise OptionError(
                    f"{option}.{key}: is null, {effect}; give it a value, or leave it out."
                )
