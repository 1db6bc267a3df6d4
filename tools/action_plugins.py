# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the action plugin of each module, which runs the module in Ansible's own process.

Each module has one of its own name. One for all, to which ``meta/runtime.yml`` redirects, would not
do: Ansible takes what is redirected to the same plugin for the same action, so that the
``module_defaults`` of one module would apply to all. And it would not know before the fork which
module to import.

With ``--check`` nothing is written, and the exit status is 1 when a plugin is missing, differs or
has no module.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.generated import write_or_check  # noqa: E402

PLUGINS = ROOT / "plugins"

# Modules whose action does more, and is written by hand.
BY_HAND = ("desired_state", "fleet_report", "state_export")
TEXT = '''\
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module of the same name; written by tools/action_plugins.py."""

from __future__ import annotations

from ansible_collections.ivanti.uem.plugins.modules import {name}
from ansible_collections.ivanti.uem.plugins.plugin_utils._in_process import InProcessAction


class ActionModule(InProcessAction):
    """The action."""

    module = {name}
'''


def main() -> int:
    """Write or check the plugins. Returns the exit status."""
    modules = {path.stem for path in (PLUGINS / "modules").glob("*.py")}
    names = sorted(modules.difference(BY_HAND))
    wanted = {PLUGINS / "action" / f"{name}.py": TEXT.format(name=name) for name in names}
    unknown = {path for path in (PLUGINS / "action").glob("*.py") if path.stem not in modules}
    for path in sorted(unknown):
        print(f"{path.relative_to(ROOT)}: has no module; remove it")
    return max(write_or_check(wanted, "the modules", "tools/action_plugins.py"), bool(unknown))


if __name__ == "__main__":
    sys.exit(main())
