# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two laws for the modules that write files, over what is there before, what is wanted, and how
the server sends it.

Convergence: write, and a second run has nothing to change and touches nothing.
Honest prediction: what check mode predicted is what is written, and what is there then.
"""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from pathlib import Path
from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._families.exports.model import COLUMNS
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ..conftest import SEED, writes

LAW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
DEVICES = 20
APPS = ("com.mycompany.myapp", "com.example.field", "com.example.notes")

# What a result says of the run itself, or of the file as it is by then.
PASSING = {"requests", "backup_file", "warnings"}


def fresh(emulator: Any, switches: dict[str, str]) -> None:
    emulator.reset(seed=SEED, devices=DEVICES)
    for name, value in switches.items():
        emulator.set_switch(name, value)


def state(folder: Path) -> dict[str, tuple[int, int, str, int]]:
    """Of each file: which it is, when it was written, its SHA-256, and its mode."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_ino,
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mode & 0o7777,
        )
        for path in folder.rglob("*")
        if path.is_file()
    }


def told(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name not in PASSING}


# What an author gives, and what a file has then, where that does not depend on what it had.
MODES = {None: None, "0600": 0o600, "0644": 0o644, "u=rw,g=r,o=": 0o640, "g-w,o-r": None}

# fmt: off
exports = st.fixed_dictionaries({
    "columns": st.none() | st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=5, unique=True),
    "formula_safe": st.booleans(),
    "backup": st.booleans(),
    "mode": st.sampled_from(list(MODES)),
})
export_switches = st.fixed_dictionaries({
    "csv_order": st.sampled_from(("by_id", "unstable")), "csv_format": st.sampled_from(("plain", "crlf", "bom")),
    "csv_name": st.sampled_from(("device", "composed")), "csv_devices": st.sampled_from(("all", "active")),
})
# fmt: on
formers = st.none() | st.sampled_from(("", "Device UUID\n", "=1,\x00\xff", "x" * 110_000)) | exports


@LAW
@given(wanted=exports, former=formers, switches=export_switches)
def test_the_two_laws_of_the_export(shared_epmm, call, wanted, former, switches):
    fresh(shared_epmm, switches)
    with tempfile.TemporaryDirectory() as place:
        folder, dest = Path(place), Path(place) / "devices.csv"
        if isinstance(former, dict):
            call("device_export", shared_epmm, dest=str(dest), **former)
        elif former is not None:
            dest.write_text(former, encoding="utf-8")
        before, content = state(folder), dest.read_bytes() if dest.exists() else None

        predicted = call("device_export", shared_epmm, dest=str(dest), check_mode=True, **wanted)
        assert state(folder) == before
        applied = call("device_export", shared_epmm, dest=str(dest), **wanted)
        assert told(applied) == told(predicted)
        after = state(folder)
        assert (
            after["devices.csv"][2] == applied["checksum"]
            and dest.stat().st_size == applied["bytes"]
        )
        assert MODES[wanted["mode"]] in (None, after["devices.csv"][3])
        if content == dest.read_bytes():
            assert (
                "backup_file" not in applied
                and after["devices.csv"][:2] == before["devices.csv"][:2]
            )
        else:
            assert applied["changed"] and ("backup_file" in applied) == (
                wanted["backup"] and content is not None
            )
            assert (
                "backup_file" not in applied or Path(applied["backup_file"]).read_bytes() == content
            )

        header, *rows = csv.reader(io.StringIO(dest.read_bytes().decode(), newline=""))
        assert (
            header == applied["columns"] == list(wanted["columns"] or COLUMNS)
            and len(rows) == applied["rows"]
        )

        again = call("device_export", shared_epmm, dest=str(dest), **wanted)
        assert (
            not again["changed"]
            and again["diff"] == []
            and state(folder) == after
            and writes(shared_epmm) == []
        )


wishes = st.fixed_dictionaries(
    {
        "app_id": st.sampled_from(APPS),
        "merged": st.booleans(),
        "purge": st.booleans(),
        "formula_safe": st.booleans(),
        "mode": st.sampled_from(list(MODES)),
    }
)
# fmt: off
analytics_switches = st.fixed_dictionaries({
    "analytics_header": st.sampled_from(("off", "on")), "analytics_time": st.sampled_from(("ms", "s")),
    "analytics_bytes": st.sampled_from(("number", "absent")), "analytics_device": st.sampled_from(("uuid", "number")),
    "analytics_folders": st.sampled_from(("off", "on")), "analytics_zip_times": st.sampled_from(("fixed", "moving")),
})
# fmt: on


@LAW
@given(
    wish=wishes,
    switches=analytics_switches,
    earlier=st.none() | analytics_switches,
    spoiled=st.sets(st.integers(0, 9), max_size=4),
    data=st.data(),
)
def test_the_two_laws_of_analytics(shared_epmm, call, wish, switches, earlier, spoiled, data):
    wanted = {**wish, "purge": wish["purge"] and not wish["merged"]}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        options = {
            **wanted,
            "dest": str(folder / "sessions.csv" if wanted["merged"] else folder / "analytics"),
        }
        if earlier is not None:
            fresh(shared_epmm, earlier)
            call(
                "appconnect_analytics",
                shared_epmm,
                **{**options, "purge": False, "mode": data.draw(st.sampled_from(list(MODES)))},
            )
        fresh(shared_epmm, switches)
        for number, path in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
            if number in spoiled and data.draw(st.booleans()):
                path.write_text("spoiled")
            elif number in spoiled:
                path.unlink()
        before = state(folder)

        predicted = call("appconnect_analytics", shared_epmm, check_mode=True, **options)
        assert state(folder) == before
        applied = call("appconnect_analytics", shared_epmm, **options)
        assert told(applied) == told(predicted)
        after = state(folder)
        if wanted["merged"]:
            assert after["sessions.csv"][2] == applied["checksum"] and applied["changed"] == (
                after != before
            )
        else:
            files = {f"analytics/{one['path']}": one for one in applied["files"]}
            assert {path: after[path][2] for path in files} == {
                path: one["checksum"] for path, one in files.items()
            }
            assert {path for path, one in files.items() if one["changed"]} == {
                path for path in files if after[path] != before.get(path)
            }
            stale = {f"analytics/{path}" for path in applied["stale"]}
            assert stale == before.keys() - files.keys() and after.keys() == files.keys() | (
                set() if wanted["purge"] else stale
            )
            assert applied["changed"] == (after != before)
            assert all(MODES[wanted["mode"]] in (None, after[path][3]) for path in files)

        again = call("appconnect_analytics", shared_epmm, **options)
        assert (
            not again["changed"]
            and again["diff"] == []
            and state(folder) == after
            and writes(shared_epmm) == []
        )
