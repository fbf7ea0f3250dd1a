"""The terms under which a party holds a record: they travel beside it and are never part of it.

Invariants: terms only add up when records are joined or loaded again, so that nothing loses its protection by being
loaded twice; what binds no one (an unknown field, a wrong type) is an error and not ignored. `accord.arrangement`
reads the same fields when it decides.

>>> mine = RecordTerms(purposes=("asset-recovery",), handling=("tlp:AMBER",))
>>> RecordTerms.from_dict({"owner": "ncb-example", "status": ["witness"]}).under(mine).to_dict()["purposes"]
['asset-recovery']
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from accord.errors import InputError
from accord.records.clean import date
from accord.records.model import Entity

STATUSES = ("minor", "victim", "witness")
FIELD = "accord"  # the top-level field of an entity in a file that holds its terms
OF_AGE_YEARS = 18
_NAMES = {"purposes", "handling", "owners", "owner", "status", "restricted", "until"}


@dataclass(frozen=True, slots=True)
class RecordTerms:
    """`purposes` None: no limit of its own. `owners`: third bodies whose data it is, whose consent a release needs.
    `restricted`: its use was stopped. `until`: the last day on which it may be used without a review."""

    purposes: tuple[str, ...] | None = None
    handling: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    restricted: bool = False
    until: datetime.date | None = None

    @classmethod
    def from_dict(cls, data: object) -> RecordTerms:
        """Read terms; a single word counts as a list of one. Raises `InputError` `records.terms`."""
        try:
            if not isinstance(data, Mapping) or data.keys() - _NAMES:
                raise ValueError
            purposes, until = data.get("purposes"), data.get("until")
            restricted = data.get("restricted", False)
            status = _words(data.get("status"))
            if not isinstance(restricted, bool) or set(status) - set(STATUSES):
                raise ValueError
            return cls(
                purposes=None if purposes is None else _words(purposes),
                handling=_words(data.get("handling")),
                owners=_joined(_words(data.get("owners")), _words(data.get("owner"))),
                status=status,
                restricted=restricted,
                until=None if until is None else datetime.date.fromisoformat(str(until)),
            )
        except (TypeError, ValueError):
            raise InputError(
                "records.terms",
                "the terms of the record cannot be read, so it must not be used",
                f"give purposes, handling, owners, status ({', '.join(STATUSES)}), restricted and until (a date) only",
            ) from None

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data in the shape that `accord.arrangement` reads."""
        return {
            "purposes": None if self.purposes is None else sorted(self.purposes),
            "handling": sorted(self.handling),
            "owners": sorted(self.owners),
            "status": sorted(self.status),
            "restricted": self.restricted,
            "until": self.until.isoformat() if self.until else None,
        }

    def under(self, given: RecordTerms) -> RecordTerms:
        """A record's own terms under those given for the whole load: its own purposes win, the rest adds up."""
        return RecordTerms(
            purposes=self.purposes if self.purposes is not None else given.purposes,
            handling=_joined(self.handling, given.handling),
            owners=_joined(self.owners, given.owners),
            status=_joined(self.status, given.status),
            restricted=self.restricted or given.restricted,
            until=min((day for day in (self.until, given.until) if day), default=None),
        )

    def after(self, before: RecordTerms) -> RecordTerms:
        """New terms for a record that is loaded again: what protected it stays, unless new purposes are stated."""
        return self.under(before)


def split_terms(entity: Entity, given: RecordTerms, today: datetime.date) -> tuple[Entity, RecordTerms]:
    """An entity without its field `accord`, and its terms: its own, those given, and `minor` if its birth date says so.

    Raises `InputError` `records.terms`.
    """
    terms = given
    if FIELD in entity.extra:
        terms = RecordTerms.from_dict(entity.extra[FIELD]).under(given)
        entity = replace(entity, extra={key: value for key, value in entity.extra.items() if key != FIELD})
    if "minor" not in terms.status and _may_be_minor(entity, today):
        terms = replace(terms, status=(*terms.status, "minor"))
    return entity, terms


def _may_be_minor(entity: Entity, today: datetime.date) -> bool:
    """Whether no stated birth date excludes that the person is under age (of a year, its last day counts)."""
    born = [found for value in entity.get("birthDate") if (found := date(value))]
    limit = (today.year - OF_AGE_YEARS, today.month, today.day)
    return bool(born) and all((day.year, day.month or 12, day.day or 31) > limit for day in born)


def _words(value: object) -> tuple[str, ...]:
    items = () if value is None else (value,) if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) and item.strip() for item in items):
        raise ValueError
    return tuple(dict.fromkeys(items))


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second))
