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

from uem_emulator import like, state
from uem_emulator.auth import Account, Accounts, read_account
from uem_emulator.blueprint import Blueprint
from uem_emulator.control import Control
from uem_emulator.pipeline import Pipeline
from uem_emulator.products import PRODUCTS
from uem_emulator.server import bind, serve
from uem_emulator.switches import Switches
from uem_emulator.tls import Certificates, private_ca

PASSWORD = "password"
#: What a new tenant is made of where nothing is said. A saved one has it all.
_BUILT = {"devices": 1000, "partitions": 3, "seed": 7, "now": None}

# fmt: off
_OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("--product", {"choices": sorted(PRODUCTS), "default": "neurons", "help": "default: neurons"}),
    ("--host", {"default": "127.0.0.1", "help": "address to listen on; default: 127.0.0.1"}),
    ("--port", {"type": int, "default": 0, "help": "0, the default, takes a free one"}),
    ("--devices", {"type": int, "metavar": "N", "help": "size of the fleet; default: 1000"}),
    ("--partitions", {"type": int, "metavar": "N", "help": "number of device spaces, 1 or more; default: 3"}),
    ("--seed", {"type": int, "metavar": "S", "help": "same seed, sizes and --now: the same tenant; default: 7"}),
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
    ("--like", {"metavar": "FILE",
                "help": "take the switches from a record that ivanti.uem.server_info wrote; default: their defaults"}),
    ("--save", {"metavar": "FILE", "help": "write the whole state when it stops; default: it is lost"}),
    ("--load", {"metavar": "FILE", "help": "begin with the state of such a file instead of a new tenant; default: a new one"}),
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
        pipeline = _pipeline(options, switches, accounts)
    except ValueError as error:
        made.error(str(error))
    try:
        sock = bind(options.host, options.port)
    except OSError as error:
        made.error(f"cannot listen on {options.host} port {options.port}: {error.strerror}")
    _warn_of_a_known_password(options)
    _say_what_is_like(options)
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
    if options.save is not None:
        state.write_file(options.save, state.save(pipeline, options.product))
    return 0


def _warn_of_a_known_password(options: argparse.Namespace) -> None:
    if options.password == PASSWORD and not _is_local(options.host):
        logging.warning(
            "others can reach %s, and the password is the one that everybody knows: give --password",
            options.host,
        )


def _switches(options: argparse.Namespace) -> Switches:
    """Check the options and return the switches. Raises ValueError."""
    given = [name for name in _BUILT if getattr(options, name) is not None]
    if options.load is not None and given:
        raise ValueError(
            f"--{given[0]} does not go with --load: the saved state has a tenant already"
        )
    for name, usual in _BUILT.items():
        if getattr(options, name) is None:
            setattr(options, name, usual)
    if options.partitions < 1 or options.devices < 0:
        raise ValueError("--partitions is 1 or more, --devices 0 or more")
    path = options.base_path
    if path and (not path.startswith("/") or path.endswith("/")):
        raise ValueError("--base-path begins with a slash and does not end in one")
    return Switches(_positions(options))


def _positions(options: argparse.Namespace) -> dict[str, str | int]:
    """The positions of switches which the command line gives, and before them those of a record.
    Raises ValueError for a record that cannot be used."""
    given: dict[str, str | int] = dict(item.partition("=")[::2] for item in options.switches)
    given |= {"strict": "on"} if options.strict else {}
    return _recorded(options) | given


def _recorded(options: argparse.Namespace) -> dict[str, str | int]:
    if options.like is None:
        return {}
    found: dict[str, str | int] = _about(
        "like", options.like, like.read_record, options.like, options.product
    )
    return found


def _say_what_is_like(options: argparse.Namespace) -> None:
    if options.like is not None:
        taken, given = _recorded(options), _positions(options)
        left = {name: value for name, value in taken.items() if str(given[name]) != str(value)}
        print(like.said(options.like, taken, left), file=sys.stderr, flush=True)


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
    """Make the emulator. Raises ValueError for a file that cannot be loaded or saved."""
    if options.save is not None:
        _about("save", options.save, state.check_writable, options.save)
    now = int(time.time() * 1000) if options.now is None else options.now
    devices = 0 if options.load is not None else options.devices
    product = PRODUCTS[options.product].make(
        Blueprint(options.seed, devices, options.partitions, now), switches
    )
    pipeline = Pipeline(product, accounts, switches, base_path=options.base_path)
    pipeline.control = Control(pipeline, options.product).app
    if options.load is not None:
        saved = _about("load", options.load, state.read_file, options.load)
        _about("load", options.load, state.load, pipeline, options.product, saved)
        given = _positions(options)
        if given:
            switches.set_many(given)
            product.tenant.switches_changed()
    return pipeline


def _about(option: str, path: str, do: Callable[..., Any], *given: Any) -> Any:
    """Do something with a file; an error names it. Raises ValueError."""
    try:
        return do(*given)
    except state.StateError as error:
        raise ValueError(f"--{option}: {path} {error}") from error


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
