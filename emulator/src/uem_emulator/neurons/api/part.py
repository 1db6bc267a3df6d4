# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the calls of Neurons about one subject have in common: the devices which they name, and the
answers where there is nothing."""

from __future__ import annotations

from collections.abc import Sequence

from uem_emulator.answers import Answer, Request
from uem_emulator.neurons.api import wire
from uem_emulator.neurons.api.action_params import Parameters
from uem_emulator.neurons.api.wire import BadRequest
from uem_emulator.neurons.tenant import NeuronsTenant
from uem_emulator.neurons.world.model import Device
from uem_emulator.neurons.world.world import World
from uem_emulator.part import Part


class NeuronsPart(Part[NeuronsTenant]):
    """The handlers of some calls of Neurons."""

    @property
    def world(self) -> World:
        """The devices and everything else that is emulated."""
        return self.tenant.world

    def device(self, key: str) -> Device | Answer:
        """Return the device of a path, or the answer where there is none."""
        device = self.world.find(key)
        if device is not None:
            return device
        form = str(self.switches["missing_device"])
        return wire.plain(int(form[:3]), form, "Device not found")

    def device_by_id(self, key: str) -> Device | Answer:
        """Return the device of a path which the document has only with the id, or the answer where
        there is none. Raises BadRequest."""
        if not (key.isascii() and key.isdigit()) and self.switches["guid_for_id"] == "error":
            raise BadRequest(("typeMismatch", "must be a whole number", "id"))
        return self.device(key)

    def given(self, request: Request, *names: str) -> Parameters:
        """Return the parameters of a request; the sources know these names."""
        return Parameters(request, self.switches, frozenset(names))

    def closed(self, request: Request, switch: str) -> Answer | None:
        """Return the answer of a call which a server may lack, or keep from the account.

        Args:
            request: The request.
            switch: The switch which says so: on, absent or another position.

        Returns:
            The answer, None where the call works.
        """
        position = self.switches[switch]
        if position == "on":
            return None
        return wire.status(404 if position == "absent" else 403, self.switches)

    def devices(
        self, request: Request, given: Parameters, *names: str, guids: bool = False
    ) -> list[Device]:
        """Return the devices which parameters name, each once, by the rules for actions. What names
        no device is passed over. With the fault kind `vanish` the first device is gone.

        Args:
            request: The request.
            given: Its parameters.
            names: The parameters which hold ids.
            guids: Whether the parameter `guids` may name devices, too.

        Raises:
            BadRequest: For every fault found so far.
        """
        keys = self._keys(given, names, guids=guids)
        found = {key: device for key in keys if (device := self.world.find(key)) is not None}
        if found and "vanish" in request.effects:
            gone = next(iter(found.values()))
            self.world.remove(gone.id)
            found = {key: device for key, device in found.items() if device is not gone}
        missing = [key for key in keys if key not in found]
        if missing and self.switches["action_unknown_device"] == "error":
            given.refuse("Invalid", f"no such device: {', '.join(missing)}", names[0])
        return list({device.id: device for device in found.values()}.values())

    def _keys(self, given: Parameters, names: Sequence[str], *, guids: bool) -> list[str]:
        keys = [key for name in names for key in given.numbers(name)]
        if guids:
            keys += given.texts("guids")
        longest = self.switches.number("action_max_devices")
        if longest and len(keys) > longest:
            given.fault("Range", f"must name {longest} devices at most", names[0])
        if not keys and not given.faults and self.switches["action_ids_missing"] == "error":
            given.fault("NotEmpty", "must name a device", names[0])
        given.check()
        return keys
