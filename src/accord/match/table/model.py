"""How much each agreement says: a Fellegi-Sunter model of one table.

A level weighs log(m / u): m is how often two records of one thing show it, u how often two records of different things
do. `u` comes from the table itself: equal values weigh by how rare the value is, the other levels by random pairs. `m`
is shipped (`DEFAULT`), or fitted without labels by expectation maximisation (`learn`).

Invariants: the same table gives the same model; nothing is random (pairs for `u` are drawn by stride); adding evidence
never needs a field that a pair lacks: a missing cell weighs nothing.

Sources: Fellegi & Sunter 1969; Winkler 1988 (EM); Winkler 1989 (value-specific weights).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from accord.errors import InputError
from accord.match.table.columns import Field, Floats, Ints, Sort, Table
from accord.match.table.levels import LEVELS, Dates, code_levels, date_levels, text_levels
from accord.match.table.words import Words, align
from accord.match.v1.vocabulary import Kind

# of two records of one thing: how often each level is seen, by our own judgement
DEFAULT: dict[Sort, tuple[float, ...]] = {
    Sort.DATE: (0.86, 0.05, 0.005, 0.02, 0.025, 0.015, 0.025),
    Sort.CODE: (0.80, 0.06, 0.05, 0.09),
    Sort.TEXT: (0.72, 0.08, 0.08, 0.12),
}
DEFAULT_SLOTS = (0.78, 0.04, 0.08, 0.03, 0.02, 0.05)
DEFAULT_SLOTS_OF_BODY = (0.60, 0.02, 0.10, 0.05, 0.01, 0.22)
# how many words of a table fall into each class beside a given word; of an initial, the share of names that fit it
SPREAD = (1.0, 2.0, 4.0, 12.0, 0.06, 1.0)
RANDOM_PAIRS, LEARN_PAIRS, ROUNDS, FEWEST_MATCHES = 200_000, 500_000, 25, 100
SHARE_OF_PARTS = 0.4
_PSEUDO, _PRIOR_PAIRS = 0.5, 2.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table with its words and dates read."""

    table: Table
    words: Words
    dates: dict[str, Dates]

    @property
    def compared(self) -> list[int]:
        """Positions of the fields that are compared as levels: all but names."""
        return [number for number, field in enumerate(self.table.fields) if field.sort is not Sort.NAME]

    def observe(self, left: Ints, right: Ints) -> Seen:
        """Compare pairs of rows."""
        levels, rarity = [], []
        for number in self.compared:
            field = self.table.fields[number]
            column = field.column
            if field.sort is Sort.DATE:
                found = date_levels(self.dates[field.label], column, left, right)
            else:
                found = (code_levels if field.sort is Sort.CODE else text_levels)(column, left, right)
            levels.append(found)
            share = np.append(column.share, 1.0)
            a, b = share[column.codes[left]], share[column.codes[right]]
            rarity.append(np.where(found == 0, -np.log(np.maximum(a, b)), 0.0).astype(np.float32))
        aligned = align(self.words, left, right)
        empty = np.zeros((len(left), 0))
        return Seen(
            np.stack(levels, axis=1) if levels else empty.astype(np.int8),
            np.stack(rarity, axis=1) if rarity else empty.astype(np.float32),
            aligned.counts,
            aligned.rarity.astype(np.float32),
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of pairs of rows."""

    levels: NDArray[np.int8]  # (pairs, fields): -1 when one side is empty
    rarity: NDArray[np.float32]  # (pairs, fields): nats of an equal value
    slots: NDArray[np.int8]  # (pairs, len(Slot))
    name_rarity: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.levels)


@dataclass(frozen=True, slots=True)
class Model:
    """Log-weights. `agree[field][level]` is log m/u, but log m for the level «equal», to which rarity is added."""

    prior: float
    m: tuple[tuple[float, ...], ...]
    u: tuple[tuple[float, ...], ...]
    slots: tuple[float, ...]
    groups: tuple[tuple[int, ...], ...] = ()  # fields that are parts of one thing, an address

    def fields(self, seen: Seen) -> Floats:
        """(pairs, fields): log-odds that each field brings."""
        found = np.zeros(seen.levels.shape)
        for number, (m, u) in enumerate(zip(self.m, self.u, strict=True)):
            weight = np.log(np.array(m) / np.array(u))
            weight[0] = np.log(m[0])
            found[:, number] = np.append(weight, 0.0)[seen.levels[:, number]] + seen.rarity[:, number]
        for group in self.groups:
            found[:, group] = _together(found[:, group])
        return found

    def names(self, seen: Seen) -> Floats:
        """(pairs,): log-odds that the names bring."""
        weight = np.log(np.array(self.slots) / np.array(SPREAD))
        return np.asarray(seen.slots @ weight + seen.name_rarity)

    def evidence(self, seen: Seen) -> Floats:
        """(pairs,): log-odds of each pair without the prior."""
        return np.asarray(self.fields(seen).sum(axis=1) + self.names(seen))


def _together(weights: Floats) -> Floats:
    """Weights of the parts of one thing: who has the street has the town, so what agrees beside it tells less."""
    best = np.zeros(weights.shape, dtype=bool)
    best[np.arange(len(weights)), weights.argmax(axis=1)] = True
    return np.where(best | (weights < 0), weights, SHARE_OF_PARTS * weights)


def first_model(prepared: Prepared) -> Model:
    """The shipped model, with `u` from random pairs of the table."""
    left, right = random_pairs(prepared.table)
    seen = prepared.observe(left, right)
    fields = [prepared.table.fields[number] for number in prepared.compared]
    u = []
    for number, field in enumerate(fields):
        size = len(LEVELS[field.sort])
        level = seen.levels[:, number]
        counts = np.bincount(level[level >= 0], minlength=size) + _PSEUDO
        u.append(tuple((counts / counts.sum()).tolist()))
    m = tuple(DEFAULT[field.sort] for field in fields)
    slots = DEFAULT_SLOTS if prepared.words.kind is Kind.PERSON else DEFAULT_SLOTS_OF_BODY
    return Model(-np.log(max(len(prepared.table), 2)), m, tuple(u), slots, _groups(fields))


def _groups(fields: list[Field]) -> tuple[tuple[int, ...], ...]:
    """Positions of the fields that stand in one property together."""
    places: dict[str, list[int]] = {}
    for number, field in enumerate(fields):
        if field.group:
            places.setdefault(field.group, []).append(number)
    return tuple(tuple(found) for found in places.values() if len(found) > 1)


def random_pairs(table: Table) -> tuple[Ints, Ints]:
    """Pairs of rows drawn by strides that share no factor with anything likely: the same for the same table."""
    count, split = len(table), table.split
    first, second = (count, count) if split is None else (split, count - split)
    if min(first, second) < 2:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    number = np.arange(min(RANDOM_PAIRS, first * second))
    left = number * 7_919 % first
    right = (number // first * 104_729 + number * 15_485_863 + 1) % second + (0 if split is None else split)
    keep = left != right
    return left[keep], right[keep]


def with_prior(model: Model, evidence: Floats, table: Table) -> Model:
    """The prior that agrees with what it leads to: the share of matches among all pairs of the table."""
    count, split = len(table), table.split
    pairs = count * (count - 1) / 2 if split is None else split * (count - split)
    least, most = 0.02 * count / max(pairs, 1), 0.2
    share = max(least, min(most, 0.5 * count / max(pairs, 1)))
    hopeful = evidence[evidence > -np.log(pairs + 1)].astype(np.float64)  # the others cannot become likely
    for _ in range(ROUNDS):
        before, found = share, float(probability(hopeful + np.log(share / (1 - share))).sum())
        share = max(least, min(most, found / max(pairs, 1)))
        if abs(share - before) < 1e-3 * before:
            break
    return replace(model, prior=float(np.log(share / (1 - share))))


def probability(log_odds: Floats) -> Floats:
    """Log-odds to probability."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -40, 40))))


def learn(model: Model, prepared: Prepared, left: Ints, right: Ints) -> Model:
    """Fit `m` and the prior by expectation maximisation over the candidates (a part of them, by stride, if many).

    Nearly all true pairs are candidates, so their levels, weighed by each pair's probability, give `m`; a pair's
    probability is that of the whole model, so it does not matter that candidates are no random pairs.

    Raises `InputError` `match.learn` when the table has too few likely matches to learn from.
    """
    step = max(1, len(left) // LEARN_PAIRS)
    seen = prepared.observe(left[::step], right[::step])
    evidence = model.evidence(seen)
    for _ in range(ROUNDS):
        model = with_prior(model, np.repeat(evidence, step), prepared.table)
        weight = probability(evidence + model.prior)
        if weight.sum() * step < FEWEST_MATCHES:
            raise InputError(
                "match.learn",
                f"the table has fewer than {FEWEST_MATCHES} likely matches to learn from",
                "run without --learn: the shipped weights need no training",
            )
        before, model = model, _fitted(model, seen, weight)
        evidence = model.evidence(seen)
        if all(np.allclose(new, old, atol=1e-3) for new, old in zip(model.m, before.m, strict=True)):
            break
    return model


def _fitted(model: Model, seen: Seen, weight: Floats) -> Model:
    """The maximisation step; the model so far counts as a few more pairs, so that no level is ruled out."""
    m = []
    for number, old in enumerate(model.m):
        level = seen.levels[:, number]
        known = level >= 0
        counts = np.bincount(level[known], weights=weight[known], minlength=len(old)) + _PRIOR_PAIRS * np.array(old)
        m.append(tuple((counts / counts.sum()).tolist()))
    slots = weight @ seen.slots + _PRIOR_PAIRS * np.array(model.slots)
    return replace(model, m=tuple(m), slots=tuple((slots / slots.sum()).tolist()))
