# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages to devices. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._core.device import Device
from ..._core.errors import OptionError
from ..._core.harm import harm_of
from ..._core.plan import Change, Plan


@dataclass(frozen=True)
class Message:
    """A message. Only an e-mail has a ``subject``."""

    mode: str
    text: str
    subject: str = ""


def parse_message(params: Mapping[str, Any], modes: Sequence[str], product: str) -> Message:
    """Read the options of device_message.

    Args:
        params: The options ``mode``, ``text`` and ``subject``.
        modes: The ways to send a message that the product has.
        product: The name of the product.

    Raises:
        OptionError: The product lacks the mode, or a text is empty.
    """
    mode, text, subject = params["mode"], params["text"], params["subject"]
    if mode not in modes:
        raise OptionError(
            f"mode: {mode} is not supported by {product}, which supports {', '.join(modes)}."
        )
    if not str(text or "").strip():
        raise OptionError("text: is empty; give the text of the message.")
    if subject is not None and mode != "email":
        raise OptionError(f"subject: is used only in an e-mail, and mode is {mode}; remove it.")
    return Message(mode, str(text), str(subject or ""))


def plan_message(message: Message, devices: Iterable[Device]) -> Plan:
    """Plan to send a message to every device.

    That is always a change, because nobody can see whether it was read.

    Args:
        message: The message.
        devices: The devices.
    """
    after, harm = {"text": message.text, "mode": message.mode}, harm_of("device_message", "sends")
    return Plan(tuple(Change(device, {}, after, message, harm=harm) for device in devices))
