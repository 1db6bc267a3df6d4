# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bring a policy onto a label, or off it: what can be seen is gathered, judged, acted on, and
looked at once more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device
from ..._core.errors import AnswerLostError, ApiError, OptionError, RefusedError, UemError
from ..._core.names import parse_name, pick
from ..._core.plan import Change
from ..._module.results import diff
from ..._products.protocol import Policies
from ..labels.model import Label
from .model import (
    HAVING,
    Assignment,
    Policy,
    Sign,
    Verdict,
    decide,
    judge,
    sign_of,
    spread,
    unsettled,
)

# Devices that have the policy, of which so many are asked for their other labels; and devices of
# each of these labels that are asked whether they lack it.
PROBES = 3
PROBES_OF_LABEL = 20

# What a server answers to the name of a label that it does not take in an address, such as one with
# a slash.
_UNREADABLE = (400, 404)


@dataclass(frozen=True)
class Seen:
    """What was seen: the verdict, and the sign of each device that was asked."""

    verdict: Verdict
    signs: tuple[tuple[Device, Sign], ...]

    def of(self, *signs: Sign) -> list[Device]:
        """The devices with one of these signs."""
        return [device for device, own in self.signs if own in signs]


class Witnesses:
    """Asks devices for their policies, each at most once until told to forget."""

    def __init__(
        self,
        client: Policies,
        policy: Policy,
        known: Sequence[Policy],
        labels: Sequence[Label],
        sample: int,
    ) -> None:
        self._client = client
        self._labels = labels
        self._sample = sample
        self._signs: dict[str, Sign] = {}
        self._members: dict[str, list[Device]] = {}
        self.policy = policy
        self.unsettled = unsettled(policy, known)

    def look(self, label: Label, *, exclusive: bool) -> Seen:
        """What the devices of a label prove. ``exclusive``: find out whether another label can have
        brought the policy."""
        signs = tuple(self._ask(label, self._sample))
        seen = Seen(self._judge(signs), signs)
        if seen.verdict != "shared" or not exclusive:
            return seen
        only = 0
        for device in seen.of("has")[:PROBES]:
            only += self._only_by(label, device)
            if only > self.unsettled:
                break
        return Seen(self._judge(signs, exclusive=only), signs)

    def again(self, devices: Sequence[Device]) -> list[Sign]:
        """The signs of devices as they are now."""
        self._signs.clear()
        return self._signs_of(devices)

    def _judge(self, signs: Iterable[tuple[Device, Sign]], *, exclusive: int = 0) -> Verdict:
        return judge(
            (sign for _device, sign in signs), unsettled=self.unsettled, exclusive=exclusive
        )

    def _ask(self, label: Label, most: int) -> list[tuple[Device, Sign]]:
        """Signs of a label's active devices, no more than prove that they lack the policy."""
        if label.id not in self._members:
            self._members[label.id] = [
                device for device in self._client.members(label) if device.state == "ACTIVE"
            ]
        members = self._members[label.id]
        picked = [members[index] for index in spread(len(members), most)]
        step = self._client.transport.settings.concurrency
        found: list[tuple[Device, Sign]] = []
        for start in range(0, len(picked), step):
            part = picked[start : start + step]
            found += zip(part, self._signs_of(part), strict=True)
            if self._judge(found) == "not_applied":
                break
        return found

    def _signs_of(self, devices: Sequence[Device]) -> list[Sign]:
        new = [device for device in devices if device.id not in self._signs]
        with ThreadPoolExecutor(self._client.transport.settings.concurrency) as pool:
            for device, own in zip(new, pool.map(self._client.policies_of, new), strict=True):
                self._signs[device.id] = sign_of(self.policy, own)
        return [self._signs[device.id] for device in devices]

    def _only_by(self, label: Label, device: Device) -> bool:
        """Whether no other label of a device can have brought the policy: of each of them some
        devices lack it."""
        try:
            have = self._client.labels_of([device], self._labels)[device.id]
        except ApiError as error:
            if error.status not in _UNREADABLE:
                raise
            return False
        others = [other for other in self._labels if other.id in have and other.id != label.id]
        return all(self._refuted(other) for other in others)

    def _refuted(self, label: Label) -> bool:
        return self._judge(self._ask(label, PROBES_OF_LABEL)) == "not_applied"


def bring_policy(params: dict[str, Any], client: Policies, check_mode: bool) -> dict[str, Any]:
    """The task of label_policy."""
    wanted_policy = parse_name(params["policy"], "policy", "policy")
    wanted_label = parse_name(params["label"], "label", "label")
    if params["sample"] < 1:
        raise OptionError(f"sample: {params['sample']} is no number of devices; give 1 or more.")
    applied = params["state"] == "present"
    policies = client.policies()
    policy = pick(wanted_policy, policies, "policy", "policy")
    labels = client.labels()
    label = pick(wanted_label, labels, "label", "label")
    namesakes = ", ".join(one.id for one in labels if one.name == label.name)
    if namesakes != label.id:
        raise RefusedError(
            f"Refused: several labels are called {label.name!r} (ids {namesakes}), and the API "
            "takes names; nothing was written. Rename all but one."
        )
    witnesses = Witnesses(client, policy, policies, labels, params["sample"])
    seen = witnesses.look(label, exclusive=not applied)
    decision = decide(seen.verdict, wanted=applied, send_unseen=params["on_unknown"] == "send")
    unseen = seen.verdict == "unknown" or (seen.verdict == "shared" and not applied)
    assignment = Assignment(policy.id, policy.name, label.id, label.name)
    if unseen and params["on_unknown"] == "fail":
        raise RefusedError(
            f"Refused: whether {assignment.title} is applied cannot be seen ({_told(seen)}); "
            "nothing was written."
        )
    changed, warnings = decision.changed, list[str]()
    if decision.send and not check_mode:
        lost: UemError | None = None
        try:
            client.set_policy(assignment, applied=applied)
        except AnswerLostError as error:
            lost = error
        changed, warnings = _confirmed(
            witnesses, client, seen, decision.changed, assignment, applied=applied
        )
        if lost is not None and not changed:
            raise AnswerLostError(
                f"{assignment.title}: {lost} Whether it took effect cannot be seen; run it again."
            )
    return {
        "changed": changed,
        "sent": decision.send,
        "known": seen.verdict,
        "policy": {"id": policy.id, "name": policy.name},
        "label": {"id": label.id, "name": label.name},
        "asked": {
            "has": len(seen.of(*HAVING)),
            "lacks": len(seen.of("lacks")),
            "hidden": len(seen.of("hidden")),
        },
        "requests": client.transport.requests,
        "writes": client.transport.writes,
        "warnings": warnings,
        "diff": diff(
            [Change(assignment, {"applied": not applied}, {"applied": applied}, None)]
            if changed
            else [],
            "policies",
        ),
    }


def _confirmed(
    witnesses: Witnesses,
    client: Policies,
    seen: Seen,
    expected: bool,
    assignment: Assignment,
    *,
    applied: bool,
) -> tuple[bool, list[str]]:
    """Whether a write is believed to have changed anything, by looking again, and what the author
    should know."""
    try:
        moved = _moved(witnesses, client, seen, applied=applied)
    except UemError as error:
        return expected, [
            (
                f"{assignment.title}: the request was sent, and what became of it could not be "
                f"looked at: {error}"
            )
        ]
    if moved or not expected:
        return moved, []
    return False, [
        f"{assignment.title}: the server answered success, and neither the policies of its devices "
        "nor the number of pending devices have changed yet, so that no change is reported. Run "
        "it again later to see whether it took effect."
    ]


def _moved(witnesses: Witnesses, client: Policies, seen: Seen, *, applied: bool) -> bool:
    """Whether devices show that the policy was applied or removed, or the server counts more of
    them as pending."""
    before = witnesses.policy
    after = next((one for one in client.policies() if one.id == before.id), before)
    touched = seen.of("lacks", "hidden") if applied else seen.of("has")
    moved = sum((sign in HAVING) == applied for sign in witnesses.again(touched))
    # As many as were about to get another policy anyway may have got it meanwhile; none becomes
    # pending by that.
    return moved > witnesses.unsettled or (applied and after.pending_count > before.pending_count)


def _told(seen: Seen) -> str:
    if not seen.signs:
        return "the label has no active device"
    if seen.verdict == "shared":
        return "its devices have the policy, and other labels of theirs may have brought it, or they may be about to lose it"
    return "no device of the label shows whether it has the policy, for others take its place or it is still pending"
