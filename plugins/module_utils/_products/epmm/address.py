# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much fits into the address of a request: some calls of API v1 take their devices there.
Pure."""

from __future__ import annotations

# Bytes of an address that every server takes.
MOST_BYTES = 8000

# The most devices in one call. "Send Action to bulk devices" allows 20,000 by default, but the
# uuids go into the address.
MOST_UUIDS = 150
