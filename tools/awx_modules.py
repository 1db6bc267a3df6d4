# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the options of the modules that the role awx_setup uses into tests/awx/modules.yml.

They are those that the modules of awx.awx hand to Ansible. The tests compare the tasks of the role
with this file, because the collection is too large to install it for them. `make awx` runs this in
an environment that has it.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "tests" / "awx" / "modules.yml"
TASKS = ROOT / "roles" / "awx_setup" / "tasks" / "controller.yml"
PACKAGE = "ansible_collections.awx.awx"
KEPT = ("type", "choices", "required", "aliases")


class Declared(Exception):
    """A module has said what its options are."""


def used() -> list[str]:
    """The modules that the tasks name."""
    return sorted(set(re.findall(r"awx_setup_from ~ '(\w+)'", TASKS.read_text("utf-8"))))


def options(name: str) -> dict[str, dict[str, Any]]:
    """The options of a module, as it declares them."""
    module = importlib.import_module(f"{PACKAGE}.plugins.modules.{name}")

    def declare(self: Any, argument_spec: dict[str, Any], **_others: Any) -> None:
        raise Declared(argument_spec)

    module.ControllerAPIModule.__init__ = declare
    try:
        module.main()
    except Declared as declared:
        spec = {"type": "str"}
        return {
            option: {key: value for key, value in {**spec, **given}.items() if key in KEPT}
            for option, given in sorted(declared.args[0].items())
        }
    raise LookupError(f"{name} makes no ControllerAPIModule")


def version() -> str:
    folder = Path(importlib.import_module(PACKAGE).__path__[0])
    info = json.loads((folder / "MANIFEST.json").read_text("utf-8"))["collection_info"]
    return str(info["version"])


def main() -> int:
    lines = [
        "---",
        "# Written by `make awx` from the modules of awx.awx.",
        "# yamllint disable rule:line-length",
        f"version: {version()}",
        "modules:",
    ]
    for name in used():
        lines.append(f"  {name}:")
        lines += [f"    {option}: {json.dumps(what)}" for option, what in options(name).items()]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TABLE.relative_to(ROOT)}: {len(used())} modules of awx.awx {version()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
