# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What the inventory plugins of all products have in common."""

    DOCUMENTATION = r"""
requirements:
  - Python library requests 2.32.4 or newer
  - Python library jmespath, where O(query) or O(query_groups) is given, or O(hostnames) has an
    expression
notes:
  - "Every host has the variables C(ivanti_id), C(ivanti_guid), C(ivanti_server) (the address of the
    server), and one for each of O(fields): C(os_version) is C(ivanti_os_version). The guid and the
    server identify a host. Both products have
    the same names and values. O(hostvars_prefix) replaces C(ivanti_)."
  - "The groups of both products: C(platform_ios), C(platform_android), C(platform_macos),
    C(platform_windows), C(platform_<other platform>); C(ownership_company), C(ownership_employee);
    C(status_<status>), such as C(status_active) and C(status_retire_pending); C(compliant),
    C(noncompliant) (neither, when the server does not know); C(compliance_<reason>) for each reason
    why it is not compliant, such as C(compliance_os_version); C(quarantined); C(blocked);
    C(jailbroken); C(server_<address>), such as C(server_na1_mobileiron_com). A host is in those that
    apply to it. docs/compliance.md lists the reasons."
  - When an inventory source fails, Ansible itself only warns and goes on without its hosts. Set
    C(any_unparsed_is_failed=true) in the section C([inventory]) of C(ansible.cfg), or
    E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true), so that it stops instead.
  - Templates in the values of O(url), O(username), O(password), O(token) and O(ca_path) are
    resolved when they stand in the configuration file. Values from environment variables are taken
    as they are.
  - An option that does not exist is an error, because a misspelt O(filters) would mean every
    device.
  - "Host names have only letters, digits and C(_ . -). Every other character becomes C(_). If
    several registrations have the same name, the active one with the latest registration gets it
    (or the highest id if these are equal). Each other one gets the name with C(-) and its id after
    it. With the default O(hostnames) C(host_vars/<serial number>.yml) therefore always means the
    present registration of a device. A registration that is retired or wiped, or on its way there,
    always has its id in its name. The id is also added to a name that a group has, or that Ansible
    reserves."
  - "A name that registrations of several servers have is followed by C(-) and the server, for each of
    them. The order of the sources does not matter. Where each source is read by itself, as in AWX,
    set O(server_in_names)."
  - "What stands for a missing serial number, such as C(To be filled by O.E.M.), names no host."
  - People choose what their devices are called, so such a name in O(hostnames) lets them choose
    host names. A host that another source of the inventory has already is joined with the device of
    the same name. Serial numbers and guids do not have
    that problem.
  - Names of groups are made of C(a-z), C(0-9) and C(_). Case is folded, accents are dropped, and
    every other character becomes C(_). Where that would lose a letter (of an alphabet other than
    the Latin one, say), eight digits of a hash keep different names apart.
  - The group of all hosts, C(ivanti_neurons) or C(ivanti_epmm), has C(ansible_connection=local),
    because nothing can be run on a device. It has C(ansible_python_interpreter) set to the Python
    that runs Ansible, because that has the libraries. Any C(group_vars) and C(host_vars), and other
    groups of the inventory, take precedence over both.
  - What the server sends is never a template, whatever braces it has.
  - The expressions of O(compose), O(groups) and O(keyed_groups) see the variables of the host. A
    path such as C(ivanti_custom_attributes.owner) and a comparison of one with a constant cost a
    hundredth of a millisecond for each host. Any other expression costs up to half a millisecond.
    O(query_groups) and the groups of the plugin itself cost almost nothing.
  - A name of O(groups) is not that of a group of the plugin itself, and does not begin as these do, such
    as C(platform_). If an entry of O(keyed_groups) puts another host into such a group than the plugin
    itself, the inventory fails.
options:
  fields:
    description:
      - The fields of the device rows that become variables, named as M(ivanti.uem.device_info)
        returns them. Most are the same for both products. A field that a device does not have is
        null.
      - "On EPMM other fields of API v2 work as well, by the server's own names, which have a point:
        C(ios.ModelName) becomes C(ivanti_ios_model_name)."
      - Few are better than many, because Ansible keeps all of them for each host.
    type: list
    elements: str
    default:
      - device_name
      - serial_number
      - user
      - email
      - display_name
      - platform
      - os_version
      - manufacturer
      - model
      - imei
      - wifi_mac_address
      - phone_number
      - ownership
      - status
      - status_raw
      - supervised
      - compliant
      - compliance_reasons
      - compliance_reasons_raw
      - quarantined
      - blocked
      - jailbroken
      - last_seen_at
      - registered_at
      - space
  hostnames:
    description:
      - Where host names come from, in order of preference. Each is a field of the device row, on
        EPMM a field of API v2 such as C(common.imei2), or a JMESPath expression over the row such
        as C(serial_number && join('-', [platform, serial_number])).
      - The first that results in a string with a letter or digit is used. When none does, the guid
        is used.
      - People choose what their devices are called, so C(device_name) lets them choose host names.
    type: list
    elements: str
    default: [serial_number, guid]
  statuses:
    description:
      - Only devices that have one of these statuses are read. API v1 of EPMM takes a request for
        each of the server's own states.
      - A status that only the other product has is refused.
      - When left out, devices of every status are read, also those that are retired or wiped.
    type: list
    elements: str
    default: []
    choices:
      - active
      - pending
      - lost
      - infected
      - blocked
      - expired
      - retire_pending
      - retire_canceled
      - retired
      - wipe_pending
      - wipe_canceled
      - wiped
      - unknown
  query:
    description:
      - A JMESPath expression over the list of device rows, such as C([?quarantined]). It must
        return a list of rows, and only these become hosts.
      - It sees every field of the rows, whatever O(fields) names. O(filters) reads less and is
        faster.
      - When left out, every device that was read becomes a host.
    type: str
  query_groups:
    description:
      - Groups, and for each a JMESPath expression over the list of device rows, such as
        C([?platform == 'ios' && supervised]). It must return a list of rows, and these are the hosts
        of the group.
      - It sees every field of the rows, whatever O(fields) names, and only the devices that O(query)
        leaves. A field that no row has is an error.
      - The names consist of letters, digits and C(_), and do not begin with a digit. They are not
        those of the plugin's own groups, such as C(platform_ios), and do not begin as these do.
      - When left out, no such groups are made.
    type: dict
    default: {}
  allow_empty:
    description:
      - Whether the inventory may have no hosts where O(filters), O(query) or C(statuses) leave no
        device. Otherwise that is an error, because a misspelt filter would look like a day without
        work.
      - Without such an option a server without devices is only warned of.
    type: bool
    default: false
  server_in_names:
    description:
      - Whether the name of each host ends in C(-) and the server, such as
        C(DLXMF0URFLMK-na1.mobileiron.com).
      - Set it in every source where a controller such as AWX reads sources of several servers one by
        one and joins their hosts by name.
    type: bool
    default: false
  hostvars_prefix:
    description: What the names of all variables begin with.
    type: str
    default: ivanti_
"""
