# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands between a plan and the server when an action is destructive, and which devices no run may touch."""

from __future__ import annotations

import getpass
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from .._core.action_plan import ActionPlan
from .._core.actions import Action
from .._core.device import Device, DeviceRef, parse_ref
from .._core.errors import OptionError, RefusedError, UemError
from .._core.guard import AFTER, BEFORE, Identity, allowed, changed_since, recent, server_name, too_many
from .._core.plan import Limits, Outcome
from .._core.selection import Selection, parse_select
from .._products.protocol import Actions
from .devices import Choice, listing
from .journal import Journal

# Keys of ``protected``, and how a device that has it is said to be protected.
_PROTECTED = {
    "devices": "it is named there", "serial_numbers": "its serial number is named there", "labels": "it has one of the labels",
    "attributes": "it has one of the attributes", "custom_attributes": "it has one of the custom attributes",
}


class Guard:
    """What stands between a plan and the server when an action is destructive."""

    def __init__(self, action: Action, params: Mapping[str, Any], client: Actions, limits: Limits, fleet: int) -> None:
        settings = client.transport.settings
        self._action = action
        self._client = client
        self._server = server_name(settings.url)
        self._most = allowed(limits, fleet)
        self._window = params["guard_window"]
        self._confirm = params["confirm"]
        self._partitions = tuple(params["partitions"] or ())
        self._journal = Journal(params["journal_path"])
        self._who = f"{settings.account} by {_user()}"
        self._run = str(uuid.uuid4())
        self._code = ""

    def foresee(self, plan: ActionPlan) -> None:
        """Raise RefusedError for what would be refused when the plan is carried out, but for a missing ``confirm``."""
        refusal = self._allow(plan, self._journal.lines())
        if refusal:
            raise RefusedError(refusal)

    def permit(self, plan: ActionPlan, code: str) -> None:
        """Raise RefusedError, or reserve the plan in the journal and return: then it may be sent."""
        if not self._confirm:
            raise RefusedError(
                f"Refused: {self._action.name} of {len(plan.changes)} devices needs confirm; nothing was sent. Run it with "
                "--check, look at the plan, and give its confirm."
            )
        if self._confirm != code:
            raise RefusedError(
                f"Refused: confirm is {self._confirm!r}, and the plan, of {len(plan.changes)} devices, is another one now; nothing "
                "was sent. Run it with --check, look at the plan, and give its confirm."
            )
        refs = tuple(DeviceRef("id", device.id) for device in plan.devices)
        again = self._client.find(Selection(names=refs, partitions=self._partitions), keep_rows=False)
        refusal = changed_since(plan.devices, again.devices)
        if refusal:
            raise RefusedError(refusal)
        self._code = code
        self._journal.reserve(
            lambda lines: self._allow(plan, lines), [self._line(BEFORE, change.subject) for change in plan.changes]
        )

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Write down what the server answered. Raises UemError, with the answer, where that cannot be."""
        redact = self._client.transport.redact
        answers = [redact(outcome.error or "taken") for outcome in outcomes]
        try:
            self._journal.add([
                {**self._line(AFTER, outcome.change.subject), "answer": answer}
                for outcome, answer in zip(outcomes, answers, strict=True)
            ])
        except UemError as error:
            raise UemError(f"{self._action.name} was sent, and the answer was: {'; '.join(answers).rstrip('.')}. {error}") from None

    def _allow(self, plan: ActionPlan, lines: Sequence[Mapping[str, Any]]) -> str:
        before = recent(lines, server=self._server, since=time.time() - self._window)
        return too_many(len(plan.changes), before, self._most, self._window)

    def _line(self, phase: str, device: Device) -> dict[str, Any]:
        now = time.time()
        return {
            "phase": phase, "at": now, "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)), "run": self._run,
            "who": self._who, "server": self._server, "action": self._action.name, "digest": self._code,
            "device": dict(vars(Identity.of(device))),
        }


def protected_devices(options: Mapping[str, Any], client: Actions, devices: Sequence[Device]) -> dict[str, str]:
    """By id the devices that no run may touch, and why. Raises OptionError for a key that the product lacks, and for names
    of no device, which may be misspelt ones."""
    found: dict[str, str] = {}
    for key, told in _PROTECTED.items():
        value = options.get(key)
        if value in (None, [], {}):
            continue
        for selection in _selections(key, value):
            read = Choice(selection, on_missing="skip").find(client)
            if read.missing:
                raise OptionError(f"protected.{key}: no device is {listing(read.missing)}; nothing was sent. Correct or remove it.")
            found.update((device.id, f"protected: {told}") for device in read.devices)
    own = {device.id for device in devices}
    return {key: reason for key, reason in found.items() if key in own}


def _selections(key: str, value: Any) -> list[Selection]:
    if key == "devices":
        return [Selection(names=tuple(parse_ref(raw, f"protected.devices[{number}]") for number, raw in enumerate(value)))]
    if key in ("attributes", "custom_attributes"):
        # One of them is enough, whereas a selection must meet all.
        return [parse_select({key: {name: one}}) for name, one in value.items()]
    return [parse_select({key: value})]


def _user() -> str:
    """Who runs this, also where the system has no name for the account."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
