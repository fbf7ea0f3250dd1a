"""Normal forms: what of a record survives spelling and script, for the marks of a blind exchange.

Equality knows no word too many. So a name stands there also as others write it: a person's without the father's name,
a body's without its own initials, and with the meaning, in whatever language, of what only says what kind of body it
is, or of which country; Abdul, Abdel and Abd al- are one word.

Invariants: equal records give equal forms at either partner, whatever else stands in the batch. Names come without
repeats, in a fixed order.

>>> from accord.records.model import Entity
>>> (form,) = normal_forms([Entity("1", "Person", {"name": ("Муаммар Каддафи",)})])
>>> form.names[0].latin, form.names[0].skeleton
(('kaddafi', 'muammar'), ('ktf', 'mr'))
>>> (form,) = normal_forms([Entity("1", "Person", {"name": ("Karimov, Abdul-Rashid Akhmedovich",)})])
>>> [" ".join(name.latin) for name in (*form.names, *form.shorter)]
['abd akhmedovich karimov rashid', 'abd karimov rashid']
>>> (form,) = normal_forms([Entity("1", "Company", {"name": ("Завод «Алмаз»", "ATP Almaz Trade Plant")})])
>>> [" ".join(name.skeleton) for name in form.names if "@plant" in name.skeleton]
['@plant alms', '@plant @trading alms atb', '@plant @trading alms']
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

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
from accord.match.v1.script import latin, skeleton, words
from accord.match.v1.vocabulary import Kind, Role, Vocabulary
from accord.match.v1.wording import part_abd
from accord.records.model import Entity

# «servant of the», as it is written in Latin letters: Abdul, Abdel, Abdoel, Abdur
_ABD = re.compile(r"a{1,2}bd(?:(?:[aeiouy]|oo|ou|oe)?ll?|(?:e|u)(?:[rsztdn]|sh)|[io][rs])")
_FATHERS_ENDINGS = ("ch", "na")  # of a patronymic; «Petrovic» is a family's name
_INITIALS = 3  # signs or more: two are the initials of many words
_COUNTRIES = {"russian": "ru", "belarusian": "by", "ukrainian": "ua", "iranian": "ir"}  # meanings that are countries


def normal_forms(entities: Iterable[Entity]) -> list[NormalForms]:
    """One `NormalForms` per record, in order."""
    names = NameReader(Vocabulary())
    listed = [(entity, names.of(entity)) for entity in entities]
    rows = [rows for rows, _ in names.words]
    written = _Written(names.vocabulary)
    forms = [list(written.forms(each)) for each in rows]
    shorter = [list(written.shorter(each)) for each in rows]
    found = []
    for entity, named in listed:
        less = [form for name in named for form in shorter[name]]
        if less and (last := entity.get("lastName")):
            family = {latin(word) for text in last for word in words(text)}
            less = [form for name in named for form in written.shorter(rows[name], family)]
        found.append(_forms(entity, [form for name in named for form in forms[name]], less))
    return found


def _forms(entity: Entity, names: list[NameForm], shorter: list[NameForm]) -> NormalForms:
    streets = [text for prop in ("address", "full") for text in entity.get(prop)]
    parts = " ".join(text for prop in STREET_PROPERTIES if prop not in ("address", "full") for text in entity.get(prop))
    gender = genders_of(entity)
    return NormalForms(
        id=entity.id,
        schema=entity.schema,
        names=tuple(dict.fromkeys(names)),
        shorter=tuple(dict.fromkeys(form for form in shorter if form not in names)),
        dates=tuple(dict.fromkeys(dates_of(entity))),
        countries=tuple(sorted({*nationalities_of(entity), *other_countries(entity)})),
        identifiers=tuple(sorted(set(identifiers_of(entity)))),
        genders=tuple(name for bit, name in ((FEMALE, "female"), (MALE, "male")) if gender & bit),
        places=tuple(sorted({word for text in entity.get("birthPlace") for word in place_words(text)})),
        addresses=tuple(dict.fromkeys(tuple(sorted(place_words(text))) for text in (*streets, parts) if text)),
        postcodes=tuple(sorted(postcodes_of(entity))),
    )


def meaning_of(label: str) -> str:
    """What a word that says what kind of body it is, or of which country, means: four countries have two labels."""
    return _COUNTRIES.get(label, label)


class _Written:
    """Names, which are rows of the vocabulary, as others may write them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._labels = vocabulary.group_labels()

    def forms(self, rows: Sequence[int]) -> Iterator[NameForm]:
        """A name as it is; a body's also without its initials, and each of both with meanings."""
        names = [rows]
        if self._vocabulary.kind[rows[0]] != Kind.PERSON and (others := self._without_initials(rows)):
            names.append(others)
        for each in names:
            bones, meant = [self._vocabulary.skeleton[row] for row in each], [self._meaning(row) for row in each]
            yield self._form(each, bones)
            words_meant = [mean for row, mean in zip(each, meant, strict=True) if not self._is_number(row)]
            if any(words_meant) and not all(words_meant):
                yield self._form(each, [mean or bone for mean, bone in zip(meant, bones, strict=True)])

    def shorter(self, rows: Sequence[int], family: Collection[str] = ()) -> Iterator[NameForm]:
        """A person's name without the father's, if it has one and two other words that say something: that is a word
        which ends as such, is not the first, and none of the `family`."""
        vocabulary = self._vocabulary
        if vocabulary.kind[rows[0]] != Kind.PERSON:
            return
        left = [
            row for at, row in enumerate(rows)
            if not (at and self._is_fathers(row) and vocabulary.latin[row] not in family)
        ]  # fmt: skip
        if 2 <= len(left) < len(rows):
            said = [vocabulary.latin[row] for row in left if not self._is_number(row)]
            if not says_no_name(said):
                yield self._form(left, [vocabulary.skeleton[row] for row in left])

    def _form(self, rows: Sequence[int], bones: Sequence[str]) -> NameForm:
        vocabulary = self._vocabulary
        spelled = [
            word for row, bone in zip(rows, bones, strict=True) if not self._is_number(row)
            for word in self._spelled(row, bone)
        ]  # fmt: skip
        return NameForm(
            latin=tuple(sorted(word for word, _ in spelled)),
            skeleton=tuple(sorted(bone for _, bone in spelled if bone)),
            numbers=tuple(sorted(vocabulary.latin[row] for row in rows if self._is_number(row))),
        )

    def _spelled(self, row: int, bones: str) -> list[tuple[str, str]]:
        """A word in Latin letters, and its skeleton or meaning; of a person's two if it is joined from Abd."""
        word = self._vocabulary.latin[row]
        if self._vocabulary.kind[row] != Kind.PERSON or not word.startswith(("abd", "aabd")):
            return [(word, bones)]
        if _ABD.fullmatch(word):
            return [("abd", skeleton("abd"))]
        parts = part_abd(word)
        return [(part, skeleton(part)) for part in parts] if len(parts) > 1 else [(word, bones)]

    def _meaning(self, row: int) -> str:
        if self._vocabulary.role[row] != Role.GENERIC:
            return ""
        return f"@{meaning_of(self._labels[self._vocabulary.group[row]])}"

    def _is_number(self, row: int) -> bool:
        return self._vocabulary.role[row] == Role.NUMBER

    def _is_fathers(self, row: int) -> bool:
        return self._vocabulary.role[row] == Role.PATRONYMIC and self._vocabulary.latin[row].endswith(_FATHERS_ENDINGS)

    def _without_initials(self, rows: Sequence[int]) -> Sequence[int]:
        latin_of = self._vocabulary.latin
        for at, row in enumerate(rows):
            others = (*rows[:at], *rows[at + 1 :])
            if len(latin_of[row]) >= _INITIALS and latin_of[row] in "".join(latin_of[other][0] for other in others):
                return others
        return ()
