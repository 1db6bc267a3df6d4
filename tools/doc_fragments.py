# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the documentation fragments of shared options from the tables in
plugins/module_utils/_module/options.py.

With ``--check`` nothing is written, and the exit status is 1 when a fragment is not what the tables
say.
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml
from ansible_collections.ivanti.uem.plugins.module_utils._module import options

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "plugins" / "doc_fragments"

# File, then the name of each part of it, with its options and whether plugins read it.
# fmt: off
FRAGMENTS: dict[str, dict[str, tuple[tuple[options.Option, ...], bool]]] = {
    "_connection": {
        "DOCUMENTATION": ((options.PRODUCT, *options.CONNECTION, options.API), False),
        "PLUGIN": (options.CONNECTION, True),
        "EPMM_PLUGIN": ((*options.CONNECTION, options.API), True),
        "LOOKUP_PLUGIN": ((options.PRODUCT, *options.CONNECTION, options.API), True),
    },
    "_devices": {"DOCUMENTATION": ((options.DEVICES,), False)},
    "_selection": {"DOCUMENTATION": (options.SELECTION, False)},
    "_action": {"DOCUMENTATION": (options.ACTION, False), "GUARD": (options.GUARD, False)},
    "_activesync": {"DOCUMENTATION": (options.ACTIVESYNC, False), "GUARD": (options.ACTIVESYNC_GUARD, False)},
    "_alerts": {"DOCUMENTATION": (options.ALERT_FILTERS, False)},
    "_limits": {"DOCUMENTATION": (options.LIMITS, False)},
    "_query": {"DOCUMENTATION": ((options.QUERY,), False)},
}
# fmt: on

HEAD = '''# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/doc_fragments.py from plugins/module_utils/_module/options.py; change it there.

from __future__ import annotations


class ModuleDocFragment:
    """Options that several modules or plugins share."""
'''


def render(parts: dict[str, tuple[tuple[options.Option, ...], bool]]) -> str:
    """The Python file of one fragment."""
    text = HEAD
    for name, (rows, plugin) in parts.items():
        documented = {
            "options": options.documentation(
                rows, plugin=plugin, variables=name.startswith("LOOKUP")
            )
        }
        dumped = yaml.safe_dump(documented, sort_keys=False, width=90, allow_unicode=True)
        text += f'\n    {name} = r"""\n{dumped}"""\n'
    return text


def main() -> int:
    """Write or check every fragment; answers the exit status."""
    stale = []
    for name, parts in FRAGMENTS.items():
        path = FOLDER / f"{name}.py"
        wanted = render(parts)
        if path.exists() and path.read_text(encoding="utf-8") == wanted:
            continue
        stale.append(path.relative_to(ROOT))
        if "--check" not in sys.argv[1:]:
            path.write_text(wanted, encoding="utf-8")
    for path in stale:
        print(
            f"{path}: "
            f"{'differs from the tables; run python tools/doc_fragments.py' if '--check' in sys.argv else 'written'}"
        )
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
