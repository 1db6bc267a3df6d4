# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/doc_fragments.py from the options in plugins/module_utils; change them there.

from __future__ import annotations


class ModuleDocFragment:
    """Options that several modules or plugins share."""

    DOCUMENTATION = r"""
options:
  sections:
    description:
    - What is exported. V(configurations) takes a request for each device. V(policies) takes
      one for each active device of a label, at most 50 of a label. A section that the product
      lacks is refused.
    - When left out, V(attributes) and V(labels), those of them that the product has.
    type: list
    elements: str
    choices:
    - attributes
    - labels
    - configurations
    - policies
  dest:
    description:
    - The folder that gets C(group_vars), C(host_vars) and C(state), which are made where they
      are missing. It must exist, or the folder that it is in. The first two belong beside the
      inventory.
    type: path
    required: true
  hosts:
    description:
    - The hosts that are devices, each with C(name), C(device) (a guid) and C(server) (the address
      of its server). One of another server is refused. The task makes them of the hosts of
      the play.
    - When left out, and where no host of the play is a device, there are no variables. C(state)
      has everything then, of all devices that are not retired or wiped.
    type: list
    elements: dict
  inventory_groups:
    description:
    - The groups of the inventory, the weakest first, each with C(name) and C(hosts) (the names
      of all its hosts). The task makes them of the inventory.
    - When left out, no group gets a value.
    type: list
    elements: dict
  groups:
    description:
    - 'Shell patterns of the groups that may get values. Give them where C(keyed_groups) makes
      groups of the values of attributes: a device whose value changes leaves its group, so
      no drift of it is found.'
    - 'When left out, any group may, but for those that devices join and leave by themselves:
      C(compliant), C(noncompliant), C(compliance_*), C(quarantined), C(blocked), C(jailbroken)
      and C(status_*). A group of C(attribute_groups), such as C(attr_cityid_berlin), then gets
      no value of its own attribute.'
    - A group that they name may get one, with a warning.
    type: list
    elements: str
  force:
    description:
    - Whether files that are there are replaced, and files of an earlier export removed that
      this one does not have. Otherwise these are an error, and nothing is written.
    type: bool
    default: false
  spaces:
    description:
    - Ids or names of the device spaces to look in; V(default) is the tenant's default one,
      and on EPMM the account's own.
    - When left out, all device spaces of the tenant are discovered and looked in, and on EPMM
      those of the account with all below them. An empty list is an error.
    type: list
    elements: str
"""
