"""How a name's sounds are written: learned costs of one letter standing for another, within and between scripts.

Invariants: symmetric; pure numpy over whole batches of word pairs. A word is read as at most `LONGEST` sounds (sh, ch,
kh, ... are one sound). The worth of an alignment is the sum, over its steps, of how much more often the two sounds
stand for each other in names than by chance (in nats); steps of one word's sound against nothing cost. The tables
(`spelling_costs.json`) were learned by `benchmarks/match/learn_spelling.py` from public-domain token pairs.

>>> columns = sounds(["muammar", "mamr", "merkel"])
>>> near, far = likeness(columns, np.array([0, 0]), np.array([1, 2]), np.array([Table.ABJAD, Table.ABJAD]))
>>> bool(near > far)
True
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache
from importlib import resources

import numpy as np
import orjson
from numpy.typing import NDArray

from accord.match.v1.columns import Floats, Ints

LONGEST = 12
_DIGRAPHS = {"shch": "S", "sch": "S", "sh": "S", "tch": "C", "ch": "C", "zh": "Z", "dzh": "j", "dj": "j", "kh": "X",
             "gh": "G", "th": "T", "dh": "D", "ph": "f", "ts": "c", "tz": "c", "ck": "k",
             "ou": "u", "oo": "u", "ee": "i"}  # fmt: skip
_DIGRAPH = re.compile("|".join(sorted(_DIGRAPHS, key=len, reverse=True)))
_DOUBLED = re.compile(r"(.)\1")
ALPHABET = "abcdefghijklmnopqrstuvwxyzSCZXGTD"
_CODE = {letter: number for number, letter in enumerate(ALPHABET, 1)}
SIZE = len(ALPHABET) + 1  # code 0 is «nothing»


class Table(IntEnum):
    """Which costs apply to a pair of words."""

    LETTERS = 0  # both write vowels
    ABJAD = 1  # one does not write most vowels
    SYLLABLES = 2  # one is Chinese, Japanese or Korean


def sounds(forms: list[str]) -> NDArray[np.int8]:
    """(words, LONGEST) codes of the sounds of Latin forms, 0 after the end."""
    out = np.zeros((len(forms), LONGEST), dtype=np.int8)
    for row, form in enumerate(forms):
        folded = _DOUBLED.sub(r"\1", _DIGRAPH.sub(lambda found: _DIGRAPHS[found.group()], form))
        codes = [_CODE[letter] for letter in folded if letter in _CODE][:LONGEST]
        out[row, : len(codes)] = codes
    return out


@cache
def worths() -> Floats:
    """(tables, SIZE, SIZE): nats that a pair of sounds is worth; row is the non-Latin side; 0 is nothing."""
    raw = resources.files("accord.match.v1").joinpath("spelling_costs.json").read_bytes()
    return np.array(orjson.loads(raw)["worths"], dtype=np.float64).reshape(len(Table), SIZE, SIZE) / 10


def align_sounds(a: NDArray[np.int8], b: NDArray[np.int8], worth: Floats, table: Ints) -> Floats:
    """(LONGEST + 1, LONGEST + 1, n) best worth of each pair of beginnings; `table` chooses the costs per pair."""
    n, size = len(a), LONGEST + 1
    flat = worth.reshape(-1)
    base = table * SIZE * SIZE
    codes_a, codes_b = a.T.astype(np.int64), b.T.astype(np.int64)
    drop = [flat[base + codes * SIZE] for codes in codes_a]
    add = [flat[base + codes] for codes in codes_b]
    best = np.zeros((size, size, n))
    for i in range(1, size):
        best[i, 0] = best[i - 1, 0] + drop[i - 1]
        best[0, i] = best[0, i - 1] + add[i - 1]
    for i in range(1, size):
        row = base + codes_a[i - 1] * SIZE
        for j in range(1, size):
            step = best[i - 1, j - 1] + flat[row + codes_b[j - 1]]
            np.maximum(step, best[i - 1, j] + drop[i - 1], out=step)
            np.maximum(step, best[i, j - 1] + add[j - 1], out=step)
            best[i, j] = step
    return best


def likeness(columns: NDArray[np.int8], left: Ints, right: Ints, table: Ints, worth: Floats | None = None) -> Floats:
    """Worth of the best alignment of each pair of words, in nats per sound of the longer word.

    `left` must be the word that does not write its vowels (or its letters) where the table is not `LETTERS`.
    """
    a, b = columns[left], columns[right]
    length = np.maximum(np.maximum((a > 0).sum(axis=1), (b > 0).sum(axis=1)), 1)
    found: Floats = align_sounds(a, b, worths() if worth is None else worth, table)[-1, -1] / length
    return found
