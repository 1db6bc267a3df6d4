# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reaching a server, and what is said when it cannot be reached."""

from __future__ import annotations

import socket
import ssl
import threading

import certifi
import pytest
import trustme
from ansible_collections.ivanti.uem.plugins.module_utils._http.connect import Connections
from ansible_collections.ivanti.uem.plugins.module_utils._http.settings import parse_settings
from uem_emulator.testing.running import running_emulator

from ..calls import DEFAULTS, opened
from ..conftest import ModuleFailed, connection
from ..contracts.recorder import Answer, recording
from .byte_server import answer, running_server

FIELDS = {"fields": ["id"]}


def failure(call, *arguments, **options) -> str:
    with pytest.raises(ModuleFailed) as failed:
        call("device_info", *arguments, **options)
    message = failed.value.result["msg"]
    assert "Traceback" not in message and len(message) < 600
    return message


def test_a_ca_of_the_author_wins_over_the_environment(call, emulator, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    monkeypatch.setenv("CURL_CA_BUNDLE", certifi.where())
    assert call("device_info", emulator, **FIELDS)["count"] > 0


def test_without_a_ca_the_one_of_the_environment_counts(call, emulator, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", emulator.ca_path)
    assert call("device_info", emulator, **FIELDS, ca_path=None)["count"] > 0


def test_the_cas_are_read_once_for_all_connections(emulator, monkeypatch):
    real, read = ssl.SSLContext.load_verify_locations, []

    def counted(context, *places):
        read.append(places)
        real(context, *places)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", counted)
    pool = Connections(parse_settings({**DEFAULTS, **connection(emulator)})).open()
    for one in (pool._new_conn() for _each in range(3)):
        one.connect()
        assert one.is_verified
        one.close()
    assert read == [(emulator.ca_path, None)]


def test_a_wrong_ca_is_told(call, emulator, tmp_path):
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    message = failure(call, emulator, **FIELDS, ca_path=str(other))
    assert f"certificate of {emulator.url} was rejected by the CA of ca_path={other}" in message
    assert "set ca_path" in message
    assert emulator.requests() == []


def test_a_certificate_that_nobody_signed_is_told(call, emulator, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    assert "was rejected by the CAs that this machine trusts" in failure(
        call, emulator, **FIELDS, ca_path=None
    )


def test_validate_certs_false_works_and_warns(call, emulator):
    result = call("device_info", emulator, **FIELDS, ca_path=None, validate_certs=False)
    assert result["count"] > 0 and any(
        "validate_certs is off" in warning for warning in result["warnings"]
    )


def test_a_ca_file_that_is_not_there(call, emulator):
    assert "ca_path: '/nowhere.pem' does not exist" in failure(
        call, emulator, **FIELDS, ca_path="/nowhere.pem"
    )


def test_a_ca_bundle_of_the_environment_that_is_not_there(call, emulator, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    assert "REQUESTS_CA_BUNDLE: '/nowhere.pem' does not exist" in failure(
        call, emulator, **FIELDS, ca_path=None
    )


def test_a_ca_file_without_certificates(call, emulator, tmp_path):
    (tmp_path / "empty.pem").write_text("nothing\n")
    message = failure(call, emulator, **FIELDS, ca_path=str(tmp_path / "empty.pem"))
    assert "TLS with" in message and "ca_path holds certificates" in message


def test_a_port_that_speaks_no_tls(call):
    with recording() as server:
        message = failure(
            call,
            product="neurons",
            url=server.url.replace("http:", "https:"),
            username="u",
            password="long enough",
            **FIELDS,
        )
    assert "TLS with" in message and "check that its port speaks TLS" in message


def test_http_on_a_port_that_speaks_tls(call, emulator):
    url = emulator.url.replace("https:", "http:")
    message = failure(call, emulator, **FIELDS, url=url, retries=0)
    assert "if that port speaks TLS, write https:// in url" in message


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/acme/rest/api/v2/", "/API/V2"])
def test_an_address_of_the_api_itself(call, emulator, path):
    message = failure(call, emulator, **FIELDS, url=f"{emulator.url}{path}")
    assert message.startswith("url: ") and "leave out /api" in message
    assert emulator.requests() == []


def test_a_server_of_the_other_product(call, emulator, epmm):
    for server, product in ((emulator, "epmm"), (epmm, "neurons")):
        message = failure(call, **{**connection(server), "product": product}, **FIELDS)
        assert f"the server has no such call of {product}: check product" in message


@pytest.mark.parametrize(
    "url",
    [
        "https://" + "a" * 64 + ".example.com",
        "https://a..b",
        "https://*.example.com",
        "https://[::1",
        "https://h:99999",
    ],
)
def test_hosts_that_cannot_be(call, url):
    assert failure(
        call, product="neurons", url=url, username="u", password="long enough", **FIELDS
    ).startswith(("url: ", url))


def test_a_proxy_that_is_no_address(call, emulator, proxy, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://")
    assert "the proxy of the environment" in failure(call, emulator, **FIELDS)


def test_a_refused_connection_is_told_at_once(call):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{unused.getsockname()[1]}"
    message = failure(
        call, product="neurons", url=url, username="u", password="long enough", **FIELDS
    )
    assert (
        message.startswith(f"{url} cannot be reached (")
        and "refused" in message
        and "check url" in message
    )
    assert "object at 0x" not in message and "HTTPSConnection" not in message


def test_a_server_that_is_silent(call):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        message = failure(
            call,
            product="neurons",
            url=url,
            username="u",
            password="long enough",
            read_timeout=0.2,
            retries=1,
            **FIELDS,
        )
    assert "was not answered within 0.2 s; raise read_timeout" in message


def test_a_wrong_password(call, emulator):
    message = failure(call, emulator, **FIELDS, password='wr0ng/"&+p')
    assert (
        "rejected the credentials of the user tester (HTTP 401" in message
        and "check username and password" in message
    )
    assert "wr0ng" not in message
    assert [entry["status"] for entry in emulator.requests()] == [401], "one request, and no more"


@pytest.mark.parametrize("body", ["json", "html", "empty"])
def test_rejected_credentials_in_every_body(call, emulator, body):
    emulator.set_switch("unauthorized_body", body)
    assert "(HTTP 401" in failure(call, emulator, **FIELDS, password="another one")


def test_a_forbidden_call_names_the_role(call, emulator):
    emulator.add_fault("403", path="/api/v1/device/*/customattributes")
    device = next(iter(emulator.attributes()))
    emulator.set_attributes({device: {}})
    with pytest.raises(
        ModuleFailed,
        match=r"may not send PATCH /api/v1/device/\d+/customattributes.* the role Device Management",
    ):
        call("device_custom_attrs", emulator, devices=[device], attrs={"cityid": "SF"})


def test_a_web_page_instead_of_json(call, emulator):
    emulator.add_fault("html", path="/api/v1/device")
    message = failure(call, emulator, **FIELDS)
    assert (
        "was answered by a web page" in message and "set url to the address before /api/" in message
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_credentials_follow_no_redirect(call, status):
    with recording() as other, recording() as server:
        other.answer("GET", ".*", {"errors": None, "result": {}})
        server.answer(
            "GET",
            ".*",
            Answer(
                {},
                status=status,
                headers={"Location": f"{other.url}/api/v1/tenant/partition/device"},
            ),
        )
        message = failure(
            call, product="neurons", url=server.url, username="u", password="long enough", **FIELDS
        )
        assert (
            f"was redirected to {other.url}/api/v1/tenant/partition/device" in message
            and "set url" in message
        )
        assert other.requests == []


def test_netrc_and_cookies_have_no_say(call, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login thief password stolen\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    page = {"errors": None, "result": {"searchResults": [{"id": 1, "name": "x"}], "totalCount": 1}}
    with recording() as server:
        server.answer("GET", ".*", Answer(page, headers={"Set-Cookie": "JSESSIONID=1; Path=/"}))
        call("device_info", product="neurons", url=server.url, token="a-token", **FIELDS)
        assert len(server.requests) >= 2
        # The recorder keeps the scheme alone: .netrc would have made it Basic.
        assert {request.header("Authorization").split()[0] for request in server.requests} == {
            "Bearer"
        }
        assert {request.header("Cookie") for request in server.requests} == {None}


def test_a_base_path_is_kept(call):
    with running_emulator(
        devices=5, seed=1, strict=True, username="u", password="long enough", base_path="/acme/rest"
    ) as running:
        assert running.url.endswith("/acme/rest")
        assert call("device_info", running, **FIELDS, url=running.url + "/")["count"] == 5


def test_a_token(call):
    with running_emulator(
        devices=5, seed=1, username="u", password="long enough", token="t0ken.of-some/length"
    ) as running:
        options = {"username": None, "password": None, "token": "t0ken.of-some/length"}
        assert call("device_info", running, **FIELDS, **options)["count"] == 5
        options["token"] = "an0ther-token"
        message = failure(call, running, **FIELDS, **options)
        assert "rejected the credentials of the token" in message and "an0ther" not in message


def test_unencrypted_connections_warn(call):
    with running_emulator(
        devices=5, seed=1, no_tls=True, username="u", password="long enough"
    ) as running:
        assert any(
            "travel unencrypted" in warning
            for warning in call("device_info", running, **FIELDS)["warnings"]
        )


@pytest.fixture
def proxy(monkeypatch):
    """A proxy that the environment names: it notes what it is asked for, and tunnels unless it
    shall refuse."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with Proxy() as running:
        monkeypatch.setenv("HTTPS_PROXY", running.url)
        monkeypatch.setenv("HTTP_PROXY", running.url)
        yield running


class Proxy:
    """A forward proxy for tests: CONNECT is tunnelled, anything else is answered with one canned
    page."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.refuses = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://proxy-user:proxy-pass@127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            head = connection.recv(65536)
            self.asked.append(head)
            if self.refuses:
                connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            elif head.startswith(b"CONNECT "):
                host, _colon, port = head.split()[1].decode().rpartition(":")
                with socket.create_connection((host, int(port))) as server:
                    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    back = threading.Thread(target=pump, args=(server, connection), daemon=True)
                    back.start()
                    pump(connection, server)
                    back.join(5)
            else:
                page = b'{"errors": null, "result": {"searchResults": [], "totalCount": 0}}'
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(page) + page
                )


def pump(source: socket.socket, target: socket.socket) -> None:
    """Copy bytes until there are no more."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_a_proxy_of_the_environment_is_used(call, emulator, proxy):
    assert call("device_info", emulator, **FIELDS)["count"] > 0
    assert proxy.asked and all(head.startswith(b"CONNECT 127.0.0.1:") for head in proxy.asked)
    assert all(
        b"\r\nAuthorization:" not in head and b"Proxy-Authorization: Basic" in head.title()
        for head in proxy.asked
    )


def test_a_proxy_is_asked_for_whole_addresses_where_there_is_no_tls(call, proxy):
    message = failure(
        call,
        product="neurons",
        url="http://uem.example.com/acme",
        username="u",
        password="long enough",
        **FIELDS,
    )
    assert "lists no device space" in message
    assert proxy.asked[0].startswith(
        b"GET http://uem.example.com/acme/api/v1/tenant/partition/device?start=0&rows=50 HTTP/1.1"
    )


def test_a_proxy_that_refuses_is_told(call, emulator, proxy):
    proxy.refuses = True
    message = failure(call, emulator, **FIELDS)
    assert (
        "The proxy for" in message
        and "check HTTPS_PROXY and NO_PROXY" in message
        and "proxy-pass" not in message
    )
    assert emulator.requests() == []


def test_no_proxy_is_heeded(call, emulator, proxy, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert call("device_info", emulator, **FIELDS)["count"] > 0 and proxy.asked == []


def test_check_mode_sends_nothing_that_writes_whatever_the_code_above_wants(emulator):
    from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
    from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import CheckModeError
    from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import Batch, Change
    from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.calls import (
        CUSTOM_ATTRS,
    )
    from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.model import (
        AttrsWrite,
    )

    _client, attributes = opened(CUSTOM_ATTRS, read_only=True, **connection(emulator))
    device = Device(id=next(iter(emulator.attributes())), guid="")
    for verb in ("merge", "append", "replace", "remove"):
        write = AttrsWrite(verb, (("owner", ("x",)),))
        for changes in ((Change(device, {}, {}, write),), (Change(device, {}, {}, write),) * 2):
            with pytest.raises(CheckModeError):
                attributes.write(Batch(changes, write))
    assert emulator.requests() == []


def test_environment_variables_stand_in_for_every_option(call, emulator, monkeypatch):
    from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
        CONNECTION,
        PRODUCT,
    )

    # A variable that names a file is shorter.
    names = {"profiles_path": "PROFILES"}
    assert {option.env for option in (PRODUCT, *CONNECTION)} == {
        f"IVANTI_UEM_{names.get(option.name, option.name.upper())}"
        for option in (PRODUCT, *CONNECTION)
    }
    given = {
        "product": "neurons",
        "url": emulator.url,
        "username": emulator.username,
        "password": emulator.password,
        "ca_path": emulator.ca_path,
        "concurrency": "2",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"IVANTI_UEM_{name.upper()}", value)
    assert call("device_info", **FIELDS)["count"] > 0
    # An option that is given wins.
    assert "rejected the credentials of the user somebody" in failure(
        call, username="somebody", **FIELDS
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"product": "airwatch"}, "value of product must be one of: neurons, epmm"),
        ({"url": "uem.example.com"}, "url: 'uem.example.com' is not an address"),
        ({"password": None}, "password: missing"),
        ({"devices": []}, "devices: is empty"),
        ({"devices": ["../wipe"]}, "devices[0]: '../wipe' is neither"),
        ({"select": {}}, "select: is empty"),
        ({"select": {"query": "[?"}}, "select.query: '[?' is not a JMESPath expression"),
        ({"query": "nope(@)"}, "query: 'nope(@)'"),
        ({"spaces": ["Nowhere"]}, "spaces: there is no device space 'Nowhere'; there are: "),
    ],
)  # fmt: skip
def test_bad_options(call, emulator, options, words):
    assert words in failure(call, emulator, **{**FIELDS, **options})
    assert len(emulator.requests()) <= (1 if "spaces" in options or "query" in options else 0)


@pytest.mark.parametrize(("name", "shown"), [
    (b"cut \\ud83d", "cut \N{REPLACEMENT CHARACTER}"), (b"\\uDE00 cut", "\N{REPLACEMENT CHARACTER} cut"),
    (b"\xed\xa0\xbd", "\N{REPLACEMENT CHARACTER}"), (b"\\ud83d\\ude00 \\\\ud83d", "\N{GRINNING FACE} \\ud83d"),
    ("\N{GRINNING FACE} \N{HANGUL SYLLABLE HAN}".encode(), "\N{GRINNING FACE} \N{HANGUL SYLLABLE HAN}"),
])  # fmt: skip
@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_half_a_character_spoils_no_result(call, name, shown, status):
    """Servers cut names by units of 16 bits, and Ansible refuses a whole result for half of a
    character in it."""
    body = (
        b'{"user": {"principal": "jdoe", "roles": ["%s"], "%s": 1}, "messages": {"message": "%s"}}'
        % (name, name, name)
    )
    with running_server() as server:
        server.answers = [answer(body, status)]
        options = {
            "product": "epmm",
            "url": server.url,
            "username": "u",
            "password": "pass-1",
            "users": ["jdoe"],
        }
        if status == "200 OK":
            [user] = call("user_info", **options)["users"]
            assert user["roles"] == [shown]
        else:
            with pytest.raises(ModuleFailed) as failed:
                call("user_info", **options)
            assert f"({shown})" in failed.value.result["msg"]


def test_what_a_server_says_is_one_line(call):
    with running_server() as server:
        server.answers = [
            answer(b'{"messages": {"message": "not\\n  today,\\tjdoe"}}', "400 Bad Request")
        ]
        with pytest.raises(ModuleFailed, match=r"\(not today, jdoe\)"):
            call(
                "user_info",
                product="epmm",
                url=server.url,
                username="u",
                password="pass-1",
                users=["jdoe"],
            )


DEEP = 100_000
# fmt: off
LISTS = {
    "user_info": {"users": ["jdoe"]},
    "app_setting_info": {},
    "registration_reference_info": {},
    "activesync_device_info": {},
    "label_info": {"api": "v1"},
    "alert_info": {},
    "policy_info": {},
    "device_info": {"api": "v1"},
    "device_registration": {"user": "jdoe", "platform": "ios", "country_code": 1, "first_name": "Joe", "last_name": "Doe", "email": "jdoe@example.com"},
}
# fmt: on


@pytest.mark.parametrize("module", LISTS)
@pytest.mark.parametrize(("body", "status", "words"), [
    (b"null", "200 OK", "was answered with null instead of a list"),
    (b"[" * DEEP, "200 OK", "a body that is not JSON"), (b'{"users":' * DEEP, "200 OK", "a body that is not JSON"),
    (b"[" * DEEP, "403 Forbidden", "may not send"),
], ids=["null", "lists in lists", "objects in objects", "an error"])  # fmt: skip
def test_what_says_nothing_is_no_empty_list(call, module, body, status, words):
    with running_server() as server:
        server.answers = [answer(body, status)] * 20
        with pytest.raises(ModuleFailed, match=words) as failed:
            call(
                module,
                product="epmm",
                url=server.url,
                username="u",
                password="pass-1",
                retries=0,
                **LISTS[module],
            )
        assert (
            "\n" not in failed.value.result["msg"]
            and server.asked
            and not [asked for asked in server.asked if not asked.startswith(b"GET ")]
        )
