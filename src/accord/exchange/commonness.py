"""How common a mark is in the world: by a public table and public rules, never by looking at anybody's data.

A mark is strong when a stranger who is not the same person or thing is most unlikely to give it too. Each fact of a
mark is worth some nats (-ln of the share of people or things that have it); the facts of a mark are added, and a mark
below `STRONG` is dropped. The numbers are rough on purpose and err towards «common»: the words of names come from
`common_words.txt`, those of bodies from `common_body_words.txt` (recipes: benchmarks/exchange/learn_common.py and
learn_common_bodies.py), the rest are the rules below. A name of a body that has no rare word is never worth a mark
alone, however long: «Real Estate Income Fund» is one of many, and companies of one group share such names.

How strong a mark must be depends on how many strangers there are to be taken for somebody. A mark of words out of a
name, of numbers and of places needs `STRONG` nats always; one of a whole name needs less in a small holding (`NAMES`)
if nothing speaks against it, one of two words of a name and the whole date of birth somewhat less (`DATED`).

Invariants: the same mark has the same strength at every party; the tables and the rules are part of the mark scheme.

>>> strength("two name words", "mmt n") < strength("two name words", "ktsltktl plntknt")
True
>>> strength("full date", "1980-01-01") < strength("full date", "1980-05-17")
True
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from importlib.resources import files

from accord.engine import once
from accord.exchange.rules import BY_DATE, BY_NAME

UNLISTED = 8.5  # nats of a word that the table does not list: it may be common where the table did not look
UNLISTED_OF_BODY = 9.6  # the same in the name of a body, whose table is of 84,000 names: two such words are a mark
UNLISTED_OF_THING = 7.5  # the same in the name of a thing: the table is of the words of people's names
TABLES = ("common_words.txt", "common_body_words.txt")
STRONG = 19.2  # nats; how many false pairs that leaves among strangers: benchmarks/exchange/strangers.py
NAMES = ((20_000, 7.5), (100_000, 14.5))  # of a mark of a whole name, in holdings of up to so many records; then STRONG
SHIP = 1.5  # less, of a ship's: the world has 105,000 of 100 tons and more (UNCTAD 2023), so few namesakes
SOUND = 2.0  # more, of the skeletons of a person's name, which names that are not the same share
DATED = ((20_000, 15.5), (100_000, 17.0))  # of two words of a name and the whole date of birth; then STRONG
_YEAR = 4.0  # some sixty years of birth, unevenly
_ABOUT_YEAR = 2.9  # three of them
_DATE = 9.8  # 4.0 and 5.9 for the day of the year, uneven
_FIRST_DAY = 5.5  # 1 January and the like stand for «unknown» in many registers
_COUNTRY = 2.0
_FIXED = {"year": _YEAR, "about year": _ABOUT_YEAR, "country": _COUNTRY, "no date at": 0.0, "no IMO at": 0.0}
_POSTCODE_PER_SIGN, _POSTCODE_MOST = 1.6, 8.0  # people crowd in few postcodes
_HOUSE, _HOUSE_STEP, _HOUSE_MOST = 2.3, 0.03, 5.0  # every street has the low numbers, few have high ones
_NUMBER_PER_SIGN, _NUMBER_MOST = 1.85, 30.0  # numbers are issued in runs, by many who issue the same ones
_PASSPORT = 2.0  # more, beside a country: a country gives each number once, so both together are that very passport
_UNIQUE = 40.0
_NAME_MOST = 26.0
_ONE_WORD_MOST = 5.0  # of a person's whole name: it is somebody's first name, or a family's
_LONE_WORD = 0.5  # less for a single word of a name: families share one, and a postcode and a house with it
_COMMON_NAME = 13.0  # most of a body's name of common words: relatives share it, and its words go together
_NUMBER_IN_NAME = 2.0  # funds, ships and branches are counted
_GENERIC_SHARE = 0.85  # the words of one name go together (families, regions): their nats do not quite add up


@cache
def least(rule: tuple[str, ...], records: int) -> float:
    """The nats that a mark of this rule needs where no holding has more than so many records.

    Two holdings of that size with nobody in common give some 100 false pairs at most
    (benchmarks/exchange/strangers.py). Above a million records it is that of a million.
    """
    limits = NAMES if rule in BY_NAME else DATED if rule in BY_DATE else ()
    nats = next((nats for most, nats in limits if records <= most), STRONG)
    if nats == STRONG or rule not in BY_NAME:
        return nats
    return nats - SHIP if "thing" in rule[0] else nats + SOUND if rule[0] == "whole name" else nats


def strength(fact: str, value: str) -> float:
    """The nats that one fact with this value is worth."""
    if fact == "identifier":
        return _UNIQUE
    if fact in ("number", "long number"):
        kind, _, number = value.partition(" ")
        issued_once = _PASSPORT if (fact, kind) == ("long number", "passport") else 0.0
        return min(_NUMBER_PER_SIGN * len(number) + issued_once, _NUMBER_MOST)
    if fact == "full date":
        return _FIRST_DAY if value.endswith("-01-01") else _DATE
    if fact == "postcode":
        return min(_POSTCODE_PER_SIGN * len(value), _POSTCODE_MOST)
    if fact == "house number":
        return min(_HOUSE + _HOUSE_STEP * int(value[:4]), _HOUSE_MOST)
    if fact in _FIXED:
        return _FIXED[fact]
    if "body" in fact:
        return _body_name(value)
    nats = _name(value, UNLISTED_OF_THING if "thing" in fact else UNLISTED)
    if fact in ("whole name", "spelled name") and " " not in value:
        return min(nats, _ONE_WORD_MOST)
    return nats - _LONE_WORD if fact.endswith("name word") else nats


def _body_name(value: str) -> float:
    words = dict.fromkeys(value.split())  # said twice, a word says no more
    most = _NAME_MOST if any(map(is_rare, words)) else _COMMON_NAME
    return min(sum(map(rarity_in_body, words)), most)


@lru_cache(1 << 16)
def rarity_in_body(word: str) -> float:
    """The nats of one word of a body's name; founders' names are as common there as among people at least."""
    if word.isdecimal():
        return _NUMBER_IN_NAME
    listed = min(table(word, math.inf) for table in (_table().get, _body_table().get))
    return min(listed, UNLISTED_OF_BODY, 2.5 * len(word.lstrip("=")))


def is_rare(word: str) -> bool:
    """Whether neither table lists a word of a body's name: only such a word tells one body from its relatives."""
    return not (word.isdecimal() or word in _body_table() or word in _table())


def _name(value: str, unlisted: float) -> float:
    words = value.split()
    nats = [min(rarity(word), unlisted) for word in words]
    return min(sum(nats) * (_GENERIC_SHARE if len(nats) > 1 else 1.0), _NAME_MOST)


@lru_cache(1 << 16)
def rarity(word: str) -> float:
    """The nats of one word of a name: a skeleton, or `=word` as it is spelled."""
    listed = _table().get(word)
    if listed is not None:
        return listed
    return min(UNLISTED, 2.5 * len(word.lstrip("=")))


@cache
def table_bytes(name: str) -> bytes:
    """A table as it is shipped: part of the digest of the mark scheme."""
    return files("accord.exchange").joinpath(name).read_bytes()


def _read(name: str) -> dict[str, float]:
    lines = (line.split() for line in table_bytes(name).decode().splitlines())
    return {word: int(tenths) / 10 for word, tenths in lines}


@once
def _table() -> dict[str, float]:
    return _read("common_words.txt")


@once
def _body_table() -> dict[str, float]:
    return _read("common_body_words.txt")
