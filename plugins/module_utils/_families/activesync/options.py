# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that choose ActiveSync devices, and that guard what is done to them."""

from __future__ import annotations

from ..._module.guard.options import GUARD, NOBODY
from ..._module.options import HOUSE_DEVICES, HOUSE_PERCENT, Option
from . import model as activesync

ANY = "When left out, it does not matter."

ACTIVESYNC_SELECTION = (
    Option(
        "activesync_devices",
        "list",
        (
            (
                "The ActiveSync devices, each by its own uuid, which is not the uuid of the "
                "registered device."
            ),
            "When left out, O(select) chooses them.",
        ),
        elements="str",
    ),
    Option(
        "select",
        "dict",
        (
            (
                "Selects ActiveSync devices by what the server knows of them, instead of "
                "O(activesync_devices)."
            ),
            (
                "Each key narrows the selection. Where a key has several values, one of them is "
                "enough. Names are compared without case."
            ),
            "When left out, O(activesync_devices) names them.",
        ),
        suboptions=(
            Option("users", "list", ("Those of these users.", ANY), elements="str"),
            Option("mailboxes", "list", ("Those with these mailboxes.", ANY), elements="str"),
            Option(
                "device_ids",
                "list",
                ("Those that ActiveSync knows by these device ids.", ANY),
                elements="str",
            ),
            Option(
                "devices",
                "list",
                ("Those that are these registered devices, each named by its id or its guid.", ANY),
                elements="raw",
            ),
            Option(
                "statuses",
                "list",
                ("Those in these states.", ANY),
                elements="str",
                choices=activesync.STATES,
            ),
            Option(
                "registered",
                "bool",
                ("Those that are registered devices, or those that are not.", ANY),
            ),
            Option(
                "last_sync_before",
                "str",
                (
                    "Those whose last synchronisation was before this point in time, such as "
                    "V(2026-01-31) or V(2026-01-31T12:00:00Z); UTC where it has no time zone.",
                    "A device is not selected if the server does not say when it last "
                    "synchronised.",
                    ANY,
                ),
            ),
            Option(
                "not_synced_within",
                "str",
                (
                    (
                        "Those whose last synchronisation was longer ago than this, such as "
                        "V(12h), V(90d) or V(1d12h)."
                    ),
                    "A device is not selected if the server does not say when it last "
                    "synchronised.",
                    ANY,
                ),
            ),
            Option(
                "query",
                "str",
                (
                    "A JMESPath expression over the list of rows, as "
                    "M(ivanti.uem.activesync_device_info) returns them; it must return a list of "
                    "rows, such as C([?model == 'iPhone']).",
                    "A field that no row has, and a comparison that is never true, is an error in "
                    "a module that writes, and a warning in one that reads.",
                    "It is evaluated after everything else, and needs the Python library jmespath.",
                    "When left out, the other keys decide.",
                ),
            ),
        ),
    ),
    Option(
        "on_missing",
        "str",
        (
            "What to do when there is no ActiveSync device for something that is named, such as a "
            "uuid or a user, or when a selection matches none.",
            (
                "V(fail) fails before anything is sent and names all of them, V(skip) goes on "
                "without them."
            ),
        ),
        default="fail",
        choices=("fail", "skip"),
    ),
)

# fmt: off
ACTIVESYNC_GUARD = (
    *(option for option in GUARD if option.name == "confirm"),
    Option(
        "max_devices", "int",
        ("The most ActiveSync devices that the task may change. A plan with more sends nothing and fails.",
         "For V(wiped), destructive requests that other runs of this controller sent to the "
         "server within O(guard_window) count as well, whatever they were for. When this is left "
         "out, at most 10 are allowed. When O(max_percent) is left out as well, at most 1 % of "
         "all ActiveSync devices are allowed if that is less than 10, and always at least one.",
         "For V(allowed), any number is allowed when this is left out. For V(blocked), where "
         "O(max_percent) is left out as well, at most 10 % of all ActiveSync devices are blocked, "
         "and always 10, unless O(confirm) permits the plan.",
         HOUSE_DEVICES),
    ),
    Option(
        "max_percent", "float",
        ("The most ActiveSync devices that the task may change, in percent of all that the server has. When left "
         "out, see O(max_devices).",
         HOUSE_PERCENT),
    ),
    Option(
        "protected", "dict",
        ("ActiveSync devices that are left alone whatever else is selected. One that any of the keys names is protected.",
         "When left out, none is protected."),
        suboptions=(
            Option("uuids", "list", ("Those with these uuids.", NOBODY), elements="str"),
            Option("users", "list", ("Those of these users.", NOBODY), elements="str"),
            Option("mailboxes", "list", ("Those with these mailboxes.", NOBODY), elements="str"),
        ),
    ),
    *(option for option in GUARD if option.name in ("guard_window", "journal_path")),
)
# fmt: on
