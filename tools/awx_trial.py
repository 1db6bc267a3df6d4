# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the role awx_setup with the real modules of awx.awx against the stand-in for the API of AWX in
tests/awx/controller.py: a check of an empty controller, a run that makes everything, a second run and
a check that find nothing to do, and a run that may not make a credential type.

`make awx` runs this in an environment that has awx.awx. It takes a few minutes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.awx.controller import Store, serve  # noqa: E402

# A password with what Jinja, YAML and shells take for their own.
SECRETS = {"TRIAL_PASSWORD": "pa'ss{{ 7 * 7 }}\"word: #", "TRIAL_TOKEN": "a-token-of-epmm"}
PLAY = [{
    "hosts": "localhost", "gather_facts": False, "roles": ["ivanti.uem.awx_setup"],
    "vars": {
        "awx_setup_project_url": "https://git.example.com/fleet.git", "awx_setup_image": "quay.example.com/uem:1",
        "awx_setup_notify_error": ["Chat"], "awx_setup_notify_approvals": ["Chat"],
        "awx_setup_tenants": [
            {"name": "neurons", "product": "neurons", "url": "https://na1.example.com", "username": "api", "max_devices": 0,
             "password": "{{ lookup('ansible.builtin.env', 'TRIAL_PASSWORD') }}"},
            {"name": "core 2", "product": "epmm", "url": "https://core.example.com", "insecure": True, "ca": "",
             "token": "{{ lookup('ansible.builtin.env', 'TRIAL_TOKEN') }}"},
        ],
    },
}]  # fmt: skip


class Trial:
    """One controller, and what runs against it."""

    def __init__(self, folder: Path) -> None:
        server, self.store = serve()
        self.store.create("notification_templates", {"name": "Chat"})
        self.play = folder / "play.yml"
        self.play.write_text(json.dumps(PLAY), encoding="utf-8")
        self.environment = os.environ | SECRETS | {
            "CONTROLLER_HOST": f"http://127.0.0.1:{server.server_port}",
            "CONTROLLER_OAUTH_TOKEN": "a-token-of-the-controller", "ANSIBLE_NOCOLOR": "1", "NO_PROXY": "127.0.0.1",
        }  # fmt: skip

    def run(
        self, what: str, *arguments: str, changed: int | None, writes: bool, said: str = ""
    ) -> None:
        """Run the play, and stop where it does not do what is expected."""
        self.store.requests.clear()
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        command = [program, str(self.play), *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        output = done.stdout + done.stderr
        wrote = sum(method != "GET" for method, _path in self.store.requests)
        found = re.findall(r"changed=(\d+)", output)
        problems = [
            (done.returncode != 0) != bool(said) and "the status is wrong",
            bool(wrote) != writes and f"{wrote} requests wrote",
            changed is not None and found != [str(changed)] and f"changed is {found}",
            said not in " ".join(output.split()) and f"it does not say {said!r}",
            any(secret in output for secret in SECRETS.values()) and "a secret is in the output",
        ]
        if any(problems):
            sys.exit(f"{output}\n{what}: {', '.join(filter(None, problems))}")  # type: ignore[arg-type]
        print(f"{what}: {len(self.store.requests)} requests, {wrote} of them wrote", flush=True)


def inputs(store: Store) -> list[dict[str, Any]]:
    rows = store.objects["credentials"].values()
    return [row["inputs"] for row in rows if "inputs" in row]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder))
        trial.run("a check of an empty controller", "--check", changed=13, writes=False)
        trial.run("a run", changed=13, writes=True)
        trial.run("a second run", changed=0, writes=False)
        trial.run("a check after it", "--check", changed=0, writes=False)
        first = inputs(trial.store)[0]
        assert first["password"] == SECRETS["TRIAL_PASSWORD"] and first["max_devices"] == "0", first
        trial.store.objects["credential_types"].clear()
        trial.store.forbidden.add(("POST", "credential_types"))
        refused = "Set up the credential type UEM 1: You don't have permission to POST"
        trial.run("a run without the permission", changed=0, writes=True, said=refused)
    return 0


if __name__ == "__main__":
    sys.exit(main())
