"""IATI activity files, version 1.01 to 2.03, one activity at a time.

Invariants: memory does not grow with the file; a document type declaration is refused before anything else is read
(IATI has none, and entities are how XML attacks work), and nothing is ever fetched; sector, country and region are
taken from the transactions when the activity has none; a record whose money is contained in its parent's says so, so
that nothing is added twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from accord.coverage import places
from accord.coverage.activity import Activity, Money, Origin, Place
from accord.coverage.plan import Source
from accord.coverage.read import _values
from accord.coverage.read.book import Book, Notes
from accord.errors import InputError

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_START = ("2", "start-actual", "1", "start-planned")  # actual before planned
_END = ("4", "end-actual", "3", "end-planned")
_COMMITTED, _SPENT = {"2", "C"}, {"3", "4", "D", "E"}
_DAC5 = {"", "1", "DAC"}
_SDG_TARGET = "8"
_PARENT, _CHILD = "1", "2"
_IMPLEMENTING = {"4", "implementing"}
# DAC region codes -> regions of `places`; codes not here mean somewhere that we cannot place
_REGIONS = {
    "88": "western balkans", "89": "europe", "189": "north africa", "289": "sub-saharan africa", "298": "africa",
    "389": "central america", "489": "south america", "498": "americas", "589": "middle east", "619": "central asia",
    "679": "south asia", "689": "asia", "789": "east asia", "798": "asia", "889": "oceania", "998": "global",
    "1027": "east africa", "1028": "middle africa", "1029": "southern africa", "1030": "west africa",
    "1031": "caribbean", "1032": "central america",
}  # fmt: skip


def read(source: Source) -> Book:
    """Read one file; raises `InputError` (`coverage.xml`, `coverage.xml-entities`) when it is damaged or hostile."""
    notes = Notes(source.file.name)
    activities = [_activity(element, source, notes) for element in _elements(source)]
    return Book(tuple(activities), tuple(notes.problems))


def _elements(source: Source) -> Iterator[Any]:
    from lxml import etree

    try:
        with source.file.open("rb") as file:
            events = etree.iterparse(
                file,
                events=("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                dtd_validation=False,
                huge_tree=False,
                recover=False,
            )
            root = None
            for event, element in events:
                if root is None:
                    root = element
                    _refuse_doctype(root, source)
                if event == "end" and element.tag == "iati-activity":
                    yield element
                    _forget(element)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise InputError(
            "coverage.xml",
            f"{source.file.name}:{line}: the XML is damaged or not allowed here",
            "ask its publisher for a valid file (https://validator.iatistandard.org checks one)",
        ) from error
    except OSError as error:
        raise InputError("coverage.unreadable", f"{source.file.name} cannot be read", "check the file") from error


def _refuse_doctype(root: Any, source: Source) -> None:
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise InputError(
            "coverage.xml-entities",
            f"{source.file.name} declares a document type, which could define entities; nothing of it was read",
            "an IATI file needs none: take the <!DOCTYPE …> out, or ask who sent the file",
        )


def _forget(element: Any) -> None:
    """Free what was read, so that a large file stays small in memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _activity(element: Any, source: Source, notes: Notes) -> Activity:
    identity = _text(element.find("iati-identifier")) or f"{source.file.stem}:{element.sourceline}"
    line = element.sourceline
    reporter = element.find("reporting-org")
    partner = source.party or _narrative(reporter) or (reporter.get("ref", "") if reporter is not None else "")
    start, end = _date(element, _START, _values.first_day), _date(element, _END, _values.last_day)
    if start and end and start > end:
        notes.add("dates", "it ends before it starts; both dates were set aside", "mend them", line, identity)
        start = end = None
    countries, possible = _places(element, source, notes, identity)
    return Activity(
        id=identity,
        partners=(partner or source.name,),
        title=_narrative(element.find("title")),
        description="\n".join(filter(None, map(_narrative, element.iterfind("description")))),
        codes=tuple(dict.fromkeys(_codes(element))),
        countries=countries,
        possible=possible,
        start=start,
        end=end,
        money=_money(element),
        joint_with=tuple(
            name
            for org in element.iterfind("participating-org")
            if org.get("role", "").lower() in _IMPLEMENTING and (name := _narrative(org) or org.get("ref", ""))
        ),
        parents=_related(element, _PARENT),
        children=_related(element, _CHILD),
        updated=element.get("last-updated-datetime", ""),
        origin=Origin(source.name, source.file.name, line),
    )


def _text(element: Any) -> str:
    return " ".join((element.text or "").split()) if element is not None else ""


def _narrative(element: Any) -> str:
    """The text in English, else in the activity's first language: translations are one text, not two.

    Version 1 repeats the element per language and has its text directly.
    """
    if element is None:
        return ""
    texts = {each.get(_LANG, "").lower()[:2]: _text(each) for each in element.iterfind("narrative") if _text(each)}
    return texts.get("en") or texts.get("") or next(iter(texts.values()), "") or _text(element)


def _date(element: Any, kinds: tuple[str, ...], read: Any) -> Any:
    dates = {each.get("type", ""): each for each in element.iterfind("activity-date")}
    for kind in kinds:
        if kind in dates and (found := read(dates[kind].get("iso-date") or _text(dates[kind]))):
            return found
    return None


def _places(
    element: Any,
    source: Source,
    notes: Notes,
    identity: str,
) -> tuple[tuple[Place, ...], frozenset[str]]:
    stated = list(element.iterfind("recipient-country"))
    regions = list(element.iterfind("recipient-region"))
    if not stated and not regions:
        stated = list(element.iterfind("transaction/recipient-country"))
        regions = list(element.iterfind("transaction/recipient-region"))
    certain: dict[str, float | None] = {}
    possible: set[str] = set()
    for each in stated:
        code = places.country(each.get("code", ""))
        if code is None:
            notes.add("place", "a country code is not known", "use ISO 3166", each.sourceline, identity)
            possible.update(places.COUNTRIES)
        elif code in source.places:
            possible |= source.places[code]
        else:
            share = _number(each.get("percentage"))
            certain[code] = share if certain.get(code) is None else (certain[code] or 0) + (share or 0)
    for each in regions:
        possible |= places.region(_REGIONS.get(each.get("code", ""), "global"))
    total = sum(share for share in certain.values() if share is not None)
    if certain and not regions and total and abs(total - 100) > 0.5:
        notes.add("percent", f"the percentages of countries sum to {total:g}", "make them sum to 100", None, identity)
    if not certain and not possible:
        possible.update(places.COUNTRIES)
    return tuple(Place(code, share) for code, share in certain.items()), frozenset(possible)


def _number(text: str | None) -> float | None:
    """Percentages are decimals, and some books write them with a `%`."""
    try:
        return float((text or "").strip().rstrip("%"))
    except ValueError:
        return None


def _codes(element: Any) -> Iterator[str]:
    sectors = list(element.iterfind("sector")) or list(element.iterfind("transaction/sector"))
    for each in sectors:
        vocabulary, code = each.get("vocabulary", ""), each.get("code", "")
        if vocabulary in _DAC5 and code:
            yield f"DAC:{code}"
        elif vocabulary == _SDG_TARGET and code:
            yield f"SDG:{code}"


def _money(element: Any) -> tuple[Money, ...]:
    """Budgets (the revised one replaces the original), else commitments; and what was spent."""
    default = element.get("default-currency", "")
    revised = [each for each in element.iterfind("budget") if each.get("type", "").lower() in {"2", "revised"}]
    replaced = {_period(each) for each in revised}
    budgets = revised + [each for each in element.iterfind("budget") if _period(each) not in replaced]
    found = list(_amounts(budgets, default, "budget"))
    transactions = list(element.iterfind("transaction"))
    if not found:
        found = list(_amounts((each for each in transactions if _kind(each) in _COMMITTED), default, "budget"))
    found += _amounts((each for each in transactions if _kind(each) in _SPENT), default, "spent")
    totals: dict[tuple[str, str], int] = {}
    for money in found:
        totals[money.currency, money.kind] = totals.get((money.currency, money.kind), 0) + money.cents
    return tuple(Money(cents, currency, kind) for (currency, kind), cents in totals.items() if cents)


def _period(budget: Any) -> tuple[str, str]:
    ends = (budget.find("period-start"), budget.find("period-end"))
    first, last = (end.get("iso-date", "") if end is not None else "" for end in ends)
    return first, last


def _kind(transaction: Any) -> str:
    kind = transaction.find("transaction-type")
    return str(kind.get("code", "")) if kind is not None else ""


def _amounts(elements: Iterable[Any], default: str, kind: str) -> Iterator[Money]:
    for element in elements:
        value = element.find("value")
        if value is not None and (money := _values.money_in(_text(value), value.get("currency") or default, kind)):
            yield money


def _related(element: Any, kind: str) -> tuple[str, ...]:
    related = (each.get("ref", "") for each in element.iterfind("related-activity") if each.get("type") == kind)
    return tuple(ref for ref in related if ref)
