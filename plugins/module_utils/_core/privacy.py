# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a GDPR profile of the API account hides, and how that shows. Pure.

With such a profile a server obfuscates user ids, names, e-mail addresses, phone numbers, serial
numbers, IMEI, MEID, IMSI, ICCID and addresses in its answers (the vendor's pages about API accounts
of both products). What the mask looks like is not published. Whoever is looked for by what is
hidden is not found, and would pass for absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .device import ENDED, Device
from .errors import OptionError
from .names import fold, is_placeholder
from .selection import NAME_KINDS, SELECT_LISTS, Selection
from .wording import numbered

# The kinds of names of devices that are hidden.
HIDDEN_KINDS = frozenset({"serial_number", "email", "user", "phone_number"})

# Characters of masks. No serial number, address or user id has them.
_MASK = re.compile(r"[*\u2022\u25cf\u2217\u2588\u2593]")

# Words that stand for what is hidden. Nobody is called so, and no serial number is like it. Accounts
# of kiosks are called anonymous or private.
_MASK_WORDS = frozenset(
    "anonymised anonymized confidential gdpr hidden masked obfuscated redacted removed".split()
)

# The names of fields that are hidden, in lower case, without "_" and what comes before a dot.
_FIELD = re.compile(
    r"user|email|(user)?(uid|userid|principal)|sam(account)?name|.*(serialnumber|emailaddress|imei2?|meid|imsi"
    r"|iccid|phonenumber|displayname|firstname|lastname|ipaddress|esimidentifier)"
)

# The kinds of names that a device with a user has, in words.
_NOUNS = {"serial_number": "a serial number", "email": "an e-mail address", "user": "a user id"}

# From this number on, equal pieces of personal data are a mask.
FEW = 3

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def is_hidden_field(name: str) -> bool:
    """Return whether a profile hides a field, by its name in any of the APIs."""
    return bool(_FIELD.fullmatch(name.rpartition(".")[2].replace("_", "").replace(" ", "").lower()))


def hidden_fields(expression: str) -> list[str]:
    """Return the words of a query that are names of hidden fields."""
    return [word for word in dict.fromkeys(_WORD.findall(expression)) if is_hidden_field(word)]


def is_masked(*texts: str) -> bool:
    """Return whether different personal data of one row is masked.

    Either it has characters that such data never has, or different data has one and the same value.
    A user id may be the e-mail address.
    """
    given = [text for text in texts if text]
    if any(map(_is_mask, given)):
        return True
    return len(set(given)) < len(given) and not any("@" in text for text in given)


def hides(devices: Iterable[Device]) -> bool:
    """Return whether the personal data of devices is masked.

    Either that of each device has characters or words that it never has, or all of it is one and
    the same value: a user may be called after the serial number, but not two of them after one. Or
    devices that differ have one serial number and one user, see ``_share_serial``, or people with
    different addresses have one user id. A user or an address proves nothing by itself: one person
    may have all of the devices. Or no device shows a user, and no two show serial numbers of their
    own, as shared ones without users do.
    """
    devices = list(devices)
    if are_masked([device.serial, device.email, device.uid] for device in devices):
        return True
    people = (person for device in devices if (person := device.uid or device.email))
    if _are_alike(people) and _share_serial(devices):
        return True
    shows_uid = any(fold(device.uid) for device in devices)
    if shows_uid and _are_alike(device.uid for device in devices):
        return len({fold(device.email) for device in devices}) >= FEW
    if len(devices) < FEW or any(device.uid or device.email for device in devices):
        return False
    return _are_alike(
        one.serial for one in devices if one.serial and not is_placeholder(one.serial)
    )


def _are_alike(texts: Iterable[str]) -> bool:
    """Return whether no two texts differ. A fleet has many, and the second one mostly does."""
    folded = map(fold, texts)
    first = next(folded, "")
    return all(text == first for text in folded)


def _share_serial(devices: Iterable[Device]) -> bool:
    """Return whether different devices have one serial number.

    One phone may have several registrations, and all but one of them have ended, as a rule. Its
    model stays the same; its address need not. What makers write instead of a serial number proves
    nothing.
    """
    known = [one for one in devices if one.serial and not is_placeholder(one.serial)]
    if len(known) < FEW or len({fold(device.serial) for device in known}) > 1:
        return False
    models = {(device.platform, device.model) for device in known}
    addresses = {device.mac for device in known if device.state not in ENDED}
    return len(models) > 1 or len(addresses) >= FEW


def unshown(devices: Iterable[Device], kinds: Iterable[str]) -> str:
    """Return a sentence about kinds of names that none of some devices shows, or "".

    Whoever is looked for by one of them may be there all the same. That proves no profile: people
    without an address have devices, too.

    Args:
        devices: Some devices; fewer than ``FEW`` show nothing.
        kinds: The kinds of names that no device was found by.
    """
    devices = list(devices)
    kinds = list(dict.fromkeys(kinds))
    blank = [
        _NOUNS[kind]
        for kind in kinds
        if kind in _NOUNS and not any(NAME_KINDS[kind](device) for device in devices)
    ]
    if "serial_number" in kinds and _share_serial(devices):
        return (
            f"All {numbered(len(devices), 'devices')} that were looked at show one serial number, so the "
            "account may not see it, and what was not found may be there."
        )
    if len(devices) < FEW or not blank:
        return ""
    return (
        f"None of {numbered(len(devices), 'devices')} that were looked at shows {' or '.join(blank)}, so the account "
        "may not see it, and what was not found may be there."
    )


def hides_users(users: Iterable[tuple[str, str]]) -> bool:
    """Return whether the user ids and e-mail addresses of users are masked.

    A user id is that of one user. Without one and without an address nobody can sign in.
    """
    given = list(users)
    if any(is_masked(uid, email) for uid, email in given):
        return True
    ids = {fold(uid or email) for uid, email in given}
    return len(given) >= FEW and len(ids) == 1


def _is_mask(text: str) -> bool:
    return bool(_MASK.search(text)) or fold(text).strip("<>()[]{}#-_ ") in _MASK_WORDS


def are_masked(rows: Iterable[Sequence[str]]) -> bool:
    """Return whether the personal data of rows is masked; see ``hides``.

    Args:
        rows: The personal data of each device, the serial number first. A user and a mailbox may
            well have one name, but no user is called like the serial numbers of several devices.
    """
    rows = list(rows)
    given = [texts for row in rows if (texts := [text for text in row if text])]
    if given and all(any(map(_is_mask, texts)) for texts in given):
        return True
    serials = [row[0] for row in rows if row and row[0] and any(row[1:])]
    return len(serials) > 1 and all(text == serials[0] for texts in given for text in texts)


def hidden_keys(selection: Selection) -> list[str]:
    """Return the keys and fields of a selection that a profile hides."""
    kinds = {ref.kind for ref in selection.names} & HIDDEN_KINDS
    keys = [key for key, kind in SELECT_LISTS.items() if kind in kinds]
    return keys + [name for name in selection.attributes if is_hidden_field(name)]


def hidden_error(what: str, names: Iterable[str], remedy: str) -> OptionError:
    """Return the error for something that depends on what is hidden.

    Args:
        what: What cannot be done.
        names: The keys or fields that it depends on.
        remedy: What to do instead.
    """
    return OptionError(
        f"The API account has a GDPR profile, which hides personal data, so {what} by "
        f"{', '.join(names)}; nothing was done. {remedy}, or use an account without the profile."
    )
