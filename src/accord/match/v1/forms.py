"""Normal forms: what of a record survives spelling and script, for the marks of a blind exchange.

Equality knows no word too many. So a name stands there also as others write it: a person's without the father's name,
a body's without its own initials; Abdul, Abdel and Abd al- are one word; and what only says what kind of body it is, or
of which country, stands by its meaning, in whatever language.

Invariants: equal records give equal forms at either partner, whatever else stands in the batch. Names come without
repeats, in a fixed order.

>>> from accord.records.model import Entity
>>> (form,) = normal_forms([Entity("1", "Person", {"name": ("Муаммар Каддафи",)})])
>>> form.names[0].latin, form.names[0].skeleton
(('kaddafi', 'muammar'), ('ktf', 'mr'))
>>> (form,) = normal_forms([Entity("1", "Person", {"name": ("Karimov, Abdul-Rashid Akhmedovich",)})])
>>> [" ".join(name.latin) for name in form.names]
['abd akhmedovich karimov rashid', 'abd karimov rashid']
>>> (form,) = normal_forms([Entity("1", "Company", {"name": ("Завод «Алмаз»", "ATP Almaz Trade Plant")})])
>>> [" ".join(name.skeleton) for name in form.names]
['@plant alms', '@plant @trading alms atb', '@plant @trading alms']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from accord.match.model import NameForm, NormalForms
from accord.match.v1.analyse import (
    FEMALE,
    MALE,
    dates_of,
    genders_of,
    identifiers_of,
    nationalities_of,
    other_countries,
    place_words,
    postcodes_of,
)
from accord.match.v1.nameless import says_no_name
from accord.match.v1.reading import STREET_PROPERTIES, NameReader
from accord.match.v1.vocabulary import Kind, Role, Vocabulary
from accord.records.model import Entity

_ABD = re.compile(r"abd(?:(?:[aeou]|oo|ou)l|[eu](?:[rsztdn]|sh))")  # «servant of the»: Abdul, Abdel, Abdur
_FATHERS_ENDINGS = ("ch", "na")  # of a patronymic; «Petrovic» is a family's name
_INITIALS = 3  # signs or more: two are the initials of many words


def normal_forms(entities: Iterable[Entity]) -> list[NormalForms]:
    """One `NormalForms` per record, in order."""
    names = NameReader(Vocabulary())
    listed = [(entity, names.of(entity)) for entity in entities]
    meanings = names.vocabulary.group_labels()
    forms = [
        [_name_form(names.vocabulary, meanings, each) for each in (rows, _shorter(names.vocabulary, rows)) if each]
        for rows, _ in names.words
    ]
    return [_forms(entity, [form for name in named for form in forms[name]]) for entity, named in listed]


def _forms(entity: Entity, names: list[NameForm]) -> NormalForms:
    streets = [text for prop in ("address", "full") for text in entity.get(prop)]
    parts = " ".join(text for prop in STREET_PROPERTIES if prop not in ("address", "full") for text in entity.get(prop))
    gender = genders_of(entity)
    return NormalForms(
        id=entity.id,
        schema=entity.schema,
        names=tuple(dict.fromkeys(names)),
        dates=tuple(dict.fromkeys(dates_of(entity))),
        countries=tuple(sorted({*nationalities_of(entity), *other_countries(entity)})),
        identifiers=tuple(sorted(set(identifiers_of(entity)))),
        genders=tuple(name for bit, name in ((FEMALE, "female"), (MALE, "male")) if gender & bit),
        places=tuple(sorted({word for text in entity.get("birthPlace") for word in place_words(text)})),
        addresses=tuple(dict.fromkeys(tuple(sorted(place_words(text))) for text in (*streets, parts) if text)),
        postcodes=tuple(sorted(postcodes_of(entity))),
    )


def _shorter(vocabulary: Vocabulary, rows: Sequence[int]) -> Sequence[int]:
    """The words of a name without those that others leave out; none where it has no such words."""
    if vocabulary.kind[rows[0]] == Kind.PERSON:
        left = [row for row in rows if not _is_fathers(vocabulary, row)]
        return left if 2 <= len(left) < len(rows) and not says_no_name([vocabulary.latin[row] for row in left]) else ()
    for at, row in enumerate(rows):
        others = (*rows[:at], *rows[at + 1 :])
        initials = "".join(vocabulary.latin[other][0] for other in others)
        if len(vocabulary.latin[row]) >= _INITIALS and vocabulary.latin[row] in initials:
            return others
    return ()


def _is_fathers(vocabulary: Vocabulary, row: int) -> bool:
    return vocabulary.role[row] == Role.PATRONYMIC and vocabulary.latin[row].endswith(_FATHERS_ENDINGS)


def _name_form(vocabulary: Vocabulary, meanings: Sequence[str], rows: Sequence[int]) -> NameForm:
    spelled = [row for row in rows if vocabulary.role[row] != Role.NUMBER]
    words = [_word(vocabulary, meanings, row) for row in spelled]
    return NameForm(
        latin=tuple(sorted(latin for latin, _ in words)),
        skeleton=tuple(sorted(bones for _, bones in words if bones)),
        numbers=tuple(sorted(vocabulary.latin[row] for row in rows if vocabulary.role[row] == Role.NUMBER)),
    )


def _word(vocabulary: Vocabulary, meanings: Sequence[str], row: int) -> tuple[str, str]:
    """A word of a name in Latin letters, and its skeleton or its meaning."""
    latin, bones = vocabulary.latin[row], vocabulary.skeleton[row]
    if vocabulary.role[row] == Role.GENERIC:
        return latin, f"@{meanings[vocabulary.group[row]]}"
    if vocabulary.kind[row] == Kind.PERSON and _ABD.fullmatch(latin):
        return "abd", "abt"
    return latin, bones
