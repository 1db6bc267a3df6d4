# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts that lack a role: every documented call is refused to them, nothing is written, and the
message of every module names the role that the vendor's section names."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.endpoint import Endpoint
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import ForbiddenError
from ansible_collections.ivanti.uem.plugins.module_utils._http.request import Request
from ansible_collections.ivanti.uem.plugins.module_utils._http.settings import parse_settings
from ansible_collections.ivanti.uem.plugins.module_utils._http.transport import Transport
from uem_emulator.epmm.roles import ROLES as EPMM_ROLES
from uem_emulator.neurons.roles import ADMIN
from uem_emulator.neurons.roles import ROLES as NEURONS_ROLES
from uem_emulator.testing.emulator import Emulator

from ..calls import DEFAULTS
from ..conftest import ModuleFailed, asks_a_server, connection, product_of
from ..contracts.contract import Contract, load_all
from ..contracts.replay import Server, payload, send, targets
from ..unit.test_roles import AT_ONE_ADDRESS, ENDPOINTS, TABLES, documented
from .test_playbooks import LEAST as LEAST_OF_NEURONS
from .test_playbooks import without_choice
from .test_playbooks_epmm import LEAST as LEAST_OF_EPMM
from .test_refused import WRITERS

CONTRACTS = {name: one for name, one in load_all().items() if not name.startswith("S_")}
ROLES = {"neurons": NEURONS_ROLES, "epmm": EPMM_ROLES}
# The only role of the category that a page names.
LABELS = "View label"


def groups(contract: Contract) -> list[set[str]]:
    """Groups of roles; an account needs one of each. A Tenant Admin may do everything."""
    role = documented(contract.id)
    if contract.product == "neurons":
        return [{*role.split(" or "), ADMIN}]
    return [{"API"}, {LABELS}] if "Label Management" in role else [{"API"}]


@pytest.fixture
def servers(emulator: Emulator, epmm: Emulator) -> dict[str, Emulator]:
    return {"neurons": emulator, "epmm": epmm}


def need_api_for_v2(server: Emulator, number: str) -> None:
    """Calls of API v2 whose contracts name the role API, which no page of the vendor says of v2."""
    if number in ("E49", "E50", "E51", "E52", "E53", "E54"):
        server.set_switch("v2_api_role", "needed")


def status(server: Emulator, contract: Contract) -> int:
    """Send the document's own example."""
    example = contract.examples[0]
    where = Server(server.url, server.username, server.password, server.ca_path)
    body, kinds = payload(contract, example), example.content_types
    target = targets(example)[0]
    return send(where, contract.method, target, content_types=kinds, payload=body).status


@pytest.mark.parametrize("number", sorted(CONTRACTS))
def test_a_documented_call_is_refused_without_its_role(servers, number):
    contract = CONTRACTS[number]
    server = servers[contract.product]
    need_api_for_v2(server, number)
    before = server.state()["writes"]
    for group in groups(contract):
        server.set_roles(server.username, *(set(ROLES[contract.product]) - group))
        assert status(server, contract) == 403
    assert server.state()["writes"] == before
    for role in groups(contract)[0]:
        server.set_roles(
            server.username, role, *(one for group in groups(contract)[1:] for one in group)
        )
        assert status(server, contract) != 403


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.id} {one.method}")
def test_the_client_names_the_role_of_the_call_that_was_refused(servers, endpoint):
    contract = CONTRACTS[endpoint.id]
    server = servers[contract.product]
    need_api_for_v2(server, contract.id)
    settings = parse_settings({**DEFAULTS, **connection(server), "token": None})
    transport = Transport(settings, read_only=False, explain=str)
    path = re.sub(r"\{\w+\}", "1", endpoint.path)
    server.set_roles(server.username, *(set(ROLES[contract.product]) - groups(contract)[0]))
    with pytest.raises(ForbiddenError, match="HTTP 403") as refused:
        transport.send(Request(endpoint, path))
    transport.close()
    assert str(refused.value).endswith(f"give it the role {documented(endpoint.id)}.")
    assert refused.value.effect == "none"


def some(server: Emulator, *fields: str) -> list[Any]:
    found = server.devices("id" if product_of(server) == "neurons" else "uuid")
    return [row["id"] if "id" in row else row["uuid"] for row in found][:2]


def asked(server: Emulator) -> str:
    """Return a journal that says that a device was retired."""
    neurons = product_of(server) == "neurons"
    row = server.devices("id", "guid")[0] if neurons else server.devices("uuid")[0]
    device = {"id": str(row.get("id", 1)), "guid": row["guid" if neurons else "uuid"]}
    line = {"phase": "before", "at": 1, "server": server.url, "action": "retire", "device": device}
    Path("asked.jsonl").write_text(json.dumps(line), encoding="utf-8")
    return "asked.jsonl"


Options = Callable[[Emulator, Callable[..., Any]], dict[str, Any]]
# These do not fail for want of a role. Of server_info a check names it: test_server_info has those.
# No page names the role of the call of config_info, so the emulator gives it to every account.
NEVER_REFUSED = {"server_info", "config_info"}


def least(options: dict[str, Any]) -> Options:
    """What a module needs at least, with devices of the server in place of those of a play."""
    kept = without_choice(options)
    if kept == options:
        return lambda server, call: {**kept}
    return lambda server, call: {**kept, "devices": some(server)}


# What reads, by product and module.
READERS: dict[tuple[str, str], Options] = {
    (product, module): least(options)
    for product, table in (("neurons", LEAST_OF_NEURONS), ("epmm", LEAST_OF_EPMM))
    for module, options in table.items()
    if module.endswith("_info") and module not in NEVER_REFUSED
}
# What needs more than that, and what else reads before it writes.
# fmt: off
READERS |= {
    ("neurons", "action_followup_info"): lambda server, call: {"journal_path": asked(server)},
    ("epmm", "action_followup_info"): lambda server, call: {"journal_path": asked(server)},
    ("neurons", "device_info: details"): lambda server, call: {"devices": some(server), "details": True},
    ("neurons", "desired_state"): lambda server, call: {
        "devices": [{"device": one, "attributes": {"cityid": "Q"}, "configurations": ["Passcode Config"]} for one in some(server)],
    },
    ("epmm", "desired_state"): lambda server, call: {
        "label_definitions": [{"name": "Loan pool"}], "policies": [{"policy": "1201", "label": "Pilot"}],
        "devices": [{"device": one, "labels": ["Loan pool"]} for one in some(server)],
    },
    ("neurons", "state_export"): lambda server, call: {"dest": tempfile.mkdtemp()},
    ("epmm", "state_export"): lambda server, call: {"dest": tempfile.mkdtemp()},
    ("epmm", "device_info: v1"): lambda server, call: {"devices": some(server), "api": "v1"},
    ("epmm", "label"): lambda server, call: {"name": "Loan pool"},
    ("epmm", "label: absent"): lambda server, call: {"name": "Pilot", "state": "absent", "force": True},
    ("epmm", "user_info"): lambda server, call: {"users": ["jdoe"], "on_missing": "skip"},
    ("epmm", "device_export"): lambda server, call: {"dest": "devices.csv"},
    ("epmm", "appconnect_analytics"): lambda server, call: {"app_id": "com.example.app", "dest": "sessions"},
    ("epmm", "label_policy"): lambda server, call: {"policy": "1201", "label": "Pilot"},
}
# fmt: on
# Tasks of EPMM that API v2 does alone.
OF_V2 = {
    "action_followup_info",
    "device_info",
    "device_compliance_info",
    "device_message",
    "device_action: wipe",
    "label",
    "label: absent",
    "compliance_action_info",
}
TASKS = {**READERS, **WRITERS}


def accounts(product: str) -> Iterator[tuple[str, ...]]:
    """Roles of accounts that may do less than everything."""
    yield ()
    for role in ROLES[product]:
        if role != ADMIN:
            yield (role,)


def wanted(endpoint: Endpoint) -> str:
    """What a message asks for: of a call that no section describes the role may not be known."""
    role = documented(endpoint.id) if endpoint.id in CONTRACTS else endpoint.role
    return f"the role {role}" if role else "a role that allows it"


def refused_roles(server: Emulator) -> set[str]:
    """The roles of the calls that were refused, as the documents have them."""
    return {
        wanted(endpoint)
        for entry in server.requests()
        if entry["status"] == 403
        for endpoint in TABLES
        if isinstance(endpoint, Endpoint)
        and endpoint.method == entry["method"]
        and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", endpoint.path), entry["path"])
    }


@pytest.mark.parametrize(("product", "task"), TASKS)
def test_a_module_names_the_role_that_its_account_lacks(
    servers, call, monkeypatch, tmp_path, product, task
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(tmp_path / "journal"))
    server, module = servers[product], task.partition(":")[0]
    if product == "neurons":
        # Then an account reads devices, and meets the role of what the module is about.
        server.set_switch("device_readers", "device_roles")
    elif task in OF_V2:
        # API v2 does everything, and no page says which role devices and labels need there.
        server.set_switch("v2_api_role", "needed")
    options = TASKS[product, task](server, call)
    if "wipe" in task:
        options |= {"max_devices": 9, "max_percent": 100}
        options["confirm"] = call(module, server, check_mode=True, **options)["confirm"]
    said = 0
    for roles in accounts(product):
        server.set_roles(server.username, *roles)
        server.clear_requests()
        try:
            call(module, server, **options)
        except ModuleFailed as failed:
            result = failed.result
        else:
            continue
        refused = refused_roles(server)
        if not refused:
            # It failed for another reason: the account has the role, and there is nothing to do.
            continue
        named = set(re.findall(r"give it (.+?)\.(?: |$)", result["msg"]))
        assert named and named <= refused, (roles, refused, result["msg"])
        assert not result.get("changed", False)
        said += 1
    assert said


def test_a_call_whose_role_no_page_names_asks_for_one_that_allows_it(call, emulator):
    emulator.set_roles(emulator.username)
    assert call("config_info", emulator)["configs"]
    emulator.add_fault("403", path="/api/v1/policy", times=None)
    with pytest.raises(ModuleFailed, match="give it a role that allows it"):
        call("config_info", emulator)


def test_every_module_is_tried():
    modules = {
        path.stem
        for path in (Path(__file__).parents[2] / "plugins" / "modules").glob("*.py")
        if asks_a_server(path)
    }
    assert {task.partition(":")[0] for _product, task in TASKS} == modules - NEVER_REFUSED
    assert {one.id for one in ENDPOINTS} | AT_ONE_ADDRESS == set(CONTRACTS)
