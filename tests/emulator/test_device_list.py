# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GET /api/v1/device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from uem_emulator.testing.emulator import Emulator
from uem_emulator.testing.neurons import NeuronsEmulator

from .client import NOW, Api

#: Keys of the vendor's newest list example; a row must have them all, whatever its platform.
ROW_KEYS = set(
    """id guid mdmChannelId phoneNumber deviceModel deviceName platformType platformVersion osBuildVersion
lastCheckin
    registrationState displayName firstName lastName uid emailAddress clientVersion manufacturer imei imei2 imsi
    locatorServiceEnabled meid wifiMacAddress wifiMacAddressForInventory systemUpdateInformation serialNumber
    altSerialNumber cellularTechnology currentCarrierNetwork subscriberCarrierNetwork locale ownershipType
    complianceState roaming supervised udid clientLastCheckin iccid currentMcc currentMnc subscriberMcc subscriberMnc
    prettyModel policyViolationCount latitude longitude locationLastCapturedAt lastRegistrationTime lostModeEnabled
    multiUser maxResidentUsers clientDeviceIdentifier availableCapacity totalCapacity clusterIdentifier deviceSource
    quarantined jailbroken passcodeCompliant passcodeCompliantWithProfiles blocked locationStatusDetail
    androidBuildFingerprint androidBuildId androidZebraPatchLevel androidSystemUpdateStatus salesCode firmwareVersion
    uptime userEnrolled androidWorkContainerEnabled androidWorkUid androidManagedByGoogle fcmEnabled
    actionExceptionCodes violatedPolicies supportLockMessage ownerId legalOwnerId legalOwnerEmailAddress kioskState
    customAttributes easDeviceIdentifiers appEasIdentifiers androidDeviceOwnerModeEnabled windowsDeviceType
    secureAppsStatus secureAppsEncryptionStatus secureAppsEncryptionMode tpmSpecificationVersion bridgeVersion
    bridgeDeviceDataLastCapturedAt lastHotfixId lastHotfixInstalledOn mamOnly authOnly ipAddress depEnrolled depEligible
    mobileThreatDefenseGeneralStatus antiPhishingGeneralStatus samsungEfotaCapable currentCountryName currentCountryCode
    homeCountryName homeCountryCode userPreferenceCSVHeader dmPartitionId dmPartitionName entityName""".split()
)


def test_the_answer_has_the_recorded_shape(api: Api) -> None:
    reply = api.search()
    assert reply.status == 200 and reply.headers["content-type"].startswith("application/json")
    assert reply.json["errors"] is None
    result = reply.result
    assert set(result) == {
        "totalCount",
        "searchResults",
        "offset",
        "limit",
        "queryTime",
        "facetedResults",
        "totalUnfilteredResultCount",
    }
    assert (result["offset"], result["limit"], result["totalUnfilteredResultCount"]) == (0, 10, 0)
    assert len(result["searchResults"]) == 10 < result["totalCount"]
    assert all(set(row) >= ROW_KEYS for row in api.search(rows=500).rows)


def test_a_row_holds_attributes_policies_and_space(api: Api, emulator: Emulator) -> None:
    device = api.ids(rows=1)[0]
    emulator.patch_device(
        device,
        customAttributes={"CityId": ["SF"]},
        violatedPolicies=["Passcode Required"],
        complianceState=False,
    )
    row = api.search(f"id={device}").rows[0]
    assert row["customAttributes"] == {"attrs": {"cityid": ["SF"]}}
    assert row["violatedPolicies"] == ["Passcode Required"]
    assert row["dmPartitionName"] == "Default Space"
    assert row["dmPartitionId"] == emulator.device(device)["dmPartitionId"]


@pytest.mark.parametrize(("parameters", "field", "message"), [
    ({"rows": 501}, "rows", "must be between 1 and 500"),
    ({"rows": 0}, "rows", "must be between 1 and 500"),
    ({"rows": -1}, "rows", "must be between 1 and 500"),
    ({"rows": "ten"}, "rows", "must be a whole number"),
    ({"start": -1}, "start", "must be greater than or equal to 0"),
    ({"start": 9991}, "start", "start + rows must be less than or equal to 10000; use searchAfterValues"),
    ({"start": 9600, "rows": 401}, "start", "start + rows must be less than or equal to 10000; use searchAfterValues"),
    ({"dmPartitionId": 99}, "dmPartitionId", "no such device space"),
    ({"dmPartitionId": "x"}, "dmPartitionId", "must be a whole number"),
    ({"sort": "colour"}, "sortFields[0].name", "no such field"),
    ({"sort": "id,customAttributes"}, "sortFields[1].name", "no such field"),
    ({"sortFields[0].name": "id", "sortFields[0].order": "up"}, "sortFields[0].order", "must be ASC or DESC"),
    ({"fq": "uid="}, "fq", "a value expected at character 5"),
    ({"fq": "colour=red"}, "fq", "unknown field colour"),
    ({"searchAfterValues": "1"}, "searchAfterValues", "needs sortFields"),
    ({"searchAfterValues": "1", "sort": "id", "start": 1}, "start", "must be 0 with searchAfterValues"),
    ({"searchAfterValues": "abc", "sort": "id"}, "searchAfterValues", "abc is not a value of id"),
    ({"searchAfterValues": "[1,2]", "sort": "id"}, "searchAfterValues", "needs 1 values, one for each sort field"),
])  # fmt: skip
def test_a_wrong_parameter_answers_the_documented_error(
    api: Api, parameters: dict[str, Any], field: str, message: str
) -> None:
    reply = api.search(**parameters)
    assert reply.status == 400
    assert set(reply.json) == {"errors", "result"} and reply.json["result"] is None
    assert (
        set(reply.json["errors"]) == {"globalErrors", "fieldErrors"}
        and reply.json["errors"]["globalErrors"] is None
    )
    (fault,) = reply.json["errors"]["fieldErrors"]
    assert set(fault) == {"code", "message", "field"}
    assert (fault["field"], fault["message"]) == (field, message)


def test_the_error_for_rows_is_verbatim_the_vendors(api: Api) -> None:
    assert api.search(rows=501).json == {
        "errors": {
            "globalErrors": None,
            "fieldErrors": [
                {"code": "Range", "message": "must be between 1 and 500", "field": "rows"}
            ],
        },
        "result": None,
    }


def test_pages_cover_everything_once(api: Api) -> None:
    everything = api.ids(sort="id")
    total = api.search().result["totalCount"]
    pages = [api.search(start=start, rows=40, sort="id") for start in range(0, total + 40, 40)]
    assert (
        [row["id"] for page in pages for row in page.rows] == everything == sorted(set(everything))
    )
    assert len(everything) == total and pages[1].result["offset"] == 40 and pages[-1].rows == []


def test_start_pages_and_offset_does_not(api: Api) -> None:
    everything = api.ids(sort="id")
    assert api.ids(sort="id", rows=5, start=5) == everything[5:10]
    assert api.ids(sort="id", rows=5, offset=5) == everything[:5]


def test_the_window_ends_at_ten_thousand(api: Api) -> None:
    assert api.search(start=9500, rows=500).status == 200
    assert api.search(start=9501, rows=500).status == 400


def test_each_space_has_its_own_devices(api: Api, emulator: Emulator) -> None:
    spaces = emulator.state()["partitions"]
    pages = {space: api.search(dmPartitionId=space, rows=500) for space in spaces}
    for space, page in pages.items():
        assert {row["dmPartitionId"] for row in page.rows} == {int(space)}
        assert {row["dmPartitionName"] for row in page.rows} == {spaces[space]}
    assert sum(page.result["totalCount"] for page in pages.values()) == 300


@pytest.mark.parametrize("missing", ["default_space", "error"])
def test_without_a_space(api: Api, emulator: Emulator, missing: str) -> None:
    emulator.set_switch("missing_partition", missing)
    reply = api.search(rows=500)
    if missing == "error":
        assert (reply.status, reply.faulty_fields) == (400, ["dmPartitionId"])
    else:
        assert {row["dmPartitionName"] for row in reply.rows} == {"Default Space"}


def test_an_unknown_space_may_be_empty(api: Api, emulator: Emulator) -> None:
    emulator.set_switch("unknown_partition", "empty")
    reply = api.search(dmPartitionId=99)
    assert reply.status == 200 and reply.result["totalCount"] == 0 and reply.rows == []


# --- order ------------------------------------------------------------------------------------------------------------


def test_sorting(api: Api) -> None:
    ids = api.ids(sort="id")
    assert api.ids(sort="-id") == ids[::-1]
    rows = api.search(sort="-lastCheckin", rows=500).rows
    times = [row["lastCheckin"] for row in rows]
    known = [time for time in times if time is not None]
    assert known == sorted(known, reverse=True) and None in times
    assert times[: len(known)] == known, "nulls come last"
    by_two = api.search(sort="platformType,-id", rows=500).rows
    assert [(row["platformType"], -row["id"]) for row in by_two] == sorted(
        (row["platformType"], -row["id"]) for row in by_two
    )
    assert api.ids(**{"sortFields[0].name": "id"}) == ids, "ascending when no order is given"


def test_without_a_sort_the_order_may_be_anything(api: Api, emulator: Emulator) -> None:
    ids = api.ids()
    emulator.set_switch("unsorted_order", "scattered")
    assert api.ids() != ids and sorted(api.ids()) == ids and api.ids(sort="id") == ids


def test_an_unknown_sort_field_may_be_ignored(api: Api, emulator: Emulator) -> None:
    emulator.set_switch("unknown_sort_field", "ignore")
    assert api.ids(sort="colour") == api.ids()


@pytest.mark.parametrize("form", ["{0}", "[{0}]", '"{0}"', '["{0}"]', "{0}.0"])
def test_search_after_in_every_form(api: Api, form: str) -> None:
    ids = api.ids(sort="id")
    assert api.ids(sort="id", rows=7, searchAfterValues=form.format(ids[9])) == ids[10:17]


def test_search_after_walks_everything_in_any_order(api: Api) -> None:
    seen: list[int] = []
    after: dict[str, Any] = {}
    while rows := api.search(sort="-platformVersion,id", rows=37, **after).rows:
        seen += [row["id"] for row in rows]
        assert len(seen) <= 300, "the walk does not end"
        after = {"searchAfterValues": [rows[-1]["platformVersion"], str(rows[-1]["id"])]}
    assert seen == api.ids(sort="-platformVersion,id")
    last = rows and rows[-1]
    assert not last
    joined = (
        f"{api.search(sort='-platformVersion,id', rows=1).rows[0]['platformVersion']},{seen[0]}"
    )
    assert api.ids(sort="-platformVersion,id", rows=1, searchAfterValues=joined) == seen[1:2]


@pytest.mark.parametrize("sort", ["-lastCheckin,id", "lastCheckin,-id"])
def test_search_after_walks_over_nulls(api: Api, sort: str) -> None:
    """Nulls are last in both directions; `null` is how a client sends one on."""
    rows: list[dict[str, Any]] = []
    after: dict[str, Any] = {}
    while page := api.search(sort=sort, rows=60, **after).rows:
        rows += page
        assert len(rows) <= 300, "the walk does not end"
        time = page[-1]["lastCheckin"]
        after = {"searchAfterValues": ["null" if time is None else time, page[-1]["id"]]}
    assert [row["id"] for row in rows] == api.ids(sort=sort)
    nulls = [row["id"] for row in rows if row["lastCheckin"] is None]
    assert len(nulls) > 1
    again = api.ids(sort=sort, searchAfterValues=["null", nulls[0]])
    assert again == nulls[1:], "a walk may go on in the middle of the nulls"


def test_search_after_passes_over_equals_as_the_index_does(api: Api) -> None:
    platforms = [row["platformType"] for row in api.search(sort="platformType", rows=500).rows]
    after = api.search(sort="platformType", rows=500, searchAfterValues="ANDROID")
    assert [row["platformType"] for row in after.rows] == [
        platform for platform in platforms if platform != "ANDROID"
    ]
    assert after.result["totalCount"] == len(platforms), "the total is that of the filter"


def test_search_after_goes_beyond_the_window(emulator: Emulator, api: Api) -> None:
    emulator.reset(devices=10_600, partitions=1)
    last = api.search(sort="id", start=9500, rows=500).rows[-1]["id"]
    beyond: list[int] = []
    while rows := api.search(sort="id", rows=500, searchAfterValues=last).rows:
        beyond += [row["id"] for row in rows]
        assert len(beyond) <= 600, "the walk does not end"
        last = beyond[-1]
    assert len(beyond) == 600 and api.search().result["totalCount"] == 10_600


def test_the_answer_may_carry_the_values_to_go_on_with(api: Api, emulator: Emulator) -> None:
    assert "searchAfterValues" not in api.search(sort="id").result
    emulator.set_switch("search_after_in_answer", "on")
    page = api.search(sort="-lastRegistrationTime,id", rows=20)
    values = page.result["searchAfterValues"]
    assert values == [page.rows[-1]["lastRegistrationTime"], page.rows[-1]["id"]]
    following = api.ids(sort="-lastRegistrationTime,id", rows=20, searchAfterValues=values)
    assert following == api.ids(sort="-lastRegistrationTime,id", rows=20, start=20)
    assert api.search("id=1", sort="id").result["searchAfterValues"] == []


def test_start_beside_search_after_may_be_ignored(api: Api, emulator: Emulator) -> None:
    emulator.set_switch("start_with_search_after", "ignore")
    ids = api.ids(sort="id")
    assert api.ids(sort="id", rows=5, start=3, searchAfterValues=ids[0]) == ids[1:6]


# --- filters over the wire --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field", ["id", "deviceId", "guid", "serialNumber", "SERIALNUMBER", "wifiMacAddress", "udid"]
)
def test_a_device_is_found_by_what_identifies_it(
    fleet: Callable[..., list[int]], emulator: Emulator, api: Api, field: str
) -> None:
    fleet(
        {"serialNumber": "AAA1", "udid": "u1", "wifiMacAddress": "aa:00:00:00:00:01"},
        {"serialNumber": "AAA2", "udid": "u2", "wifiMacAddress": "aa:00:00:00:00:02"},
    )
    truth = emulator.devices("id", "guid", "serialNumber", "udid", "wifiMacAddress")[1]
    name = {"deviceId": "id", "SERIALNUMBER": "serialNumber"}.get(field, field)
    assert api.ids(f"{field}={truth[name]}") == [truth["id"]]
    assert api.ids(f"{field}='{truth[name]}' and platformType=ANDROID") == []


def test_filters_agree_with_reading_everything(api: Api, emulator: Emulator) -> None:
    rows = api.search(rows=500).rows
    cases: list[tuple[str, Callable[[dict[str, Any]], bool]]] = [
        (
            (
                "registrationState=ACTIVE and (quarantined=true or jailbroken=true or "
                "complianceState=false)"
            ),
            lambda r: (
                r["registrationState"] == "ACTIVE"
                and (r["quarantined"] or r["jailbroken"] or not r["complianceState"])
            ),
        ),
        ("platformType!=IOS", lambda r: r["platformType"] != "IOS"),
        (
            "lastCheckin<'01:00:00:00'",
            lambda r: r["lastCheckin"] is not None and r["lastCheckin"] > NOW - 86_400_000,
        ),
        (
            "lastRegistrationTime<'30:00:00:00' AND PLATFORMTYPE EQ 'OSX'",
            lambda r: (
                (r["lastRegistrationTime"] or 0) > NOW - 30 * 86_400_000
                and r["platformType"] == "OSX"
            ),
        ),
        (
            "CFDEVICE[cityid]='São Paulo' or CFDEVICE[floor_#]=3",
            lambda r: (
                "São Paulo" in r["customAttributes"]["attrs"].get("cityid", [])
                or "3" in r["customAttributes"]["attrs"].get("floor_#", [])
            ),
        ),
        (
            "emailAddress=" + rows[3]["emailAddress"],
            lambda r: r["emailAddress"] == rows[3]["emailAddress"],
        ),
        (
            f"guid={rows[0]['guid']} or platformType=OSX",
            lambda r: r["guid"] == rows[0]["guid"] or r["platformType"] == "OSX",
        ),
        ("LAST_HOTFIX_ID=kb4561600", lambda r: r["lastHotfixId"] == "KB4561600"),
    ]
    for text, expected in cases:
        wanted = [row["id"] for row in rows if expected(row)]
        assert api.ids(text) == wanted, text
        assert wanted, f"{text} proves nothing on this fleet"


def test_a_plus_is_a_space_and_an_encoded_plus_is_a_plus(
    fleet: Callable[..., list[int]], api: Api
) -> None:
    (device,) = fleet({"emailAddress": "jo+mdm@example.com", "uid": "jo+mdm@example.com"})
    assert [
        row["id"]
        for row in api.call("GET", "/api/v1/device?q=&fq=EMAILADDRESS+EQ+jo%2Bmdm@example.com").rows
    ] == [device]
    assert api.call("GET", "/api/v1/device?fq=EMAILADDRESS+EQ+jo+mdm@example.com").status == 400


def test_ldap_attributes_and_user_groups_are_filters_though_no_row_shows_them(
    fleet: Callable[..., list[int]], api: Api
) -> None:
    first, _second = fleet(
        {"ldapAttributes": {"department": ["R&D"]}, "userGroups": ["All Users", "Führung"]}, {}
    )
    assert api.ids("CFLDAP[Department]='R&D'") == [first]
    assert api.ids("ACCOUNTGROUP EQ 'Führung'") == [first]


def test_thousands_of_terms(emulator: Emulator, api: Api) -> None:
    ids = api.ids()
    assert (
        api.ids(" or ".join(f"deviceId={number}" for number in [*ids[:100], *range(1, 400)]))
        == ids[:100]
    )
    guids = [row["guid"] for row in emulator.devices("guid")]
    assert api.search(" or ".join(f"guid='{guid}'" for guid in guids)).result["totalCount"] == len(
        ids
    )


def test_an_undefined_attribute_in_a_filter(api: Api, emulator: Emulator) -> None:
    assert api.ids("CFDEVICE[nobody]=1") == []
    emulator.set_switch("undefined_attribute_in_filter", "error")
    assert api.search("CFDEVICE[nobody]=1 or id=1").faulty_fields == ["fq"]
    assert api.search("CFDEVICE[cityid]=1 or CFLDAP[department]=x").status == 200


def test_an_unknown_field_may_be_an_empty_answer(api: Api, emulator: Emulator) -> None:
    emulator.set_switch("unknown_field", "empty")
    reply = api.search("colour=red or platformType=IOS")
    assert reply.status == 200 and reply.result["totalCount"] == 0


def test_a_filter_may_respect_case(
    fleet: Callable[..., list[int]], emulator: Emulator, api: Api
) -> None:
    upper, lower = fleet({"serialNumber": "ABC"}, {"serialNumber": "abc"})
    assert api.ids("serialNumber=abc") == [upper, lower]
    emulator.set_switch("fq_case", "respected")
    assert api.ids("serialNumber=abc") == [lower] and api.ids("serialNumber=ABC") == [upper]


def test_free_text(fleet: Callable[..., list[int]], api: Api) -> None:
    first, second = fleet(
        {"serialNumber": "C02XK1", "displayName": "Zoë Nowak"},
        {"deviceName": "Lager 3", "emailAddress": "zo@example.com"},
    )
    assert api.ids(q="C02XK1") == [first] and api.ids(q="zoë") == [first]
    assert api.ids(q="lager") == [second] and api.ids(q="zo@") == [second]
    assert api.ids(q="") == [first, second] and api.ids(q="nothing like it") == []
    assert api.ids(f"id={second}", q="zoë") == []


# --- facets, oddities, lag --------------------------------------------------------------------------------------------


def test_facets_count_the_filtered_fleet(api: Api) -> None:
    everything = api.search(rows=500)
    facets = everything.result["facetedResults"]
    for facet, field in (
        ("PLATFORMTYPE", "platformType"),
        ("REGISTRATIONSTATE", "registrationState"),
        ("PRETTYMODEL", "prettyModel"),
    ):
        counts: dict[str, int] = {}
        for row in everything.rows:
            counts[row[field]] = counts.get(row[field], 0) + 1
        assert facets[facet] == counts
    android = api.search("platformType=ANDROID").result
    assert android["facetedResults"]["PLATFORMTYPE"] == {"ANDROID": android["totalCount"]}
    assert android["facetedResults"]["LAST_HOTFIX_ID"] == {}, "an empty facet is an empty object"


def test_facets_have_the_recorded_oddities(api: Api) -> None:
    reply = api.search(rows=500)
    facets = reply.result["facetedResults"]
    assert set(facets["DEVICESOURCE"]) == {"cloud"} and {
        row["deviceSource"] for row in reply.rows
    } == {"CLOUD"}
    assert set(facets["LAST_HOTFIX_ID"]) == {
        row["lastHotfixId"].lower() for row in reply.rows if row["lastHotfixId"]
    }
    assert None in facets["DEVICEGROUP"].values()
    assert facets["SUPERVISED"]["false"] == sum(not row["supervised"] for row in reply.rows), (
        "null counts as false"
    )


def test_rows_have_the_recorded_oddities(api: Api, emulator: Emulator) -> None:
    rows = [
        row
        for space in emulator.state()["partitions"]
        for row in api.search(dmPartitionId=space, rows=500).rows
    ]
    windows = [row for row in rows if row["platformType"] == "WINDOWS_PHONE"]
    assert windows and all(
        row["serialNumber"] is None and row["windowsDeviceType"] == "WINDOWS_DESKTOP"
        for row in windows
    )
    assert {row["platformType"] for row in rows} == {"IOS", "ANDROID", "OSX", "WINDOWS_PHONE"}
    assert any("null" in row["easDeviceIdentifiers"] for row in rows)
    assert any(row["imsi"] == "Not Present" for row in rows)
    assert any(row["cellularTechnology"] == "device__p_cellular_technology" for row in rows)
    assert any(row["lastCheckin"] is None for row in rows)


def test_exception_codes_may_hold_a_null(api: Api, emulator: Emulator) -> None:
    def codes() -> list[list[None]]:
        rows = api.search(rows=500).rows
        details = [api.get(f"/api/v1/device/{row['id']}").result for row in rows[:40]]
        return [row["actionExceptionCodes"] for row in (*rows, *details)]

    assert all(found == [] for found in codes())
    emulator.set_switch("exception_codes_null", "on")
    assert [None] in codes() and [] in codes()


@pytest.mark.parametrize(
    ("fq", "field", "value"),
    [
        ("DEVICEGROUP='Windows Devices'", "platformType", "WINDOWS_PHONE"),
        ("ISAPPLESILICON=true", "platformType", "OSX"),
        ("ANTIPHISHINGANALYTICSSTATUS=NA and platformType=IOS", "platformType", "IOS"),
    ],
)
def test_facets_of_newer_servers_in_a_filter(api: Api, fq: str, field: str, value: str) -> None:
    rows = api.search(fq, rows=500).rows
    assert {row[field] for row in rows} == {value}


def test_a_filter_by_group_follows_attributes(api: Api, emulator: NeuronsEmulator) -> None:
    """The group has the rule that a device's cityid is SF."""
    device = api.ids("PLATFORMTYPE=IOS")[0]
    for city, member in (("NYC", False), ("SF", True), ("NYC", False)):
        emulator.set_attributes({device: {"cityid": [city]}})
        assert (device in api.ids("DEVICE_GROUP='San Francisco office'")) is member


def test_the_apps_on_devices(api: Api) -> None:
    """A client in the field asks so, and ends its filter with AND."""
    reply = api.get(
        "/api/v1/device",
        fq="version!='0' AND ",
        type="APP_INVENTORY",
        bundleId="com.example",
        platformType="IOS",
    )
    assert (reply.status, reply.rows, reply.result["totalCount"]) == (200, [], 0)
    assert api.get("/api/v1/device", fq="registrationState=ACTIVE AND ").status == 400


@pytest.mark.parametrize(("switch", "position", "expected"), [
    ("no_attributes_in_list", "empty_map", {"customAttributes": {"attrs": {}}}),
    ("no_attributes_in_list", "null", {"customAttributes": None}),
    ("violated_policies", "names", {"violatedPolicies": ["Disallowed Apps"]}),
])  # fmt: skip
def test_forms_of_a_row(
    fleet: Callable[..., list[int]],
    emulator: Emulator,
    api: Api,
    switch: str,
    position: str,
    expected: dict[str, Any],
) -> None:
    fleet({"violatedPolicies": ["Disallowed Apps"]})
    api.search()
    emulator.set_switch(switch, position)
    row = api.search().rows[0]
    assert {name: row[name] for name in expected} == expected


def test_violated_policies_may_be_objects(
    fleet: Callable[..., list[int]], emulator: Emulator, api: Api
) -> None:
    fleet({"violatedPolicies": ["Disallowed Apps", "Out of Contact"]}, {})
    emulator.set_switch("violated_policies", "objects")
    broken, fine = api.search(sort="id").rows
    assert [set(policy) for policy in broken["violatedPolicies"]] == [{"id", "name"}] * 2
    assert [policy["name"] for policy in broken["violatedPolicies"]] == [
        "Disallowed Apps",
        "Out of Contact",
    ]
    assert fine["violatedPolicies"] == []


def _city(api: Api, device: int) -> list[str] | None:
    found: list[str] | None = (
        api.search(f"id={device}").rows[0]["customAttributes"]["attrs"].get("cityid")
    )
    return found


def _move(api: Api, device: int, city: str) -> None:
    assert (
        api.call(
            "PATCH", f"/api/v1/device/{device}/customattributes", {"attrs": {"cityid": [city]}}
        ).result
        == 1
    )


def test_the_list_is_up_to_date_by_default(fleet: Callable[..., list[int]], api: Api) -> None:
    (device,) = fleet({"customAttributes": {"cityid": ["SF"]}})
    assert _city(api, device) == ["SF"]
    _move(api, device, "NYC")
    assert _city(api, device) == ["NYC"]
    assert api.ids("CFDEVICE[cityid]=NYC") == [device] and api.ids("CFDEVICE[cityid]=SF") == []


def test_a_list_that_lags_by_reads(
    fleet: Callable[..., list[int]], emulator: Emulator, api: Api
) -> None:
    (device,) = fleet({"customAttributes": {"cityid": ["SF"]}})
    emulator.set_switch("list_lag", "reads")
    _move(api, device, "NYC")
    assert api.attrs(device)["cityid"] == ["NYC"], "only the list lags"
    assert [_city(api, device) for _read in range(3)] == [["SF"], ["SF"], ["NYC"]]
    emulator.set_switch("list_lag_reads", 0)
    _move(api, device, "Oslo")
    assert _city(api, device) == ["Oslo"]


def test_a_list_that_lags_by_time(
    fleet: Callable[..., list[int]], emulator: Emulator, api: Api
) -> None:
    (device,) = fleet({"customAttributes": {"cityid": ["SF"]}})
    emulator.set_switch("list_lag", "time")
    emulator.set_switch("list_lag_ms", 60_000)
    _move(api, device, "NYC")
    assert _city(api, device) == ["SF"] and emulator.state()["pending_index_writes"] == 1
    emulator.set_switch("list_lag_ms", 0)
    _move(api, device, "Oslo")
    assert _city(api, device) == ["Oslo"]


def test_a_list_that_lags_until_it_is_told(
    fleet: Callable[..., list[int]], emulator: Emulator, api: Api
) -> None:
    (device,) = fleet({"customAttributes": {"cityid": ["SF"]}})
    emulator.set_switch("list_lag", "manual")
    _move(api, device, "NYC")
    _move(api, device, "Oslo")
    new = emulator.add_device(deviceName="new")
    assert (
        _city(api, device) == ["SF"]
        and api.ids() == [device]
        and api.ids("CFDEVICE[cityid]=SF") == [device]
    )
    emulator.settle()
    assert _city(api, device) == ["Oslo"] and api.ids() == [device, new]
    emulator.patch_device(device, deviceName="renamed")
    emulator.delete_device(new)
    assert api.ids(q="renamed") == [] and api.ids() == [device, new]
    emulator.settle()
    assert api.ids(q="renamed") == [device] == api.ids()
