# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of the role awx_setup, and what AWX makes of a credential and of a survey."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import jinja2.sandbox
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "examples" / "awx"
_ROLE = ROOT / "roles" / "awx_setup"


def _load(name: str) -> Any:
    loader = DataLoader()
    # Since ansible-core 2.19 a text is a template only if its origin is trusted.
    newer = "trusted_as_template" in inspect.signature(loader.load_from_file).parameters
    trusted = {"trusted_as_template": True} if newer else {}
    return loader.load_from_file(str(_ROLE / name), **trusted)


ROLE: dict[str, Any] = _load("vars/main.yml")
DEFAULTS: dict[str, Any] = _load("defaults/main.yml")
TABLE: dict[str, dict[str, Any]] = ROLE["awx_setup_table"]


def refusals(**variables: Any) -> list[str]:
    """What the role says of its variables before it sends anything."""
    [check] = [
        task for task in _load("tasks/main.yml") if task["name"].startswith("Refuse what is")
    ]
    known = {**DEFAULTS, **ROLE, **check["vars"], **variables}
    found: list[str] = Templar(loader=DataLoader(), variables=known).template(
        check["vars"]["awx_setup_wrong"]
    )
    return found


def survey(name: str) -> list[dict[str, Any]]:
    """The questions of a job template, as the role sends them."""
    return [{**ROLE["awx_setup_question"], **question} for question in TABLE[name]["questions"]]


def environment(inputs: dict[str, Any], folder: Path) -> dict[str, str]:
    """The variables that AWX makes of a credential: a field that is not filled in is an empty text,
    or false. A file that a field is written to has its path in `tower.filename`."""
    fields = ROLE["awx_setup_inputs"]["fields"]
    values: dict[str, Any] = {
        one["id"]: False if one["type"] == "boolean" else "" for one in fields
    }
    values.update(inputs)
    engine = jinja2.sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
    names = {}
    for name, text in ROLE["awx_setup_injectors"]["file"].items():
        path = folder / name.removeprefix("template.")
        path.write_text(engine.from_string(str(text)).render(values), encoding="utf-8")
        names[path.name] = str(path)
    values["tower"] = SimpleNamespace(filename=SimpleNamespace(**names))
    return {
        name: engine.from_string(str(text)).render(values)
        for name, text in ROLE["awx_setup_injectors"]["env"].items()
    }
