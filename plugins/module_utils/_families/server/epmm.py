# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of a server of EPMM."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..._core.device import GLOBAL_SPACE
from ..._core.errors import ABSENT
from ..._core.vocabulary import is_mac, mac_of
from ..._core.wording import numbered
from ..._http.request import Query
from ..._products.epmm.answers import more
from ..._products.epmm.endpoints import (
    BY_LABEL,
    BY_MAC,
    BY_USER,
    COUNT,
    DETAILS_V2,
    DEVICE_GUIDE,
    DEVICES_V1,
    DEVICES_V2,
    LABEL_SUMMARY,
    LABELS_V1,
    MY_SPACES,
    PING,
    SEARCH_FIELDS,
    STATUSES,
    read_v1,
)
from ..._products.epmm.pages import PAGE_ROWS
from ..._products.epmm.server import Epmm
from ..._products.values import number_of, text_of
from .model import NOTE, OK, WRONG, Behaviour, Findings, Seen
from .probes import (
    FEWEST,
    REFUSED_ALL,
    Prober,
    answers_as_other,
    end_checks,
    general_checks,
    is_face,
    maps_in,
    paging_check,
    privacy_check,
    raise_neither,
    settle_anonymous,
    settle_forbidden,
    settle_refusal,
    why,
    wrong_product,
)

_PROFILES = read_v1(
    "E28", "/api/v1/dm/devices/profiles/{device}", DEVICE_GUIDE + "Get Profiles for a Device"
)
_COUNTRIES = read_v1("E24", "/api/v1/dm/countries", DEVICE_GUIDE + "List of Countries")

# What no server has.
_NO_ID = "999999999"
_NO_NAME = "ansible_doctor_no_such_name"
_NO_UUID = "00000000-0000-4000-8000-000000000000"
_NO_STATUS = "ANSIBLE"

_ONLY_PAGES = "pages count only their own rows"

# More rows than any page of API v2 is known to have.
_TOO_MANY = "1000"

_UUID, _STATUS = "common.uuid", "common.status"
_MAC, _BLOCKED = "common.wifi_mac_address", "common.blocked"
_REASONS = ("common.noncompliance_reasons", "common.quarantined_reasons", "common.blocked_reasons")
_EMAIL = "user.email_address"
_PERSONAL = ("common.SerialNumber", _EMAIL, "user.user_id")
# fmt: off
_FIELDS = ("common.id", _UUID, _STATUS, "common.imei", _MAC, *_PERSONAL, *_REASONS)

BEHAVIOURS = (
    Behaviour("basic_auth", "Name and password are accepted"),
    Behaviour("challenge", "A refusal asks for credentials"),
    Behaviour("unauthorized_body", "The body of HTTP 401"),
    Behaviour("forbidden_body", "The body of HTTP 403"),
    Behaviour("gdpr", "Personal data is masked"),
    Behaviour("gdpr_mask", "What is shown in place of personal data"),
    Behaviour("gdpr_v1", "Personal data in API v1"),
    Behaviour("missing_device", "The answer for a device that does not exist"),
    Behaviour("unknown_space", "A device space that does not exist"),
    Behaviour("unsorted_order", "The order of a list that is not sorted"),
    Behaviour("v2_page_total", "The total beside a page"),
    Behaviour("v2_limit_default", "The rows of a page without a limit"),
    Behaviour("v2_limit_max", "The most rows of a page"),
    Behaviour("v2_above_limit", "A limit that is too high"),
    Behaviour("v2_unknown_field", "A field that no device has, among those to return"),
    Behaviour("v2_blocked_field", "Whether rows say that a device is blocked"),
    Behaviour("text_query", "A query without an operator"),
    Behaviour("label_and_advanced_query", "A label together with a query that has operators"),
    Behaviour("query_case", "The case of values in queries"),
    Behaviour("missing_is_not_equal", "Whether != finds devices that lack the field"),
    Behaviour("retired_in_labels", "Whether labels have retired devices"),
    Behaviour("system_labels_static", "Whether the server's own labels are static"),
    Behaviour("noncompliance_names", "Reasons for being out of compliance"),
    Behaviour("v1_absent", "Whether API v1 is missing"),
    Behaviour("v1_error_body", "The body of an error of API v1"),
    Behaviour("v1_status_case", "The case of a status in API v1"),
    Behaviour("v1_unknown_status", "A status of API v1 that does not exist"),
    Behaviour("v1_no_devices", "A list of API v1 without devices"),
    Behaviour("v1_list_limit", "A limit for the list of API v1"),
    Behaviour("v1_phone_field", "The name of the phone number in API v1"),
    Behaviour("v1_mac_answer", "The device found by its MAC address"),
    Behaviour("v1_empty_messages", "Messages of API v1 without any"),
    Behaviour("one_element", "A list of API v1 with one element"),
    Behaviour("encoded_slash", "A slash in the name of a label"),
    Behaviour("profile_status_names", "The states of configurations"),
    Behaviour("profile_updated", "The time of a configuration"),
    Behaviour("country_iso_key", "The code of a country"),
)

# The behaviours that only a server with API v1, or with API v2, can show.
_OF_V1 = (
    "gdpr_v1", "v1_error_body", "v1_status_case", "v1_unknown_status", "v1_no_devices", "v1_list_limit",
    "v1_phone_field", "v1_mac_answer", "v1_empty_messages", "one_element", "encoded_slash", "profile_status_names",
    "profile_updated", "country_iso_key",
)
# fmt: on


# "VSP x.0.0.0 Build xxx"
_VERSION = re.compile(
    r"\s*VSP\s+(\d{1,2}(?:\.\d{1,3}){1,3})(?:\s+Build\b|\s*$)", re.IGNORECASE | re.ASCII
)


class EpmmServer:
    """See ServerCalls."""

    def __init__(self, client: Epmm) -> None:
        self._transport = client.transport
        self._prober = Prober(client.transport)
        self._found = Findings("epmm", asked_for=frozenset({*_FIELDS, _BLOCKED}))
        # The device space of the account.
        self._space = GLOBAL_SPACE
        # The rows of the whole list, as far as it is known.
        self._total = 0
        # Whether pages of the size that the collection reads are refused.
        self._refuses_pages = False

    def examine(self) -> Findings:
        """See ServerCalls."""
        found, prober = self._found, self._prober
        ping = prober.first(PING)
        labels = prober.ask("labels of v1", LABELS_V1)
        known = is_face("epmm", ping) or _is_v1(labels)
        other = not known and answers_as_other(prober, "epmm")
        if not known and not other and 403 not in (ping.status, labels.status):
            raise_neither(self._transport.settings.url, ping)
        accepted = (is_face("epmm", ping) and ping.ok) or _is_v1(labels) or other
        general_checks(found, self._transport, ping, prober.answered_at, accepted=accepted)
        if other:
            wrong_product(found)
            end_checks(found, prober)
            return found
        self._product(ping, labels)
        self._apis(ping, labels)
        self._of_sign_in()
        page = self._devices(ping)
        self._of_pages(page)
        self._of_queries(page)
        self._of_labels(page)
        self._of_v1(labels, page)
        self._of_totals()
        settle_forbidden(found, prober)
        end_checks(found, prober)
        found.behaviours = BEHAVIOURS
        return found

    # The product, its APIs and the roles of the account

    def _product(self, ping: Seen, labels: Seen) -> None:
        found = self._found
        if not is_face("epmm", ping) and not _is_v1(labels):
            found.add_unknown(
                "product", REFUSED_ALL, "Give the account the role API, or check url."
            )
            return
        # Only the numbers where the version stands: the rest of the text may be anything, such as
        # the address of the server.
        said = text_of(_results(ping).get("vspVersion")) if _is_map(_results(ping)) else ""
        number = _VERSION.match(said)
        found.version = number[1] if number else ""
        name = f"Ivanti EPMM {found.version}".strip()
        found.add("product", OK, f"The address answers as {name}.")

    def _apis(self, ping: Seen, labels: Seen) -> None:
        found = self._found
        follows = "What only this API has is not available (docs/epmm.md)."
        if is_face("epmm", ping):
            found.add("api_v2", OK, "The server has API v2.")
        elif ping.status in ABSENT:
            found.add("api_v2", NOTE, f"The server lacks API v2 (HTTP {ping.status}).", follows)
        elif self._transport.settings.api == "v1":
            found.add_unknown("api_v2", ping.problem)
        else:
            # Other tasks do not fall back to API v1 then: this does not prove that v2 is missing.
            message = (
                f"API v2 cannot be used: {ping.problem}. So every task that reads devices fails."
            )
            found.add("api_v2", WRONG, message, _use_v1(ping))
        found.settle("v1_absent", _absent_position(labels), why(labels))
        if _is_v1(labels):
            found.add("api_v1", OK, "The server has API v1.")
            found.add("role_api", OK, "The account has the role API.")
        elif labels.status == 403:
            found.add("api_v1", OK, "The server has API v1.")
            message = "The account may not use API v1 (HTTP 403)."
            found.add("role_api", WRONG, message, "Give it the role API.")
        elif labels.status in ABSENT:
            found.add("api_v1", NOTE, f"The server lacks API v1 (HTTP {labels.status}).", follows)
            found.add_unknown("role_api", "the server lacks API v1")
        else:
            found.add_unknown("api_v1", labels.problem)
            found.add_unknown("role_api", labels.problem)

    def _of_sign_in(self) -> None:
        found, prober = self._found, self._prober
        basic = self._transport.settings.authorization.startswith("Basic ")
        found.settle("basic_auth", "on" if basic else None, "a token was used")
        v2 = prober.ask("anonymous v2", PING, anonymous=True)
        v1 = prober.ask("anonymous v1", LABELS_V1, anonymous=True)
        settle_anonymous(found, v2)
        asks = ("www-authenticate" in v1.headers, "www-authenticate" in v2.headers)
        positions = {(True, True): "on", (True, False): "epmm_v1", (False, False): "off"}
        both = v1.status == v2.status == 401
        reason = v1.problem if v1.status != 401 else v2.problem
        found.settle("challenge", positions.get(asks) if both else None, reason)

    def _role(self, name: str, title: str, seen: Seen) -> None:
        """Judge a role by a call that needs it."""
        if seen.ok:
            self._found.add(name, OK, f"The account has the role {title}.")
        elif seen.status == 403:
            message = f"The account lacks the role {title} (HTTP 403)."
            self._found.add(name, WRONG, message, "Give it this role.")
        else:
            self._found.add_unknown(name, seen.problem)

    # Devices through API v2

    def _ask(self, name: str, *query: tuple[str, str]) -> Seen:
        """Request devices."""
        return self._prober.ask(name, DEVICES_V2, [("adminDeviceSpaceId", self._space), *query])

    def _devices(self, ping: Seen) -> Seen:
        found, prober = self._found, self._prober
        seen = prober.ask("own spaces", MY_SPACES) if ping.ok else ping
        spaces = maps_in(_results(seen))
        if seen.ok:
            found.add("spaces", OK, f"Device spaces of the account: {len(spaces)}.")
        else:
            found.add_unknown("spaces", seen.problem)
        self._space = text_of(spaces[0].get("id")) if spaces else GLOBAL_SPACE
        state = "is not there" if ping.status in ABSENT else "cannot be used"
        page = Seen("devices", problem=f"only API v2 lists a part of the devices, and it {state}")
        if ping.ok:
            page = self._page()
        found.devices = self._count(page)
        self._total = found.devices or 0
        if found.devices is None and page.ok:
            self._total = len(rows_in(page)) + 1
        if self._refuses_pages:
            message = f"The server refuses pages of {numbered(PAGE_ROWS, 'devices')} (HTTP 400)."
            remedy = "Raise its limit, or set api to v1."
            found.add("devices", WRONG, message, remedy)
        elif page.ok:
            shown = f"at least {self._total}" if found.devices is None else found.devices
            found.add("devices", OK, f"Devices that the account sees: {shown}.")
        elif page.status == 403:
            message = "The account may not read the list of devices (HTTP 403)."
            found.add("devices", WRONG, message, "Give it a role that sees devices.")
        else:
            found.add_unknown("devices", page.problem)
        rows = [[text_of(row.get(key)) for key in _PERSONAL] for row in rows_in(page)]
        privacy_check(found, rows, page.problem)
        return page

    def _count(self, page: Seen) -> int | None:
        """Return how many devices there are, or None if no answer says it."""
        total = total_in(page)
        if page.ok and total is None:
            query = [("adminDeviceSpaceId", self._space), ("query", "")]
            return total_in(self._prober.ask("count", COUNT, query))
        return total

    def _page(self) -> Seen:
        """Read a page of devices, with those of the fields that the server lists: it may refuse
        others."""
        listed = self._prober.ask("fields", SEARCH_FIELDS, [("adminDeviceSpaceId", self._space)])
        names = {text_of(row.get("name")) for row in maps_in(_results(listed))}
        blocked = ("on" if _BLOCKED in names else "off") if names else None
        self._found.settle("v2_blocked_field", blocked, why(listed))
        fields = ",".join(name for name in _FIELDS if name in names or not names)
        query = (("query", ""), ("fields", fields), ("offset", "0"), ("sortField", "common.id"))
        page = self._ask("devices", *query, ("limit", str(PAGE_ROWS)))
        if page.status == 400:
            usual = self._ask("devices without a limit", *query)
            if usual.ok:
                self._found.settle("v2_above_limit", "error", "")
                self._refuses_pages = True
                return usual
        return page

    def _of_pages(self, page: Seen) -> None:
        found, total = self._found, self._total
        if not page.ok:
            found.add_unknown("paging", page.problem)
            return
        every = (("query", ""), ("fields", _UUID))
        end = self._ask("end of list", *every, ("limit", "1"), ("offset", str(max(total - 1, 0))))
        paging_check(
            found,
            end,
            f"The list goes on to its end, {numbered(total, 'devices')}.",
            on=len(rows_in(end)) == min(total, 1),
        )
        self._of_limits(every, total)

    def _of_limits(self, every: Query, total: int) -> None:
        found = self._found
        fields = ("fields", f"{_UUID},common.id,{_NO_NAME}")
        usual = self._ask("unknown field", ("query", ""), fields)
        settle_refusal(found, "v2_unknown_field", usual, ("error", "ignore"))
        rows = rows_in(usual)
        short = "the list has too few devices"
        position = len(rows) if 0 < len(rows) < total else None
        found.settle("v2_limit_default", position, usual.problem or short)
        numbers = [number_of(row.get("common.id")) or 0 for row in rows]
        order = "by_id" if numbers == sorted(numbers) else "scattered"
        found.settle("unsorted_order", order if len(numbers) >= FEWEST else None, why(usual))
        if self._refuses_pages:
            found.settle(
                "v2_limit_max", None, f"pages of {numbered(PAGE_ROWS, 'devices')} are refused"
            )
            return
        above = self._ask("high limit", *every, ("limit", _TOO_MANY))
        settle_refusal(found, "v2_above_limit", above, ("error", None))
        most = len(rows_in(above))
        if above.ok and most < min(total, int(_TOO_MANY)):
            found.settle("v2_limit_max", most, "")
            found.settle("v2_above_limit", "clamp", "")
        found.settle("v2_limit_max", found.settled.get("v2_limit_max"), above.problem or short)

    def _of_queries(self, page: Seen) -> None:
        found, rows = self._found, rows_in(page)
        reason = page.problem or "there are too few devices"
        if not rows:
            for name in ("text_query", "query_case", "missing_is_not_equal", "unknown_space"):
                found.settle(name, None, reason)
            return
        few = (("fields", _UUID), ("limit", "1"))
        seen = self._ask("text query", ("query", _NO_NAME), *few)
        settle_refusal(found, "text_query", seen, ("error", "search"))
        state = next((text for row in rows if (text := text_of(row.get(_STATUS))).isupper()), "")
        if state:
            seen = self._ask("other case", ("query", f'"{_STATUS}" = "{state.lower()}"'), *few)
            position = "ignored" if rows_in(seen) else "respected"
            found.settle("query_case", position if seen.ok else None, why(seen))
        self._of_missing(page, few)
        seen = self._prober.ask(
            "unknown space",
            DEVICES_V2,
            [("adminDeviceSpaceId", _NO_ID), ("query", ""), *few],
        )
        settle_refusal(found, "unknown_space", seen, ("error", "empty"))
        reasons = [row[key] for row in rows for key in _REASONS if isinstance(row.get(key), list)]
        texts = [text_of(one) for some in reasons for one in some]
        numbers = any(text.isdigit() for text in texts)
        form = ("numbers" if numbers else "published") if texts else None
        found.settle("noncompliance_names", form, "every device is compliant")

    def _of_missing(self, page: Seen, few: Query) -> None:
        rows = rows_in(page)
        if counts_page(page):
            self._found.settle("missing_is_not_equal", None, _ONLY_PAGES)
            return
        lacking = [
            key for key in _FIELDS if 0 < sum(row.get(key) is None for row in rows) < len(rows)
        ]
        if not lacking:
            reason = "no field is missing on some of the devices only"
            self._found.settle("missing_is_not_equal", None, reason)
            return
        seen = self._ask("not equal", ("query", f'"{lacking[0]}" != "{_NO_NAME}"'), *few)
        self._settle_all("missing_is_not_equal", seen)

    def _settle_all(self, name: str, seen: Seen) -> None:
        """Note whether a search finds every device."""
        total = total_in(seen)
        position = None if total is None else "yes" if total == self._total else "no"
        self._found.settle(name, position, seen.problem or _ONLY_PAGES)

    def _of_labels(self, page: Seen) -> None:
        found, prober = self._found, self._prober
        space = [("adminDeviceSpaceId", self._space)]
        summary = page
        if page.ok or page.status == 403:
            summary = prober.ask("labels", LABEL_SUMMARY, [*space, ("limit", str(PAGE_ROWS))])
        self._role("role_view_label", LABEL_SUMMARY.role, summary)
        system = [row for row in rows_in(summary) if (number_of(row.get("id")) or 0) < 0]
        static = {bool(row.get("isStatic")) for row in system}
        position = ("yes" if static.pop() else "no") if len(static) == 1 else None
        found.settle("system_labels_static", position, why(summary))
        states = {text_of(row.get(_STATUS)) for row in rows_in(page)}
        few = (("fields", _UUID), ("limit", "1"), ("labelId", "-1"))
        if counts_page(page):
            found.settle("retired_in_labels", None, _ONLY_PAGES)
        elif "RETIRED" in states:
            seen = self._ask("all phones", ("query", ""), *few)
            self._settle_all("retired_in_labels", seen)
        reason = page.problem or "no retired device was seen"
        found.settle("retired_in_labels", found.settled.get("retired_in_labels"), reason)
        if page.ok:
            seen = self._ask("label and query", ("query", f'"{_STATUS}" = "ACTIVE"'), *few)
            settle_refusal(found, "label_and_advanced_query", seen, ("error", "query_ignored"))
            seen = prober.ask("missing device", DETAILS_V2, space, path={"device": _NO_UUID})
            form = f"{seen.status}_{seen.body}"
            known = form in ("404_json", "404_html", "404_empty", "400_json")
            found.settle("missing_device", form if known else None, why(seen))

    def _of_totals(self) -> None:
        """Note what the total beside a page is, by the first page that shows it."""
        judged = [counts_page(one) for one in self._prober.seen if one.path == DEVICES_V2.path]
        known = [one for one in judged if one is not None]
        position = ("page" if known[0] else "list") if known else None
        self._found.settle("v2_page_total", position, "one page has the whole list")

    # API v1

    def _of_v1(self, labels: Seen, page: Seen) -> None:
        found, prober = self._found, self._prober
        if not _is_v1(labels):
            for name in _OF_V1:
                found.settle(name, None, labels.problem or "API v1 does not answer")
            return
        slashed = prober.ask("slash", BY_LABEL, path={"label": f"{_NO_NAME}/x"})
        form = "reject" if slashed.status == 400 and slashed.body == "html" else None
        found.settle("encoded_slash", "accept" if slashed.status == 404 else form, why(slashed))
        self._of_statuses(page)
        self._of_nothing()
        active = [row for row in rows_in(page) if row.get(_STATUS) == "ACTIVE"]
        mac = next((text for row in active if (text := text_of(row.get(_MAC)))), "")
        digits = mac_of(mac)
        if is_mac(digits):
            self._of_mac(prober.ask("by MAC address", BY_MAC, path={"mac": digits}))
        uuid = next((text_of(row.get(_UUID)) for row in active if row.get(_UUID)), "")
        if uuid:
            self._of_profiles(prober.ask("profiles", _PROFILES, path={"device": uuid}))
        seen = prober.ask("countries", _COUNTRIES)
        rows = _v1_rows(seen, "countries", "country")
        keys = {key for row in rows for key in ("isoAlpha2Code", "isoAplha2Code") if key in row}
        position = "both" if len(keys) > 1 else next(iter(keys), None)
        found.settle("country_iso_key", position, why(seen))

    def _of_statuses(self, page: Seen) -> None:
        """Look at the devices of a status that few devices have: a server may ignore the limit."""
        found = self._found
        numbers = Counter(text_of(row.get(_STATUS)) for row in rows_in(page))
        few = [state for state in STATUSES if numbers[state] > 1 and state != "ACTIVE"]
        if not few:
            reason = page.problem or "no status but ACTIVE has two devices"
            for name in ("v1_status_case", "v1_list_limit", "v1_phone_field", "one_element"):
                found.settle(name, None, reason)
            self._of_no_status(self._of_status(_NO_STATUS))
            return
        status = min(few, key=lambda state: (numbers[state], state))
        lower, upper = self._of_status(status.lower()), None
        if _v1_rows(lower, "devices", "device"):
            found.settle("v1_status_case", "ignored", "")
            self._of_no_status(self._of_status(_NO_STATUS))
            upper = lower
        else:
            upper = self._of_status(status)
            refused = upper.ok and lower.status in (200, 400, 404)
            found.settle("v1_status_case", "respected" if refused else None, why(lower))
            self._of_no_status(lower)
        self._of_v1_list(upper, page)

    def _of_status(self, status: str) -> Seen:
        query = [("status", status), ("limit", "1"), ("offset", "0")]
        return self._prober.ask("devices of a status", DEVICES_V1, query)

    def _of_no_status(self, seen: Seen) -> None:
        code = str(seen.status) if seen.status in (400, 404) else None
        self._found.settle("v1_unknown_status", code, why(seen))
        forms = {"json": "messages", "html": "html", "empty": "empty"}
        self._found.settle("v1_error_body", forms.get(seen.body) if code else None, why(seen))

    def _of_nothing(self) -> None:
        """Look at the devices of a user that does not exist."""
        seen = self._prober.ask("no devices", BY_USER, path={"user": _NO_NAME})
        data = seen.data if isinstance(seen.data, Mapping) else {}
        nothing = number_of(data.get("totalCount")) == 0
        position = None
        if seen.status == 404:
            silent = nothing and not data.get("messages")
            position = "404_count" if silent else "404"
        elif seen.ok and nothing and not _v1_rows(seen, "devices", "device"):
            position = "200_count"
        self._found.settle("v1_no_devices", position, why(seen))

    def _of_v1_list(self, seen: Seen, page: Seen) -> None:
        found, rows = self._found, _v1_rows(seen, "devices", "device")
        position = ("honoured" if len(rows) == 1 else "ignored") if rows else None
        found.settle("v1_list_limit", position, why(seen))
        has = (
            any("phoneNumber" in row for row in rows),
            any("currentPhoneNumber" in row for row in rows),
        )
        positions = {(True, True): "both", (True, False): "document", (False, True): "current"}
        found.settle("v1_phone_field", positions.get(has), why(seen))
        if len(rows) == 1:
            collapsed = not isinstance(_inside(seen, "devices", "device"), list)
            found.settle("one_element", "collapse" if collapsed else "list", "")
        found.settle("one_element", found.settled.get("one_element"), why(seen))
        if found.settled.get("gdpr") != "on":
            found.settle("gdpr_v1", None, "nothing is masked in API v2")
            return
        masked = {text_of(row.get(_UUID)): text_of(row.get(_EMAIL)) for row in rows_in(page)}
        same = {
            masked[uuid] == text_of(row.get("emailAddress"))
            for row in rows
            if masked.get(uuid := text_of(row.get("uuid")))
        }
        position = ("masked" if same.pop() else "clear") if len(same) == 1 else None
        found.settle("gdpr_v1", position, why(seen))

    def _of_mac(self, seen: Seen) -> None:
        found = self._found
        data = seen.data if seen.ok and isinstance(seen.data, Mapping) else {}
        position = next((key for key in ("device", "devices") if key in data), None)
        found.settle("v1_mac_answer", position, why(seen))
        messages = data.get("messages", "?") if position == "device" else "?"
        forms = {"": "text", "None": "null", "{}": "object"}
        found.settle("v1_empty_messages", forms.get(str(messages)), "no answer lacked messages")

    def _of_profiles(self, seen: Seen) -> None:
        found, rows = self._found, _v1_rows(seen, "profiles", "profile")
        states = {text_of(row.get("status")) for row in rows} - {"Applied"}
        capitals = any(state.isupper() for state in states)
        position = ("capitals" if capitals else "titled") if states else None
        found.settle("profile_status_names", position, seen.problem or "all of them are applied")
        times = [row["lastUpdatedAt"] for row in rows if row.get("lastUpdatedAt") is not None]
        position = None
        if times:
            blank = isinstance(times[0], str) and times[0][:1] == " "
            position = "blank" if blank else "text" if isinstance(times[0], str) else "number"
        found.settle("profile_updated", position, why(seen))


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping)


def _results(seen: Seen) -> Any:
    found = seen.data.get("results") if seen.ok and isinstance(seen.data, Mapping) else None
    return {} if found is None else found


def rows_in(seen: Seen) -> list[Mapping[str, Any]]:
    """Return the rows of a page of API v2, or none."""
    return maps_in(_results(seen))


def total_in(seen: Seen) -> int | None:
    """Return how many rows all pages have, or None if the answer does not say it."""
    data = seen.data if seen.ok and isinstance(seen.data, Mapping) else {}
    return None if counts_page(seen) else number_of(data.get("totalCount"))


def counts_page(seen: Seen) -> bool | None:
    """Return whether the total beside a page is that of the page only; None if both are the same."""
    data = seen.data if seen.ok and isinstance(seen.data, Mapping) else {}
    total = number_of(data.get("totalCount"))
    if total is None or "results" not in data or total > len(rows_in(seen)):
        return None if total is None or "results" not in data else False
    return True if more(data) else None


def _inside(seen: Seen, many: str, one: str) -> Any:
    data = seen.data if seen.ok and isinstance(seen.data, Mapping) else {}
    holder = data.get(many)
    return holder.get(one) if isinstance(holder, Mapping) else holder


def _v1_rows(seen: Seen, many: str, one: str) -> list[Mapping[str, Any]]:
    """Return the elements of a list of API v1; a single one may be there without a list."""
    found = _inside(seen, many, one)
    return maps_in(found if isinstance(found, list) else [found])


def _is_v1(labels: Seen) -> bool:
    """Return whether an answer is that of API v1: labels, or a message that there is none."""
    data = labels.data if isinstance(labels.data, Mapping) else {}
    return (labels.ok or labels.status == 404) and ("labels" in data or "messages" in data)


def _use_v1(ping: Seen) -> str:
    """Return what to do where the ping of API v2 is refused, or answered by something else."""
    if ping.status == 403:
        return "Give the account a role that allows it, or set api (IVANTI_UEM_API) to v1."
    return "Look at what answers there, or set api (IVANTI_UEM_API) to v1."


def _absent_position(labels: Seen) -> str | None:
    """Return how a server lacks API v1."""
    if _is_v1(labels) or labels.status == 403:
        return "off"
    return str(labels.status) if labels.status in (404, 501) else None
