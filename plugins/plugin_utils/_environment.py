# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment variables of the connection, read as modules read them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import require_exact
from ansible_collections.ivanti.uem.plugins.module_utils._module.variables import PREFIX


def drop_empty_variables() -> None:
    """Take the empty variables out of the environment of this process, before Ansible reads them.

    AWX makes one of a field that nobody filled in. It is not given, and Ansible would take it for
    false, or for a wrong value.
    """
    for name, value in list(os.environ.items()):
        if name.startswith(PREFIX) and not value.strip():
            del os.environ[name]


def require_boolean(options: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
    """Check the options that are true or false, and their environment variables. Ansible takes any
    other word for false: the credentials would go to whoever answers, or names of hosts change.

    Args:
        options: The options as they were given.
        definitions: The definition of each option of the plugin.

    Raises:
        OptionError: One is neither true nor false.
    """
    for name, value in _given_booleans(options, definitions):
        try:
            boolean(value)
        except TypeError:
            raise OptionError(f"{name}: {value!r} is neither true nor false; correct it.") from None


def _given_booleans(
    options: Mapping[str, Any], definitions: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Yield the options and environment variables for booleans that have a value."""
    for name, definition in definitions.items():
        if definition.get("type") not in ("bool", "boolean"):
            continue
        value = options.get(name)
        # A template of a connection option has yet to be filled in; no other one ever is.
        waits = name == "validate_certs" and "{{" in str(value)
        if value is not None and not waits:
            yield name, value
        for variable in (entry["name"] for entry in definition.get("env") or ()):
            if os.environ.get(variable, "").strip():
                yield variable, os.environ[variable]


def require_secrets(options: Mapping[str, Any]) -> None:
    """Check that the secrets of a connection are texts, of which Ansible would make another text.

    Args:
        options: The options as they were given, or as templates made them.

    Raises:
        OptionError: One is a number.
    """
    for name in ("password", "token"):
        require_exact(options.get(name), name)


def require_product(product: str) -> None:
    """Check that ``IVANTI_UEM_PRODUCT`` is the product of an inventory whose address is that of the
    environment. AWX offers the credential of one product for the source of the other, too.

    Raises:
        OptionError: It is another product.
    """
    variable = f"{PREFIX}PRODUCT"
    given = os.environ.get(variable, "").strip()
    if given and given != product:
        raise OptionError(
            f"{variable}: the environment connects to {given}, and this inventory reads {product}; "
            f"use a credential of {product}, or give url and an account in the inventory's file."
        )


def is_on(variable: str) -> bool:
    """Return whether an environment variable leaves on what it can turn off.

    Raises:
        OptionError: It is neither on nor off.
    """
    value = os.environ.get(variable, "").strip()
    try:
        return not value or bool(boolean(value))
    except TypeError:
        raise OptionError(
            f"{variable}: {value!r} is neither on nor off; correct the environment variable."
        ) from None
