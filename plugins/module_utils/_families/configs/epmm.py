# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Profiles of devices: configurations and policies (E28, E29)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
from ..._products.batches import of_several, one_each
from ..._products.epmm import answers
from ..._products.epmm.client import EpmmClient
from ..._products.epmm.endpoints import (
    API_ROLE,
    APP_SETTINGS,
    DEVICE_GUIDE,
    POLICIES,
    read_v1,
)
from ..._products.epmm.lists import read_list
from ..._products.values import number_of, text_of, text_or_none, time_of
from .model import (
    CONFIGURATION,
    EXCLUDED,
    INSTALLED,
    KINDS,
    LEAVING,
    PENDING,
    POLICY,
    PRESENT,
    STUCK,
    Config,
    Step,
    not_seen,
)

PROFILES = read_v1(
    "E28", "/api/v1/dm/devices/profiles/{device}", DEVICE_GUIDE + "Get Profiles for a Device"
)
PROFILE_PUSH = Endpoint(
    "E29",
    "PUT",
    "/api/v1/dm/devices/repushprofile/{device}",
    DEVICE_GUIDE + "Re-push Profiles for a Device",
    API_ROLE,
    idempotent=True,
)

# The kinds in the JSON ("Re-push Profiles for a Device").
_KINDS = {"APP": CONFIGURATION, "POLICY": POLICY}
_WORDS = {kind: word for word, kind in _KINDS.items()}

# The document shows only Applied. The published values of the reporting database are Pending, Sent,
# Applied, Failed, Revoked, Quarantine Revoked, Update Pending, Update Failed and Unknown. What is
# revoked was taken off on purpose.
_REVOKED = ("revoked", "quarantine revoked")
_UNDER_WAY = re.compile(
    r"\bpending|\bsent\b|\bqueued|in "
    r"progress|\b\w*(?:install|remov|apply|push|send|process|updat)ing\b"
)
_FAILED = re.compile(
    r"fail|error|reject|refus|denied|abort|cancel|time ?out|timed out|expired|invalid|\bnot\b"
)
_LEAVING = re.compile(r"remov|uninstall|delet")

# The statuses of a server that does not let the account read the lists of all.
_NO_LIST = (400, 403, 405, 501)

_NOT_HERE = (
    "EPMM pushes configurations and policies to devices by their labels, so put the device on a "
    "label that has it (ivanti.uem.device_label)"
)


class EpmmConfigs:
    """See Configs. Its configurations are profiles, which include policies."""

    states = frozenset({PRESENT})
    kinds = frozenset(KINDS)
    cannot_push = _NOT_HERE

    def __init__(self, client: EpmmClient) -> None:
        self._client = client

    def configs_of(self, device: Device) -> tuple[Config, ...]:
        """See Configs ("Get Profiles for a Device"). Ids are unique only together with the kind."""
        answer = self._client.v1.lists(PROFILES, {"device": device.guid})
        rows = [] if answer is None else answers.v1_whole(answer, "profiles", "profile")
        return tuple({config.key: config for config in map(_config, rows)}.values())

    def known(self, devices: Sequence[Device]) -> tuple[Config, ...] | None:
        """See Configs. They are the policies and the application settings ("Get Policies", "Get all
        Application Settings")."""
        try:
            policies = read_list(self._client.v1, POLICIES, "policies", "policy")
            settings = read_list(self._client.v1, APP_SETTINGS, "appsettings", "appsetting")
        except ApiError as error:
            if error.status not in _NO_LIST:
                raise
            return None
        named = [(POLICY, row, row.get("policyName")) for row in policies]
        named += [(CONFIGURATION, row, row.get("name")) for row in settings]
        return tuple(
            Config(text_of(answers.id_of(row)), text_of(name).strip(), kind)
            for kind, row, name in named
        )

    def batches(self, changes: Sequence[Change[Any]]) -> list[Batch]:
        """See Configs. Each device has its own calls."""
        return one_each(changes)

    def write(self, batch: Batch) -> list[Outcome]:
        """See Configs.

        A call pushes one profile. If its answer does not say what was done, the device is read.
        """
        change = batch.changes[0]
        problems: list[str] = []
        unsure: list[tuple[Step, str]] = []
        for number, step in enumerate(change.write):
            with of_several(number):
                try:
                    self._push_profile(change.subject, step.config)
                except (CredentialsError, ForbiddenError):
                    raise
                except (AnswerError, AnswerLostError, ApiError) as error:
                    if error.effect == "none":
                        problems.append(f"{step.config.title!r}: {error}")
                    else:
                        unsure.append((step, str(error)))
        if unsure:
            problems += self._profiles_left(change.subject, unsure)
        return [Outcome(change, " ".join(problems) or None)]

    def _push_profile(self, device: Device, config: Config) -> None:
        """Push one profile again.

        Raises:
            AnswerError: The answer, whose shape is not documented, says that it failed.
        """
        query = [("id", config.id), ("type", _WORDS.get(config.kind, config.kind))]
        answer = self._client.transport.call(
            PROFILE_PUSH, path={"device": device.guid}, query=query
        )
        message = answers.message_text(answer)
        # A name may contain any word.
        anonymous = message.replace(config.name, "") if config.name else message
        if message and not answers.says(anonymous, ""):
            raise AnswerError(
                f"The server answered HTTP 200, but reported no success: {message.rstrip('.')}."
            )

    def _profiles_left(self, device: Device, unsure: Sequence[tuple[Step, str]]) -> list[str]:
        """Return a sentence for each profile that the device does not show as pushed.

        Args:
            device: The device, which is read again.
            unsure: Profiles whose push may have failed, with the reason.
        """
        try:
            left = not_seen([step for step, _reason in unsure], self.configs_of(device))
        except UemError as error:
            reasons = " ".join(reason for _step, reason in unsure)
            raise AnswerLostError(
                f"{reasons} What became of it could not be read: {error}"
            ) from None
        by_key = {step.config.key: reason for step, reason in unsure}
        return [f"{by_key[step.config.key]} {sentence}." for step, sentence in left]


def condition_of(status: str) -> str:
    """Return the meaning of a status. An unknown word does not prove that anything is in
    progress."""
    word = re.sub(r"[\s_-]+", " ", status.strip().lower())
    if word in _REVOKED:
        return EXCLUDED
    if _UNDER_WAY.search(word) and not _FAILED.search(word):
        return LEAVING if _LEAVING.search(word) else PENDING
    return INSTALLED if word in ("applied", "installed") else STUCK


def _config(raw: Mapping[str, Any]) -> Config:
    number = text_of(answers.id_of(raw)).strip()
    if not re.fullmatch(r"-?[0-9]{1,18}", number):
        raise AnswerError(f"The server sent a profile whose id is not a number ({number!r}).")
    status = text_of(raw.get("status")).strip()
    word = text_of(raw.get("profileType")).strip().upper()
    # The example in the document has a space before the time.
    stamp = text_of(raw.get("lastUpdatedAt")).strip()
    moment = number_of(stamp)
    # fmt: off
    return Config(
        number, text_of(raw.get("name")).strip(), _KINDS.get(word, word.lower()), text_of(raw.get("policyType")), status,
        condition_of(status), stamp=stamp,
        details=(
            ("uuid", text_or_none(raw.get("uuid"))), ("updated_at", time_of(stamp if moment is None else moment)),
        ),
    )
    # fmt: on
