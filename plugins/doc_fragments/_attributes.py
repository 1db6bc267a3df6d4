# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The ``attributes`` of modules: what each kind of module supports."""

    # Of every module.
    DOCUMENTATION = r"""
options: {}
requirements:
  - Python library requests 2.32.4 or newer
  - Python library jmespath, where a query is given
attributes:
  platform:
    description: The module runs where the server can be reached, usually on the controller.
    support: full
    platforms: posix
"""

    # Of modules of both products.
    BOTH = r"""
options: {}
attributes:
  action_group:
    description: >-
      Use C(group/ivanti.uem.all) in C(module_defaults) to set the connection options of every
      module.
    support: full
    membership:
      - ivanti.uem.all
      - ivanti.uem.neurons
      - ivanti.uem.epmm
"""

    # Of modules that only Neurons for MDM has.
    NEURONS = r"""
options: {}
attributes:
  action_group:
    description: >-
      Use C(group/ivanti.uem.all) in C(module_defaults) to set the connection options of every
      module.
    support: full
    membership:
      - ivanti.uem.all
      - ivanti.uem.neurons
"""

    # Of modules that only EPMM has.
    EPMM = r"""
options: {}
attributes:
  action_group:
    description: >-
      Use C(group/ivanti.uem.all) in C(module_defaults) to set the connection options of every
      module.
    support: full
    membership:
      - ivanti.uem.all
      - ivanti.uem.epmm
"""

    # Of modules that set a desired state.
    RECONCILES = r"""
options: {}
attributes:
  check_mode:
    description: Predicts what would be changed, from the same plan, and sends no request that writes.
    support: full
  diff_mode:
    description: Shows the managed fields of everything that changes; after the first 50 the rest is
      summed up.
    support: full
  idempotent:
    description: A second run changes nothing and writes nothing.
    support: full
"""

    # Of modules that only read.
    READS = r"""
options: {}
attributes:
  check_mode:
    description: Does the same in check mode, because it changes nothing.
    support: full
  diff_mode:
    description: There is nothing to show, because it changes nothing.
    support: N/A
  idempotent:
    description: It changes nothing.
    support: full
"""
