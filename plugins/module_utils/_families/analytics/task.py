# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AppConnect analytics as files: download, unpack, and move what differs to its place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..._core.errors import OptionError
from ..._http.download import Sink
from ..._module.files.attributes import require_attributes
from ..._module.files.place import scratch
from ..._module.paths import require_file, require_folder
from ..._module.run import Result, Run
from .archive import entries_of, open_archive, unpack
from .calls import Analytics
from .model import parse_app, parse_limits, plan_archive
from .table import place_table
from .tree import place_tree, require_no_links


def fetch_analytics(module: AnsibleModule, run: Run[Analytics]) -> Result:
    """Run appconnect_analytics: write the sessions of an app as files, or as one table."""
    params = run.params
    app = parse_app(params["app_id"])
    limits = parse_limits(params["max_files"], params["max_bytes"])
    dest = _require_dest(params, app)
    with scratch(module) as folder, open(os.path.join(folder, "archive"), "w+b") as file:
        sink = Sink(file, limits.archive, "raise max_bytes if an app really has that much data")
        archive = open_archive(file, limits) if run.calls.archive(app, sink) else None
        length = os.fstat(file.fileno()).st_size
        members = plan_archive(entries_of(archive), app, limits, length) if archive else ()
        if not archive or not members:
            found = _nothing_found(app, params)
        elif params["merged"]:
            found = place_table(module, dest, archive, members, folder)
        else:
            files = unpack(archive, members, folder)
            found = place_tree(module, dest, app, files, purge=params["purge"])
    return {
        **found,
        "dest": dest,
        "device_count": len({member.device for member in members}),
        "missing": [] if members else [app],
        "requests": run.client.transport.requests,
    }


def _require_dest(params: Mapping[str, Any], app: str) -> str:
    """Check that files can be written to the option ``dest`` with the wanted attributes.

    Returns:
        The absolute path of the table or the folder.

    Raises:
        OptionError: They cannot.
    """
    if params["merged"] and params["purge"]:
        raise OptionError(
            "purge: cannot be combined with merged, because one table has no files to remove; "
            "leave one of them out."
        )
    require_attributes(params)
    if params["merged"]:
        return require_file(params["dest"])
    dest = require_folder(params["dest"])
    require_no_links(dest, app)
    return dest


def _nothing_found(app: str, params: Mapping[str, Any]) -> Result:
    """Return the result for an app without data: nothing changes.

    Raises:
        OptionError: on_missing does not allow it.
    """
    if params["on_missing"] == "fail":
        raise OptionError(
            f"app_id: the server has no analytics of {app!r}; correct the id, wait until the app "
            "has run on a device, or set on_missing=skip to go on without it."
        )
    empty = {"sessions": 0, "problems": []} if params["merged"] else {"files": [], "stale": []}
    return {"changed": False, "bytes": 0, **empty}
