"""What a record can be found by: agreements that few records of a holding share, as 64-bit numbers.

Invariants: equal records give equal keys at every time and place (they are hashes of normal forms, not of positions);
a key of one sort never meets a key of another sort. The sorts and their limits are those of `match.v1.block`.

>>> from accord.records.model import Entity
>>> first, second = keys_of([Entity("a", "Person", {"name": ("Муаммар Каддафи",)}),
...                          Entity("b", "Person", {"name": ("Qadhafi, Muammar",)})])
>>> len({number for number, _ in first} & {number for number, _ in second}) > 2
True
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import combinations

from accord.match.model import NameForm, NormalForms
from accord.match.v1.block import DATE_CAP, IDENTIFIER_CAP, NAME_CAP, PAIR_CAP, WORD_CAP
from accord.match.v1.forms import normal_forms
from accord.records.model import Entity

__all__ = ["CAPS", "keys_of"]

# how many records may share a key before it stops telling them apart, by the last four bits of the key
CAPS = (IDENTIFIER_CAP, PAIR_CAP, WORD_CAP, NAME_CAP, DATE_CAP)
_IDENTIFIER, _PAIR, _WORD, _NAME, _CONTEXT = range(len(CAPS))
_HEAD = 3
_SORT_BITS = 4


def keys_of(entities: Iterable[Entity]) -> list[list[tuple[int, int]]]:
    """For each record its keys, each as (number, limit), without repeats and in order."""
    return [
        sorted({(_number(sort, text), CAPS[sort]) for sort, text in _texts(form)}) for form in normal_forms(entities)
    ]


def _number(sort: int, text: str) -> int:
    digest = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
    return digest >> _SORT_BITS << _SORT_BITS | sort


def _texts(form: NormalForms) -> Iterator[tuple[int, str]]:
    for kind, value in form.identifiers:
        yield _IDENTIFIER, f"{kind}\0{value}"
    for name in form.names:
        yield from _of_name(name)
        for date in form.dates:
            for bones in name.skeleton:
                yield _CONTEXT, f"year\0{date.year}\0{bones}"
                if date.day:
                    yield _CONTEXT, f"day\0{date}\0{bones[:_HEAD]}"
        for code in form.postcodes:
            for bones in name.skeleton:
                yield _CONTEXT, f"code\0{code}\0{bones[:_HEAD]}"


def _of_name(name: NameForm) -> Iterator[tuple[int, str]]:
    words = (*name.skeleton, *(f"#{number}" for number in name.numbers))
    for first, second in combinations(sorted(set(words)), 2):
        yield _PAIR, f"pair\0{first}\0{second}"
    heads = sorted({word[:_HEAD] for word in words})
    for first, second in combinations(heads, 2):
        yield _PAIR, f"heads\0{first}\0{second}"
    for word in name.latin:
        yield _WORD, f"word\0{word}"
    for bones in name.skeleton:
        yield _WORD, f"bones\0{bones}"
    yield _NAME, f"latin\0{''.join(name.latin)}\0{''.join(name.numbers)}"
    yield _NAME, f"whole\0{''.join(name.skeleton)}\0{''.join(name.numbers)}"
