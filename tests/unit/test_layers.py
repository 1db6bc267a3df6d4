# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of the house, held against the imports: they point downwards only
(docs/architecture.md)."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._http.settings import parse_settings
from ansible_collections.ivanti.uem.plugins.module_utils._products import capability
from ansible_collections.ivanti.uem.plugins.module_utils._products.capability import (
    PRODUCTS,
    Capability,
)

from ..quick_yaml import load_yaml

ROOT = Path(__file__).resolve().parents[2]
UTILS = ROOT / "plugins" / "module_utils"
KERNEL = {"_core": 0, "_http": 1, "_products": 2, "_module": 3}

# The layer of a file of a family, by its name.
# fmt: off
FAMILY = {
    "model.py": 0, "plan.py": 0, "desired.py": 0, "rules.py": 0, "hostnames.py": 0,
    "record.py": 0, "text.py": 0, "rows.py": 0, "shapes.py": 0, "words.py": 0, "declaration.py": 0,
    "fleet.py": 0, "content.py": 0, "chapters.py": 0, "operations.py": 0, "summary.py": 0, "markup.py": 0, "picture.py": 0,
    "page.py": 0, "document.py": 0, "rings.py": 3,
    "calls.py": 2, "probes.py": 2, "bitmaps.py": 2, "neurons.py": 2, "epmm.py": 2,
    "task.py": 3, "order.py": 3, "info.py": 3, "options.py": 3, "choice.py": 3, "sample.py": 3, "archive.py": 3,
    "table.py": 3, "tree.py": 3, "files.py": 3, "sections.py": 3, "writer.py": 3,
    "history.py": 3,
    "__init__.py": 0,
}
# fmt: on

# The families that a family may import, besides itself.
BORROWS = {
    "analytics": {"exports"},
    "compliance": {"compliance_actions"},
    "followup": {"actions"},
    "owners": {"users"},
    "registration": {"reference", "users"},
    "report": {"exports", "followup"},
    "state": {"attributes", "configs", "label_definitions", "labels", "policies"},
    "state_export": {"attributes", "configs", "label_definitions", "labels", "policies"},
}

# The one file that may import each of these, and the layer from which on Ansible is known.
ONLY_IN = {
    "requests": "_http/connect.py",
    "urllib3": "_http/connect.py",
    "jmespath": "_module/query.py",
    "yaml": "_module/yaml_text.py",
    "concurrent": "_http/parallel.py",
}
ANSIBLE_FROM = 3

# Where the body of an answer goes into a file.
DOWNLOADS = "module_utils._http.download"

# A server that nothing is sent to.
SETTINGS = parse_settings(
    {
        "url": "https://uem.example",
        "username": "x",
        "password": "x",
        "token": None,
        "ca_path": None,
        "validate_certs": True,
        "connect_timeout": 1,
        "read_timeout": 1,
        "concurrency": 1,
        "retries": 0,
        "api": "v2",
    }
)

FILES = sorted(path.relative_to(UTILS) for path in UTILS.rglob("*.py"))


def imports(path: Path) -> list[str]:
    """Dotted names of everything a file imports, relative imports resolved from the collection's
    module_utils."""
    found = []
    parts = path.relative_to(UTILS).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                base = parts[: len(parts) - node.level + 1]
                stem = ".".join(("module_utils", *base, *filter(None, [module])))
                found += [f"{stem}.{alias.name}" for alias in node.names]
            else:
                found.append(module)
    return found


def layer_of(parts: Sequence[str]) -> int:
    """The layer of a file or module, by the parts of its path below module_utils."""
    if parts[0] != "_families":
        return KERNEL[parts[0]]
    return FAMILY[f"{parts[2].removesuffix('.py')}.py"] if len(parts) > 2 else 0


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_point_downwards(path):
    layer = layer_of(path.parts)
    for name in imports(UTILS / path):
        parts = name.split(".")
        if parts[0] == "module_utils":
            assert layer_of(parts[1:]) <= layer, f"{path} (L{layer}) imports {name}"
        elif parts[0] in ("ansible", "ansible_collections"):
            assert layer >= ANSIBLE_FROM and parts[0] == "ansible", (
                f"{path} (L{layer}) imports {name}"
            )
        elif parts[0] in ONLY_IN:
            assert path.as_posix() == ONLY_IN[parts[0]], f"{path} imports {name}"
        else:
            assert parts[0] in sys.stdlib_module_names, f"{path} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_families_are_apart(path):
    """Nothing of the kernel imports a family, and a family imports another one only where the table
    says so."""
    own = path.parts[1] if path.parts[0] == "_families" else ""
    used = {
        name.split(".")[2]
        for name in imports(UTILS / path)
        if name.startswith("module_utils._families.")
    }
    assert used <= ({own} | BORROWS.get(own, set()) if own else set()), str(path)


@pytest.mark.parametrize("path", [path for path in FILES if layer_of(path.parts) == 0], ids=str)
def test_the_core_performs_no_io(path):
    """L0 has no clock, no randomness, no network and no files."""
    forbidden = {
        "time",
        "datetime",
        "random",
        "secrets",
        "socket",
        "os",
        "pathlib",
        "subprocess",
        "threading",
        "urllib.request",
        "uuid",
    }
    assert not forbidden & set(imports(UTILS / path))
    calls = {
        node.func.id
        for node in ast.walk(ast.parse((UTILS / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not {"open", "print", "input"} & calls


def test_what_sends_requests_is_packed_without_downloads():
    """A module is packed with what its imports name, and few modules download."""
    others = [path for path in (UTILS / "_http").glob("*.py") if path.name != "download.py"]
    assert not [name for path in others for name in imports(path) if name.startswith(DOWNLOADS)]


def test_functions_have_at_most_40_lines():
    paths = [
        path
        for name in ("plugins", "tools", "emulator/src")
        for path in (ROOT / name).rglob("*.py")
    ]
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in paths
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 40
    ]
    assert not long


# pylint of ansible-test refuses these, and `make test` runs it on plugins only.
EMPTY_NAME = re.compile(r"(?<![\w.\"'])(_|bar|baz|foo|tata|toto|tutu)(?![\w\"'])")


def names_given(tree: ast.AST) -> set[str]:
    """Return the names that a file gives to variables, arguments, attributes and functions."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                names.add(name)
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                names.add(name)
    return names


def test_names_say_something():
    found = []
    for path in (
        path for name in ("emulator/src", "tests", "tools") for path in (ROOT / name).rglob("*.py")
    ):
        text = path.read_text(encoding="utf-8")
        if EMPTY_NAME.search(text):
            found += [
                (path.name, name)
                for name in names_given(ast.parse(text))
                if EMPTY_NAME.fullmatch(name)
            ]
    assert not found


def test_what_is_a_name_that_says_nothing():
    tree = ast.parse(
        "for _, bar in []: baz.foo = lambda tutu: 1\nimport toto as tata\n'_'\nprint(foo)"
    )
    assert names_given(tree) == {"_", "bar", "foo", "tutu", "tata"}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_init_files_are_empty(path):
    assert path.name != "__init__.py" or (UTILS / path).read_text(encoding="utf-8") == ""


@pytest.mark.parametrize("path", FILES, ids=str)
def test_one_except_and_no_assert(path):
    """``except Exception`` hides faults, and Python may leave an ``assert`` out."""
    for node in ast.walk(ast.parse((UTILS / path).read_text(encoding="utf-8"))):
        assert not isinstance(node, ast.Assert)
        if isinstance(node, ast.ExceptHandler):
            names = (
                {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)}
                if node.type
                else {"Exception"}
            )
            assert not {"Exception", "BaseException"} & names, f"{path}:{node.lineno}"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "plugins" / "plugin_utils").glob("*.py")), ids=lambda path: path.name
)
def test_what_plugins_share_leaves_the_network_to_the_layers_below(path):
    """Code of the controller may use Ansible and every layer, but it sends nothing itself."""
    names = {
        node.module or ""
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    }
    names |= {
        alias.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert not {"requests", "urllib3", "jmespath", "socket", "http.client"} & {
        name.split(".")[0] for name in names
    }


def test_modules_are_declarations():
    """Besides its documentation a module has about 40 lines of code; what is longer belongs into a
    layer below."""
    for path in (ROOT / "plugins" / "modules").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        lines = sum(
            node.end_lineno - node.lineno + 1
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
        )
        assert lines <= 60, f"{path.name}: {lines}"


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def constants(path: Path) -> dict[str, str]:
    """Texts that a file gives names to, those in its classes included."""
    assigned = (
        (node.targets, node.value)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Assign)
    )
    return {
        target.id: value.value
        for targets, value in assigned
        for target in targets
        if isinstance(target, ast.Name)
        and isinstance(value, ast.Constant)
        and isinstance(value.value, str)
    }


# What has no main is documentation: its action does the work, and asks no server.
MODULES = sorted(
    path
    for path in (ROOT / "plugins" / "modules").glob("*.py")
    if "\ndef main(" in path.read_text()
)
FAMILIES = "ansible_collections.ivanti.uem.plugins.module_utils._families"


def capabilities() -> dict[str, Capability[Any]]:
    """Every capability, by its name in the code."""
    files = sorted((UTILS / "_families").glob("*/calls.py"))
    modules = [importlib.import_module(f"{FAMILIES}.{path.parent.name}.calls") for path in files]
    return {
        name: value
        for module in (capability, *modules)
        for name, value in vars(module).items()
        if isinstance(value, Capability)
    }


CAPABILITIES = capabilities()


def needed(path: Path) -> str:
    """The capability that a module asks for: the value of ``needs`` where it calls ``run``."""
    calls = (
        node
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "run"
    )
    [value] = [
        keyword.value for call in calls for keyword in call.keywords if keyword.arg == "needs"
    ]
    assert isinstance(value, ast.Name)
    return value.id


def able(path: Path) -> set[str]:
    """The products that a module works with."""
    return set(CAPABILITIES[needed(path)].products)


def membership(path: Path) -> list[set[str]]:
    """The action groups that the fragments of a module's documentation name, a set for each that
    names any."""
    fragments = constants(ROOT / "plugins" / "doc_fragments" / "_attributes.py")
    used = load_yaml(constants(path)["DOCUMENTATION"])["extends_documentation_fragment"]
    parts = [
        name.partition("._attributes")[2].removeprefix(".").upper() or "DOCUMENTATION"
        for name in used
        if "._attributes" in name
    ]
    documented = [load_yaml(fragments[part])["attributes"] for part in parts]
    return [
        set(attributes["action_group"]["membership"])
        for attributes in documented
        if "action_group" in attributes
    ]


def test_what_asks_no_server_sends_nothing():
    """Its module is documentation, and its action imports no client."""
    folder = ROOT / "plugins"
    alone = {path.stem for path in (folder / "modules").glob("*.py")} - {
        one.stem for one in MODULES
    }
    assert alone == {"fleet_report"}
    for name in alone:
        assert not re.search(
            r"^import|^from (?!__future__)", (folder / "modules" / f"{name}.py").read_text(), re.M
        )
        used = (folder / "action" / f"{name}.py").read_text(encoding="utf-8")
        assert "_in_process" not in used and "_http" not in used and "_products" not in used


def test_every_capability_is_needed_and_opens_for_its_products():
    """A family that no module asks for is dead, and a name that a product's file lacks shows only
    when it is opened."""
    assert {needed(path) for path in MODULES} == CAPABILITIES.keys()
    for one in CAPABILITIES.values():
        assert one.products and set(one.products) <= set(PRODUCTS)
        for product in one.products:
            client, calls = one.open(product, SETTINGS, read_only=True)
            assert client.product == product and calls is not None


def files_of(name: str) -> set[Path]:
    """The files that a dotted name stands for, as AnsiballZ finds them."""
    path = UTILS.joinpath(*name.split(".")[1:])
    found = {path.with_suffix(".py"), path.parent.with_suffix(".py")}
    return {one.relative_to(UTILS) for one in found if one.is_file() and UTILS in one.parents}


@cache
def imported() -> dict[Path, set[Path]]:
    """By file the files that it imports."""
    return {
        path: {one for name in imports(UTILS / path) for one in files_of(name)} for path in FILES
    }


def packed(path: Path) -> set[Path]:
    """The files that a module is packed with, without those that are empty."""
    prefix = "ansible_collections.ivanti.uem.plugins."
    waiting = {
        one
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(prefix)
        for alias in node.names
        for one in files_of(f"{(node.module or '').removeprefix(prefix)}.{alias.name}")
    }
    found: set[Path] = set()
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting |= imported()[one] - found
    return found


# What only plugins of the controller need, and what a module that changes nothing does not.
OF_PLUGINS = {"_core/play_variables.py", "_core/stale.py", "_core/table.py"}
OF_WRITERS = {"_module/pipeline.py", "_module/results.py", "_module/plan_file.py", "_core/view.py"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_is_packed_without_what_it_can_never_use(path):
    """Packing and importing cost as much as most tasks."""
    files = {one.as_posix() for one in packed(path)}
    families = {Path(one).parts[1] for one in files if one.startswith("_families/")}
    own = {
        node.module.split(".")[6]
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and node.module and "._families." in node.module
    }
    borrowed = {other for family in families for other in BORROWS.get(family, ())}
    assert families <= own | borrowed
    for product in PRODUCTS:
        if product not in able(path):
            assert not [one for one in files if f"/{product}" in one]
    assert not files & OF_PLUGINS
    assert not path.stem.endswith("_info") or not files & OF_WRITERS


def architecture(title: str) -> str:
    """A section of docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_document_of_the_house_has_its_layers_and_what_families_borrow():
    lines = architecture("The layers").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    layers = {
        f"{name}.py": int(row[0].removeprefix("L"))
        for row in rows
        if row[0] in ("L0", "L1", "L2", "L3")
        for name in re.findall(r"`(\w+)`", row[2])
    }
    assert layers == {name: layer for name, layer in FAMILY.items() if name != "__init__.py"}
    assert {row[0]: set(row[1].split(", ")) for row in rows if row[0] in BORROWS} == BORROWS


def test_the_document_of_the_house_names_every_file():
    """Those of families that every family may have stand there once."""
    _before, tree, below = re.split(r"^```.*$", architecture("The tree"), flags=re.MULTILINE)
    families = [path for path in FILES if path.parts[0] == "_families" and len(path.parts) > 2]
    helpers = {path.stem for path in (ROOT / "plugins" / "plugin_utils").glob("*.py")}
    kernel = {path.stem for path in FILES if path.parts[0] != "_families"} | helpers
    words = set(re.findall(r"\w+", tree))
    assert kernel - {"__init__"} <= words
    own = {path.stem for path in families} - {"__init__"}
    assert own <= words | set(re.findall(r"`(\w+)`", below))


# What tasks ask a client that reads devices.
OF_CLIENTS = sorted(
    name
    for name, value in vars(capability.UemClient).items()
    if inspect.isfunction(value) and not name.startswith("_")
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_what_reads_devices_has_a_client_that_does(path):
    """A run says that every client reads devices, and one of a family without devices does not."""
    need = CAPABILITIES[needed(path)]
    clients = [need.open(product, SETTINGS, read_only=True)[0] for product in need.products]
    if all(hasattr(client, "find") for client in clients):
        return
    assert "_module/choice.py" not in {one.as_posix() for one in packed(path)}
    tasks = [
        one for one in packed(path) if one.parts[0] == "_families" and layer_of(one.parts) == 3
    ]
    read = [
        one
        for one in tasks
        if re.search(rf"client\.({'|'.join(OF_CLIENTS)})\b", (UTILS / one).read_text())
    ]
    assert tasks and "find" in OF_CLIENTS and not read


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_module_is_in_the_action_groups_of_the_products_that_can_do_what_it_needs(path):
    groups = load_yaml((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    listed = {name for name, entries in groups.items() if path.stem in entries}
    assert listed == {"all"} | able(path)
    assert membership(path) == [{f"ivanti.uem.{name}" for name in listed}]


def test_action_groups_name_modules_in_order_and_nothing_else():
    groups = load_yaml((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    assert groups.keys() == {"all"} | set(PRODUCTS)
    modules = {path.stem for path in MODULES}
    for name, entries in groups.items():
        assert entries == sorted(set(entries) & modules), name


@pytest.mark.parametrize(
    "path",
    [*MODULES, *sorted((ROOT / "plugins" / "inventory").glob("*.py"))],
    ids=lambda path: path.stem,
)
def test_plugins_know_clients_by_their_protocol_alone(path):
    """What a product can do stands in its capabilities, not in the class of its client."""
    names = {
        node.module or "" for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom)
    }
    assert not [name for name in names if name.endswith(".client")]


@pytest.mark.parametrize(
    "path",
    [*MODULES, *(UTILS / path for path in FILES if layer_of(path.parts) in (0, 1, 3))],
    ids=lambda path: path.stem,
)
def test_nothing_but_the_products_asks_which_product_it_talks_to(path):
    """Capabilities and tables answer that, below; a comparison with a product's name is such a
    question."""
    compared = {
        node.value
        for compare in ast.walk(parsed(path))
        if isinstance(compare, ast.Compare)
        for node in ast.walk(compare)
        if isinstance(node, ast.Constant)
    }
    assert not compared & set(PRODUCTS), path.name
