# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release of ansible-core that keeps its variables elsewhere is met with a sentence."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible.errors import AnsibleError
from ansible.release import __version__
from ansible_collections.ivanti.uem.plugins.plugin_utils._extra import extra_variables
from ansible_collections.ivanti.uem.plugins.plugin_utils._layers import Layers

MANAGER = SimpleNamespace(extra_vars={"email": "a@example.com"})
INVENTORY = SimpleNamespace(_sources=[])
KNOWN = {"_inventory": INVENTORY, "_loader": object(), "_variable_manager": MANAGER}


def test_extra_variables():
    assert extra_variables(SimpleNamespace(**KNOWN), "x.y.z") == {"email": "a@example.com"}
    none = SimpleNamespace(_variable_manager=SimpleNamespace(extra_vars={}))
    assert extra_variables(none, "x.y.z") == {}


@pytest.mark.parametrize(
    "hostvars", [SimpleNamespace(), SimpleNamespace(_variable_manager=object())]
)
def test_what_is_missing_is_a_sentence(hostvars):
    with pytest.raises(AnsibleError) as caught:
        extra_variables(hostvars, "ivanti.uem.wrong_variables")
    said = str(caught.value)
    assert said.startswith(f"ivanti.uem.wrong_variables: ansible-core {__version__} keeps")
    assert "extra_vars is missing" in said and "Traceback" not in said


@pytest.mark.parametrize("lacks", KNOWN)
def test_layers_say_what_is_missing(lacks):
    hostvars = SimpleNamespace(**{name: value for name, value in KNOWN.items() if name != lacks})
    with pytest.raises(AnsibleError, match=f"ivanti.uem.desired_state: .*{lacks}"):
        Layers(hostvars, "ivanti.uem.desired_state")


def test_layers_say_that_the_inventory_names_no_sources():
    hostvars = SimpleNamespace(**{**KNOWN, "_inventory": object()})
    with pytest.raises(AnsibleError, match="_sources is missing"):
        Layers(hostvars, "ivanti.uem.desired_state")
