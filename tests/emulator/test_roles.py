# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts with chosen roles. Source: the paragraphs "Authentication" of the vendor's documents."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from uem_emulator.auth import Account, Accounts, read_account
from uem_emulator.blueprint import Blueprint
from uem_emulator.neurons import roles as neurons_roles
from uem_emulator.neurons.product import Neurons
from uem_emulator.switches import Switches
from uem_emulator.testing.emulator import ControlError, Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator
from uem_emulator.testing.running import running_emulator

from .client import Api

ADMIN, MANAGE, ACT, READ = "Tenant Admin", "Device Management", "Device Actions", "Device Read Only"
ACCOUNTS = {
    "tenant": ADMIN,
    "manager": MANAGE,
    "actor": ACT,
    "reader": READ,
    "nobody": "",
}
# fmt: off
#: Call of the document -> the accounts that it lets in.
DOCUMENTED = {
    ("PUT", "/api/v1/device/updateAccount"): "tenant",
    ("GET", "/api/v1/device/{}/customattributes"): "tenant manager reader",
    ("POST", "/api/v1/device/{}/customattributes"): "tenant manager",
    ("PATCH", "/api/v1/device/{}/customattributes"): "tenant manager",
    ("DELETE", "/api/v1/device/customattributes"): "tenant manager",
    ("DELETE", "/api/v1/device/{}/customattributes"): "tenant manager",
    ("GET", "/api/v1/device/{}"): "tenant", ("GET", "/api/v1/device"): "tenant",
    ("GET", "/api/v1/device/{}/configs"): "tenant",
    ("PUT", "/api/v1/device/{}/uninstallconfigs"): "tenant",
    ("DELETE", "/api/v1/device/{}/uninstallconfigs"): "tenant",
    ("PUT", "/api/v1/device/{}/reinstallconfigs"): "tenant",
    ("GET", "/api/v1/device/{}/policies"): "tenant",
    ("POST", "/api/v1/device/compliance/sync"): "tenant",
    ("GET", "/api/v1/device/{}/certs/search"): "tenant manager reader",
    ("GET", "/api/v1/device/scheduleOSUpdate"): "tenant",
    ("PUT", "/api/v1/device/scheduleOSUpdate"): "tenant manager actor",
    ("PUT", "/api/v1/device/restart"): "tenant",
    ("GET", "/api/v1/device/forceCheckin"): "tenant",
    ("PUT", "/api/v1/device/forceCheckin"): "tenant manager actor",
    ("GET", "/api/v1/device/wipe"): "tenant", ("PUT", "/api/v1/device/wipe"): "tenant",
    ("GET", "/api/v1/device/lock"): "tenant",
    ("PUT", "/api/v1/device/lock"): "tenant manager actor",
    ("PUT", "/api/v1/device/unlock"): "tenant",
    ("GET", "/api/v1/device/retire"): "tenant", ("PUT", "/api/v1/device/retire"): "tenant",
    ("GET", "/api/v1/device/logoutUser"): "tenant", ("PUT", "/api/v1/device/logoutUser"): "tenant",
    ("DELETE", "/api/v1/device"): "tenant", ("PUT", "/api/v1/device/message"): "tenant",
    ("GET", "/api/v1/device/enterKioskMode"): "tenant",
    ("PUT", "/api/v1/device/enterKioskMode"): "tenant",
    ("PUT", "/api/v1/device/exitKioskMode"): "tenant",
    ("PUT", "/api/v1/device/enableLostMode"): "tenant manager",
    ("GET", "/api/v1/device/disableLostMode"): "tenant manager",
    ("PUT", "/api/v1/device/disableLostMode"): "tenant manager",
    ("PUT", "/api/v1/device/relinquishOwnership"): "tenant manager",
    ("PUT", "/api/v1/device/relinquishOwnershipCancel"): "tenant manager",
    ("GET", "/api/v1/depServer/1/profiles"): "tenant",
    ("GET", "/api/v1/metadata/tenant"): "tenant manager actor reader nobody",
}
# fmt: on


def as_account(emulator: Emulator, name: str, password: str = "p:w") -> Api:
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    return Api(emulator, f"Basic {pair}")


@pytest.fixture(scope="module")
def crowd() -> Iterator[NeuronsEmulator]:
    arguments = [f"--account={name}:p:w:{role}" for name, role in ACCOUNTS.items()]
    with running_emulator(devices=20, no_tls=True, arguments=arguments) as emulator:
        yield emulator


@pytest.mark.parametrize("call", DOCUMENTED, ids=" ".join)
def test_a_call_needs_the_role_of_its_section(
    crowd: NeuronsEmulator, call: tuple[str, str]
) -> None:
    method, path = call[0], call[1].format(crowd.devices("id")[0]["id"])
    writes = crowd.state()["writes"]
    # Without parameters nothing is done: who may call gets another answer than 403.
    let_in = [name for name in ACCOUNTS if as_account(crowd, name).call(method, path).status != 403]
    assert let_in == DOCUMENTED[call].split()
    assert crowd.state()["writes"] == writes


def test_the_first_account_has_every_role_and_a_wrong_password_none(
    crowd: NeuronsEmulator,
) -> None:
    assert Api(crowd).search().status == 200
    assert as_account(crowd, "tenant", "p").search().status == 401
    assert as_account(crowd, "nobody").search().status == 403


def test_the_roles_of_the_table_belong_to_calls_that_exist() -> None:
    known = Neurons(Blueprint(1, 0, 1, 0), Switches()).router
    for method, path in neurons_roles._NEEDED:
        found = known.find(tuple(path.split("/")))
        assert found is not None and method in found[0], (method, path)


def test_whoever_has_a_device_role_may_read_devices_by_a_switch(crowd: NeuronsEmulator) -> None:
    crowd.set_switch("device_readers", "device_roles")
    try:
        assert as_account(crowd, "reader").search().status == 200
        assert as_account(crowd, "nobody").search().status == 403
    finally:
        crowd.reset()


def test_the_permissions_of_the_tenant_follow_the_roles(crowd: NeuronsEmulator) -> None:
    def permissions(name: str) -> list[str]:
        answer = as_account(crowd, name).get("/api/v1/metadata/tenant").result
        found: list[str] = answer["dmPermissionList"]
        return found

    assert "device.wipe" in permissions("manager") and "device.wipe" not in permissions("actor")
    assert permissions("reader") == ["device.view"] and permissions("nobody") == []


def test_roles_are_changed_until_a_reset(crowd: NeuronsEmulator) -> None:
    crowd.set_roles("actor", "device read only")
    assert crowd.roles()["actor"] == [READ]
    crowd.set_roles(crowd.username)
    assert Api(crowd).search().status == 403
    crowd.reset()
    assert crowd.roles()["actor"] == [ACT] and crowd.roles()[crowd.username] is None
    for given, text in (
        ({"somebody": []}, "no account is called somebody"),
        ({"actor": ["Wiper"]}, "no role is called Wiper"),
        ({"reader": [], "actor": "Device Actions"}, "a list of names"),
    ):
        with pytest.raises(ControlError, match=text):
            crowd.control("PUT", "roles", given)
    assert crowd.roles()["reader"] == [READ]


def test_api_v1_of_epmm_needs_the_role_api(epmm: EpmmEmulator, epmm_api: Api) -> None:
    ask = {"adminDeviceSpaceId": 1}
    definitions = {**ask, "type": "device"}
    epmm.set_roles(epmm.username, "Label Management / View label")
    assert epmm_api.get("/api/v1/dm/devices").status == 403
    assert epmm_api.get("/api/v2/labels/label_summary", **ask).status == 200
    assert epmm_api.get("/api/v2/attributes/definitions", **definitions).status == 403
    assert epmm_api.get("/api/v2/devices/count", query="", **ask).status == 200
    epmm.set_switch("v2_api_role", "needed")
    assert epmm_api.get("/api/v2/devices/count", query="", **ask).status == 403
    epmm.set_roles(epmm.username, "API")
    assert epmm_api.get("/api/v1/dm/devices").status == 200
    assert epmm_api.get("/api/v2/labels/label_summary", **ask).status == 403


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name", "an account is USER:PASSWORD:ROLE,ROLE"),
        ("name:geheim", "an account is USER:PASSWORD:ROLE,ROLE"),
        (":geheim:API", "an account is USER:PASSWORD:ROLE,ROLE"),
        ("name::API", "an account is USER:PASSWORD:ROLE,ROLE"),
        ("name:geheim:API,Wiper", "account name: no role is called Wiper; known are API"),
    ],
)
def test_an_account_that_cannot_be_read(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        read_account(text, ("API",))
    assert "geheim" not in str(caught.value)


def test_two_accounts_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="the same name"):
        Accounts([Account("a", "x"), Account("a", "y")])
