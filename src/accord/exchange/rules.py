"""Which facts of a record make a mark: for each kind of record the rules, those of the fewest facts first.

The order decides what is asked. A rule that holds what an earlier one says is not drawn for the same record, so short
marks spare long ones; and of a record with more marks than may be asked, those of few facts are left, which the
partner's record most likely has, too.

Invariants: rules, their order and the facts in them are part of the mark scheme.

>>> class_of("spelled name + country + no date at"), class_of("whole name + about year")
('spelled name + country', 'whole name + year')
>>> from itertools import pairwise
>>> all(len(rule) <= len(after) for rules in FAMILIES.values() for rule, after in pairwise(rules))
True
"""

from functools import cache

PERSON = (
    ("identifier",),
    ("three name words",),
    ("whole name",),
    ("spelled name",),
    ("spelled name", "no date at"),
    ("whole name", "about year"),
    ("spelled name", "about year"),
    ("three name words", "year"),
    ("number", "name word"),
    ("number", "two name words"),
    ("number", "full date"),
    ("number", "postcode"),
    ("long number", "country"),
    ("two name words", "full date"),
    ("spelled name", "full date"),
    ("spelled name", "postcode"),
    ("spelled name", "country"),
    ("spelled name", "year"),
    ("whole name", "full date"),
    ("whole name", "year"),
    ("number", "name word", "postcode"),
    ("spelled name", "full date", "country"),
    ("whole name", "full date", "country"),
    ("name word", "full date", "postcode"),
    ("name word", "full date", "house number"),
    ("full date", "postcode", "house number"),
    ("two name words", "full date", "house number"),
    ("two name words", "postcode", "house number"),
    ("spelled name", "postcode", "house number"),
    ("two name words", "year", "postcode"),
    ("spelled name", "country", "no date at"),
    ("spelled name", "year", "country"),
    ("whole name", "year", "country"),
    ("two name words", "full date", "country"),
    ("name word", "full date", "postcode", "house number"),
)
BODY = (
    ("identifier",),
    ("whole body name",),
    ("spelled body name",),
    ("number", "body name word"),
    ("number", "whole body name"),
    ("long number", "country"),
    ("whole body name", "country"),
    ("spelled body name", "country"),
    ("whole body name", "full date"),
    ("whole body name", "postcode"),
)
THING = (
    ("identifier",),
    ("number", "thing name word"),
    ("number", "whole thing name"),
    ("long number", "country"),
    ("whole thing name", "full date"),
    ("whole thing name", "year", "country"),
)
VESSEL = (
    ("identifier",),
    ("spelled thing name",),
    ("spelled thing name", "no IMO at"),
    ("number", "thing name word"),
    ("number", "whole thing name"),
    ("long number", "country"),
    ("whole thing name", "country"),
    ("whole thing name", "full date"),
    ("whole thing name", "country", "no IMO at"),
    ("whole thing name", "year", "country"),
)
_MISSING = ("no date at", "no IMO at")
DATES = frozenset({"full date", "year", "about year"})
_AGAINST = {*_MISSING, *DATES}  # a mark with one of these two that differ in it do not share
# In a small holding marks of these need less, of `BY_DATE` somewhat less. Not of names that persons or ships share
# though their dates or IMO numbers differ; nor of things: what is no ship is called what it is.
BY_NAME = frozenset(
    rule
    for rule in (*PERSON, *BODY, *VESSEL)
    if rule[0].startswith(("whole", "spelled")) and (rule in BODY or _AGAINST & {*rule})
) - {*THING}
BY_DATE = frozenset({("two name words", "full date"), ("two name words", "full date", "country")})
BODIES = ("Company", "Organization", "PublicBody", "LegalEntity")
FAMILIES = {"Person": PERSON, "Vessel": VESSEL, **dict.fromkeys(BODIES, BODY)}


@cache
def classes() -> frozenset[str]:
    """The names under which an accord may bound marks: of rules, and of the classes that they are of."""
    kinds = {" + ".join(rule) for rules in (*FAMILIES.values(), THING) for rule in rules}
    return frozenset(kinds | set(map(class_of, kinds)))


@cache
def class_of(kind: str) -> str:
    """As what `marks_per_class` of an accord counts a mark: without what says what is not known, years as years."""
    facts = (fact.removeprefix("about ") for fact in kind.split(" + ") if fact not in _MISSING)
    return " + ".join(facts)
