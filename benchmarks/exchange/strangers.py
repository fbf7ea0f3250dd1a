"""False pairs among strangers: two populations with nobody in common, marks only (no cryptography is needed for that).

    python benchmarks/exchange/strangers.py FOLDER [RECORDS] [SEED] [BODIES]     default: 1,000,000 records on each side,
        a share of .2 of them bodies. FOLDER: as for learn_common_bodies.py. RECORDS also says which limit holds for whole
        names: it is lower up to 100,000 records, and up to 20,000

Names are drawn by how often their words occur in public (CC0) data, birth dates by a rough age pyramid with one in
twenty on 1 January and none for one person in seven, for half of the names of three words also one without the first (a
patronymic), addresses from 3,000 uneven postcodes, numbers at random.
A body has the name and the country of a legal entity, its rare words replaced by others: so trade words, places and
numbered units go together as they really do, and no two are of one founder or one group. The two sides draw from
different legal entities, and the table was learnt from yet others; funds are left out. Seeded.
Prints the false pairs (of records, however many marks they share) at the shipped limits, and with all of them so many
nats lower and higher, by their strongest mark.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product
from multiprocessing import Pool
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from febrl4 import CORES
from learn_common import counted
from learn_common_bodies import LEARNT_FROM, legal_entities

from accord.exchange import commonness, facts, rules
from accord.match import NameForm, NormalForms, normal_forms
from accord.match.v1.script import skeleton
from accord.records import Entity

ARCHIVE = Path(__file__).parents[3] / "shared/data/match/transliteration/wikidata-token-pairs.tar.gz"
OFFSETS = (-1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
RECORDS = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
CHUNK = 20_000
ROLES: tuple[facts.Role, ...] = ("asker", "holder")
UNDATED = 1 / 7  # of persons, as in the list of the EU
FATHERS = 0.5  # of names of three words, one is a patronymic
BODIES = float(sys.argv[4]) if len(sys.argv) > 4 else 0.2
_sizes = np.random.default_rng(0).lognormal(0.0, 1.0, 3000)  # of postcodes: one person in 400 lives in the largest
CROWDS = _sizes / _sizes.sum()


def main() -> None:
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    real_bodies()  # before the processes part: they share it
    with Pool(CORES) as pool:
        left, right = (population(pool, seed + 1000 * side, RECORDS, side) for side in (0, 1))
    pairs = shared(left, right)
    print(
        f"{RECORDS:,} × {RECORDS:,} strangers, seed {seed}; marks of a whole name need {commonness.least(rules.BODY[1], RECORDS)} nats, others {commonness.STRONG}"
    )
    for offset in OFFSETS:
        false = [(over, kind) for over, kind in pairs.values() if over >= offset]
        kinds = Counter(RULES[kind] for _, kind in false)
        shipped = "  <- shipped" if not offset else ""
        print(f"{offset:+5.1f} nats: {len(false):>8,} false pairs{shipped}")
        for kind, count in kinds.most_common(5):
            print(f"{count:>21,} {kind}")


def shared(left: np.ndarray, right: np.ndarray) -> dict[tuple[int, int], tuple[float, int]]:
    """The pairs of records that share a mark, each with the rule of the strongest, and its nats over what it needs."""
    common = np.intersect1d(left["mark"], right["mark"])
    holders = defaultdict(list)
    for mark, record, _, _ in right[np.isin(right["mark"], common)].tolist():
        holders[mark].append(record)
    best: dict[tuple[int, int], tuple[float, int]] = {}
    for mark, record, over, kind in left[np.isin(left["mark"], common)].tolist():
        for other in holders[mark]:
            best[record, other] = max(best.get((record, other), NOTHING), (over, kind))
    return best


@cache
def vocabulary() -> tuple[list[str], np.ndarray]:
    """Words of names with two letters or more, and how often each is drawn."""
    counts = {word: count for word, count in counted(str(ARCHIVE)).items() if len(word) > 1 and skeleton(word)}
    shares = np.array(list(counts.values()), dtype=float)
    return list(counts), shares / shares.sum()


@cache
def real_bodies() -> tuple[list[list[tuple[NameForm, str]]], list[str]]:
    """Name and country of the legal entities of each side, and the rare words of all, as often as they occur."""
    sides: list[list[tuple[NameForm, str]]] = [[], []]
    for part, name, country, _ in legal_entities(sys.argv[1]):
        if part not in LEARNT_FROM:
            sides[part > LEARNT_FROM[1]].append((name, country))
    return sides, [word for side in sides for name, _ in side for word in name.latin if commonness.is_rare(f"={word}")]


def stranger(rng: np.random.Generator, side: int) -> tuple[tuple[NameForm, ...], str]:
    """Name, also without its initials, and country of a made body: a real one's, with other rare words."""
    sides, rare = real_bodies()
    name, country = sides[side][rng.integers(len(sides[side]))]
    latin = [rare[rng.integers(len(rare))] if commonness.is_rare(f"={word}") else word for word in name.latin]
    made = Entity("", "Company", {"name": (" ".join((*latin, *name.numbers)),)})
    return normal_forms([made])[0].names, country


NOTHING = (OFFSETS[0], 0)
strength = lru_cache(1 << 16)(commonness.strength)
RULES: list[str] = sorted({" + ".join(rule) for rule in (*rules.PERSON, *rules.BODY)})
FACTS = {
    schema: sorted({fact for rule in of for fact in rule})
    for schema, of in (("Person", rules.PERSON), ("Company", rules.BODY))
}
_NUMBERS = {kind: place for place, kind in enumerate(RULES)}
_ROW = np.dtype([("mark", "u8"), ("record", "u4"), ("over", "f8"), ("kind", "u1")])


def population(pool: Pool, seed: int, records: int, side: int) -> np.ndarray:
    """Every mark of a population that is strong at the lowest limits: its first 8 bytes, its record, its nats over what it needs, its rule."""
    chunks = [(seed, start, min(CHUNK, records - start), side) for start in range(0, records, CHUNK)]
    return np.concatenate(pool.map(chunk, chunks, chunksize=1))


def chunk(part: tuple[int, int, int, int]) -> np.ndarray:
    seed, start, count, side = part
    rows = []
    for place, forms in enumerate(made(np.random.default_rng([seed, start]), count, side)):
        rows += [(number, start + place, over, kind) for number, over, kind in strong(forms, ROLES[side])]
    return np.array(rows, dtype=_ROW)


def strong(forms: NormalForms, role: facts.Role) -> Iterator[tuple[int, float, int]]:
    """The marks that `accord.exchange.marks` draws, weighed before they are hashed; those that another says are among them."""
    undated, with_date = (
        {
            fact: [(value, strength(fact, value)) for value in facts.values_of(fact, one, role)]
            for fact in FACTS[one.schema]
        }
        for one in (forms, facts.dated(forms))
    )
    for rule in rules.FAMILIES[forms.schema]:
        least = commonness.least(rule, RECORDS)
        stated = with_date if rules.DATES & {*rule} else undated
        for chosen in product(*(stated[fact] for fact in rule)):
            over = round(sum(weight for _, weight in chosen) - least, 9)
            if over >= OFFSETS[0]:
                text = "|".join((*rule, *(value for value, _ in chosen)))
                digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
                yield int.from_bytes(digest, "big"), over, _NUMBERS[" + ".join(rule)]


def made(rng: np.random.Generator, count: int, side: int) -> list[NormalForms]:
    """Records of persons and bodies, as marks see them."""
    words, shares = vocabulary()
    picked = rng.choice(len(words), size=(count, 3), p=shares)
    lengths, years = rng.choice([2, 2, 3], size=count), rng.triangular(1930, 1985, 2008, count).astype(int)
    days, dated = rng.integers(1, 366, count), rng.random(count)
    places, houses = rng.choice(len(CROWDS), size=count, p=CROWDS), rng.geometric(0.03, count)
    countries, known, undated = rng.zipf(1.4, count) % 60, rng.random((count, 3)), rng.random(count) < UNDATED
    fathers = rng.random(count) < FATHERS
    found = []
    for row in range(count):
        latin = tuple(sorted({words[place] for place in picked[row, : lengths[row]]}))
        names, shorter = (named(latin),), (named(latin[1:]),) if fathers[row] and len(latin) > 2 else ()
        body, day = known[row, 2] < BODIES, 1 if dated[row] < 0.05 else int(days[row])
        country = f"c{countries[row]}"
        if body:
            (names, country), shorter = stranger(rng, side), ()
        date = SimpleNamespace(
            year=int(years[row]),
            day=day if dated[row] < 0.7 else None,
            text=f"{years[row]}-{1 + (day - 1) // 31:02d}-{1 + (day - 1) % 31:02d}",
        )
        found.append(
            NormalForms(
                id="",
                schema="Company" if body else "Person",
                names=names,
                shorter=shorter,
                dates=() if (dated[row] > 0.35 if body else undated[row]) else (Shown(date),),  # type: ignore[arg-type]  # all that marks look at
                countries=(country,),
                identifiers=(("id", str(rng.integers(10**6, 10**9))),) if known[row, 0] < 0.3 else (),
                genders=(),
                places=(),
                addresses=((str(houses[row]),),) if known[row, 1] < 0.5 else (),
                postcodes=(f"{1000 + places[row]}",) if known[row, 1] < 0.5 else (),
            )
        )
    return found


def named(latin: tuple[str, ...]) -> NameForm:
    return NameForm(latin, tuple(sorted(map(skeleton, latin))), ())


class Shown:
    """A date as marks see it."""

    def __init__(self, date: SimpleNamespace) -> None:
        self.year, self.day, self._text = date.year, date.day, date.text

    def __str__(self) -> str:
        return str(self._text)


if __name__ == "__main__":
    main()
