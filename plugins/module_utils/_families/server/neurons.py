# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of a tenant of Neurons for MDM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.endpoint import Endpoint
from ..._core.wording import numbered
from ..._http.request import Query
from ..._products.neurons.client import DATABASE_ROWS, PAGE_ROWS, WINDOW, NeuronsClient
from ..._products.neurons.endpoints import (
    DEFINITIONS,
    DETAILS,
    DEVICES,
    GUIDE,
    PARTITIONS,
    READER,
    TENANT,
    TENANT_ADMIN,
)
from ..._products.neurons.values import whole
from ..._products.values import text_of
from .model import OK, WRONG, Behaviour, Findings, Seen
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

# What no tenant has.
_NO_ID = "999999999999"
_NO_NAME = "ansibleDoctorNoSuchName"

# "Device API Calls": the suffix of the names of numeric attributes.
_NUMERIC = "_#"

# The keys of a row that a GDPR profile hides, one kind each.
_PERSONAL = ("serialNumber", "emailAddress", "uid")

# The names that the state of a change of the owner may have; the document has only a title for it.
_OWNER_FIELDS = ("lastReassignmentStatus", "lastReassignStatus", "reassignmentStatus")


def _read(number: str, path: str, section: str, role: str = TENANT_ADMIN) -> Endpoint:
    return Endpoint(number, "GET", path, GUIDE + section, role, safe=True, idempotent=True)


_ATTRIBUTES = _read(
    "N02", "/api/v1/device/{device}/customattributes", "Get Custom Attributes Per Device", READER
)
_CONFIGS = _read("N09", "/api/v1/device/{device}/configs", "Get Device Configuration")
_POLICIES = _read(
    "N13", "/api/v1/device/{device}/policies", "Get Compliance Status of a Particular Device"
)
_CERTIFICATES = _read(
    "N15",
    "/api/v1/device/{device}/certs/search",
    "Get certificates assigned to a device",
    READER,
)
_PROFILES = _read(
    "N44",
    "/api/v1/depServer/{server}/profiles",
    "Get Device Enrollment Program (DEP) details by DEP profile ID",
)
_SERVERS = _read("N45", "/api/v1/depServer", "Get Device Enrollment Program (DEP) details")
_CONFIG_LIST = _read("configurations", "/api/v1/policy", "Configuration API Calls", "")
_ACCOUNTS = _read("accounts", "/api/v1/account", "User API Calls", "")

_SORT = (("sortFields[0].name", "id"), ("sortFields[0].order", "ASC"))

# fmt: off
BEHAVIOURS = (
    Behaviour("basic_auth", "Name and password are accepted"),
    Behaviour("challenge", "A refusal asks for credentials"),
    Behaviour("unauthorized_body", "The body of HTTP 401"),
    Behaviour("forbidden_body", "The body of HTTP 403"),
    Behaviour("gdpr", "Personal data is masked"),
    Behaviour("gdpr_mask", "What is shown in place of personal data"),
    Behaviour("missing_device", "The answer for a device that does not exist"),
    Behaviour("missing_partition", "The device list without a device space"),
    Behaviour("unknown_partition", "The device list of a device space that does not exist"),
    Behaviour("search_after_in_answer", "Pages say where the next one begins"),
    Behaviour("start_with_search_after", "A start together with the place of the next page"),
    Behaviour("unsorted_order", "The order of a list that is not sorted"),
    Behaviour("unknown_field", "A filter on a field that no device has"),
    Behaviour("unknown_sort_field", "Sorting by a field that no device has"),
    Behaviour("undefined_attribute_in_filter", "A filter on an attribute that is not defined"),
    Behaviour("fq_case", "The case of values in filters"),
    Behaviour("exception_codes_null", "Empty lists of exception codes hold a null"),
    Behaviour("violated_policies", "The violated policies of a row"),
    Behaviour("no_attributes_in_list", "A row without custom attributes"),
    Behaviour("attributes_answer", "The custom attributes of one device"),
    Behaviour("numeric_names", "The names of numeric attributes with values"),
    Behaviour("numeric_definitions", "The names of numeric attributes in their list"),
    Behaviour("guid_for_id", "A guid in place of an id"),
    Behaviour("config_list", "The list of configurations"),
    Behaviour("config_list_untagged", "The list of configurations without a tag"),
    Behaviour("pending_compliant", "The pending verdict of a policy"),
    Behaviour("certificates_no_account", "Certificates without the owner of the device"),
    Behaviour("dep_server_name", "The name of an enrolment server"),
    Behaviour("dep_profiles_answer", "The profiles of an enrolment server"),
    Behaviour("dep_skip_items", "The skipped steps of an enrolment profile"),
    Behaviour("dep_admin_accounts", "The administrator accounts of an enrolment profile"),
    Behaviour("owner_status_field", "Where a device shows that its owner changes"),
    Behaviour("account_list", "The list of users"),
)
# fmt: on

# Each permission of "metadata/tenant" that the collection's modules use, and what it is for.
_PERMISSIONS = {
    "device.view": "see devices",
    "device.edit": "edit devices",
    "device.force.checkin": "request check-ins",
    "device.lock": "lock",
    "device.push.profile": "push configurations",
    "device.retire": "retire",
    "device.retire.cancel": "cancel retiring",
    "device.wipe": "wipe",
    "device.wipe.cancel": "cancel wiping",
}


class NeuronsServer:
    """See ServerCalls."""

    def __init__(self, client: NeuronsClient) -> None:
        self._transport = client.transport
        self._prober = Prober(client.transport)
        self._found = Findings("neurons")
        # Where the list of devices is looked at: the largest device space.
        self._place: Query = ()
        # The ids of the policies of a device there.
        self._policies: set[str] = set()

    def examine(self) -> Findings:
        """See ServerCalls."""
        found, prober = self._found, self._prober
        tenant = prober.first(TENANT)
        known = is_face("neurons", tenant)
        other = not known and answers_as_other(prober, "neurons")
        if not known and not other and tenant.status != 403:
            raise_neither(self._transport.settings.url, tenant)
        accepted = (known and tenant.ok) or other
        general_checks(found, self._transport, tenant, prober.answered_at, accepted=accepted)
        if other:
            wrong_product(found)
            end_checks(found, prober)
            return found
        page = self._devices(self._spaces(tenant))
        product_check(found, tenant, page)
        self._permissions(tenant)
        self._of_sign_in()
        self._of_pages(page)
        self._of_list()
        self._of_filters(page)
        self._of_attributes(page)
        self._of_device(page)
        self._of_configs()
        self._of_tenant()
        settle_forbidden(found, prober)
        end_checks(found, prober)
        found.behaviours = BEHAVIOURS
        return found

    # Device spaces, devices, and what the account may do

    def _spaces(self, tenant: Seen) -> list[Mapping[str, Any]]:
        """Return the device spaces, the largest first."""
        seen = self._prober.ask(
            "spaces", PARTITIONS, [("start", "0"), ("rows", str(DATABASE_ROWS))]
        )
        rows = rows_in(seen)
        if rows:
            total = total_in(seen) or len(rows)
            self._found.add("spaces", OK, f"Device spaces that the account sees: {total}.")
            return sorted(rows, key=lambda row: -(whole(row.get("deviceCount")) or 0))
        if seen.ok:
            remedy = "Check the roles of the account."
            self._found.add("spaces", WRONG, "The server lists no device space.", remedy)
        else:
            self._found.add_unknown("spaces", seen.problem)
        default = _result(tenant).get("defaultDmPartitionId")
        return [] if default is None else [{"id": default}]

    def _devices(self, spaces: Sequence[Mapping[str, Any]]) -> Seen:
        """Read a page of the largest device space."""
        found = self._found
        self._place = [("dmPartitionId", text_of(spaces[0].get("id")))] if spaces else []
        query = [*self._place, ("start", "0"), ("rows", str(PAGE_ROWS)), *_SORT]
        page = self._prober.ask("devices", DEVICES, query)
        if page.ok:
            counted = [whole(row.get("deviceCount")) for row in spaces]
            numbers = [number for number in counted if number is not None]
            found.devices = sum(numbers) if len(numbers) == len(spaces) else total_in(page)
            found.add("devices", OK, f"Devices that the account sees: {found.devices}.")
        elif page.status == 403:
            message = "The account may not read the list of devices (HTTP 403)."
            found.add("devices", WRONG, message, f"Give it the role {TENANT_ADMIN}.")
        else:
            found.add_unknown("devices", page.problem)
        rows = [[text_of(row.get(key)) for key in _PERSONAL] for row in rows_in(page)]
        privacy_check(found, rows, page.problem)
        return page

    def _permissions(self, tenant: Seen) -> None:
        listed = _result(tenant).get("dmPermissionList")
        if not isinstance(listed, list):
            reason = tenant.problem or "the tenant's metadata have no dmPermissionList"
            self._found.add_unknown("permissions", reason)
            return
        names = {text_of(one) for one in listed}
        may = [words for name, words in _PERMISSIONS.items() if name in names]
        may_not = [words for name, words in _PERMISSIONS.items() if name not in names]
        if may:
            rest = f" It may not: {', '.join(may_not)}." if may_not else ""
            self._found.add("permissions", OK, f"The account may: {', '.join(may)}.{rest}")
            return
        remedy = f"Give it the role {READER}, or {TENANT_ADMIN}."
        self._found.add("permissions", WRONG, "The account may do nothing with devices.", remedy)

    def _of_sign_in(self) -> None:
        found = self._found
        basic = self._transport.settings.authorization.startswith("Basic ")
        found.settle("basic_auth", "on" if basic else None, "a token was used")
        seen = self._prober.ask("anonymous", TENANT, anonymous=True)
        settle_anonymous(found, seen)
        asks = "on" if "www-authenticate" in seen.headers else "off"
        found.settle("challenge", asks if seen.status == 401 else None, why(seen))

    # The list of devices

    def _of_pages(self, page: Seen) -> None:
        """Check that the list can be read to its end, past the window of the search engine."""
        found, prober, rows = self._found, self._prober, rows_in(page)
        total = total_in(page) or 0
        reason = page.problem or "there are too few devices"
        given = "searchAfterValues" in _result(page)
        found.settle("search_after_in_answer", ("on" if given else "off") if rows else None, reason)
        if len(rows) < FEWEST:
            found.add_unknown("paging", reason)
            found.settle("start_with_search_after", None, reason)
            return
        last, end = rows[0], page
        if total > WINDOW:
            query = [*self._place, ("start", str(WINDOW - 1)), ("rows", "1"), *_SORT]
            end = prober.ask("end of window", DEVICES, query)
            last = next(iter(rows_in(end)), last)
        after = ("searchAfterValues", text_of(last.get("id")))
        seen = prober.ask("after", DEVICES, [*self._place, ("rows", "1"), *_SORT, after])
        row = next(iter(rows_in(seen)), {})
        where = f"past {numbered(WINDOW, 'devices')}" if total > WINDOW else "behind a given device"
        paging_check(found, seen, f"The list goes on {where}.", on=_number(row) > _number(last))
        query = [*self._place, ("start", "1"), ("rows", "1"), *_SORT, after]
        seen = prober.ask("start and after", DEVICES, query)
        settle_refusal(found, "start_with_search_after", seen, ("error", "ignore"))

    def _of_list(self) -> None:
        found, prober = self._found, self._prober
        rows = ("rows", str(DATABASE_ROWS))
        unfiled = prober.ask("no space", DEVICES, [rows])
        settle_refusal(found, "missing_partition", unfiled, ("error", "default_space"))
        unsorted = unfiled
        if not unfiled.ok:
            unsorted = prober.ask("unsorted", DEVICES, [*self._place, rows])
        numbers = [_number(row) for row in rows_in(unsorted)]
        order = "by_id" if numbers == sorted(numbers) else "scattered"
        found.settle("unsorted_order", order if len(numbers) >= FEWEST else None, why(unsorted))
        seen = prober.ask("unknown space", DEVICES, [("dmPartitionId", _NO_ID), ("rows", "1")])
        settle_refusal(found, "unknown_partition", seen, ("error", "empty"))

    def _of_filters(self, page: Seen) -> None:
        found = self._found
        seen = self._narrow("unknown field", ("fq", f"{_NO_NAME}=1"))
        settle_refusal(found, "unknown_field", seen, ("error", "empty"))
        order = ("sortFields[0].order", "ASC")
        seen = self._narrow("unknown sort", ("sortFields[0].name", _NO_NAME), order)
        settle_refusal(found, "unknown_sort_field", seen, ("error", "ignore"))
        seen = self._narrow("unknown attribute", ("fq", f"CFDEVICE[{_NO_NAME}]='1'"))
        settle_refusal(found, "undefined_attribute_in_filter", seen, ("error", "empty"))
        states = [text_of(row.get("registrationState")) for row in rows_in(page)]
        state = next((state for state in states if state.isupper()), "")
        if not state:
            found.settle("fq_case", None, why(page))
            return
        seen = self._narrow("other case", ("fq", f"registrationState={state.lower()}"))
        found.settle(
            "fq_case",
            ("ignored" if total_in(seen) else "respected") if seen.ok else None,
            why(seen),
        )

    def _narrow(self, name: str, *query: tuple[str, str]) -> Seen:
        return self._prober.ask(name, DEVICES, [*self._place, ("rows", "1"), *query])

    # What rows show

    def _of_attributes(self, page: Seen) -> None:
        found, rows = self._found, rows_in(page)
        held = [_attributes(row) for row in rows]
        bare = [row for row, names in zip(rows, held, strict=True) if not names]
        shown = {"null" if row.get("customAttributes") is None else "empty_map" for row in bare}
        reason = page.problem or "every device has attributes"
        found.settle("no_attributes_in_list", shown.pop() if len(shown) == 1 else None, reason)
        query = [("type", "device"), ("start", "0"), ("rows", str(DATABASE_ROWS))]
        seen = self._prober.ask("definitions", DEFINITIONS, query)
        defined = {text_of(row.get("name")).lower() for row in rows_in(seen)}
        valued = {name.lower() for names in held for name in names}
        self._settle_suffix("numeric_definitions", defined, valued, seen)
        self._settle_suffix("numeric_names", valued, defined, page)

    def _settle_suffix(self, name: str, own: set[str], other: set[str], seen: Seen) -> None:
        """Note whether names have the suffix of numeric attributes here.

        That a name lacks it shows only where the other place has it with the suffix.
        """
        suffixed = {one.removesuffix(_NUMERIC) for one in other if one.endswith(_NUMERIC)}
        position = "bare" if own & suffixed else None
        if any(one.endswith(_NUMERIC) for one in own):
            position = "suffixed"
        self._found.settle(name, position, seen.problem or "no numeric attribute was seen")

    def _of_device(self, page: Seen) -> None:
        found, prober, rows = self._found, self._prober, rows_in(page)
        codes = [row.get("actionExceptionCodes") for row in rows]
        null = "on" if [None] in codes else "off"
        found.settle("exception_codes_null", null if rows else None, why(page))
        lists = [row.get("violatedPolicies") for row in rows]
        policies = [part for parts in lists if isinstance(parts, list) for part in parts]
        kind = "objects" if any(isinstance(part, Mapping) for part in policies) else "names"
        found.settle("violated_policies", kind if policies else None, "no device violates a policy")
        seen = prober.ask("missing device", DETAILS, path={"device": _NO_ID})
        form = f"{seen.status}_{seen.body}"
        known = form in ("404_json", "404_html", "404_empty", "400_json")
        found.settle("missing_device", form if known else None, why(seen))
        device = next((row for row in rows if _attributes(row)), rows[0] if rows else None)
        if device is None:
            return
        number, guid = text_of(device.get("id")), text_of(device.get("guid"))
        seen = prober.ask("details", DETAILS, path={"device": number})
        shown = [name for name in _OWNER_FIELDS if name in _result(seen)]
        name = (shown or ["absent"])[0]
        found.settle("owner_status_field", name if seen.ok else None, why(seen))
        seen = prober.ask("attributes", _ATTRIBUTES, path={"device": number})
        found.settle("attributes_answer", _form_of(seen), why(seen))
        seen = prober.ask("configs by guid", _CONFIGS, path={"device": guid or number})
        settle_refusal(found, "guid_for_id", seen, ("error", "accepted"))
        self._of_policies(number)
        seen = prober.ask("certificates", _CERTIFICATES, path={"device": number})
        settle_refusal(found, "certificates_no_account", seen, ("error", "all"))

    def _of_policies(self, number: str) -> None:
        seen = self._prober.ask("policies", _POLICIES, path={"device": number})
        self._policies = {text_of(row.get("id")) for row in rows_in(seen)}
        rows = [row for row in rows_in(seen) if "pendingCompliant" in row]
        off = [row for row in rows if row["pendingCompliant"] != row.get("compliant")]
        position = "same" if rows else None
        if off:
            position = "null" if off[0]["pendingCompliant"] is None else "true"
        elif all(row.get("compliant") is True for row in rows):
            # A verdict that is always true looks the same here.
            position = None
        reason = seen.problem or "the device violates none of its policies"
        self._found.settle("pending_compliant", position, reason)

    def _of_configs(self) -> None:
        """Look at what the list of configurations holds without a tag: policies of a device that is
        there, or no more than configurations."""
        query = [*self._place, ("start", "0"), ("rows", str(DATABASE_ROWS))]
        seen = self._list("config_list", _CONFIG_LIST, query)
        rows = rows_in(seen)
        position = "configurations" if rows else "nothing"
        reason = seen.problem
        if self._policies & {text_of(row.get("id")) for row in rows}:
            position = "all"
        elif not reason and not self._policies:
            reason = "no device with a policy was seen"
        elif not reason and (total_in(seen) or 0) > len(rows):
            reason = "the list is longer than a page"
        self._found.settle("config_list_untagged", None if reason else position, reason)

    def _list(self, name: str, endpoint: Endpoint, query: Query) -> Seen:
        """Read the beginning of a list, and note whether the server has it."""
        seen = self._prober.ask(name, endpoint, query)
        position = {403: "forbidden", 404: "absent"}.get(seen.status, "on" if seen.ok else None)
        self._found.settle(name, position, why(seen))
        return seen

    # What the tenant has besides devices

    def _of_tenant(self) -> None:
        found, prober = self._found, self._prober
        first = [("start", "0"), ("rows", "1")]
        self._list("account_list", _ACCOUNTS, first)
        seen = prober.ask("enrolment servers", _SERVERS, first)
        server = next(iter(rows_in(seen)), None)
        if server is None:
            reason = seen.problem or "there is no enrolment server"
            for name in ("server_name", "profiles_answer", "skip_items", "admin_accounts"):
                found.settle(f"dep_{name}", None, reason)
            return
        name = next((key for key in ("serverName", "name") if key in server), "absent")
        found.settle("dep_server_name", name, "")
        self._of_profiles(text_of(server.get("id")))

    def _of_profiles(self, server: str) -> None:
        found = self._found
        seen = self._prober.ask("enrolment profiles", _PROFILES, path={"server": server})
        is_list = isinstance(_raw(seen), list)
        position = ("list" if is_list else "page") if seen.ok else None
        found.settle("dep_profiles_answer", position, why(seen))
        rows = maps_in(_raw(seen)) if is_list else rows_in(seen)
        skipped = [row["skipSetupItems"] for row in rows if row.get("skipSetupItems")]
        form = ("map" if isinstance(skipped[0], Mapping) else "list") if skipped else None
        reason = seen.problem or "no enrolment profile has it"
        found.settle("dep_skip_items", form, reason)
        parts = [row.get("accountConfiguration") for row in rows]
        maps = [part for part in parts if isinstance(part, Mapping)]
        hashed = any(part.get("autoSetupAdminAccounts") for part in maps)
        form = ("hashed" if hashed else "none") if maps else None
        found.settle("dep_admin_accounts", form, reason)


def product_check(found: Findings, tenant: Seen, page: Seen) -> None:
    """Judge whether the address is Neurons."""
    if is_face("neurons", tenant) or is_face("neurons", page):
        found.add("product", OK, "The address answers as Ivanti Neurons for MDM.")
        return
    found.add_unknown("product", REFUSED_ALL, "Give the account a role, or check url.")


def _raw(seen: Seen) -> Any:
    return seen.data.get("result") if seen.ok and isinstance(seen.data, Mapping) else None


def _result(seen: Seen) -> Mapping[str, Any]:
    result = _raw(seen)
    return result if isinstance(result, Mapping) else {}


def rows_in(seen: Seen) -> list[Mapping[str, Any]]:
    """Return the rows of a page, or none."""
    return maps_in(_result(seen).get("searchResults"))


def total_in(seen: Seen) -> int | None:
    """Return how many rows all pages have, if the answer says it."""
    return whole(_result(seen).get("totalCount"))


def _number(row: Mapping[str, Any]) -> int:
    return whole(row.get("id")) or 0


def _attributes(row: Mapping[str, Any]) -> list[str]:
    """Return the names of the attributes of a row."""
    held = row.get("customAttributes")
    held = held.get("attrs", held) if isinstance(held, Mapping) else None
    return [str(name) for name in held] if isinstance(held, Mapping) else []


def _form_of(seen: Seen) -> str | None:
    """Return in which of its documented forms an answer has attributes."""
    if not seen.ok or not isinstance(seen.data, Mapping):
        return None
    if "result" in seen.data:
        return "envelope"
    values = seen.data.get("attrs")
    if not isinstance(values, Mapping) or not values:
        return None
    return "bare" if all(isinstance(value, list) for value in values.values()) else "bare_strings"
