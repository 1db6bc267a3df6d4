# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hide possible secrets in data that a server sends and no document describes. Pure.

It hides too much rather than too little, because it only sees names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

MASK = "********"

# A name that contains one of these is the name of a secret, however its words are joined.
# fmt: off
_PARTS = (
    "password", "passwd", "passcode", "passphrase", "secret", "token", "credential", "challenge", "pwd", "psk", "private",
    "sharedkey", "preshared", "pkcs", "keymaterial", "materialkey", "pincode", "passwort", "kennwort",
)
# These count as whole words only: a mapping is not a PIN.
_WORDS = frozenset({
    "pin", "puk", "pass", "otp", "shared", "pfx", "hash", "auth", "salt", "material", "wep", "pw", "bearer", "jwt", "cookie",
    "seed",
})
# Followed by one of these, the word key does not mean the key itself, as in key size.
_OF_KEYS = frozenset({
    "size", "length", "bits", "type", "usage", "algorithm", "id", "name", "index", "count", "strength", "exchange",
})
# fmt: on

# "Get all Application Settings": it is true or false, although it ends like the name of a key.
_HARMLESS = frozenset({"cachekeys"})

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# A private key, an address with a password, or a bearer token. They are secrets under any name.
_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|://[^/@\s]*:[^/@\s]*@|\bBearer\s+\S{16}", re.IGNORECASE
)
# Names within a text, each followed by a value: in a property list, XML, JSON, or a query.
_INSIDE = re.compile(
    r"<key>\s*([^<\s][^<]{0,79})</key>\s*<[^/>]+>[^<]"
    r"|<(?!key\b)([\w.:-]{1,80})(?:\s[^<>]*)?>[^<\s]"
    r"|[\"']([\w .-]{1,80})\\?[\"']\s*:\s*(?:\\?[\"'][^\"']|[0-9])"
    r"|\b(?:name|key)\s*=\s*[\"']([^\"']{1,80})[\"']"
    r"|([\w.-]{1,80})\s*=\s*[\"']?[^\s\"'&;,=]"
    r"|\b(password|passwd|passcode|passphrase|secret|token)\b\s*:\s*\S",
    re.IGNORECASE,
)

# The key that holds the name, in pairs of a name and a value that stand for an entry of a map.
_PAIR = ("key", "name")


# A fleet has few names, and each of them for thousands of devices.
@lru_cache(maxsize=1024)
def says_secret(name: str) -> bool:
    """Return whether a name is that of a secret, such as ``WEP_KEY0``, ``sharedSecret`` or
    ``SIM_PIN``."""
    words = [word.lower() for word in _WORD.findall(name)]
    whole = re.sub(r"[^a-z0-9]", "", name.lower()).rstrip("0123456789")
    if whole in _HARMLESS:
        return False
    followers = [*words[1:], ""]
    is_key = any(
        word in ("key", "keys") and follower not in _OF_KEYS
        for word, follower in zip(words, followers, strict=False)
    )
    has_part = whole.endswith(("key", "keys")) or any(part in whole for part in _PARTS)
    return is_key or has_part or not _WORDS.isdisjoint(words)


def masked(data: Any) -> Any:
    """Return data with every value masked that has the name of a secret, or looks like one.

    Empty values, true and false, yes and no are not masked: they show whether a password is
    required, and are not secrets.
    """
    if isinstance(data, Mapping):
        names = _names_in_pair(data)
        if names:
            return {str(name): _of_pair(str(name), value, names) for name, value in data.items()}
        return {str(name): _masked_value(str(name), value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [masked(value) for value in data]
    return MASK if isinstance(data, str) and _holds_secret(data) else data


def shown_as(name: str, value: str) -> str:
    """Return a value as results, plans and messages show it: masked if it may be a secret."""
    return str(_masked_value(name, value))


def masked_but(data: Any, shown: Collection[str]) -> Any:
    """Return data with every value masked, at any depth, but those of some names.

    Args:
        data: The data.
        shown: The names whose values are shown. Secrets within them are masked.
    """
    if isinstance(data, (list, tuple)):
        return [masked_but(value, shown) for value in data]
    if not isinstance(data, Mapping):
        return data if data is None else MASK
    return {
        str(name): masked(value) if name in shown else masked_but(value, shown)
        for name, value in data.items()
    }


def _holds_secret(text: str) -> bool:
    """Return whether a text is a secret, or contains a value with the name of a secret."""
    names = (name for match in _INSIDE.finditer(text) for name in match.groups() if name)
    return bool(_VALUE.search(text)) or any(says_secret(name) for name in names)


def _names_in_pair(data: Mapping[str, Any]) -> list[str]:
    """Return the names that a pair such as ``{"key": "PASSWORD", "value": …}`` gives to its value."""
    if "value" not in data:
        return []
    return [data[half] for half in _PAIR if isinstance(data.get(half), str)]


def _of_pair(name: str, value: Any, names: Sequence[str]) -> Any:
    """Mask a part of a pair. The name of its value is in its other half, see ``_names_in_pair``."""
    if name in _PAIR:
        return masked(value)
    true_name = next(filter(says_secret, names), "") if name == "value" else name
    return _masked_value(true_name, value)


def _masked_value(name: str, value: Any) -> Any:
    return masked(value) if not says_secret(name) or _is_harmless(value) else MASK


def _is_harmless(value: Any) -> bool:
    return (
        value in (None, "", [], {})
        or isinstance(value, bool)
        or str(value).lower() in ("true", "false", "yes", "no")
    )
