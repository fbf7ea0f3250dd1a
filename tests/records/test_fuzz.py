"""Bytes that nobody expected: every reader gives entities or an error with a remedy, and nothing else."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import InputError, UsageError
from accord.records import Entity, Report, read_entities
from accord.records.where import parse_where

_MAPPING = '[[entity]]\nschema = "Person"\nid = "p-{No}"\n[entity.properties]\nname = "Name"\n'
_SEEDS = {
    "lines.jsonl": b'{"id":"a","schema":"Person","properties":{"name":["x"],"birthDate":["1963"]}}\n' * 3,
    "table.csv": "No;Name\n1;Zoë\n2;Li\n".encode() * 3,
    "table.tsv": 'No\tName\n1\t"Zoë"\n'.encode("utf-16"),
    "un.xml": b"<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><FIRST_NAME>A</FIRST_NAME><REFERENCE_NUMBER>C1</REFERENCE_NUMBER>"
    b"<INDIVIDUAL_DATE_OF_BIRTH><FROM_YEAR>1960</FROM_YEAR><TO_YEAR>1961</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL>"
    b"</INDIVIDUALS><ENTITIES/></CONSOLIDATED_LIST>",
    "sdn.csv": b'1,"DOE, Jo","individual","X] [Y",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 1963; Passport A1 (Iran)."\r\n'
    * 3,
    "packed.jsonl.gz": gzip.compress(b'{"id":"a","schema":"Person","properties":{}}\n' * 50, mtime=0),
}
_EDITS = st.lists(
    st.tuples(
        st.integers(0, 400), st.sampled_from(["set", "insert", "delete", "cut"]), st.binary(min_size=1, max_size=4)
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("name", _SEEDS)
@settings(max_examples=40, deadline=None)
@given(edits=_EDITS)
def test_damaged_files_give_entities_or_an_error_with_a_remedy(
    tmp_path_factory: pytest.TempPathFactory, name: str, edits: list[tuple[int, str, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "m.toml").write_text(_MAPPING)
    data = _SEEDS[name]
    for place, kind, piece in edits:
        at = place % (len(data) + 1)
        rest = {"set": data[at + len(piece) :], "insert": data[at:], "delete": data[at + len(piece) :], "cut": b""}[
            kind
        ]
        data = data[:at] + (b"" if kind == "delete" else piece) + rest
    (folder / name).write_bytes(data)
    report = Report()
    try:
        found = list(read_entities(folder / name, folder / "m.toml" if "table" in name else None, report=report))
    except InputError as error:
        wrong = [(error.code, error.message, error.remedy)]
    else:
        wrong = [(problem.code, problem.message, problem.remedy) for problem in report.problems]
        assert all(entity.id and entity.schema for entity in found)
    for code, message, remedy in wrong:
        assert code.startswith("records.")
        assert message
        assert remedy


@pytest.mark.parametrize("name", ["people.csv", "sdn.csv"])
def test_a_ten_megabyte_line_stops_a_table_without_being_held(tmp_path: Path, name: str) -> None:
    start = (
        b"No,Name\n1," if name == "people.csv" else b'1,"DOE, Jo",-0- ,"X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n2,'
    )
    (tmp_path / name).write_bytes(start + b"x" * 10_000_000 + b"\n")
    (tmp_path / "m.toml").write_text(_MAPPING)
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / name, tmp_path / "m.toml" if name == "people.csv" else None))
    assert caught.value.code in ("records.csv", "records.line")
    assert caught.value.problems[0].line == 2


def test_a_ten_megabyte_text_in_the_un_list(tmp_path: Path) -> None:
    text = _SEEDS["un.xml"].replace(b"<FIRST_NAME>A", b"<FIRST_NAME>" + b"A" * 11_000_000)
    (tmp_path / "un.xml").write_bytes(text)
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "un.xml"))
    assert caught.value.code == "records.xml"


@pytest.mark.parametrize("text", ["name = a{}b", "name = a{}and{}b", "name = a and{}b"])
def test_attack_a_million_blanks_in_an_expression(text: str) -> None:
    """A run of blanks that is looked at again from each of its places would hold a whole desk up for hours."""
    blanks = " " * 1_000_000
    assert not parse_where(text.replace("{}", blanks))(Entity("e", "Person", {"name": ("a",)}), "list.csv")
    with pytest.raises(UsageError):
        parse_where(f"name{blanks}a")
