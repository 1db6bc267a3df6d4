# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AppConnect analytics to files: download, unpack, and move what differs to its place."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..._core.errors import OptionError
from ..._http.download import Sink
from ..._module.files.attributes import require_attributes
from ..._module.files.place import (
    Placed,
    place_file,
    require_file,
    require_folder,
    scratch,
)
from ..._module.run import Result, Run
from ..exports.model import line_of
from .archive import entries_of, open_archive, unpack
from .calls import Analytics
from .model import SESSION, Member, parse_app, parse_limits, plan_archive
from .table import Merging
from .tree import place_tree, require_no_links


def fetch_analytics(module: AnsibleModule, run: Run[Analytics]) -> Result:
    """The task of appconnect_analytics: the sessions of an app as files, or as one table."""
    params = run.params
    app = parse_app(params["app_id"])
    limits = parse_limits(params["max_files"], params["max_bytes"])
    if params["merged"] and params["purge"]:
        raise OptionError(
            "purge: one table has no files to remove; leave it out, or leave out merged."
        )
    require_attributes(params)
    if params["merged"]:
        dest = require_file(params["dest"])
    else:
        dest = require_folder(params["dest"])
        require_no_links(dest, app)
    with scratch(module) as folder, open(os.path.join(folder, "archive"), "w+b") as file:
        sink = Sink(file, limits.archive, "raise max_bytes if an app really has so much")
        archive = open_archive(file, limits) if run.calls.archive(app, sink) else None
        members = (
            plan_archive(entries_of(archive), app, limits, os.fstat(file.fileno()).st_size)
            if archive
            else ()
        )
        if not archive or not members:
            found = _nothing(app, params)
        elif params["merged"]:
            found = _merged(module, dest, archive, members, folder)
        else:
            files = unpack(archive, members, folder)
            found = place_tree(module, dest, app, files, purge=params["purge"])
    devices = len({member.device for member in members})
    missing = [] if members else [app]
    return {
        **found,
        "dest": dest,
        "device_count": devices,
        "missing": missing,
        "requests": run.client.transport.requests,
    }


def _nothing(app: str, params: Mapping[str, Any]) -> Result:
    """The result for an app without data, which nothing is done about. Raises OptionError unless
    that may be."""
    if params["on_missing"] == "fail":
        raise OptionError(
            f"app_id: the server has no analytics of {app!r}; correct the id, wait until the app "
            "ran on a device, or set on_missing=skip to go on without."
        )
    return {
        "changed": False,
        "bytes": 0,
        **({"sessions": 0, "problems": []} if params["merged"] else {"files": [], "stale": []}),
    }


def _merged(
    module: AnsibleModule,
    dest: str,
    archive: zipfile.ZipFile,
    members: Sequence[Member],
    folder: str,
) -> dict[str, Any]:
    """The result for one table of all devices."""
    merging = Merging(archive, module.params["formula_safe"])
    source = os.path.join(folder, "merged")
    with open(source, "w", encoding="utf-8", newline="") as target:
        target.write(line_of(SESSION, formula_safe=False))
        target.writelines(merging.lines(members))
    placed: Placed = place_file(module, source, dest)
    warnings = [
        (
            f"{merging.wrong} rows of analytics are no sessions and were left out, see problems in "
            "the result."
        )
    ]
    # fmt: off
    return {
        "changed": placed.changed, "checksum": placed.checksum, "bytes": placed.size, "sessions": merging.sessions,
        "problems": merging.problems, "diff": placed.diff, "warnings": warnings if merging.wrong else [],
    }
    # fmt: on
