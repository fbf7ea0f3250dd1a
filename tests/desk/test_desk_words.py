"""Every sentence of the pages stands in every catalogue, with the same values in it."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from accord.arrangement import QUESTIONS, VERDICTS, Kind
from accord.arrangement.draft import PURPOSES
from accord.cli._diary import _SENTENCES
from accord.desk.pages._steps import _HAPPENED, _NOTED, _STEPS
from accord.desk.render import FILES, MENU, in_words
from accord.desk.roles import Can, Role
from accord.desk.words import LANGUAGES
from accord.exchange.receive import _HANDLERS
from accord.exchange.request import IDENTIFYING
from accord.review import Verdict

if TYPE_CHECKING:
    from conftest import Desks

PACKAGE = files("accord.desk")
OTHERS = [code for code in LANGUAGES if code != "en"]


def sentences() -> set[str]:
    found = {text for _, text, _ in MENU} | {text for what, do, _ in _STEPS.values() for text in (what, do)}
    found |= set(_HAPPENED.values()) | set(_NOTED.values()) | {in_words(role.value) for role in Role} | set(QUESTIONS)
    found |= {f"signed: {kind.value}" for kind in Kind} | {in_words(verdict) for verdict in VERDICTS}
    found |= {FILES.get(kind, kind) for kind in _HANDLERS}
    found |= {in_words(name) for name in IDENTIFYING} | {in_words(verdict) for verdict in Verdict}
    found |= {*PURPOSES, *PURPOSES.values(), "expired", "erased", "returned", "sound", "unsound", *Can}
    for place in ("templates", "pages"):
        for file in PACKAGE.joinpath(place).iterdir():
            if file.name.endswith((".j2", ".py")):
                text = file.read_text("utf-8")
                found |= {
                    one
                    for one in re.findall(r'(?:\b(?:t|words)\(\s*|\bone=)"((?:[^"\\]|\\.)*)"', text)
                    if one != "signed: "
                }
    return found - {"", "words"}


@pytest.mark.parametrize("language", OTHERS)
def test_catalogue_is_whole(language: str) -> None:
    catalogue = json.loads(PACKAGE.joinpath("languages", f"{language}.json").read_text("utf-8"))
    assert sorted(sentences() - set(catalogue)) == []
    for english, other in catalogue.items():
        assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", other)), english


@pytest.mark.parametrize("language", OTHERS)
def test_pages_speak_the_language_that_the_browser_asks_for(desks: Desks, language: str) -> None:
    browser = desks.at("unodc", "ana")
    browser.client.headers["Accept-Language"] = f"{language}-CH,en;q=0.5"
    assert f'lang="{language}"' in browser.get("/")
    assert "Nothing waits for this desk" not in browser.last
    browser.post("/language", {"language": "en", "then": "/exchange"})
    assert "Conversations" in browser.get("/exchange")


def test_the_desk_has_a_sentence_for_each_entry_that_the_command_line_has_one_for() -> None:
    assert {*_SENTENCES} - {*_NOTED} - {f"exchange.{kind}" for kind in _HAPPENED} == set()


@pytest.mark.parametrize(("language", "said"), [("fr", "enquête"), ("es", "investigación")])
def test_purposes_of_the_software_are_translated_and_what_a_person_typed_is_not(
    desks: Desks, language: str, said: str
) -> None:
    ours, theirs, wish = desks.requested()
    desks.release(ours, theirs, wish)
    for browser in (ours, theirs):
        browser.client.headers["Accept-Language"] = language
        for path in (f"/exchange/{wish}", "/exchange"):
            page = browser.get(path)
            assert said in page
            assert "investigation" not in page.replace('value="investigation"', "")
            assert "case-7" in page
