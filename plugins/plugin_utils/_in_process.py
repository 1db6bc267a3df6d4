# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module in the process in which Ansible runs the task, instead of one of its own.

Packing a module and starting Python for it takes most of the time of a short task. Ansible forks a
process for each task of each host anyway, and it has imported the module already: Ansible loads an
action plugin before it forks, and the plugin imports its module.

What a module takes and returns is made by Ansible's own code in both cases: the arguments are the
same JSON, the module's own ``main`` checks them and prints its result, and Ansible reads that text.
So a value of a server is as untrusted as it is in the answer of any module.
"""

from __future__ import annotations

import gc
import json
import os
import re
import ssl
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from types import ModuleType
from typing import Any

from ansible import constants as C
from ansible.module_utils import basic
from ansible.module_utils.common import json as common_json
from ansible.module_utils.common import warnings as common_warnings
from ansible.plugins.action import ActionBase
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.template import Templar
from ansible.utils.display import Display
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.hosts import task_host_of
from ansible_collections.ivanti.uem.plugins.module_utils._module.finder import Finder, finding_with
from ansible_collections.ivanti.uem.plugins.module_utils._module.host import running_for
from ansible_collections.ivanti.uem.plugins.module_utils._module.pipeline import NO_ADVICE
from ansible_collections.ivanti.uem.plugins.module_utils._products.capability import Capability
from ansible_collections.ivanti.uem.plugins.plugin_utils._environment import is_on
from ansible_collections.ivanti.uem.plugins.plugin_utils._paths import working_in
from ansible_collections.ivanti.uem.plugins.plugin_utils._progress import saying_progress
from ansible_collections.ivanti.uem.plugins.plugin_utils._together import (
    TogetherFinder,
    companions_of,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import template

try:
    # How Ansible's own start of a module reports an error that the module did not expect.
    from ansible.module_utils._internal._ansiballz._loader import _handle_exception
except ImportError:
    # Before ansible-core 2.19 it prints the traceback, and Ansible looks for one there.
    _handle_exception = None

# Turns this off, so that each module has a process of its own.
SWITCH = "IVANTI_UEM_IN_PROCESS"

# The form of arguments and results since ansible-core 2.19, that of every module that names none.
_PROFILE = "legacy"
_HAS_PROFILES = hasattr(common_json, "get_module_encoder")

# What Ansible keeps about the module of a process.
_OF_MODULE = ("_ANSIBLE_ARGS", "_ANSIBLE_PROFILE", "_PARSED_MODULE_ARGS")

# Ansible looks for an interpreter. What it finds need not have the libraries that this one has.
_DISCOVERED = ("", "auto", "auto_legacy", "auto_silent", "auto_legacy_silent")

# The interpreter of Ansible as a template, which most inventories give.
_OWN = re.compile(r"\{\{\s*ansible_playbook_python\s*\}\}")

_display = Display()


class InProcessAction(NormalAction):
    """The action of each module of the collection.

    Attributes:
        module: The module; each action names its own.
    """

    module: ModuleType
    _connection: Any

    def __init_subclass__(cls) -> None:
        """Do once for the tasks of all hosts what each of them would do first: import what the module
        imports only when it runs.

        Where one task runs for all hosts, it imports what the product needs by itself.
        """
        if getattr(cls, "BYPASS_HOST_LOOP", False):
            return
        prepare()
        for value in vars(cls.module).values():
            if isinstance(value, Capability):
                value.load()

    def __init__(self, *args: Any, **options: Any) -> None:
        """Begin with what Ansible gives to an action."""
        super().__init__(*args, **options)
        spare_the_collector()

    def run(
        self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Run the module, in this process if nothing asks for another one.

        Args:
            tmp: Not used any more by Ansible.
            task_vars: The variables of the task.
        """
        variables = dict(task_vars or {})
        host = str(variables.get("inventory_hostname", ""))
        try:
            reason = self._needs_process(variables)
            if reason:
                _display.vvv(f"{self._task.action} runs in its own process: {reason}.", host=host)
                return self._started(tmp, variables)
            _display.vvv(f"Using module {self.module.__file__} in this process.", host=host)
            result: dict[str, Any] = ActionBase.run(self, tmp, variables)
            action = f"{self._task.action} on {host}"
            with self._advising(), saying_progress(action, _display.display):
                printed = self._printed(variables)
        except OptionError as error:
            return {"failed": True, "msg": str(error)}
        return result | self._read(printed)

    def _started(self, tmp: str | None, variables: dict[str, Any]) -> dict[str, Any]:
        """Run the module as Ansible runs any other."""
        if self._is_plan_of_a_play():
            self._task.environment = [*(self._task.environment or ()), {NO_ADVICE: "1"}]
        result: dict[str, Any] = super().run(tmp, variables)
        return result

    @contextmanager
    def _advising(self) -> Iterator[None]:
        """Have a module in this process say how to confirm a plan, where somebody can do that."""
        if self._is_plan_of_a_play():
            os.environ[NO_ADVICE] = "1"
        try:
            yield
        finally:
            os.environ.pop(NO_ADVICE, None)

    def _is_plan_of_a_play(self) -> bool:
        """Return whether the task is a check in every run, and its play takes the plan. Nobody can run
        that task with ``confirm``."""
        written = getattr(self._task, "_ds", None)
        own = isinstance(written, Mapping) and "check_mode" in written
        confirms = self._task.args.get("confirm")
        return bool(own and self._task.check_mode and self._task.register and not confirms)

    def _run_here(self, variables: dict[str, Any]) -> None:
        """Have a module for all hosts run on this machine, with the interpreter of Ansible, unless the
        author delegates it: hosts are devices, and nothing runs there."""
        if self._task.delegate_to or self._connection.transport == "local":
            return
        loader = self._shared_loader_obj.connection_loader
        self._connection = loader.get("local", self._play_context, os.devnull)
        variables["ansible_python_interpreter"] = variables["ansible_playbook_python"]

    def _needs_process(self, variables: Mapping[str, Any]) -> str:
        """Return why the module cannot run here, or ""."""
        environment: dict[str, str] = {}
        self._compute_environment_string(environment)
        reasons = {
            f"{SWITCH} is off": not is_on(SWITCH),
            "async": self._task.async_val,
            "the connection is not local": self._connection.transport != "local",
            "become": self._play_context.become or self._connection.become,
            "environment": environment,
            "another interpreter": not self._is_own_interpreter(variables),
        }
        return next((reason for reason, applies in reasons.items() if applies), "")

    def _is_own_interpreter(self, variables: Mapping[str, Any]) -> bool:
        """Return whether the author wants the interpreter of this process, or names none."""
        if self._task.delegate_to:
            variables = variables["ansible_delegated_vars"][self._task.delegate_to]
        value = C.config.get_config_value("INTERPRETER_PYTHON", variables=dict(variables))
        if _OWN.fullmatch(str(value)):
            return True
        path = str(self._templar.template(value) or "").strip()
        return path in _DISCOVERED or _environment_of(path) == _environment_of(sys.executable)

    def _printed(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Run the module, and return what it printed in the form of a command that was run."""
        # A local connection runs commands there.
        folder = self._loader.get_basedir()
        # Ansible removes the folder around it at the end of the run, also where this process is
        # killed.
        with tempfile.TemporaryDirectory(dir=C.DEFAULT_LOCAL_TMP) as tmp, working_in(folder):
            arguments = dict(self._task.args)
            finder = self._finder(arguments, variables)
            self._update_module_args(self._task.action, arguments, variables)
            host = task_host_of(str(variables.get("inventory_hostname", "")), variables)
            with finding_with(finder), running_for(host):
                return run_main(self.module.main, {**arguments, "_ansible_tmpdir": tmp})

    def _finder(self, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> Finder:
        """Return what asks for the devices of the task: one that asks for those of many hosts at once,
        where the task only reads."""
        if not self.module.__name__.endswith("_info"):
            return Finder()
        others = {name: value for name, value in arguments.items() if name != "devices"}
        companions = companions_of(self._task, variables, _encoded(others))
        return TogetherFinder(companions) if companions else Finder()

    def _read(self, printed: dict[str, Any]) -> dict[str, Any]:
        """Return the result that a module printed, as Ansible does for one that it started."""
        profile = (_PROFILE,) if _HAS_PROFILES else ()
        parsed = self._parse_returned_data(printed, *profile)
        # An object since ansible-core 2.21, of which the action of modules returns this form.
        result: dict[str, Any] = (
            parsed if isinstance(parsed, dict) else parsed.as_result_dict(for_round_trip=True)
        )
        return result


@cache
def prepare() -> None:
    """Have libraries set up what they set up once in a process, before Ansible forks one for each host:
    the lexer of templates, the forms of arguments and results, and OpenSSL. It takes 5 ms."""
    Templar(None).template(template("{{ 1 }}"))
    if _HAS_PROFILES:
        for direction in common_json.Direction:
            common_json.get_module_encoder(_PROFILE, direction)
            common_json.get_module_decoder(_PROFILE, direction)
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@cache
def spare_the_collector() -> None:
    """Have Python not look for unused objects among those that Ansible has by now.

    They stay until the end of the process that it forked for the task. With 10,000 hosts a look at
    all of them takes 0.2 s, and copies the memory that the processes share. Once is enough: the items
    of a loop share a process, and what the one before left behind is to be found.
    """
    gc.freeze()


def has_batches(variables: Mapping[str, Any]) -> bool:
    """Return whether the play has ``serial``, and its hosts are not all in this batch."""
    return bool(set(variables["ansible_play_hosts"]) - set(variables["ansible_play_batch"]))


def run_main(main: Callable[[], None], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Run the main function of a module. Nothing of the run is left in this process.

    Args:
        main: The function.
        arguments: The arguments of the module, with those of Ansible.

    Returns:
        The exit status and the output, by the names that Ansible has for those of a command.
    """
    out, err = StringIO(), StringIO()
    status: Any = 0
    with redirect_stdout(out), redirect_stderr(err), _as_module(arguments):
        try:
            _call(main)
        except SystemExit as end:
            status = end.code
    return {"rc": status or 0, "stdout": out.getvalue(), "stderr": err.getvalue()}


def _call(main: Callable[[], None]) -> None:
    """Call a module's main function. It raises SystemExit, whatever happens."""
    try:
        main()
    except Exception as error:
        # The process of a module would end here, and this one must not.
        if _handle_exception is not None:
            _handle_exception(error, _PROFILE)
        traceback.print_exc()
        sys.exit(1)


@contextmanager
def _as_module(arguments: Mapping[str, Any]) -> Iterator[None]:
    """Have Ansible's code for modules find these arguments, and no warnings of another module."""
    before = {name: getattr(basic, name) for name in _OF_MODULE if hasattr(basic, name)}
    warned = (common_warnings._global_warnings, common_warnings._global_deprecations)
    basic._ANSIBLE_ARGS = _encoded({"ANSIBLE_MODULE_ARGS": arguments})
    if _HAS_PROFILES:
        basic._ANSIBLE_PROFILE = _PROFILE
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(basic, name, value)
        for kept in warned:
            kept.clear()


def _encoded(arguments: Mapping[str, Any]) -> bytes:
    """Return arguments as Ansible packs them with a module."""
    if _HAS_PROFILES:
        direction = common_json.Direction.CONTROLLER_TO_MODULE
        encoder = common_json.get_module_encoder(_PROFILE, direction)
        return json.dumps(arguments, cls=encoder).encode()
    encoder = common_json.AnsibleJSONEncoder
    return json.dumps(arguments, cls=encoder, vault_to_text=True).encode()


def _environment_of(interpreter: str) -> tuple[str, str]:
    """Return what two names of an interpreter have in common: its folder, which decides about the
    libraries, and the file."""
    folder, name = os.path.split(interpreter)
    folder = os.path.realpath(folder)
    return folder, os.path.realpath(os.path.join(folder, name))
