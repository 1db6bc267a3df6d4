# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `uem-emulator`."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from uem_emulator.auth import Credentials
from uem_emulator.blueprint import Blueprint
from uem_emulator.control import Control
from uem_emulator.pipeline import Pipeline
from uem_emulator.products import PRODUCTS
from uem_emulator.server import bind, serve
from uem_emulator.switches import Switches
from uem_emulator.tls import private_ca


def parser() -> argparse.ArgumentParser:
    """The options; what each default means is said in its help."""
    made = argparse.ArgumentParser(
        prog="uem-emulator",
        description="Emulate the REST API of an Ivanti device management product on a local port.",
        epilog="The first line on stdout is a JSON object: url, username, password, ca_path. Ctrl-C stops it.",
    )
    add = made.add_argument
    add("--product", choices=sorted(PRODUCTS), default="neurons", help="default: neurons")
    add("--host", default="127.0.0.1", help="address to listen on; default: 127.0.0.1")
    add("--port", type=int, default=0, help="0, the default, takes a free one")
    add("--devices", type=int, default=1000, metavar="N", help="size of the fleet; default: 1000")
    add(
        "--partitions",
        type=int,
        default=3,
        metavar="N",
        help="number of device spaces, 1 or more; default: 3",
    )
    add(
        "--seed",
        type=int,
        default=7,
        metavar="S",
        help="same seed, sizes and --now: the same tenant; default: 7",
    )
    add(
        "--now",
        type=int,
        metavar="EPOCH_MS",
        help="the tenant's clock, which stands still; default: the time of start",
    )
    add("--username", default="admin@example.com", metavar="U", help="default: admin@example.com")
    add("--password", default="password", metavar="P", help="default: password")
    add("--token", metavar="T", help="also accept this bearer token; default: none is accepted")
    add("--no-tls", action="store_true", help="plain HTTP; default: HTTPS with a CA of its own")
    add(
        "--base-path",
        default="",
        metavar="/PREFIX",
        help="a path before all addresses; default: none",
    )
    add(
        "--strict",
        action="store_true",
        help="answer 400 to parameters the sources do not know; default: ignore them",
    )
    add(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="switches",
        help="position of a switch (see README); may be repeated",
    )
    add(
        "--stop-with-stdin",
        action="store_true",
        help="stop when stdin ends, so that a parent which is killed leaves nothing behind; default: do not read stdin",
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to stop. Answers the exit status."""
    made = parser()
    options = made.parse_args(arguments)
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s: %(message)s"
    )
    if options.partitions < 1 or options.devices < 0:
        made.error("--partitions is 1 or more, --devices 0 or more")
    if options.base_path and (
        not options.base_path.startswith("/") or options.base_path.endswith("/")
    ):
        made.error("--base-path begins with a slash and does not end in one")
    try:
        switches = Switches(
            dict(item.partition("=")[::2] for item in options.switches)
            | ({"strict": "on"} if options.strict else {})
        )
    except ValueError as error:
        made.error(str(error))
    try:
        sock = bind(options.host, options.port)
    except OSError as error:
        made.error(f"cannot listen on {options.host} port {options.port}: {error.strerror}")
    now = int(time.time() * 1000) if options.now is None else options.now
    product = PRODUCTS[options.product].make(
        Blueprint(options.seed, options.devices, options.partitions, now), switches
    )
    pipeline = Pipeline(
        product,
        Credentials(options.username, options.password, options.token),
        switches,
        base_path=options.base_path,
    )
    pipeline.control = Control(pipeline, options.product).app
    with (
        sock,
        contextlib.nullcontext() if options.no_tls else private_ca(options.host) as certificates,
    ):
        scheme = "http" if certificates is None else "https"
        host = f"[{options.host}]" if ":" in options.host else options.host
        first_line = {
            "url": f"{scheme}://{host}:{sock.getsockname()[1]}{options.base_path}",
            "username": options.username,
            "password": options.password,
            "ca_path": str(certificates.ca) if certificates else None,
        }
        serve(
            pipeline,
            sock,
            certificates,
            lambda stop: _listening(first_line, stop if options.stop_with_stdin else None),
        )
    return 0


def _listening(first_line: dict[str, Any], stop: Callable[[], None] | None) -> None:
    print(json.dumps(first_line), flush=True)
    if stop is not None:
        threading.Thread(target=_watch_stdin, args=(stop,), daemon=True).start()


def _watch_stdin(stop: Callable[[], None]) -> None:
    # Not through sys.stdin: its lock, held by a waiting thread, makes the interpreter abort when it
    # ends.
    while os.read(0, 4096):
        pass
    stop()
