"""Word pairs: how likely two words are one word, spelled or written differently.

Invariants: symmetric; 1 for equal words, 0 for numbers that differ; computed once per unique pair of words. Letters,
consonant skeletons and known variants all count; between scripts the skeleton counts more, because vowels get lost.

>>> from accord.match.v1.vocabulary import Kind, Vocabulary
>>> vocabulary = Vocabulary()
>>> rows = np.array([vocabulary.add(word, Kind.PERSON) for word in ("каддафи", "qadhafi", "merkel")])
>>> near, far = similarities(WordColumns.of(vocabulary), rows[[0, 0]], rows[[1, 2]])
>>> bool(near > 0.7), bool(far < 0.4)
(True, True)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import JaroWinkler, Levenshtein
from rapidfuzz.process import cpdist

from accord.match.v1.columns import Floats, Ints
from accord.match.v1.vocabulary import Role, Vocabulary

VARIANT, INITIAL = 0.93, 0.75
_SHORT = 3


@dataclass(frozen=True, slots=True)
class WordColumns:
    """A vocabulary as arrays; `latin` and `skeleton` are object arrays of strings."""

    latin: np.ndarray
    skeleton: np.ndarray
    script: Ints
    role: Ints
    weight: Floats
    group: Ints
    second_group: Ints
    length: Ints

    @classmethod
    def of(cls, words: Vocabulary) -> WordColumns:
        return cls(
            latin=np.array([*words.latin, ""], dtype=object)[:-1],
            skeleton=np.array([*words.skeleton, ""], dtype=object)[:-1],
            script=np.array(words.script, dtype=np.int64),
            role=np.array(words.role, dtype=np.int64),
            weight=np.array(words.weight, dtype=np.float64),
            group=np.array(words.group, dtype=np.int64),
            second_group=np.array(words.second_group, dtype=np.int64),
            length=np.array([len(form) for form in words.latin], dtype=np.int64),
        )


def _cpdist(left: np.ndarray, right: np.ndarray, scorer: Callable[..., float]) -> Floats:
    found: Floats = cpdist(left.tolist(), right.tolist(), scorer=scorer, dtype=np.float64, workers=1)
    return found


def similarities(words: WordColumns, left: Ints, right: Ints) -> Floats:
    """Similarity in [0, 1] of each pair of vocabulary rows."""
    letters = 0.5 * _cpdist(words.latin[left], words.latin[right], Levenshtein.normalized_similarity)
    letters += 0.5 * _cpdist(words.latin[left], words.latin[right], JaroWinkler.similarity)
    bones = _cpdist(words.skeleton[left], words.skeleton[right], Levenshtein.normalized_similarity)
    across = words.script[left] != words.script[right]
    found = np.where(across, 0.4 * letters + 0.6 * bones, 0.75 * letters + 0.25 * bones)
    short = np.minimum(words.length[left], words.length[right]) <= _SHORT
    found = np.where(short & ~across, found * 0.8, found)
    return _by_role(words, left, right, found)


def _by_role(words: WordColumns, left: Ints, right: Ints, found: Floats) -> Floats:
    """What the roles of the two words say over and above their letters."""
    same_letters = words.latin[left] == words.latin[right]
    found = np.where(
        same_letters, np.where(words.script[left] == words.script[right], 1.0, np.maximum(found, 0.97)), found
    )
    a1, a2, b1, b2 = words.group[left], words.second_group[left], words.group[right], words.second_group[right]
    shared = (a1 >= 0) & ((a1 == b1) | (a1 == b2)) | (a2 >= 0) & ((a2 == b1) | (a2 == b2))
    role_a, role_b = words.role[left], words.role[right]
    generic = (role_a == Role.GENERIC) & (role_b == Role.GENERIC)
    found = np.where(shared, np.maximum(found, np.where(generic, 1.0, VARIANT)), found)
    found = np.where(generic & ~shared, found * 0.7, found)
    number = (role_a == Role.NUMBER) | (role_b == Role.NUMBER)
    found = np.where(number, np.where(same_letters, 1.0, 0.0), found)
    initial = ((role_a == Role.INITIAL) | (role_b == Role.INITIAL)) & ~same_letters
    if initial.any():
        first_a = np.array([form[:1] for form in words.latin[left[initial]]])
        first_b = np.array([form[:1] for form in words.latin[right[initial]]])
        found[initial] = np.where(first_a == first_b, INITIAL, 0.0)
    return found
