# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every error that the collection raises on purpose.

They form one tree, so that one ``except UemError`` in the runner suffices. A message is one
sentence that names the object, the fault and the remedy. Facts that a program may want are
attributes.
"""

from __future__ import annotations

from typing import Any, Literal

# The effect on the server of a request that ended with an error: certainly none, or unknown.
Effect = Literal["none", "unknown"]


def printable(text: str) -> str:
    """A text in one line, without characters that steer a terminal. A name that a server returns
    may have any."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


# The HTTP statuses of a server that does not have a call.
ABSENT = (404, 405, 410, 501)

# Those of a server that has it, and refuses it.
REFUSED = (400, 403)


class UemError(Exception):
    """The root of the tree; ``str(error)`` is the sentence for the playbook author.

    Attributes:
        effect: What the request did on the server. "none": it certainly changed nothing. "unknown":
            it may have changed what it was sent for; only a read can show it.
    """

    effect: Effect = "unknown"


class OptionError(UemError):
    """An option or a desired state is wrong. It is raised before any request if it can be known
    then."""

    effect = "none"


class MissingLibraryError(UemError):
    """A Python library that is needed is not installed, or too old.

    Attributes:
        library: Its name on PyPI with the version needed.
        import_traceback: The text of the failed import.
    """

    effect = "none"

    def __init__(self, library: str, import_traceback: str) -> None:
        super().__init__(f"The Python library {library} is not installed, or too old.")
        self.library = library
        self.import_traceback = import_traceback


class RefusedError(UemError):
    """A guard refused the plan; nothing was written."""

    effect = "none"


class CheckModeError(UemError):
    """A request that writes was about to be sent in check mode.

    That is a fault of the collection, never of the author.
    """

    effect = "none"


class ConnectError(UemError):
    """There was no connection: the server certainly did not handle the request."""

    effect = "none"


class OutageError(UemError):
    """The request was not sent, because the server has not served for some time: no later request
    of this run can succeed."""

    effect: Effect = "none"


class AnswerLostError(UemError):
    """The request was sent, and no usable answer came back. The server may have handled it."""


class AnswerError(UemError):
    """The server answered, and the answer cannot be trusted.

    Examples: a web page, a short read, a repeated page.
    """


class ContradictionError(AnswerError):
    """A row of the answer is not what was asked for."""


class DeclinedError(AnswerError):
    """The server answered that it did not do it, whatever the HTTP status was."""

    effect = "none"


class AbsentError(AnswerError):
    """The server certainly does not have what was requested; another request will not help."""


class ApiError(UemError):
    """The server answered with an error.

    A server that refuses a request (below 500) did nothing. One that failed, or a proxy in front of
    it, may have failed after the work was done.

    Attributes:
        status: The HTTP status.
        method: The method of the request.
        path: The path of the request, without its query.
        said: The words of the server: the reason beside the status, and the text of the body.
        answer: The JSON of the body, or None if it is something else.
    """

    said = ""
    answer: Any = None

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
