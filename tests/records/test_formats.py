"""What an input is, is told by its content: Parquet, encodings, empty and foreign files."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from accord.errors import InputError
from accord.records import Report, read_entities

_MAPPING = '[[entity]]\nschema = "Person"\nid = "p-{No}"\n[entity.properties]\nname = "Name"\nalias = "Also"\nbirthDate = "Born"\n'


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(_MAPPING)
    return path


def _parquet(**columns: object) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, row_group_size=3)
    return file.getvalue()


def test_parquet_is_read_with_a_mapping_and_lists_are_several_values(tmp_path: Path, mapping: Path) -> None:
    rows = _parquet(
        No=[1, 2, 3, 4],
        Name=["Zoë Müller", "João Silva", None, "Li Wei"],
        Also=[["Z. Müller", "Zoe"], [], None, ["李伟"]],
        Born=[datetime.date(1963, 4, 3), None, None, datetime.date(1970, 1, 1)],
        Unused=["x" * 100] * 4,
    )
    (tmp_path / "people").write_bytes(rows)  # known by its content
    assert [(entity.id, dict(entity.properties)) for entity in read_entities(tmp_path / "people", mapping)] == [
        ("p-1", {"name": ("Zoë Müller",), "alias": ("Z. Müller", "Zoe"), "birthDate": ("1963-04-03",)}),
        ("p-2", {"name": ("João Silva",)}),
        ("p-3", {}),
        ("p-4", {"name": ("Li Wei",), "alias": ("李伟",), "birthDate": ("1970-01-01",)}),
    ]


def test_parquet_without_a_mapped_column_names_those_that_are_there(tmp_path: Path, mapping: Path) -> None:
    (tmp_path / "p.parquet").write_bytes(_parquet(No=[1], Name=["x"]))
    with pytest.raises(InputError, match="no column 'Also', 'Born'") as caught:
        list(read_entities(tmp_path / "p.parquet", mapping))
    assert "'No', 'Name'" in caught.value.remedy


@pytest.mark.parametrize("length", [4, 8, 100, 500, -9, -5, -1])
def test_a_cut_parquet_file_is_an_error(tmp_path: Path, mapping: Path, length: int) -> None:
    whole = _parquet(No=[1, 2], Name=["x", "y"], Also=["", "z"], Born=["1963", "1970"])
    (tmp_path / "p.parquet").write_bytes(whole[:length])
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "p.parquet", mapping))
    assert caught.value.code == "records.parquet"


def test_a_parquet_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, mapping: Path) -> None:
    file = io.BytesIO()
    names = ["x" * 1_000_000] * 80  # 80 MB that pack to a few kilobytes
    table = pa.table({"No": range(80), "Name": names, "Also": [""] * 80, "Born": [""] * 80})
    pq.write_table(table, file, compression="zstd", use_dictionary=False)
    (tmp_path / "p.parquet").write_bytes(file.getvalue())
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "p.parquet", mapping))
    assert caught.value.code == "records.bomb"


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.xlsx", "a"])
def test_an_empty_file_is_called_empty(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / name))
    assert (caught.value.code, caught.value.message) == ("records.empty", f"{name} is empty")


def test_an_old_workbook_asks_to_be_saved_again(tmp_path: Path, mapping: Path) -> None:
    (tmp_path / "people.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(InputError, match=r"old \.xls"):
        list(read_entities(tmp_path / "people.xls", mapping))


def test_a_table_without_a_mapping_points_to_the_draft(tmp_path: Path) -> None:
    (tmp_path / "people.txt").write_text("No\tName\n1\tx\n")
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "people.txt"))
    assert "draft-mapping" in caught.value.remedy


_NAMES = {
    "windows-1251": "Иванов Иван Иванович, Петрова Мария Сергеевна из Москвы",
    "koi8_r": "Иванов Иван Иванович и Петрова Мария Сергеевна из Москвы",
    "windows-1250": "Małgorzata Wiśniewska, Łódź, Żółkiewska",
    "windows-1253": "Γιώργος Παπαδόπουλος και Μαρία Οικονόμου από την Αθήνα",
    "windows-1254": "Ayşe Yılmaz ve İbrahim Güneş, Çağrı Şahin",
    "windows-1252": "Zoë Müller et Joséphine Lefèvre à Genève",
}
_ASKED_FOR = {
    "cp932": "山田太郎と鈴木一郎",
    "gb18030": "王小明和李华在北京工作",
    "big5": "陳大文",
    "cp949": "김철수",
    "cp874": "สมชาย",
}


def _write(path: Path, encoding: str, name: str) -> None:
    rows = "".join(f'{number},"{name}",,\n' for number in range(20))
    path.write_bytes(f"No,Name,Also,Born\n{rows}".encode(encoding))


@pytest.mark.parametrize("encoding", _NAMES)
def test_an_encoding_is_told_and_said(tmp_path: Path, mapping: Path, encoding: str) -> None:
    _write(tmp_path / "people.csv", encoding, _NAMES[encoding])
    report = Report()
    found = list(read_entities(tmp_path / "people.csv", mapping, report=report))
    assert found[0].first("name") == _NAMES[encoding]
    assert encoding in report.said[0]


@pytest.mark.parametrize("encoding", _ASKED_FOR)
def test_an_encoding_that_cannot_be_told_is_asked_for_never_guessed(
    tmp_path: Path, mapping: Path, encoding: str
) -> None:
    _write(tmp_path / "people.csv", encoding, _ASKED_FOR[encoding])
    with pytest.raises(InputError) as caught:
        list(read_entities(tmp_path / "people.csv", mapping))
    assert caught.value.code == "records.encoding"
    mapping.write_text(f'[table]\nencoding = "{encoding}"\n{_MAPPING}')
    assert next(read_entities(tmp_path / "people.csv", mapping)).first("name") == _ASKED_FOR[encoding]
