# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: desired_attrs
short_description: Desired attributes, merged over groups
version_added: 0.1.0
author:
  - ivanti.uem contributors (@ivanti-uem)
description:
  - Ansible lets the C(ivanti_desired_attrs) of one group or host replace that of every other. This
    lookup merges them attribute by attribute, in Ansible's usual order of precedence - first the
    group C(all), then the host's groups from the outermost to the innermost, then the host, then
    extra variables.
  - Inventory variables, C(group_vars) and C(host_vars) beside the inventory and beside the playbook
    count. Variables of plays, tasks and facts do not.
  - Hosts without desired attributes are left out. Values may be templates; each is evaluated with
    the variables of its host.
  - Each device is named by its guid, with its server, so that a task that is connected to another
    server refuses it. A host without C(ivanti_server) is refused here.
options:
  _terms:
    description: Names of the hosts.
    type: list
    elements: str
    required: true
  variable:
    description: The variable that holds the desired attributes.
    type: str
    default: ivanti_desired_attrs
  known:
    description:
      - Names of other variables that groups and hosts may have, such as those of a role. A long name
        that is nearly one of them, or nearly O(variable), is an error, because Ansible would ignore
        the variable.
    type: list
    elements: str
    default: []
  prefixes:
    description: How names begin that have no other use than those of O(known). Every other name that
      begins so is an error. C(ivanti_desired_) is always one of them.
    type: list
    elements: str
    default: []
  device_variable:
    description: The variable that holds the guid or id of a host's device; the inventory plugins
      set it. A host that lacks C(ivanti_guid) may have C(ivanti_id) instead.
    type: str
    default: ivanti_guid
seealso:
  - module: ivanti.uem.device_custom_attrs
  - plugin: ivanti.uem.neurons
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: Set the attributes that group_vars and host_vars have for the devices of the play
  ivanti.uem.device_custom_attrs:
    devices: "{{ query('ivanti.uem.desired_attrs', *ansible_play_hosts_all) }}"
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
_raw:
  description: A mapping for each host that has desired attributes, as
    O(ivanti.uem.device_custom_attrs#module:devices) takes it.
  type: list
  elements: dict
  contains:
    device:
      description: The guid of the host's device, or its id where it has no C(ivanti_guid).
      type: str
    server:
      description: The address of the server of the device.
      type: str
    host:
      description: The name of the host.
      type: str
    attrs:
      description: The merged attributes.
      type: dict
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible_collections.ivanti.uem.plugins.module_utils._core.attributes import (
    rewritten,
    yaml_notes,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.errors import UemError
from ansible_collections.ivanti.uem.plugins.module_utils._core.hosts import (
    GUID_VARIABLE,
    ID_VARIABLE,
    require_identified,
)
from ansible_collections.ivanti.uem.plugins.module_utils._core.names import misspelt_variables
from ansible_collections.ivanti.uem.plugins.module_utils._families.attributes.desired import (
    merge_layers,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._extra import private
from ansible_collections.ivanti.uem.plugins.plugin_utils._host_devices import (
    host_device,
    layered_device_of,
)
from ansible_collections.ivanti.uem.plugins.plugin_utils._layers import (
    Layers,
    has_number,
    may_be_template,
)

PLUGIN = "ivanti.uem.desired_attrs"

# How the names of the variables begin that say how devices should be.
PREFIX = "ivanti_desired_"


class LookupModule(LookupBase):
    """See DOCUMENTATION."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        """Return a mapping for each host with desired attributes."""
        self.set_options(var_options=variables, direct=kwargs)
        hostvars = variables["hostvars"]
        layers = Layers(hostvars, PLUGIN)
        inventory = private(hostvars, "_inventory", PLUGIN)
        found = []
        spelled: set[str] = set()
        written: list[tuple[str, Any]] = []
        for name in terms:
            of_host = list(layers.of_host(name))
            names = set().union(*of_host) - spelled
            self._require_spelled(name, names)
            spelled |= names
            wanted = self._desired(name, of_host, hostvars)
            if wanted is not None:
                found.append(wanted)
                variable = self.get_option("variable")
                if has_number([layer.get(variable) for layer in of_host]):
                    where = f"{variable} of the host {name!r}"
                    said = layers.written(name, variable)
                    written += [(f"{where} ({path})", rewritten(raw)) for path, raw in said]
        for note in yaml_notes(written):
            self._display.warning(note)
        try:
            require_identified(
                [
                    host_device(inventory.get_host(o["host"]), o["device"], o["server"])
                    for o in found
                ]
            )
        except UemError as error:
            raise AnsibleError(f"{PLUGIN}: {error}") from None
        return found

    def _require_spelled(self, host: str, names: set[str]) -> None:
        """Check that no variable of a host is misspelt, for then Ansible would ignore it.

        Raises:
            AnsibleError: One is.
        """
        known = [self.get_option("variable"), *self.get_option("known")]
        prefixes = (PREFIX, *self.get_option("prefixes"))
        found = misspelt_variables(names, known, prefixes=prefixes)
        if found:
            raise AnsibleError(
                f"The host {host!r} has variables that nothing uses: {'; '.join(found.values())}. "
                "Correct or remove them. Nothing was written."
            )

    def _desired(
        self, name: str, layers: list[Mapping[str, Any]], hostvars: Any
    ) -> dict[str, Any] | None:
        variable = self.get_option("variable")
        given = [layer[variable] for layer in layers if layer.get(variable) is not None]
        if not given:
            return None
        device_variable = self.get_option("device_variable")
        names = [device_variable] + [ID_VARIABLE] * (device_variable == GUID_VARIABLE)
        host = private(hostvars, "_inventory", PLUGIN).get_host(name)
        try:
            device, server = layered_device_of(host, layers, names)
        except UemError as error:
            raise AnsibleError(f"{PLUGIN}: {error}") from None
        if device is None:
            raise AnsibleError(
                f"The host {name!r} has {variable} but no {ID_VARIABLE} or {device_variable}: leave "
                "it out, or use an inventory plugin of ivanti.uem."
            )
        given, device, server = self._templated([given, device, server], name, hostvars)
        try:
            attrs = merge_layers(given, f"{variable} of the host {name!r}")
        except UemError as error:
            raise AnsibleError(str(error)) from None
        if not attrs:
            return None
        return {"device": device, "attrs": attrs, "server": server or "", "host": name}

    def _templated(self, value: Any, name: str, hostvars: Any) -> Any:
        """Return a value with its templates evaluated in the context of a host.

        The context is built only if there are templates.
        """
        if not may_be_template(value):
            return value
        context = {**hostvars.raw_get(name), "hostvars": hostvars}
        try:
            return self._templar.copy_with_new_env(available_variables=context).template(value)
        except AnsibleError as error:
            where = f"{self.get_option('variable')} of the host {name!r}"
            raise AnsibleError(f"{where}: a template cannot be evaluated ({error}).") from None
