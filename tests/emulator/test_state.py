# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole state as a file: what is loaded answers every request as what was saved."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from uem_emulator import graph
from uem_emulator.cli import main
from uem_emulator.lag import Lag
from uem_emulator.switches import Switches
from uem_emulator.testing.emulator import ControlError, Emulator
from uem_emulator.testing.epmm import EpmmEmulator
from uem_emulator.testing.neurons import NeuronsEmulator
from uem_emulator.testing.running import running_emulator

from .client import Api

Call = tuple[str, str, Any]
SECRET = "geheim-und-lang-1"


# --- Neurons ----------------------------------------------------------------------------------------------------------


def disturb_neurons(emulator: NeuronsEmulator) -> None:
    """Writes of every kind, some of which devices have yet to carry out."""
    api = Api(emulator)
    emulator.set_switch("action_settle", "manual")
    emulator.set_switch("list_lag", "manual")
    # For all tests alike: the list of ids in the order in which a new world has them.
    ids = [row["id"] for row in emulator.devices("id")]
    phones = [
        row["id"]
        for row in emulator.devices("id", "platformType", "supervised", "registrationState")
        if row["platformType"] == "IOS"
        and row["supervised"]
        and row["registrationState"] == "ACTIVE"
    ]
    emulator.define_attributes("floor_#")
    emulator.set_attributes({ids[0]: {"cityid": ["Zürich"], "floor_#": ["3"]}})
    api.call("PATCH", f"/api/v1/device/{ids[1]}/customattributes", {"attrs": {"cityid": ["SF"]}})
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    api.call("PUT", "/api/v1/device/retire", f"ids={phones[0]}".encode(), **form)
    api.call("PUT", "/api/v1/device/wipe", f"ids={phones[1]}".encode(), **form)
    api.call("PUT", "/api/v1/device/enableLostMode", f"ids={phones[2]}&message=x".encode(), **form)
    account = emulator.control("GET", "accounts")[0]["id"]
    owner = f"accountId={account}&deviceIds={phones[3]}".encode()
    api.call("PUT", "/api/v1/device/updateAccount", owner, **form)
    config = next(iter(emulator.device(phones[4])["configs"]))
    path = f"/api/v1/device/{phones[4]}/uninstallconfigs"
    api.call("PUT", path, f"policyIds={config}".encode(), **form)
    emulator.patch_device(ids[5], certificates=[{"days": 5}], deviceName="{{ 7 * 7 }}")
    emulator.add_device(deviceName="one more", userGroups=["Sales"])
    emulator.delete_device(ids[6])
    emulator.control("PUT", "dep", {"servers": 3})
    emulator.add_fault("short_page", path="/api/v1/account", times=3)
    emulator.set_switch("guid_for_id", "accepted")


def calls_of_neurons(emulator: NeuronsEmulator) -> Iterator[Call]:
    spaces = emulator.state()["partitions"]
    for space in spaces:
        for fq in ("", "&fq=registrationState=ACTIVE", "&fq=CFDEVICE[cityid]=SF", "&q=e"):
            yield "GET", f"/api/v1/device?dmPartitionId={space}&rows=500{fq}", None
    for row in emulator.devices("id", "guid"):
        path = f"/api/v1/device/{row['id']}"
        yield "GET", f"/api/v1/device/{row['guid']}", None
        for name in ("customattributes", "configs", "policies", "certs/search?accountId=1"):
            yield "GET", f"{path}/{name}", None
    ids = "&".join(f"ids={row['id']}" for row in emulator.devices("id"))
    yield "GET", f"/api/v1/device/lock?checkViability=true&{ids}", None
    for name in ("account?rows=100", "customattributes", "tenant/partition/device", "policy",
                 "metadata/tenant", "depServer", "depServer/198/profiles"):  # fmt: skip
        yield "GET", f"/api/v1/{name}", None


# --- EPMM -------------------------------------------------------------------------------------------------------------


def disturb_epmm(emulator: EpmmEmulator) -> None:
    """Writes of every kind, some of which devices have yet to carry out."""
    api = Api(emulator)
    for name in ("action_settle", "list_lag", "policy_delivery"):
        emulator.set_switch(name, "manual")
    active = [
        d for d in emulator.devices("uuid", "status", "user", "platform") if d["status"] == "ACTIVE"
    ]
    uuids = [device["uuid"] for device in active]
    path = "/api/v1/dm/devices"
    api.call("PUT", f"{path}/retire/{uuids[0]}")
    api.call("PUT", f"{path}/wipe/{uuids[1]}?Reason=x")
    api.call("GET", f"{path}/wakeup/{uuids[2]}")
    api.call("PUT", f"{path}/repushprofile/{uuids[3]}")
    both = {"deviceUuids": uuids[4:6]}
    api.call("PUT", "/api/v2/devices/labels/Pilot/add?adminDeviceSpaceId=1", both)
    emulator.add_label("Old Android", 'common.platform = "Android"')
    emulator.delete_label(emulator.labels()["Sales/EMEA"]["id"])
    emulator.change_policy(emulator.policies()["Executives"]["id"], labels=["Pilot"])
    emulator.add_user("jdoe", email="jdoe@example.com", last="{{ x }}")
    emulator.set_password("jdoe", SECRET)
    emulator.add_device(user="jdoe", platform="Android", details={"security_patch": "x"})
    emulator.delete_device(uuids[6])
    emulator.add_alert(uuids[7], user_name="miadmin")
    alert = next(iter(emulator.alerts()))
    api.call("PUT", f"/api/v1/alerts/{alert}?isRead=true&comments=seen")
    mailboxes = list(emulator.eas())
    api.call("PUT", f"/api/v1/eas/devices?uuids={mailboxes[0]}&action=WIPE")
    emulator.add_eas(user="nobody", state="Blocked")
    emulator.patch_device(
        uuids[8],
        compliance=2,
        quarantined=2,
        location={"source": "GPS", "latitude": 1.5, "longitude": 2.25},
    )
    query = "phoneNumber=15551234567&userId=jdoe&platform=A&countryCode=1&userFirstName=a&userLastName=b&userEmailAddress=c@d.e"
    api.call("PUT", f"/api/v1/dm/register?{query}")
    emulator.set_switch("csv_order", "unstable")
    api.get("/api/v1/dm/devices.csv")
    emulator.add_fault("429", path="/api/v2/ping", after=1, times=1)


def calls_of_epmm(emulator: EpmmEmulator) -> Iterator[Call]:
    fields = "common.uuid,common.status,common.location,common.noncompliance_reasons,user.email_address,android.security_patch"
    for query in ("", "common.platform%20%3D%20%22Android%22"):
        yield (
            "GET",
            f"/api/v2/devices?adminDeviceSpaceId=1&query={query}&fields={fields}&limit=200",
            None,
        )
    for status in ("ACTIVE", "WIPED", "RETIRED", "LOST", "VERIFICATION_PENDING"):
        yield "GET", f"/api/v1/dm/devices?status={status}", None
    for uuid in (row["uuid"] for row in emulator.devices("uuid")):
        yield "GET", f"/api/v1/dm/devices/{uuid}", None
        for name in (
            f"dm/devices/profiles/{uuid}",
            f"dm/devices/locate/{uuid}",
            f"policies/devices/{uuid}",
        ):
            yield "GET", f"/api/v1/{name}", None
        yield "GET", f"/api/v2/devices/{uuid}/labels?adminDeviceSpaceId=1", None
    for user in emulator.users():
        yield "GET", f"/api/v1/sm/users/{quote(user['principal'], safe='')}", None
        yield "GET", f"/api/v1/alerts/users/{quote(user['principal'], safe='')}", None
    for name in ("alerts", "policies", "dm/labels", "dm/labels/Pilot", "eas/devices", "appsettings",
                 "dm/countries", "dm/devices.csv", "sm/users/search/ldap/jo"):  # fmt: skip
        yield "GET", f"/api/v1/{name}", None
    for name in ("labels/label_summary", "device_spaces", "device_spaces/mine", "authorized/users"):
        yield "GET", f"/api/v2/{name}?adminDeviceSpaceId=1", None
    yield "GET", "/api/v2/ping", None
    yield "GET", "/api/v2/ping", None
    # What comes of chance, too.
    query = "phoneNumber=15559876543&userId=jdoe&platform=I&countryCode=1&userFirstName=a&userLastName=b&userEmailAddress=c@d.e"
    yield "PUT", f"/api/v1/dm/register?{query}", None


DISTURB: dict[str, Callable[[Any], None]] = {"neurons": disturb_neurons, "epmm": disturb_epmm}
CALLS: dict[str, Callable[[Any], Iterator[Call]]] = {
    "neurons": calls_of_neurons,
    "epmm": calls_of_epmm,
}


def answers(emulator: Emulator, calls: list[Call]) -> list[tuple[str, int, bytes]]:
    api = Api(emulator)
    found = []
    for method, path, body in calls:
        reply = api.call(method, path, body)
        found.append((f"{method} {path}", reply.status, reply.raw))
    api.close()
    return found


def same(left: Emulator, right: Emulator, product: str) -> None:
    calls = list(CALLS[product](left))
    assert len(calls) > 100
    for one, other in zip(answers(left, calls), answers(right, calls), strict=True):
        assert one == other


@pytest.mark.parametrize("product", sorted(DISTURB))
def test_what_is_loaded_answers_as_what_was_saved(product: str, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    options: dict[str, Any] = {"product": product, "password": SECRET, "no_tls": True}
    with running_emulator(devices=60, seed=3, partitions=3, **options) as before:
        DISTURB[product](before)
        state = before.save()
        assert json.loads(json.dumps(state)) == before.save(), "saving changes nothing"
        file.write_text(json.dumps(state), encoding="ascii")
        assert SECRET not in file.read_text(encoding="ascii")
        with running_emulator(load=str(file), **options) as after:
            assert after.state() == {**before.state(), "requests": 0}
            assert after.switches() == before.switches() and after.faults() == before.faults()
            same(before, after, product)
            # What devices have yet to do, they do in both.
            before.settle()
            after.settle()
            same(before, after, product)
            assert after.save() == before.save()


@pytest.mark.parametrize("product", sorted(DISTURB))
def test_the_control_call_replaces_all(
    product: str, emulator: NeuronsEmulator, epmm: EpmmEmulator
) -> None:
    server: Any = {"neurons": emulator, "epmm": epmm}[product]
    server.reset(devices=40)
    untouched = server.save()
    DISTURB[product](server)
    disturbed = server.save()
    server.load(untouched)
    assert server.save() == untouched and server.requests() == [] and server.faults() == []
    server.load(disturbed)
    assert server.save() == disturbed
    server.reset()
    assert server.switches()["action_settle"] == "none"


def _cut(state: dict[str, Any]) -> dict[str, Any]:
    return {**state, "objects": {**state["objects"], "table": state["objects"]["table"][:-5]}}


def _other_class(state: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(state)
    changed["objects"]["table"][0][0] = "subprocess:Popen"
    return changed


def _with(**changes: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda state: {**state, **changes}


WRONG: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda state: [], "is not a saved state"),
    (lambda state: {"kind": "x"}, "is not a saved state"),
    (lambda state: {**state, "version": "9.9"}, "was saved by version 9.9"),
    (lambda state: {**state, "product": "epmm"}, "is a state of epmm, and this emulator is neurons"),
    (lambda state: {**state, "switches": {"nonsense": 1}}, "is damaged"),
    (lambda state: {**state, "faults": [{}]}, "is damaged"),
    (lambda state: {**state, "objects": {}}, "is damaged"),
    (lambda state: {key: state[key] for key in state if key != "roles"}, "is damaged"),
    (_with(switches={"delay_ms": 10**400}), "is damaged .delay_ms is a whole number of at most nine"),
    (_with(switches={"v2_limit_max": 0}), "is damaged .v2_limit_max is a whole number of at least 1"),
    *((_with(roles=roles), "is damaged .the roles are not") for roles in (list(""), "x", None, 5)),
    (_with(roles={"x": ["No such role"]}), "is damaged .account x: no role is called No such role"),
    *((_with(roles={"x": own}), "is damaged .account x: roles are a list of names") for own in ("x", 5, [5])),
    *((_with(unknown_paths=count), "is damaged .unknown_paths is not") for count in (-1, 1.5, "1", True, None, list(""))),
    (lambda state: {**state, "faults": [{"id": 1}]}, "is damaged"),
    (_cut, "is damaged"),
    (_other_class, "is damaged"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "text"), WRONG)
def test_a_wrong_state_changes_nothing(
    emulator: NeuronsEmulator, spoil: Callable[[dict[str, Any]], Any], text: str
) -> None:
    emulator.reset(devices=10)
    emulator.set_switch("action_settle", "manual")
    state = emulator.save()
    emulator.set_switch("guid_for_id", "accepted")
    before = emulator.save()
    with pytest.raises(ControlError, match=text):
        emulator.load(spoil(state))
    assert emulator.save() == before


NOT_JSON: dict[str, Callable[[bytes], bytes]] = {
    "a half": lambda text: text[:-100],
    "nothing": lambda text: b"",
    "deep lists": lambda text: b"[" * 100_000,
    "deep objects": lambda text: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "NaN": lambda text: text.replace(b'"unknown_paths":0', b'"unknown_paths":NaN'),
    "Infinity": lambda text: text.replace(b'"unknown_paths":0', b'"unknown_paths":-Infinity'),
    "a long number": lambda text: text.replace(b'"unknown_paths":0', b'"unknown_paths":' + b"9" * 9999),
    "bytes": lambda text: b"\xff\xfe\x00",
}  # fmt: skip


@pytest.mark.parametrize("spoil", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_not_json_is_refused(
    emulator: Emulator,
    api: Api,
    spoil: Callable[[bytes], bytes],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As the body of the call, and as a file: one sentence, and no traceback."""
    emulator.reset(devices=1)
    text = json.dumps(emulator.save(), separators=(",", ":")).encode()
    assert spoil(text) != text
    reply = api.call("POST", "/_emulator/load", spoil(text))
    assert reply.status == 400 and "it is cut off, or not JSON" in reply.json["error"]
    (tmp_path / "state.json").write_bytes(spoil(text))
    for option in ("load", "like"):
        with pytest.raises(SystemExit) as caught:
            main([f"--{option}={tmp_path / 'state.json'}", "--no-tls"])
        assert caught.value.code == 2
        assert "is cut off, or not JSON" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("product", sorted(DISTURB))
def test_the_state_is_written_at_the_stop_and_read_at_the_start(
    product: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "state.json"
    options: dict[str, Any] = {"product": product, "save": str(file), "no_tls": True}
    with running_emulator(devices=10, seed=3, **options) as first:
        DISTURB_LITTLE[product](first)
        saved = first.save()
    assert file.stat().st_mode & 0o077 == 0 and list(tmp_path.iterdir()) == [file]
    assert json.loads(file.read_bytes()) == saved
    with running_emulator(load=str(file), **options) as second:
        assert second.save() == saved
    with running_emulator(
        load=str(file), product=product, no_tls=True, switches={"delay_ms": 1}
    ) as third:
        assert third.switches()["delay_ms"] == 1
    half = tmp_path / "half.json"
    half.write_bytes(file.read_bytes()[:-1000])
    other = {"epmm": "neurons", "neurons": "epmm"}[product]
    for arguments, text in (
        ((f"--load={half}",), "half.json is not a whole saved state: it is cut off"),
        ((f"--load={tmp_path}/none",), "none cannot be read: No such file"),
        ((f"--load={file}", f"--product={other}"), f"give --product {product}"),
        ((f"--load={file}", "--seed=3"), "--seed does not go with --load"),
        ((f"--save={tmp_path}/no/where",), "cannot be written"),
        ((f"--save={tmp_path}",), "cannot be written"),
    ):
        with pytest.raises(SystemExit) as caught:
            main([*arguments, "--no-tls"])
        said = capsys.readouterr()
        assert caught.value.code == 2 and said.out == "", arguments
        assert text in said.err.splitlines()[-1], said.err


DISTURB_LITTLE: dict[str, Callable[[Any], Any]] = {
    "neurons": lambda server: server.set_attributes({server.devices("id")[0]["id"]: {"a": ["b"]}}),
    "epmm": lambda server: server.add_label("Sales"),
}


def test_a_file_of_another_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "old.json"
    file.write_text('{"kind": "state of uem-emulator", "version": "0.0.1/0"}', encoding="ascii")
    with pytest.raises(SystemExit) as caught:
        main([f"--load={file}", "--no-tls"])
    assert caught.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert "was saved by version 0.0.1/0 of the emulator" in last and "None" not in last


# --- the graph --------------------------------------------------------------------------------------------------------


def test_what_is_one_object_stays_one() -> None:
    shared: list[Any] = [1]
    circle: dict[Any, Any] = {"a": shared, "b": (shared, frozenset((1, "x"))), 3: None, (1, 2): {1}}
    circle["self"] = circle
    data = json.loads(json.dumps(graph.pack({"root": circle}, {})))
    found, made = graph.unpack(data, {})
    root = found["root"]
    assert root["a"] is root["b"][0] and root["self"] is root and made == []
    assert root["b"][1] == {1, "x"} and root[3] is None and root[1, 2] == {1}


def test_times_count_from_the_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    switches = Switches({"list_lag": "time", "list_lag_ms": 500})
    seen: list[int] = []
    lag = Lag(switches, seen.append)
    lag.wrote(1)
    lag._reach = None  # type: ignore[assignment]
    data = graph.pack({"lag": lag}, {"switches": switches})
    found, made = graph.unpack(data, {"switches": switches})
    for thing in made:
        thing.restored()
    assert abs(found["lag"]._pending[1].due - lag._pending[1].due) < 5


def test_what_cannot_be_saved_is_an_error() -> None:
    for thing in (object(), lambda: None, b"x", re_compiled()):
        with pytest.raises(TypeError, match="cannot be saved"):
            graph.pack({"root": [thing]}, {})


def re_compiled() -> Any:
    import re

    return re.compile("x")


@pytest.mark.parametrize(
    "kind",
    [
        "os:system",
        "subprocess:Popen",
        "uem_emulator.nowhere:X",
        "uem_emulator.graph:pack",
        "uem_emulator.state:Path",
        "uem_emulator.lag:Lag.wrote",
        "bytes",
    ],
)
def test_no_other_class_is_made(kind: str) -> None:
    with pytest.raises(graph.DamagedError):
        graph.unpack({"table": [[kind, []]], "root": {"root": {"@": 0}}}, {})
