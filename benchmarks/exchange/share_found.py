"""What share of the plaintext result of `match link` the marks find, and at what precision (exact: the cryptography
neither loses nor adds a pair, so it is left out).

    python benchmarks/exchange/share_found.py [MATCH]     MATCH: ../shared/data/match

febrl4 with and without identity numbers; the lists of the EU, OFAC and the UN with the identifiers that they carry, and
without any; and the labelled cross-list pairs, from which the shared identifier was taken away. Each under an accord for
holdings of a million records (the default), of 100,000 and of 20,000, which is what these are. Of the lists also what
share is found of the plaintext result at the precision of the marks: `match link` is then asked for a higher score, the
lowest at which it is as precise on the labelled pairs; and why the pairs that plaintext alone finds share no mark, for
persons, bodies and things.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from febrl4 import read

from accord.exchange import MILLION, commonness, marks, marks_of
from accord.exchange.facts import Role
from accord.exchange.rules import BODIES
from accord.match import DEFAULT_THRESHOLD, NormalForms, link, normal_forms, score_pairs
from accord.match.v1.analyse import identifiers_of
from accord.records import Entity

DATA = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[3] / "shared" / "data" / "match"
Pairs = set[tuple[str, str]]
Scored = dict[tuple[str, str], float]
ASKER: Role = "asker"
HOLDER: Role = "holder"
HOLDINGS = (MILLION, *(most for most, _ in reversed(commonness.NAMES)))


def main() -> None:
    equal = {largest: labelled(largest) for largest in HOLDINGS}
    ours, theirs = (read(DATA / "tables" / f"dataset4{side}.csv") for side in "ab")
    truth = {(one.id, one.id.replace("org", "dup-0")) for one in ours}
    plain = plaintext(ours, theirs)
    for largest in HOLDINGS:
        report("febrl4, with identifiers", ours, theirs, plain, largest, truth)
    ours, theirs = [*map(bare, ours)], [*map(bare, theirs)]
    plain = plaintext(ours, theirs)
    for largest in HOLDINGS:
        report("febrl4, without", ours, theirs, plain, largest, truth)
    lists = {name: entities(DATA / "lists" / f"{name}.ftm.jsonl") for name in ("eu", "ofac", "un")}
    for left, right in (("eu", "ofac"), ("eu", "un"), ("ofac", "un")):
        for said, strip in (("with identifiers", lambda one: one), ("without", bare)):
            ours, theirs = ([*map(strip, lists[name])] for name in (left, right))
            plain = plaintext(ours, theirs)
            for largest in HOLDINGS:
                report_list(f"{left} × {right}, {said}", ours, theirs, plain, (largest, equal[largest]))


def plaintext(ours: list[Entity], theirs: list[Entity]) -> Scored:
    return {(match.left, match.right): match.score for match in link(ours, theirs)}


def report(name: str, ours: list[Entity], theirs: list[Entity], scored: Scored, largest: int, truth: Pairs) -> None:
    blind, plain = met(ours, theirs, largest), set(scored)
    line = f"{name:28} {largest:>9,} plaintext {len(plain):>6,}  blind {len(blind):>6,}  "
    line += f"true found {len(blind & truth) / max(len(plain & truth), 1):.4f} of the plaintext's; precision "
    line += f"{len(blind & truth) / max(len(blind), 1):.4f} (plaintext {len(plain & truth) / len(plain):.4f})"
    print(line, flush=True)


def report_list(name: str, ours: list[Entity], theirs: list[Entity], scored: Scored, asked: tuple[int, float]) -> None:
    largest, equal = asked
    blind, plain = met(ours, theirs, largest), set(scored)
    sure = {pair for pair, score in scored.items() if score >= equal}
    line = f"{name:28} {largest:>9,} plaintext {len(plain):>6,}  blind {len(blind):>6,}  "
    line += f"found {len(blind & plain) / max(len(plain), 1):.4f} of the plaintext's, {len(blind - plain):,} others; "
    line += f"at equal precision (score {equal:.2f}) {len(blind & sure) / max(len(sure), 1):.4f} of {len(sure):,}"
    print(line, flush=True)
    lost(ours, theirs, plain, blind, largest)


def lost(ours: list[Entity], theirs: list[Entity], plain: Pairs, blind: Pairs, largest: int) -> None:
    """Prints for persons, bodies and things what share of the pairs is found, and why the others are not."""
    left, right = ({forms.id: forms for forms in normal_forms(side)} for side in (ours, theirs))
    whys: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for pair in plain:
        one, other = left[pair[0]], right[pair[1]]
        kind = {"Person": "persons", **dict.fromkeys(BODIES, "bodies")}.get(one.schema, "things")
        whys[kind][why(one, other, largest) if pair not in blind else ""] += 1
    for kind, counts in sorted(whys.items()):
        reasons = ", ".join(f"{count} {reason}" for reason, count in counts.most_common() if reason)
        print(f"{'':6}{kind:8} {counts['']:>5} of {counts.total():>5} ({counts[''] / counts.total():.3f}); {reasons}")


def why(one: NormalForms, other: NormalForms, largest: int) -> str:
    """Why two records that are a match in plaintext share no mark."""
    given = [
        {mark.digest: mark.strong for mark in marks._marks(forms, role, largest)}
        for forms, role in ((one, ASKER), (other, HOLDER))
    ]
    if any(strong and given[1].get(digest) for digest, strong in given[0].items()):
        return "cut off by the limit of marks a record"
    if given[0].keys() & given[1].keys():
        return "share only what is too common"
    names = [{frozenset(name.skeleton) | frozenset(name.numbers) for name in forms.names} for forms in (one, other)]
    if names[0] & names[1]:
        dates = [set(map(str, forms.dates)) for forms in (one, other)]
        return "one name, another date" if all(dates) and not dates[0] & dates[1] else "one name, no rule for the rest"
    if any(len(a & b) and (a < b or b < a) for a in names[0] for b in names[1]):
        return "a word more or less"
    return "spelled otherwise"


def labelled(largest: int) -> float:
    """The cross-list pairs: of the positive ones that plaintext matches, how many share a mark; of the negative ones.

    Returns the lowest score at which plaintext is as precise as the marks.
    """
    with (DATA / "pairs" / "crosslist.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    pairs = [(Entity.from_dict(row["left"]), Entity.from_dict(row["right"])) for row in rows]
    scores = np.array([*score_pairs(pairs)])
    shares = np.array([bool(digests(left, ASKER, largest) & digests(right, HOLDER, largest)) for left, right in pairs])
    positive = np.array([row["judgement"] == "positive" for row in rows])
    matched = scores >= DEFAULT_THRESHOLD
    both, found = int((positive & matched & shares).sum()), int((positive & matched).sum())
    name = f"labelled cross-list pairs    {largest:>9,} "
    print(f"{name}plaintext finds {found} of {positive.sum()} true pairs, marks {both} of those")
    precision = positive[shares].mean()
    line = (
        f"precision among these hard negatives: of the marks {precision:.4f}, plaintext {positive[matched].mean():.4f}"
    )
    print(f"{'':38} {line}")
    equal = next(score for score in sorted(scores[matched]) if positive[scores >= score].mean() >= precision)
    sure, right = int((positive & (scores >= equal)).sum()), int((positive & shares).sum())
    line = f"at equal precision (score {equal:.2f}) plaintext finds {sure}, marks {right}: {right / sure:.4f}"
    print(f"{'':38} {line}", flush=True)
    return float(equal)


def met(ours: list[Entity], theirs: list[Entity], largest: int) -> Pairs:
    held = defaultdict(set)
    for name, given in marks_of(theirs, HOLDER, largest).items():
        for mark in given:
            held[mark.digest].add(name)
    asked = marks_of(ours, ASKER, largest)
    return {(left, right) for left, given in asked.items() for mark in given for right in held.get(mark.digest, ())}


def digests(entity: Entity, role: Role, largest: int) -> set[bytes]:
    return {mark.digest for mark in marks_of([entity], role, largest)[entity.id]}


def bare(entity: Entity) -> Entity:
    """The record without anything that is a number of it, or a telephone, or the like."""
    alone = {name: replace(entity, properties={name: values}) for name, values in entity.properties.items()}
    return replace(entity, properties={name: one.get(name) for name, one in alone.items() if not identifiers_of(one)})


def entities(path: Path) -> list[Entity]:
    with path.open(encoding="utf-8") as lines:
        return [Entity.from_dict(json.loads(line)) for line in lines]


if __name__ == "__main__":
    main()
