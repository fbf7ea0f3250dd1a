"""Finding records by words of their names and identifiers: a small index of each part of a holding, in memory.

A record is found when each word that was typed stands somewhere in one of its words, whatever the case, the accents
or, for names in another script, its Latin spelling. What is indexed is folded once, when the record is loaded.

Invariants: answers come in the order of the holding, and the number found is exact; a part never changes, so its index
is made once and dropped with it; the index lives in this process's memory only (the disk holds ciphertext); how long
an answer takes depends on the words held, never on who asks.

>>> from accord.records.model import Entity
>>> words_of(Entity("p1", "Person", {"name": ("Amina Diallo-Traoré",), "alias": ("Амина",)}))
'p1 amina diallo-traore амина'
>>> folded("Ümit  ŞAHİN")
['umit', 'sahin']
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from accord.engine import available
from accord.records.model import Entity
from accord.records.schemata import schema

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["COLUMNS", "LISTED", "Catalogue", "Found", "Listed", "folded", "rows_with", "words_of"]

LISTED = ("id", "schema", "caption", "source")
COLUMNS = (*LISTED, "words")
_SEARCHED = frozenset({"name", "identifier", "phone", "email"})  # types of properties; sensitive ones never
_MOST_WORDS = 16  # of one search: more would only take time
_GAP = b"\n"
_SHORT = 3  # bytes: a word so short is in so many others that looking at every byte at once is quicker
_FEW = 4_000  # rows of a part that one word left: the other words are then looked for in these rows alone


@dataclass(frozen=True, slots=True)
class Listed:
    """A record in a list."""

    id: str
    schema: str
    caption: str
    source: str


@dataclass(frozen=True, slots=True)
class Found:
    """The records of one page of a search, and how many fit in all."""

    rows: tuple[Listed, ...]
    all: int


def folded(text: str) -> list[str]:
    """The words of a text without case and accents."""
    if text.isascii():
        return text.lower().split()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).split()


def words_of(entity: Entity) -> str:
    """The folded words that a record is found by, with blanks between, each once."""
    texts = [entity.id, entity.caption]
    searched = _searched(entity.schema)
    for name, values in entity.properties.items():
        if name in searched:
            texts += values
    found: dict[str, None] = {}
    for text in texts:
        found.update(dict.fromkeys(folded(text)))
        if not text.isascii():
            from anyascii import anyascii

            found.update(dict.fromkeys(folded(anyascii(text))))
    return " ".join(found)


@lru_cache(maxsize=1024)
def _searched(name: str) -> frozenset[str]:
    known = schema(name)
    if known is None:
        return frozenset({"name", "alias"})
    return frozenset(one.name for one in known.properties.values() if one.type in _SEARCHED and not one.sensitive)


def rows_with(column: pa.ChunkedArray, values: pa.Array) -> NDArray[np.int64]:
    """The rows of a column that hold one of the values, in order."""
    import pyarrow.compute as pc

    return np.flatnonzero(pc.is_in(column, value_set=values).to_numpy())


@dataclass(frozen=True, slots=True, eq=False)
class _Segment:
    """One part: its short columns, and each distinct word with the rows that have it."""

    columns: pa.Table
    vocabulary: bytes  # every distinct word, each followed by a line feed
    ends: NDArray[np.int32]  # where each word ends in it
    starts: NDArray[np.int32]  # rows[starts[i]:starts[i + 1]] have word i
    rows: NDArray[np.int32]

    @classmethod
    def of(cls, table: pa.Table) -> _Segment:
        import pyarrow as pa
        import pyarrow.compute as pc

        split = pc.split_pattern(table.column("words").combine_chunks(), " ")
        words = split.flatten().dictionary_encode()
        owners = pc.list_parent_indices(split).to_numpy().astype(np.int32)
        numbers = words.indices.to_numpy()
        lengths = pc.binary_length(words.dictionary).to_numpy().astype(np.int64)
        joined = pc.binary_join(pa.array([words.dictionary], pa.list_(pa.string())), _GAP.decode())
        starts = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=len(lengths)))])
        kept = {name: table.column(name).combine_chunks() for name in COLUMNS}
        kept |= {name: kept[name].dictionary_encode() for name in ("schema", "source")}
        return cls(
            pa.table(kept), joined[0].as_buffer().to_pybytes() + _GAP, (np.cumsum(lengths + 1) - 1).astype(np.int32),
            starts.astype(np.int32), owners[np.argsort(numbers, kind="stable")],
        )  # fmt: skip

    def fitting(self, words: Sequence[bytes]) -> NDArray[np.int64]:
        """The rows that have every word somewhere in one of theirs, in order."""
        fit: NDArray[np.int64] | None = None
        for number, word in enumerate(words):
            if fit is not None and len(fit) <= _FEW:
                return self._having(fit, words[number:])
            with_word = np.zeros(len(self.columns), np.bool_)
            with_word[self._rows(self._words(word))] = True
            fit = np.flatnonzero(with_word) if fit is None else fit[with_word[fit]]
        return np.arange(len(self.columns)) if fit is None else fit

    def _having(self, rows: NDArray[np.int64], words: Sequence[bytes]) -> NDArray[np.int64]:
        """Those of the rows that have every word, by reading each."""
        wanted, texts = [word.decode() for word in words], self.columns.column("words").take(rows).to_pylist()
        return rows[[all(word in text for word in wanted) for text in texts]] if len(rows) else rows

    def _words(self, part: bytes) -> NDArray[np.int64]:
        """The numbers of the words that contain `part`, in order."""
        if len(part) <= _SHORT:
            signs = np.frombuffer(self.vocabulary, np.uint8)
            here = signs[: len(signs) - len(part) + 1] == part[0]
            for at, sign in enumerate(part[1:], start=1):
                here &= signs[at : len(here) + at] == sign
            places: NDArray[np.int64] | list[int] = np.flatnonzero(here)
        else:
            places, at = [], self.vocabulary.find(part)
            while at >= 0:
                places.append(at)
                at = self.vocabulary.find(part, at + 1)
        found: NDArray[np.int64] = np.searchsorted(self.ends, np.asarray(places, np.int32))
        return found[np.diff(found, prepend=-1) > 0]

    def _rows(self, words: NDArray[np.int64]) -> NDArray[np.int32]:
        """The rows that have any of the words; a row may come twice."""
        starts, lengths = self.starts[words], self.starts[words + 1] - self.starts[words]
        before = np.cumsum(lengths) - lengths
        found: NDArray[np.int32] = self.rows[np.repeat(starts - before, lengths) + np.arange(lengths.sum())]
        return found

    def listed(self, rows: NDArray[np.int64]) -> list[Listed]:
        return [Listed(**row) for row in self.columns.select(LISTED).take(rows).to_pylist()]

    def among(self, ids: Iterable[str]) -> NDArray[np.int64]:
        """The rows of those ids that are here."""
        import pyarrow as pa

        return rows_with(self.columns.column("id"), pa.array(list(ids), pa.string()))


class Catalogue:
    """The short columns of a holding in memory, some 250 bytes a record. `read` reads columns of a part."""

    __slots__ = ("_crew", "_guard", "_read", "_segments")

    def __init__(self, read: Callable[[str, Sequence[str]], pa.Table]) -> None:
        self._read = read
        self._segments: dict[str, _Segment] = {}
        self._guard = threading.Lock()
        self._crew = ThreadPoolExecutor(available(), "accord-search")  # the work on large arrays needs no interpreter

    def page(self, parts: Sequence[str], text: str, first: int, most: int) -> Found:
        """The records that fit `text`, from the `first` on (counted from 0), at most `most`, and how many in all."""
        words = _asked(text)
        rows: list[Listed] = []
        passed = 0
        segments = self._now(parts).values()
        for segment, fitting in zip(segments, self._crew.map(lambda one: one.fitting(words), segments), strict=True):
            wanted = fitting[max(first - passed, 0) :][: most - len(rows)]
            rows += segment.listed(wanted) if len(wanted) else []
            passed += len(fitting)
        return Found(tuple(rows), passed)

    def fitting(self, parts: Sequence[str], text: str) -> dict[str, NDArray[np.int64]]:
        """For each part, those of its rows that fit `text`."""
        words = _asked(text)
        return {name: segment.fitting(words) for name, segment in self._now(parts).items()}

    def ids(self, parts: Sequence[str]) -> Iterator[tuple[str, pa.ChunkedArray]]:
        """The ids in each part, in the order of its rows."""
        return ((name, segment.columns.column("id")) for name, segment in self._now(parts).items())

    def named(self, parts: Sequence[str], ids: Iterable[str]) -> dict[str, Listed]:
        """Those of the records that are held, by id."""
        wanted = set(ids)
        found: dict[str, Listed] = {}
        for segment in self._now(parts).values():
            if not (left := wanted - found.keys()):
                break
            rows = segment.among(left)
            found |= {one.id: one for one in segment.listed(rows)} if len(rows) else {}
        return found

    def _now(self, parts: Sequence[str]) -> Mapping[str, _Segment]:
        """The segments of those parts, in their order; what is new is read, what is gone is dropped."""
        with self._guard:
            missing = [name for name in parts if name not in self._segments]
            made = {name: _Segment.of(self._read(name, COLUMNS)) for name in missing}
            if missing or len(self._segments) > len(parts):
                self._segments = {name: made.get(name) or self._segments[name] for name in parts}
            return self._segments


def _asked(text: str) -> list[bytes]:
    """The words of a search, the longest first: it leaves the fewest rows."""
    return sorted({word.encode() for word in folded(text)}, key=len, reverse=True)[:_MOST_WORDS]
