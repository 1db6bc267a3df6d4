# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what was asked of devices from the journal, and what these devices show now."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..._core.device import DeviceRef, server_name
from ..._core.errors import OptionError, RefusedError
from ..._core.selection import Selection
from ..._core.wording import counted
from ..._module.guard.journal import Journal
from ..._module.guard.rules import TAKEN, standing
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from ..._products.capability import UemClient
from .model import MEANINGS, SETTLED, Asked, follow_up, is_of_device, newest

# The fields that tell what became of a request.
FIELDS = ("id", "guid", "status", "status_raw", "last_seen_at")

_NO_JOURNAL = (
    "The journal {} does not exist, so it says of no request. Runs write it where they run; name the "
    "file that they share in IVANTI_UEM_JOURNAL_PATH (journal_path)."
)


def read_followup(run: Run[UemClient]) -> Result:
    """Run action_followup_info."""
    search = parse_query(run.params)
    journal = Journal(run.params["journal_path"])
    if not os.path.lexists(journal.path):
        run.client.notes.append(_NO_JOURNAL.format(journal.path))
    server = run.client.transport.settings.server
    asked, unreadable = asked_of(lines_of(journal))
    mine = [one for one in newest(asked) if one.server == server_name(server)]
    rows = _rows(run, mine, server_name(server))
    found = follow_up(mine, rows)
    shown = [one for one in found if run.params["include_settled"] or one.outcome not in SETTLED]
    if unreadable:
        run.client.notes.append(
            f"{counted(unreadable, 'lines')} of the journal {journal.path} cannot be read; repair "
            "or remove them."
        )
    outcomes = Counter(one.outcome for one in found)
    rows_shown = [one.as_dict() for one in shown]
    return read_result(
        "followups", rows_shown, run, search, summary={name: outcomes[name] for name in MEANINGS}
    )


def _rows(
    run: Run[UemClient], asked: Iterable[Asked], server: str
) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return the rows of the devices that something was asked of, as far as they are visible."""
    guids = {one.guid.casefold() for one in asked if one.guid and is_of_device(one)}
    if not guids:
        return {}
    names = tuple(DeviceRef("guid", guid) for guid in sorted(guids))
    found = run.client.find(Selection(names=names), keep_rows=True, fields=FIELDS)
    return {(server, device.guid.casefold()): device.row for device in found.devices}


def lines_of(journal: Journal) -> list[dict[str, Any]]:
    """Return the lines of a journal.

    Raises:
        OptionError: It cannot be read.
    """
    try:
        return journal.lines()
    except RefusedError as error:
        # Nothing is sent here, whatever the journal says.
        reason = str(error).removeprefix("Refused: ").partition(";")[0]
        raise OptionError(
            f"journal_path: {reason}. Give the journal of the runs, which this account may read."
        ) from None


def asked_of(lines: Iterable[Mapping[str, Any]]) -> tuple[list[Asked], int]:
    """Return the requests of a journal that the server took, or may have taken, in the order of
    time, and how many lines cannot be read."""
    every = list(lines)
    known = [line for line in every if isinstance(line.get("device"), Mapping)]
    return [_asked(line) for line in standing(known)], len(every) - len(known)


def _asked(line: Mapping[str, Any]) -> Asked:
    texts = {
        name: str(line["device"].get(name) or "") for name in ("id", "guid", "serial", "owner")
    }
    return Asked(
        action=str(line.get("action") or ""),
        server=server_name(str(line.get("server") or "")),
        when=str(line.get("when") or ""),
        who=str(line.get("who") or ""),
        taken=line.get("answer") == TAKEN,
        **texts,
    )
