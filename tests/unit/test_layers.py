# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of the house, held against the imports: they point downwards only
(docs/architecture.md)."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
UTILS = ROOT / "plugins" / "module_utils"
LAYERS = {"_core": 0, "_http": 1, "_products": 2, "_module": 3}

# The one file that may import each of these, and the layer from which on Ansible is known.
ONLY_IN = {
    "requests": "_http/connect.py",
    "urllib3": "_http/connect.py",
    "jmespath": "_module/query.py",
}
ANSIBLE_FROM = 3
DOWNLOADS = "module_utils._http.download"

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


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_point_downwards(path):
    layer = LAYERS[path.parts[0]]
    for name in imports(UTILS / path):
        parts = name.split(".")
        if parts[0] == "module_utils":
            assert LAYERS[parts[1]] <= layer, f"{path} (L{layer}) imports {name}"
        elif parts[0] in ("ansible", "ansible_collections"):
            assert layer >= ANSIBLE_FROM and parts[0] == "ansible", (
                f"{path} (L{layer}) imports {name}"
            )
        elif parts[0] in ONLY_IN:
            assert path.as_posix() == ONLY_IN[parts[0]], f"{path} imports {name}"
        else:
            assert parts[0] in sys.stdlib_module_names, f"{path} imports {name}"


@pytest.mark.parametrize("path", [path for path in FILES if path.parts[0] == "_core"], ids=str)
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


CAPABILITIES = constants(UTILS / "_products" / "protocol.py")
MODULES = sorted((ROOT / "plugins" / "modules").glob("*.py"))


def products() -> dict[str, set[str]]:
    """By product the names of its capabilities, read from its client as it is written."""
    found = {}
    for path in (UTILS / "_products").glob("*/client.py"):
        for kind in (node for node in parsed(path).body if isinstance(node, ast.ClassDef)):
            values = {
                node.targets[0].id: node.value
                for node in kind.body
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
            if {"product", "capabilities"} <= values.keys():
                names = {
                    node.attr if isinstance(node, ast.Attribute) else node.id
                    for node in ast.walk(values["capabilities"])
                    if isinstance(node, ast.Attribute | ast.Name)
                }
                found[ast.literal_eval(values["product"])] = names & CAPABILITIES.keys()
    return found


def needed(path: Path) -> str:
    """The capability that a module asks for: the value of ``needs`` where it calls ``run``."""
    tree = parsed(path)
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("_products.protocol")
        for alias in node.names
    }
    calls = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "run"
    )
    [value] = [
        keyword.value for call in calls for keyword in call.keywords if keyword.arg == "needs"
    ]
    assert isinstance(value, ast.Name)
    return imported[value.id]


def able(path: Path) -> set[str]:
    """The products that a module works with."""
    return {product for product, capabilities in products().items() if needed(path) in capabilities}


def membership(path: Path) -> list[set[str]]:
    """The action groups that the fragments of a module's documentation name, a set for each that
    names any."""
    fragments = constants(ROOT / "plugins" / "doc_fragments" / "_attributes.py")
    used = yaml.safe_load(constants(path)["DOCUMENTATION"])["extends_documentation_fragment"]
    parts = [
        name.partition("._attributes")[2].removeprefix(".").upper() or "DOCUMENTATION"
        for name in used
        if "._attributes" in name
    ]
    documented = [yaml.safe_load(fragments[part])["attributes"] for part in parts]
    return [
        set(attributes["action_group"]["membership"])
        for attributes in documented
        if "action_group" in attributes
    ]


def test_the_capabilities_are_read_as_they_are():
    """The reading above proves nothing where it finds nothing."""
    assert products().keys() == {"neurons", "epmm"} and all(products().values())
    assert set.union(*products().values()) <= CAPABILITIES.keys() and "DEVICES" in set.intersection(
        *products().values()
    )
    assert needed(ROOT / "plugins" / "modules" / "device_info.py") == "DEVICES"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_module_is_in_the_action_groups_of_the_products_that_can_do_what_it_needs(path):
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))[
        "action_groups"
    ]
    listed = {name for name, entries in groups.items() if path.stem in entries}
    assert listed == {"all"} | able(path)
    assert membership(path) == [{f"ivanti.uem.{name}" for name in listed}]


def test_action_groups_name_modules_in_order_and_nothing_else():
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))[
        "action_groups"
    ]
    assert groups.keys() == {"all"} | products().keys()
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


def test_no_module_asks_which_product_it_talks_to():
    """Capabilities and tables answer that, below; a comparison with a product's name is such a
    question."""
    for path in (*MODULES, *(UTILS / "_module").glob("*.py"), *(UTILS / "_core").glob("*.py")):
        compared = {
            node.value
            for compare in ast.walk(parsed(path))
            if isinstance(compare, ast.Compare)
            for node in ast.walk(compare)
            if isinstance(node, ast.Constant)
        }
        assert not compared & products().keys(), path.name


@pytest.mark.parametrize("product", ["neurons", "epmm"])
def test_no_part_of_a_client_replaces_a_name_of_another(product):
    """A client is put together of parts, and of two methods of one name the second would never be
    called."""
    parts = [
        node
        for path in sorted((UTILS / "_products" / product).glob("*.py"))
        for node in parsed(path).body
        if isinstance(node, ast.ClassDef)
        and (node.name.endswith("Calls") or node.name.endswith("Client"))
    ]
    names = Counter(
        part.name
        for kind in parts
        for part in kind.body
        if isinstance(part, ast.FunctionDef) and part.name != "__init__"
    )
    assert len(parts) > 3
    assert not [name for name, count in names.items() if count > 1]
