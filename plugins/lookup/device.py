# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: device
short_description: A device, or one of its fields
version_added: 0.1.0
author:
  - ivanti.uem contributors (@ivanti-uem)
description:
  - Reads devices by their ids, guids or serial numbers, and returns all of their fields or one.
  - A device is read once in a run, however many hosts, tasks and templates ask for it, and stays as
    it was read. To see what changes while a play runs, use M(ivanti.uem.device_info).
options:
  _terms:
    description: The devices, each by its id, its guid or its serial number.
    type: list
    elements: raw
    required: true
  by:
    description:
      - What O(_terms) name devices by. With V(auto) a whole number is an id, what looks like a guid
        is one, and everything else is a serial number.
    type: str
    choices: [auto, id, guid, serial_number]
    default: auto
  field:
    description:
      - The field to return, named as M(ivanti.uem.device_info) returns it. On EPMM names of API v2
        such as C(ios.ModelName) work as well.
      - When left out, all fields are returned as a dictionary.
    type: str
  default:
    description:
      - What to return for a device that does not exist, or does not have O(field).
      - When left out, the lookup fails.
    type: raw
  details:
    description: Whether the details of the devices are read as well, which costs a request for
      each.
    type: bool
    default: false
  spaces:
    description:
      - Ids or names of the device spaces to look in; V(default) is the tenant's
        default one, and on EPMM the account's own.
      - When left out, all device spaces are looked in.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - ivanti.uem._connection.lookup_plugin
notes:
  - C(module_defaults) works only for modules, and not for this lookup; set environment variables or
    variables of the play.
  - In a template of a host, the device of that host is refused if C(ivanti_server) is another server
    than the one of the lookup.
  - The same device can be registered several times. A serial number that several registrations have
    is an error; use an id then.
  - What was read is kept in Ansible's own temporary folder of the run, in files that only the user
    can read, without credentials, and is removed when the run ends.
  - Ask for all devices in one lookup where that is possible, because they are read together.
  - A value is data and never a template, whatever is in it.
seealso:
  - module: ivanti.uem.device_info
"""

EXAMPLES = r"""
# url, product and credentials come from the IVANTI_UEM_* environment variables.

- name: Show what a device is called
  ansible.builtin.debug:
    msg: "{{ lookup('ivanti.uem.device', 22000, field='device_name') }}"

- name: Fail where a device is not supervised
  ansible.builtin.assert:
    that: lookup('ivanti.uem.device', 'DLXMF0URFLMK', by='serial_number', field='supervised')

- name: Show the platform of each of several devices, or that there is no such device
  ansible.builtin.debug:
    msg: "{{ query('ivanti.uem.device', 22000, 22001, field='platform', default='unknown') }}"

# With variables of the play, such as ivanti_uem_url and ivanti_uem_password, or with options:

- name: Read a device of EPMM
  ansible.builtin.debug:
    msg: "{{ lookup('ivanti.uem.device', '5f3c9c1e-3f6b-4c52-9b1c-0d1f0c9b7a11', product='epmm',
      url='https://epmm.example.com') }}"
"""

RETURN = r"""
_raw:
  description: For each term the fields of the device, or only O(field), or O(default).
  type: list
  elements: raw
  sample: [iPad]
"""

import difflib
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.lookup import LookupBase
from ansible_collections.ivanti.uem.plugins.module_utils._core.device import DeviceRef, parse_ref
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import (
    MissingLibraryError,
    OptionError,
    UemError,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.hosts import (
    GUID_VARIABLE,
    ID_VARIABLE,
    SERVER_VARIABLE,
    HostDevice,
    require_one_server,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import (
    fold,
    is_placeholder,
    plain,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.selection import (
    placeholder_sentence,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.vocabulary import other_name
from ansible_collections.ivanti.uem.plugins.module_utils._http.redact import Redactor
from ansible_collections.ivanti.uem.plugins.module_utils._http.settings import (
    Settings,
    parse_settings,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.profile import completed
from ansible_collections.ivanti.uem.plugins.module_utils._module.variables import unread_variables
from ansible_collections.ivanti.uem.plugins.plugin_utils._environment import (
    drop_empty_variables,
    require_boolean,
    require_secrets,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._once import Entry, Once
from ansible_collections.ivanti.uem.plugins.plugin_utils._trust import SafeValues
from ansible_collections.ivanti.uem.plugins.plugin_utils._vaulted import decrypter

_SERIAL = "serial_number"

# The options that ansible-core accepts for every lookup, and passes on in some versions.
_OF_EVERY_LOOKUP = ("allow_unsafe", "errors", "wantlist")


class LookupModule(LookupBase):  # type: ignore[misc]
    """See DOCUMENTATION."""

    def run(self, terms: list[Any], variables: Any = None, **kwargs: Any) -> list[Any]:
        """Return what is wanted of each device.

        Raises:
            AnsibleLookupError: It failed; the message is one sentence.
        """
        redact = Redactor(())
        try:
            self._require_known(kwargs)
            drop_empty_variables()
            for note in unread_variables():
                self._display.warning(note)
            direct = {**self._given_as_variables(variables or {}, kwargs), **kwargs}
            require_boolean(direct, self.option_definitions)
            require_secrets(direct)
            self.set_options(var_options=variables, direct=direct)
            self._require_field()
            refs = [parse_term(term, self.get_option("by")) for term in self._flatten(terms)]
            settings = parse_settings(self._connection(direct))
            redact = Redactor(settings.secrets)
            self._require_own(terms, variables or {}, settings.server)
            for warning in settings.warnings:
                self._display.warning(warning)
            pairs = zip(refs, self._rows(refs, settings), strict=True)
            wanted = [self._wanted(ref, row, "default" in kwargs) for ref, row in pairs]
        except MissingLibraryError as error:
            raise AnsibleLookupError(missing_required_lib(error.library)) from None
        except UemError as error:
            raise AnsibleLookupError(redact(str(error))) from None
        except OSError as error:
            raise AnsibleLookupError(
                f"What was read cannot be kept in {C.DEFAULT_LOCAL_TMP} ({error.strerror})."
            ) from None
        safe = SafeValues()
        return [safe(value) for value in wanted]

    def _require_known(self, given: Mapping[str, Any]) -> None:
        """Check the names of the options.

        Ansible ignores unknown options, and a misspelt ``field`` would return the whole device.
        """
        for name in given:
            if name not in self.option_definitions and name not in _OF_EVERY_LOOKUP:
                near = difflib.get_close_matches(name, self.option_definitions, n=1)
                hint = f"; did you mean {near[0]}?" if near else ", see ansible-doc -t lookup."
                raise OptionError(f"{name}: is not an option of this lookup{hint}")

    def _require_own(self, terms: Sequence[Any], variables: Mapping[str, Any], server: str) -> None:
        """Refuse the device of the host that the template is of, if it is of another server.

        That server may have another device with its id.
        """
        own = {str(variables[name]) for name in (ID_VARIABLE, GUID_VARIABLE) if name in variables}
        other = variables.get(SERVER_VARIABLE)
        if other and any(str(term) in own for term in self._flatten(terms)):
            address = str(self._templar.template(other))
            require_one_server([HostDevice(variables["inventory_hostname"], "", address)], server)

    def _require_field(self) -> None:
        """Refuse an empty ``field``.

        No device would have it, and the lookup would return the default for every device.
        """
        field = self.get_option("field")
        if field is not None and not field.strip():
            raise OptionError("field: is empty; name a field, or leave it out for all of them.")

    def _given_as_variables(
        self, variables: Mapping[str, Any], given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the options that variables of the play give.

        Ansible passes them on without evaluating their templates.
        """
        found = {}
        for name, variable in self._shared().items():
            if variable in variables and name not in given:
                try:
                    found[name] = self._templar.template(variables[variable])
                except AnsibleError as error:
                    raise OptionError(
                        f"{variable}: its template cannot be evaluated ({error})."
                    ) from None
        return found

    def _connection(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options of the connection, completed by the profile that they name.

        Raises:
            OptionError: The profile is wrong.
        """
        options = {name: self.get_option(name) for name in self._shared()}
        options = completed(options, list(given), decrypter(self._loader))
        for name in ("product", "api"):
            self.set_option(name, options[name])
        return options

    def _shared(self) -> dict[str, str]:
        """Return the options of the connection, each with the variable that gives it."""
        return {
            name: option["vars"][0]["name"]
            for name, option in self.option_definitions.items()
            if option.get("vars")
        }

    def _wanted(self, ref: DeviceRef, row: Mapping[str, Any] | None, has_default: bool) -> Any:
        """Return the result for a row.

        Raises:
            OptionError: There is neither a value nor a default.
        """
        field = self.get_option("field")
        if row is not None and (field is None or field in row):
            return row if field is None else row[field]
        if has_default:
            return self.get_option("default")
        shown = f"{ref.kind.replace('_', ' ')} {ref.value}"
        if row is None:
            raise OptionError(
                f"There is no device with the {shown}; correct it, or give a default."
            )
        near = other_name(field) or next(iter(difflib.get_close_matches(field, row, n=1)), "")
        hint = (
            f"; did you mean {near}?"
            if near
            else "; see ivanti.uem.device_info. Correct it, or give a default."
        )
        raise OptionError(f"field: the device with the {shown} has no {field}{hint}")

    def _rows(
        self, refs: Sequence[DeviceRef], settings: Settings
    ) -> list[Mapping[str, Any] | None]:
        """Return the row of each device, or None if there is no such device.

        If rows lack the wanted field, it is requested by name: a server may send it only then.
        """
        rows = self._rows_once(refs, settings, "")
        field = self.get_option("field")
        lacking = [
            ref
            for ref, row in zip(refs, rows, strict=True)
            if field is not None and row is not None and field not in row
        ]
        if lacking:
            fuller = dict(zip(lacking, self._rows_once(lacking, settings, field), strict=True))
            return [fuller.get(ref, row) for ref, row in zip(refs, rows, strict=True)]
        return rows

    def _rows_once(
        self, refs: Sequence[DeviceRef], settings: Settings, field: str
    ) -> list[Mapping[str, Any] | None]:
        """Return the rows that this run has read already, and read the others from the server."""
        keys = {self._key(ref, settings, field): ref for ref in refs}
        once = Once(C.DEFAULT_LOCAL_TMP, Redactor(settings.secrets))
        entries = once.get(
            list(keys),
            lambda wanted: self._read({key: keys[key] for key in wanted}, settings, field),
        )
        by_ref = {ref: entries[key] for key, ref in keys.items()}
        for entry in by_ref.values():
            if entry["problem"]:
                raise OptionError(entry["problem"])
        return [by_ref[ref]["row"] for ref in refs]

    def _key(self, ref: DeviceRef, settings: Settings, field: str) -> str:
        """Return a key that differs between rows that may not replace each other.

        Another account, for example, may see other rows. A token is a part of the key. A password
        is not: it could be guessed from the digest, which is the name of a file.
        """
        account = settings.account
        if settings.authorization.startswith("Bearer "):
            account = hashlib.sha256(settings.authorization.encode()).hexdigest()
        options = [self.get_option(name) for name in ("product", "spaces", "details", "api")]
        parts = [settings.url, account, options, ref.kind, fold(ref.value), field]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _read(
        self, wanted: Mapping[str, DeviceRef], settings: Settings, field: str
    ) -> dict[str, Entry]:
        """Read the rows of devices from the server. Return them by key."""
        # This is imported only when something is read: each task of each host is a separate
        # process, which would spend most of its time on the import.
        from ansible_collections.ivanti.uem.plugins.plugin_utils._device_rows import read_rows

        read = read_rows(
            self.get_option("product"),
            settings,
            list(wanted.values()),
            details=self.get_option("details"),
            field=field,
            partitions=[str(part) for part in self.get_option("spaces")],
        )
        return {key: read[ref] for key, ref in wanted.items()}


def parse_term(term: Any, by: str) -> DeviceRef:
    """Return the name that a term gives to a device.

    Raises:
        OptionError: It cannot be such a name.
    """
    try:
        ref = parse_ref(term, "_terms")
    except OptionError:
        ref = None
    if ref is not None and by in ("auto", ref.kind):
        return ref
    if by not in ("auto", _SERIAL):
        raise OptionError(f"_terms: {term!r} is not a {by} of a device; correct it, or set by.")
    text = plain(str(term)) if isinstance(term, (str, int)) and not isinstance(term, bool) else ""
    if not text or not text.isprintable():
        raise OptionError(
            f"_terms: {term!r} names no device; give an id, a guid or a serial number."
        )
    if is_placeholder(text):
        raise OptionError(f"_terms: {placeholder_sentence(term)}")
    return DeviceRef(_SERIAL, text)
