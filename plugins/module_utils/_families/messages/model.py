# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages to devices. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..._core.device import ENDED, Device
from ..._core.errors import OptionError
from ..._core.harm import harm_of
from ..._core.names import require_clean
from ..._core.plan import INELIGIBLE, Change, LeftAlone, Plan
from ..._core.wording import counted, first_of


@dataclass(frozen=True)
class Message:
    """A message. Only an e-mail has a ``subject``."""

    mode: str
    text: str
    subject: str = ""


# The states in which no document says whether a device gets a message.
_DOUBTFUL = ENDED | {"VERIFICATION_PENDING"}

# What a server has as the number of a device without one ("Register Device").
_NO_NUMBER = re.compile(r"pda(\s*\d+)?", re.IGNORECASE)

# At most this many devices are named in a sentence.
NAMED = 20


def parse_message(params: Mapping[str, Any], modes: Collection[str], product: str) -> Message:
    """Read the options of device_message.

    Args:
        params: The options ``mode``, ``text`` and ``subject``.
        modes: The ways to send a message that the product has.
        product: The name of the product.

    Raises:
        OptionError: The product lacks the mode, or a text is empty or has control characters.
    """
    mode, text, subject = params["mode"], params["text"], params["subject"]
    if mode not in modes:
        raise OptionError(
            f"mode: {mode} is not supported by {product}, which supports {', '.join(modes)}."
        )
    if not str(text or "").strip():
        raise OptionError("text: is empty; give the text of the message.")
    require_clean(str(text), "text")
    # A line break would end the header, and what follows would be another one, such as Bcc.
    require_clean(str(subject or ""), "subject", one_line=True)
    if subject is not None and mode != "email":
        raise OptionError(f"subject: is used only in an e-mail, and mode is {mode}; remove it.")
    return Message(mode, str(text), str(subject or ""))


def plan_message(
    message: Message, devices: Iterable[Device], nobody_in: Collection[str] = ()
) -> Plan:
    """Plan to send a message to every device that can get it.

    That is always a change, because nobody can see whether it was read. Devices that cannot get it
    are left alone, and no others wait for them: a message to these takes nothing from anybody.

    Args:
        message: The message.
        devices: The devices. For a text message they have their rows.
        nobody_in: The states in which nobody gets the message.
    """
    after, harm = {"text": message.text, "mode": message.mode}, harm_of("device_message", "sends")
    changes, left = [], []
    for device in devices:
        reason = _unreached(message, device, nobody_in)
        if reason:
            left.append(LeftAlone(device, INELIGIBLE, reason))
        else:
            changes.append(Change(device, {}, after, message, harm=harm))
    plan = Plan(tuple(changes), left_alone=tuple(left))
    return _noted(plan, message.mode)


def _unreached(message: Message, device: Device, nobody_in: Collection[str]) -> str:
    """Return why nobody gets the message, or ""."""
    if device.state in nobody_in:
        return f"a device in the state {device.state} gets no message by {message.mode}"
    number = str(device.row.get("phone_number") or "").strip()
    if message.mode == "sms" and _NO_NUMBER.fullmatch(number):
        return f"it has no phone number ({number})"
    return ""


def _noted(plan: Plan, mode: str) -> Plan:
    """Return the plan with what its author must know of devices that may get nothing.

    If none is left that can get the message, that is a refusal.
    """
    left = plan.of_kind(INELIGIBLE)
    if left:
        said = f"{counted(len(left), 'devices')} cannot get the message"
        named = first_of([f"{one.subject.title}: {one.reason}" for one in left], NAMED, "; ")
        if not plan.changes:
            return plan.refusing([f"Refused: {said}; nothing was sent. {named}."], INELIGIBLE)
        plan = plan.warning(f"{said}, and the others do not wait for them. {named}.")
    unsure = [change.subject for change in plan.changes if change.subject.state in _DOUBTFUL]
    named = first_of([f"{one.title}: {one.state}" for one in unsure], NAMED, "; ")
    return plan.warning(
        f"No document says whether a message by {mode} reaches a device in such a state, and the "
        f"server may refuse it or drop it: {named}."
        if unsure
        else ""
    )
