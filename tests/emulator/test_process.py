# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command: its first line, TLS, stop, silence, determinism, bad options."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from uem_emulator.cli import main
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.running import running_emulator

from .client import NOW, PASSWORD, TOKEN, Api

SMALL: dict[str, Any] = {"devices": 40, "seed": 5, "now": NOW}


def start(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "uem_emulator", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )


def first_line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_from_the_first_line_to_a_clean_stop(number: signal.Signals) -> None:
    """It listens when the line is there; then says nothing more, whatever is asked; then leaves
    nothing behind."""
    with start(
        "--devices=40", "--username=U", f"--password={PASSWORD}", f"--token={TOKEN}"
    ) as process:
        line = first_line(process)
        assert set(line) == {"url", "username", "password", "ca_path"}
        assert (line["username"], line["password"]) == ("U", PASSWORD)
        emulator = Emulator(**line)
        api = Api(emulator)
        device = api.ids()[0]
        api.call("PATCH", f"/api/v1/device/{device}/customattributes", b"\xff\x00")
        api.get("/nowhere", password=PASSWORD)
        Api(emulator, "Basic broken").get("/api/v1/device")
        emulator.add_fault("reset")
        with pytest.raises(OSError):
            api.search()
        emulator.add_fault("half_body")
        with pytest.raises(http.client.IncompleteRead):
            api.search()
        directory = Path(line["ca_path"]).parent
        assert directory.is_dir() and (directory / "server.pem").stat().st_mode & 0o077 == 0
        api.search()  # a connection which stays open must not delay the stop
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
        assert process.returncode == 0 and not directory.exists()
    assert out == b"" and err == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(
            (urlsplit(line["url"]).hostname or "", urlsplit(line["url"]).port or 0), timeout=2
        )


def test_each_name_of_the_machine_is_on_the_certificate_and_nobody_else_trusts_it(
    emulator: Emulator,
) -> None:
    port = urlsplit(emulator.url).port or 0
    context = ssl.create_default_context(cafile=emulator.ca_path)
    for name in ("127.0.0.1", "localhost", "::1"):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
            with context.wrap_socket(raw, server_hostname=name) as tls:
                assert tls.getpeercert()
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as raw,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        context.wrap_socket(raw, server_hostname="other.example")
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cadata=_other_ca())),
        ).open(emulator.url)


def _other_ca() -> str:
    import trustme

    return trustme.CA().cert_pem.bytes().decode()


def test_without_tls_and_under_a_path() -> None:
    with running_emulator(
        no_tls=True, base_path="/tenant/7", strict=True, switches={"delay_ms": 1}, **SMALL
    ) as emulator:
        assert emulator.ca_path is None
        assert emulator.url.startswith("http://127.0.0.1:") and emulator.url.endswith("/tenant/7")
        api = Api(emulator)
        assert api.search().status == 200 and api.search(colour="red").status == 400
        assert emulator.requests()[0]["path"] == "/tenant/7/api/v1/device"
        assert emulator.switches()["strict"] == "on" and emulator.switches()["delay_ms"] == 1
        emulator.set_switch("strict", "off")
        emulator.reset()
        assert emulator.switches()["strict"] == "on", "reset goes back to the command line"
        outside = Emulator(
            emulator.url.removesuffix("/tenant/7"), emulator.username, emulator.password
        )
        assert Api(outside).search().status == 501 and outside.state()["devices"] == 40
        (entry,) = [entry for entry in emulator.requests() if entry["status"] == 501]
        assert entry["path"] == "/api/v1/device"


def test_it_stops_when_its_parent_is_gone() -> None:
    with running_emulator(no_tls=True, **SMALL) as emulator:
        assert emulator.process is not None and emulator.process.stdin is not None
        emulator.process.stdin.close()
        assert emulator.process.wait(10) == 0


def test_a_port_that_was_asked_for() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running_emulator(no_tls=True, port=port, **SMALL) as emulator:
        assert urlsplit(emulator.url).port == port
        with start(f"--port={port}", "--no-tls", "--devices=1") as second:
            _out, err = second.communicate(timeout=10)
        assert second.returncode == 2 and b"cannot listen on 127.0.0.1" in err


@pytest.mark.parametrize(("arguments", "text"), [
    (["--product=other"], "invalid choice"), (["--set=colour=red"], "no switch is called colour; the"),
    (["--set=acton_settle=none"], "no switch is called acton_settle (nearest: action_settle"),
    (["--set=strict=perhaps"], "strict is one of on, off"), (["--set=delay_ms=-1"], "delay_ms is a whole number"),
    (["--partitions=0"], "1 or more"),
    (["--devices=-1"], "0 or more"), (["--base-path=x"], "begins with a slash"),
    (["--host=no.such.host.invalid"], "cannot listen"),
])  # fmt: skip
def test_a_wrong_option_is_named(
    capsys: pytest.CaptureFixture[str], arguments: list[str], text: str
) -> None:
    with pytest.raises(SystemExit) as error:
        main(arguments)
    out, err = capsys.readouterr()
    assert error.value.code == 2 and out == "" and text in err


def _world(api: Api, emulator: Emulator) -> bytes:
    parts = [
        api.search(rows=500, sort="id", dmPartitionId=space).raw
        for space in emulator.state()["partitions"]
    ]
    paths = (
        "customattributes",
        "tenant/partition/device",
        *(f"device/{row['id']}" for row in emulator.devices("id")[:10]),
    )
    return b"\n".join(parts + [api.get(f"/api/v1/{path}").raw for path in paths])


def test_the_same_seed_is_the_same_world_in_any_process(emulator: Emulator, api: Api) -> None:
    emulator.reset(seed=5, devices=200, partitions=2)
    expected = _world(api, emulator)
    with start(
        "--devices=200", "--seed=5", "--partitions=2", f"--now={NOW}", PYTHONHASHSEED="12345"
    ) as process:
        try:
            other = Emulator(**first_line(process))
            assert _world(Api(other), other) == expected
            device = other.devices("id")[0]["id"]
            other.patch_device(device, deviceName="changed")
            other.reset()
            assert _world(Api(other), other) == expected, "a reset forgets all changes"
        finally:
            process.terminate()
    emulator.reset(seed=6, devices=200, partitions=2)
    assert _world(api, emulator) != expected


def test_many_connections_at_once(emulator: Emulator) -> None:
    clients = [Api(emulator) for _client in range(40)]
    assert [client.search().status for client in clients] == [200] * 40
    for _round in range(5):
        assert {client.get("/api/v1/metadata/tenant").status for client in clients} == {200}
    assert len(emulator.requests()) == 240
    for client in clients:
        client.close()


@pytest.mark.parametrize(
    ("arguments", "warned"),
    [
        (("--host=0.0.0.0",), True),
        (("--host=0.0.0.0", "--password=another"), False),
        (("--host=127.0.0.1",), False),
    ],
)
def test_a_server_for_others_with_the_usual_password_says_so(
    arguments: tuple[str, ...], warned: bool
) -> None:
    with start("--devices=1", "--no-tls", *arguments) as process:
        first_line(process)
        process.send_signal(signal.SIGTERM)
        _out, err = process.communicate(timeout=10)
    assert (b"others can reach 0.0.0.0" in err and err.count(b"\n") == 1) if warned else err == b""
