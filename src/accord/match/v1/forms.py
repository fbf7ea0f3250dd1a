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
    DATE_PROPERTIES,
    FEMALE,
    MALE,
    STREET_PROPERTIES,
    Table,
    analyse,
    identifiers_of,
    place_words,
    postcodes_of,
    rows_of,
)
from accord.match.v1.vocabulary import Role
from accord.records import clean
from accord.records.model import Entity


def normal_forms(entities: Iterable[Entity]) -> list[NormalForms]:
    """One `NormalForms` per record, in order."""
    listed = list(entities)
    table = analyse(listed)
    return [_forms(entity, table, row) for row, entity in enumerate(listed)]


def _forms(entity: Entity, table: Table, row: int) -> NormalForms:
    names = table.names.items[table.names.starts[row] : table.names.starts[row + 1]].tolist()
    codes = table.countries.items[table.countries.starts[row] : table.countries.starts[row + 1]].tolist()
    dates = (clean.date(text) for prop in DATE_PROPERTIES for text in entity.get(prop))
    streets = [text for prop in ("address", "full") for text in entity.get(prop)]
    parts = " ".join(text for prop in STREET_PROPERTIES if prop not in ("address", "full") for text in entity.get(prop))
    gender = int(table.genders[row])
    return NormalForms(
        id=entity.id,
        schema=entity.schema,
        names=tuple(dict.fromkeys(_name_form(table, name) for name in names)),
        dates=tuple(dict.fromkeys(date for date in dates if date)),
        countries=tuple(sorted(table.labels[code] for code in codes)),
        identifiers=tuple(sorted(set(identifiers_of(entity)))),
        genders=tuple(name for bit, name in ((FEMALE, "female"), (MALE, "male")) if gender & bit),
        places=tuple(sorted({word for text in entity.get("birthPlace") for word in place_words(text)})),
        addresses=tuple(dict.fromkeys(tuple(sorted(place_words(text))) for text in (*streets, parts) if text)),
        postcodes=tuple(sorted(postcodes_of(entity))),
    )


def _name_form(table: Table, number: int) -> NameForm:
    vocabulary = table.vocabulary
    rows = rows_of(table, number)
    spelled = [row for row in rows if vocabulary.role[row] != Role.NUMBER]
    return NameForm(
        latin=tuple(sorted(vocabulary.latin[row] for row in spelled)),
        skeleton=tuple(sorted(vocabulary.skeleton[row] for row in spelled if vocabulary.skeleton[row])),
        numbers=tuple(sorted(vocabulary.latin[row] for row in rows if vocabulary.role[row] == Role.NUMBER)),
    )
