# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the English of documents, docstrings, comments and messages.

Phrases of ``MANNERS`` are findings everywhere. Documents also have short sentences: none over 35
words, and a median of at most 15 words in a file.

A text between ``<!-- prose: off -->`` and ``<!-- prose: on -->`` of a document is not checked, nor
is a line of Python that ends in ``# prose: ok``.
"""

from __future__ import annotations

import ast
import io
import re
import statistics
import sys
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/*.md",
    "roles/*/README.md",
    "emulator/README.md",
    "examples/**/README.md",
)
CODE = ("plugins/**/*.py", "emulator/src/**/*.py", "tools/*.py")
YAML = ("playbooks/*.yml", "roles/**/*.yml", "examples/**/*.yml", "tools/templates/**/*.txt")
# tools/coverage_doc.py writes all of this document.
GENERATED = {"docs/coverage.md"}
# tools/emulator_readme.py writes the tables below these headings.
GENERATED_TABLES = {("emulator/README.md", "Switches"), ("emulator/README.md", "Fault rules")}

LONGEST = 35
MEDIAN = 15
# Shorter ones are names, not sentences: they do not count for the median.
SHORTEST = 3


# What starts a clause, so that a "for" before it means "because".
_CLAUSE = (
    r"(?:(?:it|they|there|he|she|nobody|nothing|these|those)|"
    r"(?:the|a|an|its|their|one|no|each|every)(?: [\w-]+){1,3}?) "
    r"(?:is|are|was|were|may|can|cannot|has|have|had|does|do|would|will|might|must)\b"
)

# A phrase that a newcomer stumbles over, as a regular expression, and what to write.
# fmt: off
MANNERS: tuple[tuple[str, str], ...] = (
    (r"\b(?<!there )(?:is|are|was|were|be) (?-i:none)\b", "is not a …, is not one of these"),
    (r"\b(?<!there )(?:is|are|was|were) no (?!(?:longer|more|less|better|need|reason|way|use|help|such)\b)", "is not a …"),
    (r"\bso many\b(?! that)", "at most N, that number of"),
    (r"\bas many as (?:may|can|could) be\b", "as many as possible"),
    (r"\bof which (?:one|there|two|some|none|each)\b|\bfor which there (?:is|are)\b", "a new sentence"),
    (r"\bof which\b[^.]*\bof which\b", "a new sentence for the second \"of which\""),
    (r"\btold\b", "said, shown, reported"),
    (r"\b(?:tells|(?:not|only|cannot) tell)\b(?! [\w ,]{0,40}\b(?:apart|from)\b)", "says, shows, reports"),
    (r"\bsay something\b", "what to write there"),
    (r"\bc[oa]mes? to (?!mind\b|light\b)", "ends, reaches, gets"),
    (r"\bc[oa]mes? about\b", "is made, happens"),
    (r"\b(?:function|method|filter|lookup|look-up|plugin|module|mode|property|option) (?:gives?|answers?|brings?)\b", "returns"),
    (r"; answers \w", "; returns"),
    (r"\bmust answer\b", "must return"),
    (r"\bgiv(?:e|es|ing) (?:\w+ )?(?:devices?|it|them) to (?:another|a|the|an) (?:\w+ )?(?:user|owner|account)s?\b", "assigns to"),
    (r"(?<!lease )\bbr(?:ings?|inging|ought)\b[^.;:]{1,60}?\bto (?:an?|the|its|their|it|them|devices)\b", "sets, places, puts"),
    (r"\bveil(?:s|ed|ing)?\b", "scrub"),
    (r"\bto be had\b", "available"),
    (r"\b(?:hold|holds|held|holding)\b[^.;:]{0,40} against\b", "check against"),
    (r"\bmend(?:s|ed|ing)?\b", "fix"),
    (r"\bforesee[ns]?\b|\bforesaw\b", "predict"),
    (r"\brehears(?:e|es|ed|al)\b", "try, predict"),
    (r"\bstrangers?\b", "what it is, or who has it"),
    (r"\bwhose (?:it is|they are)\b", "who has it, its user"),
    (r"\b(?:limits|those) of the house\b", "house limits"),
    (r", for " + _CLAUSE, "because, or a new sentence"),
    (r"\bwant(?:s|ed)? of (?:a|the|it|them|this|that)\b", "wants"),
    (r"\b(?:do|does|did|doing) without (?:it|them|the|a|an|that)\b", "does not use, does not need"),
    (r"\bin silence\b", "silently, without a warning"),
    (r"\banew\b", "again"),
    (r"\bshall\b", "must, should, will"),
    (r"\b(?:whence|whither|whosoever|whatsoever|thereof|therein|hereby|naught|nought)\b", "the plain word"),
    (r"\b(?:nevertheless|notwithstanding)\b", "still, even so"),
    (r"\b(?:hold|holds) still\b", "does not change"),
)
# fmt: on
# Fine behind a form of "leave", as in "left alone".
_ALONE = re.compile(r"\balone\b(?!:)", re.IGNORECASE)
_LEFT = re.compile(r"\b(?:left|leaves?|leaving|let|lets) (?:[\w,-]+ ){0,9}$", re.IGNORECASE)

PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), instead) for pattern, instead in MANNERS)


@dataclass(frozen=True)
class Text:
    """A piece of prose.

    Attributes:
        line: Where it starts.
        text: What it says.
        counted: Whether its sentences are measured.
        is_cell: Whether it is a cell of a table. Cells are short, so the median leaves them out.
    """

    line: int
    text: str
    counted: bool = False
    is_cell: bool = False


@dataclass(frozen=True, order=True)
class Finding:
    """A phrase at a place, and what to do about it."""

    path: str
    line: int
    phrase: str
    instead: str

    def __str__(self) -> str:
        return f'{self.path}:{self.line}: "{self.phrase}": {self.instead}'


# ---------------------------------------------------------------- Markdown

_SPAN = re.compile(r"(`+)(?:(?!\n\n).)+?\1", re.DOTALL)
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\([^)\s]*\)")
_URL = re.compile(r"<?https?://[^\s>)]+>?")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+")
_RULE = re.compile(r"^\|[\s:|-]+\|?\s*$")
_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\bvs)(?<!\bcf)[.!?][)\"*_]*\s+(?=[\"(*_]*[A-Z0-9`])")


def plain(text: str) -> str:
    """Return a text with each code span as one word, links as their names, and no addresses.

    Lines stay where they are.
    """

    def code(span: re.Match[str]) -> str:
        return "C" + "\n" * span.group().count("\n")

    text = _SPAN.sub(code, text)
    text = _LINK.sub(lambda link: link.group(1), text)
    return _URL.sub("", text)


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]


def _skipped(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The numbered lines of a document; those in code, comments and generated parts are empty."""
    fence = ""
    off = False
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        marks = re.match(r"(`{3,}|~{3,})", bare)
        if fence:
            fence = "" if marks and bare.startswith(fence) else fence
            yield number, ""
        elif marks:
            fence = marks.group()
            yield number, ""
        elif bare.startswith("<!--"):
            if "prose: off" in bare or ": begin" in bare:
                off = True
            elif "prose: on" in bare or ": end" in bare:
                off = False
            yield number, ""
        else:
            yield number, "" if off else line


def markdown(source: str, generated_tables: Iterable[str] = ()) -> Iterator[Text]:
    """Paragraphs, list items, table cells and headings of a document."""
    lines = list(_skipped(source.splitlines()))
    held: list[str] = []
    start = 0
    heading = ""
    for at, (number, line) in enumerate(lines):
        is_item, is_row = bool(_ITEM.match(line)), line.startswith("|")
        if held and (not line.strip() or is_item or is_row or line.startswith("#")):
            yield Text(start, "\n".join(held), counted=True)
            held = []
        if line.startswith("#"):
            heading = line.lstrip("# ")
            yield Text(number, heading)
        elif is_row:
            under = lines[at + 1][1] if at + 1 < len(lines) else ""
            if not _RULE.match(line) and heading not in generated_tables:
                for cell in cells(line):
                    yield Text(number, cell, counted=not _RULE.match(under), is_cell=True)
        elif line.strip():
            start = start if held else number
            held.append(_ITEM.sub("", line).lstrip("> "))
    if held:
        yield Text(start, "\n".join(held), counted=True)


def sentences(text: Text) -> Iterator[Text]:
    """The sentences of a text. Code spans are one word, and addresses are left out."""
    clean, at = plain(text.text), 0
    for end in [*(found.end() for found in _END.finditer(clean)), len(clean)]:
        part = clean[at:end]
        lead = len(part) - len(part.lstrip())
        if part.strip():
            line = text.line + clean.count("\n", 0, at + lead)
            yield Text(line, part.strip(), text.counted, text.is_cell)
        at = end


def words(sentence: str) -> int:
    return sum(bool(re.search(r"\w", word)) for word in sentence.split())


# ---------------------------------------------------------------- Python


def _allowed(source: str) -> set[int]:
    lines = enumerate(source.splitlines(), 1)
    return {number for number, line in lines if line.rstrip().endswith("# prose: ok")}


def _doc_nodes(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def remarks(source: str) -> Iterator[Text]:
    """The docstrings and comments of a file. Comments on lines of their own are read together."""
    for node in _doc_nodes(ast.parse(source)):
        if isinstance(node.value, str):
            yield Text(node.lineno, node.value)
    held: list[str] = []
    start = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        own = not token.line[: token.start[1]].strip()
        if held and not (own and line == start + len(held)):
            yield Text(start, "\n".join(held))
            held = []
        start = start if held else line
        held.append(token.string.lstrip("#: "))
    if held:
        yield Text(start, "\n".join(held))


def strings(source: str) -> Iterator[Text]:
    """The strings of a file that a person may read: those with several words."""
    tree = ast.parse(source)
    seen = {id(node) for node in _doc_nodes(tree)}
    for node in ast.walk(tree):
        text = None
        if id(node) in seen:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [part for part in node.values if isinstance(part, ast.Constant)]
            seen.update(id(part) for part in parts)
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        if text and len(text.split()) > 2:
            yield Text(node.lineno, text)  # type: ignore[attr-defined]


def notes(source: str) -> Iterator[Text]:
    """The comments and names of YAML, and of other text that has comments behind "#"."""
    held: list[str] = []
    for number, line in enumerate([*source.splitlines(), ""], 1):
        bare = line.strip()
        if bare.startswith("#"):
            held.append(bare.lstrip("# "))
            continue
        if held:
            yield Text(number - len(held), "\n".join(held))
            held = []
        if bare.startswith("- name: "):
            yield Text(number, bare.removeprefix("- name: "))


# ---------------------------------------------------------------- the check


def manners(path: str, text: Text) -> Iterator[Finding]:
    """The phrases of a text that have a plainer word."""
    # Markup of documentation, such as C(...), O(...) and V(...), is code.
    clean = re.sub(r"\b[A-Z]\((?:[^()\n]|\([^()\n]*\))*\)", "C", plain(text.text))
    clean = re.sub(r"[ \t]*\n[ \t]*", "\n", clean)
    flat = clean.replace("\n", " ")
    for pattern, instead in PATTERNS:
        for found in pattern.finditer(flat):
            line = text.line + clean.count("\n", 0, found.start())
            yield Finding(path, line, found.group().strip(), instead)
    for found in _ALONE.finditer(flat):
        if not _LEFT.search(flat[: found.start()]):
            line = text.line + clean.count("\n", 0, found.start())
            yield Finding(path, line, "alone", "only, by itself")


def lengths(path: str, texts: Iterable[Text]) -> Iterator[Finding]:
    """The sentences of a document that are too long, and a median that is."""
    counts = []
    for sentence in (one for text in texts if text.counted for one in sentences(text)):
        count = words(sentence.text)
        if count >= SHORTEST and not sentence.is_cell:
            counts.append(count)
        if count > LONGEST:
            start = " ".join(sentence.text.split()[:8])
            yield Finding(path, sentence.line, f"{start} …", f"{count} words; at most {LONGEST}")
    median = statistics.median(counts) if counts else 0
    if median > MEDIAN:
        yield Finding(
            path, 1, "median", f"{median:g} words a sentence; at most {MEDIAN}: shorten the longest"
        )


def check_document(path: str, source: str) -> list[Finding]:
    tables = {heading for name, heading in GENERATED_TABLES if name == path}
    texts = list(markdown(source, tables))
    found = [finding for text in texts for finding in manners(path, text)]
    return sorted({*found, *lengths(path, texts)})


def check_code(path: str, source: str, texts: Iterable[Text]) -> list[Finding]:
    allowed = _allowed(source)
    found = {finding for text in texts for finding in manners(path, text)}
    return sorted(finding for finding in found if finding.line not in allowed)


def files(patterns: Iterable[str]) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            if name not in GENERATED:
                yield name, path.read_text(encoding="utf-8")


def main() -> int:
    """Check everything and print the findings. Returns the exit status."""
    documents = [one for name, text in files(DOCUMENTS) for one in check_document(name, text)]
    comments, messages = [], []
    for name, source in files(CODE):
        comments += check_code(name, source, remarks(source))
        if name.startswith("plugins/"):
            messages += check_code(name, source, strings(source))
    for name, source in files(YAML):
        messages += check_code(name, source, notes(source))
    for finding in [*documents, *comments, *messages]:
        print(finding)
    print(f"{len(documents)} in documents, {len(comments)} in docstrings and comments, ", end="")
    print(f"{len(messages)} in messages")
    return bool(documents or comments or messages)


if __name__ == "__main__":
    sys.exit(main())
