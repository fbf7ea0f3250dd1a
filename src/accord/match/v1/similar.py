"""Word pairs: how likely two words are one word, spelled or written differently.

Invariants: symmetric; 1 for equal words, 0 for numbers that differ; computed once per unique pair of words. Letters,
consonant skeletons and known variants all count; between scripts the skeleton counts more, because vowels get lost.

>>> from accord.match.v1.vocabulary import Kind, Vocabulary
>>> vocabulary = Vocabulary()
>>> rows = np.array([vocabulary.add(word, Kind.PERSON) for word in ("каддафи", "qadhafi", "merkel")])
>>> near, far = similarities(WordColumns.of(vocabulary), rows[[0, 0]], rows[[1, 2]])
>>> bool(near > 0.7), bool(far < 0.2)
(True, True)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.match.v1.columns import Floats, Ints
from accord.match.v1.script import Script
from accord.match.v1.spelling import Table, likeness, sounds
from accord.match.v1.strings import Strings
from accord.match.v1.vocabulary import Role, Vocabulary
from accord.match.v1.weights import WORDS

VARIANT, INITIAL = 0.93, 0.5
_SHORT = 3
_WORTH_A_LOOK = 0.4  # below this likeness of letters and skeletons, sounds are not aligned
# how much a script leaves open: the word in the more open script is read by the other's letters
_OPENNESS = np.array([0, 1, 2, 3, 3, 3, 0])
_EAST_ASIAN = (Script.HANGUL, Script.KANA, Script.HAN)


def _choose_table(a: Script, b: Script) -> Table:
    if _OPENNESS[a] == _OPENNESS[b]:
        return Table.LETTERS  # the one symmetric table: neither word is read by the other's letters
    if a in _EAST_ASIAN or b in _EAST_ASIAN:
        return Table.SYLLABLES
    return Table.ABJAD if Script.ABJAD in (a, b) else Table.LETTERS


_LEARNED = np.array(WORDS)
_TABLES = np.array([[_choose_table(a, b) for b in Script] for a in Script], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class WordColumns:
    """A vocabulary as arrays. All but the strings and sounds have a last row more, for no word (row -1).

    `form` and `bone` number the distinct Latin forms and skeletons.
    """

    letters: Strings
    bones: Strings
    form: Ints
    bone: Ints
    script: Ints
    role: Ints
    kind: Ints
    weight: Floats
    group: Ints
    second_group: Ints
    place: NDArray[np.bool_]
    sounds: NDArray[np.int8]

    @classmethod
    def of(cls, words: Vocabulary) -> WordColumns:
        forms, form = _numbered(words.latin)
        _, bone = _numbered(words.skeleton)
        return cls(
            letters=Strings.of(words.latin),
            bones=Strings.of(words.skeleton),
            form=form,
            bone=bone,
            script=np.array([*words.script, Script.LATIN], dtype=np.int64),
            role=np.array([*words.role, -1], dtype=np.int64),
            kind=np.array([*words.kind, -1], dtype=np.int64),
            weight=np.array([*words.weight, 0.0], dtype=np.float64),
            group=np.array([*words.group, -1], dtype=np.int64),
            second_group=np.array([*words.second_group, -1], dtype=np.int64),
            place=np.array([*words.place, False], dtype=bool),
            sounds=sounds(forms)[form[:-1]],
        )


def _numbered(texts: list[str]) -> tuple[list[str], Ints]:
    """The distinct texts, and the number of each text among them; -2 at the end, for no word."""
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    return list(numbers), np.array([*(numbers[text] for text in texts), -2], dtype=np.int64)


def features(words: WordColumns, left: Ints, right: Ints) -> tuple[Floats, Ints]:
    """What is seen of word pairs, (n, 4): letters, skeletons, sounds, shortness; and the table of sounds used."""
    letters = 0.5 * words.letters.likeness(left, right)
    letters += 0.5 * words.letters.jaro_winkler(left, right)
    bones = words.bones.likeness(left, right)
    table = _TABLES[words.script[left], words.script[right]]
    swap = _OPENNESS[words.script[left]] < _OPENNESS[words.script[right]]
    first, second = np.where(swap, right, left), np.where(swap, left, right)
    worth = np.full(len(left), -3.0)
    near = np.flatnonzero(np.maximum(letters, bones) >= _WORTH_A_LOOK)
    worth[near] = np.maximum(likeness(words.sounds, first[near], second[near], table[near]), -3.0)
    lengths = words.letters.lengths
    short = (np.minimum(lengths[left], lengths[right]) <= _SHORT).astype(np.float64)
    return np.column_stack([letters, bones, worth, short]), table


def similarities(words: WordColumns, left: Ints, right: Ints) -> Floats:
    """Probability-like similarity in [0, 1] of each pair of vocabulary rows."""
    seen, table = features(words, left, right)
    learned = _LEARNED[table]
    odds = learned[:, 0] + (seen * learned[:, 1:]).sum(axis=1)
    return _by_role(words, left, right, np.minimum(1 / (1 + np.exp(-odds)), 0.99))


def _by_role(words: WordColumns, left: Ints, right: Ints, found: Floats) -> Floats:
    """What the roles of the two words say over and above their letters."""
    same_letters = words.form[left] == words.form[right]
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
    first = words.letters.firsts
    return np.where(initial, np.where(first[left] == first[right], INITIAL, 0.0), found)
