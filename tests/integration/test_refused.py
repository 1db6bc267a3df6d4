# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A refusal shows the plan, whatever its reason and whichever module: every writer, refused for
every reason that it has, in check mode and in a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..conftest import ModuleFailed, product_of, writes
from .action_fleet import SUPERVISED, add
from .test_roaming_location import phone

LOCK = "device_action: lock"
WIPE = "device_action: wipe"
ALLOW = "activesync_device: blocked"
WIPE_EAS = "activesync_device: wiped"


LABEL_POLICY = "label_policy"

# The modules whose subjects are not a part of the fleet.
NO_FLEET = {"alert", "user_password", "device_registration"}


def applied(server: Any, call: Any) -> dict[str, Any]:
    """A policy that no device of a label has, so that it has to be applied."""
    label = static_label(server, call)
    server.set_switch("device_policies", "all")
    server.change_policy(1201, labels=[])
    return {"policy": 1201, "label": label}


def able(server: Any, action: str) -> list[int]:
    return [add(server, action) for _number in range(2)]


def plain(server: Any) -> list[int]:
    if product_of(server) == "epmm":
        return able(server, "lock")
    return [server.add_device() for _number in range(2)]


def supervised(server: Any) -> list[int]:
    return [server.add_device(**SUPERVISED) for _number in range(2)]


def roaming(server: Any) -> list[int]:
    return [phone(server) for _number in range(2)]


def static_label(server: Any, call: Any) -> str:
    return next(one["name"] for one in call("label_info", server)["labels"] if one["static"])


def unread(server: Any, call: Any) -> list[str]:
    return [one["id"] for one in call("alert_info", server)["alerts"] if not one["read"]][:2]


def eas(server: Any, call: Any) -> list[str]:
    rows = call("activesync_device_info", server)["devices"]
    return [one["uuid"] for one in rows if one["state"] == "allowed"][:2]


def with_user(server: Any, name: str) -> str:
    server.add_user(name, first="A", last="B", email="a@example.com")
    return name


# fmt: off
# By product and writer what makes its options, with a plan of two changes, or of one.
WRITERS: dict[tuple[str, str], Callable[[Any, Callable[..., Any]], dict[str, Any]]] = {
    ("neurons", "device_custom_attrs"): lambda server, call: {"devices": plain(server), "attrs": {"owner": "refused"}},
    ("neurons", "device_owner"): lambda server, call: {"devices": supervised(server), "account_id": 10542407},
    ("neurons", "device_config"): lambda server, call: {"devices": plain(server), "configs": ["Passcode Config"], "state": "excluded"},
    ("neurons", "device_message"): lambda server, call: {"devices": plain(server), "text": "Hello."},
    ("neurons", "compliance_sync"): lambda server, call: {"devices": plain(server), "vendor": "google_bc"},
    ("neurons", LOCK): lambda server, call: {"devices": able(server, "lock"), "action": "lock"},
    ("neurons", WIPE): lambda server, call: {"devices": able(server, "wipe"), "action": "wipe"},
    ("neurons", "desired_state"): lambda server, call: {"devices": [{"device": one, "attributes": {"owner": "no"}} for one in plain(server)]},
    ("epmm", "desired_state"): lambda server, call: {
        "devices": [{"device": one, "labels": [static_label(server, call)]} for one in plain(server)],
    },
    ("epmm", "device_label"): lambda server, call: {"devices": plain(server), "labels": [static_label(server, call)]},
    ("epmm", "device_roaming"): lambda server, call: {"devices": roaming(server), "data": True},
    ("epmm", "device_message"): lambda server, call: {"devices": plain(server), "text": "Hello.", "mode": "push"},
    ("epmm", LOCK): lambda server, call: {"devices": able(server, "lock"), "action": "lock"},
    ("epmm", WIPE): lambda server, call: {"devices": able(server, "wipe"), "action": "wipe"},
    ("epmm", "alert"): lambda server, call: {"ids": unread(server, call), "comment": "Seen."},
    ("epmm", LABEL_POLICY): lambda server, call: {**applied(server, call), "sample": 5},
    ("epmm", ALLOW): lambda server, call: {"activesync_devices": eas(server, call), "state": "blocked"},
    ("epmm", WIPE_EAS): lambda server, call: {"activesync_devices": eas(server, call), "state": "wiped"},
    ("epmm", "user_password"): lambda server, call: {"user": with_user(server, "jdoe"), "new_password": "another Pa55word"},
    ("epmm", "device_registration"): lambda server, call: {"user": with_user(server, "asmith"), "platform": "ios", "country_code": 1},
}
# fmt: on


# What a play reads of a refusal, by its reason.
CAUSES = {
    "confirm": "guard", "max_devices": "limit", "max_percent": "limit", "protected": "protected",
}  # fmt: skip

REASONS = {
    "confirm": {"confirm": "1-0123456789abcdef"},
    "max_devices": {"max_devices": 0},
    "max_percent": {"max_percent": 0},
    "protected": {"protected": {"devices": [999_999_999]}},
    "protected users": {"protected": {"users": ["nobody.at.all"]}},
}


@pytest.fixture(autouse=True)
def journal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(tmp_path / "journal.jsonl"))


def can_be_refused(module: str, reason: str, *, check_mode: bool) -> bool:
    if reason == "confirm":
        return not check_mode
    if reason.startswith("protected"):
        of_users = reason.endswith("users")
        return module in (
            ("activesync_device",) if of_users else ("desired_state", "device_action")
        )
    return True


@pytest.mark.parametrize("check_mode", [True, False], ids=["check", "run"])
@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize(("product", "writer"), WRITERS)
def test_a_refusal_shows_the_plan(request, call, tmp_path, product, writer, reason, check_mode):
    module = writer.partition(":")[0]
    if not can_be_refused(module, reason, check_mode=check_mode):
        return
    server = request.getfixturevalue("emulator" if product == "neurons" else "epmm")
    options = WRITERS[product, writer](server, call) | {"max_devices": 10, "max_percent": 100}
    path = tmp_path / "plan.json"
    plan = call(module, server, check_mode=True, **options)
    server.clear_requests()
    with pytest.raises(ModuleFailed) as error:
        call(
            module,
            server,
            check_mode=check_mode,
            plan_path=str(path),
            **{**options, **REASONS[reason]},
        )
    result, message = error.value.result, error.value.result["msg"]
    assert writes(server) == []
    assert message.startswith(("Refused: ", "protected.")) and "nothing was " in message
    assert message.endswith(f" The plan: {plan['plan'][0]}.")
    assert result["confirm"] == plan["confirm"] and result["diff"] == plan["diff"] != []
    cause = CAUSES[reason.partition(" ")[0]]
    # Behind a guard the limits count the journal as well.
    guarded = cause == "limit" and writer in (WIPE, WIPE_EAS)
    assert result["refused_by"] == ["guard" if guarded else cause]
    shown = [line for line in result["plan"] if not line.startswith(("refused: ", "limit: "))]
    assert shown == plan["plan"]
    assert [line for line in result["plan"] if line.startswith("refused: ")] == [
        f"refused: {message.removeprefix('Refused: ').partition(' The plan: ')[0]}"
    ]
    if reason.startswith("max_"):
        # What is not a part of the fleet has no percentage that would be enough.
        rest = "" if module in NO_FLEET and reason == "max_percent" else " and would have to be "
        assert any(line.startswith(f"limit: {reason} is 0{rest}") for line in result["plan"])
    data = json.loads(path.read_text())
    assert (data["headline"], data["confirm"]) == (plan["plan"][0], plan["confirm"])
    assert len(data["changes"]) == int(plan["confirm"].partition("-")[0])
    assert len(data["refusals"]) == 1 and not result["changed"]
    # Whatever stands under the name of the subjects.
    [listed] = [
        value
        for name, value in result.items()
        if name in ("devices", "alerts", "entries", "user", "device", "policy")
    ]
    listed = listed if isinstance(listed, list) else [listed]
    assert {row["outcome"] for row in listed} == {"planned"}


STEERING = "A\x1b[2J\x9b31m\u202e\nB"


@pytest.mark.parametrize("check_mode", [True, False], ids=["check", "run"])
def test_no_character_of_a_message_steers_a_terminal(emulator, call, check_mode):
    device = emulator.add_device(platformType="ANDROID", serialNumber=STEERING)
    with pytest.raises(ModuleFailed) as error:
        call("device_action", emulator, check_mode=check_mode, devices=[device], action="restart")
    message = error.value.result["msg"]
    assert "serial number A\\x1b[2J\\x9b31m\\u202e\\nB" in message and message.isprintable()
