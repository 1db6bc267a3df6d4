# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``deviceResults`` in the answers of API v2: what became of each device. Pure.

One recorded answer to an action has ``{uuid: "com.mobileiron.vsp.messages.device.action.successful"}``.
Writes of labels have the same key. Only the last part of a key of a message says how it ended, and
only as a whole word: "unsuccessful" and "no_success" have "success" in them, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..values import text_of

_DONE = frozenset({"success", "successful"})


def device_results(answer: Any) -> dict[str, str]:
    """Return the word of the server for each device, by its uuid. A device without one is absent."""
    results = answer.get("deviceResults") if isinstance(answer, Mapping) else None
    words = {
        text_of(uuid).strip().lower(): text_of(word).strip()
        for uuid, word in (results.items() if isinstance(results, Mapping) else ())
    }
    return {uuid: word for uuid, word in words.items() if word}


def is_done(word: str) -> bool:
    """Return whether the word of the server for a device is success."""
    return word.rpartition(".")[2].lower() in _DONE
