# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An option that a filter does not have is said in a sentence of the collection."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from ansible.errors import AnsibleFilterError

FILTERS = sorted(
    path.stem
    for path in (Path(__file__).resolve().parents[2] / "plugins" / "filter").glob("[a-z]*.py")
)


def filter_of(name):
    module = importlib.import_module(f"ansible_collections.ivanti.uem.plugins.filter.{name}")
    return module.FilterModule().filters()[name]


@pytest.mark.parametrize("name", FILTERS)
def test_an_option_that_a_filter_does_not_have(name):
    with pytest.raises(AnsibleFilterError) as refused:
        filter_of(name)([], columns=["id"])
    said = str(refused.value)
    assert said.startswith(f"ivanti.uem.{name}: there is no option 'columns'; the options are ")


@pytest.mark.parametrize("name", FILTERS)
def test_more_options_than_a_filter_has(name):
    with pytest.raises(AnsibleFilterError, match=f"^ivanti.uem.{name}: .*; the options are "):
        filter_of(name)([], *range(9))


def test_the_nearest_option():
    with pytest.raises(AnsibleFilterError, match="no option 'wil' .nearest: 'will'"):
        filter_of("device_table")([], wil={})
    with pytest.raises(AnsibleFilterError, match="missing a required .*'days'"):
        filter_of("stale_plan")([], grace=1, now=1)


# fmt: off
@pytest.mark.parametrize(("wrong", "words"), [
    ({"days": "x"}, "days: 'x' is not a whole number of 1 or more"),
    ({"days": True}, "days: True is not a whole number of 1 or more"),
    ({"grace": 0}, "grace: 0 is not a whole number of 1 or more"),
    ({"grace": -1}, "grace: -1 is not a whole number of 1 or more"),
    ({"now": "today"}, "now: 'today' is not a whole number of 1 or more"),
    ({"never": "nver"}, "never: 'nver' is neither true nor false"),
])
# fmt: on
def test_wrong_values_of_a_plan_for_stale_devices(wrong, words):
    """A grace of less than a day would retire what got its first message in this run."""
    options = {"days": 1, "grace": 1, "now": 1796004600, **wrong}
    with pytest.raises(AnsibleFilterError, match=f"^ivanti.uem.stale_plan: {words}"):
        filter_of("stale_plan")([], **options)


def test_a_text_is_true_or_false_as_it_says():
    row = {"id": "1", "guid": "a", "server": "https://uem.example.com"}
    row |= {"last_seen_at": None, "registered_at": "2020-01-01T00:00:00Z"}
    options = {"days": "1", "grace": "1", "now": "1796004600"}
    decide = filter_of("stale_plan")
    assert decide([row], **options, never="false")["tell"] == []
    assert decide([row], **options, never="true")["tell"] == ["a"]
