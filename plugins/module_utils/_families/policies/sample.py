# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the devices of a label prove about a policy on it: the policies of some of them are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..._core.device import Device, Label
from ..._core.errors import ApiError
from ..._module.run import Run
from ..._module.subjects import read_each
from .calls import Policies
from .model import Assignment, Policy, Sign, Verdict, judge, sign_of, spread, unsettled

# At most this many devices that have the policy are asked for their other labels, and at most this
# many devices of each of these labels are asked whether they lack it.
PROBES = 3
PROBES_OF_LABEL = 20

# The statuses of a server that refuses the name of a label in an address, such as one with a slash.
_UNREADABLE = (400, 404)


@dataclass(frozen=True)
class Evidence:
    """What was seen.

    Attributes:
        verdict: What it proves.
        signs: The sign of each device that was asked.
    """

    verdict: Verdict
    signs: tuple[tuple[Device, Sign], ...]

    def of(self, *signs: Sign) -> list[Device]:
        """Return the devices with one of these signs."""
        return [device for device, own in self.signs if own in signs]


class Sample:
    """Reads the policies of devices, each at most once until ``again`` is called."""

    def __init__(
        self,
        run: Run[Policies],
        policy: Policy,
        known: Sequence[Policy],
        labels: Sequence[Label],
    ) -> None:
        self._run = run
        self._labels = labels
        self._signs: dict[str, Sign] = {}
        self._members: dict[str, list[Device]] = {}
        self.policy = policy
        self.unsettled = unsettled(policy, known)

    def look(self, label: Label) -> Evidence:
        """Return what the devices of a label prove.

        Where they have the policy, their other labels are looked at, too: each may be the reason.
        """
        signs = tuple(self._ask(label, self._run.params["sample"]))
        seen = Evidence(self._judge(signs), signs)
        if seen.verdict != "shared":
            return seen
        count = 0
        for device in seen.of("has")[:PROBES]:
            count += self._only_by(label, device)
            if count > self.unsettled:
                break
        return Evidence(self._judge(signs, exclusive=count), signs)

    def again(self, devices: Sequence[Device]) -> list[Sign]:
        """Read devices again, and return their signs now."""
        self._signs.clear()
        return self._signs_of(devices)

    def _judge(self, signs: Iterable[tuple[Device, Sign]], *, exclusive: int = 0) -> Verdict:
        return judge(
            (sign for _device, sign in signs), unsettled=self.unsettled, exclusive=exclusive
        )

    def _ask(self, label: Label, most: int) -> list[tuple[Device, Sign]]:
        """Return signs of a label's active devices, until they prove that the policy is not
        applied."""
        if label.id not in self._members:
            self._members[label.id] = [
                device for device in self._run.calls.members(label) if device.state == "ACTIVE"
            ]
        members = self._members[label.id]
        picked = [members[index] for index in spread(len(members), most)]
        step = self._run.concurrency
        found: list[tuple[Device, Sign]] = []
        for start in range(0, len(picked), step):
            part = picked[start : start + step]
            found += zip(part, self._signs_of(part), strict=True)
            if self._judge(found) == "not_applied":
                break
        return found

    def _signs_of(self, devices: Sequence[Device]) -> list[Sign]:
        new = [device for device in devices if device.id not in self._signs]
        policies = read_each(self._run.calls.policies_of, new, self._run)
        for device, own in zip(new, policies, strict=True):
            self._signs[device.id] = sign_of(self.policy, own)
        return [self._signs[device.id] for device in devices]

    def _only_by(self, label: Label, device: Device) -> bool:
        """Return whether no other label of a device can be the reason that it has the policy.

        That is proven if some devices of each other label lack it.
        """
        try:
            have = self._run.calls.labels_of([device], self._labels)[device.id]
        except ApiError as error:
            if error.status not in _UNREADABLE:
                raise
            return False
        others = [other for other in self._labels if other.id in have and other.id != label.id]
        return all(self._refuted(other) for other in others)

    def _refuted(self, label: Label) -> bool:
        return self._judge(self._ask(label, PROBES_OF_LABEL)) == "not_applied"


class SeenPolicies:
    """Policies. While a plan is made, each label and each device is read once.

    Several policies may be on one label, and each looks at its devices.
    """

    def __init__(self, calls: Policies) -> None:
        self._calls = calls
        self._devices: dict[str, tuple[Policy, ...]] = {}
        self._labels: dict[str, Sequence[Device]] = {}
        self._labels_of: dict[tuple[tuple[str, ...], ...], Mapping[str, frozenset[str]]] = {}
        self._planning = True

    def planned(self) -> None:
        """Read again from now on: there may be writes."""
        self._planning = False

    def policies(self) -> tuple[Policy, ...]:
        """See Policies."""
        return self._calls.policies()

    def policies_of(self, device: Device) -> tuple[Policy, ...]:
        """See Policies."""
        if not self._planning:
            return self._calls.policies_of(device)
        if device.id not in self._devices:
            self._devices[device.id] = self._calls.policies_of(device)
        return self._devices[device.id]

    def labels(self) -> tuple[Label, ...]:
        """See Policies."""
        return self._calls.labels()

    def members(self, label: Label) -> Sequence[Device]:
        """See Policies."""
        if not self._planning:
            return self._calls.members(label)
        if label.id not in self._labels:
            self._labels[label.id] = self._calls.members(label)
        return self._labels[label.id]

    def labels_of(
        self, devices: Sequence[Device], among: Sequence[Label]
    ) -> Mapping[str, frozenset[str]]:
        """See Policies."""
        if not self._planning:
            return self._calls.labels_of(devices, among)
        key = (tuple(one.id for one in devices), tuple(one.id for one in among))
        if key not in self._labels_of:
            self._labels_of[key] = self._calls.labels_of(devices, among)
        return self._labels_of[key]

    def set_policy(self, assignment: Assignment, *, applied: bool) -> str:
        """See Policies."""
        return self._calls.set_policy(assignment, applied=applied)
