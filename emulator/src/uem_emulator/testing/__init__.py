# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests: an emulator in a process of its own, and its control calls. Standard library only.

with running_emulator(devices=100, strict=True) as emulator:
    client = Client(emulator.url, emulator.username, emulator.password, ca_path=emulator.ca_path)
    ...
    assert not [entry for entry in emulator.requests() if entry["method"] != "GET"]
"""
