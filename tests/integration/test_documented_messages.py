# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sentences that the guides quote are those that an author gets to see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..conftest import ModuleFailed

DOCS = Path(__file__).parents[2] / "docs"
TABLET = {"platformType": "WINDOWS_PHONE", "registrationState": "ACTIVE", "serialNumber": None}
KNOWN_AS = "22032"  # in the guides

# The guide, the module and its options.
# fmt: off
QUOTED = [
    ("gitops.md", "device_custom_attrs", {"attrs": {"owner": "x"}, "confirm": "1-0000"}),
    ("gitops.md", "device_custom_attrs", {"attrs": {"ownr": "x"}}),
    ("actions.md", "device_action", {"action": "wipe"}),
    ("actions.md", "device_action", {"action": "lock"}),
]
# fmt: on


@pytest.mark.parametrize(("guide", "module", "options"), QUOTED)
def test_a_guide_quotes_what_is_said(
    call: Any, emulator: Any, guide: str, module: str, options: dict[str, Any]
) -> None:
    device = str(emulator.add_device(**TABLET))
    with pytest.raises(ModuleFailed) as failed:
        call(module, emulator, devices=[device], **options)
    sentence = str(failed.value.result["msg"]).partition(" The plan: ")[0]
    text = " ".join((DOCS / guide).read_text(encoding="utf-8").split())
    assert sentence.replace(device, KNOWN_AS) in text
