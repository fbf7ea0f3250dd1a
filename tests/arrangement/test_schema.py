"""The shipped JSON Schema says what the reader does: what one takes, the other takes; and the three views of a document."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict
from importlib import resources
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.arrangement._html import as_html
from accord.arrangement._toml import Report, Table
from accord.arrangement.check import check
from accord.arrangement.document import _accord, read_document
from accord.arrangement.model import Audit, Quotas, Retention
from accord.arrangement.show import READERS, as_text, page
from accord.errors import AccordError

SCHEMA = json.loads(resources.files("accord.arrangement").joinpath("accord.schema.json").read_text(encoding="utf-8"))
TODAY = dt.date(2026, 11, 25)


def takes_schema(data: dict[str, Any]) -> bool:
    plain = json.loads(json.dumps(data, default=lambda day: day.isoformat()))
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(SCHEMA, format_checker=checker).is_valid(plain)


def takes_reader(data: dict[str, Any]) -> bool:
    report = Report("", "")
    try:
        _accord(Table(report, data), data)
    except AccordError:
        return False
    return not report.problems


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every key and item of a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*path, key)
        yield from places(each, (*path, key))


def test_the_schema_is_one_and_describes_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert all("description" in each or "$ref" in each or "items" in each or key in ("name",)
               for key, each in SCHEMA["properties"].items() if key not in ("quotas", "retention"))  # fmt: skip


def test_the_schema_says_what_holds_when_a_limit_is_left_out() -> None:
    for name, usual in (("quotas", Quotas()), ("retention", Retention()), ("audit", Audit())):
        said = SCHEMA["properties"][name]["properties"]
        assert {key: each["default"] for key, each in said.items()} == asdict(usual)


def test_the_draft_fits_the_schema(world: Any) -> None:
    assert takes_schema(tomllib.loads(world.text))


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_schema_and_reader_agree_on_altered_documents(world: Any, data: st.DataObject) -> None:
    document = tomllib.loads(world.text)
    document["clause"] = document["clause"][:3]
    altered = deepcopy(document)
    *way, last = data.draw(st.sampled_from([place for place in places(document) if isinstance(place[-1], str)]))
    inside = altered
    for key in way:
        inside = inside[key]
    wish = data.draw(st.sampled_from(["drop", "add", "text", "empty", "number", "negative", "list", "table", "flag"]))
    values = {"text": "some words", "empty": "", "number": 3, "negative": -1, "list": ["a"], "table": {}, "flag": True}
    if wish == "drop":
        del inside[last]
    elif wish == "add":
        inside[f"{last}_more"] = "x"
    else:
        inside[last] = values[wish]
    if last in ("from", "to", "handling", "areas", "translations") or way[:1] == ["handling"]:
        return  # codes and words of the vocabulary are for `check`
    assert takes_schema(altered) == takes_reader(altered), (way, last, wish)


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_gets_text_and_a_page(world: Any, reader: str) -> None:
    shown = page(world.accord, reader)
    text, html = as_text(shown), as_html(shown)
    assert "UNIT-A" in text
    assert "UNIT-A" in html
    assert "<script" not in html
    assert "default-src 'none'" in html
    assert html.count("<h1>") == 1
    assert html.count("<caption>") == html.count("<table>")
    assert as_html(page(world.accord, reader)) == html


def test_the_processing_record_has_its_headings_and_leaves_open_what_people_know(world: Any) -> None:
    text = as_text(page(world.accord, "dpo"))
    for word in ("responsible", "purposes", "Whose data", "receives", "Transfers", "How long", "protected", "Rights"):
        assert word in text
    assert text.count("[to be completed]") > 8
    named = world.text.replace('sign = "', 'data_protection = { name = "DPO", email = "dpo@a.example" }\nsign = "', 1)
    assert "dpo@a.example" in as_text(page(read_document(named).accord, "dpo"))


def test_attack_text_of_a_party_that_steers_terminal_or_browser(world: Any) -> None:
    evil = 'name = "<img src=x onerror=y>\\u001b[2J\\u202e"'
    text = world.text.replace('name = "UNIT-A"', evil)
    shown = page(read_document(text).accord, "lawyer")
    assert "\x1b" not in as_text(shown)
    assert "<img" not in as_html(shown)
    assert "\u202e" not in as_html(shown)


def findings(text: str, **more: Any) -> set[str]:
    found = check(read_document(text), TODAY, **more)
    return {each.code.removeprefix("arrangement.") for each in (*found.problems, *found.notes)}


def test_check_finds_slips_of_the_pen_empty_quotas_and_keys_that_end_early(world: Any) -> None:
    usual = findings(world.text)
    words = {"Person": ["name"]}
    slip = world.text.replace('properties = ["name"', 'properties = ["nmae"', 1)
    assert "unknown-word" in findings(slip, vocabulary=words)
    for old, new, code in (
        ("smallest_set = 256", "smallest_set = 600000", "quota"),
        ("questions_per_day = 10000", "questions_per_day = 0", "quota"),
        ('roles = ["request"]', 'roles = ["request"]\n  ends = 2027-01-01', "key"),
        ('roles = ["request"]', 'roles = ["request"]\n  ends = 2026-01-01\n  begins = 2026-02-01', "key"),
        ("[purposes]", '[purposes]\nidle = "for nothing"', "purpose"),
    ):
        assert code not in usual
        assert code in findings(world.text.replace(old, new, 1)), new
