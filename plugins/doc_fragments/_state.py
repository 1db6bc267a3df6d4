# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/doc_fragments.py from the options in plugins/module_utils; change them there.

from __future__ import annotations


class ModuleDocFragment:
    """Options that several modules or plugins share."""

    DOCUMENTATION = r"""
options:
  devices:
    description:
    - What devices should be. Each entry has C(device), an id or a guid, or C(select), the keys
      of O(ivanti.uem.device_info#module:select), and one or more sections; or it has C(table).
      Of two entries about a device the later one wins, name by name.
    - 'C(attributes): custom attributes and their values, as in O(ivanti.uem.device_custom_attrs#module:attrs).
      Neurons only.'
    - 'C(labels): static labels, as a list of names, or as a mapping of names to V(present)
      or V(absent). EPMM only.'
    - 'C(configurations): names or ids of configurations, as a list, or as a mapping of these
      to V(installed) or V(excluded). On EPMM only V(installed).'
    - 'C(allow_empty): whether C(select) may select nothing, which is an error otherwise.'
    - 'C(table): a CSV file. Each row is an entry. Its path begins at the folder of the state
      file. C(match) says what devices are found by: V(id), V(guid), V(serial_number) or V(email),
      which is also the name of the column, or a mapping of that to the name of the column.
      C(columns) maps columns to what they say: C(attributes.NAME), C(labels), C(labels.NAME),
      C(configurations) or C(configurations.NAME); a list has columns that are called as their
      attributes. An empty cell leaves things as they are, and one that is C(remove) removes
      them. C(delimiter) separates cells.'
    - 'C(host) and C(server): the host of the inventory that an entry was made of, and the address
      of its server. A host of another server than that of the task is refused.'
    - When left out, no device is looked at.
    type: list
    elements: raw
  label_definitions:
    description:
    - Labels that exist, or do not. EPMM only. When left out, no label is made or deleted.
    type: list
    elements: dict
    suboptions:
      name:
        description:
        - The name of the label, which is case-sensitive.
        type: str
        required: true
      state:
        description:
        - Whether there is such a label.
        type: str
        choices:
        - present
        - absent
        default: present
      filter:
        description:
        - The criteria of a filtered label. When left out, a label that is made is static, and
          one that exists stays as it is.
        type: str
      description:
        description:
        - What people read about it. When left out, a label that is made has none, and that
          of one that exists stays as it is.
        type: str
      space:
        description:
        - The device space of the label, by its name or id. When left out, a label is made in
          the account's own one, and one that exists may be in any.
        type: raw
      force:
        description:
        - Whether a label is deleted although it has devices or app settings.
        type: bool
        default: false
  policies:
    description:
    - Policies that are applied to labels, or are not. EPMM only. When left out, no policy is
      looked at.
    type: list
    elements: dict
    suboptions:
      policy:
        description:
        - The policy, by its name, which is case-sensitive, or by its id.
        type: raw
        required: true
      label:
        description:
        - The label, by its name, which is case-sensitive, or by its id.
        type: raw
        required: true
      state:
        description:
        - Whether the policy is applied to the label.
        type: str
        choices:
        - present
        - absent
        default: present
      on_unknown:
        description:
        - 'What to do where the devices of the label do not show whether the policy is applied:
          V(send) the request, which every run then does again, V(skip) it, or V(fail).'
        type: str
        choices:
        - send
        - skip
        - fail
        default: send
      sample:
        description:
        - The most devices of the label that are read to see that.
        type: int
        default: 50
  state_files:
    description:
    - YAML or JSON files, or folders with such files, each a mapping with the keys C(devices),
      C(label_definitions) and C(policies). They are read where the module runs, the files of
      a folder in the order of their names.
    - What the task itself declares wins over the files, and a later file over an earlier one.
      When left out, only the task declares something.
    type: list
    elements: path
  spaces:
    description:
    - Ids or names of the device spaces to look in; V(default) is the tenant's default one,
      and on EPMM the account's own.
    - When left out, all device spaces of the tenant are discovered and looked in, and on EPMM
      those of the account with all below them. An empty list is an error.
    type: list
    elements: str
  on_missing:
    description:
    - What to do when a device that is named does not exist, or when a selection matches nothing.
    - V(fail) fails before anything else is done and names all of them, V(skip) goes on without
      them.
    type: str
    choices:
    - fail
    - skip
    default: fail
  purge:
    description:
    - 'The sections that are owned whole: a device for which such a section is declared loses
      every attribute, or every static label, that is not declared. When left out, only what
      is declared changes.'
    type: list
    elements: str
    choices:
    - attributes
    - labels
  ignore:
    description:
    - Names that are never touched, not even by O(purge), as shell patterns. To declare one
      of them is an error. When left out, none is ignored.
    type: dict
    suboptions:
      attributes:
        description:
        - Names of custom attributes, compared without case. When left out, none is ignored.
        type: list
        elements: str
      labels:
        description:
        - Names or ids of labels. When left out, none is ignored.
        type: list
        elements: str
  rings:
    description:
    - 'Changes devices in rings, one after the other: how many percent of all devices each ring
      has together with those before it, such as V([1, 5, 25, 100]). A ring follows only where
      the one before is well; otherwise the run stops and says why. The next run goes on there,
      because it finds done what was done. Before it begins a further ring, it looks at those
      behind again. See O(ring_go_on).'
    - The ring of a device is a hash of its guid, so it stays the same. Labels are made in the
      first ring; what is about a whole label is done in the last. Limits count all rings together.
    - When left out, there are no rings.
    type: list
    elements: float
  ring_seed:
    description:
    - A text that rings depend on besides the guids. Give each rollout its own, so that not
      the same devices are always first. When left out, it is empty.
    type: str
  ring_wait:
    description:
    - How many seconds to wait after a ring before its devices are looked at. When left out,
      there is no wait.
    type: int
  ring_health:
    description:
    - When a ring is well. When left out, no change in it may fail.
    type: dict
    suboptions:
      max_failed_percent:
        description:
        - The most devices of a ring of which a change may fail, in percent of those that change
          in it. When left out, none may.
        type: float
      max_noncompliant_percent:
        description:
        - The most devices of a ring that may fall out of compliance, in percent of those that
          change in it. Those that were out of it before do not count. When left out, compliance
          is not looked at.
        type: float
      query:
        description:
        - A JMESPath expression that finds devices that are not well in the rows of those that
          changed in a ring. They are as M(ivanti.uem.device_info) returns them. When left out,
          no such look is taken.
        type: str
  ring_go_on:
    description:
    - Whether a ring begins although devices that an earlier run changed are not well. Give
      it for one run, after you have looked at them. Otherwise the plan is refused until O(ring_health)
      finds them well.
    type: bool
    default: false
  protected:
    description:
    - Devices that are left alone whatever else is selected. A device that any of the keys names
      is protected.
    - A key that is empty or null, a name of no device and an attribute that is not defined
      are refused. A value that no device has gives a warning.
    - When left out, no device is protected.
    type: dict
    suboptions:
      devices:
        description:
        - Devices with these ids or guids.
        - When left out, it protects nothing.
        type: list
        elements: raw
      serial_numbers:
        description:
        - Devices with these serial numbers.
        - When left out, it protects nothing.
        type: list
        elements: str
      labels:
        description:
        - Devices that have one of these labels. EPMM only.
        - When left out, it protects nothing.
        type: list
        elements: raw
      attributes:
        description:
        - Devices on which one of these fields has this value.
        - When left out, it protects nothing.
        type: dict
      custom_attributes:
        description:
        - Devices on which one of these custom attributes has this value, compared without case.
          Neurons only.
        - When left out, it protects nothing.
        type: dict
"""
