# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables of devices as spreadsheets save them."""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.lookup.table import wanted_columns
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import OptionError
from ansible_collections.ivanti.uem.plugins.module_utils._core.sheet import read_table

TWO = [{"serial_number": "0042", "user": "ada"}, {"serial_number": "0043"}]


@pytest.mark.parametrize(
    "content",
    [
        "serial_number,user\n0042,ada\n0043,\n",
        "\ufeffserial_number,user\r\n0042,ada\r\n0043,\r\n",
        "serial_number;user\n0042;ada\n\n0043;\n;\n",
        "serial_number\tuser\r0042\tada\r0043\t",
        '"serial_number","user"\n"0042"," ada "\n"0043",""',
        "serial_number,user\n\u00a00042,ada\u200b\n0043,\u00a0\n",
    ],
)
def test_what_a_spreadsheet_saves_is_read_as_text(content):
    assert list(read_table(content.encode(), "t.csv").rows) == TWO


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_byte_order_marks(encoding):
    table = read_table("user\nJürgen\n".encode(encoding), "t.csv")
    assert table.rows == ({"user": "Jürgen"},) and table.numbers == (2,)


def test_cells_may_have_quotes_lines_and_delimiters():
    [row] = read_table(b'a,b\n"x ""y"", z","1\n2"\n', "t.csv").rows
    assert row == {"a": 'x "y", z', "b": "1\n2"}


def test_rows_have_the_numbers_that_a_spreadsheet_shows():
    table = read_table(b'a,b\n"1\n2",x\n,\n3,y\n', "t.csv")
    assert table.numbers == (2, 4)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("3.5E+14", "row 3: serial_number '3.5E[+]14' is a long number that a spreadsheet shortened"),
        ("\"1,23E+14\"", "shortened"), ("3,5e+14", "has 3 cells"), ("123456789.0", "was made a number"), ("'0042", "apostrophe"),
        ("\u20190042", "apostrophe"), ("1'234'567", "was made a number"), ("#N/A", "formula"), ("=A1", "formula"), ("##########", "formula"),
        ("00\u00a042", "do not show"), ("00\u200b42", "do not show"), ("\x07", "do not show"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_changed_is_refused_by_its_row(cell, words):
    content = f"serial_number,user\n0001,ada\n{cell},ada\n"
    with pytest.raises(
        OptionError, match=f"^t.csv: .*row 3.*{words.removeprefix('row 3')}.*nothing was done"
    ) as end:
        read_table(content.encode(), "t.csv")
    assert "\n" not in str(end.value)


@pytest.mark.parametrize(
    ("name", "cell", "words"),
    [
        ("imei", "356938035643809", ""), ("imei", "35 693803 564380 9", ""), ("imei", "56938035643809", "15 digits; a spreadsheet"),
        ("wifi_mac_address", "00:11:22:33:44:55", ""), ("wifi_mac_address", "001122334455", ""),
        ("wifi_mac_address", "1122334455", "12 hexadecimal digits; a spreadsheet"), ("wifi_mac_address", "00:11:22", "12 hexadecimal digits."),
        ("serial_number", "F2LX", ""), ("serial_number", "12E4", ""), ("floor", "3.0", ""), ("note", "it's 3", ""), ("note", "-", ""),
    ],
)  # fmt: skip
def test_columns_of_the_vocabulary_are_checked(name, cell, words):
    content = f"{name},x\n{cell},y\n".encode()
    if not words:
        assert read_table(content, "t.csv").rows[0][name] == cell
        return
    with pytest.raises(OptionError, match=f"row 2: {name} .*{words}"):
        read_table(content, "t.csv")


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"", {}, "is empty"), (b"\n\n", {}, "is empty"), (b"a,\n1,2\n", {}, "column 2 has no name"),
        (b"a,A\n1,2\n", {}, "two columns are called 'a'"), (b"a,b\n1\n", {}, "row 2 has 1 cells, and the header has 2"),
        (b"a,b\n1,2\n1,2\n", {}, "row 3: all cells are those of row 2"),
        (b"a,b\n1,2\n1,3\n", {"key": "a"}, "row 3: a '1' is in row 2 as well"), (b"a,b\nx,2\nX,3\n", {"key": "a"}, "row 3"),
        (b"a,b\n,2\n", {"key": "a"}, "row 2 has no a"), (b"serial,b\n1,2\n", {"key": "serail"}, "no column 'serail' .nearest: 'serial'.; it has serial, b"),
        (b"serial,b\n1,2\n", {"columns": {"serail": "x"}}, "no column 'serail' .nearest: 'serial'.; it has serial, b"),
        (b'a,b\n"1,2\n', {}, "row 2 cannot be read"), (b'a,b\n"1"x,2\n', {}, "row 2 cannot be read"), ("a\nü\n".encode("cp1252"), {}, "CSV UTF-8"),
        (b"PK\x03\x04\x00\x00", {}, "CSV UTF-8"),
    ],
)  # fmt: skip
def test_what_is_not_a_table_is_refused(content, options, words):
    with pytest.raises(OptionError, match=f"^t.csv: .*{words}"):
        read_table(content, "t.csv", **options)


def test_many_faults_are_one_sentence():
    content = "imei\n" + "".join(f"{number}\n" for number in range(100, 120))
    with pytest.raises(OptionError, match="row 9: .*; and 12 more. Correct the table"):
        read_table(content.encode(), "t.csv")


def test_columns_are_named_and_others_left_out():
    columns = {"serial no.": "serial_number", "User": "user"}
    content = b"Serial No.;Cost;USER;\n0042;9;ada;\n"
    assert read_table(content, "t.csv", columns=columns).rows == (TWO[0],)


@pytest.mark.parametrize(
    ("serials", "rows"),
    [(("0012345678", "1234567", "0012345679"), "row 3"), (("12345678", "ABC"), ""), (("12", "3"), ""), (("1234567", "12345678"), "")],
)  # fmt: skip
def test_serial_numbers_that_may_lack_zeros_are_warned_of(serials, rows):
    warnings = read_table("\n".join(("serial_number", *serials)).encode(), "t.csv").warnings
    assert len(warnings) == bool(rows) and all(rows in warning for warning in warnings)


def test_a_large_table_is_read_quickly():
    lines = "".join(f"{number:010},user{number},x\n" for number in range(20_000))
    assert len(read_table(f"serial_number,user,c\n{lines}".encode(), "t.csv").rows) == 20_000


# The lookup


@pytest.mark.parametrize("raw", [3, {}, [], {"a": "x", "b": "x"}])
def test_columns_that_are_none_are_refused(raw):
    with pytest.raises(OptionError, match="^columns: "):
        wanted_columns(raw)


def test_columns_as_a_text_are_one():
    assert wanted_columns("a") == {"a": "a"} and wanted_columns(None) is None


@pytest.mark.parametrize("delimiter", ["||", '"', "\n", " "])
def test_a_delimiter_that_cannot_be_is_refused(delimiter):
    with pytest.raises(
        OptionError, match="^x: delimiter: .* cannot separate cells; give one character"
    ):
        read_table(b"a,b\n1,2\n", "x", delimiter=delimiter)
