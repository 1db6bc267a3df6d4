# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the devices of many hosts together, where a task that only reads runs for each host.

Ansible forks a process for each host of a task. The first one asks the server for its own device
and for those of the hosts after it, and leaves what it read in the folder that Ansible has for this
run. A later one takes what is there for its host, and asks nothing. Whatever goes wrong with that, a
host asks for its own device.

An answer is never older than the task. All hosts have finished the task before: the strategy has to
be ``linear``. The task itself only reads. It is not a handler, which runs several times in a play.
A host takes an answer once, so that a second look, as with ``until``, is a new one, and it takes
none that has lain there for long.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import pickle
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible.playbook.handler import Handler
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import (
    Device,
    DeviceRef,
    parse_ref,
    server_name,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerLostError,
    CredentialsError,
    OptionError,
    OutageError,
    UemError,
)
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

# What a folder causes that is full, read-only, or where no file can be locked.
UNUSABLE = (OSError, EOFError, pickle.UnpicklingError)

# What is no better where a host asks for its own device.
ALIKE = (CredentialsError, OutageError, AnswerLostError)

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
        task: What the task is.
        arguments: All of its arguments but the name of the device.
    """

    own: DeviceRef
    others: Callable[[], Mapping[str, DeviceRef]]
    host: str
    folder: Path
    task: bytes
    arguments: bytes

    def path(self, host: str) -> Path:
        """Return the file with the answer for a host."""
        return self.folder / _digest(self.task, self.arguments, host.encode())

    def is_first(self) -> bool:
        """Return whether the first host that asked for all had the same arguments. Where arguments
        differ from host to host, nobody would take the answers."""
        path, own = self.folder / _digest(self.task), _digest(self.arguments).encode()
        if not path.exists():
            _write(path, own)
        return path.read_bytes() == own


def _digest(*parts: bytes) -> str:
    return hmac.new(_KEY, b"\0".join(parts), hashlib.sha256).hexdigest()


def _write(path: Path, data: bytes) -> None:
    """Write a file, so that nobody sees half of it."""
    new = path.with_suffix(f".{os.getpid()}")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    new.replace(path)


# What one process leaves for a host: its device, or None where the host has to ask.
Answer = tuple[Device | None]


class TogetherFinder(Finder):
    """Asks for the devices of many hosts at once."""

    def __init__(self, companions: Companions) -> None:
        self._companions = companions
        self._path = companions.path(companions.host)

    def find(self, client: UemClient, selection: Selection, **wanted: Any) -> Found:
        """See Finder."""
        own = self._companions.own
        if selection.names != (own,) or selection.narrows or wanted.get("count_fleet"):
            return client.find(selection, **wanted)
        device = None
        with suppress(*UNUSABLE):
            (device,) = self._answer(client, selection, wanted)
        # A variable may name another device than the inventory does.
        fits = device is not None and own in _names_of(device)
        return Found((device,)) if fits and device else client.find(selection, **wanted)

    def _answer(self, client: UemClient, selection: Selection, wanted: Mapping[str, Any]) -> Answer:
        """Return what another process left, or ask for all."""
        self._companions.folder.mkdir(mode=0o700, exist_ok=True)
        answer = self._taken()
        if answer is not None:
            return answer
        # One asks at a time, and the others wait for what it leaves. The lock ends with its process.
        with open(self._companions.folder / "lock", "w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            answer = self._taken()
            if answer is not None:
                return answer
            return self._led(client, selection, wanted) if self._companions.is_first() else (None,)

    def _taken(self) -> Answer | None:
        """Return the answer that another process left for this host, and forget it there."""
        try:
            age = time.time() - self._path.stat().st_mtime
            data = self._path.read_bytes()
            self._path.unlink()
        except FileNotFoundError:
            return None
        if not 0 <= age <= FRESH:
            return None
        answer: Answer = pickle.loads(data)  # noqa: S301  # a process of this run wrote it
        return answer

    def _led(self, client: UemClient, selection: Selection, wanted: Mapping[str, Any]) -> Answer:
        """Read the devices of hosts that have no answer yet, and leave those of the others. A host whose
        device is not found, or all of them where the question failed, asks itself: an error then is
        about its own device, and nobody else waits for a server that does not answer.

        Raises:
            UemError: One of ALIKE.
        """
        own = self._companions.own
        others = {
            host: ref
            for host, ref in self._companions.others().items()
            if not self._companions.path(host).exists()
        }
        notes = list(client.notes)
        names = tuple(dict.fromkeys((own, *others.values())))
        by_name: dict[DeviceRef, Device] = {}
        try:
            found = client.find(replace(selection, names=names), **wanted)
            by_name = {ref: device for device in found.devices for ref in _names_of(device)}
        except UemError as error:
            if isinstance(error, ALIKE):
                raise
        finally:
            client.notes[:] = notes
            self._leave({host: by_name.get(ref) for host, ref in others.items()})
        return (by_name.get(own),)

    def _leave(self, devices: Mapping[str, Device | None]) -> None:
        """Leave the devices of other hosts, as far as the folder takes them."""
        with suppress(OSError):
            for host, device in devices.items():
                answer: Answer = (device,)
                _write(self._companions.path(host), pickle.dumps(answer))


def _names_of(device: Device) -> Sequence[DeviceRef]:
    return DeviceRef("guid", device.guid), DeviceRef("id", device.id)


def companions_of(task: Any, variables: Mapping[str, Any], arguments: bytes) -> Companions | None:
    """Return the hosts whose devices a task can ask for together, or None if there are none.

    Args:
        task: The task, as Ansible has it for this host.
        variables: The variables of this host.
        arguments: All arguments but the name of the device.
    """
    if isinstance(task, Handler) or task.run_once or task.get_play().strategy not in LINEAR:
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
    key = f"{task._uuid}\0{task.action}".encode()
    others = partial(_devices_of, after, variable, variables, task.action)
    return Companions(ref, others, host, folder, key, arguments)


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
