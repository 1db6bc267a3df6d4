# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the custom attributes of devices."""

from __future__ import annotations

from ..._core.device import parse_refs
from ..._core.errors import OptionError
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from ..._module.subjects import read_each, with_server
from .calls import Attributes


def read_attributes(run: Run[Attributes]) -> Result:
    """Run device_custom_attrs_info."""
    search = parse_query(run.params)
    refs = parse_refs(run.params["devices"])
    read = list(zip(refs, read_each(run.calls.held, refs, run), strict=True))
    missing = [ref for ref, held in read if held is None]
    if missing and run.params["on_missing"] == "fail":
        raise OptionError(
            f"Unknown devices: {', '.join(ref.title for ref in missing)}. Correct or remove them, "
            "or set on_missing=skip to go on without them."
        )
    held_by = {held.key: held.as_dict() for _ref, held in read if held is not None}
    rows = with_server(held_by.values(), run)
    names = [ref.value for ref in missing]
    run.client.selected = len(rows)
    return read_result("devices", rows, run, search, missing=names)
