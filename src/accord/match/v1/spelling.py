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
from typing import Any

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
_BLOCK = 1 << 12
Worths = NDArray[Any]  # integers in tenths of a nat, or floats while they are learned


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
def worths() -> NDArray[np.int16]:
    """(tables, SIZE, SIZE): tenths of a nat that a pair of sounds is worth; row is the non-Latin side; 0 is nothing."""
    raw = resources.files("accord.match.v1").joinpath("spelling_costs.json").read_bytes()
    return np.array(orjson.loads(raw)["worths"], dtype=np.int16).reshape(len(Table), SIZE, SIZE)


def align_sounds(a: NDArray[np.int8], b: NDArray[np.int8], worth: Worths, table: Ints) -> Worths:
    """(sounds of `a` + 1, sounds of `b` + 1, n) best worth of each pair of beginnings, in the unit of `worth`.

    `a` and `b` are (n, sounds); `table` chooses the costs per pair.
    """
    flat = worth.reshape(-1)
    base = table * SIZE * SIZE
    codes_a, codes_b = a.T.astype(np.int64), b.T.astype(np.int64)
    drop = [flat.take(base + codes * SIZE) for codes in codes_a]
    add = [flat.take(base + codes) for codes in codes_b]
    best: Worths = np.zeros((len(codes_a) + 1, len(codes_b) + 1, len(a)), dtype=worth.dtype)
    for i, lost in enumerate(drop, 1):
        np.add(best[i - 1, 0], lost, out=best[i, 0])
    for j, gained in enumerate(add, 1):
        np.add(best[0, j - 1], gained, out=best[0, j])
    for i, lost in enumerate(drop, 1):
        row = base + codes_a[i - 1] * SIZE
        for j, gained in enumerate(add, 1):
            step = best[i, j]
            np.add(best[i - 1, j - 1], flat.take(row + codes_b[j - 1]), out=step)
            np.maximum(step, best[i - 1, j] + lost, out=step)
            np.maximum(step, best[i, j - 1] + gained, out=step)
    return best


def likeness(columns: NDArray[np.int8], left: Ints, right: Ints, table: Ints) -> Floats:
    """Worth of the best alignment of each pair of words, in nats per sound of the longer word.

    `left` must be the word that does not write its vowels (or its letters) where the table is not `LETTERS`.
    """
    length = (columns > 0).sum(axis=1)
    length_a, length_b = length[left], length[right]
    order = np.argsort((length_a * (LONGEST + 1) + length_b).astype(np.uint8), kind="stable")
    found = np.empty(len(left), dtype=np.float64)
    for start in range(0, len(order), _BLOCK):  # pairs of like length, so that little is computed beyond the ends
        part = order[start : start + _BLOCK]
        longest_a, longest_b = length_a[part].max(), length_b[part].max()
        a, b = columns[left[part], :longest_a], columns[right[part], :longest_b]
        found[part] = align_sounds(a, b, worths(), table[part])[-1, -1]
    found /= 10 * np.maximum(np.maximum(length_a, length_b), 1)
    return found
