# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write docs/coverage.md: every call of the vendor documents, what reaches it, what emulates it,
and what holds it to the document. README.md says how many there are.

What reaches a call is read from the code; see tools/reach.py. With ``--check`` nothing is written.
The exit status is 1 when the document is not what the code says, a call lacks something, or a
family names a call that none of its modules comes to.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import yaml
from ansible_collections.ivanti.uem.plugins.module_utils._core.endpoint import Endpoint
from ansible_collections.ivanti.uem.plugins.module_utils._families.devices.calls import READ_DEVICES
from ansible_collections.ivanti.uem.plugins.module_utils._families.server.record import (
    VERSION,
    digest_of,
)
from uem_emulator.blueprint import Blueprint
from uem_emulator.products import PRODUCTS
from uem_emulator.routing import Found
from uem_emulator.switches import Switches

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import fields_doc  # noqa: E402
from tools.generated import write_or_check  # noqa: E402
from tools.reach import FAMILIES, PLUGINS, Reach  # noqa: E402

DOCUMENT, README = ROOT / "docs" / "coverage.md", ROOT / "README.md"
CONTRACTS = ROOT / "tests" / "contracts"
# The artifact has this document, and not the contracts.
REPOSITORY = "https://github.com/ivanti-uem/ivanti.uem/blob/main"
PARAMETERS = ROOT / "tools" / "parameters.yml"

# Records of real servers, written by server_info.
RECORDINGS = ROOT / "tests" / "recordings"

# How a reason begins in the table of parameters.
NOT_GIVEN = "not given:"

# By product the letter of its calls, and how many the vendor documents describe at least; what is
# found later has a contract file with the next number.
DESCRIBED = {"neurons": ("N", 45), "epmm": ("E", 51)}
TITLES = {"neurons": "Ivanti Neurons for MDM", "epmm": "Ivanti EPMM"}

# Where what a playbook author can use stands.
KINDS = ("modules", "inventory", "lookup")

# The method of a product by which everything selects devices.
SELECTING = "find"

HEAD = """# Coverage

<!-- written by tools/coverage_doc.py; do not change it by hand -->

Every call that the vendor documents describe, a row each. *Role* is what its section of the document asks for. *Reached by* is read
from the code: what a playbook author calls it through. *Sent* is the condition under which the modules send the call, where they do
not always. *Emulated* is whether the emulator has a route for it, and *contract* the file that was written from the vendor's
document, which the emulator and the client are both held against. *Live* is whether a record of a real server in
`tests/recordings` has an answer to it ([doctor.md](doctor.md#the-record)). The last section says how each parameter is given.

A second table of each product has the other calls, such as actions through API v2 of EPMM. The vendor's documents that could be
read name them in passing or not at all. *Section* says where they are known from, such as working clients and published answers.
"""

# What the names of files about other calls begin with.
OTHER = "S_"

Way = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """One call.

    ``by``: the modules and plugins that reach it, and ``apart`` those of them that do so in another
    way than by selecting devices. ``selecting``: whether whatever selects devices reaches it.
    ``contract``: the name of its file. ``role``: the role that its section asks for. ``live``:
    whether a real server has answered it.
    """

    id: str
    way: Way
    name: str
    source: str
    role: str
    by: tuple[str, ...]
    apart: tuple[str, ...]
    selecting: bool
    emulated: bool
    contract: str
    parameters: tuple[str, ...] = ()
    live: bool = False

    @property
    def lacks(self) -> str:
        """What is missing, or ""."""
        parts = (("a module", self.by), ("a route", self.emulated), ("a contract", self.contract))
        return " and ".join(word for word, there in parts if not there)


@cache
def calls() -> dict[str, tuple[str, ...]]:
    """By product the numbers of its calls."""
    found = {}
    for product, (letter, least) in DESCRIBED.items():
        filed = {path.stem for path in CONTRACTS.glob(f"{letter}[0-9][0-9].yml")}
        described = {f"{letter}{number:02}" for number in range(1, least + 1)}
        found[product] = tuple(sorted(filed | described))
    return found


# What reaches a call


@cache
def callers(product: str) -> dict[str, Reach]:
    """By title what each module and plugin that works with the product comes to."""
    found = {}
    for kind in KINDS:
        for path in sorted((ROOT / "plugins" / kind).glob("*.py")):
            module = importlib.import_module(f"{PLUGINS}{kind}.{path.stem}")
            title = path.stem if kind == "modules" else f"{path.stem} ({kind})"
            reach = Reach(product, stop=SELECTING)
            for start in _starts(module, product):
                reach.follow(start)
            if reach.able:
                found[title] = reach
    return found


def _starts(module: ModuleType, product: str) -> Iterator[Any]:
    """What Ansible may call of a file: its functions, and its classes with all their methods, but
    for those of a plugin for another product."""
    for thing in tuple(vars(module).values()):
        if getattr(thing, "__module__", "") != module.__name__:
            continue
        if isinstance(thing, FunctionType):
            yield thing
        elif isinstance(thing, type) and getattr(thing, "product", product) == product:
            yield thing
            yield from (part for kind in thing.__mro__ for part in tuple(vars(kind).values()))


@cache
def selecting(product: str) -> frozenset[Way]:
    """The calls that the selecting of devices comes to."""
    client, _calls = READ_DEVICES.products[product]()
    reach = Reach(product)
    reach.follow(client)
    reach.follow(getattr(client, SELECTING))
    return _ways(reach.calls)


def _ways(endpoints: Iterable[Endpoint]) -> frozenset[Way]:
    return frozenset(way_of(one.method, one.path) for one in endpoints)


def way_of(method: str, path: str) -> Way:
    """Method and path, whatever the parts in braces are called."""
    return method, re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")


# What names a call, emulates it and holds it


def claims() -> dict[tuple[str, str], tuple[str, ...]]:
    """By family and product the numbers of the calls that its file names at its top."""
    found = {}
    for product in DESCRIBED:
        for path in sorted(FAMILIES.glob(f"*/{product}.py")):
            told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            found[path.parent.name, product] = tuple(numbers_in(told))
    return found


def numbers_in(text: str) -> Iterator[str]:
    """The numbers of calls in a text; ``N02-N06`` are five."""
    for letter, first, last in re.findall(r"\b([NE])(\d\d)(?:-[NE](\d\d))?\b", text):
        yield from (f"{letter}{number:02}" for number in range(int(first), int(last or first) + 1))


@cache
def contracts() -> dict[str, Mapping[str, Any]]:
    """The contract files of the calls, by number."""
    known = {number for numbers in calls().values() for number in numbers}
    files = [path for path in sorted(CONTRACTS.glob("*.yml")) if path.stem in known]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {path.stem: yaml.load(path.read_bytes(), loader) for path in files}


@cache
def _routes(product: str) -> Any:
    return (
        PRODUCTS[product].make(Blueprint(seed=1, devices=1, partitions=1, now=0), Switches()).router
    )


def emulated(product: str, way: Way) -> bool:
    """Whether the emulator has a route for a call."""
    method, path = way
    found: Found | None = _routes(product).find(tuple(path.replace("{}", "1").split("/")))
    return found is not None and method in found[0]


def answered_live() -> dict[str, frozenset[Way]]:
    """By product the calls that a real server answered, as the records show.

    Raises:
        ValueError: A file is not a record, or was edited.
    """
    found: dict[str, set[Way]] = {product: set() for product in DESCRIBED}
    for path in sorted(RECORDINGS.glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            content = {name: value for name, value in record.items() if name != "digest"}
            if content["version"] != VERSION or record["digest"] != digest_of(content):
                raise ValueError("it was edited, or is of another version")
            found[record["product"]] |= {
                way_of(one["method"], one["path"])
                for one in record["requests"]
                if 200 <= one["status"] < 300
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path.name} is not a record of server_info: {error}") from error
    return {product: frozenset(ways) for product, ways in found.items()}


def coverage() -> list[Row]:
    """A row for each call, in the order of their numbers."""
    files, live = contracts(), answered_live()
    return [
        _row(product, number, files.get(number), live[product])
        for product, numbers in calls().items()
        for number in numbers
    ]


def other_calls(product: str) -> list[Row]:
    """A row for each call of a product that has a contract and no number."""
    known = {way_of(one["method"], one["path_template"]) for one in contracts().values()}
    live = answered_live()[product]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = {}
    for path in sorted(CONTRACTS.glob(f"{OTHER}*.yml")):
        file = yaml.load(path.read_bytes(), loader)
        way = way_of(file["method"], file["path_template"])
        # A file may be about an error of a call that has one.
        if file["product"] == product and way not in known and not path.stem.endswith("_error"):
            found[way] = _row(product, path.stem, file, live)
    return list(found.values())


def _row(product: str, number: str, file: Mapping[str, Any] | None, live: frozenset[Way]) -> Row:
    if file is None:
        return Row(number, ("", ""), "", "", "", (), (), False, False, "")
    way = way_of(file["method"], file["path_template"])
    modules = callers(product)
    selects = way in selecting(product)
    apart = tuple(title for title, reach in modules.items() if way in _ways(reach.calls))
    by = tuple(
        title for title, reach in modules.items() if title in apart or (selects and reach.stopped)
    )
    return Row(
        id=number,
        way=way,
        name=file["name"],
        source=file["source"]["section"],
        role=file["source"].get("role", ""),
        by=by,
        apart=apart,
        selecting=selects,
        emulated=emulated(product, way),
        contract=f"{number}.yml",
        parameters=documented_parameters(file),
        live=way in live,
    )


# Parameters


def documented_parameters(file: Mapping[str, Any]) -> tuple[str, ...]:
    """The parameters of a call that its document names, each once.

    Left out are other spellings of one name, another place of it, and what only working clients
    are known to send.
    """
    found: dict[str, str] = {}
    for one in file["parameters"]:
        if one.get("confidence") != "client":
            found.setdefault(one["name"].lower(), one["name"])
    return tuple(found.values())


@cache
def given() -> dict[str, dict[str, Any]]:
    """What tools/parameters.yml says of parameters and conditions."""
    return dict(yaml.safe_load(PARAMETERS.read_text(encoding="utf-8")))


def parameter_counts(rows: Iterable[Row]) -> tuple[int, int, int]:
    """How many documented parameters the modules send, how many have a reason why not, and how
    many there are."""
    ways = [
        given()["parameters"].get(row.id, {}).get(name, "")
        for row in rows
        for name in row.parameters
    ]
    refused = sum(way.startswith(NOT_GIVEN) for way in ways)
    return sum(bool(way) for way in ways) - refused, refused, len(ways)


def parameter_faults(rows: Iterable[Row]) -> list[str]:
    """A sentence for each parameter that nobody says how to give, and for each that is not one."""
    faults = []
    for row in rows:
        known = given()["parameters"].get(row.id, {})
        faults += [
            f"{row.id}: nothing says how {name} is given"
            for name in row.parameters
            if name not in known
        ]
        file = contracts().get(row.id, {"parameters": ()})
        names = {one["name"] for one in file["parameters"]}
        faults += [f"{row.id} has no parameter {name}" for name in known if name not in names]
    return faults


def parameter_table(rows: Iterable[Row]) -> str:
    """How each parameter is given."""
    lines = ["| Call | Parameter | Given by |", "|---|---|---|"]
    for row in rows:
        for name, way in given()["parameters"].get(row.id, {}).items():
            own = "" if name in row.parameters else " (known from working clients)"
            option = f"`{way}`" if ":" not in way else way
            lines.append(f"| {row.id} | `{name}`{own} | {option} |")
    return "\n".join(lines)


def unkept(
    rows: Iterable[Row], named: Mapping[tuple[str, str], Iterable[str]]
) -> list[tuple[str, str]]:
    """The calls that families name and that none of their modules comes to, as family and
    number."""
    by_number = {row.id: row for row in rows}
    return [
        (family, number)
        for (family, _product), numbers in named.items()
        for number in numbers
        if not set(by_number[number].by) & members(family)
    ]


@cache
def members(family: str) -> frozenset[str]:
    """The modules whose task or capability is a family's."""
    import_of = f"_families.{family}."
    folder = ROOT / "plugins" / "modules"
    return frozenset(
        path.stem for path in folder.glob("*.py") if import_of in path.read_text(encoding="utf-8")
    )


# The document


def table(rows: Iterable[Row]) -> str:
    """The table of a product."""
    head = (
        "Call",
        "What it does",
        "Method and path",
        "Section of the document",
        "Role",
        "Reached by",
        "Sent",
        "Emulated",
        "Contract",
        "Live",
    )
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in rows:
        by = [f"`{title}`" for title in row.apart] + [
            "everything that selects devices"
        ] * row.selecting
        method, path = row.way
        number = row.id.removeprefix(OTHER).replace("_", " ")
        # fmt: off
        cells = (
            number, row.name, f"`{method} {path}`", row.source, row.role, ", ".join(by) or "**nothing**",
            given()["conditions"].get(row.id, ""),
            "yes" if row.emulated else "**no**",
            f"[{row.id}]({REPOSITORY}/tests/contracts/{row.contract})" if row.contract else "**none**",
            "live" if row.live else "-",
        )
        # fmt: on
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def render(rows: list[Row]) -> str:
    """The document."""
    whole = sum(not row.lacks for row in rows)
    sent, refused, parameters = parameter_counts(rows)
    arriving, named = fields_doc.counts()
    text = (
        f"{HEAD}\n"
        f"- {whole} of {len(rows)} calls have all three.\n"
        f"- {sent + refused} of {parameters} parameters of the documents are accounted for: "
        f"{sent} are sent, and {refused} are not, with the reason.\n"
        f"- {arriving} of {named} fields in the answers of reads arrive ([fields.md](fields.md)).\n"
    )
    for product, numbers in calls().items():
        text += f"\n## {TITLES[product]}\n\n{table(row for row in rows if row.id in numbers)}\n"
        text += f"\n### Other calls of {TITLES[product]}\n\n{table(other_calls(product))}\n"
    return f"{text}\n## Parameters\n\n{parameter_table(rows)}\n"


def counted(readme: str, calls: int) -> str:
    """Return the text of the README with the number of the calls."""
    return re.sub(r"(?<=lists the )\d+(?= calls)", str(calls), readme)


def main() -> int:
    """Write or check the document. Returns the exit status."""
    rows = coverage()
    faults = [f"{row.id} lacks {row.lacks}" for row in rows if row.lacks] + [
        f"{family} names {number}, and none of its modules comes to it"
        for family, number in unkept(rows, claims())
    ]
    faults += parameter_faults(rows)
    for fault in faults:
        print(fault)
    wanted = {
        DOCUMENT: render(rows),
        README: counted(README.read_text(encoding="utf-8"), len(rows)),
    }
    stale = write_or_check(wanted, "the code", "tools/coverage_doc.py")
    return 1 if faults or stale else 0


if __name__ == "__main__":
    sys.exit(main())
