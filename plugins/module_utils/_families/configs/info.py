# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read configurations of devices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..._core.device import Device
from ..._core.errors import NotFoundError, OptionError
from ..._core.names import parse_names
from ..._module.choice import parse_choice
from ..._module.reading import parse_query, read_result
from ..._module.run import Result, Run
from ..._module.subjects import left_out, read_each, with_server
from .calls import Configs
from .model import (
    STUCK,
    Config,
    Stuck,
    chosen,
    name_warnings,
)

# A device with the configurations that it lists.
Reading = tuple[Device, tuple[Config, ...]]


def read_configs(run: Run[Configs]) -> Result:
    """Run device_config_info."""
    params = run.params
    search = parse_query(params)
    names, kind = parse_configs(params["configs"]), params["kind"]
    if kind is not None:
        require_known(run, {"kind": run.calls.kinds})
    found = parse_choice(params, reads=True).find(run.client)
    have, vanished = configs_of_each(found.devices, run)
    seen = [config for _device, own in have for config in own]
    warnings = (
        name_warnings(names, seen, lambda: run.calls.known(found.devices), kind)
        if names and have
        else ()
    )
    selected = [(device, chosen(names, own, kind)) for device, own in have]
    rows = with_server(
        (
            {**device.identity, "configs": [config.as_dict() for config in own]}
            for device, own in selected
        ),
        run,
    )
    stuck = [
        Stuck(device, config.title, config).as_dict()
        for device, own in selected
        for config in own
        if config.condition == STUCK
    ]
    more = left_out(found, vanished)
    return read_result("devices", rows, run, search, stuck=stuck, warnings=list(warnings), **more)


def require_known(run: Run[Configs], by_option: Mapping[str, Collection[str]]) -> None:
    """Check that the product knows the values of options.

    Args:
        run: The run of the module.
        by_option: For each option the values that it knows.

    Raises:
        OptionError: It does not know a value.
    """
    for option, known in by_option.items():
        if run.params[option] not in known:
            raise OptionError(
                f"{option}: {run.params[option]} is not supported by {run.client.product}, which "
                f"supports {', '.join(sorted(known))}; nothing was done."
            )


def parse_configs(raw: Sequence[Any] | None) -> list[str] | None:
    """Read the option ``configs``.

    Spaces around a name do not count: servers have names with them, and nobody sees them.
    """
    return parse_names(raw, "configs", "configuration")


def configs_of_each(
    devices: Sequence[Device], run: Run[Configs]
) -> tuple[list[Reading], list[tuple[Device, str]]]:
    """Read the configurations of devices.

    Equal configurations are one object: a fleet has many devices and few configurations.

    Returns:
        The devices with what they list, and those that vanished since they were found, with the
        server's message.

    Raises:
        NotFoundError: All devices have vanished, which is not believable.
    """
    known: dict[Config, Config] = {}

    def read(device: Device) -> tuple[Config, ...] | NotFoundError:
        try:
            configs = run.calls.configs_of(device)
        except NotFoundError as error:
            return error
        return tuple(known.setdefault(config, config) for config in configs)

    have: list[Reading] = []
    vanished: list[tuple[Device, NotFoundError]] = []
    for device, own in zip(devices, read_each(read, devices, run), strict=True):
        if isinstance(own, NotFoundError):
            vanished.append((device, own))
        else:
            have.append((device, own))
    if vanished and not have:
        raise vanished[0][1]
    return have, [(device, str(error)) for device, error in vanished]
