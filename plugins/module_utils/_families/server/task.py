# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of the module ``server_info``: checks, and their record as a file."""

from __future__ import annotations

import json

from ..._core.errors import OptionError
from ..._module.files.unwritten import files_of
from ..._module.paths import require_file
from ..._module.run import Result, Run
from .calls import ServerCalls
from .model import counts
from .record import record_of


def check_server(run: Run[ServerCalls]) -> Result:
    """Check a server, and write the record that is wanted.

    Raises:
        UemError: The record cannot be written, or nothing can be read at all.
    """
    place = run.params["record"]
    path = None if place is None else require_file(place, "record")
    found = run.calls.examine()
    transport = run.client.transport
    if path is not None:
        # Nothing in it could be a secret: see record_of.
        text = f"{json.dumps(record_of(found), indent=1)}\n"
        run.client.notes += _written(path, text, check_mode=run.check_mode)
    return {
        "changed": False,
        "checks": [
            {name: transport.redact(part) for name, part in check.as_dict().items()}
            for check in found.checks
        ],
        "lines": [transport.redact(check.line) for check in found.checks],
        "summary": counts(found.checks),
        "behaviours": [
            {**one, **{name: transport.redact(one[name]) for name in ("reason", "line")}}
            for one in found.open_behaviours()
        ],
        "server": {
            "product": found.product,
            "version": found.version or None,
            "devices": found.devices,
        },
        "record": path,
        "requests": transport.requests,
    }


def _written(path: str, text: str, *, check_mode: bool) -> list[str]:
    """Write a file that only its owner may read, in one step. Return what the author should know.

    Raises:
        OptionError: It cannot be written. What was there is still there.
    """
    try:
        with files_of(check_mode=check_mode) as files:
            files.add(path, [text])
            files.place()
            return files.unwritten("record")
    except OSError as error:
        raise OptionError(
            f"record: {path!r} cannot be written ({error.strerror or error}); look for free space "
            "and permissions there."
        ) from None
