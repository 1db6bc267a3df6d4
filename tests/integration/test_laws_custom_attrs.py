# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two laws, over generated fleets and desired states, against the emulator.

Convergence: apply, and a second run has nothing to change and writes nothing.
Honest prediction: what check mode predicted is what apply did, and what a read then finds.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.ivanti.uem.plugins.module_utils._core.attributes import NUMERIC_SUFFIX
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ..conftest import writes

TEXT_NAMES = ("cityid", "owner", "project", "site")
NUMBER_NAMES = ("floor_#", "leasemonths_#")
MANAGED_DEVICES = 6

texts = st.sampled_from(
    (
        "SF",
        "sf",
        "Zürich",
        "東京",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "a/b",
        "../x",
        "a\nb",
        "'; DROP",
        "0",
        "true",
        "ü" * 300,
    )
)
numbers = st.integers(-3, 3).map(str)


def attribute_map(*, odd_case: bool) -> st.SearchStrategy[dict[str, list[str]]]:
    """A map of attributes as the server may hold it; with ``odd_case``, as an author may spell
    it."""
    named = {
        **{name: st.lists(texts, min_size=1, max_size=3, unique=True) for name in TEXT_NAMES},
        **{name: st.lists(numbers, min_size=1, max_size=1) for name in NUMBER_NAMES},
    }
    whole = st.fixed_dictionaries({}, optional=named)
    return st.builds(spelled, whole, st.booleans()) if odd_case else whole


def spelled(attrs: dict[str, list[str]], upper: bool) -> dict[str, list[str]]:
    return {name.upper() if upper else name: values for name, values in attrs.items()}


fleets = st.lists(attribute_map(odd_case=False), min_size=MANAGED_DEVICES, max_size=MANAGED_DEVICES)
modes = st.sampled_from(("present", "purge", "append", "absent"))
desires = st.lists(
    st.tuples(st.integers(0, MANAGED_DEVICES - 1), attribute_map(odd_case=True)),
    min_size=1,
    max_size=MANAGED_DEVICES,
    unique_by=lambda pair: pair[0],
)


def oracle(
    current: dict[str, list[str]], mode: str, wanted: dict[str, list[str]]
) -> dict[str, set[str]]:
    """What the attributes shall be, said as simply as possible and apart from the planner."""
    found = {name: set(values) for name, values in current.items()}
    wanted_sets = {name.lower(): set(values) for name, values in wanted.items()}
    if mode == "purge":
        return wanted_sets
    for name, values in wanted_sets.items():
        if mode == "absent":
            found.pop(name, None)
        else:
            found[name] = values | (found.get(name, set()) if mode == "append" else set())
    return found


def outcomes(result: dict[str, Any]) -> dict[str, tuple]:
    return {
        entry["id"]: (entry["outcome"], entry.get("before"), entry.get("after"))
        for entry in result["devices"]
    }


# Examples are not shrunk: each takes several runs over a socket, and shrinking one would take many
# minutes.
@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(fleet=fleets, mode=modes, desired=desires, shared=attribute_map(odd_case=True))
def test_the_two_laws(emulator, call, fleet, mode, desired, shared):
    ids = sorted(emulator.attributes(), key=int)
    before = {
        device: (fleet[at] if at < MANAGED_DEVICES else {"site": ["untouched"]})
        for at, device in enumerate(ids)
    }
    emulator.set_attributes(before)
    goals = {
        ids[at]: {
            **{n: v for n, v in shared.items() if n.lower() not in {o.lower() for o in own}},
            **own,
        }
        for at, own in desired
    }
    if mode != "purge":
        goals = {device: goal for device, goal in goals.items() if goal}
    if not goals:
        return
    options = {
        "devices": [{"device": device, "attrs": goal} for device, goal in goals.items()],
        "state": "absent" if mode == "absent" else "present",
        "purge": mode == "purge",
        "append": mode == "append",
    }

    emulator.clear_requests()
    predicted = call("device_custom_attrs", emulator, check_mode=True, **options)
    assert writes(emulator) == [], "check mode wrote"
    assert emulator.attributes() == before

    applied = call("device_custom_attrs", emulator, **options)
    assert outcomes(applied) == outcomes(predicted)
    assert applied["diff"] == predicted["diff"]
    assert (applied["changed"], applied["summary"]["changed"]) == (
        predicted["changed"],
        predicted["summary"]["changed"],
    )
    assert len(writes(emulator)) <= applied["summary"]["changed"]

    after = {
        device: {name: set(values) for name, values in attrs.items()}
        for device, attrs in emulator.attributes().items()
    }
    for device in ids:
        wanted = (
            oracle(before[device], mode, goals[device])
            if device in goals
            else {n: set(v) for n, v in before[device].items()}
        )
        assert after[device] == wanted
        truly = after[device] != {name: set(values) for name, values in before[device].items()}
        assert truly == (outcomes(applied).get(device, ("unchanged",))[0] == "changed")
    for device, (outcome, _before, found) in outcomes(predicted).items():
        if outcome == "changed":
            for name, values in found.items():
                key = next(key for key in after[device] if key.removesuffix(NUMERIC_SUFFIX) == name)
                assert after[device][key] == set(values)

    emulator.clear_requests()
    again = call("device_custom_attrs", emulator, **options)
    assert not again["changed"] and again["diff"] == [] and writes(emulator) == []
