# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that many modules and plugins share, each written once.

Module arguments are made from them here, and documentation fragments by ``tools/doc_fragments.py``.
CI checks that both are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.basic import env_fallback
from ansible.module_utils.errors import AnsibleFallbackNotFound

from .._core.selection import SELECT_FIELDS
from .._core.vocabulary import OWNERSHIP, PLATFORM, STATUS, values_of
from .._products.capability import PRODUCTS


@dataclass(frozen=True)
class Option:
    """One option.

    Attributes:
        name: Its name.
        type: Its type, as Ansible calls it.
        description: Its description, one sentence or more in each part.
        env: The environment variable that is used if the option is not given.
        default: Its default, or None.
        choices: Its values, if there are only some.
        elements: The type of the elements of a list.
        required: Whether it must be given.
        no_log: Whether Ansible hides its value.
        suboptions: The options of a dictionary.
    """

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


PRODUCT = Option(
    "product",
    "str",
    (
        "Which of the two products the server is: V(neurons) for Ivanti Neurons for MDM (formerly "
        "MobileIron Cloud), V(epmm) for Ivanti EPMM (formerly MobileIron Core).",
        "It is needed; when it is given nowhere, the task fails before any request.",
    ),
    env="IVANTI_UEM_PRODUCT",
    choices=PRODUCTS,
)

# Options that a profile can give, too.
SERVER = (
    Option(
        "url",
        "str",
        (
            "Address of the server with its scheme, such as C(https://na1.mobileiron.com).",
            "A path behind the host is kept and put before C(/api/).",
            "It is needed; when it is given nowhere, the task fails before any request.",
        ),
        env="IVANTI_UEM_URL",
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
        "password",
        "str",
        (
            "Password of O(username). Needed with it.",
            "One of digits must be in quotes. YAML would make another number of C(0123).",
        ),
        env="IVANTI_UEM_PASSWORD",
        no_log=True,
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
            "When left out, O(username) and O(password) are sent.",
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
            "It takes precedence over the variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE), "
            "which are used when it is left out. Without any of them, the CAs of the Python "
            "library certifi are used.",
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
                "How often a request is sent again after a temporary fault, such as HTTP 429, 502, "
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

PROFILE = (
    Option(
        "profile",
        "str",
        (
            "The name of a connection profile, which gives the options of the connection.",
            (
                "An option that is given here wins over the profile, and the profile over the "
                "environment variables of the other options."
            ),
            "When it is given nowhere, no profile is used.",
        ),
        env="IVANTI_UEM_PROFILE",
    ),
    Option(
        "profiles_path",
        "path",
        (
            "The YAML file of the connection profiles; see docs/connection.md. It is read only "
            "where O(profile) is given, on the machine that sends the requests.",
        ),
        env="IVANTI_UEM_PROFILES",
        default="~/.config/ivanti_uem/profiles.yml",
    ),
)

CONNECTION = (*SERVER, *PROFILE)

API = Option(
    "api",
    "str",
    (
        "The API of EPMM through which devices and labels are read, and actions and messages sent: "
        "V(v2), which has pages and device spaces, or V(v1), which the vendor deprecates, and "
        "which lists everything at once.",
        "V(auto) takes V(v2) where the server has it, which costs a request. Actions that V(v2) "
        "does not have are sent over V(v1), and refused where this is V(v2).",
        "Everything else, such as policies, alerts, users and configurations, is read through "
        "V(v1) whatever is set here, because V(v2) does not have it. Neurons has one API, and "
        "ignores this option.",
    ),
    env="IVANTI_UEM_API",
    default="auto",
    choices=("auto", "v1", "v2"),
)

# What leaving out a key of select means: one that names devices, and one that narrows.
_NOBODY = "When left out, no device is chosen by it."
_ANY = "When left out, it does not matter."

_SELECT_OPTIONS = (
    Option("ids", "list", ("Devices with these ids.", _NOBODY), elements="str"),
    Option("guids", "list", ("Devices with these guids.", _NOBODY), elements="str"),
    Option(
        "serial_numbers",
        "list",
        (
            "Devices with these serial numbers, compared without case.",
            "The same device can be registered several times; every registration is selected, so "
            "add O(select.status) V(active) where only the present one is meant.",
            _NOBODY,
        ),
        elements="str",
    ),
    Option(
        "emails",
        "list",
        (
            "Devices of the users with these e-mail addresses, compared without case. An address has "
            "no name beside it.",
            _NOBODY,
        ),
        elements="str",
    ),
    Option(
        "users",
        "list",
        ("Devices of the users with these user ids, compared without case.", _NOBODY),
        elements="str",
    ),
    Option(
        "phone_numbers",
        "list",
        (
            (
                "Devices with these phone numbers; only the digits count. The country code may be left "
                "out, unless the number is then that of several people. EPMM only."
            ),
            _NOBODY,
        ),
        elements="str",
    ),
    Option(
        "wifi_mac_addresses",
        "list",
        ("Devices with these Wi-Fi MAC addresses. EPMM only.", _NOBODY),
        elements="str",
    ),
    Option(
        "labels",
        "list",
        (
            "Devices that have one of these labels, each named by its name or its id. EPMM only.",
            _ANY,
        ),
        elements="raw",
    ),
    Option(
        "platform",
        "str",
        ("Devices of this platform.", _ANY),
        choices=values_of(PLATFORM),
    ),
    Option(
        "status",
        "str",
        (
            "Devices that have this status. The server's own word for it is in C(status_raw) of a row.",
            "A status that only the other product has is refused.",
            _ANY,
        ),
        choices=values_of(STATUS),
    ),
    Option(
        "ownership",
        "str",
        ("Devices that the company or an employee owns.", _ANY),
        choices=values_of(OWNERSHIP),
    ),
    Option("compliant", "bool", ("Devices that are compliant, or are not.", _ANY)),
    Option("quarantined", "bool", ("Devices that are in quarantine, or are not.", _ANY)),
    Option("blocked", "bool", ("Devices that are blocked, or are not.", _ANY)),
    Option("jailbroken", "bool", ("Devices that are jailbroken or rooted, or are not.", _ANY)),
    Option("supervised", "bool", ("Devices that are supervised, or are not. Neurons only.", _ANY)),
    Option(
        "attributes",
        "dict",
        (
            "Other device fields and the value that each must have, such as C(manufacturer: Apple).",
            "Fields are named as M(ivanti.uem.device_info) returns them. On EPMM names of API v2 "
            "such as C(ios.ModelName) work as well, and values are compared without case.",
            _ANY,
        ),
    ),
    Option(
        "custom_attributes",
        "dict",
        (
            "Custom device attributes and the value that each must have, or a list of values that it "
            "must have among others. Neurons only.",
            "Names and values are as in M(ivanti.uem.device_custom_attrs): case of names, the suffix "
            "C(_#) of numeric attributes, and blanks at the ends do not count, and C(3) is C(3.0) "
            "for a numeric attribute.",
            "A name that the server does not define is refused.",
            _ANY,
        ),
    ),
    Option(
        "ldap_attributes",
        "dict",
        (
            "Custom LDAP attributes and the value that each must have, or a list of values. Neurons "
            "only.",
            _ANY,
        ),
    ),
    Option(
        "registered_within",
        "str",
        (
            (
                "Devices that registered within this time, such as V(90m), V(12h), V(7d) or "
                "V(0:12:00:00)."
            ),
            _ANY,
        ),
    ),
    Option(
        "last_seen_within",
        "str",
        (
            (
                "Devices that checked in within this time, such as V(90m), V(12h), V(7d) or "
                "V(12:00:00)."
            ),
            _ANY,
        ),
    ),
    Option(
        "last_seen_before",
        "str",
        (
            "Devices whose last check-in was longer ago than this, such as V(60d), or before this "
            "point in time, such as V(2026-01-31) or V(2026-01-31T12:00:00Z), in UTC where it has no "
            "time zone.",
            "A device that has never checked in is not selected; C(query=[?!last_seen_at]) selects "
            "those.",
            "No server can be asked for it, so the rows of all devices that the other keys select "
            "are compared.",
            _ANY,
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
            "When left out, the other keys decide.",
        ),
    ),
    Option(
        "query",
        "str",
        (
            "A JMESPath expression over the list of device rows; it must return a list of rows, "
            "such as C([?quarantined && platform == 'ios']).",
            "A field that no row has, and a comparison that is never true, is an error in a module "
            "that writes, and a warning in one that reads.",
            "It is evaluated after everything else, and needs the Python library jmespath.",
            "When left out, the other keys decide.",
        ),
    ),
)

DEVICES = Option(
    "devices",
    "list",
    ("The devices, each by its id or its guid.", "When left out, O(select) chooses them."),
    elements="raw",
)

SELECT = Option(
    "select",
    "dict",
    (
        "Selects devices by what the server knows of them, instead of O(devices).",
        "A device named by any of O(select.ids), O(select.guids), O(select.serial_numbers), "
        "O(select.emails), O(select.users), O(select.phone_numbers) and "
        "O(select.wifi_mac_addresses) is selected; the other keys narrow the selection, and a device "
        "must meet all of them.",
        "When left out, O(devices) names them.",
    ),
    suboptions=_SELECT_OPTIONS,
)

SPACES = Option(
    "spaces",
    "list",
    (
        "Ids or names of the device spaces to look in; V(default) is the tenant's "
        "default one, and on EPMM the account's own.",
        "When left out, all device spaces of the tenant are discovered and looked in, and on EPMM "
        "those of the account with all below them. An empty list is an error.",
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
            "V(fail) fails before anything else is done and names all of them, V(skip) goes on "
            "without them."
        ),
    ),
    default="fail",
    choices=("fail", "skip"),
)

SELECTION = (SELECT, SPACES, ON_MISSING)

# A server counts what it is asked for. It cannot be asked for names of devices one by one, and an
# expression over rows needs rows.
_COUNTABLE = (
    *SELECT_FIELDS,
    "attributes",
    "custom_attributes",
    "ldap_attributes",
    "registered_within",
    "last_seen_within",
    "filters",
)
COUNTED = (
    Option(
        "select",
        "dict",
        (
            "Selects the devices to count; a device must meet all of the keys.",
            "When left out, every device is counted.",
        ),
        suboptions=tuple(option for option in _SELECT_OPTIONS if option.name in _COUNTABLE),
    ),
    SPACES,
)

QUERY = Option(
    "query",
    "str",
    (
        (
            "A JMESPath expression over what was found. Its result is returned as "
            "RV(query_result), instead of the rows."
        ),
        "It needs the Python library jmespath. When left out, the rows are returned.",
    ),
)

# What each option of limits says besides, in every module that has it.
_HOUSE = "The environment variable E({}) limits every task; this option can lower it, not raise it."
HOUSE_DEVICES = _HOUSE.format("IVANTI_UEM_MAX_DEVICES")
HOUSE_PERCENT = _HOUSE.format("IVANTI_UEM_MAX_PERCENT")

LIMITS = (
    Option(
        "max_devices",
        "int",
        (
            (
                "The most devices that the task may change. A plan with more changes nothing and "
                "fails."
            ),
            "When this and O(max_percent) are left out, any number may change. But something may be "
            "taken away from at most 10 % of all devices in O(spaces), and always from 10, "
            "unless O(confirm) permits the plan. docs/safety.md lists which changes take something "
            "away.",
            HOUSE_DEVICES,
        ),
    ),
    Option(
        "max_percent",
        "float",
        (
            ("The most devices that the task may change, in percent of all devices in O(spaces)."),
            "A plan with more changes nothing and fails. When left out, see O(max_devices).",
            HOUSE_PERCENT,
        ),
    ),
)

# The limits of modules that do not choose devices.
LIMITS_OF_OTHERS = (
    Option(
        "max_devices",
        "int",
        (
            "The most that the task may change: alerts, users, registrations, and for a policy, or a "
            "label that is deleted, the devices of the label. A plan with more changes nothing and fails. When left out, any "
            "number may change, but for what docs/safety.md says.",
            HOUSE_DEVICES,
        ),
    ),
    Option(
        "max_percent",
        "float",
        (
            "The same in percent of all devices that the account sees. Alerts, users and "
            "registrations are not a part of them; V(0) allows no change of these, and any other "
            "value any number. When left out, see O(max_devices).",
            HOUSE_PERCENT,
        ),
    ),
)


CONFIRM = Option(
    "confirm",
    "str",
    (
        "Permits exactly one plan: give the RV(confirm) that a check of the same task returned. "
        "If the plan has changed since then, the run changes nothing and fails.",
        "When left out, the plan of the run is carried out, unless it takes something away from more "
        "devices than is allowed without a limit.",
    ),
)

PLAN_PATH = Option(
    "plan_path",
    "path",
    (
        "A file that the plan is written to, also in check mode and when the plan is refused.",
        "Its ending decides the format: C(.json) for machines, C(.md) for a pull request, "
        "C(.csv) for a spreadsheet. Only its owner may read it. A file that exists already "
        "is replaced. A folder gets all three, as C(plan.json), C(plan.md) and C(plan.csv).",
        "A relative path begins where the module runs: for the connection C(local) at the "
        "folder of the playbook, as for the modules of C(ansible.builtin).",
        "When left out, no file is written.",
    ),
)

RETURN_ROWS = Option(
    "return",
    "list",
    (
        "The outcomes whose rows are all in the result. When left out, the result has at most "
        "500 rows of V(changed) and of what was not sent, fewer if they are long, and none of "
        "V(unchanged). RV(not_listed) counts the rest.",
        "What was sent and failed, and what was left alone, is always listed.",
    ),
    elements="str",
    choices=("changed", "unchanged"),
)

# What every module that makes a plan for many subjects takes, and what one for a single subject
# takes. Behind a guard, ``confirm`` is an option of the guard.
GUARDED_PLAN = (PLAN_PATH, RETURN_ROWS)
PLAN = (CONFIRM, *GUARDED_PLAN)
PLAN_OF_ONE = (CONFIRM, PLAN_PATH)

# The options of modules that write, for those that do not.
_ONLY_WRITERS = (
    "confirm",
    "guard_window",
    "journal_path",
    "max_devices",
    "max_percent",
    "plan_path",
    "protected",
    "return",
)
UNUSED = tuple(
    Option(
        name,
        "raw",
        (
            "Not used here, because nothing changes on the server. It is accepted so that "
            "C(module_defaults) of the group C(ivanti.uem.all) can have it for other modules.",
        ),
    )
    for name in _ONLY_WRITERS
)


def argument_spec(*options: Option) -> dict[str, Any]:
    """Return the arguments of a module: the connection options and those given."""
    return spec_of((PRODUCT, *CONNECTION, API, *options))


def spec_of(options: Iterable[Option]) -> dict[str, Any]:
    """Return the arguments of options."""
    return {option.name: _argument(option) for option in options}


def _of_variable(name: str) -> str:
    """Return the value of an environment variable. An empty one, which AWX makes of a field that
    nobody filled in, is not given.

    Raises:
        AnsibleFallbackNotFound: It is not set, or empty.
    """
    value: str = env_fallback(name)
    if not value.strip():
        raise AnsibleFallbackNotFound
    return value


def _argument(option: Option) -> dict[str, Any]:
    argument: dict[str, Any] = {"type": option.type}
    if option.env:
        argument["fallback"] = (_of_variable, [option.env])
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
        argument["options"] = spec_of(option.suboptions)
    return argument
