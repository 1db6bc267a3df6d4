# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by tools/roles_doc.py from the contract files in tests/contracts.

from __future__ import annotations


class ModuleDocFragment:
    """The roles that each module needs."""

    ACTION_FOLLOWUP_INFO = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - find devices by a custom attribute, an LDAP attribute or a device attribute (N08, N41, N42,
  N43).
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22).
"""

    ACTIVESYNC_DEVICE = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22); ActiveSync
  devices (E30); details of an ActiveSync device (E31); act on ActiveSync devices (E32).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    ACTIVESYNC_DEVICE_INFO = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22); ActiveSync
  devices (E30); details of an ActiveSync device (E31).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    ALERT = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22); all alerts
  (E37); alerts of a phone number (E38); alerts of a user (E39); alerts of a phone number of
  a user (E40); update an alert (E41); update many alerts (E42).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    ALERT_INFO = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22); all alerts
  (E37); alerts of a phone number (E38); alerts of a user (E39); alerts of a phone number of
  a user (E40).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    APP_SETTING_INFO = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22); application
  settings (E46); application settings of a device (E47).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    APPCONNECT_ANALYTICS = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - all labels (E22);
  analytics of an AppConnect app (E48).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    COMPLIANCE_ACTION_INFO = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - compliance actions
  (E54).
"""

    COMPLIANCE_SYNC = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - find devices by a custom attribute, an LDAP attribute or a device attribute (N08, N41, N42,
  N43); sync the compliance of devices with a vendor (N14).
"""

    CONFIG_INFO = r"""
options: {}
notes: []
"""

    DEP_PROFILE_INFO = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - profiles of a DEP server (N44); DEP servers (N45).
"""

    DESIRED_STATE = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Device Management) for these calls, where they
  are sent - replace the custom attributes of a device (N03); patch the custom attributes of
  a device (N04); remove custom attributes of many devices (N05); remove custom attributes of
  one device (N06).
- Ivanti Neurons for MDM asks for the role C(Device Management or Device Read Only) for these
  calls, where they are sent - get custom attributes of a device (N02).
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - get the details of a device (N07); find devices by a custom attribute, an LDAP attribute
  or a device attribute (N08, N41, N42, N43); configurations of a device (N09); exclude configurations
  from a device (N10); push excluded configurations to a device (N11); install configurations
  of a device again (N12).
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22); profiles of
  a device (E28); push a profile again (E29); all policies (E43); policies of a device (E44);
  apply a policy to a label or remove it (E45); application settings (E46).
- Ivanti EPMM asks for the role C(API, and a role of Label Management) for these calls, where
  they are sent - labels of a device (E49); put labels on devices (E50); take labels off devices
  (E51); make a label (E52); delete labels (E53).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    DEVICE_ACTION = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Device Actions or Device Management) for these
  calls, where they are sent - update the OS version (N17); force devices to check in (N20);
  lock devices (N24).
- Ivanti Neurons for MDM asks for the role C(Device Management) for these calls, where they
  are sent - enable lost mode (N35); check the viability of disabling lost mode (N36); disable
  lost mode (N37); check the viability of relinquishing (N38, N39); cancel the relinquishing
  of devices (N40).
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - get the details of a device (N07); find devices by a custom attribute, an LDAP attribute
  or a device attribute (N08, N41, N42, N43); check the viability of an OS update (N16); restart
  supervised iOS devices (N18); check the viability of a forced check-in (N19); check the viability
  of a wipe (N21); wipe devices (N22); check the viability of a lock (N23); unlock devices (N25);
  check the viability of a retirement (N26); retire devices (N27); check the viability of a
  forced logout (N28); log out the current users of devices (N29); delete devices (N30); check
  the viability of entering kiosk mode (N32); enter kiosk mode (N33); leave kiosk mode (N34).
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); retire a device (E09); retire
  a device by its Wi-Fi MAC address (E10); lock a device (E11); lock a device by its Wi-Fi MAC
  address (E12); unlock a device (E13); unlock a device by its Wi-Fi MAC address (E14); wipe
  a device (E15); wipe a device by its Wi-Fi MAC address (E16); wake up the client of a device
  (E17); wake up the client of a device by its Wi-Fi MAC address (E18); locate a device (E19);
  locate a device by its Wi-Fi MAC address (E20); all labels (E22); act on many devices (E25).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    DEVICE_CERTIFICATE_INFO = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Device Management or Device Read Only) for these
  calls, where they are sent - certificates of a device (N15).
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - get the details of a device (N07); find devices by a custom attribute, an LDAP attribute
  or a device attribute (N08, N41, N42, N43).
"""

    DEVICE_COMPLIANCE_INFO = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - find devices by a custom attribute, an LDAP attribute or a device attribute (N08, N41, N42,
  N43); compliance of a device with its policies (N13).
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22); compliance
  actions (E54).
"""

    DEVICE_CONFIG = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - find devices by a custom attribute, an LDAP attribute or a device attribute (N08, N41, N42,
  N43); configurations of a device (N09); exclude configurations from a device (N10); push excluded
  configurations to a device (N11); install configurations of a device again (N12).
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22); profiles of
  a device (E28); push a profile again (E29); all policies (E43); application settings (E46).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    DEVICE_CONFIG_INFO = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - find devices by a custom attribute, an LDAP attribute or a device attribute (N08, N41, N42,
  N43); configurations of a device (N09).
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22); profiles of
  a device (E28); all policies (E43); application settings (E46).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    DEVICE_COUNT_INFO = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - find devices by a custom attribute, an LDAP attribute or a device attribute (N08, N41, N42,
  N43).
"""

    DEVICE_CUSTOM_ATTRS = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Device Management) for these calls, where they
  are sent - replace the custom attributes of a device (N03); patch the custom attributes of
  a device (N04); remove custom attributes of many devices (N05); remove custom attributes of
  one device (N06).
- Ivanti Neurons for MDM asks for the role C(Device Management or Device Read Only) for these
  calls, where they are sent - get custom attributes of a device (N02).
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - find devices by a custom attribute, an LDAP attribute or a device attribute (N08, N41, N42,
  N43).
"""

    DEVICE_CUSTOM_ATTRS_INFO = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Device Management or Device Read Only) for these
  calls, where they are sent - get custom attributes of a device (N02).
"""

    DEVICE_EXPORT = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices as CSV
  (E03); all labels (E22).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    DEVICE_INFO = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - get the details of a device (N07); find devices by a custom attribute, an LDAP attribute
  or a device attribute (N08, N41, N42, N43).
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22).
- Ivanti EPMM asks for the role C(API, and a role of Label Management) for these calls, where
  they are sent - labels of a device (E49).
"""

    DEVICE_LABEL = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22).
- Ivanti EPMM asks for the role C(API, and a role of Label Management) for these calls, where
  they are sent - labels of a device (E49); put labels on devices (E50); take labels off devices
  (E51).
"""

    DEVICE_LOCATION_INFO = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); locate a device (E19); locate
  a device by its Wi-Fi MAC address (E20); all labels (E22).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    DEVICE_MESSAGE = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - find devices by a custom attribute, an LDAP attribute or a device attribute (N08, N41, N42,
  N43); send devices a message (N31).
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22); send devices
  a message (E26); send devices a message by their Wi-Fi MAC addresses (E27).
"""

    DEVICE_OWNER = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - assign a device to a user (N01); get the details of a device (N07); find devices by a custom
  attribute, an LDAP attribute or a device attribute (N08, N41, N42, N43).
"""

    DEVICE_REGISTRATION = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); register a device (E08); all
  labels (E22); operators (E23); countries (E24); find a user (E34); search users of the directory
  (E35).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    DEVICE_ROAMING = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); set the roaming of a device (E21);
  all labels (E22).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    LABEL = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); devices of a label (E06); all labels (E22); application settings (E46).
- Ivanti EPMM asks for the role C(API, and a role of Label Management) for these calls, where
  they are sent - make a label (E52); delete labels (E53).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    LABEL_INFO = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); devices of a label (E06); all labels (E22).
"""

    LABEL_POLICY = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); devices of a label (E06); all labels (E22); all policies (E43); policies of a device
  (E44); apply a policy to a label or remove it (E45).
- Ivanti EPMM asks for the role C(API, and a role of Label Management) for these calls, where
  they are sent - labels of a device (E49).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    POLICY_INFO = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22); all policies
  (E43); policies of a device (E44).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    REGISTRATION_REFERENCE_INFO = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - all labels (E22);
  operators (E23); countries (E24).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    SERVER_INFO = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Device Management or Device Read Only) for these
  calls, where they are sent - get custom attributes of a device (N02); certificates of a device
  (N15).
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - get the details of a device (N07); find devices by a custom attribute, an LDAP attribute
  or a device attribute (N08, N41, N42, N43); configurations of a device (N09); compliance of
  a device with its policies (N13); profiles of a DEP server (N44); DEP servers (N45).
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); devices of a user (E05); devices of a label (E06); device by Wi-Fi MAC address (E07);
  all labels (E22); countries (E24); profiles of a device (E28).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    STATE_EXPORT = r"""
options: {}
notes:
- Ivanti Neurons for MDM asks for the role C(Tenant Admin) for these calls, where they are sent
  - get the details of a device (N07); find devices by a custom attribute, an LDAP attribute
  or a device attribute (N08, N41, N42, N43); configurations of a device (N09).
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - devices by status
  (E01); details of a device (E02); devices by phone numbers (E04); devices of a user (E05);
  devices of a label (E06); device by Wi-Fi MAC address (E07); all labels (E22); profiles of
  a device (E28); all policies (E43); policies of a device (E44).
- Ivanti EPMM asks for the role C(API, and a role of Label Management) for these calls, where
  they are sent - labels of a device (E49).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    USER_INFO = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - all labels (E22);
  find a user (E34); search users of the directory (E35).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""

    USER_PASSWORD = r"""
options: {}
notes:
- Ivanti EPMM asks for the role C(API) for these calls, where they are sent - all labels (E22);
  change the password of a user (E33); find a user (E34); authenticate a user (E36).
- On EPMM this needs API v1. The vendor deprecates parts of it in favour of API v2 (guide of
  Core 10.8, Important Note on v1 API Deprecation), and a later release may lack it.
"""
