"""The table of terms (`terms/*.toml`), read and checked once: which phrase speaks for which label, and how much.

In a file, `[label]` holds terms by language (`en`, `fr`, `es`, `pt`, `ar`, `ru`); one of them gives the label.
`[label.weak]` holds groups of terms that do not suffice alone: it takes the group
`subject`, which names the thing, and one more, or the context, or a code.
`[[label.except]]` holds phrases that look like the label and are not, with the reason (`why`); they also silence
every term that lies inside them. `[words]` names sets of alternatives that terms may use as `{name}`.
`[negation]` holds, by language, the words that deny what follows, `[background]` those that make the very next words
the scene of the work, and `[wider]` those after which the rest of a sentence names the programme around it.

Invariants: every label is one of AREAS or FUNCTIONS, every area and function has terms, and no file has other keys.

>>> sorted({rule.label for rule in load().areas.rules}) == sorted(AREAS)
True
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from accord.coverage.classify._phrases import Matcher
from accord.coverage.classify.labels import AREAS, FUNCTIONS
from accord.errors import InternalError

STRONG, WEAK = 1.0, 0.5
NEGATION, BACKGROUND, WIDER = "negation", "background", "wider"
ASIDE = {
    NEGATION: "denied by the text",
    BACKGROUND: "the scene of the work, not what it does",
    WIDER: "names the programme around it, not what it does itself",
}
SUBJECT = "subject"  # the group of weak terms that name the thing; without it the others do not count
_LANGUAGES = ("en", "fr", "es", "pt", "ar", "ru")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a hit means: `weight` for `label`; 0 with a `reason` for an exception or a denial."""

    label: str
    weight: float
    reason: str = ""
    group: str = ""  # weak terms count once a group


@dataclass(frozen=True, slots=True)
class Table:
    """A matcher over all terms of a family of labels."""

    rules: tuple[Rule, ...]
    matcher: Matcher[Rule]


@dataclass(frozen=True, slots=True)
class Tables:
    """Areas are looked for first; functions only where there is an area."""

    areas: Table
    functions: Table


@cache
def load() -> Tables:
    """The tables that come with the package. Raises `InternalError` (`classify.table`) if a file breaks the rules."""
    sets: dict[str, str] = {}
    terms: dict[Rule, list[str]] = {}
    folder = files("accord.coverage.classify") / "terms"
    for file in sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name):
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        sets.update(content.pop("words", {}))
        for label, section in content.items():
            if label not in AREAS and label not in FUNCTIONS and label not in ASIDE:
                raise InternalError("classify.table", f"{file.name} knows no label {label!r}", "mend the table")
            _collect(label, section, terms, file.name)
    areas = {rule: rows for rule, rows in terms.items() if rule.label not in FUNCTIONS}
    functions = {rule: rows for rule, rows in terms.items() if rule.label not in AREAS}
    return Tables(_table(areas, sets), _table(functions, sets))


def _table(terms: dict[Rule, list[str]], sets: dict[str, str]) -> Table:
    return Table(tuple(rule for rule in terms if rule.label not in ASIDE), Matcher(terms, sets))


def _collect(label: str, section: dict[str, object], terms: dict[Rule, list[str]], file: str) -> None:
    for key, value in section.items():
        if key in _LANGUAGES and isinstance(value, list):
            rule = Rule(label, 0.0, ASIDE[label]) if label in ASIDE else Rule(label, STRONG)
            terms.setdefault(rule, []).extend(value)
        elif key == "weak" and isinstance(value, dict):
            for group, rows in value.items():
                terms.setdefault(Rule(label, WEAK, group=group), []).extend(rows)
        elif key == "except" and isinstance(value, list):
            for exception in value:
                if set(exception) != {"why", "terms"}:  # a key that follows an exception belongs to it, in TOML
                    message = f"{file}: an exception of [{label}] has other keys than why and terms"
                    raise InternalError("classify.table", message, "put languages above the exceptions")
                terms.setdefault(Rule(label, 0.0, exception["why"]), []).extend(exception["terms"])
        else:
            raise InternalError("classify.table", f"{file}: [{label}] has an unknown key {key!r}", "mend the table")
