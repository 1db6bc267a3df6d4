# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of filters: a sentence in place of Python's about an option that does not exist."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import nearest


def with_known_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that refuses options that it does not have, with the nearest of its own.

    Args:
        function: The filter, which has its name. Its first argument is the input.
    """
    plugin = f"ivanti.uem.{function.__name__}"
    signature = inspect.signature(function)
    known = [*signature.parameters][1:]

    @functools.wraps(function)
    def checked(*args: Any, **options: Any) -> Any:
        for name in options:
            if name not in known:
                raise AnsibleFilterError(
                    f"{plugin}: there is no option {name!r}{nearest(name, known)}; the options are "
                    f"{', '.join(known)}."
                )
        try:
            signature.bind(*args, **options)
        except TypeError as error:
            raise AnsibleFilterError(
                f"{plugin}: {error}; the options are {', '.join(known)}."
            ) from None
        return function(*args, **options)

    return checked
