# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML as data: the only file that imports yaml."""

from __future__ import annotations

import traceback
from typing import Any

from .._core.attributes import Rewritten
from .._core.errors import MissingLibraryError, UemError


class NotYamlError(UemError):
    """A text is not YAML. The message is what is wrong, and quotes nothing of the text: a part of it
    may be a secret."""

    effect = "none"


def parse_yaml(text: str, *, foreign: bool = False) -> Any:
    """Return the data of a text. A whole number that was written otherwise is a ``Rewritten``.

    Args:
        text: The text.
        foreign: Whether it may have tags of others, such as ``!vault``; what has one is None.

    Raises:
        NotYamlError: It is not YAML, or has a key twice, of which YAML would keep the last.
        MissingLibraryError: PyYAML is missing.
    """
    try:
        import yaml
    except ImportError:
        raise MissingLibraryError("PyYAML", traceback.format_exc()) from None

    try:
        return yaml.load(text, Loader=_loader(yaml, foreign=foreign))  # noqa: S506 - it is a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark is not None else ""
        twice = getattr(error, "problem", "") == "a key is there twice"
        what = "has a key twice" if twice else "is not valid YAML"
        raise NotYamlError(f"{what}{line}") from None


def _loader(yaml: Any, *, foreign: bool) -> Any:
    """Return a class that reads YAML; see ``parse_yaml``. ``yaml`` is the library."""

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """It refuses a key that is there twice."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[str] = set()
            for key, _value in getattr(node, "value", ()):
                name = f"{key.tag} {key.value}"
                if name in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, "a key is there twice", key.start_mark
                    )
                seen.add(name)
            return super().construct_mapping(node, deep)

    def whole_number(loader: Any, node: Any) -> int:
        return Rewritten.of(loader.construct_yaml_int(node), node.value)

    Loader.add_constructor("tag:yaml.org,2002:int", whole_number)
    if foreign:
        Loader.add_multi_constructor("!", lambda loader, tag, node: None)
    return Loader
