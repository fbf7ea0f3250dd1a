"""IATI files: what the standard allows, what publishers write, and what attackers send."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from accord.coverage.plan import Source
from accord.coverage.read import read_source
from accord.coverage.read.book import Book, merge
from accord.errors import InputError

ACTIVITY = """<iati-activity default-currency="USD" last-updated-datetime="{updated}">
<iati-identifier>{id}</iati-identifier><reporting-org ref="XM-1"><narrative>Partner</narrative></reporting-org>
<title><narrative xml:lang="fr">Formation</narrative><narrative xml:lang="en">Training</narrative></title>{more}
</iati-activity>"""


def read(folder: Path, text: str, head: str = "") -> Book:
    (folder / "a.xml").write_text(f"{head}<iati-activities version='2.03'>{text}</iati-activities>", encoding="utf-8")
    return read_source(Source(folder / "a.xml", "iati", "a"))


def activity(more: str = "", identity: str = "A1", updated: str = "2024") -> str:
    return ACTIVITY.format(id=identity, more=more, updated=updated)


def test_attack_billion_laughs(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with pytest.raises(InputError) as caught:
        read(tmp_path, activity("<description><narrative>&b;</narrative></description>"), bomb)
    assert caught.value.code == "coverage.xml-entities"


def test_attack_external_entity(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("planted")
    head = f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{tmp_path}/secret">]>'
    with pytest.raises(InputError) as caught:
        read(tmp_path, activity("<description><narrative>&s;</narrative></description>"), head)
    assert "planted" not in str(caught.value)


def test_malformed_xml_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, activity() + "\n<iati-activity><title></iati-activity>")
    assert caught.value.code == "coverage.xml"
    assert "a.xml:5" in caught.value.message


def test_a_packed_file_is_read_and_a_cut_one_refused(tmp_path: Path) -> None:
    plain = read(tmp_path, activity() + activity(identity="A2"))
    packed = gzip.compress((tmp_path / "a.xml").read_bytes())
    (tmp_path / "a.xml").write_bytes(packed)
    assert read_source(Source(tmp_path / "a.xml", "iati", "a")).activities == plain.activities
    for damaged in (packed[: len(packed) // 2], packed[:30] + b"\0" * 20 + packed[50:]):
        (tmp_path / "a.xml").write_bytes(damaged)
        with pytest.raises(InputError):
            read_source(Source(tmp_path / "a.xml", "iati", "a"))


def test_sector_and_country_may_stand_on_transactions_only(tmp_path: Path) -> None:
    more = (
        '<transaction><transaction-type code="2"/><value>1000.55</value><sector vocabulary="1" code="16063"/>'
        '<recipient-country code="KE"/></transaction>'
    )
    found = read(tmp_path, activity(more)).activities[0]
    assert [place.country for place in found.countries] == ["KEN"]
    assert found.codes == ("DAC:16063",)
    assert [(money.cents, money.currency) for money in found.money] == [(100055, "USD")]


def test_percentages_are_decimals(tmp_path: Path) -> None:
    more = '<recipient-country code="KE" percentage="33.34"/><recipient-country code="UG" percentage="66.66"/>'
    book = read(tmp_path, activity(more))
    assert [place.percent for place in book.activities[0].countries] == [33.34, 66.66]
    assert not book.problems


def test_a_narrative_in_two_languages_is_one_text(tmp_path: Path) -> None:
    assert read(tmp_path, activity()).activities[0].title == "Training"


def test_one_id_in_two_files_is_one_activity_the_one_updated_last(tmp_path: Path) -> None:
    old = read(tmp_path, activity(updated="2022")).activities
    new = read(tmp_path, activity('<recipient-country code="KE"/>', updated="2024")).activities
    kept, problems = merge([*old, *new])
    assert [[place.country for place in one.countries] for one in kept] == [["KEN"]]
    assert [problem.code for problem in problems] == ["coverage.repeated-id"]


def test_parent_and_child_budgets_are_not_added(tmp_path: Path) -> None:
    from accord.coverage.plan import Plan
    from accord.coverage.read import read_activities

    budget = "<budget><value>100</value></budget>"
    child = activity(budget + '<related-activity ref="P" type="1"/>', "C")
    read(tmp_path, activity(budget, "P") + child)
    book = read_activities(Plan(tmp_path / "x", (Source(tmp_path / "a.xml", "iati", "a"),)))
    assert sum(money.cents for one in book.activities for money in one.money) == 10000


def test_real_files_of_every_version_are_read(shared_data: Path) -> None:
    for path in sorted((shared_data / "coverage" / "iati").glob("*.xml")):
        book = read_source(Source(path, "iati", path.name))
        assert book.activities, path.name
        assert all(one.id and one.partners[0] for one in book.activities), path.name
