# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module: options to client to result, with the one ``except`` of the collection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._core.errors import MissingLibraryError, UemError
from .._http.redact import Redactor
from .._http.settings import parse_settings
from .._products.registry import open_client
from .reconcile import PartlyFailedError

# Options, a client with the capability that was asked for, and whether this is check mode; what it
# returns is the result.
Task = Callable[[dict[str, Any], Any, bool], dict[str, Any]]


def run(module: AnsibleModule, *, needs: str, task: Task) -> None:
    """Exit the module with what ``task`` returns, or fail it with the sentence of the error that it
    raises.

    ``needs``: the capability that the product must have. ``task`` gets the options, a client, and
    whether this is check mode.
    """
    redact = Redactor(())
    result: dict[str, Any] = {}
    try:
        settings = parse_settings(module.params)
        redact = Redactor(settings.secrets)
        for warning in settings.warnings:
            module.warn(warning)
        client = open_client(
            module.params["product"], settings, needs=needs, read_only=module.check_mode
        )
        result = task(module.params, client, module.check_mode)
    except PartlyFailedError as error:
        for warning in error.result.pop("warnings", ()):
            module.warn(redact(warning))
        module.fail_json(msg=redact(str(error)), **_shown(error.result, module))
    except MissingLibraryError as error:
        module.fail_json(msg=missing_required_lib(error.library), exception=error.import_traceback)
    except UemError as error:
        module.fail_json(msg=redact(str(error)))
    for warning in result.pop("warnings", ()):
        module.warn(redact(warning))
    module.exit_json(**_shown(result, module))


def _shown(result: dict[str, Any], module: AnsibleModule) -> dict[str, Any]:
    """The result, with its diff only where the author asked for one."""
    return (
        result
        if module._diff
        else {name: value for name, value in result.items() if name != "diff"}
    )
