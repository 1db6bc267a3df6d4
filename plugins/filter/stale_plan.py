# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: stale_plan
short_description: What becomes of devices without a check-in
version_added: 0.1.0
author:
  - ivanti.uem contributors (@ivanti-uem)
description:
  - Decides which owners get a message and which devices are retired, for the playbook
    C(ivanti.uem.stale_devices).
  - A device without a check-in for O(days) gets a message. It is retired when its first message about
    this silence was sent at least O(grace) days ago, as O(record) says. A check-in ends the silence.
  - A last check-in that is null, 0 or in 1970 means that the device has never checked in.
options:
  _input:
    description: Active devices as M(ivanti.uem.device_info) returns them.
    type: list
    elements: dict
    required: true
  days:
    description: The days without a check-in after which the owner gets a message.
    type: int
    required: true
  grace:
    description: The days between the first message and the retirement.
    type: int
    required: true
  now:
    description: The time of the run, in seconds since 1970.
    type: int
    required: true
  record:
    description: What an earlier run returned as RV(_value.record); empty before the first run.
    type: raw
    default: {}
  never:
    description: Whether a device that has never checked in is treated like others, from its
      registration on. When V(false), it is left alone. So is a device without a known registration.
    type: bool
    default: false
  kept:
    description: Devices that are not retired and whose owners get no message. By guid the reason.
    type: dict
    default: {}
  sent:
    description: The guids of devices that a message was sent to; these are added to the record.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Show what would become of each device
  ansible.builtin.debug:
    msg: "{{ (found.devices | ivanti.uem.stale_plan(days=60, grace=14, now=1796004600)).headline }}"
  vars:
    found:
      devices:
        - {id: '1', guid: a, server: 'https://uem.example.com', last_seen_at: '2026-08-01T08:00:00Z'}
"""

RETURN = r"""
_value:
  description: The decision.
  type: dict
  contains:
    headline:
      description: How many devices there are of each kind.
      type: str
    tell:
      description: The guids of the devices that get a message.
      type: list
      elements: str
    retire:
      description: The guids of the devices to retire.
      type: list
      elements: str
    rows:
      description: The devices without a check-in, each with C(will), what will happen to it.
      type: list
      elements: dict
    record:
      description: When the first message was sent, by server and guid, with those to O(sent).
      type: dict
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError, UemError
from ansible_collections.ivanti.uem.plugins.module_utils._core.stale import (
    Times,
    plan_stale,
    with_messages,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.values import utc_text
from ansible_collections.ivanti.uem.plugins.plugin_utils._filter_options import with_known_options
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import SafeValues

DAY = 86400


def stale_plan(
    rows: Sequence[Mapping[str, Any]],
    *,
    days: int,
    grace: int,
    now: int,
    record: Any = None,
    never: bool = False,
    kept: Mapping[str, str] | None = None,
    sent: Sequence[str] = (),
) -> dict[str, Any]:
    """See DOCUMENTATION."""
    try:
        moment = _whole(now, "now")
        before, warned = (
            _text(moment - _whole(span, name) * DAY)
            for name, span in (("days", days), ("grace", grace))
        )
        times = Times(_text(moment), before, warned)
        plan = plan_stale(rows, record, times, never=_truth(never, "never"), kept=kept or {})
        plan["record"] = with_messages(record, plan["rows"], sent, times.now)
    except UemError as error:
        raise AnsibleFilterError(f"ivanti.uem.stale_plan: {error}") from None
    safe: dict[str, Any] = SafeValues()(plan)
    return safe


def _whole(raw: Any, name: str) -> int:
    """Return a whole number of 1 or more, also of a text, as an extra variable is one.

    Raises:
        OptionError: It is not one.
    """
    if isinstance(raw, bool) or not re.fullmatch(r"[1-9][0-9]{0,11}", str(raw)):
        raise OptionError(f"{name}: {raw!r} is not a whole number of 1 or more.")
    return int(raw)


def _truth(raw: Any, name: str) -> bool:
    """Return whether an option is true, also where it is a text.

    Raises:
        OptionError: It is neither true nor false.
    """
    try:
        return bool(boolean(raw))
    except TypeError:
        raise OptionError(f"{name}: {raw!r} is neither true nor false.") from None


def _text(seconds: int) -> str:
    """A time in the form of a device's times, which compare as texts."""
    return utc_text(datetime.fromtimestamp(seconds, timezone.utc))


class FilterModule:
    """See DOCUMENTATION."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter of this file."""
        return {"stale_plan": with_known_options(stale_plan)}
