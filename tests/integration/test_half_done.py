# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A change that takes several requests, of which a later one is not sent: nobody may say that it
certainly was not done."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    CredentialsError,
    OutageError,
    UemError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._http.transport import Transport

from ..conftest import ModuleFailed, writes
from .test_configs import NAMES, PASSCODE, ZURICH, pads, phones, profiles, put

CASES = ("labels", "profiles", "configs")


def _options(call: Any, case: str, server: Any) -> tuple[str, dict[str, Any]]:
    """A module, and its options for one device whose change takes two requests."""
    if case == "configs":
        [phone] = phones(server, 1)
        put(server, phone, {PASSCODE: "INSTALL_FAILED", ZURICH: "INSTALL_FAILED"})
        return "device_config", {
            "devices": [phone],
            "configs": [PASSCODE, NAMES[ZURICH]],
            "reinstall": True,
        }
    [device] = pads(server, 1)
    if case == "profiles":
        own = [number for word, number in profiles(server, device) if word == "APP"][:2]
        return "device_config", {"devices": [device], "configs": own, "reinstall": True}
    call("device_label", server, devices=[device], labels=["Pilot"])
    return "device_label", {"devices": [device], "labels": ["No members"], "purge": True}


@pytest.mark.parametrize("sent", [0, 1])
@pytest.mark.parametrize("error", [OutageError, CredentialsError])
@pytest.mark.parametrize("case", CASES)
def test_what_is_half_done_is_unknown(call, emulator, epmm, monkeypatch, case, error, sent):
    server = emulator if case == "configs" else epmm
    module, options = _options(call, case, server)
    server.clear_requests()
    original, taken = Transport.call, []

    def stop(self: Transport, endpoint: Any, **given: Any) -> Any:
        if endpoint.safe:
            return original(self, endpoint, **given)
        if len(taken) == sent:
            raise _made(error)
        taken.append(endpoint)
        return original(self, endpoint, **given)

    monkeypatch.setattr(Transport, "call", stop)
    with pytest.raises(ModuleFailed) as failed:
        call(module, server, **options)
    [row] = failed.value.result["devices"]
    assert len(writes(server)) == sent
    assert row["outcome"] == ("unknown" if sent else "failed"), row
    assert failed.value.result["changed"] == bool(sent)


def _made(error: type[UemError]) -> UemError:
    if error is OutageError:
        return OutageError("The server does not serve.")
    return CredentialsError("no", status=401, method="PUT", path="/x")
