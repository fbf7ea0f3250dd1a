"""Each activity with its crime areas and functions, and how they came about.

Invariants: a person's correction wins over what a book states, and that over what its text suggests; an activity
without an area stays in the book (it shows that its partner reports from that country) and out of the map.

>>> activity = Activity("P1", ("X",), "Operation Thunder", areas=("wildlife-crime",), functions=("operations",))
>>> labelled = label([activity])[0]
>>> labelled.areas, labelled.functions, labelled.why["wildlife-crime"]
(('wildlife-crime',), ('operations',), ('stated in the book',))
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from accord.coverage.activity import Activity
from accord.coverage.classify import AREAS, FUNCTIONS, Labels, classify, threat_views
from accord.coverage.corrections import Correction, correct
from accord.errors import Problem, several

STATED = "stated in the book"
_STEP = 500
_PLACE_IN_A_PLAN = "UNINFO:"
_READ_WELL = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_READ_PLAINLY = re.compile(r"[\u0400-\u052f\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_LETTER = re.compile(r"[^\W\d_]")
_MOST = 0.5  # share of the letters from which a text is in a script
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Labelled:
    """An activity, its labels, the words that decided each, and the emerging threats it belongs to (True: online)."""

    activity: Activity
    areas: tuple[str, ...]
    functions: tuple[str, ...]
    why: Mapping[str, tuple[str, ...]]
    threats: Mapping[str, bool]


def label(
    activities: Sequence[Activity],
    progress: Callable[[int], None] | None = None,
    corrections: Sequence[Correction | None] = (),
) -> list[Labelled]:
    """Label activities, in order; the same text is read once.

    `progress` gets the number done since the last call; `corrections` has an entry per activity, or is empty.
    """
    read: dict[tuple[str, ...], Labels] = {}
    found = []
    for count, activity in enumerate(activities, start=1):
        text = (activity.title, activity.description, activity.context, *activity.areas, "|", *_telling(activity))
        labels = read.get(text)
        if labels is None:
            labels = read[text] = _classify(activity)
        found.append(_labelled(activity, labels, corrections[count - 1] if corrections else None))
        if progress and count % _STEP == 0:
            progress(_STEP)
    return found


def _classify(activity: Activity) -> Labels:
    """Areas that the book states are put to the reader as words, so that it goes on to look for functions."""
    stated = ". ".join(AREAS[area] for area in activity.areas)
    description = f"{activity.description}\n{stated}" if stated else activity.description
    return classify(activity.title, description, context=activity.context, codes=_telling(activity))


def _telling(activity: Activity) -> tuple[str, ...]:
    """The codes that can speak for an area; a place in a work plan cannot."""
    return tuple(code for code in activity.codes if not code.startswith(_PLACE_IN_A_PLAN))


def _labelled(activity: Activity, labels: Labels, correction: Correction | None) -> Labelled:
    areas = activity.areas or labels.areas
    functions = (activity.functions or labels.functions) if areas else ()
    stated = (*activity.areas, *activity.functions)
    if correction:
        labels = correct(Labels(areas, functions, labels.evidence), correction)
        areas, functions = labels.areas, labels.functions
        stated = tuple(
            name for name in stated if name not in (*(correction.areas or ()), *(correction.functions or ()))
        )
    if not areas:
        return Labelled(activity, (), (), _NOTHING, _NOTHING)
    why = {name: (STATED,) if name in stated else labels.why(name) for name in (*areas, *functions)}
    views = threat_views(Labels(areas, functions), f"{activity.title}\n{activity.description}")
    return Labelled(activity, areas, functions, why, {view.threat: view.online for view in views})


def outside_mandates(labelled: Sequence[Labelled], mandates: Mapping[str, Sequence[str]]) -> list[Problem]:
    """What parties of the accord do that it does not name as their mandate: a wrong label, or a mandate to be amended.

    `mandates` maps a party's one name to its functions; a party whose mandate is not said is passed over.
    """
    counts = Counter(
        (partner, function)
        for one in labelled
        for partner in one.activity.partners
        if mandates.get(partner)
        for function in one.functions
        if function not in mandates[partner]
    )
    return [
        Problem(
            "coverage.mandate",
            f"{several(count, 'activity', 'activities')} with «{FUNCTIONS[function]}», "
            "which the accord does not name as this party's mandate",
            "see whether they are labelled rightly; if so, the accord may have to be amended",
            entity=partner,
        )
        for (partner, function), count in sorted(counts.items())
    ]


def unread(labelled: Sequence[Labelled]) -> list[Problem]:
    """How many texts of each source stand in letters that are not read, or of which only the plain terms are read.

    An activity whose areas the book states, or a person, needs no reading. Latin letters count as read, since which of
    their languages a text is in cannot be told from letters.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for one in labelled:
        text = f"{one.activity.title} {one.activity.description}"
        if text.isascii() or one.activity.areas:
            continue
        letters = len(_LETTER.findall(text))
        plainly = len(_READ_PLAINLY.findall(text))
        strange = letters - plainly - len(_READ_WELL.findall(text))
        if strange > _MOST * letters:
            counts[one.activity.origin.file, "unread"] += 1
        elif plainly > _MOST * letters:
            counts[one.activity.origin.file, "plain"] += 1
    said = {
        "unread": "texts are in letters that are not read: without areas in the book they stand in no square",
        "plain": "texts are in Arabic or Cyrillic letters, of which only the plain terms are read",
    }
    return [
        Problem(
            "coverage.unread-text",
            f"{count} {said[kind]}",
            "state their areas and functions in the book, or in a corrections file",
            file,
        )
        for (file, kind), count in sorted(counts.items())
    ]
