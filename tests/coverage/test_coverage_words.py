"""The page in three languages: whole catalogues, the same values in each sentence, nothing left in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from accord.cli.coverage import coverage
from accord.coverage.classify import AREAS, FUNCTIONS, THREATS
from accord.coverage.reasons import OPEN
from accord.coverage.words import LANGUAGES, words
from accord.errors import UsageError

BOOK = (
    "id,partner,title,crime_areas,type,start,end,countries\n"
    "X1,X,Course for customs officers on precursors,drugs,training,2023,2024,KEN\n"
    "X2,Y,تدريب القضاة,drugs,training,2023,2024,KEN\nX3,Y,Third,firearms,,,,West Africa\n"
)


def values(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_catalogue_is_whole(language: str) -> None:
    english, other = words("en").texts, words(language).texts
    assert other.keys() == english.keys()
    assert {key: values(text) for key, text in other.items()} == {key: values(text) for key, text in english.items()}
    assert all(text.strip() for text in other.values())
    for section, keys in (("area", AREAS), ("function", FUNCTIONS), ("threat", THREATS)):
        assert words(language).names(section).keys() == keys.keys()
    assert {*OPEN} <= words(language).names("settle").keys()


@pytest.mark.parametrize("language", ["fr", "es"])
def test_no_sentence_is_left_in_english(language: str) -> None:
    english = words("en").texts
    same = {key for key, text in words(language).texts.items() if text == english[key] and len(text.split()) > 1}
    assert same <= {"report.in", "report.tile", "report.dates"} | {key for key in same if key.startswith("likeness.")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_the_language_asked_for(tmp_path: Path, language: str) -> None:
    (tmp_path / "book.csv").write_text(BOOK, encoding="utf-8")
    plan = tmp_path / "coverage.toml"
    plan.write_text('[period]\nfrom = 2023\nto = 2024\n[[source]]\nfile = "book.csv"\nformat = "table"\n', "utf-8")
    out = tmp_path / "map.html"
    done = CliRunner().invoke(coverage, ["report", str(plan), "--out", str(out), "--lang", language])
    assert done.exit_code == 0, done.output
    page = out.read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in page
    assert words(language)("report.title", period="2023–2024") in page
    assert {"en": "Kenya", "fr": "Kenya", "es": "Kenia"}[language] in page
    assert words(language)("area.drugs") in page
    if language != "en":
        assert "not known" not in page
        assert "capacity building" not in page


def test_an_empty_book_still_gives_a_page(tmp_path: Path) -> None:
    (tmp_path / "book.csv").write_text(BOOK.splitlines()[0] + "\n", encoding="utf-8")
    plan = tmp_path / "coverage.toml"
    for period in ("[period]\nfrom = 2023\nto = 2024\n", ""):
        plan.write_text(f'{period}[[source]]\nfile = "book.csv"\nformat = "table"\n', encoding="utf-8")
        out = tmp_path / "map.html"
        done = CliRunner().invoke(coverage, ["report", str(plan), "--out", str(out)])
        assert done.exit_code == 0, done.output
        assert "No gap can be shown" in out.read_text(encoding="utf-8")


def test_an_unknown_language_is_told_before_any_work() -> None:
    with pytest.raises(UsageError):
        words("de")


def test_what_is_not_certain_is_never_told_as_certain() -> None:
    assert [words("en").percent(share) for share in (0.94, 0.9999, 1.0)] == ["94\xa0%", ">\xa099\xa0%", "100\xa0%"]
