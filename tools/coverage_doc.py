# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write docs/coverage.md: every call of the vendor documents, what reaches it, what emulates it,
and what holds it to the document.

A call is reached by a module or plugin when a chain of names leads there, read from the code as it
is written: the functions that the module uses, the methods of the client that they call, the
functions of the product that these use, and the row of the table of calls that stands in one of
them. With ``--check`` nothing is written, and the exit status is 1 when the document is not what
the code says, or a call lacks something.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.ivanti.uem.plugins.module_utils._core.endpoint import Endpoint
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions import model as actions
from ansible_collections.ivanti.uem.plugins.module_utils._products import protocol
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm import endpoints as epmm
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.client import EpmmClient
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons import (
    endpoints as neurons,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons.client import (
    NeuronsClient,
)
from ansible_collections.ivanti.uem.plugins.module_utils._products.protocol import UemClient
from uem_emulator.blueprint import Blueprint
from uem_emulator.products import PRODUCTS
from uem_emulator.switches import Switches

ROOT = Path(__file__).resolve().parent.parent
UTILS = ROOT / "plugins" / "module_utils"
DOCUMENT = ROOT / "docs" / "coverage.md"
CONTRACTS = ROOT / "tests" / "contracts"

# The numbers of the calls that the vendor documents describe, by product.
CALLS = {
    "neurons": tuple(f"N{number:02}" for number in range(1, 46)),
    "epmm": tuple(f"E{number:02}" for number in range(1, 52)),
}
TITLES = {"neurons": "Ivanti Neurons for MDM", "epmm": "Ivanti EPMM"}
TABLES = {"neurons": neurons, "epmm": epmm}
CLIENTS: dict[str, type[UemClient]] = {"neurons": NeuronsClient, "epmm": EpmmClient}

# What every module and plugin that talks to a server calls, and the method of the client by which
# devices are selected.
OPENS = "registry.open_client"
SELECTING = "find"

# Where the names of capabilities come from.
NEEDS = "protocol."

HEAD = """# Coverage

<!-- written by tools/coverage_doc.py; do not change it by hand -->

Every call that the vendor documents describe, a row each. *Reached by* is read from the code: what a playbook author calls it
through. *Emulated* is whether the emulator has a route for it, and *contract* the file that was written from the vendor's document,
which the emulator and the client are both held against.
"""

Way = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """One call: ``by`` are the modules and plugins that reach it, ``selecting`` tells that whatever
    selects devices does, ``contract`` is the name of its file."""

    id: str
    way: Way
    name: str
    source: str
    by: tuple[str, ...]
    selecting: bool
    emulated: bool
    contract: str

    @property
    def lacks(self) -> str:
        """What is missing, or ""."""
        parts = (("a module", self.by), ("a route", self.emulated), ("a contract", self.contract))
        return " and ".join(word for word, there in parts if not there)


# Names that objects with methods go by where a method is handed on and not called.
_OBJECTS = {"self", "client", "api"}


class Uses:
    """Which functions and methods of some files use which.

    Functions and constants go by ``file.name``, and methods by ``.name`` whatever their class is.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._inside: dict[str, set[str]] = {}
        for path in files:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            imported = _imported(tree)
            for name, node in _definitions(tree, path.stem):
                self._inside.setdefault(name, set()).update(uses(node, path.stem, imported))

    def reached(self, names: Iterable[str]) -> set[str]:
        """What can be come to from these, themselves included."""
        seen: set[str] = set()
        open_ones = set(names)
        while open_ones:
            seen |= open_ones
            open_ones = {name for one in open_ones for name in self._inside.get(one, ())} - seen
        return seen


def _imported(tree: ast.Module) -> dict[str, str]:
    """By the name that it goes by, what a file imports: a file, or ``file.name``."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            stem = (node.module or "").rpartition(".")[2]
            for alias in node.names:
                found[alias.asname or alias.name] = (
                    f"{stem}.{alias.name}" if stem and not stem.startswith("_") else alias.name
                )
    return found


def _definitions(tree: ast.Module, stem: str) -> Iterator[tuple[str, ast.AST]]:
    """Functions and constants of a file and methods and constants of its classes; a class stands
    for its constructor."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield f"{stem}.{node.name}", node
        elif isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef):
                    yield (
                        (f"{stem}.{node.name}" if part.name == "__init__" else f".{part.name}"),
                        part,
                    )
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (
                (f"{stem}.{target.id}", node.value)
                for target in targets
                if isinstance(target, ast.Name)
            )


def uses(node: ast.AST, stem: str, imported: Mapping[str, str]) -> set[str]:
    """The functions and methods that a piece of code of a file calls or hands on, and the constants
    that it reads."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            found.add(imported.get(part.id, f"{stem}.{part.id}"))
        elif isinstance(part, ast.Attribute):
            base = part.value.id if isinstance(part.value, ast.Name) else ""
            if base in imported:
                found.add(f"{imported[base].rpartition('.')[2]}.{part.attr}")
            elif base in _OBJECTS or isinstance(part.value, ast.Attribute):
                found.add(f".{part.attr}")
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            found.add(f".{part.func.attr}")
    return found


def protocol_methods() -> set[str]:
    """The methods that the layers above may ask of a product."""
    tree = ast.parse((UTILS / "_products" / "protocol.py").read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {
        part.name for node in classes for part in node.body if isinstance(part, ast.FunctionDef)
    }


@cache
def callers(product: str) -> dict[str, set[str]]:
    """By module and plugin the methods of a client that it comes to, but for the modules that the
    product does not support."""
    shared = {
        path.stem: path
        for path in (
            *(UTILS / "_module").glob("*.py"),
            *(ROOT / "plugins" / "plugin_utils").glob("*.py"),
        )
    }
    methods = protocol_methods()
    found = {}
    for kind in ("modules", "inventory", "lookup"):
        for path in sorted((ROOT / "plugins" / kind).glob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            direct = uses(tree, path.stem, _imported(tree))
            reached = Uses(_below(tree, shared)).reached(direct)
            title = path.stem if kind == "modules" else f"{path.stem} ({kind})"
            names = (name.removeprefix(NEEDS) for name in direct if name.startswith(NEEDS))
            needed = {getattr(protocol, name) for name in names if name.isupper()}
            if OPENS in reached and needed <= CLIENTS[product].capabilities:
                found[title] = methods & {name[1:] for name in reached if name.startswith(".")}
    return found


def _below(tree: ast.Module, files: Mapping[str, Path]) -> list[Path]:
    """The files that a piece of code imports, and those that they import."""
    seen: set[str] = set()
    trees = [tree]
    while trees:
        stems = {
            part
            for name in _imported(trees.pop()).values()
            for part in name.split(".")
            if part in files
        } - seen
        seen |= stems
        trees += [ast.parse(files[stem].read_text(encoding="utf-8")) for stem in stems]
    return [files[stem] for stem in sorted(seen)]


def ways(product: str, methods: Iterable[str]) -> dict[str, set[Way]]:
    """By method of the client the calls that it comes to, but for those of the selecting of devices
    within it."""
    code = Uses(
        path for path in (UTILS / "_products" / product).glob("*.py") if path.stem != "endpoints"
    )
    rows = {
        f"endpoints.{name}": {_way(value)}
        for name, value in vars(TABLES[product]).items()
        if isinstance(value, Endpoint)
    }
    rows["actions.ACTIONS"] = {_way(one) for one in _acting(product)}
    found = {}
    for method in methods:
        reached = code.reached([f".{method}"])
        if method != SELECTING and f".{SELECTING}" in reached:
            reached -= code.reached([f".{SELECTING}"])
        found[method] = {way for name in reached for way in rows.get(name, ())}
    return found


def _acting(product: str) -> Iterator[Endpoint]:
    for action in actions.ACTIONS.values():
        if product in action.calls:
            call = action.calls[product]
            yield from (
                one
                for one in (
                    call.endpoint,
                    call.by_mac,
                    call.viability,
                    actions.BULK if call.bulk else None,
                )
                if one
            )


def _way(endpoint: Endpoint) -> Way:
    return way_of(endpoint.method, endpoint.path)


def way_of(method: str, path: str) -> Way:
    """Method and path, whatever the parts in braces are called."""
    return method, re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")


def contracts() -> dict[str, Mapping[str, Any]]:
    """The contract files of the calls, by number."""
    known = {number for numbers in CALLS.values() for number in numbers}
    files = [path for path in sorted(CONTRACTS.glob("*.yml")) if path.stem in known]
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in files}


def emulated(product: str, way: Way) -> bool:
    """Whether the emulator has a route for a call."""
    method, path = way
    world = PRODUCTS[product].make(Blueprint(seed=1, devices=1, partitions=1, now=0), Switches())
    found = world.router.find(tuple(path.replace("{}", "1").split("/")))
    return found is not None and method in found[0]


def coverage() -> list[Row]:
    """A row for each call, in the order of their numbers."""
    files = contracts()
    rows = []
    for product, numbers in CALLS.items():
        modules = callers(product)
        reach = ways(product, {method for used in modules.values() for method in used})
        for number in numbers:
            file = files.get(number)
            way = way_of(file["method"], file["path_template"]) if file else ("", "")
            by = tuple(
                title
                for title, used in modules.items()
                if any(way in reach[method] for method in used)
            )
            rows.append(
                Row(
                    number,
                    way,
                    file["name"] if file else "",
                    file["source"]["section"] if file else "",
                    by,
                    way in reach.get(SELECTING, ()),
                    bool(file) and emulated(product, way),
                    f"{number}.yml" if file else "",
                )
            )
    return rows


def apart(
    row: Row, modules: Mapping[str, set[str]], reach: Mapping[str, set[Way]]
) -> tuple[str, ...]:
    """The modules and plugins that come to a call in another way than by selecting devices."""
    return tuple(
        title
        for title in row.by
        if any(row.way in reach[method] for method in modules[title] - {SELECTING})
    )


def table(product: str, rows: Iterable[Row]) -> str:
    """The table of a product."""
    modules = callers(product)
    reach = ways(product, {method for used in modules.values() for method in used})
    head = (
        "Call",
        "What it does",
        "Method and path",
        "Section of the document",
        "Reached by",
        "Emulated",
        "Contract",
    )
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in rows:
        by = [f"`{title}`" for title in apart(row, modules, reach)] + [
            "everything that selects devices"
        ] * row.selecting
        method, path = row.way
        # fmt: off
        cells = (
            row.id, row.name, f"`{method} {path}`", row.source, ", ".join(by) or "**nothing**", "yes" if row.emulated else "**no**",
            f"[{row.id}](../tests/contracts/{row.contract})" if row.contract else "**none**",
        )
        # fmt: on
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def render(rows: list[Row]) -> str:
    """The document."""
    whole = sum(not row.lacks for row in rows)
    text = f"{HEAD}\n{whole} of {len(rows)} calls have all three.\n"
    for product, numbers in CALLS.items():
        text += f"\n## {TITLES[product]}\n\n{table(product, [row for row in rows if row.id in numbers])}\n"
    return text


def main() -> int:
    """Write or check the document; answers the exit status."""
    rows = coverage()
    wanted = render(rows)
    for row in rows:
        if row.lacks:
            print(f"{row.id} lacks {row.lacks}")
    if not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != wanted:
        if "--check" in sys.argv[1:]:
            print("docs/coverage.md: differs from the code; run python tools/coverage_doc.py")
            return 1
        DOCUMENT.write_text(wanted, encoding="utf-8")
        print("docs/coverage.md: written")
    return 1 if any(row.lacks for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
