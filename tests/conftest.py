# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests share: an emulator on a real socket, modules run in this process, and Ansible's
commands."""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from ansible.module_utils import basic
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator
from uem_emulator.testing.running import running_emulator

DEVICES = 60
SEED = 7
PARTITIONS = 3

# A password with characters that JSON, addresses and base64 each write differently.
PASSWORD = "p\"w/&<ü>'x1"

# The product of an emulator, which cannot change, by its address and process; addresses are used
# again.
_PRODUCTS: dict[tuple[str, int], str] = {}

# The folder of what the servers of Ansible share, those of all processes of a run.
if "UEM_TEST_KEPT" not in os.environ:
    os.environ["UEM_TEST_KEPT"] = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, os.environ["UEM_TEST_KEPT"], ignore_errors=True)
KEPT = os.environ["UEM_TEST_KEPT"]

# The variables that Python, its libraries and Ansible read when they start. All others are read when
# a command runs, as those of the collection are.
STARTING = re.compile(
    r"ANSIBLE_(?!(HOME|LOCAL_TEMP)$)|PYTHON|LC_|LD_|(LANG|TZ|HOME|PATH|TERM|TMPDIR|OPENSSL_CONF)$"
)

# No example fails because the machine is busy.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


# The tests that coverage is measured with: the fast ones of the kernel, the guard and the sending
# loop. Tracing makes the others slow, and they add nothing to the files that have a gate.
COVERING = re.compile(
    r"tests/(unit/(?!test_(docs|layers|files|registration|coverage|family_scaffold)\.py)"
    r"|integration/test_(sending|effect)\.py)(?!.*hostile)"
)
_MEASURED = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what `make coverage` chooses its tests with."""
    text = "run the files that coverage is measured with"
    parser.addoption("--only-measured", action="store_true", help=text)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the files that do not count, if that is asked for."""
    if not config.getoption("only_measured") or not collection_path.is_file():
        return None
    return None if COVERING.match(collection_path.relative_to(config.rootpath).as_posix()) else True


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """The process that hands tests out runs none, so it has nothing to measure."""
    if session.config.getoption("dist", "no") != "no":
        _rest(session.config)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Every process of a run collects all tests, and none of what it makes is unused."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thousands of collected tests stay to the end, so no search for unused objects looks at them."""
    gc.collect()
    gc.freeze()
    # A search after 700 new objects takes 4 % of the time of the tests.
    gc.set_threshold(20_000, 20, 100)
    _rest(session.config)


def _rest(config: pytest.Config) -> None:
    """Where coverage is measured, stop until a test counts for it."""
    if config.getoption("cov_source", None):
        from coverage import Coverage

        if measured := Coverage.current():
            config.stash[_MEASURED] = measured
        # pytest-cov starts two in a process that xdist started, and the first goes on when the
        # second stops.
        while running := Coverage.current():
            running.stop()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Measure coverage while a test runs that counts for it."""
    measured = item.config.stash.get(_MEASURED, None)
    if measured is None or not COVERING.match(item.nodeid):
        yield
        return
    measured.start()
    yield
    measured.stop()


class Exit(Exception):
    """A module ended; ``result`` is what it would have printed."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__(result.get("msg", ""))
        self.result = result


class ModuleFailed(Exit):
    """A module failed."""


@pytest.fixture(scope="session")
def shared_emulator() -> Iterator[NeuronsEmulator]:
    """One strict emulator for the session: a parameter that the vendor does not document is an
    error."""
    with running_emulator(
        devices=DEVICES, seed=SEED, strict=True, username="tester", password=PASSWORD
    ) as running:
        yield running


@pytest.fixture(scope="session")
def shared_epmm() -> Iterator[EpmmEmulator]:
    """One strict emulator of EPMM for the session."""
    with running_emulator(
        product="epmm",
        devices=DEVICES,
        seed=SEED,
        strict=True,
        username="tester",
        password=PASSWORD,
    ) as running:
        yield running


@pytest.fixture
def emulator(shared_emulator: NeuronsEmulator) -> NeuronsEmulator:
    """The emulator with a fresh world, no faults and an empty request log."""
    shared_emulator.reset(seed=SEED, devices=DEVICES, partitions=PARTITIONS)
    return shared_emulator


@pytest.fixture
def epmm(shared_epmm: EpmmEmulator) -> EpmmEmulator:
    """The emulator of EPMM with a fresh world, no faults and an empty request log."""
    shared_epmm.reset(seed=SEED, devices=DEVICES, partitions=PARTITIONS)
    return shared_epmm


def product_of(emulator: Emulator) -> str:
    """What the emulator stands for: ``neurons`` or ``epmm``."""
    key = (emulator.url, emulator.process.pid if emulator.process else 0)
    if key not in _PRODUCTS:
        _PRODUCTS[key] = emulator.state()["product"]
    return _PRODUCTS[key]


def connection(emulator: Emulator) -> dict[str, Any]:
    """The connection options of an emulator, of whatever product."""
    return {
        "product": product_of(emulator),
        "url": emulator.url,
        "username": emulator.username,
        "password": emulator.password,
        "ca_path": emulator.ca_path,
    }


def writes(emulator: Emulator) -> list[tuple[str, str]]:
    """Method and path of every request of the log that may write."""
    return [(entry["method"], entry["path"]) for entry in emulator.requests() if entry["acts"]]


def asks_a_server(path: Path) -> bool:
    """Return whether a module asks a server. What asks none is an action plugin alone, and its module
    is documentation."""
    return "\ndef main(" in path.read_text(encoding="utf-8")


# The modules that list what they changed, and, where that is wanted, what they left as it was.
LISTING = frozenset(
    path.stem
    for path in (Path(__file__).parents[1] / "plugins" / "modules").glob("*.py")
    if "_plan\n" in path.read_text() or "_plan.guarded\n" in path.read_text()
)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Run a module's ``main`` in this process, arguments checked by Ansible itself; raises
    ModuleFailed."""

    def leave(kind: type[Exit]) -> Callable[..., None]:
        def stop(self: Any, **result: Any) -> None:
            raise kind({**result, "warnings": list(warned)})

        return stop

    warned: list[str] = []
    monkeypatch.setattr(basic.AnsibleModule, "exit_json", leave(Exit))
    monkeypatch.setattr(basic.AnsibleModule, "fail_json", leave(ModuleFailed))
    monkeypatch.setattr(
        basic.AnsibleModule, "warn", lambda self, warning, **options: warned.append(warning)
    )

    def run(
        module: str, emulator: Emulator | None = None, *, check_mode: bool = False, **options: Any
    ) -> dict[str, Any]:
        warned.clear()
        # Every row, for a test compares what became of each device.
        rows = {"return": ["changed", "unchanged"]} if module in LISTING else {}
        arguments = {**(connection(emulator) if emulator else {}), **rows, **options}
        arguments |= {"_ansible_check_mode": check_mode, "_ansible_diff": True}
        monkeypatch.setattr(
            basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
        )
        # Without a profile ansible-core 2.19 and newer do not read arguments that were set like
        # this.
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        main = importlib.import_module(
            f"ansible_collections.ivanti.uem.plugins.modules.{module}"
        ).main
        try:
            main()
        except ModuleFailed:
            raise
        except Exit as end:
            return end.result
        raise RuntimeError(f"{module} returned")

    return run


@cache
def _server(settings: frozenset[tuple[str, str]]) -> subprocess.Popen[str]:
    """A process that has started Ansible with these settings."""
    return start_server(dict(settings), tempfile.mkdtemp())


def start_server(
    settings: Mapping[str, str], folder: str, *arguments: str
) -> subprocess.Popen[str]:
    """Start Ansible in a folder. The process and the folder end with this process.

    Args:
        settings: The environment that Ansible reads when it starts.
        folder: The folder, which is empty.
        arguments: More of ansible_server.py than the folder of what all servers share.
    """
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("ansible_server.py")), KEPT, *arguments],
        env={**settings, "ANSIBLE_HOME": folder, "ANSIBLE_LOCAL_TEMP": folder},
        # Ansible would read an ansible.cfg of the folder that it starts in.
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.communicate)
    return server


@dataclass
class Command:
    """Runs Ansible's commands in an empty folder, with the environment of a playbook author.

    Playbooks and inventories are forks of a process that has started Ansible already
    (ansible_server.py). A test that needs a start of its own sets `started` to false. Modules are
    forks, too (module_server.py), but for those of a command with `-vvvv` or with `python`.
    """

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: bool = True
    python: bool = False

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        everything = {**self.environment, **environment}
        forked = arguments[0] in ("ansible-inventory", "ansible-playbook")
        # Ansible reads this file when it starts, where the environment does not name another one.
        configured = (self.folder / "ansible.cfg").exists() and "ANSIBLE_CONFIG" not in everything
        if forked and self.started and not configured and "PYTHONPATH" not in everything:
            return self._forked(arguments, everything)
        command = [str(Path(sys.executable).with_name(arguments[0])), *arguments[1:]]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=everything,
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def _forked(
        self, arguments: tuple[str, ...], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        settings = {name: value for name, value in environment.items() if STARTING.match(name)}
        server = _server(frozenset(settings.items()))
        assert server.stdin and server.stdout
        with tempfile.TemporaryDirectory() as folder:
            output = [Path(folder, name) for name in ("stdout", "stderr")]
            order = {
                "command": arguments[0],
                "arguments": arguments[1:],
                "folder": str(self.folder),
                "environment": environment,
                "python": self.python or "-vvvv" in arguments,
                "output": [str(path) for path in output],
            }
            server.stdin.write(json.dumps(order) + "\n")
            server.stdin.flush()
            status = int(server.stdout.readline())
            texts = [path.read_text(encoding="utf-8") for path in output]
        return subprocess.CompletedProcess(arguments, status, *texts)

    def write(self, name: str, content: Any) -> str:
        """Write a file of the folder (anything but text as JSON, which is YAML, too); answers its
        name."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            content if isinstance(content, str) else json.dumps(content), encoding="utf-8"
        )
        return name


@pytest.fixture
def ansible(tmp_path: Path, emulator: Emulator) -> Command:
    """Ansible's commands, connected to the emulator by environment variables."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "LANG", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
        if name in os.environ
    }
    collections = next(
        entry
        for entry in sys.path
        if (Path(entry) / "ansible_collections" / "ivanti" / "uem").exists()
    )
    options = {
        f"IVANTI_UEM_{name.upper()}": str(value) for name, value in connection(emulator).items()
    }
    return Command(
        tmp_path,
        {
            **kept,
            **options,
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": collections,
            "ANSIBLE_HOME": str(tmp_path / "ansible-home"),
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "ansible-tmp"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
            "ANSIBLE_DEPRECATION_WARNINGS": "1",
            # From ansible-core 2.21 on it is asked for; it must show no secret.
            "ANSIBLE_INJECT_INVOCATION": "true",
        },
    )
