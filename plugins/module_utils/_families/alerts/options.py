# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that choose alerts."""

from __future__ import annotations

from ..._module.options import Option
from . import model as alerts

# fmt: off
ANY = "When left out, it does not matter."

ALERT_FILTERS = (
    Option("ids", "list", ("Alerts with these ids.", ANY), elements="raw"),
    Option(
        "users", "list",
        ("Alerts on the devices of these users, named by their user ids.",
         "An alert can be sent to somebody else, whom C(user) of M(ivanti.uem.alert_info) shows.", ANY),
        elements="str",
    ),
    Option(
        "phone_numbers", "list",
        ("Alerts of the devices with these phone numbers, without the country code; only the "
            "digits count.",
         "With O(users) as well, alerts of these numbers of these users.", ANY),
        elements="str",
    ),
    Option("devices", "list", ("Alerts of these devices, each named by its id or its guid.", ANY), elements="raw"),
    Option("types", "list", ("Alerts of these types.", ANY), elements="str", choices=alerts.TYPES),
    Option("severities", "list", ("Alerts of these severities.", ANY), elements="str", choices=alerts.SEVERITIES),
    Option("statuses", "list", ("Alerts with these states of dispatch.", ANY), elements="str", choices=alerts.STATUSES),
    Option("older_than", "str", ("Alerts that were raised longer ago than this, such as V(90m), V(12h), V(7d) or V(1d12h).", ANY)),
    Option(
        "newer_than",
        "str",
        (
            "Alerts that were raised within this time, such as V(90m), V(12h), V(7d) or V(1d12h).",
            "With O(older_than) as well, it must be the longer time. Otherwise the two exclude each other.",
            ANY,
        ),
    ),
)
# fmt: on
