"""Name pairs: which word of one name goes with which word of the other, and what is left over.

Invariants: one-to-one, whatever the word order; two adjacent words may go with one («Abd Al» / «Abdal»). Exactly
symmetric: a pair of names is always aligned in one canonical order. All name pairs of a batch at once, by integers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from accord.match.v1.analyse import LONGEST_NAME, Table
from accord.match.v1.columns import Floats, Ints
from accord.match.v1.script import Script, skeleton
from accord.match.v1.similar import WordColumns, similarities
from accord.match.v1.vocabulary import Kind, Role

KNOTS = np.array([0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0])
_WIDTHS = (1, 2, 3, 4, 6, LONGEST_NAME)
_JOINED = 0.6
_LEAST = 0.05


@dataclass(frozen=True, slots=True)
class NameColumns:
    """Unique names as padded arrays, and their words joined with the next one."""

    words: WordColumns
    rows: Ints  # (names, LONGEST_NAME) vocabulary rows, -1 for none
    counts: Ints
    order: Ints  # canonical order of names
    forms: Ints
    joined: Ints  # (names, LONGEST_NAME) rows of `joined_latin`, -1 for none
    joined_latin: np.ndarray
    joined_skeleton: np.ndarray
    joined_length: Ints

    @classmethod
    def of(cls, table: Table) -> NameColumns:
        counts = np.minimum(table.name_words.lengths, LONGEST_NAME)
        rows = np.full((len(counts), LONGEST_NAME), -1, dtype=np.int64)
        place = np.arange(LONGEST_NAME) < counts[:, None]
        rows[place] = table.name_words.items
        words = WordColumns.of(table.vocabulary)
        texts = [(*(table.vocabulary.text[row] for row in line if row >= 0), str(form)) for line, form in
                 zip(rows.tolist(), table.name_forms.tolist(), strict=True)]  # fmt: skip
        order = np.empty(len(texts), dtype=np.int64)
        order[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
        joined, latin_forms = _joined(rows, words)
        bones = np.array([*(skeleton(form) for form in latin_forms), ""], dtype=object)[:-1]
        lengths = np.array([len(form) for form in latin_forms], dtype=np.int64)
        forms = np.array([*latin_forms, ""], dtype=object)[:-1]
        return cls(words, rows, counts, order, table.name_forms, joined, forms, bones, lengths)


def _joined(rows: Ints, words: WordColumns) -> tuple[Ints, list[str]]:
    """Rows of the Latin forms of each word with the next; numbers and generic words are not joined."""
    first, second = rows[:, :-1], rows[:, 1:]
    spelled = np.isin(words.role, (Role.NAME, Role.PATRONYMIC, Role.PARTICLE, Role.GENERIC, Role.INITIAL))
    usable = (first >= 0) & (second >= 0)
    usable[usable] &= spelled[first[usable]] & spelled[second[usable]]
    code = first[usable] * (len(words.role) + 1) + second[usable]
    unique, inverse = np.unique(code, return_inverse=True)
    left, right = np.divmod(unique, len(words.role) + 1)
    joined = np.full(rows.shape, -1, dtype=np.int64)
    joined[:, :-1][usable] = inverse
    return joined, (words.latin[left] + words.latin[right]).tolist() if len(unique) else []


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
    person: Floats  # 1 for names of persons
    thing: Floats  # 1 for names of vessels, vehicles, objects
    across: Floats  # 1 when one name is in Latin letters and the other is not
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
    """Name pairs of one padded width. `steps` collects the word pairs of the first name pair, for explanations."""

    similar: Floats  # (n, width, width)
    weight_a: Floats
    weight_b: Floats
    free_a: np.ndarray
    free_b: np.ndarray
    steps: list[WordPair] = field(default_factory=list)


def align(names: NameColumns, left: Ints, right: Ints) -> Alignments:
    """Align each pair of names (rows of `names`)."""
    swap = names.order[left] > names.order[right]
    first, second = np.where(swap, right, left), np.where(swap, left, right)
    longest = np.maximum(names.counts[first], names.counts[second])
    out = {name: np.zeros(len(left)) for name in Alignments.__slots__ if name != "agreed"}
    agreed = np.zeros((len(left), len(KNOTS)))
    bucket = np.searchsorted(_WIDTHS, longest)
    for number, width in enumerate(_WIDTHS):
        chosen = np.flatnonzero(bucket == number)
        if len(chosen):
            part = _align_width(names, first[chosen], second[chosen], width)
            for name, column in out.items():
                column[chosen] = part[name]
            agreed[chosen] = part["agreed"]
    return Alignments(agreed=agreed, **out)


def word_pairs(names: NameColumns, left: int, right: int) -> list[WordPair]:
    """The alignment of one pair of names, word by word, the surest first."""
    swap = bool(names.order[left] > names.order[right])
    first, second = np.array([right if swap else left]), np.array([left if swap else right])
    width = int(max(names.counts[left], names.counts[right]))
    batch = _batch(names, first, second, _WIDTHS[int(np.searchsorted(_WIDTHS, width))])
    _match_words(names, batch, first, second)
    steps = [WordPair(step.right, step.left, step.similar, step.weight) if swap else step for step in batch.steps]
    return sorted(steps, key=lambda step: (-step.similar * step.weight, step.left))


def _batch(names: NameColumns, first: Ints, second: Ints, width: int) -> _Batch:
    a, b = names.rows[first, :width], names.rows[second, :width]
    weight = np.append(names.words.weight, 0.0)
    return _Batch(_word_matrix(names, a, b), weight[a], weight[b], a >= 0, b >= 0)


def _word_matrix(names: NameColumns, a: Ints, b: Ints) -> Floats:
    """(n, width, width) similarities of the words of paired names; each unique word pair is compared once."""
    left = np.broadcast_to(a[:, :, None], (*a.shape, b.shape[1]))
    right = np.broadcast_to(b[:, None, :], left.shape)
    valid = (left >= 0) & (right >= 0)
    low, high = np.minimum(left[valid], right[valid]), np.maximum(left[valid], right[valid])
    unique, inverse = np.unique(low * (len(names.words.role) + 1) + high, return_inverse=True)
    found = similarities(names.words, *np.divmod(unique, len(names.words.role) + 1))
    matrix = np.full(left.shape, -1.0)
    matrix[valid] = found[inverse]
    return matrix


def _align_width(names: NameColumns, first: Ints, second: Ints, width: int) -> dict[str, Floats]:
    batch = _batch(names, first, second, width)
    agreed, pairs = _match_words(names, batch, first, second)
    return _summary(names, first, second, batch, agreed, pairs)


def _match_words(names: NameColumns, batch: _Batch, first: Ints, second: Ints) -> tuple[Floats, Floats]:
    """Greedy one-to-one alignment: the pair that brings most, then the next. Returns `agreed` and `pairs`."""
    width = batch.similar.shape[1]
    agreed = np.zeros((len(first), len(KNOTS)))
    pairs = np.zeros(len(first))
    _join(names, batch, first, second, agreed, pairs, flip=False)
    _join(names, batch, first, second, agreed, pairs, flip=True)
    for _ in range(width):
        gain = batch.similar * np.sqrt(batch.weight_a[:, :, None] * batch.weight_b[:, None, :])
        gain[~(batch.free_a[:, :, None] & batch.free_b[:, None, :])] = -1.0
        gain[batch.similar < _LEAST] = -1.0
        best = gain.reshape(len(first), -1).argmax(axis=1)
        row, column = np.divmod(best, width)
        at = np.arange(len(first))
        go = gain[at, row, column] > 0
        if not go.any():
            break
        at, row, column = at[go], row[go], column[go]
        weight_pair = np.sqrt(batch.weight_a[at, row] * batch.weight_b[at, column])
        _add(agreed, at, batch.similar[at, row, column], weight_pair)
        pairs[at] += 1
        batch.free_a[at, row] = False
        batch.free_b[at, column] = False
        if at[0] == 0:
            p, q = int(row[0]), int(column[0])
            batch.steps.append(WordPair((p,), (q,), float(batch.similar[0, p, q]), float(weight_pair[0])))
    return agreed, pairs


def _add(agreed: Floats, at: Ints, similar: Floats, weight: Floats) -> None:
    """Spread a weight over the two knots around its similarity."""
    upper = np.clip(np.searchsorted(KNOTS, similar), 1, len(KNOTS) - 1)
    share = np.clip((similar - KNOTS[upper - 1]) / (KNOTS[upper] - KNOTS[upper - 1]), 0.0, 1.0)
    agreed[at, upper] += weight * share
    agreed[at, upper - 1] += weight * (1 - share)


def _join(
    names: NameColumns, batch: _Batch, first: Ints, second: Ints, agreed: Floats, pairs: Floats, *, flip: bool
) -> None:
    """Let two adjacent words of one name go with one word of the other when that fits better than any single word."""
    width = batch.similar.shape[1]
    a, b = (second, first) if flip else (first, second)
    free_a, free_b = (batch.free_b, batch.free_a) if flip else (batch.free_a, batch.free_b)
    weight_a, weight_b = (batch.weight_b, batch.weight_a) if flip else (batch.weight_a, batch.weight_b)
    single = batch.similar.transpose(0, 2, 1) if flip else batch.similar
    joined, words = names.joined[a, :width], names.rows[b, :width]
    length = names.joined_length
    if not len(length) or width < 2:
        return
    near = np.abs(length[joined][:, :, None] - names.words.length[words][:, None, :]) <= 2
    near &= (joined[:, :, None] >= 0) & (words[:, None, :] >= 0)
    near &= single.max(axis=1, initial=-1.0)[:, None, :] < 0.95
    pair, row, column = np.nonzero(near)
    left, right = joined[pair, row], words[pair, column]
    same = names.joined_latin[left] == names.words.latin[right]
    same |= (names.joined_skeleton[left] == names.words.skeleton[right]) & (length[left] >= 5)
    pair, row, column, left, right = pair[same], row[same], column[same], left[same], right[same]
    for i, p, q, exact in zip(pair, row, column, names.joined_latin[left] == names.words.latin[right], strict=True):
        better = max(single[i, p, q], single[i, p + 1, q]) < _JOINED
        if better and free_a[i, p] and free_a[i, p + 1] and free_b[i, q]:
            value = np.array([1.0 if exact else 0.9])
            weight = max(weight_a[i, p] + weight_a[i, p + 1], weight_b[i, q])
            _add(agreed, np.array([i]), value, np.array([min(weight, 9.0)]))
            pairs[i] += 1
            free_a[i, p] = free_a[i, p + 1] = free_b[i, q] = False
            if i == 0:
                joined_words, single_word = (int(p), int(p) + 1), (int(q),)
                sides = (single_word, joined_words) if flip else (joined_words, single_word)
                batch.steps.append(WordPair(sides[0], sides[1], float(value[0]), float(min(weight, 9.0))))


def _summary(
    names: NameColumns, first: Ints, second: Ints, batch: _Batch, agreed: Floats, pairs: Floats
) -> dict[str, Floats]:
    width = batch.similar.shape[1]
    role = np.append(names.words.role, -1)
    role_a, role_b = role[names.rows[first, :width]], role[names.rows[second, :width]]
    spelled_a = batch.free_a & (role_a != Role.NUMBER) & (role_a != Role.GENERIC)
    spelled_b = batch.free_b & (role_b != Role.NUMBER) & (role_b != Role.GENERIC)
    left_a, left_b = (batch.weight_a * spelled_a).sum(axis=1), (batch.weight_b * spelled_b).sum(axis=1)
    generic_a = (batch.weight_a * (batch.free_a & (role_a == Role.GENERIC))).sum(axis=1)
    generic_b = (batch.weight_b * (batch.free_b & (role_b == Role.GENERIC))).sum(axis=1)
    number_a, number_b = role_a == Role.NUMBER, role_b == Role.NUMBER
    open_a, open_b = (batch.free_a & number_a).any(axis=1), (batch.free_b & number_b).any(axis=1)
    form_a, form_b = names.forms[first], names.forms[second]
    both_forms = (form_a >= 0) & (form_b >= 0)
    over = np.where(open_a & open_b, 1.0, np.where(open_a | open_b, 0.5, 0.0))
    nothing_left = (left_a + left_b + generic_a + generic_b + over) == 0
    return {
        "agreed": agreed,
        "left_over": np.minimum(left_a, left_b),
        "one_sided": np.abs(left_a - left_b),
        "numbers_differ": over,
        "pairs": pairs,
        "weight": np.minimum(batch.weight_a.sum(axis=1), batch.weight_b.sum(axis=1)),
        "exact": (nothing_left & (agreed[:, :-1].sum(axis=1) == 0)).astype(np.float64),
        "generic_one_sided": np.abs(generic_a - generic_b),
        "generic_left": np.minimum(generic_a, generic_b),
        "person": (names.words.kind[names.rows[first, 0]] == Kind.PERSON).astype(np.float64),
        "thing": (names.words.kind[names.rows[first, 0]] == Kind.THING).astype(np.float64),
        "across": (_written_otherwise(names, first) != _written_otherwise(names, second)).astype(np.float64),
        "forms": np.where(both_forms, np.where(form_a == form_b, -1.0, 1.0), 0.0),
    }


def _written_otherwise(names: NameColumns, rows: Ints) -> np.ndarray:
    """True for names with a word in letters other than Latin."""
    script = np.append(names.words.script, Script.LATIN)[names.rows[rows]]
    return np.asarray(((script != Script.LATIN) & (script != Script.NUMBER)).any(axis=1))
