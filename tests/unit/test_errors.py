# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an error says about the server: did the request do nothing, or is that not known?"""

from __future__ import annotations

import pytest
from ansible_collections.ivanti.uem.plugins.module_utils._core import errors


def api(kind: type[errors.ApiError], status: int) -> errors.ApiError:
    return kind("It failed.", status=status, method="PUT", path="/api/x")


# fmt: off
EFFECTS = [
    (errors.OptionError("x"), "none"),
    (errors.RefusedError("x"), "none"),
    (errors.CheckModeError("x"), "none"),
    (errors.MissingLibraryError("requests", "Traceback"), "none"),
    (errors.ConnectError("x"), "none"),
    (errors.OutageError("x"), "none"),
    (errors.AnswerLostError("x"), "unknown"),
    (errors.AnswerError("x"), "unknown"),
    (errors.AbsentError("x"), "unknown"),
    (errors.ContradictionError("x"), "unknown"),
    (errors.DeclinedError("x"), "none"),
    (errors.UemError("x"), "unknown"),
    (api(errors.CredentialsError, 401), "none"),
    (api(errors.ForbiddenError, 403), "none"),
    (api(errors.NotFoundError, 404), "none"),
    *((api(errors.ApiError, status), "none") for status in (400, 405, 409, 422, 429, 499)),
    *((api(errors.ApiError, status), "unknown") for status in (500, 501, 502, 503, 504, 599)),
]
# fmt: on


def named(value: object) -> str:
    status = getattr(value, "status", "")
    return f"{type(value).__name__}{status}" if isinstance(value, Exception) else str(value)


@pytest.mark.parametrize(("error", "effect"), EFFECTS, ids=named)
def test_effect(error, effect):
    assert error.effect == effect


def test_every_kind_of_error_is_in_the_table():
    kinds = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.UemError)
    }
    assert {type(error) for error, _effect in EFFECTS} == kinds
