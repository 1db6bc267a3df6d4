# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A query that hardly means what its author thinks chooses nothing that is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import values_of

from ..conftest import ModuleFailed, writes
from .test_playbooks import LEAST as LEAST_OF_NEURONS
from .test_playbooks import without_choice
from .test_playbooks_epmm import LEAST as LEAST_OF_EPMM

GUID = "00000000-0000-4000-8000-00000000000A"

# Each query would choose every device.
# fmt: off
EVERYTHING = [
    ("emulator", "[?complianceState != `true`]", "it is called compliant here"),
    ("emulator", "[?compliant != `yes`]", "never equal"),
    ("emulator", "[?compliant != 'true']", "never equal"),
    ("emulator", "[?!quarantine]", "nearest: 'quarantined'"),
    ("emulator", "[?id != `1`]", "never equal"),
    ("emulator", "[?platform != 'IOS']", "'IOS' is not a platform (nearest: 'ios')"),
    ("emulator", "[?!contains(['IOS'], platform)]", "'IOS' is not a platform"),
    ("emulator", "[?status != 'Active']", "'Active' is not a status"),
    ("emulator", "[?last_seen_at > '1700000000000']", "is not a time as rows have it"),
    ("emulator", f"[?guid != '{GUID}']", "write it in lower case"),
    ("emulator", "[?!labels]", "neurons does not say labels"),
    ("emulator", "[?custom_attributes.ownr != 'x']", "no row has a field 'ownr'"),
    ("emulator", "[?custom_attributes.Owner != 'x']", "no row has a field 'Owner'"),
    ("emulator", "[?owner != 'x']", "no row has a field 'owner'"),
    ("emulator", "[?!(model.name)]", "the value before .name is a text"),
    ("emulator", "[?'compliant' != 'true']", "names no field"),
    ("emulator", "[?status != 'wiped' || 'lost']", "names no field"),
    ("emulator", "[?!starts_with(platform, 'IOS')]", "no platform starts with 'IOS'; case counts"),
    ("emulator", "[?!contains(status, 'Retired')]", "no status contains 'Retired'; case counts"),
    ("emulator", "[?!contains(compliance_reasons || `[]`, 'x') && !contains(compliance_reasons, 'Out of contact')]", "write it like 'out_of_contact'"),
    ("emulator", "[?kiosk_state != 'configured']", "no kiosk_state is 'configured'"),
    ("emulator", "[?status_raw != 'retired']", "no status_raw is 'retired' (nearest: 'RETIRED'"),
    ("epmm", "[?!starts_with(platform, 'IOS')]", "no platform starts with 'IOS'"),
    ("epmm", "[?status_raw != 'retired']", "no status_raw is 'retired' (nearest: 'RETIRED'"),
    ("epmm", "[?!supervised]", "epmm does not say supervised"),
    ("epmm", "[?!operator]", "epmm does not say operator"),
    ("epmm", "[?email_address != 'a@example.com']", "it is called email here"),
]
# fmt: on


@pytest.mark.parametrize(("server", "query", "said"), EVERYTHING)
def test_a_module_that_reads_warns(request, call, server, query, said):
    running = request.getfixturevalue(server)
    result = call("device_info", running, select={"query": query})
    assert result["count"] > 50
    assert said in " ".join(result["warnings"])


@pytest.mark.parametrize(("server", "query", "said"), EVERYTHING)
def test_a_module_that_writes_refuses(request, call, server, query, said):
    running = request.getfixturevalue(server)
    with pytest.raises(ModuleFailed) as refused:
        call(
            "device_action", running, action="lock", select={"query": query}, on_missing="skip",
            max_percent=100,
        )  # fmt: skip
    words = str(refused.value)
    assert words.startswith("select.query: ") and said in words
    assert words.endswith("Nothing was done; correct the query.")
    assert writes(running) == []


# Other servers may have these; this one has them in another case, or not at all.
# fmt: off
ONLY_LACKING = [
    ("epmm", "[?space != 'emea']", "no row has a space that is 'emea' (nearest: 'EMEA'); case counts."),
    ("epmm", "[?!starts_with(space, 'Nowhere')]", "no row has a space that starts with 'Nowhere'; case counts."),
    ("emulator", "[?manufacturer != 'SAMSUNG']", "no row has a manufacturer that is 'SAMSUNG' (nearest: 'samsung'); case counts."),
    ("emulator", "[?status_raw != 'RETIRE_SNET']", "no row has a status_raw that is 'RETIRE_SNET' (nearest: 'RETIRE_SENT'"),
]
# fmt: on


@pytest.mark.parametrize(("server", "query", "said"), ONLY_LACKING)
def test_what_only_this_fleet_lacks_is_a_warning(request, call, server, query, said):
    running = request.getfixturevalue(server)
    select = {"ownership": "company", "query": query}
    for options in ({"select": select}, {"query": query}):
        read = call("device_info", running, **options)
        assert said in " ".join(read["warnings"])
    done = call(
        "device_action", running, action="lock", select=select, on_missing="skip", max_percent=100,
        on_ineligible="skip", check_mode=True,
    )  # fmt: skip
    assert done["summary"]["changed"] and said in " ".join(done["warnings"])


@pytest.mark.parametrize(
    ("module", "query", "said"),
    [
        ("device_info", "[?platform == 'IOS'].id", "'IOS' is not a platform (nearest: 'ios')"),
        ("alert_info", "[?severity == 'critical']", "no severity is 'critical' (nearest: 'CRITICAL'"),
        ("alert_info", "[?starts_with(type, 'Policy')]", "no type starts with 'Policy'; case counts"),
        ("activesync_device_info", "[?platform == 'iOS']", "no platform is 'iOS' (nearest: 'ios'"),
        ("label_info", "[?name == 'pilot']", "no row has a name that is 'pilot' (nearest: 'Pilot'); case counts"),
    ],
)  # fmt: skip
def test_the_query_of_a_module_that_reads_is_warned_of(epmm, call, module, query, said):
    result = call(module, epmm, query=query)
    assert said in " ".join(result["warnings"])


MODULES = Path(__file__).parents[2] / "plugins" / "modules"
SELECTING = {path.stem for path in MODULES.glob("*.py") if "uem._selection\n" in path.read_text()}
WRITING = {name for name in SELECTING if not name.endswith("_info")}
# What each needs at least, and what is refused whatever else is given.
WRITERS = [
    *(
        (server, module, without_choice(options))
        for server, least in (("emulator", LEAST_OF_NEURONS), ("epmm", LEAST_OF_EPMM))
        for module, options in least.items()
        if module in WRITING - {"device_owner"}
    ),
    ("emulator", "device_owner", {"account_id": 1}),
    ("emulator", "device_action", {"action": "retire", "max_percent": 100}),
    ("emulator", "device_action", {"action": "wipe", "max_percent": 100}),
    ("epmm", "device_location_info", {"refresh": True}),
]


def test_every_module_that_writes_to_a_selection_has_a_row():
    assert WRITING | {"device_location_info"} == {module for _server, module, _options in WRITERS}


@pytest.mark.parametrize(("server", "module", "options"), WRITERS)
@pytest.mark.parametrize("check_mode", [False, True])
def test_every_module_that_writes_refuses(request, call, server, module, options, check_mode):
    running = request.getfixturevalue(server)
    select = {"ownership": "company", "query": "[?!quarantine]"}
    with pytest.raises(ModuleFailed, match=r"select\.query: no row has a field 'quarantine'"):
        call(module, running, select=select, check_mode=check_mode, **options)
    assert writes(running) == []


def test_activesync_devices(epmm, call):
    select = {"query": "[?Model != 'x']", "statuses": ["allowed"]}
    result = call("activesync_device_info", epmm, select=select)
    assert result["count"] and "(nearest: 'model'" in " ".join(result["warnings"])
    with pytest.raises(ModuleFailed, match=r"'Model' .*Nothing was done; correct the query"):
        call("activesync_device", epmm, state="blocked", select=select)
    assert writes(epmm) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("[?platform != 'IOS']", "no platform is 'IOS' (nearest: 'ios'"),
        ("[?state != 'Blocked']", "no state is 'Blocked' (nearest: 'blocked'"),
        ("[?!contains(platform, 'OS')]", "no platform contains 'OS'; case counts"),
    ],
)
def test_words_that_no_activesync_device_can_have(epmm, call, query, said):
    select = {"query": query, "statuses": ["allowed"]}
    with pytest.raises(ModuleFailed) as refused:
        call("activesync_device", epmm, state="blocked", select=select, max_percent=100)
    assert said in str(refused.value) and "Nothing was done" in str(refused.value)
    assert writes(epmm) == []


def test_activesync_devices_have_the_platforms_of_the_vocabulary(epmm, call):
    rows = call("activesync_device_info", epmm)["devices"]
    assert {"ios", "android"} <= {row["platform"] for row in rows} <= {*values_of("platform"), ""}
    select = {"query": "[?platform != 'ios']", "statuses": ["allowed"]}
    plan = call(
        "activesync_device", epmm, state="blocked", select=select, max_percent=100, check_mode=True
    )
    others = [row for row in rows if row["platform"] != "ios" and row["state"] == "allowed"]
    assert 0 < plan["summary"]["changed"] == len(others)


@pytest.mark.parametrize(
    "query",
    [
        "[?compliant == `false`]",
        "[?platform == 'ios' && status == 'active']",
        "[?contains(['ios', 'android'], platform)]",
        "[?last_seen_at < '2026-11']",
        "[?!last_seen_at || last_seen_at < '2026-11-01T00:00:00Z']",
        "[?starts_with(model, 'iPad')]",
        "[?starts_with(platform, 'i') || contains(status, 'retire')]",
        "[?status_raw != 'WIPED' && kiosk_state != 'ACTIVE']",
        "[?!contains(compliance_reasons || `[]`, 'roaming')]",
        "[?imei]",
        "[?custom_attributes.project]",
        "[:5]",
        "[]",
    ],
)
def test_what_an_author_can_mean_is_not_refused(emulator, call, query):
    options = {"action": "lock", "select": {"query": query}, "on_missing": "skip"}
    options |= {"on_ineligible": "skip"}
    result = call("device_action", emulator, check_mode=True, max_percent=100, **options)
    assert not [one for one in result["warnings"] if one.startswith("select.query")]
