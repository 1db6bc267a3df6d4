# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A new ansible-core may change its private names. ``docs/architecture.md`` lists those in use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRIVATE = re.compile(r"_[A-Za-z]\w*")
# What Ansible has for plugins and modules, as its developer guide shows.
FOR_PLUGINS = {
    "_add_host_to_composed_groups", "_add_host_to_keyed_groups", "_set_composite_vars", "_flatten", "_play_context", "_diff",
}  # fmt: skip
# Texts that look like a private name, and are none of an object.
TEXTS = {"_IVANTI_UEM_NO_ADVICE", "_ansible_tmpdir", "_canceled", "_info", "_percent", "_terms"}


def names_of(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return the names that a file defines, and those that it uses: with a dot before it one of its
    own object, with a quotation mark one that is certainly another's, in a text or an import."""
    defined, used = set(), set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                defined.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                defined.add(name)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                defined.add(name)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                used.add(f".{name}")
            case ast.Attribute(attr=name):
                used.add(name)
            case ast.Constant(value=str(text)):
                used |= {f'"{name}' for name in text.split(".") if text.startswith("_")}
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("ansible."):
                used |= {f'"{one.name}' for one in names}
    return defined, used


def private_names(trees: list[ast.Module]) -> Iterator[str]:
    """Yield the private names that these files use, and do not define. A class may have another one
    of ours as its base, so that any file can define what it uses of itself."""
    found = [names_of(tree) for tree in trees]
    everywhere = {name for defined, _used in found for name in defined}
    for defined, used in found:
        for name in used:
            bare = name.lstrip('."')
            ours = {".": everywhere, '"': set()}.get(name[0], defined)
            if PRIVATE.fullmatch(bare) and bare not in ours:
                yield bare


def in_use() -> set[str]:
    """Return the private names of Ansible that the plugins use."""
    paths = [path for path in (ROOT / "plugins").rglob("*.py") if path.parent.name != "modules"]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    return set(private_names(trees)) - FOR_PLUGINS - TEXTS


def test_the_document_lists_the_private_names_of_ansible():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text.partition("## Private names of Ansible\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(_\w+)`", section)) == in_use()


def test_what_is_a_private_name_of_another():
    ours = ast.parse("class Base:\n    def _inherited(self): pass\ndef _same(): pass\n")
    theirs = ast.parse(
        "from ansible.module_utils import _internal, basic\n"
        "class A:\n"
        "    def _mine(self): self._own = other._theirs\n"
        "    def more(self): return self._own, self._mine(), self._inherited, basic.public\n"
        "    def most(self): return self._not_ours, other._same\n"
        "getattr(other, '_by_text'), private(other, '_one._two.three')\n"
        "other._written = None\n"
    )
    assert set(private_names([ours, theirs])) == {
        "_internal", "_theirs", "_not_ours", "_same", "_by_text", "_one", "_two", "_written",
    }  # fmt: skip
