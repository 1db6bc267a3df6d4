# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the JSON Schemas of a declared state, which editors complete and check files by.

They are made of the tables that the module's own checks are made of. With ``--check`` nothing is
written, and the exit status is 1 when a schema is not what the tables say.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._families.state.declaration import (
    ATTRIBUTES,
    OF_DEVICES,
    Section,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.options import (
    ASSIGNMENTS,
    DEFINITIONS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.state.rows import MATCHES
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import SELECT, Option

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.generated import write_or_check  # noqa: E402

FOLDER = ROOT / "schemas"
DRAFT = "http://json-schema.org/draft-07/schema#"

NAME = {"type": ["string", "integer"]}
SCALAR = {"anyOf": [{"type": "string", "pattern": r"\S"}, {"type": ["number", "boolean"]}]}
VALUE = {"anyOf": [SCALAR, {"type": "array", "items": SCALAR, "minItems": 1}]}
# In variables a value may be a template.
TEMPLATE = {"type": "string", "pattern": r"\{\{"}

TYPES: dict[str, dict[str, Any]] = {
    "str": {"type": ["string", "number"]},
    "raw": NAME,
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "dict": {"type": "object"},
}

_MARKUP = re.compile(r"[A-Z]\(([^)]*)\)")


def plainly(texts: Iterable[str]) -> str:
    """Return a description without the markup of Ansible."""
    return " ".join(_MARKUP.sub(r"`\1`", text) for text in texts)


def of_option(option: Option) -> dict[str, Any]:
    """Return the schema of an option."""
    found: dict[str, Any] = {"description": plainly(option.description)}
    if option.choices:
        return {**found, "enum": list(option.choices)}
    if option.type == "list":
        element = of_options(option.suboptions) if option.suboptions else TYPES[option.elements]
        return {**found, "type": "array", "items": element}
    if option.suboptions:
        return {**found, **of_options(option.suboptions)}
    return {**found, **TYPES[option.type]}


def of_options(options: Iterable[Option]) -> dict[str, Any]:
    """Return the schema of a mapping with options as its keys."""
    options = list(options)
    required = [option.name for option in options if option.required]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {option.name: of_option(option) for option in options},
        **({"required": required} if required else {}),
    }


def of_section(section: Section) -> dict[str, Any]:
    """Return the schema of what an entry has for a section."""
    about = {"description": plainly([section.about])}
    if section.name == ATTRIBUTES:
        return {**about, "type": "object", "additionalProperties": VALUE}
    words = {"enum": list(section.words)}
    names = {"type": "array", "items": NAME}
    return {**about, "anyOf": [names, {"type": "object", "additionalProperties": words}]}


def entry() -> dict[str, Any]:
    """Return the schema of an entry of ``devices``."""
    sections = {name: of_section(section) for name, section in OF_DEVICES.items()}
    chosen = {
        "device": {"description": "The device, by its id or guid.", **NAME},
        "select": {**of_option(SELECT), "minProperties": 1},
        "allow_empty": {"description": "Whether select may select nothing.", "type": "boolean"},
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {**chosen, **sections},
        "oneOf": [{"required": ["device"]}, {"required": ["select"]}],
        "anyOf": [{"required": [name]} for name in sections],
        "dependencies": {"allow_empty": ["select"]},
    }


def table_entry() -> dict[str, Any]:
    """Return the schema of an entry of ``devices`` that is made of a table."""
    text = {"type": "string", "pattern": r"\S"}
    others = "|".join(name for name in OF_DEVICES if name != ATTRIBUTES)
    said = {"type": "string", "pattern": rf"^({ATTRIBUTES}\..*\S.*|({others})(\..*\S.*)?)$"}
    kinds = {"enum": list(MATCHES)}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["table", "match", "columns"],
        "properties": {
            "table": {"description": "A CSV file, from the folder of this file on.", **text},
            "match": {
                "description": "What devices are found by; a mapping of that to its column.",
                "anyOf": [
                    kinds,
                    {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": 1,
                        "propertyNames": kinds,
                        "additionalProperties": text,
                    },
                ],
            },
            "columns": {
                "description": "Attributes with columns of their names, or what each column says.",
                "anyOf": [
                    {"type": "array", "items": NAME, "minItems": 1},
                    {"type": "object", "minProperties": 1, "additionalProperties": said},
                ],
            },
            "remove": {"description": "The cell that removes something.", **text},
            "delimiter": {"description": "What separates cells.", "type": "string"},
        },
    }


def state_file() -> dict[str, Any]:
    """Return the schema of a state file."""
    return {
        "$schema": DRAFT,
        "title": "A state file of ivanti.uem",
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {
            "devices": {
                "description": "What devices should be.",
                "type": "array",
                "items": {
                    "if": {"required": ["table"]},
                    "then": table_entry(),
                    "else": entry(),
                },
            },
            **{option.name: of_option(option) for option in (DEFINITIONS, ASSIGNMENTS)},
        },
    }


def variables() -> dict[str, Any]:
    """Return the schema of a file of group_vars or host_vars."""
    sections = {
        name: {"anyOf": [of_section(section), TEMPLATE]} for name, section in OF_DEVICES.items()
    }
    desired = {"type": "object", "additionalProperties": False, "properties": sections}
    return {
        "$schema": DRAFT,
        "title": "Variables of ivanti.uem in group_vars and host_vars",
        "type": "object",
        "properties": {
            "ivanti_desired": {
                "description": "What the devices of the group, or the host, should be.",
                "anyOf": [desired, TEMPLATE],
            }
        },
        # Other names that begin so have no use.
        "patternProperties": {"^ivanti_desired.+$": False},
    }


def main() -> int:
    """Write or check the schemas. Returns the exit status."""
    made = {"state_file.json": state_file(), "variables.json": variables()}
    wanted = {
        FOLDER / name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in made.items()
    }
    return write_or_check(wanted, "the tables", "tools/state_schema.py")


if __name__ == "__main__":
    sys.exit(main())
