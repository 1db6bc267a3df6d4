# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start an emulator in a process of its own, and stop it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Literal, overload

from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator

_CLASSES: dict[str, type[Emulator]] = {"epmm": EpmmEmulator, "neurons": NeuronsEmulator}


@overload
def running_emulator(
    *, product: Literal["neurons"] = "neurons", **options: Any
) -> AbstractContextManager[NeuronsEmulator]: ...


@overload
def running_emulator(
    *, product: Literal["epmm"], **options: Any
) -> AbstractContextManager[EpmmEmulator]: ...


@overload
def running_emulator(*, product: str, **options: Any) -> AbstractContextManager[Emulator]: ...


def running_emulator(
    *, product: str = "neurons", **options: Any
) -> AbstractContextManager[Emulator]:
    """Start an emulator, wait until it accepts connections, stop it at the end of the context.

    Args:
        product: "neurons" or "epmm".
        options: The command's options by name: devices, seed, partitions, now, host, port,
            username, password, token, no_tls, strict, base_path, save, load. Besides: `switches`, a map of
            switches to positions; `arguments`, more arguments of the command line; `python`, the
            interpreter to start it with; `stderr`, as for `subprocess.Popen`.

    Returns:
        A context manager whose value is the running emulator: a `NeuronsEmulator` or an
        `EpmmEmulator`.

    Raises:
        RuntimeError: The emulator does not start.
    """
    return _running(product, **options)


@contextmanager
def _running(
    product: str,
    *,
    python: str = sys.executable,
    switches: Mapping[str, str | int] | None = None,
    arguments: Sequence[str] = (),
    stderr: int | None = None,
    **options: Any,
) -> Iterator[Emulator]:
    command = [
        python,
        "-m",
        "uem_emulator",
        "--stop-with-stdin",
        *_arguments({"product": product, **options}),
        *(f"--set={name}={value}" for name, value in (switches or {}).items()),
        *arguments,
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else b""
            if not line:
                raise RuntimeError(f"the emulator did not start (exit status {process.wait(10)})")
            emulator = _CLASSES[product](process=process, **json.loads(line))
            yield emulator
            emulator.close()
        finally:
            _stop(process)


def _arguments(options: Mapping[str, Any]) -> Iterator[str]:
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            yield option
        elif value is not None and value is not False:
            yield f"{option}={value}"


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
