# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every error that the collection raises on purpose.

One tree, so that one ``except UemError`` in the runner suffices. A message is one sentence that
names the object, the fault and the remedy; facts that a program may want are attributes.
"""

from __future__ import annotations

from typing import Literal

# What a request that ended with an error did on the server: certainly nothing, or nobody knows.
Effect = Literal["none", "unknown"]


class UemError(Exception):
    """Root of the tree; ``str(error)`` is the sentence for the playbook author.

    Attributes:
        effect: What the request did on the server. "none": it certainly changed nothing.
            "unknown": it may have changed what it was sent for; only a read can tell.
    """

    effect: Effect = "unknown"


class OptionError(UemError):
    """An option or a desired state is wrong; raised before any request where that can be known."""

    effect = "none"


class MissingLibraryError(UemError):
    """A Python library that is needed is not installed, or too old.

    ``library`` is its name on PyPI with the version needed, ``import_traceback`` the text of the
    failed import.
    """

    effect = "none"

    def __init__(self, library: str, import_traceback: str) -> None:
        super().__init__(f"The Python library {library} is not installed, or too old.")
        self.library = library
        self.import_traceback = import_traceback


class RefusedError(UemError):
    """The plan was refused by a guard; nothing was written."""

    effect = "none"


class CheckModeError(UemError):
    """A request that writes was about to leave during check mode: a fault of the collection, never
    of the author."""

    effect = "none"


class ConnectError(UemError):
    """No connection: the request was certainly not handled by the server."""

    effect = "none"


class AnswerLostError(UemError):
    """The request left, and no usable answer came back: the server may or may not have handled
    it."""


class AnswerError(UemError):
    """The server answered, and the answer cannot be believed (a web page, a short read, a repeated
    page, …)."""


class AbsentError(AnswerError):
    """What was asked for is not on this server at all, for certain; asking again will not help."""


class ApiError(UemError):
    """The server answered with an error.

    ``status``: HTTP status, ``method`` and ``path``: the request, without its query. A server that
    refuses a request (below 500) did nothing. One that failed, or a proxy in front of it, may have
    failed after the work was done.
    """

    def __init__(self, message: str, *, status: int, method: str, path: str) -> None:
        super().__init__(message)
        self.status = status
        self.method = method
        self.path = path
        self.effect = "none" if status < 500 else "unknown"


class CredentialsError(ApiError):
    """HTTP 401: no later request of this run can succeed."""


class ForbiddenError(ApiError):
    """HTTP 403: the account lacks a role."""


class NotFoundError(ApiError):
    """HTTP 404: the object of the path does not exist."""
