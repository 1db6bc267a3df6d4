# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the inventory plugins of all products share: options in, hosts out.

Everything is read and decided before the first host is added, so that a read that fails leaves no
part of a fleet.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.path import unfrackpath
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    MissingLibraryError,
    OptionError,
    UemError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import group_part
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import Selection
from ansible_collections.ivanti.uem.plugins.module_utils._families.devices.calls import READ_DEVICES
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.hostnames import (
    safe_host_name,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.model import (
    Host,
    Registration,
    label_groups,
    plan_hosts,
    variable_names,
    variables,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.redact import Redactor
from ansible_collections.ivanti.uem.plugins.module_utils._http.settings import (
    Settings,
    parse_settings,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.choice import searched
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import CONNECTION, Option
from ansible_collections.ivanti.uem.plugins.module_utils._module.query import compile_query
from ansible_collections.ivanti.uem.plugins.module_utils._products.capability import (
    PRODUCTS,
    UemClient,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import Guard, template

# Raised when what a cache holds changes its shape.
CACHE_FORMAT = 2

_PLAIN_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Resolver = Callable[[Mapping[str, Any]], Any]


class UemInventory(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc]
    """Base of the inventory plugins. A product names itself, its options, and what it makes of its
    rows."""

    product: str

    # The options of the connection.
    connection: tuple[Option, ...] = CONNECTION

    # The options that decide what is read. Others may change without a new read of what a cache
    # holds.
    read_options: tuple[str, ...] = ("partitions", "filters", "query", "fields", "hostnames")

    def registration(
        self, device: Device, *, name: str, fields: Iterable[str], labels: tuple[str, ...] | None
    ) -> Registration:
        """A device that was read with its row, as the inventory knows it."""
        raise NotImplementedError

    def label_patterns(self) -> Sequence[str]:
        """Shell patterns of the labels, or device groups, to read; none where they are not
        wanted."""
        raise NotImplementedError

    def attribute_groups(self) -> Sequence[str]:
        """Names of the custom attributes whose values are groups."""
        return ()

    def selection(self) -> Selection:
        """The devices that the options select."""
        partitions = tuple(str(part) for part in self.get_option("partitions"))
        return Selection(filter=self.get_option("filters") or "", partitions=partitions)

    def read_devices(self, client: UemClient) -> Sequence[Device]:
        """The devices with their rows, as ``query`` shall see them."""
        return client.find(self.selection(), keep_rows=True).devices

    def read_labels(
        self, client: UemClient, devices: Sequence[Device], patterns: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """By device id the names of its labels."""
        return client.label_names(devices, patterns)

    def verify_file(self, path: str) -> bool:
        """Whether the file is called ``<something>.<product>.yml``, or .yaml."""
        ends = tuple(
            f"{before}{self.product}.{kind}" for before in "./" for kind in ("yml", "yaml")
        )
        return super().verify_file(path) and path.endswith(ends)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Read the devices and add them as hosts. Raises AnsibleParserError with one sentence."""
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        redact = Redactor(())
        try:
            self._require_known(config)
            settings = parse_settings(self._connection(config))
            redact = Redactor(settings.secrets)
            for warning in settings.warnings:
                self.display.warning(warning)
            names = variable_names(self.get_option("fields"), self.get_option("hostvars_prefix"))
            registrations = self._registrations(settings, path, may_read_cache=cache)
            if "fields" in config:
                self._warn_of_unknown(registrations)
            self._warn_of_alike(registrations)
            hosts = plan_hosts(
                registrations,
                attribute_groups=self.attribute_groups(),
                taken=self._taken(),
            )
        except MissingLibraryError as error:
            raise AnsibleParserError(missing_required_lib(error.library)) from None
        except UemError as error:
            raise AnsibleParserError(redact(str(error))) from None
        self._add_parent()
        self._add(hosts, names)
        self._construct([host.name for host in hosts])

    def _taken(self) -> set[str]:
        """Names that no host may get: those of groups, and of the hosts of other products, for one
        host would stand for two registrations then, and have the id of only one of them."""
        others = (
            self.inventory.groups.get(f"ivanti_{product}")
            for product in PRODUCTS
            if product != self.product
        )
        hosts = {host.name for group in others if group is not None for host in group.get_hosts()}
        return {
            f"ivanti_{self.product}",
            *self.inventory.groups,
            *map(str, self.get_option("groups")),
            *hosts,
        }

    # Options

    def _require_known(self, config: Mapping[str, Any]) -> None:
        """Ansible ignores options that it does not know; ``filter`` for ``filters`` would mean
        every device."""
        for name in config:
            if name not in self._options:
                near = difflib.get_close_matches(str(name), self._options, n=1)
                hint = f"; did you mean {near[0]}?" if near else ", see ansible-doc -t inventory."
                raise OptionError(f"{name}: is not an option of this inventory{hint}")

    def _connection(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The connection options, with the templates resolved that the file gives as their values.

        Values from the environment are never templates: a password may well hold braces.
        """
        options = {option.name: self.get_option(option.name) for option in self.connection}
        for option in self.connection:
            raw = config.get(option.name)
            if not isinstance(raw, str) or "{{" not in raw and "{%" not in raw:
                continue
            try:
                value = self.templar.template(raw)
            except AnsibleError as error:
                raise OptionError(
                    f"{option.name}: its template cannot be resolved ({error})."
                ) from None
            text = "" if value is None else str(value)
            options[option.name] = (
                unfrackpath(text, follow=False) if option.type == "path" and text else text
            )
        return options

    # Reading

    def _registrations(
        self, settings: Settings, path: str, *, may_read_cache: bool
    ) -> list[Registration]:
        """What there is to show: from the cache when it may be used and has it, else from the
        server."""
        if not self.get_option("cache"):
            return self._read(settings)
        key = f"{self.get_cache_key(path)}_{self._digest(settings)}"
        kept = self._cached(key) if may_read_cache else None
        if kept is not None:
            return [_from_json(entry) for entry in kept]
        registrations = self._read(settings)
        self._cache[key] = [dataclasses.asdict(one) for one in registrations]
        return registrations

    def _cached(self, key: str) -> Any:
        try:
            return self._cache[key]
        except KeyError:
            return None
        except AnsibleError as error:
            self.display.warning(
                f"The inventory cache cannot be read, so that the server is asked: {error}"
            )
            return None

    def _digest(self, settings: Settings) -> str:
        """Tells apart what may not share a cache. An account is named by its user; a token, which
        is long and random, by a digest of its own."""
        account = settings.account
        if settings.authorization.startswith("Bearer "):
            account = hashlib.sha256(settings.authorization.encode()).hexdigest()
        parts = [
            CACHE_FORMAT,
            settings.url,
            account,
            *(self.get_option(name) for name in self.read_options),
        ]
        return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]

    def _read(self, settings: Settings) -> list[Registration]:
        resolvers = [_resolver(str(wanted)) for wanted in self.get_option("hostnames")]
        query = self.get_option("query")
        search = None if query is None else compile_query(query, "query")
        patterns = self.label_patterns()
        client, _calls = READ_DEVICES.open(self.product, settings, read_only=True)
        try:
            devices = self.read_devices(client)
            if search is not None:
                devices = searched(search, devices, "query")
            labels = self.read_labels(client, devices, patterns) if patterns and devices else {}
        finally:
            client.transport.close()
        fields = [str(name) for name in self.get_option("fields")]
        return [
            self.registration(
                device,
                name=_wanted_name(device, resolvers),
                fields=fields,
                labels=labels[device.id] if patterns else None,
            )
            for device in devices
        ]

    def _warn_of_unknown(self, registrations: Sequence[Registration]) -> None:
        """A field of the author's that no row has is likely misspelt."""
        absent = {str(name) for name in self.get_option("fields")}.difference(
            *(one.fields for one in registrations)
        )
        if absent and registrations:
            self.display.warning(
                f"fields: no device has {', '.join(sorted(absent))}; check the spelling."
            )

    def _warn_of_alike(self, registrations: Sequence[Registration]) -> None:
        """A play that names the group of one label would find nothing when another label comes that
        is spelt alike."""
        for label, group in label_groups(registrations).items():
            if group != f"label_{group_part(label)}":
                self.display.warning(
                    f"The label {label!r} is spelt like another one; its group is called {group}."
                )

    # Filling the inventory

    def _add_parent(self) -> None:
        """The group of all hosts. Its variables are what a device needs: nothing can be run on it,
        and the Python that is found on a controller by discovery often lacks the libraries that the
        modules need.

        They yield to every other setting: a lower priority than any group, and what is set already
        stays.
        """
        group = self.inventory.groups[self.inventory.add_group(f"ivanti_{self.product}")]
        defaults = {
            "ansible_connection": template("local"),
            "ansible_python_interpreter": template("{{ ansible_playbook_python }}"),
        }
        if group.priority == 1:
            defaults["ansible_group_priority"] = "0"
        for name, value in defaults.items():
            if name not in group.vars:
                self.inventory.set_variable(group.name, name, value)

    def _add(self, hosts: Iterable[Host], names: Mapping[str, str]) -> None:
        prefix, guard, parent = (
            self.get_option("hostvars_prefix"),
            Guard(),
            f"ivanti_{self.product}",
        )
        for group in dict.fromkeys(group for host in hosts for group in host.groups):
            self.inventory.add_group(group)
        for host in hosts:
            self.inventory.add_host(host.name, parent)
            for group in host.groups:
                self.inventory.add_host(host.name, group)
            # Not by set_variable: on 2.19 and newer it copies and tags each value once more, which
            # takes two thirds of the time that the whole inventory needs.
            own = variables(host.registration, names, prefix)
            self.inventory.get_host(host.name).vars.update(
                (name, guard(value)) for name, value in own.items()
            )

    def _construct(self, names: Sequence[str]) -> None:
        """Carry compose, groups and keyed_groups out, when there are any.

        All variables come before the first group: should an expression make a group with the name
        of a host, a variable of that host would go to the group.
        """
        compose, groups, keyed_groups = (
            self.get_option(name) for name in ("compose", "groups", "keyed_groups")
        )
        strict = self.get_option("strict")
        if compose:
            guard = Guard()
            for name in names:
                host = self.inventory.get_host(name)
                self._set_composite_vars(compose, host.get_vars(), name, strict=strict)
                # What an expression makes of a server's text is a server's text.
                host.vars.update(
                    (made, guard(host.vars[made])) for made in compose if made in host.vars
                )
        if groups or keyed_groups:
            for name in names:
                known = self.inventory.get_host(name).get_vars()
                self._add_host_to_composed_groups(
                    groups, known, name, strict=strict, fetch_hostvars=False
                )
                self._add_host_to_keyed_groups(
                    keyed_groups, known, name, strict=strict, fetch_hostvars=False
                )


def _resolver(expression: str) -> Resolver:
    """How to find a host name in a row: the field of that name, else what the JMESPath expression
    finds."""
    if _PLAIN_FIELD.fullmatch(expression):
        return lambda row: row.get(expression)
    search = compile_query(expression, "hostnames")
    return lambda row: row[expression] if expression in row else search(row)


def _wanted_name(device: Device, resolvers: Iterable[Resolver]) -> str:
    """The first preference that makes a name; failing all of them the guid, or the id, which every
    device has."""
    for resolve in resolvers:
        name = safe_host_name(resolve(device.row))
        if name:
            return name
    return safe_host_name(device.guid) or device.id


def _from_json(entry: Mapping[str, Any]) -> Registration:
    tuples = {
        name: tuple(entry[name])
        for name in ("reasons", "policies", "labels")
        if entry[name] is not None
    }
    return Registration(**{**entry, **tuples})
