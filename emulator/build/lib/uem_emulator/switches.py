# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody outside the vendor knows, as switches: a client must live with every position.

One table. `emulator/README.md` repeats it and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NUMBER = "a whole number"
DEVICE_DOC = 'vendor document "Device API Calls"'


@dataclass(frozen=True)
class Switch:
    """`choices` is empty for a whole number. `source` says what is known, and so why the default is what it is."""

    name: str
    choices: tuple[str, ...]
    default: str | int
    source: str
    meaning: str

    def parse(self, text: str | int) -> str | int:
        """Raises ValueError for what is not a position of this switch."""
        if self.choices:
            value = {True: "on", False: "off"}.get(text, text) if isinstance(text, bool) else text
            if value not in self.choices:
                raise ValueError(f"{self.name} is one of {', '.join(self.choices)}, not {text}")
            return value
        if isinstance(text, bool) or not str(text).isdigit():
            raise ValueError(f"{self.name} is {NUMBER}, not {text}")
        return int(text)


_ON_OFF = ("on", "off")

SWITCHES: tuple[Switch, ...] = (
    Switch("strict", _ON_OFF, "off", "a test aid",
           "Unknown query parameters and body keys answer 400 instead of being ignored."),
    Switch("delay_ms", (), 0, "a test aid", "Waits this long before each answer."),
    Switch("max_url_bytes", (), 0, "unknown; servlet containers stop at 8 to 64 KiB",
           "Path and query longer than this answer 414. 0: no limit."),
    Switch("basic_auth", _ON_OFF, "on", 'vendor page "API Basics": with multi-factor log-in only tokens work',
           "off: a correct name and password answer 401."),
    Switch("challenge", _ON_OFF, "off", "unknown; clients send Basic without being asked",
           "Whether a 401 carries WWW-Authenticate."),
    Switch("unauthorized_body", ("json", "html", "empty"), "json", "unknown", "The body of a 401."),
    Switch("forbidden_body", ("json", "html", "empty"), "json", "unknown", "The body of a 403."),
    Switch("unknown_path_body", ("json", "html", "empty"), "json", "the emulator's own: 501 means not emulated",
           "The body of a 501 and a 405."),
    Switch("missing_device", ("404_json", "404_html", "404_empty", "400_json"), "404_json", "unknown",
           "The answer for a device which does not exist."),
    Switch("missing_partition", ("default_space", "error"), "default_space",
           f"unknown; {DEVICE_DOC} lists dmPartitionId for every list call",
           "The device list without dmPartitionId: the default space, or 400."),
    Switch("unknown_partition", ("error", "empty"), "error", "unknown",
           "The device list of a space which does not exist."),
    Switch("search_after_in_answer", _ON_OFF, "off", "unknown: the vendor names searchAfterValues and no more",
           "Whether the list's result holds searchAfterValues, the sort values of its last row."),
    Switch("start_with_search_after", ("error", "ignore"), "error",
           "how Elasticsearch, which the list resembles, does it",
           "start above 0 together with searchAfterValues."),
    Switch("unsorted_order", ("by_id", "scattered"), "by_id", "unknown; clients sort by id to page safely",
           "The order of a list without sortFields."),
    Switch("unknown_field", ("error", "empty"), "error", "unknown",
           "A filter on a field which no device has: 400, or no rows."),
    Switch("unknown_sort_field", ("error", "ignore"), "error", "unknown", "Sorting by a field which no device has."),
    Switch("undefined_attribute_in_filter", ("empty", "error"), "empty", "unknown",
           "CFDEVICE[x] or CFLDAP[x] where x is not defined: no rows, or 400."),
    Switch("fq_case", ("ignored", "respected"), "ignored", "recorded facets are lower-cased, so the index folds case",
           "Whether a filter's values are compared without case."),
    Switch("violated_policies", ("names", "objects"), "names", "unknown: recorded lists are empty",
           "The elements of a row's violatedPolicies: names, or {id, name}."),
    Switch("no_attributes_in_list", ("empty_map", "null"), "empty_map", "both are recorded",
           'customAttributes of a row without any: {"attrs": {}} or null.'),
    Switch("attributes_answer", ("envelope", "bare", "bare_strings"), "envelope",
           f"{DEVICE_DOC} shows two: the PATCH section the envelope, the GET section bare strings",
           "GET customattributes: {errors, result: {deviceId, guid, attrs}}, {attrs: {k: [v]}}, or {attrs: {k: v}}."),
    Switch("undefined_attribute", ("reject", "accept"), "reject", "admin guide: an attribute is created, then assigned",
           "Writing an attribute which is not defined: 400, or stored."),
    Switch("unsuffixed_numeric", ("reject", "ignore"), "reject", f"{DEVICE_DOC}: _# must be added to a numeric name",
           "Writing a numeric attribute without its _#: 400, or silently nothing."),
    Switch("numeric_names", ("suffixed", "bare"), "suffixed", "unknown",
           "How numeric attributes are named where their values are read."),
    Switch("numeric_definitions", ("suffixed", "bare"), "suffixed", "unknown",
           "How numeric attributes are named in the list of definitions."),
    Switch("numeric_delete", ("both", "suffixed"), "both", f"unknown: {DEVICE_DOC} asks for _# in all calls but DELETE",
           "Whether a DELETE takes a numeric attribute's name without its _# too."),
    Switch("force_overwrite_default", ("true", "false"), "true", "unknown", "PATCH without forceOverwrite."),
    Switch("append_duplicates", ("keep", "drop"), "keep", "unknown", "Appending a value which is there already."),
    Switch("bare_value", ("reject", "accept"), "reject", f"{DEVICE_DOC}: values are lists",
           'Writing {"cityid": "SF"} instead of {"cityid": ["SF"]}.'),
    Switch("delete_one", ("by_name", "by_value"), "by_name",
           f"{DEVICE_DOC} sends values with the names and says no more",
           "DELETE of one device: removes the attributes named, or only the values given."),
    Switch("bulk_delete_result", ("count", "one"), "count", f"{DEVICE_DOC} shows 1 for one device",
           "result of the DELETE of many devices: devices found, or 1."),
    Switch("list_lag", ("none", "reads", "time", "manual"), "none", "inferred: the list is served by a search index",
           "When a write reaches the list: at once, after list_lag_reads list calls, after list_lag_ms, or at settle."),
    Switch("list_lag_reads", (), 2, "a test aid", "List calls which still answer the old row (list_lag = reads)."),
    Switch("list_lag_ms", (), 500, "a test aid", "Milliseconds for which the list is old (list_lag = time)."),
)
_BY_NAME = {switch.name: switch for switch in SWITCHES}


class Switches:
    """The positions of one running emulator. Raises ValueError for an unknown switch or position."""

    def __init__(self, start: Mapping[str, str | int] | None = None) -> None:
        self._start: dict[str, str | int] = {switch.name: switch.default for switch in SWITCHES}
        for name, value in (start or {}).items():
            self._start[name] = self._parse(name, value)
        self._now = dict(self._start)

    @staticmethod
    def _parse(name: str, value: str | int) -> str | int:
        if name not in _BY_NAME:
            raise ValueError(f"no switch is called {name}; known are {', '.join(_BY_NAME)}")
        return _BY_NAME[name].parse(value)

    def set_many(self, values: Mapping[str, str | int]) -> None:
        """All or none."""
        self._now.update({name: self._parse(name, value) for name, value in values.items()})

    def reset(self) -> None:
        """Back to the positions of the command line."""
        self._now = dict(self._start)

    def __getitem__(self, name: str) -> str | int:
        return self._now[name]

    def is_on(self, name: str) -> bool:
        return self._now[name] == "on"

    def number(self, name: str) -> int:
        return int(self._now[name])

    def as_dict(self) -> dict[str, str | int]:
        return dict(self._now)
