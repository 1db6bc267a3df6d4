# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Large fleets of EPMM: how many requests are sent."""

from __future__ import annotations

import pytest
from uem_emulator.testing.running import running_emulator

from ..conftest import ModuleFailed, writes

FLEET = 10_000
PAGE_ROWS = 200
BULK = 200
STATUSES = 14


@pytest.fixture(scope="module")
def giant():
    """One emulator for the module: a fleet of this size takes its time to build."""
    with running_emulator(
        product="epmm",
        devices=FLEET,
        seed=7,
        strict=True,
        username="tester",
        password="long enough",
    ) as running:
        yield running


@pytest.fixture
def large(giant):
    """10,000 devices; labels, policies and alerts are as the last test left them."""
    giant.clear_faults()
    giant.clear_requests()
    return giant


def reads(server) -> int:
    return len(server.requests()) - len(writes(server))


def test_ten_thousand_devices_are_read_in_pages(call, large):
    assert call("device_info", large, fields=["guid"])["count"] == FLEET
    assert len(large.requests()) <= FLEET // PAGE_ROWS + 5


def test_ten_thousand_devices_are_read_status_by_status(call, large):
    truth = [device["status"] for device in large.devices("status")]
    hidden = sum(status in ("BLOCKED", "RETIRE_PENDING") for status in truth)
    assert call("device_info", large, fields=["guid"], api="v1")["count"] == FLEET - hidden
    # The label of all devices has more, and is compared: the labels, its devices, and those that
    # are not registered yet.
    assert len(large.requests()) <= STATUSES + 4


def test_few_devices_of_many_are_looked_up(call, large):
    uuids = [device["uuid"] for device in large.devices("uuid")][::50]
    large.clear_requests()
    assert call("device_info", large, devices=uuids[:5], fields=["guid"])["count"] == 5
    assert len(large.requests()) <= 10
    large.clear_requests()
    # Four uuids fit into a query, so that two hundred look-ups are no better than reading all of
    # them.
    assert call("device_info", large, devices=uuids, fields=["guid"])["count"] == 200
    assert len(large.requests()) <= FLEET // PAGE_ROWS + 6


def test_a_thousand_devices_are_put_on_a_label(call, large):
    number = large.add_label("A thousand")
    uuids = [device["uuid"] for device in large.devices("uuid")][::10]
    assert len(uuids) == 1000
    large.clear_requests()
    checked = call("device_label", large, check_mode=True, devices=uuids, labels=["A thousand"])
    assert checked["summary"]["changed"] == 1000 and writes(large) == []
    large.clear_requests()
    result = call("device_label", large, devices=uuids, labels=["A thousand"])
    assert result["summary"]["changed"] == 1000 and len(result["diff"]) == 1
    assert len(writes(large)) == 1000 // BULK == result["summary"]["writes"]
    assert reads(large) <= FLEET // PAGE_ROWS + 10
    assert set(large.labels()["A thousand"]["members"]) == set(uuids)
    large.clear_requests()
    assert not call("device_label", large, devices=uuids, labels=["A thousand"])["changed"]
    assert writes(large) == [] and reads(large) <= (FLEET + 1000) // PAGE_ROWS + 10
    large.clear_requests()
    # Taken off again, chosen by the label itself.
    result = call(
        "device_label",
        large,
        select={"labels": ["A thousand"]},
        labels=["A thousand"],
        state="absent",
    )
    assert result["summary"]["changed"] == 1000 and len(writes(large)) == 1000 // BULK
    assert reads(large) <= 2 * 1000 // PAGE_ROWS + 8
    large.delete_label(number)


def test_limits_count_the_whole_fleet(call, large):
    uuids = [
        device["uuid"]
        for device in large.devices("uuid", "labels")
        if "Pilot" not in device["labels"]
    ][:101]
    large.clear_requests()
    with pytest.raises(
        ModuleFailed, match=r"changes 101 of 10000 devices \(1.01 %\) and max_percent is 1;"
    ):
        call("device_label", large, devices=uuids, labels=["Pilot"], max_percent=1)
    assert writes(large) == []


def test_exactly_these_labels_for_every_device(call, large):
    """Members are read label by label, which takes fewer requests than asking each device."""
    members = {
        name: len(label["members"]) for name, label in large.labels().items() if label["static"]
    }
    large.clear_requests()
    refused = pytest.raises(
        ModuleFailed, call, "device_label", large, select={"query": "[]"}, labels=[], purge=True
    )
    assert "comma in its name" in str(refused.value) and writes(large) == []
    pages = sum(-(-count // PAGE_ROWS) + 1 for count in members.values())
    assert reads(large) <= FLEET // PAGE_ROWS + pages + 10


def test_members_of_a_label_with_every_device(call, large):
    [row] = call("label_info", large, labels=["All-Smartphones"], members=True)["labels"]
    assert (
        len(row["members"])
        == row["device_count"]
        == len(large.labels()["All-Smartphones"]["members"])
        > 9_000
    )
    assert len(large.requests()) <= FLEET // PAGE_ROWS + 6


@pytest.mark.parametrize("sample", [5, 50])
def test_a_policy_on_a_label_with_every_device(call, large, sample):
    """Devices are asked until they prove that the policy is not applied; no more than a sample of
    them."""
    active = sum(device["status"] == "ACTIVE" for device in large.devices("status"))
    large.clear_requests()
    result = call("label_policy", large, policy="Saver", label="Everything", sample=sample)
    assert result["known"] == "not_applied" and result["changed"] and len(writes(large)) == 1
    # The members, the devices asked before and after, and the lists of policies and labels.
    bound = FLEET // PAGE_ROWS + 2 * sample + 10
    assert active > 8_000 and reads(large) <= bound
    large.clear_requests()
    again = call("label_policy", large, policy="Saver", label="Everything", sample=sample)
    # Other labels of the devices may be the reason: they are asked, and it is sent again.
    assert not again["changed"] and len(writes(large)) == 1 and again["asked"]["has"] == sample
    assert reads(large) <= 400
    large.clear_requests()
    # To be sure that it is this label which brings it, some of the devices' other labels are asked,
    # too.
    removed = call(
        "label_policy",
        large,
        policy="Saver",
        label="Everything",
        state="absent",
        sample=sample,
        on_unknown="send",
        max_percent=100,
    )
    assert removed["sent"] and large.policies()["Saver"]["labels"] == []
    assert reads(large) <= 400


def test_three_thousand_alerts(call, large):
    alerts = large.alerts()
    assert len(alerts) > 2_500
    unread = [number for number, alert in alerts.items() if alert["unread"]]
    large.clear_requests()
    found = call("alert_info", large)
    assert found["count"] == len(alerts) and len(large.requests()) == 1
    large.clear_requests()
    result = call("alert", large, older_than="1s", comment="seen")
    assert result["summary"]["changed"] == len(unread) and result["summary"]["matched"] == len(
        alerts
    )
    assert len(writes(large)) == -(-len(unread) // BULK) and reads(large) == 1
    assert {
        alert["comment"] for number, alert in large.alerts().items() if number in set(unread)
    } == {"seen"}
    large.clear_requests()
    assert not call("alert", large, older_than="1s", comment="seen")["changed"]
    assert writes(large) == [] and reads(large) == 1
    large.clear_requests()
    # All of them by their ids, which go into addresses that servers cut off.
    back = call("alert", large, ids=sorted(alerts), state="unread", comment="c" * 255)
    assert back["summary"]["changed"] == len(alerts)
    assert max(len(entry["path"]) + len(entry["query"]) for entry in large.requests()) < 8_000
