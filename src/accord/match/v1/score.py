"""From pairs of records to probabilities: log-odds of names, dates, countries, ... added up.

Invariants: the score of a pair depends on the two records only; symmetric; the order of names is irrelevant; adding a
name that both records bear never lowers the score (while the two have at most `NAME_PAIRS_KEPT` pairs of names; of
more, the likeliest are aligned); the same on any number of cores (work is cut into chunks of a fixed size, whatever the
cores). Scores are rounded to six decimals.

>>> from accord.records.model import Entity
>>> people = [Entity(name, "Person", {"name": (name,)}) for name in ("Jon Smith", "John Smith", "John Brown")]
>>> [round(score) for score in score_pairs([(people[0], people[1]), (people[1], people[2])])]
[1, 0]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from accord.engine import prepare, spread
from accord.match.model import Match
from accord.match.v1 import describe, weights
from accord.match.v1.align import NameColumns, align
from accord.match.v1.analyse import Table, analyse
from accord.match.v1.block import candidates
from accord.match.v1.columns import Floats, Ints, Lists, blocks, distinct, spans
from accord.match.v1.compare import MISSING, AliasLevel, compare
from accord.match.v1.names import name_ceiling, name_log_odds
from accord.match.v1.strings import Strings
from accord.match.v1.vocabulary import Kind
from accord.records.model import Entity

DEFAULT_THRESHOLD = 0.5
CHUNK = 1 << 15  # pairs of records
RECORDS_FOR_CORES, PAIRS_FOR_CORES = 4_000, 4 * CHUNK  # from which other cores get their share of the work
_MEMORY_FOR_COPIES, _BYTES_A_NAME = 4 * 10**9, 1_500
_PRODUCTS = 1 << 18  # pairs of names looked at at once
NAME_PAIRS_KEPT = 6
_LEAST_ALIKE = 0.62
_SAME_NAME = 0.9
_ALIASES_ENOUGH = 4  # names in common that say all that more could say

L = TypeVar("L", bound=IntEnum)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Log-odds by feature; columns are parallel to the pairs. `best` are rows of unique names, -1 for none."""

    names: Floats
    support: Floats
    aliases: Floats
    date: Floats
    country: Floats
    gender: Floats
    place: Floats
    address: Floats
    postcode: Floats
    schema: Floats
    bare: Floats
    identifiers: Floats
    conflicts: Floats
    description: Floats
    name_bounds: Floats  # (n, 2): what names can count against and for
    best: Ints  # (n, 2): the name pair that decided
    second: Ints  # (n, 2): the name pair that supports it

    @property
    def total(self) -> Floats:
        """Log-odds of each pair, prior included."""
        features = (name for name in self.__slots__ if name not in ("name_bounds", "best", "second"))
        total: Floats = weights.PRIOR + sum(getattr(self, name) for name in features)
        return total

    def rows(self, chosen: Ints) -> Evidence:
        """The evidence of some of the pairs."""
        return Evidence(**{name: getattr(self, name)[chosen] for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class NameLimits:
    """Per record, what limits what its names can say."""

    foreign: Ints  # how many of its names are in other letters than Latin
    heaviest: Floats  # nats that the words of one of its names weigh at most
    spelled: Lists  # numbers of the letters that its names are made of, in whatever order

    def by_letters(self, table: Table, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        """(2, pairs) each: how many names the two records have in other letters than Latin, and in Latin ones."""
        both = np.stack([left, right])
        return self.foreign[both], table.names.lengths[both] - self.foreign[both]

    def ceiling(self, table: Table, left: Ints, right: Ints) -> Floats:
        """Log-odds that the names of two records can say at most."""
        foreign, latin = self.by_letters(table, left, right)
        across = (foreign.min(axis=0) == 0) & (latin.min(axis=0) == 0)
        weight = np.sqrt(self.heaviest[left] * self.heaviest[right])
        persons = np.stack([table.kinds[left], table.kinds[right]]) == Kind.PERSON
        both = persons.all(axis=0)  # whose words have no meaning by which other letters could be the same word
        exact = ~both | (self.spelled.common(left, right) > 0)
        of_persons = np.where(persons.any(axis=0), name_ceiling(weight, exact, across, person=True), -np.inf)
        of_others = np.where(both, -np.inf, name_ceiling(weight, exact, across, person=False))
        found: Floats = np.clip(np.maximum(of_persons, of_others), weights.NAME_FLOOR, weights.NAME_CEILING)
        return found


def best_case(table: Table, limits: NameLimits, left: Ints, right: Ints) -> Evidence:
    """The evidence of pairs of record rows if their names agreed as well as names can."""
    levels = compare(table, left, right)
    fewest = np.minimum(table.names.lengths[left], table.names.lengths[right])
    low, high = describe.bounds(table.descriptions, left, right)
    several = fewest > 1  # a second name on either side, which could support the first
    return Evidence(
        names=_names_within(
            np.where(fewest > 0, limits.ceiling(table, left, right), weights.NO_NAME), fewest > 0, low, high
        ),
        support=np.where(several, weights.SUPPORT_CEILING, 0.0),
        aliases=np.where(several, max(0.0, *weights.ALIASES.values()), 0.0),
        date=_look_up(weights.DATE, levels.date),
        country=_look_up(weights.COUNTRY, levels.country),
        gender=_look_up(weights.GENDER, levels.gender),
        place=_look_up(weights.PLACE, levels.place),
        address=_look_up(weights.ADDRESS, levels.address),
        postcode=_look_up(weights.POSTCODE, levels.postcode),
        schema=_look_up(weights.SCHEMA, levels.schema),
        bare=np.where(levels.bare > 0, weights.BARE, 0.0),
        identifiers=levels.identifiers,
        conflicts=levels.conflicts,
        description=describe.log_odds(table.descriptions, left, right),
        name_bounds=np.column_stack([low, high]),
        best=np.full((len(left), 2), -1),
        second=np.full((len(left), 2), -1),
    )


def probability(log_odds: Floats) -> Floats:
    """Log-odds to probability, rounded to six decimals so that it prints and compares alike everywhere."""
    return np.round(1.0 / (1.0 + np.exp(-np.clip(log_odds, -40, 40))), 6)


@dataclass(frozen=True, slots=True)
class NamePairs:
    """Pairs of names to align, and what is known of each pair of records from all their names."""

    pair: Ints  # position of the pair of records
    left: Ints  # unique names
    right: Ints
    comparable: np.ndarray  # per pair of records: True when some names are in common letters
    aliases: Ints  # per pair of records: AliasLevel


@dataclass(frozen=True, slots=True)
class Scorer:
    """A table ready for comparisons."""

    table: Table
    names: NameColumns
    letters: Strings  # per unique name: its sorted Latin words
    bones: Strings  # per unique name: its sorted skeletons
    limits: NameLimits

    @classmethod
    def of(cls, table: Table) -> Scorer:
        whole, names, held = table.whole_names(), NameColumns.of(table), table.names
        foreign = np.r_[0, np.cumsum(names.foreign[held.items])]
        heaviest = np.zeros(len(table))
        owner = np.repeat(np.arange(len(table)), held.lengths)
        np.maximum.at(heaviest, owner, names.words.weight[names.rows].sum(axis=0)[held.items])
        return cls(
            table,
            names,
            letters=Strings.of(whole.sorted_letters),
            bones=Strings.of(whole.sorted_bones),
            limits=NameLimits(
                foreign[held.starts[1:]] - foreign[held.starts[:-1]],
                heaviest,
                Lists(held.starts, numbered(map(sorted_letters, whole.letters))[held.items]),
            ),
        )

    def evidence(self, left: Ints, right: Ints) -> Evidence:
        """Compare pairs of record rows."""
        return self.with_names(best_case(self.table, self.limits, left, right), left, right)

    def with_names(self, found: Evidence, left: Ints, right: Ints) -> Evidence:
        """The evidence of pairs of record rows, once more with what their names say."""
        names, support, aliases, best, second = self._names(left, right)
        names = _names_within(names, best[:, 0] >= 0, *found.name_bounds.T)
        known = _look_up(weights.ALIASES, aliases)
        return replace(found, names=names, support=support, aliases=known, best=best, second=second)

    def _names(self, left: Ints, right: Ints) -> tuple[Floats, Floats, Ints, Ints, Ints]:
        chosen = self.likeliest(left, right)
        pair, a, b = chosen.pair, chosen.left, chosen.right
        low, high = self._in_order(a, b)
        _, index, inverse = distinct(low * len(self.names.order) + high)
        found = align(self.names, a[index], b[index])
        # the leniency of another script is for records that can be compared in no common one
        strict = name_log_odds(replace(found, across=np.zeros(len(index))))
        odds = np.where(chosen.comparable[pair], strict[inverse], name_log_odds(found)[inverse])
        order = np.lexsort((inverse, -odds, pair))
        pair, a, b, odds = pair[order], a[order], b[order], odds[order]
        value, support = np.full(len(left), weights.NO_NAME), np.zeros(len(left))
        best, second = np.full((len(left), 2), -1), np.full((len(left), 2), -1)
        first = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]]) if len(pair) else np.zeros(0, dtype=np.int64)
        value[pair[first]] = np.clip(odds[first], weights.NAME_FLOOR, weights.NAME_CEILING)
        best[pair[first], 0], best[pair[first], 1] = a[first], b[first]
        other = (a != best[pair, 0]) & (b != best[pair, 1]) & (odds > 0)
        rest, start = np.unique(pair[other], return_index=True)
        support[rest] = np.minimum(weights.SUPPORT_SHARE * odds[other][start], weights.SUPPORT_CEILING)
        second[rest, 0], second[rest, 1] = a[other][start], b[other][start]
        return value, support, chosen.aliases, best, second

    def likeliest(self, left: Ints, right: Ints) -> NamePairs:
        """The name pairs worth aligning: per pair of records the few whose letters or skeletons are most alike."""
        parts = spans(self.table.names.lengths[left] * self.table.names.lengths[right], _PRODUCTS) or [slice(0, 0)]
        found = [self._likeliest(left[part], right[part]) for part in parts]
        return NamePairs(
            np.concatenate([part.start + each_part.pair for part, each_part in zip(parts, found, strict=True)]),
            *(np.concatenate([getattr(each_part, name) for each_part in found]) for name in NamePairs.__slots__[1:]),
        )

    def _likeliest(self, left: Ints, right: Ints) -> NamePairs:
        pair, a, b = self.table.names.products(left, right)
        alike = self.alike(a, b)
        foreign, latin = self.limits.by_letters(self.table, left, right)
        comparable = (foreign.min(axis=0) > 0) | (latin.min(axis=0) > 0)
        aliases = self._aliases(
            np.where(foreign[::-1] > 0, foreign, 0) + np.where(latin[::-1] > 0, latin, 0), pair, a, b, alike
        )
        best = np.zeros(len(left))
        np.maximum.at(best, pair, alike)
        near = np.flatnonzero((alike >= _LEAST_ALIKE) | (alike == best[pair]))
        pair, a, b, alike = pair[near], a[near], b[near], alike[near]
        low, high = self._in_order(a, b)
        order = np.lexsort((high, low, -alike, pair))
        rank = _ranks(pair[order])
        kept = order[(rank < NAME_PAIRS_KEPT) & ((rank == 0) | (alike[order] >= _LEAST_ALIKE))]
        return NamePairs(pair[kept], a[kept], b[kept], comparable, aliases)

    def _aliases(self, names: Ints, pair: Ints, a: Ints, b: Ints, alike: Floats) -> Ints:
        """`AliasLevel` of pairs of records, from all their pairs of names that are in common letters.

        `names` (2, pairs) counts the names of each side that the other has any in the same letters for.
        """
        same = np.flatnonzero(alike >= _SAME_NAME)
        same = same[self.names.foreign[a[same]] == self.names.foreign[b[same]]]
        width, pairs = len(self.names.order) + 1, names.shape[1]
        every = (np.unique(pair[same] * width + side[same]) // width for side in (a, b))
        shared = np.stack([np.bincount(owner, minlength=pairs) for owner in every])
        share = np.minimum(shared / np.clip(names, 1, _ALIASES_ENOUGH), 1.0).max(axis=0)
        level = np.where(share >= 1.0, AliasLevel.ALL, AliasLevel.PARTLY)
        # one name alone on either side says nothing: or a name more that both bear could count against them
        alone = (names - shared).min(axis=0)
        silent = (names.min(axis=0) < 2) | ((alone < 2) & (level != AliasLevel.ALL))
        return np.where(silent, MISSING, level)

    def alike(self, a: Ints, b: Ints) -> Floats:
        """How alike pairs of unique names are at first sight, 0 to 1: their letters or their skeletons."""
        return np.maximum(self.letters.ratio(a, b), self.bones.ratio(a, b))

    def _in_order(self, a: Ints, b: Ints) -> tuple[Ints, Ints]:
        """The canonical order of the names of each pair."""
        first, second = self.names.order[a], self.names.order[b]
        return np.minimum(first, second), np.maximum(first, second)

    def _copies(self) -> int:
        """How many processes may hold these columns, each for itself, before memory gets short."""
        return max(1, _MEMORY_FOR_COPIES // (_BYTES_A_NAME * max(1, len(self.names.order))))

    def scores(
        self, left: Ints, right: Ints, threads: int = 1, progress: Progress | None = None, least: float = 0.0
    ) -> Floats:
        """Probabilities of pairs of record rows, as `judge` gives them."""
        return self.judge(left, right, threads, progress, least)[:, 0]

    def judge(
        self, left: Ints, right: Ints, threads: int = 1, progress: Progress | None = None, least: float = 0.0
    ) -> Floats:
        """Pairs of record rows, chunk by chunk: (n, 3), the probability and the rows of the names that agree best.

        A pair that no names could lift to `least` has probability 0; without names compared their rows are -1.
        """
        parts = blocks(len(left), CHUNK)
        counted = iter(range(1, len(parts) + 1))

        def done(_: int) -> None:
            if progress:
                progress(min(next(counted) * CHUNK, len(left)), len(left))

        threads = min(threads, self._copies()) if len(left) >= PAIRS_FOR_CORES else 1
        batches = [(left[part], right[part]) for part in parts]
        return np.concatenate([np.zeros((0, 3)), *spread(partial(_judged, self, least), batches, threads, done)])


def _judged(scorer: Scorer, least: float, pairs: tuple[Ints, Ints]) -> Floats:
    """Of a chunk of pairs; wherever it runs."""
    left, right = pairs
    found = best_case(scorer.table, scorer.limits, left, right)
    able = np.flatnonzero(probability(found.total) >= least)
    named = scorer.with_names(found.rows(able), left[able], right[able])
    out = np.full((len(left), 3), -1.0)
    out[:, 0] = 0.0
    out[able] = np.column_stack([probability(named.total), named.best])
    return out


def sorted_letters(name: str) -> str:
    """The letters of a name, the same in whatever order its words stand and wherever one ends."""
    return "".join(sorted(name))


def numbered(texts: Iterable[str]) -> Ints:
    """A number for each text, the same for equal ones."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)


def _names_within(names: Floats, named: NDArray[np.bool_], low: Floats, high: Floats) -> Floats:
    """What names count, within the bounds of what is compared; things that have bounds need no name."""
    within: Floats = np.clip(names, low, high)
    return np.where(~named & (low > -np.inf), 0.0, within)


def _ranks(owner: Ints) -> Ints:
    """The place of each row among the rows of its owner; `owner` is sorted."""
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(owner) else owner
    return np.arange(len(owner)) - np.repeat(starts, np.diff(np.r_[starts, len(owner)]))


def _look_up(levels: Mapping[L, float], codes: Ints) -> Floats:
    column = np.zeros(16)
    for level, value in levels.items():
        column[int(level)] = value
    return column[codes]


def score_pairs(pairs: Iterable[tuple[Entity, Entity]], *, threads: int = 1) -> list[float]:
    """The probability, for each pair, that its two records are the same thing; in order."""
    flat = [entity for pair in pairs for entity in pair]
    scorer = Scorer.of(analyse(flat))
    left = np.arange(0, len(flat), 2)
    found: list[float] = scorer.scores(left, left + 1, threads).tolist()
    return found


def link(
    left: Iterable[Entity],
    right: Iterable[Entity],
    *,
    threshold: float = DEFAULT_THRESHOLD,
    threads: int = 1,
    progress: Progress | None = None,
) -> list[Match]:
    """Which records of `left` are which of `right`: candidates scored, those at or above `threshold` returned.

    Sorted by score, best first, then by ids. `progress(done, total)` is called as candidate pairs get done. `threads`
    is how many cores a large job may use, each a process with the columns of names in its own memory.
    """
    first = list(left)
    table = _analysed([*first, *right], threads)
    return _matches(table, candidates(table, len(first)), threshold, threads, progress)


def dedupe(
    entities: Iterable[Entity],
    *,
    threshold: float = DEFAULT_THRESHOLD,
    threads: int = 1,
    progress: Progress | None = None,
) -> list[Match]:
    """Which records of one collection are the same thing; each pair once, the record that came first on the left."""
    table = _analysed(list(entities), threads)
    return _matches(table, candidates(table), threshold, threads, progress)


def _analysed(entities: list[Entity], threads: int) -> Table:
    """The table of a job; if it is a large one, other cores wake up meanwhile."""
    if len(entities) >= RECORDS_FOR_CORES:
        prepare(_judged, threads)
    return analyse(entities)


def _matches(table: Table, pairs: Ints, threshold: float, threads: int, progress: Progress | None) -> list[Match]:
    judged = Scorer.of(table).judge(pairs[:, 0], pairs[:, 1], threads, progress, threshold)
    kept = judged[:, 0] >= threshold
    found = [
        Match(table.ids[left], table.ids[right], score, table.texts_of(names))
        for (left, right), score, names in zip(
            pairs[kept].tolist(), judged[kept, 0].tolist(), judged[kept, 1:].astype(np.int64).tolist(), strict=True
        )
    ]
    return sorted(found, key=lambda match: (-match.score, match.left, match.right))
