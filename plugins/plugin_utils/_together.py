# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the devices of many hosts together, where a task that only reads runs for each host.

Ansible forks a process for each host of a task. The first one asks the server for its own device
and for those of the hosts after it, and leaves what it read in the folder that Ansible has for this
run. A later one takes what is there for its host, and asks nothing.

An answer is never older than the task. All hosts have finished the task before: the strategy has to
be ``linear``. The task itself only reads. A host takes an answer once, so that a second look, as
with ``until``, is a new one, and it takes none that has lain there for long.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import pickle
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import (
    Device,
    DeviceRef,
    parse_ref,
    server_name,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError, UemError
from ansible_collections.ivanti.uem.plugins.module_utils._core.hosts import (
    GUID_VARIABLE,
    ID_VARIABLE,
    SERVER_VARIABLE,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import Found, Selection
from ansible_collections.ivanti.uem.plugins.module_utils._module.finder import Finder
from ansible_collections.ivanti.uem.plugins.module_utils._products.capability import UemClient
from ansible_collections.ivanti.uem.plugins.plugin_utils._extra import private
from ansible_collections.ivanti.uem.plugins.plugin_utils._host_devices import plain_variable

# The hosts that are asked for at once. Two requests name as many guids on Neurons.
AT_ONCE = 250

# How many seconds an answer may lie there.
FRESH = 30.0

# The variables that name the device of a host.
NAMING = (GUID_VARIABLE, ID_VARIABLE)

# In these strategies all hosts have finished a task before one begins the next.
LINEAR = frozenset({"linear", "ansible.builtin.linear", "ansible.legacy.linear"})

# Names of files say nothing about arguments of a task. The processes of a run have the same key.
_KEY = secrets.token_bytes(32)


@dataclass(frozen=True)
class Companions:
    """The hosts of a task whose devices can be asked for together.

    Attributes:
        own: The name of this host's device.
        others: Returns the names of the devices of the hosts after it, by host.
        host: This host.
        folder: Where answers lie.
        key: What the task is, with all of its arguments but the name of the device.
    """

    own: DeviceRef
    others: Callable[[], Mapping[str, DeviceRef]]
    host: str
    folder: Path
    key: bytes

    def path(self, host: str) -> Path:
        """Return the file with the answer for a host."""
        text = self.key + b"\0" + host.encode()
        return self.folder / hmac.new(_KEY, text, hashlib.sha256).hexdigest()


class TogetherFinder(Finder):
    """Asks for the devices of many hosts at once."""

    def __init__(self, companions: Companions) -> None:
        self._companions = companions

    def find(self, client: UemClient, selection: Selection, **wanted: Any) -> Found:
        """See Finder."""
        own = selection.names == (self._companions.own,)
        if not own or selection.narrows or wanted.get("count_fleet"):
            return client.find(selection, **wanted)
        with _locked(self._companions.folder):
            device = self._taken() or self._led(client, selection, wanted)
        return client.find(selection, **wanted) if device is None else Found((device,))

    def _taken(self) -> Device | None:
        """Return the device that another process read, and forget it there."""
        path = self._companions.path(self._companions.host)
        try:
            age = time.time() - path.stat().st_mtime
            data = path.read_bytes()
            path.unlink()
        except FileNotFoundError:
            return None
        if not 0 <= age <= FRESH:
            return None
        device: Device = pickle.loads(data)  # noqa: S301  # a process of this run wrote it
        return device

    def _led(
        self, client: UemClient, selection: Selection, wanted: Mapping[str, Any]
    ) -> Device | None:
        """Read the devices of hosts that have no answer yet, and leave those of the others.

        Returns:
            The device of this host. None where it was not found, or where the question is refused. Then
            the host asks for its own device, and an error says what is wrong with that one.
        """
        others = {
            host: ref
            for host, ref in self._companions.others().items()
            if not self._companions.path(host).exists()
        }
        notes = list(client.notes)
        names = tuple(dict.fromkeys((self._companions.own, *others.values())))
        try:
            found = client.find(replace(selection, names=names), **wanted)
        except UemError:
            return None
        finally:
            client.notes[:] = notes
        by_name = {ref: device for device in found.devices for ref in _names_of(device)}
        for host, ref in others.items():
            if ref in by_name:
                self._leave(host, by_name[ref])
        return by_name.get(self._companions.own)

    def _leave(self, host: str, device: Device) -> None:
        path = self._companions.path(host)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            pickle.dump(device, file, pickle.HIGHEST_PROTOCOL)


def _names_of(device: Device) -> Sequence[DeviceRef]:
    return DeviceRef("guid", device.guid), DeviceRef("id", device.id)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Have the processes of a task ask one after the other. The lock ends with its process."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        yield


def companions_of(task: Any, variables: Mapping[str, Any], arguments: bytes) -> Companions | None:
    """Return the hosts whose devices a task can ask for together, or None if there are none.

    Args:
        task: The task, as Ansible has it for this host.
        variables: The variables of this host.
        arguments: All arguments but the name of the device.
    """
    if task.run_once or task.get_play().strategy not in LINEAR:
        return None
    devices = task.args.get("devices")
    ref = _ref(devices[0] if isinstance(devices, list) and len(devices) == 1 else devices)
    variable = next((name for name in NAMING if _ref(variables.get(name)) == ref), None)
    if ref is None or variable is None:
        return None
    host, hosts = variables["inventory_hostname"], list(variables["ansible_play_batch"])
    if host not in hosts or len(hosts) < 2:
        return None
    after = hosts[hosts.index(host) + 1 :][:AT_ONCE]
    folder = Path(C.DEFAULT_LOCAL_TMP, "ivanti_uem_together")
    key = f"{task._uuid}\0{task.action}\0".encode() + arguments
    others = partial(_devices_of, after, variable, variables, task.action)
    return Companions(ref, others, host, folder, key)


def _devices_of(
    hosts: Sequence[str], variable: str, variables: Mapping[str, Any], action: str
) -> Mapping[str, DeviceRef]:
    """Return the devices of those hosts that the inventory itself says to be on the server of this
    host."""
    inventory = private(variables["hostvars"], "_inventory", action)
    server = server_name(str(variables.get(SERVER_VARIABLE, "")))
    found = {}
    for host in map(inventory.get_host, hosts):
        name, its = (plain_variable(host, one) for one in (variable, SERVER_VARIABLE))
        ref = _ref(name)
        if ref and its and server_name(its) == server:
            found[host.name] = ref
    return found


def _ref(device: Any) -> DeviceRef | None:
    try:
        return parse_ref(device, "")
    except OptionError:
        return None
