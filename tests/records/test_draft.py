"""Proposed mappings: in several languages, with reasons, and always a mapping that can be read."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.cli import cli
from accord.errors import InputError
from accord.records import read_entities
from accord.records.draft import draft_mapping
from accord.records.mapping import parse_mapping


def _drafted(path: Path, rows: list[list[str]], delimiter: str = ",") -> dict[str, str | None]:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    drafted = draft_mapping(path)
    parse_mapping(drafted.text)
    return {column.name: column.prop for column in drafted.columns}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["No", "Full name", "Date of birth", "Passport no"], ["id", "name", "birthDate", "passportNumber"]),
        (["Matricule", "Nom", "Prénom", "Nationalité"], ["id", "lastName", "firstName", "nationality"]),
        (["Nombre completo", "Fecha de nacimiento", "Cédula"], ["name", "birthDate", "idNumber"]),
        (["Nome completo", "Data de nascimento", "Endereço"], ["name", "birthDate", "address"]),
        (["Nachname", "Vorname", "Geburtsort", "PLZ"], ["lastName", "firstName", "birthPlace", "postalCode"]),
        (["ФИО", "Дата рождения", "Гражданство"], ["name", "birthDate", "nationality"]),
        (["الاسم الكامل", "تاريخ الميلاد", "الجنسية"], ["name", "birthDate", "nationality"]),
        (["姓名", "出生日期", "护照号码"], ["name", "birthDate", "passportNumber"]),
        (["Ad Soyad", "Doğum tarihi", "Uyruk"], ["name", "birthDate", "nationality"]),
        (["dateOfBirth", "family_name", "IMO number"], ["birthDate", "lastName", "imoNumber"]),
        (["Shoe size"], [None]),
    ],
)
def test_column_names_in_many_languages(tmp_path: Path, header: list[str], expected: list[str | None]) -> None:
    found = _drafted(tmp_path / "t.csv", [header, ["x"] * len(header), ["y"] * len(header)])
    assert list(found.values()) == expected


def test_values_tell_what_names_do_not(tmp_path: Path) -> None:
    rows = [["a", "b", "c", "d"]]
    rows += [[f"p{n}@example.org", iban, "Schweiz", f"0{n}.03.1963"] for n, iban in enumerate(_IBANS, 1)]
    assert _drafted(tmp_path / "t.csv", rows) == {"a": "email", "b": "iban", "c": "country", "d": None}


_IBANS = [
    "GB82 WEST 1234 5698 7654 32",
    "DE89370400440532013000",
    "FR1420041010050500013M02606",
]  # the registry's samples


def test_what_is_proposed_loads_with_title_address_and_links(tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    rows = [
        ["Liste du personnel"],
        ["Matricule", "Nom", "Prénom", "Né le", "Rue", "Ville", "Employeur", "N° SIREN employeur", "Autres noms"],
        ["1", "DIALLO", "Amina", "03/04/1963", "Rue 1", "Dakar", "Red Sea SA", "123", "A. D.; Mina"],
        ["2", "LI", "Wei", "1970", "", "Lyon", "Red Sea SA", "123", "L. W.; Li"],
    ]
    _drafted(path, rows, ";")
    (tmp_path / "m.toml").write_text(draft_mapping(path).text, "utf-8")
    found = [entity.to_dict() for entity in read_entities(path, tmp_path / "m.toml")]
    assert found[0] == {
        "id": "staff-1",
        "schema": "Person",
        "properties": {
            "name": ["Amina DIALLO"],
            "address": ["Rue 1, Dakar"],
            "lastName": ["DIALLO"],
            "firstName": ["Amina"],
            "birthDate": ["03/04/1963"],
            "alias": ["A. D.", "Mina"],
        },
    }
    assert found[1]["id"] == "staff-employer-Red Sea SA"
    assert found[1]["properties"] == {"name": ["Red Sea SA"], "registrationNumber": ["123"]}
    assert found[2]["schema"] == "Employment"
    assert found[2]["properties"] == {"employee": ["staff-1"], "employer": ["staff-employer-Red Sea SA"]}


def test_whole_names_registers_and_accounts_go_where_they_belong(tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    rows = [["Réf", "Nom", "SIREN", "Société", "IBAN"], ["1", "Amina Diallo", "552100554", "Red Sea SA", _IBANS[2]]]
    rows += [["2", "Wei Li", "", "", ""]]
    assert _drafted(path, rows, ";")["Nom"] == "name"
    (tmp_path / "m.toml").write_text(draft_mapping(path).text, "utf-8")
    found = {entity.id: entity.to_dict() for entity in read_entities(path, tmp_path / "m.toml")}
    assert found["clients-1"]["properties"] == {"name": ["Amina Diallo"]}
    assert found["clients-employer-Red Sea SA"]["properties"]["registrationNumber"] == ["552100554"]
    account = found[f"clients-account-{_IBANS[2]}"]
    assert (account["schema"], account["properties"]) == ("BankAccount", {"iban": [_IBANS[2]]})
    owned = [one["properties"] for one in found.values() if one["schema"] == "Ownership"]
    assert owned == [{"owner": ["clients-1"], "asset": [account["id"]]}]
    assert found["clients-2"]["properties"] == {"name": ["Wei Li"]}


@pytest.mark.parametrize("name", ["ships.xlsx", "ships.parquet"])
def test_workbooks_and_parquet_are_drafted_too(tmp_path: Path, name: str) -> None:
    rows = [["ID", "Ship name", "IMO", "Flag"], ["1", "Mar Azul", "9074729", "Panama"]]
    if name.endswith("xlsx"):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / name)
    else:
        pq.write_table(pa.table(dict(zip(rows[0], ([cell] for cell in rows[1]), strict=True))), tmp_path / name)
    drafted = draft_mapping(tmp_path / name)
    assert drafted.schema == "Vessel"
    (tmp_path / "m.toml").write_text(drafted.text)
    assert [entity.id for entity in read_entities(tmp_path / name, tmp_path / "m.toml")] == ["ships-1"]


def test_entities_need_no_mapping(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text('{"id": "p", "schema": "Person", "properties": {}}\n')
    with pytest.raises(InputError) as caught:
        draft_mapping(tmp_path / "p.jsonl")
    assert caught.value.code == "records.draft"


@settings(max_examples=60, deadline=None)
@given(
    header=st.lists(st.text(max_size=30), min_size=1, max_size=6), stem=st.text("ab{}\"'\\ .", min_size=1, max_size=5)
)
def test_no_column_name_can_break_out_of_the_mapping(
    tmp_path_factory: pytest.TempPathFactory, header: list[str], stem: str
) -> None:
    path = tmp_path_factory.mktemp("draft") / f"{stem}x.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file).writerows([header, ["1"] * len(header)])
    try:
        drafted = draft_mapping(path)
    except InputError as error:
        assert error.remedy  # noqa: PT017 - an empty table is one of the answers
    else:
        mapping = parse_mapping(drafted.text)
        assert mapping.columns <= {name.strip() for name in header} | {""}
        assert len(mapping.entities) <= 3


def test_the_command_writes_once_and_never_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("No,Full name\n1,x\n")
    out = str(tmp_path / "t.toml")
    run = CliRunner().invoke
    assert run(cli, ["records", "draft-mapping", str(tmp_path / "t.csv"), "--out", out]).exit_code == 0
    again = run(cli, ["records", "draft-mapping", str(tmp_path / "t.csv"), "--out", out])
    assert again.exit_code != 0
    shown = run(cli, ["records", "draft-mapping", str(tmp_path / "t.csv")])
    assert shown.stdout == (tmp_path / "t.toml").read_text("utf-8")
