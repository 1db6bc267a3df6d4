# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions on devices as one table: the meaning of each, for every product.

A row drives the choices and parameters of ``device_action``, the planner, the table in
docs/actions.md, and the tests. How a product does it is in the product's file: ``CALLS`` in
``neurons.py`` and ``epmm.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._core.endpoint import Endpoint
from ..._core.errors import OptionError
from ..._core.names import require_clean
from ..._core.plan import DESTROYS, HARMLESS, TAKES_AWAY

# Where a call has its ids and parameters.
FORM, QUERY = "form", "query"


@dataclass(frozen=True)
class Parameter:
    """A parameter of actions, which is an option of device_action.

    Attributes:
        name: Its name.
        meaning: Its description.
        type: The type of the option.
        pattern: What its value must match, or "".
        looks: The pattern in words.
        secret: Whether it must not be shown anywhere.
    """

    name: str
    meaning: str
    type: str = "str"
    pattern: str = ""
    looks: str = ""
    secret: bool = False


# fmt: off
PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        Parameter(
            "version", "The version of the operating system to update to, in quotes.", type="raw",
            pattern=r"[0-9]+(\.[0-9]+){0,3}", looks="a version such as 17.4.1",
        ),
        Parameter(
            "pin", "The PIN that unlocks the device. Clients older than version 92 are unlocked with 0000 whatever is given.",
            # "Unlock a device or devices": (^$)|([a-zA-Z0-9]{6,8}).
            pattern=r"|[A-Za-z0-9]{6,8}", looks="6 to 8 letters and digits, or empty", secret=True,
        ),
        Parameter("text", "The message that the device shows."),
        Parameter("phone_number", "The phone number that the device shows in lost mode."),
        Parameter("footnote", "The footnote of a device in lost mode.", pattern=r".{1,15}", looks="1 to 15 characters"),
        Parameter("preserve_data_plan", "Whether a wipe keeps the data plan of an iOS device.", type="bool"),
        Parameter("disallow_proximity_setup", "Whether a wiped iOS device cannot be set up from one nearby.", type="bool"),
        Parameter("reason", "Why it is done, as the server's log shows it.", pattern=r"(?s).{1,512}", looks="1 to 512 characters"),
    )
}
# fmt: on


@dataclass(frozen=True)
class Action:
    """An action, and its meaning for a device.

    Attributes:
        name: Its name.
        summary: What it does, as a sentence.
        takes: For each product that has it, the parameters that it takes there.
        harm: The class of harm; see ``plan``.
        done: The states of a device in which it is done or in progress. If this and ``settles`` are
            empty, and nothing else shows it, the action always changes something.
        settles: The states of a device in which it is done.
        mode: The mode of a device after it, instead of states.
        leaves: Whether it ends the mode instead of starting it.
        deletes: Whether the device does not exist after it.
        by_version: Whether it is done when the device has the parameter ``version``, or a newer
            one.
        hidden: Whether nothing shows beforehand that there is something to do. The answer says
            whether it was done.
    """

    name: str
    summary: str
    takes: Mapping[str, tuple[str, ...]]
    harm: str
    done: frozenset[str] = frozenset()
    settles: frozenset[str] = frozenset()
    mode: str = ""
    leaves: bool = False
    deletes: bool = False
    by_version: bool = False
    hidden: bool = False

    @property
    def destructive(self) -> bool:
        """Whether data or the management of the device is lost, and no later run restores it."""
        return self.harm == DESTROYS

    @property
    def visible(self) -> bool:
        """Whether a device shows that it is done."""
        return bool(self.done or self.mode or self.deletes or self.by_version)

    @property
    def renewable(self) -> bool:
        """Whether a device that shows it may lack parameters of it, which no device shows."""
        return bool(self.mode) and not self.leaves and any(self.takes.values())

    def products_taking(self, parameter: str) -> tuple[str, ...]:
        """Return the products in which it takes a parameter."""
        return tuple(product for product, names in self.takes.items() if parameter in names)


@dataclass(frozen=True)
class Call:
    """How one product does an action.

    Attributes:
        endpoint: The call. On Neurons it takes several devices, on EPMM one device by its uuid.
        words: The name of each parameter in the call.
        required: Parameters without which nothing is sent.
        alone: EPMM: parameters that the call for one device needs. Without them ``bulk`` is used.
        fixed: EPMM: parameters that are always sent.
        place: Neurons: where the call has the ids and parameters.
        ids: Neurons: the name of the ids in the call.
        viability: Neurons: the call that checks which devices cannot take the action.
        viable_count: Neurons: whether that call only says how many devices can.
        by_mac: EPMM: the call for one device by its Wi-Fi MAC address.
        bulk: EPMM: the name of the action in the call for many devices, or "".
        says: EPMM: what the message must match, for an error comes with HTTP 200 as well.
        answers_one: Neurons: whether 1 means success, and not one device.
        platforms: The platforms that it is for; all of them if empty.
        not_on: The platforms that it does nothing on.
        needs: What an iOS device must be: SUPERVISED, MANAGED.
        never_in: States of a device in which the document excludes it, or in which there is nobody
            to carry it out.
        at_once: Whether the device shows at once that the server took it. Otherwise it shows it
            once it has carried it out, or never.
        codes: EPMM: whether the call for one device returns a passcode, which the call for many
            does not.
        verified: ``doc``, or ``live`` once a run on a real server has shown it.
    """

    endpoint: Endpoint
    words: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    place: str = QUERY
    ids: str = ""
    viability: Endpoint | None = None
    viable_count: bool = False
    by_mac: Endpoint | None = None
    bulk: str = ""
    says: str = r"\bsuccess"
    answers_one: bool = False
    platforms: frozenset[str] = frozenset()
    not_on: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    never_in: frozenset[str] = frozenset()
    at_once: bool = False
    codes: bool = False
    verified: str = "doc"


ACTIONS = {
    action.name: action
    for action in (
        Action(
            "os_update",
            "Updates the operating system.",
            {"neurons": ("version",)},
            harm=HARMLESS,
            by_version=True,
        ),
        Action("restart", "Restarts supervised iOS devices.", {"neurons": ()}, harm=HARMLESS),
        Action(
            "force_checkin",
            "Makes the client check in with the server (EPMM calls it wake up).",
            {"neurons": (), "epmm": ()},
            harm=HARMLESS,
        ),
        Action(
            "wipe",
            "Returns the device to its factory settings; everything on it is lost.",
            {
                "neurons": ("text", "preserve_data_plan", "disallow_proximity_setup"),
                "epmm": ("reason",),
            },
            harm=DESTROYS,
            done=frozenset({"WIPE_PENDING", "WIPE_SENT", "WIPED"}),
            settles=frozenset({"WIPED"}),
        ),
        Action("lock", "Locks the device.", {"neurons": (), "epmm": ("reason",)}, harm=HARMLESS),
        Action(
            "unlock",
            "Unlocks the device: clears its passcode, or sets the PIN that unlocks it.",
            {"neurons": ("pin",), "epmm": ("reason",)},
            harm=TAKES_AWAY,
        ),
        Action(
            "retire",
            "Ends the management of the device and removes what the server put on it.",
            {"neurons": (), "epmm": ("reason",)},
            harm=DESTROYS,
            done=frozenset({"RETIRE_PENDING", "RETIRE_SENT", "RETIRED"}),
            settles=frozenset({"RETIRED"}),
        ),
        Action("logout_user", "Logs the current user out.", {"neurons": ()}, harm=HARMLESS),
        Action(
            "delete",
            "Deletes a device that was retired from the server.",
            {"neurons": ()},
            harm=DESTROYS,
            deletes=True,
        ),
        Action(
            "enter_kiosk",
            "Puts an Android device into kiosk mode.",
            {"neurons": ()},
            harm=HARMLESS,
            mode="kiosk_mode",
        ),
        Action(
            "exit_kiosk",
            "Takes an Android device out of kiosk mode.",
            {"neurons": ()},
            harm=TAKES_AWAY,
            mode="kiosk_mode",
            leaves=True,
        ),
        Action(
            "enable_lost_mode",
            "Locks an iOS device and shows a message on it.",
            {"neurons": ("text", "phone_number", "footnote")},
            harm=TAKES_AWAY,
            mode="lost_mode",
        ),
        Action(
            "disable_lost_mode",
            "Ends the lost mode of an iOS device.",
            {"neurons": ()},
            harm=TAKES_AWAY,
            mode="lost_mode",
            leaves=True,
        ),
        Action(
            "relinquish",
            "Removes the work profile and all policies from a company-owned Android device.",
            {"neurons": ()},
            harm=DESTROYS,
        ),
        Action(
            "cancel_relinquish",
            "Cancels the relinquishment of an Android device.",
            {"neurons": ()},
            harm=HARMLESS,
            hidden=True,
        ),
        Action(
            "locate",
            "Asks the device where it is; M(ivanti.uem.device_location_info) reads it.",
            {"epmm": ()},
            harm=HARMLESS,
        ),
    )
}


def require_call(action: Action, product: str, call: Call | None) -> Call:
    """Check that a product has an action.

    Args:
        action: The action.
        product: The name of the product, for messages.
        call: How the product does it, or None.

    Raises:
        OptionError: The product does not have it.
    """
    if call is None:
        able = ", ".join(name for name, row in ACTIONS.items() if product in row.takes)
        raise OptionError(
            f"action: {action.name} is not supported by {product}, which supports {able}."
        )
    return call


def parse_parameters(
    action: Action, product: str, call: Call, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Read the parameters of an action.

    Args:
        action: The action.
        product: The name of the product, for messages.
        call: How the product does it.
        given: The options of a task. Those that are None count as not given; ``by`` says what
            devices are named by.

    Raises:
        OptionError: The product cannot name devices as ``by`` says, or a parameter is missing,
            unknown or malformed.
    """
    found = {name: given[name] for name in PARAMETERS if given.get(name) is not None}
    for name in found:
        if name not in call.words:
            known = ", ".join(call.words) or "none"
            raise OptionError(
                f"{name}: is not a parameter of {action.name} with {product}, whose parameters "
                f"are: {known}; remove it."
            )
    by_mac = given.get("by") == "wifi_mac_address"
    if by_mac and call.by_mac is None:
        raise OptionError(f"by: {product} names devices only by their ids; remove it.")
    _require_all(action, call, found, by_mac=by_mac)
    return {name: _formed(PARAMETERS[name], value) for name, value in found.items()}


def _require_all(action: Action, call: Call, found: Mapping[str, Any], *, by_mac: bool) -> None:
    """Raise OptionError if a parameter is needed and missing."""
    for name in (*call.required, *(call.alone if by_mac else ())):
        if name not in found:
            how = " by MAC address" if name in call.alone else ""
            raise OptionError(f"{name}: is missing; {action.name}{how} needs it.")


def _formed(parameter: Parameter, value: Any) -> Any:
    """Return a value in the form of its parameter.

    Raises:
        OptionError: It does not match the pattern, or YAML has made another one of it.
    """
    if isinstance(value, float):
        raise OptionError(
            f"{parameter.name}: {value!r} is a number, in which 18.10 and 18.1 are the same; write "
            f'it in quotes, as in {parameter.name}: "{value!r}".'
        )
    if parameter.pattern and not re.fullmatch(parameter.pattern, str(value)):
        shown = "the value given" if parameter.secret else repr(value)
        raise OptionError(f"{parameter.name}: {shown} is not {parameter.looks}.")
    if isinstance(value, str):
        require_clean(value, parameter.name)
    if isinstance(value, str) and not value.strip() and not _may_be_empty(parameter, value):
        raise OptionError(f"{parameter.name}: is empty; remove it or fill it.")
    return str(value) if parameter.type == "raw" else value


def _may_be_empty(parameter: Parameter, value: str) -> bool:
    return not value and bool(parameter.pattern) and bool(re.fullmatch(parameter.pattern, ""))
