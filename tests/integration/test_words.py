# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the examples select is what their names say.

A name such as "the iPads of sales" makes a promise. The table says for each example what every
device must be that its selection finds, by the state of the emulator and not by rows of the
collection. An example with a selection that the table lacks fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import yaml

from ..conftest import SEED
from ..unit.test_docs import DOCUMENTS, blocks
from .test_documented import DEVICES, MODULES, ROOT, assigned, fill_epmm, fill_neurons

# What is selected is not a device of the server.
OTHERS = {"activesync_device", "activesync_device_info"}

Device = Mapping[str, Any]
DAY = 86400_000


def ios(device: Device) -> bool:
    return device["platformType"] == "IOS"


def active(device: Device) -> bool:
    return device["registrationState"] == "ACTIVE"


def stolen(device: Device) -> bool:
    return device["serialNumber"] == "DLXMF0URFLMK" and active(device)


def of_sales(device: Device) -> bool:
    return "Sales" in device["ldapAttributes"].get("department", ())


def labelled(device: Device) -> bool:
    return "Sales" in device["labels"]


def of_praveen(device: Device) -> bool:
    return device["emailAddress"] == "praveen@example.com"


# What every device is that an example selects, by the name of the example.
# fmt: off
WORDS: dict[str, Callable[[Device], bool]] = {
    "Charge the iPhones and iPads of sales to their cost center": lambda one: of_sales(one) and one["deviceModel"].startswith(("iPhone", "iPad")),
    "Plan to retire what was lost": stolen,
    "Retire exactly what was planned": stolen,
    "Plan to wipe a stolen phone": stolen,
    "Wipe it": stolen,
    "Read why the devices of a department are not compliant": of_sales,
    "Read the devices in quarantine": lambda one: one["quarantined"] is True,
    "Send an e-mail to the users of quarantined devices": lambda one: one["quarantined"] is True,
    "Remove it from every device that has it": lambda one: bool(one["customAttributes"].get("oldticket")),
    "Remove two attributes from every device that has them": lambda one: bool(one["customAttributes"]),
    "Send every active Windows device that is not compliant to Intune":
        lambda one: active(one) and one["platformType"] == "WINDOWS_PHONE" and one["complianceState"] is False,
    "Find the certificates of iOS devices that have expired, or will within 30 days": ios,
    "Find the devices of a user that are not compliant, with their reasons": of_praveen,
    "Read the devices of a user": of_praveen,
    "Count the devices that are compliant, that are not, and those of unknown compliance": lambda one: True,
    "Show what would change if no Android device had the configuration for mail": lambda one: active(one) and one["platformType"] == "ANDROID",
    "Read the company's iPhones and iPads that are not compliant, on either product":
        lambda one: ios(one) and one["ownershipType"] == "COMPANY" and one["complianceState"] is False,
    "Read the devices that are not compliant, with the policies that they violate": lambda one: one["complianceState"] is False,
    # The name promises nothing about the devices.
    "Find what is stuck": lambda one: True,
    "Find what is stuck on the devices of a platform": ios,
    "Count the active devices that are not compliant by model": lambda one: active(one) and one["complianceState"] is False,
    "Show what would change if all iPads belonged to sales, and change at most 5 % of the fleet": lambda one: one["deviceModel"].startswith("iPad"),
    "Add a project to those that a device has": lambda one: one["serialNumber"] == "DLXMF0URFLMK",
    "Read the devices that have a custom attribute and an LDAP attribute of these values":
        lambda one: of_sales(one) and one["customAttributes"].get("cityid") == ["SF"],
    "Read what registered within the last week and checked in within the last hour":
        lambda one: one["now"] - one["lastRegistrationTime"] <= 7 * DAY and one["now"] - one["lastCheckin"] <= DAY // 24,
    "See that it works": lambda one: one["now"] - one["lastCheckin"] <= DAY // 24,
    "Read the devices of sales": of_sales,
    "Read the devices that checked in today": lambda one: one["now"] - one["lastCheckin"] <= DAY,
    "Write to them": lambda one: one["now"] - one["lastCheckin"] <= DAY,
    "Show which devices of a user who leaves would go to the warehouse": lambda one: active(one) and one["emailAddress"] == "asmith@example.com",
}
WORDS_OF_EPMM: dict[str, Callable[[Device], bool]] = {
    "Read the certificates that the devices of a label have": labelled,
    "Read the policies of the devices of a label": labelled,
    "Read the devices of a label that are not compliant, and why": lambda one: labelled(one) and bool(one["compliance"]),
    "Read everything that the server knows of the devices with a phone number": lambda one: one["phone"].endswith("4155551212"),
    "Take a label off every device that is retired": lambda one: labelled(one) and one["status"] == "RETIRED",
    "Let a label have exactly the devices that are out of compliance": lambda one: bool(one["compliance"]),
    "Ask the devices of a user where they are, and read the places": lambda one: one["user"] == "jdoe",
}
# These name devices, or fields, that the emulated worlds do not have.
NOT_THERE = {"Wipe a stolen iPad", "Lock the shared devices, but not those of the board"}
# fmt: on


def selecting(data: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The name, the module and the selection of each task that selects."""
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(key, str) and key.startswith("ivanti.uem.") and isinstance(value, dict):
                module = key.removeprefix("ivanti.uem.")
                if value.get("select") and module not in OTHERS:
                    yield str(data.get("name")), module, value["select"]
            yield from selecting(value)
    elif isinstance(data, list):
        for part in data:
            yield from selecting(part)


def examples() -> list[tuple[str, str, Mapping[str, Any]]]:
    """The examples of modules, and those of the documents."""
    found = []
    for module in MODULES:
        path = ROOT / "plugins" / "modules" / f"{module}.py"
        found += list(selecting(assigned(path, "EXAMPLES")))
    for path in DOCUMENTS:
        for block in blocks(path, "yaml"):
            found += [one for data in yaml.safe_load_all(block) for one in selecting(data)]
    return [one for one in found if one[0] not in NOT_THERE]


@pytest.fixture(scope="module")
def worlds(shared_emulator, shared_epmm):
    """Both servers with the worlds of the examples. Nothing is written to them here."""
    for server, fill in ((shared_emulator, fill_neurons), (shared_epmm, fill_epmm)):
        server.reset(seed=SEED, devices=DEVICES)
        fill(server)
    return shared_emulator, shared_epmm


@pytest.mark.parametrize(
    ("name", "module", "select"), examples(), ids=lambda part: part if isinstance(part, str) else ""
)
def test_what_is_selected_is_what_the_name_says(call, worlds, name, module, select):
    neurons, epmm = worlds
    server, words = (neurons, WORDS) if name in WORDS else (epmm, WORDS_OF_EPMM)
    fits = words[name]
    rows = call("device_info", server, select=select, on_missing="skip")["devices"]
    now = server.state()["now"]
    found = [{**server.device(row["id"]), "now": now} for row in rows]
    assert found, "the selection finds nothing in the world of the examples"
    assert [one["id"] for one in found if not fits(one)] == []
