"""A made table of people with known truth: names as common as names are, and the errors that clerks make.

Seven rows in ten are people who stand there once; of the others, each person stands there two to four times, every
further row with errors of its own (a slip in a name, street, date or postcode, given and family name exchanged, an
initial, a move to another address, a cell left empty). Everything is made from syllables by a seeded generator.

>>> table, truth = made(1000)
>>> table.num_rows, table.column_names
(1000, ['given', 'family', 'born', 'street', 'city', 'postcode', 'unique_id'])
>>> made(1000)[0].equals(table)
True
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

GIVEN, FAMILY, STREETS, CITIES = 3_000, 60_000, 20_000, 2_000
ERRORS = 1.2  # per further row, on average
_CONSONANTS, _VOWELS = list("bcdfghjklmnprstvwz"), list("aeiou")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def words(rng: np.random.Generator, count: int, least: int, most: int) -> np.ndarray:
    """Different words of `least` to `most` syllables."""
    found: dict[str, None] = {}
    while len(found) < count:
        parts = rng.integers(least, most + 1)
        found["".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(parts))] = None
    return np.array(list(found), dtype=object)


def common(rng: np.random.Generator, count: int, size: int, slope: float) -> np.ndarray:
    """`size` positions of `count` things, the first ones far commoner (a Zipf-Mandelbrot law)."""
    share = 1.0 / (np.arange(count) + 8.0) ** slope
    return rng.choice(count, size, p=share / share.sum())


def made(rows: int, seed: int = 2024) -> tuple[pa.Table, np.ndarray]:
    """The table, with a row number for `unique_id`, and the person of each row."""
    rng = np.random.default_rng(seed)
    copies = rng.choice([2, 3, 4], int(rows * 0.3), p=[0.7, 0.2, 0.1])
    copies = copies[: int(np.searchsorted(np.cumsum(copies), int(rows * 0.3)))]
    people = int(rows - copies.sum()) + len(copies)
    city = common(rng, CITIES, people, 0.8)
    cells = {
        "given": words(rng, GIVEN, 2, 3)[common(rng, GIVEN, people, 0.9)],
        "family": words(rng, FAMILY, 2, 4)[common(rng, FAMILY, people, 0.85)],
        "born": (np.datetime64("1930-01-01") + rng.integers(0, 27_000, people)).astype(str).astype(object),
        "street": rng.integers(1, 250, people).astype(str).astype(object)
        + " "
        + words(rng, STREETS, 3, 4)[common(rng, STREETS, people, 0.5)]
        + " street",
        "city": words(rng, CITIES, 3, 3)[city],
        "postcode": (10_000 + city * 40 + rng.integers(0, 40, people)).astype(str).astype(object),
    }
    owner = np.concatenate([np.arange(people), np.repeat(np.arange(len(copies)), copies - 1)])
    columns = {name: values[owner] for name, values in cells.items()}
    spoil(columns, people, rng)
    order = rng.permutation(rows)
    table = pa.table({name: pa.array(values[order], pa.string()) for name, values in columns.items()})
    return table.append_column("unique_id", pa.array([str(n) for n in range(rows)])), owner[order]


def spoil(columns: dict[str, np.ndarray], first: int, rng: np.random.Generator) -> None:
    """Errors in the rows from `first` on."""
    total = len(columns["given"])
    for _ in range(4):
        for row in np.flatnonzero(rng.random(total - first) < ERRORS / 4) + first:
            kind = rng.random()
            if kind < 0.5:
                name = ("given", "family", "born", "street", "postcode")[rng.integers(5)]
                columns[name][row] = slip(columns[name][row], rng)
            elif kind < 0.6:
                columns["given"][row], columns["family"][row] = columns["family"][row], columns["given"][row]
            elif kind < 0.7:
                columns["given"][row] = (columns["given"][row] or "")[:1] or None
            elif kind < 0.8:
                other = rng.integers(first)
                for name in ("street", "city", "postcode"):
                    columns[name][row] = columns[name][other]
            else:
                columns[("given", "born", "street", "city", "postcode")[rng.integers(5)]][row] = None


def slip(text: str | None, rng: np.random.Generator) -> str | None:
    """One wrong letter or digit, one left out, one too many, or two exchanged."""
    if not text or len(text) < 3:
        return text
    place = int(rng.integers(len(text) - 1))
    other = str(rng.integers(10)) if text[place].isdigit() else _LETTERS[rng.integers(26)]
    kind = rng.integers(4) if not text[place].isdigit() else rng.choice([0, 3])
    if kind == 0:
        return text[:place] + other + text[place + 1 :]
    if kind == 1:
        return text[:place] + text[place + 1 :]
    if kind == 2:
        return text[:place] + other + text[place:]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
