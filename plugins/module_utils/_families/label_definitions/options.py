# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a label. They are the keys of a declared one, too."""

from __future__ import annotations

from ..._module.options import Option

# fmt: off
LABEL = (
    Option("name", "str", ("The name of the label, which is case-sensitive.",), required=True),
    Option("state", "str", ("Whether there is such a label.",), choices=("present", "absent"), default="present"),
    Option(
        "filter", "str",
        ("The criteria of a filtered label. When left out, a label that is made is static, and one that exists stays as it is.",),
    ),
    Option(
        "description", "str",
        ("What people read about it. When left out, a label that is made has none, and that of one that exists stays as it is.",),
    ),
    Option(
        "space", "raw",
        ("The device space of the label, by its name or id. When left out, a label is made in the account's own one, and one that "
         "exists may be in any.",),
    ),
    Option("force", "bool", ("Whether a label is deleted although it has devices or app settings.",), default=False),
)
# fmt: on
