# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook that checks a server, run by name, and an emulator that is like that server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from ..conftest import connection, writes


@pytest.fixture(params=["neurons", "epmm"])
def server(request: pytest.FixtureRequest) -> Any:
    """A fresh emulator of each product."""
    return request.getfixturevalue("emulator" if request.param == "neurons" else "epmm")


@pytest.fixture
def doctor(ansible: Any, server: Any) -> Any:
    """Run the playbook, with the connection of the server in the environment."""
    options = {f"IVANTI_UEM_{key.upper()}": str(value) for key, value in connection(server).items()}
    ansible.environment |= options

    def run(
        variables: dict[str, Any] | None = None, *more: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        extra = ["-e", json.dumps(variables)] if variables else []
        return ansible("ansible-playbook", "ivanti.uem.doctor", *extra, *more, **environment)

    return run


def test_a_good_server_passes_with_a_line_for_each_check(doctor, server):
    done = doctor()
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        '"ok      credentials: ' in done.stdout
        and "checks are ok" in done.stdout
        and "query" not in done.stdout
    )
    assert "wrong   " not in done.stdout and server.password not in done.stdout
    assert writes(server) == []


def test_what_is_wrong_is_shown_with_all_lines_and_ends_the_run(doctor, server):
    server.add_fault("429", path="/api/v1/policy*")
    server.add_fault("429", path="/api/v2/labels/*")
    done = doctor()
    assert done.returncode != 0
    assert '"wrong   rate_limits: ' in done.stdout and '"ok      paging: ' in done.stdout
    assert "1 of " in done.stdout and "checks are wrong: rate_limits" in done.stdout


def test_a_profile_of_the_account_is_a_note_and_no_fault(doctor, server):
    server.set_switch("gdpr", "on")
    done = doctor()
    assert done.returncode == 0, done.stdout
    assert '"note    privacy: ' in done.stdout and "1 have a note" in done.stdout
    assert "Use ids or guids" in done.stdout


def test_behaviours_are_shown_where_they_are_asked_for(doctor, server):
    done = doctor({"behaviours": True})
    assert done.returncode == 0, done.stdout
    assert "unauthorized_body: The body of HTTP 401: " in done.stdout


def test_a_profile_is_enough(doctor, server, ansible):
    ansible.write("profiles.yml", {"own": connection(server)})
    path = ansible.folder / "profiles.yml"
    path.chmod(0o600)
    names = (f"IVANTI_UEM_{key.upper()}" for key in connection(server))
    blank = dict.fromkeys(names, "")
    given = {**blank, "IVANTI_UEM_PROFILES": str(path)}
    done = doctor(IVANTI_UEM_PROFILE="own", **given)
    assert done.returncode == 0, done.stdout + done.stderr
    done = doctor(**given)
    assert done.returncode != 0 and "or a profile in IVANTI_UEM_PROFILE" in done.stdout
    done = doctor({"uem_product": "Neurons"}, IVANTI_UEM_PROFILE="own", **given)
    assert done.returncode != 0 and "IVANTI_UEM_PRODUCT, and not Neurons" in done.stdout
    assert server.password not in done.stdout


def test_wrong_credentials_end_the_run_with_one_sentence(doctor):
    done = doctor(IVANTI_UEM_PASSWORD="not it")
    assert done.returncode != 0 and "rejected the credentials" in done.stdout
    assert "not it" not in done.stdout + done.stderr


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_blank_answers_of_a_survey_are_not_given(doctor, ansible, blank):
    done = doctor({"record": blank, "uem_product": "" if blank == "  " else blank})
    assert done.returncode == 0, done.stdout
    assert not [name for name in os.listdir(ansible.folder) if name.endswith(".json")]


def test_a_product_is_needed(doctor, server):
    done = doctor(IVANTI_UEM_PRODUCT="")
    assert done.returncode != 0 and "nothing was sent" in done.stdout and server.requests() == []
    other = "neurons" if connection(server)["product"] == "epmm" else "epmm"
    done = doctor({"uem_product": other})
    assert done.returncode != 0 and "checks are wrong: product" in done.stdout


def test_a_record_becomes_an_emulator(doctor, server, tmp_path):
    product = connection(server)["product"]
    server.set_switch("unauthorized_body", "html")
    path = tmp_path / "server.json"
    done = doctor({"record": str(path)})
    assert done.returncode == 0, done.stdout
    command = [sys.executable, "-m", "uem_emulator", "--stop-with-stdin", "--devices=3"]
    command += [f"--product={product}", f"--like={path}"]
    like = subprocess.run(
        [*command, "--set=gdpr=on"],
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert like.returncode == 0 and json.loads(like.stdout)["url"]
    assert "unauthorized_body=html" in like.stderr and "--set decides gdpr." in like.stderr
    path.write_text(path.read_text()[:-100])
    broken = subprocess.run(
        command, input="", capture_output=True, text=True, timeout=60, check=False
    )
    assert broken.returncode == 2 and broken.stdout == ""
    assert broken.stderr.splitlines()[-1].endswith(
        "is not a whole record: it is cut off, or not JSON"
    )
