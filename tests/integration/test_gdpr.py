# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An API account with a GDPR profile: what it does not see is not taken for absent."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._http.connect import Connections

from ..conftest import ModuleFailed, writes
from .inventories import failure

WORDS = "The API account has a GDPR profile, which hides personal data"
MASKS = ("asterisks", "partial", "word")
NEURONS = {"emails": "email", "users": "user", "serial_numbers": "serial_number"}
EPMM = {**NEURONS, "phone_numbers": "phone_number"}


def refused(call: Any, module: str, server: Any, **options: Any) -> str:
    with pytest.raises(ModuleFailed) as failed:
        call(module, server, **options)
    assert writes(server) == []
    return str(failed.value)


@pytest.fixture(params=[("neurons", ""), ("epmm", "v1"), ("epmm", "v2")], ids="-".join)
def account(request: Any, call: Any) -> tuple[Any, dict[str, Any], dict[str, Any], dict[str, str]]:
    """A server, the options to reach it, a row that has all that is hidden, and the names of its
    fields by the key of ``select``."""
    product, api = request.param
    server = request.getfixturevalue("emulator" if product == "neurons" else "epmm")
    options = {"api": api} if api else {}
    names = NEURONS if product == "neurons" else EPMM
    rows = call("device_info", server, **options)["devices"]
    phone = names.get("phone_numbers", "id")
    row = next(
        row
        for row in rows
        if all(row[name] for name in names.values()) and str(row[phone])[-5:].isdigit()
    )
    return server, options, row, names


@pytest.mark.parametrize("mask", MASKS)
def test_selections_by_what_is_hidden_are_refused(call, account, mask):
    server, options, row, names = account
    server.set_switch("gdpr_mask", mask)
    for key, name in names.items():
        for selection in ({key: [row[name]]}, {"attributes": {name: row[name]}}):
            chosen = {"select": selection, "on_missing": "skip", **options}
            server.set_switch("gdpr", "off")
            assert call("device_info", server, **chosen)["count"] >= 1
            server.set_switch("gdpr", "on")
            if options == {"api": "v1"} and "phone_numbers" in selection:
                # The direct call for a number finds the device, and what the server selects stands.
                assert call("device_info", server, **chosen)["count"] >= 1
                continue
            message = refused(call, "device_info", server, **chosen)
            assert WORDS in message and (key in message or name in message)
    message = refused(
        call, "device_info", server, select={"query": f"[?{names['emails']}=='x']"}, **options
    )
    assert WORDS in message and "select.query cannot choose" in message
    # What is not hidden is still found.
    assert call("device_info", server, devices=[row["id"]], **options)["count"] == 1


def test_protection_by_what_is_hidden_is_refused(call, account):
    server, options, row, names = account
    server.set_switch("gdpr", "on")
    for protected in (
        {"serial_numbers": [row[names["serial_numbers"]]]},
        {"attributes": {names["emails"]: row[names["emails"]]}},
    ):
        message = refused(
            call, "device_action", server, action="wipe", devices=[row["id"]], protected=protected,
            max_devices=1, confirm="1-0123456789abcdef", **options,
        )  # fmt: skip
        assert WORDS in message


@pytest.mark.parametrize("mask", MASKS)
def test_users_are_not_told_as_unknown(call, emulator, epmm, mask):
    person = next(row for row in call("device_info", emulator)["devices"] if row["email"])
    uid = next(row["user"] for row in call("device_info", epmm)["devices"] if row["user"])
    for server in (emulator, epmm):
        server.set_switch("gdpr_mask", mask)
        server.set_switch("gdpr", "on")
    assert WORDS in refused(
        call, "device_owner", emulator, devices=[person["id"]], user=person["email"]
    )
    assert WORDS in refused(call, "user_info", epmm, users=[uid], on_missing="skip")


# Masks that have no character or word of their own: each column one value, or nothing at all.
COLUMNS = {
    "columns": {"serial": "S1", "user": "user-x", "mail": "mail@example.com", "phone": "5550000"},
    "blank": dict.fromkeys(("serial", "user", "mail", "phone"), ""),
    "words": {
        "serial": "[redacted]",
        "user": "Anonymized",
        "mail": "redacted",
        "phone": "redacted",
    },
}
KINDS = {
    **dict.fromkeys(("serialNumber", "common.SerialNumber", "SerialNumber", "serial_number"), "serial"),
    **dict.fromkeys(("uid", "user.user_id", "principal", "userId"), "user"),
    **dict.fromkeys(("emailAddress", "user.email_address", "email"), "mail"),
    **dict.fromkeys(("phoneNumber", "common.current_phone_number", "currentPhoneNumber"), "phone"),
}  # fmt: skip


@pytest.fixture(params=COLUMNS)
def masked(request: Any, monkeypatch: Any) -> tuple[Callable[[], None], dict[str, str]]:
    """What makes every answer have the mask, and the mask."""
    words = COLUMNS[request.param]
    send = Connections.send

    def hidden(node: Any) -> Any:
        if isinstance(node, list):
            return [hidden(part) for part in node]
        if not isinstance(node, dict):
            return node
        if node.get("key") in KINDS:
            return {**node, "value": words[KINDS[node["key"]]]}
        return {
            name: words[KINDS[name]] if name in KINDS and isinstance(part, str) else hidden(part)
            for name, part in node.items()
        }

    def masking(self: Connections, request: Any, headers: Any) -> Any:
        reply = send(self, request, headers)
        return dataclasses.replace(reply, body=json.dumps(hidden(json.loads(reply.body))).encode())

    return lambda: monkeypatch.setattr(Connections, "send", masking), words


def test_a_mask_of_one_value_for_each_column_is_noticed(call, account, masked):
    server, options, row, names = account
    serial, person = row[names["serial_numbers"]], row[names["users"]]
    start, words = masked
    start()
    for selection in (
        {"serial_numbers": [serial]}, {"users": [person]}, {"emails": ["nobody@example.com"]},
        {"attributes": {"serial_number": serial}}, {"attributes": {"user": person}},
    ):  # fmt: skip
        chosen = {"select": selection, "on_missing": "skip", **options}
        if options == {"api": "v1"} and "users" in selection and not words["user"]:
            # The direct call for a user finds the devices, and what the server selects stands.
            assert call("device_info", server, **chosen)["count"] >= 1
            continue
        message = refused(call, "device_info", server, **chosen)
        assert WORDS in message, (selection, message)
    assert call("device_info", server, devices=[row["id"]], **options)["count"] == 1


def test_users_are_not_unknown_behind_a_mask_of_one_value(call, emulator, masked):
    row = next(one for one in call("device_info", emulator)["devices"] if one["user"])
    masked[0]()
    message = refused(call, "device_owner", emulator, devices=[row["id"]], user=row["user"])
    assert WORDS in message


def test_names_of_hosts_are_refused(emulator, ansible):
    emulator.set_switch("gdpr", "on")
    for options in ({}, {"hostnames": ["guid"], "query": "[?email=='x']"}):
        assert WORDS in failure(ansible, product="neurons", **options)
    ansible.write("fleet.neurons.yml", {"plugin": "ivanti.uem.neurons", "hostnames": ["guid"]})
    listed = ansible("ansible-inventory", "-i", "fleet.neurons.yml", "--graph")
    assert listed.returncode == 0 and "WARNING" not in listed.stderr


def test_offboarding_by_an_address_that_is_hidden_stops(call, emulator, ansible):
    row = next(row for row in call("device_info", emulator)["devices"] if row["email"])
    emulator.set_switch("gdpr", "on")
    run = ansible("ansible-playbook", "ivanti.uem.offboard_user", "-e", f"email={row['email']}")
    assert run.returncode != 0 and "GDPR profile" in run.stdout + run.stderr
    assert writes(emulator) == []


@pytest.mark.parametrize("on_missing", ["fail", "skip"])
@pytest.mark.parametrize("product", ["neurons", "epmm"])
def test_a_device_space_that_the_account_does_not_see_is_said(
    call, emulator, epmm, monkeypatch, product, on_missing
):
    """The account has a device space of its own, and the device may be in another one."""
    server = emulator if product == "neurons" else epmm
    send = Connections.send

    def limited(self: Connections, request: Any, headers: Any) -> Any:
        reply = send(self, request, headers)
        if request.path.endswith(("/partition/device", "/device_spaces/mine")):
            answer = json.loads(reply.body)
            rows = (answer.get("result") or answer).get("searchResults") or answer["results"]
            for row in rows:
                row.update({"defaultPartition": False, "name": "Berlin"})
                row["id"] = row["id"] if product == "neurons" else 2
            return dataclasses.replace(reply, body=json.dumps(answer).encode())
        return reply

    monkeypatch.setattr(Connections, "send", limited)
    # A name that no device has, and a query that no device meets.
    for chosen in ({"devices": [99999]}, {"select": {"query": "[?serial_number == 'NOWHERE']"}}):
        options = {**chosen, "on_missing": on_missing}
        said = (
            refused(call, "device_info", server, **options)
            if on_missing == "fail"
            else " ".join(call("device_info", server, **options)["warnings"])
        )
        assert said.count("The account sees only these device spaces: Berlin") == 1, said


def test_who_is_not_found_by_what_no_device_shows_may_be_there(call, emulator):
    for row in emulator.devices():
        emulator.patch_device(row["id"], emailAddress=None)
    chosen = {"select": {"emails": ["ada@example.com"]}}
    said = "devices that were looked at shows an e-mail address"
    assert said in refused(call, "device_info", emulator, **chosen)
    found = call("device_info", emulator, **chosen, on_missing="skip")
    assert found["count"] == 0 and said in found["warnings"][0]
    # A name that some device shows is simply not there.
    other = {"select": {"users": ["nobody"]}, "on_missing": "skip"}
    assert "looked at" not in " ".join(call("device_info", emulator, **other)["warnings"])
