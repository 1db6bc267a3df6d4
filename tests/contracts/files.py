# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are files, as trees that shape.py can match, and back as the bytes that a server
sends.

``csv`` is a table: {header: [names], rows: [{name: text}]}.

``zip`` is the archive that the vendor documents for AppConnect analytics: a folder for the app, in
it one for each device, in that CSV files and others: {folders: [{app, device, tables: [[[cell,
...], ...], ...], files: {name: text}}], strays: [names]}. ``strays`` are the entries that lie
anywhere else. In a contract file such an archive is a map of path to text.
"""

from __future__ import annotations

import csv
import io
import stat
import zipfile
from collections.abc import Mapping
from typing import Any

CSV = "csv"
ZIP = "zip"
KINDS = frozenset({CSV, ZIP})


def tree_of(kind: str, body: Any) -> Any:
    """The tree of a file, from the bytes that a server sent or from the body of a contract's
    example. Raises ValueError."""
    if kind == CSV:
        return _table(body.decode("utf-8-sig") if isinstance(body, bytes) else body)
    return _archive(_entries(body) if isinstance(body, bytes) else body)


def payload_of(kind: str, body: Any) -> bytes:
    """What a server sends of the body of a contract's example."""
    if kind == CSV:
        return str(body).encode("utf-8")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in body.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return buffer.getvalue()


def _table(text: Any) -> dict[str, Any]:
    if not isinstance(text, str):
        raise ValueError("a CSV file is a text")
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True)) if text else []
    if not lines:
        raise ValueError("no header")
    header, *rows = lines
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ValueError(f"columns of one name: {twice}")
    uneven = [number for number, row in enumerate(rows, 2) if len(row) != len(header)]
    if uneven:
        raise ValueError(f"rows {uneven[:5]} have not the {len(header)} cells of the header")
    return {"header": header, "rows": [dict(zip(header, row, strict=True)) for row in rows]}


def _entries(payload: bytes) -> dict[str, str]:
    """The texts of an archive by their path, folders left out."""
    entries: dict[str, str] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            for entry in archive.infolist():
                if stat.S_ISLNK(entry.external_attr >> 16) or entry.filename in entries:
                    raise ValueError(f"{entry.filename}: a link, or there twice")
                if not entry.is_dir():
                    entries[entry.filename] = archive.read(entry).decode("utf-8")
    except (zipfile.BadZipFile, RuntimeError) as err:
        raise ValueError(f"not a ZIP file ({err})") from err
    return entries


def _archive(entries: Any) -> dict[str, Any]:
    if not isinstance(entries, Mapping):
        raise ValueError("an archive is a map of path to text")
    folders: dict[tuple[str, str], dict[str, Any]] = {}
    strays = []
    for path, text in entries.items():
        parts = path.split("/")
        if len(parts) != 3 or not all(parts) or {".", ".."} & set(parts):
            strays.append(path)
            continue
        app, device, name = parts
        folder = folders.setdefault(
            (app, device), {"app": app, "device": device, "tables": [], "files": {}}
        )
        if name.endswith(".csv"):
            folder["tables"].append(list(csv.reader(io.StringIO(text, newline=""), strict=True)))
        else:
            folder["files"][name] = text
    return {"folders": list(folders.values()), "strays": strays}
