# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ``label``: labels are made and deleted, and nothing else happens to them."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ..conftest import SEED, ModuleFailed, writes

NAME = "Loan pool"
IOS = '"common.platform" = "iOS"'


def label(call, server, name=NAME, **options):
    return call("label", server, name=name, **options)


def refused(call, server, words, **options):
    """The result of a task that is refused, in check mode as well, without any write."""
    for check in (True, False):
        server.clear_requests()
        with pytest.raises(ModuleFailed, match=words) as failed:
            label(call, server, check_mode=check, **options)
        assert writes(server) == []
    return failed.value.result


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"description": "Phones that are lent"},
        {"filter": IOS},
        {"filter": f"{IOS}  AND common.status='ACTIVE'".replace("'", '"'), "description": "x"},
        {"space": "Global"},
        {"space": 1},
        {"name": "Außendienst 2"},
    ],
)
def test_a_label_is_made_once(call, epmm, options):
    checked = label(call, epmm, check_mode=True, **options)
    assert checked["changed"] and writes(epmm) == [] and checked["diff"]
    done = label(call, epmm, **options, confirm=checked["confirm"])
    assert done["changed"] and done["plan"] == checked["plan"] and len(writes(epmm)) == 1
    made = epmm.labels()[options.get("name", NAME)]
    assert done["label"]["id"] == str(made["id"])
    assert made["description"] == options.get("description", "")
    assert made["query"] == options.get("filter") and made["space_id"] == 1
    epmm.clear_requests()
    again = label(call, epmm, **options)
    assert not again["changed"] and writes(epmm) == []
    assert again["label"] == {
        "name": options.get("name", NAME),
        "id": str(made["id"]),
        "outcome": "unchanged",
    }


def test_a_label_is_made_in_another_space(call, epmm):
    space = next(one for one in epmm.spaces() if one["id"] != 1)
    assert label(call, epmm, space=space["name"])["changed"]
    assert epmm.labels()[NAME]["space_id"] == space["id"]
    assert not label(call, epmm, space=space["id"])["changed"]
    refused(call, epmm, "is in the device space .* has no call that changes", space="Global")


def test_a_label_is_deleted_once(call, epmm):
    epmm.add_label(NAME)
    checked = label(call, epmm, state="absent", check_mode=True)
    assert checked["changed"] and writes(epmm) == []
    assert checked["plan"][:2] == [
        "1 label: label is deleted",
        "removes label 'Loan pool' (static: true; space: Global)",
    ]
    assert any("Which policies" in said for said in checked["warnings"])
    done = label(call, epmm, state="absent", confirm=checked["confirm"])
    assert done["changed"] and done["label"]["after"] == {} and NAME not in epmm.labels()
    again = label(call, epmm, state="absent")
    assert not again["changed"] and again["label"]["outcome"] == "unchanged"


def test_what_has_devices_is_deleted_with_force_only(call, epmm):
    members = len(epmm.labels()["Pilot"]["members"])
    result = refused(
        call, epmm, f"has {members} devices.* and these lose .*Give force=true", name="Pilot", state="absent"
    )  # fmt: skip
    assert result["label"]["outcome"] == "planned"
    assert result["label"]["before"]["members"] == members
    assert label(call, epmm, name="Pilot", state="absent", force=True)["changed"]
    assert all("Pilot" not in row["labels"] for row in epmm.devices("uuid", "labels"))


def test_what_app_settings_are_applied_to_is_deleted_with_force_only(call, epmm):
    used = {name for setting in epmm.settings().values() for name in setting["labels"]}
    name = next(one for one, row in epmm.labels().items() if one in used and not row["system"])
    for uuid in epmm.labels()[name]["members"]:
        epmm.delete_device(uuid)
    refused(call, epmm, "has the app settings '.*Give force=true", name=name, state="absent")


@pytest.mark.parametrize("kind", ["403", "500", "html"])
def test_what_cannot_be_seen_is_deleted_with_force_only(call, epmm, kind):
    epmm.add_label(NAME)
    epmm.add_fault(kind, path="/api/v1/appsettings", times=None)
    unseen = "which app settings are applied to it could not be read: "
    words = f"'Loan pool' may have more than can be seen: {unseen}.*Give force=true"
    result = refused(call, epmm, words, state="absent", retries=0)
    assert result["label"]["outcome"] == "planned" and NAME in epmm.labels()
    done = label(call, epmm, state="absent", force=True, retries=0)
    assert any(one.startswith(f"The label 'Loan pool': {unseen}") for one in done["warnings"])
    assert done["changed"] and NAME not in epmm.labels()


@pytest.mark.parametrize("module", ["label", "desired_state"])
def test_a_filter_that_fits_no_device_is_told(call, epmm, module):
    nothing = '"common.platform" = "iPhone OS"'
    words = f"filter: no device fits {nothing!r} now, so that the new label 'F4' is empty"
    for check_mode in (True, False):
        options = {"name": "F4", "filter": nothing}
        if module != "label":
            options = {"label_definitions": [options]}
        made = call(module, epmm, check_mode=check_mode, **options)
        assert made["changed"] and any(one.startswith(words) for one in made["warnings"])
        assert "label 'F4', whose filter 0 devices fit now" in "\n".join(made["plan"])
    assert not call(module, epmm, **options)["warnings"]


def test_how_many_devices_fit_a_filter_is_shown(call, epmm):
    for check_mode in (True, False):
        made = label(call, epmm, filter=IOS, check_mode=check_mode)
        number = made["label"]["fitting_devices"]
        assert (
            f"whose filter {number} devices fit now" in "\n".join(made["plan"])
            and not made["warnings"]
        )
    assert number == len(epmm.labels()[NAME]["members"]) > 0


def test_a_label_without_devices_counts_for_limits_as_itself(call, epmm):
    refused(call, epmm, "the plan changes 1 label and max_devices is 0", max_devices=0)
    gone = {"name": "Pilot", "state": "absent", "force": True, "max_devices": 0}
    refused(call, epmm, r"the plan changes \d+ devices and max_devices is 0", **gone)
    checked = call("label_policy", epmm, policy="Kiosk", label="No members", check_mode=True)
    assert checked["plan"][0].startswith("1 policy: ")
    with pytest.raises(ModuleFailed, match="the plan changes 1 policy and max_devices is 0"):
        call("label_policy", epmm, policy="Kiosk", label="No members", max_devices=0)


def test_an_id_is_not_the_name_of_a_new_label(call, epmm):
    pilot = epmm.labels()["Pilot"]["id"]
    words = f"there is no label called '{pilot}', and {pilot} is the id of the label 'Pilot'"
    refused(call, epmm, f"{words}; nothing was written. Write 'Pilot'", name=str(pilot))
    [told] = label(call, epmm, name=str(pilot), state="absent")["warnings"]
    assert words in told and "Pilot" in epmm.labels()
    for check_mode in (True, False):
        made = label(call, epmm, name="2031", check_mode=check_mode)
        assert any(
            "the new label is called '2031', by digits only" in one for one in made["warnings"]
        )
    assert label(call, epmm, name="2031")["warnings"] == []
    # No id has digits of another script.
    assert label(call, epmm, name="²")["warnings"] == []


def test_a_label_that_is_not_the_one_that_is_named_is_not_deleted(call, epmm):
    other = next(one["name"] for one in epmm.spaces() if one["id"] != 1)
    epmm.add_label(NAME, IOS)
    for options, words in (
        ({"space": "Nowhere"}, "space: there is no device space 'Nowhere'"),
        ({"space": other}, "is in the device space 'Global', and is not the one that is named"),
        ({"filter": "common.x = 1"}, "has the filter '.*', and is not the one .* remove filter"),
    ):
        for force in (False, True):
            refused(call, epmm, words, state="absent", force=force, **options)
    epmm.add_label("Static")
    refused(call, epmm, "is static, and is not the one", name="Static", filter=IOS, state="absent")
    with pytest.raises(ModuleFailed, match="there is no device space 'Nowhere'"):
        label(call, epmm, name="Not there", state="absent", space="Nowhere")
    same = {"filter": IOS.replace(" ", ""), "space": "Global", "description": "whatever"}
    result = label(call, epmm, state="absent", force=True, max_percent=100, **same)
    assert result["changed"] and NAME not in epmm.labels()


def test_a_plan_that_no_confirm_permits_has_none(call, epmm):
    result = refused(call, epmm, "is static, and the API", name="Pilot", filter=IOS)
    assert result["confirm"] == ""
    members = len(epmm.labels()["Pilot"]["members"])
    assert result["plan"][0].startswith(f"1 label on {members} devices: filter becomes ")
    assert not any(line.startswith("confirm: ") for line in result["plan"])
    made = label(call, epmm, description="x", check_mode=True)
    assert made["plan"][:2] == [
        "1 label: label is made",
        "makes label 'Loan pool' (static: true; space: Global; description: x)",
    ]
    assert made["confirm"].startswith("1-")


def test_a_confirm_is_about_one_name(call, epmm):
    alpha = label(call, epmm, name="alpha", check_mode=True)["confirm"]
    assert alpha != label(call, epmm, name="beta", check_mode=True)["confirm"]
    with pytest.raises(ModuleFailed, match="is not the one that it permits"):
        label(call, epmm, name="beta", confirm=alpha)
    assert label(call, epmm, name="alpha", confirm=alpha)["changed"]


@pytest.mark.parametrize("text", ["Phones\n", "  Phones", "Phones\n\n"])
def test_blanks_around_a_description_do_not_count(call, epmm, text):
    assert label(call, epmm, description=text)["changed"]
    assert epmm.labels()[NAME]["description"] == "Phones"
    assert not label(call, epmm, description=text)["changed"]
    assert not label(call, epmm, description="Phones")["changed"]


@pytest.mark.parametrize(
    ("made", "given"),
    [
        (IOS, IOS.replace(" ", "")),
        (IOS.replace(" ", ""), IOS),
        (f"{IOS}\n  AND\n  {IOS}", f"{IOS} AND {IOS}"),
        (f"({IOS})OR({IOS})", f"( {IOS} ) OR ( {IOS} )"),
    ],
)
def test_blanks_between_the_parts_of_criteria_do_not_count(call, epmm, made, given):
    assert label(call, epmm, filter=made)["changed"]
    assert epmm.labels()[NAME]["query"] == made
    again = label(call, epmm, filter=given)
    assert not again["changed"] and again["label"]["outcome"] == "unchanged"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "Pilot", "filter": IOS}, "'Pilot' is static, and the API has no call that changes a label"),
        ({"name": "Pilot", "description": "new"}, "has the description '.*', and the API has no call"),
        ({"name": "iOS", "filter": '"common.platform" = "Android"'}, "the label 'iOS' has the filter"),
        ({"name": "All-Smartphones", "state": "absent", "force": True}, "is the server's own, and cannot be deleted"),
        ({"filter": "common.nothing = 1"}, "filter: the server does not take"), ({"filter": "  "}, "filter: is empty"),
        ({"filter": "x" * 2001}, "filter: has 2001 characters"), ({"name": "  "}, "name: .* is not the name of a label"),
        ({"name": "a, b"}, "has a comma"), ({"name": "a/b"}, "has a slash"), ({"name": "a\\b"}, "has a slash"),
        ({"name": ".."}, "no address can hold the name"), ({"name": " . "}, "no address can hold the name"),
        ({"name": "..", "filter": '"common.platform" = "iOS"'}, "no address can hold"),
        ({"space": "Nowhere"}, "space: there is no device space 'Nowhere'"),
        ({"space": ""}, "space: '' is neither the id nor the name of a device space"),
        ({"api": "v1"}, "making and deleting labels needs API v2"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(call, epmm, options, words):
    before = epmm.labels()
    refused(call, epmm, words, **options)
    assert epmm.labels() == before


def test_a_label_that_stays_filtered_is_said(call, epmm):
    epmm.add_label(NAME, IOS)
    result = label(call, epmm)
    assert not result["changed"] and any("is filtered" in said for said in result["warnings"])


def test_a_global_label_is_not_deleted_from_within_a_space(call, epmm):
    space = next(one["id"] for one in epmm.spaces() if one["id"] != 1)
    epmm.add_label(NAME)
    epmm.set_switch("account_space", space)
    refused(call, epmm, "is a global one, and cannot be deleted from within", state="absent")


@pytest.mark.parametrize("answer", ["results", "successful", "empty"])
@pytest.mark.parametrize("refusal", ["bad_request", "successful_false"])
def test_whatever_the_server_answers(call, epmm, answer, refusal):
    epmm.set_switch("label_write_answer", answer)
    epmm.set_switch("label_refusal", refusal)
    epmm.set_switch("label_delete_members", "refused")
    assert label(call, epmm)["changed"] and label(call, epmm, state="absent")["changed"]
    with pytest.raises(ModuleFailed, match="label 'Pilot': .*has devices") as failed:
        label(call, epmm, name="Pilot", state="absent", force=True)
    assert failed.value.result["label"]["outcome"] == "failed"
    assert not failed.value.result["changed"]


@pytest.mark.parametrize("kind", ["reset", "lost_answer", "half_body", "truncated_json", "502"])
def test_a_lost_answer_is_settled_by_the_labels(call, epmm, kind):
    for state, there in (("present", True), ("absent", False)):
        epmm.add_fault(kind, path_regex="^/api/v2/labels/?$")
        try:
            result = label(call, epmm, state=state, retries=0)
        except ModuleFailed as error:
            result = error.result
            assert result["label"]["outcome"] == "failed" and (NAME in epmm.labels()) is not there
            label(call, epmm, state=state)
        else:
            assert result["changed"]
        assert (NAME in epmm.labels()) is there


def test_a_server_that_does_nothing(call, epmm):
    for state, shows in (
        ("present", "does not show the label"),
        ("absent", "still shows the label"),
    ):
        epmm.add_fault("no_effect", path_regex="^/api/v2/labels/?$")
        with pytest.raises(
            ModuleFailed,
            match=f"answered HTTP 200, and its list {shows}; run the task again, and look",
        ) as failed:
            label(call, epmm, state=state)
        assert failed.value.result["label"]["outcome"] == "unknown"
        epmm.clear_faults()
        label(call, epmm)


def test_an_error_that_comes_as_a_success_is_said(call, epmm):
    epmm.add_fault("errors_200", path="/api/v2/labels*", method="POST", message="Quota exceeded")
    with pytest.raises(ModuleFailed, match=r"HTTP 200 \(Quota exceeded\), and its list does not"):
        label(call, epmm)


def test_a_server_that_makes_another_label(call, epmm):
    epmm.set_switch("label_criteria_key", "query")
    with pytest.raises(ModuleFailed, match="the server made the label .*, but it has the filter ''") as failed:  # fmt: skip
        label(call, epmm, filter=IOS)
    assert failed.value.result["changed"] and failed.value.result["label"]["outcome"] == "failed"


def test_several_labels_of_one_name(call, epmm, monkeypatch):
    """``ü`` in two spellings is one name to people."""
    epmm.add_label("Bu\u0308ro")
    epmm.add_label("B\u00fcro")
    refused(call, epmm, "name: 2 labels are called", name="Büro", state="absent")


@pytest.mark.parametrize(
    ("name", "near"),
    [("pilot", "Pilot"), ("Pilto", "Pilot"), ("ALL-SMARTPHONES", "All-Smartphones")],
)
def test_a_label_that_is_nearly_another_is_said(call, epmm, name, near):
    """Case counts in names of labels, here as wherever they are named."""
    gone = label(call, epmm, name, state="absent")
    assert not gone["changed"] and f"{name!r} (nearest: {near!r}" in " ".join(gone["warnings"])
    if name.casefold() == near.casefold():
        refused(call, epmm, f"there is the label '{near}' already", name=name)
    else:
        assert label(call, epmm, name)["changed"]
    for module, options in (
        ("device_info", {"select": {"labels": [near.swapcase()]}}),
        ("device_label", {"devices": [1], "labels": [near.swapcase()]}),
        ("device_action", {"action": "wipe", "devices": [1], "protected": {"labels": [near.swapcase()]}}),
        ("label_info", {"labels": [near.swapcase()]}),
    ):  # fmt: skip
        with pytest.raises(ModuleFailed, match=f"there is no label .*nearest: '{near}'"):
            call(module, epmm, **options)


@pytest.mark.parametrize(("module", "options"), [
    ("label", {"name": "x" * 10_000}), ("label", {"name": "x" * 10_000, "state": "absent"}),
    ("label_info", {"labels": ["x" * 10_000]}), ("device_label", {"devices": [1], "labels": ["x" * 10_000]}),
    ("device_info", {"select": {"labels": ["x" * 10_000]}}), ("device_info", {"select": {"serial_numbers": ["x" * 10_000]}}),
    ("label_policy", {"label": "x" * 10_000, "policy": "x"}),
])  # fmt: skip
def test_a_name_of_ten_kilobytes_is_refused_before_any_request(call, epmm, module, options):
    with pytest.raises(ModuleFailed, match="is named by at most 500 characters") as failed:
        call(module, epmm, **options)
    assert epmm.requests() == [] and len(str(failed.value)) < 300


# Labels in any state, and any that is wanted. The two laws: what was predicted is what was done, and
# then there is nothing to do.
FILTERS = st.sampled_from((None, IOS, f"{IOS} AND  \"common.status\"='ACTIVE'".replace("'", '"')))
WANTED = st.fixed_dictionaries(
    {
        "name": st.sampled_from(("Pilot", "pilot", "Loan pool", "loan pool", "a/b", "a,b", "Ä ü", "No members")),
        "state": st.sampled_from(("present", "absent")),
    },
    optional={
        "filter": FILTERS, "description": st.sampled_from(("", "Lent", " two  words ")),
        "space": st.sampled_from((1, "Global", 2)), "force": st.booleans(),
    },
)  # fmt: skip
OTHERS = st.lists(
    st.tuples(st.sampled_from(("Loan pool", "LOAN POOL", "Ä ü")), FILTERS),
    max_size=2,
    unique_by=lambda one: one[0],
)


@settings(max_examples=15, derandomize=True, phases=(Phase.explicit, Phase.generate), suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(others=OTHERS, wanted=WANTED)
def test_laws_of_labels(call, shared_epmm, others, wanted):
    server = shared_epmm
    server.reset(seed=SEED, devices=20, partitions=2)
    for name, criteria in others:
        server.add_label(name, criteria)
    before = server.labels()
    wanted = {key: value for key, value in wanted.items() if value is not None}
    try:
        checked = call("label", server, check_mode=True, **wanted)
    except ModuleFailed as foreseen:
        with pytest.raises(ModuleFailed, match=re.escape(str(foreseen)[:100])):
            call("label", server, **wanted)
        assert writes(server) == [] and server.labels() == before
        return
    assert writes(server) == [] and server.labels() == before
    done = call("label", server, **wanted)
    assert done["changed"] == checked["changed"] and done["plan"] == checked["plan"]
    labels = server.labels()
    name = wanted["name"]
    assert (name in labels) == (wanted["state"] == "present")
    assert (labels != before) == done["changed"] and len(writes(server)) == done["changed"]
    assert {one: labels[one] for one in labels if one != name} == {one: before[one] for one in before if one != name}  # fmt: skip
    again = call("label", server, **wanted)
    assert not again["changed"] and server.labels() == labels
    assert len(writes(server)) == done["changed"]
