# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody outside the vendor knows, as switches: a client must live with every position.

One table. `emulator/README.md` repeats it and a test holds the two together.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

NUMBER = "a whole number"
# A thousand times the longest time and the largest size that make sense.
_DIGITS = re.compile(r"[0-9]{1,9}")
CORE_DOC = 'vendor document "MobileIron WebService"'
EPMM_DOC = 'vendor document "Device Management"'
DEVICE_DOC = 'vendor document "Device API Calls"'


@dataclass(frozen=True)
class Switch:
    """`choices` is empty for a whole number from `least` on. `source` says what is known, and so why
    the default is what it is."""

    name: str
    choices: tuple[str, ...]
    default: str | int
    source: str
    meaning: str
    least: int = 0

    def parse(self, text: str | int) -> str | int:
        """Raises ValueError for what is not a position of this switch."""
        if self.choices:
            value = {True: "on", False: "off"}.get(text, text) if isinstance(text, bool) else text
            if value not in self.choices:
                raise ValueError(f"{self.name} is one of {', '.join(self.choices)}, not {text}")
            return value
        if isinstance(text, bool) or not _DIGITS.fullmatch(str(text)):
            raise ValueError(f"{self.name} is {NUMBER} of at most nine digits, not {text!s:.40}")
        if int(text) < self.least:
            raise ValueError(f"{self.name} is {NUMBER} of at least {self.least}, not {text}")
        return int(text)


_ON_OFF = ("on", "off")

SWITCHES: tuple[Switch, ...] = (
    Switch(
        "strict",
        _ON_OFF,
        "off",
        "a test aid",
        "Unknown query parameters and body keys answer 400 instead of being ignored.",
    ),
    Switch("delay_ms", (), 0, "a test aid", "Waits this long before each answer."),
    Switch(
        "max_url_bytes",
        (),
        0,
        "unknown; servlet containers stop at 8 to 64 KiB",
        "Path and query longer than this answer 414. 0: no limit.",
    ),
    Switch(
        "max_body_bytes",
        (),
        16_777_216,
        "unknown; servlet containers take 2 MiB of a form",
        "A longer body answers 413. 0: no limit.",
    ),
    Switch(
        "request_timeout_ms",
        (),
        60_000,
        "unknown; 20 to 60 seconds in servlet containers",
        "A connection that sends nothing, or part of a request only, is closed after that time.",
        least=1,
    ),
    Switch(
        "basic_auth",
        _ON_OFF,
        "on",
        'vendor page "API Basics": with multi-factor log-in only tokens work',
        "off: a correct name and password answer 401.",
    ),
    Switch(
        "challenge",
        ("epmm_v1", "on", "off"),
        "epmm_v1",
        "a client in the field sends its credentials to EPMM v1 only when it is asked; the vendor's "
        "page of API v2 says that it does not ask",
        "Which 401 carries WWW-Authenticate: that of EPMM v1, each, or none.",
    ),
    Switch("unauthorized_body", ("json", "html", "empty"), "json", "unknown", "The body of a 401."),
    Switch("forbidden_body", ("json", "html", "empty"), "json", "unknown", "The body of a 403."),
    Switch(
        "unknown_path_body",
        ("json", "html", "empty"),
        "json",
        "the emulator's own: 501 means not emulated",
        "The body of a 501 and a 405.",
    ),
    Switch(
        "missing_device",
        ("404_json", "404_html", "404_empty", "400_json"),
        "404_json",
        "unknown",
        "The answer for a device or label which does not exist.",
    ),
    Switch(
        "missing_partition",
        ("default_space", "error"),
        "default_space",
        f"unknown; {DEVICE_DOC} lists dmPartitionId for every list call",
        "The device list without dmPartitionId: the default space, or 400.",
    ),
    Switch(
        "unknown_partition",
        ("error", "empty"),
        "error",
        "unknown",
        "The device list of a space which does not exist.",
    ),
    Switch(
        "search_after_in_answer",
        _ON_OFF,
        "off",
        "unknown: the vendor names searchAfterValues and no more",
        "Whether the list's result holds searchAfterValues, the sort values of its last row.",
    ),
    Switch(
        "start_with_search_after",
        ("error", "ignore"),
        "error",
        "how Elasticsearch, which the list resembles, does it",
        "start above 0 together with searchAfterValues.",
    ),
    Switch(
        "unsorted_order",
        ("by_id", "scattered"),
        "by_id",
        "unknown; clients sort by id to page safely",
        "The order of a list for which no sorting was asked.",
    ),
    Switch(
        "unknown_field",
        ("error", "empty"),
        "error",
        "unknown",
        "A filter on a field which no device has: 400, or no rows.",
    ),
    Switch(
        "unknown_sort_field",
        ("error", "ignore"),
        "error",
        "unknown",
        "Sorting by a field which no device has.",
    ),
    Switch(
        "undefined_attribute_in_filter",
        ("empty", "error"),
        "empty",
        "unknown",
        "CFDEVICE[x] or CFLDAP[x] where x is not defined: no rows, or 400.",
    ),
    Switch(
        "fq_case",
        ("ignored", "respected"),
        "ignored",
        "recorded facets are lower-cased, so the index folds case",
        "Whether a filter's values are compared without case.",
    ),
    Switch(
        "exception_codes_null",
        _ON_OFF,
        "off",
        "recorded rows of one tenant; those of 2020 to 2022 have an empty list",
        "Neurons: whether actionExceptionCodes of some rows is [null] instead of an empty list.",
    ),
    Switch(
        "violated_policies",
        ("names", "objects"),
        "names",
        "unknown: recorded lists are empty",
        "The elements of a row's violatedPolicies: names, or {id, name}.",
    ),
    Switch(
        "no_attributes_in_list",
        ("empty_map", "null"),
        "empty_map",
        "both are recorded",
        'customAttributes of a row without any: {"attrs": {}} or null.',
    ),
    Switch(
        "attributes_answer",
        ("envelope", "bare", "bare_strings"),
        "envelope",
        f"{DEVICE_DOC} shows two: the PATCH section the envelope, the GET section bare strings",
        (
            "GET customattributes: {errors, result: {deviceId, guid, attrs}}, {attrs: {k: [v]}}, "
            "or "
            "{attrs: {k: v}}."
        ),
    ),
    Switch(
        "undefined_attribute",
        ("reject", "accept"),
        "reject",
        "admin guide: an attribute is created, then assigned",
        "Writing an attribute which is not defined: 400, or stored.",
    ),
    Switch(
        "unsuffixed_numeric",
        ("reject", "ignore"),
        "reject",
        f"{DEVICE_DOC}: _# must be added to a numeric name",
        "Writing a numeric attribute without its _#: 400, or silently nothing.",
    ),
    Switch(
        "numeric_names",
        ("suffixed", "bare"),
        "suffixed",
        "unknown",
        "How numeric attributes are named where their values are read.",
    ),
    Switch(
        "numeric_definitions",
        ("suffixed", "bare"),
        "suffixed",
        "unknown",
        "How numeric attributes are named in the list of definitions.",
    ),
    Switch(
        "numeric_delete",
        ("both", "suffixed"),
        "both",
        f"unknown: {DEVICE_DOC} asks for _# in all calls but DELETE",
        "Whether a DELETE takes a numeric attribute's name without its _# too.",
    ),
    Switch(
        "force_overwrite_default",
        ("true", "false"),
        "true",
        "unknown",
        "PATCH without forceOverwrite.",
    ),
    Switch(
        "append_duplicates",
        ("keep", "drop"),
        "keep",
        "unknown",
        "Appending a value which is there already.",
    ),
    Switch(
        "bare_value",
        ("reject", "accept"),
        "reject",
        f"{DEVICE_DOC}: values are lists",
        'Writing {"cityid": "SF"} instead of {"cityid": ["SF"]}.',
    ),
    Switch(
        "delete_one",
        ("by_name", "by_value"),
        "by_name",
        f"{DEVICE_DOC} sends values with the names and says no more",
        "DELETE of one device: removes the attributes named, or only the values given.",
    ),
    Switch(
        "bulk_delete_result",
        ("count", "one"),
        "count",
        f"{DEVICE_DOC} shows 1 for one device",
        "result of the DELETE of many devices: devices found, or 1.",
    ),
    # --- the account ---
    Switch(
        "gdpr",
        _ON_OFF,
        "off",
        "vendor pages about GDPR profiles of both products",
        "Whether the account has a GDPR profile. Then user ids, names, e-mail addresses, phone "
        "numbers, IMEI, MEID, IMSI, ICCID, serial numbers and IP addresses are masked in all "
        "answers. Requests still find devices and users by them.",
    ),
    Switch(
        "gdpr_mask",
        ("asterisks", "partial", "word"),
        "asterisks",
        "unknown; recorded rows of EPMM have *****, which may be the work of who published them",
        "What is masked: *****, the first character and an asterisk for each other, or the same "
        "word of ordinary letters.",
    ),
    Switch(
        "gdpr_v1",
        ("masked", "clear"),
        "masked",
        "unknown; the vendor's page names calls of API v2",
        "EPMM v1: whether a GDPR profile masks there, too.",
    ),
    Switch(
        "account_space",
        (),
        1,
        "vendor's page of API v2 about device spaces: an administrator has one",
        "EPMM: the device space of which the account is an administrator: it and those below are "
        "all that it sees.",
        least=1,
    ),
    Switch(
        "neurons_spaces",
        ("all", "none"),
        "all",
        "unknown; the admin guide assigns roles to an account for each device space",
        "Neurons: the account's device spaces. none: their list is empty, and the tenant's metadata "
        "name no default one.",
    ),
    Switch(
        "foreign_space",
        ("forbidden", "error", "empty"),
        "forbidden",
        "unknown",
        "EPMM v2: adminDeviceSpaceId of a space which the account does not see: 403, 400, or "
        "nothing is seen.",
    ),
    Switch(
        "v1_spaces",
        ("own", "all"),
        "own",
        "unknown; API v1 has no parameter for a device space",
        "EPMM v1: devices of the space of the account and those below, or all.",
    ),
    Switch(
        "device_readers",
        ("document", "device_roles"),
        "document",
        f"{DEVICE_DOC} asks for Tenant Admin, clients in the field list devices with fewer rights",
        "Neurons: who reads the list and the details of devices: Tenant Admin, or whoever has one "
        "of the roles of the document.",
    ),
    Switch(
        "v2_api_role",
        ("free", "needed"),
        "free",
        f"unknown; {CORE_DOC} names the role API, and is about API v1",
        "EPMM v2: whether calls of which no page names a role need the role API, and those about "
        "labels one of Label Management besides.",
    ),
    # --- Ivanti Neurons for MDM: actions ---
    Switch(
        "action_json_body",
        ("ignored", "read"),
        "ignored",
        f"{DEVICE_DOC} sends forms",
        "Neurons: the parameters of an action in a body of JSON: as if there were none, or read.",
    ),
    Switch(
        "action_ids_missing",
        ("error", "zero"),
        "error",
        "unknown",
        "Neurons: an action or a check for no device: 400, or a result of 0 (a list of none).",
    ),
    Switch(
        "action_unknown_device",
        ("passed_over", "error"),
        "passed_over",
        "unknown",
        (
            "Neurons: an action on a device which does not exist: it is not counted, or 400 and "
            "nothing is done."
        ),
    ),
    Switch(
        "action_impossible_device",
        ("passed_over", "error", "counted"),
        "passed_over",
        f"{DEVICE_DOC}: a log-out is sent to the eligible devices, and counts them",
        "Neurons: an action on a device which cannot take it: it is not counted, 400 and nothing "
        "is done, or it is counted. "
        "Nothing is done to it.",
    ),
    Switch(
        "action_max_devices",
        (),
        0,
        "unknown",
        "Neurons: most devices of an action or a check; more answer 400. 0: no limit.",
    ),
    Switch(
        "os_update_result",
        ("one", "count"),
        "one",
        f"{DEVICE_DOC}: 1 for success, 0 for failure",
        "Neurons: result of an OS update: 1 when it was accepted for any device, or their number.",
    ),
    Switch(
        "viability_codes",
        ("guessed", "null"),
        "guessed",
        f"{DEVICE_DOC} shows PLATFORM_NOT_SUPPORTED alone; rows with a null are recorded",
        (
            "Neurons: actionExceptionCodes for other reasons than the platform: the emulator's own "
            "names, or [null]."
        ),
    ),
    Switch(
        "viability_unasked",
        ("error", "checked"),
        "error",
        f"{DEVICE_DOC} always sends checkViability=true",
        "Neurons: a check by GET without it: 400, or the same.",
    ),
    Switch(
        "delete_states",
        ("document", "admin_guide"),
        "document",
        (
            f"{DEVICE_DOC}: neither ACTIVE nor WIPE_PENDING; admin guide: RETIRED, RETIRE_PENDING, "
            "WIPED or WIPE_PENDING"
        ),
        "Neurons: which devices can be deleted.",
    ),
    Switch(
        "kiosk_unconfigured",
        ("ineligible", "eligible"),
        "ineligible",
        "unknown",
        "Neurons: whether a device whose kioskState is NOT_CONFIGURED can enter kiosk mode.",
    ),
    Switch(
        "footnote_long",
        ("error", "cut"),
        "error",
        f"{DEVICE_DOC}: 15 characters at most",
        "Neurons: a longer footnote of lost mode.",
    ),
    Switch(
        "relinquish_state",
        ("retired_states", "unchanged"),
        "retired_states",
        "unknown",
        "Neurons: registrationState of a device which is being relinquished: as of one being "
        "retired, or as it was. It ends "
        "RETIRED.",
    ),
    Switch(
        "message_none_valid",
        ("true", "false", "error"),
        "true",
        f"{DEVICE_DOC} shows true, which counts nothing",
        "Neurons: result of a message which reaches no device; error: 400.",
    ),
    Switch(
        "message_other_space",
        ("passed_over", "sent"),
        "passed_over",
        f"{DEVICE_DOC}: dmPartitionId is the device space of the devices",
        "Neurons: a message to a device of another space.",
    ),
    Switch(
        "message_email_keys",
        ("optional", "required"),
        "optional",
        f"{DEVICE_DOC}: emailSubject and emailBody should be sent as shown, empty",
        "Neurons: a message without sendEmail, emailSubject or emailBody: required answers 400.",
    ),
    Switch(
        "message_nothing_to_send",
        ("error", "true"),
        "error",
        "unknown",
        "Neurons: a message with neither a push notification nor a mail: 400, or a result of true.",
    ),
    # --- Ivanti Neurons for MDM: configurations, compliance, certificates, owners, enrolment ---
    Switch(
        "guid_for_id",
        ("error", "accepted"),
        "error",
        f"{DEVICE_DOC} has guids in the paths of attributes and details only",
        (
            "Neurons: a guid in the path of a device's configurations, policies or certificates: "
            "400, "
            "or as the id."
        ),
    ),
    Switch(
        "config_list",
        ("on", "absent", "forbidden"),
        "on",
        "a vendor page describes the call; an account may lack it",
        "Neurons: GET /api/v1/policy works, or answers 404 or 403.",
    ),
    Switch(
        "config_list_untagged",
        ("all", "configurations", "nothing"),
        "all",
        "a vendor page has counts of every configuration and policy in one call, and does not say "
        "which tag it takes",
        "Neurons: what GET /api/v1/policy lists without a tag.",
    ),
    Switch(
        "config_list_spaces",
        ("shared_and_own", "own"),
        "shared_and_own",
        "unknown",
        (
            "Neurons: whether the list of configurations of another than the default space holds "
            "those "
            "shared with all."
        ),
    ),
    Switch(
        "config_pending",
        ("guessed", "pending", "null", "before"),
        "guessed",
        f"unknown: {DEVICE_DOC} shows INSTALLED alone",
        "Neurons: the status of a configuration which is on its way: PENDING_INSTALL or "
        "PENDING_UNINSTALL, PENDING, null, or "
        "what it was before.",
    ),
    Switch(
        "config_excluded",
        ("uninstalled", "inactive", "unlisted"),
        "uninstalled",
        (
            f"{DEVICE_DOC}: what is excluded is uninstalled, or becomes Inactive; clients in the "
            "field "
            "know UNINSTALLED"
        ),
        (
            "Neurons: what is excluded from a device, once it has carried that out: UNINSTALLED, "
            "INACTIVE, or not listed any more."
        ),
    ),
    Switch(
        "config_outcome",
        ("done", "error"),
        "done",
        "a test aid",
        "Neurons: what a device makes of a configuration that is excluded, pushed or re-installed. "
        "error: its status is ERROR, "
        "though an excluded one stays excluded.",
    ),
    Switch(
        "config_unknown",
        ("ignored", "false", "400", "404"),
        "ignored",
        "unknown",
        "Neurons: excluding, pushing or re-installing what the device does not have: true, or "
        "false, and the rest is done; "
        "or 400, or 404, and nothing is done.",
    ),
    Switch(
        "config_several",
        ("all", "first"),
        "all",
        f"a test aid; {DEVICE_DOC}: several in a comma-separated list",
        (
            "Neurons: several policyIds: all are dealt with, or the first of them only, and the "
            "answer "
            "is true all the same."
        ),
    ),
    Switch(
        "config_reinstall_excluded",
        ("ignored", "installs", "400"),
        "ignored",
        "unknown",
        (
            "Neurons: re-installing what is excluded from the device: true and nothing is done, it "
            "is "
            "pushed back, or 400."
        ),
    ),
    Switch(
        "pending_compliant",
        ("same", "true", "null"),
        "same",
        f"unknown; {DEVICE_DOC} shows it equal to compliant",
        "Neurons: pendingCompliant of a policy of a device.",
    ),
    Switch(
        "sync_vendor_unknown",
        ("error", "zero"),
        "error",
        f"{DEVICE_DOC}: GoogleBC, Intune",
        "Neurons: compliance sync with another vendor: 400, or a result of 0.",
    ),
    Switch(
        "sync_result",
        ("one", "count"),
        "one",
        f"{DEVICE_DOC} shows 1 for two devices",
        "Neurons: result of a compliance sync: 1 when any device was synced, or their number.",
    ),
    Switch(
        "certificates_wrong_account",
        ("empty", "400", "404"),
        "empty",
        f"{DEVICE_DOC}: the owner of the device",
        (
            "Neurons: certificates of a device with the accountId of somebody else, or of a device "
            "without an owner."
        ),
    ),
    Switch(
        "certificates_no_account",
        ("error", "all"),
        "error",
        f"{DEVICE_DOC} always sends accountId",
        "Neurons: certificates of a device without accountId: 400, or all.",
    ),
    Switch(
        "certificates_rows",
        (),
        0,
        f"unknown; {DEVICE_DOC} has a limit of 10 in the answer, and no page in the request",
        (
            "Neurons: rows of a page of certificates, where start and rows then count. 0: the "
            "whole "
            "list."
        ),
    ),
    Switch(
        "dep_profiles_answer",
        ("list", "page"),
        "list",
        f"{DEVICE_DOC} shows a list",
        (
            "Neurons: result of the DEP profiles of a server: the list itself, or with "
            "searchResults "
            "and totalCount."
        ),
    ),
    Switch(
        "dep_server_unknown",
        ("404", "empty"),
        "404",
        "unknown",
        "Neurons: the profiles of a DEP server which does not exist.",
    ),
    Switch(
        "dep_server_name",
        ("serverName", "name", "absent"),
        "serverName",
        f"unknown; {DEVICE_DOC} shows id and serverUuid, and dots for the rest",
        "Neurons: how a DEP server names its name, if it has one at all.",
    ),
    Switch(
        "dep_skip_items",
        ("list", "map"),
        "list",
        f"{DEVICE_DOC} shows a list, and names all items",
        "Neurons: skipSetupItems of a DEP profile: names, or a map of all names to true and false.",
    ),
    Switch(
        "dep_admin_accounts",
        ("none", "hashed"),
        "none",
        "Apple's profiles carry accounts with the hash of a password",
        (
            "Neurons: autoSetupAdminAccounts of a DEP profile: null, or an account with its "
            "passwordHash."
        ),
    ),
    Switch(
        "owner_answer",
        ("rejected", "number"),
        "rejected",
        f"{DEVICE_DOC}: the devices which were rejected; an older guide of the vendor shows 1",
        (
            "Neurons: result of giving devices to another user: those which are not eligible, or "
            "the "
            "number of the others."
        ),
    ),
    Switch(
        "owner_rejected_rows",
        ("rows", "ids"),
        "rows",
        f"{DEVICE_DOC} shows an empty list",
        "Neurons: searchResults of that list: whole rows with actionExceptionCodes, or ids.",
    ),
    Switch(
        "owner_outcome",
        ("success", "failed"),
        "success",
        f"{DEVICE_DOC} knows both",
        (
            "Neurons: what a device makes of being given to another user. One which fails keeps "
            "its "
            "owner."
        ),
    ),
    Switch(
        "owner_unknown_account",
        ("400", "404", "rejected", "zero"),
        "400",
        "unknown",
        (
            "Neurons: giving devices to a user who does not exist: 400, 404, all are rejected, or "
            "a "
            "result of 0."
        ),
    ),
    Switch(
        "owner_status_field",
        ("lastReassignmentStatus", "lastReassignStatus", "reassignmentStatus", "absent"),
        "lastReassignmentStatus",
        f'unknown; {DEVICE_DOC} calls it "Last Reassignment Status"',
        (
            "Neurons: how the details of a device name the state of its reassignment: INITIATED, "
            "SUCCESS, FAILED, null before."
        ),
    ),
    Switch(
        "account_list",
        ("on", "absent", "forbidden"),
        "on",
        "recorded answers",
        "Neurons: GET /api/v1/account works, or answers 404 or 403.",
    ),
    # --- Ivanti EPMM: the world and API v2 ---
    Switch(
        "v2_path_case",
        ("version_ignored", "exact"),
        "version_ignored",
        "a client in production asks for /api/V2/ping",
        "Whether /api/V2 is /api/v2.",
    ),
    Switch(
        "encoded_slash",
        ("reject", "accept"),
        "reject",
        "Tomcat's default; unknown what the vendor sets",
        "A path with %2F or %5C: 400 with a page, or part of the name.",
    ),
    Switch(
        "unknown_space",
        ("error", "empty"),
        "error",
        "unknown",
        "adminDeviceSpaceId of a space which does not exist: 400, or nothing is seen.",
    ),
    Switch(
        "v2_limit_default", (), 50, "unknown", "Rows of the v2 device list without limit.", least=1
    ),
    Switch(
        "v2_limit_max",
        (),
        200,
        "unknown; clients page by 50 and by 200",
        "Most rows of a v2 device list.",
        least=1,
    ),
    Switch(
        "v2_above_limit",
        ("clamp", "error"),
        "clamp",
        "unknown",
        "limit above v2_limit_max: fewer rows, or 400.",
    ),
    Switch(
        "v2_page_total",
        ("list", "page"),
        "list",
        "a recorded page of 2 rows has totalCount 2 and hasMore true; its numbers may be edited",
        "totalCount of a page of v2: the rows of the whole list, or those of the page.",
    ),
    Switch(
        "v2_unknown_field",
        ("ignore", "error"),
        "ignore",
        "clients in production ask for names with a slip of the pen",
        "A name in fields which no device has.",
    ),
    Switch(
        "text_query",
        ("search", "error"),
        "search",
        "the admin portal sends query=samsung with a labelId",
        "A query without any operator: a search for the text, or 400.",
    ),
    Switch(
        "label_and_advanced_query",
        ("error", "query_ignored"),
        "error",
        (
            'vendor page "Device Management" of API v2: labelId goes with a query, but not with an '
            "advanced one"
        ),
        "labelId together with a query that has operators.",
    ),
    Switch(
        "query_case",
        ("ignored", "respected"),
        "ignored",
        "unknown",
        "Whether a v2 query compares values without case.",
    ),
    Switch(
        "missing_is_not_equal",
        ("yes", "no"),
        "yes",
        "unknown",
        "Whether != finds devices which lack the field.",
    ),
    Switch(
        "retired_in_labels",
        ("no", "yes"),
        "no",
        "unknown; the console leaves retired devices out unless told otherwise",
        (
            "Whether RETIRED devices are in All-Smartphones and in other labels with an empty "
            "criterion."
        ),
    ),
    Switch(
        "system_labels_static",
        ("no", "yes"),
        "no",
        (
            'vendor document "Device Management" says both: iOS is false, and static labels are '
            "created by the system"
        ),
        "isStatic of labels with negative ids.",
    ),
    Switch(
        "noncompliance_names",
        ("published", "numbers"),
        "published",
        "the vendor's Reporting Database Essentials, page Array_Value_Enumerations; of v2 itself only "
        "DEVICE_ADMIN_DEACTIVE is recorded",
        "v2's lists of reasons: the published names, or the bits in decimal.",
    ),
    Switch(
        "v2_blocked_field",
        _ON_OFF,
        "on",
        'the vendor\'s page "Query Operators and Search Fields" of API v2 has both fields; older '
        "servers may lack them",
        "Whether common.blocked and common.blocked_reasons exist.",
    ),
    Switch(
        "v2_unknown_label",
        ("empty", "missing"),
        "empty",
        "a client in the field meets an empty object",
        "EPMM v2: a label by an id which does not exist: 200 with an empty object, or the answer "
        "of missing_device.",
    ),
    Switch(
        "compliance_actions",
        ("several", "one", "none"),
        "several",
        "a test aid",
        "EPMM v2: how many compliance actions the server has.",
    ),
    Switch(
        "v2_actions_absent",
        ("off", "404", "405", "501"),
        "off",
        "clients in the field use the calls; which versions have them is not known",
        "EPMM v2: the calls for actions on devices answer this status with a page.",
    ),
    Switch(
        "v2_action_partial",
        ("rest", "none"),
        "rest",
        "unknown",
        "EPMM v2: an action on several devices of which some cannot take it: the others get it, or "
        "none does.",
    ),
    Switch(
        "v2_action_results",
        ("present", "absent"),
        "present",
        "a recorded answer has them; a client reads successful only",
        "EPMM v2: whether the answer to an action has deviceResults.",
    ),
    Switch(
        "label_criteria_key",
        ("criteria", "query"),
        "criteria",
        "unknown; the label summary calls them criteria, API v1 query",
        "EPMM v2: the key of the criteria in the body that makes a filtered label.",
    ),
    Switch(
        "label_refusal",
        ("bad_request", "successful_false"),
        "bad_request",
        "unknown",
        "EPMM v2: the answer to making or deleting a label where that is not possible: 400, or 200 "
        "with successful false.",
    ),
    Switch(
        "label_write_answer",
        ("results", "successful", "empty"),
        "results",
        "a client in the field reads id, name and staticLabel of a label that it makes; of a "
        "deletion nothing is known",
        "EPMM v2: the answer to making a label: results, successful, or an empty object. A deletion "
        "answers successful, or an empty object.",
    ),
    Switch(
        "label_delete_members",
        ("taken_off", "refused"),
        "taken_off",
        "unknown",
        "EPMM v2: deleting a label that has devices: they lose it, or the call is refused.",
    ),
    Switch(
        "label_add_answer",
        ("both", "records", "successful"),
        "both",
        "one client in the field reads records, another one successful",
        "EPMM v2: what putting labels on devices answers: results.records, each with the label and "
        "its devices with message and failureCode; successful; or both.",
    ),
    Switch(
        "undocumented_details",
        _ON_OFF,
        "off",
        "made up in the manner of the documented ones",
        "EPMM: whether the pairs which devices report hold keys that no document has, such as "
        "security_patch.",
    ),
    Switch(
        "label_comma",
        ("before", "after"),
        "before",
        "unknown",
        (
            "Names of labels in a path are split at commas before they are decoded (%2C is part of "
            "a "
            "name), or after."
        ),
    ),
    Switch(
        "unknown_label_write",
        ("unsuccessful", "bad_request"),
        "unsuccessful",
        "an invalid device answers 200 and successful: false in a sister call",
        "Putting on or taking off a label which does not exist.",
    ),
    Switch(
        "filtered_label_write",
        ("unsuccessful", "bad_request"),
        "unsuccessful",
        "unknown",
        "Putting on or taking off a label which is filtered.",
    ),
    Switch(
        "unknown_device_write",
        ("unsuccessful", "bad_request"),
        "unsuccessful",
        "an invalid device answers 200 and successful: false in a sister call",
        "Putting a label on or taking it off a device which does not exist.",
    ),
    Switch(
        "foreign_label_write",
        ("unsuccessful", "bad_request", "done"),
        "unsuccessful",
        "unknown",
        "Putting a label of a device space on a device outside it, or taking it off.",
    ),
    Switch(
        "global_label_write",
        ("unsuccessful", "bad_request", "done"),
        "unsuccessful",
        "vendor's page about labels and delegated administration: a global label cannot be applied or "
        "removed from within a device space; how a call is answered is unknown",
        "Putting a global label on a device from within a device space, taking it off, or a policy.",
    ),
    Switch(
        "partial_label_write",
        ("none", "rest"),
        "none",
        "unknown",
        "A label write of which a part is impossible: nothing is done, or the rest is.",
    ),
    Switch(
        "users_limit_max",
        (),
        200,
        'vendor page "User Management" of API v2: 200 at most, and 1,000,000 by default',
        "Most rows of authorized/users, and their number without limit; more answers 400.",
        least=1,
    ),
    Switch(
        "list_lag",
        ("none", "reads", "time", "manual"),
        "none",
        "inferred: the list is served by a search index",
        (
            "When a write reaches the list: at once, after list_lag_reads list calls, after "
            "list_lag_ms, or at settle."
        ),
    ),
    Switch(
        "list_lag_reads",
        (),
        2,
        "a test aid",
        "List calls which still answer the old row (list_lag = reads).",
    ),
    Switch(
        "list_lag_ms",
        (),
        500,
        "a test aid",
        "Milliseconds for which the list is old (list_lag = time).",
    ),
    Switch(
        "v1_absent",
        ("off", "404", "501"),
        "off",
        "EPMM's API v1 is deprecated; a server may drop it",
        "Every path of EPMM's API v1 answers this status with a page.",
    ),
    Switch(
        "v1_error_body",
        ("messages", "html", "empty"),
        "messages",
        f"unknown; {CORE_DOC} puts a message into the answer, clients in the field also meet pages",
        "EPMM v1: the body of a 400 or 404, in JSON or XML as asked for, or a page, or nothing.",
    ),
    Switch(
        "one_element",
        ("collapse", "list"),
        "collapse",
        "clients in the field: one device is an object, two are a list",
        "EPMM v1 in JSON: an element which may occur several times and occurs once.",
    ),
    Switch(
        "v1_status_case",
        ("respected", "ignored"),
        "respected",
        "unknown; all clients send upper case",
        "EPMM v1: whether status=active means ACTIVE.",
    ),
    Switch(
        "v1_unknown_status",
        ("404", "400"),
        "404",
        "unknown",
        "EPMM v1: the device list for a status which does not exist.",
    ),
    Switch(
        "v1_no_devices",
        ("404", "404_count", "200_count"),
        "404",
        f"{EPMM_DOC}: 404, no data; a client in the field takes a totalCount of 0 as no devices",
        "EPMM v1: a list without devices: 404 with words, 404 or 200 with only a totalCount of 0.",
    ),
    Switch(
        "v1_list_limit",
        ("honoured", "ignored"),
        "honoured",
        "clients in the field send limit and offset",
        "EPMM v1: limit and offset of the device list.",
    ),
    Switch(
        "v1_lookups",
        ("registered", "all"),
        "registered",
        f'{EPMM_DOC}: "this API applies only to registered devices"',
        (
            "EPMM v1: whether devices by phone, user, label and MAC leave out those whose "
            "registration "
            "is pending."
        ),
    ),
    Switch(
        "v1_mac_answer",
        ("device", "devices"),
        "device",
        f"{EPMM_DOC} shows devices; two clients in the field read device, one of them to let "
        "devices into a network",
        "EPMM v1: what holds the device found by its MAC address.",
    ),
    Switch(
        "v1_phone_field",
        ("both", "document", "current"),
        "both",
        (
            f"{EPMM_DOC} shows phoneNumber in lists and currentPhoneNumber for one device, clients "
            "read the latter in both"
        ),
        "EPMM v1: how a device's phone number is named.",
    ),
    Switch(
        "v1_label_case",
        ("ignored", "respected"),
        "ignored",
        f"{EPMM_DOC} asks for the label Android as android",
        "EPMM v1: whether the case of a label's name matters in a request.",
    ),
    Switch(
        "v1_rule_values",
        ("text", "typed"),
        "text",
        "unknown; other fields with numbers are numbers in JSON",
        "EPMM v1 in JSON: the value 14 of a policy's rule is a text or a number.",
    ),
    Switch(
        "v1_invalid_action",
        ("message", "400"),
        "message",
        'a client in the field reads "Invalid action" from a 200',
        "EPMM v1: an action which does not exist, or none.",
    ),
    Switch(
        "v1_empty_messages",
        ("text", "null", "object"),
        "text",
        "unknown; a client in the field declares a text, and one ends with an error on null",
        "EPMM v1 in JSON: messages without any: an empty text, null, or an empty object.",
    ),
    Switch(
        "v1_impossible_action",
        ("message", "400", "accepted"),
        "message",
        (
            f'{EPMM_DOC} promises a descriptive message; a client in the field reads "Invalid '
            'action" '
            "from a 200"
        ),
        "EPMM v1: an action on one device which cannot take it (wiped, retired, never registered): "
        "200 with that message, "
        "400, or as if it had worked. Nothing is done.",
    ),
    Switch(
        "v1_reason_missing",
        ("400", "ignored"),
        "400",
        f"{EPMM_DOC}: required for lock and unlock",
        "EPMM v1: lock or unlock without Reason.",
    ),
    Switch(
        "v1_reason_long",
        ("400", "cut"),
        "400",
        f"{EPMM_DOC}: 512 characters at most",
        "EPMM v1: a longer Reason.",
    ),
    Switch(
        "v1_mac_twice",
        ("newest", "first"),
        "newest",
        "unknown",
        (
            "EPMM v1: which of two registrations of one device an action by MAC address or a "
            "message "
            "means."
        ),
    ),
    Switch(
        "wipe_message",
        ("empty", "text"),
        "empty",
        f"{EPMM_DOC} shows an empty message, and says success is shown",
        "EPMM v1: the message of a wipe that worked.",
    ),
    Switch(
        "unlock_value",
        ("letter", "passcode"),
        "letter",
        f"{EPMM_DOC} lists Q, F and NA for Android and iOS, and shows 6910 for an Android device",
        "EPMM v1: what unlocking an Android or iOS device answers. Other platforms: a passcode.",
    ),
    Switch(
        "roaming_not_ios",
        ("success", "message"),
        "success",
        f"{EPMM_DOC}: for iOS, but success whether or not the device supports the setting",
        (
            'EPMM v1: enableroaming of another device: as if it had worked, or 200 with "Invalid '
            'action". Nothing is done.'
        ),
    ),
    Switch(
        "bulk_max_devices",
        (),
        20000,
        f"{EPMM_DOC}: 20,000 by default; that more is a 400 is the emulator's",
        "EPMM v1: most devices of a bulk action or a message.",
        least=1,
    ),
    Switch(
        "bulk_none_valid",
        ("200", "404"),
        "200",
        "unknown",
        "EPMM v1: a bulk action or a message of which no device exists.",
    ),
    Switch(
        "bulk_invalid_devices",
        ("beside", "inside"),
        "beside",
        f"{EPMM_DOC} never closes messages there; of messages to devices it shows them beside",
        (
            "EPMM v1: where a bulk action lists the devices which do not exist: beside messages, "
            "or "
            "inside."
        ),
    ),
    Switch(
        "bulk_impossible_device",
        ("ignored", "invalid"),
        "ignored",
        f"{EPMM_DOC} acts after the answer; unknown",
        (
            "EPMM v1: a device of a bulk action which cannot take it: not mentioned, or listed as "
            "invalid. UNLOCK: failedDevices."
        ),
    ),
    Switch(
        "message_sent_failed",
        ("absent", "empty"),
        "absent",
        f"{EPMM_DOC} shows its closing tag only",
        "EPMM v1: messageSentFailed in the answer to a message which some device does not get.",
    ),
    Switch(
        "message_sent",
        ("beside", "inside"),
        "beside",
        f"{EPMM_DOC} shows empty messages and a message beside them, its table a message inside",
        "EPMM v1: where the answer to a message to devices says that it was sent.",
    ),
    Switch(
        "message_subject",
        ("ignored", "400"),
        "ignored",
        f"{EPMM_DOC}: valid only when the mode is email",
        "EPMM v1: a subject of a text or push message.",
    ),
    Switch(
        "action_settle",
        ("none", "reads", "time", "manual"),
        "none",
        f"{EPMM_DOC} and {DEVICE_DOC} have RETIRE_PENDING, and devices which answer later",
        "When devices carry out what is done to them: at once, after action_settle_reads GETs, "
        "after "
        "action_settle_ms, or at settle. EPMM: a retired device is RETIRE_PENDING until then, a "
        "wiped one what it was. "
        "Neurons: RETIRE_PENDING (WIPE_PENDING), then that long RETIRE_SENT (WIPE_SENT), then "
        "RETIRED (WIPED).",
    ),
    Switch(
        "action_settle_reads",
        (),
        2,
        "a test aid",
        "GETs for which devices have done nothing yet (action_settle = reads).",
    ),
    Switch(
        "action_settle_ms",
        (),
        500,
        "a test aid",
        "Milliseconds after which devices act (action_settle = time).",
    ),
    Switch(
        "eas_root",
        ("response", "reponse"),
        "response",
        f"{CORE_DOC} writes both",
        (
            "EPMM v1 in XML: the root of the list of ActiveSync devices, easWebServiceResponse or "
            "easWebServiceReponse."
        ),
    ),
    Switch(
        "eas_empty_groups",
        ("absent", "null", "empty", "list"),
        "absent",
        "unknown",
        "EPMM v1: a group without ActiveSync devices: not there, null, {}, or an object with an "
        "empty list. In XML the last "
        "three are an element without content.",
    ),
    Switch(
        "eas_nothing",
        ("404", "message"),
        "404",
        f"{CORE_DOC} knows both: a 404, and a message that no devices were found",
        (
            "EPMM v1: the list of ActiveSync devices where there is none: 404, or 200 with a "
            "message "
            "that says so."
        ),
    ),
    Switch(
        "eas_unregistered_uuid",
        ("absent", "empty", "null"),
        "absent",
        "unknown",
        "EPMM v1: miDeviceUuid of an ActiveSync device which is not registered.",
    ),
    Switch(
        "eas_details",
        ("root", "wrapped"),
        "root",
        f"{CORE_DOC} shows easDevice without anything around it",
        (
            "EPMM v1: easDevice with the details of one is the root, which JSON drops, or is "
            "inside "
            "easWebServiceResponse."
        ),
    ),
    Switch(
        "eas_recovery_password",
        ("masked", "shown"),
        "masked",
        f"{CORE_DOC} shows asterisks",
        (
            "EPMM v1: RecoveryPassword in the details of an ActiveSync device: asterisks, or what "
            "looks like a real one."
        ),
    ),
    Switch(
        "eas_unknown_device",
        ("counted_out", "404", "400"),
        "counted_out",
        f"unknown; {CORE_DOC} counts devices and knows a 404",
        "EPMM v1: an action on ActiveSync devices of which some do not exist: they are not "
        "counted, or this status and nothing "
        "is done.",
    ),
    Switch(
        "eas_reinstate_wiped",
        ("stays", "allowed"),
        "stays",
        "unknown",
        "EPMM v1: REINSTATE_DEVICE of a wiped ActiveSync device: it is not counted and stays "
        "wiped, or is allowed. "
        "BLOCK_DEVICE never counts for it.",
    ),
    Switch(
        "eas_repeated_action",
        ("counted", "not_counted"),
        "counted",
        "unknown",
        "EPMM v1: an action on an ActiveSync device which is as the action would make it. Counted: "
        "actionSource becomes "
        "MANUAL.",
    ),
    Switch(
        "eas_wipe_unsupported",
        ("passed_over", "counted"),
        "passed_over",
        f"unknown; {CORE_DOC} has IsRemoteWipeSupported",
        (
            "EPMM v1: WIPE of an ActiveSync device which cannot be wiped: not counted, or counted. "
            "Nothing is done."
        ),
    ),
    Switch(
        "eas_block_reason",
        ("shown", "unchanged"),
        "shown",
        f"unknown; {EPMM_DOC} has 0x200, manually blocked",
        "EPMM v1: blockReason of the registered device when its ActiveSync device is blocked or "
        "reinstated: 0x200 is added, or "
        "all is taken away; or it stays as it was.",
    ),
    Switch(
        "user_case",
        ("ignored", "respected"),
        "ignored",
        "unknown",
        "EPMM v1: whether the case of a user id or an e-mail address matters.",
    ),
    Switch(
        "ldap_search",
        ("starts_with", "contains"),
        "starts_with",
        f"unknown; {CORE_DOC}: finds users by username",
        "EPMM v1: LDAP users whose user id begins with the text, or has it anywhere.",
    ),
    Switch(
        "ldap_search_limit",
        (),
        100,
        f"{CORE_DOC}: 100 by default",
        "EPMM v1: a search for LDAP users which finds more is a 400.",
    ),
    Switch(
        "password_saved",
        ("yes", "no"),
        "yes",
        f"{CORE_DOC}: oldpassword is required only if user passwords are saved",
        (
            "EPMM v1: the setting to save the user password. no: whatever oldpassword is, the "
            "password "
            "is changed."
        ),
    ),
    Switch(
        "password_failure",
        ("message", "400"),
        "message",
        f"{CORE_DOC}: the response contains a failure message",
        (
            "EPMM v1: the status of a change of a password which failed: 200, or 400; both with a "
            "message."
        ),
    ),
    Switch(
        "password_unknown_user",
        ("404", "message"),
        "404",
        f"{CORE_DOC} knows both",
        (
            "EPMM v1: the password of a user who does not exist: 404, or a failure as with other "
            "reasons."
        ),
    ),
    Switch(
        "password_ldap_user",
        ("refused", "changed"),
        "refused",
        f"{CORE_DOC}: for local users and LDAP users",
        "EPMM v1: the password of an LDAP user: a failure, or changed.",
    ),
    Switch(
        "password_same",
        ("accepted", "refused"),
        "accepted",
        "unknown",
        "EPMM v1: a new password which is the present one: a success, or a failure.",
    ),
    Switch(
        "proof_disabled_user",
        ("refused", "accepted"),
        "refused",
        "unknown",
        "EPMM v1: the right password of a user who is not enabled: 401, or 200.",
    ),
    Switch(
        "proof_lock_after",
        (),
        0,
        "unknown",
        "EPMM v1: after so many wrong passwords in a row the right one is refused as well, until "
        "it is set over the "
        "control calls. 0: never.",
    ),
    Switch(
        "profile_status_names",
        ("titled", "capitals"),
        "titled",
        f"{EPMM_DOC} shows Applied and no other",
        (
            "EPMM v1: how the other statuses of a profile are written: Pending, Sent, Error, or "
            "PENDING, SENT, ERROR."
        ),
    ),
    Switch(
        "profile_updated",
        ("number", "text", "blank"),
        "number",
        f"{EPMM_DOC} shows milliseconds, {CORE_DOC} with a blank before them",
        "EPMM v1: lastUpdatedAt of a profile: a number, a text, or a text with a blank before it. "
        "In JSON; in XML the first "
        "two are the same.",
    ),
    Switch(
        "repush_answer",
        ("messages", "text", "profiles"),
        "messages",
        f"unknown; {EPMM_DOC} says that all profiles are returned, and shows nothing",
        (
            "EPMM v1: what pushing a profile again answers: empty messages, a message, or the "
            "profiles "
            "of the device."
        ),
    ),
    Switch(
        "repush_without_id",
        ("all", "none", "400"),
        "all",
        f"unknown; {EPMM_DOC} has an example without id and type",
        (
            "EPMM v1: pushing again without id: all profiles (of the type, where there is one), a "
            "200 "
            "and nothing is done, or 400."
        ),
    ),
    Switch(
        "repush_unknown",
        ("404", "message"),
        "404",
        f"unknown; {EPMM_DOC} knows a 404",
        (
            "EPMM v1: pushing a profile again which the device has not: 404, or 200 with a text "
            "that "
            "says so."
        ),
    ),
    Switch(
        "unknown_setting_type",
        ("404", "400", "ignored"),
        "404",
        "unknown",
        "EPMM v1: application settings of a type which does not exist; ignored: all of them.",
    ),
    Switch(
        "reference_lists",
        ("full", "one", "empty"),
        "full",
        "a test aid",
        (
            "EPMM v1: the lists of countries and operators: as they are, with one row, or without "
            "any "
            "(404)."
        ),
    ),
    Switch(
        "country_iso_key",
        ("isoAlpha2Code", "isoAplha2Code", "both"),
        "isoAlpha2Code",
        f"{CORE_DOC} shows isoAlpha2Code, {EPMM_DOC} isoAplha2Code in the second of two countries",
        "EPMM v1: how the code of a country is named in the list of countries; both: in turn.",
    ),
    Switch(
        "register_uuid",
        ("deviceUuid", "deviceUid"),
        "deviceUuid",
        f"{EPMM_DOC} shows deviceUuid, {CORE_DOC} deviceUid",
        "EPMM v1: how the uuid of a device which was registered is named.",
    ),
    Switch(
        "register_messages",
        ("once", "twice"),
        "once",
        f"{EPMM_DOC} shows messages twice within registration",
        "EPMM v1: how often a registration has messages; in JSON twice is a list of two.",
    ),
    Switch(
        "register_failure",
        ("inside", "top", "400", "404"),
        "inside",
        f"unknown; {EPMM_DOC}: a descriptive error message is shown if the method execution "
        "failed; the one status besides "
        "200 is 404",
        (
            "EPMM v1: a registration which is refused: 200 with a message within registration or "
            "at "
            "the top, or 400, or 404."
        ),
    ),
    Switch(
        "register_passcode",
        ("by_platform", "all", "none"),
        "by_platform",
        f"{EPMM_DOC}: if the passcode is not applicable for the operating system, it will be empty",
        "EPMM v1: which registrations have a passcode: those of A, I and M, all, or none.",
    ),
    Switch(
        "register_passcode_type",
        ("text", "number"),
        "text",
        f"unknown; {EPMM_DOC}: 5-digit numeric passcode, shown in XML alone",
        "EPMM v1: a passcode in JSON: text, or a number, which has no zeros in front.",
    ),
    Switch(
        "register_local_names",
        ("always", "new"),
        "always",
        f"{EPMM_DOC}: for local users, first name, last name, and email address are required",
        (
            "EPMM v1: which local users a registration must have names and an e-mail address of: "
            "all, "
            "or new ones alone."
        ),
    ),
    Switch(
        "register_phone",
        ("with_code", "as_sent"),
        "with_code",
        f"{EPMM_DOC} shows one with its country code in the answer",
        (
            "EPMM v1: the phone number of a registered device: the country code is put before it, "
            "or "
            "not."
        ),
    ),
    Switch(
        "register_unknown_operator",
        ("accepted", "refused"),
        "accepted",
        f"unknown; {EPMM_DOC}: string indicating operator",
        "EPMM v1: registering with an operator which the country has not.",
    ),
    Switch(
        "register_unknown_country",
        ("refused", "accepted"),
        "refused",
        "unknown",
        "EPMM v1: registering with a country code which does not exist.",
    ),
    Switch(
        "csv_devices",
        ("all", "active"),
        "all",
        "unknown",
        "EPMM v1: the devices in the CSV file: all, or the ACTIVE ones.",
    ),
    Switch(
        "csv_order",
        ("by_id", "unstable"),
        "by_id",
        "unknown",
        "EPMM v1: the order of the devices in the CSV file; unstable: another one each time.",
    ),
    Switch(
        "csv_format",
        ("plain", "crlf", "bom"),
        "plain",
        "unknown",
        (
            "EPMM v1: the CSV file ends its lines with LF, with CRLF, or with CRLF and begins with "
            "a "
            "byte order mark."
        ),
    ),
    Switch(
        "csv_empty",
        ("header", "404"),
        "header",
        "unknown",
        "EPMM v1: the CSV file without devices: the header alone, or 404.",
    ),
    Switch(
        "csv_name",
        ("device", "composed"),
        "device",
        "unknown; name in the JSON is made of user, platform and phone",
        "EPMM v1: Name in the CSV file: what the owner calls the device, or as in the JSON.",
    ),
    Switch(
        "analytics_archive",
        (
            "good",
            "traversal",
            "absolute",
            "backslash",
            "symlink",
            "duplicates",
            "stranger",
            "bomb",
            "wrong_size",
            "encrypted",
            "truncated",
            "corrupt",
            "empty",
            "nothing",
            "html",
        ),
        "good",
        "a test aid",
        "EPMM v1: the ZIP with AppConnect analytics: as it should be, or with a file whose name "
        "leads elsewhere (traversal, "
        "absolute, backslash), a symbolic link, a name that is there twice, files that do not "
        "belong there (stranger), a file "
        "of analytics_bomb_mib zeros, a file that is larger than it says, one that says it is "
        "encrypted, half of the archive, "
        "a byte that is another, an archive without files, an empty body, a page.",
    ),
    Switch(
        "analytics_bomb_mib",
        (),
        64,
        "a test aid",
        "MiB of the large file (analytics_archive = bomb).",
    ),
    Switch(
        "analytics_header",
        _ON_OFF,
        "off",
        f"unknown; {CORE_DOC} says that a row is a session",
        "EPMM v1: whether files of analytics begin with a line of names.",
    ),
    Switch(
        "analytics_time",
        ("ms", "s"),
        "ms",
        f"{CORE_DOC} says seconds, and shows milliseconds",
        "EPMM v1: the start of a session in analytics.",
    ),
    Switch(
        "analytics_bytes",
        ("number", "absent"),
        "number",
        f'{CORE_DOC}: "under construction"',
        "EPMM v1: the last of the four columns of analytics.",
    ),
    Switch(
        "analytics_device",
        ("uuid", "number"),
        "uuid",
        f"unknown; {CORE_DOC}: device ID",
        "EPMM v1: what the folders of devices in analytics are called.",
    ),
    Switch(
        "analytics_folders",
        _ON_OFF,
        "off",
        "unknown",
        "EPMM v1: whether the ZIP with analytics has entries for its folders.",
    ),
    Switch(
        "analytics_zip_times",
        ("fixed", "moving"),
        "fixed",
        "unknown",
        (
            "EPMM v1: the times of the files in the ZIP with analytics: always the same, or others "
            "with each download."
        ),
    ),
    Switch(
        "alert_id",
        ("document", "attribute", "element"),
        "document",
        f"{CORE_DOC} shows an attribute for all alerts, an element for those of a phone or user",
        "How alerts carry their id.",
    ),
    Switch(
        "alert_user_field",
        ("document", "userId", "userUuid"),
        "document",
        f"{CORE_DOC} shows userId for all alerts, userUuid for those of a phone or user",
        "How the uuid of an alert's user is named.",
    ),
    Switch(
        "alert_vanished",
        ("404", "count"),
        "404",
        "unknown",
        (
            "Updating several alerts of which some are gone: 404 and nothing is done, or only the "
            "rest "
            "is updated and counted."
        ),
    ),
    Switch(
        "device_policies",
        ("effective", "all"),
        "effective",
        "unknown",
        (
            "The policies of a device: of each profile type the one of best priority, or all which "
            "reach it."
        ),
    ),
    Switch(
        "priority_order",
        ("1_highest", "1_lowest"),
        "1_highest",
        "unknown",
        "Which end of a policy's priority numbers is the best.",
    ),
    Switch(
        "policy_label_repeated",
        ("success", "message", "400"),
        "success",
        "unknown",
        "Applying a policy to a label which has it, or removing it where it is not: as if it were "
        "new, 200 with a text "
        "that says so, or 400.",
    ),
    Switch(
        "policy_label_unknown",
        ("404", "message"),
        "404",
        f"{CORE_DOC} knows both",
        (
            "Applying or removing with a policy or label which does not exist: 404, or 200 with a "
            "text "
            "that says so."
        ),
    ),
    Switch(
        "policy_delivery",
        ("none", "reads", "time", "manual"),
        "none",
        f"{CORE_DOC}: a policy is pending for devices",
        "When a device gets the policies which have come to it: at once, after "
        "policy_delivery_reads reads of policies, "
        "after policy_delivery_ms, or at settle.",
    ),
    Switch(
        "policy_delivery_reads",
        (),
        2,
        "a test aid",
        "Reads of policies for which they are still pending (policy_delivery = reads).",
    ),
    Switch(
        "policy_delivery_ms",
        (),
        500,
        "a test aid",
        "Milliseconds for which policies are pending (policy_delivery = time).",
    ),
)
_BY_NAME = {switch.name: switch for switch in SWITCHES}


class Switches:
    """The positions of one running emulator. Raises ValueError for an unknown switch or
    position."""

    def __init__(self, start: Mapping[str, str | int] | None = None) -> None:
        self._start: dict[str, str | int] = {switch.name: switch.default for switch in SWITCHES}
        for name, value in (start or {}).items():
            self._start[name] = self._parse(name, value)
        self._now = dict(self._start)

    @staticmethod
    def _parse(name: str, value: str | int) -> str | int:
        if name not in _BY_NAME:
            close = difflib.get_close_matches(name, _BY_NAME, n=3)
            hint = f" (nearest: {', '.join(close)})" if close else ""
            raise ValueError(
                f"no switch is called {name}{hint}; the emulator's README lists all {len(_BY_NAME)}"
            )
        return _BY_NAME[name].parse(value)

    def set_many(self, values: Mapping[str, str | int]) -> None:
        """All or none."""
        self._now.update({name: self._parse(name, value) for name, value in values.items()})

    def reset(self) -> None:
        """Back to the positions of the command line."""
        self._now = dict(self._start)

    def __getitem__(self, name: str) -> str | int:
        return self._now[name]

    def is_on(self, name: str) -> bool:
        """Return whether a switch is on."""
        return self._now[name] == "on"

    def number(self, name: str) -> int:
        """Return the position of a switch which is a whole number."""
        return int(self._now[name])

    def as_dict(self) -> dict[str, str | int]:
        """Return the positions of all switches."""
        return dict(self._now)
