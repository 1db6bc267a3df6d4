# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``ansible-playbook`` and ``ansible-inventory`` without their start.

Two thirds of the time of a small playbook or inventory are Ansible's imports. This process has made
them, and forks for each command. The command runs as always: in a process, a folder and an
environment of its own. Python and Ansible read some variables when they start, so a server is for one
setting of these. ``Command`` in conftest.py starts it, and it ends with its standard input.

Ansible packs a module into an archive, which takes as long as the start, and compiles the same
templates in each process. The commands of all servers share the archives, and the code of templates.
module_server.py runs the archives on localhost, unless a command asks for Python itself.

The first argument is the folder of what they share. Without another one it reads lines of JSON:
`command`, `arguments`, `folder`, `environment`, `python`, which is true for modules that Python
itself starts, and `output`, the files that standard output and error go to. It answers with the exit
status.

With the path of a socket as its second argument it takes commands from there, several at a time. It says on
a line when it does. module_client.py, with the command as its first argument, stands in for Ansible.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib
import json
import os
import pkgutil
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from types import CodeType
from typing import Any, NoReturn

# This file is run, and not imported, so its folder is where Python looks first.
import module_server  # type: ignore[import-not-found]

SECONDS = 300

# The folder in that of a command in which Ansible keeps modules that it packed.
ARCHIVES = "ansiballz_cache"

# By the names that commands use, with which Ansible keeps what it read of their documentation.
PLUGINS = {
    "action": ("assert", "debug", "set_fact", "include_tasks", "copy", "file"),
    "become": ("sudo", "su", "runas"),
    "cache": ("memory", "ansible.builtin.jsonfile"),
    "connection": ("local",),
    "filter": ("bool", "log", "vault", "urldecode", "urlsplit"),
    "inventory": (
        "host_list",
        "script",
        "auto",
        "yaml",
        "ini",
        "toml",
        "ivanti.uem.neurons",
        "ivanti.uem.epmm",
    ),
    "lookup": (
        "env",
        "file",
        "ansible.builtin.env",
        "ivanti.uem.device",
        "ivanti.uem.wrong_variables",
    ),
    "shell": ("sh", "cmd", "powershell"),
    "strategy": ("linear", "ansible.builtin.linear"),
    "test": ("failed", "subset", "uri"),
}


# Filters and tests that Jinja has, and Ansible has not.
OF_JINJA = {
    "filter": ("first", "int", "join", "length", "list", "lower", "sort", "string", "trim"),
    "test": ("equalto", "false", "in", "none", "true"),
}


def serve() -> None:
    """Start Ansible, and run commands until standard input ends."""
    kept = _kept(sys.argv[1])
    # Before Ansible is imported, which a module must not find here. It imports what the plugins of
    # the collection want, too.
    modules = module_server.start(os.environ["ANSIBLE_LOCAL_TEMP"], kept)
    from ansible import constants
    from ansible.cli.inventory import InventoryCLI
    from ansible.cli.playbook import PlaybookCLI

    _keep_collection(kept)
    _load_plugins()
    _remember_missing()
    commands = {"ansible-inventory": InventoryCLI, "ansible-playbook": PlaybookCLI}
    # Ansible looks a thousand times a second whether a task has ended.
    constants.DEFAULT_INTERNAL_POLL_INTERVAL = 0.01
    archives = Archives(os.path.join(kept, "archives"))
    templates = module_server.Compiled(os.path.join(kept, "templates"))
    _keep_templates(templates)
    # What is imported stays: no command searches it for unused objects.
    gc.collect()
    gc.freeze()
    modules_of = {True: sys.executable, False: modules}

    def run(order: dict[str, Any], streams: list[int]) -> None:
        # Ansible runs the modules of localhost with its own interpreter.
        sys.executable = modules_of[order["python"]]
        _run(commands[order["command"]], order, streams, constants, archives)

    if sys.argv[2:]:
        _listen(sys.argv[2], run, templates.read)
    else:
        _read(run, templates.read)


def _kept(folder: str) -> str:
    """What servers share that have this collection."""
    path = os.path.realpath(os.environ.get("ANSIBLE_COLLECTIONS_PATH", ""))
    return os.path.join(folder, hashlib.sha256(path.encode()).hexdigest())


class Archives:
    """The modules that Ansible packed, of which no command has to pack one again: those of Ansible
    and of the collection. A test may bring others along, and the next one another of the same name."""

    def __init__(self, folder: str) -> None:
        """Begin with what is in a folder, which is made if it is not there."""
        from ansible import modules

        os.makedirs(folder, exist_ok=True)
        self._folder = folder
        names = [
            f"ansible.modules.{found.name}-" for found in pkgutil.iter_modules(modules.__path__)
        ]
        self._shared = (*names, "ansible_collections.ivanti.uem.")

    def lend(self, folder: str) -> None:
        """Give a command those that there are, where it looks for them."""
        own = os.path.join(folder, ARCHIVES)
        os.mkdir(own)
        for name in self._names():
            os.symlink(os.path.join(self._folder, name), os.path.join(own, name))

    def take(self, folder: str) -> None:
        """Take over those that a command packed. Another one may have packed them in the meantime."""
        own = os.path.join(folder, ARCHIVES)
        for name in set(os.listdir(own)) - self._names():
            if name.startswith(self._shared) and not name.endswith((".lock", "-part")):
                copy = os.path.join(self._folder, f".{os.getpid()}")
                shutil.copyfile(os.path.join(own, name), copy)
                os.replace(copy, os.path.join(self._folder, name))

    def _names(self) -> set[str]:
        return {name for name in os.listdir(self._folder) if not name.startswith(".")}


def _keep_templates(compiled: Any) -> None:
    """Compile a template once, and not in every process that Ansible forks.

    The code does not depend on the values of variables. Where Jinja works out constants when it
    compiles, a filter may give another answer the next time, so nothing is kept there.
    """
    import jinja2

    compile_template = jinja2.Environment.compile
    names = [name for name in vars(jinja2.Environment()) if name.endswith("_string")]
    names += ["trim_blocks", "lstrip_blocks", "line_statement_prefix", "line_comment_prefix"]
    names += ["newline_sequence", "keep_trailing_newline"]

    def kept(
        self: Any, source: Any, name: Any = None, filename: Any = None, *more: Any, **also: Any
    ) -> Any:
        if not isinstance(source, str) or self.optimized or more or also:
            return compile_template(self, source, name, filename, *more, **also)
        settings = [getattr(self, one) for one in names]
        key = repr((type(self), str(source), name, filename, settings, sorted(self.extensions)))
        return compiled.get(key.encode(), lambda: compile_template(self, source, name, filename))

    jinja2.Environment.compile = kept  # type: ignore[method-assign]


def _read(run: Callable[[dict[str, Any], list[int]], None], prepare: Callable[[], None]) -> None:
    """Run the commands of standard input, one after another."""
    for line in sys.stdin:
        prepare()
        child = os.fork()
        if child == 0:
            order = json.loads(line)
            paths = [(os.devnull, os.O_RDONLY)]
            paths += [(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for name in order["output"]]
            run(order, [os.open(name, flags) for name, flags in paths])
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _listen(
    path: str, run: Callable[[dict[str, Any], list[int]], None], prepare: Callable[[], None]
) -> None:
    """Run the commands of clients, several at a time."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    print("listening", flush=True)

    def attend(given: list[str], folder: str, environment: dict[str, str], fds: list[int]) -> None:
        command, *arguments = given
        order = {"command": command, "arguments": arguments, "python": False}
        run({**order, "folder": folder, "environment": environment}, fds)

    module_server.serve(listener, sys.stdin.fileno(), attend, prepare)


def _keep_collection(kept: str) -> None:
    """Compile a file of a collection once. Ansible imports collections without Python's own cache."""
    from ansible.utils.collection_loader import _collection_finder

    compiled = module_server.Compiled(os.path.join(kept, "collections"))
    compiled.read()
    module_server.keep_data_classes(compiled)

    def kept_code(source: Any, filename: str, **how: Any) -> CodeType:
        key = repr((filename, source, how)).encode()
        code: CodeType = compiled.get(key, lambda: compile(source, filename, **how))
        return code

    _collection_finder.compile = kept_code


def _load_plugins() -> None:
    """Load what nearly every command does: plugins of Ansible and of the collection."""
    from ansible import cli
    from ansible.plugins import loader

    loader.init_plugin_loader()
    # It is done once, and a command would warn that it was.
    cli.init_plugin_loader = lambda *_paths: None
    # Every command asks for all of these.
    list(loader.connection_loader.all(class_only=True))
    for path in list(loader.callback_loader.all(path_only=True)):
        # That of ansible-runner reads the environment of a job when it is imported.
        if "ansible_runner" not in path:
            loader.callback_loader.get(os.path.splitext(os.path.basename(path))[0], class_only=True)
    for kind, names in PLUGINS.items():
        for name in names:
            getattr(loader, f"{kind}_loader").get(name, class_only=True)
    with contextlib.suppress(ModuleNotFoundError):
        from ansible_collections.ivanti.uem import plugins

        for kind in ("action", "filter", "lookup"):
            folder = os.path.join(*plugins.__path__, kind)
            for found in pkgutil.iter_modules([folder]):
                importlib.import_module(f"{plugins.__name__}.{kind}.{found.name}")


def _remember_missing() -> None:
    """Have no process search the plugins of Ansible for what is one of Jinja.

    A plugin of that name which comes with a playbook is among the wrappers, which are looked at first.
    """
    from ansible.plugins import loader

    def remember(plugins: Any, names: tuple[str, ...]) -> None:
        search, missing = plugins.get_with_context, set()
        for name in names:
            try:
                search(name)
            except KeyError:
                missing.add(name)

        def found(name: str, *more: Any, **also: Any) -> Any:
            if name in missing:
                plugins._ensure_non_collection_wrappers()
                if name not in plugins._cached_non_collection_wrappers:
                    raise KeyError(name)
            return search(name, *more, **also)

        plugins.get_with_context = found

    for kind, names in OF_JINJA.items():
        remember(getattr(loader, f"{kind}_loader"), names)


def _run(
    cli: Any, order: dict[str, Any], streams: list[int], constants: Any, archives: Archives
) -> NoReturn:
    """Run one command in this process, which ends with it."""
    status: Any = 1
    signal.alarm(SECONDS)
    own = _folder(order["environment"]["ANSIBLE_LOCAL_TEMP"])
    archives.lend(own)
    try:
        _enter(order, streams)
        constants.DEFAULT_LOCAL_TMP = own
        cli.cli_executor([order["command"], *order["arguments"]])
    except SystemExit as end:
        status = end.code or 0
    except Exception:
        traceback.print_exc()
    finally:
        archives.take(own)
        shutil.rmtree(own)
        sys.stdout.flush()
        sys.stderr.flush()
        # Without what this process would clean up at its end: it is the server's.
        os._exit(status if isinstance(status, int) else 1)


def _enter(order: dict[str, Any], streams: list[int]) -> None:
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)


def _folder(parent: str) -> str:
    """A temporary folder, of the name that Ansible would give it."""
    os.makedirs(parent, 0o700, exist_ok=True)
    return tempfile.mkdtemp(prefix=f"ansible-local-{os.getpid()}", dir=parent)


if __name__ == "__main__":
    serve()
