# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the title of a commit: `python tools/commit_title.py FILE`, where FILE is what git hands to
the hook commit-msg.

Whether a word is an imperative is guessed from its ending; the exceptions stand below.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

MOST = 72

# What git itself writes, and what a rebase takes away again.
OF_GIT = ("Merge ", 'Revert "', "fixup! ", "squash! ", "amend! ")

# Imperatives that end like another form of a verb.
# fmt: off
IMPERATIVES = frozenset({
    "bleed", "breed", "embed", "exceed", "feed", "heed", "need", "proceed", "seed", "shed", "speed", "succeed", "weed",
    "bring", "cling", "fling", "ping", "ring", "sing", "spring", "sting", "string", "swing", "wing",
    "alias", "bias", "canvas", "focus",
})
# fmt: on
ENDINGS = ("ed", "ing", "s")


def title_of(text: str) -> str:
    """The first line of a message that is neither empty nor a comment of git's."""
    lines = (line.rstrip() for line in text.splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")


def faults(title: str) -> list[str]:
    """What is wrong with a title, in sentences."""
    if title.startswith(OF_GIT):
        return []
    if not title:
        return ["It is empty; say what is different now."]
    found = []
    if len(title) > MOST:
        found.append(f"It has {len(title)} characters; {MOST} are allowed.")
    if title.endswith("."):
        found.append("It ends with a period; leave that out.")
    if title[:1].islower():
        found.append("It begins with a small letter; begin with a capital one.")
    word = re.split(r"[^A-Za-z]", title)[0].lower()
    if looks_otherwise(word):
        found.append(
            f"Its first word is {word!r}; begin with an imperative, such as Add, Keep or Say."
        )
    return found


def looks_otherwise(word: str) -> bool:
    """Whether a word looks like no imperative: "added", "adding", "adds"."""
    if word in IMPERATIVES or word.endswith("ss"):
        return False
    return not word or word.endswith(ENDINGS)


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("usage: python tools/commit_title.py FILE", file=sys.stderr)
        return 2
    title = title_of(Path(arguments[0]).read_text(encoding="utf-8"))
    found = faults(title)
    if found:
        print(f"The title of this commit: {title}")
    for fault in found:
        print(fault)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
