# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: table
short_description: Rows of a table of devices (CSV)
version_added: 0.1.0
author:
  - ivanti.uem contributors (@ivanti-uem)
description:
  - Reads a table that a spreadsheet saved as CSV, for modules that take a value for each device. Each
    row is a dictionary. All values are texts, so that zeros in front and long numbers stay.
  - A cell that is empty is left out of its row, which means that it is left as it is. Rows without
    any cell are left out.
  - What a spreadsheet changed is refused with the number of its row, before anything is done. That is
    a long number such as C(1.23E+14), an IMEI or a MAC address that lost zeros, an apostrophe before
    a number, a formula, a character that does not show, a row with too many or too few cells, and a
    row that is there twice.
  - Commas, semicolons and tabs separate cells. Byte-order marks, UTF-8 and UTF-16 are known. Blanks at
    the ends of cells do not count.
options:
  _terms:
    description: Paths of the files. A path that is not absolute is looked for as the lookup
      P(ansible.builtin.file#lookup) does. The rows of several files follow each other.
    type: list
    elements: str
    required: true
  columns:
    description:
      - The columns that are wanted, as a list of their names in the first row of the table, or as a
        dictionary of these with the names that they get. Case does not count. A column that the
        table does not have is refused with the nearest name; others are left out.
      - When left out, all columns are returned as they are named.
    type: raw
  key:
    description:
      - The column, by the name that it gets, that has another value in each row. A row without it, or
        with a value that another row has, is refused.
      - When left out, only rows that are the same in all cells are refused.
    type: str
  under:
    description:
      - The name of a dictionary that gets all columns but O(key), as
        M(ivanti.uem.device_custom_attrs) wants them. A row in which they are all empty is left out.
        It needs O(key).
      - When left out, all columns are side by side.
    type: str
  delimiter:
    description:
      - What separates cells.
      - When left out, it is the comma, semicolon or tab that is in the first row most often.
    type: str
seealso:
  - module: ivanti.uem.device_registration
  - module: ivanti.uem.device_owner
  - module: ivanti.uem.device_custom_attrs
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

# owners.csv begins with the row: Device ID;Assigned to;Cost centre
- name: Assign each device of a table to its user
  ivanti.uem.device_owner:
    devices: "{{ query('ivanti.uem.table', 'owners.csv', key='device', columns=columns) }}"
  check_mode: true
  vars:
    columns:
      Device ID: device
      Assigned to: user

# sites.csv begins with the row: device,city,floor
- name: Give each device the attributes of its row, and leave alone what is empty
  ivanti.uem.device_custom_attrs:
    devices: "{{ query('ivanti.uem.table', 'sites.csv', key='device', under='attrs') }}"
  check_mode: true
"""

RETURN = r"""
_raw:
  description: The rows.
  type: list
  elements: dict
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.sheet import read_table
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import SafeValues


class LookupModule(LookupBase):
    """See DOCUMENTATION."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        """Return the rows of the tables."""
        self.set_options(var_options=variables, direct=kwargs)
        safe = SafeValues()
        rows: list[dict[str, Any]] = []
        try:
            columns = wanted_columns(self.get_option("columns"))
            for term in terms:
                table = read_table(
                    self._content(str(term), variables),
                    str(term),
                    columns=columns,
                    key=self.get_option("key") or "",
                    delimiter=self.get_option("delimiter") or "",
                )
                for warning in table.warnings:
                    self._display.warning(warning)
                rows += [safe(row) for row in self._shaped(table.rows)]
        except OptionError as error:
            raise AnsibleLookupError(f"ivanti.uem.table: {error}") from None
        return rows

    def _shaped(self, rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
        """Return rows, with the dictionary that is wanted.

        Raises:
            OptionError: It is not known what stays beside it.
        """
        key, under = self.get_option("key"), self.get_option("under")
        if not under:
            return [dict(row) for row in rows]
        if not key or key == under:
            raise OptionError("under: needs key, and another name than that.")
        parts = [{name: text for name, text in row.items() if name != key} for row in rows]
        return [{key: row[key], under: part} for row, part in zip(rows, parts, strict=True) if part]

    def _content(self, term: str, variables: Any) -> bytes:
        """Return the bytes of a file.

        Raises:
            OptionError: It is not there, or cannot be read.
        """
        path = self.find_file_in_search_path(variables, "files", term, ignore_missing=True)
        if not path:
            raise OptionError(f"{term}: there is no such file; check the path.")
        try:
            with open(path, "rb") as file:
                return file.read()
        except (OSError, AnsibleError) as error:
            raise OptionError(f"{term}: cannot be read ({error}).") from None


def wanted_columns(raw: Any) -> dict[str, str] | None:
    """Read the option ``columns``.

    Raises:
        OptionError: It is neither a list nor a dictionary, or gives two columns one name.
    """
    if raw is None:
        return None
    if isinstance(raw, str):
        raw = [raw]
    if not isinstance(raw, (Mapping, list)) or not raw:
        raise OptionError("columns: must be a list of names, or a dictionary of names.")
    pairs = raw.items() if isinstance(raw, Mapping) else ((name, name) for name in raw)
    columns = {str(name): str(given) for name, given in pairs}
    if len(set(columns.values())) < len(columns):
        raise OptionError("columns: gives two columns the same name.")
    return columns
