# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What harm a change does: the classes, the class of each change of each writer, and how much may be
taken away by default. Pure.

Actions have their class in their own table, ``ACTIONS`` of the family ``actions``.
"""

from __future__ import annotations

from collections.abc import Mapping

from .plan import DESTROYS, HARMLESS, TAKES_AWAY, percent_needed, share_of

# Without a limit of the author's, a task may take something away from this share of the fleet, and
# always from this number of devices.
DEFAULT_PERCENT = 10
DEFAULT_DEVICES = 10

# By module, and by what a change does: its class, and when a change does that.
# fmt: off
WRITERS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "activesync_device": {
        "allowed": (HARMLESS, "`state=allowed`"),
        "blocked": (TAKES_AWAY, "`state=blocked`: mail, calendar and contacts stop"),
        "wiped": (DESTROYS, "`state=wiped`"),
    },
    "alert": {"marks": (HARMLESS, "an alert is marked as read or unread")},
    "compliance_sync": {"syncs": (HARMLESS, "a device is reported to another vendor")},
    "device_config": {
        "installs": (HARMLESS, "a configuration is installed, or pushed again"),
        "excludes": (TAKES_AWAY, "a configuration is excluded from the device"),
    },
    "device_custom_attrs": {
        "sets": (HARMLESS, "attributes get values, also in place of others"),
        "removes": (TAKES_AWAY, "an attribute that has a value has none afterwards: `state=absent`, or what `purge` removes"),
    },
    "device_label": {
        "adds": (HARMLESS, "the device is put on labels"),
        "removes": (TAKES_AWAY, "the device is taken off a label: `state=absent`, or what `purge` or `exact` removes"),
    },
    "device_message": {"sends": (HARMLESS, "a message is sent")},
    "device_owner": {
        "assigns": (HARMLESS, "the device is nobody's, and gets an owner"),
        "reassigns": (TAKES_AWAY, "the device is taken from its user"),
    },
    "device_registration": {"registers": (HARMLESS, "a device is registered")},
    "device_roaming": {
        "on": (HARMLESS, "nothing is turned off"),
        "off": (TAKES_AWAY, "voice or data roaming that is on, or may be, is turned off"),
    },
    "label": {
        "creates": (HARMLESS, "a label is made"),
        "deletes": (TAKES_AWAY, "a label is deleted: counts every device of it"),
    },
    "label_policy": {
        "applies": (HARMLESS, "`state=present`"),
        "removes": (TAKES_AWAY, "`state=absent`: counts every device of the label"),
    },
    "user_password": {"sets": (TAKES_AWAY, "the former password is lost")},
}
# fmt: on


def harm_of(module: str, does: str) -> str:
    """The class of what a change of a module does; see WRITERS."""
    return WRITERS[module][does][0]


def most_taken(fleet: int) -> int:
    """From how many devices a task may take something away by default."""
    return max(DEFAULT_DEVICES, int(share_of(DEFAULT_PERCENT, fleet)))


def taken_refusal(taken: int, fleet: int, confirm: str, noun: str = "devices") -> str:
    """The sentence that refuses to take something away from too many devices, or "".

    Args:
        taken: from how many the plan takes something away.
        fleet: how many the server has.
        confirm: what permits the plan.
        noun: what they are.
    """
    most = most_taken(fleet)
    if taken <= most:
        return ""
    percent = percent_needed(taken, fleet)
    raised = f"max_devices={taken}" + (f" or max_percent={percent}" if percent else "")
    return (
        f"Refused: the plan takes something away from {taken:,} of {fleet:,} {noun}. Without a limit "
        f"of its own a task may do that to {most:,} ({DEFAULT_PERCENT} %, and always "
        f"{DEFAULT_DEVICES}); nothing was written. Look at the plan in the result, then give "
        f"confirm={confirm}, or set {raised}, or select fewer {noun}."
    )
