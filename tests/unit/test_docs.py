# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documents point to is there, what they show as YAML is YAML, and options that their
tasks use exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.plugins import doc_fragments
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import (
    other_name,
    snake_case,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.calls import (
    CUSTOM_ATTRS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.users.calls import USERS

from tools import coverage_doc

from ..quick_yaml import load_yaml

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("*.md", "docs/**/*.md", "roles/*/README.md", "emulator/README.md")
DOCUMENTS = sorted(path for place in PLACES for path in ROOT.glob(place))
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]

REPOSITORY = "https://github.com/ivanti-uem/ivanti.uem/blob/main/"
IGNORED = load_yaml((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["build_ignore"]

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
# `ivanti.uem.<name>` as a plugin is named; not a part of a path or of an address.
_MENTION = re.compile(r"(?<![\w./-])ivanti\.uem\.([a-z_]+)")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path, kind: str) -> Iterator[str]:
    """The code blocks of one kind, without the indentation of a list that they stand in."""
    for indent, name, body in _FENCE.findall(text_of(path)):
        if name == kind:
            yield re.sub(f"^{indent}", "", body, flags=re.MULTILINE)


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub makes of a document's headings."""
    headings = _HEADING.findall(_FENCE.sub("", text_of(path)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def content() -> set[str]:
    """The names of everything in the collection that has one."""
    plugins = [
        ROOT.glob(f"plugins/{folder}/*.py")
        for folder in ("modules", "inventory", "lookup", "filter", "test", "action")
    ]
    found = {path.stem for paths in (*plugins, ROOT.glob("playbooks/*.yml")) for path in paths}
    return found | {path.name for path in ROOT.glob("roles/*")}


def action_groups() -> set[str]:
    return set(load_yaml(text_of(ROOT / "meta" / "runtime.yml"))["action_groups"])


def options_of(module: str) -> set[str]:
    """The options of a module: its own, and those of its fragments."""
    text = text_of(ROOT / "plugins" / "modules" / f"{module}.py")
    documented = load_yaml(assigned(text, "DOCUMENTATION"))
    found = set(documented.get("options", ()))
    for fragment in documented.get("extends_documentation_fragment", ()):
        name, _dot, part = (
            fragment.removeprefix("ivanti.uem.").removeprefix("ansible.builtin.").partition(".")
        )
        folder = (
            ROOT / "plugins" / "doc_fragments"
            if fragment.startswith("ivanti.uem.")
            else Path(doc_fragments.__path__[0])
        )
        source = text_of(folder / f"{name}.py")
        found |= set(load_yaml(assigned(source, part.upper() or "DOCUMENTATION"))["options"])
    return found


def assigned(source: str, name: str) -> str:
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == name
        ):
            return str(ast.literal_eval(node.value))
    raise LookupError(name)


def tasks(data: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every module of this collection that a playbook calls, with its arguments."""
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(key, str) and key.startswith("ivanti.uem.") and isinstance(value, dict):
                yield key.removeprefix("ivanti.uem."), value
            yield from tasks(value)
    elif isinstance(data, list):
        for part in data:
            yield from tasks(part)


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_links_lead_somewhere(path):
    for target in _LINK.findall(_FENCE.sub("", text_of(path))):
        own = target.startswith(REPOSITORY)
        if not own and target.startswith(("https://", "http://", "mailto:")):
            continue
        file, _hash, anchor = target.removeprefix(REPOSITORY).partition("#")
        to = ((ROOT if own else path.parent) / file).resolve() if file else path
        assert to.exists(), f"{target} does not exist"
        assert not anchor or anchor in anchors(to), f"{target}: no such heading"


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_what_is_in_the_artifact_links_to_what_is_in_it(path):
    """What only the repository has is linked by its address there."""
    if path.relative_to(ROOT).parts[0] in IGNORED:
        return
    for target in _LINK.findall(_FENCE.sub("", text_of(path))):
        if "://" in target or not target.partition("#")[0]:
            continue
        to = (path.parent / target.partition("#")[0]).resolve().relative_to(ROOT)
        assert to.parts[0] not in IGNORED, f"{target} is not in the artifact"


def test_the_readme_counts_the_calls_as_the_coverage_does():
    number = re.search(r"lists the (\d+) calls", text_of(ROOT / "README.md"))
    assert number and int(number.group(1)) == len(coverage_doc.coverage())
    assert coverage_doc.counted("It lists the 7 calls of 3.", 8) == "It lists the 8 calls of 3."


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_yaml_is_yaml(path):
    for block in blocks(path, "yaml"):
        try:
            list(yaml.safe_load_all(block))
        except yaml.YAMLError as error:
            pytest.fail(f"{error}\n{block}")


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_what_is_named_exists(path):
    assert set(_MENTION.findall(text_of(path))) <= content() | action_groups()


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_tasks_use_options_that_exist(path):
    for block in blocks(path, "yaml"):
        for data in yaml.safe_load_all(block):
            for module, arguments in tasks(data):
                assert set(arguments) <= options_of(module), module


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_tasks_select_by_fields_as_rows_name_them(path):
    """A server's own name, such as multiUser, is refused."""
    for block in blocks(path, "yaml"):
        for data in yaml.safe_load_all(block):
            for module, arguments in tasks(data):
                for option in ("select", "protected"):
                    for name in (arguments.get(option) or {}).get("attributes", ()):
                        assert snake_case(name) == name and not other_name(name), (module, name)


@pytest.mark.parametrize("kind", ["inventory", "lookup", "filter", "test"])
def test_examples_of_plugins_use_options_that_exist(kind):
    """Those of modules are run elsewhere."""
    for path in (ROOT / "plugins" / kind).glob("*.py"):
        for data in yaml.safe_load_all(assigned(text_of(path), "EXAMPLES")):
            for module, arguments in tasks(data):
                assert set(arguments) <= options_of(module), f"{path.name}: {module}"


def test_all_content_is_documented_here():
    """The table of docs/index.md is whole."""
    assert set(_MENTION.findall(text_of(ROOT / "docs" / "index.md"))) >= content()


def test_all_content_is_in_the_table_of_the_readme():
    rows = re.findall(r"^\| `ivanti\.uem\.(\w+)` \|", text_of(ROOT / "README.md"), re.MULTILINE)
    assert sorted(rows) == sorted(content())


@pytest.mark.parametrize("kind", ["modules", "inventory", "lookup", "filter", "test"])
def test_short_descriptions_are_listed_whole(kind):
    """``ansible-doc -l ivanti.uem`` cuts what is wider than 80 columns less the longest name."""
    found = {}
    for path in (ROOT / "plugins" / kind).glob("*.py"):
        documented = load_yaml(assigned(text_of(path), "DOCUMENTATION"))
        found[f"ivanti.uem.{path.stem}"] = documented["short_description"]
    room = 80 - max(map(len, found)) - 5
    assert {name: text for name, text in found.items() if len(text) > room} == {}


def test_what_a_product_lacks_is_in_the_table_of_messages():
    rows = re.findall(
        r"^\| `(product: .*?)` \|", text_of(ROOT / "docs" / "connection.md"), re.MULTILINE
    )
    for product, needs in (("epmm", CUSTOM_ATTRS), ("neurons", USERS)):
        with pytest.raises(OptionError) as refusal:
            needs.open(product, None, read_only=True)
        assert any(
            re.fullmatch(re.escape(row).replace("…", ".+") + r"\.", str(refusal.value))
            for row in rows
        )


def test_every_target_of_make_is_documented():
    named = set(re.findall(r"^([a-z][a-z-]*):[^#\n]*## ", text_of(ROOT / "Makefile"), re.MULTILINE))
    lines = text_of(ROOT / "docs" / "development.md").splitlines()
    table = "".join(line for line in lines if line.startswith("| `make"))
    assert named - {"help", "venv"} <= set(re.findall(r"[a-z][a-z-]*", table))


# What Ansible reads in a result itself; with a true ``skipped`` a task that ran is shown as one
# that did not.
TAKEN = {
    "ansible_facts",
    "exception",
    "failed",
    "failed_when_result",
    "invocation",
    "items",
    "results",
    "skipped",
    "unreachable",
    "values",
}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "plugins" / "modules").glob("*.py")), ids=lambda path: path.stem
)
def test_no_return_key_means_something_else_to_ansible(path):
    assert not TAKEN & load_yaml(assigned(text_of(path), "RETURN")).keys()


DOCUMENTED = sorted(
    path
    for folder in ("modules", "inventory", "lookup", "doc_fragments")
    for path in (ROOT / "plugins" / folder).glob("*.py")
)
_LEFT_OUT = re.compile(r"left out|given nowhere|\bNeeded\b|Exactly one of")


def options_in(options: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Options and those below them, each with its name."""
    for name, option in (options or {}).items():
        yield where + name, option
        yield from options_in(option.get("suboptions"), f"{where}{name}.")


@pytest.mark.parametrize("path", DOCUMENTED, ids=lambda path: path.stem)
def test_every_option_says_what_leaving_it_out_means(path):
    """Unless it is required, has a default, or is one that the module does not use."""
    blocks = re.findall(r'= r"""\n(.*?)^ *"""', text_of(path), re.MULTILINE | re.DOTALL)
    silent = [
        name
        for block in blocks
        if re.search(r"^ *options:", block, re.MULTILINE)
        for name, option in options_in(load_yaml(block).get("options"))
        if not option.get("required")
        and "default" not in option
        and not _LEFT_OUT.search(str(option["description"]))
        and "Not used here" not in str(option["description"])
    ]
    assert silent == []


def test_a_task_that_runs_once_is_about_the_hosts_of_its_batch():
    """With ``serial`` each batch would else write to the hosts of all of them."""
    paths = [*ROOT.glob("docs/*.md"), *ROOT.glob("plugins/*/*.py"), *ROOT.glob("playbooks/*.yml"), ROOT / "README.md"]  # fmt: skip
    said = re.compile(r"ansible_play_hosts\s*\|\s*ivanti")
    assert [path.name for path in paths if said.search(path.read_text(encoding="utf-8"))] == []
