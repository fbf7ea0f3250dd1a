"""Why a pair got its score, in plain words: what agreed, what disagreed, what was missing, and by how much each counts.

Invariants: computed by the very code that scores; the effects add up to the log-odds of the score (before rounding).
A reviewer who knows neither script can follow: words of other scripts stand beside their Latin letters.

>>> from accord.records.model import Entity
>>> left = Entity("1", "Person", {"name": ("Олег ТКАЧ",), "birthDate": ("1967-09-23",)})
>>> right = Entity("2", "Person", {"name": ("Oleg TKACH",), "birthDate": ("1967-09-23",)})
>>> for part in explain(left, right).parts[:3]:
...     print(part.verdict, part.text)
missing Before anything is compared, two records are assumed to be different things.
agree «Олег ТКАЧ» (reads: oleg tkach) beside «Oleg TKACH»: «ткач» (tkach) is «tkach»; «олег» (oleg) is «oleg».
agree The dates are the same day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from accord.match.model import Explanation, Part, Verdict
from accord.match.v1 import weights
from accord.match.v1.align import WordPair, word_pairs
from accord.match.v1.analyse import (
    COUNTRY_PROPERTIES,
    DATE_PROPERTIES,
    Table,
    analyse,
    identifiers_of,
    other_countries,
    postcodes_of,
    rows_of,
    set_aside,
)
from accord.match.v1.compare import (
    AliasLevel,
    CountryLevel,
    DateLevel,
    GenderLevel,
    Levels,
    SchemaLevel,
    SetLevel,
    compare,
)
from accord.match.v1.describe import CEILING, Agree, description, weigh
from accord.match.v1.reading import STREET_PROPERTIES
from accord.match.v1.score import DEFAULT_THRESHOLD, Evidence, Scorer, probability
from accord.match.v1.script import Script
from accord.match.v1.vocabulary import Role
from accord.records.model import Entity

_DATE_TEXTS = {
    DateLevel.MISSING: "A date is missing on one side or both; that says nothing.",
    DateLevel.DIFFERENT: "The dates contradict each other.",
    DateLevel.NEAR_YEARS_OTHER_DAY: "Both dates are full and differ, though the years are near.",
    DateLevel.TWO_YEARS: "The dates are two years apart.",
    DateLevel.ONE_YEAR: "The dates are one year apart.",
    DateLevel.SAME_YEAR_OTHER_DAY: "The year is the same, day or month differ.",
    DateLevel.SAME_DAY_OTHER_YEAR: "Day and month are the same, the year differs.",
    DateLevel.TYPING_ERROR: "The dates differ by one typing error.",
    DateLevel.YEAR: "The years agree; one side knows no more than the year.",
    DateLevel.SWAPPED: "The dates are the same with day and month exchanged.",
    DateLevel.FIRST_OF_JANUARY: "Both give 1 January of the same year, which often stands for an unknown day.",
    DateLevel.MONTH: "Year and month agree; one side gives no day.",
    DateLevel.DAY: "The dates are the same day.",
}
_COUNTRY_TEXTS = {
    CountryLevel.MISSING: "A country is missing on one side or both; that says nothing.",
    CountryLevel.NATIONALITIES_DIFFER: "The nationalities differ, and no other country is shared.",
    CountryLevel.COUNTRIES_DIFFER: "No country is shared.",
    CountryLevel.COUNTRIES_AGREE: "A country is shared.",
    CountryLevel.NATIONALITIES_AGREE: "A nationality is shared.",
}
_GENDER_TEXTS = {
    GenderLevel.MISSING: "Gender is missing on one side or both; that says nothing.",
    GenderLevel.DIFFERENT: "The genders differ.",
    GenderLevel.SAME: "The gender is the same.",
}
_SET_TEXTS = {
    SetLevel.MISSING: "{what} missing on one side or both; that says nothing.",
    SetLevel.DIFFERENT: "{what} have next to nothing in common.",
    SetLevel.LITTLE: "{what} have little in common.",
    SetLevel.SOME: "{what} agree in part.",
    SetLevel.AGREE: "{what} agree.",
}
_POSTCODE_TEXTS: dict[int, str] = {
    int(SetLevel.DIFFERENT): "No postcode is shared.",
    int(SetLevel.AGREE): "A postcode is shared.",
}
_SCHEMA_TEXTS = {
    SchemaLevel.SAME: "Both records can be the same kind of thing.",
    SchemaLevel.UNKNOWN: "One of the kinds of record is not known to the matcher.",
    SchemaLevel.PERSON_OR_BODY: "One record is a person, the other a legal entity, which seldom is a person.",
    SchemaLevel.INCOMPATIBLE: "The records are about different kinds of thing.",
}
_ALIAS_TEXTS = {
    AliasLevel.PARTLY: "Both have several names that the other has not.",
    AliasLevel.ALL: "Both have several names, and those of one are shared.",
}
# what the model of names gives two names with nothing in common: that two records have names at all says nothing, so it
# stands with the starting point, and names that are unlike count against
_UNLIKE = 2.0
_HOW_READ = {Script.HAN: "read as Chinese", Script.ABJAD: "letters, most vowels are not written"}
_FINAL_SIGMA = re.compile("σ$")  # which case folding takes away
_BARE_TEXT = "Both records are names and nothing else, so the names decide."
_PRIOR_TEXT = "Before anything is compared, two records are assumed to be different things."


def explain(left: Entity, right: Entity) -> Explanation:
    """Compare two records and say why. The score is the one that `score_pairs` and `link` give."""
    table = analyse([left, right])
    scorer = Scorer.of(table)
    rows = np.array([0]), np.array([1])
    evidence, levels = scorer.evidence(*rows), compare(table, *rows)
    score = float(probability(evidence.total)[0])
    start = _UNLIKE if evidence.best[0, 0] >= 0 else 0.0
    prior = Part("prior", "", "", "missing", weights.PRIOR + start, _PRIOR_TEXT)
    aliases = AliasLevel(int(scorer.likeliest(*rows).aliases[0]))
    parts = (
        prior,
        *_name_parts(scorer, evidence, start),
        *_about_names(evidence, aliases),
        *_other_parts(left, right, evidence, levels),
    )
    return Explanation(left.id, right.id, score, score >= DEFAULT_THRESHOLD, parts)


def _verdict(effect: float, missing: bool = False) -> Verdict:
    if missing:
        return "missing"
    return "agree" if effect >= 0 else "differ"  # 0: it agrees, and so many others do that it says nothing


def _name_parts(scorer: Scorer, evidence: Evidence, start: float) -> Iterator[Part]:
    for feature, chosen, effect in (
        ("name", evidence.best[0].tolist(), float(evidence.names[0]) - start),
        ("other names", evidence.second[0].tolist(), float(evidence.support[0])),
    ):
        if chosen[0] < 0:
            if feature == "name":
                yield Part(feature, "", "", "missing", effect, "One of the records has no name that can be compared.")
            continue
        left, right = (scorer.table.name_texts[row] for row in chosen)
        text = _name_text(scorer, chosen[0], chosen[1])
        if feature == "name" and evidence.names[0] in evidence.name_bounds[0]:
            text = f"{text} {_BOUNDED}"
        yield Part(feature, left, right, _verdict(effect), effect, text)


def _about_names(evidence: Evidence, aliases: AliasLevel) -> Iterator[Part]:
    if aliases is not AliasLevel.MISSING:
        effect = float(evidence.aliases[0])
        yield Part("all names", "", "", _verdict(effect), effect, _ALIAS_TEXTS[aliases])
    if evidence.bare[0]:
        yield Part("names alone", "", "", "agree", float(evidence.bare[0]), _BARE_TEXT)


def _name_text(scorer: Scorer, left: int, right: int) -> str:
    table = scorer.table
    rows_left, rows_right = rows_of(table, left), rows_of(table, right)
    pairs = word_pairs(scorer.names, left, right)
    said = [_word_text(table, rows_left, rows_right, pair) for pair in pairs]
    used_left = {place for pair in pairs for place in pair.left}
    used_right = {place for pair in pairs for place in pair.right}
    for side, rows, used in (("left", rows_left, used_left), ("right", rows_right, used_right)):
        alone = [_shown(table, row) for place, row in enumerate(rows) if place not in used]
        if alone:
            said.append(f"only on the {side}: {', '.join(alone)}")
    said += _form_text(table, left, right)
    for side, number in (("left", left), ("right", right)):
        if words := set_aside(table, number):
            said.append(f"not compared on the {side}: {', '.join(f'«{word}»' for word in words)}")
    return f"{_name_shown(table, left)} beside {_name_shown(table, right)}: {'; '.join(said)}."


def _form_text(table: Table, left: int, right: int) -> list[str]:
    """What the forms of two organisations say, by the commonest name of each."""
    ours, theirs = (table.name_forms[number] for number in (left, right))
    if ours < 0 or theirs < 0:
        return []
    one, other = (table.vocabulary.text[row] for row in (ours, theirs))
    return [f"both are of the form «{one}»" if ours == theirs else f"the forms differ, «{one}» and «{other}»"]


def _word_text(table: Table, left: list[int], right: list[int], pair: WordPair) -> str:
    words = table.vocabulary
    shown_left = " + ".join(_shown(table, left[place]) for place in pair.left)
    shown_right = " + ".join(_shown(table, right[place]) for place in pair.right)
    a, b = left[pair.left[0]], right[pair.right[0]]
    if _spelled(table, left, pair.left) == _spelled(table, right, pair.right):
        same_letters = words.script[a] != words.script[b] or _text(table, left, pair.left) == _text(
            table, right, pair.right
        )
        relation = "is" if same_letters else "reads the same as"
    elif Role.INITIAL in (words.role[a], words.role[b]):
        relation = "may be"
    elif words.group[a] >= 0 and words.group[a] == words.group[b]:
        relation = "means the same as" if words.role[a] == Role.GENERIC else "is a usual variant of"
    elif pair.similar >= 0.5:
        relation = "sounds like" if words.script[a] != words.script[b] else "is spelled nearly like"
    else:
        relation = "is only a little like"
    return f"{shown_left} {relation} {shown_right}"


def _text(table: Table, rows: list[int], places: tuple[int, ...]) -> str:
    """Words of a name in their own letters, written together."""
    return "".join(table.vocabulary.text[rows[place]] for place in places)


def _spelled(table: Table, rows: list[int], places: tuple[int, ...]) -> str:
    """Words of a name in Latin letters, written together."""
    return "".join(table.vocabulary.latin[rows[place]] for place in places)


def _shown(table: Table, row: int) -> str:
    text, form = _FINAL_SIGMA.sub("ς", table.vocabulary.text[row]), table.vocabulary.latin[row]
    return f"«{text}»" if text.isascii() else f"«{text}» ({form})"


def _name_shown(table: Table, number: int) -> str:
    rows = rows_of(table, number)
    text = table.name_texts[number]
    if all(table.vocabulary.script[row] in (Script.LATIN, Script.NUMBER) for row in rows):
        return f"«{text}»"
    scripts = {table.vocabulary.script[row] for row in rows}
    how = next((text for script, text in _HOW_READ.items() if script in scripts), "reads")
    return f"«{text}» ({how}: {' '.join(table.vocabulary.latin[row] for row in rows)})"


def _values(entity: Entity, properties: tuple[str, ...]) -> str:
    return ", ".join(dict.fromkeys(text for prop in properties for text in entity.get(prop)))


def _other_parts(left: Entity, right: Entity, evidence: Evidence, levels: Levels) -> Iterator[Part]:
    def part(feature: str, shown: Callable[[Entity], str], effect: float, missing: bool, text: str) -> Part:
        return Part(feature, shown(left), shown(right), _verdict(effect, missing), effect, text)

    def countries(entity: Entity) -> str:
        """As given, else those that are read from a place or an address."""
        return _values(entity, COUNTRY_PROPERTIES) or ", ".join(dict.fromkeys(other_countries(entity)))

    date, country, gender = int(levels.date[0]), int(levels.country[0]), int(levels.gender[0])
    yield part(
        "date", lambda e: _values(e, DATE_PROPERTIES), float(evidence.date[0]), not date, _DATE_TEXTS[DateLevel(date)]
    )
    yield part(
        "country",
        countries,
        float(evidence.country[0]),
        not country,
        _COUNTRY_TEXTS[CountryLevel(country)],
    )
    yield part(
        "gender",
        lambda e: _values(e, ("gender",)),
        float(evidence.gender[0]),
        not gender,
        _GENDER_TEXTS[GenderLevel(gender)],
    )
    for feature, what, shown, level, effect in (
        ("place", "Birth places", lambda e: _values(e, ("birthPlace",)), levels.place, evidence.place),
        ("address", "Addresses", lambda e: _values(e, STREET_PROPERTIES), levels.address, evidence.address),
        ("postcode", "Postcodes", lambda e: ", ".join(postcodes_of(e)), levels.postcode, evidence.postcode),
    ):
        known = _POSTCODE_TEXTS if feature == "postcode" else {}
        text = known.get(int(level[0])) or _SET_TEXTS[SetLevel(int(level[0]))].format(what=what)
        yield part(feature, shown, float(effect[0]), not level[0], text.replace("s missing", "s are missing"))
    schema = SchemaLevel(int(levels.schema[0]))
    yield Part(
        "schema",
        left.schema,
        right.schema,
        "agree" if schema == SchemaLevel.SAME else "differ",
        float(evidence.schema[0]),
        _SCHEMA_TEXTS[schema],
    )
    yield from _description_parts(left, right)
    yield _identifier_part(left, right, float(evidence.identifiers[0] + evidence.conflicts[0]))


_LEVELS: dict[Agree, tuple[Verdict, str]] = {
    Agree.AGREE: ("agree", "In this they agree."),
    Agree.PARTLY: ("agree", "In this they agree in part."),
    Agree.DIFFER: ("differ", "In this they differ."),
}
_BOUNDED = "Among such things a name says little, so it counts no more than this."
_CEILING = "Many things share such a description, so all of it together counts no more than this."


def _description_parts(left: Entity, right: Entity) -> Iterator[Part]:
    for said in weigh(description(left), description(right)):
        if said.name == CEILING:
            yield Part(said.name, "", "", "differ", said.effect, _CEILING)
        else:
            verdict, text = _LEVELS[said.level]
            yield Part(said.name, "; ".join(said.left), "; ".join(said.right), verdict, said.effect, text)


def _identifier_part(left: Entity, right: Entity, effect: float) -> Part:
    ours, theirs = identifiers_of(left), identifiers_of(right)
    shared = [f"{kind} {value}" for kind, value in ours if (kind, value) in theirs]
    values = {value for _, value in theirs}
    elsewhere = [value for _, value in ours if value in values]
    kinds = sorted({kind for kind, _ in ours} & {kind for kind, _ in theirs})
    verdict: Verdict
    if shared:
        text, verdict = f"Both have {', '.join(dict.fromkeys(shared))}.", "agree"
    elif effect > 0:
        text, verdict = f"Both have the number {', '.join(elsewhere)}, as different kinds of number.", "agree"
    elif kinds:
        text, verdict = f"Both have a number of the kind {', '.join(kinds)}, and the numbers differ.", "differ"
    else:
        text, verdict = "No kind of identifying number is on both sides; that says nothing.", "missing"
    shown_left, shown_right = (", ".join(f"{kind} {value}" for kind, value in side) for side in (ours, theirs))
    return Part("identifiers", shown_left, shown_right, verdict, effect, text)
