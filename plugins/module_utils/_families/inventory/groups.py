# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of groups, made from what a server says about its devices. Pure."""

from __future__ import annotations

from ..._core.names import group_part

# The names of platforms that differ between the products. All other platforms keep their names.
_PLATFORMS = {
    "osx": "macos",
    "os_x": "macos",
    "mac_os": "macos",
    "mac_os_x": "macos",
    "ipados": "ios",
}


def platform_group(platform: str) -> str:
    """Return the group of a platform, such as ``platform_ios`` or ``platform_windows``.

    Neurons says ``OSX`` for macOS and ``WINDOWS_PHONE`` for every Windows computer. An iPad is an
    iOS device in both products.
    """
    name = group_part(platform)
    if name.startswith("windows"):
        return "platform_windows"
    return f"platform_{_PLATFORMS.get(name, name)}"
