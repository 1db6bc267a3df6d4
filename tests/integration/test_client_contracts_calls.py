# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules for configurations, owners, compliance, certificates, enrolment, users,
ActiveSync devices, app settings and files send and read, held against the vendor documents'
requests and answers (tests/contracts).

The server here is a recorder that gives the documents' example answers; neither our emulator nor
its wire code has a part in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest

from ..conftest import ModuleFailed
from ..contracts.check import check_request
from ..contracts.contract import Contract
from ..contracts.files import payload_of, tree_of
from ..contracts.recorder import Answer, Recorded, Recorder, recording
from . import test_client_contracts_epmm as epmm_contracts
from .test_client_contracts import CONTRACTS, LIST, example, one_row, two_rows
from .test_client_contracts_epmm import OTHER, documented, run, sent, template

# The fixture of that file, by another name than ours: what EPMM's documents show, and at the end
# every request held against its contract.
epmm_server = epmm_contracts.server

NEURONS = {"product": "neurons", "username": "reader", "password": "a long password", "retries": 0}
# A device and a user of the documents' examples.
PLACE = 22200
ACCOUNT = 10542407
DONE = {"errors": None, "result": True}


@pytest.fixture(autouse=True)
def journal(monkeypatch, tmp_path):
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(tmp_path / "journal.jsonl"))


def part(contract: str, number: int = 0, **changes):
    """A page of a document's example with other keys in its result."""
    answer = example(contract, number)
    return {**answer, "result": {**answer["result"], **changes}}


@pytest.fixture
def neurons() -> Iterator[Recorder]:
    """What the document shows for reads, and at the end every request held against its contract."""
    with recording() as running:
        for name in (
            "N09",
            "N13",
            "N15",
            "N44",
            "N45",
            "S_accounts",
            "S_configurations",
            "S_tenant",
        ):
            running.answer("GET", template(CONTRACTS[name]).pattern, example(name))
        [space] = [
            row
            for row in example("S_partitions")["result"]["searchResults"]
            if row["defaultPartition"]
        ]
        running.answer(
            "GET",
            "/api/v1/tenant/partition/device",
            part("S_partitions", searchResults=[space], totalCount=1),
        )
        running.answer("GET", LIST, one_row(id=PLACE, registrationState="ACTIVE", ownerId=514976))
        yield running
        assert running.unmatched == []
        for request in running.requests:
            assert check_request(request, contract_of(request)) == [], request


def contract_of(request: Recorded) -> Contract:
    """The contract of a call of Neurons; the list of devices stands for the four of its address."""
    fitting = [
        one
        for name, one in CONTRACTS.items()
        if one.product == "neurons"
        and one.method == request.method
        and name not in ("S_error", "N41", "N42", "N43")
        and template(one).fullmatch(request.path)
    ]
    assert fitting, f"no contract for {request.method} {request.path}"
    return min(fitting, key=lambda one: one.path_templates[0].count("{"))


def asked(server: Recorder, contract: str):
    """Path, query and form of the requests for a contract that arrived, decoded."""
    found = [one for one in server.requests if contract_of(one).id == contract]
    return [
        (
            one.path,
            parse_qsl(one.query, keep_blank_values=True),
            parse_qsl(one.body.decode(), keep_blank_values=True),
        )
        for one in found
    ]


def ask(call, server, module, **options):
    return call(module, url=server.url, **NEURONS, **options)


# Neurons: configurations

CONFIGS = {row["id"]: row for row in example("N09")["result"]["searchResults"]}


def configs(**statuses: str):
    """The document's configurations, some with another status; by their ids with a letter before
    them."""
    return part(
        "N09",
        searchResults=[
            {**row, "status": statuses.get(f"c{number}", row["status"])}
            for number, row in CONFIGS.items()
        ],
    )


def test_the_documented_configurations_are_read(neurons, call):
    [device] = ask(call, neurons, "device_config_info", devices=[PLACE])["devices"]
    assert asked(neurons, "N09") == [(f"{LIST}/{PLACE}/configs", [], [])]
    assert {int(one["id"]): (one["name"], one["status"]) for one in device["configs"]} == {
        number: (row["name"], "INSTALLED") for number, row in CONFIGS.items()
    }


@pytest.mark.parametrize("config", [35046, "Passcode Config"])
def test_a_configuration_is_excluded(neurons, call, config):
    neurons.answer("PUT", f"{LIST}/.*", DONE)
    assert ask(call, neurons, "device_config", devices=[PLACE], configs=[config], state="excluded")[
        "changed"
    ]
    assert asked(neurons, "N10") == [
        (f"{LIST}/{PLACE}/uninstallconfigs", [], [("policyIds", "35046")])
    ]


def test_an_excluded_configuration_is_pushed_back(neurons, call):
    neurons.answer("GET", f"{LIST}/{PLACE}/configs", configs(c35046="UNINSTALLED"))
    neurons.answer("DELETE", f"{LIST}/.*", example("N11"))
    assert ask(call, neurons, "device_config", devices=[PLACE], configs=[35046, 35161])["changed"]
    assert asked(neurons, "N11") == [
        (f"{LIST}/{PLACE}/uninstallconfigs", [("policyIds", "35046")], [])
    ]


def test_a_configuration_is_installed_again(neurons, call):
    neurons.answer("PUT", f"{LIST}/.*", example("N12"))
    assert ask(call, neurons, "device_config", devices=[PLACE], configs=[35148], reinstall=True)[
        "changed"
    ]
    assert asked(neurons, "N12") == [
        (f"{LIST}/{PLACE}/reinstallconfigs", [], [("policyIds", "35148")])
    ]


def test_several_configurations_are_one_list_with_commas(neurons, call):
    neurons.answer(
        "GET",
        f"{LIST}/{PLACE}/configs",
        configs(),
        configs(c35046="UNINSTALLED", c35161="UNINSTALLED"),
    )
    neurons.answer("PUT", f"{LIST}/.*", DONE)
    assert ask(
        call, neurons, "device_config", devices=[PLACE], configs=[35046, 35161], state="excluded"
    )["changed"]
    assert asked(neurons, "N10") == [
        (f"{LIST}/{PLACE}/uninstallconfigs", [], [("policyIds", "35046,35161")])
    ]


def test_a_configuration_that_no_device_has_is_looked_up(neurons, call):
    neurons.answer(
        "GET",
        f"{LIST}/{PLACE}/configs",
        part("N09", searchResults=[], totalCount=0, limit=0),
        example("N09"),
    )
    neurons.answer("DELETE", f"{LIST}/.*", DONE)
    assert ask(call, neurons, "device_config", devices=[PLACE], configs=["Passcode Config"])[
        "changed"
    ]
    assert asked(neurons, "S_configurations")
    assert asked(neurons, "N11") == [
        (f"{LIST}/{PLACE}/uninstallconfigs", [("policyIds", "35046")], [])
    ]


def test_false_is_no_success(neurons, call):
    neurons.answer("PUT", f"{LIST}/.*", {"errors": None, "result": False})
    with pytest.raises(ModuleFailed):
        ask(call, neurons, "device_config", devices=[PLACE], configs=[35046], state="excluded")


# Neurons: compliance, certificates, enrolment


def test_the_documented_policies_are_read(neurons, call):
    [device] = ask(call, neurons, "device_compliance_info", devices=[PLACE])["devices"]
    assert asked(neurons, "N13") == [(f"{LIST}/{PLACE}/policies", [], [])]
    policies = {policy["name"]: policy["compliant"] for policy in device["policies"]}
    assert policies == {
        row["name"].strip(): row["compliant"] for row in example("N13")["result"]["searchResults"]
    }
    assert policies["International Roaming Devices"] is False and policies["Out of Contact"] is True


def test_the_documented_certificates_are_read(neurons, call):
    neurons.answer("GET", LIST, one_row(id=25166, ownerId=514976))
    result = ask(call, neurons, "device_certificate_info", devices=[25166])
    [(path, query, _form)] = asked(neurons, "N15")
    assert path == f"{LIST}/25166/certs/search" and dict(query)["accountId"] == "514976"
    rows = {row["serial_number"]: row for row in result["certificates"]}
    assert set(rows) == {"26736", "26734"}
    one = rows["26736"]
    assert (one["subject"], one["state"], one["ca_name"]) == (
        "CN=xxx556f0f5931738440cfaa4758580f145f91333026",
        "Active",
        "AppStoreFrontCA",
    )
    # 1488124992000 and 1701472062000.
    assert (one["not_before"], one["not_after"]) == ("2017-02-26T16:03:12Z", "2023-12-01T23:07:42Z")
    # The worst comes first: the one that expires 4 seconds later is the second.
    assert [row["serial_number"] for row in result["certificates"]] == ["26736", "26734"]
    assert all(row["days_to_expiry"] < 0 for row in result["certificates"])


def test_the_documented_profile_of_a_dep_server_is_read(neurons, call):
    result = ask(call, neurons, "dep_profile_info")
    assert [path for path, _query, _form in asked(neurons, "N44")] == [
        "/api/v1/depServer/198/profiles"
    ]
    [profile], [raw] = result["profiles"], example("N44")["result"]
    assert (profile["id"], profile["name"], profile["status"], profile["virtual_server_id"]) == (
        "51799",
        "QEJoe",
        "ACTIVE",
        "198",
    )
    assert profile["skip_setup_items"] == ["Biometric", "Payment", "Passcode"]
    # Every documented key has its place.
    assert {name.lower() for name in raw} - {name.replace("_", "") for name in profile} == {
        "profilename"
    }
    [server] = result["servers"]
    assert server["id"] == "198"


# Neurons: owners, and the sync of compliance

SUPERVISED = {
    "registrationState": "ACTIVE",
    "platformType": "IOS",
    "supervised": True,
    "ownerId": 1,
}


def give(server: Recorder, *ids: int, answer) -> None:
    """Supervised iOS devices of somebody else."""
    server.answer(
        "GET",
        LIST,
        one_row(id=ids[0], **SUPERVISED) if len(ids) == 1 else two_rows(id=ids[0], **SUPERVISED),
    )
    for number in ids:
        server.answer(
            "GET",
            f"{LIST}/{number}",
            {**example("N07"), "result": {**example("N07")["result"], "id": number, **SUPERVISED}},
        )
    server.answer("PUT", f"{LIST}/updateAccount", answer)


@pytest.mark.parametrize(
    "who", [{"user": "jdoe@example.com"}, {"user": "JDoe@example.com"}, {"account_id": ACCOUNT}]
)
@pytest.mark.parametrize("answer", [example("N01"), {"errors": None, "result": 1}])
def test_a_device_is_given_to_a_user(neurons, call, who, answer):
    """An older guide answers a number."""
    give(neurons, 73542, answer=answer)
    assert ask(call, neurons, "device_owner", devices=[73542], **who)["summary"]["changed"] == 1
    assert asked(neurons, "N01") == [
        (f"{LIST}/updateAccount", [], [("accountId", str(ACCOUNT)), ("deviceIds", "73542")])
    ]
    assert bool(asked(neurons, "S_accounts")) is ("user" in who)


def test_devices_that_were_rejected_are_told(neurons, call):
    give(neurons, 73542, 73543, answer=example("N01", 1))
    with pytest.raises(ModuleFailed) as failed:
        ask(call, neurons, "device_owner", devices=[73542, 73543], account_id=ACCOUNT)
    [(_path, _query, form)] = asked(neurons, "N01")
    assert form == [("accountId", str(ACCOUNT)), ("deviceIds", "73542"), ("deviceIds", "73543")]
    assert {one["id"]: one["outcome"] for one in failed.value.result["devices"]} == {
        "73542": "changed",
        "73543": "failed",
    }


@pytest.mark.parametrize(("vendor", "word"), [("google_bc", "GoogleBC"), ("intune", "Intune")])
def test_the_compliance_of_devices_is_synced(neurons, call, vendor, word):
    neurons.answer("GET", LIST, two_rows(id=PLACE, registrationState="ACTIVE"))
    neurons.answer("POST", f"{LIST}/compliance/sync", example("N14"))
    assert (
        ask(call, neurons, "compliance_sync", devices=[PLACE, PLACE + 1], vendor=vendor)["summary"][
            "changed"
        ]
        == 2
    )
    assert {tuple(query) for _path, query, _form in asked(neurons, "N14")} == {(("vendor", word),)}
    assert {pair for _path, _query, form in asked(neurons, "N14") for pair in form} == {
        ("ids", str(PLACE)),
        ("ids", str(PLACE + 1)),
    }


def test_the_one_that_the_document_answers_for_two_devices_is_a_success(neurons, call):
    """Many share a request; the document's example answers 1 for two devices."""
    page = two_rows(id=PLACE, registrationState="ACTIVE")
    [row, _other] = page["result"]["searchResults"]
    rows = [
        {**row, "id": PLACE + place, "guid": f"{place:08}{row['guid'][8:]}"} for place in range(60)
    ]
    neurons.answer(
        "GET",
        LIST,
        {**page, "result": {**page["result"], "searchResults": rows, "totalCount": len(rows)}},
    )
    neurons.answer("POST", f"{LIST}/compliance/sync", example("N14"))
    result = ask(
        call,
        neurons,
        "compliance_sync",
        select={"status": "active"},
        vendor="intune",
    )
    assert result["summary"]["changed"] == len(rows)
    forms_sent = [form for _path, _query, form in asked(neurons, "N14")]
    assert len(forms_sent) < len(rows) and {pair[0] for form in forms_sent for pair in form} == {
        "ids"
    }


def test_a_sync_that_was_not_taken_is_told(neurons, call):
    neurons.answer("POST", f"{LIST}/compliance/sync", {"errors": None, "result": 0})
    with pytest.raises(ModuleFailed):
        ask(call, neurons, "compliance_sync", devices=[PLACE], vendor="intune")


# EPMM: configurations, registration and what that refers to


def test_the_documented_profiles_are_read(epmm_server, call):
    [device] = run(call, epmm_server, "device_config_info", devices=[OTHER])["devices"]
    assert sent(epmm_server, "E28") == [(f"/api/v1/dm/devices/profiles/{OTHER}", [])]
    found = {
        (one["kind"], one["id"]): (one["name"].strip(), one["status"]) for one in device["configs"]
    }
    # -2 is the id of a configuration and of a policy.
    # fmt: off
    assert found == {
        ("policy", "-7"): ("Default Docs@Work Policy", "Applied"), ("policy", "-3"): ("Default Security Policy", "Applied"),
        ("policy", "-2"): ("Default Privacy Policy", "Applied"), ("configuration", "-2"): ("System - iOS MDM", "Applied"),
    }
    # fmt: on


NO_ANSWER = [Answer("", content_type="application/json"), {"messages": None}, {"messages": {}}]


@pytest.mark.parametrize("answer", [*NO_ANSWER, documented("E28")])
@pytest.mark.parametrize(("kind", "word"), [("configuration", "APP"), ("policy", "POLICY")])
def test_a_profile_is_pushed_again(epmm_server, call, kind, word, answer):
    """The documents show no answer: nothing, an empty message, and the profiles are successes."""
    epmm_server.answer("PUT", "/api/v1/dm/devices/repushprofile/.*", answer)
    options = {"devices": [OTHER], "configs": [-2], "kind": kind, "reinstall": True}
    pushed = [
        row
        for row in documented("E28")["profiles"]["profile"]
        if (row["@id"], row["profileType"]) == ("-2", word)
    ]
    later = [{**row, "lastUpdatedAt": row["lastUpdatedAt"] + 1} for row in pushed]
    epmm_server.answer(
        "GET",
        "/api/v1/dm/devices/profiles/.*",
        documented("E28"),
        {**documented("E28"), "profiles": {"profile": later}},
    )
    assert run(call, epmm_server, "device_config", **options)["changed"]
    assert sent(epmm_server, "E29") == [
        (f"/api/v1/dm/devices/repushprofile/{OTHER}", [("id", "-2"), ("type", word)])
    ]


NEW = {
    "user": "jdoe",
    "platform": "android",
    "country_code": 1,
    "phone_number": "4155551212",
    "first_name": "Joe",
    "last_name": "Doe",
    "email": "jdoe@example.com",
    "operator": "Verizon",
}
NOBODY = Answer({"messages": {"message": "No Data Found"}}, status=404)


def empty(server: Recorder) -> None:
    """A server without a device, on which somebody has a name already."""
    server.answer(
        "GET",
        "/api/v2/devices",
        {"results": [], "totalCount": 0, "resultCount": 0, "hasMore": False},
    )
    server.answer("GET", "/api/v2/devices/count", {"totalCount": 0})
    server.answer("GET", "/api/v1/dm/devices", NOBODY)
    server.answer("GET", "/api/v1/dm/users/[^/]+", NOBODY)
    server.answer("GET", "/api/v1/sm/users/[^/]+", NOBODY)
    server.answer(
        "GET", f"/api/v1/dm/devices/{documented('E08')['registration']['deviceUuid']}", NOBODY
    )
    # The example of a registration names an operator that the example of the list lacks.
    operators = documented("E23")
    verizon = {**operators["operators"]["operator"], "carrierShortName": "Verizon", "id": 4195}
    server.answer(
        "GET",
        "/api/v1/dm/operators",
        {**operators, "operators": {"operator": [operators["operators"]["operator"], verizon]}},
    )


def test_a_device_is_registered_as_documented(epmm_server, call):
    empty(epmm_server)
    epmm_server.answer("PUT", "/api/v1/dm/register/?", documented("E08"))
    result = run(
        call,
        epmm_server,
        "device_registration",
        notify_user=True,
        notify_by_sms=True,
        return_secrets=True,
        **NEW,
    )
    [(_path, query)] = sent(epmm_server, "E08")
    example_of = next(one for one in epmm_contracts.CONTRACTS["E08"].examples if one.in_xml)
    documented_query = {
        ("countryCode" if name == "countrycode" else name): value
        for name, value in example_of.query
    }
    assert {name: dict(query)[name] for name in documented_query} == documented_query
    assert result["changed"] and result["device"]["registered_phone_number"] == "14085551212"
    assert re.search(
        "caba40e7-f56b-44aa-ac70-79e32e91adf8.*63460|63460.*caba40e7-f56b-44aa-ac70-79e32e91adf8",
        repr(result),
        re.DOTALL,
    )


@pytest.mark.parametrize("changes", [
    {"messages": [None, {"message": "Success"}]}, {"messages": {"message": "Success"}}, {"passcode": "", "passcodeTTL": None},
])  # fmt: skip
@pytest.mark.parametrize("name", ["deviceUuid", "deviceUid"])
def test_registrations_of_both_documents_are_read(epmm_server, call, name, changes):
    empty(epmm_server)
    registration = {**documented("E08")["registration"], **changes}
    registration[name] = registration.pop("deviceUuid")
    epmm_server.answer(
        "PUT", "/api/v1/dm/register/?", {**documented("E08"), "registration": registration}
    )
    result = run(call, epmm_server, "device_registration", **NEW)
    assert (
        result["changed"]
        and "caba40e7-f56b-44aa-ac70-79e32e91adf8" in repr(result)
        and "63460" not in repr(result)
    )


def test_a_registration_that_failed_is_told(epmm_server, call):
    empty(epmm_server)
    failed = {"registration": {"messages": {"message": "The license count is exceeded"}}}
    for answer in (failed, failed["registration"], Answer(failed["registration"], status=400)):
        epmm_server.answer("PUT", "/api/v1/dm/register/?", answer)
        with pytest.raises(ModuleFailed, match="license count"):
            run(call, epmm_server, "device_registration", **NEW)


SAID = "Registered. Your passcode: PC-9876, at https://epmm.example.com/go/75b13"
SECRET = ("9876", "75b13", "epmm.example.com/go")


@pytest.mark.parametrize(("answer", "words"), [
    ({"messages": {"message": SAID}}, "HTTP 200, but reported no success: Registered. Your passcode: ********"),
    *((Answer({"messages": {"message": SAID}}, status=status), f"HTTP {status} (Registered. Your passcode: ********") for status in (500, 503, 409)),
    (Answer({"messages": {"message": f"{'x ' * 135}{SAID}"}}, status=500), "Your passcode: ***)"),
    (Answer(f"<html><title>{SAID}</title></html>", content_type="text/html"), "a web page titled 'Registered. Your passcode: ********"),
    (Answer(f"<html><title>{SAID}</title></html>", status=500, content_type="text/html"), "a web page titled 'Registered. Your passcode: ********"),
    (Answer({}, status=302, headers={"Location": "https://epmm.example.com/go/75b13"}), "was redirected to ********"),
])  # fmt: skip
def test_what_a_server_says_of_a_registration_shows_no_secret(epmm_server, call, answer, words):
    empty(epmm_server)
    epmm_server.answer("PUT", "/api/v1/dm/register/?", answer)
    with pytest.raises(ModuleFailed) as failed:
        run(call, epmm_server, "device_registration", **NEW)
    shown = repr(failed.value.result)
    assert words in failed.value.result["msg"] and not any(secret in shown for secret in SECRET), (
        shown
    )
    with pytest.raises(ModuleFailed) as failed:
        run(call, epmm_server, "device_registration", return_secrets=True, **NEW)
    assert "75b13" in failed.value.result["msg"] or "x x x" in failed.value.result["msg"]


@pytest.mark.parametrize("return_secrets", [True, False])
def test_a_message_that_repeats_what_is_secret_does_not_show_it(epmm_server, call, return_secrets):
    """Of whatever form: a success of which not all is as documented is an error in the server's
    words."""
    empty(epmm_server)
    registration = {
        **documented("E08")["registration"],
        "status": "WEIRD",
        "passcode": "Zebra-pw",
        "registrationUrl": "enrol:Zebra",
    }
    epmm_server.answer(
        "PUT",
        "/api/v1/dm/register/?",
        {
            "registration": registration,
            "messages": {"message": "odd: Zebra-pw goes with enrol:Zebra"},
        },
    )
    with pytest.raises(ModuleFailed, match=r"odd: \*{8} goes with \*{8}") as failed:
        run(call, epmm_server, "device_registration", return_secrets=return_secrets, **NEW)
    assert "Zebra" not in repr(failed.value.result)


def test_operators_and_countries_are_read(epmm_server, call):
    result = run(call, epmm_server, "registration_reference_info")
    assert sent(epmm_server, "E23") == [("/api/v1/dm/operators", [])] and sent(
        epmm_server, "E24"
    ) == [("/api/v1/dm/countries", [])]
    [operator] = result["operators"]
    assert (
        operator["id"],
        operator["name"],
        operator["type"],
        operator["country_code"],
        operator["enabled"],
    ) == ("269", "AT&T", "Mobile", "1", True)
    # 102 is disabled, 116 enabled.
    assert [
        (one["name"], one["iso_code"], one["country_code"], one["enabled"])
        for one in result["countries"]
    ] == [("United States", "US", "1", False), ("India", "IN", "91", True)]


# EPMM: ActiveSync devices

EAS = "hdgd-e93c-49b1-88d6-222f54132445"


def counted(**groups):
    """The document's ActiveSync devices; its count is that of a larger server."""
    return {**documented("E30"), "messages": {"message": "5 Device(s) returned"}, **groups}


@pytest.fixture
def eas(epmm_server):
    epmm_server.answer("GET", "/api/v1/eas/devices", counted())
    return epmm_server


def test_the_documented_activesync_devices_are_read(eas, call):
    result = run(call, eas, "activesync_device_info")
    assert sent(eas, "E30") == [("/api/v1/eas/devices", [])]
    rows = {row["uuid"]: row for row in result["devices"]}
    assert {uuid: row["state"] for uuid, row in rows.items()} == {
        EAS: "allowed",
        "hgdgd-fsg-4wfsb1-dgdg-dgfdg": "blocked",
        "8herw5345d711cdc-e93c-dfg-hgdf-hssgfd": "allowed",
        "34gdrtdger-4err-gd-88d6-2fes": "blocked",
        "ersdfsc-e93c-49b1-88d6-sg2wefwef": "wiped",
    }
    one = rows[EAS]
    assert (one["user"], one["mailbox"], one["phone"], one["action_source"]) == (
        "jdoe113",
        "jdoe113",
        "6505551212",
        "EXCHANGE",
    )
    # 1326179585000 and 1326180768000.
    assert (one["first_sync"], one["last_sync"]) == ("2012-01-10T07:13:05Z", "2012-01-10T07:32:48Z")


def test_a_list_that_is_cut_off_is_told(epmm_server, call):
    with pytest.raises(ModuleFailed, match="counts 212 ActiveSync devices and sent 5"):
        run(call, epmm_server, "activesync_device_info")


@pytest.mark.parametrize("wrapped", [False, True])
def test_the_documented_details_are_read(eas, call, wrapped):
    body = {**documented("E31"), "uuid": EAS}
    eas.answer("GET", f"/api/v1/eas/devices/{EAS}", {"easDevice": body} if wrapped else body)
    [row] = run(call, eas, "activesync_device_info", activesync_devices=[EAS], details=True)[
        "devices"
    ]
    assert sent(eas, "E31") == [(f"/api/v1/eas/devices/{EAS}", [])]
    details = row["details"]
    assert (
        details["DeviceActiveSyncVersion"],
        details["NumberOfFoldersSynced"],
        details["Status"],
    ) == ("12.1", "2", "DeviceOk")


@pytest.mark.parametrize("status", ["", " status"])
@pytest.mark.parametrize(
    ("state", "action", "group"),
    [
        ("blocked", "BLOCK_DEVICE", "registeredAllowedDevice"),
        ("allowed", "REINSTATE_DEVICE", "registeredBlockedDevice"),
    ],
)
def test_an_activesync_device_is_blocked_and_allowed(eas, call, state, action, group, status):
    row = documented("E30")["registeredAllowedDevices"]["registeredAllowedDevice"]
    words = {"registeredAllowedDevice": "Allowed", "registeredBlockedDevice": "Blocked"}
    groups = {
        f"{one}s": {one: {**row, "activeSyncStatus": word}} if one == group else None
        for one, word in words.items()
    }
    eas.answer(
        "GET",
        "/api/v1/eas/devices",
        {**counted(**groups), "messages": {"message": "4 Device(s) returned"}},
    )
    said = documented("E32")["messages"]["message"].replace(
        "BLOCK_DEVICE status", f"{action}{status}"
    )
    eas.answer("PUT", "/api/v1/eas/devices", {"messages": {"message": said}})
    assert run(call, eas, "activesync_device", activesync_devices=[EAS], state=state)["changed"]
    [(_path, query)] = sent(eas, "E32")
    assert sorted(query) == [("action", action), ("uuids", EAS)]


def test_an_activesync_device_is_wiped_after_a_check(eas, call):
    eas.answer(
        "PUT", "/api/v1/eas/devices", {"messages": {"message": "1 device(s) modified to WIPE"}}
    )
    eas.answer("GET", f"/api/v1/eas/devices/{EAS}", {**documented("E31"), "uuid": EAS})
    options = {"activesync_devices": [EAS], "state": "wiped"}
    plan = run(call, eas, "activesync_device", check_mode=True, **options)
    assert sent(eas, "E32") == []
    assert run(call, eas, "activesync_device", confirm=plan["confirm"], **options)["changed"]
    [(_path, query)] = sent(eas, "E32")
    assert sorted(query) == [("action", "WIPE"), ("uuids", EAS)]


# EPMM: users and passwords

ROLES = documented("E34")["user"]["roles"]


def jdoe(answer, **changes):
    return {**answer, "user": {**answer["user"], "principal": "jdoe", **changes}}


def test_the_documented_user_is_read(epmm_server, call):
    [user] = run(call, epmm_server, "user_info", users=["miadmin"])["users"]
    assert sent(epmm_server, "E34") == [("/api/v1/sm/users/miadmin", [])]
    assert (user["id"], user["name"], user["source"], user["enabled"], user["roles"]) == (
        "9001",
        "miadmin",
        "local",
        True,
        ROLES,
    )
    # 1374085200000 and 1374178220915.
    assert (user["created_at"], user["last_login_at"][:19]) == (
        "2013-07-17T18:20:00Z",
        "2013-07-18T20:10:20",
    )


@pytest.mark.parametrize(("roles", "read"), [("ROLE_API", ["ROLE_API"]), (None, [])])
def test_a_user_with_one_role_or_none_is_read(epmm_server, call, roles, read):
    epmm_server.answer("GET", "/api/v1/sm/users/jdoe", jdoe(documented("E34"), roles=roles))
    [user] = run(call, epmm_server, "user_info", users=["jdoe"])["users"]
    assert user["roles"] == read


def test_the_documented_people_of_the_directory_are_read(epmm_server, call):
    users = run(call, epmm_server, "user_info", ldap_search="testuser000")["users"]
    assert sent(epmm_server, "E35") == [("/api/v1/sm/users/search/ldap/testuser000", [])]
    assert [(user["name"], user["source"], user["id"], user["enabled"]) for user in users] == [
        ("testuser0001", "ldap", None, False),
        ("testuser0003", "ldap", None, False),
    ]


def forms(server: Recorder, contract: str):
    """The forms of the requests for a contract, and where each request went."""
    found = [one for one in server.requests if epmm_contracts.contract_of(one).id == contract]
    return [
        (one.path, one.query, parse_qsl(one.body.decode(), keep_blank_values=True)) for one in found
    ]


PASSWORDS = {"user": "jdoe", "new_password": "wxy!13579", "current_password": "abcd1234"}


@pytest.fixture
def known(epmm_server):
    epmm_server.answer("GET", "/api/v1/sm/users/jdoe", jdoe(documented("E34")))
    epmm_server.answer("PUT", "/api/v1/sm/authentication/users/jdoe", documented("E33", 0))
    return epmm_server


def test_a_password_is_changed_as_documented(known, call):
    known.answer("POST", "/api/v1/sm/authentication", Answer({}, status=401))
    result = run(call, known, "user_password", **PASSWORDS)
    assert result["changed"]
    assert forms(known, "E36") == [
        ("/api/v1/sm/authentication", "", [("username", "jdoe"), ("password", "wxy!13579")])
    ]
    assert forms(known, "E33") == [
        (
            "/api/v1/sm/authentication/users/jdoe",
            "",
            [("oldpassword", "abcd1234"), ("newpassword", "wxy!13579")],
        )
    ]
    assert not {"wxy!13579", "abcd1234"} & set(re.findall(r"[\w!]+", repr(result)))


def test_a_password_that_fits_is_left(known, call):
    known.answer("POST", "/api/v1/sm/authentication", jdoe(documented("E36")))
    assert not run(call, known, "user_password", **PASSWORDS)["changed"]
    assert forms(known, "E33") == []


def test_a_password_that_was_not_changed_is_told(known, call):
    known.answer("POST", "/api/v1/sm/authentication", Answer({}, status=401))
    known.answer(
        "PUT",
        "/api/v1/sm/authentication/users/jdoe",
        {"userName": "jdoe", "messages": {"message": "The old password is not correct"}},
    )
    with pytest.raises(ModuleFailed, match="The old password is not correct"):
        run(call, known, "user_password", **PASSWORDS)


# EPMM: app settings and compliance


def test_the_documented_app_setting_is_read(epmm_server, call):
    [setting] = run(call, epmm_server, "app_setting_info")["settings"]
    assert sent(epmm_server, "E46") == [("/api/v1/appsettings", [])]
    assert (setting["id"], setting["name"], setting["type"], setting["origin"]) == (
        "-4",
        "System - iOS MDM CA Certificate",
        "CERTIFICATE",
        "SYSTEM",
    )
    assert (setting["device_count"], setting["pending_count"], setting["quarantined_count"]) == (
        2,
        1,
        0,
    )
    assert setting["labels"] == [{"id": "-4", "name": "iOS"}]
    assert setting["properties"]["CERT_SERIAL_NUMBER0"] == "10863527040561121251"


def test_app_settings_of_a_type_and_of_a_device(epmm_server, call):
    run(call, epmm_server, "app_setting_info", type="CERTIFICATE")
    assert sent(epmm_server, "E46") == [("/api/v1/appsettings", [("type", "CERTIFICATE")])]
    result = run(call, epmm_server, "app_setting_info", devices=[OTHER])
    assert sent(epmm_server, "E47") == [(f"/api/v1/appsettings/devices/{OTHER}", [])]
    # 67 is the code of C.
    assert "'state': 'current'" in repr(result)


def test_the_bitmaps_of_compliance_are_asked_for(epmm_server, call):
    row = {
        **documented("E02")["device"],
        "@id": "1",
        "uuid": OTHER,
        "compliance": 3,
        "quarantinedStatus": 1,
    }
    epmm_server.answer(
        "GET",
        "/api/v1/dm/devices",
        {**documented("E01"), "messages": None, "devices": {"device": row}},
    )
    epmm_server.answer("GET", f"/api/v1/dm/devices/{OTHER}", {**documented("E02"), "device": row})
    [device] = run(call, epmm_server, "device_compliance_info", devices=[OTHER])["devices"]
    assert sent(epmm_server, "E01") or sent(epmm_server, "E02")
    # Bits 0x1 and 0x2 of the document's table.
    assert (
        device["compliant"] is False
        and len(device["compliance_reasons"]) == 2
        and device["bitmaps"]["compliance"] == 3
    )
    assert device["quarantined"] is True and len(device["quarantine_reasons"]) == 1


# EPMM: files


@pytest.fixture
def files() -> Iterator[Recorder]:
    """The documents' two files; what asks for them does not ask for JSON first."""
    with recording() as running:
        for name, kind, media_type in (
            ("E03", "csv", "text/csv"),
            ("E48", "zip", "application/zip"),
        ):
            contract = epmm_contracts.CONTRACTS[name]
            body = payload_of(kind, contract.examples[0].answer)
            running.answer(
                "GET", re.escape(contract.path_templates[0]), Answer(body, content_type=media_type)
            )
        yield running
        assert running.unmatched == []
        for request in running.requests:
            assert check_request(request, epmm_contracts.contract_of(request)) == [], request


def test_the_documented_export_is_written(files, call, tmp_path):
    dest = tmp_path / "devices.csv"
    assert run(call, files, "device_export", dest=str(dest))["changed"]
    assert sent(files, "E03") == [("/api/v1/dm/devices.csv", [])]
    contract = epmm_contracts.CONTRACTS["E03"]
    # The values of the example hold nothing that a spreadsheet would evaluate.
    assert tree_of("csv", dest.read_bytes()) == tree_of("csv", contract.examples[0].answer)
    assert not run(call, files, "device_export", dest=str(dest))["changed"]


def test_an_export_without_its_header_is_refused(files, call, tmp_path):
    files.answer(
        "GET", "/api/v1/dm/devices.csv", Answer("Name,Platform\na,iOS\n", content_type="text/csv")
    )
    with pytest.raises(ModuleFailed, match="Device UUID"):
        run(call, files, "device_export", dest=str(tmp_path / "devices.csv"))
    assert list(tmp_path.glob("devices*")) == []


def test_the_documented_archive_is_unpacked(files, call, tmp_path):
    app = "com.mycompany.myapp"
    result = run(call, files, "appconnect_analytics", app_id=app, dest=str(tmp_path / "out"))
    assert result["changed"] and sent(files, "E48") == [
        ("/api/v1/apps/appconnect/analytics", [("appid", app)])
    ]
    answer = epmm_contracts.CONTRACTS["E48"].examples[0].answer
    found = {
        str(path.relative_to(tmp_path / "out")): path.read_text()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert found == answer


def test_the_documented_sessions_are_merged(files, call, tmp_path):
    dest = tmp_path / "sessions.csv"
    run(
        call,
        files,
        "appconnect_analytics",
        app_id="com.mycompany.myapp",
        dest=str(dest),
        merged=True,
    )
    rows = tree_of("csv", dest.read_bytes())["rows"]
    assert [list(row.values())[-4:] for row in rows] == [
        ["1381268056367", "35", "-420", "0"],
        ["1381268156367", "7", "60", "1024"],
        ["1381268056367", "35", "-420", "0"],
    ]
    assert [row["app_version"] for row in rows] == ["1.0", "1.0", "1.1"]
