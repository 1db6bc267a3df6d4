# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `uem-emulator`."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from uem_emulator.auth import Account, Accounts, read_account
from uem_emulator.blueprint import Blueprint
from uem_emulator.control import Control
from uem_emulator.pipeline import Pipeline
from uem_emulator.products import PRODUCTS
from uem_emulator.server import bind, serve
from uem_emulator.switches import Switches
from uem_emulator.tls import Certificates, private_ca

PASSWORD = "password"

# fmt: off
_OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("--product", {"choices": sorted(PRODUCTS), "default": "neurons", "help": "default: neurons"}),
    ("--host", {"default": "127.0.0.1", "help": "address to listen on; default: 127.0.0.1"}),
    ("--port", {"type": int, "default": 0, "help": "0, the default, takes a free one"}),
    ("--devices", {"type": int, "default": 1000, "metavar": "N", "help": "size of the fleet; default: 1000"}),
    ("--partitions", {"type": int, "default": 3, "metavar": "N", "help": "number of device spaces, 1 or more; default: 3"}),
    ("--seed", {"type": int, "default": 7, "metavar": "S", "help": "same seed, sizes and --now: the same tenant; default: 7"}),
    ("--now", {"type": int, "metavar": "EPOCH_MS", "help": "the tenant's clock, which stands still; default: the time of start"}),
    ("--username", {"default": "admin@example.com", "metavar": "U", "help": "default: admin@example.com"}),
    ("--password", {"default": PASSWORD, "metavar": "P", "help": "default: password"}),
    ("--token", {"metavar": "T", "help": "also accept this bearer token; default: none is accepted"}),
    ("--account", {"action": "append", "default": [], "metavar": "U:P:ROLE,ROLE", "dest": "accounts",
                   "help": "one more account, with these roles only; may be repeated; default: only the one with every role"}),
    ("--no-tls", {"action": "store_true", "help": "plain HTTP; default: HTTPS with a CA of its own"}),
    ("--base-path", {"default": "", "metavar": "/PREFIX", "help": "a path before all addresses; default: none"}),
    ("--strict", {"action": "store_true", "help": "answer 400 to parameters the sources do not know; default: ignore them"}),
    ("--set", {"action": "append", "default": [], "metavar": "NAME=VALUE", "dest": "switches",
               "help": "position of a switch (see README); may be repeated"}),
    ("--stop-with-stdin", {"action": "store_true",
                           "help": "stop when stdin ends, so that a parent which is killed leaves nothing behind; "
                                   "default: do not read stdin"}),
)
# fmt: on


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line. What each default means stands in its help."""
    made = argparse.ArgumentParser(
        prog="uem-emulator",
        description="Emulate the REST API of an Ivanti device management product on a local port.",
        epilog="The first line on stdout is a JSON object: url, username, password, ca_path. Ctrl-C stops it.",
    )
    for name, settings in _OPTIONS:
        made.add_argument(name, **settings)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the emulator until it is stopped.

    Args:
        arguments: The command line; None takes that of the process.

    Returns:
        The exit status.
    """
    made = parser()
    options = made.parse_args(arguments)
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s: %(message)s"
    )
    try:
        switches, accounts = _switches(options), _accounts(options)
    except ValueError as error:
        made.error(str(error))
    try:
        sock = bind(options.host, options.port)
    except OSError as error:
        made.error(f"cannot listen on {options.host} port {options.port}: {error.strerror}")
    if options.password == PASSWORD and not _is_local(options.host):
        logging.warning(
            "others can reach %s, and the password is the one that everybody knows: give --password",
            options.host,
        )
    pipeline = _pipeline(options, switches, accounts)
    with (
        sock,
        contextlib.nullcontext() if options.no_tls else private_ca(options.host) as certificates,
    ):
        first_line = _first_line(options, sock.getsockname()[1], certificates)
        serve(
            pipeline,
            sock,
            certificates,
            lambda: switches.number("request_timeout_ms") / 1000,
            lambda stop: _listening(first_line, stop if options.stop_with_stdin else None),
        )
    return 0


def _switches(options: argparse.Namespace) -> Switches:
    """Check the options and return the switches. Raises ValueError."""
    if options.partitions < 1 or options.devices < 0:
        raise ValueError("--partitions is 1 or more, --devices 0 or more")
    path = options.base_path
    if path and (not path.startswith("/") or path.endswith("/")):
        raise ValueError("--base-path begins with a slash and does not end in one")
    given = dict(item.partition("=")[::2] for item in options.switches)
    return Switches(given | ({"strict": "on"} if options.strict else {}))


def _is_local(host: str) -> bool:
    """Whether only programs of this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _accounts(options: argparse.Namespace) -> Accounts:
    """Return the account with every role, and those with chosen ones. Raises ValueError."""
    roles = PRODUCTS[options.product].roles
    chosen = [read_account(text, roles) for text in options.accounts]
    return Accounts([Account(options.username, options.password), *chosen], options.token)


def _pipeline(options: argparse.Namespace, switches: Switches, accounts: Accounts) -> Pipeline:
    now = int(time.time() * 1000) if options.now is None else options.now
    product = PRODUCTS[options.product].make(
        Blueprint(options.seed, options.devices, options.partitions, now), switches
    )
    pipeline = Pipeline(product, accounts, switches, base_path=options.base_path)
    pipeline.control = Control(pipeline, options.product).app
    return pipeline


def _first_line(
    options: argparse.Namespace, port: int, certificates: Certificates | None
) -> dict[str, Any]:
    scheme = "http" if certificates is None else "https"
    host = f"[{options.host}]" if ":" in options.host else options.host
    return {
        "url": f"{scheme}://{host}:{port}{options.base_path}",
        "username": options.username,
        "password": options.password,
        "ca_path": str(certificates.ca) if certificates else None,
    }


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
