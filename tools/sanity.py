# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `ansible-test sanity` on the working tree: `python tools/sanity.py [--pylint-of PATH]
[ansible-test's own arguments]`. With `--pylint-of` pylint looks at this path only.

ansible-test wants a git repository at ansible_collections/ivanti/uem, so the files that git knows
or would take are copied to one. It hands little more of the environment on than HOME and PATH; it
therefore gets a home of its own below .venv, where pip's settings are in a file. So its caches do
not touch the person's own home.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv" / "home"
PYTHON_VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
BOOTSTRAP_URL = "https://ci-files.testing.ansible.com/ansible-test/get-pip-{version}.py"
BOOTSTRAP_SECONDS = 5

# Variables that pip heeds beside its own PIP_*, and the settings that say the same.
READ_BY_PIP = (
    ("cert", "REQUESTS_CA_BUNDLE"),
    ("cert", "CURL_CA_BUNDLE"),
    ("proxy", "HTTPS_PROXY"),
    ("proxy", "https_proxy"),
)

# ansible-test runs this file by runpy with pip's own `install` arguments. In the same process
# ensurepip would switch pip's configuration off for the install that follows, so it runs in one of
# its own.
STAND_IN = '''"""Stand-in for get-pip, written by tools/sanity.py: the real one could not be downloaded."""
import subprocess
import sys

OF_GET_PIP_ALONE = ("--no-setuptools", "--no-wheel")

subprocess.run([sys.executable, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
arguments = [argument for argument in sys.argv[1:] if argument not in OF_GET_PIP_ALONE]
sys.exit(subprocess.run([sys.executable, "-m", "pip", "install", *arguments], check=False).returncode)
'''


def bootstrap_version() -> str:
    """The pip version whose bootstrap script the installed ansible-test will ask for."""
    from ansible_test._internal.python_requirements import get_venv_packages

    return str(get_venv_packages(SimpleNamespace(version=PYTHON_VERSION))["pip"])


def provide_bootstrap() -> None:
    """Put get-pip where ansible-test looks for it: the person's own copy, else the real one, else a
    stand-in."""
    version = bootstrap_version()
    cached = Path(".ansible", "test", "cache", f"get_pip_{version.replace('.', '_')}.py")
    target = HOME / cached
    if target.exists():
        return

    target.parent.mkdir(parents=True, exist_ok=True)
    own = Path.home() / cached
    if own.exists():
        shutil.copy(own, target)
        return

    url = BOOTSTRAP_URL.format(version=version)
    try:
        with urllib.request.urlopen(url, timeout=BOOTSTRAP_SECONDS) as answer:
            target.write_bytes(answer.read())
    except OSError as error:
        print(f"NOTE: {url} cannot be read ({error}).")
        print(
            f"NOTE: {target} stands in for it, and makes pip {version} from ensurepip and the "
            "package index."
        )
        target.write_text(STAND_IN, encoding="utf-8")


def pip_settings() -> dict[str, str]:
    """The settings of pip on this machine, from its files and from the environment, which wins, as
    in pip itself."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    pairs = (line.partition("=") for line in listed.splitlines())
    found = {name: ast.literal_eval(value) for name, _equals, value in pairs}

    settings = {}
    for scope in ("global.", "install.", ":env:."):
        settings.update(
            {name[len(scope) :]: value for name, value in found.items() if name.startswith(scope)}
        )

    for name, variable in READ_BY_PIP:
        if os.environ.get(variable):
            settings.setdefault(name, os.environ[variable])

    # A line for every package and index would bury the findings; pip's errors still show.
    settings["quiet"] = "2"
    cache = subprocess.run(
        [sys.executable, "-m", "pip", "cache", "dir"], check=False, capture_output=True, text=True
    )
    if cache.returncode == 0:  # it is not where the cache is switched off
        settings.setdefault("cache-dir", cache.stdout.strip())
    return settings


def write_pip_settings() -> None:
    # configparser inside pip reads `%` as it is, and a value of several lines when the later ones
    # are indented.
    lines = [
        f"{name} = {value.strip()}".replace("\n", "\n  ")
        for name, value in sorted(pip_settings().items())
    ]
    target = HOME / ".config" / "pip" / "pip.conf"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(["[global]", *lines, ""]), encoding="utf-8")


def copy_tree(target: Path) -> None:
    """Copy what git tracks, and what it would on `git add`, to a repository of its own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in sorted(set(filter(None, listed.split("\0")))):
        source = ROOT / name
        if not os.path.lexists(source):
            continue  # tracked, but deleted in the working tree
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target / name, follow_symlinks=False)
    for command in (["git", "init", "--quiet"], ["git", "add", "--all"]):
        subprocess.run(command, cwd=target, env=environment(), check=True)


def refuse_ignore_files() -> None:
    found = sorted(path.name for path in (ROOT / "tests" / "sanity").glob("ignore*.txt"))
    if found:
        sys.exit(f"tests/sanity holds {', '.join(found)}: mend the finding instead of ignoring it.")


def environment() -> dict[str, str]:
    """The environment without what would point git at another repository, or pip at another file
    than the one above."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept.pop("PIP_CONFIG_FILE", None)
    kept.pop("XDG_CONFIG_HOME", None)
    return kept


def run(arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run `ansible-test sanity` in a copy of the tree."""
    with tempfile.TemporaryDirectory(prefix="ivanti-uem-sanity-") as folder:
        collection = Path(folder, "ansible_collections", "ivanti", "uem")
        copy_tree(collection)
        bin_folder = str(Path(sys.executable).parent)
        at_home = environment() | {
            "HOME": str(HOME),
            "PATH": os.pathsep.join([bin_folder, os.environ["PATH"]]),
        }
        command = [
            f"{bin_folder}/ansible-test",
            "sanity",
            "--color",
            "no",
            "--python",
            PYTHON_VERSION,
            *arguments,
        ]
        return subprocess.run(
            command,
            cwd=collection,
            env=at_home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )


def main(arguments: list[str]) -> int:
    refuse_ignore_files()
    HOME.mkdir(parents=True, exist_ok=True)
    provide_bootstrap()
    write_pip_settings()

    looked_at: list[str] = []
    if arguments[:1] == ["--pylint-of"]:
        looked_at, arguments = arguments[1:2], arguments[2:]
    named = "--test" in arguments
    # pylint takes longer than all others together, so it runs beside them.
    parts = [[]] if named else [["--skip-test", "pylint"], ["--test", "pylint", *looked_at]]
    status = 0
    with ThreadPoolExecutor(len(parts)) as pool:
        for done in pool.map(lambda part: run([*arguments, *part]), parts):
            sys.stdout.buffer.write(done.stdout)
            sys.stdout.buffer.flush()
            status = status or done.returncode
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
