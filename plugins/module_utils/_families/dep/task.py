# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read DEP servers and their profiles."""

from __future__ import annotations

from ..._core.names import parse_names
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from ..._module.subjects import read_each
from .calls import DepServers
from .model import pick_servers, profile_rows, server_rows


def read_profiles(run: Run[DepServers]) -> Result:
    """Run dep_profile_info."""
    search = parse_query(run.params)
    wanted = parse_names(run.params["servers"], "servers", "DEP server")
    servers = pick_servers(wanted, run.calls.servers())
    found = list(zip(servers, read_each(run.calls.profiles, servers, run), strict=True))
    return read_result("profiles", profile_rows(found), run, search, servers=server_rows(found))
