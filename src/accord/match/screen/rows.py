"""Analysed records as short byte strings, so that a candidate need not be analysed again at each question.

Invariants: `unpack` of what `pack` gave compares as the records themselves do, to the last bit; a packed record holds
what is compared (names and their words, dates, codes, numbers, words of addresses), its id and its caption, nothing
else of the record.

>>> from accord.match.v1.analyse import analyse
>>> from accord.records.model import Entity
>>> [row] = pack(analyse([Entity("a", "Person", {"name": ("Amina Diallo",)})]), ["Amina Diallo"])
>>> row.id, row.caption, unpack([Row.read(row.written())]).name_texts
('a', 'Amina Diallo', ['Amina Diallo'])
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import orjson

from accord.match.v1.analyse import Table, word_rarity
from accord.match.v1.columns import Ints, Lists
from accord.match.v1.describe import Description
from accord.match.v1.score import NameLimits, numbered, sorted_letters
from accord.match.v1.script import Script
from accord.match.v1.vocabulary import Vocabulary

__all__ = ["Row", "limits_of", "pack", "unpack"]

_CODED = ("nationalities", "countries", "identifier_texts", "places", "addresses", "postcodes")
_WORD_COLUMNS = ("text", "latin", "skeleton", "script", "kind", "role", "weight", "place")
_LATIN, _SCRIPT, _WEIGHT = map(_WORD_COLUMNS.index, ("latin", "script", "weight"))
_COMMON = (Script.LATIN, Script.NUMBER)


@dataclass(frozen=True, slots=True)
class Row:
    """One analysed record in plain values; a name is (text, form, words), both as positions in `words`, -1 for none."""

    id: str
    caption: str
    schema: str
    kind: int
    family: int
    gender: int
    dates: list[int]
    identifiers: list[tuple[str, str]]
    coded: list[list[str]]  # the labels of `_CODED`
    words: list[tuple[Any, ...]]
    names: list[tuple[str, int, list[int]]]
    described: list[Any] | None  # sort, texts by trait

    def written(self) -> bytes:
        """As bytes."""
        return orjson.dumps([getattr(self, name) for name in self.__slots__])

    @classmethod
    def read(cls, data: bytes) -> Row:
        """From bytes. Raises `ValueError` or `TypeError` when they are no row."""
        return cls(*orjson.loads(data))


def pack(table: Table, captions: Sequence[str]) -> list[Row]:
    """The rows of an analysed table, in order; `captions` are what its records are called."""
    words, labels = table.vocabulary, table.labels
    groups = [*words.group_labels(), ""]  # the last, at -1, is none
    columns = [getattr(words, name) for name in _WORD_COLUMNS]
    of_word = [
        (*values, groups[first], groups[second])
        for *values, first, second in zip(*columns, words.group, words.second_group, strict=True)
    ]
    of_name = list(zip(table.name_texts, table.name_forms.tolist(), lists(table.name_words), strict=True))
    labelled = ([[labels[code] for code in row] for row in lists(getattr(table, name))] for name in _CODED)
    coded = zip(*labelled, strict=True)
    numbers = [[table.identifier_values[code] for code in row] for row in lists(table.identifiers)]
    found = []
    for number, (dates, identifiers, texts, names) in enumerate(
        zip(lists(table.dates), numbers, coded, lists(table.names), strict=True)
    ):
        rows = list(dict.fromkeys(row for name in names for row in (*of_name[name][2], of_name[name][1]) if row >= 0))
        place = {row: position for position, row in enumerate(rows)}
        spelled = [
            (text, place.get(form, -1), [place[row] for row in in_order])
            for text, form, in_order in (of_name[name] for name in names)
        ]
        own_words = [of_word[row] for row in rows]
        about = (table.ids[number], captions[number], table.schemas[number])
        own = (int(table.kinds[number]), int(table.families[number]), int(table.genders[number]))
        found.append(
            Row(
                *about,
                *own,
                dates,
                identifiers,
                list(texts),
                own_words,
                spelled,
                _described(table.descriptions.get(number)),
            )
        )
    return found


def unpack(rows: Sequence[Row], *, named: bool = True) -> Table:
    """One table of packed rows. Without `named` it says how many names each record has, and nothing about them."""
    codes: dict[object, int] = {}
    columns: dict[str, Any] = {
        name: _coded([row.coded[place] for row in rows], codes) for place, name in enumerate(_CODED)
    }
    values: dict[tuple[str, str], int] = {}
    identifiers = [[values.setdefault((kind, text), len(values)) for kind, text in row.identifiers] for row in rows]
    kinds: dict[str, int] = {}
    value_kinds = [kinds.setdefault(kind, len(kinds)) for kind, _ in values]
    vocabulary, names = _names_of(rows) if named else _names_counted(rows)
    labels = [str(label) for label in codes]
    return Table(
        ids=[row.id for row in rows],
        schemas=[row.schema for row in rows],
        kinds=_ints(row.kind for row in rows),
        families=_ints(row.family for row in rows),
        genders=_ints(row.gender for row in rows),
        vocabulary=vocabulary,
        **names,
        dates=Lists.of([row.dates for row in rows]),
        **columns,
        identifiers=Lists.of(identifiers),
        identifier_kinds=_ints(value_kinds),
        kinds_held=Lists.of([list(dict.fromkeys(value_kinds[value] for value in row)) for row in identifiers]),
        identifier_values=list(values),
        word_rarity=word_rarity(labels),
        descriptions={number: said for number, row in enumerate(rows) if (said := _description(row.described))},
        labels=labels,
    )


def limits_of(rows: Sequence[Row]) -> NameLimits:
    """What limits what the names of packed rows can say."""
    heaviest, foreign, letters = [], [], []
    for row in rows:
        names = [[row.words[place] for place in places] for _, _, places in row.names]
        heaviest.append(max((sum(word[_WEIGHT] for word in name) for name in names), default=0.0))
        foreign.append(sum(any(word[_SCRIPT] not in _COMMON for word in name) for name in names))
        letters += [sorted_letters("".join(word[_LATIN] for word in name)) for name in names]
    starts = np.cumsum([0, *(len(row.names) for row in rows)])
    return NameLimits(_ints(foreign), np.array(heaviest, dtype=np.float64), Lists(starts, numbered(letters)))


def _described(said: Description | None) -> list[Any] | None:
    return [said.sort, list(said.texts.items())] if said else None


def _description(row: list[Any] | None) -> Description | None:
    return Description(row[0], {trait: tuple(texts) for trait, texts in row[1]}) if row else None


def lists(column: Lists) -> list[list[int]]:
    """The cells of a column as plain lists."""
    starts, items = column.starts.tolist(), column.items.tolist()
    return [items[start:end] for start, end in pairwise(starts)]


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


def _coded(cells: Sequence[Sequence[str]], codes: dict[object, int]) -> Lists:
    """A column of labels as a column of codes; new labels get the next codes."""
    return Lists.of([[codes.setdefault(label, len(codes)) for label in cell] for cell in cells])


def _names_of(rows: Sequence[Row]) -> tuple[Vocabulary, dict[str, Any]]:
    """The words of all names as one vocabulary, and the columns of a `Table` that are about names."""
    words: dict[tuple[Any, ...], int] = {}
    names: dict[tuple[tuple[int, ...], int], int] = {}
    texts: list[str] = []
    borne: list[list[int]] = []
    for row in rows:
        places = [words.setdefault(tuple(word), len(words)) for word in row.words]
        borne.append([])
        for text, form, spelled in row.names:
            key = (tuple(places[place] for place in spelled), places[form] if form >= 0 else -1)
            number = names.setdefault(key, len(names))
            if number == len(texts):
                texts.append(text)
            borne[-1].append(number)
    columns = {
        "name_texts": texts,
        "name_words": Lists.of([spelled for spelled, _ in names]),
        "name_forms": _ints(form for _, form in names),
        "names": Lists.of(borne),
    }
    return _vocabulary(words), columns


def _vocabulary(words: Iterable[tuple[Any, ...]]) -> Vocabulary:
    found, groups = Vocabulary(), {"": -1}
    columns = [list(column) for column in zip(*words, strict=True)] or [[] for _ in range(len(_WORD_COLUMNS) + 2)]
    for name, column in zip(_WORD_COLUMNS, columns, strict=False):
        setattr(found, name, column)
    for name, column in zip(("group", "second_group"), columns[len(_WORD_COLUMNS) :], strict=True):
        setattr(found, name, [groups.setdefault(label, len(groups) - 1) for label in column])
    return found


def _names_counted(rows: Sequence[Row]) -> tuple[Vocabulary, dict[str, Any]]:
    """As `_names_of`, with nothing but how many names each record has."""
    nothing = Lists.of([])
    names = Lists.of([[0] * len(row.names) for row in rows])
    columns = {"name_texts": [], "name_words": nothing, "name_forms": nothing.items, "names": names}
    return Vocabulary(), columns
