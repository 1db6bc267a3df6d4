# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start and stop the emulator of a scenario.

    python emulator.py start FOLDER [OWNER]     returns once FOLDER/emulator.json tells how to reach
    it python emulator.py stop FOLDER              returns once it is gone; nothing to stop is no
    error

A keeper process holds the emulator. It ends with SIGTERM, and when the process with the id OWNER
has ended; the emulator ends with its keeper, even a killed one. So an interrupted run leaves
nothing behind.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from uem_emulator.testing.running import running_emulator

DEVICES = 60
SECONDS = 20
TICK = 0.1


def start(folder: Path, owner: str) -> None:
    """Start a keeper in a session of its own, so that it outlives the task that starts it."""
    with open(folder / "emulator.log", "wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, __file__, "keep", str(folder), owner],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (folder / "keeper.pid").write_text(str(keeper.pid), encoding="utf-8")
    until = time.monotonic() + SECONDS
    while not (folder / "emulator.json").exists():
        if keeper.poll() is not None or time.monotonic() > until:
            keeper.terminate()
            sys.exit(
                "The emulator did not start: "
                f"{(folder / 'emulator.log').read_text(encoding='utf-8')}"
            )
        time.sleep(TICK)


def keep(folder: Path, owner: int) -> None:
    """Hold an emulator until SIGTERM comes or the owner is gone (0: nobody owns it)."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    with running_emulator(devices=DEVICES, strict=True) as emulator:
        found = {
            name: getattr(emulator, name) for name in ("url", "username", "password", "ca_path")
        }
        part = folder / "emulator.part"
        part.write_text(json.dumps(found), encoding="utf-8")
        part.rename(folder / "emulator.json")
        while not owner or is_running(owner):
            time.sleep(TICK)


def stop(folder: Path) -> None:
    """End the keeper, wait for it, and remove what was written of the emulator."""
    pid_file = folder / "keeper.pid"
    pid = int(pid_file.read_text(encoding="utf-8")) if pid_file.exists() else 0
    # The id may be another process's by now.
    if pid and is_running(pid) and __file__.encode() in command_of(pid):
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + SECONDS
        while is_running(pid):
            if time.monotonic() > until:
                sys.exit(f"The keeper of the emulator (process {pid}) does not end.")
            time.sleep(TICK)
    for name in ("keeper.pid", "emulator.json"):
        (folder / name).unlink(missing_ok=True)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_of(pid: int) -> bytes:
    return subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, check=False
    ).stdout


if __name__ == "__main__":
    if sys.argv[1] == "start":
        start(Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "0")
    elif sys.argv[1] == "keep":
        keep(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        stop(Path(sys.argv[2]))
