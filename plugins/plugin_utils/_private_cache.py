# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cache of an inventory that only its owner can read: it has serial numbers and e-mail addresses.

Ansible makes each file for its owner first, and then sets mode 0644, whatever the umask is.
"""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible.plugins.inventory import Cacheable


class PrivateCache(Cacheable):  # type: ignore[misc]
    """A cache whose files have mode 0600. A folder that it has to make has mode 0700."""

    def _read_config_data(self, path: str) -> Any:
        """Read the configuration file, and load the cache plugin, which makes its folder."""
        with _for_owner():
            return super()._read_config_data(path)

    def update_cache_if_changed(self) -> None:
        """Write what is new."""
        super().update_cache_if_changed()
        file_of = getattr(getattr(self._cache, "_plugin", None), "_get_cache_file_name", None)
        if file_of is None:
            # A cache in a database has no files.
            return
        for key in list(self._cache):
            # From ansible-core 2.19 on the name of the file has more before the key.
            for file in Path(file_of(key)).parent.glob(f"*{glob.escape(key)}"):
                with contextlib.suppress(FileNotFoundError, PermissionError):
                    file.chmod(0o600)


@contextlib.contextmanager
def _for_owner() -> Iterator[None]:
    """Let what is made be for its owner only."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
