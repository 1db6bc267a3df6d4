# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the sources of one inventory placed in it, so that a name stands for one registration
whatever the order of the sources."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.hostnames import Fleet
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.model import Host


@dataclass(frozen=True)
class _Share:
    """What a host has: the names of its groups, and its variables or their names."""

    groups: tuple[str, ...] = ()
    variables: Any = ()

    @classmethod
    def before(cls, host: Any, own: Collection[str] = ()) -> _Share:
        """What a host has before a source of ours adds to it, but for groups that the source adds
        it to itself."""
        direct = (group.name for group in host.groups if host.name in group.host_names)
        return cls(tuple(name for name in direct if name not in own), dict(host.vars))

    @classmethod
    def after(cls, host: Any) -> _Share:
        """What it has afterwards. Thousands of them are kept, so the values are not."""
        return cls(tuple(group.name for group in host.groups), tuple(host.vars))


@dataclass
class Placed:
    """The hosts that the sources of an inventory placed in it.

    Attributes:
        inventory: The inventory.
        fleet: The registrations, and the names of their hosts.
    """

    inventory: Any
    fleet: Fleet = field(default_factory=Fleet)
    _before: dict[str, _Share] = field(default_factory=dict)
    _after: dict[str, _Share] = field(default_factory=dict)

    @classmethod
    def of(cls, inventory: Any) -> Placed:
        """Return what the sources before placed. A new inventory has nothing."""
        # Since ansible-core 2.19 each source gets a proxy of its own, which goes with the source.
        inventory = getattr(inventory, "__wrapped__", inventory)
        if inventory not in _PLACED:
            _PLACED[inventory] = cls(weakref.proxy(inventory))
        return _PLACED[inventory]

    @contextlib.contextmanager
    def adding(self, planned: Sequence[Host]) -> Iterator[None]:
        """Remember what hosts had of others, and what they have once a source has added to them.

        Args:
            planned: The hosts of the source.
        """
        hosts = self.inventory.hosts
        for one in planned:
            if one.name in hosts and one.name not in self._after:
                self._before[one.name] = _Share.before(hosts[one.name], one.groups)
        try:
            yield
        finally:
            # A source that fails leaves hosts as well: Ansible only warns, and goes on.
            known: dict[_Share, _Share] = {}
            for one in planned:
                if one.name in hosts:
                    share = _Share.after(hosts[one.name])
                    # Most hosts have the same variables, and many the same groups.
                    self._after[one.name] = known.setdefault(share, share)

    def rename(self) -> None:
        """Give hosts the names that the last source made necessary.

        What others gave to the old name stays with it, because an author cannot have meant one of
        two registrations.
        """
        hosts = self.inventory.hosts
        renamed = self.fleet.renamed.items()
        taken = [(old, new, hosts.pop(old)) for old, new in renamed if old in self._after]
        if not taken:
            return
        rest = [(old, self._rest(host)) for old, _new, host in taken]
        rest += [(new, self._taken_away(hosts[new])) for _old, new, _host in taken if new in hosts]
        shares = [self._after.pop(old) for old, _new, _host in taken]
        for (old, new, host), share in zip(taken, shares, strict=True):
            host.name = host.address = new
            hosts[new] = host
            self._before.pop(old, None)
            self._after[new] = share
        for group in self.inventory.groups.values():
            # Ansible keeps the names of a group's hosts beside the hosts.
            group._hosts = None
            group.clear_hosts_cache()
        for name, share in rest:
            if share.groups or share.variables:
                self._give(name, share)

    def _rest(self, host: Any) -> _Share:
        """Take from a host what it has of others, and return that."""
        before, after = self._before.get(host.name, _Share((), {})), self._after[host.name]
        now = _Share.before(host)
        groups = [name for name in now.groups if name not in after.groups]
        for name in (*groups, *before.groups):
            self.inventory.groups[name].remove_host(host)
        variables = {
            name: host.vars.pop(name)
            for name, value in now.variables.items()
            if name not in after.variables or before.variables.get(name, _MISSING) is value
        }
        return _Share((*before.groups, *groups), {**before.variables, **variables})

    def _taken_away(self, host: Any) -> _Share:
        """Take a host out of the inventory whose name another one gets, and return what it had."""
        share = _Share.before(host)
        self.inventory.remove_host(host)
        return share

    def _give(self, name: str, share: _Share) -> None:
        """Give groups and variables to a host, which need not exist yet."""
        if name in self._after:
            self._before[name] = share
        self.inventory.add_host(name)
        for group in share.groups:
            self.inventory.add_host(name, group)
        given = self.inventory.hosts[name].vars
        given.update({**share.variables, **given} if name in self._after else share.variables)


_MISSING = object()
_PLACED: weakref.WeakKeyDictionary[Any, Placed] = weakref.WeakKeyDictionary()
