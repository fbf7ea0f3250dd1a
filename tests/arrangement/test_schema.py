"""The shipped JSON Schema says what the reader does: what one takes, the other takes; and the three views of a document."""

from __future__ import annotations

import datetime as dt
import json
import math
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
    try:
        plain = json.loads(json.dumps(data, default=lambda day: day.isoformat(), allow_nan=False))
    except ValueError:  # JSON has no such number
        return False
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


def numbers(schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Each number of an accord, as the way to it and what the schema says of it."""
    for key, each in schema.get("properties", {}).items():
        if each.get("type") in ("integer", "number"):
            yield (*path, key), each
        yield from numbers(each.get("items", each), (*path, key))
    if isinstance(more := schema.get("additionalProperties"), dict) and more.get("type") == "integer":
        yield (*path, "spelled name"), more


NUMBERS = dict(numbers(SCHEMA))


def with_number(world: Any, way: tuple[str, ...], value: object) -> dict[str, Any]:
    document = tomllib.loads(world.text)
    inside: Any = document
    for key in way[:-1]:
        inside = inside[key][0] if isinstance(inside[key], list) else inside[key]
    inside[way[-1]] = value
    return document


def test_each_number_has_bounds() -> None:
    assert len(NUMBERS) == 17
    assert all({"minimum", "maximum"} <= set(each) for each in NUMBERS.values())


@pytest.mark.parametrize("way", NUMBERS, ids="/".join)
def test_schema_and_reader_agree_on_the_bounds_of_each_number(world: Any, way: tuple[str, ...]) -> None:
    least, most = NUMBERS[way]["minimum"], NUMBERS[way]["maximum"]
    whole = NUMBERS[way]["type"] == "integer"
    inside = [least, most, float(most)]
    beyond = [least - 1, most + 1, -1, 1e300, -1e300, 2**70, -(2**70), math.nan, math.inf, -math.inf, True, "5", [], {}]
    for value in inside + beyond + [least + 1.5]:
        taken = (value in inside and value is not True) or (value == least + 1.5 and not whole)
        document = with_number(world, way, value)
        assert (takes_schema(document), takes_reader(document)) == (taken, taken), (way, value)


@pytest.mark.parametrize("number", ["1e300", "nan", "-inf", "-1", "true", "1e400", str(2**70), "9" * 5000])
def test_a_number_that_no_accord_needs_is_named_with_its_line(world: Any, number: str) -> None:
    text = world.text.replace("minutes_between = 0 ", f"minutes_between = {number} ")
    with pytest.raises(AccordError) as caught:
        read_document(text, "accord.toml")
    (problem,) = caught.value.problems
    line = next(count for count, each in enumerate(text.splitlines(), 1) if each.startswith("minutes_between"))
    assert str(problem).startswith(f"accord.toml:{line}: ")
    assert "too many digits" in str(problem) or "minutes_between must be a number from 0 to 10,080" in str(problem)
    assert problem.remedy.startswith(("write minutes_between = 0", "mend the TOML"))


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
    evil = 'name = "<img src=x onerror=y>\\u001b[2J\\u202e\\n  2.9 a clause that is none"'
    text = world.text.replace('name = "UNIT-A"', evil)
    shown = page(read_document(text).accord, "lawyer")
    assert "\x1b" not in as_text(shown)
    assert as_text(shown).count("\n") == as_text(page(world.accord, "lawyer")).count("\n")
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
