# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""tools/prose.py finds the phrases of its table, measures sentences, and finds little else."""

from __future__ import annotations

import pytest

from tools import prose


def phrases(text: str) -> list[str]:
    return [finding.phrase for finding in prose.manners("a.md", prose.Text(1, text))]


@pytest.mark.parametrize(
    "text, phrase",
    [
        ("'x' is none; give one.", "is none"),
        ("These are none of the platforms.", "are none"),
        ("mode: 'x' is no mode.", "is no"),
        ("so many devices", "so many"),
        ("Devices, of which one is lost", "of which one"),
        ("A list of which rows, of which fields are read", "of which rows, of which"),
        ("The nearest names are told.", "told"),
        ("A warning tells its name.", "tells"),
        ("The server does not tell it.", "not tell"),
        ("text: is empty; say something.", "say something"),
        ("It did not come to its end.", "come to"),
        ("The lookup answers the fields of a device.", "lookup answers"),
        ("Check mode gives it.", "mode gives"),
        ("It must answer a list.", "must answer"),
        ("gives devices to another user", "gives devices to another user"),
        ("Brings the label to\n  the desired state", "Brings the label to the"),
        ("The secrets are veiled.", "veiled"),
        ("what is to be had", "to be had"),
        ("Hold the list against the Makefile.", "Hold the list against"),
        ("Mend the cause.", "Mend"),
        ("It failed, for there is no folder.", ", for there is"),
        ("sent again, for the first answer may have been lost", ", for the first answer may"),
        ("EPMM alone has it.", "alone"),
        ("for a\nlist\nread anew", "anew"),
    ],
)
def test_an_old_manner_is_found(text, phrase):
    assert phrases(text) == [phrase]


@pytest.mark.parametrize(
    "text",
    [
        "There is none. If value is None, stop.",
        "It is no longer there, and there is no need.",
        "So many that no page holds them.",
        "One of which the name is long.",
        "The id tells a device from every other. The kind tells them apart.",
        "The server answers the request, and it answers slowly.",
        "Please bring it back.",
        "The device is left alone. Leave the attributes of others alone.",
        "Use it for a device that is lost, for example.",
        "`is none` and C(told) are code, [told](told.md) is not: no.".replace("[told]", "[x]"),
        "He came, for once, in time.",
    ],
)
def test_plain_english_is_not_found(text):
    assert not phrases(text)


def test_a_finding_has_its_line_and_what_to_write_instead():
    found = prose.check_document("a.md", "# Title\n\nFirst line\nis told here.\n")
    assert [str(one) for one in found] == ['a.md:4: "told": said, shown, reported']


MARKDOWN = """# A heading is told

A paragraph of [two](a.md)
lines. And `more than one` word!

- an item
  that goes on
- another

| Head | told |
|---|---|
| one | a cell with a \\| bar |

```text
told
```
<!-- prose: off -->
told
<!-- prose: on -->
The end.
"""


def test_sentences_of_a_document():
    texts = [text for text in prose.markdown(MARKDOWN) if text.counted]
    found = [
        (one.line, " ".join(one.text.split()), prose.words(one.text))
        for text in texts
        for one in prose.sentences(text)
    ]
    assert found == [
        (3, "A paragraph of two lines.", 5),
        (4, "And C word!", 3),
        (6, "an item that goes on", 5),
        (8, "another", 1),
        (12, "one", 1),
        (12, "a cell with a \\| bar", 5),
        (20, "The end.", 2),
    ]
    # The heading and the head of the table are read for phrases.
    assert [one.line for one in prose.check_document("a.md", MARKDOWN)] == [1, 10]


def test_generated_tables_are_left_out():
    source = "## Switches\n\n| A |\n|---|\n| told |\n\n## Others\n\n| A |\n|---|\n| told |\n"
    assert [one.line for one in prose.check_document("emulator/README.md", source)] == [11]


@pytest.mark.parametrize("count, too_long", [(35, False), (36, True)])
def test_no_sentence_is_too_long(count, too_long):
    source = "One two three.\n\nOne two three.\n\n" + "word " * (count - 1) + "end.\n"
    found = prose.check_document("a.md", source)
    assert [one.line for one in found] == ([5] if too_long else [])


@pytest.mark.parametrize("count, too_long", [(15, False), (16, True)])
def test_the_median_is_short(count, too_long):
    sentence = "word " * (count - 1) + "end.\n"
    found = prose.check_document("a.md", f"# Head\n\n{sentence}\n| A |\n|---|\n| a short cell |\n")
    assert [one.phrase for one in found] == (["median"] if too_long else [])


SOURCE = '''"""What is told."""

x = 1  # alone
# a comment of
# two lines, told
y = 2  # told  # prose: ok


def f(name):
    """Returns it, or
    is told."""
    raise ValueError(f"{name} is none "
                     "of them")
'''


def test_docstrings_and_comments_are_read():
    found = prose.check_code("a.py", SOURCE, prose.remarks(SOURCE))
    assert [(one.line, one.phrase) for one in found] == [
        (1, "told"),
        (3, "alone"),
        (5, "told"),
        (11, "told"),
    ]


def test_strings_are_read_apart():
    found = prose.check_code("a.py", SOURCE, prose.strings(SOURCE))
    assert [(one.line, one.phrase) for one in found] == [(12, "is none")]


def test_comments_and_names_of_yaml_are_read():
    source = "# What\n# is told.\n- name: Bring it to a state\n  when: x is none\n# alone\n"
    found = prose.check_code("a.yml", source, prose.notes(source))
    assert [(one.line, one.phrase) for one in found] == [
        (2, "told"),
        (3, "Bring it to a"),
        (5, "alone"),
    ]
