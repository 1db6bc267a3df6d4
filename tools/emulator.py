# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run an emulator in the foreground and print what a second shell needs to use it.

python tools/emulator.py [--devices N] [--seed N] [--port N] [any other option of uem-emulator]
"""

from __future__ import annotations

import argparse
import json
import secrets
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 10
USERNAME = "automation"
PREFIX = "IVANTI_UEM_"


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="make emulator", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--product", default="neurons")
    parser.add_argument("--devices", default="1000")
    parser.add_argument("--seed", default="7")
    parser.add_argument("--port", default="0", help="0: any free one")
    parser.add_argument(
        "--prefix", default=PREFIX, help="what the names of the variables begin with"
    )
    return parser.parse_known_args(arguments)


def command(options: argparse.Namespace, others: list[str]) -> list[str]:
    program = str(Path(sys.executable).parent / "uem-emulator")
    # Joined by =, because a password may begin with a hyphen.
    given = {name: value for name, value in vars(options).items() if name != "prefix"}
    values = {**given, "username": USERNAME, "password": secrets.token_urlsafe(12)}
    return [program, *(f"--{name}={value}" for name, value in values.items()), *others]


def exports(product: str, started: dict[str, str | None], prefix: str) -> list[str]:
    """The shell's lines for what the emulator said of itself; without TLS it has no ca_path.

    What the shell has for another server is unset, and a proxy must not be asked for this machine.
    """
    values = {
        "product": product,
        **{name: started.get(name) for name in ("url", "username", "password", "ca_path")},
    }
    return [
        f"unset {prefix}TOKEN {prefix}CA_PATH {prefix}VALIDATE_CERTS",
        *(
            f"export {prefix}{name.upper()}={shlex.quote(value)}"
            for name, value in values.items()
            if value
        ),
        'export NO_PROXY="127.0.0.1${NO_PROXY:+,$NO_PROXY}"',
    ]


def announce(product: str, started: dict[str, str | None], prefix: str) -> None:
    print("In a second shell:\n", flush=True)
    print(f"cd {shlex.quote(str(ROOT))}\n. .venv/env.sh")
    print("\n".join(exports(product, started, prefix)))
    print("\nCtrl-C stops the emulator.", flush=True)


def stop(process: subprocess.Popen[str]) -> None:
    # Ctrl-C in a terminal has reached the emulator already; SIGTERM covers a signal sent
    # only to this process.
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def on_signal(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    options, others = parse(arguments)
    for number in (signal.SIGTERM, signal.SIGINT):
        # SIGINT, too: what a shell starts in the background would ignore it.
        signal.signal(number, on_signal)
    # Its standard input ends with this process, however that ends, and then it stops.
    process = subprocess.Popen(
        [*command(options, others), "--stop-with-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if process.stdout is None:
        raise RuntimeError("the emulator was started without a pipe")

    try:
        first_line = process.stdout.readline()
        if not first_line:
            print("The emulator did not start; what it said stands above.", file=sys.stderr)
            return process.wait() or 1
        announce(options.product, json.loads(first_line), options.prefix)
        for line in process.stdout:
            print(line, end="", flush=True)
        return process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        stop(process)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
