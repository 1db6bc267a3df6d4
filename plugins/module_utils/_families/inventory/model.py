# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices as hosts of an inventory: names, variables and groups, the same for every product.
Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..._core.attributes import canonical, is_numeric, same_text
from ..._core.compliance import REASONS
from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.names import digest, group_part
from ..._core.vocabulary import (
    CUSTOM_ATTRIBUTES,
    LABELS,
    OWNERSHIP,
    PLATFORM,
    SERVER,
    STATUS,
    snake_case,
    values_of,
)
from .hostnames import RESERVED, Claim, Fleet

_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# The groups that the plugin makes itself.
_OWN_GROUPS = frozenset({"compliant", "noncompliant", "quarantined", "blocked", "jailbroken"})
_OWN_PREFIXES = (
    "attr_", "compliance_", "ivanti_", "label_", "ownership_", "platform_", "server_", "status_",
)  # fmt: skip

# Their names that are known before anything is read.
OWN_NAMES = _OWN_GROUPS.union(
    (f"{kind}_{value}" for kind in (PLATFORM, OWNERSHIP, STATUS) for value in values_of(kind)),
    (f"compliance_{reason.name}" for reason in REASONS),
)

# The states of registrations that end or have ended. A device that enrols again gets another one.
ENDED = frozenset({"retire_pending", "retired", "wipe_pending", "wiped"})

# What a group is made of: its kind, and names that people chose.
Origin = tuple[str, ...]

_WORDS = {"attr": "The value", "label": "The label"}

# The variables that say which device a host is, and all that every host has besides those of the
# option ``fields``.
IDENTITY = ("id", "guid", SERVER)
_ALWAYS = (*IDENTITY, CUSTOM_ATTRIBUTES, LABELS)
ALWAYS = frozenset(_ALWAYS)


# A fleet has many of these, and with slots they take less memory.
@dataclass(frozen=True, slots=True)
class Registration:
    """What the inventory needs of one registration of a device, as plain JSON for a cache.

    Attributes:
        id: The id of the device.
        guid: The guid of the device.
        name: The host name that it wants, which is safe.
        active: Whether it is active.
        registered: The time of registration, "" if it is not known.
        platform: Its platform.
        ownership: Who owns it.
        compliant: Whether it is compliant, or None if the server does not know.
        reasons: Why it is not compliant.
        quarantined: Whether it is in quarantine.
        blocked: Whether it is blocked.
        jailbroken: Whether it is jailbroken or rooted.
        status: Its status.
        attrs: Its custom attributes, or None if the product has none.
        labels: Its labels or device groups, or None if they were not read.
        fields: The fields of its row that become variables.
        queried: The groups whose queries chose it.
    """

    id: str
    guid: str
    name: str
    active: bool = False
    registered: str = ""
    platform: str = ""
    ownership: str = ""
    compliant: bool | None = None
    reasons: tuple[str, ...] = ()
    quarantined: bool = False
    blocked: bool = False
    jailbroken: bool = False
    status: str = ""
    attrs: Mapping[str, Any] | None = None
    labels: tuple[str, ...] | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    queried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Host:
    """A host.

    Attributes:
        name: Its name.
        groups: The names of its groups.
        registration: The registration that it is.
    """

    name: str
    groups: tuple[str, ...]
    registration: Registration


def registration_of(
    device: Device,
    *,
    name: str,
    fields: Iterable[str],
    labels: tuple[str, ...] | None = None,
    queried: tuple[str, ...] = (),
) -> Registration:
    """Make a registration of a device that was read with its row.

    Args:
        device: The device.
        name: The wanted name of the host.
        fields: The fields of the row to copy, if it has them.
        labels: The names of its labels, or None if they were not read.
        queried: The groups whose queries chose it.
    """
    row = device.row
    return Registration(
        id=device.id,
        guid=device.guid,
        name=name,
        active=row.get("status") == "active",
        registered=row.get("registered_at") or "",
        platform=row.get("platform") or "",
        ownership=row.get("ownership") or "",
        compliant=row.get("compliant"),
        reasons=tuple(row.get("compliance_reasons") or ()),
        quarantined=row.get("quarantined") is True,
        blocked=row.get("blocked") is True,
        jailbroken=row.get("jailbroken") is True,
        status=row.get("status") or "",
        attrs=None if CUSTOM_ATTRIBUTES not in row else device.attrs,
        labels=labels,
        fields={field: row[field] for field in fields if field in row},
        queried=queried,
    )


def plan_hosts(
    registrations: Iterable[Registration],
    *,
    attribute_groups: Iterable[str] = (),
    reserved: Iterable[str] = (),
    server: str = "",
    by_server: bool = False,
    fleet: Fleet | None = None,
) -> list[Host]:
    """Return a host for each registration of a source, in their order.

    Args:
        registrations: The registrations.
        attribute_groups: The names of the custom attributes whose values are groups.
        reserved: Names that no host may get.
        server: The address of their server, in one spelling.
        by_server: Whether the name of each host must have the server in it.
        fleet: The registrations of the sources before, to which these are added. Afterwards it
            says which of their hosts get another name.
    """
    registrations = list(registrations)
    wanted = tuple(attribute_groups)
    named = named_groups(registrations, wanted)
    known: dict[Hashable, tuple[str, ...]] = {}
    groups = []
    for registration in registrations:
        traits = _traits(registration, wanted)
        if traits not in known:
            known[traits] = group_names(registration, wanted, named)
        groups.append(known[traits])
    blocked = set(reserved).union(*known.values())
    fleet = Fleet() if fleet is None else fleet
    claims = [_claim(registration, server, by_server) for registration in registrations]
    fleet.add(claims, blocked)
    return [
        Host(fleet.names[server, claim.key], own, registration)
        for registration, claim, own in zip(registrations, claims, groups, strict=True)
    ]


def _traits(registration: Registration, attribute_groups: Iterable[str]) -> Hashable:
    """Return what the groups of a registration depend on. Many have the same groups."""
    one = registration
    # fmt: off
    return (
        one.platform, one.ownership, one.compliant, one.reasons, one.quarantined, one.blocked, one.jailbroken, one.status,
        one.queried, _origins(one, attribute_groups),
    )
    # fmt: on


def _claim(registration: Registration, server: str, by_server: bool) -> Claim:
    return Claim(
        registration.id,
        registration.name,
        registration.active,
        registration.registered,
        guid=registration.guid,
        server=server,
        ended=registration.status in ENDED,
        by_server=by_server,
    )


def named_groups(
    registrations: Iterable[Registration], attribute_groups: Iterable[str] = ()
) -> dict[Origin, str]:
    """Return the group of everything that people named: values of attributes, and labels.

    What would make the same group, such as the labels ``a/b`` and ``a b``, gets different ones, with
    a digest: an action on a group must not reach the devices of two names.

    Args:
        registrations: The registrations.
        attribute_groups: The names of the custom attributes whose values are groups.
    """
    wanted = tuple(attribute_groups)
    by_group: dict[str, list[Origin]] = {}
    for origin in dict.fromkeys(
        origin for registration in registrations for origin in _origins(registration, wanted)
    ):
        by_group.setdefault(_plain_group(origin), []).append(origin)
    return {
        origin: group if len(origins) == 1 else _distinct_group(group, origin, by_group)
        for group, origins in by_group.items()
        for origin in origins
    }


def similar_groups(groups: Mapping[Origin, str]) -> list[str]:
    """Return a sentence for each group that has a digest because another name is spelt like its
    own.

    A play that names a group would find nothing once there is a similar name.

    Args:
        groups: What ``named_groups`` returns.
    """
    found = []
    for origin, group in groups.items():
        if group != _plain_group(origin):
            kind, *names = origin
            what = " of ".join(map(repr, reversed(names)))
            found.append(
                f"{_WORDS[kind]} {what} is spelt like another one; its group is called {group}."
            )
    return found


def _plain_group(origin: Origin) -> str:
    kind, *names = origin
    return "_".join((kind, *map(group_part, names)))


def _distinct_group(group: str, origin: Origin, taken: Collection[str]) -> str:
    """Return a name for one of several origins of a group, which no other group has."""
    name = f"{group}_{digest(chr(0).join(origin[1:]))}"
    while name in taken:
        name = f"{name}_{digest(name)}"
    return name


def _origins(registration: Registration, attribute_groups: Iterable[str]) -> tuple[Origin, ...]:
    labels = _label_origins(registration.labels or ())
    if not attribute_groups:
        return labels
    found: list[Origin] = []
    attrs = registration.attrs or {}
    for wanted in dict.fromkeys(map(canonical, attribute_groups)):
        found += [
            ("attr", wanted, same_text(value, numeric=is_numeric(name)))
            for name, values in attrs.items()
            if canonical(name) == wanted
            for value in values
            if value.strip()
        ]
    return (*found, *labels)


@lru_cache(maxsize=4096)
def _label_origins(labels: tuple[str, ...]) -> tuple[Origin, ...]:
    return tuple(("label", label) for label in labels)


def group_names(
    registration: Registration,
    attribute_groups: Iterable[str] = (),
    named: Mapping[Origin, str] | None = None,
) -> tuple[str, ...]:
    """Return the groups of a registration.

    Args:
        registration: The registration.
        attribute_groups: The names of the custom attributes whose values are groups.
        named: What ``named_groups`` returns, or None to call it for this registration.
    """
    wanted = tuple(attribute_groups)
    named = named_groups([registration], wanted) if named is None else named
    found = [f"platform_{registration.platform}"] if registration.platform else []
    if registration.ownership:
        found.append(f"ownership_{registration.ownership}")
    if registration.compliant is not None:
        found.append("compliant" if registration.compliant else "noncompliant")
    found += [f"compliance_{reason}" for reason in registration.reasons]
    if registration.quarantined:
        found.append("quarantined")
    if registration.blocked:
        found.append("blocked")
    if registration.jailbroken:
        found.append("jailbroken")
    if registration.status:
        found.append(f"status_{registration.status}")
    found += [named[origin] for origin in _origins(registration, wanted)]
    found += registration.queried
    return tuple(dict.fromkeys(found))


def require_group_names(names: Iterable[str]) -> None:
    """Check the names of the groups that queries make.

    Raises:
        OptionError: A name cannot be that of a group, or Ansible uses it itself.
    """
    for name in names:
        if not _PREFIX.fullmatch(name) or name in RESERVED:
            raise OptionError(
                f"query_groups: {name!r} cannot be the name of a group; use only letters, digits "
                "and _, such as company_ipads."
            )
        require_other_group(name, "query_groups")


def require_other_group(name: str, option: str) -> None:
    """Check that the name of an author's group is not one of the plugin's own groups, or of Ansible's.

    Args:
        name: The name, as Ansible makes it.
        option: The option that has it.

    Raises:
        OptionError: It is, or could be one.
    """
    if name in RESERVED or _is_own_group(name):
        maker = "Ansible" if name in RESERVED else "the plugin"
        raise OptionError(
            f"{option}: {maker} makes groups such as {name!r} itself, and a play on it would "
            "reach hosts of another meaning; give another name, such as company_ipads."
        )


def _is_own_group(name: str) -> bool:
    """Return whether a name is, or could be, that of a group of the plugin, in any case."""
    folded = name.lower()
    return folded in _OWN_GROUPS or folded.startswith(_OWN_PREFIXES)


def variable_names(fields: Iterable[str], prefix: str) -> dict[str, str]:
    """Return the variable that each field becomes.

    Args:
        fields: The names of the fields.
        prefix: What the variables begin with.

    Raises:
        OptionError: No variable can begin with the prefix.
    """
    if not _PREFIX.fullmatch(prefix):
        raise OptionError(
            f"hostvars_prefix: {prefix!r} cannot begin the name of a variable; use only letters, "
            "digits and _, such as ivanti_."
        )
    return {name: prefix + snake_case(name) for name in fields}


def require_identity(names: Iterable[str], prefix: str) -> None:
    """Check that no variable of an author replaces those that say which device a host is.

    Args:
        names: The names of the author's variables.
        prefix: What the plugin's variables begin with.

    Raises:
        OptionError: One does.
    """
    for name in names:
        if name in {f"{prefix}{part}" for part in IDENTITY}:
            raise OptionError(
                f"compose.{name}: says which device a host is, so nothing may replace it; give "
                "the variable another name."
            )


def variables(
    registration: Registration, names: Mapping[str, str], prefix: str, server: str
) -> dict[str, Any]:
    """Return the variables of a registration.

    A field that the server left out is None, and so are labels that were not read.

    Args:
        registration: The registration.
        names: What ``variable_names`` returns.
        prefix: What the other variables begin with.
        server: The address of the server.
    """
    found = {variable: registration.fields.get(name) for name, variable in names.items()}
    device_id, guid, server_name, attributes, labels = _always_named(prefix)
    found[device_id] = registration.id
    found[guid] = registration.guid
    found[server_name] = server
    if registration.attrs is not None:
        found[attributes] = {name: list(values) for name, values in registration.attrs.items()}
    found[labels] = None if registration.labels is None else list(registration.labels)
    return found


@lru_cache(maxsize=16)
def _always_named(prefix: str) -> tuple[str, ...]:
    """Return the variables that do not depend on ``fields``. All hosts share the texts."""
    return tuple(prefix + name for name in _ALWAYS)
