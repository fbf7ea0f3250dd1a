"""Flat tables: good without training, the same whatever the threads and the order, explained by what was computed."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import InputError
from accord.match.table import Table, explain_rows, match_table, read_table
from accord.match.table.columns import Sort, table_of
from accord.match.table.levels import DateLevel, Dates, date_levels
from accord.records import read_entities
from accord.records.columns import is_flat, read_columns
from accord.records.mapping import load_mapping, parse_mapping

SYLLABLES = [
    "ba",
    "be",
    "bo",
    "da",
    "de",
    "do",
    "ka",
    "ke",
    "ko",
    "la",
    "le",
    "lo",
    "ma",
    "me",
    "mo",
    "na",
    "ne",
    "no",
    "ra",
    "re",
    "ro",
    "sa",
    "se",
    "so",
    "ta",
    "te",
    "to",
    "va",
    "ve",
    "vo",
]
MAPPING = """
[[entity]]
schema = "Person"
id = "{no}"
[entity.properties]
firstName = "given"
lastName = "family"
birthDate = "born"
address = { join = ["street", "city"] }
[entity.other]
trade = "trade"
"""


def word(rng: random.Random, length: int) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(length))


def slip(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text))
    return text[:place] + rng.choice("aeioulmnrst") + text[place + 1 :]


def made_rows(seed: int, things: int = 900, twice: int = 300) -> list[dict[str, str]]:
    """Made-up people; the first `twice` of them stand there twice, the second time with errors. `no` is thing-copy."""
    rng = random.Random(seed)
    given, family = [word(rng, 2) for _ in range(120)], [word(rng, 3) for _ in range(400)]
    cities, trades = [word(rng, 4) for _ in range(40)], ["clerk", "smith", "nurse", "cook", "guard", "pilot"]
    rows = []
    for number in range(things):
        row = {
            "no": f"{number}-a",
            "given": rng.choice(given),
            "family": rng.choice(family),
            "born": f"{rng.randrange(1930, 2005)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
            "street": f"{rng.randrange(1, 200)} {word(rng, 3)} street",
            "city": rng.choice(cities),
            "trade": rng.choice(trades),
        }
        rows.append(row)
        if number < twice:
            copy = {**row, "no": f"{number}-b"}
            kind = number % 5
            if kind == 0:
                copy["family"] = slip(copy["family"], rng)
            elif kind == 1:
                copy["given"], copy["family"] = copy["family"], copy["given"]
            elif kind == 2:
                copy["born"] = copy["born"][:8] + f"{rng.randrange(1, 29):02d}"
                copy["trade"] = ""
            elif kind == 3:
                copy["given"] = copy["given"][0]
                copy["city"] = ""
            else:
                copy["born"] = ""
            rows.append(copy)
    rng.shuffle(rows)
    return rows


def written(folder: Path, rows: list[dict[str, str]], name: str = "people.csv") -> tuple[Path, Path]:
    table, mapping = folder / name, folder / "columns.toml"
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    mapping.write_text(MAPPING)
    return table, mapping


def read(folder: Path, rows: list[dict[str, str]]) -> Table:
    path, mapping = written(folder, rows)
    table = read_table(path, None, (mapping,))
    assert table is not None
    return table


def f1(found: set[frozenset[str]], true: set[frozenset[str]]) -> float:
    return 2 * len(found & true) / (len(found) + len(true))


@pytest.mark.parametrize("learned", [False, True])
def test_a_table_never_seen_is_matched_without_labels(tmp_path: Path, learned: bool) -> None:
    table = read(tmp_path, made_rows(1))
    found = {frozenset((m.left, m.right)) for m in match_table(table, learned=learned).matches(0.5)}
    true = {frozenset((f"{n}-a", f"{n}-b")) for n in range(300)}
    assert f1(found, true) > 0.99


def test_a_large_table_asks_twice_of_loose_agreement_and_still_finds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = read(tmp_path, made_rows(1))
    all_pairs = len(match_table(table).scores)
    monkeypatch.setattr("accord.match.table.block.LARGE", 100)
    matched = match_table(table)
    found = {frozenset((m.left, m.right)) for m in matched.matches(0.5)}
    assert len(matched.scores) < all_pairs
    assert f1(found, {frozenset((f"{n}-a", f"{n}-b")) for n in range(300)}) > 0.98


def test_threads_and_row_order_change_nothing(tmp_path: Path) -> None:
    rows = made_rows(2)
    table = read(tmp_path, rows)
    once, again = match_table(table), match_table(table, threads=3)
    assert once.matches(0.0) == again.matches(0.0)
    other = match_table(read(tmp_path, rows[::-1])).matches(0.5)
    flipped = {frozenset((m.left, m.right)) for m in other}
    assert flipped == {frozenset((m.left, m.right)) for m in once.matches(0.5)}


def test_an_explanation_adds_up_to_the_score(tmp_path: Path) -> None:
    matched = match_table(read(tmp_path, made_rows(3)))
    order = matched.scores.argsort()
    for place in (*order[:5].tolist(), *order[len(order) // 2 :][:5].tolist(), *order[-5:].tolist()):
        said = explain_rows(matched, int(matched.left[place]), int(matched.right[place]), 0.5)
        assert said.score == pytest.approx(matched.scores[place], abs=2e-6)
        total = sum(part.effect for part in said.parts)
        assert 1 / (1 + math.exp(-max(-40, min(40, total)))) == pytest.approx(said.score, abs=1e-6)
        assert {"name", "birthDate", "trade"} <= {part.feature for part in said.parts}


def test_two_files_are_matched_across_only(tmp_path: Path) -> None:
    rows = made_rows(4)
    left, mapping = written(tmp_path, [row for row in rows if row["no"].endswith("a")], "left.csv")
    right, _ = written(tmp_path, [row for row in rows if row["no"].endswith("b")], "right.csv")
    table = read_table(left, right, (mapping,))
    assert table is not None
    found = match_table(table).matches(0.5)
    assert all(m.left.endswith("a") and m.right.endswith("b") for m in found)
    good = sum(m.left[:-1] == m.right[:-1] for m in found)
    assert good >= 295
    assert len(found) - good <= 3


def test_columns_are_what_the_record_reader_gives(tmp_path: Path) -> None:
    rows = made_rows(5, 30, 10)
    rows[0] = {**rows[0], "street": 'two\nlines, "quoted"', "city": "  spaced  "}
    path, mapping = written(tmp_path, rows)
    columns = read_columns(path, load_mapping(mapping))
    assert columns is not None
    entities = list(read_entities(path, mapping))
    assert columns.ids == [entity.id for entity in entities]
    assert [cell or None for cell in columns.cells["trade"].to_pylist()] == [e.first("trade") for e in entities]
    assert [cell or None for cell in columns.cells["family"].to_pylist()] == [e.first("lastName") for e in entities]


def test_short_rows_are_read_as_by_the_record_reader(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("no,given\n1,Ana\n2\n3,Eva\n")
    mapping = parse_mapping('[[entity]]\nschema = "Person"\nid = "{no}"\nproperties.firstName = "given"')
    columns = read_columns(path, mapping)
    assert columns is not None
    assert columns.ids == ["1", "2", "3"]
    assert [cell or "" for cell in columns.cells["given"].to_pylist()] == ["Ana", "", "Eva"]


@pytest.mark.parametrize("ids", ["1,Ana\n1,Eva\n", ",Ana\n2,Eva\n"])
def test_rows_that_are_not_one_record_each_are_left_to_the_record_reader(tmp_path: Path, ids: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text("no,given\n" + ids)
    mapping = parse_mapping('[[entity]]\nschema = "Person"\nid = "{no}"\nproperties.firstName = "given"')
    assert read_columns(path, mapping) is None


def test_several_values_or_entities_are_not_flat() -> None:
    person = '[[entity]]\nschema = "Person"\nid = "{no}"\n'
    assert is_flat(parse_mapping(person + 'properties.name = "n"'))
    assert not is_flat(parse_mapping(person + 'properties.name = ["n", "m"]'))
    assert not is_flat(parse_mapping(person + 'properties.name = { column = "n", split = ";" }'))
    assert not is_flat(parse_mapping(person + 'properties.name = "n"\n' + person.replace("{no}", "{other}")))


def test_names_in_two_alphabets_are_left_to_the_matcher_that_knows_scripts(tmp_path: Path) -> None:
    rows = made_rows(6)
    for row in rows[::20]:
        row["family"] = "Каддафи"
    path, mapping = written(tmp_path, rows)
    assert read_table(path, None, (mapping,)) is None


def test_a_sensitive_column_cannot_come_in_by_the_back_door() -> None:
    for prop in ("religion", "ethnicity"):
        text = f'[[entity]]\nschema = "Company"\nid = "{{no}}"\nproperties.name = "n"\nother.{prop} = "r"'
        with pytest.raises(InputError) as caught:
            parse_mapping(text)
        assert caught.value.code == "records.mapping"


def test_a_mapped_sensitive_column_is_not_compared(tmp_path: Path) -> None:
    path, mapping = written(tmp_path, made_rows(7))
    mapping.write_text(MAPPING.replace("[entity.other]\ntrade", "religion").replace('trade = "trade"', ""))
    mapping.write_text(MAPPING.replace("[entity.other]\ntrade =", "religion ="))
    table = read_table(path, None, (mapping,))
    assert table is not None
    assert "religion" not in {field.label for field in table.fields}


def test_learning_from_a_table_without_matches_says_so() -> None:
    rng = random.Random(8)
    cells = {"name": [f"{word(rng, 5)} {word(rng, 5)}" for _ in range(1200)]}
    table = table_of([str(n) for n in range(1200)], cells, {"name": (Sort.NAME, "whole")}, "Person")
    with pytest.raises(InputError) as caught:
        match_table(table, learned=True)
    assert caught.value.code == "match.learn"


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("1980-05-17", "19800517", DateLevel.EQUAL),
        ("1980-05-17", "1980-05-11", DateLevel.SLIP),
        ("1980-05-17", "1980-50-17", DateLevel.SLIP),
        ("1980-05-04", "1980-04-05", DateLevel.SWAPPED),
        ("1980-05-17", "1980-05-22", DateLevel.TWO_PARTS),
        ("1980-05-17", "1980", DateLevel.YEAR),
        ("1980-05-17", "1980-01-01", DateLevel.YEAR),
        ("1861-01-01", "1862-01-01", DateLevel.NEAR),
        ("1861-01-01", "1866-01-01", DateLevel.DIFFERENT),
        ("1980-05-17", "1944-11-30", DateLevel.DIFFERENT),
    ],
)
def test_dates(left: str, right: str, level: DateLevel) -> None:
    import numpy as np

    table = table_of(["1", "2"], {"born": [left, right]}, {"born": (Sort.DATE, "")}, "Person")
    column = table.fields[0].column
    for a, b in ((0, 1), (1, 0)):
        assert date_levels(Dates.of(column), column, np.array([a]), np.array([b])).tolist() == [level]


cells_of_a_row = st.one_of(
    st.none(), st.sampled_from(["", "x", "a b", "É.", "12", "1980-01-01", "0" * 90]), st.text(max_size=9)
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[cells_of_a_row] * 5), min_size=1, max_size=30), st.sampled_from(["Person", "Company"]))
def test_any_cells_at_all_give_probabilities(rows: list[tuple[str | None, ...]], schema: str) -> None:
    sorts = {
        "n": (Sort.NAME, "whole"),
        "d": (Sort.DATE, ""),
        "c": (Sort.CODE, ""),
        "t": (Sort.TEXT, ""),
        "u": (Sort.TEXT, ""),
    }
    cells = dict(zip(sorts, zip(*rows, strict=True), strict=True))
    table = table_of([str(n) for n in range(len(rows))], {k: list(v) for k, v in cells.items()}, sorts, schema)
    matched = match_table(table)
    assert all(0 <= match.score <= 1 for match in matched.matches(0.0))
    for left, right in zip(matched.left[:3].tolist(), matched.right[:3].tolist(), strict=True):
        explain_rows(matched, left, right, 0.5)
