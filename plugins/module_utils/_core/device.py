# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices, partitions and labels, as every layer above the wire sees them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .endpoint import is_segment
from .errors import OptionError

Attrs = Mapping[str, tuple[str, ...]]

# What an iOS device can be, in the words of sentences.
SUPERVISED, MANAGED = "supervised", "managed by MDM"

# The states of registrations that end or have ended, in the words of both servers.
ENDED = frozenset(
    {"RETIRE_PENDING", "RETIRE_SENT", "RETIRED", "WIPE_PENDING", "WIPE_SENT", "WIPED"}
)

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ID = re.compile(r"[0-9]{1,19}")

_PORTS = {"https": 443, "http": 80}

# The id of EPMM's outermost device space. A server may have no other, and its administrators are in
# it.
GLOBAL_SPACE = "1"


def server_name(url: str) -> str:
    """Return the address of a server in the one spelling in which addresses are compared.

    It has no credentials, no port that its scheme implies, and no slash at its end. What is not an
    address stays as it is, without what may be credentials.
    """
    # A password may have a slash, so that its rest would be taken for a host and a path.
    before, at, text = url.strip().rpartition("@")
    scheme, mark, _rest = before.partition("://")
    text = f"{scheme}{mark}{text}" if at and mark else text
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return text
    if not host:
        return text
    shown_port = "" if port in (None, _PORTS.get(parts.scheme)) else f":{port}"
    shown_host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown_host}{shown_port}{parts.path.rstrip('/')}"


@dataclass(frozen=True)
class Partition:
    """A device space.

    Attributes:
        id: Its id, as a string of digits.
        name: Its name.
        default: Whether new devices land in it.
        device_count: The server's own count of its devices, or None if it was not read.
    """

    id: str
    name: str
    default: bool = False
    device_count: int | None = None


# A fleet has many of these, and with slots they take less memory.
@dataclass(frozen=True, slots=True)
class Device:
    """One registration of a device.

    The same physical device can have several registrations (older ones are usually retired), each
    with its own ``id``.

    Attributes:
        id: The server's number for it, as a string of digits.
        guid: The server's other name for it, in lower case.
        serial: Its serial number.
        email: The e-mail address of its user.
        uid: The id of its user.
        attrs: Custom attributes as the server keeps them: names in lower case, values as strings.
        row: Its fields as ``device_info`` shows them. Empty if the reader did not ask for them:
            100,000 rows are 1 GB.
        phone: Its phone number, if the product finds devices by it.
        mac: Its Wi-Fi MAC address as 12 hexadecimal digits, if the product finds devices by it.
        state: The state of its registration in the server's words, such as ``ACTIVE`` or
            ``RETIRE_PENDING``.
        platform: ``ios``, ``android``, ``macos``, ``windows``, or the server's word in lower case.
        os_version: The version of its operating system.
        modes: The modes that are on: ``lost_mode`` and ``kiosk_mode``.
        lacks: What the server says that it is not: SUPERVISED, MANAGED.
        space: The id of the partition that it was read in, for calls that must name one.
        home: The name of the partition that it is in, or "" if the server does not say it. That can
            be one within ``space``.
    """

    id: str
    guid: str
    serial: str = ""
    email: str = ""
    uid: str = ""
    attrs: Attrs = field(default_factory=dict)
    row: Mapping[str, Any] = field(default_factory=dict)
    phone: str = ""
    mac: str = ""
    state: str = ""
    platform: str = ""
    os_version: str = ""
    modes: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    space: str = ""
    name: str = ""
    model: str = ""
    home: str = ""

    @property
    def about(self) -> str:
        """What a reader knows it by besides its title: name, model and owner, as far as the server
        shows them."""
        return ", ".join(filter(None, (self.name, self.model, self.owner)))

    @property
    def owner(self) -> str:
        """Its user: an e-mail address, or else a user id."""
        return self.email or self.uid

    @property
    def title(self) -> str:
        """The words for it in messages and diffs."""
        return (
            f"device {self.id} (serial number {self.serial})"
            if self.serial
            else f"device {self.id}"
        )

    @property
    def identity(self) -> Mapping[str, str]:
        """The fields that identify it in a result."""
        return {"id": self.id, "guid": self.guid}


@dataclass(frozen=True, slots=True)
class DeviceRef:
    """A name that an author gives for a device, or for something else with an identity.

    Attributes:
        kind: What the name is: ``id``, ``guid``, or another kind.
        value: The name itself.
    """

    kind: str
    value: str

    @property
    def id(self) -> str:
        """The text that distinguishes it from other names."""
        return f"{self.kind}={self.value}"

    @property
    def title(self) -> str:
        """The words for it in messages."""
        return f"{self.kind.replace('_', ' ')} {self.value}"

    @property
    def identity(self) -> Mapping[str, str]:
        """The fields that identify it in a result."""
        return {self.kind: self.value}


def listing(refs: Sequence[DeviceRef]) -> str:
    """Return names of devices for a message."""
    return ", ".join(ref.title for ref in refs)


def parse_refs(raw: Sequence[object] | None) -> list[DeviceRef]:
    """Read the option ``devices`` as ids and guids. Without the option there are no names.

    Raises:
        OptionError: The list is empty, or an entry is neither an id nor a guid.
    """
    if raw is not None and not raw:
        raise OptionError("devices: is empty; name at least one device, or use select.")
    return [parse_ref(entry, f"devices[{number}]") for number, entry in enumerate(raw or ())]


def parse_ref(raw: object, where: str) -> DeviceRef:
    """Read an id (a whole number, also as text) or a guid.

    Args:
        raw: What the author wrote.
        where: The name of the option, for messages.

    Raises:
        OptionError: It is neither an id nor a guid.
    """
    text = str(raw).strip() if isinstance(raw, (int, str)) and not isinstance(raw, bool) else ""
    if _ID.fullmatch(text) and text.isascii():
        return DeviceRef("id", str(int(text)))
    if _GUID.fullmatch(text):
        return DeviceRef("guid", text.lower())
    raise OptionError(
        f"{where}: {raw!r} is neither a device id (a whole number such as 22000) nor a guid "
        "(such as 57d9903c-aadf-4b40-aef3-e1f24302f180); to choose by serial number or e-mail "
        "address use select."
    )


# The calls that put labels on devices take several names in one path segment, separated by this.
SEPARATOR = ","


@dataclass(frozen=True)
class Label:
    """A label.

    Attributes:
        id: Its id, as a string of digits; the server's own labels have negative ones.
        name: Its name.
        static: Whether devices are put on it by hand. Otherwise it has the devices that meet
            ``criteria``.
        system: Whether the server made it.
        device_count: The server's own count of its devices.
        description: What people wrote about it.
        criteria: The criteria of a filtered label.
        space: The name of its device space.
        space_id: The id of that space, or "" if it is not known.
        out_of_reach: Whether it is a global label, and the account is of a device space.
    """

    id: str
    name: str
    static: bool
    system: bool = False
    device_count: int = 0
    description: str = ""
    criteria: str = ""
    space: str = ""
    space_id: str = ""
    out_of_reach: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the label as ``label_info`` shows it."""
        # fmt: off
        return {
            "id": self.id, "name": self.name, "static": self.static, "system": self.system,
            "device_count": self.device_count, "description": self.description, "criteria": self.criteria,
            "space": self.space,
        }
        # fmt: on

    @property
    def by_hand(self) -> bool:
        """Whether people put devices on it.

        Only such labels may be taken off a device when nobody names them. Servers describe the
        labels that they made themselves in different ways.
        """
        return self.static and not self.system

    @property
    def far_refusal(self) -> str:
        """Why the account cannot apply or remove it at all, or "".

        "A global label cannot be edited, applied or removed from within a device space" (the
        vendor's page "Labels and delegated administration").
        """
        if not self.out_of_reach:
            return ""
        return (
            f"the label {self.name!r} is a global one, which cannot be applied or removed from "
            "within a device space; use a label of the space, or an account of the global space"
        )

    @property
    def refusal(self) -> str:
        """Why devices cannot be put on it or taken off, or ""."""
        if self.system and self.static:
            return (
                f"the label {self.name!r} is the server's own, and the server decides which "
                "devices it has; use a label that people made"
            )
        if not self.static:
            return (
                f"the label {self.name!r} is filtered: the server puts devices on it that meet "
                f"its criteria{f' ({self.criteria})' if self.criteria else ''}; change the "
                "devices, or use a static label"
            )
        if self.out_of_reach:
            return self.far_refusal
        if SEPARATOR in self.name:
            return (
                f"the label {self.name!r} has a comma in its name, and the API separates names by "
                "commas; rename it, because it could mean other labels"
            )
        if not is_segment(self.name):
            return (
                f"the label {self.name!r} has a name that no address can hold, and the API names "
                "labels in addresses; rename it"
            )
        return ""
