# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The measure of tests/benchmark/bench.py: the requests of a log sent again, as plainly as Python can.

Reads, each decoded, then writes; every thread keeps its connection open. LIBRARY is ``requests``,
which the collection is built on, or ``http.client``, the least that Python can do it with.

    python bare_loop.py LOG.json CONCURRENCY LIBRARY
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import ssl
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import requests

BODY = json.dumps({"attrs": {"owner": ["operations"]}, "forceOverwrite": True})
URL = os.environ["IVANTI_UEM_URL"]
ACCOUNT = (os.environ["IVANTI_UEM_USERNAME"], os.environ["IVANTI_UEM_PASSWORD"])
CA = os.environ["IVANTI_UEM_CA_PATH"]
LOCAL = threading.local()


def mine(make: Callable):
    """What ``make`` makes, one for each thread."""
    if not hasattr(LOCAL, "kept"):
        LOCAL.kept = make()
    return LOCAL.kept


def session() -> requests.Session:
    made = requests.Session()
    made.auth, made.verify, made.trust_env = ACCOUNT, CA, False
    return made


def with_requests(
    method: str, target: str, body: str | None, headers: dict[str, str]
) -> tuple[int, dict]:
    answer = mine(session).request(method, URL + target, data=body, headers=headers)
    return answer.status_code, answer.json()


def connection() -> http.client.HTTPSConnection:
    address = urlsplit(URL)
    return http.client.HTTPSConnection(
        address.hostname or "", address.port, context=ssl.create_default_context(cafile=CA)
    )


def with_http_client(
    method: str, target: str, body: str | None, headers: dict[str, str]
) -> tuple[int, dict]:
    basic = base64.b64encode(":".join(ACCOUNT).encode()).decode()
    mine(connection).request(method, target, body, {**headers, "Authorization": f"Basic {basic}"})
    answer = mine(connection).getresponse()
    return answer.status, json.loads(answer.read())


SENDERS = {"requests": with_requests, "http.client": with_http_client}


def main() -> None:
    """Send the log: what reads first, for a plan needs all of it."""
    send = SENDERS[sys.argv[3]]
    with open(sys.argv[1], encoding="utf-8") as file:
        log = json.load(file)

    def repeat(entry: dict) -> None:
        writes = entry["method"] != "GET"
        target = entry["path"] + (f"?{entry['query']}" if entry["query"] else "")
        status, data = send(
            entry["method"],
            target,
            BODY if writes else None,
            {"Content-Type": "application/json"} if writes else {},
        )
        if status != 200 or not data["result"]:
            raise SystemExit(f"{entry['method']} {entry['path']}: {status}")

    with ThreadPoolExecutor(int(sys.argv[2])) as pool:
        list(pool.map(repeat, [entry for entry in log if entry["method"] == "GET"]))
        list(pool.map(repeat, [entry for entry in log if entry["method"] != "GET"]))


if __name__ == "__main__":
    main()
