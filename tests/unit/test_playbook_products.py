# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is shipped for both products asks which product it is only where a product lacks something."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASKS = re.compile(
    r"product\b.{0,80}(==|!=)|\[\s*asked\.product\s*\]|ivanti_product|groups\.ivanti_"
)

# A part of each line that asks, by file, and what one of the products lacks.
# fmt: off
REASONS = {
    **dict.fromkeys(
        (f"playbooks/{name}.yml" for name in ("plan", "apply", "drift", "export")),
        {"every_device: ": "no question: the hosts of both products, as the usual target has them"},
    ),
    "playbooks/stale_devices.yml": {
        "usual_mode": "the guide of Neurons documents no e-mail without conditions, and EPMM has no push for every device",
        "reason: ": "only EPMM takes a reason",
    },
    "playbooks/offboard_user.yml": {
        "reason: ": "only EPMM takes a reason",
        "afterwards:": "EPMM has no call that deletes",
        "when: asked.product == 'neurons'": "EPMM has no call that deletes",
        "None deleted": "EPMM has no call that deletes",
        "details:": "API v2 of EPMM does not say whether several people use a device",
        "when: asked.product == 'epmm'": "Neurons has no call about ActiveSync devices",
        "No mail blocked": "Neurons has no call about ActiveSync devices",
    },
    "playbooks/lost_device.yml": {
        "known:": "EPMM does not say whether a device is supervised",
        "lost_mode:": "only Neurons has a lost mode",
        "reason: ": "only EPMM takes a reason",
        "when: asked.product": "the place is in the details on Neurons, and asked of the device on EPMM",
        "place: ": "the place is in the details on Neurons, and asked of the device on EPMM",
        "at: ": "the place is in the details on Neurons, and asked of the device on EPMM",
    },
}
# fmt: on


def asking() -> dict[str, list[str]]:
    """The lines that ask, by file."""
    found: dict[str, list[str]] = {}
    paths = [path for folder in ("playbooks", "roles") for path in (ROOT / folder).rglob("*.yml")]
    for path in sorted(paths):
        lines = path.read_text(encoding="utf-8").splitlines()
        asks = [
            line.strip() for line in lines if ASKS.search(line) and not line.strip().startswith("#")
        ]
        # A folded text has its name in the line before.
        asks = [
            f"{lines[lines.index(next(raw for raw in lines if raw.strip() == one)) - 1].strip()} {one}"
            for one in asks
        ]
        if asks:
            found[str(path.relative_to(ROOT))] = asks
    return found


def test_every_question_about_the_product_has_a_reason():
    for name, lines in asking().items():
        for line in lines:
            assert any(part in line for part in REASONS.get(name, {})), f"{name}: {line}"


def test_every_reason_is_needed():
    found = asking()
    for name, parts in REASONS.items():
        for part in parts:
            assert any(part in line for line in found.get(name, [])), f"{name}: {part}"
