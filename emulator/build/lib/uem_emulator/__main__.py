# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m uem_emulator`."""

from __future__ import annotations

from uem_emulator.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
