"""Recipe of `accord.match.v1.weights`: all weights fitted together, from a prior.

The prior (`prior_weights.json`) is an earlier fit of the name models and our own judgement of the rest. The fit is a
logistic regression whose penalty draws each weight to its prior, so that few labels move only what they speak of; no
level may point the wrong way. The best name pair of each record pair is chosen with the weights of the moment, so run
it again until the weights stand still (two or three times). Needs scipy. None of the pairs comes from a set on which
figures are reported; `name_cases` and `hebrew_wikidata` are development sets. Prints each source's F1 when a fifth of
all pairs is left out in turn.

    python benchmarks/match/learn_weights.py ../shared/data [--letters]

`--letters` leaves all weights as they are but the leniency for letters that leave vowels out, or stand for syllables.
"""

from __future__ import annotations

import json
import random
import re
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import compress
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from training_pairs import (
    Pair,
    identifier_pairs,
    judged_pairs,
    labelled_pairs,
    listing_pairs,
    transliterated_pairs,
    written_pairs,
)

from accord.match.v1 import weights
from accord.match.v1.align import align
from accord.match.v1.analyse import analyse
from accord.match.v1.compare import compare
from accord.match.v1.names import FEATURES, name_features
from accord.match.v1.score import Scorer

NAMES = ("NAME_OF_PERSON", "NAME_OF_BODY", "NAME_IN_ONE_SCRIPT")
LEVELS = ("DATE", "COUNTRY", "GENDER", "PLACE", "ADDRESS", "POSTCODE", "SCHEMA", "ALIASES")
SINGLE = ("PRIOR", "THING_LIKE_ANOTHER", "BARE")
PENALTY = 1.0
# how many pairs the labels of a source count as
MASS = {"judged": 1600, "identifiers": 500, "name_cases": 600, "hebrew_wikidata": 400, "listings": 500,
        "transliterated": 150, "written": 150}  # fmt: skip
# what may not point the other way, whatever the pairs say
FOR = {
    "agreed", "agreed_log", "covered_lighter", "covered_lighter_well", "covered_heavier", "covered_heavier_well", "exact",
    "forms_agree", "COUNTRIES_AGREE", "NATIONALITIES_AGREE", "SAME", "SOME", "AGREE", "ALL", "SAME_DAY_OTHER_YEAR",
    "TYPING_ERROR", "YEAR", "SWAPPED", "FIRST_OF_JANUARY", "MONTH", "DAY",
}  # fmt: skip
AGAINST = {
    "doubtful", "doubtful_some", "numbers_differ", "number_missing", "generic_left", "generic_one_sided", "forms_differ",
    "one_sided", "one_word", "thin", "places_differ", "nickname", "NATIONALITIES_DIFFER", "COUNTRIES_DIFFER", "DIFFERENT",
    "LITTLE", "PARTLY", "PERSON_OR_BODY", "UNKNOWN", "INCOMPATIBLE", "NEAR_YEARS_OTHER_DAY", "TWO_YEARS", "ONE_YEAR",
    "SAME_YEAR_OTHER_DAY", "THING_LIKE_ANOTHER",
}  # fmt: skip
Key = tuple[str, str]
# what the labels hardly show keeps the weight that we judged: the lists have no exact namesakes, who differ by just these
# dates; and a development set takes a fund for its next
JUDGED = {
    ("DATE", "DIFFERENT"),
    ("DATE", "NEAR_YEARS_OTHER_DAY"),
    ("GENDER", "DIFFERENT"),
    ("NAME_IN_ONE_SCRIPT", "numbers_differ"),
}
# what letters that leave vowels out, or stand for syllables, are allowed for
LENIENCE = frozenset((table, name) for table in NAMES[:2] for name in ("across", "across_covered"))


@dataclass(frozen=True, slots=True)
class Source:
    """Pairs as a design matrix: log-odds = design @ weights + offset."""

    name: str
    design: np.ndarray
    offset: np.ndarray
    positive: np.ndarray
    share: np.ndarray
    fold: np.ndarray


def keys() -> list[Key]:
    found = [(name, "") for name in SINGLE]
    found += [(table, feature) for table in NAMES for feature in FEATURES]
    return found + [(table, level.name) for table in LEVELS for level in getattr(weights, table)]


def design(pairs: list[Pair], columns: dict[Key, int]) -> tuple[np.ndarray, np.ndarray]:
    """What the weights of `columns` are multiplied with, and the log-odds that they do not decide."""
    scorer = Scorer.of(analyse(entity for left, right, _ in pairs for entity in (left, right)))
    left = np.arange(0, 2 * len(pairs), 2)
    evidence, levels = scorer.evidence(left, left + 1), compare(scorer.table, left, left + 1)
    likeliest = scorer.likeliest(left, left + 1)
    x = np.zeros((len(pairs), len(columns)))
    x[:, columns["PRIOR", ""]], x[:, columns["BARE", ""]] = 1.0, levels.bare
    for table in LEVELS:
        codes = likeliest.aliases if table == "ALIASES" else getattr(levels, table.lower())
        for level in getattr(weights, table):
            x[:, columns[table, level.name]] = codes == int(level)
    named = evidence.best[:, 0] >= 0
    rows = np.flatnonzero(named & (evidence.names > weights.NAME_FLOOR))
    found = align(scorer.names, evidence.best[rows, 0], evidence.best[rows, 1])
    found = replace(found, across=np.where(likeliest.comparable[rows], 0.0, found.across))
    seen, person, across = name_features(found), found.person > 0, found.across > 0
    for table, mine in zip(NAMES, (person, ~person & across, ~person & ~across), strict=True):
        at = [columns[table, feature] for feature in FEATURES]
        x[np.ix_(rows[mine], at)] = seen[mine]
    x[rows, columns["THING_LIKE_ANOTHER", ""]] = (found.thing > 0) & ~across & (found.exact == 0)
    offset = evidence.support + evidence.identifiers + evidence.conflicts + evidence.description
    offset[~named] += weights.NO_NAME
    offset[named & (evidence.names <= weights.NAME_FLOOR)] += weights.NAME_FLOOR
    return x, offset


def sources(shared: Path, columns: dict[Key, int], usable: Callable[[Pair], bool] = lambda _: True) -> list[Source]:
    """All sources, or of each the pairs that are usable."""
    archive = shared / "match/transliteration/wikidata-token-pairs.tar.gz"
    judged, stands_for = judged_pairs(shared)
    read = {
        "judged": judged,
        "identifiers": identifier_pairs(shared),
        "name_cases": labelled_pairs(shared, "name_cases"),
        "hebrew_wikidata": labelled_pairs(shared, "hebrew_wikidata"),
        "listings": listing_pairs(shared),
        "transliterated": list(transliterated_pairs(archive, random.Random(1), each=250)),
        "written": list(written_pairs(archive, random.Random(2), number=900)),
    }
    found = []
    for name, pairs in read.items():
        kept = [usable(pair) for pair in pairs]
        share = np.array(stands_for)[kept] if name == "judged" else np.ones(sum(kept))
        chosen = list(compress(pairs, kept))
        if not chosen:
            continue
        texts = [" ".join(left.get("name")) for left, *_ in chosen]
        fold = np.array([zlib.crc32(text.encode()) % 5 for text in texts])
        positive = np.array([label for *_, label in chosen], dtype=np.float64)
        found.append(Source(name, *design(chosen, columns), positive, share * MASS[name] / share.sum(), fold))
    return found


def fit(
    data: list[Source], prior: np.ndarray, names: list[Key], left_out: int = -1, free: frozenset[Key] | None = None
) -> np.ndarray:
    """The weights that explain the pairs best without going further from the prior than the pairs are worth.

    Pairs of the fold `left_out` are not looked at; weights that are not `free` stay as they are in the prior.
    """
    kept = [source.fold != left_out for source in data]
    x = np.vstack([source.design[rows] for source, rows in zip(data, kept, strict=True)])
    offset, y, share = (
        np.concatenate([getattr(source, column)[rows] for source, rows in zip(data, kept, strict=True)])
        for column in ("offset", "positive", "share")
    )

    def loss(moved: np.ndarray) -> tuple[float, np.ndarray]:
        odds = np.clip(x @ (prior + moved) + offset, -30, 30)
        slope = x.T @ (share * (1 / (1 + np.exp(-odds)) - y)) + 2 * PENALTY * moved
        return float(share @ (np.logaddexp(0, odds) - y * odds) + PENALTY * moved @ moved), slope

    def bounds(key: Key, value: float) -> tuple[float | None, float | None]:
        name = key[1] or key[0]
        if name == "PRIOR" or key in JUDGED or (free is not None and key not in free):
            return 0.0, 0.0
        if name in AGAINST:
            return None, -value
        return (-value, None) if name in FOR else (None, None)

    limits = [bounds(key, value) for key, value in zip(names, prior.tolist(), strict=True)]
    found = minimize(loss, np.zeros(len(prior)), jac=True, method="L-BFGS-B", bounds=limits, options={"maxiter": 500})
    return prior + found.x


def f1(source: Source, odds: np.ndarray) -> float:
    yes, true = odds >= 0, source.positive > 0
    hits, wrong = (source.share * (yes & true)).sum(), (source.share * (yes != true)).sum()
    return float(2 * hits / (2 * hits + wrong))


def write(found: dict[Key, float]) -> None:
    path = Path(weights.__file__)
    text = path.read_text()
    for name in SINGLE:
        text = re.sub(rf"^{name} = [-.\d]+", f"{name} = {found[name, '']:.2f}", text, flags=re.MULTILINE)
    for table in (*NAMES, *LEVELS):
        kind = type(next(iter(getattr(weights, table))))
        head = f"{kind.__name__}." if issubclass(kind, IntEnum) else ""
        rows = {name: value for (owner, name), value in found.items() if owner == table}
        body = "".join(
            f"    {head + name if head else json.dumps(name)}: {value:.3f},\n" for name, value in rows.items()
        )
        text = re.sub(rf"^{table} = \{{.*?\}}", f"{table} = {{\n{body}}}", text, flags=re.DOTALL | re.MULTILINE)
    path.write_text(text)


def shipped(names: list[Key]) -> np.ndarray:
    """The weights as they are."""
    tables = {table: getattr(weights, table) for table, _ in names}
    levels = {table: {getattr(level, "name", level): value for level, value in found.items()}
              for table, found in tables.items() if table not in SINGLE}  # fmt: skip
    return np.array([levels[table][name] if name else tables[table] for table, name in names])


def prior_of(names: list[Key]) -> np.ndarray:
    read = json.loads((Path(__file__).parent / "prior_weights.json").read_text())
    return np.array([read[table][name] if name else read[table] for table, name in names])


def main(shared: str, *options: str) -> None:
    names = keys()
    prior, free = prior_of(names), frozenset(names)
    if "--letters" in options:
        prior, free = shipped(names), LENIENCE
    data = sources(Path(shared), {key: column for column, key in enumerate(names)})
    held = [fit(data, prior, names, fold, free) for fold in range(5)]
    final = fit(data, prior, names, free=free)
    for source in data:
        odds = np.select([source.fold == fold for fold in range(5)], [source.design @ w for w in held]) + source.offset
        print(f"{source.name}: F1 {f1(source, odds):.3f} on pairs left out, {len(odds)} pairs")
    apart, stands_for = judged_pairs(Path(shared), ("3",))
    seen, offset = design(apart, {key: column for column, key in enumerate(names)})
    truth, share = np.array([label for *_, label in apart], dtype=np.float64), np.array(stands_for)
    kept_apart = Source("judged later", seen, offset, truth, share, np.zeros(len(truth)))
    print(f"{kept_apart.name}: F1 {f1(kept_apart, seen @ final + offset):.3f}, {len(truth)} pairs, never fitted to")
    write(dict(zip(names, final.tolist(), strict=True)))


if __name__ == "__main__":
    main(*sys.argv[1:])
