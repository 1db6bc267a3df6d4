# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup that reads a table, through ansible-playbook."""

from __future__ import annotations

PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.assert:
        that:
          - rows | length == 2
          - rows[0].device == '22000'
          - rows[0].user | length == 11
          - rows[1].device == '0042'
          - rows[1].user is undefined
      vars:
        rows: "{{ query('ivanti.uem.table', 'a.csv', 'b.csv', columns={'Device No.': 'device', 'user': 'user'}) }}"
    - ansible.builtin.debug:
        msg: "{{ query('ivanti.uem.table', {arguments}) }}"
"""


def played(ansible, arguments):
    ansible.write("play.yml", PLAY.replace("{arguments}", arguments))
    ansible.write("a.csv", "\ufeffDevice No.;USER\r\n22000;{{ 7 * 6 }}\r\n")
    ansible.write("b.csv", "device no.,user,cost\n0042,,9\n")
    return ansible("ansible-playbook", "play.yml")


def test_rows_of_files_follow_each_other_as_text(ansible):
    done = played(ansible, "'b.csv'")
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"device no.": "0042"' in done.stdout
    done = played(ansible, "'b.csv', key='device no.', under='attrs'")
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"attrs": {' in done.stdout and '"cost": "9"' in done.stdout


def test_what_is_wrong_is_one_sentence(ansible):
    for arguments, words in (
        ("'none.csv'", "none.csv: there is no such file"),
        ("'b.csv', columns=['devise no.']", "no column 'devise no.' (nearest: 'device no.')"),
        ("'b.csv', key='user'", "row 2 has no user. Correct the table"),
        ("'b.csv', under='attrs'", "under: needs key"),
        ("'b.csv', columns={'cost': 'x', 'user': 'x'}", "columns: gives two columns the same name"),
    ):
        done = played(ansible, arguments)
        assert done.returncode != 0 and words in f"{done.stdout}{done.stderr}", done.stdout
