"""Name pairs: which word of one name goes with which word of the other, and what is left over.

Invariants: one-to-one, whatever the word order; two adjacent words may go with one («Abd Al» / «Abdal»). Exactly
symmetric: a pair of names is always aligned in one canonical order. Each unique word pair of a call is compared once;
name pairs are aligned many at a time, by integers, in arrays whose last axis is the name pair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from accord.match.v1.analyse import Table
from accord.match.v1.columns import Floats, Ints, blocks, distinct, spans
from accord.match.v1.lexicon import KUNYA
from accord.match.v1.reading import LONGEST_NAME
from accord.match.v1.script import LOSSY, Script, skeleton
from accord.match.v1.similar import WordColumns, similarities
from accord.match.v1.vocabulary import Kind, Role

KNOTS = np.array([0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0])
_WIDTHS = (1, 2, 3, 4, 6, LONGEST_NAME)
_JOINED, _SURE, _JOINED_BONES, _FEWEST_BONES = 0.6, 0.95, 5, 3
_LEAST = 0.05
_CELLS = 1 << 23  # word pairs at a time, which bounds memory
_WORD_PAIRS, _BATCH_CELLS = 1 << 15, 1 << 16  # what is worked on at once, small enough for the processor's cache


@dataclass(frozen=True, slots=True)
class NameColumns:
    """Unique names as padded arrays, and their words joined with the next one."""

    words: WordColumns
    rows: Ints  # (LONGEST_NAME, names) vocabulary rows, -1 for none
    counts: Ints
    order: Ints  # canonical order of names
    forms: Ints
    foreign: NDArray[np.bool_]  # has a word in letters other than Latin
    lossy: NDArray[np.bool_]  # has a word in letters that leave vowels out, or stand for syllables
    nickname: NDArray[np.bool_]  # names like «Abu Omar», alone
    joined: Ints  # (LONGEST_NAME, names) rows of the columns below, -1 for none; these have a last row for none
    joined_form: Ints  # number of the Latin form among those of words, else -1
    joined_bone: Ints  # number of the skeleton among those of words, else -1; -1 for short forms, too
    joined_length: Ints

    @classmethod
    def of(cls, table: Table) -> NameColumns:
        counts = np.minimum(table.name_words.lengths, LONGEST_NAME)
        rows = np.full((len(counts), LONGEST_NAME), -1, dtype=np.int64)
        rows[np.arange(LONGEST_NAME) < counts[:, None]] = table.name_words.items
        words = WordColumns.of(table.vocabulary)
        texts = [(*(table.vocabulary.text[row] for row in line if row >= 0), str(form)) for line, form in
                 zip(rows.tolist(), table.name_forms.tolist(), strict=True)]  # fmt: skip
        order = np.empty(len(texts), dtype=np.int64)
        order[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
        rows = np.ascontiguousarray(rows.T)
        script = words.script[rows]
        foreign = ((script != Script.LATIN) & (script != Script.NUMBER)).any(axis=0)
        lossy = np.logical_or.reduce(np.isin(script, LOSSY))
        joined, latin_forms = _joined(rows, words)
        kunya = np.array([*(text in KUNYA for text in table.vocabulary.text), False], dtype=bool)
        nickname = (counts == 2) & kunya[rows[0]] & (words.kind[rows[0]] == Kind.PERSON)
        form_number = dict(zip(words.letters.texts, words.form.tolist(), strict=False))
        bone_number = dict(zip(words.bones.texts, words.bone.tolist(), strict=False))
        # so few consonants that two short names have them by chance («Soe Win», «Sein») do not make one word
        long = [skeleton(form) if len(form) >= _JOINED_BONES else "" for form in latin_forms]
        bones = [bone if len(bone) >= _FEWEST_BONES else None for bone in long]
        return cls(
            words, rows, counts, order, table.name_forms, foreign, lossy, nickname, joined,
            np.array([*(form_number.get(form, -1) for form in latin_forms), -1], dtype=np.int64),
            np.array([*(-1 if form is None else bone_number.get(form, -1) for form in bones), -1], dtype=np.int64),
            np.array([*(len(form) for form in latin_forms), 0], dtype=np.int64),
        )  # fmt: skip


def _joined(rows: Ints, words: WordColumns) -> tuple[Ints, list[str]]:
    """Rows of the Latin forms of each word with the next; numbers and generic words are not joined."""
    first, second = rows[:-1], rows[1:]
    spelled = np.isin(words.role, (Role.NAME, Role.PATRONYMIC, Role.PARTICLE, Role.GENERIC, Role.INITIAL))
    usable = spelled[first] & spelled[second]
    unique, _, inverse = distinct(first[usable] * len(words.role) + second[usable])
    joined = np.full(rows.shape, -1, dtype=np.int64)
    joined[:-1][usable] = inverse
    texts = words.letters.texts
    pairs = zip(*(side.tolist() for side in np.divmod(unique, len(words.role))), strict=True)
    return joined, [texts[left] + texts[right] for left, right in pairs]


@dataclass(frozen=True, slots=True)
class Alignments:
    """What the alignment of each name pair says; weights in nats. Columns are parallel to the name pairs."""

    agreed: Floats  # (n, len(KNOTS)) weight of aligned words by how similar they are
    left_over: Floats  # weight of unaligned words of the lighter side (both sides have some: a contradiction)
    one_sided: Floats  # weight of unaligned words of the heavier side beyond that
    numbers_differ: Floats  # 1 when both have numbers and they differ; 0.5 when only one has
    pairs: Floats  # number of aligned words
    weight: Floats  # of the lighter name
    exact: Floats  # 1 when all words agree exactly and nothing is left over
    generic_left: Floats  # weight of generic words left over on both sides
    generic_one_sided: Floats  # weight of generic words that only one side has, beyond that
    places_differ: Floats  # 1 when each side has a country that the other has not
    nickname: Floats  # 1 when one of the names is a nickname by a child, alone
    person: Floats  # 1 for names of persons
    thing: Floats  # 1 for names of vessels, vehicles, objects
    across: Floats  # 1 when one name is in Latin letters and the other is not
    lossy: Floats  # 1 when a name has letters that leave vowels out, or stand for syllables
    forms: Floats  # 1 when organisation forms differ, -1 when they agree


@dataclass(frozen=True, slots=True)
class WordPair:
    """Words of one name that went with words of the other (positions), and how similar they are."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    similar: float
    weight: float


@dataclass(slots=True)
class _Batch:
    """Name pairs of one padded width; arrays are (words of the first name, words of the second name, name pairs).

    `steps` collects the word pairs of the first name pair, for explanations.
    """

    first: Ints
    second: Ints
    similar: Floats
    rows_a: Ints
    rows_b: Ints
    weight_a: Floats
    weight_b: Floats
    free_a: NDArray[np.bool_]
    free_b: NDArray[np.bool_]
    agreed: Floats
    pairs: Floats
    steps: list[WordPair] = field(default_factory=list)

    @classmethod
    def of(cls, names: NameColumns, first: Ints, second: Ints, similar: Floats) -> _Batch:
        a, b = names.rows[: len(similar)].take(first, axis=1), names.rows[: len(similar)].take(second, axis=1)
        weight, size = names.words.weight, len(first)
        return cls(
            first, second, similar, a, b, weight[a], weight[b], a >= 0, b >= 0,
            np.zeros((size, len(KNOTS))), np.zeros(size),
        )  # fmt: skip


def align(names: NameColumns, left: Ints, right: Ints) -> Alignments:
    """Align each pair of names (rows of `names`)."""
    swap = names.order[left] > names.order[right]
    first, second = np.where(swap, right, left), np.where(swap, left, right)
    out = {name: np.zeros(len(left)) for name in Alignments.__slots__ if name != "agreed"}
    out["agreed"] = np.zeros((len(left), len(KNOTS)))
    for part in spans(names.counts[first] * names.counts[second], _CELLS):
        chosen, similar = _word_matrices(names, first[part], second[part])
        work = partial(_align, names, first[part], second[part])
        for at, found in map(work, chosen, similar):
            for name, column in found.items():
                out[name][part][at] = column
    return Alignments(**out)


def word_pairs(names: NameColumns, left: int, right: int) -> list[WordPair]:
    """The alignment of one pair of names, word by word, the surest first."""
    swap = bool(names.order[left] > names.order[right])
    first, second = np.array([right if swap else left]), np.array([left if swap else right])
    _, similar = _word_matrices(names, first, second)
    batch = _Batch.of(names, first, second, similar[0])
    _match_words(names, batch)
    steps = [WordPair(step.right, step.left, step.similar, step.weight) if swap else step for step in batch.steps]
    return sorted(steps, key=lambda step: (-step.similar * step.weight, step.left))


def _word_matrices(names: NameColumns, first: Ints, second: Ints) -> tuple[list[Ints], list[Floats]]:
    """Batches of name pairs of like width (positions), and the (width, width, n) similarities of their words."""
    bucket = np.searchsorted(_WIDTHS, np.maximum(names.counts[first], names.counts[second]))
    size = len(names.words.role)
    batches: list[Ints] = []
    codes: list[Ints] = []
    for number, width in enumerate(_WIDTHS):
        chosen = np.flatnonzero(bucket == number)
        for block in blocks(len(chosen), max(1, _BATCH_CELLS // width**2)):
            at = chosen[block]
            a, b = names.rows[:width].take(first[at], axis=1)[:, None], names.rows[:width].take(second[at], axis=1)
            low = np.minimum(a, b)
            batches.append(at)
            codes.append(np.where(low >= 0, low * size + np.maximum(a, b), -1))
    unique, _, inverse = distinct(np.concatenate([code.ravel() for code in codes]))
    found = _similarities(names.words, unique)
    ends = np.cumsum([code.size for code in codes])[:-1]
    parts = np.split(inverse, ends)
    return batches, [found[part].reshape(code.shape) for part, code in zip(parts, codes, strict=True)]


def _similarities(words: WordColumns, codes: Ints) -> Floats:
    """Of sorted codes `low * size + high`; -1 for the code -1."""
    found = np.full(len(codes), -1.0)
    start = int(np.searchsorted(codes, 0))
    left, right = np.divmod(codes[start:], len(words.role))
    for part in blocks(len(left), _WORD_PAIRS):
        found[start:][part] = similarities(words, left[part], right[part])
    return found


def _align(
    names: NameColumns, first: Ints, second: Ints, chosen: Ints, similar: Floats
) -> tuple[Ints, dict[str, Floats]]:
    batch = _Batch.of(names, first[chosen], second[chosen], similar)
    _match_words(names, batch)
    return chosen, _summary(names, batch)


def _match_words(names: NameColumns, batch: _Batch) -> None:
    """Greedy one-to-one alignment: the pair that brings most, then the next."""
    _join(names, batch, flip=False)
    _join(names, batch, flip=True)
    width = len(batch.similar)
    gain = batch.similar * np.sqrt(batch.weight_a[:, None] * batch.weight_b)
    gain[(batch.similar < _LEAST) | ~(batch.free_a[:, None] & batch.free_b)] = -1.0
    active = np.arange(len(batch.first))
    for _ in range(width):
        best, cell = _highest(gain.reshape(width * width, -1))
        go = best > 0
        if not go.any():
            break
        active, gain, (row, column) = active[go], gain[:, :, go], np.divmod(cell[go], width)
        similar = batch.similar[row, column, active]
        weight = np.sqrt(batch.weight_a[row, active] * batch.weight_b[column, active])
        _add(batch.agreed, active, similar, weight)
        batch.pairs[active] += 1
        batch.free_a[row, active] = batch.free_b[column, active] = False
        at = np.arange(len(active))
        gain[row, :, at] = -1.0
        gain[:, column, at] = -1.0
        if active[0] == 0:
            batch.steps.append(WordPair((int(row[0]),), (int(column[0]),), float(similar[0]), float(weight[0])))


def _highest(gain: Floats) -> tuple[Floats, Ints]:
    """The highest of each column and its first row."""
    best, row = gain[0].copy(), np.zeros(gain.shape[1], dtype=np.int64)
    for number in range(1, len(gain)):
        better = gain[number] > best
        np.copyto(best, gain[number], where=better)
        row[better] = number
    return best, row


def _add(agreed: Floats, at: Ints, similar: Floats, weight: Floats) -> None:
    """Spread a weight over the two knots around its similarity."""
    upper = np.clip(np.searchsorted(KNOTS, similar), 1, len(KNOTS) - 1)
    share = np.clip((similar - KNOTS[upper - 1]) / (KNOTS[upper] - KNOTS[upper - 1]), 0.0, 1.0)
    agreed[at, upper] += weight * share
    agreed[at, upper - 1] += weight * (1 - share)


def _join(names: NameColumns, batch: _Batch, *, flip: bool) -> None:
    """Let two adjacent words of one name go with one word of the other when that fits better than any single word."""
    width = len(batch.similar)
    a, rows = (batch.second, batch.rows_a) if flip else (batch.first, batch.rows_b)
    free_a, free_b = (batch.free_b, batch.free_a) if flip else (batch.free_a, batch.free_b)
    weight_a, weight_b = (batch.weight_b, batch.weight_a) if flip else (batch.weight_a, batch.weight_b)
    single = batch.similar.transpose(1, 0, 2) if flip else batch.similar
    joined = names.joined[:width].take(a, axis=1)
    form, bone = names.words.form[rows], names.words.bone[rows]
    same = names.joined_form[joined][:, None] == form
    alike = names.joined_bone[joined][:, None] == bone
    row, column, pair = np.nonzero(same | alike)
    exact = same[row, column, pair]
    length = names.words.letters.lengths[rows[column, pair]]
    near = exact | (np.abs(names.joined_length[joined[row, pair]] - length) <= 2)
    near &= single[:, column, pair].max(axis=0, initial=-1.0) < _SURE
    row, column, pair, exact = row[near], column[near], pair[near], exact[near]
    better = np.maximum(single[row, column, pair], single[row + 1, column, pair]) < _JOINED
    surest = single.max(axis=1, initial=-1.0)  # of each word: one that is in the other name, too, goes with itself
    better &= np.maximum(surest[row, pair], surest[row + 1, pair]) < _SURE
    better |= exact
    for p, q, i, is_exact in zip(row[better], column[better], pair[better], exact[better], strict=True):
        if free_a[p, i] and free_a[p + 1, i] and free_b[q, i]:
            value = np.array([1.0 if is_exact else 0.9])
            weight = min(np.sqrt((weight_a[p, i] + weight_a[p + 1, i]) * weight_b[q, i]), 9.0)
            _add(batch.agreed, np.array([i]), value, np.array([weight]))
            batch.pairs[i] += 2
            free_a[p, i] = free_a[p + 1, i] = free_b[q, i] = False
            if i == 0:
                joined_words, single_word = (int(p), int(p) + 1), (int(q),)
                sides = (single_word, joined_words) if flip else (joined_words, single_word)
                batch.steps.append(WordPair(sides[0], sides[1], float(value[0]), float(weight)))


def _summary(names: NameColumns, batch: _Batch) -> dict[str, Floats]:
    role_a, role_b = names.words.role[batch.rows_a], names.words.role[batch.rows_b]
    number_a, number_b = role_a == Role.NUMBER, role_b == Role.NUMBER
    generic_a, generic_b = role_a == Role.GENERIC, role_b == Role.GENERIC
    left_a = (batch.weight_a * (batch.free_a & ~number_a & ~generic_a)).sum(axis=0)
    left_b = (batch.weight_b * (batch.free_b & ~number_b & ~generic_b)).sum(axis=0)
    over_a = (batch.weight_a * (batch.free_a & generic_a)).sum(axis=0)
    over_b = (batch.weight_b * (batch.free_b & generic_b)).sum(axis=0)
    open_a, open_b = (batch.free_a & number_a).any(axis=0), (batch.free_b & number_b).any(axis=0)
    place_a = (batch.free_a & names.words.place[batch.rows_a]).any(axis=0)
    place_b = (batch.free_b & names.words.place[batch.rows_b]).any(axis=0)
    form_a, form_b = names.forms[batch.first], names.forms[batch.second]
    both_forms = (form_a >= 0) & (form_b >= 0)
    numbers = np.where(open_a & open_b, 1.0, np.where(open_a | open_b, 0.5, 0.0))
    nothing_left = (left_a + left_b + over_a + over_b + numbers) == 0
    kind = names.words.kind[batch.rows_a[0]]
    return {
        "agreed": batch.agreed,
        "left_over": np.minimum(left_a, left_b),
        "one_sided": np.abs(left_a - left_b),
        "numbers_differ": numbers,
        "pairs": batch.pairs,
        "weight": np.minimum(batch.weight_a.sum(axis=0), batch.weight_b.sum(axis=0)),
        "exact": (nothing_left & (batch.agreed[:, :-1].sum(axis=1) == 0)).astype(np.float64),
        "generic_one_sided": np.abs(over_a - over_b),
        "generic_left": np.minimum(over_a, over_b),
        "places_differ": (place_a & place_b).astype(np.float64),
        "nickname": (names.nickname[batch.first] | names.nickname[batch.second]).astype(np.float64),
        "person": (kind == Kind.PERSON).astype(np.float64),
        "thing": (kind == Kind.THING).astype(np.float64),
        "across": (names.foreign[batch.first] != names.foreign[batch.second]).astype(np.float64),
        "lossy": (names.lossy[batch.first] | names.lossy[batch.second]).astype(np.float64),
        "forms": np.where(both_forms, np.where(form_a == form_b, -1.0, 1.0), 0.0),
    }
