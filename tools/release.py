# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a release: `python tools/release.py [VERSION] [--dry-run] [--no-import]`.

The work is done in a temporary clone: the version, the changelog, the artifact, its checks, the
commit and the tag. Only what passed comes back into this repository, and a dry run brings nothing
back; so neither leaves something half done. Nothing is pushed or published.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
BRANCH = "main"
# galaxy-importer wants other versions of what ansible-lint needs, too: it gets an environment of
# its own.
IMPORTER = ROOT / ".venv-galaxy-importer"

_VERSION_LINE = re.compile(r"^version: *(\S+) *$", re.MULTILINE)


class ReleaseError(Exception):
    """Why there is no release, in a sentence."""


def parsed(version: str) -> tuple[int, int, int]:
    """The three numbers of a version."""
    match = re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", version)
    if not match:
        raise ReleaseError(f"VERSION is {version!r}; give three numbers, such as 1.2.3.")
    major, minor, patch = map(int, match.groups())
    return major, minor, patch


def version_in(galaxy: str) -> str:
    """The version that the text of galaxy.yml has."""
    match = _VERSION_LINE.search(galaxy)
    if not match:
        raise ReleaseError("galaxy.yml has no line `version: x.y.z`.")
    return match[1]


def with_version(galaxy: str, version: str) -> str:
    """The text of galaxy.yml with another version."""
    version_in(galaxy)
    return _VERSION_LINE.sub(f"version: {version}", galaxy, count=1)


def require_new(version: str, tags: Sequence[str]) -> None:
    """Raise ReleaseError where a version is not above every one that has a tag."""
    released = [tag for tag in tags if re.fullmatch(r"\d+\.\d+\.\d+", tag)]
    newest = max(released, key=parsed, default=None)
    if newest and parsed(version) <= parsed(newest):
        raise ReleaseError(f"VERSION is {version}, and {newest} is out; give a higher one.")


def usual(galaxy: str, tags: Sequence[str]) -> str:
    """What a dry run without a version tries: the version of galaxy.yml, or the patch after it
    where that is out."""
    version = version_in(galaxy)
    major, minor, patch = parsed(version)
    return f"{major}.{minor}.{patch + 1}" if version in tags else version


def run(
    *command: str, cwd: Path, env: Mapping[str, str] | None = None, quiet: bool = False
) -> None:
    """Run a command. Raises ReleaseError where it fails, after showing what it printed."""
    print(f"+ {Path(command[0]).name} {' '.join(command[1:])}", flush=True)
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        check=False,
        text=True,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
    )
    if done.returncode:
        print(done.stdout or "", end="")
        raise ReleaseError(f"{Path(command[0]).name} failed with exit status {done.returncode}.")


def git(*arguments: str, cwd: Path = ROOT) -> str:
    """What a git command prints, or "" where it fails."""
    return subprocess.run(
        ["git", *arguments], cwd=cwd, check=False, capture_output=True, text=True
    ).stdout.strip()


def require_ready() -> None:
    """Raise ReleaseError where a release of this working tree would not be what git has."""
    changed = git("status", "--porcelain")
    if changed:
        raise ReleaseError(f"The working tree is not clean; commit or stash first:\n{changed}")
    branch = git("branch", "--show-current")
    if branch != BRANCH:
        raise ReleaseError(f"This is the branch {branch!r}; releases are made on {BRANCH!r}.")
    if not git("config", "user.name") or not git("config", "user.email"):
        raise ReleaseError("git does not know you; set user.name and user.email.")


def clone(folder: Path) -> Path:
    """A clone of what is committed here, on the branch of releases, at the path that Ansible asks
    for."""
    path = folder / "ansible_collections" / "ivanti" / "uem"
    path.parent.mkdir(parents=True)
    run("git", "clone", "--quiet", str(ROOT), str(path), cwd=ROOT)
    run("git", "checkout", "--quiet", "-B", BRANCH, git("rev-parse", "HEAD"), cwd=path)
    for name in ("user.name", "user.email"):
        # A clone does not have the settings of the repository that it is made of.
        run("git", "config", name, git("config", name) or "nobody", cwd=path)
    return path


def import_artifact(artifact: Path) -> None:
    """Import the artifact as Galaxy does. Where the importer cannot be installed, a line says so, and
    nothing is imported."""
    python = IMPORTER / "bin" / "python"
    stamp = IMPORTER / ".installed"
    if not stamp.exists():
        print("Installing galaxy-importer ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(IMPORTER)], check=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
        installed = subprocess.run(
            [*pip, "galaxy-importer"], check=False, capture_output=True, text=True
        )
        if installed.returncode:
            print(installed.stderr)
            print("NOTE: galaxy-importer cannot be installed here; the artifact is NOT imported.")
            return
        stamp.touch()
    # Its ansible-lint is offline by itself, and it runs ansible-test in a container, which is off.
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(python.parent), os.environ["PATH"]]),
        "GALAXY_IMPORTER_RUN_ANSIBLE_TEST": "false",
    }
    environment.pop("ANSIBLE_COLLECTIONS_PATH", None)
    command = (str(python), "-m", "galaxy_importer.main", artifact.name)
    run(*command, cwd=artifact.parent, env=environment, quiet=True)


def make(path: Path, version: str, folder: Path, *, imports: bool) -> Path:
    """Make the release in a clone. Returns the artifact."""
    galaxy = path / "galaxy.yml"
    galaxy.write_text(with_version(galaxy.read_text("utf-8"), version), encoding="utf-8")
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
        "ANSIBLE_COLLECTIONS_PATH": str(path.parents[2]),
    }
    changelog = str(BIN / "antsibull-changelog")
    run(changelog, "lint", cwd=path, env=environment)
    release = ("release", "--update-existing", "--refresh", "--reload-plugins")
    run(changelog, *release, cwd=path, env=environment)
    run("git", "add", "--all", cwd=path)
    # 0.1.0 may stand in galaxy.yml and in the changelog before it is out.
    run("git", "commit", "--quiet", "--allow-empty", "-m", f"Release {version}", cwd=path)

    run(sys.executable, "tools/check_build.py", str(folder), cwd=path, env=environment)
    artifact = folder / f"ivanti-uem-{version}.tar.gz"
    if imports:
        import_artifact(artifact)
    changed = git("status", "--porcelain", cwd=path)
    if changed:
        raise ReleaseError(f"The checks changed the tree:\n{changed}")
    run("git", "tag", "--annotate", version, "-m", f"ivanti.uem {version}", cwd=path)
    return artifact


def bring_home(path: Path, version: str, artifact: Path) -> None:
    """Take the commit, the tag and the artifact of a clone into this repository."""
    run("git", "fetch", "--quiet", str(path), f"refs/tags/{version}:refs/tags/{version}", cwd=ROOT)
    run("git", "merge", "--quiet", "--ff-only", version, cwd=ROOT)
    shutil.copy(artifact, ROOT)
    print(f"\n{version} is committed and tagged here, and nothing is pushed. To publish it:")
    print(f"  git push origin {BRANCH} {version}")
    print(f"  ansible-galaxy collection publish {artifact.name}")


def release(wanted: str, *, dry_run: bool, imports: bool) -> None:
    """Make a release, or try whether one can be made."""
    tags = git("tag", "--list").split()
    version = wanted
    if dry_run and not wanted:
        version = usual((ROOT / "galaxy.yml").read_text("utf-8"), tags)
    parsed(version)
    require_new(version, tags)
    if not dry_run:
        require_ready()
    elif git("status", "--porcelain"):
        print("NOTE: what is not committed here is no part of this dry run.")
    with tempfile.TemporaryDirectory(prefix="ivanti-uem-release-") as name:
        folder = Path(name)
        path = clone(folder)
        artifact = make(path, version, folder, imports=imports)
        if not dry_run:
            bring_home(path, version, artifact)
            return
        print(git("show", "--stat", "--format=%an: %s", "HEAD", cwd=path))
    print(f"\n{version} can be released. This was a dry run; nothing of it is left.")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Make a release.")
    parser.add_argument("version", nargs="?", default="")
    parser.add_argument("--dry-run", action="store_true", help="leave no trace")
    parser.add_argument("--no-import", action="store_true", help="do without galaxy-importer")
    options = parser.parse_args(arguments)
    try:
        release(options.version, dry_run=options.dry_run, imports=not options.no_import)
    except ReleaseError as error:
        print(f"No release: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
