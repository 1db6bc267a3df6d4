# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the skeletons of a new family and its module: ``make family NAME=things``.

A module sets a desired state of devices, or with ``KIND=info`` reads. The skeletons
run, but for their calls, which no product has. What an author has to write is marked REPLACE-ME,
and the tests fail while such a mark is left.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).resolve().parent / "templates"

# What stands where an author has to write something, in words, names and addresses; the word
# "replacement" does not count.
MARK = re.compile(r"replace[-_]?me(?!n)", re.IGNORECASE)

# Where a mark may be left, and what speaks of marks.
MARKED = ("plugins", "meta", "docs", "tests/contracts", "tests/unit")
_MENTIONS = re.compile(r"test_family_scaffold\.py$")

KINDS = ("reconcile", "info")

# By product: the letter of its calls, what the documentation calls it, and what a device is named
# by in examples.
# fmt: off
PRODUCTS = {
    "neurons": ("N", "Neurons", "22000"),
    "epmm": ("E", "EPMM", "5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11"),
}
# fmt: on

_OPENER = """
def _${product}() -> Parts[${Family}]:
    from ..._products.${product}.client import ${Product}Client
    from .${product} import ${Product}${Family}

    return ${Product}Client, ${Product}${Family}

"""

_NEXT = """
Next:
  1. Write what is marked REPLACE-ME, in the files above. The tests fail while a mark is left.
  2. Give the emulator the calls, from the vendor's document alone.
  3. Run make generate.
"""


class NameTakenError(Exception):
    """A name cannot be that of a new family or module; the message says why."""


@dataclass(frozen=True)
class Family:
    """What is to be written. ``name``: a plural, such as ``app_rules``. ``module``: the name of its
    module."""

    name: str
    module: str
    kind: str
    products: tuple[str, ...]

    @property
    def one(self) -> str:
        """One of them: ``app_rule``."""
        return singular(self.name)

    def words(self, root: Path) -> dict[str, str]:
        """By placeholder of the templates what stands there, but for what differs by product."""
        spaced = self.name.replace("_", " ")
        made = {
            "family": self.name,
            "Family": _camel(self.name),
            "CONSTANT": self.name.upper(),
            "one": self.one,
            "One": _camel(self.one),
            "ONE": self.one.upper(),
            "words": spaced,
            "Words": spaced[0].upper() + spaced[1:],
            "word": self.one.replace("_", " "),
            "module": self.module,
            "scope": self.products[0] if len(self.products) == 1 else "both",
            "device": PRODUCTS[self.products[0]][2],
            "products": ", ".join(f'"{one}": _{one}' for one in self.products),
            "version": _version(root),
        }
        openers = [Template(_OPENER).substitute(made, **_of(one)) for one in self.products]
        return {**made, "openers": "\n".join(openers)}


def _of(product: str) -> dict[str, str]:
    return {"product": product, "Product": product.capitalize()}


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def singular(name: str) -> str:
    """``policy`` of ``policies``, ``thing`` of ``things``."""
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")


def parse_family(name: str, module: str, kind: str, products: Sequence[str]) -> Family:
    """The family of the options. Raises NameTakenError for a name that is not a plural."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or singular(name) in (name, ""):
        raise NameTakenError(
            f"NAME: {name!r} is no plural in lower case; give one such as things or app_rules."
        )
    default = singular(name) if kind == "reconcile" else f"{singular(name)}_info"
    return Family(name, module or default, kind, tuple(one for one in PRODUCTS if one in products))


def scaffold(root: Path, family: Family) -> list[Path]:
    """Write a family into a tree.

    Args:
        root: of the repository.
        family: what is to be written.

    Returns:
        The files that were written or changed.

    Raises:
        NameTakenError: the tree has such a family or module.
    """
    folder = root / "plugins" / "module_utils" / "_families" / family.name
    module = root / "plugins" / "modules" / f"{family.module}.py"
    for path in (folder, module):
        if path.exists():
            raise NameTakenError(f"{path.relative_to(root)} is there already; choose another name.")
    texts = dict(_texts(root, family, folder, module))
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    code = [path for path in texts if path.suffix == ".py"]
    ruff("check", "--quiet", "--select", "I", "--fix", *map(str, code))
    ruff("format", "--quiet", *map(str, code))
    return list(texts)


def ruff(*arguments: str) -> None:
    """Run ruff, for names have any length, and a line has not."""
    subprocess.run([sys.executable, "-m", "ruff", *arguments], check=True)


def _texts(root: Path, family: Family, folder: Path, module: Path) -> Iterator[tuple[Path, str]]:
    """The files, new and changed, with what is to stand in them."""
    words = family.words(root)
    templates = TEMPLATES / family.kind
    yield folder / "__init__.py", ""
    for name in ("model", "calls", "task"):
        yield folder / f"{name}.py", _filled(templates / f"{name}.py.txt", words)
    for product in family.products:
        contracts = root / "tests" / "contracts"
        own = {**words, "number": next_number(contracts, PRODUCTS[product][0])}
        yield folder / f"{product}.py", _filled(templates / f"{product}.py.txt", own)
        contract = _filled(templates / f"contract_{product}.yml.txt", own)
        yield contracts / f"{own['number']}.yml", contract
    # ansible-test wants this line in modules, and nowhere else.
    yield module, f"#!/usr/bin/python\n{_filled(templates / 'module.py.txt', words)}"
    yield (
        root / "tests" / "unit" / f"test_{family.name}.py",
        _filled(templates / "test.py.txt", words),
    )
    groups, index = root / "meta" / "runtime.yml", root / "docs" / "index.md"
    yield groups, grouped(groups.read_text(encoding="utf-8"), family)
    yield index, indexed(index.read_text(encoding="utf-8"), family)


def _filled(template: Path, words: dict[str, str]) -> str:
    return Template(template.read_text(encoding="utf-8")).substitute(words)


def next_number(contracts: Path, letter: str) -> str:
    """The first number that no call of a product has: ``N46``."""
    taken = [int(path.stem[1:]) for path in contracts.glob(f"{letter}[0-9][0-9].yml")]
    return f"{letter}{max(taken, default=0) + 1:02}"


def _version(root: Path) -> str:
    text = (root / "galaxy.yml").read_text(encoding="utf-8")
    [version] = re.findall(r"^version: (\S+)$", text, re.MULTILINE)
    return str(version)


def grouped(text: str, family: Family) -> str:
    """meta/runtime.yml with the module in its action groups, in the order of the names."""
    found: list[str] = []
    group, waiting = "", ""
    for line in [*text.splitlines(), ""]:
        entry = line.removeprefix("    - ")
        if waiting and (entry == line or entry > family.module):
            found.append(waiting)
            waiting = ""
        if re.fullmatch(r"  \w+:", line):
            group = line.strip(" :")
            waiting = f"    - {family.module}" if group in ("all", *family.products) else ""
        found.append(line)
    return "\n".join(found)


def indexed(text: str, family: Family) -> str:
    """docs/index.md with a row for the module, after those of the other modules."""
    lines = text.splitlines()
    last = max(number for number, line in enumerate(lines) if "` | module | " in line)
    titles = [PRODUCTS[product][1] for product in family.products]
    product = titles[0] if len(titles) == 1 else "both"
    lines.insert(
        last + 1, f"| `ivanti.uem.{family.module}` | module | {product} | REPLACE-ME what it does |"
    )
    return "\n".join([*lines, ""])


def marks(root: Path) -> list[str]:
    """What an author still has to write, as files and lines."""
    found = []
    for folder in MARKED:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".py", ".yml", ".md") and not _MENTIONS.search(str(path)):
                lines = path.read_text(encoding="utf-8").splitlines()
                found += [
                    f"{path.relative_to(root)}:{number}"
                    for number, line in enumerate(lines, 1)
                    if MARK.search(line)
                ]
    return found


def main() -> int:
    """Write the family that the command line asks for. Returns the exit status."""
    parser = argparse.ArgumentParser(description="write the skeletons of a new family")
    parser.add_argument("name", help="of the family, a plural: things")
    parser.add_argument("--module", default="", help="its name; thing, or thing_info")
    parser.add_argument("--kind", choices=KINDS, default="reconcile")
    parser.add_argument("--products", nargs="+", choices=PRODUCTS, default=list(PRODUCTS))
    given = parser.parse_args()
    try:
        family = parse_family(given.name, given.module, given.kind, given.products)
        touched = scaffold(ROOT, family)
    except NameTakenError as error:
        print(error, file=sys.stderr)
        return 1
    for path in touched:
        print(path.relative_to(ROOT))
    print(_NEXT, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
