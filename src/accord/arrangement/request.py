"""What is asked of the accord, and the terms that travel with a record.

Invariants: a request is data only and grants nothing; `Request.digest` covers everything but the evidence, so a
signed statement about it fits no other request; terms are combined by `union` only, which never loosens them.

>>> a = Terms(purposes=frozenset({"investigation", "research"}))
>>> b = Terms(purposes=frozenset({"investigation"}), status=frozenset({"minor"}))
>>> joined = union([a, b])
>>> sorted(joined.purposes), sorted(joined.status)
(['investigation'], ['minor'])
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accord.arrangement.model import Action
from accord.errors import InputError
from accord.ledger import Envelope, canonical, digest

PROTECTED = frozenset({"minor", "victim", "witness"})  # stay out of blind matching unless a clause says otherwise


@dataclass(frozen=True, slots=True)
class Terms:
    """The conditions under which a party holds a record.

    `purposes` None: no limit of its own, the clause's purposes bind; an empty set: nothing is allowed any more.
    `handling`: codes such as `europol:H1`, `tlp:AMBER`. `owners`: ids of third bodies whose data it is.
    `status`: of `minor`, `victim`, `witness`. `restricted`: the owner has stopped its use (late restriction).
    """

    purposes: frozenset[str] | None = None
    handling: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    status: frozenset[str] = frozenset()
    restricted: bool = False
    until: dt.date | None = None

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data; `from_dict` reads it."""
        return {
            "purposes": None if self.purposes is None else sorted(self.purposes),
            "handling": sorted(self.handling),
            "owners": sorted(self.owners),
            "status": sorted(self.status),
            "restricted": self.restricted,
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Terms:
        """Read `to_dict`. Raises `InputError` `arrangement.terms` for an unknown or ill-formed field (fail closed)."""
        try:
            if unknown := set(data) - {"purposes", "handling", "owners", "status", "restricted", "until"}:
                raise ValueError(unknown)
            purposes, restricted, until = data.get("purposes"), data.get("restricted", False), data.get("until")
            if not isinstance(restricted, bool):
                raise TypeError
            return cls(
                purposes=None if purposes is None else _words(purposes),
                handling=_words(data.get("handling", ())),
                owners=_words(data.get("owners", ())),
                status=_words(data.get("status", ())),
                restricted=restricted,
                until=None if until is None else dt.date.fromisoformat(str(until)),
            )
        except (TypeError, ValueError):
            raise InputError(
                "arrangement.terms",
                "the terms of a record cannot be read, so nothing may be done with it",
                "they hold purposes, handling, owners, status (lists of words), restricted and until (a date)",
            ) from None


def union(terms: Iterable[Terms]) -> Terms:
    """The terms of something derived from several records: every restriction of each of them (rule 4)."""
    joined = Terms()
    for one in terms:
        if joined.purposes is None or one.purposes is None:
            purposes = one.purposes if joined.purposes is None else joined.purposes
        else:
            purposes = joined.purposes & one.purposes
        ends = [day for day in (joined.until, one.until) if day]
        joined = Terms(
            purposes=purposes,
            handling=joined.handling | one.handling,
            owners=joined.owners | one.owners,
            status=joined.status | one.status,
            restricted=joined.restricted or one.restricted,
            until=min(ends) if ends else None,
        )
    return joined


@dataclass(frozen=True, slots=True)
class Request:
    """One wish, put to `decide`.

    `owner`: the party whose data would move; `recipient`: the party that would get it, or has it and reads it.
    `record`: a commitment to the record that both sides know (empty for a blind question over many).
    `requester`: `party/officer` of whoever wants it. `until`: the last day of use that is asked for.
    `evidence`: signed statements (`arrangement.statement`), needed for a release.
    """

    action: Action
    owner: str
    recipient: str
    schema: str
    properties: tuple[str, ...]
    purpose: str
    record: str = ""
    requester: str = ""
    until: dt.date | None = None
    terms: Terms = Terms()
    evidence: tuple[Envelope, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Everything but the evidence, as JSON-ready data."""
        return {
            "action": self.action.value,
            "owner": self.owner,
            "recipient": self.recipient,
            "schema": self.schema,
            "properties": sorted(set(self.properties)),
            "purpose": self.purpose,
            "record": self.record,
            "requester": self.requester,
            "until": self.until.isoformat() if self.until else None,
            "terms": self.terms.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object], evidence: Iterable[Envelope] = ()) -> Request:
        """Read `to_dict`. Raises `InputError` `arrangement.request`."""
        try:
            texts = {name: data[name] for name in ("owner", "recipient", "schema", "purpose", "record", "requester")}
            if set(data) != set(texts) | {"action", "properties", "until", "terms"}:
                raise ValueError
            terms, until = data["terms"], data["until"]
            if not all(isinstance(text, str) for text in texts.values()) or not isinstance(terms, Mapping):
                raise TypeError
            return cls(
                action=Action(str(data["action"])),
                properties=tuple(sorted(_words(data["properties"]))),
                until=None if until is None else dt.date.fromisoformat(str(until)),
                terms=Terms.from_dict(terms),
                evidence=tuple(evidence),
                **{name: str(text) for name, text in texts.items()},
            )
        except (KeyError, TypeError, ValueError):
            raise InputError(
                "arrangement.request", "this is no request that Accord wrote", "ask for it again"
            ) from None

    @property
    def digest(self) -> str:
        """What an approval names: every word of the request and the record's terms."""
        return digest(canonical(self.to_dict()))

    @property
    def wish(self) -> str:
        """What the other statements name: the same without schema and terms, which only the owner's side knows."""
        known = self.to_dict()
        return digest(canonical({name: known[name] for name in sorted(known) if name not in ("schema", "terms")}))


def _words(value: object) -> frozenset[str]:
    if not isinstance(value, list | tuple | set | frozenset) or not all(isinstance(word, str) for word in value):
        raise TypeError
    return frozenset(value)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The accord says no: `clause` (or rule) that decided, `owner` who could permit it, and the `remedy`."""

    code: str
    message: str
    clause: str
    owner: str
    remedy: str

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data."""
        return {
            "answer": "refused",
            "code": self.code,
            "message": self.message,
            "clause": self.clause,
            "owner": self.owner,
            "remedy": self.remedy,
        }
