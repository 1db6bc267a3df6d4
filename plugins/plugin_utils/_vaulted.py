# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads files that ansible-vault encrypted, which only a controller can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError


def decrypter(loader: Any) -> Callable[[str], Any]:
    """Return a function that reads an encrypted file of profiles, as plain data.

    Args:
        loader: Ansible's loader of files, which has the passwords of the vaults.
    """

    def decrypt(path: str) -> Any:
        try:
            return _plain(loader.load_from_file(path))
        except AnsibleError:
            # The message of Ansible may quote the file.
            raise OptionError(
                f"profiles_path: {path!r} cannot be decrypted; give the password of its vault, "
                "such as with --vault-password-file."
            ) from None

    return decrypt


def _plain(value: Any) -> Any:
    """Return data without the types of Ansible: an encrypted value is decrypted when it is used."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value)
