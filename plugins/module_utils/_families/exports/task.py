# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The export of devices to a file: download it, make the table, and move it to its place."""

from __future__ import annotations

import os

from ansible.module_utils.basic import AnsibleModule

from ..._http.download import Sink
from ..._module.files.attributes import require_attributes
from ..._module.files.lines import lines_of
from ..._module.files.place import place_file, scratch
from ..._module.paths import require_file
from ..._module.run import Result, Run
from .calls import Exports
from .model import make_table, parse_columns

# The most bytes of an export: about 300,000 devices. All rows are in memory to sort them.
MOST = 1 << 28

_EMPTY = "The server exported no devices, so {dest} has only the header."


def export_devices(module: AnsibleModule, run: Run[Exports]) -> Result:
    """Run device_export: write the devices of the server to a CSV file."""
    params = run.params
    wanted = parse_columns(params["columns"])
    require_attributes(params)
    dest = require_file(params["dest"])
    with scratch(module) as folder:
        with open(os.path.join(folder, "export"), "w+b") as file:
            has_devices = run.calls.export(Sink(file, MOST))
            file.seek(0)
            lines = lines_of(file, "the export of devices") if has_devices else None
            table = make_table(lines, wanted, formula_safe=params["formula_safe"])
        source = os.path.join(folder, "table")
        with open(source, "w", encoding="utf-8", newline="") as target:
            target.write(table.header)
            target.writelines(table.rows)
        placed = place_file(module, source, dest)
    return {
        "changed": placed.changed,
        "dest": dest,
        "rows": len(table.rows),
        "columns": list(table.columns),
        "checksum": placed.checksum,
        "bytes": placed.size,
        **({"backup_file": placed.backup} if placed.backup else {}),
        "requests": run.client.transport.requests,
        "diff": placed.diff,
        "warnings": [] if table.rows else [_EMPTY.format(dest=dest)],
    }
