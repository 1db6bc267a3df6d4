# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of people, places and devices, for the builders of all products. Data only."""

from __future__ import annotations

#: (first name, last name, the part of the address before the @). Names are shown as written, addresses are ASCII.
# fmt: off
FIRST_NAMES = (
    ("Zoë", "zoe"), ("Łukasz", "lukasz"), ("陽菜", "hina"), ("健", "ken"), ("Søren", "soren"), ("José", "jose"),
    ("François", "francois"), ("Ayşe", "ayse"), ("Ольга", "olga"), ("Jürgen", "juergen"), ("Niamh", "niamh"),
    ("Amina", "amina"), ("Rahul", "rahul"), ("Mei", "mei"), ("Emma", "emma"), ("Liam", "liam"), ("Olivia", "olivia"),
    ("Noah", "noah"), ("Priya", "priya"), ("Tom", "tom"), ("Sara", "sara"), ("David", "david"), ("Ana", "ana"),
    ("Peter", "peter"), ("Fatima", "fatima"), ("Jonas", "jonas"), ("Chloe", "chloe"), ("Marco", "marco"),
    ("Yuki", "yuki"), ("Ingrid", "ingrid"),
)
LAST_NAMES = (
    ("Müller", "mueller"), ("Nowak", "nowak"), ("日本", "nihon"), ("佐藤", "sato"), ("O'Brien", "obrien"),
    ("García", "garcia"), ("Dubois", "dubois"), ("Yılmaz", "yilmaz"), ("Иванова", "ivanova"), ("Sørensen", "sorensen"),
    ("Smith", "smith"), ("Patel", "patel"), ("Rossi", "rossi"), ("van den Berg", "vandenberg"),
    ("Kowalczyk", "kowalczyk"),
    ("Johnson", "johnson"), ("Nguyen", "nguyen"), ("Haddad", "haddad"), ("Silva", "silva"), ("Lindqvist", "lindqvist"),
    ("Brown", "brown"), ("Keller", "keller"), ("Tanaka", "tanaka"), ("Okafor", "okafor"), ("Novák", "novak"),
    ("Papadopoulos", "papadopoulos"), ("Cohen", "cohen"), ("Murphy", "murphy"), ("Larsen", "larsen"),
    ("Reyes", "reyes"),
)
# fmt: on
DEPARTMENTS = (
    "Sales",
    "Engineering",
    "Marketing",
    "Finance",
    "IT",
    "Logistics",
    "Field Service",
    "HR",
)
CITIES = ("SF", "NYC", "Berlin", "Zürich", "東京", "London", "São Paulo")

#: Names which break careless clients. Each is the name of one device of a fleet of 100 or more.
# fmt: off
HOSTILE_NAMES = (
    "{{ 7*7 }}", "{% raw %}", "../wipe", "a/b\\c", "first\nsecond", "-rf", "  spaced  ", "null", "📱", "x" * 200,
    "<b>bold</b>", "name: [yaml", "\u202edecived", "localhost", "all",
)
# fmt: on
