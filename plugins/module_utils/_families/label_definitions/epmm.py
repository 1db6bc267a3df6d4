# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labels themselves (E52, E53). Only API v2 can make and delete them.

How a filtered label is made was not seen: the key of its criteria is that of the label summary. So
every label is read again after it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._core.device import Label, Partition
from ..._core.endpoint import Endpoint
from ..._core.errors import AnswerError, AnswerLostError, ApiError, OptionError, UemError
from ..._core.names import pick
from ..._core.plan import Batch, Change, Outcome
from ..._products.batches import Fault, assess_failure, one_each
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.endpoints import APP_SETTINGS, LABELS_ROLE, V2_GUIDE
from ..._products.epmm.lists import read_list
from ..._products.epmm.v2 import V2
from ..._products.values import flag, text_of
from .model import Creation, Uses, made_otherwise

_SOURCE = V2_GUIDE + "Label Management; the form is that of a working client, MICore.PSHelper"
CREATE = Endpoint("E52", "POST", "/api/v2/labels/", _SOURCE, LABELS_ROLE)
DELETE = Endpoint("E53", "DELETE", "/api/v2/labels/", _SOURCE, LABELS_ROLE, idempotent=True)

# "Search for devices": a query has at most 255 characters.
LONGEST_QUERY = 255

# What a deletion gives as its reason, which the working client always sends.
REASON = "Deleted by ivanti.uem.label"


class EpmmLabelDefinitions:
    """See LabelDefinitions."""

    def __init__(self, client: EpmmClient) -> None:
        self._client = client

    def labels(self) -> tuple[Label, ...]:
        """See LabelDefinitions."""
        return self._v2.labels()

    def spaces(self, wanted: str | None) -> tuple[Partition, ...]:
        """See LabelDefinitions."""
        if wanted is None:
            return self._v2.partitions(())
        return (pick(wanted, self._v2.all_spaces(), "space", "device space"),)

    @property
    def _v2(self) -> V2:
        return self._client.require_v2("making and deleting labels")

    def uses(self, label: Label) -> Uses:
        """See LabelDefinitions."""
        members = label.device_count or len(self._client.v2.members(label))
        try:
            rows = read_list(self._client.v1, APP_SETTINGS, "appsettings", "appsetting")
        except (ApiError, AnswerError) as error:
            unseen = "which app settings are applied to it could not be read"
            return Uses(members, unseen=f"{unseen}: {error}")
        names = [
            text_of(row.get("name")).strip()
            for row in rows
            if label.id in map(text_of, answers.listed(row.get("labels")))
            or label.name in map(text_of, answers.listed(row.get("labelNames")))
        ]
        return Uses(members, tuple(names))

    def check_filter(self, criteria: str, space: Partition) -> int | None:
        """See LabelDefinitions. Criteria are a query for devices; longer ones than a query may be
        are not checked."""
        if len(criteria) > LONGEST_QUERY:
            return None
        try:
            return self._v2.check_query(criteria, space)
        except ApiError as error:
            if error.status != 400:
                raise
            raise OptionError(
                f"filter: the server does not take {criteria!r}: {error} Nothing was done."
            ) from None

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See LabelDefinitions."""
        return one_each(changes)

    def write(self, batch: Batch) -> list[Outcome]:
        """See LabelDefinitions."""
        [change] = batch.changes
        makes = isinstance(change.write, Creation)
        shown = "its list does not show the label" if makes else "its list still shows the label"
        # A list may lag, and another run reads it before it sends anything.
        then = "run the task again, and look at the label in the Admin Portal if it says the same"
        try:
            said = self._send(change)
            unseen = Fault(f"the server answered HTTP 200{said}, and {shown}; {then}", known=False)
            unchanged = unseen.outcome(change)
        except (ApiError, AnswerError, AnswerLostError) as error:
            fault, _may_retry = assess_failure(error)
            unchanged = fault.outcome(change, f"{shown[:1].upper()}{shown[1:]}", known=True)
            if fault.known:
                return [fault.outcome(change)]
        try:
            labels = self._client.v2.read_labels()
        except UemError as error:
            unread = f"The labels could not be read afterwards: {error}"
            return [Outcome(change, unread, known=False)]
        if makes:
            return [_made(change, labels) or unchanged]
        there = any(label.id == change.write.label for label in labels)
        return [unchanged if there else Outcome(change)]

    def _send(self, change: Change[Any]) -> str:
        """Send a change. Return the words of the server in brackets, or "".

        Raises:
            AnswerError: The server says that it did not do it.
        """
        write = change.write
        body: dict[str, Any]
        if isinstance(write, Creation):
            wanted, endpoint = write.wanted, CREATE
            body = {"name": wanted.name, "description": wanted.description or ""}
            body |= {"deviceSpaceId": int(write.space), "static": wanted.filter is None}
            body |= {} if wanted.filter is None else {"criteria": wanted.filter}
        else:
            endpoint = DELETE
            body = {"reason": REASON, "labelIds": [int(write.label)]}
            body |= {"deviceSpaceId": int(write.space)}
        space = [("adminDeviceSpaceId", write.space)]
        answer = self._client.transport.call(endpoint, query=space, json_body=body)
        if isinstance(answer, dict) and flag(answer.get("successful")) is False:
            raise answers.no_success(answers.explain(answer))
        said = self._client.transport.shown(answers.explain(answer))
        return f" ({said})" if said else ""


def _made(change: Change[Any], labels: Sequence[Label]) -> Outcome | None:
    """Return the outcome of making a label, from the labels that there are now; None if it is not
    among them."""
    wanted = change.write.wanted
    label = next((one for one in labels if one.name == wanted.name), None)
    if label is None:
        return None
    otherwise = made_otherwise(wanted, label)
    if otherwise:
        error = (
            f"the server made the label {label.id}, but it {otherwise}; delete it with state=absent, "
            "and make it in the admin portal"
        )
        return Outcome(change, error, taken=True)
    return Outcome(change, returned={"id": label.id})
