# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JMESPath expressions: the only file that imports jmespath."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from .._core.errors import MissingLibraryError, OptionError

# The most characters of a message of jmespath that are shown.
MOST_TEXT = 200


def compile_query(expression: str, where: str) -> Callable[[Any], Any]:
    """Return a function that evaluates a JMESPath expression on data.

    Args:
        expression: The expression.
        where: The name of the option, for messages.

    Raises:
        OptionError: The expression cannot be read or evaluated. The function that is returned
            raises it as well.
        MissingLibraryError: jmespath is not installed.
    """
    jmespath = _library()
    try:
        compiled = jmespath.compile(expression)
        _try_functions(compiled, jmespath)
    except jmespath.exceptions.JMESPathError as error:
        raise OptionError(
            f"{where}: {expression!r} is not a JMESPath expression ({_first_line(error)})."
        ) from None

    def search(data: Any) -> Any:
        try:
            return compiled.search(data)
        except jmespath.exceptions.JMESPathError as error:
            raise OptionError(
                f"{where}: {expression!r} cannot be evaluated ({_first_line(error)})."
            ) from None

    return search


def _library() -> Any:
    """Return jmespath, which is imported only where an author gives a query.

    Raises:
        MissingLibraryError: It is not installed.
    """
    try:
        import jmespath
        import jmespath.exceptions
    except ImportError:
        raise MissingLibraryError("jmespath", traceback.format_exc()) from None
    return jmespath


def _try_functions(compiled: Any, jmespath: Any) -> None:
    """Evaluate an expression on empty data.

    Only that shows whether a function of the expression exists, and it must fail before any
    request.
    """
    try:
        compiled.search([])
    except jmespath.exceptions.JMESPathTypeError:
        # Real data may have the right type.
        return


def _first_line(error: Exception) -> str:
    """Return the fault in one line.

    jmespath shows the value that it could not use, which may be a whole row.
    """
    line = (str(error).splitlines() or [type(error).__name__])[0].rstrip(". ")
    return line if len(line) <= MOST_TEXT else f"{line[: MOST_TEXT - 80]} … {line[-80:]}"
