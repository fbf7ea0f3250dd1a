"""How well `accord.coverage.classify` reads activities, beside a plain keyword list in the same run.

    python benchmarks/coverage_classify/run.py [--data ../shared/data/coverage] [--part test|development|readers]

Prints Markdown. `labels.jsonl` beside this file are our own labels (one reader; ids only, the texts stay in the data):
*test* records come from countries that are in no other part, were labelled before the classifier saw them, and only
their totals were ever looked at. *functions* are the records of those countries, or of countries in no part, that had
an area and were in no part yet: labelled in the same way for functions alone, and told with *test*, because rare
functions need more records than areas do. *development* was read while the table was written, and so was *readers*
(`labels_dev.jsonl`, labels on which two independent readers agree).
What a reader was not sure of is left out of every score.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import keywords

from accord.coverage.classify import AREAS, FUNCTIONS, classify, classify_many

ENOUGH = 8  # positives from which an area has a figure of its own
HERE = Path(__file__).resolve()
MARKS = {  # words that tell the language of a text well enough to group figures by
    "English": {"the", "of", "and", "to", "in", "for", "on", "with"},
    "French": {"des", "les", "la", "le", "et", "du", "à", "dans", "en"},
    "Spanish": {"los", "las", "el", "la", "y", "en", "para", "del", "con"},
    "Portuguese": {"dos", "das", "da", "do", "e", "em", "para", "com", "o"},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one classifier said about one labelled record."""

    record: Mapping[str, list[str]]
    areas: set[str]
    functions: set[str]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one label."""

    found: int
    wrong: int
    missed: int

    @property
    def positives(self) -> int:
        return self.found + self.missed

    @property
    def f1(self) -> float:
        return 2 * self.found / max(1, 2 * self.found + self.wrong + self.missed)


def scores(answers: Iterable[Answer], kind: str, labels: Iterable[str]) -> dict[str, Score]:
    """Scores per label; functions only over records that have an area."""
    counts = {label: [0, 0, 0] for label in labels}
    for answer in answers:
        record = answer.record
        if kind == "functions" and not record["areas"]:
            continue
        truth, unsure = set(record[kind]), set(record[f"unsure_{kind}"])
        given = (answer.areas if kind == "areas" else answer.functions) - unsure
        for label, row in counts.items():
            place = 0 if label in truth & given else 1 if label in given else 2 if label in truth else None
            if place is not None:
                row[place] += 1
    return {label: Score(*found) for label, found in counts.items() if found[0] + found[2]}


def macro(table: Mapping[str, Score], enough: int) -> float:
    """The mean F1 of the labels with enough positives."""
    rows = [score.f1 for score in table.values() if score.positives >= enough]
    return sum(rows) / len(rows) if rows else float("nan")


def micro(table: Mapping[str, Score]) -> float:
    """F1 over all decisions, for groups too small for a mean of labels."""
    rows = list(table.values())
    return Score(*(sum(getattr(row, name) for row in rows) for name in ("found", "wrong", "missed"))).f1


def invented(answers: Iterable[Answer]) -> tuple[int, int]:
    """Records with no area (nor an unsure one), and how many of them were given one."""
    empty = [answer for answer in answers if not answer.record["areas"] and not answer.record["unsure_areas"]]
    return len(empty), sum(1 for answer in empty if answer.areas)


def language(record: Mapping[str, str]) -> str:
    """The language whose small words the text has most of."""
    words = f"{record['title']} {record['description']}".lower().split()
    return max(MARKS, key=lambda name: sum(word in MARKS[name] for word in words))


def report(records: list[dict], ours: list[Answer], plain: list[Answer], more: list[list[Answer]]) -> None:
    """All tables of one part of the labelled records; `more` are answers that count for functions alone."""
    tables = [scores(answers, "areas", AREAS) for answers in (ours, plain)]
    print("| | Accord | keyword list |\n|---|---|---|")
    print(line(f"areas, macro-F1 (≥ {ENOUGH} positives)", (macro(table, ENOUGH) for table in tables)))
    print(line("areas, macro-F1 (all with a positive)", (macro(table, 1) for table in tables)))
    functions = [
        scores([*answers, *extra], "functions", FUNCTIONS) for answers, extra in zip((ours, plain), more, strict=True)
    ]
    print(line(f"functions, macro-F1 (≥ {ENOUGH} positives)", (macro(table, ENOUGH) for table in functions)))
    print(line("functions, macro-F1 (all with a positive)", (macro(table, 1) for table in functions)))
    (empty, ours_wrong), (_, plain_wrong) = invented(ours), invented(plain)
    print(line(f"no-area records given an area, of {empty}", (ours_wrong / max(1, empty), plain_wrong / max(1, empty))))
    for title, pair in (("area", tables), ("function", functions)):
        print(f"\n| {title} | positives | Accord: F1 (found, wrong, missed) | keyword list: F1 |\n|---|---|---|---|")
        for label, score in pair[0].items():
            detail = f"{score.f1:.2f} ({score.found}, {score.wrong}, {score.missed})"
            print(f"| {label} | {score.positives} | {detail} | {pair[1][label].f1:.2f} |")
    print("\n| language | records | areas, F1 over all decisions: Accord | keyword list |\n|---|---|---|---|")
    for name in MARKS:
        chosen = [index for index, record in enumerate(records) if language(record) == name]
        if not chosen:
            continue
        pair = [micro(scores([answers[index] for index in chosen], "areas", AREAS)) for answers in (ours, plain)]
        print(f"| {name} | {len(chosen)} | {pair[0]:.2f} | {pair[1]:.2f} |")


def line(title: str, figures: Iterable[float]) -> str:
    return f"| {title} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |"


def uninfo(data: Path) -> list[dict[str, str]]:
    """The UN INFO table as rows for `classify_many`."""
    with gzip.open(data / "uninfo_projects.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return [
            {
                "id": f"{line['workspace']}/{line['id']}/{line['agency']}",
                "title": line["name"],
                "description": line["description"],
                "context": line["outcome"],
            }
            for line in csv.DictReader(file)
        ]


def labelled_records(part: str, data: Path, texts: Mapping[str, Mapping[str, str]]) -> list[dict]:
    """The labelled records of a part, with their texts."""
    file = data / "labels_dev.jsonl" if part == "readers" else HERE.with_name("labels.jsonl")
    labels = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [{**texts[label["id"]], **label} for label in labels if label.get("part", part) == part]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the classification of activities beside a keyword list.")
    parser.add_argument("--data", type=Path, default=HERE.parents[3] / "shared" / "data" / "coverage")
    parser.add_argument("--part", choices=("test", "development", "readers"), default="test")
    options = parser.parse_args()
    rows = uninfo(options.data)
    texts = {row["id"]: row for row in rows}
    records = labelled_records(options.part, options.data, texts)

    def by_us(record: dict) -> tuple[set[str], set[str]]:
        labels = classify(record["title"], record["description"], context=record["context"])
        return set(labels.areas), set(labels.functions)

    def by_list(record: dict) -> tuple[set[str], set[str]]:
        return keywords.classify(record["title"], record["description"])

    def answers(records: list[dict], classifier: Callable[[dict], tuple[set[str], set[str]]]) -> list[Answer]:
        return [Answer(record, *classifier(record)) for record in records]

    print(f"## Labelled records: {options.part} ({len(records)})\n")
    more = labelled_records("functions", options.data, texts) if options.part == "test" else []
    both = by_us, by_list
    report(records, *(answers(records, one) for one in both), more=[answers(more, one) for one in both])
    begun = time.perf_counter()
    labelled = sum(1 for labels in classify_many(rows) if labels.areas)
    ours_seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    listed = sum(1 for line in rows if keywords.classify(line["title"], line["description"])[0])
    plain_seconds = time.perf_counter() - begun
    print(f"\n| UN INFO, {len(rows)} records, one core | seconds | with an area |\n|---|---|---|")
    print(f"| Accord | {ours_seconds:.1f} | {labelled} |\n| keyword list | {plain_seconds:.1f} | {listed} |")


if __name__ == "__main__":
    main()
