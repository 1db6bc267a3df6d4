# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each call names the role that its section of the vendor document asks for: in the client's
tables, in messages, in the documents and in the notes of the modules."""

from __future__ import annotations

import importlib
import re

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.endpoint import Endpoint
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions import epmm as on_epmm
from ansible_collections.ivanti.uem.plugins.module_utils._families.actions import (
    neurons as on_neurons,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.answers import AnswerReader, Reply
from ansible_collections.ivanti.uem.plugins.module_utils._http.request import Request

from tools import coverage_doc, reach, roles_doc

from ..contracts.contract import load_all

CONTRACTS = load_all()
ACTIONS = [*on_neurons.CALLS.values(), *on_epmm.CALLS.values()]
FILES = [
    importlib.import_module(f"{reach.PLUGINS}module_utils.{'.'.join(path.with_suffix('').parts)}")
    for folder in ("_products", "_families")
    for path in sorted(
        one.relative_to(reach.FAMILIES.parent)
        for one in (reach.FAMILIES.parent / folder).glob("*/*.py")
        if one.stem in ("endpoints", "neurons", "epmm")
    )
]
TABLES = [
    *(value for file in FILES for value in vars(file).values()),
    *(one for call in ACTIONS for one in (call.endpoint, call.by_mac, call.viability)),
]
ENDPOINTS = sorted(
    {one for one in TABLES if isinstance(one, Endpoint) and one.id in CONTRACTS},
    key=lambda one: (one.id, one.safe, one.idempotent),
)
# N41 to N43 are sent to the address of N08.
AT_ONE_ADDRESS = {"N41", "N42", "N43"}

# What the sections "Authentication" of the guide of Neurons for MDM say; all others say Tenant Admin.
MANAGEMENT = {"N03", "N04", "N05", "N06", "N35", "N36", "N37", "N38", "N39", "N40"}
READ_ONLY, ACTING = {"N02", "N15"}, {"N17", "N20", "N24"}


def documented(number: str) -> str:
    """Return the role that the document's section asks for."""
    if number in MANAGEMENT:
        return "Device Management"
    if number in READ_ONLY:
        return "Device Management or Device Read Only"
    if number in ACTING:
        return "Device Actions or Device Management"
    if number in ("E49", "E50", "E51", "E52", "E53"):
        return "API, and a role of Label Management"
    return "Tenant Admin" if number.startswith("N") else "API"


@pytest.mark.parametrize("number", coverage_doc.calls()["neurons"] + coverage_doc.calls()["epmm"])
def test_a_contract_has_the_role_of_its_section(number):
    assert CONTRACTS[number].source["role"] == documented(number)


def test_every_call_is_in_the_tables_of_the_client():
    assert {one.id for one in ENDPOINTS} | AT_ONE_ADDRESS >= set(
        coverage_doc.calls()["neurons"] + coverage_doc.calls()["epmm"]
    )


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.id} {one.method}")
def test_a_forbidden_call_names_the_role_of_its_section(endpoint):
    path = re.sub(r"\{\w+\}", "1", endpoint.path)
    reader = AnswerReader("The user ann", explain=str, redact=lambda text: text)
    error = reader.error(Reply(403, None, None, "", b""), Request(endpoint, path=path))
    assert f"give it the role {documented(endpoint.id)}." in str(error)


def test_the_documents_and_the_notes_are_what_the_contracts_say():
    for path, text in roles_doc.wanted().items():
        assert path.read_text(encoding="utf-8") == text, path


@pytest.mark.parametrize(
    ("module", "needed"),
    [
        ("alert", True),
        ("policy_info", True),
        ("device_action", True),
        ("user_info", True),
        ("device_info", False),
        ("device_label", False),
        ("device_message", False),
        ("label_info", False),
        ("device_owner", False),
        ("compliance_action_info", False),
    ],
)
def test_a_module_that_needs_the_deprecated_api_says_so(module, needed):
    notes = roles_doc.modules(coverage_doc.coverage())[module]
    assert (roles_doc.DEPRECATED in notes) == needed


def test_every_module_has_notes_about_its_roles():
    """But for one whose calls are all on pages that name no role, as its own notes say."""
    assert [
        name for name, lines in roles_doc.modules(coverage_doc.coverage()).items() if not lines
    ] == ["config_info"]
