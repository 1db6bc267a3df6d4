# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make family` writes passes the checks of the repository, and can't be released as it is."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import family as tool

from ..contracts.contract import load, load_shapes
from ..quick_yaml import load_yaml

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("plugins", "meta", "changelogs", "tests/contracts")
FILES = (
    "galaxy.yml",
    "pyproject.toml",
    "docs/architecture.md",
    "docs/index.md",
    "tests/quick_yaml.py",
    "tests/unit/test_layers.py",
)

# The most files of the collection that a new family may touch.
MOST_FILES = 14

FAMILIES = [
    tool.parse_family("tried_things", "", "reconcile", ("neurons", "epmm")),
    tool.parse_family("tried_policies", "", "info", ("neurons", "epmm")),
    tool.parse_family("tried_as_long_as_any_of_the_names", "", "reconcile", ("epmm",)),
    tool.parse_family("tried_answers", "read_answers_info", "info", ("neurons",)),
]
NAMES = [family.name for family in FAMILIES]
MODULES = [family.module for family in FAMILIES]

needs_tools = pytest.mark.skipif(
    not (importlib.util.find_spec("ruff") and importlib.util.find_spec("mypy")),
    reason="ruff and mypy are there in the development environment alone",
)

# Prints by module what its constructor is given.
INSPECT = """
import importlib, json, sys
from ansible.module_utils import basic
specs = {}
class Constructed(Exception):
    pass
def construct(**given):
    specs[name] = given
    raise Constructed
for name in sys.argv[1:]:
    module = importlib.import_module(f"ansible_collections.ivanti.uem.plugins.modules.{name}")
    module.AnsibleModule = construct
    try:
        module.main()
    except Constructed:
        pass
print(json.dumps(specs, default=str))
"""


def copy_of(root):
    """What the checks need of the repository, at the place that Ansible asks for."""
    for folder in COPIED:
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in FILES:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, root / file)
    link = root / ".venv" / "collections" / "ansible_collections" / "ivanti" / "uem"
    link.parent.mkdir(parents=True)
    link.symlink_to(root)
    return root


class Copy:
    """A tree with the families in it, and what tools say of them."""

    def __init__(self, root):
        self.root = copy_of(root)
        self.touched = [tool.scaffold(self.root, family) for family in FAMILIES]
        code = [str(path) for paths in self.touched for path in paths if path.suffix == ".py"]
        tests = [f"tests/unit/test_{name}.py" for name in ("layers", *NAMES)]
        link = Path(".venv", "collections", "ansible_collections", "ivanti", "uem")
        typed = [str(link / Path(path).relative_to(self.root)) for path in code]
        quiet = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--import-mode=importlib")
        # fmt: off
        self.commands = {
            "lint": ("ruff", "check", "--no-cache", *code),
            "format": ("ruff", "format", "--no-cache", "--check", *code),
            "types": ("mypy", "--cache-dir", os.devnull, *typed),
            "tests": ("pytest", *quiet, *tests),
            "docs": ("ansible", "doc", "--json", *(f"ivanti.uem.{name}" for name in MODULES)),
        }
        # fmt: on

    def said(self, name):
        """What a tool prints, where it has no finding."""
        return self.run("-m", *self.commands[name])

    def run(self, *arguments):
        collections = str(self.root / ".venv" / "collections")
        environment = {
            **os.environ,
            "PYTHONPATH": collections,
            "ANSIBLE_COLLECTIONS_PATH": collections,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return Copy(tmp_path_factory.mktemp("scaffold") / "uem")


def test_nothing_of_a_skeleton_is_left_in_the_repository():
    """Whoever writes a family replaces every mark."""
    assert tool.marks(ROOT) == []


@needs_tools
def test_what_is_to_be_written_is_marked_in_every_file_that_an_author_has_to_change(copy):
    marked = {place.partition(":")[0] for place in tool.marks(copy.root)}
    for family, paths in zip(FAMILIES, copy.touched, strict=True):
        names = {str(path.relative_to(copy.root)) for path in paths}
        folder = f"plugins/module_utils/_families/{family.name}"
        whole = {f"{folder}/{name}.py" for name in ("__init__", "calls", "task")}
        assert names - marked == {*whole, "meta/runtime.yml"}


@needs_tools
def test_a_family_touches_few_files(copy):
    """The row of docs/coverage.md is written once the emulator has the calls."""
    for paths in copy.touched:
        assert len({*paths, "docs/coverage.md"}) <= MOST_FILES
    assert [len(paths) for paths in copy.touched] == [12, 12, 10, 10]


@needs_tools
@pytest.mark.parametrize("name", ["lint", "format", "types", "tests"])
def test_the_skeletons_pass(copy, name):
    copy.said(name)


@needs_tools
def test_options_are_documented_as_they_are(copy):
    """As ansible-test's validate-modules has it."""
    specs, docs = json.loads(copy.run("-c", INSPECT, *MODULES)), json.loads(copy.said("docs"))
    for name in MODULES:
        documented = docs[f"ivanti.uem.{name}"]["doc"]["options"]
        assert described(documented) == taken(specs[name]["argument_spec"])
        assert specs[name]["supports_check_mode"] is True
        assert docs[f"ivanti.uem.{name}"]["examples"] and docs[f"ivanti.uem.{name}"]["return"]


def described(options):
    return {name: facts(one, one.get("suboptions")) for name, one in options.items()}


def taken(spec):
    return {name: facts(one, one.get("options")) for name, one in spec.items()}


def facts(one, inner):
    """What documentation and argument spec both say of an option."""
    common = {name: one.get(name) for name in ("type", "elements", "default", "choices")}
    return {**common, "required": bool(one.get("required")), "inner": sorted(inner or ())}


@needs_tools
def test_the_contracts_are_well_formed(copy):
    folder = copy.root / "tests" / "contracts"
    shapes = load_shapes(folder)
    new = [path for paths in copy.touched for path in paths if path.parent == folder]
    assert len({path.stem for path in new}) == len(new) == 6
    for path in new:
        assert load(path, shapes).examples


@needs_tools
def test_a_name_is_taken_once(copy):
    with pytest.raises(tool.NameTakenError, match="_families/tried_things is there already"):
        tool.scaffold(copy.root, FAMILIES[0])


@pytest.mark.parametrize("name", ["thing", "Things", "things-of", "s", "", "2things"])
def test_a_name_is_a_plural(name):
    with pytest.raises(tool.NameTakenError, match="is no plural in lower case"):
        tool.parse_family(name, "", "info", ("epmm",))


def test_a_module_is_listed_in_the_order_of_the_names():
    groups = "action_groups:\n  all:\n    - alert\n    - user\n  neurons:\n    - alert\n  epmm:\n    - user\n"
    listed = load_yaml(tool.grouped(groups, FAMILIES[0]))["action_groups"]
    assert listed == {
        "all": ["alert", "tried_thing", "user"],
        "neurons": ["alert", "tried_thing"],
        "epmm": ["tried_thing", "user"],
    }
