"""How common a mark is in the world: by a public table and public rules, never by looking at anybody's data.

A mark is strong when a stranger who is not the same person or thing is most unlikely to give it too. Each fact of a
mark is worth some nats (-ln of the share of people or things that have it); the facts of a mark are added, and a mark
below `STRONG` is dropped. The numbers are rough on purpose and err towards «common»: the words of names come from
`common_words.txt` (recipe: benchmarks/exchange/learn_common.py), the rest are the rules below.

Invariants: the same mark has the same strength at every party; the table and the rules are part of the mark scheme.

>>> strength("two name words", "mmt n") < strength("two name words", "ktsltktl plntknt")
True
>>> strength("full date", "1980-01-01") < strength("full date", "1980-05-17")
True
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from accord.engine import once

UNLISTED = 8.5  # nats of a word that the table does not list: it may be common where the table did not look
UNLISTED_OF_BODY = 7.5  # the same in the name of a body or thing: the table is of the words of people's names
STRONG = 19.2  # nats; how many false pairs that leaves among strangers: benchmarks/exchange/strangers.py
_YEAR = 4.0  # some sixty years of birth, unevenly
_DATE = 9.8  # 4.0 and 5.9 for the day of the year, uneven
_FIRST_DAY = 5.5  # 1 January and the like stand for «unknown» in many registers
_COUNTRY = 2.0
_POSTCODE_PER_SIGN, _POSTCODE_MOST = 1.6, 8.0  # people crowd in few postcodes
_HOUSE, _HOUSE_STEP, _HOUSE_MOST = 2.3, 0.03, 5.0  # every street has the low numbers, few have high ones
_NUMBER_PER_SIGN, _NUMBER_MOST = 1.85, 30.0  # numbers are issued in runs, by many who issue the same ones
_PASSPORT = 2.0  # more, beside a country: a country gives each number once, so both together are that very passport
_UNIQUE = 40.0
_NAME_MOST = 26.0
_LONE_WORD = 0.5  # less for a single word of a name: families share one, and a postcode and a house with it
_GENERIC_SHARE = 0.85  # the words of one name go together (families, regions): their nats do not quite add up


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
    fixed = {"year": _YEAR, "country": _COUNTRY}.get(fact)
    if fixed is not None:
        return fixed
    nats = _name(value, UNLISTED_OF_BODY if "body" in fact else UNLISTED)
    return nats - _LONE_WORD if fact.endswith("name word") else nats


def _name(value: str, unlisted: float) -> float:
    words = value.split()
    nats = [min(rarity(word), unlisted) for word in words]
    return min(sum(nats) * (_GENERIC_SHARE if len(nats) > 1 else 1.0), _NAME_MOST)


def rarity(word: str) -> float:
    """The nats of one word of a name: a skeleton, or `=word` as it is spelled."""
    listed = _table().get(word)
    if listed is not None:
        return listed
    return min(UNLISTED, 2.5 * len(word.lstrip("=")))


@cache
def table_bytes() -> bytes:
    """The table as it is shipped: part of the digest of the mark scheme."""
    return files("accord.exchange").joinpath("common_words.txt").read_bytes()


@once
def _table() -> dict[str, float]:
    lines = (line.split() for line in table_bytes().decode().splitlines())
    return {word: int(tenths) / 10 for word, tenths in lines}
