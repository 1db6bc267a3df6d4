# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that modules and plugins share, each written once.

``argument_spec`` makes module arguments of them; ``tools/doc_fragments.py`` writes the
documentation fragments from the same tables, and CI checks that the two agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.basic import env_fallback

from .._families.actions import model as actions
from .._families.activesync import model as activesync
from .._families.alerts import model as alerts
from .._products.registry import PRODUCTS


@dataclass(frozen=True)
class Option:
    """One option: ``env`` is the variable that stands in when it is not given."""

    name: str
    type: str
    description: tuple[str, ...]
    env: str = ""
    default: Any = None
    choices: tuple[str, ...] = ()
    elements: str = ""
    required: bool = False
    no_log: bool | None = None
    suboptions: tuple[Option, ...] = ()


def _takers(parameter: str) -> str:
    """Which actions take a parameter, for its documentation."""
    takers = []
    for action in actions.ACTIONS.values():
        products = action.products_taking(parameter)
        if products:
            some = "" if len(products) == len(action.takes) else f" of {products[0]}"
            takers.append(f"V({action.name}){some}")
    return f"For {', '.join(takers)}."


PRODUCT = Option(
    "product",
    "str",
    (
        "Which of the two products the server is: V(neurons) for Ivanti Neurons for MDM (formerly "
        "MobileIron Cloud), V(epmm) for Ivanti EPMM (formerly MobileIron Core).",
    ),
    env="IVANTI_UEM_PRODUCT",
    choices=PRODUCTS,
    required=True,
)

CONNECTION = (
    Option(
        "url",
        "str",
        (
            "Address of the server with its scheme, such as C(https://na1.mobileiron.com).",
            "A path behind the host is kept and put before C(/api/).",
        ),
        env="IVANTI_UEM_URL",
        required=True,
    ),
    Option(
        "username",
        "str",
        (
            (
                "Name of the account that sends the requests; sent with O(password) as Basic "
                "authentication."
            ),
            "Needed unless O(token) is given.",
        ),
        env="IVANTI_UEM_USERNAME",
    ),
    Option(
        "password", "str", ("Password of O(username).",), env="IVANTI_UEM_PASSWORD", no_log=True
    ),
    Option(
        "token",
        "str",
        (
            "A token that is sent as C(Bearer) instead of O(username) and O(password).",
            (
                "Tenants whose administrators sign in with a password and a PIN accept no Basic "
                "authentication."
            ),
        ),
        env="IVANTI_UEM_TOKEN",
        no_log=True,
    ),
    Option(
        "ca_path",
        "path",
        (
            (
                "File or folder with the CA certificates that the server's certificate is checked "
                "against."
            ),
            "It wins over the variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE), which count "
            "when it is left out; without any of them the CAs of the Python library certifi count.",
        ),
        env="IVANTI_UEM_CA_PATH",
    ),
    Option(
        "validate_certs",
        "bool",
        (
            (
                "Whether the server's TLS certificate is checked. Without the check the "
                "credentials go to whoever answers."
            ),
        ),
        env="IVANTI_UEM_VALIDATE_CERTS",
        default=True,
    ),
    Option(
        "connect_timeout",
        "float",
        ("Seconds to wait for a connection.",),
        env="IVANTI_UEM_CONNECT_TIMEOUT",
        default=10.0,
    ),
    Option(
        "read_timeout",
        "float",
        ("Seconds to wait for an answer.",),
        env="IVANTI_UEM_READ_TIMEOUT",
        default=60.0,
    ),
    Option(
        "concurrency",
        "int",
        ("How many requests may be under way at the same time.",),
        env="IVANTI_UEM_CONCURRENCY",
        default=4,
    ),
    Option(
        "retries",
        "int",
        (
            (
                "How often a request is sent again after a passing fault, such as HTTP 429, 502, "
                "503 or 504."
            ),
            (
                "Waits grow from half a second to a minute, or are as long as the server asks, up "
                "to five minutes."
            ),
            "A request that must not be carried out twice is never repeated blindly.",
        ),
        env="IVANTI_UEM_RETRIES",
        default=4,
    ),
)

API = Option(
    "api",
    "str",
    (
        "Which API of EPMM devices and labels are read through: V(v2), which has pages and device "
        "spaces, or V(v1), which is older and lists everything at once.",
        "V(auto) takes V(v2) where the server has it, which costs a request.",
        "Everything but devices and labels, such as policies, alerts, users and configurations, "
        "is read through V(v1) whatever is set here, for it is not in the other. Neurons has one "
        "API, and does not heed this.",
    ),
    env="IVANTI_UEM_API",
    default="auto",
    choices=("auto", "v1", "v2"),
)

_SELECT_OPTIONS = (
    Option("ids", "list", ("Devices with these ids.",), elements="str"),
    Option("guids", "list", ("Devices with these guids.",), elements="str"),
    Option(
        "serial_numbers",
        "list",
        (
            "Devices with these serial numbers, compared without case.",
            "The same device can be registered several times; every registration is selected, so "
            "add O(select.attributes) such as C(registrationState=ACTIVE) where only the present "
            "one is meant.",
        ),
        elements="str",
    ),
    Option(
        "emails",
        "list",
        ("Devices of the users with these e-mail addresses, compared without case.",),
        elements="str",
    ),
    Option(
        "uids",
        "list",
        (
            (
                "Devices of the users with these user ids, compared without case: C(uid) of "
                "Neurons, C(user_id) of EPMM."
            ),
        ),
        elements="str",
    ),
    Option(
        "phone_numbers",
        "list",
        (
            (
                "Devices with these phone numbers, without the country code; what is no digit "
                "does not count. EPMM only."
            ),
        ),
        elements="str",
    ),
    Option(
        "mac_addresses",
        "list",
        ("Devices with these Wi-Fi MAC addresses. EPMM only.",),
        elements="str",
    ),
    Option(
        "labels",
        "list",
        ("Devices that have one of these labels, each named by its name or its id. EPMM only.",),
        elements="raw",
    ),
    Option(
        "attributes",
        "dict",
        (
            (
                "Device fields and the value that each must have, such as C(platformType: IOS) on "
                "Neurons and C(platform: iOS) on EPMM."
            ),
            "Fields are named as M(ivanti.uem.device_info) returns them. On EPMM names of API v2 "
            "such as C(ios.DeviceName) will do, too, and values are compared without case.",
        ),
    ),
    Option(
        "custom_attributes",
        "dict",
        ("Custom device attributes and the value that each must have. Neurons only.",),
    ),
    Option(
        "ldap_attributes",
        "dict",
        ("Custom LDAP attributes and the value that each must have. Neurons only.",),
    ),
    Option(
        "registered_within",
        "str",
        (
            (
                "Devices that registered within this time, such as V(90m), V(12h), V(7d) or "
                "V(0:12:00:00)."
            ),
        ),
    ),
    Option(
        "checked_in_within",
        "str",
        (
            (
                "Devices that checked in within this time, such as V(90m), V(12h), V(7d) or "
                "V(12:00:00)."
            ),
        ),
    ),
    Option(
        "filters",
        "str",
        (
            (
                "A filter expression in the product's own language, sent as it is: C(fq) of "
                "Neurons, C(query) of EPMM's API v2."
            ),
        ),
    ),
    Option(
        "query",
        "str",
        (
            "A JMESPath expression over the list of device rows; it must answer a list of rows, "
            "such as C([?quarantined && platformType == 'IOS']).",
            "It is evaluated after everything else, and needs the Python library jmespath.",
        ),
    ),
)

DEVICES = Option(
    "devices",
    "list",
    ("The devices, each by its id or its guid.",),
    elements="raw",
)

SELECT = Option(
    "select",
    "dict",
    (
        "Selects devices by what the server knows of them, instead of O(devices).",
        "A device named by any of O(select.ids), O(select.guids), O(select.serial_numbers), "
        "O(select.emails), O(select.uids), O(select.phone_numbers) and O(select.mac_addresses) is "
        "selected; the other keys narrow the selection, and a device must meet all of them.",
    ),
    suboptions=_SELECT_OPTIONS,
)

PARTITIONS = Option(
    "partitions",
    "list",
    (
        "Ids or names of the device spaces (partitions) to look in; V(default) is the tenant's "
        "default one, and on EPMM the account's own.",
        "When left out, all device spaces of the tenant are discovered and looked in, and on EPMM "
        "those of the account with all below them.",
    ),
    elements="str",
)

ON_MISSING = Option(
    "on_missing",
    "str",
    (
        (
            "What to do when a device that is named does not exist, or when a selection matches "
            "nothing."
        ),
        (
            "V(fail) fails before anything is written and names all of them, V(skip) goes on "
            "without them."
        ),
    ),
    default="fail",
    choices=("fail", "skip"),
)

SELECTION = (SELECT, PARTITIONS, ON_MISSING)

QUERY = Option(
    "query",
    "str",
    (
        (
            "A JMESPath expression over what was found; what it answers is returned as "
            "RV(query_result)."
        ),
        "It needs the Python library jmespath.",
    ),
)

LIMITS = (
    Option(
        "max_devices",
        "int",
        (
            (
                "The most devices that the task may change. A plan with more changes nothing and "
                "fails."
            ),
            "When left out, any number may change.",
        ),
    ),
    Option(
        "max_percent",
        "float",
        (
            (
                "The most devices that the task may change, in percent of all devices in "
                "O(partitions)."
            ),
            "A plan with more changes nothing and fails. When left out, any share may change.",
        ),
    ),
)


ACTION = (
    Option(
        "action",
        "str",
        (
            "What is done. docs/actions.md has a table of what each does, for which product and "
            "platform, and when it counts as done already.",
        ),
        choices=tuple(actions.ACTIONS),
        required=True,
    ),
    *(
        Option(
            one.name,
            one.type,
            (one.meaning, f"Must be {one.looks}." if one.looks else "", _takers(one.name)),
            no_log=one.secret,
        )
        for one in actions.PARAMETERS.values()
    ),
)

# fmt: off
GUARD = (
    Option(
        "confirm", "str",
        ("Permits something destructive: must be what RV(confirm) of a check of the same task was, which says how many devices "
         "there are and has a digest of the exact list.",
         "Without it nothing destructive is sent."),
    ),
    Option(
        "max_devices", "int",
        ("The most devices that the action may be sent to. A plan with more sends nothing and fails.",
         "For a destructive action requests that other runs of this controller sent to the server "
         "within O(guard_window) count, too. When this is left out 10 are allowed, and when "
         "O(max_percent) is left out as well, 1 % of the fleet where that is less, and at least "
         "one.",
         "For every other action leaving it out allows any number."),
    ),
    Option(
        "max_percent", "float",
        ("The most devices that the action may be sent to, in percent of all devices in O(partitions); see O(max_devices).",),
    ),
    Option(
        "protected", "dict",
        ("Devices that are left alone whatever else is selected. A device that any of the keys names is protected.",),
        suboptions=(
            Option("devices", "list", ("Devices with these ids or guids.",), elements="raw"),
            Option("serial_numbers", "list", ("Devices with these serial numbers.",), elements="str"),
            Option("labels", "list", ("Devices that have one of these labels. EPMM only.",), elements="raw"),
            Option("attributes", "dict", ("Devices on which one of these fields has this value.",)),
            Option("custom_attributes", "dict", ("Devices on which one of these custom attributes has this value. Neurons only.",)),
        ),
    ),
    Option(
        "guard_window", "int", ("Seconds for which destructive requests of earlier runs count.",), default=1200,
    ),
    Option(
        "journal_path", "path",
        ("The file that destructive actions are written to, a line before each request and a line after its answer. Runs that "
         "share it share their limits.",),
        env="IVANTI_UEM_JOURNAL_PATH", default="~/.ansible/ivanti_uem/actions.jsonl",
    ),
)

ALERT_FILTERS = (
    Option("ids", "list", ("Alerts with these ids.",), elements="raw"),
    Option("users", "list", ("Alerts that were sent to these users, named by their user ids, without case.",), elements="str"),
    Option(
        "phone_numbers", "list",
        ("Alerts of the devices with these phone numbers, without the country code; what is no digit does not count.",
         "With O(users) as well, alerts of these numbers of these users."),
        elements="str",
    ),
    Option("devices", "list", ("Alerts of these devices, each named by its id or its uuid.",), elements="raw"),
    Option("types", "list", ("Alerts of these types.",), elements="str", choices=alerts.TYPES),
    Option("severities", "list", ("Alerts of these severities.",), elements="str", choices=alerts.SEVERITIES),
    Option("statuses", "list", ("Alerts with these states of dispatch.",), elements="str", choices=alerts.STATUSES),
    Option("older_than", "str", ("Alerts that were raised longer ago than this, such as V(90m), V(12h), V(7d) or V(1d12h).",)),
    Option("newer_than", "str", ("Alerts that were raised within this time, such as V(90m), V(12h), V(7d) or V(1d12h).",)),
)
# fmt: on

ACTIVESYNC = (
    Option(
        "activesync_devices",
        "list",
        (
            (
                "The ActiveSync devices, each by its uuid, which is not that of the device that is "
                "registered."
            ),
        ),
        elements="str",
    ),
    Option(
        "select",
        "dict",
        (
            (
                "Selects ActiveSync devices by what the server knows of them, instead of "
                "O(activesync_devices)."
            ),
            (
                "Each key narrows the selection, and of the values of a key one is enough. Names "
                "are compared without case."
            ),
        ),
        suboptions=(
            Option("users", "list", ("Those of these users.",), elements="str"),
            Option("mailboxes", "list", ("Those with these mailboxes.",), elements="str"),
            Option(
                "device_ids",
                "list",
                ("Those that ActiveSync knows by these device ids.",),
                elements="str",
            ),
            Option(
                "devices",
                "list",
                ("Those that are these registered devices, each named by its id or its uuid.",),
                elements="raw",
            ),
            Option(
                "statuses",
                "list",
                ("Those in these states.",),
                elements="str",
                choices=activesync.STATES,
            ),
            Option(
                "registered", "bool", ("Those that are registered devices, or those that are not.",)
            ),
            Option(
                "last_sync_before",
                "str",
                (
                    "Those whose last synchronisation was before this point in time, such as "
                    "V(2026-01-31) or V(2026-01-31T12:00:00Z); UTC where it does not say.",
                    "One of which the server does not tell when it was is not selected.",
                ),
            ),
            Option(
                "not_synced_within",
                "str",
                (
                    (
                        "Those whose last synchronisation was longer ago than this, such as "
                        "V(12h), V(90d) or V(1d12h)."
                    ),
                    "One of which the server does not tell when it was is not selected.",
                ),
            ),
            Option(
                "query",
                "str",
                (
                    "A JMESPath expression over the list of rows, as "
                    "M(ivanti.uem.activesync_device_info) returns them; it must "
                    "answer a list of rows, such as C([?model == 'iPhone']).",
                    "It is evaluated after everything else, and needs the Python library jmespath.",
                ),
            ),
        ),
    ),
    Option(
        "on_missing",
        "str",
        (
            "What to do when there is no ActiveSync device for something that is named, such as a "
            "uuid or a user, or when a selection matches none.",
            (
                "V(fail) fails before anything is sent and names all of them, V(skip) goes on "
                "without them."
            ),
        ),
        default="fail",
        choices=("fail", "skip"),
    ),
)

# fmt: off
ACTIVESYNC_GUARD = (
    GUARD[0],
    Option(
        "max_devices", "int",
        ("The most ActiveSync devices that the task may change. A plan with more sends nothing and fails.",
         "For V(wiped) destructive requests that other runs of this controller sent to the server "
         "within O(guard_window) count, too, whatever they were for. When this is left out 10 are "
         "allowed, and when O(max_percent) is left out as well, 1 % of all ActiveSync devices "
         "where that is less, and at least one.",
         "For the other states leaving it out allows any number."),
    ),
    Option(
        "max_percent", "float",
        ("The most ActiveSync devices that the task may change, in percent of all that the server has; see O(max_devices).",),
    ),
    Option(
        "protected", "dict",
        ("ActiveSync devices that are left alone whatever else is selected. One that any of the keys names is protected.",),
        suboptions=(
            Option("uuids", "list", ("Those with these uuids.",), elements="str"),
            Option("users", "list", ("Those of these users.",), elements="str"),
            Option("mailboxes", "list", ("Those with these mailboxes.",), elements="str"),
        ),
    ),
    *(option for option in GUARD if option.name in ("guard_window", "journal_path")),
)
# fmt: on


def argument_spec(*options: Option) -> dict[str, Any]:
    """Module arguments: the connection options and those given."""
    return {option.name: _argument(option) for option in (PRODUCT, *CONNECTION, API, *options)}


def _argument(option: Option) -> dict[str, Any]:
    argument: dict[str, Any] = {"type": option.type}
    if option.env:
        argument["fallback"] = (env_fallback, [option.env])
    if option.default is not None:
        argument["default"] = option.default
    if option.choices:
        argument["choices"] = list(option.choices)
    if option.elements:
        argument["elements"] = option.elements
    if option.required:
        argument["required"] = True
    if option.no_log is not None:
        argument["no_log"] = option.no_log
    if option.suboptions:
        argument["options"] = {sub.name: _argument(sub) for sub in option.suboptions}
    return argument


def documentation(
    options: Sequence[Option], *, plugin: bool = False, variables: bool = False
) -> dict[str, Any]:
    """The ``options`` part of a documentation fragment.

    ``plugin``: for plugins, whose documentation declares the variables that modules read by
    themselves. ``variables``: for plugins that are used within a play, and can take its variables
    as well.
    """
    found = {option.name: _documented(option, plugin=plugin) for option in options}
    if variables:
        for option in options:
            found[option.name]["vars"] = [{"name": option.env.lower()}]
    return found


def _documented(option: Option, *, plugin: bool) -> dict[str, Any]:
    described = [text for text in option.description if text]
    if option.env and not plugin:
        described.append(f"When left out, the environment variable E({option.env}) is used.")
    entry: dict[str, Any] = {"description": described, "type": option.type}
    if option.elements:
        entry["elements"] = option.elements
    if option.choices:
        entry["choices"] = list(option.choices)
    if option.default is not None:
        entry["default"] = option.default
    if option.required:
        entry["required"] = True
    if option.env and plugin:
        entry["env"] = [{"name": option.env}]
    if option.suboptions:
        entry["suboptions"] = {
            sub.name: _documented(sub, plugin=plugin) for sub in option.suboptions
        }
    return entry
