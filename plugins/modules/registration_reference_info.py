#!/usr/bin/python
# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: registration_reference_info
short_description: Read operators and countries
version_added: 0.1.0
description:
  - Reads the operators and the countries that the server knows, and which of them are enabled for
    registration.
author:
  - ivanti.uem contributors (@ivanti-uem)
options:
  subset:
    description: What to read.
    type: list
    elements: str
    choices: [operators, countries]
    default: [operators, countries]
  country:
    description:
      - Only this country and its operators. Give a country's name or its ISO code, where case is
        ignored, or its country code, which several countries may share.
      - When left out, all of them.
    type: str
  enabled_only:
    description: Whether to return only those that are enabled for registration.
    type: bool
    default: false
extends_documentation_fragment:
  - ivanti.uem._connection
  - ivanti.uem._query
  - ivanti.uem._roles.registration_reference_info
  - ivanti.uem._unused
  - ivanti.uem._attributes
  - ivanti.uem._attributes.epmm
  - ivanti.uem._attributes.reads
seealso:
  - module: ivanti.uem.device_registration
"""

EXAMPLES = r"""
# The tasks take product, url and credentials from the IVANTI_UEM_* environment variables.

- name: Read the operators of a country that a registration can name
  ivanti.uem.registration_reference_info:
    subset: [operators]
    country: US
    enabled_only: true

- name: Read the countries that a registration can name
  ivanti.uem.registration_reference_info:
    subset: [countries]

- name: Find the country codes of the countries that are enabled
  ivanti.uem.registration_reference_info:
    subset: [countries]
    enabled_only: true
    query: "countries[].{name: name, code: country_code}"
"""

RETURN = r"""
operators:
  description: The operators, in the order in which the server lists them.
  returned: when O(subset) has V(operators), and O(query) is not given
  type: list
  elements: dict
  contains:
    id:
      description: Its id.
      type: str
    name:
      description: Its name, as used in a registration.
      type: str
    type:
      description: V(Mobile) or V(Fixed).
      type: str
    country_code:
      description: The country code of its country.
      type: str
    country_id:
      description: The id that the server gave its country.
      type: str
    country_name:
      description: The name of its country.
      type: str
    enabled:
      description: Whether it is shown when a device is registered; null where the server does not
        say.
      type: bool
  sample:
    - id: "269"
      name: "AT&T"
      type: Mobile
      country_code: "1"
      country_id: "183"
      country_name: United States
      enabled: true
countries:
  description: The countries, in the order in which the server lists them.
  returned: when O(subset) has V(countries), and O(query) is not given
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
    country_code:
      description: Its country code, as used in a registration.
      type: str
    iso_code:
      description: Its ISO 3166 code of two letters.
      type: str
    enabled:
      description: Whether it is enabled for registration; null where the server does not say.
      type: bool
  sample:
    - name: Germany
      country_code: "49"
      iso_code: DE
      enabled: true
count:
  description: How many operators and countries were found.
  returned: success
  type: int
  sample: 5
query_result:
  description: The result of O(query) on a map with RV(operators) and RV(countries).
  returned: when O(query) is given
  type: raw
  sample:
    - {name: Afghanistan, code: "93"}
requests:
  description: Requests that were sent.
  returned: success
  type: int
  sample: 2
"""

from ansible_collections.ivanti.uem.plugins.module_utils._families.reference.calls import REFERENCE
from ansible_collections.ivanti.uem.plugins.module_utils._families.reference.model import (
    COUNTRIES,
    OPERATORS,
)
from ansible_collections.ivanti.uem.plugins.module_utils._families.reference.task import (
    read_reference,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.options import (
    QUERY,
    UNUSED,
    argument_spec,
)
from ansible_collections.ivanti.uem.plugins.module_utils._module.runner import AnsibleModule, run


def main() -> None:
    """Entry point."""
    # fmt: off
    module = AnsibleModule(
        argument_spec={
            **argument_spec(QUERY, *UNUSED),
            "subset": {"type": "list", "elements": "str", "choices": [OPERATORS, COUNTRIES], "default": [OPERATORS, COUNTRIES]},
            "country": {"type": "str"},
            "enabled_only": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    # fmt: on
    run(module, needs=REFERENCE, task=read_reference)


if __name__ == "__main__":
    main()
