# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option ``plan_path``: the plan as a file, for machines, for a pull request or as a table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._core.errors import OptionError
from .._core.plan import Plan
from .._core.view import View, as_csv, as_json, as_markdown
from .paths import require_file, require_folder
from .private import write_private

_FORMATS: Mapping[str, Callable[[View], str]] = {
    ".json": as_json,
    ".md": as_markdown,
    ".csv": as_csv,
}


def require_plan_path(params: Mapping[str, Any]) -> None:
    """Raise OptionError, before any request, where no plan can be written to ``plan_path``."""
    path = params.get("plan_path")
    if path is None:
        return
    if _is_folder(path):
        require_folder(path, "plan_path")
        return
    if path.endswith("/"):
        raise OptionError(f"plan_path: there is no folder {path!r}; make it first.")
    require_file(path, "plan_path")
    if _ending(path) not in _FORMATS:
        raise OptionError(
            f"plan_path: {path!r} does not end with one of {', '.join(_FORMATS)}, which decide "
            "how the plan is written; give the file one of these endings, or name a folder."
        )


def write_plan(path: str, view: View, redact: Callable[[str], str]) -> None:
    """Write a plan to a file that only its owner may read, in one step; into a folder as one file of
    each kind.

    Args:
        path: The path of the file or folder.
        view: The plan.
        redact: Takes secrets out of a text.

    Raises:
        OptionError: the file cannot be written. What was there is still there.
    """
    view = _scrubbed(view, redact)
    if not _is_folder(path):
        _place(path, _FORMATS[_ending(path)](view))
        return
    for ending, form in _FORMATS.items():
        _place(os.path.join(path, f"plan{ending}"), form(view))


def _place(path: str, text: str) -> None:
    try:
        write_private(path, text)
    except OSError as error:
        raise OptionError(
            f"plan_path: {path!r} cannot be written ({error.strerror or error}); look for free "
            "space and permissions there."
        ) from None


@dataclass(frozen=True)
class _Scrubbed:
    """A subject without secrets."""

    id: str
    title: str
    about: str
    owner: str
    section: str
    identity: Mapping[str, Any]


def _scrubbed(view: View, redact: Callable[[str], str]) -> View:
    """The plan without secrets. It is done before the plan becomes a document, for each kind of
    document writes a secret in a way of its own."""
    plan = view.plan
    whole = "\n".join(_texts(plan))
    # Each text by itself takes long, and there is hardly ever something to do.
    if redact(whole) == whole:
        return view

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return redact(value)
        if isinstance(value, Mapping):
            return {clean(name): clean(one) for name, one in value.items()}
        return [clean(one) for one in value] if isinstance(value, (list, tuple)) else value

    def subject(one: Any) -> _Scrubbed:
        about, owner, section = (getattr(one, name, "") for name in ("about", "owner", "section"))
        title = redact(one.title)
        return _Scrubbed(one.id, title, redact(about), redact(owner), section, clean(one.identity))

    changes = [
        replace(one, subject=subject(one.subject), before=clean(one.before), after=clean(one.after))
        for one in plan.changes
    ]
    left = [
        replace(one, subject=subject(one.subject), reason=redact(one.reason))
        for one in plan.left_alone
    ]
    said = (tuple(map(redact, texts)) for texts in (plan.refusals, plan.warnings))
    plan = replace(plan, changes=tuple(changes), left_alone=tuple(left))
    refusals, warnings = said
    return replace(view, plan=replace(plan, refusals=refusals, warnings=warnings))


def _texts(plan: Plan) -> Iterator[str]:
    """All that a plan says."""
    for change in plan.changes:
        one = change.subject
        yield f"{one.title}\n{getattr(one, 'about', '')}\n{one.identity}"
        yield str(getattr(one, "owner", ""))
        yield f"{change.before}\n{change.after}"
    for left in plan.left_alone:
        yield f"{left.subject.title}\n{getattr(left.subject, 'about', '')}\n{left.reason}"
    yield from (*plan.refusals, *plan.warnings)


def _is_folder(path: str) -> bool:
    """Return whether a path is a folder that a plan is written into, and not meant as a file."""
    return os.path.isdir(path) and _ending(path) not in _FORMATS


def _ending(path: str) -> str:
    return os.path.splitext(path)[1].lower()
