"""Readers: every problem named with its place, every limit with a clear error, memory that does not grow."""

from __future__ import annotations

import contextlib
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import InputError
from accord.records import Entity, Report, merge, numbered_lines, read_entities
from accord.records._source import LONGEST_LINE

_PERSON = {"id": "p1", "schema": "Person", "properties": {"name": ["Amina Diallo", "أمينة"], "birthDate": ["1963"]}}


def _lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "input"


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: pa.compress(data, "zstd", asbytes=True)])
def test_compression_is_told_by_content_not_by_name(place: Path, pack: object) -> None:
    place.write_bytes(pack(_lines(_PERSON)))  # type: ignore[operator]
    assert [entity.to_dict() for entity in read_entities(place)] == [_PERSON]


def test_a_byte_order_mark_blank_lines_and_windows_line_ends_do_not_matter(place: Path) -> None:
    place.write_bytes(b"\xef\xbb\xbf" + _lines(_PERSON).replace(b"\n", b"\r\n\r\n"))
    assert len(list(read_entities(place))) == 1


def test_all_problems_are_raised_with_their_lines_and_without_values(place: Path) -> None:
    place.write_bytes(
        _lines(_PERSON, {"id": "", "schema": 5, "properties": {"name": [["secret name"]]}})
        + b"{not json\n\xff\xfe\n"
        + _lines(["a"], {"id": "x", "schema": "Person", "properties": []})
    )
    with pytest.raises(InputError) as caught:
        list(read_entities(place))
    problems = caught.value.problems
    assert caught.value.code == "records.invalid"
    assert [(problem.line, problem.code) for problem in problems] == [
        (2, "records.shape"),
        (2, "records.shape"),
        (2, "records.shape"),
        (3, "records.json"),
        (4, "records.encoding"),
        (5, "records.shape"),
        (6, "records.shape"),
    ]
    assert all(problem.remedy and problem.file == "input" for problem in problems)
    assert "secret" not in json.dumps(caught.value.to_dict())


def test_with_a_report_good_lines_pass_and_odd_values_are_noted(place: Path) -> None:
    odd = {
        "id": "p2",
        "schema": "Person",
        "properties": {"birthDate": ["long ago"], "shoeSize": ["43"], "nationality": ["Atlantis"], "imoNumber": ["1"]},
    }
    ship = {"id": "v", "schema": "Vessel", "properties": {"imoNumber": ["9074728"]}}
    place.write_bytes(_lines(odd, {"id": 1}, {"id": "s", "schema": "Spaceship", "properties": {}}, ship, odd))
    report = Report()
    assert [entity.id for entity in read_entities(place, report=report)] == ["p2", "s", "v", "p2"]
    assert report.problem_count == 2
    noted = {(note.code, note.property): note.count for note in report.notes}
    assert noted == {
        ("records.date", "birthDate"): 2,
        ("records.property", "shoeSize"): 2,
        ("records.property", "imoNumber"): 2,
        ("records.country", "nationality"): 2,
        ("records.schema", None): 1,
        ("records.identifier", "imoNumber"): 1,
    }


def test_ten_megabyte_line_is_passed_over_without_being_held(place: Path) -> None:
    place.write_bytes(b'{"id": "' + b"a" * (LONGEST_LINE + 5) + b'"}\n' + _lines(_PERSON))
    report = Report()
    assert [entity.id for entity in read_entities(place, report=report)] == ["p1"]
    assert [(problem.code, problem.line) for problem in report.problems] == [("records.line", 1)]


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: pa.compress(data, "zstd", asbytes=True)])
def test_truncated_archive(place: Path, pack: object) -> None:
    rows = [{**_PERSON, "id": f"p{number * 7919 % 10007}-{number}"} for number in range(3000)]
    packed = pack(_lines(*rows))  # type: ignore[operator]
    place.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InputError) as caught:
        list(read_entities(place))
    assert caught.value.code == "records.truncated"
    report = Report()
    list(read_entities(place, report=report))
    assert [problem.code for problem in report.problems] == ["records.truncated"]


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: pa.compress(data, "zstd", asbytes=True)])
def test_compression_bomb(place: Path, pack: object) -> None:
    place.write_bytes(pack(b"0" * (100 << 20)))  # type: ignore[operator]
    with pytest.raises(InputError) as caught:
        list(numbered_lines(place))
    assert caught.value.code == "records.bomb"


def test_deep_json(place: Path) -> None:
    place.write_bytes(b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n")
    with pytest.raises(InputError) as caught:
        list(read_entities(place))
    assert [problem.code for problem in caught.value.problems] == ["records.json"]


def test_one_json_array_says_how_to_split_it(place: Path) -> None:
    place.write_text(json.dumps([_PERSON]))
    with pytest.raises(InputError) as caught:
        list(read_entities(place))
    assert "jq" in caught.value.problems[0].remedy


def test_utf_16_is_said_once(place: Path) -> None:
    place.write_bytes("\n".join(["{}"] * 5).encode("utf-16"))
    with pytest.raises(InputError) as caught:
        list(read_entities(place))
    assert [problem.code for problem in caught.value.problems] == ["records.encoding"]


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        list(read_entities(tmp_path / "nowhere.jsonl"))


def test_a_table_without_mapping_says_what_to_give(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "people.csv"))
    assert caught.value.code == "records.mapping"


def test_fragments_are_merged_and_conflicts_named() -> None:
    one = Entity("a", "LegalEntity", {"name": ("Red Sea Trading",)}, ("x",))
    two = Entity("a", "Company", {"name": ("Red Sea Trading", "RST")}, ("y",))
    assert merge([one, two]) == [Entity("a", "Company", {"name": ("Red Sea Trading", "RST")}, ("x", "y"))]
    with pytest.raises(InputError) as caught:
        merge([two, Entity("a", "Vessel", {})])
    assert caught.value.code == "records.conflict"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_entities_or_an_input_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    place = tmp_path_factory.getbasetemp() / "fuzz"
    place.write_bytes(data)
    with contextlib.suppress(InputError):
        list(read_entities(place))


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["id", "schema", "properties", "datasets", "x"]), _JSON))
def test_the_reader_names_a_problem_exactly_when_the_entity_cannot_be_made(data: dict[str, object]) -> None:
    from accord.records.validate import shape_problems

    try:
        Entity.from_dict(data)
    except InputError:
        assert shape_problems(data)
    else:
        assert not shape_problems(data)


def test_the_real_lists_load_without_a_problem(shared_data: Path) -> None:
    report = Report()
    entities = list(read_entities(shared_data / "match" / "lists" / "un.ftm.jsonl", report=report))
    assert len(entities) == 1003
    assert report.problem_count == 0
