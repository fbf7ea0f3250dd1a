"""Everything that is not a name: dates, countries, gender, places, addresses, identifiers, schemata.

Invariants: symmetric; each feature gives a *level* (a code) per pair of records, `MISSING` (0) when one side says
nothing, so that absence is never taken for contradiction; the weight of each level is in `weights.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from accord.match.v1.analyse import Table
from accord.match.v1.columns import Floats, Ints, Lists
from accord.match.v1.describe import by_number

MISSING = 0


class DateLevel(IntEnum):
    """How two dates agree, worst first."""

    MISSING = 0
    DIFFERENT = 1
    NEAR_YEARS_OTHER_DAY = 2  # both full: no rounding explains it
    TWO_YEARS = 3
    ONE_YEAR = 4
    SAME_YEAR_OTHER_DAY = 5
    SAME_DAY_OTHER_YEAR = 6
    TYPING_ERROR = 7
    YEAR = 8
    SWAPPED = 9
    FIRST_OF_JANUARY = 10
    MONTH = 11
    DAY = 12


class SetLevel(IntEnum):
    """How two sets of values agree."""

    MISSING = 0
    DIFFERENT = 1
    LITTLE = 2
    SOME = 3
    AGREE = 4


class AliasLevel(IntEnum):
    """Of two records with several names each: whether the names of one are all shared."""

    MISSING = 0  # all but one, or only one name, or no names in common letters: that says nothing
    PARTLY = 1
    ALL = 2


class CountryLevel(IntEnum):
    MISSING = 0
    NATIONALITIES_DIFFER = 1
    COUNTRIES_DIFFER = 2
    COUNTRIES_AGREE = 3
    NATIONALITIES_AGREE = 4


class GenderLevel(IntEnum):
    MISSING = 0
    DIFFERENT = 1
    SAME = 2


class SchemaLevel(IntEnum):
    SAME = 0
    UNKNOWN = 1
    INCOMPATIBLE = 2
    PERSON_OR_BODY = 3  # a legal entity may be a person, but rarely is


@dataclass(frozen=True, slots=True)
class Levels:
    """Codes per pair of records; `identifiers` and `conflicts` are log-odds, for each kind has its own."""

    date: Ints
    country: Ints
    gender: Ints
    place: Ints
    address: Ints
    postcode: Ints
    schema: Ints
    bare: Ints  # 1 when both records are names and nothing else
    identifiers: Floats
    conflicts: Floats


# log-odds when two records hold the same value of a kind, or hold the kind and share no value. A number that is given
# to one thing once (IMO, LEI, OGRN) contradicts when it differs; a person may have had several passports.
_SAME = {
    "imo": 12.0,
    "lei": 9.0,
    "vin": 9.0,
    "inn": 8.0,
    "ogrn": 8.0,
    "passport": 8.0,
    "tax": 7.0,
    "id": 7.0,
    "phone": 4.0,
}
_CONFLICT = {
    "imo": -6.0, "lei": -6.0, "vin": -6.0, "ogrn": -4.0, "inn": -4.0, "tax": -2.0, "mmsi": -1.5, "id": -1.2,
    "passport": -0.8, "registration": -0.8, "unsc": -6.0, "wikidata": -6.0, "isin": -0.5,
}  # fmt: skip
# wallets, accounts, documents, vehicles, firearms: what has no name is known by its number, and nothing else can agree
_KNOWN_BY_NUMBER = 5.0
_SAME_OTHERWISE, _SAME_UNCHECKED, _SAME_OTHER_KIND = 6.0, 4.0, 3.0


def compare(table: Table, left: Ints, right: Ints) -> Levels:
    """Compare pairs of record rows."""
    same, conflict = _identifiers(table, left, right)
    known = table.names.lengths == 0
    known[by_number(table.descriptions)] = True
    same = np.where(known[left] & known[right] & (same > 0), same + _KNOWN_BY_NUMBER, same)
    bare = _bare(table)
    return Levels(
        date=_dates(table.dates, left, right),
        country=_countries(table, left, right),
        gender=_genders(table.genders[left], table.genders[right]),
        place=_overlap(table.places, left, right, table.word_rarity),
        address=_addresses(table.addresses, left, right, table.word_rarity),
        postcode=_postcodes(table.postcodes, left, right),
        schema=_schemata(table.families[left], table.families[right]),
        bare=(bare[left] & bare[right]).astype(np.int64),
        identifiers=same,
        conflicts=conflict,
    )


def _bare(table: Table) -> np.ndarray:
    """Per record: True when there is nothing in it to compare but its names."""
    columns = (table.dates, table.countries, table.places, table.addresses, table.postcodes, table.identifiers)
    bare = (sum(column.lengths for column in columns) == 0) & (table.genders == 0)
    bare[list(table.descriptions)] = False
    return np.asarray(bare)


def date_levels(a: Ints, b: Ints) -> Ints:
    """Level of each pair of dates given as yyyymmdd with 00 for what is unknown."""
    year_a, month_a, day_a = a // 10000, a // 100 % 100, a % 100
    year_b, month_b, day_b = b // 10000, b // 100 % 100, b % 100
    full = (day_a > 0) & (day_b > 0)
    months = (month_a > 0) & (month_b > 0)
    gap = np.abs(year_a - year_b)
    level = np.full(len(a), int(DateLevel.DIFFERENT))
    new_year = (a % 10000 == 101) | (b % 10000 == 101)  # often stands for «year known only»
    level[gap == 2] = DateLevel.TWO_YEARS
    level[gap == 1] = DateLevel.ONE_YEAR
    same_year = gap == 0
    level[full & ~new_year & ((gap == 1) | (gap == 2))] = DateLevel.NEAR_YEARS_OTHER_DAY
    level[same_year & months] = DateLevel.SAME_YEAR_OTHER_DAY
    level[full & ~same_year & (a % 10000 == b % 10000) & ~new_year] = DateLevel.SAME_DAY_OTHER_YEAR
    level[full & _one_slip(a, b)] = DateLevel.TYPING_ERROR
    level[same_year & (~months | new_year)] = DateLevel.YEAR
    level[same_year & full & (month_a == day_b) & (day_a == month_b)] = DateLevel.SWAPPED
    level[same_year & months & ~full & (month_a == month_b)] = DateLevel.MONTH
    level[(a == b) & full] = DateLevel.DAY
    level[(a == b) & full & (a % 10000 == 101)] = DateLevel.FIRST_OF_JANUARY
    return level


def _one_slip(a: Ints, b: Ints) -> np.ndarray:
    """One wrong digit, or two neighbouring digits exchanged."""
    digits_a = a[:, None] // 10 ** np.arange(7, -1, -1) % 10
    digits_b = b[:, None] // 10 ** np.arange(7, -1, -1) % 10
    wrong = digits_a != digits_b
    count = wrong.sum(axis=1)
    exchanged = (
        (digits_a[:, :-1] == digits_b[:, 1:]) & (digits_a[:, 1:] == digits_b[:, :-1]) & wrong[:, :-1] & wrong[:, 1:]
    )
    # a slip in the century or decade is no slip: 1962 and 1972 are different people more often
    slip: np.ndarray = ~wrong[:, :3].any(axis=1) & ((count == 1) | ((count == 2) & exchanged.any(axis=1)))
    return slip


def _dates(dates: Lists, left: Ints, right: Ints) -> Ints:
    pair, a, b = dates.products(left, right)
    best = np.zeros(len(left), dtype=np.int64)
    np.maximum.at(best, pair, date_levels(a, b))
    return best


def _countries(table: Table, left: Ints, right: Ints) -> Ints:
    level = np.zeros(len(left), dtype=np.int64)
    for column, differ, agree in (
        (table.countries, CountryLevel.COUNTRIES_DIFFER, CountryLevel.COUNTRIES_AGREE),
        (table.nationalities, CountryLevel.NATIONALITIES_DIFFER, CountryLevel.NATIONALITIES_AGREE),
    ):
        both = (column.lengths[left] > 0) & (column.lengths[right] > 0)
        shared = column.common(left, right) > 0
        level[both] = np.where(shared[both], int(agree), int(differ))
    # citizens of one state who live in another: the countries agree though the nationalities do not
    anywhere = table.countries.common(left, right) > 0
    level[(level == CountryLevel.NATIONALITIES_DIFFER) & anywhere] = CountryLevel.COUNTRIES_AGREE
    return level


def _genders(a: Ints, b: Ints) -> Ints:
    known = (a > 0) & (b > 0)
    return np.where(known, np.where((a & b) > 0, int(GenderLevel.SAME), int(GenderLevel.DIFFERENT)), MISSING)


def _overlap(column: Lists, left: Ints, right: Ints, weights: Floats) -> Ints:
    """Share of the lighter side's words (weighted) that the other side has too."""
    total = np.bincount(
        np.repeat(np.arange(len(column.starts) - 1), column.lengths),
        weights=weights[column.items] if len(column.items) else None,
        minlength=len(column.starts) - 1,
    )
    lighter = np.minimum(total[left], total[right])
    share = column.common(left, right, weights) / np.maximum(lighter, 1e-9)
    level = 1 + np.searchsorted([0.2, 0.4, 0.7], share, side="right")
    return np.where(lighter > 0, level, MISSING)


def _addresses(column: Lists, left: Ints, right: Ints, weights: Floats) -> Ints:
    """As `_overlap`, but a town and its country alone are no address: full agreement takes four words, some three."""
    shared = column.common(left, right)
    most = np.where(shared >= 4, int(SetLevel.AGREE), np.where(shared >= 3, int(SetLevel.SOME), int(SetLevel.LITTLE)))
    return np.minimum(_overlap(column, left, right, weights), most)


def _postcodes(column: Lists, left: Ints, right: Ints) -> Ints:
    both = (column.lengths[left] > 0) & (column.lengths[right] > 0)
    shared = column.common(left, right) > 0
    return np.where(both, np.where(shared, int(SetLevel.AGREE), int(SetLevel.DIFFERENT)), MISSING)


def _schemata(a: Ints, b: Ints) -> Ints:
    low, high = np.minimum(a, b), np.maximum(a, b)
    level = np.full(len(a), int(SchemaLevel.INCOMPATIBLE))
    level[(low == high) | ((high == 3) & (low > 0))] = SchemaLevel.SAME
    level[(low == 1) & (high == 3)] = SchemaLevel.PERSON_OR_BODY
    level[(low == 0) & (high > 0)] = SchemaLevel.UNKNOWN
    return level


def identifier_weights(kind: str) -> tuple[float, float]:
    """(log-odds of a shared value, log-odds of a conflict) of a kind of identifier."""
    if kind.endswith("-unchecked"):
        return _SAME_UNCHECKED, 0.0
    return _SAME.get(kind, _SAME_OTHERWISE), _CONFLICT.get(kind, 0.0)


def _identifiers(table: Table, left: Ints, right: Ints) -> tuple[Floats, Floats]:
    same, conflict = np.zeros(len(left)), np.zeros(len(left))
    kinds = [kind for kind, _ in table.identifier_values]
    if not kinds:
        return same, conflict
    value_same = np.array([identifier_weights(kind)[0] for kind in kinds])
    pair, item = table.identifiers.expand(left)
    owners = np.repeat(np.arange(len(table)), table.identifiers.lengths)
    held = np.sort(owners * len(kinds) + table.identifiers.items)
    wanted = right[pair] * len(kinds) + item
    hit = held[np.minimum(np.searchsorted(held, wanted), len(held) - 1)] == wanted
    np.maximum.at(same, pair[hit], value_same[item[hit]])
    elsewhere = (same == 0) & (table.identifier_texts.common(left, right) > 0)
    same[elsewhere] = _SAME_OTHER_KIND
    number_of_kinds = int(table.identifier_kinds.max()) + 1
    kind_conflict = np.zeros(number_of_kinds)
    for code, kind in zip(table.identifier_kinds.tolist(), kinds, strict=True):
        kind_conflict[code] = identifier_weights(kind)[1]
    agreed = np.zeros((len(left), number_of_kinds), dtype=bool)
    agreed[pair[hit], table.identifier_kinds[item[hit]]] = True
    pair, kind_code = table.kinds_held.expand(left)
    owners = np.repeat(np.arange(len(table)), table.kinds_held.lengths)
    held = np.sort(owners * number_of_kinds + table.kinds_held.items)
    wanted = right[pair] * number_of_kinds + kind_code
    both = held[np.minimum(np.searchsorted(held, wanted), len(held) - 1)] == wanted
    clash = both & ~agreed[pair, kind_code]
    np.minimum.at(conflict, pair[clash], kind_conflict[kind_code[clash]])
    return same, np.where(same > 0, conflict / 2, conflict)
