# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module: options to client to result, with the one ``except`` of the collection.

It also looks at what an author gave, before Ansible sets all that is missing to null. A template
that returns null in ``protected.labels`` or ``select.labels`` looks like a key that was left out.
Then less is protected, or more is selected, than the author wrote.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from ansible.module_utils import basic
from ansible.module_utils.basic import missing_required_lib

from .._core.attributes import Rewritten
from .._core.errors import MissingLibraryError, OptionError, UemError, printable
from .._core.hosts import require_own
from .._core.names import nearest, require_exact
from .._core.wording import kind_of, numbered
from .._http.redact import Redactor
from .._http.settings import parse_settings, shown_url
from .._products.capability import Capability, UemClient
from .host import task_host
from .run import Calls, Result, Run, TaskFailedError
from .variables import unread_variables

# How many new objects start a search for unused ones; Python's own number is 700.
COLLECT_AFTER = 10_000

# The most entries of the option ``devices`` that a result shows among the options of the task.
MOST_RETURNED = 100

# Ansible's message about options that do not exist; an option may have aliases in brackets.
_UNSUPPORTED = re.compile(
    r"Unsupported parameters for .*?module: (?P<wrong>.+?)\. Supported parameters include: (?P<known>.+)"
)

# Ansible's messages about values: of a wrong type, and none of the possible ones.
_WRONG_VALUE = re.compile(
    r"argument '(?P<argument>\w+)' is of type|value of (?P<value>\w+) must be one of"
)

# The options whose keys choose or check devices, and what a key without a value does.
_CHOOSING = {
    "select": "which would select more than was meant",
    "protected": "so it protects nothing",
    "ignore": "so it ignores nothing",
    "ring_health": "so that it is not looked at",
}

# Those that mean something without any key that has a value.
_OFTEN_EMPTY = frozenset({"ring_health"})

# What a module does: its return value is the result.
Task = Callable[[Run[Calls]], Result]


class AnsibleModule(basic.AnsibleModule):  # type: ignore[misc]
    """A module that says which option is meant by a misspelt one, as in ``select.lables``, and which
    environment variable has a wrong value."""

    def fail_json(self, msg: str, **result: Any) -> None:
        """Fail the module with a message."""
        msg = with_variable(with_nearest_option(msg), self)
        super().fail_json(msg=msg, **result)


def run(module: basic.AnsibleModule, *, needs: Capability[Calls], task: Task[Calls]) -> None:
    """Exit the module with what a task returns, or fail it with the sentence of the error that it
    raises.

    Args:
        module: with options of ``options.argument_spec``.
        needs: the capability that the product must have.
        task: what is done.
    """
    with ExitStack() as at_end:
        _spare_the_collector(at_end)
        _run(module, needs, task, at_end)


def _run(
    module: basic.AnsibleModule, needs: Capability[Calls], task: Task[Calls], at_end: ExitStack
) -> None:
    redact = Redactor(())
    notes: list[str] = []
    result: Result = {}
    try:
        require_values(given(module))
        params = dict(module.params)
        # To read the options again takes long where there are many.
        if _has_converted(module.argument_spec, params):
            require_texts(module.argument_spec, _given(module))
        url = shown_url(params.get("url") or "")
        own = {**params, "url": url}
        # Ansible returns the options. The url cannot be hidden there as a password is, and a long
        # list is gone through, sent and kept again and again.
        module.params["url"] = url
        if "devices" in params:
            module.params["devices"] = few_of(params["devices"])
        options = connection(module, params)
        settings = parse_settings(options)
        redact = Redactor(settings.secrets)
        require_own(params.get("devices"), settings.server, task_host())
        for warning in settings.warnings:
            module.warn(warning)
        client, calls = needs.open(options["product"], settings, read_only=module.check_mode)
        at_end.callback(client.transport.close)
        notes = client.notes
        result = task(Run(own, client, calls, module.check_mode))
        result |= _selected(client)
    except TaskFailedError as error:
        error.result |= _selected(client)
        _warn(module, error.result, notes, redact)
        module.fail_json(msg=printable(redact(str(error))), **_shown(error.result, module))
    except MissingLibraryError as error:
        module.fail_json(msg=missing_required_lib(error.library), exception=error.import_traceback)
    except UemError as error:
        module.fail_json(msg=printable(redact(str(error))))
    _warn(module, result, notes, redact)
    module.exit_json(**_shown(result, module))


def few_of(names: Any) -> Any:
    """Return a list as results show it among the options: its beginning, and how many more there
    are. Anything but a long list stays as it is."""
    if not isinstance(names, list) or len(names) <= MOST_RETURNED:
        return names
    return [*names[:MOST_RETURNED], f"and {len(names) - MOST_RETURNED:,} more"]


def connection(module: basic.AnsibleModule, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the options of a module, those of the connection completed by its profile.

    What the profile gives never goes into the module's own parameters, which Ansible shows with
    ``-vvv``.

    Args:
        module: The module.
        params: Its options.

    Raises:
        OptionError: The profile is wrong, or an environment variable is misspelt.
    """
    for note in unread_variables():
        module.warn(note)
    if not params.get("profile"):
        return params
    # It imports much that nobody else needs.
    from .profile import completed

    completion = completed(params, _given(module))
    # As Ansible does with a password that is an option.
    secrets = (completion.get(name) for name in ("password", "token"))
    module.no_log_values.update(str(secret) for secret in secrets if secret)
    return completion


def with_nearest_option(message: str) -> str:
    """Return Ansible's message about options that do not exist, with the nearest ones of those
    that it lists. Any other message stays as it is."""
    found = _UNSUPPORTED.search(message)
    if not found:
        return message
    known = [name.partition(" ")[0] for name in found["known"].rstrip(".").split(", ")]
    wrong = (name.rpartition(".")[2] for name in found["wrong"].split(", "))
    hints = "".join(f" {name!r}: is not an option{nearest(name, known)}." for name in wrong)
    return f"{message.rstrip('.')}.{hints}"


def with_variable(message: str, module: basic.AnsibleModule) -> str:
    """Return Ansible's message about the value of an option, with the environment variable that it
    came from, if it did. Any other message stays as it is."""
    found = _WRONG_VALUE.match(message)
    name = found["argument"] or found["value"] if found else ""
    _read, variables = module.argument_spec.get(name, {}).get("fallback") or (None, [])
    if not variables or name in _given(module):
        return message
    return (
        f"{message.rstrip('.')}. This is the value of the environment variable {variables[0]}; "
        "correct or unset it. Nothing was done."
    )


def _spare_the_collector(at_end: ExitStack) -> None:
    """Make the search for unused cycles of objects rare, until the end of the run.

    The objects of a fleet have no cycles, and each search looks at all of them: for 10,000 devices
    it took a tenth of the run. The process may be Ansible's own, so it gets back what it had.
    """
    at_end.callback(gc.set_threshold, *gc.get_threshold())
    gc.set_threshold(COLLECT_AFTER)


def _selected(client: UemClient) -> Result:
    """Return the keys of a result that say how many devices the options chose."""
    if client.selected is None:
        return {}
    message = f"Selected {numbered(client.selected, 'devices')}."
    return {"selected": client.selected, "message": message}


def _warn(
    module: basic.AnsibleModule, result: Result, notes: list[str], redact: Callable[[str], str]
) -> None:
    for warning in dict.fromkeys((*result.pop("warnings", ()), *notes)):
        module.warn(printable(redact(warning)))


def _shown(result: dict[str, Any], module: basic.AnsibleModule) -> dict[str, Any]:
    """The result, with its diff only where the author asked for one."""
    return (
        result
        if module._diff
        else {name: value for name, value in result.items() if name != "diff"}
    )


def given(module: basic.AnsibleModule) -> Mapping[str, Any]:
    """Return the options of a module, those that choose devices as they were given."""
    # Reading takes a while where thousands of devices are named, and then nothing else chooses them.
    chooses = any(module.params.get(option) for option in _CHOOSING)
    return _given(module) if chooses else module.params


def _given(module: basic.AnsibleModule) -> Mapping[str, Any]:
    """Return the options as they were given, without defaults and environment variables."""
    # The module keeps only the completed ones; this reads again what it has read already.
    load = getattr(basic, "_load_params", None)
    options: Mapping[str, Any] = load() if load is not None else module.params
    return options


def require_texts(spec: Mapping[str, Any], options: Mapping[str, Any], where: str = "") -> None:
    """Check that what is to be a text is one. Ansible would make a text of anything else, such as
    ``True`` of ``yes``, ``1.1`` of ``1.10`` and ``['a']`` of a list.

    Args:
        spec: The argument specification.
        options: The options as they were given.
        where: What stands before their names in messages.

    Raises:
        OptionError: One is such a thing. The message does not show it: it may be a secret.
    """
    for name, value in options.items():
        argument = spec.get(name, {"type": "raw"})
        kind, place = argument.get("type", "str"), f"{where}{name}"
        parts = {place: value}
        if kind == "list":
            kind = argument.get("elements", "raw")
            if isinstance(value, (list, tuple)):
                parts = {f"{place}[{number}]": part for number, part in enumerate(value)}
        for at, part in parts.items():
            # Of a few words none is any of these, and Ansible says which there are.
            if kind == "str" and "choices" not in argument:
                _require_text(part, at)
                if _is_exact(name, argument):
                    require_exact(part, at)
            elif kind == "dict" and "options" in argument and isinstance(part, Mapping):
                require_texts(argument["options"], part, f"{at}.")


def _require_text(value: object, where: str) -> None:
    if isinstance(value, (Mapping, list, tuple)):
        raise OptionError(f"{where}: expected a text, got {kind_of(value)}; write it in quotes.")
    kind = "true or false" if isinstance(value, bool) else "a number with a fraction"
    if isinstance(value, Rewritten):
        kind = "another number"
    elif not isinstance(value, (bool, float)):
        return
    raise OptionError(
        f"{where}: YAML reads the value as {kind}; if it is a text, write it in quotes."
    )


def require_as_written(options: Mapping[str, Any], where: str) -> None:
    """Check that no value is a number that YAML made of another text.

    Raises:
        OptionError: One is.
    """
    for name, value in options.items():
        if isinstance(value, Rewritten):
            raise OptionError(
                f"{where}.{name}: YAML makes {value} of {value.written}; write it as it is, in quotes."
            )


def _is_exact(name: str, argument: Mapping[str, Any]) -> bool:
    """Return whether every character of an option counts. A secret is shown nowhere, so that nobody
    sees another one; and a phone number has zeros and a sign in front of it."""
    return bool(argument.get("no_log")) or name in _EXACT


_EXACT = frozenset({"phone_number"})
_WHOLE = re.compile(r"-?[0-9]+")

# What Ansible makes of values that are not texts.
_CONVERTED = re.compile(
    r"True|False|[\[{(].*|[+-]?(?:[0-9]+\.[0-9]+|[0-9.]+e[+-]?[0-9]+|inf|nan)", re.DOTALL
)

# The options that may have 100,000 entries; what chooses devices in them is checked where it is read.
_LARGE = frozenset({"devices", "hosts", "inventory_groups"})


def _has_converted(spec: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    """Return whether an option may have been something else before Ansible made a text of it."""
    return any(
        _may_be_converted(value)
        or (
            isinstance(value, str)
            and _is_exact(name, spec.get(name, {}))
            and _WHOLE.fullmatch(value) is not None
        )
        for name, value in params.items()
        if name not in _LARGE
    )


def _may_be_converted(value: Any) -> bool:
    """Return whether a text among the options may have been something else."""
    if isinstance(value, str):
        return _CONVERTED.fullmatch(value) is not None
    if isinstance(value, Mapping):
        return any(map(_may_be_converted, value.values()))
    return isinstance(value, (list, tuple)) and any(map(_may_be_converted, value))


def filled(params: Mapping[str, Any], option: str) -> dict[str, Any]:
    """Return the keys of an option that leaves something alone.

    Args:
        params: The options.
        option: The name of this one.

    Raises:
        OptionError: It is given and leaves nothing alone, because a key or all of them are empty: an
            author who wants something left alone would not see that nothing is.
    """
    given, effect = params[option], _CHOOSING[option]
    if given is None:
        return {}
    if all(value is None for value in given.values()):
        raise OptionError(
            f"{option}: none of its keys has a value, {effect}; give one a value, or leave it out."
        )
    for key, value in given.items():
        if value in ([], {}, ""):
            raise OptionError(
                f"{option}.{key}: is empty, {effect}; give it a value, or leave it out."
            )
    return {key: value for key, value in given.items() if value is not None}


def require_values(options: Mapping[str, Any]) -> None:
    """Check that nothing that chooses devices is null or empty, as a template leaves it that found
    nothing.

    Args:
        options: The options as they were given.

    Raises:
        OptionError: A key is null, or no device space is named.
    """
    if options.get("spaces") in ([], ()):
        raise OptionError(
            "spaces: is empty, which would be all device spaces; name one, or leave it out."
        )
    for option, effect in _CHOOSING.items():
        keys = options.get(option)
        if not isinstance(keys, Mapping):
            continue
        for key, value in keys.items():
            alone = all(other is None for other in keys.values())
            if value is None and (not alone or option in _OFTEN_EMPTY):
                raise OptionError(
                    f"{option}.{key}: is null, {effect}; give it a value, or leave it out."
                )
