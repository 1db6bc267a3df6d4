# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The measure of tests/bench/bench.py: the requests of a log sent again, as plainly as Python can.

Reads, each decoded, then writes; every thread has a connection of its own that it keeps open. Standard library only.

    python bare_loop.py LOG.json CONCURRENCY
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import ssl
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

BODY = json.dumps({"attrs": {"owner": ["operations"]}, "forceOverwrite": True})
LOCAL = threading.local()


def connection() -> http.client.HTTPSConnection:
    """This thread's connection."""
    if not hasattr(LOCAL, "connection"):
        address = urlsplit(os.environ["IVANTI_UEM_URL"])
        LOCAL.connection = http.client.HTTPSConnection(
            address.hostname or "", address.port, context=ssl.create_default_context(cafile=os.environ["IVANTI_UEM_CA_PATH"])
        )
    return LOCAL.connection


def send(entry: dict) -> None:
    """Send one request of the log and read its answer."""
    account = f"{os.environ['IVANTI_UEM_USERNAME']}:{os.environ['IVANTI_UEM_PASSWORD']}"
    headers = {"Authorization": "Basic " + base64.b64encode(account.encode()).decode(), "Accept": "application/json"}
    body = None
    if entry["method"] != "GET":
        body, headers["Content-Type"] = BODY, "application/json"
    query = f"?{entry['query']}" if entry["query"] else ""
    connection().request(entry["method"], entry["path"] + query, body, headers)
    answer = connection().getresponse()
    data = json.loads(answer.read())
    if answer.status != 200 or not data["result"]:
        raise SystemExit(f"{entry['method']} {entry['path']}: {answer.status}")


def main() -> None:
    """Send the log: what reads first, for a plan needs all of it."""
    with open(sys.argv[1], encoding="utf-8") as file:
        log = json.load(file)
    with ThreadPoolExecutor(int(sys.argv[2])) as pool:
        list(pool.map(send, [entry for entry in log if entry["method"] == "GET"]))
        list(pool.map(send, [entry for entry in log if entry["method"] != "GET"]))


if __name__ == "__main__":
    main()
