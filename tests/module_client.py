# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for the interpreter of a module: `module_client.py SOCKET [FILE [ARGUMENT...]]`.

It has module_server.py run the file, or the program on standard input, with the folder, environment,
input and output of this process, and ends as that did. Options are for Python itself. It runs without
site-packages, and imports little, for a start is what is saved.
"""

from __future__ import annotations

import marshal
import os
import sys
from _socket import AF_UNIX, SCM_RIGHTS, SOL_SOCKET, socket

server_path, *arguments = sys.argv[1:]
if arguments and arguments[0].startswith("-"):
    os.execv(sys.executable, [sys.executable, *arguments])

order = marshal.dumps((arguments, os.getcwd(), dict(os.environ)))
streams = b"".join(stream.to_bytes(4, sys.byteorder) for stream in (0, 1, 2))
server = socket(AF_UNIX)
server.connect(server_path)
server.sendmsg([len(order).to_bytes(4, "big")], [(SOL_SOCKET, SCM_RIGHTS, streams)])
server.sendall(order)
answer = server.recv(4)
if not answer:
    sys.exit("The server of modules has ended.")
status = int.from_bytes(answer, "big", signed=True)
if status < 0:
    os.kill(os.getpid(), -status)
sys.exit(status)
