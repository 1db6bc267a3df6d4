# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the documentation fragments of shared options from the tables that module arguments are
made of.

With ``--check`` nothing is written, and the exit status is 1 when a fragment is not what the tables
say.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions.options import ACTION
from ansible_collections.ivanti.uem.plugins.module_utils._families.activesync.options import (
    ACTIVESYNC_GUARD,
    ACTIVESYNC_SELECTION,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.alerts.options import (
    ALERT_FILTERS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.options import STATE
from ansible_collections.ivanti.uem.plugins.module_utils._families.state_export.options import (
    STATE_EXPORT,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module import options
from ansible_collections.ivanti.uem.plugins.module_utils._module.guard.options import GUARD
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import Option

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.generated import write_or_check  # noqa: E402

FOLDER = ROOT / "plugins" / "doc_fragments"

# File, then the name of each part of it, with its options and whether plugins read it.
# fmt: off
FRAGMENTS: dict[str, dict[str, tuple[tuple[Option, ...], bool]]] = {
    "_connection": {
        "DOCUMENTATION": ((options.PRODUCT, *options.CONNECTION, options.API), False),
        "PLUGIN": (options.CONNECTION, True),
        "EPMM_PLUGIN": ((*options.CONNECTION, options.API), True),
        "LOOKUP_PLUGIN": ((options.PRODUCT, *options.CONNECTION, options.API), True),
    },
    "_devices": {"DOCUMENTATION": ((options.DEVICES,), False)},
    "_selection": {"DOCUMENTATION": (options.SELECTION, False), "COUNTED": (options.COUNTED, False)},
    "_action": {"DOCUMENTATION": (ACTION, False), "GUARD": (GUARD, False)},
    "_activesync": {"DOCUMENTATION": (ACTIVESYNC_SELECTION, False), "GUARD": (ACTIVESYNC_GUARD, False)},
    "_alerts": {"DOCUMENTATION": (ALERT_FILTERS, False)},
    "_plan": {
        "DOCUMENTATION": (options.PLAN, False),
        "GUARDED": (options.GUARDED_PLAN, False),
        "ONE": (options.PLAN_OF_ONE, False),
    },
    "_limits": {
        "DOCUMENTATION": (options.LIMITS, False),
        "OTHERS": (options.LIMITS_OF_OTHERS, False),
    },
    "_unused": {"DOCUMENTATION": (options.UNUSED, False)},
    "_query": {"DOCUMENTATION": ((options.QUERY,), False)},
    "_state": {"DOCUMENTATION": (STATE, False)},
    "_state_export": {"DOCUMENTATION": (STATE_EXPORT, False)},
}
# fmt: on

HEAD = '''# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/doc_fragments.py from the options in plugins/module_utils; change them there.

from __future__ import annotations


class ModuleDocFragment:
    """Options that several modules or plugins share."""
'''


def render(parts: dict[str, tuple[tuple[Option, ...], bool]]) -> str:
    """The Python file of one fragment."""
    text = HEAD
    for name, (rows, plugin) in parts.items():
        documented = {
            "options": documentation(rows, plugin=plugin, variables=name.startswith("LOOKUP"))
        }
        dumped = yaml.safe_dump(documented, sort_keys=False, width=90, allow_unicode=True)
        text += f'\n    {name} = r"""\n{dumped}"""\n'
    return text


def documentation(
    options: Sequence[Option], *, plugin: bool = False, variables: bool = False
) -> dict[str, Any]:
    """The ``options`` part of a documentation fragment.

    ``plugin``: for plugins, whose documentation declares the variables that modules read by
    themselves. ``variables``: for plugins that are used within a play, and can take its variables
    as well.
    """
    found = {option.name: _documented(option, plugin=plugin) for option in options}
    if variables:
        for option in options:
            found[option.name]["vars"] = [{"name": option.env.lower()}]
    return found


def _documented(option: Option, *, plugin: bool) -> dict[str, Any]:
    described = [text for text in option.description if text]
    if option.env and not plugin:
        described.append(f"When left out, the environment variable E({option.env}) is used.")
    entry: dict[str, Any] = {"description": described, "type": option.type}
    if option.elements:
        entry["elements"] = option.elements
    if option.choices:
        entry["choices"] = list(option.choices)
    if option.default is not None:
        entry["default"] = option.default
    if option.required:
        entry["required"] = True
    if option.env and plugin:
        entry["env"] = [{"name": option.env}]
    if option.suboptions:
        entry["suboptions"] = {
            sub.name: _documented(sub, plugin=plugin) for sub in option.suboptions
        }
    return entry


def main() -> int:
    """Write or check every fragment. Returns the exit status."""
    wanted = {FOLDER / f"{name}.py": render(parts) for name, parts in FRAGMENTS.items()}
    return write_or_check(wanted, "the tables", "tools/doc_fragments.py")


if __name__ == "__main__":
    sys.exit(main())
