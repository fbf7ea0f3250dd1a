"""A partner in memory: keys, an accord and a log, and nothing else; it says what a test tells it to say.

It has no desk folder, no records and no rules of its own, so that one side can be driven against any partner, a lying
one too: `hears` opens a message, `says` writes the next one of that conversation as it is told.

    partner = Counterparty(desks.interpol)
    m1 = partner.hears(exchange.ask(desks.unodc, "interpol", "investigation", "case-7"))
    reply = exchange.receive(desks.unodc, partner.answers(m1, held))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from accord.exchange import Party
from accord.exchange.marks import scheme
from accord.exchange.messages import MARKED, Header, Message, open_message, seal
from accord.exchange.protocol import Answering, Asking, Held, MarkSet, pack_matches, pack_names, unpack_matches
from accord.ledger import Log


class Counterparty:
    """Speaks for a party of the accord with that party's keys. `secret`: what its asking and answering derive from."""

    def __init__(self, of: Party, secret: bytes = bytes(32)) -> None:
        self.id, self.accord, self.sign, self.decrypt, self._now = of.id, of.accord, of.sign, of.decrypt, of.clock
        self.secret, self.smallest = secret, of.accord.quotas.smallest_set
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        self.log = Log(engine, self.sign, self.id)
        self.last: dict[str, tuple[int, str]] = {}

    def hears(self, data: bytes | None) -> Message:
        """Open a message of any party of the accord, and remember it as the last one of its conversation."""
        assert data is not None
        keys = {party.id: party.sign for party in self.accord.parties}
        message, digest = open_message(data, self.decrypt, keys.get, self.id, 10**8)
        self.last[message.header.session] = (message.header.sequence, digest)
        return message

    def says(
        self, to: str, session: str, kind: str, body: Mapping[str, Any], parts: Mapping[str, bytes] | None = None
    ) -> bytes:
        """The next message of a conversation (the first one of a new one), as told."""
        before, previous = self.last.get(session, (0, ""))
        stamp = self._now().isoformat(timespec="seconds")
        self.log.append(f"said.{kind}", session, {}, at=self._now())
        header = Header(
            kind, session, before + 1, previous, self.id, to, stamp, self.accord.digest,
            scheme() if kind in MARKED else "", self.log.report(to), body,
        )  # fmt: skip
        sealed = seal(Message(header, parts or {}), self.sign, self.accord.party(to).decrypt)
        self.last[session] = (before + 1, sealed.digest)
        return sealed.data

    def asks(self, to: str, marks: MarkSet, session: str = "a" * 16) -> bytes:
        """m1 about these marks, whatever they are of."""
        asking = Asking(marks, self.secret, self.smallest)
        body = {"purpose": "investigation", "case": "scripted", "size": asking.size}
        return self.says(to, session, "question", body, {"blinded": asking.question()})

    def answers(self, question: Message, held: MarkSet) -> bytes:
        """m2 from these marks, whatever they are of."""
        answering = Answering(held, self.secret, self.smallest)
        self.held: Held = answering.held
        evaluated, outputs = answering.answer(question.parts["blinded"])
        body, header = {"public": answering.public.hex()}, question.header
        return self.says(header.sender, header.session, "answer", body, {"evaluated": evaluated, "outputs": outputs})

    def matches(self, answer: Message, marks: MarkSet, told: int | None = None) -> bytes:
        """m3 for these marks; `told`: how many of the matches it owns up to (all of them without it)."""
        asking = Asking(marks, self.secret, self.smallest)
        public = bytes.fromhex(str(answer.header.body["public"]))
        self.found = asking.compare(answer.parts["evaluated"], public, answer.parts["outputs"])
        parts = {"matches": pack_matches(self.found[:told]), "known": b""}
        return self.says(answer.header.sender, answer.header.session, "matches", {}, parts)

    def contacts(self, matches: Message) -> bytes:
        """m4 for what m3 proves."""
        confirmed = self.held.confirm(unpack_matches(matches.parts["matches"]))
        groups = sorted({match.group for match, _ in confirmed})
        names = pack_names((group, f"{number:016x}") for number, group in enumerate(groups, 1))
        header = matches.header
        return self.says(header.sender, header.session, "contacts", {"contact": "scripted"}, {"hits": names})
