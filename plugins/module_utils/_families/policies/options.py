# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a policy on a label. They are the keys of a declared one, too."""

from __future__ import annotations

from ..._module.options import Option

# How many devices of a label are read at most.
SAMPLE = 50

# fmt: off
POLICY = (
    Option("policy", "raw", ("The policy, by its name, which is case-sensitive, or by its id.",), required=True),
    Option("label", "raw", ("The label, by its name, which is case-sensitive, or by its id.",), required=True),
    Option("state", "str", ("Whether the policy is applied to the label.",), choices=("present", "absent"), default="present"),
    Option(
        "on_unknown", "str",
        ("What to do where the devices of the label do not show whether the policy is applied: V(send) the request, which every "
         "run then does again, V(skip) it, or V(fail).",),
        choices=("send", "skip", "fail"), default="send",
    ),
    Option("sample", "int", ("The most devices of the label that are read to see that.",), default=SAMPLE),
)
# fmt: on
