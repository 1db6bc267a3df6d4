# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names for groups, made of what a server says of its devices. Pure."""

from __future__ import annotations

from ..._core.names import group_part

# What the platforms of both products are called; everything else keeps its name.
_PLATFORMS = {
    "osx": "macos",
    "os_x": "macos",
    "mac_os": "macos",
    "mac_os_x": "macos",
    "ipados": "ios",
}


def platform_group(platform: str) -> str:
    """The group of a platform: ``platform_ios``, ``platform_android``, ``platform_macos``,
    ``platform_windows``, …

    Neurons calls macOS ``OSX`` and every Windows computer ``WINDOWS_PHONE``. An iPad is an iOS
    device there, and in EPMM.
    """
    name = group_part(platform)
    if name.startswith("windows"):
        return "platform_windows"
    return f"platform_{_PLATFORMS.get(name, name)}"
