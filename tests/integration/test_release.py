# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release in a clone of this repository: the dry run leaves no trace, and the real one a commit and
a tag. Without galaxy-importer, which is installed for it alone."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import release

from ..quick_yaml import load_yaml

ROOT = Path(__file__).resolve().parents[2]


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone of what is committed here, with the tool as it stands here, on main."""
    if subprocess.run(["git", "rev-parse"], cwd=ROOT, capture_output=True, check=False).returncode:
        pytest.skip("this is no git repository")
    path = tmp_path / "repository"
    git(ROOT, "clone", "--quiet", str(ROOT), str(path))
    git(path, "checkout", "--quiet", "-B", "main", git(ROOT, "rev-parse", "HEAD"))
    for tag in git(path, "tag", "--list").split():
        git(path, "tag", "--delete", tag)
    git(path, "config", "user.name", "Releaser")
    git(path, "config", "user.email", "releaser@example.com")
    for name in ("tools/release.py", "tools/check_build.py", "galaxy.yml"):
        (path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "--allow-empty", "-m", "Take the tools as they are")
    return path


def run(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        [sys.executable, "tools/release.py", "--no-import", *arguments],
        cwd=repository,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def state(repository: Path) -> tuple[str, str, str, list[Path]]:
    return (
        git(repository, "rev-parse", "HEAD"),
        git(repository, "tag", "--list"),
        git(repository, "status", "--porcelain", "--ignored"),
        sorted(repository.glob("*")),
    )


@pytest.mark.skipif(
    not importlib.util.find_spec("antsibull_changelog"),
    reason="antsibull-changelog is there in the development environment alone",
)
def test_a_dry_run_leaves_no_trace_and_a_release_a_commit_and_a_tag(repository):
    before = state(repository)
    tried = run(repository, "--dry-run")
    assert (tried.returncode, tried.stderr.count("No release")) == (0, 0), tried.stderr
    assert "can be released" in tried.stdout and state(repository) == before

    made = run(repository, "77.0.1")
    assert made.returncode == 0, made.stderr
    assert git(repository, "log", "-1", "--format=%an: %s") == "Releaser: Release 77.0.1"
    assert git(repository, "cat-file", "-t", "77.0.1") == "tag"
    assert git(repository, "rev-parse", "77.0.1^{commit}") == git(repository, "rev-parse", "HEAD")
    assert git(repository, "rev-parse", "HEAD^") == before[0]
    assert git(repository, "status", "--porcelain") == ""
    assert (repository / "ivanti-uem-77.0.1.tar.gz").exists()
    galaxy = load_yaml((repository / "galaxy.yml").read_text(encoding="utf-8"))
    changes = (repository / "changelogs" / "changelog.yaml").read_text(encoding="utf-8")
    assert galaxy["version"] == "77.0.1" and "77.0.1" in load_yaml(changes)["releases"]

    again = run(repository, "77.0.1")
    assert again.returncode == 1 and "77.0.1 is out; give a higher one" in again.stderr


@pytest.mark.parametrize(("prepare", "arguments", "words"), [
    ([], ["1.2"], "give three numbers"), ([], ["v1.2.3"], "give three numbers"), ([], [], "give three numbers"),
    (["tag", "2.0.0"], ["1.9.9"], "2.0.0 is out"), (["checkout", "-qb", "other"], ["78.0.0"], "the branch 'other'"),
    (["rm", "-q", "README.md"], ["78.0.0"], "not clean"),
])  # fmt: skip
def test_what_is_refused(repository, prepare, arguments, words):
    if prepare:
        git(repository, *prepare)
    before = state(repository)
    refused = run(repository, *arguments)
    assert refused.returncode == 1 and words in refused.stderr
    assert state(repository) == before


@pytest.mark.parametrize(("galaxy", "tags", "version"), [
    ("version: 0.1.0\n", [], "0.1.0"), ("name: uem\nversion: 1.2.3\n", ["1.2.2"], "1.2.3"), ("version: 1.2.9\n", ["1.2.9"], "1.2.10"),
])  # fmt: skip
def test_what_a_dry_run_tries(galaxy, tags, version):
    assert release.usual(galaxy, tags) == version


@pytest.mark.parametrize(("version", "tags", "passes"), [
    ("1.10.0", ["1.9.0", "nightly"], True), ("1.9.0", ["1.10.0"], False), ("1.9.0", ["1.9.0"], False), ("0.1.0", [], True),
])  # fmt: skip
def test_a_version_is_above_all_that_are_out(version, tags, passes):
    if passes:
        release.require_new(version, tags)
    else:
        with pytest.raises(release.ReleaseError, match="give a higher one"):
            release.require_new(version, tags)


def test_the_version_is_one_line_of_galaxy_yml():
    text = (ROOT / "galaxy.yml").read_text(encoding="utf-8")
    changed = release.with_version(text, "9.8.7")
    assert release.version_in(changed) == "9.8.7"
    assert release.with_version(changed, release.version_in(text)) == text
