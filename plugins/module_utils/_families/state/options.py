# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a declared state."""

from __future__ import annotations

from ..._module.guard.options import GUARD
from ..._module.options import ON_MISSING, SPACES, Option
from ..label_definitions.options import LABEL
from ..policies.options import POLICY
from .declaration import ATTRIBUTES, LABELS, OWNABLE

# fmt: off
ENTRIES = Option(
    "devices", "list",
    ("What devices should be. Each entry has C(device), an id or a guid, or C(select), the keys of "
     "O(ivanti.uem.device_info#module:select), and one or more sections; or it has C(table). "
     "Of two entries about a device the later one wins, name by name.",
     "C(attributes): custom attributes and their values, as in O(ivanti.uem.device_custom_attrs#module:attrs). Neurons only.",
     "C(labels): static labels, as a list of names, or as a mapping of names to V(present) or V(absent). EPMM only.",
     "C(configurations): names or ids of configurations, as a list, or as a mapping of these to V(installed) or "
     "V(excluded). On EPMM only V(installed).",
     "C(allow_empty): whether C(select) may select nothing, which is an error otherwise.",
     "C(table): a CSV file. Each row is an entry. Its path begins at the folder of the state file. C(match) says what "
     "devices are found by: V(id), V(guid), V(serial_number) or V(email), which is also the name of the column, or a mapping of "
     "that to the name of the column. C(columns) maps columns to what they say: C(attributes.NAME), C(labels), C(labels.NAME), "
     "C(configurations) or C(configurations.NAME); a list has columns that are called as their attributes. An empty cell leaves "
     "things as they are, and one that is C(remove) removes them. C(delimiter) separates cells.",
     "C(host) and C(server): the host of the inventory that an entry was made of, and the address of its server. A host of "
     "another server than that of the task is refused.",
     "When left out, no device is looked at."),
    # Not "dict", of which Ansible makes one of any text such as a=b; parse_entries says what is wrong.
    elements="raw",
)
DEFINITIONS = Option(
    "label_definitions", "list",
    ("Labels that exist, or do not. EPMM only. When left out, no label is made or deleted.",),
    elements="dict", suboptions=LABEL,
)
ASSIGNMENTS = Option(
    "policies", "list",
    ("Policies that are applied to labels, or are not. EPMM only. When left out, no policy is looked at.",),
    elements="dict", suboptions=POLICY,
)
FILES = Option(
    "state_files", "list",
    ("YAML or JSON files, or folders with such files, each a mapping with the keys C(devices), C(label_definitions) and "
     "C(policies). They are read where the module runs, the files of a folder in the order of their names.",
     "What the task itself declares wins over the files, and a later file over an earlier one. When left out, only the task "
     "declares something."),
    elements="path",
)

# What a file can have.
DECLARED = (ENTRIES, DEFINITIONS, ASSIGNMENTS)

STATE = (
    *DECLARED,
    FILES,
    SPACES,
    ON_MISSING,
    Option(
        "purge", "list",
        ("The sections that are owned whole: a device for which such a section is declared loses every attribute, or every "
         "static label, that is not declared. When left out, only what is declared changes.",),
        elements="str", choices=OWNABLE,
    ),
    Option(
        "ignore", "dict",
        ("Names that are never touched, not even by O(purge), as shell patterns. To declare one of them is an error. When "
         "left out, none is ignored.",),
        suboptions=(
            Option(
                ATTRIBUTES, "list", ("Names of custom attributes, compared without case. When left out, none is ignored.",),
                elements="str",
            ),
            Option(LABELS, "list", ("Names or ids of labels. When left out, none is ignored.",), elements="str"),
        ),
    ),
    Option(
        "rings", "list",
        ("Changes devices in rings, one after the other: how many percent of all devices each ring has together with those before "
         "it, such as V([1, 5, 25, 100]). A ring follows only where the one before is well; otherwise the run stops and says why. "
         "The next run goes on there, because it finds done what was done. Before it begins a further ring, it looks at "
         "those behind again. See O(ring_go_on).",
         "The ring of a device is a hash of its guid, so it stays the same. Labels are made in the first ring; what is about a "
         "whole label is done in the last. Limits count all rings together.",
         "When left out, there are no rings."),
        elements="float",
    ),
    Option(
        "ring_seed", "str",
        ("A text that rings depend on besides the guids. Give each rollout its own, so that not the same devices are always first. "
         "When left out, it is empty.",),
    ),
    Option(
        "ring_wait", "int",
        ("How many seconds to wait after a ring before its devices are looked at. When left out, there is no wait.",),
    ),
    Option(
        "ring_health", "dict",
        ("When a ring is well. When left out, no change in it may fail.",),
        suboptions=(
            Option(
                "max_failed_percent", "float",
                ("The most devices of a ring of which a change may fail, in percent of those that change in it. When left out, "
                 "none may.",),
            ),
            Option(
                "max_noncompliant_percent", "float",
                ("The most devices of a ring that may fall out of compliance, in percent of those that change in it. Those "
                 "that were out of it before do not count. When left out, compliance is not looked at.",),
            ),
            Option(
                "query", "str",
                ("A JMESPath expression that finds devices that are not well in the rows of those that changed in a ring. They are "
                 "as M(ivanti.uem.device_info) returns them. When left out, no such look is taken.",),
            ),
        ),
    ),
    Option(
        "ring_go_on", "bool",
        ("Whether a ring begins although devices that an earlier run changed are not well. Give it for one run, after you have "
         "looked at them. Otherwise the plan is refused until O(ring_health) finds them well.",),
        default=False,
    ),
    *(option for option in GUARD if option.name == "protected"),
)
# fmt: on
