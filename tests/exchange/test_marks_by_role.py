"""What speaks against a name: two records with other dates, or two ships with other numbers, meet by no mark of a name."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.exchange import marks
from accord.exchange.commonness import NAMES, SHIP, STRONG, strength
from accord.exchange.facts import Role
from accord.exchange.marks import Mark
from accord.match import NormalForms, normal_forms
from accord.records import Entity

SMALL, LEAST = NAMES[0]
WORDS = ["amina", "diallo", "ximena", "kaltenbrunner", "kim", "maria", "lee", "hwang", "gum", "san", "juan", "perez"]
DATES = ["1980-05-17", "1980", "1981-02-03", "1982", "1983-01-01", "1979-12", "1990"]


def some(values: list[str], least: int, most: int) -> Any:
    return st.lists(st.sampled_from(values), min_size=least, max_size=most)


RECORDS = st.fixed_dictionaries(
    {
        "name": st.lists(some(WORDS, 1, 4).map(" ".join), min_size=1, max_size=3).map(tuple),
        "birthDate": some(DATES, 0, 2).map(tuple),
        "imoNumber": some(["9074729", "9319466"], 0, 1).map(tuple),
        "country": some(["sn", "fr"], 0, 1).map(tuple),
        "address": some(["Main Road 85, 10115 Berlin", "10115 Berlin"], 0, 1).map(tuple),
    }
)


def strong(schema: str, values: dict[str, Any], role: Role) -> tuple[NormalForms, dict[bytes, Mark]]:
    taken = {name: given for name, given in values.items() if name != ("birthDate", "imoNumber")[schema == "Person"]}
    (forms,) = normal_forms([Entity("x", schema, taken)])
    return forms, {mark.digest: mark for mark in marks._marks(forms, role, SMALL) if mark.strong}


def speaks_against(schema: str, one: NormalForms, other: NormalForms) -> bool:
    if schema == "Person":
        years, theirs = ({date.year for date in forms.dates} for forms in (one, other))
        return bool(years and theirs) and min(abs(year - also) for year in years for also in theirs) > 1
    numbers, also = ({number for _, number in forms.identifiers} for forms in (one, other))
    return bool(numbers and also) and not numbers & also


@settings(max_examples=300, deadline=None)
@given(RECORDS, RECORDS, st.sampled_from(["Person", "Vessel"]))
def test_one_name_is_enough_unless_something_speaks_against_it(left: Any, right: Any, schema: str) -> None:
    (one, asked), (other, held) = strong(schema, left, "asker"), strong(schema, right, "holder")
    shared = [mark for digest, mark in asked.items() if digest in held]
    if speaks_against(schema, one, other):
        for mark in shared:
            nats = sum(strength(*fact) for fact in zip(mark.kind.split(" + "), mark.values, strict=True))
            assert round(nats, 6) >= STRONG
    else:
        fact, least = ("spelled name", LEAST) if schema == "Person" else ("spelled thing name", LEAST - SHIP)
        spelled = [{" ".join(f"={word}" for word in name.latin) for name in forms.names} for forms in (one, other)]
        assert shared or all(strength(fact, name) < least for name in spelled[0] & spelled[1])
