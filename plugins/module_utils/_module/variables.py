# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment variables of the collection: which there are, and which one a misspelt one is.

Nobody reads a variable with another name, so a misspelt house limit would limit nothing.
"""

from __future__ import annotations

import os

from .._core.errors import OptionError
from .._core.names import closest
from .._core.plan import HOUSE_NAMES

PREFIX = "IVANTI_UEM_"

# Those of the options, the house limits, and those of Ansible's own process. A test compares them
# with what the code reads.
NAMES = (
    *(f"{PREFIX}{name}" for name in (
        "PRODUCT", "URL", "USERNAME", "PASSWORD", "TOKEN", "CA_PATH", "VALIDATE_CERTS", "CONNECT_TIMEOUT", "READ_TIMEOUT",
        "CONCURRENCY", "RETRIES", "PROFILE", "PROFILES", "API", "JOURNAL_PATH", "IN_PROCESS", "PROGRESS",
    )),
    *HOUSE_NAMES,
)  # fmt: skip


def unread_variables() -> list[str]:
    """Return a sentence for each variable of the environment that has the prefix, a value, and a
    name that nothing reads.

    Raises:
        OptionError: One is a misspelt name.
    """
    found = []
    for name, value in os.environ.items():
        if not name.startswith(PREFIX) or name in NAMES or not value.strip():
            continue
        close = closest(name.removeprefix(PREFIX), (one.removeprefix(PREFIX) for one in NAMES))
        near = f" (nearest: {', '.join(f'{PREFIX}{one}' for one in close)})" if close else ""
        sentence = f"{name}: nothing reads an environment variable of this name{near}"
        if near and not _extends(name):
            raise OptionError(f"{sentence}; correct or unset it. Nothing was done.")
        found.append(f"{sentence}; unset it, or name it without {PREFIX} if it is one of your own.")
    return found


def _extends(name: str) -> bool:
    """Return whether a name has a known one and more words, as ``IVANTI_UEM_EPMM_PASSWORD`` has. It
    may be an author's own variable."""
    parts = f"_{name.removeprefix(PREFIX)}_"
    return any(f"_{known.removeprefix(PREFIX)}_" in parts for known in NAMES)
