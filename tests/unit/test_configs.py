# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import Device
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.plan import IMPOSSIBLE
from ansible_collections.ivanti.uem.plugins.module_utils._families.configs import epmm, neurons
from ansible_collections.ivanti.uem.plugins.module_utils._families.configs.model import (
    ABSENT,
    AFTER,
    DETAILS,
    EXCLUDE,
    EXCLUDED,
    INSTALLED,
    LEAVING,
    PENDING,
    POLICY,
    PRESENT,
    PUSH,
    REINSTALL,
    STUCK,
    UNLISTED,
    Config,
    ConfigGoal,
    Step,
    Wanted,
    chosen,
    find_configs,
    find_stuck,
    name_warnings,
    not_seen,
    plan_configs,
    stuck_sentence,
)

ONE = Device(id="1", guid="00000000-0000-4000-8000-000000000001", serial="C0FFEE")
TWO = Device(id="2", guid="00000000-0000-4000-8000-000000000002")
WIFI, VPN, TWIN, TWIN_2, ODD = KNOWN = (
    Config("11", "Corp Wifi"),
    Config("12", "VPN"),
    Config("13", "Twin"),
    Config("14", "Twin"),
    Config("15", "{{ a }} / ü\n"),
)
SECURITY = Config("-2", "VPN", POLICY)


def on(config: Config, condition: str, status: str = "") -> Config:
    return Config(config.id, config.name, config.kind, "", status or condition.upper(), condition)


# What a status means


@pytest.mark.parametrize(
    ("status", "condition"),
    [
        ("INSTALLED", INSTALLED), ("ACTIVE", INSTALLED), ("Installed", INSTALLED), (" active ", INSTALLED),
        ("UNINSTALLED", EXCLUDED), ("INACTIVE", EXCLUDED), ("EXCLUDED", EXCLUDED), ("Inactive", EXCLUDED),
        ("PENDING", PENDING), ("PENDING_INSTALL", PENDING), ("INSTALL_PENDING", PENDING), ("INSTALLING", PENDING),
        ("REINSTALLING", PENDING), ("Install Pending", PENDING), ("PENDING_REINSTALL", PENDING),
        ("PENDING_UNINSTALL", LEAVING), ("UNINSTALL_PENDING", LEAVING), ("UNINSTALLING", LEAVING), ("Pending-Removal", LEAVING),
        ("ERROR", STUCK), ("INSTALL_FAILED", STUCK), ("", STUCK), ("WARNING", STUCK), ("MISSING", STUCK), ("whatever", STUCK),
        ("NOT_INSTALLED", STUCK), ("SPENDING", STUCK), ("PENDING_INSTALL_FAILED", STUCK), ("INSTALLING_ERROR", STUCK),
        ("ERROR_UNINSTALLING", STUCK), ("PENDING_TIMEOUT", STUCK), ("Not Pending", STUCK),
    ],
)  # fmt: skip
def test_statuses_of_neurons(status, condition):
    assert neurons.condition_of(status) == condition


@pytest.mark.parametrize(
    ("status", "condition"),
    [
        ("Applied", INSTALLED), ("APPLIED", INSTALLED), ("Installed", INSTALLED), (" applied", INSTALLED),
        ("Revoked", EXCLUDED), ("Quarantine Revoked", EXCLUDED), ("Update Pending", PENDING), ("Update Failed", STUCK),
        ("Pending", PENDING), ("Sent", PENDING), ("SENT", PENDING), ("Send pending", PENDING), ("Applying", PENDING),
        ("Pending removal", LEAVING), ("Uninstalling", LEAVING),
        ("Error", STUCK), ("Failed", STUCK), ("", STUCK), ("Partially Applied", STUCK), ("Not applied", STUCK), ("Warning", STUCK),
        ("Not sent", STUCK), ("Absent", STUCK), ("Sent, failed", STUCK), ("Error while applying", STUCK), ("Impending", STUCK),
    ],
)  # fmt: skip
def test_statuses_of_epmm(status, condition):
    assert epmm.condition_of(status) == condition


# JSON of the products


def test_a_row_of_neurons():
    """The example of "Get Device Configuration"."""
    # fmt: off
    row = {
        "id": 35046, "name": "Passcode Config", "systemName": None, "description": "Corporate device passcode config",
        "policyType": "PASSCODE", "policyRuleType": "NONE", "uuid": "bd330bef-1ae8-4fe4-bdb7-dfbea2193aa1", "enabled": True,
        "priority": 1, "totalDeviceCount": 0, "installedDeviceCount": 0, "violationDeviceCount": 0, "modifiedAt": None,
        "modifiedBy": None, "actions": None, "status": "INSTALLED",
    }
    assert neurons._config(row).as_dict() == {
        "id": "35046", "name": "Passcode Config", "type": "PASSCODE", "kind": "configuration", "status": "INSTALLED",
        "condition": "installed", "uuid": "bd330bef-1ae8-4fe4-bdb7-dfbea2193aa1", "system_name": None, "rule_type": "NONE",
        "description": "Corporate device passcode config", "enabled": True, "priority": 1, "device_count": 0,
        "installed_count": 0, "violation_count": 0, "updated_at": None, "updated_by": None, "actions": None,
    }
    # fmt: on


def test_a_row_of_neurons_with_values_of_wrong_types():
    row = {
        "id": "7",
        "name": None,
        "status": None,
        "enabled": "yes",
        "priority": "high",
        "modifiedAt": "soon",
        "policyType": 3,
    }
    config = neurons._config(row)
    assert (config.id, config.name, config.title, config.type, config.status, config.condition) == (
        "7",
        "",
        "7",
        "3",
        "",
        STUCK,
    )
    assert {name: config.as_dict()[name] for name in DETAILS} == dict.fromkeys(DETAILS)


@pytest.mark.parametrize("number", [None, "", "x", True, "-3", [1], 1.5, "1" * 20])
def test_an_id_that_is_none_is_not_believed(number):
    with pytest.raises(AnswerError, match="without a usable id"):
        neurons._config({"id": number, "name": "VPN"})


@pytest.mark.parametrize("stamp", [1347343156739, "1347343156739", " 1347343156739"])
def test_a_row_of_epmm(stamp):
    """The example of "Get Profiles for a Device"; in the older document it has a blank before the
    time."""
    # fmt: off
    row = {
        "@id": "-7", "uuid": "misystem-default-docs-policy", "name": "Default Docs@Work Policy", "policyType": "DOCS",
        "status": "Applied", "profileType": "POLICY", "lastUpdatedAt": stamp,
    }
    # fmt: on
    config = epmm._config(row)
    # fmt: off
    assert config.as_dict() == dict.fromkeys((*DETAILS, "actions")) | {
        "id": "-7", "name": "Default Docs@Work Policy", "type": "DOCS", "kind": "policy", "status": "Applied",
        "condition": "installed", "uuid": "misystem-default-docs-policy", "updated_at": "2012-09-11T05:59:16Z",
    }
    # fmt: on
    assert config.stamp == "1347343156739"


def test_a_row_of_epmm_without_what_configurations_lack():
    config = epmm._config(
        {
            "@id": -2,
            "name": " System - iOS MDM",
            "profileType": "APP",
            "status": " Applied",
            "lastUpdatedAt": "?",
        }
    )
    assert (config.key, config.name, config.condition) == (
        ("configuration", "-2"),
        "System - iOS MDM",
        INSTALLED,
    )
    assert (config.as_dict()["uuid"], config.as_dict()["updated_at"], config.type) == (
        None,
        None,
        "",
    )
    with pytest.raises(AnswerError, match="not a number"):
        epmm._config({"name": "VPN"})


# Which are meant


def nobody_asks():
    raise AssertionError("asked for all configurations")


@pytest.mark.parametrize(
    ("wanted", "seen", "listed", "found"),
    [
        (["Corp Wifi"], [WIFI, VPN], nobody_asks, ["11"]),
        (["12", "Corp Wifi", "VPN"], [WIFI, VPN], nobody_asks, ["12", "11"]),
        (["14"], [TWIN, TWIN_2], nobody_asks, ["14"]),
        ([" 14 "], [TWIN, TWIN_2], nobody_asks, ["14"]),
        (["{{ a }} / ü\n"], [ODD], nobody_asks, ["15"]),
        # The same of two devices is one.
        (["Corp Wifi"], [on(WIFI, STUCK), on(WIFI, INSTALLED)], nobody_asks, ["11"]),
        # No device has it, and the list does.
        (["VPN"], [WIFI], lambda: KNOWN, ["12"]),
        (["VPN", "Corp Wifi"], [], lambda: KNOWN, ["12", "11"]),
        # A policy of the same name and one of the same id are not meant.
        (["VPN"], [SECURITY, VPN], nobody_asks, ["12"]),
    ],
)
def test_configurations_that_are_named(wanted, seen, listed, found):
    configs, warnings = find_configs(
        Wanted(wanted, "configuration", PRESENT, by_id=True), seen, listed
    )
    assert [config.id for config in configs] == found and warnings == ()


def test_policies_that_are_named():
    configs, _warnings = find_configs(
        Wanted(["VPN", "-2"], POLICY, PRESENT, by_id=False), [SECURITY, VPN], nobody_asks
    )
    assert configs == (SECURITY,)


NOT_READ = "and a list of all others cannot be read."


@pytest.mark.parametrize(
    ("wanted", "seen", "listed", "words"),
    [
        (["Corp WiFi"], [WIFI], lambda: KNOWN, ["there is no configuration 'Corp WiFi' (nearest: 'Corp Wifi'); nothing was done."]),
        (["99", "Mail"], [WIFI], lambda: KNOWN, ["no configuration '99'", "no configuration 'Mail'"]),
        (["Twin"], [TWIN, TWIN_2], nobody_asks, ["2 have the name 'Twin'; name the configuration by its id, one of 13, 14."]),
        # One device has one of them; which of the two is meant for the others cannot be told.
        (["Twin", "VPN"], [TWIN], lambda: KNOWN, ["2 have the name 'Twin'"]),
        (["VPN"], [WIFI], lambda: None, [f"none of these devices has a configuration 'VPN', {NOT_READ} Nothing was done;"]),
        (["corp wifi"], [WIFI], lambda: None, ["has a configuration 'corp wifi' (nearest: 'Corp Wifi'), and a list"]),
        (["VPN"], [SECURITY], lambda: None, ["there is a policy of that name, so set kind=policy"]),
    ],
)  # fmt: skip
def test_names_that_mean_nothing_or_several(wanted, seen, listed, words):
    with pytest.raises(OptionError) as error:
        find_configs(Wanted(wanted, "configuration", PRESENT, by_id=True), seen, listed)
    assert [word for word in words if word not in str(error.value)] == [] and "\n" not in str(
        error.value
    )


def test_where_nobody_knows_an_id_is_believed_and_where_it_is_of_use():
    configs, warnings = find_configs(
        Wanted(["99"], "configuration", PRESENT, by_id=True), [WIFI], lambda: None
    )
    assert [(config.id, config.title, config.condition) for config in configs] == [
        ("99", "99", UNLISTED)
    ] and warnings == ()
    with pytest.raises(OptionError, match="none of these devices has a configuration '99'"):
        find_configs(Wanted(["99"], "configuration", PRESENT, by_id=False), [WIFI], lambda: None)


def test_what_no_device_has_is_excluded_though_nobody_knows_it():
    configs, warnings = find_configs(
        Wanted(["Vpn", "Corp Wifi", "99"], "configuration", ABSENT, by_id=True),
        [WIFI],
        lambda: None,
    )
    assert configs == (WIFI,)
    assert [
        "has a configuration 'Vpn', and a list" in warnings[0],
        "'99'" in warnings[1],
        len(warnings),
    ] == [True, True, 2]
    assert all(
        warning.endswith("It counts as excluded; if that is wrong, correct the name.")
        for warning in warnings
    )


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (None, ["11", "12", "13", "14", "15"]),
        (["VPN"], ["12"]),
        (["Twin"], ["13", "14"]),
        (["14", "11"], ["11", "14"]),
        (["x"], []),
    ],
)
def test_configurations_to_read(wanted, found):
    assert [config.id for config in chosen(wanted, KNOWN)] == found


@pytest.mark.parametrize(
    ("wanted", "kind", "found"),
    [
        (None, None, [WIFI, VPN, SECURITY]), (None, "configuration", [WIFI, VPN]), (None, POLICY, [SECURITY]), (["VPN"], None, [VPN, SECURITY]),
        (["VPN"], "configuration", [VPN]), (["VPN", "11"], POLICY, [SECURITY]), (["-2"], "configuration", []),
    ],
)  # fmt: skip
def test_configurations_to_read_of_a_kind(wanted, kind, found):
    assert list(chosen(wanted, (WIFI, VPN, SECURITY), kind)) == found


def test_a_name_of_another_kind_is_not_the_one_that_is_read():
    assert name_warnings(["VPN"], [WIFI, SECURITY], nobody_asks) == ()
    [warning] = name_warnings(["VPN"], [WIFI, SECURITY], lambda: None, "configuration")
    assert (
        "has a configuration 'VPN'; there is a policy of that name, so set kind=policy" in warning
    )
    [warning] = name_warnings(["Corp Wifi"], [WIFI, SECURITY], lambda: None, POLICY)
    assert (
        "has a policy 'Corp Wifi'; there is a configuration of that name, so set kind=configuration"
    ) in warning


def test_names_of_what_is_read_are_checked_as_far_as_can_be():
    assert name_warnings(["VPN", "13"], KNOWN, nobody_asks) == ()
    assert name_warnings(["VPN"], [WIFI], lambda: KNOWN) == ()
    [warning] = name_warnings(["Corp wifi", "Corp Wifi"], [WIFI], lambda: None)
    assert "'Corp wifi' (nearest: 'Corp Wifi')" in warning
    with pytest.raises(OptionError, match=r"there is no 'Vpn' \(nearest: 'VPN'\), '99'\. Correct"):
        name_warnings(["Vpn", "99", "Corp Wifi"], [WIFI], lambda: KNOWN)


# The plan


@pytest.mark.parametrize(
    ("state", "reinstall", "steps"),
    [
        (PRESENT, False, {EXCLUDED: PUSH, LEAVING: PUSH, UNLISTED: PUSH}),
        (ABSENT, False, {INSTALLED: EXCLUDE, PENDING: EXCLUDE, STUCK: EXCLUDE}),
        (PRESENT, True, {EXCLUDED: PUSH, LEAVING: PUSH, UNLISTED: PUSH, INSTALLED: REINSTALL, PENDING: REINSTALL, STUCK: REINSTALL}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("condition", [INSTALLED, EXCLUDED, PENDING, LEAVING, STUCK, UNLISTED])
def test_one_configuration_of_one_device(state, reinstall, steps, condition):
    has = () if condition == UNLISTED else (on(WIFI, condition, "as reported"), on(VPN, STUCK))
    goal = ConfigGoal((WIFI,), state, reinstall)
    plan = plan_configs(goal, [(ONE, has)])
    left_stuck = condition == STUCK and state == PRESENT and not reinstall
    assert [(one.title, one.config.status) for one in find_stuck(goal, [(ONE, has)])] == (
        [("Corp Wifi", "as reported")] if left_stuck else []
    )
    if condition not in steps:
        assert plan.changes == () and plan.unchanged == (ONE,)
        return
    [change] = plan.changes
    verb = steps[condition]
    [step] = change.write
    assert (step.verb, step.config.id, step.config.condition) == (verb, "11", condition)
    assert change.before == {"Corp Wifi": None if condition == UNLISTED else "as reported"}
    assert change.after == {"Corp Wifi": AFTER[verb]}


def test_a_change_has_what_differs_alone_and_tells_configurations_of_one_name_apart():
    goal = ConfigGoal((WIFI, TWIN, TWIN_2, ODD), PRESENT)
    has = (
        on(WIFI, INSTALLED),
        on(TWIN, EXCLUDED, "INACTIVE"),
        on(ODD, LEAVING, "UNINSTALLING"),
        on(VPN, EXCLUDED),
    )
    [change] = plan_configs(goal, [(ONE, has)]).changes
    assert change.before == {
        "Twin (13)": "INACTIVE",
        "Twin (14)": None,
        "{{ a }} / ü\n": "UNINSTALLING",
    }
    assert [(step.verb, step.config.id) for step in change.write] == [
        (PUSH, "13"),
        (PUSH, "14"),
        (PUSH, "15"),
    ]


def test_ids_of_another_kind_are_another_configuration():
    app = Config("-2", "System - iOS MDM")
    has = (on(app, STUCK), on(SECURITY, INSTALLED))
    goal = ConfigGoal((SECURITY,), PRESENT, reinstall=True)
    [step] = plan_configs(goal, [(ONE, has)]).changes[0].write
    assert step.config.key == (POLICY, "-2") and find_stuck(goal, [(ONE, has)]) == ()


@pytest.mark.parametrize("condition", [EXCLUDED, LEAVING, UNLISTED])
@pytest.mark.parametrize("reinstall", [False, True])
def test_what_cannot_be_pushed_fails_alone(condition, reinstall):
    """Nothing is done to the device, also where something could be."""
    has = (on(VPN, STUCK), *(() if condition == UNLISTED else (on(WIFI, condition),)))
    there = (on(VPN, STUCK), on(WIFI, INSTALLED))
    goal = ConfigGoal((WIFI, VPN), PRESENT, reinstall)
    plan = plan_configs(goal, [(ONE, has), (TWO, there)], cannot_push="labels do that")
    [left] = plan.left_alone
    assert (left.subject, left.kind) == (ONE, IMPOSSIBLE)
    assert left.reason == "'Corp Wifi' is not on the device; labels do that"
    assert [change.subject for change in plan.changes] == ([TWO] if reinstall else [])
    assert plan.refusals == ()


def test_what_is_stuck_is_named_up_to_twenty():
    assert stuck_sentence(()) == ""
    devices = [Device(str(number), "") for number in range(23)]
    have = [(device, (on(WIFI, STUCK, ""),)) for device in devices]
    stuck = find_stuck(ConfigGoal((WIFI,), PRESENT), have)
    told = stuck_sentence(stuck)
    assert len(stuck) == 23 and told.count("'Corp Wifi' is STUCK on device") == 20
    assert (
        "and 3 more, see stuck in the result. Set reinstall=true of ivanti.uem.device_config"
        in told
    )
    # fmt: off
    assert stuck[0].as_dict() == {
        "id": "0", "guid": "", "config": "Corp Wifi", "config_id": "11", "kind": "configuration", "status": "STUCK",
    }
    # fmt: on


# What a device shows of a step


@pytest.mark.parametrize(
    ("verb", "before", "now", "seen"),
    [
        (EXCLUDE, INSTALLED, EXCLUDED, True),
        (EXCLUDE, INSTALLED, LEAVING, True),
        (EXCLUDE, INSTALLED, UNLISTED, True),
        (EXCLUDE, INSTALLED, PENDING, True),
        (EXCLUDE, PENDING, PENDING, False),
        (EXCLUDE, INSTALLED, INSTALLED, False),
        (EXCLUDE, INSTALLED, STUCK, False),
        (EXCLUDE, STUCK, STUCK, False),
        (PUSH, EXCLUDED, INSTALLED, True),
        (PUSH, EXCLUDED, PENDING, True),
        (PUSH, UNLISTED, PENDING, True),
        (PUSH, UNLISTED, UNLISTED, False),
        (PUSH, UNLISTED, STUCK, True),
        (PUSH, UNLISTED, EXCLUDED, False),
        (PUSH, EXCLUDED, EXCLUDED, False),
        (PUSH, LEAVING, LEAVING, False),
        (PUSH, EXCLUDED, STUCK, False),
        (REINSTALL, INSTALLED, PENDING, True),
        (REINSTALL, STUCK, PENDING, True),
        (REINSTALL, STUCK, INSTALLED, True),
        (REINSTALL, INSTALLED, INSTALLED, False),
        (REINSTALL, PENDING, PENDING, False),
        (REINSTALL, PENDING, INSTALLED, False),
        (REINSTALL, INSTALLED, UNLISTED, False),
        (REINSTALL, INSTALLED, STUCK, False),
    ],
)
def test_what_is_seen_of_a_step(verb, before, now, seen):
    others = (on(VPN, INSTALLED),)
    step = Step(verb, on(WIFI, before))
    left = not_seen([step], others if now == UNLISTED else (*others, on(WIFI, now, "so")))
    assert [step for step, _told in left] == ([] if seen else [step])
    for _step, told in left:
        assert told.startswith(
            "'Corp Wifi' is not on the device"
            if now == UNLISTED
            else "'Corp Wifi' is so afterwards"
        )


def test_a_time_that_moved_shows_that_something_was_pushed():
    before = Config("11", "VPN", status="Applied", condition=INSTALLED, stamp="100")
    for stamp, seen in (("100", False), ("101", True), ("", False)):
        now = Config("11", "VPN", status="Applied", condition=INSTALLED, stamp=stamp)
        assert (not_seen([Step(REINSTALL, before)], [now]) == []) == seen
