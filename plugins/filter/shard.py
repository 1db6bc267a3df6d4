# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: shard
short_description: The first hosts of a rollout
version_added: 0.1.0
author:
  - ivanti.uem contributors (@ivanti-uem)
description:
  - Returns the hosts whose devices are among the first percent of all devices. Which these are is a
    hash of the guid and the seed. So it is the same on every machine and in every run, whatever other
    hosts there are, and a larger percentage has all hosts of a smaller one.
  - It is the same choice as that of O(ivanti.uem.desired_state#module:rings). A share of few hosts can
    be larger or smaller than the percentage says, or empty.
positional: hostvars
options:
  _input:
    description: Names of hosts, such as those of a group.
    type: list
    elements: str
    required: true
  hostvars:
    description: The variables of all hosts, which is the variable C(hostvars) itself.
    type: dict
    required: true
  percent:
    description: How many percent of all devices are meant, 0 to 100.
    type: float
    required: true
  above:
    description:
      - Leaves out the hosts that a shard of that many percent has, such as those that had their turn.
      - When left out, none is left out.
    type: float
    default: 0
  seed:
    description:
      - A text that the choice depends on besides the guids. Give each rollout its own, so that not the
        same devices are always first.
      - When left out, it is empty.
    type: str
    default: ""
seealso:
  - module: ivanti.uem.desired_state
  - plugin: ivanti.uem.devices
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Send the first twentieth of the fleet a message
  ivanti.uem.device_message:
    subject: Update
    text: The update comes tonight.
    devices: "{{ first | ivanti.uem.devices(hostvars) }}"
  vars:
    first: "{{ ansible_play_batch | ivanti.uem.shard(hostvars, percent=5, seed='spring') }}"
  run_once: true
  delegate_to: localhost
  when: first | length > 0
"""

RETURN = r"""
_value:
  description: The names of the hosts, in their order.
  type: list
  elements: str
  sample: [8Y3DQ4G1MQ]
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError, UemError
from ansible_collections.ivanti.uem.plugins.module_utils._core.hosts import require_identified
from ansible_collections.ivanti.uem.plugins.module_utils._core.shards import (
    is_below,
    require_percent,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._filter_hosts import (
    names_of,
    require_device,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._filter_options import with_known_options

NAME = "ivanti.uem.shard"


def shard(
    hosts: Any, hostvars: Any = None, percent: Any = None, above: Any = 0, seed: Any = ""
) -> list[str]:
    """See DOCUMENTATION."""
    try:
        most, least = _percent(percent, "percent"), _percent(above, "above")
        if not isinstance(seed, (str, int)) or isinstance(seed, bool):
            raise OptionError(f"seed: {seed!r} is not a text.")
        if least > most:
            raise OptionError(f"above: {least:g} is more than percent, which is {most:g}.")
        found = [require_device(name, hostvars, NAME) for name in names_of(hosts, hostvars, NAME)]
        require_identified(found)
    except UemError as error:
        raise AnsibleFilterError(f"{NAME}: {error}") from None
    return [
        one.host
        for one in found
        if is_below(one.device, most, str(seed)) and not is_below(one.device, least, str(seed))
    ]


def _percent(raw: Any, name: str) -> float:
    """Return a percentage, also of a text, as an extra variable is one.

    Raises:
        OptionError: It is not one.
    """
    try:
        percent = float("" if isinstance(raw, bool) else raw)
    except (TypeError, ValueError):
        raise OptionError(f"{name}: {raw!r} is not a number; give one from 0 to 100.") from None
    require_percent(percent, name)
    return percent


class FilterModule:
    """See DOCUMENTATION."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter of this file."""
        return {"shard": with_known_options(shard)}
