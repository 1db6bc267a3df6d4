# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labels themselves: whether they exist, and what the API can make of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..._core.device import GLOBAL_SPACE, SEPARATOR, Label, Partition
from ..._core.endpoint import is_segment
from ..._core.errors import OptionError
from ..._core.harm import harm_of
from ..._core.names import fold, is_number, nearest, plain, require_clean, require_short
from ..._core.plan import Change, Plan
from ..._core.wording import numbered

# "The filter text of a filtered label is limited to 2,000 characters", says a public client.
LONGEST_FILTER = 2000

# Tomcat and Apache refuse an address that has one of these in a name, however it is encoded, unless
# their settings say otherwise.
_SLASHES = "/\\"

# A text in quotes, a bracket, an operator, or a word.
_TOKEN = re.compile(r"""\"[^\"]*\"?|'[^']*'?|[()]|[<>!=]+|[^\s\"'()<>!=]+""")


@dataclass(frozen=True)
class Wanted:
    """What an author wants a label to be. None: it is left as it is.

    Attributes:
        name: Its name.
        filter: The criteria of a filtered label. A label that is made without is static.
        description: Its description.
    """

    name: str
    filter: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class Named:
    """A label as the subject of a plan. ``id`` is "" while it does not exist. ``fitting``: how many
    devices fit the filter of one that is to be made, or None if that is not known."""

    id: str
    name: str
    fitting: int | None = None

    @property
    def title(self) -> str:
        """The words for it in messages."""
        return f"label {self.name!r}"

    @property
    def identity(self) -> Mapping[str, Any]:
        """The fields that identify it in a result."""
        fitting = {} if self.fitting is None else {"fitting_devices": self.fitting}
        return {"name": self.name, "id": self.id or None, **fitting}

    @property
    def about(self) -> str:
        """What a reader should know besides its title, or ""."""
        if self.fitting is None:
            return ""
        fit = "fits" if self.fitting == 1 else "fit"
        return f"whose filter {numbered(self.fitting, 'devices')} {fit} now"


@dataclass(frozen=True)
class Creation:
    """What is sent to make a label in the device space of this id."""

    space: str
    wanted: Wanted


@dataclass(frozen=True)
class Deletion:
    """What is sent to delete a label of the device space of this id."""

    space: str
    label: str


@dataclass(frozen=True)
class Uses:
    """What a label has, and what is lost with it.

    Attributes:
        members: How many devices it has.
        settings: The names of the app settings that are applied to it.
        unseen: What could not be read, and why, or "".
    """

    members: int
    settings: tuple[str, ...] = ()
    unseen: str = ""

    @property
    def text(self) -> str:
        """What it has in words, or ""."""
        parts = [numbered(self.members, "devices")] if self.members else []
        if self.settings:
            parts.append(f"the app settings {', '.join(map(repr, self.settings))}")
        return " and ".join(parts)


def parse_wanted(params: Mapping[str, Any]) -> Wanted:
    """Read the options name, filter and description.

    Raises:
        OptionError: One of them cannot be that of a label.
    """
    name = plain(params["name"])
    if not name or not name.isprintable():
        raise OptionError(
            f"name: {params['name']!r} is not the name of a label; give printable text."
        )
    require_short(name, "name", "label")
    criteria = params["filter"]
    if criteria is not None:
        criteria = criteria.strip()
        if not criteria:
            raise OptionError(
                "filter: is empty, and would put every device on the label; give criteria, or "
                "leave it out for a static label."
            )
        if len(criteria) > LONGEST_FILTER:
            raise OptionError(
                f"filter: has {len(criteria)} characters, and a label takes {LONGEST_FILTER}; "
                "shorten it."
            )
    description = params["description"]
    require_clean(description or "", "description")
    return Wanted(name, criteria, None if description is None else description.strip())


def find_label(name: str, known: Sequence[Label]) -> Label | None:
    """Return the label of a name, or None.

    Raises:
        OptionError: Several have the name.
    """
    found = [label for label in known if plain(label.name) == name]
    if len(found) > 1:
        ids = ", ".join(label.id for label in found)
        raise OptionError(
            f"name: {len(found)} labels are called {name!r} (ids {ids}), so that nobody knows which "
            "one is meant; nothing was done. Rename all but one in the admin portal."
        )
    return found[0] if found else None


def plan_present(
    wanted: Wanted,
    label: Label | None,
    home: Partition,
    space: Partition | None,
    others: Sequence[Label] = (),
    *,
    fitting: int | None = None,
) -> Plan:
    """Plan a label that is to exist.

    Args:
        wanted: What the author wants.
        label: The label of that name, or None.
        home: The device space in which it would be made.
        space: The device space that the author names, or None.
        others: The labels that there are.
        fitting: How many devices fit the filter of a new label, or None if that is not known.
    """
    if label is None:
        plan = _creation(wanted, space or home, fitting)
        empty = _fits_nothing(wanted) if fitting == 0 else ""
        return plan.forbidding(_twins(wanted.name, others)).warning(_number(wanted.name), empty)
    before, after = {}, {}
    reasons = []
    for field, is_, wish, reason in _differences(wanted, label, space):
        before[field], after[field] = is_, wish
        reasons.append(reason)
    subject = Named(label.id, label.name)
    if reasons:
        change = Change(subject, before, after, None, devices=label.device_count)
        return Plan(changes=(change,)).forbidding([_unchangeable(label, reasons)])
    plan = Plan(unchanged=(subject,))
    if label.static or wanted.filter is not None:
        return plan
    return plan.warning(
        f"The label {label.name!r} is filtered ({label.criteria or 'without criteria'}), and stays "
        "so: filter is not given."
    )


def _unchangeable(label: Label, reasons: Sequence[str]) -> str:
    """Return the refusal of a label that differs from what is wanted."""
    advice = (
        "change that in the admin portal" if label.system
        else "change that in the admin portal, or delete the label and make it again"
    )  # fmt: skip
    return (
        f"Refused: the label {label.name!r} {' and '.join(reasons)}, and the API has no call that "
        f"changes a label; nothing was written. Correct the task, or {advice}."
    )


def _twins(name: str, others: Sequence[Label]) -> list[str]:
    """Return a refusal if another label has a name that differs only in its case, or has the name as
    its id.

    The API names labels in addresses, and no document says whether their case counts there. So one
    of two such labels could get what is meant for the other.
    """
    return [
        f"Refused: there is the label {other.name!r} already, and names that differ only in case are "
        f"easily mistaken; nothing was written. Write {other.name!r}, or give another name."
        for other in others
        if fold(other.name) == fold(name)
    ] + [
        f"Refused: {_of_id(name, other)}; nothing was written. Write {other.name!r}, or give another name."
        for other in others
        if other.id == name
    ]


def _of_id(name: str, other: Label) -> str:
    return (
        f"name: there is no label called {name!r}, and {name} is the id of the label {other.name!r}"
    )


def _number(name: str) -> str:
    """Return a warning about a name that looks like an id, or ""."""
    if not is_number(name):
        return ""
    return (
        f"name: the new label is called {name!r}, by digits only, as if that were its id; options that "
        "take names and ids mean the name."
    )


def _fits_nothing(wanted: Wanted) -> str:
    return (
        f"filter: no device fits {wanted.filter!r} now, so that the new label {wanted.name!r} is empty. Check "
        "its fields and values; ivanti.uem.device_info shows them, and takes the same as select.filters."
    )


def _creation(wanted: Wanted, space: Partition, fitting: int | None) -> Plan:
    after: dict[str, Any] = {"static": wanted.filter is None, "space": space.name or space.id}
    after |= {"filter": wanted.filter} if wanted.filter is not None else {}
    after |= {"description": wanted.description} if wanted.description else {}
    subject, write = Named("", wanted.name, fitting), Creation(space.id, wanted)
    change = Change(subject, {}, after, write, harm=harm_of("label", "creates"), devices=0)
    plan = Plan(changes=(change,))
    reason = _unusable(wanted)
    return plan.forbidding(
        [
            f"Refused: {reason}, so that no device could be put on it; nothing was written. Give "
            "another name."
        ]
        if reason
        else []
    )


def _unusable(wanted: Wanted) -> str:
    """Return why the calls that put a label on devices could not name it, or ""."""
    name = wanted.name
    if not is_segment(name):
        return f"no address can hold the name {name!r}, and the API names labels in addresses"
    if wanted.filter is not None:
        return ""
    if SEPARATOR in name:
        return f"the name {name!r} has a comma, and the API separates names of labels by commas"
    if set(name) & set(_SLASHES):
        return f"the name {name!r} has a slash, the API names labels in addresses, and web servers refuse it there"
    return ""


# A field, its value, the value that is wanted, and what the label is, for a sentence.
_Difference = tuple[str, Any, Any, str]


def _differences(wanted: Wanted, label: Label, space: Partition | None) -> list[_Difference]:
    """Return in what a label differs from what is wanted."""
    found: list[_Difference] = []
    if wanted.filter is not None and (
        label.static or tokens(wanted.filter) != tokens(label.criteria)
    ):
        is_ = "is static" if label.static else f"has the filter {label.criteria!r}"
        before = None if label.static else label.criteria
        found.append(("filter", before, wanted.filter, is_))
    if wanted.description is not None and wanted.description != label.description.strip():
        is_ = f"has the description {label.description!r}"
        found.append(("description", label.description, wanted.description, is_))
    if space is not None and space.id != label.space_id:
        here, there = label.space or label.space_id, space.name or space.id
        found.append(("space", here, there, f"is in the device space {here!r}"))
    return found


def made_otherwise(wanted: Wanted, label: Label) -> str:
    """Return in what a label that was just made differs from what was sent, or ""."""
    if wanted.filter is None and not label.static:
        return "is filtered"
    return " and ".join(reason for *_values, reason in _differences(wanted, label, None))


def tokens(criteria: str) -> list[str]:
    """Return what criteria consist of: a label may show them with other blanks than were sent."""
    return _TOKEN.findall(" ".join(criteria.split()))


def plan_absent(
    wanted: Wanted,
    label: Label | None,
    uses: Uses,
    *,
    force: bool,
    spaces: Collection[str],
    space: Partition | None,
    others: Sequence[Label] = (),
) -> Plan:
    """Plan a label that is not to exist.

    Args:
        wanted: What the author named.
        label: The label of that name, or None.
        uses: What the label has.
        force: Whether it may have anything.
        spaces: The ids of the account's device spaces.
        space: The device space that the author names, or None.
        others: The labels that there are.
    """
    if label is None:
        return Plan(unchanged=(Named("", wanted.name),)).warning(_near(wanted.name, others))
    plan = Plan(changes=(_deletion(label, uses),))
    reason = _another(wanted, label, space) or _not_deletable(label, spaces)
    if reason:
        return plan.forbidding([f"Refused: the label {label.name!r} {reason}."])
    reason = "" if force else _needs_force(uses)
    if reason:
        return plan.refusing([f"Refused: the label {label.name!r} {reason}."])
    return plan.warning(
        f"The label {label.name!r}: {uses.unseen}" if uses.unseen else "",
        f"Which policies are applied to the label {label.name!r} cannot be read; whoever has them only by "
        "this label loses them.",
    )


def _near(name: str, others: Sequence[Label]) -> str:
    for other in others:
        if other.id == name:
            return f"{_of_id(name, other)}. To delete that one, write {other.name!r}."
    near = nearest(name, (other.name for other in others))
    return f"There is no label {name!r}{near}; names are case-sensitive." if near else ""


def _deletion(label: Label, uses: Uses) -> Change[Named]:
    before: dict[str, Any] = {"static": label.static, "space": label.space or label.space_id}
    before |= {"filter": label.criteria} if label.criteria else {}
    before |= {"description": label.description} if label.description else {}
    before |= {"members": uses.members} if uses.members else {}
    before |= {"app_settings": list(uses.settings)} if uses.settings else {}
    subject = Named(label.id, label.name)
    write, harm = Deletion(label.space_id, label.id), harm_of("label", "deletes")
    return Change(subject, before, {}, write, harm=harm, devices=uses.members)


def _another(wanted: Wanted, label: Label, space: Partition | None) -> str:
    """Return why a label is not the one that is named, or "". Its description may differ."""
    differs = _differences(replace(wanted, description=None), label, space)
    if not differs:
        return ""
    options = " and ".join(field for field, *_values in differs)
    reasons = " and ".join(reason for *_values, reason in differs)
    return f"{reasons}, and is not the one that is named; nothing was written. Correct or remove {options}"


def _needs_force(uses: Uses) -> str:
    """Return why a label is not deleted without force, or "". What cannot be seen may be there."""
    lost = f"has {uses.text}, and these lose what it gives them" if uses.text else ""
    unseen = f"may have more than can be seen: {uses.unseen.rstrip('.')}" if uses.unseen else ""
    if not lost and not unseen:
        return ""
    reasons = " and ".join(filter(None, [lost, unseen]))
    return f"{reasons}; nothing was written. Give force=true to delete it all the same"


def _not_deletable(label: Label, spaces: Collection[str]) -> str:
    """Return why nobody can delete a label here, or ""."""
    if label.system or label.id.startswith("-"):
        return "is the server's own, and cannot be deleted; nothing was written. Leave it out"
    if label.space_id == GLOBAL_SPACE and GLOBAL_SPACE not in spaces:
        return (
            "is a global one, and cannot be deleted from within a device space; nothing was written. Use "
            "an account of the global space"
        )
    return ""
