# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Large fleets: how many requests are sent. How long they take is measured by `make bench`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ..conftest import DEVICES, SEED, ModuleFailed, writes

ROOT = Path(__file__).resolve().parents[2]
PAGE_ROWS = 500


@pytest.fixture
def large(shared_emulator):
    """10,000 devices in three device spaces, all with the attribute that is wanted."""
    shared_emulator.reset(seed=SEED, devices=10_000)
    ids = sorted(shared_emulator.attributes(), key=int)
    shared_emulator.set_attributes({device: {"owner": ["ops"]} for device in ids})
    shared_emulator.clear_requests()
    yield shared_emulator, ids
    shared_emulator.reset(seed=SEED, devices=DEVICES)


def test_ten_thousand_devices_of_which_a_thousand_drifted(call, large):
    emulator, ids = large
    emulator.set_attributes({device: {"owner": ["nobody"]} for device in ids[::10]})
    emulator.clear_requests()
    result = call("device_custom_attrs", emulator, devices=ids, attrs={"owner": "ops"})
    assert (result["summary"]["changed"], result["summary"]["unchanged"]) == (1000, 9000)
    [shown] = result["diff"]
    assert shown["after_header"] == "1,000 devices"
    assert shown["prepared"].count("\n") == 21 and shown["prepared"].endswith("  and 980 more\n")
    assert result["plan"][0].endswith("owner becomes ops on 1,000 (nobody on 1,000)")
    assert len(writes(emulator)) == 1000 == result["summary"]["writes"]
    assert len(emulator.requests()) - 1000 <= 10_000 // PAGE_ROWS + 10
    emulator.clear_requests()
    assert not call("device_custom_attrs", emulator, devices=ids, attrs={"owner": "ops"})["changed"]
    assert writes(emulator) == []


def test_few_devices_of_many_are_looked_up(call, large):
    emulator, ids = large
    result = call("device_custom_attrs", emulator, devices=ids[::2000], attrs={"owner": "ops"})
    assert result["summary"]["unchanged"] == 5 and len(emulator.requests()) <= 6
    emulator.clear_requests()
    # A look-up of so many takes fewer pages than all devices have.
    assert call("device_info", emulator, devices=ids[::50], fields=["id"])["count"] == 200
    reads = [entry for entry in emulator.requests() if entry["path"] == "/api/v1/device"]
    assert len(reads) < 10_000 // PAGE_ROWS


def test_the_same_removal_from_many_devices_shares_requests(call, large):
    emulator, ids = large
    options = {"attrs": ["owner"], "state": "absent", "max_percent": 100}
    result = call("device_custom_attrs", emulator, devices=ids, **options)
    assert result["summary"]["changed"] == 10_000 and len(writes(emulator)) == 10_000 // 500
    assert set(map(str, emulator.attributes().values())) == {"{}"}


def test_a_percentage_counts_the_whole_fleet(call, large):
    emulator, ids = large
    emulator.set_attributes({device: {} for device in ids[:101]})
    emulator.clear_requests()
    with pytest.raises(
        ModuleFailed, match=r"changes 101 of 10000 devices \(1.01 %\) and max_percent is 1;"
    ):
        call(
            "device_custom_attrs",
            emulator,
            devices=ids[:101],
            attrs={"owner": "ops"},
            max_percent=1,
        )
    assert writes(emulator) == []
    assert (
        call(
            "device_custom_attrs",
            emulator,
            devices=ids[:100],
            attrs={"owner": "ops"},
            max_percent=1,
        )["summary"]["changed"]
        == 100
    )


def test_a_hundred_thousand_names(call, emulator):
    known = set(emulator.attributes())
    names = [
        *known,
        *(str(number) for number in range(10_000_000, 10_000_000 + 100_000 - len(known))),
    ]
    result = call(
        "device_custom_attrs", emulator, devices=names, attrs={"owner": "ops"}, on_missing="skip"
    )
    assert result["summary"]["matched"] == len(known) and result["summary"][
        "skipped"
    ] == 100_000 - len(known)
    assert len(emulator.requests()) < 20 + len(known)


def test_the_demonstration_keeps_its_promises():
    """Also in a shell that has a proxy and the settings of another server."""
    shell = {
        **os.environ,
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "IVANTI_UEM_TOKEN": "another",
        "IVANTI_UEM_VALIDATE_CERTS": "false",
    }
    done = subprocess.run(
        [sys.executable, "tools/demo.py"],
        cwd=ROOT,
        env=shell,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0 and "As promised." in done.stdout, done.stdout + done.stderr
    assert "NOT AS PROMISED" not in done.stdout


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_emulator_in_the_foreground_leaves_nothing_behind(number):
    with subprocess.Popen(
        [sys.executable, "tools/emulator.py", "--devices", "5"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        lines = []
        for line in process.stdout or ():
            lines.append(line.strip())
            if line.startswith("Ctrl-C"):
                break
        exports = dict(
            line.removeprefix("export IVANTI_UEM_").split("=", 1)
            for line in lines
            if line.startswith("export IVANTI_UEM_")
        )
        said = process.stderr.read() if process.stderr and not exports else ""
        assert set(exports) == {"PRODUCT", "URL", "USERNAME", "PASSWORD", "CA_PATH"}, said
        process.send_signal(number)
        try:
            process.wait(20)
        finally:
            process.kill()
    port = int(exports["URL"].rpartition(":")[2])
    for _attempt in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    pytest.fail("the emulator still listens")
