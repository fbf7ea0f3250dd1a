"""Words: each unique word of all names is analysed once and becomes a row of columns.

Invariants: a word's row depends on the word and on the kind of thing that carries it, never on the other data, so a
pair has one score in whatever batch it is compared and at whichever partner. Rarity is in nats (-ln of the share of
names with the word), from a small table of our own (`common_words.txt`), by length when the table lacks the word.

>>> vocabulary = Vocabulary()
>>> row = vocabulary.add("мохаммед", Kind.PERSON)
>>> vocabulary.latin[row], vocabulary.rarity[row] < vocabulary.rarity[vocabulary.add("zawahiri", Kind.PERSON)]
('mokhammed', True)
"""

from __future__ import annotations

import math
import re
from enum import IntEnum
from functools import cache
from importlib import resources

from accord.match.v1 import lexicon
from accord.match.v1.chinese import CONCEPTS, is_han
from accord.match.v1.script import Script, latin, script_of, skeleton
from accord.records.clean import country


class Kind(IntEnum):
    """What carries a name; decides which lexicon applies and how names are compared."""

    PERSON = 0
    BODY = 1  # companies, organisations, legal entities
    THING = 2  # vessels, aircraft, vehicles, objects
    OTHER = 3
    AIRCRAFT = 4  # named by its tail number


class Role(IntEnum):
    """What a word does in a name."""

    NAME = 0
    PATRONYMIC = 1
    GENERIC = 2
    NUMBER = 3
    INITIAL = 4
    FORM = 5
    HONORIFIC = 6
    PARTICLE = 7


DROPPED = (Role.FORM, Role.HONORIFIC, Role.PARTICLE)
# how much of its rarity a word brings: a patronymic follows from a family, a generic word only says what kind of body
_ROLE_SHARE = {
    Role.NAME: 1.0,
    Role.PATRONYMIC: 0.6,
    Role.GENERIC: 0.35,
    Role.NUMBER: 1.0,
    Role.INITIAL: 1.0,
    Role.FORM: 0.1,
    Role.HONORIFIC: 0.1,
    Role.PARTICLE: 0.1,
}
_BY_LENGTH = (1.0, 2.0, 3.5, 5.0, 6.0, 6.8, 7.4, 7.8, 8.2)
NUMBER_RARITY, GENERIC_RARITY = 4.5, 4.5
_PATRONYMIC = re.compile(
    r"(ov|ev|av|iv|yev|jev|auv)(ich|ych|yc|ic|itch|its|itsch|na|nna)$|(ovna|evna|auna|eŭna|ivna|inichna)$"
)
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
_DIGITS = re.compile(r"[0-9]+")
_ORDINAL = re.compile(r"([0-9]+)(?:st|nd|rd|th|y|i|ya|ja|e|o|a)")  # 77th, 27-й
COUNTRY_LETTERS = 4


@cache
def _shares() -> tuple[dict[str, float], dict[str, float]]:
    """Share of names by Latin form (variants counted together) and by skeleton."""
    text = resources.files("accord.match.v1").joinpath("common_words.txt").read_text()
    by_word: dict[str, float] = {}
    for line in text.splitlines():
        word, tenths = line.split()
        by_word[word] = math.exp(-int(tenths) / 10)
    by_group: dict[str, float] = {}
    for word, share in by_word.items():
        for group in lexicon.variants(word):
            by_group[group] = max(by_group.get(group, 0.0), share)
    by_skeleton: dict[str, float] = {}
    for word, share in by_word.items():
        key = skeleton(word)
        by_skeleton[key] = by_skeleton.get(key, 0.0) + share
    for word in lexicon.known_variants():
        by_word[word] = max(by_word.get(word, 0.0), *(by_group.get(group, 0.0) for group in lexicon.variants(word)))
    return by_word, by_skeleton


def _rarity(form: str, bones: str, script: Script) -> float:
    by_word, by_skeleton = _shares()
    length = len(form) if script is not Script.ABJAD else len(form) + 1
    by_length = _BY_LENGTH[min(length, len(_BY_LENGTH) - 1)]
    share = by_word.get(form)
    if share:
        return min(by_length, -math.log(share))
    near = by_skeleton.get(bones)
    if near:  # a spelling of something common, probably
        return min(by_length, max(2.8, -math.log(near) + 0.7))
    return by_length


class Vocabulary:
    """Unique (word, kind) rows; the columns are parallel lists indexed by row number."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, Kind], int] = {}
        self.text: list[str] = []
        self.latin: list[str] = []
        self.skeleton: list[str] = []
        self.script: list[int] = []
        self.kind: list[int] = []
        self.role: list[int] = []
        self.rarity: list[float] = []  # nats
        self.weight: list[float] = []  # nats, after the share of its role
        self.group: list[int] = []  # concept or variant group, -1 for none
        self.second_group: list[int] = []
        self.place: list[bool] = []  # a generic word that names a country
        self._groups: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.text)

    def group_labels(self) -> list[str]:
        """What the numbers in `group` and `second_group` stand for."""
        return list(self._groups)

    def add(self, word: str, kind: Kind, role: Role | None = None) -> int:
        """The row of a word of a name, analysed at its first appearance; `role` when the place in the name tells it."""
        key = (word if role is None else f"{word}\0{role}", kind)
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = self._analyse(word, kind, role)
        return row

    def _analyse(self, word: str, kind: Kind, role: Role | None) -> int:
        script, form = script_of(word), latin(word)
        groups = sorted(lexicon.variants(form)) if kind is Kind.PERSON else []
        if role is None:
            role = _role(word, form, kind)
        if role is Role.NUMBER:
            ordinal = _ORDINAL.fullmatch(form)
            form = bones = _ROMAN.get(form, ordinal[1] if ordinal else form).lstrip("0") or "0"
            rarity = NUMBER_RARITY
        elif role is Role.GENERIC:
            label = _concept(word, form) or form
            groups, bones, rarity = [label], skeleton(form), GENERIC_RARITY
        else:
            bones = skeleton(form)
            rarity = _rarity(form, bones, script)
        self.text.append(word)
        self.latin.append(form)
        self.skeleton.append(bones)
        self.script.append(int(script))
        self.kind.append(int(kind))
        self.role.append(int(role))
        self.rarity.append(rarity)
        self.weight.append(rarity * _ROLE_SHARE[role])
        codes = [self._groups.setdefault(group, len(self._groups)) for group in groups[:2]]
        self.group.append(codes[0] if codes else -1)
        self.second_group.append(codes[1] if len(codes) > 1 else -1)
        self.place.append(role is Role.GENERIC and _concept(word, form) == country(word) is not None)
        return len(self.text) - 1


def _role(word: str, form: str, kind: Kind) -> Role:
    if _DIGITS.fullmatch(form) or (kind is not Kind.PERSON and (form in _ROMAN or _ORDINAL.fullmatch(form))):
        return Role.NUMBER
    if kind is not Kind.PERSON and word in lexicon.FUNCTION_WORDS:
        return Role.PARTICLE
    if kind is Kind.PERSON:
        if word in lexicon.PARTICLES:
            return Role.PARTICLE
        if word in lexicon.HONORIFICS:
            return Role.HONORIFIC
        if len(form) <= 1 and script_of(word) is not Script.HAN:
            return Role.INITIAL
        if len(form) >= 7 and _PATRONYMIC.search(form):
            return Role.PATRONYMIC
        return Role.NAME
    if kind is Kind.BODY and _concept(word, form):
        return Role.GENERIC
    return Role.NAME


def _concept(word: str, form: str) -> str | None:
    """What a generic word of a body's name stands for in any language: a trade, a form of body, or a country."""
    return lexicon.concept(word) or CONCEPTS.get(word) or _country_named(word) or lexicon.concept(form)


def _country_named(word: str) -> str | None:
    """The country that a word of a name is: no short word, which could be anything, unless it is Chinese."""
    return country(word) if len(word) >= (2 if is_han(word) else COUNTRY_LETTERS) else None
