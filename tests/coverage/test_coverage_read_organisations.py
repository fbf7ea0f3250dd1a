"""Organisations across spellings, acronyms, languages and registers, and the parties of an accord."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.arrangement import NewParty, card, create_desk, draft
from accord.arrangement.model import Contact
from accord.coverage import read_plan
from accord.coverage.activity import Activity
from accord.coverage.label import label, outside_mandates
from accord.coverage.read import read_activities
from accord.coverage.read.organisations import Organisations, by_identifier
from accord.coverage.reporting import party_key
from accord.vault import TESTS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ONUDC", "UNODC"),
        ("Oficina de las Naciones Unidas contra la Droga y el Delito (UNODC)", "UNODC"),
        ("UNODC - Regional Office for Southern Africa", "UNODC"),
        ("UNICEF Kenya", "UNICEF"),
        ("UNICEF (United Nations Children's Fund)", "UNICEF"),
        ("United Nations Children’s Fund", "UNICEF"),
        ("International Organisation for Migration", "IOM"),
        ("OIPC-INTERPOL", "INTERPOL"),
        ("International Criminal Police Organization - INTERPOL", "INTERPOL"),
        ("UN-Habitat", "UN-HABITAT"),
        ("Programme des Nations unies pour le développement", "UNDP"),
        ("مكتب الأمم المتحدة المعني بالمخدرات والجريمة", "UNODC"),
        ("XM-DAC-41121", "UNHCR"),
        ("47066", "IOM"),
    ],
)
def test_a_body_has_one_name(text: str, name: str) -> None:
    assert Organisations().name(text) == name


@pytest.mark.parametrize(
    "text", ["Who cares", "Unit for IT crime", "OMS Logistics Ltd", "UNODC/UNDP joint unit", "99999", "Kenya"]
)
def test_a_name_that_only_looks_like_a_body_stays(text: str) -> None:
    assert Organisations().name(text) == text


def test_a_list_of_bodies_is_several() -> None:
    assert Organisations().names("UNICEF, WFP, local authorities") == ("UNICEF", "WFP", "local authorities")
    assert Organisations().names("Ministry of Finance, Planning and Trade") == (
        "Ministry of Finance, Planning and Trade",
    )


def test_the_identifier_is_believed_before_the_name() -> None:
    assert by_identifier("XM-DAC-41128-KE") == "UNODC"
    assert by_identifier("GB-1") is None
    assert Organisations().name("The office in Vienna", ref="XM-DAC-41128") == "UNODC"


def test_two_tables_that_write_a_body_differently_are_matched() -> None:
    assert party_key("Office des Nations Unies contre la drogue et le crime") == party_key("UNODC")
    assert party_key("تجربة") != party_key("أخرى")


@given(st.lists(st.text(max_size=12), max_size=5))
def test_names_are_stable_in_any_order(texts: list[str]) -> None:
    known = Organisations()
    first = [known.name(text) for text in texts]
    assert [known.name(text) for text in texts] == first
    assert [known.name(name) for name in first] == first


def book(folder: Path, more: str = "") -> Path:
    (folder / "book.csv").write_text(
        "id,partner,title,countries,start,end,joint with\n"
        "1,Oficina de las Naciones Unidas contra la Droga y el Delito,Drug control,KEN,2024,2024,Our Police Body\n"
        "2,UNODC,Drug laws,KEN,2024,2024,\n3,Our police body,Drug seizures,KEN,2024,2024,\n",
        encoding="utf-8",
    )
    (folder / "coverage.toml").write_text(
        f'{more}\n[[source]]\nfile = "book.csv"\nformat = "table"\n', encoding="utf-8"
    )
    return folder / "coverage.toml"


def test_partners_of_a_book_have_one_name_and_nobody_joins_himself(tmp_path: Path) -> None:
    found = read_activities(read_plan(book(tmp_path))).activities
    assert [one.partners for one in found] == [("UNODC",), ("UNODC",), ("Our Police Body",)]
    assert found[0].joint_with == ("Our Police Body",)


def test_parties_and_mandates_come_from_the_accord(tmp_path: Path) -> None:
    bodies = (("unodc", "UN Office on Drugs and Crime"), ("police", "Our Police Body"))
    folders = [
        create_desk(
            tmp_path / party, "pass", NewParty(party, name, Contact("Office", f"o@{party}.example")), cost=TESTS
        )
        for party, name in bodies
    ]
    text = draft([card(folder) for folder in folders], date(2026, 1, 1))
    (tmp_path / "accord.toml").write_text(text, encoding="utf-8")
    found = read_activities(read_plan(book(tmp_path, 'accord = "accord.toml"')))
    assert set(found.mandates) == {"UNODC", "Our Police Body"}
    assert "legal" in found.mandates["UNODC"]


def test_work_outside_a_mandate_is_told_with_its_number() -> None:
    labelled = label(
        [
            Activity("1", ("UNODC",), "Drug laws", areas=("drugs",), functions=("legal", "operations")),
            Activity("2", ("Other",), "Raids", areas=("drugs",), functions=("operations",)),
        ]
    )
    found = outside_mandates(labelled, {"UNODC": ("legal",), "Other": ()})
    assert [(problem.code, problem.entity) for problem in found] == [("coverage.mandate", "UNODC")]
