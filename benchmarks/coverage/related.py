"""Are activities that publishers state as related found among the ten nearest? `python benchmarks/coverage/related.py`

Truth: `related-activity` between activities of the real IATI files of the data folder (argument; default
../shared/data), which nothing looks at. Baseline: TF-IDF over title and description. Target: hit@10 at least .92.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from lxml import etree

from accord.coverage.activity import Activity
from accord.coverage.duplicates import Nearest
from accord.coverage.plan import Source
from accord.coverage.read import read_source

_FILES = ("cd-1x", "dfid-589", "same-orgs-different-roles", "se-af", "se-zw", "unhcr-2023")


def load(data: Path) -> tuple[list[Activity], dict[int, set[int]]]:
    """The activities of the files, each id once, and which of them each states as related."""
    activities: dict[str, Activity] = {}
    stated: dict[str, set[str]] = defaultdict(set)
    for name in _FILES:
        file = data / "iati" / f"{name}.xml"
        for activity in read_source(Source(file, "iati", name)).activities:
            activities.setdefault(activity.id, activity)
        for element in etree.parse(file, etree.XMLParser(resolve_entities=False, no_network=True)).iter(
            "iati-activity"
        ):
            refs = {(one.get("ref") or "").strip() for one in element.findall("related-activity")}
            stated[element.findtext("iati-identifier", "").strip()] |= refs
    number = {identity: at for at, identity in enumerate(activities)}
    truth = {
        number[one]: {number[other] for other in others if other in number and other != one}
        for one, others in stated.items()
        if one in number
    }
    return list(activities.values()), {one: others for one, others in truth.items() if others}


def main() -> None:
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data").resolve() / "coverage"
    activities, truth = load(data)
    print(f"{len(activities)} activities, {len(truth)} of them state a related one that is here")
    print(f"{'method':<44}{'hit@1':>8}{'hit@10':>8}")
    for title, identifiers in (
        ("words of title and description (baseline)", False),
        ("and beginnings of identifiers", True),
    ):
        nearest = Nearest(activities, identifiers=identifiers)
        ranked = {one: [other for other, _ in nearest.of(one)] for one in truth}
        hits = [sum(bool(truth[one] & {*found[:most]}) for one, found in ranked.items()) for most in (1, 10)]
        print(f"{title:<44}{hits[0] / len(truth):>8.3f}{hits[1] / len(truth):>8.3f}")


if __name__ == "__main__":
    main()
