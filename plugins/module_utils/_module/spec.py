# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An option, written once: module arguments are made of it here, and documentation fragments by
``tools/doc_fragments.py``; CI checks that the two agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible.module_utils.basic import env_fallback


@dataclass(frozen=True)
class Option:
    """One option: ``env`` is the variable that stands in when it is not given."""

    name: str
    type: str
    description: tuple[str, ...]
    env: str = ""
    default: Any = None
    choices: tuple[str, ...] = ()
    elements: str = ""
    required: bool = False
    no_log: bool | None = None
    suboptions: tuple[Option, ...] = ()


def arguments(*options: Option) -> dict[str, Any]:
    """Module arguments of these options."""
    return {option.name: _argument(option) for option in options}


def _argument(option: Option) -> dict[str, Any]:
    argument: dict[str, Any] = {"type": option.type}
    if option.env:
        argument["fallback"] = (env_fallback, [option.env])
    if option.default is not None:
        argument["default"] = option.default
    if option.choices:
        argument["choices"] = list(option.choices)
    if option.elements:
        argument["elements"] = option.elements
    if option.required:
        argument["required"] = True
    if option.no_log is not None:
        argument["no_log"] = option.no_log
    if option.suboptions:
        argument["options"] = {sub.name: _argument(sub) for sub in option.suboptions}
    return argument
