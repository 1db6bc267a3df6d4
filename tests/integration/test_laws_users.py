# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two laws for device_registration and user_password, over generated devices, orders and
servers.

Convergence: apply, and a second run has nothing to change and writes nothing.
Honest prediction: what check mode predicted is what apply did, and what the emulator then has.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ..conftest import writes

LAW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
FLEET = 8
IN_FORCE = ("ACTIVE", "VERIFICATION_PENDING", "VERIFIED")
STATUSES = (*IN_FORCE, "RETIRED", "WIPED", "EXPIRED")
# By option what the emulator calls a platform, and the option that names a number as the emulator
# keeps it.
PLATFORMS = {"android": "Android", "ios": "iOS", "macos": "macOS"}
NUMBERS = {None: "PDA", "4155551212": "14155551212", "4155551213": "4155551213"}

devices = st.lists(
    st.tuples(
        st.sampled_from(("jdoe", "other")),
        st.sampled_from(tuple(PLATFORMS)),
        st.sampled_from(tuple(NUMBERS)),
        st.sampled_from(STATUSES),
    ),
    max_size=4,
)
orders = st.tuples(
    st.sampled_from(("jdoe", "JDOE", "newbie", "testuser0001")),
    st.sampled_from(tuple(PLATFORMS)),
    st.sampled_from(tuple(NUMBERS)),
)
# fmt: off
positions = st.fixed_dictionaries({
    "register_uuid": st.sampled_from(("deviceUuid", "deviceUid")),
    "register_messages": st.sampled_from(("once", "twice")),
    "register_phone": st.sampled_from(("with_code", "as_sent")),
    "register_passcode_type": st.sampled_from(("text", "number")),
    "one_element": st.sampled_from(("collapse", "list")),
})
# fmt: on

# Fields of a result that check mode cannot know, or that count requests.
UNKNOWN = {"id", "guid", "status", "registered_phone_number"}
COUNTS = {"requests", "writes", "passcode_ttl", "device", "user"}


def told(result: dict[str, Any], name: str) -> dict[str, Any]:
    entry = {
        key: value for key, value in result[name].items() if name == "user" or key not in UNKNOWN
    }
    return {**{key: value for key, value in result.items() if key not in COUNTS}, name: entry}


def truth(server) -> list[tuple[str, str]]:
    return sorted((device["uuid"], device["status"]) for device in server.devices("uuid", "status"))


@LAW
@given(have=devices, order=orders, api=st.sampled_from(("v1", "v2")), switches=positions)
def test_the_laws_of_registering(shared_epmm, call, have, order, api, switches):
    server = shared_epmm
    server.reset(seed=7, devices=FLEET)
    for name in ("jdoe", "other"):
        server.add_user(name, first="F", last="L", email=f"{name}@example.com")
    for user, platform, number, status in have:
        server.add_device(
            user=user, platform=PLATFORMS[platform], phone=NUMBERS[number], status=status
        )
    for name, value in switches.items():
        server.set_switch(name, value)
    user, platform, number = order
    # fmt: off
    options = {
        "user": user, "platform": platform, "country_code": 1, "api": api, "first_name": "F", "last_name": "L", "email": "n@example.com",
        **({} if number is None else {"phone_number": number}), **({"import_from_ldap": True} if user == "testuser0001" else {}),
    }
    # fmt: on
    expected = not any(
        (one, kind, phone) == (user.lower(), platform, number) and status in IN_FORCE
        for one, kind, phone, status in have
    )
    before = truth(server)

    server.clear_requests()
    predicted = call("device_registration", server, check_mode=True, **options)
    assert writes(server) == [] and truth(server) == before
    applied = call("device_registration", server, **options)
    assert (
        told(applied, "device") == told(predicted, "device")
        and applied["changed"] is predicted["changed"] is expected
    )
    assert applied["writes"] == len(writes(server)) == len(server.registrations()) == int(expected)
    new = [device for device in truth(server) if device not in before]
    assert new == ([(applied["device"]["guid"], "VERIFICATION_PENDING")] if expected else [])

    server.clear_requests()
    for again_api in (api, "v1"):
        again = call("device_registration", server, **{**options, "api": again_api})
        assert (
            not again["changed"]
            and again["diff"] == []
            and again["device"]["outcome"] == "unchanged"
        )
    assert again["device"]["guid"] == applied["device"]["guid"] and writes(server) == []


texts = st.text(
    st.characters(blacklist_categories=("C", "Zl", "Zp", "Zs")), min_size=8, max_size=20
)


@LAW
@given(
    present=texts,
    wanted=texts,
    same=st.booleans(),
    update=st.sampled_from(("on_change", "always")),
    saved=st.sampled_from(("yes", "no")),
    name=st.sampled_from(("jdoe", "no", "success", "{{ 7*7 }}", "日本.太郎", "a b+c&d=e")),
)
def test_the_laws_of_passwords(shared_epmm, call, present, wanted, same, update, saved, name):
    server = shared_epmm
    server.reset(seed=7, devices=0)
    server.add_user(name, email="joe@example.com")
    server.set_password(name, present)
    server.set_switch("password_saved", saved)
    wanted = present if same else wanted
    options = {
        "user": name,
        "new_password": wanted,
        "current_password": present,
        "update_password": update,
    }
    expected = update == "always" or wanted != present

    server.clear_requests()
    predicted = call("user_password", server, check_mode=True, **options)
    assert writes(server) == [] and server.password_fits(name, present)
    applied = call("user_password", server, **options)
    assert (
        told(applied, "user") == told(predicted, "user")
        and applied["changed"] is predicted["changed"] is expected
    )
    assert applied["writes"] == len(writes(server)) == int(expected) and server.password_fits(
        name, wanted
    )

    server.clear_requests()
    again = call("user_password", server, **{**options, "current_password": wanted})
    assert (
        again["changed"] is (update == "always")
        and bool(writes(server)) is again["changed"]
        and server.password_fits(name, wanted)
    )
