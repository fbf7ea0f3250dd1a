"""Marks are drawn once for each record as it is, and kept no longer than it; what is kept gives the marks that drawing gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord import exchange
from accord.exchange import drawing
from accord.exchange.selection import Admitted
from accord.records import Entity

MANY = [
    Entity(
        f"m{one}",
        ("Person", "Company", "Vessel")[one % 3],
        {"name": (f"Kaltenb{one}runner Ximena{one}", f"Ж{one} Иванова")[: one % 2 + 1], "country": ("sn",)}
        | (
            {"birthDate": (f"19{one % 50 + 50}-05-17",)}
            if one % 3 == 0
            else {"registrationNumber": (f"RN{one}0774123",)}
        ),
    )
    for one in range(60)
]


@pytest.fixture
def desks(make: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(drawing, "_WORTH", 5)
    return make(ours=MANY, theirs=MANY)


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many records were analysed at a time."""
    seen: list[int] = []
    draw = drawing._draw

    def counted(party: Any, role: Any, entities: Any) -> Any:
        if entities:
            seen.append(len(entities))
        return draw(party, role, entities)

    monkeypatch.setattr(drawing, "_draw", counted)
    return seen


def whole(party: Any, keep: Callable[[Entity], Entity] = lambda one: one) -> list[Admitted]:
    return [Admitted(keep(own.entity), own.place) for own in party.records()]


def without(entity: Entity, *names: str) -> Entity:
    return Entity(
        entity.id, entity.schema, {name: values for name, values in entity.properties.items() if name not in names}
    )


def plain(admitted: list[Admitted], largest: int, role: Any = "asker") -> dict[str, tuple[tuple[str, bytes], ...]]:
    found = exchange.marks_of([one.entity for one in admitted], role, largest)
    return {name: tuple((mark.kind, mark.digest) for mark in marks) for name, marks in found.items() if marks}


def files(party: Any) -> list[str]:
    return party.folder.paged_files("derived/")


def test_a_second_question_draws_no_marks_and_finds_the_same(desks: Any, times: list[int]) -> None:
    desks.ask()
    first, drawn = exchange.hits(desks.unodc), sum(times)
    assert len(first) == len(MANY)
    assert drawn == 2 * len(MANY)  # at both desks; what matched is looked at again in what was kept
    times.clear()
    desks.ask()
    assert (times, exchange.hits(desks.unodc)) == ([], first)


def test_after_a_load_only_what_is_new_is_drawn(desks: Any, times: list[int]) -> None:
    desks.ask()
    times.clear()
    for number in (1, 2):
        new = [Entity(f"n{number}{one}", "Person", {"name": (f"Quetzal{one}coatl Tezca{one}",)}) for one in range(9)]
        desks.interpol.holding.load(new, source=f"load {number}", at=desks.clock[0])
    desks.ask()
    assert times == [9, 9]


def test_few_records_are_drawn_and_not_kept(make: Any, times: list[int]) -> None:
    desks = make()
    for _ in range(2):
        desks.ask()
    assert len(times) > 4
    assert files(desks.unodc) == files(desks.interpol) == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(["name", "birthDate", "country", "registrationNumber"]), max_size=3), st.integers(0, 3))
def test_what_is_kept_is_what_drawing_gives(desks: Any, left_out: list[str], every: int) -> None:
    """Whatever may take part of each record this time and took part before; some records are not asked about."""

    def some(entity: Entity) -> Entity:
        return without(entity, *left_out) if every and int(entity.id[1:]) % every == 0 else entity

    admitted = [
        one for one in whole(desks.unodc, some) if one.entity.properties and int(one.entity.id[1:]) % 4 != every
    ]
    for _ in range(2):
        for role in ("asker", "holder"):
            expected = plain(admitted, desks.unodc.largest, role)
            assert drawing.marked(desks.unodc, role, admitted) == expected


def test_a_property_that_may_not_enter_any_more_gives_no_mark_that_was_kept(desks: Any) -> None:
    before = drawing.marked(desks.unodc, "asker", whole(desks.unodc))
    admitted = whole(desks.unodc, lambda one: without(one, "birthDate", "registrationNumber"))
    after = drawing.marked(desks.unodc, "asker", admitted)
    assert after == plain(admitted, desks.unodc.largest)
    assert any("date" in kind for marks in before.values() for kind, _ in marks)
    assert not any("date" in kind or "number" in kind for marks in after.values() for kind, _ in marks)


def test_attack_a_property_named_like_two_others_gives_their_marks(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of properties may have blanks in them; what is kept of two properties is not found under such a name."""
    monkeypatch.setattr(drawing, "_WORTH", 5)
    odd = [
        replace(one, properties={**one.properties, "birthDate name": ("Ximena",)})
        for one in MANY
        if one.schema == "Person"
    ]
    unodc = make(ours=odd).unodc
    both = whole(unodc, lambda one: replace(one, properties={name: one.get(name) for name in ("birthDate", "name")}))
    one = whole(unodc, lambda one: without(one, "birthDate", "name", "country"))
    for _ in range(2):  # drawn, and then as kept
        assert drawing.marked(unodc, "asker", both) == plain(both, unodc.largest) != {}
        assert drawing.marked(unodc, "asker", one) == {}


def test_marks_of_another_scheme_or_size_of_holdings_are_not_taken_and_end(
    desks: Any, times: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing.marked(desks.unodc, "asker", whole(desks.unodc))
    before = files(desks.unodc)
    monkeypatch.setattr(drawing, "_stamp", lambda largest: "f" * 16)
    times.clear()
    drawing.marked(desks.unodc, "asker", whole(desks.unodc))
    after = files(desks.unodc)
    assert (times, len(before), len(after), set(before) & set(after)) == ([len(MANY)], 1, 1, set())


def test_the_size_of_holdings_and_the_versions_of_what_reads_names_are_in_the_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stamps = {drawing._stamp(20_000), drawing._stamp(1_000_000)}
    drawing._stamp.cache_clear()
    monkeypatch.setattr(drawing, "version", lambda name: "0")
    stamps.add(drawing._stamp(20_000))
    drawing._stamp.cache_clear()
    assert len(stamps) == 3
