# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the inventory plugins of all products share: options go in, hosts come out.

Everything is read and decided before the first host is added, so that a failed read leaves no part
of a fleet.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import gc
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from ansible.utils.path import unfrackpath
from ansible_collections.ivanti.uem.plugins.module_utils._core.attributes import require_defined
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    MissingLibraryError,
    OptionError,
    UemError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import (
    group_part,
    is_placeholder,
    nearest,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.privacy import (
    hidden_error,
    hidden_fields,
    hides,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import Selection
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import (
    BY_NAME,
    COMMON_NAMES,
    other_name,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.wording import numbered
from ansible_collections.ivanti.uem.plugins.module_utils._families.devices.calls import READ_DEVICES
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.hostnames import (
    safe_host_name,
    server_part,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.inventory.model import (
    ALWAYS,
    Host,
    Registration,
    named_groups,
    plan_hosts,
    registration_of,
    require_group_names,
    require_identity,
    require_other_group,
    similar_groups,
    variable_names,
    variables,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.redact import Redactor
from ansible_collections.ivanti.uem.plugins.module_utils._http.settings import (
    Settings,
    parse_settings,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.choice import (
    apply_query,
    doubts_about,
    hints_about,
    never_said,
    rows_of,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import CONNECTION, Option
from ansible_collections.ivanti.uem.plugins.module_utils._module.profile import completed
from ansible_collections.ivanti.uem.plugins.module_utils._module.query import (
    Search,
    certain,
    compile_query,
    found_ids,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.variables import unread_variables
from ansible_collections.ivanti.uem.plugins.module_utils._products.capability import UemClient
from ansible_collections.ivanti.uem.plugins.plugin_utils._constructed import (
    Constructed,
    require_entries,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._environment import (
    drop_empty_variables,
    require_boolean,
    require_product,
    require_secrets,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._named import Known
from ansible_collections.ivanti.uem.plugins.plugin_utils._own_groups import unchanged
from ansible_collections.ivanti.uem.plugins.plugin_utils._placed import Placed
from ansible_collections.ivanti.uem.plugins.plugin_utils._private_cache import PrivateCache
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import SafeValues, template
from ansible_collections.ivanti.uem.plugins.plugin_utils._vaulted import decrypter

# It is increased when the shape of cached data changes.
CACHE_FORMAT = 5

_SERIAL = "serial_number"

_PLAIN_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class UemInventory(PrivateCache, BaseInventoryPlugin, Constructable):  # type: ignore[misc]
    """Base of the inventory plugins.

    A subclass names its product and its options.
    """

    product: str

    # What the server has for expressions, where it was read; and what these make of hosts.
    _known = Known()
    _constructed: Constructed

    # The options of the connection.
    connection: tuple[Option, ...] = CONNECTION

    # The options that decide what is read. If any other option changes, cached data is still used.
    read_options: tuple[str, ...] = (
        "spaces",
        "filters",
        "statuses",
        "query",
        "query_groups",
        "fields",
        "hostnames",
    )

    def label_patterns(self) -> Sequence[str]:
        """Return shell patterns of the labels, or device groups, to read.

        Without patterns no labels are read.
        """
        raise NotImplementedError

    def attribute_groups(self) -> Sequence[str]:
        """Return the names of the custom attributes whose values are groups."""
        return ()

    def selection(self) -> Selection:
        """Return the selection of the options."""
        partitions = tuple(str(part) for part in self.get_option("spaces"))
        filters = self.get_option("filters") or ""
        statuses = tuple(self.get_option("statuses"))
        queried = tuple(name for search in self._queries() for name in search.names)
        return Selection(
            filter=filters, statuses=statuses, partitions=partitions, queried=queried, where=""
        )

    def _queries(self) -> list[Search]:
        """Return the expressions of ``query`` and ``query_groups``.

        Raises:
            OptionError: One of them is not an expression, or a group cannot have its name.
        """
        query = self.get_option("query")
        found = [] if query is None else [compile_query(query, "query")]
        return found + list(self._query_groups().values())

    def _query_groups(self) -> dict[str, Search]:
        given = {str(name): text for name, text in self.get_option("query_groups").items()}
        require_group_names(given)
        return {
            name: compile_query("" if text is None else str(text), f"query_groups.{name}")
            for name, text in given.items()
        }

    def read_devices(self, client: UemClient) -> Sequence[Device]:
        """Return the devices with the rows that ``query`` sees."""
        return client.find(self.selection(), keep_rows=True, only=self._kept_fields()).devices

    def _kept_fields(self) -> frozenset[str] | None:
        """Return the fields that rows must have besides the common ones, or None for all: 100,000
        whole rows are 1 GB. An expression, and a message about a misspelt field, may need any."""
        hostnames = frozenset(map(str, self.get_option("hostnames")))
        if self._queries() or not hostnames <= COMMON_NAMES:
            return None
        return hostnames.union(map(str, self.get_option("fields")))

    def read_labels(
        self, client: UemClient, devices: Sequence[Device], patterns: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the labels of each device, by its id."""
        return client.label_names(devices, patterns)

    def verify_file(self, path: str) -> bool:
        """Return whether the name of the file is ``<something>.<product>.yml``, or .yaml."""
        ends = tuple(
            f"{before}{self.product}.{kind}" for before in "./" for kind in ("yml", "yaml")
        )
        return super().verify_file(path) and path.endswith(ends)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Read the devices and add them as hosts.

        Raises:
            AnsibleParserError: It failed; the message is one sentence.
        """
        super().parse(inventory, loader, path, cache)
        with without_collector():
            self._parse(path, may_read_cache=cache)

    def _parse(self, path: str, *, may_read_cache: bool) -> None:
        drop_empty_variables()
        self._known = Known()
        config = self._read_config_data(path)
        self._constructed = Constructed(self)
        redact = Redactor(())
        try:
            settings = self._settings(config)
            redact = Redactor(settings.secrets)
            self._warn(settings.warnings)
            self._require_fields()
            names = variable_names(self.get_option("fields"), self.get_option("hostvars_prefix"))
            registrations = self._registrations(settings, path, may_read_cache=may_read_cache)
            if "fields" in config:
                self._warn_of_unknown_fields(registrations)
            attributes = self.attribute_groups()
            self._warn(similar_groups(named_groups(registrations, attributes)))
            placed = Placed.of(self.inventory)
            group = f"server_{group_part(server_part(settings.server))}"
            hosts = plan_hosts(
                registrations,
                attribute_groups=attributes,
                reserved=self._reserved_names(group),
                server=settings.server,
                by_server=self.get_option("server_in_names"),
                fleet=placed.fleet,
            )
        except MissingLibraryError as error:
            raise AnsibleParserError(missing_required_lib(error.library)) from None
        except UemError as error:
            raise AnsibleParserError(redact(str(error))) from None
        self._add_parent()
        placed.rename()
        with placed.adding(hosts):
            self._add(hosts, names, settings.server, group)
            self._construct(hosts)

    def _construct(self, hosts: Sequence[Host]) -> None:
        """Apply compose, groups and keyed_groups to hosts, and warn of what no host has.

        Raises:
            AnsibleParserError: They would choose other hosts than their author means. The hosts are
                gone then: Ansible may go on after a warning, and without them nothing goes wrong.
        """
        constructed = self._constructed
        names, prefix = [host.name for host in hosts], self.get_option("hostvars_prefix")
        entries, others = self.get_option("keyed_groups") or (), self.get_option("query_groups")
        try:
            with unchanged(self.inventory, hosts, entries, others):
                constructed.fill(names)
            doubts = constructed.doubts(names, prefix, self._known)
            if doubts.impossible and self.get_option("strict"):
                raise OptionError(" ".join(doubts.impossible))
        except OptionError as error:
            for name in names:
                self.inventory.remove_host(self.inventory.hosts[name])
            raise AnsibleParserError(f"{error} The inventory has none of these hosts.") from None
        self._warn((*doubts.unknown, *doubts.impossible, *constructed.failing(names)))

    def _settings(self, config: Mapping[str, Any]) -> Settings:
        """Return the connection, after a look at the names and booleans of the file."""
        self._require_known(config)
        self._warn(unread_variables())
        require_boolean(config, self.option_definitions)
        require_secrets(config)
        for name in self.get_option("groups"):
            require_other_group(self._sanitize_group_name(str(name)), "groups")
        require_entries(self.get_option("keyed_groups"))
        require_identity(self.get_option("compose"), self.get_option("hostvars_prefix"))
        return parse_settings(self._connection(config))

    def _warn(self, warnings: Iterable[str]) -> None:
        for warning in warnings:
            self.display.warning(warning)

    def _reserved_names(self, group: str) -> set[str]:
        """Return the names that no host may get, which are those of groups.

        Args:
            group: The group of the server.
        """
        return {
            f"ivanti_{self.product}",
            group,
            *self.inventory.groups,
            *map(str, self.get_option("groups")),
        }

    # Options

    def _require_fields(self) -> None:
        """Refuse a field without a name, as a template leaves it that found nothing."""
        if not all(str(name).strip() for name in self.get_option("fields")):
            raise OptionError(
                "fields: has an empty name; name the fields, or leave the option out for those of the plugin."
            )

    def _require_known(self, config: Mapping[str, Any]) -> None:
        """Check the names of the options.

        Ansible ignores unknown options, and ``filter`` instead of ``filters`` would choose every
        device.
        """
        for name in config:
            if name not in self._options:
                near = difflib.get_close_matches(str(name), self._options, n=1)
                hint = f"; did you mean {near[0]}?" if near else ", see ansible-doc -t inventory."
                raise OptionError(f"{name}: is not an option of this inventory{hint}")

    def _connection(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the connection options, with the templates that the file has for them evaluated,
        completed by the profile that they name.

        Values from the environment are never templates: a password may contain braces.

        Raises:
            OptionError: A template or the profile is wrong.
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
            require_secrets({option.name: value})
            text = "" if value is None else str(value)
            is_path = option.type == "path" and text
            options[option.name] = unfrackpath(text, follow=False) if is_path else text
        given = [name for name, value in config.items() if value not in (None, "")]
        options = completed(options, given, decrypter(self.loader))
        product = options.get("product") or self.product
        if product != self.product:
            raise OptionError(
                f"profile: {options['profile']!r} is for {product}, and this inventory reads "
                f"{self.product}; use another profile."
            )
        if not options.get("profile") and "url" not in given:
            require_product(self.product)
        return options

    # Reading

    def _registrations(
        self, settings: Settings, path: str, *, may_read_cache: bool
    ) -> list[Registration]:
        """Return the registrations, from the cache if it may be used and has them, else from the
        server."""
        if not self.get_option("cache"):
            return self._compared(self._read(settings), 0)
        key = f"{self.get_cache_key(path)}_{self._digest(settings)}"
        cached = self._cached(key)
        if cached and may_read_cache:
            return [_from_json(entry) for entry in cached]
        registrations = self._compared(self._read(settings), len(cached or ()))
        if registrations:
            self._cache[key] = [dataclasses.asdict(one) for one in registrations]
        return registrations

    def _compared(self, registrations: list[Registration], before: int) -> list[Registration]:
        """Return registrations, and warn if they are few: a server in trouble may list too few.

        Args:
            registrations: What was read.
            before: How many registrations the cache has, or 0.

        Raises:
            AnswerError: There are none, and the cache has some.
            OptionError: There are none, and the author does not allow that.
        """
        if not registrations and before:
            raise AnswerError(
                f"The server lists no device for this inventory, and the cache has {before}; check "
                "the server and the roles of the account, or remove the cache if that is right."
            )
        if not registrations:
            self._require_wanted_empty()
        elif len(registrations) * 2 < before:
            self.display.warning(
                f"The server lists {numbered(len(registrations), 'devices')} for this inventory, and the cache "
                f"had {before}; check the server if that is not right."
            )
        return registrations

    def _require_wanted_empty(self) -> None:
        """Check that an inventory without devices is what the author wants. With plays for no host
        Ansible ends well, so that a misspelt filter would look like a day without work.

        Raises:
            OptionError: Options narrow the inventory, and ``allow_empty`` is not set.
        """
        if self.get_option("allow_empty"):
            return
        given = {
            name: self.get_option(name)
            for name in ("filters", "query", "statuses")
            if name in self._options and self.get_option(name)
        }
        if given:
            shown = ", ".join(f"{name}={value}" for name, value in given.items())
            raise OptionError(
                f"No device meets {shown}; correct it, or set allow_empty=true where an inventory "
                "without hosts is fine."
            )
        self.display.warning(
            "The server lists no device for this inventory; check spaces, and the roles of the "
            "account."
        )

    def _cached(self, key: str) -> Any:
        try:
            return self._cache[key]
        except KeyError:
            return None
        except AnsibleError as error:
            self.display.warning(
                "The inventory cache cannot be read, so the devices are read from the server: "
                f"{error}"
            )
            return None

    def _digest(self, settings: Settings) -> str:
        """Return a text that differs between runs that may not share a cache.

        An account is named by its user. A token, which is long and random, is named by a digest.
        """
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
        resolvers = [_Resolver(str(wanted)) for wanted in self.get_option("hostnames")]
        query = self.get_option("query")
        search = None if query is None else compile_query(query, "query")
        query_groups = self._query_groups()
        patterns = self.label_patterns()
        client, _calls = READ_DEVICES.open(self.product, settings, read_only=True)
        try:
            groups = self.attribute_groups()
            if groups:
                require_defined(groups, client.attribute_names(), "attribute_groups")
            devices = self.read_devices(client)
            self._require_seen(devices)
            self._know(attributes=self._attributes_defined(client, devices), unsaid=client.unsaid)
            self._warn_of_unknown_hostnames(devices)
            if search is not None:
                chosen = apply_query(search, devices)
                client.notes += doubts_about(search, client, devices)
                client.notes += hints_about(search, devices)
                devices = chosen
            queried = _queried(query_groups, client, devices)
            labels = self.read_labels(client, devices, patterns) if patterns and devices else {}
        finally:
            client.transport.close()
        names = [_wanted_name(device, resolvers) for device in devices]
        for note in (*client.notes, *(note for one in resolvers for note in one.notes)):
            self.display.warning(note)
        fields = [str(name) for name in self.get_option("fields")]
        return [
            registration_of(
                device,
                name=name,
                fields=fields,
                labels=labels[device.id] if patterns else None,
                queried=tuple(group for group, ids in queried.items() if device.id in ids),
            )
            for device, name in zip(devices, names, strict=True)
        ]

    def _know(self, **what: Any) -> None:
        self._known = dataclasses.replace(self._known, **what)

    def _attributes_defined(
        self, client: UemClient, devices: Sequence[Device]
    ) -> Collection[str] | None:
        """Return the names of the custom attributes that the server defines, as rows have them. They
        are read only if an expression names one that no device has."""
        wanted = self._constructed.attributes(self.get_option("hostvars_prefix"))
        if not wanted or not wanted.difference(*(device.attrs for device in devices)):
            return None
        names = client.attribute_names()
        return None if names is None else {name.lower() for name in names}

    def _require_seen(self, devices: Sequence[Device]) -> None:
        """Check that the account sees what host names and the query are made of.

        Raises:
            OptionError: A GDPR profile hides it.
        """
        names = hidden_fields(" ".join(map(str, self.get_option("hostnames"))))
        if names and hides(devices):
            raise hidden_error("hosts cannot be named", names, "Set hostnames to [guid]")
        queries = {"query": self.get_option("query"), **self.get_option("query_groups")}
        for name, query in queries.items():
            names = hidden_fields(str(query or ""))
            if names and hides(devices):
                where = "query" if name == "query" else f"query_groups.{name}"
                raise hidden_error(f"{where} cannot choose", names, "Use other fields")

    def _warn_of_unknown_hostnames(self, devices: Sequence[Device]) -> None:
        """Warn about a preference for host names that is a field of no row: hosts would silently be
        named by something else."""
        for name in map(str, self.get_option("hostnames")):
            if _PLAIN_FIELD.fullmatch(name) and not any(name in device.row for device in devices):
                if devices:
                    remedy = _remedy(name, devices[0].row)
                    self.display.warning(f"hostnames: no device has {name}; {remedy}.")

    def _warn_of_unknown_fields(self, registrations: Sequence[Registration]) -> None:
        """Warn about a wanted field that no row has, which is probably misspelt, and about one that the
        server does not say."""
        wanted = {str(name) for name in self.get_option("fields")}
        absent = wanted.difference(ALWAYS, *(one.fields for one in registrations))
        if absent and registrations:
            fields = registrations[0].fields
            remedies = dict.fromkeys(_remedy(name, fields) for name in sorted(absent))
            self.display.warning(
                f"fields: no device has {', '.join(sorted(absent))}; {', '.join(remedies)}."
            )
        unsaid = wanted.intersection(self._known.unsaid).difference(ALWAYS)
        nulls = {
            name
            for name in unsaid
            if all(one.fields.get(name, "") is None for one in registrations)
        }
        if registrations:
            self._warn(never_said("fields", nulls, self.product))

    # Filling the inventory

    def _add_parent(self) -> None:
        """Add the group of all hosts, with the variables that a device needs.

        Nothing can be run on a device, and the Python that Ansible discovers on a controller often
        lacks the libraries that the modules need. Every other setting wins: the group has a lower
        priority than any other, and variables that are set already stay.
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

    def _add(
        self, hosts: Iterable[Host], names: Mapping[str, str], server: str, server_group: str
    ) -> None:
        prefix = self.get_option("hostvars_prefix")
        safe = SafeValues()
        parent = f"ivanti_{self.product}"
        self.inventory.add_group(server_group)
        for group in dict.fromkeys(group for host in hosts for group in host.groups):
            self.inventory.add_group(group)
        add_host, added, groups = (
            self.inventory.add_host,
            self.inventory.hosts,
            self.inventory.groups,
        )
        for host in hosts:
            # It is looked up and checked once, not for each group.
            add_host(host.name, parent)
            own = added[host.name]
            for group in (server_group, *host.groups):
                groups[group].add_host(own)
            # set_variable is not used: on 2.19 and newer it copies and tags each value again, which
            # takes two thirds of the time of the whole inventory.
            values = variables(host.registration, names, prefix, server)
            own.vars.update(safe.variables(values))


@contextlib.contextmanager
def without_collector() -> Iterator[None]:
    """Let Python not look for objects that only refer to each other, while the context lasts. Almost
    all that is made here stays, and looking at it again and again takes a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _queried(
    searches: Mapping[str, Search], client: UemClient, devices: Sequence[Device]
) -> dict[str, set[str]]:
    """Return the ids of the devices that each query chooses.

    Raises:
        OptionError: A query does not return rows, or is doubtful: a group that is empty because of
            a misspelt field looks like a fleet without such devices.
    """
    rows = rows_of(devices) if searches else []
    found = {}
    for group, search in searches.items():
        found[group] = found_ids(search, rows)
        certain(doubts_about(search, client, devices))
        client.notes += hints_about(search, devices)
    return found


def _remedy(name: str, fields: Iterable[str]) -> str:
    """Return what to do about a name that no row has as a field."""
    other = other_name(name)
    near = nearest(name, [*fields, *BY_NAME])
    return f"{name} is {other} here" if other else f"check the spelling{near}"


class _Resolver:
    """Finds a host name in a row: the field with the name of the expression, or else what the
    JMESPath expression finds."""

    def __init__(self, expression: str) -> None:
        self._name = expression
        plain = _PLAIN_FIELD.fullmatch(expression)
        self._search = None if plain else compile_query(expression, "hostnames")
        self._is_field = False

    def __call__(self, row: Mapping[str, Any]) -> Any:
        """Return what is found in a row."""
        if self._search is None or self._name in row:
            self._is_field = True
            return row.get(self._name)
        return self._search(row)

    @property
    def notes(self) -> list[str]:
        """What to warn of after all rows."""
        return [] if self._search is None or self._is_field else self._search.notes


def _wanted_name(device: Device, resolvers: Iterable[_Resolver]) -> str:
    """Return the first preference that makes a host name.

    If none does, it is the guid, or the id, which every device has. What stands for a missing
    serial number, such as "To be filled by O.E.M.", makes none.
    """
    row = device.row
    if is_placeholder(str(row.get(_SERIAL) or "")):
        row = {**row, _SERIAL: None}
    for resolve in resolvers:
        found = resolve(row)
        name = safe_host_name(found)
        if name and (found in (device.id, device.guid) or not is_placeholder(str(found))):
            return name
    return safe_host_name(device.guid) or device.id


def _from_json(entry: Mapping[str, Any]) -> Registration:
    names = ("reasons", "labels", "queried")
    tuples = {name: tuple(entry[name]) for name in names if entry[name] is not None}
    return Registration(**{**entry, **tuples})
