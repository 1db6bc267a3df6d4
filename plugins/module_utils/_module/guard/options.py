# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of what is destructive."""

from __future__ import annotations

from ..options import HOUSE_DEVICES, HOUSE_PERCENT, Option

# fmt: off
NOBODY = "When left out, it protects nothing."

JOURNAL = Option(
    "journal_path", "path",
    ("The file that destructive actions are written to, a line before each request and a line after its answer. Runs that "
     "share it share their limits.",),
    env="IVANTI_UEM_JOURNAL_PATH", default="~/.ansible/ivanti_uem/actions.jsonl",
)

GUARD = (
    Option(
        "confirm", "str",
        ("Permits a destructive plan: give the RV(confirm) that a check of the same task "
            "returned. It has the number of devices and a digest of the exact list.",
         "When left out, nothing destructive is sent, and nothing that takes something away from more "
         "devices than is allowed without a limit."),
    ),
    Option(
        "max_devices", "int",
        ("The most devices that the action may be sent to. A plan with more sends nothing and fails.",
         "For a destructive action, requests that other runs of this controller sent to the "
         "server within O(guard_window) count as well. When this is left out, at most 10 are "
         "allowed. When O(max_percent) is left out as well, at most 1 % of the fleet is allowed "
         "if that is less than 10, and always at least one.",
         "For every other action, any number is allowed when this is left out. But where "
         "O(max_percent) is left out as well, something may be taken away from at most 10 % of all "
         "devices in O(spaces), and always from 10, unless O(confirm) permits the plan.",
         HOUSE_DEVICES),
    ),
    Option(
        "max_percent", "float",
        ("The most devices that the action may be sent to, in percent of all devices in O(spaces). When left out, see "
         "O(max_devices).",
         HOUSE_PERCENT),
    ),
    Option(
        "protected", "dict",
        ("Devices that are left alone whatever else is selected. A device that any of the keys names is protected.",
         "A key that is empty or null, a name of no device and an attribute that is not defined are "
            "refused. A value that no device has gives a warning.",
         "When left out, no device is protected."),
        suboptions=(
            Option("devices", "list", ("Devices with these ids or guids.", NOBODY), elements="raw"),
            Option("serial_numbers", "list", ("Devices with these serial numbers.", NOBODY), elements="str"),
            Option("labels", "list", ("Devices that have one of these labels. EPMM only.", NOBODY), elements="raw"),
            Option("attributes", "dict", ("Devices on which one of these fields has this value.", NOBODY)),
            Option(
                "custom_attributes", "dict",
                ("Devices on which one of these custom attributes has this value, compared without case. Neurons only.",
                 NOBODY),
            ),
        ),
    ),
    Option(
        "guard_window", "int", ("Seconds for which destructive requests of earlier runs count.",), default=1200,
    ),
    JOURNAL,
)
# fmt: on
