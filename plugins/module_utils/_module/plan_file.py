# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option ``plan_path``: the plan as a file, for machines, for a pull request or as a table."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .._core.errors import OptionError
from .._core.view import View, as_csv, as_json, as_markdown
from .paths import require_file

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
    require_file(path, "plan_path")
    if _ending(path) not in _FORMATS:
        raise OptionError(
            f"plan_path: {path!r} does not end with one of {', '.join(_FORMATS)}, which decide "
            "how the plan is written; give the file one of these endings."
        )


def write_plan(path: str, view: View, redact: Callable[[str], str]) -> None:
    """Write a plan to a file that only its owner may read, in one step.

    Raises:
        OptionError: the file cannot be written. What was there is still there.
    """
    text = redact(_FORMATS[_ending(path)](view))
    try:
        descriptor, name = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".plan-")
        try:
            os.close(descriptor)
            Path(name).write_text(text, encoding="utf-8")
            os.replace(name, path)
        except OSError:
            os.unlink(name)
            raise
    except OSError as error:
        raise OptionError(
            f"plan_path: {path!r} cannot be written ({error.strerror or error}); look for free "
            "space and permissions there."
        ) from None


def _ending(path: str) -> str:
    return os.path.splitext(path)[1].lower()
