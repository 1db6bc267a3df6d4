# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules without the start of Python, for commands that ansible_server.py runs.

Three quarters of the time of a module are Python's start, the import of libraries, and compiling
what Ansible packed. This process has imported the libraries, and nothing of Ansible or of the
collection: a fork of it runs the very archive that Ansible made and takes both from there. Compiled
code is kept by the hash of its source. module_client.py is the interpreter that Ansible starts.
"""

from __future__ import annotations

import atexit
import dataclasses
import hashlib
import marshal
import os
import select
import signal
import socket
import sys
import zipimport
from collections.abc import Callable
from types import CodeType, ModuleType
from typing import Any

# Runs a program: arguments, folder, environment, and its input, output and errors.
Run = Callable[[list[str], str, dict[str, str], list[int]], None]

SECONDS = 300
CLIENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "module_client.py")


def start(folder: str, kept: str) -> str:
    """Fork the server. It ends with this process.

    Args:
        folder: For its socket.
        kept: The folder of what several servers share.

    Returns:
        The interpreter that has it run modules. Without Linux it is Python itself.
    """
    if not hasattr(os, "pidfd_open"):
        return sys.executable
    path = os.path.join(folder, "modules.socket")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    alive, kept_open = os.pipe()
    # Before the fork, for what starts the server wants most of them, too.
    _import_libraries()
    server = os.fork()
    if server == 0:
        os.close(kept_open)
        compiled = Compiled(os.path.join(kept, "modules"))
        keep_data_classes(compiled)
        _keep_archives(compiled)
        serve(listener, alive, _run, compiled.read)
        sys.exit()
    listener.close()
    os.close(alive)
    atexit.register(os.waitpid, server, 0)
    atexit.register(os.close, kept_open)
    interpreter = os.path.join(folder, "python")
    with open(interpreter, "w", encoding="utf-8") as script:
        script.write(f"#!/bin/sh\nexec '{sys.executable}' -ISE '{CLIENT}' '{path}' \"$@\"\n")
    os.chmod(interpreter, 0o700)
    return interpreter


def _import_libraries() -> None:
    """What a module of the collection imports that Ansible does not pack."""
    import argparse  # noqa: F401
    import concurrent.futures.thread  # noqa: F401
    import csv  # noqa: F401
    import decimal  # noqa: F401
    import difflib  # noqa: F401
    import html.entities  # noqa: F401
    import logging.handlers  # noqa: F401
    import platform  # noqa: F401
    import shlex  # noqa: F401
    import subprocess  # noqa: F401
    import syslog  # noqa: F401
    import tempfile  # noqa: F401

    import jmespath  # noqa: F401
    import requests  # noqa: F401


class Compiled:
    """Code by the hash of what it was compiled from, which forks of this process and those of other
    processes share."""

    def __init__(self, folder: str) -> None:
        """Begin with what is in a folder, which is made if it is not there."""
        os.makedirs(folder, exist_ok=True)
        self._folder = folder
        self._known: dict[str, CodeType] = {}

    def get(self, source: bytes, compile_source: Callable[[], CodeType]) -> CodeType:
        """Return the code of a source, which is compiled if nobody has done it yet."""
        digest = hashlib.sha256(source).hexdigest()
        if digest not in self._known and not self._read(digest):
            self._known[digest] = compile_source()
            own = os.path.join(self._folder, f".{os.getpid()}")
            with open(own, "wb") as target:
                marshal.dump(self._known[digest], target)
            os.replace(own, os.path.join(self._folder, digest))
        return self._known[digest]

    def _read(self, digest: str) -> bool:
        """Take over what another process compiled. Returns whether one did."""
        try:
            with open(os.path.join(self._folder, digest), "rb") as file:
                self._known[digest] = marshal.load(file)
        except FileNotFoundError:
            return False
        return True

    def read(self) -> None:
        """Take over all that was compiled, for the forks that come after this."""
        for digest in set(os.listdir(self._folder)) - set(self._known):
            if not digest.startswith("."):
                self._read(digest)


def keep_data_classes(compiled: Compiled) -> None:
    """Compile the functions of a data class once, and not in every process."""

    def run(source: str, *names: Any) -> None:
        exec(
            compiled.get(source.encode(), lambda: compile(source, "<string>", "exec", 0, True)),
            *names,
        )

    dataclasses.exec = run  # type: ignore[attr-defined]


def _keep_archives(compiled: Compiled) -> None:
    """Compile what is imported from an archive once, and not in every module."""
    compile_source: Any = zipimport._compile_source  # type: ignore[attr-defined]
    zipimport._compile_source = lambda name, source: compiled.get(  # type: ignore[attr-defined]
        source, lambda: compile_source(name, source)
    )
    _read_once()


def _read_once() -> None:
    """Read a file of an archive once. An import asks for it twice: for where it is, and for its code."""
    read: Any = zipimport._get_module_code  # type: ignore[attr-defined]
    last: dict[tuple[str, str], Any] = {}

    def read_once(archive: Any, name: str) -> Any:
        key = (archive.archive, name)
        if key not in last:
            last.clear()
            last[key] = read(archive, name)
        return last[key]

    zipimport._get_module_code = read_once  # type: ignore[attr-defined]


def serve(
    listener: socket.socket, alive: int, run: Run, prepare: Callable[[], None] = lambda: None
) -> None:
    """Attend to each client in a fork, until nobody has the other end of `alive` any more.

    Args:
        listener: The socket that clients connect to.
        alive: The end of a pipe.
        run: Runs the program of a client.
        prepare: What this process does before each fork.
    """
    attending: set[int] = set()
    waited_for: list[Any] = [listener, alive]
    while alive not in select.select(waited_for, [], [])[0]:
        client, _address = listener.accept()
        prepare()
        attending.add(os.fork())
        if 0 in attending:
            listener.close()
            os.close(alive)
            return _attend(client, run)
        client.close()
        attending -= {one for one in attending if os.waitpid(one, os.WNOHANG)[0]}
    for one in attending:
        os.waitpid(one, 0)
    return None


def _attend(client: socket.socket, run: Run) -> None:
    """Run the program of a client, and say how it ended; when the client is gone, it is killed."""
    size, streams, _flags, _address = socket.recv_fds(client, 4, 3)
    with client.makefile("rb") as order:
        arguments, folder, environment = marshal.loads(order.read(int.from_bytes(size, "big")))
    module = os.fork()
    if module == 0:
        client.close()
        return run(arguments, folder, environment, streams)
    for stream in streams:
        os.close(stream)

    ended = os.pidfd_open(module)
    waited_for: list[Any] = [ended, client]
    if ended not in select.select(waited_for, [], [])[0]:
        os.kill(module, signal.SIGKILL)
        os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(module, 0)[1])
    client.sendall(status.to_bytes(4, "big", signed=True))
    os._exit(0)


def _run(
    arguments: list[str], folder: str, environment: dict[str, str], streams: list[int]
) -> None:
    """Run a program as Python would. What it raises ends this process, so nothing here catches it."""
    signal.alarm(SECONDS)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.argv = arguments or [""]
    sys.path[0] = os.path.dirname(sys.argv[0])
    main = ModuleType("__main__")
    if arguments:
        main.__file__ = arguments[0]
    # With pipelining Ansible sends the archive as standard input.
    with open(arguments[0] if arguments else 0, "rb", closefd=bool(arguments)) as program:
        code = compile(program.read(), sys.argv[0] or "<stdin>", "exec", dont_inherit=True)
    sys.modules["__main__"] = main
    exec(code, vars(main))
