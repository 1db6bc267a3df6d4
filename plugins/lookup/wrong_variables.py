# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: wrong_variables
short_description: Variables that are misspelt, misplaced or wrong
version_added: 0.1.0
author:
  - ivanti.uem contributors (@ivanti-uem)
description:
  - Ansible ignores a variable that nobody uses, so a misspelt limit limits nothing. This lookup
    finds such variables, and with O(booleans), O(numbers) or O(paths) those with a wrong value, too.
    The playbooks of the collection begin with it.
  - A variable is found if its name begins with one of O(prefixes), or is nearly a known name and has
    at least twelve characters. With O(extra) shorter names of extra variables are found as well.
  - Variables of inventories have short names as well. A play that is about one person must not find
    that person in C(group_vars). So variables of O(only_extra) are found if they are not extra ones.
  - The variables of the host that the task runs for count.
options:
  _terms:
    description: Names of the variables that there are.
    type: list
    elements: str
    required: true
  prefixes:
    description: How names begin that have no other use. Every other name that begins so is found.
    type: list
    elements: str
    default: []
  extra:
    description:
      - Whether extra variables (C(-e), surveys) are meant for the play. Then those that resemble a
        known name are found, however short they are, and others are warned of.
      - Then other variables, such as those of C(group_vars), are found as well where they are nearly a
        known name of at least nine characters. Where the known name is shorter, they are warned of,
        because they may well be meant for something else.
      - Names that begin with C(ansible_), C(awx_) or C(tower_) are left out.
    type: bool
    default: false
  only_extra:
    description:
      - Names of variables that only extra variables (C(-e), surveys) may set, because they choose whom
        or what the play is about. One that is set elsewhere and is not blank is found.
      - When left out, every variable may be set anywhere.
    type: list
    elements: str
    default: []
  booleans:
    description:
      - Names of variables that are true or false. One that is neither, and not blank, is found.
      - When left out, no variable is checked. Ansible takes every other text for false.
    type: list
    elements: str
    default: []
  numbers:
    description:
      - Names of variables that are numbers of 0 or more, such as limits and times. One that is not, and
        not blank, is found, also where the play would not use it this time.
      - When left out, no variable is checked.
    type: list
    elements: str
    default: []
  paths:
    description:
      - Names of variables with the path of a file or folder, with a list of paths, or with a text that
        has a path in each line. Where the play is a playbook of a collection, a relative one is found,
        because it would begin in the folder of the collection.
      - When left out, no path is checked.
    type: list
    elements: str
    default: []
  files:
    description:
      - For names of variables with the path of a JSON file the keys that the file must have. One whose
        file has other content is found. A file that does not exist is as good as not given.
      - When left out, no file is read.
    type: dict
    default: {}
  existing:
    description:
      - Names of variables with the path of a file or folder. One that does not exist is found.
      - When left out, nothing must exist.
    type: list
    elements: str
    default: []
  written:
    description:
      - Names of O(files) that the play writes. One whose folder does not exist is found.
      - When left out, no folder must exist.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Refuse wrong variables
  ansible.builtin.assert:
    that: wrong | length == 0
    fail_msg: "{{ wrong | join('; ') }}. Correct that. Nothing was done."
    quiet: true
  vars:
    wrong: "{{ query('ivanti.uem.wrong_variables', 'fleet_limit', 'fleet_grace', prefixes=['fleet_'],
      numbers=['fleet_limit']) }}"
  run_once: true
"""

RETURN = r"""
_raw:
  description: A sentence for each variable that is found, with the nearest known name, with where to
    set it, or with what is wrong with its value.
  type: list
  elements: str
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ansible.plugins.lookup import LookupBase
from ansible_collections.ivanti.uem.plugins.module_utils._core.play_variables import (
    FOREIGN_VARIABLES,
    doubtful_variables,
    misplaced_variables,
    misspelt_variables,
    unclear_booleans,
    unclear_numbers,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._extra import extra_variables
from ansible_collections.ivanti.uem.plugins.plugin_utils._paths import (
    is_of_collection,
    relative_paths,
    unusable_files,
)

PLUGIN = "ivanti.uem.wrong_variables"


class LookupModule(LookupBase):
    """See DOCUMENTATION."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[str]:
        """Return a sentence for each variable that is misspelt, misplaced or has a wrong value."""
        self.set_options(var_options=variables, direct=kwargs)
        prefixes, only_extra = self.get_option("prefixes"), self.get_option("only_extra")
        extra_counts = self.get_option("extra")
        extra = extra_variables(variables["hostvars"], PLUGIN) if extra_counts or only_extra else {}
        found = misspelt_variables(variables, terms, prefixes=prefixes, short=extra_counts)
        if extra_counts:
            found |= misspelt_variables(extra, terms, prefixes=prefixes, addressed=True)
            for name, sentence in doubtful_variables(variables, terms).items():
                if name not in found and name not in extra:
                    self._display.warning(sentence)
            self._warn_of_unused(extra.keys() - found.keys(), terms)
        found |= misplaced_variables(variables, extra, only_extra)
        return list((self._values(variables) | found).values())

    def _warn_of_unused(self, names: Iterable[str], known: Sequence[str]) -> None:
        """Warn of extra variables that the play does not have."""
        for name in sorted(set(names).difference(known)):
            if not name.startswith(FOREIGN_VARIABLES):
                self._display.warning(
                    f"{name}: this play has no such extra variable, and ignores it; it has "
                    f"{', '.join(known)}."
                )

    def _values(self, variables: Any) -> dict[str, str]:
        """Return a sentence for each variable with a value that the play cannot use."""
        booleans, numbers, paths, files, existing = map(
            self.get_option, ("booleans", "numbers", "paths", "files", "existing")
        )
        given = {
            name: self._templar.template(variables[name])
            for name in dict.fromkeys([*booleans, *numbers, *paths, *files, *existing])
            if name in variables
        }
        found = unclear_booleans(given, booleans) | unclear_numbers(given, numbers)
        if is_of_collection(self._loader.get_basedir()):
            relative = relative_paths(given, paths)
            if relative:
                return found | relative
        written = self.get_option("written")
        return found | unusable_files(given, files, existing=existing, written=written)
