# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices as hosts of an inventory: their names, variables and groups. Pure, and the same for every
product."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._core.attributes import canonical
from ..._core.errors import OptionError
from ..._core.names import digest, group_part
from .groups import platform_group
from .hostnames import Claim, unique_host_names

_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(frozen=True)
class Registration:
    """What the inventory needs of one registration of a device; plain JSON, so that a cache can
    keep it.

    ``name``: the safe host name that it wants. ``registered``: time of registration, 0 when
    unknown. ``compliant``: None when the server does not know. ``reasons``: why it is not
    compliant. ``policies``: those that it violates. ``attrs``: its custom attributes, None where
    the product has none. ``labels``: its labels or device groups, None when they were not read.
    ``fields``: the fields of its row that become variables.
    """

    id: str
    guid: str
    name: str
    active: bool = False
    registered: int = 0
    platform: str = ""
    compliant: bool | None = None
    reasons: tuple[str, ...] = ()
    quarantined: bool = False
    blocked: bool = False
    status: str = ""
    policies: tuple[str, ...] = ()
    attrs: Mapping[str, Any] | None = None
    labels: tuple[str, ...] | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Host:
    """A host: its name, its groups, and the registration that it stands for."""

    name: str
    groups: tuple[str, ...]
    registration: Registration


def plan_hosts(
    registrations: Iterable[Registration],
    *,
    attribute_groups: Iterable[str] = (),
    reserved: Iterable[str] = (),
) -> list[Host]:
    """A host for each registration, in their order. ``taken``: names that other groups have."""
    registrations = list(registrations)
    wanted = tuple(dict.fromkeys(canonical(name) for name in attribute_groups))
    labels = label_groups(registrations)
    groups = [group_names(one, wanted, labels) for one in registrations]
    blocked = set(reserved).union(*groups)
    names = unique_host_names(
        (Claim(one.id, one.name, one.active, one.registered) for one in registrations), blocked
    )
    return [Host(names[one.id], own, one) for one, own in zip(registrations, groups, strict=True)]


def label_groups(registrations: Iterable[Registration]) -> dict[str, str]:
    """The group of each label. Labels that would make one group, such as ``a/b`` and ``a b``, get
    one each, with a digest."""
    by_group: dict[str, list[str]] = {}
    for label in dict.fromkeys(label for one in registrations for label in one.labels or ()):
        by_group.setdefault(f"label_{group_part(label)}", []).append(label)
    return {
        label: group if len(labels) == 1 else f"{group}_{digest(label)}"
        for group, labels in by_group.items()
        for label in labels
    }


def group_names(
    one: Registration, attribute_groups: Iterable[str] = (), labels: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """The groups of a registration. ``attribute_groups``: canonical names of attributes whose
    values are groups.

    ``labels``: of ``label_groups``.
    """
    labels = label_groups([one]) if labels is None else labels
    found = [platform_group(one.platform)] if one.platform else []
    if one.compliant is not None:
        found.append("compliant" if one.compliant else "noncompliant")
    found += [f"compliance_{group_part(reason)}" for reason in one.reasons]
    found += [
        name
        for name, is_it in (("quarantined", one.quarantined), ("blocked", one.blocked))
        if is_it
    ]
    if one.status:
        found.append(f"status_{group_part(one.status)}")
    found += [f"violates_{group_part(policy)}" for policy in one.policies]
    found += _attribute_groups(one, attribute_groups)
    found += [labels[label] for label in one.labels or ()]
    return tuple(dict.fromkeys(found))


def _attribute_groups(one: Registration, wanted: Iterable[str]) -> list[str]:
    wanted = tuple(wanted)
    if not wanted or one.attrs is None:
        return []
    have = {canonical(name): values for name, values in one.attrs.items()}
    return [
        f"attr_{group_part(name)}_{group_part(value)}"
        for name in wanted
        for value in have.get(name, ())
        if value
    ]


def variable_names(fields: Iterable[str], prefix: str) -> dict[str, str]:
    """The variable that each field becomes. Raises OptionError for a prefix with which no variable
    can begin."""
    if not _PREFIX.fullmatch(prefix):
        raise OptionError(
            f"hostvars_prefix: {prefix!r} cannot begin a variable; use letters, digits and _ "
            "alone, such as ivanti_."
        )
    return {name: prefix + snake_case(name) for name in fields}


def variables(one: Registration, names: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """The variables of a registration. ``names``: of ``variable_names``.

    A field that the server left out is None. The id is a string, as in the results of the modules.
    """
    found = {variable: one.fields.get(name) for name, variable in names.items()}
    found[f"{prefix}id"] = one.id
    found[f"{prefix}guid"] = one.guid
    if one.attrs is not None:
        found[f"{prefix}custom_attributes"] = {
            name: list(values) for name, values in one.attrs.items()
        }
    if one.labels is not None:
        found[f"{prefix}labels"] = list(one.labels)
    return found


def snake_case(name: str) -> str:
    """``platformType`` as ``platform_type``, ``availableOSUpdate`` as ``available_os_update``."""
    return _NOT_WORD.sub("_", _WORD_ENDS.sub("_", name)).lower()
