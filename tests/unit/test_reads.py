# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the reading modules make of answers: compliance, certificates, DEP profiles, app settings,
operators and countries."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.masking import (
    MASK,
    masked,
    masked_but,
    says_secret,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import snake_case
from ansible_collections.ivanti.uem.plugins.module_utils._families.app_settings import (
    epmm as appsettings,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.app_settings import (
    model as app_settings,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.certificates import (
    model as certificates,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.certificates import (
    neurons as neurons_certificates,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.certificates.model import (
    Certificate,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.certificates.neurons import (
    CERTIFICATES,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance import (
    model as compliance_report,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance import (
    neurons as neurons_compliance,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.compliance.model import (
    PolicyVerdict,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.dep import model as dep
from ansible_collections.ivanti.uem.plugins.module_utils._families.dep import neurons as neurons_dep
from ansible_collections.ivanti.uem.plugins.module_utils._families.reference import (
    epmm as epmm_reference,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.reference import (
    model as reference,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.reference.epmm import COUNTRIES
from ansible_collections.ivanti.uem.plugins.module_utils._products.epmm.lists import read_list
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons.lists import read_whole
from ansible_collections.ivanti.uem.plugins.module_utils._products.neurons.values import (
    seconds,
    time_of,
)

DEVICE = Device("7", "guid-7", serial="S7")
NOW = 1_700_000_000.0
DAY = 86_400


# Lists


class Listing:
    """A server of one list; ``ignores``: whatever place is asked for, it answers from the
    beginning."""

    def __init__(self, rows, total=None, page=100, ignores=False):
        self.rows, self.page, self.ignores, self.asked = rows, page, ignores, []
        self.total = len(rows) if total is None else total

    def call(self, endpoint, *, path, query):
        given = dict(query)
        self.asked.append(given)
        start = 0 if self.ignores else int(given.get("start", 0))
        rows = self.rows[start : start + int(given.get("rows", self.page))]
        return {
            "errors": None,
            "result": {"totalCount": self.total, "searchResults": [{"id": row} for row in rows]},
        }


def whole(server):
    ask = partial(server.call, CERTIFICATES, path={"device": "7"})
    return read_whole(ask, lambda row: row["id"], str, "things of device 7", [("accountId", "1")])


@pytest.mark.parametrize(
    ("count", "page", "requests"),
    [(0, 10, 1), (3, 10, 1), (3, 3, 1), (4, 3, 2), (5, 3, 2), (3, 1, 3), (20, 5, 5)],
)
def test_a_list_without_documented_pages_is_read_whole(count, page, requests):
    server = Listing(list(range(count)), page=page)
    assert whole(server) == list(range(count)) and len(server.asked) == requests
    assert server.asked[0] == {"accountId": "1"} and all(
        asked["rows"] == str(page) and asked["accountId"] == "1" for asked in server.asked[1:]
    )


@pytest.mark.parametrize(("server", "words"), [
    (Listing([1, 2, 3], page=2, ignores=True), "sent the same page of things of device 7 twice|changed while it was read"),
    (Listing([1, 2], total=3), r"counts 3 things of device 7 and its pages held 2 different ones, 3 times in a row"),
    (Listing([1, 2], total=1), r"counts 1 thing of device 7 and its pages held 2"), (Listing([1, 1]), "counts 2 things of device 7 and its pages held 1"),
    (Listing([], total=2), "counts 2 things of device 7 and its pages held 0"),
])  # fmt: skip
def test_a_list_that_does_not_add_up_is_no_list(server, words):
    with pytest.raises(AnswerError, match=words):
        whole(server)


class Answering:
    """API v1 of a server with one answer."""

    def __init__(self, answer):
        self.answer = answer

    def lists(self, endpoint, path, query):
        return self.answer


ONE, TWO = {"countryName": "India"}, {"countryName": "Japan"}


@pytest.mark.parametrize(("answer", "count"), [
    (None, 0), ({"messages": {"message": "2 Countries returned"}, "countries": {"country": [ONE, TWO]}}, 2),
    ({"messages": {"message": "1 Countries returned"}, "countries": {"country": ONE}}, 1), ({"messages": None, "countries": {"country": [ONE]}}, 1),
    ({"messages": {"message": "Countries: 7"}, "countries": {"country": [ONE]}}, 1), ({"messages": {"message": "0 Countries returned"}}, 0),
    ({"messages": {"message": "1 Countries returned"}, "countries": {"country": [ONE, TWO]}}, 2),
])  # fmt: skip
def test_lists_that_say_in_words_how_long_they_are(answer, count):
    assert len(read_list(Answering(answer), COUNTRIES, "countries", "country")) == count


@pytest.mark.parametrize(("answer", "words"), [
    ({"messages": {"message": "2 Countries returned"}, "countries": {"country": ONE}}, "says that it returned 2 countries and sent 1"),
    ({"messages": {"message": " 3 Countries returned."}, "countries": [ONE, TWO]}, "says that it returned 3 countries and sent 2"),
    ({"messages": {"message": "2 Countries returned"}, "countries": {"country": [ONE, ONE]}}, "says that it returned 2 countries and sent 1"),
    ({"totalCount": 2, "countries": {"country": ONE}}, "counts 2 countries and sent 1"),
    ({"countries": {"country": ["India"]}}, "countries that are not objects"),
    ({"messages": {"message": "Access is denied"}}, "HTTP 200 without countries: Access is denied"), ("<html>", "is not an object"), ([], "is not an object"),
])  # fmt: skip
def test_a_list_that_is_shorter_than_it_says_is_no_list(answer, words):
    with pytest.raises(AnswerError, match=words):
        read_list(Answering(answer), COUNTRIES, "countries", "country")


# Secrets


@pytest.mark.parametrize("name", [
    "PASSWORD", "password", "userPassword", "AUTH_PASSWD", "Passcode", "VPN_SHARED_SECRET", "sharedSecret", "PRE_SHARED_KEY",
    "preSharedKey", "WEP_KEY0", "wepKey1", "WEPKEY", "PRIVATE_KEY_PEM", "KEY_MATERIAL", "authToken", "TOKEN", "SIM_PIN", "pin", "PIN2", "SimPin",
    "PUK", "CHALLENGE", "SCEP_CHALLENGE_PASSWORD", "PKCS12", "passphrase", "CLIENT_CREDENTIALS", "WPA_PSK", "passwordHash", "ENCRYPTION_KEYS",
    "wifi password", "Pwd", "OTP", "shared", "PFX_DATA", "apiKey", "API_KEY_VALUE", "apiKeyData", "licenseKeyText", "PINCODE", "adminPW",
    "jwt", "BEARER", "sessionCookie", "otpSeed", "wlan_passwort", "Kennwort",
])  # fmt: skip
def test_names_of_secrets(name):
    assert says_secret(name)
    assert masked({name: "x"}) == {name: MASK} and masked([{"a": {name: ["x"]}}]) == [
        {"a": {name: MASK}}
    ]
    assert (
        masked({name: 4711}) == {name: MASK}
        and masked({name: 0}) == {name: MASK}
        and masked({name: [True]}) == {name: MASK}
    )
    for harmless in ("", None, [], {}, True, False, "true", "False"):
        assert masked({name: harmless}) == {name: harmless}


@pytest.mark.parametrize("name", [
    "SSID", "CERT_SERIAL_NUMBER0", "CERTPATH0", "ENABLE_MIRRORING", "SUPPORT_MULTIPLE_CONSUMERS", "CACHE_KEYS", "mapping", "SHIPPING_TYPE",
    "KEY_SIZE", "KEY_USAGE", "keyType", "Key Size", "keyboard", "USERNAME", "DOMAIN", "spin", "AUTHORITY", "bypass_list", "Übergabe", "",
])  # fmt: skip
def test_names_of_no_secrets(name):
    assert not says_secret(name) and masked({name: "x"}) == {name: "x"}


@pytest.mark.parametrize(("value", "hidden"), [
    ("-----BEGIN RSA PRIVATE KEY-----\nMII", True), ("-----BEGIN PRIVATE KEY-----", True), ("https://u:p@host/", True),
    ("https://:p@host/", True), ("Bearer abcdefghijklmnop", True), ("Server token: abc", True), ("SSID=corp;password=hunter2", True),
    ("<dict><key>Password</key>\n <string>hunter2</string></dict>", True),
    ("<key>\n Pass word </key><string>x</string>", True), ('{"a": {"pw": "x"}}', True), ("{'pin': 1234}", True),
    ('"{\\"password\\": \\"x\\"}"', True), ("<vpn><sharedSecret kind='s'>x</sharedSecret></vpn>", True), ("https://host/?token=abc", True),
    ("<setting name='password' value='x'/>", True),
    ("<dict><key>PayloadType</key><string>com.apple.wifi</string><key>IsOn</key><true/></dict>", False), ('{"keySize": 2048}', False),
    ("Passcode required", False), ('{"password": ""}', False), ("password=", False), ("https://host/?a=b&keySize=1", False),
    ("-----BEGIN CERTIFICATE-----", False), ("https://host:8443/a@b", False), ("{{ 7 * 7 }}", False),
])  # fmt: skip
def test_values_that_look_like_secrets(value, hidden):
    assert masked({"URL": value}) == {"URL": MASK if hidden else value}


@pytest.mark.parametrize("part", [
    "<key>", "<key> ", "<key>\n</key", "<a ", "<a b", "'a' ", "'a'\n:", "name = ", "key =\t", "a =", "a ",
    "token :", "://:", "Bearer ", "-----BEGIN ", "A", " ", "\\'",
])  # fmt: skip
def test_a_hostile_text_is_read_in_no_time(part):
    """Not measured: what tries each length anew is not done with this within hours."""
    for text in (part * (50_000 // len(part)), part + "\n" * 50_000, part + "a" * 50_000):
        assert masked({"text": text}) in ({"text": text}, {"text": MASK})


@pytest.mark.parametrize(("data", "shown"), [
    ({"entry": [{"key": "PASSWORD", "value": "x"}, {"key": "SSID", "value": "corp"}]},
     {"entry": [{"key": "PASSWORD", "value": MASK}, {"key": "SSID", "value": "corp"}]}),
    ([{"name": "password", "value": 1234}], [{"name": "password", "value": MASK}]),
    ({"name": "Mail", "key": "PASSWORD", "value": ["x"]}, {"name": "Mail", "key": "PASSWORD", "value": MASK}),
    ({"name": "SSID", "value": {"pin": "1"}, "token": "t"}, {"name": "SSID", "value": {"pin": MASK}, "token": MASK}),
    ({"key": "PASSWORD", "value": ""}, {"key": "PASSWORD", "value": ""}), ({"key": "x"}, {"key": MASK}),
])  # fmt: skip
def test_pairs_that_stand_for_a_map(data, shown):
    assert masked(data) == shown


@pytest.mark.parametrize(("data", "shown"), [
    (None, None), ("a hash", MASK), (["a hash"], [MASK]), ([], []),
    ([{"shortName": "adm", "passwordHash": "c2Vj", "new": {"shortName": "x", "h": 1}}],
     [{"shortName": "adm", "passwordHash": MASK, "new": {"shortName": "x", "h": MASK}}]),
    ({"shortName": None, "salt": None}, {"shortName": None, "salt": None}),
])  # fmt: skip
def test_of_accounts_only_what_is_known_is_shown(data, shown):
    assert masked_but(data, {"shortName"}) == shown


# Compliance


def policies(*compliant, enabled=True):
    return [
        PolicyVerdict(str(number), f"P{number}", "OUT_OF_CONTACT", enabled, one)
        for number, one in enumerate(compliant)
    ]


@pytest.mark.parametrize(("listed", "judged", "compliant", "contradictory"), [
    (True, (True, True), True, False), (True, (), True, False), (True, (True, False), False, True), (True, (True, None), None, False),
    (True, (None, False), False, True), (False, (True, False), False, False), (False, (True, True), False, True),
    (False, (), False, False), (False, (True, None), False, False), (None, (True, True), None, False), (None, (), None, False),
    (None, (False,), False, False), (None, (None,), None, False),
])  # fmt: skip
def test_compliant_is_what_nothing_denies_and_everything_says(
    listed, judged, compliant, contradictory
):
    verdict = compliance_report.by_policies(
        DEVICE, listed, policies(*judged), quarantined=None, blocked=None
    )
    assert (verdict.compliant, verdict.contradictory, verdict.listed) == (
        compliant,
        contradictory,
        listed,
    )
    row = verdict.as_dict()
    assert row["compliance_reasons"] == (["out_of_contact"] if False in judged else [])
    assert row["compliance_reasons_raw"] == [
        f"P{number}" for number, one in enumerate(judged) if one is False
    ]
    assert (
        len(row["policies"]) == len(judged)
        and row["bitmaps"] is None
        and row["quarantine_reasons"] is None
    )


def test_a_policy_that_is_off_judges_nobody_and_is_shown():
    verdict = compliance_report.by_policies(
        DEVICE, True, policies(False, None, enabled=False), quarantined=True, blocked=False
    )
    row = verdict.as_dict()
    assert (
        row["compliant"] is True
        and row["compliance_reasons_raw"] == row["compliance_reasons"] == []
        and not row["contradictory"]
    )
    assert [policy["compliant"] for policy in row["policies"]] == [False, None] and (
        row["quarantined"],
        row["blocked"],
    ) == (True, False)


def test_a_policy_without_a_rule_is_about_what_it_is_called():
    violated = [
        PolicyVerdict("1", "A", "", None, False),
        PolicyVerdict("2", "B", "ROAMING", True, False),
        PolicyVerdict("3", "C", "ROAMING", True, False),
        PolicyVerdict("4", "Out of Contact", "NONE", True, False),
        PolicyVerdict("5", "", "", True, False),
    ]
    assert compliance_report.by_policies(
        DEVICE, True, violated, quarantined=None, blocked=None
    ).reasons == ("a", "roaming", "out_of_contact", "unknown")


def test_the_summary_of_compliance():
    rows = [{"compliant": value} for value in (True, False, False, None)]
    assert compliance_report.summary(rows) == {"compliant": 1, "noncompliant": 2, "unknown": 1}
    assert compliance_report.summary([]) == {"compliant": 0, "noncompliant": 0, "unknown": 0}


@pytest.mark.parametrize(("row", "compliant", "pending"), [
    ({"compliant": True, "pendingCompliant": False}, True, False), ({"compliant": "true", "pendingCompliant": 1}, None, None), ({}, None, None),
])  # fmt: skip
def test_a_policy_is_met_by_a_boolean_alone(row, compliant, pending):
    policy = neurons_compliance.policy_verdict(
        {"id": 35009, "name": "Out of Contact ", "policyRuleType": None, **row}
    )
    assert policy == PolicyVerdict("35009", "Out of Contact", "", None, compliant, pending)


# fmt: off
OF_THE_DOCUMENT = {
    "id": 35009, "name": "Compromised Devices", "systemName": None, "description": "Checks for devices which are compromised.",
    "policyType": "POLICY", "policyRuleType": "COMPROMISED", "uuid": "ad452ba7-2922-41e6-9720-3c229c70f95c", "enabled": True, "priority": 1,
    "totalDeviceCount": 0, "installedDeviceCount": 0, "violationDeviceCount": 0, "modifiedAt": None, "modifiedBy": None, "actions": None,
    "compliant": True, "pendingCompliant": True,
}
# fmt: on


def test_a_policy_of_the_document():
    # fmt: off
    assert neurons_compliance.policy_verdict(OF_THE_DOCUMENT).as_dict() == {
        "id": "35009", "name": "Compromised Devices", "uuid": "ad452ba7-2922-41e6-9720-3c229c70f95c",
        "description": "Checks for devices which are compromised.", "type": "POLICY", "rule_type": "COMPROMISED", "priority": 1, "enabled": True,
        "compliant": True, "pending_compliant": True, "system_name": None, "device_count": 0, "installed_count": 0,
        "violation_count": 0, "updated_at": None, "updated_by": None, "actions": None,
    }
    # fmt: on


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"uuid": None, "description": None, "priority": None},
        {"priority": "first"},
        {"priority": True},
    ],
)
def test_what_a_server_does_not_say_of_a_policy_is_null(row):
    said = neurons_compliance.policy_verdict({"id": 1, "name": "P", **row}).as_dict()
    assert said["uuid"] is said["description"] is said["priority"] is None and said["type"] == ""


def test_a_policy_without_an_id_is_no_policy():
    with pytest.raises(AnswerError, match="a policy without an id"):
        neurons_compliance.policy_verdict({"name": "Compromised Devices"})


# Certificates


def certificate(store, days=None, **fields):
    return Certificate(store, expires=None if days is None else NOW + days * DAY, **fields)


def test_the_worst_certificate_comes_first():
    other = Device("30", "guid-30")
    pairs = [
        (other, certificate("1", 400)),
        (DEVICE, certificate("2", 5)),
        (DEVICE, certificate("3", -3)),
        (other, certificate("4")),
        (DEVICE, certificate("5", 5)),
        (DEVICE, certificate("6", -40)),
    ]
    rows = certificates.certificate_rows(pairs, NOW)
    assert [row["store_id"] for row in rows] == ["4", "6", "3", "2", "5", "1"]
    assert [row["days_to_expiry"] for row in rows] == [None, -40, -3, 5, 5, 400]
    assert (
        rows[1] | {"device_id": "7", "device_guid": "guid-7", "device_serial_number": "S7"}
        == rows[1]
    )
    assert certificates.summary(rows) == {"valid": 3, "expired": 2, "unknown": 1}


@pytest.mark.parametrize(
    ("ahead", "days"),
    [(0, 0), (-1, -1), (1, 0), (DAY - 1, 0), (DAY, 1), (-DAY, -1), (-DAY - 1, -2)],
)
def test_days_are_rounded_down(ahead, days):
    assert Certificate("1", expires=NOW + ahead).days_left(NOW) == days


@pytest.mark.parametrize(
    ("within", "kept"),
    [(None, "1234"), (30 * DAY, "134"), (30 * DAY - 1, "14"), (1, "14"), (0, "14")],
)
def test_what_expires_soon_has_expired_or_may_have_is_kept(within, kept):
    pairs = [
        (DEVICE, certificate("1")),
        (DEVICE, certificate("2", 31)),
        (DEVICE, certificate("3", 30)),
        (DEVICE, certificate("4", -1)),
    ]
    assert {row["store_id"] for row in certificates.certificate_rows(pairs, NOW, within)} == set(
        kept
    )


# fmt: off
ROW = {"caCertificateStoreId": 44762, "caId": 18004, "subject": "CN=x", "issuer": "CN=na1", "notBefore": 1488124988000, "notAfter": 1701472066000,
       "certSerialNumber": 26734, "certState": "Active", "certUsageType": "UNKNOWN", "deviceId": 7, "caType": "LOCAL", "caName": "iOSMDMCA",
       "privateKey": False, "configurationId": None, "certSerialNumberString": "26734"}
# fmt: on


def test_a_certificate_of_the_document():
    assert neurons_certificates.certificate(ROW, DEVICE) == Certificate(
        store_id="44762",
        subject="CN=x",
        issuer="CN=na1",
        serial_number="26734",
        not_before="2017-02-26T16:03:08Z",
        not_after="2023-12-01T23:07:46Z",
        expires=1701472066.0,
        state="Active",
        usage="UNKNOWN",
        ca_id="18004",
        ca_name="iOSMDMCA",
        ca_type="LOCAL",
        configuration_id=None,
        private_key=False,
        device={
            **dict.fromkeys(map(snake_case, neurons_certificates.DEVICE_FIELDS)),
            **DEVICE.identity,
        },
    )


@pytest.mark.parametrize(
    "wrong", [None, "", "soon", True, 10**18, "10000000000000000000", 1.5, [], {}]
)
def test_an_end_that_is_no_time_is_not_known(wrong):
    one = neurons_certificates.certificate({**ROW, "notAfter": wrong}, DEVICE)
    assert one.not_after is None and one.expires is None and one.days_left(NOW) is None


@pytest.mark.parametrize(("number", "text", "shown"), [
    (1, "12345678901234567890", "12345678901234567890"), (26734, None, "26734"), (26734, "", "26734"), (None, None, None),
])  # fmt: skip
def test_the_text_of_a_serial_number_counts(number, text, shown):
    assert (
        neurons_certificates.certificate(
            {**ROW, "certSerialNumber": number, "certSerialNumberString": text}, DEVICE
        ).serial_number
        == shown
    )


def test_a_certificate_of_another_device_is_refused():
    with pytest.raises(AnswerError, match=r"certificates of device 7 .*sent one of device 8"):
        neurons_certificates.certificate({**ROW, "deviceId": 8}, DEVICE)
    assert neurons_certificates.certificate({**ROW, "deviceId": "7"}, DEVICE).store_id == "44762"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1700000000999, "2023-11-14T22:13:20Z"),
        (-1000, "1969-12-31T23:59:59Z"),
        ("0", None),
        (True, None),
        (10**30, None),
        (None, None),
        ("0001-01-01T00:00:00+01:00", None),
        ("9999-12-31T23:59:59-14:00", None),
    ],
)
def test_times_of_thousandths(raw, text):
    assert time_of(raw) == text


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (1500, 1.5),
        ("1500", 1.5),
        ("-1500", -1.5),
        ("1.5", None),
        (False, None),
        ("", None),
        ("²", None),
    ],
)
def test_seconds_of_thousandths(raw, found):
    assert seconds(raw) == found


# DEP


SERVERS = [
    dep.DepServer("198", "AAAA-1", "Apple 1"),
    dep.DepServer("201", "bbbb-2"),
    dep.DepServer("204", "", "Apple 3"),
]


@pytest.mark.parametrize(("wanted", "ids"), [
    (None, ["198", "201", "204"]), (["Apple 3", "198"], ["204", "198"]), (["aaaa-1"], ["198"]), (["BBBB-2"], ["201"]), (["201", "bbbb-2"], ["201"]),
])  # fmt: skip
def test_servers_are_named_by_name_id_or_uuid(wanted, ids):
    assert [server.id for server in dep.pick_servers(wanted, SERVERS)] == ids


@pytest.mark.parametrize(
    ("wanted", "near"), [("Apple 2", "'Apple 1'"), ("bbbb-3", "'bbbb-2'"), ("apple 3", "'Apple 3'")]
)
def test_an_unknown_server_is_told_with_what_comes_nearest(wanted, near):
    with pytest.raises(
        OptionError, match=rf"servers: there is no DEP server '{wanted}' \(nearest: .*{near}"
    ):
        dep.pick_servers([wanted], SERVERS)


def test_a_profile_has_every_documented_field_and_no_password():
    account = {
        "skipAutoSetupAdminAccounts": False,
        "autoSetupAdminAccounts": [{"shortName": "adm", "passwordHash": "c2Vj", "blob": "c2Vj"}],
    }
    # fmt: off
    made = neurons_dep.dep_profile({
        "id": 51799, "profileName": "{{ x }}", "accountConfiguration": account, "virtualServerId": 198, "createdAt": 1700000000000,
        "modifiedAt": "yesterday", "numOfDevices": 3, "supervisingHostCerts": ["-----BEGIN PRIVATE KEY-----"], "stranger": "c2Vj",
    })
    # fmt: on
    fields = made.fields
    assert (
        made.id,
        fields["id"],
        fields["name"],
        fields["virtual_server_id"],
        fields["num_of_devices"],
    ) == ("51799", "51799", "{{ x }}", "198", 3)
    assert (
        fields["created_at"] == "2023-11-14T22:13:20Z"
        and fields["modified_at"] == "yesterday"
        and fields["mdm_removable"] is None
    )
    shown = [{"shortName": "adm", "passwordHash": MASK, "blob": MASK}]
    assert fields["account_configuration"] == {
        "skipAutoSetupAdminAccounts": False,
        "autoSetupAdminAccounts": shown,
    }
    assert "c2Vj" not in str(fields) and fields["supervising_host_certs"] == [MASK]
    assert set(fields) == {"id", "name", *map(snake_case, neurons_dep.FIELDS)}


@pytest.mark.parametrize(("raw", "shown"), [
    (["Siri"], ["Siri"]), (None, None), ({"Siri": True, "Zoom": False, "TOS": None}, ["Siri"]),
])  # fmt: skip
def test_items_that_are_left_out_come_as_a_list_or_as_a_map(raw, shown):
    assert (
        neurons_dep.dep_profile({"id": 1, "skipSetupItems": raw}).fields["skip_setup_items"]
        == shown
    )


@pytest.mark.parametrize(
    "accounts",
    ["c2Vj", ["c2Vj"], {"hash": "c2Vj"}, [[{"x": {"fullName": {"p": {"password": "c2Vj"}}}}]]],
)
def test_accounts_of_any_shape_keep_their_secrets(accounts):
    made = neurons_dep.dep_profile(
        {"id": 1, "accountConfiguration": {"autoSetupAdminAccounts": accounts}}
    )
    assert "c2Vj" not in str(made.fields)


@pytest.mark.parametrize("read", [neurons_dep.dep_profile, neurons_dep.dep_server])
def test_what_has_no_id_is_no_server_and_no_profile(read):
    with pytest.raises(AnswerError, match="without an id"):
        read({"profileName": "x"})


def test_a_server_shows_no_more_than_its_names():
    assert neurons_dep.dep_server(
        {"id": 198, "serverUuid": "U", "serverName": "N", "token": "t"}
    ) == dep.DepServer("198", "U", "N")
    rows = dep.server_rows([(dep.DepServer("1"), [dep.DepProfile("9", {"id": "9", "name": "P"})])])
    assert rows == [{"id": "1", "uuid": None, "name": None, "profiles": ["9"]}]


# App settings


SETTING = {
    "@id": "-4",
    "name": " System - iOS MDM CA Certificate",
    "description": "d",
    "appType": "CERTIFICATE",
    "deviceCount": 2,
    "pendingCount": "1",
    "quarantinedCount": 0,
    "type": "SYSTEM",
    "labels": -4,
    "labelNames": "iOS",
    "properties": {"entry": {"key": "CERTPATH0", "value": "/mi"}},
}


def test_a_setting_of_the_document_with_lists_of_one():
    assert appsettings.app_setting(SETTING) == app_settings.AppSetting(
        id="-4",
        name="System - iOS MDM CA Certificate",
        type="CERTIFICATE",
        origin="SYSTEM",
        description="d",
        device_count=2,
        pending_count=1,
        quarantined_count=0,
        labels=(("-4", "iOS"),),
        state=None,
        properties={"CERTPATH0": "/mi"},
    )


@pytest.mark.parametrize(("labels", "names", "shown"), [
    ([-4, 5], ["iOS", "A, b"], [("-4", "iOS"), ("5", "A, b")]), (None, None, []), ("", "", []),
    ([-4, 5], "iOS", [("-4", None), ("5", None), (None, "iOS")]), ([], ["iOS"], [(None, "iOS")]),
])  # fmt: skip
def test_labels_come_as_two_lists(labels, names, shown):
    assert (
        list(appsettings.app_setting({**SETTING, "labels": labels, "labelNames": names}).labels)
        == shown
    )


@pytest.mark.parametrize(("properties", "shown"), [
    (None, {}), ("", {}), ([], {}), ({"entry": None}, {}), ([{"entry": [{"key": "A", "value": 1}, {"key": "B"}]}], {"A": 1, "B": None}),
    ({"entry": [{"key": "PASSWORD", "value": "geheim"}, {"key": "wepKey1", "value": "geheim"}]}, {"PASSWORD": MASK, "wepKey1": MASK}),
    ({"entry": ["geheim", {"value": "geheim"}]}, {}), ("geheim", {}),
    ({"entry": {"key": "NOTE", "value": {"password": "geheim"}}}, {"NOTE": {"password": MASK}}),
])  # fmt: skip
def test_properties_and_their_secrets(properties, shown):
    made = appsettings.app_setting({**SETTING, "properties": properties})
    assert made.properties == shown and "geheim" not in str(made)


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        (67, "current"),
        ("68", "deleted"),
        ("C", "current"),
        ("d", "deleted"),
        (None, None),
        ("", None),
        (99, "99"),
    ],
)
def test_the_state_of_a_setting(raw, state):
    assert appsettings.app_setting({**SETTING, "state": raw}).state == state


@pytest.mark.parametrize("raw", [None, "many", True, 1.5])
def test_a_count_that_is_none_is_not_known(raw):
    assert appsettings.app_setting({**SETTING, "deviceCount": raw}).device_count is None


def test_of_a_device_counts_and_labels_do_not_apply():
    row = appsettings.app_setting({**SETTING, "state": 67}).as_dict(DEVICE)
    assert (
        row["device_count"]
        is row["pending_count"]
        is row["quarantined_count"]
        is row["labels"]
        is None
    )
    assert (row["device_id"], row["device_guid"], row["state"]) == ("7", "guid-7", "current")
    everywhere = appsettings.app_setting(SETTING).as_dict()
    assert everywhere["device_id"] is everywhere["device_guid"] is None and everywhere[
        "labels"
    ] == [{"id": "-4", "name": "iOS"}]
    assert (
        everywhere["device_count"],
        everywhere["pending_count"],
        everywhere["quarantined_count"],
    ) == (2, 1, 0)


def test_a_setting_without_an_id_is_none():
    with pytest.raises(AnswerError, match="an app setting without an id"):
        appsettings.app_setting({"name": "x"})


def test_settings_are_picked_and_narrowed():
    known = [
        app_settings.AppSetting("3", "Wi-Fi", "WIFI"),
        app_settings.AppSetting("4", "Wi-Fi", "wifi"),
        app_settings.AppSetting("5", "Mail", "EMAIL"),
    ]
    assert app_settings.pick_ids(None, known) is None and app_settings.pick_ids(
        ["Mail", "4"], [*known, *known]
    ) == {"5", "4"}
    assert [one.id for one in app_settings.chosen(known, "WIFI", None)] == ["3", "4"]
    assert [one.id for one in app_settings.chosen(known, None, frozenset({"5"}))] == ["5"]
    with pytest.raises(
        OptionError, match="2 have the name 'Wi-Fi'; name the app setting by its id, one of 3, 4"
    ):
        app_settings.pick_ids(["Wi-Fi"], known)
    with pytest.raises(
        OptionError, match=r"settings: there is no app setting 'mail' \(nearest: 'Mail'"
    ):
        app_settings.pick_ids(["mail"], known)


# Operators and countries


US = reference.Country("United States", "1", "US", False)
CA = reference.Country("Canada", "1", "CA", True)
DE = reference.Country("Germany", "49", "DE", True)
ATT = reference.Operator("269", "AT&T", "Mobile", "1", "183", "United States", True)
BELL = reference.Operator("2", "Bell", "Mobile", "1", "31", "Canada")
O2 = reference.Operator("3", "o2", "Mobile", "49", "66", "Germany", False)
LOST = reference.Operator("4", "Lost", country_code="49")


@pytest.mark.parametrize(("wanted", "operators", "countries"), [
    ("US", [ATT], [US]), ("us", [ATT], [US]), ("united STATES", [ATT], [US]), ("1", [ATT, BELL], [US, CA]), ("+49", [O2, LOST], [DE]),
    ("0049", [O2, LOST], [DE]), ("Germany", [O2], [DE]),
])  # fmt: skip
def test_a_country_by_its_name_iso_code_or_country_code(wanted, operators, countries):
    assert reference.in_country(wanted, [ATT, BELL, O2, LOST], [US, CA, DE]) == (
        operators,
        countries,
    )


@pytest.mark.parametrize(("wanted", "operators"), [("Germany", [O2]), ("49", [O2, LOST])])
def test_without_countries_an_operator_says_where_it_is(wanted, operators):
    assert reference.in_country(wanted, [ATT, O2, LOST], []) == (operators, [])


@pytest.mark.parametrize(("wanted", "words"), [
    ("Germny", r"no country 'Germny' \(nearest: 'Germany'\)"), ("999", "no country '999';"), ("+", r"no country '\+';"),
])  # fmt: skip
def test_an_unknown_country_is_told(wanted, words):
    with pytest.raises(OptionError, match=words):
        reference.in_country(
            wanted,
            [ATT, reference.Operator("9", "nowhere")],
            [US, DE, reference.Country("Nowhere")],
        )


@pytest.mark.parametrize(("raw", "enabled"), [
    (116, True), ("116", True), (102, False), ("t", True), ("F", False), (True, True), ("false", False), (None, None), (0, None), ("", None),
])  # fmt: skip
def test_whether_a_country_registers_is_a_letter_as_a_number(raw, enabled):
    assert epmm_reference.country(
        {
            "countryName": "India",
            "countryCode": 91,
            "isoAplha2Code": "in",
            "enabledForRegistration": raw,
        }
    ) == reference.Country("India", "91", "IN", enabled)


def test_an_operator_of_the_document():
    row = {
        "carrierShortName": "AT&T",
        "carrierType": "Mobile",
        "countryCode": 1,
        "countryId": 183,
        "countryName": "United States",
        "enabled": True,
        "id": 269,
    }
    assert epmm_reference.operator(row) == ATT
    assert epmm_reference.operator({**row, "@id": "269", "enabled": "yes"}).enabled is None


@pytest.mark.parametrize(("raw", "wanted"), [(None, None), (" US ", "US"), (1, "1")])
def test_the_option_country(raw, wanted):
    assert reference.parse_country(raw) == wanted
    with pytest.raises(OptionError, match="country: is empty"):
        reference.parse_country("  ")
