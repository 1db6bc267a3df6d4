# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a selection means: names and values in every spelling, and rows that contradict what was
asked for. docs/selections.md has the table."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from uem_emulator.testing.neurons import NeuronsEmulator

from ..conftest import ModuleFailed, writes
from ..contracts.contract import load_all
from ..contracts.recorder import Recorder, recording

NFC, NFD = "Z\u00fcrich", "Zu\u0308rich"
NAMED = {"username": "reader", "password": "a long password", "retries": 0}


@pytest.fixture
def floors(emulator: NeuronsEmulator) -> list[str]:
    """Ids of devices: the first two are on floor 3, the third is not, and all have a city."""
    ids = sorted(emulator.attributes(), key=int)
    emulator.set_attributes({device: {} for device in ids})
    texts = (
        {"floor_#": ["3"], "cityid": [NFC]},
        {"floor_#": ["3.0"], "cityid": [NFD]},
        {"floor_#": ["4"], "cityid": ["Bern"]},
    )
    emulator.set_attributes(dict(zip(ids, texts, strict=False)))
    return ids


def selected(call, emulator, **select: Any) -> list[str]:
    found = call("device_info", emulator, select=select, on_missing="skip")
    return [device["guid"] for device in found["devices"]]


@pytest.mark.parametrize("name", ["floor", "floor_#", "FLOOR", "Floor_#", " floor "])
@pytest.mark.parametrize("value", [3, 3.0, "3", "3.0", "3.00", " 3 ", [3]])
def test_a_number_is_found_by_every_spelling(emulator, call, floors, name, value):
    wanted = [emulator.device(device)["guid"] for device in floors[:2]]
    assert selected(call, emulator, custom_attributes={name: value}) == wanted


@pytest.mark.parametrize("value", [NFC, NFD, f"{NFC} ", f"\n{NFD}"])
def test_a_text_is_found_in_both_spellings_of_unicode(emulator, call, floors, value):
    wanted = [emulator.device(device)["guid"] for device in floors[:2]]
    assert selected(call, emulator, custom_attributes={"CityId": value}) == wanted


@pytest.mark.parametrize("value", ["zo\u00eb's", "a\\b", "x\ny", "o" * 400])
def test_what_the_filter_language_cannot_say_is_found_by_the_rows(emulator, call, floors, value):
    emulator.set_attributes({floors[5]: {"cityid": [value, "other"]}})
    wanted = [emulator.device(floors[5])["guid"]]
    assert selected(call, emulator, custom_attributes={"cityid": value}) == wanted


def test_a_value_in_another_case_is_left_out_with_a_warning(emulator, call, floors):
    emulator.set_attributes({floors[4]: {"cityid": ["bern"]}})
    found = call("device_info", emulator, select={"custom_attributes": {"cityid": "Bern"}})
    assert [device["id"] for device in found["devices"]] == [floors[2]]
    [warning] = found["warnings"]
    assert "1 device on which cityid differs" in warning and "left out" in warning


# Names that nothing has


MISSPELT = "the attribute 'ctyid' is not defined on the server (nearest: 'cityid'); nothing was"


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("device_info", {"select": {"custom_attributes": {"ctyid": "x"}}}),
        ("device_info", {"select": {"filters": "uid=a or CFDEVICE[ctyid]=x"}}),
        ("device_custom_attrs", {"select": {"custom_attributes": {"ctyid": "x"}}, "attrs": {"site": "x"}}),
        ("device_custom_attrs", {"attrs": {"ctyid": "x"}}),
        ("device_custom_attrs", {"attrs": {"ctyid": "x"}, "append": True}),
        ("device_custom_attrs", {"attrs": {"ctyid": "x"}, "purge": True}),
        ("device_custom_attrs", {"attrs": ["ctyid"], "state": "absent"}),
        ("device_action", {"action": "wipe", "protected": {"custom_attributes": {"ctyid": "x"}}}),
        ("device_action", {"action": "lock", "select": {"custom_attributes": {"ctyid": "x"}}}),
        ("device_message", {"select": {"custom_attributes": {"ctyid": "x"}}, "text": "x"}),
    ],
)  # fmt: skip
def test_a_name_that_no_definition_has_is_refused(emulator, call, floors, module, options):
    chosen = {} if "select" in options else {"devices": [floors[0]]}
    with pytest.raises(ModuleFailed) as refused:
        call(module, emulator, **chosen, **options)
    assert MISSPELT in str(refused.value), refused.value
    assert writes(emulator) == []


def test_a_filter_needs_the_suffix_of_a_number(emulator, call):
    with pytest.raises(
        ModuleFailed, match="'floor' is numeric, and searches need its suffix; write floor_#"
    ):
        call("device_info", emulator, select={"filters": "CFDEVICE[floor]=3"})


@pytest.mark.parametrize("numbers", ["suffixed", "bare"])
@pytest.mark.parametrize("name", ["floor", "floor_#"])
def test_however_the_server_names_numbers(emulator, call, floors, numbers, name):
    emulator.set_switch("numeric_definitions", numbers)
    emulator.set_switch("numeric_names", numbers)
    wanted = [emulator.device(device)["guid"] for device in floors[:2]]
    assert selected(call, emulator, custom_attributes={name: 3}) == wanted


# Protection


@pytest.mark.parametrize(
    "attributes",
    [{"floor": 3}, {"FLOOR_#": "3.000"}, {"floor ": 3.0}, {"cityid": NFC}, {"cityid": NFD}, {"cityId": f"{NFD} "}, {"cityid": NFC.upper()}],
)  # fmt: skip
def test_what_is_protected_by_an_attribute_is_not_wiped(emulator, call, floors, attributes):
    result = call(
        "device_action", emulator, action="wipe", devices=floors[:2], check_mode=True,
        protected={"custom_attributes": attributes},
    )  # fmt: skip
    assert [row["outcome"] for row in result["devices"]] == ["protected", "protected"]


def test_an_attribute_that_was_just_written_protects(emulator, call, floors):
    device = floors[7]
    call("device_custom_attrs", emulator, devices=[device], attrs={"floor": 7})
    guard = {"custom_attributes": {"floor": 7}}
    result = call("device_action", emulator, action="wipe", devices=[device], protected=guard)
    assert [row["outcome"] for row in result["devices"]] == ["protected"]
    assert emulator.actions() == []


@pytest.mark.parametrize(
    ("protected", "said"),
    [
        ({"devices": []}, "protected.devices: is empty, so it protects nothing"),
        ({"attributes": {}}, "protected.attributes: is empty, so it protects nothing"),
        ({"custom_attributes": {"floor": ""}}, "protected.custom_attributes.floor: needs a value"),
        ({"serial_numbers": None, "attributes": {"a": "b"}}, "protected.serial_numbers: is null, so it protects nothing"),
        ({"custom_attributes": {"floor": "third"}}, "'third' is not a number"),
    ],
)  # fmt: skip
def test_a_protection_of_nothing_is_refused(emulator, call, floors, protected, said):
    with pytest.raises(ModuleFailed) as refused:
        call("device_action", emulator, action="wipe", devices=floors[:1], protected=protected)
    assert said in str(refused.value) and writes(emulator) == []


@pytest.mark.parametrize(
    "protected",
    [{"custom_attributes": {"cityid": "nowhere"}}, {"attributes": {"device_model": "none"}}],
)
def test_a_protection_that_no_device_has_is_warned_of(emulator, call, floors, protected):
    result = call(
        "device_action", emulator, action="wipe", devices=floors[:1], protected=protected,
        check_mode=True,
    )  # fmt: skip
    [name] = protected
    assert any(
        text.startswith(f"protected.{name}.") and "protects nothing" in text
        for text in result["warnings"]
    )


@pytest.mark.parametrize("key", ["emails", "phone_numbers", "wifi_mac_addresses"])
@pytest.mark.parametrize("raw", ["Ada <ada@example.com>", "mailto:ada@example.com", "12 34"])
def test_what_is_no_such_name_is_one_sentence(epmm, call, key, raw):
    with pytest.raises(ModuleFailed, match=rf"^select\.{key}: .* is not an? "):
        call("device_info", epmm, select={key: [raw]})
    assert epmm.requests() == []


# Rows that contradict what was asked for


@pytest.fixture
def forwarder() -> Iterator[Recorder]:
    """A server behind something that drops ``fq``: it always sends the same two devices."""
    contracts = load_all()
    page = contracts["N08"].examples[0].answer
    row = page["result"]["searchResults"][0]
    hour = 3_600_000
    rows = [
        {**row, "id": 5, "guid": "57d9903c-aadf-4b40-aef3-e1f24302f180", "serialNumber": "FIVE", "lastCheckin": 900 * hour,
         "lastRegistrationTime": 900 * hour, "lostModeEnabled": None, "customAttributes": {"attrs": {"a": ["x"]}}},
        {**row, "id": 6, "guid": "57d9903c-aadf-4b40-aef3-e1f24302f181", "serialNumber": "SIX", "lastCheckin": 100 * hour,
         "lastRegistrationTime": 100 * hour, "lostModeEnabled": None, "customAttributes": {"attrs": {"a": ["y"]}}},
    ]  # fmt: skip
    with recording() as running:
        space = contracts["S_partitions"].examples[0].answer
        one = {
            **space["result"],
            "searchResults": space["result"]["searchResults"][:1],
            "totalCount": 1,
        }
        running.answer("GET", "/api/v1/tenant/partition/device", {**space, "result": one})
        found = {**page["result"], "searchResults": rows, "totalCount": 2}
        running.answer("GET", "/api/v1/device", {**page, "result": found})
        definitions = {"totalCount": 1, "searchResults": [{"id": 1, "type": "DEVICE", "name": "a"}]}
        running.answer("GET", "/api/v1/customattributes", {"errors": None, "result": definitions})
        yield running


@pytest.mark.parametrize(
    "select",
    [
        {"attributes": {"lost_mode_enabled": True}}, {"attributes": {"serial_number": "five"}}, {"platform": "ios"}, {"status": "wiped"},
        {"ownership": "employee"},
        {"custom_attributes": {"a": "x"}}, {"custom_attributes": {"a": "z"}}, {"last_seen_within": "7d"}, {"registered_within": "1d"},
        {"ids": [5]}, {"serial_numbers": ["SIX"]}, {"emails": ["a@example.com"]}, {"guids": ["57d9903c-aadf-4b40-aef3-e1f24302f181"]},
        {"ids": [5, 6], "attributes": {"lost_mode_enabled": True}},
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("module", "options"),
    [("device_action", {"action": "lock"}), ("device_custom_attrs", {"attrs": {"a": "n"}}), ("device_info", {})],
)  # fmt: skip
def test_a_filter_that_is_dropped_on_the_way_is_noticed(forwarder, call, module, options, select):
    with pytest.raises(ModuleFailed, match=r"was asked for .*, and sent device [56]"):
        call(module, url=forwarder.url, product="neurons", select=select, **NAMED, **options)
    assert {request.method for request in forwarder.requests} == {"GET"}


@pytest.mark.parametrize(
    "select",
    [
        # A null may be counted as false, values have any case, and what no row shows stands.
        {"attributes": {"lost_mode_enabled": False}}, {"attributes": {"platform": "Android"}}, {"attributes": {"account_group": "Sales"}},
        {"filters": "uid=x"}, {"last_seen_within": "60d"}, {"ids": [5, 6]}, {"ldap_attributes": {"l": "Bern"}},
    ],
)  # fmt: skip
def test_what_rows_do_not_contradict_stands(forwarder, call, select):
    result = call("device_info", url=forwarder.url, product="neurons", select=select, **NAMED)
    assert result["count"] == 2


def test_a_field_that_no_row_has_is_refused_although_the_server_ignores_it(forwarder, call):
    with pytest.raises(ModuleFailed) as refused:
        call(
            "device_action", url=forwarder.url, product="neurons", action="lock", **NAMED,
            select={"attributes": {"device_modle": "X"}},
        )  # fmt: skip
    assert "no device has a field 'device_modle' (nearest: 'device_model'" in str(refused.value)


def test_a_field_that_the_server_refuses_is_named(emulator, call):
    with pytest.raises(
        ModuleFailed,
        match=r"^protected\.attributes\.email_adress: the server refused a filter with email_adress",
    ):
        call(
            "device_action", emulator, action="wipe", devices=[22006], check_mode=True,
            protected={"attributes": {"email_adress": "x"}},
        )  # fmt: skip


@pytest.mark.parametrize("name", ["cityidd", "ctyid"])
def test_a_group_of_an_attribute_that_is_not_defined_is_refused(emulator, ansible, name):
    ansible.write("fleet.neurons.yml", {"plugin": "ivanti.uem.neurons", "attribute_groups": [name]})
    listed = ansible("ansible-inventory", "-i", "fleet.neurons.yml", "--list")
    text = " ".join(listed.stderr.split())
    assert f"attribute_groups: the attribute {name!r} is not defined on the server" in text


def test_a_number_has_one_group_however_it_is_written(emulator, ansible, floors):
    options = {"plugin": "ivanti.uem.neurons", "attribute_groups": ["floor", "CITYID "]}
    ansible.write("fleet.neurons.yml", options)
    listed = ansible("ansible-inventory", "-i", "fleet.neurons.yml", "--list")
    groups = json.loads(listed.stdout)
    assert len(groups["attr_floor_3"]["hosts"]) == len(groups["attr_cityid_zurich"]["hosts"]) == 2


def test_both_spellings_of_unicode_are_other_texts():
    assert NFC != NFD == unicodedata.normalize("NFD", NFC)


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_epmm_finds_one_name_through_either_api(call, epmm, api):
    """The calls of API v1 for names know only registered devices, and numbers as they were given."""
    rows = call("device_info", epmm, api="v2")["devices"]
    waiting = next(row for row in rows if row["status"] == "pending" and row["user"])
    number = next(row for row in rows if (row["phone_number"] or "").startswith("1555"))
    for select, device in (
        ({"users": [waiting["user"].upper()]}, waiting),
        ({"phone_numbers": [f"00{number['phone_number']}"]}, number),
        ({"phone_numbers": [f"0{number['phone_number'][1:]}"]}, number),
    ):
        found = call("device_info", epmm, api=api, select=select)["devices"]
        assert device["id"] in [row["id"] for row in found]


def test_labels_that_api_v1_does_not_show_are_not_absent(call, epmm):
    rows = call("device_info", epmm, api="v2")["devices"]
    waiting = next(row["guid"] for row in rows if row["status"] == "pending")
    chosen = {"labels": ["Pilot"], "devices": [waiting]}
    assert call("device_label", epmm, **chosen)["changed"] in (True, False)
    with pytest.raises(ModuleFailed, match="lists no labels of devices that are not registered"):
        call("device_label", epmm, api="v1", state="absent", **chosen)
