# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apply policies to labels, and remove them.

What can be seen is read, judged, and read again after a request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..._core.device import Label
from ..._core.errors import OptionError, UemError
from ..._core.harm import harm_of
from ..._core.names import parse_name, pick
from ..._core.plan import UNKNOWN, Batch, Change, LeftAlone, Outcome, Plan
from ..._module.pipeline import apply_one, shows_plan
from ..._module.run import Result, Run
from .calls import Policies
from .model import HAVING, Assignment, Policy, decide
from .sample import Evidence, Sample


@shows_plan
def assign_policy(run: Run[Policies]) -> Result:
    """Run label_policy."""
    params = run.params
    wanted_policy = parse_name(params["policy"], "policy", "policy")
    wanted_label = parse_name(params["label"], "label", "label")
    require_sample(params)
    policies = run.calls.policies()
    policy = pick(wanted_policy, policies, "policy", "policy")
    labels = run.calls.labels()
    label = pick(wanted_label, labels, "label", "label")
    plan, writer = plan_assignment(run, policy, label, policies, labels)
    evidence = writer.evidence
    result, _outcome = apply_one(
        plan, writer, run, "policy", counts="devices", fleet=partial(run.client.fleet, ())
    )
    return {
        **result,
        "sent": bool(plan.changes),
        "known": evidence.verdict,
        "policy": {"id": policy.id, "name": policy.name},
        "label": {"id": label.id, "name": label.name},
        "asked": {
            "has": len(evidence.of(*HAVING)),
            "lacks": len(evidence.of("lacks")),
            "hidden": len(evidence.of("hidden")),
        },
    }


def plan_assignment(
    run: Run[Policies],
    policy: Policy,
    label: Label,
    policies: Sequence[Policy],
    labels: Sequence[Label],
) -> tuple[Plan, Assigning]:
    """Plan a policy on a label.

    Args:
        run: The run, with the options state, on_unknown and sample.
        policy: The policy.
        label: The label.
        policies: Every policy.
        labels: Every label.

    Returns:
        The plan, and what carries it out.
    """
    sample = Sample(run, policy, policies, labels)
    evidence = Evidence("unknown", ())
    refusals = _label_refusal(label, labels)
    if not refusals:
        evidence = sample.look(label)
    assignment = Assignment(policy.id, policy.name, label.id, label.name)
    plan = _planned(run, assignment, evidence, label.device_count).forbidding(refusals)
    return plan, Assigning(run, sample, evidence)


def plan_on_new_label(
    run: Run[Policies], policy: Policy, label: Label, policies: Sequence[Policy]
) -> tuple[Plan, Assigning]:
    """Plan a policy on a label that does not exist yet, so that it certainly is not applied; see
    ``plan_assignment``. Whether it is applied afterwards cannot be seen while the label is empty.

    Args:
        run: The run of the module.
        policy: The policy.
        label: The label, which has no id yet.
        policies: All policies of the server.
    """
    sample, evidence = Sample(run, policy, policies, ()), Evidence("not_applied", ())
    assignment = Assignment(policy.id, policy.name, "", label.name)
    writer = Assigning(run, sample, evidence)
    if run.params["state"] != "present":
        return Plan(unchanged=(assignment,)), writer
    harm = harm_of("label_policy", "applies")
    change = Change(
        assignment, {"applied": False}, {"applied": True}, True, certain=False, harm=harm, devices=0
    )
    return Plan(changes=(change,)), writer


def _label_refusal(label: Label, labels: Sequence[Label]) -> Sequence[str]:
    """Return the refusal if the account cannot apply a label, or others have the same name."""
    if label.out_of_reach:
        return [f"Refused: {label.far_refusal}; nothing was written."]
    ids = [other.id for other in labels if other.name == label.name]
    if ids == [label.id]:
        return ()
    return [
        f"Refused: several labels are called {label.name!r} (ids {', '.join(ids)}), and the API "
        "takes names; nothing was written. Rename all but one."
    ]


def _planned(run: Run[Policies], assignment: Assignment, evidence: Evidence, devices: int) -> Plan:
    """Return the plan. A request whose effect cannot be seen is planned as an uncertain change.

    Args:
        run: The run.
        assignment: The policy and the label.
        evidence: What is known.
        devices: How many devices the label has, which one request is about.
    """
    applied, on_unknown = run.params["state"] == "present", run.params["on_unknown"]
    decision = decide(evidence.verdict, wanted=applied, send_unseen=on_unknown == "send")
    before = {"applied": not applied if decision.changed else UNKNOWN}
    after = {"applied": applied}
    harm = harm_of("label_policy", "applies" if applied else "removes")
    change = Change(
        assignment,
        before,
        after,
        applied,
        certain=decision.changed,
        harm=harm,
        devices=devices,
    )
    unseen = evidence.verdict in ("unknown", "shared")
    if decision.send:
        plan = Plan(changes=(change,))
    elif unseen:
        plan = Plan(left_alone=(LeftAlone(assignment, UNKNOWN, _doubt(evidence)),))
    else:
        plan = Plan(unchanged=(assignment,))
    if unseen and on_unknown == "fail":
        return plan.refusing(
            [
                f"Refused: whether {assignment.title} is applied cannot be seen "
                f"({_doubt(evidence)}); nothing was written."
            ]
        )
    return plan


def _doubt(evidence: Evidence) -> str:
    """Return why it cannot be seen whether a policy is applied."""
    if not evidence.signs:
        return "the label has no active device"
    if evidence.verdict == "shared":
        return (
            "its devices have the policy, but they may have it from other labels, or may be "
            "about to lose it"
        )
    return (
        "no device of the label shows whether it has the policy, because others take its place "
        "or it is still pending"
    )


def require_sample(params: Mapping[str, Any]) -> None:
    """Raise OptionError where ``sample`` reads no device."""
    if params["sample"] < 1:
        raise OptionError(f"sample: {params['sample']} is not a number of devices; give 1 or more.")


class Assigning:
    """Applies a policy to a label or removes it, and checks whether that changed anything."""

    def __init__(self, run: Run[Policies], sample: Sample, evidence: Evidence) -> None:
        self._run = run
        self._sample = sample
        self.evidence = evidence

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Writer."""
        return [Batch((change,), change.write) for change in changes]

    def write(self, batch: Batch) -> list[Outcome]:
        """See Writer. What is not proven is not reported as a change. Where the answer does not
        say what was done, the devices show it, or nobody knows."""
        [change] = batch.changes
        lost = ""
        try:
            self._run.calls.set_policy(change.subject, applied=batch.write)
        except UemError as error:
            if error.effect == "none":
                raise
            lost = str(error)
        outcome = self._confirmed(change)
        if lost and not outcome.known:
            unseen = f"{lost.rstrip('.')}. Whether it took effect cannot be seen; run it again."
            return [Outcome(change, unseen, known=False)]
        return [outcome]

    def _confirmed(self, change: Change[Assignment]) -> Outcome:
        """Return the outcome of a write, after reading devices again."""
        title = change.subject.title
        try:
            moved = self._moved(applied=change.write)
        except UemError as error:
            warning = (
                f"{title}: the request was sent, and what became of it could not be read: {error}"
            )
            return Outcome(change, known=change.certain, warning=warning)
        if moved or not change.certain:
            return Outcome(change, known=moved)
        warning = (
            f"{title}: the server reported success, but neither the policies of its devices nor "
            "the number of pending devices have changed yet, so no change is reported. Run it "
            "again later to see whether it took effect."
        )
        return Outcome(change, known=False, warning=warning)

    def _moved(self, *, applied: bool) -> bool:
        """Return whether devices show that the policy was applied or removed.

        A higher number of pending devices shows it as well.
        """
        before = self._sample.policy
        after = next((one for one in self._run.calls.policies() if one.id == before.id), before)
        touched = self.evidence.of("lacks", "hidden") if applied else self.evidence.of("has")
        moved = sum((sign in HAVING) == applied for sign in self._sample.again(touched))
        # Devices that were to get another policy anyway may have got it meanwhile. That makes none
        # of them pending.
        return moved > self._sample.unsettled or (
            applied and after.pending_count > before.pending_count
        )
