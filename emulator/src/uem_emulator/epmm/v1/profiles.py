# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: profiles of devices, and application settings.

Sources: "Device Management" (Get Profiles for a Device, Re-push Profiles for a Device), "MobileIron
WebService" (Get all Application Settings, Get Application Settings by Device UUID). What pushing
again answers is documented nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uem_emulator.answers import Answer, Request
from uem_emulator.controlcall import ControlCall, NotFound
from uem_emulator.epmm.tenant import EpmmTenant
from uem_emulator.epmm.v1.answer import NO_DATA, Fault, messages, respond
from uem_emulator.epmm.v1.parameters import loose_route, parameter
from uem_emulator.epmm.v1.part import V1Part
from uem_emulator.epmm.v1.tree import Many, Tree
from uem_emulator.epmm.world.model import Device
from uem_emulator.epmm.world.profiles import APPLIED, KINDS, Counts, Profile
from uem_emulator.epmm.world.setting_catalog import TYPES, Setting
from uem_emulator.part import without_last
from uem_emulator.routing import Route

_PUSHED = "Profile(s) re-pushed successfully."
_CURRENT, _DELETED = 67, 68


class ProfileCalls(V1Part):
    """The handlers for profiles and application settings. With the fault kind `vanish`, the device
    is gone when a profile is to be pushed; with `no_effect`, nothing is; `short_page` leaves out
    the last rows of a list."""

    def make_routes(self) -> tuple[Route, ...]:
        """Return the calls with their handlers."""
        return (
            loose_route("GET", "/dm/devices/profiles/{uuid}", self.of_device),
            loose_route("PUT", "/dm/devices/repushprofile/{uuid}", self.push, "id", "type"),
            loose_route("GET", "/appsettings", self.settings, "type"),
            loose_route("GET", "/appsettings/devices/{uuid}", self.settings_of),
        )

    # --- profiles ---------------------------------------------------------------------------------------------------

    def _profile(self, row: Profile) -> Tree:
        """A configuration has no uuid."""
        capitals = self.switches["profile_status_names"] == "capitals" and row.status != APPLIED
        times = {"number": row.updated, "text": str(row.updated), "blank": f" {row.updated}"}
        # fmt: off
        return {"@id": row.id, **({"uuid": row.uuid} if row.uuid is not None else {}), "name": row.name,
                "policyType": row.type, "status": row.status.upper() if capitals else row.status, "profileType": row.kind,
                "lastUpdatedAt": times[str(self.switches["profile_updated"])]}
        # fmt: on

    def _profiles(self, request: Request, rows: list[Profile], *, wrote: bool = False) -> Answer:
        if not rows:
            raise Fault(404, NO_DATA)
        return respond(
            request,
            {
                **messages(),
                "profiles": {
                    "profile": Many([self._profile(row) for row in without_last(request, rows)])
                },
            },
            self.switches,
            wrote=wrote,
        )

    def _of(self, device: Device) -> list[Profile]:
        self.tenant.policies.before_read()
        return self.tenant.profiles.of_device(device)

    def of_device(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """Return the profiles of a device."""
        return self._profiles(request, self._of(self.device(taken[0])))

    def push(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """One profile, or all where none is named."""
        if "vanish" in request.effects:
            self.world.remove(self.device(taken[0]).id)
        device = self.device(taken[0])
        chosen = self._chosen(request, self._of(device))
        if isinstance(chosen, Answer):
            return chosen
        if "no_effect" not in request.effects:
            self.tenant.profiles.push(device, chosen)
        answer = str(self.switches["repush_answer"])
        if answer == "profiles":
            return self._profiles(request, self._of(device), wrote=True)
        return respond(
            request, messages(*((_PUSHED,) if answer == "text" else ())), self.switches, wrote=True
        )

    def _chosen(self, request: Request, rows: list[Profile]) -> list[Profile] | Answer:
        """The profiles which a request means, or the answer where it means none."""
        number, kind = parameter(request, "id"), parameter(request, "type")
        if kind is not None and kind not in KINDS:
            raise Fault(400, f"type is one of {', '.join(KINDS)}")
        of_kind = [row for row in rows if kind in (None, row.kind)]
        if number is None:
            return self._meant_without_id(of_kind)
        found = [row for row in of_kind if str(row.id) == number]
        if not found and self.switches["repush_unknown"] == "message":
            return respond(
                request, messages(f"Profile {number} is not applied to the device."), self.switches
            )
        if not found:
            raise Fault(404, NO_DATA)
        return found

    def _meant_without_id(self, rows: list[Profile]) -> list[Profile]:
        position = self.switches["repush_without_id"]
        if position == "400":
            raise Fault(400, "id is required")
        return [] if position == "none" else rows

    # --- settings ---------------------------------------------------------------------------------------------------

    def settings(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """All, or those of a type."""
        kind = parameter(request, "type")
        if kind not in (None, *TYPES):
            position = str(self.switches["unknown_setting_type"])
            if position != "ignored":
                raise Fault(
                    int(position),
                    NO_DATA if position == "404" else f"type is one of {', '.join(TYPES)}",
                )
            kind = None
        return self._settings(
            request,
            [
                self._everywhere(setting)
                for setting in self.tenant.profiles.settings.values()
                if kind in (None, setting.type)
            ],
        )

    def _settings(self, request: Request, rows: list[Tree]) -> Answer:
        """The three t are the document's."""
        if not rows:
            raise Fault(404, NO_DATA)
        return respond(
            request,
            {
                **messages(f"{len(rows)} application settting(s) returned."),
                "appsettings": {"appsetting": Many(without_last(request, rows))},
            },
            self.switches,
        )

    def _everywhere(self, setting: Setting) -> Tree:
        """With the counts and labels. The document writes SCEPS here, and SCEP below."""
        counts, labels = (
            self.tenant.profiles.counts(setting),
            self.tenant.profiles.labels_of(setting),
        )
        # fmt: off
        return {**_head(setting, counts), "quarantinedCount": counts.quarantined, "type": _origin(setting),
                "clearCertificateCacheForSCEPSSetting": False, "labels": Many([number for number, _name in labels]),
                "labelNames": Many([name for _number, name in labels]), "properties": _properties(setting)}
        # fmt: on

    def settings_of(self, request: Request, taken: tuple[str, ...]) -> Answer:
        """The counts are 0, and there are no labels."""
        rows = self.tenant.profiles.settings_of(self.device(taken[0]))
        return self._settings(
            request,
            [
                {
                    **_head(setting, Counts()),
                    "type": _origin(setting),
                    "state": _CURRENT if there else _DELETED,
                    "clearCertificateCacheForSCEPSetting": False,
                    "properties": _properties(setting),
                }
                for setting, there in rows
            ],
        )


def _head(setting: Setting, counts: Counts) -> Tree:
    return {
        "@id": setting.id,
        "name": setting.name,
        "description": setting.description,
        "appType": setting.type,
        "deviceCount": counts.applied,
        "pendingCount": counts.pending,
    }


def _origin(setting: Setting) -> str:
    return "SYSTEM" if setting.system else "ADMIN"


def _properties(setting: Setting) -> Tree:
    return {"entry": Many([{"key": key, "value": value} for key, value in setting.properties])}


# --- for the control calls ------------------------------------------------------------------------------------------


def _found(tenant: EpmmTenant, key: str) -> Device:
    device = tenant.world.find(key)
    if device is None:
        raise NotFound("no such device")
    return device


def _get_profiles(tenant: EpmmTenant, taken: Mapping[str, str], body: Any) -> Any:
    return [vars(row) for row in tenant.profiles.of_device(_found(tenant, taken["key"]))]


def _change_profile(tenant: EpmmTenant, taken: Mapping[str, str], body: dict[str, Any]) -> Any:
    """`kind` and `id` of a profile which the device has; `status`, `updated`, `sticks`."""
    device = _found(tenant, taken["key"])
    kind, number = body.pop("kind", None), body.pop("id", None)
    if not any((row.kind, row.id) == (kind, number) for row in tenant.profiles.of_device(device)):
        raise ValueError(f"the device has no profile {number} of the kind {kind}")
    if set(body) - {"status", "updated", "sticks"}:
        raise ValueError("of a profile, status, updated and sticks can be set")
    tenant.profiles.set(device, str(kind), int(str(number)), body)
    return _get_profiles(tenant, taken, None)


def _get_settings(tenant: EpmmTenant, taken: Mapping[str, str], body: Any) -> Any:
    """Every setting; `devices` are those which it reaches."""
    profiles, devices = tenant.profiles, tenant.world.devices
    # fmt: off
    return [{**vars(setting), "labels": [name for _id, name in profiles.labels_of(setting)],
             "properties": dict(setting.properties), **vars(profiles.counts(setting)),
             "devices": sorted(devices[number].uuid for number in profiles.of_setting(setting))}
            for setting in profiles.settings.values()]
    # fmt: on


def _delete_setting(tenant: EpmmTenant, taken: Mapping[str, str], body: Any) -> Any:
    setting = next(
        (one for one in tenant.profiles.settings.values() if str(one.id) == taken["key"]), None
    )
    if setting is None:
        raise NotFound("no such setting")
    tenant.profiles.drop(setting)


# fmt: off
CONTROL_CALLS: tuple[ControlCall, ...] = (
    ControlCall("GET", "/devices/{key}/profiles", _get_profiles), ControlCall("PATCH", "/devices/{key}/profiles", _change_profile),
    ControlCall("GET", "/settings", _get_settings), ControlCall("DELETE", "/settings/{key}", _delete_setting),
)
# fmt: on
