"""Labelled name pairs to learn from, none of them from a set on which figures are reported.

Sources: (1) names of one EU listing in Latin and in other scripts, for listings that occur in no reported pair;
(2) public-domain (CC0) Wikidata token pairs put together into names; (3) Latin names with typical writing errors, made
by a seeded generator; (4) records of two lists that share an identifier, which is then taken away, beside like-named
others; (5) pairs of the lists judged by reading; (6) two labelled sets that serve for development. No record of a
reported pair is in (1), (4) or (5). Hard negatives: for (1) the nearest other names, for (2) and (3) names with one
word replaced.
"""

from __future__ import annotations

import csv
import json
import random
import re
import tarfile
from collections.abc import Container, Iterator
from pathlib import Path

import numpy as np

from accord.match.v1.analyse import analyse
from accord.match.v1.block import candidates
from accord.match.v1.compare import DateLevel, compare
from accord.match.v1.score import Scorer
from accord.match.v1.script import Script, latin, script_of, skeleton, words
from accord.match.v1.vocabulary import Kind
from accord.records.clean import identifier_kind
from accord.records.model import Entity

_SURE_IDENTIFIER = 6.0  # log-odds: an identifier of its kind, not a phone number
REPORTED = ("crosslist", "cyrillic_eu")
Pair = tuple[Entity, Entity, bool]


def reported_ids(shared: Path) -> set[str]:
    """Ids of all records of the reported pairs, without the mark of the half (-n, -l)."""
    found = set()
    for name in REPORTED:
        with (shared / f"match/pairs/{name}.jsonl").open() as lines:
            for line in lines:
                pair = json.loads(line)
                found |= {re.sub(r"-[nl]$", "", pair[side]["id"]) for side in ("left", "right")}
    return found


def listing_pairs(shared: Path, negatives: int = 5) -> list[Pair]:
    """(1): non-Latin against Latin names of the same listing, and the nearest names of other listings."""
    taboo = reported_ids(shared)
    left, right = [], []
    with (shared / "match/lists/eu.ftm.jsonl").open() as lines:
        for line in lines:
            entity = Entity.from_dict(json.loads(line))
            if entity.id in taboo:
                continue
            names = entity.get("name")
            other = tuple(n for n in names if any(script_of(w) not in (Script.LATIN, Script.NUMBER) for w in words(n)))
            own = tuple(n for n in names if n not in other)
            if other and own:
                left.append(Entity(entity.id, entity.schema, {"name": other}))
                right.append(Entity(entity.id, entity.schema, {"name": own}))
    table = analyse([*left, *right])
    scorer = Scorer.of(table)
    pairs = candidates(table, len(left))
    best = _alike(scorer, pairs)
    out = [(x, y, True) for x, y in zip(left, right, strict=True)]
    for row in range(len(left)):
        mine = np.flatnonzero((pairs[:, 0] == row) & (pairs[:, 1] != row + len(left)))
        for chosen in mine[np.argsort(-best[mine], kind="stable")][:negatives]:
            out.append((left[row], right[pairs[chosen, 1] - len(left)], False))
    return out


def _alike(scorer: Scorer, pairs: np.ndarray) -> np.ndarray:
    """How alike the names of each pair of records are at first sight."""
    owner, a, b = scorer.table.names.products(pairs[:, 0], pairs[:, 1])
    alike = scorer.alike(a, b)
    best = np.zeros(len(pairs))
    np.maximum.at(best, owner, alike)
    return best


def identifier_pairs(shared: Path, negatives: int = 6) -> list[Pair]:
    """(4): records of two lists that share an identifier, beside the most like-named others; identifiers taken away.

    Also like-named persons within one list, which a list hardly ever repeats.
    """
    records, lists = unreported_records(shared)
    table = analyse(records)
    scorer, source = Scorer.of(table), np.array(lists)
    pairs = candidates(table)
    left, right = pairs[:, 0], pairs[:, 1]
    levels = compare(table, left, right)
    across, same = source[left] != source[right], levels.identifiers >= _SURE_IDENTIFIER
    person = (table.kinds[left] == Kind.PERSON) & (table.kinds[right] == Kind.PERSON)
    alike = _alike(scorer, pairs)
    other = ~same & (levels.identifiers == 0) & (levels.date != DateLevel.DAY)
    partner = {int(row): int(source[other_row]) for row, other_row in pairs[same & across]}
    # a third list may hold the same thing again: the others are those of the list that holds the partner
    beside = across & (np.array([partner.get(int(row), -1) for row in left]) == source[right])
    out = [(_stripped(records[a]), _stripped(records[b]), True) for a, b in pairs[same & across].tolist()]
    within = ~across & person & (left % 20 == 0)
    for usable, most in ((other & beside, negatives), (other & within, 2)):
        chosen = np.flatnonzero(usable)
        seen: dict[int, int] = {}
        for row in chosen[np.lexsort((-alike[chosen], left[chosen]))].tolist():
            a, b = int(left[row]), int(right[row])
            seen[a] = seen.get(a, 0) + 1
            if seen[a] <= most:
                out.append((_stripped(records[a]), _stripped(records[b]), False))
    return out


def unreported_records(shared: Path) -> tuple[list[Entity], list[int]]:
    """The records of the three lists that occur in no reported pair, and the number of the list of each."""
    taboo = reported_ids(shared)
    records, source = [], []
    for number, name in enumerate(("eu", "ofac", "un")):
        with (shared / f"match/lists/{name}.ftm.jsonl").open() as lines:
            for line in lines:
                entity = Entity.from_dict(json.loads(line))
                if entity.id not in taboo:
                    records.append(entity)
                    source.append(number)
    return records, source


def judged_pairs(shared: Path, batches: Container[str] = ("1", "2")) -> tuple[list[Pair], list[float]]:
    """(5): pairs of the lists that we judged by reading, and how many pairs of the lists each stands for.

    Drawn at random within bands of the score, most from where it doubts; the file holds ids and judgements only. Batch
    3, bodies of two lists, is kept apart: it was judged when the weights stood, and shows what they are worth.
    """
    by_id = {record.id: record for record in unreported_records(shared)[0]}
    pairs, stands_for = [], []
    with (Path(__file__).parent / "judged_pairs.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["batch"] not in batches:
                continue
            pairs.append((by_id[row["left"]], by_id[row["right"]], row["judgement"] == "positive"))
            stands_for.append(float(row["stands_for"]))
    return pairs, stands_for


def labelled_pairs(shared: Path, name: str) -> list[Pair]:
    """(6): a labelled set that serves for development."""
    with (shared / f"match/pairs/{name}.jsonl").open() as lines:
        read = [json.loads(line) for line in lines]
    return [(Entity.from_dict(r["left"]), Entity.from_dict(r["right"]), r["judgement"] == "positive") for r in read]


def _stripped(entity: Entity) -> Entity:
    kept = {p: v for p, v in entity.properties.items() if not identifier_kind(p) or p in ("phone", "email")}
    return Entity(entity.id, entity.schema, kept)


def token_pairs(archive: Path) -> dict[str, list[tuple[str, str]]]:
    """(Latin, other) words by language."""
    found: dict[str, list[tuple[str, str]]] = {}
    with tarfile.open(archive) as files:
        for member in sorted(files.getmembers(), key=lambda m: m.name):
            if not member.name.endswith("_20"):
                continue
            stream = files.extractfile(member)
            assert stream is not None
            language = member.name.removeprefix("wd_").removesuffix("_20")
            rows = []
            for line in stream.read().decode().splitlines():
                word, other, _ = line.split("\t")
                if len(word) > 1 and " " not in word:
                    rows.append((word, other.replace(" ", "")))
            found[language] = rows
    return found


def _person(identity: str, *names: str) -> Entity:
    return Entity(identity, "Person", {"name": names})


def transliterated_pairs(archive: Path, rng: random.Random, each: int = 700) -> Iterator[Pair]:
    """(2): names of two or three words, in another script and in Latin; one word replaced for a negative."""
    for rows in token_pairs(archive).values():
        near: dict[str, list[str]] = {}
        for word, _ in rows:
            near.setdefault(skeleton(latin(word))[:2], []).append(word)
        for number in range(each):
            chosen = rng.sample(rows, rng.choice((2, 2, 2, 3)))
            other = " ".join(word for _, word in chosen)
            yield _person("n", other), _person("l", " ".join(word for word, _ in chosen)), True
            for _ in range(3):
                changed = [word for word, _ in chosen]
                places = rng.sample(range(len(changed)), rng.choice((1, 1, 2)))
                for place in places:
                    close = near[skeleton(latin(changed[place]))[:2]]
                    changed[place] = rng.choice(close) if rng.random() < 0.6 else rng.choice(rows)[0]
                if changed != [word for word, _ in chosen]:
                    yield _person("n", other), _person(f"l{number}", " ".join(changed)), False


def _typo(word: str, rng: random.Random) -> str:
    place = rng.randrange(len(word))
    kind = rng.random()
    letter = rng.choice("aeiourstnlmkdgbh")
    if kind < 0.3:
        return word[:place] + letter + word[place + 1 :]
    if kind < 0.55:
        return word[:place] + word[place + 1 :]
    if kind < 0.8:
        return word[:place] + letter + word[place:]
    return word[:place] + word[place : place + 2][::-1] + word[place + 2 :]


def _rewritten(parts: list[str], rng: random.Random) -> list[str]:
    """A name as another clerk may write it."""
    out = list(parts)
    kind = rng.random()
    if kind < 0.5:
        for place in rng.sample(range(len(out)), rng.choice((1, 1, min(2, len(out))))):
            if len(out[place]) > 3:
                out[place] = _typo(out[place], rng)
    elif kind < 0.65 and len(out) > 2:
        del out[rng.randrange(1, len(out) - 1)]
    elif kind < 0.72:
        out[0] = out[0][0]
    elif kind < 0.78:
        out[0:2] = [out[0] + out[1]]
    if rng.random() < 0.3:
        out = out[1:] + out[:1]
    return out


def written_pairs(archive: Path, rng: random.Random, number: int = 3000) -> Iterator[Pair]:
    """(3): Latin names rewritten, and Latin names that share words but are others."""
    pool = [word for rows in token_pairs(archive).values() for word, _ in rows]
    near: dict[str, list[str]] = {}
    for word in pool:
        near.setdefault(skeleton(latin(word))[:3], []).append(word)
    for _ in range(number):
        parts = rng.sample(pool, rng.choice((2, 2, 3, 3, 4)))
        yield _person("a", " ".join(parts)), _person("b", " ".join(_rewritten(parts, rng))), True
        for _ in range(2):
            changed = list(parts)
            for place in rng.sample(range(len(changed)), rng.choice((1, 1, 2))):
                close = near[skeleton(latin(changed[place]))[:3]]
                changed[place] = rng.choice(close) if rng.random() < 0.35 else rng.choice(pool)
            if changed != parts:
                yield _person("a", " ".join(parts)), _person("b", " ".join(_rewritten(changed, rng))), False
