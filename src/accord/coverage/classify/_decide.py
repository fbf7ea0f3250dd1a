"""From hits to labels: which terms count, what they add up to, and what is reported.

Invariants: only title and description (and codes) can give a label; the context completes what a weak term began and
gives nothing alone; no area, no function; the answer depends on the arguments alone.

>>> labels = classify("Combating wildlife trafficking", "Training of rangers")
>>> labels.areas, labels.functions, labels.why("wildlife-crime")
(('wildlife-crime',), ('capacity-building',), ('wildlife trafficking',))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from accord.coverage.classify._codes import code_evidence
from accord.coverage.classify._phrases import Hit
from accord.coverage.classify._table import NEGATION, STRONG, SUBJECT, WEAK, Rule, Table, load
from accord.coverage.classify._text import Words, words
from accord.coverage.classify.labels import AREAS, FUNCTIONS, Evidence, Field, Labels

_TITLE_CUT = 195  # UN INFO cuts titles at 200 characters, often in the middle of a word
_DENIAL_REACH = 4  # words between a denial ("not related to") and the term that it denies
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
    found = [*code_evidence(codes)]
    for field, text, cut in fields:
        found.extend(_evidence(tables.areas, field, text, cut))
    begun = {evidence.label for evidence in found if evidence.weight == WEAK and evidence.group == SUBJECT}
    if context and begun:
        found.extend(_support(tables.areas, context, begun))
    areas = _given(found, AREAS)
    if not areas:
        return Labels((), (), _reported(found, ()))
    for field, text, cut in fields:
        found.extend(_evidence(tables.functions, field, text, cut))
    functions = _given(found, FUNCTIONS)
    return Labels(areas, functions, _reported(found, (*areas, *functions)))


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


def _evidence(table: Table, field: Field, text: str, cut: Words) -> Iterator[Evidence]:
    """The hits of one field, each with its weight, or 0 and the reason why it does not count."""
    hits = table.matcher.find(cut, cut_off=field == "title" and len(text) >= _TITLE_CUT)
    silencing = [hit for hit in hits if not hit.key.weight]
    strong = [hit for hit in hits if hit.key.weight == STRONG]
    for hit in hits:
        if hit.key.label == NEGATION or (hit.key.weight == WEAK and any(_claims(other, hit) for other in strong)):
            continue
        rule = hit.key
        if rule.weight:
            reason = next((other.key.reason for other in silencing if _silences(other, hit, cut)), "")
            rule = Rule(rule.label, 0.0, reason) if reason else rule
        start, end = cut.spans[hit.first][0], cut.spans[hit.last][1]
        yield Evidence(rule.label, text[start:end], field, start, end, rule.weight, rule.reason, rule.group)


def _claims(other: Hit[Rule], hit: Hit[Rule]) -> bool:
    """A strong term of another label claims the weak ones it overlaps: "drug trafficking" is not bare trafficking."""
    return other.key.label != hit.key.label and other.first <= hit.last and hit.first <= other.last


def _silences(other: Hit[Rule], hit: Hit[Rule], cut: Words) -> bool:
    """An exception silences the terms of its label inside it; a denial, the terms that follow it closely."""
    if other.key.label == NEGATION:
        reach = range(other.last + 1, other.last + 2 + _DENIAL_REACH)
        return hit.first in reach and not any(at in cut.breaks for at in range(other.last + 1, hit.first + 1))
    return other.key.label == hit.key.label and other.first <= hit.first and hit.last <= other.last


def _support(table: Table, context: str, begun: set[str]) -> Iterator[Evidence]:
    """The context's strong hits for the labels whose subject was named, at the weight of a weak one."""
    for found in _evidence(table, "context", context, words(context)):
        if found.weight == STRONG and found.label in begun:
            yield Evidence(found.label, found.words, "context", found.start, found.end, WEAK, group="context")


def _given(found: list[Evidence], labels: Iterable[str]) -> tuple[str, ...]:
    """The labels whose terms add up to enough.

    A group of weak terms counts once, however often it occurs, and none of them counts where the subject is not named.
    """
    groups: dict[str, dict[str, float]] = {}
    for evidence in found:
        if evidence.weight:
            weights = groups.setdefault(evidence.label, {})
            weights[evidence.group] = max(evidence.weight, weights.get(evidence.group, 0.0))
    return tuple(label for label in labels if _enough(groups.get(label, {})))


def _enough(weights: dict[str, float]) -> bool:
    named = max(weights.values(), default=0.0) >= STRONG or SUBJECT in weights
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
