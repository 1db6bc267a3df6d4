# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ``desired_state``: one plan of all sections, its order, its limits, and what fails."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest

from ..conftest import ModuleFailed, writes

POOL = {"name": "Loan pool", "description": "Phones that are lent"}


def state(call: Any, server: Any, **options: Any) -> dict[str, Any]:
    """The result of a run, whether or not it failed, with its sentence as ``msg``."""
    server.clear_requests()
    try:
        return call("desired_state", server, **options)
    except ModuleFailed as failed:
        return failed.result


def outcomes(result: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (
            row.get("section"),
            row.get("id") if row.get("section") != "label_definitions" else None,
            row.get("name"),
            row.get("policy"),
            row["outcome"],
            str(row.get("before")),
            str(row.get("after")),
        )
        for row in result["entries"]
    ]


def devices_of(server: Any, count: int) -> list[str]:
    """The guids of devices that have labels to lose or to get."""
    return [one["uuid"] for one in server.devices("uuid", "status") if one["status"] == "ACTIVE"][
        :count
    ]


def labels_of(server: Any, uuid: str) -> set[str]:
    return {name for name, one in server.labels().items() if uuid in one["members"]}


def neurons_sections(server: Any) -> dict[str, dict[str, Any]]:
    ids = [str(one["id"]) for one in server.devices("id")][:3]
    for number in ids:
        server.patch_device(
            number, registrationState="ACTIVE", configs={"61001": "INSTALLED", "61003": "INSTALLED"}
        )
    server.set_switch("action_settle", "none")
    return {
        "attributes": {"devices": [{"device": one, "attributes": {"cityid": "QQ"}} for one in ids]},
        "configurations": {
            "devices": [{"device": one, "configurations": {"61003": "excluded"}} for one in ids[:2]]
            + [{"device": ids[2], "configurations": ["61001"]}]
        },
    }


def epmm_sections(server: Any) -> dict[str, dict[str, Any]]:
    guids = devices_of(server, 3)
    profiles = [
        profile
        for profile in server.profiles(guids[0])
        if profile["kind"] == "APP" and profile["status"] == "Applied"
    ]
    return {
        "label_definitions": {"label_definitions": [POOL]},
        "labels": {"devices": [{"device": guid, "labels": ["two words"]} for guid in guids]},
        "policies": {"policies": [{"policy": "Kiosk", "label": "Pilot"}]},
        "configurations": {
            "devices": [
                {"device": guids[0], "configurations": [str(profile["id"]) for profile in profiles]}
            ]
        },
    }


def together(sections: dict[str, dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for options in sections.values():
        for name, value in options.items():
            found.setdefault(name, []).extend(value)
    return found


NAMES = {
    "neurons": ["attributes", "configurations", "all"],
    "epmm": ["label_definitions", "labels", "policies", "configurations", "all"],
}


@pytest.mark.parametrize(
    ("product", "section"), [(product, one) for product, names in NAMES.items() for one in names]
)
def test_a_section_is_predicted_applied_and_kept(request, call, product, section):
    server = request.getfixturevalue("emulator" if product == "neurons" else "epmm")
    sections = neurons_sections(server) if product == "neurons" else epmm_sections(server)
    options = together(sections) if section == "all" else sections[section]
    checked = state(call, server, check_mode=True, **options)
    assert writes(server) == [] and "msg" not in checked, checked.get("msg")
    done = state(call, server, confirm=checked["confirm"] or None, **options)
    assert "msg" not in done and outcomes(done) == outcomes(checked)
    assert (done["plan"], done["diff"]) == (checked["plan"], checked["diff"])
    if section != "configurations" or product == "neurons":
        assert done["changed"] and writes(server)
    again = state(call, server, **options)
    assert not again["changed"] and again["diff"] == [] and writes(server) == []
    used = set(sections) if section == "all" else {section}
    assert set(again["summary"]["sections"]) == used


def test_what_is_made_comes_first_and_what_is_taken_away_last(call, epmm):
    guids = devices_of(epmm, 2)
    call("label", epmm, name="Old pool")
    call("device_label", epmm, devices=guids, labels=["Pilot"])
    done = state(
        call,
        epmm,
        label_definitions=[POOL, {"name": "Old pool", "state": "absent"}],
        devices=[
            {"device": guids[0], "labels": {"Pilot": "absent"}},
            {"device": guids[1], "labels": ["Loan pool"]},
        ],
        policies=[{"policy": "Kiosk", "label": "Loan pool"}],
    )
    assert "msg" not in done, done["msg"]
    sent = [f"{method} {unquote(path)}" for method, path in writes(epmm)]
    assert sent == [
        "POST /api/v2/labels/",
        "PUT /api/v2/devices/labels/Loan pool/add",
        "PUT /api/v1/policies/1220",
        "PUT /api/v2/devices/labels/Pilot/remove",
        "DELETE /api/v2/labels/",
    ]


def test_a_label_that_cannot_be_made_stops_what_needs_it_and_no_more(call, epmm):
    first, second, third = devices_of(epmm, 3)
    epmm.add_fault("403", method="POST", path="/api/v2/labels*", times=None)
    before = [labels_of(epmm, one) for one in (first, second, third)]
    done = state(
        call,
        epmm,
        retries=0,
        label_definitions=[POOL, {"name": "Pilot"}],
        devices=[
            {"device": first, "labels": ["Loan pool"]},
            {"device": second, "labels": ["Loan pool", "two words"]},
            {"device": third, "labels": ["two words"]},
        ],
        policies=[
            {"policy": "Kiosk", "label": "Loan pool"},
            {"policy": "Kiosk", "label": "two words"},
        ],
    )
    after = [labels_of(epmm, one) for one in (first, second, third)]
    assert after == [before[0], before[1] | {"two words"}, before[2] | {"two words"}]
    rows = {
        (row["section"], row.get("guid") or row.get("label") or row["name"]): row
        for row in done["entries"]
    }
    unmade = "not sent: the label 'Loan pool' could not be made"
    for key in (("labels", first), ("labels", second), ("policies", "Loan pool")):
        assert (rows[key]["outcome"], rows[key]["error"]) == ("failed", unmade), key
    assert rows["label_definitions", "Loan pool"]["outcome"] == "failed"
    assert rows["labels", third]["outcome"] == "changed" and done["changed"]
    assert "/api/v1/policies/1220" in [path for _method, path in writes(epmm)]
    epmm.clear_faults()
    again = state(
        call, epmm, label_definitions=[POOL], devices=[{"device": second, "labels": ["Loan pool"]}]
    )
    assert "msg" not in again and labels_of(epmm, second) >= {"Loan pool", "two words"}


def test_a_label_of_another_space_fails_its_device_and_puts_the_other_labels_on(call, epmm):
    space = next(one["id"] for one in epmm.spaces() if one["name"] == "EMEA")
    far = epmm.device(epmm.add_device())["uuid"]
    new = {"name": "Loan pool", "space": "EMEA"}
    options = {
        "label_definitions": [new],
        "devices": [{"device": far, "labels": ["EMEA loaners", "Loan pool", "Pilot"]}],
    }
    told = "cannot be put on 'EMEA loaners', 'Loan pool', of the device space 'EMEA'"
    for check_mode in (True, False):
        done = state(call, epmm, check_mode=check_mode, **options)
        assert "1 of 2 entries c" in done["msg"] and told in done["msg"]
        rows = [row for row in done["entries"] if row["section"] == "labels"]
        assert [row["outcome"] for row in rows] == ["changed", "failed"]
    assert labels_of(epmm, far) & {"EMEA loaners", "Loan pool", "Pilot"} == {"Pilot"}
    assert epmm.labels()["Loan pool"]["space_id"] == space


def test_a_device_that_changes_in_several_sections_counts_once(call, emulator):
    options = together(neurons_sections(emulator))
    checked = state(call, emulator, check_mode=True, **options)
    assert checked["summary"]["changed"] == 5
    refused = state(call, emulator, max_devices=2, **options)
    assert "the plan changes 3 devices and max_devices is 2" in refused["msg"]
    assert refused["plan"][0].startswith("5 entries on 3 devices: ") and writes(emulator) == []
    assert refused["summary"]["sections"]["attributes"] == {"planned": 3}
    assert refused["diff"] == checked["diff"]
    done = state(call, emulator, max_devices=3, **options)
    assert "msg" not in done and done["summary"]["changed"] == 5


def test_taking_away_from_many_devices_needs_a_limit_or_a_confirm(call, emulator):
    """Attributes of some, and configurations of the same and of others: each device counts once."""
    ids = [str(one["id"]) for one in emulator.devices("id")][:12]
    emulator.set_switch("action_settle", "none")
    emulator.set_attributes({number: {"site": ["x"]} for number in ids[:8]})
    for number in ids:
        emulator.patch_device(number, registrationState="ACTIVE", configs={"61003": "INSTALLED"})
    options = {
        "devices": [
            {"device": number, "attributes": {}, "configurations": {"61003": "excluded"}}
            for number in ids
        ],
        "purge": ["attributes"],
    }
    checked = state(call, emulator, check_mode=True, **options)
    assert "takes something away from 12 of 60 devices" in checked["msg"], checked["msg"]
    assert checked["summary"]["planned"] >= 20
    refused = state(call, emulator, **options)
    assert refused["msg"] == checked["msg"] and writes(emulator) == []
    done = state(call, emulator, confirm=checked["confirm"], **options)
    assert "msg" not in done and done["summary"]["changed"] == checked["summary"]["planned"]
    assert not state(call, emulator, **options)["changed"]


def test_a_confirm_permits_one_plan_of_all_sections(call, emulator):
    options = together(neurons_sections(emulator))
    checked = state(call, emulator, check_mode=True, **options)
    options["devices"][0]["attributes"]["cityid"] = "LA"
    refused = state(call, emulator, confirm=checked["confirm"], **options)
    assert "is not the one that it permits" in refused["msg"] and writes(emulator) == []


def test_a_run_that_is_killed_half_way_is_run_again_and_converges(call, emulator):
    """The server serves some writes of the run, and then none."""
    options = together(neurons_sections(emulator))
    for after in range(5):
        emulator.add_fault("reset", method="PATCH", after=after, times=None)
        emulator.add_fault("reset", method="PUT", after=after, times=None)
        state(call, emulator, retries=0, concurrency=1, **options)
        emulator.clear_faults()
    assert "msg" not in state(call, emulator, **options)
    again = state(call, emulator, **options)
    assert not again["changed"] and writes(emulator) == []


def test_what_a_product_lacks_is_refused_before_any_request(call, emulator, epmm):
    one = {"device": 1}
    cases = [
        (epmm, {"devices": [{**one, "attributes": {"a": "b"}}]},
         "devices[0] (device 1).attributes: epmm does not support custom attributes; supported by: neurons."),
        (epmm, {"devices": [{**one, "configurations": {"x": "excluded"}}]}, "excluded is not supported by epmm"),
        (emulator, {"devices": [{**one, "labels": ["x"]}]}, "neurons does not support labels; supported by: epmm."),
        (emulator, {"label_definitions": [POOL]}, "neurons does not support making labels"),
        (emulator, {"policies": [{"policy": "a", "label": "b"}]}, "neurons does not support policies"),
    ]  # fmt: skip
    for server, options, words in cases:
        result = state(call, server, **options)
        assert words in result["msg"] and server.requests() == [], result["msg"]


def entry(**keys: Any) -> dict[str, Any]:
    return {"devices": [{"device": 1, "attributes": {"a": "b"}, **keys}]}


WRONG = [
    ({}, "Nothing is declared; give one of devices, label_definitions, policies, or state_files"),
    ({"devices": [7]}, "devices[0]: expected a mapping of device or select"),
    (entry(atributes={}), "devices[0]: there is no key 'atributes' (nearest: 'attributes')"),
    (entry(select={"platform": "ios"}), "devices[0]: needs either device, an id or a guid, or select"),
    (entry(device="x y"), "devices[0].device: 'x y' is neither a device id"),
    (entry(attributes=None), "devices[0].attributes: is null"),
    (entry(attributes={"a": ""}), "devices[0] (device 1).attributes.a"),
    (entry(attributes=["a"]), "devices[0] (device 1).attributes: expected a mapping"),
    (entry(allow_empty=True), "allow_empty: is used only with select"),
    ({"devices": [{"device": 1}]}, "devices[0] (device 1): says nothing; give it one of labels"),
    ({"devices": [{"select": {"platfrom": "ios"}, "attributes": {"a": "b"}}]}, "devices[0]: "),
    ({"devices": [{"select": {"ids": None, "platform": "ios"}, "attributes": {"a": "b"}}]}, "select.ids: is null"),
    ({"devices": [{"select": {}, "attributes": {"a": "b"}}]}, "devices[0]: select: is empty"),
    ({"devices": [{"device": 1, "configurations": {"x": "instaled"}}]}, "'instaled' is not one of installed, excluded (nearest: 'installed')"),
    ({**entry(), "ignore": {"attributes": ["A*"]}}, "devices[0] (device 1).attributes: 'a' is declared, and ignore.attributes says"),
    ({**entry(), "max_devices": -1}, "max_devices: -1 is not a limit"),
    ({**entry(), "purge": ["policies"]}, "purge"),
    ({**entry(), "protected": {"devices": []}}, "protected.devices: is empty"),
    ({**entry(), "ignore": {}}, "ignore: none of its keys has a value, so it ignores nothing"),
    ({**entry(), "ignore": {"attributes": None}}, "ignore: none of its keys has a value, so it ignores nothing"),
    ({**entry(), "ignore": {"attributes": None, "labels": ["x"]}}, "ignore.attributes: is null, so it ignores nothing"),
    ({**entry(), "ignore": {"attributes": [""]}}, "ignore.attributes: has an empty name"),
    ({**entry(), "ignore": {"labels": []}}, "ignore.labels: is empty, so it ignores nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "words"), WRONG, ids=[words for _options, words in WRONG])
def test_wrong_declarations_are_one_sentence_before_any_request(call, emulator, options, words):
    result = state(call, emulator, **options)
    assert words in result["msg"] and "\n" not in result["msg"], result["msg"]
    assert emulator.requests() == []


WRONG_OF_EPMM = [
    ({"label_definitions": [{"nam": "x"}]}, "label_definitions"),
    ({"label_definitions": [{"name": " "}]}, "label_definitions[0].name: ' ' is not the name of a label"),
    ({"label_definitions": [POOL, POOL]}, "label_definitions[1]: 'Loan pool' is listed twice"),
    ({"policies": [{"policy": "a", "label": "b", "sample": 0}]}, "policies[0].sample: 0 is not a number"),
    (
        {
            "label_definitions": [{"name": "Pilot", "state": "absent"}],
            "devices": [{"device": 1, "labels": ["Pilot"]}],
        },
        "the label 'Pilot' is absent, and devices[0] (device 1).labels needs it",
    ),
    (
        {
            "label_definitions": [{"name": "Pilot", "state": "absent"}],
            "policies": [{"policy": "Kiosk", "label": "Pilot"}],
        },
        "the label 'Pilot' is absent, and policies needs it",
    ),
    (
        {
            "label_definitions": [{"name": "Pilot", "state": "absent"}],
            "devices": [{"select": {"labels": ["Pilot "]}, "labels": ["two words"]}],
        },
        "the label 'Pilot' is absent, and devices[0]: select.labels needs it",
    ),
    (
        {
            "label_definitions": [{"name": "Pilot", "state": "absent"}],
            "devices": [{"device": 1, "labels": ["two words"]}],
            "protected": {"labels": ["Pilot"]},
        },
        "the label 'Pilot' is absent, and protected.labels needs it",
    ),
    ({"devices": [{"device": 1, "labels": {"a": "gone"}}]}, "'gone' is not one of present, absent"),
    ({"devices": [{"device": 1, "labels": "Pilot"}]}, "expected a list of names"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "words"), WRONG_OF_EPMM, ids=range(len(WRONG_OF_EPMM)))
def test_wrong_labels_and_policies_are_refused_before_any_request(call, epmm, options, words):
    result = state(call, epmm, **options)
    assert words in result["msg"] and epmm.requests() == [], result["msg"]


def test_what_is_taken_off_a_label_that_is_deleted_stays_as_wanted(call, epmm):
    gone = {"name": "Pilot", "state": "absent", "force": True}
    options = {
        "label_definitions": [gone],
        "devices": [{"device": 1, "labels": {"Pilot": "absent"}}],
        "policies": [{"policy": "Executives", "label": "Pilot", "state": "absent"}],
        "max_devices": 50,
    }
    assert state(call, epmm, **options)["changed"]
    again = state(call, epmm, **options)
    assert again["plan"] == ["Nothing to change: 3 entries as wanted."], again.get("msg")


@pytest.mark.parametrize("options", [
    {"policies": [{"policy": "Executives", "label": "11"}]},
    {"policies": [{"policy": "Executives", "label": "11", "state": "absent"}]},
    {"devices": [{"select": {"labels": ["11"]}, "labels": ["two words"]}]},
])  # fmt: skip
def test_a_label_that_is_deleted_is_not_named_by_its_id(call, epmm, options):
    gone = {"name": "Pilot", "state": "absent", "force": True}
    result = state(call, epmm, label_definitions=[gone], **options)
    assert "the label 'Pilot' is absent, and " in result["msg"] and "by its id 11" in result["msg"]
    assert writes(epmm) == []


def test_names_that_the_server_lacks_refuse_the_whole_plan_and_show_it(call, epmm):
    [guid] = devices_of(epmm, 1)
    result = state(
        call,
        epmm,
        label_definitions=[POOL, {"name": "Pool 2", "space": "Nowhere"}],
        devices=[{"device": guid, "labels": ["two words"]}],
        policies=[{"policy": "Kiosk", "label": "Pilto"}, {"policy": "Kisk", "label": "Pilot"}],
    )
    for words in (
        "label_definitions[1].space: there is no device space 'Nowhere'",
        "policies[0].label: there is no label 'Pilto' (nearest: 'Pilot'",
        "policies[1].policy: there is no policy 'Kisk' (nearest: 'Kiosk'",
    ):
        assert words in result["msg"], result["msg"]
    assert writes(epmm) == [] and result["summary"]["planned"] == 2
    assert result["confirm"] == ""


def test_a_plan_that_nothing_permits_has_no_confirm(call, epmm):
    [guid] = devices_of(epmm, 1)
    pilot = {"name": "Pilot", "filter": '"common.platform" = "iOS"'}
    devices = [{"device": guid, "labels": ["two words"]}]
    result = state(call, epmm, check_mode=True, label_definitions=[POOL, pilot], devices=devices)
    assert "'Pilot'" in result["msg"] and result["summary"]["planned"] >= 2, result["msg"]
    assert (result["confirm"], result["refused_by"]) == ("", ["other"])
    assert "confirm" not in " ".join(result["plan"])


def test_a_name_of_absent_labels_must_exist(call, epmm):
    [guid] = devices_of(epmm, 1)
    result = state(call, epmm, devices=[{"device": guid, "labels": {"Pilto": "absent"}}])
    assert "there is no label 'Pilto' (nearest: 'Pilot')" in result["msg"]


def test_unknown_devices_and_empty_selections(call, emulator):
    first = min(emulator.attributes(), key=int)
    unknown = {"device": 999_999, "attributes": {"cityid": "SF"}}
    nobody = {
        "select": {"custom_attributes": {"cityid": "nowhere"}},
        "attributes": {"cityid": "SF"},
    }
    known = {"device": first, "attributes": {"cityid": "XX"}}
    result = state(call, emulator, devices=[unknown, known])
    assert "Unknown devices, nothing was done: id 999999" in result["msg"]
    result = state(call, emulator, devices=[unknown, known], on_missing="skip")
    assert result["summary"]["skipped"] == 1 and result["summary"]["changed"] == 1
    result = state(call, emulator, devices=[known, nobody])
    assert result["msg"].startswith("devices[1]: select: no device matches")
    assert writes(emulator) == []
    result = state(call, emulator, devices=[known, {**nobody, "allow_empty": True}])
    assert "msg" not in result
    # What is wanted of nobody today is still a name that must be defined.
    wrong = {**nobody, "allow_empty": True, "attributes": {"citty": "SF"}}
    result = state(call, emulator, devices=[known, wrong])
    assert "the attribute 'citty' is not defined on the server (nearest: 'cityid')" in result["msg"]


def test_later_entries_win_name_by_name(call, emulator):
    first, second = sorted(emulator.attributes(), key=int)[:2]
    guid = emulator.device(first)["guid"]
    result = state(
        call,
        emulator,
        devices=[
            {"select": {"ids": [first, second]}, "attributes": {"cityid": "A", "owner": "B"}},
            {"device": guid, "attributes": {"CityId": "C"}},
        ],
    )
    attrs = emulator.attributes()
    assert (attrs[first]["cityid"], attrs[first]["owner"]) == (["C"], ["B"])
    assert (attrs[second]["cityid"], attrs[second]["owner"]) == (["A"], ["B"])
    assert result["message"] == "Selected 2 devices."


def test_purge_owns_a_section_and_ignore_leaves_names(call, emulator, epmm):
    first = min(emulator.attributes(), key=int)
    emulator.set_attributes({first: {"cityid": ["A"], "owner": ["B"], "project": ["P"]}})
    options = {
        "devices": [{"device": first, "attributes": {"cityid": "C"}}],
        "purge": ["attributes"],
        "ignore": {"attributes": ["PROJ*"]},
    }
    checked = state(call, emulator, check_mode=True, **options)
    done = state(call, emulator, **options)
    assert outcomes(done) == outcomes(checked)
    assert emulator.attributes()[first] == {"cityid": ["C"], "project": ["P"]}
    assert not state(call, emulator, **options)["changed"] and writes(emulator) == []

    [guid] = devices_of(epmm, 1)
    call("device_label", epmm, devices=[guid], labels=["Pilot", "two words", "No members"])
    options = {
        "devices": [{"device": guid, "labels": ["Pilot"]}],
        "purge": ["labels"],
        "ignore": {"labels": ["two *"]},
    }
    state(call, epmm, **options)
    assert {"Pilot", "two words"} <= labels_of(epmm, guid) and "No members" not in labels_of(
        epmm, guid
    )
    assert not state(call, epmm, **options)["changed"]


def test_a_label_that_is_ignored_is_not_touched_however_it_is_named(call, epmm):
    [guid] = devices_of(epmm, 1)
    call("device_label", epmm, devices=[guid], labels=["Pilot", "two words"])
    number = epmm.labels()["two words"]["id"]
    owned = {
        "devices": [{"device": guid, "labels": ["Pilot"]}],
        "purge": ["labels"],
        "ignore": {"labels": [str(number)]},
    }
    assert state(call, epmm, **owned).get("warnings", []) == []
    assert "two words" in labels_of(epmm, guid)
    named = [{"device": guid, "labels": {str(number): "absent"}}]
    deleted = [{"name": "two words", "state": "absent", "force": True}]
    for names in (["two *"], [str(number)]):
        for declared in ({"devices": named}, {"label_definitions": deleted}):
            result = state(call, epmm, **declared, ignore={"labels": names}, max_devices=100)
            assert "ignore.labels says that it is never touched" in result["msg"], result
    assert "two words" in labels_of(epmm, guid) and writes(epmm) == []


def test_the_word_absent_is_a_value_of_an_attribute(call, emulator):
    """It takes away labels and policies, and would be on every device without a word."""
    first = min(emulator.attributes(), key=int)
    words = {"owner": "absent", "cityid": ["absent"], "project": ["absent", "x"], "site": "Absent"}
    entries = [{"device": first, "attributes": words}]
    done = state(call, emulator, check_mode=True, devices=entries)
    noted = [text.partition(": 'absent' is a value like any other")[0] for text in done["warnings"]]
    assert noted == [f"devices[0].attributes.{name}" for name in ("owner", "cityid")]
    own = call("device_custom_attrs", emulator, check_mode=True, devices=[first], attrs=words)
    assert ["attrs.owner", "attrs.cityid"] == [
        text.partition(": 'absent' is a value")[0] for text in own["warnings"]
    ]


def test_a_value_of_an_attribute_that_is_removed_is_noted(call, emulator):
    first = min(emulator.attributes(), key=int)
    emulator.set_attributes({first: {"project": ["apollo", "vostok"], "owner": ["x"]}})
    options = {"state": "absent", "check_mode": True}
    attrs = {"project": "apollo", "owner": "x"}
    done = call("device_custom_attrs", emulator, devices=[first], attrs=attrs, **options)
    [noted] = done["warnings"]
    assert noted.startswith("attrs.project: a value does not count with state=absent: devices lose")
    own = [{"device": first, "attrs": {"owner": "x"}}]
    [noted] = call("device_custom_attrs", emulator, devices=own, **options)["warnings"]
    assert noted.startswith("devices[0].attrs.owner: a value does not count")
    for names in (["project"], {"project": None}, {"project": ""}):
        done = call("device_custom_attrs", emulator, devices=[first], attrs=names, **options)
        assert done.get("warnings", []) == []


@pytest.mark.parametrize("product", ["neurons", "epmm"])
def test_a_configuration_that_is_not_there_is_refused_under_its_section(
    call, emulator, epmm, product
):
    server = epmm if product == "epmm" else emulator
    device = devices_of(epmm, 1)[0] if product == "epmm" else min(emulator.attributes(), key=int)
    names = (
        ["Passcode Confg", "Default Security Policy"] if product == "epmm" else ["Passcode Confg"]
    )
    for name in names:
        result = state(call, server, devices=[{"device": device, "configurations": [name]}])
        assert result["msg"].startswith("configurations: "), result["msg"]
        assert f"{name!r}" in result["msg"] and "kind=" not in result["msg"]


def test_what_is_owned_or_ignored_and_the_product_lacks_is_told(call, emulator, epmm):
    first = min(emulator.attributes(), key=int)
    emulator.set_attributes({first: {"floor_#": ["3"]}})
    done = state(
        call,
        emulator,
        devices=[{"device": first, "attributes": {}}],
        purge=["attributes", "labels"],
        ignore={"attributes": ["FLOOR_#"]},
    )
    assert done["warnings"] == ["purge: neurons does not support labels; it does nothing."]
    assert emulator.attributes()[first] == {"floor_#": ["3"]}
    [guid] = devices_of(epmm, 1)
    entries = [{"device": guid, "labels": ["Pilot"]}]
    done = state(call, epmm, devices=entries, ignore={"attributes": ["x"]})
    told = "ignore.attributes: epmm does not support custom attributes; it does nothing."
    assert told in done["warnings"]


def test_protected_devices_are_left_alone(call, emulator, epmm):
    first, second = sorted(emulator.attributes(), key=int)[:2]
    before = emulator.attributes()[first]
    entries = [{"device": one, "attributes": {"cityid": "ZZ"}} for one in (first, second)]
    done = state(call, emulator, devices=entries, protected={"devices": [first]})
    assert emulator.attributes()[first] == before
    assert emulator.attributes()[second]["cityid"] == ["ZZ"]
    assert [row["outcome"] for row in done["entries"] if row["id"] == first] == ["protected"]

    [guid] = devices_of(epmm, 1)
    call("device_label", epmm, devices=[guid], labels=["No members"])
    for options in (
        {"label_definitions": [{"name": "No members", "state": "absent", "force": True}]},
        {"policies": [{"policy": "Kiosk", "label": "No members"}]},
    ):
        refused = state(call, epmm, protected={"devices": [guid]}, **options)
        assert "the label 'No members' has 1 device of protected" in refused["msg"], refused["msg"]
        assert writes(epmm) == []


def test_configurations_that_may_come_with_labels_are_under_way(call, epmm):
    [guid] = devices_of(epmm, 1)
    listed = {profile["name"] for profile in epmm.profiles(guid)}
    [other] = [one["name"] for one in epmm.settings().values() if one["name"] not in listed][:1]
    alone = state(call, epmm, devices=[{"device": guid, "configurations": [other]}])
    assert "is not on the device" in alone["msg"]
    entry = {"device": guid, "configurations": [other], "labels": ["No members"]}
    done = state(call, epmm, devices=[entry])
    assert "msg" not in done and done["summary"]["under_way"] == 1


def test_one_thing_by_two_names_is_refused(call, emulator, epmm):
    number = str(emulator.devices("id")[0]["id"])
    emulator.patch_device(number, configs={"61001": "INSTALLED"})
    wanted = {"61001": "installed", "Passcode Config": "excluded"}
    result = state(call, emulator, devices=[{"device": number, "configurations": wanted}])
    assert "'Passcode Config' should be installed and excluded on device" in result["msg"]
    assert writes(emulator) == []
    policy = str(epmm.policies()["Kiosk"]["id"])
    label = str(epmm.labels()["Pilot"]["id"])
    entries = [
        {"policy": "Kiosk", "label": "Pilot"},
        {"policy": policy, "label": label, "state": "absent"},
    ]
    result = state(call, epmm, policies=entries)
    assert "is declared by policies[0] as well" in result["msg"] and writes(epmm) == []


# Files


def test_files_and_the_task_are_one_declaration(call, emulator, tmp_path):
    first, second = sorted(emulator.attributes(), key=int)[:2]
    (tmp_path / "10.yml").write_text(
        f"devices:\n  - select: {{ids: [{first}, {second}]}}\n"
        "    attributes: {cityid: A, owner: B}\n"
    )
    (tmp_path / "20.json").write_text(
        json.dumps({"devices": [{"device": int(first), "attributes": {"cityid": "C"}}]})
    )
    (tmp_path / "README.md").write_text("not read")
    options = {
        "state_files": [str(tmp_path)],
        "devices": [{"device": second, "attributes": {"owner": "D"}}],
    }
    checked = state(call, emulator, check_mode=True, **options)
    done = state(call, emulator, **options)
    assert outcomes(done) == outcomes(checked)
    attrs = emulator.attributes()
    assert (attrs[first]["cityid"], attrs[first]["owner"]) == (["C"], ["B"])
    assert (attrs[second]["cityid"], attrs[second]["owner"]) == (["A"], ["D"])
    assert not state(call, emulator, **options)["changed"] and writes(emulator) == []


def test_a_later_file_replaces_labels_and_policies_of_an_earlier_one(call, epmm, tmp_path):
    (tmp_path / "a.yml").write_text("label_definitions: [{name: Loan pool, description: old}]\n")
    (tmp_path / "b.yml").write_text("label_definitions: [{name: Loan pool, description: new}]\n")
    done = state(call, epmm, state_files=[str(tmp_path / "a.yml"), str(tmp_path / "b.yml")])
    assert "msg" not in done and epmm.labels()["Loan pool"]["description"] == "new"


def test_a_file_is_all_that_a_task_needs(call, emulator, tmp_path):
    first = min(emulator.attributes(), key=int)
    path = tmp_path / "fleet.yaml"
    path.write_text(f"devices: [{{device: {first}, attributes: {{cityid: A, owner: 010}}}}]")
    done = state(call, emulator, state_files=[str(path)])
    assert done["summary"]["changed"] == 1
    [note] = done["warnings"]
    assert note.startswith(f"{path}: devices[0].attributes.owner: YAML reads") and "010" in note


FILES = [
    ("", "is empty; declare something in it"),
    ("[]", "is empty"),
    ("- a", "is not a mapping, but list"),
    ("device: []", "there is no key 'device' (nearest: 'devices')"),
    ("devices: {}", "devices is not a list, but dict"),
    ("devices:\n", "devices is not a list, but NoneType"),
    ("devices: []\ndevices: []\n", "has a key twice (line 2)"),
    ("devices: [", "is not valid YAML"),
    ("devices: !!python/object/apply:os.system ['true']", "is not valid YAML"),
    ("devices: [{device: 1, attributes: {a: b, a: c}}]", "has a key twice"),
    (
        "devices: [{device: 1, atributes: {a: b}}]",
        "state.yml: devices[0]: there is no key 'atributes'",
    ),
    ("$ANSIBLE_VAULT;1.1;AES256\n3132\n", "is encrypted by ansible-vault"),
    (
        "label_definitions: [{nam: x}]",
        "label_definitions[0]: there is no key 'nam' (nearest: 'name')",
    ),
    (
        "devices: [{device: 022006, attributes: {a: b}}]",
        "devices[0].device: YAML makes 9222 of 022006",
    ),
    (
        "label_definitions: [{name: yes}]",
        "label_definitions[0].name: YAML reads the value as true or false",
    ),
    (
        "label_definitions: [{name: 1.10}]",
        "label_definitions[0].name: YAML reads the value as a number with a fraction",
    ),
    (
        "label_definitions: [{name: 010}]",
        "label_definitions[0].name: YAML reads the value as another number",
    ),
    ("label_definitions: [{name: [a]}]", "label_definitions[0].name: expected a text, got list"),
    (
        "label_definitions: [{name: a, state: yes}]",
        "value of state must be one of: present, absent",
    ),
    ("policies: [{policy: 010, label: a}]", "policies[0].policy: YAML makes 8 of 010"),
    (
        "devices: [{device: 1, labels: [8]}, {device: 1, labels: [010]}]",
        "devices[1] (device 1).labels: YAML makes 8 of 010",
    ),
    (
        "devices: [{select: {users: [010]}, labels: [a]}]",
        "select.users[0]: YAML reads the value as another number",
    ),
    ("label_definitions: [x]", "label_definitions[0]: expected a mapping, got str"),
    ("label_definitions: [{}]", "label_definitions[0]: missing required arguments: name"),
    (
        "policies: [{policy: a, label: b, state: gone}]",
        "policies[0]: value of state must be one of",
    ),
    ("\udc80", "not a text in UTF-8"),
]


@pytest.mark.parametrize(("text", "words"), FILES, ids=[words for _text, words in FILES])
def test_wrong_files_are_refused_before_any_request(call, epmm, tmp_path, text, words):
    path = tmp_path / "state.yml"
    path.write_bytes(text.encode(errors="surrogateescape"))
    result = state(call, epmm, state_files=[str(path)])
    assert words in result["msg"] and "state.yml" in result["msg"], result["msg"]
    assert "\n" not in result["msg"] and epmm.requests() == []


def test_paths_that_name_nothing_are_refused(call, epmm, tmp_path):
    for path, words in (
        (tmp_path / "no.yml", "cannot be read"),
        (tmp_path, "has no file that ends"),
    ):
        assert words in state(call, epmm, state_files=[str(path)])["msg"]
    (tmp_path / "x.json").write_text('{"devices": [], "devices": []}')
    assert "is not valid JSON" in state(call, epmm, state_files=[str(tmp_path)])["msg"]


# Reads


def test_each_kind_of_state_is_read_once(call, emulator, epmm):
    """However many devices and sections there are."""
    entries = [{"device": one, "attributes": {"cityid": "A"}} for one in emulator.attributes()]
    state(call, emulator, check_mode=True, devices=entries)
    paths = [one["path"] for one in emulator.requests()]
    lists = [path for path in paths if path == "/api/v1/device"]
    assert len(lists) <= 2 * 3 and len(paths) <= len(lists) + 4, paths
    policies = [{"policy": name, "label": "Pilot"} for name in ("Kiosk", "Strict security")]
    state(
        call,
        epmm,
        check_mode=True,
        label_definitions=[POOL],
        devices=[{"device": one, "labels": ["Pilot"]} for one in devices_of(epmm, 20)],
        policies=policies,
    )
    paths = [one["path"] for one in epmm.requests()]
    assert paths.count("/api/v2/labels/label_summary") == 1
    assert paths.count("/api/v1/policies") == 1
    looked = [path for path in paths if path.startswith("/api/v1/policies/devices/")]
    assert len(looked) == len(set(looked)), looked


@pytest.mark.parametrize(
    ("api", "path"), [("auto", "/api/v2/labels/label_summary"), ("v1", "/api/v1/dm/labels")]
)
def test_labels_are_read_once_however_often_they_are_named(call, epmm, api, path):
    lock = {"action": "lock", "select": {"labels": ["Pilot", "two words"]}, "check_mode": True}
    call("device_action", epmm, **lock, protected={"labels": ["No members"]}, api=api)
    paths = [one["path"] for one in epmm.requests()]
    assert paths.count(path) == 1, paths
    if api == "v1":
        return
    guids = devices_of(epmm, 2)
    for label in ("Pilot", "No members"):
        call("device_label", epmm, devices=guids[:1], labels=[label])
    refused = state(
        call,
        epmm,
        devices=[{"select": {"labels": ["two words"]}, "labels": ["Pilot"]}],
        policies=[
            {"policy": "Kiosk", "label": "Pilot"},
            {"policy": "Kiosk", "label": "No members"},
        ],
        protected={"labels": ["Pilot"], "devices": guids[:1]},
    )
    assert refused["msg"].count("of protected, which a change of the label") == 2, refused["msg"]
    paths = [one["path"] for one in epmm.requests()]
    assert paths.count(path) == 1, paths


def test_no_secret_is_shown(call, emulator):
    first = min(emulator.attributes(), key=int)
    result = state(
        call, emulator, devices=[{"device": first, "attributes": {"cityid": emulator.password}}]
    )
    assert result["summary"]["changed"] == 1


def test_hosts_of_another_server_are_refused_before_any_request(call, emulator):
    one = {"device": 1, "attributes": {"cityid": "A"}, "host": "phone"}
    own = {**one, "server": f"{emulator.url}/", "host": "tablet"}
    other = {**one, "server": "https://other.example"}
    result = state(call, emulator, devices=[own, other])
    assert "https://other.example: 'phone'" in result["msg"] and "tablet" not in result["msg"]
    assert emulator.requests() == []
