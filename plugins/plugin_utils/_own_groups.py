# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The groups of an inventory plugin keep their meaning, whatever keyed_groups make."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.wording import numbered
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.model import (
    OWN_NAMES,
    Host,
)


@contextlib.contextmanager
def unchanged(
    inventory: Any, hosts: Sequence[Host], entries: Sequence[Any], others: Collection[str]
) -> Iterator[None]:
    """Check that entries of keyed_groups put no host into a group of the plugin, while the context
    lasts. A key can have any value, so it shows only afterwards.

    Args:
        inventory: The inventory.
        hosts: The hosts of the source.
        entries: The entries.
        others: Groups that the plugin makes, but the author named.

    Raises:
        OptionError: One did.
    """
    if not entries:
        yield
        return
    own = OWN_NAMES.union(*{host.groups for host in hosts}).difference(others)
    before = _sizes(inventory, own)
    yield
    for name, size in sorted(_sizes(inventory, own).items()):
        added = size - before.get(name, 0)
        if added:
            raise OptionError(
                f"{_place(name, entries)}: puts {numbered(added, 'hosts')} more into {name!r}, a group that "
                "the plugin makes itself, and a play on it would reach hosts of another meaning; give "
                "another prefix or parent_group."
            )


def _sizes(inventory: Any, names: Collection[str]) -> dict[str, int]:
    """Return the number of hosts of each group, without the groups that do not exist."""
    groups = [inventory.groups[name] for name in names if name in inventory.groups]
    # get_hosts looks at each host, and few of these groups have groups below them.
    return {
        group.name: len(group.get_hosts() if group.child_groups else group.hosts)
        for group in groups
    }


def _place(name: str, entries: Sequence[Any]) -> str:
    """Return which entry makes a group, as far as its prefix or its parent_group says it."""
    found = [
        number
        for number, entry in enumerate(entries)
        if isinstance(entry, dict)
        and (
            entry.get("parent_group") == name
            or (entry.get("prefix") and name.startswith(str(entry["prefix"])))
        )
    ]
    return f"keyed_groups[{found[0]}]" if len(found) == 1 else "keyed_groups"
