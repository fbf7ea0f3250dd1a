"""One `iati-activity` element, of any version, as an `Activity`.

Version 1 has its texts in the elements, repeats an element per language, and names types ("end-planned", "Funding",
"D"); version 2 has `narrative` elements and codes. Both are read by the same tables. Invariants: sector, country and
region are taken from the transactions when the activity has none, countries then with their part of the amounts; a
record whose money is contained in its parent's says so; a translation is no second text; what is not understood is
noted with the record, and stays unstated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from accord.coverage import places
from accord.coverage.activity import Activity, Money, Origin, Place
from accord.coverage.classify.codes import area_of
from accord.coverage.plan import Source
from accord.coverage.read import _values
from accord.coverage.read.book import Notes
from accord.coverage.read.organisations import by_identifier

_READ = (
    "iati-identifier", "other-identifier", "reporting-org", "title", "description", "activity-date", "sector", "tag",
    "participating-org", "recipient-country", "recipient-region", "related-activity", "budget", "transaction",
)  # fmt: skip
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_START = ("2", "start-actual", "1", "start-planned", "start")  # actual before planned
_END = ("4", "end-actual", "3", "end-planned", "end", "completion")
_COMMITTED, _SPENT = {"2", "C"}, {"3", "4", "D", "E"}
_REVISED = {"2", "revised"}
_DAC5 = {"", "1", "DAC"}
_SDG_SECTOR, _SDG_TAG = "8", "3"
_RELATED = {"1": "parent", "Parent": "parent", "2": "child", "Child": "child", "4": "same", "Co-funded": "same"}
_IMPLEMENTING = {"4", "Implementing", "implementing", "IMPLEMENTING"}
# DAC region codes -> regions of `places`; codes not here mean somewhere that we cannot place
_REGIONS = {
    "88": "western balkans", "89": "europe", "189": "north africa", "289": "sub-saharan africa", "298": "africa",
    "389": "central america", "489": "south america", "498": "americas", "589": "middle east", "619": "central asia",
    "679": "south asia", "689": "asia", "789": "east asia", "798": "asia", "889": "oceania", "998": "global",
    "1027": "east africa", "1028": "middle africa", "1029": "southern africa", "1030": "west africa",
    "1031": "caribbean", "1032": "central america",
}  # fmt: skip
_HUNDRED, _TOLERANCE = 100.0, 0.5
_NONE: tuple[Any, ...] = ()

Parts = Mapping[str, list[Any]]


def activity(element: Any, source: Source, notes: Notes) -> Activity:
    """Read one element; problems of the record go to `notes`."""
    line = element.sourceline
    parts: dict[str, list[Any]] = {}
    for child in element.iterchildren(*_READ):
        parts.setdefault(child.tag, []).append(child)
    identity = _first(parts, "iati-identifier") or _first(parts, "other-identifier") or f"{source.file.stem}:{line}"
    reporters = parts.get("reporting-org", _NONE)
    partner = source.party or (_organisation(reporters[0], reporters) if reporters else "")
    payments = _Payments(parts.get("transaction", _NONE), element.get("default-currency", ""))
    stated = parts.get("recipient-country", _NONE), parts.get("recipient-region", _NONE)
    where = _Where(source, notes, identity, line)
    countries, possible = where.read(*stated) if any(stated) else where.of_payments(payments)
    codes, area_shares = _sectors(parts, payments, notes, identity, line)
    start, end = _period(parts, notes, identity, line)
    joint, same = _others(parts.get("participating-org", _NONE))
    related = _related(parts.get("related-activity", _NONE))
    return Activity(
        id=identity,
        partners=(partner or source.name,),
        title=_words(parts.get("title", _NONE)),
        description=_described(parts.get("description", _NONE)),
        codes=codes,
        countries=countries,
        possible=possible,
        start=start,
        end=end,
        money=_money(parts.get("budget", _NONE), payments, notes, identity, line),
        joint_with=joint,
        parents=tuple(related["parent"]),
        children=tuple(related["child"]),
        same_as=tuple(dict.fromkeys((*related["same"], *same))),
        area_shares=area_shares,
        updated=element.get("last-updated-datetime", ""),
        origin=Origin(source.name, notes.file, line),
    )


def _text(element: Any) -> str:
    text = element.text
    return _tidy(text) if text else ""


def _tidy(text: str) -> str:
    """Without line breaks and doubled spaces; most texts have none, and are only looked at."""
    if "\n" in text or "  " in text or "\t" in text or text[:1] == " " or text[-1:] == " ":
        return " ".join(text.split())
    return text


def _first(parts: Parts, tag: str) -> str:
    """The text of the first element of this name; `other-identifier` of version 2 carries it in `ref`."""
    found = parts.get(tag)
    return (_text(found[0]) or found[0].get("ref", "")) if found else ""


def _words(elements: Iterable[Any]) -> str:
    """The text in English, else in the activity's first language: translations are one text, not two.

    Version 1 repeats the element per language and has its text directly.
    """
    texts: dict[str, str] = {}
    for element in elements:
        own = element.text
        if own and (own := _tidy(own)):
            texts.setdefault(element.get(_LANG, "")[:2].lower(), own)
            continue
        for narrative in element:
            if narrative.tag == "narrative" and (text := _text(narrative)):
                texts.setdefault(narrative.get(_LANG, "")[:2].lower(), text)
    return texts.get("en") or texts.get("") or next(iter(texts.values()), "")


def _organisation(element: Any, elements: Iterable[Any]) -> str:
    """The body of the identifier where we know it, else the name as written, else the identifier."""
    ref = element.get("ref", "")
    return by_identifier(ref) or _words(elements) or ref


def _described(elements: Sequence[Any]) -> str:
    """The descriptions (general, objectives, target groups, other), each in one language."""
    if not elements:
        return ""
    kinds: dict[str, list[Any]] = {}
    for element in elements:
        kinds.setdefault(element.get("type", ""), []).append(element)
    return "\n".join(filter(None, map(_words, kinds.values())))


def _period(parts: Parts, notes: Notes, identity: str, line: int) -> tuple[date | None, date | None]:
    dates = {each.get("type"): each for each in parts.get("activity-date", _NONE)}
    start, end = _day(dates, _START, _values.first_day), _day(dates, _END, _values.last_day)
    if start and end and start > end:
        notes.add("dates", "it ends before it starts; both dates were set aside", "mend them", line, identity)
        return None, None
    return start, end


def _day(dates: Mapping[str | None, Any], kinds: tuple[str, ...], read: Callable[[str], date | None]) -> date | None:
    for kind in kinds:
        if kind in dates and (found := _iso(dates[kind].get("iso-date") or _text(dates[kind]), read)):
            return found
    return None


def _iso(text: str, read: Callable[[str], date | None]) -> date | None:
    """A date as the standard writes it, at once; anything else as it may be meant."""
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return read(text)


def _number(text: str | None) -> float | None:
    """Percentages are decimals; some books write them with a `%` or a decimal comma."""
    if not text:
        return None
    try:
        value = float(text.strip().rstrip("%").replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= 1000 else None


class _Payments:
    """The transactions of an activity, read once: what was committed and spent, and where and for what."""

    def __init__(self, transactions: Iterable[Any], default: str) -> None:
        self.default = default
        self.unread = 0  # amounts that are no number
        self.amounts: list[Money] = []
        self.committed: list[Money] = []
        self.countries: list[tuple[Any, Money | None]] = []
        self.regions: list[Any] = []
        self.sectors: list[Any] = []
        for transaction in transactions:
            self._read(transaction)

    def _read(self, transaction: Any) -> None:
        kind, money, value, country = "", None, None, None
        for part in transaction:
            tag = part.tag
            if tag == "value":
                value = part
            elif tag == "transaction-type":
                kind = part.get("code", "")
            elif tag == "recipient-country":
                country = part
            elif tag == "sector":
                self.sectors.append(part)
            elif tag == "recipient-region":
                self.regions.append(part)
        if value is not None:
            if kind in _SPENT:
                if money := self.read(value, "spent"):
                    self.amounts.append(money)
            elif kind in _COMMITTED and (money := self.read(value, "budget")):
                self.committed.append(money)
        if country is not None:
            self.countries.append((country, money))

    def read(self, value: Any, kind: str, start: date | None = None, end: date | None = None) -> Money | None:
        """The amount of a `value` element; one that is no number is counted."""
        found = amount(value, self.default, kind, start, end)
        self.unread += found is None and bool(_text(value))
        return found


def amount(value: Any, default: str, kind: str, start: date | None = None, end: date | None = None) -> Money | None:
    """The amount of a `value` element; None when it is no number."""
    text = value.text or ""
    currency = value.get("currency") or default
    valued = _iso(value.get("value-date", ""), _values.first_day)
    if text.isdecimal() and text.isascii():
        return Money(int(text) * 100, currency, kind, start, end, valued)
    found = _values.money_in(text, currency, kind)
    return Money(found.cents, found.currency, kind, start, end, valued) if found else None


class _Where:
    """The places of one activity."""

    def __init__(self, source: Source, notes: Notes, identity: str, line: int) -> None:
        self._source, self._notes, self._identity, self._line = source, notes, identity, line
        self._certain: dict[str, float | None] = {}
        self._possible: set[str] = set()

    def read(self, countries: Iterable[Any], regions: Iterable[Any]) -> tuple[tuple[Place, ...], frozenset[str]]:
        """What the activity states, with its percentages."""
        total = 0.0
        for each in countries:
            share = self._share(each)
            total += share or 0.0
            if code := self._country(each):
                known = self._certain.get(code)
                self._certain[code] = share if known is None else known + (share or 0.0)
        for each in regions:
            total += self._share(each) or 0.0
            self._region(each)
        if total and abs(total - _HUNDRED) > _TOLERANCE:
            message, remedy = f"the percentages of places sum to {total:g}", "make them sum to 100"
            self._notes.add("percent", message, remedy, self._line, self._identity)
        return self._found()

    def _share(self, each: Any) -> float | None:
        stated = each.get("percentage")
        share = _number(stated)
        if share is None and stated:
            message = "a percentage is none from 0 to 1000 and was set aside"
            self._notes.add("percent", message, "write it as 33.3", self._line, self._identity)
        return share

    def of_payments(self, payments: _Payments) -> tuple[tuple[Place, ...], frozenset[str]]:
        """What the transactions state: a country's part is its part of the amounts, where all are in one currency."""
        cents: dict[str, int] = {}
        for each, money in payments.countries:
            if code := self._country(each):
                self._certain[code] = None
                cents[code] = cents.get(code, 0) + (max(0, money.cents) if money else 0)
        for each in payments.regions:
            self._region(each)
        whole = sum(cents.values())
        one_currency = len({money.currency for _, money in payments.countries if money}) == 1
        if len(cents) > 1 and whole and one_currency and not payments.regions:
            self._certain = {code: _HUNDRED * part / whole for code, part in cents.items()}
        return self._found()

    def _country(self, each: Any) -> str | None:
        code = places.country(each.get("code", "")) or places.country(_words((each,)))
        if code is None:
            self._notes.add("place", "a country code is not known", "use ISO 3166", self._line, self._identity)
            self._possible.update(places.COUNTRIES)
        elif code in self._source.places:
            self._possible |= self._source.places[code]
            return None
        return code

    def _region(self, each: Any) -> None:
        self._possible |= places.region(_REGIONS.get(each.get("code", ""), "global"))

    def _found(self) -> tuple[tuple[Place, ...], frozenset[str]]:
        if not self._certain and not self._possible:
            self._possible.update(places.COUNTRIES)
        found = tuple(Place(code, share) for code, share in self._certain.items())
        return found, places.EVERYWHERE if len(self._possible) == len(places.EVERYWHERE) else frozenset(self._possible)


def _sectors(
    parts: Parts, payments: _Payments, notes: Notes, identity: str, line: int
) -> tuple[tuple[str, ...], tuple[tuple[str, float], ...]]:
    """Codes with their vocabulary, and the percentages of those that name an area of ours by themselves."""
    codes: dict[str, None] = {}
    shares: dict[str, float] = {}
    total = 0.0
    for each in parts.get("sector", _NONE) or payments.sectors:
        attributes = each.attrib
        code, vocabulary = attributes.get("code"), attributes.get("vocabulary") or attributes.get("vocab", "")
        if code and vocabulary in _DAC5:
            name = "DAC:" + code
            codes[name] = None
            if share := _number(attributes.get("percentage")):
                total += share
                if area := area_of(name):
                    shares[area] = shares.get(area, 0.0) + share
        elif code and vocabulary == _SDG_SECTOR:
            codes["SDG:" + code] = None
    for each in parts.get("tag", _NONE):
        if each.get("vocabulary") == _SDG_TAG and each.get("code"):
            codes[f"SDG:{each.get('code')}"] = None
    if total and abs(total - _HUNDRED) > _TOLERANCE:
        message = f"the percentages of sectors sum to {total:g}"
        notes.add("percent", message, "make them sum to 100 per vocabulary", line, identity)
    return tuple(codes), tuple(shares.items())


def _money(budgets: Iterable[Any], payments: _Payments, notes: Notes, identity: str, line: int) -> tuple[Money, ...]:
    """Budgets (the revised one replaces the original of its period), else commitments; and what was spent."""
    kept: dict[object, list[Money]] = {}
    revised: set[object] = set()
    for budget in budgets:
        parts = {part.tag: part for part in budget}
        start, end = (_end_of(parts.get(name)) for name in ("period-start", "period-end"))
        if start and end and start > end:
            start = end = None
        value = parts.get("value")
        money = payments.read(value, "budget", start, end) if value is not None else None
        if money is None:
            continue
        period = (start, end)
        if budget.get("type", "").lower() in _REVISED:
            if period not in revised:
                kept[period] = []
            revised.add(period)
        elif period in revised:
            continue
        kept.setdefault(period, []).append(money)
    if payments.unread:
        message = f"{payments.unread} amounts are no number and were set aside"
        notes.add("money", message, "write them as 250000.00", line, identity)
    found = [money for each in kept.values() for money in each] or payments.committed
    return _added([*found, *payments.amounts]) if found or payments.amounts else ()


def _end_of(end: Any) -> date | None:
    return _iso(end.get("iso-date") or _text(end), _values.first_day) if end is not None else None


def _added(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """Amounts of one currency, kind, period and day of value become one."""
    amounts = list(amounts)
    if len(amounts) == 1:
        return tuple(amounts) if amounts[0].cents else ()
    totals: dict[tuple[object, ...], int] = {}
    for money in amounts:
        key = (money.currency, money.kind, money.start, money.end, money.valued)
        totals[key] = totals.get(key, 0) + money.cents
    return tuple(
        Money(cents, currency, kind, start, end, valued)  # type: ignore[arg-type]  # the key's parts keep their types
        for (currency, kind, start, end, valued), cents in totals.items()
        if cents
    )


def _others(organisations: Iterable[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who else carries it out, and the ids of those partners' own records of it."""
    joint: dict[str, None] = {}
    same: dict[str, None] = {}
    for each in organisations:
        attributes = each.attrib
        if attributes.get("role") in _IMPLEMENTING and (name := _organisation(each, (each,))):
            joint[name] = None
        if "activity-id" in attributes:
            same[attributes["activity-id"]] = None
    return tuple(joint), tuple(same)


def _related(elements: Iterable[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"parent": [], "child": [], "same": []}
    for each in elements:
        name = _RELATED.get(each.get("type"))
        if name and (ref := each.get("ref")):
            found[name].append(ref)
    return found
