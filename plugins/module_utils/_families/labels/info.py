# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read labels."""

from __future__ import annotations

from ..._core.names import parse_names, pick_all
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from ..._module.subjects import read_each
from .calls import Labels


def read_labels(run: Run[Labels]) -> Result:
    """Run label_info."""
    search = parse_query(run.params)
    wanted = parse_names(run.params["labels"], "labels", "label")
    labels = run.calls.labels()
    if wanted is not None:
        labels = pick_all(wanted, labels, "labels", "label")
    rows = [label.as_dict() for label in labels]
    if run.params["members"]:
        members = read_each(run.calls.members, labels, run)
        for row, devices in zip(rows, members, strict=True):
            row["members"] = [dict(device.identity) for device in devices]
    return read_result("labels", rows, run, search)
