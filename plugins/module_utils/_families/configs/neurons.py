# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations of devices of Neurons for MDM (N09-N12)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..._core.device import Device
from ..._core.endpoint import Endpoint
from ..._core.errors import (
    AnswerError,
    AnswerLostError,
    ApiError,
    CredentialsError,
    ForbiddenError,
    UemError,
)
from ..._core.plan import Batch, Change, Outcome
from ..._core.wording import numbered
from ..._products.batches import of_several, one_each
from ..._products.neurons.answers import accepted
from ..._products.neurons.client import NeuronsClient
from ..._products.neurons.endpoints import CONFIGURATIONS, GUIDE, TENANT_ADMIN
from ..._products.neurons.lists import read_whole
from ..._products.neurons.values import flag, time_of
from ..._products.values import text_of, text_or_none
from .model import (
    CONFIGURATION,
    EXCLUDE,
    EXCLUDED,
    INSTALLED,
    LEAVING,
    PENDING,
    PUSH,
    REINSTALL,
    STATES,
    STUCK,
    UNLISTED,
    Config,
    Step,
    not_seen,
)

CONFIGS = Endpoint(
    "N09",
    "GET",
    "/api/v1/device/{device}/configs",
    GUIDE + "Get Device Configuration",
    TENANT_ADMIN,
    safe=True,
    idempotent=True,
)
CONFIG_EXCLUDE = Endpoint(
    "N10",
    "PUT",
    "/api/v1/device/{device}/uninstallconfigs",
    GUIDE + "Exclude a Configuration from a Device",
    TENANT_ADMIN,
    idempotent=True,
)
CONFIG_PUSH = Endpoint(
    "N11",
    "DELETE",
    "/api/v1/device/{device}/uninstallconfigs",
    GUIDE + "Push an excluded configuration to a device",
    TENANT_ADMIN,
    idempotent=True,
)
CONFIG_REINSTALL = Endpoint(
    "N12",
    "PUT",
    "/api/v1/device/{device}/reinstallconfigs",
    GUIDE + "Re-install a Configuration to a Device",
    TENANT_ADMIN,
    idempotent=True,
)

# The fields of device_config_info, and their names in the JSON ("Get Device Configuration").
_TEXTS = {
    "uuid": "uuid",
    "description": "description",
    "system_name": "systemName",
    "rule_type": "policyRuleType",
    "updated_by": "modifiedBy",
}
_NUMBERS = {
    "priority": "priority",
    "device_count": "totalDeviceCount",
    "installed_count": "installedDeviceCount",
    "violation_count": "violationDeviceCount",
}

# The tag of configurations in the list of all policies.
TAG = "DEVICE_CONFIGURATION"

# The statuses of a server that does not have this list, does not know a parameter, or does not show
# it to the account.
_NO_LIST = (400, 403, 404, 405, 501)

# The guide shows only INSTALLED, and says that an excluded configuration is uninstalled "or
# becoming Inactive". The other words are those that clients of other vendors see; they treat any
# further word as stuck (docs/neurons.md).
_CONDITIONS = {
    "INSTALLED": INSTALLED,
    "ACTIVE": INSTALLED,
    "UNINSTALLED": EXCLUDED,
    "INACTIVE": EXCLUDED,
    "EXCLUDED": EXCLUDED,
}
_UNDER_WAY = re.compile(
    r"(?:^|_)(?:PENDING|[A-Z]*(?:INSTALL|REMOV|EXCLUD|ACTIVAT|PUSH|SEND|PROCESS|APPLY|UPDAT)ING)(?:_|$)"
)
_FAILED = re.compile(
    r"FAIL|ERROR|REJECT|REFUS|DENIED|ABORT|CANCEL|TIME_?OUT|TIMED_OUT|EXPIRED|INVALID|(?:^|_)NOT_"
)
_LEAVING = re.compile(r"UNINSTALL|REMOV|EXCLU|DEACTIVAT|INACTIV")

_CALLS = {
    EXCLUDE: CONFIG_EXCLUDE,
    PUSH: CONFIG_PUSH,
    REINSTALL: CONFIG_REINSTALL,
}


class NeuronsConfigs:
    """Configurations of the devices of a tenant."""

    states = frozenset(STATES)
    kinds = frozenset({CONFIGURATION})
    cannot_push = ""

    def __init__(self, client: NeuronsClient) -> None:
        self._client = client
        self._transport = client.transport

    def configs_of(self, device: Device) -> tuple[Config, ...]:
        """See Configs ("Get Device Configuration", which has no pages)."""
        found = read_whole(
            partial(self._transport.call, CONFIGS, path={"device": device.id}),
            _config,
            lambda config: config.id,
            f"configurations of {device.title}",
        )
        return tuple(found)

    def known(self, devices: Sequence[Device]) -> tuple[Config, ...] | None:
        """See Configs.

        They are those of the device spaces of the devices, and of the default one: only that may
        list the configurations that all device spaces share.
        """
        found: dict[str, Config] = {}
        try:
            [default] = self._client.partitions(("default",))
            for space in sorted({default.id, *(device.space for device in devices)}):
                configs = self._client.database_list(
                    CONFIGURATIONS,
                    _known,
                    lambda config: config.id,
                    "configurations",
                    (("dmPartitionId", space), ("tag", TAG)),
                )
                found.update((config.id, config) for config in configs)
        except ApiError as error:
            if error.status not in _NO_LIST:
                raise
            return None
        return tuple(found.values())

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Configs. Each device has its own calls."""
        return one_each(changes)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Configs.

        One call excludes all configurations of a device, and one pushes all of them back. Those
        that are pushed again are sent one by one: the device often does not show that, so each
        answer has to be about one.
        """
        [change] = batch.changes
        problems: list[str] = []
        for verb in (EXCLUDE, PUSH):
            steps = [step for step in change.write if step.verb == verb]
            if steps:
                with of_several(len(problems)):
                    problems.append(self._carry_out(change.subject, verb, steps))
        for step in change.write:
            if step.verb == REINSTALL:
                with of_several(len(problems)):
                    problems.append(self._push_again(change.subject, step))
        return [Outcome(change, " ".join(filter(None, problems)) or None)]

    def _push_again(self, device: Device, step: Step) -> str:
        """Push one configuration again.

        If the server refuses it, the others are still sent; the message names it.

        Returns:
            What went wrong, or "".
        """
        try:
            return self._carry_out(device, REINSTALL, [step])
        except (CredentialsError, ForbiddenError):
            raise
        except ApiError as error:
            return f"{step.config.title!r}: {error}"

    def _carry_out(self, device: Device, verb: str, steps: Sequence[Step]) -> str:
        """Send a call for steps of one verb, and further calls for the steps that it left.

        Returns:
            What went wrong, or "".

        Raises:
            UemError: The server certainly did nothing.
        """
        while steps:
            problem, steps = self._attempt(device, verb, steps)
            if problem:
                return problem
        return ""

    def _attempt(
        self, device: Device, verb: str, steps: Sequence[Step]
    ) -> tuple[str, Sequence[Step]]:
        """Send one call.

        An answer of true is believed, with two exceptions. A server may take only the first of
        several configurations, for the guide separates them by commas and not by keys. And it may
        answer true for a configuration that the device does not get.

        Returns:
            What went wrong, or "", and the steps that the server left.
        """
        lost = self._lost(device, verb, steps)
        unlisted = _unlisted(steps)
        unsure = unlisted if not lost and len(steps) == 1 else steps
        if not unsure:
            return "", ()
        try:
            left = not_seen(unsure, self.configs_of(device))
        except UemError as error:
            raise AnswerLostError(f"{lost}What became of it could not be read: {error}") from None
        if not lost and 0 < len(left) < len(steps):
            return "", [step for step, _sentence in left]
        doubtful = steps if lost else unlisted
        sentences = [sentence for step, sentence in left if step in doubtful]
        return (f"{lost}{'; '.join(sentences)}." if sentences else ""), ()

    def _lost(self, device: Device, verb: str, steps: Sequence[Step]) -> str:
        """Send a call. Return the error, as the begin of a text, if the server may have done it.

        Raises:
            UemError: The server certainly did nothing.
        """
        try:
            self._send(device, verb, steps)
        except UemError as error:
            if error.effect == "none" and not isinstance(error, AnswerError):
                raise
            return f"{error} "
        return ""

    def _send(self, device: Device, verb: str, steps: Sequence[Step]) -> None:
        # "Can issue several in a comma-separated list", unlike the ids of devices.
        ids = [("policyIds", ",".join(step.config.id for step in steps))]
        place: dict[str, Any] = {"query": ids} if verb == PUSH else {"form": ids}
        answer = self._transport.call(_CALLS[verb], path={"device": device.id}, **place)
        accepted(answer, f"{verb} {numbered(len(steps), 'configurations')} of {device.title}")


def _unlisted(steps: Sequence[Step]) -> list[Step]:
    """Return the steps for configurations that their device does not list."""
    return [step for step in steps if step.config.condition == UNLISTED]


def condition_of(status: str) -> str:
    """Return the meaning of a status. An unknown word does not prove that anything is in
    progress."""
    word = re.sub(r"[\s-]+", "_", status.strip().upper())
    if _UNDER_WAY.search(word) and not _FAILED.search(word):
        return LEAVING if _LEAVING.search(word) else PENDING
    return _CONDITIONS.get(word, STUCK)


def _config(row: Mapping[str, Any]) -> Config:
    status = text_of(row.get("status"))
    details = {name: text_or_none(row.get(key)) for name, key in _TEXTS.items()}
    counts = {name: row.get(key) for name, key in _NUMBERS.items() if isinstance(row.get(key), int)}
    more = {"enabled": flag(row.get("enabled")), "updated_at": time_of(row.get("modifiedAt"))}
    return replace(
        _known(row),
        status=status,
        condition=condition_of(status),
        details=tuple({**details, **counts, **more}.items()),
        actions=row.get("actions"),
    )


def _known(row: Mapping[str, Any]) -> Config:
    """Make a configuration of a row of the list of all, which the guide does not describe."""
    number = text_of(row.get("id"))
    if not re.fullmatch(r"[0-9]{1,19}", number):
        raise AnswerError(
            f"The server sent a configuration without a usable id ({row.get('id')!r})."
        )
    return Config(
        number,
        text_of(row.get("name")).strip(),
        CONFIGURATION,
        text_of(row.get("policyType")),
    )
