# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what, and the people of the LDAP directory who are not users of the server. Data only.

Roles: "MobileIron WebService", Find a User. The people are made up; some of their names break
careless clients.
"""

from __future__ import annotations

from dataclasses import dataclass

from uem_emulator.epmm.world.model import ORDINARY_ROLES

# fmt: off
ADMIN_ROLES = (
    "ROLE_MPW_LOCK", "ROLE_USER_MANAGEMENT_RW", "ROLE_MAI_RW", "ROLE_APPS_AND_FILES_RW", "ROLE_SENTRY_FOR_IPAD",
    "ROLE_ADMIN_LOCATE", "ROLE_LOG_R", "ROLE_TROUBLESHOOTING_RW", "ROLE_EVENT_CENTER_RW", "ROLE_ADMIN_WIPE",
    "ROLE_SELECTIVE_WIPE", "ROLE_MPW_REG", "ROLE_SECURITY_AND_POLICIES_RW", "ROLE_MPW_LOCATE", "ROLE_API",
    "ROLE_SMARTPHONES_AND_DEVICES_RW", "ROLE_MPW_WIPE", "ROLE_USER_PORTAL_RW", "ROLE_CONNECTOR", "ROLE_SETTINGS_RW",
)
# fmt: on


def roles(place: int) -> tuple[str, ...]:
    """The roles of the user who came as the place-th: most have a few; some all, one, or none."""
    if place % 11 == 5:
        return ()
    if place % 7 == 3:
        return ("ROLE_USER_PORTAL_RW",)
    return ADMIN_ROLES if place % 13 == 1 else ORDINARY_ROLES


@dataclass(frozen=True)
class Person:
    """Somebody of the directory."""

    principal: str
    first: str
    last: str
    email: str | None


# fmt: off
_ODD = (
    ("{{ 7*7 }}", "{{ 7*7 }}", "{% raw %}", "template@example.com"), ("jürgen.öz", "Jürgen", "Öz", "juergen.oez@example.com"),
    ("日本.太郎", "太郎", "日本", "taro.nihon@example.com"), ("o'brien", "Niamh", "O'Brien", "niamh@example.com"),
    ("sales/emea", "Sales", "EMEA", None), ("j*", "Star", "", "star@example.com"), ("100%", "Per", "Cent", "percent@example.com"),
    ("a b+c&d=e", "Form", "<Breaker>", "form@example.com"), ("first\nsecond", "Two", "Lines", None),
)
# fmt: on
#: As in the document's example, and more of them than a search may find.
_TEST_USERS = 130
PEOPLE: tuple[Person, ...] = (
    *(Person(*row) for row in _ODD),
    *(
        Person(
            f"testuser{number:04d}",
            "Test",
            f"User{number:04d}",
            f"testuser{number:04d}@auto1.example.com",
        )
        for number in range(1, _TEST_USERS + 1)
    ),
)


def find(principal: str) -> Person | None:
    """Somebody by name, without case."""
    wanted = principal.lower()
    return next((person for person in PEOPLE if person.principal.lower() == wanted), None)
