# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hide what may be a secret in data that a server sends and nobody described. Pure.

It hides too much rather than too little: what a name says is all there is to go by.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

MASK = "********"

# A name with one of these in it, however its words are joined, is that of a secret.
# fmt: off
_PARTS = (
    "password", "passwd", "passcode", "passphrase", "secret", "token", "credential", "challenge", "pwd", "psk", "private",
    "sharedkey", "preshared", "pkcs", "keymaterial", "materialkey", "pincode",
)
# These count as words of their own: a mapping is no PIN.
_WORDS = frozenset({
    "pin", "puk", "pass", "otp", "shared", "pfx", "hash", "auth", "salt", "material", "wep", "pw", "bearer", "jwt", "cookie",
    "seed",
})
# What may follow the word key where a name tells of a key, and is not that of the key itself.
_OF_KEYS = frozenset({
    "size", "length", "bits", "type", "usage", "algorithm", "id", "name", "index", "count", "strength", "exchange",
})
# fmt: on

# "Get all Application Settings": true or false, although it ends like the name of a key.
_HARMLESS = frozenset({"cachekeys"})

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# A private key, or an address with a password, whatever the name of the value is.
_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|://[^/@\s]*:[^/@\s]*@|\bBearer\s+\S{16}", re.IGNORECASE
)
# Names of values within a text, such as that of a property list, XML, JSON, or a query, each with
# something for its value.
_INSIDE = re.compile(
    r"<key>\s*([^<\s][^<]{0,79})</key>\s*<[^/>]+>[^<]"
    r"|<(?!key\b)([\w.:-]{1,80})(?:\s[^<>]*)?>[^<\s]"
    r"|[\"']([\w .-]{1,80})\\?[\"']\s*:\s*(?:\\?[\"'][^\"']|[0-9])"
    r"|\b(?:name|key)\s*=\s*[\"']([^\"']{1,80})[\"']"
    r"|([\w.-]{1,80})\s*=\s*[\"']?[^\s\"'&;,=]"
    r"|\b(password|passwd|passcode|passphrase|secret|token)\b\s*:\s*\S",
    re.IGNORECASE,
)

# What the two halves of a pair are called, in lists that stand for a map.
_PAIR = ("key", "name")


def says_secret(name: str) -> bool:
    """Whether a name is that of a secret, such as ``WEP_KEY0``, ``sharedSecret`` or ``SIM_PIN``."""
    words = [word.lower() for word in _WORD.findall(name)]
    whole = re.sub(r"[^a-z0-9]", "", name.lower()).rstrip("0123456789")
    if whole in _HARMLESS:
        return False
    followers = [*words[1:], ""]
    of_key = any(
        word in ("key", "keys") and follower not in _OF_KEYS
        for word, follower in zip(words, followers, strict=False)
    )
    of_name = whole.endswith(("key", "keys")) or any(part in whole for part in _PARTS)
    return of_key or of_name or not _WORDS.isdisjoint(words)


def masked(data: Any) -> Any:
    """Data with every value masked that is called like a secret, or looks like one. What is empty,
    true or false stays as it is: it tells whether a password is required, and is none."""
    if isinstance(data, Mapping):
        halves = [
            data[half] for half in _PAIR if "value" in data and isinstance(data.get(half), str)
        ]
        if halves:
            return {str(name): _of_pair(str(name), value, halves) for name, value in data.items()}
        return {str(name): _masked_value(str(name), value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [masked(value) for value in data]
    return MASK if isinstance(data, str) and _holds_secret(data) else data


def masked_but(data: Any, shown: Collection[str]) -> Any:
    """Data of which nothing but the values of the names ``shown`` is to be seen, at any depth."""
    if isinstance(data, (list, tuple)):
        return [masked_but(value, shown) for value in data]
    if not isinstance(data, Mapping):
        return data if data is None else MASK
    return {
        str(name): masked(value) if name in shown else masked_but(value, shown)
        for name, value in data.items()
    }


def _holds_secret(text: str) -> bool:
    """Whether a text is a secret, or has values within of which one is called like a secret."""
    names = (name for match in _INSIDE.finditer(text) for name in match.groups() if name)
    return bool(_VALUE.search(text)) or any(says_secret(name) for name in names)


def _of_pair(name: str, value: Any, halves: Sequence[str]) -> Any:
    """A part of a pair such as ``{"key": "PASSWORD", "value": …}``, whose value is called what its
    other half says."""
    if name in _PAIR:
        return masked(value)
    called = next(filter(says_secret, halves), "") if name == "value" else name
    return _masked_value(called, value)


def _masked_value(name: str, value: Any) -> Any:
    return masked(value) if not says_secret(name) or _tells_nothing(value) else MASK


def _tells_nothing(value: Any) -> bool:
    return (
        value in (None, "", [], {})
        or isinstance(value, bool)
        or str(value).lower() in ("true", "false")
    )
