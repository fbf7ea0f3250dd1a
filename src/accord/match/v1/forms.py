"""Normal forms: what of a record survives spelling and script, for the marks of a blind exchange.

Invariants: equal records give equal forms at either partner, whatever else stands in the batch. Names come without
repeats, in a fixed order.

>>> from accord.records.model import Entity
>>> (form,) = normal_forms([Entity("1", "Person", {"name": ("Муаммар Каддафи",)})])
>>> form.names[0].latin, form.names[0].skeleton
(('kaddafi', 'muammar'), ('ktf', 'mr'))
"""

from __future__ import annotations

from collections.abc import Iterable

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
from accord.match.v1.reading import STREET_PROPERTIES, NameReader
from accord.match.v1.vocabulary import Role, Vocabulary
from accord.records.model import Entity


def normal_forms(entities: Iterable[Entity]) -> list[NormalForms]:
    """One `NormalForms` per record, in order."""
    names = NameReader(Vocabulary())
    listed = [(entity, names.of(entity)) for entity in entities]
    forms = [_name_form(names.vocabulary, rows) for rows, _ in names.words]
    return [_forms(entity, [forms[name] for name in named]) for entity, named in listed]


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


def _name_form(vocabulary: Vocabulary, rows: tuple[int, ...]) -> NameForm:
    spelled = [row for row in rows if vocabulary.role[row] != Role.NUMBER]
    return NameForm(
        latin=tuple(sorted(vocabulary.latin[row] for row in spelled)),
        skeleton=tuple(sorted(vocabulary.skeleton[row] for row in spelled if vocabulary.skeleton[row])),
        numbers=tuple(sorted(vocabulary.latin[row] for row in rows if vocabulary.role[row] == Role.NUMBER)),
    )
