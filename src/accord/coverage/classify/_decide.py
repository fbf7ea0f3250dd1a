"""From hits to labels: which terms count, what they add up to, and what is reported.

Invariants: only title and description (and codes) can give a label; the context completes what a weak term began and
gives nothing alone; no area, no function; the answer depends on the arguments alone.

>>> labels = classify("Combating wildlife trafficking", "Training of rangers")
>>> labels.areas, labels.functions, labels.why("wildlife-crime")
(('wildlife-crime',), ('capacity-building',), ('wildlife trafficking',))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from accord.coverage.classify._phrases import Hit
from accord.coverage.classify._table import ASIDE, BACKGROUND, NEGATION, STRONG, SUBJECT, WEAK, WIDER, Rule, Table, load
from accord.coverage.classify.codes import code_evidence
from accord.coverage.classify.labels import AREAS, FUNCTIONS, Evidence, Field, Labels
from accord.coverage.classify.words import Words, words

_TITLE_CUT = 195  # UN INFO cuts titles at 200 characters, often in the middle of a word
_REACH = {NEGATION: 4, BACKGROUND: 1}  # words between a denial ("not related to") or a scene and what it silences
_ENOUGH = 1.0


def classify(title: str, description: str = "", *, context: str = "", codes: Iterable[str] = ()) -> Labels:
    """Crime areas and functions of one activity, with the words that decided.

    `title` and `description` say what the activity does. `context` is what it sits under (output, outcome): it only
    disambiguates. `codes` are explicit codes with their vocabulary, `DAC:16063` or `SDG:16.5`; unknown ones are passed
    over, since registers carry many vocabularies.
    """
    tables = load()
    fields: list[tuple[Field, str, Words]] = [
        ("title", title, words(title)),
        ("description", description, words(description)),
    ]
    own, wider = _read(tables.areas, fields)
    own += code_evidence(codes)
    around = _read(tables.areas, [("context", context, words(context))])[0] if context and _begun(own) else []
    areas, found = _areas(own, wider, around)
    if not areas:
        return Labels((), (), _reported(found, ()))
    own, wider = _read(tables.functions, fields)
    functions = _given(own, FUNCTIONS)
    if not functions:
        functions, own = _given(wider, FUNCTIONS), [*own, *wider]
    return Labels(areas, functions, _reported([*found, *own], (*areas, *functions)))


def classify_many(rows: Iterable[Mapping[str, object]]) -> Iterator[Labels]:
    """The same for rows with `title` and, where they have them, `description`, `context`, `codes`; lazily, in order."""
    for row in rows:
        codes = row.get("codes") or ()
        yield classify(
            str(row.get("title") or ""),
            str(row.get("description") or ""),
            context=str(row.get("context") or ""),
            codes=[str(code) for code in codes] if isinstance(codes, Iterable) and not isinstance(codes, str) else (),
        )


def _areas(
    own: list[Evidence], wider: list[Evidence], around: list[Evidence]
) -> tuple[tuple[str, ...], list[Evidence]]:
    """The areas that the activity's own words give, completed by what stands around it; and the evidence that counted.

    The name of the wider programme gives areas only where the activity's own words give none.
    """
    begun = _begun(own)
    support = [
        replace(evidence, weight=WEAK, group="context")
        for evidence in (*wider, *around)
        if evidence.weight == STRONG and evidence.label in begun
    ]
    found = [*own, *support]
    if areas := _given(found, AREAS):
        aside = {evidence.label for evidence in wider} - set(areas)
        reason = ASIDE[WIDER]
        return areas, [*found, *(replace(one, weight=0.0, reason=reason) for one in wider if one.label in aside)]
    return _given([*own, *wider], AREAS), [*own, *wider]


def _begun(own: list[Evidence]) -> set[str]:
    """The labels whose subject the activity's own words name: what stands around it can complete only these."""
    return {evidence.label for evidence in own if evidence.weight == WEAK and evidence.group == SUBJECT}


def _read(table: Table, fields: Iterable[tuple[Field, str, Words]]) -> tuple[list[Evidence], list[Evidence]]:
    """The evidence of the activity's own words, and that of the words that name the wider programme."""
    own: list[Evidence] = []
    wider: list[Evidence] = []
    for field, text, cut in fields:
        hits = table.matcher.find(cut, cut_off=field == "title" and len(text) >= _TITLE_CUT)
        named = [range(hit.last + 1, _end(cut, hit.last)) for hit in hits if hit.key.label == WIDER]
        for hit, evidence in _evidence(field, text, cut, hits):
            (wider if any(hit.first in part for part in named) else own).append(evidence)
    return own, wider


def _end(cut: Words, after: int) -> int:
    """The word that begins the next sentence."""
    return min((begun for begun in cut.breaks if begun > after), default=len(cut.folded))


def _evidence(field: Field, text: str, cut: Words, hits: list[Hit[Rule]]) -> Iterator[tuple[Hit[Rule], Evidence]]:
    """The hits of one field, each with its weight, or 0 and the reason why it does not count."""
    silencing = [hit for hit in hits if not hit.key.weight]
    strong = [hit for hit in hits if hit.key.weight == STRONG]
    for hit in hits:
        if hit.key.label in ASIDE or (hit.key.weight == WEAK and any(_claims(other, hit) for other in strong)):
            continue
        rule = hit.key
        if rule.weight:
            reason = next((other.key.reason for other in silencing if _silences(other, hit, cut)), "")
            rule = Rule(rule.label, 0.0, reason) if reason else rule
        start, end = cut.spans[hit.first][0], cut.spans[hit.last][1]
        yield hit, Evidence(rule.label, text[start:end], field, start, end, rule.weight, rule.reason, rule.group)


def _claims(other: Hit[Rule], hit: Hit[Rule]) -> bool:
    """A strong term of another label claims the weak ones it overlaps: "drug trafficking" is not bare trafficking."""
    return other.key.label != hit.key.label and other.first <= hit.last and hit.first <= other.last


def _silences(other: Hit[Rule], hit: Hit[Rule], cut: Words) -> bool:
    """An exception silences the terms of its label inside it; a denial, those that follow it closely; a scene, the
    one that follows at once."""
    if reach := _REACH.get(other.key.label):
        between = range(other.last + 1, other.last + 2 + reach)
        return hit.first in between and not any(at in cut.breaks for at in range(other.last + 1, hit.first + 1))
    return other.key.label == hit.key.label and other.first <= hit.first and hit.last <= other.last


def _given(found: list[Evidence], labels: Iterable[str]) -> tuple[str, ...]:
    """The labels whose terms add up to enough.

    A group of weak terms counts once, however often it occurs, and none of them counts where the subject is not named.
    """
    groups: dict[str, dict[str, float]] = {}
    for evidence in found:
        if evidence.weight:
            weights = groups.setdefault(evidence.label, {})
            weights[evidence.group] = max(evidence.weight, weights.get(evidence.group, 0.0))
    return tuple(label for label in labels if label in groups and _enough(groups[label]))


def _enough(weights: dict[str, float]) -> bool:
    named = max(weights.values()) >= STRONG or SUBJECT in weights
    return named and sum(weights.values()) >= _ENOUGH


def _reported(found: list[Evidence], given: tuple[str, ...]) -> tuple[Evidence, ...]:
    """What decided for the labels given (weak terms only where no strong one stands), and what was not counted for the
    others."""
    order = {label: place for place, label in enumerate((*AREAS, *FUNCTIONS))}
    certain = {item.label for item in found if item.weight == STRONG}
    shown = {
        item
        for item in found
        if (item.label in given) == bool(item.weight) and not (item.weight == WEAK and item.label in certain)
    }
    fields = ("code", "title", "description", "context")
    return tuple(sorted(shown, key=lambda item: (order[item.label], fields.index(item.field), item.start, item.end)))
