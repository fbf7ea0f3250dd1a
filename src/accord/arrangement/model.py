"""The signed arrangement as data: parties, clauses, limits. Read from `accord.toml` by `document.load`.

Invariants: everything here is immutable and was validated at the boundary; `Accord.digest` covers every word of the
document, so a statement bound to it is bound to this version and no other; dates count to the end of their day, UTC.

>>> Level.parse("blind") < Level.CONTACT
True
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from accord.errors import InputError
from accord.ledger import Recipient, VerifyKey

ANY = "*"  # in a clause: every schema, every property (sensitive ones never)
MILLION = 1_000_000  # records of the largest holding, where the accord does not say how many


class Level(IntEnum):
    """How far data may go, each step including those before it."""

    NEVER = 0  # it takes no part in anything
    BLIND = 1  # it may be asked about; nothing is learned but a possible match
    SILENT = 2  # a possible match is told to the owner only; to the asker it looks like none
    COUNT = 3  # how many records match may be told, and not which
    CONTACT = 4  # a possible match tells both sides whom to contact
    RELEASE = 5  # named fields may be handed over, on request and with approval

    @classmethod
    def parse(cls, text: str) -> Level:
        """Read the word of the document. Raises `InputError` `arrangement.level`."""
        try:
            return cls[text.upper()]
        except KeyError:
            words = ", ".join(level.word for level in cls)
            raise InputError("arrangement.level", f"«{text}» is no level", f"use one of: {words}") from None

    @property
    def word(self) -> str:
        """The word in the document."""
        return self.name.lower()


class Action(StrEnum):
    """What somebody wants to do with a record of `owner` towards `recipient`."""

    BLIND = "blind"  # let it take part in a blind question, on either side
    SILENT = "silent"  # tell the owner alone of a possible match
    COUNT = "count"  # count it among the records that match, without saying which
    CONTACT = "contact"  # tell both of a possible match and whom to contact
    COMPARE = "compare"  # show the other side one's own identifying fields, so that a person can compare
    RELEASE = "release"  # hand over named fields
    CORRECT = "correct"  # send fields that were handed over before again, as they are now
    READ = "read"  # use fields that were handed over before

    @property
    def level(self) -> Level:
        """The level that the accord must allow for it."""
        return Level[self.name] if self.name in Level.__members__ else Level.RELEASE


@dataclass(frozen=True, slots=True)
class Officer:
    """A person of a party who signs statements; `roles` of `request`, `approve`."""

    name: str
    key: VerifyKey
    roles: tuple[str, ...]
    begins: dt.date | None = None
    ends: dt.date | None = None

    def valid_on(self, day: dt.date) -> bool:
        """Whether the officer's key counts on that day."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to turn to at a party after a possible match."""

    name: str
    email: str = ""
    phone: str = ""

    def __str__(self) -> str:
        return " · ".join(part for part in (self.name, self.email, self.phone) if part)


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation under the accord. `sign` and `decrypt` are its public keys; `handling` names its own scheme."""

    id: str
    name: str
    contact: Contact
    sign: VerifyKey
    decrypt: Recipient
    officers: tuple[Officer, ...]
    mandates: tuple[str, ...] = ()
    handling: str = "tlp"
    data_protection: Contact | None = None  # whom a person may ask about their data

    def officer(self, name: str) -> Officer | None:
        """The officer of that name, or None."""
        return next((officer for officer in self.officers if officer.name == name), None)


@dataclass(frozen=True, slots=True)
class ThirdBody:
    """A body that is no party but owns records that a party holds. With a `key`, it signs its consent itself."""

    id: str
    name: str
    key: VerifyKey | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One permission or prohibition: data of `giver` may go towards `receiver` as far as `level`."""

    id: str
    title: str
    giver: str
    receiver: str
    schemata: tuple[str, ...]
    properties: tuple[str, ...]
    level: Level
    purposes: tuple[str, ...] = ()
    handling: str = ""  # the highest code, in the giver's scheme, that may move; empty: no ceiling of its own
    protected: bool = False  # may records of minors, victims and witnesses take part
    use_days: int = 0  # how long released data may be used; 0: as long as the accord's retention says

    def covers(self, giver: str, receiver: str, schema: str, prop: str) -> bool:
        """Whether the clause speaks of this property of this schema in this direction."""
        return (
            self.giver in (giver, ANY)
            and self.receiver in (receiver, ANY)
            and (schema in self.schemata or ANY in self.schemata)
            and (prop in self.properties or ANY in self.properties)
        )


@dataclass(frozen=True, slots=True)
class Translation:
    """How a handling code of one scheme is honoured in another, and what gets lost."""

    scheme: str
    code: str
    to_scheme: str
    to_code: str
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Quotas:
    """Limits on blind questions, so that nobody can fish."""

    questions_per_day: int = 10_000  # records asked about, by one party to another
    marks_per_session: int = 500_000  # all marks in one question
    marks_per_answer: int = 12_000_000  # all marks that a party may answer with, as its own set: some ten a record
    records_per_answer: int = MILLION  # the most records that a holding has: the fewer, the sooner a name is a mark
    minutes_between: int = 0  # two questions of one party to another are at least so far apart
    marks_per_class: Mapping[str, int] = field(default_factory=dict)  # the same for one class of marks
    smallest_set: int = 256  # a question is padded to at least this many marks
    counts_per_week: int = 1  # how often one party may ask another how many records they share
    count_blur: int = 10  # such a number is told give or take about so many; 0: exactly
    alarm_hit_percent: float = 20.0  # above this share of possible matches, both sides are told


@dataclass(frozen=True, slots=True)
class Audit:
    """How a blind question may be looked into afterwards: a drawn sample of what was asked and answered is opened."""

    days: int = 0  # after its end a question may be audited for so long, and its secrets are kept; 0: no audit
    sample: int = 100  # places of a question that a party opens, at most
    auditor: str = ""  # the party that draws; none: the holder draws, and may see what the asker asked there


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept, in days."""

    released_days: int = 180
    unanswered_days: int = 30
    review_days: int = 365


@dataclass(frozen=True, slots=True)
class Accord:
    """The whole document. `content` is what was signed; `digest` its hash."""

    title: str
    version: int
    previous: str
    begins: dt.date
    ends: dt.date
    review: dt.date
    areas: tuple[str, ...]
    purposes: Mapping[str, str]
    parties: tuple[Party, ...]
    clauses: tuple[Clause, ...]
    third_bodies: tuple[ThirdBody, ...]
    translations: tuple[Translation, ...]
    evaluation: tuple[str, ...]
    quotas: Quotas
    retention: Retention
    audit: Audit
    digest: str
    content: Mapping[str, object] = field(repr=False)
    withdrawn: Mapping[str, dt.datetime] = field(default_factory=dict)  # who left, as this desk knows; not in `digest`

    def party(self, identity: str) -> Party:
        """The party of that id. Raises `InputError` `arrangement.party`."""
        for party in self.parties:
            if party.id == identity:
                return party
        known = ", ".join(party.id for party in self.parties)
        raise InputError("arrangement.party", f"«{identity}» is no party of this accord", f"its parties are: {known}")

    def auditor_of(self, asker: str, holder: str) -> str:
        """Who may audit a question between those two: the auditor, without one the holder; nobody one of the auditor's
        own, since what it may see it would see of its partner."""
        if not self.audit.days or self.audit.auditor in (asker, holder):
            return ""
        return self.audit.auditor or holder

    def in_force(self, day: dt.date) -> bool:
        """Whether the term covers that day."""
        return self.begins <= day <= self.ends
