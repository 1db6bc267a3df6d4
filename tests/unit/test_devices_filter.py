# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.ivanti.uem.plugins.filter.devices import devices
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.hosts import require_own
from ansible_collections.ivanti.uem.plugins.plugin_utils._host_devices import layered_device_of
from jinja2 import Undefined

A, B = "https://a.example.com", "https://b.example.com"
GUIDS = [str(uuid.UUID(int=number)) for number in range(20)]


class HostVars(Mapping):
    """As much of Ansible's variables of all hosts as the filter needs. ``more`` is what group_vars
    and the like add."""

    def __init__(self, hosts: dict[str, dict[str, Any]], more: dict[str, Any], *groups: str):
        self._hosts = hosts
        self._more = more
        names = [SimpleNamespace(name=group) for group in groups]
        self._inventory = SimpleNamespace(
            hosts=hosts,
            get_host=lambda name: (
                SimpleNamespace(name=name, vars=hosts[name], groups=names)
                if name in hosts
                else None
            ),
        )
        self.read: list[str] = []

    def raw_get(self, name: str) -> dict[str, Any]:
        return self[name]

    def __getitem__(self, name: str) -> dict[str, Any]:
        self.read.append(name)
        return {**self._hosts[name], **self._more}

    def __iter__(self):
        return iter(self._hosts)

    def __len__(self) -> int:
        return len(self._hosts)


def host(number: int, server: str | None = A, **more: Any) -> dict[str, Any]:
    """The variables of a host."""
    return {"ivanti_guid": GUIDS[number], "ivanti_server": server, **more}


FLEET = {
    "one": host(1), "two": host(2), "again": host(1, f"{A}:443/"), "far": host(3, B), "web": {}, "lost": host(4, None),
    "odd": host(5) | {"ivanti_guid": "22000-x"}, "templated": host(6, "{{ tenant }}"),
}  # fmt: skip


def of(*names: str, server: Any = None, more: Any = None, groups: Any = ()) -> list[str]:
    return devices(list(names), HostVars(FLEET, more or {}, *groups), server)


def test_hosts_become_guids_each_once():
    assert of("two", "one", "again") == [GUIDS[2], GUIDS[1]]
    assert of("one", server="HTTPS://A.example.com:443/") == [GUIDS[1]]
    assert of() == []


def test_only_what_the_inventory_lacks_is_read_from_all_variables():
    known = HostVars(FLEET, {"ivanti_server": B})
    assert devices(["one", "far"][1:], known) == [GUIDS[3]] and known.read == []
    assert devices(["lost", "templated"], known) == [GUIDS[4], GUIDS[6]]
    assert known.read == ["lost", "templated"]


OTHER = {"ivanti_guid": GUIDS[9]}
# What the inventory itself has, what is set elsewhere, and what the host is: a device on a server.
# fmt: off
LAYERED = {
    "the inventory": (host(1), {}, (GUIDS[1], A)),
    "elsewhere": ({}, host(2), (GUIDS[2], A)),
    "an id": ({"ivanti_server": A}, {"ivanti_id": 7}, (7, A)),
    "a template elsewhere": (host(1), {"ivanti_server": "{{ tenant }}"}, (GUIDS[1], A)),
    "a template of the inventory": (host(1, "{{ tenant }}"), {"ivanti_server": B}, (GUIDS[1], B)),
    "the same in other words": (host(1), {"ivanti_server": "HTTPS://A.example.com:443", "ivanti_guid": GUIDS[1].upper()}, (GUIDS[1], A)),
    "nothing": ({}, {}, (None, None)),
    "another device": (host(1), OTHER, f"ivanti_guid of the host 'one' is '{GUIDS[1]}' in the inventory, and '{GUIDS[9]}' in"),
    "another server": (host(1), {"ivanti_server": B}, f"ivanti_server of the host 'one' is '{A}' in the inventory, and '{B}' in"),
}
# fmt: on


@pytest.mark.parametrize(("own", "more", "found"), LAYERED.values(), ids=LAYERED)
def test_nothing_makes_another_device_of_a_host_of_an_inventory(own, more, found):
    one = SimpleNamespace(name="one", vars=own, groups=[])
    names = ("ivanti_guid", "ivanti_id")
    if isinstance(found, tuple):
        assert layered_device_of(one, [{}, own, more], names) == found
        return
    with pytest.raises(OptionError, match=f"{found}.*Nothing was done"):
        layered_device_of(one, [{}, own, more], names)


# fmt: off
REFUSED = {
    "servers": (("one", "far", "two"), {}, f"Hosts of 2 servers: {A}: 'one', 'two'; {B}: 'far'. One task has one connection"),
    "another server": (("one", "far"), {"server": A}, f"Hosts of another server than {A}: {B}: 'far'. Leave them out"),
    "no device": (("one", "web"), {}, "Hosts without ivanti_guid, which are not devices: 'web'. Leave them out"),
    "no server": (("one", "lost"), {}, "Hosts without ivanti_server: 'lost'."),
    "no guid": (("odd",), {}, "ivanti_guid of 'odd': '22000-x' is neither"),
    "no host": (("onne",), {}, "there is no host 'onne' in the inventory (nearest: 'one')"),
    "both products": (("one",), {"groups": ("ivanti_neurons", "ivanti_epmm")}, "'one'. Each is two devices that were joined by their name"),
    "blank server": (("one",), {"server": " "}, "server: is empty"),
}
# fmt: on


@pytest.mark.parametrize(("names", "options", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_named(names, options, words):
    with pytest.raises(AnsibleFilterError) as caught:
        of(*names, **options)
    assert words in str(caught.value)
    assert str(caught.value).startswith("ivanti.uem.devices: ")


def test_many_hosts_are_counted():
    fleet = {f"h{number}": {} for number in range(1_300)}
    with pytest.raises(AnsibleFilterError, match="'h9' and 1,290 more"):
        devices(list(fleet), HostVars(fleet, {}))


@pytest.mark.parametrize("hosts", ["one", None, Undefined(), {"one": 1}])
def test_an_input_that_is_not_a_list_of_hosts_is_refused(hosts):
    with pytest.raises(AnsibleFilterError, match="not a list of hosts; give one such as groups"):
        devices(hosts, HostVars(FLEET, {}))


def test_hostvars_are_needed():
    with pytest.raises(AnsibleFilterError, match=r"ivanti\.uem\.devices\(hostvars\)"):
        devices(["one"])


def test_entries_of_another_server_are_refused_by_the_names_of_their_hosts():
    own = {"device": GUIDS[1], "server": f"{A}/", "host": "one"}
    far = {"device": GUIDS[3], "server": B, "host": "far"}
    for fine in (None, [], "x", [22000, GUIDS[1]], [own, {"device": 1}]):
        require_own(fine, A)
    with pytest.raises(OptionError, match=f"another server than {A}: {B}: 'far'"):
        require_own([22000, own, far], A)
    with pytest.raises(OptionError, match=f"{B}: '{GUIDS[3]}'"):
        require_own([{**far, "host": None}], A)
