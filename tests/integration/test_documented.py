# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of every module run as they stand, and what comes back is what is documented.

A task runs with the arguments of the example. Replaced are the connection, ids that only a server
can give (``STANDS_FOR``), and the folder that files are written to. Modules run in this process,
and of Ansible's own modules there are ``assert`` and ``debug``. An example with anything else
fails, so that none is passed over.

What came back is held against RETURN, and the samples of RETURN are held against what came back.
"""

from __future__ import annotations

import ast
import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleUndefinedVariable
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.ivanti.uem.plugins.lookup.table import LookupModule
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import SafeValues, template

from ..conftest import SEED, ModuleFailed, asks_a_server, connection
from ..quick_yaml import load_yaml

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if asks_a_server(path)
)
DEVICES = 30
DAY = 86400_000

# What examples take from a vault.
VARIABLES = {
    "uem_username": "tester",
    "uem_password": "secret",
    "jdoe_password": "S3cret-of-joe",
    "jdoe_old_password": "jdoe",
    "uem_digest_key": "a key of sixteen characters and more",
    "playbook_dir": "/srv/playbooks",
}

# Ids of the examples, and by what the world below has in their place; the emulator gives these ids
# itself.
STANDS_FOR = {3936: "alert", 3934: "read alert", "ee8198d9-5d79-4961-94c4-e21bf04b2467": "mailbox"}

# The tables that examples read.
TABLES = Path(__file__).parent / "tables"
TABLE_ROWS = re.compile(r"\{\{ query\('ivanti\.uem\.table', (.*)\) \}\}")

# What a task may have besides its module.
KEYWORDS = {
    "name",
    "register",
    "check_mode",
    "diff",
    "when",
    "loop",
    "vars",
    "no_log",
    "changed_when",
}

# Of modules that are idempotent in part: what is done in every run.
EVERY_RUN: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "device_action": lambda options: (
        options["action"] in ("lock", "unlock", "restart", "force_checkin", "locate")
    ),
    "device_config": lambda options: bool(options.get("reinstall")),
    "user_password": lambda options: options.get("update_password") == "always",
    "device_owner": lambda options: False,
    "activesync_device": lambda options: False,
    "label_policy": lambda options: False,
}

# A file of a declared state.
STATE = "devices: [{device: 22000, attributes: {cityid: LA}}]\n"

# What every module may return.
COMMON = {"changed", "diff", "warnings", "msg"}

# fmt: off
TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,), "int": (int,), "float": (float, int), "bool": (bool,), "list": (list,), "dict": (dict,), "path": (str,),
}
# fmt: on


# --- the world that the examples talk about ---------------------------------------------------------------------------------


def fill_neurons(server) -> dict[str, Any]:
    now = server.state()["now"]
    server.define_attributes(
        "costcenter", "cityid", "department", "projects", "floor_#", "oldticket", "oldowner"
    )
    for row in server.devices("id", "deviceModel"):
        if str(row["deviceModel"]).startswith("iPad"):
            server.set_attributes({row["id"]: {"department": ["sales"]}})
    praveen = {"emailAddress": "praveen@example.com", "uid": "praveen@example.com"}
    server.add_device(
        id=22000,
        guid="57d9903c-aadf-4b40-aef3-e1f24302f180",
        serialNumber="DLXMF0URFLMK",
        supervised=True,
        platformType="IOS",
        customAttributes={"cityid": ["LA"], "oldticket": ["T-1"]},
        configs={"61001": "ERROR", "61005": "INSTALLED"},
        certificates=[{"days": -3}, {"days": 5}],
        lastCheckin=now - DAY // 48,
        lastRegistrationTime=now - DAY,
        **praveen,
    )
    server.add_device(
        id=22001,
        guid="8bcc4cee-dca9-476d-8710-9bb1e738ade9",
        platformType="ANDROID",
        androidWorkProfileEnabled=True,
        configs={"61001": "UNINSTALLED", "61005": "INSTALLED"},
        excludedConfigs=[61001],
    )
    server.add_device(
        id=22004,
        guid="0d3f6f0a-5e0b-4c57-9d0b-2a5c1a7e9f44",
        platformType="IOS",
        deviceName="iPad",
        deviceModel="iPad13,18",
        customAttributes={"cityid": ["SF"], "oldticket": ["T-2"]},
        ldapAttributes={"department": ["Sales"]},
        quarantined=True,
        certificates=[{"days": -40}],
        policies=[
            {
                "id": 51002,
                "name": "Out of Contact",
                "policyRuleType": "OUT_OF_CONTACT",
                "compliant": False,
            },
            {
                "id": 51001,
                "name": "Compromised Devices",
                "policyRuleType": "COMPROMISED",
                "compliant": True,
            },
        ],
        **praveen,
    )
    server.add_device(
        id=22002,
        guid="2f6f3b3e-7a0d-4f3e-8a53-3d3a4f8f2a10",
        supervised=True,
        emailAddress="asmith@example.com",
        uid="asmith@example.com",
    )
    for number, user in ((10542406, "jdoe@example.com"), (10542407, "loaner@example.com")):
        server.control("POST", "accounts", {"id": number, "uid": user, "emailAddress": user})
    return {}


def fill_epmm(server) -> dict[str, Any]:
    now = server.state()["now"]
    server.add_user("jdoe", first="Joe", last="Doe", email="jdoe@example.com")
    server.add_label("Sales")
    android = "5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11"
    place = {
        "latitude": 37.386433,
        "longitude": -122.053902,
        "source": "Cell",
        "radius": 1500,
        "captured": now - DAY,
    }
    server.add_device(
        id=17,
        uuid=android,
        platform="Android",
        user="jdoe",
        phone="14155551212",
        location=place,
        serial="R5CT30ABCDE",
    )
    server.add_device(
        id=18,
        uuid="0b0f4f59-6f0e-4d0e-8a34-6f3f0f6f2c22",
        platform="iOS",
        user="jdoe",
        labels=["Sales"],
        compliance=2,
    )
    server.add_device(
        id=20,
        uuid="2c7a9d10-53f4-4f0e-9d5b-7a1f35c0e933",
        platform="iOS",
        user="jdoe",
        imei="490154203237518",
        details={"Voice Roaming Enabled": "true", "DataRoamingEnabled": "true"},
    )
    server.add_device(id=22, platform="Android", user="jdoe", status="RETIRED", labels=["Sales"])
    # Whether a policy is on a label can be seen where no other policy of its type may hide it.
    for policy in server.policies().values():
        if policy["profile_type"] == "SECURITY" and not policy["default"]:
            server.change_policy(policy["id"], labels=[])
    server.change_policy(server.policies()["Executives"]["id"], name="Strict security")
    alert = server.add_alert(android, severity="CRITICAL")
    read = server.add_alert(android, unread=False)
    server.add_alert(android, severity="WARNING", date=now - 90 * DAY)
    mailbox = server.add_eas(android)
    server.add_eas(user="jdoe113", state="Blocked", source="MANUAL")
    server.add_eas(user="guest", last=now - 200 * DAY)
    return {"alert": alert, "read alert": read, "mailbox": mailbox}


# --- the documentation of a module ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Documented:
    """The blocks of a module."""

    name: str
    idempotent: str
    examples: list[dict[str, Any]]
    returned: dict[str, dict[str, Any]]


def assigned(path: Path, name: str) -> Any:
    """The YAML that a file of plugins assigns to a name. Raises LookupError without one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == name
        ):
            return load_yaml(ast.literal_eval(node.value))
    raise LookupError(f"{path.name} has no {name}")


def documented(module: str) -> Documented:
    path = ROOT / "plugins" / "modules" / f"{module}.py"
    described = assigned(path, "DOCUMENTATION")
    attributes: dict[str, Any] = {}
    for fragment in described["extends_documentation_fragment"]:
        if fragment.startswith("ivanti.uem._attributes."):
            attributes |= assigned(
                ROOT / "plugins" / "doc_fragments" / "_attributes.py",
                fragment.rpartition(".")[2].upper(),
            )["attributes"]
    attributes |= described.get("attributes", {})
    return Documented(
        module,
        attributes["idempotent"]["support"],
        assigned(path, "EXAMPLES"),
        assigned(path, "RETURN"),
    )


@cache
def group_of(product: str) -> set[str]:
    return set(
        load_yaml((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"][
            product
        ]
    )


# --- the tasks ----------------------------------------------------------------------------------------------------------------


def as_templates(value: Any) -> Any:
    """What an author writes is a template, on every ansible-core."""
    if isinstance(value, str):
        return template(value)
    if isinstance(value, dict):
        return {key: as_templates(part) for key, part in value.items()}
    return [as_templates(part) for part in value] if isinstance(value, list) else value


class Table(LookupModule):
    """The lookup of tables, which nobody has to find as a plugin of a collection."""

    def set_options(self, var_options: Any = None, direct: Any = None, **_more: Any) -> None:
        self._given = direct or {}

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        return self._given.get(option)


def with_tables(value: Any) -> Any:
    """With the rows of a table in place of the look-up of them."""
    if isinstance(value, dict):
        return {key: with_tables(part) for key, part in value.items()}
    found = TABLE_ROWS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    call = ast.parse(f"table({found[1]})", mode="eval").body
    assert isinstance(call, ast.Call)
    [name] = map(ast.literal_eval, call.args)
    options = {str(one.arg): ast.literal_eval(one.value) for one in call.keywords}
    return Table(loader=DataLoader()).run([str(TABLES / name)], {}, **options)


@dataclass
class Play:
    """Runs the tasks of one module's examples."""

    module: str
    servers: Mapping[str, Any]
    call: Callable[..., dict[str, Any]]
    stands_for: Mapping[Any, Any]
    folder: Path
    support: str
    variables: dict[str, Any] = field(default_factory=lambda: dict(VARIABLES))
    results: list[dict[str, Any]] = field(default_factory=list)

    def templated(self, value: Any, **more: Any) -> Any:
        return Templar(loader=DataLoader(), variables={**self.variables, **more}).template(
            as_templates(with_tables(value))
        )

    def holds(self, condition: Any, **more: Any) -> bool:
        return bool(self.templated(f"{{{{ ({condition}) | bool }}}}", **more))

    def replaced(self, value: Any) -> Any:
        """With ids as the servers gave them, and files in the folder of the test."""
        if isinstance(value, dict):
            return {
                key: str(self.folder / Path(part).name)
                if key in ("dest", "plan_path", "record")
                else [str(self.folder / name) for name in part]
                if key == "state_files"
                else self.replaced(part)
                for key, part in value.items()
            }
        if isinstance(value, list):
            return [self.replaced(part) for part in value]
        return self.stands_for.get(value, value) if isinstance(value, (int, str)) else value

    def run(self, task: Mapping[str, Any]) -> Iterator[str]:
        """Run a task; what is wrong with it, in sentences."""
        modules = set(task) - KEYWORDS
        name = task.get("name", "a task without a name")
        if len(modules) != 1 or "name" not in task:
            yield f"{name}: cannot be run, for it has {', '.join(sorted(modules)) or 'no module'}"
            return
        module = modules.pop()
        for item in self.templated(task.get("loop", [None])):
            more = {**self.templated(task.get("vars", {}), item=item), "item": item}
            if all(self.holds(condition, **more) for condition in listed(task.get("when", []))):
                for trouble in self.step(module, task, more):
                    yield f"{name}: {trouble}"

    def step(self, module: str, task: Mapping[str, Any], more: Mapping[str, Any]) -> Iterator[str]:
        options = task[module] or {}
        if module == "ansible.builtin.assert":
            yield from (
                f"{that} does not hold"
                for that in listed(options["that"])
                if not self.holds(that, **more)
            )
        elif module == "ansible.builtin.debug":
            shown = f"{{{{ {options['var']} }}}}" if "var" in options else options["msg"]
            self.templated(shown, **more)
        elif module == f"ivanti.uem.{self.module}":
            yield from self.module_step(self.templated(options, **more), task)
        else:
            yield f"cannot be run, for it calls {module}"

    def module_step(self, options: dict[str, Any], task: Mapping[str, Any]) -> Iterator[str]:
        product = options.get("product") or list(self.servers)[0]
        if product not in self.servers:
            yield f"is for {product}, and the module is not in the action group of that"
            return
        server, check_mode = self.servers[product], task.get("check_mode", False)
        options = {**self.replaced(options), **connection(server)}
        try:
            result = self.sent(server, check_mode, options)
            self.variables |= {task["register"]: SafeValues()(result)} if "register" in task else {}
            if not result.get("summary", {}).get("matched", result.get("count", 1)):
                yield "the world has nothing that it is about"
            if self.module.endswith("_info"):
                yield from (
                    ["it reads, and answers that it changed something"] if result["changed"] else []
                )
            elif not check_mode:
                yield from self.again(self.sent(server, False, options), options)
        except ModuleFailed as failure:
            yield f"failed: {failure.result['msg']}"

    def sent(self, server: Any, check_mode: bool, options: dict[str, Any]) -> dict[str, Any]:
        result = self.call(self.module, server, check_mode=check_mode, **options)
        self.results.append(json.loads(json.dumps(result)))
        return self.results[-1]

    def again(self, second: Mapping[str, Any], options: Mapping[str, Any]) -> Iterator[str]:
        """Whether the second run did what the documentation says of it."""
        expected = {"full": False, "none": True}.get(self.support)
        expected = EVERY_RUN[self.module](options) if expected is None else expected
        if second["changed"] is not expected:
            yield f"idempotent is {self.support}, and the second run answers changed={second['changed']}"


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# --- what came back, and what is documented ----------------------------------------------------------------------------------


@dataclass
class Seen:
    """The kinds of values that came at one place, and what is below it."""

    kinds: set[str] = field(default_factory=set)
    below: dict[str, Seen] = field(default_factory=dict)

    def add(self, value: Any) -> None:
        self.kinds.add(type(value).__name__)
        parts = (
            value.items()
            if isinstance(value, dict)
            else [("[]", part) for part in value]
            if isinstance(value, list)
            else ()
        )
        for key, part in parts:
            self.below.setdefault(key, Seen()).add(part)

    def unseen(self, value: Any, where: str) -> Iterator[str]:
        """What a sample has that never came."""
        if value is None:
            return
        if type(value).__name__ not in self.kinds:
            yield f"{where} shows {value!r}, and what came was {', '.join(sorted(self.kinds))}"
            return
        parts = (
            value.items()
            if isinstance(value, dict)
            else [("[]", part) for part in value]
            if isinstance(value, list)
            else ()
        )
        for key, part in parts:
            place = f"{where}.{key}".replace(".[]", "[]")
            if key in self.below:
                yield from self.below[key].unseen(part, place)
            else:
                yield f"{place} never came"


def misfits(value: Any, spec: Mapping[str, Any], where: str, said: str = "") -> Iterator[str]:
    """Where a value is not as documented. Null needs the word, in a description of the value or of
    what it is a part of."""
    said = " ".join([said, *map(str, listed(spec["description"]))])
    if value is None:
        if "null" not in said.lower() and spec["type"] != "raw":
            yield f"{where} is null, and nothing says so"
        return
    if spec["type"] == "raw":
        return
    if not isinstance(value, TYPES[spec["type"]]) or (
        isinstance(value, bool) and spec["type"] != "bool"
    ):
        yield f"{where} is {value!r:.60}, and documented as {spec['type']}"
        return
    rows = [(where, value)] if isinstance(value, dict) else []
    if isinstance(value, list):
        for part in value:
            yield from misfits(
                part, {"description": "", "type": spec["elements"]}, f"{where}[]", said
            )
        rows = [(f"{where}[]", part) for part in value if isinstance(part, dict)]
    if "contains" in spec:
        for place, row in rows:
            yield from row_misfits(row, spec["contains"], place, said)


def row_misfits(
    row: Mapping[str, Any], contains: Mapping[str, Any], where: str, said: str
) -> Iterator[str]:
    if row.get("outcome") == "skipped":
        # What was named and does not exist has the name alone.
        yield from (
            f"{where}.{key} is not described"
            for key in row
            if key not in ("outcome", "reason") and f"C({key})" not in said
        )
        return
    yield from (f"{where}.{key} is not documented" for key in row if key not in contains)
    for key, spec in contains.items():
        if key in row:
            yield from misfits(row[key], spec, f"{where}.{key}", said)
        elif "returned" not in spec:
            yield f"{where}.{key} is missing"


def result_misfits(result: Mapping[str, Any], returned: Mapping[str, Any]) -> Iterator[str]:
    yield from (
        f"{key} is not documented" for key in result if key not in returned and key not in COMMON
    )
    for key, spec in returned.items():
        if key in result:
            yield from misfits(result[key], spec, key)
        elif spec["returned"].startswith(("success", "always")):
            yield f"{key} is missing"


def sample_misfits(returned: Mapping[str, Any], seen: Seen) -> Iterator[str]:
    for key, spec in returned.items():
        if "sample" not in spec:
            yield f"{key} has no sample"
            continue
        yield from misfits(spec["sample"], spec, f"sample of {key}")
        if key in ("not_listed", "refused_by"):
            # The fleets of the examples are small, and no example is refused.
            continue
        if key not in seen.below:
            yield f"no example returns {key}"
            continue
        yield from seen.below[key].unseen(spec["sample"], f"sample of {key}")
        if (
            spec["type"] == "dict"
            and "contains" not in spec
            and set(spec["sample"]) != set(seen.below[key].below)
        ):
            yield f"sample of {key} has {sorted(spec['sample'])}, and what came has {sorted(seen.below[key].below)}"


# fmt: off
ROW = {
    "description": "An outcome; one that was skipped has C(email).", "type": "list", "elements": "dict", "contains": {
        "id": {"description": "An id.", "type": "str"},
        "size": {"description": "Its size; null where it is not known.", "type": "int"},
        "error": {"description": "Why.", "type": "str", "returned": "when it failed"},
    },
}
# fmt: on


@pytest.mark.parametrize(("rows", "said"), [
    ([{"id": "1", "size": None}, {"id": "2", "size": 2, "error": "e"}, {"email": "a@b", "outcome": "skipped", "reason": "r"}], []),
    ("1", ["rows is '1', and documented as list"]),
    (["1"], ["rows[] is '1', and documented as dict"]),
    ([{"id": "1"}], ["rows[].size is missing"]),
    ([{"id": "1", "size": 1, "guid": "g"}], ["rows[].guid is not documented"]),
    ([{"id": None, "size": 1}], ["rows[].id is null, and nothing says so"]),
    ([{"id": 1, "size": True}], ["rows[].id is 1, and documented as str", "rows[].size is True, and documented as int"]),
    ([{"uid": "a@b", "outcome": "skipped", "reason": "r"}], ["rows[].uid is not described"]),
])  # fmt: skip
def test_what_is_not_as_documented_is_found(rows, said):
    assert list(misfits(rows, ROW, "rows")) == said


@pytest.mark.parametrize(("sample", "said"), [
    ([{"id": "9", "size": None}], []),
    ([], []),
    ([{"id": 9}], ["sample[].id shows 9, and what came was str"]),
    ([{"guid": "g"}], ["sample[].guid never came"]),
    ({"id": "9"}, ["sample shows {'id': '9'}, and what came was list"]),
])  # fmt: skip
def test_a_sample_of_what_never_came_is_found(sample, said):
    seen = Seen()
    seen.add([{"id": "1", "size": 3}])
    seen.add([])
    assert list(seen.unseen(sample, "sample")) == said


@pytest.fixture
def world(request):
    """The servers of the products that a module is for, by product, and what stands for ids of the
    examples."""
    servers, given = {}, {}
    for product, fixture, fill in (
        ("neurons", "emulator", fill_neurons),
        ("epmm", "epmm", fill_epmm),
    ):
        if request.node.callspec.params["module"] in group_of(product):
            servers[product] = request.getfixturevalue(fixture)
            servers[product].reset(seed=SEED, devices=DEVICES)
            given |= fill(servers[product])
    return servers, {key: given[name] for key, name in STANDS_FOR.items() if name in given}


def asked(servers: Mapping[str, Any]) -> str:
    """Return a journal that says that the first device of the examples was wiped."""
    guid = "57d9903c-aadf-4b40-aef3-e1f24302f180"
    device = {"id": "22000", "guid": guid, "serial": "DLXMF0URFLMK", "owner": "praveen@example.com"}
    lines = [
        {
            "phase": phase, "at": 1.0, "run": "r", "server": server.url, "action": "wipe", "device": device,
            "answer": "taken", "when": "2026-11-22T04:41:58Z", "who": "a by b",
        }
        for server in servers.values()
        for phase in ("before", "after")
    ]  # fmt: skip
    return "".join(f"{json.dumps(line)}\n" for line in lines)


@pytest.mark.parametrize("module", MODULES)
def test_examples_run_and_return_what_is_documented(module, call, world, tmp_path, monkeypatch):
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(tmp_path / "journal.jsonl"))
    servers, stands_for = world
    told = documented(module)
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "devices-by-user.csv").write_text("what it was before\n", encoding="utf-8")
    (folder / "state").mkdir()
    (folder / "state" / "fleet.yml").write_text(STATE, encoding="utf-8")
    if module == "action_followup_info":
        (tmp_path / "journal.jsonl").write_text(asked(servers), encoding="utf-8")
    play = Play(module, servers, call, stands_for, folder, told.idempotent)
    troubles = [trouble for task in told.examples for trouble in play.run(task)]
    seen = Seen()
    for result in play.results:
        seen.add(result)
        troubles += result_misfits(result, told.returned)
    troubles += sample_misfits(told.returned, seen)
    assert play.results and not troubles, "\n" + "\n".join(dict.fromkeys(troubles))


# --- devices that were named and do not exist -----------------------------------------------------


# A name of each kind that no device has, by the key of select.
NO_DEVICE = {
    "ids": "999999001",
    "guids": "00000000-0000-4000-8000-000000000000",
    "serial_numbers": "NOSUCHSERIAL",
    "emails": "nobody@example.com",
    "users": "nobody",
    "phone_numbers": "00000000000",
    "wifi_mac_addresses": "0000000000fe",
}
SKIPPED = "A device that was skipped has, instead of C(id) and C(guid), the name that was given for it, as "
SKIPPING = [
    module
    for module in MODULES
    if SKIPPED
    in " ".join(listed(documented(module).returned.get("devices", {}).get("description", "")))
]


def example_for(module: str, product: str) -> dict[str, Any]:
    """The options of an example that chooses devices of a product, without its choice."""
    tasks = [task.get(f"ivanti.uem.{module}") for task in documented(module).examples]
    fitting = [
        task
        for task in tasks
        if task and {"devices", "select"} & set(task) and task.get("product", product) == product
    ]
    return {
        name: value
        for name, value in max(fitting, key=lambda task: "product" in task).items()
        if name not in (*KEYWORDS, "devices", "by")
    }


@pytest.mark.parametrize("module", SKIPPING)
def test_a_device_that_was_skipped_has_the_names_that_are_documented(module, call, world):
    came = set()
    for product, server in world[0].items():
        options = {**example_for(module, product), **connection(server), "on_missing": "skip"}
        for key, name in NO_DEVICE.items():
            try:
                result = call(
                    module, server, check_mode=True, **options | {"select": {key: [name]}}
                )
            except ModuleFailed as failure:
                assert f"select.{key}: is not supported by {product}" in str(failure), str(failure)
                continue
            [row] = result["devices"]
            came |= set(row) - {"outcome", "reason"}
    said = " ".join(documented(module).returned["devices"]["description"]).partition(SKIPPED)[2]
    assert came == set(re.findall(r"C\((\w+)\)", said.partition(".")[0]))


# --- what API v1 of EPMM is asked although api is v2 -----------------------------------------------


def test_the_modules_that_need_api_v1_are_listed(call, epmm, tmp_path, monkeypatch):
    """Every example of every module, with ``api: v2``. Devices and labels come through API v2."""
    monkeypatch.setenv("IVANTI_UEM_JOURNAL_PATH", str(tmp_path / "journal.jsonl"))
    asking = set()
    for module in sorted(group_of("epmm")):
        epmm.reset(seed=SEED, devices=DEVICES)
        given = fill_epmm(epmm)
        stands_for = {key: given[name] for key, name in STANDS_FOR.items()}
        play = Play(module, {"epmm": epmm}, call, stands_for, tmp_path, "full")
        for task in documented(module).examples:
            options = dict(task.get(f"ivanti.uem.{module}") or {})
            if not options or options.get("product", "epmm") != "epmm" or "loop" in task:
                continue
            options = {**play.replaced(options), **connection(epmm), "api": "v2"}
            epmm.clear_requests()
            with contextlib.suppress(ModuleFailed, AnsibleUndefinedVariable):
                call(module, epmm, check_mode=True, **play.templated(options))
            if any(one["path"].startswith("/api/v1/") for one in epmm.requests()):
                asking.add(module)
    # Whether this one asks depends on what API v2 says of a device.
    asking.discard("device_compliance_info")
    text = (ROOT / "docs" / "epmm.md").read_text(encoding="utf-8")
    said = re.search(
        r"^- With `api: v2` API v1 is still asked by (.*?)\.$", text, re.MULTILINE | re.DOTALL
    )
    assert said and asking == set(re.findall(r"`(\w+)`", said.group(1))), ", ".join(sorted(asking))
