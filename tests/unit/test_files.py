# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables of devices and archives of analytics, as pure functions."""

from __future__ import annotations

import csv
import io
import stat
import tracemalloc

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    AnswerError,
    OptionError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.analytics.model import (
    Entry,
    Limits,
    is_heading,
    parse_app,
    parse_limits,
    plan_archive,
    session,
    too_dense,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.exports.model import (
    COLUMNS,
    harmless,
    line_of,
    make_table,
    parse_columns,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.files.attributes import mode_of

from ..growth import grows_with_its_text

# Modes


@pytest.mark.parametrize(("given", "former", "mode"), [
    ("0600", 0o644, 0o600), ("600", 0, 0o600), ("1777", 0, 0o1777), ("00644", 0, 0o644), ("0o640", 0, 0o640), (0o640, 0, 0o640), (0, 0o644, 0),
    ("u=rw,g=r,o=", 0o777, 0o640), ("o-r", 0o644, 0o640), ("a+r", 0o600, 0o644), ("g=u", 0o600, 0o660), ("u=rwX,go=", 0o644, 0o600),
    ("u=rwX,go=", stat.S_IFDIR | 0o644, 0o700), ("u+X", stat.S_IFREG | 0o654, 0o754),
])  # fmt: skip
def test_a_mode_is_read_as_ansible_reads_it(given, former, mode):
    assert mode_of(given, former) == mode


@pytest.mark.parametrize("given", [
    "foo", "preserve", "", " ", "u", "u,g=r", "0888", "77777", "0x1ff", "-1", "u=rz", "x=r", "ua=r", "1e3", -1, 0o10000, True, 6.4, ["0600"], {"mode": "0600"},
])  # fmt: skip
def test_what_is_no_mode(given):
    with pytest.raises(OptionError, match="mode: .* is not a mode; give an octal number in quotes"):
        mode_of(given, 0o644)


# Cells


@pytest.mark.parametrize("cell", [
    "", "a", "Yuki\u2019s SM-S921B", "-1", "+14155551212", "-1.5", "-1,5", "0", "2026-11-21T08:12:27+00:00", "a=b", "x@example.com", "PDA 2", "a - b",
    "日本", "a;b", "a\nb", "'quoted'", "1+1", "b8:ff", " a",
])  # fmt: skip
def test_what_no_spreadsheet_evaluates_stays(cell):
    assert harmless(cell) == cell


@pytest.mark.parametrize("cell", [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "\tx", "\rx", "\nx", "\t=1", "  =1", "\u00a0=1", "\u3000=1", "\u200b=1", "\ufeff=1",
    "\"=1", "'=1", " ' \"=1", "＝1", "＋1", "－1", "＠x", "﹦1", "\x00=1", "\x0b=1", "+1 415 555 1212", "+1-415-555-1212", "--1", "-", "=", "+", "-1e5",
    "- hall 2", "-١", "\u201c=1", "\u2018=1", "\u202e=1", "\u2060=1", "\u00ad=1", "-1;", "-1\n",
])  # fmt: skip
def test_what_a_spreadsheet_would_evaluate_gets_an_apostrophe(cell):
    assert harmless(cell).startswith("'") and harmless(cell).replace("'", "") == cell.replace(
        "'", ""
    )


@pytest.mark.parametrize(("cell", "kept"), [
    ("a;=1", "a;'=1"), ("a; =1", "a;' =1"), ("a\n=1", "a\n'=1"), ("a\t@x", "a\t'@x"), ("a\r\n=1;=2", "a\r\n'=1;'=2"), ("=1;=2", "'=1;'=2"),
    ("a;-1", "a;'-1"), ("a,=1", "a,=1"), ("\t=1", "'\t'=1"),
])  # fmt: skip
def test_what_is_split_at_another_sign_gets_one_there(cell, kept):
    assert harmless(cell) == kept


@pytest.mark.parametrize("part", [" ", "\t", ";", "'", "; \t", "="])
def test_no_cell_takes_long(part):
    assert grows_with_its_text(harmless, part)


@pytest.mark.parametrize(
    "cells", [["a", "b"], ['say "x"', "a,b", "line\nbreak"], ["=1", ""], ["ü", "{{ x }}"]]
)
def test_lines_are_csv(cells):
    assert next(csv.reader(io.StringIO(line_of(cells, formula_safe=False), newline=""))) == cells
    assert next(csv.reader(io.StringIO(line_of(cells, formula_safe=True), newline=""))) == [
        harmless(cell) for cell in cells
    ]


# Tables

HEADER = "Name,Device UUID,Phone Number\n"


def table(*lines, wanted=None, formula_safe=True):
    return make_table(lines, wanted, formula_safe=formula_safe)


def test_rows_are_in_the_order_of_devices_whatever_the_server_sends():
    rows = [f"n{number},u{number},\n" for number in range(9)]
    assert table(HEADER, *rows) == table(HEADER, *reversed(rows))
    assert table(HEADER, *reversed(rows)).rows == tuple(rows)


def test_a_device_that_is_there_twice_is_there_twice():
    assert table(HEADER, "b,u,\n", "a,u,\n").rows == ("a,u,\n", "b,u,\n")


@pytest.mark.parametrize("lines", [
    [HEADER, "a,u,1\n"], ["\n", HEADER, "\n", "a,u,1\n", "\n"], [HEADER.replace("\n", "\r\n"), "a,u,1\r\n"], [HEADER, "a,u,1"],
    ['"Name","Device UUID"," Phone Number "\n', '"a","u","1"\n'],
])  # fmt: skip
def test_forms_of_one_table(lines):
    assert (table(*lines).header, table(*lines).rows) == (HEADER, ("a,u,1\n",))


def test_cells_may_have_line_breaks():
    assert table(HEADER, '"two\n', 'lines",u,1\n').rows == ('"two\nlines",u,1\n',)


@pytest.mark.parametrize(("wanted", "header", "row"), [
    (("Device UUID",), "Device UUID\n", "u\n"), (("phone number", "NAME"), "Phone Number,Name\n", "1,'=a\n"), (None, HEADER, "'=a,u,1\n"),
])  # fmt: skip
def test_columns_are_those_that_are_wanted_in_their_order(wanted, header, row):
    made = table(HEADER, "=a,u,1\n", wanted=wanted)
    assert (made.header, made.rows) == (header, (row,))
    assert ",".join(made.columns) == header.strip()


def test_a_program_gets_cells_as_they_are():
    assert table(HEADER, "=a,u,1\n", formula_safe=False).rows == ("=a,u,1\n",)


def test_a_server_without_devices_makes_the_documented_header():
    made = make_table(None, None, formula_safe=True)
    assert made.columns == COLUMNS and made.rows == ()
    assert make_table(None, ("name",), formula_safe=True).header == "Name\n"


@pytest.mark.parametrize(("lines", "words"), [
    ([], "no column 'Device UUID'"),
    (["\n"], "no column 'Device UUID'"),
    (["<html>\n"], "no column 'Device UUID': it begins with '<html>'"),
    (["device uuid,Name\n"], "no column 'Device UUID'"),
    (["Name,Device UUID,Name\n"], "the column 'Name' twice"),
    ([HEADER, "a,u\n"], "the row that ends in line 2 has 2 cells and the header has 3"),
    ([HEADER, "a,u,1\n", "a,u,1,2\n"], "ends in line 3 has 4 cells"),
    ([HEADER, '"a,u,1\n'], "line 2 is not CSV"),
    ([HEADER, '"a"b,u,1\n'], "line 2 is not CSV"),
    ([HEADER, "a\rb,u,1\n"], "line 2 is not CSV"),
    ([HEADER, f"{'x' * 200_000},u,1\n"], "line 2 is not CSV"),
    (["Name;Device UUID;Phone Number\n", "a;u;1\n"], "no column 'Device UUID'"),
])  # fmt: skip
def test_what_is_no_table_is_refused(lines, words):
    with pytest.raises(AnswerError, match=words):
        table(*lines)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (("Nam",), r"there is no column 'Nam' \(nearest: 'Name'\)"),
        (("Name", "x", "y"), "no column 'x'.*no column 'y'"),
    ],
)
def test_a_column_that_is_not_there_is_named(wanted, words):
    with pytest.raises(OptionError, match=words) as error:
        table(HEADER, wanted=wanted)
    assert "has Name, Device UUID, Phone Number" in str(error.value)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([], "is empty"),
        ([" "], "not the name of a column"),
        (["Name", "name "], "'name' is named twice"),
    ],
)
def test_wrong_columns_are_refused_before_any_request(raw, words):
    with pytest.raises(OptionError, match=words):
        parse_columns(raw)


def test_ten_thousand_devices_take_little_memory():
    row = ",".join(["some text of a device"] * 28).split(",")
    header = ",".join(COLUMNS) + "\n"
    place = COLUMNS.index("Device UUID")

    def lines():
        yield header
        for number in range(10_000):
            yield ",".join([*row[:place], f"{number:08x}", *row[place + 1 :]]) + "\n"

    tracemalloc.start()
    made = make_table(lines(), None, formula_safe=True)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(made.rows) == 10_000 and most < 20 << 20


# Archives

APP = "com.example.app"
FILE = stat.S_IFREG | 0o644
LIMITS = Limits(files=10, size=1000)


def entry(name, **fields):
    return Entry(
        **{
            "number": 0,
            "name": name,
            "size": 10,
            "packed": 10,
            "method": 8,
            "encrypted": False,
            "mode": FILE,
            **fields,
        }
    )


def plan(*entries, length=1000):
    return plan_archive(
        [one if isinstance(one, Entry) else entry(one) for one in entries], APP, LIMITS, length
    )


def test_an_archive_as_documented_is_unpacked_in_the_order_of_its_paths():
    folders = [
        entry(name, size=0, packed=0, method=0, mode=stat.S_IFDIR | 0o755)
        for name in (f"{APP}/", f"{APP}/d1/")
    ]
    found = plan(
        *folders,
        f"{APP}/d2/usage.csv",
        f"{APP}/d1/version.txt",
        entry(f"{APP}/d1/{{{{ x }}}} ü.csv", mode=0, number=7),
    )
    assert [one.path for one in found] == [
        f"{APP}/d1/version.txt",
        f"{APP}/d1/{{{{ x }}}} ü.csv",
        f"{APP}/d2/usage.csv",
    ]
    assert [one.is_version for one in found] == [True, False, False] and found[1].number == 7


@pytest.mark.parametrize(("name", "words"), [
    ("../x.csv", "leads elsewhere"), (f"{APP}/../x.csv", "leads elsewhere"), (f"{APP}/d/../../../x", "leads elsewhere"), (f"{APP}/./x.csv", "leads elsewhere"),
    (f"{APP}/d/..", "leads elsewhere"), (f"{APP}//x.csv", "leads elsewhere"), (f"{APP}/d//", "leads elsewhere"), ("", "leads elsewhere"),
    ("/", "absolute path"),
    ("/etc/passwd", "absolute path"), (f"/{APP}/d/x.csv", "absolute path"), (f"{APP}\\d\\x.csv", "backslash"), (f"{APP}/d/..\\x.csv", "backslash"),
    ("C:/x/y.csv", "drive letter"), (f"{APP}/d/c:x.csv", "drive letter"), (f"{APP}/d/x\0.csv", "control character"), (f"{APP}/d/x\n.csv", "control character"),
    (f"{APP}/d\x1b[31m/x.csv", "control character"), (f"{APP}/d/x\u0085", "control character"), (f"{APP}/d/x\u2028", "control character"),
    (f"{APP}/d/{'x' * 256}", "too long"), (f"{APP}/d/{'ü' * 128}", "too long"),
    ("com.example.other/d/x.csv", f"outside of the folder of the app '{APP}'"), ("COM.EXAMPLE.APP/d/x.csv", "outside of the folder"),
    ("readme.txt", "outside of the folder"),
    (APP, "only <app id>/<device id>/<file>"), (f"{APP}/x.csv", "only <app id>/<device id>/<file>"),
    (f"{APP}/d/e/x.csv", "only <app id>/<device id>/<file>"),
    (entry(f"{APP}/d/e/", mode=stat.S_IFDIR), "only <app id>/<device id>/<file>"),
])  # fmt: skip
def test_a_name_that_leads_elsewhere_refuses_the_archive(name, words):
    with pytest.raises(AnswerError, match=words) as error:
        plan(f"{APP}/d/good.csv", name)
    assert repr(name.name if isinstance(name, Entry) else name) in str(
        error.value
    ) and "Nothing was written" in str(error.value)


@pytest.mark.parametrize(("fields", "words"), [
    ({"encrypted": True}, "is encrypted"), ({"method": 12}, r"unknown way \(12\)"), ({"method": 99}, "unknown way"),
    *(({"mode": kind | 0o777}, "link or another special file")
      for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK, stat.S_IFDIR)),
])  # fmt: skip
def test_an_entry_that_is_no_ordinary_file_refuses_the_archive(fields, words):
    with pytest.raises(AnswerError, match=words):
        plan(entry(f"{APP}/d/x.csv", **fields))


def test_a_folder_that_is_a_link_refuses_the_archive():
    with pytest.raises(AnswerError, match="link or another special file"):
        plan(entry(f"{APP}/d/", mode=stat.S_IFLNK | 0o777))


@pytest.mark.parametrize(("one", "other"), [
    ("d/x.csv", "d/x.csv"), ("d/x.csv", "d/X.CSV"), ("d/x.csv", "D/y.csv"), ("d/\u00fc.csv", "d/u\u0308.csv"), ("d/straße", "d/STRASSE"),
])  # fmt: skip
def test_names_that_can_be_one_file_refuse_the_archive(one, other):
    with pytest.raises(AnswerError, match="can be one"):
        plan(f"{APP}/{one}", f"{APP}/{other}")


@pytest.mark.parametrize(("entries", "length", "words"), [
    ([entry(f"{APP}/d/{number}") for number in range(11)], 1000, "has 11 files, and max_files is 10"),
    ([entry(f"{APP}/d/x", size=600), entry(f"{APP}/d/y", size=401)], 1000, "have 1001 bytes, and max_bytes is 1000"),
    ([entry(f"{APP}/d/x", packed=60), entry(f"{APP}/d/y", packed=60)], 100, "overlap"),
])  # fmt: skip
def test_too_much_refuses_the_archive(entries, length, words):
    with pytest.raises(AnswerError, match=words):
        plan(*entries, length=length)


@pytest.mark.parametrize(("size", "packed", "dense"), [
    (1 << 20, 1, False), ((1 << 20) + 1, 1, True), (200 << 20, 1 << 20, False), ((200 << 20) + 1, 1 << 20, True),
])  # fmt: skip
def test_what_grows_too_much(size, packed, dense):
    assert too_dense(size, packed) is dense


@pytest.mark.parametrize(
    "raw", ["", " ", ".", "..", "a/b", "a\\b", "a\nb", "a\0", "C:x", "x" * 256]
)
def test_what_is_no_id_of_an_app(raw):
    with pytest.raises(OptionError, match="app_id: .* is not the id of an app"):
        parse_app(raw)


def test_an_id_of_an_app_is_stripped():
    assert parse_app(" com.example.app ") == "com.example.app"


@pytest.mark.parametrize(
    ("files", "size", "words"),
    [(0, 1, "max_files: 0"), (1, 0, "max_bytes: 0"), (-1, 1, "max_files: -1")],
)
def test_limits_that_let_nothing_through(files, size, words):
    with pytest.raises(OptionError, match=words):
        parse_limits(files, size)


# Sessions


@pytest.mark.parametrize(("cells", "row"), [
    (["1381268056367", "35", "-420", "0"], ("1381268056367", "35", "-420", "0")),
    (["1381268056", "35", "+330"], ("1381268056", "35", "+330", "")),
    ([" 1 ", "35.5", "-420", ""], ("1", "35.5", "-420", "")),
    (["1", "35"], None), (["1", "35", "0", "0", "0"], None), (["1", "35", "PDT", "0"], None), (["", "35", "0", "0"], None),
    (["1", "35", "0", "=1"], None), (["1", "35", "0", "1e9"], None), (["١", "35", "0", "0"], None), (["1", "35", "0", "n/a"], None), ([], None),
])  # fmt: skip
def test_sessions(cells, row):
    assert session(cells) == row


@pytest.mark.parametrize(("cells", "heading"), [
    (["startTime", "duration", "timezone", "bytes"], True), (["start", "duration", "tz"], True), (["1", "a", "b", "c"], False),
    (["a", "b"], False), ([], False),
])  # fmt: skip
def test_headings(cells, heading):
    assert is_heading(cells) is heading
